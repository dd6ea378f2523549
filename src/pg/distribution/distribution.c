/*
 * distribution.c
 *		crm_distribution: the state that fits over a population share.
 *
 * It is an ordinary type, so that a distributed planner can ship partial
 * states as values. While an aggregate collects, the state is a struct with
 * room to spare, changed in place as float8_accum in float.c changes its array;
 * only functions of the aggregate see it in that form. A context of its own
 * for each state, as an expanded object has, would make nodeAgg.c's accounting
 * of memory quadratic in the number of groups.
 *
 * Sorting changes how the keys lie and not what the state says, so readers sort
 * in place, and one sort serves all that share the state.
 */
#include "pg/distribution/distribution.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "pg/support/arrays.h"

#define DISTRIBUTION_BYTES(capacity) \
	(offsetof(crm_distribution, keys) + (Size) (capacity) * sizeof(uint64))

#define CAPACITY_OF(state) \
	((int64) ((VARSIZE(state) - DISTRIBUTION_BYTES(0)) / sizeof(uint64)))

/*
 * What a packed distribution may say is also what fits into one allocation,
 * with room for the tuple in which a parallel worker sends its state.
 */
#define CAPACITY_MAX	((int64) CRM_VALUES_MAX)

StaticAssertDecl(DISTRIBUTION_BYTES(CRM_VALUES_MAX) + 65536 <= MaxAllocSize,
				 "a state must fit into a tuple");

/* Struct and keys fill 512 bytes. */
#define CAPACITY_START \
	((512 - (int) offsetof(crm_distribution, keys)) / (int) sizeof(uint64))

PG_FUNCTION_INFO_V1(crm_distribution_trans);
PG_FUNCTION_INFO_V1(crm_distribution_trans_integer);
PG_FUNCTION_INFO_V1(crm_distribution_trans_number);
PG_FUNCTION_INFO_V1(crm_distribution_trans_array);
PG_FUNCTION_INFO_V1(crm_distribution_combine);
PG_FUNCTION_INFO_V1(crm_distribution_final);
PG_FUNCTION_INFO_V1(crm_distribution_count);

/* Memory */

crm_distribution *
crm_distribution_create(int64 capacity)
{
	crm_distribution *made;

	if (capacity > CAPACITY_MAX)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_NO_SPACE)),
				 errmsg("crm_distribution cannot hold more than %d values",
						(int) CAPACITY_MAX),
				 errhint("Fit a part of the population, or a random sample.")));
	made = palloc(DISTRIBUTION_BYTES(capacity));
	memset(made, 0, offsetof(crm_distribution, keys));
	SET_VARSIZE(made, DISTRIBUTION_BYTES(capacity));
	made->form = CRM_DISTRIBUTION_COLLECTING;
	made->sorted = true;
	made->capacity = capacity;
	return made;
}

/*
 * Room for so many more keys. A larger state is a new one, in the current
 * context: the old one is nodeAgg.c's to free, which also moves the new one to
 * where states live.
 */
crm_distribution *
crm_distribution_reserve(crm_distribution *state, int64 more)
{
	int64		needed = state->count + more;
	crm_distribution *larger;

	if (needed <= state->capacity)
		return state;
	larger = crm_distribution_create(Max(needed, Min(2 * state->capacity,
													 CAPACITY_MAX)));
	larger->sorted = state->sorted;
	larger->argument_count = state->argument_count;
	larger->count = state->count;
	memcpy(larger->arguments, state->arguments, sizeof(state->arguments));
	memcpy(larger->keys, state->keys, state->count * sizeof(uint64));
	return larger;
}

static void
sort_distribution(crm_distribution *distribution)
{
	uint64	   *scratch;

	if (distribution->sorted)
		return;
	scratch = MemoryContextAllocHuge(CurrentMemoryContext,
									 distribution->count * sizeof(uint64));
	crm_sort_keys(distribution->keys, scratch, distribution->count,
				  crm_interrupted, NULL);
	distribution->sorted = true;
	pfree(scratch);
}

/* Packed, and back */

struct varlena *
crm_distribution_pack(crm_distribution *distribution)
{
	Size		bound;
	struct varlena *packed;

	sort_distribution(distribution);
	bound = VARHDRSZ + crm_packed_bound(distribution->keys,
										distribution->count,
										distribution->argument_count);
	if (bound > MaxAllocSize)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_NO_SPACE)),
				 errmsg("%lld values do not fit into one stored crm_distribution",
						(long long) distribution->count),
				 errhint("Round the values, so that more of them are equal.")));
	packed = palloc(bound);
	SET_VARSIZE(packed, VARHDRSZ +
				crm_pack_keys(distribution->keys, distribution->count,
							  distribution->arguments,
							  distribution->argument_count,
							  (uint8 *) VARDATA(packed)));
	return packed;
}

crm_distribution *
crm_distribution_unpack(const crm_packed_keys *packed)
{
	crm_distribution *made = crm_distribution_create(packed->count);

	crm_unpack_keys(packed, made->keys);
	made->count = packed->count;
	made->argument_count = packed->argument_count;
	memcpy(made->arguments, packed->arguments, sizeof(made->arguments));
	return made;
}

