-- name, comment. A name is a column's, a column's of one relation, or a relation's
-- (relation.*). What stands here first goes before what comes later, and what a
-- statement has commented before both.

-- periods
('month_over_on', 'Last day of the last month that is over by as_of.'),
('week_over_on', 'Last day of the last week that is over by as_of.'),
('quarter_over_on', 'Last day of the last quarter that is over by as_of.'),
('month_bounds', 'First day of each month, and the day after as_of; NULL where there is nothing yet.'),
('week_bounds', 'First day of each week, and the day after as_of; NULL where there is nothing yet.'),
('quarter_bounds', 'First day of each quarter, and the day after as_of; NULL where there is nothing yet.'),

-- totals
('buyer_count', 'Customers with a purchase; those who only had refunds are not counted.'),
('exact_amount', 'The amount with all decimals, for sums; round last.'),

-- relations
('customer_360.*',
 'One row per customer, prospects too: everything known of them, with what each subject of the workspace adds.'),
('interaction.*', 'One row per interaction with a customer: a message, call or visit.'),
('purchase.*', 'One row per purchase, refund or, with events, an item of one.'),
('customer.*', 'One row per customer: who they are. Customers who bought but are not listed here count all the same.'),

-- periods and totals
('month_over_on', 'Last day of the last month that is over.'),
('week_over_on', 'Last day of the last week that is over.'),
('quarter_over_on', 'Last day of the last quarter that is over.'),
('month_bounds', 'First day of each month, and the day after as_of.'),
('week_bounds', 'First day of each week, and the day after as_of.'),
('quarter_bounds', 'First day of each quarter, and the day after as_of.'),
('buyer_count', 'Customers with a purchase.'),
('ledger_total.customer_count', 'Customers with a purchase or a refund.'),
('exact_amount', 'Net amount as the ledgers have it, before rounding.'),
