/*
 * status.h
 *		What a function of the core answers when it can fail.
 *
 * The core never raises an error and never allocates. A caller maps these to
 * its own errors in one place: the extension in src/pg/support/extension.c, to SQLSTATEs.
 */
#ifndef CRM_CORE_STATUS_H
#define CRM_CORE_STATUS_H

#include <stdbool.h>

typedef enum crm_status
{
	CRM_OK = 0,
	CRM_OUT_OF_RANGE,			/* a value or a sum does not fit */
	CRM_INVALID,				/* an argument outside its domain */
	CRM_BAD_TEXT,				/* text that does not parse */
	CRM_CORRUPT,				/* bytes that no encoder wrote */
	CRM_NO_SPACE,				/* the caller's buffer is too small */
	CRM_TOO_FEW,				/* not enough data to answer */
	CRM_SINGULAR,				/* data that determine no answer */
	CRM_NOT_CONVERGED,			/* an iteration that found no end */
	CRM_INTERRUPTED				/* the caller's callback said stop */
} crm_status;

/* Long loops call this now and then; true means give up. */
typedef bool (*crm_interrupt) (void *arg);

#endif							/* CRM_CORE_STATUS_H */
