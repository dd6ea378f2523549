-- The four models of a customer over five buyers, each a step from the next by recency, frequency and amount.
BEGIN;
SELECT plan(9);
SET LOCAL client_min_messages = error;
SET LOCAL jit = off;
SET LOCAL crm_ext.as_of = '2024-06-30';

SELECT crm_create_workspace('firm', '{}', 'UTC', subjects => '{plan}');
-- a came once, today, and brought 50; e five times, 40 days ago the last, and brought 10. All gaps are of 10 days.
INSERT INTO firm.purchase (customer_id, purchased_at, amount)
SELECT b.customer_id, date '2024-06-30' - b.recency - 10 * n, b.amount
FROM (VALUES ('a', 0, 1, 50), ('b', 10, 2, 20), ('c', 20, 3, 10), ('d', 30, 4, 5), ('e', 40, 5, 2)
     ) AS b (customer_id, recency, times, amount)
CROSS JOIN LATERAL generate_series(0, b.times - 1) AS n;
INSERT INTO firm.purchase (customer_id, purchased_at, amount) VALUES ('n', '2024-06-01', -3), ('e', '2024-07-01', 99),
    ('later', '2024-07-01', 1);
INSERT INTO firm.customer (customer_id, potential, registered_at) VALUES ('a', 0.4, '2024-01-01'),
    ('p', 0.9, '2024-06-30'), ('q', 0.9, '2024-07-01');
INSERT INTO firm.interaction (customer_id, channel, interacted_at) VALUES ('a', 'mail', '2024-06-30'),
    ('a', 'mail', '2024-06-29'), ('a', 'phone', '2024-06-30'), ('a', 'phone', '2024-07-01'), ('p', NULL, '2024-06-30');
INSERT INTO firm.rating (customer_id, touchpoint_id, level, score, rated_at) VALUES
    ('a', 'till', 'expected', 5, '2024-06-01'), ('a', 'till', 'actual', 7, '2024-06-01'),
    ('a', 'shelf', 'expected', 5, '2024-05-01'), ('a', 'shelf', 'actual', 5, '2024-05-01'),
    ('a', NULL, 'recommend', 9, '2024-06-01'), ('b', NULL, 'recommend', 7, '2024-06-01'),
    ('c', 'till', 'expected', 5, '2024-06-01'), ('c', 'till', 'actual', 3, '2024-06-01'),
    ('p', 'till', 'expected', 5, '2024-06-30'), ('p', 'till', 'actual', 5.5, '2024-06-30'),
    ('d', 'till', 'expected', 5, '2024-07-01'), ('d', 'till', 'actual', 9, '2024-07-01'),
    (NULL, 'till', 'expected', 5, '2024-06-01'), (NULL, 'till', 'actual', 9, '2024-06-01');

SELECT results_eq('SELECT customer_id, pair_count, last_rated_on, experience_gap, outcome, outcome_order,
    recommend_score, nps_group FROM firm.satisfaction_model ORDER BY customer_id',
    $$VALUES ('a', 2::bigint, date '2024-06-01', 1::double precision, 'positive', 3, 9, 'promoter'),
        ('b', 0, NULL, NULL, NULL, NULL, 7, 'passive'), ('c', 1, '2024-06-01', -2, 'negative', 1, NULL, NULL),
        ('p', 1, '2024-06-30', 0.5, 'satisfied', 2, NULL, NULL)$$,
    'satisfaction_model: who rated by as_of, or would recommend; a gap of the tolerance is within it');
SELECT results_eq('SELECT customer_id, purchase_count, active_days, amount, window_count, previous_window_count,
    expected_purchases, expected_value FROM firm.sales_model ORDER BY customer_id',
    $$VALUES ('a', 1::bigint, 1, 50.00::numeric(18, 2), 1::bigint, 0::bigint, NULL::double precision,
            NULL::numeric(18, 2)),
        ('b', 2, 2, 40, 2, 0, NULL, NULL), ('c', 3, 3, 30, 3, 0, NULL, NULL), ('d', 4, 4, 20, 4, 0, NULL, NULL),
        ('e', 5, 5, 10, 5, 0, NULL, NULL), ('n', 0, 0, -3, 0, 0, NULL, NULL)$$,
    'sales_model: buyers and refunds, without a fit nothing to come');
