-- Keys of customers: equality is the source's, in ledgers, joins, export and erasure.
BEGIN;
SELECT plan(70);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SET LOCAL crm_ext.as_of = '2024-12-31';

-- A shop whose keys are of a type: three rows of one customer, where its equality says so, and one of another.
CREATE FUNCTION pg_temp.shop(name text, type text, one text, same text, other text, maintain text DEFAULT 'triggers')
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %1$s_order (who %2$s, at date, amount numeric);
                    CREATE TABLE %1$s_person (who %2$s, name text);
                    CREATE TABLE %1$s_talk (who %2$s, at date);
                    INSERT INTO %1$s_order
                    VALUES (%3$L, ''2024-01-01'', 30), (%4$L, ''2024-02-01'', 100), (%5$L, ''2024-03-01'', 7);
                    INSERT INTO %1$s_person VALUES (%3$L, ''one''), (%5$L, ''other'')', name, type, one, same, other);
    EXECUTE format($q$SELECT crm_create_workspace(%1$L, '{
        "customer": {"from": "%1$s_person", "customer_id": "who", "customer_name": "name"},
        "purchase": {"from": "%1$s_order", "customer_id": "who", "purchased_at": "at", "amount": "amount"},
        "interaction": {"from": "%1$s_talk", "customer_id": "who", "interacted_at": "at"}}',
        maintain => %2$L)$q$, name, maintain);
    EXECUTE format('INSERT INTO %1$s_order
        VALUES (%2$L, ''2024-04-01'', 3); INSERT INTO %1$s_talk VALUES (%3$L, ''2024-04-02'')', name, same, one);
    PERFORM crm_refresh(name, true);
    PERFORM crm_refit(name);
    PERFORM crm_snapshot(name);
END $$;
-- What there is of it: customers, their amounts, names, and differences of ledgers
CREATE FUNCTION pg_temp.seen(name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format($q$SELECT string_agg(concat_ws(' ', customer_name, amount, preferred_channel), ', '
        ORDER BY amount DESC) FROM %I.customer_360$q$, name) INTO answer;
    RETURN concat_ws('; ', answer, (SELECT count(*) FROM crm_check_workspace(name)));
END $$;
CREATE FUNCTION pg_temp.erased(name text, customer text) RETURNS bigint LANGUAGE sql AS $$
    SELECT sum(row_count)::bigint FROM crm_erase_customer(name, customer, include_sources => true);
$$;
CREATE FUNCTION pg_temp.key_of(relation text) RETURNS text LANGUAGE sql AS $$
    SELECT format_type(atttypid, atttypmod) || coalesce(' ' || nullif(collname, 'default'), '')
    FROM pg_attribute LEFT JOIN pg_collation AS c ON c.oid = attcollation
    WHERE attrelid = relation::regclass AND attname = 'customer_id';
$$;

-- A domain that no NULL may have
CREATE DOMAIN account AS integer NOT NULL;
CREATE DOMAIN label AS text CHECK (value IS NOT NULL AND value <> '-');
SELECT pg_temp.shop('domain_number', 'account', '1', '1', '2'), pg_temp.shop('domain_text', 'label', 'a', 'a', ' ');
SELECT is(pg_temp.seen(name), 'one 133.00 unknown, other 7.00; 0', name || ': one customer')
FROM unnest('{domain_number,domain_text}'::text[]) AS name;
SELECT is((SELECT count(*) FROM domain_number.data_quality WHERE check_name ~ '^blank_' AND problem_count > 0),
          0::bigint, 'a number is not blank');
SELECT is((SELECT string_agg(source || ' ' || check_name, ', ' ORDER BY source) FROM domain_text.data_quality
           WHERE check_name ~ '^blank_' AND problem_count > 0),
          'customer blank_id, purchase blank_customer', 'a text may be');

SELECT count(*) > 0 AS has_citext FROM pg_available_extensions WHERE name = 'citext' \gset
\if :has_citext
CREATE SCHEMA elsewhere;
CREATE EXTENSION citext SCHEMA elsewhere;
CREATE TABLE hidden_order (who elsewhere.citext, at date);
CREATE DOMAIN elsewhere.name AS elsewhere.citext;
SELECT throws_like(format($$SELECT crm_create_workspace('hidden',
    '{"purchase": {"from": "hidden_order", "customer_id": "%s", "purchased_at": "at"}}')$$, key),
                   format('type %s cannot be used for customers'' keys: its %% is not in the schema of crm_ext', type),
                   'whose = would be that of text: ' || type)
FROM (VALUES ('who', 'elsewhere.citext'), ('(who)::elsewhere.name', 'elsewhere.name')) AS t (key, type);
SELECT lives_ok($$SELECT crm_create_workspace('hidden',
    '{"purchase": {"from": "hidden_order", "customer_id": "lower((who)::text)", "purchased_at": "at"}}')$$, 'but cast');
DROP SCHEMA hidden CASCADE;
DROP DOMAIN elsewhere.name;
SELECT format('ALTER EXTENSION citext SET SCHEMA %s', extnamespace::regnamespace) FROM pg_extension
WHERE extname = 'crm_ext' \gexec
SELECT pg_temp.shop('ci', 'citext', 'Ann@x.org', 'ann@X.org', 'bob@x.org');
SELECT is(pg_temp.seen('ci'), 'one 133.00 unknown, other 7.00; 0', 'citext: one customer');
SELECT is(pg_temp.key_of('ci.customer_activity'), 'citext', 'and the ledger''s key is one');
SELECT is(jsonb_array_length(crm_export_customer('ci', 'ANN@X.ORG') -> 'purchase'), 3, 'all that there is is exported');
SELECT is((SELECT count(*) FROM ci.reconciliation WHERE difference <> 0), 0::bigint, 'totals reconcile');
UPDATE ci_order SET who = 'ANN@x.org' WHERE who = 'ann@x.org';
SELECT is(pg_temp.seen('ci'), 'one 133.00 unknown, other 7.00; 0', 'another spelling changes nothing');
SELECT is(pg_temp.erased('ci', 'aNN@x.org'), 8::bigint,
    'all is erased: three orders, a talk, a person, two ledgers, a snapshot');
SELECT is(pg_temp.seen('ci'), 'other 7.00; 0', 'and the other stays');
\else
SELECT skip('citext is not there', 10);
\endif

SELECT count(*) > 0 AS has_icu FROM pg_collation WHERE collprovider = 'i' \gset
\if :has_icu
CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
SELECT pg_temp.shop('nd', 'text COLLATE nocase', 'Ann', 'ANN', 'bob');
SELECT is(pg_temp.seen('nd'), 'one 133.00 unknown, other 7.00; 0', 'a nondeterministic collation: one customer');
SELECT is(pg_temp.key_of('nd.customer_activity'), 'text nocase', 'and the ledger''s key has it');
SELECT is(crm_refresh('nd', true), 0::bigint, 'a refresh finds nothing to do');
SELECT is(pg_temp.erased('nd', 'aNn'), 8::bigint, 'all is erased');
SELECT is((SELECT count(*) FROM nd.reconciliation WHERE difference <> 0), 0::bigint, 'totals reconcile');
SELECT pg_temp.shop('nq', 'text COLLATE nocase', 'Ann', 'ANN', 'bob', 'queue');
SELECT is(pg_temp.seen('nq'), 'one 133.00 unknown, other 7.00; 0', 'by a queue, too');
DELETE FROM nq_order WHERE amount = 100;
SELECT crm_refresh('nq');
SELECT is(pg_temp.seen('nq'), 'one 33.00 unknown, other 7.00; 0', 'and after a deletion');
\else
SELECT skip('no ICU', 7);
\endif

SELECT pg_temp.shop('bp', 'char(8)', 'ab', 'ab ', 'cd');
SELECT is(pg_temp.seen('bp'), 'one 133.00 unknown, other 7.00; 0', 'char(n): blanks at the end do not count');
SELECT is(pg_temp.key_of('bp.customer_snapshot'), 'bpchar', 'and the key is one');
SELECT is(pg_temp.erased('bp', 'ab'), 8::bigint, 'all is erased');

SELECT pg_temp.shop('id', 'uuid', '11111111-1111-1111-1111-11111111111a', '11111111-1111-1111-1111-11111111111A',
    '22222222-2222-2222-2222-222222222222');
SELECT is(pg_temp.seen('id'), 'one 133.00 unknown, other 7.00; 0', 'uuid');
SELECT is(jsonb_array_length(crm_export_customer('id', '11111111-1111-1111-1111-11111111111a'::uuid) -> 'customer_360'),
    1, 'exported by a uuid');
SELECT is((SELECT sum(row_count)::bigint FROM crm_erase_customer('id', '11111111-1111-1111-1111-11111111111A'::uuid,
    true)), 8::bigint, 'and erased');

CREATE TYPE account_name AS ENUM ('zoe', 'ann');
SELECT pg_temp.shop('en', 'account_name', 'zoe', 'zoe', 'ann');
SELECT is(pg_temp.seen('en'), 'one 133.00 unknown, other 7.00; 0', 'an enum');
SELECT is(pg_temp.erased('en', 'zoe'), 8::bigint, 'all is erased');

CREATE DOMAIN account_number AS integer CHECK (VALUE > 0);
SELECT pg_temp.shop('dm', 'account_number', '7', '07', '8');
SELECT is(pg_temp.seen('dm'), 'one 133.00 unknown, other 7.00; 0', 'a domain');
SELECT is(pg_temp.key_of('dm.customer_activity'), 'account_number', 'keeps its name');
SELECT is(pg_temp.erased('dm', '7'), 8::bigint, 'all is erased');
SELECT throws_ok($$SELECT crm_export_customer('dm', 'x')$$, '22P02', NULL, 'what is no key is an error');

-- A domain is what it is made of
CREATE DOMAIN account_of AS account_number;
SELECT pg_temp.shop('dd', 'account_of', '7', '07', '8');
SELECT is(pg_temp.seen('dd'), 'one 133.00 unknown, other 7.00; 0', 'a domain over a domain');
CREATE DOMAIN short_code AS char(8);
CREATE DOMAIN day_of_sale AS date;
CREATE TABLE mixed (account account_of, number bigint, code short_code, name text, at day_of_sale);
INSERT INTO mixed VALUES (7, 8, 'a', 'a', '2024-01-01');
SELECT lives_ok($$SELECT crm_create_workspace('md', '{
    "purchase": {"from": "mixed", "customer_id": "account", "purchased_at": "at"},
    "interaction": {"from": "mixed", "customer_id": "number", "interacted_at": "at"}}')$$,
    'is of its family, a day too');
SELECT is(pg_temp.key_of('md.customer_activity'), 'bigint', 'which the key is then');
SELECT throws_ok($$SELECT crm_create_workspace('mx', '{
    "purchase": {"from": "mixed", "customer_id": "code", "purchased_at": "at"},
    "interaction": {"from": "mixed", "customer_id": "name", "interacted_at": "at"}}')$$, '42804',
    'the sources compare customers'' keys differently: text in interaction, short_code in purchase',
    'and compares as that does');

-- Types for which || means something else
SELECT pg_temp.shop('by', 'bytea', '\x00', '\x00', '\x01'), pg_temp.shop('js', 'jsonb', '{"a": 1}', '{"a":1}', '2');
SELECT is(pg_temp.seen(name), 'one 133.00 unknown, other 7.00; 0', name || ' as a key')
FROM unnest('{by,js}'::text[]) AS name;

CREATE DOMAIN code AS text CHECK (VALUE ~ '^[a-z]');
SELECT pg_temp.shop('dt', 'code', 'a''1', 'a''1', 'b');
SELECT is(pg_temp.seen('dt'), 'one 133.00 unknown, other 7.00; 0', 'a domain over text, with a quote');
SELECT is(pg_temp.erased('dt', 'a''1'), 8::bigint, 'all is erased');

SELECT pg_temp.shop('nu', 'numeric', '1.0', '1.00', '2');
SELECT is(pg_temp.seen('nu'), 'one 133.00 unknown, other 7.00; 0', 'numeric: 1.0 is 1.00');
SELECT is(pg_temp.erased('nu', '1'), 8::bigint, 'all is erased');

-- Sources that do not agree
CREATE TABLE by_small (who smallint, at date);
CREATE TABLE by_big (who bigint, name text);
CREATE TABLE by_text (who text, name text);
CREATE TABLE by_char (who char(4), name text);
INSERT INTO by_small VALUES (1, '2024-01-01');
INSERT INTO by_big VALUES (1, 'one');
INSERT INTO by_text VALUES ('1', 'one');
SELECT crm_create_workspace('wide',
    '{"purchase": {"from": "by_small", "customer_id": "who", "purchased_at": "at"},
      "customer": {"from": "by_big", "customer_id": "who", "customer_name": "name"}}');
SELECT is(pg_temp.key_of('wide.customer_activity') || ' ' || pg_temp.seen('wide'), 'bigint one 0.00; 0',
    'integers become the widest');
SELECT crm_create_workspace('mixed',
    '{"purchase": {"from": "by_small", "customer_id": "who", "purchased_at": "at"},
      "customer": {"from": "by_text", "customer_id": "who", "customer_name": "name"}}');
SELECT is(pg_temp.key_of('mixed.customer_activity') || ' ' || pg_temp.seen('mixed'), 'text one 0.00; 0',
    'an integer and a text become text');
SELECT throws_ok($$SELECT crm_create_workspace('bad',
    '{"purchase": {"from": "by_text", "customer_id": "who", "purchased_at": "''2024-01-01''::date"},
                                                        "customer": {"from": "by_char", "customer_id": "who"}}')$$,
                 '42804', NULL, 'kinds of equality that differ are refused');
SELECT throws_ok($$SELECT crm_create_workspace('bad',
    '{"customer": {"from": "by_text", "customer_id": "point(1, 2)"}}')$$, '42804', NULL, 'and what has no order');
SELECT throws_ok(format($$SELECT crm_create_workspace('bad',
    '{"customer": {"from": "by_text", "customer_id": "%s"}}')$$, key), '42804', NULL,
    'or but that of what it is made of: ' || key)
FROM unnest(ARRAY['ARRAY[1]', 'int4range(1, 2)']) AS key;

-- What keys and dates should not be is told
CREATE TABLE odd_order (id text, who text, at date, amount numeric);
INSERT INTO odd_order VALUES ('', '', '1970-01-01', 5), ('2', ' ', '2024-01-01', 5), ('3', 'a', '2024-01-01', 5),
    ('4', 'a', '2024-01-01', 5), ('5', 'b', '2024-01-02', -2), ('6', 'b', '2024-01-02', -2),
    ('7', 'a', NULL, 5), ('8', 'a', NULL, 5);
CREATE TABLE odd_person (who text, potential double precision, since date);
INSERT INTO odd_person VALUES ('', 0.5, '2024-01-01'), ('a', 70, '1970-01-01'), ('a', 0.3, '2024-01-01');
SELECT crm_create_workspace('odd',
    '{"purchase": {"from": "odd_order", "purchase_id": "id", "customer_id": "who", "purchased_at": "at",
                   "amount": "amount"},
      "customer": {"from": "odd_person", "customer_id": "who", "potential": "potential", "registered_at": "since"}}');
SELECT results_eq($$SELECT source, check_name, problem_count FROM odd.data_quality
                    WHERE problem_count > 0 AND check_name IN ('blank_id', 'blank_customer', 'old_date',
                        'potential_off_scale', 'duplicate_row', 'duplicate_customer')
                    ORDER BY 1, 2$$,
                  $$VALUES ('customer', 'blank_id', 1::bigint), ('customer', 'duplicate_customer', 1),
                  ('customer', 'old_date', 1), ('customer', 'potential_off_scale', 1),
                           ('purchase', 'blank_customer', 2), ('purchase', 'blank_id', 1),
                           ('purchase', 'duplicate_row', 2), ('purchase', 'old_date', 1)$$,
                  'blank keys, dates of 1970, potentials off 0..1, rows twice');
SELECT results_eq($$SELECT check_name, problem_count, example_key FROM odd.data_quality
                    WHERE source = 'purchase' AND check_name <> 'blank_customer' AND problem_count > 0
                    ORDER BY 1$$,
                  $$VALUES ('blank_id', 1::bigint, 'customer '), ('duplicate_row', 2, '4'), ('missing_date', 2, '7'),
                  ('negative_amount', 2, '5'), ('old_date', 1, ''), ('unknown_customer', 3, ' ')$$,
                  'a purchase with two flaws is an example of both; without a date none is one twice');
\ir lib/plan.sql
SELECT is((SELECT count(*) FROM pg_temp.plan_of('SELECT * FROM odd.data_quality') AS line
           WHERE line ~ 'Scan on odd_order'), 4::bigint,
          'purchases are read once for flaws and repeated rows, twice for ids, once for customers');
INSERT INTO odd_order VALUES ('9', 'b', NULL, -2), ('10', 'b', NULL, -2);
SELECT is((SELECT problem_count FROM odd.data_quality WHERE check_name = 'duplicate_row'), 2::bigint,
          'nor is a refund');

-- Rows that count as fewer than none hide in the ledger what came twice on their day, and on no other.
CREATE TABLE less_order (who integer, at date, amount numeric, n integer);
INSERT INTO less_order SELECT n, date '2024-01-01' + k, 5, 1 FROM generate_series(1, 100) AS n,
    unnest('{0,0,1,3}'::integer[]) AS k;
INSERT INTO less_order SELECT n, '2024-01-01', 7, -1 FROM generate_series(1, 100) AS n;
INSERT INTO less_order VALUES (NULL, '2024-01-01', 7, -1), (1, NULL, 7, -1);
-- Taken away on another day, they are no fewer on their own, but as many as of days.
INSERT INTO less_order SELECT n, date '2024-01-01' + k, 5, 1 - 2 * (k / 2)
FROM generate_series(101, 120) AS n, unnest('{0,0,2}'::integer[]) AS k;
SELECT crm_create_workspace('less', '{"purchase": {"from": "less_order", "customer_id": "who", "purchased_at": "at",
    "amount": "amount", "events": "n"}}');
