/*
 * spells.c
 *		One ledger, period by period.
 *
 * A customer belongs to the period of their first active day, and so do the
 * refunds that come before it: that day is looked for first. It nearly always
 * is the first of the ledger.
 */
#include "core/period/period.h"

#include <string.h>

/* Reads on to the next entry before the last bound. */
static void
read_ahead(crm_spells *spells)
{
	spells->more = crm_reader_next(&spells->reader, &spells->ahead) &&
		spells->ahead.day < spells->bounds[spells->periods];
}

static void
find_cohort(crm_spells *spells, const uint8_t *bytes, size_t length)
{
	crm_reader	reader;
	crm_entry	entry = {0};

	crm_reader_init(&reader, bytes, length);
	while (crm_reader_next(&reader, &entry) && entry.events <= 0)
		;
	if (entry.events <= 0 || entry.day >= spells->bounds[spells->periods])
		spells->cohort = CRM_PERIOD_NEVER;
	else if (entry.day < spells->bounds[0])
		spells->cohort = CRM_PERIOD_BEFORE;
	else
		spells->cohort = crm_period_of(spells->bounds, spells->periods,
									   entry.day);
	spells->first_day = entry.day;
}

void
crm_spells_init(crm_spells *spells, const uint8_t *bytes, size_t length,
				const int32_t *bounds, int32_t periods)
{
	memset(spells, 0, sizeof(*spells));
	spells->bounds = bounds;
	spells->periods = periods;
	spells->last_active = CRM_PERIOD_NEVER;
	find_cohort(spells, bytes, length);
	crm_reader_init(&spells->reader, bytes, length);
	do
		read_ahead(spells);
	while (spells->more && spells->ahead.day < bounds[0]);
}

/* The period of the entry ahead, which is not before that of the last one. */
static int32_t
period_ahead(crm_spells *spells)
{
	int32_t		day = spells->ahead.day;
	int32_t		period = spells->period;

	while (day >= spells->bounds[period + 1])
		period++;
	return period;
}

static inline void
add_entry(crm_spell *spell, const crm_entry *entry)
{
	spell->events += entry->events; /* 2^32 days of 2^31 always fit */
	spell->active_days += entry->events > 0;
	if (entry->amount > 0)
		spell->gross += entry->amount;
	else
		spell->refunds += entry->amount;
}

bool
crm_spells_next(crm_spells *spells, crm_spell *spell)
{
	int32_t		end;

	if (!spells->more)
		return false;
	memset(spell, 0, sizeof(*spell));
	spells->period = spell->period = period_ahead(spells);
	end = spells->bounds[spell->period + 1];
	spell->active_before = spell->period > 0 &&
		spells->last_active == spell->period - 1;
	for (; spells->more && spells->ahead.day < end; read_ahead(spells))
	{
		add_entry(spell, &spells->ahead);
		if (spells->ahead.day == spells->first_day &&
			spells->cohort == spell->period)
			spell->first_amount = spells->ahead.amount;
	}
	if (spell->active_days > 0)
		spells->last_active = spell->period;
	return spells->reader.status == CRM_OK;
}
