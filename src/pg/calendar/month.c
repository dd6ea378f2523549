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

/* As timestamp2tm() in timestamp.c breaks an instant down. */
static DateADT
month_in_zone(TimestampTz at, pg_tz *zone)
{
	int64		seconds = at / USECS_PER_SEC - (at % USECS_PER_SEC < 0);
	pg_time_t	time = seconds + ((pg_time_t) (POSTGRES_EPOCH_JDATE -
											   UNIX_EPOCH_JDATE) * SECS_PER_DAY);
	struct pg_tm *tm = pg_localtime(&time, zone);

	return tm == NULL ? DATEVAL_NOBEGIN :
		date2j(tm->tm_year + 1900, tm->tm_mon + 1, 1) - POSTGRES_EPOCH_JDATE;
}

static DateADT
month_by_name(TimestampTz at, Datum name)
{
	Timestamp	local = DatumGetTimestamp(DirectFunctionCall2(timestamptz_zone,
															  name,
															  TimestampTzGetDatum(at)));
	struct pg_tm tm;
	fsec_t		fsec;

	return timestamp2tm(local, NULL, &tm, &fsec, NULL, NULL) != 0 ?
		DATEVAL_NOBEGIN :
		date2j(tm.tm_year, tm.tm_mon, 1) - POSTGRES_EPOCH_JDATE;
}

static DateADT
checked(DateADT month)
{
	if (!IS_VALID_DATE(month))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("date out of range")));
	return month;
}

Datum
crm_local_month(PG_FUNCTION_ARGS)
{
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(0);
	pg_tz	   *zone = crm_once(fcinfo, 1, find_place);
	DateADT		month;

	if (TIMESTAMP_IS_NOBEGIN(at))
		PG_RETURN_DATEADT(DATEVAL_NOBEGIN);
	if (TIMESTAMP_IS_NOEND(at))
		PG_RETURN_DATEADT(DATEVAL_NOEND);
	month = zone != NULL ? month_in_zone(at, zone) :
		month_by_name(at, PG_GETARG_DATUM(1));
	PG_RETURN_DATEADT(checked(month));
}

Datum
crm_month(PG_FUNCTION_ARGS)
{
	DateADT		day = PG_GETARG_DATEADT(0);
	int			year;
	int			month;
	int			day_of_month;

	if (DATE_NOT_FINITE(day))
		PG_RETURN_DATEADT(day);
	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &day_of_month);
	PG_RETURN_DATEADT(checked(day - (day_of_month - 1)));
}

/* No month ends after all days: the last day there is ends one. */
Datum
crm_month_end(PG_FUNCTION_ARGS)
{
	DateADT		day = PG_GETARG_DATEADT(0);
	int			year;
	int			month;
	int			day_of_month;

	if (DATE_NOT_FINITE(day))
		PG_RETURN_DATEADT(day);
	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &day_of_month);
	PG_RETURN_DATEADT(date2j(year, month + 1, 1) - 1 - POSTGRES_EPOCH_JDATE);
}
