/*
 * campaign_forest.c
 *		Trees against counting by hand, and against walking up.
 */
#include "tap.h"

#include "core/campaign/forest.h"

#define MANY 200000

static int32_t parent[MANY];
static int32_t order[MANY];
static crm_forest_node nodes[MANY];

static void
is_node(int i, int root, int depth, int size, const char *name)
{
	ok(nodes[i].root == root && nodes[i].depth == depth && nodes[i].size == size,
	   "%s: root %d, depth %d, size %d", name, nodes[i].root, nodes[i].depth, nodes[i].size);
}

static void
by_hand(void)
{
	const int32_t small[] = {CRM_NO_NODE, 0, 0, 2, CRM_NO_NODE, 6, 5, 6, 8};

	ok(crm_forest_measure(small, 9, nodes, order, NULL, NULL) == CRM_OK, "two trees and two circles");
	is_node(0, 0, 0, 4, "a root");
	is_node(1, 0, 1, 1, "its child");
	is_node(2, 0, 1, 2, "another");
	is_node(3, 0, 2, 1, "a grandchild");
	is_node(4, 4, 0, 1, "a node alone");
	ok(nodes[5].root == CRM_NO_NODE && nodes[6].root == CRM_NO_NODE, "a circle has no root");
	ok(nodes[7].root == CRM_NO_NODE, "nor has what hangs on it");
	ok(nodes[8].root == CRM_NO_NODE, "nor who is its own parent");
	ok(crm_forest_measure(small, 0, nodes, order, NULL, NULL) == CRM_OK, "no nodes");
	ok(crm_forest_measure(small, 6, nodes, order, NULL, NULL) == CRM_INVALID, "a parent beyond the last");
	ok(crm_forest_measure((const int32_t[]) {-2}, 1, nodes, order, NULL, NULL) == CRM_INVALID,
	   "a parent before the first");
}

static bool
stop(void *arg)
{
	(void) arg;
	return true;
}

static void
chain(void)
{
	bool		is_right = true;

	for (int i = 0; i < MANY; i++)
		parent[i] = i - 1;
	ok(crm_forest_measure(parent, MANY, nodes, order, NULL, NULL) == CRM_OK, "a chain of %d", MANY);
	for (int i = 0; i < MANY; i++)
		is_right &= nodes[i].root == 0 && nodes[i].depth == i && nodes[i].size == MANY - i;
	ok(is_right, "each node one deeper");
	ok(crm_forest_measure(parent, MANY, nodes, order, stop, NULL) == CRM_INTERRUPTED, "it can be stopped");
}

/* Any parents at all, circles among them, walked up one by one. */
static void
walked(void)
{
	enum
	{
		N = 3000
	};
	static int	sizes[N];
	bool		is_right = true;
	uint32_t	state = 7;

	for (int i = 0; i < N; i++)
	{
		state = state * 1664525u + 1013904223u;
		parent[i] = state >> 28 == 0 ? CRM_NO_NODE : (int32_t) ((state >> 4) % (i % 5 == 0 ? N : i + 1));
	}
	ok(crm_forest_measure(parent, N, nodes, order, NULL, NULL) == CRM_OK, "%d nodes", N);
	for (int i = 0; i < N; i++)
	{
		int			at = i;
		int			depth = 0;

		while (parent[at] != CRM_NO_NODE && depth <= N)
			at = parent[at], depth++;
		is_right &= depth > N ? nodes[i].root == CRM_NO_NODE : nodes[i].root == at && nodes[i].depth == depth;
		if (depth <= N)
			for (at = i; at != CRM_NO_NODE; at = parent[at])
				sizes[at]++;
	}
	for (int i = 0; i < N; i++)
		is_right &= nodes[i].root == CRM_NO_NODE || nodes[i].size == sizes[i];
	ok(is_right, "as walking up finds them");
}

int
main(void)
{
	by_hand();
	chain();
	walked();
	return done_testing();
}
