/*
 * measure_all.h
 *		Everything that a report asks of one ledger, in one pass.
 */
#ifndef CRM_CORE_ACTIVITY_MEASURE_ALL_H
#define CRM_CORE_ACTIVITY_MEASURE_ALL_H

#include "core/activity/activity.h"

/* As crm_measures; amounts are sums that always fit. */
typedef struct crm_all_measures
{
	int32_t		active_days;
	int32_t		first_day;		/* of the active days, where there are any */
	int32_t		last_day;
	int64_t		events;
	__int128	amount;
	__int128	refunds;		/* of days with a net amount below 0 */
	__int128	repeat_amount;	/* of the active days after the first */
	int64_t		window_events;	/* in the window_days up to as_of */
	__int128	window_amount;
	int64_t		previous_events;	/* in as many days before them */
	__int128	previous_amount;
} crm_all_measures;

/* gaps are those between active days, as from crm_ledger_gaps(): room for them. */
extern crm_status crm_ledger_measure_all(const uint8_t *bytes, size_t length,
										 int32_t as_of, int32_t window_days,
										 int32_t *gaps, crm_all_measures *out);

#endif							/* CRM_CORE_ACTIVITY_MEASURE_ALL_H */
