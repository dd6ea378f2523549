/*
 * survey.c
 *		Survey measures: NPS, CSAT, CES, Kano, and intervals of a share.
 */
#include "pg/experience/state.h"

#include "core/experience/survey.h"

static void
unknown_method(const char *method, const char *methods)
{
	ereport(ERROR,
			(errcode(crm_errcode(CRM_INVALID)),
			 errmsg("unrecognized interval method: \"%s\"",
					crm_clip_text(method)),
			 errhint("The methods are %s.", methods)));
}

static Datum
share_interval(FunctionCallInfo fcinfo, int64 hits, int64 n,
			   double confidence, const char *method)
{
	crm_interval interval;
	crm_status	status = crm_share_bounds(hits, n, confidence, method,
										  &interval);

	if (status == CRM_INVALID)
		unknown_method(method, "wilson, agresti-coull and wald");
	if (status != CRM_OK)
		PG_RETURN_NULL();
	return crm_interval_row(fcinfo, interval);
}

static Datum
proportion_interval(FunctionCallInfo fcinfo, int64 hits, int64 trials)
{
	if (hits < 0 || hits > trials)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("hits must be between 0 and trials, not %lld of %lld",
						(long long) hits, (long long) trials),
				 errhint("hits counts those of the trials that have the property.")));
	return share_interval(fcinfo, hits, trials, crm_confidence_arg(fcinfo, 2),
						  text_to_cstring(PG_GETARG_TEXT_PP(3)));
}

PG_FUNCTION_INFO_V1(crm_proportion_interval);

Datum
crm_proportion_interval(PG_FUNCTION_ARGS)
{
	return proportion_interval(fcinfo, PG_GETARG_INT64(0),
							   PG_GETARG_INT64(1));
}

/* Beyond 2^53 not every count is a double. */
static int64
count_arg(FunctionCallInfo fcinfo, int n)
{
	double		count = PG_GETARG_FLOAT8(n);

	if (!(fabs(count) < 9007199254740992.0) || floor(count) != count)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("count %s is not a whole number below 2^53",
						crm_double_text(count)),
				 errhint("hits and trials are counts.")));
	return (int64) count;
}

PG_FUNCTION_INFO_V1(crm_proportion_interval_double);

Datum
crm_proportion_interval_double(PG_FUNCTION_ARGS)
{
	return proportion_interval(fcinfo, count_arg(fcinfo, 0),
							   count_arg(fcinfo, 1));
}

static crm_nps_tally *
nps_arg(FunctionCallInfo fcinfo)
{
	return (crm_nps_tally *) crm_state_arg(fcinfo, 0, &crm_nps_layout)->body;
}

/* (state, score) */
PG_FUNCTION_INFO_V1(crm_nps_trans);

Datum
crm_nps_trans(PG_FUNCTION_ARGS)
{
	crm_state  *state;

	if (PG_ARGISNULL(1))
		return crm_unchanged(fcinfo);
	state = crm_state_writable(fcinfo, &crm_nps_layout);
	if (crm_nps_add((crm_nps_tally *) state->body,
					PG_GETARG_FLOAT8(1)) != CRM_OK)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("NPS score %s is not a whole number from 0 to 10",
						crm_double_text(PG_GETARG_FLOAT8(1))),
				 errhint("Make it NULL where nothing was answered.")));
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(crm_nps);

Datum
crm_nps(PG_FUNCTION_ARGS)
{
	double		value = 0;
	crm_status	status = crm_nps_value(nps_arg(fcinfo), &value);

	return crm_float8_or_null(fcinfo, status, value);
}

PG_FUNCTION_INFO_V1(crm_nps_interval);

Datum
crm_nps_interval(PG_FUNCTION_ARGS)
{
	char	   *method = text_to_cstring(PG_GETARG_TEXT_PP(2));
	crm_interval interval;
	crm_status	status = crm_nps_bounds(nps_arg(fcinfo),
										crm_confidence_arg(fcinfo, 1), method,
										&interval);

	if (status == CRM_INVALID)
		unknown_method(method, "adjusted-wald and wald");
	if (status != CRM_OK)
		PG_RETURN_NULL();
	return crm_interval_row(fcinfo, interval);
}

PG_FUNCTION_INFO_V1(crm_nps_count);

Datum
crm_nps_count(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(crm_nps_answers(nps_arg(fcinfo)));
}

