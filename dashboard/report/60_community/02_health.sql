-- needs: community_health
-- empty: There are no posts yet.
-- The last three years; each factor on a scale of its own.
WITH point AS MATERIALIZED (
    SELECT month_on, factor, factor_order, measure, factor_value, history_share, is_complete
    FROM (SELECT *, bool_or(factor_value IS NOT NULL) OVER (PARTITION BY factor) AS is_known FROM community_health
          WHERE month_on > crm_as_of() - 1096) AS health
    WHERE is_known AND factor IS NOT NULL
), latest AS (
    SELECT DISTINCT ON (factor_order) factor, history_share
    FROM point
    WHERE is_complete AND history_share IS NOT NULL
    ORDER BY factor_order, month_on DESC
), told AS (
    SELECT count(*) FILTER (WHERE history_share >= 0.5) AS good_count, count(*) AS factor_count
    FROM latest
    HAVING count(*) > 0
)
SELECT json_build_object(
    'title', format('%s of %s health factors are above their usual', told.good_count, told.factor_count),
    'subtitle', format('Factors of the community''s health by month, each on its own scale; %s', crm_as_of()),
    'sentence', 'Each is compared with its own past, the latest complete month counts; there is no single score.',
    'columns', json '[["month_on", "Month"], ["factor", "Factor"], ["measure", "Measure"],
                      ["factor_value", "Value", "0.00"],
                      ["history_share", "at or above, of its months", "%"]]',
    'extra', json_build_object('group_count', (SELECT count(DISTINCT factor) FROM point)),
    'rows', (SELECT json_agg(point ORDER BY factor_order, month_on) FROM point))
FROM told;
