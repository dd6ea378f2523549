/*
 * kept.h
 *		Of what customers brought in one period, how much came again so many
 *		periods later.
 *
 * Net revenue retention counts all that they brought again, gross retention of
 * each at most as much as before and at least nothing.
 */
#ifndef CRM_CORE_PERIOD_KEPT_H
#define CRM_CORE_PERIOD_KEPT_H

#include "core/numeric/wide.h"
#include "core/period/period.h"

/* Of a period, looked back from; stored at multiples of four bytes. */
typedef struct crm_kept
{
	int64_t		customers;		/* active in the base period, amount above 0 */
	crm_wide	base;			/* their net amount in it */
	crm_wide	gross;			/* in this period, of each 0 to that */
	crm_wide	net;			/* in this period */
} crm_kept;

/*
 * Adds a ledger to kept, one of each period: the base of period i is i - lag.
 * CRM_OUT_OF_RANGE where a sum does not fit.
 */
extern crm_status crm_add_kept(const uint8_t *bytes, size_t length,
							   const int32_t *bounds, int32_t periods,
							   int32_t lag, crm_kept *kept);

/* Adds the sums of other customers. */
extern crm_status crm_merge_kept(crm_kept *kept, const crm_kept *other);

#endif							/* CRM_CORE_PERIOD_KEPT_H */
