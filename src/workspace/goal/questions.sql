-- question, view, query
('Are goals attained?', 'goal_attainment', 'SELECT * FROM crm.goal_attainment;'),
