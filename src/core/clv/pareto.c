/*
 * pareto.c
 *		The Pareto/NBD model of repeat purchases.
 *
 * With k = r + x the likelihood of a history is
 *
 *		Gamma(k) / Gamma(r) alpha^r beta^s [(alpha + T)^-k (beta + T)^-s
 *			+ s integral over (t_x, T) of (alpha + y)^-k (beta + y)^-(s+1) dy]
 *
 * where the first summand is of those alive at T, and the integral runs over
 * the time of death. Its closed form is a difference of 2F1, or a sum of two
 * whose derivatives by the parameters have no closed form. So the integral
 * itself is computed: it is positive, one pass over the nodes gives the value
 * with all first and second derivatives, and nothing happens to it at
 * T = t_x, at alpha = beta, or as r and alpha grow.
 *
 * In v = ln((m + y) / (m + t_x)), m = min(alpha, beta), the integrand is
 * log-concave and its nearest singularities are pi away: see quadrature.h.
 */
#include "core/clv/pareto.h"

#include <math.h>
#include <string.h>

#include "core/clv/family.h"
#include "core/clv/search.h"
#include "core/clv/summary.h"
#include "core/numeric/logsum.h"
#include "core/numeric/mixture.h"
#include "core/numeric/quadrature.h"
#include "core/numeric/special.h"

/* Rows between two questions whether to go on. */
#define BLOCK 4096

/* The box of a fit; alpha and beta are in units of the mean age. */
#define PARAMETER_MIN 1e-6
#define PARAMETER_MAX 1e6
#define TIME_MAX 1e10

enum
{
	R, ALPHA, S, BETA, PARAMETERS
};

/*
 * psi(v) = p v + q ln(1 + ratio (exp(v) - 1)): the density of the time of
 * death by v, in units of its value at t_x, is exp(-psi).
 */
typedef struct decay
{
	double		p;
	double		q;
	double		ratio;
} decay;

static double
decay_psi(const void *arg, double v, double *slope)
{
	const decay *d = arg;
	double		rise = d->ratio * expm1(v);
	double		inverse = 1 / (1 + rise);

	*slope = d->p + d->q * (rise + d->ratio) * inverse;
	return d->p * v + d->q * crm_log_of_sum(rise, inverse);
}

/* What a history and a model make of the time between t_x and T. */
typedef struct silence
{
	double		k;				/* r + x */
	double		gap;			/* T - t_x */
	double		from_alpha;		/* alpha + t_x */
	double		from_beta;		/* beta + t_x */
	bool		alpha_is_less;
	decay decay;
	double		longest;		/* v at T */
} silence;

static silence
silence_of(const crm_pareto *model, const crm_history *h)
{
	silence		c;
	double		less;

	c.k = model->r + h->frequency;
	c.gap = h->age - h->recency;
	c.from_alpha = model->alpha + h->recency;
	c.from_beta = model->beta + h->recency;
	c.alpha_is_less = model->alpha <= model->beta;
	less = c.alpha_is_less ? c.from_alpha : c.from_beta;
	c.decay.p = c.alpha_is_less ? c.k - 1 : model->s;
	c.decay.q = c.alpha_is_less ? model->s + 1 : c.k;
	c.decay.ratio = less / (c.alpha_is_less ? c.from_beta : c.from_alpha);
	c.longest = log1p(c.gap / less);
	return c;
}

/*
 * ln((alpha + y) / alpha) and the like: at t_x, and from there to T. They make
 * both summands and their derivatives by r and s.
 */
typedef struct logarithms
{
	double		alpha;
	double		beta;
	double		alpha_since;
	double		beta_since;
} logarithms;

static inline double
log_of_share(double y, double scale)
{
	return crm_log_of_sum(y / scale, scale / (scale + y));
}

