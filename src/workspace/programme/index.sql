-- The index and the gaps by month, over every cell there is: a touchpoint seen
-- from an angle. A rating without an angle, where angles are listed, is
-- reported by data_quality, and in no cell.

CREATE OR REPLACE VIEW listed_angle AS
SELECT DISTINCT angle_id, crm_as_of() AS as_of
FROM angle
WHERE angle_id IS NOT NULL;
COMMENT ON VIEW listed_angle IS
'One row per angle that is listed, where the subject programme is there.';

-- As an array, which the planner takes for a few: it knows nothing of a table
-- filled just now.
CREATE OR REPLACE VIEW experience_angle AS
SELECT listed.angle_id,
       listed.angle_name,
       listed.weight / nullif(known.all_weight, 0) AS angle_share,
       crm_as_of() AS as_of
FROM (
    SELECT array_agg(angle_id ORDER BY angle_id) AS ids, array_agg(angle_name ORDER BY angle_id) AS names,
           array_agg(weight ORDER BY angle_id) AS weights, sum(weight ORDER BY angle_id) AS all_weight
    FROM (
        SELECT angle_id, coalesce(angle_name, angle_id) AS angle_name,
               greatest(nullif(nullif(coalesce(weight, 1), 'Infinity'), 'NaN'), 0) AS weight
        FROM (
            SELECT DISTINCT ON (angle_id) angle_id, angle_name, weight
            FROM angle
            WHERE angle_id IS NOT NULL
            ORDER BY angle_id, angle_name, weight
        ) AS first_row
        UNION ALL
        SELECT DISTINCT coalesce(angle, ''), nullif(angle, ''), 1::double precision
        FROM rating
        WHERE NOT EXISTS (SELECT FROM angle) AND level <> 'recommend'
          AND (rated_on <= (SELECT crm_as_of()) OR rated_on IS NULL)
    ) AS given
) AS known
CROSS JOIN LATERAL unnest(known.ids, known.names, known.weights) AS listed (angle_id, angle_name, weight);
COMMENT ON VIEW experience_angle IS
'One row per angle: those of angle, or where that is empty those of the ratings.
Without a weight an angle has 1, with one that is no number of 0 or more none.
angle_id is empty for ratings without one, where no angle is listed.';

CREATE OR REPLACE VIEW experience_cell AS
SELECT place.touchpoint_id,
       place.touchpoint_name,
       place.module_id,
       place.module_name,
       seen.angle_id,
       seen.angle_name,
       place.weight_share * seen.angle_share AS weight_share,
       crm_as_of() AS as_of
FROM touchpoint_weight AS place
CROSS JOIN experience_angle AS seen;
COMMENT ON VIEW experience_cell IS
'One row per cell, a touchpoint from an angle: its place and its weight, rated or not.';

CREATE OR REPLACE VIEW rating_placed AS
WITH place AS MATERIALIZED (
    SELECT touchpoint_id, touchpoint_name, module_id, module_name FROM touchpoint_weight
), seen AS MATERIALIZED (
    SELECT angle_id, angle_name FROM experience_angle
)
SELECT pair.customer_id,
       pair.touchpoint_id,
       place.touchpoint_name,
       place.module_id,
       place.module_name,
       seen.angle_id,
       seen.angle_name,
       pair.rated_on,
       width_bucket(pair.rated_on, (SELECT month_bounds FROM programme_span)) AS month_number,
       pair.expected,
       pair.actual,
       pair.weight,
       pair.gap,
       pair.outcome,
       pair.as_of
FROM rating_pair_ever AS pair
JOIN place ON place.touchpoint_id = pair.touchpoint_id
JOIN seen ON seen.angle_id = coalesce(pair.angle, '')
WHERE pair.rated_on IS NOT NULL;
COMMENT ON VIEW rating_placed IS
'One row per customer, cell and day that has a cell and a day: rating_pair_ever with its place and month.';