SELECT is((SELECT problem_count FROM less.data_quality WHERE check_name = 'duplicate_row'), 120::bigint,
          'a purchase twice, and one taken away');

-- What the ledger does not know of is not told by the luck of a filter.
CREATE TABLE late_order (who integer, at date, amount numeric);
INSERT INTO late_order SELECT n, '2024-01-01', k FROM generate_series(1, 2000) AS n, generate_series(1, 2) AS k;
SELECT crm_create_workspace('late', '{"purchase": {"from": "late_order", "customer_id": "who", "purchased_at": "at",
    "amount": "amount"}}', maintain => 'refresh');
INSERT INTO late_order SELECT n, '2024-01-02', 5 FROM generate_series(1, 2000) AS n, generate_series(1, 2) AS k;
SELECT is((SELECT problem_count FROM late.data_quality WHERE check_name = 'duplicate_row'), 0::bigint,
          'rows twice that no ledger has yet');
SELECT crm_refresh('late');
SELECT is((SELECT problem_count FROM late.data_quality WHERE check_name = 'duplicate_row'), 2000::bigint,
          'and once they are in ledgers');
SELECT lives_ok($$SELECT crm_snapshot('odd')$$, 'a customer twice does not stop a snapshot');
SELECT is((SELECT count(*) FROM odd.customer_360 WHERE customer_id = 'a'), 1::bigint, 'and is one');
SELECT is((SELECT count(*) FROM odd.reconciliation WHERE difference <> 0), 0::bigint, 'whose amounts count once');
UPDATE odd.setting SET potential_cut = 50;
SELECT is((SELECT problem_count FROM odd.data_quality WHERE check_name = 'potential_off_scale'), 0::bigint,
    'potentials are in any measure where the cut says so');
