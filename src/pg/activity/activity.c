/*
 * activity.c
 *		crm_activity the type: ledgers built, read, written and compared.
 */
#include "pg/activity/activity.h"

#include "common/hashfn.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/date.h"
#include "utils/memutils.h"

#include "core/activity/amount.h"
#include "pg/activity/amount.h"

#define LEDGER_HINT \
	errhint("Write {day:events:amount,...}, for example {2024-01-05:1:29.33,2024-02-01:2:15}.")

#define TOTAL_OUT_OF_RANGE(day, text) \
	(errcode(crm_errcode(CRM_OUT_OF_RANGE)), \
	 errmsg("total of %.*s is out of range for crm_activity", \
			crm_day_text(day, text), text), \
	 errdetail("A day holds at most %d events and an amount of 922337203685477.5807, in either direction.", \
			   CRM_EVENTS_MAX))

PG_FUNCTION_INFO_V1(crm_activity_in);
PG_FUNCTION_INFO_V1(crm_activity_out);
PG_FUNCTION_INFO_V1(crm_activity_recv);
PG_FUNCTION_INFO_V1(crm_activity_send);
PG_FUNCTION_INFO_V1(crm_activity_entry);
PG_FUNCTION_INFO_V1(crm_activity_add);
PG_FUNCTION_INFO_V1(crm_ledger_sum);
PG_FUNCTION_INFO_V1(crm_emptied_ledgers);
PG_FUNCTION_INFO_V1(crm_activity_subtract);
PG_FUNCTION_INFO_V1(crm_activity_eq);
PG_FUNCTION_INFO_V1(crm_activity_ne);
PG_FUNCTION_INFO_V1(crm_activity_lt);
PG_FUNCTION_INFO_V1(crm_activity_le);
PG_FUNCTION_INFO_V1(crm_activity_gt);
PG_FUNCTION_INFO_V1(crm_activity_ge);
PG_FUNCTION_INFO_V1(crm_activity_cmp);
PG_FUNCTION_INFO_V1(crm_activity_hash);
PG_FUNCTION_INFO_V1(crm_activity_hash_extended);
PG_FUNCTION_INFO_V1(crm_activity_to_json);
PG_FUNCTION_INFO_V1(crm_activity_to_jsonb);

/* Errors that every topic of the ledger shares. */

void
crm_refuse_total(int32 day)
{
	char		text[CRM_DAY_TEXT];

	ereport(ERROR, TOTAL_OUT_OF_RANGE(day, text));
	pg_unreachable();
}

/* For a status of reading a ledger that already is in the database. */
void
crm_check_ledger(crm_status status)
{
	if (status != CRM_OK)
		ereport(ERROR,
				(errcode(crm_errcode(status)),
				 status == CRM_OUT_OF_RANGE
				 ? errmsg("total of a day is out of range for crm_activity")
				 : errmsg("stored crm_activity is corrupt")));
}

void
crm_check_total(crm_status status, const char *total)
{
	if (status == CRM_OUT_OF_RANGE)
		ereport(ERROR,
				(errcode(crm_errcode(status)),
				 errmsg("%s is out of range", total)));
	crm_check_ledger(status);
}

void
crm_check_day(int32 day)
{
	if (DATE_NOT_FINITE(day))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("day of an event cannot be %s",
						DATE_IS_NOBEGIN(day) ? "-infinity" : "infinity"),
				 errhint("Use NULL for an event whose day is not known; it is skipped.")));
}

/* Buffers */

static void
check_capacity(int64 capacity)
{
	if (CRM_BUFFER_BYTES(capacity) > MaxAllocSize)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_NO_SPACE)),
				 errmsg("crm_activity cannot hold more than %d days",
						(int) (MaxAllocSize / sizeof(crm_entry)))));
}

crm_buffer *
crm_buffer_create(int32 capacity)
{
	crm_buffer *buffer;

	check_capacity(capacity);
	buffer = palloc(CRM_BUFFER_BYTES(capacity));
	crm_buffer_init(buffer, capacity);
	return buffer;
}

/*
 * The capacity that a buffer needs to take so many more entries, its own
 * where there is room. Out of order, adding up equal days may do; so memory
 * follows the number of days, not of rows. With a header of one entry's size,
 * 3, 7, 15 ... entries fill the allocator's powers of two.
 */
int32
crm_buffer_capacity(crm_buffer *buffer, int32 more)
{
	int64		needed = (int64) buffer->count + more;
	int64		capacity = buffer->capacity;
	int32		bad_day;

	if (needed <= capacity)
		return buffer->capacity;
	if (!buffer->ordered)
		(void) crm_buffer_settle(buffer, crm_interrupted, NULL, &bad_day);
	needed = (int64) buffer->count + more;
	if (needed > capacity || buffer->count > capacity / 2)
		capacity = Max(needed, 2 * capacity + 1);
	check_capacity(capacity);
	return (int32) capacity;
}

