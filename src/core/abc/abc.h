/*
 * abc.h
 *		ABC classes, and how concentrated a total is: Gini, Lorenz, Pareto.
 *
 * Read from the counted values of core/distribution/distribution.h, a group of
 * equal values at a time, so that customers with equal values always stand on
 * the same side of a limit. Shares are of the total of the positive values.
 *
 * Each answers CRM_SINGULAR where there is no such share: no positive value,
 * and for Gini and Lorenz a negative one. CRM_OUT_OF_RANGE is a total beyond
 * double.
 */
#ifndef CRM_CORE_ABC_ABC_H
#define CRM_CORE_ABC_ABC_H

#include <stddef.h>
#include <stdint.h>

#include "core/distribution/distribution.h"
#include "core/status.h"

#define CRM_CLASSES_MAX			(CRM_ARGUMENTS_MAX + 1)
#define CRM_CLASSES_COMPUTED	3

/* The lowest value of each class, one more than cuts. */
extern crm_status crm_abc_limits(const crm_values *values,
								 const double *cuts, int cut_count,
								 double *limits);
extern crm_status crm_abc_limits_computed(const crm_values *values,
										  double *limits);
extern char crm_abc_letter(double value, const double *limits, int count);

extern crm_status crm_gini_of(const crm_values *values,
							  double *gini);
extern crm_status crm_top_share_of(const crm_values *values,
								   double share, double *held);
extern crm_status crm_pareto_width_of(const crm_values *values,
									  double share, double *width);
extern crm_status crm_hhi_of(const crm_values *values, double *hhi);
extern crm_status crm_lorenz_of(const crm_values *values,
								int points, double *held);

#endif							/* CRM_CORE_ABC_ABC_H */
