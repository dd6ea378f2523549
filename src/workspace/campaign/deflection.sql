-- Contacts that self-service saved: always a range.

CREATE OR REPLACE VIEW deflection_monthly AS
WITH known AS MATERIALIZED (
    SELECT crm_month(greatest(served_on, (SELECT crm_oldest_month(crm_as_of())))) AS month_on, direct_count, view_count
    FROM self_service
    WHERE served_on <= (SELECT crm_as_of()) AND isfinite(served_on)
)
SELECT served.month_on,
       served.direct_count,
       served.view_count,
       (served.direct_count + served.view_count * assumed.low_view_share) * assumed.low_contained_share
           AS low_deflected_count,
       (served.direct_count + served.view_count * assumed.mid_view_share) * assumed.mid_contained_share
           AS mid_deflected_count,
       (served.direct_count + served.view_count * assumed.high_view_share) * assumed.high_contained_share
           AS high_deflected_count,
       (served.direct_count + served.view_count * assumed.low_view_share) * assumed.low_contained_share
           * setting.contact_cost AS low_saved_amount,
       (served.direct_count + served.view_count * assumed.mid_view_share) * assumed.mid_contained_share
           * setting.contact_cost AS mid_saved_amount,
       (served.direct_count + served.view_count * assumed.high_view_share) * assumed.high_contained_share
           * setting.contact_cost AS high_saved_amount,
       crm_month_end(served.month_on) <= crm_over_on(:'time_zone') AS is_complete,
       crm_as_of() AS as_of
FROM (
    SELECT month.at::date AS month_on,
           coalesce(sum(greatest(counted.direct_count, 0)), 0)::double precision AS direct_count,
           coalesce(sum(greatest(counted.view_count, 0)), 0)::double precision AS view_count
    FROM (
        SELECT min(month_on) AS first_on FROM known
    ) AS span
    CROSS JOIN LATERAL generate_series(span.first_on::timestamp, crm_as_of()::timestamp, interval '1 month')
        AS month (at)
    LEFT JOIN known AS counted ON counted.month_on = month.at
    GROUP BY 1
) AS served
CROSS JOIN (
    SELECT min(view_share) FILTER (WHERE scenario = 'low') AS low_view_share,
           min(contained_share) FILTER (WHERE scenario = 'low') AS low_contained_share,
           min(view_share) FILTER (WHERE scenario = 'mid') AS mid_view_share,
           min(contained_share) FILTER (WHERE scenario = 'mid') AS mid_contained_share,
           min(view_share) FILTER (WHERE scenario = 'high') AS high_view_share,
           min(contained_share) FILTER (WHERE scenario = 'high') AS high_contained_share
    FROM deflection_assumption
) AS assumed
CROSS JOIN (SELECT contact_cost FROM setting LIMIT 1) AS setting;
COMMENT ON VIEW deflection_monthly IS
'One row per month from the first self-service on: how many contacts it saved, low, mid and high.
Direct answers, and of the views the share that would have asked, times the share that did not ask all the same, by
deflection_assumption. A count below 0 is taken for 0. Amounts are NULL until setting.contact_cost says what a contact
costs. What is from before crm_oldest_month is of the first month.';
COMMENT ON COLUMN deflection_monthly.view_count IS 'How often answers were read.';

CREATE OR REPLACE VIEW deflection AS
SELECT coalesce(sum(direct_count), 0) AS direct_count,
       coalesce(sum(view_count), 0) AS view_count,
       coalesce(crm_sum(low_deflected_count), 0) AS low_deflected_count,
       coalesce(crm_sum(mid_deflected_count), 0) AS mid_deflected_count,
       coalesce(crm_sum(high_deflected_count), 0) AS high_deflected_count,
       crm_sum(low_saved_amount) AS low_saved_amount,
       crm_sum(mid_saved_amount) AS mid_saved_amount,
       crm_sum(high_saved_amount) AS high_saved_amount,
       crm_as_of() AS as_of
FROM deflection_monthly;
COMMENT ON VIEW deflection IS
'One row: how many contacts self-service saved up to as_of, low, mid and high.
As deflection_monthly; an estimate by the assumptions there, never one figure.';
COMMENT ON COLUMN deflection.view_count IS 'How often answers were read.';
