-- Ratings: check values, plans, error codes, a real survey.
BEGIN;
SELECT plan(46);

-- Absolute error at most this, for numbers from scipy 1.10 and numpy.
CREATE FUNCTION pg_temp.near(got double precision, want double precision, name text,
    error double precision DEFAULT 1e-9)
RETURNS text LANGUAGE sql AS $$
    SELECT ok(coalesce(abs(got - want) <= error, false), name || coalesce(': ' || got || ', want ' || want, ': NULL'))
$$;

CREATE TEMP TABLE pair (side text, expected double precision, actual double precision, weight double precision);
INSERT INTO pair SELECT 'a', 5, 5 + g, w
FROM unnest('{-1,0.5,0,-2,-0.5,-1.5,1,-3}'::float8[], '{1,2,3,0.5,1,1,2,4}'::float8[]) AS u (g, w);
INSERT INTO pair SELECT 'b', 5, 5 + g, 1 FROM unnest('{0.5,1,-1,0,1.5,-0.5}'::float8[]) AS u (g);

-- Student and Welch as scipy has them; the unit tests have more.
SELECT unnest(ARRAY[pg_temp.near(crm_gap_stddev(e), 1.334634781503914, 'stddev'),
       pg_temp.near(crm_gap_stderr(e), 0.4718646522044218, 'stderr'),
       pg_temp.near(low, -1.9282826000719702, 'low'),
       pg_temp.near(high, 0.30328260007197017, 'high')])
FROM (SELECT crm_experience_agg(expected, actual) AS e FROM pair WHERE side = 'a') AS t, crm_gap_interval(e);
SELECT unnest(ARRAY[pg_temp.near(low, -2.671126497553236, 'weighted low'),
       pg_temp.near(high, 0.8780230492773737, 'weighted high')])
FROM (SELECT crm_experience_agg(expected, actual, weight) AS e FROM pair WHERE side = 'a') AS t, crm_gap_interval(e);
SELECT unnest(ARRAY[pg_temp.near(difference, -1.0625, 'difference'),
       pg_temp.near(low, -2.385376071020901, 'its low'),
       pg_temp.near(high, 0.2603760710209009, 'its high'),
       pg_temp.near(p_value, 0.10560888526615045, 'p value')])
FROM crm_gap_test((SELECT crm_experience_agg(expected, actual) FROM pair WHERE side = 'a'),
                  (SELECT crm_experience_agg(expected, actual) FROM pair WHERE side = 'b'));

-- PostgreSQL's own aggregates, on awkward numbers; any order, split and plan.
CREATE TABLE rating AS
SELECT i, (i % 13)::integer AS cell, CASE WHEN i % 17 > 0 THEN 1e4 + (h & 65535) / 7.0::float8 END AS expected,
       CASE WHEN i % 19 > 0 THEN 1e4 + (h >> 16 & 65535) / 3.0::float8 END AS actual,
           (1 + (h >> 32 & 15)) / 10.0::float8 AS weight
FROM generate_series(1::bigint, 60000) AS i, hashint8extended(i, 3) AS h;

SELECT ok(max(abs(crm_gap_mean(e) / gap - 1)) < 1e-12 AND max(abs(crm_gap_stddev(e) / spread - 1)) < 1e-12
          AND max(abs(crm_expected_mean(e) / x - 1)) < 1e-12 AND max(abs(crm_actual_mean(e) / y - 1)) < 1e-12
          AND max(abs(crm_actual_stddev(e) / sy - 1)) < 1e-12 AND max(abs(crm_expected_stddev(e) / sx - 1)) < 1e-12
          AND bool_and(crm_gap_count(e) = n AND crm_expected_count(e) = nx AND crm_actual_count(e) = ny)
          AND max(abs(crm_outcome_share(e, 'negative') - negative)) < 1e-12, 'moments are those of avg() and stddev()')
FROM (SELECT crm_experience_agg(expected, actual) AS e, avg(actual - expected) AS gap,
    stddev(actual - expected) AS spread,
             avg(expected) AS x, avg(actual) AS y, stddev(expected) AS sx, stddev(actual) AS sy,
             count(actual - expected) AS n, count(expected) AS nx, count(actual) AS ny,
             count(*) FILTER (WHERE crm_experience_outcome(expected, actual) = 'negative')::float8
             / count(actual - expected) AS negative
      FROM rating GROUP BY cell) AS t;

