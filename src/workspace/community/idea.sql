-- Ideas and defects: what became of them as of as_of.

CREATE OR REPLACE VIEW release_known AS
SELECT DISTINCT ON (release.release_id)
       release.release_id,
       release.product_id,
       release.series,
       lower(release.kind COLLATE "C") COLLATE "default" AS kind,
       release.planned_on,
       CASE WHEN release.released_on <= crm_as_of() THEN release.released_on END AS released_on,
       crm_as_of() AS as_of
FROM release
WHERE release.release_id IS NOT NULL
ORDER BY release.release_id, release.released_on, release.planned_on, release.product_id, release.series, release.kind;
COMMENT ON VIEW release_known IS
'One row per release: as it was known on as_of; those to come have no day.
Of several rows with its key the one released first.';

-- An idea waits for a release or for the first final one of a series.
CREATE OR REPLACE VIEW idea_status AS
SELECT idea.idea_id,
       idea.kind,
       idea.customer_id,
       idea.staff_id,
       idea.product_id,
       idea.title,
       idea.submitted_at,
       idea.submitted_on,
       CASE WHEN today_known.state IS NOT NULL OR latest.state IS NULL AND later.idea_id IS NULL THEN idea.state
            ELSE latest.state END AS state,
       coalesce(today_known.meaning, latest.meaning) AS meaning,
       first_time.accepted_at,
       first_time.declined_at,
       coalesce(given.release_id, idea.release_id) AS release_id,
       CASE WHEN coalesce(today_known.meaning, latest.meaning) = 'done' THEN shipped.released_on END AS shipped_on,
       crm_as_of() AS as_of,
       first_time.accepted_at IS NOT NULL
           OR coalesce(coalesce(today_known.meaning, latest.meaning) IN ('accepted', 'done'), false) AS is_accepted,
       first_time.declined_at IS NOT NULL
           OR coalesce(coalesce(today_known.meaning, latest.meaning) = 'declined', false) AS is_declined
FROM (
    SELECT DISTINCT ON (idea_id) idea_id, kind, CASE WHEN staff_id IS NULL THEN customer_id END AS customer_id,
           staff_id, product_id, title, submitted_at, submitted_on, state, release_id
    FROM idea
    WHERE idea_id IS NOT NULL AND submitted_on <= (SELECT crm_as_of())
    ORDER BY idea_id, submitted_at, idea.customer_id, kind, state, release_id, product_id, staff_id, title
) AS idea
CROSS JOIN community_now AS today
LEFT JOIN (
    SELECT DISTINCT ON (change.idea_id) change.idea_id, change.state, known.meaning
    FROM idea_state AS change
    CROSS JOIN community_now AS today
    LEFT JOIN idea_state_kind AS known ON known.state = lower(change.state COLLATE "C")
    WHERE change.changed_at < today.ended_at AND change.state IS NOT NULL
    ORDER BY change.idea_id, change.changed_at DESC, change.state
) AS latest ON latest.idea_id = idea.idea_id
LEFT JOIN (
    SELECT DISTINCT ON (named.idea_id) named.idea_id, named.release_id
    FROM idea_state AS named
    CROSS JOIN community_now AS today
    WHERE named.release_id IS NOT NULL AND named.changed_at < today.ended_at
    ORDER BY named.idea_id, named.changed_at DESC, named.release_id
) AS given ON given.idea_id = idea.idea_id
-- The state of today is that of as_of, if nothing has changed since.
LEFT JOIN (
    SELECT DISTINCT change.idea_id
    FROM idea_state AS change CROSS JOIN community_now AS today
    WHERE change.changed_at >= today.ended_at
) AS later ON later.idea_id = idea.idea_id
LEFT JOIN idea_state_kind AS today_known ON today_known.state = lower(idea.state COLLATE "C") AND later.idea_id IS NULL
LEFT JOIN (
    SELECT change.idea_id,
           min(change.changed_at) FILTER (WHERE known.meaning IN ('accepted', 'done')) AS accepted_at,
           min(change.changed_at) FILTER (WHERE known.meaning = 'declined') AS declined_at
    FROM idea_state AS change
    CROSS JOIN community_now AS today
    JOIN idea_state_kind AS known ON known.state = lower(change.state COLLATE "C")
    WHERE change.changed_at < today.ended_at
    GROUP BY change.idea_id
) AS first_time ON first_time.idea_id = idea.idea_id
LEFT JOIN (
    SELECT target.release_id, min(target.released_on) AS released_on
    FROM (
        SELECT release_id, released_on FROM release_known
        UNION ALL
        SELECT series, released_on FROM release_known WHERE kind = 'final' AND series IS DISTINCT FROM release_id
    ) AS target
    WHERE target.released_on IS NOT NULL
    GROUP BY target.release_id
) AS shipped ON shipped.release_id = coalesce(given.release_id, idea.release_id);
COMMENT ON VIEW idea_status IS
'One row per idea submitted by as_of: its state, when accepted, when shipped.
States after as_of do not exist. accepted_at is the first time that it was accepted or done, shipped_on the day of its
release, or of the first final release of its series, once its state means done. Where only the state of today is known
and not when it came, accepted_at is NULL, and is_accepted true. Of several rows with its key the one submitted first
counts.';

