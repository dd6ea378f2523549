/*
 * distribution.c
 *		Keys of values: sorted, counted, packed, and read as quantiles.
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

/* Up to so many keys insertion is quicker. */
#define INSERTION_MAX	64

/* Keys between two questions whether to go on. */
#define BLOCK			((size_t) 1 << 18)

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

static inline bool
is_stopped(crm_interrupt interrupt, void *arg)
{
	return interrupt != NULL && interrupt(arg);
}

/* Records begin with their key and have so many words, 1 or 2. */
static inline void
put_record(uint64_t *to, const uint64_t *from, int words)
{
	to[0] = from[0];
	if (words == 2)
		to[1] = from[1];
}

static inline void
insertion_sort(uint64_t *records, size_t count, int words)
{
	for (size_t i = 1; i < count; i++)
	{
		uint64_t	moving[2] = {0};
		size_t		j = i;

		put_record(moving, records + i * words, words);
		for (; j > 0 && records[(j - 1) * words] > moving[0]; j--)
			put_record(records + j * words, records + (j - 1) * words, words);
		put_record(records + j * words, moving, words);
	}
}

static inline unsigned
radix_digit(uint64_t key, int pass)
{
	return (key >> (pass * RADIX_BITS)) & (RADIX_SIZE - 1);
}

/* How often each digit occurs in each pass. */
static inline bool
count_digits(const uint64_t *records, size_t count, int words,
			 crm_interrupt interrupt, void *arg,
			 size_t counts[RADIX_PASSES][RADIX_SIZE])
{
	for (size_t i = 0; i < count; i++)
	{
		if (i % BLOCK == BLOCK - 1 && is_stopped(interrupt, arg))
			return false;
		for (int pass = 0; pass < RADIX_PASSES; pass++)
			counts[pass][radix_digit(records[i * words], pass)]++;
	}
	return true;
}

/* One stable counting pass; counts are turned into places. */
static inline bool
scatter(const uint64_t *from, uint64_t *to, size_t count, int words, int pass,
		crm_interrupt interrupt, void *arg, size_t *counts)
{
	size_t		place = 0;

	for (int digit = 0; digit < RADIX_SIZE; digit++)
	{
		size_t		here = counts[digit];

		counts[digit] = place;
		place += here;
	}
	for (size_t i = 0; i < count; i++)
	{
		const uint64_t *record = from + i * words;

		if (i % BLOCK == BLOCK - 1 && is_stopped(interrupt, arg))
			return false;
		put_record(to + counts[radix_digit(*record, pass)]++ * words, record,
				   words);
	}
	return true;
}

/*
 * Least significant digit first (Knuth, The Art of Computer Programming 3,
 * 5.2.5). Small whole numbers, such as days and counts, share most of their
 * bytes, and a byte that all keys share needs no pass.
 */
static inline crm_status
sort_records(uint64_t *records, uint64_t *scratch, size_t count, int words,
			 crm_interrupt interrupt, void *arg)
{
	size_t		counts[RADIX_PASSES][RADIX_SIZE] = {{0}};
	uint64_t   *from = records;
	uint64_t   *to = scratch;

	if (!count_digits(records, count, words, interrupt, arg, counts))
		return CRM_INTERRUPTED;
	for (int pass = 0; pass < RADIX_PASSES; pass++)
	{
		uint64_t   *swap = to;

		if (counts[pass][radix_digit(from[0], pass)] == count)
			continue;
		if (is_stopped(interrupt, arg) ||
			!scatter(from, to, count, words, pass, interrupt, arg,
					 counts[pass]))
			return CRM_INTERRUPTED;
		to = from;
		from = swap;
	}
	if (from != records)
		memcpy(records, from, count * words * sizeof(uint64_t));
	return CRM_OK;
}

crm_status
crm_sort_keys(uint64_t *keys, uint64_t *scratch, size_t count,
			  crm_interrupt interrupt, void *interrupt_arg)
{
	if (count > INSERTION_MAX)
		return sort_records(keys, scratch, count, 1, interrupt,
							interrupt_arg);
	insertion_sort(keys, count, 1);
	return CRM_OK;
}

crm_status
crm_sort_counted(crm_counted_key *keys, crm_counted_key *scratch,
				 size_t count, crm_interrupt interrupt, void *interrupt_arg)
{
	if (count > INSERTION_MAX)
		return sort_records((uint64_t *) keys, (uint64_t *) scratch, count, 2,
							interrupt, interrupt_arg);
	insertion_sort((uint64_t *) keys, count, 2);
	return CRM_OK;
}

