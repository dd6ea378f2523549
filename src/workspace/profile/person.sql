-- Who customers are: age, tags, needs, how complete their records are, how they came.

CREATE OR REPLACE VIEW customer_detail AS
SELECT DISTINCT ON (customer_id)
       customer_id,
       birth_on,
       CASE WHEN birth_on <= (SELECT crm_as_of()) AND isfinite(birth_on)
            THEN extract(year FROM age((SELECT crm_as_of())::timestamp, birth_on::timestamp))::integer END AS age_years,
       gender,
       acquired_through,
       referred_by,
       crm_as_of() AS as_of
FROM customer
WHERE customer_id IS NOT NULL
ORDER BY customer_id, customer_name, email, phone, region, industry, registered_at, potential, birth_on, gender,
         acquired_through, referred_by;
COMMENT ON VIEW customer_detail IS
'One row per customer of the source customer, whenever registered: age, gender, how they came.';

CREATE OR REPLACE VIEW age_mix AS
SELECT band.age_band,
       band.age_band_order,
       CASE WHEN crm_is_shown(setting.min_cell, counted.customer_count, counted.smaller_count::bigint)
            THEN coalesce(counted.customer_count, 0) END AS customer_count,
       CASE WHEN crm_is_shown(setting.min_cell, counted.customer_count, counted.smaller_count::bigint)
            THEN (coalesce(counted.customer_count, 0)
                  / nullif(sum(counted.customer_count) OVER (), 0))::double precision END AS customer_share,
       crm_as_of() AS as_of
