-- question, view, query
('What is wrong with the rows?', 'data_quality',
 'SELECT source, meaning, problem_count FROM crm.data_quality WHERE problem_count > 0;'),
('Do figures add up?', 'reconciliation', 'SELECT view_name, column_name, difference FROM crm.reconciliation;'),
('Of how many is what known?', 'data_completeness',
 'SELECT column_name, filled_share FROM crm.data_completeness ORDER BY column_order;'),
