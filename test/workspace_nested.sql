-- Triggers of a workspace among others: those that change rows as they come, rows that add up to nothing, sessions in
-- which a literal means something else, and workspaces that took the name of another.
BEGIN;
SELECT plan(30);
SET LOCAL client_min_messages = warning;

-- A shop's own trigger runs while the statement that it belongs to is not over: ours is told of its changes first.
CREATE TABLE sale (id integer PRIMARY KEY, who text, at date, amount numeric, line integer DEFAULT 1, sku text);
CREATE FUNCTION pg_temp.after_sale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    CASE NEW.sku
        WHEN 'tax' THEN UPDATE sale SET amount = amount * 1.2, sku = 'taxed' WHERE id = NEW.id;
        WHEN 'gone' THEN DELETE FROM sale WHERE id = NEW.id;
        WHEN 'moved' THEN UPDATE sale SET who = who || '2', sku = NULL WHERE id = NEW.id;
        ELSE NULL;
    END CASE;
    RETURN NULL;
END $$;
CREATE TRIGGER after_sale AFTER INSERT OR UPDATE ON sale FOR EACH ROW EXECUTE FUNCTION pg_temp.after_sale();
SELECT crm_create_workspace('w', '{"purchase": {"from": "sale", "purchase_id": "id", "customer_id": "who",
    "purchased_at": "at", "amount": "amount", "events": "(line = 1)::integer"}}');
CREATE FUNCTION pg_temp.ledgers() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(customer_id || ' ' || purchases, '; ' ORDER BY customer_id) FROM w.customer_activity
$$;
INSERT INTO sale VALUES (1, 'ann', '2024-01-01', 100, 1, 'tax');
SELECT is(pg_temp.ledgers(), 'ann {2024-01-01:1:120}', 'a row that is changed as it comes');
INSERT INTO sale VALUES (2, 'bob', '2024-01-01', 100, 1, 'gone');
SELECT is(pg_temp.ledgers(), 'ann {2024-01-01:1:120}', 'one that is deleted');
INSERT INTO sale VALUES (3, 'cat', '2024-01-01', 100, 1, 'moved');
SELECT is(pg_temp.ledgers(), 'ann {2024-01-01:1:120}; cat2 {2024-01-01:1:100}', 'one that is another''s');
UPDATE sale SET who = 'dan', sku = 'tax' WHERE id = 3;
SELECT is(pg_temp.ledgers(), 'ann {2024-01-01:1:120}; dan {2024-01-01:1:120}', 'and by an update');
UPDATE sale SET who = 'eve', sku = 'gone' WHERE id = 3;
SELECT is(pg_temp.ledgers(), 'ann {2024-01-01:1:120}', 'that ends in nothing');
INSERT INTO sale SELECT n, 'fay', '2024-02-01', n, 1, CASE WHEN n % 2 = 0 THEN 'gone' ELSE 'tax' END
FROM generate_series(11, 20) AS n;
SELECT is_empty($$SELECT * FROM crm_check_workspace('w')$$, 'many at once');

-- Rows that add up to nothing make no ledger, and are there all the same.
DELETE FROM sale;
INSERT INTO sale VALUES (1, 'ann', '2024-01-01', -20, 2), (2, 'ann', '2024-01-01', 20, 2);
SELECT is(pg_temp.ledgers(), NULL, 'they add up to nothing');
UPDATE sale SET amount = 30 WHERE id = 2;
SELECT is(pg_temp.ledgers(), 'ann {2024-01-01:0:10}', 'and then to something');
UPDATE sale SET amount = 20 WHERE id = 2;
SELECT is(pg_temp.ledgers(), NULL, 'and to nothing');
DELETE FROM sale WHERE id = 1;
SELECT is(pg_temp.ledgers(), 'ann {2024-01-01:0:20}', 'what is left of them');
INSERT INTO sale VALUES (3, 'ann', '2024-01-01', -20, 2);
SELECT is(pg_temp.ledgers(), NULL, 'an insert takes the ledger away');
SELECT is_empty($$SELECT * FROM crm_check_workspace('w')$$, 'which is as it should be');

-- Who was erased stays away, and nothing tells of them when their rows are gone.
DELETE FROM sale;
INSERT INTO sale VALUES (1, 'ann', '2024-01-01', 10), (2, 'ann', '2024-01-02', 20), (3, 'bob', '2024-01-02', 20);
SELECT set_eq($$SELECT relation FROM crm_erase_customer('w', 'ann') WHERE NOT is_erased$$, $$VALUES ('purchase')$$,
    'rows of a source stay');
UPDATE sale SET amount = 15 WHERE id = 1;
DELETE FROM sale WHERE id = 1;
SELECT is(pg_temp.ledgers(), 'bob {2024-01-02:1:20}', 'what becomes of the rows of somebody erased makes no ledger');
SELECT results_eq('SELECT source, customer_id FROM w.erased_customer', $$VALUES ('purchase', 'ann')$$,
    'which is noted');
