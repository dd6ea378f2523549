-- Goals, and how far they are attained.

CREATE OR REPLACE VIEW goal_attainment AS
SELECT
    goal_id, family, metric, segment, period_start, period_end, target,
    actual_value,
    CASE WHEN target > 0
         THEN CASE direction WHEN 'up' THEN 100 * actual_value / target ELSE 100 * target / nullif(actual_value, 0) END
         END AS attainment_pct,
    CASE direction WHEN 'up' THEN actual_value >= target ELSE actual_value <= target END AS is_met,
    period_end <= crm_over_on(:'time_zone') AS is_complete,
    as_of, direction, touchpoint_id, department
FROM (
    SELECT
        g.*, CASE WHEN g.period_start > g.as_of THEN NULL WHEN g.is_rated THEN survey.value ELSE ledger.value END
            AS actual_value
    FROM (
        SELECT
            *, metric IN ('mean_gap', 'satisfied_share', 'nps') AS is_rated,
            least(period_end, crm_as_of()) AS until,
            period_start - (period_end - period_start + 1) AS previous_start,
            least(period_start - 1, crm_as_of()) AS previous_until,
            crm_as_of() AS as_of
        FROM goal
    ) AS g
    CROSS JOIN (SELECT min_cell FROM setting) AS setting
    -- Both sides, and the members of a segment, are read for the goals that
    -- need them only: the conditions on g stand inside for that.
    LEFT JOIN LATERAL (
        SELECT
            CASE WHEN crm_is_shown(min_cell, greatest(1, count(*)))
                 THEN CASE g.metric WHEN 'retention_share' THEN avg(part) ELSE coalesce(sum(part), 0) END
            END::double precision AS value
        FROM (
            -- What one customer adds to the metric; NULL keeps one out of the mean.
            SELECT
                CASE g.metric
                    WHEN 'revenue' THEN crm_amount(during)
                    WHEN 'orders' THEN crm_event_count(during)
                    WHEN 'active_customers' THEN (crm_active_days(during) > 0)::integer
                    WHEN 'new_customers' THEN (crm_first_day(purchases) BETWEEN g.period_start AND g.until)::integer
                    WHEN 'retention_share' THEN
                        CASE WHEN crm_active_days(crm_slice(purchases, g.previous_start, g.previous_until)) > 0
                             THEN (crm_active_days(during) > 0)::integer END
                END AS part
            FROM customer_activity
            CROSS JOIN LATERAL (SELECT crm_slice(purchases, g.period_start, g.until) AS during) AS slice
            LEFT JOIN (
                SELECT customer_id FROM customer_rfm AS r WHERE g.segment IS NOT NULL AND r.segment = g.segment
            ) AS member USING (customer_id)
            WHERE NOT g.is_rated AND (g.segment IS NULL OR member.customer_id IS NOT NULL)
        ) AS customer
    ) AS ledger ON true
    LEFT JOIN LATERAL (
        SELECT
            CASE WHEN crm_is_shown(min_cell, greatest(1, count(DISTINCT customer_id)))
                 THEN CASE g.metric
                          WHEN 'mean_gap' THEN crm_sum(weight * gap) / nullif(crm_sum(weight), 0)
                          WHEN 'satisfied_share'
                              THEN crm_sum(weight * (outcome <> 'negative')::integer) / nullif(crm_sum(weight), 0)
                          WHEN 'nps' THEN crm_nps(crm_nps_agg(score)) END
            END AS value
        FROM (
            SELECT customer_id, gap, outcome, weight, NULL::double precision AS score
            FROM rating_pair_ever
            WHERE g.metric IN ('mean_gap', 'satisfied_share')
              AND rated_on BETWEEN g.period_start AND g.until AND gap IS NOT NULL
              AND (g.touchpoint_id IS NULL OR rating_pair_ever.touchpoint_id = g.touchpoint_id)
            UNION ALL
            SELECT customer_id, NULL, NULL, NULL, score
            FROM rating
            WHERE g.metric = 'nps' AND level = 'recommend' AND score IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
              AND rated_on BETWEEN g.period_start AND g.until
              AND (g.touchpoint_id IS NULL OR rating.touchpoint_id = g.touchpoint_id)
        ) AS answer
        LEFT JOIN (
            SELECT customer_id FROM customer_rfm AS r WHERE g.segment IS NOT NULL AND r.segment = g.segment
        ) AS member USING (customer_id)
        WHERE g.is_rated AND (g.segment IS NULL OR member.customer_id IS NOT NULL)
    ) AS survey ON true
) AS attained;
COMMENT ON VIEW goal_attainment IS
'One row per goal: its metric over the period, up to as_of.
A goal of direction down, such as a churn to be kept low, is met by its target or less.
One with a touchpoint_id is about ratings of that touchpoint.
revenue: net amount of purchases. orders: purchases. active_customers: who purchased. new_customers: whose first
purchase it was. retention_share: of those active in the equally long period before, the share active again, 0..1.
mean_gap: scale points. satisfied_share: pairs of ratings that were satisfied or positive, 0..1. nps: over all answers
of the period.
With a segment, over the customers who are in it as of as_of (customer_rfm).
NULL for a period that has not begun, without a customer, pair or answer to take a mean of, and for fewer customers than
setting.min_cell.';
