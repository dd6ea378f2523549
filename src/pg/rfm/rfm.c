/*
 * rfm.c
 *		RFM: breaks fitted over a population, scores, segments.
 */
#include "pg/support/extension.h"

#include "access/htup_details.h"
#include "access/parallel.h"
#include "catalog/pg_type.h"

#include "core/rfm/rfm.h"
#include "pg/support/arrays.h"
#include "pg/distribution/distribution.h"

#define BINS_DEFAULT	5
#define BINS_MAX		1000

PG_FUNCTION_INFO_V1(crm_breaks_fit);
PG_FUNCTION_INFO_V1(crm_breaks_fit_final);
PG_FUNCTION_INFO_V1(crm_score);
PG_FUNCTION_INFO_V1(crm_breaks_describe);
PG_FUNCTION_INFO_V1(crm_segment_map_text);
PG_FUNCTION_INFO_V1(crm_rfm_segment);
PG_FUNCTION_INFO_V1(crm_segment_map_audit);
PG_FUNCTION_INFO_V1(crm_segment_map_names);

/* The interior quantiles; NULL where there is no value. */
static Datum
breaks_of(FunctionCallInfo fcinfo, const crm_values *values, double bins)
{
	double		breaks[BINS_MAX];

	if (!(bins >= 1 && bins <= BINS_MAX) || bins != floor(bins))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("bins cannot be %g", bins),
				 errhint("Give a number from 1 to %d.", BINS_MAX)));
	if (values->distinct == 0)
		PG_RETURN_NULL();
	for (int i = 1; i < bins; i++)
		breaks[i - 1] = crm_distribution_quantile(values, i, bins);
	return crm_float8_array(breaks, (int) bins - 1);
}

Datum
crm_breaks_fit(PG_FUNCTION_ARGS)
{
	return breaks_of(fcinfo, PG_GETARG_VALUES(0), PG_GETARG_INT32(1));
}

Datum
crm_breaks_fit_final(PG_FUNCTION_ARGS)
{
	crm_distribution *state = PG_GETARG_DISTRIBUTION(0);

	return breaks_of(fcinfo, &state->values, state->argument_count > 0 ?
					 state->arguments[0] : BINS_DEFAULT);
}

static void
refuse_break(int i, double value)
{
	ereport(ERROR,
			(errcode(crm_errcode(CRM_INVALID)),
			 errmsg("breaks must be in ascending order, but element %d is %g", i + 1,
					value)));
}

/* The array itself, once it is known to be one of breaks. */
static void *
check_breaks(struct varlena *argument)
{
	ArrayType  *array = (ArrayType *) argument;
	int			count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	const double *breaks = (double *) ARR_DATA_PTR(array);

	if (ARR_NDIM(array) > 1 || array_contains_nulls(array))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("breaks must have one dimension and no NULL")));
	for (int i = 0; i < count; i++)
		if (isnan(breaks[i]) || (i > 0 && breaks[i] < breaks[i - 1]))
			refuse_break(i, breaks[i]);
	return array;
}

/* 1 + the number of breaks below value */
Datum
crm_score(PG_FUNCTION_ARGS)
{
	double		value = PG_GETARG_FLOAT8(0);
	ArrayType  *array = crm_once(fcinfo, 1, check_breaks);
	bool		reverse = PG_GETARG_BOOL(2);
	int			count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	const double *breaks = (double *) ARR_DATA_PTR(array);
	int			below = 0;

	if (isnan(value))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("value to score cannot be NaN")));
	for (int i = 0; i < count; i++)
		below += breaks[i] < value;
	PG_RETURN_INT32(reverse ? count + 1 - below : 1 + below);
}

/* Breaks, and the population that they are held against, if any. */
typedef struct described_breaks
{
	double		breaks[BINS_MAX];
	int			count;
	const crm_values *values;	/* or NULL */
	bool		reverse;
} described_breaks;

static described_breaks *
getarg_breaks(FunctionCallInfo fcinfo, MemoryContext context)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	described_breaks *described = palloc0(sizeof(*described));

	described->count = crm_getarg_float8s(fcinfo, 0, "breaks",
										  described->breaks, BINS_MAX - 1);
	for (int i = 1; i < described->count; i++)
		if (described->breaks[i] < described->breaks[i - 1])
			refuse_break(i, described->breaks[i]);
	if (!PG_ARGISNULL(1))
		described->values = crm_getarg_values_copy(fcinfo, 1);
	described->reverse = PG_GETARG_BOOL(2);
	MemoryContextSwitchTo(old);
	return described;
}

