/*
 * lifecycle.c
 *		Stages: which rule decides, and the numbers behind it.
 */
#include "core/lifecycle/lifecycle.h"

#include <limits.h>

#include "core/activity/activity.h"
#include "tap.h"

#define DAYS_MAX	40

static const crm_lifecycle_rules usual = {
	.population_gap = 40, .new_days = 30, .window_days = 90,
	.declining_at = 1.5, .departed_at = 3, .shrinking_below = 0.7,
	.growing_above = 1.2, .prior_weight = 3
};

static uint8_t bytes[CRM_PACKED_BOUND(DAYS_MAX)];

static size_t
ledger(const int *days, int count)
{
	crm_entry	entries[DAYS_MAX];

	for (int i = 0; i < count; i++)
		entries[i] = (crm_entry)
	{
		.day = days[i], .events = 1, .amount = 10000
	};
	return crm_ledger_pack(entries, count, bytes);
}

#define LEDGER(...) \
	ledger((const int[]) {__VA_ARGS__}, \
		   sizeof((const int[]) {__VA_ARGS__}) / sizeof(int))

static crm_lifecycle
judged(size_t length, int as_of, const crm_lifecycle_rules *rules)
{
	crm_lifecycle life;

	is_int(crm_lifecycle_of(bytes, length, as_of, rules, &life), CRM_OK,
		   "the ledger is read");
	return life;
}

static void
is_verdict(size_t length, int as_of, crm_verdict want, const char *name)
{
	is_int(judged(length, as_of, &usual).verdict, want, name);
}

static void
test_stages(void)
{
	is_verdict(ledger(NULL, 0), 100, CRM_NOTHING_YET, "an empty ledger");
	is_verdict(LEDGER(101), 100, CRM_NOTHING_YET, "nothing before as_of");
	is_verdict(LEDGER(100), 100, CRM_NEW_CUSTOMER, "bought today");
	is_verdict(LEDGER(0), 60, CRM_NEW_CUSTOMER, "once, 60 days ago: 1.5 gaps");
	is_verdict(LEDGER(0), 61, CRM_DECLINING_SILENT, "once, 61 days ago");
	is_verdict(LEDGER(0), 120, CRM_DECLINING_SILENT, "once, three gaps ago");
	is_verdict(LEDGER(0), 121, CRM_DEPARTED_SILENT, "once, more than three");
	is_verdict(LEDGER(0, 10, 30), 30, CRM_NEW_CUSTOMER, "first 30 days ago");
	is_verdict(LEDGER(0, 10, 30), 31, CRM_GROWING_ACTIVE, "first 31 days ago");
	is_verdict(LEDGER(0, 40, 80, 120, 160), 180, CRM_MATURE_STEADY,
			   "two events in either window");
	is_verdict(LEDGER(0, 40, 80, 110, 140, 160), 180, CRM_GROWING_ACTIVE,
			   "three after two");
	is_verdict(LEDGER(0, 10, 40, 80, 160), 180, CRM_DECLINING_SHRINKING,
			   "one after three");
	is_verdict(LEDGER(0, 300, 600), 790, CRM_GROWING_ACTIVE,
			   "nothing in either window, but not overdue");
}

/* So many events on a day in the window before, and in the last one. */
static crm_verdict
verdict_of(int earlier, int recent)
{
	const crm_entry entries[] = {
		{.day = 0, .events = 1}, {.day = 60, .events = earlier},
		{.day = 150, .events = recent}
	};

	return judged(crm_ledger_pack(entries, 3, bytes), 200, &usual).verdict;
}

static void
test_trends(void)
{
	is_int(verdict_of(10, 6), CRM_DECLINING_SHRINKING, "6 after 10");
	is_int(verdict_of(10, 7), CRM_MATURE_STEADY, "7 after 10 is not below 0.7");
	is_int(verdict_of(10, 12), CRM_MATURE_STEADY, "12 after 10 is not above 1.2");
	is_int(verdict_of(10, 13), CRM_GROWING_ACTIVE, "13 after 10");
}

static void
test_numbers(void)
{
	crm_lifecycle life = judged(LEDGER(0, 30, 60, 200), 130, &usual);

	is_int(life.active_days, 3, "later days are ignored");
	is_int(life.silent_days, 70, "days since the last");
	is_int(life.tenure_days, 130, "days since the first");
	is_close(life.gap, (3 * 40 + 2 * 30) / 5.0, 0, "own gaps and the usual one");
	is_close(life.overdue, 70 / 36.0, 1e-15, "overdue");
	is_int(life.recent, 1, "40 < day <= 130");
	is_int(life.earlier, 2, "-50 < day <= 40");
}

