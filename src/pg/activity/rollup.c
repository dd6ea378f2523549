/*
 * rollup.c
 *		crm_rollup(crm_activity): the sum of ledgers.
 *
 * Its state is a crm_activity, not internal, so that a distributed planner
 * can ship partial sums as ordinary values. While rows come in, that value is
 * a crm_buffer, changed in place: only functions of the aggregate see it.
 * A context of its own for each state, as an expanded object has, would make
 * nodeAgg.c's accounting of memory quadratic in the number of groups.
 */
#include "pg/activity/activity.h"

/* Buffer and entries fill 128 bytes. */
#define ROLLUP_START	7

PG_FUNCTION_INFO_V1(crm_rollup_trans);
PG_FUNCTION_INFO_V1(crm_rollup_final);

/*
 * A larger buffer is a new one: the old one is nodeAgg.c's to free, which also
 * moves the new one to where states live.
 */
static crm_buffer *
make_room(crm_buffer *state, int32 more)
{
	int32		capacity = crm_buffer_capacity(state, more);
	crm_buffer *larger;

	if (capacity == state->capacity)
		return state;
	larger = crm_buffer_create(capacity);
	larger->ordered = state->ordered;
	larger->count = state->count;
	memcpy(larger->entries, state->entries, state->count * sizeof(crm_entry));
	return larger;
}

/* The state, where it is one of ours; a constant to start from is packed. */
static crm_buffer *
state_of(FunctionCallInfo fcinfo)
{
	struct varlena *state;

	if (PG_ARGISNULL(0))
		return crm_buffer_create(ROLLUP_START);
	state = (struct varlena *) PG_GETARG_POINTER(0);
	if (VARATT_IS_4B_U(state) &&
		((crm_buffer *) state)->form == CRM_COLLECTING)
		return (crm_buffer *) state;
	return crm_buffer_from_ledger(PG_GETARG_LEDGER(0));
}

/* Transition and combine function in one: both add a ledger to a sum. */
Datum
crm_rollup_trans(PG_FUNCTION_ARGS)
{
	crm_buffer *state;
	crm_buffer *more;

	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "aggregate function called in non-aggregate context");
	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		return PG_GETARG_DATUM(0);
	}

	more = crm_buffer_from_ledger(PG_GETARG_LEDGER(1));
	state = make_room(state_of(fcinfo), more->count);
	for (int32 i = 0; i < more->count; i++)
		crm_buffer_add(state, more->entries[i].day, more->entries[i].events,
					   more->entries[i].amount);
	pfree(more);
	SET_VARSIZE(state, CRM_BUFFER_BYTES(state->capacity));
	PG_RETURN_POINTER(state);
}

/* Packs the sum; settling it on the way does not change what it says. */
Datum
crm_rollup_final(PG_FUNCTION_ARGS)
{
	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "aggregate function called in non-aggregate context");
	PG_RETURN_POINTER(crm_ledger_from_buffer(state_of(fcinfo)));
}
