/*
 * aggregate.h
 *		States of aggregates that grow in place.
 *
 * Such a state is an expanded object (utils/expandeddatum.h). While rows come
 * in, only the aggregate holds its read-write pointer, which no table, message
 * or other function can: whatever leaves the aggregate is flat. So a state is
 * known by what PostgreSQL says of the pointer, and nothing that a value says
 * of itself is believed.
 *
 * Two rules keep that true.
 *
 * All states of an aggregate share one memory context below the aggregate's
 * own: nodeAgg.c asks every context there for its size whenever a group is
 * added, so that one for each would cost the square of the number of groups.
 * None is ever deleted alone, for a transition function answers the state that
 * it was given.
 *
 * A moving aggregate (MSFUNC and MINVFUNC, which someone may make of our
 * functions and their own) hands its state to an inverse function, which may
 * be in PL/pgSQL, and that takes read-write objects for its own and frees
 * them. There a state is a flat value, made anew for every row.
 */
#ifndef CRM_PG_SUPPORT_AGGREGATE_H
#define CRM_PG_SUPPORT_AGGREGATE_H

#include "pg/support/extension.h"

#include "utils/expandeddatum.h"

/* What a transition function returns for a row that it skips: argument 0. */
extern Datum crm_unchanged(FunctionCallInfo fcinfo);

/* The aggregate's own context; an error where none is calling. */
extern MemoryContext crm_aggregate_context(FunctionCallInfo fcinfo);
extern void crm_check_aggregate(FunctionCallInfo fcinfo);

/*
 * The state in argument 0 that may be changed in place, or NULL where there is
 * none: the argument is NULL or a flat value. An error, as of the other
 * functions of transitions, where no aggregate is calling.
 */
extern void *crm_live_state(FunctionCallInfo fcinfo,
							const ExpandedObjectMethods *methods);

/* Where a new state is to be made. */
extern MemoryContext crm_state_context(FunctionCallInfo fcinfo);

/* What a transition function returns: its state, or argument 0 as it is. */
extern Datum crm_state_datum(FunctionCallInfo fcinfo,
							 ExpandedObjectHeader *state);

/* crm_unchanged() where nothing has checked that an aggregate is calling */
extern Datum crm_unchanged_state(FunctionCallInfo fcinfo);

/* For readers: the object that argument n points to, or NULL for a flat one. */
extern void *crm_getarg_expanded(FunctionCallInfo fcinfo, int n,
								 const ExpandedObjectMethods *methods);

#endif							/* CRM_PG_SUPPORT_AGGREGATE_H */
