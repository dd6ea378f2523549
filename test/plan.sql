-- Plans, forecasts and reports: figures that can be checked by hand.
BEGIN;
SELECT plan(38);
SET LOCAL client_min_messages = warning;
SET LOCAL crm_ext.as_of = '2024-06-30';
SELECT crm_create_workspace('shop', '{}', subjects => '{plan}');

SELECT is((SELECT count(*) FROM shop.plan_variance), 0::bigint, 'empty: no variance');
SELECT is((SELECT count(*) FROM shop.forecast_accuracy) + (SELECT count(*) FROM shop.forecast_progress), 0::bigint,
    'empty: no forecasts');
SELECT is((SELECT count(*) FROM shop.report_sales) + (SELECT count(*) FROM shop.report_service)
          + (SELECT count(*) FROM shop.report_finance) + (SELECT count(*) FROM shop.report_customer)
          + (SELECT count(*) FROM shop.report_product), 0::bigint, 'empty: no reports');
SELECT is((SELECT count(*) FROM shop.sales_result) + (SELECT count(*) FROM shop.service_process)
          + (SELECT count(*) FROM shop.staff_execution) + (SELECT count(*) FROM shop.sales_channel_monthly), 0::bigint,
          'empty: no monitors');

-- A10@5, B20@3 planned; A12@6, B20@3 came
INSERT INTO shop.plan_line (kind, period_start, product_id, quantity, price) VALUES ('sales', '2024-01-01', 'A', 10, 5),
    ('sales', '2024-01-01', 'B', 20, 3);
INSERT INTO shop.purchase (customer_id, purchased_at, product_id, quantity, amount, cost_amount, sales_channel) VALUES
    ('ann', '2024-01-10', 'A', 12, 72, 30, 'web'), ('bob', '2024-01-31 23:30', 'B', 20, 60, 40, 'shop');
SELECT results_eq($$SELECT plan_amount, actual_amount, variance, price_variance, round(volume_variance, 7),
    round(mix_variance, 7), is_complete
                    FROM shop.plan_variance_total$$, 'VALUES (110::numeric, 132::numeric, 22::numeric, 12::numeric,
                        7.3333333, 2.6666667, true)', 'price, volume and mix');

-- A new line and a dropped one
INSERT INTO shop.plan_line (kind, period_start, product_id, quantity, price) VALUES ('sales', '2024-02-01', 'A', 10, 5),
    ('sales', '2024-02-01', 'B', 10, 4);
INSERT INTO shop.purchase (customer_id, purchased_at, product_id, quantity, amount, cost_amount, sales_channel) VALUES
    ('ann', '2024-02-10', 'A', 10, 50, 20, 'web'), ('cid', '2024-02-11', 'C', 5, 35, NULL, NULL);
SELECT results_eq($$SELECT product_id, variance, price_variance, volume_variance, mix_variance FROM shop.plan_variance
    WHERE period_start = '2024-02-01' ORDER BY product_id$$,
    $$VALUES ('A', 0::numeric, 0::numeric, -12.5, 12.5), ('B', -40, 0, -10, -30), ('C', 35, 0, 0, 35)$$,
        'a dropped line has no quantity, a new one is mix');
SELECT results_eq($$SELECT new_line_count, dropped_line_count, variance, price_variance + volume_variance + mix_variance
    FROM shop.plan_variance_total WHERE period_start = '2024-02-01'$$,
    'VALUES (1::bigint, 1::bigint, -5::numeric, -5::numeric)', 'and they add up');

-- Nothing planned, one line, two units, the future, the month in progress
INSERT INTO shop.plan_line (kind, period_start, period_end, product_id, quantity, price, unit) VALUES
    ('sales', '2024-02-01', '2024-02-28', 'A', 0, 5, NULL),
    ('sales', '2024-01-01', '2024-01-15', 'A', 10, 5, NULL),
    ('sales', '2024-01-01', '2024-02-29', 'A', 10, 5, 'piece'), ('sales', '2024-01-01', '2024-02-29', 'B', 10, 5, 'kg'),
    ('sales', '2024-07-01', '2024-07-31', 'A', 10, 5, NULL), ('sales', '2024-06-01', '2024-07-31', 'A', 10, 5, NULL);
SELECT results_eq($$SELECT variance, variance_share, price_variance, volume_variance, mix_variance
    FROM shop.plan_variance_total WHERE period_end = '2024-02-28'$$,
    'VALUES (85::numeric, NULL::double precision, NULL::numeric, NULL::numeric, NULL::numeric)',
        'of a planned quantity of 0 there are no parts');
SELECT results_eq($$SELECT price_variance, volume_variance, mix_variance FROM shop.plan_variance_total
    WHERE period_end = '2024-01-15'$$,
    'VALUES (12::numeric, 10::numeric, 0::numeric)', 'a single line has no mix');
SELECT results_eq($$SELECT product_id, mix_variance FROM shop.plan_variance WHERE period_end = '2024-02-29'
    AND period_start = '2024-01-01' ORDER BY product_id$$,
    $$VALUES ('A', 0::numeric), ('B', 0), ('C', NULL)$$, 'two units are not mixed, and what has none has no parts');
