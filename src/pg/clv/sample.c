/*
 * sample.c
 *		crm_clv_sample: the state of every fit of a lifetime-value model.
 *
 * An ordinary type, so that a distributed planner can ship partial states as
 * values, and an expanded object (utils/expandeddatum.h) while it grows, when
 * customers alike are counted in one row, so that memory follows the number of
 * distinct histories. Sorting changes how the rows lie and not what the object
 * says, therefore readers sort in place even what they hold read-only.
 */
#include "pg/clv/clv.h"

#include "miscadmin.h"
#include "utils/date.h"
#include "utils/memutils.h"

#include "core/clv/family.h"
#include "pg/activity/activity.h"
#include "pg/activity/amount.h"
#include "pg/support/aggregate.h"

#define SLOTS_START		8

PG_FUNCTION_INFO_V1(crm_clv_trans);
PG_FUNCTION_INFO_V1(crm_clv_trans_summary);
PG_FUNCTION_INFO_V1(crm_clv_trans_summary_covariates);
PG_FUNCTION_INFO_V1(crm_clv_trans_bgbb);
PG_FUNCTION_INFO_V1(crm_clv_trans_sbg);
PG_FUNCTION_INFO_V1(crm_clv_combine);

/* Memory */

static Size flat_size(ExpandedObjectHeader *header);
static void flatten_into(ExpandedObjectHeader *header, void *result,
						 Size size);

static const ExpandedObjectMethods sample_methods = {
	flat_size, flatten_into
};

static void
create_tally(MemoryContext context, int width, crm_tally *tally)
{
	tally->width = width;
	tally->slot_count = SLOTS_START;
	tally->slots = MemoryContextAllocZero(context,
										  SLOTS_START * sizeof(uint32));
	tally->rows = MemoryContextAlloc(context, crm_tally_room(SLOTS_START)
									 * width * sizeof(double));
}

static crm_clv_sample *
create_sample(MemoryContext context)
{
	crm_clv_sample *made = MemoryContextAllocZero(context, sizeof(*made));

	EOH_init_header(&made->header, &sample_methods, context);
	create_tally(context, sizeof(crm_history) / sizeof(double),
				 &made->histories);
	create_tally(context, sizeof(crm_spend) / sizeof(double), &made->spends);
	return made;
}

/* Make room for one row more, at least. */
static void
grow_tally(crm_tally *tally)
{
	Size		row = tally->width * sizeof(double);

	while (crm_tally_room(tally->slot_count) <= tally->count)
	{
		if (tally->slot_count >= CRM_TALLY_SLOTS_MAX)
			ereport(ERROR,
					(errcode(crm_errcode(CRM_NO_SPACE)),
					 errmsg("cannot fit more than %zu distinct histories",
							tally->count),
					 errhint("Fit a random sample of the customers.")));
		tally->slot_count *= 2;
	}
	tally->slots = repalloc_huge(tally->slots,
								 tally->slot_count * sizeof(uint32));
	tally->rows = repalloc_huge(tally->rows,
								crm_tally_room(tally->slot_count) * row);
	crm_tally_rehash(tally);
}

static void
add_row(crm_tally *tally, const void *row)
{
	while (!crm_tally_add(tally, row))
		grow_tally(tally);
}

/* Rows may be added; they have been found by their place until now. */
static void
open_sample(crm_clv_sample *sample)
{
	if (!sample->sorted)
		return;
	grow_tally(&sample->histories);
	grow_tally(&sample->spends);
	sample->sorted = false;
}

static void
sort_sample(crm_clv_sample *sample)
{
	if (sample->sorted)
		return;
	crm_tally_settle(&sample->histories);
	crm_tally_settle(&sample->spends);
	(void) crm_covariate_group(sample->histories.rows,
							   sample->terms.covariates,
							   &sample->histories.count, crm_interrupted,
							   NULL);
	(void) crm_spend_group(SAMPLE_SPEND(sample), &sample->spends.count,
						   crm_interrupted, NULL);
	sample->sorted = true;
}

/* Flat and expanded */

