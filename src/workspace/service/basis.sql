-- What the views of service are made of: the instant, the cases, their states.

-- LIMIT keeps this row in one piece: it is computed once a query. Words have no
-- collation of their own: two states of one instant are everywhere in the order
-- that the source gives their status.
CREATE OR REPLACE VIEW service_basis AS
SELECT
    crm_as_of() AS as_of, crm_as_of_at(:'time_zone') AS until_at, calendar, conversation_gap_seconds,
    is_conversation_by_channel, coverage_seconds, daily_contact_target, handover_cost, onboarding_days, repeat_days,
    min_cell,
    ARRAY(SELECT lower(status COLLATE "C") COLLATE "default" FROM case_status
          WHERE meaning IN ('resolved', 'closed') ORDER BY 1)
        AS done_words,
    ARRAY(SELECT lower(status COLLATE "C") COLLATE "default" FROM case_status
          WHERE meaning = 'closed' ORDER BY 1)
        AS closed_words,
    ARRAY(SELECT lower(status COLLATE "C") COLLATE "default" FROM case_status
          WHERE meaning = 'waiting' ORDER BY 1)
        AS waiting_words
FROM setting
LIMIT 1;
COMMENT ON VIEW service_basis IS
'One row: the instant and the settings that views of service go by.
Not for BI: it holds a calendar, and the words of case_status that mean the same.';

-- Where the workspace has the tables to itself, views read them by index alone.
-- An entry holds 2,704 bytes: doc/service.md says so of the words of a state.
DO $$
BEGIN
    IF (SELECT relkind FROM pg_class WHERE oid = 'interaction'::regclass) = 'r' THEN
        CREATE INDEX IF NOT EXISTS interaction_case_idx ON interaction (case_id, interacted_at)
            INCLUDE (direction, actor, is_public, staff_id) WHERE case_id IS NOT NULL;
    END IF;
    IF (SELECT relkind FROM pg_class WHERE oid = 'service_case'::regclass) = 'r' THEN
        CREATE INDEX IF NOT EXISTS service_case_merge_idx ON service_case (case_id) WHERE merged_into IS NOT NULL;
    END IF;
    IF (SELECT relkind FROM pg_class WHERE oid = 'case_state'::regclass) = 'r' THEN
        CREATE INDEX IF NOT EXISTS case_state_case_idx ON case_state (case_id, changed_at, event_no, status)
            INCLUDE (staff_id, department, priority, support_line);
        CREATE INDEX IF NOT EXISTS case_state_priority_idx ON case_state (case_id, changed_at)
            WHERE priority IS NOT NULL;
    END IF;
END $$;

-- The rows that views go by. Nothing here keeps a condition of theirs from the
-- table and its index.
CREATE OR REPLACE VIEW service_case_known AS
SELECT
    case_id, customer_id, opened_at, opened_on, opened_by, channel, priority, product_id,
    CASE WHEN merged_at >= (SELECT crm_as_of_at(:'time_zone')) THEN NULL ELSE merged_into END AS merged_into,
    CASE WHEN merged_at < (SELECT crm_as_of_at(:'time_zone')) THEN merged_at END AS merged_at,
    crm_as_of() AS as_of
FROM service_case
WHERE opened_at < (SELECT crm_as_of_at(:'time_zone')) AND opened_at <> '-infinity';
COMMENT ON VIEW service_case_known IS
'One row per case opened by as_of, merged ones too; what was merged later is not merged yet.
Cases without a day, or of -infinity, are left out.';

CREATE OR REPLACE VIEW case_state_known AS
SELECT
    case_id, changed_at, changed_on, status, event_no, staff_id, department, priority, support_line,
    crm_as_of() AS as_of
FROM case_state
WHERE changed_at < (SELECT crm_as_of_at(:'time_zone')) AND changed_at <> '-infinity';
COMMENT ON VIEW case_state_known IS
'One row per state that began by as_of.
States without a day, or of -infinity, are left out.';

CREATE OR REPLACE VIEW interaction_known AS
SELECT
    interaction_id, customer_id, interacted_at, interacted_on, channel, purpose, case_id, direction, actor, staff_id,
    is_public, device, crm_finite(minutes) AS minutes, is_responded, crm_as_of() AS as_of
FROM interaction
WHERE interacted_at < (SELECT crm_as_of_at(:'time_zone')) AND interacted_at <> '-infinity';
COMMENT ON VIEW interaction_known IS
'One row per interaction by as_of.
Interactions without a day, or of -infinity, are left out.';

CREATE OR REPLACE VIEW visit_known AS
SELECT customer_id, site_id, purpose, arrived_at, arrived_on, left_at, staff_id, crm_as_of() AS as_of
FROM visit
WHERE arrived_at < (SELECT crm_as_of_at(:'time_zone')) AND arrived_at <> '-infinity';
COMMENT ON VIEW visit_known IS
'One row per visit by as_of.
Visits without a day, or of -infinity, are left out.';

