/*
 * journal.c
 *		Reading rows back. A journal never leaves the server's memory, so its
 *		bytes are not doubted.
 */
#include "core/activity/journal.h"

int32_t
crm_journal_read(const crm_journal *journal, crm_entry *entries)
{
	const uint8_t *at = journal->bytes;
	const uint8_t *end = at + journal->length;
	crm_entry	row = {0};
	int32_t		count = 0;
	uint64_t	number = 0;

	while (crm_get_varint(&at, end, &number))
	{
		row.day = (int32_t) (row.day + crm_unzigzag(number >> 1));
		row.events = 1;
		if (number & 1)
		{
			crm_get_varint(&at, end, &number);
			row.events = (int32_t) crm_unzigzag(number);
		}
		crm_get_varint(&at, end, &number);
		row.amount = crm_unzigzag(number);
		entries[count++] = row;
	}
	return count;
}
