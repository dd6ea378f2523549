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
                     AND (t.typnamespace <> 'pg_catalog'::regnamespace
                         OR t.typcategory NOT IN ('B', 'D', 'N', 'S', 'T', 'U'))
               ) AS is_plain
        FROM pg_class AS c
        WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    ), needed AS (
        SELECT oid FROM own
        WHERE is_plain AND oid IS DISTINCT FROM to_regclass('change_queue')
          AND oid IS DISTINCT FROM to_regclass('erased_customer')
        UNION
        SELECT d.refobjid
        FROM needed AS n
        JOIN pg_class AS c ON c.oid = n.oid AND c.relkind = 'v'
                          AND EXISTS (SELECT FROM pg_options_to_table(c.reloptions)
                                      WHERE option_name = 'security_invoker' AND option_value::boolean)
        JOIN pg_rewrite AS r ON r.ev_class = c.oid
        JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                           AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'n'
        JOIN pg_class AS s ON s.oid = d.refobjid AND s.relnamespace <> 'pg_catalog'::regnamespace
                          AND s.relkind <> 'c'    -- a row type, which has no rows
    )
    SELECT n.oid::regclass, coalesce(o.is_plain, false) FROM needed AS n LEFT JOIN own AS o USING (oid);
$$;
COMMENT ON FUNCTION crm_reader_relations() IS
'What somebody must be able to read to read a workspace.
The views and tables of the first schema of search_path whose columns are all of plain types, so that every client
knows them: is_plain; and what those views are made of, sources included, where they run with the rights of their
reader. Ledgers, fits and models are among the latter: not for BI.';

CREATE FUNCTION crm_create_plain_view(relation regclass, plain_schema text) RETURNS regclass
LANGUAGE plpgsql STRICT
SET client_min_messages = warning
SET citus.enable_ddl_propagation = off AS $$
DECLARE
    name text := (SELECT relname FROM pg_class WHERE oid = relation);
    plain text := format('%I.%I', plain_schema, name);
    scale integer := crm_definition() ->> 'amount_scale';
    statement text;
BEGIN
    -- Amounts of a source have as many decimals as the source gives them; here as many as are shown elsewhere.
    EXECUTE format('CREATE OR REPLACE VIEW %s %s AS SELECT %s FROM %s', plain,
                   CASE WHEN current_setting('server_version_num')::integer >= 150000
                        THEN 'WITH (security_invoker = true)' END,
                   (SELECT string_agg(format(
                               CASE WHEN atttypid = 'numeric'::regtype AND atttypmod < 0 AND f.field IS NOT NULL
                                    THEN '%1$I::numeric(%2$s,%3$s) AS %1$I' ELSE '%1$I' END,
                               attname, 16 + scale, scale), ', ' ORDER BY attnum)
                    FROM pg_attribute
                    LEFT JOIN crm_source_fields() AS f ON f.source = name AND f.field = attname AND f.field = 'amount'
                    WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped), relation);
    FOR statement IN
        SELECT format('COMMENT ON VIEW %s IS %L', plain, obj_description(relation, 'pg_class'))
        UNION ALL
        SELECT format('COMMENT ON COLUMN %s.%I IS %L', plain, attname, col_description(relation, attnum))
        FROM pg_attribute WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped LOOP
        EXECUTE statement;
    END LOOP;
    RETURN plain::regclass;
END $$;
COMMENT ON FUNCTION crm_create_plain_view(regclass, text) IS
'Makes a view of a relation in another schema, under its name.
It has the comments too. It shows what its reader may see of the relation. Errors: 42809 where something else has the
name.';

CREATE FUNCTION crm_enter_plain_schema(workspace text, plain_schema text) RETURNS void
LANGUAGE plpgsql STRICT
SET citus.enable_ddl_propagation = off AS $$
DECLARE
    owner oid := (SELECT nspowner FROM pg_namespace WHERE nspname = plain_schema);
    other name;
BEGIN
    IF plain_schema = workspace THEN
        RAISE EXCEPTION 'plain_schema cannot be the schema of workspace "%"', workspace
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Use another name, such as crm_bi. The schema is created if it does not exist.';
    ELSIF owner IS NULL THEN
        EXECUTE format('CREATE SCHEMA %I', plain_schema);
        EXECUTE format('COMMENT ON SCHEMA %I IS %L', plain_schema,
            format('The views of workspace %s that are for everybody''s tools.', workspace));
    ELSIF NOT pg_has_role(owner, 'USAGE')
          -- The owner of a schema can put other views in the place of ours.
          OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
              AND NOT (SELECT rolsuper FROM pg_roles WHERE oid = owner) THEN
        RAISE EXCEPTION 'schema "%" belongs to another role', plain_schema
            USING ERRCODE = 'insufficient_privilege',
            HINT = 'Name a schema of your own, or one that does not exist yet.';
    END IF;
    -- A view of ours reads the relation of its name: another would be replaced.
    SELECT min(v.relname) INTO other
    FROM crm_reader_relations() AS r
    JOIN pg_class AS c ON c.oid = r.relation
    JOIN pg_class AS v ON v.relname = c.relname AND v.relnamespace = quote_ident(plain_schema)::regnamespace
    WHERE r.is_plain AND v.relkind = 'v'
      AND NOT EXISTS (SELECT FROM pg_rewrite AS w
                      JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
                      WHERE w.ev_class = v.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid);
    IF other IS NOT NULL THEN
        RAISE EXCEPTION 'schema "%" has a view % that is not of workspace "%"', plain_schema, other, workspace
            USING ERRCODE = 'duplicate_table',
                  HINT = 'Give each workspace a plain_schema of its own, or drop the views that are there.';
    END IF;
