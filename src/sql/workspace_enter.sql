-- Entering a workspace: whose it is, and what may be in it.

CREATE FUNCTION crm_definition() RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (SELECT pg_catalog.jsonb_build_object(
                'workspace', d.workspace, 'sources', d.sources::jsonb, 'time_zone', d.time_zone,
                'maintain', d.maintain, 'subjects', pg_catalog.to_jsonb(d.subjects::text[]),
                'key_type', d.key_type, 'amount_scale', d.amount_scale)
            FROM definition AS d);
END $$;
COMMENT ON FUNCTION crm_definition() IS
'What the workspace in search_path is made of.
The view definition, as a JSON object.';

CREATE FUNCTION crm_foreign_part(workspace text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on AS $$
    SELECT min(format('%s of %s', pg_describe_object(part.kind, part.oid, 0), part.owner::regrole))
    FROM pg_namespace AS n,
         LATERAL (
             SELECT 'pg_class'::regclass AS kind, c.oid, c.relowner AS owner
             FROM pg_class AS c WHERE c.relnamespace = n.oid AND c.relname = 'definition'
             UNION ALL
             SELECT 'pg_proc'::regclass, p.oid, p.proowner FROM pg_proc AS p WHERE p.pronamespace = n.oid
             UNION ALL
             SELECT 'pg_operator'::regclass, o.oid, o.oprowner FROM pg_operator AS o WHERE o.oprnamespace = n.oid
             UNION ALL
             SELECT 'pg_type'::regclass, t.oid, t.typowner
             FROM pg_type AS t
             WHERE t.typnamespace = n.oid
               AND (t.typtype <> 'c' AND t.typelem = 0 OR starts_with(t.typname, 'crm_'))
             UNION ALL
             SELECT 'pg_trigger'::regclass, t.oid, p.proowner
             FROM pg_class AS c JOIN pg_trigger AS t ON t.tgrelid = c.oid JOIN pg_proc AS p ON p.oid = t.tgfoid
             WHERE c.relnamespace = n.oid
         ) AS part
    WHERE n.nspname = workspace AND NOT pg_has_role(part.owner, n.nspowner, 'USAGE');
$$;
COMMENT ON FUNCTION crm_foreign_part(text) IS
'Something in a workspace that would act with its owner''s rights.
And belongs to somebody who does not have these rights, but was given CREATE on the schema or TRIGGER on a table:
functions and their like, triggers, the definition. NULL where there is none.';

CREATE FUNCTION crm_check_names(workspace text) RETURNS void
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    other record;
BEGIN
    FOR other IN SELECT relname, relowner::regrole AS owner
                 FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace
                 WHERE n.nspname = workspace AND relkind IN ('r', 'p', 'v', 'm', 'f')
                   AND NOT pg_has_role(relowner, nspowner, 'USAGE') LOOP
        -- Those of any subject, for a subject may come, and views of its names be collected.
        IF other.relname IN (SELECT relation_name FROM crm_relation_subjects()
                             UNION SELECT crm_distributed_view(source) FROM crm_source_fields()) THEN
            RAISE EXCEPTION '% in the workspace belongs to %, but the workspace needs that name',
                other.relname, other.owner
                USING ERRCODE = 'insufficient_privilege', HINT = 'Rename or drop it.';
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_check_names(text) IS
'Checks that no relation which a workspace reads by name is another''s.
Somebody with CREATE on the schema could make one that is not there, and its functions would run with the owner''s
rights. Error 42501.';

CREATE FUNCTION crm_check_new_names(before jsonb, definition jsonb) RETURNS void
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    taken text;
BEGIN
    -- What the subjects make that come, and those that are there do not. A source can be of several.
    SELECT pg_describe_object('pg_class'::regclass, c.oid, 0) INTO taken
    FROM pg_class AS c
    JOIN (SELECT source AS name, subject FROM crm_source_fields()
          UNION ALL
          SELECT crm_distributed_view(source), subject FROM crm_source_fields()
          UNION ALL
          SELECT relation_name, subject FROM crm_relation_subjects()) AS made ON made.name = c.relname
    WHERE c.relnamespace = quote_ident(current_schema())::regnamespace
    GROUP BY c.oid
    HAVING bool_or(definition -> 'subjects' ? made.subject) AND NOT bool_or(before -> 'subjects' ? made.subject)
    ORDER BY c.oid LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% in the workspace is not of crm_ext, but a subject needs that name', taken
            USING ERRCODE = 'duplicate_table',
                  HINT = 'Rename it, or move it to another schema, from which it can be mapped as a source.';
    END IF;
END $$;
COMMENT ON FUNCTION crm_check_new_names(jsonb, jsonb) IS
'Checks that nothing has the names of what a workspace is to get.
before, definition: of the workspace in search_path, and of what it becomes. What the subjects that come would make and
those before do not is made by somebody. Error 42P07.';

CREATE FUNCTION crm_check_others(workspace text) RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    other text;
BEGIN
    -- Nothing in PostgreSQL can be locked against a function that somebody commits there while this call runs.
    SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END INTO other
    FROM pg_namespace AS n, aclexplode(n.nspacl) AS a
    WHERE n.nspname = workspace AND a.privilege_type = 'CREATE'
      AND (a.grantee = 0 OR NOT pg_has_role(a.grantee, n.nspowner, 'USAGE')) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'role % may create objects in workspace "%"', other, workspace
            USING ERRCODE = 'insufficient_privilege',
                  HINT = format('REVOKE CREATE ON SCHEMA %I FROM %s.', workspace, other);
    END IF;
    PERFORM set_config('search_path', format('pg_catalog, %s, pg_temp', extension_schema), true);
    other := crm_foreign_part(workspace);
    IF other IS NOT NULL THEN
        RAISE EXCEPTION 'workspace "%" holds %, who does not have the privileges of its owner', workspace, other
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'It would act with privileges that its owner lacks: drop it, or change its owner.';
    END IF;
    PERFORM crm_check_names(workspace);
END $$;
COMMENT ON FUNCTION crm_check_others(text) IS
'Checks that nobody else has a say in a workspace.
Errors 42501 for who may create objects there, for parts of those who do not have the owner''s rights, and for names
that the workspace needs.';

CREATE FUNCTION crm_check_workspace_rights(workspace text) RETURNS void
AS 'MODULE_PATHNAME' LANGUAGE C STRICT;
COMMENT ON FUNCTION crm_check_workspace_rights(text) IS
'crm_check_others, as all is now.
Under REPEATABLE READ a query would see triggers, owners and rights as they were when the transaction began.';

CREATE FUNCTION crm_check_name(name text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Names of triggers begin with it.
    IF name IS NULL OR octet_length(name) NOT BETWEEN 1 AND 40 THEN
        RAISE EXCEPTION 'the workspace''s name must have 1 to 40 bytes'
            USING ERRCODE = 'invalid_name',
                  HINT = CASE WHEN octet_length(name) > 40 AND to_regnamespace(quote_ident(name)) IS NOT NULL
                         THEN format('ALTER SCHEMA %I RENAME TO a shorter name.', name)
                         ELSE 'Use a name such as crm.' END;
    END IF;
END $$;
COMMENT ON FUNCTION crm_check_name(text) IS
'Checks that a workspace can have a name.
Error 42602 for none, and for more than 40 bytes.';

CREATE FUNCTION crm_enter_workspace(workspace text, as_owner boolean DEFAULT false) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    is_superuser boolean := (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user);
    extension_schema text := (SELECT extnamespace::pg_catalog.regnamespace
                              FROM pg_catalog.pg_extension WHERE extname = 'crm_ext');
    definition jsonb;
    other text;
BEGIN
    IF workspace IS NULL THEN
        RAISE EXCEPTION 'the workspace''s name cannot be NULL'
            USING ERRCODE = 'null_value_not_allowed', HINT = 'Use a name such as crm.';
    ELSIF pg_catalog.to_regclass(pg_catalog.format('%I.definition', workspace)) IS NULL THEN
        RAISE EXCEPTION 'workspace "%" does not exist', workspace
            USING ERRCODE = 'invalid_schema_name', HINT = 'Use crm_create_workspace to create it.';
    ELSIF is_superuser AND NOT (SELECT pg_catalog.pg_has_role(nspowner, current_user, 'USAGE')
                                FROM pg_catalog.pg_namespace WHERE nspname = workspace) THEN
        RAISE EXCEPTION 'workspace "%" belongs to another role', workspace
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'A superuser must not run code that its owner may have put there: '
                         'use SET ROLE to become the owner first.';
    END IF;
    IF as_owner THEN
        EXECUTE pg_catalog.format('SELECT %s.crm_check_name($1)', extension_schema) USING workspace;
        SELECT pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(nspowner)) INTO other FROM pg_catalog.pg_namespace
        WHERE nspname = workspace AND pg_catalog.pg_get_userbyid(nspowner) <> current_user;
        IF FOUND THEN
            RAISE EXCEPTION 'workspace "%" belongs to role %', workspace, other
                USING ERRCODE = 'insufficient_privilege',
                      HINT = pg_catalog.format('Objects that this call creates must belong to the owner as well: '
                                               'use SET ROLE %s first.', other);
        END IF;
    END IF;
    -- Who is about to make a trigger is waited for, and locks keep others from it until the transaction
    -- ends. Named with its schema: what is found by name is not looked at yet.
    EXECUTE pg_catalog.format('SELECT %s.crm_triggers_have_rights(oid::pg_catalog.regclass)
                               FROM pg_catalog.pg_class
                               WHERE relnamespace = $1::pg_catalog.regnamespace AND relkind IN (''r'', ''p'')
                               ORDER BY oid', extension_schema)
    USING pg_catalog.quote_ident(workspace);
    EXECUTE pg_catalog.format('SELECT %s.crm_check_workspace_rights($1)', extension_schema) USING workspace;
    PERFORM pg_catalog.set_config('search_path',
                                  pg_catalog.format('%I, %s, pg_temp', workspace, extension_schema), true);
    definition := crm_definition() || pg_catalog.jsonb_build_object('workspace', workspace);
    IF is_superuser THEN
        SELECT pg_catalog.min(key) INTO other FROM pg_catalog.jsonb_each(definition -> 'sources')
        WHERE NOT crm_owner_has_rights(pg_catalog.to_regclass(value ->> 'from'));
    END IF;
    IF other IS NOT NULL THEN
        RAISE EXCEPTION 'source "%" of workspace "%" now belongs to another role', other, workspace
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'A superuser must not run code that its owner may have put there: '
                         'give the workspace to an ordinary role.';
    END IF;
    RETURN definition;
END $$;
COMMENT ON FUNCTION crm_enter_workspace(text, boolean) IS
'Puts a workspace first in search_path, and returns its definition.
Before the extension''s schema, until the end of the function that called, where that has a search_path of its own.
as_owner: only as the role that owns the schema, for calls that make things there.
Errors: 3F000 where there is no such workspace, 22004 for NULL, 42501 for a superuser in a workspace or over a source
of somebody else, and for parts of those who do not have the owner''s rights; as_owner 42602 for a name of more than 40
bytes.';
