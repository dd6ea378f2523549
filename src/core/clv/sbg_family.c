/*
 * sbg_family.c
 *		The shifted beta-geometric model as a family.
 */
#include "core/clv/family.h"

static bool
history_is_valid(const crm_history *history)
{
	crm_contract contract = crm_contract_of(history);

	return contract.lifetime <= CRM_CLV_TURNS_MAX &&
		crm_contract_is_valid(&contract);
}

static crm_status
estimate(const crm_clv_data *data, crm_interrupt interrupt, void *arg,
		 crm_clv_part *part)
{
	crm_sbg_fit fit;
	crm_status	status = crm_sbg_estimate(data->rows, data->count, interrupt, arg, &fit);

	return crm_clv_fill_part(part, status, &fit.search, fit.boundary,
							 fit.customers, data->count);
}

static double
log_likelihood(const crm_clv *clv, const crm_history *customer)
{
	const double *p = clv->purchase.parameter;
	crm_sbg		model = {p[0], p[1]};
	crm_contract contract = crm_contract_of(customer);

	return crm_sbg_log_likelihood(&model, &contract);
}

const crm_clv_family crm_sbg_family = {
	.name = "sbg",
	.time = CRM_CLV_RENEWALS,
	.n = 2,
	.parameters = {"alpha", "beta"},
	.most = {CRM_CLV_SHAPE_MAX, CRM_CLV_SHAPE_MAX},
	.needs = "has come to the first renewal",
	.history_is_valid = history_is_valid,
	.estimate = estimate,
	.log_likelihood = log_likelihood
};