-- A case that was merged is counted with the case it went into, at the end of
-- a chain of such. A circle of cases has no end: those stay as they are.
CREATE OR REPLACE VIEW merge_step AS
SELECT case_id, merged_into, crm_as_of() AS as_of
-- As service_case_known, but by the index of those merged.
FROM service_case
WHERE opened_at < (SELECT crm_as_of_at(:'time_zone')) AND opened_at <> '-infinity'
  AND merged_into IS NOT NULL AND merged_into <> case_id
  AND (merged_at IS NULL OR merged_at < (SELECT crm_as_of_at(:'time_zone')));
COMMENT ON VIEW merge_step IS
'One row per case opened by as_of that was merged into another by then: which one, as it was said.';

-- A recursion, not seven joins: almost every view has this in its plan, often
-- more than once, and with JIT each join would be compiled each time. No UNION
-- ALL: cases that their source has twice would be twice as many at every step.
CREATE OR REPLACE VIEW case_merge AS
WITH RECURSIVE chain (case_id, main_case_id, length) AS (
    SELECT case_id, merged_into, 1 FROM merge_step
    UNION
    SELECT chain.case_id, step.merged_into, chain.length + 1
    FROM chain
    JOIN merge_step AS step ON step.case_id = chain.main_case_id
    WHERE chain.length < 100
)
SELECT chain.case_id, chain.main_case_id, crm_as_of() AS as_of
FROM chain
JOIN service_case_known AS main ON main.case_id = chain.main_case_id
WHERE NOT EXISTS (SELECT FROM merge_step AS step WHERE step.case_id = chain.main_case_id);
COMMENT ON VIEW case_merge IS
'One row per case that was merged by as_of: the case it is counted with.
Through chains of up to a hundred merges. Cases merged in a circle, or into one that there is not by as_of,
are counted by themselves.';

-- The order of states is that of case_stay, backwards.
CREATE OR REPLACE VIEW case_priority AS
SELECT DISTINCT ON (case_id) case_id, priority, crm_as_of() AS as_of
FROM case_state_known
WHERE priority IS NOT NULL
ORDER BY case_id, changed_at DESC, event_no DESC, status DESC, priority;
COMMENT ON VIEW case_priority IS
'One row per case whose states name a priority: the latest by as_of.';

-- Words are the same in upper and lower case.
CREATE OR REPLACE VIEW service_target_known AS
SELECT
    lower(priority COLLATE "C") AS priority, lower(channel COLLATE "C") AS channel,
    CASE WHEN first_reply_seconds >= 0 THEN crm_finite(first_reply_seconds) END AS first_reply_seconds,
    CASE WHEN next_reply_seconds >= 0 THEN crm_finite(next_reply_seconds) END AS next_reply_seconds,
    CASE WHEN resolution_seconds >= 0 THEN crm_finite(resolution_seconds) END AS resolution_seconds,
    is_business, crm_as_of() AS as_of
FROM service_target;
COMMENT ON VIEW service_target_known IS
'One row per target, its words in lower case.
Seconds that are negative or no finite number are NULL, see data_quality.';

-- The target of a priority and channel goes before that of the priority, that
-- before the channel's, that before the one for all; of two for the same, the
-- stricter. Where nobody asks for targets, the planner leaves these joins out.
--
-- Views that join cases with both of their logs do so ORDER BY case_id. Logs that
-- are grouped in the order of an index have it, and then nothing is sorted: with
-- work_mem to spare the planner would else hash every case and every log. Where
-- sources have no index on case_id the cases are sorted beside their logs.
CREATE OR REPLACE VIEW case_basis AS
SELECT
    c.case_id, c.customer_id, c.channel, coalesce(latest.priority, c.priority) AS priority, c.product_id,
    c.opened_by, c.opened_at, c.opened_on, crm_month(c.opened_on) AS month_on,
    CASE WHEN both_of.is_target THEN both_of.first_reply_seconds
         WHEN of_priority.is_target THEN of_priority.first_reply_seconds
         WHEN of_channel.is_target THEN of_channel.first_reply_seconds ELSE of_all.first_reply_seconds END
        AS first_reply_target_seconds,
    CASE WHEN both_of.is_target THEN both_of.next_reply_seconds
         WHEN of_priority.is_target THEN of_priority.next_reply_seconds
         WHEN of_channel.is_target THEN of_channel.next_reply_seconds ELSE of_all.next_reply_seconds END
        AS next_reply_target_seconds,
    CASE WHEN both_of.is_target THEN both_of.resolution_seconds
         WHEN of_priority.is_target THEN of_priority.resolution_seconds
         WHEN of_channel.is_target THEN of_channel.resolution_seconds ELSE of_all.resolution_seconds END
        AS resolution_target_seconds,
    CASE WHEN both_of.is_target THEN both_of.is_business WHEN of_priority.is_target THEN of_priority.is_business
         WHEN of_channel.is_target THEN of_channel.is_business ELSE of_all.is_business END IS NOT FALSE
        AS is_business_target,
    crm_as_of() AS as_of
