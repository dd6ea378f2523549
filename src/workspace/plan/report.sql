-- The five reports: value, month before, year before.

CREATE OR REPLACE VIEW report_bound AS
SELECT ARRAY(SELECT crm_day_end(bound - 1, :'time_zone') FROM unnest(month_bounds) AS bound) AS starts, as_of
FROM plan_span;
COMMENT ON VIEW report_bound IS
'One row: the instants at which the months of the reports begin, and the end of as_of.
Not for BI: it holds an array.';
COMMENT ON COLUMN report_bound.starts IS 'When each month begins, and when as_of ends.';

-- Cases are of the subject service, which need not be there.
DO $do$
BEGIN
    IF to_regclass('case_flow') IS NULL THEN
        EXECUTE 'CREATE OR REPLACE VIEW report_case AS
                 SELECT NULL::text AS measure, NULL::integer AS measure_order, NULL::date AS month_on,
                        NULL::integer AS month_number, NULL::double precision AS value LIMIT 0';
    ELSE
        -- What case_flow counts by months of the calendar, by those of the reports. What was before the
        -- first of them is of the backlog alone.
        EXECUTE $view$
        CREATE OR REPLACE VIEW report_case AS
        WITH change AS MATERIALIZED (
            SELECT month_number, sum(opened_count) AS opened_count, sum(reopened_count) AS reopened_count,
                   sum(resolved_count) AS resolved_count
            FROM (
                SELECT width_bucket(opened_at, bound.starts) AS month_number, count(*) AS opened_count,
                       0 AS reopened_count, 0 AS resolved_count
                FROM case_basis
                CROSS JOIN report_bound AS bound
                GROUP BY 1
                UNION ALL
                SELECT width_bucket(turn.at, bound.starts), 0, count(*) FILTER (WHERE turn.is_reopening),
                       count(*) FILTER (WHERE NOT turn.is_reopening)
                FROM case_cycle AS cycle
                CROSS JOIN report_bound AS bound
                CROSS JOIN LATERAL (
                    VALUES (cycle.resolved_at, false), (CASE WHEN cycle.cycle_no > 1 THEN cycle.started_at END, true)
                ) AS turn (at, is_reopening)
                WHERE turn.at IS NOT NULL
                GROUP BY 1
            ) AS kind
            GROUP BY month_number
        )
        SELECT counted.measure, counted.measure_order, month.month_on, month.month_number,
               counted.value::double precision AS value
        FROM (
            SELECT known.month_on, month_number, coalesce(change.opened_count, 0) AS opened_count,
                   coalesce(change.resolved_count, 0) AS resolved_count,
                   coalesce(sum(change.opened_count + change.reopened_count - change.resolved_count)
                            OVER (ORDER BY month_number), 0) AS backlog_count
            FROM plan_month AS known
            FULL JOIN change USING (month_number)
        ) AS month
        CROSS JOIN LATERAL (
            VALUES ('cases_opened', 5, month.opened_count), ('cases_resolved', 6, month.resolved_count),
                   ('case_backlog', 7, month.backlog_count)
        ) AS counted (measure, measure_order, value)
        WHERE month.month_on IS NOT NULL
        $view$;
    END IF;
END $do$;
COMMENT ON VIEW report_case IS
'One row per month and measure of cases, where the subject service is there.
As in case_flow, but months begin as setting.month_anchor says; 0 where there are none.';

CREATE OR REPLACE VIEW report_figure AS
SELECT figure.report,
       figure.measure,
       figure.measure_order,
       figure.month_on,
       figure.value,
       figure.is_complete,
       crm_as_of() AS as_of
