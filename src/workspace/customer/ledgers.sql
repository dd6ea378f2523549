-- source, ledger, ledger_column, keys, key_expressions, day, amount, events, of which rows (NULL: all)
('purchase', 'customer_activity', 'purchases', '{customer_id}'::text[], '{customer_id}'::text[],
 'purchased_on', 'amount', 'events', NULL),
('interaction', 'channel_activity', 'interactions', '{customer_id,channel}'::text[],
 '{customer_id,"coalesce(channel, ''unknown'')"}'::text[],
 'interacted_on', '(is_responded IS TRUE)::integer::numeric', '1', NULL),
