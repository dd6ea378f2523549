/*
 * model_score.c
 *		What a fitted lifetime-value model of any kind says of a customer.
 */
#include "core/clv/model.h"

#include <math.h>

#include "core/clv/family.h"
#include "core/clv/gammagamma.h"

double
crm_clv_p_alive(const crm_clv *clv, const crm_history *customer)
{
	return crm_clv_family_of(clv->kind)->p_alive(clv, customer);
}

double
crm_clv_p_alive_later(const crm_clv *clv, const crm_history *customer,
					  double t)
{
	return crm_clv_family_of(clv->kind)->p_alive_later(clv, customer, t);
}

double
crm_clv_customer_probability(const crm_clv *clv, const crm_history *customer,
							 int n, double t)
{
	const crm_clv_family *family = crm_clv_family_of(clv->kind);

	return family->customer_probability(clv, customer, n, t, false);
}

double
crm_clv_customer_at_least(const crm_clv *clv, const crm_history *customer,
						  int n, double t)
{
	const crm_clv_family *family = crm_clv_family_of(clv->kind);

	return family->customer_probability(clv, customer, n, t, true);
}

double
crm_clv_purchases(const crm_clv *clv, const crm_history *customer, double t,
				  double rate)
{
	return crm_clv_family_of(clv->kind)->purchases(clv, customer, t, rate);
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
	return crm_clv_family_of(clv->kind)->probability(clv, n, t);
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

bool
crm_clv_future_of(const crm_clv *clv, const crm_clv_question *ask,
				  crm_clv_future *future)
{
	const crm_clv_family *family = crm_clv_family_of(clv->kind);

	if (family->both_if_alive == NULL || !isfinite(ask->horizon))
		return false;
	future->discounted = family->both_if_alive(clv, &ask->customer,
											   ask->horizon, ask->rate,
											   &future->plain);
	return true;
}

/* The answers about amounts, from those about purchases. */
static void
add_value(const crm_clv *clv, const crm_clv_question *ask, crm_clv_answers *a)
{
	if (clv->spend.n == 0)
		return;
	a->mean_value = crm_clv_expected_value(clv, ask->customer.frequency,
										   ask->value);
	a->value = a->discounted == 0 ? 0 : a->discounted * a->mean_value;
}

crm_clv_answers
crm_clv_answer_of(const crm_clv *clv, const crm_clv_question *ask,
				  const crm_clv_future *future)
{
	crm_clv_answers a = {.p_alive = crm_clv_p_alive(clv, &ask->customer),
	.mean_value = NAN, .value = NAN};

	a.purchases = a.p_alive * future->plain;
	a.discounted = a.p_alive * future->discounted;
	add_value(clv, ask, &a);
	return a;
}

crm_clv_answers
crm_clv_answer(const crm_clv *clv, const crm_clv_question *ask)
{
	const crm_history *customer = &ask->customer;
	const crm_clv_family *family = crm_clv_family_of(clv->kind);
	crm_clv_future future;
	crm_clv_answers a = {.purchases = NAN, .mean_value = NAN, .value = NAN};

	if (crm_clv_future_of(clv, ask, &future))
		return crm_clv_answer_of(clv, ask, &future);
	a.p_alive = crm_clv_p_alive(clv, customer);
	if (family->both_purchases != NULL && isfinite(ask->horizon))
		a.discounted = family->both_purchases(clv, customer, ask->horizon,
											  ask->rate, &a.purchases);
	else
	{
		a.discounted = crm_clv_purchases(clv, customer, ask->horizon,
										 ask->rate);
		if (isfinite(ask->horizon))
			a.purchases = crm_clv_purchases(clv, customer, ask->horizon, 0);
	}
	add_value(clv, ask, &a);
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
	double		gradient[CRM_CLV_PARAMETERS];
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
