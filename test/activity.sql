-- The ledger: error codes, laws over many ledgers, size on real orders.
BEGIN;
SELECT plan(54);

-- 100,000 ledgers, the same on every run: mostly like orders, some refunds,
-- some days of two events, some at the ends of the calendar.
CREATE FUNCTION pg_temp.draw(seed bigint, n bigint) RETURNS bigint
RETURN ((hashint8extended(seed, 77) & 9223372036854775807) % n);

CREATE TEMP TABLE row_of AS
SELECT i / 8 AS id,
       CASE draw.kind WHEN 0 THEN date '4714-11-24 BC' WHEN 1 THEN date '5874897-12-31'
                      ELSE date '2020-01-01' + pg_temp.draw(3 * i, 1500)::integer END AS day,
       CASE WHEN draw.kind < 9 THEN -0.01 * pg_temp.draw(3 * i + 1, 10000)
            WHEN draw.kind = 10 THEN 0.0001 * pg_temp.draw(3 * i + 1, 4000000000000)
            ELSE 0.01 * pg_temp.draw(3 * i + 1, 50000) END AS amount,
       pg_temp.draw(3 * i + 2, 1000) AS shuffled
FROM generate_series(0::bigint, 799999) AS i,
     LATERAL (SELECT pg_temp.draw(-i, 100) AS kind) AS draw;

CREATE TEMP TABLE ledger AS
SELECT id, crm_activity_agg(day, amount) AS a FROM row_of GROUP BY id;

SELECT is(count(*), 100000::bigint, 'a hundred thousand ledgers') FROM ledger;
SELECT is(count(*), 0::bigint, 'text reads back as it was')
FROM ledger WHERE a::text::crm_activity <> a;
SELECT is(count(*), 0::bigint, 'a + b - b is a')
FROM (SELECT a, lead(a) OVER (ORDER BY id) AS b FROM ledger) AS x WHERE (a + b) - b <> a;
SELECT is(count(*), 0::bigint, 'a + b is b + a, and hashes alike')
FROM (SELECT a, lead(a) OVER (ORDER BY id) AS b FROM ledger) AS x
WHERE a + b <> b + a OR crm_activity_hash(a + b) <> crm_activity_hash(b + a);
SELECT is(count(*), 0::bigint, 'the order of rows does not change a byte')
FROM ledger JOIN (SELECT id, crm_activity_agg(day, amount ORDER BY shuffled) AS b
                  FROM row_of GROUP BY id) AS x USING (id)
WHERE crm_activity_send(a) <> crm_activity_send(b);
SELECT is(count(*), 0::bigint, 'nor does a split into partial ledgers')
FROM ledger JOIN (SELECT id, crm_rollup(part) AS b
                  FROM (SELECT id, crm_activity_agg(day, amount) AS part
                        FROM row_of GROUP BY id, shuffled % 3) AS y
                  GROUP BY id) AS x USING (id)
WHERE crm_activity_send(a) <> crm_activity_send(b);
SELECT is(crm_rollup(a), (SELECT crm_activity_agg(day, amount) FROM row_of),
          'everybody''s ledger is the sum of all ledgers') FROM ledger;
SELECT is(sum(crm_amount(a)), (SELECT sum(amount) FROM row_of), 'money is exact') FROM ledger;
SELECT is(count(*), 0::bigint, 'cut in two and put together it is whole')
FROM ledger
WHERE crm_slice(a, NULL, '2021-06-30') + crm_slice(a, '2021-07-01', NULL) <> a;
SELECT is(count(*), 0::bigint, 'rows of a ledger make the ledger')
FROM ledger, LATERAL (SELECT crm_activity_agg(day, amount, events::integer) AS b
                      FROM crm_days(a) WHERE amount >= 0 OR events = 0) AS x
WHERE NOT EXISTS (SELECT FROM crm_days(a) WHERE amount < 0 AND events <> 0)
  AND coalesce(b, '{}') <> a;
SELECT is(count(*), 0::bigint, 'jsonb says the same')
FROM (SELECT a, sum((e ->> 'events')::bigint) AS events, sum((e ->> 'amount')::numeric) AS amount
      FROM ledger LEFT JOIN LATERAL jsonb_array_elements(a::jsonb) AS e ON true
      WHERE id < 5000 GROUP BY id, a) AS x
