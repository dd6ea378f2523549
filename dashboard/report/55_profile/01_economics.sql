-- needs: segment_economics
-- empty: No customer has bought or cost anything yet, or what the goods cost is not known.
-- By segment where there are segments, else by region.
WITH chosen AS (
    SELECT dimension FROM segment_economics WHERE dimension IN ('segment', 'region') AND dimension_value IS NOT NULL
    ORDER BY dimension DESC LIMIT 1
), bar AS MATERIALIZED (
    SELECT coalesce(e.dimension_value, 'no ' || e.dimension) AS item, e.customer_count, e.amount, e.margin_amount,
        e.cost_to_serve, e.profit_amount,
           e.profit_per_customer, e.profit_per_customer IS NULL AS is_hidden
    FROM segment_economics AS e JOIN chosen USING (dimension)
), told AS (
    SELECT (array_agg(item ORDER BY customer_count >= 30 DESC, profit_per_customer DESC, item))[1] AS item,
           (array_agg(profit_per_customer ORDER BY customer_count >= 30 DESC, profit_per_customer DESC,
                                                   item))[1] AS most,
           bool_or(customer_count >= 30) AS is_enough,
           sum(customer_count) AS customer_count, count(*) FILTER (WHERE profit_amount < 0) AS loss_count,
           (SELECT dimension FROM chosen) AS dimension
    FROM bar
    WHERE profit_per_customer IS NOT NULL
    HAVING count(*) > 0
)
SELECT json_build_object(
    'title', CASE WHEN told.is_enough
                  THEN format('%s: a customer earns %s', initcap(left(told.item, 1)) || substr(told.item, 2),
                              to_char(told.most, 'FM999,999,999,999,999,990'))
                  ELSE 'No group has 30 customers yet' END,
    'subtitle', format('Margin less cost to serve, a customer, by %s; up to %s; n = %s (customers)', told.dimension,
                       crm_as_of(),
                       to_char(told.customer_count, 'FM999,999,999,990')),
    'sentence', CASE WHEN told.loss_count = 0 THEN 'Every group earns more than it costs.'
                     ELSE format('Left of zero a group costs more than it earns: %s here.', told.loss_count) END
                || ' Groups below 30 customers are not filled. Where the cost of some goods is not known,'
                || ' neither are margin and profit.',
    'columns', json '[["item", "Group"], ["customer_count", "Customers", "#"], ["amount", "Revenue", "#"],
                      ["margin_amount", "Margin", "#"],
                      ["cost_to_serve", "Cost to serve", "#"], ["profit_amount", "Profit", "#"],
                      ["profit_per_customer", "a customer", "0.00"]]',
    'rows', (SELECT json_agg(bar ORDER BY profit_per_customer DESC NULLS LAST, item) FROM bar))
FROM told;
