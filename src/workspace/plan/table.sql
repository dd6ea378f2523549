-- What the words of plans mean, and what the views of plans go by.

CREATE TABLE IF NOT EXISTS plan_kind (
    kind text PRIMARY KEY,
    meaning text NOT NULL
        CONSTRAINT plan_kind_meaning_is_known CHECK (meaning IN ('sales', 'cost', 'market', 'service'))
);
COMMENT ON TABLE plan_kind IS
'One row per word for a kind of plan or cost: what it means. Its owner may change it.
Plans of sales are held against purchases, where more is favourable; the others against cost, where less is.';
CREATE OR REPLACE TRIGGER word BEFORE INSERT OR UPDATE ON plan_kind
    FOR EACH ROW EXECUTE FUNCTION crm_word_trigger('kind');
INSERT INTO plan_kind (kind, meaning) VALUES
    ('sales', 'sales'), ('revenue', 'sales'), ('income', 'sales'), ('cost', 'cost'), ('expense', 'cost'),
    ('costs', 'cost'), ('expenses', 'cost'), ('market', 'market'), ('marketing', 'market'), ('service', 'service')
ON CONFLICT DO NOTHING;

ALTER TABLE setting ADD COLUMN IF NOT EXISTS accuracy_months integer NOT NULL DEFAULT 12
    CHECK (accuracy_months BETWEEN 1 AND 1200);

-- Purchases as the ledgers have them.
CREATE OR REPLACE VIEW purchase_known AS
SELECT customer_id,
       purchased_at,
       purchased_on,
       coalesce(amount, 0) AS amount,
       CASE WHEN amount < 0 THEN least(events, 0) ELSE coalesce(events, 0) END AS order_count,
       nullif(product_id, '') AS product_id,
       crm_finite(quantity) AS quantity,
       crm_finite(cost_amount) AS cost_amount,
       nullif(sales_channel, '') AS sales_channel,
       nullif(device, '') AS device,
       nullif(site_id, '') AS site_id,
       crm_as_of() AS as_of
FROM purchase
WHERE customer_id IS NOT NULL AND purchased_on <= (SELECT crm_as_of());
COMMENT ON VIEW purchase_known IS
'One row per purchase or refund up to as_of of a customer.
As in the ledgers: refunds count as no order, and rows without a customer are left out, see data_quality. Words that are
empty are NULL.';

CREATE OR REPLACE VIEW cost_known AS
SELECT spent.occurred_on,
       spent.kind,
       coalesce(known.meaning, 'cost') AS plan_kind,
       crm_finite(spent.amount) AS amount,
       spent.customer_id,
       nullif(spent.segment, '') AS segment,
       nullif(spent.product_id, '') AS product_id,
       spent.campaign_id,
       nullif(spent.department, '') AS department,
       crm_as_of() AS as_of
FROM cost AS spent
LEFT JOIN plan_kind AS known ON known.kind = lower(spent.kind COLLATE "C") AND known.meaning <> 'sales'
WHERE spent.occurred_on <= (SELECT crm_as_of()) AND crm_finite(spent.amount) IS NOT NULL;
COMMENT ON VIEW cost_known IS
'One row per cost up to as_of, with the kind of plan that it is held against. Words that are empty are NULL.';

-- The months of the reports: from the first purchase, cost or interaction on.
CREATE OR REPLACE VIEW plan_span AS
SELECT crm_period_bounds(span.opened_on, basis.as_of, 'month', basis.month_anchor) AS month_bounds,
       basis.month_over_on,
       basis.min_cell,
       basis.as_of
FROM calendar_basis AS basis
CROSS JOIN (
    SELECT least((SELECT min(crm_first_entry_day(purchases)) FROM customer_activity
                  WHERE crm_first_entry_day(purchases) <= (SELECT crm_as_of())),
                 (SELECT min(occurred_on) FROM cost
                  WHERE occurred_on <= (SELECT crm_as_of()) AND isfinite(occurred_on)),
                 (SELECT min(crm_first_entry_day(interactions)) FROM channel_activity
                  WHERE crm_first_entry_day(interactions) <= (SELECT crm_as_of()))) AS opened_on
    OFFSET 0
) AS span;
COMMENT ON VIEW plan_span IS
'One row: the bounds of the months from the first purchase, cost or interaction to as_of.
Not for BI: it holds an array. As calendar_span, which looks at purchases alone.';

-- The planner takes an array for ten elements, and generate_series for a thousand.
CREATE OR REPLACE VIEW plan_month AS
SELECT bound.month_on,
       bound.n::integer AS month_number,
       bound.n < cardinality(month_bounds) - 1 OR month_bounds[bound.n + 1] - 1 <= month_over_on AS is_complete,
       as_of
FROM plan_span
CROSS JOIN LATERAL unnest(month_bounds) WITH ORDINALITY AS bound (month_on, n)
WHERE bound.n < cardinality(month_bounds);
COMMENT ON VIEW plan_month IS
'One row per month, from the first purchase, cost or interaction to as_of.';
