/*
 * The BG/NBD and MBG/NBD models against published figures, against mpmath,
 * and against themselves.
 */
#include "shared.h"
#include "tap.h"
#include "cdnow.h"

#include "core/clv/bgnbd.h"
#include "../reference/clv_bgnbd.h"

#define LENGTH(array) (sizeof(array) / sizeof(*(array)))

/* The history of a new customer. */
static const crm_history nothing = {0, 0, 0, 1};

/* The fits of CDNOW to 1997-09-30, computed with 50 digits. */
static const crm_bgnbd cdnow_bgnbd = {CRM_BGNBD, .2425945224301571,
4.413602019013504, .7929220172255976, 2.425906776826332};
static const crm_bgnbd cdnow_mbgnbd = {CRM_MBGNBD, .5248431591062976,
6.183085279576005, .8913593907322158, 1.614002240170344};

static double
expected(const crm_bgnbd *model, double x, double t_x, double T, double t)
{
	crm_history customer = {x, t_x, T, 1};

	return crm_bgnbd_discounted_purchases(model, &customer, t, 0);
}

static double
alive(const crm_bgnbd *model, double x, double t_x, double T)
{
	crm_history customer = {x, t_x, T, 1};

	return crm_bgnbd_p_alive(model, &customer);
}

static double
likelihood(const crm_bgnbd *model, double x, double t_x, double T)
{
	crm_history customer = {x, t_x, T, 1};

	return crm_bgnbd_log_likelihood(model, &customer);
}

/*
 * Figures from papers, packages and spreadsheets. Their parameters are known
 * in fewer digits than they were computed with, which shows in the last ones
 * of some results; the comment at each says how many agree.
 */
static void
test_published(void)
{
	static const crm_bgnbd btyd = {CRM_BGNBD, .2425982, 4.4136842, .7929899,
	2.4261667};
	static const crm_bgnbd paper = {CRM_BGNBD, .243, 4.414, .793, 2.426};
	static const crm_bgnbd simple[] = {{CRM_BGNBD, .25, 4, .8, 2.5},
	{CRM_MBGNBD, .25, 4, .8, 2.5}};

	/* BTYD's walkthrough: 5 to 6 digits */
	is_close(expected(&btyd, 26, 30.85714, 31, 52), 25.75659, 3e-6,
			 "E[X(52)] of the customer with 26 repeats");
	is_close(alive(&btyd, 26, 30.85714, 31), .9688523, 3e-7,
			 "his P(alive)");
	is_close(expected(&btyd, 10, 20, 39, 52), .3474606, 6e-6, "x = 10");
	is_close(expected(&btyd, 15, 20, 39, 52), .04283391, 6e-6, "x = 15");
	is_close(expected(&btyd, 20, 20, 39, 52), .004158973, 6e-6, "x = 20");
	is_close(expected(&btyd, 25, 20, 39, 52), .0003583685, 6e-6, "x = 25");

	/* the paper and its spreadsheet: the digits printed, or 3 */
	ok(fabs(expected(&paper, 2, 30.43, 38.86, 39) - 1.226) < 5e-4,
	   "E[X(39)] of customer 1");
	is_close(crm_bgnbd_discounted_purchases(&paper, &nothing, .1429, 0), .0078, 7e-3,
			 "a new customer in a day");
	is_close(crm_bgnbd_discounted_purchases(&paper, &nothing, 1, 0), .0532, 2e-3, "in a week");
	is_close(crm_bgnbd_discounted_purchases(&paper, &nothing, 3, 0), .1506, 2e-3, "in 3");
	is_close(crm_bgnbd_discounted_purchases(&paper, &nothing, 31.8571, 0), 1.0405, 2e-3, "in 31.9");
	is_close(crm_bgnbd_discounted_purchases(&paper, &nothing, 32, 0), 1.0437, 2e-3, "in 32");
	is_close(crm_bgnbd_discounted_purchases(&paper, &nothing, 78, 0), 1.8576, 2e-3, "in 78");

	ok(fabs(crm_bgnbd_probability(&paper, 10, 2) - 1.07869e-7) < 5e-13,
	   "P(X(2) = 10)");
	ok(fabs(crm_bgnbd_probability(&paper, 0, 39) - .5737864) < 5e-8,
	   "P(X(39) = 0)");

	/* one customer's log-likelihood: the digits printed */
	ok(fabs(likelihood(&simple[0], 0, 0, 40) + .59947382) < 5e-9,
	   "BG/NBD log-likelihood of (0, 0, 40)");
	ok(fabs(likelihood(&simple[0], 200, 38, 40) - 100.7957) < 5e-5,
	   "and of (200, 38, 40)");
	ok(fabs(likelihood(&simple[1], 0, 0, 40) + .41792826) < 5e-9,
	   "MBG/NBD log-likelihood of (0, 0, 40)");
	ok(fabs(likelihood(&simple[1], 200, 38, 40) - 100.7869) < 5e-5,
	   "and of (200, 38, 40)");
	ok(fabs(alive(&cdnow_mbgnbd, 0, 0, 39) - .389) < 5e-4,
	   "MBG/NBD P(alive) of (0, 0, 39)");
	ok(alive(&cdnow_bgnbd, 0, 0, 39) == 1, "BG/NBD P(alive) of (0, 0, 39)");
}

