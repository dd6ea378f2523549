-- setting.min_cell: what summary views tell of fewer customers, which is nothing.
BEGIN;
SELECT plan(30);
SET LOCAL client_min_messages = warning;
SET LOCAL crm_ext.as_of = '2024-12-31';

CREATE SCHEMA sales;
CREATE TABLE sales.orders (who integer, at date, amount numeric);
INSERT INTO sales.orders
SELECT n, date '2024-01-01' + n * 17 % 180 + k * (5 + n % 40), n * CASE WHEN (n + k) % 9 = 0
    AND k > 0 THEN -1 ELSE 1 END
FROM generate_series(1, 63) AS n, generate_series(0, least(n * 7919 % 7, 3)) AS k;
-- Three from long ago, who bought every month
INSERT INTO sales.orders SELECT n, date '2023-03-10' + 28 * k, 90
FROM generate_series(201, 203) AS n, generate_series(0, 11) AS k;
-- Twenty of late, who are enough to be shown
INSERT INTO sales.orders SELECT n, date '2024-10-10' + 31 * k, 20
FROM generate_series(101, 120) AS n, generate_series(0, (n - 101) / 8) AS k;
-- Months in which the new alone are few, and those who stay away
INSERT INTO sales.orders SELECT n, '2024-11-15', 20 FROM generate_series(301, 303) AS n;
INSERT INTO sales.orders SELECT n, date '2023-06-15' + 30 * k, 20
FROM generate_series(311, 319) AS n, generate_series(0, (n > 312)::integer) AS k;
-- Like another, so that one cell alone is of a single customer
INSERT INTO sales.orders SELECT 64, at, amount FROM sales.orders WHERE who = 21;
CREATE TABLE sales.answer (who integer, at date, touchpoint text, level text, score integer);
INSERT INTO sales.answer
SELECT n, CASE n % 3 WHEN 0 THEN date '2024-03-20' ELSE '2024-08-18' END, CASE WHEN n > 60 THEN 'rare' ELSE 'shop' END,
       level,
       CASE level WHEN 'expected' THEN 5
                  WHEN 'actual' THEN CASE WHEN n % 20 = 0 THEN 5 WHEN n % 3 = 0 THEN 3 ELSE 8 END
                  ELSE (n + n / 6) % 11 END
FROM generate_series(1, 63) AS n, unnest('{expected,actual,recommend}'::text[]) AS level;
INSERT INTO sales.answer SELECT n, '2024-06-01', 'shop', level, CASE level WHEN 'expected' THEN 3 ELSE 9 END
FROM generate_series(201, 203) AS n, unnest('{expected,actual,recommend}'::text[]) AS level;
SELECT crm_create_workspace('few', $${
    "purchase": {"from": "sales.orders", "customer_id": "who", "purchased_at": "at", "amount": "amount"},
    "rating": {"from": "sales.answer", "customer_id": "who", "touchpoint_id": "touchpoint", "level": "level",
        "score": "score", "rated_at": "at"}
}$$, min_cell => 5);
SELECT crm_snapshot('few', at::date) FROM unnest('{2024-05-31,2024-08-31,2024-12-31}'::text[]) AS at;

-- Every summary view, and each of its columns that counts customers
CREATE TEMPORARY TABLE summary AS
SELECT table_name::text AS relation, array_agg(column_name::text) FILTER (
           WHERE column_name ~ '_count$|^cohort_size$'
             AND column_name NOT IN ('expected_count', 'expected_purchase_count', 'pair_count')) AS counts
FROM information_schema.columns
WHERE table_schema = 'few'
  AND table_name !~ '^reconciliation'
  AND table_name ~ ('_summary$|_cohort$|_retention$|_transition$|^(growth_accounting|churn_rate|clv_by_segment'
                    '|clv_model_check|rfm_heatmap|rfm_thresholds|pareto_curve|concentration_monthly|touchpoint_gap'
                    '|recommend_by_outcome)$')
GROUP BY table_name;
SELECT cmp_ok((SELECT count(*) FROM summary WHERE cardinality(counts) > 0), '>=', 17::bigint,
    'summary views that count customers');

CREATE FUNCTION pg_temp.contents() RETURNS TABLE (relation text, content jsonb) LANGUAGE plpgsql AS $$
BEGIN
    FOR relation IN SELECT s.relation FROM summary AS s LOOP
        FOR content IN EXECUTE format('SELECT to_jsonb(t) FROM few.%I AS t', relation) LOOP
            RETURN NEXT;
        END LOOP;
    END LOOP;
