/*
 * random.c
 *		Pseudo-random draws that are the same everywhere.
 */
#include "core/numeric/random.h"

#include <math.h>

#include "core/numeric/special.h"
#include "core/numeric/steps.h"

#define GOLDEN 0x9E3779B97F4A7C15u
#define TWO_PI 6.28318530717958647693

static uint64_t
split_mix(uint64_t *state)
{
	uint64_t	z = (*state += GOLDEN);

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

void
crm_random_seed(crm_random *random, uint64_t seed, uint64_t stream)
{
	uint64_t	mixed = split_mix(&seed) + stream;

	/* Mixed twice, so that near streams and near seeds do not meet. */
	mixed = split_mix(&mixed);
	for (int i = 0; i < 4; i++)
		random->state[i] = split_mix(&mixed);
}

static uint64_t
rotate(uint64_t x, int by)
{
	return (x << by) | (x >> (64 - by));
}

static uint64_t
next(crm_random *random)
{
	uint64_t   *s = random->state;
	uint64_t	result = rotate(s[1] * 5, 7) * 9;
	uint64_t	t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

/* The middle of one of 2^52 equal parts. */
double
crm_random_uniform(crm_random *random)
{
	return ((double) (next(random) >> 12) + 0.5) * 0x1p-52;
}

double
crm_random_exponential(crm_random *random)
{
	return -log(crm_random_uniform(random));
}

/* Box & Muller 1958; the second of the pair is not kept. */
double
crm_random_normal(crm_random *random)
{
	double		radius = sqrt(2 * crm_random_exponential(random));

	return radius * cos(TWO_PI * crm_random_uniform(random));
}

double
crm_random_log_gamma(crm_random *random, double shape)
{
	/* Below 1 the draw of shape + 1 times a power of a uniform one. */
	double		boost = shape < 1
		? -crm_random_exponential(random) / shape : 0;
	double		d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3;
	double		c = 1 / sqrt(9 * d);

	/* One draw in ten is rejected; a thousand in a row never are. */
	for (int i = 0; i < 1000; i++)
	{
		double		x = crm_random_normal(random);
		double		v = 1 + c * x;

		CRM_STEP();
		if (v <= 0)
			continue;
		v = v * v * v;
		if (log(crm_random_uniform(random)) <
			x * x / 2 + d * (1 - v + log(v)))
			return log(d) + log(v) + boost;
	}
	return log(d) + boost;
}

double
crm_random_beta(crm_random *random, double a, double b)
{
	double		x = crm_random_log_gamma(random, a);
	double		y = crm_random_log_gamma(random, b);

	return crm_logistic(x - y);
}
