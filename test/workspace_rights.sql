-- With whose rights triggers act, and what nobody gets by them.
BEGIN;
SELECT plan(28);
SET LOCAL client_min_messages = warning;

CREATE ROLE crm_shop;
CREATE ROLE crm_clerk;
CREATE ROLE crm_eve;
CREATE SCHEMA ours AUTHORIZATION crm_shop;
CREATE SCHEMA eves AUTHORIZATION crm_eve;
GRANT USAGE ON SCHEMA ours TO crm_clerk, crm_eve;
GRANT USAGE ON SCHEMA eves TO PUBLIC;
SELECT format('GRANT CREATE ON DATABASE %I TO crm_shop, crm_eve', current_database()) \gexec

SET ROLE crm_shop;
CREATE TABLE ours.orders (id integer, cust integer, at date, total numeric);
GRANT ALL ON ours.orders TO crm_clerk, crm_eve;
SELECT crm_create_workspace('shop_crm', '{"purchase": {"from": "ours.orders", "customer_id": "orders.cust", "purchased_at": "at", "amount": "total -- net"}}');
SELECT crm_create_workspace('shop_queue', '{"purchase": {"from": "ours.orders", "customer_id": "cust", "purchased_at": "at"}}', maintain => 'queue');

-- A clerk writes orders, and has no right on a workspace
SET ROLE crm_clerk;
SELECT lives_ok($$INSERT INTO ours.orders VALUES (1, 7, '2024-01-01', 5), (2, 8, '2024-01-01', 6)$$, 'a clerk writes orders');
SELECT lives_ok('TRUNCATE ours.orders', 'and truncates them');
SELECT lives_ok($$INSERT INTO ours.orders VALUES (3, 9, '2024-01-01', 5)$$, 'and writes again');
SET ROLE crm_shop;
SELECT results_eq('SELECT customer_id FROM shop_crm.customer_activity', ARRAY[9], 'ledgers follow');
SELECT is((SELECT count(*) FROM shop_queue.change_queue), 4::bigint, 'and the queue');

-- A superuser's workspace over the shop's table: the trigger acts as the shop
RESET ROLE;
SELECT crm_create_workspace('super_crm', '{"purchase": {"from": "ours.orders", "customer_id": "cust", "purchased_at": "at", "amount": "total"}}');
SET ROLE crm_clerk;
SELECT lives_ok($$INSERT INTO ours.orders VALUES (4, 10, '2024-01-02', 5)$$, 'a clerk writes for a superuser''s workspace too');
RESET ROLE;
SELECT results_eq('SELECT customer_id FROM super_crm.customer_activity ORDER BY 1', ARRAY[9, 10], 'whose ledgers follow');

-- Eve may put triggers on the table, not speak for its owner
SET ROLE crm_eve;
CREATE TABLE eves.seen (who name);
GRANT INSERT ON eves.seen TO PUBLIC;
CREATE FUNCTION eves.who() RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO eves.seen VALUES (current_user);
    RETURN 1;
END $$;
CREATE TABLE eves.change_queue (customer_id integer);
GRANT INSERT ON eves.change_queue TO crm_clerk;
CREATE TRIGGER eves AFTER INSERT ON ours.orders REFERENCING NEW TABLE AS n FOR EACH STATEMENT
EXECUTE FUNCTION crm_queue_trigger('eves.change_queue', 'eves.who() = 1', 'cust');
SELECT throws_ok($$COMMENT ON TRIGGER eves ON ours.orders IS 'Acts with the rights of crm_shop.'$$, '42501', NULL,
                 'who does not own the table cannot agree for its owner');
SET ROLE crm_clerk;
SELECT lives_ok($$INSERT INTO ours.orders VALUES (5, 11, '2024-01-02', 5)$$, 'a trigger that nobody agreed to');
SET ROLE crm_eve;
SELECT results_eq('SELECT DISTINCT who FROM eves.seen', ARRAY['crm_clerk'::name], 'acts as whose statement it is');
RESET ROLE;
DROP TRIGGER eves ON ours.orders;
SET ROLE crm_eve;

-- Nor change a trigger to which its owner agreed, and keep his word for it
SELECT format('CREATE OR REPLACE TRIGGER shop_crm_purchase_insert AFTER INSERT ON ours.orders REFERENCING NEW TABLE AS new_rows '
              'FOR EACH STATEMENT EXECUTE FUNCTION crm_activity_trigger(%L, %L, %L, %L, %L, %L, %L, %L)',
              'shop_crm.customer_activity', 'purchases', 'at', 'total', 'eves.who()', 'true', 'customer_id', 'cust') \gexec
DELETE FROM eves.seen;
SET ROLE crm_clerk;
SELECT throws_ok($$INSERT INTO ours.orders VALUES (5, 11, '2024-01-02', 5)$$, '42501', NULL, 'a trigger that was changed since has no rights');
SET ROLE crm_shop;
SELECT crm_upgrade_workspace('shop_crm');
SET ROLE crm_clerk;
SELECT lives_ok($$INSERT INTO ours.orders VALUES (5, 11, '2024-01-02', 5)$$, 'an upgrade seals it again');
RESET ROLE;
SELECT is_empty('SELECT FROM eves.seen', 'and nothing of hers was run');

