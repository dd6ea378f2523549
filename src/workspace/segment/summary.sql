-- Groups of customers: segments, stages, scores, and how concentrated they are.
--
-- Groups below min_cell are hidden. Where all of these together are below it
-- as well, so is the next larger group: the total less the others would tell.
-- Hence smaller_count, customers in the groups before this one by size: a group
-- is shown where both it and they are nobody or enough. Sums are of exact
-- amounts, and rounded where they are shown. Medians come of counts of customers
-- who are alike, which workers can make and add up; percentile_cont sorts all.

CREATE OR REPLACE VIEW segment_summary AS
WITH recency AS (
    SELECT *,
           sum(customer_count) FILTER (WHERE recency_days IS NOT NULL)
               OVER (PARTITION BY segment ORDER BY recency_days) AS up_to_count,
           sum(customer_count) FILTER (WHERE recency_days IS NOT NULL) OVER (PARTITION BY segment) AS active_count
    FROM (
        SELECT segment,
               recency_days,
               count(*) AS customer_count,
               sum(exact_amount) AS amount,
               crm_sum(p_alive) AS p_alive,
               count(p_alive) AS p_alive_count,
               sum(exact_clv) AS clv
        FROM customer_basis
        GROUP BY segment, recency_days
    ) AS alike
)
SELECT summary.segment,
       segment.segment_order,
       summary.customer_count,
       summary.customer_count / summary.all_count::double precision AS customer_share,
       summary.amount:::amount AS amount,
       (greatest(summary.amount, 0) / nullif(summary.all_amount, 0))::double precision AS amount_share,
       (summary.amount / summary.customer_count):::amount AS mean_amount,
       summary.median_recency_days,
       summary.mean_p_alive,
       summary.total_clv:::amount AS total_clv,
       crm_as_of() AS as_of
