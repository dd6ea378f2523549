/*
 * read.c
 *		What is read from crm_retention, and from one ledger: rows by period.
 */
#include "pg/period/period.h"

#include "access/htup_details.h"

#include "pg/activity/activity.h"
#include "pg/activity/amount.h"
#include "pg/period/retention.h"

#define COLUMNS_MAX		18

PG_FUNCTION_INFO_V1(crm_retention_growth);
PG_FUNCTION_INFO_V1(crm_retention_cohorts);
PG_FUNCTION_INFO_V1(crm_retention_churn);
PG_FUNCTION_INFO_V1(crm_activity_periods);

/* A row being filled, column by column. */
typedef struct row
{
	Datum		values[COLUMNS_MAX];
	bool		nulls[COLUMNS_MAX];
	int			count;
} row;

static void
add_column(row *to, Datum value, bool known)
{
	to->values[to->count] = value;
	to->nulls[to->count++] = !known;
}

static void
add_date(row *to, int32 day)
{
	add_column(to, DateADTGetDatum(day), true);
}

static void
add_count(row *to, int64 count)
{
	add_column(to, Int64GetDatum(count), true);
}

static void
add_amount(row *to, __int128 amount)
{
	add_column(to, crm_wide_to_numeric(amount), true);
}

/* The first and the last day of a period. */
static void
add_period(row *to, const int32 *bounds, int32 period)
{
	add_date(to, bounds[period]);
	add_date(to, bounds[period + 1] - 1);
}

static Datum
row_datum(FuncCallContext *call, row *from)
{
	return HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, from->values,
											 from->nulls));
}

/* A copy of the argument, to last until the last row. */
static void *
copy_retention(FunctionCallInfo fcinfo)
{
	crm_retention *value = crm_getarg_retention(fcinfo, 0);
	crm_retention *copy = palloc(VARSIZE(value));

	memcpy(copy, value, VARSIZE(value));
	return copy;
}

/* Growth accounting */

static void
fill_growth(row *to, const crm_retention *value, int32 period)
{
	crm_growth	growth;

	crm_growth_of(value, period, &growth);
	add_period(to, value->bounds, period);
	add_count(to, growth.active);
	add_count(to, growth.new_customers);
	add_column(to, Int64GetDatum(growth.returning), growth.has_previous);
	add_column(to, Int64GetDatum(growth.resurrecting), growth.has_previous);
	add_column(to, Int64GetDatum(growth.dormant), growth.has_previous);
	add_count(to, growth.refund_only);
	add_count(to, growth.events);
	add_amount(to, growth.gross + growth.refunds);
	add_amount(to, growth.gross);
	add_amount(to, growth.refunds);
	add_amount(to, growth.new_amount);
	add_column(to, crm_wide_to_numeric(growth.returning_amount),
			   growth.has_previous);
	add_column(to, crm_wide_to_numeric(growth.resurrecting_amount),
			   growth.has_previous);
	add_amount(to, growth.refund_only_amount);
	add_amount(to, growth.first_amount);
	add_column(to, Int32GetDatum((int32) growth.history_days), true);
}

Datum
crm_retention_growth(PG_FUNCTION_ARGS)
{
	FuncCallContext *call = crm_rows_call(fcinfo, copy_retention);
	const crm_retention *value = call->user_fctx;
	row			out = {.count = 0};

	if (call->call_cntr >= (uint64) value->periods)
		SRF_RETURN_DONE(call);
	fill_growth(&out, value, (int32) call->call_cntr);
	SRF_RETURN_NEXT(call, row_datum(call, &out));
}

/* Cohorts */

static void
add_cohort(row *to, const crm_retention *value, int32 cohort)
{
	if (cohort == CRM_COHORT_BEFORE)
		add_date(to, DATEVAL_NOBEGIN);
	else if (cohort == CRM_COHORT_NEVER(value->periods))
		add_column(to, (Datum) 0, false);
	else
		add_date(to, value->bounds[cohort - CRM_COHORT_OF(0)]);
}

static void
fill_cohort(row *to, const crm_retention *value, const crm_cohort_row *at)
{
	bool		has_age = at->cohort != CRM_COHORT_BEFORE &&
		at->cohort != CRM_COHORT_NEVER(value->periods);
	__int128	refunds = crm_wide_value(at->cell->refunds);

	add_cohort(to, value, at->cohort);
	add_column(to, Int32GetDatum(at->period - (at->cohort - CRM_COHORT_OF(0))),
			   has_age);
	add_period(to, value->bounds, at->period);
	add_count(to, at->size);
	add_count(to, at->cell->active);
	add_count(to, at->active_later);
	add_count(to, at->cell->present);
	add_count(to, at->cell->events);
	add_amount(to, crm_wide_value(at->cell->gross) + refunds);
	add_amount(to, refunds);
}

