-- What people have built on a workspace stays theirs, and as it is.
BEGIN;
SELECT plan(54);
SET LOCAL client_min_messages = warning;
SET LOCAL crm_ext.as_of = '2024-12-31';

CREATE ROLE crm_owner;
CREATE ROLE crm_reader;
CREATE SCHEMA shop AUTHORIZATION crm_owner;
CREATE SCHEMA own AUTHORIZATION crm_reader;
GRANT USAGE ON SCHEMA shop TO crm_reader;
GRANT USAGE ON SCHEMA own TO PUBLIC;
SELECT format('GRANT CREATE ON DATABASE %I TO crm_owner', current_database()) \gexec
SET ROLE crm_owner;
CREATE TABLE shop.orders (id integer, cust integer, day date, total numeric);
INSERT INTO shop.orders SELECT n, n % 7, date '2024-01-01' + n * 5, n FROM generate_series(1, 60) AS n;
GRANT SELECT ON shop.orders TO crm_reader;
SELECT crm_create_workspace('crm',
    '{"purchase": {"from": "shop.orders", "customer_id": "cust", "purchased_at": "day", "amount": "total"}}');
GRANT USAGE ON SCHEMA crm TO crm_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA crm TO crm_reader;
GRANT SELECT (customer_id) ON crm.customer_activity TO PUBLIC;
GRANT UPDATE (amount) ON crm.purchase TO crm_reader;

-- A reader's views over the workspace, with all that a view can have
SET ROLE crm_reader;
CREATE TABLE own.seen (who name);
GRANT INSERT, SELECT ON own.seen TO PUBLIC;
CREATE FUNCTION own.who() RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO own.seen VALUES (current_user);
    RETURN 1;
END $$;
CREATE VIEW own.best AS SELECT customer_id, segment, own.who() AS n FROM crm.customer_360 ORDER BY 1;
CREATE VIEW own.better WITH (security_barrier) AS SELECT * FROM own.best;
ALTER VIEW own.best ALTER COLUMN segment SET DEFAULT 'none';
CREATE FUNCTION own.instead() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
CREATE TRIGGER instead INSTEAD OF UPDATE ON own.best FOR EACH ROW EXECUTE FUNCTION own.instead();
CREATE RULE no_delete AS ON DELETE TO own.best DO INSTEAD NOTHING;
GRANT SELECT (customer_id) ON own.best TO PUBLIC;
COMMENT ON COLUMN own.best.segment IS 'mine';
CREATE MATERIALIZED VIEW own.kept AS SELECT segment, customer_count FROM crm.segment_summary;
-- And the owner's, of the workspace's own views
SET ROLE crm_owner;
CREATE FUNCTION crm.instead() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
CREATE TRIGGER instead INSTEAD OF UPDATE ON crm.customer_rfm FOR EACH ROW EXECUTE FUNCTION crm.instead();
CREATE RULE no_delete AS ON DELETE TO crm.customer_abc DO INSTEAD NOTHING;
ALTER VIEW crm.customer_rfm ALTER COLUMN segment SET DEFAULT 'none';
ALTER VIEW crm.customer_clv SET (security_barrier = true);
CREATE POLICY mine ON crm.fit FOR SELECT USING (true);
ALTER TABLE crm.fit ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION pg_temp.everything() RETURNS TABLE (what text, definition text) LANGUAGE sql AS $$
    SELECT c.oid::regclass::text,
           concat_ws(' | ', c.relowner::regrole, c.relacl, c.reloptions,
               CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
                     (SELECT string_agg(concat_ws(' ', attname, attacl, col_description(c.oid, attnum),
                         pg_get_expr(adbin, adrelid)), ', ' ORDER BY attnum)
                      FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
                      WHERE attrelid = c.oid AND attnum > 0),
                     (SELECT string_agg(pg_get_triggerdef(oid), ', ' ORDER BY tgname) FROM pg_trigger
                         WHERE tgrelid = c.oid),
                     (SELECT string_agg(pg_get_ruledef(oid), ', ' ORDER BY rulename) FROM pg_rewrite
                         WHERE ev_class = c.oid AND rulename <> '_RETURN'),
                     (SELECT string_agg(polname || pg_get_expr(polqual, polrelid), ', ' ORDER BY polname) FROM pg_policy
                         WHERE polrelid = c.oid))
    FROM pg_class AS c WHERE relnamespace::regnamespace::text IN ('own', 'crm') AND relkind IN ('r', 'v', 'm')
      AND relname <> 'definition'
