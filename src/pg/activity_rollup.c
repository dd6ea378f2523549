/*
 * activity_rollup.c
 *		crm_rollup(crm_activity): the sum of ledgers.
 *
 * Its state is a crm_activity, not internal, so that a distributed planner
 * can ship partial sums as ordinary values. A small state is a flat ledger,
 * merged anew each time: a million groups cost what their ledgers cost. A
 * large one is an expanded object around a buffer, which only grows. The
 * scheme of expanded objects is explained in utils/expandeddatum.h.
 */
#include "pg/activity.h"

#include "utils/expandeddatum.h"
#include "utils/memutils.h"

/* From this many bytes on, merging anew each time costs more than a buffer. */
#define EXPAND_FROM	256

#define EXPANDED_MAGIC	0x43524d41	/* "CRMA" */

typedef struct expanded_ledger
{
	ExpandedObjectHeader header;
	int			magic;
	crm_buffer *buffer;
	crm_ledger *flat;			/* what get_flat_size() packed, or NULL */
} expanded_ledger;

static Size
flat_size(ExpandedObjectHeader *header)
{
	expanded_ledger *expanded = (expanded_ledger *) header;

	if (expanded->flat == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(header->eoh_context);

		expanded->flat = crm_ledger_from_buffer(expanded->buffer);
		MemoryContextSwitchTo(old);
	}
	return VARSIZE(expanded->flat);
}

static void
flatten_into(ExpandedObjectHeader *header, void *result, Size size)
{
	expanded_ledger *expanded = (expanded_ledger *) header;

	Assert(expanded->magic == EXPANDED_MAGIC);
	memcpy(result, expanded->flat, size);
}

static const ExpandedObjectMethods ledger_methods = {flat_size, flatten_into};

static expanded_ledger *
expand_ledger(const crm_ledger *ledger, MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(parent, "expanded ledger",
												  ALLOCSET_START_SMALL_SIZES);
	expanded_ledger *expanded = MemoryContextAllocZero(context,
													   sizeof(*expanded));
	MemoryContext old = MemoryContextSwitchTo(context);

	EOH_init_header(&expanded->header, &ledger_methods, context);
	expanded->magic = EXPANDED_MAGIC;
	expanded->buffer = crm_buffer_from_ledger(ledger);
	MemoryContextSwitchTo(old);
	return expanded;
}

/* The state as an expanded object, or NULL where it is still flat. */
static expanded_ledger *
expanded_state(FunctionCallInfo fcinfo)
{
	Datum		state = PG_GETARG_DATUM(0);

	if (!VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(state)))
		return NULL;
	return (expanded_ledger *) DatumGetEOHP(state);
}

PG_FUNCTION_INFO_V1(crm_rollup_trans);

/* Transition and combine function in one: both add a ledger to a ledger. */
Datum
crm_rollup_trans(PG_FUNCTION_ARGS)
{
	MemoryContext context;
	expanded_ledger *state;
	crm_ledger *sum;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "aggregate function called in non-aggregate context");
	state = expanded_state(fcinfo);
	if (state == NULL)
	{
		sum = crm_ledger_combine(PG_GETARG_LEDGER(0), PG_GETARG_LEDGER(1),
								 false);
		if (VARSIZE(sum) < EXPAND_FROM)
			PG_RETURN_POINTER(sum);
		state = expand_ledger(sum, context);
	}
	else
	{
		if (state->flat != NULL)
			pfree(state->flat);
		state->flat = NULL;
		state->buffer = crm_buffer_add_ledger(state->buffer,
											  PG_GETARG_LEDGER(1));
	}
	return EOHPGetRWDatum(&state->header);
}
