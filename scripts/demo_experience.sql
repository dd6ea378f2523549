-- Where does experience fall short of expectation? Reads the table rating
-- (touchpoint, expected, actual), scores from 1 to 10.

\pset footer off
\pset linestyle unicode

\echo 'Experience by touchpoint: E is what customers expected, A what they got, = both in one place'
SELECT touchpoint, crm_gap_count(e) AS n, round(crm_gap_mean(e)::numeric, 2) AS gap,
       format('%s … %s', round(low::numeric, 2), round(high::numeric, 2)) AS "95 % interval",
       crm_group_outcome(e) AS outcome,
       overlay(overlay(overlay(repeat('·', 37) PLACING repeat('━', abs(a - x) + 1) FROM least(a, x))
                       PLACING 'E' FROM x) PLACING CASE WHEN a = x THEN '=' ELSE 'A' END FROM a)
           AS "1   2   3   4   5   6   7   8   9   10"
FROM (SELECT touchpoint, crm_experience_agg(expected, actual) AS e FROM rating GROUP BY touchpoint) AS summary,
     crm_gap_interval(e),
     LATERAL (SELECT round(4 * crm_expected_mean(e) - 3)::integer,
                     round(4 * crm_actual_mean(e) - 3)::integer) AS at (x, a)
ORDER BY crm_gap_mean(e);
