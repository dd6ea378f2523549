-- Plans and forecasts over rows as they come: several units, empty words, periods that end before they begin, returns.
BEGIN;
SELECT plan(27);
SET LOCAL client_min_messages = warning;
SET LOCAL crm_ext.as_of = '2024-06-15';
SELECT crm_create_workspace('shop', '{}', subjects => '{plan}');

-- Pieces and kilograms of one product
INSERT INTO shop.plan_line (kind, period_start, product_id, quantity, price, unit) VALUES
    ('sales', '2024-01-01', 'A', 10, 5, 'piece'), ('sales', '2024-01-01', 'A', 5, 3, 'kg'),
        ('sales', '2024-01-01', 'B', 5, 3, 'kg');
INSERT INTO shop.purchase (customer_id, purchased_at, product_id, quantity, amount)
    VALUES ('ann', '2024-01-05', 'A', 12, 60), ('ann', '2024-01-05', 'B', 4, 12);
SELECT results_eq($$SELECT product_id, unit, plan_quantity, variance, price_variance, volume_variance, mix_variance
    FROM shop.plan_variance ORDER BY 1$$,
    $$VALUES ('A', 'kg and piece', NULL::numeric, -5::numeric, NULL::numeric, NULL::numeric, NULL::numeric),
        ('B', 'kg', 5, -3, 0, -3, 0)$$,
    'a line in two units has no parts, and takes none from others');
SELECT results_eq('SELECT plan_quantity, variance, price_variance FROM shop.plan_variance_total',
    'VALUES (NULL::numeric, -8::numeric, NULL::numeric)', 'nor has the total');

-- An empty product is none
INSERT INTO shop.plan_line (kind, period_start, product_id, quantity, price) VALUES ('sales', '2024-02-01', 'A', 10, 5),
    ('sales', '2024-02-01', '', 10, 5), ('sales', '2024-02-01', NULL, 10, 5);
INSERT INTO shop.purchase (customer_id, purchased_at, product_id, quantity, amount)
    VALUES ('ann', '2024-02-05', 'A', 12, 60), ('ann', '2024-02-05', '', 4, 12), ('ann', '2024-02-06', NULL, 4, 12);
SELECT results_eq($$SELECT product_id, plan_amount, actual_amount FROM shop.plan_variance
    WHERE period_start = '2024-02-01' ORDER BY 1$$,
    $$VALUES ('A', 50::numeric, 60::numeric), (NULL, 100, 24)$$, 'empty words are NULL: no row meets two');

-- More came back than went out; fractions that do not end
INSERT INTO shop.plan_line (kind, period_start, product_id, quantity, amount) SELECT 'sales', '2024-03-01', 'P' || n,
    CASE n WHEN 3 THEN -2 WHEN 4 THEN 0 ELSE 3 + n * 7 END, 10.01 * n + 1 / 3.0 FROM generate_series(1, 30) AS n;
INSERT INTO shop.purchase (customer_id, purchased_at, product_id, quantity, amount) SELECT 'ann', '2024-03-05',
    'P' || n, CASE n WHEN 7 THEN -12 WHEN 8 THEN 0 ELSE n * 0.37 END, CASE n WHEN 7 THEN -60 ELSE n * 1.1 END
FROM generate_series(5, 40) AS n;
SELECT is_empty($$SELECT product_id FROM shop.plan_variance WHERE period_start = '2024-03-01'
    AND price_variance + volume_variance + mix_variance IS DISTINCT FROM variance$$,
    'price, volume and mix are the variance to the last digit, line by line');
SELECT ok((SELECT variance = price_variance + volume_variance + mix_variance FROM shop.plan_variance_total
    WHERE period_start = '2024-03-01'), 'and in all');
SELECT is((SELECT variance FROM shop.plan_variance_total WHERE period_start = '2024-03-01'),
    (SELECT sum(amount) FROM shop.purchase WHERE purchased_on >= '2024-03-01') - (SELECT sum(amount) FROM shop.plan_line
        WHERE period_start = '2024-03-01'), 'as the rows say');

-- A period that ends before it begins; values under names of the workspace
INSERT INTO shop.plan_line (kind, period_start, period_end, amount) VALUES ('cost', '2024-05-31', '2024-05-01', 100);
SELECT is_empty($$SELECT * FROM shop.plan_variance_total WHERE kind = 'cost'$$,
    'nothing is held against a period that is none');
