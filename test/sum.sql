-- Sums of doubles that neither order nor plan changes.
BEGIN;
SELECT plan(15);
CREATE TABLE number AS
SELECT n, CASE n % 3 WHEN 0 THEN 1e16 WHEN 1 THEN -1e16 ELSE 0.1 * n END::double precision AS x
FROM generate_series(1, 30000) AS n;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT is(crm_sum(x), (sum(x::numeric) FILTER (WHERE n % 3 = 2))::double precision, 'large ones cancel exactly')
FROM number;
SELECT is((SELECT crm_sum(x) FROM (SELECT x FROM number ORDER BY hashint4(n)) AS t), crm_sum(x), 'in any order')
FROM number;
SELECT isnt((SELECT sum(x) FROM (SELECT x FROM number ORDER BY x) AS t), crm_sum(x), 'where sum does not') FROM number;
SELECT is((SELECT crm_sum(x) FROM (SELECT x FROM number ORDER BY x) AS t), crm_sum(x), 'by size') FROM number;
CREATE TEMP TABLE alone AS SELECT crm_sum(x) AS s FROM number;
\ir lib/workers.sql
SELECT is(pg_temp.by_workers('SELECT crm_sum(x) FROM number'), s::text, 'by workers') FROM alone;
SELECT is((SELECT crm_sum(x) OVER (ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM number
    ORDER BY n DESC LIMIT 1), s, 'in a window') FROM alone;
SELECT is((SELECT crm_sum(x) FROM number WHERE false), NULL, 'of nothing');
SELECT is((SELECT crm_sum(x) FROM (VALUES (NULL::double precision), (2), (NULL)) AS v (x)), 2::double precision,
    'NULLs are skipped');
SELECT throws_ok($$SELECT crm_sum('NaN')$$, '22023');
SELECT throws_ok($$SELECT crm_sum(-'Infinity'::double precision)$$, '22023');
SELECT throws_ok($$SELECT crm_sum(1.5e308) FROM generate_series(1, 2)$$, '22003');
SELECT results_eq($$SELECT crm_sum(x ORDER BY i), crm_sum(x ORDER BY j)
    FROM (VALUES (1, 1, 1e100), (2, 2, 1e60), (3, 5, 1), (4, 3, -1e60), (5, 4, -1e100)) AS v (i, j, x)$$,
    'VALUES (1::double precision, 1::double precision)', 'whatever cancels in whatever order');
SELECT is((SELECT crm_sum(x) FROM unnest('{1.7e308,1.7e308,-1.7e308}'::float8[]) AS x), 1.7e308::float8,
    'beyond the largest number on the way');
-- A double as numeric is what PostgreSQL's own cast makes of it.
SELECT is((SELECT count(*) FROM generate_series(1, 200000) AS n,
                  LATERAL (SELECT hashint8extended(n, 5) / 9223372036854775808.0::double precision AS u) AS r,
                  LATERAL (VALUES (u * pow(10::double precision, n % 37 - 18)),
                      (pow(10::double precision, n % 22 - 7) * (1 - n % 9 * 2.3e-16::double precision)),
                      (round((u * 1e6)::numeric) / 1000.0), (n * 0.005), (n / 3.0), (n + 0.5),
                      (floor(u * 1e15) + 0.5)) AS v (x)
           WHERE crm_decimal(x)::text <> (x::double precision)::numeric::text), 0::bigint,
               'crm_decimal is the cast, to the last digit');
SELECT results_eq($$SELECT crm_decimal(x)::text
                    FROM unnest('{0,-0,1e15,-1e15,123456789012345678,5e-324,1.7976931348623157e308,NaN,Infinity,
                                  -Infinity,0.1,-2.5,NULL}'::double precision[]) AS x$$,
                  $$SELECT x::numeric::text
                    FROM unnest('{0,-0,1e15,-1e15,123456789012345678,5e-324,1.7976931348623157e308,NaN,Infinity,
                                  -Infinity,0.1,-2.5,NULL}'::double precision[]) AS x$$, 'at both ends too');
SELECT * FROM finish();
ROLLBACK;
