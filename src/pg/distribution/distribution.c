/*
 * distribution.c
 *		crm_distribution: the state that fits over a population share.
 *
 * It is an ordinary type, so that a distributed planner can ship partial
 * states as values, and while an aggregate collects it is an expanded object
 * (aggregate.h). Sorting changes how the keys lie and not what the state says,
 * so readers sort in place, and one sort serves all that share the state.
 */
#include "pg/distribution/distribution.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "pg/support/arrays.h"

/* Distinct values in memory: their keys alone then take 1 GB. */
#define DISTINCT_MAX	134000000

/* Keys that wait are settled when there are so many, and as many as known. */
#define SETTLE_MIN	65536
#define SETTLE_MAX		((Size) 1 << 25)
#define COUNTED_MIN	64

/* Struct and first keys fill 512 bytes. */
#define FIRST_KEYS \
	((512 - (int) offsetof(crm_distribution, first)) / (int) sizeof(uint64))

PG_FUNCTION_INFO_V1(crm_distribution_trans);
PG_FUNCTION_INFO_V1(crm_distribution_trans_integer);
PG_FUNCTION_INFO_V1(crm_distribution_trans_number);
PG_FUNCTION_INFO_V1(crm_distribution_trans_array);
PG_FUNCTION_INFO_V1(crm_distribution_combine);
PG_FUNCTION_INFO_V1(crm_distribution_final);
PG_FUNCTION_INFO_V1(crm_distribution_count);

/* Memory */

static Size flat_size(ExpandedObjectHeader *header);
static void flatten_into(ExpandedObjectHeader *header, void *result,
						 Size size);

static const ExpandedObjectMethods distribution_methods = {
	flat_size, flatten_into
};

crm_distribution *
crm_distribution_create(MemoryContext context)
{
	crm_distribution *made =
		MemoryContextAlloc(context, offsetof(crm_distribution, first) +
						   FIRST_KEYS * sizeof(uint64));

	memset(made, 0, offsetof(crm_distribution, first));
	EOH_init_header(&made->header, &distribution_methods, context);
	made->single = made->first;
	made->single_capacity = FIRST_KEYS;
	return made;
}

static uint64 *
allocate_words(const crm_distribution *distribution, Size count)
{
	return MemoryContextAllocHuge(distribution->header.eoh_context,
								  mul_size(count, sizeof(uint64)));
}

static void
free_words(uint64 *words)
{
	if (words != NULL)
		pfree(words);
}

/*
 * Settling: what waits is sorted, counted and merged. Interrupted it leaves a
 * state that is of no more use, but so is the aggregate by then.
 */

static void
check_distinct(Size distinct)
{
	if (distinct > DISTINCT_MAX)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_NO_SPACE)),
				 errmsg("crm_distribution cannot hold more than %d distinct values",
						DISTINCT_MAX),
				 errhint("Round the values, so that more of them are equal, or fit a random sample.")));
}

/* Merges more into the values; the arrays of both are given up. */
static void
merge_values(crm_distribution *distribution, crm_values *more)
{
	crm_values *values = &distribution->values;
	crm_values	merged = {0};
	bool		counted;

	if (values->distinct == 0)
	{
		check_distinct(more->distinct);
		*values = *more;
		return;
	}
	crm_measure_merge(values, more, crm_interrupted, NULL, &merged, &counted);
	check_distinct(merged.distinct);
	merged.keys = allocate_words(distribution, merged.distinct);
	if (counted)
		merged.ends = allocate_words(distribution, merged.distinct);
	crm_distribution_merge_values(values, more, crm_interrupted, NULL, &merged);
	free_words(values->keys);
	free_words(values->ends);
	free_words(more->keys);
	free_words(more->ends);
	*values = merged;
}

/*
 * An array of the sorted keys for the values: their own one where that is no
 * waste, for it is large where memory matters.
 */
static void
fold_single(crm_distribution *distribution, crm_values *made)
{
	uint64	   *single = distribution->single;
	Size		count = distribution->single_count;

	made->distinct = crm_distinct_keys(single, count);
	if (made->distinct < count)
		made->ends = allocate_words(distribution, made->distinct);
	if (single == distribution->first || made->distinct < count / 2)
	{
		made->keys = allocate_words(distribution, made->distinct);
		crm_fold_keys(single, count, made);
	}
	else
	{
		made->keys = single;
		crm_fold_keys(single, count, made);
		distribution->single = distribution->first;
		distribution->single_capacity = FIRST_KEYS;
	}
	distribution->single_count = 0;
}

