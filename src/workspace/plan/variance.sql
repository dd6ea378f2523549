-- Plans against what became of them.

CREATE OR REPLACE VIEW plan_known AS
SELECT coalesce(known.meaning, lower(line.kind COLLATE "C")) COLLATE "default" AS kind,
       line.period_start,
       coalesce(line.period_end, crm_month_end(line.period_start)) AS period_end,
       nullif(line.product_id, '') AS product_id,
       nullif(line.segment, '') AS segment,
       nullif(line.department, '') AS department,
       -- Pieces and kilograms of one line make no quantity.
       string_agg(DISTINCT line.unit, ' and ' ORDER BY line.unit) AS unit,
       bool_and(coalesce(line.amount, line.quantity * line.price) IS NOT NULL OR line.quantity IS NULL) AS is_priced,
       CASE WHEN count(DISTINCT line.unit) <= 1
                 AND bool_and(stated.quantity IS NOT NULL OR coalesce(line.amount, 0) = 0)
            THEN sum(stated.quantity) END AS quantity,
       count(DISTINCT line.unit) <= 1 AND bool_and(stated.quantity IS NOT NULL OR coalesce(line.amount, 0) = 0)
           AS is_counted,
       CASE WHEN bool_and(worth.is_known) THEN sum(worth.amount) END AS amount,
       CASE WHEN count(DISTINCT line.unit) <= 1 THEN min(line.price) END AS price,
       crm_as_of() AS as_of,
       bool_and(worth.is_known) AS is_amount_known
FROM (
    SELECT kind, period_start, period_end, product_id, segment, department, unit, crm_finite(quantity) AS quantity,
           crm_finite(price) AS price, crm_finite(amount) AS amount,
           num_nonnulls(quantity, price, amount) = 0 AS is_silent
    FROM plan_line
) AS line
CROSS JOIN LATERAL (SELECT coalesce(line.quantity, line.amount / nullif(line.price, 0)) AS quantity) AS stated
CROSS JOIN LATERAL (SELECT coalesce(line.amount, line.quantity * line.price) AS amount) AS planned
-- A row without any number plans nothing; of one with some the amount follows, or is not known.
CROSS JOIN LATERAL (SELECT planned.amount, planned.amount IS NOT NULL OR line.is_silent AS is_known) AS worth
LEFT JOIN plan_kind AS known ON known.kind = lower(line.kind COLLATE "C")
WHERE line.kind IS NOT NULL AND line.period_start IS NOT NULL AND (line.period_end < line.period_start) IS NOT TRUE
GROUP BY 1, 2, 3, 4, 5, 6;
COMMENT ON VIEW plan_known IS
'One row per line of a plan: kind, period, product, segment and department.
Several rows of one line are added up; in several units, or where one has an amount and no quantity, they have no
quantity, and where one has a quantity or a price alone, no amount. A period that ends before it begins is left out, see
data_quality.';

-- What a plan tells apart: of products, segments and departments those that
-- some line of the kind and period names.
CREATE OR REPLACE VIEW plan_period AS
SELECT kind,
       period_start,
       period_end,
       bool_or(product_id IS NOT NULL) AS is_by_product,
       bool_or(segment IS NOT NULL) AS is_by_segment,
       bool_or(department IS NOT NULL) AS is_by_department,
       period_end <= crm_over_on(:'time_zone') AS is_complete,
       crm_as_of() AS as_of
FROM plan_known
GROUP BY kind, period_start, period_end;
COMMENT ON VIEW plan_period IS
'One row per kind and period of plans: what they tell apart.';

CREATE OR REPLACE VIEW plan_deed AS
SELECT 'sales' AS kind,
       bought.purchased_on AS day,
       bought.customer_id,
       bought.product_id,
       member.segment,
       NULL::text AS department,
       bought.quantity,
       bought.amount,
       bought.as_of
