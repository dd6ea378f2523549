/*
 * summary.c
 *		What the fits of all lifetime-value models have in common.
 */
#include "core/clv/summary.h"

#include <math.h>

#define HISTORY_WIDTH ((int) (sizeof(crm_history) / sizeof(double)))

static const crm_history *
history_of(const double *rows, size_t i, int width)
{
	return (const crm_history *) (rows + (i + 1) * width - HISTORY_WIDTH);
}

crm_status
crm_clv_summarise_rows(const double *rows, size_t count, int width,
					   crm_clv_summary *summary)
{
	crm_clv_summary s = {0};

	for (size_t i = 0; i < count; i++)
	{
		const crm_history *h = history_of(rows, i, width);

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
	s.repeat_x = s.x * s.customers / s.repeaters;
	for (size_t i = 0; i < count; i++)
	{
		const crm_history *h = history_of(rows, i, width);
		double		since = h->frequency - s.x;

		s.variance += h->weight / s.customers * since * since;
		since = h->frequency - s.repeat_x;
		if (h->frequency > 0)
			s.repeat_variance += h->weight / s.repeaters * since * since;
	}
	*summary = s;
	return CRM_OK;
}

crm_status
crm_clv_summarise(const crm_history *history, size_t count,
				  crm_clv_summary *summary)
{
	return crm_clv_summarise_rows((const double *) history, count,
								  HISTORY_WIDTH, summary);
}

void
crm_clv_scale_box(double mean, double least, double most, double *lower,
				  double *upper)
{
	*lower = fmax(least * mean, 1 / CRM_CLV_FIT_SCALE_MAX);
	*upper = fmin(most * mean, CRM_CLV_FIT_SCALE_MAX);
}

static void
rates_of(double x, double variance, double age, double *shape, double *rate)
{
	double		excess = variance - x;

	*shape = excess > 0 ? fmin(fmax(x * x / excess, 0.05), 20) : 20;
	*rate = *shape * age / x;
}

void
crm_clv_start_rates(const crm_clv_summary *summary, double *shape,
					double *rate)
{
	rates_of(summary->x, summary->variance, summary->age, shape, rate);
}

void
crm_clv_start_repeat_rates(const crm_clv_summary *summary, double *shape,
						   double *rate)
{
	rates_of(summary->repeat_x, summary->repeat_variance, summary->age, shape,
			 rate);
}

double
crm_clv_never_share(const crm_clv_summary *summary, double shape, double rate)
{
	double		nothing = exp(-shape * log1p(summary->age / rate));
	double		share = 1 - summary->repeaters / summary->customers;

	return fmin(fmax((share - nothing) / (1 - nothing), 0.002), 0.98);
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

/* Neither a strict maximum nor a bound that explains why there is none? */
static bool
is_anywhere(const int *bound, int n, bool has_covariance)
{
	for (int i = 0; i < n; i++)
		if (bound[i] != 0)
			return false;
	return !has_covariance;
}

unsigned
crm_clv_end_warnings(const int *bound, int n, bool has_covariance,
					 double share, double variance)
{
	if (is_anywhere(bound, n, has_covariance))
		return CRM_CLV_NOT_IDENTIFIED;
	return share < 2 * sqrt(fmax(variance, 0)) ? CRM_CLV_CHURN_UNKNOWN
		: CRM_CLV_INTERIOR;
}

unsigned
crm_clv_warnings(const crm_newton_result *search, double share,
				 const double *gradient)
{
	double		variance = 0;

	for (int i = 0; i < search->n; i++)
		for (int j = 0; j < search->n; j++)
			variance += gradient[i] * search->covariance[i][j] * gradient[j];
	return crm_clv_end_warnings(search->bound, search->n,
								search->has_covariance, share, variance);
}

unsigned
crm_clv_beta_warnings(const crm_newton_result *search, int i)
{
	double		a = search->parameter[i];
	double		b = search->parameter[i + 1];
	double		gradient[CRM_NEWTON_MAX] = {0};

	gradient[i] = b / ((a + b) * (a + b));
	gradient[i + 1] = -a / ((a + b) * (a + b));
	return crm_clv_warnings(search, a / (a + b), gradient);
}
