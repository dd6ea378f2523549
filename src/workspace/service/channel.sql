-- By which way, on which device, what for, and who begins. Customers are counted
-- by a group of each first, which is hashed; count(DISTINCT) would sort all rows.

CREATE OR REPLACE VIEW channel_mix AS
SELECT
    month_on, channel, contact_count, in_count, out_count, staff_count, minutes, customer_count,
    contact_count / sum(contact_count) OVER (PARTITION BY month_on)::double precision AS contact_share,
    crm_month_end(month_on) <= crm_over_on(:'time_zone') AS is_complete,
    crm_as_of() AS as_of
FROM (
    SELECT
        month_on, channel, sum(contact_count)::bigint AS contact_count, sum(in_count)::bigint AS in_count,
        sum(out_count)::bigint AS out_count, sum(staff_count)::bigint AS staff_count,
        sum(minutes)::double precision AS minutes, count(customer_id) AS customer_count
    FROM (
        SELECT
            crm_month(interacted_on) AS month_on, coalesce(channel, 'unknown') AS channel,
            customer_id, count(*) AS contact_count, count(*) FILTER (WHERE direction = 'in') AS in_count,
            count(*) FILTER (WHERE direction = 'out') AS out_count, count(nullif(staff_id, '')) AS staff_count,
            sum(crm_decimal(minutes)) AS minutes
        FROM interaction_known
        GROUP BY 1, 2, 3
    ) AS one
    GROUP BY month_on, channel
) AS mix
WHERE crm_is_shown((SELECT min_cell FROM service_basis), customer_count);
COMMENT ON VIEW channel_mix IS
'One row per month and channel: contacts, their share, customers.
staff_count is contacts with a member of staff. Groups below setting.min_cell customers are hidden.';

CREATE OR REPLACE VIEW channel_shift AS
WITH known_mix AS MATERIALIZED (
    SELECT greatest(month_on, (SELECT crm_oldest_month(crm_as_of()))) AS month_on, channel,
           sum(contact_count)::bigint AS contact_count
    FROM channel_mix
    GROUP BY 1, 2
)
SELECT
    month_on, channel, contact_count, contact_share,
    lag(contact_count) OVER w AS previous_contact_count, lag(contact_share) OVER w AS previous_contact_share,
    contact_share - lag(contact_share) OVER w AS share_change,
    is_complete, crm_as_of() AS as_of
FROM (
    SELECT
        month.month_on, known.channel, coalesce(mix.contact_count, basis.none_count) AS contact_count,
        CASE WHEN sum(mix.contact_count) OVER (PARTITION BY month.month_on) > 0
             THEN coalesce(mix.contact_count, basis.none_count)
                  / sum(mix.contact_count) OVER (PARTITION BY month.month_on)::double precision END AS contact_share,
        crm_month_end(month.month_on) <= crm_over_on(:'time_zone') AS is_complete
    FROM (SELECT min(month_on) AS first_on, max(month_on) AS last_on FROM known_mix) AS span
    CROSS JOIN LATERAL (
        SELECT at::date AS month_on
        FROM generate_series(span.first_on::timestamp, span.last_on::timestamp, interval '1 month') AS at
    ) AS month
    CROSS JOIN (SELECT DISTINCT channel FROM known_mix) AS known
    -- Where channel_mix hides what is small, what it has no row of may be that.
    CROSS JOIN (SELECT CASE WHEN min_cell <= 1 THEN 0::bigint END AS none_count FROM service_basis) AS basis
    LEFT JOIN known_mix AS mix ON mix.month_on = month.month_on AND mix.channel = known.channel
) AS filled
WINDOW w AS (PARTITION BY channel ORDER BY month_on);
COMMENT ON VIEW channel_shift IS
'One row per month and channel, months without contacts too: how the shares move.
share_change is against the month before; NULL where one of the two has no contacts at all. Contacts from before
crm_oldest_month are of the first month. With setting.min_cell above 1 counts and shares are NULL where channel_mix has
no row: there were none, or of too few customers.';

CREATE OR REPLACE VIEW channel_breadth AS
SELECT
    channel_count, customer_count, customer_count / sum(customer_count) OVER ()::double precision AS customer_share,
    crm_as_of() AS as_of
FROM (
    SELECT channel_count, count(*) AS customer_count
    FROM (
        SELECT customer_id, count(*) AS channel_count
        FROM channel_activity
        WHERE crm_active_days(interactions, crm_as_of()) > 0
        GROUP BY customer_id
    ) AS used
    GROUP BY channel_count
) AS counted
WHERE crm_is_shown((SELECT min_cell FROM service_basis), customer_count);
COMMENT ON VIEW channel_breadth IS
'One row per number of channels: how many customers use so many.
From the ledgers of interactions. Groups below setting.min_cell customers are hidden.';

