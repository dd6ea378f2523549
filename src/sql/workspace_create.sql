-- Making a workspace. Everything in one is an
-- ordinary object of its owner's; nothing here needs more rights than theirs.

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
          JOIN pg_class AS c ON c.relname = name || '_' || s.subject AND crm_definition() -> 'subjects' ? s.subject
          JOIN pg_attribute AS a ON a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped
          WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind = 'v'
          GROUP BY c.relname, s.n) AS part;
    EXECUTE format('CREATE OR REPLACE VIEW %I AS %s', name, parts);
END $$;
COMMENT ON FUNCTION crm_collect(text) IS
'Makes a view of the rows that each subject has in a view NAME_SUBJECT.
Of the subjects that the workspace has.';

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
                                  AND crm_definition() -> 'subjects' ? s.subject
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
    hint text;
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
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    detail := concat_ws(E'\n', nullif(detail, ''), format('In the statement at %s.', place));
    IF hint = '' THEN
        RAISE EXCEPTION USING ERRCODE = SQLSTATE, MESSAGE = SQLERRM, DETAIL = detail;
    END IF;
    RAISE EXCEPTION USING ERRCODE = SQLSTATE, MESSAGE = SQLERRM, DETAIL = detail, HINT = hint;
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
            SELECT oid, relname::text, CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END AS kind
            FROM pg_class
            WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind IN ('r', 'p', 'v')
              AND pg_has_role(relowner, 'USAGE')
              -- What else is there is the owner's. A source can be of several subjects.
              AND relname IN (SELECT relation_name FROM crm_relation_subjects() WHERE definition -> 'subjects' ? subject
                              UNION ALL
                              SELECT unnest(ARRAY[source, crm_distributed_view(source)]) FROM crm_source_fields()
                              WHERE definition -> 'subjects' ? subject)
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
'Comments what has no comment yet, from the dictionary of the subjects.
Only what the extension made.';

CREATE FUNCTION crm_write_definition(workspace text, definition jsonb) RETURNS void
LANGUAGE plpgsql STRICT AS $$
BEGIN
    -- Only the schema's owner can replace it, whatever rights on tables others were granted.
    EXECUTE format('CREATE OR REPLACE VIEW %I.definition AS
                    SELECT %L::text AS workspace, %L::text AS sources, %L::text AS time_zone, %L::text AS maintain,
                           %L::text AS subjects, %L::text AS key_type, %s AS amount_scale',
                   workspace, definition ->> 'workspace', definition ->> 'sources', definition ->> 'time_zone',
                   definition ->> 'maintain', ARRAY(SELECT jsonb_array_elements_text(definition -> 'subjects')),
                   definition ->> 'key_type', definition ->> 'amount_scale');
END $$;
COMMENT ON FUNCTION crm_write_definition(text, jsonb) IS
'Keeps what a workspace is made of, as its view definition.';

CREATE FUNCTION crm_build_workspace(definition jsonb) RETURNS void
LANGUAGE plpgsql STRICT
SET "TimeZone" = 'UTC'
SET "DateStyle" = 'ISO, YMD'
SET "IntervalStyle" = 'postgres'
SET client_min_messages = warning AS $$
DECLARE
    options jsonb := (SELECT jsonb_object_agg(view_name, view_options) FROM crm_kept_options());
    view record;
BEGIN
    -- A literal in a source means the same whichever session makes the view again.
    PERFORM set_config('TimeZone', definition ->> 'time_zone', true);
    PERFORM crm_write_definition(current_schema()::text, definition);
    PERFORM crm_create_sources(definition);
    PERFORM crm_run_statements(definition);
    PERFORM crm_collect_customer_360();
    -- The subject that collects these comes first. That which collects what else subjects have comes last.
    PERFORM crm_collect('customer_elsewhere');
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

CREATE FUNCTION crm_check_settings(time_zone text, maintain text, min_cell integer, search_path text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF search_path IS NULL THEN
        RAISE EXCEPTION 'search_path cannot be NULL'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Leave it out: the session''s is the default.';
    ELSIF maintain IS NULL OR maintain NOT IN ('triggers', 'queue', 'refresh') THEN
        RAISE EXCEPTION 'maintain cannot be "%"', maintain
            USING ERRCODE = 'invalid_parameter_value', HINT = 'It can be triggers, queue or refresh.';
    ELSIF min_cell IS NULL OR min_cell < 1 THEN
        RAISE EXCEPTION 'min_cell cannot be %', min_cell
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Give a number of customers, 1 or more; 1 hides no group.';
    ELSIF time_zone IS NULL THEN
        RAISE EXCEPTION 'time_zone cannot be NULL'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'For example, time_zone => ''UTC''.';
    -- A rule of POSIX, in which hours are counted westward: UTC+8 would be America's; or an abbreviation, which no
    -- setting can be. All names are looked up where it may be either, for that takes a tenth of a second; UTC, the
    -- default, is an abbreviation and a name.
    ELSIF time_zone <> 'UTC'
          AND (time_zone ~ '[1-9]' OR EXISTS (SELECT FROM pg_timezone_abbrevs AS short
                                               WHERE lower(short.abbrev) = lower(time_zone)))
          AND NOT EXISTS (SELECT FROM pg_timezone_names AS known WHERE lower(known.name) = lower(time_zone)) THEN
        RAISE EXCEPTION 'time_zone cannot be "%"', time_zone
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = CASE WHEN time_zone ~ '[1-9]' THEN 'PostgreSQL takes it for hours west of Greenwich. '
                              ELSE 'It is an abbreviation. ' END
                         || 'Use a name of pg_timezone_names, such as Asia/Shanghai or Etc/UTC.';
    END IF;
    PERFORM now() AT TIME ZONE time_zone;
END $$;
COMMENT ON FUNCTION crm_check_settings(text, text, integer, text) IS
'Checks the settings of a workspace.
Error 22023.';

CREATE FUNCTION crm_check_snapshot(refused text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION '% in a % transaction', refused, current_setting('transaction_isolation')
            USING ERRCODE = 'active_sql_transaction',
                  HINT = 'Its snapshot may miss what others did meanwhile: use READ COMMITTED.';
    END IF;
END $$;
COMMENT ON FUNCTION crm_check_snapshot(text) IS
'Checks that what is written does not rest on an old snapshot.
It could bring back who was erased since. refused: what cannot be done. Error 25001 but in READ COMMITTED.';

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
    PERFORM crm_check_settings(time_zone, maintain, min_cell, search_path);
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
