-- needs: purchase_gap ledger_total
-- empty: Nobody has bought on a second day yet.
WITH gap AS MATERIALIZED (
    SELECT gap_days, gap_count, cumulative_share FROM purchase_gap
), told AS (
    SELECT min(gap_days) FILTER (WHERE cumulative_share >= 0.5) AS median_days,
           min(gap_days) FILTER (WHERE cumulative_share >= 0.9) AS most_days,
           sum(gap_count) AS gap_count
    FROM gap
), once AS (
    SELECT one_day_count / nullif(buyer_count, 0)::double precision AS share FROM ledger_total
), shown AS (
    SELECT gap_days, gap_count, cumulative_share FROM gap
    WHERE cumulative_share <= 0.995 OR gap_days <= greatest(7, (SELECT most_days FROM told))
)
SELECT json_build_object(
    'title', CASE WHEN told.gap_count >= 30 THEN format('Half of the returns come within %s days', told.median_days)
                  ELSE 'Too few have come back to say when' END,
    'subtitle', format('Cumulative share of the days between two purchase days of a customer, up to %s; n = %s (gaps)',
                       crm_as_of(), to_char(told.gap_count, 'FM999,999,999,990')),
    'sentence', format('Nine in ten come within %s days: who is silent longer is unlike those who came again.'
                       ' %s %% of the customers have bought on one day only and have no gap here.',
                       told.most_days, to_char(100 * once.share, 'FM990.0')),
    'columns', json '[["gap_days", "Days", "#"], ["gap_count", "Gaps", "#"],
                      ["cumulative_share", "so long or shorter", "%"]]',
    'extra', json_build_object('mark', json_build_array(
        json_build_object('gap_days', told.median_days, 'cumulative_share', 0.5,
                          'label', format('half: %s days', told.median_days)),
        json_build_object('gap_days', told.most_days, 'cumulative_share', 0.9,
                          'label', format('90 %%: %s days', told.most_days)))),
    'rows', (SELECT json_agg(shown ORDER BY gap_days) FROM shown))
FROM told CROSS JOIN once
WHERE told.gap_count > 0;
