/*
 * period_spells.c
 *		Any bytes as a ledger, by period; and as collected amounts.
 */
#include "core/period/amounts.h"
#include "core/period/retention.h"

#include <stdlib.h>
#include <string.h>

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_amounts(const uint8_t *data, size_t size, int32_t periods)
{
	size_t		counts[4] = {0};
	size_t		places[4] = {0};
	uint64_t   *amounts = malloc((size + 1) * sizeof(uint64_t));
	size_t		total = 0;

	if (crm_period_amounts_count(data, size, periods, counts, NULL, NULL) == CRM_OK)
	{
		for (int32_t i = 0; i < periods; i++)
		{
			places[i] = total;
			total += counts[i];
		}
		crm_period_amounts_read(data, size, amounts, places, NULL, NULL);
	}
	free(amounts);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int32_t bounds[] = {-40, 0, 1, 30, 1000};
	uint8_t    *out = malloc(4 * CRM_AMOUNT_BYTES);
	size_t		bytes = crm_retention_bytes(4);
	crm_retention *made = calloc(1, bytes);
	size_t		written;

	crm_retention_init(made, bounds, 4, 20);
	if (crm_retention_add(made, data, size) == CRM_OK &&
		crm_retention_check(made, bytes) != CRM_OK)
		abort();
	if (crm_period_amounts_write(data, size, bounds, 4, out, &written) == CRM_OK)
		try_amounts(out, written, 4);
	try_amounts(data, size, 4);
	free(made);
	free(out);
	return 0;
}
