/*
 * surge.c
 *		crm_surge(): is a value more than its kind usually is?
 */
#include "pg/support/extension.h"

#include "core/campaign/surge.h"
#include "pg/support/arrays.h"

PG_FUNCTION_INFO_V1(crm_surge);

static void
check_number(const char *name, double value)
{
	if (!isfinite(value))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("%s cannot be %s", name, isnan(value) ? "NaN" :
						value > 0 ? "Infinity" : "-Infinity"),
				 errhint("Make such values NULL.")));
}

/* The values of an array, less its NULLs; returns how many. */
static int
read_baseline(ArrayType *array, double *values)
{
	int			items = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	const double *next = (const double *) ARR_DATA_PTR(array);
	int			count = 0;

	for (int i = 0; i < items; i++)
	{
		if (crm_array_is_null(array, i))
			continue;
		check_number("baseline", *next);
		values[count++] = *next++;
	}
	return count;
}

static Datum
surge_row(FunctionCallInfo fcinfo, const crm_surge_verdict *surge)
{
	Datum		values[3] = {0};
	bool		nulls[3] = {true, true, true};

	if (surge != NULL)
	{
		nulls[0] = isnan(surge->z);
		nulls[1] = isnan(surge->p_value);
		nulls[2] = false;
		values[0] = Float8GetDatum(surge->z);
		values[1] = Float8GetDatum(surge->p_value);
		values[2] = CStringGetTextDatum(crm_surge_method_name(surge->method));
	}
	return crm_row(fcinfo, values, nulls);
}

Datum
crm_surge(PG_FUNCTION_ARGS)
{
	double		observed = PG_GETARG_FLOAT8(0);
	ArrayType  *baseline = PG_GETARG_ARRAYTYPE_P(1);
	int			items = ArrayGetNItems(ARR_NDIM(baseline), ARR_DIMS(baseline));
	double	   *values = palloc(mul_size(items + 1, sizeof(double)));
	double	   *scratch = palloc(mul_size(items + 1, sizeof(double)));
	crm_surge_verdict surge;
	crm_status	status;

	check_number("observed", observed);
	status = crm_surge_judge(observed, values, scratch,
							 read_baseline(baseline, values),
							 crm_interrupted, NULL, &surge);
	if (status == CRM_OUT_OF_RANGE)
		ereport(ERROR,
				(errcode(crm_errcode(status)),
				 errmsg("differences within the baseline are out of range")));
	return surge_row(fcinfo, status == CRM_OK ? &surge : NULL);
}
