-- name, comment. A name is a column's, a column's of one relation, or a relation's
-- (relation.*). What stands here first goes before what comes later, and what a
-- statement has commented before both.

-- Data quality and catalog
('source', 'The source checked.'),
('check_name', 'What it was checked for.'),
('severity', 'error, warning or info: of the kind of problem, also where there is none.'),
('meaning', 'What it says and leads to.'),
('problem_count', 'How many problems; 0 is well.'),
('example_key', 'Key of one of them; NULL for none, and where that has no key.'),
('column_name', 'Name of the column.'),
('catalog.column_name', 'Name of the column; NULL in the row of the relation itself.'),
('column_order', 'Order of the columns.'),
('data_completeness.customer_count', 'How many rows customer has.'),
('filled_count', 'How many have the column filled.'),
('filled_share', 'Share, 0..1, that have the column filled; NULL without customers.'),
('relation_name', 'Name of the table or view.'),
('relation_kind', 'table, view, materialized view or foreign table.'),
('position', 'Number of the column, from 1; 0 for the relation itself.'),
('data_type', 'Type of the column.'),
('comment', 'What it is; NULL where nobody wrote it down.'),
('view_name', 'The view that claims a total.'),
('reconciliation.column_name', 'The column whose sum it is.'),
('ledger_total', 'What the ledgers, or the rows of the source, add up to by as_of, exactly.'),
('view_total', 'What the column adds up to.'),
('left_out_total', 'What the view leaves out, found without it; NULL while it may hide groups of customers.'),
('left_out_reason', 'What that is; NULL for nothing.'),
('difference', 'ledger_total - view_total - left_out_total: 0, or there is a mistake; NULL where not compared.'),
