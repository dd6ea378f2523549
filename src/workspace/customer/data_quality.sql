-- What is wrong with customers, purchases and interactions.
--
-- One SELECT a check: an aggregate without GROUP BY has a row even when there
-- is nothing to report. A condition on source or check_name leaves the other
-- checks unread.
CREATE OR REPLACE VIEW data_quality_customer AS
WITH purchase_key AS (
    SELECT key.is_unique, key.is_number
    FROM definition
    CROSS JOIN LATERAL crm_key_traits('purchase'::regclass,
                                      definition.sources::jsonb -> 'purchase' ->> 'purchase_id') AS key
), customer_key AS (
    -- Whether keys can be blank: numbers never are.
    SELECT t.typcategory <> 'N' AS can_be_blank
    FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
    WHERE a.attrelid = 'customer_activity'::regclass AND a.attname = 'customer_id'
)
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
        'Further rows with a key that another row has: views take what the first of them says.',
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
        SELECT regexp_replace(phone COLLATE "C", '\D', '', 'g') AS key, count(DISTINCT customer_id) AS n FROM customer
        WHERE phone COLLATE "C" ~ '\d' GROUP BY 1 HAVING count(DISTINCT customer_id) > 1
    ) AS duplicate
    UNION ALL
    SELECT
        'customer', 'blank_id', 'error',
        'Customers whose key is blank: all of them count as one; example: the name.',
        count(*), min(coalesce(customer_name, email))
    FROM customer
    WHERE (SELECT can_be_blank FROM customer_key) AND btrim(customer_id::text COLLATE "C", E' \t\r\n') = ''
    UNION ALL
    SELECT
        'customer', 'potential_off_scale', 'warning',
        'Potentials off 0..1, where setting.potential_cut is on it.',
        count(*), min(customer_id::text)
    FROM customer CROSS JOIN setting
    WHERE potential_cut BETWEEN 0 AND 1 AND NOT potential BETWEEN 0 AND 1
    UNION ALL
    SELECT
        'customer', 'old_date', 'warning',
        'Customers registered before 1971: their dates may have been missing.',
        count(*), min(customer_id::text)
    FROM customer WHERE registered_at < '1971-01-01 00:00+14'
    UNION ALL
    -- All of these in one pass, over the few rows that have any of them.
    SELECT 'purchase', checked.*
    FROM (
        SELECT count(*) FILTER (WHERE customer_id IS NULL) AS missing_customer,
               min(purchase_id) FILTER (WHERE customer_id IS NULL) AS missing_customer_key,
               count(*) FILTER (WHERE purchased_on IS NULL) AS missing_date,
               min(row_key) FILTER (WHERE purchased_on IS NULL) AS missing_date_key,
               count(*) FILTER (WHERE purchased_on > as_of) AS future_date,
               min(row_key) FILTER (WHERE purchased_on > as_of) AS future_date_key,
               count(*) FILTER (WHERE purchased_on < '1971-01-01') AS old_date,
               min(row_key) FILTER (WHERE purchased_on < '1971-01-01') AS old_date_key,
               count(*) FILTER (WHERE amount IS NULL) AS missing_amount,
               min(row_key) FILTER (WHERE amount IS NULL) AS missing_amount_key,
               count(*) FILTER (WHERE amount = 0) AS zero_amount,
               min(row_key) FILTER (WHERE amount = 0) AS zero_amount_key,
               count(*) FILTER (WHERE amount < 0) AS negative_amount,
               min(row_key) FILTER (WHERE amount < 0) AS negative_amount_key,
               count(*) FILTER (WHERE amount IN ('NaN', 'Infinity', '-Infinity')) AS invalid_amount,
               min(row_key) FILTER (WHERE amount IN ('NaN', 'Infinity', '-Infinity')) AS invalid_amount_key,
               count(*) FILTER (WHERE btrim(purchase_id COLLATE "C", E' \t\r\n') = '') AS blank_id,
               min('customer ' || customer_id::text)
                   FILTER (WHERE btrim(purchase_id COLLATE "C", E' \t\r\n') = '') AS blank_id_key
        FROM (
            SELECT customer_id, purchase_id, purchased_on, amount,
                   coalesce(purchase_id, 'customer ' || customer_id::text) AS row_key, (SELECT crm_as_of()) AS as_of
            FROM purchase
            -- What begins with anything beyond a space is not blank, and sooner told than by trimming;
            -- a number never is.
            WHERE (amount > 0 AND amount < 'Infinity' AND purchased_on >= '1971-01-01'
                   AND purchased_on <= (SELECT crm_as_of()) AND customer_id IS NOT NULL
                   AND ((SELECT is_number FROM purchase_key) OR purchase_id IS NULL
                        OR purchase_id COLLATE "C" >= '!')) IS NOT TRUE
        ) AS suspect
    ) AS counted
    CROSS JOIN LATERAL (
        VALUES
            ('missing_customer', 'warning', 'Purchases without a customer: they are in no ledger.',
             missing_customer, missing_customer_key),
            ('missing_date', 'error', 'Purchases without a date: they are in no ledger.',
             missing_date, missing_date_key),
            ('future_date', 'warning', 'Purchases after as_of: views leave them out.',
             future_date, future_date_key),
            ('old_date', 'warning', 'Purchases before 1971: their dates may have been missing. Views begin with them.',
             old_date, old_date_key),
            ('missing_amount', 'warning', 'Purchases without an amount: they count as purchases of 0.',
             missing_amount, missing_amount_key),
            ('zero_amount', 'info', 'Purchases of 0: gifts, samples, or missing amounts? They count as purchases.',
             zero_amount, zero_amount_key),
            ('negative_amount', 'info', 'Refunds: they lower the amount and count as no purchase.',
             negative_amount, negative_amount_key),
            ('invalid_amount', 'error', 'Amounts that are no finite number: no ledger can take them.',
             invalid_amount, invalid_amount_key),
            ('blank_id', 'warning', 'Purchases whose id is blank; example: the customer.',
             blank_id, blank_id_key)
    ) AS checked (check_name, severity, meaning, problem_count, example_key)
    UNION ALL
    SELECT
        'purchase', 'blank_customer', 'error',
        'Purchases under a blank key: all of them count as one customer; told by the ledger.',
        coalesce(sum(crm_event_count(purchases)), 0), min('"' || customer_id::text || '"')
    FROM customer_activity
    WHERE (SELECT can_be_blank FROM customer_key) AND btrim(customer_id::text COLLATE "C", E' \t\r\n') = ''
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
        -- Where an index keeps ids apart, or no hash comes again, there is nothing to group: that is
        -- the rule, and soon known.
        WHERE coalesce(events, 0) > 0
          AND (SELECT is_unique FROM purchase_key) IS NOT TRUE
          AND (SELECT crm_repeat_count(hashtextextended(purchase_id, 0)) FROM purchase
               WHERE coalesce(events, 0) > 0) IS DISTINCT FROM 0
        GROUP BY purchase_id HAVING count(*) > 1 AND purchase_id IS NOT NULL
    ) AS duplicate
    UNION ALL
    SELECT
        'purchase', 'duplicate_row', 'warning',
        'Further purchases of the same customer, instant and amount: loaded twice?',
        coalesce(sum(n - 1), 0), min(key)
    FROM (
        SELECT max(coalesce(purchase_id, 'customer ' || customer_id::text)) AS key, count(*) AS n
        FROM (
            -- Only rows of a day on which the ledger has several purchases can be such, and
            -- refunds, which it does not count. sign: the planner takes an equality to hold for
            -- few, and makes a table of them that stays in the processor's cache.
            SELECT purchase.purchase_id, purchase.customer_id, purchase.purchased_at, purchase.amount
            FROM purchase
            LEFT JOIN (
                SELECT bought.customer_id, entry.day
                FROM customer_activity AS bought CROSS JOIN LATERAL crm_days(bought.purchases) AS entry
                WHERE sign(crm_event_count(bought.purchases) - crm_active_days(bought.purchases)) = 1
                  AND entry.events > 1
            ) AS busy ON busy.customer_id = purchase.customer_id AND busy.day = purchase.purchased_on
            WHERE purchase.customer_id IS NOT NULL AND coalesce(purchase.events, 0) > 0
              AND (busy.day IS NOT NULL OR purchase.amount < 0)
        ) AS suspect
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
        count(*), min(coalesce(interaction_id, 'customer ' || customer_id::text))
    FROM interaction WHERE interacted_on IS NULL
    UNION ALL
    SELECT
        'interaction', 'future_date', 'warning',
        'Interactions after as_of: views leave them out.',
        count(*), min(coalesce(interaction_id, 'customer ' || customer_id::text))
    FROM interaction WHERE interacted_on > (SELECT crm_as_of())
    UNION ALL
    SELECT
        'interaction', 'old_date', 'warning',
        'Interactions before 1971: their dates may have been missing.',
        count(*), min(coalesce(interaction_id, 'customer ' || customer_id::text))
    FROM interaction WHERE interacted_on < '1971-01-01'
    UNION ALL
    SELECT
        'interaction', 'blank_customer', 'error',
        'Interactions under a blank key: all of them count as one customer; told by the ledger.',
        coalesce(sum(crm_event_count(interactions)), 0), min('"' || customer_id::text || '"')
    FROM channel_activity
    WHERE (SELECT can_be_blank FROM customer_key) AND btrim(customer_id::text COLLATE "C", E' \t\r\n') = ''
) AS checked;
COMMENT ON VIEW data_quality_customer IS
'One row per check of the sources of the subject customer: see data_quality.';
