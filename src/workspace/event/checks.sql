-- What is wrong with events and replies.
-- source, check, severity, what it means, how many (NULL: rows), an example, of which rows
('event', 'missing_start', 'warning', 'Events without a start: the last reply stands in for it.',
 NULL, 'min(event_id)', $$FROM event_known WHERE NOT is_start_known$$),
('event', 'duplicate_id', 'error', 'Further events under an id that another has: the earliest counts.',
 'coalesce(sum(n - 1), 0)', 'min(key)',
 $$FROM (
     SELECT event_id AS key, count(*) AS n FROM event WHERE event_id IS NOT NULL GROUP BY event_id HAVING count(*) > 1
 ) AS duplicate$$),

('attendance', 'repeated_reply', 'info',
 'Further replies of a customer to an event: the latest counts; example: the event.',
 'coalesce(sum(n - 1), 0)', 'min(event_id)',
 $$FROM (
     SELECT event_id, count(*) AS n FROM attendance
     WHERE customer_id IS NOT NULL GROUP BY event_id, customer_id HAVING count(*) > 1
 ) AS repeated$$),
('attendance', 'unknown_event', 'warning',
 'Replies to events that are not in event, unless that is empty; example: the event.',
 NULL, 'min(event_id)',
 $$FROM attendance
 WHERE EXISTS (SELECT FROM event) AND NOT EXISTS (SELECT FROM event WHERE event.event_id = attendance.event_id)$$),
('attendance', 'unknown_response', 'warning',
 'Replies that response_kind does not know: they count as other; example: the reply.',
 NULL, 'min(response)',
 $$FROM attendance
 WHERE response IS NOT NULL
   AND lower(response COLLATE "C") NOT IN (SELECT response_kind.response FROM response_kind)$$),
('attendance', 'negative_guests', 'error',
 'Replies with a number of guests below 0: it counts as 0; example: the event.',
 NULL, 'min(event_id)', $$FROM attendance WHERE guests < 0$$),
