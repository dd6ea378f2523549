/*
 * bgnbd_score.c
 *		The BG/NBD and MBG/NBD models: what to expect of a customer.
 *
 * Of a customer who is alive at T the rate lambda is gamma distributed with
 * shape R = r + x and rate alpha + T, and the probability p to leave is beta
 * distributed with parameters a and B = b + x + m. With s = t / (alpha + T)
 * he purchases at time T + t with the intensity
 *
 *		R / (alpha + T) E[(1 + p s)^-(R + 1)]
 *
 * and every expectation is an integral of it. This is the derivative of the
 * closed form in the paper, of which it has neither the removable pole at
 * a = 1 nor the differences of large terms.
 */
#include "core/clv/bgnbd.h"

#include <math.h>

#include "core/numeric/beta.h"
#include "core/numeric/betamean.h"
#include "core/numeric/special.h"
#include "core/numeric/steps.h"

#define NODES 10				/* of a panel in time */
#define WIDEST_PANEL 1.5		/* in ln(1 + rate * s) */
#define TERMS_MAX 2000			/* of a series */
#define WORST_LOSS 1e3			/* of digits, in a series */
#define FAR 9.0					/* s from which the other series is used */
#define FAR_SIZE 500.0			/* R + a + B up to which it is */
#define FAR_GAP 0.03			/* between R - a and an integer */
#define TINY 1e-17
#define SMALL_POWER 20.0
#define SLIGHT 0.125			/* discounts by a few powers of a series */
#define NOTHING_LEFT 750.0		/* exp(-750) is 0 */

/* Abscissae in (0, 1) and weights of the Gauss-Legendre rule. */
static const double legendre[NODES / 2][2] = {
	{0.14887433898163121088, 0.29552422471475287017},
	{0.43339539412924719080, 0.26926671930999635509},
	{0.67940956829902440623, 0.21908636251598204400},
	{0.86506336668898451073, 0.14945134915058059315},
	{0.97390652851717172008, 0.06667134430868813759},
};

/* What is known of a customer who is alive. */
typedef struct alive_customer
{
	double		shape;			/* of lambda: R */
	double		rate;			/* of lambda: alpha + T */
	double		a;				/* of p */
	double		b;				/* of p: B */
} alive_customer;

static alive_customer
if_alive(const crm_bgnbd *model, const crm_history *customer)
{
	alive_customer c = {
		model->r + customer->frequency,
		model->alpha + customer->age,
		model->a,
		model->b + customer->frequency + model->kind
	};

	return c;
}

double
crm_bgnbd_p_alive(const crm_bgnbd *model, const crm_history *customer)
{
	double		x = customer->frequency;
	double		n = x + model->kind;
	double		gap;

	if (n == 0)
		return 1;
	gap = (customer->age - customer->recency)
		/ (model->alpha + customer->recency);
	return crm_logistic(log(model->b + (n - 1)) - log(model->a)
						- (model->r + x) * log1p(gap));
}

/*
 * The terms of 2F1(a, a + B - R - 1; a + B; z), as many as count. Returns the
 * number of the last one, or 0 where the series cancels or converges too slowly.
 */
static int
intensity_terms(const alive_customer *c, double z, double *term)
{
	double		sum = c->a + c->b;
	double		other = sum - c->shape - 1;
	double		total = 1;
	double		size = 1;

	term[0] = 1;
	for (int k = 1; k < TERMS_MAX; k++)
	{
		double		growth = (c->a + (k - 1)) * (other + (k - 1))
			/ ((sum + (k - 1)) * k);
		double		slowest = (fabs(growth) > 1 ? fabs(growth) : 1) * z;

		CRM_STEP();
		term[k] = term[k - 1] * growth * z;
		total += term[k];
		size += fabs(term[k]);
		if (slowest < 1 &&
			fabs(term[k]) <= TINY * (1 - slowest) * fabs(total))
			return size <= WORST_LOSS * total && !isinf(size) ? k : 0;
	}
	return 0;
}

/*
 * E[(1 + p s)^-(R + 1)] for NODES ascending values of s, as
 * (1 - z)^a 2F1(a, a + B - R - 1; a + B; z) with z = s / (1 + s). False where
 * the series cancels or converges too slowly.
 */
