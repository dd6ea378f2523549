-- Ledgers follow a table exactly, whatever is done to it: by triggers at once,
-- by the queue with the next crm_refresh.
BEGIN;
SELECT plan(CASE WHEN current_setting('server_version_num')::integer >= 150000 THEN 303 ELSE 297 END);
SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'America/Lima';

-- One plain table, one with partitions, two workspaces over each.
CREATE TABLE plain (
    id integer, cust text, created_at timestamptz, total numeric, discount numeric, status text,
        items integer DEFAULT 1,
    PRIMARY KEY (id, created_at)
);
CREATE TABLE parted (LIKE plain INCLUDING ALL) PARTITION BY RANGE (created_at);
CREATE TABLE parted_2023 PARTITION OF parted FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE parted_2024 PARTITION OF parted FOR
    VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY RANGE (created_at);
CREATE TABLE parted_2024_q1 PARTITION OF parted_2024 FOR VALUES FROM ('2024-01-01') TO ('2024-04-01');
CREATE TABLE parted_2024_rest PARTITION OF parted_2024 FOR VALUES FROM ('2024-04-01') TO ('2025-01-01');

INSERT INTO plain VALUES (0, 'ann', '2023-05-05 12:00+00', 10, 0, 'paid');
INSERT INTO parted TABLE plain;

SELECT crm_create_workspace(t || '_' || m, jsonb_build_object('purchase', jsonb_build_object(
           'from', t, 'purchase_id', 'id', 'customer_id', 'cust', 'purchased_at', 'created_at', 'amount',
           'total - discount',
           'events', 'items', 'where', $$status = 'paid' -- not the others$$)), 'Asia/Shanghai', m)
FROM unnest('{plain,parted}'::text[]) AS t, unnest('{triggers,queue}'::text[]) AS m;

