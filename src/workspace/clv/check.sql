-- Does the model hold? The latest fit that leaves time behind it to be tested
-- on, and what followed it. As the functions crm_clv_tracking,
-- crm_clv_frequency_check and crm_clv_holdout, but from counts of customers who
-- are alike, so that no array of a million ledgers has to be held.

-- One row in one piece, and customers are joined by is_only: see scoring_basis.
CREATE OR REPLACE VIEW clv_test_basis AS
SELECT latest.as_of AS fitted_on,
       latest.clv_model,
       crm_model_name(latest.clv_model) AS clv_model_name,
       latest.as_of <= crm_as_of() - setting.window_days AS is_tested,
       setting.min_cell,
       crm_as_of() AS as_of,
       setting.is_only
FROM setting
JOIN fit AS latest ON latest.as_of <= crm_as_of() AND latest.clv_model IS NOT NULL
WHERE setting.is_only
  AND NOT EXISTS (SELECT FROM fit AS other
                  WHERE other.as_of <= crm_as_of() AND other.clv_model IS NOT NULL
                    AND (other.as_of <= crm_as_of() - setting.window_days, other.as_of)
                        > (latest.as_of <= crm_as_of() - setting.window_days, latest.as_of))
OFFSET '0';
COMMENT ON VIEW clv_test_basis IS
'One row: the fit that the checks of the lifetime-value model use.
Not for BI: it holds a model. The latest at least setting.window_days before as_of, or where there is none, the latest
of all. No row without a model.';
COMMENT ON COLUMN clv_test_basis.is_tested IS 'Whether setting.window_days or more have passed since the fit.';

CREATE OR REPLACE VIEW clv_tracking AS
WITH cohort AS MATERIALIZED (
    SELECT greatest(first_on, (SELECT crm_oldest_month(crm_as_of()))) AS first_on, count(*) AS customer_count
    FROM (
        SELECT crm_first_day(bought.purchases, basis.as_of) AS first_on, pg_is_in_recovery() AS stays_apart
        FROM customer_activity AS bought
        JOIN clv_test_basis AS basis ON basis.is_only = (bought.purchases IS NOT NULL)
    ) AS history
    WHERE first_on IS NOT NULL
    GROUP BY 1
), origin AS MATERIALIZED (
    SELECT min(first_on) AS day FROM cohort
), purchase_day AS MATERIALIZED (
    SELECT greatest(date '2000-01-01' + bought.counts[n][1]::integer, (SELECT crm_oldest_month(crm_as_of()))) AS day,
           bought.counts[n][2] AS customer_count
    FROM (
        SELECT crm_day_counts(purchases, (SELECT as_of FROM clv_test_basis)) AS counts FROM customer_activity
    ) AS bought
    CROSS JOIN LATERAL generate_subscripts(bought.counts, 1) AS n
), week AS MATERIALIZED (
    SELECT origin.day + 7 * n AS week_on, origin.day + 7 * n + 6 AS last_on
    FROM origin
    CROSS JOIN clv_test_basis AS basis
    CROSS JOIN LATERAL generate_series(0, (basis.as_of - origin.day + 1) / 7 - 1) AS n
), by_age AS MATERIALIZED (
    -- On the last days of weeks those who first came on one day of the week, of which the oldest have been of
    -- every age that the others are of.
    SELECT age_days, crm_new_customer_purchases(basis.clv_model, age_days) AS purchases
    FROM clv_test_basis AS basis
    CROSS JOIN (SELECT max(last_on) AS last_on FROM week) AS ended
    JOIN (
        SELECT min(cohort.first_on) AS first_on
        FROM cohort
        CROSS JOIN origin
        GROUP BY (cohort.first_on - origin.day) % 7
    ) AS oldest ON oldest.first_on <= ended.last_on
    CROSS JOIN LATERAL generate_series((ended.last_on - oldest.first_on) % 7, ended.last_on - oldest.first_on, 7)
        AS age_days
), actual AS (
    SELECT week.week_on, coalesce(sum(bought.customer_count), 0) AS actual_count
    FROM week
    LEFT JOIN (
        SELECT counted.day - (counted.day - origin.day) % 7 AS week_on, counted.customer_count
        FROM (
            SELECT day, customer_count FROM purchase_day
            UNION ALL
            SELECT first_on, -customer_count FROM cohort
        ) AS counted
        CROSS JOIN origin
    ) AS bought USING (week_on)
    GROUP BY week.week_on
), expected AS (
    SELECT week.week_on, sum(cohort.customer_count * by_age.purchases ORDER BY cohort.first_on) AS cumulative
    FROM week
    JOIN cohort ON cohort.first_on <= week.last_on
    JOIN by_age ON by_age.age_days = week.last_on - cohort.first_on
    GROUP BY week.week_on
)
SELECT actual.week_on,
       CASE WHEN crm_is_shown(basis.min_cell, actual.actual_count::bigint) THEN actual.actual_count::bigint END
           AS actual_count,
       expected.cumulative - lag(expected.cumulative, 1, 0::double precision) OVER by_week AS expected_count,
       CASE WHEN crm_is_shown(basis.min_cell, actual.actual_count::bigint)
            THEN (sum(actual.actual_count) OVER by_week)::bigint END AS actual_cumulative_count,
       expected.cumulative AS expected_cumulative_count,
       basis.is_tested AND actual.week_on > basis.fitted_on AS is_holdout,
       basis.clv_model_name,
       basis.fitted_on,
       basis.as_of
