-- Communities, events and campaigns over keys of uuid, in a zone far away, as of a day long past, for a reader of some
-- rows: every view says what it would if nothing else were there.
BEGIN;
SELECT plan(33);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SELECT setseed(0.25);

CREATE SCHEMA src;
CREATE FUNCTION pg_temp.who(OUT uuid) LANGUAGE sql VOLATILE AS $$SELECT md5('p' || (40 * random())::integer)::uuid$$;
CREATE FUNCTION pg_temp.at(OUT timestamptz) LANGUAGE sql VOLATILE AS
$$SELECT timestamptz '2023-07-01 00:00Z' + random() * interval '550 days'$$;
CREATE FUNCTION pg_temp.one_of(VARIADIC words text[]) RETURNS text LANGUAGE sql VOLATILE AS
$$SELECT words[1 + floor(random() * cardinality(words))::integer]$$;
CREATE TABLE src.post AS
SELECT 'q' || n AS post_id, CASE WHEN n % 4 > 0 THEN 'q' || (n * random())::integer END AS parent_id,
       CASE WHEN n % 17 = 0 THEN 't' || n % 5 END AS thread_id, CASE WHEN n % 9 > 0
           THEN pg_temp.who() END AS customer_id,
       CASE WHEN n % 18 = 0 THEN 's1' END AS staff_id,
       pg_temp.one_of('Question', 'answer', NULL, 'shout', 'comment') AS kind, pg_temp.at() AS posted_at,
       n % 7 = 0 AS is_accepted, CASE WHEN n % 11 = 0 THEN 'q' || n + 3 END AS accepted_post_id,
       pg_temp.one_of('a;b', 'b,c,b', NULL, ' ; ') AS tags, 'word' || (9 * random())::integer || ' Über the' AS title,
       n AS view_count, 'b' || n % 3 AS board
FROM generate_series(1, 300) AS n;
CREATE TABLE src.idea AS
SELECT 'i' || n AS idea_id, CASE WHEN n % 9 > 0 THEN pg_temp.who() END AS customer_id,
       pg_temp.one_of('idea', 'defect', NULL) AS kind, pg_temp.at() AS submitted_at,
       CASE WHEN n % 5 > 0 THEN '3.' || n % 12 END AS release_id
FROM generate_series(1, 80) AS n;
CREATE TABLE src.idea_state AS
SELECT 'i' || (90 * random())::integer AS idea_id, pg_temp.at() AS changed_at,
       pg_temp.one_of('Accepted', 'Final', 'Draft', 'Rejected', 'odd', 'done') AS state
FROM generate_series(1, 200) AS n;
CREATE TABLE src.release AS
SELECT '3.' || n % 12 || '.' || n / 12 AS release_id, '3.' || n % 12 AS series, pg_temp.one_of('beta', 'final') AS kind,
       CASE WHEN n % 5 > 0 THEN date '2023-08-01' + n * 9 END AS planned_on,
       date '2023-08-01' + n * 9 + n % 13 - 4 AS released_on
FROM generate_series(0, 60) AS n;
CREATE TABLE src.program_member AS
SELECT pg_temp.one_of('beta', 'vip') AS program, pg_temp.who() AS customer_id,
       CASE WHEN n % 5 > 0 THEN pg_temp.at()::date END AS joined_on,
       CASE WHEN n % 3 = 0 THEN pg_temp.at()::date END AS left_on
FROM generate_series(1, 40) AS n;
CREATE TABLE src.member AS
SELECT md5('p' || n)::uuid AS customer_id, CASE WHEN n % 5 > 0 THEN pg_temp.at() END AS registered_at
FROM generate_series(1, 50) AS n;
CREATE TABLE src.event AS
SELECT 'e' || n AS event_id, pg_temp.one_of('meetup', NULL, 'launch') AS kind,
       CASE WHEN n % 3 > 0 THEN timestamptz '2023-08-01 12:00Z' + n * interval '9 days' END AS starts_at,
       n % 2 = 0 AS is_executive_present
FROM generate_series(1, 40) AS n;
CREATE TABLE src.attendance AS
SELECT 'e' || (45 * random())::integer AS event_id, CASE WHEN n % 50 > 0 THEN pg_temp.who() END AS customer_id,
       pg_temp.one_of('yes', 'No', 'waitlist', 'perhaps', 'yes') AS response, n % 4 - 1 AS guests,
       CASE WHEN n % 40 > 0 THEN pg_temp.at() END AS replied_at,
       CASE n % 3 WHEN 0 THEN true WHEN 1 THEN false END AS is_present
