-- needs: gap_monthly
-- empty: Nobody has rated a touchpoint in the last twelve months, both what was expected and what was had.
-- The touchpoint that is told and those that were rated most, over the last twelve months.
WITH rated AS MATERIALIZED (
    SELECT month_on, node_id, coalesce(node_name, node_id::text) AS item, pair_count, pair_weight, gap, gap_low,
           gap_high, is_complete
    FROM gap_monthly
    WHERE level_name = 'touchpoint' AND node_id IS NOT NULL AND month_on > crm_as_of() - 366
), mean AS (
    -- By weight, as the gap of all months.
    SELECT item, sum(gap * pair_weight) / nullif(sum(pair_weight), 0) AS mean_gap, sum(pair_count) AS pair_count
    FROM rated
    WHERE gap IS NOT NULL
    GROUP BY item
), told AS (
    SELECT *, to_char(-mean_gap, 'FM999,990.0') AS short
    FROM mean
    ORDER BY pair_count >= 30 DESC, mean_gap, item LIMIT 1
), chosen AS (
    SELECT mean.item, mean.mean_gap, mean.pair_count
    FROM mean
    CROSS JOIN told
    ORDER BY mean.item = told.item DESC, mean.pair_count DESC, mean.item LIMIT 12
), cell AS MATERIALIZED (
    SELECT to_char(rated.month_on, 'YYYY-MM') AS month, rated.item, rated.pair_count, rated.gap, rated.gap_low,
           rated.gap_high, rated.is_complete, chosen.mean_gap
    FROM rated JOIN chosen USING (item)
)
SELECT json_build_object(
    'title', CASE WHEN told.pair_count < 30 THEN 'No touchpoint is rated by 30 yet'
                  WHEN told.mean_gap < 0
                  THEN format('%s disappoints most: %s less than expected',
                              initcap(left(told.item, 1)) || substr(told.item, 2),
                              CASE WHEN told.short::numeric = 0 THEN 'under 0.1' ELSE told.short END)
                  WHEN EXISTS (SELECT FROM mean WHERE mean_gap < 0) THEN 'No touchpoint rated by 30 disappoints'
                  ELSE 'No touchpoint disappoints over the year' END,
    'subtitle', format('Actual less expected by month of the rating, mean of those who rated both;'
                       ' the last twelve months to %s%s; n = %s (pairs of ratings)',
                       crm_as_of(), (SELECT CASE WHEN count(*) > 12 THEN format('; 12 of %s touchpoints', count(*))
                                                 ELSE '' END FROM mean),
                       to_char((SELECT sum(pair_count) FROM cell), 'FM999,999,999,990')),
    'sentence', 'Blue cells gave more than was expected, red ones less;'
                || ' a cell without a colour rests on fewer than 30 pairs. An empty cell: nobody rated.',
    'columns', json '[["item", "Touchpoint"], ["month", "Month"], ["pair_count", "Pairs", "#"],
                      ["gap", "Gap", "0.00"], ["gap_low", "from", "0.00"],
                      ["gap_high", "to", "0.00"]]',
    'extra', json_build_object('item_count', (SELECT count(*) FROM chosen)),
    'rows', (SELECT json_agg(cell ORDER BY mean_gap, item, month) FROM cell))
FROM told;
