/*
 * clv_summary.h
 *		What the fits of all lifetime-value models have in common.
 */
#ifndef CRM_CORE_CLV_SUMMARY_H
#define CRM_CORE_CLV_SUMMARY_H

#include "core/clv_history.h"

/* Means that a start is made from. */
typedef struct crm_clv_summary
{
	double		customers;
	double		repeaters;
	double		age;			/* mean T */
	double		x;				/* mean x */
	double		variance;		/* of x */
	double		silent;			/* share of the repeaters whose last purchase
								 * is further back than three of their own
								 * intervals: a rough guess at who has left */
} crm_clv_summary;

/* CRM_INVALID where a row is, CRM_TOO_FEW where nobody bought twice. */
extern crm_status crm_clv_summarise(const crm_history *history, size_t count,
									crm_clv_summary *summary);

/* Gamma distributed purchase rates with the mean and variance of x. */
extern void crm_clv_start_rates(const crm_clv_summary *summary, double *shape,
								double *rate);

/*
 * What it means that parameters of leaving stand at a bound, as
 * crm_newton_result tells it, where share of the customers leave within the
 * time or at the chances that were seen. Both CRM_CLV_NO_CHURN and
 * CRM_CLV_CERTAIN_CHURN: each customer leaves at once or never.
 */
extern unsigned crm_clv_churn_boundary(const int *bound, double share);

/* The same of two parameters of purchase rates. */
extern unsigned crm_clv_rate_boundary(const int *bound);

#endif							/* CRM_CORE_CLV_SUMMARY_H */
