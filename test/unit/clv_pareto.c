/*
 * clv_pareto.c
 *		The Pareto/NBD model of repeat purchases.
 */
#include "core/clv/pareto.h"

#include "cdnow.h"
#include "derivatives.h"
#include "shared.h"
#include "tap.h"
#include "worst.h"

#include "../reference/clv_pareto.h"

/* The history of a new customer. */
static const crm_history nothing = {0, 0, 0, 1};

static crm_status
fit(const crm_history *history, size_t count, crm_pareto_fit *result)
{
	return crm_pareto_estimate(history, count, NULL, NULL, result);
}

static void
test_cdnow_fit(const crm_pareto_fit *f)
{
	static const double parameter[] = {
		0.5532770468531796, 10.57768346330231, 0.6062399891278263,
		11.66873528885501
	};
	static const double std_error[] = {
		0.0476279259791, 0.842722533816, 0.187281342312, 6.21111359059
	};

	is_int(f->search.end, CRM_NEWTON_CONVERGED, "CDNOW: it converges");
	is_int(f->boundary, CRM_CLV_INTERIOR, "CDNOW: inside the box");
	is_close(f->customers, 2357, 0, "CDNOW: customers");
	is_close(f->search.value, -9594.97617893954311, 1e-12,
			 "CDNOW: log-likelihood");
	for (int i = 0; i < 4; i++)
	{
		is_close(f->search.parameter[i], parameter[i], 1e-10,
				 "CDNOW: parameter");
		is_close(sqrt(f->search.covariance[i][i]), std_error[i], 1e-9,
				 "CDNOW: standard error");
	}
}

static void
test_cdnow(void)
{
	static cdnow data;
	static crm_history history[CDNOW_CUSTOMERS];
	size_t		count = CDNOW_CUSTOMERS;
	crm_pareto_fit f;
	double		alive = 0;
	double		expected = 0;

	if (!cdnow_read(&data, CDNOW_CALIBRATION))
	{
		ok(true, "cdnow_sample.csv # SKIP the file is not there");
		return;
	}
	memcpy(history, data.history, sizeof(history));
	crm_history_group(history, &count, NULL, NULL);
	is_int(fit(history, count, &f), CRM_OK, "CDNOW: a fit");
	test_cdnow_fit(&f);
	for (int i = 0; i < CDNOW_CUSTOMERS; i++)
	{
		alive += crm_pareto_p_alive(&f.model, data.history + i);
		expected += crm_pareto_discounted_purchases(&f.model, data.history + i, 39, 0);
	}
	/* By the formulas of the reference script. */
	is_close(alive, 1051.8752471811929, 1e-12, "CDNOW: sum of P(alive)");
	is_close(expected, 1665.5131072101848, 1e-12, "CDNOW: sum of E[X(39)]");
}

/*
 * Figures of BTYD, to the digits printed. Those of its walkthrough come from
 * a fit that is printed with fewer digits than they need; the parameters here
 * are the solution of four of the six, and round to those printed.
 */
static void
test_btyd(void)
{
	static const double purchases[] = {
		0.7062289, 0.1442396, 0.02250658, 0.00309267
	};
	static const double new[] = {
		0.05077821, 0.09916088, 0.14542507, 0.18979930
	};
	crm_pareto	walk = {0.55335863, 10.57951611, 0.60590074, 11.6576104};
	crm_pareto	older = {0.5533971, 10.5801985, 0.6060625, 11.6562237};
	crm_pareto	manual = {0.55, 10.56, 0.61, 11.64};
	crm_history busy = {26, 216 / 7.0, 31, 1};
	crm_history idle = {0, 0, 39, 1};

	is_close(crm_pareto_discounted_purchases(&walk, &busy, 52, 0), 25.45647, 2e-7,
			 "E[X(52)] of (26, 30.857, 31)");
	is_close(crm_pareto_p_alive(&walk, &busy), 0.997874, 5e-7,
			 "P(alive) of (26, 30.857, 31)");
	for (int i = 0; i < 4; i++)
	{
		crm_history h = {10 + 5 * i, 20, 39, 1};

		is_close(crm_pareto_discounted_purchases(&walk, &h, 52, 0), purchases[i],
				 2e-7, "E[X(52)] of (10 .. 25, 20, 39)");
		ok(fabs(crm_pareto_discounted_purchases(&manual, &nothing, i + 1, 0) - new[i]) < 6e-9,
		   "E[X(%d)] of a new customer", i + 1);
	}
	is_close(crm_pareto_p_alive(&older, &idle), 0.2941633, 2e-7,
			 "P(alive) of (0, 0, 39)");
}

