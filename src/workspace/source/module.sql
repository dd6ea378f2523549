CREATE TABLE IF NOT EXISTS module (
    module_id text PRIMARY KEY,
    module_name text,
    weight double precision NOT NULL DEFAULT 1 CHECK (weight >= 0)
);
