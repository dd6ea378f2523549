-- The programme: 8 modules, 41 touchpoints, 4 angles, 12 months; surveys; actions.
BEGIN;
SELECT plan(33);
SET LOCAL client_min_messages = warning;
SET LOCAL crm_ext.as_of = '2024-12-31';
SELECT crm_create_workspace('xp', '{}', subjects => '{programme}');
SELECT is((SELECT count(*) FROM xp.experience_index_monthly) + (SELECT count(*) FROM xp.gap_monthly)
          + (SELECT count(*) FROM xp.nps_monthly) + (SELECT count(*) FROM xp.csat_monthly)
          + (SELECT count(*) FROM xp.survey_response) + (SELECT count(*) FROM xp.action_effect), 0::bigint, 'empty');
SELECT is((SELECT rating_days FROM xp.setting), 365, 'with the programme ratings fade in a year');

INSERT INTO xp.module (module_id, weight) SELECT 'm' || n, n FROM generate_series(1, 8) AS n;
INSERT INTO xp.touchpoint (touchpoint_id, module_id, weight) SELECT 't' || n, 'm' || (n - 1) % 8 + 1, 1 + n % 3
FROM generate_series(1, 41) AS n;
INSERT INTO xp.angle (angle_id, weight) SELECT 'a' || n, n FROM generate_series(1, 4) AS n;
-- The last touchpoint is never rated, nor the second from the last angle; each month some others are not.
INSERT INTO xp.rating (customer_id, touchpoint_id, angle, level, score, weight, rated_at)
SELECT 'c' || c, 't' || t, 'a' || a, level,
    CASE level WHEN 'expected' THEN 5 + (c + t) % 3 ELSE 4 + (c * t + a + m) % 5 END, 1 + c % 2,
    make_date(2024, m, 1 + c)
FROM generate_series(1, 3) AS c, generate_series(1, 40) AS t, generate_series(1, 4) AS a, generate_series(1, 12) AS m,
    unnest('{expected,actual}'::text[]) AS level
WHERE (c + t + a + m) % 3 > 0 AND (t, a) <> (40, 4) AND (t + m) % 12 > 0;

SELECT is((SELECT cell_count FROM xp.experience_coverage WHERE level_name = 'company'), 164::bigint,
    '41 touchpoints from 4 angles');
SELECT results_eq($$SELECT count(*), sum(cell_count)::bigint FROM xp.experience_coverage WHERE level_name = 'module'$$,
    'VALUES (8::bigint, 164::bigint)', '8 modules make the whole');
SELECT is((SELECT never_rated_cell_count FROM xp.experience_coverage WHERE level_name = 'company'), 5::bigint,
    'coverage counts what was never rated');
SELECT is((SELECT count(*) FROM xp.experience_index_monthly WHERE level_name = 'company'), 12::bigint, '12 months');
SELECT is((SELECT min(cell_count) FROM xp.experience_index_monthly WHERE level_name = 'company'), 164::bigint,
    'of all cells each');
SELECT is((SELECT sum(rating_count) FROM xp.experience_index_monthly WHERE level_name = 'company')::bigint,
    (SELECT count(*) FROM xp.rating WHERE level = 'actual'), 'ratings of months add up');
-- The index of a month from its modules, of a module from its touchpoints
SELECT is((SELECT count(*) FROM (
    SELECT month_on, sum(index_value * coverage_share * weight_share)
        FILTER (WHERE level_name = 'module') / sum(coverage_share * weight_share) FILTER (WHERE level_name = 'module')
           - max(index_value) FILTER (WHERE level_name = 'company') AS difference
    FROM xp.experience_index_monthly GROUP BY month_on) AS m WHERE abs(difference) < 1e-9), 12::bigint,
        'modules make up the index of each month');
SELECT is((SELECT count(*) FROM (
    SELECT month_on, sum(index_value * coverage_share * weight_share)
        FILTER (WHERE level_name = 'touchpoint') / sum(coverage_share * weight_share)
        FILTER (WHERE level_name = 'touchpoint')
           - max(index_value) FILTER (WHERE level_name = 'company') AS difference
    FROM xp.experience_index_monthly GROUP BY month_on) AS m WHERE abs(difference) < 1e-9), 12::bigint,
        'and so do touchpoints');
SELECT is((SELECT count(*) FROM (
    SELECT month_on, sum(coverage_share * weight_share) FILTER (WHERE level_name = 'angle') - max(coverage_share)
        FILTER (WHERE level_name = 'company') AS difference
    FROM xp.experience_index_monthly GROUP BY month_on) AS m WHERE abs(difference) < 1e-9), 12::bigint,
        'angles make up the coverage');
