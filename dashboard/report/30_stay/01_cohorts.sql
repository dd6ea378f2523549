-- needs: retention_cohort retention_cohort_quarterly
-- empty: No cohort that can be shown is old enough to have come again.
-- Months; of more than twelve columns quarters. Of many cohorts the latest thirteen
-- have rows: that of the last column and those after it.
WITH by_month AS MATERIALIZED (
    SELECT cohort_on, period_number, cohort_size, retained_count, retained_share, is_complete FROM retention_cohort
), unit AS (
    SELECT max(period_number) > 12 AS is_quarterly FROM by_month
), cell AS MATERIALIZED (
    SELECT *, dense_rank() OVER (ORDER BY cohort_on DESC) AS nth_last
    FROM (
        SELECT to_char(cohort_on, 'YYYY-MM') AS cohort, by_month.* FROM by_month, unit WHERE NOT unit.is_quarterly
        UNION ALL
        SELECT to_char(cohort_on, 'YYYY "Q"Q'), cohort_on, period_number, cohort_size, retained_count, retained_share,
               is_complete
        FROM retention_cohort_quarterly, unit
        WHERE unit.is_quarterly AND cohort_on IS NOT NULL AND period_number >= 0
    ) AS either
    WHERE period_number <= 12
), whole AS (
    SELECT count(*) AS cohort_count, sum(cohort_size) AS customer_count FROM cell WHERE period_number = 0
), mean AS (
    SELECT period_number, sum(retained_count) / sum(cohort_size)::double precision AS retained_share,
           sum(cohort_size)::bigint AS cohort_size, sum(retained_count)::bigint AS retained_count
    FROM cell
    WHERE is_complete AND retained_count IS NOT NULL
    GROUP BY period_number
), shown AS (
    SELECT 1 AS part, cohort, cohort_on, period_number, cohort_size, retained_count, retained_share, is_complete
    FROM cell
    WHERE period_number > 0 AND nth_last <= 13
    UNION ALL
    SELECT 2, 'all', NULL, period_number, cohort_size, retained_count, retained_share, true FROM mean
    WHERE period_number > 0
), word AS (
    SELECT CASE WHEN is_quarterly THEN 'quarter' ELSE 'month' END AS name FROM unit
)
SELECT json_build_object(
    'title', format('%s bought again in the %s after their first',
                    CASE WHEN mean.cohort_size >= 30 THEN to_char(100 * mean.retained_share, 'FM990.0') || ' %'
                         ELSE format('%s of %s', mean.retained_count, mean.cohort_size) END,
                    word.name),
    'subtitle', format('Customers by the %s of their first purchase: %% who bought so many %ss later, to 12;'
                       ' up to %s%s; n = %s (customers)', word.name, word.name, crm_as_of(),
                       CASE WHEN whole.cohort_count > 13
                            THEN format('; the latest 13 of %s cohorts', whole.cohort_count) ELSE '' END,
                       to_char(whole.customer_count, 'FM999,999,999,990')),
    'sentence', format('A row is a cohort of so many customers, a column a %s since its first;'
                       ' the last row weighs all cohorts%s. An asterisk marks a %s that is not over,'
                       ' so its figure will grow.',
                       word.name, CASE WHEN whole.cohort_count > 13 THEN ', older ones too' ELSE '' END, word.name),
    'columns', json '[["cohort", "First bought"], ["period_number", "Later by", "#"], ["cohort_size", "Customers", "#"],
                      ["retained_count", "Bought again", "#"], ["retained_share", "of them", "%"]]',
    'extra', json_build_object('row_count', (SELECT count(DISTINCT cohort) FROM shown),
                               'size', (SELECT json_agg(sized ORDER BY cohort_on)
                                        FROM (SELECT cohort, cohort_on, cohort_size
                                              FROM cell WHERE period_number = 0 AND nth_last <= 13) AS sized)),
    'rows', (SELECT json_agg(shown ORDER BY part, cohort_on, period_number) FROM shown))
FROM mean CROSS JOIN word CROSS JOIN whole
WHERE mean.period_number = 1;