static Size
flat_size(ExpandedObjectHeader *header)
{
	crm_clv_sample *sample = (crm_clv_sample *) header;
	Size		size;

	sort_sample(sample);
	size = VARHDRSZ + crm_clv_sample_bytes(&sample->terms,
										   sample->histories.count,
										   sample->spends.count);
	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_NO_SPACE)),
				 errmsg("%zu distinct histories do not fit into one stored crm_clv_sample",
						sample->histories.count),
				 errhint("Set max_parallel_workers_per_gather to 0, so that no partial state is passed between processes.")));
	return size;
}

static void
flatten_into(ExpandedObjectHeader *header, void *result, Size size)
{
	crm_clv_sample *sample = (crm_clv_sample *) header;

	SET_VARSIZE(result, size);
	crm_clv_sample_pack(&sample->terms, sample->gaps,
						sample->histories.rows, sample->histories.count,
						SAMPLE_SPEND(sample), sample->spends.count,
						(uint8 *) VARDATA(result));
}

crm_status
crm_open_flat_sample(const struct varlena *flat, crm_packed_sample *packed)
{
	return crm_clv_sample_open((const uint8 *) VARDATA_ANY(flat),
							   VARSIZE_ANY_EXHDR(flat), packed,
							   crm_interrupted, NULL);
}

/* Room for rows of so many doubles, in a tally that has none yet. */
static void
widen(crm_tally *tally, int width)
{
	if (tally->width == width)
		return;
	tally->width = width;
	tally->rows = repalloc_huge(tally->rows,
								crm_tally_room(tally->slot_count) * width
								* sizeof(double));
}

/* The fit's arguments; they must be the same in every row. */
static void
agree(crm_clv_sample *sample, const crm_clv_terms *terms)
{
	if (!sample->started)
	{
		sample->terms = *terms;
		widen(&sample->histories, crm_clv_row_width(terms));
	}
	else if (sample->terms.covariates != terms->covariates)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("there are %d covariates in one row of a fit and %d in another",
						sample->terms.covariates, terms->covariates),
				 errhint("Give one number for each, in every row.")));
	else if (!crm_clv_terms_equal(&sample->terms, terms))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("model, as_of and unit_days of a fit must be the same in every row"),
				 errhint("Give constants, and GROUP BY what differs.")));
	sample->started = true;
}

static void
check_gaps(bool fit)
{
	if (!fit)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_NO_SPACE)),
				 errmsg("gaps of so many customers do not fit into one crm_clv_sample"),
				 errhint("Fit a random sample of the customers.")));
}

/* Room for the rows of a tally, and behind them for more. */
static void *
rows_for(const crm_tally *tally, Size more)
{
	Size		rows = add_size(tally->count, more);

	return MemoryContextAllocHuge(GetMemoryChunkContext(tally->rows),
								  mul_size(rows, tally->width * sizeof(double)));
}

static void
replace_rows(crm_tally *tally, void *rows)
{
	pfree(tally->rows);
	tally->rows = rows;
}

static void
merge_histories(crm_tally *tally, const crm_packed_sample *packed)
{
	double	   *rows = rows_for(tally, packed->histories);

	for (uint64 i = 0; i < packed->histories; i++)
		crm_packed_row(packed, i, rows + (tally->count + i) * tally->width);
	if (crm_covariate_merge(tally->rows, packed->terms.covariates,
							&tally->count, rows, packed->histories,
							crm_interrupted, NULL) != CRM_OK)
		elog(ERROR, "histories could not be merged");
	replace_rows(tally, rows);
}

static void
merge_spends(crm_tally *tally, const crm_packed_sample *packed)
{
	crm_spend  *rows = rows_for(tally, packed->spends);

	for (uint64 i = 0; i < packed->spends; i++)
		rows[tally->count + i] = crm_packed_spend(packed, i);
	if (crm_spend_merge((crm_spend *) tally->rows, &tally->count, rows,
						packed->spends, crm_interrupted, NULL) != CRM_OK)
		elog(ERROR, "values could not be merged");
	replace_rows(tally, rows);
}

