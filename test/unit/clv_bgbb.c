/*
 * clv_bgbb.c
 *		The BG/BB model of purchases in discrete time.
 */
#include "core/clv/bgbb.h"

#include <stdlib.h>

#include "derivatives.h"
#include "shared.h"
#include "tap.h"
#include "worst.h"

#include "../reference/clv_bgbb.h"

/* The history of a new customer. */
static const crm_history nothing = {0, 0, 0, 1};

/* At most 22 rows of donations.csv; 0 where there is no file. */
static size_t
read_donations(crm_history *history)
{
	const char *folder = getenv("CRM_SHARED");
	char		line[256];
	size_t		count = 0;
	FILE	   *file;

	snprintf(line, sizeof(line), "%s/data/donations.csv",
			 folder ? folder : "../shared");
	file = fopen(line, "r");
	if (!file)
		return 0;
	while (count < 22 && fgets(line, sizeof(line), file))
	{
		crm_history *h = history + count;

		count += sscanf(line, "%lf,%lf,%lf,%lf", &h->frequency, &h->recency,
						&h->age, &h->weight) == 4;
	}
	fclose(file);
	return count;
}

static crm_status
fit(const crm_history *history, size_t count, crm_bgbb_fit *result)
{
	return crm_bgbb_estimate(history, count, NULL, NULL, result);
}

static void
test_donations(void)
{
	static const double parameter[] = {
		1.203522351601914, 0.7497163581729389, 0.6567182084418324,
		2.783442232577381
	};
	static const double std_error[] = {
		0.0693913623889, 0.0294477166604, 0.0510098589564, 0.320819003043
	};
	crm_history history[22];
	size_t		count = read_donations(history);
	crm_bgbb_fit f;

	if (count == 0)
	{
		ok(true, "donations.csv # SKIP the file is not there");
		return;
	}
	crm_history_group(history, &count, NULL, NULL);
	is_int(fit(history, count, &f), CRM_OK, "donations.csv: a fit");
	is_int(f.search.end, CRM_NEWTON_CONVERGED, "donations: it converges");
	is_int(f.boundary, CRM_CLV_INTERIOR, "donations: inside the box");
	is_close(f.customers, 11104, 0, "donations: customers");
	is_close(f.repeaters, 7640, 0, "donations: with a repeat");
	is_close(f.search.value, -33225.5812743470068, 1e-12,
			 "donations: log-likelihood");
	for (int i = 0; i < 4; i++)
	{
		is_close(f.search.parameter[i], parameter[i], 1e-8,
				 "donations: parameter");
		is_close(sqrt(f.search.covariance[i][i]), std_error[i], 1e-6,
				 "donations: standard error");
	}
}

/* Figures of the paper and of BTYD, to the digits printed. */
static void
test_published(void)
{
	static const double purchases[] = {
		0.4985, 0.9233, 1.2969, 1.6323, 1.9381, 2.2202, 2.4826, 2.7285,
		2.9603, 3.1798, 3.3887
	};
	crm_bgbb	model = {
		1.203522351601914, 0.7497163581729389, 0.6567182084418324,
		2.783442232577381
	};
	crm_history none = {0, 0, 6, 1};
	crm_history four = {4, 5, 6, 1};

	/* The search that printed these stopped a little before the maximum. */
	is_close(crm_bgbb_discounted_purchases(&model, &nothing, 10, 0), 3.179805, 4e-5, "E[X(10)]");
	is_close(crm_bgbb_discounted_purchases(&model, &none, 10, 0), 0.1302169, 4e-5,
			 "10 more years, (0, 0, 6)");
	is_close(crm_bgbb_discounted_purchases(&model, &four, 10, 0), 3.627858, 4e-5,
			 "10 more years, (4, 5, 6)");
	for (int n = 1; n <= 11; n++)
		ok(fabs(crm_bgbb_discounted_purchases(&model, &nothing, n, 0) - purchases[n - 1]) < 6e-5,
		   "E[X(%d)]", n);
}

static void
test_grid(void)
{
	worst		value = {0, 0};
	worst		alive = {0, 0};
	worst		expected = {0, 0};
	worst		residual = {0, 0};
	worst		chance = {0, 0};

	for (int i = 0; i < COUNT(bgbb_grid); i++)
	{
		crm_bgbb	m = {bgbb_grid[i].alpha, bgbb_grid[i].beta,
		bgbb_grid[i].gamma, bgbb_grid[i].delta};
		crm_history h = {bgbb_grid[i].x, bgbb_grid[i].t_x, bgbb_grid[i].n, 1};

		compare(&value, crm_bgbb_log_likelihood(&m, &h),
				bgbb_grid[i].log_likelihood, 1, i);
		compare(&alive, crm_bgbb_p_alive(&m, &h),
				bgbb_grid[i].was_alive * (m.delta + h.age)
				/ (m.gamma + m.delta + h.age), 0, i);
		compare(&expected,
				crm_bgbb_discounted_purchases(&m, &h, bgbb_grid[i].more, 0),
				bgbb_grid[i].expected, 0, i);
		compare(&residual,
				crm_bgbb_discounted_purchases(&m, &h, INFINITY,
											  bgbb_grid[i].rate),
				bgbb_grid[i].residual, 0, i);
	}
	for (int i = 0; i < COUNT(bgbb_probability); i++)
	{
		crm_bgbb	m = {bgbb_probability[i].alpha, bgbb_probability[i].beta,
		bgbb_probability[i].gamma, bgbb_probability[i].delta};

		compare(&chance, crm_bgbb_probability(&m, bgbb_probability[i].x,
											  bgbb_probability[i].n),
				bgbb_probability[i].probability, 0, i);
	}
	report(value, 1e-10, "log-likelihood");
	report(alive, 1e-10, "P(alive)");
	report(expected, 1e-10, "expected purchases");
	report(residual, 1e-10, "discounted purchases without end");
	report(chance, 1e-10, "P(X(n) = x)");
}

