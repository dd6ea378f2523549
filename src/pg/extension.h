/*
 * extension.h
 *		What every file of the glue includes.
 */
#ifndef CRM_PG_EXTENSION_H
#define CRM_PG_EXTENSION_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "core/status.h"

/*
 * The SQLSTATE of a core status: the one place that knows. Use it as
 *		ereport(ERROR, errcode(crm_errcode(status)), errmsg(...))
 * so that the message can name the value at fault.
 */
extern int	crm_errcode(crm_status status);

/* For core loops that can run long: true, and never an error, on cancel. */
extern bool crm_interrupted(void *arg);

#endif							/* CRM_PG_EXTENSION_H */