/* The ends of both windows: as_of - 90 is in the earlier one. */
static void
test_windows(void)
{
	crm_lifecycle life = judged(LEDGER(20, 21, 110, 111, 200), 200, &usual);

	is_int(life.recent, 2, "from the day after as_of - 90");
	is_int(life.earlier, 2, "from the day after as_of - 180");
	life = judged(LEDGER(CRM_DAY_MIN, CRM_DAY_MAX), CRM_DAY_MAX, &usual);
	is_int(life.tenure_days, CRM_DAY_MAX - CRM_DAY_MIN, "all of time");
}

/* Days that hold several events, refunds only, or what was taken back. */
static void
test_events(void)
{
	const crm_entry entries[] = {
		{.day = 50, .events = 3, .amount = 1},
		{.day = 150, .events = 2, .amount = 1},
		{.day = 160, .events = 0, .amount = -5},
		{.day = 170, .events = -1, .amount = 0}
	};
	crm_lifecycle life = judged(crm_ledger_pack(entries, 4, bytes), 180, &usual);
	int32_t		days;

	is_int(life.active_days, 2, "refunds and negative counts are no activity");
	is_int(life.silent_days, 30, "and refresh nothing");
	is_int(life.recent, 2, "events are counted, not days");
	is_int(life.earlier, 3, "in either window");
	crm_active_days_between(bytes, crm_ledger_pack(entries, 4, bytes), 150, 170, &days);
	is_int(days, 1, "active days between two days, both included");
	crm_active_days_between(bytes, crm_ledger_pack(entries, 4, bytes), 0, 150, &days);
	is_int(days, 2, "the last one too");
	crm_active_days_between(bytes, crm_ledger_pack(entries, 4, bytes), 151, 170, &days);
	is_int(days, 0, "none among refunds");
}

static void
test_no_population_gap(void)
{
	crm_lifecycle_rules rules = usual;
	crm_lifecycle life;

	rules.prior_weight = 0;
	life = judged(LEDGER(0, 30, 60), 130, &rules);
	is_close(life.gap, 30, 0, "one's own gap alone");
	is_int(life.verdict, CRM_DECLINING_SILENT, "judges");
	is_int(judged(LEDGER(0), 30, &rules).verdict, CRM_NEW_CUSTOMER,
		   "who has none is new for 30 days");
	is_int(judged(LEDGER(0), 31, &rules).verdict, CRM_NOT_JUDGED,
		   "and then not judged");
}

static void
is_refused(const crm_lifecycle_rules *rules, const char *field, double value)
{
	const char *fault = "";
	double		said = 0;

	is_int(crm_lifecycle_check_rules(rules, &fault, &said), CRM_INVALID,
		   "rules are refused");
	is_text(fault, field, "the one at fault is named");
	ok(memcmp(&said, &value, sizeof(said)) == 0, "and what it says");
}

#define REFUSED(field, value) \
	do { \
		crm_lifecycle_rules rules = usual; \
		rules.field = (value); \
		is_refused(&rules, #field, rules.field); \
	} while (0)

static void
test_rules(void)
{
	const char *fault;
	double		said = 0;

	is_int(crm_lifecycle_check_rules(&usual, &fault, &said), CRM_OK, "the usual rules");
	REFUSED(population_gap, 0);
	REFUSED(population_gap, NAN);
	REFUSED(population_gap, INFINITY);
	REFUSED(new_days, -1);
	REFUSED(window_days, 0);
	REFUSED(declining_at, 0);
	REFUSED(declining_at, NAN);
	REFUSED(departed_at, 1.4);
	REFUSED(departed_at, INFINITY);
	REFUSED(shrinking_below, -0.1);
	REFUSED(shrinking_below, NAN);
	REFUSED(growing_above, 0.6);
	REFUSED(growing_above, INFINITY);
	REFUSED(prior_weight, -1);
	REFUSED(prior_weight, NAN);
	REFUSED(prior_weight, 1e308);
	REFUSED(prior_weight, 5e-324);
	REFUSED(population_gap, 1e-300);
}

static void
test_corrupt(void)
{
	size_t		length = LEDGER(0, 30, 60);
	crm_lifecycle life;
	int32_t		days;

	bytes[0] = 0xff;
	is_int(crm_lifecycle_of(bytes, length, 130, &usual, &life), CRM_CORRUPT,
		   "corrupt bytes have no stage");
	is_int(crm_active_days_between(bytes, length, INT_MIN, INT_MAX, &days),
		   CRM_CORRUPT, "nor active days");
}

int
main(void)
{
	test_stages();
	test_trends();
	test_numbers();
	test_windows();
	test_events();
	test_no_population_gap();
	test_rules();
	test_corrupt();
	return done_testing();
}
