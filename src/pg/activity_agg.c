/*
 * activity_agg.c
 *		crm_activity_agg: rows to ledgers, the product's hot loop.
 *
 * The state is a crm_buffer in the aggregate's context. It is always grouped
 * by customer, so an internal state is right: see crm_rollup for the other
 * case. Settling a buffer moves entries but does not change what they say,
 * therefore final functions may run on a state that goes on being used.
 */
#include "pg/activity.h"

#include "utils/date.h"

#include "pg/amount.h"

PG_FUNCTION_INFO_V1(crm_activity_agg_trans_day);
PG_FUNCTION_INFO_V1(crm_activity_agg_trans_numeric);
PG_FUNCTION_INFO_V1(crm_activity_agg_trans_float8);
PG_FUNCTION_INFO_V1(crm_activity_agg_trans_bigint);
PG_FUNCTION_INFO_V1(crm_activity_agg_trans_events);
PG_FUNCTION_INFO_V1(crm_activity_agg_combine);
PG_FUNCTION_INFO_V1(crm_activity_agg_serialize);
PG_FUNCTION_INFO_V1(crm_activity_agg_deserialize);
PG_FUNCTION_INFO_V1(crm_activity_agg_final);

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "aggregate function called in non-aggregate context");
	return context;
}

/* Only an aggregate can hand over a state, so a state proves the context. */
static inline crm_buffer *
state_of(FunctionCallInfo fcinfo)
{
	return PG_ARGISNULL(0) ? NULL : (crm_buffer *) PG_GETARG_POINTER(0);
}

static inline Datum
add_row(FunctionCallInfo fcinfo, int32 events, int64 amount)
{
	crm_buffer *state = state_of(fcinfo);
	int32		day = PG_GETARG_DATEADT(1);

	if (unlikely(DATE_NOT_FINITE(day)))
		crm_check_day(day);
	if (unlikely(state == NULL))
		state = crm_buffer_create(aggregate_context(fcinfo), BUFFER_START);
	PG_RETURN_POINTER(crm_buffer_push(state, day,
									  crm_events_of(events, amount), amount));
}

/* A row whose day is NULL is skipped. */
static Datum
skip_row(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	return PG_GETARG_DATUM(0);
}

Datum
crm_activity_agg_trans_day(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return skip_row(fcinfo);
	return add_row(fcinfo, 1, 0);
}

Datum
crm_activity_agg_trans_numeric(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return skip_row(fcinfo);
	return add_row(fcinfo, 1, PG_ARGISNULL(2) ? 0 :
				   crm_amount_from_numeric(PG_GETARG_DATUM(2)));
}

Datum
crm_activity_agg_trans_float8(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return skip_row(fcinfo);
	return add_row(fcinfo, 1, PG_ARGISNULL(2) ? 0 :
				   crm_amount_from_float8(PG_GETARG_FLOAT8(2)));
}

Datum
crm_activity_agg_trans_bigint(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return skip_row(fcinfo);
	return add_row(fcinfo, 1, PG_ARGISNULL(2) ? 0 :
				   crm_amount_from_bigint(PG_GETARG_INT64(2)));
}

Datum
crm_activity_agg_trans_events(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return skip_row(fcinfo);
	return add_row(fcinfo, PG_ARGISNULL(3) ? 0 : PG_GETARG_INT32(3),
				   PG_ARGISNULL(2) ? 0 :
				   crm_amount_from_numeric(PG_GETARG_DATUM(2)));
}

/* The second state may live in a shorter context: its entries are copied. */
Datum
crm_activity_agg_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	crm_buffer *state = state_of(fcinfo);
	crm_buffer *other;

	if (PG_ARGISNULL(1))
		return skip_row(fcinfo);
	other = (crm_buffer *) PG_GETARG_POINTER(1);
	if (state == NULL)
		state = crm_buffer_create(context, Max(other->count, BUFFER_START));
	for (int32 i = 0; i < other->count; i++)
		state = crm_buffer_push(state, other->entries[i].day,
								other->entries[i].events,
								other->entries[i].amount);
	PG_RETURN_POINTER(state);
}

/* Between processes a state travels as the ledger that it amounts to. */
Datum
crm_activity_agg_serialize(PG_FUNCTION_ARGS)
{
	(void) aggregate_context(fcinfo);
	PG_RETURN_POINTER(crm_ledger_from_buffer(state_of(fcinfo)));
}

Datum
crm_activity_agg_deserialize(PG_FUNCTION_ARGS)
{
	(void) aggregate_context(fcinfo);
	PG_RETURN_POINTER(crm_buffer_from_ledger(PG_GETARG_LEDGER(0)));
}

Datum
crm_activity_agg_final(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	(void) aggregate_context(fcinfo);
	PG_RETURN_POINTER(crm_ledger_from_buffer(state_of(fcinfo)));
}
