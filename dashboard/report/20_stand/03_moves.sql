-- needs: segment_transition customer_snapshot snapshot_day
-- empty: There are no two snapshots to compare: call crm_snapshot now and then.
WITH latest AS (
    SELECT snapshot_on, previous_snapshot_on
    FROM snapshot_day
    WHERE snapshot_rank = 1 AND previous_snapshot_on IS NOT NULL
), cell AS MATERIALIZED (
    SELECT coalesce(moved.from_segment, 'not before') AS from_segment,
           coalesce(moved.from_segment_order, 99) AS from_order,
           coalesce(moved.to_segment, 'none after') AS to_segment,
           coalesce(moved.to_segment_order, 99) AS to_order,
           moved.customer_count,
           moved.from_share
    FROM segment_transition AS moved
    JOIN latest ON latest.snapshot_on = moved.snapshot_on
), origin AS (
    -- Where nobody stayed there is no cell; nor is there one that is hidden, of which nothing is said.
    SELECT from_segment, from_order, round(max(customer_count / from_share)) AS from_count,
           coalesce(max(customer_count) FILTER (WHERE to_segment = from_segment),
                    CASE WHEN sum(customer_count) = round(max(customer_count / from_share)) THEN 0 END) AS stayed_count
    FROM cell
    WHERE from_segment <> 'not before'
    GROUP BY from_segment, from_order
), told AS (
    SELECT * FROM origin WHERE stayed_count IS NOT NULL ORDER BY from_count >= 30 DESC, from_order LIMIT 1
)
SELECT json_build_object(
    'title', CASE WHEN told.from_count >= 30
                  THEN format('%s %% of %s stayed', to_char(100 * told.stayed_count / told.from_count, 'FM990.0'),
                              told.from_segment)
                  WHEN told.from_count > 0
                  THEN format('%s of %s stayed %s', told.stayed_count, told.from_count, told.from_segment)
                  ELSE 'Nobody shown here had a segment before' END,
    'subtitle', format('Customers from their segment on %s (row) to that on %s (column): %% of the row;'
                       ' n = %s (customers)', latest.previous_snapshot_on, latest.snapshot_on,
                       to_char((SELECT sum(customer_count) FROM cell), 'FM999,999,999,990')),
    'sentence', 'A row adds up to 100 %. Framed cells stayed where they were;'
                || ' left of them are moves to better segments.'
                || CASE WHEN EXISTS (SELECT FROM cell WHERE from_segment = 'not before')
                        THEN ' The row "not before" had no segment then.' ELSE '' END,
    'columns', json '[["from_segment", "From"], ["to_segment", "To"], ["customer_count", "Customers", "#"],
                      ["from_share", "of those before", "%"]]',
    'extra', json_build_object('row_count', (SELECT count(DISTINCT from_segment) FROM cell)),
    'rows', (SELECT json_agg(cell ORDER BY from_order, to_order) FROM cell))
FROM latest LEFT JOIN told ON true
WHERE EXISTS (SELECT FROM cell);