END $$;
CREATE TEMPORARY TABLE hidden AS SELECT * FROM pg_temp.contents();
UPDATE few.setting SET min_cell = 1;
CREATE TEMPORARY TABLE shown AS SELECT * FROM pg_temp.contents();

CREATE TEMPORARY VIEW small_shown AS
SELECT DISTINCT relation, name FROM summary JOIN shown USING (relation), unnest(counts) AS name
WHERE abs((content ->> name)::bigint) BETWEEN 1 AND 4;
CREATE TEMPORARY VIEW small_hidden AS
SELECT relation, name, content FROM summary JOIN hidden USING (relation), unnest(counts) AS name
WHERE abs((content ->> name)::bigint) BETWEEN 1 AND 4;

-- What there is to hide
SELECT cmp_ok((SELECT count(*) FROM small_shown), '>=', 29::bigint, 'with min_cell 1 counts show 1 to 4 somewhere');
-- And hidden it is
SELECT is_empty('TABLE small_hidden', 'with min_cell 5 no customer count is from 1 to 4');
SELECT cmp_ok((SELECT count(DISTINCT relation) FROM hidden JOIN summary USING (relation), unnest(counts) AS name
               WHERE (content ->> name)::bigint >= 5), '>=', 17::bigint, 'while views still show something');
SELECT is_empty($$SELECT * FROM hidden WHERE NOT EXISTS (
                      SELECT FROM shown WHERE shown.relation = hidden.relation
                          AND shown.content @> jsonb_strip_nulls(hidden.content))$$,
                'which is what it shows with min_cell 1');

-- What is left of a total is of nobody, or of enough
UPDATE few.setting SET min_cell = 5;
SELECT is_empty($$SELECT FROM (SELECT round(max(customer_count / customer_share)) - sum(customer_count) AS rest
    FROM few.segment_summary) AS s
                  WHERE rest BETWEEN 1 AND 4$$, 'the rest of segments');
SELECT is_empty($$SELECT FROM (SELECT round(max(customer_count / customer_share)) - sum(customer_count) AS rest
    FROM few.lifecycle_summary) AS s
                  WHERE rest BETWEEN 1 AND 4$$, 'of stages');
SELECT is_empty($$SELECT * FROM (SELECT from_stage, snapshot_on,
    round(max(customer_count / from_share)) - sum(customer_count) AS rest
                                 FROM few.stage_transition GROUP BY 1, 2) AS s
                  WHERE rest BETWEEN 1 AND 4$$, 'the rest of moves from a stage');
SELECT is_empty($$SELECT * FROM (SELECT from_segment, snapshot_on,
    round(max(customer_count / from_share)) - sum(customer_count) AS rest
                                 FROM few.segment_transition GROUP BY 1, 2) AS s
                  WHERE rest BETWEEN 1 AND 4$$, 'from a segment');
SELECT is_empty($$SELECT * FROM (SELECT dimension, (SELECT count(*) FROM few.customer_rfm) - sum(customer_count) AS rest
    FROM few.rfm_thresholds GROUP BY 1) AS s
                  WHERE rest BETWEEN 1 AND 4$$, 'of scores');
SELECT is_empty($$SELECT * FROM (SELECT round(sum(expected_count)) - sum(customer_count) AS rest
    FROM few.clv_model_check) AS s
                  WHERE rest BETWEEN 1 AND 4$$, 'of repeat purchase days');
SELECT is_empty($$SELECT * FROM few.growth_accounting
                  WHERE num_nulls(new_count, returning_count, resurrecting_count, dormant_count) NOT IN (0, 4)$$,
                  'four parts or none');
SELECT is_empty('SELECT * FROM few.retention_cohort WHERE cohort_size - retained_count BETWEEN 1 AND 4',
    'who was not retained');
SELECT is_empty('SELECT * FROM few.churn_rate WHERE start_count - lost_count BETWEEN 1 AND 4', 'who was not lost');
SELECT is_empty($$SELECT * FROM few.recommend_by_outcome
                  WHERE num_nulls(promoter_count, passive_count, detractor_count, nps_low, nps_high) NOT IN (0, 5)
                     OR round(customer_count * bought_after_share) BETWEEN 1 AND 4
                         OR round(customer_count * (1 - bought_after_share)) BETWEEN 1 AND 4$$,
                'promoters by the others, and who bought after');
