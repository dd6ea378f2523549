/*
 * abc.c
 *		ABC limits and concentration: worked examples, properties, and the
 *		same numbers found the slow way.
 */
#include "core/abc/abc.h"

#include <float.h>
#include <stdlib.h>

#include "tap.h"

#define COUNT	300

static uint64_t keys[COUNT];

static int
compare(const void *a, const void *b)
{
	uint64_t	left = *(const uint64_t *) a;
	uint64_t	right = *(const uint64_t *) b;

	return (left > right) - (left < right);
}

/*
 * The values, sorted and counted; every second time with ends where they could
 * be left out, which must make no difference.
 */
static const crm_values *
take(const double *given, size_t count)
{
	static uint64_t ends[COUNT];
	static crm_values values;
	static bool with_ends;

	for (size_t i = 0; i < count; i++)
		keys[i] = crm_key_of(given[i]);
	qsort(keys, count, sizeof(uint64_t), compare);
	with_ends = !with_ends || crm_distinct_keys(keys, count) < count;
	values = (crm_values) {keys, with_ends ? ends : NULL, 0};

	/*
	 * Apart from the keys, or those that need no folding were left as they
	 * are.
	 */
	if (with_ends)
	{
		static uint64_t folded[COUNT];

		values.keys = folded;
	}
	crm_fold_keys(keys, count, &values);
	return &values;
}

#define TAKE(...) \
	take((const double[]) {__VA_ARGS__}, \
		 sizeof((const double[]) {__VA_ARGS__}) / sizeof(double))

static const double classic[] = {0.8, 0.95};

static void
is_limits(const double *got, double a, double b, double c, const char *name)
{
	if (!ok(got[0] == a && got[1] == b && got[2] == c, "%s", name))
		printf("# got %g, %g, %g\n", got[0], got[1], got[2]);
}

static void
test_limits(void)
{
	double		limits[CRM_CLASSES_MAX];
	double		many[CRM_ARGUMENTS_MAX];

	crm_abc_limits(TAKE(80, 15, 5), classic, 2, limits);
	is_limits(limits, 80, 15, 5, "a share that is the cut is not below it");
	crm_abc_limits(TAKE(79, 15, 4, 2), classic, 2, limits);
	is_limits(limits, 15, 4, 2, "who crosses a cut is in the class before it");
	crm_abc_limits(TAKE(0, -20, 79, 15, 4, 2, 0), classic, 2, limits);
	is_limits(limits, 15, 4, 2, "zero and negative values change nothing");
	crm_abc_limits(TAKE(7, 7, 7, 7, 7), classic, 2, limits);
	is_limits(limits, 7, 7, 7, "equal values are all in A");
	crm_abc_limits(TAKE(3), classic, 2, limits);
	is_limits(limits, 3, 3, 3, "one customer is in A");
	crm_abc_limits(TAKE(99, 1), classic, 2, limits);
	is_limits(limits, 99, 99, 1, "an empty class repeats the one before it");
	crm_abc_limits(TAKE(2.4, 0.6), classic, 2, limits);
	is_limits(limits, 2.4, 0.6, 0.6, "2.4 of 3 is the cut, whatever is rounded");
	crm_abc_limits(TAKE(7.99, 2.01), classic, 2, limits);
	is_limits(limits, 2.01, 2.01, 2.01, "and 7.99 of 10 is below it");
	crm_abc_limits(TAKE(DBL_MAX / 4, 1), classic, 2, limits);
	is_limits(limits, DBL_MAX / 4, DBL_MAX / 4, 1, "large values");

	for (int i = 0; i < CRM_ARGUMENTS_MAX; i++)
		many[i] = (i + 1) / (double) (CRM_ARGUMENTS_MAX + 1);
	crm_abc_limits(TAKE(13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1),
				   many, CRM_ARGUMENTS_MAX, limits);
	is_close(limits[0], 13, 0, "the first of many classes");
	is_close(limits[CRM_ARGUMENTS_MAX], 1, 0, "and the last");

	is_int(crm_abc_limits(take(NULL, 0), classic, 2, limits), CRM_SINGULAR,
		   "no value, no limits");
	is_int(crm_abc_limits(TAKE(0, -1), classic, 2, limits),
		   CRM_SINGULAR, "no positive value, no limits");
	is_int(crm_abc_limits(TAKE(DBL_MAX, DBL_MAX), classic, 2, limits),
		   CRM_OUT_OF_RANGE, "a total that does not fit");
}

