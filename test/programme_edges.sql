-- Surveys and ratings over rows as they come: blanks beside scores, codes in any case, angles that are not listed.
BEGIN;
SELECT plan(26);
SET LOCAL client_min_messages = warning;
SET LOCAL crm_ext.as_of = '2024-06-30';
SELECT crm_create_workspace('xp', '{}', subjects => '{programme}');

-- A rating from no angle is in no view of experience, where angles are listed
INSERT INTO xp.rating (customer_id, touchpoint_id, angle, level, score, rated_at) VALUES
    ('a', 'till', 'function', 'expected', 5, '2024-06-01'), ('a', 'till', 'function', 'actual', 7, '2024-06-01'),
    ('b', 'till', NULL, 'expected', 5, '2024-06-01'), ('b', 'till', NULL, 'actual', 1, '2024-06-01'),
    ('c', 'till', 'mood', 'expected', 5, '2024-06-01'), ('c', 'till', 'mood', 'actual', 10, '2024-06-01');
SELECT results_eq('SELECT pair_count, gap FROM xp.touchpoint_gap', 'VALUES (3::bigint, 1::double precision)',
    'without a list of angles all count');
INSERT INTO xp.angle (angle_id) VALUES ('function'), ('feeling');
SELECT results_eq('SELECT pair_count, gap FROM xp.touchpoint_gap', 'VALUES (1::bigint, 2::double precision)',
    'with one those from its angles');
SELECT results_eq($$SELECT pair_count, gap FROM xp.gap_monthly WHERE level_name = 'company'$$,
    'SELECT pair_count, gap FROM xp.touchpoint_gap', 'as by month');
SELECT results_eq($$SELECT index_value FROM xp.experience_index WHERE level_name = 'company'$$,
    $$SELECT index_value FROM xp.experience_index_monthly WHERE level_name = 'company' AND month_on = '2024-06-01'$$,
        'one index');
SELECT results_eq('SELECT customer_id FROM xp.customer_gap', $$VALUES ('a')$$, 'and of customers');
SELECT results_eq($$SELECT check_name, problem_count FROM xp.data_quality
    WHERE check_name IN ('missing_angle', 'unknown_angle') ORDER BY 1$$,
    $$VALUES ('missing_angle', 2::bigint), ('unknown_angle', 2)$$, 'the others are reported');
INSERT INTO xp.goal (family, metric, period_start, period_end, target)
    VALUES ('experience', 'mean_gap', '2024-06-01', '2024-06-30', 0);
INSERT INTO xp.action (touchpoint_id, found_on, done_on) VALUES ('till', '2024-05-01', '2024-05-15'),
    ('shelf', '2024-05-01', '2024-05-15');
SELECT is((SELECT actual_value FROM xp.goal_attainment), 2::double precision, 'goals are about the angles listed');
SELECT results_eq('SELECT touchpoint_id, before_count, after_count, after_gap FROM xp.action_effect ORDER BY 1',
    $$VALUES ('shelf', 0::bigint, 0::bigint, NULL::double precision), ('till', 0, 1, 2)$$, 'and so are effects');
SELECT crm_upgrade_workspace('xp');
SELECT is((SELECT pair_count FROM xp.touchpoint_gap), 1::bigint, 'so after an upgrade');

-- What is an answer
INSERT INTO xp.survey (survey_id, kind, customer_id, sent_at, answered_at) SELECT n::text, 'csat', 'c' || n,
    '2024-05-01', '2024-05-02' FROM generate_series(1, 4) AS n;
INSERT INTO xp.survey_answer (survey_id, question, score, answer, code) VALUES
    ('1', 'q', 5, '', ''), ('2', 'q', 4, 'Don''t know', NULL), ('3', 'q', 3, NULL, ' DK '), ('4', 'q', NULL, '', NULL),
    ('1', 'r', 2, 'N/A', 'answer'), ('2', 'r', 2, NULL, 'refused'), ('3', 'r', 99, NULL, NULL),
        ('4', 'r', 4, ' ', NULL);
SELECT results_eq('SELECT question, substantive_count, dk_count, refused_count, na_count, score_count, mean_score
    FROM xp.survey_question ORDER BY 1',
    $$VALUES ('q', 1::bigint, 2::bigint, 0::bigint, 1::bigint, 1::bigint, 5::double precision),
        ('r', 3, 0, 1, 0, 2, 3)$$, 'a score beside a blank is one, dk and refused never');

