/*
 * log.c
 *		Entries of a log being collected, merged and put in order.
 *
 * In a plan that groups rows in the order of an index a state holds the few
 * entries of one case, one after the other; where groups are hashed there is a
 * state for each, so it begins small.
 */
#include "pg/service/log.h"

#include "access/htup_details.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"
#include "utils/varlena.h"

#define ENTRIES_START	4
#define FEW_NAMES		16		/* so few are compared one by one */

PG_FUNCTION_INFO_V1(crm_log_combine);
PG_FUNCTION_INFO_V1(crm_log_serialize);
PG_FUNCTION_INFO_V1(crm_log_deserialize);

static log_state *
new_state(MemoryContext context)
{
	log_state  *log = MemoryContextAllocZero(context, sizeof(*log));

	log->context = context;
	log->is_ordered = true;
	return log;
}

log_state *
crm_log_getarg(FunctionCallInfo fcinfo)
{
	MemoryContext context = crm_aggregate_context(fcinfo);

	return PG_ARGISNULL(0) ? new_state(context) :
		(log_state *) PG_GETARG_POINTER(0);
}

static void
reserve(log_state *log, int64 count)
{
	int64		needed = log->count + count;
	crm_log_entry *larger;

	if (needed <= log->max)
		return;
	if (needed > PG_INT32_MAX / 2)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a log cannot have more than %d entries",
						PG_INT32_MAX / 2)));
	log->max = Max(Max(needed, 2 * log->max), ENTRIES_START);
	larger = MemoryContextAllocHuge(log->context,
									mul_size(log->max, sizeof(crm_log_entry)));
	if (log->count > 0)
	{
		memcpy(larger, log->entries, log->count * sizeof(crm_log_entry));
		pfree(log->entries);
	}
	log->entries = larger;
}

crm_log_entry *
crm_log_add(log_state *log, int64 at)
{
	crm_log_entry *entry;

	reserve(log, 1);
	entry = &log->entries[log->count++];
	memset(entry, 0, sizeof(*entry));
	entry->at = at;
	entry->who = -1;
	return entry;
}

static const void *
keep_bytes(log_state *log, const void *bytes)
{
	Size		size = VARSIZE_ANY(bytes);

	return memcpy(MemoryContextAlloc(log->context, size), bytes, size);
}

const void *
crm_log_getarg_text(FunctionCallInfo fcinfo, int n, log_state *log)
{
	if (PG_ARGISNULL(n))
		return NULL;
	return keep_bytes(log, PG_GETARG_VARLENA_PP(n));
}

/* Texts by the collation, NULL last */
static int
compare_texts(const void *one, const void *other, Oid collation)
{
	if (one == other)
		return 0;
	if (one == NULL || other == NULL)
		return one == NULL ? 1 : -1;
	return varstr_cmp(VARDATA_ANY(one), VARSIZE_ANY_EXHDR(one),
					  VARDATA_ANY(other), VARSIZE_ANY_EXHDR(other), collation);
}

/* Of texts that are there */
static int
compare_bytes(const void *one, const void *other)
{
	Size		length = VARSIZE_ANY_EXHDR(one);
	Size		other_length = VARSIZE_ANY_EXHDR(other);

	if (length != other_length)
		return length < other_length ? -1 : 1;
	return memcmp(VARDATA_ANY(one), VARDATA_ANY(other), length);
}

/* By their bytes, NULL last, as views order texts by COLLATE "C". */
static int
compare_kept(const void *one, const void *other)
{
	return compare_texts(one, other, C_COLLATION_OID);
}

void
crm_log_ask_gap(log_state *log, double gap)
{
	if (log->count == 0)
		log->gap = gap;
	else if (log->gap != gap)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("gap_seconds must be the same in every row, but is %.15g and %.15g",
						log->gap, gap),
				 errhint("Give a constant.")));
}

void
crm_log_ask_until(log_state *log, int64 until)
{
	if (log->count == 0)
		log->until = until;
	else if (log->until != until)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("until_at must be the same in every row, but is %s and %s",
						pstrdup(timestamptz_to_str(log->until)),
						timestamptz_to_str(until)),
				 errhint("Give a constant.")));
}

void
crm_log_ask_calendar(log_state *log, struct varlena *calendar)
{
	if (log->calendar == NULL)
		log->calendar = (struct varlena *) keep_bytes(log, calendar);
	else if (compare_bytes(log->calendar, calendar) != 0)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("calendar must be the same in every row"),
				 errhint("Give a constant.")));
}

