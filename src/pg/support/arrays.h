/*
 * arrays.h
 *		Arrays in and out of the glue, double precision[] above all.
 */
#ifndef CRM_PG_SUPPORT_ARRAYS_H
#define CRM_PG_SUPPORT_ARRAYS_H

#include "pg/support/extension.h"

#include "access/tupmacs.h"
#include "utils/array.h"

/* Is element i, from 0 on, NULL? Such elements take no place in the data. */
static inline bool
crm_array_is_null(ArrayType *array, int i)
{
	return ARR_HASNULL(array) && att_isnull(i, ARR_NULLBITMAP(array));
}

/* A flat array of at most limit numbers; returns how many. */
extern int	crm_read_float8s(ArrayType *array, const char *name,
							 double *out, int limit);
extern int	crm_getarg_float8s(FunctionCallInfo fcinfo, int n,
							   const char *name, double *out, int limit);
extern Datum crm_float8_array(const double *values, int count);

#endif							/* CRM_PG_SUPPORT_ARRAYS_H */
