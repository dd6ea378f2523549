/*
 * survival_text.c
 *		Any text as durations: refused, or read into sorted runs that pack.
 */
#include "core/survival/survival.h"

#include <stdlib.h>
#include <string.h>

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *text = malloc(size + 1);
	crm_run    *runs;
	uint8_t    *bytes;
	size_t		count;

	memcpy(text, data, size);
	text[size] = '\0';
	runs = malloc(crm_survival_text_room(text) * sizeof(crm_run));
	if (crm_survival_parse(text, NULL, NULL, runs, &count) == CRM_OK)
	{
		bytes = malloc(crm_survival_packed_bound(runs, count));
		if (crm_survival_check(bytes, crm_survival_pack(runs, count, bytes),
							   NULL, NULL) != CRM_OK)
			abort();
		free(bytes);
	}
	free(runs);
	free(text);
	return 0;
}
