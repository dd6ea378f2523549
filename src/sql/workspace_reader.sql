-- The way in for those who read: rights, and which view answers what.

-- A view shows what its reader may see (security_invoker, PostgreSQL 15 and
-- later), so its reader needs what it is made of, down to the sources; before
-- that a view shows what its owner may see.
CREATE FUNCTION crm_reader_relations(OUT relation regclass, OUT is_plain boolean)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100 AS $$
    WITH RECURSIVE own AS (
        SELECT c.oid, NOT EXISTS (
                   SELECT FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
                   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                     AND (t.typnamespace <> 'pg_catalog'::regnamespace OR t.typcategory NOT IN ('B', 'D', 'N', 'S', 'T', 'U'))
               ) AS is_plain
        FROM pg_class AS c
        WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    ), needed AS (
        SELECT oid FROM own WHERE is_plain AND oid IS DISTINCT FROM to_regclass('change_queue')
        UNION
        SELECT d.refobjid
        FROM needed AS n
        JOIN pg_class AS c ON c.oid = n.oid AND c.relkind = 'v' AND c.reloptions @> '{security_invoker=true}'
        JOIN pg_rewrite AS r ON r.ev_class = c.oid
        JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                           AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'n'
        JOIN pg_class AS s ON s.oid = d.refobjid AND s.relnamespace <> 'pg_catalog'::regnamespace
    )
    SELECT n.oid::regclass, coalesce(o.is_plain, false) FROM needed AS n LEFT JOIN own AS o USING (oid);
$$;
COMMENT ON FUNCTION crm_reader_relations() IS
'What somebody must be able to read to read a workspace.
The views and tables of the first schema of search_path whose columns are all of plain types, so that every client knows them: is_plain; and what those views are made of, sources included, where they run with the rights of their reader. Ledgers, fits and models are among the latter: not for BI.';

CREATE FUNCTION crm_grant_reader(workspace text, role text, OUT relation regclass, OUT is_plain boolean)
RETURNS SETOF record
LANGUAGE plpgsql STRICT ROWS 100
SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    read record;
    missing text[];
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
        RAISE EXCEPTION 'role "%" does not exist', role USING ERRCODE = 'undefined_object', HINT = 'CREATE ROLE makes one.';
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', workspace, role);
    FOR read IN SELECT r.relation, r.is_plain, has_table_privilege(r.relation, 'SELECT WITH GRANT OPTION') AS is_ours
                FROM crm_reader_relations() AS r ORDER BY NOT r.is_plain, r.relation::text LOOP
        IF read.is_ours THEN
            EXECUTE format('GRANT SELECT ON %s TO %I', read.relation, role);
            relation := read.relation;
            is_plain := read.is_plain;
            RETURN NEXT;
        ELSIF NOT has_table_privilege(role, read.relation, 'SELECT') THEN
            missing := missing || read.relation::text;
        END IF;
    END LOOP;
    IF missing IS NOT NULL THEN
        RAISE WARNING 'role "%" cannot read %', role, array_to_string(missing, ', ')
            USING HINT = format('The owner can grant it: GRANT SELECT ON %s TO %I;', array_to_string(missing, ', '), role);
    END IF;
END $$;
COMMENT ON FUNCTION crm_grant_reader(text, text) IS
'Gives a role all that it needs to read a workspace, and nothing else.
USAGE on the schema, and SELECT on what crm_reader_relations names, which is returned; is_plain: a table or view for BI. Sources are included where views show what their reader may see (PostgreSQL 15 and later), and their row-level security holds for the reader. A WARNING names what is not ours to grant. Call it again after crm_add_subject, crm_change_sources or crm_upgrade_workspace. Errors: 42704 where there is no such role, and as of crm_enter_workspace. NULL grants nothing.';

CREATE FUNCTION crm_revoke_reader(workspace text, role text, include_sources boolean DEFAULT true) RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    read record;
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
        RAISE EXCEPTION 'role "%" does not exist', role USING ERRCODE = 'undefined_object';
    END IF;
    FOR read IN SELECT r.relation FROM crm_reader_relations() AS r JOIN pg_class AS c ON c.oid = r.relation
                WHERE has_table_privilege(r.relation, 'SELECT WITH GRANT OPTION')
                  AND (include_sources OR c.relnamespace = quote_ident(workspace)::regnamespace) LOOP
        EXECUTE format('REVOKE SELECT ON %s FROM %I', read.relation, role);
    END LOOP;
    EXECUTE format('REVOKE USAGE ON SCHEMA %I FROM %I', workspace, role);
END $$;
COMMENT ON FUNCTION crm_revoke_reader(text, text, boolean) IS
'Takes from a role what crm_grant_reader gave it.
include_sources: also SELECT on the sources, which the role may have had for other reasons: false leaves it. NULL revokes nothing. Errors as of crm_grant_reader.';

CREATE FUNCTION crm_help(workspace text DEFAULT 'crm', OUT subject text, OUT question text, OUT view_name text, OUT query text)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50 AS $$
    SELECT q.subject, q.question, q.view_name, replace(q.query, 'crm.', quote_ident(workspace) || '.')
    FROM crm_questions() AS q
    WHERE to_regclass(format('%I.%I', workspace, q.view_name)) IS NOT NULL
    ORDER BY q."position";
$$;
COMMENT ON FUNCTION crm_help(text) IS
'Which view of a workspace answers which question, with a query each.
What the workspace does not have is left out: without rows there is no such workspace.';