-- By hand: cells are means by the weights of ratings, the index that of cells
SELECT is((SELECT round(index_value::numeric, 9) FROM xp.experience_index_monthly WHERE level_name = 'company'
    AND month_on = '2024-05-01'), (
    SELECT round(sum(score * w) / sum(w), 9) FROM (
        SELECT (sum((r.score - 1) / 9 * 100 * r.weight) / sum(r.weight))::numeric AS score,
               (max(m.weight) * max(t.weight) / max(s.total) * max(a.weight))::numeric AS w
        FROM xp.rating AS r JOIN xp.touchpoint AS t USING (touchpoint_id) JOIN xp.module AS m USING (module_id)
        JOIN xp.angle AS a ON a.angle_id = r.angle
        JOIN (SELECT module_id, sum(weight) AS total FROM xp.touchpoint GROUP BY module_id) AS s USING (module_id)
        WHERE r.level = 'actual' AND r.rated_on BETWEEN '2024-05-01' AND '2024-05-31'
        GROUP BY r.touchpoint_id, r.angle) AS cell), 'the index of a month by hand');
SELECT is((SELECT round((sum(gap * pair_weight) / sum(pair_weight))::numeric, 9) FROM xp.gap_monthly
    WHERE level_name = 'company'),
          (SELECT round((sum(gap * weight) / sum(weight))::numeric, 9) FROM xp.rating_pair WHERE gap IS NOT NULL),
          'gaps of months make up that of all');
SELECT is((SELECT sum(pair_count) FROM xp.gap_monthly WHERE level_name = 'module'),
    (SELECT sum(pair_count) FROM xp.gap_monthly WHERE level_name = 'company'), 'and those of modules');
SELECT is((SELECT count(*) FROM xp.reconciliation WHERE difference <> 0), 0::bigint, 'reconciliation');
UPDATE xp.angle SET weight = 1;
SELECT is((SELECT count(*) FROM xp.experience_coverage AS c JOIN xp.experience_index AS i USING (level_name, node_id)
    WHERE level_name = 'touchpoint' AND abs(c.coverage_share - i.coverage_share) > 1e-9),
          0::bigint, 'with equal angles coverage is that of experience_index');

-- What has no angle is reported, not mixed in
INSERT INTO xp.rating (customer_id, touchpoint_id, angle, level, score, rated_at)
    VALUES ('c1', 't1', NULL, 'actual', 10, '2024-03-03'), ('c1', 't1', 'a9', 'actual', 10, '2024-03-03');
SELECT results_eq($$SELECT check_name, problem_count FROM xp.data_quality WHERE source = 'rating'
    AND check_name LIKE '%angle' ORDER BY 1$$, $$VALUES ('missing_angle', 1::bigint), ('unknown_angle', 1)$$,
    'ratings without an angle');
SELECT is((SELECT sum(rating_count) FROM xp.experience_index_monthly WHERE level_name = 'company')::bigint,
    (SELECT count(*) - 2 FROM xp.rating WHERE level = 'actual'), 'are in no month');
SELECT is((SELECT count(*) FROM xp.reconciliation WHERE difference <> 0), 0::bigint, 'and reconciliation says so');

-- A promoter of 2014 is none today
INSERT INTO xp.rating (customer_id, touchpoint_id, level, score, rated_at)
    VALUES ('old', NULL, 'recommend', 10, '2014-03-03'), ('c1', NULL, 'recommend', 3, '2024-05-03'),
    ('c1', NULL, 'recommend', 9, '2024-05-04');
SELECT is((SELECT string_agg(customer_id || recommend_score, ' ') FROM xp.customer_recommendation), 'c19',
    'answers of the last year');
SELECT results_eq($$SELECT month_on, promoter_count, nps FROM xp.nps_monthly WHERE answer_count > 0 ORDER BY 1$$,
    $$VALUES ('2014-03-01'::date, 1::bigint, 100::double precision), ('2024-05-01', 1, 100)$$,
    'the last answer of a customer and month counts');
SELECT is((SELECT count(*) FROM xp.nps_monthly WHERE answer_count = 0 AND nps IS NULL), 128::bigint,
    'months without an answer have none');
UPDATE xp.setting SET rating_days = NULL;
SELECT is((SELECT count(*) FROM xp.customer_recommendation), 2::bigint, 'NULL is for ever');
DELETE FROM xp.rating WHERE customer_id = 'old';

-- Surveys: means of questions between scores, codes, waves, young invitations
INSERT INTO xp.survey (survey_id, kind, customer_id, sent_at, answered_at, wave, touchpoint_id, scale_low,
    scale_high) VALUES
    ('1', 'NPS', 'a', '2024-10-01', '2024-10-02', 'w', NULL, NULL, NULL), ('2', 'nps', 'a', '2024-10-05', '2024-11-06',
        'w', NULL, NULL, NULL), ('3', 'nps', 'b', '2024-10-01', '2024-11-05', NULL, NULL, NULL, NULL),
    ('4', 'nps', 'c', '2024-10-01', NULL, NULL, NULL, NULL, NULL), ('5', 'nps', 'd', '2024-12-20', NULL, NULL, NULL,
        NULL, NULL),
    ('6', 'effort', 'a', '2024-10-09', '2024-10-10', NULL, 't1', 5, 1), ('7', 'csat', NULL, NULL, '2024-10-10', NULL,
        NULL, NULL, NULL), ('8', 'csat', NULL, NULL, '2024-10-11', NULL, NULL, NULL, NULL);
