/*
 * fit.c
 *		The end of a fit: from a sample of customers to a model, and what can
 *		be read from a model.
 */
#include "pg/clv/clv.h"

#include "access/htup_details.h"

#include "core/clv/family.h"

PG_FUNCTION_INFO_V1(crm_clv_final);
PG_FUNCTION_INFO_V1(crm_model_name);
PG_FUNCTION_INFO_V1(crm_clv_model_parameters);
PG_FUNCTION_INFO_V1(crm_clv_model_notes);
PG_FUNCTION_INFO_V1(crm_log_likelihood);
PG_FUNCTION_INFO_V1(crm_aic);
PG_FUNCTION_INFO_V1(crm_bic);

#define NORMAL_975	1.959963984540054	/* quantile for 95% intervals */

/* "s (lower), beta (upper)": the parameters at a bound. */
static char *
bounds_text(int kind, const crm_clv_part *part)
{
	StringInfoData text;
	const char *const *names;

	initStringInfo(&text);
	crm_clv_parameter_names(kind, &names);
	for (int i = 0; i < part->n; i++)
		if (crm_clv_side(part, i) != 0 &&
			crm_clv_side(part, i) != CRM_CLV_GIVEN)
			appendStringInfo(&text, "%s%s (%s)", text.len > 0 ? ", " : "",
							 names[i],
							 crm_clv_side_word(crm_clv_side(part, i)));
	return text.data;
}

const char *
crm_clv_side_word(int side)
{
	return side == CRM_CLV_GIVEN ? "given" : side < 0 ? "lower" : "upper";
}

/*
 * "x1, x2": the covariates that a note is about; NULL where it is about none.
 */
static char *
covariates_text(const crm_clv_effects *effects, int bit)
{
	int			mark = 1 << bit == CRM_CLV_COLLINEAR ? CRM_EFFECT_NONE
		: 1 << bit == CRM_CLV_FAR_EFFECT ? CRM_EFFECT_FAR
		: 1 << bit == CRM_CLV_NEARLY_COLLINEAR ? CRM_EFFECT_NEAR : 0;
	StringInfoData text;

	if (mark == 0 || effects == NULL)
		return NULL;
	initStringInfo(&text);
	for (int i = 0; i < effects->n; i++)
		if (effects->mark[i] == mark || effects->mark[effects->n + i] == mark)
			appendStringInfo(&text, "%s%s", text.len > 0 ? ", " : "",
							 effects->name[i]);
	return text.data;
}

/* One note: of a boundary as it is, a warning as one. */
static void
give_note(int kind, const crm_clv_part *part, const crm_clv_effects *effects,
		  int bit)
{
	char	   *bounds = bounds_text(kind, part);
	char	   *covariates = covariates_text(effects, bit);

	if (bit < CRM_CLV_BOUNDARIES)
		ereport(NOTICE,
				(errmsg("%s fit is at a boundary of its parameters: %s",
						crm_clv_kind_name(kind), crm_clv_note(bit)),
				 bounds[0] != '\0' ?
				 errdetail("Parameters at a bound: %s.", bounds) : 0,
				 errhint("%s", crm_clv_note_meaning(part, bit))));
	else
		ereport(WARNING,
				(errmsg("%s fit: %s", crm_clv_kind_name(kind),
						crm_clv_note(bit)),
				 covariates != NULL ?
				 errdetail("Covariates: %s.", covariates) : 0,
				 errhint("%s", crm_clv_note_meaning(part, bit))));
	pfree(bounds);
}

/* Once a query, however many groups are fitted: the models keep their own. */
static void
give_notes(FunctionCallInfo fcinfo, int kind, const crm_clv_part *part,
		   const crm_clv_effects *effects)
{
	unsigned   *told = fcinfo->flinfo->fn_extra;

	if (told == NULL)
		told = fcinfo->flinfo->fn_extra =
			MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt,
								   (CRM_CLV_SPEND + 1) * sizeof(*told));
	for (int bit = 0; bit < CRM_CLV_NOTES; bit++)
		if (part->boundary & ~told[kind] & 1u << bit)
			give_note(kind, part, effects, bit);
	told[kind] |= part->boundary;
}

