-- What a campaign earned: by credit, and against those who were held out.

-- The arm that a customer was first assigned to; what came after it counts, of
-- every kind, within the window of attribution.
CREATE OR REPLACE VIEW campaign_customer AS
SELECT assigned.campaign_id,
       assigned.arm,
       assigned.is_holdout,
       assigned.customer_id,
       assigned.assigned_at,
       assigned.as_of
FROM (
    SELECT DISTINCT ON (campaign_id, customer_id)
           campaign_id, customer_id, arm, is_holdout, touched_at AS assigned_at, as_of
    FROM touch_known
    WHERE campaign_id IS NOT NULL AND customer_id IS NOT NULL
    ORDER BY campaign_id, customer_id, touched_at, is_holdout DESC, arm
) AS assigned;
COMMENT ON VIEW campaign_customer IS
'One row per campaign and customer whom it touched or held out: in which arm, since when.
The arm of the first touch; of several at one instant one that is held out.';

CREATE OR REPLACE VIEW campaign_outcome AS
SELECT reached.campaign_id,
       reached.arm,
       reached.is_holdout,
       reached.customer_id,
       converted.conversion_kind,
       sum(converted.conversion_count) AS conversion_count,
       sum(converted.amount) AS amount,
       crm_as_of() AS as_of
FROM campaign_customer AS reached
JOIN conversion_known AS converted ON converted.customer_id = reached.customer_id
CROSS JOIN (SELECT attribution_window_days AS days FROM setting LIMIT 1) AS setting
WHERE converted.converted_at >= reached.assigned_at
  AND (setting.days IS NULL
       OR converted.converted_at <= reached.assigned_at + setting.days * 86400 * interval '1 second')
GROUP BY reached.campaign_id, reached.arm, reached.is_holdout, reached.customer_id, converted.conversion_kind;
COMMENT ON VIEW campaign_outcome IS
'One row per campaign, customer and kind of conversion that followed: how many, worth how much.
What followed the assignment to the arm, within setting.attribution_window_days.';

-- Everybody of an arm counts, with 0 where nothing followed: so many zeros are
-- summarised, and merged with what did follow.
CREATE OR REPLACE VIEW campaign_arm AS
WITH outcome AS MATERIALIZED (
    SELECT campaign_id, arm, is_holdout, customer_id, conversion_kind, conversion_count, amount FROM campaign_outcome
), followed AS MATERIALIZED (
    SELECT campaign_id, arm, is_holdout, conversion_kind,
           count(*) AS followed_count,
           count(*) FILTER (WHERE conversion_count > 0) AS converted_count,
           sum(amount) AS exact_amount,
           crm_moments_agg(amount::double precision) AS amounts
    FROM (
        SELECT campaign_id, arm, is_holdout, customer_id, conversion_kind, conversion_count, amount FROM outcome
        UNION ALL
        SELECT campaign_id, arm, is_holdout, customer_id, NULL, sum(conversion_count), sum(amount)
        FROM outcome
        GROUP BY campaign_id, arm, is_holdout, customer_id
    ) AS by_customer
    GROUP BY campaign_id, arm, is_holdout, conversion_kind
)
SELECT everybody.campaign_id,
       everybody.arm,
       everybody.is_holdout,
       kind.conversion_kind,
       everybody.customer_count,
       coalesce(followed.converted_count, 0) AS converted_count,
       coalesce(followed.exact_amount, 0) AS exact_amount,
       (SELECT crm_rollup(part.m)
        FROM (VALUES (followed.amounts),
                     ((SELECT crm_moments_agg(0)
                       FROM generate_series(1, everybody.customer_count - coalesce(followed.followed_count, 0))))
             ) AS part (m)) AS amounts,
       crm_as_of() AS as_of
FROM (
    SELECT campaign_id, arm, is_holdout, count(*) AS customer_count
    FROM campaign_customer
    GROUP BY campaign_id, arm, is_holdout
) AS everybody
CROSS JOIN (SELECT DISTINCT conversion_kind FROM followed UNION SELECT NULL) AS kind
LEFT JOIN followed ON followed.campaign_id = everybody.campaign_id
                  AND followed.is_holdout = everybody.is_holdout
                  AND coalesce(followed.arm, E'\x1e') = coalesce(everybody.arm, E'\x1e')
                  AND coalesce(followed.conversion_kind, E'\x1e') = coalesce(kind.conversion_kind, E'\x1e');
COMMENT ON VIEW campaign_arm IS
'One row per campaign, arm and kind of conversion, and one for all kinds: what followed.
Not for BI: it holds summaries. conversion_kind is NULL for all kinds together.';

