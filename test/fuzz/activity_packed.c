/*
 * activity_packed.c
 *		Any bytes as a packed ledger: refused, or read and measured in bounds;
 *		what is read packs again into bytes that read the same.
 */
#include "core/activity/activity.h"

#include <stdlib.h>
#include <string.h>

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	crm_entry  *entries = malloc((size + 1) * sizeof(crm_entry));
	crm_entry  *again = malloc(CRM_PACKED_BOUND(size) * sizeof(crm_entry));
	uint8_t    *bytes = malloc(CRM_PACKED_BOUND(size));
	int32_t    *gaps = malloc((size + 1) * sizeof(int32_t));
	int32_t		count;
	int32_t		count_again;
	crm_measures measures;

	if (crm_unpack(data, size, entries, &count) == CRM_OK)
	{
		size_t		length = crm_pack(entries, count, bytes);

		if (length > size ||
			crm_unpack(bytes, length, again, &count_again) != CRM_OK ||
			count_again != count ||
			memcmp(entries, again, count * sizeof(crm_entry)) != 0)
			abort();
		crm_measure(data, size, entries[0].day + 1000, &measures);
		crm_gaps(data, size, INT32_MAX, gaps, &count);
	}
	free(entries);
	free(again);
	free(bytes);
	free(gaps);
	return 0;
}
