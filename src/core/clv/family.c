/*
 * family.c
 *		The families of models: the list, and the end of every estimate.
 */
#include "core/clv/family.h"

#include <string.h>

/* By crm_clv_kind; the second part comes last. */
static const crm_clv_family *const families[CRM_CLV_KINDS + 1] = {
	&crm_bgnbd_family, &crm_mbgnbd_family, &crm_pareto_family,
	&crm_bgbb_family, &crm_sbg_family, &crm_bgcnbd_family,
	&crm_mbgcnbd_family, &crm_spend_family
};

const crm_clv_family *
crm_clv_family_of(int kind)
{
	return families[kind];
}

crm_status
crm_clv_fill_part(crm_clv_part *part, crm_status status,
				  const crm_newton_result *search, unsigned boundary,
				  double customers, size_t distinct)
{
	if (status != CRM_OK)
		return status;
	if (search->end == CRM_NEWTON_NOT_CONVERGED)
		return CRM_NOT_CONVERGED;
	memset(part, 0, sizeof(*part));
	part->n = search->n;
	part->boundary = boundary;
	part->iterations = search->iterations;
	part->has_covariance = search->has_covariance;
	memcpy(part->parameter, search->parameter, search->n * sizeof(double));
	for (int i = 0; i < search->n; i++)
	{
		memcpy(part->covariance[i], search->covariance[i],
			   search->n * sizeof(double));
		crm_clv_set_side(part, i, search->bound[i]);
	}
	part->log_likelihood = search->value;
	part->gradient_norm = search->gradient_norm;
	part->customers = customers;
	part->distinct = distinct;
	return CRM_OK;
}
