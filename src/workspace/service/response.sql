-- How long customers wait, by month, channel and priority.
--
-- Percentiles of what was answered stand beside the Kaplan-Meier median of all,
-- in which what is still open counts for as long as it has been. Customers are
-- gathered and counted afterwards: a count(DISTINCT) would have all waits sorted.

-- What case_reply, reply_turn and case_cycle say, with messages and states read
-- once for all three: crm_case_waits tells the waits of a case from its logs. CASE as
-- in reply_turn.
CREATE OR REPLACE VIEW service_wait AS
SELECT
    wait.measure, c.case_id, c.customer_id, crm_local_month(wait.started_at, :'time_zone') AS month_on, c.channel,
    c.priority, wait.started_at, wait.ended_at, wait.closed_unanswered_at, wait.is_observed, wait.wait_seconds,
    wait.wait_business_seconds,
    CASE wait.measure WHEN 'first_reply' THEN c.first_reply_target_seconds
                      WHEN 'next_reply' THEN c.next_reply_target_seconds
                      ELSE c.resolution_target_seconds END AS target_seconds,
    c.is_business_target, crm_as_of() AS as_of, wait.is_paused
FROM (
    SELECT
        case_basis.*, coalesce(merged.asked_at, own.asked_at) AS asked_at,
        coalesce(merged.replied_at, own.replied_at) AS replied_at, coalesce(merged.turns, own.turns) AS turns,
        done.ends[4] AS closed_since_at, done.ends[3] AS done_at, done.cycles
    FROM case_basis
    LEFT JOIN (
        SELECT
            case_id, min(interacted_at) FILTER (WHERE direction = 'in') AS asked_at,
            min(interacted_at) FILTER (WHERE direction = 'out') AS replied_at,
            crm_reply_turn_agg(interacted_at, direction = 'out', staff_id) AS turns
        FROM interaction_known
        WHERE case_id IS NOT NULL
          AND CASE direction WHEN 'in' THEN actor IS NULL OR actor = 'customer'
                             WHEN 'out' THEN (actor IS NULL OR actor = 'staff') AND is_public IS NOT FALSE
                             ELSE false END
        GROUP BY case_id
    ) AS own USING (case_id)
    -- Those of a case that others were merged into, its own among them
    LEFT JOIN (
        SELECT
            part.main_case_id AS case_id, min(i.interacted_at) FILTER (WHERE i.direction = 'in') AS asked_at,
            min(i.interacted_at) FILTER (WHERE i.direction = 'out') AS replied_at,
            crm_reply_turn_agg(i.interacted_at, i.direction = 'out', i.staff_id) AS turns
        FROM (
            SELECT case_id, main_case_id FROM case_merge UNION SELECT main_case_id, main_case_id FROM case_merge
        ) AS part
        JOIN interaction_known AS i USING (case_id)
        WHERE CASE i.direction WHEN 'in' THEN i.actor IS NULL OR i.actor = 'customer'
                               WHEN 'out' THEN (i.actor IS NULL OR i.actor = 'staff') AND i.is_public IS NOT FALSE
                               ELSE false END
        GROUP BY part.main_case_id
    ) AS merged USING (case_id)
    LEFT JOIN (
        SELECT
            case_id,
            crm_case_end_agg(changed_at, event_no, status, (SELECT done_words FROM service_basis),
                             (SELECT closed_words FROM service_basis)) AS ends,
            crm_case_cycle_agg(changed_at, event_no, status, (SELECT done_words FROM service_basis),
                               (SELECT waiting_words FROM service_basis), (SELECT crm_as_of_at(:'time_zone')),
                               (SELECT calendar FROM service_basis)) AS cycles
        FROM case_state_known
        WHERE case_id IS NOT NULL
        GROUP BY case_id
    ) AS done USING (case_id)
    ORDER BY case_basis.case_id
) AS c
CROSS JOIN LATERAL unnest(crm_case_waits(
    CASE WHEN c.opened_by IN ('staff', 'machine') THEN NULL
         WHEN c.asked_at <= coalesce(c.replied_at, c.asked_at) THEN c.asked_at
         WHEN c.opened_by = 'customer' OR c.replied_at IS NULL
              OR NOT (SELECT has_question FROM case_question) THEN c.opened_at
    END, c.replied_at, c.turns, c.opened_at, c.closed_since_at, c.done_at, c.cycles,
    (SELECT crm_as_of_at(:'time_zone')), (SELECT calendar FROM service_basis))) AS wait;
