CREATE TABLE IF NOT EXISTS rating (
    customer_id :customer_id,
    touchpoint_id text,
    angle text,
    level text,
    score double precision,
    weight double precision DEFAULT 1,
    rated_at timestamptz,
    rated_on date GENERATED ALWAYS AS ((rated_at AT TIME ZONE :'time_zone')::date) STORED
);
CREATE INDEX IF NOT EXISTS rating_customer_id_idx ON rating (customer_id);
