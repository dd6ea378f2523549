-- The views that are drawn, over CDNOW's tenth: against published figures of
-- the model, the raw rows, and the same day seen from itself.
\ir lib/needs_data.sql
\if :has_data
BEGIN;
SELECT plan(52);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;

CREATE TABLE cdnow (customer_id integer, sample_id integer, purchased_on date, cds integer, amount numeric(10, 2));
\set sample_csv :data/cdnow_sample.csv
COPY cdnow FROM :'sample_csv' (FORMAT csv, HEADER true);
SET LOCAL crm_ext.as_of = '1998-06-30';
SELECT crm_create_workspace('music',
    '{"purchase": {"from": "cdnow", "customer_id": "customer_id", "purchased_at": "purchased_on", "amount": "amount"}}',
                            maintain => 'refresh');
DELETE FROM music.fit;
SELECT is_empty('SELECT FROM music.segment_history', 'no history without a fit');
SELECT is_empty('SELECT FROM music.stage_history', 'of stages neither');
SELECT is_empty('SELECT FROM music.clv_matrix UNION ALL SELECT FROM music.clv_tracking UNION ALL SELECT
    FROM music.clv_holdout UNION ALL SELECT FROM music.clv_frequency_check',
                'and nothing of a model');
SELECT crm_refit('music', '1997-09-30');

-- MBG/NBD at its maximum, computed with 50 digits elsewhere: what it is to give
CREATE TEMPORARY TABLE model AS SELECT .5248431591062976 AS r, 6.183085279576005 AS alpha, .8913593907322158 AS a,
    1.614002240170344 AS b;
CREATE FUNCTION pg_temp.alive(x integer, tx_days integer, t_days integer) RETURNS double precision LANGUAGE sql AS $$
    SELECT 1 / (1 + a / (b + x) * power((alpha + t_days / 7.0) / (alpha + tx_days / 7.0), r + x)) FROM model;
$$;

-- The holdout: 39 weeks
SELECT is(sum(customer_count), 2357::numeric, 'all customers of the fit are followed') FROM music.clv_holdout;
SELECT is(sum(actual_count), 1882::numeric, 'what really came in 39 weeks') FROM music.clv_holdout;
SELECT ok(abs(sum(expected_count) - 1576.7283) < 0.05, 'and what was expected: ' || sum(expected_count))
FROM music.clv_holdout;
SELECT results_eq('SELECT frequency, frequency_label FROM music.clv_holdout WHERE frequency >= 9 ORDER BY 1',
    $$VALUES (9, '9'), (10, '10+')$$, 'ten and more are one');
SELECT is(count(*), 0::bigint, 'an interval holds its mean') FROM music.clv_holdout
WHERE NOT actual_low <= actual_mean OR NOT actual_mean <= actual_high;
SELECT is((SELECT actual_count FROM music.clv_holdout WHERE frequency = 0),
          (SELECT count(DISTINCT (c.customer_id, c.purchased_on)) FROM cdnow AS c
           WHERE c.purchased_on > '1997-09-30' AND c.purchased_on <= '1998-06-30'
             AND (SELECT count(DISTINCT purchased_on) FROM cdnow AS p WHERE p.customer_id = c.customer_id
                 AND p.purchased_on <= '1997-09-30') = 1),
          'who had come once, from the rows');

-- Frequencies on the day of the fit
SELECT results_eq('SELECT frequency, customer_count FROM music.clv_frequency_check ORDER BY 1',
                  $$SELECT least(n - 1, 10)::integer, count(*)
                  FROM (SELECT count(DISTINCT purchased_on) AS n FROM cdnow WHERE purchased_on <= '1997-09-30'
                    GROUP BY customer_id) AS c GROUP BY 1
                    ORDER BY 1$$, 'customers by repeat purchase days, from the rows');
SELECT ok(abs(sum(expected_count) - 2357) < 1e-6, 'those expected are all customers') FROM music.clv_frequency_check;
-- P(X = 0) of MBG/NBD: not gone at once, and none till T; or gone at once.
SELECT ok(abs((SELECT expected_count FROM music.clv_frequency_check WHERE frequency = 0)
              - (SELECT sum(a / (a + b) + b / (a + b) * power(alpha / (alpha + ('1997-09-30' - first_on) / 7.0), r))
                 FROM model, (SELECT min(purchased_on) AS first_on FROM cdnow WHERE purchased_on <= '1997-09-30'
                     GROUP BY customer_id) AS c)) < 0.05,
          'who never came again is expected by the formula');

