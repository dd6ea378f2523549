/*
 * cnbd.c
 *		The BG/CNBD-k and MBG/CNBD-k models: likelihood.
 *
 * With R = r + k x, m as in bgnbd.c, and q = (T - t_x) / (alpha + T) the
 * likelihood of a history is, but for what depends on k and the gaps alone,
 *
 *		Gamma(R) / Gamma(r) * B(a, b + x + m) / B(a, b)
 *		* alpha^r (alpha + T)^-R [S + D],
 *
 *		S = sum over j < k of Gamma(R + j) / (Gamma(R) j!) q^j,
 *		D = a / (b + x + m - 1) ((alpha + T) / (alpha + t_x))^R.
 *
 * The terms of S are the phases that who is alive at T may be in, D are those
 * who have left. All terms are positive, k of them.
 */
#include "core/clv/cnbd.h"

#include <math.h>
#include <string.h>

#include "core/numeric/logsum.h"
#include "core/numeric/special.h"

/* ln of the odds of having left where nobody can have: exp() of it is 0. */
#define NOBODY -1e4

/*
 * What the phases have in common in rows with one x: the factor of q^j, and
 * h = sum over i < j of 1 / (R + i) with what its square is short of by the
 * sum of 1 / (R + i)^2: the derivatives of the factor by R, over the factor.
 */
typedef struct phase_table
{
	double		factor[CRM_CNBD_MAX];
	double		first[CRM_CNBD_MAX];	/* h times the factor */
	double		second[CRM_CNBD_MAX];
} phase_table;

/*
 * Sums over rows with equal x, with L, k, w and v as in bgnbd.c. The others
 * are what remains to be differentiated, the logarithm of S + D: slopes by r
 * and by ln alpha, curvatures, and products of the differences between the
 * slopes of D and of S with v.
 */
typedef struct run_sums
{
	double		rows;			/* the weights */
	double		L;
	double		k;
	double		kk;
	double		value;
	double		w;
	double		v;
	double		by_r;
	double		by_alpha;
	double		rr;
	double		ra;
	double		aa;
	double		vr;
	double		va;
} run_sums;

static void
fill_table(double R, int k, phase_table *table)
{
	double		factor = 1;
	double		h = 0;
	double		square = 0;

	for (int j = 0; j < k; j++)
	{
		table->factor[j] = factor;
		table->first[j] = factor * h;
		table->second[j] = factor * (h * h - square);
		factor *= (R + j) / (j + 1);
		h += 1 / (R + j);
		square += 1 / ((R + j) * (R + j));
	}
}

/* S and its derivatives: by r, and by ln q or j. */
typedef struct phase_sums
{
	double		sum;			/* S */
	double		r;				/* means of h */
	double		rr;				/* h^2 less the sum of squares */
	double		j;
	double		jj;				/* j (j + 1) */
	double		rj;				/* h j */
} phase_sums;

static inline phase_sums
sum_phases(const phase_table *table, int k, double q)
{
	phase_sums	s = {1, 0, 0, 0, 0, 0};
	double		power = 1;
	double		inverse;

	for (int j = 1; j < k; j++)
	{
		double		term;
		double		first;

		power *= q;
		term = table->factor[j] * power;
		first = table->first[j] * power;
		s.sum += term;
		s.r += first;
		s.rr += table->second[j] * power;
		s.j += j * term;
		s.jj += j * (j + 1) * term;
		s.rj += j * first;
	}
	inverse = 1 / s.sum;
	s.r *= inverse;
	s.rr *= inverse;
	s.j *= inverse;
	s.jj *= inverse;
	s.rj *= inverse;
	return s;
}

/* Rows with one x; log_odds = ln a - ln(b + x + m - 1), or NOBODY. */
static void
sum_rows(const crm_cnbd *model, double log_odds, const phase_table *table,
		 const crm_history *history, size_t count, size_t stride,
		 run_sums *sums)
{
	double		alpha = model->base.alpha;
	double		per_alpha = 1 / alpha;
	double		R = model->base.r + model->k * history->frequency;
	run_sums	s = *sums;
	crm_log_sum L = {0};

	for (const crm_history *h = history; h < history + count; h += stride)
	{
		double		weight = h->weight;
		double		k = h->age / (alpha + h->age);
		double		U = alpha / (alpha + h->age);
		double		late = alpha / (alpha + h->recency);
		double		gap = (h->age - h->recency) * per_alpha * late;
		double		D = gap * U;
		double		G = crm_log_of_sum(gap, U / late);
		phase_sums	p = sum_phases(table, model->k,
								   (h->age - h->recency) * per_alpha * U);
		double		log_alive = log(p.sum);
		double		odds = log_odds + R * G - log_alive;
		double		e = exp(-fabs(odds));
		double		most = 1 / (1 + e);
		double		least = e * most;
		double		w = odds > 0 ? most : least;
		double		alive = odds > 0 ? least : most;
		double		v = weight * least * most;
		double		by_r = G - p.r;
		double		by_alpha = U * p.j - R * D;

		s.rows += weight;
		crm_log_sum_add(&L, h->age * per_alpha, weight);
		s.k += weight * k;
		s.kk += weight * k * k;
		s.value += weight * (log_alive + fmax(odds, 0) + log1p(e));
		s.w += weight * w;
		s.v += v;
		s.by_r += weight * (w * G + alive * p.r);
		s.by_alpha -= weight * (w * R * D + alive * U * p.j);
		s.rr += weight * alive * (p.rr - p.r * p.r) + v * by_r * by_r;
		s.ra += v * by_r * by_alpha
			- weight * (w * D + alive * U * (p.rj - p.r * p.j));
		s.aa += weight * (w * R * D * (late + U)
						  + alive * U * U * (p.jj - p.j * p.j))
			+ v * by_alpha * by_alpha;
		s.vr += v * by_r;
		s.va += v * by_alpha;
	}
	crm_log_sum_flush(&L);
	s.L += L.total;
	*sums = s;
}

