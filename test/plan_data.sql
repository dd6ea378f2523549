-- Plans and forecasts over a city's budget, sales of cigarettes in 46 states, and series.
\ir lib/needs_data.sql
\if :has_data
BEGIN;
SELECT plan(21);
SET LOCAL client_min_messages = warning;
CREATE TABLE oakland_budget (fiscal_year text, account_type text, department text, account_category text,
    adopted_amount numeric, adjusted_amount numeric);
\set oakland :data/oakland_budget.csv
COPY oakland_budget FROM :'oakland' (FORMAT csv, HEADER true);
CREATE TABLE cigarette_sales (state_id integer, year integer, price_cents numeric, population_thousand numeric,
    packs_per_head numeric, income_per_head numeric, cpi numeric);
\set cigarettes :data/cigarette_sales.csv
COPY cigarette_sales FROM :'cigarettes' (FORMAT csv, HEADER true);
CREATE TABLE series (series text, unit text, period_start date, value numeric);
\set series :data/series.csv
COPY series FROM :'series' (FORMAT csv, HEADER true);
CREATE TABLE cdnow (customer_id integer, purchased_on date, cds integer, amount numeric);
\set cdnow :data/cdnow.csv
COPY cdnow FROM :'cdnow' (FORMAT csv, HEADER true);

-- L1: the adopted budget is the plan, the adjusted one stands for what came. A row that adopts nothing plans nothing.
SELECT crm_create_workspace('oakland', $${
    "plan_line": {"from": "oakland_budget", "kind": "account_type", "department": "department",
        "product_id": "account_category",
        "period_start": "make_date(2000 + substr(fiscal_year, 3, 2)::integer, 7, 1)",
        "period_end": "make_date(2000 + substr(fiscal_year, 6, 2)::integer, 6, 30)", "amount": "adopted_amount"},
    "cost": {"from": "oakland_budget", "where": "account_type = 'expense'", "occurred_at": "make_date(2015, 6, 30)",
        "kind": "account_type", "department": "department", "amount": "adjusted_amount"},
    "purchase": {"from": "oakland_budget", "where": "account_type = 'revenue'", "customer_id": "account_category",
        "purchased_at": "make_date(2015, 6, 30)", "amount": "adjusted_amount", "product_id": "account_category"}
}$$);
SET LOCAL crm_ext.as_of = '2015-07-31';
SELECT results_eq($$SELECT kind, plan_amount, actual_amount, variance, round(variance_share::numeric, 12), is_favourable
                    FROM oakland.plan_variance_total ORDER BY kind$$,
    $$VALUES ('cost', 1090122151::numeric, 1148691330::numeric, 58569179::numeric, 0.053727170800, false),
             ('sales', 1090238743, 1148691330, 58452587, 0.053614483410, true)$$, 'L1: totals');
SELECT results_eq($$SELECT line_count, new_line_count, dropped_line_count FROM oakland.plan_variance_total
    WHERE kind = 'cost'$$,
    'VALUES (22::bigint, 6::bigint, 2::bigint)', 'departments were renamed: lines exist on one side only');
SELECT is((SELECT variance FROM oakland.plan_variance WHERE department = 'Finance Department'), 35662731::numeric,
    'a new line is all variance');
SELECT is((SELECT variance_share FROM oakland.plan_variance WHERE department = 'Finance Department'),
    NULL::double precision, 'and no share of a plan');
SELECT is((SELECT sum(variance) FROM oakland.plan_variance WHERE kind = 'cost'), 58569179::numeric,
    'lines add up to the total');
SELECT is((SELECT price_variance FROM oakland.plan_variance_total WHERE kind = 'cost'), NULL::numeric,
    'without quantities there is no price, volume and mix');

-- L4: 1991 is the plan of 1992.
SELECT crm_create_workspace('tobacco', $${
    "plan_line": {"from": "cigarette_sales", "where": "year < 1992", "kind": "'sales'",
        "period_start": "make_date(year + 1, 1, 1)",
        "period_end": "make_date(year + 1, 12, 31)", "product_id": "state_id",
        "quantity": "packs_per_head * population_thousand",
        "price": "price_cents / 100"},
    "purchase": {"from": "cigarette_sales", "customer_id": "state_id", "purchased_at": "make_date(year, 12, 31)",
        "product_id": "state_id", "quantity": "packs_per_head * population_thousand",
        "amount": "packs_per_head * population_thousand * price_cents / 100"}
}$$, maintain => 'refresh');
SET LOCAL crm_ext.as_of = '1992-12-31';
SELECT results_eq($$SELECT round(plan_amount, 2), round(actual_amount, 2), round(variance, 3), round(price_variance, 2),
                           round(volume_variance, 4), round(mix_variance, 5), round(plan_quantity, 2),
                           round(actual_quantity, 2)
                    FROM tobacco.plan_variance_total WHERE period_start = '1992-01-01'$$,
    'VALUES (35817709.32, 40148725.77, 4331016.447, 4553728.05, -198844.3835, -23867.22039, 22881422.29, 22754394.56)',
        'L4: price, volume and mix');
SELECT ok((SELECT bool_and(abs(variance - price_variance - volume_variance - mix_variance) < 1e-6)
    FROM tobacco.plan_variance_total),
    'they add up in each of 29 years');
SELECT ok((SELECT bool_and(abs(variance - price_variance - volume_variance - mix_variance) < 1e-6)
    FROM tobacco.plan_variance),
    'and in each line');
