/*
 * gammagamma.c
 *		The Gamma-Gamma model of spend per purchase.
 *
 * With u = x z / gamma the log-likelihood of a mean value z of x purchases is
 *
 *		-ln z - ln B(p x, q) - q ln(1 + u) - p x ln(1 + 1 / u)
 *
 * of which every term but the first two vanishes gently where p, or q and
 * gamma together, grow without a bound.
 */
#include "core/clv/gammagamma.h"

#include <math.h>
#include <string.h>

#include "core/clv/search.h"
#include "core/clv/summary.h"
#include "core/numeric/special.h"

#define BLOCK 65536				/* rows between two questions to go on */

/* The box of a fit; gamma is in units of the mean value. */
#define PARAMETER_MIN 1e-6
#define PARAMETER_MAX 1e6
#define GAMMA_MAX 1e10

/* Sums over rows with equal x; of each row h = u / (1 + u), g = 1 - h. */
typedef struct run_sums
{
	double		rows;			/* the weights */
	double		ln_z;
	double		ln_u;			/* of ln(1 + u) */
	double		ln_v;			/* of ln(1 + 1 / u) */
	double		h;
	double		g;
	double		hh;
	double		gg;
} run_sums;

static void
sum_rows(double gamma, const crm_spend *spend, size_t count, size_t stride,
		 run_sums *sums)
{
	for (const crm_spend *s = spend; s < spend + count; s += stride)
	{
		double		total = s->frequency * s->value;
		double		h = total / (total + gamma);
		double		g = gamma / (total + gamma);

		sums->rows += s->weight;
		sums->ln_z += s->weight * log(s->value);
		sums->ln_u += s->weight * log1p(total / gamma);
		sums->ln_v += s->weight * log1p(gamma / total);
		sums->h += s->weight * h;
		sums->g += s->weight * g;
		sums->hh += s->weight * h * h;
		sums->gg += s->weight * g * g;
	}
}

/*
 * Gradient and Hessian of a run, added to the result. By ln gamma the
 * derivatives are q h - p x g and -(q + p x) g h; h - h^2 is g h.
 */
static void
add_run(const crm_gammagamma *model, double x, const run_sums *s,
		crm_derivatives *result)
{
	double		q = model->q;
	double		gamma = model->gamma;
	double		shape = model->p * x;
	double		slope = q * s->h - shape * s->g;
	double		curve = (q + shape) * fmin(s->h - s->hh, s->g - s->gg);
	double		both = crm_trigamma(shape + q);
	double	   *g = result->gradient;
	double		(*h)[CRM_NEWTON_MAX] = result->hessian;

	result->value -= s->ln_z + s->rows * crm_log_beta(shape, q)
		+ q * s->ln_u + shape * s->ln_v;
	g[0] += x * (s->rows * crm_digamma_rise(shape, q) - s->ln_v);
	g[1] += s->rows * crm_digamma_rise(q, shape) - s->ln_u;
	g[2] += slope / gamma;
	h[0][0] += s->rows * x * x * crm_trigamma_rise(shape, q);
	h[1][0] += s->rows * x * both;
	h[1][1] += s->rows * crm_trigamma_rise(q, shape);
	h[2][0] -= x * s->g / gamma;
	h[2][1] += s->h / gamma;
	h[2][2] -= (slope + curve) / (gamma * gamma);
}

crm_status
crm_gammagamma_derivatives(const crm_gammagamma *model,
						   const crm_clv_spends *rows,
						   crm_derivatives *result)
{
	const crm_spend *spend = rows->spend;
	size_t		count = rows->count;
	size_t		stride = rows->stride;
	size_t		from = 0;

	memset(result, 0, sizeof(*result));
	while (from < count)
	{
		double		x = spend[from].frequency;
		size_t		to = from + stride;
		run_sums	sums = {0};

		if (rows->interrupt && rows->interrupt(rows->interrupt_arg))
			return CRM_INTERRUPTED;
		while (to - from < BLOCK && to < count && spend[to].frequency == x)
			to += stride;
		sum_rows(model->gamma, spend + from, to - from, stride, &sums);
		add_run(model, x, &sums, result);
		from = to;
	}
	return CRM_OK;
}

