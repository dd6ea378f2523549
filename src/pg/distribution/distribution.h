/*
 * distribution.h
 *		The distribution as a datum: packed, as core/distribution/distribution.h
 *		describes, or a struct that grows while an aggregate collects values.
 */
#ifndef CRM_PG_DISTRIBUTION_DISTRIBUTION_H
#define CRM_PG_DISTRIBUTION_DISTRIBUTION_H

#include "pg/support/aggregate.h"

#include "core/distribution/distribution.h"

/*
 * Values are taken in as they come, single keys and counted ones apart, and
 * now and then sorted, counted and merged into the values proper.
 */
typedef struct crm_distribution
{
	ExpandedObjectHeader header;
	crm_values	values;			/* all, once it is settled */
	uint64	   *single;			/* keys that wait */
	Size		single_count;
	Size		single_capacity;
	crm_counted_key *counted;	/* and those that stand for several values */
	Size		counted_count;
	Size		counted_capacity;
	uint64		count;			/* of values, also of those that wait */
	int			argument_count; /* of the aggregate that collects */
	double		arguments[CRM_ARGUMENTS_MAX];
	uint64		first[FLEXIBLE_ARRAY_MEMBER];	/* where single begins */
} crm_distribution;

/*
 * What a transition function answers: the state in argument 0, made on first
 * use, with the value added; or, for a row that it skips, as it is. arguments
 * are those of the aggregate and must be the same in every row.
 */
extern Datum crm_distribution_collect(FunctionCallInfo fcinfo, double value,
									  const double *arguments, int count);

/* For readers: argument n, settled; what they may keep beyond the call. */
extern crm_distribution *crm_getarg_distribution(FunctionCallInfo fcinfo,
												 int n);
extern crm_values *crm_getarg_values(FunctionCallInfo fcinfo, int n);
extern crm_values *crm_getarg_values_copy(FunctionCallInfo fcinfo, int n);

/* For the type's own functions (io.c). */
extern crm_distribution *crm_distribution_create(MemoryContext context);
extern bool crm_distribution_add(crm_distribution *distribution, uint64 key,
								 uint64 times);
extern struct varlena *crm_distribution_pack(crm_distribution *distribution);
extern crm_distribution *crm_distribution_unpack(const crm_packed_values *packed,
												 MemoryContext context);

#define PG_GETARG_DISTRIBUTION(n)	crm_getarg_distribution(fcinfo, n)
#define PG_GETARG_VALUES(n)			crm_getarg_values(fcinfo, n)

#endif							/* CRM_PG_DISTRIBUTION_DISTRIBUTION_H */
