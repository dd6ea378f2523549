/*
 * bgnbd_family.c
 *		The BG/NBD and MBG/NBD models as families.
 */
#include <math.h>

#include "core/clv/bgnbd.h"
#include "core/clv/family.h"

static crm_bgnbd
model_of(const crm_clv *clv)
{
	return crm_bgnbd_of(clv->kind == CRM_CLV_MBGNBD ? CRM_MBGNBD : CRM_BGNBD,
						clv->purchase.parameter);
}

static crm_status
estimate(crm_bgnbd_kind kind, const crm_clv_data *data,
		 crm_interrupt interrupt, void *arg, crm_clv_part *part)
{
	crm_bgnbd_fit fit;
	crm_status	status = crm_bgnbd_estimate(kind, data->rows, data->count,
											interrupt, arg, &fit);

	return crm_clv_fill_part(part, status, &fit.search, fit.boundary,
							 fit.customers, data->count);
}

static crm_status
estimate_bgnbd(const crm_clv_data *data, crm_interrupt interrupt, void *arg,
			   crm_clv_part *part)
{
	return estimate(CRM_BGNBD, data, interrupt, arg, part);
}

static crm_status
estimate_mbgnbd(const crm_clv_data *data, crm_interrupt interrupt, void *arg,
				crm_clv_part *part)
{
	return estimate(CRM_MBGNBD, data, interrupt, arg, part);
}

static double
log_likelihood(const crm_clv *clv, const crm_history *customer)
{
	crm_bgnbd	model = model_of(clv);

	return crm_bgnbd_log_likelihood(&model, customer);
}

static double
p_alive(const crm_clv *clv, const crm_history *customer)
{
	crm_bgnbd	model = model_of(clv);

	return crm_bgnbd_p_alive(&model, customer);
}

static double
p_alive_later(const crm_clv *clv, const crm_history *customer, double t)
{
	crm_bgnbd	model = model_of(clv);

	return crm_bgnbd_p_alive_later(&model, customer, t);
}

static double
purchases(const crm_clv *clv, const crm_history *customer, double t,
		  double rate)
{
	crm_bgnbd	model = model_of(clv);

	return crm_bgnbd_discounted_purchases(&model, customer, t, rate);
}

static double
both_if_alive(const crm_clv *clv, const crm_history *customer, double t,
			  double rate, double *plain)
{
	crm_bgnbd	model = model_of(clv);

	return crm_bgnbd_both_if_alive(&model, customer, t, rate, plain);
}

static double
probability(const crm_clv *clv, int n, double t)
{
	crm_bgnbd	model = model_of(clv);

	return crm_bgnbd_probability(&model, n, t);
}

static double
customer_probability(const crm_clv *clv, const crm_history *customer, int n,
					 double t, bool at_least)
{
	crm_bgnbd	model = model_of(clv);
	crm_bgnbd	from_now = crm_bgnbd_from_now(&model, customer);
	double		alive = crm_bgnbd_p_alive(&model, customer);

	return crm_clv_if_alive(alive, n, at_least, at_least
							? crm_bgnbd_at_least(&from_now, n, t)
							: crm_bgnbd_probability(&from_now, n, t));
}

static void
slopes_of(crm_bgnbd_kind kind, const double *p, const crm_history *customer,
		  crm_clv_slopes *d)
{
	crm_bgnbd	model = crm_bgnbd_of(kind, p);

	crm_bgnbd_slopes(&model, customer, d);
}

static void
bgnbd_slopes(const double *p, const crm_history *customer, crm_clv_slopes *d)
{
	slopes_of(CRM_BGNBD, p, customer, d);
}

static void
mbgnbd_slopes(const double *p, const crm_history *customer, crm_clv_slopes *d)
{
	slopes_of(CRM_MBGNBD, p, customer, d);
}

static double
leaving(const double *p, double age, double by_log[4])
{
	double		share = p[2] / (p[2] + p[3]);

	(void) age;
	by_log[0] = by_log[1] = 0;
	by_log[2] = share * p[3] / (p[2] + p[3]);
	by_log[3] = -by_log[2];
	return share;
}

void
crm_bgnbd_draw(const crm_clv *clv, crm_simulated *customer)
{
	const double *p = clv->purchase.parameter;
	crm_random *random = &customer->random;

	customer->log_rate = crm_random_log_gamma(random, p[0]) - log(p[1]);
	customer->leaving = crm_random_beta(random, p[2], p[3]);
}

void
crm_bgnbd_next_purchase(crm_simulated *customer, crm_bgnbd_kind kind, int phases)
{
	if ((customer->time > 0 || kind == CRM_MBGNBD) &&
		crm_simulated_leaves(customer))
		customer->end = customer->time;
	for (int phase = 0; phase < phases; phase++)
		customer->time += crm_random_exponential(&customer->random)
			* exp(-customer->log_rate);
}

static void
next_purchase(crm_simulated *customer, double watched)
{
	(void) watched;
	crm_bgnbd_next_purchase(customer, model_of(customer->clv).kind, 1);
}

/* What both have in common. */
#define SHARED \
	.time = CRM_CLV_ANY_TIME, \
	.n = 4, \
	.parameters = {"r", "alpha", "a", "b"}, \
	.most = {CRM_CLV_SHAPE_MAX, CRM_CLV_SCALE_MAX, CRM_CLV_SHAPE_MAX, \
	CRM_CLV_SHAPE_MAX}, \
	.needs = "has purchased on a second day", \
	.history_is_valid = crm_history_is_valid, \
	.log_likelihood = log_likelihood, \
	.p_alive = p_alive, \
	.p_alive_later = p_alive_later, \
	.purchases = purchases, \
	.both_if_alive = both_if_alive, \
	.probability = probability, \
	.customer_probability = customer_probability, \
	.choose_starts = crm_bgnbd_choose_starts, \
	.by_gamma = {0, -1, 0, 0}, \
	.by_delta = {0, 0, 1, 1}, \
	.leaving = leaving, \
	.draw = crm_bgnbd_draw, \
	.next_purchase = next_purchase

const crm_clv_family crm_bgnbd_family = {
	.name = "bg/nbd",
	.estimate = estimate_bgnbd,
	.slopes = bgnbd_slopes,
	SHARED
};

const crm_clv_family crm_mbgnbd_family = {
	.name = "mbg/nbd",
	.estimate = estimate_mbgnbd,
	.slopes = mbgnbd_slopes,
	SHARED
};
