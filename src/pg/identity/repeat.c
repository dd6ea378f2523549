/*
 * repeat.c
 *		crm_repeat_count: how many values have come before.
 *
 * The state is a bytea, so that a distributed server can ship it: a head, and
 * the values, with room to spare. They are sorted at the end, part by part,
 * which takes a fraction of the time and memory of a hash table of them.
 */
#include "pg/support/extension.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "core/distribution/distribution.h"
#include "pg/support/aggregate.h"

#define REPEAT_VERSION	1
#define REPEAT_ROOM		64		/* values to begin with */
#define REPEAT_PARTS	2048	/* to sort one by one */
#define REPEAT_SHIFT	(64 - 11)

PG_FUNCTION_INFO_V1(crm_repeat_count_trans);
PG_FUNCTION_INFO_V1(crm_repeat_count_combine);
PG_FUNCTION_INFO_V1(crm_repeat_count_final);

/* Between processes it may lie at a multiple of four. */
typedef struct repeat_state
{
	int32		vl_len_;
	int32		version;
	int32		is_full;		/* there were more than it can hold */
	uint32		count;
	char		values[FLEXIBLE_ARRAY_MEMBER];
} repeat_state;

#define STATE_SIZE(room) \
	(offsetof(repeat_state, values) + (Size) (room) * sizeof(uint64))
#define STATE_ROOM(state) \
	((VARSIZE(state) - offsetof(repeat_state, values)) / sizeof(uint64))
#define VALUES_MAX \
	((MaxAllocSize - offsetof(repeat_state, values)) / sizeof(uint64))

static repeat_state *
create_state(Size room)
{
	Size		size = STATE_SIZE(room);
	repeat_state *state = palloc(size);

	SET_VARSIZE(state, size);
	state->version = REPEAT_VERSION;
	state->is_full = false;
	state->count = 0;
	return state;
}

static repeat_state *
getarg_state(FunctionCallInfo fcinfo, int n)
{
	repeat_state *state =
		(repeat_state *) PG_DETOAST_DATUM(PG_GETARG_DATUM(n));

	if (VARSIZE(state) < offsetof(repeat_state, values) ||
		state->version != REPEAT_VERSION || STATE_ROOM(state) < state->count)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_CORRUPT)),
				 errmsg("state of crm_repeat_count is corrupt")));
	return state;
}

/* A state that has taken in so many more values, or is full. */
static repeat_state *
take_in(repeat_state *state, const void *values, uint32 count)
{
	Size		total = (Size) state->count + count;

	if (state->is_full || total > VALUES_MAX)
	{
		state->is_full = true;
		return state;
	}
	if (total > STATE_ROOM(state))
	{
		repeat_state *larger = create_state(Min(Max(2 * (Size) state->count,
													total), VALUES_MAX));

		memcpy(larger->values, state->values, state->count * sizeof(uint64));
		larger->count = state->count;
		state = larger;
	}
	memcpy(state->values + state->count * sizeof(uint64), values,
		   count * sizeof(uint64));
	state->count = (uint32) total;
	return state;
}

/* (state, value) */
Datum
crm_repeat_count_trans(PG_FUNCTION_ARGS)
{
	repeat_state *state;
	int64		value;

	crm_check_aggregate(fcinfo);
	state = PG_ARGISNULL(0) ? create_state(REPEAT_ROOM) :
		getarg_state(fcinfo, 0);
	if (PG_ARGISNULL(1))
		PG_RETURN_POINTER(state);
	value = PG_GETARG_INT64(1);
	PG_RETURN_POINTER(take_in(state, &value, 1));
}

Datum
crm_repeat_count_combine(PG_FUNCTION_ARGS)
{
	repeat_state *state;
	repeat_state *other;

	crm_check_aggregate(fcinfo);
	if (PG_ARGISNULL(1))
		return crm_unchanged(fcinfo);
	other = getarg_state(fcinfo, 1);
	if (PG_ARGISNULL(0))
		PG_RETURN_POINTER(other);
	state = getarg_state(fcinfo, 0);
	state->is_full |= other->is_full;
	PG_RETURN_POINTER(take_in(state, other->values, other->count));
}

/* Equal values stay equal and others apart, but those of a range are spread. */
static uint64
mixed_value(const repeat_state *state, uint32 i)
{
	uint64		value;

	memcpy(&value, state->values + (Size) i * sizeof(value), sizeof(value));
	return value * UINT64CONST(0x9E3779B97F4A7C15);
}

/*
 * The values by their upper bits, in parts that the processor's caches hold:
 * sorting all at once waits for memory in every pass. ends has where each ends.
 */
static uint64 *
divide_values(const repeat_state *state, Size *ends)
{
	uint64	   *values = palloc(Max(state->count, 1) * sizeof(uint64));
	Size		place = 0;

	memset(ends, 0, REPEAT_PARTS * sizeof(Size));
	for (uint32 i = 0; i < state->count; i++)
		ends[mixed_value(state, i) >> REPEAT_SHIFT]++;
	for (int part = 0; part < REPEAT_PARTS; part++)
	{
		Size		here = ends[part];

		ends[part] = place;
		place += here;
	}
	CHECK_FOR_INTERRUPTS();
	for (uint32 i = 0; i < state->count; i++)
	{
		uint64		value = mixed_value(state, i);

		values[ends[value >> REPEAT_SHIFT]++] = value;
	}
	return values;
}

/* NULL where there were too many; the state is left as it is. */
Datum
crm_repeat_count_final(PG_FUNCTION_ARGS)
{
	repeat_state *state;
	uint64	   *values;
	uint64	   *scratch;
	Size		ends[REPEAT_PARTS];
	Size		begin = 0;
	Size		distinct = 0;

	crm_check_aggregate(fcinfo);
	state = getarg_state(fcinfo, 0);
	if (state->is_full)
		PG_RETURN_NULL();
	values = divide_values(state, ends);
	scratch = palloc(Max(state->count, 1) * sizeof(uint64));
	for (int part = 0; part < REPEAT_PARTS; part++)
	{
		Size		count = ends[part] - begin;

		crm_sort_keys(values + begin, scratch, count, crm_interrupted, NULL);
		distinct += crm_distinct_keys(values + begin, count);
		begin = ends[part];
	}
	PG_RETURN_INT64(state->count - distinct);
}
