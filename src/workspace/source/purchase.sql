CREATE TABLE IF NOT EXISTS purchase (
    purchase_id text PRIMARY KEY DEFAULT gen_random_uuid()::text,
    customer_id :customer_id,
    purchased_at timestamptz NOT NULL,
    purchased_on date GENERATED ALWAYS AS ((purchased_at AT TIME ZONE :'time_zone')::date) STORED,
    amount numeric,
    events integer DEFAULT 1,
    currency text
);
CREATE INDEX IF NOT EXISTS purchase_customer_id_idx ON purchase (customer_id);
