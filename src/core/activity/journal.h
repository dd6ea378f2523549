/*
 * journal.h
 *		Rows in the order in which they come, before they make a ledger.
 *
 * An aggregate over a million groups waits for memory more than it computes,
 * so a row takes about five bytes, not the sixteen of an entry:
 *
 *		varint	zigzag(day - day of the row before) << 1 | many
 *		varint	zigzag(events)				where many
 *		varint	zigzag(amount)
 */
#ifndef CRM_CORE_ACTIVITY_JOURNAL_H
#define CRM_CORE_ACTIVITY_JOURNAL_H

#include "core/activity/activity.h"
#include "core/numeric/varint.h"

typedef struct crm_journal
{
	int32_t		length;			/* of bytes in use */
	int32_t		capacity;
	int32_t		last_day;
	bool		ordered;		/* days ascend strictly */
	uint8_t		bytes[];
} crm_journal;

#define CRM_JOURNAL_BYTES(capacity) \
	(offsetof(crm_journal, bytes) + (size_t) (capacity))

/* A row takes two bytes or more. */
#define CRM_JOURNAL_ROWS(length)	((length) / 2)

static inline void
crm_journal_clear(crm_journal *journal)
{
	journal->length = 0;
	journal->last_day = 0;
	journal->ordered = true;
}

/* Add one row, or return false where it does not fit. */
static inline bool
crm_journal_add(crm_journal *journal, const crm_entry *row)
{
	bool		many = row->events != 1;
	uint64_t	step = crm_zigzag((int64_t) row->day - journal->last_day);
	uint64_t	events = crm_zigzag(row->events);
	uint64_t	amount = crm_zigzag(row->amount);
	int32_t		size = crm_varint_size(step << 1) + crm_varint_size(amount) +
		(many ? crm_varint_size(events) : 0);
	uint8_t    *at = journal->bytes + journal->length;

	if (size > journal->capacity - journal->length)
		return false;
	at = crm_put_varint(at, step << 1 | many);
	if (many)
		at = crm_put_varint(at, events);
	crm_put_varint(at, amount);
	if (row->day <= journal->last_day && journal->length > 0)
		journal->ordered = false;
	journal->last_day = row->day;
	journal->length += size;
	return true;
}

/* There is room for CRM_JOURNAL_ROWS(length); returns how many. */
extern int32_t crm_journal_read(const crm_journal *journal,
								crm_entry *entries);

#endif							/* CRM_CORE_ACTIVITY_JOURNAL_H */
