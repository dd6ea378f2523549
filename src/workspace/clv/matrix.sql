-- What the model says of every history that there may be: how often, and silent
-- how long. Customers alike are counted by workers: see customer_basis for the
-- join with the basis and the column that nobody reads, without which the planner
-- would take every ledger for a history of its own.

-- A customer who came once has been silent for as long as known. Others are
-- taken to have the tenure of the middle customer; who has been silent as long
-- as that cannot have come again, and gets NULL.
CREATE OR REPLACE VIEW clv_matrix AS
WITH basis AS MATERIALIZED (
    SELECT clv_model, clv_model_name, (clv_model::jsonb ->> 'unit_days')::double precision AS unit_days, horizon_days,
           fitted_on, as_of
    FROM scoring_basis
    WHERE clv_model IS NOT NULL
), tenure AS MATERIALIZED (
    SELECT typical.days, greatest(ceil(typical.days / 84.0), 1)::integer AS step_weeks
    FROM (
        SELECT min(ranked.tenure_days) AS days
        FROM (
            SELECT tenure_days, sum(count(*)) OVER (ORDER BY tenure_days) AS up_to,
                   sum(count(*)) OVER () AS all_count
            FROM (
                SELECT crm_age(bought.purchases, basis.as_of) AS tenure_days, pg_is_in_recovery() AS stays_apart
                FROM customer_activity AS bought
                JOIN scoring_basis AS basis ON basis.is_only = (bought.purchases IS NOT NULL)
                WHERE basis.clv_model IS NOT NULL
            ) AS history
            WHERE tenure_days IS NOT NULL
            GROUP BY tenure_days
        ) AS ranked
        WHERE ranked.up_to >= ranked.all_count / 2.0
    ) AS typical
), seen AS (
    SELECT alike.purchase_days, least(alike.silent_days / (7 * tenure.step_weeks), 12) AS step,
           sum(alike.customer_count)::bigint AS customer_count
    FROM (
        SELECT purchase_days, silent_days, count(*) AS customer_count
        FROM (
            SELECT least(crm_active_days(bought.purchases, basis.as_of), 10) AS purchase_days,
                   crm_days_since_last(bought.purchases, basis.as_of) AS silent_days,
                   pg_is_in_recovery() AS stays_apart
            FROM customer_activity AS bought
            JOIN scoring_basis AS basis ON basis.is_only = (bought.purchases IS NOT NULL)
            WHERE basis.clv_model IS NOT NULL
        ) AS history
        WHERE purchase_days > 0
        GROUP BY purchase_days, silent_days
    ) AS alike
    CROSS JOIN tenure
    GROUP BY 1, 2
), cell AS (
    SELECT purchase_days, step, 7 * tenure.step_weeks * step AS silent_days, tenure.step_weeks,
           tenure.days AS tenure_days, coalesce(seen.customer_count, 0) AS customer_count
    FROM tenure
    CROSS JOIN generate_series(1, 10) AS purchase_days
    CROSS JOIN generate_series(0, 12) AS step
    LEFT JOIN seen USING (purchase_days, step)
)
SELECT cell.purchase_days,
       CASE WHEN cell.purchase_days < 10 THEN cell.purchase_days::text ELSE '10+' END AS purchase_days_label,
       cell.silent_days,
       cell.silent_days / 7 AS silent_weeks,
       cell.step_weeks,
       CASE WHEN cell.purchase_days = 1 THEN cell.silent_days ELSE cell.tenure_days END AS tenure_days,
       CASE WHEN cell.purchase_days = 1
            THEN crm_p_alive_summary(basis.clv_model, 0, 0, cell.silent_days / basis.unit_days)
            WHEN cell.silent_days < cell.tenure_days
            THEN crm_p_alive_summary(basis.clv_model, cell.purchase_days - 1,
                                     (cell.tenure_days - cell.silent_days) / basis.unit_days,
                                     cell.tenure_days / basis.unit_days) END AS p_alive,
       CASE WHEN cell.purchase_days = 1
            THEN crm_expected_purchases_summary(basis.clv_model, 0, 0, cell.silent_days / basis.unit_days,
                                                basis.horizon_days / basis.unit_days)
            WHEN cell.silent_days < cell.tenure_days
            THEN crm_expected_purchases_summary(basis.clv_model, cell.purchase_days - 1,
                                                (cell.tenure_days - cell.silent_days) / basis.unit_days,
                                                cell.tenure_days / basis.unit_days,
                                                basis.horizon_days / basis.unit_days) END AS expected_purchases,
       CASE WHEN crm_is_shown(setting.min_cell, cell.customer_count, smaller.customer_count::bigint)
            THEN cell.customer_count END AS customer_count,
       basis.horizon_days,
       basis.clv_model_name,
       basis.fitted_on,
       basis.as_of
