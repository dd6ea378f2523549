-- More subjects, other sources, upgrades and the end of a workspace. What others have built on its
-- views stays; where it cannot, the call refuses and names it.

CREATE FUNCTION crm_add_subject(workspace text, subject text) RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET array_nulls = on
SET transform_null_equals = off
SET client_min_messages = warning
SET citus.enable_ddl_propagation = off AS $$
DECLARE
    definition jsonb;
    before jsonb;
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1, true)',
                   (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext'))
    INTO before USING workspace;
    PERFORM crm_check_isolation(before ->> 'maintain');
    PERFORM crm_check_subjects(ARRAY[subject]);
    definition := before || jsonb_build_object('subjects', crm_all_subjects(
        ARRAY(SELECT jsonb_array_elements_text(before -> 'subjects')), ARRAY[subject]));
    PERFORM crm_check_new_names(before, definition);
    PERFORM crm_build_workspace(definition);
    PERFORM crm_apply_sources(definition);
    PERFORM crm_fill_ledger(ledger) FROM crm_active_ledgers(definition)
    WHERE ledger NOT IN (SELECT l.ledger FROM crm_active_ledgers(before) AS l);
    PERFORM crm_warn_of_readers(workspace);
END $$;
COMMENT ON FUNCTION crm_add_subject(text, text) IS
'Adds a subject to a workspace, with the subjects that it needs.
Its tables and views come to those that are there, which stay as they are; customer_360, data_quality
and reconciliation gain what it has to say. Its sources are tables to fill until crm_change_sources maps them.
Adding a subject again changes nothing. Sources with triggers are locked against all use until the transaction ends.
A WARNING names readers who need crm_grant_reader again: what is new may stand on sources that were never meant for
them, so nothing is granted by itself.
Errors: 22023 for a subject that does not exist, 42P07 where a table or view of yours in the workspace has a name that
the subject needs.';

CREATE FUNCTION crm_own_views() RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL SAFE ROWS 60 AS $$
    SELECT c.relname FROM pg_class AS c
    WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind = 'v'
      AND c.relname IN (SELECT relation_name FROM crm_relation_subjects()
                        UNION ALL
                        SELECT crm_distributed_view(source) FROM crm_source_fields());
$$;
COMMENT ON FUNCTION crm_own_views() IS
'The views of the workspace in search_path that the extension made.';

CREATE FUNCTION crm_is_own_policy(policy text, relation regclass) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT policy IN ('crm_select', 'crm_insert', 'crm_update', 'crm_delete')
           AND relnamespace = quote_ident(current_schema())::regnamespace
           AND relname IN (SELECT ledger FROM crm_ledgers()
                           UNION ALL VALUES ('change_queue'), ('erased_customer'), ('customer_snapshot'),
                                            ('customer_move'))
    FROM pg_class WHERE oid = relation;
$$;
COMMENT ON FUNCTION crm_is_own_policy(text, regclass) IS
'Is a policy one of those that crm_create_policies makes?
Others may have names that begin like theirs. Of the workspace in search_path; NULL for no relation.';

CREATE FUNCTION crm_dependents(relations text[], is_dropped boolean) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    -- A rule, and with it a view, depends on what it reads; a trigger, a default and the like on their relation.
    SELECT string_agg(DISTINCT CASE WHEN w.rulename = '_RETURN'
                                    THEN pg_describe_object('pg_class'::regclass, w.ev_class, 0)
                                    ELSE pg_describe_object(d.classid, d.objid, d.objsubid) END, ', ')
    FROM pg_class AS c
    -- Functions and columns depend on the type of the rows, or of arrays of them.
    CROSS JOIN LATERAL (SELECT 'pg_class'::regclass AS kind, c.oid
                        UNION ALL
                        SELECT 'pg_type'::regclass, unnest(ARRAY[y.oid, y.typarray]) FROM pg_type AS y
                        WHERE y.oid = c.reltype) AS root
    JOIN pg_depend AS d ON d.refclassid = root.kind AND d.refobjid = root.oid
    LEFT JOIN pg_rewrite AS w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
    LEFT JOIN pg_trigger AS t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
    LEFT JOIN pg_proc AS p ON p.oid = t.tgfoid
    LEFT JOIN pg_constraint AS f ON d.classid = 'pg_constraint'::regclass AND f.oid = d.objid
    LEFT JOIN pg_policy AS o ON d.classid = 'pg_policy'::regclass AND o.oid = d.objid
    LEFT JOIN pg_attrdef AS a ON d.classid = 'pg_attrdef'::regclass AND a.oid = d.objid
    LEFT JOIN pg_proc AS s ON d.classid = 'pg_proc'::regclass AND s.oid = d.objid
    WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relname = ANY (relations)
      AND (w.rulename <> '_RETURN'
           OR w.ev_class NOT IN (SELECT quote_ident(v)::regclass FROM crm_own_views() AS v)
           OR NOT t.tgisinternal AND p.pronamespace <> c.relnamespace
              AND NOT EXISTS (SELECT FROM pg_depend AS m
                              WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid AND m.deptype = 'e'
                                AND m.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'crm_ext'))
           OR NOT t.tgisinternal AND p.pronamespace = c.relnamespace
              AND p.proname NOT IN (SELECT 'follow_' || source FROM crm_ledgers())
           OR f.contype = 'f'
           OR NOT crm_is_own_policy(o.polname::text, o.polrelid::regclass)
           OR c.relkind = 'v' AND a.oid IS NOT NULL
           OR root.kind = 'pg_type'::regclass AND d.deptype = 'n'
           OR s.pronamespace <> c.relnamespace OR s.proname NOT IN (SELECT crm_sights())
           OR is_dropped AND (d.classid = 'pg_publication_rel'::regclass
                              OR d.classid = 'pg_class'::regclass AND d.deptype = 'n'));
