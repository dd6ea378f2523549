-- Views that read ledgers by period, against plain SQL over the rows themselves,
-- on small made-up shops: refunds before the first purchase and with nothing
-- else, amounts of 0 and of three decimals, several purchases a day, months
-- without any, days after as_of, days that a time zone moves.
--
--   CRM_DIFFERENTIAL_SHOPS=5   how many shops, each from its number
BEGIN;
\set shops `echo "${CRM_DIFFERENTIAL_SHOPS:-5}"`
SET LOCAL client_min_messages = error;
SET LOCAL jit = off;
SET LOCAL crm_ext.as_of = '2024-06-20';
SELECT plan(18);

CREATE TABLE sale (customer text, at timestamptz, total numeric(12,3));
CREATE TABLE visit (customer uuid, at timestamp, total numeric(12,3));
SELECT crm_create_workspace('east',
    '{"purchase": {"from": "sale", "customer_id": "customer", "purchased_at": "at", "amount": "total"}}',
    time_zone => 'Pacific/Kiritimati');
SELECT crm_create_workspace('west',
    '{"purchase": {"from": "visit", "customer_id": "customer", "purchased_at": "at", "amount": "total"}}',
                            time_zone => 'Pacific/Pago_Pago', maintain => 'refresh');

CREATE FUNCTION pg_temp.fill(shop integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM setseed(shop / 1000.0);
    TRUNCATE sale, visit;
    INSERT INTO sale
    SELECT CASE WHEN random() < 0.03 THEN NULL ELSE 'c' || floor(random() * (3 + shop % 20)) END,
           timestamptz '2023-03-01 00:00+00' + make_interval(secs => floor(power(random(), 1 + shop % 3) * 550) * 86400
                                                                     + floor(random() * 4) * 21600),
           CASE WHEN random() < 0.15 THEN 0 WHEN random() < 0.25 THEN -round((random() * 90)::numeric, 3) - 0.001
                ELSE round((random() * 200)::numeric, 3) END
    FROM generate_series(1, 20 + (shop * 37) % 150);
    DELETE FROM sale WHERE extract(month FROM at) = shop % 12;
    INSERT INTO sale VALUES ('refunds', '2024-02-28 23:59:59+00', -1.005), ('refunds', '2024-02-29 00:00+00', -0.001),
        ('early', '2023-05-05', -3), ('early', '2024-01-31 12:00+00', 7);
    INSERT INTO visit SELECT md5(customer)::uuid, at AT TIME ZONE 'Pacific/Pago_Pago', total FROM sale;
    PERFORM crm_refresh('west');
    PERFORM crm_refit(w) FROM unnest('{east,west}'::text[]) AS w;
END $$;

-- What the rows say, in terms of customers, days and months alone.
CREATE FUNCTION pg_temp.rows_of(w text, OUT customer text, OUT day date, OUT total numeric) RETURNS SETOF record
LANGUAGE sql AS $$
    SELECT * FROM (SELECT customer, (at AT TIME ZONE 'Pacific/Kiritimati')::date AS day, total FROM sale
        WHERE w = 'east'
                   UNION ALL SELECT customer::text, at::date, total FROM visit WHERE w = 'west') AS r
    WHERE customer IS NOT NULL AND day <= '2024-06-20' $$;
CREATE FUNCTION pg_temp.months_of(w text, OUT customer text, OUT month date, OUT bought bigint, OUT amount numeric,
    OUT cohort date) RETURNS SETOF record LANGUAGE sql AS $$
    SELECT customer, date_trunc('month', day)::date, count(*) FILTER (WHERE total >= 0), sum(total),
           min(min(date_trunc('month', day)::date) FILTER (WHERE total >= 0)) OVER (PARTITION BY customer)
    FROM pg_temp.rows_of(w) GROUP BY 1, 2 $$;
CREATE FUNCTION pg_temp.calendar(w text) RETURNS SETOF date LANGUAGE sql AS $$
    SELECT generate_series((SELECT min(date_trunc('month', day)) FROM pg_temp.rows_of(w)), '2024-06-01',
        '1 month')::date $$;
CREATE FUNCTION pg_temp.active_on(w text, d date) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT DISTINCT customer FROM pg_temp.rows_of(w)
    WHERE total >= 0 AND day BETWEEN d - (SELECT window_days - 1 FROM east.setting) AND d $$;

CREATE TEMPORARY TABLE comparison (name text, ours text, plain text);
INSERT INTO comparison VALUES
('customer_month', 'SELECT customer_id::text, month_on, purchase_count, exact_amount::numeric(19,3), cohort_on
    FROM W.customer_month',
 'SELECT customer, month, bought, amount::numeric(19,3), cohort FROM pg_temp.months_of(''W'')'),
('growth_accounting', 'SELECT month_on, active_count, new_count, returning_count, resurrecting_count, dormant_count,
    refund_only_count, amount, new_amount, refund_only_amount FROM W.growth_accounting',
 $$SELECT c, count(*) FILTER (WHERE m.bought > 0), count(*) FILTER (WHERE m.bought > 0 AND m.cohort = c),
          count(*) FILTER (WHERE m.bought > 0 AND b.bought > 0), count(*) FILTER (WHERE m.bought > 0 AND m.cohort < c
              AND coalesce(b.bought, 0) = 0),
          (SELECT count(*) FROM pg_temp.months_of('W') AS o WHERE o.month = (c - interval '1 month')::date
              AND o.bought > 0
           AND NOT EXISTS (SELECT FROM pg_temp.months_of('W') AS n WHERE n.month = c AND n.customer = o.customer
               AND n.bought > 0)),
          count(*) FILTER (WHERE m.bought = 0), coalesce(sum(m.amount), 0)::numeric(19,3),
          coalesce(sum(m.amount) FILTER (WHERE m.bought > 0 AND m.cohort = c), 0)::numeric(19,3),
          coalesce(sum(m.amount) FILTER (WHERE m.bought = 0), 0)::numeric(19,3)
   FROM pg_temp.calendar('W') AS c LEFT JOIN pg_temp.months_of('W') AS m ON m.month = c
   LEFT JOIN pg_temp.months_of('W') AS b ON b.customer = m.customer AND b.month = (c - interval '1 month')::date
   GROUP BY c$$),
('retention_cohort', 'SELECT cohort_on, month_on, cohort_size, retained_count FROM W.retention_cohort
    WHERE retained_count > 0',
 $$SELECT cohort, month, (SELECT count(DISTINCT o.customer) FROM pg_temp.months_of('W') AS o WHERE o.cohort = m.cohort),
     count(*)
   FROM pg_temp.months_of('W') AS m WHERE bought > 0 GROUP BY 1, 2$$),
('revenue_retention', 'SELECT cohort_on, month_on, customer_count, amount FROM W.revenue_retention
    WHERE customer_count > 0 OR amount <> 0',
 $$SELECT cohort, month, count(*) FILTER (WHERE bought > 0), sum(amount)::numeric(19,3) FROM pg_temp.months_of('W')
 GROUP BY 1, 2
   HAVING count(*) FILTER (WHERE bought > 0) > 0 OR sum(amount) <> 0$$),
('concentration_monthly', 'SELECT month_on, customer_count, amount, round(gini::numeric, 9)
    FROM W.concentration_monthly',
 $$SELECT c, count(*) FILTER (WHERE bought > 0), coalesce(sum(amount), 0)::numeric(19,3),
          round(2 * sum(n * x) FILTER (WHERE bought > 0) / nullif(count(*) FILTER (WHERE bought > 0) * sum(x)
              FILTER (WHERE bought > 0), 0)
                - (count(*) FILTER (WHERE bought > 0) + 1.0) / nullif(count(*) FILTER (WHERE bought > 0), 0), 9)
   FROM pg_temp.calendar('W') AS c
   LEFT JOIN (SELECT *, greatest(amount, 0) AS x, row_number() OVER (PARTITION BY month, bought > 0
       ORDER BY greatest(amount, 0)) AS n
                                         FROM pg_temp.months_of('W')) AS m ON m.month = c GROUP BY c$$),
('purchase_gap', 'SELECT gap_days, gap_count FROM W.purchase_gap WHERE gap_days IS NOT NULL',
 $$SELECT gap, count(*) FROM (SELECT day - lag(day) OVER (PARTITION BY customer ORDER BY day) AS gap
                              FROM (SELECT DISTINCT customer, day FROM pg_temp.rows_of('W') WHERE total >= 0) AS d) AS g
                              WHERE gap IS NOT NULL GROUP BY 1$$),
('churn_rate', 'SELECT month_on, start_count, lost_count FROM W.churn_rate',
 $$SELECT c, (SELECT count(*) FROM pg_temp.active_on('W', c - 1)),
          (SELECT count(*) FROM (SELECT * FROM pg_temp.active_on('W', c - 1)
                                 EXCEPT SELECT * FROM pg_temp.active_on('W',
                                     least((c + interval '1 month')::date - 1, '2024-06-20'))) AS l)
   FROM pg_temp.calendar('W') AS c$$),
('segment_summary', 'SELECT sum(customer_count), sum(amount) FROM W.segment_summary',
 $$SELECT count(DISTINCT customer)::numeric, sum(total)::numeric(19,3) FROM pg_temp.rows_of('W')$$),
('reconciliation', 'SELECT view_name, column_name FROM W.reconciliation WHERE difference IS DISTINCT FROM 0',
    'SELECT ''''::text, ''''::text WHERE false');

CREATE TEMPORARY TABLE difference (name text, w text, shop integer, row text);
CREATE FUNCTION pg_temp.compare(shops integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    c record;
BEGIN
    FOR shop IN 1..shops LOOP
        PERFORM pg_temp.fill(shop);
        FOR c IN SELECT name, w, regexp_replace(ours, '\mW\M', w, 'g') AS ours,
        regexp_replace(plain, '\mW\M', w, 'g') AS plain
                 FROM comparison, unnest('{east,west}'::text[]) AS w LOOP
            EXECUTE format('WITH ours AS MATERIALIZED (%s), plain AS MATERIALIZED (%s)
                            INSERT INTO difference
                            SELECT %L, %L, %L, d
                            FROM ((SELECT ''ours '' || ours::text AS d FROM ours
                                   EXCEPT ALL SELECT ''ours '' || plain::text FROM plain)
                                  UNION ALL
                                  (SELECT ''plain '' || plain::text FROM plain
                                   EXCEPT ALL SELECT ''plain '' || ours::text FROM ours)) AS d (d)',
                           c.ours, c.plain, c.name, c.w, shop);
        END LOOP;
    END LOOP;
END $$;
SELECT pg_temp.compare(:shops);
SELECT is_empty(format('SELECT shop, row FROM difference WHERE name = %L AND w = %L LIMIT 6', name, w),
    format('%s, %s', w, name))
FROM comparison, unnest('{east,west}'::text[]) AS w;

SELECT * FROM finish();
ROLLBACK;
