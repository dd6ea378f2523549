/*
 * period.h
 *		Periods as arguments, and what the files of this topic share.
 */
#ifndef CRM_PG_PERIOD_PERIOD_H
#define CRM_PG_PERIOD_PERIOD_H

#include "pg/support/aggregate.h"

#include "utils/array.h"
#include "utils/date.h"

#include "core/period/period.h"
#include "core/period/retention.h"

/* Bounds in an array that is checked to be flat, without NULL. */
typedef struct crm_bounds
{
	const int32 *days;
	int			count;
} crm_bounds;

extern crm_bounds crm_getarg_bounds(FunctionCallInfo fcinfo, int n,
									const char *name);

/* An error unless they ascend and are as many as there may be. */
extern void crm_require_bounds(crm_bounds bounds);

/* The same bounds in every row, or an error. */
extern void crm_require_same_bounds(crm_bounds bounds, const int32 *days,
									int32 periods);

#endif							/* CRM_PG_PERIOD_PERIOD_H */
