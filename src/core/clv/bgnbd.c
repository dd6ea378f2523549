/*
 * bgnbd.c
 *		The BG/NBD and MBG/NBD models: likelihood and fit.
 *
 * With m = 0 for BG/NBD and 1 for MBG/NBD the likelihood of a history is
 *
 *		Gamma(r + x) / Gamma(r) * B(a, b + x + m) / B(a, b) * alpha^r
 *		* [(alpha + T)^-(r + x) + a / (b + x + m - 1) (alpha + t_x)^-(r + x)]
 *
 * where the second summand, the customers who have left, is absent for
 * x + m = 0. The logarithm is written below without differences of large
 * terms, so it cannot rise where the likelihood does not: r and alpha may grow
 * together without a bound.
 */
#include "core/clv/bgnbd.h"

#include <math.h>
#include <string.h>

#include "core/numeric/logsum.h"
#include "core/numeric/special.h"

/* The box of a fit; alpha is in units of the mean age. */
#define PARAMETER_MIN 1e-6
#define PARAMETER_MAX 1e6
#define ALPHA_MAX 1e10

/*
 * Sums over rows with equal x. Of each row: L = ln(1 + T / alpha), k = T /
 * (alpha + T), w = P(dead), v = w (1 - w), G = ln((alpha + T) / (alpha +
 * t_x)) and D = alpha / (alpha + t_x) - alpha / (alpha + T).
 */
typedef struct run_sums
{
	double		rows;			/* the weights */
	double		L;
	double		k;
	double		kk;
	double		alive;			/* -ln(1 - w) */
	double		w;
	double		wG;
	double		wD;
	double		wDU;			/* w D times the sum of the two of D */
	double		v;
	double		vG;
	double		vGG;
	double		vD;
	double		vDD;
	double		vGD;
} run_sums;

/* Rows in which nobody can have left yet. */
static void
sum_newcomers(const crm_bgnbd *model, const crm_history *history,
			  size_t count, size_t stride, run_sums *sums)
{
	double		alpha = model->alpha;
	double		per_alpha = 1 / alpha;
	crm_log_sum L = {0};

	for (const crm_history *h = history; h < history + count; h += stride)
	{
		double		k = h->age / (alpha + h->age);

		sums->rows += h->weight;
		crm_log_sum_add(&L, h->age * per_alpha, h->weight);
		sums->k += h->weight * k;
		sums->kk += h->weight * k * k;
	}
	crm_log_sum_flush(&L);
	sums->L += L.total;
}

/*
 * Rows with one x; log_odds = ln a - ln(b + x + m - 1). Without branches:
 * whether a customer has rather left than not is not predictable.
 */
static void
sum_rows(const crm_bgnbd *model, double log_odds,
		 const crm_history *history, size_t count, size_t stride,
		 run_sums *sums)
{
	double		alpha = model->alpha;
	double		per_alpha = 1 / alpha;
	double		shape = model->r + history->frequency;
	run_sums	s = *sums;
	crm_log_sum L = {0};
	crm_log_sum alive = {0};

	for (const crm_history *h = history; h < history + count; h += stride)
	{
		double		weight = h->weight;
		double		k = h->age / (alpha + h->age);
		double		late = alpha / (alpha + h->recency);
		double		since = 1 + h->recency * per_alpha;
		double		gap = (h->age - h->recency) * per_alpha * late;
		double		D = gap * (1 - k);
		double		G = crm_log_of_sum(gap, (1 - k) * since);
		double		odds = log_odds + shape * G;
		double		e = exp(-fabs(odds));
		double		most = 1 / (1 + e);
		double		least = e * most;
		double		w = least + (odds > 0) * (most - least);
		double		v = weight * least * most;

		w *= weight;
		s.rows += weight;
		crm_log_sum_add(&L, h->age * per_alpha, weight);
		s.k += weight * k;
		s.kk += weight * k * k;
		crm_log_sum_add(&alive, e, weight);
		s.alive += weight * (odds + fabs(odds)) / 2;	/* if above 0 */
		s.w += w;
		s.wG += w * G;
		s.wD += w * D;
		s.wDU += w * D * (late + 1 - k);
		s.v += v;
		s.vG += v * G;
		s.vGG += v * G * G;
		s.vD += v * D;
		s.vDD += v * D * D;
		s.vGD += v * G * D;
	}
	crm_log_sum_flush(&L);
	crm_log_sum_flush(&alive);
	s.L += L.total;
	s.alive += alive.total;
	*sums = s;
}

/* Gradient and Hessian of a run, added to the result. */
static void
add_run(const crm_bgnbd *model, double x, const run_sums *s,
		crm_derivatives *result)
{
	double		r = model->r;
	double		alpha = model->alpha;
	double		a = model->a;
	double		b = model->b;
	double		n = x + model->kind;
	double		shape = r + x;
	double		e = 1 / (b + (n - 1));
	double		rows = s->rows;
	double		U = rows - s->k;	/* sum of alpha / (alpha + T) */
	double		ab_rise = rows * crm_digamma_rise(a + b, n);
	double		ab_curve = rows * crm_trigamma_rise(a + b, n);
	double	   *g = result->gradient;
	double		(*h)[CRM_NEWTON_MAX] = result->hessian;

	result->value += s->alive - r * s->L - x * (rows * log(alpha) + s->L)
		+ rows * (crm_log_rising(r, x) + crm_log_rising(b, n)
				  - crm_log_rising(a + b, n));
	g[0] += rows * crm_digamma_rise(r, x) - s->L + s->wG;
	g[1] += (r * s->k - x * U - shape * s->wD) / alpha;
	g[2] += s->w / a - ab_rise;
	g[3] += rows * crm_digamma_rise(b, n) - ab_rise - (n > 0 ? s->w * e : 0);
	h[0][0] += rows * crm_trigamma_rise(r, x) + s->vGG;
	h[1][0] += (s->k - s->wD - shape * s->vGD) / alpha;
	h[1][1] += (r * (s->kk - 2 * s->k) + x * (U - s->k + s->kk)
				+ shape * (s->wDU + shape * s->vDD)) / (alpha * alpha);
	h[2][2] += (s->v - s->w) / (a * a) - ab_curve;
	h[3][2] -= ab_curve;
	h[3][3] += rows * crm_trigamma_rise(b, n) - ab_curve;
	if (n == 0)
		return;
	h[2][0] += s->vG / a;
	h[2][1] -= shape * s->vD / (alpha * a);
	h[3][0] -= s->vG * e;
	h[3][1] += shape * s->vD * e / alpha;
	h[3][2] -= s->v * e / a;
	h[3][3] += (s->w + s->v) * e * e;
}

