-- source, ledger, ledger_column, keys, key_expressions, day, amount, events, of which rows
('post', 'post_activity', 'posts', '{customer_id,kind}'::text[],
 '{customer_id,"coalesce(kind, ''unknown'')"}'::text[],
 'posted_on', '0::numeric', '1', 'staff_id IS NULL'),
