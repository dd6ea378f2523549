/*
 * cnbd_score.c
 *		The BG/CNBD-k and MBG/CNBD-k models: what to expect of a customer.
 *
 * At the end of observation a customer who is alive is in one of k phases, of
 * which nobody knows. With R = r + k x, A = alpha + T and u = T - t_x lambda
 * has together with phase j the density, but for a constant,
 *
 *		lambda^(R - 1) exp(-A lambda) (lambda u)^j / j!
 *
 * and from there on phases end at the rate lambda, and every k-th makes a
 * purchase: the (k n - j)-th event of a Poisson process makes the n-th. What
 * is asked is an integral over lambda of a mean over the number N of events,
 * in w = ln(lambda A / R), by panels of 16 Gauss-Legendre nodes that are laid
 * from the middle to both sides until they add nothing.
 *
 * Up to some number of expected events the mean over N is a finite sum. Beyond
 * it the phases are as good as mixed: of the k eigenvalues of their cycle,
 * 1 - z for the k-th roots z of the chance to stay, only the real one is left,
 * and the others are below exp(-0.13 E[N]).
 */
#include "core/clv/cnbd.h"

#include <math.h>
#include <string.h>

#include "core/numeric/betamean.h"
#include "core/numeric/hypergeom.h"
#include "core/numeric/quadrature.h"
#include "core/numeric/special.h"
#include "core/numeric/steps.h"

#define EVENTS_MAX 600.0		/* E[N] up to which there is a sum */
#define TERMS_MAX 1000			/* 600 events, 9 deviations and some more */
#define TINY 1e-17
#define NOTHING 1e-16			/* of the integral: a panel that ends it */
#define PANELS_MAX 2000			/* to each side */
#define WIDEST_PANEL 1.5
#define DEVIATIONS 3.0			/* of lambda, in a panel */
#define RADIANS 14.0			/* of the phases' cycle, in a panel */
#define DAMPED 36.0				/* a cycle is forgotten: exp(-36) */
#define MIXED 5.0				/* -ln of the chance to stay a phase from
								 * which nobody lives for EVENTS_MAX */
#define PI 3.14159265358979323846

/* A customer who is alive, and what is asked of him. */
typedef struct future
{
	int			k;
	double		R;				/* of lambda */
	double		A;
	double		silence;		/* u */
	double		a;				/* of leaving */
	double		b;
	double		t;				/* horizon, may be INFINITY */
	double		rate;			/* of discount */
	double		stay[TERMS_MAX];	/* to stay n times */
} future;

/* What is integrated over lambda, given lambda. */
typedef double (*given_rate) (const future *f, double lambda);

double
crm_cnbd_p_alive(const crm_cnbd *model, const crm_history *customer)
{
	const crm_bgnbd *base = &model->base;
	double		x = customer->frequency;
	double		n = x + base->kind;
	double		phase[CRM_CNBD_MAX];
	double		gap;

	if (model->k == 1)
		return crm_bgnbd_p_alive(base, customer);
	if (n == 0)
		return 1;
	gap = (customer->age - customer->recency)
		/ (base->alpha + customer->recency);
	return crm_logistic(log(base->b + (n - 1)) - log(base->a)
						- (base->r + model->k * x) * log1p(gap)
						+ log(crm_cnbd_phases(model, customer, phase)));
}

static void
fill_future(const crm_cnbd *model, const crm_history *customer, double t,
			double rate, future *f)
{
	double		x = customer->frequency;

	f->k = model->k;
	f->R = model->base.r + model->k * x;
	f->A = model->base.alpha + customer->age;
	f->silence = customer->age - customer->recency;
	f->a = model->base.a;
	f->b = model->base.b + x + model->base.kind;
	f->t = t;
	f->rate = rate;
	f->stay[0] = 1;
	for (int n = 1; n <= TERMS_MAX / model->k + 1; n++)
		f->stay[n] = f->stay[n - 1] * (f->b + (n - 1))
			/ (f->a + f->b + (n - 1));
}

/* (lambda u)^j / j!, the weights of phases; answers their sum. */
static double
weigh_phases(const future *f, double lambda, double *weight)
{
	double		sum = 0;
	double		term = 1;

	for (int j = 0; j < f->k; j++)
	{
		weight[j] = term;
		sum += term;
		term *= lambda * f->silence / (j + 1);
	}
	return sum;
}

/*
 * The real eigenvalue, where many events are expected: ln of the chance to be
 * alive after so many, for who begins in phase j, at the rate delta of leaving
 * a phase; slope is its derivative by delta.
 */
