-- What is wrong with cases, messages, staff, visits and consents.
--
-- One SELECT a check: an aggregate without GROUP BY has a row even when there
-- is nothing to report. A condition on source or check_name leaves what the other
-- checks read unread. What several ask of one source is read once, by workers,
-- and words are looked up once each, not in every row.
CREATE OR REPLACE VIEW data_quality_service AS
WITH message AS (
    SELECT direction, actor, purpose, count(*) AS message_count
    FROM interaction
    GROUP BY direction, actor, purpose
), staff_message AS (
    SELECT staff_id, interacted_on, count(*) AS message_count
    FROM interaction
    WHERE staff_id IS NOT NULL
    GROUP BY staff_id, interacted_on
), state AS (
    SELECT
        count(*) FILTER (WHERE c.case_id IS NULL) AS unknown_count,
        min(s.case_id) FILTER (WHERE c.case_id IS NULL) AS unknown_key,
        count(*) FILTER (WHERE s.changed_at < c.opened_at) AS early_count,
        min(s.case_id) FILTER (WHERE s.changed_at < c.opened_at) AS early_key
    FROM case_state AS s
    LEFT JOIN service_case AS c ON c.case_id = s.case_id
)
SELECT
    source, check_name, severity, meaning,
    problem_count::bigint AS problem_count, example_key,
    crm_as_of() AS as_of
