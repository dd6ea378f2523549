/*
 * score.c
 *		What a fitted model says of a customer: from his ledger, in days and a
 *		yearly rate of discount, or from a summary, in the model's unit.
 */
#include "pg/clv/clv.h"

#include "utils/date.h"

#include "core/clv/family.h"
#include "core/numeric/student.h"
#include "pg/activity/activity.h"

PG_FUNCTION_INFO_V1(crm_p_alive);
PG_FUNCTION_INFO_V1(crm_expected_purchases);
PG_FUNCTION_INFO_V1(crm_expected_value);
PG_FUNCTION_INFO_V1(crm_clv_of_ledger);
PG_FUNCTION_INFO_V1(crm_clv_of_covariates);
PG_FUNCTION_INFO_V1(crm_expected_purchases_covariates);
PG_FUNCTION_INFO_V1(crm_clv_interval);
PG_FUNCTION_INFO_V1(crm_new_customer_purchases);
PG_FUNCTION_INFO_V1(crm_purchase_probability);
PG_FUNCTION_INFO_V1(crm_p_alive_summary);
PG_FUNCTION_INFO_V1(crm_expected_purchases_summary);
PG_FUNCTION_INFO_V1(crm_expected_value_summary);
PG_FUNCTION_INFO_V1(crm_clv_summary_value);
PG_FUNCTION_INFO_V1(crm_clv_interval_summary);
PG_FUNCTION_INFO_V1(crm_new_customer_purchases_summary);
PG_FUNCTION_INFO_V1(crm_purchase_probability_summary);
PG_FUNCTION_INFO_V1(crm_sbg_survival_at);
PG_FUNCTION_INFO_V1(crm_sbg_retention_at);
PG_FUNCTION_INFO_V1(crm_sbg_renewals);

/* From ledgers */

Datum
crm_p_alive(PG_FUNCTION_ARGS)
{
	const crm_clv *clv;
	crm_history history;
	double		value;

	/* The install script of 0.1.0 has a later day here, seen as silence. */
	if (PG_NARGS() > 3)
		return crm_p_alive_if_silent(fcinfo);
	clv = crm_getarg_ledger_model(fcinfo);
	if (!crm_getarg_history(fcinfo, 1, crm_getarg_as_of(fcinfo, 2),
							clv->unit_days, &history, &value))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(crm_clv_p_alive(clv, &history));
}

static Datum
purchases_of_ledger(FunctionCallInfo fcinfo, const crm_clv *clv)
{
	int32		as_of = crm_getarg_as_of(fcinfo, 2);
	double		t = crm_getarg_horizon_days(fcinfo, 3, clv, "horizon_days");
	crm_history history;
	double		value;

	if (!crm_getarg_history(fcinfo, 1, as_of, clv->unit_days, &history,
							&value))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(crm_clv_purchases(clv, &history, t, 0));
}

Datum
crm_expected_purchases(PG_FUNCTION_ARGS)
{
	return purchases_of_ledger(fcinfo, crm_getarg_ledger_model(fcinfo));
}

/* The same of a customer with the covariates of argument 4. */
Datum
crm_expected_purchases_covariates(PG_FUNCTION_ARGS)
{
	crm_clv		own;

	return purchases_of_ledger(fcinfo, crm_getarg_own_model(fcinfo, 4, &own));
}

Datum
crm_expected_value(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = crm_require_spend(crm_getarg_ledger_model(fcinfo));
	crm_history history;
	double		value;

	if (!crm_getarg_history(fcinfo, 1, crm_getarg_as_of(fcinfo, 2),
							clv->unit_days, &history, &value))
		PG_RETURN_NULL();
	return crm_number_or_null(fcinfo,
							  crm_clv_expected_value(clv, history.frequency,
													 Max(value, 0)));
}

