/*
 * check.c
 *		Arguments of the functions that hold a model against what happened.
 */
#include "pg/clv/clv.h"

#include "utils/date.h"

PG_FUNCTION_INFO_V1(crm_clv_check_arguments);

static void
check_day(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (!PG_ARGISNULL(n) && DATE_NOT_FINITE(PG_GETARG_DATEADT(n)))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("%s cannot be infinite", name),
				 errhint("Give %s as a day, for example the last one in the data.",
						 name)));
}

static void
check_number(FunctionCallInfo fcinfo, int n, const char *name, int least)
{
	if (!PG_ARGISNULL(n) && PG_GETARG_INT32(n) < least)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("%s cannot be %d", name, PG_GETARG_INT32(n)),
				 errhint("%s is %d or more.", name, least)));
}

/* (as_of, until, step_days, up_to), NULL where there is no such argument */
Datum
crm_clv_check_arguments(PG_FUNCTION_ARGS)
{
	check_day(fcinfo, 0, "as_of");
	check_day(fcinfo, 1, "until");
	if (!PG_ARGISNULL(0) && !PG_ARGISNULL(1) &&
		PG_GETARG_DATEADT(1) < PG_GETARG_DATEADT(0))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("until must not be before as_of"),
				 errhint("The days from as_of to until are examined.")));
	check_number(fcinfo, 2, "step_days", 1);
	check_number(fcinfo, 3, "up_to", 0);
	PG_RETURN_BOOL(true);
}