static void
settle_single(crm_distribution *distribution)
{
	Size		count = distribution->single_count;
	uint64	   *scratch;
	crm_values	made = {0};

	if (count == 0)
		return;
	scratch = MemoryContextAllocHuge(CurrentMemoryContext,
									 mul_size(count, sizeof(uint64)));
	crm_sort_keys(distribution->single, scratch, count, crm_interrupted, NULL);
	pfree(scratch);
	fold_single(distribution, &made);
	merge_values(distribution, &made);
}

static void
settle_counted(crm_distribution *distribution)
{
	Size		count = distribution->counted_count;
	crm_counted_key *scratch;
	crm_values	made = {0};

	if (count == 0)
		return;
	scratch = MemoryContextAllocHuge(CurrentMemoryContext,
									 mul_size(count, sizeof(*scratch)));
	crm_sort_counted(distribution->counted, scratch, count, crm_interrupted,
					 NULL);
	pfree(scratch);
	made.distinct = crm_distinct_counted(distribution->counted, count);
	made.keys = allocate_words(distribution, made.distinct);
	made.ends = allocate_words(distribution, made.distinct);
	crm_fold_counted(distribution->counted, count, &made);
	distribution->counted_count = 0;
	merge_values(distribution, &made);
}

static void
settle(crm_distribution *distribution)
{
	settle_single(distribution);
	settle_counted(distribution);
}

/* So many may wait: merging must not cost more than what is merged. */
static Size
waiting_limit(const crm_distribution *distribution)
{
	return Min(Max(SETTLE_MIN, distribution->values.distinct),
			   SETTLE_MAX);
}

/* Makes room for a single key. */
static void
make_room(crm_distribution *distribution)
{
	Size		capacity = 2 * distribution->single_capacity;
	uint64	   *larger;

	CHECK_FOR_INTERRUPTS();
	if (distribution->single_capacity >= waiting_limit(distribution))
	{
		settle_single(distribution);
		if (distribution->single_capacity > FIRST_KEYS)
			return;
		capacity = waiting_limit(distribution);
	}
	larger = allocate_words(distribution, capacity);
	memcpy(larger, distribution->single,
		   distribution->single_count * sizeof(uint64));
	if (distribution->single != distribution->first)
		pfree(distribution->single);
	distribution->single = larger;
	distribution->single_capacity = capacity;
}

static inline void
add_single(crm_distribution *distribution, uint64 key)
{
	if (unlikely(distribution->single_count == distribution->single_capacity))
		make_room(distribution);
	distribution->single[distribution->single_count++] = key;
}

static void
make_counted_room(crm_distribution *distribution)
{
	Size		capacity = 2 * distribution->counted_capacity;

	CHECK_FOR_INTERRUPTS();
	if (distribution->counted_capacity >= waiting_limit(distribution))
	{
		settle_counted(distribution);
		return;
	}
	if (capacity == 0)
	{
		capacity = COUNTED_MIN;
		distribution->counted = (crm_counted_key *)
			allocate_words(distribution, 2 * capacity);
	}
	else
		distribution->counted = repalloc_huge(distribution->counted, capacity *
											  sizeof(crm_counted_key));
	distribution->counted_capacity = capacity;
}

/* False where there would be more values than can be counted. */
bool
crm_distribution_add(crm_distribution *distribution, uint64 key, uint64 times)
{
	if (times > CRM_VALUES_MAX - distribution->count)
		return false;
	distribution->count += times;
	if (times == 1)
	{
		add_single(distribution, key);
		return true;
	}
	if (distribution->counted_count == distribution->counted_capacity)
		make_counted_room(distribution);
	distribution->counted[distribution->counted_count++] =
		(crm_counted_key) {key, times};
	return true;
}

/* Packed, and back */

