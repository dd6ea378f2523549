/*
 * sum.h
 *		Exact sums of doubles, rounded once.
 *
 * Every double is a whole multiple of 2^-1074, so a sum of them is an integer
 * of some 2,200 bits. Its digits are of 32 bits, each in a word of 64, so that
 * carries may wait for a billion numbers: the small superaccumulator of Neal
 * (2015, "Fast exact summation using small and large superaccumulators",
 * arXiv:1505.05571). No order of numbers, and no way to part them, can show.
 */
#ifndef CRM_CORE_SUM_H
#define CRM_CORE_SUM_H

#include <stdint.h>

#define CRM_SUM_DIGITS	68		/* 2^63 of the largest doubles fit */

typedef struct crm_sum
{
	int64_t		digit[CRM_SUM_DIGITS];	/* the lowest first */
	uint32_t	pending;		/* numbers since carries were worked off */
} crm_sum;

/* value is finite. */
extern void crm_sum_add(crm_sum *sum, double value);
extern void crm_sum_merge(crm_sum *into, const crm_sum *from);

/* Works off all carries: every digit is then of 32 bits, the last one signed. */
extern void crm_sum_settle(crm_sum *sum);

/* To the nearest double, ties to even; an infinity beyond the largest. */
extern double crm_sum_value(const crm_sum *sum);

#endif							/* CRM_CORE_SUM_H */
