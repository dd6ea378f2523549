/*
 * cnbd.h
 *		The BG/CNBD-k and MBG/CNBD-k models of regular repeat purchases.
 *
 * Platzer & Reutterer, "Ticking Away the Moments: Timing Regularity Helps to
 * Better Predict Customer Activity", Marketing Science 35 (2016).
 *
 * As BG/NBD and MBG/NBD, but that a purchase comes at every k-th event of the
 * customer's own process with rate lambda: the gaps are Erlang distributed
 * with shape k, and the more regular the greater k is. Between two purchases
 * a customer passes through k phases, and nobody sees which one he is in. With
 * k = 1 these are BG/NBD and MBG/NBD, which then answer themselves.
 */
#ifndef CRM_CORE_CLV_CNBD_H
#define CRM_CORE_CLV_CNBD_H

#include "core/clv/bgnbd.h"

#define CRM_CNBD_MAX 12			/* of k */

typedef struct crm_cnbd
{
	crm_bgnbd	base;			/* alpha: of the rate of phases */
	int			k;
} crm_cnbd;

/* Customers to fit to. */
typedef struct crm_cnbd_data
{
	const crm_history *history; /* grouped */
	size_t		count;

	/*
	 * The sum over all gaps between purchases of ln(gap), in the unit of
	 * time; NAN where it is not known.
	 */
	double		log_gaps;
	int			k;				/* or 0: choose it */
} crm_cnbd_data;

typedef struct crm_cnbd_fit
{
	crm_cnbd	model;
	crm_newton_result search;	/* parameters in the order r, alpha, a, b; the
								 * value is with crm_cnbd_regularity() */
	unsigned	boundary;		/* of crm_clv_boundary */
	double		customers;
} crm_cnbd_fit;

/*
 * Log-likelihood of rows, with its derivatives by r, alpha, a and b, but for
 * what k alone makes of the gaps.
 */
extern crm_status crm_cnbd_derivatives(const crm_cnbd *model,
									   const crm_clv_rows *rows,
									   crm_derivatives *result);

/* The same of one customer; the weight is not used. */
extern double crm_cnbd_log_likelihood(const crm_cnbd *model,
									  const crm_history *customer);

/*
 * What of the log-likelihood depends on k and the gaps alone: (k - 1) times
 * the sum of their logarithms less ln Gamma(k) for each. Where the gaps are
 * not known it is integrated over all that lead to the same t_x. 0 for k = 1.
 */
extern double crm_cnbd_regularity(const crm_cnbd_data *data, int k);

/*
 * Maximum likelihood, over k too where data->k is 0, with the least of equal
 * ones. Errors as of crm_bgnbd_estimate().
 */
extern crm_status crm_cnbd_estimate(crm_bgnbd_kind kind,
									const crm_cnbd_data *data,
									crm_interrupt interrupt, void *arg,
									crm_cnbd_fit *fit);

/*
 * cnbd_score.c: as their namesakes of bgnbd.h. They are integrals over lambda of
 * what is known at a given one, relative errors below 1e-11 within the limits
 * of history.h; as a rule 20,000 steps, at most five million.
 */
extern double crm_cnbd_p_alive(const crm_cnbd *model,
							   const crm_history *customer);
extern double crm_cnbd_p_alive_later(const crm_cnbd *model,
									 const crm_history *customer, double t);
extern double crm_cnbd_discounted_purchases(const crm_cnbd *model,
											const crm_history *customer,
											double t, double rate);

/* The sum of the chances of the first phases, in units of that of the first. */
extern double crm_cnbd_phases(const crm_cnbd *model,
							  const crm_history *customer, double *phase);

/* cnbd_count.c */
extern double crm_cnbd_probability(const crm_cnbd *model, int n, double t);
extern double crm_cnbd_customer_probability(const crm_cnbd *model,
											const crm_history *customer,
											int n, double t);
extern double crm_cnbd_customer_at_least(const crm_cnbd *model,
										 const crm_history *customer,
										 int n, double t);

#endif							/* CRM_CORE_CLV_CNBD_H */
