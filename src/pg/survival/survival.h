/*
 * survival.h
 *		crm_survival as a value, and as an aggregate collects it.
 */
#ifndef CRM_PG_SURVIVAL_SURVIVAL_H
#define CRM_PG_SURVIVAL_SURVIVAL_H

#include "pg/support/extension.h"

#include "core/survival/survival.h"

/* Sorted runs, packed into a value */
extern struct varlena *crm_survival_value(const crm_run *runs, Size count);

/* An uncompressed value, to be read from its beginning. */
extern void crm_open_survival(const struct varlena *packed, crm_survival *s);

/* Argument n, which must not be NULL, to be read from its beginning. */
extern crm_survival crm_getarg_survival(FunctionCallInfo fcinfo, int n);

#endif							/* CRM_PG_SURVIVAL_SURVIVAL_H */
