/* Gamma-function terms against values from mpmath at 60 digits. */
#include "tap.h"

#include "core/numeric/special.h"
#include "../reference/special.h"

/* The error of a sum of which the largest term has this size. */
static double
error_of(double got, double want, double size)
{
	return fabs(got - want) / fmax(fabs(want), size);
}

static void
test_rises(void)
{
	double worst[4] = {0};

	for (size_t i = 0; i < sizeof(rises) / sizeof(*rises); i++)
	{
		double		a = rises[i].a;
		double		n = rises[i].n;

		worst[		0] = fmax(worst[0], error_of(crm_log_rising(a, n),
												 rises[i].log_rising,
												 n * log(a + n)));
		worst[		1] = fmax(worst[1], error_of(crm_digamma_rise(a, n),
												 rises[i].digamma_rise, 0));
		worst[		2] = fmax(worst[2], error_of(crm_trigamma_rise(a, n),
												 rises[i].trigamma_rise, 0));
		worst[		3] = fmax(worst[3], error_of(crm_log_beta(a, n),
												 rises[i].log_beta, 1));
	}
	ok(worst[0] < 4e-15, "ln Gamma(a + n) - ln Gamma(a): %.1e", worst[0]);
	ok(worst[1] < 4e-15, "psi(a + n) - psi(a): %.1e", worst[1]);
	ok(worst[2] < 4e-15, "psi'(a + n) - psi'(a): %.1e", worst[2]);
	ok(worst[3] < 4e-15, "ln B(a, n): %.1e", worst[3]);
}

static void
test_functions(void)
{
	double worst[2] = {0};

	for (size_t i = 0; i < sizeof(gammas) / sizeof(*gammas); i++)
	{
		double		x = gammas[i].x;

		worst[		0] = fmax(worst[0], error_of(crm_trigamma(x),
												 gammas[i].trigamma, 0));
		worst[		1] = fmax(worst[1], error_of(crm_log_gamma_rest(x),
												 gammas[i].rest, 1));
	}
	ok(worst[0] < 4e-15, "psi': %.1e", worst[0]);
	ok(worst[1] < 1e-14, "ln Gamma(x) - x ln x + x: %.1e", worst[1]);
}

static void
test_logistic(void)
{
	is_close(crm_log1p_exp(800), 800, 1e-16, "ln(1 + e^800)");
	is_close(crm_log1p_exp(-700), exp(-700), 1e-15, "ln(1 + e^-700)");
	is_close(crm_log1p_exp(0), log(2), 1e-15, "ln 2");
	is_close(crm_logistic(-700), exp(-700), 1e-15, "1 / (1 + e^700)");
	is_close(crm_logistic(40), 1, 1e-16, "1 / (1 + e^-40)");
	ok(crm_logistic(-1e4) == 0 && crm_logistic(1e4) == 1,
	   "the ends of the logistic function");
	ok(crm_log_rising(3.7, 0) == 0 && crm_digamma_rise(3.7, 0) == 0
	   && crm_trigamma_rise(3.7, 0) == 0, "a rise by nothing is 0");
}

int
main(void)
{
	test_rises();
	test_functions();
	test_logistic();
	return done_testing();
}
