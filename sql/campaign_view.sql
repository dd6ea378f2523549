-- A spring campaign: mail to most customers, none to some, search as always.
\set SHOW_CONTEXT never
SET datestyle = ISO;
SET timezone = 'UTC';
SET client_min_messages = warning;
SET crm_ext.as_of = '2024-06-30';
CREATE TABLE shop_order (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, buyer text, at timestamptz,
                         total numeric(10,2));
CREATE TABLE contact (who text, way text, what text, at timestamptz, campaign text, grp text, cost numeric(10,2));
INSERT INTO contact
SELECT 'c' || n, 'mail', 'mail', '2024-06-03 08:00+00', 'spring', CASE WHEN n % 4 = 0 THEN 'control' ELSE 'mailed' END,
       CASE WHEN n % 4 = 0 THEN 0 ELSE 0.50 END
FROM generate_series(1, 40) AS n;
INSERT INTO contact
SELECT 'c' || n, CASE WHEN n % 5 = 0 THEN 'direct' ELSE 'search' END, 'click',
       timestamptz '2024-06-05 10:00+00' + n * interval '7 hours', NULL, NULL, 0.20
FROM generate_series(1, 40, 3) AS n;
INSERT INTO shop_order (buyer, at, total)
SELECT 'c' || n, timestamptz '2024-06-10 09:00+00' + n * interval '5 hours', 20 + n FROM generate_series(1, 40) AS n
WHERE n % 4 <> 0 AND n % 3 <> 0 OR n % 20 = 0;
INSERT INTO shop_order (buyer, at, total) VALUES ('passer-by', '2024-06-20 12:00+00', 15);
SELECT crm_create_workspace('crm', '{
    "purchase": {"from": "shop_order", "purchase_id": "id", "customer_id": "buyer", "purchased_at": "at",
                 "amount": "total"},
    "touch": {"from": "contact", "customer_id": "who", "channel": "way", "kind": "what", "touched_at": "at",
              "campaign_id": "campaign", "arm": "grp", "cost": "cost"}}');

-- What are purchases owed to? Every rule, and what nobody caused.
SELECT channel, is_attributed, touch_count, round(first_count::numeric, 2) AS first,
       round(last_count::numeric, 2) AS last,
       round(linear_count::numeric, 2) AS linear, round(position_count::numeric, 2) AS position,
       round(decay_count::numeric, 2) AS decay, round(linear_amount::numeric, 2) AS linear_amount
FROM crm.attribution ORDER BY is_attributed DESC, channel;
SELECT channel, round(conversion_count::numeric, 4) AS conversions, round(removal_effect::numeric, 4) AS removal_effect
FROM crm.attribution_markov ORDER BY is_attributed DESC, channel;
-- Direct visits are the last touch of everybody: no credit to them.
INSERT INTO crm.channel_rule VALUES ('direct', false);
SELECT channel, round(last_count::numeric, 2) AS last FROM crm.attribution ORDER BY is_attributed DESC, channel;
SELECT view_name, column_name, view_total, difference
FROM crm.reconciliation WHERE view_name LIKE 'attribution%' ORDER BY 1, 2;

-- What did the campaign earn? By credit, and beside those who got no mail.
UPDATE crm.setting SET margin_share = 0.4, attribution_window_days = 14;
SELECT arm, customer_count, cost, attribution_rule, round(attributed_amount::numeric, 2) AS attributed,
       round(attributed_roi::numeric, 2) AS attributed_roi FROM crm.campaign_roi;
SELECT incremental_rule, holdout_customer_count AS held_out, round(incremental_amount::numeric, 2) AS incremental,
       round(incremental_roi::numeric, 2) AS roi, round(incremental_roi_low::numeric, 2) AS low,
       round(incremental_roi_high::numeric, 2) AS high FROM crm.campaign_roi;
SELECT conversion_kind, converted_count, customer_count, holdout_converted_count, holdout_customer_count,
       round(share_difference::numeric, 4) AS difference, round(share_difference_low::numeric, 4) AS low,
       round(share_difference_high::numeric, 4) AS high, round(share_p_value::numeric, 4) AS p
FROM crm.campaign_lift WHERE conversion_kind = 'purchase';
SELECT campaign_id, participant_count, message_count, click_count, touch_cost FROM crm.campaign_reach ORDER BY 1;

-- What is said of the brand, and is there suddenly more of it?
INSERT INTO crm.mention (brand, is_own, mentioned_at, sentiment)
SELECT 'ours', true, timestamptz '2024-05-01 12:00+00' + d * interval '1 day',
       CASE WHEN (d + n) % 4 = 0 THEN 'negative' ELSE 'positive' END
FROM generate_series(0, 58) AS d, generate_series(1, 2 + d % 3) AS n;
INSERT INTO crm.mention (brand, mentioned_at, sentiment)
SELECT 'theirs', timestamptz '2024-05-01 12:00+00' + d * interval '2 days', 'neutral' FROM generate_series(0, 29) AS d;
INSERT INTO crm.mention (brand, is_own, mentioned_at, sentiment)
SELECT 'ours', true, '2024-06-27 20:00+00', 'negative' FROM generate_series(1, 15);
SELECT brand, is_own, mention_count, round(net_total::numeric, 4) AS net_total,
       round(net_polar::numeric, 4) AS net_polar, round(voice_share::numeric, 4) AS voice
FROM crm.net_sentiment ORDER BY brand;
SELECT mentioned_on, brand, mention_count, round(voice_share::numeric, 4) AS voice, is_complete FROM crm.share_of_voice
WHERE mentioned_on >= '2024-06-27' ORDER BY 1, 2;
SELECT brand, period_on, mention_count, expected_count, method, p_value < 0.00135 AS is_rare, is_surge
FROM crm.mention_surge WHERE period_on >= '2024-06-26' ORDER BY 1, 2;
SELECT crm_alert('crm') AS news, crm_alert('crm') AS no_news;
SELECT kind, brand, period_at, mention_count, expected_count FROM crm.alert;

-- Who came through whom, and what help pages save.
INSERT INTO crm.referral (customer_id, referrer_id, referred_at) VALUES
    ('c7', 'c1', '2024-06-11'), ('c10', 'c7', '2024-06-11'), ('c11', 'c7', '2024-06-12'),
    ('c7', 'c10', '2024-06-11'), ('nobody', 'c1', '2024-06-11');
SELECT customer_id, referrer_id, depth, referred_count, descendant_count FROM crm.referral_tree
WHERE referrer_id IS NOT NULL OR referred_count > 0 ORDER BY depth, customer_id;
SELECT customer_count, referrer_count, invitation_count, referred_count, round(k_factor::numeric, 4) AS k
FROM crm.referral_rate;
INSERT INTO crm.self_service (served_at, direct_count, view_count) VALUES
    ('2024-05-15', 40, 9000), ('2024-06-15', 60, 12000);
UPDATE crm.setting SET contact_cost = 8;
SELECT round(low_saved_amount::numeric, 2) AS low, round(mid_saved_amount::numeric, 2) AS mid,
       round(high_saved_amount::numeric, 2) AS high
FROM crm.deflection;
SELECT customer_id, touch_count, touch_cost, last_touch_on, other_conversion_count, invitation_count
FROM crm.customer_360 WHERE customer_id IN ('c1', 'c7') ORDER BY 1;

SELECT crm_drop_workspace('crm');
DROP TABLE shop_order, contact;
