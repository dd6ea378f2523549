/*
 * bgbb_family.c
 *		The BG/BB model as a family.
 */
#include <math.h>

#include "core/clv/bgbb.h"
#include "core/clv/family.h"

static crm_bgbb
model_of(const crm_clv *clv)
{
	const double *p = clv->purchase.parameter;

	return (crm_bgbb) {p[0], p[1], p[2], p[3]};
}

static crm_status
estimate(const crm_clv_data *data, crm_interrupt interrupt, void *arg,
		 crm_clv_part *part)
{
	crm_bgbb_fit fit;
	crm_status	status = crm_bgbb_estimate(data->rows, data->count, interrupt, arg, &fit);

	return crm_clv_fill_part(part, status, &fit.search, fit.boundary,
							 fit.customers, data->count);
}

static double
log_likelihood(const crm_clv *clv, const crm_history *customer)
{
	crm_bgbb	model = model_of(clv);

	return crm_bgbb_log_likelihood(&model, customer);
}

static double
p_alive(const crm_clv *clv, const crm_history *customer)
{
	crm_bgbb	model = model_of(clv);

	return crm_bgbb_p_alive(&model, customer);
}

static double
p_alive_later(const crm_clv *clv, const crm_history *customer, double t)
{
	crm_bgbb	model = model_of(clv);

	return crm_bgbb_p_alive_later(&model, customer, t);
}

/* The rate is continuous, of which an opportunity takes one unit of time. */
static double
purchases(const crm_clv *clv, const crm_history *customer, double t, double rate)
{
	crm_bgbb	model = model_of(clv);

	return crm_bgbb_discounted_purchases(&model, customer, t, expm1(rate));
}

static double
probability(const crm_clv *clv, int n, double t)
{
	crm_bgbb	model = model_of(clv);

	return crm_bgbb_probability(&model, n, (int) t);
}

static double
customer_probability(const crm_clv *clv, const crm_history *customer, int n,
					 double t, bool at_least)
{
	crm_bgbb	model = model_of(clv);
	crm_bgbb	from_now = crm_bgbb_from_now(&model, customer);
	double		alive = crm_bgbb_was_alive(&model, customer);

	return crm_clv_if_alive(alive, n, at_least, at_least
							? crm_bgbb_at_least(&from_now, n, (int) t)
							: crm_bgbb_probability(&from_now, n, (int) t));
}

static void
draw(const crm_clv *clv, crm_simulated *customer)
{
	const double *p = clv->purchase.parameter;
	crm_random *random = &customer->random;

	customer->log_rate = log(crm_random_beta(random, p[0], p[1]));
	customer->leaving = crm_random_beta(random, p[2], p[3]);
}

/* The next opportunity taken; before each they may leave. */
static void
next_purchase(crm_simulated *customer, double watched)
{
	do
	{
		customer->time++;
		if (crm_simulated_leaves(customer))
			customer->end = 0;
	} while (customer->time <= watched && customer->end > 0 &&
			 log(crm_random_uniform(&customer->random)) >=
			 customer->log_rate);
}

const crm_clv_family crm_bgbb_family = {
	.name = "bg/bb",
	.time = CRM_CLV_OPPORTUNITIES,
	.n = 4,
	.parameters = {"alpha", "beta", "gamma", "delta"},
	.most = {CRM_CLV_SHAPE_MAX, CRM_CLV_SHAPE_MAX, CRM_CLV_SHAPE_MAX,
	CRM_CLV_SHAPE_MAX},
	.needs = "has purchased",
	.history_is_valid = crm_bgbb_history_is_valid,
	.estimate = estimate,
	.log_likelihood = log_likelihood,
	.p_alive = p_alive,
	.p_alive_later = p_alive_later,
	.purchases = purchases,
	.probability = probability,
	.customer_probability = customer_probability,
	.draw = draw,
	.next_purchase = next_purchase
};