INSERT INTO xp.survey_answer (survey_id, question, score, code) VALUES ('1', 'q', 0, NULL), ('2', 'q1', 8, NULL),
    ('2', 'q2', 9, NULL), ('2', 'q3', 0, 'refused'), ('3', 'q1', 7, NULL), ('3', 'q2', 6, NULL),
    ('6', 'q', 2, NULL), ('7', 'q', 4, NULL), ('8', 'q', 5, 'dk'), ('8', 'r', 1, NULL), ('9', 'q', 1, NULL);
SELECT results_eq($$SELECT month_on, promoter_count, passive_count, detractor_count FROM xp.nps_monthly
    WHERE kind = 'nps' AND answer_count > 0$$, $$VALUES ('2024-11-01'::date, 0::bigint, 1::bigint, 1::bigint)$$,
    '8.5 is passive, 6.5 a detractor; the last of a wave counts, by month of the answer');
SELECT results_eq($$SELECT month_on, sent_count, answered_count, young_count, response_share, over_contact_count
    FROM xp.survey_response WHERE kind = 'nps' ORDER BY 1$$,
    $$VALUES ('2024-10-01'::date, 4::bigint, 3::bigint, 0::bigint, 0.75::double precision, 1::bigint),
        ('2024-12-01', 1, 0, 1, NULL, 0)$$, 'a young invitation is not unanswered');
SELECT results_eq($$SELECT answer_count, satisfied_share, mean_score FROM xp.csat_monthly$$,
    'VALUES (2::bigint, 0.5::double precision, 2.5::double precision)', 'a code is never a score');
SELECT results_eq($$SELECT easy_share, mean_score FROM xp.ces_monthly$$,
    'VALUES (1::double precision, 2::double precision)', 'on a scale on which 1 is easiest');
SELECT is((SELECT ease_share FROM xp.touchpoint_effort WHERE touchpoint_id = 't1'), 0.75::double precision, 'ease');
SELECT results_eq($$SELECT check_name, problem_count FROM xp.data_quality WHERE source = 'survey_answer'
    AND problem_count > 0 ORDER BY 1$$,
    $$VALUES ('code_with_score', 2::bigint), ('missing_customer', 7), ('unknown_survey', 1)$$,
        'what is wrong with answers');

-- Who buys, and rates in the month or 30 days after
INSERT INTO xp.purchase (customer_id, purchased_at, amount) VALUES ('c1', '2024-01-05', 1), ('c2', '2024-01-06', 1),
    ('buyer', '2024-01-07', 1), ('late', '2023-11-07', 1), ('in time', '2023-11-07', 1);
INSERT INTO xp.rating (customer_id, touchpoint_id, level, score, rated_at)
    VALUES ('late', 't1', 'recommend', 5, '2023-12-31'), ('in time', 't1', 'recommend', 5, '2023-12-30'),
    ('in time', 't1', 'recommend', 5, '2023-10-30');
SELECT results_eq('SELECT month_on, buyer_count, rater_count FROM xp.review_rate ORDER BY 1',
    $$VALUES ('2023-11-01'::date, 2::bigint, 1::bigint), ('2024-01-01', 3, 2)$$, 'who rates what they bought');
DELETE FROM xp.rating WHERE customer_id IN ('late', 'in time');

-- Actions
INSERT INTO xp.action (touchpoint_id, owner, found_on, due_on, done_on) VALUES ('t1', 'ann', '2024-05-01', '2024-06-01',
    '2024-06-15'), ('t2', 'bob', '2024-05-01', '2024-06-01', NULL), ('t3', 'bob', '2024-05-01', '2025-06-01',
    '2025-01-15'), ('t4', 'bob', '2025-05-01', NULL, NULL);
SELECT results_eq('SELECT touchpoint_id, status FROM xp.action_status ORDER BY 1', $$VALUES ('t1', 'done late'),
    ('t2', 'overdue'), ('t3', 'open')$$, 'actions as of a day');
SELECT results_eq('SELECT touchpoint_id, before_count, after_count, is_complete, round(gap_change::numeric, 9)
    FROM xp.action_effect',
    $$SELECT 't1', count(*) FILTER (WHERE NOT is_after), count(*) FILTER (WHERE is_after), true,
             round((sum(gap * weight) FILTER (WHERE is_after) / sum(weight) FILTER (WHERE is_after)
                    - sum(gap * weight) FILTER (WHERE NOT is_after) / sum(weight) FILTER (WHERE NOT is_after))::numeric,
                        9)
      FROM (SELECT rated_on > '2024-06-15' AS is_after, gap, weight FROM xp.rating_pair
            WHERE touchpoint_id = 't1' AND gap IS NOT NULL AND rated_on > date '2024-06-15' - 90
                AND rated_on <= date '2024-06-15' + 90) AS g$$, 'before and after');
SELECT ok((SELECT bool_and(verdict IN ('good', 'improve', 'raise', 'simplify')) FROM xp.experience_review),
    'every rated touchpoint has a verdict');
SELECT * FROM finish();
ROLLBACK;