$$;
COMMENT ON FUNCTION crm_dependents(text[], boolean) IS
'What depends on relations of a workspace and is not the extension''s.
Views, rules, triggers, foreign keys, policies, functions with a body of SQL, functions and columns of the type of their
rows; where the relations are to be dropped also tables that inherit from them, and publications that have them. NULL
where there is nothing.';

CREATE FUNCTION crm_family(relation regclass) RETURNS SETOF regclass
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 1 AS $$
    WITH RECURSIVE family AS (
        SELECT relation::oid AS oid
        UNION
        SELECT i.inhrelid FROM family JOIN pg_inherits AS i ON i.inhparent = family.oid
    )
    SELECT oid::regclass FROM family;
$$;
COMMENT ON FUNCTION crm_family(regclass) IS
'A table, and all that inherit from it.';

CREATE FUNCTION crm_column_dependents(relation text, column_name text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT string_agg(DISTINCT CASE WHEN w.rulename = '_RETURN'
                                    THEN pg_describe_object('pg_class'::regclass, w.ev_class, 0)
                                    ELSE pg_describe_object(d.classid, d.objid, d.objsubid) END, ', ')
    FROM crm_family(quote_ident(relation)::regclass) AS member
    JOIN pg_attribute AS a ON a.attrelid = member AND a.attname = column_name
    JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
    LEFT JOIN pg_rewrite AS w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
    LEFT JOIN pg_constraint AS k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
    WHERE d.classid <> 'pg_attrdef'::regclass
      -- From 18 on NOT NULL is a constraint.
      AND k.contype IS DISTINCT FROM 'n';
$$;
COMMENT ON FUNCTION crm_column_dependents(text, text) IS
'What depends on a column of a table, but for its default and NOT NULL.
What goes with the column, too, such as an index, a constraint, statistics; and what so depends on it in tables that
inherit it. NULL where there is nothing.';

CREATE FUNCTION crm_grants(relation text) RETURNS TABLE (column_name name, statement text)
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 5 AS $$
    SELECT a.of_column,
           format('GRANT %s%s ON {} TO %s%s', a.privilege_type, ' (' || quote_ident(a.of_column) || ')',
                  CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
                  CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END)
    FROM pg_class AS c,
         LATERAL (SELECT x.*, NULL AS of_column FROM aclexplode(c.relacl) AS x
                  UNION ALL
                  SELECT x.*, attname FROM pg_attribute, aclexplode(attacl) AS x
                  WHERE attrelid = c.oid AND NOT attisdropped) AS a
    WHERE c.oid = quote_ident(relation)::regclass AND a.grantee <> c.relowner;
$$;
COMMENT ON FUNCTION crm_grants(text) IS
'Statements that give others the rights on a relation that they have.
With {} where the relation''s name stands; column_name is NULL for rights on all of it.';

CREATE FUNCTION crm_set_aside(relation text, day text DEFAULT NULL) RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
    filled bigint;
    restoring text[];
BEGIN
    EXECUTE format('SELECT FROM %I LIMIT 1', relation);
    GET DIAGNOSTICS filled = ROW_COUNT;
    IF filled > 0 THEN
        RAISE EXCEPTION 'table % must be empty to give way to a source or to another time zone', relation
            USING ERRCODE = 'object_in_use',
                  HINT = 'Move its rows into the source, or aside until the time zone is another.';
    END IF;
    restoring := ARRAY(SELECT replace(statement, '{}', quote_ident(relation)) FROM crm_grants(relation)
                       -- Columns that the owner added go with the table.
                       WHERE day IS NULL AND (column_name IS NULL OR column_name IN (
                                 SELECT unnest(ARRAY[field, regexp_replace(field, '_at$', '_on')])
                                 FROM crm_source_fields() WHERE source = relation))
                          OR column_name = day
                       UNION ALL
                       SELECT format('COMMENT ON COLUMN %I.%I IS %L', relation, day, col_description(attrelid, attnum))
                       FROM pg_attribute WHERE attrelid = quote_ident(relation)::regclass AND attname = day
                       UNION ALL
                       SELECT format('ALTER TABLE %I ALTER COLUMN %I SET %s', relation, day, kept.what)
                       FROM pg_attribute
                       CROSS JOIN LATERAL (
                           SELECT 'NOT NULL' WHERE attnotnull
                           UNION ALL
                           SELECT 'STATISTICS ' || attstattarget WHERE attstattarget >= 0
                           UNION ALL
                           -- Those that people set: a server may keep others there.
                           SELECT format('(%s = %s)', option_name, option_value) FROM pg_options_to_table(attoptions)
                           WHERE option_name IN ('n_distinct', 'n_distinct_inherited')) AS kept (what)
                       WHERE attrelid = quote_ident(relation)::regclass AND attname = day);
    EXECUTE format('ALTER TABLE %I RENAME %s TO %I', relation, 'COLUMN ' || quote_ident(day),
                   coalesce(day, relation) || ' replaced');
    RETURN restoring;
END $$;
COMMENT ON FUNCTION crm_set_aside(text, text) IS
'Renames an empty table of a workspace, which something replaces.
That is the view of a source; or with day that column, which one for days of another time zone replaces. Returns the
statements that give the replacement its rights, and a column its comment, NOT NULL and statistics, too. Error 55006
where the table has rows.';

CREATE FUNCTION crm_drop_replaced(relation text, day text, cascade boolean) RETURNS void
LANGUAGE plpgsql
SET client_min_messages = warning AS $$
DECLARE
    replaced text := coalesce(day, relation) || ' replaced';
    dependent text := CASE WHEN day IS NULL THEN crm_dependents(ARRAY[replaced], true)
                           ELSE crm_column_dependents(relation, replaced) END;
    owner regclass;
BEGIN
    IF dependent IS NOT NULL AND NOT cascade THEN
        RAISE EXCEPTION 'cannot replace % because % depends on it',
                        concat('column ' || day || ' of ', 'table ', relation), dependent
            USING ERRCODE = 'dependent_objects_still_exist',
                  HINT = 'Drop it and create it again afterwards, or specify cascade => true to drop it.';
    END IF;
    IF day IS NULL THEN
        EXECUTE format('DROP TABLE %I CASCADE', replaced);
        RETURN;
    END IF;
    LOOP
        -- Tables that inherit the column and have it themselves keep it, and are the next to own it.
        SELECT attrelid::regclass INTO owner
        FROM crm_family(quote_ident(relation)::regclass) AS member JOIN pg_attribute ON attrelid = member
        WHERE attname = replaced AND attinhcount = 0;
        EXIT WHEN NOT FOUND;
        EXECUTE format('ALTER TABLE %s DROP COLUMN %I CASCADE', owner, replaced);
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_drop_replaced(text, text, boolean) IS
'Drops a table that was set aside, or with day that column of it.
Error 2BP01 names what depends on it, unless cascade.';

CREATE FUNCTION crm_key_columns(OUT relation text, OUT key_column text)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10 AS $$
    SELECT c.relname, k.key_column
    FROM (SELECT (regexp_match(statement, E'^CREATE TABLE IF NOT EXISTS (\\w+)'))[1],
                 (regexp_matches(statement, E'(\\w+) :customer_id', 'g'))[1]
          FROM crm_workspace_script()
          UNION
          SELECT source, field FROM crm_source_fields() WHERE type = 'key') AS k (relation, key_column)
    JOIN pg_class AS c ON c.relname = k.relation
    -- A source has only the fields of the subjects that are there.
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = k.key_column AND NOT a.attisdropped
    WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind = 'r';
$$;
COMMENT ON FUNCTION crm_key_columns() IS
'The columns of tables of a workspace that hold keys of customers.';

CREATE FUNCTION crm_kept_options() RETURNS TABLE (view_name text, view_options text[])
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10 AS $$
    SELECT relname, ARRAY(SELECT o FROM unnest(reloptions) AS o WHERE o !~ '^security_invoker=')
    FROM pg_class
    WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind = 'v' AND reloptions IS NOT NULL;
$$;
COMMENT ON FUNCTION crm_kept_options() IS
'The options of views that somebody chose.
Of the workspace in search_path: all but security_invoker, which its views have from PostgreSQL 15 on.';

CREATE FUNCTION crm_change_key(before jsonb, definition jsonb, cascade boolean) RETURNS text[]
LANGUAGE plpgsql STRICT
SET client_min_messages = warning AS $$
DECLARE
    -- The view target, in which conditions stand, has no key.
    views text[] := ARRAY(SELECT v FROM crm_own_views() AS v WHERE v <> 'target');
    dependent text := crm_dependents(views || ARRAY(SELECT relation FROM crm_key_columns()), false);
    restoring text[];
    k record;
    policy record;
BEGIN
    IF dependent IS NOT NULL AND NOT cascade THEN
        RAISE EXCEPTION 'cannot change the type of customers'' keys from % to % because % depends on it',
                        before ->> 'key_type', definition ->> 'key_type', dependent
            USING ERRCODE = 'dependent_objects_still_exist',
                  HINT = format('Cast the key in the source, as in "customer_id": "(id)::%s", '
                                'or specify cascade => true to drop dependent objects.',
                                before ->> 'key_type');
    END IF;
    restoring := ARRAY(SELECT replace(g.statement, '{}', quote_ident(v)) FROM unnest(views) AS v, crm_grants(v) AS g
                       UNION ALL
                       SELECT format('ALTER VIEW %I SET (%s)', view_name, array_to_string(view_options, ', '))
                       FROM crm_kept_options() WHERE view_name = ANY (views) AND view_options <> '{}');
    EXECUTE format('DROP VIEW %s CASCADE', (SELECT string_agg(quote_ident(v), ', ') FROM unnest(views) AS v));
    FOR policy IN SELECT polname, polrelid::regclass AS relation
                  FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid
                  WHERE relnamespace = quote_ident(current_schema())::regnamespace
                    AND (cascade OR crm_is_own_policy(polname::text, polrelid::regclass)) LOOP
        EXECUTE format('DROP POLICY %I ON %s', policy.polname, policy.relation);
    END LOOP;
    PERFORM crm_drop_sights(cascade);
    FOR k IN SELECT * FROM crm_key_columns() LOOP
        EXECUTE format('ALTER TABLE %1$I ALTER COLUMN %2$I TYPE %3$s USING %2$I::text::%4$s', k.relation, k.key_column,
                       definition ->> 'key_type', regexp_replace(definition ->> 'key_type', ' COLLATE .*', ''));
    END LOOP;
    RETURN restoring;
END $$;
COMMENT ON FUNCTION crm_change_key(jsonb, jsonb, boolean) IS
'Gives the keys of a workspace another type.
Views are dropped, to be made again: returns the statements that give back rights on them, and their options.
Error 2BP01 names what depends on them and is not the extension''s, unless cascade, which drops it.';

CREATE FUNCTION crm_own_replaced(before jsonb, definition jsonb, sources jsonb, OUT relation text, OUT day text)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5 AS $$
    SELECT c.relname, a.attname
    FROM pg_class AS c
    -- What is no longer generated somebody fills by hand.
    LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attgenerated <> '' AND NOT sources ? c.relname
        AND (c.relname, a.attname) IN (SELECT source, regexp_replace(field, '_at$', '_on') FROM crm_source_fields()
                                       WHERE type = 'day' AND definition -> 'subjects' ? subject)
        AND definition ->> 'time_zone' <> before ->> 'time_zone'
    WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind = 'r'
      AND (sources ? c.relname OR a.attname IS NOT NULL);
$$;
COMMENT ON FUNCTION crm_own_replaced(jsonb, jsonb, jsonb) IS
'What has to give way of the tables that a workspace has to itself.
A table for which a source is given, without a day; where the time zone changes, each column of days of another.';

CREATE FUNCTION crm_change_sources(workspace text, sources jsonb DEFAULT '{}', time_zone text DEFAULT NULL,
    maintain text DEFAULT NULL, cascade boolean DEFAULT false,
    search_path text DEFAULT current_setting('search_path')) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET array_nulls = on
SET transform_null_equals = off
SET client_min_messages = warning
SET citus.enable_ddl_propagation = off AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    before jsonb;
    definition jsonb;
    replaced jsonb;
    own record;
    statement text;
    restoring text[] := '{}';
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1, true)', extension_schema) INTO before USING workspace;
    definition := before || jsonb_build_object('time_zone', coalesce(time_zone, before ->> 'time_zone'),
                                               'maintain', coalesce(maintain, before ->> 'maintain'));
    -- What a workspace has had since an earlier release stays as it is.
    PERFORM crm_check_settings(CASE WHEN time_zone IS DISTINCT FROM before ->> 'time_zone'
                                    THEN coalesce(time_zone, 'UTC') ELSE 'UTC' END,
                               definition ->> 'maintain', 1, search_path);
    -- Nothing in the workspace has a say in what an expression means.
    PERFORM set_config('search_path', format('pg_catalog, %s, pg_temp', extension_schema), true);
    definition := crm_define(definition, coalesce(sources, '{}'), search_path);
    PERFORM crm_enter_workspace(workspace);
    PERFORM crm_check_new_names(before, definition);
    IF sources #>> '{purchase,amount}' IS NOT NULL
       AND crm_amount_scale(definition -> 'sources') <> (definition ->> 'amount_scale')::integer THEN
        RAISE WARNING 'amounts in workspace "%" continue to be shown with % decimals',
                      workspace, definition ->> 'amount_scale'
            USING HINT = 'Columns of views keep their type. '
                         'A new workspace would show as many decimals as the source has.';
    END IF;
    replaced := (SELECT jsonb_agg(to_jsonb(r)) FROM crm_own_replaced(before, definition, coalesce(sources, '{}')) AS r);
    FOR own IN SELECT * FROM jsonb_to_recordset(replaced) AS r (relation text, day text) LOOP
        restoring := restoring || crm_set_aside(own.relation, own.day);
    END LOOP;
    IF definition ->> 'key_type' <> before ->> 'key_type' THEN
        restoring := restoring || crm_change_key(before, definition, cascade);
    END IF;
    PERFORM crm_build_workspace(definition);
    FOREACH statement IN ARRAY restoring LOOP
        EXECUTE statement;
    END LOOP;
    PERFORM crm_apply_sources(definition);
    PERFORM crm_drop_replaced(relation, day, cascade)
    FROM jsonb_to_recordset(replaced) AS r (relation text, day text);
    PERFORM crm_refresh(workspace, true);
    PERFORM crm_warn_of_readers(workspace);
