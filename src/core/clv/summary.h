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
	double		repeat_x;		/* mean x of the repeaters */
	double		repeat_variance;
	double		silent;			/* share of the repeaters whose last purchase
								 * is further back than three of their own
								 * intervals: a rough guess at who has left */
} crm_clv_summary;

/* Whatever a fit says of units of time or money is within these. */
#define CRM_CLV_FIT_SCALE_MAX	1e26	/* and at least the inverse */

/* The box of such a parameter: from least to most times the mean. */
extern void crm_clv_scale_box(double mean, double least, double most,
							  double *lower, double *upper);

/* CRM_INVALID where a row is, CRM_TOO_FEW where nobody bought twice. */
extern crm_status crm_clv_summarise(const crm_history *history, size_t count,
									crm_clv_summary *summary);

/* The same of rows of so many doubles that end in a history. */
extern crm_status crm_clv_summarise_rows(const double *rows, size_t count,
										 int width,
										 crm_clv_summary *summary);

/*
 * Gamma distributed purchase rates with the mean and variance of x, over all
 * customers or over the repeaters alone.
 */
extern void crm_clv_start_rates(const crm_clv_summary *summary, double *shape,
								double *rate);
extern void crm_clv_start_repeat_rates(const crm_clv_summary *summary,
									   double *shape, double *rate);

/* The share of customers who never came back though such rates say so. */
extern double crm_clv_never_share(const crm_clv_summary *summary,
								  double shape, double rate);

/*
 * What it means that parameters of leaving stand at a bound, as
 * crm_newton_result tells it, where share of the customers leave within the
 * time or at the chances that were seen. Both CRM_CLV_NO_CHURN and
 * CRM_CLV_CERTAIN_CHURN: each customer leaves at once or never.
 */
extern unsigned crm_clv_churn_boundary(const int *bound, double share);

/* The same of two parameters of purchase rates. */
extern unsigned crm_clv_rate_boundary(const int *bound);

/*
 * What to be warned of at the end of a search, where share of the customers
 * leave, and gradient is the derivative of that by the parameters:
 * CRM_CLV_CHURN_UNKNOWN where it is within two standard errors of none.
 */
extern unsigned crm_clv_warnings(const crm_newton_result *search,
								 double share, const double *gradient);

/* The same of any search, where that share has such a variance. */
extern unsigned crm_clv_end_warnings(const int *bound, int n,
									 bool has_covariance, double share,
									 double variance);

/* The share a / (a + b) of a beta distribution, from parameter i on. */
extern unsigned crm_clv_beta_warnings(const crm_newton_result *search, int i);

#endif							/* CRM_CORE_CLV_SUMMARY_H */
