-- RFM: check values on real orders, plans, error codes.
BEGIN;
SELECT plan(57);

SELECT throws_ok($$SELECT crm_breaks_fit('NaN'::float8)$$, '22023');
SELECT throws_ok($$SELECT crm_breaks_fit('Infinity'::float8)$$, '22023');
SELECT throws_ok($$SELECT crm_breaks_fit(1.0, 1001)$$, '22023');
SELECT throws_ok($$SELECT crm_breaks_fit(1.0, NULL)$$, '22004');
SELECT throws_ok($$SELECT crm_score('NaN', '{1}')$$, '22023');
SELECT throws_ok($$SELECT crm_score(1, '{1,NaN}')$$, '22023');
SELECT throws_ok($$SELECT crm_score(1, '{{1,2},{3,4}}')$$, '22023');
SELECT throws_ok($$SELECT crm_segment_map('x')$$, '22023');
SELECT throws_ok($$SELECT crm_rfm_segment(0, 1, 1)$$, '22023');
SELECT throws_ok($$SELECT crm_rfm_segment(1, 1, 1, '1 1 gold')$$, '22P02');
SELECT throws_ok($$SELECT * FROM crm_segment_map_audit('else')$$, '22P02');
SELECT throws_ok($$SELECT crm_segment_map_names('5 5 gold')$$, '22P02');
SELECT is(crm_segment_map_names(crm_segment_map()),
          '{champions,loyal,"potential loyalist",new,promising,"need attention","about to sleep","at risk",'
          'can''t lose,hibernating}',
          'the segments of a map in order of mention');
SELECT is(crm_segment_map_names('  5 * *   best ;1-2 * * lost' || chr(10) || '# 1 1 1 no; 5 5 5 none' || chr(10)
                                || '3-4 5 * best;5 5 5 Best;else	rest  '),
          '{best,lost,Best,rest}', 'each once, to the letter; comments name none, rules never reached do');
SELECT is(crm_segment_map_names(NULL), NULL, 'NULL of NULL');
SELECT is(cardinality(crm_segment_map_names(string_agg('1 1 1 ' || repeat('é', i), ';'))), 125, 'up to 125')
FROM generate_series(1, 125) AS i;
SELECT throws_ok($$SELECT '{1*9007199254740993}'::crm_distribution$$, '22P02');

SELECT throws_ok($$SELECT '{0x10}'::crm_distribution$$, '22P02');
SELECT throws_ok($$SELECT '{0X10}'::crm_distribution$$, '22P02');
SELECT throws_ok($$SELECT '{1*9007199254740992,2}'::crm_distribution$$, '22P02');

-- A state that somebody stored is a distribution, too; bytes that are none are
-- refused, though nothing but a damaged disk or a superuser can make them.
CREATE AGGREGATE state_of(float8) (SFUNC = crm_distribution_trans, STYPE = crm_distribution);
CREATE TEMP TABLE stored AS SELECT state_of(i) AS d FROM generate_series(1, 300) AS i;
SELECT is((SELECT crm_rollup(d)::text FROM stored), crm_distribution_agg(i)::text, 'a stored state is readable')
FROM generate_series(1, 300) AS i;
SELECT cmp_ok(pg_column_size(state_of(i)), '<', 8 * 300 + 200, 'and takes no more room than its values')
FROM generate_series(1, 300) AS i;
CREATE CAST (bytea AS crm_distribution) WITHOUT FUNCTION;
SELECT throws_ok(format($$SELECT crm_value_count(%L::bytea::crm_distribution)$$, bytes), 'XX001')
FROM (VALUES ('\x'), ('\x0200'), ('\xff' || repeat('01', 120)),
             -- of 2 values, with room for 1
             ('\xff01' || repeat('00', 2) || '02' || repeat('00', 7) || '01' || repeat('00', 111))) AS x(bytes);
DROP CAST (bytea AS crm_distribution);

-- Running sums of distributions, and many small groups at once.
SELECT results_eq($$SELECT (crm_rollup(d) OVER (ORDER BY i))::text
                    FROM (VALUES (1, '{}'::crm_distribution), (2, '{1,2}'), (3, '{3}')) AS v(i, d)$$,
                  ARRAY['{}', '{1,2}', '{1,2,3}'], 'a running sum is right at every step');
SELECT is(count(b), 100000::bigint, 'a hundred thousand groups')
FROM (SELECT crm_breaks_fit(i) AS b FROM generate_series(0, 199999) AS i GROUP BY i / 2) AS x;

