-- needs: segment_summary segment
-- empty: Nobody is in a segment yet: segments need purchases and a fit, see crm_refit.
WITH bar AS MATERIALIZED (
    SELECT coalesce(named.segment, 'no segment') AS segment,
           named.segment_order,
           summary.customer_count,
           summary.customer_share,
           summary.amount,
           -- Of what is none, or below it, there are no shares.
           CASE WHEN sum(summary.amount) OVER () > 0 THEN summary.amount_share END AS amount_share
    FROM (SELECT segment, segment_order FROM segment UNION ALL SELECT NULL, NULL) AS named
    LEFT JOIN segment_summary AS summary ON summary.segment IS NOT DISTINCT FROM named.segment
    WHERE named.segment IS NOT NULL OR summary.customer_count > 0
), most AS (
    SELECT * FROM bar WHERE customer_share IS NOT NULL ORDER BY amount_share DESC NULLS LAST, amount DESC LIMIT 1
), total AS (
    SELECT sum(customer_count) AS customer_count, sum(amount) AS amount FROM bar
)
SELECT json_build_object(
    'title', CASE WHEN most.amount_share IS NOT NULL
                  THEN format('%s: %s %% of customers, %s %% of revenue',
                              initcap(left(most.segment, 1)) || substr(most.segment, 2),
                              to_char(100 * most.customer_share, 'FM990.0'),
                              to_char(100 * most.amount_share, 'FM999,999,999,990.0'))
                  ELSE format('No revenue: net of refunds it is %s',
                              to_char(total.amount, 'FM999,999,999,999,999,990.00')) END,
    'subtitle', format('Share of customers and of net revenue by segment, up to %s; n = %s (customers)', crm_as_of(),
                       to_char(total.customer_count, 'FM999,999,999,990')),
    'sentence', 'Two bars a segment on one scale: where the lower one is longer,'
                || ' the segment brings more than its share.',
    'columns', json '[["segment", "Segment"], ["customer_count", "Customers", "#"], ["customer_share", "of all", "%"],
                      ["amount", "Revenue", "#"], ["amount_share", "of all", "%"]]',
    'rows', (SELECT json_agg(bar ORDER BY segment_order) FROM bar))
FROM most CROSS JOIN total;
