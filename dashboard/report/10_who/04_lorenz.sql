-- needs: pareto_curve concentration abc_summary
-- empty: Nobody has brought anything yet.
WITH point AS MATERIALIZED (
    SELECT customer_pct, customer_count, amount_share FROM pareto_curve
    UNION ALL
    SELECT 0, 0, 0
), part AS (
    SELECT class, sum(customer_share) OVER by_class AS up_to, customer_share, amount_share, customer_count
    FROM abc_summary
    WHERE class IN ('A', 'B', 'C')
    WINDOW by_class AS (ORDER BY class_order)
)
SELECT json_build_object(
    'title', coalesce('The top 20 % of customers bring ' || to_char(100 * whole.top_20_share, 'FM990.0')
                      || ' % of revenue', 'How much of the revenue the best customers bring'),
    'subtitle', format('Cumulative share of net revenue, the best customers first, up to %s; n = %s customers; %s',
                       crm_as_of(),
                       to_char(whole.customer_count, 'FM999,999,999,990'),
                       coalesce('Gini ' || to_char(whole.gini, 'FM0.00'),
                                format('no Gini: %s have a negative sum', whole.negative_count))),
    'sentence', 'The further the curve is from the straight line, the fewer customers bring most.'
                || coalesce(' Classes: ' || (SELECT string_agg(format('%s is %s %% of customers', class,
                                                                      to_char(100 * customer_share, 'FM990.0')),
                                                               ', ' ORDER BY class) FROM part) || '.', ''),
    'columns', json '[["customer_pct", "Top % of customers", "#"], ["customer_count", "Customers", "#"],
                      ["amount_share", "Share of revenue", "%"]]',
    'extra', json_build_object('classes', (SELECT json_agg(part ORDER BY part.class) FROM part)),
    'rows', (SELECT json_agg(point ORDER BY customer_pct) FROM point))
FROM concentration AS whole
WHERE EXISTS (SELECT FROM pareto_curve);