$$;
CREATE TEMPORARY TABLE was AS SELECT * FROM pg_temp.everything();
SELECT lives_ok($$SELECT crm_upgrade_workspace('crm')$$, 'a reader''s views do not keep an owner from an upgrade');
SELECT set_eq('SELECT * FROM pg_temp.everything()', 'SELECT * FROM was',
    'views, grants, triggers, rules, defaults, options, policies are as they were');
SELECT lives_ok($$SELECT crm_change_sources('crm',
    '{"purchase": {"from": "shop.orders", "customer_id": "cust", "purchased_at": "day", "amount": "total * 2"}}')$$,
                'nor from other sources');
SELECT set_eq($$SELECT * FROM pg_temp.everything() WHERE what <> 'crm.purchase'$$, $$SELECT * FROM was
    WHERE what <> 'crm.purchase'$$, 'and all is as it was');
SELECT lives_ok($$SELECT crm_change_sources('crm', time_zone => 'Asia/Tokyo', maintain => 'queue'),
    crm_add_subject('crm', subject)
                  FROM (SELECT subject FROM crm_subjects() ORDER BY is_base LIMIT 1) AS s$$,
                  'nor from another time zone, or a subject');
SELECT set_eq($$SELECT what, split_part(definition, ' | ', 1) FROM pg_temp.everything() WHERE what LIKE 'own.%'$$,
              $$SELECT what, split_part(definition, ' | ', 1) FROM was
              WHERE what LIKE 'own.%'$$, 'views of others stay theirs');
SELECT is_empty('SELECT FROM own.seen', 'and nothing in them was run');
RESET ROLE;

-- A superuser's workspace, too
CREATE TABLE super_orders (cust integer, day date);
SELECT crm_create_workspace('super',
    '{"purchase": {"from": "super_orders", "customer_id": "cust", "purchased_at": "day"}}');
GRANT USAGE ON SCHEMA super TO crm_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA super TO crm_reader;
SET ROLE crm_reader;
CREATE VIEW own.super AS SELECT customer_id, own.who() AS n FROM super.customer_360;
RESET ROLE;
SELECT lives_ok($$SELECT crm_upgrade_workspace('super'), crm_change_sources('super', maintain => 'refresh'),
    crm_refit('super'), crm_snapshot('super')$$,
                'a superuser upgrades');
SELECT is((SELECT relowner::regrole::text FROM pg_class WHERE oid = 'own.super'::regclass), 'crm_reader',
    'and makes nobody''s view his own');
SELECT is_empty('SELECT FROM own.seen', 'nor runs it');
SELECT lives_ok($$SELECT crm_drop_workspace('super', true)$$, 'dropped');

-- Keys of another type
CREATE FUNCTION pg_temp.change(source text, more text DEFAULT '') RETURNS text LANGUAGE sql AS
$$SELECT format('SELECT crm_change_sources(''keyed'',
    ''{"purchase": {"from": "shop.%s", "customer_id": "cust", "purchased_at": "day"}}'' %s)', source, more)$$;
SET ROLE crm_owner;
CREATE TABLE shop.small (cust smallint, day date);
CREATE TABLE shop.large (cust bigint, day date);
CREATE TABLE shop.letters (cust text, day date);
CREATE TABLE shop.folded (cust text COLLATE "C", day date);
INSERT INTO shop.small VALUES (5, '2024-01-01');
INSERT INTO shop.large VALUES (5000000000, '2024-01-01');
INSERT INTO shop.letters VALUES ('five', '2024-01-01');
SELECT crm_create_workspace('keyed',
    '{"purchase": {"from": "shop.orders", "customer_id": "cust", "purchased_at": "day"}}');
SELECT crm_snapshot('keyed');
CREATE FUNCTION pg_temp.keys() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT DISTINCT format_type(atttypid, atttypmod) FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid
    WHERE relnamespace = 'keyed'::regnamespace AND relkind IN ('r', 'v') AND attname = 'customer_id' $$;
