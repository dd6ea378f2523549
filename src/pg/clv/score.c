/*
 * score.c
 *		What a fitted model says of a customer: from his ledger, in days and a
 *		yearly rate of discount, or from a summary, in the model's unit.
 */
#include "pg/clv/clv.h"

#include "access/htup_details.h"
#include "utils/date.h"

#include "core/numeric/student.h"
#include "pg/activity/activity.h"
#include "pg/activity/amount.h"

PG_FUNCTION_INFO_V1(crm_p_alive);
PG_FUNCTION_INFO_V1(crm_expected_purchases);
PG_FUNCTION_INFO_V1(crm_expected_value);
PG_FUNCTION_INFO_V1(crm_clv_of_ledger);
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

#define DAYS_A_YEAR	365.25

/* Customers */

bool
crm_getarg_history(FunctionCallInfo fcinfo, int n, int32 as_of,
				   double unit_days, crm_history *history, double *value)
{
	crm_ledger *ledger = PG_GETARG_LEDGER(n);
	crm_measures measures = crm_measures_of(ledger, as_of);
	int			repeats;

	PG_FREE_IF_COPY(ledger, n);
	if (measures.active_days == 0)
		return false;
	repeats = measures.active_days - 1;
	history->frequency = repeats;
	history->recency = ((double) measures.last_day - measures.first_day)
		/ unit_days;
	history->age = ((double) as_of - measures.first_day) / unit_days;
	history->weight = 1;
	*value = repeats > 0
		? crm_amount_to_double(measures.repeat_amount) / repeats : 0;
	return true;
}

crm_history
crm_getarg_summary(FunctionCallInfo fcinfo, int n, int kind)
{
	/* Adding 0 makes 0 of -0: equal histories are equal bits. */
	crm_history history = {
		.frequency = PG_GETARG_FLOAT8(n) + 0.0,
		.recency = PG_GETARG_FLOAT8(n + 1) + 0.0,
		.age = PG_GETARG_FLOAT8(n + 2) + 0.0,
		.weight = 1
	};

	if (!crm_clv_history_is_valid(kind, &history))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("frequency %g, recency %g and age %g are not possible",
						history.frequency, history.recency, history.age),
				 errhint("Frequency is 0 or 1 to 1e10, recency from 0 to age and 0 where frequency is, age %s.",
						 kind == CRM_CLV_BGBB ? "at most a million, all three whole numbers" : "0 or 1e-12 to 1e16")));
	return history;
}

/* Models, refused where they cannot answer the question */

/* Of purchases rather than of contracts. */
static const crm_clv *
getarg_purchase_model(FunctionCallInfo fcinfo)
{
	const crm_clv *clv = crm_getarg_clv(fcinfo, 0);

	if (clv->kind == CRM_CLV_SBG)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("sbg is a model of contracts and not of purchases"),
				 errhint("Ask crm_sbg_survival(), crm_sbg_retention() and crm_sbg_renewals().")));
	return clv;
}

/* In continuous time, so that it understands days and ledgers. */
static const crm_clv *
getarg_ledger_model(FunctionCallInfo fcinfo)
{
	const crm_clv *clv = getarg_purchase_model(fcinfo);

	if (!crm_clv_is_continuous(clv->kind))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("%s counts opportunities and knows no days",
						crm_clv_kind_name(clv->kind)),
				 errhint("Use the function whose name ends in _summary.")));
	return clv;
}

static const crm_clv *
require_spend(const crm_clv *clv)
{
	if (clv->spend.n == 0)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("the model knows nothing of amounts"),
				 errhint("Fit it from ledgers that have amounts, or with monetary values.")));
	return clv;
}

/* Numbers */

static void
refuse_number(const char *name, double value, const char *hint)
{
	ereport(ERROR,
			(errcode(crm_errcode(CRM_INVALID)),
			 errmsg("%s cannot be %.15g", name, value),
			 errhint("%s", hint)));
}