/* Relative to the value wanted, or to 1 where that is less. */
static double
error_of(double got, double want, double least)
{
	if (!isfinite(got))
		return INFINITY;
	return got == want ? 0 : fabs(got - want) / fmax(fabs(want), least);
}

/* The error of a log-likelihood is relative to max(1, |LL|). */
static void
test_grid(void)
{
	double worst[3] = {0};

	for (size_t i = 0; i < LENGTH(bgnbd_grid); i++)
	{
		crm_bgnbd	model = {bgnbd_grid[i].kind, bgnbd_grid[i].r,
		bgnbd_grid[i].alpha, bgnbd_grid[i].a, bgnbd_grid[i].b};
		double		x = bgnbd_grid[i].x;
		double		t_x = bgnbd_grid[i].t_x;
		double		T = bgnbd_grid[i].T;

		worst[		0] = fmax(worst[0], error_of(likelihood(&model, x, t_x, T),
												 bgnbd_grid[i].log_likelihood, 1));
		worst[		1] = fmax(worst[1], error_of(alive(&model, x, t_x, T),
												 bgnbd_grid[i].p_alive, 1e-280));
		worst[		2] = fmax(worst[2], error_of(expected(&model, x, t_x, T,
														  bgnbd_grid[i].t),
												 bgnbd_grid[i].expected, 1e-280));
	}
	ok(worst[0] < 1e-11, "log-likelihood on the grid: %.1e", worst[0]);
	ok(worst[1] < 1e-11, "P(alive) on the grid: %.1e", worst[1]);
	ok(worst[2] < 1e-11, "E[X(T, T + t)] on the grid: %.1e", worst[2]);
}

static void
test_discounted(void)
{
	double worst = 0;
	crm_history customer = {3, 20, 39, 1};

	for (size_t i = 0; i < LENGTH(bgnbd_discounted); i++)
	{
		crm_bgnbd	model = {bgnbd_discounted[i].kind, bgnbd_discounted[i].r,
			bgnbd_discounted[i].alpha, bgnbd_discounted[i].a,
		bgnbd_discounted[i].b};
		crm_history h = {bgnbd_discounted[i].x, bgnbd_discounted[i].t_x,
		bgnbd_discounted[i].T, 1};

		worst = fmax(worst, error_of(
									 crm_bgnbd_discounted_purchases(&model, &h, bgnbd_discounted[i].t,
																	bgnbd_discounted[i].rate),
									 bgnbd_discounted[i].discounted, 0));
	}
	ok(worst <1e-12, "discounted purchases: %.1e", worst);
	ok(crm_bgnbd_discounted_purchases(&cdnow_bgnbd, &customer, 52, 0)
	   == crm_bgnbd_discounted_purchases(&cdnow_bgnbd, &customer, 52, 0),
	   "without a discount it is the expectation");
	ok(crm_bgnbd_discounted_purchases(&cdnow_bgnbd, &customer, 0, 0) == 0,
	   "nothing is expected of no time");
}