-- Tracking, week by week
SELECT is(sum(actual_count), (SELECT count(*) FROM (SELECT DISTINCT customer_id, purchased_on FROM cdnow
    WHERE purchased_on <= w.last_on) AS d)::numeric
                             - (SELECT count(DISTINCT customer_id) FROM cdnow),
                             'repeat purchase days up to the last whole week, from the rows')
FROM music.clv_tracking, (SELECT max(week_on) + 6 AS last_on FROM music.clv_tracking) AS w GROUP BY w.last_on;
SELECT is(min(week_on), '1997-01-01'::date, 'weeks begin with the first purchase of all') FROM music.clv_tracking;
SELECT is(count(*) FILTER (WHERE is_holdout), 39::bigint, 'the weeks that began after the fit are the test')
FROM music.clv_tracking;
SELECT is(min(week_on) FILTER (WHERE is_holdout) > '1997-09-30', true, 'and begin after it') FROM music.clv_tracking;
SELECT is_empty($$SELECT FROM music.clv_tracking AS t WHERE actual_cumulative_count <> (SELECT sum(actual_count)
    FROM music.clv_tracking AS p WHERE p.week_on <= t.week_on)
                  OR abs(expected_cumulative_count - (SELECT sum(expected_count) FROM music.clv_tracking AS p
                      WHERE p.week_on <= t.week_on)) > 1e-6$$,
                'what is cumulative is the sum up to there');
SELECT is(max(fitted_on), '1997-09-30'::date, 'all by the fit that leaves time behind it') FROM music.clv_tracking;