static double
log_alive(const future *f, double events, int j, double delta, double *slope)
{
	double		k = f->k;
	double		bend = (k * k - 1) * delta / 12;	/* of ln(sinh / sinh) */
	double		ratio = bend * delta / 2;

	if (delta > MIXED)
	{
		*slope = 0;
		return -events;
	}
	if (k * delta > 1e-3)
	{
		double		one = -expm1(-delta);
		double		all = -expm1(-k * delta);

		bend = k * (0.5 + (1 - all) / all) - (0.5 + (1 - one) / one);
		ratio = (k - 1) * delta / 2 + log(all / (k * one));
	}
	*slope = (k - 1) / 2 - j + bend - events * exp(-delta);
	return ((k - 1) / 2 - j) * delta + ratio + events * expm1(-delta);
}

/* What is averaged over the chance of leaving, where events are many. */
typedef struct many_events
{
	const future *f;
	double		events;
	double		discount;		/* -ln of that of a phase */
	double		weight[CRM_CNBD_MAX];
	bool		of_purchases;	/* or of being alive */
} many_events;

/*
 * Purchases are, of who begins in phase j, the chance to leave in the time
 * over that to leave at one purchase, and those at no discount.
 */
static double
many_minus_log(const void *arg, double p, double rest, double *slope)
{
	const many_events *m = arg;
	double		k = m->f->k;
	double		log_stay = p < 0.5 ? log1p(-p) : log(rest);
	double		delta = m->discount - log_stay / k;
	double		all = -expm1(-k * delta);
	double		sum = 0;
	double		rise = 0;

	for (int j = 0; j < m->f->k; j++)
	{
		double		by_delta;
		double		alive = log_alive(m->f, m->events, j, delta, &by_delta);

		sum += m->weight[j] * (m->of_purchases ? -expm1(alive) : exp(alive));
		rise += m->weight[j] * (m->of_purchases ? -1 : 1) * exp(alive)
			* by_delta;
	}
	/* d delta / d logit(p) = p / k */
	*slope = -rise / sum * p / k;
	if (!m->of_purchases)
		return -log(fmax(sum, 1e-300));
	*slope += (1 - all) / all * p;
	return log(all) - log(sum);
}

static double
mean_of_many(const future *f, double events, double discount,
			 const double *weight, bool of_purchases)
{
	many_events m = {.f = f, .events = events, .discount = discount,
	.of_purchases = of_purchases};
	crm_beta_factor factor = {many_minus_log, &m, fmin(1 / events, 1)};

	double		sum = 0;

	memcpy(m.weight, weight, f->k * sizeof(double));
	for (int j = 0; j < f->k; j++)
		sum += weight[j];
	return sum == 0 ? 0 : exp(crm_beta_mean_log(f->a, f->b, &factor));
}

/* Purchases without an end: every phase counts for what it is worth today. */
static double
endless_purchases(const future *f, double lambda, const double *weight)
{
	double		discount = log1p(f->rate / lambda);
	double		sum = 0;

	for (int j = 0; j < f->k; j++)
		sum += weight[j] * exp(-(f->k - j) * discount);
	return sum * crm_hypergeom(f->b, f->a, -expm1(-f->k * discount));
}

/*
 * Purchases given lambda: the event of number m makes a purchase of who began
 * in phase j where k divides m + j, and is worth the power m of lambda /
 * (lambda + rate), if it comes among as many as a Poisson distribution of mean
 * (lambda + rate) t says.
 */
static double
purchases_given(const future *f, double lambda)
{
	double		weight[CRM_CNBD_MAX];
	double		worth = lambda / (lambda + f->rate);
	double		events = (lambda + f->rate) * f->t;
	double		power = 1;
	double		chance;
	double		made = 0;
	double		sum = 0;
	int			phase = f->k;	/* in which one purchases at this event */
	int			n = 0;

	(void) weigh_phases(f, lambda, weight);
	if (isinf(f->t))
		return endless_purchases(f, lambda, weight);
	if (events > EVENTS_MAX)
	{
		double		discount = log1p(f->rate / lambda);

		for (int j = 0; j < f->k; j++)
			weight[j] *= exp(-(f->k - j) * discount);
		return mean_of_many(f, events, discount, weight, true);
	}
	chance = exp(-events);
	for (int m = 1; m < TERMS_MAX; m++)
	{
		CRM_STEP();
		chance *= events / m;
		power *= worth;
		phase--;
		made += power * f->stay[n] * weight[phase];
		sum += chance * made;
		if (phase == 0)
		{
			phase = f->k;
			n++;
			if (m > events && chance * made <= TINY * sum)
				break;
		}
	}
	return sum;
}