COMMENT ON VIEW service_wait IS
'One row per wait of a customer: for a first reply, a next one, a resolution, or one after a reopening.
measure is first_reply, next_reply, resolution or reopened; see case_reply, reply_turn and case_cycle.
What is not observed is censored: still open at as_of, or done without a reply. All are read at once;
one of them alone has its own view.';

CREATE OR REPLACE VIEW response_time AS
SELECT
    wait.measure, wait.month_on, wait.channel, wait.priority,
    wait.case_count, wait.answered_count, wait.open_count, wait.unanswered_count,
    crm_survival_percentile(wait.wall_survival, 0.5) AS p50_seconds,
    crm_survival_percentile(wait.wall_survival, 0.9) AS p90_seconds,
    crm_survival_percentile(wait.business_survival, 0.5) AS p50_business_seconds,
    crm_survival_percentile(wait.business_survival, 0.9) AS p90_business_seconds,
    crm_survival_quantile(wait.wall_survival, 0.5) AS median_seconds,
    wall_limit.low AS median_low_seconds, wall_limit.high AS median_high_seconds,
    crm_survival_quantile(wait.business_survival, 0.5) AS median_business_seconds,
    business_limit.low AS median_business_low_seconds, business_limit.high AS median_business_high_seconds,
    crm_as_of() AS as_of,
    crm_month_end(wait.month_on) <= crm_over_on(:'time_zone') AS is_complete
FROM (
    SELECT
        measure, month_on, channel, priority,
        count(*) AS case_count,
        count(*) FILTER (WHERE is_observed) AS answered_count,
        count(*) FILTER (WHERE NOT is_observed AND closed_unanswered_at IS NULL) AS open_count,
        count(closed_unanswered_at) AS unanswered_count,
        array_agg(customer_id) FILTER (WHERE (SELECT min_cell FROM service_basis) > 1) AS customer_ids,
        crm_survival_agg(wait_seconds, is_observed) AS wall_survival,
        crm_survival_agg(wait_business_seconds, is_observed) AS business_survival
    FROM service_wait
    GROUP BY measure, month_on, channel, priority
) AS wait
CROSS JOIN LATERAL crm_survival_interval(wait.wall_survival, 0.5) AS wall_limit
CROSS JOIN LATERAL crm_survival_interval(wait.business_survival, 0.5) AS business_limit
WHERE crm_is_shown((SELECT min_cell FROM service_basis),
                   (SELECT count(id) FROM (SELECT DISTINCT id FROM unnest(wait.customer_ids) AS id) AS customer));
COMMENT ON VIEW response_time IS
'One row per measure, month, channel and priority: how long customers waited.
The month is that of the question, in the workspace''s time zone. Percentiles (p50, p90) are of what was answered,
or resolved; medians are Kaplan-Meier''s of all, with 95 % limits, NULL where half was never reached.
open: still waiting at as_of; unanswered: done without a reply. Groups below setting.min_cell customers are hidden.';