/* Add all rows of a flat sample, which are sorted. */
static void
append_flat(crm_clv_sample *sample, const struct varlena *flat)
{
	crm_packed_sample packed;

	if (crm_open_flat_sample(flat, &packed) != CRM_OK)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_CORRUPT)),
				 errmsg("stored crm_clv_sample is corrupt")));
	agree(sample, &packed.terms);
	check_gaps(crm_wide_add(&sample->gaps, crm_wide_value(packed.gaps)));
	sort_sample(sample);
	CHECK_FOR_INTERRUPTS();
	merge_histories(&sample->histories, &packed);
	merge_spends(&sample->spends, &packed);
}

/* Argument n, flat or to be made so, as an object of one's own. */
static crm_clv_sample *
copy_of_argument(FunctionCallInfo fcinfo, int n, MemoryContext context)
{
	crm_clv_sample *sample = create_sample(context);

	append_flat(sample, PG_GETARG_VARLENA_PP(n));
	return sample;
}

crm_clv_sample *
crm_getarg_clv_sample(FunctionCallInfo fcinfo, int n)
{
	crm_clv_sample *sample = crm_getarg_expanded(fcinfo, n, &sample_methods);

	if (sample == NULL)
		sample = copy_of_argument(fcinfo, n, CurrentMemoryContext);
	sort_sample(sample);
	return sample;
}

/* Collecting */

/* The state in argument 0, made on first use. */
static crm_clv_sample *
sample_state(FunctionCallInfo fcinfo)
{
	crm_clv_sample *sample = crm_live_state(fcinfo, &sample_methods);

	if (sample != NULL)
		return sample;
	if (PG_ARGISNULL(0))
		return create_sample(crm_state_context(fcinfo));
	return copy_of_argument(fcinfo, 0, crm_state_context(fcinfo));
}

static Datum
add_customer(FunctionCallInfo fcinfo, const crm_clv_terms *terms,
			 const double *z, const crm_history *history, double value,
			 double log_gaps)
{
	crm_clv_sample *sample = sample_state(fcinfo);
	crm_spend	spend = {history->frequency, value, history->weight};
	double		row[CRM_COVARIATES_MAX + 4];

	agree(sample, terms);
	if (terms->known_gaps && log_gaps != 0)
		check_gaps(crm_clv_add_gaps(&sample->gaps, log_gaps));
	open_sample(sample);
	if (terms->covariates > 0)
		memcpy(row, z, terms->covariates * sizeof(double));
	memcpy(row + terms->covariates, history, sizeof(*history));
	add_row(&sample->histories, row);
	if (history->frequency > 0 && value >= CRM_VALUE_MIN)
		add_row(&sample->spends, &spend);
	return crm_state_datum(fcinfo, &sample->header);
}

/* The model that argument n names, where a call has so many; BG/NBD if not. */
static void
getarg_kind(FunctionCallInfo fcinfo, int n, crm_clv_terms *terms)
{
	text	   *name;
	int			kind;

	if (n >= PG_NARGS())
		return;
	name = PG_GETARG_TEXT_PP(n);
	kind = crm_clv_fit_kind_of(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name),
							   &terms->k);
	if (kind < 0 || !crm_clv_is_continuous(kind))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("unrecognized model: \"%s\"",
						crm_clip_text(text_to_cstring(name))),
				 errhint("Models are 'bg/nbd', 'mbg/nbd', 'pareto/nbd', 'bg/cnbd-k' and 'mbg/cnbd-k', where k may be a number from 1 to 12. For opportunities in turn use crm_bgbb_fit(), for contracts crm_sbg_fit().")));
	terms->kind = kind;
}

/* Does the kind ask for the gaps between purchases? */
static bool
needs_gaps(int kind)
{
	return crm_clv_family_of(kind)->whole != 0;
}

static void
refuse_null(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (n < PG_NARGS() && PG_ARGISNULL(n))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s of a fit cannot be NULL", name),
				 errhint("Give it in every row; WHERE or FILTER leaves out customers of whom it is not known.")));
}

