-- The plan of a query, and whether workers aggregate in parts there.
CREATE FUNCTION pg_temp.plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query;
END $$;
CREATE FUNCTION pg_temp.is_parallel(query text) RETURNS boolean LANGUAGE sql AS
$$SELECT bool_or(line ~ 'Partial') FROM pg_temp.plan_of(query) AS line$$;
