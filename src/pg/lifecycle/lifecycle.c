/*
 * lifecycle.c
 *		Stages of a life, states between two periods, stickiness.
 */
#include "pg/support/extension.h"

#include "utils/date.h"

#include "core/lifecycle/lifecycle.h"
#include "pg/activity/activity.h"
#include "pg/distribution/distribution.h"

PG_FUNCTION_INFO_V1(crm_cadence_fit_trans);
PG_FUNCTION_INFO_V1(crm_cadence_fit_final);
PG_FUNCTION_INFO_V1(crm_lifecycle_stage);
PG_FUNCTION_INFO_V1(crm_lifecycle_reason);
PG_FUNCTION_INFO_V1(crm_active_between);
PG_FUNCTION_INFO_V1(crm_period_state);
PG_FUNCTION_INFO_V1(crm_stickiness_trans);
PG_FUNCTION_INFO_V1(crm_stickiness_final);

/* The population's cadence */

/* Takes in the mean gap of a customer, where there is one. */
Datum
crm_cadence_fit_trans(PG_FUNCTION_ARGS)
{
	crm_measures measures;
	double		as_of;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return crm_unchanged_state(fcinfo);
	measures = crm_measures_of(PG_GETARG_LEDGER(1), PG_GETARG_DATEADT(2));
	if (measures.active_days < 2)
		return crm_unchanged_state(fcinfo);
	as_of = PG_GETARG_DATEADT(2);
	return crm_distribution_collect(fcinfo, crm_mean_gap(&measures), &as_of, 1);
}

Datum
crm_cadence_fit_final(PG_FUNCTION_ARGS)
{
	crm_values *gaps = PG_GETARG_VALUES(0);

	if (gaps->distinct == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(crm_distribution_quantile(gaps, 1, 2));
}

/* Stages */

static crm_lifecycle_rules
getarg_rules(FunctionCallInfo fcinfo)
{
	crm_lifecycle_rules rules = {
		.population_gap = PG_ARGISNULL(2) ? 1 : PG_GETARG_FLOAT8(2),
		.new_days = PG_GETARG_INT32(3),
		.window_days = PG_GETARG_INT32(4),
		.declining_at = PG_GETARG_FLOAT8(5),
		.departed_at = PG_GETARG_FLOAT8(6),
		.shrinking_below = PG_GETARG_FLOAT8(7),
		.growing_above = PG_GETARG_FLOAT8(8),
		.prior_weight = PG_GETARG_FLOAT8(9)
	};
	const char *fault;
	double		value;

	if (crm_lifecycle_check_rules(&rules, &fault, &value) != CRM_OK)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("%s cannot be %g", fault, value),
				 errhint("population_gap is 1e-6 to 1e9 days, prior_weight 0 or 1e-9 to 1e9; window_days and declining_at are positive, the others not negative; departed_at is at least declining_at, and growing_above at least shrinking_below.")));
	if (PG_ARGISNULL(2))
		rules.prior_weight = 0; /* one's own gaps alone */
	return rules;
}

/* False where the answer is NULL: an argument is, but for population_gap. */
static bool
judge_customer(FunctionCallInfo fcinfo, crm_lifecycle *life,
			   crm_lifecycle_rules *rules)
{
	crm_ledger *ledger;

	for (int i = 0; i < PG_NARGS(); i++)
		if (PG_ARGISNULL(i) && i != 2)
			return false;
	*rules = getarg_rules(fcinfo);
	ledger = PG_GETARG_LEDGER(0);
	crm_check_ledger(crm_lifecycle_of(LEDGER_BYTES(ledger),
									  LEDGER_LENGTH(ledger),
									  crm_getarg_as_of(fcinfo, 1), rules,
									  life));
	PG_FREE_IF_COPY(ledger, 0);
	return true;
}

Datum
crm_lifecycle_stage(PG_FUNCTION_ARGS)
{
	static const char *const stages[] = {
		[CRM_DEPARTED_SILENT] = "departed",
		[CRM_DECLINING_SILENT] = "declining",
		[CRM_DECLINING_SHRINKING] = "declining",
		[CRM_NEW_CUSTOMER] = "new",
		[CRM_GROWING_ACTIVE] = "growing",
		[CRM_MATURE_STEADY] = "mature"
	};
	crm_lifecycle_rules rules;
	crm_lifecycle life;

	if (!judge_customer(fcinfo, &life, &rules) ||
		stages[life.verdict] == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(stages[life.verdict]));
}

/* "1 day", "2 days" */
static char *
counted(int64 count, const char *unit)
{
	return psprintf(INT64_FORMAT " %s%s", count, unit, count == 1 ? "" : "s");
}

/* A gap in days, with a decimal only where it matters. */
static char *
gap_text(double gap)
{
	return psprintf("%.*f", gap < 10 && gap != floor(gap) ? 1 : 0, gap);
}

/* "7 events in the last 90 days, 12 in the 90 before" */
static char *
window_text(const crm_lifecycle *life, const crm_lifecycle_rules *rules)
{
	if (life->recent == 0 && life->earlier == 0)
		return psprintf("no event in the last %s, but the usual gap is %s",
						counted(2 * (int64) rules->window_days, "day"),
						gap_text(life->gap));
	return psprintf("%s in the last %s, %s in the %d before",
					life->recent > 0 ? counted(life->recent, "event") :
					"no event",
					counted(rules->window_days, "day"),
					life->earlier > 0 ? psprintf(INT64_FORMAT, life->earlier) :
					"none",
					rules->window_days);
}

