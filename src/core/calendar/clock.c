/*
 * clock.c
 *		Working time between instants, through every change of offset.
 *
 * Between two changes the local clock runs as time does. So what was open up to
 * an instant is what is open up to its local reading, less what the readings
 * that were skipped or shown twice would have counted: the skew, added up
 * change by change. That holds for any change, a missing day and a midnight
 * shown twice as much as summer time.
 *
 * Rules of time zones are of the Gregorian calendar and repeat after 400 years,
 * which are whole weeks. Far in the future, where all exceptions are over, so
 * do all answers.
 */
#include "core/calendar/calendar.h"

#define ERA				(INT64_C(146097) * CRM_MICROS_PER_DAY)

/* The era from 10400-01-01 is like all that follow. */
#define HORIZON			(22 * ERA)

/* PostgreSQL's timestamps end here, before 294277-01-01. */
#define END_OF_TIME		INT64_C(9223371331200000000)

#define STEPS_PER_CHECK	1024

crm_status
crm_clock_changes_collect(const crm_zone *zone, int64_t low, int64_t high,
						  crm_change *changes, int32_t changes_max, int32_t *count,
						  crm_interrupt interrupt, void *interrupt_arg)
{
	int64_t		at = low;
	int64_t		offset = zone->offset(zone->arg, low);

	*count = 0;
	for (int64_t step = 0;; step++)
	{
		if (step == 0 || offset != changes[*count - 1].offset)
		{
			if (*count == changes_max)
				return CRM_NO_SPACE;
			changes[(*count)++] = (crm_change) {at, offset, 0, 0};
		}
		if (step % STEPS_PER_CHECK == 0 && interrupt != NULL &&
			interrupt(interrupt_arg))
			return CRM_INTERRUPTED;
		if (!zone->next_change(zone->arg, at, &at) || at >= high)
			return CRM_OK;
		offset = zone->offset(zone->arg, at);
	}
}

void
crm_clock_set(crm_clock *clock, crm_change *changes, int32_t count,
			  int64_t low, int64_t high)
{
	const crm_schedule *schedule = &clock->schedule;
	int64_t		skew = 0;

	clock->changes = changes;
	clock->change_count = count;
	clock->low = low;
	clock->high = high;
	for (int32_t i = 0; i < count; i++)
	{
		crm_change *c = &changes[i];
		int64_t		reading = crm_schedule_open(schedule, c->at + c->offset);

		if (i > 0)
			skew += reading - crm_schedule_open(schedule,
												c->at + c[-1].offset);
		c->skew = skew;
		c->open = reading - skew;
	}
}

bool
crm_clock_lacks(const crm_clock *clock, int64_t at, int64_t *low,
				int64_t *high)
{
	int64_t		first = at < HORIZON ? at : HORIZON - ERA;
	int64_t		last = at < HORIZON ? at : HORIZON;

	if (first < *low)
		*low = first;
	if (last >= *high)
		*high = last + 1;
	return first < clock->low || last >= clock->high;
}

