-- Who may see, write, give out and erase what.
BEGIN;
SELECT plan(CASE WHEN current_setting('server_version_num')::integer >= 150000 THEN 65 ELSE 55 END);
SET LOCAL client_min_messages = warning;
SET LOCAL crm_ext.as_of = '2024-12-31';

CREATE ROLE crm_owner;
CREATE ROLE crm_writer;
CREATE ROLE crm_reader;
CREATE ROLE crm_north;
CREATE SCHEMA sales AUTHORIZATION crm_owner;
GRANT USAGE ON SCHEMA sales TO crm_writer, crm_reader, crm_north;

-- Whoever creates the extension under SET ROLE owns it, and not whoever is logged in.
SAVEPOINT installed;
DROP EXTENSION crm_ext;
SELECT format('GRANT CREATE ON DATABASE %I TO crm_reader', current_database()) \gexec
SET ROLE crm_reader;
CREATE EXTENSION crm_ext SCHEMA public;
SELECT count(*) AS granted_count FROM pg_proc WHERE proname IN ('crm_export_customer', 'crm_erase_customer')
AND has_function_privilege('crm_reader', oid, 'EXECUTE WITH GRANT OPTION') \gset
ROLLBACK TO SAVEPOINT installed;
SELECT is(:granted_count, 6, 'its owner exports and erases, and says who else may');

-- An ordinary user, with CREATE on the database and tables of his own
SET ROLE crm_owner;
CREATE TABLE sales.orders (id integer PRIMARY KEY, cust text, area text, at date, total numeric);
CREATE TABLE sales.person (id text PRIMARY KEY, name text, area text);
INSERT INTO sales.person SELECT area || n, 'person ' || n, area
FROM generate_series(1, 12) AS n, unnest('{north,south}'::text[]) AS area;
INSERT INTO sales.orders
SELECT row_number() OVER (ORDER BY id, k), id, area, date '2024-01-01' + (hashtext(id || k) & 255),
    CASE area WHEN 'north' THEN 10 ELSE 1000 END + k
FROM sales.person, generate_series(1, 4) AS k;
CREATE TABLE sales.contact (cust text, area text, at date, way text);
INSERT INTO sales.contact SELECT cust, area, at, 'mail' FROM sales.orders;
CREATE TABLE sales.answer (cust text, area text, at date, level text, score integer);
INSERT INTO sales.answer SELECT id, area, '2024-06-01', level, 5
FROM sales.person, unnest('{expected,actual,recommend}'::text[]) AS level;
SELECT $$
{"purchase": {"from": "sales.orders", "purchase_id": "id", "customer_id": "cust", "purchased_at": "at",
              "amount": "total"},
 "customer": {"from": "sales.person", "customer_id": "id", "customer_name": "name", "region": "area"},
 "interaction": {"from": "sales.contact", "customer_id": "cust", "interacted_at": "at", "channel": "way"},
 "rating": {"from": "sales.answer", "customer_id": "cust", "touchpoint_id": "'shop'", "level": "level",
            "score": "score", "rated_at": "at"}}$$ AS sources \gset
SELECT throws_ok(format($$SELECT crm_create_workspace('crm', %L)$$, :'sources'), '42501', NULL,
    'a workspace takes CREATE on the database');
RESET ROLE;
SELECT format('GRANT CREATE ON DATABASE %I TO crm_owner, crm_writer', current_database()) \gexec
SET ROLE crm_owner;
SELECT lives_ok(format($$SELECT crm_create_workspace('crm', %L)$$, :'sources'), 'and no more than that');
SELECT is((SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'crm'), 'crm_owner', 'it is his');
SELECT is_empty($$SELECT relname FROM pg_class WHERE relnamespace = 'crm'::regnamespace
    AND relowner <> 'crm_owner'::regrole$$,
                'with everything in it');
SELECT is_empty($$SELECT relname FROM pg_class, aclexplode(relacl) WHERE relnamespace = 'crm'::regnamespace
    AND grantee <> relowner$$,
                'and nobody else has a right on anything');
