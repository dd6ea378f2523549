/*
 * survival.c
 *		Any bytes as packed durations: what is sound packs into the same bytes,
 *		and whatever opens can be read.
 */
#include "core/survival/survival.h"

#include <stdlib.h>
#include <string.h>

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_all(const uint8_t *data, size_t size)
{
	crm_survival s;
	crm_survival other;
	double		low;
	double		high;

	crm_survival_open(data, size, &s);
	crm_survival_quantile(&s, 0.5, &low);
	crm_survival_open(data, size, &s);
	crm_survival_interval(&s, 0.3, 0.95, CRM_LIMITS_LOG_LOG, &low, &high);
	crm_survival_open(data, size, &s);
	crm_survival_mean(&s, 1000, &low);
	crm_survival_open(data, size, &s);
	crm_survival_open(data, size, &other);
	crm_survival_test(&s, &other, &low, &high);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	crm_survival s;
	crm_run    *runs;
	uint8_t    *bytes;
	size_t		count;

	if (crm_survival_open(data, size, &s) != CRM_OK)
		return 0;
	runs = malloc((2 * s.durations + 1) * sizeof(crm_run));
	count = crm_survival_unpack(&s, runs);
	if (crm_survival_check(data, size, NULL, NULL) == CRM_OK)
	{
		bytes = malloc(crm_survival_packed_bound(runs, count));
		if (crm_survival_pack(runs, count, bytes) != size ||
			memcmp(bytes, data, size) != 0)
			abort();
		free(bytes);
	}
	read_all(data, size);
	free(runs);
	return 0;
}
