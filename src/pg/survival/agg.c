/*
 * agg.c
 *		Durations being collected, and merged.
 *
 * A state holds sorted runs and two heaps of what came since: keys of single
 * items, and runs of values that are rolled up. A heap may grow as large as the
 * runs are, up to a limit; then it is sorted and merged into them. So the work
 * stays that of one sort, and durations that repeat take no room.
 */
#include "pg/survival/survival.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "core/distribution/distribution.h"
#include "pg/support/aggregate.h"

#define KEYS_START		16
#define KEYS_SETTLE		4096	/* a heap this small is not worth a merge */
#define KEYS_MAX		(4 * 1024 * 1024)
#define MERGE_RATIO		16

typedef struct survival_state
{
	MemoryContext context;
	crm_run    *runs;			/* sorted */
	int64		run_count;
	uint64	   *keys;			/* not sorted */
	int64		key_count;
	int64		keys_max;
	crm_run    *added;			/* not sorted */
	int64		added_count;
	int64		added_max;
	uint64		items;			/* of values that were rolled up */
} survival_state;

PG_FUNCTION_INFO_V1(crm_survival_trans);
PG_FUNCTION_INFO_V1(crm_survival_rollup_trans);
PG_FUNCTION_INFO_V1(crm_survival_combine);
PG_FUNCTION_INFO_V1(crm_survival_serialize);
PG_FUNCTION_INFO_V1(crm_survival_deserialize);
PG_FUNCTION_INFO_V1(crm_survival_final);

static survival_state *
new_state(MemoryContext context)
{
	survival_state *state = MemoryContextAllocZero(context, sizeof(*state));

	state->context = context;
	return state;
}

static void *
alloc_runs(MemoryContext context, Size count)
{
	return MemoryContextAllocHuge(context, mul_size(Max(count, 1),
													sizeof(crm_run)));
}

static void
free_if_any(void *memory)
{
	if (memory != NULL)
		pfree(memory);
}

/* Sorted runs into those of the state */
static void
merge_runs(survival_state *state, const crm_run *runs, Size count)
{
	crm_run    *merged;

	if (count == 0)
		return;
	CHECK_FOR_INTERRUPTS();
	merged = alloc_runs(state->context, state->run_count + count);
	state->run_count = crm_runs_merge(state->runs, state->run_count, runs,
									  count, merged);
	free_if_any(state->runs);
	/* What was counted twice before leaves room. */
	state->runs = repalloc_huge(merged, mul_size(state->run_count,
												 sizeof(crm_run)));
}

static void
settle_keys(survival_state *state)
{
	Size		count = state->key_count;
	uint64	   *scratch;
	crm_run    *runs;

	if (count == 0)
		return;
	scratch = MemoryContextAllocHuge(CurrentMemoryContext,
									 mul_size(count, sizeof(uint64)));
	crm_sort_keys(state->keys, scratch, count, crm_interrupted, NULL);
	pfree(scratch);
	runs = alloc_runs(CurrentMemoryContext, count);
	merge_runs(state, runs, crm_runs_of_keys(state->keys, count, runs));
	pfree(runs);
	state->key_count = 0;
}

static void
settle(survival_state *state)
{
	Size		count = state->added_count;

	settle_keys(state);
	crm_runs_sort(state->added, &count, crm_interrupted, NULL);
	merge_runs(state, state->added, count);
	state->added_count = 0;
}

/* How many a heap may hold, now that the state has so many runs. */
static int64
heap_limit(const survival_state *state)
{
	return Min(Max(state->run_count, KEYS_SETTLE), KEYS_MAX);
}

static void
add_key(survival_state *state, uint64 key)
{
	if (state->key_count == state->keys_max)
	{
		if (state->keys_max >= heap_limit(state))
			settle_keys(state);
		else if (state->keys_max == 0)
		{
			state->keys_max = KEYS_START;
			state->keys = MemoryContextAlloc(state->context,
											 KEYS_START * sizeof(uint64));
		}
		else
		{
			state->keys_max *= 2;
			state->keys = repalloc(state->keys,
								   state->keys_max * sizeof(uint64));
		}
	}
	state->keys[state->key_count++] = key;
}

