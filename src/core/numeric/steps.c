/*
 * steps.c
 *		The counter of steps, in unit tests alone.
 */
#include "core/numeric/steps.h"

#ifdef CRM_COUNT_STEPS
uint64_t	crm_steps;
#else
typedef int crm_steps_unused;	/* a file must declare something */
#endif