SELECT is((SELECT plan_quantity FROM shop.plan_variance_total WHERE period_end = '2024-02-29'
    AND period_start = '2024-01-01'), NULL::numeric, 'nor are they added');
SELECT results_eq($$SELECT variance, actual_amount FROM shop.plan_variance_total WHERE period_start = '2024-07-01'$$,
    'VALUES (NULL::numeric, NULL::numeric)', 'the future has no variance');
SELECT results_eq($$SELECT variance, is_complete FROM shop.plan_variance_total WHERE period_start = '2024-06-01'$$,
    'VALUES (-50::numeric, false)', 'a period in progress is to date');

-- Costs, by department; kinds in the user's words
INSERT INTO shop.plan_line (kind, period_start, period_end, department, amount)
    VALUES ('Expense', '2024-01-01', '2024-03-31', 'it', 100), ('marketing', '2024-01-01', '2024-03-31', NULL, 50),
    ('wishes', '2024-01-01', NULL, NULL, 1);
INSERT INTO shop.cost (occurred_at, kind, department, amount, customer_id)
    VALUES ('2024-01-05', 'rent', 'it', 60, NULL), ('2024-03-31 23:59', NULL, 'it', 30, NULL),
    ('2024-02-05', 'Marketing', NULL, 70, 'ann'), ('2024-08-01', 'rent', 'it', 1000, NULL);
SELECT results_eq($$SELECT kind, variance, is_favourable FROM shop.plan_variance_total WHERE kind <> 'sales'
    ORDER BY kind$$,
    $$VALUES ('cost', -10::numeric, true), ('market', 20, false), ('wishes', NULL, NULL)$$,
        'of costs less is favourable; the last day is in');
SELECT results_eq($$SELECT kind, is_favourable FROM shop.plan_variance WHERE kind IN ('cost', 'market')
    OR product_id = 'B' AND period_start = '2024-02-01' AND period_end = '2024-02-29' ORDER BY 1$$,
    $$VALUES ('cost', true), ('market', false), ('sales', false)$$, 'in each line too');
SELECT is((SELECT problem_count FROM shop.data_quality WHERE source = 'plan_line' AND check_name = 'unknown_kind'),
    1::bigint, 'a word that is not known is reported');
INSERT INTO shop.goal (family, metric, period_start, period_end, target, direction, department) VALUES
    ('value', 'orders', '2024-01-01', '2024-01-31', 3, 'down', 'it'), ('value', 'orders', '2024-01-01', '2024-01-31', 3,
        'up', 'it'), ('value', 'orders', '2024-01-01', '2024-12-31', 30, 'up', 'it');
SELECT results_eq($$SELECT direction, is_met, round(attainment_pct::numeric, 6) FROM shop.goal_attainment
    WHERE period_end = '2024-01-31' ORDER BY direction$$,
    $$VALUES ('down', true, 150.000000), ('up', false, 66.666667)$$, 'goals in both directions');
SELECT results_eq('SELECT department, goal_count, over_count, met_count, plan_amount, actual_amount
    FROM shop.staff_execution',
    $$VALUES ('it', 3::bigint, 2::bigint, 1::bigint, 100.00, 90.00)$$, 'what a department has done');

-- Forecasts: (A, F) = (10, 8), (0, 3), (20, 25)
INSERT INTO shop.metric_actual (metric, measured_at, amount) VALUES ('calls', '2024-01-01', 10),
    ('calls', '2024-02-01', 0), ('calls', '2024-03-01', 12), ('calls', '2024-03-20', 8), ('flat', '2022-01-01', 5);
INSERT INTO shop.forecast (metric, made_on, period_start, amount) VALUES ('calls', '2023-12-01', '2024-01-01', 8),
    ('calls', '2023-12-01', '2024-02-01', 3), ('calls', '2023-12-01', '2024-03-01', 25),
    ('calls', '2024-03-01', '2024-03-01', 20);
SELECT results_eq($$SELECT period_count, round(wape::numeric, 7), round(bias::numeric, 7), round(mape::numeric, 4), mase
    FROM shop.forecast_accuracy WHERE metric = 'calls' AND method = 'forecast'$$,
    'VALUES (3::bigint, 0.3333333, 0.2000000, 0.2250, NULL::double precision)', 'how far forecasts were off');
INSERT INTO shop.metric_actual (metric, measured_at, amount) SELECT 'flat', m, 5
FROM generate_series('2022-02-01'::date, '2024-06-01', '1 month') AS m;
SELECT results_eq($$SELECT wape, mase, period_count FROM shop.forecast_accuracy WHERE metric = 'flat'$$,
    'VALUES (0::double precision, NULL::double precision, 12::bigint)',
    'against a series that never varied nothing is measured');
INSERT INTO shop.metric_actual (metric, measured_at, amount) SELECT 'none', m, 0
FROM generate_series('2022-01-01'::date, '2024-06-01', '1 month') AS m;
SELECT results_eq($$SELECT wape, bias, mape, mase FROM shop.forecast_accuracy WHERE metric = 'none'$$,
    'VALUES (NULL::double precision, NULL::double precision, NULL::double precision, NULL::double precision)',
    'shares of nothing are NULL');
