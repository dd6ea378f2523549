/*
 * effects_starts.c
 *		Covariates: where the search begins.
 */
#include "core/clv/effects_search.h"

#include <math.h>
#include <string.h>

#define B CRM_EFFECTS_BASE
#define Q CRM_COVARIATES_MAX
#define SIGHT_MAX 2.0			/* of an effect at first sight */

/* What regression on the covariates makes of their covariances with it. */
static void
solve(const crm_effects_data *fit, double factor[Q][Q], double *x)
{
	for (int k = 0; k < fit->q; k++)
	{
		for (int l = 0; l < k; l++)
			x[k] -= factor[k][l] * x[l];
		x[k] = fit->deviation[k] == 0 ? 0 : x[k] / factor[k][k];
	}
	for (int k = fit->q - 1; k >= 0; k--)
	{
		for (int l = k + 1; l < fit->q; l++)
			x[k] -= factor[l][k] * x[l];
		x[k] = fit->deviation[k] == 0 ? 0 : x[k] / factor[k][k];
	}
}

/* No effect larger than SIGHT_MAX, or the largest just as large. */
static void
cap(int q, bool is_direction, double *sight)
{
	double		largest = 0;
	double		scale;

	for (int k = 0; k < q; k++)
		largest = fmax(largest, fabs(sight[k]));
	scale = largest > SIGHT_MAX || (is_direction && largest > 0)
		? SIGHT_MAX / largest : 1;
	for (int k = 0; k < q; k++)
		sight[k] *= scale;
}

/*
 * What moves with the covariates at first sight: by how much a deviation of each
 * changes ln of the purchases a time, and of the customers who are silent for
 * longer than three of their intervals, as a linear regression has it.
 */
static void
first_sight(const crm_effects_data *fit, double factor[Q][Q], double sight[2][Q])
{
	int			width = fit->q + 4;
	double		mean[2] = {0, 0};

	memset(sight, 0, 2 * sizeof(sight[0]));
	for (size_t row = 0; row < fit->count; row++)
	{
		const double *at = fit->rows + row * width;
		const crm_history *h = (const crm_history *) (at + fit->q);
		double		seen[2] = {
			h->age > 0 ? h->weight * h->frequency / h->age : 0,
			(h->age - h->recency) * h->frequency > 3 * h->recency ||
			h->frequency == 0 ? h->weight : 0
		};

		for (int e = 0; e < 2; e++)
		{
			mean[e] += seen[e];
			for (int k = 0; k < fit->q; k++)
				sight[e][k] += fit->deviation[k] == 0 ? 0 : seen[e]
					* (at[k] - fit->mean[k]) / fit->deviation[k];
		}
	}
	for (int e = 0; e < 2; e++)
	{
		for (int k = 0; k < fit->q; k++)
			sight[e][k] = mean[e] > 0 ? sight[e][k] / mean[e] : 0;
		solve(fit, factor, sight[e]);
		/* Of who leaves only the direction is known. */
		cap(fit->q, e == 1, sight[e]);
	}
}

/* A start with these parts of the effects at first sight. */
static void
add_start(const crm_effects_data *fit, const double *parameter, double gamma,
		  double delta, double sight[2][Q], crm_effects_starts *starts)
{
	double	   *at = starts->at[starts->count++];

	for (int i = 0; i < B; i++)
		at[i] = log(parameter[i]);
	for (int k = 0; k < fit->q; k++)
	{
		at[B + k] = gamma * sight[0][k];
		at[B + fit->q + k] = delta * sight[1][k];
	}
}

/*
 * The fit without covariates, as it is, and with purchases or churn set apart
 * by them; and the several readings of the data that it was searched from.
 */
void
crm_effects_choose_starts(const crm_effects_data *fit,
						  const crm_clv_part *without,
						  const crm_clv_summary *means, double factor[Q][Q],
						  crm_effects_starts *starts)
{
	crm_clv_starts plain = {0};
	double		sight[2][Q];

	first_sight(fit, factor, sight);
	add_start(fit, without->parameter, 0, 0, sight, starts);
	add_start(fit, without->parameter, 1, 0, sight, starts);
	fit->family->choose_starts(means, &plain);
	for (int i = 0; i < B; i++)
		starts->usual[i] = log(plain.parameter[0][i]);
	for (int i = 0; i < 2; i++)
	{
		add_start(fit, plain.parameter[i], 1, 1, sight, starts);
		add_start(fit, plain.parameter[i], 1, -1, sight, starts);
	}
	for (int i = 0; i < plain.count && starts->count < CRM_EFFECTS_STARTS; i++)
		add_start(fit, plain.parameter[i], 1, 0, sight, starts);
}
