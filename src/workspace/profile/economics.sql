-- What groups of customers bring, and what they cost.

CREATE OR REPLACE VIEW customer_economics AS
SELECT customer_id,
       coalesce(sold.amount, 0) AS amount,
       coalesce(sold.order_count, 0)::bigint AS order_count,
       CASE WHEN sold.customer_id IS NULL THEN 0
            WHEN sold.is_costed THEN sold.amount - coalesce(sold.cost_amount, 0) END AS margin_amount,
       coalesce(spent.amount, 0) AS cost_to_serve,
       crm_as_of() AS as_of
FROM (
    SELECT customer_id, sum(amount) AS amount, sum(order_count) AS order_count, sum(cost_amount) AS cost_amount,
           bool_and(cost_amount IS NOT NULL OR amount = 0) AS is_costed
    FROM purchase_known
    GROUP BY customer_id
) AS sold
FULL JOIN (
    SELECT customer_id, sum(amount) AS amount FROM cost_known WHERE customer_id IS NOT NULL GROUP BY customer_id
) AS spent USING (customer_id);
COMMENT ON VIEW customer_economics IS
'One row per customer with a purchase, refund or cost up to as_of: revenue, margin, cost to serve.
margin_amount is amount less cost_amount; NULL where some purchase, other than of 0, has none.';

CREATE OR REPLACE VIEW segment_economics AS
SELECT summary.dimension,
       summary.dimension_value,
       summary.customer_count,
       summary.order_count,
       summary.amount:::amount AS amount,
       summary.margin_amount,
       summary.cost_to_serve,
       summary.margin_amount - summary.cost_to_serve AS profit_amount,
       ((summary.margin_amount - summary.cost_to_serve) / summary.customer_count)::double precision
           AS profit_per_customer,
       (summary.cost_to_serve / nullif(summary.order_count, 0))::double precision AS cost_per_order,
       crm_as_of() AS as_of,
       (summary.cost_to_serve / nullif(greatest(summary.amount, 0), 0))::double precision AS cost_share
FROM (
    SELECT dimension.name AS dimension,
           dimension.value AS dimension_value,
           count(*) AS customer_count,
           coalesce(sum(earned.order_count), 0)::bigint AS order_count,
           coalesce(sum(earned.amount), 0) AS amount,
           CASE WHEN bool_and(earned.customer_id IS NULL OR earned.margin_amount IS NOT NULL)
                THEN coalesce(sum(earned.margin_amount), 0) END AS margin_amount,
           coalesce(sum(earned.cost_to_serve), 0) AS cost_to_serve,
           coalesce(sum(count(*)) OVER (PARTITION BY dimension.name ORDER BY count(*), dimension.value
                                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS smaller_count
    FROM known_customer AS known
    LEFT JOIN customer_basis AS basis USING (customer_id)
    LEFT JOIN customer_detail AS detail USING (customer_id)
    LEFT JOIN customer_economics AS earned USING (customer_id)
    CROSS JOIN LATERAL (
        VALUES ('segment', basis.segment), ('stage', basis.stage), ('class', basis.class),
               ('tenure', basis.tenure_band), ('region', nullif(btrim(known.region), '')),
               ('industry', nullif(btrim(known.industry), '')),
               ('acquired_through', nullif(btrim(detail.acquired_through), ''))
    ) AS dimension (name, value)
    GROUP BY 1, 2
) AS summary
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, summary.customer_count, summary.smaller_count::bigint);
COMMENT ON VIEW segment_economics IS
'One row per dimension and value: what its customers bring, and cost.
dimension: segment, stage, class, tenure, region, industry or acquired_through, each of all customers; NULL stands for
those who have no value, or a blank one. profit is margin less cost to serve, exact and not rounded, the costs that name
a customer; NULL where a purchase, other than of 0, has no cost_amount. Groups below setting.min_cell customers are
hidden, and where those of a dimension are fewer together, the next larger too.';

CREATE OR REPLACE VIEW cost_to_serve AS
SELECT dimension_value AS tenure_band,
       array_position('{under 1 year,1-2 years,3-5 years,over 5 years}', dimension_value) AS tenure_band_order,
       customer_count,
       order_count,
       cost_to_serve,
       (cost_to_serve / nullif(customer_count, 0))::double precision AS cost_per_customer,
       cost_per_order,
       cost_share,
       as_of
FROM segment_economics
WHERE dimension = 'tenure';
COMMENT ON VIEW cost_to_serve IS
'One row per tenure band: what its customers cost, each, by order, and of their revenue.
Does it get cheaper the longer they stay? NULL stands for those who have not bought. Hidden as in segment_economics.';

CREATE OR REPLACE VIEW repeat_rate AS
SELECT grouped.cohort_on,
       grouped.buyer_count,
       CASE WHEN shown.is_shown THEN grouped.repeat_count END AS repeat_count,
       CASE WHEN shown.is_shown THEN grouped.repeat_count / grouped.buyer_count::double precision END AS repeat_share,
       CASE WHEN shown.is_shown THEN crm_survival_quantile(grouped.wait, 0.5) END AS median_days_to_repeat,
       crm_as_of() AS as_of,
       crm_month_end(grouped.cohort_on) <= crm_over_on(:'time_zone') AS is_complete
FROM (
    SELECT crm_month(first_on) AS cohort_on,
           count(*) AS buyer_count,
           count(second_on) AS repeat_count,
           crm_survival_agg((coalesce(second_on, (SELECT crm_as_of())) - first_on)::double precision,
                            second_on IS NOT NULL) AS wait
    FROM (
        SELECT customer_id, min(purchased_on) FILTER (WHERE nth = 1) AS first_on,
               min(purchased_on) FILTER (WHERE nth = 2) AS second_on
        FROM (
            SELECT customer_id, purchased_on, row_number() OVER (PARTITION BY customer_id ORDER BY purchased_on) AS nth
            FROM (
                SELECT customer_id, purchased_on FROM purchase_known
                GROUP BY customer_id, purchased_on HAVING sum(order_count) > 0
            ) AS active
        ) AS numbered
        WHERE nth <= 2
        GROUP BY customer_id
    ) AS bought
    GROUP BY 1
) AS grouped
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
CROSS JOIN LATERAL (
    SELECT crm_is_shown(setting.min_cell, grouped.repeat_count, grouped.buyer_count - grouped.repeat_count) AS is_shown
) AS shown
WHERE crm_is_shown(setting.min_cell, grouped.buyer_count);
COMMENT ON VIEW repeat_rate IS
'One row per month of first purchases: how many bought again on a later day, by as_of.
median_days_to_repeat is of all (Kaplan-Meier: those who have not bought again are still waiting);
NULL where it is not reached.
Young cohorts had less time. Hidden as setting.min_cell says.';
