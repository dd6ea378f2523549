-- Cycles: from the opening of a case to its resolution, and from each reopening
-- to the next. The time when it was done, between two cycles, is in none.

CREATE OR REPLACE VIEW case_cycle AS
SELECT
    c.case_id, c.customer_id, c.channel, c.priority, c.product_id,
    coalesce(cycle.cycle_no, 1) AS cycle_no,
    CASE WHEN coalesce(cycle.cycle_no, 1) = 1 THEN c.opened_at ELSE cycle.started_at END AS started_at,
    cycle.resolved_at,
    cycle.resolved_at IS NOT NULL AS is_resolved,
    coalesce(cycle.is_paused, false) AS is_paused,
    crm_elapsed_seconds(ended.from_at, ended.until_at) AS elapsed_seconds,
    coalesce(cycle.paused_seconds, 0) AS paused_seconds,
    greatest(crm_elapsed_seconds(ended.from_at, ended.until_at) - coalesce(cycle.paused_seconds, 0), 0) AS used_seconds,
    greatest(crm_business_seconds(ended.from_at, ended.until_at, basis.calendar)
             - coalesce(cycle.paused_business_seconds, 0), 0) AS used_business_seconds,
    c.resolution_target_seconds AS target_seconds, c.is_business_target,
    crm_as_of() AS as_of
FROM case_basis AS c
LEFT JOIN (
    SELECT
        case_id,
        crm_case_cycle_agg(changed_at, event_no, status, (SELECT done_words FROM service_basis),
                           (SELECT waiting_words FROM service_basis), (SELECT crm_as_of_at(:'time_zone')),
                           (SELECT calendar FROM service_basis)) AS cycles
    FROM case_state_known
    WHERE case_id IS NOT NULL
    GROUP BY case_id
) AS state USING (case_id)
LEFT JOIN LATERAL unnest(state.cycles) AS cycle ON true
CROSS JOIN service_basis AS basis
CROSS JOIN LATERAL (
    SELECT
        CASE WHEN coalesce(cycle.cycle_no, 1) = 1 THEN c.opened_at ELSE cycle.started_at END AS from_at,
        coalesce(cycle.resolved_at, basis.until_at) AS until_at
) AS ended;
COMMENT ON VIEW case_cycle IS
'One row per case and cycle: from its opening, or reopening, to its resolution.
A status that means resolved or closed ends a cycle, the next other one begins another.
used_seconds are without pauses, in which the case waits for the customer; what is not resolved runs until as_of.';
