-- Replies as they were on as_of, and the events they are to.

CREATE OR REPLACE VIEW attendance_reply AS
SELECT DISTINCT ON (reply.event_id, reply.customer_id)
    reply.event_id,
    reply.customer_id,
    coalesce(known.meaning, 'other') AS response,
    greatest(coalesce(reply.guests, 0), 0) AS guests,
    reply.replied_at,
    reply.is_present,
    crm_as_of() AS as_of
FROM attendance AS reply
LEFT JOIN response_kind AS known ON known.response = lower(reply.response)
WHERE reply.event_id IS NOT NULL AND reply.customer_id IS NOT NULL
  AND (reply.replied_at IS NULL
       OR reply.replied_at < ((SELECT crm_as_of()) + 1)::timestamp AT TIME ZONE :'time_zone')
ORDER BY reply.event_id, reply.customer_id, reply.replied_at DESC NULLS LAST, reply.response, reply.guests;
COMMENT ON VIEW attendance_reply IS
'One row an event and customer: the latest reply up to as_of.
response: yes, no, waitlist or other, by response_kind.';

CREATE OR REPLACE VIEW event_known AS
SELECT coalesce(event.event_id, replied.event_id) AS event_id,
       event.kind,
       event.city,
       event.is_executive_present,
       coalesce(event.starts_at, replied.last_replied_at) AS held_at,
       event.starts_at IS NOT NULL AS is_start_known,
       crm_as_of() AS as_of
FROM (
    -- A source of others may have a key twice.
    SELECT DISTINCT ON (event_id) event_id, kind, city, is_executive_present, starts_at
    FROM event
    WHERE event_id IS NOT NULL
    ORDER BY event_id, starts_at, kind, city, is_executive_present
) AS event
FULL JOIN (
    SELECT event_id, max(replied_at) AS last_replied_at
    FROM attendance
    WHERE event_id IS NOT NULL
      AND replied_at < ((SELECT crm_as_of()) + 1)::timestamp AT TIME ZONE :'time_zone'
    GROUP BY event_id
) AS replied ON replied.event_id = event.event_id;
COMMENT ON VIEW event_known IS
'One row an event, of event or with a reply: when it was.
held_at is its start, or where that is unknown the last reply to it, whatever it says.';

CREATE OR REPLACE VIEW event_attendance AS
SELECT counted.event_id,
       counted.kind,
       counted.city,
       counted.is_executive_present,
       counted.held_at,
       counted.reply_count,
       counted.yes_count,
       counted.no_count,
       counted.waitlist_count,
       counted.yes_count / nullif(counted.yes_count + counted.no_count, 0)::double precision AS yes_share,
       counted.headcount,
       counted.present_count,
       counted.shown_count / nullif(counted.known_count, 0)::double precision AS show_share,
       counted.first_timer_count,
       counted.yes_count - counted.first_timer_count AS repeat_count,
       crm_as_of() AS as_of
FROM (
    SELECT known.event_id,
           known.kind,
           known.city,
           known.is_executive_present,
           known.held_at,
           count(reply.customer_id) AS reply_count,
           count(*) FILTER (WHERE reply.response = 'yes') AS yes_count,
           count(*) FILTER (WHERE reply.response = 'no') AS no_count,
           count(*) FILTER (WHERE reply.response = 'waitlist') AS waitlist_count,
           (count(*) FILTER (WHERE reply.response = 'yes')
            + coalesce(sum(reply.guests) FILTER (WHERE reply.response = 'yes'), 0))::bigint AS headcount,
           count(*) FILTER (WHERE reply.is_present) AS present_count,
           count(*) FILTER (WHERE reply.response = 'yes' AND reply.is_present) AS shown_count,
           count(*) FILTER (WHERE reply.response = 'yes' AND reply.is_present IS NOT NULL) AS known_count,
           count(*) FILTER (WHERE reply.response = 'yes' AND reply.yes_number = 1) AS first_timer_count
    FROM event_known AS known
    LEFT JOIN (
        SELECT given.*,
               row_number() OVER (PARTITION BY given.customer_id, given.response = 'yes'
                                  ORDER BY happened.held_at NULLS LAST, given.event_id) AS yes_number
        FROM attendance_reply AS given
        LEFT JOIN event_known AS happened ON happened.event_id = given.event_id
    ) AS reply ON reply.event_id = known.event_id
    GROUP BY known.event_id, known.kind, known.city, known.is_executive_present, known.held_at
) AS counted
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, counted.reply_count);
COMMENT ON VIEW event_attendance IS
'One row an event: who said yes, no, waits; who came; for the first time?
headcount has the guests, present_count who came, whatever they said. show_share is of those who said yes and of whom is_present is known. A first-timer says yes to
no earlier event. Events with replies of fewer customers than setting.min_cell are hidden.';

CREATE OR REPLACE VIEW event_summary AS
SELECT total.event_count,
       total.yes_count,
       total.no_count,
       total.waitlist_count,
       total.yes_count / nullif(total.yes_count + total.no_count, 0)::double precision AS yes_share,
       (SELECT count(DISTINCT customer_id) FROM attendance_reply WHERE response = 'yes') AS yes_customer_count,
       total.mean_yes_count,
       total.median_yes_count,
       total.max_yes_count,
       total.headcount,
       crm_as_of() AS as_of
FROM (
    SELECT count(*) AS event_count,
           coalesce(sum(yes_count), 0)::bigint AS yes_count,
           coalesce(sum(no_count), 0)::bigint AS no_count,
           coalesce(sum(waitlist_count), 0)::bigint AS waitlist_count,
           avg(yes_count)::double precision AS mean_yes_count,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY yes_count) AS median_yes_count,
           max(yes_count) AS max_yes_count,
           coalesce(sum(headcount), 0)::bigint AS headcount
    FROM event_attendance
) AS total;
COMMENT ON VIEW event_summary IS
'One row: all events up to as_of, and who said yes.';
