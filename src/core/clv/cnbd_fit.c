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
#define MORE 8					/* times as many, to hold it against */

/*
 * Log-likelihood that a search over all rows may add to what a part of them
 * has found: a few for each parameter, times how much larger all are than a
 * part that is no smaller than 1 / 1000.
 */
#define GAIN_A_PARAMETER 4.0

/*
 * Log-likelihood that a part may mislead by: a wrong model leads by so much
 * with a probability of exp(-50), as Markov's inequality has it. Where no
 * model is right the lead is as uncertain as customers differ in it, which
 * the same part, dealt out to so many samples, tells (Vuong 1989): beyond ten
 * standard errors from 16 samples there are 5e-8 of Student's distribution.
 */
#define MARGIN 50.0
#define ERRORS 10.0
#define SAMPLES 16

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
	double		sample[SAMPLES];	/* that of each, gaps integrated out */
	bool		is_open;
} candidate;

/*
 * What rows say of gaps that are not known, integrated over all that lead to
 * the same t_x: sums over customers of x ln t_x, and for each k of the
 * logarithm of Gamma(k x) / Gamma(x).
 */
typedef struct gap_sums
{
	double		log_spans;
	double		rising[CRM_CNBD_MAX];
} gap_sums;

static crm_status
objective(const double *parameter, void *arg, crm_derivatives *result)
{
	const fit_data *fit = arg;
	crm_cnbd	model = {crm_bgnbd_of(fit->kind, parameter), fit->k};
	crm_clv_rows rows = {fit->data->history, fit->data->count,
	fit->base * fit->stride, fit->interrupt, fit->arg};

	return crm_cnbd_derivatives(&model, &rows, result);
}

/* Of every stride-th row, with the last sums of k from least to most. */
static void
sum_gaps(const crm_history *history, size_t count, size_t stride, int least,
		 int most, gap_sums *sums)
{
	memset(sums, 0, sizeof(*sums));
	for (size_t i = 0; i < count;)
	{
		double		x = history[i].frequency;
		double		weight = 0;
		double		logs = 0;

		for (; i < count && history[i].frequency == x; i += stride)
		{
			weight += history[i].weight;
			if (x > 0)
				logs += history[i].weight
					* log(fmax(history[i].recency, CRM_TIME_MIN));
		}
		sums->log_spans += x * logs;
		for (int k = least; k <= most && x > 0; k++)
			sums->rising[k - 1] += weight * crm_log_rising(x, (k - 1) * x);
	}
}

static double
regularity_unknown(const gap_sums *sums, int k)
{
	return k == 1 ? 0 : (k - 1) * sums->log_spans - sums->rising[k - 1];
}

static double
count_gaps(const crm_cnbd_data *data)
{
	double		gaps = 0;

	for (size_t i = 0; i < data->count; i++)
		gaps += data->history[i].weight * data->history[i].frequency;
	return gaps;
}

static double
regularity_known(double gaps, double log_gaps, int k)
{
	return (k - 1) * log_gaps - gaps * crm_log_gamma(k);
}