static logarithms
logarithms_of(const crm_pareto *model, const crm_history *h, const silence *c)
{
	return (logarithms) {log_of_share(h->recency, model->alpha),
						 log_of_share(h->recency, model->beta),
						 c->alpha_is_less ? c->longest : log_of_share(c->gap, c->from_alpha),
						 c->alpha_is_less ? log_of_share(c->gap, c->from_beta) : c->longest};
}

/* Both summands, but for what depends on x alone. */
typedef struct summands
{
	double		value;			/* ln of their sum */
	double		log_odds;		/* of being alive */
} summands;

static summands
summands_of(const crm_pareto *model, const silence *c, const logarithms *l,
			double log_integral)
{
	double		less = c->alpha_is_less ? c->from_alpha / c->from_beta : 1;
	double		log_dead = log(model->s * less) + log_integral;
	double		log_odds = -c->k * l->alpha_since
		- model->s * l->beta_since - log_dead;
	double		larger = -c->k * l->alpha - model->s * l->beta;

	/* Of the larger summand: to the end, or to t_x and what is dead since. */
	larger += log_odds > 0
		? -c->k * l->alpha_since - model->s * l->beta_since : log_dead;
	return (summands) {larger + log1p(exp(-fabs(log_odds))), log_odds};
}

/* The same, where no derivatives are wanted. */
static summands
summands_alone(const crm_pareto *model, const crm_history *h)
{
	silence		c = silence_of(model, h);
	logarithms	l = logarithms_of(model, h, &c);

	return summands_of(model, &c, &l, crm_quadrature_log(decay_psi, &c.decay,
														 0, c.longest));
}

double
crm_pareto_log_likelihood(const crm_pareto *model, const crm_history *customer)
{
	return crm_log_rising(model->r, customer->frequency)
		- customer->frequency * log(model->alpha)
		+ summands_alone(model, customer).value;
}

double
crm_pareto_p_alive(const crm_pareto *model, const crm_history *customer)
{
	return crm_logistic(summands_alone(model, customer).log_odds);
}

/*
 * The integral over the time of death with moments of what varies in it. Of
 * the two scales, alpha and beta, the less is the near one: v, and with e =
 * exp(v) - 1 the fraction e / (1 + e). Of the far one it is ln(1 + ratio e),
 * and the fraction of ratio e. All are 0 at t_x, so that nothing cancels near
 * it.
 */
typedef struct death_sums
{
	double		sum;
	double		log_near;
	double		near;
	double		log_far;
	double		far;
	double		product[10];	/* each with itself and those before it */
} death_sums;

static inline void
add_node(const decay *d, double v, double e, double weight, death_sums *s)
{
	double		rise = d->ratio * e;
	double		both = 1 / ((1 + e) * (1 + rise));
	double		log_far = crm_log_of_sum(rise, (1 + e) * both);
	double		near = e * (1 + rise) * both;
	double		far = rise * (1 + e) * both;
	double		density = weight * exp(-(d->p * v + d->q * log_far));
	double		by_v = density * v;
	double		by_near = density * near;
	double		by_log_far = density * log_far;
	double		by_far = density * far;

	s->sum += density;
	s->log_near += by_v;
	s->near += by_near;
	s->log_far += by_log_far;
	s->far += by_far;
	s->product[0] += by_v * v;
	s->product[1] += by_near * v;
	s->product[2] += by_near * near;
	s->product[3] += by_log_far * v;
	s->product[4] += by_log_far * near;
	s->product[5] += by_log_far * log_far;
	s->product[6] += by_far * v;
	s->product[7] += by_far * near;
	s->product[8] += by_far * log_far;
	s->product[9] += by_far * far;
}

/* Nodes come in pairs about the middle of a panel: one exponential for both. */
static void
sum_deaths(const silence *c, death_sums *sums)
{
	crm_quadrature plan = crm_quadrature_plan(decay_psi, &c->decay, 0,
											  c->longest);
	decay		d = c->decay;
	death_sums	s = {0};

	for (int panel = 0; panel < plan.panels; panel++)
	{
		double		middle = plan.low + plan.half * (2 * panel + 1);
		double		e = expm1(middle);

		for (int i = 0; i < plan.pairs; i++)
		{
			double		offset = plan.half * plan.point[i].abscissa;
			double		weight = plan.half * plan.point[i].weight;
			double		more = expm1(offset);
			double		less = -more / (1 + more);

			add_node(&d, middle - offset, e + less * (1 + e), weight, &s);
			add_node(&d, middle + offset, e + more * (1 + e), weight, &s);
		}
	}
	*sums = s;
}

