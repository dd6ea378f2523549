/*
 * values.c
 *		Values of 64 bits being collected and merged.
 */
#include "pg/identity/values.h"

#include "utils/memutils.h"

#define VALUES_VERSION	1
#define VALUES_ROOM		64		/* to begin with */

PG_FUNCTION_INFO_V1(crm_values_combine);

#define STATE_SIZE(room) \
	(offsetof(values_state, values) + (Size) (room) * sizeof(uint64))
#define STATE_ROOM(state) \
	((VARSIZE(state) - offsetof(values_state, values)) / sizeof(uint64))

/* Between processes a state travels in a row, whose head must fit as well. */
#define ROW_HEAD_MAX	1024
#define VALUES_MAX \
	((MaxAllocSize - ROW_HEAD_MAX - offsetof(values_state, values)) / sizeof(uint64))

/* Zeroes, for an aggregate of anybody's own may show the room to spare. */
static values_state *
create_state(Size room)
{
	Size		size = STATE_SIZE(room);
	values_state *state = palloc0(size);

	SET_VARSIZE(state, size);
	state->version = VALUES_VERSION;
	return state;
}

values_state *
crm_values_create(void)
{
	return create_state(VALUES_ROOM);
}

values_state *
crm_values_getarg(FunctionCallInfo fcinfo, int n)
{
	values_state *state =
		(values_state *) PG_DETOAST_DATUM(PG_GETARG_DATUM(n));

	if (VARSIZE(state) < offsetof(values_state, values) ||
		state->version != VALUES_VERSION || STATE_ROOM(state) < state->count)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_CORRUPT)),
				 errmsg("state of an aggregate of values is corrupt")));
	return state;
}

values_state *
crm_values_add(values_state *state, const void *values, uint32 count)
{
	Size		total = (Size) state->count + count;

	if (state->is_full || total > VALUES_MAX)
	{
		state->is_full = true;
		return state;
	}
	if (total > STATE_ROOM(state))
	{
		values_state *larger = create_state(Min(Max(2 * (Size) state->count,
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

Datum
crm_values_combine(PG_FUNCTION_ARGS)
{
	values_state *state;
	values_state *other;

	crm_check_aggregate(fcinfo);
	if (PG_ARGISNULL(1))
		return crm_unchanged(fcinfo);
	other = crm_values_getarg(fcinfo, 1);
	if (PG_ARGISNULL(0))
		PG_RETURN_POINTER(other);
	state = crm_values_getarg(fcinfo, 0);
	state->is_full |= other->is_full;
	PG_RETURN_POINTER(crm_values_add(state, other->values, other->count));
}
