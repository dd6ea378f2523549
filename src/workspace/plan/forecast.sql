-- Forecasts, against what came and against what last year would have said.

CREATE OR REPLACE VIEW metric_day AS
SELECT daily.metric,
       daily.day,
       daily.amount,
       daily.is_of_events,
       crm_as_of() AS as_of
FROM (
    SELECT metric.name AS metric, bought.purchased_on AS day,
           CASE metric.name WHEN 'revenue' THEN bought.amount WHEN 'orders' THEN bought.order_count
                ELSE bought.quantity END AS amount,
           true AS is_of_events
    FROM (
        SELECT purchased_on, sum(amount) AS amount, sum(order_count)::numeric AS order_count, sum(quantity) AS quantity,
               sum(count(quantity)) OVER () > 0 AS is_counted
        FROM purchase_known
        GROUP BY purchased_on
    ) AS bought
    CROSS JOIN (VALUES ('revenue'), ('orders'), ('quantity')) AS metric (name)
    WHERE metric.name <> 'quantity' OR bought.is_counted
    UNION ALL
    SELECT 'new_customers', crm_first_day(purchases, (SELECT crm_as_of())), count(*)::numeric, true
    FROM customer_activity
    WHERE crm_active_days(purchases, (SELECT crm_as_of())) > 0
    GROUP BY 2
    UNION ALL
    SELECT 'cost', occurred_on, sum(amount), true FROM cost_known GROUP BY occurred_on
    UNION ALL
    SELECT metric, measured_on, sum(crm_finite(amount)), false
    FROM metric_actual
    WHERE measured_on <= (SELECT crm_as_of())
      AND metric NOT IN ('revenue', 'orders', 'quantity', 'new_customers', 'cost')
    GROUP BY metric, measured_on
) AS daily
WHERE daily.amount IS NOT NULL OR daily.metric = 'quantity' AND daily.is_of_events;
COMMENT ON VIEW metric_day IS
'One row per metric and day with something: what can be forecast.
revenue, orders, quantity and new_customers are of purchases, cost of cost, all others of metric_actual, whose rows of
these names are left out. The quantity of a day is NULL where none of its purchases says one.';

CREATE OR REPLACE VIEW metric_month AS
WITH monthly AS MATERIALIZED (
    SELECT metric, is_of_events, crm_month(greatest(day, (SELECT crm_oldest_month(crm_as_of())))) AS month_on,
           sum(amount) AS amount
    FROM metric_day
    WHERE isfinite(day)
    GROUP BY 1, 2, 3
)
SELECT grid.metric,
       grid.month_on,
       CASE WHEN NOT grid.is_of_events THEN monthly.amount
            WHEN grid.metric = 'cost' OR crm_is_shown(setting.min_cell, bought.customer_count)
            THEN CASE WHEN monthly.metric IS NULL THEN 0 ELSE monthly.amount END END AS amount,
       crm_month_end(grid.month_on) <= (SELECT crm_over_on(:'time_zone')) AS is_complete,
       crm_as_of() AS as_of
FROM (
    SELECT span.metric, span.is_of_events, month::date AS month_on
    FROM (
        SELECT metric, is_of_events, min(month_on) FILTER (WHERE amount IS NOT NULL) AS first_on,
               CASE WHEN is_of_events THEN crm_month((SELECT crm_as_of()))
                    ELSE max(month_on) END AS last_on
        FROM monthly
        GROUP BY metric, is_of_events
    ) AS span
    CROSS JOIN LATERAL generate_series(span.first_on::timestamp, span.last_on::timestamp, interval '1 month') AS month
) AS grid
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
LEFT JOIN monthly USING (metric, is_of_events, month_on)
LEFT JOIN (
    SELECT crm_month(greatest(purchased_on, (SELECT crm_oldest_month(crm_as_of())))) AS month_on,
           count(DISTINCT customer_id) AS customer_count
    FROM purchase_known
    WHERE (SELECT min_cell FROM setting) > 1
    GROUP BY 1
) AS bought USING (month_on);
COMMENT ON VIEW metric_month IS
'One row per metric and calendar month, from its first on.
Metrics of purchases and costs go on to as_of, a month without any being 0, and NULL where no purchase says its
quantity; those of metric_actual to their last
month, a month without a value being NULL. What is from before crm_oldest_month is of that month. Months in which fewer
customers than setting.min_cell bought are NULL.';

