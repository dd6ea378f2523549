/*
 * Covariates: derivatives of one customer against those of all, recovery of
 * the effects that customers were simulated with, and what cannot be told.
 */
#include <stdlib.h>

#include "tap.h"

#include "core/clv/effects.h"
#include "core/clv/family.h"
#include "core/clv/simulate.h"
#include "core/numeric/special.h"

#define CUSTOMERS 6000
#define WIDTH 7					/* of three covariates and a history */

static const crm_clv truths[] = {
	{.kind = CRM_CLV_BGNBD, .as_of = CRM_CLV_NO_DAY, .unit_days = 7,
	.covariates = 2, .purchase = {.n = 4, .parameter = {0.9, 5, 0.8, 2.5}}},
	{.kind = CRM_CLV_MBGNBD, .as_of = CRM_CLV_NO_DAY, .unit_days = 7,
	.covariates = 2, .purchase = {.n = 4, .parameter = {0.9, 5, 0.8, 2.5}}},
	{.kind = CRM_CLV_PARETO, .as_of = CRM_CLV_NO_DAY, .unit_days = 7,
	.covariates = 2, .purchase = {.n = 4, .parameter = {0.9, 5, 0.8, 12}}}
};
static const crm_clv_effects effects = {.n = 2,
.effect = {0.5, -0.3, 0.2, 0.4}, .name = {"x1", "x2"}};

/* Covariates of a customer: one yes or no, one of some size; a third if asked. */
static void
covariates_of(int i, double *z)
{
	z[0] = i % 3 == 0;
	z[1] = 4 + (i * 7919 % 101) / 25.0;
}

static void
simulate(const crm_clv *truth, int third, double *rows)
{
	for (int i = 0; i < CUSTOMERS; i++)
	{
		double	   *row = rows + i * (WIDTH - 1 + (third > 0));
		crm_history *h;
		crm_simulated drawn;
		crm_clv		own;
		double		time;
		double		value;

		covariates_of(i, row);
		if (third > 0)
			row[2] = third == 1 ? 2 * row[0] - row[1] : 9;
		h = (crm_history *) (row + 2 + (third > 0));
		*h = (crm_history) {0, 0, 30 + i % 48, 1};
		if (!crm_clv_for_covariates(truth, &effects, row, &own))
			exit(1);
		crm_simulate_customer(&own, 11, i, &drawn);
		while (crm_simulate_purchase(&drawn, h->age, &time, &value))
		{
			h->frequency += time > 0;
			h->recency = time;
		}
	}
}

/* The fit without covariates, of rows that are not grouped by histories. */
static crm_clv_part
without(int kind, const double *rows, int q)
{
	static crm_history history[CUSTOMERS];
	size_t		count = CUSTOMERS;
	crm_clv_data data = {history, 0, NAN, 0};
	crm_clv_part part;

	for (int i = 0; i < CUSTOMERS; i++)
		history[i] = *(const crm_history *) (rows + i * (q + 4) + q);
	crm_history_group(history, &count, NULL, NULL);
	data.count = count;
	if (crm_clv_estimate(kind, &data, NULL, NULL, &part) != CRM_OK)
		exit(1);
	return part;
}

static void
test_recovery(const crm_clv *truth)
{
	static double rows[CUSTOMERS * WIDTH];
	size_t		count = CUSTOMERS;
	crm_clv		fit = *truth;
	crm_clv_part base;
	crm_clv_effects found;
	double		moved[4];

	simulate(truth, 0, rows);
	base = without(truth->kind, rows, 2);
	crm_covariate_group(rows, 2, &count, NULL, NULL);
	is_int(crm_clv_estimate_effects(truth->kind, rows, count, 2, &base, NULL,
									NULL, &fit.purchase, &found), CRM_OK,
		   crm_clv_kind_name(truth->kind));
	ok(fit.purchase.boundary == 0 && found.has_covariance,
	   "a maximum inside, after %d steps", fit.purchase.iterations);
	ok(fit.purchase.log_likelihood > base.log_likelihood + 50,
	   "%.1f better than without", fit.purchase.log_likelihood
	   - base.log_likelihood);
	for (int i = 0; i < 4; i++)
	{
		double		error = sqrt(found.covariance[i][4 + i]);

		ok(error > 0 && fabs(found.effect[i] - effects.effect[i]) < 4 * error,
		   "effect %d: %.4f ± %.4f, truth %.4f", i, found.effect[i], error,
		   effects.effect[i]);
		error = sqrt(fit.purchase.covariance[i][i]);
		ok(fabs(fit.purchase.parameter[i] - truth->purchase.parameter[i])
		   < 4 * error, "parameter %d: %.4f ± %.4f, truth %.4f", i,
		   fit.purchase.parameter[i], error, truth->purchase.parameter[i]);
		moved[i] = fit.purchase.parameter[i];
	}
	ok(crm_clv_is_valid(&fit) && crm_clv_effects_are_valid(&fit, &found),
	   "a model");

	/* Of no covariates it is the model itself, of others another. */
	{
		double		z[2] = {0, 0};
		crm_clv		own;

		ok(crm_clv_for_covariates(&fit, &found, z, &own) &&
		   memcmp(own.purchase.parameter, moved, sizeof(moved)) == 0,
		   "of covariates of 0");
		is_close(own.purchase.covariance[1][1],
				 fit.purchase.covariance[1][1], 1e-12, "with its covariance");
		z[0] = 1;
		ok(crm_clv_for_covariates(&fit, &found, z, &own), "and of others");
		is_close(own.purchase.parameter[1],
				 moved[1] * exp(-found.effect[0]), 1e-14, "alpha is moved");
	}
}

