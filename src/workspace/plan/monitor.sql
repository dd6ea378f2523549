-- Four monitors: sales, service, staff, and the forecasts of forecast_progress.

CREATE OR REPLACE VIEW plan_sale_month AS
SELECT span.month_bounds[bought.n] AS month_on,
       bought.n AS month_number,
       bought.amount,
       bought.order_count,
       bought.quantity,
       bought.refund_amount,
       bought.cost_amount,
       bought.is_costed,
       bought.customer_count,
       span.min_cell,
       span.as_of
FROM (
    SELECT width_bucket(purchased_on, (SELECT month_bounds FROM plan_span)) AS n,
           sum(amount) AS amount,
           sum(order_count)::bigint AS order_count,
           sum(quantity) AS quantity,
           coalesce(sum(amount) FILTER (WHERE amount < 0), 0) AS refund_amount,
           sum(cost_amount) AS cost_amount,
           bool_and(cost_amount IS NOT NULL OR amount = 0) AS is_costed,
           count(DISTINCT customer_id) AS customer_count
    FROM purchase_known
    GROUP BY 1
) AS bought
CROSS JOIN plan_span AS span
WHERE bought.n >= 1;
COMMENT ON VIEW plan_sale_month IS
'One row per month with purchases or refunds: what they add up to, nothing hidden.
What the views by month are made of; not for readers where setting.min_cell is above 1.';

CREATE OR REPLACE VIEW sales_result AS
SELECT month.month_on,
       CASE WHEN shown.is_shown THEN coalesce(sold.amount, 0) END:::amount AS amount,
       CASE WHEN shown.is_shown THEN coalesce(sold.order_count, 0) END AS order_count,
       CASE WHEN shown.is_shown THEN coalesce(sold.customer_count, 0) END AS customer_count,
       (CASE WHEN shown.is_shown THEN sold.amount / nullif(sold.order_count, 0) END):::amount AS mean_order_amount,
       planned.amount:::amount AS plan_amount,
       CASE WHEN shown.is_shown
            THEN (coalesce(sold.amount, 0) / nullif(greatest(planned.amount, 0), 0))::double precision END
           AS attained_share,
       month.is_complete,
       month.as_of
FROM plan_month AS month
CROSS JOIN calendar_basis AS basis
LEFT JOIN plan_sale_month AS sold ON sold.month_number = month.month_number
-- Months of the 31st are no intervals of a month: February's begins on its last day.
LEFT JOIN (
    SELECT period_start, period_end, CASE WHEN bool_and(is_amount_known) THEN sum(amount) END AS amount
    FROM plan_known
    WHERE kind = 'sales'
    GROUP BY 1, 2
) AS planned ON planned.period_start = month.month_on
            AND planned.period_end
                = (crm_period_bounds(month.month_on, month.month_on + 31, 'month', basis.month_anchor))[2] - 1
CROSS JOIN LATERAL (SELECT crm_is_shown(sold.min_cell, sold.customer_count) AS is_shown) AS shown;
COMMENT ON VIEW sales_result IS
'One row per month: sales, beside the plan for that month.
Plans of sales whose period is the month. Figures are NULL where fewer customers than setting.min_cell bought.';

CREATE OR REPLACE VIEW sales_channel_monthly AS
SELECT sold.month_on,
       sold.sales_channel,
       CASE WHEN shown.is_shown THEN sold.amount END:::amount AS amount,
       CASE WHEN shown.is_shown THEN sold.order_count END AS order_count,
       CASE WHEN shown.is_shown THEN sold.customer_count END AS customer_count,
       CASE WHEN shown.is_shown AND sold.is_all_shown THEN sold.amount_share END AS amount_share,
       CASE WHEN shown.is_shown AND sold.is_all_shown
            THEN sold.amount_share - lag(CASE WHEN sold.is_all_shown THEN sold.amount_share END) OVER by_channel
            END AS share_change,
       sold.is_complete,
       sold.as_of
FROM (
    SELECT month.month_on,
           grid.sales_channel,
           coalesce(bought.amount, 0) AS amount,
           coalesce(bought.order_count, 0)::bigint AS order_count,
           coalesce(bought.customer_count, 0) AS customer_count,
           (greatest(bought.amount, 0) / nullif(sum(greatest(bought.amount, 0)) OVER by_month, 0))::double precision
               AS amount_share,
           bool_and(crm_is_shown(span.min_cell, bought.customer_count)) OVER by_month AS is_all_shown,
           span.min_cell,
           month.is_complete,
           month.as_of
    FROM plan_month AS month
    CROSS JOIN (SELECT DISTINCT coalesce(sales_channel, 'unknown') AS sales_channel FROM purchase_known) AS grid
    CROSS JOIN plan_span AS span
    LEFT JOIN (
        SELECT width_bucket(purchased_on, (SELECT month_bounds FROM plan_span)) AS n,
               coalesce(sales_channel, 'unknown') AS sales_channel,
               sum(amount) AS amount, sum(order_count) AS order_count, count(DISTINCT customer_id) AS customer_count
        FROM purchase_known
        GROUP BY 1, 2
    ) AS bought ON bought.n = month.month_number AND bought.sales_channel = grid.sales_channel
    WINDOW by_month AS (PARTITION BY month.month_on)
) AS sold
CROSS JOIN LATERAL (SELECT crm_is_shown(sold.min_cell, sold.customer_count) AS is_shown) AS shown
WINDOW by_channel AS (PARTITION BY sold.sales_channel ORDER BY sold.month_on);
COMMENT ON VIEW sales_channel_monthly IS
'One row per month and sales channel: what was sold through it, and how its share moved.
unknown is where the source says none. share_change is against the month before, NULL where nothing was sold then.
NULL where fewer customers than setting.min_cell bought, shares in a month with any such channel.';

