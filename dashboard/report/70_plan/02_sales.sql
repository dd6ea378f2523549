-- needs: sales_result
-- empty: No month of the last two years that is over has a plan of sales for that month.
-- The last two years.
WITH month AS MATERIALIZED (
    SELECT month_on, amount, plan_amount, attained_share, order_count, is_complete
    FROM sales_result
    WHERE month_on > crm_as_of() - 731
), told AS (
    SELECT count(*) FILTER (WHERE amount >= plan_amount) AS met_count, count(*) AS all_count, sum(amount) AS amount,
           sum(plan_amount) AS plan_amount
    FROM month
    WHERE plan_amount IS NOT NULL AND amount IS NOT NULL AND is_complete
    HAVING count(*) > 0
)
SELECT json_build_object(
    'title', format('Sales met the plan in %s of %s', told.met_count,
                    CASE told.all_count WHEN 1 THEN '1 month' ELSE told.all_count || ' months' END),
    'subtitle', format('Net revenue a month, and the plan for it; %s to %s; in months with a plan %s of %s;'
                       ' n = %s (orders)',
                       to_char((SELECT min(month_on) FROM month), 'FMMonth YYYY'), crm_as_of(),
                       to_char(told.amount, 'FM999,999,999,999,999,990'),
                       to_char(told.plan_amount, 'FM999,999,999,999,999,990'),
                       to_char((SELECT sum(order_count) FROM month), 'FM999,999,999,990')),
    'sentence', 'Bars are what came, the line across a month is what was planned. A month that is not over is pale,'
                || ' and has an asterisk.',
    'columns', json '[["month_on", "Month"], ["amount", "Revenue", "#"], ["plan_amount", "Plan", "#"],
                      ["attained_share", "attained", "%"], ["order_count", "Orders", "#"]]',
    'rows', (SELECT json_agg(month ORDER BY month_on) FROM month))
FROM told;