CREATE OR REPLACE VIEW campaign_lift AS
WITH arms AS MATERIALIZED (
    SELECT * FROM campaign_arm
)
SELECT touched.campaign_id,
       touched.arm,
       touched.conversion_kind,
       touched.customer_count,
       touched.converted_count,
       touched.converted_count / touched.customer_count::double precision AS converted_share,
       held.customer_count AS holdout_customer_count,
       held.converted_count AS holdout_converted_count,
       held.converted_count / held.customer_count::double precision AS holdout_converted_share,
       shares.difference AS share_difference,
       shares.low AS share_difference_low,
       shares.high AS share_difference_high,
       shares.p_value AS share_p_value,
       shares.difference * touched.customer_count AS incremental_count,
       shares.low * touched.customer_count AS incremental_count_low,
       shares.high * touched.customer_count AS incremental_count_high,
       shares.difference / nullif(held.converted_count / held.customer_count::double precision, 0) AS relative_lift,
       touched.exact_amount:::amount AS amount,
       held.exact_amount:::amount AS holdout_amount,
       crm_moments_mean(touched.amounts) - crm_moments_mean(held.amounts) AS mean_difference,
       means.low AS mean_difference_low,
       means.high AS mean_difference_high,
       sqrt(crm_moments_stddev(touched.amounts) ^ 2 / touched.customer_count
            + crm_moments_stddev(held.amounts) ^ 2 / held.customer_count) AS mean_difference_error,
       means.p_value AS mean_p_value,
       (crm_moments_mean(touched.amounts) - crm_moments_mean(held.amounts)) * touched.customer_count
           AS incremental_amount,
       means.low * touched.customer_count AS incremental_amount_low,
       means.high * touched.customer_count AS incremental_amount_high,
       crm_as_of() AS as_of
FROM arms AS touched
JOIN (
    SELECT campaign_id, coalesce(conversion_kind, E'\x1e') AS conversion_kind,
           sum(customer_count)::bigint AS customer_count,
           sum(converted_count)::bigint AS converted_count, sum(exact_amount) AS exact_amount,
           crm_rollup(amounts) AS amounts
    FROM arms
    WHERE is_holdout
    GROUP BY 1, 2
) AS held ON held.campaign_id = touched.campaign_id
         AND held.conversion_kind = coalesce(touched.conversion_kind, E'\x1e')
CROSS JOIN LATERAL crm_proportion_test(touched.converted_count, touched.customer_count, held.converted_count,
                                       held.customer_count) AS shares
CROSS JOIN LATERAL crm_mean_difference(touched.amounts, held.amounts) AS means
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE NOT touched.is_holdout
  AND crm_is_shown(setting.min_cell, touched.customer_count, held.customer_count, touched.converted_count,
                   held.converted_count);
COMMENT ON VIEW campaign_lift IS
'One row per campaign, arm and kind of conversion: what the arm did beyond those held out.
Only campaigns with an arm that is held out (arm_kind). conversion_kind is NULL for all kinds together. Shares by
Newcombe''s interval and the score test, mean amounts a customer, those without any included, by Welch''s; 95 %.
incremental_... is the difference times customer_count. What counts came after the assignment, within
setting.attribution_window_days. Rows of fewer customers, converted ones too, than setting.min_cell are hidden.';

CREATE OR REPLACE VIEW campaign_roi AS
SELECT earned.campaign_id,
       earned.campaign_name,
       earned.arm,
       earned.customer_count,
       earned.cost:::amount AS cost,
       format('touches are credited by the rule %s, %s; gain is %s of the amount, conversions of all kinds',
              setting.attribution_model,
              coalesce('within ' || setting.attribution_window_days || ' days', 'however long before'),
              setting.margin_share) AS attribution_rule,
       earned.attributed_count,
       earned.attributed_amount,
       earned.attributed_amount * setting.margin_share AS attributed_gain,
       (earned.attributed_amount * setting.margin_share - earned.cost::double precision)
           / nullif(earned.cost::double precision, 0) AS attributed_roi,
       CASE WHEN lift.campaign_id IS NOT NULL
            THEN format('the arm against those held out, Welch 95 %%; gain is %s of the amount, '
                        'conversions of all kinds', setting.margin_share) END AS incremental_rule,
       lift.holdout_customer_count,
       lift.incremental_amount,
       lift.incremental_amount_low,
       lift.incremental_amount_high,
       lift.incremental_amount * setting.margin_share AS incremental_gain,
       (lift.incremental_amount * setting.margin_share - earned.cost::double precision)
           / nullif(earned.cost::double precision, 0) AS incremental_roi,
       (lift.incremental_amount_low * setting.margin_share - earned.cost::double precision)
           / nullif(earned.cost::double precision, 0) AS incremental_roi_low,
       (lift.incremental_amount_high * setting.margin_share - earned.cost::double precision)
           / nullif(earned.cost::double precision, 0) AS incremental_roi_high,
       crm_as_of() AS as_of