static void
test_probability(void)
{
	double worst = 0;
	double		sum[2] = {0};
	double		mean[2] = {0};

	for (size_t i = 0; i < LENGTH(bgnbd_probability); i++)
	{
		crm_bgnbd	model = {bgnbd_probability[i].kind,
			bgnbd_probability[i].r, bgnbd_probability[i].alpha,
		bgnbd_probability[i].a, bgnbd_probability[i].b};

		worst = fmax(worst, error_of(
									 crm_bgnbd_probability(&model, bgnbd_probability[i].n,
														   bgnbd_probability[i].t),
									 bgnbd_probability[i].probability, 1e-280));
	}
	ok(worst <1e-11, "P(X(t) = n): %.1e", worst);
	for (int n = 0; n < 2000; n++)
	{
		double		p = crm_bgnbd_probability(&cdnow_bgnbd, n, 39);
		double		q = crm_bgnbd_probability(&cdnow_mbgnbd, n, 39);

		sum[0] += p;
		mean[0] += n * p;
		sum[1] += q;
		mean[1] += n * q;
	}
	is_close(sum[0], 1, 1e-12, "BG/NBD probabilities sum to 1");
	is_close(mean[0], crm_bgnbd_discounted_purchases(&cdnow_bgnbd, &nothing, 39, 0), 1e-11,
			 "and their mean is E[X(t)]");
	is_close(sum[1], 1, 1e-12, "MBG/NBD probabilities sum to 1");
	is_close(mean[1], crm_bgnbd_discounted_purchases(&cdnow_mbgnbd, &nothing, 39, 0), 1e-11,
			 "and their mean is E[X(t)]");
	ok(crm_bgnbd_probability(&cdnow_bgnbd, 0, 0) == 1
	   && crm_bgnbd_probability(&cdnow_mbgnbd, 1, 0) == 0,
	   "in no time nobody purchases");
	ok(crm_bgnbd_probability(&cdnow_bgnbd, 2000000000, 39) == 0,
	   "nor two thousand million times");
}

/* Histories that no fit was made for, to differentiate at. */
static const crm_history some[] = {
	{0, 0, 5, 2}, {0, 0, 39, 7}, {1, 0, 20, 1}, {1, 20, 39, 3},
	{2, 30, 39, 2.5}, {2.5, 1, 4, 1}, {7, 35, 38, 1}, {300, 20, 39, 2},
	{300, 38.9, 39, 1},
};

static void
differentiate(const crm_bgnbd *model, const char *name)
{
	static const crm_clv_rows rows = {some, LENGTH(some), 1, NULL, NULL};
	crm_derivatives at;
	double		gradient = 0;
	double		hessian = 0;

	crm_bgnbd_derivatives(model, &rows, &at);
	for (int i = 0; i < 4; i++)
	{
		crm_derivatives side[2];
		double		h = 1e-5;
		double		theta = (&model->r)[i];

		for (int k = 0; k < 2; k++)
		{
			crm_bgnbd	near = *model;

			(&near.r)[i] *= k == 0 ? 1 - h : 1 + h;
			crm_bgnbd_derivatives(&near, &rows, &side[k]);
		}
		gradient = fmax(gradient, error_of(
										   (side[1].value - side[0].value) / (2 * h),
										   theta * at.gradient[i], 1));
		for (int j = 0; j <= i; j++)
			hessian = fmax(hessian, error_of(
											 (side[1].gradient[j] - side[0].gradient[j]) / (2 * h * theta),
											 at.hessian[i][j], fabs(at.gradient[j] / theta)));
	}
	ok(gradient < 1e-6, "gradient of %s: %.1e", name, gradient);
	ok(hessian < 1e-6, "Hessian of %s: %.1e", name, hessian);
}

