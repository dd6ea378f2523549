-- One row a customer: what ledger and fit say of each.

-- OFFSET 0 keeps the planner from writing the ledger's readers anew wherever
-- their result is used: each is run once, and not at all where nobody asks.
CREATE OR REPLACE VIEW customer_basis AS
SELECT bought.customer_id,
       fact.first_purchase_on,
       fact.last_purchase_on,
       fact.purchase_count,
       fact.active_days,
       fact.amount::numeric(18,2) AS amount,
       basis.as_of - fact.last_purchase_on AS recency_days,
       basis.as_of - fact.first_purchase_on AS tenure_days,
       fact.mean_gap_days,
       CASE WHEN basis.as_of - fact.first_purchase_on < 365 THEN 'under 1 year'
            WHEN basis.as_of - fact.first_purchase_on < 1096 THEN '1-2 years'
            WHEN basis.as_of - fact.first_purchase_on < 2191 THEN '3-5 years'
            ELSE 'over 5 years' END AS tenure_band,
       CASE WHEN basis.as_of - fact.first_purchase_on < 365 THEN 1
            WHEN basis.as_of - fact.first_purchase_on < 1096 THEN 2
            WHEN basis.as_of - fact.first_purchase_on < 2191 THEN 3
            ELSE 4 END AS tenure_band_order,
       score.r_score,
       score.f_score,
       score.m_score,
       score.segment,
       array_position(basis.segments, score.segment) AS segment_order,
       score.class,
       strpos('ABCDEFGHIJKLMZN', score.class) AS class_order,
       score.stage,
       array_position('{new,growing,mature,declining,departed}', score.stage) AS stage_order,
       crm_lifecycle_reason(bought.purchases, basis.scored_on, basis.population_gap_days, basis.new_days,
                            basis.window_days, basis.declining_at, basis.departed_at, basis.shrinking_below,
                            basis.growing_above, basis.prior_weight) AS stage_reason,
       score.expected_gap_days,
       (basis.as_of - fact.last_purchase_on) / nullif(score.expected_gap_days, 0) AS overdue_ratio,
       fact.purchase_count - crm_event_count(bought.purchases, basis.as_of - basis.window_days) AS window_count,
       crm_event_count(bought.purchases, basis.as_of - basis.window_days)
           - crm_event_count(bought.purchases, basis.as_of - 2 * basis.window_days) AS previous_window_count,
       fact.active_days - 1 AS frequency,
       fact.last_purchase_on - fact.first_purchase_on AS last_purchase_age_days,
       crm_monetary(bought.purchases, basis.as_of)::numeric(18,2) AS mean_repeat_amount,
       crm_p_alive(basis.clv_model, bought.purchases, basis.as_of) AS p_alive,
       crm_expected_purchases(basis.clv_model, bought.purchases, basis.as_of, basis.horizon_days)
           AS expected_purchases,
       crm_expected_value(basis.spend_model, bought.purchases, basis.as_of)::numeric(18,2) AS expected_value,
       crm_clv(basis.spend_model, bought.purchases, basis.as_of, basis.horizon_days,
               basis.annual_discount)::numeric(18,2) AS clv,
       basis.clv_model_name,
       basis.horizon_days,
       basis.fitted_on,
       basis.as_of
FROM customer_activity AS bought
CROSS JOIN scoring_basis AS basis
CROSS JOIN LATERAL (
    SELECT crm_first_day(bought.purchases, basis.as_of) AS first_purchase_on,
           crm_last_day(bought.purchases, basis.as_of) AS last_purchase_on,
           crm_event_count(bought.purchases, basis.as_of) AS purchase_count,
           crm_active_days(bought.purchases, basis.as_of) AS active_days,
           crm_mean_gap_days(bought.purchases, basis.as_of) AS mean_gap_days,
           crm_amount(bought.purchases, basis.as_of) AS amount,
           crm_amount(bought.purchases, basis.as_of)::double precision AS amount_value
    OFFSET 0
) AS fact
CROSS JOIN LATERAL (
    SELECT scored.*, crm_rfm_segment(scored.r_score, scored.f_score, scored.m_score, basis.segment_map) AS segment
    FROM (
        SELECT crm_score(basis.as_of - fact.last_purchase_on, basis.recency_breaks, true) AS r_score,
               crm_score(fact.purchase_count, basis.frequency_breaks) AS f_score,
               crm_score(fact.amount_value, basis.monetary_breaks) AS m_score,
               CASE WHEN basis.fitted_on IS NOT NULL
                    THEN crm_abc_class(fact.amount_value, basis.abc_limits) END AS class,
               crm_lifecycle_stage(bought.purchases, basis.scored_on, basis.population_gap_days, basis.new_days,
                                   basis.window_days, basis.declining_at, basis.departed_at, basis.shrinking_below,
                                   basis.growing_above, basis.prior_weight) AS stage,
               (basis.gap_weight * coalesce(basis.population_gap_days, 0)
                + (fact.active_days - 1) * coalesce(fact.mean_gap_days, 0))
               / nullif(basis.gap_weight + fact.active_days - 1, 0) AS expected_gap_days
    ) AS scored
    OFFSET 0
) AS score
WHERE fact.first_purchase_on IS NOT NULL;
COMMENT ON VIEW customer_basis IS
'One row a customer who has bought by as_of: all that ledger and fit say.
What the views of customers are made of. Scores are NULL where there is no fit at or before as_of.';

