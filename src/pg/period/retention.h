/*
 * retention.h
 *		crm_retention as an argument.
 */
#ifndef CRM_PG_PERIOD_RETENTION_H
#define CRM_PG_PERIOD_RETENTION_H

#include "pg/period/period.h"

/* Argument n, which must not be NULL, flat and of the length that it says. */
extern crm_retention *crm_getarg_retention(FunctionCallInfo fcinfo, int n);

#endif							/* CRM_PG_PERIOD_RETENTION_H */