/* Room for so many runs among those to be merged later */
static crm_run *
reserve_added(survival_state *state, int64 count)
{
	int64		needed = state->added_count + count;

	if (needed > state->added_max)
	{
		crm_run    *larger = alloc_runs(state->context, 2 * needed);

		if (state->added_count > 0)
			memcpy(larger, state->added,
				   state->added_count * sizeof(crm_run));
		free_if_any(state->added);
		state->added = larger;
		state->added_max = 2 * needed;
	}
	return state->added + state->added_count;
}

/*
 * Takes in sorted runs: at once where they are many, for merging is linear in
 * the larger side; else they gather, single items with those of rows.
 */
static void
add_runs(survival_state *state, const crm_run *runs, int64 count)
{
	if (count * MERGE_RATIO >= Max(state->run_count, KEYS_SETTLE))
	{
		merge_runs(state, runs, count);
		return;
	}
	for (int64 i = 0; i < count; i++)
	{
		if (runs[i].count == 1)
			add_key(state, runs[i].key);
		else
		{
			*reserve_added(state, 1) = runs[i];
			state->added_count++;
		}
	}
	if (state->added_count >= heap_limit(state))
		settle(state);
}

/* Rows alone never come to so many, but values may. */
static void
count_items(survival_state *state, uint64 more)
{
	if (more > CRM_SURVIVAL_MAX - state->items)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_OUT_OF_RANGE)),
				 errmsg("crm_survival cannot hold more than %lld items",
						(long long) CRM_SURVIVAL_MAX)));
	state->items += more;
}

/* The state of an aggregate, argument 0, new where there is none. */
static survival_state *
getarg_state(FunctionCallInfo fcinfo)
{
	MemoryContext context = crm_aggregate_context(fcinfo);

	return PG_ARGISNULL(0) ? new_state(context) :
		(survival_state *) PG_GETARG_POINTER(0);
}

Datum
crm_survival_trans(PG_FUNCTION_ARGS)
{
	survival_state *state;
	double		duration;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return crm_unchanged(fcinfo);
	duration = PG_GETARG_FLOAT8(1);
	if (!(duration >= 0 && isfinite(duration)))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("duration cannot be %g", duration),
				 errhint("A duration is a number from 0 on; make it NULL where nothing began.")));
	state = getarg_state(fcinfo);
	add_key(state, crm_survival_key(duration, PG_GETARG_BOOL(2)));
	PG_RETURN_POINTER(state);
}

/* A value rolled up */
Datum
crm_survival_rollup_trans(PG_FUNCTION_ARGS)
{
	survival_state *state;
	crm_survival s;
	crm_run    *runs;

	if (PG_ARGISNULL(1))
		return crm_unchanged(fcinfo);
	state = getarg_state(fcinfo);
	s = crm_getarg_survival(fcinfo, 1);
	count_items(state, s.count);
	runs = alloc_runs(CurrentMemoryContext, 2 * s.durations);
	add_runs(state, runs, crm_survival_unpack(&s, runs));
	pfree(runs);
	PG_RETURN_POINTER(state);
}

Datum
crm_survival_combine(PG_FUNCTION_ARGS)
{
	survival_state *state;
	survival_state *other;

	if (PG_ARGISNULL(1))
		return crm_unchanged(fcinfo);
	state = getarg_state(fcinfo);
	other = (survival_state *) PG_GETARG_POINTER(1);
	count_items(state, other->items);
	settle(other);
	add_runs(state, other->runs, other->run_count);
	PG_RETURN_POINTER(state);
}

Datum
crm_survival_serialize(PG_FUNCTION_ARGS)
{
	survival_state *state = getarg_state(fcinfo);

	settle(state);
	PG_RETURN_BYTEA_P((bytea *) crm_survival_value(state->runs,
												   state->run_count));
}

/* In the current, short-lived context: the state is read once. */
Datum
crm_survival_deserialize(PG_FUNCTION_ARGS)
{
	survival_state *state;
	crm_survival s;

	crm_check_aggregate(fcinfo);
	state = new_state(CurrentMemoryContext);
	s = crm_getarg_survival(fcinfo, 0);
	state->items = s.count;
	state->runs = alloc_runs(CurrentMemoryContext, 2 * s.durations);
	state->run_count = crm_survival_unpack(&s, state->runs);
	PG_RETURN_POINTER(state);
}

Datum
crm_survival_final(PG_FUNCTION_ARGS)
{
	survival_state *state;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = getarg_state(fcinfo);
	settle(state);
	PG_RETURN_POINTER(crm_survival_value(state->runs, state->run_count));
}
