-- What views of campaigns add up to, against the ledgers and their sources. A
-- view that hides small groups claims a total only where min_cell hides nothing.

CREATE OR REPLACE VIEW reconciliation_campaign AS
WITH ledger AS MATERIALIZED (
    SELECT purchase_count, exact_amount FROM ledger_total
), refund AS MATERIALIZED (
    SELECT coalesce(sum(round(amount, 4)), 0) AS amount
    FROM purchase
    WHERE customer_id IS NOT NULL AND purchased_on <= (SELECT crm_as_of()) AND amount < 0
), other AS MATERIALIZED (
    SELECT coalesce(sum(conversion_count::numeric), 0) AS conversion_count, coalesce(sum(amount), 0) AS amount
    FROM conversion_known WHERE conversion_kind <> 'purchase'
), purchased AS MATERIALIZED (
    SELECT coalesce(sum(conversion_count::numeric), 0) AS conversion_count, coalesce(sum(amount), 0) AS amount
    FROM conversion_known WHERE conversion_kind = 'purchase'
), extra AS MATERIALIZED (
    SELECT coalesce(sum(conversion_count::numeric), 0) AS conversion_count, coalesce(sum(amount), 0) AS amount
    FROM conversion
    WHERE kind = 'purchase' AND customer_id IS NOT NULL AND converted_on <= (SELECT crm_as_of())
), credited AS MATERIALIZED (
    SELECT coalesce(crm_sum(linear_count), 0) AS linear_count, coalesce(crm_sum(linear_amount), 0) AS linear_amount,
           coalesce(crm_sum(decay_count), 0) AS decay_count, coalesce(crm_sum(position_amount), 0) AS position_amount
    FROM attribution
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
                    FILTER (WHERE brand IS NULL OR mention_count < 0), 0) AS outside_count
    FROM mention WHERE mentioned_on <= (SELECT crm_as_of())
), touched AS MATERIALIZED (
    SELECT count(*) AS touch_count FROM touch WHERE touched_on <= (SELECT crm_as_of())
), reached AS MATERIALIZED (
    SELECT coalesce(sum(touch_count), 0) AS touch_count FROM campaign_participant
), held AS MATERIALIZED (
    SELECT count(*) AS touch_count FROM touch_known WHERE is_holdout
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
CROSS JOIN refund
CROSS JOIN other
CROSS JOIN purchased
CROSS JOIN extra
CROSS JOIN credited
CROSS JOIN chain
CROSS JOIN voice
CROSS JOIN meant
CROSS JOIN mentioned
CROSS JOIN touched
CROSS JOIN reached
CROSS JOIN held
CROSS JOIN LATERAL (
    VALUES
        ('conversion_known', 'conversion_count', ledger.purchase_count::numeric,
         purchased.conversion_count, -extra.conversion_count,
         'Purchases, less what conversion has under that name.'),
        ('conversion_known', 'amount', ledger.exact_amount, round(purchased.amount, 4),
         refund.amount - round(extra.amount, 4),
         'Refunds, and what conversion has as purchases; rounding beyond four decimals is left out.'),
        ('attribution', 'linear_count', purchased.conversion_count + other.conversion_count,
         round(credited.linear_count::numeric, 6), 0, 'Of conversion_known; rounded to six decimals.'),
        ('attribution', 'decay_count', purchased.conversion_count + other.conversion_count,
         round(credited.decay_count::numeric, 6), 0, 'Of conversion_known; rounded to six decimals.'),
        ('attribution', 'linear_amount', round(purchased.amount + other.amount, 4),
         round(credited.linear_amount::numeric, 4), 0, 'Of conversion_known; rounded to four decimals.'),
        ('attribution', 'position_amount', round(purchased.amount + other.amount, 4),
         round(credited.position_amount::numeric, 4), 0, 'Of conversion_known; rounded to four decimals.'),
        ('attribution_markov', 'conversion_count', purchased.conversion_count + other.conversion_count,
         round(chain.conversion_count::numeric, 6), 0, 'Of conversion_known; rounded to six decimals.'),
        ('attribution_markov', 'amount', round(purchased.amount + other.amount, 4),
         round(chain.amount::numeric, 4), 0, 'Of conversion_known; rounded to four decimals.'),
        ('campaign_participant', 'touch_count', touched.touch_count, reached.touch_count, held.touch_count,
         'Assignments to arms that are held out.'),
        ('share_of_voice', 'mention_count', mentioned.mention_count, voice.mention_count, mentioned.outside_count,
         'Mentions of no brand, and negative counts.'),
        ('net_sentiment', 'mention_count', mentioned.mention_count, meant.mention_count, mentioned.outside_count,
         'Mentions of no brand, and negative counts.')
) AS claim (view_name, column_name, ledger_total, view_total, left_out_total, left_out_reason)
CROSS JOIN setting
LEFT JOIN LATERAL (
    SELECT claim.ledger_total::numeric AS ledger_total, coalesce(claim.view_total, 0)::numeric AS view_total,
           claim.left_out_total::numeric AS left_out_total
) AS total ON setting.min_cell = 1 OR claim.view_name NOT IN ('attribution', 'attribution_markov');
COMMENT ON VIEW reconciliation_campaign IS
'One row per view of the subject campaign and a column that claims a total: see reconciliation.';