static bool
intensity_series(const alive_customer *c, const double *s, double *f)
{
	const int	last = NODES - 1;
	double		z = s[last] / (1 + s[last]);
	double		term[TERMS_MAX];	/* for the last node */
	double		ratio[NODES];	/* of a node's z to the last one's */
	int			k;

	if (c->a * log1p(s[last]) > 300)
		return false;
	k = intensity_terms(c, z, term);
	if (k == 0)
		return false;
	for (int j = 0; j < NODES; j++)
	{
		ratio[j] = s[j] / (1 + s[j]) / z;
		f[j] = term[k];
	}
	while (k-- > 0)
		for (int j = 0; j < NODES; j++)
			f[j] = f[j] * ratio[j] + term[k];
	/* Rounding 1 + s costs a 1e-16, and spares half the logarithm. */
	if (c->a < SMALL_POWER)
		for (int j = 0; j < NODES; j++)
			f[j] *= exp(-c->a * log(1 + s[j]));
	else
		for (int j = 0; j < NODES; j++)
			f[j] *= exp(-c->a * log1p(s[j]));
	return true;
}

/*
 * One of the two parts of E[(1 + p s)^-(R + 1)] as a series in w = 1 / (1 + s)
 * with c = a + B,
 *
 *		Gamma(c) Gamma(v - u) / (Gamma(v) Gamma(c - u))
 *		* w^u 2F1(u, c - v; 1 + u - v; w)
 *
 * of which the other has u and v exchanged.
 */
static void
add_far_part(double c, double u, double v, const double *log_w, double *f,
			 double *size)
{
	double		w[NODES];
	double		term[NODES];
	int			sign[2];
	double		factor = crm_log_gamma(c) - crm_log_gamma(v)
		+ crm_log_abs_gamma(v - u, &sign[0])
		- crm_log_abs_gamma(c - u, &sign[1]);

	for (int j = 0; j < NODES; j++)
	{
		w[j] = exp(log_w[j]);
		term[j] = sign[0] * sign[1] * exp(factor + u * log_w[j]);
		f[j] += term[j];
	}
	*size += fabs(term[0]);
	for (int k = 0; k < TERMS_MAX && term[0] != 0; k++)
	{
		double		growth = (u + k) * (c - v + k)
			/ ((1 + u - v + k) * (k + 1));

		CRM_STEP();
		for (int j = 0; j < NODES; j++)
		{
			term[j] *= growth * w[j];
			f[j] += term[j];
		}
		*size += fabs(term[0]);
		if (k > v && fabs(term[0]) <= TINY * *size)
			break;
	}
}

/*
 * The same expectation for s beyond FAR (Abramowitz & Stegun 15.3.6). Both
 * parts grow without a bound as R - a comes near an integer, and lose twice
 * the digits; then, and where they cancel otherwise, the answer is false.
 */
static bool
intensity_far(const alive_customer *c, const double *s, double *f)
{
	double		apart = c->shape - c->a;
	double		log_w[NODES];
	double		size = 0;

	if (s[0] < FAR || c->shape + c->a + c->b > FAR_SIZE
		|| fabs(apart - round(apart)) < FAR_GAP)
		return false;
	for (int j = 0; j < NODES; j++)
	{
		log_w[j] = -log1p(s[j]);
		f[j] = 0;
	}
	add_far_part(c->a + c->b, c->a, c->shape + 1, log_w, f, &size);
	add_far_part(c->a + c->b, c->shape + 1, c->a, log_w, f, &size);
	return isfinite(size) && size <= WORST_LOSS * f[NODES - 1];
}

/* (1 + p s)^-power */
typedef struct power_law
{
	double		s;
	double		power;
} power_law;

static double
power_minus_log(const void *arg, double p, double rest, double *slope)
{
	const power_law *law = arg;
	double		rise = law->s * p;

	*slope = law->power * rest * rise / (1 + rise);
	return law->power * log1p(rise);
}

/*
 * The same expectation as an integral over the distribution of p. It holds
 * for all parameters and costs some fifty times the series.
 */
static double
intensity_integral(const alive_customer *c, double s)
{
	power_law	law = {s, c->shape + 1};
	crm_beta_factor factor = {power_minus_log, &law,
	fmin(1 / (s * law.power), 1)};

	return exp(crm_beta_mean_log(c->a, c->b, &factor));
}