SELECT is((SELECT problem_count FROM shop.data_quality WHERE source = 'plan_line' AND check_name = 'invalid_period'),
    1::bigint, 'it is reported');
INSERT INTO shop.metric_actual (metric, measured_at, amount) VALUES ('revenue', '2024-02-01', 5),
    ('revenue', '2023-03-01', 5);
SELECT is_empty('SELECT metric, month_on FROM shop.metric_month GROUP BY 1, 2 HAVING count(*) > 1',
    'one row per metric and month');
SELECT is_empty('SELECT view_name, column_name FROM shop.reconciliation WHERE difference <> 0',
    'and what is ours stays ours');

-- The year before began in October: of it there is no season
INSERT INTO shop.purchase (customer_id, purchased_at, amount) VALUES ('bob', '2023-10-10', 100),
    ('bob', '2023-12-10', 100);
SELECT results_eq($$SELECT to_date > 0, last_year_share, seasonal_run_rate FROM shop.forecast_progress
    WHERE metric = 'revenue' AND target_from = 'none'$$,
    'VALUES (true, NULL::double precision, NULL::double precision)', 'half a year before leads nowhere');
INSERT INTO shop.purchase (customer_id, purchased_at, amount) VALUES ('bob', '2023-01-10', 100);
SELECT is((SELECT round(last_year_share::numeric, 4) FROM shop.forecast_progress WHERE metric = 'revenue'
    AND target_from = 'none'), 0.3333, 'a whole one does');

-- A forecast of few months is held against seasonal naive in those
INSERT INTO shop.metric_actual (metric, measured_at, amount) SELECT 'calls', m,
    CASE WHEN m < '2024-04-01' THEN 100 ELSE 120 END
FROM generate_series('2022-01-01'::date, '2024-05-01', '1 month') AS m;
INSERT INTO shop.forecast (metric, made_on, period_start, amount) VALUES ('calls', '2024-03-01', '2024-04-01', 125),
    ('calls', '2024-03-01', '2024-05-01', 115);
SELECT results_eq($$SELECT method, period_count, mae, relative_mae FROM shop.forecast_accuracy WHERE metric = 'calls'
    ORDER BY 1$$,
    $$VALUES ('forecast', 2::bigint, 5::double precision, 0.25::double precision),
        ('seasonal naive', 12, 40 / 12.0::double precision, 1)$$, 'in the months that both have');
SELECT results_eq($$SELECT month_on, amount_share, share_change FROM shop.sales_channel_monthly
    WHERE month_on <= '2023-11-01' AND month_on >= '2023-09-01' OR month_on = '2023-01-01' ORDER BY 1$$,
    $$VALUES ('2023-01-01'::date, 1::double precision, NULL::double precision), ('2023-09-01', NULL, NULL),
        ('2023-10-01', 1, NULL), ('2023-11-01', NULL, NULL)$$, 'a share did not grow from nothing');

-- Items of a purchase, of which one counts, whatever the others say
SELECT crm_create_workspace('till', '{}', subjects => '{plan,campaign}');
INSERT INTO till.purchase (customer_id, purchased_at, amount, events) VALUES ('ann', '2024-06-01', 10, 1),
    ('ann', '2024-06-01', 5, NULL), ('ann', '2024-06-01', 2, 0), ('ann', '2024-06-02', -1, 1);
SELECT is((SELECT purchase_count FROM till.customer_360), 1::bigint,
    'NULL is none, as in line_no = 1 of what has no number');
SELECT is((SELECT value FROM till.report_sales WHERE measure = 'orders' AND month_on = '2024-06-01'),
    1::double precision, 'in reports as in ledgers');
SELECT is_empty('SELECT view_name, column_name FROM till.reconciliation WHERE difference <> 0', 'and all adds up');

-- A plan of an unknown kind can come to nothing, and is no budget
INSERT INTO till.plan_line (kind, period_start, department, amount) VALUES ('expense', '2024-05-01', 'it', 100),
    ('service', '2024-05-01', 'it', 10), ('dreams', '2024-05-01', 'it', 1000);
INSERT INTO till.cost (occurred_at, kind, amount, department) VALUES ('2024-05-05', 'expense', 55, 'it');
SELECT results_eq('SELECT department, plan_amount, actual_amount, spent_share FROM till.staff_execution',
    $$VALUES ('it', 110::numeric, 55::numeric, 0.5::double precision)$$, 'what a department had to spend');