SELECT crm_snapshot('crm', '2024-06-30'), crm_snapshot('crm', '2024-12-31');
SELECT isnt_empty('SELECT FROM crm.customer_move', 'customers have moved');

-- Who writes orders needs no right on the workspace
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON sales.orders TO crm_writer;
SET ROLE crm_writer;
SELECT lives_ok($$INSERT INTO sales.orders VALUES (1000, 'north1', 'north', '2024-07-07', 99)$$,
    'a writer without rights: INSERT');
SELECT lives_ok($$UPDATE sales.orders SET total = 98 WHERE id = 1000$$, 'UPDATE');
SELECT lives_ok($$DELETE FROM sales.orders WHERE id = 1$$, 'DELETE');
SELECT throws_ok('SELECT FROM crm.customer_activity', '42501', NULL, 'who still reads no ledger');
SELECT throws_ok($$SELECT crm_refresh('crm')$$, '42501', NULL, 'refreshes nothing');
SELECT throws_ok($$SELECT crm_drop_workspace('crm')$$, '42501', NULL, 'and drops nothing');
SET ROLE crm_owner;
SELECT is_empty($$SELECT * FROM crm_check_workspace('crm')$$, 'and yet ledgers are exact');
SELECT is((SELECT crm_amount(purchases, '2024-07-07') - crm_amount(purchases, '2024-07-06') FROM crm.customer_activity
    WHERE customer_id = 'north1')
          - coalesce((SELECT sum(total) FROM sales.orders WHERE at = '2024-07-07' AND cust = 'north1' AND id < 1000),
              0),
          98::numeric, 'with what was written');

-- Triggers over tables of another's take more than the right TRIGGER: that the other may do what one may oneself
SET ROLE crm_writer;
SELECT throws_ok($$SELECT crm_create_workspace('theirs',
    '{"purchase": {"from": "sales.orders", "customer_id": "cust", "purchased_at": "at"}}')$$,
                 '42501', NULL, 'no triggers without the right TRIGGER');
SELECT lives_ok($$SELECT crm_create_workspace('theirs',
    '{"purchase": {"from": "sales.orders", "customer_id": "cust", "purchased_at": "at"}}',
                                              maintain => 'refresh')$$, 'refresh takes SELECT alone');
SET ROLE crm_owner;
GRANT TRIGGER ON sales.orders TO crm_writer;
SET ROLE crm_writer;
SELECT throws_ok($$SELECT crm_create_workspace('theirs_too',
    '{"purchase": {"from": "sales.orders", "customer_id": "cust", "purchased_at": "at"}}')$$,
                 '42501',
                 'source "purchase": sales.orders belongs to crm_owner, who does not have the privileges of crm_writer',
                 'the right TRIGGER alone is not enough for triggers');
SELECT lives_ok($$SELECT crm_drop_workspace('theirs')$$, 'he drops his own');
RESET ROLE;
GRANT crm_writer TO crm_owner;
SET ROLE crm_writer;
SELECT lives_ok($$SELECT crm_create_workspace('theirs_too',
    '{"purchase": {"from": "sales.orders", "customer_id": "cust", "purchased_at": "at"}}')$$,
                'where the owner is one of hers there may be');
SET ROLE crm_owner;
SELECT lives_ok($$UPDATE sales.orders SET at = at + 1 WHERE id = 1000$$, 'the owner of the table writes on');
SET ROLE crm_writer;
SELECT is_empty($$SELECT * FROM crm_check_workspace('theirs_too')$$, 'and the other''s ledgers follow');
SELECT lives_ok($$SELECT crm_drop_workspace('theirs_too')$$, 'and he can drop them');
RESET ROLE;
REVOKE crm_writer FROM crm_owner;
SET ROLE crm_owner;
SELECT is((SELECT count(*) FROM pg_trigger WHERE tgrelid = 'sales.orders'::regclass AND NOT tgisinternal), 4::bigint,
          'and one workspace''s triggers are left');

