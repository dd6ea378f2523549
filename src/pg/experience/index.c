/*
 * index.c
 *		A weighted index of 0 to 100, and the importance-performance grid.
 */
#include "pg/experience/state.h"

#include "core/experience/index.h"

static crm_index *
index_arg(FunctionCallInfo fcinfo)
{
	return (crm_index *) crm_state_arg(fcinfo, 0, &crm_index_layout)->body;
}

static void
off_scale(double score, double scale_min, double scale_max)
{
	ereport(ERROR,
			(errcode(crm_errcode(CRM_INVALID)),
			 errmsg("score %s is outside the scale from %s to %s",
					crm_double_text(score), crm_double_text(scale_min),
					crm_double_text(scale_max)),
			 errhint("Pass each row the ends of its own scale.")));
}

/* (state, score, weight, scale_min, scale_max) */
PG_FUNCTION_INFO_V1(crm_index_trans);

Datum
crm_index_trans(PG_FUNCTION_ARGS)
{
	bool		has_score = !PG_ARGISNULL(1);
	double		score = has_score ? crm_finite_arg(fcinfo, 1, "score") : 0;
	double		scale_min;
	double		scale_max;
	crm_state  *state;
	crm_status	status;

	crm_scale_args(fcinfo, 3, &scale_min, &scale_max);
	if (PG_ARGISNULL(2))
		return crm_unchanged(fcinfo);
	state = crm_state_writable(fcinfo, &crm_index_layout);
	status = crm_index_add((crm_index *) state->body,
						   has_score ? &score : NULL,
						   crm_weight_arg(fcinfo, 2), scale_min, scale_max);
	if (status == CRM_INVALID)
		off_scale(score, scale_min, scale_max);
	if (status != CRM_OK)
		crm_out_of_range(&crm_index_layout);
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(crm_index_value);

Datum
crm_index_value(PG_FUNCTION_ARGS)
{
	double		value = 0;
	crm_status	status = crm_index_score(index_arg(fcinfo), &value);

	return crm_float8_or_null(fcinfo, status, value);
}

PG_FUNCTION_INFO_V1(crm_index_weight);

Datum
crm_index_weight(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(index_arg(fcinfo)->weight.hi);
}

PG_FUNCTION_INFO_V1(crm_index_count);

Datum
crm_index_count(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(index_arg(fcinfo)->present);
}

PG_FUNCTION_INFO_V1(crm_index_absent_weight);

Datum
crm_index_absent_weight(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(index_arg(fcinfo)->absent_weight.hi);
}

PG_FUNCTION_INFO_V1(crm_index_absent_count);

Datum
crm_index_absent_count(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(index_arg(fcinfo)->absent);
}

/* (index [, full_weight]): else the weight of all rows seen */
PG_FUNCTION_INFO_V1(crm_index_coverage);

Datum
crm_index_coverage(PG_FUNCTION_ARGS)
{
	crm_index  *index = index_arg(fcinfo);
	double		full_weight = PG_NARGS() < 2 ? crm_index_full_weight(index) :
		crm_constant_arg(fcinfo, 1, "full weight");
	double		coverage = 0;
	crm_status	status = crm_index_present(index, full_weight, &coverage);

	if (status == CRM_INVALID)
		ereport(ERROR,
				(errcode(crm_errcode(status)),
				 errmsg("full weight %s is less than the weight present, %s",
						crm_double_text(full_weight),
						crm_double_text(index->weight.hi)),
				 errhint("Give the weight of all cells together.")));
	return crm_float8_or_null(fcinfo, status, coverage);
}

PG_FUNCTION_INFO_V1(crm_ipa_quadrant);

Datum
crm_ipa_quadrant(PG_FUNCTION_ARGS)
{
	double		importance = crm_finite_arg(fcinfo, 0, "importance");
	double		performance = crm_finite_arg(fcinfo, 1, "performance");
	double		importance_cross = crm_constant_arg(fcinfo, 2,
													"importance_cross");
	double		performance_cross = crm_constant_arg(fcinfo, 3,
													 "performance_cross");

	PG_RETURN_TEXT_P(cstring_to_text(crm_quadrant_of(importance, performance,
													 importance_cross,
													 performance_cross)));
}
