-- Sources over tables that Citus spreads over servers.
--
-- Citus plans a query over such a table and others as a whole, and knows only
-- some forms: of the views of a workspace it refuses dozens. So a view sees such
-- a source through a function, which Citus does not look into: rows are fetched,
-- and PostgreSQL does the rest. Ledgers, and what is asked of one customer, are
-- asked of the table itself, so that its shards do the work.

CREATE FUNCTION crm_is_distributed(relation regclass) RETURNS boolean
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
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
    SELECT bool_or(crm_is_distributed(c.oid::regclass))
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
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    -- Of both the one that comes first is that of its tables.
    name text := (SELECT relname FROM pg_class
                  WHERE relnamespace = quote_ident(current_schema())::regnamespace
                    AND (relname = source OR relkind = 'v' AND relname = crm_distributed_view(source))
                  ORDER BY relname = source LIMIT 1);
BEGIN
    IF name IS NULL THEN
        RAISE EXCEPTION 'source "%" of workspace "%" was dropped', source, current_schema()
            USING ERRCODE = 'undefined_table',
                  HINT = 'Its view goes with the table that it reads. Make the table again and run '
                         'crm_upgrade_workspace, or name another with crm_change_sources.';
    END IF;
    RETURN quote_ident(name);
END $$;
COMMENT ON FUNCTION crm_source_rows(text) IS
'What to read of a source in a query over it alone.
Its view, and where it is distributed the view of its tables, so that their servers do what they can.
Error 42P01 where it is gone, as after DROP TABLE ... CASCADE.';

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

CREATE FUNCTION crm_unread(workspace text, sources jsonb, OUT source text, OUT name text)
RETURNS SETOF record
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 2
BEGIN ATOMIC
    -- A view goes on with the column that it was made of, whatever that is called by now.
    WITH given AS (
        SELECT s.key AS source, s.value AS mapping, c.oid AS relation, r.oid AS rule
        FROM jsonb_each(sources) AS s
        CROSS JOIN LATERAL parse_ident(s.value ->> 'from') AS parts
        JOIN pg_namespace AS n ON n.nspname = parts[1]
        JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = parts[2]
        JOIN pg_class AS v ON v.relnamespace = to_regnamespace(quote_ident(workspace)) AND v.relkind = 'v'
        JOIN pg_rewrite AS r ON r.ev_class = v.oid
        WHERE v.relname = coalesce((SELECT direct.relname FROM pg_class AS direct
                                    WHERE direct.relnamespace = v.relnamespace AND direct.relkind = 'v'
                                      AND direct.relname = crm_distributed_view(s.key)), s.key)
    ), read AS (
        SELECT g.source, d.refobjsubid AS attnum
        FROM given AS g
        JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = g.rule
                           AND d.refclassid = 'pg_class'::regclass AND d.refobjid = g.relation
    ), said AS (
        SELECT g.source, g.relation, f.value AS expression,
               regexp_replace(f.value, '"[^"]*"|''[^'']*''', '', 'g') AS unquoted
        FROM given AS g CROSS JOIN LATERAL jsonb_each_text(g.mapping - 'from') AS f
        WHERE f.value IS NOT NULL
    ), strayed AS (
        -- Sources that read a column which none of their expressions names.
        SELECT r.source
        FROM read AS r
        JOIN given AS g ON g.source = r.source
        JOIN pg_attribute AS a ON a.attrelid = g.relation AND a.attnum = r.attnum AND a.attnum > 0
        WHERE NOT EXISTS (SELECT FROM said AS s
                          WHERE s.source = r.source AND strpos(lower(s.expression), lower(a.attname)) > 0)
    )
    SELECT g.source, g.mapping ->> 'from' FROM given AS g WHERE g.source NOT IN (SELECT r.source FROM read AS r)
    UNION
    SELECT s.source, quote_ident(a.attname)
    FROM said AS s
    JOIN pg_attribute AS a ON a.attrelid = s.relation AND a.attnum > 0 AND NOT a.attisdropped
    WHERE s.source IN (SELECT r.source FROM read AS r)
      AND NOT EXISTS (SELECT FROM read AS r WHERE r.source = s.source AND r.attnum = a.attnum)
      AND (quote_ident(a.attname) IN (s.expression, lower(s.expression))
           OR CASE WHEN quote_ident(a.attname) = a.attname THEN s.unquoted ~* ('\m' || a.attname || '\M')
                   ELSE strpos(s.expression, quote_ident(a.attname)) > 0 END
              -- A function or a type can have the name of a column.
              AND s.source IN (SELECT t.source FROM strayed AS t));
END;
COMMENT ON FUNCTION crm_unread(text, jsonb) IS
'Columns that sources name and their views do not read.
As where a column or a table has taken the name of another since: a view follows what it was made of, a trigger reads
by name. name: the column, or the relation where nothing of it is read. sources: as in the definition of the workspace.
crm_upgrade_workspace makes the views anew.';