SELECT is((SELECT count(*) FROM tobacco.plan_variance_total), 29::bigint, 'years planned');
SELECT is((SELECT count(*) FROM tobacco.reconciliation WHERE difference <> 0), 0::bigint, 'reconciliation');

-- L7, L9, L11, L13
SELECT crm_create_workspace('told',
    '{"metric_actual": {"from": "series", "where": "unit = ''month''", "metric": "series",
    "measured_at": "period_start", "amount": "value"}}');
INSERT INTO told.forecast (metric, made_on, period_start, period_end, amount) VALUES
    ('air_passengers', '1959-12-01', '1960-01-01', '1960-12-31', 5000), ('air_passengers', '1959-12-31', '1960-01-01',
        '1960-12-31', 5600),
    ('air_passengers', '1960-03-01', '1960-01-01', '1960-12-31', 9999);
SET LOCAL crm_ext.as_of = '2017-12-31';
PREPARE accuracy AS
SELECT metric, period_count, round(wape::numeric, 10), round(bias::numeric, 10), round(mae::numeric, 8),
    round(mase::numeric, 9), round(rmse::numeric, 8), round(mape::numeric, 10)
FROM told.forecast_accuracy WHERE method = 'seasonal naive' AND metric <> 'antidiabetic_drug_sales' ORDER BY metric;
SELECT results_eq('accuracy', $$VALUES ('air_passengers', 12::bigint, 0.1004550228, -0.1004550228, 47.83333333,
    1.570881226, 50.70831621, 0.0998753292),
    ('cafe_turnover', 12, 0.0408269052, -0.0408269052, 0.14899167, 1.444306056, 0.16164950, 0.0406653375)$$,
        'L7, L9: seasonal naive of the last twelve months');
SELECT results_eq($$SELECT forecast_amount, actual_amount, error_amount FROM told.forecast_result$$,
    'VALUES (5600::numeric, 5714::numeric, -114::numeric)',
    'the forecast judged is the last one made before the period');
SET LOCAL crm_ext.as_of = '1960-06-30';
SELECT results_eq($$SELECT to_date, round(calendar_run_rate::numeric, 6), monthly_run_rate,
    round(seasonal_run_rate::numeric, 6), round(last_year_share::numeric, 10)
                    FROM told.forecast_progress WHERE target_from = 'none'$$,
    'VALUES (2695::double precision, 5419.615385, 5390::double precision, 5781.427379, 0.4661478599)',
        'L11: run rates');
INSERT INTO told.goal (family, metric, period_start, period_end, target) VALUES ('value', 'revenue', '1960-01-01',
    '1960-12-31', 1);
DELETE FROM told.forecast WHERE amount = 9999;
SELECT results_eq($$SELECT round(elapsed_share::numeric, 10), round(pace_ratio::numeric, 10), target
    FROM told.forecast_progress WHERE target_from = 'forecast'$$,
    'VALUES (0.4972677596, 0.9677884615, 5600::double precision)', 'L13: pace');

-- Reports over a shop
SELECT crm_create_workspace('music',
    '{"purchase": {"from": "cdnow", "customer_id": "customer_id", "purchased_at": "purchased_on", "amount": "amount",
    "quantity": "cds"}}', subjects => '{plan}');
SET LOCAL crm_ext.as_of = '1998-06-15';
SELECT results_eq($$SELECT value, prior_month_value, prior_year_value, is_complete FROM music.report_sales
    WHERE measure = 'revenue' AND month_on = '1998-05-01'$$,
    $$SELECT (sum(amount) FILTER (WHERE purchased_on BETWEEN '1998-05-01' AND '1998-05-31'))::double precision,
             (sum(amount) FILTER (WHERE purchased_on BETWEEN '1998-04-01' AND '1998-04-30'))::double precision,
             (sum(amount) FILTER (WHERE purchased_on BETWEEN '1997-05-01' AND '1997-05-31'))::double precision, true
             FROM cdnow$$, 'a month, the month and the year before');
SELECT results_eq($$SELECT is_complete, value FROM music.report_sales WHERE measure = 'orders'
    AND month_on = '1998-06-01'$$,
    $$SELECT false, count(*)::double precision FROM cdnow WHERE purchased_on BETWEEN '1998-06-01' AND '1998-06-15'$$,
        'the month in progress says so');
SELECT results_eq($$SELECT value FROM music.report_customer WHERE measure = 'new' ORDER BY month_on LIMIT 3$$,
    $$SELECT count(*)::double precision FROM (SELECT min(purchased_on) AS first_on FROM cdnow GROUP BY customer_id) AS c
      GROUP BY date_trunc('month', first_on) ORDER BY date_trunc('month', first_on)$$, 'new customers by month');
SELECT is((SELECT sum(value) FROM music.report_sales WHERE measure = 'revenue')::numeric(12, 2),
          (SELECT sum(amount) FROM cdnow WHERE purchased_on <= '1998-06-15')::numeric(12, 2), 'months add up to all');
SELECT is((SELECT count(*) FROM music.reconciliation WHERE difference <> 0), 0::bigint, 'reconciliation of the shop');
SELECT is((SELECT count(*) FROM music.value_experience), 23570::bigint, 'value beside experience has every customer');
SELECT * FROM finish();
ROLLBACK;
\endif
