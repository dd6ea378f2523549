/*
 * distribution.h
 *		The distribution as a datum: packed as core/distribution/distribution.h describes,
 *		or, while an aggregate collects values, a struct that grows.
 */
#ifndef CRM_PG_DISTRIBUTION_DISTRIBUTION_H
#define CRM_PG_DISTRIBUTION_DISTRIBUTION_H

#include "pg/support/extension.h"

#include "core/distribution/distribution.h"

/* Stands where a packed distribution has its version. */
#define CRM_DISTRIBUTION_COLLECTING	0xff

/*
 * Itself a varlena, in the form of which only functions of aggregates see it.
 * Its length is the room for keys until nodeAgg.c has moved it to where states
 * live, and the keys themselves from then on, or the tuple in which a parallel
 * worker sends its states, one for each aggregate, would carry the spare room.
 */
typedef struct crm_distribution
{
	int32		vl_len_;
	uint8		form;			/* CRM_DISTRIBUTION_COLLECTING */
	bool		sorted;
	int16		argument_count; /* of the aggregate that collects */
	int64		count;
	int64		capacity;
	struct crm_distribution *settled;	/* this state, once it was moved */
	double		arguments[CRM_ARGUMENTS_MAX];
	uint64		keys[FLEXIBLE_ARRAY_MEMBER];
} crm_distribution;

/*
 * What a transition function answers: the state in argument 0, made on first
 * use, with the value added; or, for a row that it skips, as it is. arguments
 * are those of the aggregate and must be the same in every row.
 */
extern Datum crm_distribution_collect(FunctionCallInfo fcinfo, double value,
									  const double *arguments, int count);
extern Datum crm_distribution_unchanged(FunctionCallInfo fcinfo);

/* For readers: argument n, sorted. */
extern crm_distribution *crm_getarg_distribution(FunctionCallInfo fcinfo,
												 int n);

/* For the type's own functions (io.c). */
extern crm_distribution *crm_distribution_create(int64 capacity);
extern crm_distribution *crm_distribution_reserve(crm_distribution *state,
												  int64 more);
extern struct varlena *crm_distribution_pack(crm_distribution *distribution);
extern crm_distribution *crm_distribution_unpack(const crm_packed_keys *packed);

#define PG_GETARG_DISTRIBUTION(n)	crm_getarg_distribution(fcinfo, n)

#endif							/* CRM_PG_DISTRIBUTION_DISTRIBUTION_H */
