-- What the reports add up to, against the ledgers.

CREATE OR REPLACE VIEW reconciliation_plan AS
WITH ledger AS MATERIALIZED (
    SELECT coalesce(sum(crm_amount(purchases, crm_as_of())), 0) AS amount,
           coalesce(sum(crm_event_count(purchases, crm_as_of())), 0)::numeric AS order_count
    FROM customer_activity
), early AS MATERIALIZED (
    SELECT coalesce(sum(amount), 0) AS amount, coalesce(sum(order_count), 0)::numeric AS order_count
    FROM purchase_known
    WHERE purchased_on < (SELECT month_bounds[1] FROM plan_span)
)
SELECT claim.view_name,
       claim.column_name,
       claim.ledger_total,
       claim.view_total,
       claim.left_out_total,
       claim.left_out_reason,
       claim.ledger_total - claim.view_total - claim.left_out_total AS difference,
       crm_as_of() AS as_of
FROM ledger
CROSS JOIN early
CROSS JOIN LATERAL (
    VALUES ('plan_sale_month', 'amount', ledger.amount,
            coalesce((SELECT sum(amount) FROM plan_sale_month), 0), early.amount, 'What is more than 1,200 months ago.'),
           ('plan_sale_month', 'order_count', ledger.order_count,
            coalesce((SELECT sum(order_count) FROM plan_sale_month), 0)::numeric, early.order_count,
            'What is more than 1,200 months ago.'),
           ('metric_day', 'revenue', ledger.amount,
            coalesce((SELECT sum(amount) FROM metric_day WHERE metric = 'revenue'), 0), 0, NULL),
           ('plan_variance', 'variance', coalesce((SELECT sum(variance) FROM plan_variance), 0),
            coalesce((SELECT sum(variance) FROM plan_variance_total), 0), 0, NULL)
) AS claim (view_name, column_name, ledger_total, view_total, left_out_total, left_out_reason);
COMMENT ON VIEW reconciliation_plan IS
'One row a view of the subject plan and a column that claims a total: see reconciliation.';
