-- Replies: how long a customer waits for a word from a person.
--
-- A reply goes out, is public, and is no machine's. The clock starts at the
-- customer's first message; a machine's acknowledgement does not stop it.

CREATE OR REPLACE VIEW case_message AS
SELECT
    case_id,
    min(interacted_at) FILTER (WHERE direction = 'in' AND (actor IS NULL OR actor = 'customer')) AS asked_at,
    min(interacted_at) FILTER (WHERE direction = 'out' AND (actor IS NULL OR actor = 'staff')
                                 AND is_public IS NOT FALSE) AS replied_at,
    crm_as_of() AS as_of
FROM interaction_known
WHERE case_id IS NOT NULL
GROUP BY case_id;
COMMENT ON VIEW case_message IS
'One row per case with interactions: the first question and the first reply.
Of the case itself, before what was merged into it is added.';

-- Without a join, so that states are grouped in the order of an index.
CREATE OR REPLACE VIEW case_done AS
SELECT
    case_id, ends[1] AS resolved_at, ends[2] AS closed_at, ends[3] AS done_at, crm_as_of() AS as_of,
    ends[4] AS closed_since_at
FROM (
    SELECT
        case_id,
        crm_case_end_agg(changed_at, event_no, status, (SELECT done_words FROM service_basis),
                         (SELECT closed_words FROM service_basis)) AS ends
    FROM case_state_known
    WHERE case_id IS NOT NULL
    GROUP BY case_id
) AS state;
COMMENT ON VIEW case_done IS
'One row per case with states: when it was first resolved and closed, and since when it is done.';

-- Whether messages of customers are logged with cases at all.
CREATE OR REPLACE VIEW case_question AS
SELECT
    EXISTS (SELECT FROM interaction_known
            WHERE case_id IS NOT NULL AND direction = 'in' AND (actor IS NULL OR actor = 'customer')) AS has_question,
    crm_as_of() AS as_of;
COMMENT ON VIEW case_question IS
'One row: whether any interaction of a case by as_of is a message of a customer.
Where none is, clocks start when cases are opened.';

CREATE OR REPLACE VIEW case_reply AS
WITH merged AS (
    SELECT
        main_case_id AS case_id,
        min(interacted_at) FILTER (WHERE direction = 'in' AND (actor IS NULL OR actor = 'customer')) AS asked_at,
        min(interacted_at) FILTER (WHERE direction = 'out' AND (actor IS NULL OR actor = 'staff')
                                     AND is_public IS NOT FALSE) AS replied_at
    FROM interaction_known
    JOIN case_merge USING (case_id)
    GROUP BY main_case_id
)
SELECT
    asked.case_id, asked.customer_id, asked.month_on, asked.channel, asked.priority, asked.product_id,
    asked.asked_at, asked.replied_at, asked.closed_unanswered_at, asked.replied_at IS NOT NULL AS is_answered,
    crm_elapsed_seconds(asked.asked_at, asked.until_at) AS reply_seconds,
    crm_business_seconds(asked.asked_at, asked.until_at, (SELECT calendar FROM service_basis))
        AS reply_business_seconds,
    asked.first_reply_target_seconds AS target_seconds, asked.is_business_target, crm_as_of() AS as_of
FROM (
    SELECT
        started.case_id, started.customer_id, started.channel, started.priority, started.product_id, started.asked_at,
        started.first_reply_target_seconds, started.is_business_target,
        crm_local_month(started.asked_at, :'time_zone') AS month_on,
        greatest(started.replied_at, CASE WHEN started.replied_at IS NOT NULL THEN started.asked_at END) AS replied_at,
        unanswered.closed_at AS closed_unanswered_at,
        greatest(coalesce(started.replied_at, unanswered.closed_at, (SELECT crm_as_of_at(:'time_zone'))),
                 started.asked_at) AS until_at
    FROM (
        SELECT
            c.case_id, c.customer_id, c.channel, c.priority, c.product_id, said.replied_at,
            c.first_reply_target_seconds, c.is_business_target,
            done.closed_since_at, done.done_at,
            CASE WHEN c.opened_by IN ('staff', 'machine') THEN NULL
                 WHEN said.asked_at <= coalesce(said.replied_at, said.asked_at) THEN said.asked_at
                 WHEN c.opened_by = 'customer' OR said.replied_at IS NULL OR NOT logged.has_question THEN c.opened_at
            END AS asked_at
        FROM case_basis AS c
        LEFT JOIN case_done AS done USING (case_id)
        LEFT JOIN case_message AS own USING (case_id)
        LEFT JOIN merged USING (case_id)
        CROSS JOIN (SELECT has_question FROM case_question OFFSET 0) AS logged
        CROSS JOIN LATERAL (
            SELECT least(own.asked_at, merged.asked_at) AS asked_at,
                   least(own.replied_at, merged.replied_at) AS replied_at
        ) AS said
        ORDER BY c.case_id
    ) AS started
    -- What is open again waits still, as does a question that came after the end.
    CROSS JOIN LATERAL (
        SELECT CASE WHEN started.replied_at IS NOT NULL THEN NULL
                    WHEN started.closed_since_at >= started.asked_at THEN started.closed_since_at
                    WHEN started.done_at >= started.asked_at THEN started.done_at END AS closed_at
    ) AS unanswered
    WHERE started.asked_at IS NOT NULL
) AS asked;
COMMENT ON VIEW case_reply IS
'One row per case that a customer opened: how long until the first reply.
The clock starts at the customer''s first message,
or where no message of the case is a customer''s when it was opened; it stops at the first public reply of a person.
A case whose first word is a reply was opened by staff and has no clock, like one that says so (opened_by).
Messages of merged cases are those of the case they went into. Without a reply seconds run until the case was closed,
or resolved where it is not closed, or until as_of where it is open, again perhaps, or was asked in after the end:
is_answered is false, and nothing is left out.';

