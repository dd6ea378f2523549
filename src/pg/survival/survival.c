/*
 * survival.c
 *		What is read from a crm_survival.
 */
#include "pg/survival/survival.h"

#include "access/htup_details.h"
#include "miscadmin.h"

#define CURVE_CONFIDENCE	0.95
#define CURVE_COLUMNS		7

PG_FUNCTION_INFO_V1(crm_survival_count);
PG_FUNCTION_INFO_V1(crm_survival_observed_count);
PG_FUNCTION_INFO_V1(crm_survival_quantile_of);
PG_FUNCTION_INFO_V1(crm_survival_percentile_of);
PG_FUNCTION_INFO_V1(crm_survival_interval_of);
PG_FUNCTION_INFO_V1(crm_survival_share_of);
PG_FUNCTION_INFO_V1(crm_survival_mean_of);
PG_FUNCTION_INFO_V1(crm_survival_curve);
PG_FUNCTION_INFO_V1(crm_survival_test_of);

Datum
crm_survival_count(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(crm_getarg_survival(fcinfo, 0).count);
}

Datum
crm_survival_observed_count(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(crm_getarg_survival(fcinfo, 0).observed);
}

static double
getarg_quantile(FunctionCallInfo fcinfo, int n)
{
	double		q = PG_GETARG_FLOAT8(n);

	if (!(q >= 0 && q <= 1))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("quantile cannot be %g", q),
				 errhint("Give a number between 0 and 1: for the median, 0.5.")));
	return q;
}

static double
getarg_time(FunctionCallInfo fcinfo, int n, const char *name)
{
	double		t = PG_GETARG_FLOAT8(n);

	if (isnan(t) || t < 0)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("%s cannot be %g", name, t),
				 errhint("Give a duration of 0 or more.")));
	return t;
}

static crm_limits
getarg_method(FunctionCallInfo fcinfo, int n)
{
	char	   *method = text_to_cstring(PG_GETARG_TEXT_PP(n));

	if (strcmp(method, "plain") == 0)
		return CRM_LIMITS_PLAIN;
	if (strcmp(method, "log-log") != 0)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("unrecognized method: \"%s\"", crm_clip_text(method)),
				 errhint("The methods are log-log and plain.")));
	return CRM_LIMITS_LOG_LOG;
}

Datum
crm_survival_quantile_of(PG_FUNCTION_ARGS)
{
	crm_survival s = crm_getarg_survival(fcinfo, 0);
	double		duration = 0;
	crm_status	status = crm_survival_quantile(&s, getarg_quantile(fcinfo, 1),
											   &duration);

	return crm_float8_or_null(fcinfo, status, duration);
}

Datum
crm_survival_percentile_of(PG_FUNCTION_ARGS)
{
	crm_survival s = crm_getarg_survival(fcinfo, 0);
	double		duration = 0;
	crm_status	status = crm_survival_percentile(&s, getarg_quantile(fcinfo, 1),
												 &duration);

	return crm_float8_or_null(fcinfo, status, duration);
}

Datum
crm_survival_interval_of(PG_FUNCTION_ARGS)
{
	crm_survival s = crm_getarg_survival(fcinfo, 0);
	double		q = getarg_quantile(fcinfo, 1);
	double		confidence = crm_confidence_arg(fcinfo, 2);
	double		low;
	double		high;
	Datum		values[2];
	bool		nulls[2];

	crm_survival_interval(&s, q, confidence, getarg_method(fcinfo, 3), &low,
						  &high);
	values[0] = Float8GetDatum(low);
	values[1] = Float8GetDatum(high);
	nulls[0] = isnan(low);
	nulls[1] = isnan(high);
	return crm_row(fcinfo, values, nulls);
}

Datum
crm_survival_share_of(PG_FUNCTION_ARGS)
{
	crm_survival s = crm_getarg_survival(fcinfo, 0);
	double		t = getarg_time(fcinfo, 1, "duration");

	if (s.count == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(crm_survival_share(&s, t));
}

Datum
crm_survival_mean_of(PG_FUNCTION_ARGS)
{
	crm_survival s = crm_getarg_survival(fcinfo, 0);
	double		mean = 0;
	crm_status	status = crm_survival_mean(&s, getarg_time(fcinfo, 1, "horizon"),
										   &mean);

	if (status == CRM_OUT_OF_RANGE)
		ereport(ERROR,
				(errcode(crm_errcode(status)),
				 errmsg("mean duration is out of range")));
	return crm_float8_or_null(fcinfo, status, mean);
}

Datum
crm_survival_test_of(PG_FUNCTION_ARGS)
{
	crm_survival a = crm_getarg_survival(fcinfo, 0);
	crm_survival b = crm_getarg_survival(fcinfo, 1);
	double		chi_squared;
	double		p_value;
	Datum		values[2];
	bool		nulls[2] = {false, false};

	if (crm_survival_test(&a, &b, &chi_squared, &p_value) != CRM_OK)
		PG_RETURN_NULL();
	values[0] = Float8GetDatum(chi_squared);
	values[1] = Float8GetDatum(p_value);
	return crm_row(fcinfo, values, nulls);
}

/* The curve, a row for each distinct duration */

typedef struct curve
{
	crm_survival s;
	crm_share	share;
	double		z;
} curve;

static void *
begin_curve(FunctionCallInfo fcinfo)
{
	struct varlena *copy = PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0));
	curve	   *c = palloc0(sizeof(*c));

	crm_open_survival(copy, &c->s);
	c->share = crm_share_start;
	c->z = crm_normal_deviate(CURVE_CONFIDENCE);
	return c;
}

static Datum
curve_row(const curve *c, const crm_step *step, TupleDesc desc)
{
	Datum		values[CURVE_COLUMNS];
	bool		nulls[CURVE_COLUMNS] = {false};
	double		low;
	double		high;

	crm_share_limits(&c->share, CRM_LIMITS_LOG_LOG, c->z, &low, &high);
	values[0] = Float8GetDatum(step->duration);
	values[1] = Int64GetDatum(step->at_risk);
	values[2] = Int64GetDatum(step->observed);
	values[3] = Int64GetDatum(step->censored);
	values[4] = Float8GetDatum(crm_share_value(&c->share));
	values[5] = Float8GetDatum(low);
	values[6] = Float8GetDatum(high);
	return HeapTupleGetDatum(heap_form_tuple(desc, values, nulls));
}

Datum
crm_survival_curve(PG_FUNCTION_ARGS)
{
	FuncCallContext *call = crm_rows_call(fcinfo, begin_curve);
	curve	   *c = call->user_fctx;
	crm_step	step;

	if (!crm_survival_next(&c->s, &step))
		SRF_RETURN_DONE(call);
	crm_share_step(&c->share, &step);
	SRF_RETURN_NEXT(call, curve_row(c, &step, call->tuple_desc));
}
