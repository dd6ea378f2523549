/*
 * distribution.c
 *		Any bytes as a packed distribution: refused, or read, and packed again
 *		into bytes that read the same.
 */
#include "core/distribution/distribution.h"

#include <stdlib.h>
#include <string.h>

/* Few bytes may stand for many values: enough to test, not to wait for. */
#define ENOUGH	100000

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	crm_packed_keys packed;
	crm_packed_keys again;
	uint64_t   *keys;
	uint8_t    *bytes;
	size_t		length;

	if (crm_open_keys(data, size, &packed) != CRM_OK || packed.count > ENOUGH)
		return 0;
	keys = malloc((packed.count + 1) * sizeof(uint64_t));
	crm_unpack_keys(&packed, keys);
	bytes = malloc(crm_packed_bound(keys, packed.count, packed.argument_count));
	length = crm_pack_keys(keys, packed.count, packed.arguments,
						   packed.argument_count, bytes);
	if (crm_open_keys(bytes, length, &again) != CRM_OK ||
		again.count != packed.count || length > size ||
		memcmp(again.arguments, packed.arguments,
			   sizeof(packed.arguments)) != 0)
		abort();
	if (packed.count > 0)
		crm_quantile(keys, packed.count, 1, 3);
	free(keys);
	free(bytes);
	return 0;
}
