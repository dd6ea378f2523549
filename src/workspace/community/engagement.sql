-- Engagement and stickiness, from the ledgers of posts. Reactions have no ledger:
-- they are read as they are.

CREATE OR REPLACE VIEW engagement AS
SELECT scored.customer_id,
       scored.engagement,
       scored.post_count,
       scored.last_post_on,
       (percent_rank() OVER (ORDER BY scored.engagement))::double precision AS engagement_percentile_share,
       scored.as_of,
       scored.reaction_count
FROM (
    SELECT acted.customer_id,
           sum((coalesce(known.weight, 1)
                * crm_decayed_events(acted.actions, today.as_of, today.half_life_days))::numeric)::double precision
               AS engagement,
           coalesce(sum(crm_event_count(acted.actions, today.as_of)) FILTER (WHERE acted.is_post), 0)::bigint
               AS post_count,
           coalesce(sum(crm_event_count(acted.actions, today.as_of)) FILTER (WHERE NOT acted.is_post), 0)::bigint
               AS reaction_count,
           max(crm_last_day(acted.actions, today.as_of)) FILTER (WHERE acted.is_post) AS last_post_on,
           today.as_of
    FROM (
        SELECT customer_id, kind, posts AS actions, true AS is_post
        FROM post_activity
        UNION ALL
        SELECT customer_id, kind, crm_activity_agg(reacted_on), false
        FROM reaction
        WHERE customer_id IS NOT NULL AND reacted_on <= (SELECT crm_as_of()) AND reacted_on <> '-infinity'
        GROUP BY customer_id, kind
    ) AS acted
    CROSS JOIN (SELECT crm_as_of() AS as_of, half_life_days FROM setting LIMIT 1) AS today
    LEFT JOIN post_kind AS known ON known.kind = lower(acted.kind COLLATE "C")
    WHERE crm_active_days(acted.actions, today.as_of) > 0
    GROUP BY acted.customer_id, today.as_of
) AS scored;
COMMENT ON VIEW engagement IS
'One row per customer who posted or reacted: how much they take part, recent acts counting more.
The sum of the weights that post_kind has for the kind of each post and reaction, 1 for others, halved every
setting.half_life_days days. Reactions without a day are left out.';

CREATE OR REPLACE VIEW stickiness AS
SELECT month.month_on,
       coalesce(active.member_days, 0) / month.day_count::double precision AS mean_daily_count,
       coalesce(active.member_count, 0) AS monthly_count,
       coalesce(active.member_days, 0) / month.day_count::double precision / nullif(active.member_count, 0)
           AS stickiness_share,
       active.member_days / nullif(active.member_count, 0)::double precision AS mean_active_days,
       month.is_complete,
       month.as_of
FROM (
    SELECT month_on, is_complete, as_of,
           least(crm_month_end(month_on), as_of) + 1 - month_on AS day_count
    FROM community_month
) AS month
LEFT JOIN (
    SELECT month_on, count(*) AS member_count, sum(day_count) AS member_days
    FROM (
        SELECT written.customer_id, crm_month(entry.day) AS month_on, count(*) AS day_count
        FROM (SELECT customer_id, crm_rollup(posts) AS posts FROM post_activity GROUP BY customer_id) AS written
        CROSS JOIN LATERAL crm_days(written.posts) AS entry
        WHERE entry.day <= (SELECT crm_as_of())
        GROUP BY 1, 2
    ) AS by_member
    GROUP BY month_on
) AS active USING (month_on)
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, active.member_count);
COMMENT ON VIEW stickiness IS
'One row per month: authors of an average day over authors of the month.
DAU/MAU as a ratio of means: the mean over the days of the month, those without a post included, by all who posted in
it; an unfinished month has the days up to as_of. Months of fewer authors than setting.min_cell are hidden.';

CREATE OR REPLACE VIEW active_day_distribution AS
SELECT spread.window_days,
       spread.active_days,
       CASE WHEN crm_is_shown(setting.min_cell, spread.member_count) THEN spread.member_count END AS member_count,
       CASE WHEN crm_is_shown(setting.min_cell, spread.member_count,
                              (sum(spread.member_count) FILTER (
                                   WHERE NOT crm_is_shown(setting.min_cell, spread.member_count))
                               OVER (PARTITION BY spread.window_days))::bigint)
            THEN spread.member_count
                 / nullif(sum(spread.member_count) OVER (PARTITION BY spread.window_days), 0)::double precision
            END AS member_share,
       crm_as_of() AS as_of
FROM (
    SELECT spans.window_days, day.active_days, count(counted.customer_id) AS member_count
    FROM (VALUES (7), (28)) AS spans (window_days)
    CROSS JOIN LATERAL generate_series(1, spans.window_days) AS day (active_days)
    LEFT JOIN (
        SELECT written.customer_id, recent.window_days,
               crm_active_days(crm_slice(written.posts, crm_as_of() - recent.window_days + 1, crm_as_of()))
                   AS active_days
        FROM (SELECT customer_id, crm_rollup(posts) AS posts FROM post_activity GROUP BY customer_id) AS written
        CROSS JOIN (VALUES (7), (28)) AS recent (window_days)
    ) AS counted ON counted.window_days = spans.window_days AND counted.active_days = day.active_days
    GROUP BY spans.window_days, day.active_days
) AS spread
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting;
COMMENT ON VIEW active_day_distribution IS
'One row per window and number of days: how many authors were active so often.
Windows of 7 and 28 days up to as_of (L7, L28), all numbers of days; those who were not active at all are not in it.
Counts below setting.min_cell are NULL, and shares from which these could be told.';

CREATE OR REPLACE VIEW customer_360_community AS
SELECT written.customer_id,
       sum(crm_event_count(written.posts, crm_as_of()))::bigint AS post_count,
       max(crm_last_day(written.posts, crm_as_of())) AS last_post_on,
       crm_as_of() AS as_of
FROM post_activity AS written
WHERE crm_active_days(written.posts, crm_as_of()) > 0
GROUP BY written.customer_id;
COMMENT ON VIEW customer_360_community IS
'One row per author: what customer_360 shows of the community.';

CREATE OR REPLACE VIEW customer_elsewhere_community AS
SELECT customer_id, crm_as_of() AS as_of
FROM post_activity
WHERE crm_first_entry_day(posts) <= crm_as_of()
UNION ALL
SELECT customer_id, crm_as_of()
FROM member
WHERE customer_id IS NOT NULL
  AND (registered_at IS NULL OR registered_at < (SELECT ended_at FROM community_now))
UNION ALL
SELECT customer_id, crm_as_of()
FROM idea
WHERE customer_id IS NOT NULL AND staff_id IS NULL AND submitted_on <= crm_as_of()
UNION ALL
SELECT customer_id, crm_as_of()
FROM reaction
WHERE customer_id IS NOT NULL AND (reacted_on <= crm_as_of() OR reacted_on IS NULL)
UNION ALL
SELECT customer_id, crm_as_of()
FROM program_member
WHERE customer_id IS NOT NULL AND (joined_on <= crm_as_of() OR joined_on IS NULL);
COMMENT ON VIEW customer_elsewhere_community IS
'One row per trace of a customer in the community by as_of: see customer_elsewhere.
A ledger of posts, a registration, an idea, a reaction, a membership of a programme.';
