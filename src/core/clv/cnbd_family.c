/*
 * cnbd_family.c
 *		The BG/CNBD-k and MBG/CNBD-k models as families.
 */
#include <math.h>

#include "core/clv/cnbd.h"
#include "core/clv/family.h"

/* k is the last parameter; with 1 they are BG/NBD and MBG/NBD. */
static crm_cnbd
model_of(const crm_clv *clv)
{
	const double *p = clv->purchase.parameter;
	bool		is_modified = clv->kind == CRM_CLV_MBGCNBD;

	return (crm_cnbd) {crm_bgnbd_of(is_modified ? CRM_MBGNBD : CRM_BGNBD, p),
					   (int) (p[4] + 0.5)};
}

static crm_status
estimate(crm_bgnbd_kind kind, const crm_clv_data *data,
		 crm_interrupt interrupt, void *arg, crm_clv_part *part)
{
	crm_cnbd_data rows = {data->rows, data->count, data->log_gaps, data->k};
	crm_cnbd_fit fit;
	crm_status	status = crm_cnbd_estimate(kind, &rows, interrupt, arg, &fit);

	status = crm_clv_fill_part(part, status, &fit.search, fit.boundary,
							   fit.customers, data->count);
	if (status != CRM_OK)
		return status;
	part->n = 5;
	part->parameter[4] = fit.model.k;
	crm_clv_set_side(part, 4, data->k > 0 ? CRM_CLV_GIVEN
					 : fit.model.k == CRM_CNBD_MAX ? 1 : 0);
	return CRM_OK;
}

static crm_status
estimate_bgcnbd(const crm_clv_data *data, crm_interrupt interrupt, void *arg,
				crm_clv_part *part)
{
	return estimate(CRM_BGNBD, data, interrupt, arg, part);
}

static crm_status
estimate_mbgcnbd(const crm_clv_data *data, crm_interrupt interrupt, void *arg,
				 crm_clv_part *part)
{
	return estimate(CRM_MBGNBD, data, interrupt, arg, part);
}

static double
log_likelihood(const crm_clv *clv, const crm_history *customer)
{
	crm_cnbd	model = model_of(clv);
	crm_history one = *customer;
	crm_cnbd_data data = {&one, 1, NAN, model.k};

	one.weight = 1;
	return crm_cnbd_log_likelihood(&model, customer)
		+ crm_cnbd_regularity(&data, model.k);
}

static double
p_alive(const crm_clv *clv, const crm_history *customer)
{
	crm_cnbd	model = model_of(clv);

	return crm_cnbd_p_alive(&model, customer);
}

static double
p_alive_later(const crm_clv *clv, const crm_history *customer, double t)
{
	crm_cnbd	model = model_of(clv);

	return crm_cnbd_p_alive_later(&model, customer, t);
}

static double
purchases(const crm_clv *clv, const crm_history *customer, double t,
		  double rate)
{
	crm_cnbd	model = model_of(clv);

	return crm_cnbd_discounted_purchases(&model, customer, t, rate);
}

static double
both_purchases(const crm_clv *clv, const crm_history *customer, double t,
			   double rate, double *plain)
{
	crm_cnbd	model = model_of(clv);

	if (model.k == 1)
	{
		double		alive = crm_bgnbd_p_alive(&model.base, customer);
		double		discounted = crm_bgnbd_both_if_alive(&model.base, customer, t,
														 rate, plain);

		*plain *= alive;
		return alive * discounted;
	}
	*plain = crm_cnbd_discounted_purchases(&model, customer, t, 0);
	return rate == 0 ? *plain
		: crm_cnbd_discounted_purchases(&model, customer, t, rate);
}

static double
probability(const crm_clv *clv, int n, double t)
{
	crm_cnbd	model = model_of(clv);

	return crm_cnbd_probability(&model, n, t);
}

static double
customer_probability(const crm_clv *clv, const crm_history *customer, int n,
					 double t, bool at_least)
{
	crm_cnbd	model = model_of(clv);
	crm_clv		usual = *clv;

	usual.kind = model.base.kind == CRM_MBGNBD ? CRM_CLV_MBGNBD : CRM_CLV_BGNBD;
	if (model.k == 1)
		return crm_clv_family_of(usual.kind)->customer_probability(&usual,
																   customer, n,
																   t,
																   at_least);
	return at_least ? crm_cnbd_customer_at_least(&model, customer, n, t)
		: crm_cnbd_customer_probability(&model, customer, n, t);
}

static void
next_purchase(crm_simulated *customer, double watched)
{
	crm_cnbd	model = model_of(customer->clv);

	(void) watched;
	crm_bgnbd_next_purchase(customer, model.base.kind, model.k);
}

/* What both have in common. */
#define SHARED \
	.time = CRM_CLV_ANY_TIME, \
	.n = 5, \
	.parameters = {"r", "alpha", "a", "b", "k"}, \
	.most = {CRM_CLV_SHAPE_MAX, CRM_CLV_SCALE_MAX, CRM_CLV_SHAPE_MAX, \
	CRM_CLV_SHAPE_MAX, CRM_CNBD_MAX}, \
	.whole = 4, \
	.needs = "has purchased on a second day", \
	.history_is_valid = crm_history_is_valid, \
	.log_likelihood = log_likelihood, \
	.p_alive = p_alive, \
	.p_alive_later = p_alive_later, \
	.purchases = purchases, \
	.both_purchases = both_purchases, \
	.probability = probability, \
	.customer_probability = customer_probability, \
	.draw = crm_bgnbd_draw, \
	.next_purchase = next_purchase

const crm_clv_family crm_bgcnbd_family = {
	.name = "bg/cnbd-k",
	.estimate = estimate_bgcnbd,
	SHARED
};

const crm_clv_family crm_mbgcnbd_family = {
	.name = "mbg/cnbd-k",
	.estimate = estimate_mbgcnbd,
	SHARED
};