static void
refuse_fit(crm_status status, const crm_clv_sample *sample)
{
	const char *name = crm_clv_kind_name(sample->terms.kind);
	double		customers = 0;

	for (Size i = 0; i < sample->histories.count; i++)
		customers += sample->histories.rows[(i + 1) *
											crm_clv_row_width(&sample->terms)
											- 1];
	if (status == CRM_TOO_FEW)
		ereport(ERROR,
				(errcode(crm_errcode(status)),
				 errmsg("cannot fit %s to %.15g customers: none of them %s",
						name, customers,
						crm_clv_family_of(sample->terms.kind)->needs),
				 errhint("Use data from a longer time. With GROUP BY, select the groups with enough repeat purchases before the fit, or combine small groups.")));
	ereport(ERROR,
			(errcode(crm_errcode(status)),
			 errmsg("%s fit to %.15g customers does not converge", name,
					customers),
			 errhint("Try another model, and look for extreme values in the data.")));
}

/* The histories alone, grouped, of rows that have covariates before them. */
static crm_history *
histories_of(const crm_clv_sample *sample, Size *count)
{
	int			width = crm_clv_row_width(&sample->terms);
	crm_history *histories = MemoryContextAllocHuge(CurrentMemoryContext,
													mul_size(Max(sample->histories.count, 1),
															 sizeof(crm_history)));

	*count = sample->histories.count;
	for (Size i = 0; i < *count; i++)
		histories[i] = *(const crm_history *)
			(sample->histories.rows + i * width + sample->terms.covariates);
	(void) crm_history_group(histories, count, crm_interrupted, NULL);
	return histories;
}

/* Effects of covariates, with the fit without them to begin with. */
static void
fit_effects(FunctionCallInfo fcinfo, const crm_clv_sample *sample,
			crm_clv_part *part, crm_clv_effects *effects)
{
	int			kind = sample->terms.kind;
	crm_clv_part without = *part;
	crm_status	status = crm_clv_estimate_effects(kind, sample->histories.rows,
												  sample->histories.count,
												  sample->terms.covariates,
												  &without, crm_interrupted,
												  NULL, part, effects);

	if (status == CRM_OUT_OF_RANGE)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_OUT_OF_RANGE)),
				 errmsg("with these covariates a parameter or an effect of %s is out of range",
						crm_clv_kind_name(kind)),
				 errhint("Subtract its usual value from each covariate, and scale it so that customers differ by about 1.")));
	if (status != CRM_OK)
		refuse_fit(status, sample);
	give_notes(fcinfo, kind, part, effects);
}

static void
fit_purchases(FunctionCallInfo fcinfo, const crm_clv_sample *sample,
			  crm_clv_part *part)
{
	int			kind = sample->terms.kind;
	crm_clv_data data = {
		NULL, 0, crm_clv_gaps(&sample->terms, &sample->gaps), sample->terms.k
	};
	crm_status	status;

	if (sample->terms.covariates > 0)
		data.rows = histories_of(sample, &data.count);
	else
	{
		data.rows = SAMPLE_HISTORY(sample);
		data.count = sample->histories.count;
	}
	status = crm_clv_estimate(kind, &data, crm_interrupted, NULL, part);
	if (status != CRM_OK)
		refuse_fit(status, sample);
	if (sample->terms.covariates == 0)
		give_notes(fcinfo, kind, part, NULL);
	else
		pfree((void *) data.rows);
}

/* Without amounts there is nothing to fit, and nothing to say about it. */
static void
fit_spend(FunctionCallInfo fcinfo, const crm_clv_sample *sample,
		  crm_clv *clv)
{
	crm_status	status;

	if (sample->spends.count == 0)
		return;
	status = crm_clv_estimate_spend(SAMPLE_SPEND(sample),
									sample->spends.count, crm_interrupted,
									NULL, &clv->spend, &clv->correlation);
	if (status == CRM_OK)
		give_notes(fcinfo, CRM_CLV_SPEND, &clv->spend, NULL);
	else
		ereport(WARNING,
				(errmsg("spend per purchase could not be fitted, and the model has no spend part"),
				 errhint("Look for extreme amounts in the data.")));
}

