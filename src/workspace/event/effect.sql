-- What went with an event. An association, never an effect in the strict sense:
-- who comes is not drawn by lot.

-- How active somebody is around an event is told by the other events to which
-- they said yes before it and after it.
-- Replies and the ends of the spans around each event are put into one order of
-- time, so that a running count has what lies between two ends: no row is
-- compared with all others of its customer.
CREATE OR REPLACE VIEW event_participant AS
SELECT counted.event_id,
       counted.customer_id,
       counted.response,
       counted.held_at,
       max(counted.yes_count) FILTER (WHERE counted.span_end = 0)
           - max(counted.yes_count) FILTER (WHERE counted.span_end = -1)
           - counted.is_own_before::integer AS before_count,
       max(counted.yes_count) FILTER (WHERE counted.span_end = 1)
           - max(counted.yes_count) FILTER (WHERE counted.span_end = 0)
           - counted.is_own_after::integer AS after_count,
       counted.is_over,
       counted.kind,
       counted.is_executive_present,
       counted.as_of
FROM (
    SELECT point.*,
           sum(point.is_yes) OVER (PARTITION BY point.customer_id ORDER BY point.at) AS yes_count
    FROM (
        SELECT customer_id, replied_at AS at, 1 AS is_yes, NULL::text AS event_id, NULL::text AS response,
               NULL::timestamptz AS held_at, NULL::integer AS span_end, NULL::boolean AS is_own_before,
               NULL::boolean AS is_own_after, NULL::boolean AS is_over, NULL::text AS kind,
               NULL::boolean AS is_executive_present, as_of
        FROM attendance_reply
        WHERE response = 'yes' AND replied_at IS NOT NULL
        UNION ALL
        SELECT reply.customer_id, known.held_at + span_end * span.length, 0, reply.event_id, reply.response,
               known.held_at, span_end,
               reply.response = 'yes' AND coalesce(reply.replied_at > known.held_at - span.length
                                                   AND reply.replied_at <= known.held_at, false),
               reply.response = 'yes' AND coalesce(reply.replied_at > known.held_at
                                                   AND reply.replied_at <= known.held_at + span.length, false),
               known.held_at + span.length <= (known.as_of + 1)::timestamp AT TIME ZONE :'time_zone',
               known.kind, known.is_executive_present, reply.as_of
        FROM attendance_reply AS reply
        JOIN event_known AS known ON known.event_id = reply.event_id
        CROSS JOIN (SELECT effect_days * interval '24 hours' AS length FROM setting LIMIT 1) AS span
        CROSS JOIN generate_series(-1, 1) AS span_end
        WHERE reply.response IN ('yes', 'no') AND known.held_at IS NOT NULL
    ) AS point
) AS counted
WHERE counted.event_id IS NOT NULL
GROUP BY counted.event_id, counted.customer_id, counted.response, counted.held_at, counted.is_own_before,
         counted.is_own_after, counted.is_over, counted.kind, counted.is_executive_present, counted.as_of;
COMMENT ON VIEW event_participant IS
'One row an event and customer who said yes or no: how active before and after.
Replies of yes to other events in the setting.effect_days days up to held_at, and in as many after it. is_over: those
days have passed by as_of.';

CREATE OR REPLACE VIEW event_effect AS
WITH participant AS MATERIALIZED (
    SELECT event_id, held_at, response, before_count, after_count, kind, is_executive_present
    FROM event_participant
    WHERE is_over
)
SELECT compared.event_id,
       compared.kind,
       compared.is_executive_present,
       compared.held_at,
       compared.attendee_count,
       compared.non_attendee_count,
       compared.before_mean,
       compared.after_mean,
       compared.after_mean - compared.before_mean AS raw_change,
       compared.matched_count,
       compared.matched_change,
       crm_as_of() AS as_of