-- What a summary prints at 12 digits.
CREATE FUNCTION pg_temp.print(e crm_experience) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(to_char(v, '9.99999999999EEEE'), ' ' ORDER BY o)
    FROM unnest(ARRAY[crm_gap_mean(e), crm_gap_stddev(e), crm_gap_stderr(e), (crm_gap_interval(e)).low,
        crm_expected_mean(e),
                      crm_expected_stderr(e), crm_actual_mean(e), crm_actual_stderr(e), (crm_actual_interval(e)).high,
                      (crm_expected_interval(e)).low, crm_outcome_share(e, 'positive')]) WITH ORDINALITY AS u (v, o)
$$;
CREATE TEMP TABLE want AS
SELECT pg_temp.print(crm_experience_agg(expected, actual)) AS plain,
    pg_temp.print(crm_experience_agg(expected, actual, weight)) AS weighted
FROM rating;
SELECT ok(plain ~ '[1-9]' AND weighted <> plain, 'there is something to compare') FROM want;
SELECT is(pg_temp.print(crm_experience_agg(expected, actual, weight ORDER BY actual DESC, i)),
    (SELECT weighted FROM want), 'another order')
FROM rating;
SELECT is(pg_temp.print(crm_rollup(e)), (SELECT plain FROM want), 'any split')
FROM (SELECT crm_experience_agg(expected, actual) AS e FROM rating GROUP BY i % 7) AS t;
SELECT is(pg_temp.print(crm_rollup(e ORDER BY k DESC)), (SELECT weighted FROM want),
    'any split, of weights, in any order')
FROM (SELECT i * i % 101 AS k, crm_experience_agg(expected, actual, weight) AS e FROM rating GROUP BY 1) AS t;
SELECT is(pg_temp.print(crm_rollup(e::text::crm_experience)), (SELECT weighted FROM want), 'by way of text')
FROM (SELECT crm_experience_agg(expected, actual, weight) AS e FROM rating GROUP BY i % 11) AS t;
SELECT is(count(*), 0::bigint, 'text reads back to the last bit')
FROM (SELECT crm_experience_agg(expected, actual, weight) AS e FROM rating GROUP BY i % 1000) AS t
WHERE crm_experience_send(e::text::crm_experience) <> crm_experience_send(e);

\ir lib/workers.sql
SELECT is(pg_temp.print(pg_temp.by_workers('SELECT crm_experience_agg(expected, actual, weight) FROM rating')
    ::crm_experience), weighted, 'any number of workers') FROM want;
