-- What is held on one person is found wherever a customer's key stands.
BEGIN;
SELECT plan(42);
SET LOCAL client_min_messages = warning;
SET LOCAL crm_ext.as_of = '2024-12-31';

-- Keys of a type that nothing else has: each column of it holds a customer.
CREATE SCHEMA shop;
CREATE TABLE shop.client (id uuid PRIMARY KEY, brought_by uuid);
SELECT crm_create_workspace('ids',
    '{"customer": {"from": "shop.client", "customer_id": "id", "referred_by": "brought_by"}}',
                            subjects => (SELECT array_agg(subject) FROM crm_subjects()));
SET LOCAL search_path = ids, public;
CREATE TEMPORARY TABLE personal AS SELECT relation, unnest(key_columns) AS key_column FROM crm_personal_relations();
SELECT is_empty($$SELECT attrelid::regclass, attname FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid
                  WHERE c.relnamespace = 'ids'::regnamespace AND c.relkind IN ('r', 'p') AND atttypid = 'uuid'::regtype
                      AND attnum > 0
                  EXCEPT SELECT relation, key_column FROM personal$$, 'columns of customers'' keys in tables');
SELECT is_empty($$SELECT source, field FROM crm_source_fields() WHERE type = 'key' EXCEPT SELECT relation::text,
    key_column FROM personal$$,
                'and fields of sources, are in the export and erased');
SELECT is_empty($$SELECT source, field FROM crm_source_fields() WHERE type <> 'key'
    AND comment ~* '\mkey of (the|a) customer'$$,
                'what is documented as a customer''s key is of its type');
SELECT set_eq($$SELECT relation::text, key_column FROM personal WHERE key_column <> 'customer_id'$$,
              $$VALUES ('customer'::text, 'referred_by'::name), ('referral', 'referrer_id')$$,
              'those that are not the row''s own');
RESET search_path;

-- Ann referred Bob and Eve; Bob referred Ann back.
\set ann '00000000-0000-0000-0000-00000000000a'
\set bob '00000000-0000-0000-0000-00000000000b'
\set eve '00000000-0000-0000-0000-00000000000e'
INSERT INTO shop.client VALUES (:'ann', :'bob'), (:'bob', :'ann'), (:'eve', :'ann');
INSERT INTO ids.referral (customer_id, referrer_id, referred_at) VALUES (:'ann', :'bob', '2024-02-01'),
    (:'bob', :'ann', '2024-01-01'), (:'eve', :'ann', '2024-01-02');
INSERT INTO ids.touch (touch_id, customer_id, touched_at) VALUES ('t1', :'ann', '2024-03-01'),
    ('t2', :'bob', '2024-03-01');
INSERT INTO ids.conversion (customer_id, converted_at) VALUES (:'ann', '2024-03-02');
INSERT INTO ids.service_case (case_id, customer_id, opened_at) VALUES ('k1', :'ann', '2024-03-01');
INSERT INTO ids.interaction (customer_id, interacted_at, case_id, direction) VALUES (:'ann', '2024-03-01', 'k1', 'in');
INSERT INTO ids.consent (customer_id, is_given, given_at) VALUES (:'ann', true, '2024-01-01');
INSERT INTO ids.visit (customer_id, arrived_at) VALUES (:'ann', '2024-04-01');
INSERT INTO ids.post (post_id, customer_id, posted_at) VALUES ('p1', :'ann', '2024-04-01');
INSERT INTO ids.overdue_case VALUES ('k1', 'resolution', '2024-03-03', :'ann');
CREATE TEMPORARY TABLE held AS SELECT key AS relation, jsonb_array_length(value) AS row_count, value
FROM jsonb_each(crm_export_customer('ids', :'ann'::uuid));
SELECT set_eq($$SELECT relation, row_count FROM held WHERE row_count > 0 AND relation NOT LIKE '%activity'$$,
    $$VALUES ('customer', 3), ('referral', 3), ('touch', 1), ('conversion', 1), ('service_case', 1), ('interaction', 1),
        ('consent', 1), ('visit', 1),
             ('post', 1), ('overdue_case', 1), ('customer_360', 1)$$, 'each row that names Ann');
