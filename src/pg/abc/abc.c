/*
 * abc.c
 *		ABC classes and measures of concentration over a population.
 *
 * Each stands as a function of a collected distribution and as an aggregate,
 * whose final function reads its arguments from the state.
 */
#include "pg/support/extension.h"

#include "core/abc/abc.h"
#include "pg/support/arrays.h"
#include "pg/distribution/distribution.h"

#define POINTS_MAX		1000

PG_FUNCTION_INFO_V1(crm_abc_fit);
PG_FUNCTION_INFO_V1(crm_abc_fit_final);
PG_FUNCTION_INFO_V1(crm_abc_fit_cuts_final);
PG_FUNCTION_INFO_V1(crm_abc_class);
PG_FUNCTION_INFO_V1(crm_gini);
PG_FUNCTION_INFO_V1(crm_top_share);
PG_FUNCTION_INFO_V1(crm_top_share_final);
PG_FUNCTION_INFO_V1(crm_pareto_width);
PG_FUNCTION_INFO_V1(crm_pareto_width_final);
PG_FUNCTION_INFO_V1(crm_hhi);
PG_FUNCTION_INFO_V1(crm_lorenz);
PG_FUNCTION_INFO_V1(crm_lorenz_final);

/* Is there an answer? An error where the total does not fit a double. */
static bool
is_answered(crm_status status)
{
	if (status == CRM_SINGULAR)
		return false;
	if (status != CRM_OK)
		ereport(ERROR,
				(errcode(crm_errcode(status)),
				 errmsg("total of the values is out of range"),
				 errhint("Give the values in a larger unit.")));
	return true;
}

static void
check_cuts(const double *cuts, int count)
{
	for (int i = 0; i < count; i++)
		if (!(cuts[i] > (i > 0 ? cuts[i - 1] : 0) && cuts[i] < 1))
			ereport(ERROR,
					(errcode(crm_errcode(CRM_INVALID)),
					 errmsg("cuts must be in ascending order between 0 and 1, but element %d is %g",
							i + 1, cuts[i]),
					 errhint("Give cumulative shares of the total, as {0.8,0.95}.")));
}

/* No cuts: let the shape of the distribution decide. */
static Datum
limits_of(FunctionCallInfo fcinfo, const crm_values *values,
		  const double *cuts, int cut_count)
{
	double		limits[CRM_CLASSES_MAX];
	int			count = cut_count > 0 ? cut_count + 1 : CRM_CLASSES_COMPUTED;
	crm_status	status;

	check_cuts(cuts, cut_count);
	if (cut_count > 0)
		status = crm_abc_limits(values, cuts, cut_count,
								limits);
	else
		status = crm_abc_limits_computed(values, limits);
	if (!is_answered(status))
		PG_RETURN_NULL();
	return crm_float8_array(limits, count);
}

/* Not strict: NULL cuts are a question of their own. */
Datum
crm_abc_fit(PG_FUNCTION_ARGS)
{
	double		cuts[CRM_ARGUMENTS_MAX];
	int			count = 0;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (!PG_ARGISNULL(1))
		count = crm_getarg_float8s(fcinfo, 1, "cuts", cuts,
								   CRM_ARGUMENTS_MAX);
	return limits_of(fcinfo, PG_GETARG_VALUES(0), cuts, count);
}

Datum
crm_abc_fit_final(PG_FUNCTION_ARGS)
{
	static const double classic[] = {0.8, 0.95};

	return limits_of(fcinfo, PG_GETARG_VALUES(0), classic,
					 lengthof(classic));
}

Datum
crm_abc_fit_cuts_final(PG_FUNCTION_ARGS)
{
	crm_distribution *state = PG_GETARG_DISTRIBUTION(0);

	return limits_of(fcinfo, &state->values, state->arguments, state->argument_count);
}

typedef struct class_limits
{
	int			count;
	double		limits[CRM_CLASSES_MAX];
} class_limits;