/* Days from now, argument n, in units. */
static double
getarg_horizon_days(FunctionCallInfo fcinfo, int n, const crm_clv *clv,
					const char *name)
{
	int32		days = PG_GETARG_INT32(n);

	if (days < 0)
		refuse_number(name, days, "Give 0 or more days.");
	return days / clv->unit_days;
}

/* A time in the model's unit, argument n. */
static double
getarg_time(FunctionCallInfo fcinfo, int n, const crm_clv *clv,
			const char *name)
{
	double		time = PG_GETARG_FLOAT8(n);

	if (!(time >= 0 && time <= CRM_TIME_MOST))
		refuse_number(name, time, "Give 0 to 1e16 units of the model's time.");
	if (!crm_clv_is_continuous(clv->kind) &&
		(time != floor(time) || time > CRM_CLV_TURNS_MAX))
		refuse_number(name, time, "This model counts opportunities: give a whole number up to a million.");
	return time;
}

/* A yearly rate, argument n, as the continuous rate per unit of time. */
static double
getarg_discount(FunctionCallInfo fcinfo, int n, const crm_clv *clv)
{
	double		annual = PG_GETARG_FLOAT8(n);

	if (annual != 0 && !(annual >= CRM_CLV_DISCOUNT_LEAST &&
						 annual <= CRM_CLV_DISCOUNT_MOST))
		refuse_number("annual_discount", annual,
					  "Give the share that money loses in a year, for example 0.1: 0, or 1e-9 to 1e6.");
	if (!(clv->unit_days > 0))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("the model does not say how long its unit of time is"),
				 errhint("Add \"unit_days\" to its JSON.")));
	return log1p(annual) / DAYS_A_YEAR * clv->unit_days;
}

/* What does not exist, or is without bound, is NULL. */
static Datum
number_or_null(FunctionCallInfo fcinfo, double value)
{
	if (!isfinite(value))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(value);
}

/* From ledgers */

/* (model, a, as_of [, at]) */
Datum
crm_p_alive(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = getarg_ledger_model(fcinfo);
	int32		as_of = crm_getarg_as_of(fcinfo, 2);
	crm_history history;
	double		value;

	if (!crm_getarg_history(fcinfo, 1, as_of, clv->unit_days, &history,
							&value))
		PG_RETURN_NULL();
	if (PG_NARGS() > 3)
	{
		int32		at = crm_getarg_as_of(fcinfo, 3);

		if (at < as_of)
			ereport(ERROR,
					(errcode(crm_errcode(CRM_INVALID)),
					 errmsg("the day to look at lies %d days before as_of",
							as_of - at),
					 errhint("Give as_of an earlier day: a ledger can be read as of any day.")));
		history.age += ((double) at - as_of) / clv->unit_days;
	}
	PG_RETURN_FLOAT8(crm_clv_p_alive(clv, &history));
}

Datum
crm_expected_purchases(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = getarg_ledger_model(fcinfo);
	int32		as_of = crm_getarg_as_of(fcinfo, 2);
	double		t = getarg_horizon_days(fcinfo, 3, clv, "horizon_days");
	crm_history history;
	double		value;

	if (!crm_getarg_history(fcinfo, 1, as_of, clv->unit_days, &history,
							&value))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(crm_clv_purchases(clv, &history, t, 0));
}

Datum
crm_expected_value(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = require_spend(getarg_ledger_model(fcinfo));
	crm_history history;
	double		value;

	if (!crm_getarg_history(fcinfo, 1, crm_getarg_as_of(fcinfo, 2),
							clv->unit_days, &history, &value))
		PG_RETURN_NULL();
	return number_or_null(fcinfo,
						  crm_clv_expected_value(clv, history.frequency,
												 Max(value, 0)));
}

/*
 * (model, a, as_of, horizon_days, annual_discount, ...) of a function that is
 * not strict, since a horizon of NULL is without end. False where another
 * argument is NULL or the customer has not bought.
 */