SELECT is((SELECT value -> 0 ->> 'customer_id' FROM held WHERE relation = 'referral'), :'ann', 'her own first');
SELECT is((SELECT value -> 1 FROM held WHERE relation = 'referral'),
    jsonb_build_object('customer_id', :'bob', 'referrer_id', :'ann'), 'then others'', by the keys alone');
SELECT is((SELECT count(*) FROM held, jsonb_array_elements(value) AS row, jsonb_object_keys(row)
    WHERE relation = 'customer' AND row ->> 'customer_id' = :'eve'), 2::bigint,
          'of customers she brought too');

-- What materialized views hold nothing here deletes.
CREATE VIEW shop.seen AS SELECT customer_id FROM ids.customer_360;
CREATE MATERIALIZED VIEW shop.kept AS SELECT * FROM shop.seen;
CREATE MATERIALIZED VIEW ids.again AS SELECT customer_id FROM shop.kept;
CREATE FUNCTION shop.those() RETURNS SETOF uuid STABLE BEGIN ATOMIC SELECT customer_id FROM shop.seen; END;
CREATE MATERIALIZED VIEW shop.asked AS SELECT those FROM shop.those();
CREATE MATERIALIZED VIEW shop.empty AS SELECT * FROM shop.seen WITH NO DATA;
CREATE MATERIALIZED VIEW shop.other AS SELECT id FROM shop.client;
SET LOCAL search_path = ids, public;
SELECT results_eq('SELECT crm_materialized_copies()::text', $$VALUES ('shop.kept'), ('shop.asked'), ('again')$$,
    'materialized views made of a workspace, in an order to refresh them, through others and functions too');
DROP MATERIALIZED VIEW shop.kept CASCADE;
DROP FUNCTION shop.those() CASCADE;
-- Which was made first says nothing once a view between them is another.
CREATE VIEW shop.between AS SELECT NULL::uuid AS customer_id;
CREATE MATERIALIZED VIEW shop.second AS SELECT * FROM shop.between;
CREATE MATERIALIZED VIEW shop.first AS SELECT * FROM shop.seen;
CREATE OR REPLACE VIEW shop.between AS SELECT customer_id FROM shop.first;
SELECT results_eq('SELECT crm_materialized_copies()::text', $$VALUES ('shop.first'), ('shop.second')$$,
    'each after those that it is made of');
DROP MATERIALIZED VIEW shop.first CASCADE;
SELECT is_empty('SELECT crm_materialized_copies()', 'neither those without rows nor those of the source alone');
RESET search_path;

CREATE TABLE shop.followed (customer_id text, kind text, old_value text, new_value text);
CREATE TRIGGER followed AFTER UPDATE ON ids.post FOR EACH ROW
    EXECUTE FUNCTION crm_move_trigger('shop.followed', 'customer_id', 'board');
CREATE TEMPORARY TABLE erased AS SELECT * FROM crm_erase_customer('ids', :'ann'::uuid);
SELECT set_eq('SELECT relation, row_count FROM erased', $$SELECT relation, row_count::bigint FROM held
    WHERE relation NOT IN ('customer_360', 'erased_customer')$$, 'what is exported is erased');
SELECT set_eq('SELECT relation FROM erased WHERE NOT is_erased', $$VALUES ('customer')$$, 'but for sources');
SELECT is_empty($$SELECT key FROM jsonb_each(crm_export_customer('ids', '00000000-0000-0000-0000-00000000000a'::uuid))
                  WHERE value <> '[]' AND key NOT IN ('customer', 'customer_360')$$, 'nothing else names her');