static void *
read_limits(struct varlena *argument)
{
	class_limits *made = palloc(sizeof(*made));

	made->count = crm_read_float8s((ArrayType *) argument, "limits",
								   made->limits, CRM_CLASSES_MAX);
	for (int i = 1; i < made->count; i++)
		if (made->limits[i] > made->limits[i - 1])
			ereport(ERROR,
					(errcode(crm_errcode(CRM_INVALID)),
					 errmsg("limits must be in descending order, but element %d is %g",
							i + 1, made->limits[i]),
					 errhint("Take them from crm_abc_fit().")));
	return made;
}

/* Not strict: zero and negative values need no limits. */
Datum
crm_abc_class(PG_FUNCTION_ARGS)
{
	static const class_limits none = {0};
	const class_limits *known = &none;
	double		value;
	char		letter;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	value = PG_GETARG_FLOAT8(0);
	if (isnan(value))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("value to classify cannot be NaN"),
				 errhint("Make it NULL: the class of NULL is NULL.")));
	if (!PG_ARGISNULL(1))
		known = crm_once(fcinfo, 1, read_limits);
	if (value > 0 && known->count == 0)
		PG_RETURN_NULL();
	letter = crm_abc_letter(value, known->limits, known->count);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(&letter, 1));
}

Datum
crm_gini(PG_FUNCTION_ARGS)
{
	crm_values *values = PG_GETARG_VALUES(0);
	double		gini;

	if (!is_answered(crm_gini_of(values, &gini)))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(gini);
}

/* What is asked of both the top share and the Pareto width. */
typedef crm_status (*share_function) (const crm_values *values,
									  double share, double *answer);

static Datum
answer_of(FunctionCallInfo fcinfo, share_function function,
		  const crm_values *values, double share)
{
	double		answer;

	if (!(share >= 0 && share <= 1))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("share cannot be %g", share),
				 errhint("Give a number from 0 to 1.")));
	if (!is_answered(function(values, share, &answer)))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(answer);
}

Datum
crm_top_share(PG_FUNCTION_ARGS)
{
	return answer_of(fcinfo, crm_top_share_of, PG_GETARG_VALUES(0),
					 PG_GETARG_FLOAT8(1));
}

Datum
crm_top_share_final(PG_FUNCTION_ARGS)
{
	crm_distribution *state = PG_GETARG_DISTRIBUTION(0);

	return answer_of(fcinfo, crm_top_share_of, &state->values, state->arguments[0]);
}

Datum
crm_pareto_width(PG_FUNCTION_ARGS)
{
	return answer_of(fcinfo, crm_pareto_width_of, PG_GETARG_VALUES(0),
					 PG_GETARG_FLOAT8(1));
}

Datum
crm_pareto_width_final(PG_FUNCTION_ARGS)
{
	crm_distribution *state = PG_GETARG_DISTRIBUTION(0);

	return answer_of(fcinfo, crm_pareto_width_of, &state->values, state->arguments[0]);
}

Datum
crm_hhi(PG_FUNCTION_ARGS)
{
	crm_values *values = PG_GETARG_VALUES(0);
	double		hhi;

	if (!is_answered(crm_hhi_of(values, &hhi)))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(hhi);
}

static Datum
lorenz_of(FunctionCallInfo fcinfo, const crm_values *values,
		  double points)
{
	double		held[POINTS_MAX];

	if (!(points >= 1 && points <= POINTS_MAX))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("points cannot be %.0f", points),
				 errhint("Give a number from 1 to %d.", POINTS_MAX)));
	if (!is_answered(crm_lorenz_of(values, points, held)))
		PG_RETURN_NULL();
	return crm_float8_array(held, points);
}

Datum
crm_lorenz(PG_FUNCTION_ARGS)
{
	return lorenz_of(fcinfo, PG_GETARG_VALUES(0), PG_GETARG_INT32(1));
}

Datum
crm_lorenz_final(PG_FUNCTION_ARGS)
{
	crm_distribution *state = PG_GETARG_DISTRIBUTION(0);

	return lorenz_of(fcinfo, &state->values, state->arguments[0]);
}