static bool
getarg_question(FunctionCallInfo fcinfo, const crm_clv **clv,
				crm_clv_question *ask)
{
	for (int i = 0; i < PG_NARGS(); i++)
		if (i != 3 && PG_ARGISNULL(i))
			return false;
	*clv = require_spend(getarg_ledger_model(fcinfo));
	ask->rate = getarg_discount(fcinfo, 4, *clv);
	ask->horizon = PG_ARGISNULL(3) ? INFINITY
		: getarg_horizon_days(fcinfo, 3, *clv, "horizon_days");
	if (!crm_getarg_history(fcinfo, 1, crm_getarg_as_of(fcinfo, 2),
							(*clv)->unit_days, &ask->customer, &ask->value))
		return false;
	ask->value = Max(ask->value, 0);
	return true;
}

Datum
crm_clv_of_ledger(PG_FUNCTION_ARGS)
{
	const crm_clv *clv;
	crm_clv_question ask;

	if (!getarg_question(fcinfo, &clv, &ask))
		PG_RETURN_NULL();
	return number_or_null(fcinfo, crm_clv_value(clv, &ask));
}

/* (low, high) around a value, of the confidence in argument n */
static Datum
interval_around(FunctionCallInfo fcinfo, int n, const crm_clv *clv,
				const crm_clv_question *ask)
{
	TupleDesc	desc;
	double		confidence = PG_GETARG_FLOAT8(n);
	double		value = crm_clv_value(clv, ask);
	double		error = 0;
	double		factor;
	Datum		values[2];
	bool		nulls[2] = {false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	if (!(confidence > 0 && confidence < 1))
		refuse_number("confidence", confidence, "Give a probability between 0 and 1, for example 0.9.");
	if (!isfinite(value) ||
		(value > 0 && !crm_clv_log_error(clv, ask, &error)))
		PG_RETURN_NULL();
	factor = exp(error * crm_student_quantile((1 - confidence) / 2, INFINITY));
	if (!isfinite(value * factor))
		PG_RETURN_NULL();
	values[0] = Float8GetDatum(value / factor);
	values[1] = Float8GetDatum(value * factor);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values,
											 nulls));
}

Datum
crm_clv_interval(PG_FUNCTION_ARGS)
{
	const crm_clv *clv;
	crm_clv_question ask;

	if (!getarg_question(fcinfo, &clv, &ask))
		PG_RETURN_NULL();
	return interval_around(fcinfo, 5, clv, &ask);
}

/* Of customers who are not there yet */

Datum
crm_new_customer_purchases(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = getarg_ledger_model(fcinfo);
	double		t = getarg_horizon_days(fcinfo, 1, clv, "days");

	PG_RETURN_FLOAT8(crm_clv_new_customer(clv, t));
}

Datum
crm_new_customer_purchases_summary(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = getarg_purchase_model(fcinfo);
	double		t = getarg_time(fcinfo, 1, clv, "horizon");

	PG_RETURN_FLOAT8(crm_clv_new_customer(clv, t));
}

static Datum
probability_of(FunctionCallInfo fcinfo, const crm_clv *clv, double t)
{
	int32		purchases = PG_GETARG_INT32(1);

	if (purchases < 0 || purchases > CRM_CLV_TURNS_MAX)
		refuse_number("purchases", purchases, "Give 0 to a million.");
	PG_RETURN_FLOAT8(crm_clv_probability(clv, purchases, t));
}

Datum
crm_purchase_probability(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = getarg_ledger_model(fcinfo);

	return probability_of(fcinfo, clv,
						  getarg_horizon_days(fcinfo, 2, clv, "days"));
}

Datum
crm_purchase_probability_summary(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = getarg_purchase_model(fcinfo);

	return probability_of(fcinfo, clv,
						  getarg_time(fcinfo, 2, clv, "horizon"));
}

/* From summaries */

