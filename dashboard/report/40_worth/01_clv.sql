-- needs: clv_by_segment segment_summary
-- empty: There is no model of lifetime value: it needs customers who came back, and amounts.
WITH bar AS MATERIALIZED (
    SELECT coalesce(worth.segment, 'no segment') AS segment, worth.segment_order, past.customer_count, past.amount,
           worth.total_clv, worth.clv_share, worth.mean_clv, worth.horizon_days, worth.mean_p_alive
    FROM clv_by_segment AS worth
    JOIN segment_summary AS past ON past.segment IS NOT DISTINCT FROM worth.segment
), most AS (
    SELECT * FROM bar WHERE clv_share IS NOT NULL ORDER BY clv_share DESC LIMIT 1
)
SELECT json_build_object(
    'title', format('%s hold %s %% of the value to come', initcap(left(most.segment, 1)) || substr(most.segment, 2),
                    to_char(100 * most.clv_share, 'FM990')),
    'subtitle', format('Net revenue up to %s (solid) and lifetime value of the next %s days, discounted (hatched),'
                       ' by segment; n = %s (customers)',
                       crm_as_of(), most.horizon_days,
                       to_char((SELECT sum(customer_count) FROM bar), 'FM999,999,999,990')),
    'sentence', 'What was brought is known, what is to come is expected by the model:'
                || ' long hatched bars are worth keeping.',
    'columns', json '[["segment", "Segment"], ["customer_count", "Customers", "#"], ["amount", "Revenue so far", "#"],
                      ["total_clv", "Value to come", "#"], ["clv_share", "of all", "%"], ["mean_clv", "each", "0.00"],
                      ["mean_p_alive", "Mean P(alive)", "%"]]',
    'rows', (SELECT json_agg(bar ORDER BY segment_order) FROM bar))
FROM most;
