-- needs: reconciliation_due reconciliation_found
-- What is shown on this page, :shown by view, claims what the rows add up to that
-- were read for it, the curve what it ends at, the history its last month, cohorts
-- their size once; reconciliation_found is of the source alone; :elsewhere is what
-- other subjects have in views of their own.
WITH total AS (
    SELECT view_name, column_name, view_total, left_out_total FROM reconciliation_found
    UNION ALL
    SELECT view_name, due.column_name,
           CASE view_name WHEN 'pareto_curve' THEN max(field.value) ELSE sum(field.value) END, 0
    FROM reconciliation_due AS due
    JOIN json_each(:'shown') AS shown (view_name, view_rows) USING (view_name)
    LEFT JOIN LATERAL json_array_elements(shown.view_rows) AS view_row ON CASE
        WHEN view_name = 'segment_history'
        THEN view_row ->> 'month_on' = (SELECT max(month ->> 'month_on')
                                        FROM json_array_elements(:'shown'::json -> 'segment_history') AS month)
        WHEN due.column_name = 'cohort_size' THEN view_row ->> 'period_number' = '0' ELSE true END
    CROSS JOIN LATERAL (SELECT (view_row ->> due.column_name)::numeric AS value) AS field
    GROUP BY view_name, due.column_name
), claim AS MATERIALIZED (
    SELECT view_name, column_name, ledger_total, view_total, left_out_total,
           ledger_total - view_total - left_out_total AS difference, left_out_reason
    FROM (
        SELECT view_name, column_name, due.ledger_total,
               CASE WHEN due.ledger_total IS NOT NULL
                    THEN coalesce(total.view_total, due.empty_total) END AS view_total,
               due.left_out_total + coalesce(total.left_out_total, 0) AS left_out_total, due.left_out_reason
        FROM reconciliation_due AS due
        JOIN total USING (view_name, column_name)
    ) AS added
    UNION ALL
    SELECT view_name, column_name, ledger_total, view_total, left_out_total, difference, left_out_reason
    FROM json_array_elements(:'elsewhere') AS part (claims)
    CROSS JOIN json_populate_recordset(NULL::reconciliation, part.claims)
), told AS (
    SELECT count(*) AS claim_count, count(*) FILTER (WHERE difference <> 0) AS bad_count,
           count(difference) AS known_count
    FROM claim
)
SELECT json_build_object(
    'title', CASE WHEN told.bad_count > 0 THEN format('%s of %s totals do not add up', told.bad_count, told.claim_count)
                  WHEN told.known_count = 0 THEN 'Totals are not compared where groups are hidden'
                  ELSE format('All %s totals add up', told.claim_count) END,
    'subtitle', format('What is shown here in total, against the sources and ledgers; %s', crm_as_of()),
    'sentence', 'Total less what the view shows and what it leaves out for a stated reason: the difference must be 0.'
                || ' The view reconciliation has these of all views.',
    'columns', json '[["view_name", "View"], ["column_name", "Column"], ["ledger_total", "Total", "0.00"],
                      ["view_total", "View", "0.00"],
                      ["left_out_total", "left out", "0.00"], ["difference", "Difference", "0.00"]]',
    'rows', coalesce((SELECT json_agg(claim ORDER BY difference = 0, view_name, column_name) FROM claim), '[]'))
FROM told;