-- Of the young only who answered would count
INSERT INTO xp.survey (survey_id, kind, customer_id, sent_at, answered_at)
    VALUES ('5', 'csat', 'c5', '2024-06-20', '2024-06-21'), ('6', 'csat', 'c6', '2024-06-20', NULL),
    ('7', 'csat', 'c7', '2024-05-31', NULL);
SELECT results_eq('SELECT month_on, sent_count, answered_count, young_count, response_share FROM xp.survey_response
    ORDER BY 1',
    $$VALUES ('2024-05-01'::date, 5::bigint, 4::bigint, 0::bigint, 0.8::double precision),
        ('2024-06-01', 2, 1, 1, NULL)$$, 'no share of invitations that still may be answered');
SELECT is_empty('SELECT view_name, column_name FROM xp.reconciliation WHERE difference <> 0', 'it adds up');

-- Few who were asked too often, or may still answer, are not told
SAVEPOINT few;
INSERT INTO xp.survey (survey_id, kind, customer_id, sent_at, answered_at)
SELECT 'o' || n, 'ces', (ARRAY['k1', 'k1', 'k2', 'k3'])[n], '2024-04-01'::date + n, '2024-04-10'
FROM generate_series(1, 4) AS n;
INSERT INTO xp.survey (survey_id, kind, customer_id, sent_at, answered_at)
SELECT 'y' || n, 'nps', 'y' || n, CASE WHEN n < 7 THEN '2024-06-01'::date ELSE '2024-06-20' END,
       CASE WHEN n < 4 THEN '2024-06-02'::date END
FROM generate_series(1, 7) AS n;
SELECT results_eq($$SELECT kind, sent_count, answered_count, young_count, over_contact_count FROM xp.survey_response
    WHERE kind IN ('ces', 'nps') ORDER BY 1$$,
    $$VALUES ('ces', 4::bigint, 4::bigint, 0::bigint, 1::bigint), ('nps', 7, 3, 1, 0)$$,
    'all are, where none are hidden');
UPDATE xp.setting SET min_cell = 3;
SELECT results_eq($$SELECT kind, sent_count, answered_count, young_count, over_contact_count FROM xp.survey_response
    WHERE kind IN ('ces', 'nps') ORDER BY 1$$,
    $$VALUES ('ces', 4::bigint, 4::bigint, 0::bigint, NULL::bigint), ('nps', 7, NULL, NULL, 0)$$, 'few are not');
ROLLBACK TO few;

-- A weight of 0 leaves a rating out of counts as of means
INSERT INTO xp.rating (customer_id, touchpoint_id, angle, level, score, weight, rated_at) VALUES
    ('d', 'till', 'function', 'expected', 5, 0, '2024-06-02'), ('d', 'till', 'function', 'actual', 9, 0, '2024-06-02'),
    ('e', 'till', 'feeling', 'expected', 5, 0, '2024-06-02'), ('e', 'till', 'feeling', 'actual', 5, 2, '2024-06-02'),
    ('a', 'till', 'function', 'actual', 1, 0, '2024-06-01');
SELECT results_eq('SELECT customer_id, pair_count, experience_gap FROM xp.customer_gap ORDER BY 1',
    $$VALUES ('a', 1::bigint, 2::double precision)$$, 'whose weight is 0 has no gap, nor a say in that of a pair');
SELECT is_empty('SELECT view_name, column_name FROM xp.reconciliation WHERE difference <> 0', 'it adds up still');
SELECT is((SELECT problem_count FROM xp.data_quality WHERE check_name = 'zero_weight'), 4::bigint, 'and is reported');

-- Recommendation is asked from 0 to 10
INSERT INTO xp.survey (survey_id, kind, customer_id, answered_at, scale_low, scale_high) VALUES
    ('n1', 'nps', 'c1', '2024-06-05', NULL, NULL), ('n2', 'nps', 'c2', '2024-06-05', 1, 5),
    ('n3', 'nps', 'c3', '2024-06-05', 10, 0), ('n4', 'nps', 'c4', '2024-06-05', 0, 100);
INSERT INTO xp.survey_answer (survey_id, question, score)
    VALUES ('n1', 'q', 9), ('n2', 'q', 5), ('n3', 'q', 0), ('n4', 'q', 8);
INSERT INTO xp.rating (customer_id, level, score, rated_at) VALUES ('a', 'recommend', 10, '2024-06-05'),
    ('b', 'recommend', 6.99, '2024-06-05');
SELECT results_eq($$SELECT kind, answer_count, promoter_count, passive_count, detractor_count FROM xp.nps_monthly
    WHERE month_on = '2024-06-01' ORDER BY 1$$,
    $$VALUES ('nps', 1::bigint, 1::bigint, 0::bigint, 0::bigint), ('rating', 1, 1, 0, 0)$$,
    'another scale, or half a point, says nothing of promoters');
