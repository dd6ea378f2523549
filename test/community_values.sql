-- Views of community over boards, ideas and releases of which every figure can be counted by hand.
BEGIN;
SELECT plan(10);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SET LOCAL crm_ext.as_of = '2024-06-30';

SELECT crm_create_workspace('forum', '{}', 'Europe/Berlin', subjects => '{community}');
INSERT INTO forum.post (post_id, board, customer_id, staff_id, parent_id, kind, posted_at) VALUES
    -- The last of the 28 days is the third of June
    ('p1', 'help', 'ann', NULL, NULL, NULL, '2024-06-02 12:00Z'),
    ('p2', 'help', 'bob', NULL, 'p1', NULL, '2024-06-02 22:00Z'),
    ('p3', 'help', 'cat', 's1', 'p1', NULL, '2024-06-04 12:00Z'),
    ('p4', 'help', 'ann', NULL, NULL, 'Topic', '2024-06-30 21:59Z'),
    ('p5', 'help', 'eve', NULL, NULL, NULL, '2024-06-30 22:00Z'),
    ('p6', NULL, 'cat', NULL, NULL, NULL, '2024-01-01 12:00Z'),
    ('p7', 'old', NULL, NULL, NULL, 'comment', '2023-05-01 12:00Z');
SELECT results_eq('SELECT board, post_count, question_count, author_count, recent_post_count, first_post_on,
    last_post_on FROM forum.board_activity ORDER BY board COLLATE "C"',
    $$VALUES ('help', 4::bigint, 2::bigint, 2::bigint, 3::bigint, date '2024-06-02', date '2024-06-30'),
        ('old', 1, 0, 0, 0, '2023-05-01', '2023-05-01'), (NULL, 1, 1, 1, 0, '2024-01-01', '2024-01-01')$$,
    'board_activity: staff are no authors, and nothing is after as_of');
SELECT is(col_description('forum.board_activity'::regclass, 2), 'Posts up to as_of.',
    'nor is it of one day, as a count');
SAVEPOINT few;
UPDATE forum.setting SET min_cell = 2;
SELECT results_eq('SELECT board, author_count FROM forum.board_activity', $$VALUES ('old', 0::bigint)$$,
    'neither a board of one author is told, nor the next, of which all without it would tell');
ROLLBACK TO few;

-- Two releases of a series, with one before them, and one to come
INSERT INTO forum.release (release_id, product_id, series, kind, planned_on, released_on) VALUES
    ('1.0a', 'p', 'one', 'alpha', '2024-01-05', '2024-01-10'),
    ('1.0', 'p', 'one', 'Final', '2024-02-01', '2024-02-01'),
    ('1.1', 'p', 'one', 'Final', '2024-04-01', '2024-04-10'), ('2.0', 'p', 'two', 'Final', '2024-07-01', '2024-07-05');
INSERT INTO forum.idea (idea_id, kind, customer_id, staff_id, product_id, submitted_at, release_id) VALUES
    ('i01', 'idea', 'ann', NULL, NULL, '2024-01-01', '1.0'),        -- shipped after 31 days
    ('i02', 'idea', 'ann', NULL, NULL, '2024-03-01', '1.0'),        -- 40 days, put off to 1.1
    ('i03', 'idea', 'bob', NULL, 'q', '2024-03-12', 'one'),         -- there before it was asked for
    ('i04', 'idea', 'bob', NULL, NULL, '2024-06-01', '2.0'),        -- waiting for 29 days
    ('i05', 'idea', 'cat', NULL, NULL, '2024-05-01', NULL),         -- 60 days
    ('i06', 'defect', 'ann', 's1', NULL, '2024-04-15', '1.1'),      -- 76 days, of staff
    ('i07', 'defect', 'dan', NULL, NULL, '2024-07-01', '1.1'),      -- after as_of
    ('i08', 'idea', 'ann', NULL, NULL, '2024-04-01', '2.0'),        -- 90 days, done, but not released
    ('i09', 'defect', 'bob', NULL, NULL, '2024-02-10', '1.1'),      -- shipped after 60 days
    ('i10', 'idea', 'bob', NULL, 'p', '2024-02-20', '1.1'),         -- 131 days, not done by as_of
    ('i11', 'praise', 'eve', NULL, NULL, '2023-12-01', NULL),
    ('i12', 'idea', 'cat', NULL, NULL, '2024-01-20', NULL);         -- 162 days
