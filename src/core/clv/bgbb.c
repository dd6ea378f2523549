/*
 * bgbb.c
 *		The BG/BB model of purchases in discrete time.
 *
 * The likelihood is a sum of positive terms: one of those alive at n, and one
 * for each opportunity from t_x to n - 1 that may have been the last one
 * alive. Neighbouring terms differ by a rational factor, so that one walk over
 * them gives the value and all derivatives from a single set of gamma
 * functions.
 */
#include "core/clv/bgbb.h"

#include <math.h>
#include <string.h>

#include "core/clv/search.h"
#include "core/clv/summary.h"
#include "core/numeric/hypergeom.h"
#include "core/numeric/mixture.h"
#include "core/numeric/special.h"
#include "core/numeric/steps.h"

/* Terms between two questions whether to go on. */
#define BLOCK 16384

/* The box of a fit. */
#define PARAMETER_MIN 1e-6
#define PARAMETER_MAX 1e6

enum
{
	ALPHA, BETA, GAMMA, DELTA, PARAMETERS
};

bool
crm_bgbb_history_is_valid(const crm_history *history)
{
	return crm_history_is_valid(history)
		&& history->age <= CRM_BGBB_MAX
		&& history->frequency <= history->recency
		&& history->frequency == floor(history->frequency)
		&& history->recency == floor(history->recency)
		&& history->age == floor(history->age);
}

/*
 * The term of a customer who was alive at the first so many opportunities,
 * took x of them, and then died, or nothing more is known:
 *
 *		B(alpha + x, beta + alive - x) / B(alpha, beta)
 *			* B(gamma + died, delta + alive) / B(gamma, delta)
 */
typedef struct term
{
	double		x;
	double		alive;
	double		died;			/* 1 or 0 */
} term;

static double
term_log(const crm_bgbb *model, term t)
{
	return crm_log_rising(model->alpha, t.x)
		+ crm_log_rising(model->beta, t.alive - t.x)
		- crm_log_rising(model->alpha + model->beta, t.alive)
		+ crm_log_rising(model->delta, t.alive)
		- crm_log_rising(model->gamma + model->delta, t.alive + t.died)
		+ t.died * log(model->gamma);
}

/* The term of one who died after one more opportunity over that of t. */
static double
term_ratio(const crm_bgbb *model, term t)
{
	return (model->beta + t.alive - t.x)
		/ (model->alpha + model->beta + t.alive)
		* (model->delta + t.alive)
		/ (model->gamma + model->delta + t.alive + 1);
}

/* psi(a + n) - psi(a) and psi'(a + n) - psi'(a), on a walk along n. */
typedef struct rise
{
	double		first;
	double		second;
} rise;

static rise
rise_of(double a, double n)
{
	return (rise) {crm_digamma_rise(a, n), crm_trigamma_rise(a, n)};
}

static void
rise_step(rise *walk, double end)
{
	walk->first += 1 / end;
	walk->second -= 1 / (end * end);
}

/* What the derivatives of a term are made of. */
typedef struct term_rises
{
	rise		taken;			/* alpha, x */
	rise		passed;			/* beta, alive - x */
	rise		offered;		/* alpha + beta, alive */
	rise		lived;			/* delta, alive */
	rise		exposed;		/* gamma + delta, alive + died */
} term_rises;

static term_rises
term_rises_of(const crm_bgbb *model, term t)
{
	return (term_rises) {rise_of(model->alpha, t.x),
						 rise_of(model->beta, t.alive - t.x),
						 rise_of(model->alpha + model->beta, t.alive),
						 rise_of(model->delta, t.alive),
						 rise_of(model->gamma + model->delta, t.alive + t.died)};
}

static void
term_step(const crm_bgbb *model, term *t, term_rises *rises)
{
	rise_step(&rises->passed, model->beta + t->alive - t->x);
	rise_step(&rises->offered, model->alpha + model->beta + t->alive);
	rise_step(&rises->lived, model->delta + t->alive);
	rise_step(&rises->exposed,
			  model->gamma + model->delta + t->alive + t->died);
	t->alive++;
}

static void
term_derivatives(const crm_bgbb *model, term t, const term_rises *rises,
				 crm_derivatives *d)
{
	double		per_gamma = t.died / model->gamma;

	memset(d, 0, sizeof(*d));
	d->gradient[ALPHA] = rises->taken.first - rises->offered.first;
	d->gradient[BETA] = rises->passed.first - rises->offered.first;
	d->gradient[GAMMA] = per_gamma - rises->exposed.first;
	d->gradient[DELTA] = rises->lived.first - rises->exposed.first;
	d->hessian[ALPHA][ALPHA] = rises->taken.second - rises->offered.second;
	d->hessian[BETA][ALPHA] = -rises->offered.second;
	d->hessian[BETA][BETA] = rises->passed.second - rises->offered.second;
	d->hessian[GAMMA][GAMMA] = -rises->exposed.second
		- per_gamma / model->gamma;
	d->hessian[DELTA][GAMMA] = -rises->exposed.second;
	d->hessian[DELTA][DELTA] = rises->lived.second - rises->exposed.second;
}

