/*
 * sum.c
 *		Exact sums of doubles; sum.h says how.
 */
#include "core/sum/sum.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define DIGIT_BITS		32
#define LAST			(CRM_SUM_DIGITS - 1)
#define PENDING_MAX		(1U << 30)	/* 2^31 could make a word overflow */

#define FRACTION_BITS	52
#define LEAST_EXPONENT	(-1074) /* of the smallest double */

void
crm_sum_settle(crm_sum *sum)
{
	int64_t		carry = 0;

	for (int i = 0; i < LAST; i++)
	{
		int64_t		digit = sum->digit[i] + carry;

		sum->digit[i] = (uint32_t) digit;
		carry = digit >> DIGIT_BITS;
	}
	sum->digit[LAST] += carry;
	sum->pending = 1;			/* digits are as large as one number's */
}

void
crm_sum_add(crm_sum *sum, double value)
{
	uint64_t	bits;
	uint64_t	fraction;
	unsigned	place;			/* of the lowest bit of fraction */
	unsigned __int128 part;
	int64_t    *digit;
	int64_t		sign;

	memcpy(&bits, &value, sizeof(bits));
	fraction = bits & ((UINT64_C(1) << FRACTION_BITS) - 1);
	place = bits >> FRACTION_BITS & 0x7ff;
	if (place > 0)
	{
		fraction |= UINT64_C(1) << FRACTION_BITS;
		place--;				/* subnormals have the place of the next */
	}
	part = (unsigned __int128) fraction << place % DIGIT_BITS;
	digit = sum->digit + place / DIGIT_BITS;
	sign = bits >> 63 ? -1 : 1;
	digit[0] += sign * (uint32_t) part;
	digit[1] += sign * (uint32_t) (part >> DIGIT_BITS);
	digit[2] += sign * (uint32_t) (part >> 2 * DIGIT_BITS);
	if (++sum->pending >= PENDING_MAX)
		crm_sum_settle(sum);
}

void
crm_sum_merge(crm_sum *into, const crm_sum *from)
{
	crm_sum		more = *from;

	crm_sum_settle(&more);
	crm_sum_settle(into);
	for (int i = 0; i < CRM_SUM_DIGITS; i++)
		into->digit[i] += more.digit[i];
	into->pending += more.pending;
}

/* What four digits say, the first of them at top; below the lowest are zeros. */
static unsigned __int128
head_of(const crm_sum *sum, int top)
{
	unsigned __int128 head = 0;

	for (int i = top; i > top - 4; i--)
		head = head << DIGIT_BITS | (uint64_t) (i >= 0 ? sum->digit[i] : 0);
	return head;
}

static bool
has_digit_below(const crm_sum *sum, int end)
{
	for (int i = 0; i < end; i++)
		if (sum->digit[i] != 0)
			return true;
	return false;
}

/* A settled sum above 0 whose first digit is at top */
static double
rounded(const crm_sum *sum, int top)
{
	unsigned __int128 head = head_of(sum, top);
	int			place = DIGIT_BITS * (top - 3); /* of the lowest bit of head */
	int			excess = 128 - __builtin_clzll((uint64_t) (head >> 64)) -
		(FRACTION_BITS + 1);
	unsigned __int128 half;
	unsigned __int128 rest;
	uint64_t	fraction;

	/* A double has no bits below the lowest digit, and nor has the sum. */
	if (place + excess < 0)
		excess = -place;
	half = (unsigned __int128) 1 << (excess - 1);
	fraction = head >> excess;
	rest = head & (2 * half - 1);
	if (rest > half || (rest == half && (fraction % 2 == 1 ||
										 has_digit_below(sum, top - 3))))
		fraction++;
	return ldexp((double) fraction, place + excess + LEAST_EXPONENT);
}

double
crm_sum_value(const crm_sum *sum)
{
	crm_sum		settled = *sum;
	bool		is_negative;
	int			top = LAST;
	double		size;

	crm_sum_settle(&settled);
	is_negative = settled.digit[LAST] < 0;
	if (is_negative)
	{
		for (int i = 0; i < CRM_SUM_DIGITS; i++)
			settled.digit[i] = -settled.digit[i];
		crm_sum_settle(&settled);
	}
	while (top >= 0 && settled.digit[top] == 0)
		top--;
	size = top >= 0 ? rounded(&settled, top) : 0;
	return is_negative ? -size : size;
}
