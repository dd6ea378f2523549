/*
 * experience_driver.c
 *		Relative weights and Shapley shares, on R's mtcars.
 */
#include "tap.h"

#include <stdlib.h>

#include "core/experience/driver.h"

/* mpg, disp, hp, wt, drat: Henderson and Velleman (1981, Biometrics 37). */
static const double mtcars[32][5] = {
	{21, 160, 110, 2.62, 3.9},
	{21, 160, 110, 2.875, 3.9},
	{22.8, 108, 93, 2.32, 3.85},
	{21.4, 258, 110, 3.215, 3.08},
	{18.7, 360, 175, 3.44, 3.15},
	{18.1, 225, 105, 3.46, 2.76},
	{14.3, 360, 245, 3.57, 3.21},
	{24.4, 146.7, 62, 3.19, 3.69},
	{22.8, 140.8, 95, 3.15, 3.92},
	{19.2, 167.6, 123, 3.44, 3.92},
	{17.8, 167.6, 123, 3.44, 3.92},
	{16.4, 275.8, 180, 4.07, 3.07},
	{17.3, 275.8, 180, 3.73, 3.07},
	{15.2, 275.8, 180, 3.78, 3.07},
	{10.4, 472, 205, 5.25, 2.93},
	{10.4, 460, 215, 5.424, 3},
	{14.7, 440, 230, 5.345, 3.23},
	{32.4, 78.7, 66, 2.2, 4.08},
	{30.4, 75.7, 52, 1.615, 4.93},
	{33.9, 71.1, 65, 1.835, 4.22},
	{21.5, 120.1, 97, 2.465, 3.7},
	{15.5, 318, 150, 3.52, 2.76},
	{15.2, 304, 150, 3.435, 3.15},
	{13.3, 350, 245, 3.84, 3.73},
	{19.2, 400, 175, 3.845, 3.08},
	{27.3, 79, 66, 1.935, 4.08},
	{26, 120.3, 91, 2.14, 4.43},
	{30.4, 95.1, 113, 1.513, 3.77},
	{15.8, 351, 264, 3.17, 4.22},
	{19.7, 145, 175, 2.77, 3.62},
	{15, 301, 335, 3.57, 3.54},
	{21.4, 121, 109, 2.78, 4.11},
};

/* correlation, beta, relative weight, Shapley: numpy, by their definitions */
static const double want[4][4] = {
	{-0.847551379262478, 0.0784569538809548,
	0.198941196268956, 0.22122675176092},
	{-0.776168371826586, -0.395699258079125,
	0.227600301812547, 0.209710107842886},
	{-0.867659376517228, -0.564913877271828,
	0.263491750997867, 0.271417369326046},
	{0.681171907806749, 0.156851871481563,
	0.147595611402117, 0.135274631551634},
};

#define MAX_WIDTH 22

typedef union fit_space
{
	crm_driver_fit fit;
	crm_dd		space[2 + MAX_WIDTH * (MAX_WIDTH + 3) / 2];
} fit_space;

static double workspace[1 << 17];
static crm_driver driver[MAX_WIDTH];
static double r_squared;

static crm_status
solve(const fit_space *f, int width)
{
	if (crm_driver_workspace(width) > sizeof(workspace) / sizeof(double))
		abort();
	return crm_driver_solve(&f->fit, width, workspace, driver, &r_squared);
}

static void
test_mtcars(void)
{
	fit_space	f = {.fit = {0}};
	fit_space	half = {.fit = {0}};

	for (int i = 0; i < 32; i++)
		crm_driver_add(i % 3 ? &f.fit : &half.fit, 5, mtcars[i][0],
					   mtcars[i] + 1, 1);
	is_int(crm_state_merge(&crm_driver_layout, 5, &f, &half), CRM_OK,
		   "two fits merge");
	is_int(f.fit.count, 32, "32 cars");
	is_int(solve(&f, 5), CRM_OK, "a solution");
	is_close(r_squared, 0.837628860481486, 1e-13, "R squared");
	for (int j = 0; j < 4; j++)
	{
		is_close(driver[j].correlation, want[j][0], 1e-13, "correlation");
		is_close(driver[j].beta, want[j][1], 1e-12, "beta");
		is_close(driver[j].relative_weight, want[j][2], 1e-12, "Johnson");
		is_close(driver[j].shapley, want[j][3], 1e-12, "Shapley");
	}
}

