-- needs: service_hours
-- empty: There is no case yet.
WITH clock AS MATERIALIZED (
    SELECT (ARRAY['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'])[weekday] AS day, weekday, hour, hour_of_week,
           case_count, median_seconds, median_seconds / 3600 AS median_hours
    FROM service_hours
), told AS (
    SELECT sum(case_count) AS case_count, (array_agg(day ORDER BY case_count DESC, hour_of_week))[1] AS day,
           (array_agg(hour ORDER BY case_count DESC, hour_of_week))[1] AS hour,
           count(*) FILTER (WHERE is_most) AS most_hours
    FROM (SELECT *, case_count = max(case_count) OVER () AS is_most FROM clock WHERE case_count > 0) AS asked
    HAVING count(*) > 0
)
SELECT json_build_object(
    'title', CASE WHEN told.most_hours > 1
                  THEN format('Most is asked in %s hours of the week alike', told.most_hours)
                  ELSE format('Most is asked %s at %s o''clock',
                              (ARRAY['on Mondays', 'on Tuesdays', 'on Wednesdays', 'on Thursdays', 'on Fridays',
                                     'on Saturdays',
                                     'on Sundays'])[array_position('{Mon,Tue,Wed,Thu,Fri,Sat,Sun}', told.day)],
                              told.hour) END,
    'subtitle', format('Cases that customers opened, by hour of the week; up to %s; n = %s (cases)', crm_as_of(),
                       to_char(told.case_count, 'FM999,999,999,990')),
    'sentence', 'The stronger the colour, the more is asked in that hour;'
                || ' the figures have the usual wait for a first reply too.',
    'columns', json '[["day", "Day"], ["hour", "Hour", "#"], ["case_count", "Cases", "#"],
                      ["median_hours", "Hours to the first reply, median", "0.0"]]',
    'rows', (SELECT json_agg(clock ORDER BY hour_of_week) FROM clock))
FROM told;
