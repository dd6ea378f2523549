/*
 * released.c
 *		C functions that only released install scripts name.
 *
 * Between "make install" and ALTER EXTENSION UPDATE a database has the
 * functions of the release that it was made with. What is gone since refuses,
 * so that no write passes by a ledger that a workspace of 0.1.0 keeps.
 */
#include "pg/support/extension.h"

#define GONE(name) \
	PG_FUNCTION_INFO_V1(name); \
	Datum \
	name(PG_FUNCTION_ARGS) \
	{ \
		(void) fcinfo; \
		refuse(#name); \
		PG_RETURN_NULL(); \
	}

static void
refuse(const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("function %s belongs to an earlier release of crm_ext", name),
			 errhint("Run ALTER EXTENSION crm_ext UPDATE, "
					 "and then crm_upgrade_workspace for each workspace.")));
}

/* 0.1.0 */
GONE(crm_activity_trigger)
GONE(crm_move_trigger)
GONE(crm_queue_trigger)

/* It vouched for triggers that no longer act. */
PG_FUNCTION_INFO_V1(crm_trigger_seal);
Datum
crm_trigger_seal(PG_FUNCTION_ARGS)
{
	(void) fcinfo;
	PG_RETURN_NULL();
}
