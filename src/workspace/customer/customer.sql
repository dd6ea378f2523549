-- One row per customer: what ledger and fit say of each.

-- Three subqueries that stay apart, so that each of their columns is computed once
-- for a customer, and not at all where nobody asks for it. What keeps them apart
-- is a column that nobody reads: the planner merges no subquery that has a
-- volatile one, but still takes conditions into it, drops what is not asked for
-- and lets workers run it. OFFSET would keep conditions out, and LATERAL workers.
-- Who only had refunds is in nobody's model, and so has no ledger to score.
CREATE OR REPLACE VIEW customer_basis AS
SELECT scored.customer_id,
       (scored.fact).first_day AS first_purchase_on,
       (scored.fact).last_day AS last_purchase_on,
       (scored.fact).event_count AS purchase_count,
       scored.active_days,
       scored.exact_amount:::amount AS amount,
       scored.recency_days,
       scored.tenure_days,
       (scored.fact).mean_gap_days AS mean_gap_days,
       (ARRAY['under 1 year', '1-2 years', '3-5 years', 'over 5 years'])
           [4 - width_bucket((scored.fact).first_day, scored.tenure_cuts)] AS tenure_band,
       4 - width_bucket((scored.fact).first_day, scored.tenure_cuts) AS tenure_band_order,
       scored.r_score,
       scored.f_score,
       scored.m_score,
       scored.segment,
       array_position(scored.segments, scored.segment) AS segment_order,
       scored.class,
       strpos('ABCDEFGHIJKLMZN', scored.class) AS class_order,
       scored.stage,
       array_position('{new,growing,mature,declining,departed}', scored.stage) AS stage_order,
       scored.stage_reason,
       scored.expected_gap_days,
       scored.recency_days / nullif(scored.expected_gap_days, 0) AS overdue_ratio,
       (scored.fact).window_event_count AS window_count,
       (scored.fact).previous_event_count AS previous_window_count,
       (scored.fact).frequency AS frequency,
       (scored.fact).recency AS last_purchase_age_days,
       crm_decimal((scored.fact).monetary):::amount AS mean_repeat_amount,
       (scored.future).p_alive AS p_alive,
       (scored.future).expected_purchases AS expected_purchases,
       crm_decimal((scored.future).expected_value):::amount AS expected_value,
       crm_decimal((scored.future).clv):::amount AS clv,
       scored.clv_model_name,
       scored.horizon_days,
       scored.fitted_on,
       scored.as_of,
       scored.exact_amount,
       crm_decimal((scored.future).clv) AS exact_clv,
       (scored.fact).amount_number AS amount_number
FROM (
    SELECT rated.*,
           crm_rfm_segment(rated.r_score, rated.f_score, rated.m_score, rated.segment_map) AS segment,
           pg_is_in_recovery() AS is_named_apart
    FROM (
        SELECT measured.*,
               (measured.fact).active_days AS active_days,
               (measured.fact).days_since_last AS recency_days,
               (measured.fact).tenure_days AS tenure_days,
               (measured.fact).amount AS exact_amount,
               crm_score((measured.fact).days_since_last, measured.recency_breaks, true) AS r_score,
               CASE WHEN (measured.fact).active_days > 0
                    THEN crm_score((measured.fact).event_count, measured.frequency_breaks) END AS f_score,
               CASE WHEN (measured.fact).active_days > 0
                    THEN crm_score((measured.fact).amount_number, measured.monetary_breaks) END AS m_score,
               crm_abc_class((measured.fact).amount_number, measured.abc_limits) AS class,
               CASE WHEN (measured.fact).active_days > 0
                    THEN crm_lifecycle_stage(measured.purchases, measured.scored_on, measured.population_gap_days,
                                             measured.new_days, measured.window_days, measured.declining_at,
                                             measured.departed_at, measured.shrinking_below, measured.growing_above,
                                             measured.prior_weight) END AS stage,
               CASE WHEN (measured.fact).active_days > 0
                    THEN crm_lifecycle_reason(measured.purchases, measured.scored_on, measured.population_gap_days,
                                              measured.new_days, measured.window_days, measured.declining_at,
                                              measured.departed_at, measured.shrinking_below, measured.growing_above,
                                              measured.prior_weight) END AS stage_reason,
               CASE WHEN (measured.fact).active_days > 0
                    THEN (measured.gap_weight * coalesce(measured.population_gap_days, 0)
                          + ((measured.fact).active_days - 1) * coalesce((measured.fact).mean_gap_days, 0))
                         / nullif(measured.gap_weight + (measured.fact).active_days - 1, 0) END AS expected_gap_days,
               crm_clv_scores(measured.clv_model, measured.purchases, measured.as_of, measured.horizon_days,
                              measured.annual_discount) AS future,
               pg_is_in_recovery() AS is_apart
        FROM (
            SELECT bought.customer_id,
                   bought.purchases,
                   basis.*,
                   crm_measures(bought.purchases, basis.as_of, basis.window_days) AS fact,
                   pg_is_in_recovery() AS stays_apart
            FROM customer_activity AS bought
            JOIN scoring_basis AS basis ON basis.is_only = (bought.purchases IS NOT NULL)
            WHERE crm_first_entry_day(bought.purchases) <= basis.as_of
        ) AS measured
    ) AS rated
) AS scored;
COMMENT ON VIEW customer_basis IS
'One row per customer with a purchase or refund by as_of: all that ledger and fit say.
What the views of customers are made of. Scores are NULL where there is no fit at or before as_of, and so is the class
of those who have brought something. Customers who had refunds only have an amount and a class, and no first purchase,
score, segment or stage.';
COMMENT ON COLUMN customer_basis.exact_amount IS
'The amount as in the ledger, for adding up: round the result.';
COMMENT ON COLUMN customer_basis.exact_clv IS
'clv before it is rounded, to be added up.';
COMMENT ON COLUMN customer_basis.amount_number IS
'exact_amount as a double, to be compared: for quantiles and shares.';