-- The forecast that is judged is the last one made before the period.
CREATE OR REPLACE VIEW forecast_result AS
WITH last_made AS MATERIALIZED (
    SELECT DISTINCT ON (metric, period_start, period_end) *
    FROM (
        SELECT metric, made_on, period_start, amount,
               coalesce(period_end, crm_month_end(period_start)) AS period_end
        FROM forecast
        WHERE made_on < period_start AND made_on <= (SELECT crm_as_of()) AND crm_finite(amount) IS NOT NULL
          AND (period_end < period_start) IS NOT TRUE
    ) AS given
    ORDER BY metric, period_start, period_end, made_on DESC, amount
)
SELECT forecast.metric,
       forecast.period_start,
       forecast.period_end,
       forecast.made_on,
       forecast.amount AS forecast_amount,
       done.amount AS actual_amount,
       forecast.amount - done.amount AS error_amount,
       forecast.period_end <= (SELECT crm_over_on(:'time_zone')) AS is_complete,
       crm_as_of() AS as_of
FROM last_made AS forecast
LEFT JOIN (
    SELECT last_made.metric, last_made.period_start, last_made.period_end,
           CASE WHEN bool_or(daily.is_of_events) AND count(*) FILTER (WHERE is_within.yes) = 0 THEN 0
                ELSE sum(daily.amount) FILTER (WHERE is_within.yes) END AS amount
    FROM last_made
    JOIN metric_day AS daily USING (metric)
    CROSS JOIN LATERAL (
        SELECT daily.day BETWEEN last_made.period_start AND last_made.period_end AS yes
    ) AS is_within
    WHERE last_made.period_start <= (SELECT crm_as_of())
    GROUP BY last_made.metric, last_made.period_start, last_made.period_end
) AS done USING (metric, period_start, period_end);
COMMENT ON VIEW forecast_result IS
'One row per metric and period with a forecast: the last one made before the period.
The actual amount is to date where is_complete is false, NULL for a period in the future or without values.';

CREATE OR REPLACE VIEW forecast_accuracy AS
WITH monthly AS MATERIALIZED (
    SELECT now.metric, now.month_on, now.amount, before.amount AS year_before
    FROM (SELECT metric, month_on, amount FROM metric_month WHERE is_complete AND amount IS NOT NULL) AS now
    LEFT JOIN (
        SELECT metric, (month_on + interval '1 year')::date AS month_on, amount
        FROM metric_month
        WHERE is_complete AND amount IS NOT NULL
    ) AS before USING (metric, month_on)
), judged AS MATERIALIZED (
    SELECT metric, (max(month_on) - (accuracy_months - 1) * interval '1 month')::date AS first_on,
           crm_month_end(max(month_on)) AS last_on
    FROM monthly
    CROSS JOIN (SELECT accuracy_months FROM setting LIMIT 1) AS setting
    GROUP BY metric, accuracy_months
), scale AS (
    SELECT metric, nullif(avg(abs(monthly.amount - monthly.year_before)), 0) AS in_sample_error
    FROM monthly JOIN judged USING (metric)
    WHERE monthly.month_on < judged.first_on AND monthly.year_before IS NOT NULL
    GROUP BY metric
)
SELECT judged.metric,
       pair.method,
       judged.first_on AS period_start,
       judged.last_on AS period_end,
       count(*) AS period_count,
       (sum(abs(pair.forecast - pair.actual)) / nullif(sum(abs(pair.actual)), 0))::double precision AS wape,
       (sum(pair.forecast - pair.actual) / nullif(sum(pair.actual), 0))::double precision AS bias,
       avg(abs(pair.forecast - pair.actual))::double precision AS mae,
       sqrt(avg((pair.forecast - pair.actual) ^ 2))::double precision AS rmse,
       avg(abs((pair.forecast - pair.actual) / nullif(pair.actual, 0)))::double precision AS mape,
       CASE WHEN bool_and(pair.is_month)
            THEN (avg(abs(pair.forecast - pair.actual)) / scale.in_sample_error)::double precision END AS mase,
       crm_as_of() AS as_of,
       (sum(abs(pair.forecast - pair.actual)) FILTER (WHERE naive.year_before IS NOT NULL)
        / nullif(sum(abs(naive.year_before - pair.actual)), 0))::double precision AS relative_mae