FROM (
    SELECT segment,
           sum(customer_count)::bigint AS customer_count,
           sum(sum(customer_count)) OVER () AS all_count,
           coalesce(sum(sum(customer_count)) OVER smaller, 0) AS smaller_count,
           sum(amount) AS amount,
           sum(greatest(sum(amount), 0)) OVER () AS all_amount,
           (min(recency_days) FILTER (WHERE 2 * up_to_count >= active_count)
            + min(recency_days) FILTER (WHERE 2 * up_to_count > active_count)) / 2.0::double precision
               AS median_recency_days,
           crm_sum(p_alive) / nullif(sum(p_alive_count), 0)::double precision AS mean_p_alive,
           sum(clv) AS total_clv
    FROM recency
    GROUP BY segment
    WINDOW smaller AS (ORDER BY sum(customer_count), segment ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS summary
LEFT JOIN segment USING (segment)
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, summary.customer_count, summary.smaller_count::bigint);
COMMENT ON VIEW segment_summary IS
'One row per segment with customers: how many, how much, how alive.
NULL is the segment of those whom no rule of the map takes, of those who had refunds only, and of all without a fit.
Segments below setting.min_cell customers are hidden, and where those are fewer together, the next larger too. Not
protected: what differs from another as_of or another map.';

CREATE OR REPLACE VIEW lifecycle_summary AS
WITH recency AS (
    SELECT *,
           sum(customer_count) FILTER (WHERE recency_days IS NOT NULL)
               OVER (PARTITION BY stage ORDER BY recency_days) AS up_to_count,
           sum(customer_count) FILTER (WHERE recency_days IS NOT NULL) OVER (PARTITION BY stage) AS active_count
    FROM (
        SELECT stage,
               recency_days,
               count(*) AS customer_count,
               sum(exact_amount) AS amount,
               crm_sum(p_alive) AS p_alive,
               count(p_alive) AS p_alive_count,
               sum(exact_clv) AS clv
        FROM customer_basis
        GROUP BY stage, recency_days
    ) AS alike
)
SELECT summary.stage,
       array_position('{new,growing,mature,declining,departed}', summary.stage) AS stage_order,
       summary.customer_count,
       summary.customer_count / summary.all_count::double precision AS customer_share,
       summary.amount:::amount AS amount,
       (greatest(summary.amount, 0) / nullif(summary.all_amount, 0))::double precision AS amount_share,
       (summary.amount / summary.customer_count):::amount AS mean_amount,
       summary.median_recency_days,
       summary.mean_p_alive,
       summary.total_clv:::amount AS total_clv,
       crm_as_of() AS as_of
FROM (
    SELECT stage,
           sum(customer_count)::bigint AS customer_count,
           sum(sum(customer_count)) OVER () AS all_count,
           coalesce(sum(sum(customer_count)) OVER smaller, 0) AS smaller_count,
           sum(amount) AS amount,
           sum(greatest(sum(amount), 0)) OVER () AS all_amount,
           (min(recency_days) FILTER (WHERE 2 * up_to_count >= active_count)
            + min(recency_days) FILTER (WHERE 2 * up_to_count > active_count)) / 2.0::double precision
               AS median_recency_days,
           crm_sum(p_alive) / nullif(sum(p_alive_count), 0)::double precision AS mean_p_alive,
           sum(clv) AS total_clv
    FROM recency
    GROUP BY stage
    WINDOW smaller AS (ORDER BY sum(customer_count), stage ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS summary
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, summary.customer_count, summary.smaller_count::bigint);
COMMENT ON VIEW lifecycle_summary IS
'One row per stage with customers: how many, how much, how alive.
NULL is the stage of those who had refunds only, of those who bought once, longer ago than setting.new_days, while the
fit knows no usual gap, and of all without a fit. Stages below setting.min_cell customers are hidden, and where those
are fewer together, the next larger too. Not protected: what differs from another as_of.';

CREATE OR REPLACE VIEW rfm_heatmap AS
SELECT r_score,
       f_score,
       CASE WHEN cell.is_shown THEN cell.customer_count END AS customer_count,
       (CASE WHEN cell.is_shown THEN cell.amount END):::amount AS amount,
       (CASE WHEN cell.is_shown THEN cell.amount / nullif(cell.customer_count, 0) END):::amount AS mean_amount,
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
           crm_is_shown(setting.min_cell, scored.customer_count, scored.smaller_count::bigint) AS is_shown
    FROM generate_series(1, 5) AS r_score
    CROSS JOIN generate_series(1, 5) AS f_score
    CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
    LEFT JOIN (
        SELECT r_score, f_score, count(*) AS customer_count, sum(count(*)) OVER smaller AS smaller_count,
               sum(exact_amount) AS amount, avg(m_score)::double precision AS mean_m_score,
               crm_sum(p_alive) / nullif(count(p_alive), 0) AS mean_p_alive
        FROM customer_basis
        GROUP BY r_score, f_score
        WINDOW smaller AS (ORDER BY count(*), r_score, f_score ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ) AS scored USING (r_score, f_score)
) AS cell;
COMMENT ON VIEW rfm_heatmap IS
'One row per recency score and frequency score: all 25 cells.
An empty cell counts 0; those who only had refunds are in none.
Where there are customers but fewer than setting.min_cell, all but the scores is NULL; where
those cells are fewer together, in the next larger too. Not protected: what differs from the counts by one score in
rfm_thresholds, or from another as_of.';

CREATE OR REPLACE VIEW rfm_thresholds AS
SELECT bin.dimension,
       bin.dimension_order,
       bin.score,
       bin.above,
       bin.up_to,
       coalesce(bin.above = bin.up_to, false) AS is_empty,
       CASE WHEN crm_is_shown(setting.min_cell, scored.customer_count, scored.smaller_count::bigint)
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
    SELECT given.dimension, given.score, sum(cell.customer_count)::bigint AS customer_count,
           sum(sum(cell.customer_count)) OVER smaller AS smaller_count
    FROM (
        SELECT r_score, f_score, m_score, count(*) AS customer_count
        FROM customer_basis
        GROUP BY r_score, f_score, m_score
    ) AS cell
    CROSS JOIN LATERAL (
        VALUES ('recency', cell.r_score), ('frequency', cell.f_score), ('monetary', cell.m_score)
    ) AS given (dimension, score)
    GROUP BY given.dimension, given.score
    WINDOW smaller AS (PARTITION BY given.dimension ORDER BY sum(cell.customer_count), given.score
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS scored USING (dimension, score);
COMMENT ON VIEW rfm_thresholds IS
'One row per dimension and score: the values that have it, and how many.
A score is given to values greater than above and at most up_to, in days for recency, purchases for frequency, money
for monetary; NULL is an open end. Counts of 1 or more, but fewer than setting.min_cell, are NULL, and where those are
fewer together, the next larger too. Not protected: the limits, which are values of single customers.';

CREATE OR REPLACE VIEW pareto_curve AS
SELECT point.customer_pct,
       point.customer_count,
       crm_top_share(curve.amounts, point.customer_count::double precision / curve.all_count) AS amount_share,
       crm_as_of() AS as_of,
       point.customer_count::double precision / curve.all_count AS customer_share
FROM (
    SELECT crm_distribution_agg(greatest(amount_number, 0)) AS amounts, count(*) AS all_count
    FROM customer_basis
    WHERE active_days > 0
) AS curve
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
-- From one point to the next there must be min_cell customers, or their difference tells of fewer.
CROSS JOIN LATERAL (
    SELECT CASE WHEN setting.min_cell = 1 THEN 1
                ELSE ceil(100.0 * setting.min_cell / nullif(curve.all_count, 0)) END AS pct
) AS step
CROSS JOIN LATERAL (
    SELECT customer_pct, ceil(curve.all_count * customer_pct / 100.0)::bigint AS customer_count
    FROM generate_series(1, 100) AS customer_pct
) AS point
WHERE crm_top_share(curve.amounts, 1) IS NOT NULL
  AND crm_is_shown(setting.min_cell, curve.all_count)
  AND (point.customer_pct = 100
       OR (point.customer_pct % step.pct = 0 AND point.customer_pct <= 100 - step.pct));
COMMENT ON VIEW pareto_curve IS
'One row per percent of customers, 1 to 100: the share that the top hold.
Customers who have bought by as_of, by amount, the largest first; negative amounts count as 0. A percentage of customers
is rounded up to whole ones, and amount_share is theirs: of a single customer it is 1 from the first percent on. With
setting.min_cell above 1 only points that are so many customers apart, from the first and to the last. Not protected:
what differs from another as_of.';
COMMENT ON COLUMN pareto_curve.customer_count IS 'How many customers that percentage is, rounded up.';
COMMENT ON COLUMN pareto_curve.customer_share IS
'customer_count as a share of those who have bought, 0..1: the customers whose share of the amount is amount_share.';
COMMENT ON COLUMN pareto_curve.amount_share IS 'Share of the amount that the top customer_count customers hold, 0..1.';

CREATE OR REPLACE VIEW concentration_monthly AS
SELECT month.period_start AS month_on,
       month.active_count AS customer_count,
       CASE WHEN crm_is_shown(basis.min_cell, month.active_count + month.refund_only_count)
            THEN month.amount END:::amount AS amount,
       crm_gini(spent.amounts) AS gini,
       CASE WHEN crm_is_shown(basis.min_cell, ceil(month.active_count * 0.2)::bigint)
            THEN crm_top_share(spent.amounts, 0.2) END AS top_20_share,
       CASE WHEN crm_is_shown(basis.min_cell, ceil(month.active_count * least(width.share, 1 - width.share))::bigint)
            THEN width.share END AS width_80_share,
       month.period_end <= basis.month_over_on AS is_complete,
       basis.as_of
FROM (
    SELECT crm_retention_agg(purchases, (SELECT month_bounds FROM calendar_span)) AS retention,
           crm_period_amounts(purchases, (SELECT month_bounds FROM calendar_span)) AS amounts
    FROM customer_activity
) AS everybody
CROSS JOIN LATERAL ROWS FROM (crm_growth(everybody.retention), unnest(everybody.amounts)) AS month (
    period_start, period_end, active_count, new_count, returning_count, resurrecting_count, dormant_count,
    refund_only_count, event_count, amount, gross_amount, refund_amount, new_amount, returning_amount,
    resurrecting_amount, refund_only_amount, first_amount, history_days, amounts)
CROSS JOIN LATERAL (SELECT month.amounts OFFSET '0') AS spent
CROSS JOIN calendar_basis AS basis
CROSS JOIN LATERAL crm_pareto_width(spent.amounts, 0.8) AS width (share)
WHERE crm_is_shown(basis.min_cell, month.active_count);
COMMENT ON VIEW concentration_monthly IS
'One row per month: how concentrated the amount is among its customers.
Over the customers with a purchase in the month; a net amount below 0 counts as 0.
In a month without a purchase gini and shares are NULL. Months with somebody, but fewer than setting.min_cell
customers, are hidden; top_20_share and width_80_share are NULL where those customers, or the rest, are fewer. Not
protected: gini and amount where one customer has nearly all, and what differs from ledger_total or another as_of.';
COMMENT ON COLUMN concentration_monthly.customer_count IS 'Customers with a purchase in the month.';
COMMENT ON COLUMN concentration_monthly.amount IS
'Net amount of the month, of all customers, who had refunds only included; NULL where hidden.';

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
WHERE crm_is_shown(setting.min_cell, moved.customer_count, moved.smaller_count::bigint);
COMMENT ON VIEW stage_transition IS
'One row per snapshot, stage before and stage after: how many customers.
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
WHERE crm_is_shown(setting.min_cell, moved.customer_count, moved.smaller_count::bigint);
COMMENT ON VIEW segment_transition IS
'One row per snapshot, segment before and segment after: how many customers.
Between consecutive snapshots, those who stayed included. from_segment NULL: not yet a customer, or not scored; an
order is NULL where the map has no such segment any more. Rows below setting.min_cell customers are hidden, and where
those from one segment are fewer together, the next larger from it too. Not protected: what differs from the number of
those who went to a segment.';
