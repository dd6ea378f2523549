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
 * 1e-13, for y < 1e-6 below 1e-12; at most 19,000 steps.
 */
extern double crm_hypergeom(double b, double gap, double y);

/*
 * The sum over j = 1 .. horizon of (1 + discount)^-j times the probability
 * above: expected chances still to come, discounted. The horizon may be
 * infinite. At most 21,000 steps, whatever the horizon.
 */
extern double crm_discounted_survival(double b, double gap, double horizon,
									  double discount);

#endif							/* CRM_CORE_NUMERIC_HYPERGEOM_H */