/* Means of the variables of variables_at(), since t_x. */
typedef struct death_moments
{
	double		sum;
	double		mean[PARAMETERS];
	crm_matrix	covariance;		/* lower triangle */
} death_moments;

static void
moments_of(const silence *c, const death_sums *s, death_moments *m)
{
	bool		less = c->alpha_is_less;
	int			at[] = {less ? R : S, less ? ALPHA : BETA, less ? S : R,
	less ? BETA : ALPHA};
	double		inverse = s->sum > 0 ? 1 / s->sum : 0;
	double		scale[] = {-1, 1 / (less ? c->from_alpha : c->from_beta), -1,
	1 / (less ? c->from_beta : c->from_alpha)};
	double		mean[] = {s->log_near * inverse, s->near * inverse,
	s->log_far * inverse, s->far * inverse};
	const double *product = s->product;

	m->sum = s->sum;
	for (int i = 0; i < PARAMETERS; i++)
	{
		m->mean[at[i]] = scale[i] * mean[i];
		for (int j = 0; j <= i; j++)
		{
			double		covariance = scale[i] * scale[j]
				* (*product++ * inverse - mean[i] * mean[j]);

			m->covariance[at[i] > at[j] ? at[i] : at[j]]
				[at[i] > at[j] ? at[j] : at[i]] = covariance;
		}
	}
}

/*
 * Derivatives of ln of one summand, whose variables have the given mean and
 * covariance and stand in it with the given factors.
 */
static void
summand_derivatives(const crm_pareto *model, const double *factor,
					const double *mean, crm_matrix covariance,
					crm_derivatives *d)
{
	memset(d, 0, sizeof(*d));
	for (int i = 0; i < PARAMETERS; i++)
	{
		d->gradient[i] = factor[i] * mean[i];
		for (int j = 0; j <= i; j++)
			d->hessian[i][j] = factor[i] * factor[j] * covariance[i][j];
	}

	/* The variables of alpha and beta change with them. */
	d->hessian[ALPHA][R] += mean[ALPHA];
	d->hessian[ALPHA][ALPHA] += factor[ALPHA]
		* (covariance[ALPHA][ALPHA]
		   + mean[ALPHA] * (mean[ALPHA] - 2 / model->alpha));
	d->hessian[BETA][S] += mean[BETA];
	d->hessian[BETA][BETA] += factor[BETA]
		* (covariance[BETA][BETA]
		   + mean[BETA] * (mean[BETA] - 2 / model->beta));
}

static void
alive_derivatives(const crm_pareto *model, const crm_history *h,
				  const logarithms *l, crm_derivatives *d)
{
	static crm_matrix none;
	double		factor[] = {1, model->r + h->frequency, 1, model->s};
	double		at[] = {-l->alpha - l->alpha_since,
		h->age / (model->alpha + h->age) / model->alpha,
		-l->beta - l->beta_since,
	h->age / (model->beta + h->age) / model->beta};

	summand_derivatives(model, factor, at, none, d);
}

static void
dead_derivatives(const crm_pareto *model, const crm_history *h,
				 const logarithms *l, death_moments *m, crm_derivatives *d)
{
	double		s = model->s;
	double		beta = model->beta;
	double		factor[] = {1, model->r + h->frequency, 1, s + 1};
	double		mean[] = {m->mean[R] - l->alpha,
		m->mean[ALPHA] + h->recency / (model->alpha + h->recency) / model->alpha,
		m->mean[S] - l->beta,
	m->mean[BETA] + h->recency / (beta + h->recency) / beta};

	summand_derivatives(model, factor, mean, m->covariance, d);

	/* The integral is multiplied with s / beta. */
	d->gradient[S] += 1 / s;
	d->hessian[S][S] -= 1 / (s * s);
	d->gradient[BETA] -= 1 / beta;
	d->hessian[BETA][BETA] += 1 / (beta * beta);
}