PG_FUNCTION_INFO_V1(crm_nps_promoters);

Datum
crm_nps_promoters(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(nps_arg(fcinfo)->promoters);
}

PG_FUNCTION_INFO_V1(crm_nps_passives);

Datum
crm_nps_passives(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(nps_arg(fcinfo)->passives);
}

PG_FUNCTION_INFO_V1(crm_nps_detractors);

Datum
crm_nps_detractors(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(nps_arg(fcinfo)->detractors);
}

/* The scale of a tally: constants of a query, so the same in every row. */
typedef struct box_scale
{
	double		worst;
	double		best;
	double		top_from;
} box_scale;

static char *
scale_text(double worst, double best, double top_from)
{
	return psprintf("%s..%s, favourable from %s", crm_double_text(worst),
					crm_double_text(best), crm_double_text(top_from));
}

static void
box_start(crm_box_tally *tally, const box_scale *scale)
{
	if (crm_box_start(tally, scale->worst, scale->best,
					  scale->top_from) != CRM_OK)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("favourable scores cannot begin at %s on a scale from %s to %s",
						crm_double_text(scale->top_from),
						crm_double_text(scale->worst),
						crm_double_text(scale->best)),
				 errhint("The ends must differ, and the threshold must be between them.")));
}

static void
check_same_scale(const crm_box_tally *tally, const box_scale *scale)
{
	if (tally->worst != scale->worst || tally->best != scale->best ||
		tally->top_from != scale->top_from)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("scale (%s) differs from that of earlier rows (%s)",
						scale_text(scale->worst, scale->best, scale->top_from),
						scale_text(tally->worst, tally->best,
								   tally->top_from)),
				 errhint("Group by the scale, or bring all scores to one.")));
}

/* The rest of a transition function, its scale being known. */
static Datum
box_trans(FunctionCallInfo fcinfo, const crm_layout *layout, box_scale scale)
{
	crm_state  *state;
	crm_box_tally *tally;
	double		score;
	crm_status	status;

	if (PG_ARGISNULL(1))
		return crm_unchanged(fcinfo);
	score = crm_finite_arg(fcinfo, 1, "score");
	state = crm_state_writable(fcinfo, layout);
	tally = (crm_box_tally *) state->body;
	if (PG_ARGISNULL(0))
		box_start(tally, &scale);
	else
		check_same_scale(tally, &scale);
	status = crm_box_add(tally, score);
	if (status == CRM_INVALID)
		ereport(ERROR,
				(errcode(crm_errcode(status)),
				 errmsg("score %s is outside the scale from %s to %s",
						crm_double_text(score), crm_double_text(scale.worst),
						crm_double_text(scale.best)),
				 errhint("Pass the ends of the scale on which the question was asked.")));
	if (status != CRM_OK)
		crm_out_of_range(layout);
	PG_RETURN_POINTER(state);
}

/* (state, score, top_from [, scale_min, scale_max]) */
PG_FUNCTION_INFO_V1(crm_csat_trans);

Datum
crm_csat_trans(PG_FUNCTION_ARGS)
{
	box_scale	scale = {1, 5, crm_constant_arg(fcinfo, 2, "top_from")};

	if (PG_NARGS() > 3)
		crm_scale_args(fcinfo, 3, &scale.worst, &scale.best);
	return box_trans(fcinfo, &crm_csat_layout, scale);
}

/* (state, score [, hardest, easiest, easy_from]) */
PG_FUNCTION_INFO_V1(crm_ces_trans);

Datum
crm_ces_trans(PG_FUNCTION_ARGS)
{
	box_scale	scale = {1, 7, 5};

	if (PG_NARGS() > 2)
	{
		scale.worst = crm_constant_arg(fcinfo, 2, "hardest");
		scale.best = crm_constant_arg(fcinfo, 3, "easiest");
		scale.top_from = crm_constant_arg(fcinfo, 4, "easy_from");
	}
	return box_trans(fcinfo, &crm_ces_layout, scale);
}

static Datum
box_share(FunctionCallInfo fcinfo, const crm_box_tally *tally)
{
	double		share = 0;
	crm_status	status = crm_box_share(tally, &share);

	return crm_float8_or_null(fcinfo, status, share);
}