Datum
crm_clv_of_ledger(PG_FUNCTION_ARGS)
{
	const crm_clv *clv;
	crm_clv_question ask;

	if (!crm_getarg_question(fcinfo, true, &clv, NULL, &ask))
		PG_RETURN_NULL();
	return crm_number_or_null(fcinfo, crm_clv_value(clv, &ask));
}

/* The same of a customer with covariates. */
Datum
crm_clv_of_covariates(PG_FUNCTION_ARGS)
{
	const crm_clv *clv;
	crm_clv		own;
	crm_clv_question ask;

	if (!crm_getarg_question(fcinfo, true, &clv, &own, &ask))
		PG_RETURN_NULL();
	return crm_number_or_null(fcinfo, crm_clv_value(clv, &ask));
}

/* (low, high) around a value, of the confidence in argument n */
static Datum
interval_around(FunctionCallInfo fcinfo, int n, const crm_clv *clv,
				const crm_clv_question *ask)
{
	double		confidence = crm_confidence_arg(fcinfo, n);
	double		value = crm_clv_value(clv, ask);
	double		error = 0;
	double		factor;
	Datum		values[2];
	bool		nulls[2] = {false};

	if (!isfinite(value) ||
		(value > 0 && !crm_clv_log_error(clv, ask, &error)))
		PG_RETURN_NULL();
	factor = exp(error * crm_student_quantile((1 - confidence) / 2, INFINITY));
	if (!isfinite(value * factor))
		PG_RETURN_NULL();
	values[0] = Float8GetDatum(value / factor);
	values[1] = Float8GetDatum(value * factor);
	return crm_row(fcinfo, values, nulls);
}

Datum
crm_clv_interval(PG_FUNCTION_ARGS)
{
	const crm_clv *clv;
	crm_clv_question ask;

	if (!crm_getarg_question(fcinfo, true, &clv, NULL, &ask))
		PG_RETURN_NULL();
	return interval_around(fcinfo, 5, clv, &ask);
}

/* Of customers who are not there yet */

Datum
crm_new_customer_purchases(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = crm_getarg_ledger_model(fcinfo);
	double		t = crm_getarg_horizon_days(fcinfo, 1, clv, "days");

	PG_RETURN_FLOAT8(crm_clv_new_customer(clv, t));
}

Datum
crm_new_customer_purchases_summary(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = crm_getarg_purchase_model(fcinfo);
	double		t = crm_getarg_time(fcinfo, 1, clv, "horizon");

	PG_RETURN_FLOAT8(crm_clv_new_customer(clv, t));
}

static Datum
probability_of(FunctionCallInfo fcinfo, const crm_clv *clv, double t)
{
	PG_RETURN_FLOAT8(crm_clv_probability(clv, crm_getarg_purchases(fcinfo, 1),
										 t));
}

Datum
crm_purchase_probability(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = crm_getarg_ledger_model(fcinfo);

	return probability_of(fcinfo, clv,
						  crm_getarg_horizon_days(fcinfo, 2, clv, "days"));
}

Datum
crm_purchase_probability_summary(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = crm_getarg_purchase_model(fcinfo);

	return probability_of(fcinfo, clv,
						  crm_getarg_time(fcinfo, 2, clv, "horizon"));
}

/* From summaries */

Datum
crm_p_alive_summary(PG_FUNCTION_ARGS)
{
	const crm_clv *clv;
	crm_history history;

	if (PG_NARGS() > 4)
		return crm_p_alive_if_silent_summary(fcinfo);
	clv = crm_getarg_purchase_model(fcinfo);
	history = crm_getarg_summary(fcinfo, 1, clv->kind);
	PG_RETURN_FLOAT8(crm_clv_p_alive(clv, &history));
}

Datum
crm_expected_purchases_summary(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = crm_getarg_purchase_model(fcinfo);
	crm_history history = crm_getarg_summary(fcinfo, 1, clv->kind);
	double		t = crm_getarg_time(fcinfo, 4, clv, "horizon");

	PG_RETURN_FLOAT8(crm_clv_purchases(clv, &history, t, 0));
}