FROM cell
CROSS JOIN basis
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
CROSS JOIN LATERAL (
    SELECT coalesce(sum(other.customer_count), 0) AS customer_count
    FROM cell AS other
    WHERE (other.customer_count, other.purchase_days, other.step)
          < (cell.customer_count, cell.purchase_days, cell.step)
) AS smaller;
COMMENT ON VIEW clv_matrix IS
'One row per number of purchase days and a time since the last: what the model says of such a customer.
Purchase days from 1 to 10 and more, time in twelve steps of whole weeks. The tenure is that of the middle customer,
but for those who came once: that of their silence. What is impossible, a repeat purchase by somebody who is silent for
as long as known, is NULL. No rows without a model at or before as_of. A customer_count of 1 or more, but fewer than
setting.min_cell, is NULL, and where those are fewer together, the next larger too.';
COMMENT ON COLUMN clv_matrix.purchase_days IS 'Purchase days of the customer, 10 for 10 and more.';
COMMENT ON COLUMN clv_matrix.purchase_days_label IS 'purchase_days as text, 10+ for 10 and more.';
COMMENT ON COLUMN clv_matrix.silent_days IS 'Days since the last purchase.';
COMMENT ON COLUMN clv_matrix.silent_weeks IS 'Weeks since the last purchase.';
COMMENT ON COLUMN clv_matrix.step_weeks IS 'Weeks from one row to the next.';
COMMENT ON COLUMN clv_matrix.tenure_days IS
'Days since the first purchase: those of the middle customer, of one purchase day those of the silence.';
COMMENT ON COLUMN clv_matrix.p_alive IS 'Probability of being still a customer; NULL where it cannot be.';
COMMENT ON COLUMN clv_matrix.expected_purchases IS
'Purchase days to expect in setting.horizon_days; NULL where it cannot be.';
COMMENT ON COLUMN clv_matrix.customer_count IS
'Customers with so many purchase days, silent so long, of any tenure; the last step is open; NULL where hidden.';

CREATE OR REPLACE VIEW p_alive_matrix AS
SELECT purchase_days, purchase_days_label, silent_days, silent_weeks, step_weeks, tenure_days, p_alive, customer_count,
       clv_model_name, fitted_on, as_of
FROM clv_matrix;
COMMENT ON VIEW p_alive_matrix IS
'One row per number of purchase days and a time since the last: the probability of being still a customer.
See clv_matrix. Under the model bg/nbd customers who came once are never gone: there the first column is 1.';
COMMENT ON COLUMN p_alive_matrix.p_alive IS 'Probability of being still a customer; NULL where it cannot be.';
COMMENT ON COLUMN p_alive_matrix.tenure_days IS
'Days since the first purchase: those of the middle customer, of one purchase day those of the silence.';
COMMENT ON COLUMN p_alive_matrix.customer_count IS
'Customers with so many purchase days, silent so long, of any tenure; the last step is open; NULL where hidden.';

CREATE OR REPLACE VIEW expected_purchases_matrix AS
SELECT purchase_days, purchase_days_label, silent_days, silent_weeks, step_weeks, tenure_days, expected_purchases,
       horizon_days, customer_count, clv_model_name, fitted_on, as_of
FROM clv_matrix;
COMMENT ON VIEW expected_purchases_matrix IS
'One row per number of purchase days and a time since the last: purchase days to expect.
In setting.horizon_days. See clv_matrix.';
COMMENT ON COLUMN expected_purchases_matrix.expected_purchases IS
'Purchase days to expect in setting.horizon_days; NULL where it cannot be.';
COMMENT ON COLUMN expected_purchases_matrix.tenure_days IS
'Days since the first purchase: those of the middle customer, of one purchase day those of the silence.';
COMMENT ON COLUMN expected_purchases_matrix.customer_count IS
'Customers with so many purchase days, silent so long, of any tenure; the last step is open; NULL where hidden.';

CREATE OR REPLACE VIEW alive_path AS
SELECT bought.customer_id,
       day.day::date AS seen_on,
       crm_p_alive(basis.clv_model, bought.purchases, day.day::date) AS p_alive,
       crm_active_days(bought.purchases, day.day::date) AS purchase_days,
       basis.clv_model_name,
       basis.fitted_on,
       basis.as_of
FROM customer_activity AS bought
CROSS JOIN scoring_basis AS basis
CROSS JOIN LATERAL generate_series(crm_first_day(bought.purchases, basis.as_of)::timestamp, basis.as_of::timestamp,
                                   interval '1 week') AS day
WHERE basis.clv_model IS NOT NULL AND crm_active_days(bought.purchases, basis.as_of) > 0;
COMMENT ON VIEW alive_path IS
'One row per customer and week since the first purchase: the probability of being still a customer, as it went.
By the latest fit at or before as_of, and by what the customer had bought up to that day. For one customer or a few: a
condition on customer_id reads those alone, without one it is a row per customer and week. seen_on is a date to filter
by.';
COMMENT ON COLUMN alive_path.seen_on IS 'The day: every seventh, from the first purchase to as_of.';
COMMENT ON COLUMN alive_path.p_alive IS 'Probability on that day of being still a customer.';
COMMENT ON COLUMN alive_path.purchase_days IS 'Purchase days up to that day.';
