/*
 * cnbd_count.c
 *		The BG/CNBD-k and MBG/CNBD-k models: the chance of so many purchases.
 *
 * Ends of phases are negative binomial distributed, and n purchases are made
 * by k n - j to k (n + 1) - j - 1 of them, where j is the phase of now.
 */
#include "core/clv/cnbd.h"

#include <math.h>

#include "core/numeric/beta.h"
#include "core/numeric/special.h"
#include "core/numeric/steps.h"

#define SUM_MAX 1e5				/* terms rather than a difference from 1 */
#define SUM_SHAPE 1e-3			/* and below this shape more of them */
#define TINY 1e-17

/* A negative binomial distribution: of shape R, over t with a rate of 1 / A. */
typedef struct ends
{
	double		R;
	double		log1p_s;		/* ln(1 + t / A) */
	double		log_back;		/* ln(1 + A / t) */
} ends;

static double
mass_of(const ends *e, double m)
{
	if (m <= 0)
		return exp(-e->R * e->log1p_s);
	return exp(-e->R * e->log1p_s - log(m) - crm_log_beta(e->R, m)
			   - m * e->log_back);
}

/* The chance of at least m >= 1 as 1 less that of fewer, by terms. */
static double
tail_by_terms(const ends *e, double m, double mass)
{
	double		z = -expm1(-e->log1p_s);
	double		sum = 0;
	double		term = mass;

	for (double j = m - 1; j > 0 && term > TINY * sum; j--)
	{
		CRM_STEP();
		term *= (j + 1) / ((e->R + j) * z);
		sum += term;
	}
	return -expm1(-e->R * e->log1p_s) - sum;
}

/*
 * The chance of at least m: beyond the mean I_z(m, R), before it 1 less
 * I_(1-z)(R, m). Where R is small next to nothing happens at all, and what
 * does is lost in that difference: then terms are summed, at most k million.
 */
static double
tail_of(const ends *e, double m)
{
	double		rest = exp(-e->log1p_s);	/* 1 - z */
	double		z = -expm1(-e->log1p_s);
	double		mass;

	if (m <= 0)
		return 1;
	mass = mass_of(e, m);
	if (m * rest >= 1 && m * rest >= e->R * z)
		return mass * crm_beta_fraction(m, e->R, z);
	if (m <= SUM_MAX || e->R < SUM_SHAPE)
		return tail_by_terms(e, m, mass);
	return 1 - mass * m / e->R * crm_beta_fraction(e->R, m, rest);
}

/* The chance of exactly n purchases of those who are in phase j, but for leaving. */
static double
window_of(const ends *e, int k, double from)
{
	double		first = fmax(from, 0);
	double		z = -expm1(-e->log1p_s);
	double		term = mass_of(e, first);
	double		sum = term;

	for (double m = first + 1; m < from + k; m++)
	{
		term *= (e->R + m - 1) / m * z;
		sum += term;
	}
	return sum;
}

/* Who is asked about: alive, with the chances of phases, or new. */
typedef struct asked
{
	crm_bgnbd	leaving;		/* from now on */
	int			k;
	double		A;
	double		chance[CRM_CNBD_MAX];	/* of phases */
} asked;

/* n, or at least n, purchases in time t. */
static double
chance_of(const asked *who, int n, double t, bool at_least)
{
	double		flips = (double) n + who->leaving.kind;
	double		stay = exp(crm_bgnbd_log_stay(&who->leaving,
											  at_least ? flips - 1 : flips));
	double		left = flips > 0
		? who->leaving.a / (who->leaving.b + (flips - 1)) : 0;
	double		sum = 0;

	for (int j = 0; j < who->k; j++)
	{
		double		from = (double) who->k * n - j;
		ends		e = {who->leaving.r + j, log1p(t / who->A),
		log1p(who->A / t)};

		if (who->chance[j] == 0)
			continue;
		if (at_least)
			sum += who->chance[j] * tail_of(&e, from);
		else
			sum += who->chance[j] * (window_of(&e, who->k, from) +
									 (left > 0 ? left * tail_of(&e, from)
									  : 0));
	}
	return fmin(stay * sum, 1);
}

double
crm_cnbd_probability(const crm_cnbd *model, int n, double t)
{
	asked		who = {.leaving = model->base, .k = model->k, .chance = {1}};

	who.A = model->base.alpha;
	if (model->k == 1)
		return crm_bgnbd_probability(&model->base, n, t);
	if (t <= 0 && n > 0)
		return 0;
	return chance_of(&who, n, fmax(t, 1e-300), false);
}

/* Of who is alive, and has no chance to leave before the next purchase. */
static asked
from_now(const crm_cnbd *model, const crm_history *customer)
{
	double		x = customer->frequency;
	const crm_bgnbd *base = &model->base;
	crm_bgnbd	leaving = {CRM_BGNBD, base->r + model->k * x,
	base->alpha + customer->age, base->a, base->b + x + base->kind};
	asked		who = {.leaving = leaving, .k = model->k};
	double		sum = crm_cnbd_phases(model, customer, who.chance);

	who.A = who.leaving.alpha;
	for (int j = 0; j < who.k; j++)
		who.chance[j] /= sum;
	return who;
}

double
crm_cnbd_customer_probability(const crm_cnbd *model,
							  const crm_history *customer, int n, double t)
{
	double		alive = crm_cnbd_p_alive(model, customer);
	asked		who = from_now(model, customer);

	if (t <= 0)
		return n == 0;
	return alive * chance_of(&who, n, t, false) + (n == 0 ? 1 - alive : 0);
}

double
crm_cnbd_customer_at_least(const crm_cnbd *model, const crm_history *customer,
						   int n, double t)
{
	asked		who = from_now(model, customer);

	if (n == 0 || t <= 0)
		return n == 0;
	return crm_cnbd_p_alive(model, customer) * chance_of(&who, n, t, true);
}
