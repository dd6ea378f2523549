/*
 * hypergeom.c
 *		2F1(1, b; b + gap; z) and the sums it stands for.
 */
#include "core/numeric/hypergeom.h"

#include "tap.h"

#include "../reference/hypergeom.h"

static void
test_grid(void)
{
	int			count = sizeof(hypergeom_grid) / sizeof(hypergeom_grid[0]);
	double worst = 0;

	for (int i = 0; i < count; i++)
	{
		double		got = crm_hypergeom(hypergeom_grid[i].b,
										hypergeom_grid[i].gap,
										hypergeom_grid[i].y);
		double		error = fabs(got / hypergeom_grid[i].value - 1);

		if (!(error <= (hypergeom_grid[i].y < 1e-6 ? 1e-12 : 1e-13)))
			printf("# b %g gap %g y %g: got %.17g, want %.17g\n",
				   hypergeom_grid[i].b, hypergeom_grid[i].gap,
				   hypergeom_grid[i].y, got, hypergeom_grid[i].value);
		worst = fmax(worst, isfinite(error) ? error : INFINITY);
	}
	ok(worst <=1e-12, "%d values within 1e-12 (worst %.1e)", count, worst);
}

static void
test_special_cases(void)
{
	is_close(crm_hypergeom(2, 3, 0), 2, 0, "z = 1: (c - 1) / (c - b - 1)");
	ok(isinf(crm_hypergeom(2, 1, 0)), "z = 1 and gap = 1: infinite");
	is_close(crm_hypergeom(2, 3, 1), 1, 0, "z = 0: 1");
	is_close(crm_hypergeom(1, 1, 0.25), log(4) / 0.75, 1e-14,
			 "b = gap = 1: -ln(1 - z) / z");
	ok(isfinite(crm_hypergeom(2, 0.5, 1e-300)), "y = 1e-300: finite");
}

static void
test_survival(void)
{
	double		infinite = crm_discounted_survival(1.5, 0.7, INFINITY, 0.1);

	is_close(crm_discounted_survival(1.5, 0.7, 2, 0),
			 1.5 / 2.2 + 1.5 / 2.2 * 2.5 / 3.2, 1e-15, "two chances");
	is_close(crm_discounted_survival(1.5, 0.7, 1, 0.1), 1.5 / 2.2 / 1.1,
			 1e-15, "one chance, discounted");
	is_close(crm_discounted_survival(1.5, 0.7, 1000, 0.1), infinite, 1e-14,
			 "a long horizon comes to the infinite one");
	is_close(crm_discounted_survival(1.5, 0.7, 0, 0.1), 0, 0, "no horizon");
	is_close(crm_discounted_survival(2, 2, INFINITY, 0), 2, 1e-15,
			 "without end or discount: b / (gap - 1)");
}

int
main(void)
{
	test_grid();
	test_special_cases();
	test_survival();
	return done_testing();
}