/* The logarithm of the sum of both, but for what depends on x alone. */
static void
silence_derivatives(const crm_pareto *model, const crm_history *h,
					crm_derivatives *d)
{
	silence		c = silence_of(model, h);
	logarithms	l = logarithms_of(model, h, &c);
	death_sums	sums;
	death_moments m;
	summands	sum;
	crm_derivatives alive;
	crm_derivatives dead;

	sum_deaths(&c, &sums);
	moments_of(&c, &sums, &m);
	sum = summands_of(model, &c, &l, log(m.sum));
	alive_derivatives(model, h, &l, &alive);
	dead_derivatives(model, h, &l, &m, &dead);
	crm_mixture_of_two(sum.log_odds, &alive, &dead, d);
	d->value = sum.value;
}

/* ln(Gamma(r + x) / Gamma(r) alpha^-x). */
static void
count_derivatives(const crm_pareto *model, double x, crm_derivatives *d)
{
	memset(d, 0, sizeof(*d));
	d->value = crm_log_rising(model->r, x) - x * log(model->alpha);
	d->gradient[R] = crm_digamma_rise(model->r, x);
	d->hessian[R][R] = crm_trigamma_rise(model->r, x);
	d->gradient[ALPHA] = -x / model->alpha;
	d->hessian[ALPHA][ALPHA] = x / model->alpha / model->alpha;
}

void
crm_pareto_slopes(const crm_pareto *model, const crm_history *customer,
				  crm_clv_slopes *slopes)
{
	double		p[] = {model->r, model->alpha, model->s, model->beta};
	double		x = customer->frequency;
	crm_derivatives d;

	silence_derivatives(model, customer, &d);
	d.value -= x * log(model->alpha);
	d.gradient[ALPHA] -= x / model->alpha;
	d.hessian[ALPHA][ALPHA] += x / model->alpha / model->alpha;
	slopes->value = d.value;
	for (int i = 0; i < PARAMETERS; i++)
	{
		slopes->gradient[i] = p[i] * d.gradient[i];
		for (int j = 0; j <= i; j++)
			slopes->hessian[i][j] = p[i] * p[j] * d.hessian[i][j];
		slopes->hessian[i][i] += slopes->gradient[i];
	}
}

crm_status
crm_pareto_derivatives(const crm_pareto *model, const crm_clv_rows *rows,
					   crm_derivatives *result)
{
	size_t		stride = rows->stride;
	double		weight = 0;		/* of the rows with the present x */

	memset(result, 0, sizeof(*result));
	for (size_t row = 0; row < rows->count; row += stride)
	{
		const crm_history *h = rows->history + row;
		bool		is_last = row + stride >= rows->count
			|| h[stride].frequency != h->frequency;
		crm_derivatives d;

		if (row % BLOCK == 0 && rows->interrupt &&
			rows->interrupt(rows->interrupt_arg))
			return CRM_INTERRUPTED;
		silence_derivatives(model, h, &d);
		crm_derivatives_add(result, h->weight, &d);
		weight += h->weight;
		if (!is_last)
			continue;
		count_derivatives(model, h->frequency, &d);
		crm_derivatives_add(result, weight, &d);
		weight = 0;
	}
	return CRM_OK;
}

static crm_status
objective(const double *parameter, void *arg, crm_derivatives *result)
{
	crm_pareto	model = {parameter[R], parameter[ALPHA], parameter[S],
	parameter[BETA]};

	return crm_pareto_derivatives(&model, arg, result);
}

