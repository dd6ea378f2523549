/*
 * arrays.h
 *		double precision[] in and out of the glue.
 */
#ifndef CRM_PG_SUPPORT_ARRAYS_H
#define CRM_PG_SUPPORT_ARRAYS_H

#include "pg/support/extension.h"

#include "utils/array.h"

/* A flat array of at most limit numbers; returns how many. */
extern int	crm_read_float8s(ArrayType *array, const char *name,
							 double *out, int limit);
extern int	crm_getarg_float8s(FunctionCallInfo fcinfo, int n,
							   const char *name, double *out, int limit);
extern Datum crm_float8_array(const double *values, int count);

#endif							/* CRM_PG_SUPPORT_ARRAYS_H */