-- Every cell of every month, and those that were rated, put together by
-- grouping: a join would meet as many rows as there are cells and months.
CREATE OR REPLACE VIEW experience_cell_monthly AS
SELECT month.month_on,
       cell.touchpoint_id,
       cell.touchpoint_name,
       cell.module_id,
       cell.module_name,
       cell.angle_id,
       cell.angle_name,
       cell.weight_share,
       cell.rating_count,
       cell.index_value,
       month.is_complete,
       month.as_of
FROM (
    SELECT month_number, touchpoint_id, angle_id, max(touchpoint_name) AS touchpoint_name, max(module_id) AS module_id,
           max(module_name) AS module_name, max(angle_name) AS angle_name, max(weight_share) AS weight_share,
           max(rating_count) AS rating_count, max(index_value) AS index_value
    FROM (
        SELECT month.month_number, place.touchpoint_id, place.angle_id, place.touchpoint_name, place.module_id,
               place.module_name, place.angle_name, place.weight_share, 0::bigint AS rating_count,
               NULL::double precision AS index_value
        FROM programme_month AS month
        CROSS JOIN experience_cell AS place
        UNION ALL
        SELECT pair.month_number, pair.touchpoint_id, pair.angle_id, NULL, NULL, NULL, NULL, NULL, count(*),
               CASE WHEN crm_is_shown(setting.min_cell, greatest(1, count(DISTINCT pair.customer_id)))
                    THEN crm_index_value(crm_index_agg(
                             least(greatest(pair.actual, setting.scale_low), setting.scale_high),
                             pair.weight, setting.scale_low, setting.scale_high)) END
        FROM rating_placed AS pair
        CROSS JOIN (SELECT min_cell, scale_low, scale_high FROM setting LIMIT 1) AS setting
        WHERE pair.actual IS NOT NULL
        GROUP BY pair.month_number, pair.touchpoint_id, pair.angle_id, setting.min_cell
    ) AS both_sides
    GROUP BY month_number, touchpoint_id, angle_id
) AS cell
JOIN programme_month AS month USING (month_number);
COMMENT ON VIEW experience_cell_monthly IS
'One row per month and cell: how often it was rated, and its index.
index_value, 0..100, is NULL for a cell without ratings, and for one of fewer customers than setting.min_cell.';

CREATE OR REPLACE VIEW experience_index_monthly AS
SELECT node.month_on,
       node.level_name,
       array_position('{company,module,angle,touchpoint}', node.level_name) AS level_order,
       node.node_id,
       node.node_name,
       crm_index_value(node.i) AS index_value,
       crm_index_coverage(node.i) AS coverage_share,
       crm_index_count(node.i) AS rated_cell_count,
       crm_index_count(node.i) + crm_index_absent_count(node.i) AS cell_count,
       node.rating_count,
       crm_index_weight(node.i) + crm_index_absent_weight(node.i) AS weight_share,
       node.is_complete,
       crm_as_of() AS as_of
FROM (
    SELECT month_on,
           CASE grouping(touchpoint_id, module_id, angle_id) WHEN 3 THEN 'touchpoint' WHEN 5 THEN 'module'
                WHEN 6 THEN 'angle' ELSE 'company' END AS level_name,
           coalesce(touchpoint_id, module_id, angle_id) AS node_id,
           coalesce(touchpoint_name, module_name, angle_name) AS node_name,
           crm_index_agg(index_value, weight_share, 0, 100) AS i,
           sum(rating_count)::bigint AS rating_count,
           is_complete
    FROM experience_cell_monthly
    GROUP BY month_on, is_complete,
             GROUPING SETS ((touchpoint_id, touchpoint_name), (module_id, module_name), (angle_id, angle_name), ())
) AS node
WHERE node.node_id <> '' OR node.level_name = 'company';
COMMENT ON VIEW experience_index_monthly IS
'One row per month and node, a touchpoint, module, angle or the company: the index of the ratings of that month.
As experience_index, with the weights of angle, over every cell there is: what nobody rated lowers the coverage, and
so does a month without ratings, whose index is NULL. Ratings without a date, or without a listed angle, are in no
month: see data_quality.';

