-- Periods: what customers did between one bound and the next, in one pass.

CREATE FUNCTION crm_period_bounds(
    first_day date,
    as_of date,
    period text DEFAULT 'month',
    anchor date DEFAULT '2001-01-01')
RETURNS date[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_period_bounds(date, date, text, date) IS
'Bounds of the days, weeks, months, quarters or years up to as_of.
The first day of each period from the one with first_day to the one with as_of, and the day after as_of: so the last
period may be incomplete. period: day, week, month, quarter or year. anchor: a day on which a period starts;
2001-01-01 was a Monday, so by default weeks start on Mondays and the others with the calendar; 2001-01-26 makes
months that start on the 26th. Where a month lacks the anchor''s day it starts on its last.
At most 1200 periods: of more the latest, and what is before them counts as before the first bound. NULL when an
argument is NULL. Errors: 22023 for another period, an infinite day, and as_of before first_day; 22008 for a bound
that is no date.
Example: SELECT crm_period_bounds(''2024-01-15'', ''2024-03-10'') gives {2024-01-01,2024-02-01,2024-03-01,2024-03-11}.';

-- One ledger

CREATE FUNCTION crm_periods(
    activity crm_activity,
    bounds date[],
    OUT period_start date,
    OUT period_end date,
    OUT cohort_start date,
    OUT active_days integer,
    OUT is_active_before boolean,
    OUT event_count bigint,
    OUT amount numeric,
    OUT refund_amount numeric)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'crm_activity_periods' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 8;
COMMENT ON FUNCTION crm_periods(crm_activity, date[]) IS
'A ledger by period: a row for each period with anything in it.
bounds: the first day of each period and the day after the last, ascending, 2 to 1201 of them (else 22023).
period_end: the last day. cohort_start: the period of the first active day, ''-infinity'' where that is before the
bounds, NULL for refunds only. active_days: 0 in a period of refunds only. is_active_before: active in the period
before, too; false in the first. amount: net. refund_amount: the part of the days with a net amount below 0, so 0 or
less.
No rows for NULL arguments and for a ledger with nothing between the bounds.';

-- All ledgers

\type crm_retention ALIGNMENT = double, STORAGE = extended

COMMENT ON TYPE crm_retention IS
'Ledgers of a population by period: cohorts, states and churn at once.
Made by crm_retention_agg, merged by crm_rollup, read by crm_growth, crm_cohorts and crm_churn. Exact: sums of amounts
are held in 128 bits. 64 bytes for each cohort and period, so 40 kB for two years of months; the text form is JSON and
leaves out empty ones.';

COMMENT ON FUNCTION crm_retention_in(cstring) IS
'Reads a retention from its text form, fields in their order.
Error 22P02 for other text.';
COMMENT ON FUNCTION crm_retention_out(crm_retention) IS
'Writes a retention as JSON, exactly.';
COMMENT ON FUNCTION crm_retention_recv(internal) IS
'Reads a retention from its binary form; error 22P03 for other bytes.';
COMMENT ON FUNCTION crm_retention_send(crm_retention) IS
'Writes a retention in its binary form.';

CREATE FUNCTION crm_retention_trans(state crm_retention, activity crm_activity, bounds date[]) RETURNS crm_retention
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
CREATE FUNCTION crm_retention_trans(
    state crm_retention, activity crm_activity, bounds date[], window_days integer)
RETURNS crm_retention
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
CREATE FUNCTION crm_retention_combine(state crm_retention, other crm_retention) RETURNS crm_retention
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION crm_retention_trans(crm_retention, crm_activity, date[]) IS
'Support of crm_retention_agg: takes in a ledger.';
COMMENT ON FUNCTION crm_retention_trans(crm_retention, crm_activity, date[], integer) IS
'Support of crm_retention_agg: takes in a ledger, with windows.';
COMMENT ON FUNCTION crm_retention_combine(crm_retention, crm_retention) IS
'Support of crm_retention_agg and crm_rollup: adds two retentions.';

CREATE AGGREGATE crm_retention_agg(activity crm_activity, bounds date[]) (
    SFUNC = crm_retention_trans, STYPE = crm_retention, SSPACE = 65536,
    COMBINEFUNC = crm_retention_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_retention_agg(crm_activity, date[]) IS
'All ledgers by period, for crm_growth and crm_cohorts, in one pass.
bounds: the first day of each period and the day after the last, ascending, the same in every row, 2 to 1201 of them
(else 22023); crm_period_bounds makes them. Days from the last bound on do not count, as if they were not there; days
before the first only tell who was active before.
Rows with a NULL are skipped, no rows give NULL. The result does not depend on the order of rows or on the plan. Error
22003 for sums beyond 2^52 events or an amount of 5e29.
Example: SELECT growth.* FROM (SELECT crm_retention_agg(activity, ''{2024-01-01,2024-02-01,2024-03-01}'') AS r FROM
ledger) AS x, crm_growth(r) AS growth.';

CREATE AGGREGATE crm_retention_agg(activity crm_activity, bounds date[], window_days integer) (
    SFUNC = crm_retention_trans, STYPE = crm_retention, SSPACE = 65536,
    COMBINEFUNC = crm_retention_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_retention_agg(crm_activity, date[], integer) IS
'All ledgers by period, for crm_churn as well.
window_days: active on the eve of a bound are those who had an active day in the window_days up to and with it; 1 or
more, the same in every row (else 22023). Days before the first bound count for it.';

CREATE AGGREGATE crm_rollup(retention crm_retention) (
    SFUNC = crm_retention_combine, STYPE = crm_retention, SSPACE = 65536,
    COMBINEFUNC = crm_retention_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_rollup(crm_retention) IS
'Merges the retention of several populations into one.
They must not share a customer, and have the same bounds and window_days (else 22023). NULLs are skipped; none give
NULL.';

CREATE FUNCTION crm_growth(
    retention crm_retention,
    OUT period_start date,
    OUT period_end date,
    OUT active_count bigint,
    OUT new_count bigint,
    OUT returning_count bigint,
    OUT resurrecting_count bigint,
    OUT dormant_count bigint,
    OUT refund_only_count bigint,
    OUT event_count bigint,
    OUT amount numeric,
    OUT gross_amount numeric,
    OUT refund_amount numeric,
    OUT new_amount numeric,
    OUT returning_amount numeric,
    OUT resurrecting_amount numeric,
    OUT refund_only_amount numeric,
    OUT first_amount numeric,
    OUT history_days integer)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'crm_retention_growth' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 30;
COMMENT ON FUNCTION crm_growth(crm_retention) IS
'Growth accounting, one row per period, even if nobody was active.
active = new + returning + resurrecting. new: never active before; returning: active in the period before, too;
resurrecting: not in that, but earlier; dormant: active in the period before and not in this one; refund_only:
refunded and not active. Customers with an active day count once.
amount: net, of everybody, the sum of new_amount, returning_amount, resurrecting_amount and refund_only_amount, by the
customer''s state. gross_amount and refund_amount: the parts of days with a net amount above and below 0, so
refund_amount is 0 or less; a refund on the day of a purchase only lowers that day. first_amount: of first active
days; the rest of amount is repeat business.
history_days: how many days before the period the first activity of all was: in a period with 0 everybody is new by
construction, and new is to be trusted once it is long. returning, resurrecting and dormant are NULL in the first
period where somebody was active before it: their period before is not within the bounds.';

CREATE FUNCTION crm_cohorts(
    retention crm_retention,
    OUT cohort_start date,
    OUT period_number integer,
    OUT period_start date,
    OUT period_end date,
    OUT cohort_size bigint,
    OUT active_count bigint,
    OUT active_later_count bigint,
    OUT present_count bigint,
    OUT event_count bigint,
    OUT amount numeric,
    OUT refund_amount numeric)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'crm_retention_cohorts' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 400;
COMMENT ON FUNCTION crm_cohorts(crm_retention) IS
'Cohorts of customers and of money: one row per cohort and period.
cohort_start: the period of the first active day. period_number: periods since then, 0 the first; active_count /
cohort_size is N-period retention. active_later_count: active in this period or a later one, of unbounded retention.
present_count: with a purchase or a refund. amount: net. refund_amount: the part of days with a net amount below 0, so
0 or less.
Every cohort with customers has all periods from its own on, with 0 where nothing happened. A refund before the first
purchase belongs to the customer''s cohort, at a negative period_number. Cohort -infinity: active before the first
bound; cohort NULL: refunds only; both without period_number, in periods with anything. So the rows add up to the
ledgers, between the bounds.';

CREATE FUNCTION crm_churn(
    retention crm_retention,
    OUT period_start date,
    OUT period_end date,
    OUT start_count bigint,
    OUT lost_count bigint,
    OUT won_count bigint,
    OUT end_count bigint,
    OUT is_known boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'crm_retention_churn' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 30;
COMMENT ON FUNCTION crm_churn(crm_retention) IS
'Churn, one row per period: active before it, but not at its end.
Active on a day: an active day in the window_days up to it. start: on the day before the period; lost: of them, not on
its last day; won: on its last day, but not at the start; end = start - lost + won. is_known: the window at the start
lies within the data, from the first activity of all on; where it does not, start is too low by construction.
Error 22023 unless the retention was collected with window_days.';

-- Amounts by period, to be asked how concentrated they are

CREATE FUNCTION crm_period_amounts_trans(state bytea, activity crm_activity, bounds date[]) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
CREATE FUNCTION crm_period_amounts_combine(state bytea, other bytea) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
CREATE FUNCTION crm_period_amounts_final(state bytea) RETURNS crm_distribution[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION crm_period_amounts_trans(bytea, crm_activity, date[]) IS
'Support of crm_period_amounts: takes in a ledger.';
COMMENT ON FUNCTION crm_period_amounts_combine(bytea, bytea) IS
'Support of crm_period_amounts: both states in one.';
COMMENT ON FUNCTION crm_period_amounts_final(bytea) IS
'Support of crm_period_amounts: sorted, a distribution for each period.';

CREATE AGGREGATE crm_period_amounts(activity crm_activity, bounds date[]) (
    SFUNC = crm_period_amounts_trans, STYPE = bytea, SSPACE = 65536,
    FINALFUNC = crm_period_amounts_final, COMBINEFUNC = crm_period_amounts_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_period_amounts(crm_activity, date[]) IS
'What customers spent in each period: an array of distributions.
One for each period, in order, empty where nobody was active: the net amount of every customer with an active day in
it, 0 where it is negative. For crm_gini, crm_top_share, crm_hhi, crm_pareto_width and the like, which are NULL where
nobody spent anything, as in a period of refunds only. Customers who only had refunds are not in it; crm_growth has
the totals of everybody.
bounds as in crm_retention_agg. Rows with a NULL are skipped, no rows give NULL. About five bytes for each customer
and active period, 1 GB at most; the order of rows and the plan change nothing. Error 22003 where the amount of a
customer and period is beyond 922337203685477.5807.';

-- Revenue, kept from one period to a later one

CREATE FUNCTION crm_period_kept_trans(state bytea, activity crm_activity, bounds date[], periods integer) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
CREATE FUNCTION crm_period_kept_combine(state bytea, other bytea) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
CREATE FUNCTION crm_period_kept_final(state bytea) RETURNS numeric[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION crm_period_kept_trans(bytea, crm_activity, date[], integer) IS
'Support of crm_period_kept: takes in a ledger.';
COMMENT ON FUNCTION crm_period_kept_combine(bytea, bytea) IS
'Support of crm_period_kept: adds two states.';
COMMENT ON FUNCTION crm_period_kept_final(bytea) IS
'Support of crm_period_kept: the sums of each period.';

CREATE AGGREGATE crm_period_kept(activity crm_activity, bounds date[], periods integer) (
    SFUNC = crm_period_kept_trans, STYPE = bytea, SSPACE = 4096,
    FINALFUNC = crm_period_kept_final, COMBINEFUNC = crm_period_kept_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_period_kept(crm_activity, date[], integer) IS
'How much of what customers spent in a period came again later.
A row of four numbers for each period that has one so many periods before it, its base, in order. Of the customers who
were active in the base with a net amount above 0: how many; what they brought in it; what they brought in the period,
of each at least 0 and at most as much as before, as gross retention counts; all that they brought, refunds taken off,
as net retention counts.
periods: how far to look back, 1 or more, the same in every row (else 22023); 12 months make a year. bounds as in
crm_retention_agg. With no more periods than that the array is empty. Rows with a NULL are skipped, no rows give NULL.
Exact; the order of rows and the plan change nothing. Error 22003 where a sum is beyond 2^112 units of 0.0001.
Example: SELECT kept[1][3] / kept[1][2] FROM (SELECT crm_period_kept(activity, ''{2023-01-01,2024-01-01,2025-01-01}'',
1) AS kept FROM ledger) AS x.';

-- One ledger, everything as of a day

-- Fixed in length and never NULL first: such columns are found in a row without a walk
-- over those before them, and views pick a dozen of them one by one.
CREATE FUNCTION crm_measures(
    activity crm_activity,
    as_of date,
    window_days integer DEFAULT 90,
    OUT event_count bigint,
    OUT window_event_count bigint,
    OUT previous_event_count bigint,
    OUT amount_number double precision,
    OUT active_days integer,
    OUT first_day date,
    OUT last_day date,
    OUT days_since_last integer,
    OUT tenure_days integer,
    OUT frequency integer,
    OUT recency integer,
    OUT amount numeric,
    OUT refund_amount numeric,
    OUT window_amount numeric,
    OUT previous_amount numeric,
    OUT mean_gap_days double precision,
    OUT median_gap_days double precision,
    OUT monetary double precision)
RETURNS record
AS 'MODULE_PATHNAME', 'crm_measures_row' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_measures(crm_activity, date, integer) IS
'Everything that a report asks of a ledger, in one call and one pass.
The columns are what the functions crm_first_day, crm_last_day and so on return, with NULL where those do;
event_count, active_days and the amounts are never NULL. window_...: in the window_days up to as_of; previous_...: in as
many days before them. refund_amount: the part of amount of days with a net amount below 0, so 0 or less.
amount_number: amount as a double, which crm_score and crm_abc_class take.
NULLs when an argument is NULL. Errors: 22023 for an infinite as_of and for window_days below 1; 22003 for an amount
beyond 922337203685477.5807.
Example: SELECT customer_id, m.* FROM ledger, crm_measures(activity, ''2024-12-31'') AS m.';