CREATE OR REPLACE VIEW idea_funnel AS
SELECT funnel.kind,
       funnel.submitted_count,
       funnel.accepted_count,
       funnel.accepted_count / funnel.submitted_count::double precision AS accepted_share,
       funnel.shipped_count,
       funnel.shipped_count / funnel.submitted_count::double precision AS shipped_share,
       funnel.declined_count,
       funnel.open_count,
       funnel.ship_negative_count,
       funnel.median_ship_days,
       funnel.p90_ship_days,
       funnel.accept_ship_negative_count,
       funnel.median_accept_ship_days,
       funnel.p90_accept_ship_days,
       crm_survival_quantile(funnel.accept_wait, 0.5) AS median_accept_days,
       accept.low AS median_accept_low,
       accept.high AS median_accept_high,
       crm_as_of() AS as_of
FROM (
    SELECT idea.kind,
           count(DISTINCT idea.customer_id) AS author_count,
           count(*) AS submitted_count,
           count(*) FILTER (WHERE idea.is_accepted) AS accepted_count,
           count(idea.shipped_on) AS shipped_count,
           count(*) FILTER (WHERE idea.is_declined) AS declined_count,
           count(*) FILTER (WHERE NOT idea.is_accepted AND NOT idea.is_declined) AS open_count,
           count(*) FILTER (WHERE idea.ship_days < 0) AS ship_negative_count,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY idea.ship_days) FILTER (WHERE idea.ship_days >= 0)
               AS median_ship_days,
           percentile_cont(0.9) WITHIN GROUP (ORDER BY idea.ship_days) FILTER (WHERE idea.ship_days >= 0)
               AS p90_ship_days,
           count(*) FILTER (WHERE idea.accept_ship_days < 0) AS accept_ship_negative_count,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY idea.accept_ship_days)
               FILTER (WHERE idea.accept_ship_days >= 0) AS median_accept_ship_days,
           percentile_cont(0.9) WITHIN GROUP (ORDER BY idea.accept_ship_days)
               FILTER (WHERE idea.accept_ship_days >= 0) AS p90_accept_ship_days,
           crm_survival_agg(idea.accept_days, idea.is_accepted) FILTER (WHERE idea.accept_days >= 0) AS accept_wait
    FROM (
        SELECT status.kind, status.customer_id, status.is_accepted, status.is_declined, status.shipped_on,
               (finite.shipped_on - finite.submitted_on)::double precision AS ship_days,
               (extract(epoch FROM finite.shipped_on::timestamp AT TIME ZONE :'time_zone' - finite.accepted_at)
                / 86400)::double precision AS accept_ship_days,
               (extract(epoch FROM finite.decided_at - finite.submitted_at) / 86400)::double precision AS accept_days
        FROM idea_status AS status
        CROSS JOIN community_now AS today
        -- From what was ever so, or to it, no days can be counted.
        CROSS JOIN LATERAL (
            SELECT nullif(status.submitted_on, '-infinity') AS submitted_on,
                   nullif(status.submitted_at, '-infinity') AS submitted_at,
                   nullif(status.accepted_at, '-infinity') AS accepted_at,
                   -- Nor to a decision of an unknown day.
                   CASE WHEN status.accepted_at IS NOT NULL THEN nullif(status.accepted_at, '-infinity')
                        WHEN NOT status.is_accepted AND status.declined_at IS NOT NULL
                        THEN nullif(status.declined_at, '-infinity')
                        WHEN NOT status.is_accepted AND NOT status.is_declined THEN today.ended_at END AS decided_at,
                   nullif(status.shipped_on, '-infinity') AS shipped_on
        ) AS finite
    ) AS idea
    GROUP BY idea.kind
) AS funnel
LEFT JOIN LATERAL crm_survival_interval(funnel.accept_wait, 0.5) AS accept ON true
WHERE crm_is_shown((SELECT min_cell FROM setting), funnel.author_count);
COMMENT ON VIEW idea_funnel IS
'One row per kind of idea: submitted, accepted, shipped, and in how long.
Days that come out negative, for releases older than the idea or its acceptance, are counted apart and left out of the
medians. median_accept_days is of all (Kaplan-Meier, with its 95 % interval): ideas that were declined or still wait
count as not accepted until then; those of which no log says when they were decided are left out. Kinds of fewer
authors than setting.min_cell are hidden.';

