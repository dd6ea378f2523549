/*
 * calendar.h
 *		crm_calendar as a value, and the clock that a calendar makes.
 */
#ifndef CRM_PG_CALENDAR_CALENDAR_H
#define CRM_PG_CALENDAR_CALENDAR_H

#include "pg/support/extension.h"

#include "datatype/timestamp.h"
#include "pgtime.h"

#include "core/calendar/calendar.h"

/*
 * The value is the canonical text, so that a dump, the binary form and an
 * equality need nothing else. Who asks row after row has it parsed once.
 */

/* An empty calendar with room for what the text may say. */
extern crm_calendar *crm_calendar_make(const char *text);

/* The zone of that name, its name as the database has it; or NULL. */
extern pg_tz *crm_find_zone(const char *name, size_t length);

/*
 * A clock by a calendar, and working time by it, which is 0 where an instant is
 * infinite. It is made once for many questions, with crm_once_of().
 */
typedef struct zone_clock zone_clock;

extern void *crm_zone_clock_make(struct varlena *calendar);
extern double crm_zone_clock_seconds(zone_clock *clock, int64 from, int64 to);

/* Seconds on the clock between two instants that are finite. */
extern double crm_wall_seconds(int64 from, int64 to);

/* Seconds from 1970-01-01 to 2000-01-01 */
#define CRM_EPOCH_SHIFT \
	((pg_time_t) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY)

/* The second that an instant lies in, as the time zone database counts. */
static inline pg_time_t
crm_to_pg_time(TimestampTz at)
{
	return at / USECS_PER_SEC - (at % USECS_PER_SEC < 0) + CRM_EPOCH_SHIFT;
}

#endif							/* CRM_PG_CALENDAR_CALENDAR_H */
