/*
 * counts.c
 *		Tails of counts against numbers from mpmath, at 60 digits.
 */
#include "tap.h"

#include "core/numeric/counts.h"

#include "../reference/counts.h"

#define LENGTH(a) ((int) (sizeof(a) / sizeof((a)[0])))

/* Where a sum can be written out: geometric, and Poisson's first terms. */
static void
by_hand(void)
{
	is_close(crm_count_upper(0, 3, 2), 1, 0, "nothing or more is certain");
	is_close(crm_count_upper(4, 3, 1), pow(0.75, 4), 1e-14,
			 "size 1 is geometric");
	is_close(crm_count_upper(200, 3, 1), pow(0.75, 200), 1e-13,
			 "far out too");
	is_close(crm_count_upper(1, 0.3, INFINITY), -expm1(-0.3), 1e-14,
			 "one or more, by Poisson");
	is_close(crm_count_upper(1, 5, INFINITY), -expm1(-5), 1e-14,
			 "and below the mean");
}

/* The largest counts end, and neighbours keep their order. */
static void
extremes(void)
{
	double		last = 1;
	bool		falls = true;

	for (double x = 1e9 - 2e5; x <= 1e9; x += 1e4)
	{
		double		tail = crm_count_upper(x, 1e9 - 1e5, INFINITY);

		falls = falls && tail <= last;
		last = tail;
	}
	ok(falls, "the tail of large counts falls");
	is_close(crm_count_upper(1e9, 1e9 - 1e5, INFINITY), 7.8e-4, 0.02,
			 "and is nearly normal");
	is_close(crm_count_upper(1e9, 1e9, 1e-3), 6.31235e-3, 1e-5,
			 "the widest distribution ends");
	ok(crm_count_upper(1e9, 0.125, INFINITY) == 0, "the impossible is 0");
	ok(crm_count_upper(1e9, 1, 5) == 0, "also when variance is large");
}

int
main(void)
{
	for (int i = 0; i < LENGTH(tails); i++)
	{
		char		name[80];
		bool		above = tails[i].x > tails[i].mean;
		double		got = crm_count_upper(tails[i].x, tails[i].mean,
										  tails[i].size);

		snprintf(name, sizeof(name), "P(X >= %g), mean %g, size %g",
				 tails[i].x, tails[i].mean, tails[i].size);
		if (above)
			is_close(got, tails[i].upper, 1e-12, name);
		else
			ok(fabs(got - tails[i].upper) < 1e-12, "%s", name);
	}
	by_hand();
	extremes();
	return done_testing();
}