/* The chance to be alive at the horizon, given lambda. */
static double
alive_given(const future *f, double lambda)
{
	double		weight[CRM_CNBD_MAX];
	double		events = lambda * f->t;
	double		chance;
	double		total = weigh_phases(f, lambda, weight);
	double		sum = 0;

	if (events > EVENTS_MAX)
		return mean_of_many(f, events, 0, weight, false);
	chance = exp(-events);
	for (int m = 0; m < TERMS_MAX - CRM_CNBD_MAX; m++)
	{
		double		alive = 0;

		CRM_STEP();
		for (int j = 0; j < f->k; j++)
			alive += weight[j] * f->stay[(m + j) / f->k];
		sum += chance * alive;
		chance *= events / (m + 1);
		if (m > events && chance * total <= TINY * sum)
			break;
	}
	return sum;
}

/* The density of w times what is integrated. */
static double
integrand(const future *f, given_rate given, double w)
{
	double		density = f->R * (w - expm1(w)) - crm_log_gamma_rest(f->R);

	if (density < -700)
		return 0;
	return exp(density) * given(f, f->R / f->A * exp(w));
}

/* How long a panel may be whose end farther from 0 lies at w. */
static double
panel_width(const future *f, double w)
{
	double		width = fmin(WIDEST_PANEL, DEVIATIONS / sqrt(f->R + 1));
	double		events = f->R / f->A * exp(w) * f->t;

	if (f->k > 2 && events * (1 - cos(2 * PI / f->k)) < DAMPED)
		width = fmin(width, RADIANS / events);
	return width;
}

/*
 * The integral from w to one side, -1 or +1. On the left it ends in any case
 * where lambda is so small that the integrand is a power of it.
 */
static double
walk(const future *f, given_rate given, double w, int side, double power,
	 double sum)
{
	double		horizon = f->rate * f->t > 1 ? 1 / f->rate : f->t;
	double		least = log(1e-16 / (f->silence + horizon)) + log(f->A / f->R);
	double		before = 0;

	for (int i = 0; i < PANELS_MAX; i++)
	{
		double		width = panel_width(f, w);
		crm_quadrature q = crm_quadrature_panel(fmin(w, w + side * width),
												fmax(w, w + side * width));
		double		panel = 0;

		CRM_STEP();
		for (int node = 0; node < crm_quadrature_size(&q); node++)
		{
			double		weight;
			double		v = crm_quadrature_node(&q, node, &weight);

			panel += weight * integrand(f, given, v);
		}
		sum += panel;
		w += side * width;
		if (panel <= NOTHING * sum && panel <= before)
			break;
		if (side < 0 && w < least)
			return sum + integrand(f, given, w) / (f->R + power);
		before = panel;
	}
	return sum;
}

/*
 * Where the integrand is largest, of something that falls with lambda: its
 * slope is taken by a difference that is small beside its width.
 */
static double
find_peak(const future *f, given_rate given)
{
	double		high = 0;
	double		low = log(1e-16 / (f->t + f->silence)) + log(f->A / f->R);
	double		step = 0.01 / sqrt(f->R + 1);

	for (int i = 0; i < 60 && high - low > step; i++)
	{
		double		middle = 0.5 * (low + high);
		double		lambda = f->R / f->A * exp(middle);
		double		rise = log(given(f, lambda * exp(step)))
			- log(given(f, lambda));

		CRM_STEP();
		if (rise / step - f->R * expm1(middle) > 0)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* The mean over lambda and the phases, of those who are alive. */
static double
mean_over_rates(const future *f, given_rate given, double power, double middle,
				double phases)
{
	double		right = walk(f, given, middle, 1, power, 0);

	return walk(f, given, middle, -1, power, right) / phases;
}

double
crm_cnbd_p_alive_later(const crm_cnbd *model, const crm_history *customer,
					   double t)
{
	double		phase[CRM_CNBD_MAX];
	double		phases = crm_cnbd_phases(model, customer, phase);
	future		f;

	if (model->k == 1)
		return crm_bgnbd_p_alive_later(&model->base, customer, t);
	if (t <= 0)
		return crm_cnbd_p_alive(model, customer);
	fill_future(model, customer, t, 0, &f);
	return crm_cnbd_p_alive(model, customer)
		* fmin(mean_over_rates(&f, alive_given, 0, find_peak(&f, alive_given),
							   phases), 1);
}

double
crm_cnbd_discounted_purchases(const crm_cnbd *model,
							  const crm_history *customer, double t,
							  double rate)
{
	double		phase[CRM_CNBD_MAX];
	double		phases = crm_cnbd_phases(model, customer, phase);
	double		alive = crm_cnbd_p_alive(model, customer);
	future		f;

	if (model->k == 1)
		return crm_bgnbd_discounted_purchases(&model->base, customer, t, rate);
	if (t <= 0)
		return 0;
	fill_future(model, customer, t, rate, &f);
	/* Without end or discount: the mean of 1 / p. */
	if (isinf(t) && rate == 0)
		return f.a > 1 ? alive * (f.a + f.b - 1) / (f.a - 1) : INFINITY;
	return alive * mean_over_rates(&f, purchases_given, f.k,
								   log1p(1 / f.R), phases);
}