CREATE FUNCTION pg_temp.wanted(t text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    EXECUTE format($q$
        SELECT string_agg(format('%%s %%s', cust, a), E'\n' ORDER BY cust)
        FROM (SELECT cust, crm_activity_agg((created_at AT TIME ZONE 'Asia/Shanghai')::date, total - discount,
            items) AS a
              FROM %I WHERE status = 'paid' AND cust IS NOT NULL GROUP BY cust) AS l WHERE a <> '{}'$q$, t) INTO answer;
    RETURN coalesce(answer, 'nobody');
END $$;

CREATE FUNCTION pg_temp.kept(workspace text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    EXECUTE format($q$SELECT string_agg(format('%%s %%s', customer_id, purchases), E'\n' ORDER BY customer_id)
                      FROM %I.customer_activity$q$, workspace) INTO answer;
    RETURN coalesce(answer, 'nobody');
END $$;

-- Does a statement, in which %t is the table, to both tables.
CREATE FUNCTION pg_temp.follows(statement text, doing text, changes boolean DEFAULT true,
    tables text[] DEFAULT '{plain,parted}')
RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    t text;
    before text;
BEGIN
    FOREACH t IN ARRAY tables LOOP
        before := pg_temp.kept(t || '_triggers');
        EXECUTE replace(statement, '%t', t);
        RETURN NEXT is(pg_temp.kept(t || '_triggers'), pg_temp.wanted(t), format('%s: %s: by triggers', t, doing));
        RETURN NEXT is(pg_temp.kept(t || '_triggers') <> before, changes, format('%s: %s: changes ledgers', t, doing));
        PERFORM crm_refresh(t || '_queue');
        RETURN NEXT is(pg_temp.kept(t || '_queue'), pg_temp.wanted(t), format('%s: %s: by the queue', t, doing));
    END LOOP;
END $$;

SELECT is(pg_temp.kept(t || '_' || m), 'ann {2023-05-05:1:10}', format('%s, %s: filled', t, m))
FROM unnest('{plain,parted}'::text[]) AS t, unnest('{triggers,queue}'::text[]) AS m;

-- One row at a time, many rows at a time
SELECT pg_temp.follows($$INSERT INTO %t VALUES (1, 'ann', '2024-01-31 15:59:59.999999+00', 100, 1, 'paid'),
                                               (2, 'bob', '2024-01-31 16:00:00+00', 50, 0.005, 'paid'),
                                               (3, 'ann', '2024-02-01 16:00:00+00', 7, 0, 'open')$$,
                       'INSERT around midnight in Shanghai');
SELECT is((SELECT purchases::text FROM plain_triggers.customer_activity WHERE customer_id = 'bob'),
    '{2024-02-01:1:49.995}',
          'a day begins at midnight of the workspace, not of the session');
SELECT pg_temp.follows($$INSERT INTO %t SELECT n, 'c' || n % 97,
    timestamptz '2023-01-01 00:00+00' + n * interval '5 hours',
                                               n % 89 + 0.01, n % 3, CASE WHEN n % 5 = 0 THEN 'open' ELSE 'paid' END
                         FROM generate_series(10, 3000) AS n$$, 'INSERT of 3000 rows');
SELECT pg_temp.follows($$INSERT INTO %t VALUES (4, 'cat', '2024-03-01', 5, 0, 'open')$$, 'INSERT outside where', false);
SELECT pg_temp.follows($$INSERT INTO %t SELECT * FROM %t WHERE false$$, 'INSERT of nothing', false);

SELECT pg_temp.follows($$UPDATE %t SET cust = 'dan' WHERE id = 1$$, 'UPDATE of the customer');
SELECT pg_temp.follows($$UPDATE %t SET total = total * 1.1 WHERE id % 7 = 0$$, 'UPDATE of amounts');
SELECT pg_temp.follows($$UPDATE %t SET created_at = created_at + interval '1 day' WHERE id % 11 = 0
    AND created_at < '2023-12-30'$$,
                       'UPDATE of days');
SELECT pg_temp.follows($$UPDATE %t SET created_at = '2024-06-01 12:00+00' WHERE id = 24$$,
    'UPDATE to another year, another partition');
SELECT pg_temp.follows($$UPDATE %t SET created_at = created_at + interval '1 minute' WHERE id = 2$$,
    'UPDATE within a day', false);
SELECT pg_temp.follows($$UPDATE %t SET status = 'paid' WHERE id = 3$$, 'UPDATE of the column in where: in');
SELECT pg_temp.follows($$UPDATE %t SET status = 'void' WHERE id % 13 = 0$$, 'UPDATE of the column in where: out');
SELECT pg_temp.follows($$UPDATE %t SET items = 0 WHERE id = 21$$, 'UPDATE of events');
SELECT pg_temp.follows($$UPDATE %t SET cust = NULL WHERE id = 22$$, 'UPDATE of a key to NULL');
SELECT pg_temp.follows($$UPDATE %t SET cust = 'eve' WHERE id = 22$$, 'UPDATE of a key from NULL');
SELECT pg_temp.follows($$UPDATE %t SET total = NULL WHERE id = 23$$, 'UPDATE of an amount to NULL');
SELECT pg_temp.follows($$UPDATE %t SET total = total$$, 'UPDATE of nothing', false);
SELECT pg_temp.follows($$UPDATE %t SET cust = 'c' || id % 11, total = -total WHERE id % 3 = 0$$, 'UPDATE of many');

SELECT pg_temp.follows($$DELETE FROM %t WHERE id = 1$$, 'DELETE of a customer''s last row');
SELECT is_empty($$SELECT FROM plain_triggers.customer_activity WHERE customer_id = 'dan'$$, 'which leaves no ledger');
SELECT pg_temp.follows($$DELETE FROM %t WHERE id % 17 = 0$$, 'DELETE of many');
SELECT pg_temp.follows($$DELETE FROM %t WHERE status <> 'paid'$$, 'DELETE outside where', false);

-- Refunds: an amount below zero is no purchase, and leaves a ledger
SELECT pg_temp.follows($$INSERT INTO %t VALUES (4000, 'fay', '2024-04-01', 30, 0, 'paid')$$, 'a purchase');
SELECT pg_temp.follows($$INSERT INTO %t VALUES (4001, 'fay', '2024-04-02', -30, 0, 'paid')$$, 'its refund');
SELECT is((SELECT crm_amount(purchases) FROM parted_triggers.customer_activity WHERE customer_id = 'fay'), 0::numeric,
          'a ledger that comes to 0 is still a ledger');
SELECT pg_temp.follows($$INSERT INTO %t VALUES (4002, NULL, '2024-04-02', 3, 0, 'paid')$$, 'NULL as a key', false);
SELECT pg_temp.follows($$INSERT INTO %t VALUES (4003, 'fay', '2024-04-03', NULL, 0, 'paid')$$, 'NULL as an amount');

-- Other ways to write
SELECT pg_temp.follows($$INSERT INTO %t VALUES (4000, 'fay', '2024-04-01', 31, 0, 'paid'),
    (4100, 'gus', '2024-04-01', 1, 0, 'paid')
                         ON CONFLICT (id, created_at) DO UPDATE SET total = excluded.total, cust = 'hal'$$,
                       'ON CONFLICT DO UPDATE');
SELECT pg_temp.follows($$INSERT INTO %t VALUES (4000, 'fay', '2024-04-01', 31, 0, 'paid') ON CONFLICT DO NOTHING$$,
                       'ON CONFLICT DO NOTHING', false);
SELECT pg_temp.follows($$COPY %t (id, cust, created_at, total, discount, status)
                         FROM PROGRAM 'printf "5000,ann,2023-02-03,1.25,0,paid\n5001,zoe,2024-02-03,2.5,0,paid\n"'
                         (FORMAT csv)$$, 'COPY');
SELECT pg_temp.follows($$WITH gone AS (DELETE FROM %t WHERE id BETWEEN 100 AND 200 RETURNING *)
                         INSERT INTO %t SELECT id + 100000, cust, created_at, total + 1, discount, status, items
                         FROM gone$$,
                       'DELETE and INSERT in one statement');
SELECT pg_temp.follows($$WITH gone AS (UPDATE %t SET total = 1 WHERE id = 252 RETURNING id)
                         UPDATE %t SET total = 2 WHERE id = 253 AND EXISTS (SELECT FROM gone)$$,
                         'two UPDATEs in one statement');
SELECT current_setting('server_version_num')::integer >= 150000 AS has_merge \gset
\if :has_merge
SELECT pg_temp.follows($$MERGE INTO %t AS o
                         USING (VALUES (300, 'ivy'), (301, NULL), (9000, 'joe')) AS n (id, cust) ON o.id = n.id
                         WHEN MATCHED AND n.cust IS NULL THEN DELETE
                         WHEN MATCHED THEN UPDATE SET cust = n.cust, total = total + 1
                         WHEN NOT MATCHED THEN INSERT VALUES (n.id, n.cust, '2024-05-05', 9, 0, 'paid', 1)$$, 'MERGE');
\endif

-- Partitions by themselves
SELECT pg_temp.follows($$INSERT INTO parted_2023 VALUES (6000, 'ann', '2023-09-09', 8, 0, 'paid')$$,
                       'INSERT into a partition', true, '{parted}');
SELECT pg_temp.follows($$UPDATE parted_2024 SET status = 'void' WHERE id % 5 = 1$$,
                       'UPDATE of a partition that has partitions', true, '{parted}');
SELECT pg_temp.follows($$DELETE FROM parted_2024_q1 WHERE id % 5 = 2$$, 'DELETE from a partition''s partition', true,
    '{parted}');
SELECT pg_temp.follows($$TRUNCATE parted_2024_q1$$, 'TRUNCATE of a partition', true, '{parted}');
SELECT isnt(pg_temp.kept('parted_triggers'), 'nobody', 'the others'' rows are still there');
CREATE TABLE parted_2025 PARTITION OF parted FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
SELECT pg_temp.follows($$INSERT INTO %t VALUES (6001, 'ann', '2025-02-02', 9, 0, 'paid')$$,
    'INSERT that goes to a new partition', true, '{parted}');
SELECT pg_temp.follows($$UPDATE %t SET created_at = '2024-02-02' WHERE id = 6001$$, 'UPDATE that comes from there',
    true, '{parted}');

-- A table that changes its shape
ALTER TABLE plain ADD COLUMN note text DEFAULT 'x';
ALTER TABLE parted ADD COLUMN note text DEFAULT 'x';
SELECT pg_temp.follows($$INSERT INTO %t VALUES (7000, 'kim', '2023-07-07', 12, 0, 'paid', 1, 'new')$$,
    'INSERT with one more column');
ALTER TABLE plain DROP COLUMN note;
ALTER TABLE parted DROP COLUMN note;
SELECT pg_temp.follows($$UPDATE %t SET total = 13 WHERE id = 7000$$, 'UPDATE with one less');

-- What no ledger can take is an error of the statement, and changes nothing
CREATE TEMPORARY TABLE was AS SELECT t, pg_temp.kept(t || '_triggers') AS kept
FROM unnest('{plain,parted}'::text[]) AS t;
SELECT throws_ok($$INSERT INTO plain VALUES (8000, 'ann', '2024-01-01', 'NaN', 0, 'paid')$$, '22023', NULL, 'NaN');
SELECT throws_ok($$INSERT INTO plain VALUES (8000, 'ann', 'infinity', 1, 0, 'paid')$$, '22008', NULL,
    'a date without end');
SELECT throws_ok($$INSERT INTO plain VALUES (8000, 'ann', '2024-01-01', 1e30, 0, 'paid')$$, '22003', NULL,
    'an amount beyond all');
SELECT throws_ok($$UPDATE plain SET total = 'NaN' WHERE id = 7000$$, '22023', NULL, 'UPDATE to NaN');
SELECT lives_ok($$INSERT INTO plain VALUES (8001, 'ann', '2024-01-01', 'NaN', 0, 'open')$$,
    'outside where anything goes');
SELECT is(pg_temp.kept(t || '_triggers'), kept, t || ': nothing has changed') FROM was;
SELECT pg_temp.follows($$DELETE FROM %t WHERE id = 7000$$, 'after errors a statement works as before');

-- TRUNCATE, and from the beginning again
SELECT pg_temp.follows($$TRUNCATE %t$$, 'TRUNCATE');
SELECT is(pg_temp.kept('parted_queue'), 'nobody', 'nobody is left');
SELECT pg_temp.follows($$INSERT INTO %t VALUES (1, 'ann', '2024-01-31', 100, 1, 'paid')$$, 'INSERT after TRUNCATE');

-- Interactions: a ledger a channel
INSERT INTO plain_triggers.interaction (customer_id, interacted_at, channel, is_responded) VALUES
    ('ann', '2024-01-31 16:30+00', 'mail', true), ('ann', '2024-02-02', 'mail', NULL),
        ('ann', '2024-02-03', NULL, false),
    (NULL, '2024-02-02', 'mail', true);
SELECT results_eq('SELECT customer_id, channel, interactions::text FROM plain_triggers.channel_activity ORDER BY 1, 2',
                  $$VALUES ('ann', 'mail', '{2024-02-01:1:1,2024-02-02:1:0}'), ('ann', 'unknown', '{2024-02-03:1:0}')$$,
                  'interactions');
UPDATE plain_triggers.interaction SET channel = 'shop', is_responded = true
WHERE interacted_on = '2024-02-02' AND customer_id = 'ann';
SELECT results_eq('SELECT customer_id, channel, interactions::text FROM plain_triggers.channel_activity ORDER BY 1, 2',
                  $$VALUES ('ann', 'mail', '{2024-02-01:1:1}'), ('ann', 'shop', '{2024-02-02:1:1}'),
                  ('ann', 'unknown', '{2024-02-03:1:0}')$$,
                  'another channel');
DELETE FROM plain_triggers.interaction WHERE channel IS NULL;
SELECT is((SELECT count(*) FROM plain_triggers.channel_activity), 2::bigint, 'DELETE of a channel''s last row');
SELECT is_empty($$SELECT * FROM crm_check_workspace('plain_triggers')$$, 'and all of it is as rebuilt');
TRUNCATE plain_triggers.interaction;
SELECT is_empty('SELECT FROM plain_triggers.channel_activity', 'TRUNCATE of interactions');

-- The queue: what crm_check_workspace says, what crm_refresh returns
INSERT INTO plain VALUES (2, 'bob', '2024-02-02', 20, 0, 'paid'), (3, 'bob', '2024-02-03', 5, 0, 'paid');
SELECT results_eq($$SELECT * FROM crm_check_workspace('plain_queue')$$,
                  $$VALUES ('customer_activity', 'bob', NULL::text, NULL::text, '{2024-02-02:1:20,2024-02-03:1:5}')$$,
                  'what waits in the queue is a difference');
SELECT results_eq('SELECT * FROM plain_queue.change_queue', $$VALUES ('bob', false)$$,
    'a customer waits once a statement');
SELECT is(crm_refresh('plain_queue'), 1::bigint, 'crm_refresh takes one customer in');
SELECT is(crm_refresh('plain_queue'), 0::bigint, 'and then none');
SELECT is_empty('SELECT FROM plain_queue.change_queue', 'the queue is empty');
SELECT is_empty($$SELECT * FROM crm_check_workspace('plain_queue')$$, 'there is no difference');

-- A ledger that was spoilt by hand
UPDATE plain_triggers.customer_activity SET purchases = purchases + '{2020-01-01:1:1}' WHERE customer_id = 'bob';
INSERT INTO plain_triggers.customer_activity VALUES ('nobody', '{2020-01-01:1:1}');
DELETE FROM plain_triggers.customer_activity WHERE customer_id = 'ann';
SELECT results_eq($$SELECT customer_id FROM crm_check_workspace('plain_triggers')$$, $$VALUES ('ann'), ('bob'),
    ('nobody')$$,
                  'crm_check_workspace finds what differs');
SELECT is(crm_refresh('plain_triggers', false), 0::bigint, 'which is no matter of the queue');
SELECT is(crm_refresh('plain_triggers', true), 3::bigint, 'and crm_refresh puts it right');
SELECT is(crm_refresh('plain_triggers', true), 0::bigint, 'once and for all');
SELECT is(pg_temp.kept('plain_triggers'), pg_temp.wanted('plain'), 'as it was');

-- maintain => refresh: a view will do, and nothing happens by itself
CREATE VIEW seen AS SELECT * FROM plain WHERE id < 1000;
SELECT throws_ok($$SELECT crm_create_workspace('over_view',
    '{"purchase": {"from": "seen", "customer_id": "cust", "purchased_at": "created_at"}}',
                                               maintain => 'triggers')$$,
                 '42809', NULL, 'a view cannot have triggers');
SELECT lives_ok($$SELECT crm_create_workspace('over_view',
    '{"purchase": {"from": "seen", "customer_id": "cust", "purchased_at": "created_at", "amount": "total"}}')$$,
                'nor does it need any');
SELECT is((SELECT maintain FROM over_view.definition), 'refresh', 'where nobody says, refresh is taken');
-- Citus is known by its catalog.
SET LOCAL allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass);
SET LOCAL allow_system_table_mods = off;
CREATE TABLE spread (LIKE plain);
INSERT INTO pg_catalog.pg_dist_partition VALUES ('spread');
SELECT throws_ok($$SELECT crm_create_workspace('over_spread',
                       '{"purchase": {"from": "spread", "customer_id": "cust", "purchased_at": "created_at"}}',
                       maintain => 'queue')$$,
                 '42809', 'source "purchase": spread cannot have the triggers that keep ledgers current',
                 'a distributed table is refused before anything is made');
SELECT lives_ok($$SELECT crm_create_workspace('over_spread',
    '{"purchase": {"from": "spread", "customer_id": "cust", "purchased_at": "created_at", "amount": "total"}}')$$,
                'and taken where nobody says');
INSERT INTO spread (id, cust, created_at, total) VALUES (1, 'ann', '2024-01-01', 5);
SELECT isnt_empty($$SELECT * FROM crm_check_workspace('over_spread')$$, 'nothing follows by itself');
SELECT crm_refresh('over_spread');
SELECT is_empty($$SELECT * FROM crm_check_workspace('over_spread')$$, 'crm_refresh is exact');
INSERT INTO plain VALUES (4, 'cat', '2024-02-02', 20, 0, 'paid');
SELECT is((SELECT count(*) FROM over_view.customer_activity), 2::bigint, 'before crm_refresh');
SELECT is(crm_refresh('over_view'), 1::bigint, 'crm_refresh finds what is new');
SELECT is((SELECT count(*) FROM over_view.customer_activity), 3::bigint, 'after crm_refresh');

-- The functions of triggers are their workspace's owner's to use
SELECT results_eq($$SELECT proname FROM pg_proc WHERE pronamespace = 'plain_triggers'::regnamespace
    AND prorettype = 'trigger'::regtype ORDER BY 1$$,
                  $$VALUES ('follow_interaction'::name), ('follow_purchase')$$,
                  'one function follows each source of a ledger');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc AS p, aclexplode(proacl) AS a
                  WHERE pronamespace = 'plain_triggers'::regnamespace AND prorettype = 'trigger'::regtype
                      AND grantee <> proowner$$,
                'nobody else has a right on them');
