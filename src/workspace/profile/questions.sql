-- question, view, query
('Who earns, and who costs?', 'segment_economics',
 'SELECT dimension, dimension_value, customer_count, profit_amount, profit_per_customer FROM crm.segment_economics
     ORDER BY 1, profit_amount DESC;'),
('What goes with what?', 'cross_sell',
 'SELECT line_a, line_b, cross_share, lift FROM crm.cross_sell ORDER BY lift DESC NULLS LAST;'),
('Which customers are the same person?', 'identity_duplicate', 'SELECT * FROM crm.identity_duplicate;'),
('Who is to be called, and why?', 'next_action',
 'SELECT customer_id, action, due_on FROM crm.next_action ORDER BY due_on, customer_id LIMIT 20;'),
('Do new customers come again?', 'repeat_rate',
 'SELECT cohort_on, buyer_count, repeat_share, median_days_to_repeat FROM crm.repeat_rate ORDER BY cohort_on;'),
('Which share of the wallet is ours?', 'wallet_share', 'SELECT category, customer_count, own_share FROM crm.wallet_share
    ORDER BY category;'),
('How old are they?', 'age_mix', 'SELECT age_band, customer_count, customer_share FROM crm.age_mix
    ORDER BY age_band_order;'),
