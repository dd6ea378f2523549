/*
 * sum.c
 *		crm_sum(): a sum of doubles that no order of rows can change; and
 *		crm_decimal(): a double as numeric, to be summed exactly.
 *
 * The state is an array of three doubles, as float8_accum() of PostgreSQL's
 * float.c keeps one: how many values, and their sum as a crm_dd. Within an
 * aggregate it is changed in place.
 */
#include "pg/support/extension.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "core/numeric/doubledouble.h"
#include "pg/activity/amount.h"

PG_FUNCTION_INFO_V1(crm_sum_trans);
PG_FUNCTION_INFO_V1(crm_sum_combine);
PG_FUNCTION_INFO_V1(crm_sum_final);
PG_FUNCTION_INFO_V1(crm_decimal);

typedef struct sum_state
{
	double		count;
	crm_dd		sum;
} sum_state;

/* Anybody can call these with any array. */
static sum_state *
get_state(ArrayType *array)
{
	if (ARR_NDIM(array) != 1 || ARR_DIMS(array)[0] != 3 ||
		ARR_HASNULL(array) || ARR_ELEMTYPE(array) != FLOAT8OID)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the state of a sum must be an array of 3 numbers")));
	return (sum_state *) ARR_DATA_PTR(array);
}

/* A state that may be written to. */
static ArrayType *
writable_state(FunctionCallInfo fcinfo)
{
	if (AggCheckCallContext(fcinfo, NULL))
		return PG_GETARG_ARRAYTYPE_P(0);
	return PG_GETARG_ARRAYTYPE_P_COPY(0);
}

static void
check_sum(const crm_dd *sum)
{
	if (!isfinite(sum->hi))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("sum is out of range")));
}

Datum
crm_sum_trans(PG_FUNCTION_ARGS)
{
	ArrayType  *array = writable_state(fcinfo);
	double		value = PG_GETARG_FLOAT8(1);
	sum_state  *state = get_state(array);

	if (!isfinite(value))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a sum cannot contain %s", isnan(value) ? "NaN" :
						value > 0 ? "Infinity" : "-Infinity"),
				 errhint("Make such values NULL.")));
	state->count += 1;
	state->sum = crm_dd_add_double(state->sum, value);
	check_sum(&state->sum);
	PG_RETURN_ARRAYTYPE_P(array);
}

Datum
crm_sum_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *array = writable_state(fcinfo);
	sum_state  *state = get_state(array);
	const sum_state *other = get_state(PG_GETARG_ARRAYTYPE_P(1));

	state->count += other->count;
	state->sum = crm_dd_add(state->sum, other->sum);
	check_sum(&state->sum);
	PG_RETURN_ARRAYTYPE_P(array);
}

Datum
crm_sum_final(PG_FUNCTION_ARGS)
{
	const sum_state *state = get_state(PG_GETARG_ARRAYTYPE_P(0));

	if (!(state->count > 0))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(state->sum.hi + state->sum.lo);
}

#if PG_VERSION_NUM >= 150000

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
#endif

/* What is beyond, and what is no number, is left to PostgreSQL. */
Datum
crm_decimal(PG_FUNCTION_ARGS)
{
#if PG_VERSION_NUM >= 150000
	double		value = PG_GETARG_FLOAT8(0);
	double		size = fabs(value);

	if (value == 0)
		PG_RETURN_NUMERIC(int64_to_numeric(0));
	if (size >= DECIMAL_MIN && size < DECIMAL_MAX)
		return decimal_of(size, value < 0);
#endif
	return float8_numeric(fcinfo);
}