FROM (
    SELECT
        'interaction' AS source, 'unknown_direction' AS check_name, 'warning' AS severity,
        'Interactions whose direction is neither in nor out: neither question nor reply; example: the direction.'
            AS meaning,
        coalesce(sum(message_count), 0) AS problem_count, min(direction) AS example_key
    FROM message
    WHERE direction NOT IN ('in', 'out')
    UNION ALL
    SELECT
        'interaction', 'unknown_actor', 'warning',
        'Interactions by others than customer, staff or machine: neither question nor reply; example: the actor.',
        coalesce(sum(message_count), 0), min(actor)
    FROM message
    WHERE actor NOT IN ('customer', 'staff', 'machine')
    UNION ALL
    SELECT
        'interaction', 'unknown_case', 'warning',
        'Interactions of cases that are not in service_case; example: the case.',
        count(*), min(case_id)
    FROM interaction
    WHERE case_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM service_case WHERE service_case.case_id = interaction.case_id)
    UNION ALL
    SELECT
        'interaction', 'before_opening', 'warning',
        'Replies in cases that customers opened, from before that: they count at the opening; example: the case.',
        count(*), min(i.case_id)
    FROM interaction AS i
    JOIN service_case AS c ON c.case_id = i.case_id
    WHERE c.opened_by = 'customer' AND i.interacted_at < c.opened_at AND i.direction = 'out'
          AND (i.actor IS NULL OR i.actor = 'staff') AND i.is_public IS NOT FALSE
    UNION ALL
    SELECT
        'interaction', 'unknown_purpose', 'info',
        'Interactions of a purpose that is not in contact_purpose: it needs no consent; example: the purpose.',
        coalesce(sum(message_count), 0), min(purpose)
    FROM message
    WHERE purpose IS NOT NULL AND NOT EXISTS (SELECT FROM contact_purpose AS word
                                              WHERE lower(word.purpose COLLATE "C")
                                                    = lower(message.purpose COLLATE "C"))
    UNION ALL
    SELECT
        'interaction', 'unknown_staff', 'warning',
        'Interactions of staff who are not in staff, unless that is empty; example: the member of staff.',
        coalesce(sum(message_count), 0), min(staff_id)
    FROM staff_message AS message
    WHERE staff_id <> '' AND EXISTS (SELECT FROM staff)
      AND NOT EXISTS (SELECT FROM staff WHERE staff.staff_id = message.staff_id)
    UNION ALL
    SELECT
        'interaction', 'off_roster', 'warning',
        'Interactions of staff on a day on which they were not employed; example: the member of staff.',
        coalesce(sum(message_count), 0), min(staff_id)
    FROM staff_message AS message
    WHERE EXISTS (SELECT FROM staff WHERE staff.staff_id = message.staff_id)
      AND NOT EXISTS (SELECT FROM staff
                      WHERE staff.staff_id = message.staff_id
                        AND (staff.employed_from IS NULL OR staff.employed_from <= interacted_on)
                        AND (staff.employed_to IS NULL OR staff.employed_to >= interacted_on))
    UNION ALL
    SELECT
        'service_case', 'missing_customer', 'info',
        'Cases without a customer.',
        count(*), min(case_id)
    FROM service_case
    WHERE customer_id IS NULL
    UNION ALL
    SELECT
        'service_case', 'unknown_opener', 'warning',
        'Cases opened by somebody other than customer, staff or machine: no clock starts; example: by whom.',
        count(*), min(opened_by)
    FROM service_case
    WHERE opened_by NOT IN ('customer', 'staff', 'machine')
    UNION ALL
    SELECT
        'service_case', 'lost_merge', 'error',
        'Cases merged into themselves, in a circle, or into one that there is not: they are counted by themselves.',
        count(*), min(case_id)
    FROM service_case_known AS known
    WHERE merged_into IS NOT NULL
          AND NOT EXISTS (SELECT FROM case_merge WHERE case_merge.case_id = known.case_id)
    UNION ALL
    SELECT
        'case_state', 'unknown_case', 'warning',
        'States of cases that are not in service_case: views leave them out; example: the case.',
        unknown_count, unknown_key
    FROM state
    UNION ALL
    SELECT
        'case_state', 'unknown_status', 'warning',
        'States with a status that is not in case_status: it counts as open; example: the status.',
        coalesce(sum(state_count), 0), min(status)
    FROM (SELECT status, count(*) AS state_count FROM case_state GROUP BY status) AS known
    WHERE NOT EXISTS (SELECT FROM case_status AS word
                      WHERE lower(word.status COLLATE "C") = lower(known.status COLLATE "C"))
    UNION ALL
    SELECT
        'case_state', 'before_opening', 'warning',
        'States from before the case was opened; example: the case.',
        early_count, early_key
    FROM state
    UNION ALL
    SELECT
        'service_target', 'invalid_target', 'error',
        'Targets that are negative or no finite number; example: the priority.',
        count(*), min(priority)
    FROM service_target
    WHERE NOT (coalesce(first_reply_seconds, 0) >= 0 AND coalesce(next_reply_seconds, 0) >= 0 AND
          coalesce(resolution_seconds, 0) >= 0 AND coalesce(first_reply_seconds, 0) < 'Infinity' AND
          coalesce(next_reply_seconds, 0) < 'Infinity' AND coalesce(resolution_seconds, 0) < 'Infinity')
    UNION ALL
    SELECT
        'visit', 'unknown_purpose', 'info',
        'Visits of a purpose that is not in visit_purpose: it counts as other; example: the purpose.',
        count(*), min(purpose)
    FROM visit
    WHERE purpose IS NOT NULL
      AND NOT EXISTS (SELECT FROM visit_purpose AS word
                      WHERE lower(word.purpose COLLATE "C") = lower(visit.purpose COLLATE "C"))
    UNION ALL
    SELECT
        'visit', 'unknown_site', 'warning',
        'Visits of sites that are not in site, unless that is empty; example: the site.',
        count(*), min(site_id)
    FROM visit
    WHERE site_id IS NOT NULL AND EXISTS (SELECT FROM site)
      AND NOT EXISTS (SELECT FROM site WHERE site.site_id = visit.site_id)
    UNION ALL
    SELECT
        'visit', 'negative_duration', 'error',
        'Visits that end before they begin: their time is left out; example: the customer.',
        count(*), min(customer_id::text)
    FROM visit
    WHERE left_at < arrived_at
    UNION ALL
    SELECT
        'visit', 'missing_customer', 'info',
        'Visits of somebody who is not known; example: the site.',
        count(*), min(site_id)
    FROM visit
    WHERE customer_id IS NULL
    UNION ALL
    SELECT
        'consent', 'missing_answer', 'warning',
        'Consents that are neither given nor withdrawn: they count as withdrawn; example: the customer.',
        count(*), min(customer_id::text)
    FROM consent
    WHERE is_given IS NULL
    UNION ALL
    SELECT
        'consent', 'missing_customer', 'error',
        'Consents without a customer: they are nobody''s.',
        count(*), min(purpose)
    FROM consent
    WHERE customer_id IS NULL
    UNION ALL
    SELECT
        'training', 'unknown_staff', 'warning',
        'Trainings of staff who are not in staff, unless that is empty; example: the member of staff.',
        count(*), min(staff_id)
    FROM training
    WHERE EXISTS (SELECT FROM staff) AND NOT EXISTS (SELECT FROM staff WHERE staff.staff_id = training.staff_id)
    UNION ALL
    SELECT
        'staff', 'unknown_mentor', 'info',
        'Staff whose mentor is not in staff.',
        count(*), min(staff_id)
    FROM staff
    WHERE mentor_id <> '' AND NOT EXISTS (SELECT FROM staff AS mentor WHERE mentor.staff_id = staff.mentor_id)
) AS checked;
COMMENT ON VIEW data_quality_service IS
'One row per check of the sources of the subject service: see data_quality.';