SELECT is_empty($$SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'plain_triggers'::regnamespace
    AND prorettype = 'trigger'::regtype
                    AND (NOT prosecdef OR proconfig IS NULL OR obj_description(oid) IS NULL)$$,
                'they act with their owner''s rights and search_path, and have a comment');
SELECT throws_ok('SELECT plain_triggers.follow_purchase()', '0A000', NULL, 'a trigger''s function is not to be called');
SELECT is_empty($$SELECT FROM pg_proc WHERE pronamespace = 'over_view'::regnamespace
    AND prorettype = 'trigger'::regtype$$, 'maintain => ''refresh'' has none');
SELECT is_empty($$SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'plain_triggers'::regnamespace
    AND prorettype = 'boolean'::regtype
                    AND (prosecdef OR provolatile <> 's' OR proparallel <> 's' OR obj_description(oid) IS NULL)$$,
                'what policies ask has the rights of who asks');

-- Who moved, in a table of one's own: a task for a playbook
CREATE TABLE task (customer_id text, kind text, old_value text, new_value text);
CREATE TABLE outlook (cust integer PRIMARY KEY, stage text, segment text, note text);
CREATE TRIGGER moved AFTER INSERT OR UPDATE OR DELETE ON outlook FOR EACH ROW
    EXECUTE FUNCTION crm_move_trigger('task', 'cust', 'stage', 'segment');
