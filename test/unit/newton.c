/* The maximiser on functions whose maxima are known. */
#include "tap.h"

#include "core/numeric/newton.h"
#include "core/numeric/special.h"

#define EULER	0.57721566490153286

/* psi(k), from psi(1) */
static double
digamma(double k)
{
	return crm_digamma_rise(1, k) - EULER - 1 / k;
}

/*
 * Log-likelihood of 100 gamma variates of mean 2 and mean logarithm 0.4, by
 * shape k and rate k / 2 at its maximum.
 */
static crm_status
gamma_sample(const double *parameter, void *arg, crm_derivatives *d)
{
	double		k = parameter[0];
	double		rate = parameter[1];
	double		n = 100;

	(void) arg;
	d->value = n * (k * log(rate) - crm_log_gamma(k) + 0.4 * (k - 1)
					- 2 * rate);
	d->gradient[0] = n * (log(rate) - digamma(k) + 0.4);
	d->gradient[1] = n * (k / rate - 2);
	d->hessian[0][0] = -n * crm_trigamma(k);
	d->hessian[1][0] = n / rate;
	d->hessian[1][1] = -n * k / rate / rate;
	return CRM_OK;
}

static void
test_inside(void)
{
	static const double starts[][2] = {{1, 1}, {1e-6, 1e6}, {1e6, 1e-6},
	{1e6, 1e6}, {0.1, 30}, {-5, 1e300}};
	crm_newton_problem problem = {.n = 2, .lower = {1e-6, 1e-6},
	.upper = {1e6, 1e6}, .objective = gamma_sample};
	crm_newton_result result;

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
	{
		double		k;

		is_int(crm_newton_maximise(&problem, starts[i], &result), CRM_OK,
			   "a gamma sample");
		is_int(result.end, CRM_NEWTON_CONVERGED, "converges");
		k = result.parameter[0];
		ok(fabs(digamma(k) - log(k / 2) - 0.4) < 1e-13,
		   "the shape solves its equation");
		is_close(result.parameter[1], k / 2, 1e-13, "the rate is k / 2");
		ok(result.gradient_norm < 1e-9, "the gradient vanishes");
		ok(result.evaluations < 40, "in %d evaluations", result.evaluations);
	}

	/* The inverse of {{n psi'(k), -n / rate}, {-n / rate, n k / rate^2}}. */
	{
		double		k = result.parameter[0];
		double		rate = result.parameter[1];
		double		det = (k * crm_trigamma(k) - 1) * 1e4 / rate / rate;

		ok(result.has_covariance, "has a covariance");
		is_close(result.covariance[0][0], 100 * k / rate / rate / det, 1e-12,
				 "variance of the shape");
		is_close(result.covariance[1][1], 100 * crm_trigamma(k) / det, 1e-12,
				 "variance of the rate");
		is_close(result.covariance[0][1], 100 / rate / det, 1e-12,
				 "their covariance");
		is_close(result.hessian[0][1], 100 / rate, 1e-12,
				 "the Hessian belongs to the parameters");
	}
}

/* Rises for ever as parameter 0 falls; parameter 1 is best at 3. */
static crm_status
ridge(const double *parameter, void *arg, crm_derivatives *d)
{
	double		x = parameter[0];
	double		y = parameter[1];

	(void) arg;
	d->value = -5 * x + 3 * log(y) - y;
	d->gradient[0] = -5;
	d->gradient[1] = 3 / y - 1;
	d->hessian[0][0] = 0;
	d->hessian[1][0] = 0;
	d->hessian[1][1] = -3 / y / y;
	return CRM_OK;
}

/* Rises for ever with parameter 0, and all the slower. */
static crm_status
slow_ridge(const double *parameter, void *arg, crm_derivatives *d)
{
	double		x = parameter[0];

	(void) arg;
	d->value = -1 / x;
	d->gradient[0] = 1 / (x * x);
	d->hessian[0][0] = -2 / (x * x * x);
	return CRM_OK;
}

