-- Workspaces: what is made, from what, and what the functions answer.
BEGIN;
SELECT plan(118);
SET LOCAL client_min_messages = warning;

\ir lib/views.sql

-- An empty workspace, one customer, nothing but refunds
SET LOCAL crm_ext.as_of = '2024-12-31';
SELECT is(crm_create_workspace('crm'), 'workspace crm: 0 customers with purchases, as of 2024-12-31',
    'a workspace of nothing');
SELECT is_empty($$SELECT * FROM pg_temp.read_all('crm') WHERE error IS NOT NULL$$, 'empty: every view can be read');
SELECT cmp_ok((SELECT count(*) FROM pg_temp.read_all('crm')), '>=', 38::bigint,
    'and there are as many as there should be');
SELECT is(crm_refit('crm', '2024-06-30'), 0::bigint, 'empty: crm_refit');
SELECT is(crm_snapshot('crm'), 0::bigint, 'empty: crm_snapshot');
SELECT results_eq($$SELECT row_count, (SELECT count(*) FROM crm.snapshot_day) FROM crm.refresh_log
    WHERE action = 'snapshot'$$, 'VALUES (0::bigint, 0::bigint)', 'of which the log tells, for there is no row of it');
SELECT is(crm_refresh('crm', true), 0::bigint, 'empty: crm_refresh');
INSERT INTO crm.purchase (customer_id, purchased_at, amount) VALUES ('ann', '2024-05-05 12:00+00', 10);
SELECT is(crm_refit('crm'), 1::bigint, 'one customer: crm_refit');
SELECT is(crm_snapshot('crm'), 1::bigint, 'one customer: crm_snapshot');
SELECT is_empty($$SELECT * FROM pg_temp.read_all('crm') WHERE error IS NOT NULL$$,
    'one customer: every view can be read');
SELECT results_eq('SELECT customer_id, purchase_count, amount, is_prospect FROM crm.customer_360',
    $$VALUES ('ann', 1::bigint, 10.00, false)$$,
                  'one customer: customer_360');
UPDATE crm.purchase SET amount = -10;
SELECT lives_ok($$SELECT crm_refit('crm'), crm_snapshot('crm')$$, 'all refunds: crm_refit, crm_snapshot');
SELECT is_empty($$SELECT * FROM pg_temp.read_all('crm') WHERE error IS NOT NULL$$,
    'all refunds: every view can be read');
INSERT INTO crm.customer (customer_id, customer_name) VALUES ('bob', 'Bob');
SELECT results_eq($$SELECT is_prospect, segment, clv FROM crm.customer_360 WHERE customer_id = 'bob'$$,
                  'SELECT true, NULL::text, NULL::numeric', 'who never bought is a prospect');

-- What BI tools need
SELECT is_empty($$
    SELECT table_name, column_name, data_type FROM information_schema.columns
    JOIN information_schema.views USING (table_schema, table_name)
    WHERE table_schema = 'crm' AND table_name NOT IN ('scoring_basis', 'calendar_span', 'history_basis',
        'clv_test_basis')
      AND data_type NOT IN ('text', 'integer', 'bigint', 'double precision', 'date', 'timestamp with time zone',
          'boolean')
      AND NOT (data_type = 'numeric' AND numeric_precision = 18 AND numeric_scale = 2)
$$, 'views have plain types');
SELECT is_empty($$
    SELECT relname, attname FROM pg_class AS c
    LEFT JOIN pg_attribute AS a ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
        AND col_description(c.oid, attnum) IS NULL
    WHERE relnamespace = 'crm'::regnamespace AND relkind IN ('r', 'v') AND (obj_description(c.oid, 'pg_class') IS NULL
        OR attnum IS NOT NULL)
$$, 'tables, views and columns have comments');
SELECT is_empty($$
    SELECT relname FROM pg_class WHERE relnamespace = 'crm'::regnamespace AND relkind = 'v'
       AND obj_description(oid, 'pg_class') !~ '^One row'
$$, 'the comment of a view begins with its grain');
SELECT is_empty($$
    SELECT relname FROM pg_class AS c WHERE relnamespace = 'crm'::regnamespace AND relkind = 'v'
        AND relname <> 'definition'
       AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'as_of'
           AND atttypid = 'date'::regtype)
