-- needs: clv_frequency_check
-- empty: There is no model of lifetime value to be checked.
-- Numbers of which fewer than five customers are expected go together.
WITH checked AS MATERIALIZED (
    SELECT frequency, customer_count, expected_count, fitted_on, clv_model_name,
           min(frequency) FILTER (WHERE expected_count < 5 AND frequency > 0) OVER () AS rare_from
    FROM clv_frequency_check
), bar AS MATERIALIZED (
    SELECT least(frequency, coalesce(rare_from - 1, frequency)) AS frequency,
           sum(customer_count) AS customer_count, sum(expected_count) AS expected_count,
           min(fitted_on) AS fitted_on, min(clv_model_name) AS clv_model_name,
           count(*) > 1 OR min(frequency) = 10 AS is_open
    FROM checked
    GROUP BY 1
), told AS (
    SELECT * FROM bar WHERE frequency = 0
)
SELECT json_build_object(
    'title', format('%s came once, the model expects %s', to_char(told.customer_count, 'FM999,999,999,990'),
                    to_char(told.expected_count, 'FM999,999,999,990')),
    'subtitle', format('Customers by their number of repeat purchase days: actual (solid), expected by %s (hatched);'
                       ' on %s', told.clv_model_name, told.fitted_on),
    'sentence', 'Where two bars are of one length, the model has the mix of customers right.',
    'columns', json '[["label", "Repeat days"], ["customer_count", "Customers", "#"],
                      ["expected_count", "Expected", "0.0"]]',
    'rows', (SELECT json_agg(shown ORDER BY frequency)
             FROM (SELECT frequency, frequency || CASE WHEN is_open THEN '+' ELSE '' END AS label, customer_count,
                          expected_count
                   FROM bar) AS shown))
FROM told;
