/*
 * quadrature.c
 *		Integrals of exp(-psi) with psi convex.
 */
#include "core/numeric/quadrature.h"

#include "tap.h"
#include "worst.h"

/* psi(v) = slope v + square (v - 10)^2 + rise (exp(v) - 1) */
typedef struct shape
{
	double		slope;
	double		square;
	double		rise;
} shape;

static double
shape_psi(const void *arg, double v, double *slope)
{
	const shape *s = arg;

	*slope = s->slope + 2 * s->square * (v - 10) + s->rise * exp(v);
	return s->slope * v + s->square * (v - 10) * (v - 10) + s->rise * expm1(v);
}

static void
test_exponentials(void)
{
	worst		w = {0, 0};
	int			row = 0;

	for (double length = 1e-3; length < 25; length *= 1.7)
		for (double slope = 1e-4; slope < 3e4; slope *= 2.3)
		{
			shape		s = {slope, 0, 0};

			compare(&w, exp(crm_quadrature_log(shape_psi, &s, 0, length)),
					-expm1(-slope * length) / slope, 0, row++);
		}
	report(w, 1e-13, "exponentials that fall");
}

static void
test_rising(void)
{
	worst		w = {0, 0};
	int			row = 0;

	for (double length = 1e-3; length < 25; length *= 1.7)
	{
		shape		s = {-1, 0, 0};

		compare(&w, exp(crm_quadrature_log(shape_psi, &s, 0, length)),
				expm1(length), 0, row++);
	}
	report(w, 1e-13, "an exponential that rises");
}

static void
test_bells(void)
{
	worst		w = {0, 0};
	int			row = 0;

	for (double square = 0.01; square < 1e5; square *= 7)
	{
		shape		s = {0, square, 0};

		compare(&w, exp(crm_quadrature_log(shape_psi, &s, 0, 20)),
				sqrt(acos(-1) / square) * erf(10 * sqrt(square)), 0, row++);
	}
	report(w, 1e-13, "bells about a maximum inside");
}

/* exp(rise) E1(rise), from 16-digit tables. */
static void
test_double_exponentials(void)
{
	static const struct
	{
		double		rise;
		double		value;
	}			e1[] = {
		{1e-6, 13.238309131365004}, {1e-3, 6.337874070325488},
		{0.1, 2.0146425447084516}, {1, 0.5963473623231941},
		{10, 0.09156333393978808}, {1000, 0.0009990019940238808}
	};
	worst		w = {0, 0};

	for (int i = 0; i < COUNT(e1); i++)
	{
		shape		s = {0, 0, e1[i].rise};

		compare(&w, exp(crm_quadrature_log(shape_psi, &s, 0,
										   log1p(800 / e1[i].rise))),
				e1[i].value, 0, i);
	}
	report(w, 1e-13, "falls that grow steeper");
}

/* A rule of so many nodes is exact for twice as high a degree, less 1. */
static void
test_rules(void)
{
	static const int nodes[] = {4, 6, 8, 10, 12, 16, 20, 24, 32};
	static const double slope[] = {0.5, 1.8, 2.2, 3.5, 3.6, 4.2, 5.5, 6.5, 10};

	for (int rule = 0; rule < COUNT(nodes); rule++)
	{
		shape		flat = {slope[rule], 0, 0};
		double		high = rule == 0 ? 0.14 : rule == 1 ? 0.45 : 0.9 + 0.44 * (rule - 2);
		crm_quadrature q = crm_quadrature_plan(shape_psi, &flat, 0, high);
		int			degree = 2 * nodes[rule] - 1;
		double		sum = 0;
		double		power = 0;

		for (int i = 0; i < crm_quadrature_size(&q); i++)
		{
			double		weight;
			double		v = crm_quadrature_node(&q, i, &weight);

			sum += weight;
			power += weight * pow(v / high, degree);
		}
		is_int(crm_quadrature_size(&q), nodes[rule], "nodes");
		is_close(sum, high, 1e-15, "their weights");
		is_close(power * (degree + 1) / high, 1, 1e-13,
				 "the highest exact power");
	}
}

int
main(void)
{
	shape		s = {1, 0, 0};

	test_exponentials();
	test_rising();
	test_bells();
	test_double_exponentials();
	test_rules();
	ok(exp(crm_quadrature_log(shape_psi, &s, 2, 2)) == 0, "nothing is 0");
	return done_testing();
}
