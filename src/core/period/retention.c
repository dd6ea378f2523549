/*
 * retention.c
 *		Ledgers added up by cohort and period; retention.h says into what.
 */
#include "core/period/retention.h"

#include <string.h>

static size_t
words_offset(int32_t periods)
{
	size_t		end = offsetof(crm_retention, bounds) +
		((size_t) periods + 1) * sizeof(int32_t);

	return (end + 7) & ~(size_t) 7;
}

size_t
crm_retention_bytes(int32_t periods)
{
	size_t		n = periods;

	return words_offset(periods) + CRM_COHORTS(n) * sizeof(int64_t) +
		(n + 1) * sizeof(crm_window) + n * sizeof(crm_period_sums) +
		CRM_COHORTS(n) * n * sizeof(crm_cell);
}

crm_retention_parts
crm_retention_open(const crm_retention *retention)
{
	size_t		n = retention->periods;
	char	   *at = (char *) retention + words_offset(retention->periods);
	crm_retention_parts parts = {.periods = retention->periods};

	parts.sizes = (int64_t *) at;
	at += CRM_COHORTS(n) * sizeof(int64_t);
	parts.windows = (crm_window *) at;
	at += (n + 1) * sizeof(crm_window);
	parts.sums = (crm_period_sums *) at;
	at += n * sizeof(crm_period_sums);
	parts.cells = (crm_cell *) at;
	return parts;
}

void
crm_retention_init(crm_retention *retention, const int32_t *bounds,
				   int32_t periods, int32_t window_days)
{
	memset(retention, 0, crm_retention_bytes(periods));
	retention->version = CRM_RETENTION_VERSION;
	retention->periods = periods;
	retention->window_days = window_days;
	retention->first_day = CRM_NO_DAY;
	memcpy(retention->bounds, bounds, (periods + 1) * sizeof(int32_t));
}

bool
crm_retention_is_whole(const crm_retention *retention, size_t bytes)
{
	return bytes >= sizeof(crm_retention) &&
		retention->version == CRM_RETENTION_VERSION &&
		retention->periods >= 1 && retention->periods <= CRM_PERIODS_MAX &&
		bytes == crm_retention_bytes(retention->periods);
}

/* Is each word within its limits, and no part larger than its whole? */

static bool
is_tally(int64_t value)
{
	return value >= 0 && value <= CRM_TALLY_MAX;
}

static bool
is_total(int64_t value)
{
	return value >= -CRM_TALLY_MAX && value <= CRM_TALLY_MAX;
}

static bool
window_is_valid(const crm_window *window, bool asked)
{
	if (!asked)
		return window->active == 0 && window->lost == 0;
	return is_tally(window->active) && is_tally(window->lost) &&
		window->lost <= window->active;
}

static bool
sums_are_valid(const crm_period_sums *sums)
{
	return is_tally(sums->returning) && is_tally(sums->refund_only) &&
		crm_wide_fits(crm_wide_value(sums->returning_amount)) &&
		crm_wide_fits(crm_wide_value(sums->refund_only_amount)) &&
		crm_wide_fits(crm_wide_value(sums->first_amount));
}

static bool
cell_is_valid(const crm_cell *cell)
{
	__int128	gross = crm_wide_value(cell->gross);
	__int128	refunds = crm_wide_value(cell->refunds);

	return is_tally(cell->active) && is_tally(cell->present) &&
		is_tally(cell->last) && cell->last <= cell->active &&
		cell->active <= cell->present && is_total(cell->events) &&
		gross >= 0 && refunds <= 0 && crm_wide_fits(gross) &&
		crm_wide_fits(refunds) &&
		(cell->present > 0 ||
		 (cell->events == 0 && gross == 0 && refunds == 0));
}

static bool
words_are_valid(const crm_retention_parts *at, bool windows)
{
	size_t		n = at->periods;
	bool		valid = true;

	for (size_t i = 0; i < CRM_COHORTS(n); i++)
		valid &= is_tally(at->sizes[i]);
	for (size_t i = 0; i <= n; i++)
		valid &= window_is_valid(&at->windows[i], windows);
	for (size_t i = 0; i < n; i++)
		valid &= sums_are_valid(&at->sums[i]);
	for (size_t i = 0; i < CRM_COHORTS(n) * n; i++)
		valid &= cell_is_valid(&at->cells[i]);
	return valid;
}

