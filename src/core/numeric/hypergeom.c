/*
 * hypergeom.c
 *		The hypergeometric function that discounting in discrete time needs.
 *
 * Gauss's continued fraction (Wall, Analytic Theory of Continued Fractions,
 * 1948, ch. 18 and 19) reads 1 / (1 - g1 z / (1 - (1 - g1) g2 z / (1 - ...)))
 * with every g in (0, 1). Its tails t_n >= g_(n-1) are written here as
 * t_n = g_(n-1) + (1 - g_(n-1)) u_n, whence
 *
 *		u_n = (g_n y + (1 - g_n) u_(n+1)) / (g_n + (1 - g_n) u_(n+1))
 *
 * with y = 1 - z. Nothing is ever subtracted, so neither y near 0 nor
 * parameters of 10^4 or 10^-4 cost a digit. The depth grows as 1 / sqrt(y).
 *
 * Where that is too deep, and for long horizons, the same sum is the mean of
 * a geometric series, 1 + q + q^2 + ..., with q = (1 - y) (1 - p) and p beta
 * distributed with parameters gap and b: an integral of something positive.
 */
#include "core/numeric/hypergeom.h"

#include <math.h>

#include "core/numeric/betamean.h"
#include "core/numeric/steps.h"

#define Y_MIN 1e-6				/* a depth of 19,000 */
#define LONGEST_SUM 10000		/* terms that are added one by one */

/* The geometric series of so many terms. */
typedef struct series
{
	double		y;
	double		terms;
} series;

/* (1 - q^terms) / (1 - q), without a loss where 1 - q is small. */
static double
series_minus_log(const void *arg, double p, double rest, double *slope)
{
	const series *s = arg;
	double		gap = s->y + (1 - s->y) * p;	/* 1 - q */
	double		log_q = log1p(-s->y) + (p < 0.5 ? log1p(-p) : log(rest));
	double		left = -expm1(s->terms * log_q);	/* 1 - q^terms */
	double		fall = (1 - s->y) * p * rest;	/* of q, by d */

	if (s->terms * gap < 1e-8)
	{
		*slope = s->terms * fall / 2;
		return s->terms * gap / 2 - log(s->terms);
	}
	*slope = fall / gap;
	if (left < 1)
		*slope -= s->terms * p * (1 - left) / left;
	return log(gap) - log(left);
}

/* 1 + q + q^2 + ..., so many terms, in the mean over p. */
static double
mean_series(double b, double gap, double terms, double y)
{
	series		s = {y, terms};
	crm_beta_factor factor = {series_minus_log, &s, fmax(y, 1 / terms)};

	return exp(crm_beta_mean_log(gap, b, &factor));
}

double
crm_hypergeom(double b, double gap, double y)
{
	double		u;
	int			depth;

	if (y == 0)
		return gap > 1 ? (b + gap - 1) / (gap - 1) : INFINITY;
	if (y >= 1)
		return 1;
	if (y < Y_MIN)
		return mean_series(b, gap, INFINITY, y);
	u = sqrt(y);

	/* A step shrinks the error of u by (1 - sqrt(y)) / (1 + sqrt(y)). */
	depth = 2 + (int) (38 / (2 * atanh(u)));
	for (int n = depth; n > 0; n--)
	{
		int			m = n / 2;
		double		g = (n & 1) ? b + m : m;
		double		rest = ((n & 1) ? gap + m : b + gap + m - 1) * u;

		CRM_STEP();
		u = (g * y + rest) / (g + rest);
	}
	return 1 / u;
}

double
crm_discounted_survival(double b, double gap, double horizon, double discount)
{
	double		z = 1 / (1 + discount);
	double		term = 1;
	double		sum = 0;

	if (z == 0)
		return 0;
	if (isinf(horizon))
		return z * b / (b + gap)
			* crm_hypergeom(b + 1, gap, discount / (1 + discount));
	for (int i = 0; i < LONGEST_SUM; i++)
	{
		CRM_STEP();
		if (i >= horizon || term <= 1e-18 * sum)
			return sum;
		term *= z * (b + i) / (b + gap + i);
		sum += term;
	}
	return z * b / (b + gap)
		* mean_series(b + 1, gap, horizon, discount / (1 + discount));
}
