/*
 * model_score.c
 *		What a fitted lifetime-value model of any kind says of a customer.
 */
#include "core/clv/model.h"

#include <math.h>

#include "core/clv/bgbb.h"
#include "core/clv/bgnbd.h"
#include "core/clv/gammagamma.h"
#include "core/clv/pareto.h"

static crm_bgnbd
bgnbd_of(const crm_clv *clv)
{
	const double *p = clv->purchase.parameter;

	return (crm_bgnbd) {clv->kind == CRM_CLV_BGNBD ? CRM_BGNBD : CRM_MBGNBD,
		p[0], p[1], p[2], p[3]};
}

static crm_pareto
pareto_of(const crm_clv *clv)
{
	const double *p = clv->purchase.parameter;

	return (crm_pareto) {p[0], p[1], p[2], p[3]};
}

static crm_bgbb
bgbb_of(const crm_clv *clv)
{
	const double *p = clv->purchase.parameter;

	return (crm_bgbb) {p[0], p[1], p[2], p[3]};
}

double
crm_clv_p_alive(const crm_clv *clv, const crm_history *customer)
{
	crm_bgnbd	bgnbd = bgnbd_of(clv);
	crm_pareto	pareto = pareto_of(clv);
	crm_bgbb	bgbb = bgbb_of(clv);

	return clv->kind == CRM_CLV_PARETO ? crm_pareto_p_alive(&pareto, customer)
		: clv->kind == CRM_CLV_BGBB ? crm_bgbb_p_alive(&bgbb, customer)
		: crm_bgnbd_p_alive(&bgnbd, customer);
}

double
crm_clv_p_alive_later(const crm_clv *clv, const crm_history *customer,
					  double t)
{
	crm_bgnbd	bgnbd = bgnbd_of(clv);
	crm_pareto	pareto = pareto_of(clv);
	crm_bgbb	bgbb = bgbb_of(clv);

	return clv->kind == CRM_CLV_PARETO
		? crm_pareto_p_alive_later(&pareto, customer, t)
		: clv->kind == CRM_CLV_BGBB
		? crm_bgbb_p_alive_later(&bgbb, customer, t)
		: crm_bgnbd_p_alive_later(&bgnbd, customer, t);
}

/* Of a customer who is, or for BG/BB was, alive. */
static double
probability_from_now(const crm_clv *clv, const crm_history *customer, int n,
					 double t, bool at_least)
{
	crm_bgnbd	bgnbd = bgnbd_of(clv);
	crm_pareto	pareto = pareto_of(clv);
	crm_bgbb	bgbb = bgbb_of(clv);

	if (clv->kind == CRM_CLV_PARETO)
	{
		pareto = crm_pareto_from_now(&pareto, customer);
		return at_least ? crm_pareto_at_least(&pareto, n, t)
			: crm_pareto_probability(&pareto, n, t);
	}
	if (clv->kind == CRM_CLV_BGBB)
	{
		bgbb = crm_bgbb_from_now(&bgbb, customer);
		return at_least ? crm_bgbb_at_least(&bgbb, n, (int) t)
			: crm_bgbb_probability(&bgbb, n, (int) t);
	}
	bgnbd = crm_bgnbd_from_now(&bgnbd, customer);
	return at_least ? crm_bgnbd_at_least(&bgnbd, n, t)
		: crm_bgnbd_probability(&bgnbd, n, t);
}

static double
p_active(const crm_clv *clv, const crm_history *customer)
{
	crm_bgbb	bgbb = bgbb_of(clv);

	return clv->kind == CRM_CLV_BGBB ? crm_bgbb_was_alive(&bgbb, customer)
		: crm_clv_p_alive(clv, customer);
}

double
crm_clv_customer_probability(const crm_clv *clv, const crm_history *customer,
							 int n, double t)
{
	double		active = p_active(clv, customer);
	double		alive = probability_from_now(clv, customer, n, t, false);

	return active * alive + (n == 0 ? 1 - active : 0);
}

double
crm_clv_customer_at_least(const crm_clv *clv, const crm_history *customer,
						  int n, double t)
{
	return n == 0 ? 1 : p_active(clv, customer)
		* probability_from_now(clv, customer, n, t, true);
}

/* Purchases never end where the mean time to leave does not exist. */
static bool
never_ends(const crm_clv *clv, double t, double rate)
{
	return isinf(t) && rate <= 0 && crm_clv_is_continuous(clv->kind) &&
		clv->purchase.parameter[2] <= 1;
}