INSERT INTO forum.idea_state (idea_id, changed_at, state, release_id) VALUES
    ('i01', '2024-01-20', 'Done', NULL), ('i01', '2024-07-01', 'Done', '2.0'), ('i02', '2024-03-02', 'planned', '1.1'),
    ('i02', '2024-04-01', 'done', NULL), ('i03', '2024-03-13', 'done', NULL), ('i05', '2024-05-02', 'accepted', NULL),
    ('i08', '2024-06-01', 'done', NULL), ('i09', '2024-03-01', 'shipped', NULL), ('i10', '2024-07-01', 'done', NULL);
SELECT results_eq('SELECT release_id, kind, released_on, idea_count, shipped_count, after_release_count
    FROM forum.feedback_by_release ORDER BY release_id COLLATE "C", kind COLLATE "C"',
    $$VALUES ('1.0', 'idea', date '2024-02-01', 1::bigint, 1::bigint, 0::bigint),
        ('1.1', 'defect', '2024-04-10', 2, 1, 1), ('1.1', 'idea', '2024-04-10', 2, 1, 0),
        ('2.0', 'idea', NULL, 2, 0, 0), ('one', 'idea', '2024-02-01', 1, 1, 1), (NULL, 'idea', NULL, 2, 0, 0),
        (NULL, 'praise', NULL, 1, 0, 0)$$, 'feedback_by_release: of the release named last, done and released');
-- Of ideas 8 wait, one of them not: 7 in all, of which 31 and 40 days end. After these 6 / 7 and 2 / 3 are open: no
-- median, but the lower limit is there at 31. Of defects half are at 60.
SELECT results_eq('SELECT kind, idea_count, shipped_count, median_days, round(p90_days::numeric, 6), median_all_days,
    median_all_low, median_all_high FROM forum.feedback_loop ORDER BY kind COLLATE "C"',
    $$VALUES ('defect', 2::bigint, 1::bigint, 60::double precision, 60::numeric, 60::double precision,
            60::double precision, NULL::double precision),
        ('idea', 8, 3, 35.5, 39.1, NULL, 31, NULL), ('praise', 1, 0, NULL, NULL, NULL, NULL, NULL)$$,
    'feedback_loop: what is not shipped waits until as_of, what was there before is in no median');

-- Who is a member between a release and the next, and reports as one
INSERT INTO forum.program_member (program, customer_id, joined_on, left_on) VALUES
    ('beta', 'ann', '2024-01-15', '2024-03-05'), ('beta', 'bob', '2024-02-15', NULL),
    ('beta', 'cat', NULL, '2024-02-01'), ('beta', 'dan', '2024-07-01', NULL), ('beta', 'eve', NULL, NULL);
SELECT results_eq('SELECT program, release_id, released_on, member_count, active_count,
    round(active_share::numeric, 6), report_count FROM forum.program_by_release ORDER BY released_on',
    $$VALUES ('beta', '1.0a', date '2024-01-10', 3::bigint, 1::bigint, 0.333333, 1::bigint),
        ('beta', '1.0', '2024-02-01', 3, 2, 0.666667, 2), ('beta', '1.1', '2024-04-10', 2, 1, 0.5, 1)$$,
    'program_by_release: nor before they joined, nor after they left, nor of another product');
SELECT results_eq('SELECT program, member_count, active_count, report_count FROM forum.program_activity',
    $$VALUES ('beta', 4::bigint, 4::bigint, 6::bigint)$$,
    'program_activity: those, one of another product, and one from before the first release');

-- Five buyers, one of them of the newest fifth; cat has not bought
INSERT INTO forum.purchase (customer_id, purchased_at, amount) VALUES ('ann', '2024-06-20', 10),
    ('bob', '2024-05-20', 20), ('dan', '2024-04-20', 30), ('eve', '2024-03-20', 40), ('fay', '2024-02-20', 50);
UPDATE forum.setting SET segment_map = E'5 * * fresh\n* * * other';
SELECT crm_refit('forum');
SELECT results_eq('SELECT segment, segment_order, author_count, idea_count, shipped_count, shipped_per_100
    FROM forum.idea_value_by_segment ORDER BY segment_order',
    $$VALUES ('fresh', 1, 1::bigint, 3::bigint, 2::bigint, 200::double precision), ('other', 2, 2, 5, 2, 100),
        (NULL, NULL, 1, 2, 0, 0)$$, 'idea_value_by_segment: cat is of none, and staff are no authors');
UPDATE forum.setting SET min_cell = 2;
SELECT results_eq('SELECT segment FROM forum.idea_value_by_segment', $$VALUES ('other')$$,
    'two of one author are hidden, and together tell of none');
SELECT results_eq('SELECT release_id, kind FROM forum.feedback_by_release ORDER BY 1, 2',
    $$VALUES ('1.1', 'idea'), ('2.0', 'idea')$$, 'feedback_by_release: nor are releases with one author told');
SELECT * FROM finish();
ROLLBACK;