/* (model, frequency, recency, age [, at]) */
Datum
crm_p_alive_summary(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = getarg_purchase_model(fcinfo);
	crm_history history = crm_getarg_summary(fcinfo, 1, clv->kind);

	if (PG_NARGS() > 4)
	{
		double		at = getarg_time(fcinfo, 4, clv, "at");

		if (at < history.age)
			refuse_number("at", at, "It is an age to look at: give age or more.");
		history.age = at;
	}
	PG_RETURN_FLOAT8(crm_clv_p_alive(clv, &history));
}

Datum
crm_expected_purchases_summary(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = getarg_purchase_model(fcinfo);
	crm_history history = crm_getarg_summary(fcinfo, 1, clv->kind);
	double		t = getarg_time(fcinfo, 4, clv, "horizon");

	PG_RETURN_FLOAT8(crm_clv_purchases(clv, &history, t, 0));
}

/*
 * Argument n; what is not positive counts as 0. False where it is missing, as
 * it may be only of a customer without a repeat purchase.
 */
static bool
getarg_monetary(FunctionCallInfo fcinfo, int n, double frequency,
				double *value)
{
	*value = PG_ARGISNULL(n) ? 0 : PG_GETARG_FLOAT8(n);
	if (!(*value <= CRM_VALUE_MOST) || isinf(*value))
		refuse_number("monetary", *value, "Give the mean value of the repeat purchases, at most 1e24.");
	*value = Max(*value, 0);
	return frequency == 0 || !PG_ARGISNULL(n);
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
	clv = require_spend(crm_getarg_clv(fcinfo, 0));
	frequency = PG_GETARG_FLOAT8(1);
	if (!(frequency >= 0 && frequency <= CRM_FREQUENCY_MOST))
		refuse_number("frequency", frequency, "Give the number of repeat purchases, 0 to 1e10.");
	if (!getarg_monetary(fcinfo, 2, frequency, &value))
		PG_RETURN_NULL();
	return number_or_null(fcinfo,
						  crm_clv_expected_value(clv, frequency, value));
}

/*
 * (model, frequency, recency, age, monetary, horizon, annual_discount, ...);
 * monetary and horizon may be NULL. False where there is no answer.
 */
static bool
getarg_question_summary(FunctionCallInfo fcinfo, const crm_clv **clv,
						crm_clv_question *ask)
{
	for (int i = 0; i < PG_NARGS(); i++)
		if (i != 4 && i != 5 && PG_ARGISNULL(i))
			return false;
	*clv = require_spend(getarg_purchase_model(fcinfo));
	ask->customer = crm_getarg_summary(fcinfo, 1, (*clv)->kind);
	ask->horizon = PG_ARGISNULL(5) ? INFINITY
		: getarg_time(fcinfo, 5, *clv, "horizon");
	ask->rate = getarg_discount(fcinfo, 6, *clv);
	return getarg_monetary(fcinfo, 4, ask->customer.frequency, &ask->value);
}

Datum
crm_clv_summary_value(PG_FUNCTION_ARGS)
{
	const crm_clv *clv;
	crm_clv_question ask;

	if (!getarg_question_summary(fcinfo, &clv, &ask))
		PG_RETURN_NULL();
	return number_or_null(fcinfo, crm_clv_value(clv, &ask));
}

Datum
crm_clv_interval_summary(PG_FUNCTION_ARGS)
{
	const crm_clv *clv;
	crm_clv_question ask;

	if (!getarg_question_summary(fcinfo, &clv, &ask))
		PG_RETURN_NULL();
	return interval_around(fcinfo, 7, clv, &ask);
}

/* Contracts */

static crm_sbg
getarg_sbg(FunctionCallInfo fcinfo)
{
	const crm_clv *clv = crm_getarg_clv(fcinfo, 0);

	if (clv->kind != CRM_CLV_SBG)
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
		refuse_number(name, periods, least > 0
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
	if (!(rate >= 0 && rate <= CRM_CLV_DISCOUNT_MOST))
		refuse_number("rate", rate, "Give the share that money loses in a period, for example 0.1: 0 to 1e6.");
	return number_or_null(fcinfo, crm_sbg_discounted_renewals(&sbg, periods,
															  renewals, rate));
}
