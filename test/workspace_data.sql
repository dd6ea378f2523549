-- Workspaces over real tables as they were loaded: check values, sensible views.
\ir lib/needs_data.sql
\if :has_data
BEGIN;
SELECT plan(19);
SET LOCAL client_min_messages = warning;

CREATE TABLE cdnow (customer_id integer, purchased_on date, cds integer, amount numeric);
CREATE TABLE rfm_orders (customer_id text, order_date date, revenue numeric);
CREATE TABLE retail (invoice_no text, invoiced_at timestamp, customer_id text, country text, quantity integer,
    unit_price numeric);
\set cdnow_csv :data/cdnow.csv
COPY cdnow FROM :'cdnow_csv' (FORMAT csv, HEADER true);
\set orders_csv :data/rfm_orders.csv
COPY rfm_orders FROM :'orders_csv' (FORMAT csv, HEADER true);
\set retail_csv :data/online_retail_invoices.csv
COPY retail FROM :'retail_csv' (FORMAT csv, HEADER true);

\ir lib/views.sql
CREATE FUNCTION pg_temp.classes(workspace text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    EXECUTE format($q$SELECT string_agg(class || ' ' || n, ', ' ORDER BY class)
                      FROM (SELECT class, count(*) AS n FROM %I.customer_abc GROUP BY class) AS c$q$,
                      workspace) INTO answer;
    RETURN answer;
END $$;

-- CDNOW
SET LOCAL crm_ext.as_of = '1998-06-30';
SELECT is(crm_create_workspace('cdnow_crm',
    '{"purchase": {"from": "cdnow", "customer_id": "customer_id", "purchased_at": "purchased_on",
                                                           "amount": "amount"}}'),
          'workspace cdnow_crm: 23570 customers with purchases, as of 1998-06-30', 'CDNOW');
SELECT is(pg_temp.classes('cdnow_crm'), 'A 7695, B 8067, C 7740, Z 68', 'CDNOW: ABC classes');
CREATE TEMPORARY TABLE seen AS SELECT * FROM pg_temp.read_all('cdnow_crm');
SELECT is_empty('SELECT * FROM seen WHERE error IS NOT NULL', 'CDNOW: every view can be read');
SELECT set_eq('SELECT view, row_count FROM seen
    WHERE view IN (''customer_360'', ''customer_rfm'', ''customer_clv'', ''growth_accounting'', ''purchase'')',
              $$VALUES ('customer_360', 23570::bigint), ('customer_rfm', 23570), ('customer_clv', 23570),
              ('growth_accounting', 18), ('purchase', 69659)$$,
              'CDNOW: rows');
SELECT is((SELECT sum(customer_count) FROM cdnow_crm.segment_summary), 23570::numeric,
    'CDNOW: segments share customers out');
SELECT is((SELECT sum(amount) FROM cdnow_crm.lifecycle_summary), (SELECT sum(amount) FROM cdnow),
    'CDNOW: and stages their money');
SELECT ok((SELECT bool_and(p_alive BETWEEN 0 AND 1 AND clv >= 0) FROM cdnow_crm.customer_clv),
    'CDNOW: every customer has a lifetime value');
SELECT is(crm_snapshot('cdnow_crm', '1997-12-31'), 23570::bigint, 'CDNOW: a snapshot');
SELECT is_empty($$SELECT * FROM crm_check_workspace('cdnow_crm')$$, 'CDNOW: ledgers are as rebuilt');

-- rfm_orders: names as keys
SET LOCAL crm_ext.as_of = '2006-12-31';
SELECT is(crm_create_workspace('orders_crm',
    '{"purchase": {"from": "rfm_orders", "customer_id": "customer_id", "purchased_at": "order_date",
                                                            "amount": "revenue"}}'),
          'workspace orders_crm: 995 customers with purchases, as of 2006-12-31', 'rfm_orders');
SELECT is(pg_temp.classes('orders_crm'), 'A 607, B 228, C 160', 'rfm_orders: ABC classes');
SELECT is_empty($$SELECT * FROM pg_temp.read_all('orders_crm') WHERE error IS NOT NULL$$,
    'rfm_orders: every view can be read');
SELECT is((SELECT purchase_count || ' ' || amount FROM orders_crm.customer_360 WHERE customer_id = 'Brion Stark'),
          (SELECT count(*) || ' ' || sum(revenue)::numeric(18,2) FROM rfm_orders WHERE customer_id = 'Brion Stark'),
          'rfm_orders: one customer');
SELECT is((SELECT sum(customer_count) FROM orders_crm.rfm_heatmap), 995::numeric,
    'rfm_orders: the heatmap shares customers out');

-- Invoices: an amount that is computed, customers that are none
SET LOCAL crm_ext.as_of = '2011-12-09';
SELECT lives_ok($$SELECT crm_create_workspace('retail_crm', '{
    "purchase": {"from": "retail", "purchase_id": "invoice_no", "customer_id": "customer_id",
                 "purchased_at": "invoiced_at", "amount": "quantity * unit_price",
                 "where": "customer_id <> ''(blank)''"}}', 'Europe/London')$$, 'invoices');
SELECT is_empty($$SELECT * FROM pg_temp.read_all('retail_crm') WHERE error IS NOT NULL$$,
    'invoices: every view can be read');
SELECT is((SELECT count(*) FROM retail_crm.customer_activity),
          (SELECT count(DISTINCT customer_id) FROM retail WHERE customer_id <> '(blank)'), 'invoices: customers');
SELECT is((SELECT sum(crm_amount(purchases)) FROM retail_crm.customer_activity),
          (SELECT sum(quantity * unit_price) FROM retail WHERE customer_id <> '(blank)'),
          'invoices: their money, refunds taken off');
SELECT ok((SELECT problem_count > 0 FROM retail_crm.data_quality WHERE check_name = 'negative_amount'),
    'invoices: refunds are counted');

SELECT * FROM finish();
ROLLBACK;
\endif
