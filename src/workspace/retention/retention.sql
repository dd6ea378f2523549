-- Who stays, period by period: growth accounting, cohorts, churn. Each view
-- reads every ledger once (see crm_retention_agg).
--
-- A count from 1 up to min_cell - 1 is hidden, and with it the other parts of
-- a sum that is shown: it would be what they leave of it.

CREATE OR REPLACE VIEW calendar_month AS
SELECT bound.month_on,
       bound.next_month_on - 1 AS month_end_on,
       bound.next_month_on - 1 <= basis.month_over_on AS is_complete,
       basis.as_of
FROM (
    SELECT month_on, lead(month_on) OVER (ORDER BY month_on) AS next_month_on
    FROM calendar_span
    CROSS JOIN LATERAL unnest(month_bounds) AS month_on
) AS bound
CROSS JOIN calendar_basis AS basis
WHERE bound.next_month_on IS NOT NULL;
COMMENT ON VIEW calendar_month IS
'One row per month from the first purchase or refund of all to as_of.
Months begin as setting.month_anchor says; of more than 1,200 the latest.';
COMMENT ON COLUMN calendar_month.month_end_on IS 'Last day of the month, or as_of where that comes first.';

CREATE OR REPLACE VIEW growth_accounting AS
SELECT state.period_start AS month_on,
       CASE WHEN crm_is_shown(basis.min_cell, state.active_count) THEN state.active_count END AS active_count,
       CASE WHEN part.is_shown THEN state.new_count END AS new_count,
       CASE WHEN part.is_shown THEN state.returning_count END AS returning_count,
       CASE WHEN part.is_shown THEN state.resurrecting_count END AS resurrecting_count,
       CASE WHEN part.is_shown THEN state.dormant_count END AS dormant_count,
       CASE WHEN part.is_shown
            THEN (state.new_count + state.resurrecting_count) / nullif(state.dormant_count, 0)::double precision
            END AS quick_ratio,
       state.period_end <= basis.month_over_on AS is_complete,
       basis.as_of,
       CASE WHEN crm_is_shown(basis.min_cell, state.active_count + state.refund_only_count)
            THEN state.amount END:::amount AS amount,
       CASE WHEN paid.is_shown THEN state.new_amount END:::amount AS new_amount,
       CASE WHEN paid.is_shown THEN state.returning_amount END:::amount AS returning_amount,
       CASE WHEN paid.is_shown THEN state.resurrecting_amount END:::amount AS resurrecting_amount,
       CASE WHEN paid.is_shown THEN state.refund_only_count END AS refund_only_count,
       CASE WHEN paid.is_shown THEN state.refund_only_amount END:::amount AS refund_only_amount,
       state.history_days >= basis.window_days AS is_new_known,
       CASE WHEN part.is_shown THEN -state.dormant_count END AS signed_dormant_count
FROM (
    SELECT crm_retention_agg(purchases, (SELECT month_bounds FROM calendar_span)) AS retention FROM customer_activity
) AS everybody
CROSS JOIN LATERAL crm_growth(everybody.retention) AS state
CROSS JOIN calendar_basis AS basis
-- The first three make up active_count, the second and the last that of the month before.
CROSS JOIN LATERAL (
    SELECT crm_is_shown(basis.min_cell, state.new_count, state.returning_count, state.resurrecting_count,
                        state.dormant_count) AS is_shown
) AS part
CROSS JOIN LATERAL (
    SELECT part.is_shown AND crm_is_shown(basis.min_cell, state.refund_only_count) AS is_shown
) AS paid
WHERE crm_is_shown(basis.min_cell, greatest(state.active_count, state.dormant_count, state.refund_only_count));
COMMENT ON VIEW growth_accounting IS
'One row per month: new, returning, resurrecting and dormant customers.
new: first purchase of all; returning: also bought in the month before; resurrecting: not in the month before, but
earlier; dormant: bought in the month before and not in this one. Amounts are net, and those of the states and of
refund_only, customers who had refunds and no purchase, make up amount. While data is young all are new, for nobody
can have come back: see is_new_known. Months with somebody, but fewer than setting.min_cell customers, are hidden.
In a month where one of the four is of 1 or more, but fewer than that, all four are NULL, and so is active_count
where it is; their amounts where refund_only_count is, too. Not protected: what differs from the cohorts, from
ledger_total, or from another as_of. dormant_count and quick_ratio of an incomplete month are not final.';
COMMENT ON COLUMN growth_accounting.signed_dormant_count IS
'dormant_count below zero, as it is drawn; NULL where hidden. growth_flow has all states one below the other.';
COMMENT ON COLUMN growth_accounting.amount IS 'Net amount of the month, of all customers; NULL where hidden.';

