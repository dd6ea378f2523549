-- needs: clv_matrix clv_parameter
-- empty: There is no model of lifetime value: it needs customers who came back.
WITH cell AS MATERIALIZED (
    SELECT purchase_days, purchase_days_label, silent_weeks, step_weeks, tenure_days, p_alive, customer_count,
           clv_model_name, fitted_on
    FROM clv_matrix
), told AS (
    SELECT * FROM cell WHERE purchase_days = 5 AND p_alive IS NOT NULL
    ORDER BY abs(silent_weeks - 20), silent_weeks LIMIT 1
)
SELECT json_build_object(
    'title', format('5 purchase days, silent %s weeks: %s %% alive', told.silent_weeks,
                    to_char(100 * told.p_alive, 'FM990')),
    'subtitle', format('Probability of being still a customer in %%, by purchase days and weeks since the last;'
                       ' tenure %s weeks, that of the middle customer; %s of %s; n = %s (customers)',
                       told.tenure_days / 7, told.clv_model_name, told.fitted_on,
                       to_char((SELECT sum(customer_count) FROM cell), 'FM999,999,999,990')),
    'sentence', 'The same silence says more of who used to come often. Framed cells have customers;'
                || ' blank ones cannot be. Who came once has been silent for as long as known.'
                || CASE WHEN told.clv_model_name LIKE 'bg/%'
                        THEN ' Under this model who came once is never gone, so the first column is 100 %.' ELSE '' END
                || coalesce((SELECT format(' The fit itself warns: %s.', min(model_notes))
                             FROM clv_parameter HAVING min(model_notes) IS NOT NULL), ''),
    'columns', json '[["purchase_days_label", "Purchase days"], ["silent_weeks", "Weeks since", "#"],
                      ["p_alive", "P(alive)", "%"],
                      ["customer_count", "Customers", "#"]]',
    'rows', (SELECT json_agg(cell ORDER BY silent_weeks, purchase_days) FROM cell))
FROM told;