FROM purchase_known AS bought
-- Scored only where some plan of sales is by segment.
LEFT JOIN (
    SELECT customer_id, segment FROM customer_rfm
    WHERE (SELECT bool_or(is_by_segment) FROM plan_period WHERE kind = 'sales')
) AS member ON member.customer_id = bought.customer_id
UNION ALL
SELECT spent.plan_kind, spent.occurred_on, spent.customer_id, spent.product_id,
       coalesce(spent.segment, member.segment),
       spent.department, NULL, spent.amount, spent.as_of
FROM cost_known AS spent
LEFT JOIN (
    SELECT customer_id, segment FROM customer_rfm
    WHERE (SELECT bool_or(is_by_segment) FROM plan_period WHERE kind <> 'sales')
) AS member ON member.customer_id = spent.customer_id;
COMMENT ON VIEW plan_deed IS
'One row per purchase or cost up to as_of, as plans are held against it. The segment of a customer is that of as_of.';

-- Added up by day first, so that the periods meet few rows. Customers are
-- counted only where small groups are hidden.
CREATE OR REPLACE VIEW plan_actual AS
SELECT added.kind,
       added.period_start,
       added.period_end,
       added.product_id,
       added.segment,
       added.department,
       CASE WHEN shown.is_shown AND added.is_counted THEN added.quantity END AS quantity,
       CASE WHEN shown.is_shown THEN added.is_counted END AS is_counted,
       CASE WHEN shown.is_shown THEN added.amount END AS amount,
       shown.is_shown,
       crm_as_of() AS as_of
FROM (
    SELECT period.kind,
           period.period_start,
           period.period_end,
           CASE WHEN period.is_by_product THEN done.product_id END AS product_id,
           CASE WHEN period.is_by_segment THEN done.segment END AS segment,
           CASE WHEN period.is_by_department THEN done.department END AS department,
           sum(done.quantity) AS quantity,
           bool_and(done.is_counted) AS is_counted,
           sum(done.amount) AS amount
    FROM plan_period AS period
    JOIN (
        SELECT kind, day, product_id, segment, department, sum(quantity) AS quantity,
               bool_and(quantity IS NOT NULL OR amount = 0) AS is_counted, sum(amount) AS amount
        FROM plan_deed
        GROUP BY 1, 2, 3, 4, 5
    ) AS done ON done.kind = period.kind AND done.day BETWEEN period.period_start AND period.period_end
    GROUP BY 1, 2, 3, 4, 5, 6
) AS added
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
LEFT JOIN (
    SELECT period.kind, period.period_start, period.period_end,
           coalesce(CASE WHEN period.is_by_product THEN done.product_id END, '') AS product_key,
           coalesce(CASE WHEN period.is_by_segment THEN done.segment END, '') AS segment_key,
           count(DISTINCT done.customer_id) AS customer_count
    FROM plan_period AS period
    JOIN plan_deed AS done ON done.kind = period.kind AND done.day BETWEEN period.period_start AND period.period_end
    WHERE done.kind = 'sales' AND (SELECT min_cell FROM setting) > 1
    GROUP BY 1, 2, 3, 4, 5
) AS counted ON counted.kind = added.kind AND counted.period_start = added.period_start
            AND counted.period_end = added.period_end AND counted.product_key = coalesce(added.product_id, '')
            AND counted.segment_key = coalesce(added.segment, '')
CROSS JOIN LATERAL (SELECT crm_is_shown(setting.min_cell, counted.customer_count) AS is_shown) AS shown;
COMMENT ON VIEW plan_actual IS
'One row per kind and period of plans, and a product, segment and department: what became.
Purchases for plans of sales, cost for the others; by what plan_period tells apart. The segment of a customer is that
of as_of.';

