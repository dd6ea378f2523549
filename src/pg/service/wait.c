/*
 * wait.c
 *		The waits of a case, as rows.
 *
 * In SQL a case's waits are three subqueries beside each other, which are begun
 * anew for every case; that took most of the time of all that reads them.
 */
#include "pg/service/log.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "core/service/wait.h"
#include "pg/calendar/calendar.h"

PG_FUNCTION_INFO_V1(crm_case_waits);

typedef enum wait_measure
{
	FIRST_REPLY, NEXT_REPLY, RESOLUTION, REOPENED, MEASURES
} wait_measure;

static const char *const measure_names[MEASURES] = {
	"first_reply", "next_reply", "resolution", "reopened"
};

/* What is looked up once a query */
typedef struct wait_lookup
{
	TupleDesc	turn;
	TupleDesc	cycle;
	Datum		measures[MEASURES];
} wait_lookup;

/* The waits of one case as they are found */
typedef struct wait_list
{
	log_rows   *rows;
	wait_lookup *lookup;
	zone_clock *clock;
	crm_wait_case of;
	Datum	   *elements;
	int64		count;
	int64		max;
} wait_list;

/*
 * (started_at, wait_seconds, wait_business_seconds, is_observed, measure,
 * ended_at, closed_unanswered_at, is_paused)
 */
static const log_row_type wait_type = {
	8, {TIMESTAMPTZOID, FLOAT8OID, FLOAT8OID, BOOLOID, TEXTOID, TIMESTAMPTZOID,
	TIMESTAMPTZOID, BOOLOID}
};

static void
begin_list(FunctionCallInfo fcinfo, wait_list *list)
{
	MemoryContext context = fcinfo->flinfo->fn_mcxt;

	memset(list, 0, sizeof(*list));
	list->rows = crm_log_rows(fcinfo, &wait_type);
	if (list->rows->lookup == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(context);
		wait_lookup *lookup = palloc0(sizeof(*lookup));

		for (int i = 0; i < MEASURES; i++)
			lookup->measures[i] = CStringGetTextDatum(measure_names[i]);
		list->rows->lookup = lookup;
		MemoryContextSwitchTo(old);
	}
	list->lookup = list->rows->lookup;
	list->clock = crm_once_of(&list->rows->kept, context,
							  PG_GETARG_VARLENA_PP(8), crm_zone_clock_make);
}

static void
reserve(wait_list *list, int64 count)
{
	if (list->count + count <= list->max)
		return;
	list->max = list->count + count;
	if (list->elements == NULL)
		list->elements = palloc_extended(mul_size(list->max, sizeof(Datum)),
										 MCXT_ALLOC_HUGE);
	else
		list->elements = repalloc_huge(list->elements,
									   mul_size(list->max, sizeof(Datum)));
}

static crm_moment
getarg_moment(FunctionCallInfo fcinfo, int n)
{
	crm_moment	moment = {0, !PG_ARGISNULL(n)};

	if (moment.is_known)
		moment.at = PG_GETARG_TIMESTAMPTZ(n);
	return moment;
}

static crm_moment
moment_of(Datum value, bool is_null)
{
	return (crm_moment) {is_null ? 0 : DatumGetTimestampTz(value), !is_null};
}

static void
add_wait(wait_list *list, const crm_wait *wait, wait_measure measure,
		 double paused, double paused_business, bool is_paused)
{
	Datum		values[8];
	bool		nulls[8] = {false};
	double		wall = 0;
	double		business = 0;

	nulls[1] = nulls[2] = TIMESTAMP_NOT_FINITE(wait->started) ||
		TIMESTAMP_NOT_FINITE(wait->until);
	if (!nulls[1])
	{
		wall = crm_wall_seconds(wait->started, wait->until) - paused;
		business = crm_zone_clock_seconds(list->clock, wait->started,
										  wait->until) - paused_business;
	}
	if (measure >= RESOLUTION)
	{
		wall = Max(wall, 0);
		business = Max(business, 0);
	}
	values[0] = TimestampTzGetDatum(wait->started);
	values[1] = Float8GetDatum(wall);
	values[2] = Float8GetDatum(business);
	values[3] = BoolGetDatum(wait->ended.is_known);
	values[4] = list->lookup->measures[measure];
	nulls[5] = !wait->ended.is_known;
	values[5] = TimestampTzGetDatum(wait->ended.at);
	nulls[6] = !wait->closed_unanswered.is_known;
	values[6] = TimestampTzGetDatum(wait->closed_unanswered.at);
	values[7] = BoolGetDatum(is_paused);
	list->elements[list->count++] = crm_log_row(list->rows, values, nulls);
}