DELETE FROM sale WHERE id = 2;
SELECT is_empty('SELECT * FROM w.erased_customer', 'for as long as there is one');
SELECT crm_erase_customer('w', 'bob');
SELECT is(crm_refresh('w'), 1::bigint, 'a refresh counts the rows again');
SELECT is_empty('SELECT * FROM w.erased_customer', 'and forgets');
SELECT crm_erase_customer('w', 'bob');
TRUNCATE sale;
SELECT is_empty('SELECT * FROM w.erased_customer', 'TRUNCATE too');

-- Literals in a mapping mean the same in every session.
CREATE TABLE part (who text, at date, sku text);
SELECT crm_create_workspace('p', '{"purchase": {"from": "part", "customer_id": "who", "purchased_at": "at",
    "where": "sku ~ ''^\\d+$'' AND (''{NULL,x}''::text[])[1] IS NULL"}}');
SET LOCAL standard_conforming_strings = off;
SET LOCAL escape_string_warning = off;
SET LOCAL array_nulls = off;
INSERT INTO part VALUES ('ann', '2024-01-01', '123'), ('bob', '2024-01-01', 'ddd');
SELECT results_eq('SELECT customer_id FROM p.customer_activity', $$VALUES ('ann')$$, 'a backslash, a NULL in an array');
SELECT crm_upgrade_workspace('p');
SELECT crm_add_subject('p', 'service');
SELECT is_empty($$SELECT relname FROM pg_class WHERE relnamespace = 'p'::regnamespace AND relkind = 'v'
        AND relname IN (SELECT relname FROM pg_class WHERE relnamespace = 'w'::regnamespace
                            AND reloptions @> '{security_invoker=true}')
        AND reloptions @> '{security_invoker=true}' IS NOT TRUE$$, 'views have the rights of their readers still');
RESET standard_conforming_strings;
RESET array_nulls;
SELECT is_empty($$SELECT * FROM crm_check_workspace('p')$$, 'views and triggers read the same');

-- Triggers do not know that a workspace has another name, but that theirs is another's.
CREATE TABLE renamed_sale (who text, at date);
SELECT crm_create_workspace('q', '{"purchase": {"from": "renamed_sale", "customer_id": "who", "purchased_at": "at"}}');
ALTER SCHEMA q RENAME TO "old {keys} %s";
SELECT throws_ok($$INSERT INTO renamed_sale VALUES ('ann', '2024-01-01')$$, '55000',
    'workspace "q" has another name now, and its triggers do not know it');
SELECT throws_ok($$SELECT crm_create_workspace('q', '{"purchase": {"from": "renamed_sale", "customer_id": "who",
    "purchased_at": "at"}}')$$, '42710',
    'trigger "q_purchase_insert" on renamed_sale is that of workspace "old {keys} %s", which was renamed');
SELECT crm_create_workspace('q');
SELECT throws_ok($$INSERT INTO renamed_sale VALUES ('ann', '2024-01-01')$$, '55000', NULL,
    'not into a workspace that took the name');
SELECT crm_upgrade_workspace('old {keys} %s');
INSERT INTO renamed_sale VALUES ('ann', '2024-01-01');
SELECT is((SELECT count(*) FROM "old {keys} %s".customer_activity) - (SELECT count(*) FROM q.customer_activity),
    1::bigint, 'but into its own');

-- Of two sources that are wrong one is named with its own error.
CREATE TABLE wrong_sale (who text, at timestamptz, amount numeric);
CREATE TABLE wrong_talk (who text, at timestamptz);
INSERT INTO wrong_sale VALUES ('ann', '2024-01-01', 'NaN');
INSERT INTO wrong_talk VALUES ('ann', 'infinity');
SELECT throws_ok($$SELECT crm_create_workspace('wrong',
    '{"purchase": {"from": "wrong_sale", "customer_id": "who", "purchased_at": "at", "amount": "amount"},
      "interaction": {"from": "wrong_talk", "customer_id": "who", "interacted_at": "at"}}')$$, '22008',
    'source "interaction": day of an event cannot be infinity');

-- A trigger on a ledger, and sources of other ledgers within
CREATE TABLE heard (who text, at date);
CREATE TABLE told (who text, at date);
SELECT crm_create_workspace('n', '{"purchase": {"from": "told", "customer_id": "who", "purchased_at": "at"},
    "interaction": {"from": "heard", "customer_id": "who", "interacted_at": "at"}}');
CREATE FUNCTION pg_temp.tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO heard VALUES (NEW.customer_id, '2024-01-01');
    RETURN NULL;
END $$;
CREATE TRIGGER tell AFTER UPDATE ON n.customer_activity FOR EACH ROW EXECUTE FUNCTION pg_temp.tell();
INSERT INTO told VALUES ('ann', '2024-01-01');
DELETE FROM told;
SELECT is_empty('SELECT * FROM n.customer_activity', 'a ledger that empties goes, whatever comes in between');

-- The extension takes its triggers with it.
DROP EXTENSION crm_ext CASCADE;
SELECT is_empty($$SELECT tgname FROM pg_trigger 
    WHERE tgrelid IN ('sale'::regclass, 'part'::regclass, 'renamed_sale'::regclass) AND tgname <> 'after_sale'$$,
    'no trigger is left');
SELECT lives_ok($$INSERT INTO part VALUES ('cat', '2024-01-01', '123')$$, 'and sources are written to');

SELECT * FROM finish();
ROLLBACK;
