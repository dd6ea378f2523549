-- What went with an event. An association, never an effect in the strict sense:
-- who comes is not drawn by lot.

-- How active somebody is around an event is told by the other events to which
-- they said yes before it and after it. The times of a customer's replies of yes
-- stand in order beside each reply, so that counting those up to an instant is a
-- search among them, as in a table of classes.
-- The times themselves go no further than the counts (OFFSET 0): a sort would
-- carry them along.
CREATE OR REPLACE VIEW event_participant AS
SELECT counted.event_id,
       counted.customer_id,
       counted.response,
       counted.held_at,
       counted.before_count::bigint AS before_count,
       counted.after_count::bigint AS after_count,
       counted.is_over,
       told.kind,
       told.is_executive_present,
       crm_as_of() AS as_of,
       counted.event_number,
       counted.is_yes
FROM (
    SELECT reply.event_id,
           reply.event_number,
           reply.customer_id,
           reply.response,
           reply.is_yes,
           reply.held_at,
           coalesce(width_bucket(reply.held_at, reply.yes_at)
                    - width_bucket(opening.at, reply.yes_at), 0)
               - coalesce(reply.is_yes AND reply.replied_at > opening.at
                        AND reply.replied_at <= reply.held_at, false)::integer
               AS before_count,
           coalesce(width_bucket(least(reply.held_at, span.ended_at) + span.length, reply.yes_at)
                    - width_bucket(reply.held_at, reply.yes_at), 0)
               - coalesce(reply.is_yes AND reply.replied_at > reply.held_at
                        AND reply.replied_at <= least(reply.held_at, span.ended_at) + span.length, false)::integer
               AS after_count,
           reply.held_at <= span.ended_at - span.length AS is_over
    FROM (
        SELECT event_id, event_number, customer_id, response, response = 'yes' AS is_yes, replied_at, held_at,
               array_agg(replied_at) FILTER (WHERE response = 'yes' AND replied_at IS NOT NULL) OVER (
                   PARTITION BY customer_id ORDER BY replied_at
                   ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS yes_at
        FROM attendance_reply
    ) AS reply
    -- After as_of nobody has replied: nothing is reckoned from a day that lies further off.
    CROSS JOIN (SELECT effect_days * interval '24 hours' AS length, crm_day_end(crm_as_of(), :'time_zone') AS ended_at
                FROM setting LIMIT 1) AS span
    -- Of the first days there are, all replies before are near.
    CROSS JOIN LATERAL (
        SELECT CASE WHEN reply.held_at >= timestamptz '4714-11-24 00:00+00 BC' + span.length
                    THEN reply.held_at - span.length ELSE '-infinity' END AS at
    ) AS opening
    WHERE CASE reply.response WHEN 'yes' THEN true WHEN 'no' THEN true ELSE false END AND reply.held_at IS NOT NULL
    OFFSET 0
) AS counted
LEFT JOIN event_told AS told ON told.event_id = counted.event_id;
COMMENT ON VIEW event_participant IS
'One row per event and customer who said yes or no: how active before and after.
Replies of yes to other events in the setting.effect_days days up to held_at, and in as many after it. is_over: those
days have passed by as_of.';

-- One pass: those of an event who were as active before are one group, and an
-- event is made of its groups.
CREATE OR REPLACE VIEW event_effect AS
SELECT compared.event_id,
       told.kind,
       told.is_executive_present,
       compared.held_at,
       compared.attendee_count,
       compared.non_attendee_count,
       compared.before_sum / nullif(compared.attendee_count, 0)::double precision AS before_mean,
       compared.after_sum / nullif(compared.attendee_count, 0)::double precision AS after_mean,
       (compared.after_sum - compared.before_sum) / nullif(compared.attendee_count, 0)::double precision AS raw_change,
       CASE WHEN shown.is_matched THEN compared.matched_count END AS matched_count,
       CASE WHEN shown.is_matched
            THEN (compared.matched_sum / nullif(compared.matched_count, 0))::double precision END AS matched_change,
       crm_as_of() AS as_of
FROM (
    SELECT min(alike.event_id) COLLATE "default" AS event_id,
           min(alike.held_at) AS held_at,
           sum(alike.attendee_count)::bigint AS attendee_count,
           sum(alike.non_attendee_count)::bigint AS non_attendee_count,
           sum(alike.attendee_count * alike.before_count)::bigint AS before_sum,
           sum(alike.after_sum)::bigint AS after_sum,
           coalesce(sum(alike.attendee_count)
                        FILTER (WHERE alike.attendee_count > 0 AND alike.non_attendee_count > 0), 0)::bigint
               AS matched_count,
           coalesce(sum(alike.non_attendee_count)
                        FILTER (WHERE alike.attendee_count > 0 AND alike.non_attendee_count > 0), 0)::bigint
               AS matched_other_count,
           sum(alike.after_sum - alike.attendee_count * alike.other_after_sum / alike.non_attendee_count::numeric)
               FILTER (WHERE alike.attendee_count > 0 AND alike.non_attendee_count > 0) AS matched_sum
    FROM (
        SELECT event_number, before_count, min(event_id COLLATE "C") AS event_id, min(held_at) AS held_at,
               count(*) FILTER (WHERE is_yes) AS attendee_count,
               count(*) FILTER (WHERE NOT is_yes) AS non_attendee_count,
               coalesce(sum(after_count::integer) FILTER (WHERE is_yes), 0) AS after_sum,
               coalesce(sum(after_count::integer) FILTER (WHERE NOT is_yes), 0) AS other_after_sum
        FROM event_participant
        WHERE is_over
        GROUP BY event_number, before_count
    ) AS alike
    GROUP BY alike.event_number
) AS compared
LEFT JOIN event_told AS told ON told.event_id = compared.event_id
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
CROSS JOIN LATERAL (
    SELECT crm_is_shown(setting.min_cell, compared.matched_count, compared.attendee_count - compared.matched_count,
                        compared.matched_other_count) AS is_matched
) AS shown
WHERE crm_is_shown(setting.min_cell, compared.attendee_count, compared.non_attendee_count);
COMMENT ON VIEW event_effect IS
'One row per event: activity before and after, beside who stayed away.
An association, not an effect: people who come differ from those who do not. matched_change is the mean over attendees
of their change less the mean change of those who said no and were as active before; attendees without such a match are
left out, and matched_count says how many it rests on. Only events with setting.effect_days days behind them by as_of.
Events of fewer customers on either side than setting.min_cell are hidden; matched_count and matched_change are NULL
where the matched, those left out or those they are compared with are fewer.';

CREATE OR REPLACE VIEW event_effect_by_kind AS
SELECT grouped.kind,
       grouped.is_executive_present,
       grouped.event_count,
       grouped.attendee_count,
       grouped.matched_count,
       grouped.raw_change,
       grouped.matched_change,
       crm_as_of() AS as_of
FROM (
    SELECT effect.kind,
           effect.is_executive_present,
           count(*) AS event_count,
           sum(effect.attendee_count)::bigint AS attendee_count,
           sum(effect.matched_count)::bigint AS matched_count,
           (sum((effect.raw_change * effect.attendee_count)::numeric)
            / nullif(sum(effect.attendee_count), 0))::double precision AS raw_change,
           (sum((effect.matched_change * effect.matched_count::double precision)::numeric)
            / nullif(sum(effect.matched_count), 0))::double precision AS matched_change
    FROM event_effect AS effect
    GROUP BY effect.kind, effect.is_executive_present
) AS grouped;
COMMENT ON VIEW event_effect_by_kind IS
'One row per kind of event, with and without executives: what went with it.
An association, not an effect, as in event_effect: means over attendees, of matched_change over the attendees matched.';

CREATE OR REPLACE VIEW care_effect AS
SELECT compared.is_cared_for,
       compared.customer_count,
       compared.rated_count,
       compared.mean_gap,
       gap.low AS mean_gap_low,
       gap.high AS mean_gap_high,
       crm_as_of() AS as_of
FROM (
    SELECT cared.is_cared_for,
           count(*) AS customer_count,
           count(rated.experience_gap) AS rated_count,
           avg(rated.experience_gap::numeric)::double precision AS mean_gap,
           stddev_samp(rated.experience_gap::numeric)::double precision AS sd_gap
    FROM (
        SELECT visited.customer_id,
               bool_or(lower(visited.purpose COLLATE "C") = lower(setting.care_purpose COLLATE "C")) IS TRUE
                   AS is_cared_for
        FROM visit AS visited
        CROSS JOIN (SELECT care_purpose FROM setting LIMIT 1) AS setting
        WHERE visited.customer_id IS NOT NULL
          AND visited.arrived_at < (SELECT crm_day_end(crm_as_of(), :'time_zone'))
          AND visited.arrived_at <> '-infinity'
        GROUP BY visited.customer_id
    ) AS cared
    LEFT JOIN customer_gap AS rated USING (customer_id)
    GROUP BY cared.is_cared_for
) AS compared
CROSS JOIN LATERAL (
    SELECT compared.mean_gap - half.width AS low, compared.mean_gap + half.width AS high
    FROM (SELECT CASE WHEN compared.rated_count > 1
                      THEN 1.959963984540054 * compared.sd_gap / sqrt(compared.rated_count) END AS width) AS half
) AS gap
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, compared.rated_count);
COMMENT ON VIEW care_effect IS
'One row with and one without small kindnesses: how visitors rate.
Customers with a visit up to as_of, by whether one of theirs had the purpose setting.care_purpose, in upper or lower
case; what visit_purpose says, where there is the subject service, is not asked. Their
mean experience gap with its 95 % interval (normal). An association, not an effect. Groups of fewer ratings than
setting.min_cell are hidden.';

