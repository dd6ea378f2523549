/*
 * forest.h
 *		Trees that are told by each node's parent: whose is a node, how deep is
 *		it, and how many are below?
 */
#ifndef CRM_CORE_CAMPAIGN_FOREST_H
#define CRM_CORE_CAMPAIGN_FOREST_H

#include <stdint.h>

#include "core/status.h"

/* The parent of a node that has none; the root of one that is in no tree. */
#define CRM_NO_NODE (-1)

typedef struct crm_forest_node
{
	int32_t		root;			/* CRM_NO_NODE in a circle, and below one */
	int32_t		depth;			/* 0 for a root; nothing without one */
	int32_t		size;			/* nodes from here down, this one too */
} crm_forest_node;

/*
 * Fills in nodes, one a parent; order is as long, and scratch. Linear in the
 * number of nodes, however deep they are. CRM_INVALID for a parent that is no
 * node.
 */
extern crm_status crm_forest_measure(const int32_t *parent, int32_t count,
									 crm_forest_node *nodes, int32_t *order,
									 crm_interrupt interrupt, void *arg);

#endif							/* CRM_CORE_CAMPAIGN_FOREST_H */