INSERT INTO outlook VALUES (1, 'new', NULL, 'x');
UPDATE outlook SET note = 'y';
UPDATE outlook SET stage = 'mature', segment = 'champions';
UPDATE outlook SET segment = NULL;
DELETE FROM outlook;
SELECT results_eq('TABLE task', $$VALUES ('1', 'stage', NULL, 'new'), ('1', 'stage', 'new', 'mature'),
    ('1', 'segment', NULL, 'champions'),
                  ('1', 'segment', 'champions', NULL), ('1', 'stage', 'mature', NULL)$$,
                  'crm_move_trigger logs what changed');
INSERT INTO outlook VALUES (2, 'new');
TRUNCATE task;
UPDATE outlook SET cust = 3;
UPDATE outlook SET cust = 4, stage = 'mature';
SELECT results_eq('TABLE task', $$VALUES ('3', 'cust', '2', '3'), ('4', 'cust', '3', '4'),
    ('4', 'stage', 'new', 'mature')$$, 'another key too');
CREATE TRIGGER watched AFTER UPDATE ON outlook FOR EACH ROW
    EXECUTE FUNCTION crm_move_trigger('task', 'cust', 'cust', 'segment');
TRUNCATE task;
UPDATE outlook SET cust = 5;
SELECT results_eq('TABLE task', $$VALUES ('5', 'cust', '4', '5'), ('5', 'cust', '4', '5')$$,
    'once where the key is one of the columns to watch');