-- Nor who once was one of the owner's: the ledgers in her hands get nobody's rights
GRANT crm_shop TO crm_eve;
SET ROLE crm_eve;
SELECT crm_create_workspace('eve_crm', '{"purchase": {"from": "ours.orders", "customer_id": "cust", "purchased_at": "at"}}');
RESET ROLE;
REVOKE crm_shop FROM crm_eve;
SET ROLE crm_clerk;
SELECT throws_ok($$INSERT INTO ours.orders VALUES (7, 11, '2024-01-02', 5)$$, '42501', NULL, 'ledgers of somebody else now are not written as the owner');
RESET ROLE;
SELECT format('DROP TRIGGER %I ON ours.orders', tgname) FROM pg_trigger WHERE tgname LIKE 'eve_crm_%' AND tgrelid = 'ours.orders'::regclass \gexec
DROP SCHEMA eve_crm CASCADE;

SET ROLE crm_eve;
-- Nor does she reach tables of the shop from a table of her own
CREATE TABLE eves.bait (customer_id integer, x int4range);
CREATE TRIGGER bait AFTER INSERT ON eves.bait REFERENCING NEW TABLE AS n FOR EACH STATEMENT
EXECUTE FUNCTION crm_queue_trigger('shop_queue.change_queue', 'true', 'customer_id');
SELECT format('COMMENT ON TRIGGER bait ON eves.bait IS %L', crm_trigger_seal('eves.bait', 'bait')) \gexec
SELECT throws_ok('INSERT INTO eves.bait VALUES (1)', '42501', NULL, 'a workspace is out of reach');
DROP TRIGGER bait ON eves.bait;

-- Arguments that mean no ledgers
CREATE TABLE eves.ledger (customer_id integer PRIMARY KEY, x int4range, ok crm_activity);
CREATE FUNCTION eves.try_trigger(VARIADIC arguments text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER t AFTER INSERT ON eves.bait REFERENCING NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION crm_activity_trigger(%s)',
                   (SELECT string_agg(quote_literal(a), ', ') FROM unnest(arguments) AS a));
    INSERT INTO eves.bait VALUES (1);
    DROP TRIGGER t ON eves.bait;
END $$;
SELECT throws_ok($$SELECT eves.try_trigger('eves.ledger', 'x', 'make_date(2024, 1, 1)', '1', '1', 'true', 'customer_id', 'customer_id')$$,
                 '39P01', NULL, 'a column of another type');
SELECT throws_ok($$SELECT eves.try_trigger('eves.ledger', 'y', 'make_date(2024, 1, 1)', '1', '1', 'true', 'customer_id', 'customer_id')$$,
                 '42703', NULL, 'no such column');
SELECT throws_ok($$SELECT eves.try_trigger('ledger', 'ok', 'make_date(2024, 1, 1)', '1', '1', 'true', 'customer_id', 'customer_id')$$,
                 '39P01', NULL, 'a name without its schema');
SELECT throws_ok($$SELECT eves.try_trigger('eves.ledger; DROP TABLE eves.bait', 'ok', 'make_date(2024, 1, 1)', '1', '1', 'true', 'customer_id', 'customer_id')$$,
                 '42602', NULL, 'more than a name');
SELECT throws_ok($$SELECT eves.try_trigger('eves.ledger', 'ok', 'make_date(2024, 1, 1)', '1', '1', 'true')$$, '39P01', NULL, 'no key');
SELECT throws_ok($$SELECT eves.try_trigger('eves.ledger', 'ok', 'now()', '1', '1', 'true', 'customer_id', 'customer_id')$$,
                 '42883', NULL, 'an instant is no day');
SELECT lives_ok($$SELECT eves.try_trigger('eves.ledger', 'ok', 'make_date(2024, 1, 1)', '1', '1', 'true', 'customer_id', 'bait.customer_id')$$,
                'a ledger of her own is another thing');
SELECT throws_ok('SELECT crm_activity_trigger()', '39P01', NULL, 'a trigger function is not called');

-- What an expression means does not change with the session
SET ROLE crm_shop;
SET LOCAL TimeZone = 'America/New_York';
SET LOCAL DateStyle = 'SQL, DMY';
CREATE TABLE ours.visits (who integer, at timestamptz);
SELECT crm_create_workspace('visits', '{"purchase": {"from": "ours.visits", "customer_id": "who", "purchased_at": "at", "where": "at >= ''2024-01-02''"}}',
                            time_zone => 'Asia/Tokyo');
SET LOCAL TimeZone = 'Pacific/Auckland';
INSERT INTO ours.visits VALUES (1, '2024-01-01 14:59:59+00'), (2, '2024-01-01 15:00:00+00');
SELECT results_eq('SELECT customer_id FROM visits.customer_activity', ARRAY[2], 'a date in a condition is one of the workspace''s time zone');
SELECT is_empty($$SELECT * FROM crm_check_workspace('visits')$$, 'for view and trigger');
RESET TimeZone;
RESET DateStyle;
-- Who was erased does not come back by halves
DELETE FROM visits.customer_activity;
UPDATE ours.visits SET who = 3 WHERE who = 2;
SELECT results_eq('SELECT customer_id FROM visits.customer_activity', ARRAY[3], 'an update gives to the new customer, and takes nothing from an erased one');

-- Renamed and dropped by hand
SET ROLE crm_shop;
ALTER SCHEMA shop_crm RENAME TO shop_renamed;
SELECT throws_ok($$INSERT INTO ours.orders VALUES (6, 12, '2024-01-03', 5)$$, '42P01', NULL, 'a workspace that was renamed is missed');
SELECT crm_upgrade_workspace('shop_renamed');
DROP SCHEMA shop_queue CASCADE;
SELECT crm_drop_workspace('shop_queue');
INSERT INTO ours.orders VALUES (6, 12, '2024-01-03', 5);
SELECT is((SELECT count(*) FROM shop_renamed.customer_activity WHERE customer_id = 12), 1::bigint,
          'crm_upgrade_workspace and crm_drop_workspace mend that');

SELECT * FROM finish();
ROLLBACK;
