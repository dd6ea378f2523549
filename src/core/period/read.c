/*
 * read.c
 *		What a retention says: growth accounting, and the triangle of cohorts.
 */
#include "core/period/retention.h"

#include <string.h>

/* All cohorts of a period. */
static crm_cell
column_total(const crm_retention_parts *at, int32_t period)
{
	crm_cell	total = {0};
	__int128	gross = 0;
	__int128	refunds = 0;

	for (int32_t i = 0; i < CRM_COHORTS(at->periods); i++)
	{
		const crm_cell *cell = &at->cells[(size_t) i * at->periods + period];

		total.active += cell->active;
		total.present += cell->present;
		total.last += cell->last;
		total.events += cell->events;
		gross += crm_wide_value(cell->gross);
		refunds += crm_wide_value(cell->refunds);
	}
	total.gross = crm_wide_of(gross);
	total.refunds = crm_wide_of(refunds);
	return total;
}

static int64_t
active_in(const crm_retention_parts *at, int32_t period)
{
	return column_total(at, period).active;
}

/*
 * Customers whose first active day is in the period are new in it; who was
 * active in the period and the one before is counted; resurrecting are the
 * others who are active, dormant those of the period before who are not.
 */
void
crm_growth_of(const crm_retention *retention, int32_t period,
			  crm_growth *growth)
{
	crm_retention_parts at = crm_retention_open(retention);
	crm_cell	total = column_total(&at, period);
	const crm_period_sums *sums = &at.sums[period];
	const crm_cell *new_cell = &at.cells[(size_t) CRM_COHORT_OF(period) *
										 at.periods + period];
	int64_t		history = (int64_t) retention->bounds[period] -
		retention->first_day;

	memset(growth, 0, sizeof(*growth));
	growth->has_previous = period > 0 || at.sizes[CRM_COHORT_BEFORE] == 0;
	growth->active = total.active;
	growth->new_customers = new_cell->active;
	growth->returning = sums->returning;
	growth->resurrecting = total.active - new_cell->active - sums->returning;
	growth->dormant = period == 0 ? 0 :
		active_in(&at, period - 1) - sums->returning;
	growth->refund_only = sums->refund_only;
	growth->events = total.events;
	growth->gross = crm_wide_value(total.gross);
	growth->refunds = crm_wide_value(total.refunds);
	growth->new_amount = crm_wide_value(new_cell->gross) +
		crm_wide_value(new_cell->refunds);
	growth->returning_amount = crm_wide_value(sums->returning_amount);
	growth->refund_only_amount = crm_wide_value(sums->refund_only_amount);
	growth->resurrecting_amount = growth->gross + growth->refunds -
		growth->new_amount - growth->returning_amount -
		growth->refund_only_amount;
	growth->first_amount = crm_wide_value(sums->first_amount);
	growth->history_days = history > 0 ? history : 0;
}

static void
enter_cohort(crm_cohort_walk *walk, int32_t cohort)
{
	const crm_cell *row = walk->parts.cells +
		(size_t) cohort * walk->parts.periods;

	walk->cohort = cohort;
	walk->period = 0;
	walk->remaining = 0;
	if (cohort >= CRM_COHORTS(walk->parts.periods))
		return;
	for (int32_t i = 0; i < walk->parts.periods; i++)
		walk->remaining += row[i].last;
}

void
crm_cohorts_init(crm_cohort_walk *walk, const crm_retention *retention)
{
	walk->retention = retention;
	walk->parts = crm_retention_open(retention);
	enter_cohort(walk, CRM_COHORT_BEFORE);
}

/* Of the cohorts before and never only what there is; so too before its own. */
static bool
is_shown(const crm_cohort_row *row, int32_t periods)
{
	bool		in_triangle = row->cohort != CRM_COHORT_BEFORE &&
		row->cohort != CRM_COHORT_NEVER(periods) &&
		row->period >= row->cohort - CRM_COHORT_OF(0);

	return row->size > 0 && (in_triangle || row->cell->present > 0);
}

bool
crm_cohorts_next(crm_cohort_walk *walk, crm_cohort_row *row)
{
	int32_t		periods = walk->parts.periods;

	while (walk->cohort < CRM_COHORTS(periods))
	{
		if (walk->period == periods)
		{
			enter_cohort(walk, walk->cohort + 1);
			continue;
		}
		row->cohort = walk->cohort;
		row->period = walk->period;
		row->size = walk->parts.sizes[walk->cohort];
		row->active_later = walk->remaining;
		row->cell = &walk->parts.cells[(size_t) walk->cohort * periods +
									   walk->period];
		walk->remaining -= row->cell->last;
		walk->period++;
		if (is_shown(row, periods))
			return true;
	}
	return false;
}
