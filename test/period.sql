-- Periods: everything against plain SQL over the rows, to the last unit, on
-- made-up and on real shops; plans, merging, error codes.
BEGIN;
SET LOCAL jit = off;
SELECT plan(80);

-- Rows, ledgers and bounds under test, and what plain SQL makes of the rows,
-- kept in tables by pg_temp.compare(), for the views ask them time and again.
CREATE TEMP TABLE purchase (customer text, day date, amount numeric);
CREATE TEMP TABLE ledger (customer text, activity crm_activity);
CREATE TEMP TABLE asked (bounds date[], window_days integer);

CREATE TEMP VIEW period AS
SELECT i::integer, bounds[i] AS starts, bounds[i + 1] - 1 AS ends
FROM asked, generate_series(1, cardinality(bounds) - 1) AS i;

CREATE TEMP VIEW per_day_rows AS
SELECT customer, day, count(*) FILTER (WHERE amount >= 0) AS events, sum(amount) AS amount
FROM purchase WHERE day < (SELECT bounds[cardinality(bounds)] FROM asked) GROUP BY customer, day;

CREATE TEMP TABLE per_day AS TABLE per_day_rows;
CREATE TEMP VIEW customer_rows AS
SELECT customer, min(day) FILTER (WHERE events > 0) AS first_day,
       CASE WHEN min(day) FILTER (WHERE events > 0) < (SELECT min(starts) FROM period) THEN '-infinity'
            ELSE (SELECT max(starts) FROM period WHERE starts <= min(day) FILTER (WHERE events > 0)) END AS cohort_start
FROM per_day GROUP BY customer;

CREATE TEMP TABLE customer AS TABLE customer_rows;
CREATE TEMP VIEW cell_rows AS
SELECT customer, i, starts, ends, sum(events) AS events, sum(amount) AS amount, count(*)
    FILTER (WHERE events > 0) AS days,
       coalesce(sum(amount) FILTER (WHERE amount < 0), 0) AS refunds
FROM per_day JOIN period ON day BETWEEN starts AND ends GROUP BY customer, i, starts, ends;

CREATE TEMP TABLE cell AS TABLE cell_rows;

CREATE TEMP VIEW plain_periods (c1, c2, c3, c4, c5, c6, c7, c8, c9) AS
SELECT customer, starts, ends, cohort_start, days::integer,
       coalesce(lag(CASE WHEN days > 0 THEN i END) OVER (PARTITION BY customer ORDER BY i) = i - 1, false),
       events::bigint, amount, refunds
FROM cell JOIN customer USING (customer);

CREATE TEMP VIEW our_periods AS
SELECT customer, period_start, period_end, cohort_start, active_days, is_active_before, event_count, amount,
    refund_amount
FROM ledger, asked, crm_periods(activity, bounds);

