-- Views of segments over five buyers, each a step from the next by recency and amount: limits of the scores, grades,
-- lifetime value by segment, and moves between two snapshots.
BEGIN;
SELECT plan(8);
SET LOCAL client_min_messages = error;
SET LOCAL jit = off;
SET LOCAL crm_ext.as_of = '2024-06-30';

SELECT crm_create_workspace('firm', '{}', 'UTC');
INSERT INTO firm.purchase (customer_id, purchased_at, amount)
SELECT b.customer_id, date '2024-06-30' - b.recency - 10 * n, b.amount
FROM (VALUES ('a', 0, 1, 50), ('b', 10, 1, 40), ('c', 20, 1, 30), ('d', 30, 1, 20), ('e', 40, 5, 2)
     ) AS b (customer_id, recency, times, amount)
CROSS JOIN LATERAL generate_series(0, b.times - 1) AS n;
INSERT INTO firm.purchase (customer_id, purchased_at, amount) VALUES ('n', '2024-06-01', -3), ('e', '2024-07-01', 99);
INSERT INTO firm.customer (customer_id, potential) VALUES ('a', 0.1), ('d', 0.5), ('e', 0.4), ('p', 0.9), ('r', NULL);
SELECT results_eq('SELECT segment, customer_count, expected_purchase_count, total_clv, clv_share
    FROM firm.clv_by_segment',
    $$VALUES (NULL::text, 6::bigint, NULL::double precision, NULL::numeric(18, 2), NULL::double precision)$$,
    'clv_by_segment: no segment and no value without a fit');
SELECT is_empty('SELECT score FROM firm.rfm_thresholds', 'rfm_thresholds: nor limits');
SELECT crm_refit('firm');
-- The quintiles of five values lie 4/5, 8/5, 12/5 and 16/5 steps from the first. Four came once.
SELECT results_eq('SELECT dimension, score, round(above::numeric, 6), round(up_to::numeric, 6), is_empty,
    customer_count, fitted_on FROM firm.rfm_thresholds ORDER BY dimension_order, score',
    $$SELECT dimension, score, above, up_to, is_empty, n::bigint, date '2024-06-30'
      FROM (VALUES ('recency', 1, 32::numeric, NULL::numeric, false, 1), ('recency', 2, 24, 32, false, 1),
                   ('recency', 3, 16, 24, false, 1), ('recency', 4, 8, 16, false, 1),
                   ('recency', 5, NULL, 8, false, 1), ('frequency', 1, NULL, 1, false, 4),
                   ('frequency', 2, 1, 1, true, 0), ('frequency', 3, 1, 1, true, 0),
                   ('frequency', 4, 1, 1.8, false, 0), ('frequency', 5, 1.8, NULL, false, 1),
                   ('monetary', 1, NULL, 18, false, 1), ('monetary', 2, 18, 26, false, 1),
                   ('monetary', 3, 26, 34, false, 1), ('monetary', 4, 34, 42, false, 1),
                   ('monetary', 5, 42, NULL, false, 1)) AS w (dimension, score, above, up_to, is_empty, n)$$,
    'rfm_thresholds: the newest have 5, and a refund alone has no score');
SELECT results_eq('SELECT segment, segment_order, customer_count, total_clv = mean_clv, fitted_on
    FROM firm.clv_by_segment ORDER BY segment_order',
    $$VALUES ('new', 4, 1::bigint, true, date '2024-06-30'), ('promising', 5, 1, true, '2024-06-30'),
        ('about to sleep', 7, 1, true, '2024-06-30'), ('can''t lose', 9, 1, true, '2024-06-30'),
        ('hibernating', 10, 1, true, '2024-06-30'), (NULL, NULL, 1, NULL, '2024-06-30')$$,
    'clv_by_segment: of segments of one the mean is the total, and a refund has no future');
SELECT results_eq('SELECT customer_id, is_prospect, grade, grade_order, class, potential FROM firm.customer_grade
    ORDER BY customer_id',
    $$VALUES ('a', false, 'A', 1, 'A', 0.1::double precision), ('b', false, 'A', 1, 'A', NULL),
        ('c', false, 'A', 1, 'A', NULL), ('d', false, 'B', 2, 'B', 0.5), ('e', false, 'C', 3, 'B', 0.4),
        ('n', false, 'C', 3, 'N', NULL), ('p', true, 'B', 2, NULL, 0.9), ('r', true, 'C', 3, NULL, NULL)$$,
    'customer_grade: A by contribution, B by a potential of the cut or more, C the rest');

-- In May a alone is of the newest fifth; in June b comes again, and f for the first time.
SELECT crm_create_workspace('moves', '{}', 'UTC');
UPDATE moves.setting SET segment_map = E'5 * * fresh\n* * * other';
INSERT INTO moves.purchase (customer_id, purchased_at, amount) VALUES ('a', '2024-05-31', 9), ('b', '2024-05-21', 9),
    ('c', '2024-05-11', 9), ('d', '2024-05-01', 9), ('e', '2024-04-21', 9), ('f', '2024-06-20', 9),
    ('b', '2024-06-30', 9);
SELECT crm_refit('moves', '2024-05-31');
SELECT crm_refit('moves');
SELECT crm_snapshot('moves', '2024-05-31');
SELECT is_empty('SELECT to_segment FROM moves.segment_transition', 'segment_transition: none from the first snapshot');
SELECT crm_snapshot('moves', '2024-06-30');
SELECT results_eq('SELECT previous_snapshot_on, snapshot_on, from_segment, from_segment_order, to_segment,
    to_segment_order, customer_count, from_share FROM moves.segment_transition
    ORDER BY from_segment_order, to_segment_order',
    $$VALUES (date '2024-05-31', date '2024-06-30', 'fresh', 1, 'other', 2, 1::bigint, 1::double precision),
        ('2024-05-31', '2024-06-30', 'other', 2, 'fresh', 1, 1, 0.25),
        ('2024-05-31', '2024-06-30', 'other', 2, 'other', 2, 3, 0.75),
        ('2024-05-31', '2024-06-30', NULL, NULL, 'fresh', 1, 1, 1)$$,
    'segment_transition: shares are of those who were in the segment before');
SET LOCAL crm_ext.as_of = '2024-06-29';
SELECT is_empty('SELECT to_segment FROM moves.segment_transition', 'segment_transition: nor of a snapshot after as_of');
SELECT * FROM finish();
ROLLBACK;
