-- Drivers: PostgreSQL's own statistics, merging, plans, error codes.
BEGIN;
SELECT plan(27);

CREATE TABLE response AS
SELECT i, CASE WHEN i % 23 > 0 THEN ((h & 65535) + 2 * (h >> 16 & 65535))::float8 / 1000 END AS outcome,
       ARRAY[(h & 65535) / 7.0::float8, CASE WHEN i % 29 > 0 THEN 1e6 + (h >> 16 & 65535) END,
           (h >> 32 & 255)::float8] AS drivers
FROM generate_series(1::bigint, 30000) AS i, hashint8extended(i, 4) AS h;

CREATE TEMP TABLE whole AS SELECT crm_driver_fit(outcome, drivers) AS fit FROM response;
SELECT is(crm_driver_count(fit), (SELECT count(*) FROM response WHERE outcome IS NOT NULL AND drivers[2] IS NOT NULL),
    'rows used') FROM whole;
SELECT is(crm_driver_count(fit) + crm_driver_skipped(fit), 30000::bigint, 'the others are counted') FROM whole;
SELECT ok(abs(d.correlation / corr(outcome, drivers[d.driver]) - 1) < 1e-9,
    'correlation is corr(), driver ' || d.driver)
FROM whole, crm_drivers(fit) AS d, response WHERE drivers[2] IS NOT NULL GROUP BY d.driver, d.correlation
ORDER BY d.driver;
SELECT ok(abs(sum(relative_weight) - crm_r_squared(f)) < 1e-12 AND abs(sum(shapley) - crm_r_squared(f)) < 1e-12,
    'both shares divide up R squared')
FROM (SELECT fit AS f FROM whole) AS t, crm_drivers(f) GROUP BY crm_r_squared(f);

-- Any split, order and plan: 12 digits.
CREATE FUNCTION pg_temp.print(fit crm_driver_model) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(to_char(v, '9.99999999999EEEE'), ' ' ORDER BY driver, n)
    FROM crm_drivers(fit), unnest(ARRAY[correlation, beta, relative_weight, shapley]) WITH ORDINALITY AS u (v, n)
$$;
CREATE TEMP TABLE want AS SELECT pg_temp.print(fit) AS print FROM whole;
SELECT is(pg_temp.print(crm_rollup(f ORDER BY k DESC)), (SELECT print FROM want), 'any split')
FROM (SELECT i % 31 AS k, crm_driver_fit(outcome, drivers) AS f FROM response GROUP BY 1) AS t;
SELECT is(pg_temp.print(crm_driver_fit(outcome, drivers ORDER BY outcome, i)), (SELECT print FROM want), 'any order')
FROM response;
\ir lib/workers.sql
SELECT is(pg_temp.print(pg_temp.by_workers('SELECT crm_driver_fit(outcome, drivers) FROM response')::crm_driver_model),
    print, 'any number of workers') FROM want;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT is(crm_driver_model_send(fit::text::crm_driver_model), crm_driver_model_send(fit),
    'text reads back to the last bit') FROM whole;

-- The largest fits are stored out of line, and read back from there.
CREATE TABLE kept AS
SELECT part, crm_driver_fit(outcome, drivers) AS fit
FROM (SELECT i % 3 AS part, avg(x) AS outcome, array_agg(x ORDER BY j) AS drivers
      FROM generate_series(1, 400) AS i, generate_series(1, 64) AS j,
          LATERAL (SELECT (hashint4(i * 64 + j) & 1023)::float8) AS h (x) GROUP BY i) AS t
GROUP BY part;
SELECT cmp_ok(pg_column_size(crm_rollup(fit)), '>', 30000, 'a fit of 64 drivers is large') FROM kept;
SELECT cmp_ok(pg_relation_size(reltoastrelid), '>', 0::bigint, 'and stored in parts') FROM pg_class
WHERE oid = 'kept'::regclass;
SELECT is(crm_driver_count(crm_rollup(fit ORDER BY part)), 400::bigint, 'they are merged from there') FROM kept;
SELECT ok(abs(crm_r_squared(crm_rollup(fit)) - 1) < 1e-9 AND crm_r_squared(crm_rollup(fit)) <= 1,
    'and solved; R squared is 1, and not more') FROM kept;
SELECT is(crm_driver_count(fit), (SELECT count(*) FROM generate_series(1, 400) AS i WHERE i % 3 = part),
    'one by one too, part ' || part) FROM kept ORDER BY part;

-- A row that is left out is still looked at.
SELECT ok(abs(crm_r_squared(w) / crm_r_squared(r) - 1) < 1e-12 AND crm_driver_count(w) = 31
    AND crm_driver_skipped(w) = 1, 'a respondent who weighs 3 is three')
FROM (SELECT crm_driver_fit(sin(i), ARRAY[cos(i), i % 7],
    CASE WHEN i > 1 THEN (1 + i % 3) / 4.0 WHEN i = 1 THEN 0 END) AS w FROM generate_series(0, 32) AS i) AS x,
     (SELECT crm_driver_fit(sin(i), ARRAY[cos(i), i % 7]) AS r FROM generate_series(2, 32) AS i,
         generate_series(0, i % 3)) AS y;
SELECT throws_ok($$SELECT crm_driver_fit(1, '{1}', -1)$$, '22023');
SELECT throws_ok($$SELECT crm_driver_fit(1, '{1}', 'NaN')$$, '22023');
SELECT throws_ok($$SELECT crm_driver_fit(1, '{NaN,NULL}')$$, '22023');

SELECT throws_ok($$SELECT crm_driver_fit(1, d) FROM (VALUES ('{1,2}'::float8[]), ('{1}')) AS t (d)$$, '22023');
SELECT throws_ok($$SELECT crm_rollup(f) FROM (SELECT crm_driver_fit(1, '{1}') AS f
    UNION ALL SELECT crm_driver_fit(1, '{1,2}')) AS t$$, '22023');
SELECT throws_ok($$SELECT crm_driver_fit(1, '{1,Infinity}')$$, '22023');
SELECT throws_ok($$SELECT crm_driver_fit('NaN', '{1}')$$, '22023');
SELECT throws_ok($$SELECT crm_driver_fit(1, '{}')$$, '22023');
SELECT throws_ok($$SELECT crm_driver_fit('1e200', '{1}')$$, '22003');

SELECT * FROM finish();
ROLLBACK;
