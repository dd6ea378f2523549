-- What views of ratings add up to, against the ratings.

CREATE OR REPLACE VIEW reconciliation_experience AS
WITH claim (view_name, column_name, ledger_total, view_total, left_out_total, left_out_reason) AS (
    SELECT 'touchpoint_gap', 'pair_count',
           (SELECT count(*) FROM rating_pair
            WHERE touchpoint_id IS NOT NULL AND expected IS NOT NULL AND actual IS NOT NULL),
           (SELECT sum(pair_count) FROM touchpoint_gap), 0::numeric, NULL
    UNION ALL
    SELECT 'recommend_by_outcome', 'customer_count', (SELECT count(*) FROM customer_gap WHERE outcome IS NOT NULL),
           (SELECT sum(customer_count) FROM recommend_by_outcome), 0, NULL
)
SELECT claim.view_name,
       claim.column_name,
       total.ledger_total,
       total.view_total,
       total.left_out_total,
       claim.left_out_reason,
       total.ledger_total - total.view_total - total.left_out_total AS difference,
       crm_as_of() AS as_of
FROM claim
CROSS JOIN setting
LEFT JOIN LATERAL (
    SELECT claim.ledger_total::numeric AS ledger_total, coalesce(claim.view_total, 0)::numeric AS view_total,
           claim.left_out_total::numeric AS left_out_total
) AS total ON setting.min_cell = 1;
COMMENT ON VIEW reconciliation_experience IS
'One row per view of the subject experience and a column that claims a total: see reconciliation.
Totals are those of the ratings.';
