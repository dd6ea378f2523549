-- needs: case_flow
-- empty: There is no case yet.
-- The last two years.
WITH month AS MATERIALIZED (
    SELECT month_on, opened_count + reopened_count AS come_count, -resolved_count AS gone_count, opened_count,
           reopened_count, resolved_count, backlog_start_count, backlog_count, is_complete
    FROM case_flow
    WHERE month_on > crm_as_of() - 731
), told AS (
    SELECT (array_agg(backlog_start_count ORDER BY month_on))[1] AS early_count,
           (array_agg(backlog_count ORDER BY month_on DESC))[1] AS late_count,
           min(month_on) AS early_on, sum(come_count) AS come_count, sum(resolved_count) AS resolved_count
    FROM month
    HAVING count(*) > 0
)
SELECT json_build_object(
    'title', CASE WHEN told.late_count > told.early_count
                  THEN format('The backlog grew from %s to %s', to_char(told.early_count, 'FM999,999,990'),
                              to_char(told.late_count, 'FM999,999,990'))
                  WHEN told.late_count < told.early_count
                  THEN format('The backlog fell from %s to %s', to_char(told.early_count, 'FM999,999,990'),
                              to_char(told.late_count, 'FM999,999,990'))
                  ELSE format('The backlog is %s, as at first', to_char(told.late_count, 'FM999,999,990')) END,
    'subtitle', format('Cases opened or reopened above, resolved below, and left at the end of each month; %s to %s;'
                       ' n = %s come, %s resolved',
                       to_char(told.early_on, 'FMMonth YYYY'), crm_as_of(),
                       to_char(told.come_count, 'FM999,999,999,990'),
                       to_char(told.resolved_count, 'FM999,999,999,990')),
    'sentence', 'Where the bar above is longer than the one below, the line rises: more was asked than done.',
    'columns', json '[["month_on", "Month"], ["opened_count", "Opened", "#"], ["reopened_count", "Reopened", "#"],
                      ["resolved_count", "Resolved", "#"],
                      ["backlog_count", "Left", "#"]]',
    'rows', (SELECT json_agg(month ORDER BY month_on) FROM month))
FROM told;