SELECT is((SELECT count(*) FROM ids.service_case WHERE customer_id IS NULL) + (SELECT count(*) FROM ids.interaction
    WHERE customer_id IS NULL)
          + (SELECT count(*) FROM ids.post WHERE customer_id IS NULL), 3::bigint,
          'cases, what was said and posts stay without her');
SELECT is_empty('TABLE shop.followed', 'and a log of theirs does not name her');
SELECT is((SELECT count(*) FROM ids.referral), 0::bigint, 'referrals by her are gone with those of her');
SELECT set_eq($$SELECT relation, row_count, is_erased FROM crm_erase_customer('ids',
    '00000000-0000-0000-0000-00000000000a'::uuid, true) WHERE row_count > 0$$,
              $$VALUES ('customer', 3::bigint, true)$$, 'the source as well, where it is asked for');
SELECT set_eq('SELECT id, brought_by FROM shop.client', format('VALUES (%L::uuid, NULL::uuid), (%L, NULL)', :'bob',
    :'eve'), 'whom she brought stays, and does not name her');
SELECT is_empty($$SELECT key FROM jsonb_each(crm_export_customer('ids', '00000000-0000-0000-0000-00000000000a'::uuid))
    WHERE value <> '[]'$$, 'then nothing is left at all');
SELECT is_empty($$SELECT * FROM crm_check_workspace('ids')$$, 'and ledgers are exact');

-- Columns that cannot be emptied: rows of others are left, and said to be.
CREATE TABLE shop.member (id integer PRIMARY KEY, brought_by integer NOT NULL);
CREATE TABLE shop.said (id integer, who integer NOT NULL, at date);
INSERT INTO shop.member VALUES (1, 2), (2, 1);
INSERT INTO shop.said VALUES (1, 1, '2024-01-01'), (2, 2, '2024-01-01');
SELECT crm_create_workspace('numbers',
    '{"customer": {"from": "shop.member", "customer_id": "id", "referred_by": "brought_by"},
    "post": {"from": "shop.said", "post_id": "id::text", "customer_id": "who", "posted_at": "at"}}',
    subjects => '{profile,community}');
SELECT set_eq('SELECT relation, row_count, is_erased FROM crm_erase_customer(''numbers'', 1, true) WHERE row_count > 0',
              $$VALUES ('customer', 2::bigint, false), ('post', 1, true), ('post_activity', 1, true)$$,
              'a post that must have an author goes; a customer who must name her stays');
SELECT set_eq('TABLE shop.member', 'VALUES (2, 1)', 'as it was');
SELECT set_eq('SELECT id FROM shop.said', 'VALUES (2)', 'and the post is gone');
SELECT is((crm_export_customer('numbers', 1) -> 'customer')::text, '[{"customer_id": 2, "referred_by": 1}]',
    'which the export shows');

-- A column is the one that the expression means, however both are written.
CREATE DOMAIN shop.some_key AS integer;
CREATE DOMAIN shop.sure_key AS shop.some_key NOT NULL;
CREATE TABLE shop."Odd.Client" (id integer PRIMARY KEY, "Foo" integer, foo integer, "a.b ""c" shop.some_key,
    sure shop.sure_key, n numeric, active boolean DEFAULT true);
CREATE FUNCTION pg_temp.erased(expression text, OUT is_erased boolean, OUT held text) LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE shop."Odd.Client";
    INSERT INTO shop."Odd.Client" VALUES (1, 9, 9, 9, 9, 9, true), (2, 1, 1, 1, 1, 1, true), (3, 1, 1, 1, 1, 1, false);
    PERFORM crm_create_workspace('odd', jsonb_build_object('customer', jsonb_build_object(
        'from', 'shop."Odd.Client"', 'customer_id', 'id', 'referred_by', expression, 'where',
        '"Odd.Client".active -- only these')), subjects => '{profile}');
    SELECT e.is_erased INTO is_erased FROM crm_erase_customer('odd', '1', true) AS e WHERE relation = 'customer';
    SELECT string_agg(concat_ws(',', id, coalesce("Foo", 0), coalesce(foo, 0), coalesce("a.b ""c", 0), sure,
        coalesce(n, 0)), ' ' ORDER BY id)
    INTO held FROM shop."Odd.Client";
    PERFORM crm_drop_workspace('odd');