/*
 * Nodes of a panel from middle - half to middle + half: s ascending, and 1 +
 * scale s. Both sides of the middle share a call of expm1().
 */
static inline void
place_nodes(double half, double middle, double scale, double *s,
			double *growth)
{
	double		centre = expm1(middle);

	for (int j = 0; j < NODES / 2; j++)
	{
		double		up = expm1(half * legendre[j][0]);
		double		down = -up / (1 + up);

		up += centre + centre * up;
		down += centre + centre * down;
		s[NODES / 2 + j] = up / scale;
		s[NODES / 2 - 1 - j] = down / scale;
		growth[NODES / 2 + j] = 1 + up;
		growth[NODES / 2 - 1 - j] = 1 + down;
	}
}

/*
 * exp(-discount s) for NODES ascending values of s. Slight ones, as of a year,
 * by ten terms of the series: what is left out is below 0.125^11 / 11!, 3e-18.
 */
static inline void
discount_nodes(double discount, const double *s, double *worth)
{
	if (discount * s[NODES - 1] > SLIGHT)
	{
		for (int j = 0; j < NODES; j++)
			worth[j] = exp(-discount * s[j]);
		return;
	}
	for (int j = 0; j < NODES; j++)
		worth[j] = 1;
	for (int k = 10; k > 0; k--)
	{
		double		per = -discount / k;

		for (int j = 0; j < NODES; j++)
			worth[j] = 1 + per * s[j] * worth[j];
	}
}

/* The integral of the intensity, plain and discounted. */
typedef struct purchases
{
	double		plain;
	double		discounted;
} purchases;

/*
 * Integral of R E[(1 + p s)^-(R + 1)] exp(-discount s) over s in (0, end], by
 * Gauss-Legendre panels in the logarithm of 1 + scale s, where scale is the
 * rate at which the integrand falls at first. All its singularities have an
 * imaginary part of pi there, so the error of a panel of width 1 is below
 * 1e-14 of its largest value. The plain integral, without the discount, is
 * taken over the same nodes; both is whether it is wanted, of a finite end.
 */
static purchases
integrate(const alive_customer *c, double end, double discount, bool both)
{
	double		scale = c->shape + 1 + discount;
	double		reach = both ? end : fmin(end, NOTHING_LEFT / discount);
	double		range = log1p(scale * reach);
	int			panels = (int) ceil(range / WIDEST_PANEL);	/* 200 at most */
	double		half = range / panels / 2;
	purchases	sum = {0, 0};

	for (int i = 0; i < panels; i++)
	{
		double		growth[NODES];	/* scale ds / d ln(1 + scale s) */
		double		s[NODES];
		double		f[NODES];
		double		worth[NODES];
		double		panel = 0;
		double		plain = 0;
		double		last = 0;

		place_nodes(half, half * (2 * i + 1), scale, s, growth);
		if (!intensity_far(c, s, f) && !intensity_series(c, s, f))
			for (int j = 0; j < NODES; j++)
				f[j] = intensity_integral(c, s[j]);
		discount_nodes(discount, s, worth);
		for (int j = 0; j < NODES; j++)
		{
			double		weight = j < NODES / 2
				? legendre[NODES / 2 - 1 - j][1]
				: legendre[j - NODES / 2][1];

			last = f[j] * worth[j];
			panel += weight * growth[j] * last;
			plain += weight * growth[j] * f[j];
		}
		sum.discounted += half / scale * panel;
		sum.plain += half / scale * plain;

		/* The integrand falls: what is left is less than this. */
		if (!both && last * fmin(end - s[NODES - 1], 1 / discount)
			<= TINY * sum.discounted)
			break;
	}
	sum.discounted *= c->shape;
	sum.plain *= c->shape;
	return sum;
}

double
crm_bgnbd_discounted_purchases(const crm_bgnbd *model,
							   const crm_history *customer,
							   double t, double rate)
{
	alive_customer c = if_alive(model, customer);

	if (t <= 0)
		return 0;
	/* Without end or discount: the mean of 1 / p. */
	if (isinf(t) && rate == 0)
		return c.a > 1 ? crm_bgnbd_p_alive(model, customer)
			* (c.a + c.b - 1) / (c.a - 1) : INFINITY;
	return crm_bgnbd_p_alive(model, customer)
		* integrate(&c, t / c.rate, rate * c.rate, false).discounted;
}