/* The covariates of argument n, where a call has so many. */
static void
getarg_fit_covariates(FunctionCallInfo fcinfo, int n, crm_clv_terms *terms,
					  double *z)
{
	if (n >= PG_NARGS())
		return;
	refuse_null(fcinfo, n, "covariates");
	if (!crm_clv_takes_covariates(terms->kind))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("%s does not take covariates",
						crm_clv_kind_name(terms->kind)),
				 errhint("Models that do are 'bg/nbd', 'mbg/nbd' and 'pareto/nbd'.")));
	terms->covariates = crm_getarg_covariates(fcinfo, n, z);
}

/* (state, activity, as_of [, model [, covariates]]) */
Datum
crm_clv_trans(PG_FUNCTION_ARGS)
{
	crm_clv_terms terms = {.unit_days = CRM_CLV_UNIT_DAYS};
	crm_history history;
	double		value;
	double		log_gaps = 0;
	double		z[CRM_COVARIATES_MAX];

	refuse_null(fcinfo, 2, "as_of");
	refuse_null(fcinfo, 3, "model");
	terms.as_of = crm_getarg_as_of(fcinfo, 2);
	getarg_kind(fcinfo, 3, &terms);
	terms.known_gaps = needs_gaps(terms.kind);
	getarg_fit_covariates(fcinfo, 4, &terms, z);
	if (PG_ARGISNULL(1) ||
		!crm_getarg_history(fcinfo, 1, terms.as_of, terms.unit_days, &history,
							&value))
		return crm_unchanged_state(fcinfo);
	if (terms.known_gaps)
		log_gaps = crm_getarg_log_gaps(fcinfo, 1, terms.as_of)
			- history.frequency * log(terms.unit_days);
	return add_customer(fcinfo, &terms, z, &history, value, log_gaps);
}

/*
 * Argument n, the sum of ln(gap); at most that of equal gaps, which is where it
 * is largest, and at least that of gaps which no history could tell from none.
 * False where the row does not count.
 */
static bool
getarg_gap_sum(FunctionCallInfo fcinfo, int n, const crm_history *history,
			   double *log_gaps)
{
	double		x = history->frequency;
	double		least = x * log(CRM_TIME_MIN / x);
	double		most = x
		* log(fmax(history->recency, CRM_TIME_MIN) / x);

	*log_gaps = 0;
	if (x == 0)
		return true;
	if (PG_ARGISNULL(n))
		return false;
	*log_gaps = PG_GETARG_FLOAT8(n);
	if (!(*log_gaps <= most + 1e-6 * (1 + fabs(most)) && *log_gaps >= least + least * 1e-6))
		crm_refuse_number("log_gaps", *log_gaps, "Give the sum of the logarithms of the gaps between purchases, in the unit of recency: at most frequency * ln(recency / frequency), and at least frequency * ln(1e-12 / frequency).");
	return true;
}

/*
 * (state, frequency, recency, age, monetary [, model [, unit_days
 * [, log_gaps or covariates]]])
 */
static Datum
take_summary(FunctionCallInfo fcinfo, bool with_covariates)
{
	crm_clv_terms terms = {
		.as_of = CRM_CLV_NO_DAY, .unit_days = CRM_CLV_UNIT_DAYS
	};
	crm_history history;
	double		value = PG_ARGISNULL(4) ? 0 : PG_GETARG_FLOAT8(4);
	double		log_gaps;
	double		z[CRM_COVARIATES_MAX];

	refuse_null(fcinfo, 5, "model");
	refuse_null(fcinfo, 6, "unit_days");
	getarg_kind(fcinfo, 5, &terms);
	if (PG_NARGS() > 6)
		terms.unit_days = PG_GETARG_FLOAT8(6);
	if (!crm_clv_unit_is_valid(terms.unit_days))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("unit_days cannot be %g", terms.unit_days),
				 errhint("Give the days in a unit of recency and age: 1 for days, 7 for weeks.")));
	if (!(value <= CRM_VALUE_MAX) || isinf(value))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("monetary cannot be %g", value),
				 errhint("Give the mean value of the repeat purchases, at most 1e24.")));
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		return crm_unchanged_state(fcinfo);
	history = crm_getarg_summary(fcinfo, 1, terms.kind);
	terms.known_gaps = PG_NARGS() > 7 && !with_covariates &&
		needs_gaps(terms.kind);
	if (with_covariates)
		getarg_fit_covariates(fcinfo, 7, &terms, z);
	if (!terms.known_gaps)
		return add_customer(fcinfo, &terms, z, &history, value, 0);
	if (!getarg_gap_sum(fcinfo, 7, &history, &log_gaps))
		return crm_unchanged_state(fcinfo);
	return add_customer(fcinfo, &terms, z, &history, value, log_gaps);
}

