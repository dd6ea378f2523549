-- Rules of the community that well-kept forums never ask about: staff who write alone, answers dated before their
-- question, ideas without a log, months whose questions wait still.
BEGIN;
SELECT plan(21);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SET LOCAL timezone = 'Europe/Rome';
SELECT crm_create_workspace('forum', '{}', 'Europe/Rome', subjects => '{community}');
SET LOCAL search_path = forum, public;
SET LOCAL crm_ext.as_of = '2024-06-30';

-- Six posts of one member of staff are no six people; unknown authors are.
INSERT INTO post (post_id, customer_id, posted_at) VALUES ('old', 'z', '2024-04-01 10:00');
INSERT INTO post (post_id, staff_id, posted_at, tags)
SELECT 's' || n, 'Ada', timestamptz '2024-06-25 10:00' + n * interval '1 minute', 'battery; screen'
FROM generate_series(1, 6) AS n;
INSERT INTO post (post_id, customer_id, posted_at, tags)
SELECT 'c' || n, CASE WHEN n <= 2 THEN 'ann' END, timestamptz '2024-06-25 10:00' + n * interval '1 minute', 'screen'
FROM generate_series(1, 6) AS n;
SELECT results_eq('SELECT term, asker_count, is_surge FROM topic_surge ORDER BY 1',
    $$VALUES ('screen', 5::bigint, true)$$, 'topic_surge: staff are no askers, unknown authors one each');
DELETE FROM post;

-- A question with an answer from before it and one from after: the second is its first.
INSERT INTO post (post_id, parent_id, customer_id, staff_id, posted_at, accepted_post_id) VALUES
    ('q1', NULL, 'ann', NULL, '2024-06-03 10:00', NULL), ('q1a', 'q1', 'bob', NULL, '2024-06-03 09:00', NULL),
    ('q1b', 'q1', 'cat', NULL, '2024-06-03 12:00', NULL),
    -- One with an early answer alone
    ('q2', NULL, 'ann', NULL, '2024-06-04 10:00', NULL), ('q2a', 'q2', 'bob', NULL, '2024-06-04 09:00', NULL),
    -- Ones that accept themselves, and the answer to another
    ('q3', NULL, 'ann', NULL, '2024-06-05 10:00', 'q3'), ('q4', NULL, 'ann', NULL, '2024-06-06 10:00', 'q1b'),
    ('q5', NULL, 'ann', NULL, '2024-06-07 10:00', 'q5a'), ('q5a', 'q5', 'cat', NULL, '2024-06-07 14:00', NULL);
SELECT results_eq('SELECT post_id, wait_hours, is_ended FROM question_wait WHERE kind = ''peer answer'' ORDER BY 1',
    $$VALUES ('q1', 2::double precision, true), ('q3', 614, false), ('q4', 590, false), ('q5', 4, true)$$,
    'an early answer is none where there is another');
SELECT results_eq('SELECT question_count, answered_count, peer_answered_count, solved_count, solved_answered_share,
        median_answered_hours FROM peer_help',
    'VALUES (5::bigint, 3::bigint, 3::bigint, 1::bigint, 1 / 3::double precision, 3::double precision)',
    'solved is what accepts an answer to it');
SELECT results_eq('SELECT check_name, problem_count, example_key FROM data_quality WHERE source = ''post''
        AND problem_count > 0 AND severity <> ''info'' ORDER BY 1',
    $$VALUES ('before_question', 2::bigint, 'q1a'), ('invalid_accepted', 2, 'q3')$$, 'and data_quality says so');
DELETE FROM post;

-- A remark dated before another is no early answer; nor is one that answers an answer.
INSERT INTO post (post_id, parent_id, customer_id, kind, posted_at) VALUES
    ('m1', NULL, 'ann', 'shout', '2024-06-03 10:00'), ('m2', 'm1', 'bob', 'shout', '2024-06-03 09:00'),
    ('m3', NULL, 'ann', 'question', '2024-06-03 10:00'), ('m4', 'm3', 'bob', 'answer', '2024-06-03 12:00'),
    ('m5', 'm4', 'cat', 'answer', '2024-06-03 11:00'), ('m6', 'm3', 'dan', 'shout', '2024-06-03 09:00');
SELECT is((SELECT problem_count FROM data_quality WHERE source = 'post' AND check_name = 'before_question'), 0::bigint,
    'before_question: answers to questions alone');
INSERT INTO post (post_id, parent_id, customer_id, posted_at) VALUES ('g1', 'gone', 'ann', '2024-06-03 10:00'),
    ('g2', 'gone', 'bob', '2024-06-03 11:00'), ('g3', 'g2', 'cat', '2024-06-03 12:00'),
    ('k1', 'k2', 'ann', '2024-06-03 10:00'), ('k2', 'k1', 'ann', '2024-06-03 10:00');
SELECT results_eq('SELECT post_id, thread_id FROM community_post WHERE post_id ~ ''^[gk]'' ORDER BY 1',
    $$VALUES ('g1', 'gone'), ('g2', 'gone'), ('g3', 'gone'), ('k1', 'k1'), ('k2', 'k2')$$,
    'answers to what is gone share a thread');
