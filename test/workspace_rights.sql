-- With whose rights triggers act, and what nobody gets by them.
BEGIN;
SELECT plan(CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 100 ELSE 98 END);
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
SELECT crm_create_workspace('shop_crm',
    '{"purchase": {"from": "ours.orders", "customer_id": "orders.cust", "purchased_at": "at",
                   "amount": "total -- net"}}');
SELECT crm_create_workspace('shop_queue',
    '{"purchase": {"from": "ours.orders", "customer_id": "cust", "purchased_at": "at"}}', maintain => 'queue');

-- A clerk writes orders, and has no right on a workspace
SET ROLE crm_clerk;
SELECT lives_ok($$INSERT INTO ours.orders VALUES (1, 7, '2024-01-01', 5), (2, 8, '2024-01-01', 6)$$,
    'a clerk writes orders');
SELECT lives_ok('TRUNCATE ours.orders', 'and truncates them');
SELECT lives_ok($$INSERT INTO ours.orders VALUES (3, 9, '2024-01-01', 5)$$, 'and writes again');
SET ROLE crm_shop;
SELECT results_eq('SELECT customer_id FROM shop_crm.customer_activity', ARRAY[9], 'ledgers follow');
SELECT is((SELECT count(*) FROM shop_queue.change_queue), 4::bigint, 'and the queue');

-- A superuser does not run what lies in other people's tables and workspaces
RESET ROLE;
SELECT throws_ok($$SELECT crm_create_workspace('super_crm',
    '{"purchase": {"from": "ours.orders", "customer_id": "cust", "purchased_at": "at"}}', maintain => 'refresh')$$,
                 '42501', 'source "purchase": ours.orders belongs to crm_shop',
                 'a superuser makes no workspace over a table of somebody else''s');
SELECT throws_ok(format('SELECT %s', call), '42501', 'workspace "shop_crm" belongs to another role',
    call || ' by a superuser')
FROM unnest(ARRAY['crm_upgrade_workspace(''shop_crm'')', 'crm_change_sources(''shop_crm'')',
    'crm_refresh(''shop_crm'')',
                  'crm_refit(''shop_crm'')', 'crm_snapshot(''shop_crm'')', 'crm_check_workspace(''shop_crm'')',
                  'crm_add_subject(''shop_crm'', ''goal'')', 'crm_drop_workspace(''shop_crm'')',
                  'crm_alert(''shop_crm'')', 'crm_note_overdue(''shop_crm'')',
                  'crm_export_customer(''shop_crm'', 1)', 'crm_erase_customer(''shop_crm'', 1)']) AS call;

-- Eve may put triggers on the table: not those of the shop's workspace
SET ROLE crm_eve;
SELECT throws_ok($$CREATE TRIGGER eves AFTER INSERT ON ours.orders REFERENCING NEW TABLE AS new_rows
                   FOR EACH STATEMENT EXECUTE FUNCTION shop_crm.follow_purchase()$$, '42501', NULL,
                   'nobody else makes a trigger of a workspace''s function');
SELECT throws_ok($$SELECT crm_create_workspace('eve_crm',
    '{"purchase": {"from": "ours.orders", "customer_id": "cust", "purchased_at": "at"}}')$$,
                 '42501',
                 'source "purchase": ours.orders belongs to crm_shop, who does not have the privileges of crm_eve',
                 'nor a workspace with triggers whose table is not hers');

