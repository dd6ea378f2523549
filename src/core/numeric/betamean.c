/*
 * betamean.c
 *		The mean of something positive over a beta distribution.
 *
 * Beyond the distances where p, and 1 - p, have no more influence on the
 * factor, the density falls as exp(a d) and exp(-b d), which may take very
 * long but has a closed form. Between them Gauss-Legendre panels are laid to
 * each side of the mode, as far as the integrand counts: see quadrature.h.
 */
#include "core/numeric/betamean.h"

#include <math.h>

#include "core/numeric/quadrature.h"
#include "core/numeric/special.h"
#include "core/numeric/steps.h"

#define NO_INFLUENCE 40.0		/* exp(-40) is nothing beside 1 */

/* The integrand, and for a walk to one side of its mode where that is. */
typedef struct integrand
{
	double		a;
	double		b;
	const crm_beta_factor *factor;
	double		mode;
	double		side;			/* -1 or +1 */
} integrand;

/*
 * -ln of the density of d, but for a constant, times the factor. The density
 * is (p / mean)^a (rest / other)^b; of a part below a half the logarithm of
 * what it leaves of 1 is the exact one.
 */
static double
psi(const integrand *f, double d, double *slope)
{
	double		mean = f->a / (f->a + f->b);
	double		other = f->b / (f->a + f->b);
	double		e = exp(-fabs(d));
	double		whole = d > 0 ? mean + other * e : mean * e + other;
	double		p = d > 0 ? mean / whole : mean * e / whole;
	double		rest = d > 0 ? other * e / whole : other / whole;
	double		log_whole = fabs(d) > 1 ? log(whole)
		: d > 0 ? log1p(other * expm1(-d)) : log1p(mean * expm1(d));
	double		log_p = p > 0.5 && mean > 0.5 ? log1p(-rest) - log1p(-other)
		: fmin(d, 0) - log_whole;
	double		log_rest = p < 0.5 && mean < 0.5 ? log1p(-p) - log1p(-mean)
		: -fmax(d, 0) - log_whole;
	double		minus_log;

	CRM_STEP();
	minus_log = f->factor->minus_log(f->factor->arg, p, rest, slope);
	*slope += f->b * p - f->a * rest;
	return minus_log - f->a * log_p - f->b * log_rest;
}

static double
psi_from_mode(const void *arg, double v, double *slope)
{
	const integrand *f = arg;
	double		value = psi(f, f->mode + f->side * v, slope);

	*slope *= f->side;
	return value;
}

static double
find_mode(const integrand *f, double low, double high)
{
	for (int i = 0; i < 60; i++)
	{
		double		middle = 0.5 * (low + high);
		double		slope;

		(void) psi(f, middle, &slope);
		if (slope < 0)
			low = middle;
		else
			high = middle;
	}
	return 0.5 * (low + high);
}

/*
 * The logarithm of the integral from the mode to v = far, on one side. The
 * integrand falls all the way, so where it has fallen enough can be bisected.
 */
static double
integral_to(const integrand *f, double most, double far)
{
	double		near = 0;
	double		slope;

	for (int i = 0; i < 60; i++)
	{
		double		middle = i == 0 ? far : 0.5 * (near + far);
		double		fall = psi_from_mode(f, middle, &slope) - most;

		if (fall < CRM_QUADRATURE_ENOUGH && i == 0)
			break;
		if (fall < CRM_QUADRATURE_ENOUGH)
			near = middle;
		else
			far = middle;
		if (fall >= CRM_QUADRATURE_ENOUGH && fall < CRM_QUADRATURE_ENOUGH + 1)
			break;
	}
	return crm_quadrature_log(psi_from_mode, f, 0, far);
}

double
crm_beta_mean_log(double a, double b, const crm_beta_factor *factor)
{
	integrand	f = {.a = a, .b = b, .factor = factor};
	double		centre = log(a) - log(b);
	double		low = log(factor->least) - NO_INFLUENCE - centre;
	double		high = NO_INFLUENCE - centre;
	double		slope;
	double		most;
	double		sum;

	f.mode = find_mode(&f, low, high);
	most = psi(&f, f.mode, &slope);
	sum = exp(most - psi(&f, low, &slope)) / a
		+ exp(most - psi(&f, high, &slope)) / b;
	f.side = -1;
	sum += exp(most + integral_to(&f, most, f.mode - low));
	f.side = 1;
	sum += exp(most + integral_to(&f, most, high - f.mode));
	return log(sum) - most + crm_log_gamma_rest(a + b)
		- crm_log_gamma_rest(a) - crm_log_gamma_rest(b);
}
