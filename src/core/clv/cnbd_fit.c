/*
 * cnbd_fit.c
 *		The BG/CNBD-k and MBG/CNBD-k models: fit, over k too.
 *
 * Each k is a model of its own, with a search of its own. Where customers are
 * many each is fitted to a part of them first, and held against all of them
 * with what came out. Which k can still be the best is then settled by
 * searches over all.
 */
#include "core/clv/cnbd.h"

#include <math.h>
#include <string.h>

#include "core/numeric/special.h"

#define FEW 8192				/* rows that each k is fitted to */

/*
 * Log-likelihood that a search over all rows may add to what a part of them
 * has found: a few for each parameter, times how much larger all are than a
 * part that is no smaller than 1 / 1000.
 */
#define GAIN_A_PARAMETER 4.0

/*
 * Log-likelihood that a part may mislead by: a wrong model leads by so much
 * with a probability of exp(-50), as Markov's inequality has it, but for the
 * gaps, of which a part takes its share: the sum of n of them is uncertain by
 * some sqrt(n).
 */
#define MARGIN 50.0
#define GAP_ERRORS 6.0

/* What the search for a maximum carries with it. */
typedef struct fit_data
{
	const crm_cnbd_data *data;
	size_t		base;			/* every so many rows are all that there are */
	size_t		stride;
	crm_interrupt interrupt;
	void	   *arg;
	crm_bgnbd_kind kind;
	int			k;
} fit_data;

/* One k. */
typedef struct candidate
{
	crm_newton_result part;		/* over a part of the rows */
	double		value;			/* log-likelihood of all rows there */
	bool		is_open;
} candidate;

static crm_status
objective(const double *parameter, void *arg, crm_derivatives *result)
{
	const fit_data *fit = arg;
	crm_cnbd	model = {{fit->kind, parameter[0], parameter[1],
	parameter[2], parameter[3]}, fit->k};

	return crm_cnbd_derivatives(&model, fit->data->history, fit->data->count,
								fit->base * fit->stride, fit->interrupt,
								fit->arg, result);
}

/* With the gaps integrated over what is not known of them, for k > 1. */
static double
regularity_unknown(const crm_cnbd_data *data, int k)
{
	double		sum = 0;

	for (size_t i = 0; i < data->count;)
	{
		double		x = data->history[i].frequency;
		double		weight = 0;

		for (; i < data->count && data->history[i].frequency == x; i++)
		{
			const crm_history *h = &data->history[i];

			weight += h->weight;
			if (x > 0)
				sum += h->weight * (k - 1) * x
					* log(fmax(h->recency, CRM_TIME_MIN));
		}
		if (x > 0)
			sum -= weight * crm_log_rising(x, (k - 1) * x);
	}
	return sum;
}

double
crm_cnbd_regularity(const crm_cnbd_data *data, int k)
{
	double		gaps = 0;

	if (k == 1)
		return 0;
	if (isnan(data->log_gaps))
		return regularity_unknown(data, k);
	for (size_t i = 0; i < data->count; i++)
		gaps += data->history[i].weight * data->history[i].frequency;
	return (k - 1) * data->log_gaps - gaps * crm_log_gamma(k);
}

/* From all starts, which know of purchases, over every base-th row. */
static crm_status
search(fit_data *fit, const crm_newton_problem *problem,
	   const crm_clv_starts *starts, crm_newton_result *result)
{
	crm_clv_starts phases = *starts;

	for (int i = 0; i < phases.count; i++)
		phases.parameter[i][1] /= fit->k;
	return crm_clv_search(problem, fit->data->count / fit->base, &fit->stride,
						  &phases, result);
}

