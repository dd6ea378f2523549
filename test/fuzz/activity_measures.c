/*
 * activity_measures.c
 *		Any bytes as a ledger, asked what functions ask of a stored one: refused,
 *		or answers in bounds, which agree where two give the same.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/activity/measure_all.h"
#include "core/clv/regularity.h"
#include "core/lifecycle/lifecycle.h"
#include "core/period/kept.h"
#include "core/rfm/cells.h"
#include "edit.h"

#define PERIODS 4

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
	if (!holds)
		abort();
}

/* All at once, and one by one. */
static void
ask_measures(const uint8_t *bytes, size_t length, int32_t as_of, bool is_sound)
{
	int32_t    *gaps = malloc((length + 1) * sizeof(int32_t));
	int32_t    *again = malloc((length + 1) * sizeof(int32_t));
	crm_all_measures all;
	crm_measures one;
	int32_t		count;
	int32_t		days;
	bool		is_read;

	is_read = crm_ledger_measure_all(bytes, length, as_of, 30, gaps, &all) == CRM_OK;
	is_read &= crm_ledger_measure(bytes, length, as_of, &one) == CRM_OK;
	is_read &= crm_ledger_gaps(bytes, length, as_of, again, &count) == CRM_OK;
	is_read &= crm_active_days_between(bytes, length, CRM_DAY_MIN, as_of, &days) == CRM_OK;
	require(is_read || !is_sound);
	if (is_read)
		require(all.active_days == one.active_days && all.events == one.events &&
				(!one.amount_fits || all.amount == one.amount) &&
				all.repeat_amount == one.repeat_amount &&
				days == one.active_days && count == (days > 0 ? days - 1 : 0) &&
				memcmp(gaps, again, count * sizeof(int32_t)) == 0);
	free(gaps);
	free(again);
}

static void
ask_models(const uint8_t *bytes, size_t length, int32_t as_of, bool is_sound)
{
	const crm_lifecycle_rules rules = {30, 30, 90, 1.5, 4, 0.5, 1.5, 1};
	crm_lifecycle life;
	double		share = 0.5;
	double		logs;
	double		events;
	double		amount;
	bool		is_read;

	is_read = crm_lifecycle_of(bytes, length, as_of, &rules, &life) == CRM_OK;
	is_read &= crm_log_gaps(bytes, length, as_of, &logs) == CRM_OK;
	is_read &= crm_ledger_decayed(bytes, length, as_of, 30, &events, &amount) == CRM_OK;
	require(is_read || !is_sound);
	if (is_read)
		require(isfinite(logs) && isfinite(events) && isfinite(amount) &&
				life.silent_days >= 0 && life.silent_days <= life.tenure_days);
	if (crm_gap_share(bytes, length, as_of, &share) == CRM_OK)
		require(share > 0 && share < 1);
	else
		require(!is_sound || life.active_days < 3);
}

static void
ask_kept(const uint8_t *bytes, size_t length, bool is_sound)
{
	const int32_t bounds[PERIODS + 1] = {-40, 0, 1, 30, 1000};
	crm_kept	kept[PERIODS] = {0};
	crm_kept	other[PERIODS] = {0};

	require(crm_add_kept(bytes, length, bounds, PERIODS, 1, kept) == CRM_OK ||
			!is_sound);
	require(crm_add_kept(bytes, length, bounds, PERIODS, 2, other) == CRM_OK ||
			!is_sound);
	for (int i = 0; i < PERIODS; i++)
	{
		require(crm_wide_value(kept[i].gross) >= 0 &&
				crm_wide_value(kept[i].gross) <= crm_wide_value(kept[i].base));
		require(crm_merge_kept(&kept[i], &other[i]) == CRM_OK);
	}
}

/* A customer is in one cell of a day, or in none. */
static void
ask_cells(const uint8_t *bytes, size_t length, int32_t as_of, bool is_sound)
{
	const crm_cell_scales scales = {{2, 1, {10, 100}}, {2, 1, {1, 3}}, {0}};
	crm_score_cell cells[9] = {0};
	int64_t		customers = 0;

	require(crm_cells_a_day(&scales) == 9);
	require(crm_add_to_cells(bytes, length, &scales, &as_of, 1, cells) != CRM_CORRUPT ||
			!is_sound);
	for (int i = 0; i < 9; i++)
		customers += cells[i].customers;
	require(customers <= 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int32_t		as_of = (int8_t) take_byte(&data, &size) * 16;
	crm_entry  *entries = malloc((size + 1) * sizeof(crm_entry));
	int32_t		count;
	bool		is_sound;

	/* Some years around 2000, where small numbers lie, and the ends. */
	if (as_of > 1900)
		as_of = CRM_DAY_MAX;
	else if (as_of < -1900)
		as_of = CRM_DAY_MIN;
	is_sound = crm_ledger_unpack(data, size, entries, &count) == CRM_OK;
	ask_measures(data, size, as_of, is_sound);
	ask_models(data, size, as_of, is_sound);
	ask_kept(data, size, is_sound);
	ask_cells(data, size, as_of, is_sound);
	free(entries);
	return 0;
}