double
crm_gammagamma_expected_value(const crm_gammagamma *model, double x, double z)
{
	double		shape = model->p * x;
	double		total = x > 0 ? x * z : 0;

	if (shape + model->q <= 1)
		return INFINITY;
	return model->p * (model->gamma + total) / (shape + model->q - 1);
}

double
crm_spend_correlation(const crm_spend *spend, size_t count)
{
	double		n = 0;
	double		x = 0;
	double		z = 0;
	double		xx = 0;
	double		xz = 0;
	double		zz = 0;

	for (const crm_spend *s = spend; s < spend + count; s++)
	{
		n += s->weight;
		x += s->weight * s->frequency;
		z += s->weight * s->value;
	}
	x /= n;
	z /= n;
	for (const crm_spend *s = spend; s < spend + count; s++)
	{
		xx += s->weight * (s->frequency - x) * (s->frequency - x);
		xz += s->weight * (s->frequency - x) * (s->value - z);
		zz += s->weight * (s->value - z) * (s->value - z);
	}
	return xx > 0 && zz > 0 ? xz / sqrt(xx) / sqrt(zz) : 0;
}

static crm_status
objective(const double *parameter, void *arg, crm_derivatives *result)
{
	crm_gammagamma model = {parameter[0], parameter[1], parameter[2]};

	return crm_gammagamma_derivatives(&model, arg, result);
}

/* What it means that a parameter stands at a bound of the box. */
static unsigned
read_boundary(const int *bound)
{
	unsigned	flags = CRM_CLV_INTERIOR;

	if (bound[0] > 0 || (bound[2] < 0 && bound[0] == 0))
		flags |= CRM_CLV_CONSTANT_VALUE;
	if (bound[1] > 0 || (bound[2] > 0 && bound[1] == 0))
		flags |= CRM_CLV_ALIKE_VALUE;
	if (bound[0] < 0 || bound[1] < 0)
		flags |= CRM_CLV_EXTREME_VALUE;
	return flags;
}

/*
 * Where to begin: how unlike the purchases of a customer are, and how unlike
 * customers, with the mean of the values in each case.
 */
static void
choose_starts(double mean, crm_clv_starts *starts)
{
	static const double shapes[][2] = {
		{2, 3}, {30, 2}, {0.3, 20}, {0.3, 1.5}, {30, 30}
	};

	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		crm_clv_add_start(starts, shapes[i][0], shapes[i][1],
						  mean * (shapes[i][1] - 1) / shapes[i][0], 0);
}

crm_status
crm_gammagamma_estimate(const crm_spend *spend, size_t count,
						crm_interrupt interrupt, void *arg,
						crm_gammagamma_fit *fit)
{
	crm_clv_spends rows = {spend, count, 1, interrupt, arg};
	crm_newton_problem problem = {.n = 3, .objective = objective,
	.arg = &rows};
	double		mean = 0;
	crm_clv_starts starts = {0};
	crm_status	status;

	memset(fit, 0, sizeof(*fit));
	for (const crm_spend *s = spend; s < spend + count; s++)
	{
		if (!crm_spend_is_valid(s))
			return CRM_INVALID;
		fit->customers += s->weight;
		mean += s->weight * s->value;
	}
	if (count == 0)
		return CRM_TOO_FEW;
	mean /= fit->customers;
	choose_starts(mean, &starts);
	for (int i = 0; i < 3; i++)
	{
		problem.lower[i] = PARAMETER_MIN;
		problem.upper[i] = PARAMETER_MAX;
	}
	crm_clv_scale_box(mean, PARAMETER_MIN / PARAMETER_MAX, GAMMA_MAX, &problem.lower[2],
					  &problem.upper[2]);
	status = crm_clv_search(&problem, count, &rows.stride, &starts,
							&fit->search);
	if (status != CRM_OK)
		return status;
	fit->model.p = fit->search.parameter[0];
	fit->model.q = fit->search.parameter[1];
	fit->model.gamma = fit->search.parameter[2];
	fit->boundary = read_boundary(fit->search.bound);
	if (fit->boundary == CRM_CLV_INTERIOR && !fit->search.has_covariance)
		fit->boundary = CRM_CLV_NOT_IDENTIFIED;
	fit->correlation = crm_spend_correlation(spend, count);
	return CRM_OK;
}
