-- What a workspace keeps to: its names, what its expressions may use, whose code its functions run.
BEGIN;
SELECT plan(44);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SET LOCAL crm_ext.as_of = '2024-12-31';
CREATE TABLE rule_order (id integer PRIMARY KEY, c integer, at date, amount numeric);
INSERT INTO rule_order SELECT n, n % 40, date '2024-01-01' + n, 10 FROM generate_series(1, 200) AS n;
CREATE FUNCTION pg_temp.made(workspace text, amount text DEFAULT 'amount', rest text DEFAULT '') RETURNS text
LANGUAGE sql AS $$
    SELECT format('SELECT crm_create_workspace(%L, %L)', workspace, format('{"purchase": {"from": "rule_order",
        "purchase_id": "id", "customer_id": "c", "purchased_at": "at", "amount": "%s"%s}}', amount, rest))
$$;
CREATE FUNCTION pg_temp.run(statement text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
END $$;
CREATE FUNCTION pg_temp.hint(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    EXECUTE statement;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN hint;
END $$;
SELECT pg_temp.run(pg_temp.made('rule_one')), pg_temp.run(pg_temp.made('rule_two', rest => ', "where": "c < 10"'));

-- A plain schema is of one workspace
CREATE ROLE crm_reader;
CREATE ROLE crm_other;
SELECT count(*) FROM crm_grant_reader('rule_one', 'crm_reader', 'rule_bi');
SELECT throws_ok($$SELECT crm_grant_reader('rule_two', 'crm_reader', 'rule_bi')$$, '42P07',
    'schema "rule_bi" has a view abc_summary that is not of workspace "rule_two"', 'not of two');
SELECT is((SELECT count(*) FROM rule_bi.customer_360), 40::bigint, 'whose views stay as they are');
SELECT throws_ok($$SELECT crm_grant_reader('rule_two', 'crm_reader', 'rule_one')$$, '42P07', NULL,
    'nor is it another workspace');
CREATE SCHEMA rule_own CREATE VIEW customer_rfm AS SELECT 1 AS mine;
SELECT throws_ok($$SELECT crm_grant_reader('rule_two', 'crm_reader', 'rule_own')$$, '42P07',
    'schema "rule_own" has a view customer_rfm that is not of workspace "rule_two"', 'no view of yours is replaced');
SELECT is((SELECT count(*) FROM pg_class WHERE relnamespace = 'rule_own'::regnamespace), 1::bigint,
    'and nothing is made there');
SELECT lives_ok(format($$SELECT crm_grant_reader('rule_one', %L, 'rule_bi')$$, role),
    'it is of any number of roles: ' || role)
FROM unnest('{crm_reader,crm_other}'::text[]) AS role;
CREATE VIEW rule_bi.of_both AS SELECT customer_id FROM rule_one.customer_360
UNION SELECT customer_id FROM rule_two.customer_360;
GRANT SELECT ON rule_bi.of_both TO crm_reader;
SELECT crm_revoke_reader('rule_one', 'crm_reader', plain_schema => 'rule_bi');
SELECT is((SELECT array_agg(has_table_privilege(role, view, 'SELECT') ORDER BY view, role)
           FROM unnest('{crm_other,crm_reader}'::text[]) AS role,
                unnest('{rule_bi.customer_360,rule_bi.of_both}'::text[]) AS view),
    '{true,false,false,true}'::boolean[], 'what is taken back is the plain views of one role');

-- What is yours in a workspace is not taken for what a subject makes
CREATE TABLE rule_one.action (customer_id text, action text, due date);
SELECT throws_ok($$SELECT crm_add_subject('rule_one', 'programme')$$, '42P07',
    'table action in the workspace is not of crm_ext, but a subject needs that name', 'a table of a source''s name');
SELECT is((SELECT count(*) FROM pg_attribute WHERE attrelid = 'rule_one.action'::regclass AND attnum > 0), 3::bigint,
    'has the columns that it had');
DROP TABLE rule_one.action;
CREATE TABLE rule_one.playbook (entry text);
SELECT throws_ok($$SELECT crm_add_subject('rule_one', 'profile')$$, '42P07',
    'table playbook in the workspace is not of crm_ext, but a subject needs that name', 'a table of another');
DROP TABLE rule_one.playbook;
CREATE VIEW rule_one.plan_variance AS SELECT 1 AS one;
SELECT throws_ok($$SELECT crm_add_subject('rule_one', 'plan')$$, '42P07',
    'view plan_variance in the workspace is not of crm_ext, but a subject needs that name', 'a view');
DROP VIEW rule_one.plan_variance;
CREATE TABLE rule_one.visit (visitor text);
SELECT throws_ok($$SELECT crm_change_sources('rule_one', '{"visit": {"from": "rule_order", "customer_id": "c",
    "arrived_at": "at"}}')$$, '42P07',
    'table visit in the workspace is not of crm_ext, but a subject needs that name',
    'also where a source brings its subject');
SELECT has_column('rule_one'::name, 'visit'::name, 'visitor'::name, 'no empty table of yours is dropped');
DROP TABLE rule_one.visit;
SELECT lives_ok(format('SELECT crm_add_subject(''rule_one'', %L)', subject), 'else a subject comes: ' || subject)
FROM unnest('{service,plan,profile}'::text[]) WITH ORDINALITY AS u (subject, n) ORDER BY n;

-- All views are known
SELECT crm_create_workspace('rule_all', subjects => ARRAY(SELECT subject FROM crm_subjects()));
SELECT set_config('search_path', 'rule_all, ' || current_setting('search_path'), true);
SELECT is_empty($$SELECT relname FROM pg_class WHERE relnamespace = 'rule_all'::regnamespace AND relkind = 'v'
                  EXCEPT SELECT crm_own_views()$$, 'every view of a workspace is known to be the extension''s');
CREATE FUNCTION pg_temp.as_of_old(relation text) RETURNS bigint LANGUAGE plpgsql
SET standard_conforming_strings = off SET escape_string_warning = off AS $$
DECLARE
    rows bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM %s', relation) INTO rows;
    RETURN rows;
END $$;
SELECT is(pg_temp.as_of_old('crm_own_views()'), (SELECT count(*) FROM crm_own_views()),
    'whatever a backslash means in a session');
SELECT is(pg_temp.as_of_old('crm_key_columns()'), (SELECT count(*) FROM crm_key_columns()), 'and all keys');
RESET search_path;
SELECT is_empty($$SELECT relname FROM pg_class WHERE relnamespace = 'rule_all'::regnamespace AND relkind = 'v'
                  AND reloptions IS DISTINCT FROM
                      CASE WHEN current_setting('server_version_num')::integer >= 150000
                           THEN '{security_invoker=true}'::text[] END$$, 'each runs with the rights of its reader');
SELECT crm_set_target('rule_one', 'many', 'purchase_count > 1');
DROP SCHEMA rule_bi CASCADE;
CREATE TABLE rule_person (c text);
SELECT lives_ok($$SELECT crm_change_sources('rule_one', '{"customer": {"from": "rule_person", "customer_id": "c"}}')$$,
    'keys of a workspace of many subjects change their type');
SELECT is((SELECT condition FROM rule_one.target), '(purchase_count > 1)', 'and targets stay');
SELECT is((SELECT count(*) FROM rule_one.target_member), 40::bigint, 'with who is in them');

-- Nothing that goes with the session
CREATE FUNCTION pg_temp.twice(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT 2 * $1';
CREATE OPERATOR pg_temp.!! (RIGHTARG = numeric, FUNCTION = pg_temp.twice);
CREATE DOMAIN pg_temp.euro AS numeric;
SELECT throws_ok(pg_temp.made('rule_gone', amount), '42809',
    format('source "purchase", field "amount": %s is temporary', part), 'in an expression: ' || part)
FROM (VALUES ('pg_temp.twice(amount)', 'function pg_temp.twice(numeric)'),
             ('OPERATOR(pg_temp.!!) amount', 'operator pg_temp.!!(NONE,numeric)'),
             ('amount::euro', 'type pg_temp.euro')) AS used (amount, part);
SELECT throws_ok(pg_temp.made('rule_gone', rest => ', "where": "pg_temp.twice(amount) > 1"'), '42809',
    'source "purchase", field "where": function pg_temp.twice(numeric) is temporary', 'in a condition');
SELECT throws_ok($$SELECT crm_set_target('rule_one', 'gone', 'pg_temp.twice(amount) > 1')$$, '42809', NULL,
    'of a target too');
CREATE SCHEMA rule_view CREATE VIEW rule_order AS
    SELECT id, c, at, pg_temp.twice(amount) AS amount FROM public.rule_order;
SELECT throws_ok(replace(pg_temp.made('rule_gone'), 'rule_order', 'rule_view.rule_order'), '42809', NULL,
    'nor below a view');
DROP SCHEMA rule_view CASCADE;

-- A name that is too long
SELECT crm_create_workspace('rule_long');
SELECT format('ALTER SCHEMA rule_long RENAME TO %I', repeat('r', 63)) \gexec
SELECT throws_ok(format('SELECT %s(%L)', function, repeat('r', 63)), '42602',
    'the workspace''s name must have 1 to 40 bytes', function || ' wants one that triggers can have')
FROM unnest('{crm_upgrade_workspace,crm_change_sources}'::text[]) AS function;
SELECT lives_ok(format('SELECT crm_drop_workspace(%L)', repeat('r', 63)), 'to drop one needs none');

-- Settings that are gone
DELETE FROM rule_two.setting;
SELECT throws_ok(format('SELECT %s(''rule_two'')', function), '55000', 'workspace "rule_two" has no settings',
    function || ' says what is wrong')
FROM unnest('{crm_refit,crm_refresh,crm_snapshot}'::text[]) AS function;
SELECT crm_upgrade_workspace('rule_two');
SELECT is((SELECT count(*) FROM rule_two.setting), 1::bigint, 'an upgrade makes them again');
SELECT is(crm_snapshot('rule_two'), 10::bigint, 'and all goes on');

-- Whose code runs: what others have put into a schema of the path
CREATE SCHEMA rule_shared;
CREATE FUNCTION rule_shared.format(text, text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'run as %', current_user;
END $$;
CREATE FUNCTION rule_shared.format(text, regclass, text) RETURNS text LANGUAGE sql AS
    'SELECT rule_shared.format(''''::text, ''''::text)';
CREATE FUNCTION rule_shared.pick(jsonb, jsonb) RETURNS text LANGUAGE sql AS
    'SELECT rule_shared.format(''''::text, ''''::text)';
CREATE OPERATOR rule_shared.->> (LEFTARG = jsonb, RIGHTARG = jsonb, FUNCTION = rule_shared.pick);
CREATE TABLE rule_log (customer_id text, kind text, old_value text, new_value text);
CREATE TABLE rule_case (customer_id text, status text, changed_at timestamptz, priority text, channel text,
    due_at timestamptz, used_seconds double precision, resumed_at timestamptz);
CREATE TRIGGER due BEFORE INSERT OR UPDATE ON rule_case FOR EACH ROW EXECUTE FUNCTION crm_due_trigger('rule_one');
CREATE TRIGGER move AFTER INSERT OR UPDATE ON rule_case
    FOR EACH ROW EXECUTE FUNCTION crm_move_trigger('rule_log', 'customer_id', 'status');
SELECT set_config('search_path', 'rule_shared, ' || current_setting('search_path'), true);
SELECT lives_ok($$INSERT INTO rule_case VALUES ('a', 'open', '2024-01-01')$$, 'triggers run what is built in');
RESET search_path;
SELECT is((SELECT new_value FROM rule_log), 'open', 'and log what they should');
SELECT set_eq($$
    SELECT p.proname
    FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
    WHERE l.lanname IN ('sql', 'plpgsql') AND p.prosqlbody IS NULL
      AND NOT EXISTS (SELECT FROM unnest(p.proconfig) AS s WHERE starts_with(s, 'search_path='))
      AND (p.prorettype = 'trigger'::regtype
           AND EXISTS (SELECT FROM pg_depend JOIN pg_extension AS e ON e.oid = refobjid
                       WHERE objid = p.oid AND classid = 'pg_proc'::regclass AND deptype = 'e' AND extname = 'crm_ext')
           OR EXISTS (SELECT FROM pg_depend AS d
                      LEFT JOIN pg_rewrite AS r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
                      LEFT JOIN pg_trigger AS t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
                      LEFT JOIN pg_policy AS y ON d.classid = 'pg_policy'::regclass AND y.oid = d.objid
                      LEFT JOIN pg_constraint AS k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
                      LEFT JOIN pg_attrdef AS a ON d.classid = 'pg_attrdef'::regclass AND a.oid = d.objid
                      JOIN pg_class AS c ON c.oid IN (r.ev_class, t.tgrelid, y.polrelid, k.conrelid, a.adrelid)
                      WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid
                        AND c.relnamespace = 'rule_all'::regnamespace))$$,
    $$VALUES ('crm_due_trigger'::name), ('crm_move_trigger')$$,
    'with the path of whoever writes or reads run two functions, which name all with its schema');

-- Without the schema of the extension in the path
SELECT extnamespace::regnamespace AS ext FROM pg_extension WHERE extname = 'crm_ext' \gset
CREATE FUNCTION pg_temp.fails(query text) RETURNS text LANGUAGE plpgsql SET search_path = rule_shared, pg_temp AS $$
BEGIN
    EXECUTE query;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    RETURN format('%s: %s', SQLERRM, query);
END $$;
SELECT is_empty(format($$
    SELECT pg_temp.fails('SELECT * FROM %1$s.' || call)
    FROM unnest(ARRAY['crm_help(''rule_one'')', 'crm_subjects()', 'crm_source_fields()', 'crm_as_of()',
        'crm_create_workspace(''rule_far'', ''{"purchase": {"from": "public.rule_order", "customer_id": "c",
            "purchased_at": "at", "amount": "amount"}}'', subjects => ''{service,campaign}'')',
        'crm_change_sources(''rule_far'', ''{"customer": {"from": "public.rule_person", "customer_id": "c"}}'')',
        'crm_upgrade_workspace(''rule_far'')', 'crm_refit(''rule_far'')', 'crm_refresh(''rule_far'')',
        'crm_snapshot(''rule_far'')', 'crm_check_workspace(''rule_far'')', 'crm_add_subject(''rule_far'', ''profile'')',
        'crm_set_target(''rule_far'', ''many'', ''purchase_count > 1'')', 'crm_alert(''rule_far'')',
        'crm_note_overdue(''rule_far'')', 'crm_grant_reader(''rule_far'', ''crm_reader'')',
        'crm_grant_reader(''rule_far'', ''crm_reader'', ''rule_far_bi'')',
        'crm_revoke_reader(''rule_far'', ''crm_reader'', plain_schema => ''rule_far_bi'')',
        'crm_export_customer(''rule_far'', ''1'')', 'crm_erase_customer(''rule_far'', ''1'')',
        'crm_drop_workspace(''rule_far'', true)']) AS call
    WHERE pg_temp.fails('SELECT * FROM %1$s.' || call) IS NOT NULL$$, :'ext'),
    'every function that people call does without');

-- Without the privilege to make temporary tables
CREATE ROLE crm_maker;
SELECT format('GRANT CREATE ON DATABASE %1$I TO crm_maker', current_database()) \gexec
SELECT format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()) \gexec
ALTER TABLE rule_order OWNER TO crm_maker;
CREATE TEMPORARY TABLE tried AS SELECT pg_temp.made('rule_maker') AS statement;
GRANT SELECT ON tried TO crm_maker;
SET ROLE crm_maker;
SELECT throws_ok(statement, '42501',
    format('permission denied to create temporary tables in database "%s"', current_database()),
    'a workspace needs the privilege TEMPORARY') FROM tried;
SELECT is(pg_temp.hint(statement), format('Expressions are tried in temporary views: GRANT TEMPORARY ON DATABASE %I '
    'TO crm_maker.', current_database()), 'and says so') FROM tried;
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
