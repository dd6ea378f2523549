-- Where does experience fall short of expectation? Reads the workspace crm.

\pset footer off
\pset linestyle unicode

\echo 'Experience by touchpoint: E is what customers expected, A what they got, = both in one place'
SELECT touchpoint_name AS touchpoint, pair_count AS n, round(gap::numeric, 2) AS gap,
       format('%s … %s', round(gap_low::numeric, 2), round(gap_high::numeric, 2)) AS "95 % interval",
       outcome,
       overlay(overlay(overlay(repeat('·', 37) PLACING repeat('━', abs(a - x) + 1) FROM least(a, x))
                       PLACING 'E' FROM x) PLACING CASE WHEN a = x THEN '=' ELSE 'A' END FROM a)
           AS "1   2   3   4   5   6   7   8   9   10"
FROM crm.touchpoint_gap,
     LATERAL (SELECT round(4 * expected_mean - 3)::integer, round(4 * actual_mean - 3)::integer) AS at (x, a)
ORDER BY touchpoint_gap.gap;