FROM generate_series(1, 700) AS n;
CREATE TABLE src.campaign AS
SELECT 'k' || n AS campaign_id, 'K' || n % 3 AS campaign_name, n * 10.0 AS cost FROM generate_series(1, 6) AS n;
CREATE TABLE src.touch AS
SELECT 'h' || n AS touch_id, CASE WHEN n % 6 > 0 THEN 'k' || n % 7 END AS campaign_id,
       CASE WHEN n % 10 > 0 THEN pg_temp.who() END AS customer_id, CASE WHEN n % 20 = 0 THEN 'a' || n % 13 END AS actor,
       pg_temp.one_of('mail', 'web', NULL, 'shop') AS channel, pg_temp.at() AS touched_at,
       pg_temp.one_of('click', 'post', 'repost', 'like', NULL, 'odd') AS kind,
       CASE WHEN n % 3 = 0 THEN 'h' || (n * random())::integer END AS parent_id,
       CASE n % 7 WHEN 2 THEN 'Control' WHEN 3 THEN 'mailed' END AS arm, CASE WHEN n % 2 = 0 THEN 0.5 END AS cost
FROM generate_series(1, 500) AS n;
CREATE TABLE src.conversion AS
SELECT 'c' || n AS conversion_id, pg_temp.who() AS customer_id, pg_temp.at() AS converted_at,
       pg_temp.one_of('visit', NULL) AS kind, n % 3 AS conversion_count, n * 1.25 AS amount, n % 4 AS null_count
FROM generate_series(1, 80) AS n;
CREATE TABLE src.mention AS
SELECT CASE WHEN n % 30 > 0 THEN 'brand' || (4 * random())::integer END AS brand, n % 5 = 0 AS is_own,
       pg_temp.at() AS mentioned_at, pg_temp.one_of('positive', 'NEG', 'meh', NULL) AS sentiment
FROM generate_series(1, 1000) AS n;
CREATE TABLE src.self_service AS
SELECT pg_temp.at() AS served_at, n AS direct_count, n * 10 AS view_count FROM generate_series(1, 50) AS n;
CREATE TABLE src.referral AS
SELECT pg_temp.who() AS customer_id, pg_temp.who() AS referrer_id, CASE WHEN n % 3 > 0
    THEN pg_temp.at() END AS referred_at
FROM generate_series(1, 60) AS n;
CREATE TABLE src.purchase AS
SELECT pg_temp.who() AS customer_id, pg_temp.at() AS purchased_at, round((100 * random())::numeric, 2) AS amount
FROM generate_series(1, 300) AS n;
CREATE TABLE src.visit AS
SELECT pg_temp.who() AS customer_id, pg_temp.one_of('care', 'repair') AS purpose, pg_temp.at() AS arrived_at
FROM generate_series(1, 100) AS n;

-- The sources of a schema, column by column, and those of them that hold a condition
CREATE FUNCTION pg_temp.sources(schema text, OUT jsonb) LANGUAGE sql AS $$
    SELECT jsonb_object_agg(relname, (SELECT jsonb_object_agg(attname, quote_ident(attname)) FROM pg_attribute
                                      WHERE attrelid = c.oid AND attnum > 0)
                                     || jsonb_build_object('from', schema || '.' || relname))
    FROM pg_class AS c WHERE relnamespace = schema::regnamespace AND relkind = 'r'
$$;
CREATE FUNCTION pg_temp.copy_part(schema text, condition text, hidden_after date DEFAULT 'infinity') RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    copied record;
BEGIN
    EXECUTE format('CREATE SCHEMA %I', schema);
    FOR copied IN
        SELECT c.oid::regclass AS relation, c.relname,
               max(a.attname) FILTER (WHERE a.attname = 'customer_id') AS customer_id,
               max(a.attname) FILTER (WHERE a.attname ~ '_at$'
               AND a.attname <> 'starts_at' OR a.attname = 'joined_on') AS at,
               string_agg(CASE WHEN a.attname IN ('released_on', 'left_on')
                               THEN format('CASE WHEN %1$I <= %2$L THEN %1$I END AS %1$I', a.attname, hidden_after)
                               ELSE quote_ident(a.attname) END, ', ' ORDER BY a.attnum) AS columns
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE c.relnamespace = 'src'::regnamespace AND c.relkind = 'r' GROUP BY c.oid, c.relname
    LOOP
        EXECUTE format('CREATE TABLE %I.%I AS SELECT %s FROM %s WHERE %s', schema, copied.relname, copied.columns,
                       copied.relation, replace(replace(condition, '{at}', coalesce(copied.at, 'NULL::date')),
                       '{customer}',
                                                coalesce(copied.customer_id, 'NULL::uuid')));
    END LOOP;
