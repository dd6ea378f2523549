/*
 * sbg.c
 *		The shifted beta-geometric model of contracts.
 *
 * A contract that ended with period t has the likelihood B(alpha + 1, beta +
 * t - 1) / B(alpha, beta), one that goes on after t B(alpha, beta + t) /
 * B(alpha, beta).
 */
#include "core/clv/sbg.h"

#include <math.h>
#include <string.h>

#include "core/clv/summary.h"
#include "core/numeric/hypergeom.h"
#include "core/numeric/mixture.h"
#include "core/numeric/special.h"

/* Rows between two questions whether to go on. */
#define BLOCK 4096

/* The box of a fit. */
#define PARAMETER_MIN 1e-6
#define PARAMETER_MAX 1e6

enum
{
	ALPHA, BETA, PARAMETERS
};

bool
crm_contract_is_valid(const crm_contract *contract)
{
	return (contract->churned == 0 || contract->churned == 1)
		&& isfinite(contract->lifetime)
		&& contract->lifetime == floor(contract->lifetime)
		&& contract->lifetime >= contract->churned
		&& isfinite(contract->weight) && contract->weight > 0;
}

double
crm_sbg_log_likelihood(const crm_sbg *model, const crm_contract *contract)
{
	double		churned = contract->churned;

	return crm_log_rising(model->beta, contract->lifetime - churned)
		- crm_log_rising(model->alpha + model->beta, contract->lifetime)
		+ churned * log(model->alpha);
}

static void
contract_derivatives(const crm_sbg *model, const crm_contract *c,
					 crm_derivatives *d)
{
	double		both = model->alpha + model->beta;
	double		renewals = c->lifetime - c->churned;
	double		first = crm_digamma_rise(both, c->lifetime);
	double		second = crm_trigamma_rise(both, c->lifetime);
	double		per_alpha = c->churned / model->alpha;

	memset(d, 0, sizeof(*d));
	d->value = crm_sbg_log_likelihood(model, c);
	d->gradient[ALPHA] = per_alpha - first;
	d->gradient[BETA] = crm_digamma_rise(model->beta, renewals) - first;
	d->hessian[ALPHA][ALPHA] = -per_alpha / model->alpha - second;
	d->hessian[BETA][ALPHA] = -second;
	d->hessian[BETA][BETA] = crm_trigamma_rise(model->beta, renewals)
		- second;
}

crm_status
crm_sbg_derivatives(const crm_sbg *model, const crm_clv_rows *rows,
					crm_derivatives *result)
{
	memset(result, 0, sizeof(*result));
	for (size_t row = 0; row < rows->count; row += rows->stride)
	{
		crm_contract contract = crm_contract_of(rows->history + row);
		crm_derivatives d;

		if (row % BLOCK == 0 && rows->interrupt &&
			rows->interrupt(rows->interrupt_arg))
			return CRM_INTERRUPTED;
		contract_derivatives(model, &contract, &d);
		crm_derivatives_add(result, contract.weight, &d);
	}
	return CRM_OK;
}

static crm_status
objective(const double *parameter, void *arg, crm_derivatives *result)
{
	crm_sbg		model = {parameter[ALPHA], parameter[BETA]};

	return crm_sbg_derivatives(&model, arg, result);
}

/* Count customers and periods; churned per period starts the search. */
static crm_status
summarise(const crm_history *rows, size_t count, crm_sbg_fit *fit,
		  double *periods)
{
	*periods = 0;
	for (const crm_history *row = rows; row < rows + count; row++)
	{
		crm_contract c = crm_contract_of(row);

		if (!crm_contract_is_valid(&c))
			return CRM_INVALID;
		fit->customers += c.weight;
		fit->churned += c.weight * c.churned;
		*periods += c.weight * c.lifetime;
	}
	return *periods > 0 ? CRM_OK : CRM_TOO_FEW;
}

crm_status
crm_sbg_estimate(const crm_history *history, size_t count,
				 crm_interrupt interrupt, void *arg, crm_sbg_fit *fit)
{
	crm_clv_rows rows = {history, count, 1, interrupt, arg};
	crm_newton_problem problem = {.n = PARAMETERS, .lower = {PARAMETER_MIN, PARAMETER_MIN},
	.upper = {PARAMETER_MAX, PARAMETER_MAX}, .objective = objective, .arg = &rows};
	double		start[CRM_NEWTON_MAX];
	double		periods;
	crm_status	status;

	memset(fit, 0, sizeof(*fit));
	status = summarise(history, count, fit, &periods);
	if (status != CRM_OK)
		return status;
	start[ALPHA] = fmin(fmax(fit->churned / periods, 0.01), 0.99);
	start[BETA] = 1 - start[ALPHA];
	status = crm_newton_maximise(&problem, start, &fit->search);
	if (status != CRM_OK)
		return status;
	fit->model.alpha = fit->search.parameter[ALPHA];
	fit->model.beta = fit->search.parameter[BETA];
	fit->boundary = crm_clv_churn_boundary(fit->search.bound,
										   fit->model.alpha
										   / (fit->model.alpha
											  + fit->model.beta))
		| crm_clv_beta_warnings(&fit->search, ALPHA);
	return CRM_OK;
}

double
crm_sbg_survival(const crm_sbg *model, double periods)
{
	crm_contract going_on = {periods, 0, 1};

	return exp(crm_sbg_log_likelihood(model, &going_on));
}

double
crm_sbg_retention(const crm_sbg *model, double period)
{
	double		renews = model->beta + period - 1;

	return renews / (model->alpha + renews);
}

double
crm_sbg_discounted_renewals(const crm_sbg *model, double periods,
							double renewals, double rate)
{
	return crm_discounted_survival(model->beta + periods, model->alpha,
								   renewals, rate);
}