double
crm_bgnbd_both_if_alive(const crm_bgnbd *model, const crm_history *customer,
						double t, double rate, double *plain)
{
	alive_customer c = if_alive(model, customer);
	purchases	sum = {0, 0};

	if (t > 0)
		sum = integrate(&c, t / c.rate, rate * c.rate, true);
	*plain = sum.plain;
	return sum.discounted;
}

/* With the rate known to be gamma distributed, E[(1 + p s)^-R]. */
double
crm_bgnbd_p_alive_later(const crm_bgnbd *model, const crm_history *customer,
						double t)
{
	alive_customer c = if_alive(model, customer);
	double		s[NODES];
	double		f[NODES];

	for (int j = 0; j < NODES; j++)
		s[j] = t / c.rate;
	c.shape -= 1;
	if (t > 0 && !intensity_far(&c, s, f) && !intensity_series(&c, s, f))
		f[0] = intensity_integral(&c, s[0]);
	return crm_bgnbd_p_alive(model, customer) * (t > 0 ? fmin(f[0], 1) : 1);
}

/*
 * The probability of at least n >= 1 purchases in time t, for as long as the
 * customer is alive: the upper tail of a negative binomial distribution.
 * mass is the probability of n. Beyond the mean it is an incomplete beta
 * function, I_z(n, r). Before the mean 1 minus the sum of the others, at most
 * n of them, cancels little, given that the first of them is taken as
 * 1 - (1 - z)^r.
 */
static double
upper_tail(double r, double log1p_s, int n, double mass)
{
	double		rest = exp(-log1p_s);	/* 1 - z */
	double		z = -expm1(-log1p_s);
	double		sum = 0;
	double		term = mass;

	if (n * rest >= 1 && n * rest >= r * z)
		return mass * crm_beta_fraction(n, r, z);
	for (int j = n - 1; j > 0 && term > TINY * sum; j--)
	{
		CRM_STEP();
		term *= (j + 1) / ((r + j) * z);
		sum += term;
	}
	return -expm1(-r * log1p_s) - sum;
}

/*
 * ln(B(a, b + n) / B(a, b)): of staying n times. Both forms are differences
 * of terms that grow, the one with n, the other with a.
 */
double
crm_bgnbd_log_stay(const crm_bgnbd *model, double n)
{
	double		a = model->a;
	double		b = model->b;

	if (n > a)
		return crm_log_beta(a, b + n) - crm_log_beta(a, b);
	return crm_log_rising(b, n) - crm_log_rising(a + b, n);
}

double
crm_bgnbd_probability(const crm_bgnbd *model, int n, double t)
{
	double		flips = (double) n + model->kind;
	double		log1p_s = log1p(t / model->alpha);
	double		log_mass;
	double		stay;
	double		tail;

	if (t <= 0 && n > 0)
		return 0;
	log_mass = -model->r * log1p_s;
	if (n > 0)
		log_mass -= log(n) + crm_log_beta(model->r, n)
			+ n * log1p(model->alpha / t);
	stay = exp(crm_bgnbd_log_stay(model, flips));
	if (flips == 0)
		return exp(log_mass);
	tail = n > 0 ? upper_tail(model->r, log1p_s, n, exp(log_mass)) : 1;
	return fmin(stay * (exp(log_mass)
						+ model->a / (model->b + (flips - 1)) * tail), 1);
}

/* He stays after n - 1 purchases, and would make n in a life without end. */
double
crm_bgnbd_at_least(const crm_bgnbd *model, int n, double t)
{
	double		log1p_s = log1p(t / model->alpha);
	double		log_mass;

	if (n == 0)
		return 1;
	if (t <= 0)
		return 0;
	log_mass = -model->r * log1p_s - log(n) - crm_log_beta(model->r, n)
		- n * log1p(model->alpha / t);
	return fmin(exp(crm_bgnbd_log_stay(model, (double) n - 1 + model->kind))
				* upper_tail(model->r, log1p_s, n, exp(log_mass)), 1);
}

crm_bgnbd
crm_bgnbd_from_now(const crm_bgnbd *model, const crm_history *customer)
{
	alive_customer c = if_alive(model, customer);

	return (crm_bgnbd) {CRM_BGNBD, c.shape, c.rate, c.a, c.b};
}
