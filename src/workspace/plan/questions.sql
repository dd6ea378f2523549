-- question, view, query
('Are we on plan, and why not?', 'plan_variance_total',
 'SELECT kind, period_start, variance_share, price_variance, volume_variance, mix_variance FROM crm.plan_variance_total
     ORDER BY 1, 2;'),
('Which line is off plan?', 'plan_variance',
 'SELECT kind, period_start, product_id, segment, department, variance FROM crm.plan_variance
     ORDER BY abs(variance) DESC NULLS LAST LIMIT 10;'),
('What was sold against the plan?', 'sales_result',
 'SELECT month_on, amount, plan_amount, attained_share FROM crm.sales_result ORDER BY month_on;'),
('How good are our forecasts?', 'forecast_accuracy',
 'SELECT metric, method, period_count, wape, bias FROM crm.forecast_accuracy ORDER BY metric, wape;'),
('Where does the month lead?', 'forecast_progress',
 'SELECT metric, period_start, to_date, seasonal_run_rate, target, pace_ratio FROM crm.forecast_progress
     ORDER BY metric, period_start;'),
('How was the month?', 'report_sales',
 'SELECT measure, value, prior_month_value, prior_year_value FROM crm.report_sales WHERE is_complete
     ORDER BY month_on DESC, measure_order;'),
