-- Who are the best customers? Reads the views of the workspace crm. A word means
-- the same in every table, and is explained where it comes first.

\pset footer off
\pset linestyle unicode
\pset numericlocale on
\pset null ''
SET search_path = crm, public;

\echo
\echo 'All orders. revenue: what was paid, less refunds; came once: customers with orders on one day only'
SELECT count(*) FILTER (WHERE active_days > 0) AS customers,
       round(100.0 * count(*) FILTER (WHERE active_days = 1)
             / nullif(count(*) FILTER (WHERE active_days > 0), 0), 1) AS "% came once",
       sum(purchase_count) AS orders,
       (SELECT problem_count FROM data_quality WHERE source = 'purchase' AND check_name = 'negative_amount') AS refunds,
       sum(amount) AS revenue,
       (SELECT round(100 * amount_share::numeric, 1) FROM pareto_curve WHERE customer_pct = 20) AS "% by best 20 %",
       min(first_purchase_on) AS "first day",
       max(as_of) AS "as of"
FROM customer_360;

\echo 'Segments, by recency, frequency and revenue.'
\echo -n 'recency: days since the last order, of the customer in the middle; '
\echo 'CLV: what they can be expected to bring in the next year'
SELECT coalesce(segment, '(refunds only)') AS segment,
       customer_count AS customers,
       round(100 * customer_share::numeric, 1) AS "% of customers",
       round(amount) AS revenue,
       round(100 * CASE WHEN sum(amount) OVER () > 0 THEN amount_share END::numeric, 1) AS "% of revenue",
       floor(median_recency_days) AS recency,
       round(total_clv) AS "CLV",
       repeat('█', (15 * greatest(amount, 0) / nullif(max(amount) OVER (), 0))::integer) AS " "
FROM segment_summary
WHERE customer_count > 0
ORDER BY amount DESC;

\echo -n 'ABC: customers in the order of their revenue. '
\echo 'A: who make the first 80 % of it, B: the next 15 %, C: the last 5 %; Z: none, N: below 0'
SELECT class,
       count(*) AS customers,
       round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS "% of customers",
       round(sum(amount)) AS revenue,
       round(100 * CASE WHEN sum(sum(amount)) OVER () > 0 THEN sum(amount_share) END::numeric, 1) AS "% of revenue"
FROM customer_abc
GROUP BY class, class_order
ORDER BY class_order;

\echo -n 'Lifecycle: each customer against their own rhythm. '
\echo 'alive: how probable it is that they will order again, on average'
SELECT coalesce(stage, '(refunds only)') AS stage,
       customer_count AS customers,
       round(100 * customer_share::numeric, 1) AS "% of customers",
       round(amount) AS revenue,
       round(100 * CASE WHEN sum(amount) OVER () > 0 THEN amount_share END::numeric, 1) AS "% of revenue",
       round(100 * mean_p_alive::numeric) AS "% alive",
       round(total_clv) AS "CLV"
FROM lifecycle_summary
WHERE customer_count > 0
ORDER BY stage_order;

-- Quarters, or months where there are few.
SELECT count(DISTINCT cohort_on) > 12 AS is_quarterly FROM retention_cohort \gset
\if :is_quarterly
\echo -n 'Cohorts: customers by the quarter of their first order, '
\echo 'and how many of 100 ordered again so many quarters later (* not over)'
CREATE TEMPORARY VIEW cohort AS
SELECT to_char(cohort_on, 'YYYY "Q"Q') AS cohort, cohort_on, period_number, cohort_size, retained_share, is_complete
FROM retention_cohort_quarterly;
\else
\echo -n 'Cohorts: customers by the month of their first order, '
\echo 'and how many of 100 ordered again so many months later (* not over)'
CREATE TEMPORARY VIEW cohort AS
SELECT to_char(cohort_on, 'YYYY-MM') AS cohort, cohort_on, period_number, cohort_size, retained_share, is_complete
FROM retention_cohort;
\endif
SELECT cohort AS "first order", max(cohort_size) AS customers,
       max(cell) FILTER (WHERE period_number = 1) AS "1 later",
       max(cell) FILTER (WHERE period_number = 2) AS "2 later",
       max(cell) FILTER (WHERE period_number = 3) AS "3 later",
       max(cell) FILTER (WHERE period_number = 4) AS "4 later",
       max(cell) FILTER (WHERE period_number = 6) AS "6 later",
       max(cell) FILTER (WHERE period_number = 8) AS "8 later"