static void
test_published(void)
{
	crm_pareto	dert = {0.5629966, 12.559037, 0.4081095, 10.5148048};
	crm_pareto	lifetimes = {0.5143, 2.8845, 0.2856, 14.1087};
	crm_history h = {7, 35, 77.86, 1};
	static const crm_history hard[] = {
		{221, 103.42857, 103.57143, 1}, {254, 97.14286, 97.28571, 1},
		{161, 94.71429, 98, 1}, {204, 98.57143, 99.42857, 1}
	};

	is_close(crm_pareto_discounted_purchases(&dert, &h, INFINITY, 0.0027),
			 1.864183328, 3e-10, "DERT of (7, 35, 77.86)");
	for (int i = 0; i < 4; i++)
	{
		double		p = crm_pareto_p_alive(&lifetimes, hard + i);

		ok(p > 0.7 && p < 1, "P(alive) of (%g, ...) is finite: %g",
		   hard[i].frequency, p);
	}
}

static void
test_grid(void)
{
	worst		value = {0, 0};
	worst		alive = {0, 0};
	worst		expected = {0, 0};

	for (int i = 0; i < COUNT(pareto_grid); i++)
	{
		crm_pareto	m = {pareto_grid[i].r, pareto_grid[i].alpha,
		pareto_grid[i].s, pareto_grid[i].beta};
		crm_history h = {pareto_grid[i].x, pareto_grid[i].t_x,
		pareto_grid[i].T, 1};

		compare(&value, crm_pareto_log_likelihood(&m, &h),
				pareto_grid[i].log_likelihood, 1, i);
		compare(&alive, crm_pareto_p_alive(&m, &h), pareto_grid[i].p_alive,
				0, i);
		compare(&expected,
				crm_pareto_discounted_purchases(&m, &h, pareto_grid[i].t, 0),
				pareto_grid[i].expected, 0, i);
	}
	report(value, 1e-11, "log-likelihood");
	report(alive, 1e-11, "P(alive)");
	report(expected, 1e-11, "expected purchases");
}

static void
test_other_grids(void)
{
	worst		discounted = {0, 0};
	worst		chance = {0, 0};
	worst		new = {0, 0};

	for (int i = 0; i < COUNT(pareto_discounted); i++)
	{
		crm_pareto	m = {pareto_discounted[i].r, pareto_discounted[i].alpha,
		pareto_discounted[i].s, pareto_discounted[i].beta};
		crm_history h = {pareto_discounted[i].x, pareto_discounted[i].t_x,
		pareto_discounted[i].T, 1};

		compare(&discounted,
				crm_pareto_discounted_purchases(&m, &h,
												pareto_discounted[i].t,
												pareto_discounted[i].rate),
				pareto_discounted[i].discounted, 0, i);
	}
	for (int i = 0; i < COUNT(pareto_probability); i++)
	{
		crm_pareto	m = {pareto_probability[i].r, pareto_probability[i].alpha,
		pareto_probability[i].s, pareto_probability[i].beta};
		double		t = pareto_probability[i].t;

		compare(&chance, crm_pareto_probability(&m, pareto_probability[i].n,
												t),
				pareto_probability[i].probability, 0, i);
		compare(&new, crm_pareto_discounted_purchases(&m, &nothing, t, 0),
				pareto_probability[i].new_customer, 0, i);
	}
	report(discounted, 1e-11, "discounted purchases");
	report(chance, 1e-11, "P(X(t) = n)");
	report(new, 1e-11, "purchases of a new customer");
}