SELECT is((SELECT array_agg(k) FROM crm_export_customer('odd', '') AS e,
    jsonb_object_keys(e -> 'customer_360' -> 0) AS k WHERE k = 'customer_id'), ARRAY['customer_id'],
    'a blank key is a key');

-- What an index says of a key: each id there can be only once, unless it says so of some rows or one table of many.
CREATE FUNCTION pg_temp.traits(workspace text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format('SELECT format(''unique %%s, number %%s, %%s twice, %%s blank'',
                                  k.is_unique, k.is_number, d.twice, d.blank)
        FROM %1$I.definition,
             LATERAL crm_key_traits(''%1$I.purchase'', sources::jsonb -> ''purchase'' ->> ''purchase_id'') AS k,
             (SELECT sum(problem_count) FILTER (WHERE check_name = ''duplicate_id'') AS twice,
                     sum(problem_count) FILTER (WHERE check_name = ''blank_id'') AS blank
              FROM %1$I.data_quality WHERE source = ''purchase'') AS d', workspace) INTO answer;
    RETURN answer;
END $$;
SELECT is(pg_temp.traits('odd'), 'unique f, number f, 0 twice, 1 blank', 'no index');
CREATE UNIQUE INDEX ON odd_order (id) WHERE id > '2';
INSERT INTO odd_order VALUES ('2', 'c', '2024-01-01', 5), (NULL, 'c', '2024-01-02', 5), (NULL, 'c', '2024-01-03', 5);
SELECT is(pg_temp.traits('odd'), 'unique f, number f, 1 twice, 1 blank', 'an index of some rows says nothing');
DELETE FROM odd_order WHERE who = 'c' AND id = '2';
CREATE UNIQUE INDEX ON odd_order (id);
SELECT is(pg_temp.traits('odd'), 'unique t, number f, 0 twice, 1 blank', 'a text can be blank once');
CREATE TABLE "Odd line" ("Id" integer UNIQUE, who text, at date);
INSERT INTO "Odd line" VALUES (1, 'a', '2024-01-01'), (2, 'a', '2024-01-02'), (NULL, 'b', '2024-01-02');
SELECT crm_create_workspace('numbered', '{"purchase": {"from": "\"Odd line\"", "purchase_id": "\"Id\"",
    "customer_id": "who", "purchased_at": "at"}}', maintain => 'refresh');
