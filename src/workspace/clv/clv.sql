-- The lifetime-value model: what it says of segments, and how well it fits.
-- What smaller_count is for stands at the head of segment.sql.

CREATE OR REPLACE VIEW clv_by_segment AS
SELECT summary.segment,
       segment.segment_order,
       summary.customer_count,
       summary.expected_purchase_count,
       summary.total_clv:::amount AS total_clv,
       (summary.total_clv / nullif(summary.all_clv, 0))::double precision AS clv_share,
       (summary.total_clv / summary.customer_count):::amount AS mean_clv,
       summary.mean_p_alive,
       summary.horizon_days,
       summary.fitted_on,
       summary.as_of
FROM (
    SELECT segment,
           count(*) AS customer_count,
           coalesce(sum(count(*)) OVER smaller, 0) AS smaller_count,
           crm_sum(expected_purchases) AS expected_purchase_count,
           sum(exact_clv) AS total_clv,
           sum(sum(exact_clv)) OVER () AS all_clv,
           crm_sum(p_alive) / nullif(count(p_alive), 0) AS mean_p_alive,
           -- The same for all; as keys they would have the planner expect many groups, and sort.
           min(horizon_days) AS horizon_days,
           min(fitted_on) AS fitted_on,
           min(as_of) AS as_of
    FROM customer_basis
    GROUP BY segment
    WINDOW smaller AS (ORDER BY count(*), segment ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS summary
LEFT JOIN segment USING (segment)
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, summary.customer_count, summary.smaller_count::bigint);
COMMENT ON VIEW clv_by_segment IS
'One row per segment with customers: their value in the days to come.
NULL is the segment of those whom no rule of the map takes, and of those who had refunds only.
Values are NULL without a fit at or before as_of.
Segments below setting.min_cell customers are hidden, and where those are fewer together, the next larger too. Not
protected: what differs from another as_of or another map.';

-- As crm_clv_frequency_check, but from counts of customers who are alike, so
-- that no array of a million ledgers has to be held.
CREATE OR REPLACE VIEW clv_model_check AS
WITH alike AS MATERIALIZED (
    SELECT frequency, age_days, count(*) AS customer_count
    FROM (
        SELECT least(crm_frequency(bought.purchases, basis.fitted_on), 7) AS frequency,
               crm_age(bought.purchases, basis.fitted_on) AS age_days,
               pg_is_in_recovery() AS stays_apart
        FROM customer_activity AS bought
        JOIN scoring_basis AS basis ON basis.is_only = (bought.purchases IS NOT NULL)
        WHERE crm_active_days(bought.purchases, basis.fitted_on) > 0
    ) AS history
    GROUP BY frequency, age_days
), cohort AS MATERIALIZED (
    SELECT age_days, sum(customer_count)::bigint AS customer_count FROM alike GROUP BY age_days
), bin AS (
    SELECT frequency,
           (SELECT coalesce(sum(alike.customer_count), 0)::bigint FROM alike WHERE alike.frequency = bin.frequency)
               AS customer_count,
           (SELECT sum(cohort.customer_count
                       * crm_purchase_probability(basis.clv_model, bin.frequency, cohort.age_days)
                       ORDER BY cohort.age_days)
            FROM cohort) AS expected_count,
           basis.clv_model_name,
           basis.fitted_on,
           (SELECT string_agg(concat(notes.submodel, ': ', notes.note), ', ')
            FROM crm_clv_model_notes(basis.clv_model) AS notes)
               AS model_notes
    FROM generate_series(0, 7) AS bin (frequency)
    CROSS JOIN scoring_basis AS basis
    WHERE basis.clv_model IS NOT NULL
)
SELECT frequency,
       CASE WHEN frequency < 7 THEN frequency::text ELSE '7+' END AS frequency_label,
       CASE WHEN crm_is_shown(setting.min_cell, customer_count, smaller_count::bigint)
            THEN customer_count END AS customer_count,
       CASE WHEN frequency < 7 THEN expected_count
            ELSE greatest(sum(customer_count) OVER () - (sum(expected_count) OVER () - expected_count), 0)
            END AS expected_count,
       clv_model_name,
       fitted_on,
       crm_as_of() AS as_of,
       model_notes
FROM bin
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
CROSS JOIN LATERAL (
    SELECT coalesce(sum(other.customer_count), 0) AS smaller_count
    FROM bin AS other
    WHERE (other.customer_count, other.frequency) < (bin.customer_count, bin.frequency)
) AS smaller
WHERE crm_is_shown(setting.min_cell, (SELECT sum(cohort.customer_count)::bigint FROM cohort));
COMMENT ON VIEW clv_model_check IS
'One row per number of repeat purchase days, 0 to 7 and more: the fit.
Customers that there were on fitted_on, and that the model expects, knowing only when each bought first. No rows
without a model at or before as_of, or for fewer customers than setting.min_cell. A customer_count of 1 or more, but
fewer than that, is NULL, and where those are fewer together, the next larger too. Not protected: what differs from
another fit.';
COMMENT ON COLUMN clv_model_check.frequency IS
'Repeat purchase days up to fitted_on; 7 stands for 7 and more.';
COMMENT ON COLUMN clv_model_check.customer_count IS
'Customers with so many repeat purchase days on fitted_on; NULL where hidden.';

CREATE OR REPLACE VIEW clv_parameter AS
SELECT parameter.submodel,
       parameter.parameter,
       parameter.estimate,
       parameter.std_error,
       parameter.low,
       parameter.high,
       basis.clv_model_name,
       basis.fitted_on,
       basis.as_of,
       (SELECT string_agg(concat(notes.submodel, ': ', notes.note), ', ')
        FROM crm_clv_model_notes(basis.clv_model) AS notes)
           AS model_notes
FROM scoring_basis AS basis
CROSS JOIN LATERAL crm_clv_model_parameters(basis.clv_model) AS parameter;
COMMENT ON VIEW clv_parameter IS
'One row per parameter of the latest fitted lifetime-value model.
With its standard error and 95% interval, NULL where it lies at a boundary. submodel is purchase or spend.';