-- Rolled up from cells, each in one row, or where min_cell asks for customers in
-- one a customer, of whom the first carries the figures: so many as min_cell
-- (and one, which may be NULL) of each cell tell whether together there are.
CREATE OR REPLACE VIEW response_time_by AS
SELECT
    wait.measure, wait.dimension, wait.value,
    wait.case_count, wait.answered_count, wait.open_count, wait.unanswered_count,
    crm_survival_percentile(wait.wall_survival, 0.5) AS p50_seconds,
    crm_survival_percentile(wait.wall_survival, 0.9) AS p90_seconds,
    crm_survival_percentile(wait.business_survival, 0.5) AS p50_business_seconds,
    crm_survival_percentile(wait.business_survival, 0.9) AS p90_business_seconds,
    crm_survival_quantile(wait.wall_survival, 0.5) AS median_seconds,
    wall_limit.low AS median_low_seconds, wall_limit.high AS median_high_seconds,
    crm_survival_quantile(wait.business_survival, 0.5) AS median_business_seconds,
    business_limit.low AS median_business_low_seconds, business_limit.high AS median_business_high_seconds,
    crm_as_of() AS as_of,
    crm_month_end(wait.month_on) <= crm_over_on(:'time_zone') AS is_complete
FROM (
    SELECT
        measure, month_on,
        CASE grouping(month_on, channel, priority) WHEN 7 THEN 'all' WHEN 3 THEN 'month' WHEN 5 THEN 'channel'
             ELSE 'priority' END AS dimension,
        CASE grouping(month_on, channel, priority) WHEN 3 THEN to_char(month_on::timestamp, 'YYYY-MM')
             WHEN 5 THEN channel WHEN 6 THEN priority END AS value,
        sum(case_count)::bigint AS case_count, sum(answered_count)::bigint AS answered_count,
        sum(open_count)::bigint AS open_count, sum(unanswered_count)::bigint AS unanswered_count,
        count(DISTINCT customer_id) AS customer_count,
        crm_rollup(wall_survival) AS wall_survival, crm_rollup(business_survival) AS business_survival
    FROM (
        SELECT
            cell.measure, cell.month_on, cell.channel, cell.priority, customer.id AS customer_id,
            CASE WHEN is_first THEN cell.case_count END AS case_count,
            CASE WHEN is_first THEN cell.answered_count END AS answered_count,
            CASE WHEN is_first THEN cell.open_count END AS open_count,
            CASE WHEN is_first THEN cell.unanswered_count END AS unanswered_count,
            CASE WHEN is_first THEN cell.wall_survival END AS wall_survival,
            CASE WHEN is_first THEN cell.business_survival END AS business_survival
        FROM (
            SELECT
                measure, month_on, channel, priority,
                count(*) AS case_count,
                count(*) FILTER (WHERE is_observed) AS answered_count,
                count(*) FILTER (WHERE NOT is_observed AND closed_unanswered_at IS NULL) AS open_count,
                count(closed_unanswered_at) AS unanswered_count,
                array_agg(customer_id) FILTER (WHERE (SELECT min_cell FROM service_basis) > 1) AS customer_ids,
                crm_survival_agg(wait_seconds, is_observed) AS wall_survival,
                crm_survival_agg(wait_business_seconds, is_observed) AS business_survival
            FROM service_wait
            GROUP BY measure, month_on, channel, priority
        ) AS cell
        LEFT JOIN LATERAL (
            SELECT id, row_number() OVER () AS no
            FROM (
                SELECT DISTINCT id FROM unnest(cell.customer_ids) AS id
                    LIMIT (SELECT min_cell + 1::bigint FROM service_basis)
            ) AS few
        ) AS customer ON true
        CROSS JOIN LATERAL (SELECT coalesce(customer.no, 1) = 1 AS is_first) AS place
    ) AS part
    GROUP BY measure, GROUPING SETS ((), (month_on), (channel), (priority))
) AS wait
CROSS JOIN LATERAL crm_survival_interval(wait.wall_survival, 0.5) AS wall_limit
CROSS JOIN LATERAL crm_survival_interval(wait.business_survival, 0.5) AS business_limit
WHERE crm_is_shown((SELECT min_cell FROM service_basis), wait.customer_count);
COMMENT ON VIEW response_time_by IS
'One row per measure, dimension and value of it: how long customers waited.
dimension is all, month, channel or priority. What response_time has, over all months, channels and priorities,
for medians of groups are no medians of the whole.';

