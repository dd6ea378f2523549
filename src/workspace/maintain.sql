-- Ledgers against the rows that they are made of.

CREATE OR REPLACE VIEW ledger_difference AS
SELECT 'customer_activity' AS ledger, customer_id, NULL::text AS channel, kept.purchases::text AS maintained,
       rebuilt.purchases::text AS rebuilt
FROM customer_activity AS kept
FULL JOIN (SELECT customer_id, crm_activity_agg(purchased_on, amount, events) AS purchases
           FROM purchase WHERE customer_id IS NOT NULL GROUP BY customer_id) AS rebuilt USING (customer_id)
WHERE coalesce(kept.purchases, '{}') <> coalesce(rebuilt.purchases, '{}')
UNION ALL
SELECT 'channel_activity', customer_id, channel, kept.interactions::text, rebuilt.interactions::text
FROM channel_activity AS kept
FULL JOIN (SELECT customer_id, coalesce(channel, 'unknown') AS channel,
                  crm_activity_agg(interacted_on, (is_responded IS TRUE)::integer::numeric) AS interactions
           FROM interaction WHERE customer_id IS NOT NULL GROUP BY 1, 2) AS rebuilt USING (customer_id, channel)
WHERE coalesce(kept.interactions, '{}') <> coalesce(rebuilt.interactions, '{}');

COMMENT ON VIEW ledger_difference IS
'One row a ledger that differs from the rows it is made of.
Reads every row of the sources. Empty where triggers keep the ledgers current.';
COMMENT ON COLUMN ledger_difference.ledger IS 'The table of the ledger: customer_activity or channel_activity.';
COMMENT ON COLUMN ledger_difference.maintained IS 'The ledger as it is kept, as text; NULL where there is none.';
COMMENT ON COLUMN ledger_difference.rebuilt IS 'The ledger as its rows make it, as text; NULL where there is none.';
