/*
 * lifecycle.c
 *		Stages and states of a customer, from the ledger as of a day.
 */
#include "core/lifecycle/lifecycle.h"

#include <math.h>
#include <string.h>

#include "core/activity/activity.h"

/* Within these limits a gap is neither 0 nor infinite, nor is a ratio to it. */
#define GAP_MIN 1e-6			/* days */
#define GAP_MAX 1e9
#define WEIGHT_MIN 1e-9
#define WEIGHT_MAX 1e9

crm_status
crm_lifecycle_check_rules(const crm_lifecycle_rules *rules, const char **fault,
						  double *value)
{
	const struct
	{
		const char *name;
		double		value;
		bool		holds;
	}			all[] = {
#define RULE(field, condition)	{#field, rules->field, condition}
		RULE(population_gap, rules->population_gap >= GAP_MIN &&
			 rules->population_gap <= GAP_MAX),
		RULE(new_days, rules->new_days >= 0),
		RULE(window_days, rules->window_days >= 1),
		RULE(declining_at, rules->declining_at > 0),
		RULE(departed_at, rules->departed_at >= rules->declining_at),
		RULE(shrinking_below, rules->shrinking_below >= 0),
		RULE(growing_above, rules->growing_above >= rules->shrinking_below),
		RULE(prior_weight, rules->prior_weight == 0 ||
			 (rules->prior_weight >= WEIGHT_MIN &&
			  rules->prior_weight <= WEIGHT_MAX))
#undef RULE
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
	{
		if (all[i].holds && isfinite(all[i].value))
			continue;
		*fault = all[i].name;
		*value = all[i].value;
		return CRM_INVALID;
	}
	return CRM_OK;
}

/* Counts and days, in one pass over the ledger. */
static crm_status
read_counts(const uint8_t *bytes, size_t length, int32_t as_of,
			int32_t window_days, crm_lifecycle *out)
{
	int64_t		recent_after = (int64_t) as_of - window_days;
	int64_t		earlier_after = recent_after - window_days;
	crm_reader	reader;
	crm_entry	entry;

	memset(out, 0, sizeof(*out));
	crm_reader_init(&reader, bytes, length);
	while (crm_reader_next(&reader, &entry) && entry.day <= as_of)
	{
		if (entry.events <= 0)
			continue;
		if (out->active_days++ == 0)
			out->tenure_days = as_of - entry.day;
		out->silent_days = as_of - entry.day;
		if (entry.day > recent_after)
			out->recent += entry.events;
		else if (entry.day > earlier_after)
			out->earlier += entry.events;
	}
	return reader.status;
}

/* g = (k G + (n - 1) m) / (k + n - 1), where (n - 1) m is last day - first. */
static double
expected_gap(const crm_lifecycle *life, const crm_lifecycle_rules *rules)
{
	double		gaps = life->active_days - 1;
	double		days = life->tenure_days - life->silent_days;
	double		weight = rules->prior_weight;

	if (weight + gaps == 0)
		return NAN;
	return (weight * rules->population_gap + days) / (weight + gaps);
}

/* The first rule that holds decides. */
static crm_verdict
judge(const crm_lifecycle *life, const crm_lifecycle_rules *rules)
{
	double		trend = (double) life->recent / life->earlier;
	bool		young = life->tenure_days <= rules->new_days;

	if (life->active_days == 0)
		return CRM_NOTHING_YET;
	if (isnan(life->gap))
		return young ? CRM_NEW_CUSTOMER : CRM_NOT_JUDGED;
	if (life->overdue > rules->departed_at)
		return CRM_DEPARTED_SILENT;
	if (life->overdue > rules->declining_at)
		return CRM_DECLINING_SILENT;
	if (life->earlier > 0 && trend < rules->shrinking_below)
		return CRM_DECLINING_SHRINKING;
	if (life->active_days == 1 || young)
		return CRM_NEW_CUSTOMER;
	if (life->earlier == 0 || trend > rules->growing_above)
		return CRM_GROWING_ACTIVE;
	return CRM_MATURE_STEADY;
}

crm_status
crm_lifecycle_of(const uint8_t *bytes, size_t length, int32_t as_of,
				 const crm_lifecycle_rules *rules, crm_lifecycle *out)
{
	crm_status	status = read_counts(bytes, length, as_of,
									 rules->window_days, out);

	if (status != CRM_OK)
		return status;
	out->gap = expected_gap(out, rules);
	out->overdue = out->silent_days / out->gap;
	out->verdict = judge(out, rules);
	return CRM_OK;
}

crm_status
crm_active_days_between(const uint8_t *bytes, size_t length, int64_t from,
						int64_t to, int32_t *days)
{
	crm_reader	reader;
	crm_entry	entry;

	*days = 0;
	crm_reader_init(&reader, bytes, length);
	while (crm_reader_next(&reader, &entry) && entry.day <= to)
		*days += entry.day >= from && entry.events > 0;
	return reader.status;
}
