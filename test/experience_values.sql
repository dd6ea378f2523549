-- Views of experience over ratings of which every figure can be counted by hand: outcomes beside recommendation, and
-- where to close the gap first.
BEGIN;
SELECT plan(6);
SET LOCAL client_min_messages = error;
SET LOCAL jit = off;
SET LOCAL crm_ext.as_of = '2024-06-30';

SELECT crm_create_workspace('xp', '{}', 'UTC');
-- c was rated on no day; f said only whether they would recommend
INSERT INTO xp.rating (customer_id, touchpoint_id, level, score, rated_at)
SELECT r.customer_id, 'till', level.name, level.score, r.rated_at
FROM (VALUES ('a', 5, 7, date '2024-06-01'), ('b', 5, 6, '2024-06-01'), ('c', 5, 5, NULL), ('d', 5, 3, '2024-06-01'),
             ('e', 5, 2, '2024-06-01'), ('g', 5, 9, '2024-07-01')
     ) AS r (customer_id, expected, actual, rated_at)
CROSS JOIN LATERAL (VALUES ('expected', expected), ('actual', actual)) AS level (name, score);
INSERT INTO xp.rating (customer_id, level, score, rated_at) VALUES ('a', 'recommend', 10, '2024-06-01'),
    ('b', 'recommend', 8, '2024-06-01'), ('d', 'recommend', 2, '2024-06-01'), ('e', 'recommend', 0, '2024-05-01'),
    ('e', 'recommend', 9, '2024-06-01'), ('f', 'recommend', 1, '2024-06-01');
-- a came again; b on the day of the rating, e after as_of
INSERT INTO xp.purchase (customer_id, purchased_at, amount) VALUES ('a', '2024-06-10', 1), ('b', '2024-06-01', 1),
    ('c', '2024-06-10', 1), ('e', '2024-07-02', 1);
SELECT results_eq('SELECT outcome, outcome_order, customer_count, answer_count, promoter_count, passive_count,
    detractor_count, nps, bought_after_share FROM xp.recommend_by_outcome ORDER BY outcome_order',
    $$VALUES ('negative', 1, 2::bigint, 2::bigint, 1::bigint, 0::bigint, 1::bigint, 0::double precision,
            0::double precision),
        ('satisfied', 2, 1, NULL, NULL, NULL, NULL, NULL, NULL), ('positive', 3, 2, 2, 1, 1, 0, 50, 0.5)$$,
    'recommend_by_outcome: of who rated, the latest answer, and purchases of later days');
UPDATE xp.setting SET min_cell = 2;
SELECT results_eq('SELECT outcome, customer_count, answer_count, promoter_count, passive_count, detractor_count,
    nps_low, bought_after_share FROM xp.recommend_by_outcome ORDER BY outcome_order',
    $$VALUES ('negative', 2::bigint, 2::bigint, NULL::bigint, NULL::bigint, NULL::bigint, NULL::double precision,
            0::double precision),
        ('positive', 2, 2, NULL, NULL, NULL, NULL, NULL)$$, 'recommend_by_outcome: nobody alone');

-- The till weighs three times the shelf. Its mean is 5 of the 7 that would satisfy and the ideal of 9; that of the
-- shelf is 8, of 6 and 10.
SELECT crm_create_workspace('hall', '{}', 'UTC');
INSERT INTO hall.touchpoint (touchpoint_id, touchpoint_name, weight) VALUES ('till', 'Till', 3), ('shelf', NULL, 1);
INSERT INTO hall.rating (customer_id, touchpoint_id, level, score, rated_at)
SELECT r.customer_id, r.touchpoint_id, level.name, level.score, r.rated_at
FROM (VALUES ('x', 'till', 4, 6, 9, date '2024-06-01'), ('y', 'till', 6, 8, 9, '2024-06-01'),
             ('z', 'till', 1, 9, 9, '2024-07-01'), ('x', 'shelf', 9, 6, 10, '2024-06-01'),
             ('y', 'shelf', 7, NULL, 10, '2024-06-01')
     ) AS r (customer_id, touchpoint_id, actual, satisfied, ideal, rated_at)
CROSS JOIN LATERAL (VALUES ('actual', actual), ('satisfied', satisfied), ('ideal', ideal)) AS level (name, score)
WHERE level.score IS NOT NULL;
INSERT INTO hall.rating (customer_id, touchpoint_id, level, score, rated_at) VALUES
    ('x', NULL, 'recommend', 3, '2024-06-01'), ('y', NULL, 'recommend', 9, '2024-06-01');
SELECT results_eq('SELECT touchpoint_id, touchpoint_name, weight_share, actual_mean, satisfied_mean, ideal_mean,
    satisfied_shortfall, ideal_shortfall, satisfied_priority, ideal_priority, priority_rank
    FROM hall.gap_priority ORDER BY priority_rank',
    $$VALUES ('till', 'Till', 0.75::double precision, 5::double precision, 7::double precision, 9::double precision,
            2::double precision, 4::double precision, 1.5::double precision, 3::double precision, 1::bigint),
        ('shelf', 'shelf', 0.25, 8, 6, 10, 0, 2, 0, 0.5, 2)$$, 'gap_priority: weight times what is missing');
-- Who had it better at the till would recommend more, and at the shelf less
SELECT results_eq('SELECT touchpoint_id, stated_quadrant, round(recommend_correlation::numeric, 6), derived_quadrant
    FROM hall.gap_priority ORDER BY priority_rank',
    $$VALUES ('till', 'concentrate here', 1::numeric, 'concentrate here'),
        ('shelf', 'possible overkill', -1, 'possible overkill')$$, 'gap_priority: important and poor, or neither');
DELETE FROM hall.rating WHERE level = 'satisfied' AND touchpoint_id = 'shelf' OR level = 'recommend';
SELECT results_eq('SELECT touchpoint_id, satisfied_shortfall, satisfied_priority, ideal_priority, priority_rank,
    recommend_correlation, derived_quadrant FROM hall.gap_priority ORDER BY priority_rank',
    $$VALUES ('till', 2::double precision, 1.5::double precision, 3::double precision, 1::bigint,
            NULL::double precision, NULL::text),
        ('shelf', NULL, NULL, 0.5, 2, NULL, NULL)$$, 'gap_priority: what was not rated is NULL, and last');
UPDATE hall.setting SET min_cell = 3;
SELECT is_empty('SELECT touchpoint_id FROM hall.gap_priority', 'gap_priority: no touchpoint of two customers');
SELECT * FROM finish();
ROLLBACK;
