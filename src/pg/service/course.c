/*
 * course.c
 *		Aggregates of the states of a case: its ends, its cycles, its present
 *		states, its holders.
 *
 * States are in the order of their instant, then of their number, where they
 * have one, then of the status.
 */
#include "pg/service/log.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"

#include "pg/calendar/calendar.h"

PG_FUNCTION_INFO_V1(crm_case_end_trans);
PG_FUNCTION_INFO_V1(crm_case_end_final);
PG_FUNCTION_INFO_V1(crm_case_cycle_trans);
PG_FUNCTION_INFO_V1(crm_case_cycle_final);
PG_FUNCTION_INFO_V1(crm_open_stay_trans);
PG_FUNCTION_INFO_V1(crm_open_stay_final);
PG_FUNCTION_INFO_V1(crm_holder_trans);
PG_FUNCTION_INFO_V1(crm_holder_final);

/* Arguments 1 to 3: the instant, the number, the status */
static crm_log_entry *
add_state(FunctionCallInfo fcinfo, log_state *log)
{
	crm_log_entry *entry = crm_log_add(log, PG_GETARG_TIMESTAMPTZ(1));

	entry->has_number = !PG_ARGISNULL(2);
	if (entry->has_number)
		entry->number = PG_GETARG_INT64(2);
	entry->word = crm_log_getarg_text(fcinfo, 3, log);
	return entry;
}

/* Words that mean the same, in lower case. */
typedef struct words
{
	Datum	   *texts;
	bool	   *nulls;
	int			count;
} words;

/* For crm_once_of() */
static void *
make_words(struct varlena *array)
{
	words	   *made = palloc(sizeof(*made));

	deconstruct_array((ArrayType *) array, TEXTOID, -1, false, TYPALIGN_INT,
					  &made->texts, &made->nulls, &made->count);
	return made;
}

/* A to Z are like a to z, as in lower(status COLLATE "C"). */
static bool
is_word(const struct varlena *word, const char *text, Size length)
{
	const char *letters = VARDATA_ANY(word);

	if (VARSIZE_ANY_EXHDR(word) != length)
		return false;
	for (Size i = 0; i < length; i++)
		if (letters[i] != (char) pg_ascii_tolower((unsigned char) text[i]))
			return false;
	return true;
}

/* The words of both arguments, which are the same in every row. */
typedef struct vocabulary
{
	void	   *one;
	void	   *other;
} vocabulary;

/* The flag where the words of argument n have the status, argument 3 */
static int
flag_of_words(FunctionCallInfo fcinfo, int n, void **kept, int flag)
{
	text	   *status;
	words	   *known;

	if (PG_ARGISNULL(3) || PG_ARGISNULL(n))
		return 0;
	status = PG_GETARG_TEXT_PP(3);
	known = crm_once_of(kept, fcinfo->flinfo->fn_mcxt,
						PG_GETARG_VARLENA_PP(n), make_words);
	for (int i = 0; i < known->count; i++)
		if (!known->nulls[i] &&
			is_word((struct varlena *) DatumGetPointer(known->texts[i]),
					VARDATA_ANY(status), VARSIZE_ANY_EXHDR(status)))
			return flag;
	return 0;
}

/* What arguments 4 and 5, two lists of words, say of the status */
static int
getarg_flags(FunctionCallInfo fcinfo, int flag, int other_flag)
{
	vocabulary *known = fcinfo->flinfo->fn_extra;

	if (known == NULL)
		known = fcinfo->flinfo->fn_extra =
			MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(*known));
	return flag_of_words(fcinfo, 4, &known->one, flag) |
		flag_of_words(fcinfo, 5, &known->other, other_flag);
}

/* (state, changed_at, event_no, status, done_words, closed_words) */
Datum
crm_case_end_trans(PG_FUNCTION_ARGS)
{
	log_state  *log;

	if (PG_ARGISNULL(1))
		return crm_unchanged(fcinfo);
	log = crm_log_getarg(fcinfo);
	add_state(fcinfo, log)->flags = getarg_flags(fcinfo, CRM_LOG_DONE,
												 CRM_LOG_CLOSED);
	crm_log_settle(fcinfo, log);
	PG_RETURN_POINTER(log);
}

