-- What service adds to customer_360. Whether a case is done is asked case by case:
-- so one customer needs the states of their own cases alone, where a join with
-- case_done would read all.

CREATE OR REPLACE VIEW customer_360_service AS
SELECT
    customer_id, sum(case_count)::bigint AS case_count, sum(open_case_count)::bigint AS open_case_count,
    max(last_case_on) AS last_case_on, sum(visit_count)::bigint AS visit_count, max(last_visit_on) AS last_visit_on,
    bool_or(is_opted_out) AS is_opted_out, crm_as_of() AS as_of
FROM (
    SELECT
        c.customer_id, count(*) AS case_count,
        count(*) FILTER (WHERE (
            SELECT (crm_case_end_agg(state.changed_at, state.event_no, state.status,
                                     (SELECT done_words FROM service_basis),
                                     (SELECT closed_words FROM service_basis)))[3]
            FROM case_state_known AS state
            WHERE state.case_id = c.case_id
        ) IS NULL) AS open_case_count,
        max(c.opened_on) AS last_case_on, 0::bigint AS visit_count, NULL::date AS last_visit_on,
        NULL::boolean AS is_opted_out
    FROM case_basis AS c
    WHERE c.customer_id IS NOT NULL
    GROUP BY c.customer_id
    UNION ALL
    SELECT customer_id, 0, 0, NULL, count(*), max(arrived_on), NULL
    FROM visit_known
    WHERE customer_id IS NOT NULL
    GROUP BY customer_id
    UNION ALL
    SELECT customer_id, 0, 0, NULL, 0, NULL, bool_or(NOT is_given)
    FROM consent_status
    GROUP BY customer_id
) AS part
GROUP BY customer_id;
COMMENT ON VIEW customer_360_service IS
'One row per customer with cases, visits or consents: what customer_360 has of them.
is_opted_out: a consent was withdrawn, or refused, for some channel or purpose; NULL where nothing was ever said.';

CREATE OR REPLACE VIEW customer_elsewhere_service AS
SELECT customer_id, crm_as_of() AS as_of
FROM service_case_known
WHERE customer_id IS NOT NULL AND opened_on <= crm_as_of()
UNION ALL
SELECT customer_id, crm_as_of()
FROM visit_known
WHERE customer_id IS NOT NULL AND arrived_on <= crm_as_of()
UNION ALL
SELECT customer_id, crm_as_of()
FROM consent
WHERE customer_id IS NOT NULL AND given_on <= crm_as_of() AND given_on <> '-infinity';
COMMENT ON VIEW customer_elsewhere_service IS
'One row per case, visit or consent of a customer by as_of: see customer_elsewhere.';