-- Customers of the source, then those whom only the ledgers know. Each part
-- has customer_id as a plain column, so that a condition on it goes down into
-- every scan.
CREATE OR REPLACE VIEW customer_overview AS
SELECT person.customer_id,
       person.customer_name,
       person.email,
       person.phone,
       person.region,
       person.industry,
       person.registered_at,
       person.potential,
       basis.customer_id IS NULL AS is_prospect,
       basis.first_purchase_on,
       basis.last_purchase_on,
       coalesce(basis.purchase_count, 0) AS purchase_count,
       coalesce(basis.active_days, 0) AS active_days,
       coalesce(basis.amount, 0)::numeric(18,2) AS amount,
       basis.recency_days,
       basis.tenure_days,
       basis.mean_gap_days,
       basis.r_score,
       basis.f_score,
       basis.m_score,
       basis.segment,
       basis.segment_order,
       basis.class,
       basis.class_order,
       basis.stage,
       basis.stage_order,
       basis.stage_reason,
       basis.p_alive,
       basis.expected_purchases,
       basis.clv,
       experienced.experience_gap,
       experienced.outcome,
       recommended.nps_group,
       reached.preferred_channel,
       basis.tenure_band,
       basis.tenure_band_order,
       basis.fitted_on,
       crm_as_of() AS as_of
FROM (
    SELECT customer_id, customer_name, email, phone, region, industry, registered_at, potential
    FROM customer
    WHERE customer_id IS NOT NULL
    UNION ALL
    SELECT bought.customer_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM customer_activity AS bought
    WHERE NOT EXISTS (SELECT FROM customer WHERE customer.customer_id = bought.customer_id)
) AS person
LEFT JOIN customer_basis AS basis USING (customer_id)
LEFT JOIN customer_gap AS experienced USING (customer_id)
LEFT JOIN customer_recommendation AS recommended USING (customer_id)
LEFT JOIN (
    SELECT DISTINCT ON (spoken.customer_id) spoken.customer_id, spoken.channel AS preferred_channel
    FROM channel_activity AS spoken
    CROSS JOIN (SELECT crm_as_of() AS as_of, setting.half_life_days FROM setting LIMIT 1) AS decay
    WHERE crm_active_days(spoken.interactions, decay.as_of) > 0
    ORDER BY spoken.customer_id,
             (crm_decayed_amount(spoken.interactions, decay.as_of, decay.half_life_days) + 1)
             / (crm_decayed_events(spoken.interactions, decay.as_of, decay.half_life_days) + 2) DESC,
             spoken.channel
) AS reached USING (customer_id);
COMMENT ON VIEW customer_overview IS
'One row a customer, of the customer source or with a purchase: everything.
Who has not bought by as_of is a prospect, without scores; without a fit at or before as_of nobody has any. A
condition on customer_id reads that customer alone.';

-- Each ledger is taken apart and summed up by itself, so that no plan has to
-- hold all months of all customers.
CREATE OR REPLACE VIEW customer_month AS
SELECT bought.customer_id,
       month.month_on,
       date_trunc('month', crm_first_day(bought.purchases, today.as_of)::timestamp)::date AS cohort_on,
       month.purchase_count,
       month.amount::numeric(18,2) AS amount,
       month.purchase_count > 0 AS is_active,
       crm_active_between(bought.purchases, (month.month_on - interval '1 month')::date, month.month_on - 1)
           AS is_active_before,
       today.as_of
FROM customer_activity AS bought
CROSS JOIN (SELECT crm_as_of() AS as_of LIMIT 1) AS today
CROSS JOIN LATERAL (
    SELECT date_trunc('month', entry.day::timestamp)::date AS month_on,
           sum(entry.events)::bigint AS purchase_count,
           sum(entry.amount) AS amount
    FROM crm_days(bought.purchases) AS entry
    WHERE entry.day <= today.as_of
    GROUP BY date_trunc('month', entry.day::timestamp)::date
) AS month;
COMMENT ON VIEW customer_month IS
'One row a customer and month with a purchase or a refund, up to as_of.
What the views by month are made of. A month of refunds only is not active.';
COMMENT ON COLUMN customer_month.amount IS 'Net amount of the month.';
COMMENT ON COLUMN customer_month.purchase_count IS 'Purchases of the month.';