-- A key that a source has twice is one customer all the same: the first row by
-- what stands in it.
CREATE OR REPLACE VIEW person AS
SELECT DISTINCT ON (customer_id)
       customer_id, customer_name, email, phone, region, industry, registered_at, crm_finite(potential) AS potential,
       crm_as_of() AS as_of
FROM customer
WHERE customer_id IS NOT NULL
ORDER BY customer_id, customer_name, email, phone, region, industry, registered_at, potential;
COMMENT ON VIEW person IS
'One row per customer of the source customer, whenever registered.
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
'One row per ledger or rating of a customer by as_of: see customer_elsewhere.';

SELECT crm_collect('customer_elsewhere');
COMMENT ON VIEW customer_elsewhere IS
'One row per trace of a customer elsewhere than in customer and purchase.
A customer may have several; customer_360 has each once.';

-- Customers of the source without a ledger, then those known by other traces
-- alone.
CREATE OR REPLACE VIEW known_prospect AS
SELECT customer_id, customer_name, email, phone, region, industry, registered_at, potential, crm_as_of() AS as_of
FROM person
WHERE (registered_at IS NULL
       OR (registered_at AT TIME ZONE :'time_zone')::date <= crm_as_of()
       OR EXISTS (SELECT FROM customer_elsewhere AS elsewhere WHERE elsewhere.customer_id = person.customer_id))
  AND NOT EXISTS (SELECT FROM customer_activity AS bought
                  WHERE bought.customer_id = person.customer_id
                      AND crm_first_entry_day(bought.purchases) <= crm_as_of())
UNION ALL
SELECT stranger.customer_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, crm_as_of()
FROM (SELECT DISTINCT customer_id FROM customer_elsewhere) AS stranger
WHERE NOT EXISTS (SELECT FROM customer WHERE customer.customer_id = stranger.customer_id)
  AND NOT EXISTS (SELECT FROM customer_activity AS bought
                  WHERE bought.customer_id = stranger.customer_id
                    AND crm_first_entry_day(bought.purchases) <= crm_as_of());
COMMENT ON VIEW known_prospect IS
'One row per customer known by as_of without a purchase or refund: registered, or with any other trace.
Traces are those of customer_elsewhere: an interaction, a rating, a case, whatever has the customer''s key. With what
the source customer has of them, NULL where it has nothing.';

CREATE OR REPLACE VIEW known_customer AS
SELECT bought.customer_id, person.customer_name, person.email, person.phone, person.region, person.industry,
       person.registered_at, person.potential, crm_as_of() AS as_of
FROM customer_activity AS bought
LEFT JOIN person USING (customer_id)
WHERE crm_first_entry_day(bought.purchases) <= crm_as_of()
UNION ALL
SELECT customer_id, customer_name, email, phone, region, industry, registered_at, potential, as_of
FROM known_prospect;
COMMENT ON VIEW known_customer IS
'One row per customer known by as_of: registered, or with a purchase, a refund or any other trace.
Traces are those of customer_elsewhere: an interaction, a rating, a case, whatever has the customer''s key. With what
the source customer has of them, NULL where it has nothing.';

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
           bool_or(crm_amount(spoken.interactions, basis.as_of) > 0) OVER (PARTITION BY spoken.customer_id)
               AS is_answered,
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
'One row per customer with an interaction by as_of: the preferred channel.
Interactions count half after setting.half_life_days. Where the customer has answered, the channel with the best share
of answers, smoothed and weighed by use; where never, the one used most.';