FROM (
    SELECT cohort, cohort_on, cohort_size, period_number,
           lpad(to_char(100 * retained_share, 'FM990.0') || CASE WHEN is_complete THEN ' ' ELSE '*' END, 7) AS cell,
           dense_rank() OVER (ORDER BY cohort_on DESC) AS age
    FROM cohort
    WHERE cohort_on IS NOT NULL
) AS shown
WHERE age <= 9
GROUP BY cohort, cohort_on
ORDER BY cohort_on;

\echo 'The ten customers of the highest CLV. alive: how probable it is that this one will order again'
SELECT left(customer_id, 20) AS customer, segment, class, stage, purchase_count AS orders, amount AS revenue,
       recency_days AS recency, round(100 * p_alive::numeric) AS "% alive", clv AS "CLV"
FROM customer_360
WHERE active_days > 0
ORDER BY clv DESC NULLS LAST, amount DESC, customer_id
LIMIT 10;

\echo 'Is the model behind CLV and alive right?'
\pset tuples_only on
\pset format unaligned
SELECT sentence FROM (
WITH latest AS (
    SELECT basis.clv_model, upper(crm_model_name(basis.clv_model)) AS model_name, basis.fitted_on
    FROM scoring_basis AS basis
), tested AS (
    SELECT min(fitted_on) AS fitted_on, sum(expected_count) AS expected, sum(actual_count) AS actual,
           100 * (sum(expected_count) / nullif(sum(actual_count), 0) - 1) AS off_pct
    FROM clv_holdout
    HAVING count(*) > 0
)
SELECT 1 AS position, CASE
    WHEN NOT EXISTS (SELECT FROM latest WHERE clv_model IS NOT NULL)
    THEN '    There is no model: it takes customers who came back, on different days and not long ago.'
    WHEN NOT EXISTS (SELECT FROM tested)
    THEN '    Not known: the orders span too little time to fit it on a part and test it on what follows.'
    ELSE (SELECT format('    %s. Fitted on what was known on %s, it expected %s days with an order since; '
                        'there were %s: it is %s %% off.',
                        CASE WHEN abs(off_pct) <= 10 THEN 'Yes, in total' WHEN abs(off_pct) <= 25 THEN 'Roughly'
                        ELSE 'No' END,
                        fitted_on, to_char(expected, 'FM999,999,990'), to_char(actual, 'FM999,999,990'),
                        to_char(off_pct, 'SFM990.0'))
          FROM tested)
    END AS sentence
UNION ALL
SELECT 2, '    It knows no seasons, and is tested over one quarter.' FROM tested WHERE abs(off_pct) > 10
UNION ALL
SELECT 2, format('    The fit itself warns: %s', notes.meaning)
FROM latest, crm_clv_model_notes(latest.clv_model) AS notes
UNION ALL
SELECT 3, format('    It is %s, fitted on %s.', model_name, fitted_on) FROM latest WHERE clv_model IS NOT NULL
) AS said ORDER BY position, sentence;
\echo
\echo 'What is wrong with the orders? (* good to know)'
SELECT format('   %s%s %s: %s', CASE severity WHEN 'info' THEN '*' ELSE ' ' END,
              to_char(problem_count, 'FM999,999,999,990'),
              CASE problem_count WHEN 1 THEN 'row' ELSE 'rows' END, meaning)
FROM data_quality
WHERE problem_count > 0 AND source = 'purchase'
ORDER BY severity = 'info', problem_count DESC;
SELECT '    Nothing.' WHERE NOT EXISTS (SELECT FROM data_quality WHERE problem_count > 0 AND source = 'purchase');
SELECT CASE count(*) FILTER (WHERE difference <> 0)
       WHEN 0 THEN format('    All %s totals of all views agree with the rows, to the last cent.', count(*))
       ELSE format('    %s of %s totals of views differ from the rows: see crm.reconciliation.',
                   count(*) FILTER (WHERE difference <> 0), count(*)) END
FROM reconciliation;
\pset format aligned
\pset tuples_only off
\echo
