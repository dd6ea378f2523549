/*
 * effects.h
 *		Covariates: what is known of a customer from elsewhere, and does not
 *		change.
 *
 * Fader & Hardie, "Incorporating Time-Invariant Covariates into the Pareto/NBD
 * and BG/NBD Models" (2007). Of a customer with covariates z the model has
 *
 *		alpha exp(-gamma' z), a exp(delta' z), b exp(delta' z)
 *
 * and for Pareto/NBD beta exp(-delta' z): a positive gamma makes purchases more
 * frequent, a positive delta makes those who leave more alike (BG/NBD), or
 * leave sooner (Pareto/NBD).
 */
#ifndef CRM_CORE_CLV_EFFECTS_H
#define CRM_CORE_CLV_EFFECTS_H

#include "core/clv/model.h"

#define CRM_COVARIATE_NAME	64	/* bytes, with the end */
#define CRM_EFFECTS_MAX	(2 * CRM_COVARIATES_MAX)
#define CRM_EFFECTS_BASE	4	/* parameters of the model itself */

/* Effects: of each covariate its gamma first, then of each its delta. */
typedef struct crm_clv_effects
{
	int32_t		n;				/* covariates */
	int32_t		has_covariance;
	double		without;		/* log-likelihood of the model without them */
	double		effect[CRM_EFFECTS_MAX];

	/*
	 * Where it has no effect of its own, no end in sight, or hardly anything
	 * that the others have not.
	 */
	int32_t		mark[CRM_EFFECTS_MAX];

	/* Rows are effects, columns the parameters of the model and effects. */
	double		covariance[CRM_EFFECTS_MAX][CRM_EFFECTS_BASE
											+ CRM_EFFECTS_MAX];
	char		name[CRM_COVARIATES_MAX][CRM_COVARIATE_NAME];
} crm_clv_effects;

#define CRM_EFFECT_NONE		1
#define CRM_EFFECT_FAR		2
#define CRM_EFFECT_NEAR		3
#define CRM_EFFECT_MARKS	4
#define CRM_EFFECT_SIZE		1e6 /* the most that an effect may be */

/* Does the kind have covariates? */
extern bool crm_clv_takes_covariates(int kind);

/*
 * What parameter i may be at most, and the inverse at least: of a model with
 * covariates those that are moved are of a customer whose covariates are all 0,
 * whom there need not be.
 */
#define CRM_CLV_INTERCEPT_MAX	1e100

extern double crm_clv_most(int kind, int i, int covariates);

/* Names: x1, x2 and so on. */
extern void crm_clv_default_names(crm_clv_effects *effects);

/* As crm_clv_is_valid() and crm_clv_is_sound(). */
extern bool crm_clv_effects_are_valid(const crm_clv *clv,
									  const crm_clv_effects *effects);
extern bool crm_clv_effects_are_sound(const crm_clv *clv,
									  const crm_clv_effects *effects);

/*
 * Maximum likelihood over grouped rows of so many covariates and a history
 * each, from a fit of the same customers without covariates. CRM_OUT_OF_RANGE
 * where the parameters of a customer whose covariates are all 0 lie beyond
 * what a model may say; CRM_NOT_CONVERGED, CRM_INTERRUPTED.
 */
extern crm_status crm_clv_estimate_effects(int kind, const double *rows,
										   size_t count, int covariates,
										   const crm_clv_part *without,
										   crm_interrupt interrupt, void *arg,
										   crm_clv_part *part,
										   crm_clv_effects *effects);

/*
 * The model of customers with these covariates, without any: parameters, and
 * their covariance by the delta method. An effect that has no end takes
 * parameters no further than a model may say, where they have no variance.
 * False where other effects lead beyond.
 */
extern bool crm_clv_for_covariates(const crm_clv *clv,
								   const crm_clv_effects *effects,
								   const double *z, crm_clv *out);

/* How many effects the fit has chosen. */
extern int	crm_clv_free_effects(const crm_clv_effects *effects);

#endif							/* CRM_CORE_CLV_EFFECTS_H */
