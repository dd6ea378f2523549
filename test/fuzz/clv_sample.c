/*
 * clv_sample.c
 *		Any bytes as a packed sample: refused, or only rows that a fit can have
 *		seen, which pack into the same bytes.
 */
#include "core/clv/sample.h"

#include <stdlib.h>
#include <string.h>

#define ROWS	512

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static double rows[ROWS * (CRM_COVARIATES_MAX + 4)];
	static crm_spend spend[ROWS];
	static uint8_t out[1 << 16];
	crm_packed_sample packed;

	if (crm_clv_sample_open(data, size, &packed, NULL, NULL) != CRM_OK ||
		packed.histories > ROWS || packed.spends > ROWS)
		return 0;
	for (uint64_t i = 0; i < packed.histories; i++)
	{
		crm_history history = crm_packed_history(&packed, i);

		crm_packed_row(&packed, i,
					   rows + i * crm_clv_row_width(&packed.terms));
		if (!crm_clv_history_is_valid(packed.terms.kind, &history))
			abort();
	}
	for (uint64_t i = 0; i < packed.spends; i++)
	{
		spend[i] = crm_packed_spend(&packed, i);
		if (!crm_spend_is_valid(&spend[i]))
			abort();
	}
	if (crm_clv_sample_bytes(&packed.terms, packed.histories,
							 packed.spends) != size)
		abort();
	crm_clv_sample_pack(&packed.terms, packed.gaps, rows, packed.histories,
						spend, packed.spends, out);
	if (memcmp(out, data, size) != 0)
		abort();
	return 0;
}