/*
 * Ten customers, total 100. Distances of (k/10, top k) from (0, 1) are least
 * at k = 2, where 25 are missing: 0.04 + 0.0625. Above the mean of 10 are two
 * as well. Nearest to (0.2, 1) is k = 3, 16 missing: 0.01 + 0.0256.
 */
static void
test_computed_limits(void)
{
	double		limits[CRM_CLASSES_COMPUTED];

	crm_abc_limits_computed(TAKE(55, 20, 9, 5, 3, 2, 2, 2, 1, 1),
							limits);
	is_limits(limits, 20, 9, 1, "Pareto point and break-even are one");

	/*
	 * Here too both are one, at (0.25, 0.7). Nearest to (0.25, 1) would be
	 * the second customer; but the other three are equal, and (1, 1) is
	 * farther than (0.25, 0.7) itself: B stays empty.
	 */
	crm_abc_limits_computed(TAKE(70, 10, 10, 10), limits);
	is_limits(limits, 70, 70, 10, "equal values stay together");

	/*
	 * Of 5 to 1 three reach the mean; the Pareto point comes before, at (0.4,
	 * 0.6). Nearest to (0.6, 1) is (0.6, 0.8).
	 */
	crm_abc_limits_computed(TAKE(5, 4, 3, 2, 1), limits);
	is_limits(limits, 4, 3, 1, "A ends at the Pareto point");

	/*
	 * One reaches the mean of 10; the Pareto point comes after, at (0.2,
	 * 0.68). Nearest to (0.2, 1) is (0.3, 0.75).
	 */
	crm_abc_limits_computed(TAKE(60, 8, 7, 6, 5, 4, 4, 3, 2, 1), limits);
	is_limits(limits, 60, 7, 1, "A ends where effort and yield break even");

	/*
	 * Five reach the mean of 31.25; the Pareto point comes before, at (0.375,
	 * 0.58). Nearest to (0.625, 1) is (0.75, 0.936); nearest to (0.375, 1)
	 * would be (0.625, 0.852).
	 */
	crm_abc_limits_computed(TAKE(57, 50, 38, 36, 32, 21, 9, 7), limits);
	is_limits(limits, 38, 21, 7, "B ends beyond the later of the two");

	/* (0.375, 0.5) and (0.5, 0.625) are equally near to (0, 1). */
	crm_abc_limits_computed(TAKE(1.5, 1.375, 1.125, 1, 0.9375, 0.8125,
								 0.6875, 0.5625), limits);
	is_limits(limits, 1.125, 0.9375, 0.5625, "of equally near ones the first");

	crm_abc_limits_computed(TAKE(4, 2, 2, 1, 1), limits);
	is_limits(limits, 4, 2, 1,
			  "also where rounding puts the first farther away");
	crm_abc_limits_computed(TAKE(5, 5, 5, 0, -5), limits);
	is_limits(limits, 5, 5, 5, "equal values are all in A");
	crm_abc_limits_computed(TAKE(2), limits);
	is_limits(limits, 2, 2, 2, "one customer is in A");
	crm_abc_limits_computed(TAKE(0.1, 0.1, 0.1), limits);
	is_limits(limits, 0.1, 0.1, 0.1, "equal values reach their own mean");
	crm_abc_limits_computed(TAKE(0.9, 0.9, 0.9, 0.7, 0.6, 0.2), limits);
	is_limits(limits, 0.9, 0.6, 0.2, "and 0.7 the mean of six who have 4.2");
	is_int(crm_abc_limits_computed(TAKE(-2), limits), CRM_SINGULAR,
		   "no positive value, no limits");
}

