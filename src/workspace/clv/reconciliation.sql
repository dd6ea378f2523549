-- What lifetime values add up to, against those of each customer.

CREATE OR REPLACE VIEW reconciliation_clv AS
WITH basis AS MATERIALIZED (
    SELECT segment, count(*) AS customer_count, coalesce(sum(exact_clv), 0) AS exact_clv,
           coalesce(sum(exact_clv - clv), 0) AS rounding
    FROM customer_basis
    GROUP BY segment
), by_segment AS MATERIALIZED (
    SELECT sum(customer_count) AS customer_count, sum(total_clv) AS total_clv FROM clv_by_segment
), claim (view_name, column_name, ledger_total, view_total, left_out_total, left_out_reason, is_of_groups) AS (
    SELECT 'clv_by_segment', 'customer_count', sum(basis.customer_count),
           (SELECT customer_count FROM by_segment), 0::numeric, NULL, true
    FROM basis
    UNION ALL
    SELECT 'clv_by_segment', 'total_clv', sum(basis.exact_clv), (SELECT total_clv FROM by_segment),
           sum(basis.exact_clv - basis.exact_clv:::amount), 'Rounding of each row.', true
    FROM basis
    UNION ALL
    SELECT 'segment_summary', 'total_clv', sum(basis.exact_clv), (SELECT sum(total_clv) FROM segment_summary),
           sum(basis.exact_clv - basis.exact_clv:::amount), 'Rounding of each row.', true
    FROM basis
    UNION ALL
    SELECT 'lifecycle_summary', 'total_clv', sum(by_stage.exact_clv), (SELECT sum(total_clv) FROM lifecycle_summary),
           sum(by_stage.exact_clv - by_stage.exact_clv:::amount), 'Rounding of each row.', true
    FROM (SELECT coalesce(sum(exact_clv), 0) AS exact_clv FROM customer_basis GROUP BY stage) AS by_stage
    UNION ALL
    SELECT 'customer_clv', 'clv', sum(basis.exact_clv), (SELECT sum(clv) FROM customer_clv), sum(basis.rounding),
           'Rounding of each row.', false
    FROM basis
)
SELECT claim.view_name,
       claim.column_name,
       coalesce(claim.ledger_total, 0) AS ledger_total,
       coalesce(claim.view_total, 0) AS view_total,
       CASE WHEN is_compared THEN coalesce(claim.left_out_total, 0) END AS left_out_total,
       claim.left_out_reason,
       CASE WHEN is_compared THEN coalesce(claim.ledger_total, 0) - coalesce(claim.view_total, 0)
                                  - coalesce(claim.left_out_total, 0) END AS difference,
       crm_as_of() AS as_of
FROM claim
CROSS JOIN LATERAL (SELECT NOT claim.is_of_groups OR setting.min_cell = 1 AS is_compared FROM setting) AS compared;
COMMENT ON VIEW reconciliation_clv IS
'One row a view of the subject clv and a column that claims a total: see reconciliation.
Totals of lifetime values are those of customer_basis, before each is rounded.';