-- A deadline is the first instant at which the time taken reaches the target. So
-- a wait that took just as long ended in time where the microsecond before its end
-- was working time, and too late where nobody had worked since the deadline, or the
-- clock stood still.
CREATE OR REPLACE VIEW service_outcome AS
SELECT
    measure, case_id, customer_id, month_on, channel, priority, started_at, ended_at, target_seconds,
    is_business_target,
    taken_seconds,
    CASE WHEN is_observed THEN CASE WHEN NOT is_late THEN 'met' ELSE 'breached_closed' END
         WHEN closed_unanswered_at IS NOT NULL THEN 'breached_unanswered'
         WHEN is_late THEN 'breached_open'
         ELSE 'pending' END AS outcome,
    crm_as_of() AS as_of
FROM (
    SELECT
        *,
        CASE WHEN taken_seconds < target_seconds THEN false
             WHEN taken_seconds > target_seconds THEN true
             WHEN taken_seconds = target_seconds
             THEN until_at > started_at
                  AND (is_paused
                       OR is_business_target
                          AND crm_business_seconds(until_at - interval '1 microsecond', until_at,
                                                   (SELECT calendar FROM service_basis)) = 0) END AS is_late
    FROM (
        SELECT
            *, CASE WHEN is_business_target THEN wait_business_seconds ELSE wait_seconds END AS taken_seconds,
            coalesce(ended_at, (SELECT crm_as_of_at(:'time_zone'))) AS until_at
        FROM service_wait
        WHERE target_seconds IS NOT NULL
    ) AS taken
) AS judged;
COMMENT ON VIEW service_outcome IS
'One row per wait with a target: was it met?
met: ended by the deadline, the instant at which the time taken reaches the target.
breached_closed: ended later.
breached_unanswered: done without a reply.
breached_open: not ended, and past the deadline.
pending: not ended, and not past it. The target is that of the present priority;
the time taken is in the time that the target is in, working or on the clock. A deadline is the end of a working day
where the target takes until then: what ends that night is late.';

CREATE OR REPLACE VIEW sla_attainment AS
SELECT
    measure, month_on, channel, priority, met_count, breached_closed_count, breached_unanswered_count,
    breached_open_count, pending_count,
    met_count::double precision
        / nullif(met_count + breached_closed_count + breached_unanswered_count + breached_open_count, 0)
        AS attainment_share,
    met_count::double precision / nullif(met_count + breached_closed_count, 0) AS closed_only_share,
    crm_as_of() AS as_of,
    crm_month_end(month_on) <= crm_over_on(:'time_zone') AS is_complete
FROM (
    SELECT
        measure, month_on, channel, priority,
        coalesce(sum(wait_count) FILTER (WHERE outcome = 'met'), 0)::bigint AS met_count,
        coalesce(sum(wait_count) FILTER (WHERE outcome = 'breached_closed'), 0)::bigint AS breached_closed_count,
        coalesce(sum(wait_count) FILTER (WHERE outcome = 'breached_unanswered'), 0)::bigint
            AS breached_unanswered_count,
        coalesce(sum(wait_count) FILTER (WHERE outcome = 'breached_open'), 0)::bigint AS breached_open_count,
        coalesce(sum(wait_count) FILTER (WHERE outcome = 'pending'), 0)::bigint AS pending_count,
        -- Each outcome has one row, with its customers.
        min(customer_ids) FILTER (WHERE outcome = 'met')
            || min(customer_ids) FILTER (WHERE outcome = 'breached_closed')
            || min(customer_ids) FILTER (WHERE outcome = 'breached_unanswered')
            || min(customer_ids) FILTER (WHERE outcome = 'breached_open')
            || min(customer_ids) FILTER (WHERE outcome = 'pending') AS customer_ids
    FROM (
        SELECT
            measure, month_on, channel, priority, outcome, count(*) AS wait_count,
            array_agg(customer_id) FILTER (WHERE (SELECT min_cell FROM service_basis) > 1) AS customer_ids
        FROM service_outcome
        GROUP BY measure, month_on, channel, priority, outcome
    ) AS part
    GROUP BY measure, month_on, channel, priority
) AS judged
WHERE crm_is_shown((SELECT min_cell FROM service_basis),
                   (SELECT count(id) FROM (SELECT DISTINCT id FROM unnest(judged.customer_ids) AS id) AS customer));
