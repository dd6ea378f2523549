/*
 * clock.c
 *		Working time between instants, by PostgreSQL's own time zones.
 *
 * A function call keeps the calendar it was given last, parsed, with the zone's
 * changes of offset over all the years that rows have asked for. They are read
 * from the time zone database when a row first reaches further.
 */
#include "pg/calendar/calendar.h"

#include "datatype/timestamp.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#define YEAR			(INT64CONST(365) * USECS_PER_DAY)
#define CHANGES_START	64

/* A clock with the memory that it lies in. */
struct zone_clock
{
	crm_clock	clock;
	crm_zone	zone;
	MemoryContext context;
};

PG_FUNCTION_INFO_V1(crm_business_seconds);
PG_FUNCTION_INFO_V1(crm_business_deadline);
PG_FUNCTION_INFO_V1(crm_is_business_time);
PG_FUNCTION_INFO_V1(crm_calendar_zone);

/* As timestamp2tm() in timestamp.c finds the offset for AT TIME ZONE. */
static int64
offset_at(void *arg, int64 at)
{
	pg_time_t	time = crm_to_pg_time(at);
	struct pg_tm *tm = pg_localtime(&time, (pg_tz *) arg);

	return tm != NULL ? tm->tm_gmtoff * USECS_PER_SEC : 0;
}

/*
 * pg_next_dst_boundary() knows of nothing after an instant that is the last of
 * its table exactly, though rules go on: so it is asked for one second later.
 */
static bool
next_change(void *arg, int64 after, int64 *at)
{
	pg_time_t	time = crm_to_pg_time(after);
	pg_time_t	boundary;
	long		before_offset;
	long		after_offset;
	int			before_isdst;
	int			after_isdst;
	int			found = 0;

	for (int i = 0; i < 2 && found == 0; i++, time++)
		found = pg_next_dst_boundary(&time, &before_offset, &before_isdst,
									 &boundary, &after_offset, &after_isdst,
									 (pg_tz *) arg);
	boundary -= CRM_EPOCH_SHIFT;
	if (found <= 0 || boundary >= END_TIMESTAMP / USECS_PER_SEC)
		return false;
	*at = boundary * USECS_PER_SEC;
	return *at > after;
}

/* For crm_once(): the text is the clock's for as long as it lives. */
void *
crm_zone_clock_make(struct varlena *argument)
{
	char	   *text = pnstrdup(VARDATA(argument), VARSIZE(argument) - VARHDRSZ);
	crm_calendar *calendar = crm_calendar_make(text);
	zone_clock *made = palloc0(sizeof(*made));
	crm_text_fault fault;
	pg_tz	   *zone;

	if (crm_calendar_parse(text, calendar, &fault) != CRM_OK)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_CORRUPT)),
				 errmsg("stored crm_calendar is corrupt")));
	zone = crm_find_zone(calendar->zone, calendar->zone_length);
	if (zone == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("time zone \"%s\" not recognized",
						pnstrdup(calendar->zone, calendar->zone_length)),
				 errhint("The calendar was made on a server whose time zone database has this zone.")));
	crm_schedule_build(calendar,
					   palloc(mul_size(crm_schedule_room(calendar),
									   sizeof(crm_span))),
					   &made->clock.schedule);
	made->zone = (crm_zone) {offset_at, next_change, zone};
	made->context = CurrentMemoryContext;
	return made;
}

/* Learns of the changes from low to high, and of some more for later rows. */
static void
extend(zone_clock *own, int64 low, int64 high)
{
	int64		margin = Max(10 * YEAR, (high - low) / 4);
	crm_clock  *clock = &own->clock;
	int32		room = Max(CHANGES_START, clock->change_count);
	int32		count;
	crm_change *changes = NULL;
	crm_status	status;

	low = low < MIN_TIMESTAMP + margin ? MIN_TIMESTAMP : low - margin;
	high += margin;
	do
	{
		if (changes != NULL)
			pfree(changes);
		room *= 2;
		changes = MemoryContextAlloc(own->context,
									 mul_size(room, sizeof(crm_change)));
		status = crm_clock_changes_collect(&own->zone, low, high, changes, room,
										   &count, crm_interrupted, NULL);
	} while (status == CRM_NO_SPACE);
	if (clock->changes != NULL)
		pfree(clock->changes);
	crm_clock_set(clock, changes, count, low, high);
}

