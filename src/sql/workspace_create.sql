-- Making a workspace. Everything in one is an
-- ordinary object of its owner's; nothing here needs more rights than theirs.

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
        -- What the statements of any subject mention, for a subject may come, and views of its names be collected.
        IF other.relname IN (SELECT unnest(ARRAY[source, crm_distributed_view(source)]) FROM crm_source_fields())
           OR other.relname IN ('customer_360', 'customer_elsewhere', 'data_quality', 'reconciliation',
                                'target', 'target_member')
           OR other.relname ~ '^[[:word:]]+$'
              AND EXISTS (SELECT FROM crm_workspace_script() WHERE statement ~ (E'\\m' || other.relname || E'\\M')) THEN
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
    EXECUTE pg_catalog.format('SELECT %s.crm_triggers_have_rights(oid)
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

-- What makes a workspace

CREATE FUNCTION crm_needed_subjects(wanted text[]) RETURNS text[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    WITH RECURSIVE needed AS (
        SELECT s.subject, s.needs FROM crm_subjects() AS s WHERE s.subject = ANY (wanted) OR s.is_base
        UNION
        SELECT s.subject, s.needs FROM needed JOIN crm_subjects() AS s ON s.subject = ANY (needed.needs)
    )
    SELECT array_agg(s.subject ORDER BY s.n)
    FROM crm_subjects() WITH ORDINALITY AS s (subject, about, needs, is_base, n)
    WHERE s.subject IN (SELECT subject FROM needed);
$$;
COMMENT ON FUNCTION crm_needed_subjects(text[]) IS
'These subjects, those of every workspace, and those that they need.';

CREATE FUNCTION crm_all_subjects(present text[], wanted text[]) RETURNS text[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    -- Those that are there keep their place, and with it their columns theirs.
    SELECT present || ARRAY(SELECT s FROM unnest(crm_needed_subjects(wanted)) WITH ORDINALITY AS u (s, n)
                            WHERE s <> ALL (present) ORDER BY n);
$$;
COMMENT ON FUNCTION crm_all_subjects(text[], text[]) IS
'The subjects that a workspace has, then those that are wanted.';

CREATE FUNCTION crm_check_subjects(subjects text[]) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    unknown text := (SELECT min(s) FROM unnest(subjects) AS s WHERE s NOT IN (SELECT subject FROM crm_subjects()));
BEGIN
    IF unknown IS NOT NULL OR array_position(subjects, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'unrecognized subject: "%"', unknown
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = format('Subjects are %s.',
                                (SELECT string_agg(subject, ', ') FROM crm_subjects() WHERE NOT is_base));
    END IF;
END $$;
COMMENT ON FUNCTION crm_check_subjects(text[]) IS
'Checks the names of subjects. Error 22023.';

CREATE FUNCTION crm_create_sources(definition jsonb) RETURNS void
LANGUAGE plpgsql STRICT AS $$
DECLARE
    name text;
    given jsonb;
BEGIN
    PERFORM crm_check_relations(definition -> 'sources');
    FOR name IN SELECT source FROM crm_source_fields() WHERE definition -> 'subjects' ? subject
                GROUP BY source ORDER BY min(position) LOOP
        given := definition -> 'sources' -> name;
        IF given IS NULL THEN
            PERFORM crm_create_source_table(name, definition);
        ELSE
            PERFORM crm_create_source_view(name, given, definition);
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_create_sources(jsonb) IS
'Makes the sources of a workspace: views of those given, else tables.
What is there stays, and gains the columns that it lacks.';

CREATE FUNCTION crm_collect(name text) RETURNS void
LANGUAGE plpgsql STRICT
SET client_min_messages = warning AS $$
DECLARE
    parts text;
BEGIN
    -- Text of keys has the keys' collation, which subjects need not share.
    SELECT string_agg(format('SELECT %s FROM %I', columns, relname), ' UNION ALL ' ORDER BY n) INTO parts
    FROM (SELECT c.relname, s.n,
                 string_agg(format(CASE WHEN atttypid = 'text'::regtype THEN '%1$I COLLATE "default" AS %1$I'
                                        ELSE '%I' END, attname),
                            ', ' ORDER BY attnum) AS columns
          FROM crm_subjects() WITH ORDINALITY AS s (subject, about, needs, is_base, n)
          JOIN pg_class AS c ON c.relname = name || '_' || s.subject
          JOIN pg_attribute AS a ON a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped
          WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind = 'v'
          GROUP BY c.relname, s.n) AS part;
    EXECUTE format('CREATE OR REPLACE VIEW %I AS %s', name, parts);
END $$;
COMMENT ON FUNCTION crm_collect(text) IS
'Makes a view of the rows that each subject has in a view NAME_SUBJECT.';

CREATE FUNCTION crm_collect_customer_360() RETURNS void
LANGUAGE plpgsql
SET client_min_messages = warning AS $$
DECLARE
    part record;
    columns text := 'base.*';
    joins text := 'customer_overview AS base';
    is_plain boolean := true;
BEGIN
    FOR part IN SELECT c.oid, c.relname FROM crm_subjects() WITH ORDINALITY AS s (subject, about, needs, is_base, n)
                JOIN pg_class AS c ON c.relname = 'customer_360_' || s.subject
                WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind = 'v'
                ORDER BY coalesce((SELECT min(a.attnum) FROM pg_attribute AS a JOIN pg_attribute AS p USING (attname)
                                   WHERE a.attrelid = to_regclass('customer_360') AND p.attrelid = c.oid
                                     AND attname NOT IN ('customer_id', 'as_of')), 2000), s.n LOOP
        joins := format('%s LEFT JOIN %I USING (customer_id)', joins, part.relname);
        columns := columns || (SELECT string_agg(format(', %I.%I', part.relname, attname), '' ORDER BY attnum)
                               FROM pg_attribute WHERE attrelid = part.oid AND attnum > 0 AND NOT attisdropped
                                 AND attname NOT IN ('customer_id', 'as_of'));
        is_plain := false;
    END LOOP;
    -- A view within a view is copied by the planner at each level: of one customer that is most of the time.
    EXECUTE 'CREATE OR REPLACE VIEW customer_360 AS '
            || CASE WHEN is_plain THEN pg_get_viewdef('customer_overview'::regclass)
                    ELSE format('SELECT %s FROM %s', columns, joins) END;
END $$;
COMMENT ON FUNCTION crm_collect_customer_360() IS
'Makes customer_360: customer_overview, and what subjects add to it.
A subject adds columns by a view customer_360_SUBJECT with one row per customer.';

CREATE FUNCTION crm_failed_check(asked_subject text, definition jsonb) RETURNS text
LANGUAGE plpgsql STRICT AS $$
DECLARE
    tried record;
BEGIN
    FOR tried IN SELECT * FROM crm_checks() WHERE subject = asked_subject ORDER BY position LOOP
        BEGIN
            EXECUTE crm_fill_in(crm_checks_view(asked_subject, tried.position), definition);
        EXCEPTION WHEN OTHERS THEN
            RETURN format('check %s of %s', tried.check_name, tried.source);
        END;
    END LOOP;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION crm_failed_check(text, jsonb) IS
'Which check of a subject alone makes an error; NULL where each goes.';

CREATE FUNCTION crm_run_statements(definition jsonb) RETURNS void
LANGUAGE plpgsql STRICT AS $$
DECLARE
    part record;
    place text;
    detail text;
BEGIN
    FOR part IN SELECT * FROM crm_workspace_script() WHERE definition -> 'subjects' ? subject LOOP
        place := format('src/workspace/%s:%s', part.file, part.line);
        IF part.statement LIKE '%:field_checks%' THEN
            part.statement := replace(part.statement, ':field_checks', crm_field_checks_query(definition));
        END IF;
        IF part.file <> part.subject || '/checks.sql' THEN
            EXECUTE crm_fill_in(part.statement, definition);
        ELSE
            -- All checks of a subject are one statement: what is wrong with it is found by their names.
            BEGIN
                EXECUTE crm_fill_in(part.statement, definition);
            EXCEPTION WHEN OTHERS THEN
                place := concat_ws(', ', 'src/workspace/' || part.file, crm_failed_check(part.subject, definition));
                RAISE;
            END;
        END IF;
    END LOOP;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RAISE EXCEPTION USING ERRCODE = SQLSTATE, MESSAGE = SQLERRM,
        DETAIL = concat_ws(E'\n', nullif(detail, ''), format('In the statement at %s.', place));
END $$;
COMMENT ON FUNCTION crm_run_statements(jsonb) IS
'Runs the statements of a workspace''s subjects.
An error says in which file and line it stands, or of which check.';

CREATE FUNCTION crm_comment_workspace(definition jsonb) RETURNS void
LANGUAGE plpgsql STRICT AS $$
DECLARE
    statement text;
BEGIN
    FOR statement IN
        WITH relation AS (
            SELECT oid, relname::text, CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
                                       WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS kind
            FROM pg_class
            WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
              AND pg_has_role(relowner, 'USAGE')
        ), dictionary AS (
            SELECT source || '.' || field AS name, comment, 0 AS place, position, subject FROM crm_source_fields()
            UNION ALL
            SELECT name, comment, position('.' IN reverse(name)), position, subject FROM crm_dictionary()
            UNION ALL
            SELECT field, comment, 1, position, subject FROM crm_source_fields()
            UNION ALL
            SELECT regexp_replace(field, '_at$', '_on'),
                   format('Day of %s in the time zone of the workspace.', field), 1, position, subject
            FROM crm_source_fields() WHERE type = 'day'
        )
        SELECT format('COMMENT ON %s %I IS %L', r.kind, r.relname, d.comment)
        FROM relation AS r JOIN dictionary AS d ON d.name = r.relname || '.*'
        WHERE obj_description(r.oid, 'pg_class') IS NULL
        UNION ALL
        (SELECT DISTINCT ON (r.oid, a.attnum) format('COMMENT ON COLUMN %I.%I IS %L', r.relname, a.attname, d.comment)
         FROM relation AS r
         JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
         JOIN dictionary AS d ON d.name IN (a.attname, r.relname || '.' || a.attname)
         LEFT JOIN crm_relation_subjects() AS made ON made.relation_name = r.relname
         WHERE col_description(r.oid, a.attnum) IS NULL
         -- What is said of this relation's column comes first, then what its own subject says of columns of that name.
         ORDER BY r.oid, a.attnum, d.name = a.attname,
                  (d.place = 0 AND d.subject = made.subject) IS NOT TRUE, d.place = 1, d.position)
    LOOP
        EXECUTE statement;
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_comment_workspace(jsonb) IS
'Comments what has no comment yet, from the dictionary of the subjects.';

CREATE FUNCTION crm_build_workspace(definition jsonb) RETURNS void
LANGUAGE plpgsql STRICT
SET client_min_messages = warning AS $$
DECLARE
    options jsonb := (SELECT jsonb_object_agg(relname, reloptions) FROM pg_class
                      WHERE relnamespace = quote_ident(current_schema())::regnamespace
                        AND relkind = 'v' AND reloptions IS NOT NULL);
    view record;
BEGIN
    PERFORM crm_write_definition(current_schema(), definition);
    PERFORM crm_create_sources(definition);
    PERFORM crm_run_statements(definition);
    PERFORM crm_collect_customer_360();
    PERFORM crm_collect(name) FROM unnest(ARRAY['customer_elsewhere', 'data_quality', 'reconciliation']) AS name
    WHERE EXISTS (SELECT FROM pg_class
                  WHERE relnamespace = quote_ident(current_schema())::regnamespace
                    AND starts_with(relname, name || '_'));
    PERFORM crm_comment_workspace(definition);
    -- A view then shows nobody what they could not read in the tables below it. CREATE OR REPLACE forgets options.
    FOR view IN SELECT oid::regclass AS name,
                       ARRAY(SELECT jsonb_array_elements_text(options -> relname::text)
                             UNION
                             SELECT 'security_invoker=true'
                             WHERE current_setting('server_version_num')::integer >= 150000) AS options
                FROM pg_class
                WHERE relname IN (SELECT crm_own_views())
                  AND relnamespace = quote_ident(current_schema())::regnamespace LOOP
        CONTINUE WHEN view.options = '{}';
        EXECUTE format('ALTER VIEW %s SET (%s)', view.name, array_to_string(view.options, ', '));
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_build_workspace(jsonb) IS
'Makes everything in the first schema of search_path that it lacks.
Tables stay, and views are replaced where they are: nothing that depends on them has to go. Can be repeated.';

-- What people say, checked

CREATE FUNCTION crm_check_settings(time_zone text, maintain text, min_cell integer) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF maintain IS NULL OR maintain NOT IN ('triggers', 'queue', 'refresh') THEN
        RAISE EXCEPTION 'maintain cannot be "%"', maintain
            USING ERRCODE = 'invalid_parameter_value', HINT = 'It can be triggers, queue or refresh.';
    ELSIF min_cell IS NULL OR min_cell < 1 THEN
        RAISE EXCEPTION 'min_cell cannot be %', min_cell
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Give a number of customers, 1 or more; 1 hides no group.';
    ELSIF time_zone IS NULL THEN
        RAISE EXCEPTION 'time_zone cannot be NULL'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'For example, time_zone => ''UTC''.';
    -- A rule of POSIX, in which hours are counted westward: UTC+8 would be America's. All names are looked up
    -- where there is a number in one, for that takes a tenth of a second.
    ELSIF time_zone ~ '[1-9]' AND NOT EXISTS (SELECT FROM pg_timezone_names AS known
                                              WHERE lower(known.name) = lower(time_zone)) THEN
        RAISE EXCEPTION 'time_zone cannot be "%"', time_zone
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'PostgreSQL takes it for hours west of Greenwich. '
                         'Use a name of pg_timezone_names, such as Asia/Shanghai or Etc/UTC.';
    END IF;
    PERFORM now() AT TIME ZONE time_zone;
END $$;
COMMENT ON FUNCTION crm_check_settings(text, text, integer) IS
'Checks the settings of a workspace.
Error 22023.';

CREATE FUNCTION crm_check_isolation(maintain text) RETURNS void
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed'
       AND (maintain <> 'refresh' OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)) THEN
        RAISE EXCEPTION 'a workspace that has triggers or belongs to a superuser cannot be created in a % transaction',
                        current_setting('transaction_isolation')
            USING ERRCODE = 'active_sql_transaction',
                  HINT = 'Its snapshot may miss rows that the triggers do not see either, '
                         'and what others changed meanwhile: use READ COMMITTED.';
    END IF;
END $$;
COMMENT ON FUNCTION crm_check_isolation(text) IS
'Checks that what is made does not rest on an old snapshot.
Error 25001 where it would not show all rows before the triggers, or to a superuser whose functions run.';

CREATE FUNCTION crm_define(definition jsonb, sources jsonb, search_path text) RETURNS jsonb
LANGUAGE plpgsql STRICT AS $$
DECLARE
    given jsonb;
BEGIN
    PERFORM crm_check_isolation(definition ->> 'maintain');
    given := crm_resolve_sources(sources, search_path);
    -- Until it is known whose they are expressions are parsed, and not run.
    PERFORM crm_check_source(key, value) FROM jsonb_each(given);
    definition := definition || jsonb_build_object(
        'sources', coalesce(definition -> 'sources', '{}') || given,
        'subjects', crm_all_subjects(ARRAY(SELECT jsonb_array_elements_text(definition -> 'subjects')),
                                     ARRAY(SELECT crm_subjects_of(given))));
    PERFORM crm_check_relations(definition -> 'sources');
    definition := definition || jsonb_build_object(
        'key_type', crm_chosen_key_type(definition),
        'amount_scale', coalesce((definition ->> 'amount_scale')::integer, crm_amount_scale(definition -> 'sources')));
    PERFORM crm_check_trust(key, value, definition) FROM jsonb_each(definition -> 'sources');
    RETURN jsonb_set(definition, '{sources}', definition -> 'sources' || coalesce(
        (SELECT jsonb_object_agg(key, crm_ledger_fields(key, value, definition ->> 'time_zone'))
         FROM jsonb_each(given) WHERE key IN (SELECT l.source FROM crm_ledgers() AS l)), '{}'));
END $$;
COMMENT ON FUNCTION crm_define(jsonb, jsonb, text) IS
'A definition with sources as people write them, checked.
Subjects, the type of keys and the scale of amounts follow. Relations have their schema,
expressions of ledgers are as PostgreSQL reads them.
Errors: 25001 where an old snapshot would not show what it has to, and as crm_resolve_sources, crm_check_source,
crm_key_type, crm_check_trust and crm_ledger_fields.';

-- The functions that people call. Their last argument has the caller's
-- search_path, in which the names of sources are looked up and nothing else.

CREATE FUNCTION crm_create_workspace(workspace text, sources jsonb DEFAULT '{}', time_zone text DEFAULT 'UTC',
    maintain text DEFAULT NULL, min_cell integer DEFAULT 1, subjects text[] DEFAULT NULL,
    search_path text DEFAULT current_setting('search_path')) RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET array_nulls = on
SET transform_null_equals = off
SET citus.enable_ddl_propagation = off AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    definition jsonb;
BEGIN
    PERFORM set_config('search_path', format('pg_catalog, %s, pg_temp', extension_schema), true);
    PERFORM crm_check_name(workspace);
    IF to_regnamespace(quote_ident(workspace)) IS NOT NULL THEN
        RAISE EXCEPTION 'schema "%" already exists', workspace
            USING ERRCODE = 'duplicate_schema',
                  HINT = CASE WHEN to_regclass(format('%I.definition', workspace)) IS NULL THEN 'Choose another name.'
                         ELSE 'crm_upgrade_workspace brings a workspace to the extension''s version, '
                              'crm_change_sources changes its sources, crm_add_subject adds a subject, '
                              'crm_drop_workspace drops it.' END;
    END IF;
    maintain := coalesce(maintain, crm_chosen_maintenance(crm_resolve_sources(coalesce(sources, '{}'), search_path)));
    PERFORM crm_check_settings(time_zone, maintain, min_cell);
    PERFORM crm_check_subjects(subjects);
    definition := crm_define(
        jsonb_build_object('workspace', workspace, 'time_zone', time_zone, 'maintain', maintain,
                           'subjects', crm_needed_subjects(coalesce(subjects, '{}'))),
        coalesce(sources, '{}'), search_path);
    PERFORM crm_check_triggers_possible(key, (value ->> 'from')::regclass) FROM jsonb_each(definition -> 'sources')
    WHERE maintain <> 'refresh' AND key IN (SELECT l.source FROM crm_ledgers() AS l);
    EXECUTE format('CREATE SCHEMA %I', workspace);
    EXECUTE format('COMMENT ON SCHEMA %I IS %L', workspace,
                   E'Customer relationship analytics: a workspace of crm_ext.\n'
                   'The view catalog lists everything in it.');
    PERFORM set_config('search_path', format('%I, %s, pg_temp', workspace, extension_schema), true);
    PERFORM crm_build_workspace(definition);
    INSERT INTO setting (min_cell) VALUES (min_cell);
    PERFORM crm_apply_sources(definition);
    BEGIN
        PERFORM crm_fill();
        PERFORM crm_report_problems();
    EXCEPTION WHEN data_exception THEN
        PERFORM crm_blame_source(definition);
        RAISE;
    END;
    RETURN format('workspace %I: %s customers with purchases, as of %s',
                  workspace, crm_refit(workspace), crm_as_of(time_zone));
END $$;
COMMENT ON FUNCTION crm_create_workspace(text, jsonb, text, text, integer, text[], text) IS
'Makes a schema of views over your tables, and keeps it current.
workspace: the name of the schema, at most 40 bytes; it is yours.
sources: for each source that you have, an object with "from" (a table or view), optionally "where",
and a column or expression for each field (crm_source_fields lists them); for the others the workspace gets tables.
time_zone: where a day begins, for timestamps.
maintain: triggers keep ledgers current with every statement; queue notes which customers changed, for crm_refresh;
refresh leaves all to crm_refresh; NULL takes triggers, or refresh where a source is a view,
a foreign or a distributed table, and says so in a NOTICE.
min_cell: summary views hide groups of fewer customers.
subjects: beyond those that every workspace has and those of the sources given (crm_subjects lists them).
search_path: where the names of tables are looked up.
Ends with crm_refit as of the day that the workspace looks from, and tells in notices what data_quality finds wrong.
Holds a lock on the sources that lets others read, not write, until the transaction ends.
Triggers act with your rights, so they are made only on tables whose owner has these rights too.
Errors: 42P06 where the schema exists, 42P01, 42703 and others that name the source and the field,
42501 and 42809 where triggers cannot be, 42602 for no name or one of more bytes, 22023 for other arguments.';

CREATE FUNCTION crm_report_problems() RETURNS void
LANGUAGE plpgsql STABLE
SET jit = off AS $$
DECLARE
    found record;
BEGIN
    FOR found IN SELECT * FROM data_quality WHERE severity IN ('error', 'warning') AND problem_count > 0
                 ORDER BY severity, source, check_name LOOP
        RAISE NOTICE 'source "%": % of kind %, such as %', found.source, found.problem_count, found.check_name,
            coalesce(found.example_key, 'a row without a key') USING DETAIL = found.meaning;
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_report_problems() IS
'Tells in notices what data_quality has found.
Only what is of severity error or warning.';

CREATE FUNCTION crm_subjects_of(sources jsonb) RETURNS SETOF text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 3
BEGIN ATOMIC
    -- A source belongs to the subject that has its first field; the fields that
    -- another subject adds to it bring that subject.
    SELECT DISTINCT f.subject
    FROM crm_source_fields() AS f
    WHERE sources ? f.source
      AND (sources -> f.source ? f.field
           OR f.position = (SELECT min(other.position) FROM crm_source_fields() AS other
                            WHERE other.source = f.source));
END;
COMMENT ON FUNCTION crm_subjects_of(jsonb) IS
'The subjects that given sources and fields belong to.';
