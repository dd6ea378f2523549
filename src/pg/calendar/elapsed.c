/*
 * elapsed.c
 *		Time on the clock between two instants.
 */
#include "pg/calendar/calendar.h"

#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(crm_elapsed_seconds);

/*
 * As date_part('epoch', "to" - "from"), whole days added last, but of any two
 * instants: an interval of microseconds cannot be as long as all of time.
 */
double
crm_wall_seconds(int64 from, int64 to)
{
	uint64		span = to >= from ? (uint64) to - (uint64) from :
		(uint64) from - (uint64) to;
	double		seconds = span % USECS_PER_DAY / 1000000.0 +
		(double) SECS_PER_DAY * (span / USECS_PER_DAY);

	return to >= from ? seconds : -seconds;
}

/* ("from", "to") */
Datum
crm_elapsed_seconds(PG_FUNCTION_ARGS)
{
	TimestampTz from = PG_GETARG_TIMESTAMPTZ(0);
	TimestampTz to = PG_GETARG_TIMESTAMPTZ(1);

	if (TIMESTAMP_NOT_FINITE(from) || TIMESTAMP_NOT_FINITE(to))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(crm_wall_seconds(from, to));
}
