/*
 * cells.c
 *		Customers by their three scores, day by day; cells.h says what counts.
 */
#include "core/rfm/cells.h"

#include <string.h>

#include "core/activity/amount.h"

/* What a ledger comes to, up to a day. */
typedef struct standing
{
	int32_t		active_days;
	int32_t		last_day;		/* active */
	int64_t		events;
	__int128	amount;
} standing;

/* Without breaks everybody has the score 0, so there is one all the same. */
static inline int32_t
sizes_of(const crm_cell_scale *scale)
{
	return scale->is_known ? scale->count + 1 : 1;
}

static inline int32_t
below(const crm_cell_scale *scale, double value)
{
	int32_t		count = 0;

	for (int32_t i = 0; i < scale->count; i++)
		count += scale->breaks[i] < value;
	return count;
}

int32_t
crm_cells_a_day(const crm_cell_scales *scales)
{
	return sizes_of(&scales->recency) * sizes_of(&scales->frequency) *
		sizes_of(&scales->monetary);
}

void
crm_cell_scores(const crm_cell_scales *scales, int32_t n, int32_t scores[3])
{
	int32_t		m = sizes_of(&scales->monetary);
	int32_t		f = sizes_of(&scales->frequency);

	scores[0] = scales->recency.is_known ? n / (m * f) + 1 : 0;
	scores[1] = scales->frequency.is_known ? n / m % f + 1 : 0;
	scores[2] = scales->monetary.is_known ? n % m + 1 : 0;
}

static int32_t
place_of(const crm_cell_scales *scales, const standing *at, int32_t day)
{
	int32_t		r = scales->recency.count -
		below(&scales->recency, (double) day - at->last_day);
	int32_t		f = below(&scales->frequency, (double) at->events);
	int32_t		m = below(&scales->monetary,
						  (double) (int64_t) at->amount / CRM_UNITS);

	return (r * sizes_of(&scales->frequency) + f)
		* sizes_of(&scales->monetary) + m;
}

static bool
add_customer(crm_score_cell *at, __int128 amount)
{
	crm_score_cell cell;

	memcpy(&cell, at, sizeof(cell));
	cell.customers++;
	if (!crm_wide_add(&cell.amount, amount))
		return false;
	memcpy(at, &cell, sizeof(cell));
	return true;
}

static inline void
take_in(standing *at, const crm_entry *entry)
{
	at->events += entry->events;	/* 2^32 days of 2^31 always fit */
	at->amount += entry->amount;
	if (entry->events > 0)
	{
		at->active_days++;
		at->last_day = entry->day;
	}
}

crm_status
crm_add_to_cells(const uint8_t *bytes, size_t length,
				 const crm_cell_scales *scales, const int32_t *days,
				 int32_t count, crm_score_cell *cells)
{
	int32_t		size = crm_cells_a_day(scales);
	standing	at = {0};
	crm_reader	reader;
	crm_entry	entry;
	bool		more;

	crm_reader_init(&reader, bytes, length);
	more = crm_reader_next(&reader, &entry);
	for (int32_t i = 0; i < count; i++)
	{
		for (; more && entry.day <= days[i];
			 more = crm_reader_next(&reader, &entry))
			take_in(&at, &entry);
		if (at.active_days == 0)
			continue;
		if (at.amount < -CRM_AMOUNT_MAX || at.amount > CRM_AMOUNT_MAX ||
			!add_customer(&cells[i * size + place_of(scales, &at, days[i])],
						  at.amount))
			return CRM_OUT_OF_RANGE;
	}
	return reader.status;
}

crm_status
crm_merge_cell(crm_score_cell *cell, const crm_score_cell *other)
{
	crm_score_cell sum;
	crm_score_cell more;

	memcpy(&sum, cell, sizeof(sum));
	memcpy(&more, other, sizeof(more));
	if (__builtin_add_overflow(sum.customers, more.customers, &sum.customers) ||
		!crm_wide_add(&sum.amount, crm_wide_value(more.amount)))
		return CRM_OUT_OF_RANGE;
	memcpy(cell, &sum, sizeof(sum));
	return CRM_OK;
}
