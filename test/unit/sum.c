/*
 * sum.c
 *		Exact sums of doubles against integers, and against themselves in other
 *		orders.
 */
#include "tap.h"

#include <float.h>
#include <stdlib.h>

#include "core/sum/sum.h"

#define COUNT	1000

static double
sum_of(const double *values, int count)
{
	crm_sum		sum = {{0}, 0};

	for (int i = 0; i < count; i++)
		crm_sum_add(&sum, values[i]);
	return crm_sum_value(&sum);
}

#define is_sum(want, name, ...) \
	is_same(sum_of((double[]) {__VA_ARGS__}, \
				   sizeof((double[]) {__VA_ARGS__}) / sizeof(double)), want, name)

/* To the bit, but that 0 has no sign */
static void
is_same(double got, double want, const char *name)
{
	if (!ok(got == want, "%s", name))
		printf("# got %a, want %a\n", got, want);
}

static void
by_hand(void)
{
	is_sum(1, "what cancels leaves the rest", 1e100, 1e60, 1, -1e60, -1e100);
	is_sum(1.7e308, "beyond the largest on the way", 1.7e308, 1.7e308, -1.7e308);
	is_sum(INFINITY, "beyond it at the end", DBL_MAX, DBL_MAX);
	is_sum(-INFINITY, "and below 0", -DBL_MAX, -DBL_MAX);
	is_sum(DBL_MAX, "less than half a digit above it", DBL_MAX, 0x1p969);
	is_sum(INFINITY, "half a digit above it", DBL_MAX, 0x1p970);
	is_sum(0x1p-1074, "the smallest", 0x1p-1074);
	is_sum(-0x1p-1073, "twice of it below 0", -0x1p-1074, -0x1p-1074);
	is_sum(0x1p-1022, "the smallest with all digits", DBL_MIN - DBL_TRUE_MIN,
		   0x1p-1074);
	is_sum(0x1p-1074, "the smallest of the largest", DBL_MAX, 0x1p-1074, -DBL_MAX);
	is_sum(0, "zeros", 0.0, -0.0);
	is_sum(0x1p53, "a tie to even", 0x1p53, 1);
	is_sum(0x1p53 + 4, "and up", 0x1p53 + 2, 1);
	is_sum(0x1p53 + 2, "no tie by a bit far below", 0x1p53, 1, 0x1p-1074);
	is_sum(0x1p53, "or missing", 0x1p53, 1, -0x1p-1074);
	is_sum(-(0x1p53 + 2), "below 0 too", -0x1p53, -1, -0x1p-1074);
}

/* Numbers within 128 bits of each other, summed as integers. */
static void
by_integers(void)
{
	int			wrong = 0;

	srand(5);
	for (int trial = 0; trial < 20000; trial++)
	{
		int			shift = rand() % 1900 - 1022;
		__int128	whole = 0;
		crm_sum		sum = {{0}, 0};
		int			count = rand() % 9 + 1;

		for (int i = 0; i < count; i++)
		{
			int64_t		part = ((int64_t) rand() << 22 ^ rand()) >> rand() % 50;
			int			up = rand() % 60;

			part = rand() % 2 ? part : -part;
			whole += (__int128) part * ((__int128) 1 << up);
			crm_sum_add(&sum, ldexp((double) part, up + shift));
		}
		/* The compiler rounds an integer as IEEE 754 says. */
		wrong += crm_sum_value(&sum) != ldexp((double) whole, shift);
	}
	is_int(wrong, 0, "as integers of 128 bits");
}

/* Any bits, shuffled and parted */
static void
by_order(void)
{
	static double value[COUNT];
	double		want;
	int			wrong = 0;

	srand(7);
	for (int i = 0; i < COUNT; i++)
	{
		uint64_t	bits = (uint64_t) rand() << 40 ^ (uint64_t) rand() << 20 ^
			(uint64_t) rand();

		memcpy(&value[i], &bits, sizeof(bits));
		if (!isfinite(value[i]))
			value[i] = i;
		if (i % 2 == 1)
			value[i] = -value[i - 1] * (1 + (i % 3) * DBL_EPSILON);
		if (!isfinite(value[i]))
			value[i] = i;
	}
	want = sum_of(value, COUNT);
	for (int trial = 0; trial < 200; trial++)
	{
		crm_sum		whole = {{0}, 0};

		for (int i = COUNT - 1; i > 0; i--)
		{
			int			j = rand() % (i + 1);
			double		swapped = value[i];

			value[i] = value[j];
			value[j] = swapped;
		}
		for (int part = 0; part < 4; part++)
		{
			crm_sum		sum = {{0}, 0};

			for (int i = part; i < COUNT; i += 4)
				crm_sum_add(&sum, value[i]);
			crm_sum_merge(&whole, &sum);
		}
		wrong += sum_of(value, COUNT) != want || crm_sum_value(&whole) != want;
	}
	is_int(wrong, 0, "in any order, and in parts");
}

/* Carries are worked off before 2^31 numbers could make a word overflow. */
static void
carries(void)
{
	crm_sum		sum = {{0}, 0};
	bool		settled = true;

	for (int round = 0; round < 100; round++)
	{
		sum.pending = (1U << 30) - 5;	/* as if so many had come */
		for (int i = 0; i < 10; i++)
			crm_sum_add(&sum, round % 2 ? -DBL_MIN : DBL_MAX / 0x1p20);
		settled = settled && sum.pending < 10;
	}
	ok(settled, "carries are worked off");
	is_same(crm_sum_value(&sum), 500 * (DBL_MAX / 0x1p20), "and lose nothing");
}

int
main(void)
{
	by_hand();
	by_integers();
	by_order();
	carries();
	return done_testing();
}
