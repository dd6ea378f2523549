/*
 * effects_search.h
 *		Covariates: where the search begins, and the best of its ends.
 */
#ifndef CRM_CORE_CLV_EFFECTS_SEARCH_H
#define CRM_CORE_CLV_EFFECTS_SEARCH_H

#include <stddef.h>

#include "core/numeric/newton.h"

#define CRM_EFFECTS_STARTS 12

typedef struct crm_effects_starts
{
	int			count;
	double		at[CRM_EFFECTS_STARTS][CRM_MANY_MAX];
} crm_effects_starts;

/*
 * crm_many_maximise() from each start, over a part of the rows first, as
 * crm_clv_search() has it. The objective minds *stride. CRM_INVALID where it is
 * finite at none of the starts.
 */
extern crm_status crm_effects_search(const crm_many_problem *problem,
									 size_t rows, size_t *stride,
									 const crm_effects_starts *starts,
									 crm_many_result *result);

#endif							/* CRM_CORE_CLV_EFFECTS_SEARCH_H */
