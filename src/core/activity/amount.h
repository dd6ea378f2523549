/*
 * amount.h
 *		Money as the ledger keeps it: int64 in units of 0.0001.
 *
 * The range is symmetric, -CRM_AMOUNT_MAX to CRM_AMOUNT_MAX, so that taking back what was added never overflows.
 */
#ifndef CRM_CORE_ACTIVITY_AMOUNT_H
#define CRM_CORE_ACTIVITY_AMOUNT_H

#include <stdint.h>

#include "core/status.h"

#define CRM_UNITS		10000
#define CRM_AMOUNT_MAX	INT64_MAX

extern crm_status crm_amount_from_double(double value, int64_t *amount);
extern crm_status crm_amount_from_int64(int64_t value, int64_t *amount);

/* Decimal text of an amount of any size: digits, point, sign, 43 at most. */
#define CRM_WIDE_TEXT	48
extern int	crm_wide_text(__int128 amount, char *out);

/* Any sum of amounts has a mean, also one that is no amount itself. */
static inline double
crm_mean_amount(__int128 sum, int32_t count)
{
	return (double) sum / CRM_UNITS / count;
}

#endif							/* CRM_CORE_ACTIVITY_AMOUNT_H */
