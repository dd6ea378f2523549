/*
 * measure_all.c
 *		What measure.c answers question by question, in one pass.
 */
#include "core/activity/measure_all.h"

#include <string.h>

static inline void
add_active(crm_all_measures *out, const crm_entry *entry, int32_t *gaps)
{
	if (out->active_days++ == 0)
		out->first_day = entry->day;
	else
	{
		gaps[out->active_days - 2] = entry->day - out->last_day;
		out->repeat_amount += entry->amount;
	}
	out->last_day = entry->day;
}

crm_status
crm_ledger_measure_all(const uint8_t *bytes, size_t length, int32_t as_of,
					   int32_t window_days, int32_t *gaps, crm_all_measures *out)
{
	int64_t		window_after = (int64_t) as_of - window_days;
	int64_t		previous_after = window_after - window_days;
	crm_reader	reader;
	crm_entry	entry;

	memset(out, 0, sizeof(*out));
	crm_reader_init(&reader, bytes, length);
	while (crm_reader_next(&reader, &entry) && entry.day <= as_of)
	{
		out->events += entry.events;	/* 2^32 days of 2^31 always fit */
		out->amount += entry.amount;
		if (entry.amount < 0)
			out->refunds += entry.amount;
		if (entry.day > window_after)
		{
			out->window_events += entry.events;
			out->window_amount += entry.amount;
		}
		else if (entry.day > previous_after)
		{
			out->previous_events += entry.events;
			out->previous_amount += entry.amount;
		}
		if (entry.events > 0)
			add_active(out, &entry, gaps);
		else if (out->active_days > 1)
			out->repeat_amount += entry.amount;
	}
	return reader.status;
}
