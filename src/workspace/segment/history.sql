-- How large segments and stages were at each month's end, from the ledgers,
-- which can be read as of any day, and the fits of the time. Segments take a pass
-- over all ledgers a fit, stages one a month, for which a condition on month_on
-- is taken first.

CREATE OR REPLACE VIEW history_basis AS
SELECT month.month_on,
       month.next_month_on - 1 AS month_end_on,
       month.next_month_on - 1 <= basis.month_over_on AS is_complete,
       latest.as_of AS fitted_on,
       latest.recency_breaks,
       latest.frequency_breaks,
       latest.monetary_breaks,
       latest.population_gap_days,
       basis.as_of
FROM (
    SELECT month_on, lead(month_on) OVER (ORDER BY month_on) AS next_month_on
    FROM calendar_span
    CROSS JOIN LATERAL unnest(month_bounds) AS month_on
) AS month
CROSS JOIN calendar_basis AS basis
CROSS JOIN LATERAL (
    SELECT * FROM fit
    WHERE fit.as_of <= month.next_month_on - 1 AND fit.customer_count > 0
    ORDER BY fit.as_of DESC
    LIMIT 1
) AS latest;
COMMENT ON VIEW history_basis IS
'One row per month that has a fit on or before its end: what scores use then.
Not for BI: it holds arrays.';

-- The groups are made of scores first: there are 125 of them, and as many
-- customers as there are.
CREATE OR REPLACE VIEW segment_history AS
SELECT sized.month_on,
       sized.month_end_on,
       sized.segment,
       sized.segment_order,
       CASE WHEN sized.is_shown THEN coalesce(sized.customer_count, 0) END AS customer_count,
       CASE WHEN sized.is_shown
            THEN coalesce(sized.customer_count, 0) / sized.all_count::double precision END AS customer_share,
       (CASE WHEN sized.is_shown THEN coalesce(sized.amount, 0) END):::amount AS amount,
       (CASE WHEN sized.is_shown
             THEN greatest(sized.amount, 0) / nullif(sized.all_amount, 0) END)::double precision AS amount_share,
       sized.fitted_on,
       sized.is_complete,
       sized.as_of