END $$;
SELECT is(pg_temp.erased('Foo')::text, '(t,"2,1,0,1,1,1 3,1,1,1,1,1")', 'Foo is the column foo');
SELECT is(pg_temp.erased('"Foo"')::text, '(t,"2,0,1,1,1,1 3,1,1,1,1,1")', '"Foo" is another');
SELECT is(pg_temp.erased('sure')::text, '(f,"2,1,1,1,1,1 3,1,1,1,1,1")', 'a domain that is never NULL is left');
SET LOCAL search_path = ids, public;
SELECT is(crm_empty_column('shop."Odd.Client"', '"Odd.Client"."a.b ""c"'), 'a.b "c',
    'a name with points and quotes, a domain');
SELECT is(crm_empty_column('shop."Odd.Client"', '( "Odd.Client" . FOO ) -- this'), 'foo',
    'with its table, in brackets');
SELECT is(crm_empty_column('shop."Odd.Client"', 'coalesce(foo, "Foo")'), NULL, 'what is no column');
RESET search_path;

-- An expression that cannot be emptied holds nothing back where nobody is named by it
CREATE TABLE shop.pal (id integer, brought_by integer);
INSERT INTO shop.pal VALUES (1, 7), (2, NULL);
SELECT crm_create_workspace('pals',
    '{"customer": {"from": "shop.pal", "customer_id": "id", "referred_by": "brought_by + 0"}}');
SELECT results_eq($$SELECT row_count, is_erased FROM crm_erase_customer('pals', 1, true) WHERE relation = 'customer'$$,
    'VALUES (1::bigint, true)', 'who is gone is said to be');

-- In the order that foreign keys ask for; what triggers write about the end of rows goes too; keys in other types, and
-- columns of any name.
CREATE TABLE shop.account (id text PRIMARY KEY, mail text);
CREATE TABLE shop.bought (id integer PRIMARY KEY, account_id text REFERENCES shop.account, at date);
INSERT INTO shop.account VALUES ('7', 'ann@example.org'), ('8', 'bob@example.org');
INSERT INTO shop.bought VALUES (1, '7', '2024-01-01'), (2, '8', '2024-01-01'), (3, '7', '2024-01-02');
SELECT crm_create_workspace('keyed', '{"customer": {"from": "shop.account", "customer_id": "id", "email": "mail"},
    "purchase": {"from": "shop.bought", "purchase_id": "id", "customer_id": "account_id", "purchased_at": "at"}}');
CREATE TABLE keyed.account_move (customer_id text, kind text, old_value text, new_value text);
CREATE TRIGGER account_move AFTER INSERT OR UPDATE OR DELETE ON shop.account FOR EACH ROW
    EXECUTE FUNCTION crm_move_trigger('keyed.account_move', 'id', 'mail');
CREATE TABLE keyed.note (customer_id integer, t text);
INSERT INTO keyed.note VALUES (7, 'calls'), (8, 'writes');
SELECT is(crm_export_customer('keyed', '7') -> 'note', '[{"customer_id": 7, "t": "calls"}]', 'a key in another type');
SELECT set_eq($$SELECT relation, row_count FROM crm_erase_customer('keyed', '7', true)
        WHERE row_count > 0 AND is_erased$$,
    $$VALUES ('customer_activity', 1::bigint), ('purchase', 2), ('customer', 1), ('account_move', 1), ('note', 1)$$,
    'purchases before the account to which they refer');
SELECT is_empty($$SELECT key FROM jsonb_each(crm_export_customer('keyed', '7')) WHERE value <> '[]'$$,
    'nothing is left');
