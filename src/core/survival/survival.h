/*
 * survival.h
 *		How long things last when some of them last still: the estimator of
 *		Kaplan and Meier (1958, JASA 53), from a mergeable state.
 *
 * The state is every duration with how many were observed to end and how many
 * were censored, that is, open when last seen: sorted and counted, so that
 * equal contents are equal bytes, whatever the order of rows. Packed it is
 *
 *		version byte
 *		varint	how many items, how many of them observed, and how many distinct
 *				durations
 *		for each distinct duration, ascending
 *			varint	the duration's bits less those of the one before (from 0);
 *					the bits of numbers from 0 on sort as the numbers do
 *			varint	observed << 1 | (censored > 0)
 *			varint	censored - 1, where there are any
 */
#ifndef CRM_CORE_SURVIVAL_SURVIVAL_H
#define CRM_CORE_SURVIVAL_SURVIVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/numeric/doubledouble.h"
#include "core/status.h"

#define CRM_SURVIVAL_VERSION	1

/* Counts are exact as doubles too. */
#define CRM_SURVIVAL_MAX		(UINT64_C(1) << 53)

/* state.c */

/*
 * The key of an item: its duration's bits, then whether it was censored, so
 * that of equal durations those observed to end come first.
 */
typedef struct crm_run
{
	uint64_t	key;
	uint64_t	count;
} crm_run;

/* Of a duration that is finite and not negative. */
extern uint64_t crm_survival_key(double duration, bool is_observed);
extern bool crm_run_is_censored(crm_run run);

/* Sorted keys, counted; returns how many runs. */
extern size_t crm_runs_of_keys(const uint64_t *keys, size_t count,
							   crm_run *runs);

/*
 * Runs in any order, sorted and those of one key made one; count becomes how
 * many are left. CRM_INTERRUPTED leaves them all in some order.
 */
extern crm_status crm_runs_sort(crm_run *runs, size_t *count,
								crm_interrupt interrupt, void *arg);

/* out has room for both. */
extern size_t crm_runs_merge(const crm_run *a, size_t a_count,
							 const crm_run *b, size_t b_count, crm_run *out);

extern size_t crm_survival_packed_bound(const crm_run *runs, size_t count);
extern size_t crm_survival_pack(const crm_run *runs, size_t count,
								uint8_t *out);

/* A packed state being read, from the first duration to the last. */
typedef struct crm_survival
{
	const uint8_t *at;
	const uint8_t *end;
	uint64_t	bits;			/* of the duration read last */
	uint64_t	left;			/* items from the next duration on */
	uint64_t	count;			/* all items */
	uint64_t	observed;		/* of them */
	size_t		durations;		/* distinct ones */
	size_t		steps;			/* read so far */
	crm_interrupt interrupt;	/* or NULL; now and then, while reading */
	void	   *interrupt_arg;
} crm_survival;

/* What happens at one duration */
typedef struct crm_step
{
	double		duration;
	uint64_t	at_risk;
	uint64_t	observed;
	uint64_t	censored;
} crm_step;

/*
 * Opens a state to be read, by its head alone: CRM_CORRUPT where that makes no
 * sense. Reading stops where bytes make none.
 */
extern crm_status crm_survival_open(const uint8_t *bytes, size_t length,
									crm_survival *s);

/* Reads all: CRM_CORRUPT unless crm_survival_pack() writes these bytes. */
extern crm_status crm_survival_check(const uint8_t *bytes, size_t length,
									 crm_interrupt interrupt,
									 void *interrupt_arg);

/* False at the end, and when interrupted. */
extern bool crm_survival_next(crm_survival *s, crm_step *step);

/* All runs of a state just opened: never more than twice its durations. */
extern size_t crm_survival_unpack(crm_survival *s, crm_run *runs);

/* text.c */

/* How many runs a text may have, at most. */
extern size_t crm_survival_text_room(const char *text);

/* {1,2*3,4.5+,7+*2}: durations, + for censored, * for how many; then sorted. */
extern crm_status crm_survival_parse(const char *text, crm_interrupt interrupt,
									 void *arg, crm_run *runs, size_t *count);

/* estimate.c */

/*
 * The share that lasts longer, after the steps so far. Between two
 * censorings the product telescopes: it is what it was when the block began,
 * times those left of those then at risk.
 */
typedef struct crm_share
{
	crm_dd		block;
	double		block_risk;
	double		left;
	double		greenwood;		/* sum of d / (n (n - d)), for the variance */
} crm_share;

extern const crm_share crm_share_start;
extern void crm_share_step(crm_share *share, const crm_step *step);
extern double crm_share_value(const crm_share *share);

typedef enum crm_limits
{
	CRM_LIMITS_LOG_LOG,
	CRM_LIMITS_PLAIN
} crm_limits;

/* The pointwise limits of the share, z standard errors away. */
extern void crm_share_limits(const crm_share *share, crm_limits method,
							 double z, double *low, double *high);

extern double crm_normal_deviate(double confidence);

/* All take a state just opened. */

/* The first duration by which the share q was over; CRM_TOO_FEW if never. */
extern crm_status crm_survival_quantile(crm_survival *s, double q,
										double *duration);

/* The quantile of the observed alone, as of a sample; CRM_TOO_FEW of none. */
extern crm_status crm_survival_percentile(crm_survival *s, double q,
										  double *duration);

/* Limits of the quantile, NAN where they are never reached. */
extern void crm_survival_interval(crm_survival *s, double q,
								  double confidence, crm_limits method,
								  double *low, double *high);

/* The share that lasts longer than t. */
extern double crm_survival_share(crm_survival *s, double t);

/* CRM_TOO_FEW where the horizon lies beyond what is known. */
extern crm_status crm_survival_mean(crm_survival *s, double horizon,
									double *mean);

/* The log-rank test; CRM_TOO_FEW where nothing ended while both had items. */
extern crm_status crm_survival_test(crm_survival *a, crm_survival *b,
									double *chi_squared, double *p_value);

#endif							/* CRM_CORE_SURVIVAL_SURVIVAL_H */
