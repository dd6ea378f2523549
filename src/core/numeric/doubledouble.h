/*
 * doubledouble.h
 *		Sums held as an unevaluated pair of doubles: about 106 bits.
 *
 * A mergeable sum is added up in whatever order a plan, its workers and a
 * distributed server choose. In plain doubles that shows in the last digits;
 * held to twice the precision it does not, after rounding, and the power sums
 * of a variance survive their cancellation.
 *
 * The error-free transformations are those of Dekker (1971, Numerische
 * Mathematik 18) and Knuth (The Art of Computer Programming 2, 4.2.2); the
 * arithmetic built on them follows Joldes, Muller, Popescu (2017, ACM TOMS
 * 44(2), article 15). They need every operation rounded to double: no x87
 * registers, no contraction into a fused multiply-add.
 */
#ifndef CRM_CORE_NUMERIC_DOUBLEDOUBLE_H
#define CRM_CORE_NUMERIC_DOUBLEDOUBLE_H

#include <float.h>
#include <math.h>
#include <stdbool.h>

#if !defined(FLT_EVAL_METHOD) || FLT_EVAL_METHOD != 0
#error "doubles must be evaluated as doubles: on i386 add -msse2 -mfpmath=sse"
#endif

typedef struct crm_dd
{
	double		hi;
	double		lo;
} crm_dd;

/* a + b, exactly. */
static inline crm_dd
crm_two_sum(double a, double b)
{
	crm_dd		r;
	double		b_virtual;

	r.hi = a + b;
	b_virtual = r.hi - a;
	r.lo = (a - (r.hi - b_virtual)) + (b - b_virtual);
	return r;
}

/* a + b, exactly, where |a| >= |b|. */
static inline crm_dd
crm_fast_two_sum(double a, double b)
{
	crm_dd		r;

	r.hi = a + b;
	r.lo = b - (r.hi - a);
	return r;
}

/*
 * a in two halves of at most 26 bits. Above 2^996 the product would overflow
 * although neither half does.
 */
static inline crm_dd
crm_split(double a)
{
	bool		huge = fabs(a) > 0x1p996;
	double		x = huge ? a * 0x1p-28 : a;
	double		c = 134217729.0 * x;	/* 2^27 + 1 */
	crm_dd		r;

	r.hi = c - (c - x);
	r.lo = x - r.hi;
	if (huge)
	{
		r.hi *= 0x1p28;
		r.lo *= 0x1p28;
	}
	return r;
}

/* a * b, exactly, unless the product underflows. */
static inline crm_dd
crm_two_product(double a, double b)
{
	crm_dd		x = crm_split(a);
	crm_dd		y = crm_split(b);
	crm_dd		r;

	r.hi = a * b;
	r.lo = ((x.hi * y.hi - r.hi) + x.hi * y.lo + x.lo * y.hi) + x.lo * y.lo;
	return r;
}

static inline crm_dd
crm_dd_add(crm_dd a, crm_dd b)
{
	crm_dd		s = crm_two_sum(a.hi, b.hi);
	crm_dd		t = crm_two_sum(a.lo, b.lo);

	s = crm_fast_two_sum(s.hi, s.lo + t.hi);
	return crm_fast_two_sum(s.hi, s.lo + t.lo);
}

static inline crm_dd
crm_dd_add_double(crm_dd a, double b)
{
	crm_dd		s = crm_two_sum(a.hi, b);

	return crm_fast_two_sum(s.hi, s.lo + a.lo);
}

static inline crm_dd
crm_dd_sub(crm_dd a, crm_dd b)
{
	b.hi = -b.hi;
	b.lo = -b.lo;
	return crm_dd_add(a, b);
}

static inline crm_dd
crm_dd_mul_double(crm_dd a, double b)
{
	crm_dd		p = crm_two_product(a.hi, b);

	return crm_fast_two_sum(p.hi, p.lo + a.lo * b);
}

static inline crm_dd
crm_dd_mul(crm_dd a, crm_dd b)
{
	crm_dd		p = crm_two_product(a.hi, b.hi);

	return crm_fast_two_sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

static inline crm_dd
crm_dd_div(crm_dd a, crm_dd b)
{
	double		first = a.hi / b.hi;
	crm_dd		rest = crm_dd_sub(a, crm_dd_mul_double(b, first));

	return crm_fast_two_sum(first, rest.hi / b.hi);
}

/* False as well for a sum that overflowed: its low part is then a NaN. */
static inline bool
crm_dd_is_finite(crm_dd a)
{
	return isfinite(a.hi) && isfinite(a.lo);
}

#endif							/* CRM_CORE_NUMERIC_DOUBLEDOUBLE_H */
