/*
 * student.c
 *		Student's t by the incomplete beta function.
 *
 * DLMF is the NIST Digital Library of Mathematical Functions.
 */
#include "core/numeric/student.h"

#include <float.h>
#include <math.h>

#include "core/numeric/beta.h"
#include "core/numeric/steps.h"

#define SQRT_PI 1.7724538509055160273

/*
 * Gamma(x + 1/2) / Gamma(x). Differences of lgamma would cancel for large x:
 * hence the ratio's own expansion, DLMF 5.11.13, reached from a small x by
 * Gamma(x + 1) = x Gamma(x).
 */
static double
gamma_half_ratio(double x)
{
	double		scale = 1;
	double		y;
	double		sum;

	for (; x < 64; x++)
		scale *= x / (x + 0.5);
	y = 1 / x;
	sum = y * (-21.0 / 32768 + y * -399.0 / 262144);
	sum = y * (1.0 / 128 + y * (5.0 / 1024 + sum));
	return scale * sqrt(x) * (1 + y * (-1.0 / 8 + sum));
}

/*
 * The normal deviate with the same upper tail as t, by the expansion of Hill
 * (1970, Communications of the ACM 13(10), algorithm 395). What it leaves out
 * is of the order df^-6.
 */
static double
normal_deviate(double t, double df)
{
	double		a = df - 0.5;
	double		b = 48 * a * a;
	double		square = a * log1p(t * t / df);
	double		w = sqrt(square);

	return w * (1 + (square + 3) / b -
				(855 + square * (240 + square * (33 + square * 4))) /
				(10 * b * (b + 0.8 * square * square + 100)));
}

/*
 * DLMF 8.17: P(T > t) is half of I_x(df/2, 1/2) at x = df / (df + t^2), or a
 * half less half of I_(1-x)(1/2, df/2), whichever fraction converges. With
 * many degrees of freedom x comes too close to 1 to hold t.
 */
double
crm_student_upper(double t, double df)
{
	double		a = df / 2;
	double		square = t * t;
	double		x = df / (df + square);
	double		front;

	if (t < 0)
		return 1 - crm_student_upper(-t, df);
	if (isinf(df))
		return erfc(t * M_SQRT1_2) / 2;
	if (df > 1000)
		return erfc(normal_deviate(t, df) * M_SQRT1_2) / 2;
	if (t == 0)
		return 0.5;
	if (isinf(square))
		return 0;
	front = exp(-a * log1p(square / df)) * t / sqrt(df + square) *
		gamma_half_ratio(a) / SQRT_PI;
	if (x < (a + 1) / (a + 2.5))
		return front * crm_beta_fraction(a, 0.5, x) / (2 * a);
	return 0.5 - front * crm_beta_fraction(0.5, a, square / (df + square));
}

/* The density of t. */
static double
student_density(double t, double df)
{
	if (isinf(df))
		return exp(-t * t / 2) / sqrt(2 * M_PI);
	return gamma_half_ratio(df / 2) / (SQRT_PI * sqrt(df)) *
		exp(-(df + 1) / 2 * log1p(t * t / df));
}

/*
 * Newton's method on log P(T > t) as a function of u = log t. That is concave
 * and falls, so that from the second step on t comes down to the root and
 * cannot pass it; the start is Chernoff's bound for the normal tail.
 */
double
crm_student_quantile(double upper, double df)
{
	double		t = sqrt(-2 * log(2 * upper));

	if (upper >= 0.5)
		return 0;
	for (int i = 0; i < 100; i++)
	{
		double		tail = crm_student_upper(t, df);
		double		slope = -t * student_density(t, df) / tail;
		double		u = log(upper / tail) / slope;

		CRM_STEP();
		t *= exp(u);
		if (!isfinite(t))
			return INFINITY;
		if (fabs(u) < 4 * DBL_EPSILON)
			break;
	}
	return t;
}
