-- needs: touchpoint_gap
-- empty: Fewer than three touchpoints are rated: too few for a map.
-- Importance is what was expected: for an item without a weight of its own
-- customers' expectations tell what matters. With fewer than three a table.
WITH item AS MATERIALIZED (
    SELECT coalesce(touchpoint_name, touchpoint_id::text) AS item, weight_share, expected_mean, actual_mean, pair_count,
           min(weight_share) OVER () < max(weight_share) OVER () AS is_weighed
    FROM touchpoint_gap
    WHERE expected_mean IS NOT NULL AND actual_mean IS NOT NULL AND weight_share IS NOT NULL
), placed AS MATERIALIZED (
    SELECT item.item, CASE WHEN is_weighed THEN 100 * weight_share ELSE expected_mean END AS importance, actual_mean,
           pair_count, is_weighed
    FROM item
), mean AS (
    SELECT avg(importance) AS importance, avg(actual_mean) AS actual_mean, bool_and(is_weighed) AS is_weighed
    FROM placed
    HAVING count(*) >= 3
), told AS (
    SELECT count(*) AS item_count
    FROM placed, mean
    WHERE placed.importance >= mean.importance AND placed.actual_mean < mean.actual_mean
)
SELECT json_build_object(
    'title', CASE told.item_count WHEN 0 THEN 'No touchpoint matters much and is rated low'
                                  WHEN 1 THEN 'One touchpoint matters much and is rated low'
                  ELSE format('%s touchpoints matter much and are rated low', told.item_count) END,
    'subtitle', format('Importance (%s) and mean actual rating of each touchpoint, with their means; up to %s;'
                       ' n = %s (pairs of ratings)',
                       CASE WHEN mean.is_weighed THEN 'weight in %'
                            ELSE 'mean expected rating, for all weigh the same' END, crm_as_of(),
                       to_char((SELECT sum(pair_count) FROM placed), 'FM999,999,999,990')),
    'sentence', 'Upper left: matters much and is rated low, so begin there. Upper right: keep up. Below: matters less.',
    'columns', json '[["item", "Touchpoint"], ["importance", "Importance", "0.00"], ["actual_mean", "Actual", "0.00"],
                      ["pair_count", "Pairs", "#"]]',
    'extra', json_build_object('mean', json_build_array(mean),
                               'axis', CASE WHEN mean.is_weighed THEN 'Weight, %' ELSE 'Expected' END),
    'rows', (SELECT json_agg(placed ORDER BY importance DESC, item) FROM placed))
FROM told CROSS JOIN mean;
