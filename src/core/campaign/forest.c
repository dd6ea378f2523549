/*
 * forest.c
 *		Trees that are told by each node's parent.
 *
 * Nodes are put in order from the leaves up, each after all of its children
 * (Kahn 1962): sizes are added up in that order, roots and depths handed down
 * in the opposite one. Who goes round in a circle always has a child left, is
 * never put in order, and has no root to hand down.
 */
#include "core/campaign/forest.h"

#include <stddef.h>

#define CHECK_EVERY 65536

static bool
gives_up(int32_t i, crm_interrupt interrupt, void *arg)
{
	return i % CHECK_EVERY == 0 && interrupt != NULL && interrupt(arg);
}

/* Until a node is put in order its depth is the number of children left. */
static crm_status
count_children(const int32_t *parent, int32_t count, crm_forest_node *nodes)
{
	for (int32_t i = 0; i < count; i++)
		nodes[i] = (crm_forest_node) {CRM_NO_NODE, 0, 1};
	for (int32_t i = 0; i < count; i++)
	{
		if (parent[i] == CRM_NO_NODE)
			continue;
		if (parent[i] < 0 || parent[i] >= count)
			return CRM_INVALID;
		nodes[parent[i]].depth++;
	}
	return CRM_OK;
}

crm_status
crm_forest_measure(const int32_t *parent, int32_t count,
				   crm_forest_node *nodes, int32_t *order,
				   crm_interrupt interrupt, void *arg)
{
	crm_status	status = count_children(parent, count, nodes);
	int32_t		ordered = 0;

	if (status != CRM_OK)
		return status;
	for (int32_t i = 0; i < count; i++)
		if (nodes[i].depth == 0)
			order[ordered++] = i;
	for (int32_t i = 0; i < ordered; i++)
	{
		int32_t		above = parent[order[i]];

		if (gives_up(i, interrupt, arg))
			return CRM_INTERRUPTED;
		if (above == CRM_NO_NODE)
			continue;
		nodes[above].size += nodes[order[i]].size;
		if (--nodes[above].depth == 0)
			order[ordered++] = above;
	}
	for (int32_t i = ordered - 1; i >= 0; i--)
	{
		crm_forest_node *node = &nodes[order[i]];
		int32_t		above = parent[order[i]];

		if (gives_up(i, interrupt, arg))
			return CRM_INTERRUPTED;
		node->root = above == CRM_NO_NODE ? order[i] : nodes[above].root;
		node->depth = above == CRM_NO_NODE ? 0 : nodes[above].depth + 1;
	}
	return CRM_OK;
}
