-- With whose rights triggers act, and what nobody gets by them.
BEGIN;
SELECT plan(23);
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

-- A superuser does not run what lies in other people's tables and workspaces
RESET ROLE;
SELECT throws_ok($$SELECT crm_create_workspace('super_crm', '{"purchase": {"from": "ours.orders", "customer_id": "cust", "purchased_at": "at"}}', maintain => 'refresh')$$,
                 '42501', 'source "purchase": ours.orders belongs to crm_shop', 'a superuser makes no workspace over a table of somebody else''s');
SELECT throws_ok(format('SELECT %s', call), '42501', 'workspace "shop_crm" belongs to somebody else', call || ' by a superuser')
FROM unnest(ARRAY['crm_upgrade_workspace(''shop_crm'')', 'crm_change_sources(''shop_crm'')', 'crm_refresh(''shop_crm'')',
                  'crm_refit(''shop_crm'')', 'crm_snapshot(''shop_crm'')', 'crm_check_workspace(''shop_crm'')',
                  'crm_add_subject(''shop_crm'', ''goal'')', 'crm_drop_workspace(''shop_crm'')',
                  'crm_export_customer(''shop_crm'', 1)', 'crm_erase_customer(''shop_crm'', 1)']) AS call;

-- Eve may put triggers on the table: not those of the shop's workspace
SET ROLE crm_eve;
SELECT throws_ok($$CREATE TRIGGER eves AFTER INSERT ON ours.orders REFERENCING NEW TABLE AS new_rows
                   FOR EACH STATEMENT EXECUTE FUNCTION shop_crm.follow_purchase()$$, '42501', NULL, 'nobody else makes a trigger of a workspace''s function');
SELECT throws_ok($$SELECT crm_create_workspace('eve_crm', '{"purchase": {"from": "ours.orders", "customer_id": "cust", "purchased_at": "at"}}')$$,
                 '42501', 'source "purchase": ours.orders belongs to crm_shop, who has not the rights of crm_eve',
                 'nor a workspace with triggers whose table is not hers');

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
SELECT throws_ok($$INSERT INTO ours.orders VALUES (6, 12, '2024-01-03', 5)$$, '3F000', NULL, 'a workspace that was renamed is missed');
SELECT crm_upgrade_workspace('shop_renamed');
DROP SCHEMA shop_queue CASCADE;
INSERT INTO ours.orders VALUES (6, 12, '2024-01-03', 5);
SELECT is((SELECT count(*) FROM shop_renamed.customer_activity WHERE customer_id = 12), 1::bigint,
          'crm_upgrade_workspace mends that, and DROP SCHEMA takes its triggers with it');

SELECT * FROM finish();
ROLLBACK;
