-- Views of the programme over ratings and actions of which every figure can be counted by hand.
BEGIN;
SELECT plan(7);
SET LOCAL client_min_messages = error;
SET LOCAL jit = off;
SET LOCAL crm_ext.as_of = '2024-06-30';

SELECT crm_create_workspace('xp', '{}', 'UTC', subjects => '{programme}');
INSERT INTO xp.touchpoint (touchpoint_id, touchpoint_name, parent_id, stage) VALUES ('shop', 'The shop', NULL, NULL),
    ('till', 'Till', 'shop', 'new'), ('shelf', NULL, 'shop', NULL), ('door', 'Door', 'gone', 'mature');
-- At the till gaps of 2, -2 and 3; at the shelf of -3 twice; of -8 at the bin, which is not listed
INSERT INTO xp.rating (customer_id, touchpoint_id, angle, level, score, rated_at)
SELECT customer_id, touchpoint_id, 'function', level.name, level.score, rated_at
FROM (VALUES ('a', 'till', 5, 7, date '2024-06-01'), ('b', 'till', 5, 3, '2024-06-01'),
             ('c', 'till', 6, 9, '2024-06-30'), ('d', 'till', 1, 9, '2024-07-01'), ('a', 'shelf', 8, 5, '2024-06-01'),
             ('b', 'shelf', 8, 5, '2024-06-01'), ('e', 'bin', 9, 1, '2024-06-01'), ('f', 'bin', 9, 1, '2024-06-01'),
             -- More than setting.rating_days ago
             ('b', 'door', 5, 9, '2023-06-01')
     ) AS r (customer_id, touchpoint_id, expected, actual, rated_at)
CROSS JOIN LATERAL (VALUES ('expected', expected), ('actual', actual)) AS level (name, score);

-- The mean of 2, -2 and 3 is 1, their variance 7, and t of 2 degrees of freedom 4.302653
SELECT results_eq('SELECT touchpoint_id, touchpoint_name, parent_id, parent_name, stage, customer_count, pair_count,
    round(actual_mean::numeric, 4), gap, round(gap_low::numeric, 4), round(gap_high::numeric, 4), outcome
    FROM xp.touchpoint_detail ORDER BY touchpoint_id COLLATE "C"',
    $$VALUES ('door', 'Door', 'gone', 'gone', 'mature', NULL::bigint, NULL::bigint, NULL::numeric,
            NULL::double precision, NULL::numeric, NULL::numeric, NULL),
        ('shelf', 'shelf', 'shop', 'The shop', NULL, 2, 2, 5, -3, -3, -3, 'negative'),
        ('till', 'Till', 'shop', 'The shop', 'new', 3, 3, round(19 / 3.0, 4), 1, round(1 - 4.302653 * sqrt(7 / 3.0), 4),
            round(1 + 4.302653 * sqrt(7 / 3.0), 4), 'satisfied')$$,
    'touchpoint_detail: details alone, of what is not listed too, without old ratings');

INSERT INTO xp.action (action_id, touchpoint_id, found_on, due_on, done_on) VALUES
    ('1', 'till', '2024-05-01', '2024-06-01', '2024-05-20'), ('2', 'till', '2024-05-01', '2024-06-01', '2024-06-10'),
    ('3', 'till', '2024-05-01', '2024-06-15', NULL),
    -- Due on as_of, without a day, found later, done later, in time on the very day
    ('4', 'till', '2024-05-01', '2024-06-30', NULL), ('5', 'till', '2024-05-01', NULL, '2024-06-20'),
    ('6', 'till', '2024-07-05', '2024-07-06', NULL), ('7', 'till', '2024-06-01', '2024-06-10', '2024-07-03'),
    ('8', 'shelf', '2024-04-01', '2024-05-01', '2024-05-01'), ('9', 'attic', NULL, NULL, NULL),
    ('10', NULL, '2024-05-01', '2024-06-01', NULL), ('11', 'door', '2024-05-01', '2024-06-01', '2024-06-02');
