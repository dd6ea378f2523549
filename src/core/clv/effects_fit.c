/*
 * effects_fit.c
 *		Covariates: the fit.
 *
 * The search is over the logarithms of the model's parameters and the effects
 * as they are, of covariates that are centred and scaled: then all of them are
 * of one size, and what a covariate adds to the others is seen in the factor of
 * their correlations. Afterwards both are turned back.
 *
 * A family tells of one customer the derivatives of his log-likelihood by the
 * logarithms of his own four parameters. As these are linear in the effects,
 * all that is summed over customers are those derivatives, times nothing, a
 * covariate, or two of them.
 */
#include "core/clv/effects.h"

#include <math.h>
#include <string.h>

#include "core/clv/effects_search.h"
#include "core/clv/family.h"
#include "core/clv/summary.h"
#include "core/numeric/special.h"

#define B CRM_EFFECTS_BASE
#define Q CRM_COVARIATES_MAX

#define BLOCK 4096				/* rows between two questions whether to go on */
#define PARAMETER_MIN 1e-6		/* the box, as of the fits without covariates */
#define PARAMETER_MAX 1e6
#define TIME_MAX 1e10
#define EFFECT_MAX 20.0			/* of a deviation of a covariate */
#define EFFECT_LEAST 2.0		/* that it may be */
#define EFFECT_FAR 5.0			/* where it has run off, if its error is as
								 * large */

/*
 * Sums over customers. One is the parameters' own, z with a covariate, zz with
 * two: gradients by gamma and delta, and curvatures of these with the
 * parameters and with each other.
 */
typedef struct sums
{
	double		value;
	double		gradient[B];
	double		hessian[B][B];
	double		by_effect[2][Q];
	double		effect_parameter[2][B][Q];
	double		effect_effect[3][Q][Q]; /* gamma gamma, gamma delta, delta
										 * delta */
} sums;

/* The derivatives of one customer by ln of his parameters, to add. */
static void
add_customer(const crm_effects_data *fit, const crm_clv_slopes *d, const double *z,
			 double weight, sums *s)
{
	const crm_clv_family *family = fit->family;
	const signed char *by[2] = {family->by_gamma, family->by_delta};
	double		slope[2] = {0, 0};
	double		mixed[2][B] = {{0}};
	double		square[3] = {0, 0, 0};

	s->value += weight * d->value;
	for (int i = 0; i < B; i++)
	{
		s->gradient[i] += weight * d->gradient[i];
		for (int j = 0; j <= i; j++)
			s->hessian[i][j] += weight * d->hessian[i][j];
	}
	for (int e = 0; e < 2; e++)
		for (int i = 0; i < B; i++)
		{
			if (by[e][i] == 0)
				continue;
			slope[e] += by[e][i] * d->gradient[i];
			for (int j = 0; j < B; j++)
				mixed[e][j] += by[e][i]
					* (i >= j ? d->hessian[i][j] : d->hessian[j][i]);
		}
	for (int i = 0; i < B; i++)
	{
		square[0] += by[0][i] * mixed[0][i];
		square[1] += by[1][i] * mixed[0][i];
		square[2] += by[1][i] * mixed[1][i];
	}
	for (int k = 0; k < fit->q; k++)
	{
		double		x = weight * z[k];

		for (int e = 0; e < 2; e++)
		{
			s->by_effect[e][k] += slope[e] * x;
			for (int i = 0; i < B; i++)
				s->effect_parameter[e][i][k] += mixed[e][i] * x;
		}
		for (int l = 0; l <= k; l++)
			for (int e = 0; e < 3; e++)
				s->effect_effect[e][k][l] += square[e] * x * z[l];
	}
}

/* What a frequency alone makes: ln(Gamma(r + x) / Gamma(r)), by ln r. */
static void
add_frequency(double r, double x, double weight, sums *s)
{
	double		slope = weight * r * crm_digamma_rise(r, x);

	s->value += weight * crm_log_rising(r, x);
	s->gradient[0] += slope;
	s->hessian[0][0] += weight * r * r * crm_trigamma_rise(r, x) + slope;
}

