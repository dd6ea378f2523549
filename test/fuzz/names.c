/*
 * names.c
 *		Any text as a name that a function takes: known, or not.
 */
#include <stdlib.h>
#include <string.h>

#include "core/campaign/attribution.h"
#include "core/clv/cnbd.h"
#include "core/clv/model.h"
#include "core/experience/experience.h"
#include "core/experience/survey.h"
#include "core/rfm/rfm.h"

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* With a number of purchases at a time only where a model has one. */
static void
fuzz_fit(const char *name, size_t length)
{
	int			k = 0;
	int			kind = crm_clv_fit_kind_of(name, length, &k);

	if (kind >= CRM_CLV_KINDS || (kind >= 0 && (k < 0 || k > CRM_CNBD_MAX)))
		abort();
	if (crm_clv_kind_of(name, length) >= 0 && kind < 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *name = calloc(1, size + 1);
	crm_attribution_model model;
	crm_interval interval;

	memcpy(name, data, size);
	fuzz_fit((const char *) data, size);
	crm_attribution_model_named((const char *) data, size, &model);
	if (crm_outcome_from_name(name) >= CRM_OUTCOMES)
		abort();
	crm_segment_map_builtin(name);
	if (crm_share_bounds(size % 50, 49, 0.95, name, &interval) == CRM_OK &&
		!(interval.low >= 0 && interval.low <= interval.high && interval.high <= 1))
		abort();
	free(name);
	return 0;
}
