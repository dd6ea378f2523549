-- needs: nps_monthly
-- empty: Nobody has said in the last two years whether they would recommend you.
-- The last two years of the kind of survey that was answered most.
WITH most AS (
    SELECT kind FROM nps_monthly WHERE month_on > crm_as_of() - 731
    GROUP BY kind ORDER BY sum(answer_count) DESC NULLS LAST, kind LIMIT 1
), month AS MATERIALIZED (
    SELECT m.month_on, m.answer_count, m.promoter_count / nullif(m.answer_count, 0)::double precision AS promoter_share,
           -m.detractor_count / nullif(m.answer_count, 0)::double precision AS detractor_share,
           m.nps / 100 AS nps_share, m.nps_low / 100 AS low_share, m.nps_high / 100 AS high_share, m.nps, m.nps_low,
           m.nps_high, m.is_complete,
           row_number() OVER (ORDER BY m.nps IS NULL, m.month_on) AS nth,
           row_number() OVER (ORDER BY m.nps IS NULL, m.month_on DESC) AS nth_last
    FROM nps_monthly AS m JOIN most ON m.kind IS NOT DISTINCT FROM most.kind
    WHERE m.month_on > crm_as_of() - 731
), told AS (
    SELECT early.month_on AS early_on, early.nps AS early_nps, late.month_on AS late_on, late.nps AS late_nps,
           late.nps_low > early.nps_high OR late.nps_high < early.nps_low AS is_sure,
               (SELECT sum(answer_count) FROM month) AS answer_count
    FROM month AS early JOIN month AS late ON late.nth_last = 1
    WHERE early.nth = 1 AND late.nps IS NOT NULL
)
SELECT json_build_object(
    'title', CASE WHEN told.early_on = told.late_on
                  THEN format('The net promoter score is %s', to_char(told.late_nps, 'SGFM990'))
                  WHEN to_char(told.early_nps, 'SGFM990') = to_char(told.late_nps, 'SGFM990')
                  THEN format('The net promoter score is %s, as at first', to_char(told.late_nps, 'SGFM990'))
                  ELSE format('The net promoter score went from %s to %s', to_char(told.early_nps, 'SGFM990'),
                      to_char(told.late_nps, 'SGFM990')) END,
    'subtitle', format('Share of promoters (9 and 10) above, of detractors (0 to 6) below, and their difference'
                       ' with its 95 %% interval; %s to %s;'
                       ' n = %s (answers)',
                       to_char(told.early_on, 'FMMonth YYYY'), to_char(told.late_on, 'FMMonth YYYY'),
                       to_char(told.answer_count, 'FM999,999,999,990')),
    'sentence', 'The dot is the score: promoters less detractors, in percentage points. '
                || CASE WHEN told.early_on = told.late_on THEN '' WHEN told.is_sure
                    THEN 'First and last month differ by more than chance.'
                        ELSE 'The intervals of the first and the last month overlap: that may be chance.' END,
    'columns', json '[["month_on", "Month"], ["answer_count", "Answers", "#"], ["promoter_share", "Promoters", "%"],
                      ["detractor_share", "Detractors", "%"], ["nps", "Score", "0.0"], ["nps_low", "from", "0.0"],
                      ["nps_high", "to", "0.0"]]',
    'rows', (SELECT json_agg(month ORDER BY month_on) FROM month))
FROM told;