WHERE coalesce(events, 0) <> crm_event_count(a) OR coalesce(amount, 0) <> crm_amount(a);
SELECT is(count(*), 0::bigint, 'as of a day is the slice up to it')
FROM ledger, (SELECT date '2021-06-30' AS d) AS x, LATERAL (SELECT crm_slice(a, NULL, d) AS s) AS y
WHERE (crm_first_day(a, d), crm_last_day(a, d), crm_active_days(a, d), crm_event_count(a, d),
       crm_amount(a, d), crm_mean_gap_days(a, d), crm_median_gap_days(a, d), crm_monetary(a, d))
   IS DISTINCT FROM
      (crm_first_day(s), crm_last_day(s), crm_active_days(s), crm_event_count(s),
       crm_amount(s), crm_mean_gap_days(s), crm_median_gap_days(s), crm_monetary(s, d));

-- A large rollup goes through its expanded form, and can be used half way.
SELECT is(count(*), 0::bigint, 'running totals of ledgers are right at every step')
FROM (SELECT day, crm_rollup(crm_activity(day, amount)) OVER (ORDER BY day, i) AS so_far,
             crm_activity_agg(day, amount) OVER (ORDER BY day, i) AS from_rows
      FROM (SELECT date '2020-01-01' + i AS day, i * 1.5 AS amount, i FROM generate_series(1, 300) AS i) AS r) AS x
WHERE so_far <> from_rows OR crm_active_days(so_far) <> day - date '2020-01-01';

-- Totals are judged, not what comes on the way to them.
SELECT is(crm_activity_agg(d, a), '{2024-01-02:1:1,2024-01-03:1:1,2024-01-05:2:900000000000000}',
          'a day may leave the range for a while')
FROM (VALUES (date '2024-01-05', 9e14), ('2024-01-05', 9e14), ('2024-01-03', 1), ('2024-01-02', 1),
    ('2024-01-05', -9e14)) AS v(d, a);
SELECT is(crm_amount('{2024-01-05:1:900000000000000,2024-01-06:1:900000000000000,2024-01-07:0:-900000000000000}'),
          9e14, 'and so may the sum of days');
SELECT is(crm_event_count('{2024-01-05:1:900000000000000,2024-01-06:1:900000000000000}'), 2::bigint,
          'what needs no money does not care');
-- A context for every group would take minutes here.
SELECT is(count(b), 50000::bigint, 'many groups, large ledgers')
FROM (SELECT crm_rollup(crm_activity(date '2020-01-01' + i % 100, i)) AS b
      FROM generate_series(1, 1000000) AS i GROUP BY i % 50000) AS x;

-- Errors have codes.
SELECT throws_ok($$SELECT '{2024-02-30:1:1}'::crm_activity$$, '22P02');
SELECT throws_ok($$SELECT '{2024-02-01:2147483647:1,2024-02-01:1:1}'::crm_activity$$, '22003');
SELECT throws_ok($$SELECT crm_activity(date 'infinity')$$, '22008');
SELECT throws_ok($$SELECT crm_activity_agg(date '-infinity')$$, '22008');
SELECT throws_ok($$SELECT crm_activity('2024-01-05', 'NaN')$$, '22023');
SELECT throws_ok($$SELECT crm_activity_agg(date '2024-01-05', 'NaN'::float8)$$, '22023');
SELECT throws_ok($$SELECT crm_activity('2024-01-05', 922337203685477.58075)$$, '22003');
SELECT throws_ok($$SELECT crm_activity('2024-01-05', 1844674407370955.16155)$$, '22003');
SELECT throws_ok($$SELECT crm_activity('2024-01-05', -922337203685477.58075)$$, '22003');
SELECT throws_ok($$SELECT crm_activity_agg(date '2024-01-05', -1e300::float8)$$, '22003');
SELECT throws_ok($$SELECT crm_activity_agg(date '2024-01-05', (-9223372036854775807)::bigint)$$, '22003');
SELECT throws_ok($$SELECT crm_activity_agg(date '2024-01-05', x) FROM (VALUES (9e14), (9e14)) AS v(x)$$, '22003');
SELECT throws_ok($$SELECT crm_activity('2024-01-05', 1, -2147483648)$$, '22003');
SELECT throws_ok($$SELECT crm_amount('{2024-01-05:1:900000000000000,2024-01-06:1:900000000000000}')$$, '22003');
SELECT throws_ok($$SELECT crm_age('{}', 'infinity')$$, '22023');
SELECT throws_ok($$SELECT crm_decayed_events('{}', '2024-01-05', 'Infinity')$$, '22023');

