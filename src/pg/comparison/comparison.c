/*
 * comparison.c
 *		Did two groups differ: shares and means.
 */
#include "pg/experience/state.h"

#include "core/comparison/comparison.h"

PG_FUNCTION_INFO_V1(crm_moments_trans);
PG_FUNCTION_INFO_V1(crm_moments_count_of);
PG_FUNCTION_INFO_V1(crm_moments_mean_of);
PG_FUNCTION_INFO_V1(crm_moments_stddev_of);
PG_FUNCTION_INFO_V1(crm_moments_interval_of);
PG_FUNCTION_INFO_V1(crm_mean_difference);
PG_FUNCTION_INFO_V1(crm_proportion_test);

static crm_moments *
getarg_moments(FunctionCallInfo fcinfo, int n)
{
	return (crm_moments *)
		crm_state_arg(fcinfo, n, &crm_moments_layout)->body;
}

Datum
crm_moments_trans(PG_FUNCTION_ARGS)
{
	double		value;
	crm_state  *state;

	if (PG_ARGISNULL(1))
		return crm_unchanged(fcinfo);
	value = crm_finite_arg(fcinfo, 1, "value");
	state = crm_state_writable(fcinfo, &crm_moments_layout);
	if (crm_moments_add((crm_moments *) state->body, value, 1) != CRM_OK)
		crm_out_of_range(&crm_moments_layout);
	PG_RETURN_POINTER(state);
}

Datum
crm_moments_count_of(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(getarg_moments(fcinfo, 0)->count);
}

Datum
crm_moments_mean_of(PG_FUNCTION_ARGS)
{
	double		mean = 0;
	crm_status	status = crm_moments_mean(getarg_moments(fcinfo, 0), &mean);

	return crm_float8_or_null(fcinfo, status, mean);
}

Datum
crm_moments_stddev_of(PG_FUNCTION_ARGS)
{
	crm_estimate estimate = {0};
	crm_status	status = crm_moments_estimate(getarg_moments(fcinfo, 0),
											  &estimate);

	return crm_float8_or_null(fcinfo, status, estimate.stddev);
}

Datum
crm_moments_interval_of(PG_FUNCTION_ARGS)
{
	crm_interval interval;

	if (crm_moments_interval(getarg_moments(fcinfo, 0),
							 crm_confidence_arg(fcinfo, 1),
							 &interval) != CRM_OK)
		PG_RETURN_NULL();
	return crm_interval_row(fcinfo, interval);
}

static Datum
difference_row(FunctionCallInfo fcinfo, const crm_difference *difference)
{
	Datum		values[4];
	bool		nulls[4] = {false, false, false, false};

	values[0] = Float8GetDatum(difference->difference);
	values[1] = Float8GetDatum(difference->interval.low);
	values[2] = Float8GetDatum(difference->interval.high);
	values[3] = Float8GetDatum(difference->p_value);
	nulls[3] = isnan(difference->p_value);
	return crm_row(fcinfo, values, nulls);
}

Datum
crm_mean_difference(PG_FUNCTION_ARGS)
{
	crm_difference difference;

	if (crm_moments_difference(getarg_moments(fcinfo, 0),
							   getarg_moments(fcinfo, 1), 0,
							   crm_confidence_arg(fcinfo, 2),
							   &difference) != CRM_OK ||
		isnan(difference.p_value))
		PG_RETURN_NULL();
	return difference_row(fcinfo, &difference);
}

/* Arguments n and n + 1: so many of so many. */
static void
getarg_part(FunctionCallInfo fcinfo, int n, double *x, double *all)
{
	*x = PG_GETARG_FLOAT8(n);
	*all = PG_GETARG_FLOAT8(n + 1);
	if (!(*x >= 0 && *x <= *all && isfinite(*all)))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("a count of %s is not possible in a group of %s", crm_double_text(*x),
						crm_double_text(*all)),
				 errhint("Give each group's count with the property, and its size.")));
}

Datum
crm_proportion_test(PG_FUNCTION_ARGS)
{
	double		x1;
	double		n1;
	double		x2;
	double		n2;
	crm_difference difference;

	getarg_part(fcinfo, 0, &x1, &n1);
	getarg_part(fcinfo, 2, &x2, &n2);
	if (crm_proportion_difference(x1, n1, x2, n2, crm_confidence_arg(fcinfo, 4),
								  &difference) != CRM_OK)
		PG_RETURN_NULL();
	return difference_row(fcinfo, &difference);
}
