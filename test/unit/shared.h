/*
 * shared.h
 *		What several unit tests use: chance, order, an interrupt, and
 *		what parameters can be.
 */
#ifndef CRM_TEST_SHARED_H
#define CRM_TEST_SHARED_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* SplitMix64 (Steele, Lea and Flood 2014): the same numbers everywhere. */
static inline uint64_t
next_random(uint64_t *seed)
{
	uint64_t	z = (*seed += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

/* For qsort() of words. */
static inline int
compare_words(const void *a, const void *b)
{
	uint64_t	left = *(const uint64_t *) a;
	uint64_t	right = *(const uint64_t *) b;

	return (left > right) - (left < right);
}

/* Parameters that a model can have? */
static inline bool
all_positive(const double *value, int count)
{
	for (int i = 0; i < count; i++)
		if (!isfinite(value[i]) || value[i] <= 0)
			return false;
	return true;
}

/* An interrupt that stops what asks it first. */
static inline bool
at_once(void *arg)
{
	(void) arg;
	return true;
}

#endif							/* CRM_TEST_SHARED_H */