/* The sums as derivatives: effects come after the parameters. */
static void
spread(const crm_effects_data *fit, const sums *s, crm_many_derivatives *d)
{
	int			q = fit->q;

	d->value = s->value;
	for (int i = 0; i < B; i++)
	{
		d->gradient[i] = s->gradient[i];
		for (int j = 0; j <= i; j++)
			d->hessian[i][j] = s->hessian[i][j];
	}
	for (int e = 0; e < 2; e++)
		for (int k = 0; k < q; k++)
		{
			int			row = B + e * q + k;

			d->gradient[row] = s->by_effect[e][k];
			for (int i = 0; i < B; i++)
				d->hessian[row][i] = s->effect_parameter[e][i][k];
			for (int l = 0; l <= k; l++)
				d->hessian[row][B + e * q + l] = s->effect_effect[2 * e][k][l];
			for (int l = 0; e == 1 && l < q; l++)
				d->hessian[row][B + l] = s->effect_effect[1][k > l ? k : l]
					[k > l ? l : k];
		}
	/* A covariate without an effect of its own stays where it is, at 0. */
	for (int e = 0; e < 2; e++)
		for (int k = 0; k < q; k++)
			if (fit->deviation[k] == 0)
				d->hessian[B + e * q + k][B + e * q + k] = -1;
}

/* Of one customer, whose scaled covariates are answered as well. */
static void
own_parameters(const crm_effects_data *fit, const double *u, const double *base,
			   const double *row, double *z, double *p)
{
	const crm_clv_family *family = fit->family;
	double		gamma = 0;
	double		delta = 0;

	for (int k = 0; k < fit->q; k++)
	{
		z[k] = fit->deviation[k] == 0 ? 0
			: (row[k] - fit->mean[k]) / fit->deviation[k];
		gamma += u[B + k] * z[k];
		delta += u[B + fit->q + k] * z[k];
	}
	gamma = exp(gamma);
	delta = exp(delta);
	for (int i = 0; i < B; i++)
	{
		int			by_gamma = family->by_gamma[i];
		int			by_delta = family->by_delta[i];

		p[i] = base[i];
		p[i] = by_gamma > 0 ? p[i] * gamma : by_gamma < 0 ? p[i] / gamma : p[i];
		p[i] = by_delta > 0 ? p[i] * delta : by_delta < 0 ? p[i] / delta : p[i];
	}
}

static crm_status
objective(const double *u, void *arg, crm_many_derivatives *result)
{
	const crm_effects_data *fit = arg;
	int			q = fit->q;
	int			width = q + 4;
	double		base[B];
	double		weight = 0;		/* of the rows with the present frequency */
	sums		s = {0};

	for (int i = 0; i < B; i++)
		base[i] = exp(u[i]);
	for (size_t row = 0; row < fit->count; row += fit->stride)
	{
		const double *at = fit->rows + row * width;
		const crm_history *h = (const crm_history *) (at + q);
		bool		is_last = row + fit->stride >= fit->count ||
			at[fit->stride * width + q] != h->frequency;
		double		z[Q];
		double		p[B];
		crm_clv_slopes d;

		if (row % BLOCK == 0 && fit->interrupt && fit->interrupt(fit->arg))
			return CRM_INTERRUPTED;
		own_parameters(fit, u, base, at, z, p);
		fit->family->slopes(p, h, &d);
		add_customer(fit, &d, z, h->weight, &s);
		weight += h->weight;
		if (is_last)
		{
			add_frequency(base[0], h->frequency, weight, &s);
			weight = 0;
		}
	}
	memset(result, 0, sizeof(*result));
	spread(fit, &s, result);
	return CRM_OK;
}

static crm_many_problem
problem_of(crm_effects_data *fit, double age)
{
	crm_many_problem problem = {.n = B + 2 * fit->q, .is_plain = true,
	.objective = objective, .arg = fit};

	for (int i = 0; i < B; i++)
	{
		double		lower = PARAMETER_MIN;
		double		upper = PARAMETER_MAX;

		if (fit->family->most[i] == CRM_CLV_SCALE_MAX)
			crm_clv_scale_box(age, PARAMETER_MIN, TIME_MAX, &lower, &upper);
		problem.lower[i] = log(lower);
		problem.upper[i] = log(upper);
	}
	for (int i = B; i < B + 2 * fit->q; i++)
	{
		problem.lower[i] = -EFFECT_MAX;
		problem.upper[i] = EFFECT_MAX;
	}
	return problem;
}

/*
 * How what was searched for makes the logarithm of parameter i, or effect i, of
 * covariates as they are: the factor of element j of the search.
 */
static double
turn(const crm_effects_data *fit, int i, int j)
{
	int			q = fit->q;
	int			k = (j - B) % (q > 0 ? q : 1);
	double		per = j < B || fit->deviation[k] == 0 ? 0
		: 1 / fit->deviation[k];

	if (i >= B)
		return i == j ? per : 0;
	if (j < B)
		return i == j;
	return -(j < B + q ? fit->family->by_gamma[i] : fit->family->by_delta[i])
		* fit->mean[k] * per;
}

