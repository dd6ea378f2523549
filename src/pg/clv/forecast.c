/*
 * forecast.c
 *		What a customer will do: be alive on a later day, purchase so many times,
 *		and all scores in one row.
 */
#include "pg/clv/clv.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/date.h"

#include "pg/activity/activity.h"

PG_FUNCTION_INFO_V1(crm_p_alive_later);
PG_FUNCTION_INFO_V1(crm_p_alive_if_silent);
PG_FUNCTION_INFO_V1(crm_customer_probability);
PG_FUNCTION_INFO_V1(crm_customer_at_least);
PG_FUNCTION_INFO_V1(crm_discounted_purchases);
PG_FUNCTION_INFO_V1(crm_clv_scores);
PG_FUNCTION_INFO_V1(crm_clv_scores_covariates);
PG_FUNCTION_INFO_V1(crm_p_alive_later_summary);
PG_FUNCTION_INFO_V1(crm_p_alive_if_silent_summary);
PG_FUNCTION_INFO_V1(crm_customer_probability_summary);
PG_FUNCTION_INFO_V1(crm_customer_at_least_summary);
PG_FUNCTION_INFO_V1(crm_discounted_purchases_summary);

/* P(alive) later, the time t from now */

/* (model, activity, as_of, at): history and t; false where there is none. */
static bool
getarg_later(FunctionCallInfo fcinfo, const crm_clv *clv,
			 crm_history *history, double *t)
{
	int32		as_of = crm_getarg_as_of(fcinfo, 2);
	int32		at = crm_getarg_day(fcinfo, 3, "at");
	double		value;

	if (at < as_of)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("the day is %d days before as_of",
						as_of - at),
				 errhint("Use an earlier as_of: a ledger can be read as of any day.")));
	*t = ((double) at - as_of) / clv->unit_days;
	return crm_getarg_history(fcinfo, 1, as_of, clv->unit_days, history,
							  &value);
}

Datum
crm_p_alive_later(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = crm_getarg_ledger_model(fcinfo);
	crm_history history;
	double		t;

	if (!getarg_later(fcinfo, clv, &history, &t))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(crm_clv_p_alive_later(clv, &history, t));
}

Datum
crm_p_alive_if_silent(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = crm_getarg_ledger_model(fcinfo);
	crm_history history;
	double		t;

	if (!getarg_later(fcinfo, clv, &history, &t))
		PG_RETURN_NULL();
	history.age += t;
	PG_RETURN_FLOAT8(crm_clv_p_alive(clv, &history));
}

/* (model, frequency, recency, age, at): the history, and t. */
static double
getarg_later_summary(FunctionCallInfo fcinfo, const crm_clv *clv,
					 crm_history *history)
{
	double		at = crm_getarg_time(fcinfo, 4, clv, "at");

	*history = crm_getarg_summary(fcinfo, 1, clv->kind);
	if (at < history->age)
		crm_refuse_number("at", at, "Give an age of the customer, at least age.");
	return at - history->age;
}

Datum
crm_p_alive_later_summary(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = crm_getarg_purchase_model(fcinfo);
	crm_history history;
	double		t = getarg_later_summary(fcinfo, clv, &history);

	PG_RETURN_FLOAT8(crm_clv_p_alive_later(clv, &history, t));
}

Datum
crm_p_alive_if_silent_summary(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = crm_getarg_purchase_model(fcinfo);
	crm_history history;
	double		t = getarg_later_summary(fcinfo, clv, &history);

	history.age += t;
	PG_RETURN_FLOAT8(crm_clv_p_alive(clv, &history));
}

/* The probability of so many purchases in the time t from now */

typedef double (*probability_function) (const crm_clv *clv,
										const crm_history *customer,
										int n, double t);

/* (model, activity, as_of, purchases, horizon_days) */
static Datum
probability_of_ledger(FunctionCallInfo fcinfo, probability_function function)
{
	const crm_clv *clv = crm_getarg_ledger_model(fcinfo);
	int32		purchases = crm_getarg_purchases(fcinfo, 3);
	double		t = crm_getarg_horizon_days(fcinfo, 4, clv, "horizon_days");
	crm_history history;
	double		value;

	if (!crm_getarg_history(fcinfo, 1, crm_getarg_as_of(fcinfo, 2),
							clv->unit_days, &history, &value))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(function(clv, &history, purchases, t));
}

