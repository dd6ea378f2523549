-- The way in for readers: rights by crm_grant_reader, questions by crm_help.
BEGIN;
SELECT plan(40);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;

CREATE ROLE crm_owner;
CREATE ROLE crm_reader;
CREATE ROLE crm_other;
SELECT format('GRANT CREATE ON DATABASE %I TO crm_owner', current_database()) \gexec
CREATE SCHEMA shop AUTHORIZATION crm_owner;
SET ROLE crm_owner;
CREATE TABLE shop.orders (id integer, cust integer, at date, total numeric(10, 2));
INSERT INTO shop.orders
SELECT n, n % 400, date '2024-01-01' + (n * 37) % 360, 10 + (n * 7919) % 100 FROM generate_series(1, 2000) AS n;
SELECT set_config('crm_ext.as_of', '2024-12-31', true);
SELECT crm_create_workspace('read_crm',
    '{"purchase": {"from": "shop.orders", "customer_id": "cust", "purchased_at": "at", "amount": "total"}}',
                            subjects => ARRAY(SELECT subject FROM crm_subjects()));
SELECT crm_refit('read_crm', '2024-06-30');
SELECT crm_snapshot('read_crm', '2024-09-30');
SELECT crm_snapshot('read_crm', '2024-12-31');

SELECT throws_ok($$SELECT crm_grant_reader('read_crm', 'nobody_known')$$, '42704', 'role "nobody_known" does not exist',
    'a role must be there');
SELECT throws_ok($$SELECT crm_grant_reader('no_crm', 'crm_reader')$$, '3F000', NULL, 'and a workspace');
SELECT is_empty($$SELECT crm_grant_reader(NULL::text, 'crm_reader')$$, 'NULL grants nothing');
CREATE TEMPORARY TABLE granted AS SELECT * FROM crm_grant_reader('read_crm', 'crm_reader');
SELECT ok((SELECT count(*) FILTER (WHERE is_plain) > 60 FROM granted), 'plain views and tables are granted');
SELECT is((SELECT count(*) FROM granted WHERE relation = 'read_crm.customer_activity'::regclass AND is_plain),
    0::bigint,
          'a ledger is not plain');
SELECT is((SELECT count(*) FROM granted WHERE relation = 'read_crm.change_queue'::regclass),
          CASE WHEN current_setting('server_version_num')::integer >= 150000 THEN 1 ELSE 0 END::bigint,
          'the queue is read by data_quality with its reader''s rights; its policy shows it to roles that see all');
SELECT is((SELECT count(*) FROM granted JOIN pg_class AS c ON c.oid = granted.relation
           WHERE c.relnamespace <> 'read_crm'::regnamespace AND c.oid <> 'shop.orders'::regclass), 0::bigint,
          'nothing outside of the workspace but its sources');
SELECT is((SELECT bool_and(has_table_privilege('crm_reader', relation, 'SELECT')) FROM granted), true,
    'and what is granted can be read');
SELECT is((SELECT count(*) FROM granted
           WHERE has_table_privilege('crm_reader', relation, 'INSERT')
               OR has_table_privilege('crm_reader', relation, 'UPDATE')
              OR has_table_privilege('crm_reader', relation, 'DELETE')), 0::bigint, 'but not written');
SELECT is((SELECT count(*) FROM granted WHERE relation = 'shop.orders'::regclass),
          CASE WHEN current_setting('server_version_num')::integer >= 150000 THEN 1 ELSE 0 END::bigint,
          'a source goes with views that show what their reader may see');
GRANT SELECT ON granted TO crm_reader;