SELECT lives_ok(pg_temp.change('small'), 'a smaller integer is one');
SELECT results_eq('SELECT pg_temp.keys()', ARRAY['integer'], 'and keys stay integers');
GRANT SELECT (customer_id) ON keyed.customer_360 TO crm_reader;
GRANT SELECT ON keyed.customer_rfm TO crm_reader WITH GRANT OPTION;
SELECT lives_ok(pg_temp.change('large'), 'a larger one changes the keys');
SELECT results_eq('SELECT pg_temp.keys()', ARRAY['bigint'], 'everywhere');
SELECT results_eq('SELECT customer_id FROM keyed.customer_activity', ARRAY[5000000000], 'ledgers follow');
SELECT is((SELECT count(*) FROM keyed.customer_snapshot), 7::bigint, 'snapshots stay');
SELECT ok(has_column_privilege('crm_reader', 'keyed.customer_360', 'customer_id', 'SELECT')
          AND has_table_privilege('crm_reader', 'keyed.customer_rfm', 'SELECT WITH GRANT OPTION')
          AND NOT has_table_privilege('crm_reader', 'keyed.customer_abc', 'SELECT'),
          'rights on the new views are those on the old');
SELECT is_empty($$SELECT relname FROM pg_class WHERE relnamespace = 'keyed'::regnamespace AND relkind = 'v'
                   AND relname <> 'definition' AND obj_description(oid, 'pg_class') IS NULL$$, 'comments too');
CREATE VIEW shop.mine AS SELECT * FROM keyed.customer_rfm;
SELECT throws_ok(pg_temp.change('letters'), '2BP01',
                 'cannot change the type of customers'' keys from bigint to text because view shop.mine depends on it',
                 'what depends on them is named');
CREATE TABLE shop.note (customer_id bigint REFERENCES keyed.customer_activity);
SELECT throws_like(pg_temp.change('letters'), '%constraint note_customer_id_fkey on table shop.note%',
    'foreign keys as well');
SELECT results_eq('SELECT pg_temp.keys()', ARRAY['bigint'], 'and nothing has changed');
DROP TABLE shop.note;
SELECT lives_ok(pg_temp.change('letters', ', cascade => true'), 'unless cascade');
SELECT results_eq('SELECT pg_temp.keys()', ARRAY['text'], 'then they are text');
SELECT is(to_regclass('shop.mine'), NULL, 'and what depended is gone');
INSERT INTO shop.letters VALUES ('six', '2024-01-02');
SELECT is_empty($$SELECT * FROM crm_check_workspace('keyed')$$, 'triggers follow');
SELECT lives_ok(pg_temp.change('large'), 'text holds integers');
SELECT results_eq('SELECT pg_temp.keys()', ARRAY['text'], 'and stays text');
SELECT lives_ok($$SELECT * FROM keyed.customer_360, keyed.growth_accounting, keyed.data_quality$$, 'views can be read');

-- A table that gives way to a source
CREATE VIEW shop.mine AS SELECT * FROM keyed.interaction;
SELECT throws_ok($$SELECT crm_change_sources('keyed',
    '{"interaction": {"from": "shop.letters", "customer_id": "cust", "interacted_at": "day"}}')$$,
                 '2BP01', 'cannot replace table interaction because view shop.mine depends on it',
                 'what depends on it is named');
DROP VIEW shop.mine;
GRANT SELECT (channel) ON keyed.interaction TO crm_reader;
SELECT lives_ok($$SELECT crm_change_sources('keyed',
    '{"interaction": {"from": "shop.letters", "customer_id": "cust", "interacted_at": "day"}}')$$,
                'where nothing does it gives way');
SELECT ok(has_column_privilege('crm_reader', 'keyed.interaction', 'channel', 'SELECT')
          AND NOT has_column_privilege('crm_reader', 'keyed.interaction', 'purpose', 'SELECT'),
          'with the rights on it');
CREATE VIEW shop.mine AS SELECT * FROM keyed.segment_summary;
SELECT throws_ok($$SELECT crm_drop_workspace('keyed')$$, '2BP01',
    'cannot drop workspace "keyed" because other objects depend on it: shop.mine', 'and on a workspace');

