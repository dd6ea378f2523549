-- Groups of customers: segments, stages, scores, and how concentrated they are.
--
-- Groups below min_cell are hidden. Where all of these together are below it
-- as well, so is the next larger group: the total less the others would tell.
-- Hence smaller_count, customers in the groups before this one by size: hidden
-- is who has 1 up to min_cell - 1, and whom so few come before.

CREATE OR REPLACE VIEW segment_summary AS
SELECT summary.segment,
       summary.segment_order,
       summary.customer_count,
       summary.customer_count / summary.all_count::double precision AS customer_share,
       summary.amount::numeric(18,2) AS amount,
       (summary.amount / nullif(summary.all_amount, 0))::double precision AS amount_share,
       (summary.amount / summary.customer_count)::numeric(18,2) AS mean_amount,
       summary.median_recency_days,
       summary.mean_p_alive,
       summary.total_clv::numeric(18,2) AS total_clv,
       crm_as_of() AS as_of
FROM (
    SELECT segment,
           segment_order,
           count(*) AS customer_count,
           sum(count(*)) OVER () AS all_count,
           coalesce(sum(count(*)) OVER smaller, 0) AS smaller_count,
           sum(amount) AS amount,
           sum(sum(amount)) OVER () AS all_amount,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY recency_days) AS median_recency_days,
           avg(p_alive::numeric)::double precision AS mean_p_alive,
           sum(clv) AS total_clv
    FROM customer_basis
    GROUP BY segment, segment_order
    WINDOW smaller AS (ORDER BY count(*), segment ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS summary
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE summary.customer_count >= setting.min_cell
  AND summary.smaller_count NOT BETWEEN 1 AND setting.min_cell - 1;
COMMENT ON VIEW segment_summary IS
'One row a segment with customers: how many, how much, how alive.
NULL is the segment of those whom no rule of the map takes, and of all without a fit. Segments below
setting.min_cell customers are hidden, and where those are fewer together, the next larger too. Not protected: what
differs from another as_of or another map.';

CREATE OR REPLACE VIEW lifecycle_summary AS
SELECT summary.stage,
       summary.stage_order,
       summary.customer_count,
       summary.customer_count / summary.all_count::double precision AS customer_share,
       summary.amount::numeric(18,2) AS amount,
       (summary.amount / nullif(summary.all_amount, 0))::double precision AS amount_share,
       (summary.amount / summary.customer_count)::numeric(18,2) AS mean_amount,
       summary.median_recency_days,
       summary.mean_p_alive,
       summary.total_clv::numeric(18,2) AS total_clv,
       crm_as_of() AS as_of
FROM (
    SELECT stage,
           stage_order,
           count(*) AS customer_count,
           sum(count(*)) OVER () AS all_count,
           coalesce(sum(count(*)) OVER smaller, 0) AS smaller_count,
           sum(amount) AS amount,
           sum(sum(amount)) OVER () AS all_amount,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY recency_days) AS median_recency_days,
           avg(p_alive::numeric)::double precision AS mean_p_alive,
           sum(clv) AS total_clv
    FROM customer_basis
    GROUP BY stage, stage_order
    WINDOW smaller AS (ORDER BY count(*), stage ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS summary
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE summary.customer_count >= setting.min_cell
  AND summary.smaller_count NOT BETWEEN 1 AND setting.min_cell - 1;
COMMENT ON VIEW lifecycle_summary IS
'One row a stage with customers: how many, how much, how alive.
NULL is the stage of all without a fit. Stages below setting.min_cell customers are hidden, and where those are fewer
together, the next larger too. Not protected: what differs from another as_of.';

CREATE OR REPLACE VIEW rfm_heatmap AS
SELECT r_score,
       f_score,
       CASE WHEN cell.is_shown THEN cell.customer_count END AS customer_count,
       (CASE WHEN cell.is_shown THEN cell.amount END)::numeric(18,2) AS amount,
       (CASE WHEN cell.is_shown THEN cell.amount / nullif(cell.customer_count, 0) END)::numeric(18,2) AS mean_amount,
       CASE WHEN cell.is_shown THEN cell.mean_m_score END AS mean_m_score,
       CASE WHEN cell.is_shown THEN cell.mean_p_alive END AS mean_p_alive,
       crm_as_of() AS as_of
FROM (
    SELECT r_score,
           f_score,
           coalesce(scored.customer_count, 0) AS customer_count,
           coalesce(scored.amount, 0) AS amount,
           scored.mean_m_score,
           scored.mean_p_alive,
           coalesce(scored.customer_count, 0) NOT BETWEEN 1 AND setting.min_cell - 1
           AND coalesce(scored.smaller_count, 0) NOT BETWEEN 1 AND setting.min_cell - 1 AS is_shown
    FROM generate_series(1, 5) AS r_score
    CROSS JOIN generate_series(1, 5) AS f_score
    CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
    LEFT JOIN (
        SELECT r_score, f_score, count(*) AS customer_count, sum(count(*)) OVER smaller AS smaller_count,
               sum(amount) AS amount, avg(m_score)::double precision AS mean_m_score,
               avg(p_alive::numeric)::double precision AS mean_p_alive
        FROM customer_basis
        GROUP BY r_score, f_score
        WINDOW smaller AS (ORDER BY count(*), r_score, f_score ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ) AS scored USING (r_score, f_score)
) AS cell;
COMMENT ON VIEW rfm_heatmap IS
'One row a recency score and frequency score: all 25 cells.
An empty cell counts 0. Where there are customers but fewer than setting.min_cell, all but the scores is NULL; where
those cells are fewer together, in the next larger too. Not protected: what differs from the counts by one score in
rfm_thresholds, or from another as_of.';

CREATE OR REPLACE VIEW rfm_thresholds AS
SELECT bin.dimension,
       bin.dimension_order,
       bin.score,
       bin.above,
       bin.up_to,
       coalesce(bin.above = bin.up_to, false) AS is_empty,
       CASE WHEN coalesce(scored.customer_count, 0) NOT BETWEEN 1 AND setting.min_cell - 1
             AND coalesce(scored.smaller_count, 0) NOT BETWEEN 1 AND setting.min_cell - 1
            THEN coalesce(scored.customer_count, 0) END AS customer_count,
       bin.fitted_on,
       crm_as_of() AS as_of
FROM (
    SELECT cut.dimension,
           cut.dimension_order,
           CASE WHEN cut.dimension = 'recency' THEN cardinality(cut.breaks) + 2 - nth ELSE nth END AS score,
           cut.breaks[nth - 1] AS above,
           cut.breaks[nth] AS up_to,
           basis.fitted_on
    FROM scoring_basis AS basis
    CROSS JOIN LATERAL (
        VALUES ('recency', 1, basis.recency_breaks),
               ('frequency', 2, basis.frequency_breaks),
               ('monetary', 3, basis.monetary_breaks)
    ) AS cut (dimension, dimension_order, breaks)
    CROSS JOIN LATERAL generate_series(1, cardinality(cut.breaks) + 1) AS nth
) AS bin
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
LEFT JOIN (
    SELECT given.dimension, given.score, count(*) AS customer_count, sum(count(*)) OVER smaller AS smaller_count
    FROM customer_basis AS basis
    CROSS JOIN LATERAL (
        VALUES ('recency', basis.r_score), ('frequency', basis.f_score), ('monetary', basis.m_score)
    ) AS given (dimension, score)
    GROUP BY given.dimension, given.score
    WINDOW smaller AS (PARTITION BY given.dimension ORDER BY count(*), given.score
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS scored USING (dimension, score);
COMMENT ON VIEW rfm_thresholds IS
'One row a dimension and score: the values that have it, and how many.
A score is given to values greater than above and at most up_to, in days for recency, purchases for frequency, money
for monetary; NULL is an open end. Counts of 1 or more, but fewer than setting.min_cell, are NULL, and where those are
fewer together, the next larger too. Not protected: the limits, which are values of single customers.';

CREATE OR REPLACE VIEW pareto_curve AS
SELECT customer_pct,
       ceil(curve.all_count * customer_pct / 100.0)::bigint AS customer_count,
       1 - coalesce(curve.lorenz[100 - customer_pct], 0) AS amount_share,
       crm_as_of() AS as_of
FROM (
    SELECT crm_lorenz(greatest(amount, 0)::double precision, 100) AS lorenz, count(*) AS all_count
    FROM customer_basis
) AS curve
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
-- From one point to the next there must be min_cell customers, or their difference tells of fewer.
CROSS JOIN LATERAL (
    SELECT CASE WHEN setting.min_cell = 1 THEN 1
                ELSE ceil(100.0 * setting.min_cell / nullif(curve.all_count, 0)) END AS pct
) AS step
CROSS JOIN generate_series(1, 100) AS customer_pct
WHERE curve.lorenz IS NOT NULL
  AND curve.all_count >= setting.min_cell
  AND (customer_pct = 100 OR (customer_pct % step.pct = 0 AND customer_pct <= 100 - step.pct));
COMMENT ON VIEW pareto_curve IS
'One row a percent of customers, 1 to 100: the share that the top hold.
Customers who have bought by as_of, by amount, the largest first; negative amounts count as 0. With setting.min_cell
above 1 only points that are so many customers apart, from the first and to the last. Not protected: what differs from
another as_of.';
COMMENT ON COLUMN pareto_curve.customer_count IS 'How many customers that percentage is, rounded up.';
COMMENT ON COLUMN pareto_curve.amount_share IS 'Share of the amount that the top customer_pct percent hold, 0..1.';

CREATE OR REPLACE VIEW concentration_monthly AS
SELECT month.month_on,
       month.customer_count,
       month.amount::numeric(18,2) AS amount,
       crm_gini(month.amounts) AS gini,
       CASE WHEN ceil(month.customer_count * 0.2) NOT BETWEEN 1 AND setting.min_cell - 1
            THEN crm_top_share(month.amounts, 0.2) END AS top_20_share,
       CASE WHEN ceil(month.customer_count * least(width.share, 1 - width.share))
                 NOT BETWEEN 1 AND setting.min_cell - 1
            THEN width.share END AS width_80_share,
       (month.month_on + interval '1 month')::date - 1 <= crm_as_of() AS is_complete,
       crm_as_of() AS as_of
FROM (
    SELECT month_on,
           count(*) FILTER (WHERE is_active) AS customer_count,
           sum(amount) AS amount,
           crm_distribution_agg(greatest(amount, 0)::double precision) FILTER (WHERE is_active) AS amounts
    FROM customer_month
    GROUP BY month_on
) AS month
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
CROSS JOIN LATERAL crm_pareto_width(month.amounts, 0.8) AS width (share)
WHERE month.customer_count >= setting.min_cell;
COMMENT ON VIEW concentration_monthly IS
'One row a month: how concentrated the amount is among its customers.
Over the customers with a purchase in the month; a net amount below 0 counts as 0. Months below setting.min_cell
customers are hidden; top_20_share and width_80_share are NULL where those customers, or the rest, are fewer. Not
protected: gini and amount where one customer has nearly all, and what differs from another as_of.';
COMMENT ON COLUMN concentration_monthly.customer_count IS 'Customers with a purchase in the month.';
COMMENT ON COLUMN concentration_monthly.amount IS 'Net amount of the month, of all customers.';

CREATE OR REPLACE VIEW stage_transition AS
SELECT moved.previous_snapshot_on,
       moved.snapshot_on,
       moved.from_stage,
       array_position('{new,growing,mature,declining,departed}', moved.from_stage) AS from_stage_order,
       moved.to_stage,
       array_position('{new,growing,mature,declining,departed}', moved.to_stage) AS to_stage_order,
       moved.customer_count,
       moved.customer_count / moved.from_count::double precision AS from_share,
       crm_as_of() AS as_of
FROM (
    SELECT day.previous_snapshot_on,
           day.snapshot_on,
           before.stage AS from_stage,
           after.stage AS to_stage,
           count(*) AS customer_count,
           sum(count(*)) OVER (PARTITION BY day.snapshot_on, before.stage) AS from_count,
           coalesce(sum(count(*)) OVER smaller, 0) AS smaller_count
    FROM snapshot_day AS day
    JOIN customer_snapshot AS after ON after.as_of = day.snapshot_on
    LEFT JOIN customer_snapshot AS before
        ON before.as_of = day.previous_snapshot_on AND before.customer_id = after.customer_id
    WHERE day.previous_snapshot_on IS NOT NULL
    GROUP BY day.previous_snapshot_on, day.snapshot_on, before.stage, after.stage
    WINDOW smaller AS (PARTITION BY day.snapshot_on, before.stage ORDER BY count(*), after.stage
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS moved
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE moved.customer_count >= setting.min_cell
  AND moved.smaller_count NOT BETWEEN 1 AND setting.min_cell - 1;
COMMENT ON VIEW stage_transition IS
'One row a snapshot, stage before and stage after: how many customers.
Between consecutive snapshots, those who stayed included. from_stage NULL: not yet a customer, or not scored. Rows
below setting.min_cell customers are hidden, and where those from one stage are fewer together, the next larger from
it too. Not protected: what differs from the number of those who went to a stage.';

CREATE OR REPLACE VIEW segment_transition AS
SELECT moved.previous_snapshot_on,
       moved.snapshot_on,
       moved.from_segment,
       origin.segment_order AS from_segment_order,
       moved.to_segment,
       target.segment_order AS to_segment_order,
       moved.customer_count,
       moved.customer_count / moved.from_count::double precision AS from_share,
       crm_as_of() AS as_of
FROM (
    SELECT day.previous_snapshot_on,
           day.snapshot_on,
           before.segment AS from_segment,
           after.segment AS to_segment,
           count(*) AS customer_count,
           sum(count(*)) OVER (PARTITION BY day.snapshot_on, before.segment) AS from_count,
           coalesce(sum(count(*)) OVER smaller, 0) AS smaller_count
    FROM snapshot_day AS day
    JOIN customer_snapshot AS after ON after.as_of = day.snapshot_on
    LEFT JOIN customer_snapshot AS before
        ON before.as_of = day.previous_snapshot_on AND before.customer_id = after.customer_id
    WHERE day.previous_snapshot_on IS NOT NULL
    GROUP BY day.previous_snapshot_on, day.snapshot_on, before.segment, after.segment
    WINDOW smaller AS (PARTITION BY day.snapshot_on, before.segment ORDER BY count(*), after.segment
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS moved
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
LEFT JOIN segment AS origin ON origin.segment = moved.from_segment
LEFT JOIN segment AS target ON target.segment = moved.to_segment
WHERE moved.customer_count >= setting.min_cell
  AND moved.smaller_count NOT BETWEEN 1 AND setting.min_cell - 1;
COMMENT ON VIEW segment_transition IS
'One row a snapshot, segment before and segment after: how many customers.
Between consecutive snapshots, those who stayed included. from_segment NULL: not yet a customer, or not scored; an
order is NULL where the map has no such segment any more. Rows below setting.min_cell customers are hidden, and where
those from one segment are fewer together, the next larger from it too. Not protected: what differs from the number of
those who went to a segment.';
