-- question, view, query
('Where do we disappoint?', 'touchpoint_gap',
 'SELECT touchpoint_name, gap, gap_low, gap_high FROM crm.touchpoint_gap ORDER BY gap;'),
('What should be put right first?', 'gap_priority',
 'SELECT touchpoint_name, priority_rank, derived_quadrant FROM crm.gap_priority
ORDER BY priority_rank, touchpoint_name;'),
('How good are we, by module?', 'experience_index',
 'SELECT level_name, node_name, index_value, coverage_share FROM crm.experience_index
ORDER BY level_order, node_name;'),
