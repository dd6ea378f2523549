-- One row a customer: what the ledger says, scores, class, stage, value.

-- Order of first mention in the map. A rule is a line, or ends at a semicolon;
-- a comment takes its whole line (src/core/rfm/rfm.c).
CREATE OR REPLACE VIEW segment AS
SELECT named.segment,
       row_number() OVER (ORDER BY min(named.rule_order))::integer AS segment_order,
       crm_as_of() AS as_of
FROM (
    SELECT btrim(regexp_replace(rule.line, '^\s*(else|[1-5*-]+\s+[1-5*-]+\s+[1-5*-]+)\s+', ''), E' \t\r') AS segment,
           rule.rule_order
    FROM setting,
         regexp_split_to_table(regexp_replace(setting.segment_map, '(^|[\n;])[ \t\r]*#[^\n]*', '\1', 'g'), '[\n;]')
             WITH ORDINALITY AS rule (line, rule_order)
) AS named
WHERE named.segment <> ''
GROUP BY named.segment;
COMMENT ON VIEW segment IS
'One row a segment of setting.segment_map, in order of first mention.
Also the segments that nobody is in.';

-- LIMIT keeps this row in one piece: it is computed once a query, not once a
-- customer, and the planner knows that it is one.
CREATE OR REPLACE VIEW scoring_basis AS
SELECT crm_as_of() AS as_of,
       CASE WHEN latest.as_of IS NOT NULL THEN crm_as_of() END AS scored_on,
       latest.as_of AS fitted_on,
       latest.recency_breaks,
       latest.frequency_breaks,
       latest.monetary_breaks,
       latest.abc_limits,
       latest.population_gap_days,
       latest.clv_model,
       crm_model_name(latest.clv_model) AS clv_model_name,
       CASE WHEN latest.clv_model::jsonb ? 'spend' THEN latest.clv_model END AS spend_model,
       setting.segment_map,
       ARRAY(SELECT segment.segment FROM segment ORDER BY segment.segment_order) AS segments,
       setting.new_days,
       setting.window_days,
       setting.declining_at,
       setting.departed_at,
       setting.shrinking_below,
       setting.growing_above,
       setting.prior_weight,
       CASE WHEN latest.population_gap_days IS NULL THEN 0 ELSE setting.prior_weight END AS gap_weight,
       setting.horizon_days,
       setting.annual_discount
FROM setting
LEFT JOIN LATERAL (
    SELECT * FROM fit WHERE fit.as_of <= crm_as_of() ORDER BY fit.as_of DESC LIMIT 1
) AS latest ON true
LIMIT 1;
COMMENT ON VIEW scoring_basis IS
'One row: the day, the settings and the latest fit that scores go by.
Not for BI: it holds arrays and a model. Without a fit at or before as_of those are NULL.';

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
CREATE OR REPLACE VIEW customer_360 AS
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
COMMENT ON VIEW customer_360 IS
'One row a customer, of the customer source or with a purchase: everything.
Who has not bought by as_of is a prospect, without scores; without a fit at or before as_of nobody has any. A
condition on customer_id reads that customer alone.';

CREATE OR REPLACE VIEW customer_rfm AS
SELECT customer_id, last_purchase_on, recency_days, purchase_count, amount, r_score, f_score, m_score,
       segment, segment_order, fitted_on, as_of
FROM customer_basis;
COMMENT ON VIEW customer_rfm IS
'One row a customer who has bought by as_of: recency, frequency, amount.
With their scores, 5 best, against the breaks of the latest fit, and the segment that setting.segment_map gives.';

-- Equal amounts share a rank and a cumulative share: the frame is RANGE.
CREATE OR REPLACE VIEW customer_abc AS
SELECT customer_id,
       amount,
       rank() OVER by_amount AS amount_rank,
       (greatest(amount, 0) / nullif(sum(greatest(amount, 0)) OVER (), 0))::double precision AS amount_share,
       (sum(greatest(amount, 0)) OVER by_amount / nullif(sum(greatest(amount, 0)) OVER (), 0))::double precision
           AS cumulative_share,
       class,
       class_order,
       fitted_on,
       as_of
FROM customer_basis
WINDOW by_amount AS (ORDER BY amount DESC);
COMMENT ON VIEW customer_abc IS
'One row a customer who has bought by as_of: rank, share, ABC class.
Shares are of the sum of positive amounts. The class is by the limits of the latest fit, so it stays where it is
between two fits while the shares move.';

CREATE OR REPLACE VIEW customer_lifecycle AS
SELECT customer_id, stage, stage_order, stage_reason, first_purchase_on, last_purchase_on, active_days, recency_days,
       tenure_days, mean_gap_days, expected_gap_days, overdue_ratio, window_count, previous_window_count,
       window_count / nullif(previous_window_count, 0)::double precision AS trend_ratio,
       fitted_on, as_of
