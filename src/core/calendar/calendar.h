/*
 * calendar.h
 *		Working hours in a time zone: what a text says, what is open on the
 *		local clock, and how much of that lies between two instants.
 *
 * Three layers, each built of the one before:
 *
 *		crm_calendar	what the text says: hours of weekdays, closed days, days
 *						with hours of their own (parse.c, text.c)
 *		crm_schedule	how long the local clock stood in an interval, from its
 *						beginning to any reading (schedule.c)
 *		crm_clock		the same of instants, by the zone's changes of offset
 *						(clock.c)
 *
 * Days are counted from 2000-01-01, local clock readings and instants in
 * microseconds from that day's midnight, as PostgreSQL does. Nothing here knows
 * of time zones: who asks brings their changes of offset.
 */
#ifndef CRM_CORE_CALENDAR_CALENDAR_H
#define CRM_CORE_CALENDAR_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

#define CRM_MICROS				INT64_C(1000000)
#define CRM_SECONDS_PER_DAY		86400
#define CRM_MICROS_PER_DAY		(CRM_SECONDS_PER_DAY * CRM_MICROS)
#define CRM_WEEKDAYS			7	/* Monday is 0 */

/* What one calendar can say: 27 years of one exception a day. */
#define CRM_OPENINGS_MAX		10000
#define CRM_CLOSURES_MAX		10000

/* Exceptions are days of the years 1 to 9999. */
#define CRM_EXCEPTION_FIRST		(-730119)
#define CRM_EXCEPTION_LAST		2921939

/*
 * An interval of a day, in seconds from its midnight: it starts within the day
 * and may end in the next one. The key is the day's number, or for a weekday
 * CRM_WEEKDAY_KEY, which sorts before all days.
 */
typedef struct crm_opening
{
	int32_t		key;
	int32_t		start;
	int32_t		end;
} crm_opening;

#define CRM_WEEKDAY_KEY(weekday)	(INT32_MIN + (weekday))

/* Closed from the first day to the last. */
typedef struct crm_closure
{
	int32_t		first;
	int32_t		last;
} crm_closure;

/*
 * Sorted and disjoint, as are the openings of one key. A day with openings of
 * its own is open then, closed or not.
 */
typedef struct crm_calendar
{
	const char *zone;			/* in the text, without its end */
	size_t		zone_length;
	crm_opening *openings;
	int32_t		opening_count;
	int32_t		openings_max;
	crm_closure *closures;
	int32_t		closure_count;
	int32_t		closures_max;
} crm_calendar;

/* In lower case, Monday first; the first three letters are the short form. */
extern const char *const crm_weekday_names[CRM_WEEKDAYS];

/* Where and why a text does not parse. */
typedef struct crm_text_fault
{
	const char *at;
	const char *reason;
} crm_text_fault;

/* How much room crm_calendar_parse() needs for the text, at most. */
extern void crm_calendar_room(const char *text, int32_t *openings,
							  int32_t *closures);

/*
 * Reads text into the calendar, whose arrays the caller has made room for.
 * CRM_BAD_TEXT with the fault; CRM_NO_SPACE where there is more than a calendar
 * can say.
 */
extern crm_status crm_calendar_parse(const char *text, crm_calendar *calendar,
									 crm_text_fault *fault);

/*
 * The one way to write a calendar, with the zone's name as told; no terminator.
 * out has room for crm_calendar_text_bound() bytes.
 */
extern size_t crm_calendar_text_bound(const crm_calendar *calendar,
									  size_t zone_length);
extern size_t crm_calendar_text(const crm_calendar *calendar, const char *zone,
								size_t zone_length, char *out);

/* The openings of one key. */
typedef struct crm_clock_hours
{
	const crm_opening *openings;
	int32_t		count;
} crm_clock_hours;

extern crm_clock_hours crm_calendar_hours(const crm_calendar *calendar, int32_t key);