-- Whatever depends on a workspace by the type of its rows, its functions or a policy is named as well.
DROP VIEW shop.mine;
CREATE FUNCTION shop.latest() RETURNS SETOF keyed.customer_snapshot LANGUAGE plpgsql AS 'BEGIN RETURN; END';
CREATE TABLE shop.kept (id integer, state keyed.customer_snapshot, states keyed.customer_360[]);
CREATE POLICY known ON shop.kept USING (id::text IN (SELECT customer_id FROM keyed.customer_activity));
CREATE FUNCTION keyed.is_odd(integer) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 % 2 = 1';
CREATE FUNCTION keyed.watch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE SEQUENCE keyed.number;
CREATE TABLE shop.odd (id integer DEFAULT nextval('keyed.number') CHECK (keyed.is_odd(id)));
CREATE TRIGGER watch BEFORE INSERT ON shop.odd FOR EACH ROW EXECUTE FUNCTION keyed.watch();
CREATE FUNCTION pg_temp.named(call text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE call;
EXCEPTION WHEN dependent_objects_still_exist THEN
    RETURN QUERY SELECT regexp_split_to_table(substring(SQLERRM FROM 'depends? on it: (.*)'), ', ');
END $$;
SELECT set_eq($$SELECT * FROM pg_temp.named('SELECT crm_drop_workspace(''keyed'')')$$,
    ARRAY['function shop.latest()', 'column state of table shop.kept', 'column states of table shop.kept',
          'policy known on table shop.kept', 'constraint odd_id_check on table shop.odd',
          'default value for column id of table shop.odd', 'trigger watch on table shop.odd'],
    'functions, columns, policies, constraints, defaults, triggers');
DROP FUNCTION shop.latest();
DROP TABLE shop.kept, shop.odd;
SELECT lives_ok($$SELECT crm_drop_workspace('keyed')$$, 'without them it goes');

-- What policies ask may be asked by others' policies and views too, and functions of such names are theirs.
CREATE TABLE crm.task (customer_id integer);
ALTER TABLE crm.task ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_buyers ON crm.task AS RESTRICTIVE USING (crm.sees_buyer(customer_id));
CREATE VIEW shop.asked AS SELECT 1 AS one WHERE crm.sees_buyer(1);
CREATE FUNCTION crm.sees_vip(integer) RETURNS boolean LANGUAGE sql AS 'SELECT true';
SELECT crm_upgrade_workspace('crm');
SELECT crm_add_subject('crm', 'profile');
SELECT ok(EXISTS (SELECT FROM pg_policy WHERE polname = 'of_buyers') AND to_regclass('shop.asked') IS NOT NULL
          AND to_regprocedure('crm.sees_vip(integer)') IS NOT NULL, 'an upgrade leaves them');
CREATE TABLE shop.words (cust text, day date);
SELECT throws_ok($$SELECT crm_change_sources('crm', '{"purchase": {"from": "shop.words", "customer_id": "cust",
    "purchased_at": "day"}}')$$, '2BP01', NULL, 'a change of keys is refused');

-- Nor is a policy, a function or a table the extension's because its name begins as theirs do.
SELECT crm_create_workspace('named',
    '{"purchase": {"from": "shop.orders", "customer_id": "cust", "purchased_at": "day", "amount": "total"}}');
CREATE POLICY crm_only_one ON named.customer_activity AS RESTRICTIVE FOR SELECT TO crm_reader
    USING (customer_id::text = '1');
CREATE FUNCTION named.sees_mine() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM named.customer_360; END;
CREATE FUNCTION named.follow_me() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER follow_me INSTEAD OF INSERT ON named.customer_rfm FOR EACH ROW EXECUTE FUNCTION named.follow_me();
CREATE TABLE named.distributed_budget (a integer);
SELECT throws_ok($$SELECT crm_change_sources('named', '{"purchase": {"from": "shop.words", "customer_id": "cust",
    "purchased_at": "day"}}')$$, '2BP01', 'cannot change the type of customers'' keys from integer to text because '
    'function sees_mine(), policy crm_only_one on table customer_activity, '
    'trigger follow_me on view customer_rfm depends on it', 'a change of keys names them');
SELECT lives_ok($$SELECT crm_grant_reader('named', 'crm_reader', 'plain_named')$$,
    'a table is no view of distributed rows');
DROP POLICY crm_only_one ON named.customer_activity;
DROP FUNCTION named.sees_mine();
DROP TRIGGER follow_me ON named.customer_rfm;

-- Options of views stay, but for security_invoker, which they have to have.
ALTER VIEW named.customer_abc SET (security_barrier);
SELECT CASE WHEN current_setting('server_version_num')::integer >= 150000
            THEN 'ALTER VIEW named.customer_360 SET (security_invoker = off)' ELSE 'SELECT' END \gexec
SELECT lives_ok($$SELECT crm_upgrade_workspace('named')$$, 'an upgrade, where somebody has set it');
SELECT crm_revoke_reader('named', 'crm_reader');
DROP SCHEMA IF EXISTS plain_named CASCADE;
SELECT lives_ok($$SELECT crm_change_sources('named', '{"purchase": {"from": "shop.words", "customer_id": "cust",
    "purchased_at": "day"}}')$$, 'and keys of another type');
