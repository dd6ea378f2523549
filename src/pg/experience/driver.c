/*
 * driver.c
 *		Which drivers an outcome goes with.
 */
#include "pg/experience/state.h"

#include "core/experience/driver.h"
#include "pg/support/arrays.h"

static crm_driver_fit *
fit_of(crm_state *state)
{
	return (crm_driver_fit *) state->body;
}

/* The state with room for width variables, where it has none yet. */
static crm_state *
widen(crm_state *state, int width)
{
	if (state->width != width && state->width != 0)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("row has %d drivers, but others have %d",
						width - 1, state->width - 1),
				 errhint("Write NULL for a driver that was not answered.")));
	return crm_state_widen(&crm_driver_layout, state, width);
}

/* The number of drivers in a row. */
static int
driver_count(ArrayType *drivers)
{
	int			n = ARR_NDIM(drivers) == 1 ? ARR_DIMS(drivers)[0] : 0;

	if (n < 1 || n > CRM_MAX_DRIVERS)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("drivers must be an array of one dimension with 1 to %d elements",
						CRM_MAX_DRIVERS),
				 errhint("Write ARRAY[a, b, c], in a fixed order.")));
	return n;
}

/* Reads n drivers; false where some are NULL. */
static bool
read_drivers(ArrayType *drivers, int n, double *value)
{
	const float8 *next = (float8 *) ARR_DATA_PTR(drivers);
	bool		is_complete = true;

	for (int i = 0; i < n; i++)
		if (crm_array_is_null(drivers, i))
			is_complete = false;
		else
			value[i] = crm_finite(*next++, "driver");
	return is_complete;
}

/* (state, outcome, drivers [, weight]) */
PG_FUNCTION_INFO_V1(crm_driver_trans);

Datum
crm_driver_trans(PG_FUNCTION_ARGS)
{
	crm_state  *state = crm_state_writable(fcinfo, &crm_driver_layout);
	bool		has_outcome = !PG_ARGISNULL(1);
	double		outcome = has_outcome ?
		crm_finite_arg(fcinfo, 1, "outcome") : 0;
	bool		has_weight = PG_NARGS() < 4 || !PG_ARGISNULL(3);
	double		weight = PG_NARGS() < 4 || !has_weight ? 1
		: crm_weight_arg(fcinfo, 3);
	double		value[CRM_MAX_DRIVERS];
	ArrayType  *drivers;
	int			n;

	if (PG_ARGISNULL(2))
	{
		fit_of(state)->skipped++;
		PG_RETURN_POINTER(state);
	}
	drivers = PG_GETARG_ARRAYTYPE_P(2);
	n = driver_count(drivers);
	state = widen(state, n + 1);
	if (!read_drivers(drivers, n, value) || !has_outcome || !has_weight)
		fit_of(state)->skipped++;
	else if (weight > 0 && crm_driver_add(fit_of(state), n + 1, outcome,
										  value, weight) != CRM_OK)
		crm_out_of_range(&crm_driver_layout);
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(crm_driver_count);

Datum
crm_driver_count(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(fit_of(crm_state_arg(fcinfo, 0,
										 &crm_driver_layout))->count);
}

PG_FUNCTION_INFO_V1(crm_driver_skipped);

Datum
crm_driver_skipped(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(fit_of(crm_state_arg(fcinfo, 0,
										 &crm_driver_layout))->skipped);
}

/* The drivers of a fit; a notice says what is wrong with them. */
static crm_driver *
solve(crm_state *state, int *n, double *r_squared)
{
	crm_driver_fit *fit = fit_of(state);
	crm_driver *driver;
	double	   *workspace;

	*r_squared = NAN;
	*n = Max(state->width - 1, 0);
	if (*n == 0)
		return NULL;
	driver = palloc(sizeof(crm_driver) * *n);
	workspace = palloc(sizeof(double) * crm_driver_workspace(state->width));
	if (crm_driver_solve(fit, state->width, workspace, driver,
						 r_squared) != CRM_OK)
		ereport(NOTICE,
				(errmsg("%lld rows do not determine the drivers' weights",
						(long long) fit->count),
				 errhint("Leave out drivers that are constant or that follow from others. "
						 "The outcome must vary, and there must be more rows than drivers.")));
	else if (fit->count <= 5 * *n)
		ereport(NOTICE,
				(errmsg("the drivers' weights are based on only %lld rows",
						(long long) fit->count),
				 errhint("Use more than five rows for each driver.")));
	pfree(workspace);
	return driver;
}

PG_FUNCTION_INFO_V1(crm_r_squared);

Datum
crm_r_squared(PG_FUNCTION_ARGS)
{
	int			n;
	double		r_squared;

	solve(crm_state_arg(fcinfo, 0, &crm_driver_layout), &n, &r_squared);
	if (isnan(r_squared))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(r_squared);
}

static Datum
driver_row(TupleDesc desc, int number, const crm_driver *driver)
{
	const double column[] = {driver->correlation, driver->beta,
	driver->relative_weight, driver->shapley};
	Datum		values[5];
	bool		nulls[5];

	values[0] = Int32GetDatum(number);
	nulls[0] = false;
	for (int i = 0; i < 4; i++)
	{
		values[i + 1] = Float8GetDatum(column[i]);
		nulls[i + 1] = isnan(column[i]);
	}
	return HeapTupleGetDatum(heap_form_tuple(desc, values, nulls));
}

typedef struct driver_rows
{
	const crm_driver *driver;
	int			count;
} driver_rows;

static void *
solve_rows(FunctionCallInfo fcinfo)
{
	driver_rows *rows = palloc(sizeof(*rows));
	double		r_squared;

	rows->driver = solve(crm_state_arg(fcinfo, 0, &crm_driver_layout),
						 &rows->count, &r_squared);
	return rows;
}

PG_FUNCTION_INFO_V1(crm_drivers);

Datum
crm_drivers(PG_FUNCTION_ARGS)
{
	FuncCallContext *call = crm_rows_call(fcinfo, solve_rows);
	const driver_rows *rows = call->user_fctx;
	int			i = call->call_cntr;	/* SRF_RETURN_NEXT counts first */

	if (i >= rows->count)
		SRF_RETURN_DONE(call);
	SRF_RETURN_NEXT(call, driver_row(call->tuple_desc, i + 1,
									 &rows->driver[i]));
}
