/*
 * The BG/CNBD-k and MBG/CNBD-k models against mpmath, against BG/NBD, and
 * against themselves.
 */
#include <stdlib.h>

#include "tap.h"
#include "worst.h"
#include "derivatives.h"

#include "core/clv/cnbd.h"
#include "core/clv/simulate.h"
#include "../reference/clv_cnbd.h"

#define LENGTH(array) (sizeof(array) / sizeof(*(array)))

static void
test_grid(void)
{
	worst		likelihood = {0};
	worst		alive = {0};
	worst		purchases = {0};
	worst		later = {0};

	for (size_t i = 0; i < LENGTH(cnbd_grid); i++)
	{
		crm_cnbd	model = {{cnbd_grid[i].kind, cnbd_grid[i].r,
		cnbd_grid[i].alpha, cnbd_grid[i].a, cnbd_grid[i].b},
		cnbd_grid[i].k};
		crm_history h = {cnbd_grid[i].x, cnbd_grid[i].t_x, cnbd_grid[i].T, 1};
		double		p = crm_cnbd_p_alive(&model, &h);

		compare(&likelihood, crm_cnbd_log_likelihood(&model, &h),
				cnbd_grid[i].log_likelihood, 1, (int) i);
		compare(&alive, p, cnbd_grid[i].p_alive, 1e-280, (int) i);
		compare(&purchases,
				crm_cnbd_discounted_purchases(&model, &h, cnbd_grid[i].t, 0)
				/ p, cnbd_grid[i].purchases, 1e-280, (int) i);
		compare(&later, crm_cnbd_p_alive_later(&model, &h, cnbd_grid[i].t) / p,
				cnbd_grid[i].later, 1e-14, (int) i);
	}
	report(likelihood, 1e-12, "log-likelihood on the grid");
	report(alive, 1e-12, "P(alive) on the grid");
	report(purchases, 1e-11, "E[X(T, T + t)] on the grid");
	report(later, 1e-11, "P(alive) later on the grid");
}

static void
test_discounted(void)
{
	worst		w = {0};

	for (size_t i = 0; i < LENGTH(cnbd_discounted); i++)
	{
		crm_cnbd	model = {{cnbd_discounted[i].kind, cnbd_discounted[i].r,
				cnbd_discounted[i].alpha, cnbd_discounted[i].a,
		cnbd_discounted[i].b}, cnbd_discounted[i].k};
		crm_history h = {cnbd_discounted[i].x, cnbd_discounted[i].t_x,
		cnbd_discounted[i].T, 1};

		compare(&w, crm_cnbd_discounted_purchases(&model, &h,
												  cnbd_discounted[i].t,
												  cnbd_discounted[i].rate)
				/ crm_cnbd_p_alive(&model, &h), cnbd_discounted[i].purchases,
				0, (int) i);
	}
	report(w, 1e-11, "discounted purchases");
}

static void
test_probability(void)
{
	worst		w = {0};

	for (size_t i = 0; i < LENGTH(cnbd_probability); i++)
	{
		crm_cnbd	model = {{cnbd_probability[i].kind, cnbd_probability[i].r,
				cnbd_probability[i].alpha, cnbd_probability[i].a,
		cnbd_probability[i].b}, cnbd_probability[i].k};

		compare(&w, crm_cnbd_probability(&model, cnbd_probability[i].n,
										 cnbd_probability[i].t),
				cnbd_probability[i].probability, 1e-280, (int) i);
	}
	report(w, 1e-10, "probability of so many purchases");
}

/* The model of grocery shoppers, more or less, and one of them. */
static const crm_cnbd grocery = {{CRM_MBGNBD, 0.98, 2.6, 0.2, 0.6}, 2};
static const crm_history shopper = {9, 40, 43, 1};

