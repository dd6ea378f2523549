/*
 * experience.c
 *		Expected against actual: gaps, outcomes, intervals, tests.
 */
#include "pg/experience/state.h"

static crm_experience *
experience_arg(FunctionCallInfo fcinfo, int n)
{
	return (crm_experience *)
		crm_state_arg(fcinfo, n, &crm_experience_layout)->body;
}

static double
tolerance_arg(FunctionCallInfo fcinfo, int n)
{
	return crm_nonnegative_arg(fcinfo, n, "tolerance",
							   "With 0 only equal scores are satisfied.");
}

PG_FUNCTION_INFO_V1(crm_experience_gap);

Datum
crm_experience_gap(PG_FUNCTION_ARGS)
{
	double		expected = crm_finite_arg(fcinfo, 0, "expected score");
	double		actual = crm_finite_arg(fcinfo, 1, "actual score");

	if (isinf(actual - expected))
		crm_out_of_range(&crm_experience_layout);
	PG_RETURN_FLOAT8(actual - expected);
}

PG_FUNCTION_INFO_V1(crm_experience_outcome);

Datum
crm_experience_outcome(PG_FUNCTION_ARGS)
{
	double		expected = crm_finite_arg(fcinfo, 0, "expected score");
	double		actual = crm_finite_arg(fcinfo, 1, "actual score");
	crm_outcome outcome = crm_outcome_of(expected, actual,
										 tolerance_arg(fcinfo, 2));

	PG_RETURN_TEXT_P(cstring_to_text(crm_outcome_name(outcome)));
}

/* (state, expected, actual [, weight]) */
PG_FUNCTION_INFO_V1(crm_experience_trans);

Datum
crm_experience_trans(PG_FUNCTION_ARGS)
{
	double		expected = 0;
	double		actual = 0;
	bool		has_expected = !PG_ARGISNULL(1);
	bool		has_actual = !PG_ARGISNULL(2);
	bool		has_weight = PG_NARGS() < 4 || !PG_ARGISNULL(3);
	double		weight = 1;
	crm_state  *state;

	if (has_expected)
		expected = crm_finite_arg(fcinfo, 1, "expected score");
	if (has_actual)
		actual = crm_finite_arg(fcinfo, 2, "actual score");
	if (has_weight && PG_NARGS() >= 4)
		weight = crm_weight_arg(fcinfo, 3);
	if (!has_weight || weight == 0 || !(has_expected || has_actual))
		return crm_unchanged(fcinfo);
	state = crm_state_writable(fcinfo, &crm_experience_layout);
	if (crm_experience_add((crm_experience *) state->body,
						   has_expected ? &expected : NULL,
						   has_actual ? &actual : NULL, weight) != CRM_OK)
		crm_out_of_range(&crm_experience_layout);
	PG_RETURN_POINTER(state);
}

static Datum
moments_mean(FunctionCallInfo fcinfo, const crm_moments *m)
{
	double		mean = 0;
	crm_status	status = crm_moments_mean(m, &mean);

	return crm_float8_or_null(fcinfo, status, mean);
}

static Datum
moments_stddev(FunctionCallInfo fcinfo, const crm_moments *m)
{
	crm_estimate estimate = {0};
	crm_status	status = crm_moments_estimate(m, &estimate);

	return crm_float8_or_null(fcinfo, status, estimate.stddev);
}

static Datum
moments_stderr(FunctionCallInfo fcinfo, const crm_moments *m)
{
	crm_estimate estimate = {0};
	crm_status	status = crm_moments_estimate(m, &estimate);

	return crm_float8_or_null(fcinfo, status, estimate.error);
}

static Datum
moments_interval(FunctionCallInfo fcinfo, const crm_moments *m)
{
	double		confidence = crm_confidence_arg(fcinfo, 1);
	crm_interval interval;

	if (crm_moments_interval(m, confidence, &interval) != CRM_OK)
		PG_RETURN_NULL();
	return crm_interval_row(fcinfo, interval);
}

static Datum
moments_count(FunctionCallInfo fcinfo, const crm_moments *m)
{
	(void) fcinfo;
	PG_RETURN_INT64(m->count);
}

/* crm_gap_mean and its like: one verb of one side, whose moments are of e. */
#define SIDE_FUNCTION(side, verb, moments) \
PG_FUNCTION_INFO_V1(crm_##side##_##verb); \
Datum \
crm_##side##_##verb(PG_FUNCTION_ARGS) \
{ \
	crm_experience *e = experience_arg(fcinfo, 0); \
	crm_moments m = moments; \
\
	return moments_##verb(fcinfo, &m); \
}

#define SIDE_FUNCTIONS(side, moments) \
SIDE_FUNCTION(side, count, moments) \
SIDE_FUNCTION(side, mean, moments) \
SIDE_FUNCTION(side, stddev, moments) \
SIDE_FUNCTION(side, stderr, moments) \
SIDE_FUNCTION(side, interval, moments)

SIDE_FUNCTIONS(gap, crm_experience_gaps(e))
SIDE_FUNCTIONS(expected, e->expected)
SIDE_FUNCTIONS(actual, e->actual)

PG_FUNCTION_INFO_V1(crm_outcome_share);

Datum
crm_outcome_share(PG_FUNCTION_ARGS)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	int			outcome = crm_outcome_from_name(name);
	double		share = 0;
	crm_status	status;

	if (outcome < 0)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("unrecognized outcome: \"%s\"",
						crm_clip_text(name)),
				 errhint("The outcomes are negative, satisfied and positive.")));
	status = crm_experience_share(experience_arg(fcinfo, 0), outcome, &share);
	return crm_float8_or_null(fcinfo, status, share);
}

PG_FUNCTION_INFO_V1(crm_group_outcome);

Datum
crm_group_outcome(PG_FUNCTION_ARGS)
{
	double		tolerance = tolerance_arg(fcinfo, 1);
	double		confidence = crm_confidence_arg(fcinfo, 2);
	crm_outcome outcome;

	if (crm_experience_verdict(experience_arg(fcinfo, 0), tolerance,
							   confidence, &outcome) != CRM_OK)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(crm_outcome_name(outcome)));
}

PG_FUNCTION_INFO_V1(crm_gap_test);

Datum
crm_gap_test(PG_FUNCTION_ARGS)
{
	crm_difference test;
	Datum		values[4];
	bool		nulls[4] = {false, false, false, false};

	if (crm_experience_test(experience_arg(fcinfo, 0),
							experience_arg(fcinfo, 1),
							crm_confidence_arg(fcinfo, 2), &test) != CRM_OK)
		PG_RETURN_NULL();
	values[0] = Float8GetDatum(test.difference);
	values[1] = Float8GetDatum(test.interval.low);
	values[2] = Float8GetDatum(test.interval.high);
	values[3] = Float8GetDatum(test.p_value);
	nulls[3] = isnan(test.p_value);
	return crm_row(fcinfo, values, nulls);
}
