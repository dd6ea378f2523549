-- Replies: how long a customer waits for a word from a person.
--
-- A reply goes out, is public, and is no machine's. The clock starts at the
-- customer's first message; a machine's acknowledgement does not stop it.

CREATE OR REPLACE VIEW case_message AS
SELECT
    case_id,
    min(interacted_at) FILTER (WHERE direction = 'in' AND coalesce(actor, 'customer') = 'customer') AS asked_at,
    min(interacted_at) FILTER (WHERE direction = 'out' AND coalesce(actor, 'staff') = 'staff'
                                 AND is_public IS NOT FALSE) AS replied_at,
    crm_as_of() AS as_of
FROM interaction
WHERE case_id IS NOT NULL AND interacted_at < (SELECT until_at FROM service_basis)
GROUP BY case_id;
COMMENT ON VIEW case_message IS
'One row a case with interactions: the first question and the first reply.
Of the case itself, before what was merged into it is added.';

-- The last state decides, found without a window over all of them: of the last
-- done one and the last other the later, at one instant by event_no, then by name.
CREATE OR REPLACE VIEW case_done AS
SELECT
    case_id, resolved_at, closed_at,
    CASE WHEN done_at > open_at OR open_at IS NULL
           OR done_at = open_at AND coalesce(done_no > open_no, done_no IS NULL AND open_no IS NOT NULL
                                             OR done_no IS NULL AND done_status > open_status)
         THEN done_at END AS done_at,
    crm_as_of() AS as_of
FROM (
    SELECT
        s.case_id,
        min(s.changed_at) FILTER (WHERE word.is_done) AS resolved_at,
        min(s.changed_at) FILTER (WHERE word.meaning = 'closed') AS closed_at,
        max(s.changed_at) FILTER (WHERE word.is_done) AS done_at,
        max(s.changed_at) FILTER (WHERE word.is_done IS NOT TRUE) AS open_at,
        max(s.event_no) FILTER (WHERE word.is_done) AS done_no,
        max(s.event_no) FILTER (WHERE word.is_done IS NOT TRUE) AS open_no,
        max(s.status) FILTER (WHERE word.is_done) AS done_status,
        max(s.status) FILTER (WHERE word.is_done IS NOT TRUE) AS open_status
    FROM case_state AS s
    LEFT JOIN (
        SELECT lower(status COLLATE "C") AS word, meaning, meaning IN ('resolved', 'closed') AS is_done FROM case_status
    ) AS word ON word.word = lower(s.status COLLATE "C")
    WHERE s.changed_at < (SELECT until_at FROM service_basis) AND s.case_id IS NOT NULL
    GROUP BY s.case_id
) AS state;
COMMENT ON VIEW case_done IS
'One row a case with states: when it was first resolved, first closed, and when its last state came, if that is done.';

-- Whether messages of customers are logged with cases at all.
CREATE OR REPLACE VIEW case_question AS
SELECT
    EXISTS (SELECT FROM interaction
            WHERE case_id IS NOT NULL AND direction = 'in' AND coalesce(actor, 'customer') = 'customer') AS has_question,
    crm_as_of() AS as_of;
COMMENT ON VIEW case_question IS
'One row: whether any interaction of a case is a message of a customer.
Where none is, clocks start when cases are opened.';

CREATE OR REPLACE VIEW case_reply AS
WITH merged AS (
    SELECT
        main_case_id AS case_id,
        min(interacted_at) FILTER (WHERE direction = 'in' AND coalesce(actor, 'customer') = 'customer') AS asked_at,
        min(interacted_at) FILTER (WHERE direction = 'out' AND coalesce(actor, 'staff') = 'staff'
                                     AND is_public IS NOT FALSE) AS replied_at
    FROM interaction
    JOIN case_merge USING (case_id)
    WHERE interacted_at < (SELECT until_at FROM service_basis)
    GROUP BY main_case_id
)
SELECT
    asked.case_id, asked.customer_id, asked.month_on, asked.channel, asked.priority, asked.product_id,
    asked.asked_at, asked.replied_at, asked.closed_unanswered_at, asked.replied_at IS NOT NULL AS is_answered,
    date_part('epoch', asked.until_at - asked.asked_at) AS reply_seconds,
    crm_business_seconds(asked.asked_at, asked.until_at, basis.calendar) AS reply_business_seconds,
    asked.first_reply_target_seconds AS target_seconds, asked.is_business_target, crm_as_of() AS as_of