DROP TRIGGER watched ON outlook;
DROP TRIGGER moved ON outlook;

-- Whatever the session has set
CREATE TABLE gauge (cust integer, level double precision, read_on date, every interval, mark bytea);
CREATE TRIGGER moved AFTER UPDATE ON gauge FOR EACH ROW
    EXECUTE FUNCTION crm_move_trigger('task', 'cust', 'level', 'read_on', 'every', 'mark');
INSERT INTO gauge VALUES (1, 0.1, '2024-12-30', '1 hour', '\x00');
TRUNCATE task;
SET LOCAL extra_float_digits = -10;
SET LOCAL datestyle = 'German, DMY';
SET LOCAL intervalstyle = 'iso_8601';
SET LOCAL bytea_output = 'escape';
UPDATE gauge SET level = 0.1000000001, read_on = '31.12.2024', every = '2 days', mark = '\x41';
SELECT is(array_agg(current_setting(name)), '{-10,"German, DMY",iso_8601,escape}'::text[],
    'crm_move_trigger leaves settings as they were')
FROM unnest('{extra_float_digits,datestyle,intervalstyle,bytea_output}'::text[]) AS name;
RESET extra_float_digits;
RESET datestyle;
RESET intervalstyle;
RESET bytea_output;
SELECT results_eq('SELECT kind, old_value, new_value FROM task',
    $$VALUES ('level', '0.1', '0.1000000001'), ('read_on', '2024-12-30', '2024-12-31'),
             ('every', '01:00:00', '2 days'), ('mark', '\x00', '\x41')$$, 'and logs values to the last digit, alike');
