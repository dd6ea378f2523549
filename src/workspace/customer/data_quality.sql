-- What is wrong with customers and purchases.
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
), lessened AS (
    -- Days of which the ledger may tell of one purchase, or none, where there were more, and customers of whom it
    -- may tell of no more purchases than days.
    SELECT crm_day_filter(customer_id, purchased_on) AS days, crm_day_filter(customer_id, '2000-01-01') AS customers
    FROM purchase
    WHERE events < 0
), busy AS (
    -- Days on which a customer bought more than once, by the ledgers.
    SELECT crm_day_filter(bought.customer_id, entry.day) AS days
    FROM customer_activity AS bought CROSS JOIN LATERAL crm_days(bought.purchases) AS entry
    WHERE entry.events > 1
      AND (crm_event_count(bought.purchases) > crm_active_days(bought.purchases)
           OR crm_day_filter_has((SELECT customers FROM lessened), bought.customer_id, '2000-01-01'))
), suspect AS MATERIALIZED (
    -- The few purchases that more than one check has to look at, found in one pass: those that may be
    -- of a busy day, and those with a flaw, of which each is a bit of flaws. What begins with anything beyond
    -- a space is not blank, and sooner told than by trimming; a number never is. CASE: an equality
    -- again, for workers are asked where they are thought to find few.
    SELECT purchase.customer_id, purchase.purchased_at, purchase.amount,
           coalesce(purchase.purchase_id, 'customer ' || purchase.customer_id::text) AS row_key,
           purchase.purchased_on, coalesce(purchase.events, 0) > 0 AS is_purchase, purchase.events < 0 AS is_lessening,
           CASE WHEN purchase.customer_id IS NULL THEN 1 ELSE 0 END
           + CASE WHEN purchase.purchased_on IS NULL THEN 2 ELSE 0 END
           + CASE WHEN purchase.purchased_on > (SELECT crm_as_of()) THEN 4 ELSE 0 END
           + CASE WHEN purchase.purchased_on < '1971-01-01' THEN 8 ELSE 0 END
           + CASE WHEN purchase.amount IS NULL THEN 16 ELSE 0 END
           + CASE WHEN purchase.amount = 0 THEN 32 ELSE 0 END
           + CASE WHEN purchase.amount < 0 THEN 64 ELSE 0 END
           + CASE WHEN purchase.amount IN ('NaN', 'Infinity', '-Infinity') THEN 128 ELSE 0 END
           + CASE WHEN btrim(purchase.purchase_id COLLATE "C", E' \t\r\n') = '' THEN 256 ELSE 0 END
           + CASE WHEN purchase.events < 0 THEN 512 ELSE 0 END
           + CASE WHEN abs(purchase.amount) >= 1e13 AND abs(purchase.amount) < 'Infinity' THEN 1024 ELSE 0 END AS flaws
    FROM purchase
    WHERE CASE WHEN purchase.amount > 0 AND purchase.amount < 1e13
                AND purchase.purchased_on >= '1971-01-01' AND purchase.purchased_on <= (SELECT crm_as_of())
                AND purchase.customer_id IS NOT NULL
                AND crm_day_filter_has((SELECT days FROM busy), purchase.customer_id, purchase.purchased_on)
                    IS NOT TRUE
                AND crm_day_filter_has((SELECT days FROM lessened), purchase.customer_id, purchase.purchased_on)
                    IS NOT TRUE
                AND ((SELECT is_number FROM purchase_key) OR purchase.purchase_id IS NULL
                     OR purchase.purchase_id COLLATE "C" >= '!') THEN 0 ELSE 1 END = 1
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
        SELECT lower(trim(email) COLLATE "C") COLLATE "default" AS key, count(DISTINCT customer_id) AS n FROM customer
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
    SELECT
        'purchase', checked.check_name, checked.severity, checked.meaning,
        coalesce(sum(alike.n), 0), min(CASE checked.flaw WHEN 256 THEN alike.customer_key ELSE alike.row_key END)
    FROM (
        VALUES
            (1, 'missing_customer', 'warning', 'Purchases without a customer: they are in no ledger.'),
            (2, 'missing_date', 'error', 'Purchases without a date: they are in no ledger.'),
            (4, 'future_date', 'warning', 'Purchases after as_of: views leave them out.'),
            (8, 'old_date', 'warning',
             'Purchases before 1971: their dates may have been missing. Views begin with them.'),
            (16, 'missing_amount', 'warning', 'Purchases without an amount: they count as purchases of 0.'),
            (32, 'zero_amount', 'info',
             'Purchases of 0: gifts, samples, or missing amounts? They count as purchases.'),
            (64, 'negative_amount', 'info', 'Refunds: they lower the amount and count as no purchase.'),
            (128, 'invalid_amount', 'error', 'Amounts that are no finite number: no ledger can take them.'),
            (256, 'blank_id', 'warning', 'Purchases whose id is blank; example: the customer.'),
            (512, 'negative_events', 'error',
             'Purchases that count as fewer than none: ledgers take them away, and no conversion is one.'),
            (1024, 'huge_amount', 'warning',
             'Amounts of 10^13 or more, refunds too: mistakes? A customer''s may add up to 92 times that.')
    ) AS checked (flaw, check_name, severity, meaning)
    LEFT JOIN (
        SELECT flaws, count(*) AS n, min(row_key) AS row_key,
               min('customer ' || customer_id::text) FILTER (WHERE flaws & 256 > 0) AS customer_key
        FROM suspect
        WHERE flaws > 0
        GROUP BY flaws
    ) AS alike ON alike.flaws & checked.flaw > 0
    GROUP BY checked.flaw, checked.check_name, checked.severity, checked.meaning
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
        coalesce(sum(alike.n - 1), 0), min(alike.key)
    FROM (
        SELECT customer_id, purchased_on, amount < 0 AS is_refund, max(row_key) AS key, count(*) AS n
        FROM suspect
        WHERE customer_id IS NOT NULL AND purchased_on IS NOT NULL AND is_purchase
        GROUP BY customer_id, purchased_on, purchased_at, amount HAVING count(*) > 1
    ) AS alike
    -- Only purchases of a busy day can be such, refunds, which the ledger does not count, and those of a day
    -- of which it takes some away. What the filters let pass wrongly is found here, among the few that have
    -- their like.
    LEFT JOIN customer_activity AS bought USING (customer_id)
    LEFT JOIN (
        SELECT DISTINCT customer_id, purchased_on, true AS is_lessened FROM suspect WHERE is_lessening
    ) AS less USING (customer_id, purchased_on)
    WHERE alike.is_refund OR less.is_lessened
       OR crm_event_count(crm_slice(bought.purchases, alike.purchased_on, alike.purchased_on)) > 1
    UNION ALL
    SELECT
        'purchase', 'unknown_customer', 'warning',
        'Purchases of customers who are not in customer, unless that is empty; example: the customer.',
        count(*), min(customer_id::text)
    FROM purchase
    WHERE customer_id IS NOT NULL AND EXISTS (SELECT FROM customer)
      AND NOT EXISTS (SELECT FROM customer WHERE customer.customer_id = purchase.customer_id)
) AS checked;
COMMENT ON VIEW data_quality_customer IS
'One row per check of the sources of the subject customer: see data_quality.';
