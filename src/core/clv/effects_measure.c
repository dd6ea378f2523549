/*
 * effects_measure.c
 *		Covariates: what they are like, and which of them have an effect of
 *		their own.
 */
#include "core/clv/effects_search.h"

#include <math.h>
#include <string.h>

#define Q CRM_COVARIATES_MAX

#define OF_ITS_OWN 1e-9			/* of its variance, that others do not have */
#define INFLATION_MAX 100.0		/* of the variance of an effect, by the others */

/* Means and deviations of covariates, and their correlations. */
static void
measure(crm_effects_data *fit, double correlation[Q][Q])
{
	int			width = fit->q + 4;
	double		customers = 0;

	memset(correlation, 0, Q * sizeof(correlation[0]));
	for (size_t i = 0; i < fit->count; i++)
	{
		const double *row = fit->rows + i * width;

		customers += row[width - 1];
		for (int k = 0; k < fit->q; k++)
			fit->mean[k] += row[width - 1]
				/ customers * (row[k] - fit->mean[k]);
	}
	for (size_t i = 0; i < fit->count; i++)
	{
		const double *row = fit->rows + i * width;

		for (int k = 0; k < fit->q; k++)
			for (int l = 0; l <= k; l++)
				correlation[k][l] += row[width - 1] / customers
					* (row[k] - fit->mean[k]) * (row[l] - fit->mean[l]);
	}
	for (int k = 0; k < fit->q; k++)
	{
		fit->deviation[k] = sqrt(correlation[k][k]);
		if (!(fit->deviation[k] > OF_ITS_OWN * fabs(fit->mean[k])) ||
			!(fit->deviation[k] > 1e-150))
			fit->deviation[k] = 0;
	}
	for (int k = 0; k < fit->q; k++)
		for (int l = 0; l <= k; l++)
			correlation[k][l] = fit->deviation[k] == 0 || fit->deviation[l] == 0
				? 0 : correlation[k][l] / fit->deviation[k] / fit->deviation[l];
}

/*
 * Leave aside each covariate that those before it say already: where in the
 * Cholesky factor of the correlations nothing is left for it.
 */
static void
leave_aside(crm_effects_data *fit, double correlation[Q][Q], double factor[Q][Q])
{
	memset(factor, 0, Q * sizeof(factor[0]));
	for (int k = 0; k < fit->q; k++)
	{
		double		rest = 1;

		if (fit->deviation[k] == 0)
			continue;
		for (int l = 0; l < k; l++)
		{
			double		sum = correlation[k][l];

			for (int i = 0; i < l; i++)
				sum -= factor[k][i] * factor[l][i];
			factor[k][l] = fit->deviation[l] == 0 ? 0 : sum / factor[l][l];
			rest -= factor[k][l] * factor[k][l];
		}
		if (rest < OF_ITS_OWN)
			fit->deviation[k] = 0;
		else
			factor[k][k] = sqrt(rest);
	}
}

/*
 * Which of those left nearly follow from the others: the diagonal of the
 * inverse of the correlations is what these inflate the variance of each effect
 * by (Marquardt 1970).
 */
static void
find_near(crm_effects_data *fit, double factor[Q][Q])
{
	for (int k = 0; k < fit->q; k++)
	{
		double		x[Q] = {0}; /* column k of the inverse of the factor */
		double		inflation = 0;

		for (int i = k; i < fit->q && fit->deviation[k] > 0; i++)
		{
			if (fit->deviation[i] == 0)
				continue;
			x[i] = i == k;
			for (int l = k; l < i; l++)
				x[i] -= factor[i][l] * x[l];
			x[i] /= factor[i][i];
			inflation += x[i] * x[i];
		}
		fit->is_near[k] = inflation > INFLATION_MAX;
	}
}

void
crm_effects_measure(crm_effects_data *fit, double factor[Q][Q])
{
	double		correlation[Q][Q];

	measure(fit, correlation);
	leave_aside(fit, correlation, factor);
	find_near(fit, factor);
}