$$, 'every view tells its as_of');
SELECT is_empty($$SELECT relation_name, column_name FROM crm.catalog WHERE comment IS NULL$$,
    'the catalog shows all comments');
SELECT set_eq($$SELECT relation_name FROM crm.catalog WHERE position = 0$$,
              $$SELECT relname FROM pg_class WHERE relnamespace = 'crm'::regnamespace AND relkind IN ('r', 'v')$$,
              'of all relations');

-- as_of: nothing after it counts
INSERT INTO crm.purchase (customer_id, purchased_at, amount)
SELECT 'c' || n % 30, timestamptz '2023-01-01 12:00+00' + (n * 101 % 720) * interval '1 day', n % 50 + 1
FROM generate_series(1, 300) AS n;
SELECT crm_refit('crm', '2023-06-30'), crm_refit('crm', '2024-12-31');
CREATE TEMPORARY TABLE then_seen AS SELECT * FROM crm.customer_360 WHERE false;
SET LOCAL crm_ext.as_of = '2023-06-30';
INSERT INTO then_seen SELECT * FROM crm.customer_360;
SELECT is((SELECT sum(amount) FROM then_seen), (SELECT sum(amount) FROM crm.purchase
    WHERE purchased_on <= '2023-06-30'),
          'as_of: amounts up to then');
SELECT is((SELECT DISTINCT fitted_on FROM then_seen WHERE NOT is_prospect), '2023-06-30'::date,
    'as_of: the fit of then');
CREATE FUNCTION pg_temp.contents(workspace text) RETURNS TABLE (view text, content text) LANGUAGE plpgsql AS $$
BEGIN
    FOR view IN SELECT relname FROM pg_class WHERE relnamespace = quote_ident(workspace)::regnamespace
        AND relkind = 'v' LOOP
        EXECUTE format('SELECT md5(string_agg(row, E''\n'' ORDER BY row))
                        FROM (SELECT t::text AS row FROM %I.%I AS t) AS t',
                       workspace, view) INTO content;
        RETURN NEXT;
    END LOOP;
END $$;
CREATE TEMPORARY TABLE contents_then AS SELECT * FROM pg_temp.contents('crm');
INSERT INTO crm.purchase (customer_id, purchased_at, amount) VALUES ('c1', '2023-07-01', 999), ('c1', '2030-01-01', 1),
    ('later', '2023-08-01', 5), ('later', '2023-08-09', 6);
INSERT INTO crm.customer (customer_id, registered_at) VALUES ('later', '2023-07-31');
SELECT is_empty($$
    SELECT view FROM contents_then AS t JOIN pg_temp.contents('crm') AS n USING (view)
    WHERE n.content IS DISTINCT FROM t.content
      AND view !~ '^(data_quality|data_completeness$|person$)'   -- of the tables as they are
      AND view !~ '^reconciliation'                              -- what is left out, after as_of
$$, 'as_of: in no view');
SELECT set_eq('SELECT * FROM crm.customer_360', 'SELECT * FROM then_seen', 'as_of: what came after changes nothing');
SET LOCAL crm_ext.as_of = '2022-01-01';
SELECT is((SELECT count(*) FROM crm.customer_360 WHERE NOT is_prospect), 0::bigint,
    'as_of before all: nobody has bought');
SELECT is_empty($$SELECT * FROM pg_temp.read_all('crm') WHERE error IS NOT NULL$$,
    'as_of before all: every view can be read');
SELECT throws_ok($$SET crm_ext.as_of = 'yesterday'$$, '22023', NULL, 'as_of: no day');
SELECT throws_ok($$SET crm_ext.as_of = '2023-02-29'$$, '22023', NULL, 'as_of: no such day');
SELECT throws_ok($$SET crm_ext.as_of = '30.6.2023'$$, '22023', NULL, 'as_of: ISO 8601 alone');
SET LOCAL crm_ext.as_of = '';
SELECT is(crm_as_of(), current_date, 'as_of: today');