void
crm_buffer_finish(crm_buffer *buffer)
{
	int32		bad_day;

	if (crm_buffer_settle(buffer, crm_interrupted, NULL, &bad_day) != CRM_OK)
		crm_refuse_total(bad_day);
}

/* A new buffer, in the current context, of what a ledger holds. */
crm_buffer *
crm_buffer_from_ledger(const crm_ledger *ledger)
{
	Size		length = LEDGER_LENGTH(ledger);
	crm_buffer *buffer = crm_buffer_create(length);

	crm_check_ledger(crm_ledger_unpack(LEDGER_BYTES(ledger), length,
									   buffer->entries, &buffer->count));
	CHECK_FOR_INTERRUPTS();
	return buffer;
}

/* Ledgers */

crm_ledger *
crm_ledger_from_entries(const crm_entry *entries, int32 count)
{
	Size		bound = VARHDRSZ + CRM_PACKED_BOUND(count);
	crm_ledger *ledger;
	Size		size;

	if (bound > MaxAllocSize)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_NO_SPACE)),
				 errmsg("crm_activity cannot hold %d days", count)));
	ledger = palloc(bound);
	size = crm_ledger_pack(entries, count, (uint8 *) VARDATA(ledger));
	SET_VARSIZE(ledger, VARHDRSZ + size);
	return ledger;
}

crm_ledger *
crm_ledger_from_buffer(crm_buffer *buffer)
{
	crm_buffer_finish(buffer);
	return crm_ledger_from_entries(buffer->entries, buffer->count);
}

crm_ledger *
crm_ledger_combine(const crm_ledger *a, const crm_ledger *b, bool subtract)
{
	crm_buffer *left = crm_buffer_from_ledger(a);
	crm_buffer *right = crm_buffer_from_ledger(b);
	crm_buffer *both = crm_buffer_create(left->count + right->count);
	crm_ledger *result;
	int32		bad_day;

	if (crm_ledger_merge(left, right, subtract, crm_interrupted, NULL, both,
						 &bad_day) != CRM_OK)
		crm_refuse_total(bad_day);
	result = crm_ledger_from_entries(both->entries, both->count);
	pfree(left);
	pfree(right);
	pfree(both);
	return result;
}

/* Input and output */

Datum
crm_activity_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	crm_buffer *buffer = crm_buffer_create(strlen(text) / CRM_ENTRY_TEXT_MIN + 1);
	const char *fault;
	int32		bad_day;
	char		day[CRM_DAY_TEXT];

	if (crm_ledger_parse(text, crm_interrupted, NULL, buffer, &fault) != CRM_OK)
		crm_ereturn(fcinfo->context,
					(errcode(crm_errcode(CRM_BAD_TEXT)),
					 errmsg("invalid input syntax for type crm_activity: \"%s\"",
							crm_clip_text(text)),
					 *fault ? errdetail("Near \"%s\".", crm_clip_text(fault)) :
					 errdetail("It ends too early."),
					 LEDGER_HINT));
	if (crm_buffer_settle(buffer, crm_interrupted, NULL, &bad_day) != CRM_OK)
		crm_ereturn(fcinfo->context, TOTAL_OUT_OF_RANGE(bad_day, day));
	PG_RETURN_POINTER(crm_ledger_from_entries(buffer->entries, buffer->count));
}

Datum
crm_activity_out(PG_FUNCTION_ARGS)
{
	crm_buffer *buffer = crm_buffer_from_ledger(PG_GETARG_LEDGER(0));
	char	   *text;
	Size		length;

	text = palloc(mul_size(buffer->count, CRM_ENTRY_TEXT) + 3);
	length = crm_ledger_text(buffer->entries, buffer->count, crm_interrupted,
							 NULL, text);
	text[length] = '\0';
	PG_RETURN_CSTRING(text);
}

/*
 * The packed bytes themselves. They must be the ones that packing writes:
 * otherwise equal ledgers could differ in bytes, and so in hash and order.
 */
Datum
crm_activity_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	Size		length = message->len - message->cursor;
	const uint8 *bytes = (const uint8 *) pq_getmsgbytes(message, length);
	crm_buffer *buffer = crm_buffer_create(length);
	crm_status	status = crm_ledger_unpack(bytes, length, buffer->entries,
										   &buffer->count);
	crm_ledger *ledger;

	if (status == CRM_OK)
	{
		ledger = crm_ledger_from_entries(buffer->entries, buffer->count);
		if (LEDGER_LENGTH(ledger) == length &&
			memcmp(LEDGER_BYTES(ledger), bytes, length) == 0)
			PG_RETURN_POINTER(ledger);
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary representation of crm_activity")));
	PG_RETURN_NULL();
}

Datum
crm_activity_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(crm_send_bytes(PG_GETARG_VARLENA_PP(0)));
}

