/*
 * period.c
 *		Bounds from a calendar, and one ledger period by period.
 */
#include "core/period/amounts.h"
#include "core/period/period.h"
#include "tap.h"

#define ENTRIES_MAX	8

static int32_t
day(const char *text)
{
	int32_t		result = 0;

	if (!crm_parse_day(&text, &result))
		ok(false, "a day: %s", text);
	return result;
}

static void
test_checks(void)
{
	int32_t		bounds[CRM_PERIODS_MAX + 2];
	int			fault;

	for (int i = 0; i < CRM_PERIODS_MAX + 2; i++)
		bounds[i] = 10 * i;
	is_int(crm_period_check_bounds(bounds, 1, &fault), CRM_INVALID, "one bound");
	is_int(crm_period_check_bounds(bounds, 2, &fault), CRM_OK, "two bounds");
	is_int(crm_period_check_bounds(bounds, CRM_PERIODS_MAX + 1, &fault), CRM_OK,
		   "as many as there may be");
	is_int(crm_period_check_bounds(bounds, CRM_PERIODS_MAX + 2, &fault), CRM_INVALID,
		   "one more");
	for (int i = 0; i < 100; i++)
		if (crm_period_of(bounds, 10, i) != i / 10)
			ok(false, "period of day %d", i);
	is_int(crm_period_of(bounds, 10, 99), 9, "the last day of the last period");
	bounds[2] = 10;
	is_int(crm_period_check_bounds(bounds, 4, &fault), CRM_INVALID, "a bound twice");
	is_int(fault, 2, "which");
	bounds[2] = INT32_MAX;
	is_int(crm_period_check_bounds(bounds, 3, &fault), CRM_INVALID, "infinity");
}

/* The bounds as text: "2024-01-01 2024-02-01". */
static void
is_made(const char *anchor, int months, int days, const char *first,
		const char *last, const char *want)
{
	crm_calendar calendar = {day(anchor), months, days};
	int32_t		bounds[CRM_PERIODS_MAX + 1];
	char		text[200] = "";
	char	   *at = text;
	int			count = 0;

	is_int(crm_period_make_bounds(&calendar, day(first), day(last), bounds, &count),
		   CRM_OK, "bounds are made");
	for (int i = 0; i < count && i < 8; i++)
	{
		if (i > 0)
			*at++ = ' ';
		at += crm_day_text(bounds[i], at);
	}
	*at = '\0';
	is_text(text, want, want);
}

static void
test_calendar(void)
{
	int32_t		bounds[CRM_PERIODS_MAX + 1];
	crm_calendar daily = {0, 0, 1};
	int			count;

	is_made("2001-01-01", 1, 0, "2023-12-15", "2024-02-10",
			"2023-12-01 2024-01-01 2024-02-01 2024-02-11");
	is_made("2001-01-01", 1, 0, "2024-02-01", "2024-02-29",
			"2024-02-01 2024-03-01");
	is_made("2001-01-01", 3, 0, "1999-12-31", "2000-04-01",
			"1999-10-01 2000-01-01 2000-04-01 2000-04-02");
	is_made("2001-01-01", 12, 0, "0001-06-01 BC", "0002-01-01",
			"0001-01-01 BC 0001-01-01 0002-01-01 0002-01-02");
	is_made("2001-01-01", 0, 7, "2024-02-25", "2024-03-04",
			"2024-02-19 2024-02-26 2024-03-04 2024-03-05");
	is_made("2001-01-26", 1, 0, "2024-01-25", "2024-02-26",
			"2023-12-26 2024-01-26 2024-02-26 2024-02-27");
	is_made("2000-01-31", 1, 0, "2024-02-28", "2024-04-29",
			"2024-01-31 2024-02-29 2024-03-31 2024-04-30");
	is_int(crm_period_make_bounds(&daily, 5, 4, bounds, &count), CRM_INVALID,
		   "the last before the first");
	is_int(crm_period_make_bounds(&daily, CRM_DAY_MIN, 0, bounds, &count), CRM_OK,
		   "more days than there may be");
	is_int(count, CRM_PERIODS_MAX + 1, "the latest of them");
	is_int(bounds[CRM_PERIODS_MAX], 1, "up to the day after");
	is_int(bounds[0], 1 - CRM_PERIODS_MAX, "from that many before");
	is_int(crm_period_make_bounds(&daily, 0, CRM_DAY_MAX, bounds, &count),
		   CRM_OUT_OF_RANGE, "no day after the last");
	is_int(crm_period_make_bounds(&(crm_calendar) {0, 12, 0}, CRM_DAY_MIN, CRM_DAY_MIN, bounds, &count),
		   CRM_OUT_OF_RANGE, "a year that starts before the first day");
}