TRUNCATE task;

-- A schema in front of pg_catalog, with operators of its own
CREATE SCHEMA in_front;
CREATE FUNCTION in_front.compare(text, text) RETURNS boolean LANGUAGE plpgsql AS
    'BEGIN RAISE EXCEPTION ''another operator''; END';
CREATE OPERATOR in_front.= (LEFTARG = text, RIGHTARG = text, FUNCTION = in_front.compare);
CREATE OPERATOR in_front.<> (LEFTARG = text, RIGHTARG = text, FUNCTION = in_front.compare);
CREATE TABLE in_front.vocabulary (word text);
CREATE TRIGGER word BEFORE INSERT OR UPDATE ON in_front.vocabulary FOR EACH ROW
    EXECUTE FUNCTION crm_word_trigger('word');
CREATE FUNCTION pg_temp.run_in_front(statement text) RETURNS void LANGUAGE plpgsql
SET search_path = in_front, pg_catalog, public AS 'BEGIN EXECUTE statement; END';
SELECT throws_ok($$SELECT pg_temp.run_in_front('SELECT ''a''::text = ''b''::text')$$, 'P0001', 'another operator',
    'another operator is in front');
SELECT lives_ok($$SELECT pg_temp.run_in_front('INSERT INTO vocabulary VALUES (''CLICK'')')$$,
    'crm_word_trigger runs what is built in');