END $$;
COMMENT ON FUNCTION crm_change_sources(text, jsonb, text, text, boolean, text) IS
'Changes the sources, time zone or maintenance of a workspace.
sources: the ones that change, as for crm_create_workspace; others stay. NULL leaves a thing as it is.
search_path: where the names of tables are looked up; not NULL (error 22023).
Ledgers are made to follow; settings, fits, snapshots and moves stay. Views are replaced where they are,
so that yours on top of them stay. Keys keep their type where it can hold the new ones, as text holds integers;
else they take that of the sources, and views are made anew.
A table of the workspace that gives way to a source must be empty (error 55006), and so must, where the time zone
changes, its own tables with days, such as purchases, interactions and ratings, which get other columns of days
(error 0A000 where a column elsewhere has the type of their rows).
Error 2BP01 names what depends on such a table, on such a column or, where keys change their type, on a view; cascade
drops it.
Error 42P07 names a table or view of yours in the workspace that has a name which a new subject needs.
Locks the sources against all use until the transaction ends.';

CREATE FUNCTION crm_is_replaced(definition jsonb) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT definition ->> 'maintain' <> 'refresh' AND EXISTS (
        SELECT
        FROM crm_active_ledgers(definition) AS l
        WHERE (SELECT count(*) FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid
               WHERE t.tgrelid = to_regclass(coalesce(definition -> 'sources' -> l.source ->> 'from',
                                              format('%I.%I', definition ->> 'workspace', l.source)))
                 AND p.pronamespace = quote_ident(definition ->> 'workspace')::regnamespace
                 AND p.proname = 'follow_' || l.source AND t.tgenabled IN ('O', 'A')) < 4);