Datum
crm_customer_probability(PG_FUNCTION_ARGS)
{
	return probability_of_ledger(fcinfo, crm_clv_customer_probability);
}

Datum
crm_customer_at_least(PG_FUNCTION_ARGS)
{
	return probability_of_ledger(fcinfo, crm_clv_customer_at_least);
}

/* (model, frequency, recency, age, purchases, horizon) */
static Datum
probability_of_summary(FunctionCallInfo fcinfo, probability_function function)
{
	const crm_clv *clv = crm_getarg_purchase_model(fcinfo);
	crm_history history = crm_getarg_summary(fcinfo, 1, clv->kind);
	int32		purchases = crm_getarg_purchases(fcinfo, 4);
	double		t = crm_getarg_time(fcinfo, 5, clv, "horizon");

	PG_RETURN_FLOAT8(function(clv, &history, purchases, t));
}

Datum
crm_customer_probability_summary(PG_FUNCTION_ARGS)
{
	return probability_of_summary(fcinfo, crm_clv_customer_probability);
}

Datum
crm_customer_at_least_summary(PG_FUNCTION_ARGS)
{
	return probability_of_summary(fcinfo, crm_clv_customer_at_least);
}

/* Purchases, discounted, without amounts */

Datum
crm_discounted_purchases(PG_FUNCTION_ARGS)
{
	const crm_clv *clv;
	crm_clv_question ask;

	if (!crm_getarg_question(fcinfo, false, &clv, NULL, &ask))
		PG_RETURN_NULL();
	return crm_number_or_null(fcinfo,
							  crm_clv_purchases(clv, &ask.customer,
												ask.horizon, ask.rate));
}

/* (model, frequency, recency, age, horizon, annual_discount) */
Datum
crm_discounted_purchases_summary(PG_FUNCTION_ARGS)
{
	const crm_clv *clv;
	crm_history history;
	double		horizon;

	for (int i = 0; i < PG_NARGS(); i++)
		if (i != 4 && PG_ARGISNULL(i))
			PG_RETURN_NULL();
	clv = crm_getarg_purchase_model(fcinfo);
	history = crm_getarg_summary(fcinfo, 1, clv->kind);
	horizon = PG_ARGISNULL(4) ? INFINITY
		: crm_getarg_time(fcinfo, 4, clv, "horizon");
	return crm_number_or_null(fcinfo,
							  crm_clv_purchases(clv, &history, horizon,
												crm_getarg_discount(fcinfo, 5,
																	clv)));
}

/* All scores */

/*
 * Futures of customers who are alive, by frequency and age: of a million
 * customers there are some ten thousand. A place holds the last one that came
 * to it, so what is found is what would be computed, in whatever order. The
 * table grows as it proves too small, and one customer costs little.
 */
#define FUTURES_MIN	64
#define FUTURES_MAX	32768

typedef struct kept_future
{
	bool		is_known;
	double		frequency;
	double		age;
	crm_clv_future future;
} kept_future;

/* What is kept from one row of a query to the next. */
typedef struct scores_state
{
	TupleDesc	desc;
	crm_clv		clv;			/* of the futures, with horizon and rate */
	double		horizon;
	double		rate;
	uint32		size;			/* of futures, a power of 2 */
	uint32		misses;			/* since it has that size */
	kept_future *futures;
} scores_state;

static void
resize_futures(FunctionCallInfo fcinfo, scores_state *state, uint32 size)
{
	if (state->futures != NULL)
		pfree(state->futures);
	state->futures = NULL;		/* should there be no memory for others */
	state->futures = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt,
											size * sizeof(kept_future));
	state->size = size;
	state->misses = 0;
}

