/*
 * measure_all.c
 *		crm_measures: everything that a report asks of one ledger, as one row.
 */
#include "pg/activity/activity.h"

#include "utils/date.h"

#include "core/activity/amount.h"
#include "core/activity/measure_all.h"
#include "pg/activity/amount.h"

/* The columns of crm_measures, as src/sql/period.sql declares them. */
enum
{
	EVENT_COUNT,
	WINDOW_EVENT_COUNT,
	PREVIOUS_EVENT_COUNT,
	AMOUNT_NUMBER,
	ACTIVE_DAYS,
	FIRST_DAY,
	LAST_DAY,
	DAYS_SINCE_LAST,
	TENURE_DAYS,
	FREQUENCY,
	RECENCY,
	AMOUNT,
	REFUND_AMOUNT,
	WINDOW_AMOUNT,
	PREVIOUS_AMOUNT,
	MEAN_GAP_DAYS,
	MEDIAN_GAP_DAYS,
	MONETARY,
	COLUMNS
};

#define GAPS_ON_STACK	256

PG_FUNCTION_INFO_V1(crm_measures_row);

static Datum
amount_datum(__int128 amount)
{
	crm_check_amount(amount >= -CRM_AMOUNT_MAX && amount <= CRM_AMOUNT_MAX);
	return crm_amount_to_numeric((int64) amount);
}

/* What takes an active day. */
static void
fill_days(const crm_all_measures *of, int32 as_of, Datum *values)
{
	values[FIRST_DAY] = DateADTGetDatum(of->first_day);
	values[LAST_DAY] = DateADTGetDatum(of->last_day);
	values[DAYS_SINCE_LAST] = Int32GetDatum(as_of - of->last_day);
	values[TENURE_DAYS] = Int32GetDatum(as_of - of->first_day);
	values[FREQUENCY] = Int32GetDatum(of->active_days - 1);
	values[RECENCY] = Int32GetDatum(of->last_day - of->first_day);
}

/* What takes two of them: their gaps, and what came after the first. */
static void
fill_repeats(const crm_all_measures *of, int32 *gaps, Datum *values)
{
	int32		repeats = of->active_days - 1;
	double		median;

	(void) crm_median_of(gaps, repeats, crm_interrupted, NULL, &median);
	values[MEAN_GAP_DAYS] =
		Float8GetDatum(((double) of->last_day - of->first_day) / repeats);
	values[MEDIAN_GAP_DAYS] = Float8GetDatum(median);
	values[MONETARY] =
		Float8GetDatum(crm_mean_amount(of->repeat_amount, repeats));
}

static void
fill_row(const crm_all_measures *of, int32 as_of, int32 *gaps, Datum *values,
		 bool *nulls)
{
	values[EVENT_COUNT] = Int64GetDatum(of->events);
	values[WINDOW_EVENT_COUNT] = Int64GetDatum(of->window_events);
	values[PREVIOUS_EVENT_COUNT] = Int64GetDatum(of->previous_events);
	values[ACTIVE_DAYS] = Int32GetDatum(of->active_days);
	values[AMOUNT] = amount_datum(of->amount);
	values[REFUND_AMOUNT] = amount_datum(of->refunds);
	values[WINDOW_AMOUNT] = amount_datum(of->window_amount);
	values[PREVIOUS_AMOUNT] = amount_datum(of->previous_amount);
	values[AMOUNT_NUMBER] =
		Float8GetDatum(crm_amount_to_double((int64) of->amount));
	if (of->active_days > 0)
		fill_days(of, as_of, values);
	else
		memset(&nulls[FIRST_DAY], true, RECENCY - FIRST_DAY + 1);
	if (of->active_days > 1)
		fill_repeats(of, gaps, values);
	else
		memset(&nulls[MEAN_GAP_DAYS], true, MONETARY - MEAN_GAP_DAYS + 1);
}

Datum
crm_measures_row(PG_FUNCTION_ARGS)
{
	crm_ledger *ledger = PG_GETARG_LEDGER(0);
	int32		as_of = crm_getarg_as_of(fcinfo, 1);
	int32		window_days = crm_getarg_window_days(fcinfo, 2);
	Size		length = LEDGER_LENGTH(ledger);
	int32		few[GAPS_ON_STACK];
	int32	   *gaps = length <= GAPS_ON_STACK ? few :
		palloc(mul_size(length, sizeof(int32)));
	crm_all_measures measures;
	Datum		values[COLUMNS];
	bool		nulls[COLUMNS] = {false};

	crm_check_ledger(crm_ledger_measure_all(LEDGER_BYTES(ledger), length, as_of,
											window_days, gaps, &measures));
	fill_row(&measures, as_of, gaps, values, nulls);
	return crm_row(fcinfo, values, nulls);
}