static Size
flat_size(ExpandedObjectHeader *header)
{
	crm_distribution *distribution = (crm_distribution *) header;
	Size		size;

	settle(distribution);
	CHECK_FOR_INTERRUPTS();
	size = VARHDRSZ + crm_packed_size(&distribution->values,
									  distribution->arguments,
									  distribution->argument_count);
	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_NO_SPACE)),
				 errmsg("%zu distinct values do not fit into one stored crm_distribution",
						distribution->values.distinct),
				 errhint("Round the values, so that more of them are equal.")));
	return size;
}

static void
flatten_into(ExpandedObjectHeader *header, void *result, Size size)
{
	crm_distribution *distribution = (crm_distribution *) header;

	CHECK_FOR_INTERRUPTS();
	SET_VARSIZE(result, size);
	crm_distribution_pack_values(&distribution->values, distribution->arguments,
								 distribution->argument_count,
								 (uint8 *) VARDATA(result));
}

struct varlena *
crm_distribution_pack(crm_distribution *distribution)
{
	Size		size = flat_size(&distribution->header);
	struct varlena *packed = palloc(size);

	flatten_into(&distribution->header, packed, size);
	return packed;
}

crm_distribution *
crm_distribution_unpack(const crm_packed_values *packed, MemoryContext context)
{
	crm_distribution *made = crm_distribution_create(context);

	check_distinct(packed->distinct);
	made->count = packed->count;
	made->argument_count = packed->argument_count;
	memcpy(made->arguments, packed->arguments, sizeof(made->arguments));
	if (packed->distinct == 0)
		return made;
	made->values.keys = allocate_words(made, packed->distinct);
	if (packed->distinct < packed->count)
		made->values.ends = allocate_words(made, packed->distinct);
	crm_distribution_unpack_values(packed, &made->values);
	CHECK_FOR_INTERRUPTS();
	return made;
}

/* Argument n, flat or to be made so, as a struct of one's own. */
static crm_distribution *
copy_of_argument(FunctionCallInfo fcinfo, int n, MemoryContext context)
{
	struct varlena *datum = PG_GETARG_VARLENA_PP(n);
	crm_packed_values packed;
	crm_distribution *made;

	if (crm_distribution_open_values((const uint8 *) VARDATA_ANY(datum),
									 VARSIZE_ANY_EXHDR(datum), &packed) != CRM_OK)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_CORRUPT)),
				 errmsg("stored crm_distribution is corrupt")));
	made = crm_distribution_unpack(&packed, context);
	PG_FREE_IF_COPY(datum, n);
	return made;
}

crm_distribution *
crm_getarg_distribution(FunctionCallInfo fcinfo, int n)
{
	crm_distribution *distribution =
		crm_getarg_expanded(fcinfo, n, &distribution_methods);

	if (distribution == NULL)
		distribution = copy_of_argument(fcinfo, n, CurrentMemoryContext);
	settle(distribution);
	return distribution;
}

crm_values *
crm_getarg_values(FunctionCallInfo fcinfo, int n)
{
	return &crm_getarg_distribution(fcinfo, n)->values;
}

/* An expanded object is not the caller's, and may end or change. */
crm_values *
crm_getarg_values_copy(FunctionCallInfo fcinfo, int n)
{
	return &copy_of_argument(fcinfo, n, CurrentMemoryContext)->values;
}

/* Collecting */

static crm_distribution *
state_of(FunctionCallInfo fcinfo)
{
	crm_distribution *state = crm_live_state(fcinfo, &distribution_methods);

	if (state != NULL)
		return state;
	if (PG_ARGISNULL(0))
		return crm_distribution_create(crm_state_context(fcinfo));
	return copy_of_argument(fcinfo, 0, crm_state_context(fcinfo));
}

/* One by one: most fits have none, and memcmp() must not be given NULL. */
static bool
same_arguments(const crm_distribution *state, const double *arguments,
			   int count)
{
	for (int i = 0; i < count; i++)
		if (arguments[i] != state->arguments[i])
			return false;
	return count == state->argument_count;
}

static void
check_arguments(crm_distribution *state, const double *arguments, int count)
{
	if (state->count == 0)
	{
		state->argument_count = count;
		for (int i = 0; i < count; i++)
			state->arguments[i] = arguments[i];
	}
	else if (!same_arguments(state, arguments, count))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("arguments of the aggregate after the first must be the same in every row"),
				 errhint("Give constants.")));
}

