-- Who stays, month by month: growth accounting, cohorts, churn.
--
-- A count from 1 up to min_cell - 1 is hidden, and with it the other parts of
-- a sum that is shown: it would be what they leave of it.

CREATE OR REPLACE VIEW calendar_month AS
SELECT first_day::date AS month_on,
       least((first_day + interval '1 month')::date - 1, span.as_of) AS month_end_on,
       (first_day + interval '1 month')::date - 1 <= span.as_of AS is_complete,
       span.as_of
FROM (
    SELECT min(crm_first_day(purchases, today.as_of)) AS first_purchase_on, today.as_of
    FROM customer_activity
    CROSS JOIN (SELECT crm_as_of() AS as_of LIMIT 1) AS today
    GROUP BY today.as_of
) AS span
CROSS JOIN LATERAL generate_series(date_trunc('month', span.first_purchase_on::timestamp), span.as_of::timestamp,
                                   interval '1 month') AS first_day;
COMMENT ON VIEW calendar_month IS
'One row a month from the first purchase of all to as_of.';
COMMENT ON COLUMN calendar_month.month_end_on IS 'Last day of the month, or as_of where that comes first.';

CREATE OR REPLACE VIEW growth_accounting AS
SELECT state.month_on,
       CASE WHEN state.active_count NOT BETWEEN 1 AND setting.min_cell - 1
            THEN state.active_count END AS active_count,
       CASE WHEN part.is_shown THEN state.new_count END AS new_count,
       CASE WHEN part.is_shown THEN state.returning_count END AS returning_count,
       CASE WHEN part.is_shown THEN state.resurrecting_count END AS resurrecting_count,
       CASE WHEN part.is_shown THEN state.dormant_count END AS dormant_count,
       CASE WHEN part.is_shown
            THEN (state.new_count + state.resurrecting_count) / nullif(state.dormant_count, 0)::double precision
            END AS quick_ratio,
       state.is_complete,
       state.as_of
FROM (
    SELECT month.month_on,
           coalesce(active.active_count, 0) AS active_count,
           coalesce(active.new_count, 0) AS new_count,
           coalesce(active.returning_count, 0) AS returning_count,
           coalesce(active.active_count - active.new_count - active.returning_count, 0) AS resurrecting_count,
           lag(coalesce(active.active_count, 0), 1, 0::bigint) OVER (ORDER BY month.month_on)
               - coalesce(active.returning_count, 0) AS dormant_count,
           month.is_complete,
           month.as_of
    FROM calendar_month AS month
    LEFT JOIN (
        SELECT month_on,
               count(*) AS active_count,
               count(*) FILTER (WHERE month_on = cohort_on) AS new_count,
               count(*) FILTER (WHERE is_active_before) AS returning_count
        FROM customer_month
        WHERE is_active
        GROUP BY month_on
    ) AS active USING (month_on)
) AS state
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
-- The first three make up active_count, the second and the last that of the month before.
CROSS JOIN LATERAL (
    SELECT state.new_count NOT BETWEEN 1 AND setting.min_cell - 1
           AND state.returning_count NOT BETWEEN 1 AND setting.min_cell - 1
           AND state.resurrecting_count NOT BETWEEN 1 AND setting.min_cell - 1
           AND state.dormant_count NOT BETWEEN 1 AND setting.min_cell - 1 AS is_shown
) AS part
WHERE greatest(state.active_count, state.dormant_count) >= setting.min_cell;
COMMENT ON VIEW growth_accounting IS
'One row a month: new, returning, resurrecting and dormant customers.
new: first purchase of all; returning: also bought in the month before; resurrecting: not in the month before, but
earlier; dormant: bought in the month before and not in this one. Months below setting.min_cell customers are
hidden. In a month where one of the four is of 1 or more, but fewer than that, all four are NULL, and so is
active_count where it is. Not protected: what differs from the cohorts, or from another as_of. dormant_count and
quick_ratio of an incomplete month are not final.';

CREATE OR REPLACE VIEW retention_cohort AS
SELECT cohort.cohort_on,
       period.period_number,
       period.month_on,
       cohort.cohort_size,
       CASE WHEN part.is_shown THEN part.retained_count END AS retained_count,
       CASE WHEN part.is_shown THEN part.retained_count / cohort.cohort_size::double precision END AS retained_share,
       period.is_complete,
       crm_as_of() AS as_of
FROM (
    SELECT date_trunc('month', first_purchase_on::timestamp)::date AS cohort_on, count(*) AS cohort_size
    FROM customer_basis
    GROUP BY date_trunc('month', first_purchase_on::timestamp)::date
) AS cohort
CROSS JOIN LATERAL (
    SELECT month.month_on,
           month.is_complete,
           row_number() OVER (ORDER BY month.month_on)::integer - 1 AS period_number
    FROM calendar_month AS month
    WHERE month.month_on >= cohort.cohort_on
) AS period
LEFT JOIN (
    SELECT cohort_on, month_on, count(*) AS retained_count
    FROM customer_month
    WHERE is_active
    GROUP BY cohort_on, month_on
) AS active ON active.cohort_on = cohort.cohort_on AND active.month_on = period.month_on
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
CROSS JOIN LATERAL (
    SELECT coalesce(active.retained_count, 0) AS retained_count,
           coalesce(active.retained_count, 0) NOT BETWEEN 1 AND setting.min_cell - 1
           AND cohort.cohort_size - coalesce(active.retained_count, 0) NOT BETWEEN 1 AND setting.min_cell - 1
               AS is_shown
) AS part
WHERE cohort.cohort_size >= setting.min_cell;
COMMENT ON VIEW retention_cohort IS
'One row a cohort and month: who of it bought in that month.
A cohort is all customers with their first purchase in the same month; retention is N-period: active exactly in
period N, whatever was in between. Cohorts below setting.min_cell customers are hidden; retained_count and its share
are NULL where those who bought, or those who did not, are 1 or more, but fewer. Not protected: what differs from the
sums over all cohorts in growth_accounting, or from another as_of.';