/* Not strict: a trigger adds what this returns, and must never add NULL. */
Datum
crm_activity_entry(PG_FUNCTION_ARGS)
{
	crm_entry	entry = {0};

	if (!PG_ARGISNULL(0))
	{
		entry.day = PG_GETARG_DATEADT(0);
		crm_check_day(entry.day);
		entry.amount = PG_ARGISNULL(1) ? 0 :
			crm_amount_from_numeric(PG_GETARG_DATUM(1));
		entry.events = crm_events_of(PG_ARGISNULL(2) ? 0 : PG_GETARG_INT32(2),
									 entry.amount);
		if (entry.events < -CRM_EVENTS_MAX)
			crm_refuse_total(entry.day);
	}
	PG_RETURN_POINTER(crm_ledger_from_entries(&entry,
											  entry.events != 0 ||
											  entry.amount != 0));
}

Datum
crm_activity_add(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(crm_ledger_combine(PG_GETARG_LEDGER(0),
										 PG_GETARG_LEDGER(1), false));
}

/* Triggers ask whether a ledger has to go, at each statement, and within others. */
static int64 emptied_ledgers = 0;

Datum
crm_ledger_sum(PG_FUNCTION_ARGS)
{
	crm_ledger *sum = crm_ledger_combine(PG_GETARG_LEDGER(0),
										 PG_GETARG_LEDGER(1), false);
	crm_reader	reader;
	crm_entry	entry;

	crm_reader_init(&reader, LEDGER_BYTES(sum), LEDGER_LENGTH(sum));
	if (!crm_reader_next(&reader, &entry))
		emptied_ledgers++;
	PG_RETURN_POINTER(sum);
}

Datum
crm_emptied_ledgers(PG_FUNCTION_ARGS)
{
	(void) fcinfo;
	PG_RETURN_INT64(emptied_ledgers);
}

Datum
crm_activity_subtract(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(crm_ledger_combine(PG_GETARG_LEDGER(0),
										 PG_GETARG_LEDGER(1), true));
}

/* [{"day":"2024-01-05","events":1,"amount":29.33},...] */
static char *
ledger_json(const crm_ledger *ledger)
{
	crm_buffer *buffer = crm_buffer_from_ledger(ledger);
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoChar(&json, '[');
	for (int32 i = 0; i < buffer->count; i++)
	{
		const crm_entry *entry = &buffer->entries[i];
		char		day[CRM_DAY_TEXT];
		char		amount[CRM_AMOUNT_TEXT];

		CHECK_FOR_INTERRUPTS();
		appendStringInfo(&json,
						 "%s{\"day\":\"%.*s\",\"events\":%d,\"amount\":%.*s}",
						 i > 0 ? "," : "",
						 crm_day_text(entry->day, day), day, entry->events,
						 crm_amount_text(entry->amount, amount), amount);
	}
	appendStringInfoChar(&json, ']');
	return json.data;
}

Datum
crm_activity_to_json(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(ledger_json(PG_GETARG_LEDGER(0))));
}

Datum
crm_activity_to_jsonb(PG_FUNCTION_ARGS)
{
	char	   *json = ledger_json(PG_GETARG_LEDGER(0));

	PG_RETURN_DATUM(DirectFunctionCall1(jsonb_in, CStringGetDatum(json)));
}

/*
 * Equality is equality of bytes. The order is that of the bytes too: it means
 * nothing, but DISTINCT, GROUP BY and merge joins need one.
 */
static int
compare_ledgers(FunctionCallInfo fcinfo)
{
	crm_ledger *a = PG_GETARG_LEDGER(0);
	crm_ledger *b = PG_GETARG_LEDGER(1);
	Size		na = LEDGER_LENGTH(a);
	Size		nb = LEDGER_LENGTH(b);
	int			order = memcmp(LEDGER_BYTES(a), LEDGER_BYTES(b), Min(na, nb));

	if (order == 0)
		order = (na > nb) - (na < nb);
	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return order;
}

Datum
crm_activity_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_ledgers(fcinfo));
}

Datum
crm_activity_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_ledgers(fcinfo) == 0);
}

Datum
crm_activity_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_ledgers(fcinfo) != 0);
}

Datum
crm_activity_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_ledgers(fcinfo) < 0);
}

Datum
crm_activity_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_ledgers(fcinfo) <= 0);
}

Datum
crm_activity_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_ledgers(fcinfo) > 0);
}

Datum
crm_activity_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_ledgers(fcinfo) >= 0);
}

Datum
crm_activity_hash(PG_FUNCTION_ARGS)
{
	crm_ledger *ledger = PG_GETARG_LEDGER(0);
	Datum		hash = hash_any(LEDGER_BYTES(ledger), LEDGER_LENGTH(ledger));

	PG_FREE_IF_COPY(ledger, 0);
	return hash;
}

Datum
crm_activity_hash_extended(PG_FUNCTION_ARGS)
{
	crm_ledger *ledger = PG_GETARG_LEDGER(0);
	Datum		hash = hash_any_extended(LEDGER_BYTES(ledger),
										 LEDGER_LENGTH(ledger),
										 PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(ledger, 0);
	return hash;
}