FROM (
    SELECT 'sales' AS report, measure.name AS measure, measure.place AS measure_order, month.month_on,
           CASE WHEN crm_is_shown(span.min_cell, sold.customer_count) THEN measure.value END::double precision
               AS value,
           month.is_complete
    FROM plan_month AS month
    CROSS JOIN plan_span AS span
    LEFT JOIN plan_sale_month AS sold USING (month_number)
    CROSS JOIN LATERAL (
        VALUES ('revenue', 1, coalesce(sold.amount, 0)), ('orders', 2, coalesce(sold.order_count, 0)),
               ('quantity', 3, CASE WHEN sold.month_number IS NULL THEN 0 ELSE sold.quantity END),
               ('mean_order', 4, sold.amount / nullif(sold.order_count, 0)),
               ('refunds', 5, coalesce(sold.refund_amount, 0)), ('customers', 6, coalesce(sold.customer_count, 0))
    ) AS measure (name, place, value)
    UNION ALL
    -- Before the first purchase nobody is active; later a month that is missing is hidden.
    SELECT 'customer', measure.name, measure.place, month.month_on,
           (CASE WHEN (month.month_on < bought.first_on) IS NOT FALSE THEN 0 ELSE measure.value END)::double precision,
           month.is_complete
    FROM plan_month AS month
    CROSS JOIN (SELECT month_bounds[1] AS first_on FROM calendar_span) AS bought
    LEFT JOIN growth_accounting AS growth USING (month_on)
    CROSS JOIN LATERAL (
        VALUES ('active', 1, growth.active_count), ('new', 2, growth.new_count),
               ('returning', 3, growth.returning_count),
               ('resurrecting', 4, growth.resurrecting_count), ('dormant', 5, growth.dormant_count)
    ) AS measure (name, place, value)
    UNION ALL
    SELECT 'service', measure.name, measure.place, process.month_on, measure.value, process.is_complete
    FROM service_process AS process
    CROSS JOIN LATERAL (
        VALUES ('interactions', 1, process.interaction_count::double precision),
               ('customers', 2, process.customer_count),
               ('responded_share', 3, process.responded_share), ('gap', 4, process.gap)
    ) AS measure (name, place, value)
    UNION ALL
    SELECT 'service', held.measure, held.measure_order, held.month_on, held.value, month.is_complete
    FROM report_case AS held
    JOIN plan_month AS month USING (month_number)
    UNION ALL
    SELECT 'finance', measure.name, measure.place, month.month_on,
           CASE WHEN crm_is_shown(span.min_cell, sold.customer_count) THEN measure.value END::double precision,
           month.is_complete
    FROM plan_month AS month
    CROSS JOIN plan_span AS span
    LEFT JOIN plan_sale_month AS sold USING (month_number)
    LEFT JOIN (
        SELECT width_bucket(occurred_on, (SELECT month_bounds FROM plan_span)) AS month_number, sum(amount) AS amount
        FROM cost_known
        GROUP BY 1
    ) AS spent USING (month_number)
    CROSS JOIN LATERAL (
        SELECT CASE WHEN sold.month_number IS NULL THEN 0 WHEN sold.is_costed THEN coalesce(sold.cost_amount, 0) END
            AS goods
    ) AS paid
    CROSS JOIN LATERAL (SELECT coalesce(sold.amount, 0) - paid.goods AS margin) AS earned
    CROSS JOIN LATERAL (
        VALUES ('revenue', 1, coalesce(sold.amount, 0)), ('cost_of_goods', 2, paid.goods),
               ('margin', 3, earned.margin),
               ('margin_share', 4, earned.margin / nullif(greatest(sold.amount, 0), 0)),
               ('cost', 5, coalesce(spent.amount, 0)),
               ('profit', 6, earned.margin - coalesce(spent.amount, 0))
    ) AS measure (name, place, value)
) AS figure;
COMMENT ON VIEW report_figure IS
'One row per report, measure and month: its value. What the reports are made of.
NULL where fewer customers than setting.min_cell stand behind it, and where it is not known.';

CREATE OR REPLACE VIEW report_change AS
SELECT compared.report,
       compared.month_on,
       compared.measure,
       compared.measure_order,
       compared.value,
       compared.prior_month_value,
       compared.value - compared.prior_month_value AS month_change,
       (compared.value - compared.prior_month_value) / nullif(abs(compared.prior_month_value), 0)
           AS month_change_share,
       compared.prior_year_value,
       compared.value - compared.prior_year_value AS year_change,
       (compared.value - compared.prior_year_value) / nullif(abs(compared.prior_year_value), 0) AS year_change_share,
       compared.is_complete,
       compared.as_of
FROM (
    SELECT *, lag(value) OVER by_measure AS prior_month_value, lag(value, 12) OVER by_measure AS prior_year_value
    FROM report_figure
    -- A condition on report leaves the others unread.
    WINDOW by_measure AS (PARTITION BY report, measure ORDER BY month_on)
) AS compared;
COMMENT ON VIEW report_change IS
'One row a report, month and measure, against the month and the year before.
report_sales and its like say what the measures of each are.';

CREATE OR REPLACE VIEW report_sales AS
SELECT month_on, measure, measure_order, value, prior_month_value, month_change, month_change_share,
       prior_year_value, year_change, year_change_share, is_complete, as_of
FROM report_change
WHERE report = 'sales';
COMMENT ON VIEW report_sales IS
'One row per month and measure of sales, against the month and the year before.
revenue, orders, quantity (of purchases that say one), mean_order, refunds (negative) and customers. A month in progress
says is_complete = false: hold it against the last complete one. Values are NULL where fewer customers than
setting.min_cell bought.';

