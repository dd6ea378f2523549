/*
 * The Gamma-Gamma model against published figures, against mpmath, and
 * against itself.
 */
#include "shared.h"
#include "tap.h"
#include "cdnow.h"

#include "core/clv/gammagamma.h"
#include "../reference/clv_gammagamma.h"

#define LENGTH(array) (sizeof(array) / sizeof(*(array)))

/* Relative to the value wanted, or to least where that is less. */
static double
error_of(double got, double want, double least)
{
	return isfinite(got) ? fabs(got - want) / fmax(fabs(want), least)
		: INFINITY;
}

/*
 * The first ten customers as lifetimes publishes them. Its parameters, of
 * which three digits are known (6.25, 3.74, 15.44), are those of means rounded
 * to two decimals; at the fit of the unrounded ones four digits agree.
 */
static void
test_published(void)
{
	static const crm_gammagamma model = {6.249572271323756,
	3.744224667132025, 15.44352096258924};
	static const double data[][3] = {
		{2, 22.35, 24.658619}, {1, 11.77, 18.911489}, {0, 0, 35.170981},
		{0, 0, 35.170981}, {0, 0, 35.170981}, {7, 73.74, 71.462843},
		{1, 11.77, 18.911489}, {0, 0, 35.170981}, {2, 25.55, 27.282408},
		{0, 0, 35.170981}
	};

	for (size_t i = 0; i < LENGTH(data); i++)
	{
		is_close(crm_gammagamma_expected_value(&model, data[i][0],
											   data[i][1]),
				 data[i][2], 1e-4, "expected value of a customer");
	}
}

static double
log_likelihood_of(const crm_gammagamma *model, const crm_spend *customer)
{
	crm_clv_spends row = {.spend = customer, .count = 1, .stride = 1};
	crm_derivatives result;

	crm_gammagamma_derivatives(model, &row, &result);
	return result.value;
}

/* The error of a log-likelihood is relative to max(1, |LL|). */
static void
test_grid(void)
{
	double worst[2] = {0};

	for (size_t i = 0; i < LENGTH(gammagamma_grid); i++)
	{
		crm_gammagamma model = {gammagamma_grid[i].p, gammagamma_grid[i].q,
		gammagamma_grid[i].gamma};
		crm_spend	customer = {gammagamma_grid[i].x, gammagamma_grid[i].z, 1};

		worst[		0] = fmax(worst[0], error_of(
												 log_likelihood_of(&model, &customer),
												 gammagamma_grid[i].log_likelihood, 1));
		worst[		1] = fmax(worst[1], error_of(
												 crm_gammagamma_expected_value(&model, customer.frequency,
																			   customer.value),
												 gammagamma_grid[i].expected, 0));
	}
	ok(worst[0] < 1e-11, "log-likelihood on the grid: %.1e", worst[0]);
	ok(worst[1] < 1e-11, "expected value on the grid: %.1e", worst[1]);
}

/* No population mean for q <= 1, but one for a customer with purchases. */
static void
test_infinite_mean(void)
{
	static const crm_gammagamma model = {2, 0.9, 10};
	static const crm_gammagamma poor = {0.05, 0.9, 10};

	ok(crm_gammagamma_expected_value(&model, 0, 0) == INFINITY,
	   "no mean of the population where q <= 1");
	is_close(crm_gammagamma_expected_value(&model, 1, 20), 2 * 30 / 1.9,
			 1e-15, "a customer's own mean exists");
	ok(crm_gammagamma_expected_value(&poor, 1, 20) == INFINITY,
	   "unless p x + q <= 1");
	ok(crm_gammagamma_expected_value(&model, 0, NAN) == INFINITY,
	   "the value of no purchases is not looked at");
}

static void
test_derivatives(void)
{
	static const crm_spend some[] = {{1, 3, 2}, {1, 80, 1}, {2, 20, 1.5},
	{2.5, 7, 1}, {40, 35, 3}, {3000, 12, 1}};
	static const crm_gammagamma models[] = {{6.25, 3.74, 15.44},
	{0.2, 0.7, 300}, {90, 2, 0.5}, {1, 1, 1}};
	static const crm_clv_spends rows = {some, LENGTH(some), 1, NULL, NULL};

	for (size_t m = 0; m < LENGTH(models); m++)
	{
		crm_derivatives at;
		double		gradient = 0;
		double		hessian = 0;

		crm_gammagamma_derivatives(&models[m], &rows, &at);
		for (int i = 0; i < 3; i++)
		{
			crm_derivatives side[2];
			double		h = 1e-5;
			double		theta = (&models[m].p)[i];

			for (int k = 0; k < 2; k++)
			{
				crm_gammagamma near = models[m];

				(&near.p)[i] *= k == 0 ? 1 - h : 1 + h;
				crm_gammagamma_derivatives(&near, &rows, &side[k]);
			}
			gradient = fmax(gradient, error_of(
											   (side[1].value - side[0].value) / (2 * h),
											   theta * at.gradient[i], 1));
			for (int j = 0; j <= i; j++)
				hessian = fmax(hessian, error_of(
												 (side[1].gradient[j] - side[0].gradient[j])
												 / (2 * h * theta),
												 at.hessian[i][j], fabs(at.gradient[j] / theta)));
		}
		ok(gradient < 1e-6, "gradient at p = %g: %.1e", models[m].p, gradient);
		ok(hessian < 1e-6, "Hessian at p = %g: %.1e", models[m].p, hessian);
	}
}