CREATE OR REPLACE VIEW idea_monthly AS
SELECT crm_month(submitted_on) AS month_on,
       kind,
       count(*) AS submitted_count,
       count(*) FILTER (WHERE is_accepted) AS accepted_count,
       count(shipped_on) AS shipped_count,
       count(*) FILTER (WHERE is_declined) AS declined_count,
       crm_month_end(max(submitted_on)) <= crm_over_on(:'time_zone') AS is_complete,
       crm_as_of() AS as_of
FROM idea_status
GROUP BY 1, 2
HAVING crm_is_shown((SELECT min_cell FROM setting), count(DISTINCT customer_id));
COMMENT ON VIEW idea_monthly IS
'One row per month of submission and kind: what became of its ideas by as_of.
Those of fewer authors than setting.min_cell are hidden.';

CREATE OR REPLACE VIEW idea_value AS
SELECT tier.tier,
       tier.tier_order,
       tier.author_count,
       tier.idea_count,
       tier.accepted_count,
       tier.shipped_count,
       100 * tier.shipped_count / tier.author_count::double precision AS shipped_per_100,
       crm_as_of() AS as_of
FROM (
    SELECT CASE WHEN author.idea_count = 1 THEN '1 idea' WHEN author.idea_count < 5 THEN '2-4 ideas'
                ELSE '5+ ideas' END AS tier,
           CASE WHEN author.idea_count = 1 THEN 1 WHEN author.idea_count < 5 THEN 2 ELSE 3 END AS tier_order,
           count(*) AS author_count,
           coalesce(sum(count(*)) OVER (ORDER BY count(*), min(author.idea_count)
                                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint AS smaller_count,
           sum(author.idea_count)::bigint AS idea_count,
           sum(author.accepted_count)::bigint AS accepted_count,
           sum(author.shipped_count)::bigint AS shipped_count
    FROM (
        SELECT customer_id, count(*) AS idea_count,
               count(*) FILTER (WHERE is_accepted) AS accepted_count, count(shipped_on) AS shipped_count
        FROM idea_status
        WHERE customer_id IS NOT NULL
        GROUP BY customer_id
    ) AS author
    GROUP BY 1, 2
) AS tier
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, tier.author_count, tier.smaller_count);
COMMENT ON VIEW idea_value IS
'One row per tier of authors by how many ideas they had: what came of them.
shipped_per_100 is shipped ideas of 100 authors. Tiers of fewer authors than setting.min_cell are hidden, and the next
where all smaller ones together are of fewer.';

CREATE OR REPLACE VIEW idea_value_by_segment AS
SELECT valued.segment,
       valued.segment_order,
       valued.author_count,
       valued.idea_count,
       valued.shipped_count,
       100 * valued.shipped_count / valued.author_count::double precision AS shipped_per_100,
       crm_as_of() AS as_of
FROM (
    SELECT basis.segment, basis.segment_order, count(DISTINCT idea.customer_id) AS author_count,
           coalesce(sum(count(DISTINCT idea.customer_id)) OVER (
                        ORDER BY count(DISTINCT idea.customer_id), basis.segment_order
                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint AS smaller_count,
           count(*) AS idea_count, count(idea.shipped_on) AS shipped_count
    FROM idea_status AS idea
    LEFT JOIN customer_basis AS basis USING (customer_id)
    WHERE idea.customer_id IS NOT NULL
    GROUP BY basis.segment, basis.segment_order
) AS valued
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, valued.author_count, valued.smaller_count);
COMMENT ON VIEW idea_value_by_segment IS
'One row per segment with authors of ideas: do loyal customers have better ones?
NULL is the segment of authors who never bought or have no scores. Segments of fewer authors than setting.min_cell are
hidden, and the next where all smaller ones together are of fewer.';