UPDATE firm.setting SET window_days = 40;
-- From the 22nd of May, and from the 12th of April
SELECT results_eq('SELECT customer_id, window_count, previous_window_count FROM firm.sales_model ORDER BY customer_id',
    $$VALUES ('a', 1::bigint, 0::bigint), ('b', 2, 0), ('c', 2, 1), ('d', 1, 3), ('e', 0, 4), ('n', 0, 0)$$,
    'sales_model: two windows of 40 days');
UPDATE firm.setting SET window_days = 90, horizon_days = 180;
SELECT results_eq('SELECT customer_id, r_score, segment, class, potential, clv, fitted_on FROM firm.value_model
    WHERE customer_id IN (''a'', ''n'', ''p'') ORDER BY customer_id',
    $$VALUES ('a', NULL::integer, NULL, NULL, 0.4::double precision, NULL::numeric(18, 2), NULL::date),
        ('n', NULL, NULL, 'N', NULL, NULL, NULL), ('p', NULL, NULL, NULL, 0.9, NULL, NULL)$$,
    'value_model: nor any score');

SELECT crm_refit('firm');
SELECT results_eq('SELECT customer_id, r_score, f_score, m_score, segment, segment_order, class, class_order, fitted_on
    FROM firm.value_model ORDER BY customer_id',
    $$VALUES ('a', 5, 1, 5, 'new', 4, 'A', 1, date '2024-06-30'),
        ('b', 4, 2, 4, 'potential loyalist', 3, 'A', 1, '2024-06-30'),
        ('c', 3, 3, 3, 'need attention', 6, 'A', 1, '2024-06-30'), ('d', 2, 4, 2, 'at risk', 8, 'B', 2, '2024-06-30'),
        ('e', 1, 5, 1, 'can''t lose', 9, 'B', 2, '2024-06-30'),
        ('n', NULL, NULL, NULL, NULL, NULL, 'N', 15, '2024-06-30'),
        ('p', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)$$,
    'value_model: a fifth each, and 80 % of all are of the first three');
SELECT results_eq('SELECT customer_id, p_alive BETWEEN 0 AND 1, clv >= 0 FROM firm.value_model ORDER BY customer_id',
    $$VALUES ('a', true, true), ('b', true, true), ('c', true, true), ('d', true, true), ('e', true, true),
        ('n', NULL, NULL), ('p', NULL, NULL)$$, 'value_model: who never bought has no future value');
-- Silent for 0, 1, 2, 3 and 4 gaps; b came first less than 30 days ago
SELECT results_eq('SELECT customer_id, is_prospect, stage, stage_order, first_purchase_on, last_purchase_on,
    tenure_days, tenure_band, tenure_band_order, recency_days, mean_gap_days, preferred_channel
    FROM firm.relationship_model ORDER BY customer_id',
    $$VALUES ('a', false, 'new', 1, date '2024-06-30', date '2024-06-30', 0, 'under 1 year', 1, 0,
            NULL::double precision, 'mail'),
        ('b', false, 'new', 1, '2024-06-10', '2024-06-20', 20, 'under 1 year', 1, 10, 10, NULL),
        ('c', false, 'declining', 4, '2024-05-21', '2024-06-10', 40, 'under 1 year', 1, 20, 10, NULL),
        ('d', false, 'declining', 4, '2024-05-01', '2024-05-31', 60, 'under 1 year', 1, 30, 10, NULL),
        ('e', false, 'departed', 5, '2024-04-11', '2024-05-21', 80, 'under 1 year', 1, 40, 10, NULL),
        ('n', false, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
        ('p', true, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'unknown')$$,
    'relationship_model: from new to departed, and who has not bought');
SELECT results_eq('SELECT customer_id, stage_reason ~ ''silent 40 days, 4.0 times the usual gap of 10''
    FROM firm.relationship_model WHERE customer_id = ''e''', $$VALUES ('e', true)$$, 'and why');
SELECT results_eq('SELECT customer_id, horizon_days, expected_purchases >= 0, expected_value >= 0 FROM firm.sales_model
    ORDER BY customer_id',
    $$VALUES ('a', 180, true, true), ('b', 180, true, true), ('c', 180, true, true), ('d', 180, true, true),
        ('e', 180, true, true), ('n', 180, NULL, NULL)$$, 'sales_model: in the days of setting.horizon_days');
SELECT * FROM finish();
ROLLBACK;