/* What an account manager is told. NULL where there is nothing to tell. */
static char *
reason_text(const crm_lifecycle *life, const crm_lifecycle_rules *rules)
{
	char	   *silent = counted(life->silent_days, "day");
	char	   *tenure = counted(life->tenure_days, "day");

	switch (life->verdict)
	{
		case CRM_NOTHING_YET:
			return NULL;
		case CRM_NOT_JUDGED:
			return psprintf("active once, %s ago, and no usual gap to compare with",
							silent);
		case CRM_DEPARTED_SILENT:
		case CRM_DECLINING_SILENT:
			return psprintf("silent %s, %.1f times the usual gap of %s",
							silent, life->overdue, gap_text(life->gap));
		case CRM_NEW_CUSTOMER:
			if (life->active_days == 1)
				return psprintf("first active %s ago, once so far", tenure);
			return psprintf("first active %s ago, %s so far", tenure,
							counted(life->active_days, "active day"));
		case CRM_DECLINING_SHRINKING:
		case CRM_GROWING_ACTIVE:
			return window_text(life, rules);
		case CRM_MATURE_STEADY:
			return psprintf("%s; silent %s, the usual gap is %s",
							window_text(life, rules), silent,
							gap_text(life->gap));
	}
	return NULL;
}

Datum
crm_lifecycle_reason(PG_FUNCTION_ARGS)
{
	crm_lifecycle_rules rules;
	crm_lifecycle life;
	char	   *reason = NULL;

	if (judge_customer(fcinfo, &life, &rules))
		reason = reason_text(&life, &rules);
	if (reason == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(reason));
}

/* Periods */

static int32
days_between(const crm_ledger *ledger, int64 from, int64 to)
{
	int32		days;

	crm_check_ledger(crm_active_days_between(LEDGER_BYTES(ledger),
											 LEDGER_LENGTH(ledger), from, to,
											 &days));
	return days;
}

Datum
crm_active_between(PG_FUNCTION_ARGS)
{
	crm_ledger *ledger = PG_GETARG_LEDGER(0);
	bool		active = days_between(ledger, PG_GETARG_DATEADT(1),
									  PG_GETARG_DATEADT(2)) > 0;

	PG_FREE_IF_COPY(ledger, 0);
	PG_RETURN_BOOL(active);
}

Datum
crm_period_state(PG_FUNCTION_ARGS)
{
	crm_ledger *ledger = PG_GETARG_LEDGER(0);
	int64		start = PG_GETARG_DATEADT(1);
	int64		end = PG_GETARG_DATEADT(2);
	int64		previous_start = PG_GETARG_DATEADT(3);
	int64		previous_end = PG_GETARG_DATEADT(4);
	bool		now;
	bool		previously;

	if (start > end || previous_start > previous_end || previous_end >= start)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 start > end || previous_start > previous_end ?
				 errmsg("period cannot end before it starts") :
				 errmsg("periods must not overlap"),
				 errhint("Give the first and last day of the period, then those of an earlier one.")));
	now = days_between(ledger, start, end) > 0;
	previously = days_between(ledger, previous_start, previous_end) > 0;
	if (!now && !previously)
		PG_RETURN_NULL();
	if (!now)
		PG_RETURN_TEXT_P(cstring_to_text("dormant"));
	if (previously)
		PG_RETURN_TEXT_P(cstring_to_text("returning"));
	if (days_between(ledger, DATEVAL_NOBEGIN, start - 1) > 0)
		PG_RETURN_TEXT_P(cstring_to_text("resurrecting"));
	PG_RETURN_TEXT_P(cstring_to_text("new"));
}

/*
 * Stickiness: the state holds the number of active days of each customer who
 * has any, and the period as its arguments.
 */
Datum
crm_stickiness_trans(PG_FUNCTION_ARGS)
{
	double		period[2];
	int32		days;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		return crm_unchanged_state(fcinfo);
	period[0] = PG_GETARG_DATEADT(2);
	period[1] = PG_GETARG_DATEADT(3);
	if (DATE_NOT_FINITE(PG_GETARG_DATEADT(2)) ||
		DATE_NOT_FINITE(PG_GETARG_DATEADT(3)) || period[0] > period[1])
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("period must be finite and cannot end before it starts"),
				 errhint("Give its first and its last day.")));
	days = days_between(PG_GETARG_LEDGER(1), PG_GETARG_DATEADT(2),
						PG_GETARG_DATEADT(3));
	if (days == 0)
		return crm_unchanged_state(fcinfo);
	return crm_distribution_collect(fcinfo, days, period, lengthof(period));
}

/* A ratio of means: customers active on a day, over customers active at all. */
Datum
crm_stickiness_final(PG_FUNCTION_ARGS)
{
	crm_distribution *state = PG_GETARG_DISTRIBUTION(0);
	const crm_values *values = &state->values;
	double		period = state->arguments[1] - state->arguments[0] + 1;
	double		active_days = 0;

	for (Size i = 0; i < values->distinct; i++)
		active_days += crm_values_times(values, i) *
			crm_value_of(values->keys[i]);
	if (state->count == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(active_days / period / state->count);
}
