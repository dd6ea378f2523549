-- NPS, CSAT, CES, Kano: merging, plans, error codes.
BEGIN;
SELECT plan(42);

CREATE TABLE answer AS
SELECT i, nullif((h & 65535) % 12, 11)::integer AS recommend,
    nullif(1 + (h >> 16 & 65535) % 6, 6)::integer AS satisfied,
       nullif(1 + (h >> 32 & 65535) % 8, 8)::integer AS easy, (1 + (h >> 40 & 255) % 5)::integer AS f,
           (1 + (h >> 48 & 255) % 5)::integer AS d
FROM generate_series(1::bigint, 40000) AS i, hashint8extended(i, 9) AS h;

CREATE TEMP TABLE want AS
SELECT 100.0 * (count(*) FILTER (WHERE recommend >= 9) - count(*)
    FILTER (WHERE recommend <= 6)) / count(recommend) AS nps,
       avg((satisfied >= 4)::integer) AS csat, avg(satisfied) AS csat_mean, avg((easy >= 5)::integer) AS ces,
           avg(easy) AS ces_mean,
       count(recommend) AS n, count(*) FILTER (WHERE f = 1 AND d BETWEEN 2 AND 4) AS a, count(*)
           FILTER (WHERE f = 1 AND d = 5) AS o,
       count(*) FILTER (WHERE f BETWEEN 2 AND 4 AND d = 5) AS m, count(*)
           FILTER (WHERE f BETWEEN 2 AND 4 AND d BETWEEN 2 AND 4) AS i
FROM answer;

CREATE TEMP VIEW tally AS
SELECT crm_nps_agg(recommend) AS nps, crm_csat_agg(satisfied, 4) AS csat, crm_ces_agg(easy) AS ces,
    crm_kano_agg(f, d) AS kano,
       crm_csat_agg(satisfied, 4, 1, 5) AS csat4, crm_ces_agg(8 - easy, 7, 1, 3) AS ces4
FROM answer;
SELECT ok(abs(crm_nps(t.nps) - w.nps) < 1e-9 AND crm_nps_count(t.nps) = w.n, 'NPS') FROM tally AS t, want AS w;
SELECT ok(abs(crm_csat(t.csat) - w.csat) < 1e-9 AND abs(crm_csat_mean(t.csat) - w.csat_mean) < 1e-9, 'CSAT')
FROM tally AS t, want AS w;
SELECT ok(abs(crm_ces(t.ces) - w.ces) < 1e-9 AND abs(crm_ces_mean(t.ces) - w.ces_mean) < 1e-9, 'CES')
FROM tally AS t, want AS w;
SELECT is(t.csat4::text, t.csat::text, 'CSAT is asked from 1 to 5') FROM tally AS t;
SELECT is(crm_ces(t.ces4), crm_ces(t.ces), 'CES turned round is the same') FROM tally AS t;
SELECT ok(abs(crm_kano_better(t.kano) - (a + o)::float8 / (a + o + m + i)) < 1e-12
          AND abs(crm_kano_worse(t.kano) + (o + m)::float8 / (a + o + m + i)) < 1e-12, 'Kano')
          FROM tally AS t, want AS w;
SELECT is((SELECT sum(crm_kano_count(t.kano, c)) FROM unnest('{A,O,M,I,R,Q}'::text[]) AS c), 40000::numeric,
    'every pair has a class') FROM tally AS t;
SELECT is(crm_csat_interval(csat)::text, crm_proportion_interval((csat::text::jsonb ->> 'hits')::bigint,
    crm_csat_count(csat))::text,
          'the interval of CSAT is Wilson''s') FROM tally;
SELECT is(crm_ces_interval(ces, 0.8)::text, crm_proportion_interval((ces::text::jsonb ->> 'hits')::bigint,
    crm_ces_count(ces), 0.8)::text,
          'that of CES too') FROM tally;

-- Parts and plans: the very same tallies.
CREATE TEMP TABLE whole AS SELECT nps::text, csat::text, ces::text, kano::text FROM tally;
SELECT is(ARRAY[crm_rollup(nps)::text, crm_rollup(csat)::text, crm_rollup(ces)::text, crm_rollup(kano)::text],
          (SELECT ARRAY[nps, csat, ces, kano] FROM whole), 'rolled up')
FROM (SELECT crm_nps_agg(recommend) AS nps, crm_csat_agg(satisfied, 4) AS csat, crm_ces_agg(easy) AS ces,
    crm_kano_agg(f, d) AS kano
      FROM answer GROUP BY i % 29) AS t;
