-- Experience: what was expected of each touchpoint, what was had, and what
-- follows from it. Levels of a rating are expected, actual, industry,
-- enterprise, satisfied and ideal, scores of one scale, and recommend, 0..10.
-- Where many rows are read, (SELECT crm_as_of()) asks for the day once.

-- The subject programme lists angles; without it none are.
DO $do$
BEGIN
    IF to_regclass('listed_angle') IS NULL THEN
        CREATE VIEW listed_angle AS SELECT NULL::text AS angle_id, crm_as_of() AS as_of LIMIT 0;
    END IF;
END $do$;
COMMENT ON VIEW listed_angle IS
'One row per angle that is listed, where the subject programme is there.';

CREATE OR REPLACE VIEW rating_pair_ever AS
SELECT
    customer_id, touchpoint_id, angle, rated_on,
    expected, actual, industry, enterprise, satisfied, ideal, weight,
    actual - expected AS gap,
    crm_experience_outcome(expected, actual, tolerance) AS outcome,
    crm_as_of() AS as_of
FROM (
    SELECT
        customer_id, touchpoint_id, angle, rated_on, tolerance,
        (avg(score::numeric) FILTER (WHERE level = 'expected'))::double precision AS expected,
        (avg(score::numeric) FILTER (WHERE level = 'actual'))::double precision AS actual,
        (avg(score::numeric) FILTER (WHERE level = 'industry'))::double precision AS industry,
        (avg(score::numeric) FILTER (WHERE level = 'enterprise'))::double precision AS enterprise,
        (avg(score::numeric) FILTER (WHERE level = 'satisfied'))::double precision AS satisfied,
        (avg(score::numeric) FILTER (WHERE level = 'ideal'))::double precision AS ideal,
        avg(coalesce(rating.weight, 1)::numeric)::double precision AS weight
    FROM rating CROSS JOIN setting
    WHERE (rated_on <= (SELECT crm_as_of()) OR rated_on IS NULL)
      AND level IN ('expected', 'actual', 'industry', 'enterprise', 'satisfied', 'ideal')
      AND score BETWEEN scale_low AND scale_high
      -- A weight of 0 leaves a rating out of every mean, so of every count too.
      AND (rating.weight <= 0 OR rating.weight >= 'Infinity') IS NOT TRUE
    GROUP BY customer_id, touchpoint_id, angle, rated_on, tolerance
) AS pair
WHERE angle IN (SELECT angle_id FROM listed_angle) OR NOT EXISTS (SELECT FROM listed_angle);
COMMENT ON VIEW rating_pair_ever IS
'One row per customer, touchpoint, angle and day, however long ago: the levels side by side.
A level given twice counts with its mean; one not given is NULL.
Only levels given on one day make a pair: date what was expected like what was had.
Left out, and counted in data_quality: scores off the scale (setting.scale_low..scale_high), negative weights, other
levels, what has the weight 0, and where angles are listed (listed_angle), ratings from none of them.';

CREATE OR REPLACE VIEW rating_pair AS
SELECT
    customer_id, touchpoint_id, angle, rated_on,
    expected, actual, industry, enterprise, satisfied, ideal, weight,
    gap, outcome, as_of
FROM rating_pair_ever
WHERE (rated_on > (SELECT crm_as_of() - rating_days FROM setting)) IS NOT FALSE;
COMMENT ON VIEW rating_pair IS
'One row per customer, touchpoint, angle and day: the levels side by side.
Those of rating_pair_ever of the last setting.rating_days days, or without a date; all where that is NULL.';

-- Of a source without statistics the planner takes every second row to meet a CASE, but hardly any to have a level:
-- it hashes then what it would else join in a nested loop.
CREATE OR REPLACE VIEW customer_recommendation AS
SELECT DISTINCT ON (customer_id)
    customer_id, score::integer AS recommend_score,
    CASE WHEN score >= 9 THEN 'promoter' WHEN score >= 7 THEN 'passive' ELSE 'detractor' END AS nps_group,
    rated_on, crm_as_of() AS as_of
FROM rating
WHERE customer_id IS NOT NULL
  AND CASE level WHEN 'recommend' THEN score IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) ELSE false END
  AND (rated_on <= (SELECT crm_as_of()) OR rated_on IS NULL)
  AND (rated_on > (SELECT crm_as_of() - rating_days FROM setting)) IS NOT FALSE
ORDER BY customer_id, rated_on DESC NULLS LAST, rated_at DESC NULLS LAST, score;
COMMENT ON VIEW customer_recommendation IS
'One row per customer who was asked: would you recommend us?
Answers of the last setting.rating_days days, or without a date; all where that is NULL.
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
'One row per customer with a pair of expected and actual: gap and outcome.
The gap is the weighted mean over the customer''s pairs (rating_pair); outcome is by setting.tolerance.';