-- A name for sale in the writer's search_path does not become the trigger's
CREATE TABLE sales.spelt (cust text, at date, total numeric);
SELECT crm_create_workspace('spelling',
    '{"purchase": {"from": "sales.spelt", "customer_id": "lower(cust)", "purchased_at": "at", "amount": "total"}}');
GRANT INSERT ON sales.spelt TO crm_writer;
RESET ROLE;
CREATE SCHEMA writers AUTHORIZATION crm_writer;
SET ROLE crm_writer;
CREATE FUNCTION writers.lower(text) RETURNS text LANGUAGE sql AS $$SELECT 'stolen'$$;
SET LOCAL search_path = writers, pg_catalog, public;
INSERT INTO sales.spelt VALUES ('Ann', '2024-01-01', 1);
RESET search_path;
SET ROLE crm_owner;
SELECT results_eq('SELECT customer_id FROM spelling.customer_activity', ARRAY['ann'], 'lower means pg_catalog.lower');
SELECT crm_drop_workspace('spelling');

-- Row-level security: a reader of the north sees nothing of the south
SELECT format('ALTER TABLE sales.%I ENABLE ROW LEVEL SECURITY', t)
FROM unnest('{orders,person,contact,answer}'::text[]) AS t \gexec
SELECT format('CREATE POLICY everything ON sales.%I FOR SELECT TO crm_reader USING (true)', t)
FROM unnest('{orders,person,contact,answer}'::text[]) AS t \gexec
SELECT format('CREATE POLICY north ON sales.%I FOR SELECT TO crm_north USING (area = ''north'')', t)
FROM unnest('{orders,person,contact,answer}'::text[]) AS t \gexec
GRANT SELECT ON ALL TABLES IN SCHEMA sales TO crm_reader, crm_north;
GRANT USAGE ON SCHEMA crm TO crm_reader, crm_north;
GRANT SELECT ON ALL TABLES IN SCHEMA crm TO crm_reader, crm_north;
RESET ROLE;

-- All rows of each view, as text, as a role sees them.
CREATE FUNCTION pg_temp.seen_by(role name) RETURNS TABLE (relation text, row_count bigint, rows text)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', role);
    FOR relation IN SELECT relname FROM pg_class WHERE relnamespace = 'crm'::regnamespace AND relkind IN ('r', 'v')
    ORDER BY 1 LOOP
        EXECUTE format('SELECT count(*), string_agg(t::text, chr(10) ORDER BY t::text) FROM crm.%I AS t',
            relation) INTO row_count, rows;
        RETURN NEXT;
    END LOOP;
    RESET ROLE;
END $$;
CREATE TEMPORARY TABLE whole AS SELECT * FROM pg_temp.seen_by('crm_reader');
CREATE TEMPORARY TABLE part AS SELECT * FROM pg_temp.seen_by('crm_north');
SELECT is((SELECT count(*) FROM whole), (SELECT count(*) FROM pg_class WHERE relnamespace = 'crm'::regnamespace
    AND relkind IN ('r', 'v')),
          'who may see all reads every table and view');
SELECT cmp_ok((SELECT count(*) FROM whole WHERE rows LIKE '%south1%'), '>=', 12::bigint, 'and finds the south in many');

SELECT current_setting('server_version_num')::integer >= 150000 AS has_invoker \gset
\if :has_invoker
SELECT is_empty($$SELECT relation, regexp_replace(rows, '.*?([^\n]*south[^\n]*).*', '\1') FROM part
    WHERE rows LIKE '%south%'$$, 'who may see the north finds no south');