double
crm_clv_purchases(const crm_clv *clv, const crm_history *customer, double t,
				  double rate)
{
	crm_bgnbd	bgnbd = bgnbd_of(clv);
	crm_pareto	pareto = pareto_of(clv);
	crm_bgbb	bgbb = bgbb_of(clv);

	if (never_ends(clv, t, rate))
		return INFINITY;
	switch (clv->kind)
	{
		case CRM_CLV_PARETO:
			return crm_pareto_discounted_purchases(&pareto, customer, t, rate);
		case CRM_CLV_BGBB:
			return crm_bgbb_discounted_purchases(&bgbb, customer, t,
												 expm1(rate));
		default:
			return crm_bgnbd_discounted_purchases(&bgnbd, customer, t, rate);
	}
}

double
crm_clv_new_customer(const crm_clv *clv, double t)
{
	crm_history nothing = {0, 0, 0, 1};

	return crm_clv_purchases(clv, &nothing, t, 0);
}

double
crm_clv_probability(const crm_clv *clv, int n, double t)
{
	crm_bgnbd	bgnbd = bgnbd_of(clv);
	crm_pareto	pareto = pareto_of(clv);
	crm_bgbb	bgbb = bgbb_of(clv);

	return clv->kind == CRM_CLV_PARETO ? crm_pareto_probability(&pareto, n, t)
		: clv->kind == CRM_CLV_BGBB
		? crm_bgbb_probability(&bgbb, n, (int) t)
		: crm_bgnbd_probability(&bgnbd, n, t);
}

double
crm_clv_expected_value(const crm_clv *clv, double frequency, double value)
{
	const double *p = clv->spend.parameter;
	crm_gammagamma law = {p[0], p[1], p[2]};

	return crm_gammagamma_expected_value(&law, frequency, value);
}

double
crm_clv_value(const crm_clv *clv, const crm_clv_question *ask)
{
	double		purchases = crm_clv_purchases(clv, &ask->customer,
											  ask->horizon, ask->rate);

	/* No purchases are worth nothing, however much one would be. */
	return purchases == 0 ? 0
		: purchases * crm_clv_expected_value(clv, ask->customer.frequency,
											 ask->value);
}

crm_clv_answers
crm_clv_answer(const crm_clv *clv, const crm_clv_question *ask)
{
	const crm_history *customer = &ask->customer;
	crm_bgnbd	bgnbd = bgnbd_of(clv);
	crm_clv_answers a = {.p_alive = crm_clv_p_alive(clv, customer),
		.purchases = NAN,.mean_value = NAN,.value = NAN};

	if ((clv->kind == CRM_CLV_BGNBD || clv->kind == CRM_CLV_MBGNBD) &&
		isfinite(ask->horizon))
		a.discounted = crm_bgnbd_both_purchases(&bgnbd, customer,
												ask->horizon, ask->rate,
												&a.purchases);
	else
	{
		a.discounted = crm_clv_purchases(clv, customer, ask->horizon,
										 ask->rate);
		if (isfinite(ask->horizon))
			a.purchases = crm_clv_purchases(clv, customer, ask->horizon, 0);
	}
	if (clv->spend.n == 0)
		return a;
	a.mean_value = crm_clv_expected_value(clv, customer->frequency,
										  ask->value);
	a.value = a.discounted == 0 ? 0 : a.discounted * a.mean_value;
	return a;
}

/* Where a difference is taken: the best trade of rounding and curvature. */
#define STEP 1e-4

/* The derivative of ln value by the logarithm of a parameter of the model. */
static double
log_slope(crm_clv *clv, double *parameter, const crm_clv_question *ask)
{
	double		here = *parameter;
	double		above;
	double		below;

	*parameter = here * exp(STEP);
	above = crm_clv_value(clv, ask);
	*parameter = here * exp(-STEP);
	below = crm_clv_value(clv, ask);
	*parameter = here;
	return log(above / below) / (2 * STEP);
}

/* g' C g over the logarithms of the parameters of a part of the model. */
static double
part_variance(crm_clv *clv, crm_clv_part *part, const crm_clv_question *ask)
{
	double		gradient[CRM_NEWTON_MAX];
	double		variance = 0;

	for (int i = 0; i < part->n; i++)
		gradient[i] = log_slope(clv, &part->parameter[i], ask)
			/ part->parameter[i];
	for (int i = 0; i < part->n; i++)
		for (int j = 0; j < part->n; j++)
			variance += gradient[i] * part->covariance[i][j] * gradient[j];
	return variance;
}

bool
crm_clv_log_error(const crm_clv *clv, const crm_clv_question *ask,
				  double *error)
{
	crm_clv		moved = *clv;
	double		variance;

	if (!clv->purchase.has_covariance || !clv->spend.has_covariance)
		return false;
	variance = part_variance(&moved, &moved.purchase, ask)
		+ part_variance(&moved, &moved.spend, ask);
	*error = sqrt(fmax(variance, 0));
	return isfinite(*error);
}