END $$;
-- Views of these subjects whose rows are not the same in both workspaces
CREATE FUNCTION pg_temp.differing(one text, other text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    compared text;
    answers text[];
BEGIN
    FOR compared IN EXECUTE format($q$SELECT c.relname FROM pg_class AS c
            WHERE c.relnamespace = %L::regnamespace AND c.relkind = 'v' AND c.relname !~ '^data_quality'
              AND c.relname IN (SELECT substring(s.statement FROM '^CREATE OR REPLACE VIEW (\w+)')
              FROM crm_workspace_script() AS s
                                WHERE s.subject IN ('community', 'event', 'campaign'))
            ORDER BY 1$q$, one) LOOP
        EXECUTE format('SELECT ARRAY[(SELECT string_agg(v::text, ''|'' ORDER BY v::text COLLATE "C")
        FROM %1$I.%3$I AS v),
                                     (SELECT string_agg(v::text, ''|'' ORDER BY v::text COLLATE "C")
                                     FROM %2$I.%3$I AS v)]',
                       one, other, compared) INTO answers;
        IF answers[1] IS DISTINCT FROM answers[2] THEN
            RETURN NEXT compared;
        END IF;
    END LOOP;
END $$;

SELECT crm_create_workspace('whole', pg_temp.sources('src'), time_zone => 'Pacific/Kiritimati', maintain => 'refresh');
SELECT pg_temp.copy_part('past', $$coalesce({at} < '2024-05-06 00:00+14'::timestamptz, true)$$, '2024-05-05');
SELECT crm_create_workspace('then', pg_temp.sources('past'), time_zone => 'Pacific/Kiritimati', maintain => 'refresh');
SET LOCAL crm_ext.as_of = '2024-05-05';
SET LOCAL TimeZone = 'America/Los_Angeles';
SELECT ok((SELECT count(*) FROM whole.post_known) BETWEEN 100 AND 200, 'about half of it had been by then');
SELECT is_empty($$SELECT pg_temp.differing('whole', 'then')$$, 'what came after as_of counts in no view');
UPDATE whole.setting SET min_cell = 5;
UPDATE "then".setting SET min_cell = 5;
SELECT is_empty($$SELECT pg_temp.differing('whole', 'then')$$, 'nor in what is hidden');
UPDATE whole.setting SET min_cell = 1;
SELECT is_empty('SELECT view_name, column_name FROM whole.reconciliation WHERE difference <> 0', 'and it adds up');
SET LOCAL crm_ext.as_of = '2020-01-01';
SELECT lives_ok($$SELECT pg_temp.differing('whole', 'then')$$, 'before anything was every view reads');
SET LOCAL crm_ext.as_of = '2024-05-05';

-- A reader of some customers reads what they alone would make. Before 15 views show what their owner may see.
SELECT current_setting('server_version_num')::integer >= 150000 AS sees_as_reader \gset
\if :sees_as_reader
SELECT pg_temp.copy_part('part', $$coalesce({customer}::text < '9', true)$$);
SELECT crm_create_workspace('parted', pg_temp.sources('part'), time_zone => 'Pacific/Kiritimati',
    maintain => 'refresh');
CREATE ROLE crm_some_reader;
SELECT format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY; CREATE POLICY seen ON %1$s FOR SELECT TO crm_some_reader
    USING (coalesce(customer_id::text < ''9'', true))', attrelid::regclass) FROM pg_attribute
WHERE attname = 'customer_id' AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'src'::regnamespace) \gexec
SELECT crm_upgrade_workspace('whole');
SELECT count(*) FROM crm_grant_reader('whole', 'crm_some_reader');
SELECT count(*) FROM crm_grant_reader('parted', 'crm_some_reader');
SET LOCAL ROLE crm_some_reader;
CREATE TEMPORARY TABLE read_apart AS SELECT * FROM pg_temp.differing('whole', 'parted') AS view_name;
RESET ROLE;
SELECT set_eq('TABLE read_apart', '{idea_value_by_segment}'::text[], 'but for segments, which are of everybody');
\else
SELECT skip('views show what their owner may see', 1);
\endif

