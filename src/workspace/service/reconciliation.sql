-- What views of service add up to, against the rows of their sources. A view
-- that hides small groups claims a total only where min_cell hides nothing.

CREATE OR REPLACE VIEW reconciliation_service AS
WITH known AS MATERIALIZED (
    SELECT
        count(*) AS case_count,
        count(*) FILTER (WHERE merge.case_id IS NOT NULL) AS merged_count,
        count(*) FILTER (WHERE merge.case_id IS NULL AND done.done_at IS NOT NULL) AS done_count
    FROM service_case AS c
    LEFT JOIN case_merge AS merge USING (case_id)
    LEFT JOIN case_done AS done USING (case_id)
    WHERE c.opened_at < (SELECT crm_as_of_at(:'time_zone')) AND c.case_id IS NOT NULL
), flow AS MATERIALIZED (
    SELECT
        coalesce(sum(opened_count), 0) AS opened_count,
        coalesce((array_agg(backlog_count ORDER BY month_on DESC))[1], 0) AS backlog_count
    FROM case_flow
), said AS MATERIALIZED (
    SELECT count(*) AS message_count, count(*) FILTER (WHERE customer_id IS NULL) AS nobodys_count
    FROM interaction
    WHERE interacted_at < (SELECT crm_as_of_at(:'time_zone'))
), claim (view_name, column_name, ledger_total, view_total, left_out_total, left_out_reason, is_of_groups) AS (
    SELECT 'case_flow', 'opened_count', known.case_count, flow.opened_count, known.merged_count,
           'Merged into another case.',
           false
    FROM known CROSS JOIN flow
    UNION ALL
    SELECT 'case_flow', 'backlog_count', known.case_count, flow.backlog_count, known.merged_count + known.done_count,
           'Done, or merged into another case.', false
    FROM known CROSS JOIN flow
    UNION ALL
    SELECT 'open_case', 'case_id', known.case_count, (SELECT count(*) FROM open_case),
           known.merged_count + known.done_count, 'Done, or merged into another case.', false
    FROM known
    UNION ALL
    SELECT 'handover', 'case_id', known.case_count, (SELECT count(*) FROM handover), known.merged_count,
           'Merged into another case.', false
    FROM known
    UNION ALL
    SELECT 'channel_mix', 'contact_count', said.message_count, (SELECT sum(contact_count) FROM channel_mix), 0, NULL,
           true
    FROM said
    UNION ALL
    SELECT 'purpose_mix', 'contact_count', said.message_count, (SELECT sum(contact_count) FROM purpose_mix), 0, NULL,
           true
    FROM said
    UNION ALL
    SELECT 'conversation', 'message_count', said.message_count, (SELECT sum(message_count) FROM conversation),
           said.nobodys_count, 'Without a customer.', false
    FROM said
)
SELECT
    claim.view_name, claim.column_name, claim.ledger_total::numeric AS ledger_total,
    coalesce(claim.view_total, 0)::numeric AS view_total,
    CASE WHEN is_compared THEN claim.left_out_total::numeric END AS left_out_total, claim.left_out_reason,
    CASE WHEN is_compared THEN claim.ledger_total - coalesce(claim.view_total, 0) - claim.left_out_total END::numeric
        AS difference,
    crm_as_of() AS as_of
FROM claim
CROSS JOIN LATERAL (SELECT NOT claim.is_of_groups OR setting.min_cell = 1 AS is_compared FROM setting) AS compared;
COMMENT ON VIEW reconciliation_service IS
'One row per view of the subject service and a column that claims a total: see reconciliation.
ledger_total is of the rows of the source.';
