-- What the views by period add up to, against the ledgers.

CREATE OR REPLACE VIEW reconciliation_retention AS
WITH ledger AS MATERIALIZED (
    SELECT * FROM ledger_total
), month AS MATERIALIZED (
    SELECT cohort_on, month_on, sum(exact_amount) AS exact_amount, count(*) FILTER (WHERE is_active) AS active_count
    FROM customer_month
    GROUP BY cohort_on, month_on
), rest AS MATERIALIZED (
    SELECT (SELECT coalesce(sum(exact_amount - exact_amount:::amount), 0)
            FROM (SELECT sum(exact_amount) AS exact_amount FROM month GROUP BY month_on) AS by_month) AS by_month,
           (SELECT coalesce(sum(exact_amount - exact_amount:::amount), 0) FROM month) AS by_cohort,
           (SELECT coalesce(sum(active_count), 0) FROM month) AS active_count
), early AS MATERIALIZED (
    SELECT coalesce(sum(crm_amount(purchases, span.month_bounds[1] - 1)), 0) AS exact_amount,
           count(*) FILTER (WHERE crm_active_days(purchases, span.month_bounds[1] - 1) > 0) AS buyer_count,
           coalesce(sum(crm_amount(purchases, span.week_bounds[1] - 1)), 0) AS exact_week_amount,
           coalesce(sum(crm_amount(purchases, span.quarter_bounds[1] - 1)), 0) AS exact_quarter_amount
    FROM customer_activity CROSS JOIN calendar_span AS span
), rounded AS MATERIALIZED (
    -- Weeks and quarters from the days of the ledgers, one by one.
    SELECT coalesce(sum(exact_amount - exact_amount:::amount) FILTER (WHERE is_week), 0) AS by_week,
           coalesce(sum(exact_amount - exact_amount:::amount) FILTER (WHERE NOT is_week), 0) AS by_quarter
    FROM (
        SELECT by_period.is_week, piece.cohort_start, piece.period_start, sum(piece.amount) AS exact_amount
        FROM calendar_span AS span
        CROSS JOIN LATERAL (VALUES (true, span.week_bounds), (false, span.quarter_bounds)) AS by_period (is_week, bounds)
        CROSS JOIN customer_activity AS bought
        CROSS JOIN LATERAL crm_periods(bought.purchases, by_period.bounds) AS piece
        GROUP BY by_period.is_week, piece.cohort_start, piece.period_start
    ) AS grouped
), claim (view_name, column_name, ledger_total, view_total, left_out_total, left_out_reason) AS (
    SELECT 'growth_accounting', 'amount', ledger.exact_amount, (SELECT sum(amount) FROM growth_accounting),
           rest.by_month + early.exact_amount, 'Rounding of each row, and what is more than 1,200 months ago.'
    FROM ledger, rest, early
    UNION ALL
    SELECT 'growth_accounting', 'new_count', ledger.buyer_count, (SELECT sum(new_count) FROM growth_accounting),
           early.buyer_count, 'Who bought first more than 1,200 months ago.'
    FROM ledger, early
    UNION ALL
    SELECT 'growth_accounting', 'active_count', rest.active_count, (SELECT sum(active_count) FROM growth_accounting),
           0, 'Counts a customer in each month.'
    FROM rest
    UNION ALL
    SELECT 'retention_cohort', 'cohort_size', ledger.buyer_count,
           (SELECT sum(cohort_size) FROM retention_cohort WHERE period_number = 0),
           early.buyer_count, 'Month 0 of each cohort; who bought first more than 1,200 months ago.'
    FROM ledger, early
    UNION ALL
    SELECT 'revenue_retention', 'amount', ledger.exact_amount, (SELECT sum(amount) FROM revenue_retention),
           rest.by_cohort + early.exact_amount, 'Rounding of each row, and what is more than 1,200 months ago.'
    FROM ledger, rest, early
    UNION ALL
    SELECT 'revenue_retention', 'customer_count', rest.active_count,
           (SELECT sum(customer_count) FROM revenue_retention), 0, 'Counts a customer in each month.'
    FROM rest
    UNION ALL
    SELECT 'retention_cohort_weekly', 'amount', ledger.exact_amount,
           (SELECT sum(amount) FROM retention_cohort_weekly), rounded.by_week + early.exact_week_amount,
           'Rounding of each row, and what is more than 1,200 weeks ago.'
    FROM ledger, rounded, early
    UNION ALL
    SELECT 'retention_cohort_quarterly', 'amount', ledger.exact_amount,
           (SELECT sum(amount) FROM retention_cohort_quarterly), rounded.by_quarter + early.exact_quarter_amount,
           'Rounding of each row, and what is more than 1,200 quarters ago.'
    FROM ledger, rounded, early
)
SELECT claim.view_name,
       claim.column_name,
       claim.ledger_total,
       coalesce(claim.view_total, 0) AS view_total,
       CASE WHEN setting.min_cell = 1 THEN claim.left_out_total END AS left_out_total,
       claim.left_out_reason,
       CASE WHEN setting.min_cell = 1
            THEN claim.ledger_total - coalesce(claim.view_total, 0) - claim.left_out_total END AS difference,
       crm_as_of() AS as_of
FROM claim
CROSS JOIN setting;
COMMENT ON VIEW reconciliation_retention IS
'One row a view of the subject retention and a column that claims a total: see reconciliation.';
