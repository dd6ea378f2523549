-- What is wrong with the rows of the sources, and how full they are.

-- One SELECT a check: an aggregate without GROUP BY has a row even when there
-- is nothing to report. A condition on source or check_name leaves the other
-- checks unread.
CREATE OR REPLACE VIEW data_quality AS
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
    UNION ALL
    SELECT
        'rating', 'missing_customer', 'info',
        'Ratings without a customer: benchmarks, or anonymous; those of a day count as one; example: the touchpoint.',
        count(*), min(touchpoint_id)
    FROM rating WHERE customer_id IS NULL
    UNION ALL
    SELECT
        'rating', 'missing_date', 'warning',
        'Ratings without a date: they count whatever as_of; example: the customer, as below.',
        count(*), min(customer_id::text)
    FROM rating WHERE rated_on IS NULL
    UNION ALL
    SELECT
        'rating', 'future_date', 'warning',
        'Ratings after as_of: views leave them out.',
        count(*), min(customer_id::text)
    FROM rating WHERE rated_on > (SELECT crm_as_of())
    UNION ALL
    SELECT
        'rating', 'unknown_level', 'error',
        'Ratings of a level that no view reads; example: the level.',
        count(*), min(level)
    FROM rating
    WHERE coalesce(level, '') NOT IN ('expected', 'actual', 'industry', 'enterprise', 'satisfied',
                                      'ideal', 'recommend')
    UNION ALL
    SELECT
        'rating', 'missing_score', 'info',
        'Ratings without a score: unanswered.',
        count(*), min(customer_id::text)
    FROM rating WHERE score IS NULL
    UNION ALL
    SELECT
        'rating', 'score_off_scale', 'error',
        'Scores off setting.scale_low..scale_high, for recommend other than whole 0..10: views leave them out.',
        count(*), min(customer_id::text)
    FROM rating CROSS JOIN setting
    WHERE CASE level WHEN 'recommend' THEN score NOT IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
                     ELSE score NOT BETWEEN scale_low AND scale_high END
    UNION ALL
    SELECT
        'rating', 'invalid_weight', 'error',
        'Weights that are negative or no finite number: views leave the ratings out.',
        count(*), min(customer_id::text)
    FROM rating
    WHERE NOT (weight >= 0 AND weight < 'Infinity')
    UNION ALL
    SELECT
        'rating', 'unknown_touchpoint', 'warning',
        'Ratings of touchpoints that are not in touchpoint, unless that is empty; example: the touchpoint.',
        count(*), min(touchpoint_id)
    FROM rating
    WHERE touchpoint_id IS NOT NULL AND EXISTS (SELECT FROM touchpoint)
      AND NOT EXISTS (SELECT FROM touchpoint WHERE touchpoint.touchpoint_id = rating.touchpoint_id)
    UNION ALL
    SELECT
        'goal', 'unknown_segment', 'error',
        'Goals for a segment that setting.segment_map does not name: nobody is in it.',
        count(*), min(goal_id)::text
    FROM goal
    WHERE segment IS NOT NULL AND NOT EXISTS (SELECT FROM segment WHERE segment.segment = goal.segment)
) AS checked;
COMMENT ON VIEW data_quality IS
'One row a check of a source: how many problems, with an example.
All checks are always there, with 0 where all is well.
Severity tells of the kind of problem: error makes figures wrong, warning may, info is a matter of knowing.
An example is the key of a row, or its customer where rows have no key. All rows are checked, those after as_of too.';

CREATE OR REPLACE VIEW data_completeness AS
SELECT
    column_name, column_order, customer_count, filled_count,
    filled_count::double precision / nullif(customer_count, 0) AS filled_share,
    crm_as_of() AS as_of
FROM (
    SELECT
        count(*) AS customer_count,
        count(customer_id) AS customer_id,
        count(nullif(trim(customer_name), '')) AS customer_name,
        count(nullif(trim(email), '')) AS email,
        count(nullif(trim(phone), '')) AS phone,
        count(nullif(trim(region), '')) AS region,
        count(nullif(trim(industry), '')) AS industry,
        count(registered_at) AS registered_at,
        count(potential) AS potential
    FROM customer
) AS filled
CROSS JOIN LATERAL (
    VALUES
        ('customer_id', 1, customer_id), ('customer_name', 2, customer_name), ('email', 3, email),
        ('phone', 4, phone), ('region', 5, region), ('industry', 6, industry),
        ('registered_at', 7, registered_at), ('potential', 8, potential)
) AS filled_column (column_name, column_order, filled_count);
COMMENT ON VIEW data_completeness IS
'One row a column of customer: how many customers have it filled.
Blank text is not filled.';