SELECT is((SELECT row_count FROM part WHERE relation = 'customer_360'), 12::bigint, 'and the north whole');
SELECT is((SELECT row_count FROM part WHERE relation = 'customer_activity'), 12::bigint, 'its ledgers');
SELECT ok((SELECT row_count > 0 FROM part WHERE relation = 'customer_snapshot'), 'its snapshots');
SELECT ok((SELECT row_count > 0 FROM part WHERE relation = 'customer_move'), 'its moves');
SET ROLE crm_north;
SELECT cmp_ok((SELECT sum(amount) FROM crm.segment_summary), '<', 1000::numeric, 'sums are the north''s alone');
SELECT results_eq('SELECT sum(customer_count)::bigint FROM crm.segment_summary', ARRAY[12::bigint], 'counts too');
SELECT is((SELECT sum(amount) FROM crm.segment_summary), (SELECT sum(total)::numeric(18,2) FROM sales.orders),
    'and whole');
RESET ROLE;
-- A customer of whom a part of the rows is hidden: the ledger tells of all.
SET ROLE crm_owner;
INSERT INTO sales.orders VALUES (2000, 'north2', 'south', '2024-08-08', 5000);
SET ROLE crm_north;
SELECT is_empty($$SELECT FROM crm.customer_activity WHERE customer_id = 'north2'$$,
    'a ledger of hidden rows is hidden');
RESET ROLE;
-- Who may read views and not the source reads nothing.
SET ROLE crm_owner;
REVOKE SELECT ON sales.orders FROM crm_north;
SET ROLE crm_north;
SELECT throws_ok('SELECT * FROM crm.purchase', '42501', NULL, 'views take SELECT on the source');
RESET ROLE;
\endif

-- The whole of what is held on one person, given out and erased
SELECT is_empty($$SELECT oid::regprocedure FROM pg_proc WHERE proname IN ('crm_export_customer', 'crm_erase_customer')
                  AND has_function_privilege('public', oid, 'EXECUTE')$$, 'PUBLIC neither exports nor erases');
SELECT is((SELECT count(*) FROM pg_proc WHERE proname IN ('crm_export_customer', 'crm_erase_customer')), 6::bigint,
    'by text, bigint and uuid');
SET ROLE crm_owner;
SELECT throws_ok($$SELECT crm_export_customer('crm', 'north1')$$, '42501', NULL,
    'nor does an owner of a workspace by himself');
SELECT throws_ok($$SELECT crm_erase_customer('crm', 'north1')$$, '42501', NULL,
    'nor does an owner of a workspace by himself');
RESET ROLE;
SELECT throws_ok($$SELECT crm_export_customer('crm', 'north1')$$, '42501', 'workspace "crm" belongs to another role',
    'and a superuser does it as the owner');
GRANT EXECUTE ON FUNCTION crm_export_customer(text, text), crm_erase_customer(text, text, boolean) TO crm_owner;
SET ROLE crm_owner;
CREATE TABLE crm.note (customer_id text, note text);
INSERT INTO crm.note VALUES ('north1', 'calls often'), ('south1', 'writes');
CREATE TEMPORARY TABLE held AS SELECT key AS relation, jsonb_array_length(value) AS row_count
FROM jsonb_each(crm_export_customer('crm', 'north1'));
SELECT is_empty($$SELECT relname FROM pg_class AS c JOIN pg_attribute ON attrelid = c.oid AND attname = 'customer_id'
                  WHERE relnamespace = 'crm'::regnamespace AND relkind = 'r'
                      AND relname NOT IN (SELECT relation FROM held)$$,
                'every table with a customer_id is in an export');
SELECT is_empty($$SELECT * FROM held WHERE row_count = 0 AND relation NOT IN ('change_queue', 'erased_customer')$$,
    'with the rows');
SELECT is((SELECT row_count::bigint FROM held WHERE relation = 'purchase'), count(*), 'as many as there are')
FROM sales.orders WHERE cust = 'north1';
SELECT is(crm_export_customer('crm', 'nobody') -> 'purchase', '[]'::jsonb, 'nobody is nothing');

