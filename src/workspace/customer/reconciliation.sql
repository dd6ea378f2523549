-- What views add up to, against the ledgers. Other subjects have a view like
-- reconciliation_customer, with the same columns, for views of theirs.

CREATE OR REPLACE VIEW ledger_total AS
SELECT count(*) FILTER (WHERE crm_first_entry_day(purchases) <= (SELECT crm_as_of())) AS customer_count,
       count(*) FILTER (WHERE crm_active_days(purchases, (SELECT crm_as_of())) > 0) AS buyer_count,
       coalesce(sum(crm_event_count(purchases, (SELECT crm_as_of()))), 0)::bigint AS purchase_count,
       coalesce(sum(crm_active_days(purchases, (SELECT crm_as_of()))), 0)::bigint AS active_days,
       coalesce(sum(crm_amount(purchases, (SELECT crm_as_of()))), 0) AS exact_amount,
       crm_as_of() AS as_of
FROM customer_activity;
COMMENT ON VIEW ledger_total IS
'One row: what the ledgers of purchases hold by as_of.
buyer_count leaves out who had refunds only.';

-- left_out_total is found without the view that it is about. Rounding is left
-- out as well, where a source has more decimals than are shown.
CREATE OR REPLACE VIEW reconciliation_customer AS
WITH ledger AS MATERIALIZED (
    SELECT * FROM ledger_total
), span AS MATERIALIZED (
    SELECT month_bounds FROM calendar_span
), basis AS MATERIALIZED (
    SELECT coalesce(sum(amount), 0) AS amount, coalesce(sum(exact_amount - amount), 0) AS rounding,
           coalesce(sum(purchase_count), 0) AS purchase_count
    FROM customer_basis
), everything AS MATERIALIZED (
    SELECT coalesce(sum(amount), 0) AS amount, coalesce(sum(purchase_count), 0) AS purchase_count,
           coalesce(sum(active_days), 0) AS active_days, count(*) FILTER (WHERE NOT is_prospect) AS customer_count
    FROM customer_360
), month AS MATERIALIZED (
    SELECT coalesce(sum(amount), 0) AS amount, coalesce(sum(exact_amount - amount), 0) AS rounding,
           coalesce(sum(purchase_count), 0) AS purchase_count
    FROM customer_month
), early AS MATERIALIZED (
    SELECT coalesce(sum(crm_amount(purchases, (SELECT month_bounds[1] - 1 FROM span))), 0) AS exact_amount,
           coalesce(sum(crm_event_count(purchases, (SELECT month_bounds[1] - 1 FROM span))), 0)
               AS purchase_count
    FROM customer_activity
    WHERE crm_first_entry_day(purchases) < (SELECT month_bounds[1] FROM span)
), source AS MATERIALIZED (
    SELECT coalesce(sum(amount), 0) AS amount,
           coalesce(sum(amount) FILTER (WHERE is_outside), 0) AS outside_amount,
           coalesce(sum(round(amount, 4) - amount) FILTER (WHERE NOT is_outside), 0) AS rounding,
           coalesce(sum(events), 0) AS events,
           coalesce(sum(events) FILTER (WHERE is_outside), 0) AS outside_events
    FROM (
        SELECT amount, CASE WHEN amount < 0 THEN 0 ELSE coalesce(events, 0) END AS events,
               (customer_id IS NOT NULL AND purchased_on <= (SELECT crm_as_of())) IS NOT TRUE AS is_outside
        FROM purchase
    ) AS sold
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
CROSS JOIN basis
CROSS JOIN everything
CROSS JOIN month
CROSS JOIN early
CROSS JOIN source
CROSS JOIN LATERAL (
    VALUES
        ('purchase', 'amount', ledger.exact_amount, source.amount, source.rounding - source.outside_amount,
         'Less rows without a customer or a date, and after as_of: they are in no ledger. Rounding to 0.0001.'),
        ('purchase', 'events', ledger.purchase_count, source.events::numeric, -source.outside_events::numeric,
         'Less rows without a customer or a date, and after as_of. Refunds count as none.'),
        ('customer_basis', 'amount', ledger.exact_amount, basis.amount, basis.rounding, 'Rounding of each row.'),
        ('customer_basis', 'purchase_count', ledger.purchase_count, basis.purchase_count, 0, NULL),
        ('customer_360', 'amount', ledger.exact_amount, everything.amount, basis.rounding, 'Rounding of each row.'),
        ('customer_360', 'purchase_count', ledger.purchase_count, everything.purchase_count, 0, NULL),
        ('customer_360', 'active_days', ledger.active_days, everything.active_days, 0, NULL),
        ('customer_360', 'is_prospect', ledger.customer_count, everything.customer_count, 0, NULL),
        ('customer_month', 'amount', ledger.exact_amount, month.amount, month.rounding + early.exact_amount,
         'Rounding of each row, and what is more than 1,200 months ago.'),
        ('customer_month', 'purchase_count', ledger.purchase_count, month.purchase_count, early.purchase_count,
         'What is more than 1,200 months ago.')
) AS claim (view_name, column_name, ledger_total, view_total, left_out_total, left_out_reason);
COMMENT ON VIEW reconciliation_customer IS
'One row a view of the subject customer and a column that claims a total: see reconciliation.';