static Datum
box_mean(FunctionCallInfo fcinfo, const crm_box_tally *tally)
{
	double		mean = 0;
	crm_status	status = crm_box_mean(tally, &mean);

	return crm_float8_or_null(fcinfo, status, mean);
}

static Datum
box_count(FunctionCallInfo fcinfo, const crm_box_tally *tally)
{
	(void) fcinfo;
	PG_RETURN_INT64(tally->count);
}

static Datum
box_interval(FunctionCallInfo fcinfo, const crm_box_tally *tally)
{
	return share_interval(fcinfo, tally->hits, tally->count,
						  crm_confidence_arg(fcinfo, 1), "wilson");
}

/* An accessor of crm_csat_tally or crm_ces_tally, which are laid out alike. */
#define BOX_FUNCTION(name, measure, verb) \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	crm_state  *state = crm_state_arg(fcinfo, 0, &crm_##measure##_layout); \
\
	return box_##verb(fcinfo, (crm_box_tally *) state->body); \
}

#define BOX_FUNCTIONS(measure) \
BOX_FUNCTION(crm_##measure, measure, share) \
BOX_FUNCTION(crm_##measure##_mean, measure, mean) \
BOX_FUNCTION(crm_##measure##_count, measure, count) \
BOX_FUNCTION(crm_##measure##_interval, measure, interval)

BOX_FUNCTIONS(csat)
BOX_FUNCTIONS(ces)

static void
not_kano_answers(int functional, int dysfunctional)
{
	ereport(ERROR,
			(errcode(crm_errcode(CRM_INVALID)),
			 errmsg("Kano answers cannot be %d and %d",
					functional, dysfunctional),
			 errhint("The answers are 1 (like), 2 (must be), 3 (neutral), 4 (live with) and 5 (dislike).")));
}

PG_FUNCTION_INFO_V1(crm_kano_class);

Datum
crm_kano_class(PG_FUNCTION_ARGS)
{
	char		letter = crm_kano_of(PG_GETARG_INT32(0), PG_GETARG_INT32(1));

	if (letter == 0)
		not_kano_answers(PG_GETARG_INT32(0), PG_GETARG_INT32(1));
	PG_RETURN_TEXT_P(cstring_to_text_with_len(&letter, 1));
}

/* (state, functional, dysfunctional) */
PG_FUNCTION_INFO_V1(crm_kano_trans);

Datum
crm_kano_trans(PG_FUNCTION_ARGS)
{
	crm_state  *state;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return crm_unchanged(fcinfo);
	state = crm_state_writable(fcinfo, &crm_kano_layout);
	if (crm_kano_add((crm_kano_tally *) state->body, PG_GETARG_INT32(1),
					 PG_GETARG_INT32(2)) != CRM_OK)
		not_kano_answers(PG_GETARG_INT32(1), PG_GETARG_INT32(2));
	PG_RETURN_POINTER(state);
}

static crm_kano_tally *
kano_arg(FunctionCallInfo fcinfo)
{
	return (crm_kano_tally *) crm_state_arg(fcinfo, 0, &crm_kano_layout)->body;
}

PG_FUNCTION_INFO_V1(crm_kano_count);

Datum
crm_kano_count(PG_FUNCTION_ARGS)
{
	char	   *letter = text_to_cstring(PG_GETARG_TEXT_PP(1));
	int64		count = strlen(letter) == 1 ?
		crm_kano_answers(kano_arg(fcinfo), letter[0]) : -1;

	if (count < 0)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("unrecognized Kano class: \"%s\"",
						crm_clip_text(letter)),
				 errhint("The classes are A, O, M, I, R and Q.")));
	PG_RETURN_INT64(count);
}

PG_FUNCTION_INFO_V1(crm_kano_better);

Datum
crm_kano_better(PG_FUNCTION_ARGS)
{
	double		better = 0;
	double		worse = 0;
	crm_status	status = crm_kano_coefficients(kano_arg(fcinfo), &better,
											   &worse);

	return crm_float8_or_null(fcinfo, status, better);
}

PG_FUNCTION_INFO_V1(crm_kano_worse);

Datum
crm_kano_worse(PG_FUNCTION_ARGS)
{
	double		better = 0;
	double		worse = 0;
	crm_status	status = crm_kano_coefficients(kano_arg(fcinfo), &better,
											   &worse);

	return crm_float8_or_null(fcinfo, status, worse);
}