static scores_state *
get_state(FunctionCallInfo fcinfo)
{
	scores_state *state = fcinfo->flinfo->fn_extra;
	MemoryContext old;

	if (state != NULL)
		return state;
	old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	state = palloc0(sizeof(scores_state));
	state->desc = crm_row_columns(fcinfo);
	MemoryContextSwitchTo(old);
	fcinfo->flinfo->fn_extra = state;
	return state;
}

/* The futures that are kept are of this question; others are forgotten. */
static void
require_question(FunctionCallInfo fcinfo, scores_state *state,
				 const crm_clv *clv, const crm_clv_question *ask)
{
	if (state->futures != NULL && state->horizon == ask->horizon &&
		state->rate == ask->rate && state->clv.kind == clv->kind &&
		memcmp(state->clv.purchase.parameter, clv->purchase.parameter,
			   sizeof(clv->purchase.parameter)) == 0)
		return;
	state->clv = *clv;
	state->horizon = ask->horizon;
	state->rate = ask->rate;
	resize_futures(fcinfo, state, FUTURES_MIN);
}

static kept_future *
place_of(const scores_state *state, const crm_history *customer)
{
	uint64		key[2];
	uint64		hash;

	memcpy(&key[0], &customer->frequency, sizeof(double));
	memcpy(&key[1], &customer->age, sizeof(double));
	hash = (key[0] * UINT64CONST(0x9E3779B97F4A7C15)) ^ key[1];
	hash = (hash ^ hash >> 32) * UINT64CONST(0xD6E8FEB86659FD93);
	return &state->futures[hash >> 32 & (state->size - 1)];
}

static crm_clv_answers
answer(FunctionCallInfo fcinfo, scores_state *state, const crm_clv *clv,
	   const crm_clv_question *ask)
{
	kept_future *kept;
	crm_clv_future future;

	require_question(fcinfo, state, clv, ask);
	kept = place_of(state, &ask->customer);
	if (kept->is_known && kept->frequency == ask->customer.frequency &&
		kept->age == ask->customer.age)
		return crm_clv_answer_of(clv, ask, &kept->future);
	if (!crm_clv_future_of(clv, ask, &future))
		return crm_clv_answer(clv, ask);
	if (++state->misses > state->size && state->size < FUTURES_MAX)
	{
		resize_futures(fcinfo, state, 4 * state->size);
		kept = place_of(state, &ask->customer);
	}
	*kept = (kept_future) {true, ask->customer.frequency, ask->customer.age,
						   future};
	return crm_clv_answer_of(clv, ask, &future);
}

static Datum
scores_row(FunctionCallInfo fcinfo, const crm_clv *clv,
		   const crm_clv_question *ask)
{
	scores_state *state = get_state(fcinfo);
	crm_clv_answers answers = answer(fcinfo, state, clv, ask);
	Datum		values[5];
	bool		nulls[5];

	values[0] = Float8GetDatum(answers.p_alive);
	values[1] = Float8GetDatum(answers.purchases);
	values[2] = Float8GetDatum(answers.discounted);
	values[3] = Float8GetDatum(answers.mean_value);
	values[4] = Float8GetDatum(answers.value);
	nulls[0] = false;
	nulls[1] = !isfinite(answers.purchases);
	nulls[2] = !isfinite(answers.discounted);
	nulls[3] = !isfinite(answers.mean_value);
	nulls[4] = !isfinite(answers.value);
	return HeapTupleGetDatum(heap_form_tuple(state->desc, values, nulls));
}

/* (model, activity, as_of, horizon_days, annual_discount) */
Datum
crm_clv_scores(PG_FUNCTION_ARGS)
{
	const crm_clv *clv;
	crm_clv_question ask;

	if (!crm_getarg_question(fcinfo, false, &clv, NULL, &ask))
		PG_RETURN_NULL();
	return scores_row(fcinfo, clv, &ask);
}

/* (model, activity, as_of, horizon_days, annual_discount, covariates) */
Datum
crm_clv_scores_covariates(PG_FUNCTION_ARGS)
{
	const crm_clv *clv;
	crm_clv		own;
	crm_clv_question ask;

	if (!crm_getarg_question(fcinfo, false, &clv, &own, &ask))
		PG_RETURN_NULL();
	return scores_row(fcinfo, clv, &ask);
}
