/*
 * bgbb.h
 *		The BG/BB model of purchases in discrete time.
 *
 * Fader, Hardie & Shang, "Customer-Base Analysis in a Discrete-Time
 * Noncontractual Setting", Marketing Science 29 (2010).
 *
 * At each opportunity a customer who is still alive purchases with a
 * probability drawn from beta(alpha, beta); before each he dies with a
 * probability drawn from beta(gamma, delta). Of a history frequency is x, the
 * opportunities taken, recency t_x, the last one taken, and age n, all that
 * there were: whole numbers, x <= t_x <= n.
 */
#ifndef CRM_CORE_CLV_BGBB_H
#define CRM_CORE_CLV_BGBB_H

#include "core/clv/history.h"
#include "core/numeric/newton.h"

/*
 * Opportunities: a sum over those since the last one taken is the longest
 * loop of the model, and this bounds it.
 */
#define CRM_BGBB_MAX 1e6

typedef struct crm_bgbb
{
	double		alpha;			/* chance of a purchase */
	double		beta;			/* chance of none */
	double		gamma;			/* chance of leaving */
	double		delta;			/* chance of staying */
} crm_bgbb;

typedef struct crm_bgbb_fit
{
	crm_bgbb	model;
	crm_newton_result search;	/* parameters in the order of the model */
	unsigned	boundary;		/* of crm_clv_boundary */
	double		customers;
	double		repeaters;		/* customers with a purchase */
} crm_bgbb_fit;

/* Whole numbers within the ranges above, at most CRM_BGBB_MAX of them? */
extern bool crm_bgbb_history_is_valid(const crm_history *history);

/*
 * Log-likelihood of rows, with its derivatives by alpha, beta, gamma and
 * delta. CRM_INTERRUPTED where interrupt says so.
 */
extern crm_status crm_bgbb_derivatives(const crm_bgbb *model,
									   const crm_clv_rows *rows,
									   crm_derivatives *result);

/* Log-likelihood of one customer; the weight is not used. */
extern double crm_bgbb_log_likelihood(const crm_bgbb *model,
									  const crm_history *customer);

/*
 * Maximum likelihood over grouped rows. CRM_TOO_FEW where nobody purchased,
 * CRM_INVALID where a row is not valid; otherwise the result says how the
 * search ended, and its model can be used.
 */
extern crm_status crm_bgbb_estimate(const crm_history *history, size_t count,
									crm_interrupt interrupt, void *arg,
									crm_bgbb_fit *fit);

/*
 * The probability that a customer is alive at opportunity n + 1. Later, if
 * nothing more is bought: the same with a larger age.
 */
extern double crm_bgbb_p_alive(const crm_bgbb *model,
							   const crm_history *customer);

/* The same so many opportunities later, whatever he buys at them. */
extern double crm_bgbb_p_alive_later(const crm_bgbb *model,
									 const crm_history *customer,
									 double opportunities);

/*
 * Purchases expected at the next so many opportunities, that at n + j discounted
 * by (1 + rate)^-j; of a new customer where the history is of nothing.
 * opportunities may be INFINITY: the discounted expected residual
 * transactions, DERT, infinite where rate is 0 and gamma is not above 1.
 */
extern double crm_bgbb_discounted_purchases(const crm_bgbb *model,
											const crm_history *customer,
											double opportunities,
											double rate);

/* The probability that he makes n purchases at so many opportunities. */
extern double crm_bgbb_probability(const crm_bgbb *model, int n,
								   int opportunities);

/* The probability that he makes at least n. */
extern double crm_bgbb_at_least(const crm_bgbb *model, int n,
								int opportunities);

/* What a customer who was alive at n does at the opportunities after it. */
extern crm_bgbb crm_bgbb_from_now(const crm_bgbb *model,
								  const crm_history *customer);

/* The probability that a customer was alive at n, the last opportunity. */
extern double crm_bgbb_was_alive(const crm_bgbb *model,
								 const crm_history *customer);

#endif							/* CRM_CORE_CLV_BGBB_H */
