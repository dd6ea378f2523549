-- Attribution, chains and surges: real paths and page views, plans, error codes.
BEGIN;
SELECT plan(41);

CREATE FUNCTION pg_temp.near(got double precision, want double precision, tolerance double precision, name text)
RETURNS text LANGUAGE sql AS $$
    SELECT ok(coalesce(abs(got - want) <= tolerance, false),
        name || coalesce(': ' || got || ', want ' || want, ': NULL'))
$$;

-- Trees by parents.
SELECT results_eq($$SELECT * FROM crm_forest('{NULL,1,1,3,NULL,7,6,6,9}')$$,
    $$VALUES (1, 1, 0, 4), (2, 1, 1, 1), (3, 1, 1, 2), (4, 1, 2, 1), (5, 5, 0, 1), (6, NULL, NULL, NULL),
        (7, NULL, NULL, NULL), (8, NULL, NULL, NULL), (9, NULL, NULL, NULL)$$,
    'roots, depths and sizes; circles and what hangs on them are in no tree');
SELECT is_empty($$SELECT * FROM crm_forest('{}') UNION ALL SELECT * FROM crm_forest(NULL)$$, 'no nodes');
SELECT results_eq($$SELECT max(depth), count(*), sum(subtree_size::bigint)
    FROM crm_forest(ARRAY(SELECT nullif(n, 0) FROM generate_series(0, 299999) AS n))$$,
    $$VALUES (299999, 300000::bigint, (300000::bigint * 300001 / 2)::numeric)$$, 'a chain of 300,000');
SELECT throws_ok($$SELECT * FROM crm_forest('{NULL,3}')$$, '22023', 'node 2 cannot have the parent 3');
SELECT throws_ok($$SELECT * FROM crm_forest('{0}')$$, '22023', 'node 1 cannot have the parent 0');
SELECT throws_ok($$SELECT * FROM crm_forest('{{1,2},{1,2}}')$$, '2202E');