static void *
begin_cohorts(FunctionCallInfo fcinfo)
{
	crm_cohort_walk *walk = palloc(sizeof(*walk));

	crm_cohorts_init(walk, copy_retention(fcinfo));
	return walk;
}

Datum
crm_retention_cohorts(PG_FUNCTION_ARGS)
{
	FuncCallContext *call = crm_rows_call(fcinfo, begin_cohorts);
	crm_cohort_walk *walk = call->user_fctx;
	crm_cohort_row at;
	row			out = {.count = 0};

	if (!crm_cohorts_next(walk, &at))
		SRF_RETURN_DONE(call);
	fill_cohort(&out, walk->retention, &at);
	SRF_RETURN_NEXT(call, row_datum(call, &out));
}

/* Churn */

static void
fill_churn(row *to, const crm_retention *value, int32 period)
{
	crm_retention_parts parts = crm_retention_open(value);
	int64		start = parts.windows[period].active;
	int64		end = parts.windows[period + 1].active;
	int64		lost = parts.windows[period].lost;
	int64		window_start = (int64) value->bounds[period] -
		value->window_days;

	add_period(to, value->bounds, period);
	add_count(to, start);
	add_count(to, lost);
	add_count(to, end - (start - lost));
	add_count(to, end);
	add_column(to, BoolGetDatum(value->first_day <= window_start), true);
}

static void *
copy_with_windows(FunctionCallInfo fcinfo)
{
	crm_retention *value = copy_retention(fcinfo);

	if (value->window_days == 0)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("crm_retention was collected without windows"),
				 errhint("Make it with crm_retention_agg(activity, bounds, window_days).")));
	return value;
}

Datum
crm_retention_churn(PG_FUNCTION_ARGS)
{
	FuncCallContext *call = crm_rows_call(fcinfo, copy_with_windows);
	const crm_retention *value = call->user_fctx;
	row			out = {.count = 0};

	if (call->call_cntr >= (uint64) value->periods)
		SRF_RETURN_DONE(call);
	fill_churn(&out, value, (int32) call->call_cntr);
	SRF_RETURN_NEXT(call, row_datum(call, &out));
}

/* One ledger */

typedef struct ledger_walk
{
	crm_spells	spells;
	int32		days[FLEXIBLE_ARRAY_MEMBER];
} ledger_walk;

/* The ledger and its bounds, copied: the walk reads them until the last row. */
static void *
begin_ledger(FunctionCallInfo fcinfo)
{
	crm_bounds	bounds = crm_getarg_bounds(fcinfo, 1, "bounds");
	crm_ledger *argument = PG_GETARG_LEDGER(0);
	crm_ledger *ledger = palloc(VARSIZE_ANY(argument));
	ledger_walk *walk = palloc(offsetof(ledger_walk, days) +
							   bounds.count * sizeof(int32));

	crm_require_bounds(bounds);
	memcpy(ledger, argument, VARSIZE_ANY(argument));
	memcpy(walk->days, bounds.days, bounds.count * sizeof(int32));
	crm_spells_init(&walk->spells, LEDGER_BYTES(ledger),
					LEDGER_LENGTH(ledger), walk->days, bounds.count - 1);
	return walk;
}

static void
fill_spell(row *to, const crm_spells *spells, const crm_spell *spell)
{
	add_period(to, spells->bounds, spell->period);
	add_column(to, DateADTGetDatum(spells->cohort == CRM_PERIOD_BEFORE ?
								   DATEVAL_NOBEGIN :
								   spells->bounds[Max(spells->cohort, 0)]),
			   spells->cohort != CRM_PERIOD_NEVER);
	add_column(to, Int32GetDatum(spell->active_days), true);
	add_column(to, BoolGetDatum(spell->active_before), true);
	add_count(to, spell->events);
	add_amount(to, spell->gross + spell->refunds);
	add_amount(to, spell->refunds);
}

Datum
crm_activity_periods(PG_FUNCTION_ARGS)
{
	FuncCallContext *call = crm_rows_call(fcinfo, begin_ledger);
	ledger_walk *walk = call->user_fctx;
	crm_spell	spell;
	row			out = {.count = 0};

	if (!crm_spells_next(&walk->spells, &spell))
	{
		crm_check_ledger(walk->spells.reader.status);
		SRF_RETURN_DONE(call);
	}
	fill_spell(&out, &walk->spells, &spell);
	SRF_RETURN_NEXT(call, row_datum(call, &out));
}
