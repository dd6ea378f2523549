-- Where cases lie, and who hands them to whom.

CREATE OR REPLACE VIEW time_in_state AS
SELECT
    status, meaning, stay_count, present_count,
    microseconds::double precision / 1e6 AS total_seconds,
    business_microseconds::double precision / 1e6 AS total_business_seconds,
    microseconds::double precision / 1e6 / 86400 AS total_days,
    microseconds::double precision / 1e6 / stay_count AS mean_seconds,
    (microseconds / nullif(sum(microseconds) OVER (), 0))::double precision AS time_share,
    crm_as_of() AS as_of
FROM (
    SELECT
        stay.status, stay.meaning, count(*) AS stay_count, count(*) FILTER (WHERE is_last) AS present_count,
        sum((stay.stay_seconds * 1e6)::bigint) AS microseconds,
        sum((stay.stay_business_seconds * 1e6)::bigint) AS business_microseconds
    FROM case_stay AS stay
    JOIN case_basis USING (case_id)
    GROUP BY stay.status, stay.meaning
) AS stay;
COMMENT ON VIEW time_in_state IS
'One row per status: for how long cases were in it, all told.
From one change to the next; the last state of a case until as_of, unless it is done.
Works for anything that goes through states, such as an order until it is handed over.';

CREATE OR REPLACE VIEW unowned_time AS
SELECT
    c.case_id, c.customer_id, c.channel, c.priority, c.month_on,
    coalesce(lain.stay_count, 0) AS stay_count,
    coalesce(lain.seconds, 0)::double precision / 1e6
        + CASE WHEN coalesce(lain.first_at, basis.until_at) <= c.opened_at THEN 0
               ELSE crm_elapsed_seconds(c.opened_at, coalesce(lain.first_at, basis.until_at)) END AS unowned_seconds,
    coalesce(lain.business_seconds, 0)::double precision / 1e6
        + crm_business_seconds(c.opened_at, coalesce(lain.first_at, basis.until_at), basis.calendar)
        AS unowned_business_seconds,
    coalesce(lain.is_unowned, true) AS is_unowned,
    crm_as_of() AS as_of
FROM case_basis AS c
LEFT JOIN (
    SELECT
        case_id, min(started_at) AS first_at,
        count(*) FILTER (WHERE is_unowned) AS stay_count,
        sum((stay_seconds * 1e6)::bigint) FILTER (WHERE is_unowned) AS seconds,
        sum((stay_business_seconds * 1e6)::bigint) FILTER (WHERE is_unowned) AS business_seconds,
        bool_or(is_unowned AND is_last) AS is_unowned
    FROM (
        SELECT
            *, meaning = 'queued' OR NOT is_done AND nullif(staff_id, '') IS NULL AND nullif(department, '') IS NULL
                   AND EXISTS (SELECT FROM case_state_known WHERE staff_id <> '' OR department <> '') AS is_unowned
        FROM case_stay
    ) AS stay
    GROUP BY case_id
) AS lain USING (case_id)
CROSS JOIN service_basis AS basis;
COMMENT ON VIEW unowned_time IS
'One row per case: for how long it was nobody''s.
In a state that means queued, or without staff and department where the source has these at all,
and before its first state.';

-- Who has the case, without those who stay nameless; a run is a row of states
-- with one holder. Both windows are of one order, so states are sorted once; kind
-- stands outside of them, so that who asks for one does not read the other.
CREATE OR REPLACE VIEW case_run AS
SELECT
    'staff' AS kind, case_id, run_no, holder, holder_before_last, previous_holder, started_at, event_no,
    crm_as_of() AS as_of
FROM (
    SELECT
        case_id, row_number() OVER w AS run_no, holder, lag(holder, 2) OVER w AS holder_before_last,
        lag(holder) OVER w AS previous_holder, started_at, event_no
    FROM (
        SELECT
            case_id, staff_id AS holder, changed_at AS started_at, event_no, status,
            lag(staff_id) OVER (PARTITION BY case_id ORDER BY changed_at, event_no, status, staff_id COLLATE "C")
                AS previous
        FROM case_state_known
        WHERE staff_id <> ''
    ) AS state
    WHERE holder IS DISTINCT FROM previous
    WINDOW w AS (PARTITION BY case_id ORDER BY started_at, event_no, status, holder COLLATE "C")
) AS run
UNION ALL
SELECT
    'department', case_id, run_no, holder, holder_before_last, previous_holder, started_at, event_no,
    crm_as_of()
