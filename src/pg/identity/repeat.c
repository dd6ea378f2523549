/*
 * repeat.c
 *		crm_repeat_count: how many values have come before.
 *
 * Values are sorted at the end, part by part, which takes a fraction of the
 * time and memory of a hash table of them.
 */
#include "pg/identity/values.h"

#include "miscadmin.h"

#include "core/distribution/distribution.h"

#define REPEAT_PARTS	2048	/* to sort one by one */
#define REPEAT_SHIFT	(64 - 11)
#define REPEAT_BLOCK	65536	/* values between two looks at interrupts */

PG_FUNCTION_INFO_V1(crm_repeat_count_trans);
PG_FUNCTION_INFO_V1(crm_repeat_count_final);

/* (state, value) */
Datum
crm_repeat_count_trans(PG_FUNCTION_ARGS)
{
	values_state *state;
	int64		value;

	crm_check_aggregate(fcinfo);
	state = PG_ARGISNULL(0) ? crm_values_create() :
		crm_values_getarg(fcinfo, 0);
	if (PG_ARGISNULL(1))
		PG_RETURN_POINTER(state);
	value = PG_GETARG_INT64(1);
	PG_RETURN_POINTER(crm_values_add(state, &value, 1));
}

/* Equal values stay equal and others apart, but those of a range are spread. */
static uint64
mixed_value(const values_state *state, uint32 i)
{
	return crm_values_at(state, i) * UINT64CONST(0x9E3779B97F4A7C15);
}

/*
 * The values by their upper bits, in parts that the processor's caches hold:
 * sorting all at once waits for memory in every pass. ends has where each ends.
 */
static uint64 *
divide_values(const values_state *state, Size *ends)
{
	uint64	   *values = palloc(Max(state->count, 1) * sizeof(uint64));
	Size		place = 0;

	memset(ends, 0, REPEAT_PARTS * sizeof(Size));
	for (uint32 i = 0; i < state->count; i++)
	{
		if (i % REPEAT_BLOCK == 0)
			CHECK_FOR_INTERRUPTS();
		ends[mixed_value(state, i) >> REPEAT_SHIFT]++;
	}
	for (int part = 0; part < REPEAT_PARTS; part++)
	{
		Size		here = ends[part];

		ends[part] = place;
		place += here;
	}
	for (uint32 i = 0; i < state->count; i++)
	{
		uint64		value = mixed_value(state, i);

		if (i % REPEAT_BLOCK == 0)
			CHECK_FOR_INTERRUPTS();
		values[ends[value >> REPEAT_SHIFT]++] = value;
	}
	return values;
}

/* NULL where there were too many; the state is left as it is. */
Datum
crm_repeat_count_final(PG_FUNCTION_ARGS)
{
	values_state *state;
	uint64	   *values;
	uint64	   *scratch;
	Size		ends[REPEAT_PARTS];
	Size		begin = 0;
	Size		distinct = 0;

	crm_check_aggregate(fcinfo);
	state = crm_values_getarg(fcinfo, 0);
	if (state->is_full)
		PG_RETURN_NULL();
	values = divide_values(state, ends);
	scratch = palloc(Max(state->count, 1) * sizeof(uint64));
	for (int part = 0; part < REPEAT_PARTS; part++)
	{
		Size		count = ends[part] - begin;

		crm_sort_keys(values + begin, scratch, count, crm_interrupted, NULL);
		distinct += crm_distinct_keys(values + begin, count);
		begin = ends[part];
	}
	PG_RETURN_INT64(state->count - distinct);
}