size_t
crm_distinct_keys(const uint64_t *keys, size_t count)
{
	size_t		distinct = count > 0;

	for (size_t i = 1; i < count; i++)
		distinct += keys[i] != keys[i - 1];
	return distinct;
}

size_t
crm_distinct_counted(const crm_counted_key *keys, size_t count)
{
	size_t		distinct = count > 0;

	for (size_t i = 1; i < count; i++)
		distinct += keys[i].key != keys[i - 1].key;
	return distinct;
}

/* values->keys may be the keys themselves: what is written was read before. */
void
crm_fold_keys(const uint64_t *keys, size_t count, crm_values *values)
{
	size_t		last = 0;

	values->distinct = crm_distinct_keys(keys, count);
	if (values->distinct == count && values->keys == keys)
		return;
	for (size_t i = 0; i < count; i++)
	{
		last += i > 0 && keys[i] != values->keys[last];
		values->keys[last] = keys[i];
		if (values->ends != NULL)
			values->ends[last] = i + 1;
	}
}

void
crm_fold_counted(const crm_counted_key *keys, size_t count,
				 crm_values *values)
{
	uint64_t	end = 0;
	size_t		last = 0;

	for (size_t i = 0; i < count; i++)
	{
		last += i > 0 && keys[i].key != keys[i - 1].key;
		end += keys[i].times;
		values->keys[last] = keys[i].key;
		values->ends[last] = end;
	}
	values->distinct = count > 0 ? last + 1 : 0;
}

/* The place in the merge of a and b: what comes next, from either or both. */
typedef struct merge
{
	const crm_values *a;
	const crm_values *b;
	size_t		i;				/* in a */
	size_t		j;				/* in b */
} merge;

/* Steps over the next key and returns how far it takes both. */
static inline uint64_t
next_key(merge *at)
{
	bool		from_a = at->j == at->b->distinct ||
		(at->i < at->a->distinct && at->a->keys[at->i] <= at->b->keys[at->j]);
	bool		from_b = at->i == at->a->distinct ||
		(at->j < at->b->distinct && at->b->keys[at->j] <= at->a->keys[at->i]);
	uint64_t	key = from_a ? at->a->keys[at->i] : at->b->keys[at->j];

	at->i += from_a;
	at->j += from_b;
	return key;
}

crm_status
crm_measure_merge(const crm_values *a, const crm_values *b,
				  crm_interrupt interrupt, void *arg, crm_values *out,
				  bool *counted)
{
	merge		at = {a, b, 0, 0};
	size_t		distinct = 0;

	while (at.i < a->distinct || at.j < b->distinct)
	{
		(void) next_key(&at);
		if (++distinct % BLOCK == 0 && is_stopped(interrupt, arg))
			return CRM_INTERRUPTED;
	}
	out->distinct = distinct;
	*counted = a->ends != NULL || b->ends != NULL ||
		distinct < a->distinct + b->distinct;
	return CRM_OK;
}

crm_status
crm_distribution_merge_values(const crm_values *a, const crm_values *b,
							  crm_interrupt interrupt, void *arg, crm_values *out)
{
	merge		at = {a, b, 0, 0};

	for (size_t n = 0; n < out->distinct; n++)
	{
		if (n % BLOCK == BLOCK - 1 && is_stopped(interrupt, arg))
			return CRM_INTERRUPTED;
		out->keys[n] = next_key(&at);
		if (out->ends != NULL)
			out->ends[n] = crm_values_before(a, at.i) +
				crm_values_before(b, at.j);
	}
	return CRM_OK;
}

size_t
crm_packed_size(const crm_values *values, const double *arguments,
				int argument_count)
{
	size_t		size = 1 + crm_varint_size(argument_count);
	uint64_t	before = 0;

	for (int i = 0; i < argument_count; i++)
		size += crm_varint_size(crm_key_of(arguments[i]));
	for (size_t i = 0; i < values->distinct; i++)
	{
		uint64_t	times = crm_values_times(values, i);

		size += crm_varint_size(values->keys[i] - before);
		if (times > 1)
			size += 1 + crm_varint_size(times - 1);
		before = values->keys[i];
	}
	return size;
}