-- Snapshots: once a day, and of earlier days
SET LOCAL crm_ext.as_of = '2024-12-31';
DELETE FROM crm.customer_snapshot;
DELETE FROM crm.customer_move;
SELECT crm_snapshot('crm', '2023-06-30'), crm_snapshot('crm', '2024-12-31');
CREATE TEMPORARY TABLE snapshot_was AS SELECT * FROM crm.customer_snapshot;
CREATE TEMPORARY TABLE move_was AS SELECT * FROM crm.customer_move;
SELECT isnt_empty('SELECT FROM move_was', 'customers have moved between two snapshots');
SELECT crm_snapshot('crm', '2024-12-31'), crm_snapshot('crm', '2023-06-30');
SELECT set_eq('SELECT * FROM crm.customer_snapshot', 'SELECT * FROM snapshot_was', 'a snapshot once more is the same');
SELECT set_eq('SELECT * FROM crm.customer_move', 'SELECT * FROM move_was', 'and moves nobody');
SELECT crm_snapshot('crm', '2024-03-31');
SELECT set_eq($$SELECT * FROM crm.customer_snapshot WHERE as_of <> '2024-03-31'$$, 'SELECT * FROM snapshot_was',
              'a snapshot of a day between leaves the others');
-- What the two steps tell adds up to what the one did
SELECT set_eq($$SELECT customer_id, kind, (array_agg(old_value ORDER BY moved_on))[1] AS o,
    (array_agg(new_value ORDER BY moved_on DESC))[1] AS n
                FROM crm.customer_move GROUP BY 1, 2
                HAVING (array_agg(old_value ORDER BY moved_on))[1] IS DISTINCT
                FROM (array_agg(new_value ORDER BY moved_on DESC))[1]$$,
              'SELECT customer_id, kind, old_value, new_value FROM move_was', 'moves in two steps come to the same');
SELECT isnt_empty($$SELECT FROM crm.customer_move WHERE moved_on = '2024-03-31'$$,
    'of which the first is on the day between');
SELECT is(current_setting('crm_ext.as_of'), '2024-12-31', 'a snapshot of another day leaves the session''s as_of');

-- Names that have to be quoted; two workspaces over one table
CREATE SCHEMA "Über ""Shop""";
CREATE TABLE "Über ""Shop"""."The 'Orders'" ("Cust ID" integer, "when" date, "a""mount" numeric);
INSERT INTO "Über ""Shop"""."The 'Orders'" VALUES (1, '2024-01-01', 10), (2, '2024-02-02', 20);
SELECT $$
{"purchase": {"from": "\"Über \"\"Shop\"\"\".\"The 'Orders'\"", "customer_id": "\"Cust ID\"",
              "purchased_at": "\"when\"", "amount": "\"a\"\"mount\""}}$$ AS sources \gset
SELECT lives_ok(format('SELECT crm_create_workspace(%L, %L)', name, :'sources'), 'a workspace named ' || name)
FROM unnest(ARRAY['My CRM', 'O''Hara "x"', 'select', 'a.b', 'a+b', 'a_b', E'back\\slash', repeat('ü', 20)]) AS name;
INSERT INTO "Über ""Shop"""."The 'Orders'" VALUES (3, '2024-03-03', 30);
SELECT is_empty($$SELECT name, d FROM unnest(ARRAY['My CRM', 'O''Hara "x"', 'select', 'a.b', 'a+b', 'a_b',
    E'back\\slash', repeat('ü', 20)]) AS name,
                       crm_check_workspace(name) AS d$$, 'all of them follow the table');
SELECT is_empty($$SELECT * FROM pg_temp.read_all('O''Hara "x"') WHERE error IS NOT NULL$$, 'and can be read');
SELECT lives_ok($$SELECT crm_upgrade_workspace('O''Hara "x"'), crm_snapshot('O''Hara "x"'),
    crm_change_sources('O''Hara "x"', NULL, 'Asia/Tokyo')$$,
                'upgraded, snapshot, changed');
SELECT lives_ok($$SELECT crm_drop_workspace('a.b'), crm_drop_workspace('a+b'), crm_drop_workspace('O''Hara "x"')$$,
    'dropped');
