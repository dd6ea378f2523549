/*
 * schedule.c
 *		How long the local clock stands in the intervals of a calendar.
 *
 * Every question is answered by one function, what was open from the beginning
 * up to a reading: an interval's time is a difference of two of its values, a
 * deadline is its inverse. Whole weeks are multiplied, never walked; the days
 * that are not like their weekday stand in spans, each with the total where it
 * begins.
 *
 * An interval that goes past midnight belongs to the day that it starts on. The
 * next day begins within it: that is the day's spill. All intervals start
 * within their day and are disjoint, so only the last can reach over.
 */
#include "core/calendar/calendar.h"

#define DAY			CRM_SECONDS_PER_DAY

/* 2000-01-01 was a Saturday: weeks are those of Mondays. */
#define WEEKDAY_OF_2000	5

static inline int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static inline int32_t
largest(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

/*
 * What is open of a day before so many microseconds of it: unit is 1 where
 * both are seconds, and CRM_MICROS where clock is not.
 */
static int64_t
open_within(int32_t spill, crm_clock_hours hours, int64_t clock, int64_t unit)
{
	int64_t		spilt = spill * unit;
	int64_t		open = clock < spilt ? clock : spilt;

	for (int32_t i = 0; i < hours.count; i++)
	{
		int64_t		start = largest(hours.openings[i].start, spill) * unit;
		int64_t		end = hours.openings[i].end * unit;

		if (end > clock)
			end = clock;
		if (end > start)
			open += end - start;
	}
	return open;
}

static int64_t
open_seconds(int32_t spill, crm_clock_hours hours)
{
	return open_within(spill, hours, DAY, 1);
}

static int32_t
spill_of(crm_clock_hours hours)
{
	int32_t		end = hours.count > 0 ?
		hours.openings[hours.count - 1].end : 0;

	return largest(end - DAY, 0);
}

/* The time by which so much of the day was open, which it is. */
static int64_t
reach_within(int32_t spill, crm_clock_hours hours, int64_t open)
{
	int64_t		left = open - spill * CRM_MICROS;

	if (left <= 0)
		return open;
	for (int32_t i = 0; i < hours.count; i++)
	{
		int64_t		start = largest(hours.openings[i].start, spill) *
			CRM_MICROS;
		int64_t		length = hours.openings[i].end * CRM_MICROS - start;

		if (length >= left)
			return start + left;
		if (length > 0)
			left -= length;
	}
	return CRM_MICROS_PER_DAY;
}

/* Monday's number is whole weeks; the weekday is what is left. */
static inline int64_t
split_day(int64_t day, int *weekday)
{
	int64_t		week = floor_div(day + WEEKDAY_OF_2000, CRM_WEEKDAYS);

	*weekday = (int) (day + WEEKDAY_OF_2000 - week * CRM_WEEKDAYS);
	return week;
}

/* Open seconds before a day if all days were like their weekday. */
static inline int64_t
regular_before(const crm_schedule *schedule, int64_t day)
{
	int			weekday;
	int64_t		week = split_day(day, &weekday);

	return week * schedule->week + schedule->weekday[weekday].before;
}

static void
build_week(const crm_calendar *calendar, crm_schedule *schedule)
{
	int64_t		open = 0;

	for (int i = 0; i < CRM_WEEKDAYS; i++)
		schedule->weekday[i].hours =
			crm_calendar_hours(calendar, CRM_WEEKDAY_KEY(i));
	for (int i = 0; i < CRM_WEEKDAYS; i++)
	{
		crm_weekday *today = &schedule->weekday[i];
		crm_weekday *yesterday =
			&schedule->weekday[(i + CRM_WEEKDAYS - 1) % CRM_WEEKDAYS];

		today->spill = spill_of(yesterday->hours);
		today->before = open;
		open += open_seconds(today->spill, today->hours);
	}
	schedule->week = open;
}

/*
 * The exceptions in order of their days: a day with hours of its own, or a run
 * of closed days between two such.
 */
typedef struct exceptions
{
	const crm_calendar *calendar;
	int32_t		opening;		/* the next ones */
	int32_t		closure;
	int32_t		closed_from;	/* of the closure, where it is cut */
} exceptions;

typedef struct exception
{
	int32_t		first;
	int32_t		last;
	crm_clock_hours hours;
} exception;

static bool
next_exception(exceptions *e, exception *next)
{
	const crm_calendar *calendar = e->calendar;
	bool		has_open = e->opening < calendar->opening_count;
	int32_t		open_day = has_open ? calendar->openings[e->opening].key :
		INT32_MAX;

	for (; e->closure < calendar->closure_count; e->closure++)
	{
		const crm_closure *closure = &calendar->closures[e->closure];
		int32_t		first = largest(closure->first, e->closed_from);

		if (first > closure->last)
			continue;
		if (first >= open_day)
			break;
		next->first = first;
		next->last = open_day <= closure->last ? open_day - 1 : closure->last;
		next->hours = (crm_clock_hours) {calendar->openings, 0};
		e->closed_from = next->last + 1;
		return true;
	}
	if (!has_open)
		return false;
	next->first = next->last = open_day;
	next->hours = crm_calendar_hours(calendar, open_day);
	e->opening += next->hours.count;
	e->closed_from = open_day + 1;
	return true;
}

/* Every exception may be followed by a day that lacks its spill. */
int32_t
crm_schedule_room(const crm_calendar *calendar)
{
	/* A day with hours can cut a run in two; runs may begin with spill. */
	return 3 * (calendar->closure_count + 2 * calendar->opening_count);
}

static void
add_span(crm_schedule *schedule, int32_t first, int32_t last, int32_t spill,
		 crm_clock_hours hours)
{
	crm_span   *span = &schedule->spans[schedule->span_count];
	int64_t		open = regular_before(schedule, first);

	if (schedule->span_count > 0)
		open += span[-1].after;
	*span = (crm_span) {first, last, spill, hours, open, 0};
	open += open_seconds(spill, hours);
	span->after = open - regular_before(schedule, (int64_t) last + 1);
	schedule->span_count++;
}

static const crm_weekday *
weekday_of(const crm_schedule *schedule, int64_t day)
{
	int			weekday;

	split_day(day, &weekday);
	return &schedule->weekday[weekday];
}

/* A day with hours is one span; closed days are one, but for the spill. */
static void
add_exception(crm_schedule *schedule, const exception *e, int32_t spill)
{
	int32_t		first = e->first;

	if (e->hours.count > 0 || spill > 0)
	{
		add_span(schedule, first, first, spill, e->hours);
		first++;
	}
	if (first <= e->last)
		add_span(schedule, first, e->last, 0, e->hours);
}

void
crm_schedule_build(const crm_calendar *calendar, crm_span *spans,
				   crm_schedule *schedule)
{
	exceptions	e = {calendar, 0, 0, INT32_MIN};
	exception	this;
	exception	next;
	bool		more;
	int32_t		spill;

	schedule->spans = spans;
	schedule->span_count = 0;
	build_week(calendar, schedule);
	while (e.opening < calendar->opening_count &&
		   calendar->openings[e.opening].key < CRM_EXCEPTION_FIRST)
		e.opening++;

	more = next_exception(&e, &this);
	if (!more)
		return;
	spill = weekday_of(schedule, this.first)->spill;
	for (; more; this = next)
	{
		int32_t		after = this.last + 1;
		const crm_weekday *regular = weekday_of(schedule, after);

		add_exception(schedule, &this, spill);
		spill = spill_of(this.hours);
		more = next_exception(&e, &next);
		if (more && next.first == after)
			continue;
		if (spill != regular->spill)
			add_span(schedule, after, after, spill, regular->hours);
		if (more)
			spill = next.first == after + 1 ? spill_of(regular->hours) :
				weekday_of(schedule, next.first)->spill;
	}
}

/* The last span that begins on the day or before, or NULL. */
static const crm_span *
span_before(const crm_schedule *schedule, int64_t day)
{
	int32_t		low = 0;
	int32_t		high = schedule->span_count;

	while (low < high)
	{
		int32_t		middle = low + (high - low) / 2;

		if (schedule->spans[middle].first <= day)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? &schedule->spans[low - 1] : NULL;
}

int64_t
crm_schedule_open(const crm_schedule *schedule, int64_t local)
{
	int64_t		day = floor_div(local, CRM_MICROS_PER_DAY);
	int64_t		clock = local - day * CRM_MICROS_PER_DAY;
	const crm_span *span = span_before(schedule, day);
	const crm_weekday *regular;
	int64_t		before;
	int			weekday;

	if (span != NULL && day <= span->last)
		return span->before * CRM_MICROS +
			open_within(span->spill, span->hours, clock, CRM_MICROS);
	before = split_day(day, &weekday) * schedule->week;
	regular = &schedule->weekday[weekday];
	before += regular->before + (span != NULL ? span->after : 0);
	return before * CRM_MICROS +
		open_within(regular->spill, regular->hours, clock, CRM_MICROS);
}

bool
crm_schedule_contains(const crm_schedule *schedule, int64_t local)
{
	int64_t		day = floor_div(local, CRM_MICROS_PER_DAY);
	int64_t		clock = local - day * CRM_MICROS_PER_DAY;
	const crm_span *span = span_before(schedule, day);
	const crm_weekday *regular = weekday_of(schedule, day);
	bool		special = span != NULL && day <= span->last;
	crm_clock_hours hours = special ? span->hours : regular->hours;

	if (clock < (special ? span->spill : regular->spill) * CRM_MICROS)
		return true;
	for (int32_t i = 0; i < hours.count; i++)
		if (clock >= hours.openings[i].start * CRM_MICROS &&
			clock < hours.openings[i].end * CRM_MICROS)
			return true;
	return false;
}

/* The last span before which less was open, or NULL. */
static const crm_span *
span_short_of(const crm_schedule *schedule, int64_t open)
{
	int32_t		low = 0;
	int32_t		high = schedule->span_count;

	while (low < high)
	{
		int32_t		middle = low + (high - low) / 2;

		if (schedule->spans[middle].before * CRM_MICROS < open)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? &schedule->spans[low - 1] : NULL;
}

/* Among days that are like their weekday; open is of those alone. */
static crm_status
reach_regular(const crm_schedule *schedule, int64_t open, int64_t *local)
{
	int64_t		week = schedule->week * CRM_MICROS;
	int64_t		weeks;
	int64_t		left;
	int			i = CRM_WEEKDAYS - 1;
	const crm_weekday *weekday;

	if (week == 0)
		return CRM_TOO_FEW;
	weeks = floor_div(open - 1, week);
	left = open - weeks * week;
	while (schedule->weekday[i].before * CRM_MICROS >= left)
		i--;
	weekday = &schedule->weekday[i];
	left -= weekday->before * CRM_MICROS;
	*local = (weeks * CRM_WEEKDAYS + i - WEEKDAY_OF_2000) *
		CRM_MICROS_PER_DAY +
		reach_within(weekday->spill, weekday->hours, left);
	return CRM_OK;
}

crm_status
crm_schedule_reach(const crm_schedule *schedule, int64_t open, int64_t *local)
{
	const crm_span *span = span_short_of(schedule, open);
	int64_t		left;

	if (span == NULL)
		return reach_regular(schedule, open, local);
	left = open - span->before * CRM_MICROS;
	if (left > open_seconds(span->spill, span->hours) * CRM_MICROS)
		return reach_regular(schedule, open - span->after * CRM_MICROS,
							 local);
	*local = span->first * CRM_MICROS_PER_DAY +
		reach_within(span->spill, span->hours, left);
	return CRM_OK;
}
