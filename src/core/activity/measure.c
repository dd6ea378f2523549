/*
 * measure.c
 *		What a ledger says about a customer, as of a day.
 *
 * A day is active when its count is positive. Refunds, which have no count,
 * move amounts and nothing else.
 */
#include "core/activity/activity.h"

#include <math.h>
#include <string.h>

#include "core/activity/amount.h"
#include "core/numeric/sort.h"

/* Sums are made in 128 bits: no order of days can make one of them overflow. */
static bool
narrow_amount(__int128 sum, int64_t *amount)
{
	bool		fits = sum >= -CRM_AMOUNT_MAX && sum <= CRM_AMOUNT_MAX;

	*amount = fits ? (int64_t) sum : 0;
	return fits;
}

crm_status
crm_ledger_measure(const uint8_t *bytes, size_t length, int32_t as_of,
				   crm_measures *out)
{
	crm_reader	reader;
	crm_entry	entry;
	__int128	amount = 0;

	memset(out, 0, sizeof(*out));
	crm_reader_init(&reader, bytes, length);
	while (crm_reader_next(&reader, &entry) && entry.day <= as_of)
	{
		out->events += entry.events;	/* 2^32 days of 2^31 always fit */
		amount += entry.amount;
		if (entry.events <= 0)
		{
			/* A refund belongs to the purchase day that it follows. */
			if (out->active_days > 1)
				out->repeat_amount += entry.amount;
			continue;
		}
		if (out->active_days++ == 0)
			out->first_day = entry.day;
		else
			out->repeat_amount += entry.amount;
		out->last_day = entry.day;
	}
	out->amount_fits = narrow_amount(amount, &out->amount);
	return reader.status;
}

/* Days between active days, in their order: room for one less than bytes. */
crm_status
crm_ledger_gaps(const uint8_t *bytes, size_t length, int32_t as_of, int32_t *gaps,
				int32_t *count)
{
	crm_reader	reader;
	crm_entry	entry;
	int32_t		last = 0;
	int32_t		active = 0;

	crm_reader_init(&reader, bytes, length);
	while (crm_reader_next(&reader, &entry) && entry.day <= as_of)
	{
		if (entry.events <= 0)
			continue;
		if (active++ > 0)
			gaps[active - 2] = entry.day - last;
		last = entry.day;
	}
	*count = active > 0 ? active - 1 : 0;
	return reader.status;
}

static inline bool
is_shorter(const int32_t *a, const int32_t *b)
{
	return *a < *b;
}

CRM_DEFINE_SORT(sort_gaps, int32_t, is_shorter)

/* Sorts values. The mean of the middle two where count is even. */
crm_status
crm_median_of(int32_t *values, int32_t count, crm_interrupt interrupt,
			  void *arg, double *median)
{
	int32_t		middle = count / 2;

	if (sort_gaps(values, count, interrupt, arg) != CRM_OK)
		return CRM_INTERRUPTED;
	*median = count % 2 == 1 ? values[middle] :
		((double) values[middle - 1] + values[middle]) / 2;
	return CRM_OK;
}

/*
 * Sums with weight 2^(-age / half_life). Days are summed oldest first, the
 * smallest weights first, whatever order they were entered in.
 */
crm_status
crm_ledger_decayed(const uint8_t *bytes, size_t length, int32_t as_of,
				   double half_life, double *events, double *amount)
{
	crm_reader	reader;
	crm_entry	entry;

	*events = 0;
	*amount = 0;
	crm_reader_init(&reader, bytes, length);
	while (crm_reader_next(&reader, &entry) && entry.day <= as_of)
	{
		double		age = (double) as_of - entry.day;
		double		weight = exp2(-age / half_life);

		*events += weight * entry.events;
		*amount += weight * ((double) entry.amount / CRM_UNITS);
	}
	return reader.status;
}