FROM (
    SELECT month.month_on, month.month_end_on, month.fitted_on, month.is_complete, month.as_of,
           named.segment, named.segment_order, held.customer_count, held.amount,
           sum(held.customer_count) OVER (PARTITION BY month.month_on) AS all_count,
           sum(greatest(held.amount, 0)) OVER (PARTITION BY month.month_on) AS all_amount,
           crm_is_shown(setting.min_cell, held.customer_count,
                        (sum(held.customer_count) OVER smaller)::bigint) AS is_shown
    FROM history_basis AS month
    CROSS JOIN (
        SELECT segment.segment, segment.segment_order FROM segment UNION ALL SELECT NULL, NULL
    ) AS named
    CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
    LEFT JOIN (
        SELECT scored.month_on,
               crm_rfm_segment(scored.r_score, scored.f_score, scored.m_score, setting.segment_map) AS segment,
               sum(scored.customer_count)::bigint AS customer_count,
               sum(scored.amount) AS amount
        FROM (
            SELECT fitted.months[fitted.cells[n][1]::integer] AS month_on,
                   nullif(fitted.cells[n][2], 0)::integer AS r_score,
                   nullif(fitted.cells[n][3], 0)::integer AS f_score,
                   nullif(fitted.cells[n][4], 0)::integer AS m_score,
                   fitted.cells[n][5] AS customer_count,
                   fitted.cells[n][6] AS amount
            FROM (
                SELECT month.months,
                       crm_score_cells(bought.purchases, month.days, month.recency_breaks, month.frequency_breaks,
                                       month.monetary_breaks) AS cells
                FROM (
                    SELECT fitted_on, recency_breaks, frequency_breaks, monetary_breaks,
                           array_agg(month_on ORDER BY month_on) AS months,
                           array_agg(month_end_on ORDER BY month_on) AS days
                    FROM history_basis
                    GROUP BY fitted_on, recency_breaks, frequency_breaks, monetary_breaks
                ) AS month
                CROSS JOIN customer_activity AS bought
                GROUP BY month.months
            ) AS fitted
            CROSS JOIN LATERAL generate_subscripts(fitted.cells, 1) AS n
            UNION ALL
            -- Who had refunds only by then, and so no score.
            SELECT month.month_on, NULL, NULL, NULL, count(*), sum(crm_amount(refunded.purchases, month.month_end_on))
            FROM history_basis AS month
            JOIN (
                SELECT purchases, crm_first_entry_day(purchases) AS entered_on, crm_first_day(purchases) AS bought_on
                FROM customer_activity
                WHERE crm_first_entry_day(purchases) < coalesce(crm_first_day(purchases), 'infinity')
            ) AS refunded ON refunded.entered_on <= month.month_end_on
                             AND coalesce(refunded.bought_on, 'infinity') > month.month_end_on
            GROUP BY month.month_on
        ) AS scored
        CROSS JOIN (SELECT segment_map FROM setting LIMIT 1) AS setting
        GROUP BY 1, 2
    ) AS held ON held.month_on = month.month_on AND held.segment IS NOT DISTINCT FROM named.segment
    WINDOW smaller AS (PARTITION BY month.month_on ORDER BY coalesce(held.customer_count, 0), named.segment
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS sized
WHERE sized.segment IS NOT NULL OR sized.customer_count > 0;
COMMENT ON VIEW segment_history IS
'One row per month and segment: how many customers at its end, and how much they had brought by then.
Of customers with a purchase or refund by month_end_on, with the scores and by the fit of that day, the latest at or
before it: months before the first fit have no rows; call crm_refit for their ends to have them. An empty segment counts
0. NULL is the segment of those whom no rule of the map takes, and of those who had refunds only; it has a row where it
has somebody. The map is today''s. Figures of fewer than setting.min_cell customers are NULL, and where those are fewer
together, the next larger too. month_on is a date to filter by; months after crm_ext.as_of are not there.';
COMMENT ON COLUMN segment_history.month_end_on IS 'Last day of the month, or as_of where that comes first.';
COMMENT ON COLUMN segment_history.fitted_on IS
'Day of the fit that the scores use: the latest on or before month_end_on.';
COMMENT ON COLUMN segment_history.amount IS 'Net amount up to month_end_on of those in the segment then.';
COMMENT ON COLUMN segment_history.customer_share IS
'Share of all customers with a purchase or refund by month_end_on, 0..1.';

CREATE OR REPLACE VIEW stage_history AS
SELECT sized.month_on,
       sized.month_end_on,
       sized.stage,
       sized.stage_order,
       CASE WHEN sized.is_shown THEN coalesce(sized.customer_count, 0) END AS customer_count,
       CASE WHEN sized.is_shown
            THEN coalesce(sized.customer_count, 0) / sized.all_count::double precision END AS customer_share,
       (CASE WHEN sized.is_shown THEN coalesce(sized.amount, 0) END):::amount AS amount,
       (CASE WHEN sized.is_shown
             THEN greatest(sized.amount, 0) / nullif(sized.all_amount, 0) END)::double precision AS amount_share,
       sized.fitted_on,
       sized.is_complete,
       sized.as_of
FROM (
    SELECT month.month_on, month.month_end_on, month.fitted_on, month.is_complete, month.as_of,
           named.stage, named.stage_order::integer AS stage_order, held.customer_count, held.amount,
           sum(held.customer_count) OVER (PARTITION BY month.month_on) AS all_count,
           sum(greatest(held.amount, 0)) OVER (PARTITION BY month.month_on) AS all_amount,
           crm_is_shown(setting.min_cell, held.customer_count,
                        (sum(held.customer_count) OVER smaller)::bigint) AS is_shown
    FROM history_basis AS month
    CROSS JOIN (
        SELECT * FROM unnest('{new,growing,mature,declining,departed}'::text[]) WITH ORDINALITY
        UNION ALL SELECT NULL, NULL
    ) AS named (stage, stage_order)
    CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
    LEFT JOIN (
        SELECT month.month_on,
               crm_lifecycle_stage(bought.purchases, month.month_end_on, month.population_gap_days, setting.new_days,
                                   setting.window_days, setting.declining_at, setting.departed_at,
                                   setting.shrinking_below, setting.growing_above, setting.prior_weight) AS stage,
               count(*) AS customer_count,
               sum(crm_amount(bought.purchases, month.month_end_on)) AS amount
        FROM history_basis AS month
        CROSS JOIN customer_activity AS bought
        CROSS JOIN (SELECT * FROM setting LIMIT 1) AS setting
        WHERE crm_first_entry_day(bought.purchases) <= month.month_end_on
        GROUP BY month.month_on, 2
    ) AS held ON held.month_on = month.month_on AND held.stage IS NOT DISTINCT FROM named.stage
    WINDOW smaller AS (PARTITION BY month.month_on ORDER BY coalesce(held.customer_count, 0), named.stage
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS sized
WHERE sized.stage IS NOT NULL OR sized.customer_count > 0;
COMMENT ON VIEW stage_history IS
'One row per month and stage: how many customers at its end, and how much they had brought by then.
As segment_history, with the stages of lifecycle_summary: each customer against the own rhythm up to that day, and the
usual gap of the fit of the time. NULL is the stage of those who had refunds only, and of those who bought once, longer
ago than setting.new_days, while the fit knows no usual gap; it has a row where it has somebody. Months before the first
fit have no rows. Figures of fewer than setting.min_cell customers are NULL, and where those are fewer together, the
next larger too. month_on is a date to filter by.';
COMMENT ON COLUMN stage_history.stage IS
'Lifecycle stage: new, growing, mature, declining or departed; NULL where there is no usual gap to compare with.';
COMMENT ON COLUMN stage_history.month_end_on IS 'Last day of the month, or as_of where that comes first.';
COMMENT ON COLUMN stage_history.fitted_on IS
'Day of the fit that the stages use: the latest on or before month_end_on.';
COMMENT ON COLUMN stage_history.amount IS 'Net amount up to month_end_on of those in the stage then.';
COMMENT ON COLUMN stage_history.customer_share IS
'Share of all customers with a purchase or refund by month_end_on, 0..1.';