FROM actual
JOIN expected USING (week_on)
CROSS JOIN clv_test_basis AS basis
WINDOW by_week AS (ORDER BY actual.week_on);
COMMENT ON VIEW clv_tracking IS
'One row per week from the first purchase of all: repeat purchase days, actual and expected.
By the latest fit that is at least setting.window_days old, or where there is none, by the latest. The model knows of
a customer the first day only; weeks with is_holdout began after the fit, and there it is put to the test. Weeks begin
with the first purchase of all, purchases from before crm_oldest_month being of its first day; the part of a week at
the end is left out. Actual counts of 1 or more, but fewer than setting.min_cell, are NULL. week_on is a date to filter
by.';
COMMENT ON COLUMN clv_tracking.actual_count IS
'Repeat purchase days of all customers in the week; NULL where hidden.';
COMMENT ON COLUMN clv_tracking.expected_count IS 'Repeat purchase days in the week that the model expects.';
COMMENT ON COLUMN clv_tracking.actual_cumulative_count IS
'Repeat purchase days up to the end of the week; NULL where hidden.';
COMMENT ON COLUMN clv_tracking.expected_cumulative_count IS
'Repeat purchase days up to the end of the week that the model expects.';
COMMENT ON COLUMN clv_tracking.is_holdout IS
'Whether the week began after the fit; false where the fit is too young to be tested.';
COMMENT ON COLUMN clv_tracking.fitted_on IS 'Day of the fit that is checked.';

CREATE OR REPLACE VIEW clv_frequency_check AS
WITH alike AS MATERIALIZED (
    SELECT frequency, age_days, count(*) AS customer_count
    FROM (
        SELECT least(crm_frequency(bought.purchases, basis.fitted_on), 10) AS frequency,
               crm_age(bought.purchases, basis.fitted_on) AS age_days,
               pg_is_in_recovery() AS stays_apart
        FROM customer_activity AS bought
        JOIN clv_test_basis AS basis ON basis.is_only = (bought.purchases IS NOT NULL)
        WHERE crm_active_days(bought.purchases, basis.fitted_on) > 0
    ) AS history
    GROUP BY frequency, age_days
), cohort AS MATERIALIZED (
    SELECT age_days, sum(customer_count)::bigint AS customer_count FROM alike GROUP BY age_days
), bin AS (
    SELECT bin.frequency,
           (SELECT coalesce(sum(alike.customer_count), 0)::bigint FROM alike WHERE alike.frequency = bin.frequency)
               AS customer_count,
           (SELECT sum(cohort.customer_count
                       * crm_purchase_probability(basis.clv_model, bin.frequency, cohort.age_days)
                       ORDER BY cohort.age_days)
            FROM cohort) AS expected_count,
           basis.clv_model_name,
           basis.fitted_on,
           basis.min_cell,
           basis.as_of
    FROM generate_series(0, 10) AS bin (frequency)
    CROSS JOIN clv_test_basis AS basis
)
SELECT bin.frequency,
       CASE WHEN bin.frequency < 10 THEN bin.frequency::text ELSE '10+' END AS frequency_label,
       CASE WHEN crm_is_shown(bin.min_cell, bin.customer_count, smaller.customer_count::bigint)
            THEN bin.customer_count END AS customer_count,
       CASE WHEN bin.frequency < 10 THEN bin.expected_count
            ELSE greatest(sum(bin.customer_count) OVER () - (sum(bin.expected_count) OVER () - bin.expected_count), 0)
            END AS expected_count,
       bin.clv_model_name,
       bin.fitted_on,
       bin.as_of
