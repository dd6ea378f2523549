-- What stands at the head of the page.
SELECT json_build_object(
    'title', 'Customers as of ' || to_char(span.as_of, 'FMDD FMMonth YYYY'),
    'sentence', CASE
        WHEN span.customer_count = 0 THEN 'Nobody has bought yet.'
        ELSE format('%s customers brought %s from %s to %s.',
                    to_char(span.customer_count, 'FM999,999,999,990'),
                    to_char(span.amount, 'FM999,999,999,999,999,990'), span.first_on, span.as_of)
             || coalesce(' Scores are by the fit of ' || span.fitted_on || '.', ' There is no fit yet: call crm_refit.')
        END)
FROM (
    SELECT as_of, fitted_on, buyer_count AS customer_count, exact_amount AS amount, first_purchase_on AS first_on
    FROM ledger_total
) AS span;