static void
test_derivatives(void)
{
	static const crm_bgnbd models[] = {
		{CRM_BGNBD, .243, 4.414, .793, 2.426}, {CRM_MBGNBD, .5, 6, .9, 1.6},
		{CRM_BGNBD, 30, 100, 8, .02}, {CRM_MBGNBD, .01, .3, .02, 50},
		{CRM_BGNBD, 1, 1, 1, 1}, {CRM_MBGNBD, 12.5, 700, 12, 13},
	};
	char		name[64];

	for (size_t i = 0; i < LENGTH(models); i++)
	{
		snprintf(name, sizeof(name), "%s at r = %g",
				 models[i].kind == CRM_BGNBD ? "BG/NBD" : "MBG/NBD",
				 models[i].r);
		differentiate(&models[i], name);
	}
}

static void
check_fit(const cdnow *data, crm_bgnbd_kind kind, const crm_bgnbd *want,
		  const double *std_error, double log_likelihood)
{
	static crm_history rows[CDNOW_CUSTOMERS];
	crm_bgnbd_fit fit;
	crm_bgnbd_fit again;
	size_t		count = data->histories;
	double worst = 0;
	double		worst_error = 0;

	memcpy(rows, data->history, sizeof(rows));
	count = data->histories;
	crm_history_group(rows, &count, NULL, NULL);
	is_int(count, 1016, "distinct histories");
	is_int(crm_bgnbd_estimate(kind, rows, count, NULL, NULL, &fit), CRM_OK,
		   "the fit ends well");
	is_int(fit.search.end, CRM_NEWTON_CONVERGED, "it converges");
	is_int(fit.boundary, CRM_CLV_INTERIOR, "inside the parameters' range");
	ok(fit.search.evaluations <= 13, "in %d evaluations",
	   fit.search.evaluations);
	for (int i = 0; i < 4; i++)
	{
		worst = fmax(worst, error_of((&fit.model.r)[i], (&want->r)[i], 0));

		worst_error = fmax(worst_error,
						   error_of(sqrt(fit.search.covariance[i][i]),
									std_error[i], 0));
	}
	ok(worst <1e-10, "parameters: %.1e", worst);
	ok(worst_error < 1e-9, "standard errors: %.1e", worst_error);
	is_close(fit.search.value, log_likelihood, 1e-13, "log-likelihood");

	/* The same customers, the last first. */
	for (size_t i = 0; i < data->histories; i++)
		rows[i] = data->history[data->histories - 1 - i];
	count = data->histories;
	crm_history_group(rows, &count, NULL, NULL);
	crm_bgnbd_estimate(kind, rows, count, NULL, NULL, &again);
	ok(memcmp(&fit, &again, sizeof(fit)) == 0,
	   "another order of rows gives the same bits");
}

static void
check_covariance(const cdnow *data)
{
	static const double want[4][4] = {
		{1.5768774e-4},
		{.0037064201, .14305344},
		{-8.7847028e-5, -.0028656789, .034497052},
		{6.5637038e-5, .010523281, .12321777, .49760928},
	};
	crm_bgnbd_fit fit;
	double worst = 0;

	/* Ungrouped rows serve as well. */
	crm_bgnbd_estimate(CRM_BGNBD, data->history, data->histories, NULL, NULL,
					   &fit);
	for (int i = 0; i < 4; i++)
		for (int j = 0; j <= i; j++)
			worst = fmax(worst, error_of(fit.search.covariance[i][j],
										 want[i][j], 0));

	ok(worst <6e-8, "covariance to the digits printed: %.1e", worst);
}