/* A row that weighs 3 is three rows, and a factor of all weights is nothing. */
static void
test_weights(void)
{
	fit_space	weighted = {.fit = {0}};
	fit_space	repeated = {.fit = {0}};
	crm_driver	want_driver[4];
	double		want_r_squared;

	for (int i = 0; i < 32; i++)
	{
		int			weight = 1 + i % 3;

		crm_driver_add(&weighted.fit, 5, mtcars[i][0], mtcars[i] + 1,
					   0.1 * weight);
		for (int k = 0; k < weight; k++)
			crm_driver_add(&repeated.fit, 5, mtcars[i][0], mtcars[i] + 1, 1);
	}
	is_int(solve(&repeated, 5), CRM_OK, "repeated rows");
	memcpy(want_driver, driver, sizeof(want_driver));
	want_r_squared = r_squared;
	is_int(solve(&weighted, 5), CRM_OK, "weighted rows");
	is_int(weighted.fit.count, 32, "are counted once");
	is_close(r_squared, want_r_squared, 1e-12, "the same R squared");
	for (int j = 0; j < 4; j++)
	{
		is_close(driver[j].beta, want_driver[j].beta, 1e-11, "beta");
		is_close(driver[j].shapley, want_driver[j].shapley, 1e-11, "Shapley");
	}
}

static void
test_one_driver(void)
{
	fit_space	f = {.fit = {0}};

	for (int i = 0; i < 32; i++)
		crm_driver_add(&f.fit, 2, mtcars[i][0], mtcars[i] + 3, 1);
	is_int(solve(&f, 2), CRM_OK, "one driver");
	is_close(driver[0].beta, want[2][0], 1e-13, "its beta is its correlation");
	is_close(driver[0].relative_weight, want[2][0] * want[2][0], 1e-13,
			 "which squared is its weight");
	is_close(driver[0].shapley, want[2][0] * want[2][0], 1e-13,
			 "and its share");
	is_close(r_squared, want[2][0] * want[2][0], 1e-13, "and R squared");
}

/* Uncorrelated drivers, a Hadamard design: each explains its own square. */
static void
test_orthogonal(void)
{
	fit_space	f = {.fit = {0}};
	double		sum = 0;

	for (int i = 0; i < 32; i++)
	{
		double		x[15];
		double		y = i & 16 ? 1 : -1;

		for (int j = 0; j < 15; j++)
		{
			x[j] = __builtin_parity(i & (j + 1)) ? 1 : -1;
			y += (j + 1) * x[j];
		}
		crm_driver_add(&f.fit, 16, y, x, 1);
	}
	is_int(solve(&f, 16), CRM_OK, "15 orthogonal drivers");
	for (int j = 0; j < 15; j++)
	{
		is_close(driver[j].relative_weight, (j + 1) * (j + 1) / 1241.0, 1e-12,
				 "weight of an orthogonal driver");
		is_close(driver[j].shapley, (j + 1) * (j + 1) / 1241.0, 1e-12,
				 "share of an orthogonal driver");
		sum += driver[j].shapley;
	}
	is_close(r_squared, 1240 / 1241.0, 1e-13, "R squared");
	is_close(sum, r_squared, 1e-13, "which the shares divide up");
}

/* Random drivers: both shares add up, and Shapley stops at 15. */
static void
test_sums(void)
{
	srand(7);
	for (int p = 2; p <= 20; p += 6)
	{
		fit_space	f = {.fit = {0}};
		double		johnson = 0;
		double		shapley = 0;

		for (int i = 0; i < 300; i++)
		{
			double		x[20];
			double		y = rand() % 100;

			for (int j = 0; j < p; j++)
			{
				x[j] = rand() % 100 + (j > 0 ? x[j - 1] / 2 : 0);
				y += x[j] * (j % 3);
			}
			crm_driver_add(&f.fit, p + 1, y, x, 1);
		}
		solve(&f, p + 1);
		for (int j = 0; j < p; j++)
		{
			johnson += driver[j].relative_weight;
			shapley += driver[j].shapley;
		}
		is_close(johnson, r_squared, 1e-12, "relative weights add up");
		if (p <= CRM_MAX_SHAPLEY)
			is_close(shapley, r_squared, 1e-12, "Shapley shares add up");
		else
			ok(isnan(shapley), "no Shapley shares beyond 15 drivers");
	}
}

