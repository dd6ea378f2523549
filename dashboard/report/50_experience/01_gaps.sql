-- needs: touchpoint_gap
-- empty: Nobody has rated a touchpoint, both what was expected and what was had.
WITH rated AS MATERIALIZED (
    SELECT coalesce(touchpoint_name, touchpoint_id::text) AS item, pair_count, expected_mean, actual_mean, gap,
           gap_low, gap_high,
           outcome, gap_low <= 0 AND gap_high >= 0 AS is_unsure
    FROM touchpoint_gap
    WHERE gap IS NOT NULL
), told AS (
    SELECT *, to_char(-gap, 'FM999,990.0') AS short FROM rated ORDER BY pair_count >= 30 DESC, gap, item LIMIT 1
)
SELECT json_build_object(
    'title', CASE WHEN told.pair_count < 30 THEN 'No touchpoint is rated by 30 yet'
                  WHEN told.gap < 0
                  THEN format('%s falls %s short (%s to %s)', initcap(left(told.item, 1)) || substr(told.item, 2),
                              CASE WHEN told.short::numeric = 0 THEN 'less than 0.1' ELSE told.short END,
                              to_char(-told.gap_high, 'FM999,990.0'), to_char(-told.gap_low, 'FM999,990.0'))
                  WHEN EXISTS (SELECT FROM rated WHERE gap < 0) THEN 'No touchpoint rated by 30 falls short'
                  ELSE 'No touchpoint falls short of what was expected' END,
    'subtitle', format('Actual less expected, mean of those who rated both, with its 95 %% interval; %s;'
                       ' n = %s (pairs of ratings)', crm_as_of(),
                       to_char((SELECT sum(pair_count) FROM rated), 'FM999,999,999,990')),
    'sentence', 'Left of zero customers got less than they expected. A hollow dot may be chance:'
                || ' its interval includes zero.',
    'columns', json '[["item", "Touchpoint"], ["pair_count", "Pairs", "#"], ["expected_mean", "Expected", "0.00"],
                      ["actual_mean", "Actual", "0.00"], ["gap", "Gap", "0.00"], ["gap_low", "from", "0.00"],
                      ["gap_high", "to", "0.00"]]',
    'rows', (SELECT json_agg(rated ORDER BY gap, item) FROM rated))
FROM told;
