-- needs: retention_cohort
-- empty: No cohort is a complete month old.
-- Complete months only. The band is Wilson's (1927), of all cohorts together.
WITH line AS MATERIALIZED (
    SELECT to_char(cohort_on, 'YYYY-MM') AS cohort, period_number, retained_share, cohort_size, retained_count
    FROM retention_cohort
    WHERE is_complete AND period_number BETWEEN 1 AND 24 AND retained_count IS NOT NULL
), mean AS (
    SELECT period_number, sum(cohort_size)::double precision AS n, sum(retained_count)::double precision AS k,
           sum(retained_count) / sum(cohort_size)::double precision AS p
    FROM line
    GROUP BY period_number
), band AS MATERIALIZED (
    SELECT 'all' AS cohort, period_number, p AS retained_share, n AS cohort_size, k AS retained_count,
           (p + z * z / (2 * n) - z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n) AS low,
           (p + z * z / (2 * n) + z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n) AS high
    FROM mean, (VALUES (1.959963984540054)) AS normal (z)
), told AS (
    SELECT * FROM band ORDER BY abs(period_number - 6), period_number LIMIT 1
)
SELECT json_build_object(
    'title', format('After %s about %s still buy',
                    CASE told.period_number WHEN 1 THEN '1 month' ELSE told.period_number || ' months' END,
                    CASE WHEN told.cohort_size >= 30 THEN to_char(100 * told.retained_share, 'FM990') || ' %'
                         ELSE format('%s of %s', told.retained_count, told.cohort_size) END),
    'subtitle', format('%% of each month''s new customers (grey) and of all (blue, with its 95 %% interval)'
                       ' who bought 1 to 24 months later; complete months up to %s; n = %s (customers)',
                       crm_as_of(), to_char((SELECT cohort_size FROM band WHERE period_number = 1),
                                            'FM999,999,999,990')),
    'sentence', 'Where the line turns flat, a core stays. Who skips a month and comes back counts again.',
    'columns', json '[["period_number", "Months later", "#"], ["cohort_size", "Customers", "#"],
                      ["retained_count", "Bought", "#"],
                      ["retained_share", "of them", "%"], ["low", "from", "%"], ["high", "to", "%"]]',
    'extra', json_build_object('cohort', (SELECT json_agg(line ORDER BY cohort, period_number) FROM line)),
    'rows', (SELECT json_agg(band ORDER BY period_number) FROM band))
FROM told;
