-- What the views by month add up to, against the ratings and answers.

CREATE OR REPLACE VIEW reconciliation_programme AS
WITH pair AS MATERIALIZED (
    SELECT count(actual) AS rating_count, count(gap) AS pair_count FROM rating_pair_ever
), unplaced AS MATERIALIZED (
    SELECT count(pair.actual) AS rating_count, count(pair.gap) AS pair_count
    FROM rating_pair_ever AS pair
    LEFT JOIN touchpoint_weight AS place ON place.touchpoint_id = pair.touchpoint_id
    WHERE place.touchpoint_id IS NULL
       OR (pair.rated_on >= (SELECT month_bounds[1] FROM programme_span)) IS NOT TRUE
), answered AS MATERIALIZED (
    SELECT count(*) AS answer_count, count(*) FILTER (WHERE month.month_number IS NULL) AS early_count
    FROM recommend_answer AS answer
    LEFT JOIN programme_month AS month USING (month_number)
)
SELECT claim.view_name,
       claim.column_name,
       total.ledger_total,
       total.view_total,
       total.left_out_total,
       claim.left_out_reason,
       total.ledger_total - total.view_total - total.left_out_total AS difference,
       crm_as_of() AS as_of
FROM pair
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
CROSS JOIN unplaced
CROSS JOIN answered
CROSS JOIN LATERAL (
    VALUES ('experience_cell_monthly', 'rating_count', pair.rating_count,
            coalesce((SELECT sum(rating_count) FROM experience_cell_monthly), 0), unplaced.rating_count,
            'Without a date or a touchpoint, or more than 1,200 months ago.'),
           ('gap_monthly', 'pair_count', pair.pair_count,
            coalesce((SELECT sum(pair_count) FROM gap_monthly WHERE level_name = 'company'), 0), unplaced.pair_count,
            'Without a date or a touchpoint, or more than 1,200 months ago.'),
           ('nps_monthly', 'answer_count', answered.answer_count,
            coalesce((SELECT sum(answer_count) FROM nps_monthly), 0), answered.early_count,
            'What is more than 1,200 months ago.')
) AS claim (view_name, column_name, ledger_total, view_total, left_out_total, left_out_reason)
LEFT JOIN LATERAL (
    SELECT claim.ledger_total::numeric AS ledger_total, coalesce(claim.view_total, 0)::numeric AS view_total,
           claim.left_out_total::numeric AS left_out_total
) AS total ON setting.min_cell = 1;
COMMENT ON VIEW reconciliation_programme IS
'One row per view of the subject programme and a column that claims a total: see reconciliation.
Totals are those of the ratings from listed angles, or of all ratings where no angle is listed.';