SELECT is_empty($$SELECT *
    FROM (SELECT *, customer_count - lag(customer_count, 1, 0::bigint) OVER (ORDER BY customer_pct) AS step
    FROM few.pareto_curve) AS s
                  WHERE step < 5$$, 'points of the curve are apart');
SELECT is_empty($$SELECT * FROM few.concentration_monthly
                  WHERE customer_count * 0.2 <= 4 AND top_20_share IS NOT NULL
                     OR customer_count * least(width_80_share, 1 - width_80_share) <= 4$$, 'nobody is the top fifth');

-- Amounts, against the orders themselves
CREATE TEMPORARY VIEW paid AS
SELECT date_trunc('month', first_at::timestamp)::date AS cohort_on,
    date_trunc('month', at::timestamp)::date AS month_on,
       count(DISTINCT who) FILTER (WHERE amount >= 0) AS customer_count, count(DISTINCT who) AS payer_count,
           sum(amount)::numeric(18,2) AS amount
FROM sales.orders JOIN (SELECT who, min(at) FILTER (WHERE amount >= 0) AS first_at FROM sales.orders
    GROUP BY who) AS person USING (who)
GROUP BY 1, 2;
SELECT set_eq('SELECT cohort_on, month_on, amount FROM few.revenue_retention WHERE amount IS NULL OR amount <> 0',
              $$SELECT cohort_on, month_on, CASE WHEN payer_count >= 5 THEN amount END FROM paid
                WHERE cohort_on IN (SELECT cohort_on FROM few.retention_cohort) AND (payer_count < 5 OR amount <> 0)$$,
                'amounts of 1 to 4 customers are hidden, others are not');
SELECT is_empty('SELECT * FROM few.revenue_retention WHERE amount IS NULL AND first_amount_share IS NOT NULL',
    'nor do shares tell');
SELECT set_eq('SELECT cohort_on, month_on, customer_count FROM few.revenue_retention',
    'SELECT cohort_on, month_on, retained_count FROM few.retention_cohort',
              'cohorts are hidden alike');

-- Where few are hidden at all
UPDATE few.setting SET window_days = 30;
SELECT isnt_empty('SELECT * FROM few.churn_rate WHERE start_count >= 5 AND lost_count IS NULL',
    'few who stay are hidden');
SELECT is_empty('SELECT * FROM few.churn_rate WHERE start_count - lost_count BETWEEN 1 AND 4',
    'by those who were lost');
UPDATE few.setting SET window_days = 90, min_cell = 2;
SELECT results_eq('SELECT count(*) FROM few.rfm_heatmap WHERE customer_count IS NULL', ARRAY[2::bigint],
                  'a single cell with 1 customer takes another with it');
UPDATE few.setting SET min_cell = 3;
SELECT results_eq('SELECT min(customer_count) FROM few.segment_summary', ARRAY[5::bigint],
    'a single segment with 2 customers takes the one with 3');
SELECT set_eq('SELECT segment, customer_count FROM few.clv_by_segment', 'SELECT segment, customer_count
    FROM few.segment_summary', 'segments are hidden alike');

-- With min_cell 1 all is there
UPDATE few.setting SET min_cell = 1;
SELECT is_empty($$SELECT relation, key, content FROM shown JOIN summary USING (relation), jsonb_each(content)
                  WHERE key = ANY (counts) AND value = 'null' AND relation <> 'recommend_by_outcome'$$,
                  'with min_cell 1 no count is NULL');
SELECT set_eq('SELECT cohort_on, month_on, customer_count, amount FROM few.revenue_retention WHERE customer_count > 0
    OR amount <> 0',
              'SELECT cohort_on, month_on, customer_count, amount FROM paid WHERE customer_count > 0 OR amount <> 0',
              'and it is what the orders say');
SELECT is((SELECT array_agg(customer_pct ORDER BY customer_pct) FROM few.pareto_curve),
    (SELECT array_agg(n) FROM generate_series(1, 100) AS n), 'with every point');

-- min_cell beyond all
UPDATE few.setting SET min_cell = 1000;
SELECT is_empty($$SELECT * FROM pg_temp.contents() JOIN summary USING (relation), unnest(counts) AS name
                  WHERE (content ->> name)::bigint > 0$$, 'min_cell beyond all hides all');
SELECT is_empty('SELECT * FROM few.clv_model_check', 'and expects nothing of them');

SELECT * FROM finish();
ROLLBACK;
