-- What views of the profile add up to, against customers. They hide small groups, so no
-- total is told where min_cell hides anything.

CREATE OR REPLACE VIEW reconciliation_profile AS
SELECT claim.view_name,
       claim.column_name,
       total.ledger_total,
       total.view_total,
       total.left_out_total,
       NULL::text AS left_out_reason,
       total.ledger_total - total.view_total - total.left_out_total AS difference,
       crm_as_of() AS as_of
FROM (
    SELECT 'age_mix' AS view_name, 'customer_count' AS column_name,
           (SELECT count(*) FROM known_customer) AS ledger_total,
           (SELECT sum(customer_count) FROM age_mix) AS view_total
    UNION ALL
    SELECT 'segment_economics', 'customer_count', (SELECT count(*) FROM known_customer),
           (SELECT sum(customer_count) FROM segment_economics WHERE dimension = 'segment')
) AS claim
CROSS JOIN setting
LEFT JOIN LATERAL (
    SELECT claim.ledger_total::numeric AS ledger_total, coalesce(claim.view_total, 0)::numeric AS view_total,
           0::numeric AS left_out_total
) AS total ON setting.min_cell = 1;
COMMENT ON VIEW reconciliation_profile IS
'One row per view of the subject profile and a column that claims a total: see reconciliation.
Totals are those of known_customer.';