-- An expression in which a third person has a hand, in any way
CREATE FUNCTION eves.fold(integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'of eve, run as %', current_user;
END $$;
CREATE TYPE eves.code AS (n integer);
CREATE FUNCTION eves.number(eves.code) RETURNS numeric IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'of eve, run as %', current_user;
END $$;
CREATE CAST (eves.code AS numeric) WITH FUNCTION eves.number(eves.code) AS IMPLICIT;
CREATE DOMAIN eves.positive AS integer CHECK (eves.fold(VALUE) > 0);
CREATE FUNCTION eves.plus(integer, integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT eves.fold($1)';
CREATE OPERATOR eves.+ (LEFTARG = integer, RIGHTARG = integer, FUNCTION = eves.plus);
CREATE VIEW eves.seen_by AS SELECT 1 AS one;
GRANT SELECT ON eves.seen_by TO PUBLIC;
CREATE FUNCTION pg_temp.source(field text, expression text, relation text DEFAULT 'ours.odd') RETURNS text
LANGUAGE sql AS $$
    SELECT format('SELECT crm_create_workspace(''odd'', %L)', jsonb_build_object('purchase',
        jsonb_build_object('from', relation, 'customer_id', 'cust', 'purchased_at',
            'at') || jsonb_build_object(field, expression)))
$$;
SET ROLE crm_shop;
CREATE TABLE ours.odd (id integer, cust integer, at date, total numeric, code eves.code, n eves.positive);
CREATE OPERATOR ours.+ (LEFTARG = integer, RIGHTARG = integer, FUNCTION = eves.plus);
SELECT throws_like(pg_temp.source(field, expression), message, format('%s: %s', field, expression))
FROM (VALUES ('amount', 'eves.fold(1)',
    'source "purchase" uses function eves.fold(integer) of crm_eve, who does not have the privileges of crm_shop'),
             ('amount', 'code', 'source "purchase" uses % of crm_eve%'),
             ('where', 'code > 1', 'source "purchase" uses % of crm_eve%'),
             ('where', 'code IS NOT NULL', 'source "purchase" uses type eves.code of crm_eve%'),
             ('customer_id', 'id OPERATOR(eves.+) 1', 'source "purchase" uses % of crm_eve%'),
             ('customer_id', 'id OPERATOR(ours.+) 1', 'source "purchase" uses function eves.plus% of crm_eve%'),
             ('customer_id', '5::eves.positive', 'source "purchase" uses type eves.positive of crm_eve%'),
             ('events', 'n', 'source "purchase" uses type eves.positive of crm_eve%'))
     AS t (field, expression, message);
RESET ROLE;
CREATE TABLE public.supers (id integer, cust integer, at date, total numeric, code eves.code);
SELECT throws_like(pg_temp.source(field, expression, 'public.supers'), message,
    format('as superuser, %s: %s', field, expression))
FROM (VALUES ('amount', 'eves.fold(1)', 'source "purchase" uses function eves.fold(integer) of crm_eve%'),
             ('amount', 'code', 'source "purchase" uses % of crm_eve%'),
             ('currency', 'code', 'source "purchase" uses type eves.code of crm_eve%'),
             ('purchase_id', '(SELECT one FROM eves.seen_by)',
                 'source "purchase" uses view eves.seen_by of crm_eve%')) AS t (field, expression, message);

-- Whoever owns a table later: the trigger runs nothing of theirs, and notes that it did not
SET ROLE crm_shop;
CREATE TABLE ours.given (cust integer, at date, total numeric);
GRANT INSERT ON ours.given TO crm_clerk;
SELECT crm_create_workspace('given_crm',
    '{"purchase": {"from": "ours.given", "customer_id": "cust", "purchased_at": "at"}}');
RESET ROLE;
GRANT ALL ON SCHEMA ours TO crm_eve;
ALTER TABLE ours.given OWNER TO crm_eve;
SET ROLE crm_eve;
CREATE TABLE eves.ran (who name);
GRANT INSERT ON eves.ran TO PUBLIC;
CREATE TYPE eves.spy AS (n integer);
CREATE FUNCTION eves.spy(eves.spy) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO eves.ran VALUES (current_user);
    RETURN 1;
END $$;
CREATE CAST (eves.spy AS integer) WITH FUNCTION eves.spy(eves.spy) AS IMPLICIT;
CREATE FUNCTION eves.to_spy(integer) RETURNS eves.spy LANGUAGE sql AS 'SELECT ROW($1)::eves.spy';
ALTER TABLE ours.given RENAME cust TO other;
ALTER TABLE ours.given ADD cust eves.spy;
SET ROLE crm_clerk;
SELECT lives_ok($$INSERT INTO ours.given VALUES (1, '2024-01-01', 5, ROW(1))$$, 'a table that changed hands');
RESET ROLE;
SELECT is_empty('SELECT FROM eves.ran', 'nothing of the new owner''s was run');
SELECT results_eq('SELECT customer_id, is_taken FROM given_crm.change_queue', 'VALUES (NULL::integer, false)',
    'the queue says that crm_refresh is due');
SET ROLE crm_shop;
SELECT is((SELECT problem_count FROM given_crm.data_quality_lib WHERE check_name = 'full_refresh_due'), 1::bigint,
    'and so does data_quality');
RESET ROLE;
GRANT crm_shop TO crm_eve;
SET ROLE crm_clerk;
SELECT lives_ok($$INSERT INTO ours.given VALUES (2, '2024-01-01', 5, ROW(1))$$,
    'who has the rights of the workspace''s owner');
RESET ROLE;
SELECT results_eq('SELECT who FROM eves.ran', ARRAY['crm_shop'::name], 'gains none by a cast of their own');
REVOKE crm_shop FROM crm_eve;

-- Nor what stands on a partition of theirs, when TRUNCATE of another one reads all
SET ROLE crm_eve;
CREATE FUNCTION eves.lurks(integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'crm_shop' THEN
        RAISE EXCEPTION 'of eve, run as %', current_user;
    END IF;
    RETURN $1;
END $$;
SET ROLE crm_shop;
CREATE TABLE ours.parts (part integer, cust integer, at date) PARTITION BY LIST (part);
CREATE TABLE ours.parts_1 PARTITION OF ours.parts FOR VALUES IN (1);
CREATE TABLE ours.parts_2 PARTITION OF ours.parts FOR VALUES IN (2);
GRANT ALL ON ours.parts, ours.parts_1 TO crm_clerk;
SELECT crm_create_workspace('parts',
    '{"purchase": {"from": "ours.parts", "customer_id": "cust", "purchased_at": "at"}}');
INSERT INTO ours.parts VALUES (1, 1, '2024-01-01'), (2, 2, '2024-01-01');
RESET ROLE;
ALTER TABLE ours.parts_2 OWNER TO crm_eve;
SET ROLE crm_eve;
ALTER TABLE ours.parts_2 ADD CONSTRAINT lurking CHECK (cust > 0 OR eves.lurks(1) = 1);
SET ROLE crm_clerk;
SELECT lives_ok('TRUNCATE ours.parts_1', 'TRUNCATE of a partition beside one that is another''s');
RESET ROLE;
SELECT results_eq('SELECT customer_id, is_taken FROM parts.change_queue', 'VALUES (NULL::integer, false)',
    'waits for crm_refresh');
ALTER TABLE ours.parts_2 DROP CONSTRAINT lurking, OWNER TO crm_shop;
SET ROLE crm_shop;
SELECT crm_refresh('parts', true);
SET ROLE crm_clerk;
INSERT INTO ours.parts VALUES (1, 3, '2024-01-01');
TRUNCATE ours.parts_1;
SET ROLE crm_shop;
SELECT results_eq('SELECT customer_id FROM parts.customer_activity', ARRAY[2], 'beside one''s own it is exact at once');
RESET ROLE;

-- Members who do not inherit have not the rights, so nor do their tables
CREATE ROLE crm_member NOINHERIT IN ROLE crm_shop;
CREATE TABLE ours.members (cust integer, at date);
ALTER TABLE ours.members OWNER TO crm_member;
GRANT SELECT, TRIGGER ON ours.members TO crm_shop;
SET ROLE crm_shop;
SELECT throws_ok(pg_temp.source('events', '1', 'ours.members'), '42501', NULL, 'an owner who is NOINHERIT');
RESET ROLE;
SELECT current_setting('server_version_num')::integer >= 160000 AS has_options \gset
\if :has_options
CREATE ROLE crm_setter;
GRANT crm_shop TO crm_setter WITH INHERIT FALSE, SET TRUE;
ALTER TABLE ours.members OWNER TO crm_setter;
GRANT SELECT, TRIGGER ON ours.members TO crm_shop;
SET ROLE crm_shop;
SELECT throws_ok(pg_temp.source('events', '1', 'ours.members'), '42501', NULL, 'an owner who could only SET ROLE');
RESET ROLE;
GRANT crm_shop TO crm_setter WITH INHERIT TRUE, SET FALSE;
SET ROLE crm_shop;
SELECT lives_ok(pg_temp.source('events', '1', 'ours.members'),
    'an owner who inherits, and could not SET ROLE, has the rights');
DROP SCHEMA odd CASCADE;
RESET ROLE;
\endif

-- Rights on all tables of a workspace are no rights on its owner
SET ROLE crm_shop;
CREATE TABLE ours.plain (cust integer, at date, total numeric);
GRANT INSERT ON ours.plain TO crm_clerk;
SELECT crm_create_workspace('open_crm',
    '{"purchase": {"from": "ours.plain", "customer_id": "cust", "purchased_at": "at"}}');
GRANT USAGE ON SCHEMA open_crm TO crm_eve;
GRANT ALL ON ALL TABLES IN SCHEMA open_crm TO crm_eve;
SET ROLE crm_eve;
SELECT throws_ok(statement, code, NULL, statement)
FROM (VALUES ($$UPDATE open_crm.definition SET time_zone = 'UTC'$$, '55000'),
    ($$INSERT INTO open_crm.definition DEFAULT VALUES$$, '55000'),
             ($$CREATE OR REPLACE VIEW open_crm.definition AS SELECT 1$$, '42501'),
             ($$DROP VIEW open_crm.definition$$, '42501'),
             ($$ALTER VIEW open_crm.definition RENAME TO d$$, '42501'),
             ($$CREATE OR REPLACE FUNCTION open_crm.follow_purchase() RETURNS trigger LANGUAGE sql AS ''$$,
                 '42501')) AS t (statement, code);
UPDATE open_crm.setting SET segment_map = 'else eves.who()', abc_cuts = '{0.5}', clv_model = 'bg/nbd';
SET ROLE crm_shop;
SELECT lives_ok($$SELECT crm_upgrade_workspace('open_crm')$$, 'a setting is not run');
UPDATE open_crm.setting SET segment_map = DEFAULT;
SET ROLE crm_eve;
CREATE FUNCTION eves.spy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO eves.ran VALUES (current_user);
    RETURN NEW;
END $$;
DELETE FROM eves.ran;
CREATE TRIGGER spy AFTER INSERT OR UPDATE ON open_crm.customer_activity FOR EACH STATEMENT EXECUTE FUNCTION eves.spy();
SET ROLE crm_clerk;
SELECT throws_ok($$INSERT INTO ours.plain VALUES (1, '2024-01-01', 1)$$, '42501',
                 'a trigger calls a function whose owner does not have the privileges of crm_shop',
                 'nor a trigger on a ledger');
SET ROLE crm_shop;
SELECT throws_like(format('SELECT %s', call),
    'workspace "open_crm" holds trigger spy on table open_crm.customer_activity of crm_eve%', call)
FROM unnest(ARRAY['crm_refresh(''open_crm'')', 'crm_refit(''open_crm'')', 'crm_snapshot(''open_crm'')',
    'crm_upgrade_workspace(''open_crm'')',
                  'crm_change_sources(''open_crm'')']) AS call;
DROP TRIGGER spy ON open_crm.customer_activity;
GRANT CREATE ON SCHEMA open_crm TO crm_eve;
SELECT throws_ok($$SELECT crm_refresh('open_crm')$$, '42501', 'role crm_eve may create objects in workspace "open_crm"',
    'whoever may create there could do so while a call runs');
SET ROLE crm_eve;
CREATE FUNCTION open_crm.crm_rebuild_ledger(text) RETURNS bigint
LANGUAGE sql AS $$INSERT INTO eves.ran VALUES (current_user); SELECT 1::bigint$$;
SET ROLE crm_shop;
REVOKE CREATE ON SCHEMA open_crm FROM crm_eve;
SELECT throws_like($$SELECT crm_refresh('open_crm', true)$$, 'workspace "open_crm" holds function % of crm_eve%',
    'nor a function in the schema');
DROP FUNCTION open_crm.crm_rebuild_ledger(text);
GRANT CREATE ON SCHEMA open_crm TO crm_eve;
SET ROLE crm_eve;
CREATE VIEW open_crm.hers AS SELECT 1 AS one;
CREATE VIEW open_crm.data_quality_zzz AS SELECT 1 AS one;
-- A word of the statements that make a workspace
CREATE VIEW open_crm.day AS SELECT 1 AS one;
SET ROLE crm_shop;
REVOKE CREATE ON SCHEMA open_crm FROM crm_eve;
SELECT lives_ok($$SELECT crm_upgrade_workspace('open_crm')$$, 'views of other names are no harm');
DROP VIEW open_crm.reconciliation, open_crm.data_quality CASCADE;
GRANT CREATE ON SCHEMA open_crm TO crm_eve;
SET ROLE crm_eve;
CREATE VIEW open_crm.data_quality AS SELECT 1 AS one;
SET ROLE crm_shop;
REVOKE CREATE ON SCHEMA open_crm FROM crm_eve;
SELECT throws_ok($$SELECT crm_upgrade_workspace('open_crm')$$, '42501',
    'data_quality in the workspace belongs to crm_eve, but the workspace needs that name',
                 'one of a name that is needed is refused');
GRANT CREATE ON SCHEMA open_crm TO crm_eve;
SET ROLE crm_eve;
DROP VIEW open_crm.data_quality;
SET ROLE crm_shop;
REVOKE CREATE ON SCHEMA open_crm FROM crm_eve;
SELECT crm_upgrade_workspace('open_crm');
-- What a subject would have that is not there
GRANT CREATE ON SCHEMA open_crm TO crm_eve;
SET ROLE crm_eve;
CREATE FUNCTION eves.who() RETURNS text
LANGUAGE sql AS 'INSERT INTO eves.ran VALUES (current_user) RETURNING who::text';
CREATE FUNCTION pg_temp.in_the_way(name text, calls text[]) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    call text;
BEGIN
    EXECUTE format('CREATE VIEW open_crm.%I AS SELECT eves.who() AS target_name, eves.who() AS condition,
        eves.who() AS brand, true AS is_surge', name);
    SET LOCAL ROLE crm_shop;
    REVOKE CREATE ON SCHEMA open_crm FROM crm_eve;
    FOREACH call IN ARRAY calls LOOP
        RETURN NEXT throws_ok(format(call, 'open_crm'), '42501',
            name || ' in the workspace belongs to crm_eve, but the workspace needs that name', call);
    END LOOP;
    GRANT CREATE ON SCHEMA open_crm TO crm_eve;
    SET LOCAL ROLE crm_eve;
    EXECUTE format('DROP VIEW open_crm.%I', name);
END $$;
SELECT pg_temp.in_the_way('target', '{"SELECT crm_set_target(%L, ''young'', ''true'')"}');
SELECT pg_temp.in_the_way('mention_surge', '{"SELECT crm_alert(%L)","SELECT crm_refresh(%L)"}');
SELECT pg_temp.in_the_way('overdue_case', '{"SELECT crm_note_overdue(%L)"}');
-- A table with customers, whose rules and policies run as who deletes
CREATE TABLE open_crm.list (customer_id integer);
INSERT INTO open_crm.list VALUES (1);
GRANT ALL ON open_crm.list TO PUBLIC;
CREATE RULE also AS ON DELETE TO open_crm.list DO ALSO SELECT eves.who();
SET ROLE crm_shop;
REVOKE CREATE ON SCHEMA open_crm FROM crm_eve;
SELECT lives_ok($$SELECT crm_refresh('open_crm')$$, 'a table of another''s does not keep from a refresh');
RESET ROLE;
GRANT EXECUTE ON FUNCTION crm_erase_customer(text, text, boolean), crm_export_customer(text, text) TO crm_shop;
SET ROLE crm_shop;
REVOKE CREATE ON SCHEMA open_crm FROM crm_eve;
SELECT throws_ok(call, '42501',
    'table list holds data of customers, but belongs to crm_eve, who does not have the privileges of crm_shop', call)
FROM unnest(ARRAY[$$SELECT * FROM crm_erase_customer('open_crm', '1')$$,
    $$SELECT crm_export_customer('open_crm', '1')$$]) AS call;
SET ROLE crm_eve;
DROP TABLE open_crm.list;
RESET ROLE;
SELECT is_empty('SELECT FROM eves.ran', 'nothing of eve''s was run');

-- A new owner of the schema does not execute what the old one defined
SET ROLE crm_shop;
SELECT crm_create_workspace('handed');
RESET ROLE;
ALTER SCHEMA handed OWNER TO crm_eve;
SET ROLE crm_eve;
SELECT throws_like($$SELECT crm_upgrade_workspace('handed')$$,
    'workspace "handed" holds % of crm_shop, who does not have the privileges of its owner',
    'a workspace whose schema alone changed hands');

-- After crm_change_sources away from a table its owner has no way to the ledgers
SET ROLE crm_shop;
CREATE TABLE ours.before (cust integer, at date);
CREATE TABLE ours.after (cust integer, at date);
SELECT crm_create_workspace('away',
    '{"purchase": {"from": "ours.before", "customer_id": "cust", "purchased_at": "at"}}');
SELECT crm_change_sources('away', '{"purchase": {"from": "ours.after", "customer_id": "cust", "purchased_at": "at"}}');
SELECT is_empty($$SELECT FROM pg_trigger WHERE tgrelid = 'ours.before'::regclass$$,
    'no trigger is left on a former source');
INSERT INTO ours.before VALUES (1, '2024-01-01');
SELECT is_empty('SELECT FROM away.customer_activity', 'and nothing comes from it');

-- Row-level security changes nothing for triggers
CREATE TABLE ours.guarded (cust integer, at date, total numeric);
SELECT crm_create_workspace('guarded',
    '{"purchase": {"from": "ours.guarded", "customer_id": "cust", "purchased_at": "at", "amount": "total"}}');
ALTER TABLE ours.guarded ENABLE ROW LEVEL SECURITY;
ALTER TABLE ours.guarded FORCE ROW LEVEL SECURITY;
CREATE POLICY everyone ON ours.guarded USING (true) WITH CHECK (true);
GRANT ALL ON ours.guarded TO crm_clerk;
CREATE FUNCTION pg_temp.guarded() RETURNS text LANGUAGE sql AS
$$SELECT string_agg(format('%s %s', customer_id, purchases), ', ' ORDER BY customer_id)
FROM guarded.customer_activity$$;
INSERT INTO ours.guarded VALUES (1, '2024-01-01', 1), (2, '2024-01-01', 2);
SELECT is(pg_temp.guarded(), '1 {2024-01-01:1:1}, 2 {2024-01-01:1:2}', 'FORCE ROW LEVEL SECURITY: INSERT');
UPDATE ours.guarded SET total = 3 WHERE cust = 1;
SELECT is(pg_temp.guarded(), '1 {2024-01-01:1:3}, 2 {2024-01-01:1:2}', 'UPDATE');
DELETE FROM ours.guarded WHERE cust = 2;
SELECT is(pg_temp.guarded(), '1 {2024-01-01:1:3}', 'DELETE');
SET ROLE crm_clerk;
UPDATE ours.guarded SET cust = 3;
INSERT INTO ours.guarded VALUES (4, '2024-01-01', 4);
SET ROLE crm_shop;
SELECT is(pg_temp.guarded(), '3 {2024-01-01:1:3}, 4 {2024-01-01:1:4}', 'a clerk''s UPDATE and INSERT');
SET ROLE crm_clerk;
DELETE FROM ours.guarded WHERE cust = 3;
SET ROLE crm_shop;
SELECT is(pg_temp.guarded(), '4 {2024-01-01:1:4}', 'a clerk''s DELETE');
TRUNCATE ours.guarded;
SELECT is(pg_temp.guarded(), NULL, 'TRUNCATE');

-- The queue is hidden from whom rows are hidden
INSERT INTO ours.orders VALUES (70, 70, '2024-01-01', 5);
GRANT USAGE ON SCHEMA shop_queue TO crm_clerk;
GRANT SELECT ON shop_queue.change_queue TO crm_clerk;
SET ROLE crm_clerk;
SELECT isnt_empty('SELECT FROM shop_queue.change_queue', 'who may see all orders sees the queue');
SET ROLE crm_shop;
ALTER TABLE ours.orders ENABLE ROW LEVEL SECURITY;
SET ROLE crm_clerk;
SELECT is_empty('SELECT FROM shop_queue.change_queue', 'who may not sees nothing of it');
SET ROLE crm_shop;
ALTER TABLE ours.orders DISABLE ROW LEVEL SECURITY;

-- Keys change their type under a session that has written
CREATE TABLE ours.moving (cust integer, at date, total numeric);
\set moving '{"purchase": {"from": "ours.moving", "customer_id": "cust", "purchased_at": "at", "amount": "total"}}'
SELECT crm_create_workspace('moving', :'moving');
INSERT INTO ours.moving VALUES (1, '2024-01-01', 1), (2, '2024-01-01', 1);
DELETE FROM ours.moving WHERE cust = 2;
SELECT throws_ok('ALTER TABLE moving.customer_activity ALTER customer_id TYPE text', '0A000', NULL,
    'views keep the type of a ledger''s key');
SELECT throws_ok('ALTER TABLE ours.moving ALTER cust TYPE text', '0A000', NULL, 'and of a source''s');
DO $$
DECLARE
    v text;
BEGIN
    FOR v IN SELECT relname FROM pg_class WHERE relnamespace = 'moving'::regnamespace AND relkind = 'v' LOOP
        EXECUTE format('DROP VIEW IF EXISTS moving.%I CASCADE', v);
    END LOOP;
    FOR v IN SELECT format('%I ON %s', polname, polrelid::regclass) FROM pg_policy
    JOIN pg_class AS c ON c.oid = polrelid
             WHERE relnamespace = 'moving'::regnamespace LOOP
        EXECUTE format('DROP POLICY %s', v);
    END LOOP;
    FOR v IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'moving'::regnamespace
        AND proname LIKE 'sees\_%' LOOP
        EXECUTE format('DROP FUNCTION %s', v);
    END LOOP;
END $$;
ALTER TABLE moving.customer_activity ALTER customer_id TYPE text;
SELECT throws_ok('DELETE FROM ours.moving', '42883', NULL, 'where they are forced to, a statement is an error');
SELECT lives_ok($$INSERT INTO ours.moving VALUES (3, '2024-01-01', 1)$$, 'or does what it says');
DROP SCHEMA moving CASCADE;
ALTER TABLE ours.moving ALTER cust TYPE text;
SELECT crm_create_workspace('moving', :'moving');
INSERT INTO ours.moving VALUES ('a long key, no number at all', '2024-01-01', 1);
DELETE FROM ours.moving WHERE cust IN ('1', '3');
SELECT results_eq('SELECT customer_id FROM moving.customer_activity', ARRAY['a long key, no number at all'],
                  'a new workspace of the same name has keys of the new type');

-- A function of an expression that replaces the trigger that runs it, and fires it again
CREATE TABLE ours.twisted (cust integer, at date, total numeric);
CREATE FUNCTION ours.twist(integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT $1';
SELECT crm_create_workspace('twisted',
    '{"purchase": {"from": "ours.twisted", "customer_id": "ours.twist(cust)", "purchased_at": "at",
                   "amount": "total"}}');
CREATE FUNCTION ours.replace_it() RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE replace(pg_get_functiondef('twisted.follow_purchase'::regproc), 'Keeps workspace', 'Keeps the workspace');
    INSERT INTO ours.twisted VALUES (2, '2024-01-02', 2);
    RETURN 1;
END $$;
CREATE OR REPLACE FUNCTION ours.twist(integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
    RETURN CASE $1 WHEN 1 THEN ours.replace_it() ELSE $1 END;
END $$;
SELECT lives_ok($$INSERT INTO ours.twisted VALUES (1, '2024-01-01', 1)$$,
    'a trigger that is replaced while it runs, and runs again');
SELECT lives_ok($$INSERT INTO ours.twisted VALUES (3, '2024-01-03', 3)$$, 'and afterwards');
CREATE OR REPLACE FUNCTION ours.twist(integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT $1';
SELECT is_empty($$SELECT * FROM crm_check_workspace('twisted')$$, 'ledgers are right');
SELECT matches(pg_get_functiondef('twisted.follow_purchase'::regproc), 'Keeps the workspace',
    'and the trigger is another');

-- What an expression means does not change with the session
SET ROLE crm_shop;
SET LOCAL TimeZone = 'America/New_York';
SET LOCAL DateStyle = 'SQL, DMY';
CREATE TABLE ours.visits (who integer, at timestamptz);
SELECT crm_create_workspace('visits',
    '{"purchase": {"from": "ours.visits", "customer_id": "who", "purchased_at": "at",
                   "where": "at >= ''2024-01-02''"}}', time_zone => 'Asia/Tokyo');
SET LOCAL TimeZone = 'Pacific/Auckland';
INSERT INTO ours.visits VALUES (1, '2024-01-01 14:59:59+00'), (2, '2024-01-01 15:00:00+00');
SELECT results_eq('SELECT customer_id FROM visits.customer_activity', ARRAY[2],
    'a date in a condition is one of the workspace''s time zone');
SELECT is_empty($$SELECT * FROM crm_check_workspace('visits')$$, 'for view and trigger');
RESET TimeZone;
RESET DateStyle;
-- Who was erased does not come back by halves
RESET ROLE;
GRANT EXECUTE ON FUNCTION crm_erase_customer(text, text, boolean), crm_erase_customer(text, bigint, boolean)
    TO crm_shop;
SET ROLE crm_shop;
SELECT isnt_empty($$SELECT crm_erase_customer('visits', 2)$$);
UPDATE ours.visits SET who = 3 WHERE who = 2;
SELECT results_eq('SELECT customer_id FROM visits.customer_activity', ARRAY[3],
    'an update gives to the new customer, and takes nothing from an erased one');

-- Renamed and dropped by hand
SET ROLE crm_shop;
ALTER SCHEMA shop_crm RENAME TO shop_renamed;
SELECT throws_ok($$INSERT INTO ours.orders VALUES (6, 12, '2024-01-03', 5)$$, '55000',
    'workspace "shop_crm" has another name now, and its triggers do not know it');
SELECT crm_upgrade_workspace('shop_renamed');
DROP SCHEMA shop_queue CASCADE;
INSERT INTO ours.orders VALUES (6, 12, '2024-01-03', 5);
SELECT is((SELECT count(*) FROM shop_renamed.customer_activity WHERE customer_id = 12), 1::bigint,
          'crm_upgrade_workspace mends that, and DROP SCHEMA takes its triggers with it');

RESET ROLE;

-- Over the catalogue: who calls, and what is run of text
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc AS p JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass
    AND d.objid = p.oid
                  JOIN pg_extension AS e ON e.oid = d.refobjid AND d.deptype = 'e'
                  WHERE e.extname = 'crm_ext' AND (p.prosecdef OR p.proacl IS NULL
                      AND p.prorettype = 'event_trigger'::regtype)$$,
                'nothing of the extension acts with other rights than the caller''s');
-- Functions that run text they put together, and of what it is made.
CREATE TEMPORARY TABLE runs_text (name text, made_of text);
INSERT INTO runs_text VALUES
    ('crm_empty_column', 'sources of the definition, parsed'),
    ('crm_blame_source', 'the definition, which crm_check_trust has seen'),
    ('crm_check_all_seen', 'conditions that crm_unrestricted makes of tables'),
    ('crm_expression_type', 'the caller''s sources, parsed'),
        ('crm_ledger_fields', 'the caller''s sources, which crm_check_trust has seen'),
    ('crm_check_trust', 'the caller''s sources, parsed'),
        ('crm_create_source_table', 'constants of the extension'),
    ('crm_create_trigger_function', 'the definition'), ('crm_follow_source', 'names'),
        ('crm_create_policies', 'constants and names'),
    ('crm_apply_sources', 'names'), ('crm_run_statements', 'constants of the extension'),
        ('crm_failed_check', 'constants of the extension'), ('crm_collect', 'names'),
        ('crm_collect_customer_360', 'names'),
    ('crm_comment_workspace', 'constants of the extension'), ('crm_build_workspace', 'the definition'),
        ('crm_create_workspace', 'names'),
    ('crm_set_aside', 'names'), ('crm_drop_replaced', 'names'), ('crm_change_key', 'names'),
        ('crm_change_sources', 'names'),
    ('crm_add_subject', 'names'), ('crm_upgrade_workspace', 'names'), ('crm_drop_workspace', 'names'),
        ('crm_enter_workspace', 'names'),
    ('crm_fill_ledger', 'constants'), ('crm_fill', 'names'), ('crm_rebuild_ledger', 'constants'),
        ('crm_ledger_differences', 'constants'),
    ('crm_queue_differences', 'constants'), ('crm_refresh', 'names'), ('crm_check_workspace', 'names'),
        ('crm_refit', 'names'), ('crm_snapshot', 'names'),
    ('crm_export_customer', 'names and a literal'), ('crm_erase_customer', 'names and a literal'),
        ('crm_move_trigger', 'the arguments of the trigger'),
    ('crm_alert', 'names'), ('crm_due_trigger', 'the arguments of the trigger'), ('crm_note_overdue', 'names'),
        ('crm_grant_reader', 'names'), ('crm_help', 'names'),
    ('crm_revoke_reader', 'names'), ('crm_create_plain_view', 'names'), ('crm_enter_plain_schema', 'names'),
    ('crm_create_sight', 'constants, names and the type of a key'), ('crm_drop_sights', 'names'),
    ('crm_is_distributed', 'a constant'), ('crm_distribution_column', 'a constant'),
    ('crm_distributed_rows', 'a name'),
    ('crm_create_source_view', 'what crm_source_query says, and names'),
    ('crm_write_definition', 'literals and a number'),
    ('crm_convert_workspace', 'names'), ('crm_forget_first_release', 'names and types of the workspace''s own views'),
    ('crm_set_target', 'names'), ('crm_make_targets', 'conditions of the owner, which crm_set_target has parsed');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
    JOIN pg_depend AS d
                  ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid JOIN pg_extension AS e ON e.oid = d.refobjid
                      AND d.deptype = 'e'
                  WHERE e.extname = 'crm_ext' AND l.lanname = 'plpgsql' AND p.prosrc ~ '\mEXECUTE\M'
                      AND p.proname NOT IN (SELECT name FROM runs_text)$$,
                'whatever runs text is listed with what the text is made of');
SELECT is_empty($$SELECT name FROM runs_text
                  EXCEPT SELECT proname FROM pg_proc WHERE prosrc ~ '\mEXECUTE\M'$$, 'and nothing else is');
-- Each that takes a workspace refuses a superuser in one of somebody else.
CREATE FUNCTION pg_temp.called(function oid, workspace text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE (SELECT format('SELECT * FROM %s(%s)', function::regproc,
                           (SELECT string_agg(CASE WHEN n = 1 THEN quote_literal(workspace) ELSE 'NULL' END
                                              || '::' || t::regtype, ', ' ORDER BY n)
                            FROM unnest(proargtypes::oid[]) WITH ORDINALITY AS a (t, n)))
             FROM pg_proc WHERE oid = function);
    RETURN 'ran';
EXCEPTION WHEN insufficient_privilege THEN
    RETURN SQLERRM;
END $$;
SELECT is_empty($$
    SELECT p.oid::regprocedure, pg_temp.called(p.oid, 'shop_renamed')
    FROM pg_proc AS p JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
    JOIN pg_extension AS e ON e.oid = d.refobjid AND d.deptype = 'e'
    WHERE e.extname = 'crm_ext' AND proargnames[1] = 'workspace' AND NOT proisstrict
      AND p.proname NOT IN ('crm_create_workspace', 'crm_log_moves', 'crm_help')
      AND pg_temp.called(p.oid, 'shop_renamed') <> 'workspace "shop_renamed" belongs to another role'$$,
    'whatever takes a workspace refuses a superuser in another''s');

-- Views call this with the search_path of whoever reads.
CREATE FUNCTION public.format(text, regclass) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'run as %', current_user;
END $$;
SELECT lives_ok($$SELECT FROM crm_distributed_rows('pg_am') AS t (oid oid, name name, handler regproc, type "char")$$,
    'rows are fetched without what others call format');

SELECT * FROM finish();
ROLLBACK;