CREATE OR REPLACE VIEW customer_experience AS
SELECT
    customer_id, coalesce(pair_count, 0) AS pair_count, last_rated_on, experience_gap, outcome, recommend_score,
    nps_group, crm_as_of() AS as_of
FROM customer_gap
FULL JOIN customer_recommendation USING (customer_id);
COMMENT ON VIEW customer_experience IS
'One row per customer who rated: the gap, its outcome, would recommend?
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
        -- Decimals, whose sums do not depend on the order of rows. A source of others may have a key twice.
        SELECT
            touchpoint_id, coalesce(touchpoint_name, touchpoint_id) AS touchpoint_name,
            module_id, coalesce(module_name, module_id) AS module_name,
            greatest(nullif(nullif(coalesce(t.weight, 1), 'Infinity'), 'NaN'), 0)::numeric AS touchpoint_weight,
            greatest(nullif(nullif(coalesce(m.weight, 1), 'Infinity'), 'NaN'), 0)::numeric AS module_weight
        FROM (
            SELECT DISTINCT ON (touchpoint_id) touchpoint_id, touchpoint_name, module_id, weight
            FROM touchpoint
            ORDER BY touchpoint_id, touchpoint_name, module_id, weight
        ) AS t
        FULL JOIN (
            SELECT DISTINCT touchpoint_id
            FROM rating
            WHERE level <> 'recommend' AND (rated_on <= (SELECT crm_as_of()) OR rated_on IS NULL)
        ) AS rated USING (touchpoint_id)
        LEFT JOIN (
            SELECT DISTINCT ON (module_id) module_id, module_name, weight
            FROM module
            ORDER BY module_id, module_name, weight
        ) AS m USING (module_id)
        WHERE touchpoint_id IS NOT NULL
    ) AS node
) AS placed;
COMMENT ON VIEW touchpoint_weight IS
'One row per touchpoint, listed or rated: its place and its weight.
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
    HAVING crm_is_shown((SELECT min_cell FROM setting),
                        greatest(1, count(DISTINCT customer_id)
                                 FILTER (WHERE expected IS NOT NULL OR actual IS NOT NULL)))
) AS summary USING (touchpoint_id)
LEFT JOIN LATERAL crm_actual_interval(e) AS actual ON true
LEFT JOIN LATERAL crm_gap_interval(e) AS gap ON true;
COMMENT ON VIEW touchpoint_gap IS
'One row per touchpoint, listed or rated: gaps of what was had.
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
    HAVING crm_is_shown(min_cell, greatest(1, count(DISTINCT customer_id)))
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
'One row per node: a touchpoint, module or angle, or the company.
The index, 0..100, is the weighted mean over the cells present, a cell being a touchpoint seen from an angle: its
score is the weighted mean of the actual scores on setting.scale_low..scale_high, its weight that of
touchpoint_weight, the same for each angle. Angles are those of which some cell has a score; which angles there are, and
what each weighs, is for experience_index_monthly and experience_coverage of programme.
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
'One row per rated touchpoint: where to close the gap first.
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
    CASE WHEN crm_is_shown(min_cell, bought_after_count, dated_count - bought_after_count)
         THEN (bought_after_count::numeric / nullif(dated_count, 0))::double precision END AS bought_after_share,
    crm_as_of() AS as_of
FROM (
    SELECT
        outcome, min_cell, count(*) AS customer_count,
        CASE WHEN crm_is_shown(min_cell, count(recommend_score)) THEN crm_nps_agg(recommend_score) END AS tally,
        count(last_rated_on) AS dated_count,
        count(*) FILTER (WHERE crm_last_day(purchases, as_of) > last_rated_on) AS bought_after_count
    FROM customer_experience
    LEFT JOIN customer_activity USING (customer_id)
    CROSS JOIN (SELECT min_cell FROM setting) AS setting
    WHERE outcome IS NOT NULL
    GROUP BY outcome, min_cell
    HAVING crm_is_shown(min_cell, count(*))
) AS by_outcome
LEFT JOIN LATERAL crm_nps_interval(tally) ON true
-- These three make up answer_count, and the interval would tell them apart.
CROSS JOIN LATERAL (
    SELECT crm_is_shown(min_cell, crm_nps_promoters(tally), crm_nps_passives(tally),
                        crm_nps_detractors(tally)) AS is_shown
) AS part;
COMMENT ON VIEW recommend_by_outcome IS
'One row per outcome: do positive gaps recommend, and come back?
Customers by the outcome of all their pairs (customer_experience), their answers to "would you recommend us?", and how
many bought again after the last rating.
If the claim holds, nps rises from negative to positive and its 95 % intervals part.
An association, not an effect.
Outcomes of fewer customers than setting.min_cell are hidden, and so is the nps of fewer answers.
Promoters, passives and detractors are NULL, with the interval, where one of them is 1 or more, but fewer;
bought_after_share is where those who bought, or those who did not, are.
Not protected: what the nps of a few answers tells of them, and how many did not answer.';
