-- What is wrong with identities, products and wallets.
-- source, check, severity, what it means, how many (NULL: rows), an example, of which rows
('customer', 'invalid_email', 'warning', 'E-mail addresses that are not valid: they link nobody.',
 NULL, 'min(customer_id::text)',
 $$FROM customer WHERE nullif(btrim(email), '') IS NOT NULL AND crm_normal_email(email) IS NULL$$),
('customer', 'invalid_phone', 'warning',
 'Telephone numbers that are not valid, or national without setting.phone_country: they link nobody.',
 NULL, 'min(customer_id::text)',
 $$FROM customer CROSS JOIN (SELECT phone_country FROM setting LIMIT 1) AS setting
 WHERE nullif(btrim(phone), '') IS NOT NULL AND crm_normal_phone(phone, setting.phone_country) IS NULL$$),
('customer', 'shared_identity', 'warning',
 'Customers who share an e-mail address, number or other key with another: see identity_duplicate.',
 'count(DISTINCT customer_id)', 'min(customer_id::text)', $$FROM identity_duplicate$$),
('customer', 'invalid_birth', 'error',
 'Days of birth after as_of, or 120 years before: their age is unknown or wrong.',
 NULL, 'min(customer_id::text)',
 $$FROM customer WHERE birth_on > (SELECT crm_as_of()) OR birth_on < (SELECT crm_as_of() - interval '120 years')$$),

('identity', 'invalid_value', 'warning',
 'E-mail addresses and numbers of identity that are not valid: they link nobody.',
 NULL, 'min(customer_id::text)',
 $$FROM identity CROSS JOIN (SELECT phone_country FROM setting LIMIT 1) AS setting
 WHERE lower(btrim(kind) COLLATE "C") = 'email' AND crm_normal_email(value) IS NULL
    OR lower(btrim(kind) COLLATE "C") = 'phone' AND crm_normal_phone(value, setting.phone_country) IS NULL$$),

('purchase', 'unknown_product', 'warning',
 'Purchases of products that are not in product, unless that is empty; example: the product.',
 NULL, 'min(product_id)',
 $$FROM purchase
 WHERE product_id IS NOT NULL AND EXISTS (SELECT FROM product)
   AND NOT EXISTS (SELECT FROM product WHERE product.product_id = purchase.product_id)$$),

('product', 'duplicate_product', 'error',
 'Further rows with a key that another row has: a purchase is of the lines of all of them.',
 'coalesce(sum(n - 1), 0)', 'min(product_id)',
 $$FROM (
     SELECT product_id, count(*) AS n FROM product
     WHERE product_id IS NOT NULL GROUP BY product_id HAVING count(*) > 1
 ) AS duplicate$$),
('product', 'unknown_predecessor', 'warning', 'Products that follow one that is not there, or themselves.',
 NULL, 'min(product_id)',
 $$FROM product AS newer
 WHERE successor_of IS NOT NULL
   AND NOT EXISTS (SELECT FROM product
                   WHERE product.product_id = newer.successor_of
                     AND newer.successor_of IS DISTINCT FROM newer.product_id)$$),

('wallet', 'negative_amount', 'error', 'Amounts of a wallet below 0: they count as 0.',
 NULL, 'min(customer_id::text)', $$FROM wallet WHERE amount < 0$$),
('wallet', 'duplicate_brand', 'warning',
 'Further rows of a wallet for a brand at one time: the largest amount and the best rank count.',
 'coalesce(sum(n - 1), 0)', 'min(customer_id::text)',
 $$FROM (
     SELECT customer_id, count(*) AS n FROM wallet
     WHERE customer_id IS NOT NULL AND brand IS NOT NULL
     GROUP BY customer_id, nullif(category, ''), brand, stated_at HAVING count(*) > 1
 ) AS duplicate$$),
('wallet', 'empty', 'warning', 'Rows of a wallet with neither amount nor rank: they say only that the brand is used.',
 NULL, 'min(customer_id::text)', $$FROM wallet WHERE amount IS NULL AND rank IS NULL$$),

('playbook', 'unknown_value', 'warning',
 'Actions for a segment, stage, class or outcome that does not exist; example: the value.',
 NULL, 'min(value)',
 $$FROM playbook
 WHERE CASE dimension WHEN 'segment' THEN value NOT IN (SELECT segment FROM segment)
                      WHEN 'stage' THEN value NOT IN ('new', 'growing', 'mature', 'declining', 'departed')
                      WHEN 'class' THEN value !~ '^[A-MZN]$'
                      ELSE value NOT IN ('negative', 'satisfied', 'positive') END$$),
