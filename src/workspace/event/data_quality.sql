-- What is wrong with events and replies.

CREATE OR REPLACE VIEW data_quality_event AS
SELECT
    source, check_name, severity, meaning,
    problem_count::bigint AS problem_count, example_key,
    crm_as_of() AS as_of
FROM (
    SELECT
        'event' AS source, 'missing_start' AS check_name, 'warning' AS severity,
        'Events without a start: the last reply stands in for it.' AS meaning,
        count(*) AS problem_count, min(event_id) AS example_key
    FROM event_known WHERE NOT is_start_known
    UNION ALL
    SELECT
        'event', 'duplicate_id', 'error',
        'Further events under an id that another has: the earliest counts.',
        coalesce(sum(n - 1), 0), min(key)
    FROM (
        SELECT event_id AS key, count(*) AS n FROM event WHERE event_id IS NOT NULL GROUP BY event_id HAVING count(*) > 1
    ) AS duplicate
    UNION ALL
    SELECT
        'attendance', 'missing_customer', 'warning',
        'Replies without a customer: they are left out; example: the event.',
        count(*), min(event_id)
    FROM attendance WHERE customer_id IS NULL
    UNION ALL
    SELECT
        'attendance', 'repeated_reply', 'info',
        'Further replies of a customer to an event: the latest counts; example: the event.',
        coalesce(sum(n - 1), 0), min(event_id)
    FROM (
        SELECT event_id, count(*) AS n FROM attendance
        WHERE customer_id IS NOT NULL GROUP BY event_id, customer_id HAVING count(*) > 1
    ) AS repeated
    UNION ALL
    SELECT
        'attendance', 'unknown_event', 'warning',
        'Replies to events that are not in event, unless that is empty; example: the event.',
        count(*), min(event_id)
    FROM attendance
    WHERE EXISTS (SELECT FROM event) AND NOT EXISTS (SELECT FROM event WHERE event.event_id = attendance.event_id)
    UNION ALL
    SELECT
        'attendance', 'unknown_response', 'warning',
        'Replies that response_kind does not know: they count as other; example: the reply.',
        count(*), min(response)
    FROM attendance
    WHERE response IS NOT NULL AND lower(response) NOT IN (SELECT response_kind.response FROM response_kind)
    UNION ALL
    SELECT
        'attendance', 'negative_guests', 'error',
        'Replies with fewer than no guests: they count as none; example: the event.',
        count(*), min(event_id)
    FROM attendance WHERE guests < 0
) AS checked;
COMMENT ON VIEW data_quality_event IS
'One row a check of the sources of the subject event: see data_quality.';