-- Breaks are those of percentile_cont, in any plan and any order.
CREATE TABLE value_of AS
SELECT i, 0.01 * ((hashint8extended(i, 5) & 9223372036854775807) % 500000) - 500 AS v
FROM generate_series(1::bigint, 200000) AS i;
CREATE TEMP TABLE expected AS
SELECT percentile_cont('{0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9}'::float8[]) WITHIN GROUP (ORDER BY v) AS breaks,
       crm_breaks_fit(v, 10) AS ours, crm_distribution_agg(v) AS d FROM value_of;
SELECT ok(max(abs(a - b)) < 1e-9, 'deciles are those of percentile_cont')
FROM expected, unnest(breaks, ours) AS u(a, b);
SELECT is((SELECT crm_breaks_fit(v, 10) FROM (SELECT v FROM value_of ORDER BY v DESC) AS x),
          (SELECT ours FROM expected), 'the order of rows changes nothing');
\ir lib/workers.sql
SELECT is(pg_temp.by_workers('SELECT crm_breaks_fit(v, 10) FROM value_of'), ours::text, 'nor do parallel workers')
FROM expected;
SELECT is(pg_temp.by_workers('SELECT crm_distribution_agg(v) FROM value_of'), d::text,
          'nor do they change the distribution') FROM expected;
SELECT is((SELECT crm_rollup(d)::text FROM (SELECT crm_distribution_agg(v) AS d FROM value_of GROUP BY i % 7) AS x),
          (SELECT d::text FROM expected), 'parts put together are the whole');
SELECT is((SELECT d::text::crm_distribution::text FROM expected), (SELECT d::text FROM expected),
          'text reads back to the last bit');

-- Breaks are checked once while they stay the same: they may change with every row.
SELECT results_eq($$SELECT crm_score(v, breaks) FROM (VALUES (5, ARRAY[1.0, 9]::float8[]), (5, ARRAY[1.0, 2]::float8[]),
    (5, ARRAY[1.0, 2]::float8[]),
                           (5, '{}'), (5, ARRAY[5.0, 5, 5, 6]::float8[]),
                           (6, ARRAY[5.0, 5, 5, 6]::float8[])) AS r(v, breaks)$$,
    ARRAY[2, 3, 3, 1, 1, 4], 'breaks of one''s own in every row');
SELECT throws_ok($$SELECT crm_score(5, breaks) FROM (VALUES (1, ARRAY[1.0, 2]::float8[]),
    (2, ARRAY[2.0, 1]::float8[])) AS r(n, breaks)$$,
    '22023', NULL, 'and every one is checked');
SELECT results_eq($$SELECT crm_rfm_segment(5, 5, 5, map) FROM (VALUES (1, 'else a'), (2, 'else b'), (3, 'else b'),
    (4, 'else a')) AS r(n, map)$$,
    ARRAY['a', 'b', 'b', 'a'], 'maps too');

\ir lib/data.sql
\if :has_data
CREATE FUNCTION pg_temp.rfm_of(orders regclass, as_of date)
RETURNS TABLE (what text, breaks double precision[], counts bigint[]) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format($q$
        WITH ledger AS (
            SELECT crm_activity_agg(ordered_on, amount) AS a FROM %s GROUP BY customer
        ), value AS (
            SELECT crm_days_since_last(a, $1) AS r, crm_event_count(a, $1) AS f, crm_amount(a, $1) AS m FROM ledger
        ), fit AS (
            SELECT crm_breaks_fit(r) AS r, crm_breaks_fit(f) AS f, crm_breaks_fit(m) AS m FROM value
        ), score AS (
            SELECT 'R' AS what, fit.r AS breaks, crm_score(value.r, fit.r, true) AS s FROM value, fit
            UNION ALL SELECT 'F', fit.f, crm_score(value.f, fit.f) FROM value, fit
            UNION ALL SELECT 'M', fit.m, crm_score(value.m, fit.m) FROM value, fit
        )
        SELECT what, breaks, array(SELECT count(s) FROM generate_series(1, 5) AS i
                                   LEFT JOIN score AS o ON o.s = i AND o.what = x.what GROUP BY i ORDER BY i)
        FROM (SELECT DISTINCT what, breaks FROM score) AS x$q$, orders) USING as_of;
END $$;