SELECT ok(reloptions @> '{security_barrier=true}', 'options that somebody chose stay')
FROM pg_class WHERE oid = 'named.customer_abc'::regclass;
SELECT is((SELECT count(*) FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace
           WHERE nspname = 'named' AND relkind = 'v' AND relname = 'customer_360'
             AND current_setting('server_version_num')::integer >= 150000
             AND NOT coalesce(reloptions, '{}') @> '{security_invoker=true}'), 0::bigint,
    'and views ask with the rights of who reads them');

-- What stands beside the workspace's own is not taken for it, whatever its name and its columns.
CREATE VIEW named.data_quality_plan AS SELECT 1 AS one;
CREATE VIEW named.customer_360_plan AS SELECT 'x' AS customer_id, 1 AS margin;
CREATE TABLE named.report_sales (customer_id text, amount numeric);
CREATE MATERIALIZED VIEW named.heavy AS SELECT customer_id, amount FROM named.customer_abc;
SELECT lives_ok($$SELECT crm_upgrade_workspace('named')$$, 'views with the names of parts of other subjects');
SELECT is_empty($$SELECT attrelid::regclass, attname FROM pg_attribute
                  WHERE attrelid IN ('named.data_quality_plan'::regclass, 'named.customer_360_plan'::regclass,
                                     'named.report_sales'::regclass, 'named.heavy'::regclass)
                    AND (col_description(attrelid, attnum) IS NOT NULL
                         OR obj_description(attrelid, 'pg_class') IS NOT NULL)
                  UNION ALL
                  SELECT attrelid::regclass, attname FROM pg_attribute
                  WHERE attrelid = 'named.customer_360'::regclass AND attname = 'margin'$$,
                'and have no words of the extension''s');

-- In another time zone the tables that a workspace has to itself stay, with all that was made on them.
CREATE FUNCTION pg_temp.made_on(relation regclass) RETURNS TABLE (what text, definition text) LANGUAGE sql AS $$
    SELECT 'index', pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = relation
    UNION ALL
    SELECT 'constraint', conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = relation AND contype <> 'n'    -- of which a column tells
    UNION ALL
    SELECT 'statistics', pg_get_statisticsobjdef(oid) FROM pg_statistic_ext WHERE stxrelid = relation
    UNION ALL
    SELECT 'publication', prpubid::text FROM pg_publication_rel WHERE prrelid = relation
    UNION ALL
    SELECT 'child', inhrelid::regclass::text FROM pg_inherits WHERE inhparent = relation
    UNION ALL
    SELECT 'rule', pg_get_ruledef(oid) FROM pg_rewrite WHERE ev_class = relation AND rulename <> '_RETURN'
    UNION ALL
    SELECT 'trigger', pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = relation AND NOT tgisinternal
    UNION ALL
    SELECT 'policy', polname || ' ' || pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polrelid = relation
    UNION ALL
    SELECT 'table', concat_ws(' ', relacl, reloptions, relrowsecurity, obj_description(oid, 'pg_class'))
    FROM pg_class WHERE oid = relation
    UNION ALL
    SELECT 'column', concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull, attacl, attstattarget,
                               (SELECT string_agg(o, ',') FROM unnest(attoptions) AS o WHERE o ~ '^n_distinct'),
                               col_description(relation, attnum),
                               replace(pg_get_expr(adbin, adrelid), '''Asia/Tokyo''', '''UTC'''))
    FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped;
$$;
RESET ROLE;
SELECT format('GRANT CREATE ON DATABASE %I TO crm_owner', current_database()) \gexec
SET ROLE crm_owner;
-- A table of the owner's is none of the workspace's, whatever a subject that is not there would make of its name.
SELECT crm_create_workspace('bare', maintain => 'refresh');
CREATE TABLE bare.visit (arrived_at timestamptz,
    arrived_on date GENERATED ALWAYS AS ((arrived_at AT TIME ZONE 'UTC')::date) STORED);
INSERT INTO bare.visit (arrived_at) VALUES ('2024-03-01');
SELECT lives_ok($$SELECT crm_change_sources('bare', time_zone => 'Asia/Tokyo')$$, 'another time zone beside it');

SELECT crm_create_workspace('diary', maintain => 'refresh', subjects => ARRAY(SELECT subject FROM crm_subjects()));
ALTER TABLE diary.purchase ADD COLUMN note text DEFAULT 'none', ADD CONSTRAINT is_noted CHECK (note <> ''),
                           ENABLE ROW LEVEL SECURITY;