/* Shape of the rates of dying, where share of all have died by the age. */
static double
shape_of_deaths(double share, double age, double beta)
{
	return -log1p(-fmin(fmax(share, 0.002), 0.98)) / log1p(age / beta);
}

/* Where to begin: what each reading of the data takes for the churn. */
void
crm_pareto_choose_starts(const crm_clv_summary *s, crm_clv_starts *starts)
{
	double		r;
	double		alpha;
	double		never;
	double		beta;

	/* Rates from all customers, half of whom are gone by now. */
	crm_clv_start_rates(s, &r, &alpha);
	crm_clv_add_start(starts, r, alpha, 0.5, s->age);

	/* All die at one rate, those who are silent have. */
	beta = 20 * s->age;
	crm_clv_add_start(starts, r, alpha,
					  shape_of_deaths(s->silent, s->age, beta), beta);

	/* Those who never came back died at once, and hardly any other. */
	crm_clv_start_repeat_rates(s, &r, &alpha);
	never = crm_clv_never_share(s, r, alpha);
	beta = 1e-4 * s->age;
	crm_clv_add_start(starts, r, alpha,
					  shape_of_deaths(never, s->age, beta), beta);

	/* They died soon, and others do. */
	beta = 0.1 * s->age;
	crm_clv_add_start(starts, r, alpha,
					  shape_of_deaths(never, s->age, beta), beta);

	/* Hardly anybody has died. */
	crm_clv_add_start(starts, r, alpha, 0.05, s->age);

	/* Who never came back is slow, and all die at one rate. */
	beta = 20 * s->age;
	crm_clv_add_start(starts, 0.2, 0.2 * s->age / s->x,
					  shape_of_deaths(s->silent, s->age, beta), beta);
}

/* Of the share that dies within the age, 1 - (beta / (beta + age))^s. */
static unsigned
churn_warnings(const crm_newton_result *search, double age)
{
	double		s = search->parameter[S];
	double		beta = search->parameter[BETA];
	double		span = log1p(age / beta);
	double		alive = exp(-s * span);
	double		gradient[CRM_NEWTON_MAX] = {0};

	gradient[S] = span * alive;
	gradient[BETA] = -s * alive * age / (beta * (beta + age));
	return crm_clv_warnings(search, -expm1(-s * span), gradient);
}

crm_status
crm_pareto_estimate(const crm_history *history, size_t count,
					crm_interrupt interrupt, void *arg, crm_pareto_fit *fit)
{
	crm_clv_rows rows = {history, count, 1, interrupt, arg};
	crm_newton_problem problem = {.n = PARAMETERS, .objective = objective,
	.arg = &rows};
	crm_clv_summary means;
	crm_clv_starts starts = {0};
	crm_status	status;

	memset(fit, 0, sizeof(*fit));
	status = crm_clv_summarise(history, count, &means);
	if (status != CRM_OK)
		return status;
	for (int i = 0; i < PARAMETERS; i++)
	{
		problem.lower[i] = PARAMETER_MIN;
		problem.upper[i] = PARAMETER_MAX;
		if (i == ALPHA || i == BETA)
			crm_clv_scale_box(means.age, PARAMETER_MIN, TIME_MAX,
							  &problem.lower[i], &problem.upper[i]);
	}
	crm_pareto_choose_starts(&means, &starts);
	status = crm_clv_search(&problem, count, &rows.stride, &starts,
							&fit->search);
	if (status != CRM_OK)
		return status;
	fit->model.r = fit->search.parameter[R];
	fit->model.alpha = fit->search.parameter[ALPHA];
	fit->model.s = fit->search.parameter[S];
	fit->model.beta = fit->search.parameter[BETA];
	fit->boundary = crm_clv_rate_boundary(fit->search.bound)
		| crm_clv_churn_boundary(fit->search.bound + S,
								 -expm1(-fit->model.s
										* log1p(means.age / fit->model.beta)))
		| churn_warnings(&fit->search, means.age);
	fit->customers = means.customers;
	fit->repeaters = means.repeaters;
	return CRM_OK;
}