/* ln of the terms of those alive at n, and of all those of the dead. */
static void
sum_terms(const crm_bgbb *model, const crm_history *h, double *alive,
		  double *dead)
{
	term		t = {h->frequency, h->age, 0};
	double		share = 1;
	double		sum = 0;

	*alive = term_log(model, t);
	t = (term) {h->frequency, h->recency, 1};
	*dead = term_log(model, t);
	for (; t.alive < h->age; t.alive++)
	{
		CRM_STEP();
		sum += share;
		share *= term_ratio(model, t);
	}
	*dead += log(sum);
}

double
crm_bgbb_log_likelihood(const crm_bgbb *model, const crm_history *customer)
{
	double		alive;
	double		dead;

	sum_terms(model, customer, &alive, &dead);
	return alive + crm_log1p_exp(dead - alive);
}

/* One row may have as many terms as there are opportunities. */
static crm_status
history_derivatives(const crm_bgbb *model, const crm_history *h,
					crm_interrupt interrupt, void *arg, crm_derivatives *d)
{
	term		t = {h->frequency, h->age, 0};
	term_rises	rises = term_rises_of(model, t);
	double		value = crm_bgbb_log_likelihood(model, h);
	double		share = exp(term_log(model, t) - value);
	crm_mixture mixture;

	term_derivatives(model, t, &rises, d);
	crm_mixture_begin(&mixture, share, d);
	t = (term) {h->frequency, h->recency, 1};
	rises = term_rises_of(model, t);
	share = exp(term_log(model, t) - value);
	while (t.alive < h->age)
	{
		CRM_STEP();
		if (interrupt && fmod(h->age - t.alive, BLOCK) == 0 && interrupt(arg))
			return CRM_INTERRUPTED;
		term_derivatives(model, t, &rises, d);
		crm_mixture_add(&mixture, share, d);
		share *= term_ratio(model, t);
		term_step(model, &t, &rises);
	}
	crm_mixture_end(&mixture, d);
	d->value = value;
	return CRM_OK;
}

crm_status
crm_bgbb_derivatives(const crm_bgbb *model, const crm_clv_rows *rows,
					 crm_derivatives *result)
{
	double		terms = BLOCK;

	memset(result, 0, sizeof(*result));
	for (size_t row = 0; row < rows->count; row += rows->stride)
	{
		const crm_history *h = rows->history + row;
		crm_derivatives d;
		crm_status	status;

		terms += 2 + h->age - h->recency;
		if (terms > BLOCK)
		{
			if (rows->interrupt && rows->interrupt(rows->interrupt_arg))
				return CRM_INTERRUPTED;
			terms = 0;
		}
		status = history_derivatives(model, h, rows->interrupt,
									 rows->interrupt_arg, &d);
		if (status != CRM_OK)
			return status;
		crm_derivatives_add(result, h->weight, &d);
	}
	return CRM_OK;
}

static crm_bgbb
model_of(const double *parameter)
{
	return (crm_bgbb) {parameter[ALPHA], parameter[BETA], parameter[GAMMA],
					   parameter[DELTA]};
}

static crm_status
objective(const double *parameter, void *arg, crm_derivatives *result)
{
	crm_bgbb	model = model_of(parameter);

	return crm_bgbb_derivatives(&model, arg, result);
}

/* Where to begin: what each reading of the data takes for the churn. */
static void
choose_starts(const crm_clv_summary *s, crm_clv_starts *starts)
{
	double		repeats = s->repeat_x / s->age;
	double		never = fmin(fmax(1 - s->repeaters / s->customers, 0.02), 0.98);

	/* Purchases at the mean rate, and half of all gone by the mean age. */
	crm_clv_add_start(starts, fmax(s->x / s->age, 0.01), 1, 0.5, s->age);

	/* Those who never purchased left at once, and hardly any other. */
	crm_clv_add_start(starts, 2 * repeats, 2 * (1 - repeats) + 0.01,
					  0.3 * never, 0.3 * (1 - never));

	/* Hardly anybody has left. */
	crm_clv_add_start(starts, fmax(s->x / s->age, 0.01), 1, 0.05, s->age);

	/* Who is there purchases, all alike, and only churn ends it. */
	crm_clv_add_start(starts, 40, 1, 2 / (1 + s->x), 2 * s->x / (1 + s->x));
}

/* Of two there are four histories, whose shares have three degrees of freedom. */
static double
most_opportunities(const crm_history *history, size_t count)
{
	double		most = 0;

	for (size_t row = 0; row < count; row++)
		most = fmax(most, history[row].age);
	return most;
}

