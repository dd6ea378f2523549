/*
 * amounts.c
 *		crm_period_amounts: the amounts of customers in each period, as an array
 *		of distributions.
 *
 * The state is a bytea, so that a distributed server can ship it: a head, the
 * bounds, and bytes as core/period/amounts.h describes them. It has room to
 * spare, which is what its length exceeds the bytes in use by, so no field of
 * it is trusted beyond that length.
 */
#include "pg/period/period.h"

#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "core/period/amounts.h"
#include "pg/activity/activity.h"
#include "pg/support/aggregate.h"
#include "pg/activity/amount.h"
#include "pg/distribution/distribution.h"

#define AMOUNTS_VERSION		1
#define AMOUNTS_ROOM		1024	/* bytes to begin with */

PG_FUNCTION_INFO_V1(crm_period_amounts_trans);
PG_FUNCTION_INFO_V1(crm_period_amounts_combine);
PG_FUNCTION_INFO_V1(crm_period_amounts_final);

/* Of int32 only: between processes it may lie at a multiple of four. */
typedef struct amounts_state
{
	int32		vl_len_;
	int32		version;
	int32		periods;
	uint32		used;			/* bytes after the bounds */
	int32		bounds[FLEXIBLE_ARRAY_MEMBER];
} amounts_state;

#define STATE_OFFSET(periods) \
	(offsetof(amounts_state, bounds) + ((Size) (periods) + 1) * sizeof(int32))
#define STATE_BYTES(state) \
	((uint8 *) (state) + STATE_OFFSET((state)->periods))
#define STATE_FREE(state) \
	(VARSIZE(state) - STATE_OFFSET((state)->periods) - (state)->used)

static amounts_state *
create_state(const int32 *bounds, int32 periods, Size room)
{
	Size		size = STATE_OFFSET(periods) + room;
	amounts_state *state;

	if (size > MaxAllocSize)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_NO_SPACE)),
				 errmsg("amounts of all customers and periods do not fit into %zu bytes",
						MaxAllocSize),
				 errhint("Ask for fewer periods at a time.")));
	state = palloc0(size);
	SET_VARSIZE(state, size);
	state->version = AMOUNTS_VERSION;
	state->periods = periods;
	memcpy(state->bounds, bounds, ((Size) periods + 1) * sizeof(int32));
	return state;
}

static amounts_state *
getarg_state(FunctionCallInfo fcinfo, int n)
{
	amounts_state *state =
		(amounts_state *) PG_DETOAST_DATUM(PG_GETARG_DATUM(n));

	if (VARSIZE(state) < sizeof(amounts_state) ||
		state->version != AMOUNTS_VERSION ||
		state->periods < 1 || state->periods > CRM_PERIODS_MAX ||
		VARSIZE(state) < STATE_OFFSET(state->periods) ||
		VARSIZE(state) - STATE_OFFSET(state->periods) < state->used)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_CORRUPT)),
				 errmsg("state of crm_period_amounts is corrupt")));
	return state;
}

/*
 * Room for so many more bytes. A larger state is a new one: the old one is
 * nodeAgg.c's to free, which also moves the new one to where states live.
 */
static amounts_state *
reserve(amounts_state *state, Size more)
{
	amounts_state *larger;

	if (STATE_FREE(state) >= more)
		return state;
	larger = create_state(state->bounds, state->periods,
						  state->used + Max(more, state->used / 2));
	memcpy(STATE_BYTES(larger), STATE_BYTES(state), state->used);
	larger->used = state->used;
	return larger;
}

static amounts_state *
state_of(FunctionCallInfo fcinfo, crm_bounds bounds)
{
	amounts_state *state;

	if (PG_ARGISNULL(0))
	{
		crm_require_bounds(bounds);
		return create_state(bounds.days, bounds.count - 1, AMOUNTS_ROOM);
	}
	state = getarg_state(fcinfo, 0);
	crm_require_same_bounds(bounds, state->bounds, state->periods);
	return state;
}

Datum
crm_period_amounts_trans(PG_FUNCTION_ARGS)
{
	amounts_state *state;
	crm_ledger *ledger;
	size_t		written;
	crm_status	status;

	crm_check_aggregate(fcinfo);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return crm_unchanged(fcinfo);
	state = state_of(fcinfo, crm_getarg_bounds(fcinfo, 2, "bounds"));
	ledger = PG_GETARG_LEDGER(1);
	/* A day takes a byte or more. */
	state = reserve(state, CRM_AMOUNT_BYTES *
					Min(LEDGER_LENGTH(ledger), (Size) state->periods));
	status = crm_period_amounts_write(LEDGER_BYTES(ledger), LEDGER_LENGTH(ledger),
									  state->bounds, state->periods,
									  STATE_BYTES(state) + state->used, &written);
	crm_check_total(status, "amount of a customer and period");
	state->used += written;
	PG_RETURN_POINTER(state);
}