-- What a line needs of its period is made once: the planner expects one line,
-- and would make it again for each.
CREATE OR REPLACE VIEW plan_variance AS
WITH told AS MATERIALIZED (
    SELECT kind,
           period_start,
           period_end,
           period_end <= crm_over_on(:'time_zone') AS is_complete,
           crm_as_of() AS as_of,
           -- What was not planned has the unit of the plan, where that has one.
           CASE WHEN min(unit) = max(unit) THEN min(unit) END AS only_unit
    FROM plan_known
    GROUP BY kind, period_start, period_end
)
SELECT parted.kind,
       parted.period_start,
       parted.period_end,
       parted.product_id,
       parted.segment,
       parted.department,
       parted.plan_quantity,
       parted.actual_quantity,
       parted.plan_price,
       parted.actual_price,
       parted.plan_amount,
       parted.actual_amount,
       parted.variance,
       (parted.variance / nullif(abs(parted.plan_amount), 0))::double precision AS variance_share,
       CASE WHEN parted.kind = 'sales' THEN parted.variance >= 0 ELSE parted.variance <= 0 END AS is_favourable,
       CASE WHEN parted.is_counted AND parted.all_plan_quantity <> 0
            THEN trim_scale(CASE WHEN parted.plan_price IS NULL THEN 0
                                 ELSE coalesce(parted.actual_amount, 0)
                                      - parted.plan_price * coalesce(parted.actual_quantity, 0) END) END
                                          AS price_variance,
       CASE WHEN parted.is_counted AND parted.all_plan_quantity <> 0
            THEN trim_scale(coalesce(parted.plan_amount, 0) * parted.all_actual_quantity / parted.all_plan_quantity
                            - coalesce(parted.plan_amount, 0)) END AS volume_variance,
       CASE WHEN parted.is_counted AND parted.all_plan_quantity <> 0
            THEN trim_scale(CASE WHEN parted.plan_price IS NULL THEN coalesce(parted.actual_amount, 0)
                                 ELSE parted.plan_price * coalesce(parted.actual_quantity, 0) END
                            - coalesce(parted.plan_amount, 0) * parted.all_actual_quantity / parted.all_plan_quantity)
            END AS mix_variance,
       parted.unit,
       parted.is_planned,
       parted.is_complete,
       parted.as_of,
       parted.is_shown,
       parted.is_amount_known
FROM (
    SELECT line.*,
           bool_and(line.is_line_counted) OVER by_unit AS is_counted,
           sum(line.plan_quantity) OVER by_unit AS all_plan_quantity,
           coalesce(sum(line.actual_quantity) OVER by_unit, 0) AS all_actual_quantity
    FROM (
        SELECT kind,
               period_start,
               period_end,
               nullif(product_key, '') AS product_id,
               nullif(segment_key, '') AS segment,
               nullif(department_key, '') AS department,
               coalesce(plan.unit, period.only_unit) AS unit,
               plan.quantity AS plan_quantity,
               CASE WHEN period.period_start <= period.as_of THEN done.quantity END AS actual_quantity,
               CASE WHEN plan.is_counted
                    THEN trim_scale(coalesce(plan.amount / nullif(plan.quantity, 0), plan.price)) END AS plan_price,
               trim_scale(done.amount / nullif(done.quantity, 0)) AS actual_price,
               plan.amount AS plan_amount,
               done.amount AS actual_amount,
               CASE WHEN period.period_start <= period.as_of AND done.is_shown IS NOT FALSE AND named.is_known
                         AND coalesce(plan.is_amount_known, true)
                    THEN coalesce(done.amount, 0) - coalesce(plan.amount, 0) END AS variance,
               (plan.is_counted AND plan.is_priced AND plan.is_amount_known OR plan.kind IS NULL)
                   AND coalesce(done.is_counted, true) AND done.is_shown IS NOT FALSE
                   AND period.period_start <= period.as_of AND named.is_known AS is_line_counted,
               plan.kind IS NOT NULL AS is_planned,
               period.is_complete,
               period.as_of,
               done.is_shown IS NOT FALSE AS is_shown,
               coalesce(plan.is_amount_known, true) AS is_amount_known
        FROM (
            SELECT *, coalesce(product_id, '') AS product_key, coalesce(segment, '') AS segment_key,
                   coalesce(department, '') AS department_key
            FROM plan_known
        ) AS plan
        FULL JOIN (
            SELECT *, coalesce(product_id, '') AS product_key, coalesce(segment, '') AS segment_key,
                   coalesce(department, '') AS department_key
            FROM plan_actual
        ) AS done USING (kind, period_start, period_end, product_key, segment_key, department_key)
        JOIN told AS period USING (kind, period_start, period_end)
        -- Nothing is held against plans of another kind: they have no variance.
        CROSS JOIN LATERAL (SELECT kind IN ('sales', 'cost', 'market', 'service') AS is_known) AS named
    ) AS line
    WINDOW by_unit AS (PARTITION BY line.kind, line.period_start, line.period_end, line.unit)
) AS parted;
COMMENT ON VIEW plan_variance IS
'One row per line of a plan, or a line that came without a plan: plan, actual, variance.
Lines are those of products, segments and departments that the plans of the kind and period tell apart; what was not
planned has a row too. variance is actual less plan, a side without the line being 0; NULL for a line whose planned
amount is unknown, for a period in the future, and for a kind that plan_kind does not know; to date for one in
progress. price, volume and mix add up to it, line by line, over all lines of a unit: price is the difference of prices
at the actual quantity; volume the plan times the growth of the quantity of all lines; mix the rest, valued at the
planned price, with the whole amount of a line that has no planned price (Horngren''s sales-mix and sales-quantity
variances). They are NULL where the planned quantity of all lines is 0 or unknown, or the planned amount of one is
unknown. What fewer customers than setting.min_cell bought is NULL, and is_shown false.';

