/*
 * month.c
 *		The month in which a day lies, or an instant on a local clock.
 *
 * What AT TIME ZONE and date_trunc() say, at a fifth of the cost: they look up
 * the names of the zone and of the unit in every row.
 */
#include "pg/calendar/calendar.h"

#include "datatype/timestamp.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(crm_local_month);
PG_FUNCTION_INFO_V1(crm_month);
PG_FUNCTION_INFO_V1(crm_month_end);

/*
 * For crm_once(): the zone of that name, or NULL where AT TIME ZONE might take
 * the text for something else, such as an abbreviation; those have no slash.
 */
static void *
find_place(struct varlena *name)
{
	const char *text = VARDATA(name);
	Size		length = VARSIZE(name) - VARHDRSZ;

	return memchr(text, '/', length) == NULL ? NULL :
		crm_find_zone(text, length);
}

/*
 * A month's first day, of months 1 to 13. The month that begins before all days
 * has the first day there is, so that every day lies in a month and no view
 * fails for one.
 */
static DateADT
month_start(int year, int month)
{
	int			first = date2j(year, month, 1);

	return Max(first, DATETIME_MIN_JULIAN) - POSTGRES_EPOCH_JDATE;
}

/* The first day of the month that lies so many months, 0 or 1, after a day's. */
static DateADT
month_after(DateADT day, int months)
{
	int			year;
	int			month;
	int			day_of_month;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &day_of_month);
	return month_start(year, month + months);
}

/* As timestamp2tm() in timestamp.c breaks an instant down. */
static DateADT
month_in_zone(TimestampTz at, pg_tz *zone)
{
	pg_time_t	time = crm_to_pg_time(at);
	struct pg_tm *tm = pg_localtime(&time, zone);

	if (tm == NULL)
		elog(ERROR, "an instant has no local time");
	return month_start(tm->tm_year + 1900, tm->tm_mon + 1);
}

static DateADT
month_by_name(TimestampTz at, Datum name)
{
	Timestamp	local = DatumGetTimestamp(DirectFunctionCall2(timestamptz_zone,
															  name,
															  TimestampTzGetDatum(at)));
	struct pg_tm tm;
	fsec_t		fsec;

	if (timestamp2tm(local, NULL, &tm, &fsec, NULL, NULL) != 0)
		elog(ERROR, "a local time has no day");
	return month_start(tm.tm_year, tm.tm_mon);
}

Datum
crm_local_month(PG_FUNCTION_ARGS)
{
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(0);
	pg_tz	   *zone = crm_once(fcinfo, 1, find_place);

	if (TIMESTAMP_IS_NOBEGIN(at))
		PG_RETURN_DATEADT(DATEVAL_NOBEGIN);
	if (TIMESTAMP_IS_NOEND(at))
		PG_RETURN_DATEADT(DATEVAL_NOEND);
	PG_RETURN_DATEADT(zone != NULL ? month_in_zone(at, zone) :
					  month_by_name(at, PG_GETARG_DATUM(1)));
}

Datum
crm_month(PG_FUNCTION_ARGS)
{
	DateADT		day = PG_GETARG_DATEADT(0);

	PG_RETURN_DATEADT(DATE_NOT_FINITE(day) ? day : month_after(day, 0));
}

/* No month ends after all days: the last day there is ends one. */
Datum
crm_month_end(PG_FUNCTION_ARGS)
{
	DateADT		day = PG_GETARG_DATEADT(0);

	PG_RETURN_DATEADT(DATE_NOT_FINITE(day) ? day : month_after(day, 1) - 1);
}
