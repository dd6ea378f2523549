-- Rules of the programme that complete rows in one order never ask about.
BEGIN;
SELECT plan(16);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SET LOCAL timezone = 'UTC';
CREATE TABLE seen_from (id text, w double precision);
INSERT INTO seen_from VALUES ('f', NULL), ('g', 1), ('h', 'Infinity'), ('i', -1);
SELECT crm_create_workspace('w', '{"angle": {"from": "seen_from", "angle_id": "id", "weight": "w"}}',
    subjects => '{programme}');
SET LOCAL search_path = w, public;
SET LOCAL crm_ext.as_of = '2024-03-10';

SELECT results_eq('SELECT angle_id, angle_share FROM experience_angle ORDER BY 1',
    $$VALUES ('f', 0.5::double precision), ('g', 0.5::double precision), ('h', 0), ('i', 0)$$,
    'an angle without a weight weighs 1, with one that is no number of 0 or more nothing');

-- Surveys: of a customer's answers the last on a scale that can be read
INSERT INTO survey (survey_id, kind, customer_id, answered_at, scale_low, scale_high) VALUES
    ('n1', 'nps', 'a', '2024-02-03', NULL, NULL), ('n2', 'nps', 'a', '2024-02-05', 1, 5),
    ('c1', 'csat', 'a', '2024-02-03', 1, 5), ('c2', 'csat', 'a', '2024-02-05', 3, 3);
INSERT INTO survey_answer (survey_id, question, score) VALUES ('n1', 'q', 10), ('n2', 'q', 5), ('c1', 'q', 4),
    ('c2', 'q', 3);
SELECT results_eq('SELECT month_on, answer_count, promoter_count FROM nps_monthly WHERE answer_count > 0',
    $$VALUES (date '2024-02-01', 1::bigint, 1::bigint)$$, 'an answer on another scale takes no other away');
SELECT results_eq('SELECT scale_low, scale_high, answer_count, satisfied_share FROM csat_monthly',
    'VALUES (1::double precision, 5::double precision, 1::bigint, 1::double precision)', 'nor one on no scale');
-- Thumbs, up 1 and down 0, and as a scale whose best is the smaller
DELETE FROM survey_answer;
DELETE FROM survey;
INSERT INTO survey (survey_id, kind, customer_id, answered_at, scale_low, scale_high)
SELECT kind || n, kind, 't' || n, '2024-02-03', low, high
FROM generate_series(0, 4) AS n CROSS JOIN (VALUES ('csat', 0, 1), ('satisfaction', 1, 0)) AS scale (kind, low, high);
INSERT INTO survey_kind VALUES ('satisfaction', 'csat') ON CONFLICT DO NOTHING;
INSERT INTO survey_answer (survey_id, question, score)
SELECT survey_id, 'q', CASE WHEN customer_id = 't0' THEN scale_low ELSE scale_high END FROM survey;
SELECT results_eq('SELECT scale_low, scale_high, answer_count, satisfied_share, round(mean_score::numeric, 12)
        FROM csat_monthly ORDER BY 1',
    'VALUES (0::double precision, 1::double precision, 5::bigint, 0.8::double precision, 0.8), (1, 0, 5, 0.8, 0.2)',
    'of two boxes the better one');

-- Reviews may come for survey_days after the month.
UPDATE setting SET survey_days = 10;
INSERT INTO purchase (customer_id, purchased_at, amount) VALUES ('r1', '2024-02-28', 10), ('r2', '2024-02-28', 10);
INSERT INTO rating (customer_id, touchpoint_id, level, score, rated_at) VALUES ('r1', 't', 'actual', 5, '2024-03-10');
SET LOCAL crm_ext.as_of = '2024-03-09';
SELECT results_eq('SELECT rater_count, is_complete FROM review_rate WHERE month_on = ''2024-02-01''',
    'VALUES (0::bigint, false)', 'review_rate: a month is not complete while reviews count for it');
SET LOCAL crm_ext.as_of = '2024-03-10';
SELECT results_eq('SELECT rater_count, is_complete FROM review_rate WHERE month_on = ''2024-02-01''',
    'VALUES (1::bigint, true)', 'but when those days are over');

-- Where no angle is listed, none is one, whether it is empty or NULL.
DELETE FROM rating;
DELETE FROM seen_from;
INSERT INTO rating (customer_id, touchpoint_id, angle, level, score, rated_at) VALUES
    ('c1', 't', '', 'expected', 5, '2024-03-01'), ('c1', 't', '', 'actual', 7, '2024-03-01'),
    ('c2', 't', NULL, 'expected', 5, '2024-03-02'), ('c2', 't', NULL, 'actual', 9, '2024-03-02');
SELECT results_eq($$SELECT (SELECT count(*) FROM experience_angle), (SELECT sum(pair_count) FROM gap_monthly
        WHERE level_name = 'company' AND month_on = '2024-03-01'), (SELECT max(cell_count) FROM experience_coverage)$$,
    'VALUES (1::bigint, 2::numeric, 1::bigint)', 'every rating counts once');
SELECT is_empty('SELECT * FROM reconciliation_programme WHERE difference <> 0', 'and totals agree');