static int
compare_entries(const void *a, const void *b, void *collation)
{
	const crm_log_entry *one = a;
	const crm_log_entry *other = b;

	if (one->at != other->at)
		return one->at < other->at ? -1 : 1;
	if (one->has_number != other->has_number)
		return one->has_number ? -1 : 1;
	if (one->number != other->number)
		return one->number < other->number ? -1 : 1;
	return compare_texts(one->word, other->word, *(Oid *) collation);
}

/*
 * Where the order does not tell two entries apart, all else does: words that a
 * collation takes for equal may be different texts.
 */
static int
compare_wholly(const void *a, const void *b, void *collation)
{
	const crm_log_entry *one = a;
	const crm_log_entry *other = b;
	int			order = compare_entries(a, b, collation);

	CHECK_FOR_INTERRUPTS();
	if (order == 0)
		order = compare_kept(one->word, other->word);
	if (order == 0)
		order = one->flags - other->flags;
	if (order == 0)
		order = compare_kept(one->name, other->name);
	if (order == 0)
		order = compare_kept(one->kind, other->kind);
	return order;
}

/* Texts of two collations have none in common: then it is the database's. */
static Oid
collation_of(FunctionCallInfo fcinfo)
{
	Oid			collation = PG_GET_COLLATION();

	return OidIsValid(collation) ? collation : DEFAULT_COLLATION_OID;
}

void
crm_log_settle(FunctionCallInfo fcinfo, log_state *log)
{
	Oid			collation = collation_of(fcinfo);
	crm_log_entry *last = &log->entries[log->count - 1];

	if (log->count > 1 && log->is_ordered &&
		compare_wholly(last - 1, last, &collation) > 0)
		log->is_ordered = false;
}

/* For a state may be read more than once, it stays in order. */
log_state *
crm_log_getarg_ordered(FunctionCallInfo fcinfo)
{
	Oid			collation = collation_of(fcinfo);
	log_state  *log;

	if (PG_ARGISNULL(0))
		return NULL;
	log = crm_log_getarg(fcinfo);
	if (!log->is_ordered)
		qsort_arg(log->entries, log->count, sizeof(crm_log_entry),
				  compare_wholly, &collation);
	log->is_ordered = true;
	return log->count > 0 ? log : NULL;
}

static int
compare_names(const void *a, const void *b)
{
	CHECK_FOR_INTERRUPTS();
	return compare_bytes((*(crm_log_entry *const *) a)->name,
						 (*(crm_log_entry *const *) b)->name);
}

/* Each is looked for among those before. */
static int32
number_few(log_state *log)
{
	const void *names[FEW_NAMES];
	int32		count = 0;

	for (int64 i = 0; i < log->count; i++)
	{
		crm_log_entry *entry = &log->entries[i];
		int32		who = 0;

		if (entry->name == NULL)
			continue;
		while (who < count && compare_bytes(names[who], entry->name) != 0)
			who++;
		if (who == FEW_NAMES)
			return -1;
		if (who == count)
			names[count++] = entry->name;
		entry->who = who;
	}
	return count;
}

int32
crm_log_number_names(log_state *log)
{
	int32		count = number_few(log);
	int64		named = 0;
	crm_log_entry **entries;

	if (count >= 0)
		return count;
	entries = palloc_extended(mul_size(log->count, sizeof(*entries)),
							  MCXT_ALLOC_HUGE);
	for (int64 i = 0; i < log->count; i++)
		if (log->entries[i].name != NULL)
			entries[named++] = &log->entries[i];
	qsort(entries, named, sizeof(*entries), compare_names);
	count = 0;
	for (int64 i = 0; i < named; i++)
	{
		if (i == 0 || compare_names(&entries[i - 1], &entries[i]) != 0)
			count++;
		entries[i]->who = count - 1;
	}
	pfree(entries);
	return count;
}

/* What both states have been asked */
static void
merge_questions(log_state *log, const log_state *other)
{
	crm_log_ask_gap(log, other->gap);
	crm_log_ask_until(log, other->until);
	if (other->calendar != NULL)
		crm_log_ask_calendar(log, other->calendar);
}

static const void *
keep_text(log_state *log, const void *text)
{
	return text == NULL ? NULL : keep_bytes(log, text);
}

Datum
crm_log_combine(PG_FUNCTION_ARGS)
{
	log_state  *log;
	log_state  *other;

	if (PG_ARGISNULL(1))
		return crm_unchanged(fcinfo);
	log = crm_log_getarg(fcinfo);
	other = (log_state *) PG_GETARG_POINTER(1);
	merge_questions(log, other);
	reserve(log, other->count);
	for (int64 i = 0; i < other->count; i++)
	{
		crm_log_entry *entry = &log->entries[log->count++];

		*entry = other->entries[i];
		entry->word = keep_text(log, entry->word);
		entry->name = keep_text(log, entry->name);
		entry->kind = keep_text(log, entry->kind);
	}
	log->is_ordered = log->count <= 1;
	PG_RETURN_POINTER(log);
}

