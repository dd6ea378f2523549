/*
 * message.c
 *		Aggregates of messages: questions with their replies, conversations.
 */
#include "pg/service/log.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/float.h"

PG_FUNCTION_INFO_V1(crm_reply_turn_trans);
PG_FUNCTION_INFO_V1(crm_reply_turn_final);
PG_FUNCTION_INFO_V1(crm_conversation_trans);
PG_FUNCTION_INFO_V1(crm_conversation_final);

/*
 * (state, at, is_reply, staff_id). A question at the instant of a reply goes
 * before it.
 */
Datum
crm_reply_turn_trans(PG_FUNCTION_ARGS)
{
	log_state  *log;
	crm_log_entry *entry;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return crm_unchanged(fcinfo);
	log = crm_log_getarg(fcinfo);
	entry = crm_log_add(log, PG_GETARG_TIMESTAMPTZ(1));
	entry->has_number = true;
	if (PG_GETARG_BOOL(2))
	{
		entry->number = 1;
		entry->flags = CRM_LOG_REPLY;
		entry->word = crm_log_getarg_text(fcinfo, 3, log);
	}
	crm_log_settle(fcinfo, log);
	PG_RETURN_POINTER(log);
}

/* (turn_no, is_first, asked_at, replied_at, staff_id) */
const log_row_type crm_log_turn_type = {
	5, {INT8OID, BOOLOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID}
};

static Datum
turn_row(const log_rows *rows, const log_state *log, const crm_log_turn *turn,
		 int64 turn_no)
{
	bool		is_open = turn->replied < 0;
	const crm_log_entry *reply = is_open ? NULL : &log->entries[turn->replied];
	Datum		values[5];
	bool		nulls[5] = {false};

	values[0] = Int64GetDatum(turn_no);
	values[1] = BoolGetDatum(turn->is_first);
	values[2] = TimestampTzGetDatum(log->entries[turn->asked].at);
	nulls[3] = is_open;
	values[3] = is_open ? (Datum) 0 : TimestampTzGetDatum(reply->at);
	nulls[4] = is_open || reply->word == NULL;
	values[4] = nulls[4] ? (Datum) 0 : PointerGetDatum(reply->word);
	return crm_log_row(rows, values, nulls);
}

Datum
crm_reply_turn_final(PG_FUNCTION_ARGS)
{
	log_state  *log = crm_log_getarg_ordered(fcinfo);
	log_rows   *rows = crm_log_rows(fcinfo, &crm_log_turn_type);
	crm_log_turn *turns;
	Datum	   *elements;
	Size		count;

	if (log == NULL)
		PG_RETURN_NULL();
	turns = palloc_extended(mul_size(log->count, sizeof(*turns)),
							MCXT_ALLOC_HUGE);
	count = crm_log_turns(log->entries, log->count, turns);
	elements = palloc_extended(mul_size(Max(count, 1), sizeof(Datum)),
							   MCXT_ALLOC_HUGE);
	for (Size i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		elements[i] = turn_row(rows, log, &turns[i], i + 1);
	}
	return crm_log_array(rows, elements, count);
}

static int
direction_flags(const struct varlena *direction)
{
	if (VARSIZE_ANY_EXHDR(direction) == 2 &&
		memcmp(VARDATA_ANY(direction), "in", 2) == 0)
		return CRM_LOG_IN;
	if (VARSIZE_ANY_EXHDR(direction) == 3 &&
		memcmp(VARDATA_ANY(direction), "out", 3) == 0)
		return CRM_LOG_OUT;
	return 0;
}

/* The usual words are a flag; others are kept as they are. */
static void
take_direction(FunctionCallInfo fcinfo, int n, log_state *log,
			   crm_log_entry *entry)
{
	if (PG_ARGISNULL(n))
		return;
	entry->flags = direction_flags(PG_GETARG_VARLENA_PP(n));
	if (entry->flags == 0)
		entry->kind = crm_log_getarg_text(fcinfo, n, log);
}