CREATE TEMPORARY TABLE others AS SELECT crm_export_customer('crm', 'south1') AS held;
CREATE TEMPORARY TABLE erased AS SELECT * FROM crm_erase_customer('crm', 'north1');
SELECT set_eq($$SELECT relation, row_count FROM erased$$,
              $$SELECT relation, row_count::bigint FROM held
              WHERE relation NOT IN ('customer_360', 'erased_customer')$$, 'what is exported is erased');
SELECT results_eq($$SELECT relation FROM erased WHERE NOT is_erased ORDER BY 1$$, $$VALUES ('customer'),
    ('interaction'), ('purchase'), ('rating')$$,
                  'sources are left alone');
SELECT is_empty($$SELECT key FROM jsonb_each(crm_export_customer('crm', 'north1'))
                  WHERE value <> '[]' AND key NOT IN ('customer', 'purchase', 'interaction', 'rating',
                      'customer_360', 'erased_customer')$$, 'nothing else is left');
SELECT isnt_empty($$SELECT * FROM crm_check_workspace('crm') WHERE customer_id = 'north1'$$,
    'a source would bring the ledger back');
SELECT set_has($$SELECT relation FROM crm_erase_customer('crm', 'north1', true) WHERE is_erased AND row_count > 0$$,
               $$VALUES ('customer'), ('purchase')$$, 'unless it is erased as well');
SELECT is_empty($$SELECT * FROM jsonb_each(crm_export_customer('crm', 'north1')) WHERE value <> '[]'$$,
    'then nothing is left at all');
SELECT is_empty($$SELECT * FROM crm_check_workspace('crm')$$, 'and ledgers are exact');
SELECT is(crm_export_customer('crm', 'south1'), held, 'of others nothing is gone') FROM others;
SELECT is(sum(row_count), 0::numeric, 'once more finds nothing') FROM crm_erase_customer('crm', 'north1', true);
SELECT throws_ok($$SELECT crm_export_customer('nowhere', 'x')$$, '3F000', NULL, 'export: no such workspace');
SELECT throws_ok($$SELECT crm_erase_customer('nowhere', 'x')$$, '3F000', NULL, 'erase: no such workspace');
SELECT is(crm_export_customer(NULL, 'x'), NULL, 'export of NULL');
SELECT is_empty($$SELECT crm_erase_customer('crm', NULL::text)$$, 'erase of NULL');
RESET ROLE;

-- Keys that are no text
CREATE TABLE sales.numbered (who integer, at date);
CREATE TABLE sales.unique_ids (who uuid, at date);
INSERT INTO sales.numbered VALUES (7, '2024-01-01'), (8, '2024-01-01');
INSERT INTO sales.unique_ids VALUES ('00000000-0000-0000-0000-000000000007', '2024-01-01');
SELECT crm_create_workspace('numbered',
    '{"purchase": {"from": "sales.numbered", "customer_id": "who", "purchased_at": "at"}}');
SELECT crm_create_workspace('unique_ids',
    '{"purchase": {"from": "sales.unique_ids", "customer_id": "who", "purchased_at": "at"}}');
SELECT is(jsonb_array_length(crm_export_customer('numbered', 7) -> 'purchase'), 1, 'a number');
SELECT is(jsonb_array_length(crm_export_customer('unique_ids',
    '00000000-0000-0000-0000-000000000007'::uuid) -> 'purchase'), 1, 'a UUID');
SELECT is((SELECT sum(row_count) FROM crm_erase_customer('numbered', 7, true)), 2::numeric,
    'a number is erased: its ledger, its purchase');
SELECT results_eq('SELECT customer_id FROM numbered.customer_activity', ARRAY[8], 'and no other');
SELECT is((SELECT sum(row_count) FROM crm_erase_customer('unique_ids', '00000000-0000-0000-0000-000000000007'::uuid,
    true)), 2::numeric,
          'a UUID is erased');
SELECT throws_ok($$SELECT crm_export_customer('numbered', 'seven')$$, '22P02', NULL, 'no key');

SELECT * FROM finish();
ROLLBACK;
