/*
 * elapsed.c
 *		Time on the clock between two instants.
 */
#include "pg/calendar/calendar.h"

#include "common/int.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(crm_elapsed_seconds);

/* As date_part('epoch', "to" - "from"): whole days are added last. */
double
crm_wall_seconds(int64 from, int64 to)
{
	int64		span;

	if (pg_sub_s64_overflow(to, from, &span))
		return DatumGetFloat8(DirectFunctionCall2(interval_part,
												  CStringGetTextDatum("epoch"),
												  DirectFunctionCall2(timestamp_mi,
																	  TimestampTzGetDatum(to),
																	  TimestampTzGetDatum(from))));
	return span % USECS_PER_DAY / 1000000.0 +
		(double) SECS_PER_DAY * (span / USECS_PER_DAY);
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
