-- One row a customer: what ledger and fit say of each.

-- A ledger is read once, by crm_measures in FROM; models and maps are asked only
-- where somebody asks for what they say. Subqueries without a table, which would
-- keep their result, would keep the view from being read in parallel, so what is
-- written here twice is computed twice.
-- Who only had refunds is in nobody's model, and so has no ledger to score.
CREATE OR REPLACE VIEW customer_basis AS
SELECT bought.customer_id,
       fact.first_day AS first_purchase_on,
       fact.last_day AS last_purchase_on,
       fact.event_count AS purchase_count,
       fact.active_days AS active_days,
       fact.amount::numeric:::amount AS amount,
       fact.days_since_last AS recency_days,
       fact.tenure_days AS tenure_days,
       fact.mean_gap_days AS mean_gap_days,
       CASE WHEN fact.tenure_days < 365 THEN 'under 1 year'
            WHEN fact.tenure_days < 1096 THEN '1-2 years'
            WHEN fact.tenure_days < 2191 THEN '3-5 years'
            WHEN fact.tenure_days IS NOT NULL THEN 'over 5 years' END AS tenure_band,
       CASE WHEN fact.tenure_days < 365 THEN 1
            WHEN fact.tenure_days < 1096 THEN 2
            WHEN fact.tenure_days < 2191 THEN 3
            WHEN fact.tenure_days IS NOT NULL THEN 4 END AS tenure_band_order,
       score.r_score,
       score.f_score,
       score.m_score,
       named.segment,
       array_position(basis.segments, named.segment) AS segment_order,
       score.class,
       strpos('ABCDEFGHIJKLMZN', score.class) AS class_order,
       score.stage,
       array_position('{new,growing,mature,declining,departed}', score.stage) AS stage_order,
       crm_lifecycle_reason(buyer.scored, basis.scored_on, basis.population_gap_days, basis.new_days,
                            basis.window_days, basis.declining_at, basis.departed_at, basis.shrinking_below,
                            basis.growing_above, basis.prior_weight) AS stage_reason,
       score.expected_gap_days,
       fact.days_since_last / nullif(score.expected_gap_days, 0) AS overdue_ratio,
       fact.window_event_count AS window_count,
       fact.previous_event_count AS previous_window_count,
       fact.frequency AS frequency,
       fact.recency AS last_purchase_age_days,
       fact.monetary::numeric:::amount AS mean_repeat_amount,
       crm_p_alive(basis.clv_model, buyer.scored, basis.as_of) AS p_alive,
       crm_expected_purchases(basis.clv_model, buyer.scored, basis.as_of, basis.horizon_days) AS expected_purchases,
       crm_expected_value(basis.spend_model, buyer.scored, basis.as_of)::numeric:::amount AS expected_value,
       score.clv:::amount AS clv,
       basis.clv_model_name,
       basis.horizon_days,
       basis.fitted_on,
       basis.as_of,
       fact.amount AS exact_amount,
       score.clv AS exact_clv
FROM customer_activity AS bought
JOIN scoring_basis AS basis ON basis.is_only = (bought.purchases IS NOT NULL)
CROSS JOIN LATERAL crm_measures(bought.purchases, basis.as_of, basis.window_days) AS fact
CROSS JOIN LATERAL (SELECT CASE WHEN fact.active_days > 0 THEN bought.purchases END AS scored) AS buyer
CROSS JOIN LATERAL (
    SELECT crm_score(fact.days_since_last, basis.recency_breaks, true) AS r_score,
           CASE WHEN fact.active_days > 0 THEN crm_score(fact.event_count, basis.frequency_breaks) END AS f_score,
           CASE WHEN fact.active_days > 0
                THEN crm_score(fact.amount::double precision, basis.monetary_breaks) END AS m_score,
           CASE WHEN basis.fitted_on IS NOT NULL
                THEN crm_abc_class(fact.amount::double precision, basis.abc_limits) END AS class,
           crm_lifecycle_stage(buyer.scored, basis.scored_on, basis.population_gap_days, basis.new_days,
                               basis.window_days, basis.declining_at, basis.departed_at, basis.shrinking_below,
                               basis.growing_above, basis.prior_weight) AS stage,
           CASE WHEN fact.active_days > 0
                THEN (basis.gap_weight * coalesce(basis.population_gap_days, 0)
                      + (fact.active_days - 1) * coalesce(fact.mean_gap_days, 0))
                     / nullif(basis.gap_weight + fact.active_days - 1, 0) END AS expected_gap_days,
           crm_clv(basis.spend_model, buyer.scored, basis.as_of, basis.horizon_days, basis.annual_discount)::numeric
               AS clv
) AS score
CROSS JOIN LATERAL (
    SELECT crm_rfm_segment(score.r_score, score.f_score, score.m_score, basis.segment_map) AS segment
) AS named
WHERE crm_first_entry_day(bought.purchases) <= basis.as_of;
COMMENT ON VIEW customer_basis IS
'One row a customer with a purchase or refund by as_of: all that ledger and fit say.
What the views of customers are made of. Scores are NULL where there is no fit at or before as_of. Who had refunds only
has an amount and a class, and no first purchase, score, segment or stage.';
COMMENT ON COLUMN customer_basis.exact_amount IS
'amount as the ledger has it, to be added up: round what comes out.';
COMMENT ON COLUMN customer_basis.exact_clv IS
'clv before it is rounded, to be added up.';

