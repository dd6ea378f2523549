/*
 * simulate.c
 *		Customers drawn from a lifetime-value model.
 */
#include "core/clv/simulate.h"

#include <math.h>

void
crm_simulate_customer(const crm_clv *clv, uint64_t seed, uint64_t customer,
					  crm_simulated *out)
{
	const double *p = clv->purchase.parameter;
	crm_random *random = &out->random;

	crm_random_seed(random, seed, customer);
	out->clv = clv;
	out->time = -1;
	out->end = INFINITY;
	out->leaving = 0;
	out->log_value = 0;
	if (clv->kind == CRM_CLV_BGBB)
		out->log_rate = log(crm_random_beta(random, p[0], p[1]));
	else
		out->log_rate = crm_random_log_gamma(random, p[0]) - log(p[1]);
	if (clv->kind == CRM_CLV_PARETO)
		out->end = crm_random_exponential(random) * p[3]
			* exp(-crm_random_log_gamma(random, p[2]));
	else
		out->leaving = crm_random_beta(random, p[2], p[3]);
	if (clv->spend.n > 0)
		out->log_value = log(clv->spend.parameter[2])
			- crm_random_log_gamma(random, clv->spend.parameter[1]);
}

static bool
leaves(crm_simulated *customer)
{
	return customer->leaving > 0 &&
		crm_random_uniform(&customer->random) < customer->leaving;
}

/* The next opportunity taken; before each he may leave. */
static void
next_opportunity(crm_simulated *customer, double watched)
{
	do
	{
		customer->time++;
		if (leaves(customer))
			customer->end = 0;
	} while (customer->time <= watched && customer->end > 0 &&
			 log(crm_random_uniform(&customer->random)) >=
			 customer->log_rate);
}

/* The next purchase, after each of which he may leave. */
static void
next_purchase(crm_simulated *customer)
{
	bool		has_chance = customer->time > 0 ||
		customer->clv->kind == CRM_CLV_MBGNBD;

	if (has_chance && leaves(customer))
		customer->end = customer->time;
	customer->time += crm_random_exponential(&customer->random)
		* exp(-customer->log_rate);
}

bool
crm_simulate_purchase(crm_simulated *customer, double watched, double *time,
					  double *value)
{
	const crm_clv *clv = customer->clv;

	if (customer->time < 0)
		customer->time = 0;
	else if (clv->kind == CRM_CLV_BGBB)
		next_opportunity(customer, watched);
	else
		next_purchase(customer);
	if (!(customer->time <= watched && customer->time <= customer->end))
		return false;
	*time = customer->time;
	*value = clv->spend.n == 0 ? NAN
		: exp(crm_random_log_gamma(&customer->random, clv->spend.parameter[0])
			  + customer->log_value);
	return true;
}
