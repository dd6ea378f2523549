/*
 * markov.h
 *		crm_markov: a chain of channels as a datum.
 *
 * Stored, it is the packed form of core/campaign/chain.h. While an aggregate
 * collects, it is an expanded object (pg/support/aggregate.h) that grows, and that
 * PostgreSQL flattens to the packed form wherever it leaves the process or goes
 * into a table.
 */
#ifndef CRM_PG_CAMPAIGN_MARKOV_H
#define CRM_PG_CAMPAIGN_MARKOV_H

#include "pg/support/aggregate.h"

#include "core/campaign/chain.h"

typedef struct crm_markov
{
	ExpandedObjectHeader header;
	crm_chain	chain;
	void	   *memory;			/* what chain points into */
	struct varlena *packed;		/* or NULL, once the chain has changed */
} crm_markov;

extern const ExpandedObjectMethods crm_markov_methods;

/* An empty one, whose parts all lie in the context. */
extern crm_markov *crm_markov_create(MemoryContext context);

/* The packed form is out of date. */
extern void crm_markov_changed(crm_markov *markov);

/* The channel of that name, which is made if need be. */
extern int	crm_markov_channel(crm_markov *markov, const char *name,
							   Size length);

/* Adds all that a datum, expanded or not, holds. */
extern void crm_markov_merge(crm_markov *into, Datum from);

/* For readers: the object that a datum is, or one made of it. */
extern crm_markov *crm_markov_from_datum(Datum datum);

/* The packed form, which the object keeps. */
extern struct varlena *crm_markov_pack(crm_markov *markov);

/* The channels in order. */
extern int *crm_markov_order(const crm_markov *markov);

#endif							/* CRM_PG_CAMPAIGN_MARKOV_H */