-- Who has a ledger, then customers of the source without, then those whom only
-- other traces know. Each part has customer_id as a plain column, so that a
-- condition on it goes down into every scan, and the ledgers are read once.
CREATE OR REPLACE VIEW customer_overview AS
SELECT known.customer_id,
       known.customer_name,
       known.email,
       known.phone,
       known.region,
       known.industry,
       known.registered_at,
       known.potential,
       known.is_prospect,
       known.first_purchase_on,
       known.last_purchase_on,
       known.purchase_count,
       known.active_days,
       known.amount:::amount AS amount,
       known.recency_days,
       known.tenure_days,
       known.mean_gap_days,
       known.r_score,
       known.f_score,
       known.m_score,
       known.segment,
       known.segment_order,
       known.class,
       known.class_order,
       known.stage,
       known.stage_order,
       known.stage_reason,
       known.p_alive,
       known.expected_purchases,
       known.clv:::amount AS clv,
       experienced.experience_gap,
       experienced.outcome,
       recommended.nps_group,
       reached.preferred_channel,
       known.tenure_band,
       known.tenure_band_order,
       known.fitted_on,
       crm_as_of() AS as_of
FROM (
    SELECT basis.customer_id, person.customer_name, person.email, person.phone, person.region, person.industry,
           person.registered_at, person.potential, false AS is_prospect, basis.first_purchase_on,
           basis.last_purchase_on, basis.purchase_count, basis.active_days, basis.amount, basis.recency_days,
           basis.tenure_days, basis.mean_gap_days, basis.r_score, basis.f_score, basis.m_score, basis.segment,
           basis.segment_order, basis.class, basis.class_order, basis.stage, basis.stage_order, basis.stage_reason,
           basis.p_alive, basis.expected_purchases, basis.clv, basis.tenure_band, basis.tenure_band_order,
           basis.fitted_on
    FROM customer_basis AS basis
    LEFT JOIN person USING (customer_id)
    UNION ALL
    SELECT prospect.customer_id, prospect.customer_name, prospect.email, prospect.phone, prospect.region,
           prospect.industry, prospect.registered_at, prospect.potential, true, NULL, NULL, 0::bigint, 0,
           0::numeric, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           NULL, NULL, NULL
    FROM known_prospect AS prospect
) AS known
LEFT JOIN customer_gap AS experienced USING (customer_id)
LEFT JOIN customer_recommendation AS recommended USING (customer_id)
LEFT JOIN customer_channel AS reached USING (customer_id);
COMMENT ON VIEW customer_overview IS
'One row per customer known by as_of, by whatever source: everything.
Customers who have neither bought nor had a refund by as_of are prospects, without scores; without a fit at or before
as_of nobody has any. A condition on customer_id reads that customer alone.';

-- The periods of the views by month, week and quarter. What knows how far back
-- they go, calendar_span, looks at every ledger; calendar_basis at none.
CREATE OR REPLACE VIEW calendar_basis AS
SELECT crm_as_of() AS as_of,
       setting.month_anchor,
       setting.week_anchor,
       setting.window_days,
       setting.min_cell,
       (crm_period_bounds(today.next_on, today.next_on, 'month', setting.month_anchor))[1] - 1 AS month_over_on,
       (crm_period_bounds(today.next_on, today.next_on, 'week', setting.week_anchor))[1] - 1 AS week_over_on,
       (crm_period_bounds(today.next_on, today.next_on, 'quarter', setting.month_anchor))[1] - 1 AS quarter_over_on,
       setting.is_only
FROM setting
CROSS JOIN (SELECT crm_over_on(:'time_zone') + 1 AS next_on) AS today
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
'One row per customer and month with a purchase or a refund, up to as_of.
A month of refunds only is not active. cohort_on is NULL for those who have had refunds only.';
COMMENT ON COLUMN customer_month.amount IS 'Net amount of the month.';
COMMENT ON COLUMN customer_month.exact_amount IS 'The amount as in the ledger, for adding up.';
COMMENT ON COLUMN customer_month.purchase_count IS 'Purchases of the month.';
