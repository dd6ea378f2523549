/*
 * activity_journal.c
 *		Rows in, the same rows out, whatever they are and in whatever order.
 */
#include "core/activity/journal.h"

#include <stdlib.h>

#include "core/activity/amount.h"
#include "tap.h"

static const crm_entry rows[] = {
	{.day = 8766, .events = 1, .amount = 293300},
	{.day = 8767, .events = 1, .amount = 0},
	{.day = 8767, .events = 0, .amount = -150000},
	{.day = CRM_DAY_MAX, .events = CRM_EVENTS_MAX, .amount = CRM_AMOUNT_MAX},
	{.day = CRM_DAY_MIN, .events = -CRM_EVENTS_MAX, .amount = -CRM_AMOUNT_MAX},
	{.day = INT32_MAX - 1, .events = 2, .amount = 1},
	{.day = INT32_MIN + 1, .events = 1, .amount = -1},
	{.day = 0, .events = 1, .amount = 64}
};

#define ROWS	((int) (sizeof(rows) / sizeof(rows[0])))

static crm_journal *
new_journal(int32_t capacity)
{
	crm_journal *journal = malloc(CRM_JOURNAL_BYTES(capacity));

	journal->capacity = capacity;
	crm_journal_clear(journal);
	return journal;
}

/* How many of the rows a journal of that capacity takes, and gives back. */
static int
round_trip(int32_t capacity)
{
	crm_journal *journal = new_journal(capacity);
	crm_entry  *out;
	int			taken = 0;
	int			count;

	while (taken < ROWS && crm_journal_add(journal, &rows[taken]))
		taken++;
	out = malloc((CRM_JOURNAL_ROWS(journal->length) + 1) * sizeof(crm_entry));
	count = crm_journal_read(journal, out);
	if (count != taken || journal->length > capacity ||
		(count > 0 && memcmp(out, rows, count * sizeof(crm_entry)) != 0))
		taken = -1;
	free(out);
	free(journal);
	return taken;
}

/* The sanitizers watch that no row is written beyond the capacity. */
static bool
every_capacity_holds(void)
{
	int			before = 0;

	for (int32_t capacity = 0; capacity < 150; capacity++)
	{
		int			taken = round_trip(capacity);

		if (taken < before)
			return false;
		before = taken;
	}
	return before == ROWS;
}

static bool
ordered_after(const int32_t *days, int count)
{
	crm_journal *journal = new_journal(100);
	bool		ordered;

	for (int i = 0; i < count; i++)
		crm_journal_add(journal, &(crm_entry) {.day = days[i], .events = 1});
	ordered = journal->ordered;
	free(journal);
	return ordered;
}

static void
test_order(void)
{
	ok(ordered_after((int32_t[]) {-3}, 1), "one day before 2000 is in order");
	ok(ordered_after((int32_t[]) {-3, 4, 5}, 3), "so are days that ascend");
	ok(!ordered_after((int32_t[]) {4, 4}, 2), "a day twice is not");
	ok(!ordered_after((int32_t[]) {4, 3, 5}, 3), "nor is an earlier day");
}

static void
test_size(void)
{
	crm_journal *journal = new_journal(100);

	crm_journal_add(journal, &(crm_entry) {.day = 8766, .events = 1, .amount = 293300});
	crm_journal_add(journal, &(crm_entry) {.day = 8796, .events = 1, .amount = 293300});
	is_int(journal->length, 3 + 3 + 1 + 3, "an order after a month takes four bytes");
	free(journal);
}

int
main(void)
{
	is_int(round_trip(200), ROWS, "rows of every kind come back as they went in");
	is_int(round_trip(1), 0, "a row that does not fit is refused");
	ok(every_capacity_holds(), "a larger journal takes no fewer rows");
	test_order();
	test_size();
	return done_testing();
}
