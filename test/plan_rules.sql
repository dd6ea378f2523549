-- Rules of plans that complete rows in one order never ask about.
BEGIN;
SELECT plan(13);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SET LOCAL timezone = 'UTC';
SELECT crm_create_workspace('w', '{}', 'UTC', subjects => '{plan}');
SET LOCAL search_path = w, public;
SET LOCAL crm_ext.as_of = '2024-03-10';

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
-- The rule that a row breaks is named.
SELECT throws_like(format($$INSERT INTO goal (family, metric, direction, period_start, period_end, target)
    VALUES (%L, %L, %L, '2024-04-01', %L, 1)$$, family, metric, direction, period_end),
    format('%%violates check constraint "%s"', rule), rule)
FROM (VALUES ('money', 'orders', 'up', date '2024-04-30', 'goal_family_is_known'),
             ('value', 'profit', 'up', '2024-04-30', 'goal_metric_is_known'),
             ('value', 'orders', 'down!', '2024-04-30', 'goal_direction_is_known'),
             ('value', 'orders', 'up', '2024-03-31', 'goal_period_is_forward'))
    AS wrong (family, metric, direction, period_end, rule);
INSERT INTO plan_line (kind, period_start, period_end, amount) VALUES ('sales', '2024-02-01', '2024-02-29', -100);
SELECT results_eq($$SELECT attained_share, pace_ratio FROM forecast_progress WHERE target_from = 'plan'$$,
    'VALUES (NULL::double precision, NULL::double precision)', 'forecast_progress');
SELECT * FROM finish();
ROLLBACK;
