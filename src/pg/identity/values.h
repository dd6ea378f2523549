/*
 * values.h
 *		Values of 64 bits being collected and merged.
 *
 * The state is a bytea, so that a distributed server can ship it: a head, and
 * the values, with room to spare.
 */
#ifndef CRM_PG_IDENTITY_VALUES_H
#define CRM_PG_IDENTITY_VALUES_H

#include "pg/support/aggregate.h"

/* Between processes it may lie at a multiple of four. */
typedef struct values_state
{
	int32		vl_len_;
	int32		version;
	int32		is_full;		/* there were more than it can hold */
	uint32		count;
	char		values[FLEXIBLE_ARRAY_MEMBER];
} values_state;

extern values_state *crm_values_create(void);

/* The state in argument n, of which nothing is believed. */
extern values_state *crm_values_getarg(FunctionCallInfo fcinfo, int n);

/* A value, wherever the state lies. */
static inline uint64
crm_values_at(const values_state *state, uint32 i)
{
	uint64		value;

	memcpy(&value, state->values + (Size) i * sizeof(value), sizeof(value));
	return value;
}

/* A state that has taken in so many more values, or is full. */
extern values_state *crm_values_add(values_state *state, const void *values,
									uint32 count);

#endif							/* CRM_PG_IDENTITY_VALUES_H */