SELECT is((SELECT amount FROM shop.metric_month WHERE metric = 'revenue' AND month_on = '2024-04-01'), 0::numeric,
    'a month without a purchase is 0');
SELECT is((SELECT is_complete FROM shop.metric_month WHERE metric = 'revenue' AND month_on = '2024-06-01'), true,
    'the last day of the month is in');
SELECT results_eq($$SELECT to_date, target, round(pace_ratio::numeric, 6), last_year_share FROM shop.forecast_progress
    WHERE metric = 'orders' AND target_from = 'goal' AND period_end = '2024-12-31'$$,
    'VALUES (4::double precision, 30::double precision, 0.268132, NULL::double precision)',
        'pace of a goal; no year before');

-- Reports
SELECT results_eq($$SELECT month_on, value, prior_month_value, month_change_share FROM shop.report_sales
    WHERE measure = 'revenue' ORDER BY month_on LIMIT 3$$,
    $$VALUES ('2024-01-01'::date, 132::double precision, NULL::double precision, NULL::double precision),
        ('2024-02-01', 85, 132, -47 / 132::double precision), ('2024-03-01', 0, 85, -1)$$,
        'a month, and the one before');
SELECT results_eq($$SELECT measure, month_on, month_change, year_change_share FROM shop.report_change
    WHERE report = 'finance' ORDER BY measure, month_on$$,
    $$SELECT measure, month_on, month_change, year_change_share FROM shop.report_finance ORDER BY measure, month_on$$,
    'all reports in one view');
SELECT results_eq($$SELECT month_on, value FROM shop.report_finance WHERE measure = 'profit' ORDER BY month_on
    LIMIT 3$$,
    $$VALUES ('2024-01-01'::date, 2::double precision), ('2024-02-01', NULL), ('2024-03-01', -30)$$,
        'profit is not known where a cost is not');
SELECT results_eq($$SELECT month_on, value FROM shop.report_product WHERE measure = 'revenue' AND product_id = 'C'
    ORDER BY month_on LIMIT 2$$,
    $$VALUES ('2024-02-01'::date, 35::double precision), ('2024-03-01', 0)$$, 'a product begins with its first month');
SELECT results_eq($$SELECT sales_channel, amount, amount_share FROM shop.sales_channel_monthly
    WHERE month_on = '2024-01-01' ORDER BY amount DESC$$,
    $$VALUES ('web', 72.00, 72 / 132::double precision), ('shop', 60.00, 60 / 132::double precision),
        ('unknown', 0.00, 0)$$, 'sales channels');
SELECT results_eq($$SELECT amount, plan_amount, round(attained_share::numeric, 4) FROM shop.sales_result
    WHERE month_on = '2024-01-01'$$, 'VALUES (132.00, 110.00, 1.2000)', 'sales beside their plan');
SET LOCAL crm_ext.as_of = '2024-02-10';
SELECT results_eq($$SELECT value, is_complete FROM shop.report_sales WHERE measure = 'revenue' ORDER BY month_on DESC
    LIMIT 1$$, 'VALUES (50::double precision, false)', 'on an earlier day the month was not over');
SELECT is((SELECT variance FROM shop.plan_variance_total WHERE kind = 'cost'), -40::numeric,
    'nor were later costs known');

-- A plan by segment; small groups
SET LOCAL crm_ext.as_of = '2024-06-30';
SELECT crm_refit('shop') > 0 AS is_fitted;
INSERT INTO shop.plan_line (kind, period_start, period_end, segment, amount) SELECT 'sales', '2023-12-31', '2024-05-31',
    segment, 10 FROM shop.customer_rfm WHERE customer_id = 'ann';
SELECT is((SELECT sum(actual_amount) FROM shop.plan_variance WHERE period_start = '2023-12-31'), 217::numeric,
    'plans by segment have all sales');
UPDATE shop.setting SET min_cell = 2;
SELECT is((SELECT count(value) FROM shop.report_product WHERE measure = 'revenue' AND value <> 0), 0::bigint,
    'what a single customer bought is hidden');
SELECT is((SELECT count(actual_amount) FROM shop.plan_variance WHERE kind = 'sales' AND period_start = '2024-02-01'),
    0::bigint, 'in plans too');
SELECT results_eq($$SELECT count(variance), count(actual_amount) FROM shop.plan_variance_total WHERE kind = 'sales'
    AND period_end = '2024-02-29' AND period_start = '2024-02-01'$$,
    'VALUES (0::bigint, 0::bigint)', 'and so is the total that would tell');
SELECT is((SELECT amount FROM shop.metric_month WHERE metric = 'revenue' AND month_on = '2024-02-01'), 85::numeric,
    'two customers are shown');
UPDATE shop.setting SET min_cell = 1;
SELECT is((SELECT count(*) FROM shop.reconciliation WHERE difference <> 0), 0::bigint, 'reconciliation');
SELECT * FROM finish();
ROLLBACK;