END $$;
COMMENT ON FUNCTION crm_enter_plain_schema(text, text) IS
'Makes the schema of plain views of a workspace, or checks what it is.
Errors: 22023 for the workspace itself, 42501 where it belongs to somebody else, 42P07 where it has a view of another
workspace, or of anything else, under a name that a plain view would have.';

CREATE FUNCTION crm_grant_reader(workspace text, role text, plain_schema text DEFAULT NULL, OUT relation regclass,
    OUT is_plain boolean)
RETURNS SETOF record
LANGUAGE plpgsql ROWS 100
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on AS $$
#variable_conflict use_column
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    sees_as_reader boolean := current_setting('server_version_num')::integer >= 150000;
    read record;
    missing text[];
BEGIN
    IF workspace IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    IF role IS NULL THEN
        RETURN;
    ELSIF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
        RAISE EXCEPTION 'role "%" does not exist', role USING ERRCODE = 'undefined_object',
        HINT = 'Use CREATE ROLE to create it.';
    END IF;
    IF plain_schema IS NOT NULL
       AND EXISTS (SELECT FROM pg_class
                   WHERE relnamespace = quote_ident(workspace)::regnamespace
                     AND relkind = 'v'
                     AND relname IN (SELECT crm_distributed_view(source) FROM crm_source_fields())) THEN
        RAISE EXCEPTION 'plain_schema cannot be used with workspace "%"', workspace
            USING ERRCODE = 'feature_not_supported',
            DETAIL = 'It has sources that Citus distributes, and only views in the workspace itself can read them.',
            HINT = 'Leave plain_schema out.';
    END IF;
    -- Views are made there.
    PERFORM crm_enter_workspace(workspace, true) WHERE plain_schema IS NOT NULL;
    PERFORM crm_enter_plain_schema(workspace, plain_schema);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', coalesce(plain_schema, workspace), role);
    FOR read IN SELECT r.relation, r.is_plain, has_table_privilege(r.relation, 'SELECT WITH GRANT OPTION') AS is_ours
                FROM crm_reader_relations() AS r ORDER BY NOT r.is_plain, r.relation::text LOOP
        relation := read.relation;
        is_plain := read.is_plain AND plain_schema IS NULL;
        IF read.is_plain AND plain_schema IS NOT NULL THEN
            relation := crm_create_plain_view(read.relation, plain_schema);
            is_plain := true;
            EXECUTE format('GRANT SELECT ON %s TO %I', relation, role);
            RETURN NEXT;
            CONTINUE WHEN NOT sees_as_reader;
            relation := read.relation;
            is_plain := false;
        END IF;
        IF read.is_ours THEN
            EXECUTE format('GRANT SELECT ON %s TO %I', relation, role);
            RETURN NEXT;
        ELSIF NOT has_table_privilege(role, read.relation, 'SELECT') THEN
            missing := missing || read.relation::text;
        END IF;
    END LOOP;
    IF missing IS NOT NULL THEN
        RAISE WARNING 'role "%" cannot read %', role, array_to_string(missing, ', ')
            USING HINT = format('The owner can grant it: GRANT SELECT ON %s TO %I;', array_to_string(missing, ', '),
                role);
    END IF;
END $$;
COMMENT ON FUNCTION crm_grant_reader(text, text, text) IS
'Grants a role what it needs to read a workspace, and nothing else.
USAGE on the schema, and SELECT on what crm_reader_relations names, which is returned; is_plain: a table or view for
BI. Sources are included where views show what their reader may see (PostgreSQL 15 and later), and their row-level
security holds for the reader. plain_schema: a schema for views of what is plain, made where it is missing; the role
gets USAGE on it instead of on the workspace, so that it can name plain views alone, and reads ledgers, fits and
models only through them. A plain schema is of one workspace, and of as many roles as are given it. A WARNING names
what is not ours to grant. Call it again after crm_add_subject, crm_change_sources or crm_upgrade_workspace.
Errors: 42704 where there is no such role, 42501 for a plain schema of somebody else, 42P07 for one that has views of
another workspace, 0A000 for one beside sources that Citus distributes, and as of crm_enter_workspace.
A NULL workspace or role grants nothing.';