FROM (
    SELECT
        case_id, row_number() OVER w AS run_no, holder, lag(holder, 2) OVER w AS holder_before_last,
        lag(holder) OVER w AS previous_holder, started_at, event_no
    FROM (
        SELECT
            case_id, department AS holder, changed_at AS started_at, event_no, status,
            lag(department) OVER (PARTITION BY case_id ORDER BY changed_at, event_no, status, department COLLATE "C")
                AS previous
        FROM case_state_known
        WHERE department <> ''
    ) AS state
    WHERE holder IS DISTINCT FROM previous
    WINDOW w AS (PARTITION BY case_id ORDER BY started_at, event_no, status, holder COLLATE "C")
) AS run;
COMMENT ON VIEW case_run IS
'One row per case and time that one holder had it: staff and departments apart.
kind is staff or department. States without a holder are left out,
so the holders before and after follow on each other.';

CREATE OR REPLACE VIEW handover AS
SELECT
    c.case_id, c.customer_id, c.channel, c.priority, c.month_on,
    coalesce(held.staff[1], 0) AS staff_count,
    coalesce(held.staff[2] - 1, 0) AS staff_handover_count,
    coalesce(held.staff[3], 0) AS staff_ping_pong_count,
    coalesce(held.staff[2] > held.staff[1], false) AS is_staff_return,
    coalesce(held.department[1], 0) AS department_count,
    coalesce(held.department[2] - 1, 0) AS department_handover_count,
    coalesce(held.department[3], 0) AS department_ping_pong_count,
    coalesce(held.department[2] > held.department[1], false) AS is_department_return,
    crm_as_of() AS as_of
FROM case_basis AS c
LEFT JOIN (
    SELECT
        case_id,
        crm_holder_agg(changed_at, event_no, status, staff_id) FILTER (WHERE staff_id <> '') AS staff,
        crm_holder_agg(changed_at, event_no, status, department) FILTER (WHERE department <> '') AS department
    FROM case_state_known
    WHERE case_id IS NOT NULL
    GROUP BY case_id
) AS held USING (case_id);
COMMENT ON VIEW handover IS
'One row per case: how often it was handed on, and back.
A ping-pong is a holder who gets the case back from the next one; a return, one who has it at two times.
States without a holder are passed over. Staff and departments are counted apart.';

CREATE OR REPLACE VIEW escalation AS
SELECT
    line.case_id, c.customer_id, c.priority, c.month_on, line.support_line, line.reached_at, line.first_line,
    line.max_line,
    line.support_line > line.first_line AS is_escalated,
    crm_elapsed_seconds(c.opened_at, line.reached_at) AS reach_seconds,
    crm_business_seconds(c.opened_at, line.reached_at, (SELECT calendar FROM service_basis)) AS reach_business_seconds,
    crm_as_of() AS as_of
FROM (
    SELECT
        case_id, support_line, min(started_at) AS reached_at, min(first_line) AS first_line,
        max(max(support_line)) OVER (PARTITION BY case_id) AS max_line
    FROM (
        SELECT
            case_id, support_line, started_at,
            first_value(support_line) OVER (PARTITION BY case_id ORDER BY stay_no) AS first_line
        FROM case_stay
        WHERE support_line IS NOT NULL
    ) AS stay
    GROUP BY case_id, support_line
) AS line
JOIN case_basis AS c USING (case_id);
COMMENT ON VIEW escalation IS
'One row per case and line of support that had it: when it got there.
first_line is where the case began, max_line how far it came; is_escalated where this line is above the first.';

-- From the last act of one department to the first of the next: the state in
-- which a case comes is the hand-over, the next state there the first act. States
-- of no department come in between, and end no wait.
CREATE OR REPLACE VIEW department_latency AS
SELECT
    passed.from_department, passed.to_department, passed.handover_count, passed.acted_count,
    crm_survival_percentile(passed.wall_survival, 0.5) AS p50_seconds,
    crm_survival_percentile(passed.wall_survival, 0.9) AS p90_seconds,
    crm_survival_quantile(passed.wall_survival, 0.5) AS median_seconds,
    crm_survival_quantile(passed.business_survival, 0.5) AS median_business_seconds,
    crm_as_of() AS as_of
