/*
 * argument.c
 *		Arguments of what is asked of a lifetime-value model: customers, models,
 *		times and rates, each checked and in the model's unit.
 */
#include "pg/clv/clv.h"

#include "core/activity/amount.h"
#include "core/clv/family.h"
#include "core/clv/regularity.h"
#include "pg/activity/activity.h"

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
	*value = repeats > 0 ? crm_mean_amount(measures.repeat_amount, repeats) : 0;
	return true;
}

double
crm_getarg_log_gaps(FunctionCallInfo fcinfo, int n, int32 as_of)
{
	crm_ledger *ledger = PG_GETARG_LEDGER(n);
	double		sum;

	crm_check_ledger(crm_log_gaps(LEDGER_BYTES(ledger), LEDGER_LENGTH(ledger),
								  as_of, &sum));
	PG_FREE_IF_COPY(ledger, n);
	return sum;
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
				 errmsg("impossible history: frequency %g, recency %g, age %g",
						history.frequency, history.recency, history.age),
				 errhint("Frequency is 0 or from 1 to 1e10; recency is from 0 to age, and 0 if frequency is 0; age is %s.",
						 !crm_clv_is_continuous(kind) ? "at most a million, all three whole numbers" : "0 or from 1e-12 to 1e16")));
	return history;
}

/* Models, refused where they cannot answer the question */

/* Of purchases rather than of contracts. */
const crm_clv *
crm_getarg_purchase_model(FunctionCallInfo fcinfo)
{
	const crm_clv *clv = crm_getarg_clv(fcinfo, 0);

	if (crm_clv_family_of(clv->kind)->time == CRM_CLV_RENEWALS)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("%s is a model of contracts, not of purchases",
						crm_clv_kind_name(clv->kind)),
				 errhint("Ask crm_sbg_survival(), crm_sbg_retention() and crm_sbg_renewals().")));
	crm_refuse_covariates(clv);
	return clv;
}

/* In continuous time, so that it understands days and ledgers. */
const crm_clv *
crm_getarg_ledger_model(FunctionCallInfo fcinfo)
{
	const crm_clv *clv = crm_getarg_purchase_model(fcinfo);

	if (!crm_clv_is_continuous(clv->kind))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("a %s model counts opportunities, not days",
						crm_clv_kind_name(clv->kind)),
				 errhint("Use the function whose name ends in _summary.")));
	return clv;
}

const crm_clv *
crm_require_spend(const crm_clv *clv)
{
	if (clv->spend.n == 0)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("the model has no spend part"),
				 errhint("Fit it from ledgers that have amounts, or with monetary values.")));
	return clv;
}

/* Numbers */

void
crm_refuse_number(const char *name, double value, const char *hint)
{
	ereport(ERROR,
			(errcode(crm_errcode(CRM_INVALID)),
			 errmsg("%s cannot be %.15g", name, value),
			 errhint("%s", hint)));
}

/* Days from now, argument n, in units. */
double
crm_getarg_horizon_days(FunctionCallInfo fcinfo, int n, const crm_clv *clv,
						const char *name)
{
	int32		days = PG_GETARG_INT32(n);

	if (days < 0)
		crm_refuse_number(name, days, "Give 0 or more days.");
	return days / clv->unit_days;
}

/* A time in the model's unit, argument n. */
double
crm_getarg_time(FunctionCallInfo fcinfo, int n, const crm_clv *clv,
				const char *name)
{
	double		time = PG_GETARG_FLOAT8(n);

	if (!(time >= 0 && time <= CRM_TIME_MAX))
		crm_refuse_number(name, time, "Give 0 to 1e16 units of the model's time.");
	if (!crm_clv_is_continuous(clv->kind) &&
		(time != floor(time) || time > CRM_CLV_TURNS_MAX))
		crm_refuse_number(name, time, "This model counts opportunities: give a whole number up to a million.");
	return time;
}

