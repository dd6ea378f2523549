/*
 * special.h
 *		Gamma-function terms that the lifetime-value models share.
 *
 * A likelihood of purchases is built from ratios of gamma functions. Written
 * as differences of ln Gamma they lose every digit once the arguments are
 * large, so the ratios themselves are functions here:
 *
 *		crm_log_rising(a, n)		ln Gamma(a + n) - ln Gamma(a)
 *		crm_digamma_rise(a, n)		psi(a + n) - psi(a)
 *		crm_trigamma_rise(a, n)		psi'(a + n) - psi'(a)
 *
 * They are exact at n = 0; for n >= 1 (a count, but not only an integer) their
 * relative error is a few 1e-15 for a from 1e-100 to 1e100 and n to 1e15 (the
 * first: of n ln(a + n) where that is larger); for n between 0 and 1 the same
 * figure bounds the absolute error.
 *
 * Every argument must be positive (n: not negative) and finite; nothing is
 * checked.
 */
#ifndef CRM_CORE_NUMERIC_SPECIAL_H
#define CRM_CORE_NUMERIC_SPECIAL_H

extern double crm_log_gamma(double x);

/* ln |Gamma(x)| and the sign of Gamma(x), for any x but a pole. */
extern double crm_log_abs_gamma(double x, int *sign);

/*
 * ln Gamma(x) - x ln(x) + x, of which sums stay small where those of
 * ln Gamma cancel.
 */
extern double crm_log_gamma_rest(double x);
extern double crm_trigamma(double x);

extern double crm_log_rising(double a, double n);
extern double crm_digamma_rise(double a, double n);
extern double crm_trigamma_rise(double a, double n);

/* ln B(a, b), without cancellation where an argument is large. */
extern double crm_log_beta(double a, double b);

/* ln(1 + exp(x)) for any x. */
extern double crm_log1p_exp(double x);

/* 1 / (1 + exp(-x)), with full relative accuracy also where it is tiny. */
extern double crm_logistic(double x);

#endif							/* CRM_CORE_NUMERIC_SPECIAL_H */
