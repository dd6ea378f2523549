-- What views of service add up to, against the rows of their sources. A view
-- that hides small groups claims a total only where min_cell hides nothing, and is
-- not read where it does. Claims about one view share one reading of it.

CREATE OR REPLACE VIEW reconciliation_service AS
WITH known AS MATERIALIZED (
    SELECT
        count(*) AS case_count,
        count(*) FILTER (WHERE merge.case_id IS NOT NULL) AS merged_count,
        count(*) FILTER (WHERE merge.case_id IS NULL AND done.done_at IS NOT NULL) AS done_count,
        (SELECT count(*) FROM case_basis WHERE resolution_target_seconds IS NULL) AS untargeted_count
    FROM service_case_known AS c
    -- As case_basis leaves cases out: of rows with one key those that say so.
    LEFT JOIN (SELECT DISTINCT case_id FROM case_merge) AS merge
        ON merge.case_id = c.case_id AND c.merged_into IS NOT NULL
    LEFT JOIN case_done AS done ON done.case_id = c.case_id
    WHERE c.case_id IS NOT NULL
), flow AS MATERIALIZED (
    SELECT
        coalesce(sum(opened_count), 0) AS opened_count,
        coalesce((array_agg(backlog_count ORDER BY month_on DESC))[1], 0) AS backlog_count
    FROM case_flow
), said AS MATERIALIZED (
    SELECT count(*) AS message_count, count(*) FILTER (WHERE customer_id IS NULL) AS nobodys_count,
           count(*) FILTER (WHERE (staff_id <> '' AND (actor IS NULL OR actor = 'staff')) IS NOT TRUE)
               AS not_staff_count,
           count(*) FILTER (WHERE (btrim(device) <> '') IS NOT TRUE) AS no_device_count
    FROM interaction_known
), changed AS MATERIALIZED (
    -- A case that its source has twice has its states twice in views of both.
    SELECT (SELECT count(*) FROM case_state_known) AS row_count,
           count(*) AS state_count, count(*) FILTER (WHERE basis.case_id IS NULL) AS outside_count,
           (SELECT count(*)
            FROM case_basis
            WHERE case_id IN (SELECT case_id FROM case_state_known)) AS case_count
    FROM case_state_known AS state
    LEFT JOIN case_basis AS basis USING (case_id)
), waited AS MATERIALIZED (
    SELECT sum(case_count) AS case_count FROM response_time
    WHERE measure = 'resolution' AND (SELECT min_cell FROM service_basis) = 1
), waited_by AS MATERIALIZED (
    SELECT sum(case_count) AS case_count
    FROM response_time_by
    WHERE measure = 'resolution' AND dimension = 'channel' AND (SELECT min_cell FROM service_basis) = 1
), attained AS MATERIALIZED (
    SELECT sum(met_count) AS met_count,
           sum(breached_closed_count + breached_unanswered_count + breached_open_count + pending_count) AS other_count
    FROM sla_attainment
    WHERE measure = 'resolution' AND (SELECT min_cell FROM service_basis) = 1
), attained_by AS MATERIALIZED (
    SELECT sum(met_count) AS met_count,
           sum(breached_closed_count + breached_unanswered_count + breached_open_count + pending_count) AS other_count
    FROM sla_attainment_by
    WHERE measure = 'resolution' AND dimension = 'channel' AND (SELECT min_cell FROM service_basis) = 1
), stayed AS MATERIALIZED (
    SELECT sum(stay_count) AS stay_count, sum(present_count) AS present_count FROM time_in_state
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
    SELECT 'channel_mix', 'contact_count', said.message_count,
           (SELECT sum(contact_count) FROM channel_mix WHERE (SELECT min_cell FROM service_basis) = 1), 0, NULL, true
    FROM said
    UNION ALL
    SELECT 'purpose_mix', 'contact_count', said.message_count,
           (SELECT sum(contact_count) FROM purpose_mix WHERE (SELECT min_cell FROM service_basis) = 1), 0, NULL, true
    FROM said
    UNION ALL
    SELECT 'conversation', 'message_count', said.message_count, (SELECT sum(message_count) FROM conversation),
           said.nobodys_count, 'Without a customer.', false
    FROM said
    UNION ALL
    SELECT 'device_mix', 'contact_count', said.message_count,
           (SELECT sum(contact_count) FROM device_mix WHERE (SELECT min_cell FROM service_basis) = 1),
           said.no_device_count, 'Without a device.', true
    FROM said
    UNION ALL
    SELECT 'responder', 'contact_count', said.message_count, (SELECT sum(contact_count) FROM responder),
           said.not_staff_count, 'Not by a known member of staff.', false
    FROM said
    UNION ALL
    SELECT 'staff_contact', 'contact_count', said.message_count, (SELECT sum(contact_count) FROM staff_contact),
           said.not_staff_count, 'Not by a known member of staff.', false
    FROM said
    UNION ALL
    SELECT 'off_hours_share', 'event_count', said.message_count + known.case_count + changed.row_count,
           (SELECT sum(event_count) FROM off_hours_share), known.merged_count, 'Cases merged into another.', false
    FROM said CROSS JOIN known CROSS JOIN changed
    UNION ALL
    SELECT 'time_in_state', 'stay_count', changed.state_count, stayed.stay_count, changed.outside_count,
           'Of no case that is known, or of one merged into another.', false
    FROM changed CROSS JOIN stayed
    UNION ALL
    SELECT 'time_in_state', 'present_count', changed.case_count, stayed.present_count, 0, 'Of cases with a state.',
           false
    FROM changed CROSS JOIN stayed
    UNION ALL
    SELECT 'case_cost', 'event_count', changed.state_count, (SELECT sum(event_count) FROM case_cost),
           changed.outside_count, 'Of no case that is known, or of one merged into another.', false
    FROM changed
    UNION ALL
    SELECT 'response_time', 'case_count', known.case_count, waited.case_count, known.merged_count,
           'Of measure resolution: merged into another case.', true
    FROM known CROSS JOIN waited
    UNION ALL
    SELECT 'response_time_by', 'case_count', known.case_count, waited_by.case_count, known.merged_count,
           'Of measure resolution, by channel: merged into another case.', true
    FROM known CROSS JOIN waited_by
    UNION ALL
    SELECT 'sla_attainment', 'met_count', known.case_count, attained.met_count,
           known.merged_count + known.untargeted_count + coalesce(attained.other_count, 0),
           'Of measure resolution: merged into another case, without a target, and the other outcomes.', true
    FROM known CROSS JOIN attained
    UNION ALL
    SELECT 'sla_attainment_by', 'met_count', known.case_count, attained_by.met_count,
           known.merged_count + known.untargeted_count + coalesce(attained_by.other_count, 0),
           'Of measure resolution, by channel: merged into another case, without a target, and the other outcomes.',
           true
    FROM known CROSS JOIN attained_by
    UNION ALL
    SELECT 'service_hours', 'case_count',
           (SELECT count(*) FROM case_reply WHERE (SELECT min_cell FROM service_basis) = 1),
           (SELECT sum(case_count) FROM service_hours WHERE (SELECT min_cell FROM service_basis) = 1), 0,
           'Of case_reply.', true
    UNION ALL
    SELECT 'visit_mix', 'visit_count',
           (SELECT count(*) FROM visit_known),
           (SELECT sum(visit_count) FROM visit_mix WHERE (SELECT min_cell FROM service_basis) = 1), 0, NULL, true
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
) AS total ON NOT claim.is_of_groups OR setting.min_cell = 1;
COMMENT ON VIEW reconciliation_service IS
'One row per view of the subject service and a column that claims a total: see reconciliation.
ledger_total is of the rows of the source.';