-- Every view that is named can be read, and every query of the help runs
SET ROLE crm_reader;
CREATE FUNCTION pg_temp.fails(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE query;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    RETURN format('%s: %s', SQLERRM, query);
END $$;
SELECT is_empty($$SELECT pg_temp.fails(format('SELECT * FROM %s', relation)) FROM granted
                  WHERE is_plain AND pg_temp.fails(format('SELECT * FROM %s', relation)) IS NOT NULL$$,
                  'a reader reads every plain one');
SELECT is_empty($$SELECT pg_temp.fails(query) FROM crm_help('read_crm') WHERE pg_temp.fails(query) IS NOT NULL$$,
                'every query of crm_help runs');
SELECT ok((SELECT count(*) FROM crm_help('read_crm')) = (SELECT count(*) FROM crm_questions()),
          'a workspace of all subjects answers all questions');
SELECT throws_ok($$SELECT * FROM crm_help('no_crm')$$, '3F000', 'workspace "no_crm" does not exist',
    'no workspace, no help');
SELECT is_empty($$SELECT view_name FROM crm_questions() WHERE query NOT LIKE '%crm.' || view_name || '%'$$,
    'a query reads the view it is of');
RESET ROLE;
SET ROLE crm_owner;

SELECT crm_revoke_reader('read_crm', 'crm_reader');
SELECT is((SELECT count(*) FROM granted WHERE has_table_privilege('crm_reader', relation, 'SELECT')), 0::bigint,
    'all can be taken back');
SELECT is(has_schema_privilege('crm_reader', 'read_crm', 'USAGE'), false, 'the schema too');

-- Without the sources
SELECT crm_grant_reader('read_crm', 'crm_reader');
SELECT crm_revoke_reader('read_crm', 'crm_reader', include_sources => false);
SELECT is(has_table_privilege('crm_reader', 'shop.orders', 'SELECT'),
    current_setting('server_version_num')::integer >= 150000,
          'a source may be left');

-- In a schema of plain views: no other relation can be named
SELECT crm_revoke_reader('read_crm', 'crm_reader');
SELECT throws_ok($$SELECT crm_grant_reader('read_crm', 'crm_reader', 'read_crm')$$, '22023', NULL,
    'a plain schema is another than the workspace');
RESET ROLE;
CREATE SCHEMA read_others AUTHORIZATION crm_other;
SET ROLE crm_owner;
SELECT throws_ok($$SELECT crm_grant_reader('read_crm', 'crm_reader', 'read_others')$$, '42501',
    'schema "read_others" belongs to another role',
                 'and one''s own');
CREATE TEMPORARY TABLE plain_granted AS SELECT *
FROM crm_grant_reader('read_crm', 'crm_reader', plain_schema => 'read_bi');
GRANT SELECT ON plain_granted TO crm_reader;
SELECT set_eq($$SELECT relname FROM plain_granted JOIN pg_class ON oid = relation WHERE is_plain$$,
              $$SELECT relname FROM granted JOIN pg_class ON oid = relation
              WHERE is_plain$$, 'what is plain has a view of its name');
SELECT is_empty($$SELECT relation FROM plain_granted JOIN pg_class AS c ON c.oid = relation
    WHERE is_plain <> (relnamespace = 'read_bi'::regnamespace)$$,
                'which is what is named as plain');
SELECT is_empty($$SELECT c.relname, a.attname, t.typname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
    JOIN pg_type AS t ON t.oid = a.atttypid
                  WHERE c.relnamespace = 'read_bi'::regnamespace AND a.attnum > 0
                    AND t.typname NOT IN ('text', 'int4', 'int8', 'float8', 'numeric', 'bool', 'date', 'timestamptz',
                        'timestamp', 'varchar')$$,
                'no arrays and no types of the extension there');
SELECT is(format_type(atttypid, atttypmod), 'numeric(18,2)', 'amounts of the source have their decimals')
FROM pg_attribute WHERE attrelid = 'read_bi.purchase'::regclass AND attname = 'amount';
SELECT is(obj_description('read_bi.segment_summary'::regclass, 'pg_class'),
    obj_description('read_crm.segment_summary'::regclass, 'pg_class'), 'comments go along');
SELECT is(has_schema_privilege('crm_reader', 'read_crm', 'USAGE'), false,
    'the workspace is not the reader''s to look into');
SET ROLE crm_reader;
SELECT throws_ok('SELECT * FROM read_crm.customer_activity', '42501', 'permission denied for schema read_crm',
    'so ledgers cannot be named');
SELECT is_empty($$SELECT pg_temp.fails(format('SELECT * FROM %s', relation)) FROM plain_granted
                  WHERE is_plain AND pg_temp.fails(format('SELECT * FROM %s', relation)) IS NOT NULL$$,
                  'but every plain view is read');
SELECT is_empty($$SELECT pg_temp.fails(query) FROM crm_help('read_bi') WHERE pg_temp.fails(query) IS NOT NULL$$,
    'every query of crm_help runs over them');
SELECT is((SELECT sum(customer_count) FROM read_bi.segment_summary), 400::numeric, 'and shows what there is');
RESET ROLE;

-- Rows that are hidden in the source are hidden in plain views, and in ledgers and snapshots
CREATE FUNCTION pg_temp.seen(relation text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    answer bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM %s', relation) INTO answer;
    RETURN answer;
END $$;
SET ROLE crm_owner;
ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON shop.orders TO crm_reader USING (cust < 100 OR cust < 150 AND id % 3 = 0);
SET ROLE crm_reader;
SELECT current_setting('server_version_num')::integer >= 150000 AS invoker \gset
SELECT results_eq($$SELECT min(customer_id), max(customer_id), count(*) FROM read_bi.customer_rfm$$,
                  CASE WHEN :'invoker' THEN 'VALUES (0, 99, 100::bigint)' ELSE 'VALUES (0, 399, 400::bigint)' END,
                  'customers of whom all is seen, and none by halves');
SELECT is(pg_temp.seen('read_bi.customer_snapshot'), CASE WHEN :'invoker' THEN 200 ELSE 800 END::bigint,
    'snapshots likewise');
SELECT is(pg_temp.seen('read_bi.purchase'), CASE WHEN :'invoker' THEN 500 + 83 ELSE 2000 END::bigint,
    'the source itself by its policy');
SET ROLE crm_owner;
SELECT is(pg_temp.seen('read_bi.customer_rfm'), 400::bigint, 'the owner sees all');
DROP TRIGGER read_crm_purchase_update ON shop.orders;
SET ROLE crm_reader;
SELECT is((SELECT example_key FROM read_bi.data_quality WHERE check_name = 'missing_trigger'), 'shop.orders',
    'a trigger that is missing is told to who reads plain views alone');
SET ROLE crm_owner;
DROP POLICY seen ON shop.orders;
ALTER TABLE shop.orders DISABLE ROW LEVEL SECURITY;

-- What policies ask does not make a plan look dear: JIT starts by the estimate
CREATE FUNCTION pg_temp.cost(relation regclass) RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE format('EXPLAIN (FORMAT JSON) SELECT * FROM %s', relation) INTO plan;
    RETURN plan -> 0 -> 'Plan' ->> 'Total Cost';
END $$;
RESET ROLE;
ANALYZE;
CREATE TEMPORARY TABLE cost AS SELECT relation, 0::double precision AS owners, 0::double precision AS readers
FROM granted WHERE is_plain;
GRANT ALL ON cost TO crm_owner, crm_reader;
SET ROLE crm_owner;
SELECT crm_grant_reader('read_crm', 'crm_reader');
UPDATE cost SET owners = pg_temp.cost(relation);
SET ROLE crm_reader;
UPDATE cost SET readers = pg_temp.cost(relation);
SELECT is_empty('SELECT * FROM cost WHERE readers > 1.5 * owners + 10',
    'a reader''s plan is not much dearer than the owner''s');
RESET ROLE;
SET ROLE crm_owner;
CREATE VIEW read_bi.own AS SELECT 1 AS one;
GRANT SELECT ON read_bi.own TO crm_reader;
SELECT crm_revoke_reader('read_crm', 'crm_reader', plain_schema => 'read_bi');
SELECT is(has_schema_privilege('crm_reader', 'read_bi', 'USAGE') OR has_table_privilege('crm_reader',
    'read_bi.segment_summary', 'SELECT'), false,
          'and that can be taken back');
SELECT ok(has_table_privilege('crm_reader', 'read_bi.own', 'SELECT'),
    'but for views that are none of the workspace''s');
-- However the owner has written that a view of their own is its reader's
CREATE TABLE shop.aside (one integer);
CREATE VIEW read_crm.own AS SELECT one FROM shop.aside;
SELECT 'ALTER VIEW read_crm.own SET (security_invoker = on)' WHERE :'invoker' \gexec
SELECT crm_grant_reader('read_crm', 'crm_reader');
SELECT is(has_table_privilege('crm_reader', 'shop.aside', 'SELECT'), :'invoker'::boolean,
    'what it is made of is granted with it');
RESET ROLE;
SELECT crm_create_workspace('super_crm', '{}');
SELECT throws_ok($$SELECT crm_grant_reader('super_crm', 'crm_reader', plain_schema => 'read_bi')$$, '42501',
    'schema "read_bi" belongs to another role',
                 'a superuser''s views lie in no schema of others, who could replace them');

SELECT * FROM finish();
ROLLBACK;
