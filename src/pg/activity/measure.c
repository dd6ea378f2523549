/*
 * measure.c
 *		Accessors of crm_activity: what a ledger says as of a day.
 */
#include "pg/activity/activity.h"

#include "access/htup_details.h"
#include "utils/date.h"

#include "core/activity/amount.h"
#include "pg/activity/amount.h"

/* Bytes of a ledger that is worth remembering: some hundred days. */
#define MEASURED_MAX	1024

PG_FUNCTION_INFO_V1(crm_first_day);
PG_FUNCTION_INFO_V1(crm_first_entry_day);
PG_FUNCTION_INFO_V1(crm_last_day);
PG_FUNCTION_INFO_V1(crm_active_days);
PG_FUNCTION_INFO_V1(crm_event_count);
PG_FUNCTION_INFO_V1(crm_amount);
PG_FUNCTION_INFO_V1(crm_days_since_last);
PG_FUNCTION_INFO_V1(crm_tenure_days);
PG_FUNCTION_INFO_V1(crm_mean_gap_days);
PG_FUNCTION_INFO_V1(crm_median_gap_days);
PG_FUNCTION_INFO_V1(crm_frequency);
PG_FUNCTION_INFO_V1(crm_recency);
PG_FUNCTION_INFO_V1(crm_monetary);
PG_FUNCTION_INFO_V1(crm_decayed_events);
PG_FUNCTION_INFO_V1(crm_decayed_amount);
PG_FUNCTION_INFO_V1(crm_slice);
PG_FUNCTION_INFO_V1(crm_days);
PG_FUNCTION_INFO_V1(crm_gap_days);

/*
 * Whoever asks a ledger one question asks it several: days since the last
 * event, count, amount. What was measured last is kept, with the bytes that it
 * was measured from, which are compared faster than read.
 */
crm_measures
crm_measures_of(const crm_ledger *ledger, int32 as_of)
{
	static struct
	{
		crm_measures measures;
		Size		length;		/* 0: none */
		int32		as_of;
		uint8		bytes[MEASURED_MAX];
	}			last;
	const uint8 *bytes = LEDGER_BYTES(ledger);
	Size		length = LEDGER_LENGTH(ledger);

	if (length > 0 && length == last.length && as_of == last.as_of &&
		memcmp(bytes, last.bytes, length) == 0)
		return last.measures;

	last.length = 0;
	crm_check_ledger(crm_ledger_measure(bytes, length, as_of, &last.measures));
	if (length <= MEASURED_MAX)
	{
		memcpy(last.bytes, bytes, length);
		last.length = length;
		last.as_of = as_of;
	}
	return last.measures;
}

/* Every accessor takes (activity, as_of). */
static crm_measures
measures_of(FunctionCallInfo fcinfo)
{
	crm_ledger *ledger = PG_GETARG_LEDGER(0);
	crm_measures measures = crm_measures_of(ledger, PG_GETARG_DATEADT(1));

	PG_FREE_IF_COPY(ledger, 0);
	return measures;
}

static int32
finite_day(int32 day, const char *name, const char *hint)
{
	if (DATE_NOT_FINITE(day))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("%s cannot be %s here", name,
						DATE_IS_NOBEGIN(day) ? "-infinity" : "infinity"),
				 errhint("%s", hint)));
	return day;
}

/* For what counts days up to as_of, which infinity leaves without a number. */
int32
crm_getarg_as_of(FunctionCallInfo fcinfo, int n)
{
	return finite_day(PG_GETARG_DATEADT(n), "as_of",
					  "Days are counted up to as_of: give the day of the analysis.");
}

/* The same for days by other names. */
int32
crm_getarg_day(FunctionCallInfo fcinfo, int n, const char *name)
{
	return finite_day(PG_GETARG_DATEADT(n), name,
					  "Days are counted from it or up to it: give a day of the calendar.");
}

int32
crm_getarg_window_days(FunctionCallInfo fcinfo, int n)
{
	int32		window_days = PG_GETARG_INT32(n);

	if (window_days < 1)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("window_days cannot be %d", window_days),
				 errhint("Give a number of days, 1 or more.")));
	return window_days;
}

