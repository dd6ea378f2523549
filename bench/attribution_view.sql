-- Orders and touches, five a customer, the same on every run, in a workspace.
SET client_min_messages = warning;
CREATE TABLE bench_order AS
SELECT n AS customer_id, timestamptz '2024-01-31 00:00Z' + n % 1000 * interval '1 hour' AS ordered_at,
       (n % 100)::numeric(12,2) AS amount
FROM generate_series(1, :orders) AS n;
CREATE TABLE bench_touch AS
SELECT n::integer AS customer_id, 'channel ' || (hashint8extended(n, k) & 15) AS channel,
       'campaign ' || (hashint8extended(n, k + 10) & 7) AS campaign_id,
       timestamptz '2024-01-31 00:00Z' + (n % 1000 - k * (1 + (hashint8extended(n, k) & 127))) * interval '1 hour'
           AS touched_at
FROM generate_series(1::bigint, :orders) AS n, generate_series(1, 5) AS k;
ANALYZE bench_order, bench_touch;
SELECT crm_create_workspace('attributed', '{
    "purchase": {"from": "bench_order", "customer_id": "customer_id", "purchased_at": "ordered_at", "amount": "amount"},
    "touch": {"from": "bench_touch", "customer_id": "customer_id", "channel": "channel", "campaign_id": "campaign_id",
              "touched_at": "touched_at"}}', maintain => 'refresh');