static void
test_collinear(void)
{
	static double rows[CUSTOMERS * WIDTH];
	size_t		count = CUSTOMERS;
	crm_clv_part base;
	crm_clv_part part;
	crm_clv_effects found;

	for (int third = 1; third <= 2; third++)
	{
		simulate(&truths[1], third, rows);
		base = without(CRM_CLV_MBGNBD, rows, 3);
		count = CUSTOMERS;
		crm_covariate_group(rows, 3, &count, NULL, NULL);
		is_int(crm_clv_estimate_effects(CRM_CLV_MBGNBD, rows, count, 3, &base,
										NULL, NULL, &part, &found), CRM_OK,
			   third == 1 ? "collinear" : "constant");
		ok((part.boundary & CRM_CLV_COLLINEAR) != 0 &&
		   found.mark[2] == CRM_EFFECT_NONE && found.effect[2] == 0 &&
		   found.mark[5] == CRM_EFFECT_NONE && found.mark[0] == 0,
		   "a covariate without an effect of its own is told");
		is_int(crm_clv_free_effects(&found), 4, "and does not count");
		ok(found.has_covariance && found.covariance[0][4] > 0 &&
		   found.covariance[2][6] == 0, "the others have their errors");
	}
}

/* One customer's derivatives by differences, and his likelihood. */
static void
test_slopes(void)
{
	static const crm_history histories[] = {
		{0, 0, 39, 1}, {1, 3, 39, 1}, {7, 38, 39, 1}, {90, 300, 301, 1},
		{2.5, 8, 20, 1}
	};

	for (int kind = 0; kind <= CRM_CLV_PARETO; kind++)
		for (size_t i = 0; i < sizeof(histories) / sizeof(histories[0]); i++)
		{
			const crm_clv_family *family = crm_clv_family_of(kind);
			const crm_history *h = &histories[i];
			crm_clv		clv = truths[kind];
			double	   *p = clv.purchase.parameter;
			crm_clv_slopes at;
			double worst = 0;

			family->slopes(p, h, &at);
			is_close(at.value + crm_log_rising(p[0], h->frequency),
					 family->log_likelihood(&clv, h), 1e-12, family->name);
			for (int j = 0; j < 4; j++)
			{
				crm_clv_slopes side[2];
				double		here = p[j];

				p[j] = here * exp(1e-5);
				family->slopes(p, h, &side[1]);
				p[j] = here * exp(-1e-5);
				family->slopes(p, h, &side[0]);
				p[j] = here;
				worst = fmax(worst, fabs((side[1].value - side[0].value)
										 / 2e-5 - at.gradient[j]));

				for (int l = 0; l < 4; l++)
					worst = fmax(worst, fabs((side[1].gradient[l]
											  - side[0].gradient[l]) / 2e-5
											 - (j >= l ? at.hessian[j][l]
												: at.hessian[l][j])));
			}
			ok(worst <1e-6 * (1 + fabs(at.value)),
			   "derivatives of history %zu: %.1e", i, worst);
		}
}

static double
draw(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) / (double) (1 << 24) * 2 - 1;
}

/*
 * A model and effects that are known but for one number, which moves them all:
 * variances of sums of them vanish where the parts cancel.
 */
static void
make_tied(double size, uint32_t *seed, crm_clv *clv, crm_clv_effects *tied)
{
	double		v[CRM_EFFECTS_BASE + 4];
	double	   *p = clv->purchase.parameter;

	for (int i = 0; i < CRM_EFFECTS_BASE + 4; i++)
		v[i] = size * draw(seed);
	clv->purchase.has_covariance = tied->has_covariance = 1;
	for (int i = 0; i < CRM_EFFECTS_BASE; i++)
		for (int j = 0; j < CRM_EFFECTS_BASE; j++)
			clv->purchase.covariance[i][j] = v[i] * p[i] * v[j] * p[j];
	for (int k = 0; k < 4; k++)
		for (int j = 0; j < CRM_EFFECTS_BASE + 4; j++)
			tied->covariance[k][j] = v[CRM_EFFECTS_BASE + k] * v[j]
				* (j < CRM_EFFECTS_BASE ? p[j] : 1);
}

/* The model of somebody with covariates is one, whoever it is. */
static void
test_own_models(void)
{
	uint32_t	seed = 5;
	int			valid = 0;
	int			made = 0;

	for (int n = 0; n < 30000; n++)
	{
		crm_clv		clv = truths[n % 3];
		crm_clv_effects tied = effects;
		crm_clv		own;
		double		z[2];

		make_tied(n % 7 == 0 ? 1e150 : 1, &seed, &clv, &tied);
		for (int i = 0; i < 2; i++)
			z[i] = n % 5 == 0 ? round(2 * draw(&seed)) : 20 * draw(&seed);
		if (!crm_clv_for_covariates(&clv, &tied, z, &own))
			continue;
		made++;
		valid += crm_clv_is_valid(&own);
	}
	ok(made > 10000 && valid == made, "%d of %d models of somebody are valid", valid, made);
}

int
main(void)
{
	test_own_models();
	test_slopes();
	for (int i = 0; i < 3; i++)
		test_recovery(&truths[i]);
	test_collinear();
	return done_testing();
}
