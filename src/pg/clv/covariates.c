/*
 * covariates.c
 *		Models of lifetime value that know more of a customer than his
 *		purchases.
 */
#include "pg/clv/json.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "core/clv/family.h"

PG_FUNCTION_INFO_V1(crm_clv_for);
PG_FUNCTION_INFO_V1(crm_clv_name_covariates);
PG_FUNCTION_INFO_V1(crm_clv_likelihood_ratio);

static const char *const marks[CRM_EFFECT_MARKS] = {
	"free", "none", "far", "near"
};

const char *
crm_clv_mark_word(int mark)
{
	return marks[mark];
}

/* A one-dimensional array without NULLs, as argument n. */
static ArrayType *
getarg_array(FunctionCallInfo fcinfo, int n)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(n);

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("covariates must have one dimension"),
				 errhint("Give a number for each covariate of a customer, as in ARRAY[1, 0.5].")));
	if (ARR_HASNULL(array) && array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("covariates cannot contain NULL"),
				 errhint("Leave such customers out, or use a number in place of an unknown value.")));
	return array;
}

int
crm_getarg_covariates(FunctionCallInfo fcinfo, int n, double *z)
{
	ArrayType  *array = getarg_array(fcinfo, n);
	int			count = ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0];
	const float8 *values = (const float8 *) ARR_DATA_PTR(array);

	if (count < 1 || count > CRM_COVARIATES_MAX)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("number of covariates cannot be %d", count),
				 errhint("Give 1 to %d.", CRM_COVARIATES_MAX)));
	for (int i = 0; i < count; i++)
	{
		/* Adding 0 makes 0 of -0: equal covariates are equal bits. */
		z[i] = values[i] + 0.0;
		if (!(fabs(z[i]) <= CRM_COVARIATE_SIZE))
			ereport(ERROR,
					(errcode(crm_errcode(CRM_INVALID)),
					 errmsg("covariate %d cannot be %g", i + 1, z[i]),
					 errhint("Give a finite number, at most 1e100 in size.")));
	}
	PG_FREE_IF_COPY(array, n);
	return count;
}

void
crm_refuse_covariates(const crm_clv *clv)
{
	if (clv->covariates > 0)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("the model has %d covariates, but none were given",
						(int) clv->covariates),
				 errhint("Use the model of such customers, crm_clv_for(model, covariates).")));
}

const crm_clv *
crm_getarg_own_model(FunctionCallInfo fcinfo, int n, crm_clv *own)
{
	const crm_clv *clv = crm_getarg_clv(fcinfo, 0);
	double		z[CRM_COVARIATES_MAX];
	int			count = crm_getarg_covariates(fcinfo, n, z);

	if (count != clv->covariates)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("number of covariates is %d, but the model has %d",
						count, (int) clv->covariates),
				 errhint("Give as many as in the fit, in the same order.")));
	if (!crm_clv_for_covariates(clv, crm_effects_of(clv), z, own))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_OUT_OF_RANGE)),
				 errmsg("with these covariates a parameter of %s is out of range",
						crm_clv_kind_name(clv->kind)),
				 errhint("They lie far from those that the model was fitted to.")));
	return own;
}

/* (model, covariates): the model of customers who have these. */
Datum
crm_clv_for(PG_FUNCTION_ARGS)
{
	crm_clv		own;

	return crm_clv_get_datum(crm_getarg_own_model(fcinfo, 1, &own), NULL);
}

/* Name i of an array of text, into a place for it. */
static void
copy_name(Datum value, int i, char *name)
{
	char	   *from = TextDatumGetCString(value);

	if (from[0] == '\0' || strlen(from) >= CRM_COVARIATE_NAME)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("covariate %d cannot be named \"%s\"", i + 1,
						crm_clip_text(from)),
				 errhint("A name has 1 to %d bytes.", CRM_COVARIATE_NAME - 1)));
	strcpy(name, from);
}

/* (model, names) */
Datum
crm_clv_name_covariates(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = crm_getarg_clv(fcinfo, 0);
	ArrayType  *array = getarg_array(fcinfo, 1);
	crm_clv_effects effects;
	Datum	   *names;
	int			count;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &names, NULL,
					  &count);
	if (count != clv->covariates || count == 0)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("number of names is %d, but the model has %d covariates",
						count, (int) clv->covariates),
				 errhint("Give a name for each, in the order of the fit.")));
	effects = *crm_effects_of(clv);
	memset(effects.name, 0, sizeof(effects.name));
	for (int i = 0; i < count; i++)
		copy_name(names[i], i, effects.name[i]);
	if (!crm_clv_effects_are_valid(clv, &effects))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("two covariates cannot have the same name"),
				 errhint("Give a name for each, in the order of the fit.")));
	return crm_clv_get_datum(clv, &effects);
}

/*
 * P(chi-squared with 2 m degrees of freedom > x), m from 1 to 8: that of less
 * than m events of a Poisson process. Gamma and delta of a covariate come and
 * go together, so that the number is even.
 */
static double
chi_squared_upper(double x, int m)
{
	double		term = exp(-x / 2);
	double		sum = 0;

	for (int i = 0; i < m; i++)
	{
		sum += term;
		term *= x / 2 / (i + 1);
	}
	return fmin(sum, 1);
}

/* (statistic, degrees of freedom, p-value); NULL without a fit. */
Datum
crm_clv_likelihood_ratio(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = crm_getarg_clv(fcinfo, 0);
	const crm_clv_effects *effects = crm_effects_of(clv);
	Datum		values[3];
	bool		nulls[3] = {false};
	double		ratio;
	int			df;

	if (effects == NULL || !(clv->purchase.customers > 0))
		PG_RETURN_NULL();
	df = crm_clv_free_effects(effects);
	ratio = Max(2 * (clv->purchase.log_likelihood - effects->without), 0);
	values[0] = Float8GetDatum(ratio);
	values[1] = Int32GetDatum(df);
	values[2] = Float8GetDatum(df > 0 ? chi_squared_upper(ratio, df / 2) : 1);
	return crm_row(fcinfo, values, nulls);
}
