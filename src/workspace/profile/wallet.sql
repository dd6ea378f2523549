-- Which share of what customers spend the company has.

CREATE OR REPLACE VIEW wallet_brand AS
SELECT stated.customer_id,
       stated.category,
       stated.brand,
       stated.is_own,
       stated.stated_on,
       stated.amount,
       CASE WHEN bool_and(stated.amount IS NOT NULL) OVER by_category
            THEN (stated.amount / nullif(sum(stated.amount) OVER by_category, 0))::double precision END AS amount_share,
       -- Equal ranks share the mean of their places.
       CASE WHEN stated.rank IS NOT NULL
            THEN ((1 - (rank() OVER by_rank + (count(*) OVER by_tie - 1) / 2.0)
                      / (count(stated.rank) OVER by_category + 1)) * 2
                  / (count(stated.rank) OVER by_category))::double precision END AS allocation_share,
       crm_as_of() AS as_of,
       bool_and(stated.amount IS NOT NULL) OVER by_category AS is_amount_known
FROM (
    -- Of a brand that stands there twice the later row counts, and of equal times the larger amount.
    SELECT customer_id, coalesce(category, '') AS category_key, category, brand, bool_or(coalesce(is_own, false))
        AS is_own,
           stated_on, max(greatest(0, crm_finite(amount))) FILTER (WHERE crm_finite(amount) IS NOT NULL) AS amount,
           min(rank) AS rank
    FROM (
        SELECT customer_id, nullif(category, '') AS category, brand, is_own, amount, crm_finite(rank) AS rank,
               stated_on,
               -- A day on which no number can be read is none.
               max(coalesce(stated_on, '-infinity'))
                   FILTER (WHERE crm_finite(amount) IS NOT NULL OR crm_finite(rank) IS NOT NULL
                                 OR amount IS NULL AND rank IS NULL)
                   OVER (PARTITION BY customer_id, coalesce(category, '')) AS last_on,
               stated_at IS NOT DISTINCT FROM
                   max(stated_at) OVER (PARTITION BY customer_id, coalesce(category, ''), brand, stated_on) AS is_last
        FROM wallet
        WHERE customer_id IS NOT NULL AND brand IS NOT NULL
            AND (stated_on <= (SELECT crm_as_of()) OR stated_on IS NULL)
    ) AS dated
    WHERE coalesce(stated_on, '-infinity') = last_on AND is_last
    GROUP BY customer_id, category, brand, stated_on
) AS stated
WINDOW by_category AS (PARTITION BY stated.customer_id, stated.category_key),
       by_rank AS (PARTITION BY stated.customer_id, stated.category_key ORDER BY stated.rank),
       by_tie AS (PARTITION BY stated.customer_id, stated.category_key, stated.rank);
COMMENT ON VIEW wallet_brand IS
'One row per customer, category and brand: its share of the wallet, by amount and by rank.
As stated last, by as_of: on the latest day, and of a brand the latest row of it. amount_share is the amount over that
of all brands, NULL where that of one is unknown; allocation_share follows from the ranks alone:
(1 - rank / (n + 1)) * 2 / n, equal ranks sharing the mean of their places (the Wallet Allocation Rule; Keiningham et
al. 2011), and adds up to 1.';

CREATE OR REPLACE VIEW wallet_share AS
SELECT grouped.category,
       grouped.customer_count,
       grouped.own_amount:::amount AS own_amount,
       grouped.category_amount:::amount AS category_amount,
       (grouped.own_amount / nullif(grouped.category_amount, 0))::double precision AS own_share,
       grouped.mean_own_share,
       grouped.mean_allocation_share,
       crm_as_of() AS as_of
FROM (
    SELECT category,
           count(*) AS customer_count,
           sum(own_amount) AS own_amount,
           sum(category_amount) AS category_amount,
           avg(own_amount / nullif(category_amount, 0))::double precision AS mean_own_share,
           avg(allocation_share::numeric)::double precision AS mean_allocation_share
    FROM (
        SELECT customer_id, category,
               CASE WHEN bool_and(is_amount_known) THEN coalesce(sum(amount) FILTER (WHERE is_own), 0) END
                   AS own_amount,
               sum(amount) FILTER (WHERE is_amount_known) AS category_amount,
               CASE WHEN count(allocation_share) > 0
                    THEN coalesce(sum(allocation_share::numeric) FILTER (WHERE is_own), 0) END AS allocation_share
        FROM wallet_brand
        GROUP BY customer_id, category
    ) AS customer
    GROUP BY category
) AS grouped
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, grouped.customer_count);
COMMENT ON VIEW wallet_share IS
'One row per category: which share of what its customers spend is the company''s.
Of the customers who said what they spend or prefer: customer_count is the base, not the market. own_share is of all
amounts together, mean_own_share of a customer; both are of customers who gave an amount for each brand that they named.
Categories of fewer customers than setting.min_cell are hidden.';

CREATE OR REPLACE VIEW competitor_share AS
SELECT grouped.category,
       grouped.brand,
       grouped.is_own,
       grouped.customer_count,
       base.customer_count AS base_count,
       grouped.customer_count / base.customer_count::double precision AS customer_share,
       grouped.amount:::amount AS amount,
       (grouped.amount / nullif(base.amount, 0))::double precision AS amount_share,
       (grouped.allocation / nullif(base.allocation, 0))::double precision AS allocation_share,
       crm_as_of() AS as_of
FROM (
    SELECT coalesce(category, '') AS category_key, category, brand, bool_or(is_own) AS is_own, count(*)
        AS customer_count,
           sum(amount) FILTER (WHERE is_amount_known) AS amount, sum(allocation_share::numeric) AS allocation
    FROM wallet_brand
    GROUP BY category, brand
) AS grouped
JOIN (
    SELECT coalesce(category, '') AS category_key, count(DISTINCT customer_id) AS customer_count,
           sum(amount) FILTER (WHERE is_amount_known) AS amount, sum(allocation_share::numeric) AS allocation
    FROM wallet_brand
    GROUP BY 1
) AS base USING (category_key)
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, grouped.customer_count, base.customer_count - grouped.customer_count);
COMMENT ON VIEW competitor_share IS
'One row per category and brand: how many name it, and its share of their wallets.
base_count, the customers asked about the category, is what the shares are of: a share among one''s own customers, not
of the market. Brands named by fewer than setting.min_cell, or not named by fewer, are hidden.';