/* Every k over a part of the rows, and its value over all of them. */
static crm_status
try_all(fit_data *fit, const crm_newton_problem *problem,
		const crm_clv_starts *starts, candidate *candidates)
{
	double		gaps = 0;
	double		best = -INFINITY;
	crm_derivatives all;
	crm_status	status;

	fit->base = 1 + fit->data->count / FEW;
	for (size_t i = 0; i < fit->data->count; i += fit->base)
		gaps += fit->data->history[i].weight * fit->data->history[i].frequency;
	for (int k = 1; k <= CRM_CNBD_MAX; k++)
	{
		candidate  *c = &candidates[k - 1];

		fit->k = k;
		status = search(fit, problem, starts, &c->part);
		if (status != CRM_OK && status != CRM_INVALID)
			return status;
		c->is_open = status == CRM_OK;
		c->value = c->part.value
			+ crm_cnbd_regularity(fit->data, k) / fit->base;
		if (c->is_open)
			best = fmax(best, c->value);
	}
	if (fit->base == 1)
		return CRM_OK;
	for (int k = 1; k <= CRM_CNBD_MAX; k++)
	{
		candidate  *c = &candidates[k - 1];

		c->is_open = c->is_open && c->value >= best - MARGIN
			- GAP_ERRORS * CRM_CNBD_MAX * sqrt(gaps);
		if (!c->is_open)
			continue;
		fit->k = k;
		fit->base = fit->stride = 1;
		status = objective(c->part.parameter, fit, &all);
		if (status != CRM_OK)
			return status;
		c->value = all.value + crm_cnbd_regularity(fit->data, k);
	}
	return CRM_OK;
}

/* One k over all rows. */
static crm_status
fit_one(fit_data *fit, const crm_newton_problem *problem,
		const crm_clv_starts *starts, int k, crm_cnbd_fit *result)
{
	crm_status	status;

	fit->k = k;
	fit->base = 1;
	if (k == 1)
	{
		crm_bgnbd_fit usual;

		status = crm_bgnbd_estimate(fit->kind, fit->data->history,
									fit->data->count, fit->interrupt,
									fit->arg, &usual);
		result->search = usual.search;
	}
	else
		status = search(fit, problem, starts, &result->search);
	result->search.value += crm_cnbd_regularity(fit->data, k);
	result->model.k = k;
	return status;
}

/* The best of all k, over all rows. */
static crm_status
choose(fit_data *fit, const crm_newton_problem *problem,
	   const crm_clv_starts *starts, crm_cnbd_fit *result)
{
	candidate	candidates[CRM_CNBD_MAX];
	double		gain = 4 * GAIN_A_PARAMETER
		* (1 + fit->data->count / FEW);
	crm_status	status = try_all(fit, problem, starts, candidates);
	double		best = -INFINITY;

	for (int tries = 0; status == CRM_OK && tries < CRM_CNBD_MAX; tries++)
	{
		crm_cnbd_fit one = *result;
		candidate  *next = NULL;

		for (int i = 0; i < CRM_CNBD_MAX; i++)
			if (candidates[i].is_open &&
				(next == NULL || candidates[i].value > next->value))
				next = &candidates[i];
		if (next == NULL || next->value + gain < best)
			break;
		next->is_open = false;
		status = fit_one(fit, problem, starts,
						 (int) (next - candidates) + 1, &one);
		if (status == CRM_OK && (one.search.value > best ||
								 (one.search.value == best &&
								  one.model.k < result->model.k)))
		{
			*result = one;
			best = one.search.value;
		}
	}
	return status != CRM_OK ? status : isinf(best) ? CRM_INVALID : CRM_OK;
}

crm_status
crm_cnbd_estimate(crm_bgnbd_kind kind, const crm_cnbd_data *data,
				  crm_interrupt interrupt, void *arg, crm_cnbd_fit *result)
{
	fit_data	fit = {data, 1, 1, interrupt, arg, kind, 0};
	crm_newton_problem problem = {.n = 4, .objective = objective, .arg = &fit};
	crm_clv_summary means;
	crm_clv_starts starts = {0};
	crm_status	status;

	memset(result, 0, sizeof(*result));
	status = crm_clv_summarise(data->history, data->count, &means);
	if (status != CRM_OK)
		return status;
	crm_bgnbd_set_box(&means, &problem);
	crm_bgnbd_choose_starts(&means, &starts);
	result->customers = means.customers;
	status = data->k > 0 ? fit_one(&fit, &problem, &starts, data->k, result)
		: choose(&fit, &problem, &starts, result);
	if (status != CRM_OK)
		return status;
	result->model.base = (crm_bgnbd) {kind, result->search.parameter[0],
									  result->search.parameter[1], result->search.parameter[2],
									  result->search.parameter[3]};
	result->boundary = crm_bgnbd_boundary(&result->search);
	return CRM_OK;
}
