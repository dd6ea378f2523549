/*
 * counts.c
 *		Tails of the distributions that counts have.
 *
 * A tail is the probability of its first count, times a sum of positive terms
 * that does not fall below 1. The probability itself is written with
 * deviances, as Loader (2000, Fast and Accurate Computation of Binomial
 * Probabilities) does: differences of ln Gamma would lose every digit where
 * counts are large.
 */
#include "core/numeric/counts.h"

#include <float.h>
#include <math.h>

#include "core/numeric/beta.h"
#include "core/numeric/special.h"

#define HALF_LN_TWO_PI 0.91893853320467274178

/* ln Gamma(x + 1) less Stirling's formula without its series. */
static double
stirling_rest(double x)
{
	return crm_log_gamma_rest(x) + log(x) / 2 - HALF_LN_TWO_PI;
}

/*
 * x ln(x / expected) - difference for difference = x - expected, which the
 * caller can often tell better. Near the expected value the terms cancel, and
 * the series of ln(x / expected) = 2 artanh(s) is summed without its first.
 */
static double
deviance(double x, double expected, double difference)
{
	double		s = difference / (x + expected);
	double		power = 2 * x * s * s * s;
	double		sum = s * difference;

	if (fabs(s) > 0.1)
		return x * log(x / expected) - difference;
	for (int n = 3; n < 40; n += 2)
	{
		double		before = sum;

		sum += power / n;
		if (sum == before)
			break;
		power *= s * s;
	}
	return sum;
}

/* P(X = x), x >= 1. */
static double
point(double x, double mean, double size)
{
	double		off = x - mean;

	if (isinf(size))
		return exp(-stirling_rest(x) - deviance(x, mean, off)) /
			sqrt(2 * M_PI * x);

	/* size / (size + x) times a binomial probability of x in size + x. */
	off *= size / (size + mean);
	return exp(stirling_rest(size + x) - stirling_rest(size) -
			   stirling_rest(x) -
			   deviance(size, (size + x) * (size / (size + mean)), -off) -
			   deviance(x, (size + x) * (mean / (size + mean)), off)) *
		sqrt(size / (2 * M_PI * x * (size + x)));
}

/* The sum of P(X = x + n) / P(X = x) over n >= 0, above Poisson's mean. */
static double
sum_upwards(double x, double mean)
{
	double		term = 1;
	double		sum = 1;

	while (term > sum * DBL_EPSILON)
	{
		term *= mean / ++x;
		sum += term;
	}
	return sum;
}

/* The same over n <= 0, below it. */
static double
sum_downwards(double x, double mean)
{
	double		term = 1;
	double		sum = 1;

	while (term > sum * DBL_EPSILON)
	{
		term *= x-- / mean;
		sum += term;
	}
	return sum;
}

static double
poisson_upper(double x, double mean)
{
	if (x > mean)
		return point(x, mean, INFINITY) * sum_upwards(x, mean);
	return 1 - point(x, mean, INFINITY) * (x / mean) *
		sum_downwards(x - 1, mean);
}

/*
 * DLMF 8.17.24: the tail from x on is I_q(x, size) with q = mean /
 * (size + mean), or 1 less I_(1-q)(size, x), whichever fraction converges.
 */
double
crm_count_upper(double x, double mean, double size)
{
	double		q = mean / (size + mean);
	double		p = size / (size + mean);

	if (x <= 0)
		return 1;
	if (isinf(size))
		return poisson_upper(x, mean);
	if (q < (x + 1) / (x + size + 2))
		return point(x, mean, size) * crm_beta_fraction(x, size, q);
	return 1 - point(x, mean, size) * (x / size) *
		crm_beta_fraction(size, x, p);
}