DELETE FROM post;

-- A month in which the median was never reached is worse than all others; one without questions is no better.
INSERT INTO post (post_id, parent_id, customer_id, posted_at) VALUES
    ('a1', NULL, 'a', '2024-02-01 10:00'), ('a1r', 'a1', 'b', '2024-02-01 12:00'),
    ('a2', NULL, 'a', '2024-03-01 10:00'), ('x', 'a2', 'a', '2024-04-01 10:00'),
    ('a3', NULL, 'a', '2024-05-01 10:00'), ('a3r', 'a3', 'b', '2024-05-01 15:00'),
    ('a4', NULL, 'a', '2024-06-01 10:00'), ('a4r', 'a4', 'b', '2024-06-01 16:00');
SELECT results_eq('SELECT month_on, factor_value, history_share FROM community_health WHERE factor = ''responsiveness''
        ORDER BY 1',
    $$VALUES (date '2024-02-01', 2::double precision, 1::double precision), ('2024-03-01', NULL, 0.25),
        ('2024-04-01', NULL, NULL), ('2024-05-01', 5, 0.75), ('2024-06-01', 6, 0.5)$$,
    'community_health: as many months were as good or worse');

-- Ideas of which only the state of today is known
INSERT INTO idea (idea_id, submitted_at, customer_id, kind, state, release_id) VALUES
    ('i1', '2024-01-10', 'a', 'idea', 'Final', '1.0'), ('i2', '2024-01-10', 'b', 'idea', 'rejected', NULL),
    ('i3', '2024-01-10', 'c', 'idea', 'accepted', NULL), ('i4', '2024-01-10', 'd', 'idea', NULL, NULL),
    ('i5', '2024-01-10', 'd', 'idea', 'parked', NULL), ('i6', '2024-01-10', 'd', 'idea', 'open', NULL),
    ('i7', '2024-01-10', 'd', 'idea', 'done', NULL);
INSERT INTO idea_state (idea_id, changed_at, state) VALUES ('i6', '2024-01-20', 'open'),
    ('i7', '2024-01-20', 'accepted');
INSERT INTO release (release_id, kind, released_on) VALUES ('1.0', 'final', '2024-03-01');
SELECT results_eq('SELECT submitted_count, accepted_count, shipped_count, declined_count, open_count FROM idea_funnel',
    'VALUES (7::bigint, 3::bigint, 1::bigint, 1::bigint, 3::bigint)', 'idea_funnel: counted by it');
SELECT results_eq('SELECT month_on, accepted_count, declined_count FROM idea_monthly',
    $$VALUES (date '2024-01-01', 3::bigint, 1::bigint)$$, 'idea_monthly as well');
SELECT results_eq('SELECT idea_id, accepted_at, is_accepted, is_declined FROM idea_status ORDER BY 1',
    $$VALUES ('i1', NULL::timestamptz, true, false), ('i2', NULL, false, true), ('i3', NULL, true, false),
        ('i4', NULL, false, false), ('i5', NULL, false, false), ('i6', NULL, false, false),
        ('i7', '2024-01-20', true, false)$$, 'not when it was accepted, but that it was');
SELECT is((SELECT sum(accepted_count) FROM idea_value), 3::numeric, 'idea_value');
SELECT results_eq('SELECT check_name, problem_count, example_key FROM data_quality WHERE source = ''idea''
        AND problem_count > 0 ORDER BY 1',
    $$VALUES ('missing_state', 1::bigint, 'i4'), ('unknown_state', 1, 'parked')$$,
    'and one without a state is one that has none');

DELETE FROM idea WHERE idea_id IN ('i4', 'i5', 'i6');
SELECT is((SELECT median_accept_days FROM idea_funnel), 10::double precision,
    'days to a decision that nobody noted are no days of waiting');

-- Reactions are acts too, of the weight of their kind.
INSERT INTO post_kind VALUES ('like', 'other', 0.25);
DELETE FROM post;
INSERT INTO post (post_id, customer_id, kind, posted_at) VALUES ('p', 'ann', 'question', '2024-06-30 10:00');
INSERT INTO reaction (post_id, customer_id, kind, reacted_at) VALUES ('p', 'bob', 'Like', '2024-06-30 11:00'),
    ('p', 'bob', 'like', '2024-06-30 12:00'), ('p', 'bob', 'share', '2024-06-30 12:00'),
    ('p', 'ann', 'share', '2024-06-30 12:00'), ('p', 'bob', 'like', '2024-07-01 12:00'), ('p', 'bob', 'like', NULL),
    ('p', NULL, 'like', '2024-06-30 12:00');
SELECT results_eq('SELECT customer_id, engagement, engagement_percentile_share, post_count, reaction_count, last_post_on
        FROM engagement ORDER BY 1',
    $$VALUES ('ann', 3::double precision, 1::double precision, 1::bigint, 1::bigint, date '2024-06-30'),
        ('bob', 1.5, 0, 0, 3, NULL)$$, 'engagement: posts and reactions up to as_of');

