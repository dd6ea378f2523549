/*
 * Pseudo-random draws, and customers drawn from models.
 */
#include "tap.h"

#include <math.h>
#include <string.h>

#include "core/clv/simulate.h"

#define DRAWS 200000

/* The mean of the draws of a function is within 5 standard errors. */
static void
is_mean(const double *draws, double mean, double variance, const char *what)
{
	double		sum = 0;

	for (int i = 0; i < DRAWS; i++)
		sum += draws[i];
	ok(fabs(sum / DRAWS - mean) < 5 * sqrt(variance / DRAWS),
	   "%s: mean %g", what, mean);
	sum = 0;
	for (int i = 0; i < DRAWS; i++)
		sum += (draws[i] - mean) * (draws[i] - mean);
	ok(fabs(sum / DRAWS / variance - 1) < 0.1, "%s: variance %g", what,
	   variance);
}

static void
test_draws(void)
{
	static const double shapes[] = {0.3, 1, 4.5, 1000};
	static double draws[DRAWS];
	crm_random	random;

	crm_random_seed(&random, 1, 2);
	for (int i = 0; i < DRAWS; i++)
		draws[i] = crm_random_uniform(&random);
	is_mean(draws, 0.5, 1.0 / 12, "uniform");
	for (int i = 0; i < DRAWS; i++)
		draws[i] = crm_random_exponential(&random);
	is_mean(draws, 1, 1, "exponential");
	for (int i = 0; i < DRAWS; i++)
		draws[i] = crm_random_normal(&random);
	is_mean(draws, 0, 1, "normal");
	for (int s = 0; s < 4; s++)
	{
		for (int i = 0; i < DRAWS; i++)
			draws[i] = exp(crm_random_log_gamma(&random, shapes[s]));
		is_mean(draws, shapes[s], shapes[s], "gamma");
	}
	for (int i = 0; i < DRAWS; i++)
		draws[i] = crm_random_beta(&random, 0.8, 2.4);
	is_mean(draws, 0.25, 0.1875 / 4.2, "beta");
	for (int i = 0; i < DRAWS; i++)
		draws[i] = crm_random_beta(&random, 1e-9, 3e-9);
	is_mean(draws, 0.25, 0.1875, "beta of tiny parameters");
}

/* Streams and seeds that are near are not alike, and each can be repeated. */
static void
test_streams(void)
{
	crm_random	a;
	crm_random	b;
	int			same = 0;

	crm_random_seed(&a, 7, 1);
	crm_random_seed(&b, 7, 1);
	ok(memcmp(&a, &b, sizeof(a)) == 0, "a stream can be repeated");
	for (int i = 0; i < 1000; i++)
	{
		crm_random_seed(&a, 7, i);
		crm_random_seed(&b, 8, i);
		same += crm_random_uniform(&a) == crm_random_uniform(&b);
		crm_random_seed(&b, 7, i + 1);
		same += crm_random_uniform(&a) == crm_random_uniform(&b);
	}
	is_int(same, 0, "near seeds and streams do not meet");
}

/* Repeat purchases of many customers are as many as the model expects. */
static void
test_counts(int kind, const double *parameters)
{
	crm_clv		clv = {.kind = kind, .unit_days = 7};
	double		sum = 0;
	double		square = 0;
	double		none = 0;
	double		time;
	double		value;

	clv.purchase.n = 4;
	memcpy(clv.purchase.parameter, parameters, 4 * sizeof(double));
	for (int k = 1; k <= DRAWS; k++)
	{
		crm_simulated customer;
		double		count = -1;

		crm_simulate_customer(&clv, 3, k, &customer);
		while (crm_simulate_purchase(&customer, 20, &time, &value))
			count++;
		sum += count / DRAWS;
		square += count * count / DRAWS;
		none += (count == 0) / (double) DRAWS;
	}
	ok(fabs(sum - crm_clv_new_customer(&clv, 20))
	   < 5 * sqrt((square - sum * sum) / DRAWS), "%s: %g repeat purchases",
	   crm_clv_kind_name(kind), sum);
	ok(fabs(none - crm_clv_probability(&clv, 0, 20)) < 2.5 / sqrt(DRAWS),
	   "%s: %g of the customers make none", crm_clv_kind_name(kind), none);
	ok(isnan(value), "%s: no values without a spend part",
	   crm_clv_kind_name(kind));
}

/* The mean value is that of the law. */
static void
test_values(void)
{
	crm_clv		clv = {.kind = CRM_CLV_BGNBD, .purchase = {
			.n = 4, .parameter = {1, 1, 1, 1}
	}, .spend = {.n = 3, .parameter = {6, 8, 15}}};
	static double values[DRAWS];
	double		mean = crm_clv_expected_value(&clv, 0, 0);
	double		time;

	for (int k = 0; k < DRAWS; k++)
	{
		crm_simulated customer;

		crm_simulate_customer(&clv, 5, k, &customer);
		crm_simulate_purchase(&customer, 0, &time, &values[k]);
	}
	/* E[z^2] = p (p + 1) gamma^2 / ((q - 1) (q - 2)) */
	is_mean(values, mean, 42.0 * 225 / 42 - mean * mean, "value");
}

int
main(void)
{
	static const double bgnbd[] = {0.6, 4, 0.8, 2.5};
	static const double pareto[] = {0.6, 4, 0.7, 12};
	static const double bgbb[] = {1.2, 0.75, 0.66, 2.8};

	test_draws();
	test_streams();
	test_counts(CRM_CLV_BGNBD, bgnbd);
	test_counts(CRM_CLV_MBGNBD, bgnbd);
	test_counts(CRM_CLV_PARETO, pareto);
	test_counts(CRM_CLV_BGBB, bgbb);
	test_values();
	return done_testing();
}
