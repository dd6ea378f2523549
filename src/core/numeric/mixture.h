/*
 * mixture.h
 *		Derivatives of the logarithm of a sum of positive terms.
 *
 * Each term is given by its weight in the sum and by the derivatives of its
 * own logarithm. The gradient of the whole is the weighted mean of the terms'
 * gradients; its Hessian is the mean of their Hessians plus the covariance of
 * their gradients. Differences are taken from the first term, so that terms
 * much alike do not cancel.
 */
#ifndef CRM_CORE_NUMERIC_MIXTURE_H
#define CRM_CORE_NUMERIC_MIXTURE_H

#include "core/numeric/newton.h"

typedef struct crm_mixture
{
	double		weight;			/* of all terms */
	crm_derivatives first;
	crm_derivatives sum;		/* of gradients since the first, Hessians, and
								 * products of those gradients */
} crm_mixture;

extern void crm_mixture_begin(crm_mixture *m, double weight,
							  const crm_derivatives *term);
extern void crm_mixture_add(crm_mixture *m, double weight,
							const crm_derivatives *term);

/* Gradient and Hessian of the whole; the value stays as it is. */
extern void crm_mixture_end(const crm_mixture *m, crm_derivatives *d);

/*
 * The same of two terms whose weights are as exp(log_odds) to 1. The value is
 * left alone.
 */
extern void crm_mixture_of_two(double log_odds, const crm_derivatives *first,
							   const crm_derivatives *second,
							   crm_derivatives *d);

/* total += weight times d, with the value. */
extern void crm_derivatives_add(crm_derivatives *total, double weight,
								const crm_derivatives *d);

#endif							/* CRM_CORE_NUMERIC_MIXTURE_H */
