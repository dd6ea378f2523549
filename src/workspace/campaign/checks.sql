-- What is wrong with touches, conversions, mentions and referrals.
-- source, check, severity, what it means, how many (NULL: rows), an example, of which rows
('touch', 'missing_customer', 'info', 'Touches without a customer: no conversion is credited to them.',
 NULL, 'min(coalesce(touch_id, campaign_id))', $$FROM touch WHERE customer_id IS NULL$$),
('touch', 'duplicate_id', 'error', 'Further touches under an id that another has: cascades know the earliest.',
 'coalesce(sum(n - 1), 0)', 'min(key)',
 $$FROM (
     SELECT touch_id AS key, count(*) AS n FROM touch WHERE touch_id IS NOT NULL GROUP BY touch_id
     HAVING count(*) > 1
 ) AS duplicate$$),
('touch', 'unknown_kind', 'warning',
 'Touches of a kind that touch_kind does not know: they count as other; example: the kind.',
 NULL, 'min(kind)',
 $$FROM touch WHERE kind IS NOT NULL AND lower(kind COLLATE "C") NOT IN (SELECT touch_kind.kind FROM touch_kind)$$),
('touch', 'unknown_arm', 'info',
 'Touches of an arm that arm_kind does not know: it counts as touched; example: the arm.',
 NULL, 'min(arm)',
 $$FROM touch WHERE arm IS NOT NULL AND lower(arm COLLATE "C") NOT IN (SELECT arm_kind.arm FROM arm_kind)$$),
('touch', 'several_arms', 'warning',
 'Customers in several arms of a campaign: they stay in the first; example: the campaign.',
 NULL, 'min(campaign_id)',
 $$FROM (
     SELECT campaign_id FROM touch WHERE customer_id IS NOT NULL AND campaign_id IS NOT NULL
     GROUP BY campaign_id, customer_id HAVING min(coalesce(arm, '')) <> max(coalesce(arm, ''))
 ) AS several$$),
('touch', 'unknown_parent', 'warning', 'Touches that pass on a touch that is not there: a cascade starts with each.',
 NULL, 'min(touch_id)',
 $$FROM touch
 WHERE parent_id IS NOT NULL
   AND NOT EXISTS (SELECT FROM touch AS parent WHERE parent.touch_id = touch.parent_id)$$),
('touch', 'unknown_campaign', 'warning',
 'Touches of campaigns that are not in campaign, unless that is empty; example: the campaign.',
 NULL, 'min(campaign_id)',
 $$FROM touch
 WHERE campaign_id IS NOT NULL AND EXISTS (SELECT FROM campaign)
   AND NOT EXISTS (SELECT FROM campaign WHERE campaign.campaign_id = touch.campaign_id)$$),
('touch', 'negative_cost', 'warning', 'Touches that cost less than nothing.',
 NULL, 'min(coalesce(touch_id, campaign_id))', $$FROM touch WHERE cost < 0$$),

('campaign', 'duplicate_id', 'error', 'Further campaigns under an id that another has: the first by name counts.',
 'coalesce(sum(n - 1), 0)', 'min(key)',
 $$FROM (
     SELECT campaign_id AS key, count(*) AS n FROM campaign
     WHERE campaign_id IS NOT NULL GROUP BY campaign_id HAVING count(*) > 1
 ) AS duplicate$$),

('conversion', 'invalid_count', 'error',
 'Conversions whose counts are negative or not numbers, or whose amount is not a number: they are left out.',
 NULL, 'min(coalesce(conversion_id, kind))',
 $$FROM conversion
 WHERE NOT (coalesce(conversion_count, 1) BETWEEN 0 AND 1e300 AND coalesce(null_count, 0) BETWEEN 0 AND 1e300)
    OR amount IN ('NaN', 'Infinity', '-Infinity')$$),

('mention', 'missing_brand', 'warning', 'Mentions without a brand: they are left out.',
 NULL, 'min(mention_id)', $$FROM mention WHERE brand IS NULL$$),
('mention', 'negative_count', 'error', 'Counts of mentions below 0: they are left out; example: the brand.',
 NULL, 'min(brand)', $$FROM mention WHERE mention_count < 0$$),
('mention', 'invalid_count', 'error', 'Counts of mentions above 10^12: they are left out; example: the brand.',
 NULL, 'min(brand)', $$FROM mention WHERE mention_count > 1000000000000$$),
('mention', 'unknown_sentiment', 'warning',
 'Mentions with a sentiment that sentiment_kind does not know: it counts as unknown; example: the word.',
 NULL, 'min(sentiment)',
 $$FROM mention
 WHERE sentiment IS NOT NULL
   AND lower(sentiment COLLATE "C") NOT IN (SELECT sentiment_kind.sentiment FROM sentiment_kind)$$),

('self_service', 'negative_count', 'error',
 'Counts of direct answers or views below 0: they count as 0; example: the day.',
 NULL, 'min(served_on)::text', $$FROM self_service WHERE direct_count < 0 OR view_count < 0$$),

('referral', 'self_referral', 'warning', 'Customers who referred themselves: they are left out.',
 NULL, 'min(customer_id::text)', $$FROM referral WHERE customer_id = referrer_id$$),
('referral', 'referral_cycle', 'warning',
 'Customers who refer each other in a circle, or who came through one of these.',
 NULL, 'min(customer_id::text)', $$FROM referral_tree WHERE is_in_cycle$$),
('referral', 'unknown_referrer', 'info',
 'Referrals by somebody who is not a customer: they are left out; example: the referrer.',
 NULL, 'min(referrer_id::text)',
 $$FROM referral
 WHERE referrer_id IS NOT NULL
   AND NOT EXISTS (SELECT FROM joined_customer AS joined WHERE joined.customer_id = referral.referrer_id)$$),
