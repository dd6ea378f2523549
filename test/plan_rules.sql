-- Rules of plans that complete rows in one order never ask about.
BEGIN;
SELECT plan(30);
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

-- A line whose amount nobody knows is not planned as 0.
SAVEPOINT unknown;
INSERT INTO plan_line (kind, period_start, product_id, quantity, price, amount) VALUES
    ('sales', '2024-01-01', 'A', 10, NULL, NULL), ('sales', '2024-01-01', 'B', 10, 2, NULL),
    ('sales', '2024-01-01', 'C', NULL, NULL, 'NaN');
DELETE FROM purchase;
INSERT INTO purchase (customer_id, purchased_at, product_id, amount, quantity) VALUES
    ('c1', '2024-01-05', 'A', 50, 10), ('c1', '2024-01-05', 'B', 30, 10), ('c1', '2024-01-05', 'D', 7, 1);
SELECT results_eq('SELECT product_id, plan_amount, actual_amount, variance, is_favourable, price_variance
        FROM plan_variance WHERE kind = ''sales'' ORDER BY 1',
    $$VALUES ('A', NULL::numeric, 50::numeric, NULL::numeric, NULL::boolean, NULL::numeric),
        ('B', 20, 30, 10, true, NULL), ('C', NULL, NULL, NULL, NULL, NULL), ('D', NULL, 7, 7, true, NULL)$$,
    'what came is not held against it');
SELECT results_eq('SELECT line_count, new_line_count, dropped_line_count, unknown_line_count, plan_amount,
        actual_amount, variance, variance_share, is_favourable, price_variance FROM plan_variance_total
        WHERE kind = ''sales''',
    $$VALUES (3::bigint, 1::bigint, 0::bigint, 2::bigint, 20::numeric, 87::numeric, 17::numeric,
        0.85::double precision, true, NULL::numeric)$$, 'nor in total');
SELECT is_empty('SELECT * FROM reconciliation WHERE difference <> 0', 'both say the same');
SELECT results_eq('SELECT target, to_date, attained_share, pace_ratio FROM forecast_progress
        WHERE target_from = ''plan''',
    'VALUES (NULL::double precision, 87::double precision, NULL::double precision, NULL::double precision)',
    'forecast_progress: a target that is not known');
SELECT results_eq('SELECT amount, plan_amount, attained_share FROM sales_result WHERE month_on = ''2024-01-01''',
    'VALUES (87::numeric(18, 2), NULL::numeric(18, 2), NULL::double precision)',
    'sales_result: nor is the month''s plan');
SELECT results_eq('SELECT problem_count, example_key FROM data_quality WHERE source = ''plan_line''
        AND check_name = ''missing_amount''', $$VALUES (1::bigint, 'sales')$$, 'which data_quality tells');
INSERT INTO plan_line (kind, period_start, product_id) VALUES ('sales', '2024-01-01', 'B');
SELECT is((SELECT amount FROM plan_known WHERE product_id = 'B'), 20::numeric,
    'a row without any number plans nothing');
INSERT INTO plan_line (kind, period_start, product_id, quantity) VALUES ('sales', '2024-01-01', 'B', 1);
SELECT is((SELECT amount FROM plan_known WHERE product_id = 'B'), NULL, 'a part of a line is not the line');
INSERT INTO plan_line (kind, period_start, department, amount, quantity) VALUES
    ('cost', '2024-01-01', 'desk', 10, NULL),
    ('service', '2024-01-01', 'desk', NULL, 3);
INSERT INTO plan_kind (kind, meaning) VALUES ('care', 'service') ON CONFLICT DO NOTHING;
INSERT INTO cost (occurred_at, kind, department, amount) VALUES ('2024-01-10', 'rent', 'desk', 4),
    ('2024-01-10', 'care', 'desk', 100);
SELECT results_eq('SELECT plan_amount, actual_amount, spent_share FROM staff_execution WHERE department = ''desk''',
    'VALUES (10::numeric(18, 2), 4::numeric(18, 2), 0.4::double precision)', 'staff_execution');
ROLLBACK TO unknown;

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

