-- What the ledgers hold, which is what views are held against.

CREATE OR REPLACE VIEW ledger_total AS
SELECT count(*) FILTER (WHERE crm_first_entry_day(purchases) <= (SELECT crm_as_of())) AS customer_count,
       count(*) FILTER (WHERE crm_active_days(purchases, (SELECT crm_as_of())) > 0) AS buyer_count,
       coalesce(sum(crm_event_count(purchases, (SELECT crm_as_of()))), 0)::bigint AS purchase_count,
       coalesce(sum(crm_active_days(purchases, (SELECT crm_as_of()))), 0)::bigint AS active_days,
       coalesce(sum(crm_amount(purchases, (SELECT crm_as_of()))), 0) AS exact_amount,
       crm_as_of() AS as_of,
       count(*) FILTER (WHERE crm_active_days(purchases, (SELECT crm_as_of())) = 1) AS one_day_count,
       min(crm_first_day(purchases, (SELECT crm_as_of()))) AS first_purchase_on,
       (SELECT fitted_on FROM scoring_basis) AS fitted_on
FROM customer_activity;
COMMENT ON VIEW ledger_total IS
'One row: what the ledgers of purchases hold by as_of.
buyer_count leaves out customers who had refunds only.';
COMMENT ON COLUMN ledger_total.one_day_count IS
'Customers who bought on one day only.';