CREATE TEMP VIEW plain_growth (c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18) AS
WITH state AS (
    SELECT this.i, this.days, this.events, this.amount, this.refunds, cohort_start = starts AS is_new,
        coalesce(before.days, 0) > 0 AS was_active,
           first.amount AS first_amount
    FROM cell AS this JOIN customer USING (customer)
    LEFT JOIN (SELECT customer, i + 1 AS i, days FROM cell) AS before USING (customer, i)
    LEFT JOIN per_day AS first ON first.customer = this.customer AND first.day = first_day AND first.day BETWEEN starts
        AND ends
), summed AS (
    SELECT i, count(*) FILTER (WHERE days > 0) AS active, count(*) FILTER (WHERE days > 0 AND is_new) AS new,
           count(*) FILTER (WHERE days > 0 AND was_active) AS kept, count(*) FILTER (WHERE days = 0) AS refunded,
           sum(events) AS events, sum(amount) AS amount, sum(refunds) AS refunds,
           sum(amount) FILTER (WHERE days > 0 AND is_new) AS new_amount,
           sum(amount) FILTER (WHERE days > 0 AND was_active) AS kept_amount,
           sum(amount) FILTER (WHERE days > 0 AND NOT is_new AND NOT was_active) AS back_amount,
           sum(amount) FILTER (WHERE days = 0) AS refunded_amount, sum(first_amount) AS first_amount
    FROM state GROUP BY i
), filled AS (
    SELECT i, starts, ends, coalesce(active, 0) AS active, coalesce(new, 0) AS new, coalesce(kept, 0) AS kept,
           coalesce(refunded, 0) AS refunded, coalesce(events, 0)::bigint AS events, coalesce(amount, 0) AS amount,
           coalesce(refunds, 0) AS refunds, coalesce(new_amount, 0) AS new_amount,
           coalesce(kept_amount, 0) AS kept_amount, coalesce(back_amount, 0) AS back_amount,
           coalesce(refunded_amount, 0) AS refunded_amount, coalesce(first_amount, 0) AS first_amount,
           i > 1 OR NOT EXISTS (SELECT FROM customer WHERE cohort_start = '-infinity') AS has_before,
           greatest(0, starts - (SELECT min(first_day) FROM customer)) AS history_days
    FROM period LEFT JOIN summed USING (i)
)
SELECT starts, ends, active, new, CASE WHEN has_before THEN kept END,
       CASE WHEN has_before THEN active - new - kept END,
       CASE WHEN has_before THEN lag(active, 1, 0::bigint) OVER (ORDER BY i) - kept END,
       refunded, events, amount, amount - refunds, refunds, new_amount, CASE WHEN has_before THEN kept_amount END,
       CASE WHEN has_before THEN back_amount END, refunded_amount, first_amount, history_days
FROM filled ORDER BY i;

CREATE TEMP VIEW our_growth AS
SELECT growth.* FROM (SELECT crm_retention_agg(activity, bounds) AS r FROM ledger, asked) AS x, crm_growth(r) AS growth;

CREATE TEMP VIEW plain_cohorts (c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11) AS
WITH sized AS (
    SELECT cohort_start, count(*) AS size FROM customer
    WHERE cohort_start IS NOT NULL OR customer IN (SELECT customer FROM cell) GROUP BY cohort_start
), last_seen AS MATERIALIZED (
    SELECT cohort_start, max(i) AS i FROM cell JOIN customer USING (customer) WHERE days > 0
    GROUP BY customer, cohort_start
), spent AS (
    SELECT cohort_start, i, count(*) FILTER (WHERE days > 0) AS active, count(*) AS present,
        sum(events)::bigint AS events,
           sum(amount) AS amount, sum(refunds) AS refunds
    FROM cell JOIN customer USING (customer) GROUP BY cohort_start, i
)
SELECT sized.cohort_start, (period.i - cohort.i)::integer, period.starts, period.ends, size, coalesce(active, 0),
       (SELECT count(*) FROM last_seen WHERE last_seen.cohort_start IS NOT DISTINCT FROM sized.cohort_start
                                             AND last_seen.i >= period.i),
       coalesce(present, 0), coalesce(events, 0), coalesce(amount, 0), coalesce(refunds, 0)
FROM sized CROSS JOIN period
LEFT JOIN period AS cohort ON cohort.starts = sized.cohort_start
LEFT JOIN spent ON spent.i = period.i AND spent.cohort_start IS NOT DISTINCT FROM sized.cohort_start
WHERE period.i >= cohort.i OR present > 0;

CREATE TEMP VIEW our_cohorts AS
SELECT cohort.* FROM (SELECT crm_retention_agg(activity, bounds) AS r FROM ledger, asked) AS x,
    crm_cohorts(r) AS cohort;

CREATE TEMP VIEW plain_churn (c1, c2, c3, c4, c5, c6, c7) AS
WITH eve AS (
    SELECT i, starts, ends, customer, bool_or(day BETWEEN starts - window_days AND starts - 1) AS at_start,
           bool_or(day BETWEEN ends + 1 - window_days AND ends) AS at_end
    FROM period CROSS JOIN asked JOIN per_day ON events > 0 AND day BETWEEN starts - window_days AND ends
    GROUP BY i, starts, ends, customer
)
SELECT starts, ends, count(*) FILTER (WHERE at_start), count(*) FILTER (WHERE at_start AND NOT at_end),
       count(*) FILTER (WHERE at_end AND NOT at_start), count(*) FILTER (WHERE at_end),
       (SELECT min(first_day) FROM customer) <= starts - (SELECT window_days FROM asked)