/* {resolved_at, closed_at, done_since_at, closed_since_at} */
Datum
crm_case_end_final(PG_FUNCTION_ARGS)
{
	log_state  *log = crm_log_getarg_ordered(fcinfo);
	crm_log_end end;
	int64		found[4];
	Datum		values[4] = {0};
	bool		nulls[4];
	int			size = 4;
	int			low = 1;

	if (log == NULL)
		PG_RETURN_NULL();
	end = crm_log_ends(log->entries, log->count);
	found[0] = end.resolved;
	found[1] = end.closed;
	found[2] = end.done_since;
	found[3] = end.closed_since;
	for (int i = 0; i < size; i++)
	{
		nulls[i] = found[i] < 0;
		if (!nulls[i])
			values[i] = TimestampTzGetDatum(log->entries[found[i]].at);
	}
	PG_RETURN_ARRAYTYPE_P(construct_md_array(values, nulls, 1, &size, &low,
											 TIMESTAMPTZOID, sizeof(TimestampTz),
											 FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/*
 * Arguments 1 to 7: also the words of ends and pauses, the instant that the last
 * state lasts until, and the calendar.
 */
static crm_log_entry *
add_timed_state(FunctionCallInfo fcinfo, log_state *log)
{
	crm_log_entry *entry;

	crm_log_ask_until(log, PG_GETARG_TIMESTAMPTZ(6));
	entry = add_state(fcinfo, log);
	entry->flags = getarg_flags(fcinfo, CRM_LOG_DONE, CRM_LOG_WAITING);
	return entry;
}

/*
 * (state, changed_at, event_no, status, done_words, waiting_words, until_at,
 * calendar). The calendar is asked for pauses alone.
 */
Datum
crm_case_cycle_trans(PG_FUNCTION_ARGS)
{
	log_state  *log;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(6) || PG_ARGISNULL(7))
		return crm_unchanged(fcinfo);
	log = crm_log_getarg(fcinfo);
	if ((add_timed_state(fcinfo, log)->flags & CRM_LOG_WAITING) != 0)
		crm_log_ask_calendar(log, PG_GETARG_VARLENA_PP(7));
	crm_log_settle(fcinfo, log);
	PG_RETURN_POINTER(log);
}

static int64
business_micros(void *clock, int64 from, int64 to)
{
	double		micros =
		rint(crm_zone_clock_seconds(clock, from, to) * USECS_PER_SEC);

	CHECK_FOR_INTERRUPTS();
	return micros < (double) PG_INT64_MAX ? (int64) micros : PG_INT64_MAX;
}

/*
 * (cycle_no, started_at, resolved_at, is_paused, paused_seconds,
 * paused_business_seconds, ended_in_pause)
 */
const log_row_type crm_log_cycle_type = {
	7, {INT8OID, TIMESTAMPTZOID, TIMESTAMPTZOID, BOOLOID, FLOAT8OID, FLOAT8OID,
	BOOLOID}
};

static Datum
cycle_row(const log_rows *rows, const log_state *log,
		  const crm_log_cycle *cycle, int64 cycle_no)
{
	Datum		values[7];
	bool		nulls[7] = {false};

	values[0] = Int64GetDatum(cycle_no);
	values[1] = TimestampTzGetDatum(log->entries[cycle->started].at);
	nulls[2] = cycle->resolved < 0;
	values[2] = nulls[2] ? (Datum) 0 :
		TimestampTzGetDatum(log->entries[cycle->resolved].at);
	values[3] = BoolGetDatum(cycle->is_paused);
	values[4] = Float8GetDatum(cycle->paused / 1e6);
	values[5] = Float8GetDatum(cycle->paused_business / 1e6);
	values[6] = BoolGetDatum(cycle->ended_in_pause);
	return crm_log_row(rows, values, nulls);
}

/* The clock of the calendar, or NULL where nothing asked for it */
static void *
clock_of(FunctionCallInfo fcinfo, log_rows *rows, const log_state *log)
{
	if (log->calendar == NULL)
		return NULL;
	return crm_once_of(&rows->kept, fcinfo->flinfo->fn_mcxt, log->calendar,
					   crm_zone_clock_make);
}

Datum
crm_case_cycle_final(PG_FUNCTION_ARGS)
{
	log_state  *log = crm_log_getarg_ordered(fcinfo);
	log_rows   *rows = crm_log_rows(fcinfo, &crm_log_cycle_type);
	crm_log_cycle *cycles;
	Datum	   *elements;
	Size		count;

	if (log == NULL)
		PG_RETURN_NULL();
	cycles = palloc_extended(mul_size(log->count, sizeof(*cycles)),
							 MCXT_ALLOC_HUGE);
	count = crm_log_cycles(log->entries, log->count, log->until,
						   business_micros, clock_of(fcinfo, rows, log),
						   cycles);
	elements = palloc_extended(mul_size(Max(count, 1), sizeof(Datum)),
							   MCXT_ALLOC_HUGE);
	for (Size i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		elements[i] = cycle_row(rows, log, &cycles[i], i + 1);
	}
	return crm_log_array(rows, elements, count);
}

/*
 * (state, changed_at, event_no, status, done_words, waiting_words, until_at,
 * calendar, staff_id, department)
 */
Datum
crm_open_stay_trans(PG_FUNCTION_ARGS)
{
	log_state  *log;
	crm_log_entry *entry;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(6) || PG_ARGISNULL(7))
		return crm_unchanged(fcinfo);
	log = crm_log_getarg(fcinfo);
	entry = add_timed_state(fcinfo, log);
	crm_log_ask_calendar(log, PG_GETARG_VARLENA_PP(7));
	entry->name = crm_log_getarg_text(fcinfo, 8, log);
	entry->kind = crm_log_getarg_text(fcinfo, 9, log);
	crm_log_settle(fcinfo, log);
	PG_RETURN_POINTER(log);
}

static Datum
text_or_null(const void *text, bool *is_null)
{
	*is_null = text == NULL;
	return PointerGetDatum(text);
}

/*
 * (stay_no, started_at, ended_at, status, staff_id, department, is_reopened,
 * cycle_started_at, used_seconds, used_business_seconds)
 */
static const log_row_type stay_type = {
	10, {INT8OID, TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, TEXTOID,
	BOOLOID, TIMESTAMPTZOID, FLOAT8OID, FLOAT8OID}
};

static Datum
stay_row(const log_rows *rows, const log_state *log, const crm_log_stay *stay,
		 const crm_log_stay *first)
{
	const crm_log_entry *entry = &log->entries[stay->entry];
	Datum		values[10];
	bool		nulls[10] = {false};

	values[0] = Int64GetDatum(stay->entry + 1);
	values[1] = TimestampTzGetDatum(entry->at);
	nulls[2] = stay->entry + 1 == log->count;
	values[2] = nulls[2] ? (Datum) 0 : TimestampTzGetDatum(entry[1].at);
	values[3] = text_or_null(entry->word, &nulls[3]);
	values[4] = text_or_null(entry->name, &nulls[4]);
	values[5] = text_or_null(entry->kind, &nulls[5]);
	values[6] = BoolGetDatum(first->entry > 0);
	values[7] = TimestampTzGetDatum(log->entries[first->entry].at);
	values[8] = Float8GetDatum(stay->used / 1e6);
	values[9] = Float8GetDatum(stay->used_business / 1e6);
	return crm_log_row(rows, values, nulls);
}

/* Of a case that is done nothing, which is most of them */
Datum
crm_open_stay_final(PG_FUNCTION_ARGS)
{
	log_state  *log = crm_log_getarg_ordered(fcinfo);
	log_rows   *rows = crm_log_rows(fcinfo, &stay_type);
	crm_log_stay *stays;
	Datum	   *elements;
	Size		count;

	if (log == NULL)
		PG_RETURN_NULL();
	stays = palloc_extended(mul_size(log->count, sizeof(*stays)),
							MCXT_ALLOC_HUGE);
	count = crm_log_open_stays(log->entries, log->count, log->until,
							   business_micros, clock_of(fcinfo, rows, log),
							   stays);
	if (count == 0)
		PG_RETURN_NULL();
	elements = palloc_extended(mul_size(count, sizeof(Datum)),
							   MCXT_ALLOC_HUGE);
	for (Size i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		elements[i] = stay_row(rows, log, &stays[i], &stays[0]);
	}
	return crm_log_array(rows, elements, count);
}

/* (state, changed_at, event_no, status, holder) */
Datum
crm_holder_trans(PG_FUNCTION_ARGS)
{
	log_state  *log;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(4))
		return crm_unchanged(fcinfo);
	log = crm_log_getarg(fcinfo);
	add_state(fcinfo, log)->name = crm_log_getarg_text(fcinfo, 4, log);
	crm_log_settle(fcinfo, log);
	PG_RETURN_POINTER(log);
}

/* {holder_count, run_count, ping_pong_count} */
Datum
crm_holder_final(PG_FUNCTION_ARGS)
{
	log_state  *log = crm_log_getarg_ordered(fcinfo);
	crm_log_holding holding;
	Datum		values[3];

	if (log == NULL)
		PG_RETURN_NULL();
	values[0] = Int64GetDatum(crm_log_number_names(log));
	holding = crm_log_holders(log->entries, log->count);
	values[1] = Int64GetDatum(holding.runs);
	values[2] = Int64GetDatum(holding.ping_pongs);
	PG_RETURN_ARRAYTYPE_P(construct_array(values, 3, INT8OID, sizeof(int64),
										  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
