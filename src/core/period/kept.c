/*
 * kept.c
 *		Revenue kept from one period to a later one; kept.h says what counts.
 *
 * Spells of a ledger come in the order of their periods, so the base of a
 * spell is found by a second finger that follows the first.
 */
#include "core/period/kept.h"

#include <string.h>

/* What is remembered of a spell. */
typedef struct brought
{
	int32_t		period;
	bool		is_base;		/* active, with an amount above 0 */
	__int128	amount;
} brought;

/* A customer who brought base, and so many periods later again. */
static bool
add_customer(crm_kept *at, __int128 base, __int128 again)
{
	crm_kept	kept;
	__int128	gross = again < 0 ? 0 : again > base ? base : again;
	bool		fits;

	memcpy(&kept, at, sizeof(kept));
	kept.customers++;
	fits = crm_wide_add(&kept.base, base) && crm_wide_add(&kept.gross, gross) &&
		crm_wide_add(&kept.net, again);
	memcpy(at, &kept, sizeof(kept));
	return fits;
}

static int32_t
read_spells(crm_spells *spells, brought *all)
{
	crm_spell	spell;
	int32_t		count = 0;

	while (crm_spells_next(spells, &spell))
	{
		__int128	amount = spell.gross + spell.refunds;

		all[count++] = (brought)
		{
			spell.period, spell.active_days > 0 && amount > 0, amount
		};
	}
	return count;
}

crm_status
crm_add_kept(const uint8_t *bytes, size_t length, const int32_t *bounds,
			 int32_t periods, int32_t lag, crm_kept *kept)
{
	crm_spells	spells;
	brought		all[CRM_PERIODS_MAX];
	int32_t		count;
	int32_t		later = 0;

	crm_spells_init(&spells, bytes, length, bounds, periods);
	count = read_spells(&spells, all);
	for (int32_t i = 0; i < count && all[i].period < periods - lag; i++)
	{
		int32_t		period = all[i].period + lag;
		__int128	again;

		while (later < count && all[later].period < period)
			later++;
		again = later < count && all[later].period == period
			? all[later].amount : 0;
		if (all[i].is_base && !add_customer(&kept[period], all[i].amount, again))
			return CRM_OUT_OF_RANGE;
	}
	return spells.reader.status;
}

crm_status
crm_merge_kept(crm_kept *kept, const crm_kept *other)
{
	crm_kept	sum;
	crm_kept	more;

	memcpy(&sum, kept, sizeof(sum));
	memcpy(&more, other, sizeof(more));
	if (__builtin_add_overflow(sum.customers, more.customers, &sum.customers) ||
		!crm_wide_add(&sum.base, crm_wide_value(more.base)) ||
		!crm_wide_add(&sum.gross, crm_wide_value(more.gross)) ||
		!crm_wide_add(&sum.net, crm_wide_value(more.net)))
		return CRM_OUT_OF_RANGE;
	memcpy(kept, &sum, sizeof(sum));
	return CRM_OK;
}
