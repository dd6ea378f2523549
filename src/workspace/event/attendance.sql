-- Replies as they were on as_of, and the events they are to.

-- Of several events of one key the earliest counts.
CREATE OR REPLACE VIEW event_told AS
SELECT DISTINCT ON (event_id) event_id, kind, city, is_executive_present, starts_at, crm_as_of() AS as_of
FROM event
WHERE event_id IS NOT NULL
ORDER BY event_id, starts_at, kind, city, is_executive_present;
COMMENT ON VIEW event_told IS
'One row per event of the source event.';

CREATE OR REPLACE VIEW event_known AS
SELECT coalesce(told.event_id, replied.event_id) AS event_id,
       told.kind,
       told.city,
       told.is_executive_present,
       coalesce(told.starts_at, replied.last_replied_at) AS held_at,
       told.starts_at IS NOT NULL AS is_start_known,
       crm_as_of() AS as_of,
       row_number() OVER (ORDER BY coalesce(told.starts_at, replied.last_replied_at) NULLS LAST,
                                   coalesce(told.event_id, replied.event_id) COLLATE "C") AS event_number
FROM event_told AS told
FULL JOIN (
    SELECT event_id, max(replied_at) AS last_replied_at
    FROM attendance
    WHERE event_id IS NOT NULL
      AND (replied_at IS NULL
           OR replied_at < (SELECT crm_day_end(crm_as_of(), :'time_zone')))
    GROUP BY event_id
) AS replied ON replied.event_id = told.event_id
WHERE replied.event_id IS NOT NULL OR told.starts_at IS NULL
   OR told.starts_at < (SELECT crm_day_end(crm_as_of(), :'time_zone'));
COMMENT ON VIEW event_known IS
'One row per event, of event or with a reply: when it was. One after as_of is there from its first reply on.
held_at is its start, or where that is unknown the last reply to it, whatever it says. event_number counts events in the
order of time; it is good for one query only.';

-- Numbers make the sort of all replies quick: by customer, so that what looks at
-- all replies of one finds them together, then by event. Only words that do not
-- stand as they are in response_kind are folded to lower case. What is known of who
-- came needs them in another order, which costs a third more.
CREATE OR REPLACE VIEW attendance_reply AS
SELECT DISTINCT ON (reply.customer_id, happened.event_number)
    reply.event_id,
    reply.customer_id,
    CASE WHEN reply.response = ANY (ARRAY(SELECT known.response FROM response_kind AS known
                                          WHERE known.meaning = 'yes'
                                            AND known.response = lower(known.response COLLATE "C")))
         THEN 'yes'
         WHEN reply.response = ANY (ARRAY(SELECT known.response FROM response_kind AS known
                                          WHERE known.meaning = 'no'
                                            AND known.response = lower(known.response COLLATE "C")))
         THEN 'no'
         ELSE coalesce((SELECT known.meaning FROM response_kind AS known
                        WHERE known.response = lower(reply.response COLLATE "C")),
                       'other') END AS response,
    greatest(coalesce(reply.guests, 0), 0) AS guests,
    reply.replied_at,
    -- Who came is known when it has begun; a later row that says nothing takes nothing back.
    CASE WHEN (happened.held_at < (SELECT crm_day_end(crm_as_of(), :'time_zone'))) IS NOT FALSE
         THEN first_value(reply.is_present) OVER (PARTITION BY reply.customer_id, happened.event_number
                                                  ORDER BY reply.is_present IS NULL,
                                                           reply.replied_at DESC NULLS LAST, reply.is_present)
         END AS is_present,
    crm_as_of() AS as_of,
    happened.event_number,
    happened.held_at
FROM attendance AS reply
JOIN event_known AS happened ON happened.event_id = reply.event_id
WHERE reply.customer_id IS NOT NULL
  AND (reply.replied_at IS NULL
       OR reply.replied_at < (SELECT crm_day_end(crm_as_of(), :'time_zone')))
ORDER BY reply.customer_id, happened.event_number, reply.response IS NULL, reply.replied_at DESC NULLS LAST,
         reply.response, reply.guests, reply.is_present;
COMMENT ON VIEW attendance_reply IS
'One row per event and customer: the latest reply up to as_of that says something.
is_present is the latest that is known, once the event has begun by as_of.
response: yes, no, waitlist or other, by response_kind. event_number is that of event_known.';

