/*
 * experience.h
 *		Expected against actual: gaps, outcomes, and what can be said of them.
 */
#ifndef CRM_CORE_EXPERIENCE_EXPERIENCE_H
#define CRM_CORE_EXPERIENCE_EXPERIENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/experience/state.h"

/* The tolerance of a rating's outcome, in scale points. */
#define CRM_DEFAULT_TOLERANCE 0.5

typedef enum crm_outcome
{
	CRM_NEGATIVE,
	CRM_SATISFIED,
	CRM_POSITIVE
} crm_outcome;

#define CRM_OUTCOMES 3

/* The mergeable moments of a weighted sample. */
typedef struct crm_moments
{
	int64_t		count;			/* values with a positive weight */
	crm_dd		weight;			/* sum of the weights */
	crm_dd		weight_sq;		/* and of their squares */
	crm_dd		sum;			/* sum of weight * value */
	crm_dd		sum_sq;			/* and of weight * value^2 */
	double		min;
	double		max;
} crm_moments;

typedef struct crm_experience
{
	crm_moments gap;			/* actual - expected, where both are there */
	crm_moments expected;		/* all that are there */
	crm_moments actual;
	crm_dd		outcome[CRM_OUTCOMES];	/* weight of the pairs of each */
} crm_experience;

typedef struct crm_interval
{
	double		low;
	double		high;
} crm_interval;

/* A mean with what its uncertainty follows from. */
typedef struct crm_estimate
{
	double		mean;
	double		stddev;
	double		error;			/* standard error of the mean */
	double		df;				/* degrees of freedom of the error */
} crm_estimate;

typedef struct crm_difference
{
	double		difference;
	crm_interval interval;
	double		p_value;		/* NAN where neither sample varies */
} crm_difference;

extern crm_outcome crm_outcome_of(double expected, double actual,
								  double tolerance);

/* The name of an outcome, and the outcome of a name, or -1. */
extern const char *crm_outcome_name(crm_outcome outcome);
extern int	crm_outcome_from_name(const char *name);

/*
 * Adds one rating. Either side may be NULL; a weight of 0 adds nothing.
 * CRM_OUT_OF_RANGE when a sum or a square does not fit a double, above or
 * below.
 */
extern crm_status crm_experience_add(crm_experience *e, const double *expected,
									 const double *actual, double weight);

/*
 * The gaps, as to be asked: those that differ by the rounding of their scores
 * alone are made one.
 */
extern crm_moments crm_experience_gaps(const crm_experience *e);

/* Adds a value; CRM_OUT_OF_RANGE as above. */
extern crm_status crm_moments_add(crm_moments *m, double value, double weight);

extern void crm_moments_merge(crm_moments *into, const crm_moments *from);
extern bool crm_moments_are_valid(const crm_moments *m);

/* The mean; CRM_TOO_FEW of nothing. */
extern crm_status crm_moments_mean(const crm_moments *m, double *mean);

/* CRM_TOO_FEW when one value carries all the weight, to 20 digits. */
extern crm_status crm_moments_estimate(const crm_moments *m,
									   crm_estimate *estimate);

/*
 * Student's interval of the mean; 0 < confidence < 1. CRM_TOO_FEW also where
 * it would reach beyond all numbers.
 */
extern crm_status crm_moments_interval(const crm_moments *m, double confidence,
									   crm_interval *interval);

/*
 * Welch's test of the mean of a less that of b; means no further apart than
 * the rounding are equal. CRM_TOO_FEW as above.
 */
extern crm_status crm_moments_difference(const crm_moments *a,
										 const crm_moments *b, double rounding,
										 double confidence,
										 crm_difference *result);

/* The weighted share of the pairs with this outcome; CRM_TOO_FEW of none. */
extern crm_status crm_experience_share(const crm_experience *e,
									   crm_outcome outcome, double *share);

/* By interval of the mean gap: what may be said of the group as a whole. */
extern crm_status crm_experience_verdict(const crm_experience *e,
										 double tolerance, double confidence,
										 crm_outcome *outcome);

/* Welch's test of the mean gap of a less that of b. */
extern crm_status crm_experience_test(const crm_experience *a,
									  const crm_experience *b,
									  double confidence,
									  crm_difference *result);

#endif							/* CRM_CORE_EXPERIENCE_EXPERIENCE_H */