FROM bin
CROSS JOIN LATERAL (
    SELECT coalesce(sum(other.customer_count), 0) AS customer_count
    FROM bin AS other
    WHERE (other.customer_count, other.frequency) < (bin.customer_count, bin.frequency)
) AS smaller
WHERE crm_is_shown(bin.min_cell, (SELECT sum(cohort.customer_count)::bigint FROM cohort));
COMMENT ON VIEW clv_frequency_check IS
'One row per number of repeat purchase days, 0 to 10 and more: customers, actual and expected.
As clv_model_check, but up to 10, and by the fit that clv_tracking uses, on the day of that fit. A customer_count
of 1 or more, but fewer than setting.min_cell, is NULL, and where those are fewer together, the next larger too.';
COMMENT ON COLUMN clv_frequency_check.frequency IS 'Repeat purchase days up to fitted_on; 10 stands for 10 and more.';
COMMENT ON COLUMN clv_frequency_check.frequency_label IS 'frequency as text, 10+ for 10 and more.';
COMMENT ON COLUMN clv_frequency_check.customer_count IS
'Customers with so many repeat purchase days on fitted_on; NULL where hidden.';
COMMENT ON COLUMN clv_frequency_check.fitted_on IS 'Day of the fit that is checked.';

-- Means and their intervals from sums of whole numbers, and one that is the same
-- in whatever order the customers come.
CREATE OR REPLACE VIEW clv_holdout AS
SELECT held.frequency,
       CASE WHEN held.frequency < 10 THEN held.frequency::text ELSE '10+' END AS frequency_label,
       held.customer_count,
       held.expected_mean,
       held.actual_mean,
       CASE WHEN held.std_error IS NOT NULL
            THEN greatest(held.actual_mean - 1.959963984540054 * held.std_error, 0) END AS actual_low,
       held.actual_mean + 1.959963984540054 * held.std_error AS actual_high,
       held.expected_mean * held.customer_count AS expected_count,
       held.actual_count,
       basis.clv_model_name,
       basis.fitted_on,
       basis.as_of
