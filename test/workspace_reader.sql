-- The way in for readers: rights by crm_grant_reader, questions by crm_help.
BEGIN;
SELECT plan(18);
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
SELECT crm_create_workspace('read_crm', '{"purchase": {"from": "shop.orders", "customer_id": "cust", "purchased_at": "at", "amount": "total"}}',
                            subjects => ARRAY(SELECT subject FROM crm_subjects()));
SELECT crm_refit('read_crm', '2024-06-30');
SELECT crm_snapshot('read_crm', '2024-09-30');
SELECT crm_snapshot('read_crm', '2024-12-31');

SELECT throws_ok($$SELECT crm_grant_reader('read_crm', 'nobody_known')$$, '42704', 'role "nobody_known" does not exist', 'a role must be there');
SELECT throws_ok($$SELECT crm_grant_reader('no_crm', 'crm_reader')$$, '3F000', NULL, 'and a workspace');
SELECT is_empty($$SELECT crm_grant_reader(NULL, 'crm_reader')$$, 'NULL grants nothing');
CREATE TEMPORARY TABLE granted AS SELECT * FROM crm_grant_reader('read_crm', 'crm_reader');
SELECT ok((SELECT count(*) FILTER (WHERE is_plain) > 60 FROM granted), 'plain views and tables are granted');
SELECT is((SELECT count(*) FROM granted WHERE relation = 'read_crm.customer_activity'::regclass AND is_plain), 0::bigint,
          'a ledger is not plain');
SELECT is((SELECT count(*) FROM granted WHERE relation = 'read_crm.change_queue'::regclass), 1::bigint,
          'the queue is read by data_quality; its policy shows it to roles that see all');
SELECT is((SELECT count(*) FROM granted JOIN pg_class AS c ON c.oid = granted.relation
           WHERE c.relnamespace <> 'read_crm'::regnamespace AND c.oid <> 'shop.orders'::regclass), 0::bigint,
          'nothing outside of the workspace but its sources');
SELECT is((SELECT bool_and(has_table_privilege('crm_reader', relation, 'SELECT')) FROM granted), true, 'and what is granted can be read');
SELECT is((SELECT count(*) FROM granted
           WHERE has_table_privilege('crm_reader', relation, 'INSERT') OR has_table_privilege('crm_reader', relation, 'UPDATE')
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
                  WHERE is_plain AND pg_temp.fails(format('SELECT * FROM %s', relation)) IS NOT NULL$$, 'a reader reads every plain one');
SELECT is_empty($$SELECT pg_temp.fails(query) FROM crm_help('read_crm') WHERE pg_temp.fails(query) IS NOT NULL$$,
                'every query of crm_help runs');
SELECT ok((SELECT count(*) FROM crm_help('read_crm')) = (SELECT count(*) FROM crm_questions()),
          'a workspace of all subjects answers all questions');
SELECT is_empty($$SELECT * FROM crm_help('no_crm')$$, 'no workspace, no help');
SELECT is_empty($$SELECT view_name FROM crm_questions() WHERE query NOT LIKE '%crm.' || view_name || '%'$$, 'a query reads the view it is of');
RESET ROLE;
SET ROLE crm_owner;

SELECT crm_revoke_reader('read_crm', 'crm_reader');
SELECT is((SELECT count(*) FROM granted WHERE has_table_privilege('crm_reader', relation, 'SELECT')), 0::bigint, 'all can be taken back');
SELECT is(has_schema_privilege('crm_reader', 'read_crm', 'USAGE'), false, 'the schema too');

-- Without the sources
SELECT crm_grant_reader('read_crm', 'crm_reader');
SELECT crm_revoke_reader('read_crm', 'crm_reader', include_sources => false);
SELECT is(has_table_privilege('crm_reader', 'shop.orders', 'SELECT'), current_setting('server_version_num')::integer >= 150000,
          'a source may be left');

SELECT * FROM finish();
ROLLBACK;
