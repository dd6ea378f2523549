/*
 * bgnbd.h
 *		The BG/NBD and MBG/NBD models of repeat purchases.
 *
 * BG/NBD: Fader, Hardie & Lee, "Counting Your Customers" the Easy Way,
 * Marketing Science 24 (2005). MBG/NBD: Batislam, Denizel & Filiztekin,
 * International Journal of Research in Marketing 24 (2007); Hoppe & Wagner,
 * Marketing ZFP 29 (2007).
 *
 * While alive a customer purchases at a rate lambda, gamma distributed with
 * shape r and rate alpha; after each repeat purchase (MBG/NBD: and after the
 * first purchase too) he leaves with a probability p, beta distributed with
 * parameters a and b.
 */
#ifndef CRM_CORE_CLV_BGNBD_H
#define CRM_CORE_CLV_BGNBD_H

#include "core/clv/history.h"
#include "core/clv/search.h"
#include "core/clv/summary.h"
#include "core/numeric/newton.h"

/* The value counts the chances to leave before the first repeat purchase. */
typedef enum crm_bgnbd_kind
{
	CRM_BGNBD = 0,
	CRM_MBGNBD = 1
} crm_bgnbd_kind;

typedef struct crm_bgnbd
{
	crm_bgnbd_kind kind;
	double		r;				/* purchase rates: shape */
	double		alpha;			/* purchase rates: units of time */
	double		a;				/* chance of leaving */
	double		b;				/* chance of staying */
} crm_bgnbd;

/* A model of such parameters, in this order. */
static inline crm_bgnbd
crm_bgnbd_of(crm_bgnbd_kind kind, const double *p)
{
	return (crm_bgnbd) {kind, p[0], p[1], p[2], p[3]};
}

typedef struct crm_bgnbd_fit
{
	crm_bgnbd	model;
	crm_newton_result search;	/* parameters in the order r, alpha, a, b */
	unsigned	boundary;		/* of crm_clv_boundary */
	double		customers;
	double		repeaters;		/* customers with a repeat purchase */
} crm_bgnbd_fit;

/* Where to begin to search: what each reading of the data takes for churn. */
extern void crm_bgnbd_choose_starts(const crm_clv_summary *summary,
									crm_clv_starts *starts);

/* The box of a search, and what its end means. */
extern void crm_bgnbd_set_box(const crm_clv_summary *summary,
							  crm_newton_problem *problem);
extern unsigned crm_bgnbd_boundary(const crm_newton_result *search);

/*
 * Log-likelihood of rows, with its derivatives by r, alpha, a and b. The rows
 * should be grouped: the work for a new frequency is that of some fifty more
 * rows. CRM_INTERRUPTED where interrupt says so.
 */
extern crm_status crm_bgnbd_derivatives(const crm_bgnbd *model,
										const crm_clv_rows *rows,
										crm_derivatives *result);

/* Log-likelihood of one customer; the weight is not used. */
extern double crm_bgnbd_log_likelihood(const crm_bgnbd *model,
									   const crm_history *customer);

/*
 * Maximum likelihood over grouped rows. CRM_TOO_FEW where nobody bought a
 * second time, CRM_INVALID where a row is not valid; otherwise the result
 * says how the search ended, and its model can be used.
 */
extern crm_status crm_bgnbd_estimate(crm_bgnbd_kind kind,
									 const crm_history *history, size_t count,
									 crm_interrupt interrupt, void *arg,
									 crm_bgnbd_fit *fit);

/*
 * The probability that a customer is still alive at the end of observation.
 * Later, if nothing more is bought: the same with a larger age. Under BG/NBD
 * a customer without a repeat purchase had no chance yet to leave, so it is 1.
 */
extern double crm_bgnbd_p_alive(const crm_bgnbd *model,
								const crm_history *customer);

/* The probability that he still is alive the time t later, given the same. */
extern double crm_bgnbd_p_alive_later(const crm_bgnbd *model,
									  const crm_history *customer, double t);

/*
 * Purchases expected in the time t after the end of observation, each
 * discounted by exp(-rate * (time until then)); of a new customer, whose history
 * is of nothing, repeat purchases.
 * t may be INFINITY: the discounted expected residual transactions, DERT, which
 * are infinite where rate is 0 and a not above 1. rate is not negative.
 */
extern double crm_bgnbd_discounted_purchases(const crm_bgnbd *model,
											 const crm_history *customer,
											 double t, double rate);

/*
 * Both at once, discounted and, through plain, not, at the price of one, given
 * that the customer is alive: when the last purchase was does not matter then.
 */
extern double crm_bgnbd_both_if_alive(const crm_bgnbd *model,
									  const crm_history *customer,
									  double t, double rate, double *plain);

/*
 * The probability that a new customer makes n repeat purchases in time t. At
 * most some multiple of n steps: a caller should bound n.
 */
extern double crm_bgnbd_probability(const crm_bgnbd *model, int n, double t);

/* The probability that he makes at least n. */
extern double crm_bgnbd_at_least(const crm_bgnbd *model, int n, double t);

/* ln of the probability to stay at each of n chances to leave. */
extern double crm_bgnbd_log_stay(const crm_bgnbd *model, double n);

/*
 * The model of what a customer who is alive does from the end of observation
 * on: as a new one of BG/NBD, who may leave after each purchase.
 */
extern crm_bgnbd crm_bgnbd_from_now(const crm_bgnbd *model,
									const crm_history *customer);

#endif							/* CRM_CORE_CLV_BGNBD_H */
