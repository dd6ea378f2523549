/*
 * counts.h
 *		Tails of the distributions that counts have.
 */
#ifndef CRM_CORE_NUMERIC_COUNTS_H
#define CRM_CORE_NUMERIC_COUNTS_H

/* Beyond this an answer would take too many steps. */
#define CRM_COUNT_MAX 1e9

/*
 * P(X >= x) for a whole number 0 <= x <= CRM_COUNT_MAX and X negative binomial
 * with the given mean, 0 < mean <= CRM_COUNT_MAX, and variance
 * mean + mean^2 / size; size INFINITY is Poisson's distribution. Relative
 * error below 1e-12 above the mean, absolute error below 1e-12 elsewhere.
 */
extern double crm_count_upper(double x, double mean, double size);

#endif							/* CRM_CORE_NUMERIC_COUNTS_H */
