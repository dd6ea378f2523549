-- Touches as they were on as_of, and how far a campaign reached.

CREATE OR REPLACE VIEW touch_known AS
SELECT touch.touch_id,
       touch.campaign_id,
       coalesce(touch.channel, 'unknown') AS channel,
       touch.customer_id,
       touch.actor,
       touch.touched_at,
       touch.touched_on,
       touch.kind,
       coalesce(known.meaning, 'other') AS touch_role,
       touch.parent_id,
       touch.arm,
       coalesce(assigned.is_holdout, false) AS is_holdout,
       crm_finite(touch.cost) AS cost,
       crm_as_of() AS as_of
FROM touch
LEFT JOIN touch_kind AS known ON known.kind = lower(touch.kind COLLATE "C")
LEFT JOIN arm_kind AS assigned ON assigned.arm = lower(touch.arm COLLATE "C")
WHERE touch.touched_on <= (SELECT crm_as_of());
COMMENT ON VIEW touch_known IS
'One row per touch up to as_of, or an assignment to an arm that is held out: what it is in the view''s own words.
touch_role: post, repost, reply, like, click, view, message or other, by touch_kind.';

CREATE OR REPLACE VIEW campaign_hour AS
SELECT campaign_id,
       -- The first hours there are begin before all instants in half of the world.
       greatest(date_trunc('hour', touched_at AT TIME ZONE :'time_zone'), '4714-11-25 BC') AT TIME ZONE :'time_zone'
           AS hour_at,
       count(*) AS touch_count,
       count(*) FILTER (WHERE touch_role = 'repost') AS repost_count,
       crm_as_of() AS as_of
FROM touch_known
WHERE NOT is_holdout AND touched_at <> '-infinity'
GROUP BY 1, 2;
COMMENT ON VIEW campaign_hour IS
'One row per campaign and hour with a touch: how many there were.
Hours of the clock in the time zone of the workspace; the doubled one of a change of clocks is one. Touches of -infinity
are in none.';

-- Who took part is told by the customer, or else by the actor; a touch of
-- nobody known is nobody's. One group a participant first: to count different
-- ones in one go would sort all touches.
CREATE OR REPLACE VIEW campaign_participant AS
SELECT campaign_id,
       customer_id,
       CASE WHEN customer_id IS NULL THEN actor END AS actor,
       count(*) AS touch_count,
       min(touched_at) AS first_touched_at,
       count(*) FILTER (WHERE touch_role = 'post') AS post_count,
       count(*) FILTER (WHERE touch_role = 'repost') AS repost_count,
       count(*) FILTER (WHERE touch_role = 'reply') AS reply_count,
       count(*) FILTER (WHERE touch_role = 'like') AS like_count,
       count(*) FILTER (WHERE touch_role = 'click') AS click_count,
       count(*) FILTER (WHERE touch_role = 'view') AS view_count,
       count(*) FILTER (WHERE touch_role = 'message') AS message_count,
       sum(cost) AS touch_cost,
       crm_as_of() AS as_of
FROM touch_known
WHERE NOT is_holdout
GROUP BY 1, 2, 3;
COMMENT ON VIEW campaign_participant IS
'One row per campaign and participant, a customer or else an actor: what they did.
One further row a campaign for touches without either. Arms that are held out take no part.';

CREATE OR REPLACE VIEW campaign_reach AS
SELECT reached.campaign_id,
       reached.campaign_name,
       reached.started_at,
       reached.participant_count,
       reached.participant_customer_count,
       reached.touch_count,
       reached.post_count,
       reached.repost_count,
       reached.reply_count,
       reached.like_count,
       reached.click_count,
       reached.view_count,
       reached.message_count,
       reached.reply_count / nullif(reached.post_count, 0)::double precision AS conversation_rate,
       reached.repost_count / nullif(reached.post_count, 0)::double precision AS amplification_rate,
       reached.like_count / nullif(reached.post_count, 0)::double precision AS applause_rate,
       reached.peak_hour_at,
       reached.peak_hour_count,
       reached.touch_cost:::amount AS touch_cost,
       reached.as_of