CREATE OR REPLACE VIEW service_process AS
SELECT month.month_on,
       CASE WHEN shown.is_shown THEN coalesce(spoken.interaction_count, 0) END AS interaction_count,
       CASE WHEN shown.is_shown THEN coalesce(spoken.customer_count, 0) END AS customer_count,
       CASE WHEN shown.is_shown
            THEN (spoken.responded_count / nullif(spoken.interaction_count, 0))::double precision END
                AS responded_share,
       CASE WHEN rated.n IS NULL THEN 0 WHEN rated.is_shown THEN rated.pair_count END AS pair_count,
       CASE WHEN rated.is_shown THEN crm_gap_mean(rated.e) END AS gap,
       CASE WHEN rated.is_shown
            THEN crm_group_outcome(rated.e, (SELECT tolerance FROM setting)) END AS outcome,
       month.is_complete,
       month.as_of
FROM plan_month AS month
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
LEFT JOIN (
    SELECT period.period_start AS month_on, sum(period.event_count)::bigint AS interaction_count,
           sum(period.amount) AS responded_count, count(*) AS customer_count
    FROM (
        SELECT customer_id, crm_rollup(interactions) AS interactions FROM channel_activity GROUP BY customer_id
    ) AS customer
    CROSS JOIN LATERAL crm_periods(customer.interactions, (SELECT month_bounds FROM plan_span)) AS period
    WHERE period.active_days > 0
    GROUP BY period.period_start
) AS spoken ON spoken.month_on = month.month_on
LEFT JOIN (
    SELECT width_bucket(rated_on, (SELECT month_bounds FROM plan_span)) AS n, count(*) AS pair_count,
           crm_experience_agg(expected, actual, weight) AS e,
           crm_is_shown((SELECT min_cell FROM setting), greatest(1, count(DISTINCT customer_id))) AS is_shown
    FROM rating_pair_ever
    WHERE gap IS NOT NULL AND rated_on IS NOT NULL
    GROUP BY 1
) AS rated ON rated.n = month.month_number
CROSS JOIN LATERAL (SELECT crm_is_shown(setting.min_cell, spoken.customer_count) AS is_shown) AS shown;
COMMENT ON VIEW service_process IS
'One row per month: contacts with customers, and how they were experienced.
Interactions, with the share that got a response, and the mean gap of the ratings of the month. Figures are NULL where
fewer customers than setting.min_cell stand behind them.';

CREATE OR REPLACE VIEW staff_execution AS
SELECT department,
       coalesce(aimed.goal_count, 0) AS goal_count,
       coalesce(aimed.over_count, 0) AS over_count,
       coalesce(aimed.met_count, 0) AS met_count,
       aimed.met_count / nullif(aimed.over_count, 0)::double precision AS met_share,
       budget.plan_amount:::amount AS plan_amount,
       budget.actual_amount:::amount AS actual_amount,
       (budget.actual_amount / nullif(greatest(budget.plan_amount, 0), 0))::double precision AS spent_share,
       crm_as_of() AS as_of
FROM (
    SELECT department, count(*) AS goal_count, count(*) FILTER (WHERE is_complete) AS over_count,
           count(*) FILTER (WHERE is_complete AND is_met) AS met_count
    FROM goal_attainment
    WHERE department IS NOT NULL
    GROUP BY department
) AS aimed
FULL JOIN (
    SELECT department, sum(plan_amount) AS plan_amount, sum(coalesce(actual_amount, 0)) AS actual_amount
    FROM plan_variance
    WHERE kind IN ('cost', 'market', 'service') AND department IS NOT NULL AND is_complete AND variance IS NOT NULL
      AND is_planned
    GROUP BY department
) AS budget USING (department);
COMMENT ON VIEW staff_execution IS
'One row per department: its goals met, and its budget kept.
Goals that name it, met of those whose period is over; plans of cost, market and service that name it, whose period is
over. Plans of a kind that plan_kind does not know have no cost, and are left out, as are lines whose planned amount is
unknown.';
COMMENT ON COLUMN staff_execution.actual_amount IS
'Amount that came in the periods of such plans, up to as_of; 0 where nothing did.';
