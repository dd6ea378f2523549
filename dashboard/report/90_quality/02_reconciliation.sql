-- needs: reconciliation
WITH claim AS MATERIALIZED (
    SELECT view_name, column_name, ledger_total, view_total, left_out_total, difference, left_out_reason
    FROM reconciliation
), told AS (
    SELECT count(*) AS claim_count, count(*) FILTER (WHERE difference <> 0) AS bad_count,
           count(difference) AS known_count
    FROM claim
)
SELECT json_build_object(
    'title', CASE WHEN told.bad_count > 0 THEN format('%s of %s totals do not add up', told.bad_count, told.claim_count)
                  WHEN told.known_count = 0 THEN 'Totals are not compared where groups are hidden'
                  ELSE format('All %s totals add up', told.claim_count) END,
    'subtitle', format('What views claim in total, against the sources and ledgers; %s', crm_as_of()),
    'sentence', 'Total less what the view shows and what it leaves out for a stated reason: the difference must be 0.',
    'columns', json '[["view_name", "View"], ["column_name", "Column"], ["ledger_total", "Total", "0.00"],
                      ["view_total", "View", "0.00"],
                      ["left_out_total", "left out", "0.00"], ["difference", "Difference", "0.00"]]',
    'rows', coalesce((SELECT json_agg(claim ORDER BY difference = 0, view_name, column_name) FROM claim), '[]'))
FROM told;
