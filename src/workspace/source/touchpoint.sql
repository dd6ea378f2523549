CREATE TABLE IF NOT EXISTS touchpoint (
    touchpoint_id text PRIMARY KEY,
    touchpoint_name text,
    module_id text,
    weight double precision NOT NULL DEFAULT 1 CHECK (weight >= 0)
);