SELECT results_eq($$SELECT kind, answer_count, promoter_count, passive_count, detractor_count FROM xp.nps_monthly
    WHERE month_on = '2024-05-01' ORDER BY 1$$,
    $$VALUES ('nps', 0::bigint, 0::bigint, 0::bigint, 0::bigint), ('rating', 0, 0, 0, 0)$$,
    'a month without an answer has none of any kind');

-- A source may say a thing twice: one of the rows counts, and the others are reported
CREATE TABLE place (touchpoint_id text, module_id text, weight double precision);
INSERT INTO place VALUES ('till', 'shop', 1), ('till', 'shop', 1), ('shelf', 'shop', 3);
CREATE TABLE area (module_id text);
INSERT INTO area VALUES ('shop'), ('shop');
CREATE TABLE side (angle_id text, weight double precision);
INSERT INTO side VALUES ('function', 1), ('function', 1), ('feeling', 1);
SELECT crm_create_workspace('twice', '{
    "touchpoint": {"from": "place", "touchpoint_id": "touchpoint_id", "module_id": "module_id", "weight": "weight"},
    "module": {"from": "area", "module_id": "module_id"},
    "angle": {"from": "side", "angle_id": "angle_id", "weight": "weight"}
}');
INSERT INTO twice.rating (customer_id, touchpoint_id, angle, level, score, rated_at) VALUES
    ('a', 'till', 'function', 'expected', 5, '2024-06-01'), ('a', 'till', 'function', 'actual', 10, '2024-06-01');
SELECT results_eq($$SELECT cell_count, rated_cell_count, rating_count, coverage_share, index_value
    FROM twice.experience_index_monthly WHERE level_name = 'company'$$,
    $$VALUES (4::bigint, 1::bigint, 1::bigint, 0.125::double precision, 100::double precision)$$, 'a cell is one');
SELECT is_empty('SELECT view_name, column_name FROM twice.reconciliation WHERE difference <> 0', 'and a rating too');
SELECT results_eq($$SELECT check_name, problem_count FROM twice.data_quality
    WHERE check_name ~ '^duplicate_(touchpoint|module|angle)$' ORDER BY check_name COLLATE "C"$$,
    $$VALUES ('duplicate_angle', 1::bigint), ('duplicate_module', 1), ('duplicate_touchpoint', 1)$$, 'as is said');

-- A rating without a score is unanswered
INSERT INTO twice.purchase (customer_id, purchased_at, amount) VALUES ('a', '2024-06-01', 1), ('b', '2024-06-01', 1);
INSERT INTO twice.rating (customer_id, touchpoint_id, angle, level, rated_at)
    VALUES ('b', 'till', 'function', 'actual', '2024-06-02');
SELECT results_eq('SELECT buyer_count, rater_count FROM twice.review_rate', 'VALUES (2::bigint, 1::bigint)',
    'who was asked and said nothing has not rated');
UPDATE twice.setting SET month_anchor = '2001-01-31';
INSERT INTO twice.purchase (customer_id, purchased_at, amount) VALUES ('c', '2024-04-30', 1);
INSERT INTO twice.rating (customer_id, touchpoint_id, angle, level, score, rated_at)
    VALUES ('c', 'till', 'function', 'actual', 5, '2024-06-29');
SELECT results_eq($$SELECT buyer_count, rater_count FROM twice.review_rate WHERE month_on = '2024-04-30'$$,
    'VALUES (1::bigint, 1::bigint)', 'the days after a month are those after its last');

-- What is declared without a day is declared on the day that the workspace looks from, where it is
SELECT crm_create_workspace('far', '{}', 'Pacific/Kiritimati', subjects => '{programme}');
INSERT INTO far.maturity (practice, level) VALUES ('surveys', 'programme');
SELECT results_eq('SELECT practice, level, level_order, declared_on FROM far.maturity_status',
    $$VALUES ('surveys'::text, 'programme'::text, 3, date '2024-06-30')$$, 'by crm_ext.as_of');
RESET crm_ext.as_of;
SET LOCAL timezone = 'Pacific/Pago_Pago';
INSERT INTO far.maturity (practice, level) VALUES ('panel', 'none');
SELECT is((SELECT declared_on FROM far.maturity WHERE practice = 'panel'),
    (now() AT TIME ZONE 'Pacific/Kiritimati')::date, 'else by the workspace''s clock, not the session''s');
SELECT * FROM finish();
ROLLBACK;
