/*
 * hypergeom.h
 *		The hypergeometric function that discounting in discrete time needs.
 *
 * A beta-geometric customer who has come through b - 1 chances to leave more
 * than counted in gap lives through j more with probability
 * B(gap, b + j) / B(gap, b), the product of (b + i) / (b + gap + i) over
 * i < j. Sums of these, discounted, are 2F1(1, b; b + gap; z).
 */
#ifndef CRM_CORE_NUMERIC_HYPERGEOM_H
#define CRM_CORE_NUMERIC_HYPERGEOM_H

/*
 * 2F1(1, b; b + gap; 1 - y) for b > 0, gap > 0, 0 <= y <= 1; infinite at y = 0
 * unless gap > 1. Arguments are not checked. The relative error is below
 * 1e-13; the effort grows as 1 / sqrt(y), and below y = 1e-10, where it would
 * take more than a few milliseconds, the value is that at 1e-10.
 */
extern double crm_hypergeom(double b, double gap, double y);

/*
 * The sum over j = 1 .. horizon of (1 + discount)^-j times the probability
 * above: expected chances still to come, discounted. The horizon may be
 * infinite.
 */
extern double crm_discounted_survival(double b, double gap, double horizon,
									  double discount);

#endif							/* CRM_CORE_NUMERIC_HYPERGEOM_H */
