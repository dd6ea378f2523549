-- name, comment. A name is a column's, a column's of one relation, or a relation's
-- (relation.*). What stands here first goes before what comes later, and what a
-- statement has commented before both.

-- relations
('customer_360.*',
 'One row a customer, prospects too: everything known of them, with what each subject of the workspace adds.'),
('interaction.*', 'One row an interaction with a customer: a message, call or visit.'),
('purchase.*', 'One row a purchase, refund or, with events, an item of one.'),
('customer.*', 'One row a customer: who it is. Who is not here, but bought, is a customer all the same.'),