FROM (
    SELECT
        from_department, to_department, count(*) AS handover_count, count(*) FILTER (WHERE is_acted) AS acted_count,
        crm_survival_agg(wait_seconds, is_acted) AS wall_survival,
        crm_survival_agg(wait_business_seconds, is_acted) AS business_survival
    FROM (
        SELECT
            stay.previous AS from_department, stay.department AS to_department, customer_id,
            crm_elapsed_seconds(stay.started_at, waited.until_at) AS wait_seconds,
            crm_business_seconds(stay.started_at, waited.until_at, basis.calendar) AS wait_business_seconds,
            stay.is_done OR coalesce(stay.next_department = stay.department, false) AS is_acted
        FROM (
            SELECT
                *, lag(department) OVER (PARTITION BY case_id ORDER BY stay_no) AS previous
            FROM (
                SELECT
                    case_id, stay_no, department, is_done, started_at, case_until_at,
                    lead(department) OVER w AS next_department, lead(started_at) OVER w AS next_at
                FROM (
                    SELECT
                        case_id, stay_no, department, is_done, started_at,
                        last_value(until_at) OVER (PARTITION BY case_id ORDER BY stay_no
                                                   ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
                            AS case_until_at
                    FROM case_stay
                ) AS every_stay
                -- A wait ends when the case is done, whoever did it.
                WHERE department <> '' OR is_done
                WINDOW w AS (PARTITION BY case_id ORDER BY stay_no)
            ) AS followed
            WHERE department <> ''
        ) AS stay
        JOIN case_basis USING (case_id)
        CROSS JOIN service_basis AS basis
        CROSS JOIN LATERAL (
            SELECT CASE WHEN stay.is_done THEN stay.started_at ELSE coalesce(stay.next_at, stay.case_until_at) END
                AS until_at
        ) AS waited
        WHERE stay.previous <> stay.department
    ) AS handed
    GROUP BY from_department, to_department
    HAVING crm_is_shown((SELECT min_cell FROM service_basis),
                        count(DISTINCT customer_id) FILTER (WHERE (SELECT min_cell FROM service_basis) > 1))
) AS passed;
COMMENT ON VIEW department_latency IS
'One row per department and the one it hands cases to: how long until that one acts.
From the state in which the case comes to the next state there, no time where it comes done; where it goes on to another
before, is done elsewhere, or waits still, the wait is censored there. States without a department in between change
nothing. Percentiles are of those acted on, medians Kaplan-Meier''s of all.
Pairs with cases of fewer customers than setting.min_cell are hidden.';

-- Without a join, so that states are grouped in the order of an index; few
-- statuses have a cost, often none.
CREATE OR REPLACE VIEW case_cost AS
WITH known AS MATERIALIZED (
    SELECT array_agg(lower(status COLLATE "C") ORDER BY status) AS words, array_agg(cost ORDER BY status) AS costs
    FROM case_status
    WHERE cost > 0
)
SELECT
    c.case_id, c.customer_id, c.priority, c.month_on, coalesce(cost.event_count, 0) AS event_count,
    coalesce(cost.event_cost, 0):::amount AS event_cost,
    (coalesce(cost.handover_count, 0) * (SELECT handover_cost FROM service_basis)):::amount AS handover_cost,
    (coalesce(cost.event_cost, 0) + coalesce(cost.handover_count, 0) * (SELECT handover_cost FROM service_basis))
        :::amount AS cost_amount,
    crm_as_of() AS as_of
FROM case_basis AS c
LEFT JOIN (
    SELECT
        case_id, count(*) AS event_count,
        sum((SELECT costs FROM known)[array_position((SELECT words FROM known), lower(status COLLATE "C"))])
            AS event_cost,
        -- States that nobody had are passed over, as in handover.
        (crm_holder_agg(changed_at, event_no, status, staff_id) FILTER (WHERE staff_id <> ''))[2] - 1 AS handover_count
    FROM case_state_known
    WHERE case_id IS NOT NULL
    GROUP BY case_id
) AS cost USING (case_id);
COMMENT ON VIEW case_cost IS
'One row per case: what serving it cost, by its events.
case_status.cost for each event, and setting.handover_cost for each hand-over from one member of staff to the next.';