static void
check_value(double value)
{
	if (!isfinite(value))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("value cannot be %s", isnan(value) ? "NaN" :
						value > 0 ? "Infinity" : "-Infinity"),
				 errhint("Leave such rows out with FILTER (WHERE ...), or make them NULL: NULLs are skipped.")));
}

static void
refuse_count(void)
{
	ereport(ERROR,
			(errcode(crm_errcode(CRM_NO_SPACE)),
			 errmsg("crm_distribution cannot hold more than %lld values",
					(long long) CRM_VALUES_MAX)));
}

Datum
crm_distribution_collect(FunctionCallInfo fcinfo, double value,
						 const double *arguments, int count)
{
	crm_distribution *state = state_of(fcinfo);

	check_value(value);
	check_arguments(state, arguments, count);
	if (!crm_distribution_add(state, crm_key_of(value), 1))
		refuse_count();
	return crm_state_datum(fcinfo, &state->header);
}

Datum
crm_distribution_trans(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return crm_unchanged_state(fcinfo);
	return crm_distribution_collect(fcinfo, PG_GETARG_FLOAT8(1), NULL, 0);
}

static Datum
collect_with_number(FunctionCallInfo fcinfo, double argument)
{
	if (PG_ARGISNULL(1))
		return crm_unchanged_state(fcinfo);
	if (PG_ARGISNULL(2))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("second argument of the aggregate cannot be NULL"),
				 errhint("Give a constant.")));
	if (!isfinite(argument))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("second argument of the aggregate cannot be %g",
						argument),
				 errhint("Give a constant that is a finite number.")));
	argument += 0.0;			/* -0 is 0, as a partial state has it */
	return crm_distribution_collect(fcinfo, PG_GETARG_FLOAT8(1),
									&argument, 1);
}

Datum
crm_distribution_trans_integer(PG_FUNCTION_ARGS)
{
	return collect_with_number(fcinfo,
							   PG_ARGISNULL(2) ? 0 : PG_GETARG_INT32(2));
}

Datum
crm_distribution_trans_number(PG_FUNCTION_ARGS)
{
	return collect_with_number(fcinfo,
							   PG_ARGISNULL(2) ? 0 : PG_GETARG_FLOAT8(2));
}

Datum
crm_distribution_trans_array(PG_FUNCTION_ARGS)
{
	double		arguments[CRM_ARGUMENTS_MAX];
	int			count = 0;

	if (PG_ARGISNULL(1))
		return crm_unchanged_state(fcinfo);
	if (!PG_ARGISNULL(2))
		count = crm_getarg_float8s(fcinfo, 2, "cuts", arguments,
								   CRM_ARGUMENTS_MAX);
	return crm_distribution_collect(fcinfo, PG_GETARG_FLOAT8(1),
									arguments, count);
}

/* Few values join those that wait, many are merged at once. */
static void
take_in(crm_distribution *state, crm_distribution *other)
{
	const crm_values *values = &other->values;

	if (values->distinct > state->values.distinct / 2)
	{
		state->count += other->count;
		settle(state);
		merge_values(state, &other->values);
		return;
	}
	for (Size i = 0; i < values->distinct; i++)
		(void) crm_distribution_add(state, values->keys[i],
									crm_values_times(values, i));
	free_words(values->keys);
	free_words(values->ends);
}

Datum
crm_distribution_combine(PG_FUNCTION_ARGS)
{
	crm_distribution *state;
	crm_distribution *other;

	if (PG_ARGISNULL(1))
		return crm_unchanged_state(fcinfo);
	state = state_of(fcinfo);
	/* Its arrays may become the state's own. */
	other = copy_of_argument(fcinfo, 1, state->header.eoh_context);
	if (other->count > CRM_VALUES_MAX - state->count)
		refuse_count();
	if (other->count > 0)
	{
		check_arguments(state, other->arguments, other->argument_count);
		take_in(state, other);
	}
	pfree(other);
	return crm_state_datum(fcinfo, &state->header);
}

/* What an aggregate answers whose result is the distribution itself. */
Datum
crm_distribution_final(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(crm_distribution_pack(PG_GETARG_DISTRIBUTION(0)));
}

Datum
crm_distribution_count(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(PG_GETARG_DISTRIBUTION(0)->count);
}
