/*
 * census.c
 *		crm_day_counts and crm_gap_counts: on which days customers were active,
 *		and how long until they were again, counted over all ledgers.
 *
 * The state is a bytea, so that a distributed server can ship it: a head, and
 * the places of a census.
 */
#include "pg/activity/activity.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/date.h"

#include "core/activity/census.h"
#include "core/distribution/distribution.h"
#include "pg/support/aggregate.h"

#define CENSUS_VERSION	1
#define CENSUS_MIN		64		/* places to begin with */
#define CENSUS_COLUMNS	2

PG_FUNCTION_INFO_V1(crm_day_counts_trans);
PG_FUNCTION_INFO_V1(crm_gap_counts_trans);
PG_FUNCTION_INFO_V1(crm_census_combine);
PG_FUNCTION_INFO_V1(crm_census_final);

/* Between processes it may lie at a multiple of four. */
typedef struct census_state
{
	int32		vl_len_;
	int32		version;
	uint32		size;			/* of places, a power of 2 */
	uint32		used;
	crm_census_place places[FLEXIBLE_ARRAY_MEMBER];
} census_state;

#define STATE_SIZE(size) \
	(offsetof(census_state, places) + (Size) (size) * sizeof(crm_census_place))

/* For more numbers: of a quarter of the size, half is used. */
static census_state *
create_state(Size size)
{
	census_state *state;

	if (STATE_SIZE(size) > MaxAllocSize)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_NO_SPACE)),
				 errmsg("cannot count more than %zu distinct numbers",
						size / 8)));
	state = palloc0(STATE_SIZE(size));
	SET_VARSIZE(state, STATE_SIZE(size));
	state->version = CENSUS_VERSION;
	state->size = size;
	return state;
}

static census_state *
getarg_state(FunctionCallInfo fcinfo, int n)
{
	census_state *state =
		(census_state *) PG_DETOAST_DATUM(PG_GETARG_DATUM(n));

	if (VARSIZE(state) < sizeof(census_state) ||
		state->version != CENSUS_VERSION || state->size < CENSUS_MIN ||
		(state->size & (state->size - 1)) != 0 ||
		state->used > state->size / 2 ||
		VARSIZE(state) != STATE_SIZE(state->size))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_CORRUPT)),
				 errmsg("state of crm_day_counts or crm_gap_counts is corrupt")));
	return state;
}

static census_state *add_count(census_state *state, int32 number, uint64 count);

static census_state *
add_all(census_state *state, const census_state *other)
{
	for (uint32 i = 0; i < other->size; i++)
	{
		uint64		count = crm_census_count(&other->places[i]);

		if (i % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
		if (count > 0)
			state = add_count(state, other->places[i].number, count);
	}
	return state;
}

/*
 * A state that grows is a new one: the old one is nodeAgg.c's to free, which
 * also moves the new one to where states live.
 */
static census_state *
add_count(census_state *state, int32 number, uint64 count)
{
	while (!crm_census_add(state->places, state->size, &state->used, number,
						   count))
		state = add_all(create_state((Size) state->size * 4), state);
	return state;
}

/* The ledger that a row brings, or NULL for a row to skip. */
static crm_ledger *
getarg_row(FunctionCallInfo fcinfo, census_state **state)
{
	crm_check_aggregate(fcinfo);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return NULL;
	*state = PG_ARGISNULL(0) ? create_state(CENSUS_MIN) :
		getarg_state(fcinfo, 0);
	return PG_GETARG_LEDGER(1);
}

/* The next day that is active and not after as_of. */
static bool
next_active(crm_reader *reader, int32 as_of, int32 *day)
{
	crm_entry	entry;

	while (crm_reader_next(reader, &entry))
	{
		if (entry.day > as_of)
			return false;
		*day = entry.day;
		if (entry.events > 0)
			return true;
	}
	crm_check_ledger(reader->status);
	return false;
}

/* (state, activity, as_of) */
Datum
crm_day_counts_trans(PG_FUNCTION_ARGS)
{
	census_state *state;
	crm_ledger *ledger = getarg_row(fcinfo, &state);
	crm_reader	reader;
	int32		day;

	if (ledger == NULL)
		return crm_unchanged(fcinfo);
	crm_reader_init(&reader, LEDGER_BYTES(ledger), LEDGER_LENGTH(ledger));
	while (next_active(&reader, PG_GETARG_DATEADT(2), &day))
		state = add_count(state, day, 1);
	PG_RETURN_POINTER(state);
}

/* (state, activity, as_of) */
Datum
crm_gap_counts_trans(PG_FUNCTION_ARGS)
{
	census_state *state;
	crm_ledger *ledger = getarg_row(fcinfo, &state);
	crm_reader	reader;
	int32		before;
	int32		day;

	if (ledger == NULL)
		return crm_unchanged(fcinfo);
	crm_reader_init(&reader, LEDGER_BYTES(ledger), LEDGER_LENGTH(ledger));
	if (next_active(&reader, PG_GETARG_DATEADT(2), &before))
		for (; next_active(&reader, PG_GETARG_DATEADT(2), &day); before = day)
			state = add_count(state, day - before, 1);
	PG_RETURN_POINTER(state);
}

Datum
crm_census_combine(PG_FUNCTION_ARGS)
{
	census_state *other;

	crm_check_aggregate(fcinfo);
	if (PG_ARGISNULL(1))
		return crm_unchanged(fcinfo);
	other = getarg_state(fcinfo, 1);
	if (PG_ARGISNULL(0))
		PG_RETURN_POINTER(other);
	PG_RETURN_POINTER(add_all(getarg_state(fcinfo, 0), other));
}

/* Keys that sort by number, with the place in their lower half. */
static uint32
collect_keys(const census_state *state, uint64 *keys)
{
	uint32		count = 0;

	for (uint32 i = 0; i < state->size; i++)
		if (crm_census_count(&state->places[i]) > 0)
			keys[count++] = (uint64) ((uint32) state->places[i].number ^
									  UINT32_C(0x80000000)) << 32 | i;
	return count;
}

/* bigint[][]: a row for each number, ascending, with its count. */
Datum
crm_census_final(PG_FUNCTION_ARGS)
{
	census_state *state;
	uint64	   *keys;
	Datum	   *values;
	int			dims[2] = {0, CENSUS_COLUMNS};
	int			lower[2] = {1, 1};

	crm_check_aggregate(fcinfo);
	state = getarg_state(fcinfo, 0);
	keys = palloc_extended(2 * (Size) state->size * sizeof(uint64),
						   MCXT_ALLOC_HUGE);
	dims[0] = collect_keys(state, keys);
	if (dims[0] == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(INT8OID));
	crm_sort_keys(keys, keys + state->size, dims[0], crm_interrupted, NULL);
	values = palloc_extended((Size) dims[0] * CENSUS_COLUMNS * sizeof(Datum),
							 MCXT_ALLOC_HUGE);
	for (int i = 0; i < dims[0]; i++)
	{
		const crm_census_place *place = &state->places[(uint32) keys[i]];

		values[CENSUS_COLUMNS * i] = Int64GetDatum(place->number);
		values[CENSUS_COLUMNS * i + 1] =
			Int64GetDatum((int64) crm_census_count(place));
	}
	PG_RETURN_ARRAYTYPE_P(construct_md_array(values, NULL, 2, dims, lower,
											 INT8OID, sizeof(int64),
											 FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