double
crm_cnbd_regularity(const crm_cnbd_data *data, int k)
{
	gap_sums	sums;

	if (k == 1)
		return 0;
	if (!isnan(data->log_gaps))
		return regularity_known(count_gaps(data), data->log_gaps, k);
	sum_gaps(data->history, data->count, 1, k, k, &sums);
	return regularity_unknown(&sums, k);
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

/* What each of the samples that the part consists of says of every k. */
static crm_status
try_samples(fit_data *fit, candidate *candidates)
{
	for (int i = 0; i < SAMPLES; i++)
	{
		crm_clv_rows rows = {fit->data->history + i * fit->base,
			fit->data->count - i * fit->base, fit->base * SAMPLES,
		fit->interrupt, fit->arg};
		gap_sums	gaps;

		sum_gaps(rows.history, rows.count, rows.stride, 1, CRM_CNBD_MAX, &gaps);
		for (int k = 1; k <= CRM_CNBD_MAX; k++)
		{
			const double *p = candidates[k - 1].part.parameter;
			crm_cnbd	model = {crm_bgnbd_of(fit->kind, p), k};
			crm_derivatives result;
			crm_status	status;

			if (!candidates[k - 1].is_open)
				continue;
			status = crm_cnbd_derivatives(&model, &rows, &result);
			if (status != CRM_OK)
				return status;
			candidates[k - 1].sample[i] = result.value
				+ regularity_unknown(&gaps, k);
		}
	}
	return CRM_OK;
}

/* How far the part may mislead about which of the two is better. */
static double
uncertainty(const candidate *a, const candidate *b)
{
	double		mean = 0;
	double		squares = 0;

	for (int i = 0; i < SAMPLES; i++)
		mean += (a->sample[i] - b->sample[i]) / SAMPLES;
	for (int i = 0; i < SAMPLES; i++)
	{
		double		off = a->sample[i] - b->sample[i] - mean;

		squares += off * off;
	}
	return MARGIN + ERRORS * sqrt(squares * SAMPLES / (SAMPLES - 1));
}

/* What all gaps say of each k, and how much of it no part of the rows says. */
typedef struct regularity
{
	double		all[CRM_CNBD_MAX];
	double		rest[CRM_CNBD_MAX];
} regularity;

static void
fill_regularity(const crm_cnbd_data *data, regularity *r)
{
	double		count = count_gaps(data);
	gap_sums	gaps;

	sum_gaps(data->history, data->count, 1, 1, CRM_CNBD_MAX, &gaps);
	for (int k = 1; k <= CRM_CNBD_MAX; k++)
	{
		double		unknown = regularity_unknown(&gaps, k);

		r->all[k - 1] = isnan(data->log_gaps) ? unknown
			: regularity_known(count, data->log_gaps, k);
		r->rest[k - 1] = r->all[k - 1] - unknown;
	}
}

/* What a search may gain over so many times the rows of the last one. */
static double
gain_of(double more)
{
	return 4 * GAIN_A_PARAMETER * more;
}

/*
 * Leave only those that, as every base-th row has it, may be the best over all
 * of them: a search over that part may add so much.
 */
static crm_status
narrow(fit_data *fit, const regularity *r, double gain, candidate *candidates)
{
	const candidate *best = NULL;
	crm_status	status = try_samples(fit, candidates);

	if (status != CRM_OK)
		return status;
	for (int k = 1; k <= CRM_CNBD_MAX; k++)
	{
		candidate  *c = &candidates[k - 1];

		c->value = r->rest[k - 1] / fit->base;
		for (int i = 0; i < SAMPLES; i++)
			c->value += c->sample[i];
		if (c->is_open && (best == NULL || c->value > best->value))
			best = c;
	}
	for (candidate *c = candidates; c < candidates + CRM_CNBD_MAX; c++)
		c->is_open = c->is_open &&
			c->value >= best->value - uncertainty(c, best) - gain;
	return CRM_OK;
}

/* Hold every k against more and more rows; those left have a value over all. */
static crm_status
hold_against_all(fit_data *fit, candidate *candidates)
{
	regularity	r;
	double		part = fit->base;
	crm_status	status = CRM_OK;

	fill_regularity(fit->data, &r);
	for (; fit->base > 1 && status == CRM_OK; fit->base /= MORE)
		status = narrow(fit, &r, gain_of(part / fit->base - 1), candidates);
	fit->base = fit->stride = 1;
	for (int k = 1; k <= CRM_CNBD_MAX && status == CRM_OK; k++)
	{
		candidate  *c = &candidates[k - 1];
		crm_derivatives all;

		if (!c->is_open)
			continue;
		fit->k = k;
		status = objective(c->part.parameter, fit, &all);
		c->value = all.value + r.all[k - 1];
	}
	return status;
}

/* Every k over a part of the rows, and its value over all of them. */
static crm_status
try_all(fit_data *fit, const crm_newton_problem *problem,
		const crm_clv_starts *starts, candidate *candidates)
{
	fit->base = 1 + fit->data->count / FEW;
	for (int k = 1; k <= CRM_CNBD_MAX; k++)
	{
		candidate  *c = &candidates[k - 1];
		crm_status	status;

		fit->k = k;
		status = search(fit, problem, starts, &c->part);
		if (status != CRM_OK && status != CRM_INVALID)
			return status;
		c->is_open = status == CRM_OK;
		if (fit->base == 1)
			c->value = c->part.value + crm_cnbd_regularity(fit->data, k);
	}
	return fit->base == 1 ? CRM_OK : hold_against_all(fit, candidates);
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
	double		gain = gain_of(1 + fit->data->count / FEW);
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
	result->model.base = crm_bgnbd_of(kind, result->search.parameter);
	result->boundary = crm_bgnbd_boundary(&result->search);
	return CRM_OK;
}
