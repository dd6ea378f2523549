-- needs: peer_help peer_help_monthly
-- empty: Nobody has asked a question in the last three years.
-- The last three years.
WITH month AS MATERIALIZED (
    SELECT month_on, question_count, answered_count, answered_share, peer_answered_share, solved_share, is_complete
    FROM peer_help_monthly
    WHERE month_on > crm_as_of() - 1096
), line AS MATERIALIZED (
    SELECT month.month_on, part.kind, part.share, month.is_complete
    FROM month
    CROSS JOIN LATERAL (
        VALUES ('answered', answered_share), ('by peers', peer_answered_share), ('solved', solved_share)
    ) AS part (kind, share)
), told AS (
    SELECT sum(question_count) AS question_count, sum(answered_count) AS answered_count,
           (SELECT min(month_on) FROM peer_help_monthly WHERE question_count > 0) < min(month_on) AS has_older
    FROM month
    WHERE answered_count IS NOT NULL
    HAVING sum(question_count) > 0
)
SELECT json_build_object(
    'title', CASE WHEN told.answered_count = told.question_count THEN 'All'
                  WHEN told.question_count < 30 THEN format('%s of %s', told.answered_count, told.question_count)
                  ELSE to_char(100 * told.answered_count / told.question_count, 'FM990.0') || ' % of the' END
             || ' questions' || CASE WHEN told.has_older THEN ' of three years' ELSE '' END || ' are answered',
    'subtitle', format('Share of a month''s questions that were ever answered, answered by peers, and solved; %s'
                       ' to %s; n = %s (questions)',
                       to_char((SELECT min(month_on) FROM month), 'FMMonth YYYY'), crm_as_of(),
                       to_char(told.question_count, 'FM999,999,999,990')),
    'sentence', 'Answers count for the month of the question, so the youngest months may still rise.'
                || ' An answer of the asker''s own is'
                || ' none of a peer''s.',
    'columns', json '[["month_on", "Month"], ["question_count", "Questions", "#"], ["answered_share", "answered", "%"],
                      ["peer_answered_share", "by peers", "%"], ["solved_share", "solved", "%"]]',
    'extra', json_build_object('line', (SELECT json_agg(line ORDER BY month_on, kind) FROM line)),
    'rows', (SELECT json_agg(month ORDER BY month_on) FROM month))
FROM told;
