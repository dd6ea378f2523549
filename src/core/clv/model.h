/*
 * model.h
 *		A fitted lifetime-value model of any kind: what all of them answer.
 *
 * A model has one part that describes when customers purchase, and may have a
 * second one, Gamma-Gamma, that describes how much. Time is in the model's
 * unit throughout; days are for the caller to convert.
 */
#ifndef CRM_CORE_CLV_MODEL_H
#define CRM_CORE_CLV_MODEL_H

#include <stdint.h>

#include "core/clv/history.h"
#include "core/clv/sbg.h"
#include "core/clv/summary.h"
#include "core/numeric/newton.h"

/* Values are stored: add at the end. */
typedef enum crm_clv_kind
{
	CRM_CLV_BGNBD = 0,
	CRM_CLV_MBGNBD = 1,
	CRM_CLV_PARETO = 2,
	CRM_CLV_BGBB = 3,			/* time counts opportunities */
	CRM_CLV_SBG = 4,			/* time counts renewals */
	CRM_CLV_BGCNBD = 5,
	CRM_CLV_MBGCNBD = 6,
	CRM_CLV_SPEND = 7			/* Gamma-Gamma, of the second part, which no
								 * model is of: its value is not stored */
} crm_clv_kind;

#define CRM_CLV_KINDS		7	/* of the first part */
#define CRM_CLV_PARAMETERS	5	/* of a part, at most */
#define CRM_CLV_BOUNDARIES	8	/* bits of crm_clv_boundary */
#define CRM_CLV_NOTES		13	/* and with those of warnings */
#define CRM_CLV_NO_DAY		INT32_MIN

/* What a model may say: at least what a fit can, and nothing that hangs. */
#define CRM_CLV_SHAPE_MAX	1e7 /* and at least the inverse */
#define CRM_CLV_SCALE_MAX	CRM_CLV_FIT_SCALE_MAX	/* and the inverse */
#define CRM_CLV_UNIT_MIN	1e-6	/* of days in a unit of time */
#define CRM_CLV_UNIT_MAX	1e6
#define CRM_CLV_TURNS_MAX	1e6 /* of opportunities and renewals */

/* Yearly rates of discount: 0, or from the least to the most. */
#define CRM_CLV_DISCOUNT_MIN	1e-9
#define CRM_CLV_DISCOUNT_MAX	1e6

typedef double crm_clv_matrix[CRM_CLV_PARAMETERS][CRM_CLV_PARAMETERS];

/* A law and how it was fitted; customers is 0 where it was merely stated. */
typedef struct crm_clv_part
{
	int32_t		n;				/* parameters; 0 where there is no such part */
	uint32_t	boundary;		/* of crm_clv_boundary, and the sides below */
	int32_t		iterations;
	int32_t		has_covariance;
	double		parameter[CRM_CLV_PARAMETERS];
	crm_clv_matrix covariance;
	double		log_likelihood;
	double		gradient_norm;
	double		customers;
	double		distinct;		/* of these customers' histories */
} crm_clv_part;

typedef struct crm_clv
{
	int32_t		kind;			/* crm_clv_kind */
	int32_t		as_of;			/* end of observation, or CRM_CLV_NO_DAY */
	double		unit_days;		/* days in a unit of time; 0: not known */
	double		correlation;	/* of frequency and value */
	int64_t		covariates;		/* of crm_clv_effects, or 0 */
	crm_clv_part purchase;
	crm_clv_part spend;
} crm_clv;

/* The name in the literature, as 'bg/nbd', and -1 for an unknown one. */
extern const char *crm_clv_kind_name(int kind);
extern int	crm_clv_kind_of(const char *name, size_t length);

/*
 * The same of what a fit may be told: a name that ends in -k may give k, 1 to
 * CRM_CNBD_MAX, as in 'mbg/cnbd-2'. 0 where it does not.
 */
extern int	crm_clv_fit_kind_of(const char *name, size_t length, int *k);

/* Names of the parameters as in the papers; returns how many there are. */
extern int	crm_clv_parameter_names(int kind, const char *const **names);

/* The words for a bit of crm_clv_boundary, and what it means. */
extern const char *crm_clv_note(int bit);
extern const char *crm_clv_note_meaning(const crm_clv_part *part, int bit);

/* The words that 0.1.0 had for it: still read, and never written. */
extern const char *crm_clv_note_of_first_release(int bit);

/*
 * The bound at which a parameter stands: -1 the lower, +1 the upper, or 0;
 * CRM_CLV_GIVEN where the fit was told what it is. It is kept above the bits
 * of crm_clv_boundary.
 */
#define CRM_CLV_GIVEN 2

extern int	crm_clv_side(const crm_clv_part *part, int parameter);
extern void crm_clv_set_side(crm_clv_part *part, int parameter, int side);

