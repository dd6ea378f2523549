/*
 * simulate.c
 *		Customers drawn from a lifetime-value model.
 */
#include "core/clv/simulate.h"

#include <math.h>

#include "core/clv/family.h"

void
crm_simulate_customer(const crm_clv *clv, uint64_t seed, uint64_t customer,
					  crm_simulated *out)
{
	crm_random *random = &out->random;

	crm_random_seed(random, seed, customer);
	out->clv = clv;
	out->time = -1;
	out->end = INFINITY;
	out->leaving = 0;
	out->log_value = 0;
	crm_clv_family_of(clv->kind)->draw(clv, out);
	if (clv->spend.n > 0)
		out->log_value = log(clv->spend.parameter[2])
			- crm_random_log_gamma(random, clv->spend.parameter[1]);
}

bool
crm_simulated_leaves(crm_simulated *customer)
{
	return customer->leaving > 0 &&
		crm_random_uniform(&customer->random) < customer->leaving;
}

bool
crm_simulate_purchase(crm_simulated *customer, double watched, double *time,
					  double *value)
{
	const crm_clv *clv = customer->clv;

	if (customer->time < 0)
		customer->time = 0;
	else
		crm_clv_family_of(clv->kind)->next_purchase(customer, watched);
	if (!(customer->time <= watched && customer->time <= customer->end))
		return false;
	*time = customer->time;
	*value = clv->spend.n == 0 ? NAN
		: exp(crm_random_log_gamma(&customer->random, clv->spend.parameter[0])
			  + customer->log_value);
	return true;
}
