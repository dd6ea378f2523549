/*
 * pareto_score.c
 *		The Pareto/NBD model: what customers, old and new, will do.
 *
 * Survival from the age T on is a Pareto law: ((beta + T) / (beta + T + u))^s.
 */
#include "core/clv/pareto.h"

#include <math.h>

#include "core/numeric/quadrature.h"
#include "core/numeric/special.h"

/* (1 - exp(-rate length)) / rate, for a rate of any sign. */
static double
exponential_integral(double rate, double length)
{
	return rate == 0 ? length : -expm1(-rate * length) / rate;
}

/* Purchases a unit of time at T of who is alive. */
static double
present_rate(const crm_pareto *model, const crm_history *customer)
{
	return (model->r + customer->frequency) / (model->alpha + customer->age);
}

static double
purchases_if_alive(const crm_pareto *model, const crm_history *customer,
				   double t)
{
	double		from = model->beta + customer->age;

	return present_rate(model, customer) * from
		* exponential_integral(model->s - 1, log1p(t / from));
}

/*
 * In v = ln(1 + u / (beta + T)) survival to u, discounted, is exp(-psi(v))
 * with psi(v) = (s - 1) v + discount (exp(v) - 1).
 */
typedef struct future
{
	double		decline;		/* s - 1 */
	double		discount;		/* rate (beta + T) */
} future;

static double
future_psi(const void *arg, double v, double *slope)
{
	const future *f = arg;
	double		rise = f->discount * expm1(v);

	*slope = f->decline + rise + f->discount;
	return f->decline * v + rise;
}

static double
discounted_if_alive(const crm_pareto *model, const crm_history *customer,
					double t, double rate)
{
	double		from = model->beta + customer->age;
	future		f = {model->s - 1, rate * from};

	if (rate == 0)
		return purchases_if_alive(model, customer, t);

	/* exp(-800) is nothing even against the longest survival. */
	t = fmin(t / from, 800 / f.discount);
	return present_rate(model, customer) * from
		* exp(crm_quadrature_log(future_psi, &f, 0, log1p(t)));
}

double
crm_pareto_discounted_purchases(const crm_pareto *model,
								const crm_history *customer,
								double t, double rate)
{
	return crm_pareto_p_alive(model, customer)
		* discounted_if_alive(model, customer, t, rate);
}

double
crm_pareto_both_if_alive(const crm_pareto *model, const crm_history *customer,
						 double t, double rate, double *plain)
{
	*plain = purchases_if_alive(model, customer, t);
	return rate == 0 ? *plain
		: discounted_if_alive(model, customer, t, rate);
}

/*
 * The chance of n purchases until t and of a death before it: in v =
 * ln(1 + y / m), m = min(alpha, beta), the density of a death at y after n
 * purchases is exp(-psi(v)), but for a constant.
 */
typedef struct purchases
{
	const crm_pareto *model;
	double		n;
} purchases;

static double
purchases_psi(const void *arg, double v, double *slope)
{
	const purchases *c = arg;
	double		r = c->model->r;
	double		alpha = c->model->alpha;
	double		s = c->model->s;
	double		beta = c->model->beta;
	double		y = fmin(alpha, beta) * expm1(v);
	double		rate = r / (alpha + y) + (s + 1) / (beta + y);
	double		psi = r * log1p(y / alpha) + (s + 1) * log1p(y / beta) - v;

	if (c->n > 0)
	{
		rate -= c->n / y * (alpha / (alpha + y));
		psi += c->n * log1p(alpha / y);
	}
	*slope = (fmin(alpha, beta) + y) * rate - 1;
	return psi;
}

double
crm_pareto_probability(const crm_pareto *model, int n, double t)
{
	purchases	c = {model, n};
	double		less = fmin(model->alpha, model->beta);
	double		ways = 0;		/* ln(Gamma(r + n) / (Gamma(r) n!)) */
	double		alive = -model->r * log1p(t / model->alpha)
		- model->s * log1p(t / model->beta);

	if (t == 0)
		return n == 0;
	if (n > 0)
	{
		ways = -log(n) - crm_log_beta(model->r, n);
		alive -= n * log1p(model->alpha / t);
	}
	return exp(ways + alive) + model->s * less / model->beta
		* exp(ways + crm_quadrature_log(purchases_psi, &c, 0,
										log1p(t / less)));
}

/*
 * The chance of the n-th purchase at y, while alive: in v as above, and of a
 * density by ln y, which is (m + y) / y dv.
 */
static double
arrival_psi(const void *arg, double v, double *slope)
{
	const purchases *c = arg;
	double		r = c->model->r;
	double		alpha = c->model->alpha;
	double		s = c->model->s;
	double		beta = c->model->beta;
	double		less = fmin(alpha, beta);
	double		e = expm1(v);
	double		y = less * e;

	*slope = (less + y) * ((r + c->n) / (alpha + y) + s / (beta + y))
		- c->n - (c->n > 1 ? (c->n - 1) / e : 0);
	return r * log1p(y / alpha) + s * log1p(y / beta) - v
		+ c->n * log((alpha + y) / less)
		- (c->n > 1 ? (c->n - 1) * log(e) : 0);
}

double
crm_pareto_at_least(const crm_pareto *model, int n, double t)
{
	purchases	c = {model, n};
	double		less = fmin(model->alpha, model->beta);

	if (n == 0 || t == 0)
		return n == 0;
	return fmin(exp(crm_quadrature_log(arrival_psi, &c, 0, log1p(t / less))
					- crm_log_beta(model->r, n)), 1);
}

crm_pareto
crm_pareto_from_now(const crm_pareto *model, const crm_history *customer)
{
	return (crm_pareto) {model->r + customer->frequency, model->alpha + customer->age,
						 model->s, model->beta + customer->age};
}

double
crm_pareto_p_alive_later(const crm_pareto *model, const crm_history *customer,
						 double t)
{
	return crm_pareto_p_alive(model, customer)
		* exp(-model->s * log1p(t / (model->beta + customer->age)));
}