/* A yearly rate, argument n, as the continuous rate per unit of time. */
double
crm_getarg_discount(FunctionCallInfo fcinfo, int n, const crm_clv *clv)
{
	double		annual = PG_GETARG_FLOAT8(n);

	if (annual != 0 && !(annual >= CRM_CLV_DISCOUNT_MIN &&
						 annual <= CRM_CLV_DISCOUNT_MAX))
		crm_refuse_number("annual_discount", annual,
						  "Give the rate at which money loses value in a year, for example 0.1: either 0, or 1e-9 to 1e6.");
	if (!(clv->unit_days > 0))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("the model does not state the length of its unit of time"),
				 errhint("Add \"unit_days\" to its JSON.")));
	return log1p(annual) / DAYS_A_YEAR * clv->unit_days;
}

/* What does not exist, or is without bound, is NULL. */
Datum
crm_number_or_null(FunctionCallInfo fcinfo, double value)
{
	if (!isfinite(value))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(value);
}

/*
 * (model, activity, as_of, horizon_days, annual_discount, ...) of a function
 * that is not strict, since a horizon of NULL is without end. False where
 * another argument is NULL or the customer has not bought.
 */
bool
crm_getarg_question(FunctionCallInfo fcinfo, bool with_amounts,
					const crm_clv **clv, crm_clv *own,
					crm_clv_question *ask)
{
	for (int i = 0; i < PG_NARGS(); i++)
		if (i != 3 && PG_ARGISNULL(i))
			return false;
	*clv = own != NULL ? crm_getarg_own_model(fcinfo, 5, own)
		: crm_getarg_ledger_model(fcinfo);
	if (with_amounts)
		(void) crm_require_spend(*clv);
	ask->rate = crm_getarg_discount(fcinfo, 4, *clv);
	ask->horizon = PG_ARGISNULL(3) ? INFINITY
		: crm_getarg_horizon_days(fcinfo, 3, *clv, "horizon_days");
	if (!crm_getarg_history(fcinfo, 1, crm_getarg_as_of(fcinfo, 2),
							(*clv)->unit_days, &ask->customer, &ask->value))
		return false;
	ask->value = Max(ask->value, 0);
	return true;
}

/*
 * Argument n; what is not positive counts as 0. False where it is missing, as
 * it may be only of a customer without a repeat purchase.
 */
bool
crm_getarg_monetary(FunctionCallInfo fcinfo, int n, double frequency,
					double *value)
{
	*value = PG_ARGISNULL(n) ? 0 : PG_GETARG_FLOAT8(n);
	if (!(*value <= CRM_VALUE_MAX) || isinf(*value))
		crm_refuse_number("monetary", *value, "Give the mean value of the repeat purchases, at most 1e24.");
	*value = Max(*value, 0);
	return frequency == 0 || !PG_ARGISNULL(n);
}

/*
 * (model, frequency, recency, age, monetary, horizon, annual_discount, ...);
 * monetary and horizon may be NULL. False where there is no answer.
 */
bool
crm_getarg_question_summary(FunctionCallInfo fcinfo, const crm_clv **clv,
							crm_clv_question *ask)
{
	for (int i = 0; i < PG_NARGS(); i++)
		if (i != 4 && i != 5 && PG_ARGISNULL(i))
			return false;
	*clv = crm_require_spend(crm_getarg_purchase_model(fcinfo));
	ask->customer = crm_getarg_summary(fcinfo, 1, (*clv)->kind);
	ask->horizon = PG_ARGISNULL(5) ? INFINITY
		: crm_getarg_time(fcinfo, 5, *clv, "horizon");
	ask->rate = crm_getarg_discount(fcinfo, 6, *clv);
	return crm_getarg_monetary(fcinfo, 4, ask->customer.frequency, &ask->value);
}

int32
crm_getarg_purchases(FunctionCallInfo fcinfo, int n)
{
	int32		purchases = PG_GETARG_INT32(n);

	if (purchases < 0 || purchases > CRM_CLV_TURNS_MAX)
		crm_refuse_number("purchases", purchases, "Give 0 to a million.");
	return purchases;
}
