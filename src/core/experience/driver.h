/*
 * driver.h
 *		Which drivers an outcome goes with: relative importance.
 */
#ifndef CRM_CORE_EXPERIENCE_DRIVER_H
#define CRM_CORE_EXPERIENCE_DRIVER_H

#include <stdint.h>

#include "core/experience/state.h"

#define CRM_MAX_DRIVERS (CRM_STATE_MAX_WIDTH - 1)

/* Shapley shares ask for a regression on every subset of the drivers. */
#define CRM_MAX_SHAPLEY 15

/*
 * Weighted sums and cross-products of width = 1 + drivers variables, the outcome first:
 * width sums, then the products of variables i <= j row by row. Width 0 is a
 * state that has seen no array of drivers yet.
 */
typedef struct crm_driver_fit
{
	int64_t		count;			/* rows used */
	int64_t		skipped;		/* rows with a NULL */
	crm_dd		weight;			/* of the rows used: their number, if none has
								 * one */
	crm_dd		sum[];
} crm_driver_fit;

/* What is said of one driver; NAN where nothing can be. */
typedef struct crm_driver
{
	double		correlation;
	double		beta;			/* standardized regression coefficient */
	double		relative_weight;	/* Johnson's share of R squared */
	double		shapley;		/* its Shapley (LMG) share */
} crm_driver;

/*
 * Adds a row that weighs more than 0; CRM_OUT_OF_RANGE when a sum no longer
 * fits a double.
 */
extern crm_status crm_driver_add(crm_driver_fit *fit, int width,
								 double outcome, const double *drivers,
								 double weight);

/* How many doubles crm_driver_solve() needs as workspace. */
extern size_t crm_driver_workspace(int width);

/*
 * Fills width - 1 results, and R squared. CRM_SINGULAR when a variable is
 * constant, the drivers are linearly dependent or the rows too few: then only
 * correlations of what varies are there.
 */
extern crm_status crm_driver_solve(const crm_driver_fit *fit, int width,
								   double *workspace, crm_driver *result,
								   double *r_squared);

#endif							/* CRM_CORE_EXPERIENCE_DRIVER_H */