-- Threads are told by the root of the posts that are answered
SELECT crm_create_workspace('crm', subjects => '{community,event,campaign}');
INSERT INTO crm.post (post_id, parent_id, thread_id, posted_at, customer_id) VALUES
    ('q', NULL, NULL, '2024-01-01', 'ann'), ('a', 'q', NULL, '2024-01-02', 'bob'), ('c', 'a', NULL, '2024-01-03',
        'cid'),
    ('d', 'c', NULL, '2024-01-04', 'ann'), ('named', 'd', 'other', '2024-01-05', 'ann'),
    ('below', 'named', NULL, '2024-01-06', 'ann'), ('lost', 'gone', NULL, '2024-01-07', 'ann'),
    ('lost too', 'gone', NULL, '2024-01-07', 'ann'), ('x', 'y', NULL, '2024-01-08', 'ann'),
    ('y', 'x', NULL, '2024-01-08', 'ann'), ('z', 'y', NULL, '2024-01-08', 'ann'), ('early', 'late', NULL,
    '2024-01-09', 'ann'),
    ('late', 'q', NULL, '2025-01-01', 'ann');
SELECT results_eq('SELECT post_id, thread_id FROM crm.community_post ORDER BY posted_at, post_id',
    $$VALUES ('q', 'q'), ('a', 'q'), ('c', 'q'), ('d', 'q'), ('named', 'other'), ('below', 'other'), ('lost', 'gone'),
        ('lost too', 'gone'), ('x', 'x'), ('y', 'y'), ('z', 'z'), ('early', 'late')$$,
    'by the root, or the nearest that names one; a circle has none');

-- Helpers by the askers they helped; months by their answers
INSERT INTO crm.post (post_id, parent_id, posted_at, customer_id) VALUES ('q2', NULL, '2024-02-01', 'ann'),
    ('q3', NULL, '2024-02-01', NULL), ('b2', 'q2', '2024-03-02', 'bob'), ('b3', 'q3', '2024-03-02', 'bob');
SELECT results_eq($$SELECT answer_count, helped_count FROM crm.top_helper WHERE customer_id = 'bob'$$,
    'VALUES (3::bigint, 1::bigint)', 'an asker who is gone is nobody helped, and answered all the same');
SELECT results_eq($$SELECT month_on, question_count, answer_count FROM crm.peer_help_monthly WHERE question_count > 0$$,
    $$VALUES ('2024-01-01'::date, 1::bigint, 1::bigint), ('2024-02-01', 2, 2)$$,
        'answers count for their question''s month');
SELECT is((SELECT factor_value FROM crm.community_health WHERE month_on = '2024-02-01' AND factor = 'interaction'),
    1::double precision, 'and make the interaction of community_health');
SELECT results_eq($$SELECT question_count, answered_count, peer_answered_count, solved_count, answer_count,
    answered_share FROM crm.peer_help_monthly WHERE month_on = '2024-04-01'$$,
    'VALUES (0::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint, NULL::double precision)',
    'a month without a question has none, and no share of them');

-- Staff answers: first, later, and before the question
INSERT INTO crm.post (post_id, parent_id, posted_at, staff_id) VALUES ('o2', 'q2', '2024-02-01 06:00', 's1'),
    ('o3', 'q3', '2024-01-31', 's1');
SELECT results_eq('SELECT question_count, official_count, first_official_count, median_replied_hours
    FROM crm.official_reply',
    'VALUES (3::bigint, 2::bigint, 1::bigint, 6::double precision)',
    'an answer before its question has no waiting time, and is first of none beside others');

-- A programme joined twice
INSERT INTO crm.program_member (program, customer_id, joined_on, left_on) VALUES ('beta', 'ann', '2024-01-01',
    '2024-03-01'),
    ('beta', 'ann', '2024-02-01', NULL), ('beta', 'ann', NULL, NULL);
INSERT INTO crm.idea (idea_id, customer_id, kind, submitted_at) VALUES ('i1', 'ann', 'idea', '2024-02-10'),
    ('i2', 'bob', 'idea', '2024-02-10'), ('i3', 'cid', 'praise', '2024-02-10');
SELECT results_eq('SELECT member_count, active_count, report_count FROM crm.program_activity',
    'VALUES (1::bigint, 1::bigint, 1::bigint)', 'a report of somebody who joined twice is one');
