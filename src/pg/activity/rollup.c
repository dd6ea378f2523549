/*
 * rollup.c
 *		crm_rollup(crm_activity): the sum of ledgers.
 *
 * Its state is a crm_activity, not internal, so that a distributed planner
 * can ship partial sums as ordinary values; while rows come in, it is an
 * expanded object around a buffer (aggregate.h).
 */
#include "pg/activity/activity.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "pg/support/aggregate.h"

/* Buffer and entries fill 256 bytes. */
#define ROLLUP_START	15

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
				crm_ledger_pack_parts(buffer->entries, buffer->count,
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

/* Room for one entry more. A larger buffer lives where the state does. */
static void
make_room(rollup *state)
{
	int32		capacity = crm_buffer_capacity(state->buffer, 1);

	CHECK_FOR_INTERRUPTS();
	if (capacity == state->buffer->capacity)
		return;
	state->buffer = repalloc(state->buffer, CRM_BUFFER_BYTES(capacity));
	state->buffer->capacity = capacity;
}

/* Adds what argument n holds, which may be a sum in parts itself. */
static void
add_argument(FunctionCallInfo fcinfo, int n, rollup *state)
{
	crm_ledger *ledger = PG_GETARG_LEDGER(n);
	crm_reader	reader;
	crm_entry	entry;

	crm_reader_init_parts(&reader, LEDGER_BYTES(ledger),
						  LEDGER_LENGTH(ledger));
	while (crm_reader_next(&reader, &entry))
		while (!crm_buffer_add(state->buffer, entry.day, entry.events,
							   entry.amount))
			make_room(state);
	crm_check_ledger(reader.status);
	PG_FREE_IF_COPY(ledger, n);
}

static rollup *
create_rollup(MemoryContext context)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	rollup	   *made = palloc0(sizeof(*made));

	EOH_init_header(&made->header, &rollup_methods, context);
	made->buffer = crm_buffer_create(ROLLUP_START);
	MemoryContextSwitchTo(old);
	return made;
}

/* The state, made on first use or from a constant to start from. */
static rollup *
state_of(FunctionCallInfo fcinfo)
{
	rollup	   *state = crm_live_state(fcinfo, &rollup_methods);

	if (state != NULL)
		return state;
	state = create_rollup(crm_state_context(fcinfo));
	if (!PG_ARGISNULL(0))
		add_argument(fcinfo, 0, state);
	return state;
}

/* Transition and combine function in one: both add a ledger to a sum. */
Datum
crm_rollup_trans(PG_FUNCTION_ARGS)
{
	rollup	   *state;

	if (PG_ARGISNULL(1))
		return crm_unchanged_state(fcinfo);
	state = state_of(fcinfo);
	add_argument(fcinfo, 1, state);
	return crm_state_datum(fcinfo, &state->header);
}

/* Packs the sum; settling it on the way does not change what it says. */
Datum
crm_rollup_final(PG_FUNCTION_ARGS)
{
	rollup	   *state = crm_getarg_expanded(fcinfo, 0, &rollup_methods);

	if (state == NULL)
	{
		state = create_rollup(CurrentMemoryContext);
		add_argument(fcinfo, 0, state);
	}
	PG_RETURN_POINTER(crm_ledger_from_buffer(state->buffer));
}
