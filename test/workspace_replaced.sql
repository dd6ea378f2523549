-- A source whose table, or a column of it, was swapped for another of its name, as loads from elsewhere and changes of
-- type do: crm_upgrade_workspace follows the name, and so do the ledgers.
BEGIN;
SELECT plan(43);
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
SELECT results_eq($$SELECT problem_count, example_key FROM followed.data_quality WHERE check_name = 'unread_column'$$,
    $$VALUES (1::bigint, 'public.orders in purchase')$$, 'data_quality tells that the view reads another table');
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

-- A column that another took the name of, in every way to keep ledgers
CREATE FUNCTION pg_temp.unread(workspace text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format($q$SELECT format('%%s: %%s', problem_count, example_key) FROM %I.data_quality
                      WHERE check_name = 'unread_column'$q$, workspace) INTO answer;
    RETURN answer;
END $$;
CREATE TABLE sale (id integer PRIMARY KEY, k text, d date, a numeric, note text);
INSERT INTO sale VALUES (1, 'a', '2024-01-01', 5, 'x'), (2, 'b', '2024-02-01', 7, 'y');
SELECT crm_create_workspace('kept_by_' || maintain, '{"purchase": {"from": "sale", "purchase_id": "id",
    "customer_id": "k", "purchased_at": "d", "amount": "a", "currency": "note"}}', maintain => maintain)
FROM unnest('{triggers,queue,refresh}'::text[]) AS maintain;
SELECT is(pg_temp.unread('kept_by_' || maintain), '0: ', 'all columns are read with ' || maintain)
FROM unnest('{triggers,queue,refresh}'::text[]) AS maintain;
SAVEPOINT made;
ALTER TABLE sale ADD a_new numeric(12,2);
UPDATE sale SET a_new = 10 * a;
ALTER TABLE sale RENAME a TO a_old;
ALTER TABLE sale RENAME a_new TO a;
INSERT INTO sale VALUES (3, 'a', '2024-03-01', NULL, 'x', 1);
SELECT is(pg_temp.unread('kept_by_' || maintain), '1: a in purchase', 'with ' || maintain || ' data_quality tells it')
FROM unnest('{triggers,queue,refresh}'::text[]) AS maintain;
SELECT crm_upgrade_workspace('kept_by_' || maintain) FROM unnest('{triggers,queue,refresh}'::text[]) AS maintain;
SELECT is(pg_temp.unread('kept_by_' || maintain), '0: ', 'and after an upgrade nothing')
FROM unnest('{triggers,queue,refresh}'::text[]) AS maintain;
SELECT results_eq(format('SELECT customer_id, purchases::text FROM kept_by_%s.customer_activity ORDER BY 1', maintain),
    $$VALUES ('a', '{2024-01-01:1:50,2024-03-01:1:1}'), ('b', '{2024-02-01:1:70}')$$,
    'ledgers are of the column that has the name now, with ' || maintain)
FROM unnest('{triggers,queue,refresh}'::text[]) AS maintain;
SELECT lives_ok('ALTER TABLE sale DROP COLUMN a_old', 'nothing reads the old column any more');
UPDATE sale SET a = 2 WHERE id = 3;
SELECT is_empty($$SELECT * FROM crm_check_workspace('kept_by_triggers')$$, 'and triggers follow the new one');
ROLLBACK TO made;

-- The key of the row, a field that is in no ledger, one in an expression, and one whose name was quoted
ALTER TABLE sale RENAME note TO note_old;
ALTER TABLE sale ADD note text;
SELECT is(pg_temp.unread('kept_by_triggers'), '1: note in purchase', 'a field that is in no ledger');
ROLLBACK TO made;
ALTER TABLE sale ADD id_new bigint;
UPDATE sale SET id_new = id;
ALTER TABLE sale RENAME id TO id_old;
ALTER TABLE sale RENAME id_new TO id;
SELECT is(pg_temp.unread('kept_by_refresh'), '1: id in purchase', 'the key of the row');
SELECT lives_ok($$SELECT crm_upgrade_workspace('kept_by_refresh')$$, 'which may be of another type');
ROLLBACK TO made;
SELECT crm_change_sources('kept_by_queue', '{"purchase": {"from": "sale", "purchase_id": "to_jsonb(sale) ->> ''id''",
    "customer_id": "K", "purchased_at": "d", "amount": "coalesce(a, 0)", "where": "Note <> ''a''"}}');