-- Every question after the first reply: from the customer's first message that
-- nobody had answered yet to the next reply. In the order of the messages, a
-- question at the instant of a reply goes before it. Of a source without statistics
-- the planner takes every second row to meet a CASE, but hardly any to have a word:
-- it hashes then what it would else join in a nested loop.
CREATE OR REPLACE VIEW reply_turn AS
SELECT
    said.case_id, turn.turn_no, turn.is_first, turn.asked_at, turn.replied_at, turn.staff_id,
    left_at.closed_unanswered_at, turn.replied_at IS NOT NULL AS is_answered,
    crm_elapsed_seconds(turn.asked_at, passed.until_at) AS reply_seconds,
    crm_business_seconds(turn.asked_at, passed.until_at, basis.calendar) AS reply_business_seconds,
    crm_as_of() AS as_of
FROM (
    -- Cases without a merge, which are most, are read in the order of an index.
    SELECT own.case_id, own.turns, done.done_at, done.closed_since_at
    FROM (
        SELECT case_id, crm_reply_turn_agg(interacted_at, direction = 'out', staff_id) AS turns
        FROM interaction_known
        WHERE case_id IS NOT NULL
          AND CASE direction WHEN 'in' THEN actor IS NULL OR actor = 'customer'
                             WHEN 'out' THEN (actor IS NULL OR actor = 'staff') AND is_public IS NOT FALSE
                             ELSE false END
        GROUP BY case_id
    ) AS own
    LEFT JOIN case_done AS done USING (case_id)
    WHERE NOT EXISTS (
        SELECT
        FROM (SELECT case_id FROM case_merge UNION ALL SELECT main_case_id FROM case_merge) AS part
        WHERE part.case_id = own.case_id
    )
    UNION ALL
    SELECT merged.case_id, merged.turns, done.done_at, done.closed_since_at
    FROM (
        SELECT
            part.main_case_id AS case_id, crm_reply_turn_agg(i.interacted_at, i.direction = 'out', i.staff_id) AS turns
        FROM (
            SELECT case_id, main_case_id FROM case_merge UNION SELECT main_case_id, main_case_id FROM case_merge
        ) AS part
        JOIN interaction_known AS i USING (case_id)
        WHERE CASE i.direction WHEN 'in' THEN i.actor IS NULL OR i.actor = 'customer'
                               WHEN 'out' THEN (i.actor IS NULL OR i.actor = 'staff') AND i.is_public IS NOT FALSE
                               ELSE false END
        GROUP BY part.main_case_id
    ) AS merged
    LEFT JOIN case_done AS done USING (case_id)
) AS said
CROSS JOIN service_basis AS basis
CROSS JOIN LATERAL unnest(said.turns) AS turn
CROSS JOIN LATERAL (
    SELECT CASE WHEN turn.replied_at IS NOT NULL THEN NULL
                WHEN said.closed_since_at >= turn.asked_at THEN said.closed_since_at
                WHEN said.done_at >= turn.asked_at THEN said.done_at END AS closed_unanswered_at
) AS left_at
CROSS JOIN LATERAL (
    SELECT coalesce(turn.replied_at, left_at.closed_unanswered_at, basis.until_at) AS until_at
) AS passed;
COMMENT ON VIEW reply_turn IS
'One row per question of a customer in a case, and its reply by a person.
A question is the first message that nobody had answered yet; further ones until the reply are the same.
is_first: nobody had replied in the case before. An unanswered one runs until the case was closed, or resolved where it
is not closed, else until as_of.
The credit goes to who replied.';
