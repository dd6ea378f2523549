/*
 * amounts.c
 *		Amounts of customers by period; amounts.h describes the bytes.
 */
#include "core/period/amounts.h"

#include "core/activity/amount.h"

#define AMOUNTS_AT_ONCE	65536	/* between two looks at interrupts */

crm_status
crm_period_amounts_write(const uint8_t *bytes, size_t length, const int32_t *bounds,
						 int32_t periods, uint8_t *out, size_t *written)
{
	crm_spells	spells;
	crm_spell	spell;
	uint8_t    *at = out;

	crm_spells_init(&spells, bytes, length, bounds, periods);
	while (crm_spells_next(&spells, &spell))
	{
		__int128	amount = spell.gross + spell.refunds;

		if (spell.active_days == 0)
			continue;
		if (amount > CRM_AMOUNT_MAX)
			return CRM_OUT_OF_RANGE;
		at = crm_put_varint(at, spell.period);
		at = crm_put_varint(at, amount > 0 ? (uint64_t) amount : 0);
	}
	*written = at - out;
	return spells.reader.status;
}

static inline bool
is_stopped(size_t n, crm_interrupt interrupt, void *interrupt_arg)
{
	return n % AMOUNTS_AT_ONCE == 0 && interrupt != NULL &&
		interrupt(interrupt_arg);
}

crm_status
crm_period_amounts_count(const uint8_t *bytes, size_t length, int32_t periods,
						 size_t *counts, crm_interrupt interrupt,
						 void *interrupt_arg)
{
	const uint8_t *at = bytes;
	const uint8_t *end = bytes + length;
	uint64_t	period;
	uint64_t	amount;

	for (size_t n = 0; at < end; n++)
	{
		if (is_stopped(n, interrupt, interrupt_arg))
			return CRM_INTERRUPTED;
		if (!crm_get_varint(&at, end, &period) ||
			!crm_get_varint(&at, end, &amount) ||
			period >= (uint64_t) periods || amount > CRM_AMOUNT_MAX)
			return CRM_CORRUPT;
		counts[period]++;
	}
	return CRM_OK;
}

crm_status
crm_period_amounts_read(const uint8_t *bytes, size_t length, uint64_t *amounts,
						size_t *places, crm_interrupt interrupt, void *interrupt_arg)
{
	const uint8_t *at = bytes;
	const uint8_t *end = bytes + length;
	uint64_t	period;
	uint64_t	amount;

	for (size_t n = 0; at < end && crm_get_varint(&at, end, &period) &&
		 crm_get_varint(&at, end, &amount); n++)
	{
		if (is_stopped(n, interrupt, interrupt_arg))
			return CRM_INTERRUPTED;
		amounts[places[period]++] = amount;
	}
	return CRM_OK;
}