-- Refusals.
SELECT throws_ok($$SELECT crm_attribution_weights('{2024-01-01}', '2024-01-02', 'lastest')$$, '22023');
SELECT throws_ok($$SELECT crm_attribution_weights('{2024-01-01}', '2024-01-02', 'decay', 0)$$, '22023');
SELECT throws_ok($$SELECT crm_attribution_weights('{2024-01-01}', '2024-01-02', 'first', 'NaN')$$, '22023');
SELECT throws_ok($$SELECT crm_attribution_weights('{2024-01-01}', '2024-01-02', 'first', 7, -1)$$, '22023');
SELECT throws_ok($$SELECT crm_attribution_weights('{2024-01-01}', '2024-01-02', 'first', 7, 'NaN')$$, '22023');
SELECT throws_ok($$SELECT crm_attribution_weights('{{2024-01-01}}', '2024-01-02', 'first')$$, '2202E');
SELECT throws_ok($$SELECT crm_attribution_weights('{2024-01-01}', '2024-01-02', 'first', 7, 1, '{f,t}')$$, '2202E');
SELECT throws_ok($$SELECT crm_surge('NaN', '{1,2,3,4}')$$, '22023');
SELECT throws_ok($$SELECT crm_surge(1, '{1,2,3,Infinity}')$$, '22023');
SELECT throws_ok($$SELECT crm_surge(1, '{1e308,-1e308,1.5e308,-1.5e308}')$$, '22003');
SELECT throws_ok($$SELECT crm_markov_agg('{a}', -1, 0, 0)$$, '22023');
SELECT throws_ok($$SELECT crm_markov_agg('{a}', 0, 0, 'NaN')$$, '22023');
SELECT throws_ok($$SELECT crm_markov_agg('{a}', 0, '-Infinity', 0)$$, '22023');
SELECT throws_ok($$SELECT crm_markov_agg('{{a}}', 0, 0, 0)$$, '2202E');
SELECT throws_ok($$SELECT crm_markov_agg(ARRAY['c' || n], 1, 0, 0) FROM generate_series(1, 1001) AS n$$, '54000');
SELECT throws_ok($$SELECT crm_markov_agg('{a}', 1e308, 0, 0)::text FROM generate_series(1, 2)$$, '22003');
SELECT throws_ok($$SELECT crm_markov_credit('{"version":1,"channels":["a"],"value":[0],"none_value":[0],
    "weights":[[0,1,1]]}')$$, '22000');
SELECT throws_ok($$SELECT '{"version":1,"channels":["a","a"],"value":[0],"none_value":[0],"weights":[]}'::crm_markov$$,
    '22P02');
SELECT throws_ok($$SELECT '{"version":1,"channels":[],"value":[1e308,1e308],"none_value":[0],
    "weights":[]}'::crm_markov$$, '22P02');

-- A thousand channels, each of them once, half of them converting.
SELECT is(ARRAY[count(*), count(*) FILTER (WHERE abs(removal_effect - 0.002) < 1e-15), count(*)
    FILTER (WHERE removal_effect = 0)],
          '{1000,500,500}', 'a thousand channels')
FROM (SELECT crm_markov_agg(ARRAY['c' || n], n % 2, 0, 1 - n % 2) AS m FROM generate_series(1, 1000) AS n) AS t,
    crm_markov_credit(m);

-- Any order, any split, any plan: the same text, for whole weights of which
-- sums are exact. Few groups, long paths.
CREATE TABLE walk AS
SELECT n, ARRAY(SELECT 'c' || (hashint8extended(n, k) & 1023) % (2 + k)
    FROM generate_series(1, (n % 9)::integer) AS k) AS path,
       n % 3 AS conversions, (n % 1000) * 0.25 AS value, n % 5 AS nulls
FROM generate_series(1::bigint, 60000) AS n;
CREATE FUNCTION pg_temp.chain_of(source text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format('SELECT crm_markov_agg(path, conversions, value, nulls) FROM %s AS source', source) INTO answer;
    RETURN answer;
END $$;
SET LOCAL max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE expected AS SELECT pg_temp.chain_of('walk') AS chain;
SELECT is(pg_temp.chain_of('(SELECT * FROM walk ORDER BY hashint8(n))'), chain, 'shuffled paths change nothing')
FROM expected;
SELECT is((SELECT crm_rollup(m)::text FROM (SELECT crm_markov_agg(path, conversions, value, nulls) AS m FROM walk
    GROUP BY n % 77) AS t),
          chain, 'nor does rolling up parts') FROM expected;
SELECT is(chain::crm_markov::text, chain, 'the text reads back') FROM expected;
\ir lib/workers.sql
SELECT is(pg_temp.by_workers('SELECT crm_markov_agg(path, conversions, value, nulls) FROM walk'), chain,
    'workers give the same chain') FROM expected;
SELECT is((SELECT crm_markov_agg(path, conversions, value, nulls) OVER (ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING
    AND CURRENT ROW)::text
           FROM walk ORDER BY n DESC LIMIT 1), chain, 'and so does a window') FROM expected;
RESET parallel_setup_cost;
RESET min_parallel_table_scan_size;

\ir lib/data.sql
\if :has_data
\ir lib/surge.sql
CREATE TEMP TABLE raw (path_id integer, path text, conversions double precision, value double precision,
    nulls double precision);
\set paths :data/attribution_paths.csv
COPY raw FROM :'paths' (FORMAT csv, HEADER true);
CREATE TEMP TABLE paths AS SELECT path_id, string_to_array(path, '>') AS path, conversions, value, nulls FROM raw;

SELECT is(row(count(*), sum(conversions), round(sum(value)::numeric, 5), sum(nulls), sum(cardinality(path)),
    max(cardinality(path)),
              count(*) FILTER (WHERE cardinality(path) = 1))::text,
          '(10000,19785,74802.97159,68602,59454,89,803)', 'ten thousand paths') FROM paths;

-- Touches a day apart, the last at the conversion. Each model adds up.
CREATE TEMP TABLE credit AS
SELECT model, channel, sum(w * conversions) AS conversions, sum(w * value) AS value
FROM paths, unnest('{first,last,linear,position,decay}'::text[]) AS model,
     LATERAL unnest(path, crm_attribution_weights(
         ARRAY(SELECT timestamptz '2024-01-01 00:00Z' + i * interval '24 hours'
             FROM generate_series(1, cardinality(path)) AS i),
         timestamptz '2024-01-01 00:00Z' + cardinality(path) * interval '24 hours', model)) AS t (channel, w)
GROUP BY model, channel;
SELECT is(string_agg(channel || ' ' || conversions || ' ' || round(value::numeric, 5), ', '
                     ORDER BY channel COLLATE "C"),
          'alpha 6308 19121.27236, beta 2831 12235.59174, delta 1 6.11900, epsilon 99 412.30124, '
          'eta 3164 11909.47621, gamma 165 718.97799, iota 4606 19597.26128, kappa 74 305.74325, '
          'lambda 902 3735.60216, mi 2 5.27300, theta 1606 6652.34935, zeta 27 103.00400',
          'first touch') FROM credit WHERE model = 'first';
SELECT is(string_agg(channel || ' ' || conversions, ', ' ORDER BY channel COLLATE "C"),
          'alpha 8447, beta 989, delta 5, epsilon 531, eta 4167, gamma 92, iota 3355, kappa 230, lambda 1207, mi 2, '
          'theta 653, zeta 107',
          'last touch') FROM credit WHERE model = 'last';
SELECT is(string_agg(channel || ' ' || round(conversions::numeric, 6) || ' ' || round(value::numeric, 4), ', '
                     ORDER BY channel COLLATE "C"),
          'alpha 7574.718594 24524.7096, beta 2083.500145 8954.2667, delta 1.725000 4.4041, '
          'epsilon 272.170438 1106.2701, eta 3539.951157 13783.4971, gamma 121.041639 569.4174, '
          'iota 3857.096221 15988.9890, kappa 137.964078 599.7478, lambda 1035.257572 4430.3162, '
          'mi 2.222222 6.0814, theta 1022.801394 4295.7436, zeta 136.551540 539.5288',
          'linear') FROM credit WHERE model = 'linear';
SELECT is(count(*), 5::bigint, 'every model adds up')
FROM (SELECT model FROM credit GROUP BY model HAVING abs(sum(conversions) - 19785) < 1e-8
    AND abs(sum(value) - 74802.97159) < 1e-4) AS t;

CREATE TEMP TABLE chain AS SELECT crm_markov_agg(path, conversions, value, nulls) AS m FROM paths;
SELECT pg_temp.near(crm_markov_probability(m), 0.2238451356, 5e-11, 'probability of a conversion') FROM chain;
SELECT is(string_agg(channel || ' ' || trim_scale(round(removal_effect::numeric, 8)) || ' '
                     || round(conversions::numeric, 4), ', ' ORDER BY channel COLLATE "C"),
          'alpha 0.55839949 5344.9477, beta 0.26403854 2527.3522, delta 0.000482 4.6136, '
          'epsilon 0.06263858 599.5707, eta 0.34902633 3340.8474, gamma 0.01787997 171.1454, '
          'iota 0.405835 3884.6147, kappa 0.02866339 274.3633, lambda 0.13402212 1282.8472, '
          'mi 0.00017995 1.7224, theta 0.20601046 1971.9129, zeta 0.03981052 381.0626',
          'removal effects and conversions by them') FROM chain, crm_markov_credit(m);
SELECT is(row(round(sum(conversions)::numeric, 9), round(sum(value)::numeric, 5))::text,
    '(19785.000000000,74802.97159)', 'and they add up')
FROM chain, crm_markov_credit(m);

-- Page views: the same weekday of the eight weeks before.
CREATE TEMP TABLE series (series text, unit text, period_start date, value double precision);
\set series :data/series.csv
COPY series FROM :'series' (FORMAT csv, HEADER true);
CREATE TEMP TABLE surge AS
SELECT period_start, value, s.*
FROM series AS d,
     LATERAL (SELECT array_agg(b.value) AS baseline FROM series AS b
              WHERE b.series = d.series AND b.period_start IN (SELECT d.period_start - 7 * w
                  FROM generate_series(1, 8) AS w)) AS b,
     LATERAL crm_surge(d.value, baseline) AS s
WHERE d.series = 'blog_page_views';
SELECT is(row(count(method), count(*) FILTER (WHERE z >= 3 AND value >= 5))::text, '(337,35)',
    '337 days judged, 35 flagged by z') FROM surge;
SELECT is(string_agg(to_char(period_start, 'YYMMDD') || ' ' || value || ' ' || trim_scale(round(z::numeric, 4)), ', '
                     ORDER BY period_start),
          :'flagged_days', 'the flagged days') FROM surge WHERE z >= 3 AND value >= 5;
\else
SELECT skip('../shared/data is absent', 10);
\endif

SELECT * FROM finish();
ROLLBACK;