CREATE OR REPLACE VIEW experience_coverage AS
SELECT node.level_name,
       array_position('{company,module,angle,touchpoint}', node.level_name) AS level_order,
       node.node_id,
       node.node_name,
       node.cell_count,
       node.rated_cell_count,
       node.cell_count - node.ever_rated_cell_count AS never_rated_cell_count,
       node.rated_weight / nullif(node.weight_share, 0) AS coverage_share,
       node.weight_share,
       node.last_rated_on,
       crm_as_of() AS as_of
FROM (
    SELECT CASE grouping(cell.touchpoint_id, cell.module_id, cell.angle_id) WHEN 3 THEN 'touchpoint' WHEN 5
        THEN 'module'
                WHEN 6 THEN 'angle' ELSE 'company' END AS level_name,
           coalesce(cell.touchpoint_id, cell.module_id, cell.angle_id) AS node_id,
           coalesce(cell.touchpoint_name, cell.module_name, cell.angle_name) AS node_name,
           count(*) AS cell_count,
           count(*) FILTER (WHERE rated.is_recent) AS rated_cell_count,
           count(rated.touchpoint_id) AS ever_rated_cell_count,
           coalesce(sum(cell.weight_share::numeric) FILTER (WHERE rated.is_recent), 0)::double precision
               AS rated_weight,
           sum(cell.weight_share::numeric)::double precision AS weight_share,
           max(rated.last_rated_on) AS last_rated_on
    FROM experience_cell AS cell
    LEFT JOIN (
        SELECT touchpoint_id, coalesce(angle, '') AS angle_id, max(rated_on) AS last_rated_on,
               bool_or((rated_on > (SELECT crm_as_of() - rating_days FROM setting)) IS NOT FALSE) AS is_recent
        FROM rating_pair_ever
        WHERE actual IS NOT NULL
        GROUP BY 1, 2
    ) AS rated ON rated.touchpoint_id = cell.touchpoint_id AND rated.angle_id = cell.angle_id
    GROUP BY GROUPING SETS ((cell.touchpoint_id, cell.touchpoint_name), (cell.module_id, cell.module_name),
                            (cell.angle_id, cell.angle_name), ())
) AS node
WHERE node.node_id <> '' OR node.level_name = 'company';
COMMENT ON VIEW experience_coverage IS
'One row per node, a touchpoint, module, angle or the company: how many of its cells were rated, of late and ever.
rated_cell_count is within setting.rating_days; coverage_share is their weight over that of all its cells.';

CREATE OR REPLACE VIEW gap_monthly AS
SELECT month.month_on,
       node.level_name,
       array_position('{company,module,angle,touchpoint}', node.level_name) AS level_order,
       node.node_id,
       node.node_name,
       crm_gap_count(node.e) AS pair_count,
       node.pair_weight,
       CASE WHEN node.is_shown THEN crm_gap_mean(node.e) END AS gap,
       CASE WHEN node.is_shown THEN gap.low END AS gap_low,
       CASE WHEN node.is_shown THEN gap.high END AS gap_high,
       CASE WHEN node.is_shown THEN crm_group_outcome(node.e, (SELECT tolerance FROM setting)) END AS outcome,
       month.is_complete,
       month.as_of
FROM (
    SELECT month_number,
           CASE grouping(touchpoint_id, module_id, angle_id) WHEN 3 THEN 'touchpoint' WHEN 5 THEN 'module'
                WHEN 6 THEN 'angle' ELSE 'company' END AS level_name,
           coalesce(touchpoint_id, module_id, angle_id) AS node_id,
           coalesce(touchpoint_name, module_name, angle_name) AS node_name,
           crm_experience_agg(expected, actual, weight) AS e,
           sum(weight::numeric)::double precision AS pair_weight,
           crm_is_shown((SELECT min_cell FROM setting), greatest(1, count(DISTINCT customer_id))) AS is_shown
    FROM rating_placed
    WHERE gap IS NOT NULL
    GROUP BY month_number,
             GROUPING SETS ((touchpoint_id, touchpoint_name), (module_id, module_name), (angle_id, angle_name), ())
) AS node
JOIN programme_month AS month USING (month_number)
LEFT JOIN LATERAL crm_gap_interval(node.e) AS gap ON true
WHERE node.node_id <> '' OR node.level_name = 'company';
COMMENT ON VIEW gap_monthly IS
'One row per month and node with pairs: the gap of what was had to what was expected in that month.
The mean over months by pair_weight is that of all. Ratings without a date, or without a listed angle, are in no
month: see data_quality. NULL for fewer customers than setting.min_cell.';

