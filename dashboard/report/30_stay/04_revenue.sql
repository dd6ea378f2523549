-- needs: revenue_retention_yearly
-- empty: No month of the last three years is over and has purchases a year before it.
WITH month AS MATERIALIZED (
    SELECT month_on, base_amount, gross_amount, net_amount, gross_share, net_share, customer_count, is_complete
    FROM revenue_retention_yearly
    WHERE is_complete AND month_on > crm_as_of() - 1096
), line AS (
    SELECT month_on, customer_count, base_amount, gross_amount, net_amount, gross_share, net_share FROM month
    UNION ALL
    -- Where months have no revenue a year before, a row without numbers parts the line.
    SELECT (month_on + interval '1 month')::date, NULL, NULL, NULL, NULL, NULL, NULL
    FROM (SELECT month_on, lead(month_on) OVER (ORDER BY month_on) AS next_on FROM month) AS step
    WHERE next_on > month_on + interval '1 month 5 days'
), told AS (
    SELECT sum(net_amount) / nullif(sum(base_amount), 0) AS net_share, count(*) AS month_count
    FROM month
    -- Not the last twelve that have a row: those may lie years back.
    WHERE month_on > crm_as_of() + 1 - interval '13 months'
)
SELECT json_build_object(
    'title', CASE WHEN told.month_count > 0
                  THEN format('Of 100 earned a year ago, %s came again',
                              to_char(100 * told.net_share, 'FM999,999,999,990'))
                  ELSE 'A year ago nothing was earned' END,
    'subtitle', format('Net revenue of a month from those who bought in the same month of the year before, as %%'
                       ' of theirs then;'
                       ' complete months from %s to %s; n = %s (months)',
                       to_char((SELECT min(month_on) FROM month), 'FMMonth YYYY'), crm_as_of(),
                       (SELECT count(*) FROM month)),
    'sentence', format('Net counts all that they brought, gross at most what each brought a year before;'
                       ' at 100 %% nothing is lost.'
                       ' The title is of the last 12 months together, %s of which have revenue a year before.',
                       told.month_count),
    'columns', json '[["month_on", "Month"], ["customer_count", "Customers a year before", "#"],
                      ["base_amount", "Revenue then", "#"],
                      ["net_amount", "now", "#"], ["net_share", "Net", "%"], ["gross_share", "Gross", "%"]]',
    'rows', (SELECT json_agg(line ORDER BY month_on) FROM line))
FROM told
WHERE EXISTS (SELECT FROM month);