CREATE INDEX purchase_note_idx ON diary.purchase (note);
CREATE STATISTICS diary.purchase_noted ON note, amount FROM diary.purchase;
ALTER TABLE diary.purchase ALTER purchased_on SET NOT NULL, ALTER purchased_on SET STATISTICS 500,
                           ALTER purchased_on SET (n_distinct = 7);
CREATE TABLE shop.child () INHERITS (diary.purchase);
CREATE TABLE shop.heir (LIKE diary.purchase INCLUDING GENERATED INCLUDING CONSTRAINTS);
ALTER TABLE shop.heir INHERIT diary.purchase;
CREATE PUBLICATION purchases FOR TABLE diary.purchase;
CREATE RULE no_delete AS ON DELETE TO diary.purchase DO INSTEAD NOTHING;
CREATE TRIGGER mine BEFORE INSERT ON diary.purchase FOR EACH ROW EXECUTE FUNCTION crm.instead();
CREATE POLICY mine ON diary.purchase USING (note <> 'hidden');
GRANT SELECT ON diary.purchase TO crm_reader;
GRANT SELECT (purchased_on), UPDATE (note, purchased_on) ON diary.purchase TO crm_reader WITH GRANT OPTION;
COMMENT ON TABLE diary.purchase IS 'what I bought';
COMMENT ON COLUMN diary.purchase.purchased_on IS 'when';
CREATE TEMPORARY TABLE made AS
SELECT relname, made.* FROM pg_class CROSS JOIN LATERAL pg_temp.made_on(oid) AS made
WHERE relnamespace = 'diary'::regnamespace AND relkind = 'r' AND relname IN (SELECT source FROM crm_source_fields());
SELECT lives_ok($$SELECT crm_change_sources('diary', time_zone => 'Asia/Tokyo')$$, 'another time zone');
SELECT set_eq($$SELECT relname, now.* FROM (SELECT DISTINCT relname FROM made) AS was
                CROSS JOIN LATERAL pg_temp.made_on(format('diary.%I', relname)::regclass) AS now$$,
              'SELECT * FROM made', 'its own tables are as they were, with every index');
SELECT is_empty($$SELECT attrelid::regclass FROM pg_attribute WHERE attname = 'purchased_on replaced'$$,
                'and what inherits has no other columns');
DROP TABLE shop.heir;
INSERT INTO diary.purchase (customer_id, purchased_at) VALUES ('ann', '2024-03-01 20:00+00');
SELECT results_eq('SELECT purchased_on FROM diary.purchase', $$VALUES (date '2024-03-02')$$,
                  'but for days, which are those of the zone');
TRUNCATE diary.purchase;
CREATE INDEX purchase_day_idx ON diary.purchase (purchased_on, note);
CREATE INDEX child_day_idx ON shop.child (purchased_on);
ALTER TABLE diary.purchase ADD CONSTRAINT is_late CHECK (purchased_on > '2000-01-01');
CREATE STATISTICS diary.purchase_days ON purchased_on, amount FROM diary.purchase;
CREATE VIEW shop.mine AS SELECT purchased_on FROM diary.purchase;
SELECT throws_ok($$SELECT crm_change_sources('diary', time_zone => 'UTC')$$, '2BP01',
                 'cannot replace column purchased_on of table purchase because constraint is_late on table purchase, '
                 'constraint is_late on table shop.child, index purchase_day_idx, index shop.child_day_idx, '
                 'statistics object purchase_days, view shop.mine depends on it',
                 'what was made on a column of days is named');
SELECT lives_ok($$SELECT crm_change_sources('diary', time_zone => 'UTC', cascade => true)$$, 'and goes with cascade');
SELECT ok(to_regclass('shop.mine') IS NULL AND to_regclass('shop.child') IS NOT NULL, 'but no more than that');
SELECT throws_ok($$SELECT crm_change_sources('diary', '{"purchase": {"from": "shop.orders", "customer_id": "cust",
    "purchased_at": "day"}}')$$, '2BP01',
    'cannot replace table purchase because policy mine on table "purchase replaced", '
    'publication of table "purchase replaced" in publication purchases, '
    'rule no_delete on table "purchase replaced", table shop.child, '
    'trigger mine on table "purchase replaced" depends on it',
    'a table that gives way to a source names tables that inherit it, and publications');
SELECT * FROM finish();
ROLLBACK;
