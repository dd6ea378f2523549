-- Sources over tables that Citus spreads over servers.
--
-- Citus plans a query over such a table and others as a whole, and knows only
-- some forms: of the views of a workspace it refuses dozens. So a view sees such
-- a source through a function, which Citus does not look into: rows are fetched,
-- and PostgreSQL does the rest. Ledgers, and what is asked of one customer, are
-- asked of the table itself, so that its shards do the work.

CREATE FUNCTION crm_is_distributed(relation regclass) RETURNS boolean
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on AS $$
DECLARE
    answer boolean := false;
BEGIN
    -- Citus keeps its tables in a catalog of its own, which is not there without it.
    IF to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL THEN
        EXECUTE 'SELECT EXISTS (SELECT FROM pg_catalog.pg_dist_partition WHERE logicalrelid = $1)'
        INTO answer USING relation;
    END IF;
    RETURN answer;
END $$;
COMMENT ON FUNCTION crm_is_distributed(regclass) IS
'Whether a table is one of Citus: distributed, reference or managed.
Such a table cannot have the triggers that keep ledgers current.';

CREATE FUNCTION crm_distribution_column(relation regclass) RETURNS name
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    answer name;
BEGIN
    IF crm_is_distributed(relation) THEN
        EXECUTE 'SELECT pg_catalog.column_to_column_name(logicalrelid, partkey::text)
                 FROM pg_catalog.pg_dist_partition WHERE logicalrelid = $1'
        INTO answer USING relation;
    END IF;
    RETURN answer;
END $$;
COMMENT ON FUNCTION crm_distribution_column(regclass) IS
'The column by which Citus distributes a table; NULL without one.
It holds no NULL, and no UPDATE changes it.';

CREATE FUNCTION crm_rests_on_distributed(relation regclass) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    WITH RECURSIVE used AS (
        SELECT relation::oid AS oid
        UNION
        SELECT d.refobjid
        FROM used
        JOIN pg_rewrite AS r ON r.ev_class = used.oid
        JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                           AND d.refclassid = 'pg_class'::regclass
    )
    SELECT bool_or(crm_is_distributed(c.oid))
    FROM used JOIN pg_class AS c USING (oid) WHERE c.relkind IN ('r', 'p', 'f');
$$;
COMMENT ON FUNCTION crm_rests_on_distributed(regclass) IS
'Whether a table is one of Citus, or a view of such.';

CREATE FUNCTION crm_distributed_rows(relation regclass) RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT ROWS 100000 AS $$
BEGIN
    -- Whoever reads a view calls this by a search_path of their own.
    RETURN QUERY EXECUTE pg_catalog.format('SELECT * FROM %s', relation);
END $$;
COMMENT ON FUNCTION crm_distributed_rows(regclass) IS
'The rows of a relation, fetched by a query of their own.
In PL/pgSQL, which PostgreSQL does not inline and Citus does not look into. With the rights of the caller.';

CREATE FUNCTION crm_distributed_view(source text) RETURNS name
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN 'distributed_' || source;
COMMENT ON FUNCTION crm_distributed_view(text) IS
'The name of the view that asks the tables of a distributed source.';

CREATE FUNCTION crm_source_rows(source text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT quote_ident(coalesce((SELECT relname FROM pg_class
                                 WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind = 'v'
                                   AND relname = crm_distributed_view(source)), source));
$$;
COMMENT ON FUNCTION crm_source_rows(text) IS
'What to read of a source in a query over it alone.
Its view, and where it is distributed the view of its tables, so that their servers do what they can.';

CREATE FUNCTION crm_create_source_view(source text, mapping jsonb, definition jsonb) RETURNS void
LANGUAGE plpgsql STRICT
SET client_min_messages = warning AS $$
DECLARE
    query text := crm_source_query(source, mapping, definition);
    direct text := crm_distributed_view(source);
    names text;
    columns text;
BEGIN
    IF NOT crm_rests_on_distributed((mapping ->> 'from')::regclass) THEN
        EXECUTE format('CREATE OR REPLACE VIEW %I AS %s', source, query);
        EXECUTE format('DROP VIEW IF EXISTS %I.%I', current_schema(), direct);
        RETURN;
    END IF;
    EXECUTE format('CREATE OR REPLACE VIEW %I AS %s', direct, query);
    EXECUTE format('COMMENT ON VIEW %I IS %L', direct,
                   format(E'The rows of %s, for queries over them alone.\n'
                          'Citus passes those to the servers that have the rows; %1$s fetches all rows.',
                          source));
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum),
           string_agg(format('%I %s%s', attname, format_type(atttypid, atttypmod),
                             CASE WHEN attcollation <> typcollation
                                  THEN format(' COLLATE %s', attcollation::regcollation) END),
                      ', ' ORDER BY attnum)
    INTO names, columns
    FROM pg_attribute JOIN pg_type AS t ON t.oid = atttypid
    WHERE attrelid = quote_ident(direct)::regclass AND attnum > 0;
    EXECUTE format('CREATE OR REPLACE VIEW %I AS SELECT %s FROM crm_distributed_rows(%L::regclass) AS source_row (%s)',
                   source, names, format('%I.%I', current_schema(), direct), columns);
END $$;
COMMENT ON FUNCTION crm_create_source_view(text, jsonb, jsonb) IS
'Makes the view of a source that is not the workspace''s own.
Two, where it is distributed: see crm_source_rows.';