FROM (
    SELECT named.campaign_id,
           named.campaign_name,
           coalesce(named.starts_at, took_part.first_touched_at) AS started_at,
           coalesce(took_part.participant_count, 0) AS participant_count,
           coalesce(took_part.participant_customer_count, 0) AS participant_customer_count,
           coalesce(took_part.touch_count, 0)::bigint AS touch_count,
           coalesce(took_part.post_count, 0)::bigint AS post_count,
           coalesce(took_part.repost_count, 0)::bigint AS repost_count,
           coalesce(took_part.reply_count, 0)::bigint AS reply_count,
           coalesce(took_part.like_count, 0)::bigint AS like_count,
           coalesce(took_part.click_count, 0)::bigint AS click_count,
           coalesce(took_part.view_count, 0)::bigint AS view_count,
           coalesce(took_part.message_count, 0)::bigint AS message_count,
           peak.peak_hour_at,
           peak.peak_hour_count,
           took_part.touch_cost,
           crm_as_of() AS as_of
    FROM (
        SELECT coalesce(given.campaign_key, touched.campaign_key) AS campaign_key,
               coalesce(given.campaign_id, touched.campaign_id) AS campaign_id,
               given.campaign_name,
               given.starts_at
        FROM (
            SELECT DISTINCT ON (campaign_id) ARRAY[campaign_id] AS campaign_key, campaign_id, campaign_name, starts_at
            FROM campaign
            WHERE campaign_id IS NOT NULL
            ORDER BY campaign_id, campaign_name, starts_at
        ) AS given
        FULL JOIN (
            SELECT ARRAY[campaign_id] AS campaign_key, campaign_id FROM campaign_participant GROUP BY campaign_id
        ) AS touched USING (campaign_key)
        -- One to come is there only where it has touched somebody already.
        WHERE touched.campaign_key IS NOT NULL
           OR coalesce(given.starts_at < crm_day_end(crm_as_of(), :'time_zone'), true)
    ) AS named
    LEFT JOIN (
        SELECT ARRAY[campaign_id] AS campaign_key,
               count(*) FILTER (WHERE customer_id IS NOT NULL OR actor IS NOT NULL) AS participant_count,
               count(customer_id) AS participant_customer_count,
               min(first_touched_at) AS first_touched_at,
               sum(touch_count) AS touch_count,
               sum(post_count) AS post_count,
               sum(repost_count) AS repost_count,
               sum(reply_count) AS reply_count,
               sum(like_count) AS like_count,
               sum(click_count) AS click_count,
               sum(view_count) AS view_count,
               sum(message_count) AS message_count,
               sum(touch_cost) AS touch_cost
        FROM campaign_participant
        GROUP BY campaign_id
    ) AS took_part ON took_part.campaign_key = named.campaign_key
    LEFT JOIN (
        SELECT DISTINCT ON (campaign_id) ARRAY[campaign_id] AS campaign_key, hour_at AS peak_hour_at,
               touch_count AS peak_hour_count
        FROM campaign_hour
        ORDER BY campaign_id, touch_count DESC, hour_at
    ) AS peak ON peak.campaign_key = named.campaign_key
) AS reached
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, reached.participant_customer_count);
COMMENT ON VIEW campaign_reach IS
'One row per campaign that began or touched somebody by as_of: who took part, what they did, when most.
campaign_id is NULL for touches of no campaign. Rates are by post of one''s own: replies (conversation), reposts
(amplification), likes (applause). Assignments to an arm that is held out are no touches. Campaigns that touched fewer
customers than setting.min_cell are hidden.';

-- Only the steps that are reached are looked up: the number of a repost or
-- participant is counted in the order of time.
CREATE OR REPLACE VIEW campaign_threshold AS
SELECT numbered.campaign_id,
       numbered.measure,
       numbered.n AS threshold,
       numbered.reached_at,
       extract(epoch FROM numbered.reached_at - numbered.first_at)::double precision AS elapsed_seconds,
       crm_as_of() AS as_of
FROM (
    SELECT campaign_id, 'participants' AS measure, first_touched_at AS reached_at,
           row_number() OVER by_time AS n, min(first_touched_at) OVER by_campaign AS first_at
    FROM campaign_participant
    WHERE (customer_id IS NOT NULL OR actor IS NOT NULL) AND isfinite(first_touched_at)
    WINDOW by_campaign AS (PARTITION BY campaign_id), by_time AS (PARTITION BY campaign_id ORDER BY first_touched_at)
    UNION ALL
    SELECT campaign_id, 'reposts', CASE WHEN touch_role = 'repost' THEN touched_at END,
           CASE WHEN touch_role = 'repost'
                THEN row_number() OVER (PARTITION BY campaign_id, touch_role = 'repost' ORDER BY touched_at) END,
           min(touched_at) OVER (PARTITION BY campaign_id)
    FROM touch_known
    WHERE NOT is_holdout AND isfinite(touched_at)
) AS numbered
JOIN (
    SELECT (digit * 10 ^ power)::bigint AS threshold
    FROM unnest('{1,2,5}'::integer[]) AS digit CROSS JOIN generate_series(0, 10) AS power
) AS step ON step.threshold = numbered.n;
COMMENT ON VIEW campaign_threshold IS
'One row per campaign, measure and round number of participants or reposts: when there were as many.
1, 2 and 5 times the powers of ten; elapsed_seconds from the first participant, or touch, of the campaign.';