Datum
crm_clv_final(PG_FUNCTION_ARGS)
{
	crm_clv_sample *sample = crm_getarg_clv_sample(fcinfo, 0);
	crm_clv		clv = {
		.kind = sample->terms.kind, .as_of = sample->terms.as_of,
		.unit_days = sample->terms.unit_days,
		.covariates = sample->terms.covariates
	};
	crm_clv_effects effects;

	fit_purchases(fcinfo, sample, &clv.purchase);
	if (clv.covariates > 0)
		fit_effects(fcinfo, sample, &clv.purchase, &effects);
	fit_spend(fcinfo, sample, &clv);
	return crm_clv_get_datum(&clv, &effects);
}

/* Readers */

Datum
crm_model_name(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = crm_getarg_clv(fcinfo, 0);

	PG_RETURN_TEXT_P(cstring_to_text(crm_clv_kind_name(clv->kind)));
}

/* The part that the second argument names; NULL where nothing was fitted. */
static const crm_clv_part *
getarg_part(FunctionCallInfo fcinfo)
{
	const crm_clv *clv = crm_getarg_clv(fcinfo, 0);
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	const crm_clv_part *part = strcmp(name, "purchase") == 0 ? &clv->purchase
		: strcmp(name, "spend") == 0 ? &clv->spend : NULL;

	if (part == NULL)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("unrecognized part of a model: \"%s\"",
						crm_clip_text(name)),
				 errhint("The parts are 'purchase' and 'spend'.")));
	return part->customers > 0 ? part : NULL;
}

/* Those of covariates, of the part that has them. */
static int
count_effects(FunctionCallInfo fcinfo, const crm_clv_part *part)
{
	const crm_clv *clv = crm_getarg_clv(fcinfo, 0);

	return clv->covariates > 0 && part == &clv->purchase
		? crm_clv_free_effects(crm_effects_of(clv)) : 0;
}

/* -2 (log-likelihood) + price for each parameter; NULL without a fit. */
static Datum
information_criterion(FunctionCallInfo fcinfo, bool by_customers)
{
	const crm_clv_part *part = getarg_part(fcinfo);

	if (part == NULL)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((by_customers ? log(part->customers) : 2)
					 * (crm_clv_free_parameters(part) + count_effects(fcinfo, part))
					 - 2 * part->log_likelihood);
}

Datum
crm_log_likelihood(PG_FUNCTION_ARGS)
{
	const crm_clv_part *part = getarg_part(fcinfo);

	if (part == NULL)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(part->log_likelihood);
}

Datum
crm_aic(PG_FUNCTION_ARGS)
{
	return information_criterion(fcinfo, false);
}

Datum
crm_bic(PG_FUNCTION_ARGS)
{
	return information_criterion(fcinfo, true);
}

/*
 * (submodel, parameter, estimate, std_error, low, high, bound). The interval is
 * symmetric in the logarithm, where a positive parameter has no bound.
 */
static HeapTuple
parameter_row(TupleDesc desc, const crm_clv *clv, int row)
{
	bool		is_spend = row >= clv->purchase.n;
	const crm_clv_part *part = is_spend ? &clv->spend : &clv->purchase;
	int			i = is_spend ? row - clv->purchase.n : row;
	double		estimate = part->parameter[i];
	double		error = sqrt(part->covariance[i][i]);
	double		factor = exp(NORMAL_975 * error / estimate);
	const char *const *names;
	int			side = crm_clv_side(part, i);
	Datum		values[7];
	bool		nulls[7] = {false};

	crm_clv_parameter_names(is_spend ? CRM_CLV_SPEND : clv->kind, &names);
	values[0] = CStringGetTextDatum(is_spend ? "spend" : "purchase");
	values[1] = CStringGetTextDatum(names[i]);
	values[2] = Float8GetDatum(estimate);
	values[3] = Float8GetDatum(error);
	values[4] = Float8GetDatum(estimate / factor);
	values[5] = Float8GetDatum(estimate * factor);
	values[6] = CStringGetTextDatum(crm_clv_side_word(side));
	/* At a bound there is no curvature to tell an error from. */
	nulls[3] = !part->has_covariance || error == 0 || side != 0;
	nulls[4] = nulls[5] = nulls[3] || !isfinite(estimate * factor);
	nulls[6] = side == 0;
	return heap_form_tuple(desc, values, nulls);
}