static double
turned_covariance(const crm_effects_data *fit, const crm_many_result *r, int i, int j)
{
	double		sum = 0;

	for (int k = 0; k < r->n; k++)
		for (int l = 0; l < r->n; l++)
			sum += turn(fit, i, k) * turn(fit, j, l) * r->covariance[k][l];
	return sum;
}

/*
 * An effect that customers who never, or always, leave or purchase would have
 * without end stops where it does no more good, inside its bounds: it is as
 * large as it is uncertain. It counts as one at its bound; its covariances stay,
 * as those of the parameters go with them.
 */
static void
hold_far(const crm_effects_data *fit, crm_many_result *r)
{
	for (int i = B; i < B + 2 * fit->q; i++)
	{
		double		effect = r->parameter[i];

		if (r->has_covariance && r->bound[i] == 0 &&
			fabs(effect) > EFFECT_FAR &&
			r->covariance[i][i] >= effect * effect)
			r->bound[i] = effect < 0 ? -1 : 1;
	}
}

static const unsigned note_of_mark[CRM_EFFECT_MARKS] = {
	0, CRM_CLV_COLLINEAR, CRM_CLV_FAR_EFFECT, CRM_CLV_NEARLY_COLLINEAR
};

/* Effects and parameters of the covariates as they are. */
static crm_status
turn_back(const crm_effects_data *fit, const crm_many_result *r, crm_clv_part *part,
		  crm_clv_effects *effects)
{
	int			q = fit->q;
	double		factor[B];

	for (int i = 0; i < B; i++)
	{
		double		most = crm_clv_most(fit->kind, i, q);
		double		sum = 0;

		for (int j = 0; j < r->n; j++)
			sum += turn(fit, i, j) * r->parameter[j];
		factor[i] = exp(sum);
		part->parameter[i] = factor[i];
		if (!(factor[i] >= 1 / most && factor[i] <= most))
			return CRM_OUT_OF_RANGE;
	}
	part->has_covariance = effects->has_covariance = r->has_covariance;
	for (int i = 0; i < B; i++)
		for (int j = 0; j < B; j++)
			part->covariance[i][j] = turned_covariance(fit, r, i, j)
				* factor[i] * factor[j];
	for (int i = 0; i < 2 * q; i++)
	{
		effects->effect[i] = turn(fit, B + i, B + i) * r->parameter[B + i];
		if (!(fabs(effects->effect[i]) <= CRM_EFFECT_SIZE))
			return CRM_OUT_OF_RANGE;
		for (int j = 0; j < B + 2 * q; j++)
			effects->covariance[i][j] = turned_covariance(fit, r, B + i, j)
				* (j < B ? factor[j] : 1);
		effects->mark[i] = fit->deviation[i % q] == 0 ? CRM_EFFECT_NONE
			: r->bound[B + i] != 0 ? CRM_EFFECT_FAR
			: fit->is_near[i % q] ? CRM_EFFECT_NEAR : 0;
		part->boundary |= note_of_mark[effects->mark[i]];
	}
	return CRM_OK;
}

/*
 * The share of all customers that leaves, and its derivatives by what was
 * searched for.
 */
static crm_status
share_leaving(const crm_effects_data *fit, const double *u, double age,
			  double *share, double *gradient)
{
	int			width = fit->q + 4;
	double		base[B];
	double		customers = 0;

	*share = 0;
	for (int i = 0; i < B; i++)
		base[i] = exp(u[i]);
	for (size_t row = 0; row < fit->count; row++)
	{
		const double *at = fit->rows + row * width;
		double		weight = at[width - 1];
		double		z[Q];
		double		p[B];
		double		by_log[B];

		if (row % BLOCK == 0 && fit->interrupt && fit->interrupt(fit->arg))
			return CRM_INTERRUPTED;
		own_parameters(fit, u, base, at, z, p);
		customers += weight;
		*share += weight * fit->family->leaving(p, age, by_log);
		for (int i = 0; i < B; i++)
		{
			double		by = weight * by_log[i];

			gradient[i] += by;
			for (int k = 0; k < fit->q; k++)
			{
				gradient[B + k] += fit->family->by_gamma[i] * by * z[k];
				gradient[B + fit->q + k] += fit->family->by_delta[i] * by
					* z[k];
			}
		}
	}
	for (int i = 0; i < B + 2 * fit->q; i++)
		gradient[i] /= customers;
	*share /= customers;
	return CRM_OK;
}