-- What ends today is not over, unless the day was named: that is meant whole.
SET LOCAL crm_ext.as_of = '';
DELETE FROM plan_line;
INSERT INTO plan_line (kind, period_start, period_end, amount)
SELECT 'sales', crm_as_of('UTC') - 9, crm_as_of('UTC') - n, 10 FROM generate_series(0, 1) AS n;
-- Months that end today
UPDATE setting SET month_anchor = crm_as_of('UTC') + 1;
CREATE FUNCTION pg_temp.over() RETURNS TABLE (days integer, is_complete boolean) LANGUAGE sql AS $$
    SELECT as_of - period_end, is_complete FROM plan_variance_total
    UNION ALL
    SELECT n, as_of = month_over_on FROM calendar_basis CROSS JOIN (VALUES (9)) AS month (n)
$$;
SELECT results_eq('SELECT * FROM pg_temp.over() ORDER BY 1', 'VALUES (0, false), (1, true), (9, false)',
    'today is not');
SELECT set_config('crm_ext.as_of', crm_as_of('UTC')::text, true);
SELECT results_eq('SELECT * FROM pg_temp.over() ORDER BY 1', 'VALUES (0, true), (1, true), (9, true)',
    'on a day that was named');
SELECT is((SELECT is_complete FROM plan_month ORDER BY month_on DESC LIMIT 1), true, 'the month, too');

-- A price is that of all pieces, or none; a quantity too.
DELETE FROM plan_line;
DELETE FROM purchase;
INSERT INTO plan_line (kind, period_start, product_id, quantity, price, amount) VALUES
    ('sales', '2024-01-01', 'A', 10, 10, NULL), ('sales', '2024-01-01', 'A', NULL, NULL, 100),
    ('sales', '2024-01-01', 'B', 5, 10, NULL);
INSERT INTO purchase (customer_id, purchased_at, product_id, quantity, amount) VALUES
    ('ann', '2024-01-05', 'A', 10, 100), ('bob', '2024-01-06', 'A', NULL, 100), ('ann', '2024-01-06', 'B', 5, 60);
SELECT results_eq('SELECT product_id, plan_quantity, plan_price, plan_amount, actual_quantity, actual_price,
        actual_amount FROM plan_variance ORDER BY 1',
    $$VALUES ('A', NULL::numeric, NULL::numeric, 200::numeric, NULL::numeric, NULL::numeric, 200::numeric),
             ('B', 5, 10, 50, 5, 12, 60)$$, 'plan_variance: where a quantity is unknown no price is known');
SELECT results_eq('SELECT plan_quantity, actual_quantity, variance FROM plan_variance_total',
    'VALUES (NULL::numeric, NULL::numeric, 10::numeric)', 'nor the quantity of all lines');
UPDATE purchase SET quantity = 10;
UPDATE plan_line SET quantity = 10;
UPDATE setting SET min_cell = 2;
SELECT results_eq('SELECT plan_quantity, actual_quantity, actual_amount FROM plan_variance_total',
    'VALUES (30::numeric, NULL::numeric, NULL::numeric)', 'nor where a line is hidden');
UPDATE setting SET min_cell = 1;

-- A department has the costs of the periods in which a plan names it.
DELETE FROM plan_line;
DELETE FROM cost;
INSERT INTO plan_line (kind, period_start, department, amount) VALUES ('cost', '2024-01-01', 'ops', 100),
    ('cost', '2024-02-01', 'rd', 100);
INSERT INTO cost (occurred_at, kind, amount, department) VALUES ('2024-01-10', 'cost', 90, 'ops'),
    ('2024-02-10', 'cost', 60, 'ops'), ('2024-02-10', 'cost', 70, 'rd'), ('2024-02-10', 'cost', 5, 'hr');
SELECT results_eq('SELECT department, plan_amount, actual_amount, spent_share FROM staff_execution ORDER BY 1',
    $$VALUES ('ops', 100::numeric(20,2), 90::numeric(20,2), 0.9::double precision), ('rd', 100, 70, 0.7)$$,
    'staff_execution');

-- Months are those of days, which have no zone: in Asuncion this one began at one o'clock.
DELETE FROM purchase;
INSERT INTO purchase (customer_id, purchased_at, amount) VALUES ('ann', '2023-11-05', 600);
INSERT INTO goal (family, metric, period_start, period_end, target, direction)
VALUES ('value', 'revenue', '2023-10-01', '2024-03-31', 1000, 'up');
SET LOCAL crm_ext.as_of = '2023-12-31';
SET LOCAL timezone = 'America/Asuncion';
SELECT results_eq($$SELECT monthly_run_rate FROM forecast_progress WHERE target_from = 'goal' AND target = 1000$$,
    'VALUES (1200::double precision)', 'forecast_progress: three of six months, in any zone of the session');
SELECT * FROM finish();
ROLLBACK;