-- Not granted by itself: what is new may stand on sources that were never meant for those readers.
CREATE FUNCTION crm_warn_of_readers(workspace text) RETURNS void
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    readers text[] := ARRAY(
        SELECT DISTINCT r.rolname::text
        FROM pg_class AS c, aclexplode(c.relacl) AS a JOIN pg_roles AS r ON r.oid = a.grantee
        WHERE c.oid = 'customer_360'::regclass AND a.privilege_type = 'SELECT' AND a.grantee <> c.relowner
          AND EXISTS (SELECT FROM crm_reader_relations() AS needed
                      WHERE NOT has_table_privilege(r.oid, needed.relation, 'SELECT'))
        ORDER BY 1);
    plain_schema text;
BEGIN
    IF cardinality(readers) > 0 THEN
        -- Who finds plain views alone is to stay so.
        SELECT min(n.nspname) INTO plain_schema
        FROM pg_depend AS d
        JOIN pg_rewrite AS w ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
        JOIN pg_class AS c ON c.oid = w.ev_class AND c.relname = 'customer_360'
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = 'customer_360'::regclass
          AND has_schema_privilege(readers[1], n.oid, 'USAGE') AND has_table_privilege(readers[1], c.oid, 'SELECT')
          AND NOT has_schema_privilege(readers[1], workspace, 'USAGE');
        RAISE WARNING 'readers of workspace "%" cannot read all of it: %', workspace, array_to_string(readers, ', ')
            USING HINT = format('To let them, with the sources: SELECT crm_grant_reader(%L, %L%s);', workspace,
                                readers[1], ', plain_schema => ' || quote_literal(plain_schema));
    END IF;
END $$;
COMMENT ON FUNCTION crm_warn_of_readers(text) IS
'Tells of readers who cannot read all that a workspace has.
Of the workspace in search_path, and roles that may read its customer_360. A WARNING names them, and the call to make:
views of old read what is new, and would fail them. Rights are for the owner to give, for new views stand on new
sources.';

CREATE FUNCTION crm_revoke_reader(workspace text, role text, include_sources boolean DEFAULT true,
    plain_schema text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on AS $$
#variable_conflict use_column
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    read record;
BEGIN
    IF workspace IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    IF role IS NULL OR include_sources IS NULL THEN
        RETURN;
    ELSIF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
        RAISE EXCEPTION 'role "%" does not exist', role USING ERRCODE = 'undefined_object';
    END IF;
    FOR read IN SELECT r.relation FROM crm_reader_relations() AS r JOIN pg_class AS c ON c.oid = r.relation
                WHERE has_table_privilege(r.relation, 'SELECT WITH GRANT OPTION')
                  AND (include_sources OR c.relnamespace = quote_ident(workspace)::regnamespace)
                UNION ALL
                SELECT v.oid::regclass FROM pg_class AS v
                WHERE v.relnamespace = to_regnamespace(quote_ident(plain_schema)) AND v.relkind = 'v'
                  AND pg_has_role(v.relowner, 'USAGE')
                  -- The plain views: somebody's own may stand beside them, and read this workspace too.
                  AND EXISTS (SELECT FROM pg_rewrite AS w
                              JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
                              JOIN pg_class AS c ON d.refclassid = 'pg_class'::regclass AND c.oid = d.refobjid
                              WHERE w.ev_class = v.oid AND c.relnamespace = quote_ident(workspace)::regnamespace
                                AND c.relname = v.relname) LOOP
        EXECUTE format('REVOKE SELECT ON %s FROM %I', read.relation, role);
    END LOOP;
    EXECUTE format('REVOKE USAGE ON SCHEMA %I FROM %I', workspace, role);
    IF plain_schema IS NOT NULL THEN
        EXECUTE format('REVOKE USAGE ON SCHEMA %I FROM %I', plain_schema, role);
    END IF;
END $$;
COMMENT ON FUNCTION crm_revoke_reader(text, text, boolean, text) IS
'Revokes from a role what crm_grant_reader granted.
include_sources: also SELECT on the sources, which the role may have had for other reasons: false leaves it.
plain_schema: also what was given there; its views stay, and what other roles were given of them. NULL for another
argument revokes nothing. Errors as of crm_grant_reader.';

CREATE FUNCTION crm_help(workspace text DEFAULT 'crm', OUT subject text, OUT question text, OUT view_name text,
    OUT query text)
RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE ROWS 50
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
BEGIN
    RETURN QUERY EXECUTE format('
        SELECT q.subject, q.question, q.view_name, replace(q.query, ''crm.'', quote_ident($1) || ''.'')
        FROM %s.crm_questions() AS q
        WHERE to_regclass(format(''%%I.%%I'', $1, q.view_name)) IS NOT NULL
        ORDER BY q.position', extension_schema)
    USING workspace;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'workspace "%" does not exist', workspace
            USING ERRCODE = 'invalid_schema_name',
                  HINT = 'Name yours, as in crm_help(''shop''), or use crm_create_workspace to create it.';
    END IF;
END $$;
COMMENT ON FUNCTION crm_help(text) IS
'Which view of a workspace answers which question, with a query each.
What the workspace does not have is left out. NULL has no rows. Error 3F000 where there is no such workspace,
nor a plain schema of one.';