/* (model, frequency, monetary) */
Datum
crm_expected_value_summary(PG_FUNCTION_ARGS)
{
	const crm_clv *clv;
	double		frequency;
	double		value;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	clv = crm_require_spend(crm_getarg_clv(fcinfo, 0)); /* of any customer */
	frequency = PG_GETARG_FLOAT8(1);
	if (!(frequency >= 0 && frequency <= CRM_FREQUENCY_MAX))
		crm_refuse_number("frequency", frequency, "Give the number of repeat purchases, 0 to 1e10.");
	if (!crm_getarg_monetary(fcinfo, 2, frequency, &value))
		PG_RETURN_NULL();
	return crm_number_or_null(fcinfo,
							  crm_clv_expected_value(clv, frequency, value));
}

Datum
crm_clv_summary_value(PG_FUNCTION_ARGS)
{
	const crm_clv *clv;
	crm_clv_question ask;

	if (!crm_getarg_question_summary(fcinfo, &clv, &ask))
		PG_RETURN_NULL();
	return crm_number_or_null(fcinfo, crm_clv_value(clv, &ask));
}

Datum
crm_clv_interval_summary(PG_FUNCTION_ARGS)
{
	const crm_clv *clv;
	crm_clv_question ask;

	if (!crm_getarg_question_summary(fcinfo, &clv, &ask))
		PG_RETURN_NULL();
	return interval_around(fcinfo, 7, clv, &ask);
}

/* Contracts */

static crm_sbg
getarg_sbg(FunctionCallInfo fcinfo)
{
	const crm_clv *clv = crm_getarg_clv(fcinfo, 0);

	if (crm_clv_family_of(clv->kind)->time != CRM_CLV_RENEWALS)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("%s is not a model of contracts",
						crm_clv_kind_name(clv->kind)),
				 errhint("Fit one with crm_sbg_fit().")));
	return (crm_sbg) {clv->purchase.parameter[0], clv->purchase.parameter[1]};
}

static double
getarg_periods(FunctionCallInfo fcinfo, int n, const char *name, int least)
{
	int32		periods = PG_GETARG_INT32(n);

	if (periods < least)
		crm_refuse_number(name, periods, least > 0
						  ? "Periods are counted from 1." : "Give 0 or more.");
	return periods;
}

Datum
crm_sbg_survival_at(PG_FUNCTION_ARGS)
{
	crm_sbg		sbg = getarg_sbg(fcinfo);

	PG_RETURN_FLOAT8(crm_sbg_survival(&sbg, getarg_periods(fcinfo, 1,
														   "periods", 0)));
}

Datum
crm_sbg_retention_at(PG_FUNCTION_ARGS)
{
	crm_sbg		sbg = getarg_sbg(fcinfo);

	PG_RETURN_FLOAT8(crm_sbg_retention(&sbg, getarg_periods(fcinfo, 1,
															"period", 1)));
}

/* (model, periods, renewals, rate); renewals NULL is without end */
Datum
crm_sbg_renewals(PG_FUNCTION_ARGS)
{
	crm_sbg		sbg;
	double		periods;
	double		renewals = INFINITY;
	double		rate;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(3))
		PG_RETURN_NULL();
	sbg = getarg_sbg(fcinfo);
	periods = getarg_periods(fcinfo, 1, "periods", 0);
	if (!PG_ARGISNULL(2))
		renewals = getarg_periods(fcinfo, 2, "renewals", 0);
	rate = PG_GETARG_FLOAT8(3);
	if (!(rate >= 0 && rate <= CRM_CLV_DISCOUNT_MAX))
		crm_refuse_number("rate", rate, "Give the rate at which money loses value in a period, for example 0.1: 0 to 1e6.");
	return crm_number_or_null(fcinfo, crm_sbg_discounted_renewals(&sbg, periods,
																  renewals, rate));
}
