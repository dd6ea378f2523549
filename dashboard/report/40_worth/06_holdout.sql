-- needs: clv_holdout
-- empty: No fit is old enough to be tested on what followed it: it takes setting.window_days.
WITH point AS MATERIALIZED (
    SELECT frequency, frequency_label, customer_count, expected_mean, actual_mean, actual_low, actual_high,
           actual_count,
           expected_count, fitted_on
    FROM clv_holdout
), told AS (
    SELECT sum(actual_count) / sum(customer_count) AS actual, sum(expected_count) / sum(customer_count) AS expected,
           min(fitted_on) AS fitted_on, sum(customer_count) AS customer_count
    FROM point
    WHERE frequency > 0
    HAVING count(*) > 0
)
SELECT json_build_object(
    'title', CASE WHEN told.customer_count >= 30
                  THEN format('Repeaters bought on %s days, predicted %s', to_char(told.actual, 'FM990.00'),
                              to_char(told.expected, 'FM990.00'))
                  ELSE 'Too few repeaters to test the model on' END,
    'subtitle', format('Mean purchase days per customer from %s to %s: predicted and actual with its 95 %% interval,'
                       ' by repeat purchase days before; n = %s',
                       told.fitted_on, crm_as_of(), to_char(told.customer_count, 'FM999,999,999,990')),
    'sentence', 'Each dot is all customers with so many repeat days before. On the line the prediction was right;'
                || ' above it more was bought than predicted. Grey dots are fewer than 30 customers.',
    'columns', json '[["frequency_label", "Repeat days before"], ["customer_count", "Customers", "#"],
                      ["expected_mean", "Predicted", "0.00"], ["actual_mean", "Actual", "0.00"],
                      ["actual_low", "from", "0.00"], ["actual_high", "to", "0.00"]]',
    'rows', (SELECT json_agg(point ORDER BY frequency) FROM point))
FROM told;