SELECT results_eq('SELECT touchpoint_id, touchpoint_name, gap, outcome, action_count, open_count, overdue_count,
    done_count, in_time_share, is_unanswered FROM xp.closed_loop ORDER BY touchpoint_id COLLATE "C"',
    $$VALUES ('attic', 'attic', NULL::double precision, NULL, 1::bigint, 1::bigint, 0::bigint, 0::bigint,
            NULL::double precision, false),
        ('bin', 'bin', -8, 'negative', 0, 0, 0, 0, NULL, true),
        ('door', 'Door', NULL, NULL, 1, 0, 0, 1, 0, NULL),
        ('shelf', 'shelf', -3, 'negative', 1, 0, 0, 1, 1, true),
        ('till', 'Till', 1, 'satisfied', 6, 3, 2, 3, 0.25, false)$$,
    'closed_loop: what is done answers no negative rating, and what nobody rated may be one');
INSERT INTO xp.action (action_id, touchpoint_id, found_on, due_on) VALUES ('12', 'shelf', '2024-06-30', '2024-07-30');
SELECT results_eq($$SELECT action_count, open_count, overdue_count, in_time_share, is_unanswered FROM xp.closed_loop
    WHERE touchpoint_id = 'shelf'$$, 'VALUES (2::bigint, 1::bigint, 0::bigint, 1::double precision, false)',
    'an open action does, and is not late before its day');

-- All gaps are of 30 days: a came 10 days ago, b as often now as before, c over a year ago, and e and f never.
INSERT INTO xp.purchase (customer_id, purchased_at, amount) VALUES ('a', '2024-06-20', 1);
INSERT INTO xp.purchase (customer_id, purchased_at, amount)
SELECT 'b', date '2024-06-20' - 30 * n, 1 FROM generate_series(0, 6) AS n
UNION ALL
SELECT 'c', date '2023-01-01' + 30 * n, 1 FROM generate_series(0, 2) AS n;
SELECT crm_refit('xp');
-- t of 1 degree of freedom is 12.706205: of 2 and -3 the standard error is 2.5, of -2 and -3 it is 0.5
SELECT results_eq('SELECT stage, stage_order, customer_count, pair_count, gap, round(gap_low::numeric, 4),
    round(gap_high::numeric, 4), outcome, key_pair_count, key_gap FROM xp.stage_gap ORDER BY stage_order',
    $$VALUES ('new', 1, 1::bigint, 2::bigint, -0.5::double precision, round(-0.5 - 2.5 * 12.706205, 4),
            round(-0.5 + 2.5 * 12.706205, 4), 'satisfied', 1::bigint, 2::double precision),
        ('mature', 3, 1, 2, -2.5, round(-2.5 - 0.5 * 12.706205, 4), round(-2.5 + 0.5 * 12.706205, 4), 'satisfied',
            NULL, NULL),
        ('departed', 5, 1, 1, 3, NULL, NULL, NULL, NULL, NULL)$$,
    'stage_gap: buyers alone, at the touchpoints of their stage alone');
UPDATE xp.setting SET rating_days = NULL;
SELECT results_eq($$SELECT pair_count, round(gap::numeric, 4), key_pair_count, key_gap FROM xp.stage_gap
    WHERE stage = 'mature'$$, 'VALUES (3::bigint, -0.3333, 1::bigint, 4::double precision)', 'and of all times');
UPDATE xp.setting SET min_cell = 2;
SELECT is_empty('SELECT stage FROM xp.stage_gap', 'stage_gap: no stage of one customer');
SELECT results_eq('SELECT touchpoint_id, customer_count, gap FROM xp.touchpoint_detail ORDER BY touchpoint_id',
    $$VALUES ('door', NULL::bigint, NULL::double precision), ('shelf', 2, -3), ('till', 3, 1)$$,
    'touchpoint_detail: nor a gap of one');
SELECT * FROM finish();
ROLLBACK;
