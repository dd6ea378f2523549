/*
 * beta.h
 *		The incomplete beta function by its continued fraction.
 */
#ifndef CRM_CORE_NUMERIC_BETA_H
#define CRM_CORE_NUMERIC_BETA_H

/*
 * I_x(a, b) is x^a (1 - x)^b / (a B(a, b)) times this, for 0 <= x < 1. It
 * takes some sqrt(max(a, b)) terms where x < (a + 1) / (a + b + 2), and never
 * more than 100,000.
 */
extern double crm_beta_fraction(double a, double b, double x);

#endif							/* CRM_CORE_NUMERIC_BETA_H */
