-- What customer_360 shows of campaigns.

CREATE OR REPLACE VIEW customer_360_campaign AS
SELECT customer_id,
       coalesce(sum(touch_count), 0)::bigint AS touch_count,
       max(last_touch_on) AS last_touch_on,
       sum(touch_cost):::amount AS touch_cost,
       coalesce(sum(other_conversion_count), 0) AS other_conversion_count,
       coalesce(sum(invitation_count), 0)::bigint AS invitation_count,
       crm_as_of() AS as_of
FROM (
    SELECT customer_id, count(*) AS touch_count, max(touched_on) AS last_touch_on, sum(cost) AS touch_cost,
           NULL::double precision AS other_conversion_count, NULL::bigint AS invitation_count
    FROM touch_known
    WHERE customer_id IS NOT NULL AND NOT is_holdout
    GROUP BY customer_id
    UNION ALL
    SELECT customer_id, NULL, NULL, NULL, crm_sum(conversion_count), NULL
    FROM conversion_known
    WHERE source = 'conversion'
    GROUP BY customer_id
    UNION ALL
    SELECT referrer_id, NULL, NULL, NULL, NULL, count(DISTINCT customer_id)
    FROM referral
    WHERE referrer_id IS NOT NULL AND customer_id <> referrer_id
      AND (referred_on IS NULL OR referred_on <= crm_as_of())
    GROUP BY referrer_id
) AS part
GROUP BY customer_id;
COMMENT ON VIEW customer_360_campaign IS
'One row per customer who was touched, converted or referred somebody: what customer_360 shows of campaigns.';

CREATE OR REPLACE VIEW customer_elsewhere_campaign AS
SELECT customer_id, crm_as_of() AS as_of
FROM touch
WHERE customer_id IS NOT NULL AND touched_on <= crm_as_of()
UNION ALL
SELECT customer_id, crm_as_of()
FROM conversion
WHERE customer_id IS NOT NULL AND converted_on <= crm_as_of()
UNION ALL
SELECT customer_id, crm_as_of()
FROM referral
WHERE customer_id IS NOT NULL AND (referred_on <= crm_as_of() OR referred_on IS NULL)
UNION ALL
SELECT referrer_id, crm_as_of()
FROM referral
WHERE referrer_id IS NOT NULL AND (referred_on <= crm_as_of() OR referred_on IS NULL);
COMMENT ON VIEW customer_elsewhere_campaign IS
'One row per touch or conversion of a customer, and per side of a referral, by as_of: see customer_elsewhere.';
