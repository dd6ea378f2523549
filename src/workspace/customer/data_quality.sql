-- What is wrong with customers, purchases and interactions.
--
-- One SELECT a check: an aggregate without GROUP BY has a row even when there
-- is nothing to report. A condition on source or check_name leaves the other
-- checks unread.
CREATE OR REPLACE VIEW data_quality_customer AS
SELECT
    source, check_name, severity, meaning,
    problem_count::bigint AS problem_count, example_key,
    crm_as_of() AS as_of
FROM (
    SELECT
        'customer' AS source, 'missing_customer' AS check_name, 'error' AS severity,
        'Customers without a key: nothing can be joined to them.' AS meaning,
        count(*) AS problem_count, coalesce(min(customer_name), min(email)) AS example_key
    FROM customer WHERE customer_id IS NULL
    UNION ALL
    SELECT
        'customer', 'duplicate_customer', 'error',
        'Further rows with a key that another row has: views show the customer once a row.',
        coalesce(sum(n - 1), 0), min(key)
    FROM (
        SELECT customer_id::text AS key, count(*) AS n FROM customer
        WHERE customer_id IS NOT NULL GROUP BY customer_id HAVING count(*) > 1
    ) AS duplicate
    UNION ALL
    SELECT
        'customer', 'shared_email', 'warning',
        'Further customers with an e-mail address that another has, lower case and trimmed: one person?',
        coalesce(sum(n - 1), 0), min(key)
    FROM (
        SELECT lower(trim(email)) AS key, count(DISTINCT customer_id) AS n FROM customer
        WHERE trim(email) <> '' GROUP BY 1 HAVING count(DISTINCT customer_id) > 1
    ) AS duplicate
    UNION ALL
    SELECT
        'customer', 'shared_phone', 'warning',
        'Further customers with a telephone number that another has, digits only: one person?',
        coalesce(sum(n - 1), 0), min(key)
    FROM (
        SELECT regexp_replace(phone, '\D', '', 'g') AS key, count(DISTINCT customer_id) AS n FROM customer
        WHERE phone ~ '\d' GROUP BY 1 HAVING count(DISTINCT customer_id) > 1
    ) AS duplicate
    UNION ALL
    SELECT
        'purchase', 'missing_customer', 'warning',
        'Purchases without a customer: they are in no ledger.',
        count(*), min(purchase_id)
    FROM purchase WHERE customer_id IS NULL
    UNION ALL
    SELECT
        'purchase', 'missing_date', 'error',
        'Purchases without a date: they are in no ledger.',
        count(*), min(coalesce(purchase_id, 'customer ' || customer_id))
    FROM purchase WHERE purchased_on IS NULL
    UNION ALL
    SELECT
        'purchase', 'future_date', 'warning',
        'Purchases after as_of: views leave them out.',
        count(*), min(coalesce(purchase_id, 'customer ' || customer_id))
    FROM purchase WHERE purchased_on > (SELECT crm_as_of())
    UNION ALL
    SELECT
        'purchase', 'missing_amount', 'warning',
        'Purchases without an amount: they count as purchases of 0.',
        count(*), min(coalesce(purchase_id, 'customer ' || customer_id))
    FROM purchase WHERE amount IS NULL
    UNION ALL
    SELECT
        'purchase', 'zero_amount', 'info',
        'Purchases of 0: gifts, samples, or missing amounts? They count as purchases.',
        count(*), min(coalesce(purchase_id, 'customer ' || customer_id))
    FROM purchase WHERE amount = 0
    UNION ALL
    SELECT
        'purchase', 'negative_amount', 'info',
        'Refunds: they lower the amount and count as no purchase.',
        count(*), min(coalesce(purchase_id, 'customer ' || customer_id))
    FROM purchase WHERE amount < 0
    UNION ALL
    SELECT
        'purchase', 'invalid_amount', 'error',
        'Amounts that are no finite number: no ledger can take them.',
        count(*), min(coalesce(purchase_id, 'customer ' || customer_id))
    FROM purchase WHERE amount IN ('NaN', 'Infinity', '-Infinity')
    UNION ALL
    SELECT
        'purchase', 'mixed_currency', 'error',
        'Purchases in another currency than most: amounts are added up unconverted.',
        coalesce(sum(n) - max(n), 0), CASE WHEN count(*) > 1 THEN (array_agg(key ORDER BY n, currency))[1] END
    FROM (
        SELECT currency, count(*) AS n, min(purchase_id) AS key FROM purchase
        WHERE currency IS NOT NULL GROUP BY currency
    ) AS by_currency
    UNION ALL
    SELECT
        'purchase', 'duplicate_id', 'error',
        'Further purchases under an id that another has; of line items, only those that count as a purchase.',
        coalesce(sum(n - 1), 0), min(key)
    FROM (
        SELECT purchase_id AS key, count(*) AS n FROM purchase
        WHERE coalesce(events, 1) > 0 GROUP BY purchase_id HAVING count(*) > 1 AND purchase_id IS NOT NULL
    ) AS duplicate
    UNION ALL
    SELECT
        'purchase', 'duplicate_row', 'warning',
        'Further purchases of the same customer, instant and amount: loaded twice?',
        coalesce(sum(n - 1), 0), min(key)
    FROM (
        SELECT max(coalesce(purchase_id, 'customer ' || customer_id)) AS key, count(*) AS n FROM purchase
        WHERE customer_id IS NOT NULL AND coalesce(events, 1) > 0
        GROUP BY customer_id, purchased_at, amount HAVING count(*) > 1
    ) AS duplicate
    UNION ALL
    SELECT
        'purchase', 'unknown_customer', 'warning',
        'Purchases of customers who are not in customer, unless that is empty; example: the customer.',
        count(*), min(customer_id::text)
    FROM purchase
    WHERE customer_id IS NOT NULL AND EXISTS (SELECT FROM customer)
      AND NOT EXISTS (SELECT FROM customer WHERE customer.customer_id = purchase.customer_id)
    UNION ALL
    SELECT
        'interaction', 'missing_customer', 'warning',
        'Interactions without a customer: they are in no ledger.',
        count(*), min(interaction_id)
    FROM interaction WHERE customer_id IS NULL
    UNION ALL
    SELECT
        'interaction', 'missing_date', 'error',
        'Interactions without a date: they are in no ledger.',
        count(*), min(coalesce(interaction_id, 'customer ' || customer_id))
    FROM interaction WHERE interacted_on IS NULL
    UNION ALL
    SELECT
        'interaction', 'future_date', 'warning',
        'Interactions after as_of: views leave them out.',
        count(*), min(coalesce(interaction_id, 'customer ' || customer_id))
    FROM interaction WHERE interacted_on > (SELECT crm_as_of())
) AS checked;
COMMENT ON VIEW data_quality_customer IS
'One row a check of the sources of the subject customer: see data_quality.';