UPDATE crm.setting SET min_cell = 2;
SELECT results_eq('SELECT kind FROM crm.idea_funnel UNION ALL SELECT kind FROM crm.feedback_loop UNION ALL
    SELECT kind FROM crm.idea_monthly UNION ALL SELECT kind FROM crm.feedback_by_release',
    $$VALUES ('idea'), ('idea'), ('idea'), ('idea')$$, 'kinds of ideas of one author are hidden');
INSERT INTO crm.post (post_id, board, customer_id, posted_at)
SELECT b || n, b, 'b' || n, '2024-02-01' FROM unnest('{0,4,6}'::integer[], '{few,four,six}'::text[]) AS u (k, b),
    generate_series(1, greatest(k, 1)) AS n;
SELECT set_eq('SELECT board FROM crm.board_activity', '{four,six}'::text[],
    'a board of one is hidden, and the next, the posts of no board, less which it could be told');
DELETE FROM crm.post WHERE board IS NOT NULL;
INSERT INTO crm.program_member (program, customer_id) SELECT 'tests', 'm' || n FROM generate_series(1, 9) AS n;
INSERT INTO crm.idea (idea_id, customer_id, submitted_at) VALUES ('m', 'm1', '2024-02-10');
SELECT is_empty($$SELECT * FROM crm.program_activity WHERE program = 'tests'$$,
    'one of nine who reports is told by nobody');
DELETE FROM crm.idea WHERE idea_id = 'm';
UPDATE crm.setting SET min_cell = 1;

-- How often authors write: what is hidden is in no share
INSERT INTO crm.post (post_id, customer_id, posted_at)
SELECT 'w' || n || '-' || d, 'w' || n, date '2024-05-05' - d FROM generate_series(1, 5) AS n, generate_series(0,
    1) AS d;
INSERT INTO crm.post (post_id, customer_id, posted_at) VALUES ('v', 'v', '2024-05-05');
SELECT results_eq('SELECT active_days, member_count, member_share FROM crm.active_day_distribution
    WHERE window_days = 7 AND member_count > 0 ORDER BY 1',
    'VALUES (1, 1::bigint, 1 / 6.0::double precision), (2, 5, 5 / 6.0)', 'one wrote on one day, five on two');
SELECT is((SELECT factor_value FROM crm.community_health WHERE month_on = '2024-05-01' AND factor = 'liveliness'),
    0.4::double precision, 'of the five days of the month up to as_of');
UPDATE crm.setting SET min_cell = 3;
SELECT results_eq('SELECT active_days, member_count, member_share FROM crm.active_day_distribution
    WHERE window_days = 7 AND active_days <= 2 ORDER BY 1',
    'VALUES (1, NULL::bigint, NULL::double precision), (2, 5, NULL)', 'the share of five would tell of the one');
SELECT is((SELECT rest_share FROM crm.contributor_share WHERE measure = 'posts'), NULL,
    'nor do the rest tell of the first');
UPDATE crm.setting SET min_cell = 1;

-- Events: twice in the source, without a time of any reply, somebody there who had said no
INSERT INTO crm.event (event_id, kind, starts_at) VALUES ('e1', 'meetup', '2024-01-10 18:00+00');
INSERT INTO crm.attendance (event_id, customer_id, response, replied_at, is_present) VALUES
    ('e1', 'ann', 'yes', '2024-01-01', true), ('e1', 'bob', 'no', '2024-01-01', true), ('e1', 'cid', 'yes',
        '2024-01-01', false),
    ('e2', 'ann', 'yes', '2024-01-02', NULL), ('e2', 'bob', 'yes', '2024-01-02', NULL), ('e2', 'dan', 'no',
    '2024-01-02', NULL),
    ('e3', 'ann', 'yes', NULL, NULL);
SELECT results_eq('SELECT event_id, yes_count, present_count, show_share, first_timer_count
    FROM crm.event_attendance ORDER BY 1',
    $$VALUES ('e1', 2::bigint, 2::bigint, 0.5::double precision, 1::bigint), ('e2', 2, 0, NULL, 2), ('e3', 1, 0,
    NULL, 0)$$,
    'who comes uninvited is there, and in no share of those who said yes');
SELECT results_eq('SELECT event_count, yes_count, yes_customer_count FROM crm.event_summary',
    'VALUES (3::bigint, 5::bigint, 3::bigint)', 'all of them');
