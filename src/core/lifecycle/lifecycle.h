/*
 * lifecycle.h
 *		Where a customer stands: stages of a life, states between two periods.
 *
 * A stage compares a customer with their own rhythm. The gap to expect is the
 * mean of their own gaps, drawn towards the population's by a weight of so
 * many gaps, as in empirical Bayes: one purchase is judged by what is usual,
 * twenty by themselves.
 */
#ifndef CRM_CORE_LIFECYCLE_LIFECYCLE_H
#define CRM_CORE_LIFECYCLE_LIFECYCLE_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

typedef struct crm_lifecycle_rules
{
	double		population_gap; /* in days */
	int32_t		new_days;
	int32_t		window_days;
	double		declining_at;
	double		departed_at;
	double		shrinking_below;
	double		growing_above;
	double		prior_weight;	/* 0: the population's gap counts nothing */
} crm_lifecycle_rules;

/* Which rule decided: a stage, and what to say of it. */
typedef enum crm_verdict
{
	CRM_NOTHING_YET,			/* no stage */
	CRM_NOT_JUDGED,				/* no stage: no gap to compare with */
	CRM_DEPARTED_SILENT,
	CRM_DECLINING_SILENT,
	CRM_DECLINING_SHRINKING,
	CRM_NEW_CUSTOMER,
	CRM_GROWING_ACTIVE,
	CRM_MATURE_STEADY
} crm_verdict;

typedef struct crm_lifecycle
{
	crm_verdict verdict;
	int32_t		active_days;
	int32_t		silent_days;	/* since the last active day */
	int32_t		tenure_days;	/* since the first */
	double		gap;			/* expected, NaN where there is none */
	double		overdue;		/* silent_days / gap */
	int64_t		recent;			/* events in the last window_days */
	int64_t		earlier;		/* and in as many days before them */
} crm_lifecycle;

/* CRM_INVALID names the field at fault, and what it says. */
extern crm_status crm_lifecycle_check_rules(const crm_lifecycle_rules *rules,
											const char **fault, double *value);
extern crm_status crm_lifecycle_of(const uint8_t *bytes, size_t length,
								   int32_t as_of,
								   const crm_lifecycle_rules *rules,
								   crm_lifecycle *out);

/* Active days of a ledger from a day to a day, both included. */
extern crm_status crm_active_days_between(const uint8_t *bytes, size_t length,
										  int64_t from, int64_t to,
										  int32_t *days);

#endif							/* CRM_CORE_LIFECYCLE_LIFECYCLE_H */
