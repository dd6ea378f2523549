-- What customers own, and what they buy next. Further items of an order count as
-- no order and are owned all the same, so that refunds alone are left out.

CREATE OR REPLACE VIEW upgrade_uptake AS
SELECT grouped.successor_id,
       grouped.predecessor_id,
       grouped.stage,
       array_position('{new,growing,mature,declining,departed}', grouped.stage) AS stage_order,
       grouped.owner_count,
       CASE WHEN shown.is_shown THEN grouped.upgrade_count END AS upgrade_count,
       CASE WHEN shown.is_shown THEN grouped.upgrade_count / grouped.owner_count::double precision END
           AS upgrade_share,
       CASE WHEN shown.is_shown THEN grouped.median_days END AS median_days,
       crm_as_of() AS as_of
FROM (
    SELECT product.product_id AS successor_id,
           product.successor_of AS predecessor_id,
           basis.stage,
           count(*) AS owner_count,
           count(*) FILTER (WHERE upgrade.first_on >= owned.first_on) AS upgrade_count,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY upgrade.first_on - owned.first_on)
               FILTER (WHERE upgrade.first_on >= owned.first_on) AS median_days
    FROM (SELECT DISTINCT product_id, successor_of FROM product) AS product
    JOIN (
        SELECT product_id, customer_id, min(purchased_on) AS first_on
        FROM purchase_known WHERE product_id IS NOT NULL AND amount >= 0 GROUP BY product_id, customer_id
    ) AS owned ON owned.product_id = product.successor_of
    LEFT JOIN (
        SELECT product_id, customer_id, min(purchased_on) AS first_on
        FROM purchase_known WHERE product_id IS NOT NULL AND amount >= 0 GROUP BY product_id, customer_id
    ) AS upgrade ON upgrade.product_id = product.product_id AND upgrade.customer_id = owned.customer_id
    LEFT JOIN (SELECT customer_id, stage FROM customer_basis) AS basis ON basis.customer_id = owned.customer_id
    GROUP BY 1, 2, 3
) AS grouped
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
CROSS JOIN LATERAL (
    SELECT crm_is_shown(setting.min_cell, grouped.upgrade_count, grouped.owner_count - grouped.upgrade_count)
        AS is_shown
) AS shown
WHERE crm_is_shown(setting.min_cell, grouped.owner_count);
COMMENT ON VIEW upgrade_uptake IS
'One row per product that follows another, and stage: how many owners of the old bought the new.
Refunds are left out. Stages are those of as_of. Hidden as setting.min_cell says.';

CREATE OR REPLACE VIEW cross_sell AS
WITH owned AS MATERIALIZED (
    SELECT bought.customer_id, btrim(product.line) AS line, min(bought.purchased_on) AS first_on
    FROM purchase_known AS bought
    JOIN product USING (product_id)
    WHERE btrim(product.line) <> '' AND bought.amount >= 0
    GROUP BY 1, 2
), line AS MATERIALIZED (
    SELECT line, count(*) AS owner_count FROM owned GROUP BY line
), everybody AS MATERIALIZED (
    SELECT count(DISTINCT customer_id) AS buyer_count FROM owned
), pair AS MATERIALIZED (
    SELECT a.line AS line_a, b.line AS line_b, count(*) AS both_count,
           count(*) FILTER (WHERE b.first_on > a.first_on) AS later_count
    FROM owned AS a
    JOIN owned AS b USING (customer_id)
    WHERE a.line <> b.line
    GROUP BY 1, 2
)
SELECT a.line AS line_a,
       b.line AS line_b,
       a.owner_count AS owner_a_count,
       b.owner_count AS owner_b_count,
       CASE WHEN shown.is_shown THEN both_ways.both_count END AS both_count,
       CASE WHEN shown.is_shown THEN both_ways.later_count END AS later_count,
       CASE WHEN shown.is_shown THEN both_ways.both_count / a.owner_count::double precision END AS cross_share,
       b.owner_count / everybody.buyer_count::double precision AS base_share,
       CASE WHEN shown.is_shown
            THEN both_ways.both_count::double precision * everybody.buyer_count
                / (a.owner_count::double precision * b.owner_count)
            END AS lift,
       crm_as_of() AS as_of
FROM line AS a
JOIN line AS b ON b.line <> a.line
CROSS JOIN everybody
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
LEFT JOIN pair ON pair.line_a = a.line AND pair.line_b = b.line
CROSS JOIN LATERAL (
    SELECT coalesce(pair.both_count, 0) AS both_count, coalesce(pair.later_count, 0) AS later_count
) AS both_ways
CROSS JOIN LATERAL (
    SELECT crm_is_shown(setting.min_cell, both_ways.both_count, a.owner_count - both_ways.both_count,
                        b.owner_count - both_ways.both_count, both_ways.later_count,
                        both_ways.both_count - both_ways.later_count) AS is_shown
) AS shown
WHERE crm_is_shown(setting.min_cell, a.owner_count, b.owner_count);
COMMENT ON VIEW cross_sell IS
'One row per product line and another: who has the one and buys the other.
cross_share is of the owners of line_a, base_share of all buyers of a line; lift is their ratio, above 1 where the one
goes with the other. later_count bought line_b on a later day than line_a. Refunds are left out. Hidden as
setting.min_cell says.';
