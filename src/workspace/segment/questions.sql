-- question, view, query
('Who are the customers?', 'segment_summary',
 'SELECT segment, customer_count, customer_share, amount_share FROM crm.segment_summary
ORDER BY segment_order;'),
('What is typical of a segment?', 'segment_typical',
 'SELECT segment, median_recency_days, median_purchase_count, median_amount FROM crm.segment_typical
ORDER BY segment_order;'),
('Where do customers lie by recency and frequency?', 'rfm_heatmap',
 'SELECT r_score, f_score, customer_count, mean_amount FROM crm.rfm_heatmap ORDER BY f_score DESC, r_score;'),
('From which value on is a score given?', 'rfm_thresholds',
 'SELECT dimension, score, above, up_to FROM crm.rfm_thresholds ORDER BY dimension_order, score;'),
('How few bring how much?', 'concentration', 'SELECT top_20_share, width_80_share, gini FROM crm.concentration;'),
('How many are of class A, B and C?', 'abc_summary',
 'SELECT class, customer_count, amount_share FROM crm.abc_summary ORDER BY class_order;'),
('In what stage are they?', 'lifecycle_summary',
 'SELECT stage, customer_count, customer_share FROM crm.lifecycle_summary ORDER BY stage_order;'),
('Do segments grow?', 'segment_history',
 'SELECT month_end_on, segment, customer_count FROM crm.segment_history ORDER BY month_on, segment_order;'),
('Do stages grow?', 'stage_history',
 'SELECT month_end_on, stage, customer_count FROM crm.stage_history ORDER BY month_on, stage_order;'),
('Who moved where since the last snapshot?', 'segment_transition',
 'SELECT from_segment, to_segment, customer_count FROM crm.segment_transition
ORDER BY snapshot_on DESC, customer_count DESC;'),
('Who is gold?', 'gold_customer', 'SELECT customer_id, gold_count, amount FROM crm.gold_customer
    ORDER BY amount DESC;'),
