-- needs: growth_accounting growth_flow
-- empty: There is no complete month with customers yet.
WITH month AS MATERIALIZED (
    -- The last two years.
    SELECT * FROM growth_accounting WHERE month_on > crm_as_of() - 731
), bar AS MATERIALIZED (
    SELECT flow.month_on, flow.state, flow.state_order, flow.signed_count, flow.is_complete
    FROM growth_flow AS flow
    WHERE flow.month_on > crm_as_of() - 731 AND flow.state <> 'returning'
), told AS (
    SELECT count(*) FILTER (WHERE dormant_count > new_count + resurrecting_count) AS shrinking, count(*) AS month_count
    FROM (SELECT * FROM month WHERE is_complete AND new_count + resurrecting_count - dormant_count IS NOT NULL
          ORDER BY month_on DESC LIMIT 12) AS last
)
SELECT json_build_object(
    'title', format('Lost exceeded gained in %s of %s', told.shrinking,
                    CASE told.month_count WHEN 1 THEN '1 month' ELSE told.month_count || ' months' END),
    'subtitle', format('Customers gained and lost in each month, and the difference (line); %s to %s;'
                       ' n = %s (months)', to_char((SELECT min(month_on) FROM month), 'FMMonth YYYY'), crm_as_of(),
                       (SELECT count(*) FROM month)),
    'sentence', 'Above zero: who bought for the first time, and who came back after a month or more without;'
                || ' below: who bought in the month before and not in this one.'
                || ' The title is of the latest months that are over, twelve at most.'
                || ' Faded and with an asterisk: a month that is not over.',
    'columns', json '[["month_on", "Month"], ["new_count", "New", "#"], ["resurrecting_count", "Came back", "#"],
                      ["dormant_count", "Lost", "#"], ["returning_count", "Stayed", "#"],
                      ["net_count", "Difference", "#"]]',
    'extra', json_build_object('bar', (SELECT json_agg(bar ORDER BY month_on, state_order) FROM bar)),
    'rows', (SELECT json_agg(shown ORDER BY month_on)
             FROM (SELECT month_on, new_count, resurrecting_count, dormant_count, returning_count,
                          new_count + resurrecting_count - dormant_count AS net_count, is_complete
                   FROM month) AS shown))
FROM told
WHERE told.month_count > 0;
