-- needs: cross_sell
-- empty: Nobody has bought of two product lines yet.
-- The eight lines with most owners.
WITH line AS (
    SELECT line_a AS line, count(*) OVER () AS line_count
    FROM cross_sell GROUP BY line_a ORDER BY max(owner_a_count) DESC NULLS LAST, line_a LIMIT 8
), cell AS MATERIALIZED (
    SELECT line_a, line_b, owner_a_count, both_count, cross_share, base_share, lift,
           round(owner_b_count / nullif(base_share, 0)) AS buyer_count
    FROM cross_sell
    WHERE line_a IN (SELECT line FROM line) AND line_b IN (SELECT line FROM line)
), told AS (
    SELECT * FROM cell WHERE lift IS NOT NULL
    ORDER BY owner_a_count >= 30 DESC, lift DESC, both_count DESC, line_a, line_b LIMIT 1
)
SELECT json_build_object(
    'title', CASE WHEN told.owner_a_count >= 30
                  THEN format('Who has %s takes %s %s times as often', told.line_a, told.line_b,
                              to_char(told.lift, 'FM999,999,990.00'))
                  ELSE 'No product line has 30 owners yet' END,
    'subtitle', format('Lift: share of the owners of a line (row) who have another one (column), over the share'
                       ' of all buyers; up to %s%s; n = %s (buyers)', crm_as_of(),
                       (SELECT CASE WHEN max(line_count) > 8 THEN format('; 8 of %s lines', max(line_count))
                                    ELSE '' END FROM line),
                       to_char((SELECT max(buyer_count) FROM cell), 'FM999,999,999,990')),
    'sentence', 'Above 1 the two go together, below 1 one stands in for the other.'
                || ' Cells of fewer than 30 owners have no colour.',
    'columns', json '[["line_a", "Owners of"], ["line_b", "who have"], ["owner_a_count", "Owners", "#"],
                      ["both_count", "with both", "#"],
                      ["cross_share", "of owners", "%"], ["base_share", "of all buyers", "%"],
                      ["lift", "Lift", "0.00"]]',
    'extra', json_build_object('item_count', (SELECT count(DISTINCT line_a) FROM cell)),
    'rows', (SELECT json_agg(cell ORDER BY line_a, line_b) FROM cell))
FROM told;
