/*
 * beta.c
 *		The incomplete beta function by its continued fraction.
 *
 * DLMF is the NIST Digital Library of Mathematical Functions.
 */
#include "core/numeric/beta.h"

#include <float.h>
#include <math.h>

#include "core/numeric/steps.h"

#define TERMS_MAX 100000		/* a bound that nothing of use comes near */

/* A denominator of Lentz's method must not vanish. */
static double
nonzero(double x)
{
	return fabs(x) < DBL_MIN ? DBL_MIN : x;
}

/*
 * The continued fraction of the incomplete beta function, DLMF 8.17.22, by
 * the modified method of Lentz.
 */
double
crm_beta_fraction(double a, double b, double x)
{
	double		c = 1;
	double		d = 1 / nonzero(1 - (a + b) * x / (a + 1));
	double		f = d;
	double		step;
	double		m = 1;

	do
	{
		double		even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double		odd = -(a + m) * (a + b + m) * x /
			((a + 2 * m) * (a + 2 * m + 1));

		CRM_STEP();
		d = 1 / nonzero(1 + even * d);
		c = nonzero(1 + even / c);
		f *= c * d;
		d = 1 / nonzero(1 + odd * d);
		c = nonzero(1 + odd / c);
		step = c * d;
		f *= step;
	} while (fabs(step - 1) > DBL_EPSILON && ++m < TERMS_MAX);
	return f;
}
