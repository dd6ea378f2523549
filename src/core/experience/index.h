/*
 * index.h
 *		A weighted index of 0 to 100, and the importance-performance grid.
 */
#ifndef CRM_CORE_EXPERIENCE_INDEX_H
#define CRM_CORE_EXPERIENCE_INDEX_H

#include <stdint.h>

#include "core/experience/state.h"

typedef struct crm_index
{
	int64_t		present;		/* cells with a score */
	int64_t		absent;			/* cells without */
	crm_dd		weight;			/* of the cells present */
	crm_dd		absent_weight;
	crm_dd		sum;			/* of weight * score, rescaled to 0..1 */
} crm_index;

/*
 * Adds a cell; score NULL for one that is absent. CRM_INVALID for a score off
 * the scale, CRM_OUT_OF_RANGE when its width or the weights do not fit.
 */
extern crm_status crm_index_add(crm_index *index, const double *score,
								double weight, double scale_min,
								double scale_max);

/* 0 to 100; CRM_TOO_FEW where no weight is present. */
extern crm_status crm_index_score(const crm_index *index, double *value);

/* The weight of all cells, absent ones too. */
extern double crm_index_full_weight(const crm_index *index);

/*
 * The weight present as a share of full_weight. CRM_INVALID when that is less,
 * CRM_TOO_FEW when there is no weight at all.
 */
extern crm_status crm_index_present(const crm_index *index,
									double full_weight, double *coverage);

/* Martilla and James (1977): which quarter of the grid. */
extern const char *crm_quadrant_of(double importance, double performance,
								   double importance_cross,
								   double performance_cross);

#endif							/* CRM_CORE_EXPERIENCE_INDEX_H */
