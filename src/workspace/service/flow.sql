-- What comes in, what goes out, and what lies there, month by month.

-- The cycles of case_cycle, without their pauses, and the ends of case_done from
-- one reading of the states. The first cycle of a case has its closing.
CREATE OR REPLACE VIEW case_flow AS
WITH change AS (
    -- First what changed in which months together: few rows are left to turn.
    SELECT
        greatest(change.month_on, (SELECT crm_oldest_month(crm_as_of()))) AS month_on,
        sum(part.cycle_count) FILTER (WHERE change.kind = 'resolved')::bigint AS resolved_count,
        sum(part.cycle_count) FILTER (WHERE change.kind = 'reopened')::bigint AS reopened_count,
        sum(part.cycle_count) FILTER (WHERE change.kind = 'resolved' AND part.is_first)::bigint
            AS first_resolved_count,
        sum(part.cycle_count) FILTER (WHERE change.kind = 'closed')::bigint AS closed_count
    FROM (
        SELECT
            cycle.cycle_no = 1 AS is_first, crm_local_month(cycle.resolved_at, :'time_zone') AS resolved_on,
            crm_local_month(CASE WHEN cycle.cycle_no > 1 THEN cycle.started_at END, :'time_zone') AS reopened_on,
            crm_local_month(CASE WHEN cycle.cycle_no = 1 THEN state.ends[2] END, :'time_zone') AS closed_on,
            count(*) AS cycle_count
        FROM (
            SELECT
                case_id,
                crm_case_end_agg(changed_at, event_no, status, (SELECT done_words FROM service_basis),
                                 (SELECT closed_words FROM service_basis)) AS ends,
                crm_case_cycle_agg(changed_at, event_no, status, (SELECT done_words FROM service_basis),
                                   '{}', (SELECT crm_as_of_at(:'time_zone')),
                                   (SELECT calendar FROM service_basis)) AS cycles
            FROM case_state_known
            WHERE case_id IS NOT NULL
            GROUP BY case_id
        ) AS state
        JOIN case_basis USING (case_id)
        CROSS JOIN LATERAL unnest(state.cycles) AS cycle
        GROUP BY 1, 2, 3, 4
    ) AS part
    CROSS JOIN LATERAL (
        VALUES ('resolved', part.resolved_on), ('reopened', part.reopened_on), ('closed', part.closed_on)
    ) AS change (kind, month_on)
    WHERE change.month_on IS NOT NULL
    GROUP BY 1
), opening AS (
    SELECT greatest(month_on, (SELECT crm_oldest_month(crm_as_of()))) AS month_on, count(*) AS opened_count
    FROM case_basis
    GROUP BY 1
), span AS (
    SELECT least((SELECT min(month_on) FROM change), (SELECT min(month_on) FROM opening)) AS first_on
), counted AS (
    SELECT
        month.month_on,
        coalesce(opening.opened_count, 0) AS opened_count,
        coalesce(change.reopened_count, 0) AS reopened_count,
        coalesce(change.resolved_count, 0) AS resolved_count,
        coalesce(change.first_resolved_count, 0) AS first_resolved_count,
        coalesce(change.closed_count, 0) AS closed_count
    FROM span
    CROSS JOIN LATERAL (
        SELECT at::date AS month_on
        FROM generate_series(span.first_on::timestamp, crm_as_of()::timestamp, interval '1 month') AS at
    ) AS month
    LEFT JOIN opening USING (month_on)
    LEFT JOIN change USING (month_on)
)
SELECT
    month_on,
    coalesce(sum(opened_count + reopened_count - resolved_count)
             OVER (ORDER BY month_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
             0)::bigint AS backlog_start_count,
    opened_count, reopened_count, resolved_count,
    sum(opened_count + reopened_count - resolved_count) OVER (ORDER BY month_on)::bigint AS backlog_count,
    first_resolved_count, closed_count,
    sum(opened_count - first_resolved_count) OVER (ORDER BY month_on)::bigint AS never_resolved_count,
    crm_month_end(month_on) <= crm_over_on(:'time_zone') AS is_complete,
    crm_as_of() AS as_of
FROM counted;
COMMENT ON VIEW case_flow IS
'One row per month from the first case to as_of: opened, reopened, resolved, left.
backlog_count = backlog_start_count + opened_count + reopened_count - resolved_count. Resolved and reopened
count changes, so a case may do so in many months; first_resolved_count and closed_count count each case once,
and never_resolved_count is what was never yet resolved at the end of the month, whatever became of it since.
What is from before crm_oldest_month is of the first month.';

CREATE OR REPLACE VIEW service_hours AS
SELECT
    slot.weekday, slot.hour, (slot.weekday - 1) * 24 + slot.hour AS hour_of_week,
    coalesce(asked.case_count, 0) AS case_count,
    coalesce(asked.answered_count, 0) AS answered_count,
    asked.p50_seconds, asked.median_seconds, asked.median_business_seconds,
    coalesce(asked.p50_seconds <= (SELECT coverage_seconds FROM service_basis), false) AS is_covered_answered,
    coalesce(asked.median_seconds <= (SELECT coverage_seconds FROM service_basis), false) AS is_covered,
    crm_as_of() AS as_of
FROM (
    SELECT weekday, hour FROM generate_series(1, 7) AS weekday CROSS JOIN generate_series(0, 23) AS hour
) AS slot
LEFT JOIN (
    SELECT
        date_part('isodow', asked_at AT TIME ZONE :'time_zone')::integer AS weekday,
        date_part('hour', asked_at AT TIME ZONE :'time_zone')::integer AS hour,
        count(*) AS case_count,
        count(*) FILTER (WHERE is_answered) AS answered_count,
        crm_survival_percentile(crm_survival_agg(reply_seconds, is_answered), 0.5) AS p50_seconds,
        crm_survival_quantile(crm_survival_agg(reply_seconds, is_answered), 0.5) AS median_seconds,
        crm_survival_quantile(crm_survival_agg(reply_business_seconds, is_answered), 0.5) AS median_business_seconds
    FROM case_reply
    GROUP BY 1, 2
    HAVING crm_is_shown((SELECT min_cell FROM service_basis),
                    count(DISTINCT customer_id) FILTER (WHERE (SELECT min_cell FROM service_basis) > 1))
) AS asked USING (weekday, hour);
COMMENT ON VIEW service_hours IS
'One row per hour of the week, all 168: what is asked then, and how soon it is answered.
weekday 1 is Monday; hours are of the workspace''s clock. An hour is covered where the Kaplan-Meier median
to the first reply is at most setting.coverage_seconds, is_covered_answered where the median of the answered alone is;
an hour without cases is neither. Hours of fewer customers than setting.min_cell count as empty.';

-- Each source is counted by itself, which workers can share.
CREATE OR REPLACE VIEW off_hours_share AS
SELECT
    measure, month_on, event_count, off_hours_count, off_hours_count::double precision / event_count AS off_hours_share,
    crm_as_of() AS as_of,
    crm_month_end(month_on) <= crm_over_on(:'time_zone') AS is_complete
FROM (
    SELECT
        CASE direction WHEN 'in' THEN 'contact in' WHEN 'out' THEN 'contact out' ELSE 'contact' END AS measure,
        crm_month(interacted_on) AS month_on, count(*) AS event_count,
        count(*) FILTER (WHERE NOT crm_is_business_time(interacted_at, (SELECT calendar FROM service_basis)))
            AS off_hours_count
    FROM interaction_known
    GROUP BY 1, 2
    UNION ALL
    SELECT
        'case opened', month_on, count(*),
        count(*) FILTER (WHERE NOT crm_is_business_time(opened_at, (SELECT calendar FROM service_basis)))
    FROM case_basis
    GROUP BY month_on
    UNION ALL
    SELECT
        'case state', crm_month(changed_on), count(*),
        count(*) FILTER (WHERE NOT crm_is_business_time(changed_at, (SELECT calendar FROM service_basis)))
    FROM case_state_known
    GROUP BY 2
) AS event;
COMMENT ON VIEW off_hours_share IS
'One row per measure and month: how much happens outside of working hours.
measure: contact in, contact out, contact (nobody spoke), case opened, case state. Working hours are those of
setting.calendar, by the rule of crm_is_business_time.';
