/*
 * surge.h
 *		Is a value more than its kind usually is?
 */
#ifndef CRM_CORE_CAMPAIGN_SURGE_H
#define CRM_CORE_CAMPAIGN_SURGE_H

#include <stddef.h>

#include "core/status.h"

/* Fewer values than this say nothing of what is usual. */
#define CRM_SURGE_MIN 4

typedef enum crm_surge_method
{
	CRM_SURGE_POISSON,
	CRM_SURGE_NEGATIVE_BINOMIAL,
	CRM_SURGE_STUDENT
} crm_surge_method;

typedef struct crm_surge_verdict
{
	double		z;				/* NAN where the values do not vary */
	double		p_value;		/* NAN where nothing can be said */
	crm_surge_method method;
} crm_surge_verdict;

extern const char *crm_surge_method_name(crm_surge_method method);

/*
 * Judges observed by count finite values, which are sorted in place; scratch
 * has room for as many. CRM_TOO_FEW below CRM_SURGE_MIN values,
 * CRM_OUT_OF_RANGE where their differences do not fit a double,
 * CRM_INTERRUPTED.
 */
extern crm_status crm_surge_judge(double observed, double *values,
								  double *scratch, size_t count,
								  crm_interrupt interrupt, void *arg,
								  crm_surge_verdict *result);

#endif							/* CRM_CORE_CAMPAIGN_SURGE_H */