FROM period LEFT JOIN eve USING (i, starts, ends) GROUP BY i, starts, ends ORDER BY i;

CREATE TEMP VIEW our_churn AS
SELECT churn.* FROM (SELECT crm_retention_agg(activity, bounds, window_days) AS r FROM ledger, asked) AS x,
                    crm_churn(r) AS churn;

CREATE TEMP VIEW plain_amounts (c1, c2) AS
SELECT i, coalesce(d, '{}')::text
FROM period
LEFT JOIN (SELECT i, crm_distribution_agg(greatest(amount, 0)::double precision) AS d FROM cell WHERE days > 0
           GROUP BY i) AS x USING (i)
ORDER BY i;

CREATE TEMP VIEW our_amounts AS
SELECT i::integer, d::text
FROM (SELECT crm_period_amounts(activity, bounds) AS amounts FROM ledger, asked) AS x,
     unnest(amounts) WITH ORDINALITY AS y (d, i)
ORDER BY i;

CREATE TEMP VIEW plain_kept (c1, c2, c3, c4, c5) AS
SELECT period.i, count(base.customer), coalesce(sum(base.amount), 0),
       coalesce(sum(least(greatest(coalesce(later.amount, 0), 0), base.amount)), 0),
       coalesce(sum(coalesce(later.amount, 0)) FILTER (WHERE base.customer IS NOT NULL), 0)
FROM period
LEFT JOIN cell AS base ON base.i = period.i - 3 AND base.days > 0 AND base.amount > 0
LEFT JOIN cell AS later ON later.i = period.i AND later.customer = base.customer
WHERE period.i > 3
GROUP BY period.i
ORDER BY period.i;

CREATE TEMP VIEW our_kept (c1, c2, c3, c4, c5) AS
SELECT 3 + i, kept[i][1]::bigint, kept[i][2], kept[i][3], kept[i][4]
FROM (SELECT crm_period_kept(activity, bounds, 3) AS kept FROM ledger, asked) AS x, generate_subscripts(kept, 1) AS i
ORDER BY i;

CREATE FUNCTION pg_temp.compare(name text, bounds date[], window_days integer) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE ledger, asked, per_day, customer, cell;
    INSERT INTO asked VALUES (bounds, window_days);
    INSERT INTO ledger SELECT p.customer, crm_activity_agg(p.day, p.amount) FROM purchase AS p GROUP BY p.customer;
    ANALYZE purchase, ledger, asked;
    INSERT INTO per_day TABLE per_day_rows;
    ANALYZE per_day;
    INSERT INTO customer TABLE customer_rows;
    ANALYZE customer;
    INSERT INTO cell TABLE cell_rows;
    ANALYZE cell;
    RETURN NEXT bag_eq('TABLE our_periods', 'TABLE plain_periods', name || ': crm_periods');
    RETURN NEXT results_eq('TABLE our_growth', 'TABLE plain_growth', name || ': crm_growth');
    RETURN NEXT bag_eq('TABLE our_cohorts', 'TABLE plain_cohorts', name || ': crm_cohorts');
    RETURN NEXT results_eq('TABLE our_churn', 'TABLE plain_churn', name || ': crm_churn');
    RETURN NEXT results_eq('TABLE our_amounts', 'TABLE plain_amounts', name || ': crm_period_amounts');
    RETURN NEXT results_eq('TABLE our_kept', 'TABLE plain_kept', name || ': crm_period_kept');
    RETURN NEXT is(sum(amount), (SELECT sum(amount) FROM purchase
                                 WHERE day >= bounds[1] AND day < bounds[cardinality(bounds)]),
                   name || ': cohorts add up to the rows') FROM our_cohorts;
END $$;