-- The matrices
SELECT is(count(*), 130::bigint, 'ten numbers of purchase days, and thirteen silences') FROM music.clv_matrix;
SELECT is(sum(customer_count), 2357::numeric, 'all customers stand somewhere') FROM music.clv_matrix;
SELECT is_empty('SELECT FROM music.clv_matrix WHERE purchase_days > 1
    AND (silent_days < tenure_days) = (p_alive IS NULL)', 'what cannot be is NULL, and no error');
SELECT is_empty('SELECT FROM music.clv_matrix WHERE purchase_days = 1 AND p_alive IS NULL',
    'who came once can be silent for any time');
SELECT ok(max(abs(p_alive - CASE WHEN purchase_days = 1 THEN pg_temp.alive(0, 0, silent_days)
                                 ELSE pg_temp.alive(purchase_days - 1, tenure_days - silent_days,
                                     tenure_days) END)) < 1e-4, 'P(alive) by the formula')
FROM music.p_alive_matrix WHERE p_alive IS NOT NULL;
SELECT is_empty('SELECT FROM music.p_alive_matrix AS m
                 JOIN music.p_alive_matrix AS n
                     ON n.purchase_days = m.purchase_days AND n.silent_days > m.silent_days
                 WHERE n.p_alive > m.p_alive',
                'the longer silent, the less likely');
SELECT results_eq('SELECT purchase_days, silent_days, expected_purchases FROM music.expected_purchases_matrix
    ORDER BY 1, 2',
                  'SELECT purchase_days, silent_days, expected_purchases FROM music.clv_matrix ORDER BY 1, 2',
                  'expected purchases are those of clv_matrix');
SELECT is(count(*), 0::bigint, 'and none is negative') FROM music.expected_purchases_matrix
WHERE expected_purchases < 0;

-- One customer's path
SELECT is(min(seen_on), (SELECT min(purchased_on) FROM cdnow WHERE customer_id = 4),
    'a path begins with the first purchase') FROM music.alive_path WHERE customer_id = 4;
SELECT is(count(*), (1 + (date '1998-06-30' - (SELECT min(purchased_on) FROM cdnow WHERE customer_id = 4)) / 7)::bigint,
    'with a row per week')
FROM music.alive_path WHERE customer_id = 4;
SELECT ok(abs(p_alive - pg_temp.alive(0, 0, 0)) < 1e-4, 'on the first day of all it is b / (a + b)')
FROM music.alive_path WHERE customer_id = 4 ORDER BY seen_on LIMIT 1;
SELECT is_empty($$SELECT FROM music.alive_path AS p WHERE customer_id = 4
                  AND purchase_days <> (SELECT count(DISTINCT purchased_on) FROM cdnow AS c WHERE c.customer_id = 4
                      AND c.purchased_on <= p.seen_on)$$,
                'purchase days as they were');
SELECT ok((SELECT max(p_alive) FROM music.alive_path WHERE customer_id = 4) <= 1
    AND (SELECT min(p_alive) FROM music.alive_path WHERE customer_id = 4) > 0, 'probabilities');

-- History: from the rows, and as each month's end looked on that day
SELECT is(min(month_end_on), '1997-09-30'::date, 'months before the first fit have no rows') FROM music.segment_history;
SELECT is_empty($$SELECT month_on FROM music.segment_history GROUP BY month_on
                  HAVING sum(amount) <> (SELECT sum(amount) FROM cdnow WHERE purchased_on <= max(month_end_on))
                      OR sum(customer_count) <> (SELECT count(DISTINCT customer_id) FROM cdnow
                          WHERE purchased_on <= max(month_end_on))$$,
                'customers and amounts up to each month''s end, from the rows');
SELECT is_empty($$SELECT month_on FROM music.stage_history GROUP BY month_on
                  HAVING sum(amount) <> (SELECT sum(amount) FROM cdnow WHERE purchased_on <= max(month_end_on))
                      OR sum(customer_count) <> (SELECT count(DISTINCT customer_id) FROM cdnow
                          WHERE purchased_on <= max(month_end_on))$$,
                'by stage too');
SELECT is_empty($$SELECT FROM music.segment_history GROUP BY month_on HAVING abs(sum(customer_share) - 1) > 1e-12
    OR abs(sum(amount_share) - 1) > 1e-12$$,
                'shares are of the month');
CREATE TEMPORARY TABLE seen AS SELECT * FROM music.segment_history;
CREATE TEMPORARY TABLE staged AS SELECT * FROM music.stage_history;
SELECT crm_refit('music', '1998-01-31');
SELECT results_eq('SELECT month_on, max(fitted_on) FROM music.segment_history GROUP BY 1 ORDER BY 1',
                  $$SELECT month_on, CASE WHEN month_on < '1998-01-01' THEN date '1997-09-30' ELSE '1998-01-31' END
                  FROM seen GROUP BY 1 ORDER BY 1$$,
                  'each month by the latest fit of its time');
SET LOCAL crm_ext.as_of = '1997-11-30';
SELECT results_eq('SELECT segment, customer_count, amount FROM music.segment_summary ORDER BY segment_order',
                  $$SELECT segment, customer_count, amount FROM seen
                  WHERE month_on = '1997-11-01' AND customer_count > 0 ORDER BY segment_order$$,
                  'November as it looked at its end');
SELECT results_eq('SELECT stage, customer_count, amount FROM music.lifecycle_summary WHERE stage IS NOT NULL
    AND customer_count > 0 ORDER BY stage_order',
                  $$SELECT stage, customer_count, amount FROM staged
                  WHERE month_on = '1997-11-01' AND customer_count > 0 ORDER BY stage_order$$, 'and its stages');
SELECT is(max(month_on), '1997-11-01'::date, 'later months are not there yet') FROM music.segment_history;
SET LOCAL crm_ext.as_of = '1997-11-15';
SELECT results_eq($$SELECT DISTINCT month_end_on, is_complete FROM music.segment_history
    WHERE month_on = '1997-11-01'$$,
                  $$VALUES (date '1997-11-15', false)$$, 'a month that is not over ends today');

-- Groups too small to be shown
SET LOCAL crm_ext.as_of = '1998-06-30';
UPDATE music.setting SET min_cell = 40;
SELECT is_empty('SELECT FROM music.segment_history WHERE customer_count BETWEEN 1 AND 39', 'no small segment is shown');
SELECT is_empty('SELECT FROM music.segment_history GROUP BY month_on HAVING count(*)
    FILTER (WHERE customer_count IS NULL) = 1', 'nor one alone, to be told from the rest');
SELECT is_empty('SELECT FROM music.stage_history WHERE customer_count BETWEEN 1 AND 39', 'no small stage');
SELECT is_empty('SELECT FROM music.clv_matrix WHERE customer_count BETWEEN 1 AND 39
                 UNION ALL
                 SELECT FROM music.clv_tracking WHERE actual_count BETWEEN 1 AND 39
                 UNION ALL
                 SELECT FROM music.clv_frequency_check WHERE customer_count BETWEEN 1 AND 39
                 UNION ALL
                 SELECT FROM music.clv_holdout WHERE customer_count < 40',
                'and no small cell of a check');

-- The whole of CDNOW: what the report says first
CREATE TABLE cdnow_all (customer_id integer, purchased_on date, cds integer, amount numeric(10, 2));
\set cdnow_csv :data/cdnow.csv
COPY cdnow_all FROM :'cdnow_csv' (FORMAT csv, HEADER true);
SELECT crm_create_workspace('disc',
    '{"purchase": {"from": "cdnow_all", "customer_id": "customer_id", "purchased_at": "purchased_on",
                   "amount": "amount"}}', maintain => 'refresh');
SELECT results_eq($$SELECT round(100 * customer_share::numeric, 1), round(100 * amount_share::numeric, 1)
    FROM disc.segment_summary WHERE segment = 'champions'$$,
                  'VALUES (17.6, 51.9)', 'champions: 17.6 % of the customers bring 51.9 % of the revenue');
SELECT is(round(100 * top_20_share::numeric, 1), 67.8, 'the top 20 % bring 67.8 %') FROM disc.concentration;
SELECT is(sum(customer_count), 23570::numeric, 'all 23,570 customers in the matrix') FROM disc.clv_matrix;

-- Which day, and by what to filter
SELECT is_empty($$SELECT relation_name FROM disc.catalog
                  WHERE column_name = 'as_of' AND comment !~ 'the same in every row'
                    AND relation_name IN ('segment_history', 'stage_history', 'p_alive_matrix',
                                          'expected_purchases_matrix', 'clv_tracking', 'clv_frequency_check',
                                          'clv_holdout', 'clv_spend_check', 'alive_path', 'growth_accounting',
                                          'retention_cohort')$$,
                'as_of of a view that is drawn says that it does not choose rows, and how its day is chosen');
SELECT is_empty($$SELECT c.relation_name, named.name FROM disc.catalog AS c,
    regexp_matches(c.comment, 'ilter by (\w+)', 'g') AS named (name)
                  WHERE c.column_name = 'as_of'
                    AND NOT EXISTS (SELECT FROM disc.catalog AS o WHERE o.relation_name = c.relation_name
                        AND o.column_name = named.name[1])$$,
                'and what to filter by is there');

-- Customers alike are counted by workers, from PostgreSQL 15 on; 14 has them read by workers, and counted by one
\ir lib/plan.sql
\ir lib/workers.sql
ANALYZE disc.customer_activity;
SELECT is((SELECT array_agg(view) FROM unnest('{clv_matrix,clv_model_check,clv_tracking,clv_frequency_check,clv_holdout,
    clv_spend_check}'::text[]) AS view
           WHERE (SELECT count(*) FILTER (WHERE line ~ 'Partial')
                         <> count(*) FILTER (WHERE line ~ 'Scan on customer_activity')
                  FROM pg_temp.plan_of('SELECT * FROM disc.' || view) AS line)
             AND current_setting('server_version_num')::integer >= 150000), NULL, 'in each pass over the ledgers');

-- A day that stands for none begins no two thousand years of weeks.
INSERT INTO cdnow (customer_id, purchased_on, amount) VALUES (4, '0001-01-01', 1);
UPDATE music.setting SET min_cell = 1;
SELECT crm_refresh('music', true);
SELECT is(min(week_on), crm_oldest_month('1998-06-30'), 'weeks begin with crm_oldest_month at the earliest')
FROM music.clv_tracking;
SELECT is(sum(actual_count), (SELECT count(*) FROM (SELECT DISTINCT customer_id, purchased_on FROM cdnow
    WHERE purchased_on <= w.last_on) AS d)::numeric - (SELECT count(DISTINCT customer_id) FROM cdnow),
          'and nothing from before is lost')
FROM music.clv_tracking, (SELECT max(week_on) + 6 AS last_on FROM music.clv_tracking) AS w GROUP BY w.last_on;

SELECT * FROM finish();
ROLLBACK;
\endif