static void
test_letters(void)
{
	static const double limits[] = {100, 50, 50, 10};

	is_int(crm_abc_letter(100, limits, 4), 'A', "a value on a limit is in");
	is_int(crm_abc_letter(99.9, limits, 4), 'B', "below it, in the next");
	is_int(crm_abc_letter(50, limits, 4), 'B', "of two equal, the first");
	is_int(crm_abc_letter(49, limits, 4), 'D', "and never the second");
	is_int(crm_abc_letter(1, limits, 4), 'D', "below all, in the last");
	is_int(crm_abc_letter(0, limits, 4), 'Z', "zero");
	is_int(crm_abc_letter(-1, limits, 4), 'N', "negative");
}

static void
test_concentration(void)
{
	double		got;
	double		curve[4];

	crm_gini_of(TAKE(1, 2, 3, 4), &got);
	is_close(got, 0.25, 1e-15, "Gini of 1 to 4");
	crm_gini_of(TAKE(0, 0, 0, 9), &got);
	is_close(got, 0.75, 1e-15, "zeros count: (n - 1) / n");
	crm_gini_of(TAKE(0.1, 0.1, 0.1), &got);
	ok(got == 0, "equal values: exactly 0");
	crm_gini_of(TAKE(3), &got);
	ok(got == 0, "one customer: exactly 0");
	crm_gini_of(TAKE(0, 0, 5e-324), &got);
	is_close(got, 2.0 / 3, 1e-15, "of the smallest number there is");
	is_int(crm_gini_of(TAKE(-1, 5), &got), CRM_SINGULAR,
		   "a negative value has no Gini");
	is_int(crm_gini_of(TAKE(0, 0), &got), CRM_SINGULAR,
		   "nor has a total of 0");
	is_int(crm_gini_of(take(NULL, 0), &got), CRM_SINGULAR, "nor has nobody");

	crm_hhi_of(TAKE(1, 3), &got);
	is_close(got, 0.625, 1e-15, "the sum of squared shares");
	crm_hhi_of(TAKE(1e-320, 3e-320), &got);
	is_close(got, 0.625, 1e-15, "of the smallest numbers too");

	crm_top_share_of(TAKE(10, 20, 30, 40), 0.25, &got);
	is_close(got, 0.4, 1e-15, "one of four");
	crm_top_share_of(TAKE(10, 20, 30, 40), 0.375, &got);
	is_close(got, 0.55, 1e-15, "one and a half of four");
	crm_top_share_of(TAKE(-50, 10, 10, 20), 0.25, &got);
	is_close(got, 0.5, 1e-15, "a negative value counts as 0");
	crm_top_share_of(TAKE(-50, 0, 10, 20), 1, &got);
	ok(got == 1, "all hold all");
	crm_top_share_of(TAKE(10, 20), 0, &got);
	ok(got == 0, "nobody holds nothing");

	crm_top_share_of(TAKE(1e16, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4), 1,
					 &got);
	ok(got == 1, "also where rounding takes what the small ones hold");
	crm_top_share_of(TAKE(1e16, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4),
					 1 / 7.0, &got);
	ok(got < 1, "and the large one does not hold all");

	crm_pareto_width_of(TAKE(10, 20, 30, 40), 0.4, &got);
	is_close(got, 0.25, 0, "exactly reached");
	crm_pareto_width_of(TAKE(10, 20, 30, 40), 0.41, &got);
	is_close(got, 0.5, 0, "just missed");
	crm_pareto_width_of(TAKE(5, 5, 5, 5), 0.6, &got);
	is_close(got, 0.75, 0, "a part of equal customers");
	crm_pareto_width_of(TAKE(708.97, 708.97, 708.97, 708.97, 708.97),
						0.6, &got);
	is_close(got, 0.6, 1e-15, "no more of them than it takes");
	crm_pareto_width_of(TAKE(0.6, 2.4), 0.8, &got);
	is_close(got, 0.5, 0, "2.4 holds 0.8 of 3");
	crm_pareto_width_of(TAKE(0, 0, 3, 1), 1, &got);
	is_close(got, 0.5, 0, "zeros are not needed");
	crm_pareto_width_of(TAKE(1, 2), 0, &got);
	ok(got == 0, "nobody is needed to hold nothing");

	crm_lorenz_of(TAKE(10, 20, 30, 40), 4, curve);
	ok(curve[0] == 0.1 && curve[1] == 0.3 && curve[2] == 0.6 && curve[3] == 1,
	   "Lorenz curve at the customers");
	crm_lorenz_of(TAKE(0, 4), 4, curve);
	ok(curve[0] == 0 && curve[1] == 0 && curve[2] == 0.5 && curve[3] == 1,
	   "and between them");
	is_int(crm_lorenz_of(TAKE(-1, 4), 4, curve), CRM_SINGULAR,
		   "a negative value has no Lorenz curve");
}

