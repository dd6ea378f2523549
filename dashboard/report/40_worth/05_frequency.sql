-- needs: clv_frequency_check
-- empty: There is no model of lifetime value to be checked.
-- From 1 on numbers go together until five customers are expected; what is left over
-- goes with the last that are. Who came once stands alone.
WITH checked AS MATERIALIZED (
    SELECT frequency, customer_count, expected_count, fitted_on, clv_model_name FROM clv_frequency_check
), grouped AS (
    WITH RECURSIVE step AS (
        SELECT frequency, 0 AS first_of, true AS is_full, expected_count AS so_far
        FROM checked
        WHERE frequency = 0
        UNION ALL
        SELECT checked.frequency,
               CASE WHEN step.is_full THEN checked.frequency ELSE step.first_of END,
               CASE WHEN step.is_full THEN 0 ELSE step.so_far END + checked.expected_count >= 5,
               CASE WHEN step.is_full THEN 0 ELSE step.so_far END + checked.expected_count
        FROM step
        JOIN checked ON checked.frequency = step.frequency + 1
    )
    SELECT frequency, first_of, max(first_of) FILTER (WHERE is_full AND first_of > 0) OVER () AS last_full FROM step
), bar AS MATERIALIZED (
    SELECT least(grouped.first_of, coalesce(grouped.last_full, 1)) AS frequency, max(checked.frequency) AS last_of,
           CASE WHEN bool_and(checked.customer_count IS NOT NULL)
                THEN sum(checked.customer_count) END AS customer_count,
           sum(checked.expected_count) AS expected_count
    FROM grouped
    JOIN checked USING (frequency)
    GROUP BY 1
), told AS (
    SELECT customer_count, expected_count, fitted_on, clv_model_name FROM checked WHERE frequency = 0
)
SELECT json_build_object(
    'title', format('%s came once, the model expects %s',
                    coalesce(to_char(told.customer_count, 'FM999,999,999,990'), 'Few'),
                    to_char(told.expected_count, 'FM999,999,999,990')),
    'subtitle', format('Customers by their number of repeat purchase days: actual (solid), expected by %s (hatched);'
                       ' on %s; n = %s (customers)', told.clv_model_name, told.fitted_on,
                       to_char((SELECT sum(customer_count) FROM bar), 'FM999,999,999,990')),
    'sentence', 'Where two bars are of one length, the model has the mix of customers right.'
                || CASE WHEN EXISTS (SELECT FROM bar WHERE last_of > frequency)
                        THEN ' Numbers of which fewer than five customers are expected go together.' ELSE '' END,
    'columns', json '[["label", "Repeat days"], ["customer_count", "Customers", "#"],
                      ["expected_count", "Expected", "0.0"]]',
    'rows', (SELECT json_agg(shown ORDER BY frequency)
             FROM (SELECT frequency,
                          CASE WHEN last_of = 10 THEN frequency || '+'
                               WHEN last_of > frequency THEN format('%s to %s', frequency, last_of)
                               ELSE frequency::text END AS label,
                          customer_count, expected_count
                   FROM bar) AS shown))
FROM told;