/* Every history of 6 opportunities once: their likelihoods add up to 1. */
static void
test_sums(void)
{
	crm_bgbb	m = {1.204, 0.750, 0.657, 2.783};
	static const double choose[6][6] = {
		{1}, {1, 1}, {1, 2, 1}, {1, 3, 3, 1}, {1, 4, 6, 4, 1},
		{1, 5, 10, 10, 5, 1}
	};
	crm_history none = {0, 0, 6, 1};
	double		all = exp(crm_bgbb_log_likelihood(&m, &none));
	double		chance = 0;
	double		mean = 0;

	for (int last = 1; last <= 6; last++)
		for (int x = 1; x <= last; x++)
			all += choose[last - 1][x - 1]
				* exp(crm_bgbb_log_likelihood(&m, &(crm_history) {x, last, 6, 1}));
	is_close(all, 1, 1e-14, "all histories together are certain");
	for (int x = 0; x <= 100; x++)
	{
		chance += crm_bgbb_probability(&m, x, 100);
		mean += x * crm_bgbb_probability(&m, x, 100);
	}
	is_close(chance, 1, 1e-12, "all numbers of purchases are certain");
	is_close(mean, crm_bgbb_discounted_purchases(&m, &nothing, 100, 0), 1e-12,
			 "and their mean is E[X(100)]");
	is_close(crm_bgbb_probability(&m, 101, 100), 0, 0,
			 "never more than opportunities");
}

static crm_status
objective(const double *p, void *arg, crm_derivatives *result)
{
	crm_bgbb	model = {p[0], p[1], p[2], p[3]};

	return crm_bgbb_derivatives(&model, arg, result);
}

static void
test_derivatives(void)
{
	static const crm_history some[] = {
		{0, 0, 6, 3}, {1, 1, 6, 1}, {4, 5, 6, 2}, {6, 6, 6, 1},
		{50, 80, 100, 1}
	};
	static const double size[] = {1e-3, 0.7, 3, 1e3};
	crm_clv_rows rows = {.history = some, .count = COUNT(some), .stride = 1};
	double		largest = 0;

	for (int i = 0; i < 256; i++)
	{
		double		p[] = {size[i & 3], size[i >> 2 & 3], size[i >> 4 & 3],
		size[i >> 6]};

		largest = fmax(largest, derivatives_error(objective, &rows, 4, p));
	}
	ok(largest < 1e-8, "gradient and Hessian (largest error %.1e)", largest);
}

static void
check_end(const crm_history *history, size_t count, unsigned boundary,
		  const char *name)
{
	crm_bgbb_fit f;
	crm_status	status = fit(history, count, &f);

	ok(status == CRM_OK && f.search.end != CRM_NEWTON_NOT_CONVERGED
	   && f.boundary == boundary && all_positive(f.search.parameter, f.search.n)
	   && isfinite(f.search.value) && f.search.value <= 0,
	   "%s (status %d, end %d, boundary %u: %g %g %g %g)", name, status,
	   f.search.end, f.boundary, f.model.alpha, f.model.beta, f.model.gamma,
	   f.model.delta);
}

static bool
stop(void *arg)
{
	return ++(*(int *) arg) > 2;
}

static void
test_boundaries(void)
{
	static const crm_history steady[] = {
		{2, 6, 6, 4}, {3, 6, 6, 6}, {4, 6, 6, 4}, {6, 6, 6, 2}, {1, 6, 6, 2}
	};
	static const crm_history always[] = {{6, 6, 6, 10}};
	static const crm_history one[] = {{3, 5, 6, 1}};
	static const crm_history two[] = {
		{0, 0, 2, 40}, {1, 1, 2, 20}, {1, 2, 2, 15}, {2, 2, 2, 25}
	};
	static const crm_history nobody[] = {{0, 0, 6, 10}};
	static const crm_history broken[] = {{3, 2, 6, 1}};
	static const crm_history half[] = {{1.5, 2, 6, 1}};
	crm_bgbb_fit f;
	int			asked = 0;

	check_end(steady, COUNT(steady), CRM_CLV_NO_CHURN, "all buy to the end");
	check_end(always, 1, CRM_CLV_NO_CHURN | CRM_CLV_ALIKE_RATE,
			  "all buy always");
	check_end(one, 1, CRM_CLV_ALIKE_RATE | CRM_CLV_NO_CHURN, "one customer");
	is_int(fit(two, COUNT(two), &f), CRM_OK, "two opportunities");
	is_int(f.boundary, CRM_CLV_NOT_IDENTIFIED,
		   "have three free cells for four parameters");
	is_int(fit(nobody, 1, &f), CRM_TOO_FEW, "nobody bought: too few");
	is_int(fit(nobody, 0, &f), CRM_TOO_FEW, "no histories: too few");
	is_int(fit(broken, 1, &f), CRM_INVALID, "more purchases than chances");
	is_int(fit(half, 1, &f), CRM_INVALID, "half a purchase");
	is_int(crm_bgbb_estimate(steady, COUNT(steady), stop, &asked, &f),
		   CRM_INTERRUPTED, "an interrupt ends the fit");
}

int
main(void)
{
	test_donations();
	test_published();
	test_grid();
	test_sums();
	test_derivatives();
	test_boundaries();
	return done_testing();
}
