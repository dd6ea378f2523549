/*
 * spend_family.c
 *		The Gamma-Gamma model as a family.
 */
#include "core/clv/family.h"
#include "core/clv/gammagamma.h"

static crm_status
estimate(const crm_clv_data *data, crm_interrupt interrupt, void *arg,
		 crm_clv_part *part)
{
	crm_gammagamma_fit fit;
	crm_status	status = crm_gammagamma_estimate(data->rows, data->count, interrupt, arg,
												 &fit);

	return crm_clv_fill_part(part, status, &fit.search, fit.boundary,
							 fit.customers, data->count);
}

const crm_clv_family crm_spend_family = {
	.name = "gamma-gamma",
	.time = CRM_CLV_NO_TIME,
	.n = 3,
	.parameters = {"p", "q", "gamma"},
	.most = {CRM_CLV_SHAPE_MAX, CRM_CLV_SHAPE_MAX, CRM_CLV_SCALE_MAX},
	.needs = "has spent anything",
	.estimate = estimate
};
