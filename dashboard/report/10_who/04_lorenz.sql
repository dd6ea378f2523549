-- needs: pareto_curve concentration abc_summary
-- empty: Nobody has brought anything yet.
WITH point AS MATERIALIZED (
    SELECT customer_pct, customer_count, customer_share, amount_share FROM pareto_curve
    UNION ALL
    SELECT 0, 0, 0, 0
), best AS (
    -- Whole customers: the fewest that are a fifth of all, or of those that are shown.
    SELECT point.customer_count, customer_share, amount_share,
           CASE WHEN whole.customer_count >= 30 THEN format('the top %s %% of customers', round(100 * customer_share))
                WHEN point.customer_count > 1 THEN format('the best %s of %s customers', point.customer_count,
                                                          whole.customer_count)
                WHEN whole.customer_count > 1 THEN format('the best of %s customers', whole.customer_count)
                ELSE 'the only customer' END AS who,
           CASE WHEN whole.customer_count >= 30 THEN format('top %s %%', round(100 * customer_share))
                ELSE format('%s of %s', point.customer_count, whole.customer_count) END AS label
    FROM point
    CROSS JOIN (SELECT customer_count FROM concentration) AS whole (customer_count)
    WHERE point.customer_pct >= 20
    ORDER BY customer_pct
    LIMIT 1
), part AS (
    SELECT class, sum(customer_share) OVER by_class AS up_to, customer_share, amount_share, customer_count
    FROM abc_summary
    WHERE class IN ('A', 'B', 'C')
    WINDOW by_class AS (ORDER BY class_order)
)
SELECT json_build_object(
    'title', format('%s %s %s %% of revenue', 'T' || substr(best.who, 2),
                    CASE WHEN best.customer_count = 1 THEN 'brings' ELSE 'bring' END,
                    to_char(100 * best.amount_share, 'FM999,999,999,990.0')),
    'subtitle', format('Cumulative share of net revenue, the best customers first, up to %s; n = %s (customers); %s',
                       crm_as_of(),
                       to_char(whole.customer_count, 'FM999,999,999,990'),
                       coalesce('Gini ' || to_char(whole.gini, 'FM0.00')
                                || CASE WHEN whole.negative_count > 0
                                        THEN format(', negative sums as 0: %s', whole.negative_count) ELSE '' END,
                                'no Gini')),
    'sentence', 'The further the curve is from the straight line, the fewer customers bring most.'
                || coalesce(' Classes: ' || (SELECT string_agg(format('%s is %s %% of customers', class,
                                                                      to_char(100 * customer_share, 'FM990.0')),
                                                               ', ' ORDER BY class) FROM part) || '.', ''),
    'columns', json '[["customer_pct", "Top % of customers", "#"], ["customer_count", "Customers", "#"],
                      ["amount_share", "Share of revenue", "%"]]',
    'extra', json_build_object('classes', (SELECT json_agg(part ORDER BY part.class) FROM part),
                               'top', json_build_array(best)),
    'rows', (SELECT json_agg(point ORDER BY customer_pct) FROM point))
FROM concentration AS whole CROSS JOIN best;
