-- The workspace crm over the table orders (customer_id, ordered_at, amount).

-- As of the last day in the data, in this database for good, so that the
-- answers stay the same.
SELECT max(ordered_at)::date AS as_of, current_database() AS database FROM orders \gset
ALTER DATABASE :"database" SET crm_ext.as_of = :'as_of';
\connect

-- A lifetime-value model needs customers who came back; where there are none
-- the report goes on without it.
SET client_min_messages = warning;

SELECT crm_create_workspace('crm', sources => '{
    "purchase": {"from": "orders", "customer_id": "customer_id", "purchased_at": "ordered_at", "amount": "amount"}
}') \g /dev/null
