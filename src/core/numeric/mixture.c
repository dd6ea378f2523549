/*
 * mixture.c
 *		Derivatives of the logarithm of a sum of positive terms.
 */
#include "core/numeric/mixture.h"

#include <math.h>
#include <string.h>

void
crm_mixture_begin(crm_mixture *m, double weight, const crm_derivatives *term)
{
	memset(m, 0, sizeof(*m));
	m->first = *term;
	crm_mixture_add(m, weight, term);
}

void
crm_mixture_add(crm_mixture *m, double weight, const crm_derivatives *term)
{
	double		since[CRM_NEWTON_MAX];

	m->weight += weight;
	for (int i = 0; i < CRM_NEWTON_MAX; i++)
	{
		since[i] = term->gradient[i] - m->first.gradient[i];
		m->sum.gradient[i] += weight * since[i];
		for (int j = 0; j <= i; j++)
			m->sum.hessian[i][j] += weight
				* (term->hessian[i][j] + since[i] * since[j]);
	}
}

void
crm_mixture_end(const crm_mixture *m, crm_derivatives *d)
{
	double		mean[CRM_NEWTON_MAX];

	for (int i = 0; i < CRM_NEWTON_MAX; i++)
	{
		mean[i] = m->sum.gradient[i] / m->weight;
		d->gradient[i] = m->first.gradient[i] + mean[i];
		for (int j = 0; j <= i; j++)
			d->hessian[i][j] = m->sum.hessian[i][j] / m->weight
				- mean[i] * mean[j];
	}
}

void
crm_mixture_of_two(double log_odds, const crm_derivatives *first,
				   const crm_derivatives *second, crm_derivatives *d)
{
	double		e = exp(-fabs(log_odds));
	double		most = 1 / (1 + e);
	double		least = e * most;
	double		w = log_odds > 0 ? most : least;
	double		rest = log_odds > 0 ? least : most;
	double		v = most * least;
	double		since[CRM_NEWTON_MAX];

	for (int i = 0; i < CRM_NEWTON_MAX; i++)
	{
		since[i] = second->gradient[i] - first->gradient[i];
		d->gradient[i] = w * first->gradient[i] + rest * second->gradient[i];
		for (int j = 0; j <= i; j++)
			d->hessian[i][j] = w * first->hessian[i][j]
				+ rest * second->hessian[i][j] + v * since[i] * since[j];
	}
}

void
crm_derivatives_add(crm_derivatives *total, double weight,
					const crm_derivatives *d)
{
	total->value += weight * d->value;
	for (int i = 0; i < CRM_NEWTON_MAX; i++)
	{
		total->gradient[i] += weight * d->gradient[i];
		for (int j = 0; j <= i; j++)
			total->hessian[i][j] += weight * d->hessian[i][j];
	}
}