static const int32_t tens[] = {0, 10, 20, 30, 40};

static void
test_spells(void)
{
	/* A refund before the first purchase, a purchase and a refund on a day. */
	const crm_entry entries[ENTRIES_MAX] = {
		{-100, -5, 0}, {-300, 3, 0}, {1000, 12, 2}, {-50, 19, 0},
		{700, 20, 1}, {-10, 35, -1}, {900, 40, 1}
	};
	uint8_t		bytes[CRM_PACKED_BOUND(ENTRIES_MAX)];
	size_t		length = crm_ledger_pack(entries, 7, bytes);
	crm_spells	spells;
	crm_spell	spell;

	crm_spells_init(&spells, bytes, length, tens, 4);
	is_int(spells.cohort, 1, "cohort: the period of the first active day");
	is_int(spells.first_day, 12, "which is this");
	ok(crm_spells_next(&spells, &spell) && spell.period == 0 &&
	   spell.active_days == 0 && spell.refunds == -300 && spell.gross == 0,
	   "a refund before it");
	ok(crm_spells_next(&spells, &spell) && spell.period == 1 &&
	   spell.active_days == 1 && spell.events == 2 && spell.gross == 1000 &&
	   spell.refunds == -50 && spell.first_amount == 1000 &&
	   !spell.active_before, "the first active period");
	ok(crm_spells_next(&spells, &spell) && spell.period == 2 &&
	   spell.active_before && spell.first_amount == 0 && spell.gross == 700,
	   "the next, active before");
	ok(crm_spells_next(&spells, &spell) && spell.period == 3 &&
	   spell.active_days == 0 && spell.events == -1 && spell.active_before,
	   "taken back");
	ok(!crm_spells_next(&spells, &spell) && spells.reader.status == CRM_OK,
	   "what is on the last bound or after does not count");
	is_int(spells.last_active, 2, "the last active period");

	crm_spells_init(&spells, bytes, length, tens + 2, 2);
	is_int(spells.cohort, CRM_PERIOD_BEFORE, "cohort: before the bounds");
	ok(crm_spells_next(&spells, &spell) && spell.period == 0 &&
	   !spell.active_before, "the period before the first is not known");
	crm_spells_init(&spells, bytes, length, tens, 1);
	is_int(spells.cohort, CRM_PERIOD_NEVER, "cohort: not yet");
	crm_spells_init(&spells, bytes, length - 1, tens, 4);
	while (crm_spells_next(&spells, &spell))
		;
	is_int(spells.reader.status, CRM_CORRUPT, "bytes cut short");
}

static void
test_amounts(void)
{
	const crm_entry entries[] = {{-5, 1, 1}, {40, 11, 1}, {-9, 21, 0}, {7, 31, 1}};
	const crm_entry large[] = {{INT64_MAX, 1, 1}, {1, 2, 1}};
	uint8_t		packed[CRM_PACKED_BOUND(4)];
	uint8_t		bytes[4 * CRM_AMOUNT_BYTES];
	size_t		counts[4] = {0};
	size_t		places[4] = {0, 1, 2, 2};
	uint64_t	amounts[3];
	size_t		written;

	is_int(crm_period_amounts_write(packed, crm_ledger_pack(entries, 4, packed), tens, 4,
									bytes, &written), CRM_OK, "amounts are written");
	is_int(crm_period_amounts_count(bytes, written, 4, counts, NULL, NULL), CRM_OK, "counted");
	ok(counts[0] == 1 && counts[1] == 1 && counts[2] == 0 && counts[3] == 1,
	   "one a period, none where there was a refund only");
	crm_period_amounts_read(bytes, written, amounts, places, NULL, NULL);
	ok(amounts[0] == 0 && amounts[1] == 40 && amounts[2] == 7,
	   "and read, 0 where negative");
	is_int(crm_period_amounts_count(bytes, written, 3, counts, NULL, NULL), CRM_CORRUPT,
		   "a period that there is not");
	is_int(crm_period_amounts_count(bytes, written - 1, 4, counts, NULL, NULL), CRM_CORRUPT,
		   "cut short");
	is_int(crm_period_amounts_write(packed, crm_ledger_pack(large, 2, packed), tens, 4, bytes, &written),
		   CRM_OUT_OF_RANGE, "does not fit");
}

int
main(void)
{
	test_checks();
	test_calendar();
	test_spells();
	test_amounts();
	return done_testing();
}
