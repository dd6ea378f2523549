-- needs: revenue_retention_yearly
-- empty: There is no complete month with purchases a year before it.
WITH month AS MATERIALIZED (
    SELECT month_on, base_amount, gross_amount, net_amount, gross_share, net_share, customer_count, is_complete
    FROM revenue_retention_yearly
    WHERE is_complete AND month_on > crm_as_of() - 1096
), told AS (
    SELECT sum(net_amount) / nullif(sum(base_amount), 0) AS net_share, count(*) AS month_count
    FROM (SELECT * FROM month ORDER BY month_on DESC LIMIT 12) AS last
)
SELECT json_build_object(
    'title', format('Of 100 earned a year ago, %s came again', to_char(100 * told.net_share, 'FM990')),
    'subtitle', format('Net revenue of a month from those who bought in the same month of the year before, as %%'
                       ' of theirs then;'
                       ' complete months up to %s', crm_as_of()),
    'sentence', format('Net counts all that they brought, gross at most what each brought a year before;'
                       ' at 100 %% nothing is lost.'
                       ' The title is of the last %s months together.', told.month_count),
    'columns', json '[["month_on", "Month"], ["customer_count", "Customers a year before", "#"],
                      ["base_amount", "Revenue then", "#"],
                      ["net_amount", "now", "#"], ["net_share", "Net", "%"], ["gross_share", "Gross", "%"]]',
    'rows', (SELECT json_agg(month ORDER BY month_on) FROM month))
FROM told
WHERE told.month_count > 0;
