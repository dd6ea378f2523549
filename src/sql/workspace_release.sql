-- Workspaces of earlier releases.

CREATE FUNCTION crm_is_of_first_release(workspace text) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT to_regclass(format('%I.definition', workspace)) IS NULL
           AND EXISTS (SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                       JOIN pg_attribute AS a ON a.attrelid = c.oid
                       WHERE n.nspname = workspace AND c.relname = 'setting' AND c.relkind = 'r'
                         AND a.attname = 'sources' AND a.atttypid = 'jsonb'::regtype);
$$;
COMMENT ON FUNCTION crm_is_of_first_release(text) IS
'Whether a workspace was made by 0.1.0, and not upgraded since.';

CREATE FUNCTION crm_check_first_release(workspace text) RETURNS void
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on AS $$
DECLARE
    owner regrole := (SELECT nspowner FROM pg_namespace WHERE nspname = workspace);
    other text;
BEGIN
    IF NOT pg_has_role(owner, 'USAGE')
       OR NOT pg_has_role(owner, current_user, 'USAGE')
          AND (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RAISE EXCEPTION 'workspace "%" belongs to another role', workspace
            USING ERRCODE = 'insufficient_privilege', HINT = format('Use SET ROLE %s first.', owner);
    END IF;
    -- What the table says is run from now on: it must be the owner's word.
    SELECT CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END INTO other
    FROM pg_class AS c,
         LATERAL (SELECT a.grantee, a.privilege_type FROM aclexplode(c.relacl) AS a
                  UNION ALL
                  SELECT a.grantee, a.privilege_type FROM pg_attribute, aclexplode(attacl) AS a WHERE attrelid = c.oid
                  UNION ALL
                  SELECT c.relowner, 'UPDATE') AS g
    WHERE c.oid = format('%I.setting', workspace)::regclass
      AND g.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRIGGER')
      AND (g.grantee = 0 OR NOT pg_has_role(g.grantee, owner, 'USAGE')) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'role % may change the settings of workspace "%"', other, workspace
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'In 0.1.0 they say what sources are: look at the column sources, '
                         'and revoke INSERT, UPDATE, DELETE and TRIGGER.';
    END IF;
END $$;
COMMENT ON FUNCTION crm_check_first_release(text) IS
'Checks that only its owner says what a workspace of 0.1.0 is made of.
Error 42501.';

CREATE FUNCTION crm_convert_workspace(workspace text) RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    definition jsonb;
    commented record;
BEGIN
    EXECUTE format('SELECT %s.crm_check_first_release($1)', extension_schema) USING workspace;
    EXECUTE format('SELECT to_jsonb(s) FROM %I.setting AS s', workspace) INTO definition;
    SELECT jsonb_build_object(
               'workspace', workspace,
               -- Numbers were taken for text.
               'sources', (SELECT coalesce(jsonb_object_agg(s.key, (SELECT jsonb_object_agg(f.key, to_jsonb(f.value))
                                                                    FROM jsonb_each_text(s.value) AS f)), '{}')
                           FROM jsonb_each(definition -> 'sources') AS s),
               'time_zone', definition -> 'time_zone', 'maintain', definition -> 'maintain', 'amount_scale', 2,
               'key_type', format_type(a.atttypid, a.atttypmod)
                           || CASE WHEN a.attcollation <> t.typcollation
                                   THEN ' COLLATE ' || a.attcollation::regcollation ELSE '' END)
    INTO definition
    FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
    WHERE a.attrelid = format('%I.customer_activity', workspace)::regclass AND a.attname = 'customer_id';
    PERFORM set_config('search_path', format('pg_catalog, %s, pg_temp', extension_schema), true);
    PERFORM crm_write_definition(workspace, definition || jsonb_build_object('subjects', crm_needed_subjects('{}')));
    -- From here on everything in it is checked as in any workspace.
    PERFORM crm_enter_workspace(workspace, true);
    DROP VIEW IF EXISTS ledger_difference;
    -- Comments say what is so today; they are written again where there is none.
    FOR commented IN SELECT c.relname, CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END AS kind FROM pg_class AS c
                     WHERE c.relnamespace = quote_ident(workspace)::regnamespace
                       AND (c.relkind = 'v' AND c.relname IN (SELECT crm_own_views())
                            OR c.relkind = 'r' AND c.relname || '.*' IN (SELECT name FROM crm_dictionary())) LOOP
        EXECUTE format('COMMENT ON %s %I IS NULL', commented.kind, commented.relname);
    END LOOP;
    FOR commented IN SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
                     WHERE c.relnamespace = quote_ident(workspace)::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
                       AND c.relkind IN ('r', 'v') AND col_description(c.oid, a.attnum) IS NOT NULL
                       AND (c.relkind = 'r' OR c.relname IN (SELECT crm_own_views())) LOOP
        EXECUTE format('COMMENT ON COLUMN %I.%I IS NULL', commented.relname, commented.attname);
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_convert_workspace(text) IS
'Gives a workspace of 0.1.0 what later releases read of it.
Its definition, which was columns of setting. Amounts stay numeric(18,2). The view ledger_difference goes:
crm_check_workspace has its rows.';

CREATE FUNCTION crm_forget_first_release() RETURNS void
LANGUAGE plpgsql
SET client_min_messages = warning AS $$
DECLARE
    statement text;
BEGIN
    -- Views mention every column of setting where they join it: for a moment they read nothing. They are made
    -- again where they are, so that what others have built on them stays.
    FOR statement IN
        SELECT format('CREATE OR REPLACE VIEW %I%s AS SELECT %s', c.relname,
                      ' WITH (' || array_to_string(c.reloptions, ', ') || ')',
                      string_agg(format('NULL::%s%s AS %I', format_type(atttypid, atttypmod),
                                        CASE WHEN attcollation <> typcollation
                                             THEN ' COLLATE ' || attcollation::regcollation END, attname),
                                 ', ' ORDER BY attnum))
        FROM pg_class AS c JOIN pg_attribute ON attrelid = c.oid JOIN pg_type AS t ON t.oid = atttypid
        WHERE c.relname IN (SELECT crm_own_views()) AND c.relname <> 'definition'
          AND c.relnamespace = quote_ident(current_schema())::regnamespace AND attnum > 0
        GROUP BY c.oid
    LOOP
        EXECUTE statement;
    END LOOP;
    ALTER TABLE setting DROP COLUMN IF EXISTS workspace, DROP COLUMN IF EXISTS sources,
                        DROP COLUMN IF EXISTS time_zone, DROP COLUMN IF EXISTS maintain;
END $$;
COMMENT ON FUNCTION crm_forget_first_release() IS
'Drops what the table setting had in 0.1.0 and has no longer.
Views of the workspace read nothing until they are made again.';
