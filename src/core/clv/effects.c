/*
 * effects.c
 *		Covariates: a model of customers who have some, from the model of all.
 */
#include "core/clv/effects.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/clv/family.h"

bool
crm_clv_takes_covariates(int kind)
{
	return crm_clv_family_of(kind)->slopes != NULL;
}

void
crm_clv_default_names(crm_clv_effects *effects)
{
	memset(effects->name, 0, sizeof(effects->name));
	for (int i = 0; i < effects->n; i++)
	{
		effects->name[i][0] = 'x';
		effects->name[i][1] = (char) ('1' + i);
	}
}

int
crm_clv_free_effects(const crm_clv_effects *effects)
{
	int			count = 0;

	for (int i = 0; i < 2 * effects->n; i++)
		count += effects->mark[i] != CRM_EFFECT_NONE;
	return count;
}

/* Of names that end: none empty, and none twice? */
static bool
names_are_valid(const crm_clv_effects *effects)
{
	for (int i = 0; i < effects->n; i++)
	{
		if (effects->name[i][0] == '\0')
			return false;
		for (int j = 0; j < i; j++)
			if (strcmp(effects->name[i], effects->name[j]) == 0)
				return false;
	}
	return true;
}

bool
crm_clv_effects_are_sound(const crm_clv *clv, const crm_clv_effects *effects)
{
	if (effects->n < 1 || effects->n > CRM_COVARIATES_MAX ||
		effects->n != clv->covariates ||
		!crm_clv_takes_covariates(clv->kind))
		return false;
	for (int i = 0; i < effects->n; i++)
		if (memchr(effects->name[i], '\0', CRM_COVARIATE_NAME) == NULL)
			return false;
	for (int i = 0; i < 2 * effects->n; i++)
		if (!(fabs(effects->effect[i]) <= CRM_EFFECT_SIZE) ||
			effects->mark[i] < 0 || effects->mark[i] >= CRM_EFFECT_MARKS)
			return false;
	return true;
}

bool
crm_clv_effects_are_valid(const crm_clv *clv, const crm_clv_effects *effects)
{
	if (!crm_clv_effects_are_sound(clv, effects) ||
		(effects->has_covariance != 0 && effects->has_covariance != 1) ||
		!isfinite(effects->without) || !names_are_valid(effects))
		return false;
	for (int i = 0; i < 2 * effects->n; i++)
	{
		if (!(effects->covariance[i][CRM_EFFECTS_BASE + i] >= 0))
			return false;
		for (int j = 0; j < CRM_EFFECTS_BASE + 2 * effects->n; j++)
			if (!isfinite(effects->covariance[i][j]))
				return false;
	}
	return true;
}

/* How much covariates move ln of parameter i: its gain by each effect. */
static double
gain_of(const crm_clv_family *family, const crm_clv_effects *effects, int i,
		int effect, const double *z)
{
	if (effect < effects->n)
		return family->by_gamma[i] * z[effect];
	return family->by_delta[i] * z[effect - effects->n];
}

/*
 * Of the logarithms of the parameters, moved: C + G D + D' G' + G E G', where
 * C is their covariance, D that with the effects, E that of these.
 */
static double
moved_covariance(const crm_clv *clv, const crm_clv_effects *effects,
				 double gain[CRM_EFFECTS_BASE][CRM_EFFECTS_MAX], int i, int j)
{
	const double *p = clv->purchase.parameter;
	double		sum = clv->purchase.covariance[i][j] / (p[i] * p[j]);

	for (int k = 0; k < 2 * effects->n; k++)
	{
		sum += gain[i][k] * effects->covariance[k][j] / p[j]
			+ gain[j][k] * effects->covariance[k][i] / p[i];
		for (int l = 0; l < 2 * effects->n; l++)
			sum += gain[i][k] * gain[j][l]
				* effects->covariance[k][CRM_EFFECTS_BASE + l];
	}
	return sum;
}