SELECT is(pg_temp.traits('numbered'), 'unique t, number t, 0 twice, 0 blank', 'a number is never blank');
CREATE TABLE odd_child () INHERITS ("Odd line");
INSERT INTO odd_child VALUES (1, 'c', '2024-01-01');
SELECT is(pg_temp.traits('numbered'), 'unique f, number t, 1 twice, 0 blank', 'an index is not of the children');
DROP TABLE odd_child;
ALTER TABLE "Odd line" RENAME TO odd_line;
ALTER TABLE odd_line DROP CONSTRAINT "Odd line_Id_key";
INSERT INTO odd_line VALUES (1, 'd', '2024-01-01');
CREATE TABLE "Odd line" ("Id" integer UNIQUE, who text, at date);
SELECT is(pg_temp.traits('numbered'), 'unique f, number t, 1 twice, 0 blank', 'nor that of another table of the name');
DROP TABLE "Odd line";
ALTER TABLE odd_line RENAME TO "Odd line";
SELECT crm_change_sources('numbered', '{"purchase": {"from": "\"Odd line\"", "purchase_id": "\"Id\" / 2",
    "customer_id": "who", "purchased_at": "at"}}');
SELECT is(pg_temp.traits('numbered'), 'unique , number , 1 twice, 0 blank', 'nor of an expression');
CREATE COLLATION alike (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE alike_order (id text COLLATE alike, who text, at date);
INSERT INTO alike_order VALUES ('a', 'a', '2024-01-01'), ('A', 'b', '2024-01-02');
CREATE UNIQUE INDEX ON alike_order (id COLLATE "C");
SELECT crm_create_workspace('alike', '{"purchase": {"from": "alike_order", "purchase_id": "id",
    "customer_id": "who", "purchased_at": "at"}}', maintain => 'refresh');
SELECT is(pg_temp.traits('alike'), 'unique f, number f, 1 twice, 0 blank', 'nor is one of another equality');
CREATE TABLE dated_order (id integer, at date, who text, UNIQUE (id, at)) PARTITION BY RANGE (at);
CREATE TABLE dated_part PARTITION OF dated_order DEFAULT;
CREATE UNIQUE INDEX ON dated_part (id);
SELECT crm_create_workspace('dated', '{"purchase": {"from": "dated_order", "purchase_id": "id",
    "customer_id": "who", "purchased_at": "at"}}', maintain => 'refresh');
SELECT is(pg_temp.traits('dated'), 'unique f, number t, 0 twice, 0 blank',
          'nor is that of a partition one of the whole');
SELECT * FROM finish();
ROLLBACK;