/* Rounded, so that many are equal; some zero, when asked some negative. */
static const crm_values *
random_values(double *values, bool negative)
{
	for (int i = 0; i < COUNT; i++)
	{
		double		u = rand() / (RAND_MAX + 1.0);

		values[i] = floor(exp(6 * u)) / 4 - 0.25;
		if (negative && i % 7 == 0)
			values[i] = -values[i];
	}
	return take(values, COUNT);
}

/* Mean absolute difference over all pairs, divided by twice the mean. */
static double
slow_gini(const double *values)
{
	long double difference = 0;
	long double total = 0;

	for (int i = 0; i < COUNT; i++)
	{
		total += values[i];
		for (int j = 0; j < COUNT; j++)
			difference += fabs(values[i] - values[j]);
	}
	return difference / (2 * COUNT * total);
}

/* How many class boundaries lie at or below the share of greater values. */
static char
slow_letter(const double *values, double value)
{
	long double above = 0;
	long double total = 0;

	for (int i = 0; i < COUNT; i++)
	{
		total += fmax(values[i], 0);
		if (values[i] > value && values[i] > 0)
			above += values[i];
	}
	return value < 0 ? 'N' : value == 0 ? 'Z' :
		(char) ('A' + (above >= 0.8L * total) + (above >= 0.95L * total));
}

static void
test_against_slow(void)
{
	double		values[COUNT];
	double		limits[CRM_CLASSES_MAX];
	double		gini;
	double		curve[COUNT];
	double		got;

	srand(1);
	for (int round = 0; round < 20; round++)
	{
		int			wrong = 0;
		const crm_values *all = random_values(values, true);

		crm_abc_limits(all, classic, 2, limits);
		for (int i = 0; i < COUNT; i++)
			wrong += crm_abc_letter(values[i], limits, 3) !=
				slow_letter(values, values[i]);
		is_int(wrong, 0, "every customer is in the class of the rule");

		all = random_values(values, false);
		crm_gini_of(all, &gini);
		is_close(gini, slow_gini(values), 1e-13, "Gini over all pairs");
		crm_lorenz_of(all, COUNT, curve);
		ok(curve[COUNT - 1] == 1, "the Lorenz curve ends at 1");
		wrong = 0;
		for (int i = 1; i < COUNT; i++)
		{
			crm_top_share_of(all, 1 - i / (double) COUNT, &got);
			wrong += !(fabs(got + curve[i - 1] - 1) < 1e-12);
			/* less what rounding may have added */
			crm_pareto_width_of(all, got * (1 - 1e-12), &got);
			wrong += got > 1 - i / (double) COUNT + 1e-12;
		}
		is_int(wrong, 0, "the top holds what the rest does not");
	}
}

int
main(void)
{
	test_limits();
	test_computed_limits();
	test_letters();
	test_concentration();
	test_against_slow();
	return done_testing();
}
