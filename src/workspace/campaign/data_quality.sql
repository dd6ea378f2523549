-- What is wrong with touches, conversions, mentions and referrals.

CREATE OR REPLACE VIEW data_quality_campaign AS
SELECT
    source, check_name, severity, meaning,
    problem_count::bigint AS problem_count, example_key,
    crm_as_of() AS as_of
FROM (
    SELECT
        'touch' AS source, 'missing_date' AS check_name, 'error' AS severity,
        'Touches without a date: no view has them.' AS meaning,
        count(*) AS problem_count, min(coalesce(touch_id, campaign_id)) AS example_key
    FROM touch WHERE touched_at IS NULL
    UNION ALL
    SELECT
        'touch', 'future_date', 'warning',
        'Touches after as_of: views leave them out.',
        count(*), min(coalesce(touch_id, campaign_id))
    FROM touch WHERE touched_on > (SELECT crm_as_of())
    UNION ALL
    SELECT
        'touch', 'missing_customer', 'info',
        'Touches of nobody known: no conversion is credited to them.',
        count(*), min(coalesce(touch_id, campaign_id))
    FROM touch WHERE customer_id IS NULL
    UNION ALL
    SELECT
        'touch', 'duplicate_id', 'error',
        'Further touches under an id that another has: cascades know the earliest.',
        coalesce(sum(n - 1), 0), min(key)
    FROM (
        SELECT touch_id AS key, count(*) AS n FROM touch WHERE touch_id IS NOT NULL GROUP BY touch_id
        HAVING count(*) > 1
    ) AS duplicate
    UNION ALL
    SELECT
        'touch', 'unknown_kind', 'warning',
        'Touches of a kind that touch_kind does not know: they count as other; example: the kind.',
        count(*), min(kind)
    FROM touch WHERE kind IS NOT NULL AND lower(kind) NOT IN (SELECT touch_kind.kind FROM touch_kind)
    UNION ALL
    SELECT
        'touch', 'unknown_arm', 'info',
        'Touches of an arm that arm_kind does not know: it counts as touched; example: the arm.',
        count(*), min(arm)
    FROM touch WHERE arm IS NOT NULL AND lower(arm) NOT IN (SELECT arm_kind.arm FROM arm_kind)
    UNION ALL
    SELECT
        'touch', 'several_arms', 'warning',
        'Customers in several arms of a campaign: they stay in the first; example: the campaign.',
        count(*), min(campaign_id)
    FROM (
        SELECT campaign_id FROM touch WHERE customer_id IS NOT NULL AND campaign_id IS NOT NULL
        GROUP BY campaign_id, customer_id HAVING min(coalesce(arm, '')) <> max(coalesce(arm, ''))
    ) AS several
    UNION ALL
    SELECT
        'touch', 'unknown_parent', 'warning',
        'Touches that pass on what is not there: a cascade starts with each.',
        count(*), min(touch_id)
    FROM touch
    WHERE parent_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM touch AS parent WHERE parent.touch_id = touch.parent_id)
    UNION ALL
    SELECT
        'touch', 'unknown_campaign', 'warning',
        'Touches of campaigns that are not in campaign, unless that is empty; example: the campaign.',
        count(*), min(campaign_id)
    FROM touch
    WHERE campaign_id IS NOT NULL AND EXISTS (SELECT FROM campaign)
      AND NOT EXISTS (SELECT FROM campaign WHERE campaign.campaign_id = touch.campaign_id)
    UNION ALL
    SELECT
        'touch', 'negative_cost', 'warning',
        'Touches that cost less than nothing.',
        count(*), min(coalesce(touch_id, campaign_id))
    FROM touch WHERE cost < 0
    UNION ALL
    SELECT
        'campaign', 'duplicate_id', 'error',
        'Further campaigns under an id that another has: the first by name counts.',
        coalesce(sum(n - 1), 0), min(key)
    FROM (
        SELECT campaign_id AS key, count(*) AS n FROM campaign
        WHERE campaign_id IS NOT NULL GROUP BY campaign_id HAVING count(*) > 1
    ) AS duplicate
    UNION ALL
    SELECT
        'conversion', 'missing_customer', 'warning',
        'Conversions without a customer: they are left out.',
        count(*), min(coalesce(conversion_id, kind))
    FROM conversion WHERE customer_id IS NULL
    UNION ALL
    SELECT
        'conversion', 'missing_date', 'error',
        'Conversions without a date: they are left out.',
        count(*), min(coalesce(conversion_id, kind))
    FROM conversion WHERE converted_at IS NULL
    UNION ALL
    SELECT
        'conversion', 'future_date', 'warning',
        'Conversions after as_of: views leave them out.',
        count(*), min(coalesce(conversion_id, kind))
    FROM conversion WHERE converted_on > (SELECT crm_as_of())
    UNION ALL
    SELECT
        'conversion', 'invalid_count', 'error',
        'Conversions whose counts are negative or no number, or whose amount is none: they are left out.',
        count(*), min(coalesce(conversion_id, kind))
    FROM conversion
    WHERE NOT (coalesce(conversion_count, 1) BETWEEN 0 AND 1e300 AND coalesce(null_count, 0) BETWEEN 0 AND 1e300)
       OR amount IN ('NaN', 'Infinity', '-Infinity')
    UNION ALL
    SELECT
        'mention', 'missing_brand', 'warning',
        'Mentions of no brand: they are left out.',
        count(*), min(mention_id)
    FROM mention WHERE brand IS NULL
    UNION ALL
    SELECT
        'mention', 'missing_date', 'error',
        'Mentions without a date: they are left out; example: the brand.',
        count(*), min(brand)
    FROM mention WHERE mentioned_at IS NULL
    UNION ALL
    SELECT
        'mention', 'future_date', 'warning',
        'Mentions after as_of: views leave them out; example: the brand.',
        count(*), min(brand)
    FROM mention WHERE mentioned_on > (SELECT crm_as_of())
    UNION ALL
    SELECT
        'mention', 'negative_count', 'error',
        'Counts of fewer than no mentions: they are left out; example: the brand.',
        count(*), min(brand)
    FROM mention WHERE mention_count < 0
    UNION ALL
    SELECT
        'mention', 'unknown_sentiment', 'warning',
        'Mentions with a sentiment that sentiment_kind does not know: it counts as unknown; example: the word.',
        count(*), min(sentiment)
    FROM mention
    WHERE sentiment IS NOT NULL AND lower(sentiment) NOT IN (SELECT sentiment_kind.sentiment FROM sentiment_kind)
    UNION ALL
    SELECT
        'referral', 'self_referral', 'warning',
        'Customers who referred themselves: they are left out.',
        count(*), min(customer_id::text)
    FROM referral WHERE customer_id = referrer_id
    UNION ALL
    SELECT
        'referral', 'referral_cycle', 'warning',
        'Customers who refer each other in a circle, or came through one who does.',
        count(*), min(customer_id::text)
    FROM referral_tree WHERE is_in_cycle
    UNION ALL
    SELECT
        'referral', 'unknown_referrer', 'info',
        'Referrals by somebody who is no customer: they are left out; example: who.',
        count(*), min(referrer_id::text)
    FROM referral
    WHERE referrer_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM known_customer AS known WHERE known.customer_id = referral.referrer_id)
) AS checked;
COMMENT ON VIEW data_quality_campaign IS
'One row a check of the sources of the subject campaign: see data_quality.';
