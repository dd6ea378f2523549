-- needs: clv_matrix
-- empty: There is no model of lifetime value: it needs customers who came back.
WITH cell AS MATERIALIZED (
    SELECT purchase_days, purchase_days_label, silent_weeks, step_weeks, tenure_days, expected_purchases,
           customer_count, clv_model_name, fitted_on, horizon_days
    FROM clv_matrix
), told AS (
    SELECT * FROM cell WHERE purchase_days = 5 AND expected_purchases IS NOT NULL
    ORDER BY abs(silent_weeks - 20), silent_weeks LIMIT 1
)
SELECT json_build_object(
    'title', format('5 purchase days, silent %s weeks: %s more expected', told.silent_weeks,
                    to_char(told.expected_purchases, 'FM990.0')),
    'subtitle', format('Purchase days to expect in the next %s days, by purchase days and weeks since the last;'
                       ' tenure %s weeks, that of the middle customer; %s of %s; n = %s (customers)',
                       told.horizon_days, told.tenure_days / 7, told.clv_model_name, told.fitted_on,
                       to_char((SELECT sum(customer_count) FROM cell), 'FM999,999,999,990')),
    'sentence', 'The stronger the colour, the more purchases are to come: frequent and recent.'
                || ' Framed cells have customers; blank ones cannot be. Who came once has been silent for as long as'
                || ' known, so the top of the first column is of customers younger than the others.',
    'columns', json '[["purchase_days_label", "Purchase days"], ["silent_weeks", "Weeks since", "#"],
                      ["expected_purchases", "Purchase days to expect", "0.0"],
                      ["customer_count", "Customers", "#"]]',
    'rows', (SELECT json_agg(cell ORDER BY silent_weeks, purchase_days) FROM cell))
FROM told;