COMMENT ON VIEW sla_attainment IS
'One row per measure, month, channel and priority: how many targets were met.
attainment_share is met by all but pending; closed_only_share forgets the unanswered, and is shown to tell how much that
flatters. Waits without a target are left out. Groups below setting.min_cell customers are hidden.';

-- Rolled up as response_time_by is.
CREATE OR REPLACE VIEW sla_attainment_by AS
SELECT
    measure, dimension, value, met_count, breached_closed_count, breached_unanswered_count, breached_open_count,
    pending_count,
    met_count::double precision
        / nullif(met_count + breached_closed_count + breached_unanswered_count + breached_open_count, 0)
        AS attainment_share,
    met_count::double precision / nullif(met_count + breached_closed_count, 0) AS closed_only_share,
    crm_as_of() AS as_of,
    crm_month_end(month_on) <= crm_over_on(:'time_zone') AS is_complete
FROM (
    SELECT
        measure, month_on,
        CASE grouping(month_on, channel, priority) WHEN 7 THEN 'all' WHEN 3 THEN 'month' WHEN 5 THEN 'channel'
             ELSE 'priority' END AS dimension,
        CASE grouping(month_on, channel, priority) WHEN 3 THEN to_char(month_on::timestamp, 'YYYY-MM')
             WHEN 5 THEN channel WHEN 6 THEN priority END AS value,
        coalesce(sum(wait_count) FILTER (WHERE outcome = 'met'), 0)::bigint AS met_count,
        coalesce(sum(wait_count) FILTER (WHERE outcome = 'breached_closed'), 0)::bigint AS breached_closed_count,
        coalesce(sum(wait_count) FILTER (WHERE outcome = 'breached_unanswered'), 0)::bigint
            AS breached_unanswered_count,
        coalesce(sum(wait_count) FILTER (WHERE outcome = 'breached_open'), 0)::bigint AS breached_open_count,
        coalesce(sum(wait_count) FILTER (WHERE outcome = 'pending'), 0)::bigint AS pending_count,
        count(DISTINCT customer_id) AS customer_count
    FROM (
        SELECT
            cell.measure, cell.month_on, cell.channel, cell.priority, cell.outcome, customer.id AS customer_id,
            CASE WHEN coalesce(customer.no, 1) = 1 THEN cell.wait_count END AS wait_count
        FROM (
            SELECT
                measure, month_on, channel, priority, outcome, count(*) AS wait_count,
                array_agg(customer_id) FILTER (WHERE (SELECT min_cell FROM service_basis) > 1) AS customer_ids
            FROM service_outcome
            GROUP BY measure, month_on, channel, priority, outcome
        ) AS cell
        LEFT JOIN LATERAL (
            SELECT id, row_number() OVER () AS no
            FROM (
                SELECT DISTINCT id FROM unnest(cell.customer_ids) AS id
                    LIMIT (SELECT min_cell + 1::bigint FROM service_basis)
            ) AS few
        ) AS customer ON true
    ) AS part
    GROUP BY measure, GROUPING SETS ((), (month_on), (channel), (priority))
) AS whole
WHERE crm_is_shown((SELECT min_cell FROM service_basis), customer_count);
COMMENT ON VIEW sla_attainment_by IS
'One row per measure, dimension and value of it: how many targets were met.
dimension is all, month, channel or priority; columns as in sla_attainment.';

-- The states of a case since it was last done, with the time used before each.
CREATE OR REPLACE VIEW open_stay AS
SELECT
    log.case_id, stay.stay_no, stay.started_at, stay.ended_at, stay.ended_at IS NULL AS is_last, stay.status,
    coalesce(word.meaning, 'open') AS meaning, stay.staff_id, stay.department, passed.until_at,
    stay.is_reopened, stay.cycle_started_at, stay.used_seconds, stay.used_business_seconds,
    crm_elapsed_seconds(stay.started_at, passed.until_at) AS stay_seconds,
    crm_business_seconds(stay.started_at, passed.until_at, basis.calendar) AS stay_business_seconds,
    crm_as_of() AS as_of
