-- needs: pareto_curve concentration abc_summary customer_abc
-- empty: Nobody has brought anything yet.
-- Where somebody has brought less than nothing, the curve is that of all customers
-- and of the net revenue, and dips; else it is that of the view, of who has bought.
WITH whole AS MATERIALIZED (
    SELECT buyer.gini, dip.is_dipping, CASE WHEN dip.is_dipping THEN everybody.n ELSE buyer.customer_count END
               AS customer_count
    FROM concentration AS buyer
    CROSS JOIN (
        -- A class knows its share of all, also where other classes are hidden.
        SELECT round(max(customer_count / customer_share))::bigint AS n FROM abc_summary
    ) AS everybody
    CROSS JOIN LATERAL (SELECT buyer.negative_count > 0 OR coalesce(everybody.n > buyer.customer_count, false))
        AS dip (is_dipping)
), ranked AS MATERIALIZED (
    SELECT row_number() OVER downward AS customer_count, sum(amount) OVER downward AS amount,
           sum(amount) OVER () AS all_amount, count(*) FILTER (WHERE amount < 0) OVER () AS negative_count
    FROM customer_abc
    WHERE (SELECT is_dipping FROM whole)
    WINDOW downward AS (ORDER BY amount DESC, customer_id ROWS UNBOUNDED PRECEDING)
), point AS MATERIALIZED (
    SELECT curve.customer_pct, curve.customer_count, curve.customer_share, curve.amount_share
    FROM pareto_curve AS curve
    JOIN whole ON NOT whole.is_dipping
    UNION ALL
    SELECT curve.customer_pct, ranked.customer_count, ranked.customer_count::double precision / whole.customer_count,
           (ranked.amount / ranked.all_amount)::double precision
    FROM pareto_curve AS curve
    JOIN whole ON whole.is_dipping
    JOIN ranked ON ranked.customer_count = ceil(whole.customer_count * curve.customer_pct / 100.0)
    WHERE ranked.all_amount > 0
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
    CROSS JOIN whole
    WHERE point.customer_pct >= 20
    ORDER BY customer_pct
    LIMIT 1
), part AS (
    -- All who are in one of the three have bought.
    SELECT summary.class, sum(share.customers) OVER by_class AS up_to, share.customers AS customer_share,
           summary.customer_count
    FROM abc_summary AS summary
    CROSS JOIN whole
    CROSS JOIN LATERAL (SELECT summary.customer_count::double precision / whole.customer_count) AS share (customers)
    WHERE summary.class IN ('A', 'B', 'C')
    WINDOW by_class AS (ORDER BY summary.class_order)
)
SELECT CASE WHEN best.who IS NULL
            THEN json_build_object('empty', 'Net of refunds there is no revenue, so nobody has a share of it.')
       ELSE json_build_object(
    'title', format('%s %s %s %% of revenue', 'T' || substr(best.who, 2),
                    CASE WHEN best.customer_count = 1 THEN 'brings' ELSE 'bring' END,
                    to_char(100 * best.amount_share, 'FM999,999,999,990.0')),
    'subtitle', format('Cumulative share of net revenue, the best customers first, up to %s; n = %s (customers); %s',
                       crm_as_of(),
                       to_char(whole.customer_count, 'FM999,999,999,990'),
                       CASE WHEN whole.is_dipping THEN 'no Gini, for some are below zero'
                            ELSE coalesce('Gini ' || to_char(whole.gini, 'FM0.00'), 'no Gini') END),
    'sentence', 'The further the curve is from the straight line, the fewer customers bring most.'
                || CASE WHEN whole.is_dipping
                        THEN format(' It dips where refunds exceed purchases: %s here.',
                                    (SELECT CASE max(negative_count)
                                                WHEN 1 THEN 'one customer'
                                                ELSE to_char(max(negative_count), 'FM999,999,990') || ' customers' END
                                     FROM ranked)) ELSE '' END
                || coalesce(' Classes: ' || (SELECT string_agg(format('%s is %s %% of customers', class,
                                                                      to_char(100 * customer_share, 'FM990.0')),
                                                               ', ' ORDER BY class) FROM part) || '.', ''),
    'columns', json '[["customer_pct", "Top % of customers", "#"], ["customer_count", "Customers", "#"],
                      ["amount_share", "Share of revenue", "%"]]',
    'extra', json_build_object('classes', (SELECT json_agg(part ORDER BY part.class) FROM part),
                               'top', json_build_array(best)),
    'rows', (SELECT json_agg(point ORDER BY customer_pct) FROM point)) END
FROM whole LEFT JOIN best ON true
WHERE best.who IS NOT NULL OR whole.is_dipping;
