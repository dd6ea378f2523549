-- What summaries of segments, stages and scores add up to, against the ledgers.
-- The groups are made here once more, of exact amounts: what rounding takes
-- away from each is told by them.

CREATE OR REPLACE VIEW reconciliation_segment AS
WITH ledger AS MATERIALIZED (
    SELECT * FROM ledger_total
), span AS MATERIALIZED (
    SELECT month_bounds FROM calendar_span
), cell AS MATERIALIZED (
    SELECT segment, stage, class, r_score, f_score, m_score, count(*) AS customer_count,
           count(*) FILTER (WHERE active_days > 0) AS buyer_count, sum(exact_amount) AS exact_amount,
           sum(exact_amount - amount) AS rounding
    FROM customer_basis
    GROUP BY segment, stage, class, r_score, f_score, m_score
), rest AS MATERIALIZED (
    SELECT coalesce(sum(exact_amount - exact_amount:::amount) FILTER (WHERE dimension = 7), 0) AS by_segment,
           coalesce(sum(exact_amount - exact_amount:::amount) FILTER (WHERE dimension = 11), 0) AS by_stage,
           coalesce(sum(exact_amount - exact_amount:::amount) FILTER (WHERE dimension = 14), 0) AS by_class,
           coalesce(sum(exact_amount - exact_amount:::amount)
                        FILTER (WHERE dimension = 13 AND r_score IS NOT NULL AND f_score IS NOT NULL), 0)
           + coalesce(sum(exact_amount) FILTER (WHERE dimension = 13 AND (r_score IS NULL OR f_score IS NULL)), 0)
               AS by_score,
           coalesce(sum(customer_count) FILTER (WHERE dimension = 13 AND (r_score IS NULL OR f_score IS NULL)), 0)
               AS unscored_count,
           (SELECT coalesce(sum(rounding), 0) FROM cell) AS by_customer,
           (SELECT coalesce(sum(customer_count * num_nulls(r_score, f_score, m_score)), 0)
                   - 3 * coalesce(sum(customer_count - buyer_count), 0) FROM cell) AS unscored_buyer_count
    FROM (
        SELECT grouping(segment, stage, r_score, class) AS dimension, r_score, f_score,
               sum(customer_count) AS customer_count, sum(exact_amount) AS exact_amount
        FROM cell
        GROUP BY GROUPING SETS ((segment), (stage), (r_score, f_score), (class))
    ) AS grouped
), everybody AS MATERIALIZED (
    SELECT crm_retention_agg(purchases, (SELECT month_bounds FROM span)) AS retention,
           crm_period_amounts(purchases, (SELECT month_bounds FROM span)) AS amounts
    FROM customer_activity
), month AS MATERIALIZED (
    -- Amounts by month as the cohorts have them; customers as their amounts are counted.
    SELECT coalesce(sum(exact_amount - exact_amount:::amount), 0) AS rounding,
           (SELECT coalesce(sum(crm_value_count(month.amounts)), 0)
            FROM everybody, unnest(everybody.amounts) AS month (amounts)) AS active_count
    FROM (
        SELECT sum(cohort.amount) AS exact_amount
        FROM everybody, crm_cohorts(everybody.retention) AS cohort
        GROUP BY cohort.period_start
    ) AS by_month
), early AS MATERIALIZED (
    SELECT coalesce(sum(crm_amount(purchases, (SELECT month_bounds[1] - 1 FROM span))), 0) AS exact_amount
    FROM customer_activity
    WHERE crm_first_entry_day(purchases) < (SELECT month_bounds[1] FROM span)
), by_segment AS MATERIALIZED (
    SELECT sum(customer_count) AS customer_count, sum(amount) AS amount FROM segment_summary
), by_stage AS MATERIALIZED (
    SELECT sum(customer_count) AS customer_count, sum(amount) AS amount FROM lifecycle_summary
), by_score AS MATERIALIZED (
    SELECT sum(customer_count) AS customer_count, sum(amount) AS amount FROM rfm_heatmap
), concentrated AS MATERIALIZED (
    SELECT sum(customer_count) AS customer_count, sum(amount) AS amount FROM concentration_monthly
), by_class AS MATERIALIZED (
    SELECT sum(customer_count) AS customer_count, sum(amount) AS amount FROM abc_summary
), claim (view_name, column_name, ledger_total, view_total, left_out_total, left_out_reason, is_of_groups) AS (
    SELECT 'segment_summary', 'customer_count', ledger.customer_count::numeric,
           (SELECT customer_count FROM by_segment), 0::numeric, NULL, true
    FROM ledger
    UNION ALL
    SELECT 'segment_summary', 'amount', ledger.exact_amount, (SELECT amount FROM by_segment),
           rest.by_segment, 'Rounding of each row.', true
    FROM ledger, rest
    UNION ALL
    SELECT 'lifecycle_summary', 'customer_count', ledger.customer_count,
           (SELECT customer_count FROM by_stage), 0, NULL, true
    FROM ledger
    UNION ALL
    SELECT 'lifecycle_summary', 'amount', ledger.exact_amount, (SELECT amount FROM by_stage),
           rest.by_stage, 'Rounding of each row.', true
    FROM ledger, rest
    UNION ALL
    SELECT 'rfm_heatmap', 'customer_count', ledger.customer_count, (SELECT customer_count FROM by_score),
           rest.unscored_count, 'Customers without scores: who had refunds only, and all where there is no fit.', true
    FROM ledger, rest
    UNION ALL
    SELECT 'rfm_heatmap', 'amount', ledger.exact_amount, (SELECT amount FROM by_score),
           rest.by_score, 'Customers without scores, and rounding of each row.', true
    FROM ledger, rest
    UNION ALL
    SELECT 'rfm_thresholds', 'customer_count', 3 * ledger.buyer_count,
           (SELECT sum(customer_count) FROM rfm_thresholds), rest.unscored_buyer_count,
           'In three dimensions; without a fit nobody has a score.', true
    FROM ledger, rest
    UNION ALL
    SELECT 'pareto_curve', 'customer_count', ledger.buyer_count, coalesce(curve.customer_count, ledger.buyer_count), 0,
           'Who had refunds only; there is no curve where nobody spent anything.', true
    FROM ledger LEFT JOIN (SELECT max(customer_count) AS customer_count FROM pareto_curve) AS curve ON true
    UNION ALL
    SELECT 'abc_summary', 'customer_count', ledger.customer_count, (SELECT customer_count FROM by_class), 0, NULL, true
    FROM ledger
    UNION ALL
    SELECT 'abc_summary', 'amount', ledger.exact_amount, (SELECT amount FROM by_class), rest.by_class,
           'Rounding of each row.', true
    FROM ledger, rest
    UNION ALL
    SELECT 'segment_typical', 'customer_count', ledger.customer_count,
           (SELECT sum(customer_count) FROM segment_typical), 0, NULL, true
    FROM ledger
    UNION ALL
    SELECT 'concentration', 'customer_count', ledger.buyer_count, (SELECT sum(customer_count) FROM concentration), 0,
           'Who had refunds only.', true
    FROM ledger
    UNION ALL
    SELECT 'concentration', 'amount', ledger.exact_amount, (SELECT sum(amount) FROM concentration),
           CASE WHEN ledger.buyer_count > 0 THEN ledger.exact_amount - ledger.exact_amount:::amount
                ELSE ledger.exact_amount END,
           'Rounding; all while nobody has bought.', true
    FROM ledger
    UNION ALL
    SELECT 'customer_rfm', 'amount', ledger.exact_amount, (SELECT sum(amount) FROM customer_rfm), rest.by_customer,
           'Rounding of each row.', false
    FROM ledger, rest
    UNION ALL
    SELECT 'customer_abc', 'amount', ledger.exact_amount, (SELECT sum(amount) FROM customer_abc), rest.by_customer,
           'Rounding of each row.', false
    FROM ledger, rest
    UNION ALL
    SELECT 'customer_grade', 'amount', ledger.exact_amount, (SELECT sum(amount) FROM customer_grade), rest.by_customer,
           'Rounding of each row.', false
    FROM ledger, rest
    UNION ALL
    SELECT 'concentration_monthly', 'amount', ledger.exact_amount, (SELECT amount FROM concentrated),
           month.rounding + early.exact_amount, 'Rounding of each row, and what is more than 1,200 months ago.', true
    FROM ledger, month, early
    UNION ALL
    SELECT 'concentration_monthly', 'customer_count', month.active_count,
           (SELECT customer_count FROM concentrated), 0, 'Counts a customer in each month.', true
    FROM month
)
SELECT claim.view_name,
       claim.column_name,
       claim.ledger_total,
       coalesce(claim.view_total, 0) AS view_total,
       CASE WHEN is_compared THEN claim.left_out_total END AS left_out_total,
       claim.left_out_reason,
       CASE WHEN is_compared
            THEN claim.ledger_total - coalesce(claim.view_total, 0) - claim.left_out_total END AS difference,
       crm_as_of() AS as_of
FROM claim
CROSS JOIN LATERAL (SELECT NOT claim.is_of_groups OR setting.min_cell = 1 AS is_compared FROM setting) AS compared;
COMMENT ON VIEW reconciliation_segment IS
'One row a view of the subject segment and a column that claims a total: see reconciliation.';
