-- Lifecycle: stages by a customer's own rhythm, states between two periods.

CREATE FUNCTION crm_cadence_fit_trans(state crm_distribution, activity crm_activity, as_of date)
RETURNS crm_distribution
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_cadence_fit_final(state crm_distribution) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_cadence_fit_trans(crm_distribution, crm_activity, date) IS
'Support of crm_cadence_fit: takes in the mean gap of a customer.';
COMMENT ON FUNCTION crm_cadence_fit_final(crm_distribution) IS
'Support of crm_cadence_fit: the median.';

CREATE AGGREGATE crm_cadence_fit(activity crm_activity, as_of date) (
    SFUNC = crm_cadence_fit_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_cadence_fit_final, COMBINEFUNC = crm_distribution_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_cadence_fit(crm_activity, date) IS
'The usual gap of a population, in days, for crm_lifecycle_stage.
The median, over customers with two or more active days up to as_of, of their mean gap (crm_mean_gap_days). NULL when
there is none; rows with a NULL are skipped. as_of is the same in every row that counts (else 22023). The result does
not depend on the order of rows or on the plan.';

CREATE FUNCTION crm_lifecycle_stage(activity crm_activity, as_of date, population_gap double precision,
    new_days integer DEFAULT 30, window_days integer DEFAULT 90, declining_at double precision DEFAULT 1.5,
    departed_at double precision DEFAULT 3, shrinking_below double precision DEFAULT 0.7,
    growing_above double precision DEFAULT 1.2, prior_weight double precision DEFAULT 3) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION crm_lifecycle_stage(crm_activity, date, double precision, integer, integer, double precision,
    double precision, double precision, double precision, double precision) IS
'The stage: ''new'', ''growing'', ''mature'', ''declining'' or ''departed''.
population_gap: days, from crm_cadence_fit. With n active days up to as_of and mean gap m, the gap to expect is g =
(prior_weight * population_gap + (n - 1) * m) / (prior_weight + n - 1); overdue = days since the last active day / g;
trend = events of the last window_days / events of the window_days before.
The first that holds: departed when overdue > departed_at; declining when overdue > declining_at, or the window before
has events and trend < shrinking_below; new when n = 1 or the first active day is at most new_days ago; growing when
the window before is empty or trend > growing_above; else mature.
NULL when there is nothing yet, and when an argument is NULL other than population_gap. population_gap NULL, or
prior_weight 0: a customer''s own mean gap alone is expected; one with a single active day then is new for new_days
and NULL after.
Error 22023 for an infinite as_of and for parameters that are infinite, NaN or out of range: population_gap is 1e-6 to
1e9, prior_weight 0 or 1e-9 to 1e9; window_days and declining_at are positive, the others not negative; departed_at >=
declining_at; growing_above >= shrinking_below.
The rule is this extension''s own; the five stages are those of lifecycle marketing.';

CREATE FUNCTION crm_lifecycle_reason(activity crm_activity, as_of date, population_gap double precision,
    new_days integer DEFAULT 30, window_days integer DEFAULT 90, declining_at double precision DEFAULT 1.5,
    departed_at double precision DEFAULT 3, shrinking_below double precision DEFAULT 0.7,
    growing_above double precision DEFAULT 1.2, prior_weight double precision DEFAULT 3) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION crm_lifecycle_reason(crm_activity, date, double precision, integer, integer, double precision,
    double precision, double precision, double precision, double precision) IS
'The reason for the stage, in a sentence for an account manager.
As "silent 74 days, 2.1 times the usual gap of 35": the numbers of the rule that decided. Arguments and errors as
there; NULL when there is nothing yet, and when an argument is NULL other than population_gap.';

-- Periods

CREATE FUNCTION crm_active_between(activity crm_activity, from_day date, to_day date) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_active_between(crm_activity, date, date) IS
'Whether there is an active day from from_day to to_day, inclusive.
A refund is no activity. ''-infinity'' and ''infinity'' leave an end open. False when from_day is after to_day; NULL
when an argument is NULL.';

CREATE FUNCTION crm_period_state(activity crm_activity, period_start date, period_end date, previous_start date,
    previous_end date) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_period_state(crm_activity, date, date, date, date) IS
'The state: ''new'', ''returning'', ''resurrecting'' or ''dormant''.
Between two periods, days included at both ends. new: active in the period, and never before it. returning: active in
the period and in the previous one. resurrecting: active in the period, not in the previous one, but before. dormant:
active in the previous period and not in this one. NULL for those who are active in neither, and when an argument is
NULL.
Error 22023 when a period ends before it starts, or the previous one does not end before the period starts.';

CREATE FUNCTION crm_stickiness_trans(state crm_distribution, activity crm_activity, from_day date, to_day date)
RETURNS crm_distribution
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_stickiness_final(state crm_distribution) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_stickiness_trans(crm_distribution, crm_activity, date, date) IS
'Support of crm_stickiness: takes in the active days of a customer.';
COMMENT ON FUNCTION crm_stickiness_final(crm_distribution) IS
'Support of crm_stickiness: the ratio.';

CREATE AGGREGATE crm_stickiness(activity crm_activity, from_day date, to_day date) (
    SFUNC = crm_stickiness_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_stickiness_final, COMBINEFUNC = crm_distribution_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_stickiness(crm_activity, date, date) IS
'Mean daily active customers over all active in the period, 0 to 1.
DAU/MAU when the period is a month: 0.5 means that active customers are active every other day, on average. A ratio of
means, over the days from from_day to to_day, both included, the same in every row. NULL when nobody is active in the
period; rows with a NULL are skipped. Error 22023 for an infinite day and for a period that ends before it starts.';