static void
test_singular(void)
{
	fit_space	twice = {.fit = {0}};
	fit_space	constant = {.fit = {0}};
	fit_space	flat = {.fit = {0}};
	fit_space	few = {.fit = {0}};
	fit_space	none = {.fit = {0}};

	for (int i = 0; i < 32; i++)
	{
		double		x[3] = {mtcars[i][1], mtcars[i][2],
		3 * mtcars[i][1] - 0.1 * mtcars[i][2] + 1e3};
		double		y[2] = {mtcars[i][1], 0.1};

		crm_driver_add(&twice.fit, 4, mtcars[i][0], x, 1);
		crm_driver_add(&constant.fit, 3, mtcars[i][0], y, 1);
		crm_driver_add(&flat.fit, 3, 1e6 / 7, x, 1);
		if (i < 4)
			crm_driver_add(&few.fit, 5, mtcars[i][0], mtcars[i] + 1, 1);
	}
	is_int(solve(&twice, 4), CRM_SINGULAR, "a driver that others make up");
	ok(isnan(driver[0].beta) && isnan(driver[2].relative_weight) &&
	   isnan(driver[1].shapley) && isnan(r_squared), "has no weights");
	is_close(driver[0].correlation, want[0][0], 1e-13, "but a correlation");
	is_int(solve(&constant, 3), CRM_SINGULAR, "a constant driver");
	ok(isnan(driver[1].correlation), "has no correlation");
	is_int(solve(&flat, 3), CRM_SINGULAR, "a constant outcome");
	is_int(solve(&few, 5), CRM_SINGULAR, "as many rows as drivers");
	is_int(solve(&none, 3), CRM_SINGULAR, "no rows");
}

/* Drivers all but dependent: of 4.5e-11, no more than five digits are left. */
static void
test_nearly_singular(void)
{
	fit_space	f = {.fit = {0}};

	for (int i = 0; i < 32; i++)
	{
		double		x[2] = {mtcars[i][1],
		mtcars[i][1] + 5e-6 * mtcars[i][2] * (i % 2 ? 1 : -1)};

		crm_driver_add(&f.fit, 3, mtcars[i][0], x, 1);
	}
	is_int(solve(&f, 3), CRM_SINGULAR, "a driver that others nearly make up");
}

/* An outcome that follows from its drivers: R squared is 1, and not more. */
static void
test_perfect(void)
{
	int			above = 0;

	srand(11);
	for (int trial = 0; trial < 200; trial++)
	{
		fit_space	f = {.fit = {0}};

		for (int i = 0; i < 50; i++)
		{
			double		x[3] = {rand() % 100, rand() % 100, rand() % 100};

			crm_driver_add(&f.fit, 4, x[0] + 2 * x[1] - x[2] / 3, x, 1);
		}
		solve(&f, 4);
		above += !(r_squared <= 1 && r_squared > 1 - 1e-12);
	}
	is_int(above, 0, "R squared does not exceed 1 by rounding");
}

/* What varies by a step at 1e12 varies; what is constant does not. */
static void
test_small_variance(void)
{
	fit_space	f = {.fit = {0}};

	for (int i = 0; i < 1000; i++)
	{
		double		x[2] = {1e12 + i % 2, 1e12 + 1 / 3.0};

		crm_driver_add(&f.fit, 3, i % 2 * 3 + i % 3, x, 1);
	}
	is_int(solve(&f, 3), CRM_SINGULAR, "a large constant");
	is_close(driver[0].correlation, 0.8781261971305917, 1e-9,
			 "is not what varies by a step");
	ok(isnan(driver[1].correlation), "and has no correlation");
}

/* Cross-products of constants are rounded; that is no variance. */
static void
test_constants(void)
{
	int			found = 0;

	for (int i = 1; i <= 20; i++)
	{
		fit_space	f = {.fit = {0}};
		double		x[2] = {0, 1 / (3.0 * i)};

		for (int n = 0; n < 3000; n++)
		{
			x[0] = n % 7;
			crm_driver_add(&f.fit, 3, n % 5, x, 1);
		}
		found += solve(&f, 3) == CRM_SINGULAR && isnan(driver[1].correlation);
	}
	is_int(found, 20, "constants are found");
}

static void
test_skipped(void)
{
	fit_space	a = {.fit = {.skipped = 2}};
	fit_space	b = {.fit = {.skipped = 3}};

	crm_state_merge(&crm_driver_layout, 2, &a, &b);
	is_int(a.fit.skipped, 5, "rows left out add up");
}

static void
test_overflow(void)
{
	fit_space	f = {.fit = {0}};
	double		x = 1e200;

	is_int(crm_driver_add(&f.fit, 2, 1, &x, 1), CRM_OUT_OF_RANGE,
		   "a square that overflows is refused");
	x = 1e-170;
	is_int(crm_driver_add(&f.fit, 2, 1, &x, 1), CRM_OUT_OF_RANGE,
		   "so is one that vanishes");
}

int
main(void)
{
	test_mtcars();
	test_one_driver();
	test_weights();
	test_orthogonal();
	test_sums();
	test_singular();
	test_nearly_singular();
	test_perfect();
	test_small_variance();
	test_constants();
	test_skipped();
	test_overflow();
	return done_testing();
}
