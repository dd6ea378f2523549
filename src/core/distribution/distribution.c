/*
 * distribution.c
 *		Keys of values: sorted, packed, and read as quantiles.
 *
 * The format is described in distribution.h.
 */
#include "core/distribution/distribution.h"

#include <math.h>
#include <string.h>

#include "core/numeric/varint.h"

#define SIGN_BIT		((uint64_t) 1 << 63)
#define RADIX_BITS		8
#define RADIX_SIZE		(1 << RADIX_BITS)
#define RADIX_PASSES	(64 / RADIX_BITS)

uint64_t
crm_key_of(double value)
{
	uint64_t	bits;

	if (value == 0)
		value = 0;				/* -0 too */
	memcpy(&bits, &value, sizeof(bits));
	return bits & SIGN_BIT ? ~bits : bits | SIGN_BIT;
}

double
crm_value_of(uint64_t key)
{
	uint64_t	bits = key & SIGN_BIT ? key & ~SIGN_BIT : ~key;
	double		value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static inline unsigned
radix_digit(uint64_t key, int pass)
{
	return (key >> (pass * RADIX_BITS)) & (RADIX_SIZE - 1);
}

/* One stable counting pass; counts are turned into places. */
static void
scatter(const uint64_t *from, uint64_t *to, size_t count, int pass,
		size_t *counts)
{
	size_t		place = 0;

	for (int digit = 0; digit < RADIX_SIZE; digit++)
	{
		size_t		here = counts[digit];

		counts[digit] = place;
		place += here;
	}
	for (size_t i = 0; i < count; i++)
		to[counts[radix_digit(from[i], pass)]++] = from[i];
}

/*
 * Least significant digit first (Knuth, The Art of Computer Programming 3,
 * 5.2.5). Small whole numbers, such as days and counts, share most of their
 * bytes, and a byte that all keys share needs no pass.
 */
crm_status
crm_sort_keys(uint64_t *keys, uint64_t *scratch, size_t count,
			  crm_interrupt interrupt, void *interrupt_arg)
{
	size_t		counts[RADIX_PASSES][RADIX_SIZE] = {{0}};
	uint64_t   *from = keys;
	uint64_t   *to = scratch;

	for (size_t i = 0; i < count; i++)
		for (int pass = 0; pass < RADIX_PASSES; pass++)
			counts[pass][radix_digit(keys[i], pass)]++;

	for (int pass = 0; pass < RADIX_PASSES && count > 0; pass++)
	{
		uint64_t   *swap = to;

		if (counts[pass][radix_digit(from[0], pass)] == count)
			continue;
		if (interrupt != NULL && interrupt(interrupt_arg))
			return CRM_INTERRUPTED;
		scatter(from, to, count, pass, counts[pass]);
		to = from;
		from = swap;
	}
	if (from != keys)
		memcpy(keys, from, count * sizeof(uint64_t));
	return CRM_OK;
}

/* How often the key at i occurs. */
static inline size_t
run_length(const uint64_t *keys, size_t count, size_t i)
{
	size_t		end = i + 1;

	while (end < count && keys[end] == keys[i])
		end++;
	return end - i;
}

/* At least what crm_pack_keys() writes, and little more. */
size_t
crm_packed_bound(const uint64_t *keys, size_t count, int argument_count)
{
	size_t		size = 2 + (size_t) argument_count * CRM_VARINT_MAX;
	uint64_t	before = 0;

	for (size_t i = 0; i < count;)
	{
		size_t		run = run_length(keys, count, i);

		size += crm_varint_size(keys[i] - before);
		if (run > 1)
			size += 1 + crm_varint_size(run - 1);
		before = keys[i];
		i += run;
	}
	return size;
}

/* Answers how many bytes it wrote. */
size_t
crm_pack_keys(const uint64_t *keys, size_t count, const double *arguments,
			  int argument_count, uint8_t *out)
{
	uint8_t    *at = out;
	uint64_t	before = 0;

	*at++ = CRM_DISTRIBUTION_VERSION;
	at = crm_put_varint(at, argument_count);
	for (int i = 0; i < argument_count; i++)
		at = crm_put_varint(at, crm_key_of(arguments[i]));
	for (size_t i = 0; i < count;)
	{
		size_t		run = run_length(keys, count, i);

		at = crm_put_varint(at, keys[i] - before);
		if (run > 1)
		{
			*at++ = 0;
			at = crm_put_varint(at, run - 1);
		}
		before = keys[i];
		i += run;
	}
	return at - out;
}

/* Is this the key of a value that crm_key_of() takes? */
static bool
key_is_finite(uint64_t key)
{
	double		value = crm_value_of(key);

	return isfinite(value) && crm_key_of(value) == key;
}

static bool
open_arguments(crm_packed_keys *packed)
{
	uint64_t	count;
	uint64_t	key;

	if (!crm_get_varint(&packed->at, packed->end, &count) ||
		count > CRM_ARGUMENTS_MAX)
		return false;
	packed->argument_count = (int) count;
	for (int i = 0; i < packed->argument_count; i++)
	{
		if (!crm_get_varint(&packed->at, packed->end, &key) ||
			!key_is_finite(key))
			return false;
		packed->arguments[i] = crm_value_of(key);
	}
	return true;
}

/* Read through all keys, checking and counting them. */
static bool
count_keys(crm_packed_keys *packed)
{
	const uint8_t *at = packed->at;
	uint64_t	key = 0;
	uint64_t	step;
	uint64_t	more;

	while (at < packed->end)
	{
		if (!crm_get_varint(&at, packed->end, &step))
			return false;
		if (step == 0)
		{
			if (key == 0 || !crm_get_varint(&at, packed->end, &more))
				return false;
		}
		else
		{
			if (__builtin_add_overflow(key, step, &key) || !key_is_finite(key))
				return false;
			more = 1;
		}
		if (__builtin_add_overflow(packed->count, more, &packed->count))
			return false;
	}
	return packed->count <= CRM_VALUES_MAX;
}

/*
 * Check packed bytes and count what they hold, so that the caller can make
 * room for packed->count keys before crm_unpack_keys().
 */
crm_status
crm_open_keys(const uint8_t *bytes, size_t length, crm_packed_keys *packed)
{
	memset(packed, 0, sizeof(*packed));
	packed->at = bytes + 1;
	packed->end = bytes + length;
	if (length < 1 || bytes[0] != CRM_DISTRIBUTION_VERSION ||
		!open_arguments(packed) || !count_keys(packed))
		return CRM_CORRUPT;
	return CRM_OK;
}

void
crm_unpack_keys(const crm_packed_keys *packed, uint64_t *keys)
{
	const uint8_t *at = packed->at;
	uint64_t	key = 0;
	uint64_t	step = 0;
	uint64_t	more;

	while (at < packed->end && crm_get_varint(&at, packed->end, &step))
	{
		more = 1;
		if (step == 0)
			crm_get_varint(&at, packed->end, &more);
		key += step;
		while (more-- > 0)
			*keys++ = key;
	}
}

/* How many keys are those of value or less. */
size_t
crm_rank_of(const uint64_t *keys, size_t count, double value)
{
	uint64_t	key = crm_key_of(value);
	size_t		low = 0;

	while (low < count)
	{
		size_t		middle = low + (count - low) / 2;

		if (keys[middle] <= key)
			low = middle + 1;
		else
			count = middle;
	}
	return low;
}

/*
 * The quantile at numerator / denominator by linear interpolation between the
 * closest ranks: type 7 of Hyndman and Fan, Sample Quantiles in Statistical
 * Packages, The American Statistician 50 (1996), as percentile_cont has it.
 * Ranks are found in whole numbers, so that no rounding can move one.
 */
double
crm_quantile(const uint64_t *keys, size_t count, uint64_t numerator,
			 uint64_t denominator)
{
	unsigned __int128 position = (unsigned __int128) (count - 1) * numerator;
	size_t		rank = (size_t) (position / denominator);
	double		part = (double) (uint64_t) (position % denominator) /
		(double) denominator;
	double		low = crm_value_of(keys[rank]);
	double		high;

	if (part == 0)
		return low;
	high = crm_value_of(keys[rank + 1]);
	/* Weighted, not low + part * (high - low): the difference could overflow */
	if (signbit(low) != signbit(high))
		return low * (1 - part) + high * part;
	return low + part * (high - low);
}
