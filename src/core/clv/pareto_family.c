/*
 * pareto_family.c
 *		The Pareto/NBD model as a family.
 */
#include <math.h>

#include "core/clv/family.h"
#include "core/clv/pareto.h"

static crm_pareto
model_of(const crm_clv *clv)
{
	const double *p = clv->purchase.parameter;

	return (crm_pareto) {p[0], p[1], p[2], p[3]};
}

static crm_status
estimate(const crm_clv_data *data, crm_interrupt interrupt, void *arg,
		 crm_clv_part *part)
{
	crm_pareto_fit fit;
	crm_status	status = crm_pareto_estimate(data->rows, data->count, interrupt, arg,
											 &fit);

	return crm_clv_fill_part(part, status, &fit.search, fit.boundary,
							 fit.customers, data->count);
}

static double
log_likelihood(const crm_clv *clv, const crm_history *customer)
{
	crm_pareto	model = model_of(clv);

	return crm_pareto_log_likelihood(&model, customer);
}

static double
p_alive(const crm_clv *clv, const crm_history *customer)
{
	crm_pareto	model = model_of(clv);

	return crm_pareto_p_alive(&model, customer);
}

static double
p_alive_later(const crm_clv *clv, const crm_history *customer, double t)
{
	crm_pareto	model = model_of(clv);

	return crm_pareto_p_alive_later(&model, customer, t);
}

/* Without end or discount they are infinite where the mean life is. */
static double
purchases(const crm_clv *clv, const crm_history *customer, double t, double rate)
{
	crm_pareto	model = model_of(clv);

	if (isinf(t) && rate <= 0 && model.s <= 1)
		return INFINITY;
	return crm_pareto_discounted_purchases(&model, customer, t, rate);
}

static double
both_if_alive(const crm_clv *clv, const crm_history *customer, double t,
			  double rate, double *plain)
{
	crm_pareto	model = model_of(clv);

	return crm_pareto_both_if_alive(&model, customer, t, rate, plain);
}

static double
probability(const crm_clv *clv, int n, double t)
{
	crm_pareto	model = model_of(clv);

	return crm_pareto_probability(&model, n, t);
}

static double
customer_probability(const crm_clv *clv, const crm_history *customer, int n,
					 double t, bool at_least)
{
	crm_pareto	model = model_of(clv);
	crm_pareto	from_now = crm_pareto_from_now(&model, customer);
	double		alive = crm_pareto_p_alive(&model, customer);

	return crm_clv_if_alive(alive, n, at_least, at_least
							? crm_pareto_at_least(&from_now, n, t)
							: crm_pareto_probability(&from_now, n, t));
}

static void
slopes(const double *p, const crm_history *customer, crm_clv_slopes *d)
{
	crm_pareto	model = {p[0], p[1], p[2], p[3]};

	crm_pareto_slopes(&model, customer, d);
}

static double
leaving(const double *p, double age, double by_log[4])
{
	double		exponent = p[2] * log1p(age / p[3]);
	double		alive = exp(-exponent);

	by_log[0] = by_log[1] = 0;
	by_log[2] = exponent * alive;
	by_log[3] = -p[2] * alive * age / (p[3] + age);
	return -expm1(-exponent);
}

static void
draw(const crm_clv *clv, crm_simulated *customer)
{
	const double *p = clv->purchase.parameter;
	crm_random *random = &customer->random;

	customer->log_rate = crm_random_log_gamma(random, p[0]) - log(p[1]);
	customer->end = crm_random_exponential(random) * p[3]
		* exp(-crm_random_log_gamma(random, p[2]));
}

static void
next_purchase(crm_simulated *customer, double watched)
{
	(void) watched;
	customer->time += crm_random_exponential(&customer->random)
		* exp(-customer->log_rate);
}

const crm_clv_family crm_pareto_family = {
	.name = "pareto/nbd",
	.time = CRM_CLV_ANY_TIME,
	.n = 4,
	.parameters = {"r", "alpha", "s", "beta"},
	.most = {CRM_CLV_SHAPE_MAX, CRM_CLV_SCALE_MAX, CRM_CLV_SHAPE_MAX,
	CRM_CLV_SCALE_MAX},
	.needs = "has purchased on a second day",
	.history_is_valid = crm_history_is_valid,
	.estimate = estimate,
	.log_likelihood = log_likelihood,
	.p_alive = p_alive,
	.p_alive_later = p_alive_later,
	.purchases = purchases,
	.both_if_alive = both_if_alive,
	.probability = probability,
	.customer_probability = customer_probability,
	.slopes = slopes,
	.choose_starts = crm_pareto_choose_starts,
	.by_gamma = {0, -1, 0, 0},
	.by_delta = {0, 0, 0, -1},
	.leaving = leaving,
	.draw = draw,
	.next_purchase = next_purchase
};