CREATE OR REPLACE VIEW plan_variance_total AS
SELECT added.kind,
       added.period_start,
       added.period_end,
       added.line_count,
       added.new_line_count,
       added.dropped_line_count,
       added.plan_quantity,
       added.actual_quantity,
       added.plan_amount,
       added.actual_amount,
       added.variance,
       (added.variance / nullif(abs(added.plan_amount), 0))::double precision AS variance_share,
       CASE WHEN added.kind = 'sales' THEN added.variance >= 0 ELSE added.variance <= 0 END AS is_favourable,
       added.price_variance,
       added.volume_variance,
       added.mix_variance,
       added.is_complete,
       crm_as_of() AS as_of,
       added.unknown_line_count
FROM (
    SELECT kind,
           period_start,
           period_end,
           count(*) FILTER (WHERE is_planned) AS line_count,
           count(*) FILTER (WHERE plan_amount IS NULL AND is_amount_known AND actual_amount IS NOT NULL)
               AS new_line_count,
           count(*) FILTER (WHERE plan_amount IS NOT NULL AND actual_amount IS NULL AND variance IS NOT NULL)
               AS dropped_line_count,
           count(*) FILTER (WHERE NOT is_amount_known) AS unknown_line_count,
           CASE WHEN count(DISTINCT unit) <= 1
                     AND bool_and(plan_quantity IS NOT NULL OR NOT is_planned OR coalesce(plan_amount, 0) = 0)
                THEN sum(plan_quantity) END AS plan_quantity,
           CASE WHEN count(DISTINCT unit) <= 1 AND bool_and(is_shown)
                     AND bool_and(actual_quantity IS NOT NULL OR coalesce(actual_amount, 0) = 0)
                THEN sum(actual_quantity) END AS actual_quantity,
           sum(plan_amount) AS plan_amount,
           CASE WHEN bool_and(is_shown) THEN sum(actual_amount) END AS actual_amount,
           CASE WHEN bool_and(is_shown) THEN sum(variance) END AS variance,
           CASE WHEN bool_and(price_variance IS NOT NULL) THEN sum(price_variance) END AS price_variance,
           CASE WHEN bool_and(volume_variance IS NOT NULL) THEN sum(volume_variance) END AS volume_variance,
           CASE WHEN bool_and(mix_variance IS NOT NULL) THEN sum(mix_variance) END AS mix_variance,
           is_complete
    FROM plan_variance
    GROUP BY kind, period_start, period_end, is_complete
) AS added;
COMMENT ON VIEW plan_variance_total IS
'One row per kind and period of plans: plan_variance added up.
Nothing is held against lines whose planned amount is unknown: variance is that of the others, and less than
actual_amount less plan_amount by what came of such lines. price, volume and mix add up to variance; NULL where they
are for some line, as all is where some line is hidden.';