-- A thousand customers: pauses, refunds on other days, refunds only, nobody
-- for two months; bounds in the midst of the data, and of all of it.
INSERT INTO purchase
SELECT 'c' || c, date '2022-01-01' + (h % 500)::integer,
       CASE WHEN c % 37 = 0 OR n % 7 = 0 THEN -1 ELSE 1 END * (h % 100000) / 10000.0
FROM generate_series(1, 1000) AS c, generate_series(1, 1 + c % 9) AS n,
     LATERAL (SELECT hashint8extended(c * 100 + n, 7) & 2147483647 AS h) AS x
WHERE (h % 500) NOT BETWEEN 180 AND 260;
SELECT pg_temp.compare('months', crm_period_bounds('2022-01-01', '2023-05-20'), 60);
SELECT pg_temp.compare('uneven, in the midst', '{2022-03-03,2022-03-04,2022-04-01,2022-12-01,2023-01-01}', 45);
SELECT pg_temp.compare('weeks', crm_period_bounds('2022-02-01', '2022-12-31', 'week'), 400);
SELECT isnt_empty($$SELECT FROM our_cohorts WHERE cohort_start = '-infinity'$$, 'customers of before occur');
SELECT isnt_empty($$SELECT FROM our_cohorts WHERE period_number < 0$$, 'so do refunds before the first purchase');
SELECT isnt_empty($$SELECT FROM our_cohorts WHERE cohort_start IS NULL$$, 'and customers with refunds only');
SELECT isnt_empty($$SELECT FROM our_growth WHERE active_count = 0$$, 'and periods with nobody');

