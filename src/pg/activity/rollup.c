/*
 * rollup.c
 *		crm_rollup(crm_activity): the sum of ledgers.
 *
 * Its state is a crm_activity, not internal, so that a distributed planner
 * can ship partial sums as ordinary values; while rows come in, it is an
 * expanded object around a buffer (aggregate.h).
 */
#include "pg/activity/activity.h"

#include "utils/memutils.h"

#include "pg/support/aggregate.h"

/* Buffer and entries fill 128 bytes. */
#define ROLLUP_START	7

PG_FUNCTION_INFO_V1(crm_rollup_trans);
PG_FUNCTION_INFO_V1(crm_rollup_final);

typedef struct rollup
{
	ExpandedObjectHeader header;
	crm_buffer *buffer;
	struct varlena *flat;		/* between the two halves of flattening */
} rollup;

static Size flat_size(ExpandedObjectHeader *header);
static void flatten_into(ExpandedObjectHeader *header, void *result,
						 Size size);

static const ExpandedObjectMethods rollup_methods = {
	flat_size, flatten_into
};

/*
 * Settling on the way does not change what the sum says. A total that does not
 * fit stays in parts, for another process may have what makes up for it.
 */
static Size
flat_size(ExpandedObjectHeader *header)
{
	rollup	   *state = (rollup *) header;
	crm_buffer *buffer = state->buffer;
	Size		bound;
	int32		bad_day;

	(void) crm_buffer_settle(buffer, crm_interrupted, NULL, &bad_day);
	bound = VARHDRSZ + CRM_PACKED_BOUND(buffer->count);
	if (bound > MaxAllocSize)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_NO_SPACE)),
				 errmsg("crm_activity cannot hold %d days", buffer->count)));
	if (state->flat != NULL)
		pfree(state->flat);
	state->flat = MemoryContextAlloc(header->eoh_context, bound);
	SET_VARSIZE(state->flat, VARHDRSZ +
				crm_pack_parts(buffer->entries, buffer->count,
							   (uint8 *) VARDATA(state->flat)));
	return VARSIZE(state->flat);
}

static void
flatten_into(ExpandedObjectHeader *header, void *result, Size size)
{
	rollup	   *state = (rollup *) header;

	memcpy(result, state->flat, size);
	pfree(state->flat);
	state->flat = NULL;
}

/* What argument n holds, perhaps in parts, with room for more. */
static crm_buffer *
buffer_of_argument(FunctionCallInfo fcinfo, int n)
{
	crm_ledger *ledger = PG_GETARG_LEDGER(n);
	Size		length = LEDGER_LENGTH(ledger);
	crm_buffer *buffer = crm_buffer_create(Max(length, ROLLUP_START));

	crm_check_ledger(crm_unpack_parts(LEDGER_BYTES(ledger), length, buffer));
	PG_FREE_IF_COPY(ledger, n);
	return buffer;
}

/* The state, made on first use or from a constant to start from. */
static rollup *
state_of(FunctionCallInfo fcinfo)
{
	rollup	   *state = crm_live_state(fcinfo, &rollup_methods);
	MemoryContext old;

	if (state != NULL)
		return state;
	old = MemoryContextSwitchTo(crm_state_context(fcinfo));
	state = palloc0(sizeof(*state));
	EOH_init_header(&state->header, &rollup_methods, CurrentMemoryContext);
	state->buffer = PG_ARGISNULL(0) ? crm_buffer_create(ROLLUP_START) :
		buffer_of_argument(fcinfo, 0);
	MemoryContextSwitchTo(old);
	return state;
}

/* A larger buffer is a new one, which lives where the state does. */
static void
make_room(rollup *state, int32 more)
{
	int32		capacity = crm_buffer_capacity(state->buffer, more);

	if (capacity == state->buffer->capacity)
		return;
	state->buffer = repalloc(state->buffer, CRM_BUFFER_BYTES(capacity));
	state->buffer->capacity = capacity;
}

/* Transition and combine function in one: both add a ledger to a sum. */
Datum
crm_rollup_trans(PG_FUNCTION_ARGS)
{
	rollup	   *state;
	crm_buffer *more;

	crm_check_aggregate(fcinfo);
	if (PG_ARGISNULL(1))
		return crm_unchanged_state(fcinfo);
	more = buffer_of_argument(fcinfo, 1);
	state = state_of(fcinfo);
	make_room(state, more->count);
	for (int32 i = 0; i < more->count; i++)
		crm_buffer_add(state->buffer, more->entries[i].day,
					   more->entries[i].events, more->entries[i].amount);
	pfree(more);
	return crm_state_datum(fcinfo, &state->header);
}

Datum
crm_rollup_final(PG_FUNCTION_ARGS)
{
	rollup	   *state = crm_getarg_expanded(fcinfo, 0, &rollup_methods);

	PG_RETURN_POINTER(crm_ledger_from_buffer(state != NULL ? state->buffer :
											 buffer_of_argument(fcinfo, 0)));
}
