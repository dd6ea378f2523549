/*
 * cells.h
 *		How many customers have which scores of recency, frequency and monetary
 *		value, on several days: each ledger is walked once for all of them.
 */
#ifndef CRM_CORE_RFM_CELLS_H
#define CRM_CORE_RFM_CELLS_H

#include "core/activity/activity.h"
#include "core/numeric/wide.h"

#define CRM_CELL_BREAKS_MAX		9	/* of a dimension: ten scores */
#define CRM_CELL_DAYS_MAX		1200

/* The breaks of a dimension, as crm_score() takes them. */
typedef struct crm_cell_scale
{
	int32_t		count;			/* of breaks; scores are 1 to count + 1 */
	int32_t		is_known;		/* or 0, and everybody has the score 0 */
	double		breaks[CRM_CELL_BREAKS_MAX];
} crm_cell_scale;

typedef struct crm_cell_scales
{
	crm_cell_scale recency;		/* in days: the least get the best score */
	crm_cell_scale frequency;
	crm_cell_scale monetary;
} crm_cell_scales;

/* Stored at multiples of four bytes. */
typedef struct crm_score_cell
{
	int64_t		customers;
	crm_wide	amount;			/* net, of all days up to the day */
} crm_score_cell;

/* Cells of a day; of which scores the n-th is. */
extern int32_t crm_cells_a_day(const crm_cell_scales *scales);
extern void crm_cell_scores(const crm_cell_scales *scales, int32_t n,
							int32_t scores[3]);

/*
 * Adds a ledger to the cells of each day, ascending, on which it has an active
 * day behind it. CRM_OUT_OF_RANGE where a sum does not fit.
 */
extern crm_status crm_add_to_cells(const uint8_t *bytes, size_t length,
								   const crm_cell_scales *scales,
								   const int32_t *days, int32_t count,
								   crm_score_cell *cells);

/* Adds the sums of other customers. */
extern crm_status crm_merge_cell(crm_score_cell *cell,
								 const crm_score_cell *other);

#endif							/* CRM_CORE_RFM_CELLS_H */