-- Effort is of a touchpoint: a later answer on another takes none away. Without a wave the month is one.
DELETE FROM survey_answer;
DELETE FROM survey;
UPDATE setting SET month_anchor = '2001-01-26';
INSERT INTO survey (survey_id, kind, customer_id, answered_at, touchpoint_id) VALUES
    ('s1', 'ces', 'c1', '2024-03-03', 'shop'), ('s2', 'ces', 'c1', '2024-03-08', 'web'),
    ('s3', 'ces', 'c1', '2024-03-09', 'web'), ('p1', 'nps', 'c1', '2024-01-28', 'shop'),
    ('p2', 'nps', 'c1', '2024-02-04', 'web');
INSERT INTO survey_answer (survey_id, question, score) VALUES ('s1', 'q', 1), ('s2', 'q', 1), ('s3', 'q', 7),
    ('p1', 'q', 0), ('p2', 'q', 10);
SELECT results_eq('SELECT touchpoint_id, answer_count, ease_share FROM touchpoint_effort ORDER BY 1',
    $$VALUES ('shop', 1::bigint, 0::double precision), ('web', 1, 1)$$, 'touchpoint_effort: the last answer of each');
SELECT results_eq($$SELECT month_on, answer_count, promoter_count FROM nps_monthly WHERE kind = 'nps'
        AND answer_count > 0$$,
    $$VALUES (date '2024-01-26', 1::bigint, 1::bigint)$$, 'one answer of a customer in a month, of whatever day');
UPDATE setting SET month_anchor = DEFAULT;

-- Invitations are answered for survey_days after the month.
INSERT INTO survey (survey_id, kind, customer_id, sent_at) VALUES ('i1', 'nps', 'c7', '2024-02-28');
SELECT results_eq($$SELECT is_complete FROM survey_response WHERE month_on = '2024-02-01'$$, 'VALUES (true)',
    'survey_response: ten days are over');
SET LOCAL crm_ext.as_of = '2024-03-09';
SELECT results_eq($$SELECT is_complete FROM survey_response WHERE month_on = '2024-02-01'$$, 'VALUES (false)',
    'on the day before they were not');
SET LOCAL crm_ext.as_of = '2024-03-10';

-- A detail is of another touchpoint, which is there.
DELETE FROM touchpoint;
INSERT INTO touchpoint (touchpoint_id, parent_id) VALUES ('own', 'own'), ('lost', 'gone'), ('found', 'own');
SELECT is((SELECT problem_count FROM data_quality WHERE check_name = 'unknown_parent'), 2::bigint,
    'unknown_parent: of itself, and of none');

-- Keys that are equal are one customer, however they are written; who is unknown is somebody else every time.
SET LOCAL search_path = public;
CREATE TABLE asked (id text, who numeric, answered_at timestamptz);
INSERT INTO asked VALUES ('k1', 7, '2024-03-03'), ('k2', 7.0, '2024-03-04'), ('k3', NULL, '2024-02-03'),
    ('k4', NULL, '2024-02-04');
CREATE TABLE answered (id text, score integer);
INSERT INTO answered VALUES ('k1', 0), ('k2', 10), ('k3', 0), ('k4', 10);
SELECT crm_create_workspace('keyed', '{
    "survey": {"from": "asked", "survey_id": "id", "kind": "''nps''", "customer_id": "who",
               "answered_at": "answered_at"},
    "survey_answer": {"from": "answered", "survey_id": "id", "question": "''q''", "score": "score"}}',
    subjects => '{programme}');
SELECT results_eq($$SELECT month_on, answer_count, nps FROM keyed.nps_monthly WHERE answer_count > 0 ORDER BY 1$$,
    $$VALUES (date '2024-02-01', 2::bigint, 0::double precision), ('2024-03-01', 1, 100)$$,
    'of keys that are equal the last answer counts, of nobody''s each');
SELECT results_eq($$SELECT customer_id, survey_id FROM keyed.survey_score WHERE customer_id = 7.00$$,
    $$VALUES (7.0, 'k2')$$, 'and it is found by either');

-- What is not easy is simplified, whatever else is to be done.
SELECT crm_create_workspace('judged', '{}', subjects => '{programme}');
INSERT INTO judged.touchpoint (touchpoint_id, weight) VALUES ('poor', 3), ('hard', 3), ('fine', 3), ('spoilt', 1),
    ('small', 1);
INSERT INTO judged.rating (customer_id, touchpoint_id, level, score, rated_at)
SELECT 'x', touchpoint_id, level, CASE WHEN level = 'expected' THEN 5 WHEN touchpoint_id IN ('fine', 'spoilt') THEN 9
                                       ELSE 3 END, '2024-03-01'
FROM judged.touchpoint CROSS JOIN unnest('{expected,actual}'::text[]) AS level;
INSERT INTO judged.survey (survey_id, kind, customer_id, answered_at, touchpoint_id)
VALUES ('e', 'ces', 'x', '2024-03-01', 'hard');
INSERT INTO judged.survey_answer (survey_id, question, score) VALUES ('e', 'q', 1);
SELECT set_eq('SELECT touchpoint_id, stated_quadrant, verdict FROM judged.experience_review',
    $$VALUES ('poor', 'concentrate here', 'improve'), ('hard', 'concentrate here', 'simplify'),
        ('fine', 'keep up', 'good'), ('spoilt', 'possible overkill', 'simplify'), ('small', 'low priority', 'raise')$$,
    'experience_review: simplify before anything else');
SELECT * FROM finish();
ROLLBACK;
