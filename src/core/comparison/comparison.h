/*
 * comparison.h
 *		Did two groups differ: shares and means.
 */
#ifndef CRM_CORE_COMPARISON_COMPARISON_H
#define CRM_CORE_COMPARISON_COMPARISON_H

#include "core/experience/experience.h"

/*
 * x1 of n1 against x2 of n2: the difference x1/n1 - x2/n2, its interval by
 * method 10 of Newcombe (1998, Statistics in Medicine 17), and the two-sided
 * p-value of the score test with the pooled share, NAN where that is 0 or 1.
 * CRM_TOO_FEW where a group is empty; 0 <= x <= n, 0 < confidence < 1.
 */
extern crm_status crm_proportion_difference(double x1, double n1, double x2,
											double n2, double confidence,
											crm_difference *result);

#endif							/* CRM_CORE_COMPARISON_COMPARISON_H */
