/*
 * cells.c
 *		crm_score_cells: customers and amounts by scores, on several days at once.
 *
 * The state is a bytea, so that a distributed server can ship it: a head with
 * the breaks, the days, and the cells of each day.
 */
#include "pg/period/period.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/fmgrprotos.h"

#include "core/rfm/cells.h"
#include "pg/activity/activity.h"
#include "pg/activity/amount.h"
#include "pg/support/aggregate.h"
#include "pg/support/arrays.h"

#define CELLS_VERSION	1
#define CELLS_COLUMNS	6

/* What may be out of range. */
#define TOTAL "amount of a customer, or of all,"

PG_FUNCTION_INFO_V1(crm_score_cells_trans);
PG_FUNCTION_INFO_V1(crm_score_cells_combine);
PG_FUNCTION_INFO_V1(crm_score_cells_final);

/* Between processes it may lie at a multiple of four. */
typedef struct cells_state
{
	int32		vl_len_;
	int32		version;
	int32		days;
	int32		a_day;			/* cells of a day */
	char		scales[sizeof(crm_cell_scales)];
	int32		day[FLEXIBLE_ARRAY_MEMBER];
} cells_state;

#define STATE_OFFSET(days) \
	(offsetof(cells_state, day) + (Size) (days) * sizeof(int32))
#define STATE_SIZE(days, a_day) \
	(STATE_OFFSET(days) + (Size) (days) * (a_day) * sizeof(crm_score_cell))
#define STATE_CELLS(state) \
	((crm_score_cell *) ((char *) (state) + STATE_OFFSET((state)->days)))

/* The days of argument 2, ascending. */
static crm_bounds
getarg_days(FunctionCallInfo fcinfo)
{
	crm_bounds	days = crm_getarg_bounds(fcinfo, 2, "dates");

	if (days.count < 1 || days.count > CRM_CELL_DAYS_MAX)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("dates must have 1 to %d elements, not %d",
						CRM_CELL_DAYS_MAX, days.count)));
	for (int i = 0; i < days.count; i++)
		if (DATE_NOT_FINITE(days.days[i]) ||
			(i > 0 && days.days[i] <= days.days[i - 1]))
			ereport(ERROR,
					(errcode(crm_errcode(CRM_INVALID)),
					 errmsg("dates must be finite and ascend, but element %d does not",
							i + 1)));
	return days;
}

static void
getarg_scale(FunctionCallInfo fcinfo, int n, const char *name,
			 crm_cell_scale *scale)
{
	memset(scale, 0, sizeof(*scale));
	if (PG_ARGISNULL(n))
		return;
	scale->is_known = true;
	scale->count = crm_getarg_float8s(fcinfo, n, name, scale->breaks,
									  CRM_CELL_BREAKS_MAX);
	for (int i = 1; i < scale->count; i++)
		if (scale->breaks[i] < scale->breaks[i - 1])
			ereport(ERROR,
					(errcode(crm_errcode(CRM_INVALID)),
					 errmsg("%s must ascend, but element %d is less than the one before",
							name, i + 1)));
}

static void
getarg_scales(FunctionCallInfo fcinfo, crm_cell_scales *scales)
{
	getarg_scale(fcinfo, 3, "recency_breaks", &scales->recency);
	getarg_scale(fcinfo, 4, "frequency_breaks", &scales->frequency);
	getarg_scale(fcinfo, 5, "monetary_breaks", &scales->monetary);
}

static cells_state *
create_state(crm_bounds days, const crm_cell_scales *scales)
{
	int32		a_day = crm_cells_a_day(scales);
	Size		size = STATE_SIZE(days.count, a_day);
	cells_state *state = palloc0(size);

	SET_VARSIZE(state, size);
	state->version = CELLS_VERSION;
	state->days = days.count;
	state->a_day = a_day;
	memcpy(state->scales, scales, sizeof(*scales));
	memcpy(state->day, days.days, days.count * sizeof(int32));
	return state;
}

static cells_state *
getarg_state(FunctionCallInfo fcinfo, int n, crm_cell_scales *scales)
{
	cells_state *state =
		(cells_state *) PG_DETOAST_DATUM(PG_GETARG_DATUM(n));

	if (VARSIZE(state) >= sizeof(cells_state))
		memcpy(scales, state->scales, sizeof(*scales));
	if (VARSIZE(state) < sizeof(cells_state) ||
		state->version != CELLS_VERSION || state->days < 1 ||
		state->days > CRM_CELL_DAYS_MAX ||
		scales->recency.count < 0 || scales->recency.count > CRM_CELL_BREAKS_MAX ||
		scales->frequency.count < 0 || scales->frequency.count > CRM_CELL_BREAKS_MAX ||
		scales->monetary.count < 0 || scales->monetary.count > CRM_CELL_BREAKS_MAX ||
		state->a_day != crm_cells_a_day(scales) ||
		VARSIZE(state) != STATE_SIZE(state->days, state->a_day))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_CORRUPT)),
				 errmsg("state of crm_score_cells is corrupt")));
	return state;
}