/* Gradient and Hessian of a run, added to the result. */
static void
add_run(const crm_cnbd *model, double x, const run_sums *s,
		crm_derivatives *result)
{
	double		r = model->base.r;
	double		alpha = model->base.alpha;
	double		a = model->base.a;
	double		b = model->base.b;
	double		n = x + model->base.kind;
	double		events = model->k * x;
	double		e = n > 0 ? 1 / (b + (n - 1)) : 0;
	double		rows = s->rows;
	double		U = rows - s->k;	/* sum of alpha / (alpha + T) */
	double		ab_rise = rows * crm_digamma_rise(a + b, n);
	double		ab_curve = rows * crm_trigamma_rise(a + b, n);
	double	   *g = result->gradient;
	double		(*h)[CRM_NEWTON_MAX] = result->hessian;

	result->value += s->value - r * s->L - events * (rows * log(alpha) + s->L)
		+ rows * (crm_log_rising(r, events) + crm_log_rising(b, n)
				  - crm_log_rising(a + b, n));
	g[0] += rows * crm_digamma_rise(r, events) - s->L + s->by_r;
	g[1] += (r * s->k - events * U + s->by_alpha) / alpha;
	g[2] += s->w / a - ab_rise;
	g[3] += rows * crm_digamma_rise(b, n) - ab_rise - s->w * e;
	h[0][0] += rows * crm_trigamma_rise(r, events) + s->rr;
	h[1][0] += (s->k + s->ra) / alpha;
	h[1][1] += (r * (s->kk - 2 * s->k) + events * (U - s->k + s->kk) + s->aa)
		/ (alpha * alpha);
	h[2][0] += s->vr / a;
	h[2][1] += s->va / (alpha * a);
	h[2][2] += (s->v - s->w) / (a * a) - ab_curve;
	h[3][0] -= s->vr * e;
	h[3][1] -= s->va * e / alpha;
	h[3][2] -= ab_curve + s->v * e / a;
	h[3][3] += rows * crm_trigamma_rise(b, n) - ab_curve
		+ (s->w + s->v) * e * e;
}

crm_status
crm_cnbd_derivatives(const crm_cnbd *model, const crm_clv_rows *rows,
					 crm_derivatives *result)
{
	const crm_history *history = rows->history;
	size_t		count = rows->count;
	size_t		stride = rows->stride;
	size_t		from = 0;

	memset(result, 0, sizeof(*result));
	while (from < count)
	{
		double		x = history[from].frequency;
		double		n = x + model->base.kind;
		size_t		to = crm_clv_run_end(rows, from);
		phase_table table;
		run_sums	sums = {0};

		if (rows->interrupt && rows->interrupt(rows->interrupt_arg))
			return CRM_INTERRUPTED;
		fill_table(model->base.r + model->k * x, model->k, &table);
		sum_rows(model, n == 0 ? NOBODY
				 : log(model->base.a) - log(model->base.b + (n - 1)), &table,
				 history + from, (to < count ? to : count) - from, stride,
				 &sums);
		add_run(model, x, &sums, result);
		from = to;
	}
	return CRM_OK;
}

double
crm_cnbd_log_likelihood(const crm_cnbd *model, const crm_history *customer)
{
	crm_history one = *customer;
	crm_clv_rows row = {.history = &one, .count = 1, .stride = 1};
	crm_derivatives result;

	if (model->k == 1)
		return crm_bgnbd_log_likelihood(&model->base, customer);
	one.weight = 1;
	(void) crm_cnbd_derivatives(model, &row, &result);
	return result.value;
}

double
crm_cnbd_phases(const crm_cnbd *model, const crm_history *customer,
				double *phase)
{
	double		R = model->base.r + model->k * customer->frequency;
	double		q = (customer->age - customer->recency)
		/ (model->base.alpha + customer->age);
	double		sum = 0;
	double		term = 1;

	for (int j = 0; j < model->k; j++)
	{
		phase[j] = term;
		sum += term;
		term *= (R + j) / (j + 1) * q;
	}
	return sum;
}