SELECT is(pg_temp.print(pg_temp.by_workers('SELECT crm_rollup(e) FROM (SELECT crm_experience_agg(expected, actual) AS e
    FROM rating GROUP BY cell) AS t')::crm_experience), plain, 'workers and groups') FROM want;
SET LOCAL max_parallel_workers_per_gather = 0;

-- Windows: each frame by itself, and nothing of one left in the next.
SELECT is(count(*), 0::bigint, 'as a window aggregate')
FROM (SELECT i, crm_experience_agg(expected, actual) OVER w AS e, avg(actual - expected) OVER w AS gap,
    count(actual) OVER w AS n
      FROM rating WHERE i <= 500 WINDOW w AS (ORDER BY i ROWS 9 PRECEDING)) AS t
WHERE abs(crm_gap_mean(e) / gap - 1) > 1e-12 OR crm_actual_count(e) <> n;
SELECT is(count(*), 0::bigint, 'a running one too')
FROM (SELECT crm_actual_count(crm_experience_agg(expected, actual) OVER w) AS ours, count(actual) OVER w AS n
      FROM rating WHERE i <= 500 WINDOW w AS (ORDER BY i)) AS t
WHERE ours <> n;

-- Support functions by hand do not change what they were given.
SELECT ok(crm_gap_count(a) = 1 AND crm_gap_count(b) = 2 AND crm_gap_count(c) = 3,
    'states are copied outside of aggregates')
FROM (SELECT a, b, crm_experience_combine(a, b) AS c
      FROM (SELECT a, crm_experience_trans(a, 3, 4) AS b
            FROM (SELECT crm_experience_trans(NULL, 1, 2) AS a OFFSET 0) AS x OFFSET 0) AS y OFFSET 0) AS z;

-- Constant data.
SELECT is(crm_gap_stddev(crm_experience_agg(0.1, 0.7, 0.1 + i % 7)), 0.0::float8,
    'constant gaps have stddev 0, exactly')
FROM generate_series(1, 100000) AS i;

-- Decimal scores, a gap of 0.3 throughout: whatever bits it has, no order and no split makes it vary.
CREATE TEMP TABLE decimal AS
SELECT i, (i % 60) / 10.0::float8 AS expected, (i % 60) / 10.0::float8 + 0.3::float8 AS actual
FROM generate_series(1, 600) AS i;
SELECT cmp_ok(count(DISTINCT actual - expected), '>', 1::bigint, 'a gap of 0.3 has many bit patterns') FROM decimal;
SELECT is(ARRAY[crm_gap_stddev(a), crm_gap_stddev(b), crm_gap_stddev(c), crm_gap_stderr(a)], '{0,0,0,0}'::float8[],
    'and stddev 0 in any order')
FROM (SELECT crm_experience_agg(expected, actual ORDER BY i) AS a,
    crm_experience_agg(expected, actual ORDER BY actual DESC) AS b,
             crm_experience_agg(expected, actual ORDER BY i * 7 % 601) AS c FROM decimal) AS t;
SELECT is(crm_gap_stddev(crm_rollup(e ORDER BY k)), 0.0::float8, 'rolled up too')
FROM (SELECT i % 7 AS k, crm_experience_agg(expected, actual) AS e FROM decimal GROUP BY 1) AS t;
SELECT is(crm_gap_test(a, b)::text, '(0,0,0,)', 'Welch finds no difference of two such samples')
FROM (SELECT crm_experience_agg(expected, actual) FILTER (WHERE expected < 2) AS a, crm_experience_agg(expected, actual)
    FILTER (WHERE expected >= 2) AS b
      FROM decimal) AS t;
SELECT is(ARRAY[crm_group_outcome(crm_experience_agg(0.6, 1.1)), crm_experience_outcome(0.6, 1.1)],
    '{satisfied,satisfied}', 'one tolerance for one and for all')
FROM generate_series(1, 3);
SELECT is(ARRAY[crm_experience_outcome('-1e308', '1e308'), crm_experience_outcome('1e308', '-1e308', '1.7e308')],
    '{positive,negative}',
          'a gap beyond double precision is told');
SELECT throws_ok($$SELECT crm_experience_agg(1, s) FROM (VALUES ('1e-170'::float8), ('2e-170')) AS t (s)$$, '22003');
SELECT throws_ok($$SELECT crm_experience_agg(1, 2, '1e-200')$$, '22003');
SELECT throws_ok($$SELECT replace(crm_experience_agg(1, 3)::text, '"actual_sum":[3',
    '"actual_sum":[4')::crm_experience$$, '22P02');

SELECT throws_ok($$SELECT crm_experience_gap(1, 'NaN')$$, '22023');
SELECT throws_ok($$SELECT crm_experience_gap('-1.7e308', '1.7e308')$$, '22003');
SELECT throws_ok($$SELECT crm_experience_outcome(1, 1, '-0.1')$$, '22023');
SELECT throws_ok($$SELECT crm_experience_outcome(1, '-Infinity')$$, '22023');
SELECT throws_ok($$SELECT crm_experience_agg(NULL, 'NaN'::float8)$$, '22023');
SELECT throws_ok($$SELECT crm_experience_agg(1, 1, -0.1)$$, '22023');
SELECT throws_ok($$SELECT crm_experience_agg(1, 1, 'Infinity')$$, '22023');
SELECT throws_ok($$SELECT crm_experience_agg(1, '1e200'::float8)$$, '22003');
SELECT throws_ok($$SELECT crm_rollup(e) FROM (SELECT crm_experience_agg(0, '1.2e154'::float8) AS e
    FROM generate_series(1, 2) AS i GROUP BY i) AS t$$, '22003');
SELECT throws_ok($$SELECT crm_gap_interval(crm_experience_agg(1, 1), 1)$$, '22023');
SELECT throws_ok($$SELECT crm_gap_interval(crm_experience_agg(1, 1), 'NaN')$$, '22023');
SELECT throws_ok($$SELECT crm_group_outcome(crm_experience_agg(1, 1), -1)$$, '22023');
SELECT throws_ok($$SELECT crm_outcome_share(crm_experience_agg(1, 1), '')$$, '22023');
SELECT throws_ok($$SELECT '{"version":2}'::crm_experience$$, '22P02');

SELECT * FROM finish();
ROLLBACK;