crm_status
crm_bgbb_estimate(const crm_history *history, size_t count,
				  crm_interrupt interrupt, void *arg, crm_bgbb_fit *fit)
{
	crm_clv_rows rows = {history, count, 1, interrupt, arg};
	crm_newton_problem problem = {.n = PARAMETERS, .objective = objective,
	.arg = &rows};
	crm_clv_summary means;
	crm_clv_starts starts = {0};
	size_t		stride;			/* all rows count, for they are few */
	crm_status	status;

	memset(fit, 0, sizeof(*fit));
	for (size_t row = 0; row < count; row++)
		if (!crm_bgbb_history_is_valid(history + row))
			return CRM_INVALID;
	status = crm_clv_summarise(history, count, &means);
	if (status != CRM_OK)
		return status;
	for (int i = 0; i < PARAMETERS; i++)
	{
		problem.lower[i] = PARAMETER_MIN;
		problem.upper[i] = PARAMETER_MAX;
	}

	choose_starts(&means, &starts);
	status = crm_clv_search(&problem, 1, &stride, &starts, &fit->search);
	if (status != CRM_OK)
		return status;
	fit->model = model_of(fit->search.parameter);
	fit->boundary = crm_clv_rate_boundary(fit->search.bound)
		| crm_clv_churn_boundary(fit->search.bound + GAMMA,
								 fit->model.gamma
								 / (fit->model.gamma + fit->model.delta))
		| crm_clv_beta_warnings(&fit->search, GAMMA);
	if (most_opportunities(history, count) <= 2)
		fit->boundary |= CRM_CLV_NOT_IDENTIFIED;
	fit->customers = means.customers;
	fit->repeaters = means.repeaters;
	return CRM_OK;
}

double
crm_bgbb_was_alive(const crm_bgbb *model, const crm_history *customer)
{
	double		alive;
	double		dead;

	sum_terms(model, customer, &alive, &dead);
	return crm_logistic(alive - dead);
}

double
crm_bgbb_p_alive(const crm_bgbb *model, const crm_history *customer)
{
	double		stays = model->delta + customer->age;

	return crm_bgbb_was_alive(model, customer) * stays / (model->gamma + stays);
}

double
crm_bgbb_p_alive_later(const crm_bgbb *model, const crm_history *customer,
					   double opportunities)
{
	double		stays = model->delta + customer->age;

	return crm_bgbb_was_alive(model, customer)
		* exp(crm_log_rising(stays, opportunities + 1)
			  - crm_log_rising(model->gamma + stays, opportunities + 1));
}

double
crm_bgbb_discounted_purchases(const crm_bgbb *model,
							  const crm_history *customer,
							  double opportunities, double rate)
{
	return crm_bgbb_was_alive(model, customer) * (model->alpha + customer->frequency)
		/ (model->alpha + model->beta + customer->age)
		* crm_discounted_survival(model->delta + customer->age, model->gamma,
								  opportunities, rate);
}

/* ln of the ways to choose n of m. */
static double
log_ways(double m, double n)
{
	return crm_log_rising(n + 1, m - n) - crm_log_gamma(m - n + 1);
}

double
crm_bgbb_probability(const crm_bgbb *model, int n, int opportunities)
{
	term		t = {n, opportunities, 0};
	double		log_share;
	double		sum;

	if (n > opportunities)
		return 0;
	sum = exp(log_ways(opportunities, n) + term_log(model, t));
	t = (term) {n, n, 1};
	log_share = term_log(model, t);
	for (; t.alive < opportunities; t.alive++)
	{
		CRM_STEP();
		sum += exp(log_share);
		log_share += log(term_ratio(model, t) * (t.alive + 1)
						 / (t.alive + 1 - n));
	}
	return sum;
}

/* The n-th purchase is made at some opportunity, up to which he was alive. */
double
crm_bgbb_at_least(const crm_bgbb *model, int n, int opportunities)
{
	term		t = {n, n, 0};
	double		log_share;
	double		sum = 0;

	if (n == 0 || n > opportunities)
		return n == 0;
	log_share = term_log(model, t);
	for (; t.alive <= opportunities; t.alive++)
	{
		CRM_STEP();
		sum += exp(log_share);
		log_share += log((model->beta + t.alive - n)
						 / (model->alpha + model->beta + t.alive)
						 * (model->delta + t.alive)
						 / (model->gamma + model->delta + t.alive)
						 * t.alive / (t.alive + 1 - n));
	}
	return fmin(sum, 1);
}

crm_bgbb
crm_bgbb_from_now(const crm_bgbb *model, const crm_history *customer)
{
	return (crm_bgbb) {model->alpha + customer->frequency,
					   model->beta + customer->age - customer->frequency,
					   model->gamma, model->delta + customer->age};
}
