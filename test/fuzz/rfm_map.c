/*
 * rfm_map.c
 *		Any text as a segment map: refused, or every name lies in the text.
 */
#include "core/rfm/rfm.h"

#include <stdlib.h>

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	crm_segment_map map;
	int			fault_line;

	if (crm_segment_map_parse((const char *) data, size, &map,
							  &fault_line) != CRM_OK)
		return 0;
	for (int i = 0; i < map.rule_count; i++)
	{
		if (map.rules[i].name_at < 0 || map.rules[i].name_length < 1 ||
			map.rules[i].name_at + map.rules[i].name_length > (int) size)
			abort();
		crm_rule_is_reached(&map, i);
	}
	return 0;
}
