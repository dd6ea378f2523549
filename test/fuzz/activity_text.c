/*
 * activity_text.c
 *		Any text as a ledger: refused, or read; what is read, written and read
 *		again is the same.
 */
#include "core/activity/activity.h"

#include <stdlib.h>
#include <string.h>

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static crm_buffer *
parse(const char *text)
{
	int32_t		capacity = (int32_t) (strlen(text) / CRM_ENTRY_TEXT_MIN + 1);
	crm_buffer *buffer = malloc(CRM_BUFFER_BYTES(capacity));
	const char *fault;
	int32_t		bad_day;

	crm_buffer_init(buffer, capacity);
	if (crm_ledger_parse(text, NULL, NULL, buffer, &fault) == CRM_OK &&
		crm_buffer_settle(buffer, NULL, NULL, &bad_day) == CRM_OK)
		return buffer;
	if (fault < text || fault > text + strlen(text))
		abort();
	free(buffer);
	return NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *text = malloc(size + 1);
	crm_buffer *first;

	memcpy(text, data, size);
	text[size] = '\0';
	first = parse(text);
	if (first != NULL)
	{
		char	   *written = malloc((size_t) first->count * CRM_ENTRY_TEXT + 3);
		crm_buffer *second;

		written[crm_ledger_text(first->entries, first->count, NULL, NULL,
								written)] = '\0';
		second = parse(written);
		if (second == NULL || second->count != first->count ||
			memcmp(first->entries, second->entries,
				   first->count * sizeof(crm_entry)) != 0)
			abort();
		free(written);
		free(second);
		free(first);
	}
	free(text);
	return 0;
}
