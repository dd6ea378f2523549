/*
 * tally.c
 *		Rows counted as they come: equal ones become one row with a weight.
 */
#include "core/clv/tally.h"

#include <string.h>

#define BATCH 64				/* rows that are counted together */

/* Each round carries bits upwards by the product, and down by the shift. */
static inline size_t
first_slot(const crm_tally *tally, const double *row)
{
	uint64_t	hash = 0;

	for (int i = 0; i < tally->width - 1; i++)
	{
		uint64_t	bits;

		memcpy(&bits, &row[i], sizeof(bits));
		hash = (hash ^ bits) * 0x9E3779B97F4A7C15u;
		hash ^= hash >> 32;
	}
	return hash & (tally->slot_count - 1);
}

static inline size_t
next_slot(const crm_tally *tally, size_t slot)
{
	return (slot + 1) & (tally->slot_count - 1);
}

static inline bool
same_key(const crm_tally *tally, const double *a, const double *b)
{
	for (int i = 0; i < tally->width - 1; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

static inline double *
row_at(const crm_tally *tally, size_t place)
{
	return tally->rows + place * tally->width;
}

/* Count a row that lies at or behind the end of the counted ones. */
static inline void
count_row(crm_tally *tally, const double *row, size_t slot)
{
	int			width = tally->width;

	for (; tally->slots[slot] != 0; slot = next_slot(tally, slot))
	{
		double	   *other = row_at(tally, tally->slots[slot] - 1);

		if (same_key(tally, other, row))
		{
			other[width - 1] += row[width - 1];
			return;
		}
	}
	memmove(row_at(tally, tally->count), row, width * sizeof(double));
	tally->slots[slot] = (uint32_t) ++tally->count;
}

/* Where rows would lie first; memory is fetched for all of them at once. */
static void
find_slots(const crm_tally *tally, const double *row, size_t count,
		   size_t *slots)
{
	for (size_t i = 0; i < count; i++)
	{
		slots[i] = first_slot(tally, row + i * tally->width);
		__builtin_prefetch(&tally->slots[slots[i]], 1);
	}
}

void
crm_tally_settle(crm_tally *tally)
{
	const double *row = row_at(tally, tally->count);
	size_t		count = tally->waiting;
	size_t		slots[BATCH];

	find_slots(tally, row, count, slots);
	for (size_t i = 0; i < count; i++)
	{
		uint32_t	found = tally->slots[slots[i]];

		if (found != 0)
		{
			/* A row may lie across the border of two cache lines. */
			__builtin_prefetch(row_at(tally, found - 1), 1);
			__builtin_prefetch(row_at(tally, found) - 1, 1);
		}
	}
	for (size_t i = 0; i < count; i++)
		count_row(tally, row + i * tally->width, slots[i]);
	tally->waiting = 0;
}

bool
crm_tally_add(crm_tally *tally, const double *row)
{
	size_t		room = crm_tally_room(tally->slot_count);

	if (tally->waiting == BATCH || tally->count + tally->waiting == room)
		crm_tally_settle(tally);
	if (tally->count == room)
		return false;
	memcpy(row_at(tally, tally->count + tally->waiting++), row,
		   tally->width * sizeof(double));
	return true;
}

void
crm_tally_rehash(crm_tally *tally)
{
	memset(tally->slots, 0, tally->slot_count * sizeof(*tally->slots));
	for (size_t from = 0; from < tally->count; from += BATCH)
	{
		size_t		left = tally->count - from;
		size_t		count = left < BATCH ? left : BATCH;
		size_t		slots[BATCH];

		find_slots(tally, row_at(tally, from), count, slots);
		for (size_t i = 0; i < count; i++)
		{
			size_t		slot = slots[i];

			while (tally->slots[slot] != 0)
				slot = next_slot(tally, slot);
			tally->slots[slot] = (uint32_t) (from + i + 1);
		}
	}
}