/* Bin i lies between breaks i - 1 and i: nothing fits where they coincide. */
static bool
bin_is_empty(const described_breaks *described, int bin)
{
	return bin > 0 && bin < described->count &&
		described->breaks[bin] == described->breaks[bin - 1];
}

static int
bin_of_score(const described_breaks *described, int score)
{
	return described->reverse ? described->count + 1 - score : score - 1;
}

static void
warn_of_empty_scores(const described_breaks *described)
{
	for (int score = 1; score <= described->count + 1; score++)
	{
		int			bin = bin_of_score(described, score);

		if (bin_is_empty(described, bin))
			ereport(NOTICE,
					(errmsg("no value gets score %d: two breaks are equal to %g", score,
							described->breaks[bin]),
					 errhint("Many customers share this value, and equal values get equal scores. Use fewer bins, or breaks of your own.")));
	}
}

/* Values that are in a bin: up to its upper break, less those below it. */
static int64
count_in_bin(const described_breaks *described, int bin)
{
	const crm_values *values = described->values;
	uint64		up_to = crm_values_count(values);
	uint64		below = 0;

	if (bin < described->count)
		up_to = crm_rank_of(values, described->breaks[bin]);
	if (bin > 0)
		below = crm_rank_of(values, described->breaks[bin - 1]);
	return up_to - below;
}

/* Set of (score, above, up_to, customers, empty), a row per score. */
Datum
crm_breaks_describe(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	described_breaks *described;
	int			bin;
	Datum		values[5] = {0};
	bool		nulls[5] = {false};

	if (SRF_IS_FIRSTCALL())
	{
		call = crm_rows_begin(fcinfo);
		if (PG_ARGISNULL(0) || PG_ARGISNULL(2))
			SRF_RETURN_DONE(call);
		described = getarg_breaks(fcinfo, call->multi_call_memory_ctx);
		call->user_fctx = described;
		warn_of_empty_scores(described);
	}

	call = SRF_PERCALL_SETUP();
	described = call->user_fctx;
	if (call->call_cntr > (uint64) described->count)
		SRF_RETURN_DONE(call);

	bin = bin_of_score(described, (int) call->call_cntr + 1);
	nulls[1] = bin == 0;
	nulls[2] = bin == described->count;
	nulls[3] = described->values == NULL;
	values[0] = Int32GetDatum((int) call->call_cntr + 1);
	values[1] = Float8GetDatum(nulls[1] ? 0 : described->breaks[bin - 1]);
	values[2] = Float8GetDatum(described->breaks[bin]);
	if (described->values != NULL)
		values[3] = Int64GetDatum(count_in_bin(described, bin));
	values[4] = BoolGetDatum(bin_is_empty(described, bin));
	SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc,
															values, nulls)));
}

/* The text of a built-in map. */
Datum
crm_segment_map_text(PG_FUNCTION_ARGS)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	const char *map = crm_segment_map_builtin(name);

	if (map == NULL)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("there is no segment map named \"%s\"",
						crm_clip_text(name)),
				 errhint("The built-in maps are 'grid' and 'rfm_r'. Pass a map of your own as text.")));
	PG_RETURN_TEXT_P(cstring_to_text(map));
}

/* A map as it is read, and the names in it as values. */
typedef struct parsed_map
{
	crm_segment_map map;
	text	   *names[CRM_RULES_MAX];
} parsed_map;

static void
warn_of_gaps(const parsed_map *parsed)
{
	const crm_segment_map *map = &parsed->map;
	int			uncovered = 0;

	for (int cell = 0; cell < CRM_CELLS; cell++)
		uncovered += map->segment[cell] == CRM_NO_SEGMENT;
	if (uncovered > 0)
		ereport(NOTICE,
				(errmsg("segment map leaves %d of %d cells without a segment",
						uncovered, CRM_CELLS),
				 errhint("End it with a line \"else name\"; crm_segment_map_audit() shows the cells.")));
	for (int i = 0; i < map->rule_count; i++)
		if (i != map->other && !crm_rule_is_reached(map, i))
			ereport(NOTICE,
					(errmsg("rule %d of the segment map, \"%s\", is never reached",
							i + 1,
							crm_clip_text(text_to_cstring(parsed->names[i]))),
					 errhint("The first rule that matches wins: move it up.")));
}