FROM (
    SELECT n AS age_band_order,
           CASE WHEN n = cardinality(cuts) + 1 THEN 'unknown'
                WHEN n = 0 THEN format('under %s', cuts[1])
                WHEN n = cardinality(cuts) THEN format('%s and over', cuts[n])
                ELSE format('%s-%s', cuts[n], cuts[n + 1] - 1) END AS age_band
    FROM (
        SELECT ARRAY(SELECT DISTINCT cut FROM unnest(age_cuts) AS cut ORDER BY cut) AS cuts FROM setting LIMIT 1
    ) AS setting
    CROSS JOIN LATERAL generate_series(0, cardinality(cuts) + 1) AS n
) AS band
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
LEFT JOIN (
    SELECT aged.age_band_order, count(*) AS customer_count,
           coalesce(sum(count(*)) OVER (ORDER BY count(*), aged.age_band_order
                                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS smaller_count
    FROM (
        SELECT CASE WHEN detail.age_years >= 0 THEN width_bucket(detail.age_years, setting.age_cuts)
                    ELSE cardinality(setting.age_cuts) + 1 END AS age_band_order
        FROM known_customer AS known
        LEFT JOIN customer_detail AS detail USING (customer_id)
        CROSS JOIN (
            SELECT ARRAY(SELECT DISTINCT cut FROM unnest(age_cuts) AS cut ORDER BY cut) AS age_cuts FROM setting LIMIT 1
        ) AS setting
    ) AS aged
    GROUP BY aged.age_band_order
) AS counted USING (age_band_order);
COMMENT ON VIEW age_mix IS
'One row per age band of setting.age_cuts, and unknown: how many customers.
Ages as of as_of; a day of birth in the future is unknown. A band of 1 or more customers, but fewer than
setting.min_cell, is NULL, and where those are fewer together, the next larger too.';

CREATE OR REPLACE VIEW customer_tag_summary AS
SELECT tagged.tag,
       tagged.customer_count,
       tagged.buyer_count,
       tagged.amount:::amount AS amount,
       tagged.mean_gap,
       tagged.rated_count,
       tagged.top_segment,
       crm_as_of() AS as_of
FROM (
    SELECT has.tag,
           count(*) AS customer_count,
           count(*) FILTER (WHERE customer.purchase_count > 0) AS buyer_count,
           coalesce(sum(crm_amount(bought.purchases, (SELECT crm_as_of()))), 0) AS amount,
           avg(customer.experience_gap::numeric)::double precision AS mean_gap,
           count(customer.experience_gap) AS rated_count,
           mode() WITHIN GROUP (ORDER BY customer.segment) AS top_segment
    FROM (
        SELECT DISTINCT customer_id, tag
        FROM customer_tag
        WHERE btrim(tag) <> '' AND (tagged_on <= (SELECT crm_as_of()) OR tagged_on IS NULL)
    ) AS has
    JOIN customer_360 AS customer USING (customer_id)
    LEFT JOIN customer_activity AS bought USING (customer_id)
    GROUP BY has.tag
) AS tagged
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, tagged.customer_count, tagged.buyer_count,
                   tagged.customer_count - tagged.buyer_count, tagged.rated_count,
                   tagged.customer_count - tagged.rated_count);
COMMENT ON VIEW customer_tag_summary IS
'One row per tag: its customers, what they buy, how they rate, and the segment that most are in.
Tags of fewer customers, buyers or raters than setting.min_cell are hidden.';

-- What somebody needs is told by what they come with most.
CREATE OR REPLACE VIEW customer_need AS
SELECT DISTINCT ON (customer_id)
       customer_id,
       purpose AS need,
       interaction_count AS need_count,
       crm_as_of() AS as_of
FROM (
    SELECT customer_id, purpose, count(*) AS interaction_count, max(interacted_at) AS last_at
    FROM interaction
    WHERE customer_id IS NOT NULL AND btrim(purpose) <> '' AND interacted_on <= (SELECT crm_as_of())
      AND interacted_on <> '-infinity'
    GROUP BY customer_id, purpose
) AS counted
ORDER BY customer_id, interaction_count DESC, last_at DESC, purpose;
COMMENT ON VIEW customer_need IS
'One row per customer with an interaction that has a purpose: the most frequent, of equals the latest.';

CREATE OR REPLACE VIEW customer_profile AS
SELECT customer.customer_id,
       customer.class,
       customer.class_order,
       customer.amount,
       customer.clv,
       customer.potential,
       customer.potential >= setting.potential_cut AS has_potential,
       customer.stage,
       customer.stage_order,
       customer.segment,
       customer.segment_order,
       need.need,
       need.need_count,
       crm_as_of() AS as_of
FROM customer_360 AS customer
LEFT JOIN customer_need AS need USING (customer_id)
CROSS JOIN (SELECT potential_cut FROM setting LIMIT 1) AS setting;
COMMENT ON VIEW customer_profile IS
'One row per customer: value, potential, lifecycle and need side by side.';

CREATE OR REPLACE VIEW need_value_matrix AS
SELECT cell.need,
       cell.class,
       cell.class_order,
       cell.customer_count,
       cell.amount:::amount AS amount,
       crm_as_of() AS as_of
FROM (
    SELECT coalesce(profile.need, 'unknown') AS need, profile.class, profile.class_order, count(*) AS customer_count,
           coalesce(sum(crm_amount(bought.purchases, (SELECT crm_as_of()))), 0) AS amount,
           coalesce(sum(count(*)) OVER (ORDER BY count(*), coalesce(profile.need, 'unknown'), profile.class
                                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS smaller_count
    FROM customer_profile AS profile
    LEFT JOIN customer_activity AS bought USING (customer_id)
    GROUP BY 1, 2, 3
) AS cell
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, cell.customer_count, cell.smaller_count::bigint);
COMMENT ON VIEW need_value_matrix IS
'One row per need and class: how many customers, and what they spend.
need is the purpose of most of their interactions, class that of customer_abc;
class is NULL for those who have not bought.
Cells below setting.min_cell customers are hidden, and where those are fewer together, the next larger too.';

-- How complete records are

CREATE OR REPLACE VIEW customer_record AS
SELECT person.customer_id,
       person.registered_at,
       nullif(btrim(person.customer_name), '') IS NOT NULL AS has_customer_name,
       nullif(btrim(person.email), '') IS NOT NULL AS has_email,
       nullif(btrim(person.phone), '') IS NOT NULL AS has_phone,
       nullif(btrim(person.region), '') IS NOT NULL AS has_region,
       nullif(btrim(person.industry), '') IS NOT NULL AS has_industry,
       detail.birth_on IS NOT NULL AS has_birth_on,
       nullif(btrim(detail.gender), '') IS NOT NULL AS has_gender,
       nullif(btrim(detail.acquired_through), '') IS NOT NULL AS has_acquired_through,
       crm_as_of() AS as_of
FROM person
LEFT JOIN customer_detail AS detail USING (customer_id)
WHERE person.registered_at IS NULL
   OR person.registered_at < (SELECT crm_day_end(crm_as_of(), :'time_zone'));
COMMENT ON VIEW customer_record IS
'One row per customer of the source customer registered by as_of: which fields are filled? Blank text is not.';

CREATE OR REPLACE VIEW completeness AS
SELECT counted.segment,
       segment.segment_order,
       counted.is_loyal,
       field.field_name,
       field.field_order,
       counted.customer_count,
       CASE WHEN shown.is_shown THEN field.filled_count END AS filled_count,
       CASE WHEN shown.is_shown THEN field.filled_count / counted.customer_count::double precision END AS filled_share,
       crm_as_of() AS as_of
FROM (
    SELECT scored.segment,
           coalesce(scored.r_score >= setting.gold_r_score AND scored.f_score >= setting.gold_f_score, false)
               AS is_loyal,
           setting.min_cell,
           count(*) AS customer_count,
           count(*) FILTER (WHERE record.has_customer_name) AS has_customer_name,
           count(*) FILTER (WHERE record.has_email) AS has_email,
           count(*) FILTER (WHERE record.has_phone) AS has_phone,
           count(*) FILTER (WHERE record.has_region) AS has_region,
           count(*) FILTER (WHERE record.has_industry) AS has_industry,
           count(*) FILTER (WHERE record.has_birth_on) AS has_birth_on,
           count(*) FILTER (WHERE record.has_gender) AS has_gender,
           count(*) FILTER (WHERE record.has_acquired_through) AS has_acquired_through
    FROM customer_record AS record
    LEFT JOIN (SELECT customer_id, segment, r_score, f_score FROM customer_rfm) AS scored USING (customer_id)
    CROSS JOIN (SELECT min_cell, gold_r_score, gold_f_score FROM setting LIMIT 1) AS setting
    GROUP BY 1, 2, 3
) AS counted
LEFT JOIN segment ON segment.segment = counted.segment
CROSS JOIN LATERAL (
    VALUES ('customer_name', 1, counted.has_customer_name),
           ('email', 2, counted.has_email),
           ('phone', 3, counted.has_phone),
           ('region', 4, counted.has_region),
           ('industry', 5, counted.has_industry),
           ('birth_on', 6, counted.has_birth_on),
           ('gender', 7, counted.has_gender),
           ('acquired_through', 8, counted.has_acquired_through)
) AS field (field_name, field_order, filled_count)
CROSS JOIN LATERAL (
    SELECT crm_is_shown(counted.min_cell, field.filled_count, counted.customer_count - field.filled_count) AS is_shown
) AS shown
WHERE crm_is_shown(counted.min_cell, counted.customer_count);
COMMENT ON VIEW completeness IS
'One row per segment, loyal or not, and field: how many customers have it filled.
Loyal are those who have scores of at least setting.gold_r_score and setting.gold_f_score;
segment is NULL for those who have not bought. As records are now: see completeness_monthly for earlier days. Groups
of fewer customers than setting.min_cell are hidden, and counts where those filled, or those not, are fewer.';

-- A record as it was is the record of today with its later changes taken back:
-- between two changes a field was as the later one found it.
CREATE OR REPLACE VIEW completeness_monthly AS
WITH counted AS MATERIALIZED (
    SELECT coalesce(crm_local_month(record.registered_at, :'time_zone'), '-infinity') AS month_on,
           count(*) AS customer_count,
           count(*) FILTER (WHERE record.has_customer_name) AS has_customer_name,
           count(*) FILTER (WHERE record.has_email) AS has_email,
           count(*) FILTER (WHERE record.has_phone) AS has_phone,
           count(*) FILTER (WHERE record.has_region) AS has_region,
           count(*) FILTER (WHERE record.has_industry) AS has_industry,
           count(*) FILTER (WHERE record.has_birth_on) AS has_birth_on,
           count(*) FILTER (WHERE record.has_gender) AS has_gender,
           count(*) FILTER (WHERE record.has_acquired_through) AS has_acquired_through
    FROM customer_record AS record
    GROUP BY 1
), field AS MATERIALIZED (
    SELECT counted.month_on, field.field_name, field.field_order, counted.customer_count, field.filled_count
    FROM counted
    CROSS JOIN LATERAL (
        VALUES ('customer_name', 1, counted.has_customer_name),
           ('email', 2, counted.has_email),
           ('phone', 3, counted.has_phone),
           ('region', 4, counted.has_region),
           ('industry', 5, counted.has_industry),
           ('birth_on', 6, counted.has_birth_on),
           ('gender', 7, counted.has_gender),
           ('acquired_through', 8, counted.has_acquired_through)
    ) AS field (field_name, field_order, filled_count)
), correction AS (
    SELECT change.field_name, change.was_filled::integer - now.is_filled::integer AS filled_step,
           -- What changed after as_of was until then, and to the end of its month, as the change found it.
           change.changed_at < (SELECT crm_day_end(crm_as_of(), :'time_zone')) AS is_known,
           coalesce(crm_local_month(greatest(change.before_at, record.registered_at), :'time_zone'), '-infinity')
               AS from_on,
           crm_local_month(greatest(change.changed_at, record.registered_at), :'time_zone') AS until_on
    FROM (
        SELECT customer_id, kind AS field_name, changed_at, nullif(btrim(old_value), '') IS NOT NULL AS was_filled,
               lag(changed_at) OVER (PARTITION BY customer_id, kind ORDER BY changed_at, change_id) AS before_at
        FROM customer_change
        WHERE customer_id IS NOT NULL
    ) AS change
    JOIN customer_record AS record
        ON record.customer_id = change.customer_id
       AND (change.before_at < (SELECT crm_day_end(crm_as_of(), :'time_zone'))) IS NOT FALSE
    JOIN LATERAL (
        VALUES ('customer_name', record.has_customer_name), ('email', record.has_email), ('phone', record.has_phone),
            ('region', record.has_region), ('industry', record.has_industry), ('birth_on', record.has_birth_on),
                ('gender', record.has_gender), ('acquired_through', record.has_acquired_through)
    ) AS now (field_name, is_filled) ON now.field_name = change.field_name
), step AS MATERIALIZED (
    SELECT month_on, field_name, sum(customer_count) AS customer_count, sum(filled_count) AS filled_count
    FROM (
        SELECT month_on, field_name, customer_count, filled_count FROM field
        UNION ALL
        SELECT from_on, field_name, 0, filled_step FROM correction
        UNION ALL
        SELECT until_on, field_name, 0, -filled_step FROM correction WHERE is_known
    ) AS moved
    GROUP BY month_on, field_name
), span AS MATERIALIZED (
    SELECT greatest(coalesce(min(month_on) FILTER (WHERE month_on > '-infinity'), crm_month(crm_as_of())),
                    crm_oldest_month(crm_as_of())) AS first_on
    FROM step
)
SELECT summed.month_on,
       summed.field_name,
       summed.field_order,
       summed.customer_count,
       CASE WHEN shown.is_shown THEN summed.filled_count END AS filled_count,
       CASE WHEN shown.is_shown THEN summed.filled_count / nullif(summed.customer_count, 0)::double precision END
           AS filled_share,
       crm_month_end(summed.month_on) <= (SELECT crm_over_on(:'time_zone')) AS is_complete,
       crm_as_of() AS as_of
FROM (
    SELECT month.month_on, month.field_name, month.field_order,
           (sum(coalesce(step.customer_count, 0)) OVER so_far)::bigint AS customer_count,
           (sum(coalesce(step.filled_count, 0)) OVER so_far)::bigint AS filled_count
    FROM (
        SELECT known.field_name, known.field_order, month::date AS month_on
        FROM (SELECT DISTINCT field_name, field_order FROM field) AS known
        CROSS JOIN span
        CROSS JOIN LATERAL generate_series(span.first_on::timestamp, (SELECT crm_as_of())::timestamp,
            interval '1 month') AS month
    ) AS month
    LEFT JOIN (
        SELECT greatest(step.month_on, span.first_on) AS month_on, step.field_name, sum(step.customer_count)
            AS customer_count,
               sum(step.filled_count) AS filled_count
        FROM step CROSS JOIN span
        GROUP BY 1, 2
    ) AS step USING (field_name, month_on)
    WINDOW so_far AS (PARTITION BY month.field_name ORDER BY month.month_on)
) AS summed
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
CROSS JOIN LATERAL (
    SELECT crm_is_shown(setting.min_cell, summed.filled_count, summed.customer_count - summed.filled_count) AS is_shown
) AS shown
WHERE crm_is_shown(setting.min_cell, summed.customer_count);
COMMENT ON VIEW completeness_monthly IS
'One row per month and field: how many of the customers registered by its end had it filled then.
From the first registration that is known, from crm_oldest_month at the earliest.
Records of today with what customer_change has taken back; without changes logged, records are as they are now. Hidden
is what is hidden in completeness.';

CREATE OR REPLACE VIEW loyal_profile AS
SELECT customer.customer_id,
       customer.customer_name,
       customer.email,
       customer.phone,
       customer.region,
       customer.industry,
       filled.filled_share,
       customer.segment,
       customer.segment_order,
       customer.class,
       customer.class_order,
       customer.stage,
       customer.stage_order,
       customer.purchase_count,
       customer.amount,
       customer.last_purchase_on,
       customer.experience_gap,
       customer.nps_group,
       customer.preferred_channel,
       crm_as_of() AS as_of
FROM customer_360 AS customer
JOIN (SELECT gold_r_score, gold_f_score FROM setting LIMIT 1) AS setting
    ON customer.r_score >= setting.gold_r_score AND customer.f_score >= setting.gold_f_score
LEFT JOIN (
    SELECT customer_id,
           (has_customer_name::integer + has_email::integer + has_phone::integer + has_region::integer
            + has_industry::integer + has_birth_on::integer + has_gender::integer + has_acquired_through::integer)
           / 8.0::double precision AS filled_share
    FROM customer_record
) AS filled USING (customer_id);
COMMENT ON VIEW loyal_profile IS
'One row per loyal customer: the record, how complete it is, and what is known.
Loyal are those who have scores of at least setting.gold_r_score and setting.gold_f_score.';

-- From the first sign of somebody to the first purchase

CREATE OR REPLACE VIEW prospect_start AS
SELECT known.customer_id,
       CASE WHEN signed.first_on <= (SELECT crm_as_of()) THEN signed.first_on END AS engaged_on,
       CASE WHEN crm_first_day(bought.purchases) <= (SELECT crm_as_of()) THEN crm_first_day(bought.purchases) END
           AS first_purchase_on,
       crm_as_of() AS as_of
FROM known_customer AS known
LEFT JOIN (
    SELECT customer_id, min(crm_first_day(interactions)) AS first_on FROM channel_activity GROUP BY customer_id
) AS spoken USING (customer_id)
LEFT JOIN (
    SELECT customer_id, min(rated_on) AS first_on FROM rating
    WHERE customer_id IS NOT NULL AND isfinite(rated_on)
    GROUP BY customer_id
) AS rated USING (customer_id)
LEFT JOIN customer_activity AS bought USING (customer_id)
CROSS JOIN LATERAL (
    SELECT least(nullif((known.registered_at AT TIME ZONE :'time_zone')::date, '-infinity'), spoken.first_on,
                 rated.first_on) AS first_on
) AS signed;
COMMENT ON VIEW prospect_start IS
'One row per customer: first sign, and first purchase.
The first sign is the earliest of registration, interaction and rating; NULL where nothing of that is known by as_of.';

CREATE OR REPLACE VIEW prospect_to_buyer AS
SELECT grouped.cohort_on,
       grouped.prospect_count,
       CASE WHEN shown.is_shown THEN grouped.buyer_count END AS buyer_count,
       CASE WHEN shown.is_shown THEN grouped.buyer_count / grouped.prospect_count::double precision END AS buyer_share,
       CASE WHEN shown.is_shown THEN grouped.median_buyer_days END AS median_buyer_days,
       CASE WHEN shown.is_shown THEN crm_survival_quantile(grouped.wait, 0.5) END AS median_days,
       CASE WHEN shown.is_shown THEN limits.low END AS median_days_low,
       CASE WHEN shown.is_shown THEN limits.high END AS median_days_high,
       crm_as_of() AS as_of,
       crm_month_end(grouped.cohort_on) <= crm_over_on(:'time_zone') AS is_complete
FROM (
    SELECT crm_month(engaged_on) AS cohort_on,
           count(*) AS prospect_count,
           count(first_purchase_on) AS buyer_count,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY first_purchase_on - engaged_on) AS median_buyer_days,
           crm_survival_agg((coalesce(first_purchase_on, (SELECT crm_as_of())) - engaged_on)::double precision,
                            first_purchase_on IS NOT NULL) AS wait
    FROM prospect_start
    WHERE engaged_on <= (SELECT crm_as_of()) AND (first_purchase_on >= engaged_on) IS NOT FALSE
    GROUP BY 1
) AS grouped
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
LEFT JOIN LATERAL crm_survival_interval(grouped.wait, 0.5) AS limits ON true
CROSS JOIN LATERAL (
    SELECT crm_is_shown(setting.min_cell, grouped.buyer_count, grouped.prospect_count - grouped.buyer_count)
        AS is_shown
) AS shown
WHERE crm_is_shown(setting.min_cell, grouped.prospect_count);
COMMENT ON VIEW prospect_to_buyer IS
'One row per month of first signs: how many became buyers, and how fast.
Who bought before the first sign is left out. median_buyer_days is of those who bought, median_days of all
(Kaplan-Meier: those who have not bought are still waiting), with its 95 % interval; NULL where it is not reached.
Hidden as setting.min_cell says.';
