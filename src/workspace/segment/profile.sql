-- What is typical of each group, and how concentrated the whole is. What
-- smaller_count is for stands at the head of summary.sql.

CREATE OR REPLACE VIEW segment_typical AS
SELECT summary.segment,
       summary.segment_order,
       summary.customer_count,
       summary.recency[1] AS recency_q1_days,
       summary.recency[2] AS median_recency_days,
       summary.recency[3] AS recency_q3_days,
       summary.purchases[1] AS purchase_count_q1,
       summary.purchases[2] AS median_purchase_count,
       summary.purchases[3] AS purchase_count_q3,
       summary.amounts[1]::numeric:::amount AS amount_q1,
       summary.amounts[2]::numeric:::amount AS median_amount,
       summary.amounts[3]::numeric:::amount AS amount_q3,
       crm_as_of() AS as_of
FROM (
    SELECT segment,
           segment_order,
           count(*) AS customer_count,
           coalesce(sum(count(*)) OVER smaller, 0) AS smaller_count,
           crm_breaks_fit(recency_days, 4) AS recency,
           crm_breaks_fit(purchase_count, 4) AS purchases,
           crm_breaks_fit(amount_number, 4) AS amounts
    FROM customer_basis
    GROUP BY segment, segment_order
    WINDOW smaller AS (ORDER BY count(*), segment ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS summary
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, summary.customer_count, summary.smaller_count::bigint);
COMMENT ON VIEW segment_typical IS
'One row per segment with customers: quartiles of recency, purchases and amount.
Between the first and the third quartile lies the middle half of the segment. Quartiles are interpolated, as by
percentile_cont. NULL is the segment of those whom no rule of the map takes, of those who had refunds only, and of all
without a fit. Hidden is what is hidden in segment_summary. The day is crm_ext.as_of, set before the query: as_of only
repeats it.';
COMMENT ON COLUMN segment_typical.recency_q1_days IS 'First quartile of the days since the last purchase.';
COMMENT ON COLUMN segment_typical.recency_q3_days IS 'Third quartile of the days since the last purchase.';
COMMENT ON COLUMN segment_typical.purchase_count_q1 IS 'First quartile of the number of purchases.';
COMMENT ON COLUMN segment_typical.median_purchase_count IS 'Median of the number of purchases.';
COMMENT ON COLUMN segment_typical.purchase_count_q3 IS 'Third quartile of the number of purchases.';
COMMENT ON COLUMN segment_typical.amount_q1 IS 'First quartile of the net amount.';
COMMENT ON COLUMN segment_typical.median_amount IS 'Median of the net amount.';
COMMENT ON COLUMN segment_typical.amount_q3 IS 'Third quartile of the net amount.';

CREATE OR REPLACE VIEW abc_summary AS
SELECT summary.class,
       summary.class_order,
       summary.customer_count,
       summary.customer_count / summary.all_count::double precision AS customer_share,
       summary.amount:::amount AS amount,
       (greatest(summary.amount, 0) / nullif(summary.all_amount, 0))::double precision AS amount_share,
       crm_as_of() AS as_of
FROM (
    SELECT class,
           class_order,
           count(*) AS customer_count,
           sum(count(*)) OVER () AS all_count,
           coalesce(sum(count(*)) OVER smaller, 0) AS smaller_count,
           sum(exact_amount) AS amount,
           sum(greatest(sum(exact_amount), 0)) OVER () AS all_amount
    FROM customer_basis
    GROUP BY class, class_order
    WINDOW smaller AS (ORDER BY count(*), class ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS summary
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
WHERE crm_is_shown(setting.min_cell, summary.customer_count, summary.smaller_count::bigint);
COMMENT ON VIEW abc_summary IS
'One row per ABC class with customers: how many, and how much they brought.
Classes are by the limits of the latest fit; Z have brought 0, N less; NULL is the class of others without a fit.
Classes below setting.min_cell customers are hidden, and where those are fewer together, the next larger too. The day is
crm_ext.as_of, set before the query: as_of only repeats it.';

CREATE OR REPLACE VIEW concentration AS
SELECT spent.customer_count,
       spent.amount:::amount AS amount,
       spent.negative_count,
       crm_gini(spent.amounts) AS gini,
       CASE WHEN crm_is_shown(setting.min_cell, ceil(spent.customer_count * 0.2)::bigint)
            THEN crm_top_share(spent.amounts, 0.2) END AS top_20_share,
       CASE WHEN crm_is_shown(setting.min_cell,
                              ceil(spent.customer_count * least(width.share, 1 - width.share))::bigint)
            THEN width.share END AS width_80_share,
       crm_as_of() AS as_of
FROM (
    SELECT count(*) FILTER (WHERE active_days > 0) AS customer_count,
           sum(exact_amount) AS amount,
           count(*) FILTER (WHERE active_days > 0 AND exact_amount < 0) AS negative_count,
           crm_distribution_agg(greatest(amount_number, 0)) FILTER (WHERE active_days > 0) AS amounts
    FROM customer_basis
) AS spent
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
CROSS JOIN LATERAL crm_pareto_width(spent.amounts, 0.8) AS width (share)
WHERE spent.customer_count > 0 AND crm_is_shown(setting.min_cell, spent.customer_count, spent.negative_count);
COMMENT ON VIEW concentration IS
'One row: how concentrated the amount is among the customers who have bought.
As in pareto_curve and concentration_monthly, a net amount below 0 counts as 0: see negative_count. No row while nobody
has bought, and where fewer than setting.min_cell have. The day is crm_ext.as_of, set before the query: as_of only
repeats it.';
COMMENT ON COLUMN concentration.amount IS 'Net amount of all customers by as_of, who had refunds only included.';
COMMENT ON COLUMN concentration.customer_count IS 'Customers who have bought by as_of.';
COMMENT ON COLUMN concentration.negative_count IS 'Of them, those whose refunds exceed their purchases.';
