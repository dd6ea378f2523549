-- Run by CREATE EXTENSION, never by hand.
\echo Use "CREATE EXTENSION crm_ext" to load this file. \quit

CREATE FUNCTION crm_ext_version() RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_ext_version() IS
'The version of the loaded crm_ext library.
Differs from the version in pg_extension when one of "make install" and "ALTER EXTENSION crm_ext UPDATE" was left out.';

CREATE FUNCTION crm_workspace_script(OUT step integer, OUT name text, OUT script text)
RETURNS SETOF record LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 20
BEGIN ATOMIC
VALUES (1, 'source/customer', $script$CREATE TABLE IF NOT EXISTS customer (
    customer_id :customer_id PRIMARY KEY,
    customer_name text,
    email text,
    phone text,
    region text,
    industry text,
    registered_at timestamptz,
    potential double precision
);
$script$),
(2, 'source/purchase', $script$CREATE TABLE IF NOT EXISTS purchase (
    purchase_id text PRIMARY KEY DEFAULT gen_random_uuid()::text,
    customer_id :customer_id,
    purchased_at timestamptz NOT NULL,
    purchased_on date GENERATED ALWAYS AS ((purchased_at AT TIME ZONE :'time_zone')::date) STORED,
    amount numeric,
    events integer DEFAULT 1,
    currency text
);
CREATE INDEX IF NOT EXISTS purchase_customer_id_idx ON purchase (customer_id);
$script$),
(3, 'source/interaction', $script$CREATE TABLE IF NOT EXISTS interaction (
    interaction_id text PRIMARY KEY DEFAULT gen_random_uuid()::text,
    customer_id :customer_id,
    interacted_at timestamptz NOT NULL,
    interacted_on date GENERATED ALWAYS AS ((interacted_at AT TIME ZONE :'time_zone')::date) STORED,
    channel text,
    purpose text,
    is_responded boolean
);
CREATE INDEX IF NOT EXISTS interaction_customer_id_idx ON interaction (customer_id);
$script$),
(4, 'source/rating', $script$CREATE TABLE IF NOT EXISTS rating (
    customer_id :customer_id,
    touchpoint_id text,
    angle text,
    level text,
    score double precision,
    weight double precision DEFAULT 1,
    rated_at timestamptz,
    rated_on date GENERATED ALWAYS AS ((rated_at AT TIME ZONE :'time_zone')::date) STORED
);
CREATE INDEX IF NOT EXISTS rating_customer_id_idx ON rating (customer_id);
$script$),
(5, 'source/module', $script$CREATE TABLE IF NOT EXISTS module (
    module_id text PRIMARY KEY,
    module_name text,
    weight double precision NOT NULL DEFAULT 1 CHECK (weight >= 0)
);
$script$),
(6, 'source/touchpoint', $script$CREATE TABLE IF NOT EXISTS touchpoint (
    touchpoint_id text PRIMARY KEY,
    touchpoint_name text,
    module_id text,
    weight double precision NOT NULL DEFAULT 1 CHECK (weight >= 0)
);
$script$),
(7, 'table', $script$-- What a workspace keeps: settings, ledgers, fits, snapshots.
--
-- Run with the workspace first in search_path, and again by an upgrade: so
-- every statement leaves alone what is there. :customer_id is the type of
-- customers' keys.

CREATE TABLE IF NOT EXISTS setting (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    workspace text NOT NULL DEFAULT current_schema(),
    sources jsonb NOT NULL DEFAULT '{}',
    time_zone text NOT NULL DEFAULT 'UTC',
    maintain text NOT NULL DEFAULT 'triggers' CHECK (maintain IN ('triggers', 'queue', 'refresh')),
    min_cell integer NOT NULL DEFAULT 1 CHECK (min_cell >= 1),
    segment_map text NOT NULL DEFAULT crm_segment_map(),
    abc_cuts double precision[] DEFAULT '{0.8,0.95}',
    potential_cut double precision NOT NULL DEFAULT 0.5,
    new_days integer NOT NULL DEFAULT 30,
    window_days integer NOT NULL DEFAULT 90,
    declining_at double precision NOT NULL DEFAULT 1.5,
    departed_at double precision NOT NULL DEFAULT 3,
    shrinking_below double precision NOT NULL DEFAULT 0.7,
    growing_above double precision NOT NULL DEFAULT 1.2,
    prior_weight double precision NOT NULL DEFAULT 3,
    clv_model text NOT NULL DEFAULT 'mbg/nbd' CHECK (clv_model IN ('bg/nbd', 'mbg/nbd', 'pareto/nbd')),
    horizon_days integer NOT NULL DEFAULT 365 CHECK (horizon_days > 0),
    annual_discount double precision NOT NULL DEFAULT 0.1,
    scale_low double precision NOT NULL DEFAULT 1 CHECK (scale_low > '-Infinity'),
    scale_high double precision NOT NULL DEFAULT 10 CHECK (scale_high > scale_low AND scale_high < 'Infinity'),
    tolerance double precision NOT NULL DEFAULT 0.5 CHECK (tolerance >= 0 AND tolerance < 'Infinity'),
    half_life_days double precision NOT NULL DEFAULT 90 CHECK (half_life_days > 0),
    gold_snapshots integer NOT NULL DEFAULT 2 CHECK (gold_snapshots > 0),
    gold_window integer NOT NULL DEFAULT 3 CHECK (gold_window > 0)
);
COMMENT ON TABLE setting IS
'The one row of settings: what the views go by. Its owner may UPDATE it.
Sources, time_zone and maintain are changed with crm_change_sources, which keeps views and triggers in step.';

CREATE TABLE IF NOT EXISTS goal (
    goal_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    family text NOT NULL CHECK (family IN ('value', 'behaviour', 'experience', 'satisfaction')),
    metric text NOT NULL CHECK (metric IN ('revenue', 'orders', 'active_customers', 'new_customers',
                                           'retention_share', 'mean_gap', 'satisfied_share', 'nps')),
    segment text,
    period_start date NOT NULL,
    period_end date NOT NULL CHECK (period_end >= period_start),
    target double precision NOT NULL
);

CREATE TABLE IF NOT EXISTS customer_activity (
    customer_id :customer_id PRIMARY KEY,
    purchases crm_activity NOT NULL
) WITH (fillfactor = 80);
COMMENT ON TABLE customer_activity IS
'One row a customer who bought: the ledger of the purchases, kept exact by triggers or by crm_refresh.';
COMMENT ON COLUMN customer_activity.purchases IS
'Purchases and net amount, day by day: read it with crm_event_count, crm_amount and the like.';

CREATE TABLE IF NOT EXISTS channel_activity (
    customer_id :customer_id,
    channel text,
    interactions crm_activity NOT NULL,
    PRIMARY KEY (customer_id, channel)
) WITH (fillfactor = 80);
COMMENT ON TABLE channel_activity IS
'One row a customer and channel: the ledger of the interactions, kept exact like customer_activity.';
COMMENT ON COLUMN channel_activity.interactions IS
'Interactions day by day; the amount counts those that got a response.';

CREATE TABLE IF NOT EXISTS change_queue (
    customer_id :customer_id,
    is_taken boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE change_queue IS
'One row a customer whose rows changed since the last crm_refresh; empty unless setting.maintain is ''queue''.
A NULL customer_id stands for all of them: a source was truncated.';

CREATE TABLE IF NOT EXISTS fit (
    as_of date PRIMARY KEY,
    recency_breaks double precision[],
    frequency_breaks double precision[],
    monetary_breaks double precision[],
    abc_limits double precision[],
    population_gap_days double precision,
    clv_model crm_clv_model,
    customer_count bigint NOT NULL,
    fitted_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE fit IS
'One row a day for which crm_refit was run: what depends on all customers. Views use the latest at or before as_of.';

CREATE TABLE IF NOT EXISTS customer_snapshot (
    as_of date,
    customer_id :customer_id,
    r_score integer,
    f_score integer,
    m_score integer,
    segment text,
    class text,
    stage text,
    outcome text,
    p_alive double precision,
    clv numeric(18,2),
    PRIMARY KEY (as_of, customer_id)
);
COMMENT ON TABLE customer_snapshot IS
'One row a customer and day for which crm_snapshot was run: what the customer was on that day.';

CREATE TABLE IF NOT EXISTS customer_move (
    moved_on date,
    customer_id :customer_id,
    kind text CHECK (kind IN ('segment', 'class', 'stage', 'outcome')),
    old_value text,
    new_value text,
    PRIMARY KEY (moved_on, customer_id, kind)
);
COMMENT ON TABLE customer_move IS
'One row a customer, day and kind of change from one snapshot to the next; NULL where there was or is no value.';

CREATE TABLE IF NOT EXISTS refresh_log (
    refresh_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    refreshed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    action text NOT NULL,
    as_of date,
    row_count bigint NOT NULL,
    duration_ms double precision NOT NULL
);
COMMENT ON TABLE refresh_log IS
'One row a run of crm_refresh, crm_refit or crm_snapshot: when, for which day, how many rows, how long.';

CREATE INDEX IF NOT EXISTS customer_snapshot_customer_id_idx ON customer_snapshot (customer_id);
CREATE INDEX IF NOT EXISTS customer_move_customer_id_idx ON customer_move (customer_id);
$script$),
(8, 'experience', $script$-- Experience: what was expected of each touchpoint, what was had, and what
-- follows from it. Levels of a rating are expected, actual, industry,
-- enterprise, satisfied and ideal, scores of one scale, and recommend, 0..10.
-- Where many rows are read, (SELECT crm_as_of()) asks for the day once.

CREATE OR REPLACE VIEW rating_pair AS
SELECT
    customer_id, touchpoint_id, angle, rated_on,
    expected, actual, industry, enterprise, satisfied, ideal, weight,
    actual - expected AS gap,
    crm_experience_outcome(expected, actual, tolerance) AS outcome,
    crm_as_of() AS as_of
FROM (
    SELECT
        customer_id, touchpoint_id, angle, rated_on, tolerance,
        avg(score) FILTER (WHERE level = 'expected') AS expected,
        avg(score) FILTER (WHERE level = 'actual') AS actual,
        avg(score) FILTER (WHERE level = 'industry') AS industry,
        avg(score) FILTER (WHERE level = 'enterprise') AS enterprise,
        avg(score) FILTER (WHERE level = 'satisfied') AS satisfied,
        avg(score) FILTER (WHERE level = 'ideal') AS ideal,
        avg(coalesce(rating.weight, 1)) AS weight
    FROM rating CROSS JOIN setting
    WHERE (rated_on <= (SELECT crm_as_of()) OR rated_on IS NULL)
      AND level IN ('expected', 'actual', 'industry', 'enterprise', 'satisfied', 'ideal')
      AND score BETWEEN scale_low AND scale_high
      AND (rating.weight IS NULL OR (rating.weight >= 0 AND rating.weight < 'Infinity'))
    GROUP BY customer_id, touchpoint_id, angle, rated_on, tolerance
) AS pair;
COMMENT ON VIEW rating_pair IS
'One row a customer, touchpoint, angle and day: the levels side by side.
A level given twice counts with its mean; one not given is NULL.
Only levels given on one day make a pair: date what was expected like what was had.
Left out, and counted in data_quality: scores off the scale (setting.scale_low..scale_high), negative weights, other
levels.';

CREATE OR REPLACE VIEW customer_recommendation AS
SELECT DISTINCT ON (customer_id)
    customer_id, score::integer AS recommend_score,
    CASE WHEN score >= 9 THEN 'promoter' WHEN score >= 7 THEN 'passive' ELSE 'detractor' END AS nps_group,
    rated_on, crm_as_of() AS as_of
FROM rating
WHERE customer_id IS NOT NULL AND level = 'recommend' AND score IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
  AND (rated_on <= (SELECT crm_as_of()) OR rated_on IS NULL)
ORDER BY customer_id, rated_on DESC NULLS LAST, rated_at DESC NULLS LAST, score;
COMMENT ON VIEW customer_recommendation IS
'One row a customer who was asked: would you recommend us?
Of several answers the latest counts, of several at one instant the lowest.';

CREATE OR REPLACE VIEW customer_gap AS
SELECT
    customer_id, pair_count, last_rated_on,
    crm_gap_mean(e) AS experience_gap,
    crm_experience_outcome(crm_expected_mean(e), crm_actual_mean(e), (SELECT tolerance FROM setting)) AS outcome,
    crm_as_of() AS as_of
FROM (
    SELECT
        customer_id, count(*) AS pair_count, max(rated_on) AS last_rated_on,
        crm_experience_agg(expected, actual, weight) AS e
    FROM rating_pair
    WHERE customer_id IS NOT NULL AND expected IS NOT NULL AND actual IS NOT NULL
    GROUP BY customer_id
) AS pair;
COMMENT ON VIEW customer_gap IS
'One row a customer with a pair of expected and actual: gap and outcome.
The gap is the weighted mean over the customer''s pairs (rating_pair); outcome is told with setting.tolerance.';

CREATE OR REPLACE VIEW customer_experience AS
SELECT
    customer_id, coalesce(pair_count, 0) AS pair_count, last_rated_on, experience_gap, outcome, recommend_score,
    nps_group, crm_as_of() AS as_of
FROM customer_gap
FULL JOIN customer_recommendation USING (customer_id);
COMMENT ON VIEW customer_experience IS
'One row a customer who rated: the gap, its outcome, would recommend?
What customer_gap and customer_recommendation have; NULL where a customer is in only one of them.';

CREATE OR REPLACE VIEW touchpoint_weight AS
SELECT
    touchpoint_id, touchpoint_name, module_id, module_name,
    (share_in_all / nullif(sum(share_in_all) OVER (), 0))::double precision AS weight_share,
    crm_as_of() AS as_of
FROM (
    SELECT
        *, coalesce(module_weight * touchpoint_weight
                    / nullif(sum(touchpoint_weight) OVER (PARTITION BY module_id), 0), 0) AS share_in_all
    FROM (
        -- Decimals, whose sums do not depend on the order of rows.
        SELECT
            touchpoint_id, coalesce(touchpoint_name, touchpoint_id) AS touchpoint_name,
            module_id, coalesce(module_name, module_id) AS module_name,
            greatest(nullif(nullif(coalesce(t.weight, 1), 'Infinity'), 'NaN'), 0)::numeric AS touchpoint_weight,
            greatest(nullif(nullif(coalesce(m.weight, 1), 'Infinity'), 'NaN'), 0)::numeric AS module_weight
        FROM touchpoint AS t
        FULL JOIN (
            SELECT DISTINCT touchpoint_id
            FROM rating
            WHERE level <> 'recommend' AND (rated_on <= (SELECT crm_as_of()) OR rated_on IS NULL)
        ) AS rated USING (touchpoint_id)
        LEFT JOIN module AS m USING (module_id)
        WHERE touchpoint_id IS NOT NULL
    ) AS node
) AS placed;
COMMENT ON VIEW touchpoint_weight IS
'One row a touchpoint, listed or rated: its place and its weight.
module.weight divides the whole among modules, touchpoint.weight a module among its touchpoints; only their ratios
matter.
Touchpoints without a module make up one more, of weight 1.';

CREATE OR REPLACE VIEW touchpoint_gap AS
SELECT
    touchpoint_id, touchpoint_name, module_id, module_name, weight_share,
    customer_count,
    crm_gap_count(e) AS pair_count,
    crm_expected_mean(e) AS expected_mean,
    crm_actual_mean(e) AS actual_mean, actual.low AS actual_low, actual.high AS actual_high,
    crm_gap_mean(e) AS gap, gap.low AS gap_low, gap.high AS gap_high,
    crm_group_outcome(e, (SELECT tolerance FROM setting)) AS outcome,
    negative_weight / nullif(pair_weight, 0) AS negative_share,
    satisfied_weight / nullif(pair_weight, 0) AS satisfied_share,
    positive_weight / nullif(pair_weight, 0) AS positive_share,
    crm_expected_mean(market) AS industry_mean,
    crm_actual_mean(market) AS enterprise_mean,
    crm_expected_mean(wish) AS satisfied_mean,
    crm_actual_mean(wish) AS ideal_mean,
    crm_actual_mean(e) - crm_expected_mean(market) AS industry_gap,
    crm_actual_mean(e) - crm_actual_mean(market) AS enterprise_gap,
    crm_actual_mean(e) - crm_expected_mean(wish) AS satisfied_gap,
    crm_actual_mean(e) - crm_actual_mean(wish) AS ideal_gap,
    crm_as_of() AS as_of
FROM touchpoint_weight
LEFT JOIN (
    SELECT
        touchpoint_id,
        count(DISTINCT customer_id) FILTER (WHERE expected IS NOT NULL OR actual IS NOT NULL) AS customer_count,
        -- A summary holds the means of two levels, whatever they are.
        crm_experience_agg(expected, actual, weight) AS e,
        crm_experience_agg(industry, enterprise, weight) AS market,
        crm_experience_agg(satisfied, ideal, weight) AS wish,
        sum(weight) FILTER (WHERE outcome IS NOT NULL) AS pair_weight,
        sum(weight * (outcome = 'negative')::integer) AS negative_weight,
        sum(weight * (outcome = 'satisfied')::integer) AS satisfied_weight,
        sum(weight * (outcome = 'positive')::integer) AS positive_weight
    FROM rating_pair
    GROUP BY touchpoint_id
    HAVING greatest(1, count(DISTINCT customer_id) FILTER (WHERE expected IS NOT NULL OR actual IS NOT NULL))
           >= (SELECT min_cell FROM setting)
) AS summary USING (touchpoint_id)
LEFT JOIN LATERAL crm_actual_interval(e) AS actual ON true
LEFT JOIN LATERAL crm_gap_interval(e) AS gap ON true;
COMMENT ON VIEW touchpoint_gap IS
'One row a touchpoint, listed or rated: gaps of what was had.
The gap is actual - expected over the pairs (rating_pair), with its 95 % interval; outcome tells the whole interval
against setting.tolerance, so it is satisfied unless a gap beyond that is proven.
The shares count single pairs.
The gaps to industry, enterprise, satisfied and ideal are differences of means, so that a benchmark rated once serves.
Figures are NULL where nobody rated the touchpoint, or fewer customers than setting.min_cell.';

CREATE OR REPLACE VIEW experience_index AS
WITH cell AS (
    -- least and greatest: the mean of equal scores may leave the scale by a rounding.
    SELECT
        touchpoint_id, coalesce(angle, '') AS angle,
        crm_index_value(crm_index_agg(least(greatest(actual, scale_low), scale_high), rating_pair.weight,
                                      scale_low, scale_high)) AS score
    FROM rating_pair CROSS JOIN setting
    WHERE actual IS NOT NULL
    GROUP BY 1, 2, min_cell
    HAVING greatest(1, count(DISTINCT customer_id)) >= min_cell
), grid AS (
    SELECT
        touchpoint_id, touchpoint_name, module_id, module_name, angle, score, weight_share,
        count(*) OVER (PARTITION BY touchpoint_id) AS angle_count
    FROM touchpoint_weight
    LEFT JOIN (SELECT DISTINCT angle FROM cell) AS angle ON true
    LEFT JOIN cell USING (touchpoint_id, angle)
), node AS (
    SELECT
        CASE grouping(touchpoint_id, module_id, angle) WHEN 3 THEN 'touchpoint' WHEN 5 THEN 'module'
             WHEN 6 THEN 'angle' ELSE 'company' END AS level_name,
        coalesce(touchpoint_id, module_id, angle) AS node_id,
        coalesce(touchpoint_name, module_name, angle) AS node_name,
        crm_index_agg(score, weight_share, 0, 100) AS i,
        max(angle_count) AS angle_count
    FROM grid
    GROUP BY GROUPING SETS ((touchpoint_id, touchpoint_name), (module_id, module_name), (angle), ())
)
SELECT
    level_name, array_position('{company,module,angle,touchpoint}', level_name) AS level_order,
    node_id, node_name,
    crm_index_value(i) AS index_value,
    crm_index_coverage(i) AS coverage_share,
    crm_index_count(i) AS rated_cell_count,
    crm_index_count(i) + crm_index_absent_count(i) AS cell_count,
    (crm_index_weight(i) + crm_index_absent_weight(i)) / angle_count AS weight_share,
    crm_as_of() AS as_of
FROM node
WHERE node_id <> '' OR level_name = 'company';
COMMENT ON VIEW experience_index IS
'One row a node: a touchpoint, module or angle, or the company.
The index, 0..100, is the weighted mean over the cells present, a cell being a touchpoint seen from an angle: its
score is the weighted mean of the actual scores on setting.scale_low..scale_high, its weight that of
touchpoint_weight, the same for each angle.
A cell without a score, or with fewer customers than setting.min_cell, lowers the coverage and nothing else.';

CREATE OR REPLACE VIEW gap_priority AS
SELECT
    touchpoint_id, touchpoint_name, module_id, module_name, weight_share,
    actual_mean, satisfied_mean, ideal_mean,
    satisfied_shortfall, ideal_shortfall,
    weight_share * satisfied_shortfall AS satisfied_priority,
    weight_share * ideal_shortfall AS ideal_priority,
    rank() OVER (ORDER BY weight_share * satisfied_shortfall DESC NULLS LAST,
                          weight_share * ideal_shortfall DESC NULLS LAST) AS priority_rank,
    crm_ipa_quadrant(stated, performance, avg(stated) OVER (), avg(performance) OVER ()) AS stated_quadrant,
    recommend_correlation,
    crm_ipa_quadrant(derived, performance, avg(derived) OVER (), avg(performance) OVER ()) AS derived_quadrant,
    crm_as_of() AS as_of
FROM (
    SELECT
        *,
        CASE WHEN satisfied_gap IS NOT NULL THEN greatest(satisfied_mean - actual_mean, 0) END AS satisfied_shortfall,
        CASE WHEN ideal_gap IS NOT NULL THEN greatest(ideal_mean - actual_mean, 0) END AS ideal_shortfall,
        -- Decimals, because the mean of equal numbers must be that number to be on the cross.
        round(weight_share::numeric, 9) AS stated,
        round(recommend_correlation::numeric, 9) AS derived,
        round(actual_mean::numeric, 9) AS performance
    FROM touchpoint_gap
    LEFT JOIN (
        SELECT touchpoint_id, corr(actual, recommend_score ORDER BY actual, recommend_score) AS recommend_correlation
        FROM rating_pair JOIN customer_recommendation USING (customer_id)
        GROUP BY touchpoint_id
    ) AS recommendation USING (touchpoint_id)
    WHERE actual_mean IS NOT NULL
) AS shortfall;
COMMENT ON VIEW gap_priority IS
'One row a rated touchpoint: where to close the gap first.
Priority is weight times what is missing to satisfied, and to ideal (0 where nothing is); ties in the first are broken
by the second.
NULL where the level was not rated.
Quadrants are of importance-performance analysis (Martilla and James 1977) with the cross at the means.
Importance is stated, weight_share, or derived: the correlation of the touchpoint''s actual scores with the same
customers'' recommendation.
Equal weights say nothing: read derived_quadrant then.
Touchpoints with fewer customers than setting.min_cell are hidden.';

CREATE OR REPLACE VIEW recommend_by_outcome AS
SELECT
    outcome, array_position('{negative,satisfied,positive}', outcome) AS outcome_order,
    customer_count,
    crm_nps_count(tally) AS answer_count,
    CASE WHEN is_shown THEN crm_nps_promoters(tally) END AS promoter_count,
    CASE WHEN is_shown THEN crm_nps_passives(tally) END AS passive_count,
    CASE WHEN is_shown THEN crm_nps_detractors(tally) END AS detractor_count,
    crm_nps(tally) AS nps,
    CASE WHEN is_shown THEN low END AS nps_low,
    CASE WHEN is_shown THEN high END AS nps_high,
    CASE WHEN bought_after_count NOT BETWEEN 1 AND min_cell - 1
          AND dated_count - bought_after_count NOT BETWEEN 1 AND min_cell - 1
         THEN (bought_after_count::numeric / nullif(dated_count, 0))::double precision END AS bought_after_share,
    crm_as_of() AS as_of
FROM (
    SELECT
        outcome, min_cell, count(*) AS customer_count,
        CASE WHEN count(recommend_score) >= min_cell THEN crm_nps_agg(recommend_score) END AS tally,
        count(last_rated_on) AS dated_count,
        count(*) FILTER (WHERE crm_last_day(purchases, as_of) > last_rated_on) AS bought_after_count
    FROM customer_experience
    LEFT JOIN customer_activity USING (customer_id)
    CROSS JOIN (SELECT min_cell FROM setting) AS setting
    WHERE outcome IS NOT NULL
    GROUP BY outcome, min_cell
    HAVING count(*) >= min_cell
) AS by_outcome
LEFT JOIN LATERAL crm_nps_interval(tally) ON true
-- These three make up answer_count, and the interval would tell them apart.
CROSS JOIN LATERAL (
    SELECT crm_nps_promoters(tally) NOT BETWEEN 1 AND min_cell - 1
           AND crm_nps_passives(tally) NOT BETWEEN 1 AND min_cell - 1
           AND crm_nps_detractors(tally) NOT BETWEEN 1 AND min_cell - 1 AS is_shown
) AS part;
COMMENT ON VIEW recommend_by_outcome IS
'One row an outcome: do positive gaps recommend, and come back?
Customers by the outcome of all their pairs (customer_experience), their answers to "would you recommend us?", and how
many bought again after the last rating.
If the claim holds, nps rises from negative to positive and its 95 % intervals part.
An association, not an effect.
Outcomes of fewer customers than setting.min_cell are hidden, and so is the nps of fewer answers.
Promoters, passives and detractors are NULL, with the interval, where one of them is 1 or more, but fewer;
bought_after_share is where those who bought, or those who did not, are.
Not protected: what the nps of a few answers tells of them, and how many did not answer.';
$script$),
(9, 'customer', $script$-- One row a customer: what the ledger says, scores, class, stage, value.

-- Order of first mention in the map. A rule is a line, or ends at a semicolon;
-- a comment takes its whole line (src/core/rfm.c).
CREATE OR REPLACE VIEW segment AS
SELECT named.segment,
       row_number() OVER (ORDER BY min(named.rule_order))::integer AS segment_order,
       crm_as_of() AS as_of
FROM (
    SELECT btrim(regexp_replace(rule.line, '^\s*(else|[1-5*-]+\s+[1-5*-]+\s+[1-5*-]+)\s+', ''), E' \t\r') AS segment,
           rule.rule_order
    FROM setting,
         regexp_split_to_table(regexp_replace(setting.segment_map, '(^|[\n;])[ \t\r]*#[^\n]*', '\1', 'g'), '[\n;]')
             WITH ORDINALITY AS rule (line, rule_order)
) AS named
WHERE named.segment <> ''
GROUP BY named.segment;
COMMENT ON VIEW segment IS
'One row a segment of setting.segment_map, in order of first mention.
Also the segments that nobody is in.';

-- LIMIT keeps this row in one piece: it is computed once a query, not once a
-- customer, and the planner knows that it is one.
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
       ARRAY(SELECT segment.segment FROM segment ORDER BY segment.segment_order) AS segments,
       setting.new_days,
       setting.window_days,
       setting.declining_at,
       setting.departed_at,
       setting.shrinking_below,
       setting.growing_above,
       setting.prior_weight,
       CASE WHEN latest.population_gap_days IS NULL THEN 0 ELSE setting.prior_weight END AS gap_weight,
       setting.horizon_days,
       setting.annual_discount
FROM setting
LEFT JOIN LATERAL (
    SELECT * FROM fit WHERE fit.as_of <= crm_as_of() ORDER BY fit.as_of DESC LIMIT 1
) AS latest ON true
LIMIT 1;
COMMENT ON VIEW scoring_basis IS
'One row: the day, the settings and the latest fit that scores go by.
Not for BI: it holds arrays and a model. Without a fit at or before as_of those are NULL.';

-- OFFSET 0 keeps the planner from writing the ledger's readers anew wherever
-- their result is used: each is run once, and not at all where nobody asks.
CREATE OR REPLACE VIEW customer_basis AS
SELECT bought.customer_id,
       fact.first_purchase_on,
       fact.last_purchase_on,
       fact.purchase_count,
       fact.active_days,
       fact.amount::numeric(18,2) AS amount,
       basis.as_of - fact.last_purchase_on AS recency_days,
       basis.as_of - fact.first_purchase_on AS tenure_days,
       fact.mean_gap_days,
       CASE WHEN basis.as_of - fact.first_purchase_on < 365 THEN 'under 1 year'
            WHEN basis.as_of - fact.first_purchase_on < 1096 THEN '1-2 years'
            WHEN basis.as_of - fact.first_purchase_on < 2191 THEN '3-5 years'
            ELSE 'over 5 years' END AS tenure_band,
       CASE WHEN basis.as_of - fact.first_purchase_on < 365 THEN 1
            WHEN basis.as_of - fact.first_purchase_on < 1096 THEN 2
            WHEN basis.as_of - fact.first_purchase_on < 2191 THEN 3
            ELSE 4 END AS tenure_band_order,
       score.r_score,
       score.f_score,
       score.m_score,
       score.segment,
       array_position(basis.segments, score.segment) AS segment_order,
       score.class,
       strpos('ABCDEFGHIJKLMZN', score.class) AS class_order,
       score.stage,
       array_position('{new,growing,mature,declining,departed}', score.stage) AS stage_order,
       crm_lifecycle_reason(bought.purchases, basis.scored_on, basis.population_gap_days, basis.new_days,
                            basis.window_days, basis.declining_at, basis.departed_at, basis.shrinking_below,
                            basis.growing_above, basis.prior_weight) AS stage_reason,
       score.expected_gap_days,
       (basis.as_of - fact.last_purchase_on) / nullif(score.expected_gap_days, 0) AS overdue_ratio,
       fact.purchase_count - crm_event_count(bought.purchases, basis.as_of - basis.window_days) AS window_count,
       crm_event_count(bought.purchases, basis.as_of - basis.window_days)
           - crm_event_count(bought.purchases, basis.as_of - 2 * basis.window_days) AS previous_window_count,
       fact.active_days - 1 AS frequency,
       fact.last_purchase_on - fact.first_purchase_on AS last_purchase_age_days,
       crm_monetary(bought.purchases, basis.as_of)::numeric(18,2) AS mean_repeat_amount,
       crm_p_alive(basis.clv_model, bought.purchases, basis.as_of) AS p_alive,
       crm_expected_purchases(basis.clv_model, bought.purchases, basis.as_of, basis.horizon_days)
           AS expected_purchases,
       crm_expected_value(basis.spend_model, bought.purchases, basis.as_of)::numeric(18,2) AS expected_value,
       crm_clv(basis.spend_model, bought.purchases, basis.as_of, basis.horizon_days,
               basis.annual_discount)::numeric(18,2) AS clv,
       basis.clv_model_name,
       basis.horizon_days,
       basis.fitted_on,
       basis.as_of
FROM customer_activity AS bought
CROSS JOIN scoring_basis AS basis
CROSS JOIN LATERAL (
    SELECT crm_first_day(bought.purchases, basis.as_of) AS first_purchase_on,
           crm_last_day(bought.purchases, basis.as_of) AS last_purchase_on,
           crm_event_count(bought.purchases, basis.as_of) AS purchase_count,
           crm_active_days(bought.purchases, basis.as_of) AS active_days,
           crm_mean_gap_days(bought.purchases, basis.as_of) AS mean_gap_days,
           crm_amount(bought.purchases, basis.as_of) AS amount,
           crm_amount(bought.purchases, basis.as_of)::double precision AS amount_value
    OFFSET 0
) AS fact
CROSS JOIN LATERAL (
    SELECT scored.*, crm_rfm_segment(scored.r_score, scored.f_score, scored.m_score, basis.segment_map) AS segment
    FROM (
        SELECT crm_score(basis.as_of - fact.last_purchase_on, basis.recency_breaks, true) AS r_score,
               crm_score(fact.purchase_count, basis.frequency_breaks) AS f_score,
               crm_score(fact.amount_value, basis.monetary_breaks) AS m_score,
               CASE WHEN basis.fitted_on IS NOT NULL
                    THEN crm_abc_class(fact.amount_value, basis.abc_limits) END AS class,
               crm_lifecycle_stage(bought.purchases, basis.scored_on, basis.population_gap_days, basis.new_days,
                                   basis.window_days, basis.declining_at, basis.departed_at, basis.shrinking_below,
                                   basis.growing_above, basis.prior_weight) AS stage,
               (basis.gap_weight * coalesce(basis.population_gap_days, 0)
                + (fact.active_days - 1) * coalesce(fact.mean_gap_days, 0))
               / nullif(basis.gap_weight + fact.active_days - 1, 0) AS expected_gap_days
    ) AS scored
    OFFSET 0
) AS score
WHERE fact.first_purchase_on IS NOT NULL;
COMMENT ON VIEW customer_basis IS
'One row a customer who has bought by as_of: all that ledger and fit say.
What the views of customers are made of. Scores are NULL where there is no fit at or before as_of.';

-- Customers of the source, then those whom only the ledgers know. Each part
-- has customer_id as a plain column, so that a condition on it goes down into
-- every scan.
CREATE OR REPLACE VIEW customer_360 AS
SELECT person.customer_id,
       person.customer_name,
       person.email,
       person.phone,
       person.region,
       person.industry,
       person.registered_at,
       person.potential,
       basis.customer_id IS NULL AS is_prospect,
       basis.first_purchase_on,
       basis.last_purchase_on,
       coalesce(basis.purchase_count, 0) AS purchase_count,
       coalesce(basis.active_days, 0) AS active_days,
       coalesce(basis.amount, 0)::numeric(18,2) AS amount,
       basis.recency_days,
       basis.tenure_days,
       basis.mean_gap_days,
       basis.r_score,
       basis.f_score,
       basis.m_score,
       basis.segment,
       basis.segment_order,
       basis.class,
       basis.class_order,
       basis.stage,
       basis.stage_order,
       basis.stage_reason,
       basis.p_alive,
       basis.expected_purchases,
       basis.clv,
       experienced.experience_gap,
       experienced.outcome,
       recommended.nps_group,
       reached.preferred_channel,
       basis.tenure_band,
       basis.tenure_band_order,
       basis.fitted_on,
       crm_as_of() AS as_of
FROM (
    SELECT customer_id, customer_name, email, phone, region, industry, registered_at, potential
    FROM customer
    WHERE customer_id IS NOT NULL
    UNION ALL
    SELECT bought.customer_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM customer_activity AS bought
    WHERE NOT EXISTS (SELECT FROM customer WHERE customer.customer_id = bought.customer_id)
) AS person
LEFT JOIN customer_basis AS basis USING (customer_id)
LEFT JOIN customer_gap AS experienced USING (customer_id)
LEFT JOIN customer_recommendation AS recommended USING (customer_id)
LEFT JOIN (
    SELECT DISTINCT ON (spoken.customer_id) spoken.customer_id, spoken.channel AS preferred_channel
    FROM channel_activity AS spoken
    CROSS JOIN (SELECT crm_as_of() AS as_of, setting.half_life_days FROM setting LIMIT 1) AS decay
    WHERE crm_active_days(spoken.interactions, decay.as_of) > 0
    ORDER BY spoken.customer_id,
             (crm_decayed_amount(spoken.interactions, decay.as_of, decay.half_life_days) + 1)
             / (crm_decayed_events(spoken.interactions, decay.as_of, decay.half_life_days) + 2) DESC,
             spoken.channel
) AS reached USING (customer_id);
COMMENT ON VIEW customer_360 IS
'One row a customer, of the customer source or with a purchase: everything.
Who has not bought by as_of is a prospect, without scores; without a fit at or before as_of nobody has any. A
condition on customer_id reads that customer alone.';

CREATE OR REPLACE VIEW customer_rfm AS
SELECT customer_id, last_purchase_on, recency_days, purchase_count, amount, r_score, f_score, m_score,
       segment, segment_order, fitted_on, as_of
FROM customer_basis;
COMMENT ON VIEW customer_rfm IS
'One row a customer who has bought by as_of: recency, frequency, amount.
With their scores, 5 best, against the breaks of the latest fit, and the segment that setting.segment_map gives.';

-- Equal amounts share a rank and a cumulative share: the frame is RANGE.
CREATE OR REPLACE VIEW customer_abc AS
SELECT customer_id,
       amount,
       rank() OVER by_amount AS amount_rank,
       (greatest(amount, 0) / nullif(sum(greatest(amount, 0)) OVER (), 0))::double precision AS amount_share,
       (sum(greatest(amount, 0)) OVER by_amount / nullif(sum(greatest(amount, 0)) OVER (), 0))::double precision
           AS cumulative_share,
       class,
       class_order,
       fitted_on,
       as_of
FROM customer_basis
WINDOW by_amount AS (ORDER BY amount DESC);
COMMENT ON VIEW customer_abc IS
'One row a customer who has bought by as_of: rank, share, ABC class.
Shares are of the sum of positive amounts. The class is by the limits of the latest fit, so it stays where it is
between two fits while the shares move.';

CREATE OR REPLACE VIEW customer_lifecycle AS
SELECT customer_id, stage, stage_order, stage_reason, first_purchase_on, last_purchase_on, active_days, recency_days,
       tenure_days, mean_gap_days, expected_gap_days, overdue_ratio, window_count, previous_window_count,
       window_count / nullif(previous_window_count, 0)::double precision AS trend_ratio,
       fitted_on, as_of
FROM customer_basis;
COMMENT ON VIEW customer_lifecycle IS
'One row a customer who has bought by as_of: the stage, and why.
With the facts that crm_lifecycle_stage goes by. The windows are setting.window_days long, the last one ends at
as_of.';

CREATE OR REPLACE VIEW customer_clv AS
SELECT customer_id, clv_model_name, frequency, last_purchase_age_days, tenure_days, mean_repeat_amount, p_alive,
       expected_purchases, expected_value, clv, horizon_days, fitted_on, as_of
FROM customer_basis;
COMMENT ON VIEW customer_clv IS
'One row a customer who has bought by as_of: value in the days to come.
frequency, last_purchase_age_days and tenure_days are the x, t_x and T of the literature. For an interval of clv ask
crm_clv_interval, which costs more than all of this.';

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
'One row a day up to as_of for which crm_snapshot was run, 1 the latest.';

CREATE OR REPLACE VIEW gold_customer AS
SELECT gold.customer_id,
       customer.customer_name,
       gold.gold_count,
       gold.snapshot_count,
       gold.last_gold_on,
       basis.segment,
       basis.segment_order,
       basis.class,
       basis.class_order,
       basis.amount,
       crm_as_of() AS as_of
FROM (
    SELECT snapshot.customer_id,
           count(*) AS gold_count,
           (SELECT count(*) FROM snapshot_day, setting WHERE snapshot_day.snapshot_rank <= setting.gold_window)
               AS snapshot_count,
           max(snapshot.as_of) AS last_gold_on
    FROM customer_snapshot AS snapshot
    WHERE snapshot.as_of = ANY (ARRAY(SELECT snapshot_day.snapshot_on FROM snapshot_day, setting
                                      WHERE snapshot_day.snapshot_rank <= setting.gold_window))
      AND snapshot.class = 'A'
      AND lower(snapshot.segment) IN ('champions', 'loyal', 'loyal customers')
    GROUP BY snapshot.customer_id
    HAVING count(*) >= (SELECT setting.gold_snapshots FROM setting)
) AS gold
LEFT JOIN customer USING (customer_id)
LEFT JOIN customer_basis AS basis USING (customer_id);
COMMENT ON VIEW gold_customer IS
'One row a gold customer: of class A and loyal, snapshot after snapshot.
In at least setting.gold_snapshots of the last setting.gold_window snapshots. Loyal are the segments champions and
loyal (Champions and Loyal Customers of the map rfm_r). Segment, class and amount are those of as_of.';

CREATE OR REPLACE VIEW customer_grade AS
SELECT customer.customer_id,
       customer.customer_name,
       customer.is_prospect,
       crm_abc_grade(customer.class, customer.potential, setting.potential_cut) AS grade,
       strpos('ABC', crm_abc_grade(customer.class, customer.potential, setting.potential_cut)) AS grade_order,
       customer.class,
       customer.class_order,
       customer.amount,
       customer.potential,
       customer.region,
       customer.industry,
       customer.tenure_band,
       customer.tenure_band_order,
       customer.stage,
       customer.stage_order,
       customer.segment,
       customer.segment_order,
       customer.as_of
FROM customer_360 AS customer
CROSS JOIN (SELECT potential_cut FROM setting LIMIT 1) AS setting;
COMMENT ON VIEW customer_grade IS
'One row a customer, prospects too: every way to grade and classify it.
grade: A by contribution (class A), B by potential (potential at least setting.potential_cut), C the rest.';

-- Each ledger is taken apart and summed up by itself, so that no plan has to
-- hold all months of all customers.
CREATE OR REPLACE VIEW customer_month AS
SELECT bought.customer_id,
       month.month_on,
       date_trunc('month', crm_first_day(bought.purchases, today.as_of)::timestamp)::date AS cohort_on,
       month.purchase_count,
       month.amount::numeric(18,2) AS amount,
       month.purchase_count > 0 AS is_active,
       crm_active_between(bought.purchases, (month.month_on - interval '1 month')::date, month.month_on - 1)
           AS is_active_before,
       today.as_of
FROM customer_activity AS bought
CROSS JOIN (SELECT crm_as_of() AS as_of LIMIT 1) AS today
CROSS JOIN LATERAL (
    SELECT date_trunc('month', entry.day::timestamp)::date AS month_on,
           sum(entry.events)::bigint AS purchase_count,
           sum(entry.amount) AS amount
    FROM crm_days(bought.purchases) AS entry
    WHERE entry.day <= today.as_of
    GROUP BY date_trunc('month', entry.day::timestamp)::date
) AS month;
COMMENT ON VIEW customer_month IS
'One row a customer and month with a purchase or a refund, up to as_of.
What the views by month are made of. A month of refunds only is not active.';
COMMENT ON COLUMN customer_month.amount IS 'Net amount of the month.';
COMMENT ON COLUMN customer_month.purchase_count IS 'Purchases of the month.';
$script$),
(10, 'segment', $script$-- Groups of customers: segments, stages, scores, and how concentrated they are.
--
-- Groups below min_cell are hidden. Where all of these together are below it
-- as well, so is the next larger group: the total less the others would tell.
-- Hence smaller_count, customers in the groups before this one by size: hidden
-- is who has 1 up to min_cell - 1, and whom so few come before.

CREATE OR REPLACE VIEW segment_summary AS
SELECT summary.segment,
       summary.segment_order,
       summary.customer_count,
       summary.customer_count / summary.all_count::double precision AS customer_share,
       summary.amount::numeric(18,2) AS amount,
       (summary.amount / nullif(summary.all_amount, 0))::double precision AS amount_share,
       (summary.amount / summary.customer_count)::numeric(18,2) AS mean_amount,
       summary.median_recency_days,
       summary.mean_p_alive,
       summary.total_clv::numeric(18,2) AS total_clv,
       crm_as_of() AS as_of
FROM (
    SELECT segment,
           segment_order,
           count(*) AS customer_count,
           sum(count(*)) OVER () AS all_count,
           coalesce(sum(count(*)) OVER smaller, 0) AS smaller_count,
           sum(amount) AS amount,
           sum(sum(amount)) OVER () AS all_amount,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY recency_days) AS median_recency_days,
           avg(p_alive::numeric)::double precision AS mean_p_alive,
           sum(clv) AS total_clv
    FROM customer_basis
    GROUP BY segment, segment_order
    WINDOW smaller AS (ORDER BY count(*), segment ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS summary
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE summary.customer_count >= setting.min_cell
  AND summary.smaller_count NOT BETWEEN 1 AND setting.min_cell - 1;
COMMENT ON VIEW segment_summary IS
'One row a segment with customers: how many, how much, how alive.
NULL is the segment of those whom no rule of the map takes, and of all without a fit. Segments below
setting.min_cell customers are hidden, and where those are fewer together, the next larger too. Not protected: what
differs from another as_of or another map.';

CREATE OR REPLACE VIEW lifecycle_summary AS
SELECT summary.stage,
       summary.stage_order,
       summary.customer_count,
       summary.customer_count / summary.all_count::double precision AS customer_share,
       summary.amount::numeric(18,2) AS amount,
       (summary.amount / nullif(summary.all_amount, 0))::double precision AS amount_share,
       (summary.amount / summary.customer_count)::numeric(18,2) AS mean_amount,
       summary.median_recency_days,
       summary.mean_p_alive,
       summary.total_clv::numeric(18,2) AS total_clv,
       crm_as_of() AS as_of
FROM (
    SELECT stage,
           stage_order,
           count(*) AS customer_count,
           sum(count(*)) OVER () AS all_count,
           coalesce(sum(count(*)) OVER smaller, 0) AS smaller_count,
           sum(amount) AS amount,
           sum(sum(amount)) OVER () AS all_amount,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY recency_days) AS median_recency_days,
           avg(p_alive::numeric)::double precision AS mean_p_alive,
           sum(clv) AS total_clv
    FROM customer_basis
    GROUP BY stage, stage_order
    WINDOW smaller AS (ORDER BY count(*), stage ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS summary
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE summary.customer_count >= setting.min_cell
  AND summary.smaller_count NOT BETWEEN 1 AND setting.min_cell - 1;
COMMENT ON VIEW lifecycle_summary IS
'One row a stage with customers: how many, how much, how alive.
NULL is the stage of all without a fit. Stages below setting.min_cell customers are hidden, and where those are fewer
together, the next larger too. Not protected: what differs from another as_of.';

CREATE OR REPLACE VIEW rfm_heatmap AS
SELECT r_score,
       f_score,
       CASE WHEN cell.is_shown THEN cell.customer_count END AS customer_count,
       (CASE WHEN cell.is_shown THEN cell.amount END)::numeric(18,2) AS amount,
       (CASE WHEN cell.is_shown THEN cell.amount / nullif(cell.customer_count, 0) END)::numeric(18,2) AS mean_amount,
       CASE WHEN cell.is_shown THEN cell.mean_m_score END AS mean_m_score,
       CASE WHEN cell.is_shown THEN cell.mean_p_alive END AS mean_p_alive,
       crm_as_of() AS as_of
FROM (
    SELECT r_score,
           f_score,
           coalesce(scored.customer_count, 0) AS customer_count,
           coalesce(scored.amount, 0) AS amount,
           scored.mean_m_score,
           scored.mean_p_alive,
           coalesce(scored.customer_count, 0) NOT BETWEEN 1 AND setting.min_cell - 1
           AND coalesce(scored.smaller_count, 0) NOT BETWEEN 1 AND setting.min_cell - 1 AS is_shown
    FROM generate_series(1, 5) AS r_score
    CROSS JOIN generate_series(1, 5) AS f_score
    CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
    LEFT JOIN (
        SELECT r_score, f_score, count(*) AS customer_count, sum(count(*)) OVER smaller AS smaller_count,
               sum(amount) AS amount, avg(m_score)::double precision AS mean_m_score,
               avg(p_alive::numeric)::double precision AS mean_p_alive
        FROM customer_basis
        GROUP BY r_score, f_score
        WINDOW smaller AS (ORDER BY count(*), r_score, f_score ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ) AS scored USING (r_score, f_score)
) AS cell;
COMMENT ON VIEW rfm_heatmap IS
'One row a recency score and frequency score: all 25 cells.
An empty cell counts 0. Where there are customers but fewer than setting.min_cell, all but the scores is NULL; where
those cells are fewer together, in the next larger too. Not protected: what differs from the counts by one score in
rfm_thresholds, or from another as_of.';

CREATE OR REPLACE VIEW rfm_thresholds AS
SELECT bin.dimension,
       bin.dimension_order,
       bin.score,
       bin.above,
       bin.up_to,
       coalesce(bin.above = bin.up_to, false) AS is_empty,
       CASE WHEN coalesce(scored.customer_count, 0) NOT BETWEEN 1 AND setting.min_cell - 1
             AND coalesce(scored.smaller_count, 0) NOT BETWEEN 1 AND setting.min_cell - 1
            THEN coalesce(scored.customer_count, 0) END AS customer_count,
       bin.fitted_on,
       crm_as_of() AS as_of
FROM (
    SELECT cut.dimension,
           cut.dimension_order,
           CASE WHEN cut.dimension = 'recency' THEN cardinality(cut.breaks) + 2 - nth ELSE nth END AS score,
           cut.breaks[nth - 1] AS above,
           cut.breaks[nth] AS up_to,
           basis.fitted_on
    FROM scoring_basis AS basis
    CROSS JOIN LATERAL (
        VALUES ('recency', 1, basis.recency_breaks),
               ('frequency', 2, basis.frequency_breaks),
               ('monetary', 3, basis.monetary_breaks)
    ) AS cut (dimension, dimension_order, breaks)
    CROSS JOIN LATERAL generate_series(1, cardinality(cut.breaks) + 1) AS nth
) AS bin
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
LEFT JOIN (
    SELECT given.dimension, given.score, count(*) AS customer_count, sum(count(*)) OVER smaller AS smaller_count
    FROM customer_basis AS basis
    CROSS JOIN LATERAL (
        VALUES ('recency', basis.r_score), ('frequency', basis.f_score), ('monetary', basis.m_score)
    ) AS given (dimension, score)
    GROUP BY given.dimension, given.score
    WINDOW smaller AS (PARTITION BY given.dimension ORDER BY count(*), given.score
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS scored USING (dimension, score);
COMMENT ON VIEW rfm_thresholds IS
'One row a dimension and score: the values that have it, and how many.
A score is given to values greater than above and at most up_to, in days for recency, purchases for frequency, money
for monetary; NULL is an open end. Counts of 1 or more, but fewer than setting.min_cell, are NULL, and where those are
fewer together, the next larger too. Not protected: the limits, which are values of single customers.';

CREATE OR REPLACE VIEW pareto_curve AS
SELECT customer_pct,
       ceil(curve.all_count * customer_pct / 100.0)::bigint AS customer_count,
       1 - coalesce(curve.lorenz[100 - customer_pct], 0) AS amount_share,
       crm_as_of() AS as_of
FROM (
    SELECT crm_lorenz(greatest(amount, 0)::double precision, 100) AS lorenz, count(*) AS all_count
    FROM customer_basis
) AS curve
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
-- From one point to the next there must be min_cell customers, or their difference tells of fewer.
CROSS JOIN LATERAL (
    SELECT CASE WHEN setting.min_cell = 1 THEN 1
                ELSE ceil(100.0 * setting.min_cell / nullif(curve.all_count, 0)) END AS pct
) AS step
CROSS JOIN generate_series(1, 100) AS customer_pct
WHERE curve.lorenz IS NOT NULL
  AND curve.all_count >= setting.min_cell
  AND (customer_pct = 100 OR (customer_pct % step.pct = 0 AND customer_pct <= 100 - step.pct));
COMMENT ON VIEW pareto_curve IS
'One row a percent of customers, 1 to 100: the share that the top hold.
Customers who have bought by as_of, by amount, the largest first; negative amounts count as 0. With setting.min_cell
above 1 only points that are so many customers apart, from the first and to the last. Not protected: what differs from
another as_of.';
COMMENT ON COLUMN pareto_curve.customer_count IS 'How many customers that percentage is, rounded up.';
COMMENT ON COLUMN pareto_curve.amount_share IS 'Share of the amount that the top customer_pct percent hold, 0..1.';

CREATE OR REPLACE VIEW concentration_monthly AS
SELECT month.month_on,
       month.customer_count,
       month.amount::numeric(18,2) AS amount,
       crm_gini(month.amounts) AS gini,
       CASE WHEN ceil(month.customer_count * 0.2) NOT BETWEEN 1 AND setting.min_cell - 1
            THEN crm_top_share(month.amounts, 0.2) END AS top_20_share,
       CASE WHEN ceil(month.customer_count * least(width.share, 1 - width.share))
                 NOT BETWEEN 1 AND setting.min_cell - 1
            THEN width.share END AS width_80_share,
       (month.month_on + interval '1 month')::date - 1 <= crm_as_of() AS is_complete,
       crm_as_of() AS as_of
FROM (
    SELECT month_on,
           count(*) FILTER (WHERE is_active) AS customer_count,
           sum(amount) AS amount,
           crm_distribution_agg(greatest(amount, 0)::double precision) FILTER (WHERE is_active) AS amounts
    FROM customer_month
    GROUP BY month_on
) AS month
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
CROSS JOIN LATERAL crm_pareto_width(month.amounts, 0.8) AS width (share)
WHERE month.customer_count >= setting.min_cell;
COMMENT ON VIEW concentration_monthly IS
'One row a month: how concentrated the amount is among its customers.
Over the customers with a purchase in the month; a net amount below 0 counts as 0. Months below setting.min_cell
customers are hidden; top_20_share and width_80_share are NULL where those customers, or the rest, are fewer. Not
protected: gini and amount where one customer has nearly all, and what differs from another as_of.';
COMMENT ON COLUMN concentration_monthly.customer_count IS 'Customers with a purchase in the month.';
COMMENT ON COLUMN concentration_monthly.amount IS 'Net amount of the month, of all customers.';

CREATE OR REPLACE VIEW stage_transition AS
SELECT moved.previous_snapshot_on,
       moved.snapshot_on,
       moved.from_stage,
       array_position('{new,growing,mature,declining,departed}', moved.from_stage) AS from_stage_order,
       moved.to_stage,
       array_position('{new,growing,mature,declining,departed}', moved.to_stage) AS to_stage_order,
       moved.customer_count,
       moved.customer_count / moved.from_count::double precision AS from_share,
       crm_as_of() AS as_of
FROM (
    SELECT day.previous_snapshot_on,
           day.snapshot_on,
           before.stage AS from_stage,
           after.stage AS to_stage,
           count(*) AS customer_count,
           sum(count(*)) OVER (PARTITION BY day.snapshot_on, before.stage) AS from_count,
           coalesce(sum(count(*)) OVER smaller, 0) AS smaller_count
    FROM snapshot_day AS day
    JOIN customer_snapshot AS after ON after.as_of = day.snapshot_on
    LEFT JOIN customer_snapshot AS before
        ON before.as_of = day.previous_snapshot_on AND before.customer_id = after.customer_id
    WHERE day.previous_snapshot_on IS NOT NULL
    GROUP BY day.previous_snapshot_on, day.snapshot_on, before.stage, after.stage
    WINDOW smaller AS (PARTITION BY day.snapshot_on, before.stage ORDER BY count(*), after.stage
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS moved
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE moved.customer_count >= setting.min_cell
  AND moved.smaller_count NOT BETWEEN 1 AND setting.min_cell - 1;
COMMENT ON VIEW stage_transition IS
'One row a snapshot, stage before and stage after: how many customers.
Between consecutive snapshots, those who stayed included. from_stage NULL: not yet a customer, or not scored. Rows
below setting.min_cell customers are hidden, and where those from one stage are fewer together, the next larger from
it too. Not protected: what differs from the number of those who went to a stage.';

CREATE OR REPLACE VIEW segment_transition AS
SELECT moved.previous_snapshot_on,
       moved.snapshot_on,
       moved.from_segment,
       origin.segment_order AS from_segment_order,
       moved.to_segment,
       target.segment_order AS to_segment_order,
       moved.customer_count,
       moved.customer_count / moved.from_count::double precision AS from_share,
       crm_as_of() AS as_of
FROM (
    SELECT day.previous_snapshot_on,
           day.snapshot_on,
           before.segment AS from_segment,
           after.segment AS to_segment,
           count(*) AS customer_count,
           sum(count(*)) OVER (PARTITION BY day.snapshot_on, before.segment) AS from_count,
           coalesce(sum(count(*)) OVER smaller, 0) AS smaller_count
    FROM snapshot_day AS day
    JOIN customer_snapshot AS after ON after.as_of = day.snapshot_on
    LEFT JOIN customer_snapshot AS before
        ON before.as_of = day.previous_snapshot_on AND before.customer_id = after.customer_id
    WHERE day.previous_snapshot_on IS NOT NULL
    GROUP BY day.previous_snapshot_on, day.snapshot_on, before.segment, after.segment
    WINDOW smaller AS (PARTITION BY day.snapshot_on, before.segment ORDER BY count(*), after.segment
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS moved
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
LEFT JOIN segment AS origin ON origin.segment = moved.from_segment
LEFT JOIN segment AS target ON target.segment = moved.to_segment
WHERE moved.customer_count >= setting.min_cell
  AND moved.smaller_count NOT BETWEEN 1 AND setting.min_cell - 1;
COMMENT ON VIEW segment_transition IS
'One row a snapshot, segment before and segment after: how many customers.
Between consecutive snapshots, those who stayed included. from_segment NULL: not yet a customer, or not scored; an
order is NULL where the map has no such segment any more. Rows below setting.min_cell customers are hidden, and where
those from one segment are fewer together, the next larger from it too. Not protected: what differs from the number of
those who went to a segment.';
$script$),
(11, 'retention', $script$-- Who stays, month by month: growth accounting, cohorts, churn.
--
-- A count from 1 up to min_cell - 1 is hidden, and with it the other parts of
-- a sum that is shown: it would be what they leave of it.

CREATE OR REPLACE VIEW calendar_month AS
SELECT first_day::date AS month_on,
       least((first_day + interval '1 month')::date - 1, span.as_of) AS month_end_on,
       (first_day + interval '1 month')::date - 1 <= span.as_of AS is_complete,
       span.as_of
FROM (
    SELECT min(crm_first_day(purchases, today.as_of)) AS first_purchase_on, today.as_of
    FROM customer_activity
    CROSS JOIN (SELECT crm_as_of() AS as_of LIMIT 1) AS today
    GROUP BY today.as_of
) AS span
CROSS JOIN LATERAL generate_series(date_trunc('month', span.first_purchase_on::timestamp), span.as_of::timestamp,
                                   interval '1 month') AS first_day;
COMMENT ON VIEW calendar_month IS
'One row a month from the first purchase of all to as_of.';
COMMENT ON COLUMN calendar_month.month_end_on IS 'Last day of the month, or as_of where that comes first.';

CREATE OR REPLACE VIEW growth_accounting AS
SELECT state.month_on,
       CASE WHEN state.active_count NOT BETWEEN 1 AND setting.min_cell - 1
            THEN state.active_count END AS active_count,
       CASE WHEN part.is_shown THEN state.new_count END AS new_count,
       CASE WHEN part.is_shown THEN state.returning_count END AS returning_count,
       CASE WHEN part.is_shown THEN state.resurrecting_count END AS resurrecting_count,
       CASE WHEN part.is_shown THEN state.dormant_count END AS dormant_count,
       CASE WHEN part.is_shown
            THEN (state.new_count + state.resurrecting_count) / nullif(state.dormant_count, 0)::double precision
            END AS quick_ratio,
       state.is_complete,
       state.as_of
FROM (
    SELECT month.month_on,
           coalesce(active.active_count, 0) AS active_count,
           coalesce(active.new_count, 0) AS new_count,
           coalesce(active.returning_count, 0) AS returning_count,
           coalesce(active.active_count - active.new_count - active.returning_count, 0) AS resurrecting_count,
           lag(coalesce(active.active_count, 0), 1, 0::bigint) OVER (ORDER BY month.month_on)
               - coalesce(active.returning_count, 0) AS dormant_count,
           month.is_complete,
           month.as_of
    FROM calendar_month AS month
    LEFT JOIN (
        SELECT month_on,
               count(*) AS active_count,
               count(*) FILTER (WHERE month_on = cohort_on) AS new_count,
               count(*) FILTER (WHERE is_active_before) AS returning_count
        FROM customer_month
        WHERE is_active
        GROUP BY month_on
    ) AS active USING (month_on)
) AS state
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
-- The first three make up active_count, the second and the last that of the month before.
CROSS JOIN LATERAL (
    SELECT state.new_count NOT BETWEEN 1 AND setting.min_cell - 1
           AND state.returning_count NOT BETWEEN 1 AND setting.min_cell - 1
           AND state.resurrecting_count NOT BETWEEN 1 AND setting.min_cell - 1
           AND state.dormant_count NOT BETWEEN 1 AND setting.min_cell - 1 AS is_shown
) AS part
WHERE greatest(state.active_count, state.dormant_count) >= setting.min_cell;
COMMENT ON VIEW growth_accounting IS
'One row a month: new, returning, resurrecting and dormant customers.
new: first purchase of all; returning: also bought in the month before; resurrecting: not in the month before, but
earlier; dormant: bought in the month before and not in this one. Months below setting.min_cell customers are
hidden. In a month where one of the four is of 1 or more, but fewer than that, all four are NULL, and so is
active_count where it is. Not protected: what differs from the cohorts, or from another as_of. dormant_count and
quick_ratio of an incomplete month are not final.';

CREATE OR REPLACE VIEW retention_cohort AS
SELECT cohort.cohort_on,
       period.period_number,
       period.month_on,
       cohort.cohort_size,
       CASE WHEN part.is_shown THEN part.retained_count END AS retained_count,
       CASE WHEN part.is_shown THEN part.retained_count / cohort.cohort_size::double precision END AS retained_share,
       period.is_complete,
       crm_as_of() AS as_of
FROM (
    SELECT date_trunc('month', first_purchase_on::timestamp)::date AS cohort_on, count(*) AS cohort_size
    FROM customer_basis
    GROUP BY date_trunc('month', first_purchase_on::timestamp)::date
) AS cohort
CROSS JOIN LATERAL (
    SELECT month.month_on,
           month.is_complete,
           row_number() OVER (ORDER BY month.month_on)::integer - 1 AS period_number
    FROM calendar_month AS month
    WHERE month.month_on >= cohort.cohort_on
) AS period
LEFT JOIN (
    SELECT cohort_on, month_on, count(*) AS retained_count
    FROM customer_month
    WHERE is_active
    GROUP BY cohort_on, month_on
) AS active ON active.cohort_on = cohort.cohort_on AND active.month_on = period.month_on
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
CROSS JOIN LATERAL (
    SELECT coalesce(active.retained_count, 0) AS retained_count,
           coalesce(active.retained_count, 0) NOT BETWEEN 1 AND setting.min_cell - 1
           AND cohort.cohort_size - coalesce(active.retained_count, 0) NOT BETWEEN 1 AND setting.min_cell - 1
               AS is_shown
) AS part
WHERE cohort.cohort_size >= setting.min_cell;
COMMENT ON VIEW retention_cohort IS
'One row a cohort and month: who of it bought in that month.
A cohort is all customers with their first purchase in the same month; retention is N-period: active exactly in
period N, whatever was in between. Cohorts below setting.min_cell customers are hidden; retained_count and its share
are NULL where those who bought, or those who did not, are 1 or more, but fewer. Not protected: what differs from the
sums over all cohorts in growth_accounting, or from another as_of.';

CREATE OR REPLACE VIEW revenue_retention AS
SELECT spent.cohort_on,
       spent.period_number,
       spent.month_on,
       spent.customer_count,
       spent.amount::numeric(18,2) AS amount,
       (spent.amount / nullif(first_value(spent.amount) OVER by_month, 0))::double precision AS first_amount_share,
       (spent.amount / nullif(lag(spent.amount) OVER by_month, 0))::double precision AS net_retention_share,
       spent.is_complete,
       crm_as_of() AS as_of
FROM (
    SELECT cohort.cohort_on,
           month.month_on,
           row_number() OVER (PARTITION BY cohort.cohort_on ORDER BY month.month_on)::integer - 1 AS period_number,
           CASE WHEN coalesce(bought.customer_count, 0) NOT BETWEEN 1 AND setting.min_cell - 1
                 AND cohort.cohort_size - coalesce(bought.customer_count, 0) NOT BETWEEN 1 AND setting.min_cell - 1
                THEN coalesce(bought.customer_count, 0) END AS customer_count,
           CASE WHEN coalesce(bought.payer_count, 0) NOT BETWEEN 1 AND setting.min_cell - 1
                THEN coalesce(bought.amount, 0) END AS amount,
           month.is_complete
    FROM (
        SELECT date_trunc('month', first_purchase_on::timestamp)::date AS cohort_on, count(*) AS cohort_size
        FROM customer_basis
        GROUP BY date_trunc('month', first_purchase_on::timestamp)::date
    ) AS cohort
    JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting ON cohort.cohort_size >= setting.min_cell
    JOIN calendar_month AS month ON month.month_on >= cohort.cohort_on
    LEFT JOIN (
        -- Who only had a refund is in the amount as well.
        SELECT cohort_on, month_on, count(*) FILTER (WHERE is_active) AS customer_count, count(*) AS payer_count,
               sum(amount) AS amount
        FROM customer_month
        GROUP BY cohort_on, month_on
    ) AS bought ON bought.cohort_on = cohort.cohort_on AND bought.month_on = month.month_on
) AS spent
WINDOW by_month AS (PARTITION BY spent.cohort_on ORDER BY spent.month_on);
COMMENT ON VIEW revenue_retention IS
'One row a cohort and month: what it spent, against its first month.
Net: refunds are taken off in the month they were made. Shares may exceed 1. Cohorts below setting.min_cell
customers are hidden. customer_count is NULL like retained_count of retention_cohort; amount and its shares where
1 or more, but fewer, had a purchase or a refund in the month. Not protected: what differs from the sums over all
cohorts in concentration_monthly, or from another as_of.';
COMMENT ON COLUMN revenue_retention.amount IS 'Net amount of the cohort in the month; NULL where hidden.';
COMMENT ON COLUMN revenue_retention.customer_count IS
'Customers of the cohort with a purchase in the month; NULL where hidden.';

-- A month is short beside the gaps of most shops, so active means a purchase
-- in the last setting.window_days: with months as the measure whoever buys
-- every other month would be lost again and again.
CREATE OR REPLACE VIEW churn_rate AS
SELECT counted.month_on,
       counted.start_count,
       CASE WHEN part.is_shown THEN counted.lost_count END AS lost_count,
       CASE WHEN part.is_shown
            THEN counted.lost_count / nullif(counted.start_count, 0)::double precision END AS churn_share,
       counted.is_complete,
       counted.as_of
FROM (
    SELECT month.month_on,
           count(*) AS start_count,
           count(*) FILTER (
               WHERE NOT crm_active_between(bought.purchases, month.month_end_on - setting.window_days + 1,
                                            month.month_end_on)
           ) AS lost_count,
           month.is_complete,
           month.as_of
    FROM calendar_month AS month
    CROSS JOIN (SELECT window_days FROM setting LIMIT 1) AS setting
    JOIN customer_activity AS bought
        ON crm_active_between(bought.purchases, month.month_on - setting.window_days, month.month_on - 1)
    GROUP BY month.month_on, month.is_complete, month.as_of
) AS counted
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
CROSS JOIN LATERAL (
    SELECT counted.lost_count NOT BETWEEN 1 AND setting.min_cell - 1
           AND counted.start_count - counted.lost_count NOT BETWEEN 1 AND setting.min_cell - 1 AS is_shown
) AS part
WHERE counted.start_count >= setting.min_cell;
COMMENT ON VIEW churn_rate IS
'One row a month: who was active at its start, and not any more at its end.
Active on a day: bought in the setting.window_days days up to it. lost: active on the last day before the month, and
not on its last day. Months below setting.min_cell active customers are hidden; lost_count and its share are NULL
where those lost, or those who stayed, are 1 or more, but fewer. Not protected: what differs from another as_of or
another setting.window_days.';
$script$),
(12, 'clv', $script$-- The lifetime-value model: what it says of segments, and how well it fits.
-- What smaller_count is for stands at the head of segment.sql.

CREATE OR REPLACE VIEW clv_by_segment AS
SELECT summary.segment,
       summary.segment_order,
       summary.customer_count,
       summary.expected_purchase_count,
       summary.total_clv::numeric(18,2) AS total_clv,
       (summary.total_clv / nullif(summary.all_clv, 0))::double precision AS clv_share,
       (summary.total_clv / summary.customer_count)::numeric(18,2) AS mean_clv,
       summary.mean_p_alive,
       summary.horizon_days,
       summary.fitted_on,
       summary.as_of
FROM (
    SELECT segment,
           segment_order,
           count(*) AS customer_count,
           coalesce(sum(count(*)) OVER smaller, 0) AS smaller_count,
           sum(expected_purchases::numeric)::double precision AS expected_purchase_count,
           sum(clv) AS total_clv,
           sum(sum(clv)) OVER () AS all_clv,
           avg(p_alive::numeric)::double precision AS mean_p_alive,
           horizon_days,
           fitted_on,
           as_of
    FROM customer_basis
    GROUP BY segment, segment_order, horizon_days, fitted_on, as_of
    WINDOW smaller AS (ORDER BY count(*), segment ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS summary
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE summary.customer_count >= setting.min_cell
  AND summary.smaller_count NOT BETWEEN 1 AND setting.min_cell - 1;
COMMENT ON VIEW clv_by_segment IS
'One row a segment with customers: their value in the days to come.
NULL is the segment of those whom no rule of the map takes. Values are NULL without a fit at or before as_of.
Segments below setting.min_cell customers are hidden, and where those are fewer together, the next larger too. Not
protected: what differs from another as_of or another map.';

-- As crm_clv_frequency_check, but from counts of customers who are alike, so
-- that no array of a million ledgers has to be held.
CREATE OR REPLACE VIEW clv_model_check AS
WITH alike AS MATERIALIZED (
    SELECT least(crm_frequency(bought.purchases, basis.fitted_on), 7) AS frequency,
           crm_age(bought.purchases, basis.fitted_on) AS age_days,
           count(*) AS customer_count
    FROM customer_activity AS bought
    CROSS JOIN scoring_basis AS basis
    WHERE crm_active_days(bought.purchases, basis.fitted_on) > 0
    GROUP BY 1, 2
), cohort AS MATERIALIZED (
    SELECT age_days, sum(customer_count)::bigint AS customer_count FROM alike GROUP BY age_days
), bin AS (
    SELECT frequency,
           (SELECT coalesce(sum(alike.customer_count), 0)::bigint FROM alike WHERE alike.frequency = bin.frequency)
               AS customer_count,
           (SELECT sum(cohort.customer_count
                       * crm_purchase_probability(basis.clv_model, bin.frequency, cohort.age_days)
                       ORDER BY cohort.age_days)
            FROM cohort) AS expected_count,
           basis.clv_model_name,
           basis.fitted_on
    FROM generate_series(0, 7) AS bin (frequency)
    CROSS JOIN scoring_basis AS basis
    WHERE basis.clv_model IS NOT NULL
)
SELECT frequency,
       CASE WHEN frequency < 7 THEN frequency::text ELSE '7+' END AS frequency_label,
       CASE WHEN customer_count NOT BETWEEN 1 AND setting.min_cell - 1
             AND smaller_count NOT BETWEEN 1 AND setting.min_cell - 1
            THEN customer_count END AS customer_count,
       CASE WHEN frequency < 7 THEN expected_count
            ELSE greatest(sum(customer_count) OVER () - (sum(expected_count) OVER () - expected_count), 0)
            END AS expected_count,
       clv_model_name,
       fitted_on,
       crm_as_of() AS as_of
FROM bin
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
CROSS JOIN LATERAL (
    SELECT coalesce(sum(other.customer_count), 0) AS smaller_count
    FROM bin AS other
    WHERE (other.customer_count, other.frequency) < (bin.customer_count, bin.frequency)
) AS smaller
WHERE (SELECT coalesce(sum(cohort.customer_count), 0) FROM cohort) NOT BETWEEN 1 AND setting.min_cell - 1;
COMMENT ON VIEW clv_model_check IS
'One row a number of repeat purchase days, 0 to 7 and more: the fit.
Customers that there were on fitted_on, and that the model expects, knowing only when each bought first. No rows
without a model at or before as_of, or for fewer customers than setting.min_cell. A customer_count of 1 or more, but
fewer than that, is NULL, and where those are fewer together, the next larger too. Not protected: what differs from
another fit.';
COMMENT ON COLUMN clv_model_check.frequency IS
'Repeat purchase days up to fitted_on; 7 stands for 7 and more.';
COMMENT ON COLUMN clv_model_check.customer_count IS
'Customers with so many repeat purchase days on fitted_on; NULL where hidden.';

CREATE OR REPLACE VIEW clv_parameter AS
SELECT parameter.submodel,
       parameter.parameter,
       parameter.estimate,
       parameter.std_error,
       parameter.low,
       parameter.high,
       basis.clv_model_name,
       basis.fitted_on,
       basis.as_of
FROM scoring_basis AS basis
CROSS JOIN LATERAL crm_clv_model_parameters(basis.clv_model) AS parameter;
COMMENT ON VIEW clv_parameter IS
'One row a parameter of the latest fitted lifetime-value model.
With its standard error and 95% interval, NULL where it lies at a boundary. submodel is purchase or spend.';
$script$),
(13, 'goal', $script$-- Goals, and how far they are attained.

CREATE OR REPLACE VIEW goal_attainment AS
SELECT
    goal_id, family, metric, segment, period_start, period_end, target,
    actual_value,
    CASE WHEN target > 0 THEN 100 * actual_value / target END AS attainment_pct,
    actual_value >= target AS is_met,
    period_end <= as_of AS is_complete,
    as_of
FROM (
    SELECT
        g.*, CASE WHEN g.is_rated THEN survey.value ELSE ledger.value END AS actual_value
    FROM (
        SELECT
            *, metric IN ('mean_gap', 'satisfied_share', 'nps') AS is_rated,
            least(period_end, crm_as_of()) AS until,
            period_start - (period_end - period_start + 1) AS previous_start,
            crm_as_of() AS as_of
        FROM goal
    ) AS g
    CROSS JOIN (SELECT min_cell FROM setting) AS setting
    -- Both sides, and the members of a segment, are read for the goals that
    -- need them only: the conditions on g stand inside for that.
    LEFT JOIN LATERAL (
        SELECT
            CASE WHEN greatest(1, count(*)) >= min_cell
                 THEN CASE g.metric WHEN 'retention_share' THEN avg(part) ELSE coalesce(sum(part), 0) END
            END::double precision AS value
        FROM (
            -- What one customer adds to the metric; NULL keeps one out of the mean.
            SELECT
                CASE g.metric
                    WHEN 'revenue' THEN crm_amount(during)
                    WHEN 'orders' THEN crm_event_count(during)
                    WHEN 'active_customers' THEN (crm_active_days(during) > 0)::integer
                    WHEN 'new_customers' THEN (crm_first_day(purchases) BETWEEN g.period_start AND g.until)::integer
                    WHEN 'retention_share' THEN
                        CASE WHEN crm_active_days(crm_slice(purchases, g.previous_start, g.period_start - 1)) > 0
                             THEN (crm_active_days(during) > 0)::integer END
                END AS part
            FROM customer_activity
            CROSS JOIN LATERAL (SELECT crm_slice(purchases, g.period_start, g.until) AS during) AS slice
            LEFT JOIN (
                SELECT customer_id FROM customer_rfm AS r WHERE g.segment IS NOT NULL AND r.segment = g.segment
            ) AS member USING (customer_id)
            WHERE NOT g.is_rated AND (g.segment IS NULL OR member.customer_id IS NOT NULL)
        ) AS customer
    ) AS ledger ON true
    LEFT JOIN LATERAL (
        SELECT
            CASE WHEN greatest(1, count(DISTINCT customer_id)) >= min_cell
                 THEN CASE g.metric
                          WHEN 'mean_gap' THEN sum(weight * gap) / nullif(sum(weight), 0)
                          WHEN 'satisfied_share'
                              THEN sum(weight * (outcome <> 'negative')::integer) / nullif(sum(weight), 0)
                          WHEN 'nps' THEN crm_nps(crm_nps_agg(score)) END
            END AS value
        FROM (
            SELECT customer_id, gap, outcome, weight, NULL::double precision AS score
            FROM rating_pair
            WHERE g.metric IN ('mean_gap', 'satisfied_share')
              AND rated_on BETWEEN g.period_start AND g.until AND gap IS NOT NULL
            UNION ALL
            SELECT customer_id, NULL, NULL, NULL, score
            FROM rating
            WHERE g.metric = 'nps' AND level = 'recommend' AND score IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
              AND rated_on BETWEEN g.period_start AND g.until
        ) AS answer
        LEFT JOIN (
            SELECT customer_id FROM customer_rfm AS r WHERE g.segment IS NOT NULL AND r.segment = g.segment
        ) AS member USING (customer_id)
        WHERE g.is_rated AND (g.segment IS NULL OR member.customer_id IS NOT NULL)
    ) AS survey ON true
) AS attained;
COMMENT ON VIEW goal_attainment IS
'One row a goal: its metric over the period, up to as_of.
revenue: net amount of purchases. orders: purchases. active_customers: who purchased. new_customers: whose first
purchase it was. retention_share: of those active in the equally long period before, the share active again, 0..1.
mean_gap: scale points. satisfied_share: pairs of ratings that were satisfied or positive, 0..1. nps: over all answers
of the period.
With a segment, over the customers who are in it as of as_of (customer_rfm).
NULL without a customer, pair or answer to take a mean of, and for fewer customers than setting.min_cell.';
$script$),
(14, 'data_quality', $script$-- What is wrong with the rows of the sources, and how full they are.

-- One SELECT a check: an aggregate without GROUP BY has a row even when there
-- is nothing to report. A condition on source or check_name leaves the other
-- checks unread.
CREATE OR REPLACE VIEW data_quality AS
SELECT
    source, check_name, severity, meaning,
    problem_count::bigint AS problem_count, example_key,
    crm_as_of() AS as_of
FROM (
    SELECT
        'customer' AS source, 'missing_customer' AS check_name, 'error' AS severity,
        'Customers without a key: nothing can be joined to them.' AS meaning,
        count(*) AS problem_count, coalesce(min(customer_name), min(email)) AS example_key
    FROM customer WHERE customer_id IS NULL
    UNION ALL
    SELECT
        'customer', 'duplicate_customer', 'error',
        'Further rows with a key that another row has: views show the customer once a row.',
        coalesce(sum(n - 1), 0), min(key)
    FROM (
        SELECT customer_id::text AS key, count(*) AS n FROM customer
        WHERE customer_id IS NOT NULL GROUP BY customer_id HAVING count(*) > 1
    ) AS duplicate
    UNION ALL
    SELECT
        'customer', 'shared_email', 'warning',
        'Further customers with an e-mail address that another has, lower case and trimmed: one person?',
        coalesce(sum(n - 1), 0), min(key)
    FROM (
        SELECT lower(trim(email)) AS key, count(DISTINCT customer_id) AS n FROM customer
        WHERE trim(email) <> '' GROUP BY 1 HAVING count(DISTINCT customer_id) > 1
    ) AS duplicate
    UNION ALL
    SELECT
        'customer', 'shared_phone', 'warning',
        'Further customers with a telephone number that another has, digits only: one person?',
        coalesce(sum(n - 1), 0), min(key)
    FROM (
        SELECT regexp_replace(phone, '\D', '', 'g') AS key, count(DISTINCT customer_id) AS n FROM customer
        WHERE phone ~ '\d' GROUP BY 1 HAVING count(DISTINCT customer_id) > 1
    ) AS duplicate
    UNION ALL
    SELECT
        'purchase', 'missing_customer', 'warning',
        'Purchases without a customer: they are in no ledger.',
        count(*), min(purchase_id)
    FROM purchase WHERE customer_id IS NULL
    UNION ALL
    SELECT
        'purchase', 'missing_date', 'error',
        'Purchases without a date: they are in no ledger.',
        count(*), min(coalesce(purchase_id, 'customer ' || customer_id))
    FROM purchase WHERE purchased_on IS NULL
    UNION ALL
    SELECT
        'purchase', 'future_date', 'warning',
        'Purchases after as_of: views leave them out.',
        count(*), min(coalesce(purchase_id, 'customer ' || customer_id))
    FROM purchase WHERE purchased_on > (SELECT crm_as_of())
    UNION ALL
    SELECT
        'purchase', 'missing_amount', 'warning',
        'Purchases without an amount: they count as purchases of 0.',
        count(*), min(coalesce(purchase_id, 'customer ' || customer_id))
    FROM purchase WHERE amount IS NULL
    UNION ALL
    SELECT
        'purchase', 'zero_amount', 'info',
        'Purchases of 0: gifts, samples, or missing amounts? They count as purchases.',
        count(*), min(coalesce(purchase_id, 'customer ' || customer_id))
    FROM purchase WHERE amount = 0
    UNION ALL
    SELECT
        'purchase', 'negative_amount', 'info',
        'Refunds: they lower the amount and count as no purchase.',
        count(*), min(coalesce(purchase_id, 'customer ' || customer_id))
    FROM purchase WHERE amount < 0
    UNION ALL
    SELECT
        'purchase', 'invalid_amount', 'error',
        'Amounts that are no finite number: no ledger can take them.',
        count(*), min(coalesce(purchase_id, 'customer ' || customer_id))
    FROM purchase WHERE amount IN ('NaN', 'Infinity', '-Infinity')
    UNION ALL
    SELECT
        'purchase', 'mixed_currency', 'error',
        'Purchases in another currency than most: amounts are added up unconverted.',
        coalesce(sum(n) - max(n), 0), CASE WHEN count(*) > 1 THEN (array_agg(key ORDER BY n, currency))[1] END
    FROM (
        SELECT currency, count(*) AS n, min(purchase_id) AS key FROM purchase
        WHERE currency IS NOT NULL GROUP BY currency
    ) AS by_currency
    UNION ALL
    SELECT
        'purchase', 'duplicate_id', 'error',
        'Further purchases under an id that another has; of line items, only those that count as a purchase.',
        coalesce(sum(n - 1), 0), min(key)
    FROM (
        SELECT purchase_id AS key, count(*) AS n FROM purchase
        WHERE coalesce(events, 1) > 0 GROUP BY purchase_id HAVING count(*) > 1 AND purchase_id IS NOT NULL
    ) AS duplicate
    UNION ALL
    SELECT
        'purchase', 'duplicate_row', 'warning',
        'Further purchases of the same customer, instant and amount: loaded twice?',
        coalesce(sum(n - 1), 0), min(key)
    FROM (
        SELECT max(coalesce(purchase_id, 'customer ' || customer_id)) AS key, count(*) AS n FROM purchase
        WHERE customer_id IS NOT NULL AND coalesce(events, 1) > 0
        GROUP BY customer_id, purchased_at, amount HAVING count(*) > 1
    ) AS duplicate
    UNION ALL
    SELECT
        'purchase', 'unknown_customer', 'warning',
        'Purchases of customers who are not in customer, unless that is empty; example: the customer.',
        count(*), min(customer_id::text)
    FROM purchase
    WHERE customer_id IS NOT NULL AND EXISTS (SELECT FROM customer)
      AND NOT EXISTS (SELECT FROM customer WHERE customer.customer_id = purchase.customer_id)
    UNION ALL
    SELECT
        'interaction', 'missing_customer', 'warning',
        'Interactions without a customer: they are in no ledger.',
        count(*), min(interaction_id)
    FROM interaction WHERE customer_id IS NULL
    UNION ALL
    SELECT
        'interaction', 'missing_date', 'error',
        'Interactions without a date: they are in no ledger.',
        count(*), min(coalesce(interaction_id, 'customer ' || customer_id))
    FROM interaction WHERE interacted_on IS NULL
    UNION ALL
    SELECT
        'interaction', 'future_date', 'warning',
        'Interactions after as_of: views leave them out.',
        count(*), min(coalesce(interaction_id, 'customer ' || customer_id))
    FROM interaction WHERE interacted_on > (SELECT crm_as_of())
    UNION ALL
    SELECT
        'rating', 'missing_customer', 'info',
        'Ratings without a customer: benchmarks, or anonymous; those of a day count as one; example: the touchpoint.',
        count(*), min(touchpoint_id)
    FROM rating WHERE customer_id IS NULL
    UNION ALL
    SELECT
        'rating', 'missing_date', 'warning',
        'Ratings without a date: they count whatever as_of; example: the customer, as below.',
        count(*), min(customer_id::text)
    FROM rating WHERE rated_on IS NULL
    UNION ALL
    SELECT
        'rating', 'future_date', 'warning',
        'Ratings after as_of: views leave them out.',
        count(*), min(customer_id::text)
    FROM rating WHERE rated_on > (SELECT crm_as_of())
    UNION ALL
    SELECT
        'rating', 'unknown_level', 'error',
        'Ratings of a level that no view reads; example: the level.',
        count(*), min(level)
    FROM rating
    WHERE coalesce(level, '') NOT IN ('expected', 'actual', 'industry', 'enterprise', 'satisfied',
                                      'ideal', 'recommend')
    UNION ALL
    SELECT
        'rating', 'missing_score', 'info',
        'Ratings without a score: unanswered.',
        count(*), min(customer_id::text)
    FROM rating WHERE score IS NULL
    UNION ALL
    SELECT
        'rating', 'score_off_scale', 'error',
        'Scores off setting.scale_low..scale_high, for recommend other than whole 0..10: views leave them out.',
        count(*), min(customer_id::text)
    FROM rating CROSS JOIN setting
    WHERE CASE level WHEN 'recommend' THEN score NOT IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
                     ELSE score NOT BETWEEN scale_low AND scale_high END
    UNION ALL
    SELECT
        'rating', 'invalid_weight', 'error',
        'Weights that are negative or no finite number: views leave the ratings out.',
        count(*), min(customer_id::text)
    FROM rating
    WHERE NOT (weight >= 0 AND weight < 'Infinity')
    UNION ALL
    SELECT
        'rating', 'unknown_touchpoint', 'warning',
        'Ratings of touchpoints that are not in touchpoint, unless that is empty; example: the touchpoint.',
        count(*), min(touchpoint_id)
    FROM rating
    WHERE touchpoint_id IS NOT NULL AND EXISTS (SELECT FROM touchpoint)
      AND NOT EXISTS (SELECT FROM touchpoint WHERE touchpoint.touchpoint_id = rating.touchpoint_id)
    UNION ALL
    SELECT
        'goal', 'unknown_segment', 'error',
        'Goals for a segment that setting.segment_map does not name: nobody is in it.',
        count(*), min(goal_id)::text
    FROM goal
    WHERE segment IS NOT NULL AND NOT EXISTS (SELECT FROM segment WHERE segment.segment = goal.segment)
) AS checked;
COMMENT ON VIEW data_quality IS
'One row a check of a source: how many problems, with an example.
All checks are always there, with 0 where all is well.
Severity tells of the kind of problem: error makes figures wrong, warning may, info is a matter of knowing.
An example is the key of a row, or its customer where rows have no key. All rows are checked, those after as_of too.';

CREATE OR REPLACE VIEW data_completeness AS
SELECT
    column_name, column_order, customer_count, filled_count,
    filled_count::double precision / nullif(customer_count, 0) AS filled_share,
    crm_as_of() AS as_of
FROM (
    SELECT
        count(*) AS customer_count,
        count(customer_id) AS customer_id,
        count(nullif(trim(customer_name), '')) AS customer_name,
        count(nullif(trim(email), '')) AS email,
        count(nullif(trim(phone), '')) AS phone,
        count(nullif(trim(region), '')) AS region,
        count(nullif(trim(industry), '')) AS industry,
        count(registered_at) AS registered_at,
        count(potential) AS potential
    FROM customer
) AS filled
CROSS JOIN LATERAL (
    VALUES
        ('customer_id', 1, customer_id), ('customer_name', 2, customer_name), ('email', 3, email),
        ('phone', 4, phone), ('region', 5, region), ('industry', 6, industry),
        ('registered_at', 7, registered_at), ('potential', 8, potential)
) AS filled_column (column_name, column_order, filled_count);
COMMENT ON VIEW data_completeness IS
'One row a column of customer: how many customers have it filled.
Blank text is not filled.';
$script$),
(15, 'maintain', $script$-- Ledgers against the rows that they are made of.

CREATE OR REPLACE VIEW ledger_difference AS
SELECT 'customer_activity' AS ledger, customer_id, NULL::text AS channel, kept.purchases::text AS maintained,
       rebuilt.purchases::text AS rebuilt
FROM customer_activity AS kept
FULL JOIN (SELECT customer_id, crm_activity_agg(purchased_on, amount, events) AS purchases
           FROM purchase WHERE customer_id IS NOT NULL GROUP BY customer_id) AS rebuilt USING (customer_id)
WHERE coalesce(kept.purchases, '{}') <> coalesce(rebuilt.purchases, '{}')
UNION ALL
SELECT 'channel_activity', customer_id, channel, kept.interactions::text, rebuilt.interactions::text
FROM channel_activity AS kept
FULL JOIN (SELECT customer_id, coalesce(channel, 'unknown') AS channel,
                  crm_activity_agg(interacted_on, (is_responded IS TRUE)::integer::numeric) AS interactions
           FROM interaction WHERE customer_id IS NOT NULL GROUP BY 1, 2) AS rebuilt USING (customer_id, channel)
WHERE coalesce(kept.interactions, '{}') <> coalesce(rebuilt.interactions, '{}');

COMMENT ON VIEW ledger_difference IS
'One row a ledger that differs from the rows it is made of.
Reads every row of the sources. Empty where triggers keep the ledgers current.';
COMMENT ON COLUMN ledger_difference.ledger IS 'The table of the ledger: customer_activity or channel_activity.';
COMMENT ON COLUMN ledger_difference.maintained IS 'The ledger as it is kept, as text; NULL where there is none.';
COMMENT ON COLUMN ledger_difference.rebuilt IS 'The ledger as its rows make it, as text; NULL where there is none.';
$script$),
(16, 'catalog', $script$-- What there is in the workspace, from the comments on it.

CREATE OR REPLACE VIEW catalog AS
SELECT
    c.relname::text AS relation_name,
    CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
         ELSE 'table' END AS relation_kind,
    a.attname::text AS column_name,
    coalesce(a.attnum, 0)::integer AS position,
    format_type(a.atttypid, a.atttypmod) AS data_type,
    CASE WHEN a.attnum IS NULL THEN obj_description(c.oid, 'pg_class')
         ELSE col_description(c.oid, a.attnum) END AS comment,
    crm_as_of() AS as_of
FROM pg_catalog.pg_class AS c
CROSS JOIN LATERAL (
    SELECT NULL::name, NULL::smallint, NULL::oid, NULL::integer
    UNION ALL
    SELECT attname, attnum, atttypid, atttypmod
    FROM pg_catalog.pg_attribute
    WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
) AS a (attname, attnum, atttypid, atttypmod)
WHERE c.relnamespace = (SELECT relnamespace FROM pg_catalog.pg_class WHERE oid = 'setting'::regclass)
  AND c.relkind IN ('r', 'p', 'v', 'm', 'f');
COMMENT ON VIEW catalog IS
'One row a table or view of the workspace, and one a column of it.
The row of the relation itself has position 0, and NULL for column_name and data_type.';
$script$),
(17, 'comment', $script$-- What each table and column is. One name has one meaning, so this is a
-- dictionary; a name with its relation before it goes before the bare one,
-- and a comment that is there already stays.

DO $$
DECLARE
    item record;
BEGIN
    FOR item IN
        WITH dictionary (name, comment) AS (VALUES
            -- Keys and dates
            ('customer_id', 'Key of the customer, of the type that the sources have.'),
            ('as_of', 'The day that the row speaks of, crm_as_of(): nothing after it counts.'),
            ('segment', 'Segment that setting.segment_map gives to the scores; NULL without a rule or a fit.'),
            ('customer_count', 'Customers in the row.'),

            -- customer
            ('customer.customer_id', 'Key of the customer; one row each.'),
            ('customer_name', 'Name of the customer.'),
            ('email', 'E-mail address, as entered.'),
            ('phone', 'Telephone number, as entered.'),
            ('region', 'Where the customer is: any text to group by.'),
            ('industry', 'Line of business: any text to group by.'),
            ('registered_at', 'When the customer was entered.'),
            ('potential', 'What could become of the customer, in any measure; see setting.potential_cut.'),

            -- purchase
            ('purchase_id', 'Key of the purchase.'),
            ('purchase.customer_id', 'Who bought; NULL is in no ledger.'),
            ('purchased_at', 'When it was bought.'),
            ('purchased_on', 'Day of purchased_at in setting.time_zone.'),
            ('purchase.amount',
             'Net amount in the one currency of the workspace; negative is a refund, NULL counts as 0.'),
            ('events',
             'How many purchases the row counts as: 1, or 0 for further items of one. Refunds count as none.'),
            ('currency', 'Currency of the amount, a code; amounts are not converted, see data_quality.'),

            -- interaction
            ('interaction_id', 'Key of the interaction.'),
            ('interaction.customer_id', 'With whom; NULL is in no ledger.'),
            ('interacted_at', 'When it took place.'),
            ('interacted_on', 'Day of interacted_at in setting.time_zone.'),
            ('channel', 'By which way: any text, such as e-mail or shop; unknown where it was NULL.'),
            ('interaction.channel', 'By which way: any text, such as e-mail or shop; NULL counts as unknown.'),
            ('purpose', 'What for: any text.'),
            ('is_responded', 'Whether the customer responded; NULL counts as no.'),

            -- rating, module, touchpoint
            ('rating.customer_id', 'Who rated; NULL for benchmarks and anonymous answers.'),
            ('touchpoint_id', 'Key of the touchpoint, where customer and company meet.'),
            ('touchpoint_name', 'Name of the touchpoint; in views its key where it has none.'),
            ('touchpoint.weight', 'Weight within its module, not negative; only the ratios matter.'),
            ('angle', 'From which side the touchpoint is seen: any text; NULL where there is one only.'),
            ('level', 'What the score is of: expected, actual, industry, enterprise, satisfied, ideal or recommend.'),
            ('rating.score', 'On setting.scale_low..scale_high, for recommend whole 0..10; NULL is unanswered.'),
            ('rating.weight', 'Weight of the rating, not negative; only the ratios matter. NULL counts as 1.'),
            ('rated_at', 'When it was rated.'),
            ('rated_on', 'Day of rated_at in setting.time_zone; NULL counts whatever as_of is.'),
            ('module_id', 'Key of the module, a group of touchpoints; NULL for a touchpoint in none.'),
            ('module_name', 'Name of the module; in views its key where it has none.'),
            ('module.weight', 'Weight within the company, not negative; only the ratios matter.'),

            -- setting
            ('is_only', 'Always true: there is one row.'),
            ('workspace', 'Name of the workspace when it was last made, changed or upgraded.'),
            ('sources', 'Where the sources come from, as given to crm_create_workspace.'),
            ('time_zone', 'Time zone in which an instant is given its day.'),
            ('maintain', 'How ledgers are kept: by triggers, by a queue and crm_refresh, or by crm_refresh alone.'),
            ('min_cell',
             'Summary views hide counts of fewer customers, see the comment on each for how far; 1 hides none.'),
            ('segment_map', 'Rules that name a segment for R, F and M scores, as for crm_rfm_segment.'),
            ('abc_cuts', 'Cumulative shares, 0..1, at which classes A, B end; NULL computes them from the curve.'),
            ('potential_cut', 'Potential from which on a customer has it.'),
            ('new_days', 'Days for which a customer is new after the first purchase.'),
            ('window_days', 'Days over which purchases are compared with those of as many days before.'),
            ('declining_at', 'Expected gaps of silence after which a customer is declining.'),
            ('departed_at', 'Expected gaps of silence after which a customer has departed.'),
            ('shrinking_below',
             'Purchases of a window over those of the one before, below which a customer is declining.'),
            ('growing_above',
             'Purchases of a window over those of the one before, above which a customer is growing.'),
            ('prior_weight', 'How many gaps the population''s typical gap counts for in a customer''s expected gap.'),
            ('setting.clv_model', 'Which model crm_refit fits: bg/nbd, mbg/nbd or pareto/nbd.'),
            ('horizon_days', 'Days ahead for which purchases and lifetime value are forecast.'),
            ('annual_discount', 'Discount rate a year of lifetime value: 0.1 is 10 %.'),
            ('scale_low', 'Lowest score of the scale on which experience is rated.'),
            ('scale_high', 'Highest score of the scale on which experience is rated.'),
            ('tolerance', 'Gap, in scale points, up to which a rating counts as satisfied.'),
            ('half_life_days', 'Days after which an interaction counts half for the preferred channel.'),
            ('gold_snapshots', 'In how many of the last gold_window snapshots a gold customer must have been one.'),
            ('gold_window', 'How many of the last snapshots are looked at for gold customers.'),

            -- Ledgers, fits, snapshots, moves, log
            ('change_queue.customer_id', 'Whose rows changed; NULL for everybody, where a source was truncated.'),
            ('is_taken', 'Whether a crm_refresh has it in hand.'),
            ('fit.as_of', 'Day for which it was fitted; views use it from then on, until the next.'),
            ('recency_breaks', 'Days since the last purchase that divide the R scores, rising.'),
            ('frequency_breaks', 'Numbers of purchases that divide the F scores, rising.'),
            ('monetary_breaks', 'Amounts that divide the M scores, rising.'),
            ('abc_limits', 'Amounts from which on a customer is in class A, B and so on, falling.'),
            ('population_gap_days',
             'Typical days between two purchases of a customer; NULL where nobody bought twice.'),
            ('fit.clv_model',
             'The lifetime value model with its parameters, as of crm_clv_fit; NULL where it could not be fitted.'),
            ('fit.customer_count', 'How many customers it was fitted to.'),
            ('fitted_at', 'When it was fitted.'),
            ('customer_snapshot.as_of', 'Day of the snapshot.'),
            ('r_score', 'Score of recency_days, 1 to 5, 5 most recent; NULL without a fit.'),
            ('f_score', 'Score of purchase_count, 1 to 5, 5 most; NULL without a fit.'),
            ('m_score', 'Score of amount, 1 to 5, 5 most; NULL without a fit.'),
            ('class', 'ABC class by amount: A, B, C; Z for 0, N for less; NULL without a fit.'),
            ('stage', 'Lifecycle stage: new, growing, mature, declining or departed; NULL without a fit.'),
            ('p_alive', 'Probability that the customer will still buy, 0..1; NULL without a model.'),
            ('clv', 'Present value of purchases to expect in setting.horizon_days; NULL without a model of amounts.'),
            ('customer_snapshot.outcome',
             'Outcome of the customer''s experience: negative, satisfied or positive; NULL if not rated.'),
            ('moved_on', 'Day of the snapshot that found it.'),
            ('kind', 'What changed: segment, class, stage or outcome.'),
            ('old_value', 'What it was in the snapshot before; NULL for nothing.'),
            ('new_value', 'What it is now; NULL for nothing.'),
            ('refresh_id', 'Number of the run.'),
            ('refreshed_at', 'When it ran.'),
            ('action', 'What ran: refresh, refit or snapshot.'),
            ('refresh_log.as_of', 'Day for which it ran; NULL where that does not matter.'),
            ('row_count', 'How many rows it wrote.'),
            ('duration_ms', 'How long it took, in milliseconds.'),

            -- Segments, retention, lifetime value
            ('above', 'Values greater than this have the score; NULL is an open end.'),
            ('active_count', 'Customers with a purchase in the month; NULL where hidden.'),
            ('active_days', 'Days with a purchase, up to as_of.'),
            ('amount', 'Net amount of purchases up to as_of, refunds taken off; in a summary, of all in the row.'),
            ('amount_rank', 'Rank by amount, 1 the largest; equal amounts share a rank.'),
            ('amount_share', 'Share of the amount of all customers, 0..1.'),
            ('churn_share', 'lost_count / start_count, 0..1.'),
            ('class_order', 'Sorts class: 1 is A; Z and N come last.'),
            ('clv_model', 'The lifetime-value model of the latest fit.'),
            ('clv_model_name', 'The model of lifetime value: bg/nbd, mbg/nbd or pareto/nbd.'),
            ('clv_share', 'Share of the lifetime value of all customers, 0..1.'),
            ('cohort_on', 'First day of the month of the first purchase.'),
            ('cohort_size', 'Customers whose first purchase fell in the month cohort_on.'),
            ('cumulative_share', 'Share of the amount held by this customer and all with as much or more, 0..1.'),
            ('customer_pct', 'Percent of customers, the largest first: 1 to 100.'),
            ('customer_share', 'Share of all customers who have bought by as_of, 0..1.'),
            ('dimension', 'recency, frequency or monetary.'),
            ('dimension_order', 'Sorts dimension.'),
            ('dormant_count', 'Customers who bought in the month before, and not in this one; NULL where hidden.'),
            ('estimate', 'Estimate of the parameter, in the unit of time of the model.'),
            ('expected_count', 'Customers that the model expects.'),
            ('expected_gap_days', 'Days between purchases to expect: own mean gap, drawn to the usual gap of all.'),
            ('expected_purchase_count', 'Purchase days to expect of all in the row, in setting.horizon_days.'),
            ('expected_purchases', 'Purchase days to expect in setting.horizon_days; NULL without a model.'),
            ('expected_value', 'Amount to expect of a purchase day; NULL without a model of amounts.'),
            ('first_amount_share', 'Amount as a share of the first month''s of the cohort; may exceed 1.'),
            ('first_purchase_on', 'Day of the first purchase; NULL before it.'),
            ('fitted_on', 'Day of the fit that the scores go by: the latest at or before as_of.'),
            ('frequency', 'Repeat purchase days, the x of the literature.'),
            ('frequency_label', 'frequency as text, 7+ for 7 and more.'),
            ('from_segment', 'Segment in the snapshot before; NULL for who was not in it or had none.'),
            ('from_segment_order', 'Sorts from_segment.'),
            ('from_share', 'Share of those who came from the same, 0..1.'),
            ('from_stage', 'Stage in the snapshot before; NULL for who was not in it or had none.'),
            ('from_stage_order', 'Sorts from_stage.'),
            ('gap_weight', 'Weight of the population''s gap: setting.prior_weight, 0 where none was fitted.'),
            ('gini', 'Gini coefficient of the customers'' amounts: 0 all alike, near 1 one has all.'),
            ('gold_count', 'In how many of the last setting.gold_window snapshots the customer was gold.'),
            ('grade', 'A by contribution, B by potential, C the rest.'),
            ('grade_order', 'Sorts grade: 1 is A.'),
            ('high', 'Upper end of the 95% interval.'),
            ('is_active', 'Whether there is a purchase in the month, not refunds only.'),
            ('is_active_before', 'Whether there is a purchase in the month before.'),
            ('is_complete', 'Whether the month was over by as_of; figures of another are not final.'),
            ('is_empty', 'Whether no value can have the score, because two breaks coincide.'),
            ('is_prospect', 'Whether the customer has not bought by as_of.'),
            ('last_gold_on', 'Latest snapshot in which the customer was gold.'),
            ('last_purchase_age_days', 'Days from the first purchase to the last, the t_x of the literature.'),
            ('last_purchase_on', 'Day of the last purchase up to as_of; NULL before the first.'),
            ('lost_count', 'Of start_count, those not active at the end of the month; NULL where hidden.'),
            ('low', 'Lower end of the 95% interval.'),
            ('mean_amount', 'Amount per customer; NULL where there is none.'),
            ('mean_clv', 'Lifetime value per customer.'),
            ('mean_gap_days', 'Mean days between purchase days; NULL below two.'),
            ('mean_m_score', 'Mean of m_score.'),
            ('mean_p_alive', 'Mean of p_alive; NULL without a model.'),
            ('mean_repeat_amount', 'Mean amount of the repeat purchase days; NULL without one.'),
            ('median_recency_days', 'Median of recency_days.'),
            ('month_on', 'First day of the month.'),
            ('net_retention_share', 'Amount as a share of the cohort''s amount in the month before; may exceed 1.'),
            ('new_count', 'Customers whose first purchase of all is in the month; NULL where hidden.'),
            ('overdue_ratio', 'recency_days / expected_gap_days: above 1 is late.'),
            ('parameter', 'Name of the parameter, as in the papers.'),
            ('period_number', 'Months since the month of the cohort, which is 0.'),
            ('preferred_channel',
             'Channel with the highest decayed, smoothed share of answered interactions; NULL without one.'),
            ('previous_snapshot_on', 'Day of the snapshot before; NULL for the first.'),
            ('previous_window_count', 'Purchases in the setting.window_days before the last ones.'),
            ('purchase_count', 'Purchases up to as_of, refunds not counted.'),
            ('quick_ratio', '(new + resurrecting) / dormant; NULL when nobody is dormant.'),
            ('recency_days', 'Days from the last purchase to as_of; NULL before the first.'),
            ('resurrecting_count',
             'Customers who bought in the month and earlier, but not in the month before; NULL where hidden.'),
            ('retained_count', 'Customers of the cohort who bought in the month; NULL where hidden.'),
            ('retained_share', 'retained_count / cohort_size, 0..1.'),
            ('returning_count', 'Customers who bought in the month and in the month before; NULL where hidden.'),
            ('score', 'The score, 5 best.'),
            ('scored_on', 'as_of where there is a fit, else NULL.'),
            ('segment_order', 'Sorts segment: order of first mention in setting.segment_map.'),
            ('segments', 'Segments in the order of segment_order.'),
            ('snapshot_count', 'How many of the last setting.gold_window snapshots there are.'),
            ('snapshot_on', 'Day of the snapshot.'),
            ('snapshot_rank', 'Rank of the snapshot by day, 1 the latest.'),
            ('spend_model', 'clv_model where it knows of amounts.'),
            ('stage_order', 'Sorts stage: 1 is new, 5 departed.'),
            ('stage_reason', 'Why the customer is in that stage, in a sentence.'),
            ('start_count', 'Customers active on the last day before the month.'),
            ('std_error', 'Standard error of the estimate; NULL at a boundary.'),
            ('submodel', 'purchase or spend.'),
            ('tenure_band',
             'Whole years since the first purchase: under 1 year, 1-2 years, 3-5 years, over 5 years.'),
            ('tenure_band_order', 'Sorts tenure_band.'),
            ('tenure_days', 'Days from the first purchase to as_of, the T of the literature.'),
            ('to_segment', 'Segment in the snapshot; NULL for who had none.'),
            ('to_segment_order', 'Sorts to_segment.'),
            ('to_stage', 'Stage in the snapshot; NULL for who had none.'),
            ('to_stage_order', 'Sorts to_stage.'),
            ('top_20_share', 'Share of the amount that the top 20% of customers hold, 0..1; NULL where hidden.'),
            ('total_clv', 'Lifetime value of all in the row; NULL without a model of amounts.'),
            ('trend_ratio', 'window_count / previous_window_count; NULL where that is 0.'),
            ('up_to', 'Values up to this, included, have the score; NULL is an open end.'),
            ('width_80_share', 'Smallest share of customers that holds 80% of the amount, 0..1; NULL where hidden.'),
            ('window_count', 'Purchases in the last setting.window_days, up to as_of.'),

            -- Experience
            ('expected', 'Score of what was expected, on the scale of the settings; NULL where not rated.'),
            ('actual', 'Score of what was had, on the scale of the settings; NULL where not rated.'),
            ('rating_pair.industry', 'Score of the industry, on the scale of the settings; NULL where not rated.'),
            ('enterprise',
             'Score of the company by its own account, on the scale of the settings; NULL where not rated.'),
            ('satisfied', 'Score that would satisfy, on the scale of the settings; NULL where not rated.'),
            ('ideal', 'Score of the ideal, on the scale of the settings; NULL where not rated.'),
            ('rating_pair.weight', 'Mean weight of its ratings.'),
            ('gap',
             'Actual - expected, in scale points; a mean where there are several. NULL without a pair of both.'),
            ('rating_pair.outcome',
             'negative, satisfied or positive: the gap beyond setting.tolerance, or not. NULL without a gap.'),
            ('pair_count', 'How many pairs of expected and actual.'),
            ('last_rated_on', 'Day of the latest pair; NULL where none has a date.'),
            ('experience_gap',
             'Weighted mean of actual - expected over the customer''s pairs, in scale points; NULL without one.'),
            ('outcome',
             'negative, satisfied or positive: experience_gap beyond setting.tolerance, or not; NULL without one.'),
            ('recommend_score', 'Latest answer to "would you recommend us?", 0..10; NULL without one.'),
            ('nps_group',
             'promoter (9, 10), passive (7, 8) or detractor (0..6) by the latest answer; NULL without one.'),
            ('weight_share', 'Share, 0..1, of the company''s index that it decides; all touchpoints make 1.'),
            ('touchpoint_gap.customer_count',
             'How many customers rated expected or actual; NULL for nobody, and where hidden.'),
            ('expected_mean', 'Weighted mean of the expected scores.'),
            ('actual_mean', 'Weighted mean of the actual scores.'),
            ('actual_low', 'Lower end of the 95 % interval of actual_mean; NULL below two ratings.'),
            ('actual_high', 'Upper end of the 95 % interval of actual_mean; NULL below two ratings.'),
            ('gap_low', 'Lower end of the 95 % interval of the gap; NULL below two pairs.'),
            ('gap_high', 'Upper end of the 95 % interval of the gap; NULL below two pairs.'),
            ('touchpoint_gap.outcome',
             'positive or negative where the whole interval is beyond setting.tolerance, else satisfied.'),
            ('negative_share', 'Share, 0..1, of pairs below -setting.tolerance, by weight.'),
            ('satisfied_share', 'Share, 0..1, of pairs within setting.tolerance, by weight.'),
            ('positive_share', 'Share, 0..1, of pairs above setting.tolerance, by weight.'),
            ('industry_mean', 'Weighted mean of the industry''s scores.'),
            ('enterprise_mean', 'Weighted mean of the company''s own scores.'),
            ('satisfied_mean', 'Weighted mean of the scores that would satisfy.'),
            ('ideal_mean', 'Weighted mean of the ideal scores.'),
            ('industry_gap', 'actual_mean - industry_mean, in scale points; NULL where one is.'),
            ('enterprise_gap', 'actual_mean - enterprise_mean, in scale points; NULL where one is.'),
            ('satisfied_gap', 'actual_mean - satisfied_mean, in scale points; NULL where one is.'),
            ('ideal_gap', 'actual_mean - ideal_mean, in scale points; NULL where one is.'),
            ('level_name', 'What the node is: company, module, angle or touchpoint.'),
            ('level_order', 'Order of level_name: 1 company, 2 module, 3 angle, 4 touchpoint.'),
            ('node_id', 'Key of the node; NULL for the company.'),
            ('node_name', 'Name of the node; NULL for the company.'),
            ('index_value', 'Experience index, 0..100; NULL where nothing with a weight above 0 was rated.'),
            ('coverage_share', 'Share, 0..1, of the node''s weight that has a score.'),
            ('rated_cell_count', 'How many of its cells, a touchpoint from an angle, have a score.'),
            ('cell_count', 'How many cells, a touchpoint from an angle, it has.'),
            ('satisfied_shortfall',
             'Scale points that actual_mean lacks of satisfied_mean; 0 for none, NULL where one is.'),
            ('ideal_shortfall', 'Scale points that actual_mean lacks of ideal_mean; 0 for none, NULL where one is.'),
            ('satisfied_priority', 'weight_share times satisfied_shortfall.'),
            ('ideal_priority', 'weight_share times ideal_shortfall.'),
            ('priority_rank', 'Rank by satisfied_priority, then ideal_priority; 1 is the first to work on.'),
            ('stated_quadrant',
             'concentrate here, keep up, low priority or possible overkill, importance being weight_share.'),
            ('recommend_correlation',
             'Correlation, -1..1, of actual score and recommendation; NULL without two customers who differ.'),
            ('derived_quadrant',
             'concentrate here, keep up, low priority or possible overkill, importance being recommend_correlation.'),
            ('outcome_order', 'Order of outcome: 1 negative, 2 satisfied, 3 positive.'),
            ('answer_count', 'How many of them would or would not recommend; NULL for none, and where hidden.'),
            ('promoter_count', 'How many answered 9 or 10; NULL where hidden.'),
            ('passive_count', 'How many answered 7 or 8; NULL where hidden.'),
            ('detractor_count', 'How many answered 0 to 6; NULL where hidden.'),
            ('nps', 'Net Promoter Score, -100..100: percentage of promoters less that of detractors.'),
            ('nps_low', 'Lower end of the 95 % interval of nps (adjusted Wald).'),
            ('nps_high', 'Upper end of the 95 % interval of nps (adjusted Wald).'),
            ('bought_after_share',
             'Share, 0..1, who bought after the day of their latest pair; NULL without a date, and where hidden.'),

            -- Goals
            ('goal_id', 'Number of the goal.'),
            ('family', 'What the goal is about: value, behaviour, experience or satisfaction.'),
            ('metric', 'What is measured: see goal_attainment.'),
            ('goal.segment', 'Segment whose customers count; NULL for all.'),
            ('goal_attainment.segment', 'Segment whose customers count; NULL for all.'),
            ('period_start', 'First day of the period.'),
            ('period_end', 'Last day of the period.'),
            ('target', 'Value to be reached, in the units of the metric: amount, count, share 0..1, points.'),
            ('actual_value',
             'Value of the metric in the period up to as_of; NULL where there is nothing to take a mean of.'),
            ('attainment_pct', '100 times actual_value over target; NULL unless target is positive.'),
            ('is_met', 'Whether actual_value has reached target; NULL where actual_value is.'),
            ('goal_attainment.is_complete', 'Whether the period is over by as_of; until then values may still grow.'),

            -- Data quality and catalog
            ('data_quality.source', 'The source checked.'),
            ('check_name', 'What it was checked for.'),
            ('severity', 'error, warning or info: of the kind of problem, also where there is none.'),
            ('meaning', 'What it says and leads to.'),
            ('problem_count', 'How many problems; 0 is well.'),
            ('example_key', 'Key of one of them; NULL for none, and where that has no key.'),
            ('column_name', 'Name of the column.'),
            ('catalog.column_name', 'Name of the column; NULL in the row of the relation itself.'),
            ('column_order', 'Order of the columns.'),
            ('data_completeness.customer_count', 'How many rows customer has.'),
            ('filled_count', 'How many have the column filled.'),
            ('filled_share', 'Share, 0..1, that have the column filled; NULL without customers.'),
            ('relation_name', 'Name of the table or view.'),
            ('relation_kind', 'table, view, materialized view or foreign table.'),
            ('position', 'Number of the column, from 1; 0 for the relation itself.'),
            ('data_type', 'Type of the column.'),
            ('comment', 'What it is; NULL where nobody wrote it down.')
        )
        SELECT DISTINCT ON (c.oid, a.attnum) c.oid::regclass AS relation, a.attname, d.comment
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN dictionary AS d ON d.name IN (a.attname, c.relname || '.' || a.attname)
        WHERE c.relnamespace = (SELECT relnamespace FROM pg_catalog.pg_class WHERE oid = 'setting'::regclass)
          AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
          AND pg_has_role(c.relowner, 'USAGE')
          AND col_description(c.oid, a.attnum) IS NULL
        ORDER BY c.oid, a.attnum, d.name = a.attname
    LOOP
        EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', item.relation, item.attname, item.comment);
    END LOOP;

    -- A source may be a table or a view.
    FOR item IN
        SELECT c.oid::regclass AS relation, d.comment,
               CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE'
                    ELSE 'TABLE' END AS kind
        FROM (VALUES
            ('customer', 'One row a customer: who it is. Who is not here, but bought, is a customer all the same.'),
            ('purchase', 'One row a purchase, refund or, with events, an item of one.'),
            ('interaction', 'One row an interaction with a customer: a message, call or visit.'),
            ('rating', 'One row a score: of a touchpoint, from an angle, at a level, by a customer.'),
            ('module', 'One row a module: a group of touchpoints.'),
            ('touchpoint', 'One row a touchpoint: where customer and company meet.'),
            ('goal', 'One row a goal: a metric, a period and a target. Filled by its owner; see goal_attainment.')
        ) AS d (name, comment)
        JOIN pg_catalog.pg_class AS c ON c.relname = d.name
        WHERE c.relnamespace = (SELECT relnamespace FROM pg_catalog.pg_class WHERE oid = 'setting'::regclass)
          AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
          AND pg_has_role(c.relowner, 'USAGE')
          AND obj_description(c.oid, 'pg_class') IS NULL
    LOOP
        EXECUTE format('COMMENT ON %s %s IS %L', item.kind, item.relation, item.comment);
    END LOOP;
END
$$;
$script$);
END;
-- crm_activity: the day ledger.

CREATE TYPE crm_activity;

CREATE FUNCTION crm_activity_in(cstring) RETURNS crm_activity
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION crm_activity_out(crm_activity) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION crm_activity_recv(internal) RETURNS crm_activity
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION crm_activity_send(crm_activity) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE crm_activity (
    INPUT = crm_activity_in,
    OUTPUT = crm_activity_out,
    RECEIVE = crm_activity_recv,
    SEND = crm_activity_send,
    INTERNALLENGTH = variable,
    STORAGE = extended
);

COMMENT ON TYPE crm_activity IS
'A ledger of one customer: events and net amount, day by day.
Exact: amounts in steps of 0.0001 up to 922337203685477.5807 a day, at most 2147483647 events a day, any finite date.
Text form {day:events:amount,...}, for example {2024-01-05:1:29.33,2024-02-01:2:15}. A day without events and amount does not appear.
Takes about 5 bytes a day. Equal ledgers have equal bytes, however they were made.';

COMMENT ON FUNCTION crm_activity_in(cstring) IS
'Reads a ledger from text: {day:events:amount,...}.
Days may come in any order; the same day twice is added up. A day alone, as in 2024-01-05, is one event of amount 0. Error 22P02 for text that does not parse, 22003 for a day that does not fit.';
COMMENT ON FUNCTION crm_activity_out(crm_activity) IS
'Writes a ledger as text, dates in ISO 8601 whatever DateStyle says.';
COMMENT ON FUNCTION crm_activity_recv(internal) IS
'Reads a ledger from its packed bytes; error 22P03 for any other bytes.';
COMMENT ON FUNCTION crm_activity_send(crm_activity) IS
'Writes a ledger as its packed bytes.';

-- Made from one entry, added and taken back

CREATE FUNCTION crm_activity(day date, amount numeric DEFAULT 0, events integer DEFAULT 1)
RETURNS crm_activity
AS 'MODULE_PATHNAME', 'crm_activity_entry' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_activity(date, numeric, integer) IS
'A ledger of one entry: what a trigger adds or takes back.
day: the day of the event; infinity is refused (22008). amount: rounded half away from zero to 0.0001, and a refund where it is then negative; NaN (22023) and amounts that do not fit (22003) are refused. events: how many; counts as 0 where amount is negative, because a refund lowers money and is no event.
Never NULL, so that adding the result never loses a ledger: NULL day gives the empty ledger, NULL amount and NULL events count as 0.';

CREATE FUNCTION crm_activity_add(a crm_activity, b crm_activity) RETURNS crm_activity
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_activity_add(crm_activity, crm_activity) IS
'The sum of two ledgers, day by day: the operator +.
NULL when either is NULL. Error 22003 where the total of a day does not fit.';

CREATE FUNCTION crm_activity_subtract(a crm_activity, b crm_activity) RETURNS crm_activity
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_activity_subtract(crm_activity, crm_activity) IS
'The first ledger with the second taken back: the operator -.
(a + b) - b is a, to the last bit. Counts may be negative on the way: a deletion may arrive before its insertion. NULL when either is NULL. Error 22003 where the total of a day does not fit.';

CREATE OPERATOR + (
    FUNCTION = crm_activity_add,
    LEFTARG = crm_activity, RIGHTARG = crm_activity,
    COMMUTATOR = +
);
COMMENT ON OPERATOR + (crm_activity, crm_activity) IS 'sum of two ledgers, day by day';

CREATE OPERATOR - (
    FUNCTION = crm_activity_subtract,
    LEFTARG = crm_activity, RIGHTARG = crm_activity
);
COMMENT ON OPERATOR - (crm_activity, crm_activity) IS 'left ledger with the right one taken back';

-- Equality, and an order for DISTINCT, GROUP BY and merge joins

CREATE FUNCTION crm_activity_eq(a crm_activity, b crm_activity) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION crm_activity_ne(a crm_activity, b crm_activity) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION crm_activity_lt(a crm_activity, b crm_activity) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION crm_activity_le(a crm_activity, b crm_activity) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION crm_activity_gt(a crm_activity, b crm_activity) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION crm_activity_ge(a crm_activity, b crm_activity) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION crm_activity_cmp(a crm_activity, b crm_activity) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION crm_activity_hash(a crm_activity) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION crm_activity_hash_extended(a crm_activity, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

COMMENT ON FUNCTION crm_activity_eq(crm_activity, crm_activity) IS 'The operator =: same days, events and amounts.';
COMMENT ON FUNCTION crm_activity_ne(crm_activity, crm_activity) IS 'The operator <>: some day differs.';
COMMENT ON FUNCTION crm_activity_lt(crm_activity, crm_activity) IS 'The operator <: an order for sorting, without meaning.';
COMMENT ON FUNCTION crm_activity_le(crm_activity, crm_activity) IS 'The operator <=: an order for sorting, without meaning.';
COMMENT ON FUNCTION crm_activity_gt(crm_activity, crm_activity) IS 'The operator >: an order for sorting, without meaning.';
COMMENT ON FUNCTION crm_activity_ge(crm_activity, crm_activity) IS 'The operator >=: an order for sorting, without meaning.';
COMMENT ON FUNCTION crm_activity_cmp(crm_activity, crm_activity) IS 'Support of the btree operator class.';
COMMENT ON FUNCTION crm_activity_hash(crm_activity) IS 'Support of the hash operator class.';
COMMENT ON FUNCTION crm_activity_hash_extended(crm_activity, bigint) IS 'Support of the hash operator class, with a seed.';

CREATE OPERATOR = (
    FUNCTION = crm_activity_eq,
    LEFTARG = crm_activity, RIGHTARG = crm_activity,
    COMMUTATOR = =, NEGATOR = <>,
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
CREATE OPERATOR <> (
    FUNCTION = crm_activity_ne,
    LEFTARG = crm_activity, RIGHTARG = crm_activity,
    COMMUTATOR = <>, NEGATOR = =,
    RESTRICT = neqsel, JOIN = neqjoinsel
);
CREATE OPERATOR < (
    FUNCTION = crm_activity_lt,
    LEFTARG = crm_activity, RIGHTARG = crm_activity,
    COMMUTATOR = >, NEGATOR = >=,
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
CREATE OPERATOR <= (
    FUNCTION = crm_activity_le,
    LEFTARG = crm_activity, RIGHTARG = crm_activity,
    COMMUTATOR = >=, NEGATOR = >,
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
CREATE OPERATOR > (
    FUNCTION = crm_activity_gt,
    LEFTARG = crm_activity, RIGHTARG = crm_activity,
    COMMUTATOR = <, NEGATOR = <=,
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
CREATE OPERATOR >= (
    FUNCTION = crm_activity_ge,
    LEFTARG = crm_activity, RIGHTARG = crm_activity,
    COMMUTATOR = <=, NEGATOR = <,
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);

COMMENT ON OPERATOR = (crm_activity, crm_activity) IS 'same days, events and amounts';
COMMENT ON OPERATOR <> (crm_activity, crm_activity) IS 'some day differs';
COMMENT ON OPERATOR < (crm_activity, crm_activity) IS 'order for sorting, without meaning';
COMMENT ON OPERATOR <= (crm_activity, crm_activity) IS 'order for sorting, without meaning';
COMMENT ON OPERATOR > (crm_activity, crm_activity) IS 'order for sorting, without meaning';
COMMENT ON OPERATOR >= (crm_activity, crm_activity) IS 'order for sorting, without meaning';

CREATE OPERATOR CLASS crm_activity_ops DEFAULT FOR TYPE crm_activity USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 crm_activity_cmp(crm_activity, crm_activity);

CREATE OPERATOR CLASS crm_activity_ops DEFAULT FOR TYPE crm_activity USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 crm_activity_hash(crm_activity),
    FUNCTION 2 crm_activity_hash_extended(crm_activity, bigint);

COMMENT ON OPERATOR CLASS crm_activity_ops USING btree IS 'order of the bytes, without meaning';
COMMENT ON OPERATOR CLASS crm_activity_ops USING hash IS 'same days, events and amounts';

CREATE FUNCTION crm_activity_to_jsonb(a crm_activity) RETURNS jsonb
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_activity_to_jsonb(crm_activity) IS
'The ledger as a JSON array, an object a day; also the cast a::jsonb.
For example [{"day": "2024-01-05", "events": 1, "amount": 29.33}]. Days in order, dates in ISO 8601. NULL gives NULL.';

CREATE CAST (crm_activity AS jsonb) WITH FUNCTION crm_activity_to_jsonb(crm_activity);
COMMENT ON CAST (crm_activity AS jsonb) IS 'the ledger as a JSON array, an object a day';

CREATE FUNCTION crm_activity_to_json(a crm_activity) RETURNS json
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_activity_to_json(crm_activity) IS
'The same as json, which to_jsonb, row_to_json and the like look for.';

CREATE CAST (crm_activity AS json) WITH FUNCTION crm_activity_to_json(crm_activity);
COMMENT ON CAST (crm_activity AS json) IS 'the ledger as a JSON array, an object a day';

-- Rows to ledgers

CREATE FUNCTION crm_activity_agg_trans(state internal, day date) RETURNS internal
AS 'MODULE_PATHNAME', 'crm_activity_agg_trans_day' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_activity_agg_trans(state internal, day date, amount numeric) RETURNS internal
AS 'MODULE_PATHNAME', 'crm_activity_agg_trans_numeric' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_activity_agg_trans(state internal, day date, amount double precision) RETURNS internal
AS 'MODULE_PATHNAME', 'crm_activity_agg_trans_float8' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_activity_agg_trans(state internal, day date, amount bigint) RETURNS internal
AS 'MODULE_PATHNAME', 'crm_activity_agg_trans_bigint' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_activity_agg_trans(state internal, day date, amount numeric, events integer) RETURNS internal
AS 'MODULE_PATHNAME', 'crm_activity_agg_trans_events' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_activity_agg_combine(state internal, other internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_activity_agg_serialize(state internal) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION crm_activity_agg_deserialize(bytes bytea, state internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION crm_activity_agg_final(state internal) RETURNS crm_activity
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_activity_agg_trans(internal, date) IS 'Support of crm_activity_agg: takes in a row.';
COMMENT ON FUNCTION crm_activity_agg_trans(internal, date, numeric) IS 'Support of crm_activity_agg: takes in a row.';
COMMENT ON FUNCTION crm_activity_agg_trans(internal, date, double precision) IS 'Support of crm_activity_agg: takes in a row.';
COMMENT ON FUNCTION crm_activity_agg_trans(internal, date, bigint) IS 'Support of crm_activity_agg: takes in a row.';
COMMENT ON FUNCTION crm_activity_agg_trans(internal, date, numeric, integer) IS 'Support of crm_activity_agg: takes in a row.';
COMMENT ON FUNCTION crm_activity_agg_combine(internal, internal) IS 'Support of crm_activity_agg: adds two partial states.';
COMMENT ON FUNCTION crm_activity_agg_serialize(internal) IS 'Support of crm_activity_agg: a partial state as bytes.';
COMMENT ON FUNCTION crm_activity_agg_deserialize(bytea, internal) IS 'Support of crm_activity_agg: a partial state from bytes.';
COMMENT ON FUNCTION crm_activity_agg_final(internal) IS 'Support of crm_activity_agg: the ledger.';

CREATE AGGREGATE crm_activity_agg(day date) (
    SFUNC = crm_activity_agg_trans, STYPE = internal, SSPACE = 128,
    FINALFUNC = crm_activity_agg_final, COMBINEFUNC = crm_activity_agg_combine,
    SERIALFUNC = crm_activity_agg_serialize, DESERIALFUNC = crm_activity_agg_deserialize,
    PARALLEL = SAFE
);
CREATE AGGREGATE crm_activity_agg(day date, amount numeric) (
    SFUNC = crm_activity_agg_trans, STYPE = internal, SSPACE = 128,
    FINALFUNC = crm_activity_agg_final, COMBINEFUNC = crm_activity_agg_combine,
    SERIALFUNC = crm_activity_agg_serialize, DESERIALFUNC = crm_activity_agg_deserialize,
    PARALLEL = SAFE
);
CREATE AGGREGATE crm_activity_agg(day date, amount double precision) (
    SFUNC = crm_activity_agg_trans, STYPE = internal, SSPACE = 128,
    FINALFUNC = crm_activity_agg_final, COMBINEFUNC = crm_activity_agg_combine,
    SERIALFUNC = crm_activity_agg_serialize, DESERIALFUNC = crm_activity_agg_deserialize,
    PARALLEL = SAFE
);
CREATE AGGREGATE crm_activity_agg(day date, amount bigint) (
    SFUNC = crm_activity_agg_trans, STYPE = internal, SSPACE = 128,
    FINALFUNC = crm_activity_agg_final, COMBINEFUNC = crm_activity_agg_combine,
    SERIALFUNC = crm_activity_agg_serialize, DESERIALFUNC = crm_activity_agg_deserialize,
    PARALLEL = SAFE
);
CREATE AGGREGATE crm_activity_agg(day date, amount numeric, events integer) (
    SFUNC = crm_activity_agg_trans, STYPE = internal, SSPACE = 128,
    FINALFUNC = crm_activity_agg_final, COMBINEFUNC = crm_activity_agg_combine,
    SERIALFUNC = crm_activity_agg_serialize, DESERIALFUNC = crm_activity_agg_deserialize,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_activity_agg(date) IS
'The ledger of events that carry no amount: posts, visits, contacts.
A row with NULL day is skipped; no rows give NULL. Error 22008 for an infinite day.';
COMMENT ON AGGREGATE crm_activity_agg(date, numeric) IS
'The ledger of one customer''s rows, each an event with an amount.
A negative amount is a refund: it lowers the amount of its day and is no event. NULL day is skipped, NULL amount is an event of amount 0, no rows give NULL.
Amounts are rounded half away from zero to 0.0001, each row by itself. Errors: 22023 for NaN and infinity, 22003 for an amount or a day''s total that does not fit, 22008 for an infinite day.
Example: SELECT customer_id, crm_activity_agg(ordered_on, total) FROM orders GROUP BY customer_id.';
COMMENT ON AGGREGATE crm_activity_agg(date, double precision) IS
'The same from binary amounts, each taken at its exact value.
0.00015 is a little less than that in binary and so rounds to 0.0001. Rows, NULLs and errors as in crm_activity_agg(date, numeric).';
COMMENT ON AGGREGATE crm_activity_agg(date, bigint) IS
'The same from whole amounts.
Rows, NULLs and errors as in crm_activity_agg(date, numeric).';
COMMENT ON AGGREGATE crm_activity_agg(date, numeric, integer) IS
'The ledger of a table with several rows a purchase: line items.
events: 1 on one row of each purchase, best the dearest, and 0 (or NULL) on its others; counts as 0 where amount is negative. Rows, NULLs and errors as in crm_activity_agg(date, numeric).';

-- Ledgers to ledgers

CREATE FUNCTION crm_rollup_trans(state crm_activity, a crm_activity) RETURNS crm_activity
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_rollup_final(state crm_activity) RETURNS crm_activity
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_rollup_trans(crm_activity, crm_activity) IS
'Support of crm_rollup: adds a ledger to the sum so far.';
COMMENT ON FUNCTION crm_rollup_final(crm_activity) IS
'Support of crm_rollup: the sum.';

CREATE AGGREGATE crm_rollup(a crm_activity) (
    SFUNC = crm_rollup_trans, STYPE = crm_activity, SSPACE = 256,
    FINALFUNC = crm_rollup_final, COMBINEFUNC = crm_rollup_trans,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_rollup(crm_activity) IS
'The sum of ledgers, in any order and any grouping the same bytes.
NULLs are skipped; no ledgers give NULL. Error 22003 where the total of a day does not fit.';

-- Accessors

CREATE FUNCTION crm_first_day(a crm_activity, as_of date DEFAULT 'infinity') RETURNS date
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_first_day(crm_activity, date) IS
'The first active day: the first with a positive number of events.
as_of: later days are ignored; all count when it is left out. NULL when there is nothing yet.';

CREATE FUNCTION crm_last_day(a crm_activity, as_of date DEFAULT 'infinity') RETURNS date
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_last_day(crm_activity, date) IS
'The last active day up to as_of; a refund does not count as activity.
as_of: later days are ignored; all count when it is left out. NULL when there is nothing yet.';

CREATE FUNCTION crm_active_days(a crm_activity, as_of date DEFAULT 'infinity') RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_active_days(crm_activity, date) IS
'How many days have a positive number of events.
as_of: later days are ignored; all count when it is left out. 0 when there is nothing yet.';

CREATE FUNCTION crm_event_count(a crm_activity, as_of date DEFAULT 'infinity') RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_event_count(crm_activity, date) IS
'How many events, several a day included, refunds not.
as_of: later days are ignored; all count when it is left out. 0 when there is nothing yet.';

CREATE FUNCTION crm_amount(a crm_activity, as_of date DEFAULT 'infinity') RETURNS numeric
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_amount(crm_activity, date) IS
'The net amount, refunds taken off; exact.
as_of: later days are ignored; all count when it is left out. 0 when there is nothing yet. Two decimals, four where the amount has more than two. Error 22003 beyond 922337203685477.5807.';

CREATE FUNCTION crm_days_since_last(a crm_activity, as_of date) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_days_since_last(crm_activity, date) IS
'Days from the last active day to as_of: the R of RFM.
0 on the day itself; NULL when there is nothing yet. Error 22023 when as_of is infinite. Not the recency of the CLV literature: see crm_recency.';

CREATE FUNCTION crm_tenure_days(a crm_activity, as_of date) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_tenure_days(crm_activity, date) IS
'Days from the first active day to as_of.
NULL when there is nothing yet. Error 22023 when as_of is infinite. crm_age is the same number.';

CREATE FUNCTION crm_mean_gap_days(a crm_activity, as_of date DEFAULT 'infinity') RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_mean_gap_days(crm_activity, date) IS
'Mean number of days between consecutive active days.
as_of: later days are ignored; all count when it is left out. NULL below two active days.';

CREATE FUNCTION crm_median_gap_days(a crm_activity, as_of date DEFAULT 'infinity') RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_median_gap_days(crm_activity, date) IS
'Median number of days between consecutive active days.
The mean of the middle two where their number is even. as_of: later days are ignored; all count when it is left out. NULL below two active days.';

CREATE FUNCTION crm_frequency(a crm_activity, as_of date) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_frequency(crm_activity, date) IS
'Repeat purchases: active days after the first, up to as_of.
The x of the CLV literature. 0 for a customer who bought on one day only, NULL when there is nothing yet.';

CREATE FUNCTION crm_recency(a crm_activity, as_of date) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_recency(crm_activity, date) IS
'Days from the first active day to the last: age at the last purchase.
The t_x of the CLV literature, in days: large means recent for one''s age. Not the R of RFM, which counts back from as_of: see crm_days_since_last. NULL when there is nothing yet.';

CREATE FUNCTION crm_age(a crm_activity, as_of date) RETURNS integer
AS 'MODULE_PATHNAME', 'crm_tenure_days' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_age(crm_activity, date) IS
'Days from the first active day to as_of: time under observation.
The T of the CLV literature, in days. NULL when there is nothing yet. Error 22023 when as_of is infinite.';

CREATE FUNCTION crm_monetary(a crm_activity, as_of date) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_monetary(crm_activity, date) IS
'Mean amount of the repeat days, those active after the first.
The z of the CLV literature, as of a day. Refunds count where they fall on an active day. NULL without a repeat day. Error 22003 beyond 922337203685477.5807 in all.';

CREATE FUNCTION crm_decayed_events(a crm_activity, as_of date, half_life_days double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_decayed_events(crm_activity, date, double precision) IS
'Events up to as_of, each weighing 2^(-age / half_life_days).
Age in days. An engagement score: events at ages 0, 30 and 60 days with half-life 30 give 1.75. half_life_days: positive and finite, else error 22023; so too for an infinite as_of. 0 when there is nothing yet.';

CREATE FUNCTION crm_decayed_amount(a crm_activity, as_of date, half_life_days double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_decayed_amount(crm_activity, date, double precision) IS
'Net amount up to as_of, a day weighing 2^(-age / half_life_days).
Age in days. half_life_days: positive and finite, else error 22023; so too for an infinite as_of. 0 when there is nothing yet.';

CREATE FUNCTION crm_slice(a crm_activity, from_day date, to_day date) RETURNS crm_activity
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION crm_slice(crm_activity, date, date) IS
'The part of a ledger from from_day to to_day, both included.
A NULL end is open. Empty where nothing falls in between; NULL when a is NULL.';

CREATE FUNCTION crm_days(a crm_activity, OUT day date, OUT events bigint, OUT amount numeric)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 10;
COMMENT ON FUNCTION crm_days(crm_activity) IS
'The ledger as rows, in order of day.
day: with anything on it. events: how many, 0 on a day of refunds only. amount: net, exact. No rows for an empty or NULL ledger.';
-- crm_distribution: all values of a population, for fits.

CREATE TYPE crm_distribution;

CREATE FUNCTION crm_distribution_in(cstring) RETURNS crm_distribution
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION crm_distribution_out(crm_distribution) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION crm_distribution_recv(internal) RETURNS crm_distribution
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION crm_distribution_send(crm_distribution) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE crm_distribution (
    INPUT = crm_distribution_in,
    OUTPUT = crm_distribution_out,
    RECEIVE = crm_distribution_recv,
    SEND = crm_distribution_send,
    INTERNALLENGTH = variable,
    STORAGE = extended
);

COMMENT ON TYPE crm_distribution IS
'All values of a population, exactly, sorted: collect once, ask anything.
Text form {value,value*times,...}, for example {254.8,381*3}; the arguments of a fit that is under way stand before it in brackets. At most 134 million values. The state of every aggregate that fits over a population, and mergeable, so that plans may split it.';

COMMENT ON FUNCTION crm_distribution_in(cstring) IS
'Reads a distribution from text: {value,value*times,...}.
Values may come in any order. Error 22P02 for text that does not parse.';
COMMENT ON FUNCTION crm_distribution_out(crm_distribution) IS
'Writes a distribution as text; every value reads back to the last bit.';
COMMENT ON FUNCTION crm_distribution_recv(internal) IS
'Reads a distribution from its packed bytes; error 22P03 for others.';
COMMENT ON FUNCTION crm_distribution_send(crm_distribution) IS
'Writes a distribution as its packed bytes.';

CREATE FUNCTION crm_distribution_trans(state crm_distribution, value double precision) RETURNS crm_distribution
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_distribution_trans(state crm_distribution, value double precision, argument integer) RETURNS crm_distribution
AS 'MODULE_PATHNAME', 'crm_distribution_trans_integer' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_distribution_trans(state crm_distribution, value double precision, argument double precision) RETURNS crm_distribution
AS 'MODULE_PATHNAME', 'crm_distribution_trans_number' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_distribution_trans(state crm_distribution, value double precision, arguments double precision[]) RETURNS crm_distribution
AS 'MODULE_PATHNAME', 'crm_distribution_trans_array' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_distribution_combine(state crm_distribution, other crm_distribution) RETURNS crm_distribution
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_distribution_trans(crm_distribution, double precision) IS
'Support of fits over a population: takes in a value.';
COMMENT ON FUNCTION crm_distribution_trans(crm_distribution, double precision, integer) IS
'Support of fits over a population: takes in a value, with a number.';
COMMENT ON FUNCTION crm_distribution_trans(crm_distribution, double precision, double precision) IS
'Support of fits over a population: takes in a value, with a share.';
COMMENT ON FUNCTION crm_distribution_trans(crm_distribution, double precision, double precision[]) IS
'Support of fits over a population: takes in a value, with cuts.';
COMMENT ON FUNCTION crm_distribution_combine(crm_distribution, crm_distribution) IS
'Support of fits over a population: both distributions in one.';

CREATE FUNCTION crm_distribution_final(state crm_distribution) RETURNS crm_distribution
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_distribution_final(crm_distribution) IS
'Support of aggregates whose result is a distribution: sorted, packed.';

CREATE AGGREGATE crm_distribution_agg(value double precision) (
    SFUNC = crm_distribution_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_distribution_final, COMBINEFUNC = crm_distribution_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_distribution_agg(double precision) IS
'All values, to be asked several things after one pass and one sort.
NULLs are skipped; no values give NULL. Error 22023 for NaN and infinity.
Example: SELECT crm_breaks_fit(d, 10), crm_breaks_fit(d, 4) FROM (SELECT crm_distribution_agg(amount) d FROM customer) x.';

CREATE AGGREGATE crm_rollup(d crm_distribution) (
    SFUNC = crm_distribution_combine, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_distribution_final, COMBINEFUNC = crm_distribution_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_rollup(crm_distribution) IS
'The values of all distributions in one.
NULLs are skipped; no distributions give NULL.';

CREATE FUNCTION crm_value_count(d crm_distribution) RETURNS bigint
AS 'MODULE_PATHNAME', 'crm_distribution_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_value_count(crm_distribution) IS
'How many values a distribution holds.';
-- RFM: recency, frequency, monetary value.

CREATE FUNCTION crm_breaks_fit(d crm_distribution, bins integer DEFAULT 5) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_breaks_fit(crm_distribution, integer) IS
'The bins-1 interior quantiles of values that were collected before.
As the aggregate crm_breaks_fit(value, bins); NULL for an empty distribution.';

CREATE FUNCTION crm_breaks_fit_final(state crm_distribution) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_breaks_fit_final(crm_distribution) IS
'Support of the aggregate crm_breaks_fit: the quantiles.';

CREATE AGGREGATE crm_breaks_fit(value double precision) (
    SFUNC = crm_distribution_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_breaks_fit_final, COMBINEFUNC = crm_distribution_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_breaks_fit(double precision) IS
'The four quantiles that cut a population into five bins.
As crm_breaks_fit(value, 5).';

CREATE AGGREGATE crm_breaks_fit(value double precision, bins integer) (
    SFUNC = crm_distribution_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_breaks_fit_final, COMBINEFUNC = crm_distribution_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_breaks_fit(double precision, integer) IS
'The bins-1 interior quantiles of a population, for crm_score.
Ascending. value: one per customer, in any unit; NULLs are skipped, NaN and infinity refused (22023). bins: 1 to 1000, the same in every row.
Linear interpolation between the closest ranks (type 7 of Hyndman and Fan 1996), as percentile_cont has it. No values give NULL. The result does not depend on the order of rows or on the plan.
Where many customers share a value breaks may coincide, and then a score stays empty: equal values get equal scores.';

CREATE FUNCTION crm_score(value double precision, breaks double precision[], reverse boolean DEFAULT false) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_score(double precision, double precision[], boolean) IS
'1 + the number of breaks below value; reversed, bins + 1 - that.
5 is best: reverse where small is good, as days since the last purchase are. breaks: from crm_breaks_fit or your own, ascending; n breaks make scores 1 to n + 1. A value on a break belongs to the lower bin, and equal values always get equal scores.
NULL when an argument is NULL. Error 22023 for NaN and for breaks that do not ascend.';

CREATE FUNCTION crm_breaks_describe(breaks double precision[], d crm_distribution DEFAULT NULL, reverse boolean DEFAULT false, OUT score integer, OUT above double precision, OUT up_to double precision, OUT customers bigint, OUT empty boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 5;
COMMENT ON FUNCTION crm_breaks_describe(double precision[], crm_distribution, boolean) IS
'What each score means: a row a score, for breaks given to crm_score.
score: as crm_score gives it with the same reverse. A value has it when it is greater than above and at most up_to; NULL is an open end. customers: how many values of d are in there, NULL without d. empty: no value can have this score, because two breaks coincide; a NOTICE tells of it, too.
breaks: from crm_breaks_fit or your own, at most 999, ascending and finite (else 22023). d: from crm_distribution_agg, the population, which may be another than the one that was fitted. No rows when breaks or reverse is NULL.';

CREATE FUNCTION crm_segment_map(name text DEFAULT 'grid') RETURNS text
AS 'MODULE_PATHNAME', 'crm_segment_map_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_segment_map(text) IS
'The text of a built-in map from RFM scores to segments.
name: ''grid'', recency by frequency, each pair in exactly one of ten segments; or ''rfm_r'', the ranges in the README of the R package rfm. Error 22023 for another name.
The format, to be edited: a rule a line (or separated by semicolons), the scores of R, F and M as "5", "2-4" or "*", then the segment. The first rule that matches wins. A last line "else name" takes what is left. "#" begins a comment line.';

CREATE FUNCTION crm_rfm_segment(r integer, f integer, m integer, map text DEFAULT crm_segment_map()) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_rfm_segment(integer, integer, integer, text) IS
'The segment of a customer with scores r, f and m, each 1 to 5, 5 best.
map: a built-in map, as crm_segment_map(''rfm_r''), or a text of your own in the same format; it is parsed once per query. A NOTICE tells of cells without a segment and of rules that are never reached.
NULL when an argument is NULL and where no rule matches. Errors: 22023 for a score outside 1 to 5, 22P02 for a map that does not parse.';

CREATE FUNCTION crm_segment_map_audit(map text, OUT r integer, OUT f integer, OUT m integer, OUT matches integer, OUT segment text)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 125;
COMMENT ON FUNCTION crm_segment_map_audit(text) IS
'The 125 cells of a segment map: how many rules match each, which wins.
r, f, m: the scores. matches: rules that match, "else" not counted: 0 is left to "else" or uncovered, 2 and more are decided by order. segment: the winner, NULL where the cell is uncovered. Error 22P02 for a map that does not parse.';
-- ABC classes, and how concentrated a total is.

CREATE FUNCTION crm_abc_fit(d crm_distribution, cuts double precision[] DEFAULT '{0.8,0.95}') RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION crm_abc_fit(crm_distribution, double precision[]) IS
'The lowest value of each ABC class, of values collected before.
As the aggregate crm_abc_fit(value, cuts).';

CREATE FUNCTION crm_abc_fit_final(state crm_distribution) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION crm_abc_fit_cuts_final(state crm_distribution) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_abc_fit_final(crm_distribution) IS
'Support of the aggregate crm_abc_fit(value): the limits.';
COMMENT ON FUNCTION crm_abc_fit_cuts_final(crm_distribution) IS
'Support of the aggregate crm_abc_fit(value, cuts): the limits.';

CREATE AGGREGATE crm_abc_fit(value double precision) (
    SFUNC = crm_distribution_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_abc_fit_final, COMBINEFUNC = crm_distribution_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_abc_fit(double precision) IS
'The lowest value of each of the classes A, B and C.
As crm_abc_fit(value, ''{0.8,0.95}'').';

CREATE AGGREGATE crm_abc_fit(value double precision, cuts double precision[]) (
    SFUNC = crm_distribution_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_abc_fit_cuts_final, COMBINEFUNC = crm_distribution_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_abc_fit(double precision, double precision[]) IS
'The lowest value of each ABC class, descending, for crm_abc_class.
value: one per customer; NULLs are skipped, NaN and infinity refused (22023). cuts: 1 to 12 cumulative shares of the total, ascending between 0 and 1 (else 22023), the same in every row: n cuts make n + 1 classes.
A value is in the first class whose cut exceeds the share of the total held by strictly greater values. So A is never empty, the customer who crosses a cut is still in the class before it, and equal values are in one class. A share that is less than a cut only by rounding, as that of 2.4 in 3 is less than 0.8, has reached it. The total is that of the positive values; NULL when there is none. A class that stays empty repeats the limit before it.
NULL or empty cuts: three classes whose limits the data decide, computed as Ultsch and Loetsch (PLoS ONE 10, 2015) do, on the points of the curve themselves.
The result does not depend on the order of rows or on the plan. Error 22003 for a total beyond double precision.';

CREATE FUNCTION crm_abc_class(value double precision, limits double precision[]) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION crm_abc_class(double precision, double precision[]) IS
'The class of a value: ''A'', ''B'', ''C'' and on; ''Z'' for 0, ''N'' for less.
limits: the lowest value of each class, from crm_abc_fit or your own, at most 13, descending (else 22023). The first class whose limit value reaches; a positive value below all of them is in the last.
NULL when value is NULL, and when limits is NULL or empty and value positive. Error 22023 for NaN.';

CREATE FUNCTION crm_abc_grade(value_class text, potential double precision, cut double precision) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN value_class = 'A' THEN 'A' WHEN potential >= cut AND potential <> 'NaN' THEN 'B' ELSE 'C' END;
COMMENT ON FUNCTION crm_abc_grade(text, double precision, double precision) IS
'The grade of a customer: A by value, B by potential, C the rest.
value_class: from crm_abc_class; only ''A'' matters. potential: any score that you trust, as the expected purchases of a lifetime-value model. cut: the potential from which a customer is B.
Never NULL: who has no value yet may be B by potential, and a potential or cut that is NULL or NaN makes nobody B.';

-- Concentration

CREATE FUNCTION crm_gini(d crm_distribution) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_gini(crm_distribution) IS
'Gini coefficient of values that were collected before.
As the aggregate crm_gini(value).';

CREATE AGGREGATE crm_gini(value double precision) (
    SFUNC = crm_distribution_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_gini, COMBINEFUNC = crm_distribution_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_gini(double precision) IS
'Gini coefficient: 0 when all have the same, near 1 when one has all.
G = 2 sum(i v_i) / (n sum(v)) - (n + 1) / n, v ascending: that of the population; times n / (n - 1) for that of a sample. Zeros count, NULLs are skipped. NULL when a value is negative or the total is 0. Errors: 22023 for NaN and infinity, 22003 for a total beyond double precision.';

CREATE FUNCTION crm_top_share(d crm_distribution, share double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_top_share(crm_distribution, double precision) IS
'Share held by the top customers, of values that were collected before.
As the aggregate crm_top_share(value, share).';

CREATE FUNCTION crm_top_share_final(state crm_distribution) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_top_share_final(crm_distribution) IS
'Support of the aggregate crm_top_share: the share.';

CREATE AGGREGATE crm_top_share(value double precision, share double precision) (
    SFUNC = crm_distribution_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_top_share_final, COMBINEFUNC = crm_distribution_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_top_share(double precision, double precision) IS
'Share of the total that the top share of customers holds, 0 to 1.
crm_top_share(amount, 0.2) is the 80 of 80/20. share: 0 to 1 (else 22023), of all customers whose value is not NULL; linear where it ends between two of them. Negative values count as 0. NULL when no value is positive. Errors: 22023 for NaN and infinity, 22003 for a total beyond double precision.';

CREATE FUNCTION crm_pareto_width(d crm_distribution, share double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_pareto_width(crm_distribution, double precision) IS
'Share of customers that hold a share, of values collected before.
As the aggregate crm_pareto_width(value, share).';

CREATE FUNCTION crm_pareto_width_final(state crm_distribution) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_pareto_width_final(crm_distribution) IS
'Support of the aggregate crm_pareto_width: the share of customers.';

CREATE AGGREGATE crm_pareto_width(value double precision, share double precision) (
    SFUNC = crm_distribution_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_pareto_width_final, COMBINEFUNC = crm_distribution_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_pareto_width(double precision, double precision) IS
'The smallest share of customers that holds a share of the total.
crm_pareto_width(amount, 0.8) is the 20 of 80/20: k / n, where the top k of n customers hold at least the share, and k - 1 do not. share: 0 to 1 (else 22023). Negative values count as 0. NULL when no value is positive. Errors: 22023 for NaN and infinity, 22003 for a total beyond double precision.';

CREATE FUNCTION crm_lorenz(d crm_distribution, points integer) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_lorenz(crm_distribution, integer) IS
'Points of the Lorenz curve, of values that were collected before.
As the aggregate crm_lorenz(value, points).';

CREATE FUNCTION crm_lorenz_final(state crm_distribution) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_lorenz_final(crm_distribution) IS
'Support of the aggregate crm_lorenz: the points.';

CREATE AGGREGATE crm_lorenz(value double precision, points integer) (
    SFUNC = crm_distribution_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_lorenz_final, COMBINEFUNC = crm_distribution_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_lorenz(double precision, integer) IS
'The Lorenz curve: element i is what the lowest i/points hold.
As shares of the total, linear between customers; the last element is 1. points: 1 to 1000 (else 22023), the same in every row. NULL when a value is negative or the total is 0. Errors: 22023 for NaN and infinity, 22003 for a total beyond double precision.';
-- Lifecycle: stages by a customer's own rhythm, states between two periods.

CREATE FUNCTION crm_cadence_fit_trans(state crm_distribution, a crm_activity, as_of date) RETURNS crm_distribution
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_cadence_fit_final(state crm_distribution) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_cadence_fit_trans(crm_distribution, crm_activity, date) IS
'Support of crm_cadence_fit: takes in the mean gap of a customer.';
COMMENT ON FUNCTION crm_cadence_fit_final(crm_distribution) IS
'Support of crm_cadence_fit: the median.';

CREATE AGGREGATE crm_cadence_fit(a crm_activity, as_of date) (
    SFUNC = crm_cadence_fit_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_cadence_fit_final, COMBINEFUNC = crm_distribution_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_cadence_fit(crm_activity, date) IS
'The usual gap of a population, in days, for crm_lifecycle_stage.
The median, over customers with two or more active days up to as_of, of their mean gap (crm_mean_gap_days). NULL when there is none; rows with a NULL are skipped. The result does not depend on the order of rows or on the plan.';

CREATE FUNCTION crm_lifecycle_stage(a crm_activity, as_of date, population_gap double precision, new_days integer DEFAULT 30, window_days integer DEFAULT 90, declining_at double precision DEFAULT 1.5, departed_at double precision DEFAULT 3, shrinking_below double precision DEFAULT 0.7, growing_above double precision DEFAULT 1.2, prior_weight double precision DEFAULT 3) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION crm_lifecycle_stage(crm_activity, date, double precision, integer, integer, double precision, double precision, double precision, double precision, double precision) IS
'The stage: ''new'', ''growing'', ''mature'', ''declining'' or ''departed''.
population_gap: days, from crm_cadence_fit. With n active days up to as_of and mean gap m, the gap to expect is g = (prior_weight * population_gap + (n - 1) * m) / (prior_weight + n - 1); overdue = days since the last active day / g; trend = events of the last window_days / events of the window_days before.
The first that holds: departed when overdue > departed_at; declining when overdue > declining_at, or the window before has events and trend < shrinking_below; new when n = 1 or the first active day is at most new_days ago; growing when the window before is empty or trend > growing_above; else mature.
NULL when there is nothing yet, and when an argument is NULL other than population_gap. population_gap NULL, or prior_weight 0: a customer''s own mean gap alone is expected; one with a single active day then is new for new_days and NULL after.
Error 22023 for an infinite as_of and for parameters that are infinite, NaN or out of range: population_gap, window_days and declining_at are positive, the others not negative; departed_at >= declining_at; growing_above >= shrinking_below; prior_weight * population_gap is finite.
The rule is this extension''s own; the five stages are those of lifecycle marketing.';

CREATE FUNCTION crm_lifecycle_reason(a crm_activity, as_of date, population_gap double precision, new_days integer DEFAULT 30, window_days integer DEFAULT 90, declining_at double precision DEFAULT 1.5, departed_at double precision DEFAULT 3, shrinking_below double precision DEFAULT 0.7, growing_above double precision DEFAULT 1.2, prior_weight double precision DEFAULT 3) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION crm_lifecycle_reason(crm_activity, date, double precision, integer, integer, double precision, double precision, double precision, double precision, double precision) IS
'Why crm_lifecycle_stage says so, in a sentence for an account manager.
As "silent 74 days, 2.1 times the usual gap of 35": the numbers of the rule that decided. Arguments and errors as there; NULL when there is nothing yet, and when an argument is NULL other than population_gap.';

-- Periods

CREATE FUNCTION crm_active_between(a crm_activity, from_day date, to_day date) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_active_between(crm_activity, date, date) IS
'Is there an active day from from_day to to_day, both included?
A refund is no activity. ''-infinity'' and ''infinity'' leave an end open. False when from_day is after to_day; NULL when an argument is NULL.';

CREATE FUNCTION crm_period_state(a crm_activity, period_start date, period_end date, previous_start date, previous_end date) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_period_state(crm_activity, date, date, date, date) IS
'The state: ''new'', ''returning'', ''resurrecting'' or ''dormant''.
Between two periods, days included at both ends. new: active in the period, and never before it. returning: active in the period and in the previous one. resurrecting: active in the period, not in the previous one, but before. dormant: active in the previous period and not in this one. NULL for who is active in neither, and when an argument is NULL.
Error 22023 when a period ends before it starts, or the previous one does not end before the period starts.';

CREATE FUNCTION crm_stickiness_trans(state crm_distribution, a crm_activity, from_day date, to_day date) RETURNS crm_distribution
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_stickiness_final(state crm_distribution) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_stickiness_trans(crm_distribution, crm_activity, date, date) IS
'Support of crm_stickiness: takes in the active days of a customer.';
COMMENT ON FUNCTION crm_stickiness_final(crm_distribution) IS
'Support of crm_stickiness: the ratio.';

CREATE AGGREGATE crm_stickiness(a crm_activity, from_day date, to_day date) (
    SFUNC = crm_stickiness_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_stickiness_final, COMBINEFUNC = crm_distribution_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_stickiness(crm_activity, date, date) IS
'Mean daily active customers over all active in the period, 0 to 1.
DAU/MAU when the period is a month: 0.5 means that who is active at all is so every other day. A ratio of means, over the days from from_day to to_day, both included, the same in every row. NULL when nobody is active in the period; rows with a NULL are skipped. Error 22023 for an infinite day and for a period that ends before it starts.';
-- Lifetime value: models of purchases, contracts and spend; fits and scores.

CREATE TYPE crm_clv_sample;

CREATE FUNCTION crm_clv_sample_in(cstring) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION crm_clv_sample_out(crm_clv_sample) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION crm_clv_sample_recv(internal) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION crm_clv_sample_send(crm_clv_sample) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE crm_clv_sample (
    INPUT = crm_clv_sample_in,
    OUTPUT = crm_clv_sample_out,
    RECEIVE = crm_clv_sample_recv,
    SEND = crm_clv_sample_send,
    INTERNALLENGTH = variable,
    STORAGE = extended
);

COMMENT ON TYPE crm_clv_sample IS
'Customers that a fit of lifetime value has seen, alike ones as one row.
The state of crm_clv_fit and its like, and mergeable, so that plans may split it. Text form: its bytes in hexadecimal.';

COMMENT ON FUNCTION crm_clv_sample_in(cstring) IS
'Reads the state of a fit from hexadecimal; error 22P02 for others.';
COMMENT ON FUNCTION crm_clv_sample_out(crm_clv_sample) IS
'Writes the state of a fit in hexadecimal.';
COMMENT ON FUNCTION crm_clv_sample_recv(internal) IS
'Reads the state of a fit from its bytes; error 22P03 for others.';
COMMENT ON FUNCTION crm_clv_sample_send(crm_clv_sample) IS
'Writes the state of a fit as its bytes.';

-- The model

CREATE TYPE crm_clv_model;

CREATE FUNCTION crm_clv_model_in(cstring) RETURNS crm_clv_model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION crm_clv_model_out(crm_clv_model) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION crm_clv_model_recv(internal) RETURNS crm_clv_model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION crm_clv_model_send(crm_clv_model) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE crm_clv_model (
    INPUT = crm_clv_model_in,
    OUTPUT = crm_clv_model_out,
    RECEIVE = crm_clv_model_recv,
    SEND = crm_clv_model_send,
    INTERNALLENGTH = variable,
    ALIGNMENT = double,
    STORAGE = plain
);

COMMENT ON TYPE crm_clv_model IS
'A model of lifetime value: parameters, and how they were fitted.
Text form is JSON: "model" (bg/nbd, mbg/nbd, pareto/nbd, bg/bb or sbg), "unit_days", "as_of", "purchase" and, where there were amounts, "spend" and "correlation" (of frequency and value). A part has "parameters", named as in the papers, and of a fit "covariance", "log_likelihood", "customers", "distinct" (histories), "iterations", "gradient_norm", "boundary". Only "model" and the parameters must be there, so published models can be written down. Every number reads back to the last bit.';

COMMENT ON FUNCTION crm_clv_model_in(cstring) IS
'Reads a model from JSON; error 22P02 names the key at fault.';
COMMENT ON FUNCTION crm_clv_model_out(crm_clv_model) IS
'Writes a model as JSON; every number reads back to the last bit.';
COMMENT ON FUNCTION crm_clv_model_recv(internal) IS
'Reads a model from its binary form; error 22P03 for others.';
COMMENT ON FUNCTION crm_clv_model_send(crm_clv_model) IS
'Writes a model in its binary form, field by field.';

CREATE FUNCTION crm_clv_model(model jsonb) RETURNS crm_clv_model
AS 'MODULE_PATHNAME', 'crm_clv_model_from_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_clv_model(jsonb) IS
'A model from JSON, as its text form is; also a cast.
Error 22P02 names the key at fault.';

CREATE FUNCTION crm_to_jsonb(model crm_clv_model) RETURNS jsonb
AS 'MODULE_PATHNAME', 'crm_clv_model_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_to_jsonb(crm_clv_model) IS
'A model as JSON, as its text form is; also a cast.';

CREATE CAST (crm_clv_model AS jsonb) WITH FUNCTION crm_to_jsonb(crm_clv_model) AS ASSIGNMENT;
COMMENT ON CAST (crm_clv_model AS jsonb) IS 'A model as JSON, as its text form is.';
CREATE CAST (jsonb AS crm_clv_model) WITH FUNCTION crm_clv_model(jsonb) AS ASSIGNMENT;
COMMENT ON CAST (jsonb AS crm_clv_model) IS 'A model from JSON, as its text form is.';

-- Fits

CREATE FUNCTION crm_clv_trans(state crm_clv_sample, a crm_activity, as_of date) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans(state crm_clv_sample, a crm_activity, as_of date, model text) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_summary(state crm_clv_sample, frequency double precision, recency double precision, age double precision, monetary double precision) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_summary(state crm_clv_sample, frequency double precision, recency double precision, age double precision, monetary double precision, model text) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_summary(state crm_clv_sample, frequency double precision, recency double precision, age double precision, monetary double precision, model text, unit_days double precision) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_bgbb(state crm_clv_sample, frequency integer, recency integer, opportunities integer) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_bgbb(state crm_clv_sample, frequency integer, recency integer, opportunities integer, weight double precision) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_sbg(state crm_clv_sample, lifetime integer, churned boolean) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_sbg(state crm_clv_sample, lifetime integer, churned boolean, weight double precision) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_combine(state crm_clv_sample, other crm_clv_sample) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_final(state crm_clv_sample) RETURNS crm_clv_model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_clv_trans(crm_clv_sample, crm_activity, date) IS
'Support of crm_clv_fit: takes in a ledger.';
COMMENT ON FUNCTION crm_clv_trans(crm_clv_sample, crm_activity, date, text) IS
'Support of crm_clv_fit: takes in a ledger, for a named model.';
COMMENT ON FUNCTION crm_clv_trans_summary(crm_clv_sample, double precision, double precision, double precision, double precision) IS
'Support of crm_clv_fit_summary: takes in a summary.';
COMMENT ON FUNCTION crm_clv_trans_summary(crm_clv_sample, double precision, double precision, double precision, double precision, text) IS
'Support of crm_clv_fit_summary: takes in a summary, for a named model.';
COMMENT ON FUNCTION crm_clv_trans_summary(crm_clv_sample, double precision, double precision, double precision, double precision, text, double precision) IS
'Support of crm_clv_fit_summary: takes in a summary in a unit of time.';
COMMENT ON FUNCTION crm_clv_trans_bgbb(crm_clv_sample, integer, integer, integer) IS
'Support of crm_bgbb_fit: takes in a customer.';
COMMENT ON FUNCTION crm_clv_trans_bgbb(crm_clv_sample, integer, integer, integer, double precision) IS
'Support of crm_bgbb_fit: takes in customers that are alike.';
COMMENT ON FUNCTION crm_clv_trans_sbg(crm_clv_sample, integer, boolean) IS
'Support of crm_sbg_fit: takes in a contract.';
COMMENT ON FUNCTION crm_clv_trans_sbg(crm_clv_sample, integer, boolean, double precision) IS
'Support of crm_sbg_fit: takes in contracts that are alike.';
COMMENT ON FUNCTION crm_clv_combine(crm_clv_sample, crm_clv_sample) IS
'Support of fits of lifetime value: both samples in one.';
COMMENT ON FUNCTION crm_clv_final(crm_clv_sample) IS
'Support of fits of lifetime value: maximum likelihood.';

CREATE AGGREGATE crm_clv_fit(a crm_activity, as_of date) (
    SFUNC = crm_clv_trans, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_clv_fit(crm_activity, date) IS
'The BG/NBD model of these customers, and their spend, as of a day.
As crm_clv_fit(a, as_of, ''bg/nbd'').';

CREATE AGGREGATE crm_clv_fit(a crm_activity, as_of date, model text) (
    SFUNC = crm_clv_trans, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_clv_fit(crm_activity, date, text) IS
'A model of when these customers purchase and how much, as of a day.
a: a ledger per customer; NULLs, and customers who have not bought by as_of, are skipped. model: ''bg/nbd'' (Fader, Hardie & Lee 2005), ''mbg/nbd'' (Batislam et al. 2007; Hoppe & Wagner 2007) or ''pareto/nbd'' (Schmittlein et al. 1987). Under BG/NBD every one-time buyer has P(alive) = 1; the other two can see him gone. Time is counted in weeks, days / 7. Where there are amounts, the Gamma-Gamma model (Fader & Hardie 2013) of the mean value of repeat days is fitted to customers with one above 0.
Maximum likelihood; the result depends neither on the order of rows nor on the plan. A maximum at a boundary is usable, and a NOTICE, once a query, says what it means. No customers give NULL. Errors: 22000 where nobody has bought on a second day or nothing converges (with GROUP BY choose the groups before the fit, as doc/clv.md shows), 22023 for an unknown model and for arguments that differ from row to row, 22004 where they are NULL.';

CREATE AGGREGATE crm_clv_fit_summary(frequency double precision, recency double precision, age double precision, monetary double precision) (
    SFUNC = crm_clv_trans_summary, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_clv_fit_summary(double precision, double precision, double precision, double precision) IS
'The BG/NBD model from summaries in weeks.
As crm_clv_fit_summary(frequency, recency, age, monetary, ''bg/nbd'', 7).';

CREATE AGGREGATE crm_clv_fit_summary(frequency double precision, recency double precision, age double precision, monetary double precision, model text) (
    SFUNC = crm_clv_trans_summary, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_clv_fit_summary(double precision, double precision, double precision, double precision, text) IS
'A model of when customers purchase, from summaries in weeks.
As crm_clv_fit_summary(frequency, recency, age, monetary, model, 7).';

CREATE AGGREGATE crm_clv_fit_summary(frequency double precision, recency double precision, age double precision, monetary double precision, model text, unit_days double precision) (
    SFUNC = crm_clv_trans_summary, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_clv_fit_summary(double precision, double precision, double precision, double precision, text, double precision) IS
'A model of when customers purchase and how much, from summaries.
frequency: repeat purchases, 0 or at least 1. recency: age at the last of them, 0 where there is none. age: time since the first purchase, also written T. monetary: mean value of the repeat purchases; NULL or not above 0 where it is not known. unit_days: days in a unit of recency and age, above 0. model and errors as of crm_clv_fit(a, as_of, model); 22023 also for a history that is not possible. Rows with a NULL frequency, recency or age are skipped.';

CREATE AGGREGATE crm_bgbb_fit(frequency integer, recency integer, opportunities integer) (
    SFUNC = crm_clv_trans_bgbb, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_bgbb_fit(integer, integer, integer) IS
'The BG/BB model of purchases at opportunities in turn.
As with a weight of 1.';

CREATE AGGREGATE crm_bgbb_fit(frequency integer, recency integer, opportunities integer, weight double precision) (
    SFUNC = crm_clv_trans_bgbb, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_bgbb_fit(integer, integer, integer, double precision) IS
'The BG/BB model of purchases at opportunities in turn.
Fader, Hardie & Shang (2010): a yearly appeal, a monthly meeting. frequency: opportunities taken; recency: the last one taken, 0 where none was; opportunities: all there were since acquisition. weight: customers who are alike, a whole number. Rows with a NULL or a weight of 0 are skipped, no rows give NULL. Errors: 22023 for a history that is not possible, 22000 where nobody has purchased. Ask the model with the functions whose names end in _summary.';

CREATE AGGREGATE crm_sbg_fit(lifetime integer, churned boolean) (
    SFUNC = crm_clv_trans_sbg, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_sbg_fit(integer, boolean) IS
'The shifted beta-geometric model of contracts.
As with a weight of 1.';

CREATE AGGREGATE crm_sbg_fit(lifetime integer, churned boolean, weight double precision) (
    SFUNC = crm_clv_trans_sbg, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_sbg_fit(integer, boolean, double precision) IS
'The shifted beta-geometric model of contracts.
Fader & Hardie (2007). lifetime: whole periods so far, including the one at whose end the contract was not renewed; churned: whether it has ended. weight: contracts that are alike, a whole number. Rows with a NULL or a weight of 0 are skipped, no rows give NULL. Errors: 22023 for a lifetime that is not possible, 22000 where no contract has come to its first renewal. Ask the model with crm_sbg_survival, crm_sbg_retention and crm_sbg_renewals.';

-- Readers

CREATE FUNCTION crm_model_name(model crm_clv_model) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_model_name(crm_clv_model) IS
'Which model it is: bg/nbd, mbg/nbd, pareto/nbd, bg/bb or sbg.';

CREATE FUNCTION crm_clv_model_parameters(model crm_clv_model, OUT submodel text, OUT parameter text, OUT estimate double precision, OUT std_error double precision, OUT low double precision, OUT high double precision)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 7;
COMMENT ON FUNCTION crm_clv_model_parameters(crm_clv_model) IS
'The parameters of a model with standard errors and 95% intervals.
submodel: purchase or spend. std_error: from the exact Hessian at the maximum. low, high: symmetric in the logarithm of the parameter, estimate / f and estimate * f with f = exp(1.96 std_error / estimate). The last three are NULL for a parameter at a boundary and for a model that was not fitted here.';

CREATE FUNCTION crm_log_likelihood(model crm_clv_model, submodel text DEFAULT 'purchase') RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_log_likelihood(crm_clv_model, text) IS
'The log-likelihood that a fit has reached.
submodel: ''purchase'' or ''spend'' (error 22023 for others). A sum over customers, in the model''s unit of time: compare models of the same customers in the same unit only. NULL where that part was not fitted here.';

CREATE FUNCTION crm_aic(model crm_clv_model, submodel text DEFAULT 'purchase') RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_aic(crm_clv_model, text) IS
'Akaike''s information criterion, 2 parameters - 2 log-likelihood.
Smaller is better. NULL and errors as of crm_log_likelihood.';

CREATE FUNCTION crm_bic(model crm_clv_model, submodel text DEFAULT 'purchase') RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_bic(crm_clv_model, text) IS
'Bayesian information criterion, ln(customers) for each parameter.
ln(customers) * parameters - 2 log-likelihood; smaller is better. NULL and errors as of crm_log_likelihood.';

-- Scores from ledgers

CREATE FUNCTION crm_p_alive(model crm_clv_model, a crm_activity, as_of date) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_p_alive(crm_clv_model, crm_activity, date) IS
'The probability that a customer will still purchase, 0 to 1.
As of a day: what the ledger says later is not looked at. Under BG/NBD a customer without a repeat purchase has had no chance to leave, so it is 1; MBG/NBD and Pareto/NBD have no such rule. NULL when an argument is NULL and where the customer has not bought by as_of. Error 22023 for models of contracts and of opportunities.';

CREATE FUNCTION crm_p_alive(model crm_clv_model, a crm_activity, as_of date, at date) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_p_alive(crm_clv_model, crm_activity, date, date) IS
'P(alive) on a later day, if nothing more is bought until then.
at: as_of or later (error 22023 if not). Otherwise as crm_p_alive(model, a, as_of).';

CREATE FUNCTION crm_expected_purchases(model crm_clv_model, a crm_activity, as_of date, horizon_days integer) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION crm_expected_purchases(crm_clv_model, crm_activity, date, integer) IS
'Days with a purchase to expect in the horizon_days after as_of.
E[X(T, T+t)]; horizon_days: 0 or more. NULL and errors as of crm_p_alive.';

CREATE FUNCTION crm_expected_value(model crm_clv_model, a crm_activity, as_of date) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_expected_value(crm_clv_model, crm_activity, date) IS
'The mean value to expect of a customer''s purchase days.
Gamma-Gamma: his own mean, drawn towards that of all customers the more, the fewer repeat days he has. A mean below 0, of a customer with many refunds, counts as 0. NULL where the law has no mean (p x + q <= 1), otherwise as of crm_p_alive. Error 22023 where the model knows nothing of amounts.';

CREATE FUNCTION crm_clv(model crm_clv_model, a crm_activity, as_of date, horizon_days integer, annual_discount double precision DEFAULT 0.1) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_clv_of_ledger' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION crm_clv(crm_clv_model, crm_activity, date, integer, double precision) IS
'Today''s value of a customer''s purchases in the coming days.
The expected value of a purchase, times the purchases to expect, each discounted by (1 + annual_discount)^-(days until then / 365.25). In the currency of the amounts: revenue, unless the ledger holds margins. horizon_days: 0 or more; NULL is without end, the mean value times DERT. annual_discount: 0 or more, a share a year.
NULL where the sum has no bound (no end, no discount), and otherwise as of crm_expected_value. Past purchases are not in it.';

CREATE FUNCTION crm_clv_interval(model crm_clv_model, a crm_activity, as_of date, horizon_days integer, annual_discount double precision DEFAULT 0.1, confidence double precision DEFAULT 0.9, OUT low double precision, OUT high double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 2000;
COMMENT ON FUNCTION crm_clv_interval(crm_clv_model, crm_activity, date, integer, double precision, double precision) IS
'Confidence interval of crm_clv from the uncertainty of the parameters.
By the delta method on its logarithm, from the covariance matrices of both parts, which are taken to be independent. It covers how well the expected value is known from so many customers. It does not cover chance, with which the one customer spends far more or less than expected, nor that the model may be wrong, nor parameters at a boundary. confidence: between 0 and 1 (22023).
NULL where crm_clv is, and where the model has no covariance.';

-- Scores of customers to come

CREATE FUNCTION crm_new_customer_purchases(model crm_clv_model, days integer) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION crm_new_customer_purchases(crm_clv_model, integer) IS
'Repeat purchase days to expect of a new customer in his first days.
E[X(t)]; the first purchase is not counted. days: 0 or more (22023).';

CREATE FUNCTION crm_purchase_probability(model crm_clv_model, purchases integer, days integer) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION crm_purchase_probability(crm_clv_model, integer, integer) IS
'The probability of so many repeat purchases in the first days.
P(X(t) = purchases). purchases: 0 to a million; days: 0 or more (22023).';

-- Scores from summaries, in the model's unit of time

CREATE FUNCTION crm_p_alive_summary(model crm_clv_model, frequency double precision, recency double precision, age double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_p_alive_summary(crm_clv_model, double precision, double precision, double precision) IS
'The probability that a customer will still purchase, from a summary.
frequency, recency, age: as of crm_clv_fit_summary, in the unit of the model; for BG/BB whole numbers of opportunities. Error 22023 for a history that is not possible and for models of contracts.';

CREATE FUNCTION crm_p_alive_summary(model crm_clv_model, frequency double precision, recency double precision, age double precision, at double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_p_alive_summary(crm_clv_model, double precision, double precision, double precision, double precision) IS
'P(alive) at a later age, if nothing more is bought until then.
at: age or more (error 22023 if not), counted like it from the first purchase. Otherwise as crm_p_alive_summary(model, frequency, recency, age).';

CREATE FUNCTION crm_expected_purchases_summary(model crm_clv_model, frequency double precision, recency double precision, age double precision, horizon double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION crm_expected_purchases_summary(crm_clv_model, double precision, double precision, double precision, double precision) IS
'Purchases to expect in the horizon after a summary.
horizon: in the unit of the model, 0 or more; for BG/BB opportunities. Otherwise as crm_p_alive_summary.';

CREATE FUNCTION crm_expected_value_summary(model crm_clv_model, frequency double precision, monetary double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_expected_value_summary(crm_clv_model, double precision, double precision) IS
'The mean value to expect of a customer''s purchases, from a summary.
monetary: the mean of frequency repeat purchases; not used, and may be NULL, where frequency is 0. Otherwise as crm_expected_value.';

CREATE FUNCTION crm_clv_summary(model crm_clv_model, frequency double precision, recency double precision, age double precision, monetary double precision, horizon double precision, annual_discount double precision DEFAULT 0.1) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_clv_summary_value' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION crm_clv_summary(crm_clv_model, double precision, double precision, double precision, double precision, double precision, double precision) IS
'Value of a customer''s purchases in the horizon, from a summary.
horizon: in the unit of the model; NULL is without end. annual_discount: a share a year, whatever the unit. Otherwise as crm_clv and crm_expected_value_summary.';

CREATE FUNCTION crm_clv_interval_summary(model crm_clv_model, frequency double precision, recency double precision, age double precision, monetary double precision, horizon double precision, annual_discount double precision DEFAULT 0.1, confidence double precision DEFAULT 0.9, OUT low double precision, OUT high double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 2000;
COMMENT ON FUNCTION crm_clv_interval_summary(crm_clv_model, double precision, double precision, double precision, double precision, double precision, double precision, double precision) IS
'Confidence interval of crm_clv_summary: how well it is known.
What it covers and what not: as crm_clv_interval. Arguments as of crm_clv_summary.';

CREATE FUNCTION crm_new_customer_purchases_summary(model crm_clv_model, horizon double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION crm_new_customer_purchases_summary(crm_clv_model, double precision) IS
'Purchases to expect of a new customer, in the model''s unit of time.
As crm_new_customer_purchases, with the horizon in the unit of the model; for BG/BB opportunities.';

CREATE FUNCTION crm_purchase_probability_summary(model crm_clv_model, purchases integer, horizon double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION crm_purchase_probability_summary(crm_clv_model, integer, double precision) IS
'The probability of so many purchases, in the model''s unit of time.
As crm_purchase_probability, with the horizon in the unit of the model; for BG/BB opportunities.';

-- Contracts

CREATE FUNCTION crm_sbg_survival(model crm_clv_model, periods integer) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_sbg_survival_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_sbg_survival(crm_clv_model, integer) IS
'The share of new contracts that outlive so many periods, 0 to 1.
periods: 0 or more. Error 22023 for other models than sbg.';

CREATE FUNCTION crm_sbg_retention(model crm_clv_model, period integer) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_sbg_retention_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_sbg_retention(crm_clv_model, integer) IS
'The share of contracts in a period that is renewed at its end.
period: 1 or more. It rises with the period, since those who leave easily leave early. Error 22023 for other models than sbg.';

CREATE FUNCTION crm_sbg_renewals(model crm_clv_model, periods integer, renewals integer, rate double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION crm_sbg_renewals(crm_clv_model, integer, integer, double precision) IS
'Renewals to expect of a contract, discounted.
periods: after how many it was renewed so far; renewals: how many ends of periods to look ahead, the first one a period from now, or NULL for all. A renewal j periods from now counts (1 + rate)^-j; rate: 0 or more, a share a period. NULL where the sum has no bound. Error 22023 for other models than sbg. Fader & Hardie (2010).';

-- Validation: what was expected against what happened

CREATE FUNCTION crm_clv_check_arguments(as_of date, until date, step_days integer, up_to integer) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION crm_clv_check_arguments(date, date, integer, integer) IS
'Support of crm_clv_tracking and its like: refuses bad arguments.
True, or error 22023 that names the argument. NULL for those that a function does not have.';

CREATE FUNCTION crm_clv_tracking(model crm_clv_model, activities crm_activity[], until date, step_days integer DEFAULT 7, OUT day date, OUT actual bigint, OUT expected double precision, OUT actual_cumulative bigint, OUT expected_cumulative double precision)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 100
BEGIN ATOMIC
    WITH customer AS MATERIALIZED (
        SELECT u.a, crm_first_day(u.a, until) AS first_day FROM unnest(activities) AS u (a)
    ), cohort AS MATERIALIZED (
        SELECT c.first_day, count(*) AS customers FROM customer AS c WHERE c.first_day IS NOT NULL GROUP BY c.first_day
    ), start AS MATERIALIZED (
        SELECT min(c.first_day) - 1 AS day FROM cohort AS c
    ), step AS MATERIALIZED (
        SELECT i, s.day + i * step_days AS day FROM start AS s, generate_series(1, (until - s.day) / step_days) AS i
    ), repeat AS MATERIALIZED (
        SELECT (d.day - s.day - 1) / step_days + 1 AS i, count(*) AS customers
        FROM start AS s, customer AS c, crm_days(c.a) AS d
        WHERE d.events > 0 AND d.day > c.first_day AND d.day <= until GROUP BY 1
    ), purchases AS MATERIALIZED (
        SELECT age, crm_new_customer_purchases(model, age) AS expected
        FROM start AS s, generate_series(0, until - s.day - 1) AS age
    ), cumulative AS (
        SELECT s.i, s.day, sum(c.customers * p.expected ORDER BY c.first_day) AS expected
        FROM step AS s JOIN cohort AS c ON c.first_day <= s.day JOIN purchases AS p ON p.age = s.day - c.first_day
        GROUP BY s.i, s.day
    )
    SELECT c.day, coalesce(r.customers, 0), c.expected - lag(c.expected, 1, 0::double precision) OVER w,
           coalesce(sum(r.customers) OVER w, 0)::bigint, c.expected
    FROM cumulative AS c LEFT JOIN repeat AS r USING (i)
    WHERE crm_clv_check_arguments(NULL, until, step_days, NULL)
    WINDOW w AS (ORDER BY c.day) ORDER BY c.day;
END;
COMMENT ON FUNCTION crm_clv_tracking(crm_clv_model, crm_activity[], date, integer) IS
'Repeat purchase days of all customers, step by step: actual, expected.
The model knows of a customer his first day only. activities: a ledger per customer, with what followed the fit: ARRAY(SELECT a FROM customer); NULLs, and who has not bought by until, are left out. until: the last day to look at. step_days: 1 or more; day is the last day of a step, the first step begins with the first purchase of all, and a part of a step at the end is left out. Before the day of the fit the model should follow, after it it is put to the test. A NULL gives no rows. Error 22023 for an infinite day, for step_days below 1, and as of crm_new_customer_purchases.';

CREATE FUNCTION crm_clv_frequency_check(model crm_clv_model, activities crm_activity[], as_of date, up_to integer DEFAULT 7, OUT frequency integer, OUT actual bigint, OUT expected double precision)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 8
BEGIN ATOMIC
    WITH customer AS MATERIALIZED (
        SELECT least(crm_frequency(u.a, as_of), up_to) AS frequency, crm_age(u.a, as_of) AS age, count(*) AS customers
        FROM unnest(activities) AS u (a) WHERE crm_active_days(u.a, as_of) > 0 GROUP BY 1, 2
    ), cohort AS MATERIALIZED (
        SELECT c.age, sum(c.customers)::bigint AS customers FROM customer AS c GROUP BY c.age
    ), bin AS (
        SELECT f, (SELECT coalesce(sum(c.customers), 0)::bigint FROM customer AS c WHERE c.frequency = f) AS actual,
               (SELECT sum(c.customers * crm_purchase_probability(model, f, c.age) ORDER BY c.age) FROM cohort AS c) AS expected
        FROM generate_series(0, up_to) AS f
    )
    SELECT b.f, b.actual,
           CASE WHEN b.f < up_to THEN b.expected
                ELSE (SELECT sum(c.customers) FROM cohort AS c)::double precision
                     - coalesce(sum(b.expected) OVER (ORDER BY b.f ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) END
    FROM bin AS b WHERE crm_clv_check_arguments(as_of, NULL, NULL, up_to) ORDER BY b.f;
END;
COMMENT ON FUNCTION crm_clv_frequency_check(crm_clv_model, crm_activity[], date, integer) IS
'Customers by their number of repeat purchase days: actual, expected.
The model knows of a customer his first day only. activities: a ledger per customer, ARRAY(SELECT a FROM customer); NULLs, and who has not bought by as_of, are left out; expected is NULL where nobody is left. up_to: 0 or more; the last row stands for this frequency and more. A NULL gives no rows. Error 22023 for an infinite day, for up_to below 0, and as of crm_purchase_probability.';

CREATE FUNCTION crm_clv_holdout(model crm_clv_model, activities crm_activity[], as_of date, until date, up_to integer DEFAULT 7, OUT frequency integer, OUT customers bigint, OUT expected double precision, OUT actual double precision)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 8
BEGIN ATOMIC
    SELECT c.frequency, count(*), avg(c.expected ORDER BY c.expected), avg(c.actual)::double precision
    FROM (SELECT least(crm_frequency(u.a, as_of), up_to) AS frequency,
                 -- CASE, for the planner may come to this before the check does.
                 crm_expected_purchases(model, u.a, as_of, CASE WHEN isfinite(until) AND isfinite(as_of) THEN until - as_of END)
                     AS expected,
                 crm_active_days(u.a, until) - crm_active_days(u.a, as_of) AS actual
          FROM unnest(activities) AS u (a) WHERE crm_active_days(u.a, as_of) > 0) AS c
    WHERE crm_clv_check_arguments(as_of, until, NULL, up_to)
    GROUP BY c.frequency ORDER BY c.frequency;
END;
COMMENT ON FUNCTION crm_clv_holdout(crm_clv_model, crm_activity[], date, date, integer) IS
'Purchase days per customer after a day: expected and actual.
The ledger can be read as of any day, so no second table is needed: fit as of a day, compare with what followed until a later one. activities: a ledger per customer, ARRAY(SELECT a FROM customer); NULLs, and who has not bought by as_of, are left out. frequency: repeat purchase days by as_of, up_to (0 or more) and more in the last row. expected, actual: means. A NULL gives no rows. Error 22023 for an infinite day, for an until before as_of, for up_to below 0, and as of crm_expected_purchases.';

-- Simulation

CREATE FUNCTION crm_simulate_purchases(model crm_clv_model, customers integer, first_day date, days integer, seed bigint, OUT customer_id bigint, OUT day date, OUT amount numeric)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 10000;
COMMENT ON FUNCTION crm_simulate_purchases(crm_clv_model, integer, date, integer, bigint) IS
'Purchases of customers drawn from a model, the same for the same seed.
customer_id: 1 to customers, in order, and each in order of time. All begin on first_day, at noon, and are watched for so many days after it. day: several purchases may fall on one. amount: of the spend part, in cents; NULL where the model has none. What a customer does depends on the seed and on his number alone. Errors 22023 for models of contracts, of opportunities without "unit_days", and for numbers below 0.';
-- Expected against actual: gaps, outcomes, intervals, tests.

CREATE TYPE crm_experience;

CREATE FUNCTION crm_experience_in(input cstring) RETURNS crm_experience
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_experience_in(cstring) IS
'Reads the text form of crm_experience.';

CREATE FUNCTION crm_experience_out(value crm_experience) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_experience_out(crm_experience) IS
'Writes the text form of crm_experience.';

CREATE FUNCTION crm_experience_recv(input internal) RETURNS crm_experience
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_experience_recv(internal) IS
'Reads the binary form of crm_experience.';

CREATE FUNCTION crm_experience_send(value crm_experience) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_experience_send(crm_experience) IS
'Writes the binary form of crm_experience.';

CREATE TYPE crm_experience (
    INPUT = crm_experience_in, OUTPUT = crm_experience_out,
    RECEIVE = crm_experience_recv, SEND = crm_experience_send,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = extended
);

COMMENT ON TYPE crm_experience IS
'Mergeable summary of ratings: moments of gap, expected and actual.
Holds counts, weights, sums and sums of squares, extremes, and the weights of the three outcomes, 320 bytes in all. Made by crm_experience_agg, merged by crm_rollup, read by crm_gap_mean and its like. The text form is JSON and survives a round trip to the last bit.';

CREATE FUNCTION crm_experience_gap(
    expected double precision,
    actual double precision)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_experience_gap(double precision, double precision) IS
'The gap of one rating: actual - expected, in scale points.
SERVQUAL: Parasuraman, Zeithaml, Berry (1988). NULL when either side is. Errors: 22023 for NaN and infinities, 22003 for overflow.';

CREATE FUNCTION crm_experience_outcome(
    expected double precision,
    actual double precision,
    tolerance double precision DEFAULT 0.5)
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_experience_outcome(double precision, double precision, double precision) IS
'Outcome of one rating: negative, satisfied or positive.
Expectation-disconfirmation (Oliver 1980): satisfied while the gap is at most tolerance, in scale points, either way; the default is half a scale step. Rounding of decimal scores does not count: 0.6 to 1.1 is satisfied. An infinite gap of finite scores is what its sign says. NULL when either side is. Errors: 22023 for NaN, infinities and a negative tolerance.';

CREATE FUNCTION crm_experience_trans(
    state crm_experience,
    expected double precision,
    actual double precision)
RETURNS crm_experience
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_experience_trans(crm_experience, double precision, double precision) IS
'Adds one rating to a summary: support for crm_experience_agg.';

CREATE FUNCTION crm_experience_trans(
    state crm_experience,
    expected double precision,
    actual double precision,
    weight double precision)
RETURNS crm_experience
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_experience_trans(crm_experience, double precision, double precision, double precision) IS
'Adds one rating to a summary: support for crm_experience_agg.';

CREATE FUNCTION crm_experience_combine(a crm_experience, b crm_experience)
RETURNS crm_experience
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_experience_combine(crm_experience, crm_experience) IS
'Merges two crm_experience values: support for aggregates.
Order and grouping of merges do not show in the first 12 digits of any answer. Errors: 22003 when a sum overflows.';

CREATE AGGREGATE crm_experience_agg(
    expected double precision,
    actual double precision) (
    SFUNC = crm_experience_trans, STYPE = crm_experience, SSPACE = 384,
    COMBINEFUNC = crm_experience_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_experience_agg(double precision, double precision) IS
'Summarises pairs of expected and actual scores, one scale.
A rating with one side NULL counts for the other side alone, not for the gap: SERVPERF passes NULL for expected. No rating at all gives NULL. Outcomes are counted at the default tolerance, 0.5. Errors: 22023 for NaN and infinities, 22003 where a sum overflows or a square vanishes.';

CREATE AGGREGATE crm_experience_agg(
    expected double precision,
    actual double precision,
    weight double precision) (
    SFUNC = crm_experience_trans, STYPE = crm_experience, SSPACE = 384,
    COMBINEFUNC = crm_experience_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_experience_agg(double precision, double precision, double precision) IS
'Summarises weighted pairs of expected and actual scores.
Weights are importance or sampling weights, of which only the ratios matter: standard errors follow from the effective sample size (sum w)^2 / sum w^2 (Kish 1965), so n equal weights give what n unweighted rows give. A weight of 0 or NULL leaves the row out. A rating with one side NULL counts for the other side alone, not for the gap: SERVPERF passes NULL for expected. Errors: 22023 for a negative weight, NaN and infinities, 22003 where a sum overflows or a square vanishes.';

CREATE AGGREGATE crm_rollup(summary crm_experience) (
    SFUNC = crm_experience_combine, STYPE = crm_experience, SSPACE = 384,
    COMBINEFUNC = crm_experience_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_rollup(crm_experience) IS
'Merges summaries of ratings into one, as if from all their rows.
NULLs are skipped; nothing but NULLs, or no rows, gives NULL.';

CREATE FUNCTION crm_gap_count(e crm_experience)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_gap_count(crm_experience) IS
'How many ratings with both sides and a positive weight.';

CREATE FUNCTION crm_gap_mean(e crm_experience)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_gap_mean(crm_experience) IS
'Weighted mean gap, actual - expected.
Over the ratings with both sides. Differs from crm_actual_mean - crm_expected_mean where one side of some ratings is missing. NULL where there are none.';

CREATE FUNCTION crm_gap_stddev(e crm_experience)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_gap_stddev(crm_experience) IS
'Sample standard deviation of the gap, actual - expected.
NULL below two ratings, exactly 0 where all are equal, up to the rounding of decimal scores.';

CREATE FUNCTION crm_gap_stderr(e crm_experience)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_gap_stderr(crm_experience) IS
'Standard error of the mean gap, actual - expected.
The standard deviation over the root of the (effective) sample size. NULL below two ratings, exactly 0 where all are equal, up to the rounding of decimal scores.';

CREATE FUNCTION crm_gap_interval(
    e crm_experience,
    confidence double precision DEFAULT 0.95,
    OUT low double precision,
    OUT high double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_gap_interval(crm_experience, double precision) IS
'Student interval of the mean gap, actual - expected: low, high.
Degrees of freedom are the (effective) sample size less 1. NULL below two ratings. Errors: 22023 unless 0 < confidence < 1.';

CREATE FUNCTION crm_expected_count(e crm_experience)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_expected_count(crm_experience) IS
'How many ratings with an expected score and a positive weight.';

CREATE FUNCTION crm_expected_mean(e crm_experience)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_expected_mean(crm_experience) IS
'Weighted mean expected score.
Over the ratings with an expected score. NULL where there are none.';

CREATE FUNCTION crm_expected_stddev(e crm_experience)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_expected_stddev(crm_experience) IS
'Sample standard deviation of the expected score.
NULL below two ratings, exactly 0 where all are equal.';

CREATE FUNCTION crm_expected_stderr(e crm_experience)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_expected_stderr(crm_experience) IS
'Standard error of the mean expected score.
The standard deviation over the root of the (effective) sample size. NULL below two ratings, exactly 0 where all are equal.';

CREATE FUNCTION crm_expected_interval(
    e crm_experience,
    confidence double precision DEFAULT 0.95,
    OUT low double precision,
    OUT high double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_expected_interval(crm_experience, double precision) IS
'Student interval of the mean expected score: low, high.
Degrees of freedom are the (effective) sample size less 1. NULL below two ratings. Errors: 22023 unless 0 < confidence < 1.';

CREATE FUNCTION crm_actual_count(e crm_experience)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_actual_count(crm_experience) IS
'How many ratings with an actual score and a positive weight.';

CREATE FUNCTION crm_actual_mean(e crm_experience)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_actual_mean(crm_experience) IS
'Weighted mean actual score.
Over the ratings with an actual score. NULL where there are none.';

CREATE FUNCTION crm_actual_stddev(e crm_experience)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_actual_stddev(crm_experience) IS
'Sample standard deviation of the actual score.
NULL below two ratings, exactly 0 where all are equal.';

CREATE FUNCTION crm_actual_stderr(e crm_experience)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_actual_stderr(crm_experience) IS
'Standard error of the mean actual score.
The standard deviation over the root of the (effective) sample size. NULL below two ratings, exactly 0 where all are equal.';

CREATE FUNCTION crm_actual_interval(
    e crm_experience,
    confidence double precision DEFAULT 0.95,
    OUT low double precision,
    OUT high double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_actual_interval(crm_experience, double precision) IS
'Student interval of the mean actual score: low, high.
Degrees of freedom are the (effective) sample size less 1. NULL below two ratings. Errors: 22023 unless 0 < confidence < 1.';

CREATE FUNCTION crm_outcome_share(e crm_experience, outcome text)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_outcome_share(crm_experience, text) IS
'Share, 0..1, of pairs that are negative, satisfied or positive.
By weight, at a tolerance of 0.5. NULL where no rating has both sides. Errors: 22023 for another outcome.';

CREATE FUNCTION crm_group_outcome(
    e crm_experience,
    tolerance double precision DEFAULT 0.5,
    confidence double precision DEFAULT 0.95)
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_group_outcome(crm_experience, double precision, double precision) IS
'Outcome of a group: negative, satisfied or positive.
Positive when the whole interval of the mean gap lies above +tolerance, negative when below -tolerance, else satisfied: no gap worth acting on is proven. Rounding of decimal scores does not count, as in crm_experience_outcome. NULL below two pairs. Errors: 22023 for a bad tolerance or confidence.';

CREATE FUNCTION crm_gap_test(
    a crm_experience,
    b crm_experience,
    confidence double precision DEFAULT 0.95,
    OUT difference double precision,
    OUT low double precision,
    OUT high double precision,
    OUT p_value double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_gap_test(crm_experience, crm_experience, double precision) IS
'Did the gap differ? Mean gap of a less that of b, Welch test.
Returns difference, its interval low..high and the two-sided p_value (Welch 1947). Give the later period as a to read an improvement as positive. NULL when a or b has fewer than two pairs; p_value is NULL when neither varies by more than the rounding of decimal scores. Errors: 22023 unless 0 < confidence < 1.';
-- Survey measures: NPS, CSAT, CES, Kano, and intervals of a share.

CREATE FUNCTION crm_proportion_interval(
    hits bigint,
    n bigint,
    confidence double precision DEFAULT 0.95,
    method text DEFAULT 'wilson',
    OUT low double precision,
    OUT high double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_proportion_interval(bigint, bigint, double precision, text) IS
'Interval of a share, 0..1: hits out of n.
Methods: wilson (1927), agresti-coull (1998), wald (textbook; poor near 0 and 1), clamped to 0..1. NULL when n is 0. Errors: 22023 unless 0 <= hits <= n and 0 < confidence < 1, and for another method.';

CREATE TYPE crm_nps_tally;

CREATE FUNCTION crm_nps_tally_in(input cstring) RETURNS crm_nps_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_nps_tally_in(cstring) IS
'Reads the text form of crm_nps_tally.';

CREATE FUNCTION crm_nps_tally_out(value crm_nps_tally) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_nps_tally_out(crm_nps_tally) IS
'Writes the text form of crm_nps_tally.';

CREATE FUNCTION crm_nps_tally_recv(input internal) RETURNS crm_nps_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_nps_tally_recv(internal) IS
'Reads the binary form of crm_nps_tally.';

CREATE FUNCTION crm_nps_tally_send(value crm_nps_tally) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_nps_tally_send(crm_nps_tally) IS
'Writes the binary form of crm_nps_tally.';

CREATE TYPE crm_nps_tally (
    INPUT = crm_nps_tally_in, OUTPUT = crm_nps_tally_out,
    RECEIVE = crm_nps_tally_recv, SEND = crm_nps_tally_send,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = extended
);

COMMENT ON TYPE crm_nps_tally IS
'Mergeable counts of detractors, passives and promoters.
Made by crm_nps_agg, merged by crm_rollup, read by crm_nps and its like. The text form is JSON.';

CREATE FUNCTION crm_nps_trans(state crm_nps_tally, score double precision)
RETURNS crm_nps_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_nps_trans(crm_nps_tally, double precision) IS
'Adds one score: support for crm_nps_agg.';

CREATE FUNCTION crm_nps_combine(a crm_nps_tally, b crm_nps_tally)
RETURNS crm_nps_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_nps_combine(crm_nps_tally, crm_nps_tally) IS
'Merges two crm_nps_tally values: support for aggregates.
Counts add up exactly. Errors: 22003 beyond 2^53 answers.';

CREATE AGGREGATE crm_nps_agg(score double precision) (
    SFUNC = crm_nps_trans, STYPE = crm_nps_tally, SSPACE = 40,
    COMBINEFUNC = crm_nps_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_nps_agg(double precision) IS
'Counts answers from 0 to 10 to: would you recommend us?
Net Promoter (Reichheld 2003): 0..6 detractors, 7..8 passives, 9..10 promoters. NULL scores are skipped, nothing else gives NULL. Errors: 22023 for anything but a whole number from 0 to 10.';

CREATE AGGREGATE crm_rollup(summary crm_nps_tally) (
    SFUNC = crm_nps_combine, STYPE = crm_nps_tally, SSPACE = 40,
    COMBINEFUNC = crm_nps_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_rollup(crm_nps_tally) IS
'Merges counts of NPS answers into one, as if from all their rows.
NULLs are skipped; nothing but NULLs, or no rows, gives NULL.';

CREATE FUNCTION crm_nps(x crm_nps_tally)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_nps(crm_nps_tally) IS
'Net Promoter Score, -100..100: % promoters - % detractors.';

CREATE FUNCTION crm_nps_interval(
    x crm_nps_tally,
    confidence double precision DEFAULT 0.95,
    method text DEFAULT 'adjusted-wald',
    OUT low double precision,
    OUT high double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_nps_interval(crm_nps_tally, double precision, text) IS
'Interval of the Net Promoter Score, clamped to -100..100.
Methods: adjusted-wald, which adds 3/4 promoter, 3/4 detractor and 3/2 passives (Rocks 2016), and wald. Errors: 22023 for another method or unless 0 < confidence < 1.';

CREATE FUNCTION crm_nps_count(x crm_nps_tally)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_nps_count(crm_nps_tally) IS
'How many answers.';

CREATE FUNCTION crm_nps_promoters(x crm_nps_tally)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_nps_promoters(crm_nps_tally) IS
'How many answers of 9 and 10.';

CREATE FUNCTION crm_nps_passives(x crm_nps_tally)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_nps_passives(crm_nps_tally) IS
'How many answers of 7 and 8.';

CREATE FUNCTION crm_nps_detractors(x crm_nps_tally)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_nps_detractors(crm_nps_tally) IS
'How many answers from 0 to 6.';

CREATE TYPE crm_csat_tally;

CREATE FUNCTION crm_csat_tally_in(input cstring) RETURNS crm_csat_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_csat_tally_in(cstring) IS
'Reads the text form of crm_csat_tally.';

CREATE FUNCTION crm_csat_tally_out(value crm_csat_tally) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_csat_tally_out(crm_csat_tally) IS
'Writes the text form of crm_csat_tally.';

CREATE FUNCTION crm_csat_tally_recv(input internal) RETURNS crm_csat_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_csat_tally_recv(internal) IS
'Reads the binary form of crm_csat_tally.';

CREATE FUNCTION crm_csat_tally_send(value crm_csat_tally) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_csat_tally_send(crm_csat_tally) IS
'Writes the binary form of crm_csat_tally.';

CREATE TYPE crm_csat_tally (
    INPUT = crm_csat_tally_in, OUTPUT = crm_csat_tally_out,
    RECEIVE = crm_csat_tally_recv, SEND = crm_csat_tally_send,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = extended
);

COMMENT ON TYPE crm_csat_tally IS
'Mergeable count, sum and favourable answers of a CSAT question.
Made by crm_csat_agg, merged by crm_rollup, read by crm_csat and its like. Keeps its scale, so that two scales cannot be merged. The text form is JSON.';

CREATE FUNCTION crm_csat_trans(
    state crm_csat_tally,
    score double precision,
    top_from double precision)
RETURNS crm_csat_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_csat_trans(crm_csat_tally, double precision, double precision) IS
'Adds one score: support for crm_csat_agg.';

CREATE FUNCTION crm_csat_trans(
    state crm_csat_tally,
    score double precision,
    top_from double precision,
    scale_min double precision,
    scale_max double precision)
RETURNS crm_csat_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_csat_trans(crm_csat_tally, double precision, double precision, double precision, double precision) IS
'Adds one score: support for crm_csat_agg.';

CREATE FUNCTION crm_csat_combine(a crm_csat_tally, b crm_csat_tally)
RETURNS crm_csat_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_csat_combine(crm_csat_tally, crm_csat_tally) IS
'Merges two crm_csat_tally values: support for aggregates.
Order and grouping of merges do not show in the first 12 digits of any answer. Errors: 22003 when the sum overflows; 22023 when the two differ in scale or threshold.';

CREATE AGGREGATE crm_csat_agg(
    score double precision,
    top_from double precision) (
    SFUNC = crm_csat_trans, STYPE = crm_csat_tally, SSPACE = 64,
    COMBINEFUNC = crm_csat_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_csat_agg(double precision, double precision) IS
'Counts satisfaction answers from 1 to 5, satisfied from top_from.
With top_from 4 crm_csat is the top-2-box share. NULL scores are skipped, nothing else gives NULL. Errors: 22023 for a score off the scale and a scale that changes between rows, 22004 for a NULL scale.';

CREATE AGGREGATE crm_csat_agg(
    score double precision,
    top_from double precision,
    scale_min double precision,
    scale_max double precision) (
    SFUNC = crm_csat_trans, STYPE = crm_csat_tally, SSPACE = 64,
    COMBINEFUNC = crm_csat_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_csat_agg(double precision, double precision, double precision, double precision) IS
'Counts satisfaction answers on a scale of its own.
Scores run from scale_min to scale_max; those from top_from on are satisfied. NULL scores are skipped, nothing else gives NULL. Errors: 22023 for a score off the scale, a scale that does not rise and a scale that changes between rows, 22004 for a NULL scale.';

CREATE AGGREGATE crm_rollup(summary crm_csat_tally) (
    SFUNC = crm_csat_combine, STYPE = crm_csat_tally, SSPACE = 64,
    COMBINEFUNC = crm_csat_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_rollup(crm_csat_tally) IS
'Merges counts of CSAT answers into one, as if from all their rows.
NULLs are skipped; nothing but NULLs, or no rows, gives NULL.';

CREATE FUNCTION crm_csat(x crm_csat_tally)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_csat(crm_csat_tally) IS
'Share, 0..1, of answers that are satisfied.';

CREATE FUNCTION crm_csat_interval(
    x crm_csat_tally,
    confidence double precision DEFAULT 0.95,
    OUT low double precision,
    OUT high double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_csat_interval(crm_csat_tally, double precision) IS
'Wilson interval of the share of answers that are satisfied.
Errors: 22023 unless 0 < confidence < 1.';

CREATE FUNCTION crm_csat_mean(x crm_csat_tally)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_csat_mean(crm_csat_tally) IS
'Mean score, in points of the scale asked.';

CREATE FUNCTION crm_csat_count(x crm_csat_tally)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_csat_count(crm_csat_tally) IS
'How many answers.';

CREATE TYPE crm_ces_tally;

CREATE FUNCTION crm_ces_tally_in(input cstring) RETURNS crm_ces_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_ces_tally_in(cstring) IS
'Reads the text form of crm_ces_tally.';

CREATE FUNCTION crm_ces_tally_out(value crm_ces_tally) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_ces_tally_out(crm_ces_tally) IS
'Writes the text form of crm_ces_tally.';

CREATE FUNCTION crm_ces_tally_recv(input internal) RETURNS crm_ces_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_ces_tally_recv(internal) IS
'Reads the binary form of crm_ces_tally.';

CREATE FUNCTION crm_ces_tally_send(value crm_ces_tally) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_ces_tally_send(crm_ces_tally) IS
'Writes the binary form of crm_ces_tally.';

CREATE TYPE crm_ces_tally (
    INPUT = crm_ces_tally_in, OUTPUT = crm_ces_tally_out,
    RECEIVE = crm_ces_tally_recv, SEND = crm_ces_tally_send,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = extended
);

COMMENT ON TYPE crm_ces_tally IS
'Mergeable count, sum and favourable answers of a CES question.
Made by crm_ces_agg, merged by crm_rollup, read by crm_ces and its like. Keeps its scale, so that two scales cannot be merged. The text form is JSON.';

CREATE FUNCTION crm_ces_trans(state crm_ces_tally, score double precision)
RETURNS crm_ces_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_ces_trans(crm_ces_tally, double precision) IS
'Adds one score: support for crm_ces_agg.';

CREATE FUNCTION crm_ces_trans(
    state crm_ces_tally,
    score double precision,
    hardest double precision,
    easiest double precision,
    easy_from double precision)
RETURNS crm_ces_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_ces_trans(crm_ces_tally, double precision, double precision, double precision, double precision) IS
'Adds one score: support for crm_ces_agg.';

CREATE FUNCTION crm_ces_combine(a crm_ces_tally, b crm_ces_tally)
RETURNS crm_ces_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_ces_combine(crm_ces_tally, crm_ces_tally) IS
'Merges two crm_ces_tally values: support for aggregates.
Order and grouping of merges do not show in the first 12 digits of any answer. Errors: 22003 when the sum overflows; 22023 when the two differ in scale or threshold.';

CREATE AGGREGATE crm_ces_agg(score double precision) (
    SFUNC = crm_ces_trans, STYPE = crm_ces_tally, SSPACE = 64,
    COMBINEFUNC = crm_ces_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_ces_agg(double precision) IS
'Counts effort answers from 1 (hard) to 7 (easy); 5 on is easy.
Customer Effort Score 2.0: "the company made it easy" (1 disagree, 7 agree). NULL scores are skipped, nothing else gives NULL. Errors: 22023 for a score off the scale and a scale that changes between rows, 22004 for a NULL scale.';

CREATE AGGREGATE crm_ces_agg(
    score double precision,
    hardest double precision,
    easiest double precision,
    easy_from double precision) (
    SFUNC = crm_ces_trans, STYPE = crm_ces_tally, SSPACE = 64,
    COMBINEFUNC = crm_ces_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_ces_agg(double precision, double precision, double precision, double precision) IS
'Counts effort answers on a scale of its own.
The ends state the direction: 1, 7, 5 is CES 2.0; 5, 1, 2 is an effort question on which 1 is the least effort and 1 and 2 are easy. NULL scores are skipped, nothing else gives NULL. Errors: 22023 for a score off the scale and a scale that changes between rows, 22004 for a NULL scale.';

CREATE AGGREGATE crm_rollup(summary crm_ces_tally) (
    SFUNC = crm_ces_combine, STYPE = crm_ces_tally, SSPACE = 64,
    COMBINEFUNC = crm_ces_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_rollup(crm_ces_tally) IS
'Merges counts of CES answers into one, as if from all their rows.
NULLs are skipped; nothing but NULLs, or no rows, gives NULL.';

CREATE FUNCTION crm_ces(x crm_ces_tally)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_ces(crm_ces_tally) IS
'Share, 0..1, of answers that are easy.';

CREATE FUNCTION crm_ces_interval(
    x crm_ces_tally,
    confidence double precision DEFAULT 0.95,
    OUT low double precision,
    OUT high double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_ces_interval(crm_ces_tally, double precision) IS
'Wilson interval of the share of answers that are easy.
Errors: 22023 unless 0 < confidence < 1.';

CREATE FUNCTION crm_ces_mean(x crm_ces_tally)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_ces_mean(crm_ces_tally) IS
'Mean score, in points of the scale asked.';

CREATE FUNCTION crm_ces_count(x crm_ces_tally)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_ces_count(crm_ces_tally) IS
'How many answers.';

CREATE FUNCTION crm_kano_class(functional integer, dysfunctional integer)
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_kano_class(integer, integer) IS
'Kano class of two answers: A, O, M, I, R or Q.
Answers, to the feature being there and to it lacking: 1 like, 2 must be, 3 neutral, 4 live with, 5 dislike. Attractive, one-dimensional, must-be, indifferent, reverse, questionable (Kano 1984, table of Berger et al. 1993). NULL when either is. Errors: 22023 for other answers.';

CREATE TYPE crm_kano_tally;

CREATE FUNCTION crm_kano_tally_in(input cstring) RETURNS crm_kano_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_kano_tally_in(cstring) IS
'Reads the text form of crm_kano_tally.';

CREATE FUNCTION crm_kano_tally_out(value crm_kano_tally) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_kano_tally_out(crm_kano_tally) IS
'Writes the text form of crm_kano_tally.';

CREATE FUNCTION crm_kano_tally_recv(input internal) RETURNS crm_kano_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_kano_tally_recv(internal) IS
'Reads the binary form of crm_kano_tally.';

CREATE FUNCTION crm_kano_tally_send(value crm_kano_tally) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_kano_tally_send(crm_kano_tally) IS
'Writes the binary form of crm_kano_tally.';

CREATE TYPE crm_kano_tally (
    INPUT = crm_kano_tally_in, OUTPUT = crm_kano_tally_out,
    RECEIVE = crm_kano_tally_recv, SEND = crm_kano_tally_send,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = extended
);

COMMENT ON TYPE crm_kano_tally IS
'Mergeable counts of the six Kano classes.
Made by crm_kano_agg, merged by crm_rollup, read by crm_kano_better and its like. The text form is JSON.';

CREATE FUNCTION crm_kano_trans(
    state crm_kano_tally,
    functional integer,
    dysfunctional integer)
RETURNS crm_kano_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_kano_trans(crm_kano_tally, integer, integer) IS
'Adds one pair of answers: support for crm_kano_agg.';

CREATE FUNCTION crm_kano_combine(a crm_kano_tally, b crm_kano_tally)
RETURNS crm_kano_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_kano_combine(crm_kano_tally, crm_kano_tally) IS
'Merges two crm_kano_tally values: support for aggregates.
Counts add up exactly. Errors: 22003 beyond 2^53 answers.';

CREATE AGGREGATE crm_kano_agg(functional integer, dysfunctional integer) (
    SFUNC = crm_kano_trans, STYPE = crm_kano_tally, SSPACE = 64,
    COMBINEFUNC = crm_kano_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_kano_agg(integer, integer) IS
'Counts pairs of Kano answers by class.
A pair with a NULL is skipped, nothing else gives NULL. Errors: 22023 for answers other than 1..5.';

CREATE AGGREGATE crm_rollup(summary crm_kano_tally) (
    SFUNC = crm_kano_combine, STYPE = crm_kano_tally, SSPACE = 64,
    COMBINEFUNC = crm_kano_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_rollup(crm_kano_tally) IS
'Merges counts of Kano classes into one, as if from all their rows.
NULLs are skipped; nothing but NULLs, or no rows, gives NULL.';

CREATE FUNCTION crm_kano_better(x crm_kano_tally)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_kano_better(crm_kano_tally) IS
'Better coefficient, 0..1: (A + O) / (A + O + M + I).
What having the feature adds to satisfaction (Berger et al. 1993). R and Q are left out: see crm_kano_count. NULL when nothing else is there.';

CREATE FUNCTION crm_kano_worse(x crm_kano_tally)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_kano_worse(crm_kano_tally) IS
'Worse coefficient, -1..0: -(O + M) / (A + O + M + I).
What lacking the feature takes from satisfaction (Berger et al. 1993). R and Q are left out: see crm_kano_count. NULL when nothing else is there.';

CREATE FUNCTION crm_kano_count(x crm_kano_tally, class text)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_kano_count(crm_kano_tally, text) IS
'How many pairs of answers are of a class: A, O, M, I, R or Q.
Errors: 22023 for another letter.';
-- A weighted index of 0 to 100, and the importance-performance grid.

CREATE TYPE crm_index;

CREATE FUNCTION crm_index_in(input cstring) RETURNS crm_index
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_index_in(cstring) IS
'Reads the text form of crm_index.';

CREATE FUNCTION crm_index_out(value crm_index) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_index_out(crm_index) IS
'Writes the text form of crm_index.';

CREATE FUNCTION crm_index_recv(input internal) RETURNS crm_index
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_index_recv(internal) IS
'Reads the binary form of crm_index.';

CREATE FUNCTION crm_index_send(value crm_index) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_index_send(crm_index) IS
'Writes the binary form of crm_index.';

CREATE TYPE crm_index (
    INPUT = crm_index_in, OUTPUT = crm_index_out,
    RECEIVE = crm_index_recv, SEND = crm_index_send,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = extended
);

COMMENT ON TYPE crm_index IS
'Mergeable weighted index, with the weight of absent cells.
Made by crm_index_agg, merged by crm_rollup, read by crm_index_value and crm_index_coverage. The text form is JSON.';

CREATE FUNCTION crm_index_trans(
    state crm_index,
    score double precision,
    weight double precision,
    scale_min double precision,
    scale_max double precision)
RETURNS crm_index
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_index_trans(crm_index, double precision, double precision, double precision, double precision) IS
'Adds one cell: support for crm_index_agg.';

CREATE FUNCTION crm_index_combine(a crm_index, b crm_index)
RETURNS crm_index
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_index_combine(crm_index, crm_index) IS
'Merges two crm_index values: support for aggregates.
Order and grouping of merges do not show in the first 12 digits of any answer. Errors: 22003 when a sum overflows.';

CREATE AGGREGATE crm_index_agg(
    score double precision,
    weight double precision,
    scale_min double precision,
    scale_max double precision) (
    SFUNC = crm_index_trans, STYPE = crm_index, SSPACE = 96,
    COMBINEFUNC = crm_index_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_index_agg(double precision, double precision, double precision, double precision) IS
'Weighted index over cells, each on a scale of its own.
A score counts as (score - scale_min) / (scale_max - scale_min). A NULL score is an absent cell: its weight lowers the coverage and is not spread over the others. A NULL weight leaves the cell out. Errors: 22023 for a score off its scale, a scale that does not rise, a negative weight, NaN and infinities; 22004 for a NULL scale; 22003 for a scale or weights beyond double precision.';

CREATE AGGREGATE crm_rollup(summary crm_index) (
    SFUNC = crm_index_combine, STYPE = crm_index, SSPACE = 96,
    COMBINEFUNC = crm_index_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_rollup(crm_index) IS
'Merges indices into one, as if from all their rows.
NULLs are skipped; nothing but NULLs, or no rows, gives NULL.';

CREATE FUNCTION crm_index_value(i crm_index)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_index_value(crm_index) IS
'The index, 0..100: weighted mean over the cells present.
NULL where their weights add up to 0.';

CREATE FUNCTION crm_index_coverage(i crm_index)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_index_coverage(crm_index) IS
'Weight of the cells present as a share, 0..1, of all cells seen.
Absent cells, those with a NULL score, are seen too. NULL where all weights are 0.';

CREATE FUNCTION crm_index_coverage(i crm_index, full_weight double precision)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_index_coverage(crm_index, double precision) IS
'Weight of the cells present as a share, 0..1, of the full weight.
For cells that have no row at all. NULL where full_weight is NULL or 0. Errors: 22023 when full_weight is less than the weight present.';

CREATE FUNCTION crm_index_weight(i crm_index)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_index_weight(crm_index) IS
'Weight of the cells present.
Merge indices with crm_rollup. An index of indices by this weight has the same value, but has lost the weight of absent cells: see crm_index_absent_weight.';

CREATE FUNCTION crm_index_absent_weight(i crm_index)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_index_absent_weight(crm_index) IS
'Weight of the absent cells, those with a NULL score.
With crm_index_weight it makes up the full weight of crm_index_coverage.';

CREATE FUNCTION crm_index_count(i crm_index)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_index_count(crm_index) IS
'How many cells are present.';

CREATE FUNCTION crm_index_absent_count(i crm_index)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_index_absent_count(crm_index) IS
'How many cells are absent: a weight, and a NULL score.';

CREATE FUNCTION crm_ipa_quadrant(
    importance double precision,
    performance double precision,
    importance_cross double precision,
    performance_cross double precision)
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_ipa_quadrant(double precision, double precision, double precision, double precision) IS
'Quadrant of importance-performance analysis.
concentrate here (important, poor), keep up (important, good), low priority (neither), possible overkill (good, unimportant); a value on the cross counts as high (Martilla and James 1977). Choose the cross: means, medians or scale middles. NULL when any argument is. Errors: 22023 for NaN and infinities.';
-- Which drivers an outcome goes with: relative importance.

CREATE TYPE crm_driver_model;

CREATE FUNCTION crm_driver_model_in(input cstring) RETURNS crm_driver_model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_driver_model_in(cstring) IS
'Reads the text form of crm_driver_model.';

CREATE FUNCTION crm_driver_model_out(value crm_driver_model) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_driver_model_out(crm_driver_model) IS
'Writes the text form of crm_driver_model.';

CREATE FUNCTION crm_driver_model_recv(input internal) RETURNS crm_driver_model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_driver_model_recv(internal) IS
'Reads the binary form of crm_driver_model.';

CREATE FUNCTION crm_driver_model_send(value crm_driver_model) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_driver_model_send(crm_driver_model) IS
'Writes the binary form of crm_driver_model.';

CREATE TYPE crm_driver_model (
    INPUT = crm_driver_model_in, OUTPUT = crm_driver_model_out,
    RECEIVE = crm_driver_model_recv, SEND = crm_driver_model_send,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = extended
);

COMMENT ON TYPE crm_driver_model IS
'Mergeable cross-products of an outcome and its drivers.
Made by crm_driver_fit, merged by crm_rollup, read by crm_drivers and crm_r_squared. Grows with the square of the number of drivers: 104 bytes for one, 2,456 for 15. The text form is JSON.';

CREATE FUNCTION crm_driver_trans(
    state crm_driver_model,
    outcome double precision,
    drivers double precision[])
RETURNS crm_driver_model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_driver_trans(crm_driver_model, double precision, double precision[]) IS
'Adds one row: support for crm_driver_fit.';

CREATE FUNCTION crm_driver_combine(a crm_driver_model, b crm_driver_model)
RETURNS crm_driver_model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_driver_combine(crm_driver_model, crm_driver_model) IS
'Merges two crm_driver_model values: support for aggregates.
Order and grouping of merges do not show in the first 12 digits of any answer. A summary of rows without drivers merges with any. Errors: 22003 when a sum overflows; 22023 when the two differ in the number of drivers.';

CREATE AGGREGATE crm_driver_fit(
    outcome double precision,
    drivers double precision[]) (
    SFUNC = crm_driver_trans, STYPE = crm_driver_model, SSPACE = 512,
    COMBINEFUNC = crm_driver_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_driver_fit(double precision, double precision[]) IS
'Fits an outcome on an array of drivers, for crm_drivers.
A row with a NULL outcome, array or element is left out and counted by crm_driver_skipped. No rows give NULL. Errors: 22023 for NaN, infinities, arrays of differing length, and other than 1 to 64 drivers; 22003 where a sum overflows or a square vanishes.';

CREATE AGGREGATE crm_rollup(summary crm_driver_model) (
    SFUNC = crm_driver_combine, STYPE = crm_driver_model, SSPACE = 512,
    COMBINEFUNC = crm_driver_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_rollup(crm_driver_model) IS
'Merges fits into one, as if from all their rows.
NULLs are skipped; nothing but NULLs, or no rows, gives NULL.';

CREATE FUNCTION crm_drivers(
    fit crm_driver_model,
    OUT driver integer,
    OUT correlation double precision,
    OUT beta double precision,
    OUT relative_weight double precision,
    OUT shapley double precision)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
COST 1000 ROWS 5;

COMMENT ON FUNCTION crm_drivers(crm_driver_model) IS
'What each driver, by its place in the array, goes with.
correlation with the outcome; beta, the standardized regression coefficient; relative_weight (Johnson 2000) and shapley (LMG: Lindeman, Merenda, Gold 1980), which each divide R squared among the drivers and need not rank them alike. Correlation is not cause. shapley is NULL beyond 15 drivers. A constant variable, dependent drivers (an eigenvalue of their correlation matrix below 1e-9) or too few rows give NULLs and a NOTICE; five rows a driver or fewer give a NOTICE.';

CREATE FUNCTION crm_r_squared(fit crm_driver_model)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION crm_r_squared(crm_driver_model) IS
'Share, 0..1, of the variance of the outcome that the drivers explain.
The sum of relative_weight, and of shapley, over crm_drivers, to rounding. NULL and a NOTICE where they are NULL.';

CREATE FUNCTION crm_driver_count(fit crm_driver_model)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_driver_count(crm_driver_model) IS
'How many rows were used.';

CREATE FUNCTION crm_driver_skipped(fit crm_driver_model)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_driver_skipped(crm_driver_model) IS
'How many rows were left out because of a NULL.';
-- Workspaces: a schema of views over the tables that people already have.

CREATE FUNCTION crm_as_of() RETURNS date
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_as_of() IS
'The day that views look from: the setting crm_ext.as_of, else today.
SET crm_ext.as_of = ''1998-06-30'' moves every view of every workspace there; empty or RESET is today in the session''s time zone, the one place where the extension reads a clock.';

-- Triggers that keep ledgers in step with a table

CREATE FUNCTION crm_activity_trigger() RETURNS trigger
AS 'MODULE_PATHNAME' LANGUAGE C;

COMMENT ON FUNCTION crm_activity_trigger() IS
'Keeps ledgers in step with a table, a statement at a time.
For AFTER INSERT, UPDATE, DELETE (with REFERENCING NEW TABLE, OLD TABLE) or TRUNCATE, FOR EACH STATEMENT. Arguments: table and column of the ledgers; expressions over the table''s columns for the day (date), amount, events, and a condition; then for each key a column of the ledgers'' table and an expression. The keys are a unique index of that table.
Acts with the rights of the table''s owner where the trigger''s comment, which the owner alone can write, has the seal of the trigger (crm_trigger_seal), and who owns the ledgers has those rights anyhow; otherwise with the rights of whose statement it is. Names in expressions are looked up in pg_catalog and the extension''s schema. Rows with a NULL key are left out. A ledger with nothing left in it is deleted; one that was erased stays away when rows are deleted. Errors: 39P01 for wrong arguments, 42P01 where the ledgers are gone, 22023 and 22003 for amounts that no ledger can hold.';

CREATE FUNCTION crm_trigger_seal(relation regclass, trigger text) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_trigger_seal(regclass, text) IS
'The seal of a trigger: hexadecimal digits that go with its definition.
The owner of a table who writes it into the trigger''s comment lets crm_activity_trigger or crm_queue_trigger act with his rights, as long as neither trigger nor owner change. Look at the triggers of a table before you take it over: who had it could have sealed them for you. NULL where there is no such trigger.';

CREATE FUNCTION crm_queue_trigger() RETURNS trigger
AS 'MODULE_PATHNAME' LANGUAGE C;

COMMENT ON FUNCTION crm_queue_trigger() IS
'Notes which customers'' rows a statement changed, for crm_refresh.
As crm_activity_trigger. Arguments: the table of the queue, which has a column customer_id; a condition; an expression for the customer''s key. TRUNCATE is noted as a NULL key.';

CREATE FUNCTION crm_move_trigger() RETURNS trigger
AS 'MODULE_PATHNAME' LANGUAGE C;

COMMENT ON FUNCTION crm_move_trigger() IS
'Logs how columns of a row changed, such as a customer''s segment.
For a trigger AFTER INSERT, UPDATE or DELETE, FOR EACH ROW, on any table. Arguments: the table to log in, which has the columns customer_id, kind, old_value and new_value (text); the column of the customer''s key; the columns to watch. For each that changed it inserts a row: the key, the column''s name, the values before and after as text, NULL where there was or is none. Inserts as the user whose statement it is. A trigger on the log can act upon it.';
-- Sources: what the owner has, seen as the tables that views are written for.

CREATE FUNCTION crm_source_fields(OUT source text, OUT field text, OUT type text, OUT is_required boolean, OUT otherwise text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 36
BEGIN ATOMIC
    VALUES ('customer', 'customer_id', 'key', true, NULL),
           ('customer', 'customer_name', 'text', false, NULL),
           ('customer', 'email', 'text', false, NULL),
           ('customer', 'phone', 'text', false, NULL),
           ('customer', 'region', 'text', false, NULL),
           ('customer', 'industry', 'text', false, NULL),
           ('customer', 'registered_at', 'time', false, NULL),
           ('customer', 'potential', 'double precision', false, NULL),
           ('purchase', 'purchase_id', 'text', false, NULL),
           ('purchase', 'customer_id', 'key', true, NULL),
           ('purchase', 'purchased_at', 'day', true, NULL),
           ('purchase', 'amount', 'numeric', false, NULL),
           ('purchase', 'events', 'integer', false, '1'),
           ('purchase', 'currency', 'text', false, NULL),
           ('interaction', 'interaction_id', 'text', false, NULL),
           ('interaction', 'customer_id', 'key', true, NULL),
           ('interaction', 'interacted_at', 'day', true, NULL),
           ('interaction', 'channel', 'text', false, NULL),
           ('interaction', 'purpose', 'text', false, NULL),
           ('interaction', 'is_responded', 'boolean', false, NULL),
           ('rating', 'customer_id', 'key', true, NULL),
           ('rating', 'touchpoint_id', 'text', true, NULL),
           ('rating', 'angle', 'text', false, NULL),
           ('rating', 'level', 'text', true, NULL),
           ('rating', 'score', 'double precision', true, NULL),
           ('rating', 'weight', 'double precision', false, '1'),
           ('rating', 'rated_at', 'day', false, NULL),
           ('module', 'module_id', 'text', true, NULL),
           ('module', 'module_name', 'text', false, NULL),
           ('module', 'weight', 'double precision', false, '1'),
           ('touchpoint', 'touchpoint_id', 'text', true, NULL),
           ('touchpoint', 'touchpoint_name', 'text', false, NULL),
           ('touchpoint', 'module_id', 'text', false, NULL),
           ('touchpoint', 'weight', 'double precision', false, '1');
END;
COMMENT ON FUNCTION crm_source_fields() IS
'The fields that each source of a workspace can give, in order.
type: of the column that becomes of it; key is the customers'' key, time a date or timestamp, and day the same, which becomes two columns, _at and _on. otherwise: the expression used where the field is not given; NULL where there is none.';

CREATE FUNCTION crm_expression_type(source text, field text, relation regclass, expression text) RETURNS regtype
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    type regtype;
    reason text;
    hint text;
BEGIN
    -- As from a subquery: triggers see rows without system columns.
    EXECUTE format(E'SELECT pg_typeof((SELECT (%s\n) FROM (SELECT * FROM %s) AS %I LIMIT 0))', expression, relation,
                   (SELECT relname FROM pg_class WHERE oid = relation)) INTO type;
    RETURN type;
EXCEPTION WHEN syntax_error_or_access_rule_violation THEN
    GET STACKED DIAGNOSTICS reason = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    RAISE EXCEPTION 'source "%", field "%": %', source, field, reason
        USING ERRCODE = SQLSTATE,
              HINT = coalesce(nullif(hint, '') || ' ', '')
                     || format('%s has the columns %s.', relation,
                               (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                                WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped));
END $$;
COMMENT ON FUNCTION crm_expression_type(text, text, regclass, text) IS
'The type of an expression over the columns of a source.
An error names the source, the field and the columns that there are. Names other than columns are looked up in pg_catalog and the extension''s schema: write others with their schema, for triggers evaluate the expression whatever the search_path.';

CREATE FUNCTION crm_key_type(types regtype[]) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (
    SELECT CASE WHEN count(DISTINCT base) = 1 THEN min(pg_catalog.format_type(base, NULL))
                WHEN bool_and(base IN ('smallint'::regtype, 'integer'::regtype, 'bigint'::regtype)) THEN 'bigint'
                ELSE 'text' END
    FROM (SELECT CASE WHEN typcategory IN ('S', 'E') THEN 'text'::regtype::oid
                      WHEN typtype = 'd' THEN typbasetype
                      ELSE t.oid END AS base
          FROM pg_catalog.pg_type AS t WHERE t.oid = ANY (types::oid[])) AS key);
COMMENT ON FUNCTION crm_key_type(regtype[]) IS
'The type of customers'' keys, from their types in the sources.
Text of any kind is text; different integers are bigint; anything else that differs is text. NULL without sources.';

CREATE FUNCTION crm_day_columns(source text, field text, type regtype, expression text, time_zone text, OUT at_column text, OUT on_column text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    CASE type::oid
        WHEN 'date'::regtype THEN
            at_column := format('(%s)::timestamp AT TIME ZONE %L', expression, time_zone);
            on_column := format('(%s)', expression);
        WHEN 'timestamp'::regtype THEN
            at_column := format('(%s) AT TIME ZONE %L', expression, time_zone);
            on_column := format('(%s)::date', expression);
        WHEN 'timestamptz'::regtype THEN
            at_column := format('(%s)', expression);
            on_column := format('((%s) AT TIME ZONE %L)::date', expression, time_zone);
        ELSE
            RAISE EXCEPTION 'source "%", field "%": type % is no date and no timestamp', source, field, type
                USING ERRCODE = 'datatype_mismatch', HINT = format('Cast it, as in "(%s)::timestamp".', expression);
    END CASE;
END $$;
COMMENT ON FUNCTION crm_day_columns(text, text, regtype, text, text) IS
'Expressions for the instant and for the day of a date or timestamp.
This is where a day is made from a timestamp, in the time zone of the workspace and whatever the session''s. Error 42804 for other types.';

CREATE FUNCTION crm_source_view(source text, mapping jsonb, key_type text, time_zone text) RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    f record;
    days record;
    columns text[];
    expression text;
BEGIN
    FOR f IN SELECT * FROM crm_source_fields() AS known WHERE known.source = crm_source_view.source LOOP
        expression := coalesce(mapping ->> f.field || E'\n', f.otherwise);
        IF f.type IN ('day', 'time') THEN
            IF expression IS NULL THEN
                days := ROW (NULL::text, NULL::text);
                SELECT 'NULL::timestamptz' AS at_column, 'NULL::date' AS on_column INTO days;
            ELSE
                days := crm_day_columns(source, f.field,
                                        crm_expression_type(source, f.field, (mapping ->> 'from')::regclass, expression),
                                        expression, time_zone);
            END IF;
            columns := columns || format('%s AS %I', days.at_column, f.field);
            IF f.type = 'day' THEN
                columns := columns || format('%s AS %I', days.on_column, regexp_replace(f.field, '_at$', '_on'));
            END IF;
        ELSE
            columns := columns || format('(%s)::%s AS %I', coalesce(expression, 'NULL'),
                                         CASE f.type WHEN 'key' THEN key_type ELSE f.type END, f.field);
        END IF;
    END LOOP;
    RETURN format(E'SELECT %s\nFROM %s\nWHERE (%s\n)', array_to_string(columns, E',\n       '),
                  mapping ->> 'from', coalesce(mapping ->> 'where', 'true'));
END $$;
COMMENT ON FUNCTION crm_source_view(text, jsonb, text, text) IS
'The query that shows a source as the table that views are written for.';

CREATE FUNCTION crm_check_source(source text, mapping jsonb) RETURNS regtype
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    fields text[] := (SELECT array_agg(known.field) FROM crm_source_fields() AS known
                      WHERE known.source = crm_check_source.source);
    f text;
    key_type regtype;
BEGIN
    IF fields IS NULL THEN
        RAISE EXCEPTION 'there is no source "%"', source
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = format('Sources are %s.', (SELECT string_agg(DISTINCT known.source, ', ')
                                                    FROM crm_source_fields() AS known));
    END IF;
    FOR f IN SELECT jsonb_object_keys(mapping) LOOP
        IF f <> ALL (fields || ARRAY['from', 'where']) OR jsonb_typeof(mapping -> f) NOT IN ('string', 'number', 'null') THEN
            RAISE EXCEPTION 'source "%" has no field "%"', source, f
                USING ERRCODE = 'invalid_parameter_value',
                      HINT = format('Each value is text. Fields are from, where, %s.', array_to_string(fields, ', '));
        END IF;
    END LOOP;
    FOR f IN SELECT known.field FROM crm_source_fields() AS known
             WHERE known.source = crm_check_source.source AND is_required AND mapping ->> known.field IS NULL LOOP
        RAISE EXCEPTION 'source "%" lacks the field "%"', source, f
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Give the column that holds it, or an expression over columns.';
    END LOOP;
    FOR f IN SELECT jsonb_object_keys(mapping - 'from') LOOP
        CONTINUE WHEN mapping ->> f IS NULL;
        IF f = 'customer_id' THEN
            key_type := crm_expression_type(source, f, (mapping ->> 'from')::regclass, mapping ->> f);
        ELSE
            PERFORM crm_expression_type(source, f, (mapping ->> 'from')::regclass, mapping ->> f);
        END IF;
    END LOOP;
    RETURN key_type;
END $$;
COMMENT ON FUNCTION crm_check_source(text, jsonb) IS
'Checks what a source says, and returns the type of its customers'' key.
NULL for sources that are not about customers. Errors: 22023 for an unknown or missing field, otherwise what PostgreSQL says of the expression.';

CREATE FUNCTION crm_ledger_fields(source text, mapping jsonb, time_zone text) RETURNS jsonb
LANGUAGE plpgsql STRICT
SET "TimeZone" = 'UTC'
SET "DateStyle" = 'ISO'
SET "IntervalStyle" = 'postgres'
SET standard_conforming_strings = on AS $$
DECLARE
    relation regclass := mapping ->> 'from';
    probe text := (SELECT format('pg_temp.%I', relname) FROM pg_class WHERE oid = relation);
    plain jsonb := mapping;
    f text;
BEGIN
    IF (SELECT relpersistence = 't' FROM pg_class WHERE oid = relation) THEN
        RAISE EXCEPTION 'source "%": % is a temporary table', source, relation
            USING ERRCODE = 'wrong_object_type', HINT = 'A workspace outlives the session: take a permanent table.';
    END IF;
    PERFORM set_config('TimeZone', time_zone, true);
    -- A generated column may depend on nothing but its row: just what is wanted here.
    EXECUTE format('CREATE TEMPORARY TABLE %s (LIKE %s)', probe, relation);
    FOREACH f IN ARRAY ARRAY['customer_id', 'purchased_at', 'amount', 'events', 'interacted_at', 'channel', 'is_responded', 'where'] LOOP
        CONTINUE WHEN mapping ->> f IS NULL;
        BEGIN
            EXECUTE format(E'ALTER TABLE %s ADD COLUMN %I %s GENERATED ALWAYS AS (%s\n) STORED', probe, 'crm_ext probe ' || f,
                           crm_expression_type(source, f, relation, mapping ->> f), mapping ->> f);
        EXCEPTION WHEN invalid_object_definition OR feature_not_supported THEN
            RAISE EXCEPTION 'source "%", field "%": % depends on more than the row', source, f, mapping ->> f
                USING ERRCODE = 'invalid_object_definition', DETAIL = SQLERRM,
                      HINT = 'Ledgers would not stay exact. For the time of day say AT TIME ZONE ''UTC'', for a date from text make_date().';
        END;
    END LOOP;
    -- As PostgreSQL understood it: a literal in it means the same whatever a session sets.
    SELECT mapping || coalesce(jsonb_object_agg(substr(attname, 15), pg_get_expr(adbin, adrelid)), '{}') INTO plain
    FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
    WHERE adrelid = probe::regclass AND attname LIKE 'crm\_ext probe %';
    EXECUTE format('DROP TABLE %s', probe);
    RETURN plain;
END $$;
COMMENT ON FUNCTION crm_ledger_fields(text, jsonb, text) IS
'What a source says, its ledger fields as PostgreSQL reads them.
They may depend on the row alone, not on the time zone or the date style of the session, on now(), on other tables: a row must be taken back as it was added. Literals are read in the time zone given, and dates in ISO order. Error 42P17 names the field; 42809 for a temporary table.';

CREATE FUNCTION crm_source_triggers(workspace text, OUT relation regclass, OUT trigger text)
RETURNS SETOF record
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    -- Found by their first argument, where they write: names can be changed.
    SELECT tgrelid::regclass, tgname
    FROM pg_trigger JOIN pg_class AS c ON c.oid = tgrelid
    WHERE NOT tgisinternal AND tgfoid IN ('crm_activity_trigger'::regproc, 'crm_queue_trigger'::regproc)
      AND split_part(encode(tgargs, 'escape'), '\000', 1) IN
          (SELECT encode(convert_to(format('%I.%I', workspace, target), current_setting('server_encoding')), 'escape')
           FROM unnest(ARRAY['customer_activity', 'channel_activity', 'change_queue']) AS target)
      AND pg_has_role(relowner, 'USAGE');
$$;
COMMENT ON FUNCTION crm_source_triggers(text) IS
'The triggers that write into a workspace, on tables one may change.
By the name that the workspace had when they were made.';

CREATE FUNCTION crm_drop_source_triggers(workspace text) RETURNS bigint
LANGUAGE plpgsql STRICT AS $$
DECLARE
    t record;
    dropped bigint := 0;
BEGIN
    FOR t IN SELECT * FROM crm_source_triggers(workspace) LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', t.trigger, t.relation);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END $$;
COMMENT ON FUNCTION crm_drop_source_triggers(text) IS
'Takes the triggers of a workspace off its sources; returns how many.';

CREATE FUNCTION crm_check_triggers_possible(source text, relation regclass) RETURNS void
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    c pg_class := (SELECT c FROM pg_class AS c WHERE oid = relation);
BEGIN
    IF c.relkind NOT IN ('r', 'p') OR c.relkind = 'r' AND EXISTS (SELECT FROM pg_inherits WHERE inhparent = relation) THEN
        RAISE EXCEPTION 'source "%": % is no table of its own, and cannot have the triggers that keep ledgers current', source, relation
            USING ERRCODE = 'wrong_object_type',
                  HINT = 'Say maintain => ''refresh'', and run crm_refresh when it is time.';
    ELSIF NOT pg_has_role(c.relowner, 'USAGE') THEN
        RAISE EXCEPTION 'source "%": % belongs to %', source, relation, c.relowner::regrole
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'Triggers are its owner''s business: let him make the workspace, or say maintain => ''refresh'', which needs SELECT alone.';
    ELSIF row_security_active(relation) THEN
        RAISE EXCEPTION 'source "%": row-level security hides rows of % from you', source, relation
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Ledgers that triggers keep hold every row. Make the workspace as somebody who sees them all, or say maintain => ''refresh''.';
    END IF;
END $$;
COMMENT ON FUNCTION crm_check_triggers_possible(text, regclass) IS
'Checks that a source can have the triggers that keep ledgers current.
Errors: 42809 for a view, a foreign table, a table with old-style children; 42501 for a table of somebody else''s; 55000 where row-level security hides rows.';

CREATE FUNCTION crm_create_source_triggers(workspace text, source text, relation regclass, trigger_function text, arguments text[]) RETURNS void
LANGUAGE plpgsql STRICT AS $$
DECLARE
    part record;
    event record;
    name text;
BEGIN
    PERFORM crm_check_triggers_possible(source, relation);
    FOR part IN SELECT oid::regclass AS relation, relowner::regrole AS owner FROM pg_class
                WHERE oid IN (SELECT relation UNION SELECT relid FROM pg_partition_tree(relation)) LOOP
        FOR event IN VALUES ('insert', 'REFERENCING NEW TABLE AS new_rows'),
                            ('update', 'REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows'),
                            ('delete', 'REFERENCING OLD TABLE AS old_rows'),
                            ('truncate', '') LOOP
            name := format('%s_%s_%s', workspace, source, event.column1);
            EXECUTE format('CREATE TRIGGER %I AFTER %s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION %s(%s)',
                           name, event.column1, part.relation, event.column2,
                           trigger_function, (SELECT string_agg(quote_literal(a), ', ' ORDER BY position)
                                              FROM unnest(arguments) WITH ORDINALITY AS argument (a, position)));
            -- What workspace_rights.c asks for before it acts with his rights.
            EXECUTE format('COMMENT ON TRIGGER %I ON %s IS %L', name, part.relation,
                           format(E'Keeps workspace %I current.\nActs with the rights of %s, as long as it is as it was: %s.',
                                  workspace, part.owner, crm_trigger_seal(part.relation, name)));
        END LOOP;
        IF part.owner <> current_user::regrole THEN
            EXECUTE format('GRANT USAGE ON SCHEMA %I TO %s', workspace, part.owner);
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s, change_queue TO %s',
                           CASE source WHEN 'purchase' THEN 'customer_activity' ELSE 'channel_activity' END, part.owner);
            -- The policy of the ledgers looks there.
            EXECUTE format('GRANT SELECT ON %I TO %s', source, part.owner);
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_create_source_triggers(text, text, regclass, text, text[]) IS
'Puts the triggers of a workspace on a source and its partitions.
Their comments say that they act with the rights of the table''s owner, who gets the right to write ledgers. Errors as crm_check_triggers_possible.';
-- Making, changing, upgrading and dropping a workspace. Everything in one is an
-- ordinary object of its owner's; nothing here needs more rights than his.

CREATE FUNCTION crm_enter_workspace(workspace text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF pg_catalog.to_regclass(pg_catalog.format('%I.setting', workspace)) IS NULL THEN
        RAISE EXCEPTION 'there is no workspace "%"', workspace
            USING ERRCODE = 'invalid_schema_name', HINT = 'crm_create_workspace makes one.';
    ELSIF EXISTS (SELECT FROM pg_catalog.pg_roles JOIN pg_catalog.pg_namespace ON nspname = workspace
                  WHERE rolname = current_user AND rolsuper AND nspowner <> pg_roles.oid) THEN
        RAISE EXCEPTION 'workspace "%" belongs to somebody else', workspace
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'A superuser must not run what its owner may have put there: SET ROLE to the owner first.';
    END IF;
    PERFORM pg_catalog.set_config('search_path',
                                  pg_catalog.format('%I, %s, pg_temp', workspace, extnamespace::pg_catalog.regnamespace),
                                  true)
    FROM pg_catalog.pg_extension WHERE extname = 'crm_ext';
END $$;
COMMENT ON FUNCTION crm_enter_workspace(text) IS
'Puts a workspace and the extension''s schema first in search_path.
Until the end of the function that called, where that has a search_path of its own. Errors: 3F000 where there is no such workspace, 22004 for NULL, 42501 for a superuser who is not its owner.';

COMMENT ON FUNCTION crm_workspace_script() IS
'The scripts of which crm_create_workspace makes a workspace, in order.
Run with the workspace first in search_path; :customer_id stands for the type of customers'' keys, :''time_zone'' for the time zone.';

-- Views

CREATE FUNCTION crm_dependent_views(relations regclass[], OUT relation regclass, OUT depth integer)
RETURNS SETOF record
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 30
BEGIN ATOMIC
    WITH RECURSIVE dependent AS (
        SELECT r AS relation, 0 AS depth FROM unnest(relations) AS r
        UNION
        SELECT w.ev_class::regclass, dependent.depth + 1
        FROM dependent
        JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = dependent.relation
                               AND d.classid = 'pg_rewrite'::regclass
        JOIN pg_rewrite AS w ON w.oid = d.objid AND w.ev_class <> dependent.relation
    )
    SELECT dependent.relation, max(dependent.depth) FROM dependent GROUP BY 1;
END;
COMMENT ON FUNCTION crm_dependent_views(regclass[]) IS
'Relations and the views that depend on them, with their distance.
A view has a greater distance than all that it depends on.';

CREATE FUNCTION crm_view_statements(view regclass, is_whole boolean) RETURNS SETOF text
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 5
BEGIN ATOMIC
    SELECT pg_catalog.format('CREATE VIEW %s%s AS %s', name,
                  CASE WHEN reloptions IS NOT NULL THEN pg_catalog.format(' WITH (%s)', array_to_string(reloptions, ', ')) END,
                  pg_get_viewdef(view))
    FROM pg_class, LATERAL (SELECT pg_catalog.format('%s.%I', relnamespace::regnamespace, relname)) AS n (name)
    WHERE oid = view AND is_whole
    UNION ALL
    SELECT pg_catalog.format('COMMENT ON %s IS %L', CASE objsubid WHEN 0 THEN pg_catalog.format('VIEW %s.%I', relnamespace::regnamespace, relname)
                                         ELSE pg_catalog.format('COLUMN %s.%I.%I', relnamespace::regnamespace, relname, attname) END,
                  description)
    FROM pg_description JOIN pg_class AS c ON c.oid = objoid AND classoid = 'pg_class'::regclass
    LEFT JOIN pg_attribute ON attrelid = objoid AND attnum = objsubid
    WHERE objoid = view AND is_whole
    UNION ALL
    SELECT pg_catalog.format('GRANT %s ON %s.%I TO %s%s', privilege_type, relnamespace::regnamespace, relname,
                  CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END,
                  CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END)
    FROM pg_class, aclexplode(relacl) WHERE oid = view AND grantee <> relowner;
END;
COMMENT ON FUNCTION crm_view_statements(regclass, boolean) IS
'The statements that make a view again as it is now.
is_whole: with its definition and comments; otherwise only the rights that were granted on it.';

CREATE FUNCTION crm_run_scripts(kept jsonb, key_type text) RETURNS void
LANGUAGE plpgsql STRICT
SET client_min_messages = warning AS $$
DECLARE
    part record;
    given jsonb;
BEGIN
    FOR part IN SELECT * FROM crm_workspace_script() ORDER BY step LOOP
        given := kept -> 'sources' -> substring(part.name FROM '^source/(.*)');
        IF given IS NOT NULL THEN
            EXECUTE format('CREATE OR REPLACE VIEW %I AS %s', substring(part.name FROM '^source/(.*)'),
                           crm_source_view(substring(part.name FROM '^source/(.*)'), given, key_type,
                                           kept ->> 'time_zone'));
        ELSE
            EXECUTE replace(replace(part.script, ':customer_id', key_type),
                            ':''time_zone''', quote_literal(kept ->> 'time_zone'));
        END IF;
    END LOOP;
    -- A view then shows nobody what he could not read in the tables below it.
    IF current_setting('server_version_num')::integer >= 150000 THEN
        FOR part IN SELECT oid::regclass AS view FROM pg_class
                    WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind = 'v' LOOP
            EXECUTE format('ALTER VIEW %s SET (security_invoker = true)', part.view);
        END LOOP;
    END IF;
END $$;
COMMENT ON FUNCTION crm_run_scripts(jsonb, text) IS
'Runs all scripts of a workspace in the first schema of search_path.
kept: sources and time_zone. key_type: the type of customers'' keys. Can be repeated: tables stay, views are replaced.';

CREATE FUNCTION crm_rebuild_views(kept jsonb, key_type text, canonical text[]) RETURNS void
LANGUAGE plpgsql STRICT
SET client_min_messages = warning AS $$
DECLARE
    workspace regnamespace := quote_ident(current_schema())::regnamespace;
    made text[] := (SELECT array_agg(m[1] ORDER BY m[1])
                    FROM crm_workspace_script(), regexp_matches(script, 'CREATE OR REPLACE VIEW (\w+)', 'g') AS m);
    statements text[];
    obstacle regclass;
    relation regclass;
    statement text;
    filled bigint;
BEGIN
    CREATE TEMPORARY TABLE pg_temp.crm_view ON COMMIT DROP AS
    SELECT d.relation, d.depth, c.relkind, c.relnamespace = workspace AND c.relname = ANY (made) AS is_made
    FROM crm_dependent_views((SELECT array_agg(oid::regclass) FROM pg_class
                              WHERE relnamespace = workspace
                                AND (relkind = 'v' AND relname = ANY (made) OR relname = ANY (canonical)))) AS d
    JOIN pg_class AS c ON c.oid = d.relation
    WHERE c.relname <> ALL (canonical) OR c.relnamespace <> workspace;
    SELECT v.relation INTO obstacle FROM pg_temp.crm_view AS v WHERE relkind <> 'v' LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% depends on views that have to be made anew', obstacle
            USING ERRCODE = 'dependent_objects_still_exist', HINT = 'Drop it, and make it again afterwards.';
    END IF;
    statements := ARRAY(SELECT s FROM pg_temp.crm_view AS v, crm_view_statements(v.relation, NOT is_made) WITH ORDINALITY AS s (s, n)
                        ORDER BY v.depth, v.relation::oid, n);
    FOR relation IN SELECT v.relation FROM pg_temp.crm_view AS v ORDER BY v.depth DESC LOOP
        EXECUTE format('DROP VIEW %s', relation);
    END LOOP;
    DROP TABLE pg_temp.crm_view;
    -- These look at sources; crm_apply_sources makes them again.
    FOR relation IN SELECT polrelid FROM pg_policy JOIN pg_class AS c ON c.oid = polrelid
                    WHERE polname = 'crm_select' AND relnamespace = workspace LOOP
        EXECUTE format('DROP POLICY crm_select ON %s', relation);
    END LOOP;
    FOREACH statement IN ARRAY canonical LOOP
        EXECUTE format('SELECT FROM %I LIMIT 1', statement);
        GET DIAGNOSTICS filled = ROW_COUNT;
        IF filled > 0 THEN
            RAISE EXCEPTION 'table % has rows, which a source in its place would hide', statement
                USING ERRCODE = 'object_in_use', HINT = 'Move them into the source, and empty the table.';
        END IF;
        EXECUTE format('DROP TABLE %I', statement);
    END LOOP;
    PERFORM crm_run_scripts(kept, key_type);
    FOREACH statement IN ARRAY statements LOOP
        EXECUTE statement;
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_rebuild_views(jsonb, text, text[]) IS
'Drops the views of a workspace and makes them again.
The owner''s own views on top of them, and rights granted on any, are made again too; a materialized view on top is an error (2BP01). canonical: tables that give way to a source''s view.';

CREATE FUNCTION crm_customer_key_type() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT format_type(atttypid, atttypmod) FROM pg_attribute
    WHERE attrelid = 'customer_activity'::regclass AND attname = 'customer_id';
$$;
COMMENT ON FUNCTION crm_customer_key_type() IS
'The type of customers'' keys in the workspace in search_path.';

-- Triggers and row-level security, which follow from the sources

CREATE FUNCTION crm_follow_source(workspace text, source text, mapping jsonb, kept jsonb) RETURNS void
LANGUAGE plpgsql STRICT AS $$
DECLARE
    relation regclass := mapping ->> 'from';
    field text := CASE source WHEN 'purchase' THEN 'purchased_at' ELSE 'interacted_at' END;
    day text := (crm_day_columns(source, field, crm_expression_type(source, field, relation, mapping ->> field),
                                 mapping ->> field || E'\n', kept ->> 'time_zone')).on_column;
    condition text := coalesce(mapping ->> 'where', 'true');
BEGIN
    IF kept ->> 'maintain' = 'queue' THEN
        PERFORM crm_create_source_triggers(workspace, source, relation, 'crm_queue_trigger',
            ARRAY[format('%I.change_queue', workspace), condition, mapping ->> 'customer_id']);
    ELSIF source = 'purchase' THEN
        PERFORM crm_create_source_triggers(workspace, source, relation, 'crm_activity_trigger',
            ARRAY[format('%I.customer_activity', workspace), 'purchases', day, coalesce(mapping ->> 'amount', 'NULL'),
                  coalesce(mapping ->> 'events', '1'), condition, 'customer_id', mapping ->> 'customer_id']);
    ELSE
        PERFORM crm_create_source_triggers(workspace, source, relation, 'crm_activity_trigger',
            ARRAY[format('%I.channel_activity', workspace), 'interactions', day,
                  format(E'((%s\n)::boolean IS TRUE)::integer', coalesce(mapping ->> 'is_responded', 'false')),
                  '1', condition, 'customer_id', mapping ->> 'customer_id',
                  'channel', format(E'coalesce((%s\n)::text, ''unknown'')', coalesce(mapping ->> 'channel', 'NULL'))]);
    END IF;
END $$;
COMMENT ON FUNCTION crm_follow_source(text, text, jsonb, jsonb) IS
'Puts the triggers on a source that keep ledgers or queue current.';

CREATE FUNCTION crm_unrestricted(relation regclass) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (SELECT CASE WHEN relkind IN ('r', 'p')
                    THEN pg_catalog.format('(SELECT NOT row_security_active(%s::regclass))', quote_literal(relation::oid))
                    ELSE 'false' END
        FROM pg_class WHERE oid = relation);
COMMENT ON FUNCTION crm_unrestricted(regclass) IS
'A condition: is no row of a source hidden from whoever reads?
A view can rest on anything, so there the condition is false.';

CREATE FUNCTION crm_create_policies(workspace text, sources jsonb) RETURNS void
LANGUAGE plpgsql STRICT
SET client_min_messages = warning AS $$
DECLARE
    sees jsonb := (SELECT jsonb_object_agg(source, crm_unrestricted(coalesce(sources -> source ->> 'from',
                                                                            format('%I.%I', workspace, source))::regclass))
                   FROM unnest(ARRAY['purchase', 'interaction', 'rating']) AS source);
    guarded record;
    policy record;
BEGIN
    FOR guarded IN VALUES
        ('customer_activity',
         format('%s OR purchases = (SELECT crm_activity_agg(s.purchased_on, s.amount, s.events) FROM purchase AS s
                                    WHERE s.customer_id = customer_activity.customer_id)', sees ->> 'purchase')),
        ('channel_activity',
         format('%s OR interactions = (SELECT crm_activity_agg(s.interacted_on, (s.is_responded IS TRUE)::integer::numeric)
                                       FROM interaction AS s WHERE s.customer_id = channel_activity.customer_id
                                       AND coalesce(s.channel, ''unknown'') = channel_activity.channel)', sees ->> 'interaction')),
        ('customer_snapshot',
         format('(%s OR EXISTS (SELECT FROM customer_activity AS a WHERE a.customer_id = customer_snapshot.customer_id))
                 AND (outcome IS NULL OR %s OR EXISTS (SELECT FROM rating AS g WHERE g.customer_id = customer_snapshot.customer_id))',
                sees ->> 'purchase', sees ->> 'rating')),
        ('customer_move',
         format('(%s OR EXISTS (SELECT FROM customer_activity AS a WHERE a.customer_id = customer_move.customer_id))
                 AND (kind <> ''outcome'' OR %s OR EXISTS (SELECT FROM rating AS g WHERE g.customer_id = customer_move.customer_id))',
                sees ->> 'purchase', sees ->> 'rating')) LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded.column1);
        -- Who may write is left to rights.
        FOR policy IN VALUES ('select', format('USING (%s)', guarded.column2)), ('insert', 'WITH CHECK (true)'),
                             ('update', 'USING (true)'), ('delete', 'USING (true)') LOOP
            EXECUTE format('DROP POLICY IF EXISTS crm_%s ON %I', policy.column1, guarded.column1);
            EXECUTE format('CREATE POLICY crm_%1$s ON %2$I FOR %1$s %3$s', policy.column1, guarded.column1, policy.column2);
        END LOOP;
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_create_policies(text, jsonb) IS
'Row-level security of ledgers, snapshots, moves, as the sources have.
A ledger is visible to who sees every row that it was made of; snapshots and moves to who sees the ledger, and where they tell an outcome a rating. Where the sources have no row-level security that is everyone with the right SELECT.';

CREATE FUNCTION crm_apply_sources(workspace text) RETURNS void
LANGUAGE plpgsql STRICT AS $$
DECLARE
    kept jsonb := (SELECT to_jsonb(setting) FROM setting);
    name text;
BEGIN
    PERFORM crm_drop_source_triggers(kept ->> 'workspace');
    UPDATE setting SET workspace = crm_apply_sources.workspace;
    FOREACH name IN ARRAY ARRAY['purchase', 'interaction'] LOOP
        CONTINUE WHEN kept ->> 'maintain' = 'refresh';
        PERFORM crm_follow_source(workspace, name, coalesce(kept -> 'sources' -> name, own.mapping), kept)
        FROM (SELECT jsonb_object_agg(field, field) || jsonb_build_object('from', format('%I.%I', workspace, name)) AS mapping
              FROM crm_source_fields() WHERE source = name) AS own;
    END LOOP;
    PERFORM crm_create_policies(workspace, kept -> 'sources');
END $$;
COMMENT ON FUNCTION crm_apply_sources(text) IS
'Triggers and row-level security of a workspace, as its settings say.';

-- What sources say, checked and with relations found in the caller's search_path

CREATE FUNCTION crm_find_relation(name text, search_path text) RETURNS regclass
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('search_path', search_path, true);
    RETURN pg_catalog.to_regclass(name);
END $$;
COMMENT ON FUNCTION crm_find_relation(text, text) IS
'A relation as a search_path finds it; NULL where there is none.';

CREATE FUNCTION crm_resolve_sources(sources jsonb, search_path text) RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
    answer jsonb := '{}';
    source record;
    relation text;
BEGIN
    IF jsonb_typeof(sources) <> 'object' THEN
        RAISE EXCEPTION 'sources must be a JSON object'
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'As in {"purchase": {"from": "orders", "customer_id": "customer", "purchased_at": "created_at", "amount": "total"}}.';
    END IF;
    FOR source IN SELECT key, value FROM jsonb_each(sources) LOOP
        IF source.value ->> 'from' IS NULL THEN
            RAISE EXCEPTION 'source "%" does not say where it is from', source.key
                USING ERRCODE = 'invalid_parameter_value', HINT = 'Name the table or view: "from": "public.orders".';
        END IF;
        SELECT format('%s.%I', relnamespace::regnamespace, relname) INTO relation
        FROM pg_class WHERE oid = crm_find_relation(source.value ->> 'from', search_path);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'source "%": relation "%" does not exist', source.key, source.value ->> 'from'
                USING ERRCODE = 'undefined_table', HINT = 'Write the table''s name as in a query, with its schema.';
        END IF;
        answer := answer || jsonb_build_object(source.key, source.value || jsonb_build_object('from', relation));
    END LOOP;
    RETURN answer;
END $$;
COMMENT ON FUNCTION crm_resolve_sources(jsonb, text) IS
'Sources with the schemas of their relations written out.
Errors 22023 for what is no object of objects with "from", 42P01 for a relation that does not exist.';

CREATE FUNCTION crm_check_settings(time_zone text, maintain text, min_cell integer) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF maintain IS NULL OR maintain NOT IN ('triggers', 'queue', 'refresh') THEN
        RAISE EXCEPTION 'a workspace cannot be maintained by "%"', maintain
            USING ERRCODE = 'invalid_parameter_value', HINT = 'maintain is triggers, queue or refresh.';
    ELSIF min_cell IS NULL OR min_cell < 1 THEN
        RAISE EXCEPTION 'min_cell cannot be %', min_cell
            USING ERRCODE = 'invalid_parameter_value', HINT = 'It is a number of customers; 1 hides no group.';
    ELSIF time_zone IS NULL THEN
        RAISE EXCEPTION 'a workspace needs a time zone' USING ERRCODE = 'invalid_parameter_value', HINT = 'As in time_zone => ''UTC''.';
    ELSIF maintain <> 'refresh' AND current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'sources cannot be followed from a transaction that is %', current_setting('transaction_isolation')
            USING ERRCODE = 'active_sql_transaction',
                  HINT = 'Its snapshot may miss rows that triggers will not see either: use READ COMMITTED.';
    END IF;
    PERFORM now() AT TIME ZONE time_zone;
END $$;
COMMENT ON FUNCTION crm_check_settings(text, text, integer) IS
'Checks the settings of a workspace.
Errors: 22023, and 25001 in a transaction of another isolation than READ COMMITTED.';

-- The functions that people call. Their last argument has the caller's
-- search_path, in which the names of sources are looked up and nothing else.

CREATE FUNCTION crm_create_workspace(workspace text, sources jsonb DEFAULT '{}', time_zone text DEFAULT 'UTC', maintain text DEFAULT 'triggers', min_cell integer DEFAULT 1, search_path text DEFAULT current_setting('search_path')) RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    resolved jsonb;
    key_type text;
BEGIN
    PERFORM set_config('search_path', format('pg_catalog, %s, pg_temp', extension_schema), true);
    IF workspace IS NULL OR octet_length(workspace) NOT BETWEEN 1 AND 40 THEN
        RAISE EXCEPTION 'the name of a workspace has 1 to 40 bytes' USING ERRCODE = 'invalid_name', HINT = 'As in crm.';
    ELSIF to_regnamespace(quote_ident(workspace)) IS NOT NULL THEN
        RAISE EXCEPTION 'schema "%" already exists', workspace
            USING ERRCODE = 'duplicate_schema',
                  HINT = CASE WHEN to_regclass(format('%I.setting', workspace)) IS NULL THEN 'Choose another name.'
                         ELSE 'crm_upgrade_workspace brings a workspace to the extension''s version, crm_change_sources changes its sources, crm_drop_workspace drops it.' END;
    END IF;
    IF EXISTS (SELECT FROM crm_source_triggers(workspace)) THEN
        RAISE EXCEPTION 'tables still have triggers of a workspace "%"', workspace
            USING ERRCODE = 'object_in_use',
                  HINT = 'If it was renamed run crm_upgrade_workspace with its present name, if it was dropped by hand crm_drop_workspace.';
    END IF;
    PERFORM crm_check_settings(time_zone, maintain, min_cell);
    resolved := crm_resolve_sources(coalesce(sources, '{}'), search_path);
    key_type := coalesce(crm_key_type(ARRAY(SELECT t FROM jsonb_each(resolved), crm_check_source(key, value) AS t
                                            WHERE t IS NOT NULL)), 'text');
    SELECT resolved || coalesce(jsonb_object_agg(key, crm_ledger_fields(key, value, time_zone)), '{}') INTO resolved
    FROM jsonb_each(resolved) WHERE key IN ('purchase', 'interaction');
    EXECUTE format('CREATE SCHEMA %I', workspace);
    EXECUTE format('COMMENT ON SCHEMA %I IS %L', workspace,
                   E'Customer relationship analytics: a workspace of crm_ext.\nThe view catalog lists everything in it.');
    PERFORM set_config('search_path', format('%I, %s, pg_temp', workspace, extension_schema), true);
    PERFORM crm_run_scripts(jsonb_build_object('sources', resolved, 'time_zone', time_zone), key_type);
    INSERT INTO setting (sources, time_zone, maintain, min_cell) VALUES (resolved, time_zone, maintain, min_cell);
    PERFORM crm_apply_sources(workspace);
    PERFORM crm_fill();
    RETURN format('workspace %I: %s customers with purchases, as of %s', workspace, crm_refit(workspace), crm_as_of());
END $$;
COMMENT ON FUNCTION crm_create_workspace(text, jsonb, text, text, integer, text) IS
'Makes a schema of views over your tables, and keeps it current.
workspace: the name of the schema, at most 40 bytes; it is yours. sources: for each of customer, purchase, interaction, rating, module and touchpoint that you have, an object with "from" (a table or view), optionally "where", and a column or expression for each field (crm_source_fields lists them); for the others the workspace gets tables. time_zone: where a day begins, for timestamps. maintain: triggers keep ledgers current with every statement; queue notes which customers changed, for crm_refresh; refresh leaves all to crm_refresh. min_cell: summary views hide groups of fewer customers. search_path: where the names of tables are looked up.
Ends with crm_refit as of crm_as_of(). Holds a lock on the sources that lets others read, not write, until the transaction ends. Errors: 42P06 where the schema exists, 42P01, 42703 and others that name the source and the field, 22023 for other arguments.';

CREATE FUNCTION crm_change_sources(workspace text, sources jsonb DEFAULT '{}', time_zone text DEFAULT NULL, maintain text DEFAULT NULL, search_path text DEFAULT current_setting('search_path')) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    given jsonb;
    kept record;
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    SELECT * INTO kept FROM setting;
    PERFORM crm_check_settings(coalesce(time_zone, kept.time_zone), coalesce(maintain, kept.maintain), kept.min_cell);
    given := crm_resolve_sources(coalesce(sources, '{}'), search_path);
    PERFORM set_config('search_path', format('pg_catalog, %s, pg_temp', extension_schema), true);
    PERFORM crm_check_source(key, value) FROM jsonb_each(given);
    SELECT given || coalesce(jsonb_object_agg(key, crm_ledger_fields(key, value, coalesce(time_zone, kept.time_zone))), '{}') INTO given
    FROM jsonb_each(given) WHERE key IN ('purchase', 'interaction');
    PERFORM crm_enter_workspace(workspace);
    PERFORM crm_drop_source_triggers(kept.workspace);
    UPDATE setting SET sources = kept.sources || given, time_zone = coalesce(crm_change_sources.time_zone, kept.time_zone),
                       maintain = coalesce(crm_change_sources.maintain, kept.maintain);
    -- Tables of the workspace's own know its time zone.
    PERFORM crm_rebuild_views(to_jsonb(setting), crm_customer_key_type(),
                              ARRAY(SELECT relname::text FROM pg_class
                                    WHERE relnamespace = quote_ident(crm_change_sources.workspace)::regnamespace
                                      AND relkind = 'r'
                                      AND (given ? relname OR relname IN ('purchase', 'interaction', 'rating')
                                                              AND setting.time_zone <> kept.time_zone)))
    FROM setting;
    PERFORM crm_apply_sources(workspace);
    PERFORM crm_refresh(workspace, true);
END $$;
COMMENT ON FUNCTION crm_change_sources(text, jsonb, text, text, text) IS
'Other sources, time zone or way to maintain for a workspace.
sources: the ones that change, as for crm_create_workspace; others stay. NULL leaves a thing as it is. Ledgers are made to follow; settings, fits, snapshots and moves stay. Keys keep their type: another one is cast to it.
A table of the workspace that gives way to a source must be empty (error 55006), and its own tables of purchases, interactions and ratings where the time zone changes. Locks the sources against all use until the transaction ends.';

CREATE FUNCTION crm_upgrade_workspace(workspace text) RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    PERFORM crm_rebuild_views(to_jsonb(setting), crm_customer_key_type(), '{}') FROM setting;
    PERFORM crm_apply_sources(workspace);
END $$;
COMMENT ON FUNCTION crm_upgrade_workspace(text) IS
'Brings a workspace to the version of the extension.
Run it after ALTER EXTENSION crm_ext UPDATE. Views, triggers and policies are made again, also after ALTER SCHEMA ... RENAME, new partitions or a new owner of a source; data, your own views on top with their comments, and rights granted on whole views stay.';

CREATE FUNCTION crm_drop_workspace(workspace text, cascade boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    outside text;
BEGIN
    IF to_regnamespace(quote_ident(workspace)) IS NULL THEN
        -- Dropped by hand: its triggers would stop whoever writes.
        PERFORM set_config('search_path', format('pg_catalog, %s, pg_temp', extension_schema), true);
        IF crm_drop_source_triggers(workspace) > 0 THEN
            RETURN;
        END IF;
    END IF;
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    SELECT string_agg(d.relation::text, ', ' ORDER BY d.depth, d.relation::text) INTO outside
    FROM crm_dependent_views(ARRAY(SELECT oid::regclass FROM pg_class
                                   WHERE relnamespace = quote_ident(workspace)::regnamespace AND relkind IN ('r', 'v'))) AS d
    JOIN pg_class ON oid = d.relation WHERE relnamespace <> quote_ident(workspace)::regnamespace;
    IF outside IS NOT NULL AND NOT cascade THEN
        RAISE EXCEPTION 'views outside workspace "%" depend on it: %', workspace, outside
            USING ERRCODE = 'dependent_objects_still_exist', HINT = 'Drop them first, or say cascade => true.';
    END IF;
    PERFORM crm_drop_source_triggers(workspace);
    EXECUTE format('DROP SCHEMA %I CASCADE', workspace);
END $$;
COMMENT ON FUNCTION crm_drop_workspace(text, boolean) IS
'Drops a workspace, and its triggers on your tables; never the tables.
Everything in the schema goes, fits and snapshots too; where the schema was dropped by hand, the triggers that are left. cascade: also views elsewhere that depend on it; otherwise these are an error (2BP01).';
-- Ledgers, fits and snapshots of a workspace, kept and checked.

CREATE FUNCTION crm_log_refresh(action text, as_of date, row_count bigint, started_at timestamptz) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO refresh_log (action, as_of, row_count, duration_ms)
    VALUES (action, as_of, row_count, 1000 * extract(epoch FROM clock_timestamp() - started_at));
$$;
COMMENT ON FUNCTION crm_log_refresh(text, date, bigint, timestamptz) IS
'Writes a row into refresh_log.';

CREATE FUNCTION crm_fill() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    started_at timestamptz := clock_timestamp();
    customers bigint;
BEGIN
    INSERT INTO customer_activity
    SELECT customer_id, crm_activity_agg(purchased_on, amount, events) AS purchases FROM purchase
    WHERE customer_id IS NOT NULL GROUP BY customer_id HAVING crm_activity_agg(purchased_on, amount, events) <> '{}';
    GET DIAGNOSTICS customers = ROW_COUNT;
    INSERT INTO channel_activity
    SELECT customer_id, coalesce(channel, 'unknown'), crm_activity_agg(interacted_on, (is_responded IS TRUE)::integer::numeric)
    FROM interaction WHERE customer_id IS NOT NULL GROUP BY 1, 2
    HAVING crm_activity_agg(interacted_on, (is_responded IS TRUE)::integer::numeric) <> '{}';
    ANALYZE customer_activity, channel_activity;
    PERFORM crm_log_refresh('fill'::text, NULL::date, customers, started_at);
    RETURN customers;
END $$;
COMMENT ON FUNCTION crm_fill() IS
'Builds the ledgers of a new workspace; returns how many customers.';

CREATE FUNCTION crm_rebuild_purchases() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    changed bigint;
BEGIN
    -- DO UPDATE locks the ledgers that are there, in the order of keys, even WHERE false.
    INSERT INTO customer_activity
    SELECT DISTINCT customer_id, '{}'::crm_activity FROM change_queue WHERE is_taken ORDER BY customer_id
    ON CONFLICT (customer_id) DO UPDATE SET purchases = excluded.purchases WHERE false;
    UPDATE customer_activity AS kept SET purchases = rebuilt.purchases
    FROM (SELECT q.customer_id, coalesce(crm_activity_agg(purchased_on, amount, events), '{}') AS purchases
          FROM (SELECT DISTINCT customer_id FROM change_queue WHERE is_taken) AS q
          LEFT JOIN purchase USING (customer_id) GROUP BY q.customer_id) AS rebuilt
    WHERE kept.customer_id = rebuilt.customer_id AND kept.purchases <> rebuilt.purchases;
    GET DIAGNOSTICS changed = ROW_COUNT;
    DELETE FROM customer_activity AS kept
    WHERE purchases = '{}' AND customer_id IN (SELECT q.customer_id FROM change_queue AS q WHERE is_taken);
    RETURN changed;
END $$;
COMMENT ON FUNCTION crm_rebuild_purchases() IS
'Rebuilds the ledgers of purchases of the customers in the queue.
Locks their ledgers before it reads the source: a trigger that is under way either has its row in both, or waits and adds it afterwards. Only who was erased while rows of his are left in the source has no ledger to lock: rows that are being deleted meanwhile can then be counted, until the next refresh.';

CREATE FUNCTION crm_rebuild_interactions() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    changed bigint;
BEGIN
    INSERT INTO channel_activity
    SELECT customer_id, coalesce(channel, 'unknown') AS channel, '{}'::crm_activity
    FROM interaction WHERE customer_id IN (SELECT q.customer_id FROM change_queue AS q WHERE is_taken)
    UNION
    SELECT customer_id, channel, '{}'
    FROM channel_activity WHERE customer_id IN (SELECT q.customer_id FROM change_queue AS q WHERE is_taken)
    ORDER BY customer_id, channel
    ON CONFLICT (customer_id, channel) DO UPDATE SET interactions = excluded.interactions WHERE false;
    UPDATE channel_activity AS kept SET interactions = rebuilt.interactions
    FROM (SELECT k.customer_id, k.channel,
                 coalesce(crm_activity_agg(interacted_on, (is_responded IS TRUE)::integer::numeric)
                          FILTER (WHERE i.customer_id IS NOT NULL), '{}') AS interactions
          FROM channel_activity AS k
          LEFT JOIN interaction AS i ON i.customer_id = k.customer_id AND coalesce(i.channel, 'unknown') = k.channel
          WHERE k.customer_id IN (SELECT q.customer_id FROM change_queue AS q WHERE is_taken)
          GROUP BY k.customer_id, k.channel) AS rebuilt
    WHERE kept.customer_id = rebuilt.customer_id AND kept.channel = rebuilt.channel
      AND kept.interactions <> rebuilt.interactions;
    GET DIAGNOSTICS changed = ROW_COUNT;
    DELETE FROM channel_activity AS kept
    WHERE interactions = '{}' AND customer_id IN (SELECT q.customer_id FROM change_queue AS q WHERE is_taken);
    RETURN changed;
END $$;
COMMENT ON FUNCTION crm_rebuild_interactions() IS
'Rebuilds the ledgers of interactions of customers in the queue.
As crm_rebuild_purchases.';

CREATE FUNCTION crm_refresh(workspace text, everything boolean DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = on AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    started_at timestamptz := clock_timestamp();
    kept text;
    taken bigint;
    changed bigint := 0;
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    -- One refresh at a time.
    SELECT maintain INTO kept FROM setting FOR UPDATE;
    IF coalesce(everything, kept <> 'queue' OR EXISTS (SELECT FROM change_queue WHERE customer_id IS NULL)) THEN
        DELETE FROM change_queue WHERE customer_id IS NULL;
        INSERT INTO change_queue SELECT DISTINCT customer_id FROM ledger_difference;
    END IF;
    UPDATE change_queue SET is_taken = true WHERE customer_id IS NOT NULL;
    GET DIAGNOSTICS taken = ROW_COUNT;
    IF taken > 0 THEN
        -- Look few customers up by index, whatever the cost of random reads is set to.
        IF taken < 0.02 * (SELECT reltuples FROM pg_class WHERE oid = 'customer_activity'::regclass) THEN
            PERFORM set_config('enable_seqscan', 'off', true);
        END IF;
        changed := crm_rebuild_purchases() + crm_rebuild_interactions();
        DELETE FROM change_queue WHERE is_taken;
    END IF;
    PERFORM crm_log_refresh('refresh'::text, NULL::date, changed, started_at);
    RETURN changed;
END $$;
COMMENT ON FUNCTION crm_refresh(text, boolean) IS
'Brings the ledgers of a workspace up to date; says how many changed.
everything: compare all ledgers with their rows, and rebuild those that differ. false looks only at the customers in the queue. NULL, the default, is what setting.maintain asks for. Writers go on meanwhile, and nothing of theirs is lost. Wants an index on the customer''s key of each source.';

CREATE FUNCTION crm_check_workspace(workspace text, OUT ledger text, OUT customer_id text, OUT channel text, OUT maintained text, OUT rebuilt text)
RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT ROWS 10
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    RETURN QUERY SELECT d.ledger, d.customer_id::text, d.channel, d.maintained, d.rebuilt
                 FROM ledger_difference AS d ORDER BY 1, 2, 3;
END $$;
COMMENT ON FUNCTION crm_check_workspace(text) IS
'Ledgers that are not what their rows add up to; there must be none.
Reads every row of the sources. With maintain queue or refresh, what crm_refresh has not taken in shows up here.';

-- Fits

CREATE FUNCTION crm_refit(workspace text, as_of date DEFAULT crm_as_of()) RETURNS bigint
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    started_at timestamptz := clock_timestamp();
    day date := as_of;
    customers bigint;
    kind text;
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    kind := (SELECT clv_model FROM setting);
    INSERT INTO fit (as_of, recency_breaks, frequency_breaks, monetary_breaks, abc_limits, population_gap_days, customer_count)
    SELECT day, crm_breaks_fit(crm_days_since_last(purchases, day)), crm_breaks_fit(crm_event_count(purchases, day)),
           crm_breaks_fit(crm_amount(purchases, day)::double precision),
           crm_abc_fit(crm_amount(purchases, day)::double precision, abc_cuts),
           crm_cadence_fit(purchases, day), count(purchases)
    FROM setting LEFT JOIN customer_activity ON crm_active_days(purchases, day) > 0
    GROUP BY abc_cuts
    ON CONFLICT (as_of) DO UPDATE
    SET recency_breaks = excluded.recency_breaks, frequency_breaks = excluded.frequency_breaks,
        monetary_breaks = excluded.monetary_breaks, abc_limits = excluded.abc_limits,
        population_gap_days = excluded.population_gap_days, clv_model = NULL,
        customer_count = excluded.customer_count, fitted_at = excluded.fitted_at
    RETURNING customer_count INTO customers;
    BEGIN
        UPDATE fit SET clv_model = (SELECT crm_clv_fit(purchases, day, kind) FROM customer_activity
                                    WHERE crm_active_days(purchases, day) > 0)
        WHERE as_of = day AND customers > 0;
    EXCEPTION WHEN data_exception THEN
        RAISE NOTICE 'workspace "%" has no lifetime values as of %: %', workspace, day, SQLERRM;
    END;
    PERFORM crm_log_refresh('refit'::text, day, customers, started_at);
    RETURN customers;
END $$;
COMMENT ON FUNCTION crm_refit(text, date) IS
'Fits RFM breaks, ABC limits, cadence and the CLV model as of a day.
Returns the number of customers. Views score against the latest fit at or before crm_as_of(). A fit of the same day is replaced, others stay. Where too few customers came back for a CLV model a NOTICE says so, and lifetime values are NULL.';

-- Snapshots

CREATE FUNCTION crm_log_moves(workspace text, from_day date, to_day date) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    news record;
    moves bigint := 0;
BEGIN
    FOR news IN
        WITH moved AS MATERIALIZED (
            SELECT customer_id, kind, old_value, new_value
            FROM (SELECT * FROM customer_snapshot WHERE as_of = from_day) AS o
            FULL JOIN (SELECT * FROM customer_snapshot WHERE as_of = to_day) AS n USING (customer_id),
            LATERAL (VALUES ('segment', o.segment, n.segment), ('class', o.class, n.class), ('stage', o.stage, n.stage),
                            ('outcome', o.outcome, n.outcome)) AS v (kind, old_value, new_value)
            WHERE old_value IS DISTINCT FROM new_value
        ), gone AS (
            DELETE FROM customer_move AS m
            WHERE moved_on = to_day
              AND NOT EXISTS (SELECT FROM moved WHERE moved.customer_id = m.customer_id AND moved.kind = m.kind)
        ), logged AS (
            INSERT INTO customer_move AS m (moved_on, customer_id, kind, old_value, new_value)
            SELECT to_day, moved.* FROM moved
            ON CONFLICT (moved_on, customer_id, kind) DO UPDATE
            SET old_value = excluded.old_value, new_value = excluded.new_value
            WHERE (m.old_value, m.new_value) IS DISTINCT FROM (excluded.old_value, excluded.new_value)
            RETURNING kind, old_value, new_value
        )
        SELECT kind, old_value, new_value, count(*) AS customers FROM logged GROUP BY 1, 2, 3
    LOOP
        PERFORM pg_notify('crm_ext', json_build_object('workspace', workspace, 'moved_on', to_day, 'kind', news.kind,
                                                       'old', news.old_value, 'new', news.new_value,
                                                       'customers', news.customers)::text);
        moves := moves + news.customers;
    END LOOP;
    RETURN moves;
END $$;
COMMENT ON FUNCTION crm_log_moves(text, date, date) IS
'Logs who moved between two snapshots, and notifies of news.
News is what was not logged yet.';

CREATE FUNCTION crm_snapshot(workspace text, as_of date DEFAULT crm_as_of()) RETURNS bigint
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
SET crm_ext.as_of = '' AS $$
#variable_conflict use_column
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    started_at timestamptz := clock_timestamp();
    day date := as_of;
    customers bigint;
    moves bigint;
BEGIN
    IF NOT isfinite(day) THEN
        RAISE EXCEPTION 'there is no snapshot as of %', day
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give a day like 2024-12-31.';
    END IF;
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    PERFORM set_config('crm_ext.as_of', to_char(day, 'YYYY-MM-DD'), true);
    -- One at a time, as with crm_refresh.
    PERFORM FROM setting FOR UPDATE;
    IF NOT EXISTS (SELECT FROM fit WHERE as_of <= day) THEN
        PERFORM crm_refit(workspace, day);
    END IF;
    DELETE FROM customer_snapshot WHERE as_of = day;
    INSERT INTO customer_snapshot (as_of, customer_id, r_score, f_score, m_score, segment, class, stage, outcome, p_alive, clv)
    SELECT day, customer_id, r_score, f_score, m_score, segment, class, stage, outcome, p_alive, clv
    FROM customer_360 WHERE NOT is_prospect;
    GET DIAGNOSTICS customers = ROW_COUNT;
    SELECT sum(crm_log_moves(workspace, from_day, to_day)) INTO moves
    FROM (SELECT max(as_of) FILTER (WHERE as_of < day), min(as_of) FILTER (WHERE as_of > day)
          FROM customer_snapshot) AS other (previous, next),
         LATERAL (VALUES (previous, day), (day, next)) AS pair (from_day, to_day)
    WHERE from_day IS NOT NULL AND to_day IS NOT NULL;
    PERFORM crm_log_refresh('snapshot'::text, day, customers, started_at);
    RETURN customers;
END $$;
COMMENT ON FUNCTION crm_snapshot(text, date) IS
'Writes down what each customer is as of a day, and logs who moved.
Returns the number of customers. Compares with the snapshot before, and the one after with this: customer_move has a row a customer and kind (segment, class, stage, outcome) that changed. NOTIFY on channel crm_ext tells of each kind of move once, as JSON: workspace, moved_on, kind, old, new, customers. Once more on the same day changes nothing, unless the data did. Fits where there is no fit yet.';
-- What is held on one person: given out, and erased.

CREATE FUNCTION crm_personal_relations(OUT relation regclass, OUT is_source boolean)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE ROWS 12 AS $$
    SELECT c.oid::regclass, c.relkind = 'v'
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'customer_id' AND NOT a.attisdropped
    WHERE c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'setting'::regclass)
      AND (c.relkind IN ('r', 'p') OR c.relkind = 'v' AND (SELECT sources ? c.relname FROM setting))
    -- Ledgers in the order in which triggers lock them; the queue, into which triggers write, at last.
    ORDER BY c.relname = 'change_queue', c.relname IN ('customer', 'purchase', 'interaction', 'rating'),
             c.relname <> 'customer_activity', c.relname;
$$;
COMMENT ON FUNCTION crm_personal_relations() IS
'Tables and sources of the workspace in search_path with a customer_id.
Sources come after ledgers: their triggers find none any more. Tables that the owner added are among them. is_source: a view of a table that is not the workspace''s.';

CREATE FUNCTION crm_export_customer(workspace text, customer_id text) RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    relation regclass;
    held jsonb;
    answer jsonb := '{}';
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    FOR relation IN SELECT p.relation FROM crm_personal_relations() AS p UNION ALL SELECT 'customer_360' LOOP
        EXECUTE format('SELECT jsonb_agg(to_jsonb(t)) FROM %s AS t WHERE t.customer_id = %L', relation, customer_id) INTO held;
        answer := answer || jsonb_build_object((SELECT relname FROM pg_class WHERE oid = relation), coalesce(held, '[]'));
    END LOOP;
    RETURN answer;
END $$;
COMMENT ON FUNCTION crm_export_customer(text, text) IS
'Everything that a workspace holds on one person, as JSON.
An object with an array of rows for each source and table that has a customer_id, tables you added included, and for customer_360. Not executable by PUBLIC: GRANT it. Error 22P02 for what is no key.';

CREATE FUNCTION crm_export_customer(workspace text, customer_id bigint) RETURNS jsonb
LANGUAGE sql STABLE STRICT
RETURN crm_export_customer(workspace, customer_id::text);
COMMENT ON FUNCTION crm_export_customer(text, bigint) IS
'As crm_export_customer(text, text), for keys that are integers.';

CREATE FUNCTION crm_export_customer(workspace text, customer_id uuid) RETURNS jsonb
LANGUAGE sql STABLE STRICT
RETURN crm_export_customer(workspace, customer_id::text);
COMMENT ON FUNCTION crm_export_customer(text, uuid) IS
'As crm_export_customer(text, text), for keys that are UUIDs.';

CREATE FUNCTION crm_erase_customer(workspace text, customer_id text, include_sources boolean DEFAULT false, OUT relation text, OUT row_count bigint, OUT is_erased boolean)
RETURNS SETOF record
LANGUAGE plpgsql STRICT ROWS 12
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    held record;
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    FOR held IN SELECT p.relation, p.is_source, c.relname
                FROM crm_personal_relations() AS p JOIN pg_class AS c ON c.oid = p.relation LOOP
        relation := held.relname;
        is_erased := include_sources OR NOT held.is_source;
        IF is_erased THEN
            EXECUTE format('DELETE FROM %s WHERE customer_id = %L', held.relation, customer_id);
            GET DIAGNOSTICS row_count = ROW_COUNT;
        ELSE
            EXECUTE format('SELECT count(*) FROM %s WHERE customer_id = %L', held.relation, customer_id) INTO row_count;
            IF row_count > 0 THEN
                RAISE NOTICE 'source "%" still has % rows of customer %', held.relname, row_count, customer_id
                    USING HINT = 'Erase them as well, or say include_sources => true: crm_refresh would bring the ledger back.';
            END IF;
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_erase_customer(text, text, boolean) IS
'Removes one person from a workspace, and says how many rows that were.
One row a table or source with a customer_id: its name, the number of rows, and whether they were erased. Tables, ledgers, snapshots and moves always are; rows in sources, which are not the workspace''s, only with include_sources. Fits, which are about everyone, stay. Not executable by PUBLIC: GRANT it.';

CREATE FUNCTION crm_erase_customer(workspace text, customer_id bigint, include_sources boolean DEFAULT false, OUT relation text, OUT row_count bigint, OUT is_erased boolean)
RETURNS SETOF record
LANGUAGE sql STRICT ROWS 12
BEGIN ATOMIC
    SELECT * FROM crm_erase_customer(workspace, customer_id::text, include_sources);
END;
COMMENT ON FUNCTION crm_erase_customer(text, bigint, boolean) IS
'As crm_erase_customer(text, text, boolean), for integer keys.';

CREATE FUNCTION crm_erase_customer(workspace text, customer_id uuid, include_sources boolean DEFAULT false, OUT relation text, OUT row_count bigint, OUT is_erased boolean)
RETURNS SETOF record
LANGUAGE sql STRICT ROWS 12
BEGIN ATOMIC
    SELECT * FROM crm_erase_customer(workspace, customer_id::text, include_sources);
END;
COMMENT ON FUNCTION crm_erase_customer(text, uuid, boolean) IS
'As crm_erase_customer(text, text, boolean), for keys of type uuid.';

-- Whoever creates the extension may use these, and say who else may.
REVOKE EXECUTE ON FUNCTION
    crm_export_customer(text, text), crm_export_customer(text, bigint), crm_export_customer(text, uuid),
    crm_erase_customer(text, text, boolean), crm_erase_customer(text, bigint, boolean),
    crm_erase_customer(text, uuid, boolean)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    crm_export_customer(text, text), crm_export_customer(text, bigint), crm_export_customer(text, uuid),
    crm_erase_customer(text, text, boolean), crm_erase_customer(text, bigint, boolean),
    crm_erase_customer(text, uuid, boolean)
TO SESSION_USER WITH GRANT OPTION;