/* The fields of a row, whose type is looked up once */
static void
deform(TupleDesc *desc, Oid type, const log_row_type *expected,
	   MemoryContext context, Datum element, Datum *values, bool *nulls)
{
	HeapTupleHeader row = DatumGetHeapTupleHeader(element);
	HeapTupleData tuple;

	if (*desc == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(context);

		*desc = crm_log_row_desc(type, expected);
		MemoryContextSwitchTo(old);
	}
	tuple.t_len = HeapTupleHeaderGetDatumLength(row);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_tableOid = InvalidOid;
	tuple.t_data = row;
	heap_deform_tuple(&tuple, *desc, values, nulls);
}

/* Rows that are NULL are none. */
typedef void (*add_part) (FunctionCallInfo fcinfo, wait_list *list,
						  Oid type, Datum element);

static void
add_parts(FunctionCallInfo fcinfo, wait_list *list, int n, add_part add)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(n);
	Datum	   *elements;
	bool	   *nulls;
	int			count;

	deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_DOUBLE,
					  &elements, &nulls, &count);
	reserve(list, count);
	for (int i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!nulls[i])
			add(fcinfo, list, ARR_ELEMTYPE(array), elements[i]);
	}
}

/* (turn_no, is_first, asked_at, replied_at, staff_id) */
static void
add_turn(FunctionCallInfo fcinfo, wait_list *list, Oid type, Datum element)
{
	Datum		values[LOG_FIELDS_MAX];
	bool		nulls[LOG_FIELDS_MAX];
	crm_wait	wait;

	deform(&list->lookup->turn, type, &crm_log_turn_type,
		   fcinfo->flinfo->fn_mcxt, element, values, nulls);
	if (nulls[1] || DatumGetBool(values[1]) || nulls[2])
		return;
	wait = crm_wait_next_reply(&list->of, DatumGetTimestampTz(values[2]),
							   moment_of(values[3], nulls[3]));
	add_wait(list, &wait, NEXT_REPLY, 0, 0, false);
}

static bool
is_so(Datum value, bool is_null)
{
	return !is_null && DatumGetBool(value);
}

/*
 * (cycle_no, started_at, resolved_at, is_paused, paused_seconds,
 * paused_business_seconds, ended_in_pause). The first begins when the case was
 * opened.
 */
static void
add_cycle(FunctionCallInfo fcinfo, wait_list *list, Oid type, Datum element)
{
	Datum		values[LOG_FIELDS_MAX];
	bool		nulls[LOG_FIELDS_MAX];
	crm_moment	from;
	crm_wait	wait;
	bool		is_first;

	deform(&list->lookup->cycle, type, &crm_log_cycle_type,
		   fcinfo->flinfo->fn_mcxt, element, values, nulls);
	is_first = !nulls[0] && DatumGetInt64(values[0]) == 1;
	from = is_first ? getarg_moment(fcinfo, 3) : moment_of(values[1], nulls[1]);
	if (!from.is_known)
		return;
	wait = crm_wait_resolution(&list->of, from.at,
							   moment_of(values[2], nulls[2]));
	add_wait(list, &wait, is_first ? RESOLUTION : REOPENED,
			 nulls[4] ? 0 : DatumGetFloat8(values[4]),
			 nulls[5] ? 0 : DatumGetFloat8(values[5]),
			 is_so(values[3], nulls[3]) || is_so(values[6], nulls[6]));
}

/* A case without states is in its first cycle. */
static void
add_resolutions(FunctionCallInfo fcinfo, wait_list *list)
{
	crm_moment	opened = getarg_moment(fcinfo, 3);
	crm_wait	wait;

	if (!PG_ARGISNULL(6))
		add_parts(fcinfo, list, 6, add_cycle);
	else if (opened.is_known)
	{
		wait = crm_wait_resolution(&list->of, opened.at,
								   (crm_moment) {0, false});
		reserve(list, 1);
		add_wait(list, &wait, RESOLUTION, 0, 0, false);
	}
}

/*
 * (asked_at, replied_at, turns, opened_at, closed_since_at, done_at, cycles,
 * until_at, calendar)
 */
Datum
crm_case_waits(PG_FUNCTION_ARGS)
{
	wait_list	list;
	crm_moment	asked = getarg_moment(fcinfo, 0);
	crm_wait	wait;

	if (PG_ARGISNULL(7) || PG_ARGISNULL(8))
		PG_RETURN_NULL();
	begin_list(fcinfo, &list);
	list.of.closed_since = getarg_moment(fcinfo, 4);
	list.of.done_since = getarg_moment(fcinfo, 5);
	list.of.now = PG_GETARG_TIMESTAMPTZ(7);
	reserve(&list, 8);
	if (asked.is_known)
	{
		wait = crm_wait_first_reply(&list.of, asked.at,
									getarg_moment(fcinfo, 1));
		add_wait(&list, &wait, FIRST_REPLY, 0, 0, false);
	}
	if (!PG_ARGISNULL(2))
		add_parts(fcinfo, &list, 2, add_turn);
	add_resolutions(fcinfo, &list);
	return crm_log_array(list.rows, list.elements, list.count);
}
