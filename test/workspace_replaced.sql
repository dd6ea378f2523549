-- A source whose table was swapped for another of its name, as loads from elsewhere do: crm_upgrade_workspace follows
-- the name, and so do the ledgers.
BEGIN;
SELECT plan(9);
SET LOCAL client_min_messages = warning;
SET LOCAL crm_ext.as_of = '2024-12-31';
CREATE TABLE orders (k text, d date, a numeric);
INSERT INTO orders VALUES ('a', '2024-01-01', 5);
SELECT crm_create_workspace(name, '{"purchase": {"from": "orders", "customer_id": "k", "purchased_at": "d",
    "amount": "a"}}', maintain => maintain)
FROM (VALUES ('followed', 'triggers'), ('queued', 'queue')) AS workspace (name, maintain);
CREATE FUNCTION pg_temp.ledgers() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT format('%s %s %s', name, customer_id, purchases)
    FROM (SELECT 'followed' AS name, * FROM followed.customer_activity
          UNION ALL SELECT 'queued', * FROM queued.customer_activity) AS ledger
    ORDER BY 1
$$;

-- Renamed, and another made in its place
ALTER TABLE orders RENAME TO orders_before;
CREATE TABLE orders (k text, d date, a numeric);
INSERT INTO orders VALUES ('n', '2024-06-01', 100);
SELECT crm_upgrade_workspace('followed');
SELECT crm_upgrade_workspace('queued');
SELECT results_eq('SELECT * FROM pg_temp.ledgers()',
    $$VALUES ('followed n {2024-06-01:1:100}'), ('queued n {2024-06-01:1:100}')$$,
    'the ledgers are those of the new table');
UPDATE orders SET a = 1;
INSERT INTO orders_before VALUES ('b', '2024-01-02', 1);
SELECT is((SELECT purchases FROM followed.customer_activity), '{2024-06-01:1:1}'::crm_activity,
    'which alone is followed from then on');
SELECT is_empty($$SELECT * FROM crm_check_workspace('followed')$$, 'nothing differs');
SELECT is(crm_refresh('queued'), 1::bigint, 'the queue has who changed');

-- Dropped, and made anew
DROP TABLE orders CASCADE;
CREATE TABLE orders (k text, d date, a numeric);
INSERT INTO orders VALUES ('m', '2024-07-01', 7);
SELECT crm_upgrade_workspace('followed');
SELECT crm_upgrade_workspace('queued');
SELECT results_eq('SELECT * FROM pg_temp.ledgers()',
    $$VALUES ('followed m {2024-07-01:1:7}'), ('queued m {2024-07-01:1:7}')$$,
    'nor is anything left of one that is gone');
SELECT is_empty($$SELECT * FROM crm_check_workspace('followed')$$, 'nothing differs either');
SELECT is_empty($$SELECT * FROM followed.reconciliation WHERE difference IS DISTINCT FROM 0$$, 'and totals agree');

-- Where all is as it was, nothing is read again: rows that were written without triggers stay unread.
SET LOCAL session_replication_role = replica;
INSERT INTO orders VALUES ('unseen', '2024-08-01', 8);
RESET session_replication_role;
SELECT crm_upgrade_workspace('followed');
SELECT is((SELECT count(*) FROM followed.customer_activity), 1::bigint, 'a table that was followed is not read again');
SELECT cmp_ok((SELECT count(*) FROM followed.reconciliation WHERE difference <> 0), '>', 0::bigint,
    'reconciliation tells what was missed');
SELECT * FROM finish();
ROLLBACK;