-- What was measured last is remembered: never the wrong ledger, never the wrong day.
CREATE TEMP TABLE asked AS
SELECT n, crm_activity_agg(date '2024-01-01' + n % 7 * day, day * 1.5) AS a,
    crm_activity_agg(date '2024-01-01' + day, n) AS b
FROM generate_series(1, 40) AS n, generate_series(1, CASE n WHEN 20 THEN 900 ELSE 6 END) AS day GROUP BY n;
SELECT results_eq($$SELECT n, crm_event_count(a), crm_event_count(b), crm_event_count(a, '2024-01-05'),
    crm_event_count(b, '2024-01-05'),
                           crm_event_count(a, '2024-01-09'), crm_event_count(b), crm_event_count(a) FROM asked
                           ORDER BY n$$,
    $$SELECT n, a.all, b.all, a.early, b.early, a.later, b.all, a.all FROM asked,
             LATERAL (SELECT sum(events)::bigint AS all, coalesce(sum(events) FILTER (WHERE day <= '2024-01-05'),
                 0)::bigint AS early,
                             coalesce(sum(events) FILTER (WHERE day <= '2024-01-09'), 0)::bigint AS later
                             FROM crm_days(a)) AS a,
             LATERAL (SELECT sum(events)::bigint AS all, coalesce(sum(events) FILTER (WHERE day <= '2024-01-05'),
                 0)::bigint AS early
                      FROM crm_days(b)) AS b ORDER BY n$$, 'questions in turn to several ledgers, long ones too');

-- Rows are collected as they come, and added up when they need room.
CREATE TEMP TABLE scrambled AS
SELECT i, date '2024-01-01' + (i * 7919 % 50) AS day, ((i * 104729 % 1000) - 300) / 100.0 AS amount
FROM generate_series(1, 20000) AS i;
SELECT is((SELECT crm_activity_agg(day, amount ORDER BY i) FROM scrambled)::text,
          (SELECT crm_activity_agg(day, amount, events::integer ORDER BY day)
           FROM (SELECT day, sum(amount) AS amount, count(*) FILTER (WHERE amount >= 0) AS events FROM scrambled
               GROUP BY day) AS d)::text,
          'many rows of few days in disorder make the ledger of their sums');
SELECT is((SELECT crm_activity_agg(day, amount ORDER BY i) FROM scrambled)::text,
          (SELECT crm_activity_agg(day, amount ORDER BY day, i) FROM scrambled)::text, 'whatever their order');
SELECT is((SELECT crm_activity_agg(day, x * 9e14) FROM generate_series(1, 100) AS i,
    (VALUES (1), (1), (-1), (-1)) AS v(x),
                  LATERAL (SELECT date '2024-01-01' + i % 3) AS d(day))::text,
          '{2024-01-01:66:0,2024-01-02:68:0,2024-01-03:66:0}', 'totals that fit only at the end, over and over');

-- Gaps, one row each: those of the days themselves.
CREATE TEMPORARY TABLE visit AS
SELECT n % 37 AS who, date '2020-01-01' + (n * 7919 % 1999) AS day, CASE WHEN n % 11 = 0 THEN 0 ELSE 1 END AS events
FROM generate_series(1, 3000) AS n;
SELECT results_eq($$SELECT who, gap, n FROM (SELECT who, crm_activity_agg(day, 1, events) AS activity FROM visit
    GROUP BY who) AS v,
                           crm_gap_days(activity, '2024-06-30') WITH ORDINALITY AS g (gap, n) ORDER BY who, n$$,
                  $$SELECT who, gap, row_number() OVER (PARTITION BY who ORDER BY day) FROM (
                        SELECT who, day, day - lag(day) OVER (PARTITION BY who ORDER BY day) AS gap
                        FROM (SELECT DISTINCT who, day FROM visit WHERE events > 0 AND day <= '2024-06-30') AS d) AS g
                    WHERE gap IS NOT NULL ORDER BY 1, 3$$, 'crm_gap_days: what lag() over the days says');
