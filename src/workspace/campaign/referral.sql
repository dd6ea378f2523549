-- Who came through whom.

-- When a customer joined: as registered, or else with the first purchase. Who is
-- known by something else alone, as by being referred, has not joined.
CREATE OR REPLACE VIEW joined_customer AS
SELECT customer_id,
       -- Where clocks are ahead of UTC, the first day there is begins before all instants.
       coalesce(listed.registered_at,
                nullif(bought.entered_on, '4714-11-24 BC')::timestamp AT TIME ZONE :'time_zone') AS joined_at,
       crm_as_of() AS as_of
FROM (
    SELECT customer_id, registered_at FROM person
    WHERE registered_at IS NULL OR registered_at < (SELECT crm_day_end(crm_as_of(), :'time_zone'))
) AS listed
FULL JOIN (
    SELECT customer_id, crm_first_entry_day(purchases) AS entered_on FROM customer_activity
    WHERE crm_first_entry_day(purchases) <= crm_as_of()
) AS bought USING (customer_id);
COMMENT ON VIEW joined_customer IS
'One row per customer registered by as_of, or with a purchase or refund by then: since when.
As registered, or else the day of the first purchase; NULL where neither is known.';

CREATE OR REPLACE VIEW referral_known AS
SELECT given.customer_id,
       given.referrer_id,
       min(given.referred_at) AS referred_at,
       bool_or(referred.customer_id IS NOT NULL
               AND coalesce(referrer.joined_at < referred.joined_at, true)
               AND coalesce(given.referred_on <= (referred.joined_at AT TIME ZONE :'time_zone')::date, true))
           AS is_joined,
       min(referrer.joined_at) AS referrer_joined_at,
       crm_as_of() AS as_of
FROM referral AS given
JOIN joined_customer AS referrer ON referrer.customer_id = given.referrer_id
LEFT JOIN joined_customer AS referred ON referred.customer_id = given.customer_id
WHERE given.customer_id IS NOT NULL AND given.customer_id <> given.referrer_id
  AND (given.referred_on IS NULL OR given.referred_on <= (SELECT crm_as_of()))
GROUP BY given.customer_id, given.referrer_id;
COMMENT ON VIEW referral_known IS
'One row per referrer, a customer, and somebody referred, up to as_of: did they join?
is_joined: a customer who joined after the referrer, and not before the day of the referral; what is not known of these
times excludes nobody.';

-- One referrer each, so that they make trees; a circle, and what hangs on one,
-- is in none.
CREATE OR REPLACE VIEW referral_tree AS
WITH link AS (
    SELECT DISTINCT ON (customer_id) customer_id, referrer_id
    FROM referral_known
    WHERE is_joined
    ORDER BY customer_id, referred_at NULLS LAST, referrer_joined_at NULLS LAST, referrer_id
), person AS MATERIALIZED (
    SELECT joined.customer_id, joined.joined_at, link.referrer_id,
           row_number() OVER (ORDER BY joined.customer_id) AS person_number
    FROM joined_customer AS joined
    LEFT JOIN link ON link.customer_id = joined.customer_id
), tree AS (
    SELECT placed.node_number, placed.root_number, placed.depth, placed.subtree_size
    FROM (
        SELECT array_agg(referrer.person_number::integer ORDER BY person.person_number) AS parents
        FROM person LEFT JOIN person AS referrer ON referrer.customer_id = person.referrer_id
    ) AS told
    CROSS JOIN LATERAL crm_forest(told.parents) AS placed
), child AS (
    SELECT referrer_id AS customer_id, count(*) AS child_count
    FROM person
    WHERE referrer_id IS NOT NULL
    GROUP BY referrer_id
)
SELECT person.customer_id,
       person.referrer_id,
       root.customer_id AS root_id,
       tree.depth,
       person.referrer_id IS NULL AS is_root,
       tree.root_number IS NULL AS is_in_cycle,
       coalesce(child.child_count, 0) AS referred_count,
       (tree.subtree_size - 1)::bigint AS descendant_count,
       person.joined_at,
       crm_as_of() AS as_of
FROM person
JOIN tree ON tree.node_number = person.person_number
LEFT JOIN person AS root ON root.person_number = tree.root_number
LEFT JOIN child ON child.customer_id = person.customer_id;
COMMENT ON VIEW referral_tree IS
'One row per customer who joined by as_of: who referred them, and whom they brought.
Of several referrers the one who referred first, then who joined first, then the smallest key. Customers who refer each
other in a circle, or came through one who does, have is_in_cycle, and neither root nor depth.';

CREATE OR REPLACE VIEW referral_rate AS
SELECT counted.customer_count,
       invited.referrer_count,
       invited.invitation_count,
       counted.referred_count,
       counted.referred_count / nullif(counted.customer_count, 0)::double precision AS referred_share,
       invited.invitation_count / nullif(counted.customer_count, 0)::double precision AS invitations_per_customer,
       counted.referred_count / nullif(invited.invitation_count, 0)::double precision AS invitation_joined_share,
       invited.invitation_count / nullif(counted.customer_count, 0)::double precision
           * (counted.referred_count / nullif(invited.invitation_count, 0)::double precision) AS k_factor,
       counted.max_depth,
       crm_as_of() AS as_of
FROM (
    SELECT count(*) AS customer_count, count(referrer_id) AS referred_count, max(depth) AS max_depth
    FROM referral_tree
) AS counted
CROSS JOIN (
    SELECT count(*) AS invitation_count, count(DISTINCT referrer_id) AS referrer_count FROM referral_known
) AS invited
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, counted.customer_count, invited.referrer_count, counted.referred_count,
                   counted.customer_count - counted.referred_count);
COMMENT ON VIEW referral_rate IS
'One row: how many customers bring others, and how many each brings (the k-factor).
k_factor = invitations a customer times the share of them that brought one: above 1 customers multiply by themselves. An
invitation is a pair of a customer who refers and somebody referred, joined or not. NULL without invitations.';

CREATE OR REPLACE VIEW referral_monthly AS
WITH joined AS MATERIALIZED (
    SELECT greatest(crm_local_month(joined_at, :'time_zone'), (SELECT crm_oldest_month(crm_as_of()))) AS month_on,
           count(*) AS joined_count,
           count(referrer_id) AS referred_count
    FROM referral_tree
    WHERE isfinite(joined_at)
    GROUP BY 1
)
SELECT month_on,
       coalesce(joined.joined_count, 0) AS joined_count,
       coalesce(joined.referred_count, 0) AS referred_count,
       joined.referred_count / joined.joined_count::double precision AS referred_share,
       crm_month_end(month_on) <= crm_over_on(:'time_zone') AS is_complete,
       crm_as_of() AS as_of
FROM (SELECT min(month_on) AS first_on FROM joined) AS span
CROSS JOIN LATERAL (
    SELECT at::date AS month_on
    FROM generate_series(span.first_on::timestamp, crm_as_of()::timestamp, interval '1 month') AS at
) AS month
LEFT JOIN joined USING (month_on)
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, joined.joined_count, joined.referred_count,
                   joined.joined_count - joined.referred_count);
COMMENT ON VIEW referral_monthly IS
'One row per month from the first customer on: how many joined, and how many of them through others.
A month in which nobody joined has 0, and no share; who joined before crm_oldest_month is of the first. Months with
groups of fewer customers than setting.min_cell are hidden.';
