/*
 * retention.h
 *		All ledgers by period: what cohorts, states and churn are read from.
 *
 * A cohort is all customers whose first active day is in one period. There is
 * one more for those who were active before the first bound, and one for those
 * who never were active, and only had refunds. So every customer with anything
 * between the bounds is in one cohort, and the cells of all cohorts add up to
 * the ledgers.
 *
 * In memory, stored and sent it is a head, the bounds and an array of words,
 * all of a size that follows from the number of periods. It merges by adding
 * the words up, in any order.
 */
#ifndef CRM_CORE_PERIOD_RETENTION_H
#define CRM_CORE_PERIOD_RETENTION_H

#include "core/numeric/wide.h"
#include "core/period/period.h"

#define CRM_RETENTION_VERSION	1
#define CRM_NO_DAY				INT32_MAX	/* nobody was ever active */

/* So far from the end that the sum over all cohorts still fits. */
#define CRM_TALLY_MAX			((int64_t) 1 << 52)

typedef struct crm_retention
{
	int32_t		header;			/* the caller's own */
	uint8_t		version;		/* CRM_RETENTION_VERSION */
	uint8_t		unused[3];		/* 0 */
	int32_t		periods;
	int32_t		window_days;	/* 0: no windows */
	int32_t		first_day;		/* active, of all, or CRM_NO_DAY */
	int32_t		bounds[];		/* periods + 1; then words, aligned */
} crm_retention;

/* Of a bound: who was active in the window_days before it. */
typedef struct crm_window
{
	int64_t		active;
	int64_t		lost;			/* and not in those before the next bound */
} crm_window;

/* Of a period: what the cells do not say. */
typedef struct crm_period_sums
{
	int64_t		returning;		/* customers active in it and the one before */
	int64_t		refund_only;	/* not active in it, but refunded */
	crm_wide	returning_amount;
	crm_wide	refund_only_amount;
	crm_wide	first_amount;	/* of first active days */
} crm_period_sums;

/* Of a cohort in a period. */
typedef struct crm_cell
{
	int64_t		active;			/* customers */
	int64_t		present;		/* customers with anything, refunds too */
	int64_t		last;			/* customers for whom it is the last active
								 * one */
	int64_t		events;
	crm_wide	gross;
	crm_wide	refunds;
} crm_cell;

/* Where the parts of a retention lie: the same arithmetic everywhere. */
typedef struct crm_retention_parts
{
	int32_t		periods;
	int64_t    *sizes;			/* periods + 2: customers of each cohort */
	crm_window *windows;		/* periods + 1 */
	crm_period_sums *sums;		/* periods */
	crm_cell   *cells;			/* periods of each cohort */
} crm_retention_parts;

/* Cohorts in their order: before the first bound, each period, never. */
#define CRM_COHORTS(periods)	((periods) + 2)
#define CRM_COHORT_BEFORE		0
#define CRM_COHORT_OF(period)	((period) + 1)
#define CRM_COHORT_NEVER(periods)	((periods) + 1)

extern size_t crm_retention_bytes(int32_t periods);
extern crm_retention_parts crm_retention_open(const crm_retention *retention);

/* Bounds are checked, and there is room for crm_retention_bytes(). */
extern void crm_retention_init(crm_retention *retention,
							   const int32_t *bounds, int32_t periods,
							   int32_t window_days);

/* Do these bytes have the length that their head says? */
extern bool crm_retention_is_whole(const crm_retention *retention,
								   size_t bytes);

/* CRM_CORRUPT unless every word is what adding and merging could have made. */
extern crm_status crm_retention_check(const crm_retention *retention,
									  size_t bytes);

/* Adds a ledger. CRM_OUT_OF_RANGE where a sum does not fit, CRM_CORRUPT. */
extern crm_status crm_retention_add(crm_retention *retention,
									const uint8_t *bytes, size_t length);

/* Adds from to into. CRM_INVALID where bounds or windows differ. */
extern crm_status crm_retention_merge(crm_retention *into,
									  const crm_retention *from);

/* read.c */

/* Growth accounting of a period. */
typedef struct crm_growth
{
	bool		has_previous;	/* is it known who was active before? */
	int64_t		active;
	int64_t		new_customers;
	int64_t		returning;
	int64_t		resurrecting;
	int64_t		dormant;
	int64_t		refund_only;
	int64_t		events;
	__int128	gross;
	__int128	refunds;
	__int128	new_amount;
	__int128	returning_amount;
	__int128	resurrecting_amount;
	__int128	refund_only_amount;
	__int128	first_amount;
	int64_t		history_days;	/* of anybody's activity before the period */
} crm_growth;

extern void crm_growth_of(const crm_retention *retention, int32_t period,
						  crm_growth *growth);

/* A walk over the cells of the triangle, cohort by cohort. */
typedef struct crm_cohort_walk
{
	const crm_retention *retention;
	crm_retention_parts parts;
	int32_t		cohort;
	int32_t		period;			/* the next one */
	int64_t		remaining;		/* customers last active in it or later */
} crm_cohort_walk;

/* What the walk stands at; its cohort and cell are those of the walk. */
typedef struct crm_cohort_row
{
	int32_t		cohort;			/* CRM_COHORT_… */
	int32_t		period;
	int64_t		size;
	int64_t		active_later;	/* active in this period or a later one */
	const crm_cell *cell;
} crm_cohort_row;

extern void crm_cohorts_init(crm_cohort_walk *walk,
							 const crm_retention *retention);

/*
 * Cohorts of nobody are left out, and cells before a cohort's own period where
 * they are empty.
 */
extern bool crm_cohorts_next(crm_cohort_walk *walk, crm_cohort_row *row);

/* text.c */

/*
 * Writes the text form, a JSON object, into buf and ends it with a zero byte.
 * Returns its length without that, as snprintf does, even beyond size. Where
 * interrupt says stop, the text ends early; interrupt may be NULL.
 */
extern size_t crm_retention_text(const crm_retention *retention, char *buf,
								 size_t size, crm_interrupt interrupt,
								 void *interrupt_arg);

/*
 * Reads the text form. The first call, with retention NULL, finds the number of
 * periods; the second fills crm_retention_bytes() of them. fault is where.
 * CRM_INTERRUPTED where interrupt says stop; it may be NULL.
 */
extern crm_status crm_retention_parse(const char *text, int32_t *periods,
									  crm_retention *retention,
									  const char **fault,
									  crm_interrupt interrupt,
									  void *interrupt_arg);

#endif							/* CRM_CORE_PERIOD_RETENTION_H */
