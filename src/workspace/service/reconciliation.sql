-- Totals of views against the sources that they are of.

CREATE OR REPLACE VIEW reconciliation_service AS
SELECT
    view_name, column_name, source_total::numeric AS source_total, view_total::numeric AS view_total,
    left_out::numeric AS left_out, left_out_reason, source_total - left_out - view_total AS difference, crm_as_of() AS as_of
FROM (
    SELECT
        'case_flow' AS view_name, 'opened_count' AS column_name,
        (SELECT count(*) FROM service_case WHERE opened_at < (SELECT until_at FROM service_basis))::numeric AS source_total,
        (SELECT coalesce(sum(opened_count), 0) FROM case_flow) AS view_total,
        (SELECT count(*) FROM case_merge JOIN service_case USING (case_id)
         WHERE opened_at < (SELECT until_at FROM service_basis))::numeric AS left_out,
        'merged into another case' AS left_out_reason
    UNION ALL
    SELECT
        'case_flow', 'backlog_count',
        (SELECT count(*) FROM service_case WHERE opened_at < (SELECT until_at FROM service_basis)),
        (SELECT coalesce(max(backlog_count), 0) FROM case_flow
         WHERE month_on = (SELECT max(month_on) FROM case_flow)),
        (SELECT count(*) FROM service_case AS c
         WHERE opened_at < (SELECT until_at FROM service_basis)
           AND (EXISTS (SELECT FROM case_merge AS m WHERE m.case_id = c.case_id)
                OR EXISTS (SELECT FROM case_done AS d WHERE d.case_id = c.case_id AND d.done_at IS NOT NULL))),
        'done, or merged into another case'
    UNION ALL
    SELECT
        'open_case', 'case_id',
        (SELECT coalesce(max(backlog_count), 0) FROM case_flow
         WHERE month_on = (SELECT max(month_on) FROM case_flow)),
        (SELECT count(*) FROM open_case), 0, NULL
    UNION ALL
    SELECT
        'response_time', 'case_count, first_reply',
        (SELECT count(*) FROM case_basis),
        (SELECT coalesce(sum(case_count), 0) FROM response_time WHERE measure = 'first_reply'),
        (SELECT count(*) FROM case_basis) - (SELECT count(*) FROM case_reply)
            + (SELECT count(*) FROM case_reply)
            - (SELECT coalesce(sum(case_count), 0) FROM response_time WHERE measure = 'first_reply'),
        'opened by staff, or in a group below setting.min_cell'
    UNION ALL
    SELECT
        'channel_mix', 'contact_count',
        (SELECT count(*) FROM interaction WHERE interacted_at < (SELECT until_at FROM service_basis)),
        (SELECT coalesce(sum(contact_count), 0) FROM channel_mix),
        0, 'in a group below setting.min_cell'
    UNION ALL
    SELECT
        'conversation', 'message_count',
        (SELECT count(*) FROM interaction WHERE interacted_at < (SELECT until_at FROM service_basis)),
        (SELECT coalesce(sum(message_count), 0) FROM conversation),
        (SELECT count(*) FROM interaction
         WHERE interacted_at < (SELECT until_at FROM service_basis) AND customer_id IS NULL),
        'without a customer'
) AS total;
COMMENT ON VIEW reconciliation_service IS
'One row a total of a view of service: what its source says, and what is left out for which reason.
difference is source_total - left_out - view_total, 0 where all is well.';