FROM (
    SELECT metric, 'seasonal naive' AS method, month_on AS from_on,
           crm_month_end(month_on) AS until_on, year_before AS forecast, amount AS actual, true
               AS is_month
    FROM monthly
    WHERE year_before IS NOT NULL
    UNION ALL
    SELECT metric, 'forecast', period_start, period_end, forecast_amount, actual_amount,
           extract(day FROM period_start) = 1 AND period_end = crm_month_end(period_start)
    FROM forecast_result
    WHERE is_complete AND actual_amount IS NOT NULL
) AS pair
JOIN judged ON judged.metric = pair.metric AND pair.from_on >= judged.first_on AND pair.until_on <= judged.last_on
LEFT JOIN scale ON scale.metric = pair.metric
LEFT JOIN monthly AS naive ON naive.metric = pair.metric AND naive.month_on = pair.from_on AND pair.is_month
GROUP BY judged.metric, pair.method, judged.first_on, judged.last_on, scale.in_sample_error;
COMMENT ON VIEW forecast_accuracy IS
'One row per metric and method: how far forecasts were from what came.
method: forecast, those of forecast_result, or seasonal naive, the same month of the year before. Over the last
setting.accuracy_months complete months of the metric. mase is the mean absolute error over that of seasonal naive in
all months before (Hyndman and Koehler 2006): below 1 is better; NULL where nothing varied, and for periods other than
months. mape leaves out what was 0. relative_mae holds a forecast
against seasonal naive in the months that both have.';

CREATE OR REPLACE VIEW forecast_progress AS
WITH daily AS MATERIALIZED (
    SELECT metric, day, amount, is_of_events FROM metric_day
), given AS (
    SELECT metric, period_start, period_end, target::numeric AS target, 'goal' AS target_from
    FROM goal
    WHERE segment IS NULL AND direction = 'up' AND metric IN ('revenue', 'orders', 'new_customers')
    UNION ALL
    (SELECT DISTINCT ON (metric, period_start, until_on) metric, period_start, until_on, amount, 'forecast'
     FROM (SELECT *, coalesce(period_end, crm_month_end(period_start)) AS until_on FROM forecast) AS made
     WHERE made_on <= (SELECT crm_as_of()) AND crm_finite(amount) IS NOT NULL
     ORDER BY metric, period_start, until_on, made_on DESC, amount)
    UNION ALL
    SELECT 'revenue', period_start, period_end, CASE WHEN bool_and(is_amount_known) THEN sum(amount) END, 'plan'
    FROM plan_known
    WHERE kind = 'sales'
    GROUP BY period_start, period_end
    UNION ALL
    SELECT metric, date_trunc('year', (SELECT crm_as_of())::timestamp)::date,
           (date_trunc('year', (SELECT crm_as_of())::timestamp) + interval '1 year')::date - 1, NULL, 'none'
    FROM daily
    GROUP BY metric
), period AS MATERIALIZED (
    SELECT given.*,
           today.as_of,
           least(given.period_end, today.as_of) AS until_on,
           (given.period_start - interval '1 year')::date AS before_start,
           (given.period_end + 1 - interval '1 year')::date - 1 AS before_end,
           CASE WHEN today.as_of >= given.period_end THEN (given.period_end + 1 - interval '1 year')::date - 1
                ELSE (today.as_of - interval '1 year')::date END AS before_until
    FROM given
    CROSS JOIN (SELECT crm_as_of() AS as_of LIMIT 1) AS today
    WHERE given.period_start <= today.as_of AND given.period_end >= given.period_start
      -- As far as timestamps go, and a year before
      AND given.period_start > '4712-01-01 BC' AND given.period_end < '294276-01-01'
)
SELECT reached.metric,
       reached.period_start,
       reached.period_end,
       reached.target_from,
       reached.target::double precision AS target,
       reached.to_date::double precision AS to_date,
       reached.until_on - reached.period_start + 1 AS elapsed_days,
       reached.period_end - reached.period_start + 1 AS period_days,
       elapsed.share::double precision AS elapsed_share,
       (reached.to_date / elapsed.share)::double precision AS calendar_run_rate,
       (reached.to_date * months.in_period / months.elapsed)::double precision AS monthly_run_rate,
       (reached.before_to_date / nullif(reached.before_total, 0))::double precision AS last_year_share,
       (reached.to_date * reached.before_total / nullif(reached.before_to_date, 0))::double precision
           AS seasonal_run_rate,
       (reached.to_date / nullif(greatest(reached.target, 0), 0))::double precision AS attained_share,
       (reached.to_date / nullif(greatest(reached.target, 0) * elapsed.share, 0))::double precision AS pace_ratio,
       reached.period_end <= crm_over_on(:'time_zone') AS is_complete,
       reached.as_of