-- What attendance_reply says of them, by key: it would number all events, and here
-- and below of one customer only their own replies are read.
CREATE OR REPLACE VIEW customer_360_event AS
SELECT customer_id,
       count(*) FILTER (WHERE lower(response COLLATE "C")
                              = ANY (ARRAY(SELECT known.response FROM response_kind AS known
                                           WHERE known.meaning = 'yes'))) AS event_yes_count,
       crm_as_of() AS as_of
FROM (
    SELECT DISTINCT ON (customer_id, event_id COLLATE "C") customer_id, response
    FROM attendance
    WHERE customer_id IS NOT NULL AND event_id IS NOT NULL
      AND (replied_at IS NULL OR replied_at < (SELECT crm_day_end(crm_as_of(), :'time_zone')))
    ORDER BY customer_id, event_id COLLATE "C", response IS NULL, replied_at DESC NULLS LAST, response
) AS reply
GROUP BY customer_id;
COMMENT ON VIEW customer_360_event IS
'One row per customer who replied to an event: what customer_360 shows of events.';

CREATE OR REPLACE VIEW customer_elsewhere_event AS
SELECT customer_id, crm_as_of() AS as_of
FROM attendance
WHERE customer_id IS NOT NULL AND event_id IS NOT NULL
  AND (replied_at IS NULL OR replied_at < (SELECT crm_day_end(crm_as_of(), :'time_zone')))
UNION ALL
SELECT customer_id, crm_as_of()
FROM visit
WHERE customer_id IS NOT NULL
  AND arrived_at < (SELECT crm_day_end(crm_as_of(), :'time_zone')) AND arrived_at <> '-infinity';
COMMENT ON VIEW customer_elsewhere_event IS
'One row per reply to an event or a visit by as_of: see customer_elsewhere.';
