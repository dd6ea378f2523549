/*
 * aggregate.c
 *		States of aggregates that grow in place; aggregate.h says how.
 */
#include "pg/support/aggregate.h"

#include "nodes/execnodes.h"
#include "nodes/memnodes.h"
#include "utils/datum.h"
#include "utils/memutils.h"
#include "utils/regproc.h"

/* What the contexts of states are found by: its address, which is ours. */
static const char context_ident[] = "crm_ext";

MemoryContext
crm_aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("function %s must be called as part of an aggregate",
						format_procedure(fcinfo->flinfo->fn_oid)),
				 errhint("Use the aggregate to which it belongs.")));
	return context;
}

void
crm_check_aggregate(FunctionCallInfo fcinfo)
{
	(void) crm_aggregate_context(fcinfo);
}

/* nodeWindowAgg.c gives each moving aggregate a context of its own. */
static bool
is_moving(FunctionCallInfo fcinfo)
{
	WindowAggState *window = (WindowAggState *) fcinfo->context;

	return IsA(window, WindowAggState) &&
		window->curaggcontext != window->aggcontext;
}

void *
crm_live_state(FunctionCallInfo fcinfo, const ExpandedObjectMethods *methods)
{
	MemoryContext context = crm_aggregate_context(fcinfo);
	ExpandedObjectHeader *object;

	if (PG_ARGISNULL(0) ||
		!VARATT_IS_EXTERNAL_EXPANDED_RW(PG_GETARG_POINTER(0)))
		return NULL;
	object = DatumGetEOHP(PG_GETARG_DATUM(0));
	return object->eoh_methods == methods &&
		MemoryContextGetParent(object->eoh_context) == context ? object : NULL;
}

MemoryContext
crm_state_context(FunctionCallInfo fcinfo)
{
	MemoryContext parent = crm_aggregate_context(fcinfo);
	MemoryContext made;

	if (is_moving(fcinfo))
		return CurrentMemoryContext;
	for (MemoryContext child = parent->firstchild; child != NULL;
		 child = child->nextchild)
		if (child->ident == context_ident)
			return child;
	made = AllocSetContextCreate(parent, "crm_ext states",
								 ALLOCSET_START_SMALL_SIZES);
	MemoryContextSetIdentifier(made, context_ident);
	return made;
}

Datum
crm_state_datum(FunctionCallInfo fcinfo, ExpandedObjectHeader *state)
{
	if (is_moving(fcinfo))
		return datumCopy(EOHPGetRODatum(state), false, -1);
	return EOHPGetRWDatum(state);
}

Datum
crm_unchanged(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	return PG_GETARG_DATUM(0);
}

Datum
crm_unchanged_state(FunctionCallInfo fcinfo)
{
	(void) crm_aggregate_context(fcinfo);
	return crm_unchanged(fcinfo);
}

void *
crm_getarg_expanded(FunctionCallInfo fcinfo, int n,
					const ExpandedObjectMethods *methods)
{
	ExpandedObjectHeader *object;

	if (!VARATT_IS_EXTERNAL_EXPANDED(PG_GETARG_POINTER(n)))
		return NULL;
	object = DatumGetEOHP(PG_GETARG_DATUM(n));
	return object->eoh_methods == methods ? object : NULL;
}
