-- Runs every view of a workspace; returns the rows of each, or the error.
CREATE FUNCTION pg_temp.read_all(workspace text) RETURNS TABLE (view text, row_count bigint, error text)
LANGUAGE plpgsql AS $$
BEGIN
    FOR view IN SELECT relname FROM pg_class WHERE relnamespace = quote_ident(workspace)::regnamespace AND relkind = 'v'
    ORDER BY 1 LOOP
        row_count := NULL;
        error := NULL;
        BEGIN
            -- All columns are computed: a row is compared with itself.
            EXECUTE format('SELECT count(*) FROM %I.%I AS t WHERE t::text IS NOT NULL', workspace, view) INTO row_count;
        EXCEPTION WHEN OTHERS THEN
            error := SQLSTATE || ': ' || SQLERRM;
        END;
        RETURN NEXT;
    END LOOP;
END $$;