SELECT is_empty('SELECT * FROM keyed.account_move', 'nor a log of its end');
SELECT is_empty($$SELECT * FROM crm_check_workspace('keyed')$$, 'and ledgers are exact');

-- Rows that a trigger keeps, or a view that no rows can be deleted from, are not erased.
CREATE FUNCTION shop.keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
ALTER TABLE shop.bought DROP CONSTRAINT bought_account_id_fkey;
CREATE TRIGGER keep BEFORE DELETE ON shop.bought FOR EACH ROW EXECUTE FUNCTION shop.keep();
CREATE MATERIALIZED VIEW shop.scored AS SELECT '8'::text AS who, 't'::text AS touchpoint, 5 AS score;
SELECT crm_change_sources('keyed', '{"rating": {"from": "shop.scored", "customer_id": "who",
    "touchpoint_id": "touchpoint", "level": "''actual''", "score": "score"}}');
SELECT set_eq($$SELECT relation, row_count, is_erased FROM crm_erase_customer('keyed', '8', true)
        WHERE relation IN ('purchase', 'rating', 'note')$$,
    $$VALUES ('purchase', 1::bigint, false), ('rating', 1, false), ('note', 1, true)$$, 'which is said');

-- Rows that come as others go are seen, and so is that a policy may hide some.
CREATE TABLE shop.ord (who text, at date);
CREATE TABLE shop.talk (who text, at date);
CREATE FUNCTION shop.say_goodbye() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO shop.talk VALUES (OLD.who, OLD.at);
    RETURN NULL;
END $$;
CREATE TRIGGER goodbye AFTER DELETE ON shop.ord FOR EACH ROW EXECUTE FUNCTION shop.say_goodbye();
SELECT crm_create_workspace('left', '{"purchase": {"from": "shop.ord", "customer_id": "who", "purchased_at": "at"},
    "interaction": {"from": "shop.talk", "customer_id": "who", "interacted_at": "at"}}');
INSERT INTO shop.ord VALUES ('ann', '2024-01-01'), ('bob', '2024-01-01');
SELECT set_eq($$SELECT relation, row_count FROM crm_erase_customer('left', 'ann', true) WHERE NOT is_erased$$,
    $$VALUES ('interaction', 1::bigint), ('channel_activity', 1)$$, 'rows that a trigger makes of those that go');
SELECT ok((SELECT bool_and(is_erased) FROM crm_erase_customer('left', 'ann', true)), 'once more takes them');
CREATE ROLE crm_hidden;
SELECT format('GRANT CREATE ON DATABASE %I TO crm_hidden', current_database()) \gexec
CREATE TABLE shop.scores (who text, touchpoint text, score integer);
ALTER TABLE shop.scores ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_rows ON shop.scores USING (true);
GRANT USAGE ON SCHEMA shop TO crm_hidden;
GRANT SELECT, DELETE ON shop.scores TO crm_hidden;
GRANT EXECUTE ON FUNCTION crm_erase_customer(text, text, boolean) TO crm_hidden;
INSERT INTO shop.scores VALUES ('ann', 't', 5);
SET ROLE crm_hidden;
SELECT crm_create_workspace('hidden', '{"rating": {"from": "shop.scores", "customer_id": "who",
    "touchpoint_id": "touchpoint", "level": "''actual''", "score": "score"}}');
INSERT INTO hidden.purchase (customer_id, purchased_at, amount) VALUES ('ann', '2024-01-01', 1),
    ('bob', '2024-01-01', 1);
SELECT is(crm_snapshot('hidden', '2024-12-31'), 2::bigint, 'a policy on a source of no ledger stops no snapshot');
SELECT set_eq($$SELECT relation, row_count FROM crm_erase_customer('hidden', 'ann', true) WHERE NOT is_erased$$,
    $$VALUES ('rating', 1::bigint)$$, 'but nobody knows whether all that it hides is erased');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