CREATE OR REPLACE VIEW retention_cohort AS
SELECT cohort.cohort_start AS cohort_on,
       cohort.period_number,
       cohort.period_start AS month_on,
       cohort.cohort_size,
       CASE WHEN part.is_shown THEN cohort.active_count END AS retained_count,
       CASE WHEN part.is_shown THEN cohort.active_count / cohort.cohort_size::double precision END AS retained_share,
       cohort.period_end <= basis.month_over_on AS is_complete,
       basis.as_of
FROM (
    SELECT crm_retention_agg(purchases, (SELECT month_bounds FROM calendar_span)) AS retention FROM customer_activity
) AS everybody
CROSS JOIN LATERAL crm_cohorts(everybody.retention) AS cohort
CROSS JOIN calendar_basis AS basis
CROSS JOIN LATERAL (
    SELECT crm_is_shown(basis.min_cell, cohort.active_count, cohort.cohort_size - cohort.active_count) AS is_shown
) AS part
WHERE cohort.period_number >= 0 AND crm_is_shown(basis.min_cell, cohort.cohort_size);
COMMENT ON VIEW retention_cohort IS
'One row per cohort and month: who of it bought in that month.
A cohort is all customers with their first purchase in the same month; retention is N-period: active exactly in
period N, whatever was in between. Cohorts below setting.min_cell customers are hidden; retained_count and its share
are NULL where those who bought, or those who did not, are 1 or more, but fewer. Not protected: what differs from the
sums over all cohorts in growth_accounting and ledger_total, or from another as_of.';

CREATE OR REPLACE VIEW revenue_retention AS
SELECT spent.cohort_on,
       spent.period_number,
       spent.month_on,
       spent.customer_count,
       spent.amount:::amount AS amount,
       CASE WHEN spent.period_number >= 0
            THEN (spent.amount / nullif(greatest(max(spent.amount) FILTER (WHERE spent.period_number = 0)
                                                     OVER (PARTITION BY spent.cohort_on), 0), 0))::double precision
            END AS first_amount_share,
       CASE WHEN spent.period_number > 0
            THEN (spent.amount / nullif(greatest(lag(spent.amount) OVER by_month, 0), 0))::double precision
            END AS net_retention_share,
       spent.is_complete,
       spent.as_of
FROM (
    SELECT cohort.cohort_start AS cohort_on,
           cohort.period_number,
           cohort.period_start AS month_on,
           CASE WHEN crm_is_shown(basis.min_cell, cohort.active_count, cohort.cohort_size - cohort.active_count)
                THEN cohort.active_count END AS customer_count,
           CASE WHEN crm_is_shown(basis.min_cell, cohort.present_count) THEN cohort.amount END AS amount,
           cohort.period_end <= basis.month_over_on AS is_complete,
           basis.as_of
    FROM (
        SELECT crm_retention_agg(purchases, (SELECT month_bounds FROM calendar_span)) AS retention
        FROM customer_activity
    ) AS everybody
    CROSS JOIN LATERAL crm_cohorts(everybody.retention) AS cohort
    CROSS JOIN calendar_basis AS basis
    WHERE crm_is_shown(basis.min_cell, cohort.cohort_size)
) AS spent
WINDOW by_month AS (PARTITION BY spent.cohort_on ORDER BY spent.month_on);
COMMENT ON VIEW revenue_retention IS
'One row per cohort and month: what it spent, against its first month.
Net: refunds are taken off in the month they were made, also where that is before the cohort''s, at a negative
period_number. The cohort of those who had refunds only is NULL, in the months in which they had some.
So the amounts add up to all amounts. Shares may exceed 1, are below 0 in a month of refunds, and NULL where what they
are of is not above 0. Cohorts below setting.min_cell customers are hidden. customer_count is NULL like retained_count
of retention_cohort; amount and its shares where 1 or more, but fewer, had a purchase or a refund in the month. Not
protected: what differs from the sums over all cohorts in concentration_monthly, or from another as_of.';
COMMENT ON COLUMN revenue_retention.amount IS 'Net amount of the cohort in the month; NULL where hidden.';
COMMENT ON COLUMN revenue_retention.customer_count IS
'Customers of the cohort with a purchase in the month; NULL where hidden.';