CREATE OR REPLACE VIEW report_customer AS
SELECT month_on, measure, measure_order, value, prior_month_value, month_change, month_change_share,
       prior_year_value, year_change, year_change_share, is_complete, as_of
FROM report_change
WHERE report = 'customer';
COMMENT ON VIEW report_customer IS
'One row per month and measure of customers, against the month and the year before.
active, new, returning, resurrecting and dormant, as in growth_accounting, hidden where they are hidden there.';

CREATE OR REPLACE VIEW report_service AS
SELECT month_on, measure, measure_order, value, prior_month_value, month_change, month_change_share,
       prior_year_value, year_change, year_change_share, is_complete, as_of
FROM report_change
WHERE report = 'service';
COMMENT ON VIEW report_service IS
'One row per month and measure of service, against the month and the year before.
interactions, customers and responded_share of interactions, gap of the ratings; with the subject service also
cases_opened, cases_resolved and case_backlog. NULL where fewer customers than setting.min_cell stand behind it.';

CREATE OR REPLACE VIEW report_finance AS
SELECT month_on, measure, measure_order, value, prior_month_value, month_change, month_change_share,
       prior_year_value, year_change, year_change_share, is_complete, as_of
FROM report_change
WHERE report = 'finance';
COMMENT ON VIEW report_finance IS
'One row per month and measure of money, against the month and the year before.
revenue; cost_of_goods, margin and margin_share, NULL where some purchase of the month, other than of 0, has no
cost_amount; cost, all of the source cost; profit, margin less cost. NULL where fewer customers than setting.min_cell
bought.';

-- Products are many: months from each one's first on, and equal keys to join by.
CREATE OR REPLACE VIEW report_product AS
WITH sold AS MATERIALIZED (
    SELECT coalesce(product_id, '') AS product_key,
           width_bucket(purchased_on, (SELECT month_bounds FROM plan_span)) AS month_number,
           sum(amount) AS amount, sum(order_count) AS order_count, sum(quantity) AS quantity,
           CASE WHEN bool_and(cost_amount IS NOT NULL OR amount = 0) THEN sum(amount) - coalesce(sum(cost_amount), 0)
               END
               AS margin,
           count(DISTINCT customer_id) AS customer_count
    FROM purchase_known
    GROUP BY 1, 2
)
SELECT compared.month_on,
       compared.product_id,
       compared.measure,
       compared.measure_order,
       compared.value,
       compared.prior_month_value,
       compared.value - compared.prior_month_value AS month_change,
       (compared.value - compared.prior_month_value) / nullif(abs(compared.prior_month_value), 0)
           AS month_change_share,
       compared.prior_year_value,
       compared.value - compared.prior_year_value AS year_change,
       (compared.value - compared.prior_year_value) / nullif(abs(compared.prior_year_value), 0) AS year_change_share,
       compared.is_complete,
       compared.as_of
FROM (
    SELECT month.month_on, nullif(product.product_key, '') AS product_id, measure.name AS measure,
           measure.place AS measure_order, measure.value,
           lag(measure.value) OVER by_measure AS prior_month_value,
           lag(measure.value, 12) OVER by_measure AS prior_year_value,
           month.is_complete, month.as_of
    FROM (SELECT product_key, min(month_number) AS first_number FROM sold GROUP BY product_key) AS product
    JOIN plan_month AS month ON month.month_number >= product.first_number
    CROSS JOIN (SELECT min_cell FROM plan_span) AS span
    LEFT JOIN sold ON sold.product_key = product.product_key AND sold.month_number = month.month_number
    CROSS JOIN LATERAL (
        SELECT given.name, given.place,
               CASE WHEN crm_is_shown(span.min_cell, sold.customer_count) THEN given.value END::double precision
                   AS value
        FROM (VALUES ('revenue', 1, coalesce(sold.amount, 0)), ('orders', 2, coalesce(sold.order_count, 0)),
                     ('quantity', 3, CASE WHEN sold.product_key IS NULL THEN 0 ELSE sold.quantity END),
                     ('customers', 4, coalesce(sold.customer_count, 0)),
                     ('margin', 5, CASE WHEN sold.product_key IS NULL THEN 0 ELSE sold.margin END)
        ) AS given (name, place, value)
    ) AS measure
    WINDOW by_measure AS (PARTITION BY product.product_key, measure.name ORDER BY month.month_number)
) AS compared;
COMMENT ON VIEW report_product IS
'One row per month, product and measure, against the month and the year before.
revenue, orders, quantity (of purchases that say one), customers and margin, from the first month of the product on;
product_id NULL is purchases without one. margin is NULL where some purchase, other than of 0, has no cost_amount; all
are where fewer customers than setting.min_cell bought.';
