-- needs: event_attendance definition
-- empty: There are no events with replies yet.
WITH held AS MATERIALIZED (
    SELECT event_id, (held_at AT TIME ZONE (SELECT time_zone FROM definition))::date AS event_on,
           concat_ws(', ', kind, city, event_id) AS event, yes_count, first_timer_count
    FROM event_attendance
    WHERE isfinite(held_at) AND yes_count > 0
), told AS (
    SELECT count(*) AS event_count, percentile_cont(0.5) WITHIN GROUP (ORDER BY yes_count) AS median_count,
           min(event_on) AS first_on
    FROM held
    HAVING count(*) > 0
)
SELECT json_build_object(
    'title', format('The usual event has %s who say yes', to_char(told.median_count, 'FM999,999,990')),
    'subtitle', format('Replies of yes by event, %s to %s; n = %s (events)', told.first_on, crm_as_of(),
                       to_char(told.event_count, 'FM999,999,990')),
    'sentence', 'A dot is an event; the rule is the median of all.',
    'columns', json '[["event_on", "Day"], ["event", "Event"], ["yes_count", "Yes", "#"],
                      ["first_timer_count", "for the first time", "#"]]',
    'extra', json_build_object('median', json_build_array(told)),
    'rows', (SELECT json_agg(held ORDER BY event_on, event_id)
             FROM (SELECT * FROM held ORDER BY event_on DESC, event_id LIMIT 1000) AS held))
FROM told;
