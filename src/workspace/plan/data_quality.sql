-- What is wrong with plans, forecasts and costs.

CREATE OR REPLACE VIEW data_quality_plan AS
SELECT
    source, check_name, severity, meaning,
    problem_count::bigint AS problem_count, example_key,
    crm_as_of() AS as_of
FROM (
    SELECT
        'plan_line' AS source, 'unknown_kind' AS check_name, 'warning' AS severity,
        'Plans of a kind that plan_kind does not know: nothing is held against them; example: the kind.' AS meaning,
        count(*) AS problem_count, min(kind) AS example_key
    FROM plan_line WHERE lower(coalesce(kind, '')) NOT IN (SELECT plan_kind.kind FROM plan_kind)
    UNION ALL
    SELECT
        'plan_line', 'invalid_period', 'error',
        'Plans without a first day, or whose last day comes before it: they are left out; example: the kind.',
        count(*), min(kind)
    FROM plan_line WHERE period_start IS NULL OR period_end < period_start
    UNION ALL
    SELECT
        'plan_line', 'amount_differs', 'warning',
        'Plans whose amount is not quantity times price: amount and quantity count; example: the product.',
        count(*), min(product_id)
    FROM plan_line WHERE abs(amount - quantity * price) > 0.01
    UNION ALL
    SELECT
        'plan_line', 'several_units', 'info',
        'Kinds and periods of plans with several units: their totals have no quantity; example: the kind.',
        count(*), min(kind)
    FROM (SELECT kind FROM plan_line GROUP BY kind, period_start, period_end HAVING count(DISTINCT unit) > 1) AS mixed
    UNION ALL
    SELECT
        'forecast', 'made_late', 'info',
        'Forecasts made when their period had begun: they are not judged; example: the metric.',
        count(*), min(metric)
    FROM forecast WHERE made_on >= period_start
    UNION ALL
    SELECT
        'forecast', 'unknown_metric', 'warning',
        'Forecasts of a metric without any value: they cannot be judged; example: the metric.',
        count(*), min(metric)
    FROM forecast
    WHERE metric NOT IN ('revenue', 'orders', 'quantity', 'new_customers', 'cost')
      AND metric NOT IN (SELECT measured.metric FROM metric_actual AS measured WHERE measured.metric IS NOT NULL)
    UNION ALL
    SELECT
        'metric_actual', 'reserved_metric', 'error',
        'Values of a metric whose name the workspace has for its own: they are left out; example: the metric.',
        count(*), min(metric)
    FROM metric_actual WHERE metric IN ('revenue', 'orders', 'quantity', 'new_customers', 'cost')
    UNION ALL
    SELECT
        'cost', 'missing_date', 'error',
        'Costs without a date: no view has them; example: the kind.',
        count(*), min(kind)
    FROM cost WHERE occurred_on IS NULL
    UNION ALL
    SELECT
        'cost', 'future_date', 'info',
        'Costs after as_of: views leave them out; example: the kind.',
        count(*), min(kind)
    FROM cost WHERE occurred_on > (SELECT crm_as_of())
    UNION ALL
    SELECT
        'cost', 'missing_amount', 'warning',
        'Costs without an amount: they are left out; example: the kind.',
        count(*), min(kind)
    FROM cost WHERE amount IS NULL
    UNION ALL
    SELECT
        'goal', 'unknown_touchpoint', 'warning',
        'Goals for a touchpoint that is neither listed nor rated: they have no value.',
        count(*), min(goal_id)::text
    FROM goal
    WHERE touchpoint_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM touchpoint WHERE touchpoint.touchpoint_id = goal.touchpoint_id)
      AND NOT EXISTS (SELECT FROM rating WHERE rating.touchpoint_id = goal.touchpoint_id)
) AS checked;
COMMENT ON VIEW data_quality_plan IS
'One row a check of the sources of the subject plan: see data_quality.';
