/*
 * arrays.c
 *		double precision[] in and out of the glue.
 */
#include "pg/support/arrays.h"

#include "catalog/pg_type.h"

int
crm_read_float8s(ArrayType *array, const char *name, double *out, int limit)
{
	int			count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s must have one dimension", name)));
	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s cannot contain NULL", name)));
	if (count > limit)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("%s cannot have more than %d elements", name, limit)));
	for (int i = 0; i < count; i++)
	{
		out[i] = ((float8 *) ARR_DATA_PTR(array))[i];
		if (!isfinite(out[i]))
			ereport(ERROR,
					(errcode(crm_errcode(CRM_INVALID)),
					 errmsg("%s cannot contain %s", name,
							isnan(out[i]) ? "NaN" : "infinity")));
	}
	return count;
}

int
crm_getarg_float8s(FunctionCallInfo fcinfo, int n, const char *name,
				   double *out, int limit)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(n);
	int			count = crm_read_float8s(array, name, out, limit);

	PG_FREE_IF_COPY(array, n);
	return count;
}

Datum
crm_float8_array(const double *values, int count)
{
	Datum	   *elements = palloc(count * sizeof(Datum));

	for (int i = 0; i < count; i++)
		elements[i] = Float8GetDatum(values[i]);
	return PointerGetDatum(construct_array(elements, count, FLOAT8OID,
										   sizeof(float8), FLOAT8PASSBYVAL,
										   TYPALIGN_DOUBLE));
}
