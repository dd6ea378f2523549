-- Sites, visits, and new customers.

CREATE OR REPLACE VIEW site_coverage AS
SELECT
    city, coalesce(s.site_count, 0) AS site_count, s.first_opened_on,
    CASE WHEN crm_is_shown((SELECT min_cell FROM service_basis), coalesce(c.customer_count, 0))
         THEN coalesce(c.customer_count, 0) END AS customer_count,
    coalesce(s.site_count, 0) > 0 AS is_covered,
    crm_as_of() AS as_of
FROM (
    SELECT city, count(DISTINCT site_id) FILTER (WHERE is_open) AS site_count,
           -- One of an unknown day may be older than all.
           CASE WHEN bool_and(opened_on IS NOT NULL) FILTER (WHERE is_open)
                THEN min(opened_on) FILTER (WHERE is_open) END AS first_opened_on
    FROM (SELECT btrim(city) AS city, site_id, opened_on, closed_on IS NULL OR closed_on > crm_as_of() AS is_open
          FROM site
          WHERE site_id IS NOT NULL AND btrim(city) <> '' AND (opened_on IS NULL OR opened_on <= crm_as_of())) AS opened
    GROUP BY city
) AS s
FULL JOIN (
    SELECT btrim(region) AS city, count(*) AS customer_count
    FROM known_customer
    WHERE btrim(region) <> ''
    GROUP BY 1
) AS c USING (city);
COMMENT ON VIEW site_coverage IS
'One row per city with sites, or region of customers: sites open at as_of, and customers known by then.
Customers are covered where their region is the city of an open site; who reads counts the customers that they may see.
Counts below setting.min_cell are NULL.';

CREATE OR REPLACE VIEW visit_mix AS
SELECT
    mix.month_on, mix.purpose, mix.meaning, mix.visit_count, mix.customer_count,
    mix.visit_count / sum(mix.visit_count) OVER (PARTITION BY mix.month_on)::double precision AS visit_share,
    mix.p50_seconds, crm_as_of() AS as_of,
    crm_month_end(mix.month_on) <= crm_over_on(:'time_zone') AS is_complete
FROM (
    SELECT
        crm_month(v.arrived_on) AS month_on, v.purpose,
        coalesce(word.meaning, 'other') AS meaning,
        count(*) AS visit_count, count(DISTINCT v.customer_id) AS customer_count,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY crm_elapsed_seconds(v.arrived_at, v.left_at))
            FILTER (WHERE v.left_at >= v.arrived_at AND v.left_at < (SELECT crm_as_of_at(:'time_zone'))) AS p50_seconds
    FROM visit_known AS v
    LEFT JOIN visit_purpose AS word ON lower(word.purpose COLLATE "C") = lower(v.purpose COLLATE "C")
    GROUP BY 1, 2, 3
) AS mix
WHERE crm_is_shown((SELECT min_cell FROM service_basis), mix.customer_count);
COMMENT ON VIEW visit_mix IS
'One row per month and purpose of visits: how many, their share, how long they take.
Groups below setting.min_cell customers are hidden.';

CREATE OR REPLACE VIEW repeat_repair AS
WITH counted AS MATERIALIZED (
    SELECT
        crm_month(greatest(arrived_on, (SELECT crm_oldest_month(crm_as_of())))) AS month_on, count(*) AS repair_count,
        count(*) FILTER (WHERE next_on - arrived_on <= (SELECT repeat_days FROM service_basis)) AS repeat_count,
        count(DISTINCT customer_id) AS customer_count
    FROM (
        SELECT
            v.customer_id, v.arrived_on,
            lead(v.arrived_on) OVER (PARTITION BY v.customer_id ORDER BY v.arrived_at) AS next_on
        FROM visit_known AS v
        JOIN visit_purpose AS word ON lower(word.purpose COLLATE "C") = lower(v.purpose COLLATE "C")
        WHERE word.meaning = 'repair' AND v.customer_id IS NOT NULL
    ) AS repair
    GROUP BY 1
)
SELECT
    month_on, coalesce(counted.repair_count, 0) AS repair_count, coalesce(counted.repeat_count, 0) AS repeat_count,
    counted.repeat_count::double precision / counted.repair_count AS repeat_share,
    crm_month_end(month_on) + (SELECT repeat_days FROM service_basis) <= crm_over_on(:'time_zone') AS is_complete,
    crm_as_of() AS as_of
FROM (SELECT min(month_on) AS first_on FROM counted) AS span
CROSS JOIN LATERAL (
    SELECT at::date AS month_on
    FROM generate_series(span.first_on::timestamp, crm_as_of()::timestamp, interval '1 month') AS at
) AS month
LEFT JOIN counted USING (month_on)
WHERE crm_is_shown((SELECT min_cell FROM service_basis), counted.customer_count);
COMMENT ON VIEW repeat_repair IS
'One row per month from the first repair on: how many repairs brought the customer back for another.
Within setting.repeat_days of the first, counted in its month; is_complete: those days are over. Months without repairs
have 0, and no share; repairs from before crm_oldest_month are of the first. Months of fewer customers than
setting.min_cell are hidden.';

CREATE OR REPLACE VIEW onboarding AS
SELECT
    cohort_on, customer_count,
    CASE WHEN crm_is_shown(min_cell, reached_count,
                           customer_count - reached_count) THEN reached_count END AS reached_count,
    CASE WHEN crm_is_shown(min_cell, reached_count,
        customer_count - reached_count) THEN reached_count::double precision / customer_count END AS reached_share,
    crm_month_end(cohort_on) + onboarding_days <= crm_over_on(:'time_zone') AS is_complete,
    crm_as_of() AS as_of
FROM (
    SELECT
        crm_month(new.first_on) AS cohort_on, count(*) AS customer_count,
        count(*) FILTER (WHERE reached.first_on <= new.first_on + basis.onboarding_days) AS reached_count,
        max(basis.onboarding_days) AS onboarding_days, max(basis.min_cell) AS min_cell
    FROM (
        SELECT customer_id, crm_first_day(purchases, crm_as_of()) AS first_on FROM customer_activity
    ) AS new
    CROSS JOIN service_basis AS basis
    LEFT JOIN (
        SELECT i.customer_id, min(i.interacted_on) AS first_on
        FROM interaction_known AS i
        JOIN contact_purpose AS word ON lower(word.purpose COLLATE "C") = lower(i.purpose COLLATE "C")
        JOIN customer_activity AS bought ON bought.customer_id = i.customer_id
        WHERE word.meaning = 'onboarding'
          AND i.interacted_on >= crm_first_day(bought.purchases, crm_as_of())
        GROUP BY i.customer_id
    ) AS reached USING (customer_id)
    WHERE new.first_on IS NOT NULL
    GROUP BY 1
) AS cohort
WHERE crm_is_shown(min_cell, customer_count);
COMMENT ON VIEW onboarding IS
'One row per month of first purchases: how many of the new customers were shown how.
Reached by an interaction whose purpose means onboarding,
from the day of the first purchase to setting.onboarding_days after it; is_complete: those days are over.
Cohorts below setting.min_cell are hidden, and counts that would tell of fewer are NULL.';