\set csv :data/cdnow.csv
CREATE TEMP TABLE cdnow (customer integer, ordered_on date, cds integer, amount numeric);
COPY cdnow FROM :'csv' (FORMAT csv, HEADER true);
\set csv :data/rfm_orders.csv
CREATE TEMP TABLE rfm_orders (customer text, ordered_on date, amount numeric);
COPY rfm_orders FROM :'csv' (FORMAT csv, HEADER true);

CREATE TEMP TABLE got AS
SELECT 'rfm_orders' AS data, * FROM pg_temp.rfm_of('rfm_orders', '2006-12-31')
UNION ALL SELECT 'cdnow', * FROM pg_temp.rfm_of('cdnow', '1998-06-30');

SELECT results_eq($$SELECT what, breaks, counts FROM got WHERE data = 'rfm_orders' ORDER BY what$$,
    $$VALUES ('F', '{3,4,5,7}'::float8[], '{268,187,176,244,120}'::bigint[]),
             ('M', '{254.8,381,505.4,665}', '{199,201,197,203,195}'),
             ('R', '{114,180,296.4,481}', '{197,201,198,199,200}')$$, 'the sample orders of the R package rfm');
SELECT results_eq($$SELECT what, breaks, counts FROM got WHERE data = 'cdnow' ORDER BY what$$,
    $$VALUES ('F', '{1,1,2,4}'::float8[], '{11908,0,4079,3658,3925}'::bigint[]),
             ('M', '{15.36,31.35,59.924,133.95}', '{4817,4615,4710,4715,4713}'),
             ('R', '{141,432,485,512}', '{4539,4748,4844,4720,4719}')$$, 'the CDNOW cohort');

-- As R has it: its breaks are 1 higher and belong to the bin above, so that
-- for whole numbers v they are the breaks floor(b) - 1 of ours where b is
-- whole, floor(b) where it is not.
CREATE TEMP TABLE as_r AS
SELECT crm_rfm_segment(crm_score(crm_days_since_last(a, '2006-12-31'), '{114,180,297,481}', true),
                       crm_score(crm_event_count(a), '{3,4,5,7}'),
                       crm_score(crm_amount(a), '{255,381,506,665}'), crm_segment_map('rfm_r')) AS segment,
       crm_score(crm_amount(a), '{255,381,506,665}') AS m
FROM (SELECT crm_activity_agg(ordered_on, amount) AS a FROM rfm_orders GROUP BY customer) AS x;
SELECT results_eq($$SELECT m, count(*)::integer FROM as_r GROUP BY m ORDER BY m$$,
    $$VALUES (1, 200), (2, 200), (3, 198), (4, 202), (5, 195)$$, 'M scores as the R package has them');
SELECT results_eq($$SELECT segment, count(*)::integer FROM as_r GROUP BY segment ORDER BY 2 DESC$$,
    $$VALUES ('Potential Loyalist', 342), ('Loyal Customers', 170), ('Lost', 148), ('New Customers', 104),
             ('About To Sleep', 102), ('Can''t Lose Them', 47), ('Champions', 35), ('At Risk', 28),
             ('Need Attention', 10), ('Promising', 9)$$, 'and its segments');

\set csv :data/online_retail_invoices.csv
CREATE TEMP TABLE invoice (invoice_no text, invoiced_at timestamp, customer_id text, country text, quantity integer,
    unit_price numeric);
COPY invoice FROM :'csv' (FORMAT csv, HEADER true);
CREATE TEMP TABLE retail AS
SELECT customer_id, crm_activity_agg(invoiced_at::date, quantity * unit_price) AS a FROM invoice GROUP BY customer_id;
SELECT is(sum(crm_amount(a)), (SELECT sum(round(quantity * unit_price, 4)) FROM invoice),
          'Online Retail: every cancellation lowers money') FROM retail;
SELECT is(sum(crm_event_count(a)), (SELECT count(*)::numeric FROM invoice WHERE quantity * unit_price >= 0),
          'and is no purchase') FROM retail;
\else
SELECT skip('../shared is absent', 6);
\endif


-- Cells of scores, day by day: what the functions say, customer by customer.
CREATE TABLE scored_ledger AS
SELECT c, crm_activity_agg(date '2022-01-01' + (h % 700)::integer, CASE WHEN c % 29 = 0
    OR n % 6 = 0 THEN -1 ELSE 1 END * (h % 100000) / 10000.0) AS activity