Datum
crm_period_amounts_combine(PG_FUNCTION_ARGS)
{
	amounts_state *state;
	amounts_state *other;

	crm_check_aggregate(fcinfo);
	if (PG_ARGISNULL(1))
		return crm_unchanged(fcinfo);
	other = getarg_state(fcinfo, 1);
	if (PG_ARGISNULL(0))
		PG_RETURN_POINTER(other);
	state = getarg_state(fcinfo, 0);
	crm_require_same_bounds((crm_bounds) {other->bounds, other->periods + 1},
							state->bounds, state->periods);
	state = reserve(state, other->used);
	memcpy(STATE_BYTES(state) + state->used, STATE_BYTES(other), other->used);
	state->used += other->used;
	PG_RETURN_POINTER(state);
}

/* Sorted as integers, which share more of their bytes than doubles do. */
static Datum
distribution_of(uint64 *amounts, Size count, uint64 *scratch)
{
	crm_values	values;
	struct varlena *packed;
	Size		size;

	crm_sort_keys(amounts, scratch, count, crm_interrupted, NULL);
	for (Size i = 0; i < count; i++)
		amounts[i] = crm_key_of(crm_amount_to_double((int64) amounts[i]));
	values.distinct = crm_distinct_keys(amounts, count);
	values.keys = palloc_extended(Max(values.distinct, 1) * sizeof(uint64),
								  MCXT_ALLOC_HUGE);
	values.ends = values.distinct == count ? NULL :
		palloc_extended(values.distinct * sizeof(uint64), MCXT_ALLOC_HUGE);
	crm_fold_keys(amounts, count, &values);
	size = VARHDRSZ + crm_packed_size(&values, NULL, 0);
	packed = palloc(size);
	SET_VARSIZE(packed, size);
	crm_distribution_pack_values(&values, NULL, 0, (uint8 *) VARDATA(packed));
	pfree(values.keys);
	if (values.ends != NULL)
		pfree(values.ends);
	return PointerGetDatum(packed);
}

/* counts become places: where each period's amounts begin, then end. */
static uint64 *
sort_into_periods(const amounts_state *state, size_t *places, Size *most)
{
	Size		total = 0;
	uint64	   *amounts;

	*most = 0;
	if (crm_period_amounts_count(STATE_BYTES(state), state->used, state->periods,
								 places, crm_interrupted, NULL) != CRM_OK)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_CORRUPT)),
				 errmsg("state of crm_period_amounts is corrupt")));
	for (int32 i = 0; i < state->periods; i++)
	{
		Size		count = places[i];

		*most = Max(*most, count);
		places[i] = total;
		total += count;
	}
	amounts = MemoryContextAllocHuge(CurrentMemoryContext,
									 Max(total, 1) * sizeof(uint64));
	(void) crm_period_amounts_read(STATE_BYTES(state), state->used, amounts, places,
								   crm_interrupted, NULL);
	return amounts;
}

/* crm_distribution[], one a period; the state is left as it is. */
Datum
crm_period_amounts_final(PG_FUNCTION_ARGS)
{
	amounts_state *state;
	size_t	   *places;
	uint64	   *amounts;
	uint64	   *scratch;
	Datum	   *made;
	Size		most;
	Size		begin = 0;
	Oid			type;

	crm_check_aggregate(fcinfo);
	state = getarg_state(fcinfo, 0);
	places = palloc0(state->periods * sizeof(size_t));
	amounts = sort_into_periods(state, places, &most);
	scratch = MemoryContextAllocHuge(CurrentMemoryContext,
									 Max(most, 1) * sizeof(uint64));
	made = palloc(state->periods * sizeof(Datum));
	for (int32 i = 0; i < state->periods; i++)
	{
		made[i] = distribution_of(amounts + begin, places[i] - begin, scratch);
		begin = places[i];
	}
	type = get_element_type(get_func_rettype(fcinfo->flinfo->fn_oid));
	PG_RETURN_ARRAYTYPE_P(construct_array(made, state->periods, type, -1,
										  false, TYPALIGN_INT));
}