double
crm_clv_most(int kind, int i, int covariates)
{
	const crm_clv_family *family = crm_clv_family_of(kind);

	return covariates > 0 && i < CRM_EFFECTS_BASE &&
		(family->by_gamma[i] != 0 || family->by_delta[i] != 0)
		? CRM_CLV_INTERCEPT_MAX : family->most[i];
}

/* Is one of the effects, of gamma or of delta, without an end? */
static bool
is_far(const crm_clv_effects *effects, int first)
{
	for (int i = first; i < first + effects->n; i++)
		if (effects->mark[i] == CRM_EFFECT_FAR)
			return true;
	return false;
}

/*
 * How far covariates move ln of the parameters that those effects are on. Where
 * one of the effects has no end it moves them as far as a model may say, and
 * not further: the likelihood does not tell what is beyond. False where they
 * cannot be moved so far.
 */
static bool
move_within(const crm_clv_family *family, const double *p, const signed char *by,
			bool is_far, double *move, bool *is_held)
{
	double		least = -INFINITY;
	double		most = INFINITY;

	for (int i = 0; i < CRM_EFFECTS_BASE; i++)
	{
		double		room = log(family->most[i]);

		if (by[i] == 0)
			continue;
		least = fmax(least, -room - by[i] * log(p[i]));
		most = fmin(most, room - by[i] * log(p[i]));
	}
	*is_held = *move < least || *move > most;
	if (*is_held && !(is_far && least <= most))
		return false;
	*move = fmin(fmax(*move, least), most);
	return true;
}

/*
 * A variance below 0, as of covariances that no two numbers have, or one that a
 * double does not hold: then none of them is known.
 */
static void
settle_covariance(crm_clv_part *part)
{
	bool		is_known = true;

	for (int i = 0; i < CRM_EFFECTS_BASE; i++)
	{
		is_known = is_known && part->covariance[i][i] >= 0;
		for (int j = 0; j < CRM_EFFECTS_BASE; j++)
			is_known = is_known && isfinite(part->covariance[i][j]);
	}
	if (is_known)
		return;
	part->has_covariance = 0;
	memset(part->covariance, 0, sizeof(part->covariance));
}

bool
crm_clv_for_covariates(const crm_clv *clv, const crm_clv_effects *effects,
					   const double *z, crm_clv *out)
{
	const crm_clv_family *family = crm_clv_family_of(clv->kind);
	const signed char *by[2] = {family->by_gamma, family->by_delta};
	double		gain[CRM_EFFECTS_BASE][CRM_EFFECTS_MAX];
	double		move[2] = {0, 0};
	bool		is_held[2];
	double	   *p = out->purchase.parameter;

	*out = *clv;
	out->covariates = 0;
	for (int i = 0; i < 2 * effects->n; i++)
		move[i / effects->n] += effects->effect[i] * z[i % effects->n];
	for (int e = 0; e < 2; e++)
		if (!move_within(family, p, by[e], is_far(effects, e * effects->n),
						 &move[e], &is_held[e]))
			return false;
	for (int i = 0; i < CRM_EFFECTS_BASE; i++)
	{
		for (int k = 0; k < 2 * effects->n; k++)
			gain[i][k] = gain_of(family, effects, i, k, z);
		/* Just at the most, rounding may lead beyond. */
		p[i] = fmin(fmax(p[i] * exp(by[0][i] * move[0] + by[1][i] * move[1]),
						 1 / family->most[i]), family->most[i]);
	}
	out->purchase.has_covariance = clv->purchase.has_covariance &&
		effects->has_covariance;
	for (int i = 0; i < CRM_EFFECTS_BASE; i++)
		for (int j = 0; j < CRM_EFFECTS_BASE; j++)
		{
			bool		held = (is_held[0] && (by[0][i] != 0 || by[0][j] != 0)) ||
				(is_held[1] && (by[1][i] != 0 || by[1][j] != 0));

			out->purchase.covariance[i][j] =
				!out->purchase.has_covariance || held ? 0
				: moved_covariance(clv, effects, gain, i, j) * p[i] * p[j];
		}
	settle_covariance(&out->purchase);
	return true;
}
