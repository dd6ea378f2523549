-- What stands at the head of the page.
SELECT json_build_object(
    'title', 'Customers as of ' || to_char(span.as_of, 'FMDD FMMonth YYYY'),
    'sentence', CASE
        WHEN span.buyer_count = 0 THEN 'Nobody has bought yet.'
        ELSE format('%s%s brought %s%s from %s to %s.',
                    CASE span.customer_count WHEN 1 THEN '1 customer'
                         ELSE to_char(span.customer_count, 'FM999,999,999,990') || ' customers' END,
                    -- They stand in all sums.
                    CASE WHEN span.customer_count > span.buyer_count
                         THEN format(', %s of them with refunds only,',
                                     to_char(span.customer_count - span.buyer_count, 'FM999,999,999,990')) ELSE '' END,
                    CASE WHEN span.customer_count > span.buyer_count OR span.amount < 0 THEN 'net ' ELSE '' END,
                    to_char(span.amount, 'FM999,999,999,999,999,990'), span.first_on, span.as_of)
             || coalesce(' Scores are by the fit of ' || span.fitted_on || '.', ' There is no fit yet: call crm_refit.')
        END)
FROM (
    SELECT as_of, fitted_on, buyer_count, customer_count, exact_amount AS amount, first_purchase_on AS first_on
    FROM ledger_total
) AS span;
