/*
 * agg.c
 *		crm_activity_agg: rows to ledgers, the product's hot loop.
 *
 * The state is a crm_journal in the aggregate's context. It is always grouped
 * by customer, so an internal state is right: see crm_rollup for the other
 * case.
 */
#include "pg/activity/activity.h"

#include "utils/date.h"
#include "utils/memutils.h"

#include "core/activity/journal.h"
#include "pg/activity/amount.h"
#include "pg/support/aggregate.h"

/* About ten rows. Journals fill powers of two, as the allocator has them. */
#define CAPACITY_START	(64 - (int) CRM_JOURNAL_BYTES(0))

PG_FUNCTION_INFO_V1(crm_activity_agg_trans_day);
PG_FUNCTION_INFO_V1(crm_activity_agg_trans_numeric);
PG_FUNCTION_INFO_V1(crm_activity_agg_trans_float8);
PG_FUNCTION_INFO_V1(crm_activity_agg_trans_bigint);
PG_FUNCTION_INFO_V1(crm_activity_agg_trans_events);
PG_FUNCTION_INFO_V1(crm_activity_agg_combine);
PG_FUNCTION_INFO_V1(crm_activity_agg_serialize);
PG_FUNCTION_INFO_V1(crm_activity_agg_deserialize);
PG_FUNCTION_INFO_V1(crm_activity_agg_final);

/* Journals */

static crm_journal *
create_journal(MemoryContext context)
{
	crm_journal *journal = MemoryContextAlloc(context,
											  CRM_JOURNAL_BYTES(CAPACITY_START));

	crm_journal_clear(journal);
	journal->capacity = CAPACITY_START;
	return journal;
}

/* Twice the room. The allocator's powers of two stay filled. */
static crm_journal *
enlarge_journal(crm_journal *journal)
{
	Size		size = 2 * CRM_JOURNAL_BYTES(journal->capacity);

	if (size > MaxAllocSize)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_NO_SPACE)),
				 errmsg("rows of one crm_activity do not fit into %zu bytes",
						MaxAllocSize)));
	journal = repalloc(journal, size);
	journal->capacity = (int32) (size - CRM_JOURNAL_BYTES(0));
	return journal;
}

static crm_buffer *
buffer_from_journal(const crm_journal *journal)
{
	crm_buffer *buffer = crm_buffer_create(CRM_JOURNAL_ROWS(journal->length));

	buffer->count = crm_journal_read(journal, buffer->entries);
	buffer->ordered = journal->ordered;
	return buffer;
}

/* Add up the rows of each day. A total that does not fit stays in parts. */
static crm_journal *
settle_journal(crm_journal *journal)
{
	crm_buffer *buffer = buffer_from_journal(journal);
	int32		bad_day;

	(void) crm_buffer_settle(buffer, crm_interrupted, NULL, &bad_day);
	crm_journal_clear(journal);
	for (int32 i = 0; i < buffer->count; i++)
		while (!crm_journal_add(journal, &buffer->entries[i]))
			journal = enlarge_journal(journal);
	pfree(buffer);
	return journal;
}

/*
 * Make room in a full journal, which may move. Adding up equal days may do; so
 * memory follows the number of days, not of rows.
 */
static crm_journal *
make_room(crm_journal *journal)
{
	if (!journal->ordered)
		journal = settle_journal(journal);
	if (journal->length > journal->capacity / 2)
		journal = enlarge_journal(journal);
	return journal;
}

static inline crm_journal *
add_to_journal(crm_journal *journal, const crm_entry *row)
{
	while (!crm_journal_add(journal, row))
		journal = make_room(journal);
	return journal;
}

/* The aggregate */

/* Only an aggregate can hand over a state, so a state proves the context. */
static inline crm_journal *
state_of(FunctionCallInfo fcinfo)
{
	return PG_ARGISNULL(0) ? NULL : (crm_journal *) PG_GETARG_POINTER(0);
}

static inline Datum
add_row(FunctionCallInfo fcinfo, int32 events, int64 amount)
{
	crm_journal *state = state_of(fcinfo);
	crm_entry	row = {
		.amount = amount, .day = PG_GETARG_DATEADT(1),
		.events = crm_events_of(events, amount)
	};

	if (unlikely(DATE_NOT_FINITE(row.day)))
		crm_check_day(row.day);
	if (unlikely(state == NULL))
		state = create_journal(crm_aggregate_context(fcinfo));
	PG_RETURN_POINTER(add_to_journal(state, &row));
}

Datum
crm_activity_agg_trans_day(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return crm_unchanged(fcinfo);
	return add_row(fcinfo, 1, 0);
}

Datum
crm_activity_agg_trans_numeric(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return crm_unchanged(fcinfo);
	return add_row(fcinfo, 1, PG_ARGISNULL(2) ? 0 :
				   crm_amount_from_numeric(PG_GETARG_DATUM(2)));
}

Datum
crm_activity_agg_trans_float8(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return crm_unchanged(fcinfo);
	return add_row(fcinfo, 1, PG_ARGISNULL(2) ? 0 :
				   crm_amount_from_float8(PG_GETARG_FLOAT8(2)));
}

Datum
crm_activity_agg_trans_bigint(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return crm_unchanged(fcinfo);
	return add_row(fcinfo, 1, PG_ARGISNULL(2) ? 0 :
				   crm_amount_from_bigint(PG_GETARG_INT64(2)));
}

Datum
crm_activity_agg_trans_events(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return crm_unchanged(fcinfo);
	return add_row(fcinfo, PG_ARGISNULL(3) ? 0 : PG_GETARG_INT32(3),
				   PG_ARGISNULL(2) ? 0 :
				   crm_amount_from_numeric(PG_GETARG_DATUM(2)));
}

/* The second state may live in a shorter context: its rows are copied. */
Datum
crm_activity_agg_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = crm_aggregate_context(fcinfo);
	crm_journal *state = state_of(fcinfo);
	crm_buffer *rows;

	if (PG_ARGISNULL(1))
		return crm_unchanged(fcinfo);
	if (state == NULL)
		state = create_journal(context);
	rows = buffer_from_journal((crm_journal *) PG_GETARG_POINTER(1));
	for (int32 i = 0; i < rows->count; i++)
		state = add_to_journal(state, &rows->entries[i]);
	pfree(rows);
	PG_RETURN_POINTER(state);
}

/* Between processes a journal travels as it is, less the room to spare. */
Datum
crm_activity_agg_serialize(PG_FUNCTION_ARGS)
{
	crm_journal *state = state_of(fcinfo);
	Size		size = CRM_JOURNAL_BYTES(state->length);
	bytea	   *message = palloc(VARHDRSZ + size);

	crm_check_aggregate(fcinfo);
	SET_VARSIZE(message, VARHDRSZ + size);
	memcpy(VARDATA(message), state, size);
	PG_RETURN_BYTEA_P(message);
}

Datum
crm_activity_agg_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *message = PG_GETARG_BYTEA_PP(0);
	crm_journal *state = palloc(VARSIZE_ANY_EXHDR(message));

	crm_check_aggregate(fcinfo);
	memcpy(state, VARDATA_ANY(message), VARSIZE_ANY_EXHDR(message));
	PG_RETURN_POINTER(state);
}

Datum
crm_activity_agg_final(PG_FUNCTION_ARGS)
{
	crm_buffer *buffer;
	crm_ledger *ledger;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	crm_check_aggregate(fcinfo);
	buffer = buffer_from_journal(state_of(fcinfo));
	ledger = crm_ledger_from_buffer(buffer);
	pfree(buffer);
	PG_RETURN_POINTER(ledger);
}