static Datum
direction_of(const crm_log_entry *entry, bool *is_null)
{
	*is_null = false;
	if ((entry->flags & CRM_LOG_IN) != 0)
		return CStringGetTextDatum("in");
	if ((entry->flags & CRM_LOG_OUT) != 0)
		return CStringGetTextDatum("out");
	*is_null = entry->kind == NULL;
	return PointerGetDatum(entry->kind);
}

/* Argument n; NULL is no end. */
static double
getarg_gap(FunctionCallInfo fcinfo, int n)
{
	double		gap = PG_ARGISNULL(n) ? get_float8_infinity() :
		PG_GETARG_FLOAT8(n);

	if (!(gap >= 0))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("gap_seconds cannot be %g", gap),
				 errhint("Give 0 or more.")));
	return gap;
}

/*
 * (state, at, message_id, direction, staff_id, gap_seconds). What a customer
 * says goes before what is said at the same instant to answer it.
 */
Datum
crm_conversation_trans(PG_FUNCTION_ARGS)
{
	log_state  *log;
	crm_log_entry *entry;

	if (PG_ARGISNULL(1))
		return crm_unchanged(fcinfo);
	log = crm_log_getarg(fcinfo);
	crm_log_ask_gap(log, getarg_gap(fcinfo, 5));
	entry = crm_log_add(log, PG_GETARG_TIMESTAMPTZ(1));
	entry->word = crm_log_getarg_text(fcinfo, 2, log);
	take_direction(fcinfo, 3, log, entry);
	entry->has_number = true;
	entry->number = (entry->flags & CRM_LOG_IN) != 0 ? 0 : 1;
	entry->name = crm_log_getarg_text(fcinfo, 4, log);
	crm_log_settle(fcinfo, log);
	PG_RETURN_POINTER(log);
}

/*
 * (conversation_no, started_at, ended_at, message_count, in_count, out_count,
 * staff_count, first_direction)
 */
static const log_row_type talk_type = {
	8, {INT8OID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT8OID, INT8OID, INT8OID,
	INT8OID, TEXTOID}
};

static Datum
talk_row(const log_rows *rows, const log_state *log, const crm_log_talk *talk,
		 int64 talk_no)
{
	const crm_log_entry *first = &log->entries[talk->first];
	Datum		values[8];
	bool		nulls[8] = {false};

	values[0] = Int64GetDatum(talk_no);
	values[1] = TimestampTzGetDatum(first->at);
	values[2] = TimestampTzGetDatum(log->entries[talk->last].at);
	values[3] = Int64GetDatum((int64) (talk->last - talk->first + 1));
	values[4] = Int64GetDatum(talk->in_count);
	values[5] = Int64GetDatum(talk->out_count);
	values[6] = Int64GetDatum(talk->staff_count);
	values[7] = direction_of(first, &nulls[7]);
	return crm_log_row(rows, values, nulls);
}

Datum
crm_conversation_final(PG_FUNCTION_ARGS)
{
	log_state  *log = crm_log_getarg_ordered(fcinfo);
	log_rows   *rows = crm_log_rows(fcinfo, &talk_type);
	uint64	   *seen;
	Datum	   *elements;
	int64		count = 0;
	double		micros;
	int64		gap;

	if (log == NULL)
		PG_RETURN_NULL();
	micros = rint(log->gap * USECS_PER_SEC);
	gap = micros < (double) PG_INT64_MAX ? (int64) micros : PG_INT64_MAX;
	seen = palloc_extended(mul_size(crm_log_number_names(log) + 1,
									sizeof(uint64)),
						   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	elements = palloc_extended(mul_size(log->count, sizeof(Datum)),
							   MCXT_ALLOC_HUGE);
	for (int64 first = 0; first < log->count; count++)
	{
		crm_log_talk talk = crm_log_next_talk(log->entries, log->count, first,
											  gap, seen);

		CHECK_FOR_INTERRUPTS();
		elements[count] = talk_row(rows, log, &talk, count + 1);
		first = talk.last + 1;
	}
	return crm_log_array(rows, elements, count);
}
