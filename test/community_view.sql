-- Communities and events: the awkward ones.
BEGIN;
SELECT plan(51);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;

-- Nobody there
SELECT crm_create_workspace('crm', subjects => '{community,event}');
SET LOCAL crm_ext.as_of = '2024-06-30';
SELECT results_eq('SELECT question_count, answered_share, solved_low, median_peer_answer_hours FROM crm.peer_help',
    'VALUES (0::bigint, NULL::double precision, NULL::double precision, NULL::double precision)',
        'no posts: shares of nothing are NULL');
SELECT is_empty('SELECT FROM crm.community_size', 'no posts: no size');
SELECT is_empty('SELECT FROM crm.stickiness', 'no posts: no months');
SELECT is_empty('SELECT FROM crm.contributor_share', 'no posts: no shares');
SELECT is((SELECT count(*) FROM crm.active_day_distribution WHERE member_count = 0), 35::bigint,
    'no posts: 7 and 28 counts of nobody');
SELECT is_empty('SELECT FROM crm.idea_funnel UNION ALL SELECT FROM crm.event_effect UNION ALL SELECT
    FROM crm.care_effect', 'no ideas, no events');
SELECT results_eq('SELECT event_count, yes_share, max_yes_count FROM crm.event_summary',
    'VALUES (0::bigint, NULL::double precision, NULL::bigint)',
    'no events: a row of nothing');

-- The seeds' own numbers
INSERT INTO crm.community_count VALUES ('2010-08-16', 0, 0), ('2014-06-12', 19697554, 209158339), ('2025-01-01', 1, 1);
SELECT results_eq($$SELECT member_count, post_count, span_days, round(posts_per_member::numeric, 8),
    round(posts_per_day::numeric, 4)
                    FROM crm.community_size WHERE counted_from = 'community_count'$$,
    'VALUES (19697554::bigint, 209158339::bigint, 1396::double precision, 10.61849299, 149826.8904)',
        'a community that publishes totals');

-- One author, who asks and answers alone
INSERT INTO crm.post (post_id, customer_id, kind, posted_at, title) VALUES ('q1', 'ann', 'Question',
    '2024-06-01 10:00+00', 'How?');
INSERT INTO crm.post (post_id, customer_id, parent_id, kind, posted_at, is_accepted)
    VALUES ('a1', 'ann', 'q1', 'answer', '2024-06-02 10:00+00', true);
SELECT results_eq('SELECT question_count, answered_count, peer_answered_count, solved_count, self_accepted_count,
    self_answer_count FROM crm.peer_help',
    'VALUES (1::bigint, 1::bigint, 0::bigint, 1::bigint, 1::bigint, 1::bigint)',
        'an answer of one''s own is no peer''s');
SELECT is_empty('SELECT FROM crm.top_helper', 'nor is one a helper by it');
SELECT is((SELECT gini FROM crm.contributor_share WHERE measure = 'posts'), 0::double precision,
    'one author: all alike');
SELECT results_eq('SELECT monthly_count, mean_daily_count FROM crm.stickiness',
    'VALUES (1::bigint, (2 / 30.0)::double precision)', 'two days of thirty');

-- Deleted authors, staff, a peer
INSERT INTO crm.post (post_id, customer_id, staff_id, parent_id, kind, posted_at) VALUES
    ('q2', NULL, NULL, NULL, 'question', '2024-06-03 10:00+00'), ('a2', 'bob', NULL, 'q2', 'answer',
        '2024-06-03 12:00+00'),
    ('q3', 'bob', NULL, NULL, 'question', '2024-06-04 10:00+00'), ('a3', NULL, 's1', 'q3', 'answer',
        '2024-06-04 11:00+00'),
    ('q4', 'cid', NULL, NULL, 'question', '2024-06-05 10:00+00'), ('a4', NULL, NULL, 'q4', 'answer',
        '2024-06-05 16:00+00'),
    ('q5', 'cid', NULL, NULL, 'question', '2024-06-06 10:00+00');
SELECT results_eq('SELECT question_count, answered_count, peer_answered_count FROM crm.peer_help',
    'VALUES (5::bigint, 4::bigint, 2::bigint)',
    'an author unknown is another, staff is no peer');
SELECT results_eq('SELECT official_count, first_official_count, median_replied_hours FROM crm.official_reply',
    'VALUES (1::bigint, 1::bigint, 1::double precision)', 'staff answered one question in an hour');
SELECT is((SELECT median_official_hours FROM crm.official_reply), NULL, 'of all five that is not the median');
SELECT is((SELECT median_peer_answer_hours FROM crm.peer_help), NULL, 'two of five answered: no median either');
SELECT is((SELECT anonymous_post_count FROM crm.community_size WHERE counted_from = 'post'), 3::bigint,
    'posts without a customer');
SELECT is_empty($$SELECT * FROM crm_check_workspace('crm')$$, 'ledgers of posts are exact');

-- Posts without a thread, their own parents, in a circle, of kinds unknown, answers too early
INSERT INTO crm.post (post_id, customer_id, parent_id, kind, posted_at) VALUES
    ('x1', 'dan', 'x1', 'answer', '2024-06-07'), ('x2', 'dan', 'x3', 'answer', '2024-06-07'),
        ('x3', 'dan', 'x2', 'answer', '2024-06-08'),
    ('x4', 'dan', 'gone', 'answer', '2024-06-08'), ('x5', 'dan', NULL, 'shout', '2024-06-08'),
        ('x6', 'dan', NULL, NULL, '2024-06-08 02:00+00'),
    ('x7', 'eve', 'x6', NULL, '2024-06-08 01:00+00');
SELECT results_eq($$SELECT check_name, problem_count FROM crm.data_quality WHERE source = 'post' AND problem_count > 0
                    AND check_name <> 'missing_author' ORDER BY 1$$,
    $$VALUES ('before_question', 1::bigint), ('own_parent', 3), ('parent_cycle', 3), ('unknown_kind', 1),
        ('unknown_parent', 1)$$, 'all of it is told');
SELECT is((SELECT question_count FROM crm.peer_help), 6::bigint, 'a post without kind and parent is a question');
SELECT is((SELECT count(*) FROM crm.question_wait WHERE post_id = 'x6' AND kind = 'peer answer'), 0::bigint,
    'an answer before it has no waiting time');
SELECT lives_ok($$SELECT count(*) FROM crm.community_health; SELECT count(*) FROM crm.term_shift; SELECT count(*)
    FROM crm.topic_surge$$, 'and every view reads');

-- A circle of a thousand, with one post that hangs on it
INSERT INTO crm.post (post_id, customer_id, parent_id, kind, posted_at)
SELECT 'y' || n, 'dan', 'y' || n % 1000 + 1, 'answer', '2024-06-08' FROM generate_series(1, 1000) AS n;
INSERT INTO crm.post (post_id, customer_id, parent_id, kind, posted_at)
    VALUES ('yy', 'dan', 'y1', 'answer', '2024-06-08');
SELECT is((SELECT problem_count FROM crm.data_quality WHERE source = 'post' AND check_name = 'parent_cycle'),
    1004::bigint,
    'long circles are told too');
SELECT is((SELECT question_count FROM crm.peer_help), 6::bigint, 'and hold no question');
DELETE FROM crm.post WHERE post_id ~ '^y';

-- Terms by a configuration, and by a pattern
UPDATE crm.setting SET text_search_config = 'english';
INSERT INTO crm.post (post_id, customer_id, kind, posted_at, title, tags) VALUES
    ('t1', 'ann', 'question', '2024-06-20', 'Batteries and a battery', 'power; fast charging,power'),
        ('t2', 'bob', 'question', '2024-05-20', 'Screens', NULL);
SELECT results_eq($$SELECT term, term_count FROM crm.post_term WHERE post_id = 't1'$$,
    $$VALUES ('batteri', 2::bigint)$$, 'lexemes');
SELECT results_eq($$SELECT term, recent_count, previous_count FROM crm.term_shift WHERE term IN ('batteri', 'screen')
    ORDER BY rise_rank$$,
    $$VALUES ('batteri', 2::bigint, 0::bigint), ('screen', 0, 1)$$, 'what is said more than before');
UPDATE crm.setting SET term_pattern = '([a-z]{3,})';
SELECT set_eq($$SELECT term FROM crm.post_term WHERE post_id = 't1'$$, '{batteries,and,battery}'::text[],
    'matches of a pattern');
SELECT set_eq($$SELECT tag FROM crm.post_tag WHERE post_id = 't1'$$, ARRAY['power', 'fast charging'],
    'tags, each once');

-- A surge: six people ask on one day, after eight quiet weeks
INSERT INTO crm.post (post_id, customer_id, kind, posted_at, tags)
SELECT 's' || n, 'p' || n, 'question', '2024-06-25', 'ads' FROM generate_series(1, 6) AS n;
SELECT results_eq($$SELECT week_on, asker_count, is_surge FROM crm.topic_surge WHERE term = 'ads'$$,
    $$VALUES ('2024-06-24'::date, 6::bigint, true)$$, 'a surge in the week that has just ended');
SET LOCAL crm_ext.as_of = '2024-06-29';
SELECT is_empty($$SELECT FROM crm.topic_surge WHERE is_surge$$, 'a week in progress is not judged');
SET LOCAL crm_ext.as_of = '2024-06-30';

-- Engagement halves
DELETE FROM crm.post WHERE customer_id <> 'cid';
UPDATE crm.setting SET half_life_days = 24;
SELECT is((SELECT round(engagement::numeric, 9) FROM crm.engagement),
    round((2 * 2 ^ (-25 / 24.0) + 2 * 2 ^ (-24 / 24.0))::numeric, 9), 'two questions, some 24 days old');
SELECT is((SELECT post_count FROM crm.customer_360 WHERE customer_id = 'cid'), 2::bigint,
    'customer_360 knows of posts');

-- Ideas that go back, releases without a plan
INSERT INTO crm.idea (idea_id, customer_id, kind, submitted_at, release_id) VALUES
    ('i1', 'ann', 'idea', '2024-01-01', '3.1'), ('i2', 'ann', 'idea', '2024-01-01', '3.10'),
        ('i3', 'bob', 'idea', '2024-01-01', NULL);
INSERT INTO crm.idea_state (idea_id, changed_at, state) VALUES ('i1', '2024-02-01', 'Accepted'),
    ('i1', '2024-03-01', 'Draft'),
    ('i2', '2024-02-01', 'Final'), ('i3', '2024-02-01', 'Rejected'), ('i3', '2024-07-15', 'Accepted'),
        ('i3', '2024-02-02', 'who knows');
INSERT INTO crm.release (release_id, series, kind, planned_on, released_on) VALUES
    ('3.1.0', '3.1', 'final', NULL, '2024-02-15'), ('3.10.0', '3.10', 'final', '2024-02-20', '2024-03-01'),
        ('3.10.1', '3.10', 'final', '2024-03-01', '2024-08-01');
SELECT results_eq('SELECT submitted_count, accepted_count, shipped_count, declined_count, median_ship_days
    FROM crm.idea_funnel',
    'VALUES (3::bigint, 2::bigint, 1::bigint, 1::bigint, 60::double precision)',
        '3.10 is not 3.1, and who went back to a draft has not shipped');
SELECT results_eq('SELECT idea_id, state, meaning FROM crm.idea_status ORDER BY 1',
    $$VALUES ('i1', 'Draft', 'open'), ('i2', 'Final', 'done'), ('i3', 'who knows', NULL)$$, 'states of that day');
SELECT results_eq('SELECT series, release_count, gap_count, sd_gap_days FROM crm.release_cadence ORDER BY 1',
    $$VALUES ('3.1', 1::bigint, 0::bigint, NULL::double precision), ('3.10', 1, 0, NULL)$$,
        'one release has no cadence, and the next is not out');
SELECT results_eq($$SELECT release_count, mean_slip_days FROM crm.plan_adherence WHERE kind = 'all'$$,
    'VALUES (1::bigint, 10::double precision)', 'a release without a plan is left out');
INSERT INTO crm.program_member VALUES ('beta', 'ann', '2023-12-01', NULL), ('beta', 'bob', NULL, '2023-06-01');
SELECT results_eq('SELECT member_count, active_count, report_count, shipped_count FROM crm.program_activity',
    'VALUES (2::bigint, 1::bigint, 2::bigint, 1::bigint)', 'reports count for who is in the programme then');

-- Events: replies changed, guests below none, an effect that has not had its time
INSERT INTO crm.event (event_id, kind, starts_at) VALUES ('e1', 'meetup', '2024-02-01 18:00+00'),
    ('e2', 'meetup', '2024-06-15 18:00+00');
INSERT INTO crm.attendance (event_id, customer_id, response, guests, replied_at) VALUES
    ('e1', 'ann', 'no', 0, '2024-01-10'), ('e1', 'ann', 'Yes', 2, '2024-01-11'), ('e1', 'bob', 'no', -3, '2024-01-12'),
    ('e2', 'ann', 'yes', 0, '2024-03-01'), ('e2', 'bob', 'perhaps', 0, '2024-03-01'),
        ('e3', 'cid', 'waitlist', 0, '2024-03-01');
SELECT results_eq($$SELECT yes_count, no_count, headcount, first_timer_count FROM crm.event_attendance
    WHERE event_id = 'e1'$$,
    'VALUES (1::bigint, 1::bigint, 3::bigint, 1::bigint)', 'the latest reply counts, with its guests');
SELECT results_eq($$SELECT first_timer_count, repeat_count FROM crm.event_attendance WHERE event_id = 'e2'$$,
    'VALUES (0::bigint, 1::bigint)', 'and the second time is none');
SELECT results_eq('SELECT event_id, matched_count::integer, matched_change FROM crm.event_effect',
    $$VALUES ('e1', 1, 1::double precision)$$, 'only events with 90 days behind them');
SELECT results_eq($$SELECT check_name, problem_count FROM crm.data_quality WHERE source IN ('event', 'attendance')
    AND problem_count > 0 ORDER BY 1$$,
    $$VALUES ('missing_start', 1::bigint), ('negative_guests', 1), ('repeated_reply', 1), ('unknown_event', 1),
        ('unknown_response', 1)$$, 'what is wrong with replies');

-- Small kindnesses
INSERT INTO crm.visit (customer_id, purpose, arrived_at) VALUES ('ann', 'care', '2024-05-01'),
    ('ann', 'repair', '2024-05-02'), ('bob', 'repair', '2024-05-02');
INSERT INTO crm.rating (customer_id, touchpoint_id, level, score, rated_at) VALUES
    ('ann', 'shop', 'expected', 5, '2024-05-03'), ('ann', 'shop', 'actual', 8, '2024-05-03'),
        ('bob', 'shop', 'expected', 5, '2024-05-03'), ('bob', 'shop', 'actual', 4, '2024-05-03');
SELECT results_eq('SELECT is_cared_for, customer_count, mean_gap FROM crm.care_effect ORDER BY 1',
    'VALUES (false, 1::bigint, -1::double precision), (true, 1, 3)', 'with and without a kindness');

-- Small groups are hidden, and one person goes
UPDATE crm.setting SET min_cell = 3;
SELECT is_empty('SELECT FROM crm.care_effect UNION ALL SELECT FROM crm.idea_value UNION ALL SELECT
    FROM crm.event_attendance UNION ALL SELECT FROM crm.program_activity',
    'groups of fewer than three are hidden');
UPDATE crm.setting SET min_cell = 1;
SELECT isnt((crm_export_customer('crm', 'ann') -> 'attendance')::text, '[]', 'the export knows events');
SELECT crm_erase_customer('crm', 'ann');
SELECT is((SELECT count(*) FROM crm.customer_360 WHERE customer_id = 'ann'), 0::bigint, 'and so does erasure');
-- A post, or an idea, with both keys is staff's, in every view and in the ledgers.
SELECT crm_create_workspace('pair', '{}', subjects => '{community}');
INSERT INTO pair.post (post_id, customer_id, staff_id, parent_id, board, posted_at) VALUES
    ('q', 'ann', NULL, NULL, 'b', '2024-04-03'), ('a', 'sue', 's1', 'q', 'b', '2024-04-04'),
    ('r', 'bob', NULL, NULL, 'b', '2024-06-05');
INSERT INTO pair.idea (idea_id, customer_id, staff_id, kind, submitted_at)
VALUES ('i', 'sue', 's1', 'idea', '2024-06-01');
SELECT is_empty($$SELECT customer_id FROM pair.customer_360 WHERE customer_id = 'sue'
    UNION ALL SELECT customer_id FROM pair.community_member WHERE customer_id = 'sue'
    UNION ALL SELECT customer_id FROM pair.engagement WHERE customer_id = 'sue'
    UNION ALL SELECT customer_id FROM pair.post_activity WHERE customer_id = 'sue'
    UNION ALL SELECT customer_id FROM pair.idea_status WHERE customer_id = 'sue'
    UNION ALL SELECT customer_id FROM pair.top_helper$$, 'what staff write is no customer''s');
SELECT results_eq('SELECT b.author_count, s.author_count, s.anonymous_post_count, p.peer_answered_count,
        o.official_count, (SELECT sum(monthly_count) FROM pair.stickiness)
    FROM pair.board_activity AS b, pair.community_size AS s, pair.peer_help AS p, pair.official_reply AS o',
    'VALUES (2::bigint, 2::bigint, 1::bigint, 0::bigint, 1::bigint, 2::numeric)', 'by one rule');
UPDATE pair.post SET staff_id = NULL WHERE post_id = 'a';
SELECT is((SELECT posts::text FROM pair.post_activity WHERE customer_id = 'sue'), '{2024-04-04:1:0}',
    'a post that turns out to be no member of staff''s is followed');
UPDATE pair.post SET staff_id = 's1' WHERE post_id = 'a';
SELECT is_empty($$SELECT FROM pair.post_activity WHERE customer_id = 'sue' UNION ALL
    SELECT FROM crm_check_workspace('pair')$$, 'and back');

-- Counts of a month without posts are 0; views are NULL where nobody counts them.
SELECT results_eq($$SELECT factor, factor_value FROM pair.community_health WHERE month_on = '2024-05-01'
    ORDER BY factor_order$$,
    $$VALUES ('members', 0::double precision), ('content', 0), ('traffic', NULL), ('responsiveness', NULL),
        ('interaction', NULL), ('liveliness', 0)$$, 'a month without posts');
UPDATE pair.post SET view_count = 7 WHERE post_id = 'q';
SELECT results_eq($$SELECT factor_value FROM pair.community_health WHERE factor = 'traffic' ORDER BY month_on$$,
    'VALUES (7::double precision), (0), (0)', 'has no views where they are counted');

SELECT * FROM finish();
ROLLBACK;