/* What is asked must be the same in every row. */
static void
require_same(const cells_state *state, const int32 *days, int count,
			 const crm_cell_scales *scales)
{
	if (state->days != count ||
		memcmp(state->day, days, count * sizeof(int32)) != 0 ||
		memcmp(state->scales, scales, sizeof(*scales)) != 0)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("dates and breaks must be the same in every row"),
				 errhint("Group by what they depend on.")));
}

/* (state, activity, dates, recency_breaks, frequency_breaks, monetary_breaks) */
Datum
crm_score_cells_trans(PG_FUNCTION_ARGS)
{
	cells_state *state;
	crm_ledger *ledger;
	crm_bounds	days;
	crm_cell_scales scales;
	crm_cell_scales known;

	crm_check_aggregate(fcinfo);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return crm_unchanged(fcinfo);
	days = getarg_days(fcinfo);
	getarg_scales(fcinfo, &scales);
	if (PG_ARGISNULL(0))
		state = create_state(days, &scales);
	else
	{
		state = getarg_state(fcinfo, 0, &known);
		require_same(state, days.days, days.count, &scales);
	}
	ledger = PG_GETARG_LEDGER(1);
	crm_check_total(crm_add_to_cells(LEDGER_BYTES(ledger), LEDGER_LENGTH(ledger),
									 &scales, state->day, state->days,
									 STATE_CELLS(state)), TOTAL);
	PG_RETURN_POINTER(state);
}

Datum
crm_score_cells_combine(PG_FUNCTION_ARGS)
{
	cells_state *state;
	cells_state *other;
	crm_cell_scales scales;
	crm_cell_scales others;

	crm_check_aggregate(fcinfo);
	if (PG_ARGISNULL(1))
		return crm_unchanged(fcinfo);
	other = getarg_state(fcinfo, 1, &others);
	if (PG_ARGISNULL(0))
		PG_RETURN_POINTER(other);
	state = getarg_state(fcinfo, 0, &scales);
	require_same(state, other->day, other->days, &others);
	for (int32 i = 0; i < state->days * state->a_day; i++)
		crm_check_total(crm_merge_cell(&STATE_CELLS(state)[i],
									   &STATE_CELLS(other)[i]), TOTAL);
	PG_RETURN_POINTER(state);
}

static void
fill_row(Datum *row, int32 day, const int32 *scores, const crm_score_cell *cell)
{
	row[0] = DirectFunctionCall1(int4_numeric, Int32GetDatum(day));
	for (int i = 0; i < 3; i++)
		row[1 + i] = DirectFunctionCall1(int4_numeric,
										 Int32GetDatum(scores[i]));
	row[4] = DirectFunctionCall1(int8_numeric, Int64GetDatum(cell->customers));
	row[5] = crm_wide_to_numeric(crm_wide_value(cell->amount));
}

/* numeric[][]: a row for each cell with customers. */
Datum
crm_score_cells_final(PG_FUNCTION_ARGS)
{
	crm_cell_scales scales;
	cells_state *state;
	Datum	   *values;
	int			dims[2] = {0, CELLS_COLUMNS};
	int			lower[2] = {1, 1};
	int32		count;

	crm_check_aggregate(fcinfo);
	state = getarg_state(fcinfo, 0, &scales);
	count = state->days * state->a_day;
	values = palloc(count * CELLS_COLUMNS * sizeof(Datum));
	for (int32 i = 0; i < count; i++)
	{
		crm_score_cell cell;
		int32		scores[3];

		memcpy(&cell, &STATE_CELLS(state)[i], sizeof(cell));
		if (cell.customers == 0)
			continue;
		CHECK_FOR_INTERRUPTS();
		crm_cell_scores(&scales, i % state->a_day, scores);
		fill_row(values + dims[0]++ * CELLS_COLUMNS, i / state->a_day + 1,
				 scores, &cell);
	}
	if (dims[0] == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(NUMERICOID));
	PG_RETURN_ARRAYTYPE_P(construct_md_array(values, NULL, 2, dims, lower,
											 NUMERICOID, -1, false,
											 TYPALIGN_INT));
}