UPDATE crm.setting SET min_cell = 2;
SELECT results_eq('SELECT event_id FROM crm.event_attendance ORDER BY 1', $$VALUES ('e1'), ('e2')$$,
    'an event of one is hidden');
SELECT is_empty('SELECT * FROM crm.event_summary', 'and so is a sum less which it would be told');
INSERT INTO crm.attendance (event_id, customer_id, response) VALUES ('e4', 'zoe', 'no');
SELECT is((SELECT event_count FROM crm.event_summary), 4::bigint, 'two such events hide each other');
UPDATE crm.setting SET min_cell = 1;
CREATE TABLE src.doubled (id text, kind text);
INSERT INTO src.doubled VALUES ('e', 'b'), ('e', 'a'), (NULL, 'c');
SELECT crm_create_workspace('twice', '{"event": {"from": "src.doubled", "event_id": "id", "kind": "kind"}}');
SELECT results_eq('SELECT event_id, kind FROM twice.event_attendance', $$VALUES ('e', 'a')$$,
    'an event that is there twice is one');
SELECT is((SELECT problem_count FROM twice.data_quality WHERE source = 'event' AND check_name = 'duplicate_id'),
    1::bigint,
    'and is told of');

-- Who registers after as_of has joined with the first purchase
INSERT INTO crm.purchase (customer_id, purchased_at, amount) VALUES ('ann', '2024-01-05 12:00+00', 1);
INSERT INTO crm.customer (customer_id, registered_at) VALUES ('ann', '2025-01-01');
SELECT is((SELECT joined_at FROM crm.joined_customer WHERE customer_id = 'ann'), timestamptz '2024-01-05 00:00+00',
    'a registration to come is none');
SET LOCAL crm_ext.as_of = '2025-02-01';
SELECT is((SELECT joined_at FROM crm.joined_customer WHERE customer_id = 'ann'), timestamptz '2025-01-01 00:00-08',
    'until it has come');

-- Where clocks go back at midnight, a day ends at the first of the two
SET LOCAL timezone = 'Atlantic/Azores';
SELECT crm_create_workspace('island', '{}', subjects => '{community}');
SET LOCAL crm_ext.as_of = '2024-10-26';
INSERT INTO island.post (post_id, customer_id, posted_at) VALUES ('late', 'ann', '2024-10-27 00:30+00'),
    ('early', 'ann', '2024-10-26 23:30+00');
SELECT results_eq('SELECT post_id, posted_on FROM island.post_known', $$VALUES ('early', date '2024-10-26')$$,
    'no post of tomorrow');
-- Before a forum began it was not quiet: its first three weeks tell nothing yet, and the fourth is the fifth one's past
SELECT crm_create_workspace('young', '{}', 'UTC', subjects => '{community}');
INSERT INTO young.post (post_id, customer_id, posted_at) VALUES ('first', 'ann', '2024-06-05 09:00+00');
INSERT INTO young.post (post_id, customer_id, kind, posted_at, tags)
SELECT week || n::text, 'p' || n, 'question', timestamptz '2024-06-24 09:00+00' + week * interval '7 days', 'ads'
FROM generate_series(1, 6) AS n CROSS JOIN generate_series(0, 1) AS week;
SET LOCAL crm_ext.as_of = '2024-06-30';
SELECT is_empty('SELECT * FROM young.topic_surge', 'three weeks of a forum are too few to judge the next');
UPDATE young.post SET tags = NULL WHERE posted_at < '2024-07-01';
SET LOCAL crm_ext.as_of = '2024-07-07';
SELECT results_eq('SELECT asker_count, round(p_value::numeric, 9) FROM young.topic_surge',
    'VALUES (6::bigint, 0.000000274)', 'four are enough, and no week from before');
-- Months end as days do: where midnight comes twice, at the first
SELECT crm_create_workspace('havana', '{}', 'America/Havana', subjects => '{community}');
INSERT INTO havana.post (post_id, customer_id, posted_at) VALUES ('first', 'ann', '2015-10-05 09:00+00');
SET LOCAL crm_ext.as_of = '2015-11-30';
SELECT results_eq('SELECT started_at, ended_at FROM havana.community_month ORDER BY 1',
    $$VALUES (timestamptz '2015-10-01 04:00Z', timestamptz '2015-11-01 04:00Z'),
        ('2015-11-01 04:00Z', '2015-12-01 05:00Z')$$, 'a month ends at the first of two midnights');
SELECT * FROM finish();
ROLLBACK;