-- Order of rows, workers and parts change nothing.
CREATE FUNCTION pg_temp.asked_of(source text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format($q$SELECT md5(row(crm_retention_agg(activity, bounds, window_days),
        crm_period_amounts(activity, bounds), crm_period_kept(activity, bounds, 2))::text)
                      FROM %s AS ledger, asked$q$, source) INTO answer;
    RETURN answer;
END $$;
CREATE TABLE stored AS SELECT * FROM ledger;
CREATE TABLE asked_once AS SELECT * FROM asked;
SET LOCAL max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE expected AS SELECT pg_temp.asked_of('stored') AS answer;
SELECT is(pg_temp.asked_of('(SELECT * FROM stored ORDER BY hashtext(customer))'), answer, 'shuffled rows')
FROM expected;
SELECT is(pg_temp.asked_of('(SELECT * FROM stored ORDER BY customer DESC)'), answer, 'rows backwards') FROM expected;
SELECT is((SELECT crm_rollup(r)::text
           FROM (SELECT crm_retention_agg(activity, bounds, window_days) AS r FROM stored, asked
               GROUP BY length(customer)) AS part),
          (SELECT crm_retention_agg(activity, bounds, window_days)::text FROM stored, asked), 'rolled up from parts');
\ir lib/workers.sql
SELECT bounds, window_days FROM asked \gset
SELECT is(pg_temp.by_workers(format($$SELECT md5(row(crm_retention_agg(activity, %1$L, %2$s),
    crm_period_amounts(activity, %1$L), crm_period_kept(activity, %1$L, 2))::text) FROM stored$$, :'bounds',
    :window_days)),
          answer, 'parallel workers') FROM expected;
RESET max_parallel_workers_per_gather;
SELECT is(r::text::crm_retention::text, r::text, 'text form') FROM (
    SELECT crm_retention_agg(activity, bounds, window_days) AS r FROM ledger, asked) AS x;
SELECT is(r::text::jsonb -> 'bounds' ->> 0, bounds[1]::text, 'which is JSON') FROM asked, (
    SELECT crm_retention_agg(activity, bounds, window_days) AS r FROM ledger, asked) AS x;

-- crm_measures is what the accessors say, one by one.
SELECT results_eq(
    format($$SELECT m.* FROM ledger, crm_measures(activity, %1$L, 50) AS m ORDER BY customer$$, as_of),
    format($$SELECT crm_event_count(activity, %1$L), crm_event_count(crm_slice(activity, date %1$L - 49, %1$L)),
                    crm_event_count(crm_slice(activity, date %1$L - 99, date %1$L - 50)),
                    crm_amount(activity, %1$L)::double precision, crm_active_days(activity, %1$L),
                    crm_first_day(activity, %1$L), crm_last_day(activity, %1$L), crm_days_since_last(activity, %1$L),
                    crm_tenure_days(activity, %1$L), crm_frequency(activity, %1$L), crm_recency(activity, %1$L),
                    crm_amount(activity, %1$L),
                    (SELECT coalesce(sum(amount), 0) FROM crm_days(activity) WHERE amount < 0 AND day <= %1$L),
                    crm_amount(crm_slice(activity, date %1$L - 49, %1$L)),
                    crm_amount(crm_slice(activity, date %1$L - 99, date %1$L - 50)),
                    crm_mean_gap_days(activity, %1$L), crm_median_gap_days(activity, %1$L),
                    crm_monetary(activity, %1$L) FROM ledger ORDER BY customer$$, as_of),
    'crm_measures as of ' || as_of)
FROM (VALUES ('2021-12-31'), ('2022-02-01'), ('2022-07-15'), ('2024-01-01')) AS x (as_of);
SELECT results_eq(
    $$SELECT crm_first_entry_day(activity, '2022-07-15') FROM ledger ORDER BY customer$$,
    $$SELECT (SELECT min(day) FROM crm_days(activity) WHERE day <= '2022-07-15') FROM ledger ORDER BY customer$$,
    'crm_first_entry_day');
SELECT throws_ok($$SELECT crm_measures('{}', 'infinity')$$, '22023');
SELECT throws_ok($$SELECT crm_measures('{}', '2024-01-01', 0)$$, '22023');
SELECT throws_ok($$SELECT crm_measures('{2024-01-01:1:922337203685477.5807,2024-01-02:1:1}', '2024-02-01')$$, '22003');

-- Sums beyond 64 bits are exact.
SELECT is(sum(amount), 922337203685477.5807 * 40, 'forty times the largest amount')
FROM (SELECT crm_retention_agg('{2024-01-01:1:922337203685477.5807}', '{2024-01-01,2024-02-01}') AS r
      FROM generate_series(1, 40)) AS x, crm_cohorts(r);

-- Arguments that are refused
SELECT throws_ok(format('SELECT crm_retention_agg(%L, %s)', '{2024-01-01:1:0}', args), state, NULL, args)
FROM (VALUES ('''{2024-01-01}''', '22023'), ('''{2024-01-01,2024-01-01}''', '22023'),
             ('''{2024-01-01,infinity}''', '22023'), ('''{2024-01-01,NULL}''', '22004'),
             ('''{{2024-01-01,2024-02-01}}''', '2202E'),
             ('''{2024-01-01,2024-02-01}'', 0', '22023')) AS x (args, state);
SELECT throws_ok($$SELECT crm_retention_agg('{}', ARRAY['2024-01-01', day::date])
    FROM (VALUES ('2024-02-01'), ('2024-03-01')) AS x (day)$$,
                 '22023');
SELECT throws_ok($$SELECT crm_period_amounts('{}', ARRAY['2024-01-01', day::date])
    FROM (VALUES ('2024-02-01'), ('2024-03-01')) AS x (day)$$,
                 '22023');
SELECT throws_ok(format('SELECT crm_period_kept(%L, %s) FROM (VALUES (1), (2)) AS x (n)', '{2024-01-01:1:1}', args),
    state, NULL, args)
FROM (VALUES ('''{2024-01-01}'', 1', '22023'), ('''{2024-01-01,2024-02-01}'', 0', '22023'),
             ('''{2024-01-01,2024-02-01}'', n', '22023'), ('ARRAY[''2024-01-01'', date ''2024-02-01'' + n], 1',
                 '22023')) AS x (args, state);
SELECT is(crm_period_kept('{2024-01-01:1:1}', '{2024-01-01,2024-02-01}', 1), '{}',
    'nothing is kept where there is no period before');
SELECT is(crm_period_kept('{2024-01-01:1:922337203685477.5807,2024-02-01:1:922337203685477.5807}',
    '{2024-01-01,2024-02-01,2024-03-01}', 1),
          ARRAY[ARRAY[40, 40 * m, 40 * m, 40 * m]], 'sums beyond 64 bits are exact')
FROM generate_series(1, 40), (VALUES (922337203685477.5807)) AS x (m) GROUP BY m;
SELECT is(crm_period_kept(NULL, '{2024-01-01,2024-02-01,2024-03-01}', 1), NULL, 'of NULL');
SELECT throws_ok($$SELECT crm_period_kept_final('\x00')$$, '0A000',
    'function crm_period_kept_final(bytea) must be called as part of an aggregate');
SELECT throws_ok($$SELECT * FROM (SELECT crm_retention_agg('{}', '{2024-01-01,2024-02-01}') AS r) AS x, crm_churn(r)$$,
    '22023');
SELECT throws_ok($$SELECT crm_retention_trans(NULL, '{}', '{2024-01-01,2024-02-01}')$$, '0A000');
SELECT throws_ok($$SELECT '{"version":1}'::crm_retention$$, '22P02');
SELECT throws_ok(format($$SELECT crm_period_bounds(%s)$$, args), state)
FROM (VALUES ('''2024-01-01'', ''2023-01-01''', '22023'), ('''2024-01-01'', ''infinity''', '22023'),
             ('''2024-01-01'', ''2024-01-01'', ''fortnight''', '22023')) AS x (args, state);

SELECT throws_ok(format($$SELECT crm_period_bounds(%s)$$, args), '22023', message, message)
FROM (VALUES ('''infinity'', ''2024-01-01''', 'first_day cannot be infinity here'),
             ('''2024-01-01'', ''infinity''', 'as_of cannot be infinity here'),
             ('''2024-01-01'', ''2024-01-01'', ''week'', ''-infinity''', 'anchor cannot be -infinity here'))
    AS x (args, message);

-- Real shops.
-- Rows are the same wherever the function stands, though it is the plan that says what type they are
CREATE TEMP TABLE placed AS
SELECT n, crm_activity_agg(day, amount) AS activity
FROM (VALUES (1, date '2024-01-05', 5.0), (1, '2024-03-05', -2.5), (2, '2024-02-29', 1.25)) AS bought (n, day, amount)
GROUP BY n;
SELECT results_eq($$SELECT n, a, c, g, k FROM placed, crm_period_bounds('2024-01-01', '2024-03-31') AS bounds,
    ROWS FROM (crm_periods(activity, bounds), generate_series(1, 2)) AS period (a, b, c, d, e, f, g, h, k)
    WHERE a IS NOT NULL ORDER BY n, a$$,
                  $$SELECT n, (period).period_start, (period).cohort_start, (period).amount,
                           row_number() OVER (PARTITION BY n ORDER BY (period).period_start)::integer
                  FROM (SELECT n, crm_periods(activity, crm_period_bounds('2024-01-01', '2024-03-31')) AS period
                        FROM placed) AS selected ORDER BY 1, 2$$, 'in FROM beside others, and selected');

\ir lib/data.sql
\if :has_data
CREATE TEMP TABLE cdnow (customer text, day date, cds integer, amount numeric);
\set cdnow :data/cdnow.csv
COPY cdnow FROM :'cdnow' (FORMAT csv, HEADER true);
TRUNCATE purchase;
INSERT INTO purchase SELECT customer, day, amount FROM cdnow;
SELECT pg_temp.compare('CDNOW', crm_period_bounds('1997-01-01', '1998-06-30'), 90);
CREATE TEMP TABLE invoice (
    invoice_no text, invoiced_at timestamp, customer text, country text, quantity integer, unit_price numeric);
\set retail :data/online_retail_invoices.csv
COPY invoice FROM :'retail' (FORMAT csv, HEADER true);
TRUNCATE purchase;
INSERT INTO purchase SELECT customer, invoiced_at::date, round(quantity * unit_price, 4) FROM invoice;
SELECT pg_temp.compare('Online Retail', crm_period_bounds('2010-12-01', '2011-12-09'), 90);
\else
SELECT skip('../shared is absent', 14);
\endif

SELECT * FROM finish();
ROLLBACK;
