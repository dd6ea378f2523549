-- Orders, as a shop has them: an odd name, an instant, a discount, a status.
\set SHOW_CONTEXT never
SET datestyle = ISO;
SET client_min_messages = warning;
SET crm_ext.as_of = '2024-12-31';
CREATE TABLE "Web Orders" (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, buyer varchar(20), created_at timestamptz, total numeric(10,2),
    discount numeric(10,2), status text
);
INSERT INTO "Web Orders" (buyer, created_at, total, discount, status)
SELECT ' Cust' || lpad((1 + n * (n + 1) / 2 % 23)::text, 2, '0') || ' ',
       timestamptz '2023-01-05 18:00+00' + n * 53 % 717 * interval '1 day',
       20 + n * 37 % 200, n % 4, CASE n % 10 WHEN 0 THEN 'cancelled' ELSE 'paid' END
FROM generate_series(1, 240) AS n;
INSERT INTO "Web Orders" (buyer, created_at, total, status) VALUES (NULL, '2024-02-02 12:00+00', 5, 'paid');

-- A column that is not there: the error says which ones are.
SELECT crm_create_workspace('crm',
    '{"purchase": {"from": "\"Web Orders\"", "customer_id": "byer", "purchased_at": "created_at"}}');

-- One call makes the workspace. Columns are expressions.
SELECT crm_create_workspace('crm', sources => '{
    "purchase": {"from": "\"Web Orders\"", "purchase_id": "id", "customer_id": "lower(trim(buyer))",
                 "purchased_at": "created_at", "amount": "total - coalesce(discount, 0)",
                 "where": "status = ''paid''"}}', time_zone => 'Asia/Shanghai');

-- Everything on a customer, and how customers are shared out.
SELECT customer_id, purchase_count AS n, amount, last_purchase_on, r_score AS r, f_score AS f, m_score AS m, segment,
       class, stage
FROM crm.customer_360 ORDER BY amount DESC, customer_id LIMIT 8;
SELECT segment, customer_count, amount, round(amount_share::numeric, 4) AS share
FROM crm.segment_summary ORDER BY segment_order;
SELECT stage, customer_count, amount FROM crm.lifecycle_summary ORDER BY stage_order;
SELECT check_name, problem_count, example_key FROM crm.data_quality
WHERE source = 'purchase' AND problem_count > 0 ORDER BY 1;

-- The ledger follows the table: an order at night, its refund, the order gone.
INSERT INTO "Web Orders" (buyer, created_at, total, status) VALUES ('Newcomer', '2024-12-24 20:00+00', 80, 'paid');
SELECT customer_id, purchase_count, amount, last_purchase_on, stage
FROM crm.customer_360 WHERE customer_id = 'newcomer';
INSERT INTO "Web Orders" (buyer, created_at, total, status) VALUES ('newcomer', '2024-12-28 12:00+00', -30, 'paid');
SELECT purchases FROM crm.customer_activity WHERE customer_id = 'newcomer';
UPDATE "Web Orders" SET status = 'cancelled' WHERE buyer = 'Newcomer';
SELECT purchases FROM crm.customer_activity WHERE customer_id = 'newcomer';
DELETE FROM "Web Orders" WHERE lower(buyer) = 'newcomer';
SELECT count(*) FROM crm.customer_activity WHERE customer_id = 'newcomer';
SELECT * FROM crm_check_workspace('crm');

-- Another day: everything as it was then, without a fit of then no scores.
SET crm_ext.as_of = '2024-01-31';
SELECT as_of, count(*) AS customers, sum(amount) AS amount, count(segment) AS scored
FROM crm.customer_360 GROUP BY as_of;
SELECT crm_refit('crm') AS customers;
SELECT fitted_on, count(segment) AS scored FROM crm.customer_360 GROUP BY fitted_on;
SET crm_ext.as_of = 'last month';
SET crm_ext.as_of = '2024-12-31';

-- Snapshots, and who moved between them.
SELECT crm_snapshot('crm', '2024-01-31') AS then, crm_snapshot('crm') AS now;
SELECT kind, old_value, new_value, count(*) FROM crm.customer_move WHERE kind = 'stage' GROUP BY 1, 2, 3 ORDER BY 2, 3;
SELECT from_stage, to_stage, customer_count
FROM crm.stage_transition WHERE customer_count > 0 ORDER BY from_stage_order, to_stage_order;

-- The same day once more is no news.
CREATE TABLE known AS SELECT * FROM crm.customer_move;
SELECT crm_snapshot('crm');
SELECT count(*) FROM (SELECT * FROM crm.customer_move EXCEPT SELECT * FROM known) AS news;

-- Back to where it was: the orders stay.
SELECT crm_drop_workspace('crm');
SELECT count(*) FROM "Web Orders";
SELECT count(*) FROM pg_trigger WHERE tgrelid = '"Web Orders"'::regclass;
SELECT crm_refresh('crm');
DROP TABLE "Web Orders", known;
