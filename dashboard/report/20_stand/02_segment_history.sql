-- needs: segment_history
-- empty: There is no past to compare with: call crm_refit at the end of each month.
-- The last two years; a month without a fit before it is a gap.
WITH point AS MATERIALIZED (
    SELECT coalesce(segment, 'no segment') AS segment, segment_order, month_end_on, customer_count, customer_share,
           fitted_on, is_complete
    FROM segment_history
    WHERE month_on > crm_as_of() - 730
), ends AS (
    SELECT segment,
           (array_agg(customer_count ORDER BY month_end_on))[1] AS first_count,
           (array_agg(customer_count ORDER BY month_end_on DESC))[1] AS last_count,
           min(month_end_on) AS first_on
    FROM point
    WHERE customer_count IS NOT NULL
    GROUP BY segment
    HAVING count(DISTINCT month_end_on) > 1
), told AS (
    SELECT *, (SELECT sum(customer_count) FROM point WHERE month_end_on = (SELECT max(month_end_on) FROM point))
                  AS customer_count
    FROM ends
    ORDER BY abs(last_count - first_count) DESC, first_count = 0, segment LIMIT 1
)
SELECT json_build_object(
    'title', initcap(left(told.segment, 1)) || substr(told.segment, 2)
             || CASE WHEN told.last_count = told.first_count
                     THEN format(' stayed at %s', to_char(told.last_count, 'FM999,999,999,990'))
                     ELSE format(' went from %s to %s', to_char(told.first_count, 'FM999,999,999,990'),
                                 to_char(told.last_count, 'FM999,999,999,990')) END,
    'subtitle', format('Customers by segment at each month''s end, %s to %s, scored by the fit of the time;'
                       ' n = %s (customers at the end)',
                       told.first_on, crm_as_of(), to_char(told.customer_count, 'FM999,999,999,990')),
    'sentence', 'One small picture a segment, all on one scale: slopes can be compared.'
                || ' An open circle is a month that is not over.'
                || (SELECT CASE WHEN count(DISTINCT fitted_on) > 1
                                THEN ' A step where a new fit begins may come of its thresholds: there are '
                                     || count(DISTINCT fitted_on) || ' fits.' ELSE '' END FROM point),
    'columns', json '[["month_end_on", "Month''s end"], ["segment", "Segment"], ["customer_count", "Customers", "#"],
                      ["customer_share", "of all", "%"]]',
    'extra', json_build_object('group_count', (SELECT count(DISTINCT segment) FROM point)),
    'rows', (SELECT json_agg(point ORDER BY segment_order, month_end_on) FROM point))
FROM told;