Datum
crm_clv_trans_summary(PG_FUNCTION_ARGS)
{
	return take_summary(fcinfo, false);
}

Datum
crm_clv_trans_summary_covariates(PG_FUNCTION_ARGS)
{
	return take_summary(fcinfo, true);
}

/*
 * How many are alike, where a call has argument n. Whole numbers up to 2^53
 * add up to the same sum in any order. False where the row does not count.
 */
static bool
getarg_weight(FunctionCallInfo fcinfo, int n, double *weight)
{
	*weight = 1;
	if (n >= PG_NARGS())
		return true;
	if (PG_ARGISNULL(n))
		return false;
	*weight = PG_GETARG_FLOAT8(n);
	if (!(*weight >= 0 && *weight <= 9007199254740992.0) ||
		*weight != floor(*weight))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("weight cannot be %g", *weight),
				 errhint("Give the number of customers with this history.")));
	return *weight > 0;
}

/* (state, frequency, recency, opportunities [, weight]), integers */
Datum
crm_clv_trans_bgbb(PG_FUNCTION_ARGS)
{
	crm_clv_terms terms = {.kind = CRM_CLV_BGBB, .as_of = CRM_CLV_NO_DAY};
	crm_history history;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3) ||
		!getarg_weight(fcinfo, 4, &history.weight))
		return crm_unchanged_state(fcinfo);
	history.frequency = PG_GETARG_INT32(1);
	history.recency = PG_GETARG_INT32(2);
	history.age = PG_GETARG_INT32(3);
	if (!crm_clv_history_is_valid(CRM_CLV_BGBB, &history))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("impossible history: %d purchases, the last at opportunity %d of %d",
						PG_GETARG_INT32(1), PG_GETARG_INT32(2),
						PG_GETARG_INT32(3)),
				 errhint("frequency <= recency <= opportunities <= 1000000 must hold, and recency is 0 where frequency is.")));
	return add_customer(fcinfo, &terms, NULL, &history, 0, 0);
}

/* (state, lifetime integer, churned boolean [, weight]) */
Datum
crm_clv_trans_sbg(PG_FUNCTION_ARGS)
{
	crm_clv_terms terms = {.kind = CRM_CLV_SBG, .as_of = CRM_CLV_NO_DAY};
	crm_history history = {0};

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) ||
		!getarg_weight(fcinfo, 3, &history.weight))
		return crm_unchanged_state(fcinfo);
	history.frequency = PG_GETARG_BOOL(2);
	history.age = PG_GETARG_INT32(1);
	if (!crm_clv_history_is_valid(CRM_CLV_SBG, &history))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("lifetime of a contract cannot be %d",
						PG_GETARG_INT32(1)),
				 errhint("Count whole periods, including the one at whose end a contract was not renewed, up to a million.")));
	return add_customer(fcinfo, &terms, NULL, &history, 0, 0);
}

Datum
crm_clv_combine(PG_FUNCTION_ARGS)
{
	crm_clv_sample *sample;

	if (PG_ARGISNULL(1))
		return crm_unchanged_state(fcinfo);
	sample = sample_state(fcinfo);
	append_flat(sample, PG_GETARG_VARLENA_PP(1));
	return crm_state_datum(fcinfo, &sample->header);
}