/* A state of ours, in place: not a value from a table or another process. */
static crm_distribution *
state_in_place(FunctionCallInfo fcinfo, int n)
{
	crm_distribution *state = (crm_distribution *) PG_GETARG_POINTER(n);

	if (!VARATT_IS_4B_U(state) ||
		state->form != CRM_DISTRIBUTION_COLLECTING ||
		!AggCheckCallContext(fcinfo, NULL))
		return NULL;
	if (state->settled != state)
	{
		state->capacity = CAPACITY_OF(state);
		state->settled = state;
	}
	return state;
}

static void
refuse_corrupt(void)
{
	ereport(ERROR,
			(errcode(crm_errcode(CRM_CORRUPT)),
			 errmsg("stored crm_distribution is corrupt")));
}

/* A state of so many bytes after its header, perhaps not aligned, copied. */
static crm_distribution *
copy_of_state(const uint8 *bytes, Size length)
{
	crm_distribution *copy = palloc(VARHDRSZ + length);

	memcpy(VARDATA(copy), bytes, length);
	SET_VARSIZE(copy, VARHDRSZ + length);
	copy->settled = NULL;
	copy->capacity = CAPACITY_OF(copy);
	if (copy->count < 0 || copy->count > copy->capacity ||
		copy->argument_count < 0 || copy->argument_count > CRM_ARGUMENTS_MAX)
		refuse_corrupt();
	return copy;
}

/* A value in either form as a struct of one's own. */
static crm_distribution *
copy_of_argument(FunctionCallInfo fcinfo, int n)
{
	struct varlena *datum = PG_GETARG_VARLENA_PP(n);
	const uint8 *bytes = (const uint8 *) VARDATA_ANY(datum);
	Size		length = VARSIZE_ANY_EXHDR(datum);
	crm_packed_keys packed;

	if (length >= DISTRIBUTION_BYTES(0) - VARHDRSZ &&
		bytes[0] == CRM_DISTRIBUTION_COLLECTING)
		return copy_of_state(bytes, length);
	if (crm_open_keys(bytes, length, &packed) != CRM_OK)
		refuse_corrupt();
	return crm_distribution_unpack(&packed);
}

crm_distribution *
crm_getarg_distribution(FunctionCallInfo fcinfo, int n)
{
	crm_distribution *distribution = state_in_place(fcinfo, n);

	if (distribution == NULL)
		distribution = copy_of_argument(fcinfo, n);
	sort_distribution(distribution);
	return distribution;
}

/* Collecting */

static crm_distribution *
state_of(FunctionCallInfo fcinfo)
{
	crm_distribution *state;

	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "aggregate function called in non-aggregate context");
	if (PG_ARGISNULL(0))
		return crm_distribution_create(CAPACITY_START);
	state = state_in_place(fcinfo, 0);
	return state != NULL ? state : copy_of_argument(fcinfo, 0);
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
				 errmsg("arguments of the aggregate after the first are not the same in every row"),
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

/* What a transition answers: a state, of as many bytes as it says. */
static Datum
state_with(crm_distribution *state, int64 more)
{
	state->count += more;
	if (state->settled == state)
		SET_VARSIZE(state, DISTRIBUTION_BYTES(state->count));
	PG_RETURN_POINTER(state);
}

Datum
crm_distribution_collect(FunctionCallInfo fcinfo, double value,
						 const double *arguments, int count)
{
	crm_distribution *state = state_of(fcinfo);

	check_value(value);
	check_arguments(state, arguments, count);
	state = crm_distribution_reserve(state, 1);
	state->keys[state->count] = crm_key_of(value);
	state->sorted = false;
	return state_with(state, 1);
}

Datum
crm_distribution_unchanged(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	return PG_GETARG_DATUM(0);
}

Datum
crm_distribution_trans(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return crm_distribution_unchanged(fcinfo);
	return crm_distribution_collect(fcinfo, PG_GETARG_FLOAT8(1), NULL, 0);
}

static Datum
collect_with_number(FunctionCallInfo fcinfo, double argument)
{
	if (PG_ARGISNULL(1))
		return crm_distribution_unchanged(fcinfo);
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
		return crm_distribution_unchanged(fcinfo);
	if (!PG_ARGISNULL(2))
		count = crm_getarg_float8s(fcinfo, 2, "cuts", arguments,
								   CRM_ARGUMENTS_MAX);
	return crm_distribution_collect(fcinfo, PG_GETARG_FLOAT8(1),
									arguments, count);
}

Datum
crm_distribution_combine(PG_FUNCTION_ARGS)
{
	crm_distribution *state;
	crm_distribution *other;
	int64		more;

	if (PG_ARGISNULL(1))
		return crm_distribution_unchanged(fcinfo);
	state = state_of(fcinfo);
	other = copy_of_argument(fcinfo, 1);
	more = other->count;
	if (more > 0)
	{
		check_arguments(state, other->arguments, other->argument_count);
		state = crm_distribution_reserve(state, more);
		memcpy(state->keys + state->count, other->keys,
			   more * sizeof(uint64));
		state->sorted = state->count == 0 && other->sorted;
	}
	pfree(other);
	return state_with(state, more);
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