static void
test_limits(void)
{
	crm_pareto	m = {0.55, 10.6, 0.6, 11.7};
	crm_pareto	lasting = {0.55, 10.6, 1.6, 11.7};
	crm_history h = {4, 20, 39, 1};
	double		chance = 0;

	for (int n = 0; n <= 3000; n++)
		chance += crm_pareto_probability(&m, n, 39);
	is_close(chance, 1, 1e-12, "all numbers of purchases are certain");
	is_close(crm_pareto_probability(&m, 0, 0), 1, 0, "none in no time");
	is_close(crm_pareto_probability(&m, 1, 0), 0, 0, "one in no time");
	is_close(crm_pareto_discounted_purchases(&m, &h, 52, 1e-13),
			 crm_pareto_discounted_purchases(&m, &h, 52, 0), 1e-10,
			 "next to no discount is none");
	is_close(crm_pareto_discounted_purchases(&m, &h, 1e4, 0.02),
			 crm_pareto_discounted_purchases(&m, &h, INFINITY, 0.02), 1e-14,
			 "a long time comes to one without end");
	ok(isinf(crm_pareto_discounted_purchases(&m, &h, INFINITY, 0)),
	   "without end or discount, s below 1: infinite");
	ok(isfinite(crm_pareto_discounted_purchases(&lasting, &h, INFINITY, 0)),
	   "s above 1: finite");
}

static crm_status
objective(const double *p, void *arg, crm_derivatives *result)
{
	crm_pareto	model = {p[0], p[1], p[2], p[3]};

	return crm_pareto_derivatives(&model, arg, result);
}

static void
test_derivatives(void)
{
	static const crm_history some[] = {
		{0, 0, 39, 3}, {1, 0, 39, 1}, {1, 39, 39, 1}, {2, 30.43, 38.86, 2},
		{10, 20, 39, 1}, {100, 0.5, 200, 1}, {1000, 990, 1000, 1}
	};
	static const double shape[] = {1e-3, 0.7, 3, 1e3};
	static const double scale[] = {1e-3, 1, 11, 1e4};
	crm_clv_rows rows = {.history = some, .count = COUNT(some), .stride = 1};
	double worst = 0;

	for (int i = 0; i < 256; i++)
	{
		double		p[] = {shape[i & 3], scale[i >> 2 & 3], shape[i >> 4 & 3],
		scale[i >> 6]};

		worst = fmax(worst, derivatives_error(objective, &rows, 4, p));
	}
	ok(worst <1e-8, "gradient and Hessian (worst %.1e)", worst);
}

/* Whatever the weight, one row stands for that many customers. */
static void
test_weights(void)
{
	crm_pareto	model = {0.55, 10.6, 0.6, 11.7};
	crm_history rows[] = {{2, 30, 39, 1}, {2, 30, 39, 1}, {2, 30, 39, 1}};
	crm_history row = {2, 30, 39, 3};
	crm_derivatives one;
	crm_derivatives three;

	crm_pareto_derivatives(&model, &(crm_clv_rows) {rows, 3, 1, NULL, NULL},
						   &three);
	crm_pareto_derivatives(&model, &(crm_clv_rows) {&row, 1, 1, NULL, NULL},
						   &one);
	is_close(one.value, three.value, 1e-15, "a weight of 3, value");
	is_close(one.value, 3 * crm_pareto_log_likelihood(&model, &row), 1e-15,
			 "which is that of the one customer, three times");
	is_close(one.hessian[3][1], three.hessian[3][1], 1e-14, "and Hessian");
}

