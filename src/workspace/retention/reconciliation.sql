-- What the views by period add up to, against the ledgers.

CREATE OR REPLACE VIEW reconciliation_retention AS
WITH ledger AS MATERIALIZED (
    SELECT * FROM ledger_total
), span AS MATERIALIZED (
    SELECT month_bounds, week_bounds, quarter_bounds FROM calendar_span
), everybody AS MATERIALIZED (
    SELECT crm_retention_agg(purchases, (SELECT month_bounds FROM span)) AS by_month,
           crm_retention_agg(purchases, (SELECT week_bounds FROM span)) AS by_week,
           crm_retention_agg(purchases, (SELECT quarter_bounds FROM span)) AS by_quarter,
           crm_period_amounts(purchases, (SELECT month_bounds FROM span)) AS amounts
    FROM customer_activity
), rest AS MATERIALIZED (
    -- What rounding takes is found without the views. Customers are counted by their amounts.
    SELECT (SELECT coalesce(sum(exact_amount - exact_amount:::amount), 0)
            FROM (SELECT sum(amount) AS exact_amount FROM everybody, crm_cohorts(by_month)
                  GROUP BY period_start) AS by_month) AS by_month,
           (SELECT coalesce(sum(amount - amount:::amount), 0) FROM everybody, crm_cohorts(by_month)) AS by_cohort,
           (SELECT coalesce(sum(amount - amount:::amount), 0) FROM everybody, crm_cohorts(by_week)) AS by_week,
           (SELECT coalesce(sum(amount - amount:::amount), 0) FROM everybody, crm_cohorts(by_quarter)) AS by_quarter,
           (SELECT coalesce(sum(crm_value_count(month.amounts)), 0)
            FROM everybody, unnest(everybody.amounts) AS month (amounts)) AS active_count
), early AS MATERIALIZED (
    SELECT coalesce(sum(crm_amount(purchases, (SELECT month_bounds[1] - 1 FROM span))), 0) AS exact_amount,
           count(*) FILTER (WHERE crm_active_days(purchases,
               (SELECT month_bounds[1] - 1 FROM span)) > 0) AS buyer_count,
           coalesce(sum(crm_amount(purchases, (SELECT week_bounds[1] - 1 FROM span))), 0) AS exact_week_amount,
           coalesce(sum(crm_amount(purchases, (SELECT quarter_bounds[1] - 1 FROM span))), 0) AS exact_quarter_amount
    FROM customer_activity
    WHERE crm_first_entry_day(purchases) < (SELECT greatest(month_bounds[1], week_bounds[1], quarter_bounds[1])
                                            FROM span)
), growth AS MATERIALIZED (
    SELECT sum(amount) AS amount, sum(new_count) AS new_count, sum(active_count) AS active_count FROM growth_accounting
), revenue AS MATERIALIZED (
    SELECT sum(amount) AS amount, sum(customer_count) AS customer_count FROM revenue_retention
), claim (view_name, column_name, ledger_total, view_total, left_out_total, left_out_reason) AS (
    SELECT 'growth_accounting', 'amount', ledger.exact_amount, (SELECT amount FROM growth),
           rest.by_month + early.exact_amount, 'Rounding of each row, and what is more than 1,200 months ago.'
    FROM ledger, rest, early
    UNION ALL
    SELECT 'growth_accounting', 'new_count', ledger.buyer_count, (SELECT new_count FROM growth),
           early.buyer_count, 'Who bought first more than 1,200 months ago.'
    FROM ledger, early
    UNION ALL
    SELECT 'growth_accounting', 'active_count', rest.active_count, (SELECT active_count FROM growth),
           0, 'Counts a customer in each month.'
    FROM rest
    UNION ALL
    SELECT 'retention_cohort', 'cohort_size', ledger.buyer_count,
           (SELECT sum(cohort_size) FROM retention_cohort WHERE period_number = 0),
           early.buyer_count, 'Month 0 of each cohort; who bought first more than 1,200 months ago.'
    FROM ledger, early
    UNION ALL
    SELECT 'revenue_retention', 'amount', ledger.exact_amount, (SELECT amount FROM revenue),
           rest.by_cohort + early.exact_amount, 'Rounding of each row, and what is more than 1,200 months ago.'
    FROM ledger, rest, early
    UNION ALL
    SELECT 'revenue_retention', 'customer_count', rest.active_count,
           (SELECT customer_count FROM revenue), 0, 'Counts a customer in each month.'
    FROM rest
    UNION ALL
    SELECT 'retention_cohort_weekly', 'amount', ledger.exact_amount,
           (SELECT sum(amount) FROM retention_cohort_weekly), rest.by_week + early.exact_week_amount,
           'Rounding of each row, and what is more than 1,200 weeks ago.'
    FROM ledger, rest, early
    UNION ALL
    SELECT 'retention_cohort_quarterly', 'amount', ledger.exact_amount,
           (SELECT sum(amount) FROM retention_cohort_quarterly), rest.by_quarter + early.exact_quarter_amount,
           'Rounding of each row, and what is more than 1,200 quarters ago.'
    FROM ledger, rest, early
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
