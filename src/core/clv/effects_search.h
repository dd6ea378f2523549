/*
 * effects_search.h
 *		Covariates: where the search begins, and the best of its ends.
 */
#ifndef CRM_CORE_CLV_EFFECTS_SEARCH_H
#define CRM_CORE_CLV_EFFECTS_SEARCH_H

#include <stddef.h>

#include "core/clv/effects.h"
#include "core/clv/family.h"
#include "core/numeric/newton.h"

#define CRM_EFFECTS_STARTS 12

/* The rows, and what the search needs of them. */
typedef struct crm_effects_data
{
	int			kind;			/* and its family */
	const crm_clv_family *family;
	const double *rows;
	size_t		count;
	size_t		stride;
	int			q;
	double		mean[CRM_COVARIATES_MAX];
	double		deviation[CRM_COVARIATES_MAX];	/* 0 where it has no effect of
												 * its own */
	bool		is_near[CRM_COVARIATES_MAX];	/* hardly one of its own */
	crm_interrupt interrupt;
	void	   *arg;
} crm_effects_data;

typedef struct crm_effects_starts
{
	int			count;
	double		at[CRM_EFFECTS_STARTS][CRM_MANY_MAX];
	double		usual[CRM_EFFECTS_BASE];	/* logarithms of parameters, as
											 * they are seen at once */
} crm_effects_starts;

/*
 * Means and deviations of the covariates, which of them have an effect of their
 * own, and the Cholesky factor of the correlations of these.
 */
extern void crm_effects_measure(crm_effects_data *fit,
								double factor[CRM_COVARIATES_MAX][CRM_COVARIATES_MAX]);

/*
 * Where to begin, given the fit without covariates and the Cholesky factor of
 * the correlations of those that have an effect of their own.
 */
extern void crm_effects_choose_starts(const crm_effects_data *fit,
									  const crm_clv_part *without,
									  const crm_clv_summary *means,
									  double factor[CRM_COVARIATES_MAX][CRM_COVARIATES_MAX],
									  crm_effects_starts *starts);

/*
 * crm_many_maximise() from each start, over a part of the rows first, as
 * crm_clv_search() has it, and then from points around the best. The objective
 * minds *stride. CRM_INVALID where it is finite at none of the starts.
 */
extern crm_status crm_effects_search(const crm_many_problem *problem,
									 size_t rows, size_t *stride,
									 const crm_effects_starts *starts,
									 crm_many_result *result);

#endif							/* CRM_CORE_CLV_EFFECTS_SEARCH_H */