FROM (
    SELECT
        case_id,
        crm_open_stay_agg(changed_at, event_no, status, (SELECT done_words FROM service_basis),
                          (SELECT waiting_words FROM service_basis), (SELECT crm_as_of_at(:'time_zone')),
                          (SELECT calendar FROM service_basis), staff_id, department) AS stays
    FROM case_state_known
    WHERE case_id IS NOT NULL
    GROUP BY case_id
) AS log
CROSS JOIN LATERAL unnest(log.stays) AS stay
LEFT JOIN case_status AS word ON lower(word.status COLLATE "C") = lower(stay.status COLLATE "C")
CROSS JOIN service_basis AS basis
CROSS JOIN LATERAL (SELECT coalesce(stay.ended_at, basis.until_at) AS until_at) AS passed;
COMMENT ON VIEW open_stay IS
'One row per state of an open case, of its present cycle: the time used by its end.
used_seconds are without pauses, and without the time from the opening of a case to its first state.';

-- The deadline of a resolution moves with every pause: it lies in the state in
-- which the time used reaches the target, else in the present one. Until its
-- first state a case is nobody's, and its time counts as well. Time on the clock
-- is that of a calendar without an end of work, which may reach beyond all days.
CREATE OR REPLACE VIEW open_case AS
WITH merged AS (
    SELECT
        main_case_id AS case_id,
        min(interacted_at) FILTER (WHERE direction = 'in' AND (actor IS NULL OR actor = 'customer')) AS asked_at,
        min(interacted_at) FILTER (WHERE direction = 'out' AND (actor IS NULL OR actor = 'staff')
                                     AND is_public IS NOT FALSE) AS replied_at
    FROM interaction_known
    JOIN case_merge USING (case_id)
    GROUP BY main_case_id
), present AS (
    -- Open are cases without states, and those whose last one is not done.
    SELECT
        c.*, c.first_reply_target_seconds AS first_reply_seconds, c.resolution_target_seconds AS resolution_seconds,
        c.is_business_target AS is_business, basis.until_at, basis.calendar, log.stays,
        least(own.asked_at, merged.asked_at) AS asked_at, least(own.replied_at, merged.replied_at) AS replied_at
    FROM case_basis AS c
    CROSS JOIN service_basis AS basis
    LEFT JOIN case_message AS own USING (case_id)
    LEFT JOIN merged USING (case_id)
    LEFT JOIN (
        SELECT
            case_id,
            crm_open_stay_agg(changed_at, event_no, status, (SELECT done_words FROM service_basis),
                              (SELECT waiting_words FROM service_basis), (SELECT crm_as_of_at(:'time_zone')),
                              (SELECT calendar FROM service_basis), staff_id, department) AS stays
        FROM case_state_known
        WHERE case_id IS NOT NULL
        GROUP BY case_id
    ) AS log USING (case_id)
    WHERE log.case_id IS NULL OR log.stays IS NOT NULL
    ORDER BY c.case_id
), stay AS (
    -- As in open_stay, which would read the states again
    SELECT
        present.*, s.stay_no IS NOT NULL AS has_state, s.status,
        CASE WHEN s.stay_no IS NULL THEN 'queued' ELSE coalesce(word.meaning, 'open') END AS meaning, s.staff_id,
        s.department,
        s.ended_at IS NULL AS is_last,
        coalesce(s.is_reopened, false) AS is_reopened, coalesce(s.started_at, present.opened_at) AS started_at,
        CASE WHEN present.is_business THEN crm_business_seconds(early.from_at, early.until_at, present.calendar)
             ELSE crm_elapsed_seconds(early.from_at, early.until_at) END AS early_seconds,
        CASE WHEN present.is_business
             THEN s.used_business_seconds - crm_business_seconds(s.started_at, passed.until_at, present.calendar)
             ELSE s.used_seconds - crm_elapsed_seconds(s.started_at, passed.until_at) END AS before_seconds,
        CASE WHEN present.is_business THEN s.used_business_seconds ELSE s.used_seconds END AS after_seconds
    FROM present
    LEFT JOIN LATERAL unnest(present.stays) AS s ON true
    LEFT JOIN case_status AS word ON lower(word.status COLLATE "C") = lower(s.status COLLATE "C")
    CROSS JOIN LATERAL (
        SELECT
            present.opened_at AS from_at,
            CASE WHEN s.is_reopened THEN present.opened_at
                 ELSE greatest(coalesce(s.cycle_started_at, present.until_at), present.opened_at) END AS until_at
    ) AS early
    CROSS JOIN LATERAL (SELECT coalesce(s.ended_at, present.until_at) AS until_at) AS passed
), due AS (
    -- A window, not a join with a GROUP BY: stay has one reader, so who asks for one case reads that alone.
    SELECT
        case_id, customer_id, channel, priority, product_id, opened_at, opened_by, until_at, calendar, status, meaning,
        staff_id, department, is_last, is_reopened, is_business, asked_at, replied_at, first_reply_seconds,
        min(CASE WHEN early_seconds >= resolution_seconds OR NOT has_state THEN
                CASE WHEN is_business THEN crm_business_deadline(opened_at, resolution_seconds, calendar)
                     ELSE crm_elapsed_deadline(opened_at, resolution_seconds) END
             WHEN meaning <> 'waiting' AND early_seconds + before_seconds <= resolution_seconds
                  AND (early_seconds + after_seconds >= resolution_seconds OR is_last) THEN
                CASE WHEN is_business
                     THEN crm_business_deadline(started_at, resolution_seconds - early_seconds - before_seconds,
                                                calendar)
                     ELSE crm_elapsed_deadline(started_at, resolution_seconds - early_seconds - before_seconds) END
            END) OVER (PARTITION BY case_id) AS due_at
    FROM stay
)
SELECT
    stay.case_id, stay.customer_id, stay.channel, stay.priority, stay.product_id, stay.opened_at,
    crm_elapsed_seconds(stay.opened_at, stay.until_at) AS age_seconds,
    crm_business_seconds(stay.opened_at, stay.until_at, stay.calendar) AS age_business_seconds,
    stay.status, stay.meaning, stay.staff_id AS owner_id, stay.department,
    stay.meaning = 'waiting' AS is_paused, stay.is_reopened,
    reply.asked_at IS NOT NULL AS is_unanswered,
    reply_due.at AS reply_due_at,
    CASE WHEN stay.meaning <> 'waiting' THEN stay.due_at END AS due_at,
    coalesce(stay.due_at < stay.until_at, false) AS is_overdue,
    coalesce(reply_due.at < stay.until_at, false) AS is_reply_overdue,
    crm_as_of() AS as_of
FROM due AS stay
-- What case_reply says, where there is no reply
CROSS JOIN LATERAL (
    SELECT CASE WHEN stay.replied_at IS NOT NULL OR stay.opened_by IN ('staff', 'machine') THEN NULL
                ELSE coalesce(stay.asked_at, stay.opened_at) END AS asked_at
) AS reply
CROSS JOIN LATERAL (
    SELECT CASE WHEN stay.is_business
                THEN crm_business_deadline(reply.asked_at, stay.first_reply_seconds, stay.calendar)
                ELSE crm_elapsed_deadline(reply.asked_at, stay.first_reply_seconds) END
           AS at
) AS reply_due
WHERE stay.is_last;
COMMENT ON VIEW open_case IS
'One row per case that is open at as_of: how old, whose, and due when.
due_at is for the resolution: the instant at which the time used, without pauses, reaches the target;
NULL while the case waits for the customer, and without a target. A reopened case has its whole target again.
reply_due_at is for the first reply, while there is none. is_overdue and is_reply_overdue: the deadline is past.';
