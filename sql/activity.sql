-- A shop's orders: a refund, two orders on one day, an unknown amount, an
-- order whose day nobody wrote down, a customer who only ever returned things.
CREATE TABLE orders (customer text, ordered_on date, amount numeric);
INSERT INTO orders VALUES
    ('ann', '2024-01-05', 29.33),
    ('ann', '2024-02-01', 10),
    ('ann', '2024-02-01', 5),
    ('ann', '2024-02-11', -15),
    ('ann', '2024-03-02', NULL),
    ('bob', '2024-03-01', 0.00005),
    ('bob', NULL, 99),
    ('eve', '2024-01-31', -7.5),
    ('joe', NULL, 1);

-- One ledger a customer.
CREATE TABLE ledger AS
SELECT customer, crm_activity_agg(ordered_on, amount) AS a
FROM orders GROUP BY customer;

SELECT customer, a FROM ledger ORDER BY customer;

-- Who they are today, and who they were in February.
SELECT customer,
       crm_first_day(a) AS first, crm_last_day(a) AS last,
       crm_active_days(a) AS days, crm_event_count(a) AS events,
       crm_amount(a) AS amount, crm_days_since_last(a, '2024-03-31') AS silent,
       crm_tenure_days(a, '2024-03-31') AS tenure
FROM ledger ORDER BY customer;

SELECT customer,
       crm_first_day(a, '2024-02-15') AS first, crm_last_day(a, '2024-02-15') AS last,
       crm_active_days(a, '2024-02-15') AS days, crm_event_count(a, '2024-02-15') AS events,
       crm_amount(a, '2024-02-15') AS amount, crm_days_since_last(a, '2024-02-15') AS silent
FROM ledger ORDER BY customer;

-- The words of the CLV literature, and the gaps between purchases.
SELECT customer,
       crm_frequency(a, '2024-03-31') AS frequency, crm_recency(a, '2024-03-31') AS recency,
       crm_age(a, '2024-03-31') AS age, crm_monetary(a, '2024-03-31') AS monetary,
       crm_mean_gap_days(a) AS mean_gap, crm_median_gap_days(a) AS median_gap
FROM ledger ORDER BY customer;

SELECT crm_median_gap_days('{2024-01-01:1:0,2024-01-02:1:0,2024-01-05:1:0,2024-01-15:1:0}') AS odd,
       crm_median_gap_days('{2024-01-01:1:0,2024-01-02:1:0,2024-01-05:1:0}') AS even;

-- Engagement that fades: three visits at ages 0, 30 and 60 days.
SELECT crm_decayed_events(crm_activity_agg(d), '2024-03-01', 30) AS score
FROM (VALUES (date '2024-03-01'), ('2024-01-31'), ('2024-01-01')) AS v(d);

-- A part of it, and all of it as rows.
SELECT crm_slice(a, '2024-02-01', '2024-02-29') AS february,
       crm_slice(a, NULL, '2024-01-31') AS until_january,
       crm_slice(a, '2024-03-01', NULL) AS from_march,
       crm_slice(a, '2025-01-01', '2024-01-01') AS nothing
FROM ledger WHERE customer = 'ann';

SELECT customer, d.* FROM ledger, crm_days(a) AS d ORDER BY customer, day;

SELECT a::jsonb FROM ledger WHERE customer = 'ann';

-- Late, changed and deleted rows: ledgers add and subtract.
SELECT a + crm_activity('2023-12-24', 50) AS late_row,
       a - crm_activity('2024-01-05', 29.33) AS deleted,
       a - crm_activity('2024-01-05', 29.33) + crm_activity('2024-01-06', 30) AS changed
FROM ledger WHERE customer = 'ann';

SELECT (a + b) - b = a AS gives_back, a - a AS nothing
FROM ledger, (SELECT crm_activity('2024-02-01', 12345.6789, 3)) AS x(b) ORDER BY a;

-- A deletion may come before its insertion.
SELECT '{}'::crm_activity - crm_activity('2024-01-05', 10) AS owed,
       '{}'::crm_activity - crm_activity('2024-01-05', 10) + crm_activity('2024-01-05', 10) AS even;

-- What a trigger adds is never NULL, so that no ledger is lost.
SELECT crm_activity(NULL::date), crm_activity('2024-01-05', NULL), crm_activity('2024-01-05', 5, NULL),
       crm_activity('2024-01-05', -5), crm_activity('2024-01-05', -5, -1);

-- Everybody in one: the company's own ledger.
SELECT crm_rollup(a) FROM ledger;
SELECT crm_rollup(a) FROM ledger WHERE false;