static void
check_end(const crm_history *history, size_t count, unsigned boundary,
		  const char *name)
{
	crm_pareto_fit f;
	crm_status	status = fit(history, count, &f);

	ok(status == CRM_OK && f.search.end == CRM_NEWTON_BOUNDARY
	   && f.boundary == boundary && all_positive(f.search.parameter, f.search.n)
	   && isfinite(f.search.value)
	   && isfinite(crm_pareto_discounted_purchases(&f.model, history, 52, 0)),
	   "%s (status %d, end %d, boundary %u: %g %g %g %g)", name, status,
	   f.search.end, f.boundary, f.model.r, f.model.alpha, f.model.s,
	   f.model.beta);
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
		{0, 0, 39, 10}, {1, 37, 38, 3}, {4, 35, 39, 4}, {20, 38, 39, 2}
	};
	static const crm_history one[] = {{3, 20, 39, 1}};
	static const crm_history loyal[] = {{1, 39, 39, 1}};
	static const crm_history ten[] = {
		{0, 0, 39, 6}, {1, 3, 38, 1}, {1, 20, 39, 1}, {2, 30, 37, 1},
		{5, 10, 36, 1}
	};
	static const crm_history apart[] = {{0, 0, 39, 1}, {5000, 38, 39, 1}};
	static const crm_history nobody[] = {{0, 0, 39, 10}};
	static const crm_history broken[] = {{1, 40, 39, 1}};
	crm_pareto_fit f;
	int			asked = 0;

	check_end(steady, COUNT(steady), CRM_CLV_NO_CHURN, "all buy to the end");
	check_end(one, 1, CRM_CLV_ALIKE_RATE | CRM_CLV_ALIKE_CHURN
			  | CRM_CLV_CHURN_UNKNOWN, "one customer");
	check_end(loyal, 1, CRM_CLV_ALIKE_RATE | CRM_CLV_NO_CHURN,
			  "one customer, seen today");
	check_end(ten, COUNT(ten), CRM_CLV_ALIKE_CHURN, "ten customers");
	check_end(apart, 2, CRM_CLV_ALIKE_RATE | CRM_CLV_NO_CHURN
			  | CRM_CLV_CERTAIN_CHURN, "none or 5,000 purchases");
	is_int(fit(nobody, 1, &f), CRM_TOO_FEW, "nobody repeats: too few");
	is_int(fit(nobody, 0, &f), CRM_TOO_FEW, "no histories: too few");
	is_int(fit(broken, 1, &f), CRM_INVALID, "a purchase after the end");
	is_int(crm_pareto_estimate(ten, COUNT(ten), stop, &asked, &f),
		   CRM_INTERRUPTED, "an interrupt ends the fit");
}

/*
 * Half of the customers never return, the others are steady: one maximum says
 * that nobody leaves, a higher one that half of them left at once. The values
 * are the best of scipy's L-BFGS-B from 20 random starts.
 */
static void
test_two_kinds(void)
{
	static const crm_history loyal[] = {{0, 0, 30, 100}, {50, 29.5, 30, 100}};
	crm_history rows[200];
	crm_pareto_fit f;

	for (int i = 1; i <= 200; i++)
	{
		bool		back = i % 2 == 0;

		rows[i - 1] = (crm_history) {back ? 6 + (i * 7919) % 25 : 0,
									 back ? 26 + i % 27 - (i % 9) / 4.0 - 0.25 : 0, 26 + i % 27, 1};
	}
	is_int(fit(rows, 200, &f), CRM_OK, "half never return");
	is_close(f.search.value, -3274.5905510539, 1e-12, "the best maximum");
	is_int(f.boundary, CRM_CLV_NO_CHURN | CRM_CLV_CERTAIN_CHURN,
		   "they leave at once or never");
	ok(f.search.bound[3] < 0, "beta stands at its lower bound");
	is_int(fit(loyal, 2, &f), CRM_OK, "the others buy to the end");
	ok(f.search.value > -2614.94, "a better maximum: %.3f", f.search.value);
}

int
main(void)
{
	test_two_kinds();
	test_cdnow();
	test_btyd();
	test_published();
	test_grid();
	test_other_grids();
	test_limits();
	test_derivatives();
	test_weights();
	test_boundaries();
	return done_testing();
}
