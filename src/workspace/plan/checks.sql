-- What is wrong with plans, forecasts and costs.
-- source, check, severity, what it means, how many (NULL: rows), an example, of which rows
('plan_line', 'unknown_kind', 'warning',
 'Plans of a kind that plan_kind does not know: nothing is held against them; example: the kind.',
 NULL, 'min(kind)',
 $$FROM plan_line WHERE lower(coalesce(kind, '') COLLATE "C") NOT IN (SELECT plan_kind.kind FROM plan_kind)$$),
('plan_line', 'invalid_period', 'error',
 'Plans without a first day, or whose last day comes before it: they are left out; example: the kind.',
 NULL, 'min(kind)',
 $$FROM plan_line WHERE period_start IS NULL OR period_end < period_start$$),
('plan_line', 'amount_differs', 'warning',
 'Plans whose amount is not quantity times price: the price is not used; example: the product.',
 NULL, 'min(product_id)', $$FROM plan_line WHERE abs(amount - quantity * price) > 0.01$$),
('plan_line', 'missing_amount', 'warning',
 'Plans with a quantity or a price alone, and no amount: nothing is held against them; example: the kind.',
 NULL, 'min(kind)',
 $$FROM plan_line WHERE amount IS NULL AND num_nonnulls(quantity, price) = 1$$),
('plan_line', 'several_units', 'info',
 'Kinds and periods of plans with several units: their totals have no quantity; example: the kind.',
 NULL, 'min(kind)',
 $$FROM (
     SELECT kind FROM plan_line GROUP BY kind, period_start, period_end HAVING count(DISTINCT unit) > 1
 ) AS mixed$$),

('forecast', 'invalid_period', 'error',
 'Forecasts whose period ends before it begins: they are left out; example: the metric.',
 NULL, 'min(metric)', $$FROM forecast WHERE period_end < period_start$$),
('forecast', 'made_late', 'info',
 'Forecasts made when their period had begun: they are not judged; example: the metric.',
 NULL, 'min(metric)', $$FROM forecast WHERE made_on >= period_start$$),
('forecast', 'unknown_metric', 'warning',
 'Forecasts of a metric without any value: they cannot be judged; example: the metric.',
 NULL, 'min(metric)',
 $$FROM forecast
 WHERE metric NOT IN ('revenue', 'orders', 'quantity', 'new_customers', 'cost')
   AND NOT EXISTS (SELECT FROM metric_actual AS measured WHERE measured.metric = forecast.metric)$$),

('metric_actual', 'reserved_metric', 'error',
 'Values of a metric whose name the workspace uses itself: they are left out; example: the metric.',
 NULL, 'min(metric)',
 $$FROM metric_actual WHERE metric IN ('revenue', 'orders', 'quantity', 'new_customers', 'cost')$$),

('cost', 'future_date', 'info', 'Costs after as_of: views leave them out; example: the kind.',
 NULL, 'min(kind)', $$FROM cost WHERE occurred_on > (SELECT crm_as_of())$$),
('cost', 'missing_amount', 'warning', 'Costs without an amount: they are left out; example: the kind.',
 NULL, 'min(kind)', $$FROM cost WHERE amount IS NULL$$),

('goal', 'unknown_touchpoint', 'warning',
 'Goals for a touchpoint that is neither listed nor rated: they have no value.',
 NULL, 'min(goal_id)::text',
 $$FROM goal
 WHERE touchpoint_id IS NOT NULL
   AND NOT EXISTS (SELECT FROM touchpoint WHERE touchpoint.touchpoint_id = goal.touchpoint_id)
   AND NOT EXISTS (SELECT FROM rating WHERE rating.touchpoint_id = goal.touchpoint_id)$$),
