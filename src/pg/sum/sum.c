/*
 * sum.c
 *		crm_sum(): a sum of doubles that no order of rows can change.
 *
 * The state is an array of three doubles, as float8_accum() of PostgreSQL's
 * float.c keeps one: how many values, and their sum as a crm_dd. Within an
 * aggregate it is changed in place.
 */
#include "pg/support/extension.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "core/numeric/doubledouble.h"

PG_FUNCTION_INFO_V1(crm_sum_trans);
PG_FUNCTION_INFO_V1(crm_sum_combine);
PG_FUNCTION_INFO_V1(crm_sum_final);

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
				 errmsg("the state of a sum is an array of 3 numbers")));
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