-- The same by week and by quarter, customers and amount in one.
CREATE OR REPLACE VIEW retention_cohort_weekly AS
SELECT cohort.cohort_start AS cohort_on,
       cohort.period_number,
       cohort.period_start AS week_on,
       cohort.cohort_size,
       CASE WHEN part.is_shown THEN cohort.active_count END AS retained_count,
       CASE WHEN part.is_shown THEN cohort.active_count / cohort.cohort_size::double precision END AS retained_share,
       CASE WHEN crm_is_shown(basis.min_cell, cohort.present_count) THEN cohort.amount END:::amount AS amount,
       cohort.period_end <= basis.week_over_on AS is_complete,
       basis.as_of
FROM (
    SELECT crm_retention_agg(purchases, (SELECT week_bounds FROM calendar_span)) AS retention FROM customer_activity
) AS everybody
CROSS JOIN LATERAL crm_cohorts(everybody.retention) AS cohort
CROSS JOIN calendar_basis AS basis
CROSS JOIN LATERAL (
    SELECT crm_is_shown(basis.min_cell, cohort.active_count, cohort.cohort_size - cohort.active_count) AS is_shown
) AS part
WHERE crm_is_shown(basis.min_cell, cohort.cohort_size);
COMMENT ON VIEW retention_cohort_weekly IS
'One row per cohort and week: who of it bought in that week, and what was spent.
A cohort is all customers with their first purchase in the same week, which begins as setting.week_anchor says. As
retention_cohort, with the amount and the cohorts of revenue_retention: NULL stands for those who had refunds only,
and a refund before the first purchase has a negative period_number. Hidden is what is hidden there.';

CREATE OR REPLACE VIEW retention_cohort_quarterly AS
SELECT cohort.cohort_start AS cohort_on,
       cohort.period_number,
       cohort.period_start AS quarter_on,
       cohort.cohort_size,
       CASE WHEN part.is_shown THEN cohort.active_count END AS retained_count,
       CASE WHEN part.is_shown THEN cohort.active_count / cohort.cohort_size::double precision END AS retained_share,
       CASE WHEN crm_is_shown(basis.min_cell, cohort.present_count) THEN cohort.amount END:::amount AS amount,
       cohort.period_end <= basis.quarter_over_on AS is_complete,
       basis.as_of
FROM (
    SELECT crm_retention_agg(purchases, (SELECT quarter_bounds FROM calendar_span)) AS retention FROM customer_activity
) AS everybody
CROSS JOIN LATERAL crm_cohorts(everybody.retention) AS cohort
CROSS JOIN calendar_basis AS basis
CROSS JOIN LATERAL (
    SELECT crm_is_shown(basis.min_cell, cohort.active_count, cohort.cohort_size - cohort.active_count) AS is_shown
) AS part
WHERE crm_is_shown(basis.min_cell, cohort.cohort_size);
COMMENT ON VIEW retention_cohort_quarterly IS
'One row per cohort and quarter: who of it bought in that quarter, and what was spent.
Quarters begin as setting.month_anchor says. Otherwise as retention_cohort_weekly.';

-- A month is short beside the gaps of most shops, so active means a purchase
-- in the last setting.window_days: with months as the measure whoever buys
-- every other month would be lost again and again.
CREATE OR REPLACE VIEW churn_rate AS
SELECT counted.period_start AS month_on,
       counted.start_count,
       CASE WHEN part.is_shown THEN counted.lost_count END AS lost_count,
       CASE WHEN part.is_shown
            THEN counted.lost_count / nullif(counted.start_count, 0)::double precision END AS churn_share,
       counted.is_known AND counted.period_end <= basis.month_over_on AS is_complete,
       basis.as_of,
       counted.is_known AS is_start_known
FROM (
    SELECT crm_retention_agg(purchases, (SELECT month_bounds FROM calendar_span),
                             (SELECT window_days FROM calendar_basis))
               AS retention
    FROM customer_activity
) AS everybody
CROSS JOIN LATERAL crm_churn(everybody.retention) AS counted
CROSS JOIN calendar_basis AS basis
CROSS JOIN LATERAL (
    SELECT crm_is_shown(basis.min_cell, counted.lost_count, counted.start_count - counted.lost_count) AS is_shown
) AS part
WHERE crm_is_shown(basis.min_cell, counted.start_count);
COMMENT ON VIEW churn_rate IS
'One row per month: who was active at its start, and not any more at its end.
Active on a day: bought in the setting.window_days days up to it. lost: active on the last day before the month, and
not on its last day. While the window at the start reaches back before the first purchase of all, few can be lost: see
is_start_known. Months with somebody, but fewer than setting.min_cell, active are hidden; lost_count and its share are
NULL where those lost, or those who stayed, are 1 or more, but fewer. Not protected: what differs from another as_of or
another setting.window_days.';
COMMENT ON COLUMN churn_rate.is_complete IS
'Whether the month was over by as_of, and is_start_known; figures of another are not final.';
