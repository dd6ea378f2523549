/*
 * activity_packed.c
 *		Any bytes as a packed ledger: refused, or read and measured in bounds;
 *		what is read packs again into bytes that read the same.
 */
#include "core/activity/activity.h"

#include <stdlib.h>
#include <string.h>

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static crm_status
unpack_parts(const uint8_t *bytes, size_t length, crm_buffer *out)
{
	crm_reader	reader;
	crm_entry	entry;

	crm_buffer_init(out, 0);
	crm_reader_init_parts(&reader, bytes, length);
	while (crm_reader_next(&reader, &entry))
		out->entries[out->count++] = entry;
	out->ordered = !reader.parts;
	return reader.status;
}

/* As a sum in parts: what is read packs again, and is read the same. */
static void
read_parts(const uint8_t *data, size_t size)
{
	crm_buffer *buffer = malloc(CRM_BUFFER_BYTES(size + 1));
	crm_buffer *again = malloc(CRM_BUFFER_BYTES(CRM_PACKED_BOUND(size)));
	uint8_t    *bytes = malloc(CRM_PACKED_BOUND(size));
	size_t		length;
	int32_t		bad_day;

	if (unpack_parts(data, size, buffer) == CRM_OK)
	{
		length = crm_ledger_pack_parts(buffer->entries, buffer->count, bytes);
		if (unpack_parts(bytes, length, again) != CRM_OK ||
			again->count != buffer->count ||
			memcmp(again->entries, buffer->entries,
				   buffer->count * sizeof(crm_entry)) != 0)
			abort();
		(void) crm_buffer_settle(buffer, NULL, NULL, &bad_day);
	}
	free(buffer);
	free(again);
	free(bytes);
}

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

	if (crm_ledger_unpack(data, size, entries, &count) == CRM_OK)
	{
		size_t		length = crm_ledger_pack(entries, count, bytes);

		if (length > size ||
			crm_ledger_unpack(bytes, length, again, &count_again) != CRM_OK ||
			count_again != count ||
			memcmp(entries, again, count * sizeof(crm_entry)) != 0)
			abort();
		crm_ledger_measure(data, size, entries[0].day + 1000, &measures);
		crm_ledger_gaps(data, size, INT32_MAX, gaps, &count);
	}
	read_parts(data, size);
	free(entries);
	free(again);
	free(bytes);
	free(gaps);
	return 0;
}
