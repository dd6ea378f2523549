/*
 * search.h
 *		The best of several maxima.
 *
 * A likelihood over customers of two kinds, such as many who never come back
 * and some who always do, has more than one maximum, and which of them a
 * search finds is settled by where it begins. So there are several beginnings,
 * each made from a reading of the data, and the best end is kept. Nothing is
 * random: the same rows give the same model.
 */
#ifndef CRM_CORE_CLV_SEARCH_H
#define CRM_CORE_CLV_SEARCH_H

#include <stddef.h>

#include "core/numeric/newton.h"

#define CRM_CLV_STARTS 8

typedef struct crm_clv_starts
{
	int			count;
	double		parameter[CRM_CLV_STARTS][CRM_NEWTON_MAX];
} crm_clv_starts;

extern void crm_clv_add_start(crm_clv_starts *starts, double a, double b,
							  double c, double d);

/*
 * crm_newton_maximise() from each start. The objective, over so many rows,
 * minds *stride: it looks at every stride-th row. Where rows are many the
 * searches run over a part of them, spread evenly; only those of its maxima
 * that may be the best are followed over all. CRM_INVALID where the objective
 * is finite at none of the starts.
 */
extern crm_status crm_clv_search(const crm_newton_problem *problem,
								 size_t rows, size_t *stride,
								 const crm_clv_starts *starts,
								 crm_newton_result *result);

#endif							/* CRM_CORE_CLV_SEARCH_H */