/* What it means for churn that the search ended there. */
static crm_status
add_churn_notes(const crm_effects_data *fit, const crm_many_result *r, double age,
				crm_clv_part *part)
{
	double		gradient[CRM_MANY_MAX] = {0};
	double		variance = 0;
	double		share;
	crm_status	status = share_leaving(fit, r->parameter, age, &share, gradient);

	if (status != CRM_OK)
		return status;
	for (int i = 0; i < r->n; i++)
		for (int j = 0; j < r->n; j++)
			variance += gradient[i] * r->covariance[i][j] * gradient[j];
	part->boundary |= crm_clv_churn_boundary(r->bound + 2, share)
		| crm_clv_end_warnings(r->bound, r->n, r->has_covariance, share,
							   variance);
	return CRM_OK;
}

static crm_status
search(crm_effects_data *fit, const crm_clv_part *without,
	   const crm_clv_summary *means, double factor[Q][Q],
	   crm_many_result *result)
{
	crm_many_problem problem = problem_of(fit, means->age);
	crm_effects_starts starts = {0};

	crm_effects_choose_starts(fit, without, means, factor, &starts);
	return crm_effects_search(&problem, fit->count, &fit->stride, &starts,
							  result);
}

/* What the search found, as a model. */
static crm_status
make_model(const crm_effects_data *fit, const crm_clv_part *without, double age,
		   const crm_many_result *found, crm_clv_part *part,
		   crm_clv_effects *effects)
{
	crm_status	status;

	memset(part, 0, sizeof(*part));
	memset(effects, 0, sizeof(*effects));
	part->n = B;
	part->iterations = found->iterations;
	part->log_likelihood = found->value;
	part->gradient_norm = found->gradient_norm;
	part->customers = without->customers;
	part->distinct = (double) fit->count;
	part->boundary = crm_clv_rate_boundary(found->bound);
	status = add_churn_notes(fit, found, age, part);
	if (status != CRM_OK)
		return status;
	for (int i = 0; i < B; i++)
		crm_clv_set_side(part, i, found->bound[i]);
	effects->n = fit->q;
	effects->without = without->log_likelihood;
	crm_clv_default_names(effects);
	return turn_back(fit, found, part, effects);
}

/*
 * An effect without end takes the parameters of who has none of the covariate
 * as far. Where that is beyond what a model may say, the effect ends sooner:
 * by then it hardly matters to the likelihood.
 */
static crm_status
make_model_within(crm_effects_data *fit, const crm_clv_part *without, double age,
				  crm_many_result *found, crm_clv_part *part,
				  crm_clv_effects *effects)
{
	crm_many_problem problem = problem_of(fit, age);
	crm_status	status;

	while ((status = make_model(fit, without, age, found, part, effects))
		   == CRM_OUT_OF_RANGE && problem.upper[B] > EFFECT_LEAST)
	{
		double		start[CRM_MANY_MAX];

		memcpy(start, found->parameter, sizeof(start));
		for (int i = B; i < found->n; i++)
		{
			problem.upper[i] /= 2;
			problem.lower[i] /= 2;
		}
		status = crm_many_maximise(&problem, start, found);
		if (status != CRM_OK)
			return status;
		hold_far(fit, found);
	}
	return found->end == CRM_NEWTON_NOT_CONVERGED ? CRM_NOT_CONVERGED : status;
}

crm_status
crm_clv_estimate_effects(int kind, const double *rows, size_t count,
						 int covariates, const crm_clv_part *without,
						 crm_interrupt interrupt, void *arg,
						 crm_clv_part *part, crm_clv_effects *effects)
{
	crm_effects_data fit = {.kind = kind, .family = crm_clv_family_of(kind), .rows = rows,
		.count = count, .stride = 1, .q = covariates, .interrupt = interrupt,
	.arg = arg};
	double		factor[Q][Q];
	crm_clv_summary means;
	crm_many_result found;
	crm_status	status = crm_clv_summarise_rows(rows, count, covariates + 4,
												&means);

	if (status != CRM_OK)
		return status;
	crm_effects_measure(&fit, factor);
	status = search(&fit, without, &means, factor, &found);
	if (status != CRM_OK)
		return status;
	if (found.end == CRM_NEWTON_NOT_CONVERGED)
		return CRM_NOT_CONVERGED;
	hold_far(&fit, &found);
	return make_model_within(&fit, without, means.age, &found, part, effects);
}
