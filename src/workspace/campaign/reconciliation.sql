-- What views of campaigns add up to, against the ledgers and their sources. A
-- view that hides small groups claims a total only where min_cell hides nothing.

CREATE OR REPLACE VIEW reconciliation_campaign AS
WITH ledger AS MATERIALIZED (
    SELECT purchase_count, exact_amount FROM ledger_total
), other AS MATERIALIZED (
    SELECT coalesce(sum(round(amount, 4)) FILTER (WHERE amount < 0), 0) AS refund_amount,
           coalesce(sum(least(events, 0)), 0) AS negative_count
    FROM purchase
    WHERE customer_id IS NOT NULL AND purchased_on <= (SELECT crm_as_of()) AND (amount < 0 OR events < 0)
), converted AS MATERIALIZED (
    SELECT coalesce(sum(conversion_count::numeric), 0) AS conversion_count, coalesce(sum(amount), 0) AS amount,
           coalesce(sum(conversion_count::numeric) FILTER (WHERE source = 'purchase'), 0) AS purchase_count,
           coalesce(sum(round(amount, 4)) FILTER (WHERE source = 'purchase'), 0) AS purchase_amount
    FROM conversion_known
), credited AS MATERIALIZED (
    SELECT coalesce(crm_sum(linear_count), 0) AS linear_count, coalesce(crm_sum(linear_amount), 0) AS linear_amount,
           coalesce(crm_sum(decay_count), 0) AS decay_count, coalesce(crm_sum(position_amount), 0) AS position_amount,
           coalesce(crm_sum(linear_amount) FILTER (WHERE is_attributed AND credited_count = 0), 0) AS idle_amount
    FROM (
        SELECT *, sum(linear_count) OVER (PARTITION BY conversion_kind, is_attributed) AS credited_count
        FROM attribution
    ) AS credit
), chain AS MATERIALIZED (
    SELECT coalesce(crm_sum(conversion_count), 0) AS conversion_count, coalesce(crm_sum(amount), 0) AS amount
    FROM attribution_markov
), voice AS MATERIALIZED (
    SELECT coalesce(sum(mention_count), 0) AS mention_count FROM share_of_voice
), meant AS MATERIALIZED (
    SELECT coalesce(sum(mention_count), 0) AS mention_count FROM net_sentiment
), mentioned AS MATERIALIZED (
    SELECT coalesce(sum(coalesce(mention_count, 1)), 0) AS mention_count,
           coalesce(sum(coalesce(mention_count, 1))
                    FILTER (WHERE brand IS NULL OR mention_count NOT BETWEEN 0 AND 1000000000000), 0) AS outside_count,
           coalesce(sum(coalesce(mention_count, 1))
                    FILTER (WHERE brand IS NOT NULL AND NOT isfinite(mentioned_on)
                              AND (mention_count BETWEEN 0 AND 1000000000000) IS NOT FALSE), 0) AS undated_count
    FROM mention WHERE mentioned_on <= (SELECT crm_as_of())
), touched AS MATERIALIZED (
    SELECT count(*) AS touch_count FROM touch WHERE touched_on <= (SELECT crm_as_of())
), reached AS MATERIALIZED (
    SELECT coalesce(sum(touch_count), 0) AS touch_count FROM campaign_participant
), held AS MATERIALIZED (
    SELECT count(*) AS touch_count FROM touch_known WHERE is_holdout
), earned AS MATERIALIZED (
    SELECT coalesce(crm_sum(attributed_count), 0) AS conversion_count, coalesce(crm_sum(attributed_amount), 0) AS amount
    FROM campaign_roi
), unearned AS MATERIALIZED (
    SELECT coalesce(crm_sum(CASE rule.attribution_model
                            WHEN 'first' THEN first_count WHEN 'last' THEN last_count
                            WHEN 'linear' THEN linear_count WHEN 'position' THEN position_count
                            ELSE decay_count END), 0) AS conversion_count,
           coalesce(crm_sum(CASE rule.attribution_model
                            WHEN 'first' THEN first_amount WHEN 'last' THEN last_amount
                            WHEN 'linear' THEN linear_amount WHEN 'position' THEN position_amount
                            ELSE decay_amount END), 0) AS amount
    FROM attribution_campaign
    CROSS JOIN (SELECT attribution_model FROM setting LIMIT 1) AS rule
    WHERE campaign_id IS NULL
)
SELECT claim.view_name,
       claim.column_name,
       total.ledger_total,
       total.view_total,
       total.left_out_total,
       claim.left_out_reason,
       total.ledger_total - total.view_total - total.left_out_total AS difference,
       crm_as_of() AS as_of