/* The clock, once it knows enough for two instants. */
static zone_clock *
widened(zone_clock *own, int64 from, int64 to)
{
	bool		is_new = own->clock.changes == NULL;
	int64		low = is_new ? PG_INT64_MAX : own->clock.low;
	int64		high = is_new ? PG_INT64_MIN : own->clock.high;
	bool		lacks = crm_clock_lacks(&own->clock, from, &low, &high);

	if (crm_clock_lacks(&own->clock, to, &low, &high) || lacks)
		extend(own, low, high);
	return own;
}

/* The clock of argument n, which knows enough for two instants. */
static zone_clock *
getarg_clock(FunctionCallInfo fcinfo, int n, int64 from, int64 to)
{
	return widened(crm_once(fcinfo, n, crm_zone_clock_make), from, to);
}

double
crm_zone_clock_seconds(zone_clock *clock, int64 from, int64 to)
{
	if (to <= from || TIMESTAMP_NOT_FINITE(from) || TIMESTAMP_NOT_FINITE(to))
		return 0;
	return crm_clock_seconds(&widened(clock, from, to)->clock, from, to);
}

Datum
crm_business_seconds(PG_FUNCTION_ARGS)
{
	TimestampTz from = PG_GETARG_TIMESTAMPTZ(0);
	TimestampTz to = PG_GETARG_TIMESTAMPTZ(1);

	if (TIMESTAMP_NOT_FINITE(from) || TIMESTAMP_NOT_FINITE(to))
		PG_RETURN_NULL();
	if (to <= from)
		PG_RETURN_FLOAT8(0);
	PG_RETURN_FLOAT8(crm_clock_seconds(&getarg_clock(fcinfo, 2, from, to)->clock,
									   from, to));
}

/* Nothing lasts longer than all timestamps. */
static int64
getarg_micros(FunctionCallInfo fcinfo, int n)
{
	double		seconds = PG_GETARG_FLOAT8(n);
	double		micros = rint(seconds * USECS_PER_SEC);

	if (isnan(seconds) || seconds < 0)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("seconds cannot be %g", seconds),
				 errhint("Give 0 or more seconds.")));
	return micros < (double) PG_INT64_MAX ? (int64) micros : PG_INT64_MAX;
}

Datum
crm_business_deadline(PG_FUNCTION_ARGS)
{
	TimestampTz from = PG_GETARG_TIMESTAMPTZ(0);
	int64		micros = getarg_micros(fcinfo, 1);
	zone_clock *own;
	int64		deadline;
	int64		low;
	int64		high;
	crm_status	status;

	if (TIMESTAMP_NOT_FINITE(from))
		PG_RETURN_NULL();
	own = getarg_clock(fcinfo, 2, from, from);
	while ((status = crm_clock_deadline(&own->clock, from, micros, &deadline,
										&low, &high)) == CRM_NO_SPACE)
		extend(own, low, high);
	if (status != CRM_OK)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(deadline);
}

Datum
crm_is_business_time(PG_FUNCTION_ARGS)
{
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(0);

	if (TIMESTAMP_NOT_FINITE(at))
		PG_RETURN_NULL();
	PG_RETURN_BOOL(crm_clock_contains(&getarg_clock(fcinfo, 1, at, at)->clock,
									  at));
}

Datum
crm_calendar_zone(PG_FUNCTION_ARGS)
{
	struct varlena *calendar = PG_GETARG_VARLENA_PP(0);
	const char *text = VARDATA_ANY(calendar);
	const char *end = memchr(text, ';', VARSIZE_ANY_EXHDR(calendar));

	PG_RETURN_TEXT_P(cstring_to_text_with_len(text, end != NULL ? end - text :
											  (int) VARSIZE_ANY_EXHDR(calendar)));
}
