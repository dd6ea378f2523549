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
 * parameters of 10^4 or 10^-4 cost a digit.
 */
#include "core/numeric/hypergeom.h"

#include <math.h>

#define LEAST_Y 1e-10			/* a depth of 1.9 million */

double
crm_hypergeom(double b, double gap, double y)
{
	double		u;
	int			depth;

	if (y == 0)
		return gap > 1 ? (b + gap - 1) / (gap - 1) : INFINITY;
	if (y >= 1)
		return 1;
	y = fmax(y, LEAST_Y);
	u = sqrt(y);

	/* A step shrinks the error of u by (1 - sqrt(y)) / (1 + sqrt(y)). */
	depth = 2 + (int) (38 / (2 * atanh(u)));
	for (int n = depth; n > 0; n--)
	{
		int			m = n / 2;
		double		g = (n & 1) ? b + m : m;
		double		rest = ((n & 1) ? gap + m : b + gap + m - 1) * u;

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

	if (isinf(horizon))
		return z * b / (b + gap)
			* crm_hypergeom(b + 1, gap, discount / (1 + discount));
	for (double i = 0; i < horizon && term > 1e-18 * sum; i++)
	{
		term *= z * (b + i) / (b + gap + i);
		sum += term;
	}
	return sum;
}
