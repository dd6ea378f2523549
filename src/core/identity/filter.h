/*
 * filter.h
 *		Which values may be among those that a filter was made of: Bloom, Space/
 *		time trade-offs in hash coding with allowable errors (1970), in the form
 *		with one block of the memory a value (Putze, Sanders and Singler, Cache-,
 *		hash- and space-efficient Bloom filters, 2009).
 *
 * A filter is a number of words of 64 bits, each as eight bytes of the machine,
 * at any address. A value is a hash, all of whose bits count.
 */
#ifndef CRM_CORE_IDENTITY_FILTER_H
#define CRM_CORE_IDENTITY_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* With so many values a word about one other value in 200 seems to be among them. */
#define CRM_FILTER_VALUES 4

static inline size_t
crm_filter_words(size_t values)
{
	return values / CRM_FILTER_VALUES + 1;
}

/* The word by the upper half of the value, four of its bits by the lower. */
static inline size_t
crm_filter_place(size_t words, uint64_t value)
{
	return (size_t) (((value >> 32) * words) >> 32);
}

static inline uint64_t
crm_filter_bits(uint64_t value)
{
	return UINT64_C(1) << (value & 63) | UINT64_C(1) << (value >> 6 & 63) |
		UINT64_C(1) << (value >> 12 & 63) | UINT64_C(1) << (value >> 18 & 63);
}

static inline void
crm_filter_add(void *filter, size_t words, uint64_t value)
{
	char	   *at = (char *) filter +
		crm_filter_place(words, value) * sizeof(uint64_t);
	uint64_t	word;

	memcpy(&word, at, sizeof(word));
	word |= crm_filter_bits(value);
	memcpy(at, &word, sizeof(word));
}

/* Of a filter without words nothing is known: any value may be among them. */
static inline bool
crm_filter_has(const void *filter, size_t words, uint64_t value)
{
	uint64_t	bits = crm_filter_bits(value);
	uint64_t	word;

	if (words == 0)
		return true;
	memcpy(&word, (const char *) filter +
		   crm_filter_place(words, value) * sizeof(word), sizeof(word));
	return (word & bits) == bits;
}

#endif							/* CRM_CORE_IDENTITY_FILTER_H */
