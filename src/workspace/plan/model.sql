-- The four models of a customer, and what both sides have of each other.

CREATE OR REPLACE VIEW relationship_model AS
SELECT customer_id, is_prospect, stage, stage_order, stage_reason, first_purchase_on, last_purchase_on, tenure_days,
       tenure_band, tenure_band_order, recency_days, mean_gap_days, preferred_channel, crm_as_of() AS as_of
FROM customer_360;
COMMENT ON VIEW relationship_model IS
'One row per customer: where the relationship stands.';

CREATE OR REPLACE VIEW value_model AS
SELECT customer_id, r_score, f_score, m_score, segment, segment_order, class, class_order, potential, p_alive, clv,
       fitted_on, crm_as_of() AS as_of
FROM customer_360;
COMMENT ON VIEW value_model IS
'One row per customer: what the customer is worth.';

CREATE OR REPLACE VIEW satisfaction_model AS
SELECT customer_id, pair_count, last_rated_on, experience_gap, outcome,
       array_position('{negative,satisfied,positive}', outcome) AS outcome_order, recommend_score, nps_group,
       crm_as_of() AS as_of
FROM customer_experience
WHERE customer_id IS NOT NULL;
COMMENT ON VIEW satisfaction_model IS
'One row per customer who rated: how satisfied.';

CREATE OR REPLACE VIEW sales_model AS
SELECT customer_id, purchase_count, active_days, amount, window_count, previous_window_count, expected_purchases,
       expected_value, horizon_days, crm_as_of() AS as_of
FROM customer_basis;
COMMENT ON VIEW sales_model IS
'One row per customer with a purchase or refund by as_of: what was bought, and what is to come.';

CREATE OR REPLACE VIEW value_experience AS
SELECT valued.customer_id,
       valued.amount,
       valued.clv,
       (percent_rank() OVER (ORDER BY valued.amount))::double precision AS amount_percentile_share,
       rated.experience_gap,
       CASE WHEN rated.experience_gap IS NOT NULL
            THEN percent_rank() OVER (PARTITION BY rated.experience_gap IS NULL ORDER BY rated.experience_gap)
            END AS gap_percentile_share,
       rated.outcome,
       array_position('{negative,satisfied,positive}', rated.outcome) AS outcome_order,
       crm_as_of() AS as_of
FROM customer_basis AS valued
LEFT JOIN customer_gap AS rated USING (customer_id);
COMMENT ON VIEW value_experience IS
'One row per customer with a purchase or refund by as_of: value to the company beside experience.
Percentiles, 0..1, among all customers, and among those who rated. No optimum is claimed between the two.';

CREATE OR REPLACE VIEW customer_elsewhere_plan AS
SELECT customer_id, crm_as_of() AS as_of
FROM cost
WHERE customer_id IS NOT NULL AND occurred_on <= crm_as_of();
COMMENT ON VIEW customer_elsewhere_plan IS
'One row per cost of a customer by as_of: see customer_elsewhere.';
