/*
 * summary.h
 *		What the fits of all lifetime-value models have in common.
 */
#ifndef CRM_CORE_CLV_SUMMARY_H
#define CRM_CORE_CLV_SUMMARY_H

#include "core/clv/history.h"
#include "core/numeric/newton.h"

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

/* Whatever a fit says of units of time or money is within these. */
#define CRM_CLV_FIT_SCALE_MOST	1e26	/* and at least the inverse */

/* The box of such a parameter: from least to most times the mean. */
extern void crm_clv_scale_box(double mean, double least, double most,
							  double *lower, double *upper);

/* CRM_INVALID where a row is, CRM_TOO_FEW where nobody bought twice. */
extern crm_status crm_clv_summarise(const crm_history *history, size_t count,
									crm_clv_summary *summary);

/* Gamma distributed purchase rates with the mean and variance of x. */
extern void crm_clv_start_rates(const crm_clv_summary *summary, double *shape,
								double *rate);

/* What the search for a maximum carries with it. */
typedef struct crm_clv_rows
{
	const crm_history *history;
	size_t		count;
	size_t		stride;			/* of the rows every so many */
	crm_interrupt interrupt;
	void	   *interrupt_arg;
} crm_clv_rows;

/*
 * crm_newton_maximise() over rows, whose objective minds the stride; start is
 * not kept. Two searches where there are many rows: the first, over a part of
 * them spread evenly, brings the second so close that it needs half the steps.
 */
extern crm_status crm_clv_search(crm_clv_rows *rows,
								 const crm_newton_problem *problem,
								 double *start, crm_newton_result *result);

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
