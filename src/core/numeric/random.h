/*
 * random.h
 *		Pseudo-random draws that are the same everywhere.
 *
 * xoshiro256** (Blackman & Vigna, ACM Transactions on Mathematical Software
 * 47, 2021), seeded through SplitMix64. Each stream of a seed is a generator
 * of its own, so that what one customer draws does not depend on the others.
 */
#ifndef CRM_CORE_NUMERIC_RANDOM_H
#define CRM_CORE_NUMERIC_RANDOM_H

#include <stdint.h>

typedef struct crm_random
{
	uint64_t	state[4];
} crm_random;

extern void crm_random_seed(crm_random *random, uint64_t seed,
							uint64_t stream);

/* Between 0 and 1, and neither of them. */
extern double crm_random_uniform(crm_random *random);
extern double crm_random_exponential(crm_random *random);
extern double crm_random_normal(crm_random *random);

/*
 * The logarithm of a gamma draw of rate 1 (Marsaglia & Tsang, ACM Transactions
 * on Mathematical Software 26, 2000): the draw itself is 0 where the shape is
 * small.
 */
extern double crm_random_log_gamma(crm_random *random, double shape);
extern double crm_random_beta(crm_random *random, double a, double b);

#endif							/* CRM_CORE_NUMERIC_RANDOM_H */