static void
check_sums(const cdnow *data, const crm_bgnbd *model, double purchases,
		   double living)
{
	double		sum[2] = {0};

	for (size_t i = 0; i < data->histories; i++)
	{
		sum[0] += crm_bgnbd_discounted_purchases(model, &data->history[i], 39, 0);
		sum[1] += crm_bgnbd_p_alive(model, &data->history[i]);
	}
	is_close(sum[0], purchases, 1e-13, "sum of E[X(39)]");
	is_close(sum[1], living, 1e-13, "sum of P(alive)");
}

/* Sums by mpmath from the papers' formulas, at the parameters above. */
static void
test_cdnow(void)
{
	static const double bgnbd_error[] = {.0125573780679, .378224059854,
	.185733821372, .705414259795};
	static const double mbgnbd_error[] = {.0832682065798, .695620642509,
	.154789927778, .53749479824};
	static cdnow data;

	if (!cdnow_read(&data, CDNOW_CALIBRATION))
	{
		ok(true, "# SKIP cdnow_sample.csv is not at hand");
		return;
	}
	check_fit(&data, CRM_BGNBD, &cdnow_bgnbd, bgnbd_error,
			  -9582.42920667393063);
	check_fit(&data, CRM_MBGNBD, &cdnow_mbgnbd, mbgnbd_error,
			  -9582.13571555374954);
	check_covariance(&data);
	check_sums(&data, &cdnow_bgnbd, 1653.40869794253984, 1917.27767103971792);
	check_sums(&data, &cdnow_mbgnbd, 1576.72830189615436,
			   1057.63637050807226);
}

/* A fit that must end with a usable model; answers its boundary flags. */
static unsigned
fit_anyhow(crm_bgnbd_kind kind, const crm_history *history, size_t count,
		   crm_newton_end end, const char *name)
{
	crm_bgnbd_fit fit;
	crm_history customer = {2, 10, 30, 1};
	crm_status	status;
	double		figures[4];
	bool		usable;

	status = crm_bgnbd_estimate(kind, history, count, NULL, NULL, &fit);
	ok(status == CRM_OK && fit.search.end == end,
	   "%s: ends as it should (%d)", name, fit.search.end);
	figures[0] = crm_bgnbd_p_alive(&fit.model, &customer);
	figures[1] = crm_bgnbd_discounted_purchases(&fit.model, &customer, 52, 0);
	figures[2] = crm_bgnbd_discounted_purchases(&fit.model, &nothing, 52, 0);
	figures[3] = fit.search.value;
	usable = all_positive(fit.search.parameter, fit.search.n);
	for (int i = 0; i < 4; i++)
		usable = usable && isfinite(figures[i]);
	ok(usable && figures[0] >= 0 && figures[0] <= 1 && figures[1] >= 0,
	   "%s: r %g alpha %g a %g b %g, LL %g, %d evaluations", name,
	   fit.model.r, fit.model.alpha, fit.model.a, fit.model.b,
	   fit.search.value, fit.search.evaluations);
	return fit.boundary;
}

/* Poisson buyers of one rate who never leave, without chance: no variance
 * between customers beyond that of counts near their mean. */
static size_t
steady_buyers(crm_history *rows)
{
	size_t		n = 0;

	for (int x = 6; x <= 14; x++)
		rows[n++] = (crm_history) {x, 50 - 50.0 / (x + 1), 50, 10};
	return n;
}

