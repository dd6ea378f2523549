-- From here on plans have workers, however small a table is.
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 4;
-- So that what is read is read by them.
SET LOCAL parallel_leader_participation = off;

-- The one answer to a query, as text, where its plan has workers that aggregate in parts. A query that calls
-- pgTAP itself, or reads a temporary table, never has any.
CREATE OR REPLACE FUNCTION pg_temp.by_workers(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text;
    plan text := '';
    answer text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        plan := plan || line || E'\n';
    END LOOP;
    IF plan !~ 'Gather' OR plan !~ 'Partial' THEN
        RETURN 'no workers: ' || plan;
    END IF;
    EXECUTE query INTO STRICT answer;
    RETURN answer;
END $$;
