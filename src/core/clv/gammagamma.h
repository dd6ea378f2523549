/*
 * gammagamma.h
 *		The Gamma-Gamma model of spend per purchase.
 *
 * Fader & Hardie, "The Gamma-Gamma Model of Monetary Value" (2013). A
 * customer's purchases are gamma distributed with shape p and rate nu, and nu
 * is gamma distributed over customers with shape q and rate gamma. Of x
 * purchases the mean value z is all that counts. The model takes frequency
 * and value to be independent; crm_spend_correlation() says how far they are.
 */
#ifndef CRM_CORE_CLV_GAMMAGAMMA_H
#define CRM_CORE_CLV_GAMMAGAMMA_H

#include "core/clv/history.h"
#include "core/numeric/newton.h"

typedef struct crm_gammagamma
{
	double		p;				/* shape within a customer */
	double		q;				/* shape over customers */
	double		gamma;			/* in units of money */
} crm_gammagamma;

typedef struct crm_gammagamma_fit
{
	crm_gammagamma model;
	crm_newton_result search;	/* parameters in the order p, q, gamma */
	unsigned	boundary;		/* of crm_clv_boundary */
	double		customers;
	double		correlation;	/* of frequency and value */
} crm_gammagamma_fit;

/*
 * Log-likelihood of rows, with its derivatives by p, q and gamma. The rows
 * should be grouped.
 */
extern crm_status crm_gammagamma_derivatives(const crm_gammagamma *model,
											 const crm_clv_spends *rows,
											 crm_derivatives *result);

/*
 * Maximum likelihood over grouped rows. CRM_TOO_FEW where there is none,
 * CRM_INVALID where a row is not valid; otherwise the result says how the
 * search ended, and its model can be used.
 */
extern crm_status crm_gammagamma_estimate(const crm_spend *spend,
										  size_t count,
										  crm_interrupt interrupt, void *arg,
										  crm_gammagamma_fit *fit);

/*
 * The mean spend per purchase expected of a customer with x repeat purchases
 * of mean value z. With x = 0 (z is not used) it is the population's mean,
 * which does not exist where q <= 1: the answer is INFINITY there, as for any
 * customer with p x + q <= 1.
 */
extern double crm_gammagamma_expected_value(const crm_gammagamma *model,
											double x, double z);

/*
 * Pearson's correlation of frequency and value, weighted; 0 where one of
 * them does not vary. Both passes run over the rows in their order.
 */
extern double crm_spend_correlation(const crm_spend *spend, size_t count);

#endif							/* CRM_CORE_CLV_GAMMAGAMMA_H */