FROM (
    SELECT arms.campaign_id,
           arms.arm,
           coalesce(arms.arm, E'\x1e') AS arm_key,
           arms.customer_count,
           given.campaign_name,
           CASE WHEN arms.touch_cost IS NOT NULL OR given.cost IS NOT NULL
                THEN coalesce(arms.touch_cost, 0)
                     + coalesce(given.cost, 0)
                       * coalesce(arms.customer_count / nullif(sum(arms.customer_count) OVER by_campaign, 0),
                                  1::numeric / count(*) OVER by_campaign) END AS cost,
           coalesce(credited.attributed_count, 0) AS attributed_count,
           coalesce(credited.attributed_amount, 0) AS attributed_amount
    FROM (
        SELECT campaign_id, arm, sum(customer_count)::bigint AS customer_count, sum(touch_cost) AS touch_cost
        FROM (
            SELECT campaign_id, arm, count(*) AS customer_count, NULL::numeric AS touch_cost
            FROM campaign_customer WHERE NOT is_holdout GROUP BY campaign_id, arm
            UNION ALL
            SELECT campaign_id, arm, 0, sum(cost)
            FROM touch_known WHERE campaign_id IS NOT NULL AND NOT is_holdout GROUP BY campaign_id, arm
            UNION ALL
            SELECT DISTINCT campaign_id, NULL, 0, NULL::numeric
            FROM campaign
            WHERE campaign_id IS NOT NULL AND coalesce(starts_at < crm_day_end(crm_as_of(), :'time_zone'), true)
              AND NOT EXISTS (SELECT FROM touch_known AS touched
                              WHERE touched.campaign_id = campaign.campaign_id AND NOT touched.is_holdout)
        ) AS part
        GROUP BY campaign_id, arm
    ) AS arms
    LEFT JOIN (
        SELECT DISTINCT ON (campaign_id) campaign_id, campaign_name, crm_finite(cost) AS cost
        FROM campaign ORDER BY campaign_id, campaign_name, cost
    ) AS given ON given.campaign_id = arms.campaign_id
    LEFT JOIN (
        SELECT origin.campaign_id, coalesce(origin.arm, E'\x1e') AS arm_key,
               crm_sum(CASE rule.attribution_model
                       WHEN 'first' THEN origin.first_count WHEN 'last' THEN origin.last_count
                       WHEN 'linear' THEN origin.linear_count WHEN 'position' THEN origin.position_count
                       ELSE origin.decay_count END) AS attributed_count,
               crm_sum(CASE rule.attribution_model
                       WHEN 'first' THEN origin.first_amount WHEN 'last' THEN origin.last_amount
                       WHEN 'linear' THEN origin.linear_amount WHEN 'position' THEN origin.position_amount
                       ELSE origin.decay_amount END) AS attributed_amount
        FROM attribution_origin AS origin
        CROSS JOIN (SELECT attribution_model FROM setting LIMIT 1) AS rule
        WHERE origin.campaign_id IS NOT NULL
        GROUP BY 1, 2
    ) AS credited ON credited.campaign_id = arms.campaign_id AND credited.arm_key = coalesce(arms.arm, E'\x1e')
    WINDOW by_campaign AS (PARTITION BY arms.campaign_id)
) AS earned
CROSS JOIN (SELECT * FROM setting LIMIT 1) AS setting
LEFT JOIN (
    SELECT campaign_id, coalesce(arm, E'\x1e') AS arm_key, holdout_customer_count, incremental_amount,
           incremental_amount_low, incremental_amount_high
    FROM campaign_lift WHERE conversion_kind IS NULL
) AS lift ON lift.campaign_id = earned.campaign_id AND lift.arm_key = earned.arm_key
WHERE crm_is_shown(setting.min_cell, earned.customer_count);
COMMENT ON VIEW campaign_roi IS
'One row per campaign and arm that was touched: what it cost and earned, by credit and against a holdout.
cost is that of its touches, and the campaign''s own shared out by customers. The attributed figures go by
setting.attribution_model, the incremental ones, with their 95 % interval, by the customers who were held out; each says
its rule. setting.margin_share of an amount is gain. A return on no cost is NULL; so is what needs a holdout where there
is none. Arms of fewer customers than setting.min_cell are hidden.';