FROM generate_series(1, 600) AS c, generate_series(1, 1 + c % 9) AS n,
    LATERAL (SELECT hashint8extended(c * 100 + n, 7) & 2147483647 AS h) AS x
GROUP BY c;
CREATE TEMP TABLE scored_by AS
SELECT '{2022-01-05,2022-07-31,2023-02-28,2023-12-31}'::date[] AS dates, '{10,60,120,300}'::double precision[] AS r,
       '{1,2,5}'::double precision[] AS f, '{2,5,9.5,20}'::double precision[] AS m;
CREATE TEMP VIEW plain_cell (c1, c2, c3, c4, c5, c6) AS
SELECT nth::numeric, crm_score(crm_days_since_last(activity, day), r, true)::numeric,
    crm_score(crm_event_count(activity, day), f)::numeric,
       coalesce(crm_score(crm_amount(activity, day)::double precision, m), 0)::numeric, count(*)::numeric,
           sum(crm_amount(activity, day))
FROM scored_ledger, scored_by, unnest(dates) WITH ORDINALITY AS x (day, nth)
WHERE crm_active_days(activity, day) > 0
GROUP BY 1, 2, 3, 4;
CREATE FUNCTION pg_temp.our_cell() RETURNS TABLE (c1 numeric, c2 numeric, c3 numeric, c4 numeric, c5 numeric,
    c6 numeric) LANGUAGE sql AS $$
    SELECT cells[n][1], cells[n][2], cells[n][3], cells[n][4], cells[n][5], cells[n][6]
    FROM (SELECT crm_score_cells(activity, dates, r, f, m) AS cells FROM scored_ledger, scored_by GROUP BY dates) AS x,
         generate_subscripts(cells, 1) AS n
$$;
SELECT bag_eq('SELECT * FROM pg_temp.our_cell()', 'TABLE plain_cell', 'crm_score_cells is what the functions say');
SELECT isnt_empty('SELECT FROM plain_cell WHERE c2 = 5 AND c3 = 1', 'of many kinds');
UPDATE scored_by SET m = NULL;
SELECT bag_eq('SELECT * FROM pg_temp.our_cell()', 'TABLE plain_cell', 'without breaks the score is 0');
CREATE TEMP TABLE cells_alone AS SELECT crm_score_cells(activity, dates, r, f, m) AS cells
FROM scored_ledger, scored_by;
SELECT is(crm_score_cells(activity, dates, r, f, m), cells, 'in another order')
FROM (SELECT activity FROM scored_ledger ORDER BY c DESC) AS x, scored_by, cells_alone GROUP BY cells;
SELECT r, f FROM scored_by \gset
\ir lib/workers.sql
SELECT is(pg_temp.by_workers(format('SELECT crm_score_cells(activity, ''{2022-01-05,2022-07-31,2023-02-28,2023-12-31}'',
    %L, %L, NULL) FROM scored_ledger', :'r', :'f')), cells::text, 'by workers')
FROM cells_alone;
RESET max_parallel_workers_per_gather;
SELECT is(crm_score_cells('{2024-01-01:1:5}', '{2024-01-01}', '{10}', '{1}', '{5}'), '{{1,2,1,1,1,5.00}}',
    'one customer');
SELECT is(crm_score_cells('{2024-01-01:0:-5}', '{2024-01-01}', '{10}', '{1}', '{5}'), '{}', 'refunds only');
SELECT is(crm_score_cells(NULL, '{2024-01-01}', '{10}', '{1}', '{5}'), NULL, 'nobody');
SELECT throws_ok(format('SELECT crm_score_cells(%L, %s) FROM (VALUES (1), (2)) AS x (n)', '{2024-01-01:1:1}', args),
    state, NULL, args)
FROM (VALUES ('''{}'', NULL, NULL, NULL', '22023'), ('''{2024-01-02,2024-01-01}'', NULL, NULL, NULL', '22023'),
             ('''{2024-01-01}'', ''{2,1}'', NULL, NULL', '22023'),
             ('''{2024-01-01}'', NULL, ''{1,2,3,4,5,6,7,8,9,10}'', NULL', '22023'),
             ('''{2024-01-01}'', NULL, NULL, ARRAY[n]', '22023')) AS x (args, state);

SELECT throws_ok($$SELECT crm_score_cells('{}', ARRAY[NULL::date], NULL, NULL, NULL)$$, '22004',
    'dates cannot contain NULL');
SELECT * FROM finish();
ROLLBACK;
