/*
 * regularity.h
 *		How regular purchases are, from the last two gaps of each customer.
 *
 * Wheat & Morrison, "Estimating Purchase Regularity with Two Interpurchase
 * Times", Journal of Marketing Research 27 (1990). Where gaps are gamma
 * distributed with shape k, whatever the customer's rate, the share of the
 * earlier gap in both is beta distributed with parameters k and k.
 */
#ifndef CRM_CORE_CLV_REGULARITY_H
#define CRM_CORE_CLV_REGULARITY_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

/* The share, as of a day; CRM_TOO_FEW where there are no two gaps. */
extern crm_status crm_gap_share(const uint8_t *bytes, size_t length,
								int32_t as_of, double *share);

/*
 * The sum over the gaps between purchase days by a day of ln(days); 0 where
 * there is none.
 */
extern crm_status crm_log_gaps(const uint8_t *bytes, size_t length,
							   int32_t as_of, double *sum);

/*
 * The k with the mean square of the shares about 1/2, which is 1 / (4 (2 k +
 * 1)): INFINITY where all are 1/2, and 0 where every other gap vanishes.
 */
extern double crm_regularity_of(double mean_square);

#endif							/* CRM_CORE_CLV_REGULARITY_H */