-- A key that a source has twice is one customer all the same: the first row by
-- what stands in it.
CREATE OR REPLACE VIEW person AS
SELECT DISTINCT ON (customer_id)
       customer_id, customer_name, email, phone, region, industry, registered_at, potential,
       crm_as_of() AS as_of
FROM customer
WHERE customer_id IS NOT NULL
ORDER BY customer_id, customer_name, email, phone, region, industry, registered_at, potential;
COMMENT ON VIEW person IS
'One row a customer of the source customer, whenever registered.
Of several rows with one key the first in the order of their columns; data_quality counts them.';

-- Who is known from elsewhere than the customer source and the purchases: each
-- subject says so in a view customer_elsewhere_SUBJECT.
CREATE OR REPLACE VIEW customer_elsewhere_customer AS
SELECT customer_id, crm_as_of() AS as_of
FROM channel_activity
WHERE crm_first_entry_day(interactions) <= crm_as_of()
UNION ALL
SELECT customer_id, crm_as_of()
FROM rating
WHERE customer_id IS NOT NULL AND (rated_on <= crm_as_of() OR rated_on IS NULL);
COMMENT ON VIEW customer_elsewhere_customer IS
'One row a ledger or rating of a customer by as_of: see customer_elsewhere.';

SELECT crm_collect('customer_elsewhere');
COMMENT ON VIEW customer_elsewhere IS
'One row a trace of a customer elsewhere than in customer and purchase.
A customer may have several; customer_360 has each once.';

-- Customers of the source, then those whom only the ledgers know, and those
-- known by a rating alone. Each part has customer_id as a plain column, so that
-- a condition on it goes down into every scan.
CREATE OR REPLACE VIEW known_customer AS
SELECT customer_id, customer_name, email, phone, region, industry, registered_at, potential, crm_as_of() AS as_of
FROM person
WHERE registered_at IS NULL
   OR (registered_at AT TIME ZONE :'time_zone')::date <= crm_as_of()
   OR EXISTS (SELECT FROM customer_activity AS bought
              WHERE bought.customer_id = person.customer_id AND crm_first_entry_day(bought.purchases) <= crm_as_of())
   OR EXISTS (SELECT FROM customer_elsewhere AS elsewhere WHERE elsewhere.customer_id = person.customer_id)
UNION ALL
SELECT bought.customer_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, crm_as_of()
FROM customer_activity AS bought
WHERE crm_first_entry_day(bought.purchases) <= crm_as_of()
  AND NOT EXISTS (SELECT FROM customer WHERE customer.customer_id = bought.customer_id)
UNION ALL
SELECT stranger.customer_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, crm_as_of()
FROM (SELECT DISTINCT customer_id FROM customer_elsewhere) AS stranger
WHERE NOT EXISTS (SELECT FROM customer WHERE customer.customer_id = stranger.customer_id)
  AND NOT EXISTS (SELECT FROM customer_activity AS bought
                  WHERE bought.customer_id = stranger.customer_id
                    AND crm_first_entry_day(bought.purchases) <= crm_as_of());
COMMENT ON VIEW known_customer IS
'One row a customer known by as_of: registered, or with a purchase, refund, interaction or rating.
With what the source customer has of them, NULL where it has nothing.';

-- A channel is preferred that gets answers and is used: the share of answered
-- interactions, drawn towards that of all customers as if by two more of them,
-- times n / (n + 2). Who has never answered is met where most was tried.
CREATE OR REPLACE VIEW customer_channel AS
SELECT DISTINCT ON (weighed.customer_id)
       weighed.customer_id,
       weighed.channel AS preferred_channel,
       crm_as_of() AS as_of
FROM (
    SELECT spoken.customer_id,
           spoken.channel,
           crm_decayed_events(spoken.interactions, basis.as_of, basis.half_life_days) AS contacts,
           crm_decayed_amount(spoken.interactions, basis.as_of, basis.half_life_days) AS answers,
           bool_or(crm_amount(spoken.interactions, basis.as_of) > 0) OVER (PARTITION BY spoken.customer_id) AS is_answered,
           basis.response_share
    FROM channel_activity AS spoken
    CROSS JOIN (
        SELECT crm_as_of() AS as_of,
               setting.half_life_days,
               coalesce((SELECT fit.response_share FROM fit WHERE fit.as_of <= crm_as_of() AND fit.customer_count > 0
                         ORDER BY fit.as_of DESC LIMIT 1), 0) AS response_share
        FROM setting
        WHERE setting.is_only
        OFFSET '0'
    ) AS basis
    WHERE crm_active_days(spoken.interactions, basis.as_of) > 0
) AS weighed
ORDER BY weighed.customer_id,
         CASE WHEN weighed.is_answered
              THEN (weighed.answers + 2 * weighed.response_share) / (weighed.contacts + 2)
                   * weighed.contacts / (weighed.contacts + 2) END DESC,
         weighed.contacts DESC,
         weighed.channel;