FROM ledger
CROSS JOIN other
CROSS JOIN converted
CROSS JOIN credited
CROSS JOIN chain
CROSS JOIN voice
CROSS JOIN meant
CROSS JOIN mentioned
CROSS JOIN touched
CROSS JOIN reached
CROSS JOIN held
CROSS JOIN earned
CROSS JOIN unearned
-- Amounts that are shared by weights add up but for the last bits of doubles, which must not tell how half of the
-- last decimal is rounded: a total that is so near to one is taken for it.
CROSS JOIN LATERAL (
    SELECT round(round(converted.amount, 6), 4) AS converted_amount,
           round(round(credited.linear_amount::numeric, 6), 4) AS linear_amount,
           round(round(credited.position_amount::numeric, 6), 4) AS position_amount,
           round(round(chain.amount::numeric, 6), 4) AS chain_amount,
           round(round((chain.amount + credited.idle_amount)::numeric, 6), 4) AS chain_all_amount,
           round(round(earned.amount::numeric, 6), 4) AS earned_amount,
           round(round((earned.amount + unearned.amount)::numeric, 6), 4) AS earned_all_amount
) AS rounded
CROSS JOIN LATERAL (
    VALUES
        ('conversion_known', 'conversion_count', ledger.purchase_count::numeric, converted.purchase_count,
         other.negative_count, 'Of purchases: events below 0.'),
        ('conversion_known', 'amount', ledger.exact_amount, converted.purchase_amount, other.refund_amount,
         'Of purchases, rounded to four decimals each: refunds.'),
        ('attribution', 'linear_count', converted.conversion_count,
         round(credited.linear_count::numeric, 6), 0, 'Of conversion_known; rounded to six decimals.'),
        ('attribution', 'decay_count', converted.conversion_count,
         round(credited.decay_count::numeric, 6), 0, 'Of conversion_known; rounded to six decimals.'),
        ('attribution', 'linear_amount', rounded.converted_amount, rounded.linear_amount, 0,
         'Of conversion_known; rounded to four decimals.'),
        ('attribution', 'position_amount', rounded.converted_amount, rounded.position_amount, 0,
         'Of conversion_known; rounded to four decimals.'),
        ('attribution_markov', 'conversion_count', converted.conversion_count,
         round(chain.conversion_count::numeric, 6), 0, 'Of conversion_known; rounded to six decimals.'),
        ('attribution_markov', 'amount', rounded.converted_amount, rounded.chain_amount,
         rounded.chain_all_amount - rounded.chain_amount,
         'Of conversion_known, rounded to four decimals: amounts of kinds of which no touch led to a conversion.'),
        ('campaign_roi', 'attributed_count', converted.conversion_count, round(earned.conversion_count::numeric, 6),
         round((earned.conversion_count + unearned.conversion_count)::numeric, 6)
             - round(earned.conversion_count::numeric, 6),
         'Of conversion_known, rounded to six decimals: conversions without a touch that counts, or of no campaign.'),
        ('campaign_roi', 'attributed_amount', rounded.converted_amount, rounded.earned_amount,
         rounded.earned_all_amount - rounded.earned_amount,
         'Of conversion_known, rounded to four decimals: conversions without a touch that counts, or of no campaign.'),
        ('campaign_reach', 'touch_count', touched.touch_count, (SELECT sum(touch_count) FROM campaign_reach),
         held.touch_count, 'Assignments to arms that are held out.'),
        ('campaign_participant', 'touch_count', touched.touch_count, reached.touch_count, held.touch_count,
         'Assignments to arms that are held out.'),
        ('share_of_voice', 'mention_count', mentioned.mention_count, voice.mention_count,
         mentioned.outside_count + mentioned.undated_count,
         'Mentions of no brand or of the day -infinity, and counts below 0 or above 10^12.'),
        ('net_sentiment', 'mention_count', mentioned.mention_count, meant.mention_count, mentioned.outside_count,
         'Mentions of no brand, and counts below 0 or above 10^12.')
) AS claim (view_name, column_name, ledger_total, view_total, left_out_total, left_out_reason)
CROSS JOIN setting
LEFT JOIN LATERAL (
    SELECT claim.ledger_total::numeric AS ledger_total, coalesce(claim.view_total, 0)::numeric AS view_total,
           claim.left_out_total::numeric AS left_out_total
) AS total ON setting.min_cell = 1
             OR claim.view_name NOT IN ('attribution', 'attribution_markov', 'campaign_roi', 'campaign_reach');
COMMENT ON VIEW reconciliation_campaign IS
'One row per view of the subject campaign and a column that claims a total: see reconciliation.';