void
crm_check_amount(bool fits)
{
	if (!fits)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_OUT_OF_RANGE)),
				 errmsg("amount of the whole ledger is out of range"),
				 errhint("Amounts add up to at most 922337203685477.5807: look for a day whose amount is none, or cut the ledger with crm_slice() and add up the parts as numeric.")));
}

Datum
crm_first_day(PG_FUNCTION_ARGS)
{
	crm_measures measures = measures_of(fcinfo);

	if (measures.active_days == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(measures.first_day);
}

/* Refunds too: from where on amounts have to be added up. */
Datum
crm_first_entry_day(PG_FUNCTION_ARGS)
{
	crm_ledger *ledger = PG_GETARG_LEDGER(0);
	crm_reader	reader;
	crm_entry	entry = {0};
	bool		found;

	crm_reader_init(&reader, LEDGER_BYTES(ledger), LEDGER_LENGTH(ledger));
	found = crm_reader_next(&reader, &entry);
	crm_check_ledger(reader.status);
	PG_FREE_IF_COPY(ledger, 0);
	if (!found || entry.day > PG_GETARG_DATEADT(1))
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(entry.day);
}

Datum
crm_last_day(PG_FUNCTION_ARGS)
{
	crm_measures measures = measures_of(fcinfo);

	if (measures.active_days == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(measures.last_day);
}

Datum
crm_active_days(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(measures_of(fcinfo).active_days);
}

Datum
crm_event_count(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(measures_of(fcinfo).events);
}

Datum
crm_amount(PG_FUNCTION_ARGS)
{
	crm_measures measures = measures_of(fcinfo);

	crm_check_amount(measures.amount_fits);
	return crm_amount_to_numeric(measures.amount);
}

Datum
crm_days_since_last(PG_FUNCTION_ARGS)
{
	int32		as_of = crm_getarg_as_of(fcinfo, 1);
	crm_measures measures = measures_of(fcinfo);

	if (measures.active_days == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(as_of - measures.last_day);
}

/* Also crm_age, the same number by the name that the CLV literature uses. */
Datum
crm_tenure_days(PG_FUNCTION_ARGS)
{
	int32		as_of = crm_getarg_as_of(fcinfo, 1);
	crm_measures measures = measures_of(fcinfo);

	if (measures.active_days == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(as_of - measures.first_day);
}

Datum
crm_mean_gap_days(PG_FUNCTION_ARGS)
{
	crm_measures measures = measures_of(fcinfo);

	if (measures.active_days < 2)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(crm_mean_gap(&measures));
}

Datum
crm_median_gap_days(PG_FUNCTION_ARGS)
{
	crm_ledger *ledger = PG_GETARG_LEDGER(0);
	int32	   *gaps = palloc(mul_size(LEDGER_LENGTH(ledger), sizeof(int32)));
	int32		count;
	double		median;

	crm_check_ledger(crm_ledger_gaps(LEDGER_BYTES(ledger), LEDGER_LENGTH(ledger),
									 PG_GETARG_DATEADT(1), gaps, &count));
	if (count == 0)
		PG_RETURN_NULL();
	crm_median_of(gaps, count, crm_interrupted, NULL, &median);
	PG_RETURN_FLOAT8(median);
}

Datum
crm_frequency(PG_FUNCTION_ARGS)
{
	crm_measures measures = measures_of(fcinfo);

	if (measures.active_days == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(measures.active_days - 1);
}

Datum
crm_recency(PG_FUNCTION_ARGS)
{
	crm_measures measures = measures_of(fcinfo);

	if (measures.active_days == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(measures.last_day - measures.first_day);
}

Datum
crm_monetary(PG_FUNCTION_ARGS)
{
	crm_measures measures = measures_of(fcinfo);

	if (measures.active_days < 2)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(crm_mean_amount(measures.repeat_amount,
									 measures.active_days - 1));
}

static void
decayed_sums(FunctionCallInfo fcinfo, double *events, double *amount)
{
	crm_ledger *ledger = PG_GETARG_LEDGER(0);
	int32		as_of = crm_getarg_as_of(fcinfo, 1);
	double		half_life = PG_GETARG_FLOAT8(2);

	if (!(half_life > 0) || isinf(half_life))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("half_life_days cannot be %g", half_life),
				 errhint("Give a positive number of days, after which an event counts half.")));
	crm_check_ledger(crm_ledger_decayed(LEDGER_BYTES(ledger), LEDGER_LENGTH(ledger),
										as_of, half_life, events, amount));
}

Datum
crm_decayed_events(PG_FUNCTION_ARGS)
{
	double		events;
	double		amount;

	decayed_sums(fcinfo, &events, &amount);
	PG_RETURN_FLOAT8(events);
}

Datum
crm_decayed_amount(PG_FUNCTION_ARGS)
{
	double		events;
	double		amount;

	decayed_sums(fcinfo, &events, &amount);
	PG_RETURN_FLOAT8(amount);
}

Datum
crm_slice(PG_FUNCTION_ARGS)
{
	int32		from = PG_ARGISNULL(1) ? DATEVAL_NOBEGIN : PG_GETARG_DATEADT(1);
	int32		to = PG_ARGISNULL(2) ? DATEVAL_NOEND : PG_GETARG_DATEADT(2);
	crm_buffer *buffer;
	int32		kept = 0;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	buffer = crm_buffer_from_ledger(PG_GETARG_LEDGER(0));
	for (int32 i = 0; i < buffer->count; i++)
	{
		if (buffer->entries[i].day >= from && buffer->entries[i].day <= to)
			buffer->entries[kept++] = buffer->entries[i];
	}
	PG_RETURN_POINTER(crm_ledger_from_entries(buffer->entries, kept));
}

/* The gaps of a ledger, one a call. */
typedef struct gap_rows
{
	int32		count;
	int32		gaps[FLEXIBLE_ARRAY_MEMBER];
} gap_rows;

Datum
crm_gap_days(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	gap_rows   *rows;
	int32		gap;

	if (SRF_IS_FIRSTCALL())
	{
		crm_ledger *ledger;

		call = SRF_FIRSTCALL_INIT();
		ledger = PG_GETARG_LEDGER(0);
		rows = MemoryContextAlloc(call->multi_call_memory_ctx,
								  add_size(offsetof(gap_rows, gaps),
										   mul_size(LEDGER_LENGTH(ledger),
													sizeof(int32))));
		crm_check_ledger(crm_ledger_gaps(LEDGER_BYTES(ledger), LEDGER_LENGTH(ledger),
										 PG_GETARG_DATEADT(1), rows->gaps,
										 &rows->count));
		PG_FREE_IF_COPY(ledger, 0);
		call->user_fctx = rows;
	}
	call = SRF_PERCALL_SETUP();
	rows = call->user_fctx;
	if (call->call_cntr >= (uint64) rows->count)
		SRF_RETURN_DONE(call);
	/* SRF_RETURN_NEXT counts the call before it looks at the result. */
	gap = rows->gaps[call->call_cntr];
	SRF_RETURN_NEXT(call, Int32GetDatum(gap));
}

static void *
unpack(FunctionCallInfo fcinfo)
{
	return crm_buffer_from_ledger(PG_GETARG_LEDGER(0));
}

/* Set of (day, events, amount), one row per call. */
Datum
crm_days(PG_FUNCTION_ARGS)
{
	FuncCallContext *call = crm_rows_call(fcinfo, unpack);
	const crm_buffer *buffer = call->user_fctx;
	const crm_entry *entry;
	Datum		values[3];
	bool		nulls[3] = {false};

	if (call->call_cntr >= (uint64) buffer->count)
		SRF_RETURN_DONE(call);

	entry = &buffer->entries[call->call_cntr];
	values[0] = DateADTGetDatum(entry->day);
	values[1] = Int64GetDatum(entry->events);
	values[2] = crm_amount_to_numeric(entry->amount);
	SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc,
															values, nulls)));
}
