/*
 * kept.c
 *		crm_period_kept: revenue kept from one period to a later one.
 *
 * The state is a bytea, as that of crm_period_amounts: a head, the bounds, and
 * a crm_kept for each period.
 */
#include "pg/period/period.h"

#include "catalog/pg_type.h"
#include "utils/fmgrprotos.h"

#include "core/period/kept.h"
#include "pg/activity/activity.h"
#include "pg/activity/amount.h"
#include "pg/support/aggregate.h"

#define KEPT_VERSION	1
#define KEPT_COLUMNS	4

/* What may be out of range. */
#define TOTAL "amount of all customers"

PG_FUNCTION_INFO_V1(crm_period_kept_trans);
PG_FUNCTION_INFO_V1(crm_period_kept_combine);
PG_FUNCTION_INFO_V1(crm_period_kept_final);

/* Of int32 only: between processes it may lie at a multiple of four. */
typedef struct kept_state
{
	int32		vl_len_;
	int32		version;
	int32		periods;
	int32		lag;
	int32		bounds[FLEXIBLE_ARRAY_MEMBER];
} kept_state;

#define STATE_OFFSET(periods) \
	(offsetof(kept_state, bounds) + ((Size) (periods) + 1) * sizeof(int32))
#define STATE_SIZE(periods) \
	(STATE_OFFSET(periods) + (Size) (periods) * sizeof(crm_kept))
#define STATE_KEPT(state) \
	((crm_kept *) ((char *) (state) + STATE_OFFSET((state)->periods)))

static kept_state *
create_state(crm_bounds bounds, int32 lag)
{
	Size		size;
	kept_state *state;

	crm_require_bounds(bounds);
	if (lag < 1)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("periods cannot be %d", lag),
				 errhint("Give how many periods to look back, 1 or more.")));
	size = STATE_SIZE(bounds.count - 1);
	state = palloc0(size);
	SET_VARSIZE(state, size);
	state->version = KEPT_VERSION;
	state->periods = bounds.count - 1;
	state->lag = lag;
	memcpy(state->bounds, bounds.days, bounds.count * sizeof(int32));
	return state;
}

static kept_state *
getarg_state(FunctionCallInfo fcinfo, int n)
{
	kept_state *state =
		(kept_state *) PG_DETOAST_DATUM(PG_GETARG_DATUM(n));

	if (VARSIZE(state) < sizeof(kept_state) ||
		state->version != KEPT_VERSION || state->lag < 1 ||
		state->periods < 1 || state->periods > CRM_PERIODS_MAX ||
		VARSIZE(state) != STATE_SIZE(state->periods))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_CORRUPT)),
				 errmsg("state of crm_period_kept is corrupt")));
	return state;
}

static void
require_same_lag(int32 lag, int32 other)
{
	if (lag != other)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("periods must be the same in every row, but are %d and %d",
						lag, other),
				 errhint("Give a constant.")));
}

Datum
crm_period_kept_trans(PG_FUNCTION_ARGS)
{
	crm_bounds	bounds;
	kept_state *state;
	crm_ledger *ledger;
	int32		lag;

	crm_check_aggregate(fcinfo);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		return crm_unchanged(fcinfo);
	bounds = crm_getarg_bounds(fcinfo, 2, "bounds");
	lag = PG_GETARG_INT32(3);
	if (PG_ARGISNULL(0))
		state = create_state(bounds, lag);
	else
	{
		state = getarg_state(fcinfo, 0);
		crm_require_same_bounds(bounds, state->bounds, state->periods);
		require_same_lag(lag, state->lag);
	}
	ledger = PG_GETARG_LEDGER(1);
	crm_check_total(crm_add_kept(LEDGER_BYTES(ledger), LEDGER_LENGTH(ledger),
								 state->bounds, state->periods, lag,
								 STATE_KEPT(state)), TOTAL);
	PG_RETURN_POINTER(state);
}

Datum
crm_period_kept_combine(PG_FUNCTION_ARGS)
{
	kept_state *state;
	kept_state *other;

	crm_check_aggregate(fcinfo);
	if (PG_ARGISNULL(1))
		return crm_unchanged(fcinfo);
	other = getarg_state(fcinfo, 1);
	if (PG_ARGISNULL(0))
		PG_RETURN_POINTER(other);
	state = getarg_state(fcinfo, 0);
	crm_require_same_bounds((crm_bounds) {other->bounds, other->periods + 1},
							state->bounds, state->periods);
	require_same_lag(other->lag, state->lag);
	for (int32 i = 0; i < state->periods; i++)
		crm_check_total(crm_merge_kept(&STATE_KEPT(state)[i],
									   &STATE_KEPT(other)[i]), TOTAL);
	PG_RETURN_POINTER(state);
}

/* numeric[][]: a row for each period with a base, columns as crm_kept. */
Datum
crm_period_kept_final(PG_FUNCTION_ARGS)
{
	kept_state *state;
	Datum	   *cells;
	int			dims[2];
	int			lower[2] = {1, 1};

	crm_check_aggregate(fcinfo);
	state = getarg_state(fcinfo, 0);
	dims[0] = Max(state->periods - state->lag, 0);
	dims[1] = KEPT_COLUMNS;
	if (dims[0] == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(NUMERICOID));
	cells = palloc(dims[0] * KEPT_COLUMNS * sizeof(Datum));
	for (int i = 0; i < dims[0]; i++)
	{
		crm_kept	kept;
		Datum	   *row = cells + i * KEPT_COLUMNS;

		memcpy(&kept, &STATE_KEPT(state)[state->lag + i], sizeof(kept));
		row[0] = DirectFunctionCall1(int8_numeric,
									 Int64GetDatum(kept.customers));
		row[1] = crm_wide_to_numeric(crm_wide_value(kept.base));
		row[2] = crm_wide_to_numeric(crm_wide_value(kept.gross));
		row[3] = crm_wide_to_numeric(crm_wide_value(kept.net));
	}
	PG_RETURN_ARRAYTYPE_P(construct_md_array(cells, NULL, 2, dims, lower,
											 NUMERICOID, -1, false,
											 TYPALIGN_INT));
}
