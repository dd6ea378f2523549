-- Rules of plans, profiles, campaigns and the programme that complete rows in one order never ask about.
BEGIN;
SELECT plan(34);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SET LOCAL timezone = 'UTC';
CREATE TABLE seen_from (id text, w double precision);
INSERT INTO seen_from VALUES ('f', NULL), ('g', 1), ('h', 'Infinity'), ('i', -1);
SELECT crm_create_workspace('w', '{"angle": {"from": "seen_from", "angle_id": "id", "weight": "w"}}',
    subjects => '{programme,plan,profile,campaign}');
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

-- Records as they were: what changed after as_of, in the same month, had not changed.
INSERT INTO customer (customer_id, registered_at) VALUES ('p', '2024-01-10');
UPDATE customer SET email = 'p@example.com';
UPDATE customer SET email = NULL;
UPDATE customer_change SET changed_at = '2024-03-05 12:00' WHERE new_value IS NOT NULL;
UPDATE customer_change SET changed_at = '2024-03-20 12:00' WHERE new_value IS NULL;
CREATE FUNCTION pg_temp.filled(day text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('crm_ext.as_of', day, true);
    RETURN (SELECT filled_count FROM completeness_monthly WHERE field_name = 'email' ORDER BY month_on DESC LIMIT 1);
END $$;
SELECT results_eq($$SELECT day, pg_temp.filled(day)
    FROM unnest('{2024-02-29,2024-03-04,2024-03-05,2024-03-19,2024-03-20,2024-03-31,2024-04-10}'::text[]) AS day$$,
    $$VALUES ('2024-02-29', 0::bigint), ('2024-03-04', 0), ('2024-03-05', 1), ('2024-03-19', 1), ('2024-03-20', 0),
             ('2024-03-31', 0), ('2024-04-10', 0)$$, 'completeness_monthly: as it was on the day');

-- Years are whole years: leap days make none longer.
SET LOCAL crm_ext.as_of = '2024-03-10';
DELETE FROM purchase;
INSERT INTO purchase (customer_id, purchased_at, amount)
SELECT day, day::date, 1
FROM unnest('{2023-03-11,2023-03-10,2021-03-11,2021-03-10,2018-03-11,2018-03-10}'::text[]) AS day;
SELECT results_eq('SELECT customer_id, tenure_band, tenure_band_order FROM customer_360 WHERE purchase_count > 0
        ORDER BY 1',
    $$VALUES ('2018-03-10', 'over 5 years', 4), ('2018-03-11', '3-5 years', 3), ('2021-03-10', '3-5 years', 3),
        ('2021-03-11', '1-2 years', 2), ('2023-03-10', '1-2 years', 2), ('2023-03-11', 'under 1 year', 1)$$,
    'tenure_band');
SET LOCAL crm_ext.as_of = '2024-02-29';
SELECT is((SELECT tenure_band FROM customer_360 WHERE customer_id = '2021-03-10'), '1-2 years', 'on a leap day');
SET LOCAL crm_ext.as_of = '2024-03-10';

-- One touch, then an order of three rows; another order that counts twice
DELETE FROM purchase;
INSERT INTO conversion (customer_id, kind, converted_at, conversion_count, amount) VALUES
    ('a', 'sale', '2024-03-02 10:00', 1, 10), ('a', 'sale', '2024-03-02 10:00', 0, 5),
    ('a', 'sale', '2024-03-02 10:00', 0, 5), ('b', 'sale', '2024-03-02 10:00', 2, 20);
INSERT INTO touch (campaign_id, channel, customer_id, touched_at) VALUES ('spring', 'mail', 'a', '2024-03-01'),
    ('spring', 'mail', 'b', '2024-03-01');
SELECT results_eq('SELECT touch_count, linear_count, linear_amount FROM attribution WHERE channel = ''mail''
        AND conversion_kind = ''sale''',
    'VALUES (2::bigint, 3::double precision, 40::double precision)', 'a touch counts once for each order');
INSERT INTO campaign (campaign_id, campaign_name) VALUES ('spring', 'Spring');
SELECT results_eq('SELECT cost, attributed_roi FROM campaign_roi WHERE campaign_id = ''spring''',
    'VALUES (NULL::numeric(20,2), NULL::double precision)', 'a cost that nobody knows is not 0');
UPDATE touch SET cost = 0.5 WHERE customer_id = 'a';
SELECT is((SELECT cost FROM campaign_roi WHERE campaign_id = 'spring'), 0.50, 'of what is known it is the sum');

-- A plan of a kind that nobody knows
INSERT INTO plan_line (kind, period_start, period_end, amount) VALUES ('training', '2024-02-01', '2024-02-29', 10),
    ('cost', '2024-02-01', '2024-02-29', 10);
INSERT INTO cost (occurred_at, kind, amount) VALUES ('2024-02-10', 'training', 3);
SELECT results_eq('SELECT kind, plan_amount, actual_amount, variance, is_favourable FROM plan_variance ORDER BY 1',
    $$VALUES ('cost', 10::numeric, 3::numeric, -7::numeric, true), ('training', 10, NULL, NULL, NULL)$$,
    'nothing is held against it');
SELECT results_eq('SELECT kind, line_count, dropped_line_count, variance, is_favourable FROM plan_variance_total
        ORDER BY 1',
    $$VALUES ('cost', 1::bigint, 0::bigint, -7::numeric, true), ('training', 1, 0, NULL, NULL)$$, 'nor in total');

-- A zone whose hours are counted westward is no zone to be meant.
SELECT throws_ok(format('SELECT crm_create_workspace(%L, time_zone => %L)', 'z', zone), '22023',
    format('time_zone cannot be "%s"', zone))
FROM unnest('{UTC+8,+08,<+08>-08:30," UTC+8",CET-1CEST}'::text[]) AS zone;

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

-- What is no conversion ends no path.
DELETE FROM conversion;
DELETE FROM touch;
INSERT INTO touch (touched_at, channel, customer_id) VALUES ('2024-03-01', 'mail', 'A'), ('2024-03-01', 'mail', 'B');
INSERT INTO purchase (purchase_id, customer_id, purchased_at, amount, events) VALUES ('p1', 'A', '2024-03-02', 10, 1),
    ('p2', 'B', '2024-03-02', 10, 0);
SELECT is((SELECT max(conversion_share) FROM attribution_markov), 0.5::double precision,
    'attribution_markov: one of two paths');

-- A quantity that nobody knows is not 0; before anybody says one there is no such metric.
DELETE FROM purchase;
INSERT INTO purchase (customer_id, purchased_at, amount) VALUES ('c1', '2024-01-05', 10), ('c1', '2024-02-05', 10);
SELECT is_empty($$SELECT * FROM metric_month WHERE metric = 'quantity'$$, 'no quantities, no metric');
UPDATE purchase SET quantity = 2 WHERE purchased_at < '2024-02-01';
INSERT INTO forecast (metric, made_on, period_start, period_end, amount) VALUES
    ('quantity', '2023-12-01', '2024-02-01', '2024-02-29', 5),
    ('revenue', '2023-12-01', '2024-02-01', '2024-02-29', 10),
    ('revenue', '2023-12-01', '2024-02-20', '2024-02-10', 500);
SELECT results_eq($$SELECT metric, month_on, amount FROM metric_month WHERE metric IN ('quantity', 'orders')
        ORDER BY 1, 2$$,
    $$VALUES ('orders', date '2024-01-01', 1::numeric), ('orders', '2024-02-01', 1), ('orders', '2024-03-01', 0),
             ('quantity', '2024-01-01', 2), ('quantity', '2024-02-01', NULL), ('quantity', '2024-03-01', 0)$$,
    'metric_month: NULL where purchases say none, 0 where there are none');
-- Quantities that began this year have no season.
INSERT INTO purchase (customer_id, purchased_at, amount) VALUES ('c1', '2023-01-05', 10);
SELECT results_eq($$SELECT to_date, last_year_share, seasonal_run_rate FROM forecast_progress
        WHERE metric = 'quantity' AND target_from = 'none'$$,
    'VALUES (2::double precision, NULL::double precision, NULL::double precision)', 'forecast_progress: no season');
SELECT results_eq('SELECT metric, forecast_amount, actual_amount FROM forecast_result ORDER BY 1, 2',
    $$VALUES ('quantity', 5::numeric, NULL::numeric), ('revenue', 10, 10)$$,
    'nor is a period judged that ends before it begins');
SELECT is((SELECT problem_count FROM data_quality WHERE source = 'forecast' AND check_name = 'invalid_period'),
    1::bigint, 'which data_quality tells');

-- A goal of a month to come is neither met nor missed; a plan below 0 is attained by no share.
INSERT INTO goal (family, metric, period_start, period_end, target, direction)
VALUES ('value', 'orders', '2024-04-01', '2024-04-30', 5, 'down'),
    ('behaviour', 'retention_share', '2024-04-01', '2024-04-30', 0.5, 'up');
SELECT results_eq('SELECT metric, actual_value, is_met FROM goal_attainment ORDER BY 1',
    $$VALUES ('orders', NULL::double precision, NULL::boolean), ('retention_share', NULL, NULL)$$, 'goal_attainment');
INSERT INTO plan_line (kind, period_start, period_end, amount) VALUES ('sales', '2024-02-01', '2024-02-29', -100);
SELECT results_eq($$SELECT attained_share, pace_ratio FROM forecast_progress WHERE target_from = 'plan'$$,
    'VALUES (NULL::double precision, NULL::double precision)', 'forecast_progress');

-- A statement that cannot be read is none of its day.
INSERT INTO wallet (customer_id, brand, is_own, stated_at, amount) VALUES ('c1', 'Us', true, '2024-01-01', 50),
    ('c1', 'They', false, '2024-01-01', 50), ('c1', 'They', false, '2024-02-01', 'NaN');
SELECT results_eq('SELECT brand, amount, amount_share FROM wallet_brand ORDER BY 1',
    $$VALUES ('They', 50::numeric, 0.5::double precision), ('Us', 50, 0.5)$$, 'wallet_brand');
SELECT * FROM finish();
ROLLBACK;