FROM (
    SELECT came.event_id,
           came.kind,
           came.is_executive_present,
           came.held_at,
           came.attendee_count,
           came.non_attendee_count,
           came.before_mean,
           came.after_mean,
           coalesce(matched.matched_count, 0)::bigint AS matched_count,
           matched.matched_change
    FROM (
        SELECT event_id, kind, is_executive_present, held_at,
               count(*) FILTER (WHERE response = 'yes') AS attendee_count,
               count(*) FILTER (WHERE response = 'no') AS non_attendee_count,
               avg(before_count) FILTER (WHERE response = 'yes')::double precision AS before_mean,
               avg(after_count) FILTER (WHERE response = 'yes')::double precision AS after_mean
        FROM participant
        GROUP BY event_id, kind, is_executive_present, held_at
    ) AS came
    LEFT JOIN (
        SELECT attendee.event_id,
               sum(attendee.n) AS matched_count,
               (sum(attendee.change_sum - attendee.n * other.change_sum / other.n) / sum(attendee.n))::double precision
                   AS matched_change
        FROM (
            SELECT event_id, before_count, count(*)::numeric AS n, sum(after_count - before_count) AS change_sum
            FROM participant WHERE response = 'yes' GROUP BY event_id, before_count
        ) AS attendee
        JOIN (
            SELECT event_id, before_count, count(*)::numeric AS n, sum(after_count - before_count) AS change_sum
            FROM participant WHERE response = 'no' GROUP BY event_id, before_count
        ) AS other USING (event_id, before_count)
        GROUP BY attendee.event_id
    ) AS matched ON matched.event_id = came.event_id
) AS compared
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, compared.attendee_count, compared.non_attendee_count);
COMMENT ON VIEW event_effect IS
'One row an event: activity before and after, beside who stayed away.
An association, not an effect: people who come differ from those who do not. matched_change is the mean over attendees
of their change less the mean change of those who said no and were as active before; attendees without such a match are
left out, and matched_count says how many it rests on. Only events with setting.effect_days days behind them by as_of.
Events of fewer customers on either side than setting.min_cell are hidden.';

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
           (sum((effect.raw_change * effect.attendee_count)::numeric) / nullif(sum(effect.attendee_count), 0))::double precision
               AS raw_change,
           (sum((effect.matched_change * effect.matched_count::double precision)::numeric)
            / nullif(sum(effect.matched_count), 0))::double precision AS matched_change
    FROM event_effect AS effect
    GROUP BY effect.kind, effect.is_executive_present
) AS grouped;
COMMENT ON VIEW event_effect_by_kind IS
'One row a kind of event, with and without executives: what went with it.
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
        SELECT visited.customer_id, bool_or(lower(visited.purpose) = lower(setting.care_purpose)) IS TRUE AS is_cared_for
        FROM visit AS visited
        CROSS JOIN (SELECT care_purpose FROM setting LIMIT 1) AS setting
        WHERE visited.customer_id IS NOT NULL
          AND visited.arrived_at < ((SELECT crm_as_of()) + 1)::timestamp AT TIME ZONE :'time_zone'
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
Customers with a visit up to as_of, by whether one of theirs had the purpose setting.care_purpose, in any case; their
mean experience gap with its 95 % interval (normal). An association, not an effect. Groups of fewer ratings than
setting.min_cell are hidden.';

CREATE OR REPLACE VIEW customer_360_event AS
SELECT customer_id,
       count(*) FILTER (WHERE response = 'yes') AS event_yes_count,
       crm_as_of() AS as_of
FROM attendance_reply
GROUP BY customer_id;
COMMENT ON VIEW customer_360_event IS
'One row a customer who replied to an event: what customer_360 shows of events.';

CREATE OR REPLACE VIEW customer_elsewhere_event AS
SELECT customer_id, crm_as_of() AS as_of
FROM attendance_reply
UNION ALL
SELECT customer_id, crm_as_of()
FROM visit
WHERE customer_id IS NOT NULL
  AND arrived_at < (crm_as_of() + 1)::timestamp AT TIME ZONE :'time_zone';
COMMENT ON VIEW customer_elsewhere_event IS
'One row a reply to an event or a visit by as_of: see customer_elsewhere.';
