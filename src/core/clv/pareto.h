/*
 * pareto.h
 *		The Pareto/NBD model of repeat purchases.
 *
 * Schmittlein, Morrison & Colombo, "Counting Your Customers: Who Are They and
 * What Will They Do Next?", Management Science 33 (1987).
 *
 * While alive a customer purchases at a rate lambda, gamma distributed with
 * shape r and rate alpha; he dies at a rate mu, gamma distributed with shape s
 * and rate beta, whether he purchases or not.
 */
#ifndef CRM_CORE_CLV_PARETO_H
#define CRM_CORE_CLV_PARETO_H

#include "core/clv/history.h"
#include "core/clv/search.h"
#include "core/clv/summary.h"
#include "core/numeric/newton.h"

typedef struct crm_pareto
{
	double		r;				/* purchase rates: shape */
	double		alpha;			/* purchase rates: units of time */
	double		s;				/* rates of dying: shape */
	double		beta;			/* rates of dying: units of time */
} crm_pareto;

typedef struct crm_pareto_fit
{
	crm_pareto	model;
	crm_newton_result search;	/* parameters in the order r, alpha, s, beta */
	unsigned	boundary;		/* of crm_clv_boundary */
	double		customers;
	double		repeaters;		/* customers with a repeat purchase */
} crm_pareto_fit;

/*
 * Log-likelihood of rows, with its derivatives by r, alpha, s and beta.
 * CRM_INTERRUPTED where interrupt says so.
 */
extern crm_status crm_pareto_derivatives(const crm_pareto *model,
										 const crm_clv_rows *rows,
										 crm_derivatives *result);

/* Log-likelihood of one customer; the weight is not used. */
extern double crm_pareto_log_likelihood(const crm_pareto *model,
										const crm_history *customer);

/* Where a search begins: several readings of the data. */
extern void crm_pareto_choose_starts(const crm_clv_summary *summary,
									 crm_clv_starts *starts);

/*
 * Maximum likelihood over grouped rows. CRM_TOO_FEW where nobody bought a
 * second time, CRM_INVALID where a row is not valid; otherwise the result
 * says how the search ended, and its model can be used.
 */
extern crm_status crm_pareto_estimate(const crm_history *history,
									  size_t count,
									  crm_interrupt interrupt, void *arg,
									  crm_pareto_fit *fit);

/*
 * The probability that a customer is still alive at the end of observation.
 * Later, if nothing more is bought: the same with a larger age.
 */
extern double crm_pareto_p_alive(const crm_pareto *model,
								 const crm_history *customer);

/* The probability that he still is alive the time t later, given the same. */
extern double crm_pareto_p_alive_later(const crm_pareto *model,
									   const crm_history *customer, double t);

/*
 * Purchases expected in the time t after the end of observation, each
 * discounted by exp(-rate * (time until then)); of a new customer, whose history
 * is of nothing, repeat purchases.
 * t may be INFINITY: the discounted expected residual transactions, DERT,
 * which are infinite where rate is 0 and s is not above 1.
 */
extern double crm_pareto_discounted_purchases(const crm_pareto *model,
											  const crm_history *customer,
											  double t, double rate);

/* Discounted and plain, given that the customer is alive; t is finite. */
extern double crm_pareto_both_if_alive(const crm_pareto *model,
									   const crm_history *customer, double t,
									   double rate, double *plain);

/* The probability that a new customer makes n repeat purchases in time t. */
extern double crm_pareto_probability(const crm_pareto *model, int n, double t);

/* The probability that he makes at least n. */
extern double crm_pareto_at_least(const crm_pareto *model, int n, double t);

/* What a customer who is alive does from the end of observation on. */
extern crm_pareto crm_pareto_from_now(const crm_pareto *model,
									  const crm_history *customer);

#endif							/* CRM_CORE_CLV_PARETO_H */
