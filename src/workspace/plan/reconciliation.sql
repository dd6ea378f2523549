-- What the reports add up to, against the ledgers.

CREATE OR REPLACE VIEW reconciliation_plan AS
WITH ledger AS MATERIALIZED (
    SELECT coalesce(sum(crm_amount(purchases, crm_as_of())), 0) AS amount,
           coalesce(sum(crm_event_count(purchases, crm_as_of())), 0)::numeric AS order_count
    FROM customer_activity
), early AS MATERIALIZED (
    -- A ledger has four decimals.
    SELECT coalesce(sum(amount) FILTER (WHERE is_early), 0) + coalesce(sum(round(amount, 4) - amount), 0) AS amount,
           coalesce(sum(order_count) FILTER (WHERE is_early), 0)::numeric AS order_count,
           coalesce(sum(round(amount, 4) - amount), 0) AS rounding
    FROM (
        SELECT amount, order_count, purchased_on < (SELECT month_bounds[1] FROM plan_span) AS is_early
        FROM purchase_known
    ) AS bought
)
SELECT claim.view_name,
       claim.column_name,
       total.ledger_total,
       total.view_total,
       total.left_out_total,
       claim.left_out_reason,
       total.ledger_total - total.view_total - total.left_out_total AS difference,
       crm_as_of() AS as_of
FROM ledger
CROSS JOIN (SELECT min_cell FROM setting LIMIT 1) AS setting
CROSS JOIN early
CROSS JOIN LATERAL (
    VALUES ('plan_sale_month', 'amount', ledger.amount,
            coalesce((SELECT sum(amount) FROM plan_sale_month), 0), early.amount,
            'What is more than 1,200 months ago, and decimals beyond the four of a ledger.'),
           ('plan_sale_month', 'order_count', ledger.order_count,
            coalesce((SELECT sum(order_count) FROM plan_sale_month), 0)::numeric, early.order_count,
            'What is more than 1,200 months ago.'),
           ('sales_result', 'order_count', ledger.order_count,
            coalesce((SELECT sum(order_count) FROM sales_result), 0)::numeric, early.order_count,
            'What is more than 1,200 months ago.'),
           ('sales_channel_monthly', 'order_count', ledger.order_count,
            coalesce((SELECT sum(order_count) FROM sales_channel_monthly), 0)::numeric, early.order_count,
            'What is more than 1,200 months ago.'),
           ('metric_day', 'revenue', ledger.amount,
            coalesce((SELECT sum(amount) FROM metric_day WHERE metric = 'revenue'), 0), early.rounding,
            'Decimals beyond the four of a ledger.'),
           ('plan_variance', 'variance', coalesce((SELECT sum(variance) FROM plan_variance), 0),
            coalesce((SELECT sum(variance) FROM plan_variance_total), 0), 0, NULL)
) AS claim (view_name, column_name, ledger_total, view_total, left_out_total, left_out_reason)
LEFT JOIN LATERAL (
    SELECT claim.ledger_total::numeric AS ledger_total, coalesce(claim.view_total, 0)::numeric AS view_total,
           claim.left_out_total::numeric AS left_out_total
) AS total ON setting.min_cell = 1 OR claim.view_name IN ('plan_sale_month', 'metric_day');
COMMENT ON VIEW reconciliation_plan IS
'One row per view of the subject plan and a column that claims a total: see reconciliation.';
