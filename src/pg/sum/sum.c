/*
 * sum.c
 *		crm_sum(): the exact sum of doubles, rounded once; and
 *		crm_decimal(): a double as numeric, to be summed exactly.
 */
#include "pg/support/extension.h"

#include "libpq/pqformat.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "core/sum/sum.h"
#include "pg/activity/amount.h"
#include "pg/support/aggregate.h"

PG_FUNCTION_INFO_V1(crm_exact_sum_trans);
PG_FUNCTION_INFO_V1(crm_exact_sum_combine);
PG_FUNCTION_INFO_V1(crm_exact_sum_serialize);
PG_FUNCTION_INFO_V1(crm_exact_sum_deserialize);
PG_FUNCTION_INFO_V1(crm_exact_sum_final);
PG_FUNCTION_INFO_V1(crm_decimal);

/* The state in argument 0, made for the first number. */
static crm_sum *
getarg_state(FunctionCallInfo fcinfo)
{
	MemoryContext context = crm_aggregate_context(fcinfo);

	return PG_ARGISNULL(0) ? MemoryContextAllocZero(context, sizeof(crm_sum)) :
		(crm_sum *) PG_GETARG_POINTER(0);
}

Datum
crm_exact_sum_trans(PG_FUNCTION_ARGS)
{
	crm_sum    *sum;
	double		value;

	if (PG_ARGISNULL(1))
		return crm_unchanged(fcinfo);
	value = PG_GETARG_FLOAT8(1);
	if (!isfinite(value))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a sum cannot contain %s", isnan(value) ? "NaN" :
						value > 0 ? "Infinity" : "-Infinity"),
				 errhint("Make such values NULL.")));
	sum = getarg_state(fcinfo);
	crm_sum_add(sum, value);
	PG_RETURN_POINTER(sum);
}

Datum
crm_exact_sum_combine(PG_FUNCTION_ARGS)
{
	crm_sum    *sum;

	if (PG_ARGISNULL(1))
		return crm_unchanged(fcinfo);
	sum = getarg_state(fcinfo);
	crm_sum_merge(sum, (crm_sum *) PG_GETARG_POINTER(1));
	PG_RETURN_POINTER(sum);
}

Datum
crm_exact_sum_serialize(PG_FUNCTION_ARGS)
{
	crm_sum    *sum = getarg_state(fcinfo);
	StringInfoData message;

	crm_sum_settle(sum);
	pq_begintypsend(&message);
	for (int i = 0; i < CRM_SUM_DIGITS; i++)
		pq_sendint32(&message, (uint32) sum->digit[i]);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

/* In the current, short-lived context: the state is read once. */
Datum
crm_exact_sum_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	crm_sum    *sum = palloc0(sizeof(*sum));
	StringInfoData message;

	crm_check_aggregate(fcinfo);
	initStringInfo(&message);
	appendBinaryStringInfo(&message, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	for (int i = 0; i < CRM_SUM_DIGITS; i++)
		sum->digit[i] = (uint32) pq_getmsgint(&message, 4);
	pq_getmsgend(&message);
	/* The last one has the sign. */
	sum->digit[CRM_SUM_DIGITS - 1] = (int32) sum->digit[CRM_SUM_DIGITS - 1];
	sum->pending = 1;
	PG_RETURN_POINTER(sum);
}

Datum
crm_exact_sum_final(PG_FUNCTION_ARGS)
{
	double		value;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	value = crm_sum_value(getarg_state(fcinfo));
	if (!isfinite(value))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("sum is out of range")));
	PG_RETURN_FLOAT8(value);
}

#define DECIMAL_DIGITS	15		/* DBL_DIG, as float8_numeric() */
#define DECIMAL_END		INT64CONST(1000000000000000)	/* of so many digits */
#define DECIMAL_MIN	1e-7		/* so that no power of ten is inexact */
#define DECIMAL_MAX	1e14

static const double power_of_ten[] = {
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13,
	1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
};

/*
 * size * 10^scale, rounded to an integer as printf() rounds: correctly, ties
 * to even. The product is rounded itself, but what it lacks is a double, too.
 */
static int64
scaled(double size, int scale)
{
	double		product = size * power_of_ten[scale];
	double		error = fma(size, power_of_ten[scale], -product);
	int64		whole = (int64) product;
	double		rest = product - (double) whole - 0.5;

	/* Both within 0.5: their sum has the sign of the exact sum. */
	if (rest + error > 0 || (rest + error == 0 && whole % 2 != 0))
		whole++;
	return whole;
}

/* size in [DECIMAL_MIN, DECIMAL_MAX) */
static Datum
decimal_of(double size, bool is_negative)
{
	int			scale = DECIMAL_DIGITS - 1 - (int) floor(log10(size));
	int64		digits = scaled(size, scale);

	/* log10() may be rounded up or down to a power of ten, and so is size. */
	if (digits >= DECIMAL_END)
		digits = scaled(size, --scale);
	else if (digits <= DECIMAL_END / 10)
	{
		int64		finer = scaled(size, scale + 1);

		if (finer < DECIMAL_END)
		{
			digits = finer;
			scale++;
		}
	}
	for (; scale > 0 && digits % 10 == 0; scale--)
		digits /= 10;
	return crm_numeric_of(is_negative ? -digits : digits, scale);
}

/* What is beyond, and what is no number, is left to PostgreSQL. */
Datum
crm_decimal(PG_FUNCTION_ARGS)
{
	double		value = PG_GETARG_FLOAT8(0);
	double		size = fabs(value);

	if (value == 0)
		PG_RETURN_NUMERIC(int64_to_numeric(0));
	if (size >= DECIMAL_MIN && size < DECIMAL_MAX)
		return decimal_of(size, value < 0);
	return float8_numeric(fcinfo);
}