static void
send_text(StringInfo buffer, const void *text)
{
	if (text == NULL)
	{
		pq_sendint32(buffer, -1);
		return;
	}
	pq_sendint32(buffer, VARSIZE_ANY_EXHDR(text));
	appendBinaryStringInfo(buffer, VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text));
}

static const void *
receive_text(StringInfo buffer)
{
	int			length = pq_getmsgint(buffer, 4);

	if (length < 0)
		return NULL;
	return cstring_to_text_with_len(pq_getmsgbytes(buffer, length), length);
}

Datum
crm_log_serialize(PG_FUNCTION_ARGS)
{
	log_state  *log = crm_log_getarg(fcinfo);
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendint64(&buffer, log->until);
	pq_sendfloat8(&buffer, log->gap);
	send_text(&buffer, log->calendar);
	pq_sendint64(&buffer, log->count);
	for (int64 i = 0; i < log->count; i++)
	{
		const crm_log_entry *entry = &log->entries[i];

		pq_sendint64(&buffer, entry->at);
		pq_sendint64(&buffer, entry->number);
		pq_sendbyte(&buffer, entry->has_number);
		pq_sendbyte(&buffer, entry->flags);
		send_text(&buffer, entry->word);
		send_text(&buffer, entry->name);
		send_text(&buffer, entry->kind);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

/* In the current, short-lived context: the state is read once. */
Datum
crm_log_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	StringInfoData buffer;
	log_state  *log;
	int64		count;

	crm_check_aggregate(fcinfo);
	initStringInfo(&buffer);
	appendBinaryStringInfo(&buffer, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	log = new_state(CurrentMemoryContext);
	log->until = pq_getmsgint64(&buffer);
	log->gap = pq_getmsgfloat8(&buffer);
	log->calendar = (struct varlena *) receive_text(&buffer);
	count = pq_getmsgint64(&buffer);
	for (int64 i = 0; i < count; i++)
	{
		crm_log_entry *entry = crm_log_add(log, pq_getmsgint64(&buffer));

		entry->number = pq_getmsgint64(&buffer);
		entry->has_number = pq_getmsgbyte(&buffer) != 0;
		entry->flags = pq_getmsgbyte(&buffer);
		entry->word = receive_text(&buffer);
		entry->name = receive_text(&buffer);
		entry->kind = receive_text(&buffer);
	}
	pq_getmsgend(&buffer);
	log->is_ordered = count <= 1;
	PG_RETURN_POINTER(log);
}

TupleDesc
crm_log_row_desc(Oid type, const log_row_type *expected)
{
	TupleDesc	desc = lookup_rowtype_tupdesc_copy(type, -1);
	bool		is_expected = desc->natts == expected->count;

	for (int i = 0; is_expected && i < desc->natts; i++)
		is_expected = TupleDescAttr(desc, i)->atttypid == expected->types[i];
	if (!is_expected)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("type %s does not have the attributes that it was made with",
						format_type_be(type)),
				 errhint("Take back what ALTER TYPE has changed.")));
	return desc;
}

/* Looked up once: what the function returns is the same in every call. */
log_rows *
crm_log_rows(FunctionCallInfo fcinfo, const log_row_type *expected)
{
	log_rows   *rows = fcinfo->flinfo->fn_extra;

	if (rows == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
		Oid			array = get_fn_expr_rettype(fcinfo->flinfo);

		rows = palloc0(sizeof(*rows));
		rows->type = get_element_type(array);
		if (!OidIsValid(rows->type))
			elog(ERROR, "return type must be an array of rows");
		rows->desc = crm_log_row_desc(rows->type, expected);
		BlessTupleDesc(rows->desc);
		fcinfo->flinfo->fn_extra = rows;
		MemoryContextSwitchTo(old);
	}
	return rows;
}

Datum
crm_log_row(const log_rows *rows, Datum *values, bool *nulls)
{
	HeapTuple	tuple = heap_form_tuple(rows->desc, values, nulls);

	return HeapTupleGetDatum(tuple);
}

Datum
crm_log_array(const log_rows *rows, Datum *elements, int64 count)
{
	return PointerGetDatum(construct_array(elements, (int) count, rows->type,
										   -1, false, TYPALIGN_DOUBLE));
}