-- Three releases of one day each last until the next.
DELETE FROM idea;
DELETE FROM idea_state;
DELETE FROM release;
INSERT INTO release (release_id, product_id, released_on, kind) VALUES ('14.12', 'pg', '2024-05-09', 'final'),
    ('15.7', 'pg', '2024-05-09', 'final'), ('16.3', 'pg', '2024-05-09', 'final'), ('17', 'pg', '2024-06-09', 'final');
INSERT INTO program_member VALUES ('beta', 'c1', '2024-01-01', NULL);
INSERT INTO idea (idea_id, submitted_at, customer_id, kind, product_id, state, release_id)
VALUES ('i1', '2024-05-20', 'c1', 'defect', 'pg', 'under review', NULL),
    ('i2', '2024-06-10', 'd', 'idea', 'pg', 'done', '17');
INSERT INTO release (release_id, product_id, released_on, kind) VALUES ('1', 'pg', '-infinity', 'final');
SELECT results_eq('SELECT release_id, active_count FROM program_by_release ORDER BY released_on, release_id',
    $$VALUES ('1', 0::bigint), ('14.12', 1), ('15.7', 1), ('16.3', 1), ('17', 0)$$, 'program_by_release');

-- Members who come again between two releases, stay no day, never come, or are there at all times; a release of no
-- product, to which reports of any belong.
INSERT INTO program_member VALUES ('alpha', 'a', '2024-05-10', '2024-05-15'),
    ('alpha', 'a', '2024-05-20', '2024-06-09'), ('alpha', 'b', 'infinity', NULL),
    ('alpha', 'c', '-infinity', '-infinity'),
    ('alpha', 'd', '2024-06-12', '2024-06-12'), ('alpha', 'e', NULL, 'infinity'), ('alpha', 'e', '2024-06-01', NULL);
INSERT INTO release (release_id, product_id, released_on, kind) VALUES ('any', NULL, '2024-06-01', 'final');
INSERT INTO idea (idea_id, submitted_at, customer_id, kind, product_id) VALUES ('i5', '2024-06-15', 'e', 'idea', 'my');
SELECT results_eq($$SELECT release_id, member_count, active_count, report_count FROM program_by_release
        WHERE program = 'alpha' ORDER BY released_on, release_id$$,
    $$VALUES ('1', 1::bigint, 0::bigint, 0::bigint), ('14.12', 2, 0, 0), ('15.7', 2, 0, 0), ('16.3', 2, 0, 0),
        ('any', 3, 1, 1), ('17', 2, 0, 0)$$, 'each member counts once in each release that the membership meets');
SELECT results_eq($$SELECT member_count, active_count, report_count FROM program_activity WHERE program = 'alpha'$$,
    'VALUES (4::bigint, 1::bigint, 1::bigint)', 'program_activity: and so does a report');
DELETE FROM program_member WHERE program = 'alpha';
DELETE FROM release WHERE release_id = 'any';
DELETE FROM idea WHERE idea_id = 'i5';

-- A change of the release alone is no change of state; a word that nobody knows is a state all the same.
INSERT INTO idea_state (idea_id, changed_at, state) VALUES ('i2', '2024-06-11', 'done');
ALTER TABLE idea_state ALTER COLUMN state DROP NOT NULL;
INSERT INTO idea_state (idea_id, changed_at, state, release_id) VALUES ('i2', '2024-06-12', NULL, '16.3');
UPDATE idea SET state = NULL WHERE idea_id = 'i2';
SELECT results_eq('SELECT idea_id, state, meaning, shipped_on FROM idea_status ORDER BY 1',
    $$VALUES ('i1', 'under review', NULL, NULL::date), ('i2', 'done', 'done', '2024-05-09')$$, 'idea_status');
INSERT INTO idea (idea_id, submitted_at, customer_id, kind, state) VALUES ('i3', '2024-06-10', 'd', 'idea', 'done');
INSERT INTO idea_state (idea_id, changed_at, state, release_id) VALUES ('i3', '2024-06-12', NULL, '16.3');
SELECT results_eq($$SELECT state, release_id, shipped_on FROM idea_status WHERE idea_id = 'i3'$$,
    $$VALUES ('done', '16.3', date '2024-05-09')$$, 'a release alone is one');
INSERT INTO idea_state (idea_id, changed_at, state) VALUES ('i1', '2024-07-02', 'under review');
SELECT is((SELECT state FROM idea_status WHERE idea_id = 'i1'), NULL, 'which it came into later');
INSERT INTO community_count VALUES ('2024-06-29', 120, 1300), ('2024-06-29', 130, 1200);
SELECT results_eq($$SELECT member_count, post_count FROM community_size WHERE counted_from = 'community_count'$$,
    'VALUES (130::bigint, 1300::bigint)', 'two counts of one day: the larger');
SELECT * FROM finish();
ROLLBACK;