crm_status
crm_bgnbd_derivatives(const crm_bgnbd *model, const crm_clv_rows *rows,
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
		double		n = x + model->kind;
		size_t		to = crm_clv_run_end(rows, from);
		run_sums	sums = {0};

		if (rows->interrupt && rows->interrupt(rows->interrupt_arg))
			return CRM_INTERRUPTED;
		if (n == 0)
			sum_newcomers(model, history + from, to - from, stride, &sums);
		else
			sum_rows(model, log(model->a) - log(model->b + (n - 1)),
					 history + from, to - from, stride, &sums);
		add_run(model, x, &sums, result);
		from = to;
	}
	return CRM_OK;
}

double
crm_bgnbd_log_likelihood(const crm_bgnbd *model, const crm_history *customer)
{
	crm_history one = *customer;
	crm_clv_rows row = {.history = &one, .count = 1, .stride = 1};
	crm_derivatives result;

	one.weight = 1;
	(void) crm_bgnbd_derivatives(model, &row, &result);
	return result.value;
}

/* What the search for a maximum carries with it. */
typedef struct fit_data
{
	crm_clv_rows rows;
	crm_bgnbd_kind kind;
} fit_data;

static crm_status
objective(const double *parameter, void *arg, crm_derivatives *result)
{
	const fit_data *data = arg;
	crm_bgnbd	model = crm_bgnbd_of(data->kind, parameter);

	return crm_bgnbd_derivatives(&model, &data->rows, result);
}

void
crm_bgnbd_choose_starts(const crm_clv_summary *s, crm_clv_starts *starts)
{
	double		silent = s->silent * s->repeaters / (s->x * s->customers);
	double		share = 2 * fmin(fmax(silent, 0.02), 0.5);
	double		never;
	double		r;
	double		alpha;

	/* The silent repeaters have left, some at each of their purchases. */
	crm_clv_start_rates(s, &r, &alpha);
	crm_clv_add_start(starts, r, alpha, share, 2 - share);

	/* Customers are alike in their churn. */
	crm_clv_add_start(starts, r, alpha, 10 * share, 20 - 10 * share);

	/* Those who never came back have left, and hardly any other. */
	crm_clv_start_repeat_rates(s, &r, &alpha);
	never = crm_clv_never_share(s, r, alpha);
	crm_clv_add_start(starts, r, alpha, 0.3 * never, 0.3 * (1 - never));

	/* Hardly anybody has left. */
	crm_clv_add_start(starts, r, alpha, 0.02, 2);

	/* Who never came back is slow, and the others are alike in their churn. */
	silent = fmin(fmax(silent, 1e-4), 0.5);
	crm_clv_add_start(starts, 0.2, 0.2 * s->age / s->x, 100 * silent,
					  100 * (1 - silent));
}

void
crm_bgnbd_set_box(const crm_clv_summary *summary, crm_newton_problem *problem)
{
	for (int i = 0; i < 4; i++)
	{
		problem->lower[i] = PARAMETER_MIN;
		problem->upper[i] = PARAMETER_MAX;
	}
	crm_clv_scale_box(summary->age, PARAMETER_MIN, ALPHA_MAX, &problem->lower[1],
					  &problem->upper[1]);
}

unsigned
crm_bgnbd_boundary(const crm_newton_result *search)
{
	double		a = search->parameter[2];
	double		b = search->parameter[3];

	return crm_clv_rate_boundary(search->bound)
		| crm_clv_churn_boundary(search->bound + 2, a / (a + b))
		| crm_clv_beta_warnings(search, 2);
}

crm_status
crm_bgnbd_estimate(crm_bgnbd_kind kind, const crm_history *history,
				   size_t count, crm_interrupt interrupt, void *arg,
				   crm_bgnbd_fit *fit)
{
	fit_data	data = {{history, count, 1, interrupt, arg}, kind};
	crm_newton_problem problem = {.n = 4, .objective = objective,
	.arg = &data};
	crm_clv_summary means;
	crm_clv_starts starts = {0};
	crm_status	status;

	memset(fit, 0, sizeof(*fit));
	status = crm_clv_summarise(history, count, &means);
	if (status != CRM_OK)
		return status;
	crm_bgnbd_set_box(&means, &problem);
	crm_bgnbd_choose_starts(&means, &starts);
	status = crm_clv_search(&problem, count, &data.rows.stride, &starts,
							&fit->search);
	if (status != CRM_OK)
		return status;
	fit->model = crm_bgnbd_of(kind, fit->search.parameter);
	fit->boundary = crm_bgnbd_boundary(&fit->search);
	fit->customers = means.customers;
	fit->repeaters = means.repeaters;
	return CRM_OK;
}