FROM (
    SELECT followed.frequency,
           count(*) AS customer_count,
           coalesce(sum(count(*)) OVER smaller, 0) AS smaller_count,
           crm_sum(followed.expected) / count(*) AS expected_mean,
           avg(followed.actual)::double precision AS actual_mean,
           sum(followed.actual) AS actual_count,
           stddev_samp(followed.actual)::double precision / sqrt(count(*)) AS std_error
    FROM (
        SELECT least(crm_frequency(bought.purchases, basis.fitted_on), 10) AS frequency,
               (crm_clv_scores(basis.clv_model, bought.purchases, basis.fitted_on,
                               basis.as_of - basis.fitted_on)).expected_purchases AS expected,
               crm_active_days(bought.purchases, basis.as_of) - crm_active_days(bought.purchases, basis.fitted_on)
                   AS actual,
               pg_is_in_recovery() AS stays_apart
        FROM customer_activity AS bought
        JOIN clv_test_basis AS basis ON basis.is_only = (bought.purchases IS NOT NULL)
        WHERE basis.is_tested AND crm_active_days(bought.purchases, basis.fitted_on) > 0
    ) AS followed
    GROUP BY followed.frequency
    WINDOW smaller AS (ORDER BY count(*), followed.frequency ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS held
CROSS JOIN clv_test_basis AS basis
WHERE crm_is_shown(basis.min_cell, held.customer_count, held.smaller_count::bigint);
COMMENT ON VIEW clv_holdout IS
'One row per number of repeat purchase days at the fit: purchase days from the fit to as_of, actual and expected.
By the latest fit that is at least setting.window_days before as_of; no rows without one. Of customers who had bought
by then; the model saw nothing of what followed. Rows below setting.min_cell customers are hidden, and where those are
fewer together, the next larger too.';
COMMENT ON COLUMN clv_holdout.frequency IS 'Repeat purchase days up to fitted_on; 10 stands for 10 and more.';
COMMENT ON COLUMN clv_holdout.frequency_label IS 'frequency as text, 10+ for 10 and more.';
COMMENT ON COLUMN clv_holdout.expected_mean IS
'Purchase days per customer from fitted_on to as_of that the model expected.';
COMMENT ON COLUMN clv_holdout.actual_mean IS 'Purchase days per customer from fitted_on to as_of.';
COMMENT ON COLUMN clv_holdout.actual_low IS
'Lower end of the 95% interval (normal) of actual_mean, at least 0; NULL for a single customer.';
COMMENT ON COLUMN clv_holdout.actual_high IS
'Upper end of the 95% interval (normal) of actual_mean; NULL for a single customer.';
COMMENT ON COLUMN clv_holdout.expected_count IS
'Purchase days of all in the row from fitted_on to as_of that the model expected.';
COMMENT ON COLUMN clv_holdout.actual_count IS 'Purchase days of all in the row from fitted_on to as_of.';
COMMENT ON COLUMN clv_holdout.fitted_on IS 'Day of the fit that is checked.';

-- What the model makes of amounts is drawn from it: its customers, made up,
-- with the tenures of ours.
CREATE OR REPLACE VIEW clv_spend_check AS
WITH basis AS MATERIALIZED (
    SELECT basis.clv_model, basis.fitted_on, basis.as_of, setting.min_cell
    FROM clv_test_basis AS basis
    CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
    WHERE basis.clv_model::jsonb ? 'spend'
), alike AS MATERIALIZED (
    SELECT age_days, bin, count(*) AS customer_count
    FROM (
        SELECT crm_age(bought.purchases, basis.fitted_on) AS age_days,
               floor(8 * log(nullif(greatest(crm_monetary(bought.purchases, basis.fitted_on), 0), 0)))::integer AS bin,
               pg_is_in_recovery() AS stays_apart
        FROM customer_activity AS bought
        JOIN clv_test_basis AS basis ON basis.is_only = (bought.purchases IS NOT NULL)
        WHERE basis.clv_model::jsonb ? 'spend' AND crm_frequency(bought.purchases, basis.fitted_on) > 0
    ) AS history
    GROUP BY age_days, bin
), spent AS MATERIALIZED (
    SELECT bin, sum(customer_count)::bigint AS customer_count FROM alike WHERE bin IS NOT NULL GROUP BY bin
), tenure AS (
    -- As percentile_disc, of ages with their counts.
    SELECT share.nth, min(aged.days) AS days
    FROM unnest('{0.1,0.3,0.5,0.7,0.9}'::double precision[]) WITH ORDINALITY AS share (up_to, nth)
    JOIN (
        SELECT age_days AS days, sum(sum(customer_count)) OVER (ORDER BY age_days) AS reached,
               sum(sum(customer_count)) OVER () AS all_count
        FROM alike
        GROUP BY age_days
    ) AS aged ON aged.reached >= ceil(share.up_to * aged.all_count)
    GROUP BY share.nth
), drawn AS MATERIALIZED (
    SELECT floor(8 * log(seen.monetary::double precision))::integer AS bin, count(*) AS customer_count
    FROM (
        SELECT avg(purchase.day_amount) AS monetary
        FROM (
            SELECT nth, made.customer_id, made.day, sum(made.amount) AS day_amount
            FROM basis
            CROSS JOIN tenure AS band
            CROSS JOIN LATERAL crm_simulate_purchases(basis.clv_model, 4000, date '2001-01-01', band.days, nth) AS made
            WHERE band.days > 0
            GROUP BY nth, made.customer_id, made.day
        ) AS purchase
        WHERE purchase.day > date '2001-01-01'
        GROUP BY purchase.nth, purchase.customer_id
    ) AS seen
    WHERE seen.monetary > 0
    GROUP BY 1
), counted AS (
    SELECT bin, coalesce(spent.customer_count, 0) AS customer_count, coalesce(drawn.customer_count, 0) AS drawn_count
    FROM spent FULL JOIN drawn USING (bin)
)
SELECT power(10::double precision, counted.bin / 8.0) AS amount_above,
       power(10::double precision, (counted.bin + 1) / 8.0) AS amount_up_to,
       CASE WHEN part.is_shown THEN counted.customer_count END AS customer_count,
       CASE WHEN part.is_shown
            THEN (counted.customer_count / sum(counted.customer_count) OVER ())::double precision END AS customer_share,
       (counted.drawn_count / nullif(sum(counted.drawn_count) OVER (), 0))::double precision AS expected_share,
       basis.fitted_on,
       basis.as_of
FROM counted
CROSS JOIN basis
CROSS JOIN LATERAL (
    SELECT coalesce(sum(other.customer_count), 0) AS customer_count
    FROM counted AS other
    WHERE (other.customer_count, other.bin) < (counted.customer_count, counted.bin)
) AS smaller
CROSS JOIN LATERAL (
    SELECT crm_is_shown(basis.min_cell, counted.customer_count, smaller.customer_count::bigint) AS is_shown
) AS part;
COMMENT ON VIEW clv_spend_check IS
'One row per band of amounts, eight to a power of ten: customers by the mean amount of their repeat purchase days.
Of customers with such a mean above 0 on the day of the fit that clv_tracking uses. Expected are the shares among
20,000 customers drawn from the model, the same every time, with the tenures of ours. A customer_count of 1 or more,
but fewer than setting.min_cell, is NULL, and where those are fewer together, the next larger too.';
COMMENT ON COLUMN clv_spend_check.amount_above IS 'Lower end of the band, included.';
COMMENT ON COLUMN clv_spend_check.amount_up_to IS 'Upper end of the band, not included.';
COMMENT ON COLUMN clv_spend_check.customer_count IS 'Customers whose mean amount is in the band; NULL where hidden.';
COMMENT ON COLUMN clv_spend_check.customer_share IS
'Share of the customers with such a mean, 0..1; NULL where hidden.';
COMMENT ON COLUMN clv_spend_check.expected_share IS 'Share that the model expects, 0..1.';
COMMENT ON COLUMN clv_spend_check.fitted_on IS 'Day of the fit that is checked.';