$$;
COMMENT ON FUNCTION crm_is_replaced(jsonb) IS
'Does a source that should have triggers lack some of them?
As a table does that took the name of one that was followed, and then renamed or dropped.';

CREATE FUNCTION crm_upgrade_workspace(workspace text) RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET array_nulls = on
SET transform_null_equals = off
SET client_min_messages = warning
SET citus.enable_ddl_propagation = off AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    definition jsonb;
    is_behind boolean;
    is_of_first_release boolean;
BEGIN
    EXECUTE format('SELECT %s.crm_is_of_first_release($1)', extension_schema) INTO is_of_first_release USING workspace;
    IF is_of_first_release THEN
        EXECUTE format('SELECT %s.crm_convert_workspace($1)', extension_schema) USING workspace;
    END IF;
    EXECUTE format('SELECT %s.crm_enter_workspace($1, true)', extension_schema) INTO definition USING workspace;
    -- What a table's owner has done since is looked at again.
    PERFORM set_config('search_path', format('pg_catalog, %s, pg_temp', extension_schema), true);
    definition := crm_define(definition, definition -> 'sources', '');
    PERFORM crm_enter_workspace(workspace);
    -- It may be that a trigger was missing.
    is_behind := is_of_first_release OR EXISTS (SELECT FROM crm_unfollowed(workspace))
                 OR crm_is_replaced(definition)
                 OR EXISTS (SELECT FROM crm_unread(workspace, definition -> 'sources'))
                 OR EXISTS (SELECT FROM change_queue
                            WHERE customer_id IS NULL AND definition ->> 'maintain' = 'triggers');
    IF is_of_first_release THEN
        PERFORM crm_forget_first_release();
    END IF;
    PERFORM crm_build_workspace(definition);
    INSERT INTO setting DEFAULT VALUES ON CONFLICT DO NOTHING;
    IF FOUND THEN
        RAISE WARNING 'the settings of workspace "%" were gone: they are the defaults now', workspace
            USING HINT = format('UPDATE %I.setting: with a min_cell of 1 views show groups of any size.', workspace);
    END IF;
    PERFORM crm_apply_sources(definition);
    IF is_behind THEN
        PERFORM crm_refresh(workspace, true);
    END IF;
    PERFORM crm_warn_of_readers(workspace);