/* The bytes between the bounds and the words, where there are any. */
static bool
padding_is_zero(const crm_retention *retention)
{
	size_t		end = words_offset(retention->periods);
	const char *bytes = (const char *) retention;
	bool		zero = true;

	for (size_t i = offsetof(crm_retention, bounds) +
		 (retention->periods + 1) * sizeof(int32_t); i < end; i++)
		zero &= bytes[i] == 0;
	return zero;
}

crm_status
crm_retention_check(const crm_retention *retention, size_t bytes)
{
	crm_retention_parts at;
	int			fault;

	if (!crm_retention_is_whole(retention, bytes) ||
		(retention->unused[0] | retention->unused[1] | retention->unused[2]) != 0 ||
		retention->window_days < 0 ||
		crm_period_check_bounds(retention->bounds, retention->periods + 1,
								&fault) != CRM_OK ||
		(retention->first_day != CRM_NO_DAY &&
		 (retention->first_day < CRM_DAY_MIN ||
		  retention->first_day >= retention->bounds[retention->periods])) ||
		!padding_is_zero(retention))
		return CRM_CORRUPT;
	at = crm_retention_open(retention);
	return words_are_valid(&at, retention->window_days > 0) ? CRM_OK :
		CRM_CORRUPT;
}

/* Adding a ledger */

static int32_t
cohort_of(const crm_spells *spells)
{
	if (spells->cohort == CRM_PERIOD_NEVER)
		return CRM_COHORT_NEVER(spells->periods);
	if (spells->cohort == CRM_PERIOD_BEFORE)
		return CRM_COHORT_BEFORE;
	return CRM_COHORT_OF(spells->cohort);
}

static bool
add_total(int64_t *total, int64_t more)
{
	return !__builtin_add_overflow(*total, more, total) && is_total(*total);
}

static bool
add_sums(crm_period_sums *sums, const crm_spell *spell, __int128 amount)
{
	if (spell->active_days == 0)
	{
		sums->refund_only++;
		return crm_wide_add(&sums->refund_only_amount, amount);
	}
	if (spell->active_before)
	{
		sums->returning++;
		if (!crm_wide_add(&sums->returning_amount, amount))
			return false;
	}
	return spell->first_amount == 0 ||
		crm_wide_add(&sums->first_amount, spell->first_amount);
}

static bool
add_spell(crm_cell *cell, crm_period_sums *sums, const crm_spell *spell)
{
	cell->present++;
	cell->active += spell->active_days > 0;
	return add_total(&cell->events, spell->events) &&
		crm_wide_add(&cell->gross, spell->gross) &&
		crm_wide_add(&cell->refunds, spell->refunds) &&
		add_sums(sums, spell, spell->gross + spell->refunds);
}

/* Bounds that a walk over active days has come by. */
typedef struct window_walk
{
	const int32_t *bounds;
	int32_t		periods;
	int32_t		window_days;
	crm_window *windows;
	int32_t		after;			/* the first bound after the day */
	int32_t		within;			/* the last within window_days after it, or -1 */
	int32_t		marked;			/* the last whose window is active, or -1 */
} window_walk;

/* An active day falls into the windows of the bounds from after to within. */
static void
mark_windows(window_walk *at, int32_t day)
{
	int32_t		from;

	while (at->after <= at->periods && at->bounds[at->after] <= day)
		at->after++;
	while (at->within < at->periods &&
		   at->bounds[at->within + 1] <= (int64_t) day + at->window_days)
		at->within++;
	from = at->after > at->marked ? at->after : at->marked + 1;
	if (at->within < from)
		return;
	if (at->marked >= 0 && from > at->marked + 1)
		at->windows[at->marked].lost++;
	for (int32_t i = from; i <= at->within; i++)
		at->windows[i].active++;
	at->marked = at->within;
}

