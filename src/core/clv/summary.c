/*
 * summary.c
 *		What the fits of all lifetime-value models have in common.
 */
#include "core/clv/summary.h"

#include <math.h>
#include <string.h>

#define MANY 2048				/* rows of which some say where to begin */
#define STRIDE 16

crm_status
crm_clv_summarise(const crm_history *history, size_t count,
				  crm_clv_summary *summary)
{
	crm_clv_summary s = {0};

	for (const crm_history *h = history; h < history + count; h++)
	{
		if (!crm_history_is_valid(h))
			return CRM_INVALID;
		s.customers += h->weight;
		s.age += h->weight * h->age;
		s.x += h->weight * h->frequency;
		if (h->frequency == 0)
			continue;
		s.repeaters += h->weight;
		if ((h->age - h->recency) * h->frequency > 3 * h->recency)
			s.silent += h->weight;
	}
	if (!(s.repeaters > 0 && s.age > 0))
		return CRM_TOO_FEW;
	s.age /= s.customers;
	s.x /= s.customers;
	s.silent /= s.repeaters;
	for (const crm_history *h = history; h < history + count; h++)
		s.variance += h->weight / s.customers
			* (h->frequency - s.x) * (h->frequency - s.x);
	*summary = s;
	return CRM_OK;
}

void
crm_clv_scale_box(double mean, double least, double most, double *lower,
				  double *upper)
{
	*lower = fmax(least * mean, 1 / CRM_CLV_FIT_SCALE_MOST);
	*upper = fmin(most * mean, CRM_CLV_FIT_SCALE_MOST);
}

void
crm_clv_start_rates(const crm_clv_summary *summary, double *shape,
					double *rate)
{
	double		x = summary->x;
	double		excess = summary->variance - x;

	*shape = excess > 0 ? fmin(fmax(x * x / excess, 0.05), 20) : 20;
	*rate = *shape * summary->age / x;
}

crm_status
crm_clv_search(crm_clv_rows *rows, const crm_newton_problem *problem,
			   double *start, crm_newton_result *result)
{
	crm_status	status;

	if (rows->count >= MANY)
	{
		rows->stride = STRIDE;
		status = crm_newton_maximise(problem, start, result);
		if (status != CRM_OK)
			return status;
		if (result->end == CRM_NEWTON_CONVERGED)
			memcpy(start, result->parameter, problem->n * sizeof(double));
	}
	rows->stride = 1;
	return crm_newton_maximise(problem, start, result);
}

unsigned
crm_clv_churn_boundary(const int *bound, double share)
{
	bool		is_least = bound[0] < 0 || bound[1] < 0;
	bool		is_most = bound[0] > 0 || bound[1] > 0;
	double		near = is_least ? 0.05 : 1e-4;

	/* Rates of leaving may vanish along a ridge that meets no bound. */
	if (share < 1e-6)
		return CRM_CLV_NO_CHURN;
	if (!is_least && !is_most)
		return CRM_CLV_INTERIOR;
	if (share < near)
		return CRM_CLV_NO_CHURN;
	if (share > 1 - near)
		return CRM_CLV_CERTAIN_CHURN;
	return is_least ? CRM_CLV_NO_CHURN | CRM_CLV_CERTAIN_CHURN
		: CRM_CLV_ALIKE_CHURN;
}

unsigned
crm_clv_rate_boundary(const int *bound)
{
	if (bound[0] > 0 || bound[1] > 0)
		return CRM_CLV_ALIKE_RATE;
	if (bound[0] < 0 || bound[1] < 0)
		return CRM_CLV_EXTREME_RATE;
	return CRM_CLV_INTERIOR;
}
