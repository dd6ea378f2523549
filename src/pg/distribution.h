/*
 * distribution.h
 *		The distribution as a datum: flat as core/distribution.h packs it, or
 *		expanded while an aggregate collects values.
 */
#ifndef CRM_PG_DISTRIBUTION_H
#define CRM_PG_DISTRIBUTION_H

#include "pg/extension.h"

#include "utils/expandeddatum.h"

#include "core/distribution.h"

typedef struct crm_distribution
{
	ExpandedObjectHeader header;
	int			magic;
	bool		sorted;
	uint64	   *keys;
	Size		count;
	Size		capacity;
	int			argument_count; /* of the aggregate that collects */
	double		arguments[CRM_ARGUMENTS_MAX];
	struct varlena *flat;		/* what get_flat_size() packed, or NULL */
} crm_distribution;

/* For aggregates: the state in argument 0, made on first use. */
extern crm_distribution *crm_distribution_state(FunctionCallInfo fcinfo);
extern void crm_distribution_add(crm_distribution *state, double value);
extern void crm_distribution_argue(crm_distribution *state,
								   const double *arguments, int count);
extern Datum crm_distribution_unchanged(FunctionCallInfo fcinfo);

/* For readers: argument n, sorted. */
extern crm_distribution *crm_getarg_distribution(FunctionCallInfo fcinfo,
												 int n);

#define PG_GETARG_DISTRIBUTION(n)	crm_getarg_distribution(fcinfo, n)

#endif							/* CRM_PG_DISTRIBUTION_H */
