-- question, view, query
('Would they recommend us?', 'nps_monthly',
 'SELECT month_on, kind, answer_count, nps, nps_low, nps_high FROM crm.nps_monthly ORDER BY month_on, kind;'),
('Are they satisfied?', 'csat_monthly',
 'SELECT month_on, kind, satisfied_share, satisfied_low, satisfied_high FROM crm.csat_monthly ORDER BY month_on,
     kind;'),
('Is it easy?', 'ces_monthly', 'SELECT * FROM crm.ces_monthly ORDER BY month_on;'),
('Do gaps close?', 'gap_monthly',
 'SELECT month_on, node_name, pair_count, gap, gap_low, gap_high FROM crm.gap_monthly
     WHERE level_name = ''touchpoint'' ORDER BY node_name, month_on;'),
('What is to be done where?', 'experience_review',
 'SELECT touchpoint_name, verdict, gap, priority_rank FROM crm.experience_review ORDER BY priority_rank NULLS LAST;'),
('Was anything done about it?', 'closed_loop',
 'SELECT touchpoint_name, outcome, open_count, overdue_count, done_count FROM crm.closed_loop
     ORDER BY touchpoint_name;'),
('What do they answer?', 'survey_option',
 'SELECT kind, question, answer, answer_count, substantive_share FROM crm.survey_option ORDER BY kind, question,
     answer_count DESC;'),