CREATE OR REPLACE VIEW stage_gap AS
SELECT grouped.stage,
       array_position('{new,growing,mature,declining,departed}', grouped.stage) AS stage_order,
       grouped.customer_count,
       crm_gap_count(grouped.e) AS pair_count,
       crm_gap_mean(grouped.e) AS gap,
       limits.low AS gap_low,
       limits.high AS gap_high,
       crm_group_outcome(grouped.e, (SELECT tolerance FROM setting)) AS outcome,
       CASE WHEN grouped.is_key_shown THEN crm_gap_count(grouped.key_e) END AS key_pair_count,
       CASE WHEN grouped.is_key_shown THEN crm_gap_mean(grouped.key_e) END AS key_gap,
       crm_as_of() AS as_of
FROM (
    SELECT basis.stage,
           count(DISTINCT pair.customer_id) AS customer_count,
           crm_experience_agg(pair.expected, pair.actual, pair.weight) AS e,
           crm_experience_agg(pair.expected, pair.actual, pair.weight) FILTER (WHERE place.stage = basis.stage)
               AS key_e,
           setting.min_cell,
           crm_is_shown(setting.min_cell, count(DISTINCT pair.customer_id) FILTER (WHERE place.stage = basis.stage))
               AS is_key_shown
    FROM rating_pair AS pair
    JOIN (SELECT customer_id, stage FROM customer_basis) AS basis USING (customer_id)
    LEFT JOIN (
        SELECT DISTINCT ON (touchpoint_id) touchpoint_id, stage
        FROM touchpoint
        ORDER BY touchpoint_id, touchpoint_name, module_id, weight, parent_id, stage
    ) AS place USING (touchpoint_id)
    CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
    WHERE pair.gap IS NOT NULL
    GROUP BY basis.stage, setting.min_cell
) AS grouped
LEFT JOIN LATERAL crm_gap_interval(grouped.e) AS limits ON true
WHERE crm_is_shown(grouped.min_cell, grouped.customer_count);
COMMENT ON VIEW stage_gap IS
'One row per stage: how customers who are in it rate, everywhere and at its key touchpoints.
Ratings of setting.rating_days, stages of as_of. key_gap is over touchpoints whose stage it is. Stages of fewer
customers than setting.min_cell are hidden.';

CREATE OR REPLACE VIEW touchpoint_detail AS
SELECT gap.touchpoint_id,
       gap.touchpoint_name,
       detail.parent_id,
       coalesce(parent.touchpoint_name, detail.parent_id) AS parent_name,
       detail.stage,
       gap.customer_count,
       gap.pair_count,
       gap.actual_mean,
       gap.gap,
       gap.gap_low,
       gap.gap_high,
       gap.outcome,
       gap.as_of
FROM touchpoint_gap AS gap
JOIN (
    SELECT DISTINCT ON (touchpoint_id) touchpoint_id, parent_id, stage
    FROM touchpoint
    ORDER BY touchpoint_id, touchpoint_name, module_id, weight, parent_id, stage
) AS detail USING (touchpoint_id)
LEFT JOIN (
    SELECT touchpoint_id, min(touchpoint_name) AS touchpoint_name FROM touchpoint GROUP BY touchpoint_id
) AS parent ON parent.touchpoint_id = detail.parent_id
WHERE detail.parent_id IS NOT NULL;
COMMENT ON VIEW touchpoint_detail IS
'One row per touchpoint that is a detail of another: how it is rated.';
