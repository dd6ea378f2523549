-- needs: community_health
-- empty: There are no posts yet.
-- The last three years; each factor on a scale of its own. What is none is no better
-- than anything, and a tie is not better.
WITH point AS MATERIALIZED (
    SELECT month_on, factor, factor_order, measure, factor_value, history_share, is_complete
    FROM (SELECT *, bool_or(factor_value IS NOT NULL) OVER (PARTITION BY factor) AS is_known FROM community_health
          WHERE month_on > crm_as_of() - 1096) AS health
    WHERE is_known AND factor IS NOT NULL
), standing AS (
    -- The higher the better: few hours are good, and of a month that has none, but a share, no month is worse.
    SELECT factor, month_on, month_on = max(month_on) OVER () AS is_latest,
           CASE WHEN factor <> 'responsiveness' THEN factor_value
                WHEN history_share IS NOT NULL THEN -coalesce(factor_value, 'Infinity') END AS height
    FROM point
    WHERE is_complete
), told AS (
    SELECT count(*) FILTER (WHERE better_count > 0.5 * before_count) AS good_count, count(*) AS factor_count,
           max(before_count) AS before_count
    FROM (
        SELECT latest.factor, count(earlier.height) AS before_count,
               count(*) FILTER (WHERE latest.height > earlier.height) AS better_count
        FROM standing AS latest
        LEFT JOIN standing AS earlier ON earlier.factor = latest.factor AND NOT earlier.is_latest
        WHERE latest.is_latest
        GROUP BY latest.factor
    ) AS compared
)
SELECT json_build_object(
    'title', CASE WHEN told.before_count > 0
                  THEN format('%s of %s health factors %s better than in most months', told.good_count,
                              told.factor_count, CASE WHEN told.good_count = 1 THEN 'is' ELSE 'are' END)
                  ELSE 'The community has no months to compare yet' END,
    'subtitle', format('Factors of the community''s health by month, each on its own scale; %s to %s; n = %s (months)',
                       to_char((SELECT min(month_on) FROM point), 'FMMonth YYYY'), crm_as_of(),
                       (SELECT count(DISTINCT month_on) FROM point)),
    'sentence', 'Each is compared with its own past here, the latest complete month with those before it;'
                || ' there is no single score.',
    'columns', json '[["month_on", "Month"], ["factor", "Factor"], ["measure", "Measure"],
                      ["factor_value", "Value", "0.00"],
                      ["history_share", "as good or worse, of all its months", "%"]]',
    'extra', json_build_object('group_count', (SELECT count(DISTINCT factor) FROM point)),
    'rows', (SELECT json_agg(point ORDER BY factor_order, month_on) FROM point))
FROM told
WHERE EXISTS (SELECT FROM point);