-- The first event to which somebody says yes is that of the least number.
CREATE OR REPLACE VIEW event_tally AS
WITH reply AS MATERIALIZED (
    SELECT event_number, customer_id, response, guests, is_present FROM attendance_reply
)
SELECT happened.event_id,
       happened.kind,
       happened.city,
       happened.is_executive_present,
       happened.held_at,
       coalesce(counted.reply_count, 0) AS reply_count,
       coalesce(counted.yes_count, 0) AS yes_count,
       coalesce(counted.no_count, 0) AS no_count,
       coalesce(counted.waitlist_count, 0) AS waitlist_count,
       counted.yes_count / nullif(counted.yes_count + counted.no_count, 0)::double precision AS yes_share,
       coalesce(counted.headcount, 0) AS headcount,
       coalesce(counted.present_count, 0) AS present_count,
       counted.known_present_count / nullif(counted.known_count, 0)::double precision AS show_share,
       coalesce(newcomer.first_timer_count, 0) AS first_timer_count,
       coalesce(counted.yes_count, 0) - coalesce(newcomer.first_timer_count, 0) AS repeat_count,
       crm_as_of() AS as_of
FROM event_known AS happened
LEFT JOIN (
    SELECT event_number,
           count(*) AS reply_count,
           count(*) FILTER (WHERE response = 'yes') AS yes_count,
           count(*) FILTER (WHERE response = 'no') AS no_count,
           count(*) FILTER (WHERE response = 'waitlist') AS waitlist_count,
           (count(*) FILTER (WHERE response = 'yes') + coalesce(sum(guests) FILTER (WHERE response = 'yes'), 0))::bigint
               AS headcount,
           count(*) FILTER (WHERE is_present) AS present_count,
           count(*) FILTER (WHERE response = 'yes' AND is_present) AS known_present_count,
           count(*) FILTER (WHERE response = 'yes' AND is_present IS NOT NULL) AS known_count
    FROM reply
    GROUP BY event_number
) AS counted ON counted.event_number = happened.event_number
LEFT JOIN (
    SELECT event_number, count(*) AS first_timer_count
    FROM (
        SELECT min(event_number) AS event_number FROM reply WHERE response = 'yes' GROUP BY customer_id
    ) AS first_time
    GROUP BY event_number
) AS newcomer ON newcomer.event_number = happened.event_number;
COMMENT ON VIEW event_tally IS
'One row per event: how many said yes or no, wait, came, and came for the first time.
Not for BI: it hides no small groups. What event_attendance shows and event_summary adds up.';

CREATE OR REPLACE VIEW event_attendance AS
SELECT tally.*
FROM event_tally AS tally
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, tally.reply_count);
COMMENT ON VIEW event_attendance IS
'One row per event: how many said yes or no, wait, came, and came for the first time.
headcount includes the guests, present_count counts those who came, whatever they said.
show_share is of those who said yes and of whom is_present is known. A first-timer says yes to no earlier event.
Events with replies of fewer customers than setting.min_cell are hidden.';

-- All events count, those that event_attendance hides as well; if those are of
-- few, the sums would tell what they are, and there is none.
CREATE OR REPLACE VIEW event_summary AS
SELECT total.event_count,
       total.yes_count,
       total.no_count,
       total.waitlist_count,
       total.yes_count / nullif(total.yes_count + total.no_count, 0)::double precision AS yes_share,
       total.first_timer_count AS yes_customer_count,
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
           coalesce(sum(first_timer_count), 0)::bigint AS first_timer_count,
           avg(yes_count)::double precision AS mean_yes_count,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY yes_count) AS median_yes_count,
           max(yes_count) AS max_yes_count,
           coalesce(sum(headcount), 0)::bigint AS headcount
    FROM event_tally
) AS total
CROSS JOIN (
    SELECT count(DISTINCT reply.customer_id) AS customer_count,
           count(DISTINCT reply.customer_id)
               FILTER (WHERE NOT crm_is_shown((SELECT min_cell FROM setting), tally.reply_count))
               AS hidden_customer_count
    FROM attendance_reply AS reply
    JOIN event_tally AS tally USING (event_id)
    WHERE (SELECT min_cell FROM setting) > 1
) AS counted
WHERE (SELECT min_cell FROM setting) <= 1
   OR crm_is_shown((SELECT min_cell FROM setting), counted.customer_count, counted.hidden_customer_count);
COMMENT ON VIEW event_summary IS
'One row: all events up to as_of, those to come from their first reply on, and who said yes.
No row where the replies, or those to the events that event_attendance hides, are of fewer customers than
setting.min_cell.';
