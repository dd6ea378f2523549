/*
 * wide.h
 *		128-bit integers as they are stored: in two words of 64 bits.
 *
 * A sum of amounts over customers may not fit 64 bits. The compiler wants its
 * own 128-bit integers on addresses that are multiples of 16, which a value in
 * a table does not have.
 */
#ifndef CRM_CORE_NUMERIC_WIDE_H
#define CRM_CORE_NUMERIC_WIDE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct crm_wide
{
	uint64_t	low;
	int64_t		high;
} crm_wide;

/* So far from the end that the sum of 2^15 of them still fits. */
#define CRM_WIDE_MAX	((__int128) 1 << 112)

static inline __int128
crm_wide_value(crm_wide stored)
{
	return (__int128) ((unsigned __int128) (__int128) stored.high << 64 | stored.low);
}

static inline crm_wide
crm_wide_of(__int128 value)
{
	return (crm_wide)
	{
		(uint64_t) value, (int64_t) (value >> 64)
	};
}

static inline bool
crm_wide_fits(__int128 value)
{
	return value >= -CRM_WIDE_MAX && value <= CRM_WIDE_MAX;
}

/* False where the sum is beyond CRM_WIDE_MAX, and then nothing is added. */
static inline bool
crm_wide_add(crm_wide *sum, __int128 more)
{
	__int128	value;

	if (__builtin_add_overflow(crm_wide_value(*sum), more, &value) ||
		!crm_wide_fits(value))
		return false;
	*sum = crm_wide_of(value);
	return true;
}

#endif							/* CRM_CORE_NUMERIC_WIDE_H */
