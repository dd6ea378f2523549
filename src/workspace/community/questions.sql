-- question, view, query
('Are questions answered, and by whom?', 'peer_help', 'SELECT * FROM crm.peer_help;'),
('Does help get better?', 'peer_help_monthly',
 'SELECT month_on, answered_share, solved_share FROM crm.peer_help_monthly ORDER BY month_on;'),
('Is the community well?', 'community_health',
 'SELECT month_on, factor, factor_value, history_share FROM crm.community_health ORDER BY month_on, factor_order;'),
('Who helps most?', 'top_helper', 'SELECT * FROM crm.top_helper ORDER BY helper_rank, customer_id LIMIT 10;'),
