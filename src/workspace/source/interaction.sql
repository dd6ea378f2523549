CREATE TABLE IF NOT EXISTS interaction (
    interaction_id text PRIMARY KEY DEFAULT gen_random_uuid()::text,
    customer_id :customer_id,
    interacted_at timestamptz NOT NULL,
    interacted_on date GENERATED ALWAYS AS ((interacted_at AT TIME ZONE :'time_zone')::date) STORED,
    channel text,
    purpose text,
    is_responded boolean
);
CREATE INDEX IF NOT EXISTS interaction_customer_id_idx ON interaction (customer_id);
