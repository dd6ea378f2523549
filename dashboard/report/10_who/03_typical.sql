-- needs: segment_typical
-- empty: Nobody has bought yet.
WITH part AS MATERIALIZED (
    SELECT coalesce(segment, 'no segment') AS segment, segment_order, customer_count,
           recency_q1_days, median_recency_days, recency_q3_days,
           purchase_count_q1, median_purchase_count, purchase_count_q3,
           amount_q1, median_amount, amount_q3
    FROM segment_typical
    WHERE median_recency_days IS NOT NULL
), told AS (
    SELECT * FROM part ORDER BY customer_count >= 30 DESC, segment <> 'at risk', customer_count DESC LIMIT 1
)
SELECT json_build_object(
    'title', CASE WHEN told.customer_count >= 30
                  -- As long ago or longer is true of half at least, also where many have the same day.
                  THEN CASE WHEN told.median_recency_days < 1
                            THEN format('Half of %s last bought on %s', told.segment, crm_as_of())
                            ELSE format('Half of %s last bought %s or more days ago', told.segment,
                                        to_char(floor(told.median_recency_days), 'FM999,990')) END
                  ELSE 'No segment has 30 customers yet' END,
    'subtitle', format('Median (dot) and middle half (bar) of each segment: days since the last purchase, purchases,'
                       ' net revenue; up to %s; n = %s (customers)',
                       crm_as_of(), to_char((SELECT sum(customer_count) FROM part), 'FM999,999,999,990')),
    'sentence', 'A dot is the customer in the middle; half of the segment lies within the bar.'
                || ' Purchases and revenue are on'
                || ' scales that multiply: each step is as many times more.',
    'columns', json '[["segment", "Segment"], ["customer_count", "Customers", "#"],
                      ["recency_q1_days", "Days, lower quartile", "#"], ["median_recency_days", "median", "#"],
                      ["recency_q3_days", "upper", "#"],
                      ["purchase_count_q1", "Purchases, lower quartile", "#"], ["median_purchase_count", "median", "#"],
                      ["purchase_count_q3", "upper", "#"],
                      ["amount_q1", "Revenue, lower quartile", "#"], ["median_amount", "median", "#"],
                      ["amount_q3", "upper", "#"]]',
    'rows', (SELECT json_agg(part ORDER BY segment_order) FROM part))
FROM told;