/*
 * Days that are not like their weekday: one with hours of its own, or many
 * without any. spill is how far into the first day the night before reaches;
 * only a span of one day has spill or hours.
 */
typedef struct crm_span
{
	int32_t		first;
	int32_t		last;
	int32_t		spill;
	crm_clock_hours hours;
	int64_t		before;			/* open seconds when it begins */
	int64_t		after;			/* when it ends, less those of the weeks */
} crm_span;

/* Of the days that are like their weekday */
typedef struct crm_weekday
{
	int32_t		spill;
	crm_clock_hours hours;
	int64_t		before;			/* open seconds of the week before it */
} crm_weekday;

typedef struct crm_schedule
{
	crm_weekday weekday[CRM_WEEKDAYS];
	int64_t		week;			/* open seconds of a week */
	crm_span   *spans;			/* ascending */
	int32_t		span_count;
} crm_schedule;

/* How many spans a calendar makes, at most. */
extern int32_t crm_schedule_room(const crm_calendar *calendar);

/* The schedule points into the calendar and at spans. */
extern void crm_schedule_build(const crm_calendar *calendar, crm_span *spans,
							   crm_schedule *schedule);

/* Microseconds open up to a reading of the local clock; 2000-01-01 has 0. */
extern int64_t crm_schedule_open(const crm_schedule *schedule, int64_t local);

/* Does the reading stand in an interval? */
extern bool crm_schedule_contains(const crm_schedule *schedule, int64_t local);

/*
 * The first reading by which so many microseconds were open: CRM_TOO_FEW where
 * there never are.
 */
extern crm_status crm_schedule_reach(const crm_schedule *schedule,
									 int64_t open, int64_t *local);

/*
 * From this instant on the local clock is offset ahead of UTC. The first of an
 * array is where the array begins to know, and no change.
 */
typedef struct crm_change
{
	int64_t		at;
	int64_t		offset;
	int64_t		skew;			/* what is open by the clock, less what was */
	int64_t		open;			/* what was open when it came */
} crm_change;

/* The offset at an instant, and the first instant after it that may differ. */
typedef struct crm_zone
{
	int64_t		(*offset) (void *arg, int64_t at);
	bool		(*next_change) (void *arg, int64_t after, int64_t *at);
	void	   *arg;
} crm_zone;

typedef struct crm_clock
{
	crm_schedule schedule;
	crm_change *changes;
	int32_t		change_count;
	int64_t		low;			/* what changes are known of: low <= t < high */
	int64_t		high;
} crm_clock;

/*
 * The changes from low to high into an array of so many: CRM_NO_SPACE where
 * they are more, CRM_INTERRUPTED.
 */
extern crm_status crm_clock_changes_collect(const crm_zone *zone, int64_t low,
											int64_t high, crm_change *changes,
											int32_t changes_max, int32_t *count,
											crm_interrupt interrupt,
											void *interrupt_arg);

extern void crm_clock_set(crm_clock *clock, crm_change *changes, int32_t count,
						  int64_t low, int64_t high);

/*
 * Widens low and high to what a question about the instant looks at; false
 * where the clock knows enough.
 */
extern bool crm_clock_lacks(const crm_clock *clock, int64_t at, int64_t *low,
							int64_t *high);

/* Of instants that the clock does not lack */
extern double crm_clock_seconds(const crm_clock *clock, int64_t from,
								int64_t to);
extern bool crm_clock_contains(const crm_clock *clock, int64_t at);

/*
 * The first instant from from on by which so many microseconds more were open.
 * CRM_TOO_FEW where they never are. CRM_NO_SPACE where the clock does not know
 * enough: widen it to *high and ask again.
 */
extern crm_status crm_clock_deadline(const crm_clock *clock, int64_t from,
									 int64_t micros, int64_t *deadline,
									 int64_t *low, int64_t *high);

#endif							/* CRM_CORE_CALENDAR_CALENDAR_H */