static void
test_degenerate(void)
{
	static const crm_history one[] = {{4, 30, 35, 1}};
	static const crm_history lone[] = {{0, 0, 35, 1}};
	static const crm_history same[] = {{3, 20, 40, 500}};
	static const crm_history leavers[] = {{1, 2, 100, 300}, {0, 0, 100, 20}};
	static const crm_history ten[] = {{0, 0, 3, 6}, {1, 2, 10, 2},
	{2, 5, 6, 1}, {9, 11, 12, 1}};
	static const crm_history wrong[] = {{1, 20, 10, 1}};
	static const crm_history unsure[] = {{0, 0, 39, 10}, {1, 37, 38, 3},
	{2, 22, 39, 2}, {3, 25, 39, 2}, {4, 35, 39, 4}, {6, 30, 38, 3},
	{9, 22, 38, 1}, {20, 38, 39, 2}};
	crm_history rows[16];
	crm_bgnbd_fit fit;
	unsigned	flags;

	is_int(crm_bgnbd_estimate(CRM_BGNBD, one, 0, NULL, NULL, &fit),
		   CRM_TOO_FEW, "no customer is too few");
	is_int(crm_bgnbd_estimate(CRM_BGNBD, lone, 1, NULL, NULL, &fit),
		   CRM_TOO_FEW, "nobody with a repeat is too few");
	is_int(crm_bgnbd_estimate(CRM_BGNBD, wrong, 1, NULL, NULL, &fit),
		   CRM_INVALID, "a last purchase after the end is refused");
	flags = fit_anyhow(CRM_BGNBD, unsure, LENGTH(unsure), CRM_NEWTON_BOUNDARY,
					   "hardly any sign of churn");
	is_int(flags, CRM_CLV_ALIKE_CHURN | CRM_CLV_CHURN_UNKNOWN,
		   "its standard error reaches none");
	for (int kind = CRM_BGNBD; kind <= CRM_MBGNBD; kind++)
	{
		flags = fit_anyhow(kind, one, 1, CRM_NEWTON_BOUNDARY, "one customer");
		ok(flags & CRM_CLV_ALIKE_RATE, "he is like all others");
		flags = fit_anyhow(kind, same, 1, CRM_NEWTON_BOUNDARY, "all alike");
		ok(flags & CRM_CLV_ALIKE_RATE, "they purchase at one rate");
		fit_anyhow(kind, ten, LENGTH(ten), kind == CRM_BGNBD
				   ? CRM_NEWTON_BOUNDARY : CRM_NEWTON_CONVERGED,
				   "ten customers");
		flags = fit_anyhow(kind, rows, steady_buyers(rows),
						   CRM_NEWTON_BOUNDARY, "steady buyers");
		ok(flags & CRM_CLV_NO_CHURN, "nobody leaves");
		ok(flags & CRM_CLV_ALIKE_RATE, "and the rate is one");
		flags = fit_anyhow(kind, leavers, 2, CRM_NEWTON_BOUNDARY,
						   "once and never again");
		ok(flags & (CRM_CLV_CERTAIN_CHURN | CRM_CLV_ALIKE_CHURN),
		   "everybody leaves, or is as likely to");
	}
}

/*
 * The density of x purchases at known times, the last at t_x, is at most that
 * of a Poisson process of the best rate over t_x: a likelihood that exceeds it
 * has lost its digits.
 */
static void
test_upper_bound(void)
{
	static const crm_history h = {7, 30, 39, 1};
	double		bound = 7 * log(7.0 / 30) - 7;
	bool		held = true;

	for (double size = 1; size < 1e15; size *= 3)
	{
		crm_bgnbd	model = {CRM_BGNBD, size * 7 / 30, size, size, size};

		for (int kind = CRM_BGNBD; kind <= CRM_MBGNBD; kind++)
		{
			model.kind = kind;
			held = held && crm_bgnbd_log_likelihood(&model, &h) < bound;
		}
	}
	ok(held, "no likelihood rises above its bound as parameters grow");
}

int
main(void)
{
	crm_bgnbd_fit fit;

	test_published();
	test_grid();
	test_discounted();
	test_probability();
	test_derivatives();
	test_cdnow();
	test_degenerate();
	test_upper_bound();
	is_int(crm_bgnbd_estimate(CRM_BGNBD, some, LENGTH(some), at_once, NULL,
							  &fit), CRM_INTERRUPTED, "an interrupt is heard");
	return done_testing();
}
