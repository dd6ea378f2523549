/*
 * beta.h
 *		The continued fraction of the incomplete beta function.
 */
#ifndef CRM_CORE_NUMERIC_BETA_H
#define CRM_CORE_NUMERIC_BETA_H

/*
 * The factor of x^a (1 - x)^b / (a B(a, b)) in I_x(a, b). It takes some
 * sqrt(max(a, b)) steps where x < (a + 1) / (a + b + 2), and has not settled
 * after a million steps elsewhere: there, take the complement.
 */
extern double crm_beta_fraction(double a, double b, double x);

#endif							/* CRM_CORE_NUMERIC_BETA_H */
