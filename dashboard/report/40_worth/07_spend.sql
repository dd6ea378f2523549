-- needs: clv_spend_check
-- empty: There is no model of amounts to be checked.
WITH band AS MATERIALIZED (
    SELECT amount_above, amount_up_to, sqrt(amount_above * amount_up_to) AS amount_middle, customer_count,
           customer_share,
           expected_share, fitted_on,
           sum(customer_share) OVER upward AS actual_up_to, sum(expected_share) OVER upward AS expected_up_to
    FROM clv_spend_check
    WINDOW upward AS (ORDER BY amount_above)
), told AS (
    SELECT (SELECT amount_middle FROM band WHERE actual_up_to >= 0.5 ORDER BY amount_above LIMIT 1) AS actual,
           (SELECT amount_middle FROM band WHERE expected_up_to >= 0.5 ORDER BY amount_above LIMIT 1) AS expected,
           sum(customer_count) AS customer_count, min(fitted_on) AS fitted_on
    FROM band
    HAVING count(*) > 0
)
SELECT json_build_object(
    'title', format('A typical repeat purchase is about %s, modelled %s',
                    to_char(told.actual, 'FM999,999,999,999,999,990'),
                    to_char(told.expected, 'FM999,999,999,999,999,990')),
    'subtitle', format('Customers by the mean amount of a repeat purchase day, on a scale that multiplies;'
                       ' actual (bars), model (line); %s; n = %s',
                       told.fitted_on, to_char(told.customer_count, 'FM999,999,999,990')),
    'sentence', 'Where bars and line agree, the model of amounts is plausible. Means at or below zero are left out.',
    'columns', json '[["amount_above", "From", "0.00"], ["amount_up_to", "below", "0.00"],
                      ["customer_count", "Customers", "#"],
                      ["customer_share", "of all", "%"], ["expected_share", "Model", "%"]]',
    'rows', (SELECT json_agg(band ORDER BY amount_above)
             FROM band WHERE customer_share > 0.0005 OR expected_share > 0.0005))
FROM told;