CREATE OR REPLACE VIEW device_mix AS
SELECT
    month_on, device, contact_count, customer_count,
    contact_count / sum(contact_count) OVER (PARTITION BY month_on)::double precision AS contact_share,
    crm_as_of() AS as_of,
    crm_month_end(month_on) <= crm_over_on(:'time_zone') AS is_complete
FROM (
    SELECT
        month_on, device, sum(contact_count)::bigint AS contact_count, count(customer_id) AS customer_count
    FROM (
        SELECT
            crm_month(interacted_on) AS month_on, nullif(btrim(device), '') AS device, customer_id,
            count(*) AS contact_count
        FROM interaction_known
        WHERE btrim(device) <> ''
        GROUP BY 1, 2, 3
    ) AS one
    GROUP BY month_on, device
) AS mix
WHERE crm_is_shown((SELECT min_cell FROM service_basis), customer_count);
COMMENT ON VIEW device_mix IS
'One row per month and device: contacts where the device is known, and customers.
Groups below setting.min_cell customers are hidden.';

CREATE OR REPLACE VIEW purpose_mix AS
SELECT
    mix.month_on, mix.purpose, word.meaning, mix.contact_count, mix.in_count, mix.out_count, mix.customer_count,
    mix.contact_count / sum(mix.contact_count) OVER (PARTITION BY mix.month_on)::double precision AS contact_share,
    crm_as_of() AS as_of,
    crm_month_end(mix.month_on) <= crm_over_on(:'time_zone') AS is_complete
FROM (
    SELECT
        month_on, purpose, sum(contact_count)::bigint AS contact_count, sum(in_count)::bigint AS in_count,
        sum(out_count)::bigint AS out_count, count(customer_id) AS customer_count
    FROM (
        SELECT
            crm_month(interacted_on) AS month_on, purpose, customer_id,
            count(*) AS contact_count, count(*) FILTER (WHERE direction = 'in') AS in_count,
            count(*) FILTER (WHERE direction = 'out') AS out_count
        FROM interaction_known
        GROUP BY 1, 2, 3
    ) AS one
    GROUP BY month_on, purpose
) AS mix
LEFT JOIN contact_purpose AS word ON lower(word.purpose COLLATE "C") = lower(mix.purpose COLLATE "C")
WHERE crm_is_shown((SELECT min_cell FROM service_basis), mix.customer_count);
COMMENT ON VIEW purpose_mix IS
'One row per month and purpose of contact: how many, and their share.
NULL is the purpose of those that have none. Groups below setting.min_cell customers are hidden.';

-- A conversation goes on until nobody speaks for longer than the gap; it may go
-- past midnight.
CREATE OR REPLACE VIEW conversation AS
SELECT
    said.customer_id, said.channel, talk.conversation_no, talk.started_at, talk.ended_at, talk.message_count,
    talk.in_count, talk.out_count, talk.staff_count, talk.first_direction, crm_as_of() AS as_of
FROM (
    SELECT
        i.customer_id, CASE WHEN basis.is_conversation_by_channel THEN i.channel END AS channel,
        crm_conversation_agg(i.interacted_at, i.interaction_id::text, i.direction, i.staff_id,
                             basis.conversation_gap_seconds) AS talks
    FROM interaction_known AS i
    CROSS JOIN service_basis AS basis
    WHERE i.customer_id IS NOT NULL
    GROUP BY i.customer_id, CASE WHEN basis.is_conversation_by_channel THEN i.channel END
) AS said
CROSS JOIN LATERAL unnest(said.talks) AS talk;
COMMENT ON VIEW conversation IS
'One row per conversation: interactions of a customer with no longer gap than setting.conversation_gap_seconds.
By channel, unless setting.is_conversation_by_channel is false: then channel is NULL.
A gap of exactly that length goes on. Interactions without a customer are in none.';

-- The conversations of conversation, counted by month beside their customer, who
-- then is one row a month; who of the staff spoke in them is not asked.
CREATE OR REPLACE VIEW customer_initiated_share AS
SELECT
    month_on, channel, conversation_count, initiated_count, customer_count,
    initiated_count / nullif(known_count, 0)::double precision AS initiated_share,
    crm_as_of() AS as_of,
    crm_month_end(month_on) <= crm_over_on(:'time_zone') AS is_complete