-- Line items: three orders in six rows.
SELECT crm_event_count(a), crm_amount(a)
FROM (SELECT crm_activity_agg(d, amount, (line = 1)::int) AS a
      FROM (VALUES (date '2024-01-05', 1, 10.0), ('2024-01-05', 2, 2.5), ('2024-01-05', 3, -1),
                   ('2024-01-05', 1, 7), ('2024-01-09', 1, 8), ('2024-01-09', 2, 1)) AS v(d, line, amount)) AS x;

-- Amounts of every type, rounded half away from zero at the fourth decimal.
SELECT crm_activity_agg(date '2024-01-05', n) AS numeric,
       crm_activity_agg(date '2024-01-05', n::float8) AS float8
FROM (VALUES (0.00005), (-0.00005), (0.00004999999), (1.00015), (123456789012345.67895)) AS v(n)
GROUP BY n ORDER BY n;
SELECT crm_activity_agg(date '2024-01-05', 922337203685477) AS bigint,
       crm_activity_agg(date '2024-01-05', 3::smallint) AS smallint,
       crm_activity_agg(date '2024-01-05', 0.1::real) AS real;

-- numerics of every shape: short and long headers, all weights, no digits.
SELECT round(n, 12) AS n, crm_amount(crm_activity('2024-01-05', n)) AS kept
FROM (VALUES (0), (0.0000), (1e-30), (0.0001), (0.00009), (9999), (10000), (99999999.9999), (1e14),
             (922337203685477.5807), (-922337203685477.58074), (1234.5),
             (12.34), (round(2::numeric / 3, 40))) AS v(n);

-- Either end of the calendar.
SELECT crm_activity('4714-11-24 BC') + crm_activity('5874897-12-31') AS ends,
       crm_age(crm_activity('4714-11-24 BC'), '5874897-12-31') AS days;

-- Grouping and comparing.
SELECT count(*), count(DISTINCT a) FROM (SELECT a FROM ledger UNION ALL SELECT a FROM ledger) AS x;
SELECT a IS DISTINCT FROM a AS distinct, a = a AS same, a <> a AS other,
       a < a AS less, a <= a AS at_most, a > a AS more, a >= a AS at_least
FROM ledger WHERE customer = 'ann';
SET enable_hashagg = off;
SELECT count(*) FROM (SELECT a FROM ledger GROUP BY a) AS x;
RESET enable_hashagg;
SET enable_sort = off;
SELECT count(*) FROM ledger l JOIN ledger r ON l.a = r.a;
RESET enable_sort;

-- As a window.
SELECT ordered_on, crm_active_days(crm_activity_agg(ordered_on, amount) OVER (ORDER BY ordered_on)) AS so_far
FROM orders WHERE customer = 'ann' ORDER BY ordered_on;

-- Text is read in any order and with spaces, and written in one way.
SELECT ' { 2024-02-01:1:15 , 2024-01-05:1:29.3300,2024-02-01:1:-15,2024-03-01:0:0 } '::crm_activity;

-- What is refused, and how.
SELECT '{2024-02-30:1:1}'::crm_activity;
SELECT '{2024-02-01:1:1'::crm_activity;
SELECT '{2024-02-01:1:1.00001}'::crm_activity;
SELECT '{2024-02-01:2147483647:1,2024-02-01:1:1}'::crm_activity;
SELECT crm_activity('infinity'::date);
SELECT crm_activity('2024-01-05', 'NaN');
SELECT crm_activity('2024-01-05', 'Infinity');
SELECT crm_activity('2024-01-05', 922337203685477.5808);
SELECT crm_activity('2024-01-05', 1e100);
SELECT crm_activity_agg(date '2024-01-05', '-Infinity'::float8);
SELECT crm_activity_agg(date '2024-01-05', 1e300::float8);
SELECT crm_activity_agg(date '2024-01-05', 9223372036854775807);
SELECT crm_activity('2024-01-05', 900000000000000) + crm_activity('2024-01-05', 900000000000000);
SELECT crm_activity('2024-01-05', 1, 2147483647) + crm_activity('2024-01-05', 1, 1);
SELECT crm_amount(crm_activity('2024-01-05', 900000000000000) + crm_activity('2024-01-06', 900000000000000));
SELECT crm_days_since_last(crm_activity('2024-01-05'), 'infinity');
SELECT crm_decayed_events(crm_activity('2024-01-05'), '2024-01-05', 0);
SELECT crm_decayed_amount(crm_activity('2024-01-05'), '2024-01-05', 'NaN');

DROP TABLE orders, ledger;