SELECT is(ARRAY(SELECT crm_gap_days('{2024-01-01:1:1,2024-01-03:1:1,2024-01-10:0:-1,2024-01-11:1:1,2024-02-11:1:1}')),
    '{2,8,31}'::integer[], 'in order of time');
SELECT is(ARRAY(SELECT crm_gap_days('{2024-01-01:1:1,2024-01-03:1:1,2024-02-11:1:1}', '2024-01-31')), '{2}'::integer[],
    'as of a day');
SELECT is((SELECT count(*) FROM crm_gap_days('{2024-01-01:3:1}')) + (SELECT count(*) FROM crm_gap_days('{}'))
          + (SELECT count(*) FROM crm_gap_days(NULL)), 0::bigint, 'none below two days');

-- The same over all ledgers, and their days; enough of both for the state to grow.
CREATE TEMPORARY TABLE visitor AS SELECT who, crm_activity_agg(day, 1, events) AS activity FROM visit GROUP BY who;
CREATE FUNCTION pg_temp.rows_of(counts bigint[]) RETURNS TABLE (number bigint, n bigint) LANGUAGE sql AS
'SELECT counts[i][1], counts[i][2] FROM generate_subscripts(counts, 1) AS i';
SELECT results_eq($$SELECT date '2000-01-01' + number::integer, n
    FROM (SELECT crm_day_counts(activity, '2024-06-30') AS c FROM visitor) AS x, pg_temp.rows_of(c)$$,
                  $$SELECT day, count(DISTINCT who) FROM visit WHERE events > 0 AND day <= '2024-06-30' GROUP BY day
                  ORDER BY day$$, 'crm_day_counts: GROUP BY day');
SELECT results_eq($$SELECT number, n FROM (SELECT crm_gap_counts(activity, '2024-06-30') AS c FROM visitor) AS x,
    pg_temp.rows_of(c)$$,
                  $$SELECT gap::bigint, count(*) FROM visitor, crm_gap_days(activity, '2024-06-30') AS gap GROUP BY gap
                  ORDER BY gap$$, 'crm_gap_counts: GROUP BY gap');
CREATE TEMPORARY TABLE counted AS SELECT crm_day_counts(activity, 'infinity') AS days,
    crm_gap_counts(activity, 'infinity') AS gaps FROM visitor;
SELECT is((crm_day_counts(activity, 'infinity'), crm_gap_counts(activity, 'infinity')),
    (SELECT (days, gaps) FROM counted), 'in another order')
FROM (SELECT activity FROM visitor ORDER BY who DESC) AS v;
\ir lib/workers.sql
CREATE TABLE visitor_seen_by_workers AS TABLE visitor;
SELECT is(pg_temp.by_workers($$SELECT row(crm_day_counts(activity, 'infinity'), crm_gap_counts(activity, 'infinity'))
    FROM visitor_seen_by_workers$$), row(days, gaps)::text, 'by workers') FROM counted;
RESET max_parallel_workers_per_gather;
SELECT is((crm_day_counts('{2024-01-01:0:-1,2024-01-03:2:1}', '2024-01-02'),
    crm_gap_counts('{2024-01-01:0:-1,2024-01-03:2:1}', '2024-01-31')), ('{}'::bigint[], '{}'::bigint[]),
          'refunds are no days, and one day has no gap');
SELECT is((crm_day_counts(NULL, '2024-01-02'), crm_gap_counts('{}', NULL)), (NULL::bigint[], NULL::bigint[]),
    'no rows give NULL');
SELECT throws_ok($$SELECT crm_day_counts_trans('\x00', '{}', '2024-01-01')$$, NULL, NULL, 'only within an aggregate');