CREATE OR REPLACE VIEW revenue_retention AS
SELECT spent.cohort_on,
       spent.period_number,
       spent.month_on,
       spent.customer_count,
       spent.amount::numeric(18,2) AS amount,
       (spent.amount / nullif(first_value(spent.amount) OVER by_month, 0))::double precision AS first_amount_share,
       (spent.amount / nullif(lag(spent.amount) OVER by_month, 0))::double precision AS net_retention_share,
       spent.is_complete,
       crm_as_of() AS as_of
FROM (
    SELECT cohort.cohort_on,
           month.month_on,
           row_number() OVER (PARTITION BY cohort.cohort_on ORDER BY month.month_on)::integer - 1 AS period_number,
           CASE WHEN coalesce(bought.customer_count, 0) NOT BETWEEN 1 AND setting.min_cell - 1
                 AND cohort.cohort_size - coalesce(bought.customer_count, 0) NOT BETWEEN 1 AND setting.min_cell - 1
                THEN coalesce(bought.customer_count, 0) END AS customer_count,
           CASE WHEN coalesce(bought.payer_count, 0) NOT BETWEEN 1 AND setting.min_cell - 1
                THEN coalesce(bought.amount, 0) END AS amount,
           month.is_complete
    FROM (
        SELECT date_trunc('month', first_purchase_on::timestamp)::date AS cohort_on, count(*) AS cohort_size
        FROM customer_basis
        GROUP BY date_trunc('month', first_purchase_on::timestamp)::date
    ) AS cohort
    JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting ON cohort.cohort_size >= setting.min_cell
    JOIN calendar_month AS month ON month.month_on >= cohort.cohort_on
    LEFT JOIN (
        -- Who only had a refund is in the amount as well.
        SELECT cohort_on, month_on, count(*) FILTER (WHERE is_active) AS customer_count, count(*) AS payer_count,
               sum(amount) AS amount
        FROM customer_month
        GROUP BY cohort_on, month_on
    ) AS bought ON bought.cohort_on = cohort.cohort_on AND bought.month_on = month.month_on
) AS spent
WINDOW by_month AS (PARTITION BY spent.cohort_on ORDER BY spent.month_on);
COMMENT ON VIEW revenue_retention IS
'One row a cohort and month: what it spent, against its first month.
Net: refunds are taken off in the month they were made. Shares may exceed 1. Cohorts below setting.min_cell
customers are hidden. customer_count is NULL like retained_count of retention_cohort; amount and its shares where
1 or more, but fewer, had a purchase or a refund in the month. Not protected: what differs from the sums over all
cohorts in concentration_monthly, or from another as_of.';
COMMENT ON COLUMN revenue_retention.amount IS 'Net amount of the cohort in the month; NULL where hidden.';
COMMENT ON COLUMN revenue_retention.customer_count IS
'Customers of the cohort with a purchase in the month; NULL where hidden.';

-- A month is short beside the gaps of most shops, so active means a purchase
-- in the last setting.window_days: with months as the measure whoever buys
-- every other month would be lost again and again.
CREATE OR REPLACE VIEW churn_rate AS
SELECT counted.month_on,
       counted.start_count,
       CASE WHEN part.is_shown THEN counted.lost_count END AS lost_count,
       CASE WHEN part.is_shown
            THEN counted.lost_count / nullif(counted.start_count, 0)::double precision END AS churn_share,
       counted.is_complete,
       counted.as_of
FROM (
    SELECT month.month_on,
           count(*) AS start_count,
           count(*) FILTER (
               WHERE NOT crm_active_between(bought.purchases, month.month_end_on - setting.window_days + 1,
                                            month.month_end_on)
           ) AS lost_count,
           month.is_complete,
           month.as_of
    FROM calendar_month AS month
    CROSS JOIN (SELECT window_days FROM setting LIMIT 1) AS setting
    JOIN customer_activity AS bought
        ON crm_active_between(bought.purchases, month.month_on - setting.window_days, month.month_on - 1)
    GROUP BY month.month_on, month.is_complete, month.as_of
) AS counted
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
CROSS JOIN LATERAL (
    SELECT counted.lost_count NOT BETWEEN 1 AND setting.min_cell - 1
           AND counted.start_count - counted.lost_count NOT BETWEEN 1 AND setting.min_cell - 1 AS is_shown
) AS part
WHERE counted.start_count >= setting.min_cell;
COMMENT ON VIEW churn_rate IS
'One row a month: who was active at its start, and not any more at its end.
Active on a day: bought in the setting.window_days days up to it. lost: active on the last day before the month, and
not on its last day. Months below setting.min_cell active customers are hidden; lost_count and its share are NULL
where those lost, or those who stayed, are 1 or more, but fewer. Not protected: what differs from another as_of or
another setting.window_days.';
