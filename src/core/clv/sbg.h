/*
 * sbg.h
 *		The shifted beta-geometric model of contracts.
 *
 * Fader & Hardie, "How to Project Customer Retention", Journal of Interactive
 * Marketing 21 (2007); "Customer-Base Valuation in a Contractual Setting",
 * Marketing Science 29 (2010).
 *
 * At the end of each period a customer leaves with a probability drawn from
 * beta(alpha, beta), and renews otherwise.
 */
#ifndef CRM_CORE_CLV_SBG_H
#define CRM_CORE_CLV_SBG_H

#include "core/clv/history.h"
#include "core/numeric/newton.h"

typedef struct crm_sbg
{
	double		alpha;			/* chance of leaving */
	double		beta;			/* chance of renewing */
} crm_sbg;

typedef struct crm_sbg_fit
{
	crm_sbg		model;
	crm_newton_result search;	/* parameters in the order of the model */
	unsigned	boundary;		/* of crm_clv_boundary */
	double		customers;
	double		churned;		/* customers who have left */
} crm_sbg_fit;

/*
 * As a row of histories a contract has its lifetime as age, and a frequency of
 * 1 where it has ended and 0 otherwise.
 */
static inline crm_contract
crm_contract_of(const crm_history *row)
{
	return (crm_contract) {row->age, row->frequency, row->weight};
}

/* A whole lifetime, of at least one period where it is over? */
extern bool crm_contract_is_valid(const crm_contract *contract);

/*
 * Log-likelihood of rows of contracts, with its derivatives by alpha and beta.
 * CRM_INTERRUPTED where interrupt says so.
 */
extern crm_status crm_sbg_derivatives(const crm_sbg *model,
									  const crm_clv_rows *rows,
									  crm_derivatives *result);

/* Log-likelihood of one contract; the weight is not used. */
extern double crm_sbg_log_likelihood(const crm_sbg *model,
									 const crm_contract *contract);

/*
 * Maximum likelihood over grouped rows. CRM_TOO_FEW where no contract has come
 * to its first renewal, CRM_INVALID where a row is not valid; otherwise the
 * result says how the search ended, and its model can be used.
 */
extern crm_status crm_sbg_estimate(const crm_history *history, size_t count,
								   crm_interrupt interrupt, void *arg,
								   crm_sbg_fit *fit);

/* The probability that a new contract outlives so many periods. */
extern double crm_sbg_survival(const crm_sbg *model, double periods);

/* The probability of the renewal at the end of that period, 1 or later. */
extern double crm_sbg_retention(const crm_sbg *model, double period);

/*
 * Renewals expected of a contract that has been renewed at the end of each of
 * so many periods, at the next so many ends. The first of them is due one
 * period from now; each is discounted by (1 + rate)^-j, j periods from now.
 * renewals may be INFINITY, where the answer is infinite if rate is 0 and
 * alpha is not above 1. Times 1 + rate it is the discounted expected residual
 * lifetime, DERL, of one whose next renewal is due at once.
 */
extern double crm_sbg_discounted_renewals(const crm_sbg *model,
										  double periods, double renewals,
										  double rate);

#endif							/* CRM_CORE_CLV_SBG_H */
