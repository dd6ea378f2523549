/*
 * special.c
 *		Gamma-function terms that the lifetime-value models share.
 *
 * Below SHIFT an argument is raised by the recurrence Gamma(x + 1) =
 * x Gamma(x); above it the asymptotic series of Abramowitz & Stegun 6.1.40,
 * 6.3.18 and 6.4.12 hold to the last bit.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE				/* lgamma_r */
#endif
#include "core/numeric/special.h"

#include <math.h>

#define SHIFT 12.0
#define HALF_LN_TWO_PI 0.91893853320467274178

/* The tails below are series of eight terms in 1 / x^2, with Bernoulli numbers. */
#define TERMS 8

/* c[0] - y * (c[1] - y * (c[2] - ... */
static double
alternating(const double c[TERMS], double y)
{
	double		sum = y * c[TERMS - 1];

	for (int i = TERMS - 2; i > 0; i--)
		sum = y * (c[i] - sum);
	return c[0] - sum;
}

/* The part of ln Gamma(x) that vanishes as x grows, for x >= SHIFT. */
static double
log_gamma_tail(double x)
{
	static const double c[TERMS] = {
		1.0 / 12, 1.0 / 360, 1.0 / 1260, 1.0 / 1680,
		1.0 / 1188, 691.0 / 360360, 1.0 / 156, 3617.0 / 122400
	};

	return alternating(c, 1 / (x * x)) / x;
}

/* ln(x) - 1/(2x) - psi(x), for x >= SHIFT. */
static double
digamma_tail(double x)
{
	static const double c[TERMS] = {
		1.0 / 12, 1.0 / 120, 1.0 / 252, 1.0 / 240,
		1.0 / 132, 691.0 / 32760, 1.0 / 12, 3617.0 / 8160
	};
	double		y = 1 / (x * x);

	return y * alternating(c, y);
}

/* psi'(x) - 1/x - 1/(2x^2), for x >= SHIFT. */
static double
trigamma_tail(double x)
{
	static const double c[TERMS] = {
		1.0 / 6, 1.0 / 30, 1.0 / 42, 1.0 / 30,
		5.0 / 66, 691.0 / 2730, 7.0 / 6, 3617.0 / 510
	};
	double		y = 1 / (x * x);

	return y * alternating(c, y) / x;
}

/* lgamma() would write the global signgam. */
double
crm_log_abs_gamma(double x, int *sign)
{
	return lgamma_r(x, sign);
}

double
crm_log_gamma(double x)
{
	int			sign;

	return crm_log_abs_gamma(x, &sign);
}

double
crm_log_gamma_rest(double x)
{
	if (x < SHIFT)
		return crm_log_gamma(x) - x * log(x) + x;
	return HALF_LN_TWO_PI - 0.5 * log(x) + log_gamma_tail(x);
}

double
crm_trigamma(double x)
{
	double		below = 0;

	for (; x < SHIFT; x += 1)
		below += 1 / (x * x);
	return 1 / x + 0.5 / (x * x) + trigamma_tail(x) + below;
}

double
crm_log_rising(double a, double n)
{
	double		ratio = 1;

	if (n == 0)
		return 0;
	for (; a < SHIFT; a += 1)
		ratio *= a / (a + n);
	return (a - 0.5) * log1p(n / a) + n * (log(a + n) - 1)
		+ (log_gamma_tail(a + n) - log_gamma_tail(a)) + log(ratio);
}

double
crm_digamma_rise(double a, double n)
{
	double		below = 0;

	if (n == 0)
		return 0;
	for (; a < SHIFT; a += 1)
		below += n / a / (a + n);
	return log1p(n / a) + 0.5 * n / a / (a + n)
		+ (digamma_tail(a) - digamma_tail(a + n)) + below;
}

double
crm_trigamma_rise(double a, double n)
{
	double		below = 0;
	double		b;

	if (n == 0)
		return 0;
	for (; a < SHIFT; a += 1)
	{
		b = a + n;
		below += n / a / b * (1 / a + 1 / b);
	}
	b = a + n;
	return -(n / a / b * (1 + 0.5 / a + 0.5 / b)
			 + (trigamma_tail(a) - trigamma_tail(b)) + below);
}

double
crm_log_beta(double a, double b)
{
	double		small = a < b ? a : b;
	double		large = a < b ? b : a;

	return crm_log_gamma(small) - crm_log_rising(large, small);
}

double
crm_log1p_exp(double x)
{
	return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

double
crm_logistic(double x)
{
	return x > 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x));
}