FROM (
    SELECT period.*,
           CASE WHEN bool_or(daily.is_of_events)
                     AND count(*) FILTER (WHERE daily.day BETWEEN period_start AND until_on) = 0 THEN 0
                ELSE sum(daily.amount) FILTER (WHERE daily.day BETWEEN period_start AND until_on) END AS to_date,
           -- Of a year before that began without the metric there is no season.
           CASE WHEN crm_month(min(daily.day) FILTER (WHERE daily.amount IS NOT NULL)) <= before_start
                THEN sum(daily.amount) FILTER (WHERE daily.day BETWEEN before_start AND before_end) END AS before_total,
           sum(daily.amount) FILTER (WHERE daily.day BETWEEN before_start AND before_until) AS before_to_date
    FROM period
    LEFT JOIN daily USING (metric)
    GROUP BY period.metric, period.period_start, period.period_end, period.target, period.target_from, period.as_of,
             period.until_on, period.before_start, period.before_end, period.before_until
) AS reached
CROSS JOIN LATERAL (
    SELECT (reached.until_on - reached.period_start + 1)::numeric
           / (reached.period_end - reached.period_start + 1) AS share
) AS elapsed
-- Whole calendar months only.
CROSS JOIN LATERAL (
    SELECT CASE WHEN extract(day FROM reached.period_start) = 1 AND extract(day FROM reached.until_on + 1) = 1
                THEN 12 * extract(year FROM lasted.elapsed) + extract(month FROM lasted.elapsed) END AS elapsed,
           CASE WHEN extract(day FROM reached.period_end + 1) = 1
                THEN 12 * extract(year FROM lasted.in_period) + extract(month FROM lasted.in_period) END AS in_period
    FROM (
        SELECT age((reached.until_on + 1)::timestamp, reached.period_start::timestamp) AS elapsed,
               age((reached.period_end + 1)::timestamp, reached.period_start::timestamp) AS in_period
    ) AS lasted
) AS months;
COMMENT ON VIEW forecast_progress IS
'One row per metric, period and target: to date, where it leads, and whether that is enough.
Periods that have begun: of goals over all customers, of the latest forecasts, of plans of sales, and the calendar
year of as_of without a target. calendar_run_rate is to_date over the share of days elapsed; monthly_run_rate, at a
month''s end, over that of months; seasonal_run_rate over last_year_share, the share that the same days had of the
same period a year before, NULL where the metric began later. pace_ratio is to_date over the target
times elapsed_share: below 1 is behind.';