SELECT is((SELECT count(*) FROM pg_trigger WHERE tgrelid = '"Über ""Shop"""."The ''Orders''"'::regclass), 5 * 4::bigint,
          'with their triggers, and no others''');
INSERT INTO "My CRM".customer VALUES (77, 'Only here');
SELECT is_empty('SELECT FROM a_b.customer', 'two workspaces do not meet');
SELECT is((SELECT count(*) FROM a_b.customer_activity), 3::bigint, 'though they have one source');

-- Keys of any type; sources that differ
CREATE TABLE small (k smallint, d date);
CREATE TABLE whole (k integer, d date);
CREATE TABLE large (k bigint, d timestamp);
CREATE TABLE letters (k varchar(10), d timestamptz);
CREATE TABLE ids (k uuid, d date);
CREATE FUNCTION pg_temp.key_type(workspace text, purchase text, interaction text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    PERFORM crm_create_workspace(workspace, jsonb_build_object(
        'purchase', jsonb_build_object('from', purchase, 'customer_id', 'k', 'purchased_at', 'd'),
        'interaction', jsonb_build_object('from', interaction, 'customer_id', 'k', 'interacted_at', 'd')));
    SELECT string_agg(DISTINCT data_type, ', ') INTO answer FROM information_schema.columns
    WHERE table_schema = workspace AND column_name = 'customer_id' AND table_name NOT IN ('catalog');
    RETURN answer;
END $$;
SELECT is(pg_temp.key_type('k1', 'whole', 'whole'), 'integer', 'integer');
SELECT is(pg_temp.key_type('k2', 'small', 'large'), 'bigint', 'smallint and bigint');
SELECT is(pg_temp.key_type('k3', 'letters', 'letters'), 'character varying', 'varchar');
SELECT is(pg_temp.key_type('k4', 'ids', 'ids'), 'uuid', 'uuid');
SELECT is(pg_temp.key_type('k5', 'whole', 'letters'), 'text', 'integer and varchar');
INSERT INTO ids VALUES ('00000000-0000-0000-0000-000000000001', '2024-01-01');
INSERT INTO letters VALUES ('12', '2024-01-01');
INSERT INTO whole VALUES (12, '2024-01-01');
SELECT is_empty($$SELECT w, r.* FROM unnest('{k1,k2,k3,k4,k5}'::text[]) AS w, pg_temp.read_all(w) AS r
    WHERE error IS NOT NULL$$,
                'every view can be read, whatever the key');
SELECT results_eq('SELECT customer_id, purchase_count, preferred_channel FROM k5.customer_360',
    $$VALUES ('12', 1::bigint, 'unknown')$$,
                  'keys of different types meet');

-- Errors: which source, which field, what else there is
SELECT throws_ok($$SELECT crm_create_workspace('crm')$$, '42P06', 'schema "crm" already exists', 'made twice');
SELECT throws_ok($$SELECT crm_create_workspace(NULL)$$, '42602', NULL, 'no name');
SELECT throws_ok($$SELECT crm_create_workspace('')$$, '42602', NULL, 'an empty name');
SELECT throws_ok($$SELECT crm_create_workspace(repeat('x', 41))$$, '42602', NULL, 'a long name');
SELECT throws_ok($$SELECT crm_create_workspace('w', '[]')$$, '22023', NULL, 'sources that are no object');
SELECT throws_ok($$SELECT crm_create_workspace('w', '{"purchase": "whole"}')$$, '22023', NULL,
    'a source that is no object');
SELECT throws_ok($$SELECT crm_create_workspace('w', '{"purchase": {"customer_id": "k"}}')$$, '22023', NULL,
    'a source from nowhere');
SELECT throws_ok($$SELECT crm_create_workspace('w', '{"sale": {"from": "whole"}}')$$, '22023',
    'unrecognized source: "sale"', 'an unknown source');
SELECT throws_ok($$SELECT crm_create_workspace('w', '{"purchase": {"from": "absent", "customer_id": "k"}}')$$, '42P01',
                 'source "purchase": relation "absent" does not exist', 'an unknown relation');
SELECT throws_ok($$SELECT crm_create_workspace('w', '{"purchase": {"from": "whole", "customer_id": "k"}}')$$, '22023',
                 'source "purchase" lacks the field "purchased_at"', 'a field that is missing');
SELECT throws_ok($$SELECT crm_create_workspace('w',
    '{"purchase": {"from": "whole", "customer_id": "k", "purchased_at": "d", "price": "1"}}')$$,
                 '22023', 'source "purchase" has no field "price"', 'a field too many');
SELECT throws_ok(format($$SELECT crm_create_workspace('w',
    '{"purchase": {"from": "whole", "customer_id": %s, "purchased_at": "d"}}')$$, given), '22023',
    format('source "purchase", field "customer_id": %s is not text but a JSON %s', given, kind),
    'a field that is no text')
FROM (VALUES ('1', 'number'), ('true', 'boolean'), ('{"k": 1}', 'object'), ('["k"]', 'array')) AS field (given, kind);
SELECT throws_ok($$SELECT crm_create_workspace('w',
    '{"purchase": {"from": "whole", "customer_id": "k", "purchased_at": "d", "where": true}}')$$, '22023',
    'source "purchase", field "where": true is not text but a JSON boolean', 'a condition that is no text');
SELECT throws_ok($$SELECT crm_create_workspace('w',
    '{"purchase": {"from": "whole", "customer_id": null, "purchased_at": "d"}}')$$, '22023',
    'source "purchase" lacks the field "customer_id"', 'null is not given');
SELECT throws_ok($$SELECT crm_create_workspace('w',
    '{"purchase": {"from": "whole", "customer_id": "kk", "purchased_at": "d"}}')$$, '42703',
                 'source "purchase", field "customer_id": column "kk" does not exist', 'an unknown column');
SELECT throws_ok($$SELECT crm_create_workspace('w',
    '{"purchase": {"from": "whole", "customer_id": "k", "purchased_at": "k"}}')$$, '42804', NULL,
                 'a day that is none');
SELECT throws_ok($$SELECT crm_create_workspace('w',
    '{"purchase": {"from": "whole", "customer_id": "k", "purchased_at": "d", "where": "1 +"}}')$$,
                 '42601', NULL, 'no expression');
SELECT throws_ok($$SELECT crm_create_workspace('w',
    '{"purchase": {"from": "whole", "customer_id": "k", "purchased_at": "d", "where": "k"}}')$$,
                 '42804', NULL, 'no condition');
SELECT throws_ok($$SELECT crm_create_workspace('w', time_zone => 'Mars/Olympus')$$, '22023', NULL,
    'an unknown time zone');
SELECT throws_ok($$SELECT crm_create_workspace('w', maintain => 'magic')$$, '22023', NULL,
    'an unknown way to maintain');
SELECT throws_ok($$SELECT crm_create_workspace('w', maintain => '')$$, '22023', NULL, 'nothing as a way to maintain');
SELECT throws_ok($$SELECT crm_create_workspace('w', min_cell => 0)$$, '22023', NULL, 'min_cell 0');
SELECT is(to_regnamespace('w'), NULL, 'an error leaves nothing');
SELECT throws_ok(format(call, $$'nowhere'$$), '3F000', 'workspace "nowhere" does not exist', call)
FROM unnest(ARRAY['SELECT crm_refresh(%s)', 'SELECT crm_refit(%s)', 'SELECT crm_snapshot(%s)',
    'SELECT crm_check_workspace(%s)',
                  'SELECT crm_upgrade_workspace(%s)', 'SELECT crm_drop_workspace(%s)',
                  'SELECT crm_change_sources(%s, NULL)']) AS call;
SELECT throws_ok($$SELECT crm_drop_workspace('public')$$, '3F000', NULL,
    'a schema that is no workspace is not dropped');
SELECT throws_ok(format(call, 'NULL'), '22004', 'the workspace''s name cannot be NULL', format(call, 'NULL'))
FROM unnest(ARRAY['SELECT crm_refresh(%s)', 'SELECT crm_refit(%s)', 'SELECT crm_snapshot(%s)',
    'SELECT crm_change_sources(%s)']) AS call;
SELECT is_empty('SELECT crm_check_workspace(NULL)', 'crm_check_workspace of NULL');
SELECT throws_ok($$SELECT crm_refit('crm', 'infinity')$$, '22023', NULL, 'crm_refit at no day');
SELECT throws_ok($$SELECT crm_snapshot('crm', 'infinity')$$, '22023', NULL, 'crm_snapshot at no day');

-- Other sources: history stays
CREATE TABLE more (k text, d date, a numeric);
INSERT INTO more VALUES ('zoe', '2024-06-06', 6);
CREATE TEMPORARY TABLE fit_was AS SELECT as_of, fitted_at FROM crm.fit;
CREATE VIEW crm.mine AS SELECT customer_id, segment FROM crm.customer_rfm;
COMMENT ON VIEW crm.mine IS 'my own';
GRANT SELECT ON crm.mine, crm.customer_360 TO PUBLIC;
SELECT throws_ok($$SELECT crm_change_sources('crm',
    '{"purchase": {"from": "more", "customer_id": "k", "purchased_at": "d", "amount": "a"}}')$$,
                 '55006', NULL, 'a table with rows does not give way');
SELECT throws_like($$SELECT crm_change_sources('crm', time_zone => 'Asia/Tokyo')$$, '%another time zone',
    'nor do its days become those of another time zone');
DELETE FROM crm.purchase;
SELECT lives_ok($$SELECT crm_change_sources('crm',
    '{"purchase": {"from": "more", "customer_id": "k", "purchased_at": "d", "amount": "a"}}')$$,
                'an empty one does');
SELECT results_eq('SELECT customer_id FROM crm.customer_activity', ARRAY['zoe'], 'ledgers are the new source''s');
INSERT INTO more VALUES ('yan', '2024-06-06', 6);
SELECT is_empty($$SELECT * FROM crm_check_workspace('crm')$$, 'and follow it');
SELECT set_eq('SELECT as_of, fitted_at FROM crm.fit', 'SELECT * FROM fit_was', 'fits stay');
SELECT set_eq($$SELECT * FROM crm.customer_snapshot WHERE as_of <> '2024-03-31'$$, 'SELECT * FROM snapshot_was',
    'snapshots stay');
SELECT is(obj_description('crm.mine'::regclass, 'pg_class'), 'my own', 'the owner''s view stays, with its comment');
SELECT ok(has_table_privilege('public', 'crm.mine', 'SELECT')
    AND has_table_privilege('public', 'crm.customer_360', 'SELECT')
          AND NOT has_table_privilege('public', 'crm.customer_abc', 'SELECT'), 'and rights');
SELECT lives_ok($$SELECT crm_upgrade_workspace('crm'), crm_upgrade_workspace('crm')$$, 'upgraded twice');
SELECT is(obj_description('crm.mine'::regclass, 'pg_class'), 'my own', 'upgraded: the owner''s view');
SELECT results_eq('SELECT customer_id FROM crm.customer_activity ORDER BY 1', ARRAY['yan', 'zoe'], 'upgraded: ledgers');
CREATE MATERIALIZED VIEW crm.heavy AS SELECT * FROM crm.customer_rfm;
SELECT lives_ok($$SELECT crm_upgrade_workspace('crm')$$, 'a materialized view is in no way');
DROP MATERIALIZED VIEW crm.heavy;
CREATE VIEW public.outside AS SELECT * FROM crm.customer_rfm;
SELECT throws_ok($$SELECT crm_drop_workspace('crm')$$, '2BP01', NULL, 'a view outside keeps a workspace');
SELECT lives_ok($$SELECT crm_drop_workspace('crm', true)$$, 'unless cascade');
SELECT is(to_regclass('public.outside'), NULL, 'which drops it');
SELECT is((SELECT count(*) FROM more), 2::bigint, 'the source stays');
SELECT is_empty($$SELECT FROM pg_trigger WHERE tgrelid = 'more'::regclass$$, 'without triggers');

SELECT * FROM finish();
ROLLBACK;
