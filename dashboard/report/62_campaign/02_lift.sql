-- needs: campaign_lift campaign
-- empty: No campaign held anybody out, so nobody knows what would have come without it.
WITH arm AS MATERIALIZED (
    SELECT lift.campaign_id,
           coalesce(named.campaign_name, lift.campaign_id)
           || CASE WHEN count(*) OVER (PARTITION BY lift.campaign_id) > 1
                   THEN ', ' || coalesce(lift.arm, 'no arm') ELSE '' END AS item,
           lift.customer_count, lift.converted_share, lift.holdout_customer_count, lift.holdout_converted_share,
           lift.share_difference, lift.share_difference_low, lift.share_difference_high, lift.incremental_count,
           lift.share_difference_low <= 0 AND lift.share_difference_high >= 0 AS is_unsure
    FROM campaign_lift AS lift
    LEFT JOIN (
        SELECT campaign_id, min(campaign_name) AS campaign_name FROM campaign GROUP BY campaign_id
    ) AS named ON named.campaign_id = lift.campaign_id
    WHERE lift.conversion_kind IS NULL AND lift.share_difference IS NOT NULL
), told AS (
    SELECT * FROM arm ORDER BY share_difference DESC, item LIMIT 1
)
SELECT json_build_object(
    'title', CASE WHEN told.share_difference <= 0 THEN 'No campaign did better than doing nothing'
                  WHEN told.is_unsure THEN format('%s: %s points more, which may be chance', told.item,
                                                  to_char(100 * told.share_difference, 'FM990.0'))
                  ELSE format('%s: %s points more convert', told.item,
                              to_char(100 * told.share_difference, 'FM990.0')) END,
    'subtitle', format('Share of the touched who converted less that of those held out, with its 95 %% interval;'
                       ' up to %s; n = %s touched, %s held out', crm_as_of(),
                       to_char((SELECT sum(customer_count) FROM arm), 'FM999,999,999,990'),
                       -- Arms of a campaign have one holdout.
                       to_char((SELECT sum(held.n) FROM (SELECT max(holdout_customer_count) AS n FROM arm
                                                         GROUP BY campaign_id) AS held), 'FM999,999,999,990')),
    'sentence', 'Right of zero the campaign brought conversions that would not have come.'
                || ' A hollow dot may be chance: its interval includes zero.',
    'columns', json '[["item", "Campaign"], ["customer_count", "Touched", "#"], ["converted_share", "converted", "%"],
                      ["holdout_customer_count", "Held out", "#"],
                      ["holdout_converted_share", "converted", "%"], ["share_difference", "Difference", "%"],
                      ["share_difference_low", "from", "%"],
                      ["share_difference_high", "to", "%"], ["incremental_count", "Conversions gained", "#"]]',
    'rows', (SELECT json_agg(arm ORDER BY share_difference DESC, item) FROM arm))
FROM told;