COMMENT ON VIEW customer_channel IS
'One row a customer with an interaction by as_of: the preferred channel.
Interactions count half after setting.half_life_days. Where the customer has answered, the channel with the best share
of answers, smoothed and weighed by use; where never, the one used most.';

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
       coalesce(basis.amount, 0):::amount AS amount,
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
FROM known_customer AS person
LEFT JOIN customer_basis AS basis USING (customer_id)
LEFT JOIN customer_gap AS experienced USING (customer_id)
LEFT JOIN customer_recommendation AS recommended USING (customer_id)
LEFT JOIN customer_channel AS reached USING (customer_id);
COMMENT ON VIEW customer_overview IS
'One row a customer known by as_of, by whatever source: everything.
Who has neither bought nor had a refund by as_of is a prospect, without scores; without a fit at or before as_of nobody
has any. A condition on customer_id reads that customer alone.';

-- The periods of the views by month, week and quarter. What knows how far back
-- they go, calendar_span, looks at every ledger; calendar_basis at none.
CREATE OR REPLACE VIEW calendar_basis AS
SELECT crm_as_of() AS as_of,
       setting.month_anchor,
       setting.week_anchor,
       setting.window_days,
       setting.min_cell,
       (crm_period_bounds(crm_as_of() + 1, crm_as_of() + 1, 'month', setting.month_anchor))[1] - 1 AS month_over_on,
       (crm_period_bounds(crm_as_of() + 1, crm_as_of() + 1, 'week', setting.week_anchor))[1] - 1 AS week_over_on,
       (crm_period_bounds(crm_as_of() + 1, crm_as_of() + 1, 'quarter', setting.month_anchor))[1] - 1
           AS quarter_over_on,
       setting.is_only
FROM setting
WHERE setting.is_only
OFFSET '0';
COMMENT ON VIEW calendar_basis IS
'One row: the day, the settings of periods, and the last day of the last whole month, week and quarter.';

CREATE OR REPLACE VIEW calendar_span AS
SELECT crm_period_bounds(span.opened_on, basis.as_of, 'month', basis.month_anchor) AS month_bounds,
       crm_period_bounds(span.opened_on, basis.as_of, 'week', basis.week_anchor) AS week_bounds,
       crm_period_bounds(span.opened_on, basis.as_of, 'quarter', basis.month_anchor) AS quarter_bounds,
       basis.window_days,
       basis.as_of
FROM calendar_basis AS basis
CROSS JOIN (
    SELECT min(crm_first_entry_day(purchases)) AS opened_on
    FROM customer_activity
    WHERE crm_first_entry_day(purchases) <= (SELECT crm_as_of())
) AS span;
COMMENT ON VIEW calendar_span IS
'One row: the bounds of months, weeks and quarters from the first purchase or refund of all to as_of.
For crm_retention_agg and the like, so not for BI. Each is the first day of every period, and the day after as_of; of
more than 1,200 the latest. NULL where there is nothing yet.';

CREATE OR REPLACE VIEW customer_month AS
SELECT bought.customer_id,
       month.period_start AS month_on,
       month.cohort_start AS cohort_on,
       month.event_count AS purchase_count,
       month.amount:::amount AS amount,
       month.active_days > 0 AS is_active,
       month.is_active_before,
       basis.as_of,
       month.amount AS exact_amount
FROM customer_activity AS bought
JOIN calendar_basis AS basis ON basis.is_only = (bought.purchases IS NOT NULL)
CROSS JOIN LATERAL crm_periods(
    bought.purchases,
    CASE WHEN crm_first_entry_day(bought.purchases) <= basis.as_of
         THEN crm_period_bounds(crm_first_entry_day(bought.purchases), basis.as_of, 'month', basis.month_anchor) END
) AS month;
COMMENT ON VIEW customer_month IS
'One row a customer and month with a purchase or a refund, up to as_of.
A month of refunds only is not active. cohort_on is NULL for those who have had refunds only.';
COMMENT ON COLUMN customer_month.amount IS 'Net amount of the month.';
COMMENT ON COLUMN customer_month.exact_amount IS 'amount as the ledger has it, to be added up.';
COMMENT ON COLUMN customer_month.purchase_count IS 'Purchases of the month.';