static void
add_windows(const crm_retention *retention, crm_window *windows,
			const uint8_t *bytes, size_t length)
{
	window_walk at = {
		.bounds = retention->bounds, .periods = retention->periods,
		.window_days = retention->window_days, .windows = windows,
		.within = -1, .marked = -1
	};
	crm_reader	reader;
	crm_entry	entry;

	crm_reader_init(&reader, bytes, length);
	while (crm_reader_next(&reader, &entry) &&
		   entry.day < at.bounds[at.periods])
		if (entry.events > 0)
			mark_windows(&at, entry.day);
	if (at.marked >= 0 && at.marked < at.periods)
		windows[at.marked].lost++;
}

crm_status
crm_retention_add(crm_retention *retention, const uint8_t *bytes,
				  size_t length)
{
	crm_retention_parts at = crm_retention_open(retention);
	crm_spells	spells;
	crm_spell	spell;
	crm_cell   *row;
	bool		any;
	int32_t		cohort;

	crm_spells_init(&spells, bytes, length, retention->bounds,
					retention->periods);
	cohort = cohort_of(&spells);
	row = at.cells + (size_t) cohort * at.periods;
	any = spells.cohort != CRM_PERIOD_NEVER || spells.more;
	while (crm_spells_next(&spells, &spell))
		if (!add_spell(&row[spell.period], &at.sums[spell.period], &spell))
			return CRM_OUT_OF_RANGE;
	at.sizes[cohort] += any;
	if (spells.last_active >= 0)
		row[spells.last_active].last++;
	if (spells.cohort != CRM_PERIOD_NEVER &&
		spells.first_day < retention->first_day)
		retention->first_day = spells.first_day;
	if (retention->window_days > 0)
		add_windows(retention, at.windows, bytes, length);
	return spells.reader.status;
}

/* Adding a retention */

static bool
merge_tallies(int64_t *into, const int64_t *from, size_t count)
{
	bool		fits = true;

	for (size_t i = 0; i < count; i++)
		fits &= add_total(&into[i], from[i]);
	return fits;
}

static bool
merge_sums(crm_period_sums *into, const crm_period_sums *from)
{
	return add_total(&into->returning, from->returning) &&
		add_total(&into->refund_only, from->refund_only) &&
		crm_wide_add(&into->returning_amount,
					 crm_wide_value(from->returning_amount)) &&
		crm_wide_add(&into->refund_only_amount,
					 crm_wide_value(from->refund_only_amount)) &&
		crm_wide_add(&into->first_amount, crm_wide_value(from->first_amount));
}

static bool
merge_cell(crm_cell *into, const crm_cell *from)
{
	return add_total(&into->active, from->active) &&
		add_total(&into->present, from->present) &&
		add_total(&into->last, from->last) &&
		add_total(&into->events, from->events) &&
		crm_wide_add(&into->gross, crm_wide_value(from->gross)) &&
		crm_wide_add(&into->refunds, crm_wide_value(from->refunds));
}

static bool
same_question(const crm_retention *a, const crm_retention *b)
{
	return a->periods == b->periods && a->window_days == b->window_days &&
		memcmp(a->bounds, b->bounds,
			   (a->periods + 1) * sizeof(int32_t)) == 0;
}

crm_status
crm_retention_merge(crm_retention *into, const crm_retention *from)
{
	crm_retention_parts a;
	crm_retention_parts b;
	size_t		n = into->periods;
	bool		fits;

	if (!same_question(into, from))
		return CRM_INVALID;
	a = crm_retention_open(into);
	b = crm_retention_open(from);
	fits = merge_tallies(a.sizes, b.sizes, CRM_COHORTS(n)) &&
		merge_tallies((int64_t *) a.windows, (const int64_t *) b.windows,
					  2 * (n + 1));
	for (size_t i = 0; i < n; i++)
		fits &= merge_sums(&a.sums[i], &b.sums[i]);
	for (size_t i = 0; i < CRM_COHORTS(n) * n; i++)
		if (b.cells[i].present != 0)
			fits &= merge_cell(&a.cells[i], &b.cells[i]);
	if (from->first_day < into->first_day)
		into->first_day = from->first_day;
	return fits ? CRM_OK : CRM_OUT_OF_RANGE;
}