FROM (
    SELECT
        started.case_id, started.customer_id, started.channel, started.priority, started.product_id, started.asked_at,
        started.first_reply_target_seconds, started.is_business_target,
        date_trunc('month', started.asked_at AT TIME ZONE :'time_zone')::date AS month_on,
        greatest(started.replied_at, CASE WHEN started.replied_at IS NOT NULL THEN started.asked_at END) AS replied_at,
        unanswered.closed_at AS closed_unanswered_at,
        greatest(coalesce(started.replied_at, unanswered.closed_at, (SELECT until_at FROM service_basis)),
                 started.asked_at) AS until_at
    FROM (
        SELECT
            c.case_id, c.customer_id, c.channel, c.priority, c.product_id, said.replied_at,
            c.first_reply_target_seconds, c.is_business_target,
            done.closed_at, done.done_at,
            CASE WHEN c.opened_by IN ('staff', 'machine') THEN NULL
                 WHEN said.asked_at <= coalesce(said.replied_at, said.asked_at) THEN said.asked_at
                 WHEN c.opened_by = 'customer' OR said.replied_at IS NULL
                     OR NOT (SELECT has_question FROM case_question) THEN c.opened_at
            END AS asked_at
        FROM case_basis AS c
        LEFT JOIN case_done AS done USING (case_id)
        LEFT JOIN case_message AS own USING (case_id)
        LEFT JOIN merged USING (case_id)
        CROSS JOIN LATERAL (
            SELECT least(own.asked_at, merged.asked_at) AS asked_at, least(own.replied_at, merged.replied_at) AS replied_at
        ) AS said
    ) AS started
    -- What is open again waits still, as does a question that came after the end.
    CROSS JOIN LATERAL (
        SELECT CASE WHEN started.replied_at IS NULL AND started.done_at >= started.asked_at THEN
                   CASE WHEN started.closed_at >= started.asked_at THEN started.closed_at ELSE started.done_at END
               END AS closed_at
    ) AS unanswered
    WHERE started.asked_at IS NOT NULL
) AS asked
CROSS JOIN service_basis AS basis;
COMMENT ON VIEW case_reply IS
'One row a case that a customer opened: how long until the first reply.
The clock starts at the customer''s first message, or where no message of the case is a customer''s when it was opened; it
stops at the first public reply of a person. A case whose first word is a reply was opened by staff and has no clock, like one
that says so (opened_by). Messages of merged cases are those of the case they went into. Without a reply seconds run until
the case was closed, or until as_of where it is open, again perhaps, or was asked in after the end: is_answered is false, and
nothing is left out.';

-- Every question after the first reply: from the customer's first message that
-- nobody had answered yet to the next reply. In the order of the messages, a
-- question at the instant of a reply goes before it.
CREATE OR REPLACE VIEW reply_turn AS
SELECT
    turn.case_id, row_number() OVER (PARTITION BY turn.case_id ORDER BY turn.asked_at) AS turn_no, turn.is_first, turn.asked_at, turn.replied_at, turn.staff_id,
    CASE WHEN turn.replied_at IS NULL AND done.done_at >= turn.asked_at THEN done.done_at END AS closed_unanswered_at,
    turn.replied_at IS NOT NULL AS is_answered,
    date_part('epoch', passed.until_at - turn.asked_at) AS reply_seconds,
    crm_business_seconds(turn.asked_at, passed.until_at, basis.calendar) AS reply_business_seconds,
    crm_as_of() AS as_of
FROM (
    SELECT
        case_id, replies_before = 0 AS is_first,
        min(interacted_at) FILTER (WHERE NOT is_reply) AS asked_at,
        max(interacted_at) FILTER (WHERE is_reply) AS replied_at,
        max(staff_id) FILTER (WHERE is_reply) AS staff_id
    FROM (
        -- Cases without a merge, which are most, are read in the order of an index.
        SELECT
            case_id, interacted_at, staff_id, direction = 'out' AS is_reply,
            count(*) FILTER (WHERE direction = 'out') OVER w - (direction = 'out')::integer AS replies_before
        FROM interaction
        WHERE case_id IS NOT NULL AND interacted_at < (SELECT until_at FROM service_basis)
          AND (direction = 'in' AND coalesce(actor, 'customer') = 'customer'
               OR direction = 'out' AND coalesce(actor, 'staff') = 'staff' AND is_public IS NOT FALSE)
          AND case_id NOT IN (SELECT case_id FROM case_merge UNION ALL SELECT main_case_id FROM case_merge)
        WINDOW w AS (PARTITION BY case_id ORDER BY interacted_at, direction, staff_id ROWS UNBOUNDED PRECEDING)
        UNION ALL
        SELECT
            part.main_case_id, i.interacted_at, i.staff_id, i.direction = 'out',
            count(*) FILTER (WHERE i.direction = 'out') OVER w - (i.direction = 'out')::integer
        FROM (
            SELECT case_id, main_case_id FROM case_merge UNION SELECT main_case_id, main_case_id FROM case_merge
        ) AS part
        JOIN interaction AS i USING (case_id)
        WHERE i.interacted_at < (SELECT until_at FROM service_basis)
          AND (i.direction = 'in' AND coalesce(i.actor, 'customer') = 'customer'
               OR i.direction = 'out' AND coalesce(i.actor, 'staff') = 'staff' AND i.is_public IS NOT FALSE)
        WINDOW w AS (PARTITION BY part.main_case_id ORDER BY i.interacted_at, i.direction, i.staff_id ROWS UNBOUNDED PRECEDING)
    ) AS message
    GROUP BY case_id, replies_before
) AS turn
LEFT JOIN case_done AS done USING (case_id)
CROSS JOIN service_basis AS basis
CROSS JOIN LATERAL (
    SELECT coalesce(turn.replied_at, CASE WHEN done.done_at >= turn.asked_at THEN done.done_at END, basis.until_at)
               AS until_at
) AS passed
WHERE turn.asked_at IS NOT NULL;
COMMENT ON VIEW reply_turn IS
'One row a question of a customer in a case, and its reply by a person.
A question is the first message that nobody had answered yet; further ones until the reply are the same. is_first: nobody
had replied in the case before. An unanswered one runs until the case was done, else until as_of. The credit goes to who
replied.';
