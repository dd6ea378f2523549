/*
 * period.h
 *		Ledgers by period: what a customer did between one bound and the next.
 *
 *		bounds.c	bounds checked, and made from a calendar
 *		spells.c	one ledger, period by period, in one walk
 *		retention.c	all ledgers: cohorts by periods, states, windows
 *		read.c		growth accounting, cohorts and churn from that
 *		text.c		its text form
 *		amounts.c	what each customer spent in each period, for distributions
 *
 * Bounds ascend; period i holds the days from bound i up to the day before
 * bound i + 1. So n + 1 bounds make n periods, of any length.
 */
#ifndef CRM_CORE_PERIOD_PERIOD_H
#define CRM_CORE_PERIOD_PERIOD_H

#include "core/activity/activity.h"

/* A century of months, three years of days. */
#define CRM_PERIODS_MAX		1200

/* Where there is no such period. */
#define CRM_PERIOD_BEFORE	(-1)	/* before the first bound */
#define CRM_PERIOD_NEVER	(-2)	/* nowhere before the last bound */

/* CRM_INVALID where they do not ascend or are too many; fault is where. */
extern crm_status crm_period_check_bounds(const int32_t *bounds, int count,
										  int *fault);

/* The period that a day is in, of so many; day lies between their bounds. */
extern int32_t crm_period_of(const int32_t *bounds, int32_t periods,
							 int32_t day);

/* Periods of the calendar: so many months or days, counted from an anchor. */
typedef struct crm_calendar
{
	int32_t		anchor;			/* a day on which a period starts */
	int32_t		months;			/* of a period; 0: days say it */
	int32_t		days;
} crm_calendar;

/*
 * The starts of the periods with the days first to last, and the day after
 * last; of more than CRM_PERIODS_MAX periods the latest. Room for
 * CRM_PERIODS_MAX + 1. CRM_OUT_OF_RANGE where a start is no date.
 */
extern crm_status crm_period_make_bounds(const crm_calendar *calendar, int32_t first,
										 int32_t last, int32_t *bounds, int *count);

/* What one customer did in one period. */
typedef struct crm_spell
{
	int32_t		period;
	int32_t		active_days;	/* 0: refunds only */
	bool		active_before;	/* active in the period before, too */
	int64_t		events;
	__int128	gross;			/* of days with a net amount above 0 */
	__int128	refunds;		/* of days below */
	__int128	first_amount;	/* of the first active day of all, if here */
} crm_spell;

/* A walk over the spells of a ledger: the periods with anything in them. */
typedef struct crm_spells
{
	crm_reader	reader;
	const int32_t *bounds;
	int32_t		periods;
	int32_t		period;			/* of the entry ahead */
	crm_entry	ahead;
	bool		more;			/* is there an entry ahead? */
	int32_t		first_day;		/* active, of all */
	int32_t		cohort;			/* the period of first_day, or CRM_PERIOD_… */
	int32_t		last_active;	/* the latest active period so far */
} crm_spells;

extern void crm_spells_init(crm_spells *spells, const uint8_t *bytes,
							size_t length, const int32_t *bounds,
							int32_t periods);

/* False at the end and on corrupt bytes; spells->reader.status tells which. */
extern bool crm_spells_next(crm_spells *spells, crm_spell *spell);

#endif							/* CRM_CORE_PERIOD_PERIOD_H */
