/*
 * rfm_cells.c
 *		Customers by their scores, day by day.
 */
#include "core/rfm/cells.h"
#include "core/activity/amount.h"
#include "tap.h"

#define DAYS		4
#define CELLS_MAX	1000

static const int32_t days[DAYS] = {0, 10, 40, 100};

/* Two breaks of recency, one of frequency, two of amounts. */
static const crm_cell_scales scales = {
	{2, true, {5, 30}}, {1, true, {2}}, {2, true, {10, 20}}
};

static crm_status
add(const crm_entry *entries, int32_t count, const crm_cell_scales *by,
	crm_score_cell *cells)
{
	uint8_t		bytes[CRM_PACKED_BOUND(8)];
	size_t		length = crm_ledger_pack(entries, count, bytes);

	return crm_add_to_cells(bytes, length, by, days, DAYS, cells);
}

/* The cell of a day with these scores, found by what the core says of cells. */
static const crm_score_cell *
cell(const crm_cell_scales *by, const crm_score_cell *cells, int32_t day,
	 int32_t r, int32_t f, int32_t m)
{
	int32_t		scores[3];

	for (int32_t i = 0; i < crm_cells_a_day(by); i++)
	{
		crm_cell_scores(by, i, scores);
		if (scores[0] == r && scores[1] == f && scores[2] == m)
			return &cells[day * crm_cells_a_day(by) + i];
	}
	ok(false, "a cell of the scores %d, %d, %d", r, f, m);
	return cells;
}

static void
is_cell(const crm_score_cell *at, int64_t customers, int64_t amount,
		const char *name)
{
	is_int(at->customers, customers, name);
	is_int((int64_t) crm_wide_value(at->amount), amount, name);
}

static void
test_days(void)
{
	/* 12 on day 1, a refund of 5 on day 20, 30 in three on day 35 */
	const crm_entry one[] = {
		{12 * CRM_UNITS, 1, 1}, {-5 * CRM_UNITS, 20, 0},
		{30 * CRM_UNITS, 35, 3}
	};
	crm_score_cell cells[DAYS * 18] = {0};

	is_int(crm_cells_a_day(&scales), 18, "cells of a day");
	is_int(add(one, 3, &scales, cells), CRM_OK, "a customer");
	for (int i = 0; i < 18; i++)
		if (cells[i].customers != 0)
			ok(false, "nobody is there before the first purchase");
	is_cell(cell(&scales, cells, 1, 2, 1, 2), 1, 12 * CRM_UNITS,
			"nine days after the first");
	is_cell(cell(&scales, cells, 2, 3, 2, 3), 1, 37 * CRM_UNITS,
			"on a break a value has the lower bin");
	is_cell(cell(&scales, cells, 3, 1, 2, 3), 1, 37 * CRM_UNITS, "silent");
	add(one, 1, &scales, cells);
	is_cell(cell(&scales, cells, 1, 2, 1, 2), 2, 24 * CRM_UNITS, "two alike");
	is_cell(cell(&scales, cells, 3, 1, 1, 2), 1, 12 * CRM_UNITS, "then not");
}

static void
test_edges(void)
{
	const crm_entry refund[] = {{-5 * CRM_UNITS, 5, 0}};
	const crm_entry most[] = {{CRM_AMOUNT_MAX, 1, 1}, {CRM_AMOUNT_MAX, 2, 1}};
	const uint8_t corrupt[] = {0xff, 0xff};
	crm_cell_scales unknown = scales;
	crm_score_cell cells[CELLS_MAX] = {0};
	crm_score_cell other = {1, crm_wide_of(CRM_WIDE_MAX)};

	is_int(add(refund, 1, &scales, cells), CRM_OK, "refunds only");
	for (int i = 0; i < DAYS * 18; i++)
		if (cells[i].customers != 0)
			ok(false, "who had refunds only is in no cell");
	unknown.frequency = (crm_cell_scale) {0};
	add(most, 1, &unknown, cells);
	is_int(cell(&unknown, cells, 1, 2, 0, 3)->customers, 1,
		   "without breaks the score is 0");
	is_int(add(most, 2, &scales, cells), CRM_OUT_OF_RANGE,
		   "an amount that does not fit");
	is_int(crm_add_to_cells(corrupt, 2, &scales, days, DAYS, cells),
		   CRM_CORRUPT, "bytes that are no ledger");
	cells[0] = (crm_score_cell) {2, crm_wide_of(7)};
	is_int(crm_merge_cell(&cells[0], &other), CRM_OUT_OF_RANGE,
		   "a sum that does not fit");
	is_cell(&cells[0], 2, 7, "leaves what was");
	other.amount = crm_wide_of(-3);
	is_int(crm_merge_cell(&cells[0], &other), CRM_OK, "one that does");
	is_cell(&cells[0], 3, 4, "is added");
}

int
main(void)
{
	test_days();
	test_edges();
	return done_testing();
}
