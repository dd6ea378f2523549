-- source, ledger, ledger_column, keys, key_expressions, day, amount, events
('post', 'post_activity', 'posts', '{customer_id,kind}'::text[],
 '{customer_id,"coalesce(kind, ''unknown'')"}'::text[],
 'posted_on', '0::numeric', '1'),
