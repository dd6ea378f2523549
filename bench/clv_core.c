/*
 * clv_core.c
 *		What the arithmetic of BG/NBD costs, without the database around it.
 *
 * Simulates a million customers (r .243, alpha 4.414, a .793, b 2.426, ages
 * uniform from 27 to 78 weeks, all histories distinct), groups them, fits and
 * scores them, and prints processor time. `make bench-core` builds it.
 */
#define _POSIX_C_SOURCE 199309L /* clock_gettime */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/clv/bgnbd.h"

#define CUSTOMERS 1000000
#define REPETITIONS 9

static uint64_t state = 20050101;

/* splitmix64 (Steele, Lea & Flood 2014), as a number in (0, 1). */
static double
uniform(void)
{
	uint64_t	z = state += 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return ((z ^ (z >> 31)) >> 11) * 0x1p-53 + 0x1p-54;
}

static double
normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());
}

/* Marsaglia & Tsang (2000). */
static double
gamma_variate(double shape)
{
	double		d = shape + 1 - 1.0 / 3;
	double		c = 1 / sqrt(9 * d);

	for (;;)
	{
		double		x = normal();
		double		v = 1 + c * x;

		v *= v * v;
		if (v > 0 && log(uniform()) < x * x / 2 + d * (1 - v + log(v)))
			return d * v * pow(uniform(), 1 / shape);
	}
}

static crm_history
simulate(const crm_bgnbd *model)
{
	crm_history h = {0, 0, 27 + 51 * uniform(), 1};
	double		rate = gamma_variate(model->r) / model->alpha;
	double		leave = gamma_variate(model->a);
	double		t = 0;

	leave /= leave + gamma_variate(model->b);
	while ((t -= log(uniform()) / rate) < h.age)
	{
		h.frequency++;
		h.recency = t;
		if (uniform() < leave)
			break;
	}
	return h;
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec + 1e-9 * now.tv_nsec;
}

/* Nanoseconds a row of the quickest of some evaluations. */
static double
evaluate(const crm_bgnbd *model, const crm_history *history, size_t count)
{
	crm_clv_rows rows = {history, count, 1, NULL, NULL};
	double		best = INFINITY;
	crm_derivatives result;

	for (int i = 0; i < REPETITIONS; i++)
	{
		double		start = seconds();

		crm_bgnbd_derivatives(model, &rows, &result);
		best = fmin(best, seconds() - start);
	}
	return best / count * 1e9;
}

typedef double (*score) (const crm_bgnbd *model, const crm_history *customer);

static double
purchases(const crm_bgnbd *model, const crm_history *customer)
{
	return crm_bgnbd_discounted_purchases(model, customer, 365 / 7.0, 0);
}

static double
one_year(const crm_bgnbd *model, const crm_history *customer)
{
	return crm_bgnbd_discounted_purchases(model, customer, 365 / 7.0,
										  log(1.1) * 7 / 365.25);
}

static double
for_ever(const crm_bgnbd *model, const crm_history *customer)
{
	return crm_bgnbd_discounted_purchases(model, customer, INFINITY,
										  log(1.1) * 7 / 365.25);
}

static void
report_score(const char *name, score what, const crm_bgnbd *model,
			 const crm_history *rows, size_t count, size_t every)
{
	double		start = seconds();
	double		sum = 0;

	for (size_t i = 0; i < count; i += every)
		sum += what(model, &rows[i]);
	printf("%-24s %8.0f ns a customer (mean %.6g)\n", name,
		   (seconds() - start) * every / count * 1e9, sum * every / count);
}

int
main(void)
{
	static const crm_bgnbd truth = {CRM_BGNBD, .243, 4.414, .793, 2.426};
	crm_history *rows = malloc(CUSTOMERS * sizeof(*rows));
	crm_bgnbd_fit fit;
	size_t		count = CUSTOMERS;
	size_t		idle = 0;
	double		start;

	if (!rows)
		return 1;
	for (size_t i = 0; i < CUSTOMERS; i++)
		rows[i] = simulate(&truth);
	start = seconds();
	crm_history_group(rows, &count, NULL, NULL);
	printf("%-24s %8.3f s, %zu distinct histories\n", "grouping",
		   seconds() - start, count);
	while (rows[idle].frequency == 0)
		idle++;
	printf("%-24s %8.1f ns a history\n", "evaluation",
		   evaluate(&truth, rows, count));
	printf("%-24s %8.1f ns a history (%zu)\n", "  without a repeat",
		   evaluate(&truth, rows, idle), idle);
	printf("%-24s %8.1f ns a history (%zu)\n", "  with repeats",
		   evaluate(&truth, rows + idle, count - idle), count - idle);
	for (int kind = CRM_BGNBD; kind <= CRM_MBGNBD; kind++)
	{
		start = seconds();
		crm_bgnbd_estimate(kind, rows, count, NULL, NULL, &fit);
		printf("%-24s %8.3f s, %d evaluations: r %.5f alpha %.4f a %.4f b "
			   "%.4f\n", kind == CRM_BGNBD ? "fit, BG/NBD" : "fit, MBG/NBD",
			   seconds() - start, fit.search.evaluations, fit.model.r,
			   fit.model.alpha, fit.model.a, fit.model.b);
	}
	report_score("P(alive)", crm_bgnbd_p_alive, &truth, rows, count, 1);
	report_score("E[X], 365 days", purchases, &truth, rows, count, 10);
	report_score("discounted, 365 days", one_year, &truth, rows, count, 10);
	report_score("discounted, without end", for_ever, &truth, rows, count,
				 1000);
	free(rows);
	return 0;
}
