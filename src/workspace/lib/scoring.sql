-- What scores go by: the segments of the map, the latest fit, the snapshots.

CREATE OR REPLACE VIEW segment AS
SELECT named.segment, named.segment_order::integer AS segment_order, crm_as_of() AS as_of
FROM setting
CROSS JOIN LATERAL unnest(crm_segment_map_names(setting.segment_map)) WITH ORDINALITY AS named (segment, segment_order);
COMMENT ON VIEW segment IS
'One row per segment of setting.segment_map, in order of first mention.
Also the segments that nobody is in.';

-- OFFSET '0' keeps this row in one piece: it is computed once a query, not once
-- a customer, and the planner knows of the key that it is one. LIMIT, a subquery
-- that is run beforehand, a window function, and OFFSET 0, which is a cast to
-- bigint when the planner looks, would keep customers from being scored in
-- parallel: hence the quotes, and the latest fit is the one with none later. So
-- would a join without a condition before PostgreSQL 17, which knows no parallel
-- nested loop over a materialized row: customers are joined by is_only = true in
-- other words.
CREATE OR REPLACE VIEW scoring_basis AS
SELECT crm_as_of() AS as_of,
       CASE WHEN latest.as_of IS NOT NULL THEN crm_as_of() END AS scored_on,
       latest.as_of AS fitted_on,
       latest.recency_breaks,
       latest.frequency_breaks,
       latest.monetary_breaks,
       latest.abc_limits,
       latest.population_gap_days,
       latest.clv_model,
       crm_model_name(latest.clv_model) AS clv_model_name,
       CASE WHEN latest.clv_model::jsonb ? 'spend' THEN latest.clv_model END AS spend_model,
       setting.segment_map,
       crm_segment_map_names(setting.segment_map) AS segments,
       setting.new_days,
       setting.window_days,
       setting.declining_at,
       setting.departed_at,
       setting.shrinking_below,
       setting.growing_above,
       setting.prior_weight,
       CASE WHEN latest.population_gap_days IS NULL THEN 0 ELSE setting.prior_weight END AS gap_weight,
       setting.horizon_days,
       setting.annual_discount,
       latest.response_share,
       setting.is_only,
       -- Whole years: who bought first on the day of a cut, or after it, has fewer. There is no year before 4714 BC.
       CASE WHEN crm_as_of() >= '4700-01-01 BC'
            THEN ARRAY[(crm_as_of() - interval '6 years')::date + 1, (crm_as_of() - interval '3 years')::date + 1,
                       (crm_as_of() - interval '1 year')::date + 1]
            ELSE '{-infinity,-infinity,-infinity}' END AS tenure_cuts
FROM setting
LEFT JOIN fit AS latest
    ON latest.as_of <= crm_as_of() AND latest.customer_count > 0
   AND NOT EXISTS (SELECT FROM fit AS later
                   WHERE later.as_of > latest.as_of AND later.as_of <= crm_as_of() AND later.customer_count > 0)
WHERE setting.is_only
OFFSET '0';
COMMENT ON VIEW scoring_basis IS
'One row: the day, the settings and the latest fit that scores use.
Not for BI: it holds arrays and a model. Without a fit at or before as_of those are NULL.';

-- From one day to the one before it by index: there are few days, and as many
-- rows a day as there are customers.
CREATE OR REPLACE VIEW snapshot_day AS
WITH RECURSIVE day AS (
    SELECT max(snapshot.as_of) AS snapshot_on, 1 AS snapshot_rank
    FROM customer_snapshot AS snapshot
    WHERE snapshot.as_of <= crm_as_of()
    UNION ALL
    SELECT (SELECT max(snapshot.as_of) FROM customer_snapshot AS snapshot WHERE snapshot.as_of < day.snapshot_on),
           day.snapshot_rank + 1
    FROM day
    WHERE day.snapshot_on IS NOT NULL
)
SELECT day.snapshot_on,
       lead(day.snapshot_on) OVER (ORDER BY day.snapshot_rank) AS previous_snapshot_on,
       day.snapshot_rank,
       crm_as_of() AS as_of
FROM day
WHERE day.snapshot_on IS NOT NULL;
COMMENT ON VIEW snapshot_day IS
'One row per day up to as_of for which crm_snapshot was run, 1 the latest.';