/* The same of an effect, whose interval is symmetric about it. */
static HeapTuple
effect_row(TupleDesc desc, const crm_clv_effects *effects, int i)
{
	double		error = sqrt(effects->covariance[i][CRM_EFFECTS_BASE + i]);
	int			mark = effects->mark[i];
	Datum		values[7];
	bool		nulls[7] = {false};

	values[0] = CStringGetTextDatum("purchase");
	values[1] = CStringGetTextDatum(psprintf("%s(%s)", i < effects->n ? "gamma"
											 : "delta",
											 effects->name[i % effects->n]));
	values[2] = Float8GetDatum(effects->effect[i]);
	values[3] = Float8GetDatum(error);
	values[4] = Float8GetDatum(effects->effect[i] - NORMAL_975 * error);
	values[5] = Float8GetDatum(effects->effect[i] + NORMAL_975 * error);
	values[6] = CStringGetTextDatum(mark == CRM_EFFECT_NONE ? "collinear"
									: mark == CRM_EFFECT_NEAR
									? "nearly collinear"
									: effects->effect[i] < 0 ? "lower"
									: "upper");
	nulls[3] = nulls[4] = nulls[5] = !effects->has_covariance ||
		error == 0 || mark == CRM_EFFECT_NONE || mark == CRM_EFFECT_FAR;
	nulls[6] = mark == 0;
	return heap_form_tuple(desc, values, nulls);
}

/* The model, argument 0. */
static void *
keep_model(FunctionCallInfo fcinfo)
{
	const crm_clv *clv = crm_getarg_clv(fcinfo, 0);
	crm_clv_datum *kept = palloc(sizeof(*kept));

	kept->clv = *clv;
	if (clv->covariates > 0)
		kept->effects = *crm_effects_of(clv);
	return kept;
}

Datum
crm_clv_model_parameters(PG_FUNCTION_ARGS)
{
	FuncCallContext *call = crm_rows_call(fcinfo, keep_model);
	const crm_clv_datum *kept = call->user_fctx;
	const crm_clv *clv = &kept->clv;
	int			effects = 2 * (int) clv->covariates;
	HeapTuple	row;
	int			n;

	if (call->call_cntr >= (uint64) (clv->purchase.n + effects + clv->spend.n))
		SRF_RETURN_DONE(call);
	n = (int) call->call_cntr - clv->purchase.n;
	if (n >= 0 && n < effects)
		row = effect_row(call->tuple_desc, &kept->effects, n);
	else
		row = parameter_row(call->tuple_desc, clv, (int) call->call_cntr
							- (n >= effects ? effects : 0));
	SRF_RETURN_NEXT(call, HeapTupleGetDatum(row));
}

/* (submodel, note, meaning) */
Datum
crm_clv_model_notes(PG_FUNCTION_ARGS)
{
	FuncCallContext *call = crm_rows_call(fcinfo, keep_model);
	const crm_clv_datum *kept = call->user_fctx;
	const crm_clv *clv = &kept->clv;

	for (; call->call_cntr < 2 * CRM_CLV_NOTES; call->call_cntr++)
	{
		bool		is_spend = call->call_cntr >= CRM_CLV_NOTES;
		int			bit = (int) (call->call_cntr % CRM_CLV_NOTES);
		const crm_clv_part *part = is_spend ? &clv->spend : &clv->purchase;
		char	   *covariates;
		Datum		values[3];
		bool		nulls[3] = {false};

		if ((part->boundary >> bit & 1) == 0)
			continue;
		values[0] = CStringGetTextDatum(is_spend ? "spend" : "purchase");
		values[1] = CStringGetTextDatum(crm_clv_note(bit));
		covariates = clv->covariates > 0
			? covariates_text(&kept->effects, bit) : NULL;
		values[2] = CStringGetTextDatum(covariates == NULL
										? crm_clv_note_meaning(part, bit)
										: psprintf("%s: %s", covariates,
												   crm_clv_note_meaning(part, bit)));
		SRF_RETURN_NEXT(call,
						HeapTupleGetDatum(heap_form_tuple(call->tuple_desc,
														  values, nulls)));
	}
	SRF_RETURN_DONE(call);
}