/* The fit of CDNOW to 1997-09-30, computed with 50 digits. */
static void
test_cdnow(void)
{
	static const double want[] = {6.249572271323756, 3.744224667132025,
	15.44352096258924};
	static const double std_error[] = {1.19005533596, .290133065276,
	4.15942275197};
	static cdnow data;
	static crm_spend rows[CDNOW_CUSTOMERS];
	crm_gammagamma_fit fit;
	crm_gammagamma_fit again;
	size_t		count;

	if (!cdnow_read(&data, CDNOW_CALIBRATION))
	{
		ok(true, "# SKIP cdnow_sample.csv is not at hand");
		return;
	}
	memcpy(rows, data.spend, sizeof(rows));
	count = data.spends;
	crm_spend_group(rows, &count, NULL, NULL);
	is_int(crm_gammagamma_estimate(rows, count, NULL, NULL, &fit), CRM_OK,
		   "the fit ends well");
	is_int(fit.search.end, CRM_NEWTON_CONVERGED, "it converges");
	is_int(fit.boundary, CRM_CLV_INTERIOR, "inside the parameters' range");
	ok(fit.search.evaluations <= 13, "in %d evaluations",
	   fit.search.evaluations);
	is_int((int64_t) fit.customers, 946, "customers with a value");
	for (int i = 0; i < 3; i++)
	{
		is_close((&fit.model.p)[i], want[i], 1e-10, "parameter");
		is_close(sqrt(fit.search.covariance[i][i]), std_error[i], 1e-9,
				 "its standard error");
	}
	is_close(fit.search.value, -4055.91769480187398, 1e-13, "log-likelihood");
	is_close(fit.correlation, .1138879, 1e-6,
			 "correlation of frequency and value");
	for (size_t i = 0; i < data.spends; i++)
		rows[i] = data.spend[data.spends - 1 - i];
	count = data.spends;
	crm_spend_group(rows, &count, NULL, NULL);
	crm_gammagamma_estimate(rows, count, NULL, NULL, &again);
	ok(memcmp(&fit, &again, sizeof(fit)) == 0,
	   "another order of rows gives the same bits");
}

static unsigned
fit_anyhow(const crm_spend *rows, size_t count, const char *name)
{
	crm_gammagamma_fit fit;
	crm_status	status;
	double		value;

	status = crm_gammagamma_estimate(rows, count, NULL, NULL, &fit);
	value = crm_gammagamma_expected_value(&fit.model, 2, 20);
	ok(status == CRM_OK && all_positive(fit.search.parameter, fit.search.n)
	   && isfinite(value) && isfinite(fit.search.value)
	   && isfinite(fit.correlation),
	   "%s: p %g q %g gamma %g, %d evaluations", name, fit.model.p,
	   fit.model.q, fit.model.gamma, fit.search.evaluations);
	is_int(fit.search.end, CRM_NEWTON_BOUNDARY, "at the boundary");
	return fit.boundary;
}

/*
 * Two values, by how often: customers alike are no more than a local maximum.
 * The value is the best of scipy's L-BFGS-B from 20 random starts.
 */
static void
test_two_values(void)
{
	crm_spend	rows[200];
	size_t		count = 200;
	crm_gammagamma_fit fit;

	for (int i = 1; i <= 200; i++)
		rows[i - 1] = (crm_spend) {1 + i % 7, (1 + i % 7) % 2 ? 5 : 500, 1};
	crm_spend_group(rows, &count, NULL, NULL);
	is_int(crm_gammagamma_estimate(rows, count, NULL, NULL, &fit), CRM_OK,
		   "two values");
	is_close(fit.search.value, -1143.5187189732, 1e-12, "the best maximum");
}

static void
test_degenerate(void)
{
	static const crm_spend one[] = {{3, 20, 1}};
	static const crm_spend same[] = {{1, 20, 500}, {4, 20, 100}};
	static const crm_spend alike[] = {{1, 12, 10}, {1, 20, 10}, {1, 33, 10},
	{100, 20.5, 10}, {100, 21, 10}, {100, 21.5, 10}, {100, 22.5, 10}};
	static const crm_spend wrong[] = {{1, 0, 1}};
	crm_gammagamma_fit fit;

	is_int(crm_gammagamma_estimate(one, 0, NULL, NULL, &fit), CRM_TOO_FEW,
		   "nobody is too few");
	is_int(crm_gammagamma_estimate(wrong, 1, NULL, NULL, &fit), CRM_INVALID,
		   "a value of 0 is refused");
	ok(fit_anyhow(one, 1, "one customer") & (CRM_CLV_ALIKE_VALUE
											 | CRM_CLV_CONSTANT_VALUE),
	   "who does not vary");
	ok(fit_anyhow(same, 2, "one price") & CRM_CLV_CONSTANT_VALUE,
	   "customers do not vary");
	ok(fit_anyhow(alike, LENGTH(alike), "no difference between customers")
	   & CRM_CLV_ALIKE_VALUE, "is reported");
}

int
main(void)
{
	static const crm_spend one[] = {{3, 20, 1}};
	crm_gammagamma_fit fit;

	test_published();
	test_grid();
	test_infinite_mean();
	test_derivatives();
	test_cdnow();
	test_degenerate();
	test_two_values();
	is_int(crm_gammagamma_estimate(one, 1, at_once, NULL, &fit),
		   CRM_INTERRUPTED, "an interrupt is heard");
	return done_testing();
}
