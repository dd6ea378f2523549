/*
 * attribution.c
 *		crm_attribution_weights(): how a conversion is shared among touches.
 */
#include "pg/support/extension.h"

#include "catalog/pg_type.h"
#include "utils/timestamp.h"

#include "core/campaign/attribution.h"
#include "pg/support/arrays.h"

#define USECS_PER_DAY_F	((double) USECS_PER_DAY)

PG_FUNCTION_INFO_V1(crm_attribution_weights_at);

static crm_attribution_model
getarg_model(FunctionCallInfo fcinfo, int n)
{
	text	   *name = PG_GETARG_TEXT_PP(n);
	crm_attribution_model model;

	if (!crm_attribution_model_named(VARDATA_ANY(name),
									 VARSIZE_ANY_EXHDR(name), &model))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("unrecognized attribution model: \"%s\"",
						crm_clip_text(text_to_cstring(name))),
				 errhint("The models are first, last, linear, position and decay.")));
	return model;
}

static double
getarg_half_life(FunctionCallInfo fcinfo, int n)
{
	double		days = PG_GETARG_FLOAT8(n);

	if (!(days > 0) || isinf(days))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("half_life_days cannot be %g", days),
				 errhint("Give a positive number of days, after which a touch counts half.")));
	return days * USECS_PER_DAY_F;
}

/* In whole microseconds, as instants are; NULL is no window. */
static double
getarg_window(FunctionCallInfo fcinfo, int n)
{
	double		days;

	if (PG_ARGISNULL(n))
		return INFINITY;
	days = PG_GETARG_FLOAT8(n);
	if (!(days >= 0))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("window_days cannot be %g", days),
				 errhint("Give a number of days of 86,400 seconds, or NULL for no window.")));
	return rint(days * USECS_PER_DAY_F);
}

static int
items_of(ArrayType *array, const char *name)
{
	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s must have one dimension", name)));
	return ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
}

/* The times, and which of them count; a time before all others is none. */
static void
read_touches(ArrayType *array, int touches, TimestampTz converted_at,
			 double window, TimestampTz *at, bool *counts)
{
	const TimestampTz *next = (const TimestampTz *) ARR_DATA_PTR(array);

	for (int i = 0; i < touches; i++)
	{
		at[i] = crm_array_is_null(array, i) ? DT_NOBEGIN : *next++;
		counts[i] = !TIMESTAMP_NOT_FINITE(at[i]) &&
			crm_touch_counts(at[i], converted_at, window);
	}
}

static void
exclude_touches(FunctionCallInfo fcinfo, int n, int touches, bool *counts)
{
	ArrayType  *excluded;
	const bool *next;

	if (PG_ARGISNULL(n))
		return;
	excluded = PG_GETARG_ARRAYTYPE_P(n);
	if (items_of(excluded, "excluded") != touches)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("excluded has %d elements for %d touches",
						items_of(excluded, "excluded"), touches),
				 errhint("Give one for each touch, in the same order.")));
	next = (const bool *) ARR_DATA_PTR(excluded);
	for (int i = 0; i < touches; i++)
		if (!crm_array_is_null(excluded, i) && *next++)
			counts[i] = false;
}

/* An array of the same subscripts, to be filled. */
static ArrayType *
array_like(ArrayType *array, int items)
{
	Size		size = add_size(ARR_OVERHEAD_NONULLS(1),
								mul_size(items, sizeof(float8)));
	ArrayType  *made;

	if (items == 0)
		return construct_empty_array(FLOAT8OID);
	made = palloc0(size);
	SET_VARSIZE(made, size);
	made->ndim = 1;
	made->elemtype = FLOAT8OID;
	ARR_DIMS(made)[0] = items;
	ARR_LBOUND(made)[0] = ARR_LBOUND(array)[0];
	return made;
}

Datum
crm_attribution_weights_at(PG_FUNCTION_ARGS)
{
	ArrayType  *touched_at;
	ArrayType  *weights;
	TimestampTz converted_at;
	TimestampTz *at;
	bool	   *counts;
	int			touches;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) ||
		PG_ARGISNULL(3) || TIMESTAMP_NOT_FINITE(PG_GETARG_TIMESTAMPTZ(1)))
		PG_RETURN_NULL();
	touched_at = PG_GETARG_ARRAYTYPE_P(0);
	converted_at = PG_GETARG_TIMESTAMPTZ(1);
	touches = items_of(touched_at, "touched_at");
	at = palloc(mul_size(touches + 1, sizeof(TimestampTz)));
	counts = palloc(touches + 1);
	read_touches(touched_at, touches, converted_at, getarg_window(fcinfo, 4),
				 at, counts);
	exclude_touches(fcinfo, 5, touches, counts);
	weights = array_like(touched_at, touches);
	crm_attribution_weights(getarg_model(fcinfo, 2), at, counts, touches,
							getarg_half_life(fcinfo, 3),
							(double *) ARR_DATA_PTR(weights));
	PG_RETURN_ARRAYTYPE_P(weights);
}
