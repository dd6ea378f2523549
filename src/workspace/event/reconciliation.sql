-- What views of events add up to, against the replies. They hide small groups, so no
-- total is told where min_cell hides anything.

CREATE OR REPLACE VIEW reconciliation_event AS
SELECT claim.view_name,
       claim.column_name,
       total.ledger_total,
       total.view_total,
       total.left_out_total,
       NULL::text AS left_out_reason,
       total.ledger_total - total.view_total - total.left_out_total AS difference,
       crm_as_of() AS as_of
FROM (
    SELECT 'event_attendance' AS view_name, 'reply_count' AS column_name,
           (SELECT count(*) FROM attendance_reply) AS ledger_total,
           (SELECT sum(reply_count) FROM event_attendance) AS view_total
    UNION ALL
    SELECT 'event_attendance', 'yes_count', (SELECT count(*) FROM attendance_reply WHERE response = 'yes'),
           (SELECT sum(yes_count) FROM event_attendance)
) AS claim
CROSS JOIN setting
LEFT JOIN LATERAL (
    SELECT claim.ledger_total::numeric AS ledger_total, coalesce(claim.view_total, 0)::numeric AS view_total,
           0::numeric AS left_out_total
) AS total ON setting.min_cell = 1;
COMMENT ON VIEW reconciliation_event IS
'One row per view of the subject event and a column that claims a total: see reconciliation.
Totals are those of attendance_reply.';
