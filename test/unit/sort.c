/*
 * sort.c
 *		The sort for any type: against qsort(), over orders that are hard for
 *		a quicksort, and interrupted.
 */
#include "core/numeric/sort.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

#define COUNT	20000

typedef struct item
{
	int			key;
	int			mark;
} item;

static int	compared;

static inline bool
is_less(const item *a, const item *b)
{
	compared++;
	return a->key < b->key;
}

CRM_DEFINE_SORT(sort_items, item, is_less)

static int
compare(const void *a, const void *b)
{
	const item *left = a;
	const item *right = b;

	return left->key != right->key ? (left->key > right->key) -
		(left->key < right->key) : (left->mark > right->mark) -
		(left->mark < right->mark);
}

/* The i-th key of an order, of which there are some. */
static int
key_in(int order, int i, int count)
{
	switch (order)
	{
		case 0:
			return i;
		case 1:
			return -i;
		case 2:
			return 7;
		case 3:
			return i < count / 2 ? i : count - i;
		case 4:
			return i % 5;
		case 5:
			return i % 2 == 0 ? i : -i;
		case 6:
			return i == 0 ? COUNT : i;
		default:
			return (int) ((i * 2654435761u) >> 7) % 5000;
	}
}

static bool
stop(void *arg)
{
	return --(*(int *) arg) < 0;
}

int
main(void)
{
	static item items[COUNT],
				want[COUNT];
	int			wrong = 0;
	int			most = 0;
	int			left = 2;

	for (int order = 0; order < 8; order++)
		for (int count = 0; count <= COUNT; count = count * 3 / 2 + 1)
		{
			for (int i = 0; i < count; i++)
				items[i] = want[i] = (item) {key_in(order, i, count), i};
			compared = 0;
			sort_items(items, count, NULL, NULL);
			if (count > 0 && compared / count > most)
				most = compared / count;
			for (int i = 1; i < count; i++)
				wrong += items[i].key < items[i - 1].key;
			qsort(items, count, sizeof(item), compare);
			qsort(want, count, sizeof(item), compare);
			wrong += memcmp(items, want, count * sizeof(item)) != 0;
		}
	is_int(wrong, 0, "every order is sorted, and nothing is lost");
	ok(most < 40, "with at most %d comparisons an item", most);
	is_int(sort_items(items, COUNT / 2, stop, &left), CRM_INTERRUPTED,
		   "a sort can be interrupted");
	return done_testing();
}
