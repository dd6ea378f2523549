-- needs: segment_summary segment concentration
-- empty: Nobody is in a segment yet: segments need purchases and a fit, see crm_refit.
WITH total AS (
    -- Who had refunds only stand in all sums, but where nobody has bought there is no concentration.
    SELECT sum(summary.customer_count) AS customer_count,
           coalesce((SELECT amount FROM concentration), sum(summary.amount)) AS amount
    FROM segment_summary AS summary
), bar AS MATERIALIZED (
    SELECT coalesce(named.segment, 'no segment') AS segment,
           named.segment_order,
           summary.customer_count,
           summary.customer_share,
           summary.amount,
           -- Of all net revenue, so that what is below zero has a share below zero; of what is none, or below
           -- it, there are no shares.
           CASE WHEN total.amount > 0 THEN (summary.amount / total.amount)::double precision END AS amount_share
    FROM (SELECT segment, segment_order FROM segment UNION ALL SELECT NULL, NULL) AS named
    CROSS JOIN total
    LEFT JOIN segment_summary AS summary ON summary.segment IS NOT DISTINCT FROM named.segment
    WHERE named.segment IS NOT NULL OR summary.customer_count > 0
), most AS (
    SELECT * FROM bar WHERE customer_share IS NOT NULL ORDER BY amount_share DESC NULLS LAST, amount DESC LIMIT 1
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
                || ' the segment brings more than its share.'
                || CASE WHEN EXISTS (SELECT FROM bar WHERE amount_share < 0)
                        THEN ' Left of zero refunds exceed purchases, so the others bring more than all.'
                        WHEN most.amount_share IS NULL THEN ' Of what is not above zero there are no shares.'
                        ELSE '' END,
    'columns', json '[["segment", "Segment"], ["customer_count", "Customers", "#"], ["customer_share", "of all", "%"],
                      ["amount", "Revenue", "#"], ["amount_share", "of all", "%"]]',
    'rows', (SELECT json_agg(bar ORDER BY segment_order) FROM bar))
FROM most CROSS JOIN total;