static parsed_map *
parse_map(const text *source)
{
	parsed_map *parsed = palloc0(sizeof(*parsed));
	const char *characters = VARDATA_ANY(source);
	int			line;

	if (crm_segment_map_parse(characters, VARSIZE_ANY_EXHDR(source),
							  &parsed->map, &line) != CRM_OK)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_BAD_TEXT)),
				 errmsg("invalid segment map, line or rule %d", line),
				 errhint("Write one rule per line: the scores of R, F and M (\"5\", \"2-4\" or \"*\"), then the name of the segment; see crm_segment_map().")));
	for (int i = 0; i < parsed->map.rule_count; i++)
		parsed->names[i] =
			cstring_to_text_with_len(characters + parsed->map.rules[i].name_at,
									 parsed->map.rules[i].name_length);
	return parsed;
}

/* For the map of a query, which is told of gaps in it once. */
static void *
make_map(struct varlena *source)
{
	parsed_map *parsed = parse_map(source);

	if (!IsParallelWorker())
		warn_of_gaps(parsed);
	return parsed;
}

static int
getarg_score(FunctionCallInfo fcinfo, int n, char dimension)
{
	int			score = PG_GETARG_INT32(n);

	if (score < 1 || score > CRM_SCORES)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("score of %c cannot be %d", dimension, score),
				 errhint("Segment maps are made for scores from 1 to %d: fit breaks with %d bins.",
						 CRM_SCORES, CRM_SCORES)));
	return score;
}

Datum
crm_rfm_segment(PG_FUNCTION_ARGS)
{
	int			r = getarg_score(fcinfo, 0, 'R');
	int			f = getarg_score(fcinfo, 1, 'F');
	int			m = getarg_score(fcinfo, 2, 'M');
	parsed_map *parsed = crm_once(fcinfo, 3, make_map);
	int			rule = parsed->map.segment[crm_cell_of(r, f, m)];

	if (rule == CRM_NO_SEGMENT)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(parsed->names[rule]);
}

/* Set of (r, f, m, matches, segment), a row per cell. */
Datum
crm_segment_map_audit(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	MemoryContext old;
	parsed_map *parsed;
	int			cell;
	int			rule;
	Datum		values[5];
	bool		nulls[5] = {false};

	if (SRF_IS_FIRSTCALL())
	{
		call = crm_rows_begin(fcinfo);
		old = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		call->user_fctx = parse_map(PG_GETARG_TEXT_PP(0));
		MemoryContextSwitchTo(old);
	}

	call = SRF_PERCALL_SETUP();
	parsed = call->user_fctx;
	if (call->call_cntr >= CRM_CELLS)
		SRF_RETURN_DONE(call);

	cell = (int) call->call_cntr;
	rule = parsed->map.segment[cell];
	values[0] = Int32GetDatum(cell / (CRM_SCORES * CRM_SCORES) + 1);
	values[1] = Int32GetDatum(cell / CRM_SCORES % CRM_SCORES + 1);
	values[2] = Int32GetDatum(cell % CRM_SCORES + 1);
	values[3] = Int32GetDatum(parsed->map.matches[cell]);
	nulls[4] = rule == CRM_NO_SEGMENT;
	values[4] = nulls[4] ? (Datum) 0 : PointerGetDatum(parsed->names[rule]);
	SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc,
															values, nulls)));
}

static bool
is_named_before(const parsed_map *parsed, int rule)
{
	const text *name = parsed->names[rule];

	for (int i = 0; i < rule; i++)
		if (VARSIZE(parsed->names[i]) == VARSIZE(name) &&
			memcmp(parsed->names[i], name, VARSIZE(name)) == 0)
			return true;
	return false;
}

Datum
crm_segment_map_names(PG_FUNCTION_ARGS)
{
	parsed_map *parsed = parse_map(PG_GETARG_TEXT_PP(0));
	Datum		names[CRM_RULES_MAX];
	int			count = 0;

	for (int i = 0; i < parsed->map.rule_count; i++)
		if (!is_named_before(parsed, i))
			names[count++] = PointerGetDatum(parsed->names[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(names, count, TEXTOID, -1, false,
										  TYPALIGN_INT));
}