-- Real orders: the CDNOW cohort.
\ir lib/data.sql
\if :has_data
\set cdnow :data/cdnow.csv
CREATE TEMP TABLE purchase (customer_id integer, purchased_on date, cds integer, amount numeric);
COPY purchase FROM :'cdnow' (FORMAT csv, HEADER true);
CREATE TEMP TABLE cdnow AS
SELECT customer_id, crm_activity_agg(purchased_on, amount) AS a FROM purchase GROUP BY customer_id;
SELECT is(sum(crm_amount(a)), 2500315.63, 'CDNOW: revenue') FROM cdnow;
SELECT is(sum(crm_event_count(a)), 69659::numeric, 'CDNOW: purchases') FROM cdnow;
SELECT ok(max(pg_column_size(a) - 8 * (SELECT count(*) FROM crm_days(a))) <= 16,
          format('CDNOW: a stored ledger takes %s bytes, %s a day', round(avg(pg_column_size(a)), 1),
                 round(sum(pg_column_size(a))::numeric / sum(crm_active_days(a)), 2))) FROM cdnow;
\else
SELECT skip('../shared is absent', 3);
\endif

-- What an accessor says of a ledger as of a day, it says of the ledger that ends there: every function that takes a
-- ledger, or an array of them, and a day, the last as_of or until. Other arguments are those of the sweeps.
\ir lib/sweep.sql
CREATE TEMPORARY TABLE ledgers AS
SELECT crm_activity_agg('2024-01-01'::date + n * n * shop % 97, (n * 7 % 11 - 2)::numeric, n % 3) AS ledger
FROM generate_series(1, 7) AS shop, generate_series(1, 12) AS n GROUP BY shop;
CREATE FUNCTION pg_temp.asked(r routine, ledger text) RETURNS text LANGUAGE sql AS $$
    SELECT format(CASE WHEN r.is_set THEN '(SELECT string_agg(t::text, '' '') FROM %s(%s) AS t)'
                       ELSE '%s(%s)::text' END,
                  r.name, string_agg(CASE WHEN a.type = 'crm_activity'::regtype THEN ledger
                                          WHEN a.type = 'crm_activity[]'::regtype THEN format('ARRAY[%s]', ledger)
                                          WHEN r.names[a.n] = 'until' OR r.names[a.n] = 'as_of'
                                               AND 'until' <> ALL (r.names) THEN 'day'
                                          WHEN r.names[a.n] = 'as_of' THEN 'day - 20'
                                          ELSE f.arguments[a.n] END, ', ' ORDER BY a.n))
    FROM unnest(r.types) WITH ORDINALITY AS a (type, n), fitting_arguments(r) AS f (arguments)
$$;
CREATE FUNCTION pg_temp.look(r routine, OUT answered bigint, OUT ahead bigint) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($sql$
        SELECT count(whole), count(*) FILTER (WHERE whole IS DISTINCT FROM cut)
        FROM (SELECT %s AS whole, %s AS cut
              FROM ledgers, generate_series('2023-12-30'::timestamp, '2024-04-15', '5 days') AS s (at), date(at) AS day,
                   generate_series(1, 1) AS i
              OFFSET 0) AS t$sql$,
        pg_temp.asked(r, 'ledger'), pg_temp.asked(r, 'crm_slice(ledger, NULL, day)')) INTO answered, ahead;
END $$;
CREATE TEMPORARY TABLE looked AS
SELECT r.signature, l.answered, l.ahead
FROM routine AS r, pg_temp.look(r) AS l
WHERE r.kind = 'f' AND r.volatility = 'i' AND r.name !~ '_trans$'
  AND r.types && ARRAY['crm_activity', 'crm_activity[]']::regtype[]::oid[] AND r.names && '{as_of,until}'::text[];
SELECT is_empty('SELECT signature, ahead FROM looked WHERE ahead > 0', 'no accessor looks ahead');
SELECT is_empty('SELECT signature FROM looked WHERE answered < 50', 'each of which has answered');
SELECT cmp_ok((SELECT count(*) FROM looked), '>=', 42::bigint, 'of all that take a day');

SELECT * FROM finish();
ROLLBACK;