static void
test_boundary(void)
{
	static const double start[] = {1, 1};
	crm_newton_problem problem = {.n = 2, .lower = {1e-6, 1e-6},
	.upper = {1e6, 1e6}, .objective = ridge};
	crm_newton_result result;

	is_int(crm_newton_maximise(&problem, start, &result), CRM_OK,
		   "a function that rises towards 0");
	is_int(result.end, CRM_NEWTON_BOUNDARY, "ends at the boundary");
	is_int(result.bound[0], -1, "at the lower bound of the first");
	is_int(result.bound[1], 0, "and inside for the second");
	ok(result.parameter[0] == 1e-6, "the parameter is the bound");
	is_close(result.parameter[1], 3, 1e-4, "the other is at its maximum");
	ok(result.has_covariance && result.covariance[0][0] == 0,
	   "no variance for what stands at the bound");
	is_close(result.covariance[1][1], 3, 1e-3, "and one for the other");

	problem.n = 1;
	problem.objective = slow_ridge;
	is_int(crm_newton_maximise(&problem, start, &result), CRM_OK,
		   "a function that hardly rises");
	is_int(result.end, CRM_NEWTON_BOUNDARY, "does not pass for a maximum");
	is_int(result.bound[0], 1, "but goes to the upper bound");
}

static crm_status
undefined(const double *parameter, void *arg, crm_derivatives *d)
{
	(void) arg;
	d->value = NAN;
	d->gradient[0] = parameter[0];
	d->hessian[0][0] = 0;
	return CRM_OK;
}

/* Defined below 2 alone, where the step from 1 would leave to. */
static crm_status
half_defined(const double *parameter, void *arg, crm_derivatives *d)
{
	double		x = parameter[0];

	(void) arg;
	d->value = x - 0.25 * x * x + 1e-3 * log(2.1 - x);
	d->gradient[0] = 1 - 0.5 * x - 1e-3 / (2.1 - x);
	d->hessian[0][0] = -0.5 - 1e-3 / ((2.1 - x) * (2.1 - x));
	return CRM_OK;
}

static bool
after_some(void *arg)
{
	int		   *left = arg;

	return (*left)-- == 0;
}

static void
test_refusals(void)
{
	static const double start[] = {0.01};
	crm_newton_problem problem = {.n = 1, .lower = {1e-6}, .upper = {1e6},
	.objective = undefined};
	crm_newton_result result;
	int			left = 3;

	is_int(crm_newton_maximise(&problem, start, &result), CRM_INVALID,
		   "no number at the start is refused");
	problem.objective = half_defined;
	is_int(crm_newton_maximise(&problem, start, &result), CRM_OK,
		   "a function that ends somewhere");
	is_int(result.end, CRM_NEWTON_CONVERGED, "is followed to its maximum");
	ok(result.parameter[0] > 1.9 && result.parameter[0] < 2.1
	   && result.gradient_norm < 1e-9, "near that end");
	problem.interrupt = after_some;
	problem.interrupt_arg = &left;
	is_int(crm_newton_maximise(&problem, start, &result), CRM_INTERRUPTED,
		   "an interrupt is heard");
}

/* A saddle at (1, 1) in logarithms, maxima at ln x = 1 and -1. */
static crm_status
two_hills(const double *parameter, void *arg, crm_derivatives *d)
{
	double		u = log(parameter[0]);
	double		x = parameter[0];
	double		slope = 4 * u - 4 * u * u * u;
	double		bend = 4 - 12 * u * u;

	(void) arg;
	d->value = 2 * u * u - u * u * u * u;
	d->gradient[0] = slope / x;
	d->hessian[0][0] = (bend - slope) / x / x;
	return CRM_OK;
}

static void
test_convex_start(void)
{
	static const double start[] = {1.001};
	crm_newton_problem problem = {.n = 1, .lower = {1e-6}, .upper = {1e6},
	.objective = two_hills};
	crm_newton_result result;

	is_int(crm_newton_maximise(&problem, start, &result), CRM_OK,
		   "a start in a valley");
	is_int(result.end, CRM_NEWTON_CONVERGED, "leads uphill");
	is_close(result.parameter[0], exp(1), 1e-12, "to the hill on that side");
}

int
main(void)
{
	test_inside();
	test_boundary();
	test_refusals();
	test_convex_start();
	return done_testing();
}
