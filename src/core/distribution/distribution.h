/*
 * distribution.h
 *		All values of a population, exactly: what quantiles, ABC limits and
 *		measures of concentration are read from.
 *
 * Values are kept as keys: the bits of a double, turned so that unsigned
 * integers sort as the numbers do. Sorted keys are a canonical form, so every
 * answer is independent of the order of rows and of how a plan split them.
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

/* A few bytes can stand for very many equal values: a limit to what they ask. */
#define CRM_VALUES_MAX				((uint64_t) 134000000)

/* Of a finite value; both zeros have the same key. */
extern uint64_t crm_key_of(double value);
extern double crm_value_of(uint64_t key);

extern crm_status crm_sort_keys(uint64_t *keys, uint64_t *scratch,
								size_t count, crm_interrupt interrupt,
								void *interrupt_arg);

/* Keys are sorted. */
extern size_t crm_packed_bound(const uint64_t *keys, size_t count,
							   int argument_count);
extern size_t crm_pack_keys(const uint64_t *keys, size_t count,
							const double *arguments, int argument_count,
							uint8_t *out);

typedef struct crm_packed_keys
{
	const uint8_t *at;
	const uint8_t *end;
	double		arguments[CRM_ARGUMENTS_MAX];
	int			argument_count;
	uint64_t	count;			/* of keys, repetitions included */
} crm_packed_keys;

extern crm_status crm_open_keys(const uint8_t *bytes, size_t length,
								crm_packed_keys *packed);
extern void crm_unpack_keys(const crm_packed_keys *packed, uint64_t *keys);

/* What is read from count sorted keys */
extern size_t crm_rank_of(const uint64_t *keys, size_t count, double value);
extern double crm_quantile(const uint64_t *keys, size_t count,
						   uint64_t numerator, uint64_t denominator);

#endif							/* CRM_CORE_DISTRIBUTION_DISTRIBUTION_H */