END $$;
COMMENT ON FUNCTION crm_upgrade_workspace(text) IS
'Brings a workspace to the version of the extension.
Run it after ALTER EXTENSION crm_ext UPDATE, after ALTER SCHEMA ... RENAME, and for new partitions of a source.
Views are replaced where they are; data, rights, and all that others have built on the views stay.
A workspace of 0.1.0 has its ledgers read again. Where the row of setting is gone it is made again, with the defaults,
and a WARNING says so. Triggers and policies are made again, and ledgers refreshed where a
table was not followed, as one that has taken the name of another. Sources with triggers are locked against all use
until the transaction ends.
Errors: 42602 where the schema has got a name of more than 40 bytes, and as of crm_change_sources.';

CREATE FUNCTION crm_drop_workspace(workspace text, cascade boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET client_min_messages = warning AS $$
DECLARE
    outside text;
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)',
                   (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext'))
    USING workspace;
    -- As performDeletion() in PostgreSQL's dependency.c would find it: what is in the schema, what goes with that,
    -- such as row types, rules and triggers, and then what depends on any of it.
    WITH RECURSIVE inside AS (
        SELECT classid, objid FROM pg_depend
        WHERE refclassid = 'pg_namespace'::regclass AND refobjid = quote_ident(workspace)::regnamespace
        UNION
        SELECT d.classid, d.objid
        FROM inside AS i JOIN pg_depend AS d ON d.refclassid = i.classid AND d.refobjid = i.objid
        WHERE d.deptype IN ('a', 'i')
    )
    SELECT string_agg(DISTINCT coalesce(w.ev_class::regclass::text,
                                        pg_describe_object(d.classid, d.objid, d.objsubid)), ', ') INTO outside
    FROM inside AS i
    JOIN pg_depend AS d ON d.refclassid = i.classid AND d.refobjid = i.objid AND d.deptype = 'n'
    LEFT JOIN pg_rewrite AS w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
    LEFT JOIN pg_trigger AS t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
    LEFT JOIN pg_proc AS p ON p.oid = t.tgfoid AND p.proname IN (SELECT 'follow_' || l.source FROM crm_ledgers() AS l)
                          AND p.pronamespace = quote_ident(workspace)::regnamespace
    WHERE (d.classid, d.objid) NOT IN (SELECT classid, objid FROM inside) AND p.oid IS NULL;
    IF outside IS NOT NULL AND NOT cascade THEN
        RAISE EXCEPTION 'cannot drop workspace "%" because other objects depend on it: %', workspace, outside
            USING ERRCODE = 'dependent_objects_still_exist', HINT = 'Drop them first, or specify cascade => true.';
    END IF;
    EXECUTE format('DROP SCHEMA %I CASCADE', workspace);
END $$;
COMMENT ON FUNCTION crm_drop_workspace(text, boolean) IS
'Drops a workspace, and its triggers on your tables; never the tables.
Everything in the schema goes, fits and snapshots too; triggers go with their functions, also by DROP SCHEMA.
cascade: also what depends on it elsewhere, such as views, foreign keys, policies, functions, triggers of yours, and
columns of its types; otherwise these are an error (2BP01).';