SELECT is(pg_temp.unread('kept_by_queue'), '0: ', 'whole rows, capitals and a word that is a column name elsewhere');
ALTER TABLE sale RENAME d TO e;
SELECT is(pg_temp.unread('kept_by_queue'), '0: ', 'a name that no column took is not what this looks for');
ALTER TABLE sale RENAME e TO d;
ALTER TABLE sale RENAME a TO paid;
ALTER TABLE sale ADD a numeric;
SELECT is(pg_temp.unread('kept_by_queue'), '1: a in purchase', 'within an expression');
SELECT crm_upgrade_workspace('kept_by_queue');
SELECT is((SELECT sum(crm_amount(purchases)) FROM kept_by_queue.customer_activity), 0::numeric,
    'and ledgers are made of it by an upgrade');
ROLLBACK TO made;
ALTER TABLE sale ADD "A b" numeric;
SELECT crm_change_sources('kept_by_refresh', '{"purchase": {"from": "sale", "customer_id": "k", "purchased_at": "d",
    "amount": "\"A b\""}}');
SELECT is(pg_temp.unread('kept_by_refresh'), '0: ', 'a name in quotes');
ALTER TABLE sale RENAME "A b" TO c;
ALTER TABLE sale ADD "A b" numeric;
SELECT is(pg_temp.unread('kept_by_refresh'), '1: "A b" in purchase', 'which another column took');
ROLLBACK TO made;

-- Customers' keys of another type
ALTER TABLE sale ADD k_new integer;
UPDATE sale SET k_new = ascii(k);
ALTER TABLE sale RENAME k TO k_old;
ALTER TABLE sale RENAME k_new TO k;
SELECT lives_ok($$SELECT crm_upgrade_workspace('kept_by_refresh')$$, 'text holds keys that became integers');
SELECT results_eq('SELECT customer_id FROM kept_by_refresh.customer_360 ORDER BY 1', $$VALUES ('97'), ('98')$$,
    'and customers have them');
ROLLBACK TO made;

-- The recipe of doc/workspace.md
ALTER TABLE sale ADD a_new numeric(12,2);
UPDATE sale SET a_new = a;
ALTER TABLE sale RENAME a TO a_old;
ALTER TABLE sale RENAME a_new TO a;
SELECT crm_upgrade_workspace('kept_by_' || maintain) FROM unnest('{triggers,queue,refresh}'::text[]) AS maintain;
ALTER TABLE sale DROP COLUMN a_old;
INSERT INTO sale VALUES (3, 'a', '2024-03-01', 'x', 1);
SELECT is_empty($$SELECT * FROM crm_check_workspace('kept_by_triggers')$$, 'a column of another type is followed');
ROLLBACK TO made;

-- A table that is gone
DROP TABLE sale CASCADE;
SELECT throws_ok(format('SELECT %s', call), '42P01', message, call)
FROM (VALUES ('crm_refresh(''kept_by_triggers'')', 'source "purchase" of workspace "kept_by_triggers" was dropped'),
             ('crm_check_workspace(''kept_by_queue'')', 'source "purchase" of workspace "kept_by_queue" was dropped'),
             ('crm_add_subject(''kept_by_refresh'', ''profile'')',
              'source "purchase": relation "public.sale" does not exist'),
             ('crm_change_sources(''kept_by_refresh'', maintain => ''queue'')',
              'source "purchase": relation "public.sale" does not exist'),
             ('crm_upgrade_workspace(''kept_by_queue'')',
              'source "purchase": relation "public.sale" does not exist')) AS t (call, message);
CREATE TABLE sale (id integer PRIMARY KEY, k text, d date, a numeric, note text);
INSERT INTO sale VALUES (1, 'z', '2024-01-01', 5, 'x');
SELECT crm_upgrade_workspace('kept_by_triggers');
SELECT results_eq('SELECT customer_id, purchases::text FROM kept_by_triggers.customer_activity',
    $$VALUES ('z', '{2024-01-01:1:5}')$$, 'made again, it is followed');
SELECT lives_ok($$SELECT crm_drop_workspace('kept_by_refresh')$$, 'and without its sources a workspace can be dropped');
SELECT * FROM finish();
ROLLBACK;
