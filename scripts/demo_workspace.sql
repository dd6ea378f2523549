-- The workspace crm over the table orders.

-- As of the last day in the data, in this database for good, so that the
-- answers stay the same; not as of a day to come, which is a typing error.
SELECT coalesce(max(ordered_at) FILTER (WHERE ordered_at < current_date + 1), max(ordered_at))::date AS as_of,
       current_database() AS database
FROM orders \gset
ALTER DATABASE :"database" SET crm_ext.as_of = :'as_of';
\connect

-- What is found wrong with the rows stands in the report; a lifetime-value model
-- needs customers who came back, and where there are none it goes on without.
SET client_min_messages = error;

-- The sample's orders have no currency, and a file's may have none.
SELECT jsonb_build_object('from', 'orders', 'purchase_id', 'order_id', 'customer_id', 'customer_id',
                          'purchased_at', 'ordered_at',
                          'amount', 'amount')
       || CASE WHEN EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'currency')
               THEN '{"currency": "currency"}'::jsonb ELSE '{}' END AS purchase \gset
SELECT crm_create_workspace('crm', sources => jsonb_build_object('purchase', :'purchase'::jsonb)) \g /dev/null
