-- Lifecycle: the rules against plain SQL, plans, error codes.
BEGIN;
SELECT plan(33);

SELECT throws_ok(format($$SELECT crm_lifecycle_stage('{2024-01-01:1:0}', %s)$$, args), '22023')
FROM (VALUES ('''infinity'', 30'), ('''2024-07-01'', 0'), ('''2024-07-01'', ''NaN'''), ('''2024-07-01'', ''Infinity'''),
             ('''2024-07-01'', 30, new_days => -1'), ('''2024-07-01'', 30, window_days => 0'),
             ('''2024-07-01'', 30, declining_at => 0'), ('''2024-07-01'', 30, departed_at => 1.4'),
             ('''2024-07-01'', 30, shrinking_below => -1'), ('''2024-07-01'', 30, growing_above => 0.6'),
             ('''2024-07-01'', 30, prior_weight => -1'), ('''2024-07-01'', 30, prior_weight => ''NaN'''),
             ('''2024-07-01'', 30, prior_weight => 1e308')) AS x(args);
SELECT throws_ok($$SELECT crm_lifecycle_reason('{2024-01-01:1:0}', '2024-07-01', -1)$$, '22023');
SELECT throws_ok($$SELECT crm_lifecycle_reason('{2024-01-01:1:0}', '2024-07-01', 1e-310)$$, '22023',
    'population_gap cannot be 1e-310', 'nobody is silent for Infinity times the usual gap');
SELECT throws_ok($$SELECT crm_period_state('{}', '2024-02-01', '2024-01-01', '2023-01-01', '2023-02-01')$$, '22023',
                 'period cannot end before it starts');
SELECT throws_ok($$SELECT crm_period_state('{}', '2024-02-01', '2024-02-28', '2024-01-01', '2024-02-01')$$, '22023',
                 'periods must not overlap');
SELECT throws_ok($$SELECT crm_stickiness('{2024-01-01:1:0}', '-infinity', '2024-07-01')$$, '22023');
SELECT throws_ok($$SELECT crm_stickiness('{2024-01-01:1:0}', '2024-07-01', '2024-06-01')$$, '22023');

-- Five thousand customers, some of whom only come back later, some days with
-- several events, some refunds.
CREATE TABLE purchase AS
SELECT c AS customer, date '2022-01-01' + (h % (30 + c % 900))::integer AS day,
       CASE WHEN n % 9 = 0 THEN -1 ELSE 1 END AS amount
FROM generate_series(1, 5000) AS c, generate_series(1, 1 + c % 23) AS n,
     LATERAL (SELECT hashint8extended(c * 100 + n, 7) & 2147483647 AS h) AS x;
CREATE TABLE ledger AS
SELECT customer, crm_activity_agg(day, amount) AS activity FROM purchase GROUP BY customer;
ANALYZE;

-- The stage, from the rows themselves.
CREATE FUNCTION pg_temp.stage_of(as_of date) RETURNS TABLE (customer integer, stage text) LANGUAGE sql AS $$
    WITH per_day AS (
        SELECT customer, day, count(*) AS events FROM purchase WHERE amount > 0 AND day <= as_of GROUP BY customer, day
    ), measured AS (
        SELECT customer, count(*) AS n, as_of - max(day) AS silent, as_of - min(day) AS tenure,
               (max(day) - min(day))::float8 / nullif(count(*) - 1, 0) AS mean_gap,
               coalesce(sum(events) FILTER (WHERE day > as_of - 90), 0) AS recent,
               coalesce(sum(events) FILTER (WHERE day <= as_of - 90 AND day > as_of - 180), 0) AS earlier
        FROM per_day GROUP BY customer
    ), usual AS (
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY mean_gap) AS gap FROM measured
    )
    SELECT customer, CASE WHEN overdue > 3 THEN 'departed'
                WHEN overdue > 1.5 OR earlier > 0 AND recent < 0.7 * earlier THEN 'declining'
                WHEN n = 1 OR tenure <= 30 THEN 'new'
                WHEN earlier = 0 OR recent > 1.2 * earlier THEN 'growing' ELSE 'mature' END
    FROM measured, usual,
         LATERAL (SELECT silent / ((3 * gap + coalesce((n - 1) * mean_gap, 0)) / (2 + n)) AS overdue) AS x
$$;
SELECT results_eq(
    format($$SELECT customer, stage FROM ledger, (SELECT crm_cadence_fit(activity, %1$L) AS gap FROM ledger) AS fit,
                    crm_lifecycle_stage(activity, %1$L, gap) AS stage
             WHERE stage IS NOT NULL ORDER BY customer$$, as_of),
    format($$SELECT * FROM pg_temp.stage_of(%L) ORDER BY customer$$, as_of), 'stages of ' || as_of)
FROM (VALUES ('2022-01-20'), ('2022-06-30'), ('2023-12-31')) AS x(as_of);
SELECT is(count(DISTINCT crm_lifecycle_stage(activity, '2022-06-30', 40)), 5::bigint, 'all five of them occur')
FROM ledger;
SELECT is_empty($$SELECT * FROM ledger
    WHERE (crm_lifecycle_stage(activity, '2022-06-30', 40) IS NULL)
          <> (crm_lifecycle_reason(activity, '2022-06-30', 40) IS NULL)$$, 'every stage has its reason');

-- States between two months, from the rows themselves.
SELECT results_eq(
    $$SELECT crm_period_state(activity, '2023-02-01', '2023-02-28', '2023-01-01', '2023-01-31') AS state, count(*)
      FROM ledger GROUP BY state ORDER BY state$$,
    $$SELECT CASE WHEN NOT now AND previous THEN 'dormant' WHEN now AND first >= '2023-02-01' THEN 'new'
                  WHEN now AND previous THEN 'returning' WHEN now THEN 'resurrecting' END AS state, count(*)
      FROM (SELECT min(day) FILTER (WHERE amount > 0) AS first,
                   bool_or(amount > 0 AND day BETWEEN '2023-02-01' AND '2023-02-28') AS now,
                   bool_or(amount > 0 AND day BETWEEN '2023-01-01' AND '2023-01-31') AS previous
            FROM purchase GROUP BY customer) AS x GROUP BY state ORDER BY state$$, 'states of February 2023');

-- Stickiness, as the definition has it: a mean over days, over all active.
SELECT is(crm_stickiness(activity, '2023-01-01', '2023-01-31'),
          (SELECT avg(active)::float8 FROM (SELECT count(DISTINCT customer) FILTER (WHERE amount > 0) AS active
               FROM generate_series(timestamp '2023-01-01', '2023-01-31', '1 day') AS d
               LEFT JOIN purchase AS p ON p.day = d GROUP BY d) AS x)
          / (SELECT count(DISTINCT customer) FROM purchase
             WHERE amount > 0 AND day BETWEEN '2023-01-01' AND '2023-01-31'), 'stickiness of January 2023') FROM ledger;

SELECT throws_ok($$SELECT crm_cadence_fit(activity, date '2023-03-31' + customer % 2) FROM ledger$$, '22023',
    'arguments of the aggregate after the first must be the same in every row', 'a cadence is as of one day');
SELECT isnt(crm_cadence_fit(activity, 'infinity'), NULL, 'which may be the last there is') FROM ledger;

-- Order of rows and workers change nothing.
SET LOCAL max_parallel_workers_per_gather = 0;
CREATE FUNCTION pg_temp.asked_of(source text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format($q$SELECT row(crm_cadence_fit(activity, '2023-03-31'),
                                 crm_stickiness(activity, '2022-03-01', '2022-06-30'))
                                 FROM %s AS x$q$, source) INTO answer;
    RETURN answer;
END $$;
CREATE TEMP TABLE expected AS SELECT pg_temp.asked_of('ledger') AS answer;
SELECT is(pg_temp.asked_of('(SELECT activity FROM ledger ORDER BY hashint4(customer))'), answer, 'shuffled rows')
FROM expected;
SELECT is(pg_temp.asked_of('(SELECT activity FROM ledger ORDER BY customer DESC)'), answer, 'rows backwards')
FROM expected;
\ir lib/workers.sql
SELECT is(pg_temp.by_workers($$SELECT row(crm_cadence_fit(activity, '2023-03-31'),
    crm_stickiness(activity, '2022-03-01', '2022-06-30')) FROM ledger$$), answer, 'parallel workers') FROM expected;

\ir lib/data.sql
\if :has_data
\set csv :data/cdnow.csv
CREATE TEMP TABLE cdnow (customer integer, ordered_on date, cds integer, amount numeric);
COPY cdnow FROM :'csv' (FORMAT csv, HEADER true);
TRUNCATE purchase, ledger;
INSERT INTO purchase SELECT customer, ordered_on, 1 FROM cdnow;
INSERT INTO ledger SELECT customer, crm_activity_agg(ordered_on, amount) FROM cdnow GROUP BY customer;
SELECT is(crm_cadence_fit(activity, '1998-06-30'), 82.5::float8, 'usual gap of the CDNOW cohort') FROM ledger;
SELECT results_eq(
    $$SELECT customer, crm_lifecycle_stage(activity, '1998-06-30', 82.5) FROM ledger ORDER BY customer$$,
    $$SELECT * FROM pg_temp.stage_of('1998-06-30') ORDER BY customer$$, 'its stages');
\else
SELECT skip('../shared is absent', 2);
\endif

SELECT * FROM finish();
ROLLBACK;