-- A month in which nothing was bought or rated has 0 of it, before the first purchase as well
SELECT results_eq($$SELECT measure, value FROM till.report_sales WHERE month_on = '2024-05-01' AND measure = 'quantity'
    UNION ALL SELECT measure, value FROM till.report_customer WHERE month_on = '2024-05-01' ORDER BY 1$$,
    $$VALUES ('active', 0::double precision), ('dormant', 0), ('new', 0), ('quantity', 0), ('resurrecting', 0),
        ('returning', 0)$$, 'in reports');
SELECT results_eq('SELECT month_on, interaction_count, pair_count, gap FROM till.service_process ORDER BY 1',
    $$VALUES ('2024-05-01'::date, 0::bigint, 0::bigint, NULL::double precision), ('2024-06-01', 0, 0, NULL)$$,
    'and in the process of service');

SELECT crm_create_workspace('desk', '{}', subjects => '{plan,service}');
INSERT INTO desk.purchase (customer_id, purchased_at, amount) VALUES ('ann', '2024-04-01', 1);
INSERT INTO desk.service_case (case_id, customer_id, opened_at) VALUES ('c', 'ann', '2024-05-10');
SELECT results_eq($$SELECT month_on, value FROM desk.report_service WHERE measure = 'case_backlog' ORDER BY 1$$,
    $$VALUES ('2024-04-01'::date, 0::double precision), ('2024-05-01', 1), ('2024-06-01', 1)$$,
    'nor is there a case before the first');
INSERT INTO desk.case_state (case_id, changed_at, status) VALUES ('c', '2024-05-28', 'resolved'),
    ('c', '2024-06-02', 'open');
UPDATE desk.setting SET month_anchor = '2001-01-26';
SELECT results_eq($$SELECT month_on, measure, value FROM desk.report_service
    WHERE measure LIKE 'case%' AND month_on BETWEEN '2024-04-26' AND '2024-05-26' ORDER BY 1, 2$$,
    $$VALUES ('2024-04-26'::date, 'case_backlog', 1::double precision), ('2024-04-26', 'cases_opened', 1),
        ('2024-04-26', 'cases_resolved', 0), ('2024-05-26', 'case_backlog', 1), ('2024-05-26', 'cases_opened', 0),
        ('2024-05-26', 'cases_resolved', 1)$$, 'cases are counted by the months of the report');
SELECT is_empty('SELECT FROM desk.report_case WHERE value IS NULL', 'of all of them');
SELECT is((SELECT starts[2] FROM desk.report_bound), '2024-04-26 00:00+00', 'which begin at midnight');
UPDATE desk.setting SET month_anchor = '2001-01-01';
SELECT results_eq($$SELECT month_on, max(value) FILTER (WHERE measure = 'cases_opened')::bigint,
        max(value) FILTER (WHERE measure = 'cases_resolved')::bigint,
        max(value) FILTER (WHERE measure = 'case_backlog')::bigint
    FROM desk.report_case WHERE month_on >= '2024-05-01' GROUP BY 1 ORDER BY 1$$,
    'SELECT month_on, opened_count, resolved_count, backlog_count FROM desk.case_flow ORDER BY 1',
    'which case_flow counts by those of the calendar');

-- A month may begin on another day
UPDATE till.setting SET month_anchor = '2001-01-26';
INSERT INTO till.plan_line (kind, period_start, period_end, amount) VALUES ('sales', '2024-05-26', '2024-06-25', 40),
    ('sales', '2024-05-26', '2024-05-31', 9);
SELECT results_eq('SELECT month_on, plan_amount FROM till.sales_result ORDER BY 1',
    $$VALUES ('2024-04-26'::date, NULL::numeric), ('2024-05-26', 40)$$, 'the plan of a month is for all of it');
UPDATE till.setting SET month_anchor = '2001-01-31';
INSERT INTO till.plan_line (kind, period_start, period_end, amount) VALUES ('sales', '2024-04-30', '2024-05-30', 7);
SELECT results_eq('SELECT month_on, plan_amount FROM till.sales_result ORDER BY 1',
    $$VALUES ('2024-04-30'::date, 7::numeric), ('2024-05-31', NULL)$$,
    'also where that begins on the last day of another');
SELECT * FROM finish();
ROLLBACK;
