-- What views of the community add up to, against posts and ideas. They hide small groups, so no
-- total is told where min_cell hides anything.

CREATE OR REPLACE VIEW reconciliation_community AS
SELECT claim.view_name,
       claim.column_name,
       total.ledger_total,
       total.view_total,
       total.left_out_total,
       NULL::text AS left_out_reason,
       total.ledger_total - total.view_total - total.left_out_total AS difference,
       crm_as_of() AS as_of
FROM (
    SELECT 'board_activity' AS view_name, 'post_count' AS column_name,
           (SELECT count(*) FROM post_known) AS ledger_total,
           (SELECT sum(post_count) FROM board_activity) AS view_total
    UNION ALL
    SELECT 'idea_monthly', 'submitted_count', (SELECT count(*) FROM idea_status),
           (SELECT sum(submitted_count) FROM idea_monthly)
) AS claim
CROSS JOIN setting
LEFT JOIN LATERAL (
    SELECT claim.ledger_total::numeric AS ledger_total, coalesce(claim.view_total, 0)::numeric AS view_total,
           0::numeric AS left_out_total
) AS total ON setting.min_cell = 1;
COMMENT ON VIEW reconciliation_community IS
'One row per view of the subject community and a column that claims a total: see reconciliation.
Totals are those of post_known and idea_status.';