/* In continuous time, so that it can be asked of a ledger? */
extern bool crm_clv_is_continuous(int kind);

/*
 * Known kind, positive parameters, everything finite and in range? And is it so
 * far sound that it can be asked, where statistics of the fit may be anything?
 */
extern bool crm_clv_is_valid(const crm_clv *clv);
extern bool crm_clv_is_sound(const crm_clv *clv);

/* Can parameter i of a kind with so many covariates be this? */
extern bool crm_clv_parameter_is_sound(int kind, int i, int covariates,
									   double value);
extern bool crm_clv_unit_is_valid(double unit_days);

/* A history that the model of that kind can have seen? */
extern bool crm_clv_history_is_valid(int kind, const crm_history *history);

/* What a fit is made from. */
typedef struct crm_clv_data
{
	const void *rows;			/* crm_history, or crm_spend; grouped */
	size_t		count;
	double		log_gaps;		/* sum of ln(gap) between purchases, or NAN */
	int			k;				/* of CNBD-k; 0: choose it */
} crm_clv_data;

/* How many parameters a fit has chosen: all but those that it was given. */
extern int	crm_clv_free_parameters(const crm_clv_part *part);

/*
 * Maximum likelihood over grouped rows. CRM_NOT_CONVERGED, or what the model's
 * own fit answers; a fit at a boundary is CRM_OK, and the part says so.
 */
extern crm_status crm_clv_estimate(int kind, const crm_clv_data *data,
								   crm_interrupt interrupt, void *arg,
								   crm_clv_part *part);
extern crm_status crm_clv_estimate_spend(const crm_spend *spend, size_t count,
										 crm_interrupt interrupt, void *arg,
										 crm_clv_part *part,
										 double *correlation);

/* clv_model_score.c: not of the shifted beta-geometric model */

extern double crm_clv_p_alive(const crm_clv *clv, const crm_history *customer);

/* The same the time t from now, given what is known now. */
extern double crm_clv_p_alive_later(const crm_clv *clv,
									const crm_history *customer, double t);

/* The probability of n purchases, or of at least n, in the time t from now. */
extern double crm_clv_customer_probability(const crm_clv *clv,
										   const crm_history *customer,
										   int n, double t);
extern double crm_clv_customer_at_least(const crm_clv *clv,
										const crm_history *customer,
										int n, double t);

/*
 * Purchases expected in the time t from now, each discounted by exp(-rate *
 * time until then). t may be INFINITY; the answer is INFINITY where rate is 0
 * and purchases never end.
 */
extern double crm_clv_purchases(const crm_clv *clv,
								const crm_history *customer,
								double t, double rate);
extern double crm_clv_new_customer(const crm_clv *clv, double t);
extern double crm_clv_probability(const crm_clv *clv, int n, double t);

/* Mean value of a purchase; INFINITY where the law has no mean. */
extern double crm_clv_expected_value(const crm_clv *clv, double frequency,
									 double value);

/* Purchases, discounted, times their mean value. */
typedef struct crm_clv_question
{
	crm_history customer;
	double		value;			/* mean of the repeat purchases */
	double		horizon;
	double		rate;
} crm_clv_question;

extern double crm_clv_value(const crm_clv *clv, const crm_clv_question *ask);

/*
 * All that is asked of a customer, together: purchases is NAN without an end,
 * value without amounts.
 */
typedef struct crm_clv_answers
{
	double		p_alive;
	double		purchases;
	double		discounted;		/* purchases */
	double		mean_value;		/* of a purchase */
	double		value;			/* of all of them, discounted */
} crm_clv_answers;

extern crm_clv_answers crm_clv_answer(const crm_clv *clv,
									  const crm_clv_question *ask);

/*
 * What is to come of a customer who is alive. Under some families it depends on
 * frequency and age alone, whenever the last purchase was, and is the dearest
 * part of an answer: who asks about many customers keeps it for others of the
 * same frequency and age. False under other families, and without an end.
 */
typedef struct crm_clv_future
{
	double		plain;			/* purchases in the horizon */
	double		discounted;
} crm_clv_future;

extern bool crm_clv_future_of(const crm_clv *clv, const crm_clv_question *ask,
							  crm_clv_future *future);

/* crm_clv_answer(), of a question whose future is known. */
extern crm_clv_answers crm_clv_answer_of(const crm_clv *clv,
										 const crm_clv_question *ask,
										 const crm_clv_future *future);

/*
 * Standard error of ln crm_clv_value() that comes from the parameters, by the
 * delta method. False where a part has no covariance matrix, or the value no
 * finite logarithm.
 */
extern bool crm_clv_log_error(const crm_clv *clv, const crm_clv_question *ask,
							  double *error);

#endif							/* CRM_CORE_CLV_MODEL_H */