/* The change that an instant is after. */
static const crm_change *
change_before(const crm_clock *clock, int64_t at)
{
	int32_t		low = 1;
	int32_t		high = clock->change_count;

	while (low < high)
	{
		int32_t		middle = low + (high - low) / 2;

		if (clock->changes[middle].at <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return &clock->changes[low - 1];
}

static int64_t
open_before(const crm_clock *clock, int64_t at)
{
	const crm_change *change = change_before(clock, at);

	return crm_schedule_open(&clock->schedule, at + change->offset) -
		change->skew;
}

/* What is open in the last era that the clock knows, and in all later ones. */
static int64_t
open_in_era(const crm_clock *clock)
{
	return open_before(clock, HORIZON) - open_before(clock, HORIZON - ERA);
}

/* How many eras an instant lies behind what the clock knows. */
static int64_t
eras_ahead(int64_t at)
{
	return at < HORIZON ? 0 : (at - HORIZON) / ERA + 1;
}

static __int128
open_up_to(const crm_clock *clock, int64_t at)
{
	int64_t		eras = eras_ahead(at);

	if (eras == 0)
		return open_before(clock, at);
	return (__int128) open_before(clock, at - eras * ERA) +
		(__int128) eras * open_in_era(clock);
}

double
crm_clock_seconds(const crm_clock *clock, int64_t from, int64_t to)
{
	if (to <= from)
		return 0;
	return (double) (open_up_to(clock, to) - open_up_to(clock, from)) / 1e6;
}

bool
crm_clock_contains(const crm_clock *clock, int64_t at)
{
	int64_t		known = at - eras_ahead(at) * ERA;

	return crm_schedule_contains(&clock->schedule, known +
								 change_before(clock, known)->offset);
}

/* The first instant by which so much was open, within what the clock knows. */
static crm_status
reach(const crm_clock *clock, int64_t open, int64_t *at)
{
	int32_t		low = 1;
	int32_t		high = clock->change_count;
	const crm_change *change;
	crm_status	status;

	while (low < high)
	{
		int32_t		middle = low + (high - low) / 2;

		if (clock->changes[middle].open < open)
			low = middle + 1;
		else
			high = middle;
	}
	change = &clock->changes[low - 1];
	status = crm_schedule_reach(&clock->schedule, open + change->skew, at);
	*at -= change->offset;
	return status;
}

/* Is nothing open from an instant on? */
static bool
is_over(const crm_clock *clock, int64_t at)
{
	const crm_schedule *schedule = &clock->schedule;
	int64_t		last = INT64_MIN;

	if (schedule->span_count > 0)
		last = schedule->spans[schedule->span_count - 1].last;
	/* No local clock is more than a day from UTC. */
	return schedule->week == 0 && at / CRM_MICROS_PER_DAY - 2 > last;
}

/* Beyond what the clock knows: in one of the eras that repeat. */
static crm_status
reach_ahead(const crm_clock *clock, __int128 open, int64_t *at)
{
	int64_t		era = open_in_era(clock);
	__int128	eras;
	__int128	sum;
	crm_status	status;

	if (era == 0)
		return CRM_TOO_FEW;
	eras = (open - open_before(clock, HORIZON) - 1) / era + 1;
	status = reach(clock, (int64_t) (open - eras * era), at);
	sum = *at + eras * ERA;
	if (status != CRM_OK || sum >= END_OF_TIME)
		return CRM_TOO_FEW;
	*at = (int64_t) sum;
	return CRM_OK;
}

/* From an instant before the horizon */
static crm_status
deadline_from(const crm_clock *clock, int64_t from, int64_t micros,
			  int64_t *deadline, int64_t *low, int64_t *high)
{
	__int128	open = (__int128) open_before(clock, from) + micros;

	if (open <= open_before(clock, clock->high - 1))
		return reach(clock, (int64_t) open, deadline);
	if (is_over(clock, clock->high))
		return CRM_TOO_FEW;
	if (clock->high <= HORIZON || clock->low > HORIZON - ERA)
	{
		/* Half as far again as it goes, and a year. */
		*high = clock->high + (clock->high - from) / 2 + ERA / 400;
		if (*high > HORIZON)
			crm_clock_lacks(clock, HORIZON, low, high);
		return CRM_NO_SPACE;
	}
	return reach_ahead(clock, open, deadline);
}

crm_status
crm_clock_deadline(const crm_clock *clock, int64_t from, int64_t micros,
				   int64_t *deadline, int64_t *low, int64_t *high)
{
	int64_t		eras = eras_ahead(from);
	crm_status	status = CRM_OK;

	*low = clock->low;
	*high = clock->high;
	*deadline = from;
	if (micros == 0)
		return CRM_OK;
	status = deadline_from(clock, from - eras * ERA, micros, deadline, low,
						   high);
	if (status == CRM_OK &&
		(__builtin_add_overflow(*deadline, eras * ERA, deadline) ||
		 *deadline >= END_OF_TIME))
		return CRM_TOO_FEW;
	return status;
}