SELECT lives_ok($$SELECT pg_temp.run_in_front('UPDATE gauge SET level = 1, cust = 2')$$,
    'and so does crm_move_trigger');
SELECT is((SELECT string_agg(word, '') FROM in_front.vocabulary), 'click', 'the word in small letters');
SELECT results_eq('SELECT kind, new_value FROM task', $$VALUES ('cust', '2'), ('level', '1')$$, 'and what changed');

CREATE TRIGGER wrongly AFTER INSERT ON outlook FOR EACH ROW EXECUTE FUNCTION crm_move_trigger('task', 'cust', 'absent');
SELECT throws_ok($$INSERT INTO outlook VALUES (1)$$, '42703', NULL, 'a column to watch that is not there');

-- Triggers that somebody disabled or dropped: what is written meanwhile is not lost for good
CREATE FUNCTION pg_temp.missing(t text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    EXECUTE format($q$SELECT concat_ws(' ', severity, problem_count, example_key) FROM %I.data_quality
                      WHERE check_name = 'missing_trigger'$q$, t) INTO answer;
    RETURN answer;
END $$;
SELECT is(pg_temp.missing('plain_triggers'), 'error 0', 'data_quality misses no trigger');
SELECT is(pg_temp.missing('over_view'), 'error 0', 'nor where there is none');
ALTER TABLE plain DISABLE TRIGGER ALL;
INSERT INTO plain VALUES (9001, 'zoe', '2024-02-02 12:00+00', 5, 0, 'paid');
SELECT is(pg_temp.missing('plain_triggers'), 'error 1 plain', 'a disabled trigger is told');
SELECT isnt_empty($$SELECT * FROM crm_check_workspace('plain_triggers')$$, 'and ledgers are behind');
SELECT cmp_ok(crm_refresh('plain_queue'), '>', 0::bigint, 'crm_refresh looks at everything then');
SELECT is_empty($$SELECT * FROM crm_check_workspace('plain_queue')$$, 'with the queue, too');
SELECT crm_upgrade_workspace('plain_triggers');
SELECT is(pg_temp.missing('plain_triggers'), 'error 0', 'crm_upgrade_workspace makes triggers again');
SELECT is_empty($$SELECT * FROM crm_check_workspace('plain_triggers')$$, 'and takes in what was missed');
SELECT is(pg_temp.missing('plain_queue'), 'error 1 plain', 'in its workspace alone');
INSERT INTO plain VALUES (9002, 'zoe', '2024-02-03 12:00+00', 5, 0, 'paid');
SELECT crm_upgrade_workspace('plain_queue');
SELECT is_empty($$SELECT * FROM crm_check_workspace('plain_queue')$$, 'in that of the queue, too');
ALTER TABLE plain DISABLE TRIGGER ALL;
INSERT INTO plain VALUES (9003, 'zoe', '2024-02-04 12:00+00', 5, 0, 'paid');
ALTER TABLE plain ENABLE TRIGGER ALL;
SELECT cmp_ok(crm_refresh('plain_queue', true), '>', 0::bigint, 'who enables it runs crm_refresh with everything');
SELECT is(crm_refresh('plain_triggers', true), 1::bigint, 'where triggers follow, too');
CREATE FUNCTION plain_queue.follow_customer() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
SELECT is_empty($$SELECT * FROM crm_unfollowed('plain_queue')$$, 'a function of somebody''s own follows no source');
DROP FUNCTION plain_queue.follow_customer();
DO $$
DECLARE name name;
BEGIN
    FOR name IN SELECT tgname FROM pg_trigger
                WHERE tgrelid = 'parted_2024_q1'::regclass AND tgname ~ '^parted_triggers.*insert' LOOP
        EXECUTE format('DROP TRIGGER %I ON parted_2024_q1', name);
    END LOOP;
    FOR name IN SELECT tgname FROM pg_trigger
                WHERE tgrelid = 'plain'::regclass AND tgname ~ '^plain_triggers' LOOP
        EXECUTE format('DROP TRIGGER %I ON plain', name);
    END LOOP;
END $$;
SELECT is(pg_temp.missing('parted_triggers'), 'error 1 parted_2024_q1', 'one that a partition lacks');
SELECT is(pg_temp.missing('plain_triggers'), 'error 1 plain_triggers.purchase',
    'all of a table: by the view of the source');
SELECT crm_upgrade_workspace('plain_triggers'), crm_upgrade_workspace('parted_triggers');
SELECT is(pg_temp.missing('plain_triggers') || pg_temp.missing('parted_triggers'), 'error 0error 0', 'are made again');

SELECT * FROM finish();
ROLLBACK;
