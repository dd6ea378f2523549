-- needs: event_attendance definition
-- empty: There are no events with replies yet.
-- The latest thousand.
WITH replied AS MATERIALIZED (
    SELECT event_id, (held_at AT TIME ZONE (SELECT time_zone FROM definition))::date AS event_on,
           concat_ws(', ', kind, city, event_id) AS event, yes_count, first_timer_count
    FROM event_attendance
    WHERE isfinite(held_at) AND yes_count IS NOT NULL
), held AS MATERIALIZED (
    SELECT * FROM replied ORDER BY event_on DESC, event_id LIMIT 1000
), told AS (
    SELECT count(*) AS event_count, percentile_cont(0.5) WITHIN GROUP (ORDER BY yes_count) AS median_count,
           min(event_on) AS first_on, max(event_on) AS last_on
    FROM held
    HAVING count(*) > 0
)
SELECT json_build_object(
    'title', format('The %s event has %s who %s yes', CASE told.event_count WHEN 1 THEN 'only' ELSE 'usual' END,
                    rtrim(to_char(told.median_count, 'FM999,999,990.9'), '.'),
                    CASE told.median_count WHEN 1 THEN 'says' ELSE 'say' END),
    'subtitle', format('Replies of yes by event%s, %s to %s; n = %s (events)',
                       (SELECT CASE WHEN count(*) > 1000 THEN format(', the latest 1,000 of %s', count(*)) ELSE '' END
                        FROM replied),
                       told.first_on, told.last_on, to_char(told.event_count, 'FM999,999,990')),
    'sentence', 'A dot is an event, at zero where nobody said yes; the rule is the median of all dots.',
    'columns', json '[["event_on", "Day"], ["event", "Event"], ["yes_count", "Yes", "#"],
                      ["first_timer_count", "for the first time", "#"]]',
    'extra', json_build_object('median', json_build_array(told)),
    'rows', (SELECT json_agg(held ORDER BY event_on, event_id) FROM held))
FROM told;
