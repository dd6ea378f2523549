/*
 * history.h
 *		What the lifetime-value models know of a customer.
 *
 * A model sees no more of a customer than three numbers, so customers with
 * the same three are one row with a weight. Rows are sorted before anything
 * is summed over them: a fit depends on the set of customers, never on the
 * order in which they came.
 */
#ifndef CRM_CORE_CLV_HISTORY_H
#define CRM_CORE_CLV_HISTORY_H

#include <stddef.h>

#include "core/status.h"

/*
 * Limits: far more than anybody has seen, and small enough that no product
 * of a few of them overflows and that every series over them ends.
 */
#define CRM_TIME_MIN		1e-12	/* units of time, of an age above 0 */
#define CRM_TIME_MAX		1e16
#define CRM_FREQUENCY_MAX	1e10	/* purchases of a customer */
#define CRM_VALUE_MIN		1e-24	/* money, of a value above 0 */
#define CRM_VALUE_MAX		1e24

/*
 * Purchases of a customer, or of weight customers alike. Time is in the
 * model's unit and starts with the first purchase, which is not a repeat.
 * For a model in discrete time recency and age count opportunities.
 */
typedef struct crm_history
{
	double		frequency;		/* x: repeat purchases, 0 or at least 1 */
	double		recency;		/* t_x: age at the last one, 0 where x is 0 */
	double		age;			/* T: age at the end of observation */
	double		weight;			/* customers, above 0 */
} crm_history;

/*
 * What else is known of a customer, and does not change: so many numbers lie
 * in front of his history, in one row of doubles.
 */
#define CRM_COVARIATES_MAX	8
#define CRM_COVARIATE_SIZE	1e100	/* at most, of either sign */

/* Mean value of the repeat purchases of a customer, or of weight alike. */
typedef struct crm_spend
{
	double		frequency;		/* x: repeat purchases, at least 1 */
	double		value;			/* z: their mean, above 0 */
	double		weight;			/* customers, above 0 */
} crm_spend;

/* A contract, or weight contracts alike. */
typedef struct crm_contract
{
	double		lifetime;		/* whole periods begun and ended so far; the
								 * last of them where it has churned */
	double		churned;		/* 1 or 0 */
	double		weight;			/* above 0 */
} crm_contract;

/*
 * Rows to add up, such as those that a model is fitted to: of count every
 * stride-th one. interrupt may be NULL.
 */
typedef struct crm_clv_rows
{
	const crm_history *history;
	size_t		count;
	size_t		stride;
	crm_interrupt interrupt;
	void	   *interrupt_arg;
} crm_clv_rows;

/*
 * Where a run ends that begins at a row: behind the last one of its frequency,
 * or sooner, so that whoever adds up may ask whether to go on.
 */
extern size_t crm_clv_run_end(const crm_clv_rows *rows, size_t from);

typedef struct crm_clv_spends
{
	const crm_spend *spend;
	size_t		count;
	size_t		stride;
	crm_interrupt interrupt;
	void	   *interrupt_arg;
} crm_clv_spends;

/* Within the ranges and limits that stand above, and the weight finite. */
extern bool crm_history_is_valid(const crm_history *history);
extern bool crm_spend_is_valid(const crm_spend *spend);

/*
 * Sort by frequency, age and recency (frequency and value), and make one row
 * of equal ones. Works in place and sets count to how many rows are left.
 * CRM_INTERRUPTED leaves all rows in some order.
 */
extern crm_status crm_history_group(crm_history *history, size_t *count,
									crm_interrupt interrupt, void *arg);
extern crm_status crm_spend_group(crm_spend *spend, size_t *count,
								  crm_interrupt interrupt, void *arg);

extern crm_status crm_covariate_group(double *rows, int covariates,
									  size_t *count, crm_interrupt interrupt,
									  void *arg);

/*
 * Make grouped rows of two sets: of count rows, and of more rows that lie in
 * out behind room for those. Answers in count how many rows are left in out.
 * Rows that are not grouped, as they may be from outside, become so.
 */
extern crm_status crm_spend_merge(const crm_spend *spend, size_t *count,
								  crm_spend *out, size_t more,
								  crm_interrupt interrupt, void *arg);

extern crm_status crm_covariate_merge(const double *rows, int covariates,
									  size_t *count, double *out, size_t more,
									  crm_interrupt interrupt, void *arg);

/*
 * What these customers do not tell: why a fit stands at a boundary of its
 * parameters, and the last two, what to be warned of although it does not. A
 * set of bits; the model is usable in each case.
 */
typedef enum crm_clv_boundary
{
	CRM_CLV_INTERIOR = 0,
	CRM_CLV_NO_CHURN = 1,		/* nobody is seen to leave */
	CRM_CLV_CERTAIN_CHURN = 2,	/* everybody leaves at the first chance */
	CRM_CLV_ALIKE_CHURN = 4,	/* all are equally likely to leave */
	CRM_CLV_ALIKE_RATE = 8,		/* all purchase at one rate */
	CRM_CLV_EXTREME_RATE = 16,	/* rates more unlike than any law describes */
	CRM_CLV_ALIKE_VALUE = 32,	/* all customers spend alike */
	CRM_CLV_CONSTANT_VALUE = 64,	/* a customer's purchases never vary */
	CRM_CLV_EXTREME_VALUE = 128,	/* values more unlike than any law
									 * describes */
	CRM_CLV_NOT_IDENTIFIED = 256,	/* other parameters do as well */
	CRM_CLV_CHURN_UNKNOWN = 512,	/* nobody leaving would do about as well */
	CRM_CLV_COLLINEAR = 1024,	/* a covariate follows from the others */
	CRM_CLV_FAR_EFFECT = 2048,	/* a covariate that separates customers */
	CRM_CLV_NEARLY_COLLINEAR = 4096 /* one that nearly follows from the others */
} crm_clv_boundary;

#endif							/* CRM_CORE_CLV_HISTORY_H */
