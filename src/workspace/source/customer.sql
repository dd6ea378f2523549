CREATE TABLE IF NOT EXISTS customer (
    customer_id :customer_id PRIMARY KEY,
    customer_name text,
    email text,
    phone text,
    region text,
    industry text,
    registered_at timestamptz,
    potential double precision
);