\ir lib/workers.sql
SELECT is(pg_temp.by_workers('SELECT ARRAY[crm_nps_agg(recommend)::text, crm_csat_agg(satisfied, 4)::text,
    crm_ces_agg(easy)::text, crm_kano_agg(f, d)::text] FROM answer'), ARRAY[nps, csat, ces, kano]::text, 'in parallel')
FROM whole;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT is(count(*), 0::bigint, 'as window aggregates')
FROM (SELECT crm_nps_count(crm_nps_agg(recommend) OVER w) AS n, crm_csat_count(crm_csat_agg(satisfied, 4) OVER w) AS c,
             count(recommend) OVER w AS want_n, count(satisfied) OVER w AS want_c
      FROM answer WHERE i <= 300 WINDOW w AS (ORDER BY i ROWS 4 PRECEDING)) AS t
WHERE n <> want_n OR c <> want_c;

SELECT throws_ok($$SELECT crm_nps_agg(-1)$$, '22023');
SELECT throws_ok($$SELECT crm_nps_agg('NaN')$$, '22023');
SELECT throws_ok($$SELECT crm_nps_interval(crm_nps_agg(9), 1.5)$$, '22023');
SELECT throws_ok($$SELECT crm_nps_interval(crm_nps_agg(9), 0.9, 'Wald')$$, '22023');
SELECT throws_ok($$SELECT crm_csat_agg('Infinity', 4)$$, '22023');
SELECT throws_ok($$SELECT crm_csat_agg(0.99, 4)$$, '22023');
SELECT throws_ok($$SELECT crm_csat_agg(5, 4, 5, 5)$$, '22023');
SELECT throws_ok($$SELECT crm_csat_agg(5, 4, NULL, 5)$$, '22004');
SELECT throws_ok($$SELECT crm_csat_agg(5, 4, 1, 'NaN')$$, '22023');
SELECT throws_ok($$SELECT crm_csat_agg(2, 2, 5, 1)$$, '22023', 'scale must ascend, but runs from 5 to 1');
SELECT lives_ok($$SELECT crm_ces_agg(2, 5, 1, 2)$$, 'effort may fall');
SELECT throws_ok($$SELECT crm_csat_agg(4, t) FROM (VALUES (4), (5)) AS v (t)$$, '22023',
                 'scale (1..5, favourable from 5) differs from that of earlier rows (1..5, favourable from 4)');
SELECT throws_ok($$SELECT crm_proportion_interval(0, 0, 0.95, 'foo')$$, '22023');
SELECT throws_ok($$SELECT '{"version":1,"count":1,"hits":1,"sum":[1,0],"worst":5,"best":1,
    "top_from":2}'::crm_csat_tally$$, '22P02');
SELECT throws_ok($$SELECT '{"version":1,"count":1,"hits":1,"sum":[9,0],"worst":1,"best":5,
    "top_from":4}'::crm_csat_tally$$, '22P02');
SELECT throws_ok($$SELECT crm_ces_agg(7.5)$$, '22023');
SELECT throws_ok($$SELECT crm_rollup(c) FROM (SELECT crm_ces_agg(3) AS c
    UNION ALL SELECT crm_ces_agg(3, 5, 1, 2)) AS t$$, '22023');
SELECT is(crm_csat_agg(1, 4, least, 5 ORDER BY n)::text, crm_csat_agg(1, 4, least, 5 ORDER BY n DESC)::text,
          'a scale from 0 or -0')
FROM (VALUES (1, 0::double precision), (2, '-0')) AS v (n, least);
SELECT throws_ok($$SELECT crm_kano_class(1, 6)$$, '22023');
SELECT throws_ok($$SELECT crm_kano_agg(-1, 1)$$, '22023');
SELECT throws_ok($$SELECT crm_kano_count(crm_kano_agg(1, 1), 'a')$$, '22023');
SELECT throws_ok($$SELECT crm_proportion_interval(-1, 10)$$, '22023');
-- Counts of whatever type: a sum of them is numeric.
SELECT results_eq('SELECT crm_proportion_interval(sum(hits), sum(trials))::text
    FROM (VALUES (3::bigint, 5::bigint), (4, 6)) AS part (hits, trials)',
    $$SELECT crm_proportion_interval(7::bigint, 11::bigint)::text$$, 'sums of counts');
SELECT results_eq($$VALUES (crm_proportion_interval(7::smallint, 11)::text),
    (crm_proportion_interval(7::numeric, 11::bigint, 0.95, 'wilson')::text), (crm_proportion_interval('7', '11')::text),
    (crm_proportion_interval(hits => 7.0, trials => 11::real)::text)$$,
    'SELECT crm_proportion_interval(7::bigint, 11::bigint)::text FROM generate_series(1, 4)', 'in any mixture');
SELECT throws_ok(format('SELECT crm_proportion_interval(1, %s)', n), '22023', message)
FROM (VALUES ('2.5', 'count 2.5 is not a whole number below 2^53'),
             ('''NaN''::numeric', 'count NaN is not a whole number below 2^53'),
             ('1e17', 'count 1e+17 is not a whole number below 2^53'),
             ('0.0', 'hits must be between 0 and trials, not 1 of 0')) AS wrong (n, message);
SELECT throws_ok($$SELECT crm_proportion_interval(1, 10, 0)$$, '22023');
SELECT throws_ok($$SELECT '{"version":1,"count":1,"hits":2,"sum":[3,0],"worst":1,"best":5,
    "top_from":4}'::crm_csat_tally$$, '22P02');

SELECT * FROM finish();
ROLLBACK;