static void
test_itself(void)
{
	double		sum = 0;
	double		mean = 0;
	double		alive = crm_cnbd_p_alive(&grocery, &shopper);
	double		beyond;

	for (int n = 0; n < 400; n++)
	{
		double		p = crm_cnbd_customer_probability(&grocery, &shopper, n,
													  30);

		sum += p;
		mean += n * p;
	}
	is_close(sum, 1, 1e-9, "probabilities sum up");
	is_close(mean, crm_cnbd_discounted_purchases(&grocery, &shopper, 30, 0),
			 1e-7, "and have the mean that is expected");
	sum = 0;
	for (int n = 0; n < 5; n++)
		sum += crm_cnbd_customer_probability(&grocery, &shopper, n, 30);
	beyond = crm_cnbd_customer_at_least(&grocery, &shopper, 5, 30);
	is_close(sum + beyond, 1, 1e-12, "at least 5 are the others");
	ok(crm_cnbd_p_alive_later(&grocery, &shopper, 0) == alive,
	   "alive at once");
	ok(crm_cnbd_p_alive_later(&grocery, &shopper, 1e-9) / alive > 1 - 1e-8,
	   "and hardly less after a moment");
	is_close(crm_cnbd_discounted_purchases(&grocery, &shopper, 1e9, 0.01),
			 crm_cnbd_discounted_purchases(&grocery, &shopper, INFINITY, 0.01),
			 1e-11, "a horizon without end is a long one");
	is_close(crm_cnbd_discounted_purchases(&grocery, &shopper, 200, 1e-13),
			 crm_cnbd_discounted_purchases(&grocery, &shopper, 200, 0), 1e-10,
			 "next to no discount is none");
}

/* The sum and its other form, on both sides of where one takes over. */
static void
test_many_events(void)
{
	for (int k = 2; k <= 12; k += 5)
	{
		crm_cnbd	model = {{CRM_MBGNBD, 1e6, 1e6, 0.3, 5}, k};
		crm_history fresh = {0, 0, 0, 1};
		double		below;
		double		above;

		/* the rate is near 1: so many events as the horizon is long */
		below = crm_cnbd_discounted_purchases(&model, &fresh, 596, 1e-3);
		above = crm_cnbd_discounted_purchases(&model, &fresh, 604, 1e-3);
		is_close(crm_cnbd_discounted_purchases(&model, &fresh, 600, 1e-3),
				 (below + above) / 2, 1e-4, "many events follow few");
	}
}

static void
test_one_phase(void)
{
	bool		same = true;

	for (int kind = 0; kind < 2; kind++)
	{
		crm_cnbd	one = {{kind, 0.24, 4.4, 0.79, 2.4}, 1};
		crm_history h = {3, 20, 39, 1};

		same = same
			&& crm_cnbd_log_likelihood(&one, &h)
			== crm_bgnbd_log_likelihood(&one.base, &h)
			&& crm_cnbd_p_alive(&one, &h) == crm_bgnbd_p_alive(&one.base, &h)
			&& crm_cnbd_p_alive_later(&one, &h, 9)
			== crm_bgnbd_p_alive_later(&one.base, &h, 9)
			&& crm_cnbd_discounted_purchases(&one, &h, 52, 0.01)
			== crm_bgnbd_discounted_purchases(&one.base, &h, 52, 0.01)
			&& crm_cnbd_probability(&one, 3, 52)
			== crm_bgnbd_probability(&one.base, 3, 52);
	}
	ok(same, "k = 1 is BG/NBD and MBG/NBD to the last bit");
}

static crm_status
objective(const double *p, void *arg, crm_derivatives *result)
{
	const crm_cnbd *model = arg;
	static const crm_history some[] = {
		{0, 0, 0, 2}, {0, 0, 39, 5}, {1, 2, 39, 1}, {1, 38, 39, 3},
		{7, 30, 31, 1}, {7, 10, 39, 2}, {40, 39, 39, 1}, {400, 300, 390, 1}
	};
	static const crm_clv_rows rows = {some, LENGTH(some), 1, NULL, NULL};
	crm_cnbd	here = {{model->base.kind, p[0], p[1], p[2], p[3]}, model->k};

	return crm_cnbd_derivatives(&here, &rows, result);
}

static void
test_derivatives(void)
{
	static const double at[][4] = {{0.24, 4.4, 0.79, 2.4}, {3, 0.5, 0.1, 9},
	{0.05, 90, 20, 0.3}};

	for (int k = 1; k <= 12; k += k < 3 ? 1 : 9)
		for (size_t i = 0; i < LENGTH(at); i++)
			for (int kind = 0; kind < 2; kind++)
			{
				crm_cnbd	model = {.base.kind = kind, .k = k};
				double		error = derivatives_error(objective, &model, 4,
													  at[i]);

				ok(error < 1e-9, "derivatives, k %d, kind %d: %.1e", k, kind,
				   error);
			}
}

