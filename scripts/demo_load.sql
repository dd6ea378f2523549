-- Makes the table orders (order_id, customer_id, ordered_at, amount, currency)
-- from what orders.sh has made of a file. psql variables: table, the statement
-- that makes a table of its columns; file, their values; amount, the amount as
-- an expression over them; is_product, whether the rows are items of orders.

\set SHOW_CONTEXT never
SET client_min_messages = warning;

:table
COPY csv FROM :'file';

-- An error in the expression is one of the command line.
\set VERBOSITY terse
SELECT (:amount)::numeric FROM csv LIMIT 0 \g /dev/null
\set VERBOSITY default

-- Items of one order are one purchase. An order is what has a number, else, of
-- items, what a customer buys at one time; every other row is one.
CREATE TABLE orders AS
SELECT coalesce("the order", 'row ' || min("the row")) AS order_id,
       "the customer" AS customer_id, min("the date") AS ordered_at, sum("the sum") AS amount,
       "the currency" AS currency
FROM (SELECT csv.*, (:amount)::numeric AS "the sum", row_number() OVER (ORDER BY ctid) AS "the row" FROM csv) AS item
GROUP BY "the customer", "the currency", "the order",
         CASE WHEN "the order" IS NULL AND :is_product THEN "the date" END,
         CASE WHEN "the order" IS NULL AND NOT :is_product THEN "the row" END;

SELECT (SELECT count(*) FROM csv) AS row_count, count(*) AS order_count,
       (SELECT count(*) FROM csv) > count(*) AS is_summed
FROM orders \gset
\if :is_summed
SELECT to_char(:row_count, 'FM999,999,999,990') AS row_count,
       to_char(:order_count, 'FM999,999,999,990') AS order_count \gset
\echo '   ' :row_count 'rows make' :order_count 'orders'
\endif
DROP TABLE csv;
ANALYZE orders;