FROM (
    SELECT
        one.month_on, said.channel, sum(one.conversation_count)::bigint AS conversation_count,
        sum(one.known_count)::bigint AS known_count, sum(one.initiated_count)::bigint AS initiated_count,
        count(*) AS customer_count
    FROM (
        SELECT
            i.customer_id, CASE WHEN basis.is_conversation_by_channel THEN i.channel END AS channel,
            crm_conversation_agg(i.interacted_at, i.interaction_id::text, i.direction, NULL,
                                 basis.conversation_gap_seconds) AS talks
        FROM interaction_known AS i
        CROSS JOIN service_basis AS basis
        WHERE i.customer_id IS NOT NULL
        GROUP BY i.customer_id, CASE WHEN basis.is_conversation_by_channel THEN i.channel END
    ) AS said
    CROSS JOIN LATERAL (
        SELECT
            crm_local_month(talk.started_at, :'time_zone') AS month_on, count(*) AS conversation_count,
            count(talk.first_direction) AS known_count,
            count(*) FILTER (WHERE talk.first_direction = 'in') AS initiated_count
        FROM unnest(said.talks) AS talk
        GROUP BY 1
    ) AS one
    GROUP BY one.month_on, said.channel
) AS begun
WHERE crm_is_shown((SELECT min_cell FROM service_basis), customer_count);
COMMENT ON VIEW customer_initiated_share IS
'One row per month and channel: which share of conversations customers began.
Of those whose first message says who spoke. Groups below setting.min_cell customers are hidden.';

-- As customer_channel weighs channels. The share of all is that of the rows
-- which are shown, so that it tells nothing of those which are hidden.
CREATE OR REPLACE VIEW contact_effectiveness AS
SELECT
    channel, purpose, out_count, responded_count,
    CASE WHEN is_recorded THEN responded_count::double precision / out_count END AS response_share,
    CASE WHEN is_recorded
         THEN (responded_count + 2 * all_responded_count::double precision / all_out_count) / (out_count + 2)
              * out_count / (out_count + 2) END AS smoothed_share,
    customer_count, crm_as_of() AS as_of
FROM (
    SELECT
        *, bool_or(known_count > 0) OVER () AS is_recorded, sum(responded_count) OVER () AS all_responded_count,
        sum(out_count) OVER () AS all_out_count
    FROM (
        SELECT
            channel, purpose, sum(out_count)::bigint AS out_count, sum(responded_count)::bigint AS responded_count,
            sum(known_count) AS known_count, count(customer_id) AS customer_count
        FROM (
            SELECT
                coalesce(channel, 'unknown') AS channel, purpose, customer_id, count(*) AS out_count,
                count(*) FILTER (WHERE is_responded) AS responded_count, count(is_responded) AS known_count
            FROM interaction_known
            WHERE direction = 'out'
            GROUP BY 1, 2, 3
        ) AS one
        GROUP BY channel, purpose
    ) AS spoken
    WHERE crm_is_shown((SELECT min_cell FROM service_basis), customer_count)
) AS shown;
COMMENT ON VIEW contact_effectiveness IS
'One row per channel and purpose: how many contacts to customers had a response.
smoothed_share is the share of responses, drawn towards that of all rows as if by two more contacts, times n / (n + 2)
of n contacts, so that what was hardly tried does not go before ninety of a hundred; order by it. Both are NULL where
no response is recorded at all, neither true nor false. Groups below setting.min_cell customers are hidden.';

CREATE OR REPLACE VIEW cross_department_contact AS
WITH place AS MATERIALIZED (
    SELECT staff_id, contact_on, department FROM staff_place WHERE is_known AND department IS NOT NULL
), met AS (
    -- First who met whom: a join with all contacts would be by an index of theirs, at random. The departments of a
    -- customer stand in one row, and are paired there: a join of customers with themselves would be a nested loop where
    -- the source has no statistics.
    SELECT i.customer_id, array_agg(DISTINCT place.department) AS departments
    FROM (
        SELECT DISTINCT customer_id, staff_id, interacted_on
        FROM interaction_known
        WHERE customer_id IS NOT NULL AND staff_id <> '' AND coalesce(actor = 'staff', true)
    ) AS i
    JOIN place ON place.staff_id = i.staff_id AND place.contact_on = i.interacted_on
    GROUP BY i.customer_id
)
SELECT
    one.department, other.department AS other_department, count(*) AS customer_count, crm_as_of() AS as_of
FROM met
CROSS JOIN LATERAL unnest(met.departments) AS one (department)
CROSS JOIN LATERAL unnest(met.departments) AS other (department)
GROUP BY one.department, other.department
HAVING crm_is_shown((SELECT min_cell FROM service_basis), count(*));
COMMENT ON VIEW cross_department_contact IS
'One row per department and another, or itself: how many customers both were in contact with.
The row of a department with itself has all its customers. A contact is of the department that the roster has on its
day, or of the latest where it has none then. Groups below setting.min_cell customers are hidden.';
