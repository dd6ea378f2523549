/*
 * distribution.h
 *		All values of a population, exactly: what quantiles, ABC limits and
 *		measures of concentration are read from.
 *
 * Values are kept as keys: the bits of a double, turned so that unsigned
 * integers sort as the numbers do. Each key is kept once, with how often it
 * occurs: so memory follows the number of distinct values, and sorted keys
 * are a canonical form, whatever the order of rows and the split of a plan.
 *
 * Packed, a distribution is
 *
 *		version byte
 *		varint	number of arguments, then the key of each as a varint
 *		varint	distance of each distinct key from the one before (from 0)
 *				followed, where it occurs more than once, by
 *				varint	0
 *				varint	how many times more
 *
 * The arguments are those of the aggregate that collects it (bins, cuts, a
 * share), which travel with the state because its parts must agree on them.
 */
#ifndef CRM_CORE_DISTRIBUTION_DISTRIBUTION_H
#define CRM_CORE_DISTRIBUTION_DISTRIBUTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

#define CRM_DISTRIBUTION_VERSION	1
#define CRM_ARGUMENTS_MAX			12	/* cuts: classes 'A' to 'M' */

/* Every count up to here is a double too. */
#define CRM_VALUES_MAX				((uint64_t) 1 << 53)

/* Of a finite value; both zeros have the same key. */
extern uint64_t crm_key_of(double value);
extern double crm_value_of(uint64_t key);

/* Distinct keys that ascend, and how many values there are up to each. */
typedef struct crm_values
{
	uint64_t   *keys;
	uint64_t   *ends;			/* NULL where every key occurs once */
	size_t		distinct;
} crm_values;

/* How many values there are up to the key at i, and how often it occurs. */
static inline uint64_t
crm_values_end(const crm_values *values, size_t i)
{
	return values->ends == NULL ? i + 1 : values->ends[i];
}

static inline uint64_t
crm_values_before(const crm_values *values, size_t i)
{
	return i == 0 ? 0 : crm_values_end(values, i - 1);
}

static inline uint64_t
crm_values_times(const crm_values *values, size_t i)
{
	return values->ends == NULL ? 1 :
		values->ends[i] - crm_values_before(values, i);
}

static inline uint64_t
crm_values_count(const crm_values *values)
{
	return crm_values_before(values, values->distinct);
}

/* A key and how often it occurs, as they come. */
typedef struct crm_counted_key
{
	uint64_t	key;
	uint64_t	times;
} crm_counted_key;

/* Scratch has room for as many. CRM_INTERRUPTED may leave them incomplete. */
extern crm_status crm_sort_keys(uint64_t *keys, uint64_t *scratch,
								size_t count, crm_interrupt interrupt,
								void *interrupt_arg);
extern crm_status crm_sort_counted(crm_counted_key *keys,
								   crm_counted_key *scratch, size_t count,
								   crm_interrupt interrupt,
								   void *interrupt_arg);

/* How many distinct ones there are of sorted keys. */
extern size_t crm_distinct_keys(const uint64_t *keys, size_t count);
extern size_t crm_distinct_counted(const crm_counted_key *keys, size_t count);

/* Sorted keys to values, in arrays that have room for the distinct ones. */
extern void crm_fold_keys(const uint64_t *keys, size_t count,
						  crm_values *values);
extern void crm_fold_counted(const crm_counted_key *keys, size_t count,
							 crm_values *values);

/*
 * All values of a and b. The first makes out->distinct, and answers through
 * counted whether the result needs ends; then the caller makes room.
 */
extern crm_status crm_measure_merge(const crm_values *a, const crm_values *b,
									crm_interrupt interrupt, void *arg,
									crm_values *out, bool *counted);
extern crm_status crm_distribution_merge_values(const crm_values *a, const crm_values *b,
												crm_interrupt interrupt, void *arg,
												crm_values *out);

typedef struct crm_packed_values
{
	const uint8_t *at;
	const uint8_t *end;
	double		arguments[CRM_ARGUMENTS_MAX];
	int			argument_count;
	size_t		distinct;
	uint64_t	count;			/* repetitions included */
} crm_packed_values;

/* Exactly what packing writes. */
extern size_t crm_packed_size(const crm_values *values,
							  const double *arguments, int argument_count);
extern size_t crm_distribution_pack_values(const crm_values *values,
										   const double *arguments, int argument_count,
										   uint8_t *out);
extern crm_status crm_distribution_open_values(const uint8_t *bytes, size_t length,
											   crm_packed_values *packed);

/* Arrays have room for packed->distinct; ends may be NULL where that is all. */
extern void crm_distribution_unpack_values(const crm_packed_values *packed,
										   crm_values *values);

/* What is read: how many keys, or values, are those of value or less. */
extern size_t crm_place_of(const crm_values *values, double value);
extern uint64_t crm_rank_of(const crm_values *values, double value);
extern double crm_distribution_quantile(const crm_values *values, uint64_t numerator,
										uint64_t denominator);

#endif							/* CRM_CORE_DISTRIBUTION_DISTRIBUTION_H */