/* Answers how many bytes it wrote. */
size_t
crm_distribution_pack_values(const crm_values *values, const double *arguments,
							 int argument_count, uint8_t *out)
{
	uint8_t    *at = out;
	uint64_t	before = 0;

	*at++ = CRM_DISTRIBUTION_VERSION;
	at = crm_put_varint(at, argument_count);
	for (int i = 0; i < argument_count; i++)
		at = crm_put_varint(at, crm_key_of(arguments[i]));
	for (size_t i = 0; i < values->distinct; i++)
	{
		uint64_t	times = crm_values_times(values, i);

		at = crm_put_varint(at, values->keys[i] - before);
		if (times > 1)
		{
			*at++ = 0;
			at = crm_put_varint(at, times - 1);
		}
		before = values->keys[i];
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
open_arguments(crm_packed_values *packed)
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
count_values(crm_packed_values *packed)
{
	const uint8_t *at = packed->at;
	bool		repeated = true;	/* none yet that could be */
	uint64_t	key = 0;
	uint64_t	step;
	uint64_t	more;

	while (at < packed->end)
	{
		if (!crm_get_varint(&at, packed->end, &step))
			return false;
		if (step == 0)
		{
			if (repeated || !crm_get_varint(&at, packed->end, &more) ||
				more == 0)
				return false;
		}
		else
		{
			if (__builtin_add_overflow(key, step, &key) || !key_is_finite(key))
				return false;
			packed->distinct++;
			more = 1;
		}
		repeated = step == 0;
		if (__builtin_add_overflow(packed->count, more, &packed->count))
			return false;
	}
	return packed->count <= CRM_VALUES_MAX;
}

/*
 * Check packed bytes and count what they hold, so that the caller can make
 * room for packed->distinct keys before crm_distribution_unpack_values().
 */
crm_status
crm_distribution_open_values(const uint8_t *bytes, size_t length, crm_packed_values *packed)
{
	memset(packed, 0, sizeof(*packed));
	packed->at = bytes + 1;
	packed->end = bytes + length;
	if (length < 1 || bytes[0] != CRM_DISTRIBUTION_VERSION ||
		!open_arguments(packed) || !count_values(packed))
		return CRM_CORRUPT;
	return CRM_OK;
}

void
crm_distribution_unpack_values(const crm_packed_values *packed, crm_values *values)
{
	const uint8_t *at = packed->at;
	uint64_t	key = 0;
	uint64_t	end = 0;
	uint64_t	step = 0;
	uint64_t	more = 0;
	size_t		n = 0;

	while (at < packed->end && crm_get_varint(&at, packed->end, &step))
	{
		if (step == 0)
			crm_get_varint(&at, packed->end, &more);
		else
		{
			key += step;
			values->keys[n++] = key;
			more = 1;
		}
		end += more;
		if (values->ends != NULL)
			values->ends[n - 1] = end;
	}
	values->distinct = n;
}

size_t
crm_place_of(const crm_values *values, double value)
{
	uint64_t	key = crm_key_of(value);
	size_t		low = 0;
	size_t		high = values->distinct;

	while (low < high)
	{
		size_t		middle = low + (high - low) / 2;

		if (values->keys[middle] <= key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint64_t
crm_rank_of(const crm_values *values, double value)
{
	return crm_values_before(values, crm_place_of(values, value));
}

/* The value of a rank that is counted from 0. */
static double
value_at(const crm_values *values, uint64_t rank)
{
	size_t		low = 0;
	size_t		high = values->distinct;

	if (values->ends == NULL)
		return crm_value_of(values->keys[rank]);
	while (low < high)
	{
		size_t		middle = low + (high - low) / 2;

		if (values->ends[middle] <= rank)
			low = middle + 1;
		else
			high = middle;
	}
	return crm_value_of(values->keys[low]);
}

/*
 * The quantile at numerator / denominator by linear interpolation between the
 * closest ranks: type 7 of Hyndman and Fan, Sample Quantiles in Statistical
 * Packages, The American Statistician 50 (1996), as in percentile_cont.
 * Ranks are found in whole numbers, so that no rounding can move one.
 */
double
crm_distribution_quantile(const crm_values *values, uint64_t numerator,
						  uint64_t denominator)
{
	unsigned __int128 position =
		(unsigned __int128) (crm_values_count(values) - 1) * numerator;
	uint64_t	rank = (uint64_t) (position / denominator);
	double		part = (double) (uint64_t) (position % denominator) /
		(double) denominator;
	double		low = value_at(values, rank);
	double		high;

	if (part == 0)
		return low;
	high = value_at(values, rank + 1);
	/* Weighted, not low + part * (high - low): the difference could overflow */
	if (signbit(low) != signbit(high))
		return low * (1 - part) + high * part;
	return low + part * (high - low);
}
