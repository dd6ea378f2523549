-- Targets: conditions over customer_360. They stand in views, which only the
-- schema's owner can replace, and not in a table: text from a table that others
-- may write is never run. crm_set_target makes them.
-- Keys of another type take target_member away, and target keeps the conditions.
DO $do$
BEGIN
    IF to_regclass('target') IS NULL THEN
        PERFORM crm_make_targets('{}'::jsonb);
    ELSIF to_regclass('target_member') IS NULL THEN
        PERFORM crm_make_targets((SELECT coalesce(jsonb_object_agg(target_name, condition), '{}'::jsonb) FROM target));
    END IF;
END $do$;

CREATE OR REPLACE VIEW target_penetration AS
SELECT counted.target_name,
       CASE WHEN shown.is_shown THEN counted.customer_count END AS customer_count,
       CASE WHEN shown.is_shown
            THEN counted.customer_count / nullif(base.customer_count, 0)::double precision END AS customer_share,
       CASE WHEN shown.is_parted THEN counted.buyer_count END AS buyer_count,
       CASE WHEN shown.is_parted
            THEN counted.buyer_count / nullif(counted.customer_count, 0)::double precision END AS buyer_share,
       base.buyer_count / nullif(base.customer_count, 0)::double precision AS base_buyer_share,
       CASE WHEN shown.is_parted
            THEN (counted.buyer_count::double precision / nullif(counted.customer_count, 0))
                 / nullif(base.buyer_count / nullif(base.customer_count, 0)::double precision, 0) END AS buyer_lift,
       CASE WHEN shown.is_shown THEN counted.amount END:::amount AS amount,
       CASE WHEN shown.is_shown
            THEN (counted.positive_amount / nullif(base.positive_amount, 0))::double precision END AS amount_share,
       CASE WHEN shown.is_shown
            THEN (counted.positive_amount / nullif(base.positive_amount, 0))::double precision
                 / nullif(counted.customer_count / nullif(base.customer_count, 0)::double precision, 0) END
                     AS amount_lift,
       crm_as_of() AS as_of
FROM (
    SELECT target.target_name, count(member.customer_id) AS customer_count,
           count(*) FILTER (WHERE member.purchase_count > 0) AS buyer_count,
           coalesce(sum(bought.amount), 0) AS amount,
           coalesce(sum(greatest(bought.amount, 0)), 0) AS positive_amount
    FROM target
    LEFT JOIN target_member AS member USING (target_name)
    LEFT JOIN (
        SELECT customer_id, crm_amount(purchases, (SELECT crm_as_of())) AS amount FROM customer_activity
    ) AS bought USING (customer_id)
    GROUP BY target.target_name
) AS counted
CROSS JOIN (
    SELECT count(*) AS customer_count, count(*) FILTER (WHERE purchase_count > 0) AS buyer_count,
           sum(greatest(amount, 0)) AS positive_amount
    FROM (
        SELECT known.customer_id, bought.purchase_count, bought.amount
        FROM known_customer AS known
        LEFT JOIN (
            SELECT customer_id, crm_event_count(purchases, (SELECT crm_as_of())) AS purchase_count,
                   crm_amount(purchases, (SELECT crm_as_of())) AS amount
            FROM customer_activity
        ) AS bought USING (customer_id)
    ) AS customer
) AS base
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
CROSS JOIN LATERAL (
    SELECT crm_is_shown(setting.min_cell, counted.customer_count, base.customer_count - counted.customer_count)
        AS is_shown,
           crm_is_shown(setting.min_cell, counted.customer_count, base.customer_count - counted.customer_count,
                        counted.buyer_count, counted.customer_count - counted.buyer_count) AS is_parted
) AS shown;
COMMENT ON VIEW target_penetration IS
'One row per target: how many are in it, how many of them buy, and how that compares with all customers.
A lift of 1 is like everybody. In amount_share and amount_lift the amount of a customer below 0 counts as 0. Figures are
NULL where the customers in it, or the others, are fewer than setting.min_cell.';
