/*
 * period_retention.c
 *		Retentions: against plain loops over the days, merged, as text, spoilt.
 */
#include "core/period/retention.h"

#include <stdlib.h>

#include "core/activity/amount.h"
#include "tap.h"

#define CUSTOMERS	400
#define DAYS		120
#define PERIODS		7
#define WINDOW		25

static const int32_t bounds[PERIODS + 1] = {10, 11, 25, 40, 60, 61, 90, 100};

/* What each customer did on each day. */
static int	events[CUSTOMERS][DAYS];
static int64_t amounts[CUSTOMERS][DAYS];

static uint32_t seed = 7;

static uint32_t
chance(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

static void
make_customers(void)
{
	for (int c = 0; c < CUSTOMERS; c++)
		for (int n = chance(9); n > 0; n--)
		{
			int			d = chance(DAYS);
			bool		refund = c % 10 == 0 || chance(4) == 0;

			events[c][d] += refund ? 0 : 1 + chance(2);
			amounts[c][d] += (refund ? -1 : 1) * (int64_t) chance(100000);
		}
}

static crm_retention *
new_retention(int32_t window)
{
	crm_retention *made = calloc(1, crm_retention_bytes(PERIODS));

	crm_retention_init(made, bounds, PERIODS, window);
	return made;
}

static void
add_customer(crm_retention *to, int c)
{
	crm_entry	entries[DAYS];
	uint8_t		bytes[CRM_PACKED_BOUND(DAYS)];
	int			n = 0;

	for (int d = 0; d < DAYS; d++)
		if (events[c][d] != 0 || amounts[c][d] != 0)
			entries[n++] = (crm_entry)
		{
			.day = d, .events = events[c][d], .amount = amounts[c][d]
		};
	if (crm_retention_add(to, bytes, crm_ledger_pack(entries, n, bytes)) != CRM_OK)
		ok(false, "customer %d is added", c);
}

static crm_retention *
all_customers(int32_t window)
{
	crm_retention *made = new_retention(window);

	for (int c = 0; c < CUSTOMERS; c++)
		add_customer(made, c);
	return made;
}

/* Plain loops */

static bool
active_between(int c, int from, int to)
{
	for (int d = from < 0 ? 0 : from; d < to; d++)
		if (events[c][d] > 0)
			return true;
	return false;
}

static bool
active(int c, int p)
{
	return active_between(c, bounds[p], bounds[p + 1]);
}

static int
first_day_of(int c)
{
	for (int d = 0; d < bounds[PERIODS]; d++)
		if (events[c][d] > 0)
			return d;
	return -1;
}

static int
cohort_of(int c)
{
	int			first = first_day_of(c);

	if (first < 0)
		return CRM_COHORT_NEVER(PERIODS);
	for (int p = PERIODS - 1; p >= 0; p--)
		if (first >= bounds[p])
			return CRM_COHORT_OF(p);
	return CRM_COHORT_BEFORE;
}

static void
add_plain(crm_cell *to, int c, int p)
{
	int64_t		gross = 0;
	int64_t		refunds = 0;
	bool		present = false;

	for (int d = bounds[p]; d < bounds[p + 1]; d++)
	{
		to->events += events[c][d];
		gross += amounts[c][d] > 0 ? amounts[c][d] : 0;
		refunds += amounts[c][d] < 0 ? amounts[c][d] : 0;
		present |= events[c][d] != 0 || amounts[c][d] != 0;
	}
	to->present += present;
	to->active += active(c, p);
	to->last += active(c, p) &&
		!active_between(c, bounds[p + 1], bounds[PERIODS]);
	crm_wide_add(&to->gross, gross);
	crm_wide_add(&to->refunds, refunds);
}

static void
test_cells(const crm_retention *all)
{
	crm_retention_parts at = crm_retention_open(all);
	int			wrong = 0;

	for (int cohort = 0; cohort < CRM_COHORTS(PERIODS); cohort++)
		for (int p = 0; p < PERIODS; p++)
		{
			crm_cell	want = {0};

			for (int c = 0; c < CUSTOMERS; c++)
				if (cohort_of(c) == cohort)
					add_plain(&want, c, p);
			wrong += memcmp(&want, &at.cells[cohort * PERIODS + p],
							sizeof(want)) != 0;
		}
	is_int(wrong, 0, "every cell is what plain loops find");
	ok(at.cells[CRM_COHORT_NEVER(PERIODS) * PERIODS + 2].present > 0 &&
	   at.cells[CRM_COHORT_BEFORE * PERIODS + 2].active > 0 &&
	   at.cells[CRM_COHORT_OF(3) * PERIODS + 2].present > 0,
	   "before, never, and a refund before the first purchase occur");
}

/* Customers of a period, counted by state. */
static void
test_growth(const crm_retention *all)
{
	for (int p = 0; p < PERIODS; p++)
	{
		crm_growth	growth;
		int			count[4] = {0};

		crm_growth_of(all, p, &growth);
		for (int c = 0; c < CUSTOMERS; c++)
		{
			bool		now = active(c, p);
			bool		before = p > 0 && active(c, p - 1);
			bool		ever = active_between(c, 0, bounds[p]);

			count[0] += now && !ever;
			count[1] += now && before;
			count[2] += now && ever && !before;
			count[3] += before && !now;
		}
		ok(growth.new_customers == count[0] && growth.returning == count[1] &&
		   growth.resurrecting == count[2] && growth.dormant == count[3] &&
		   growth.has_previous == (p > 0), "states of period %d", p);
		ok(growth.gross + growth.refunds == growth.new_amount +
		   growth.returning_amount + growth.resurrecting_amount +
		   growth.refund_only_amount, "its amounts add up");
	}
}

static void
test_windows(const crm_retention *all)
{
	crm_retention_parts at = crm_retention_open(all);

	for (int b = 0; b <= PERIODS; b++)
	{
		int			started = 0;
		int			lost = 0;

		for (int c = 0; c < CUSTOMERS; c++)
		{
			bool		then = active_between(c, bounds[b] - WINDOW, bounds[b]);

			started += then;
			lost += b < PERIODS && then &&
				!active_between(c, bounds[b + 1] - WINDOW, bounds[b + 1]);
		}
		ok(at.windows[b].active == started && at.windows[b].lost == lost,
		   "windows of bound %d: %d active, %d lost", b, started, lost);
	}
}

static void
test_cohorts(const crm_retention *all)
{
	crm_cohort_walk walk;
	crm_cohort_row row;
	__int128	total = 0;
	int64_t		want = 0;
	int			wrong = 0;

	for (int c = 0; c < CUSTOMERS; c++)
		for (int d = bounds[0]; d < bounds[PERIODS]; d++)
			want += amounts[c][d];
	for (crm_cohorts_init(&walk, all); crm_cohorts_next(&walk, &row);)
	{
		int			later = 0;

		for (int c = 0; c < CUSTOMERS; c++)
			later += cohort_of(c) == row.cohort &&
				active_between(c, bounds[row.period], bounds[PERIODS]);
		wrong += later != row.active_later;
		total += crm_wide_value(row.cell->gross) +
			crm_wide_value(row.cell->refunds);
	}
	is_int(wrong, 0, "active in the period or later");
	ok(total == want, "the rows add up to the ledgers");
}

static void
test_merge(const crm_retention *all)
{
	crm_retention *parts[3] = {
		new_retention(WINDOW), new_retention(WINDOW), new_retention(WINDOW)
	};
	crm_retention *other = new_retention(WINDOW + 1);

	for (int c = CUSTOMERS - 1; c >= 0; c--)
		add_customer(parts[c % 3], c);
	is_int(crm_retention_merge(parts[2], parts[0]), CRM_OK, "merged");
	is_int(crm_retention_merge(parts[2], parts[1]), CRM_OK, "and again");
	ok(memcmp(parts[2], all, crm_retention_bytes(PERIODS)) == 0,
	   "parts in any order make the same bytes");
	is_int(crm_retention_merge(parts[0], other), CRM_INVALID, "other windows");
	for (int i = 0; i < 54; i++)
		if (crm_retention_merge(parts[2], parts[2]) != CRM_OK)
			i = 100;
	is_int(crm_retention_merge(parts[2], parts[2]), CRM_OUT_OF_RANGE,
		   "doubled until it does not fit");
	for (int i = 0; i < 3; i++)
		free(parts[i]);
	free(other);
}

static void
test_text(const crm_retention *all)
{
	size_t		length = crm_retention_text(all, NULL, 0, NULL, NULL);
	char	   *text = malloc(length + 1);
	crm_retention *again = new_retention(0);
	const char *fault;
	int32_t		periods = 0;
	int			taken = 0;

	is_int(crm_retention_text(all, text, length + 1, NULL, NULL), length, "written");
	is_int(strlen(text), length, "as long as it says");
	is_int(crm_retention_parse(text, &periods, NULL, &fault, NULL, NULL), CRM_OK, "opened");
	is_int(periods, PERIODS, "so many periods");
	is_int(crm_retention_parse(text, &periods, again, &fault, NULL, NULL), CRM_OK, "read");
	ok(memcmp(again, all, crm_retention_bytes(PERIODS)) == 0,
	   "the same to the last bit");
	/* Cut anywhere it is refused, and never read beyond its end. */
	for (size_t i = 0; i < length; i++)
	{
		char	   *cut = malloc(i + 1);

		memcpy(cut, text, i);
		cut[i] = '\0';
		taken += crm_retention_parse(cut, &periods, NULL, &fault, NULL, NULL) == CRM_OK &&
			periods == PERIODS &&
			crm_retention_parse(cut, &periods, again, &fault, NULL, NULL) == CRM_OK;
		free(cut);
	}
	is_int(taken, 0, "cut short it is refused");
	free(text);
	free(again);
}

static void
test_wide_text(void)
{
	char		text[CRM_WIDE_TEXT] = "";
	const struct
	{
		__int128	value;
		const char *want;
	}			all[] = {
		{0, "0"}, {1, "0.0001"}, {-10500, "-1.05"}, {1000000, "100"},
		{CRM_WIDE_MAX, "519229685853482762853049632922.0096"},
		{-CRM_WIDE_MAX, "-519229685853482762853049632922.0096"}
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
	{
		text[crm_wide_text(all[i].value, text)] = '\0';
		is_text(text, all[i].want, all[i].want);
	}
}

static void
test_check(const crm_retention *all)
{
	size_t		size = crm_retention_bytes(PERIODS);
	crm_retention *spoilt = malloc(size);
	crm_retention_parts at;
	const crm_cell eventful = {.events = 1};

#define SPOILT(change, name) \
	memcpy(spoilt, all, size); \
	at = crm_retention_open(spoilt); \
	change; \
	is_int(crm_retention_check(spoilt, size), CRM_CORRUPT, name)

	is_int(crm_retention_check(all, size), CRM_OK, "good as it is");
	is_int(crm_retention_check(all, size - 8), CRM_CORRUPT, "too short");
	SPOILT(spoilt->periods++, "of another size");
	SPOILT(spoilt->version++, "of another version");
	SPOILT(spoilt->unused[1] = 1, "something where nothing is");
	SPOILT(spoilt->window_days = 0, "windows that nobody asked for");
	SPOILT(spoilt->bounds[1] = 10, "bounds that do not ascend");
	SPOILT(spoilt->first_day = 100, "a first day after the end");
	SPOILT(at.sizes[0] = -1, "a negative size");
	SPOILT(at.windows[1].lost = at.windows[1].active + 1, "more lost than are");
	SPOILT(at.sums[1].returning = -1, "a negative count");
	SPOILT(at.sums[1].first_amount.high = INT64_MAX, "too large an amount");
	SPOILT(at.cells[8].active = at.cells[8].present + 1, "more active than there");
	SPOILT(at.cells[8].gross = crm_wide_of(-1), "gross below zero");
	SPOILT(at.cells[8] = eventful, "events of nobody");
	free(spoilt);
}

int
main(void)
{
	crm_retention *all;
	crm_retention *empty = new_retention(0);

	make_customers();
	all = all_customers(WINDOW);
	test_cells(all);
	test_growth(all);
	test_windows(all);
	test_cohorts(all);
	test_merge(all);
	test_text(all);
	test_text(empty);
	test_wide_text();
	test_check(all);
	free(all);
	free(empty);
	return done_testing();
}