FROM service_case_known AS c
LEFT JOIN case_priority AS latest USING (case_id)
LEFT JOIN (
    SELECT DISTINCT ON (priority, channel) *, true AS is_target FROM service_target_known
    ORDER BY priority, channel, first_reply_seconds, resolution_seconds, next_reply_seconds, is_business
) AS both_of
    ON both_of.priority = lower(coalesce(latest.priority, c.priority) COLLATE "C")
   AND both_of.channel = lower(c.channel COLLATE "C")
LEFT JOIN (
    SELECT DISTINCT ON (priority) *, true AS is_target FROM service_target_known WHERE channel IS NULL
    ORDER BY priority, first_reply_seconds, resolution_seconds, next_reply_seconds, is_business
) AS of_priority ON of_priority.priority = lower(coalesce(latest.priority, c.priority) COLLATE "C")
LEFT JOIN (
    SELECT DISTINCT ON (channel) *, true AS is_target FROM service_target_known WHERE priority IS NULL
    ORDER BY channel, first_reply_seconds, resolution_seconds, next_reply_seconds, is_business
) AS of_channel ON of_channel.channel = lower(c.channel COLLATE "C")
LEFT JOIN (
    SELECT * FROM service_target_known WHERE priority IS NULL AND channel IS NULL
    ORDER BY first_reply_seconds, resolution_seconds, next_reply_seconds, is_business LIMIT 1
) AS of_all ON true
WHERE c.case_id IS NOT NULL
  -- No NOT IN: with many merges, of a number that no planner knows, it would read all of them for each case.
  AND NOT EXISTS (SELECT FROM case_merge AS merge WHERE merge.case_id = c.case_id AND c.merged_into IS NOT NULL);
COMMENT ON VIEW case_basis IS
'One row per case opened by as_of and not merged into another: what it is, and its targets.
The priority is the latest that a state gave it, else its own. The targets are those of service_target
for the priority and channel, else for the priority, else for the channel, else for all; words are the same in upper
and lower case.';

-- A state lasts until the next one of the case. The last one lasts until as_of,
-- or, where the case is done, no time. All windows are of one order, so states
-- are sorted once, and a window that nobody asks for is not computed. ORDER BY
-- sorts nothing more where any window is asked for, as those views do that group
-- by case: without a join after it they have that order. Of states at one instant
-- who has the case decides, as in the aggregates over the log.
CREATE OR REPLACE VIEW case_stay AS
SELECT
    stay.case_id, stay.stay_no, stay.status, stay.meaning, stay.is_done,
    stay.staff_id, stay.department, stay.support_line, stay.started_at, stay.ended_at,
    stay.ended_at IS NULL AS is_last, stay.until_at,
    crm_elapsed_seconds(stay.started_at, stay.until_at) AS stay_seconds,
    crm_business_seconds(stay.started_at, stay.until_at, (SELECT calendar FROM service_basis))
        AS stay_business_seconds,
    crm_as_of() AS as_of, stay.was_done, stay.cycle_no
FROM (
    SELECT
        case_id, stay_no, status, meaning, is_done, staff_id, department, support_line, started_at, ended_at, was_done,
        coalesce(ended_at, CASE WHEN is_done THEN started_at ELSE (SELECT crm_as_of_at(:'time_zone')) END) AS until_at,
        1 + count(*) FILTER (WHERE was_done AND NOT is_done)
            OVER (PARTITION BY case_id
                  ORDER BY started_at, event_no, status, staff_id COLLATE "C", department COLLATE "C", support_line)
            AS cycle_no
    FROM (
        SELECT
            case_id, status, meaning, is_done, staff_id, department, support_line, started_at, event_no,
            row_number() OVER w AS stay_no, lead(started_at) OVER w AS ended_at,
            lag(is_done, 1, false) OVER w AS was_done
        FROM (
            SELECT
                state.case_id, state.status, coalesce(word.meaning, 'open') AS meaning,
                coalesce(word.meaning IN ('resolved', 'closed'), false) AS is_done,
                state.staff_id, state.department, state.support_line, state.changed_at AS started_at, state.event_no
            FROM case_state_known AS state
            LEFT JOIN case_status AS word ON lower(word.status COLLATE "C") = lower(state.status COLLATE "C")
            WHERE state.case_id IS NOT NULL
        ) AS meant
        WINDOW w AS (PARTITION BY case_id ORDER BY started_at, event_no, status, staff_id COLLATE "C",
                                                   department COLLATE "C", support_line)
    ) AS followed
    ORDER BY case_id
) AS stay;
COMMENT ON VIEW case_stay IS
'One row per state of a case by as_of: from when to when, and what it meant.
until_at is the next state''s start, as_of for the last state, and the start where the last state is done.
Seconds are on the clock and in working time of setting.calendar.';