FROM customer_basis;
COMMENT ON VIEW customer_lifecycle IS
'One row a customer who has bought by as_of: the stage, and why.
With the facts that crm_lifecycle_stage goes by. The windows are setting.window_days long, the last one ends at
as_of.';

CREATE OR REPLACE VIEW customer_clv AS
SELECT customer_id, clv_model_name, frequency, last_purchase_age_days, tenure_days, mean_repeat_amount, p_alive,
       expected_purchases, expected_value, clv, horizon_days, fitted_on, as_of
FROM customer_basis;
COMMENT ON VIEW customer_clv IS
'One row a customer who has bought by as_of: value in the days to come.
frequency, last_purchase_age_days and tenure_days are the x, t_x and T of the literature. For an interval of clv ask
crm_clv_interval, which costs more than all of this.';

-- From one day to the one before it by index: there are few days, and as many
-- rows a day as there are customers.
CREATE OR REPLACE VIEW snapshot_day AS
WITH RECURSIVE day AS (
    SELECT max(snapshot.as_of) AS snapshot_on, 1 AS snapshot_rank
    FROM customer_snapshot AS snapshot
    WHERE snapshot.as_of <= crm_as_of()
    UNION ALL
    SELECT (SELECT max(snapshot.as_of) FROM customer_snapshot AS snapshot WHERE snapshot.as_of < day.snapshot_on),
           day.snapshot_rank + 1
    FROM day
    WHERE day.snapshot_on IS NOT NULL
)
SELECT day.snapshot_on,
       lead(day.snapshot_on) OVER (ORDER BY day.snapshot_rank) AS previous_snapshot_on,
       day.snapshot_rank,
       crm_as_of() AS as_of
FROM day
WHERE day.snapshot_on IS NOT NULL;
COMMENT ON VIEW snapshot_day IS
'One row a day up to as_of for which crm_snapshot was run, 1 the latest.';

CREATE OR REPLACE VIEW gold_customer AS
SELECT gold.customer_id,
       customer.customer_name,
       gold.gold_count,
       gold.snapshot_count,
       gold.last_gold_on,
       basis.segment,
       basis.segment_order,
       basis.class,
       basis.class_order,
       basis.amount,
       crm_as_of() AS as_of
FROM (
    SELECT snapshot.customer_id,
           count(*) AS gold_count,
           (SELECT count(*) FROM snapshot_day, setting WHERE snapshot_day.snapshot_rank <= setting.gold_window)
               AS snapshot_count,
           max(snapshot.as_of) AS last_gold_on
    FROM customer_snapshot AS snapshot
    WHERE snapshot.as_of = ANY (ARRAY(SELECT snapshot_day.snapshot_on FROM snapshot_day, setting
                                      WHERE snapshot_day.snapshot_rank <= setting.gold_window))
      AND snapshot.class = 'A'
      AND lower(snapshot.segment) IN ('champions', 'loyal', 'loyal customers')
    GROUP BY snapshot.customer_id
    HAVING count(*) >= (SELECT setting.gold_snapshots FROM setting)
) AS gold
LEFT JOIN customer USING (customer_id)
LEFT JOIN customer_basis AS basis USING (customer_id);
COMMENT ON VIEW gold_customer IS
'One row a gold customer: of class A and loyal, snapshot after snapshot.
In at least setting.gold_snapshots of the last setting.gold_window snapshots. Loyal are the segments champions and
loyal (Champions and Loyal Customers of the map rfm_r). Segment, class and amount are those of as_of.';

CREATE OR REPLACE VIEW customer_grade AS
SELECT customer.customer_id,
       customer.customer_name,
       customer.is_prospect,
       crm_abc_grade(customer.class, customer.potential, setting.potential_cut) AS grade,
       strpos('ABC', crm_abc_grade(customer.class, customer.potential, setting.potential_cut)) AS grade_order,
       customer.class,
       customer.class_order,
       customer.amount,
       customer.potential,
       customer.region,
       customer.industry,
       customer.tenure_band,
       customer.tenure_band_order,
       customer.stage,
       customer.stage_order,
       customer.segment,
       customer.segment_order,
       customer.as_of
FROM customer_360 AS customer
CROSS JOIN (SELECT potential_cut FROM setting LIMIT 1) AS setting;
COMMENT ON VIEW customer_grade IS
'One row a customer, prospects too: every way to grade and classify it.
grade: A by contribution (class A), B by potential (potential at least setting.potential_cut), C the rest.';

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