#define CUSTOMERS 4000

/* Of more rows than these each k is held against a part first. */
#define MANY 10000

/*
 * So many customers of MBG/CNBD-k, no two of one age; answers what data say of
 * their gaps.
 */
static double
simulate(const crm_clv *truth, size_t count, crm_history *rows)
{
	double		log_gaps = 0;

	for (size_t i = 0; i < count; i++)
	{
		crm_simulated drawn;
		double		time;
		double		value;

		rows[i] = (crm_history) {0, 0, 30 + i % 48 + 1e-6 * i, 1};
		crm_simulate_customer(truth, 7, i, &drawn);
		while (crm_simulate_purchase(&drawn, rows[i].age, &time, &value))
		{
			if (time == 0)
				continue;
			log_gaps += log(time - rows[i].recency);
			rows[i].frequency++;
			rows[i].recency = time;
		}
	}
	crm_history_group(rows, &count, NULL, NULL);
	return log_gaps;
}

/* Simulated customers: the fit finds k and the parameters. */
static void
test_recovery(int k)
{
	static crm_history rows[CUSTOMERS];
	crm_clv		truth = {.kind = CRM_CLV_MBGCNBD, .as_of = CRM_CLV_NO_DAY,
		.unit_days = 7, .purchase = {.n = 5,
	.parameter = {0.9, 2.5, 0.5, 2.0, k}}};
	crm_cnbd_data data = {rows, CUSTOMERS, simulate(&truth, CUSTOMERS, rows), 0};
	crm_cnbd_fit fit;

	is_int(crm_cnbd_estimate(CRM_MBGNBD, &data, NULL, NULL, &fit), CRM_OK,
		   "a fit");
	ok(fit.model.k == k, "k %d of simulated customers is found (%d)", k,
	   fit.model.k);
	for (int i = 0; i < 4; i++)
	{
		double		error = sqrt(fit.search.covariance[i][i]);

		ok(fabs(fit.search.parameter[i] - truth.purchase.parameter[i])
		   < 4 * error, "parameter %d: %.4f ± %.4f", i,
		   fit.search.parameter[i], error);
	}
	data.log_gaps = NAN;
	is_int(crm_cnbd_estimate(CRM_MBGNBD, &data, NULL, NULL, &fit), CRM_OK,
		   "a fit without the gaps");
	ok(abs(fit.model.k - k) <= 2, "and nearly without the gaps (%d)",
	   fit.model.k);
}

/* The k chosen is the best of those given, with the gaps and without. */
static void
test_choice(double k)
{
	static crm_history rows[MANY];
	crm_clv		truth = {.kind = CRM_CLV_MBGCNBD, .as_of = CRM_CLV_NO_DAY,
		.unit_days = 7, .purchase = {.n = 5,
	.parameter = {0.9, k, 0.5, 2.0, k}}};
	double		log_gaps = simulate(&truth, MANY, rows);

	for (int known = 0; known < 2; known++)
	{
		crm_cnbd_data data = {rows, MANY, known ? log_gaps : NAN, 0};
		crm_cnbd_fit chosen;
		crm_cnbd_fit best = {.search.value = -INFINITY};

		is_int(crm_cnbd_estimate(CRM_MBGNBD, &data, NULL, NULL, &chosen),
			   CRM_OK, "a fit of many customers");
		for (data.k = 1; data.k <= 5; data.k++)
		{
			crm_cnbd_fit given;

			is_int(crm_cnbd_estimate(CRM_MBGNBD, &data, NULL, NULL, &given),
				   CRM_OK, "a fit of a given k");
			if (given.search.value > best.search.value)
				best = given;
		}
		ok(chosen.model.k == best.model.k &&
		   chosen.search.value == best.search.value,
		   "k %d is chosen: %d is the best given, %s the gaps",
		   chosen.model.k, best.model.k, known ? "with" : "without");
	}
}

int
main(void)
{
	test_grid();
	test_discounted();
	test_probability();
	test_itself();
	test_many_events();
	test_one_phase();
	test_derivatives();
	test_recovery(1);
	test_recovery(3);
	test_choice(1);
	test_choice(3);
	return done_testing();
}
