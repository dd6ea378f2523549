-- A long table: what was measured where, at which level, and how much it counts.
CREATE TABLE score (module integer, touchpoint integer, level text, score double precision, weight double precision);
INSERT INTO score VALUES
    (1, 1, 'expected', 8, 2), (1, 1, 'actual', 7, 2), (1, 1, 'ideal', 10, 2),
    (1, 2, 'expected', 7, 1), (1, 2, 'actual', 8.5, 1), (1, 2, 'ideal', 9, 1),
    (2, 3, 'expected', 6, 3), (2, 3, 'actual', 6, 3), (2, 3, 'ideal', 9, 3),
    (2, 4, 'expected', 9, 1), (2, 4, 'actual', NULL, 1), (2, 4, 'ideal', 10, 1);

-- Touchpoints, modules and the company, in one query. A gap is over the cells that have both its sides.
WITH cell AS (
    SELECT module, touchpoint, weight, max(score) FILTER (WHERE level = 'expected') AS expected,
           max(score) FILTER (WHERE level = 'actual') AS actual, max(score) FILTER (WHERE level = 'ideal') AS ideal
    FROM score GROUP BY module, touchpoint, weight
)
SELECT module, touchpoint, round(crm_index_value(i)::numeric, 3) AS actual, crm_index_count(i) AS cells,
       round(crm_index_coverage(i)::numeric, 3) AS coverage,
       round(100 / 9.0 * crm_gap_mean(e)::numeric, 3) AS to_expected,
       round(100 / 9.0 * crm_gap_mean(d)::numeric, 3) AS to_ideal
FROM (SELECT module, touchpoint, crm_index_agg(actual, weight, 1, 10) AS i,
             crm_experience_agg(expected, actual, weight) AS e, crm_experience_agg(ideal, actual, weight) AS d
      FROM cell GROUP BY GROUPING SETS ((module, touchpoint), (module), ())) AS t
ORDER BY module, touchpoint;

-- The absent cell is reported, and not spread over the others.
SELECT i AS index, crm_index_weight(i) AS weight, crm_index_coverage(i) AS of_those_seen,
       crm_index_coverage(i, 14) AS of_14
FROM (SELECT crm_index_agg(score, weight, 1, 10) AS i FROM score WHERE level = 'actual') AS t;

-- Modules to the company: roll up. An index of indices has the same value, but knows of no absent cell.
SELECT round(crm_index_value(rolled)::numeric, 6) AS value, round(crm_index_coverage(rolled)::numeric, 6) AS coverage,
       round(crm_index_value(again)::numeric, 6) AS value_again, crm_index_coverage(again) AS coverage_again,
       crm_index_absent_weight(rolled) AS absent_weight, crm_index_absent_count(rolled) AS absent_count
FROM (SELECT crm_rollup(i) AS rolled, crm_index_agg(crm_index_value(i), crm_index_weight(i), 0, 100) AS again
      FROM (SELECT module, crm_index_agg(score, weight, 1, 10) AS i
            FROM score WHERE level = 'actual' GROUP BY module) AS m) AS t;

-- Scales of their own: 5 of 1..5, 0.5 of 0..1, 4 of 1..7.
SELECT crm_index_value(crm_index_agg(s, w, lo, hi))
FROM (VALUES (5, 1, 1, 5), (0.5, 2, 0, 1), (4, 1, 1, 7)) AS v (s, w, lo, hi);

-- No weight, no index.
SELECT crm_index_value(i), crm_index_coverage(i), crm_index_coverage(i, 4), crm_index_count(i)
FROM (SELECT crm_index_agg(score, 0, 1, 10) AS i FROM score WHERE level = 'ideal') AS t;
SELECT crm_index_agg(score, NULL, 1, 10) FROM score;
SELECT crm_index_value(NULL), crm_index_coverage(NULL);

-- Importance and performance.
SELECT importance, performance, crm_ipa_quadrant(importance, performance, 5, 5)
FROM (VALUES (8, 3), (8, 8), (3, 3), (3, 8), (5, 5), (NULL, 5)) AS v (importance, performance);

-- What is refused, and how.
SELECT crm_index_agg(11, 1, 1, 10);
SELECT crm_index_agg(5, 1, 10, 1);
SELECT crm_index_agg(5, 1, NULL, 10);
SELECT crm_index_agg(5, 1, 1, 'Infinity');
SELECT crm_index_agg(5, -1, 1, 10);
SELECT crm_index_agg(5, 'NaN', 1, 10);
SELECT crm_index_coverage(crm_index_agg(5, 3, 1, 10), 2);
SELECT crm_ipa_quadrant(1, 2, 'NaN', 3);
SELECT '{"version":1,"present":1,"absent":0,"weight":[1,0],"absent_weight":[0,0],"sum":[2,0]}'::crm_index;

DROP TABLE score;
