/*
 * Sorting and grouping histories, however they are spread.
 */
#include "tap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/clv/history.h"

#define MANY 50000

static crm_history rows[MANY];
static crm_history wanted[MANY];

static uint64_t
draw(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

/* Ages by a law of its own, and some customers alike. */
static crm_history
customer(uint64_t *seed, int law)
{
	double		x = (double) (draw(seed) % 4) * (draw(seed) % 3);
	double		u = (double) (draw(seed) % 9973);
	double		age = law == 0 ? u : law == 1 ? exp(u / 20) : law == 2 ? 52
		: law == 3 ? u * 5e-324 : u < 1 ? 1e300 : 1 + u * 1e-12;

	return (crm_history) {x, x > 0 ? age / (1 + draw(seed) % 7) : 0, age, 1};
}

static int
compare(const void *a, const void *b)
{
	const crm_history *p = a;
	const crm_history *q = b;
	double		left[] = {p->frequency, p->age, p->recency};
	double		right[] = {q->frequency, q->age, q->recency};

	for (int i = 0; i < 3; i++)
		if (left[i] != right[i])
			return left[i] < right[i] ? -1 : 1;
	return 0;
}

/* What the C library's sort and one pass make of them. */
static size_t
group_plainly(void)
{
	size_t		last = 0;

	qsort(wanted, MANY, sizeof(*wanted), compare);
	for (size_t i = 1; i < MANY; i++)
		if (compare(&wanted[last], &wanted[i]) == 0)
			wanted[last].weight += wanted[i].weight;
		else
			wanted[++last] = wanted[i];
	return last + 1;
}

/* Says stop when it is asked for the so-manieth time. */
static bool
is_last(void *arg)
{
	int		   *left = arg;

	return --* left == 0;
}

static double
weight_of_all(void)
{
	double		sum = 0;

	for (size_t i = 0; i < MANY; i++)
		sum += rows[i].weight * (1 + rows[i].frequency);
	return sum;
}

/* Halves that were grouped apart, or of which one was not, are one again. */
static void
check_merge(uint64_t seed, size_t plain, bool is_grouped)
{
	static crm_history halves[2][MANY];
	static crm_history both[MANY];
	size_t		sizes[2] = {0};
	size_t		count;

	for (int i = 0; i < MANY; i++)
	{
		int			half = draw(&seed) % 5 == 0;

		halves[half][sizes[half]++] = rows[i];
	}
	crm_history_group(halves[0], &sizes[0], NULL, NULL);
	if (is_grouped)
		crm_history_group(halves[1], &sizes[1], NULL, NULL);
	count = sizes[0];
	memcpy(both + count, halves[1], sizes[1] * sizeof(*both));
	is_int(crm_covariate_merge((const double *) halves[0], 0, &count,
							   (double *) both, sizes[1], NULL, NULL),
		   CRM_OK, "two halves");
	ok(count == plain && memcmp(both, wanted, count * sizeof(*both)) == 0,
	   "merged are the whole%s", is_grouped ? "" : ", grouped or not");
}

int
main(void)
{
	static const char *const laws[] = {
		"even", "by powers", "all at once", "hardly apart", "one far away"
	};

	for (int law = 0; law < 5; law++)
	{
		uint64_t	seed = 7 + law;
		size_t		count = MANY;
		size_t		plain;

		for (int i = 0; i < MANY; i++)
			rows[i] = wanted[i] = customer(&seed, law);
		plain = group_plainly();
		check_merge(seed, plain, true);
		check_merge(seed, plain, false);
		is_int(crm_history_group(rows, &count, NULL, NULL), CRM_OK,
			   laws[law]);
		ok(count == plain && memcmp(rows, wanted, count * sizeof(*rows)) == 0,
		   "%zu distinct histories, in order", count);
	}
	for (int patience = 1; patience <= 400; patience += 133)
	{
		uint64_t	seed = 1;
		int			left = patience;
		size_t		count = MANY;
		double		before;

		for (int i = 0; i < MANY; i++)
			rows[i] = customer(&seed, 0);
		before = weight_of_all();
		is_int(crm_history_group(rows, &count, is_last, &left),
			   CRM_INTERRUPTED, "an interrupt is heard");
		ok(weight_of_all() == before, "and no row is lost");
	}
	return done_testing();
}
