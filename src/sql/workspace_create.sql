-- Making, changing, upgrading and dropping a workspace. Everything in one is an
-- ordinary object of its owner's; nothing here needs more rights than his.

CREATE FUNCTION crm_enter_workspace(workspace text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF pg_catalog.to_regclass(pg_catalog.format('%I.setting', workspace)) IS NULL THEN
        RAISE EXCEPTION 'there is no workspace "%"', workspace
            USING ERRCODE = 'invalid_schema_name', HINT = 'crm_create_workspace makes one.';
    ELSIF EXISTS (SELECT FROM pg_catalog.pg_roles JOIN pg_catalog.pg_namespace ON nspname = workspace
                  WHERE rolname = current_user AND rolsuper AND nspowner <> pg_roles.oid) THEN
        RAISE EXCEPTION 'workspace "%" belongs to somebody else', workspace
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'A superuser must not run what its owner may have put there: SET ROLE to the owner first.';
    END IF;
    PERFORM pg_catalog.set_config('search_path',
                                  pg_catalog.format('%I, %s, pg_temp', workspace, extnamespace::pg_catalog.regnamespace),
                                  true)
    FROM pg_catalog.pg_extension WHERE extname = 'crm_ext';
END $$;
COMMENT ON FUNCTION crm_enter_workspace(text) IS
'Puts a workspace and the extension''s schema first in search_path.
Until the end of the function that called, where that has a search_path of its own. Errors: 3F000 where there is no such workspace, 22004 for NULL, 42501 for a superuser who is not its owner.';

COMMENT ON FUNCTION crm_workspace_script() IS
'The scripts of which crm_create_workspace makes a workspace, in order.
Run with the workspace first in search_path; :customer_id stands for the type of customers'' keys, :''time_zone'' for the time zone.';

-- Views

CREATE FUNCTION crm_dependent_views(relations regclass[], OUT relation regclass, OUT depth integer)
RETURNS SETOF record
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 30
BEGIN ATOMIC
    WITH RECURSIVE dependent AS (
        SELECT r AS relation, 0 AS depth FROM unnest(relations) AS r
        UNION
        SELECT w.ev_class::regclass, dependent.depth + 1
        FROM dependent
        JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = dependent.relation
                               AND d.classid = 'pg_rewrite'::regclass
        JOIN pg_rewrite AS w ON w.oid = d.objid AND w.ev_class <> dependent.relation
    )
    SELECT dependent.relation, max(dependent.depth) FROM dependent GROUP BY 1;
END;
COMMENT ON FUNCTION crm_dependent_views(regclass[]) IS
'Relations and the views that depend on them, with their distance.
A view has a greater distance than all that it depends on.';

CREATE FUNCTION crm_view_statements(view regclass, is_whole boolean) RETURNS SETOF text
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 5
BEGIN ATOMIC
    SELECT pg_catalog.format('CREATE VIEW %s%s AS %s', name,
                  CASE WHEN reloptions IS NOT NULL THEN pg_catalog.format(' WITH (%s)', array_to_string(reloptions, ', ')) END,
                  pg_get_viewdef(view))
    FROM pg_class, LATERAL (SELECT pg_catalog.format('%s.%I', relnamespace::regnamespace, relname)) AS n (name)
    WHERE oid = view AND is_whole
    UNION ALL
    SELECT pg_catalog.format('COMMENT ON %s IS %L', CASE objsubid WHEN 0 THEN pg_catalog.format('VIEW %s.%I', relnamespace::regnamespace, relname)
                                         ELSE pg_catalog.format('COLUMN %s.%I.%I', relnamespace::regnamespace, relname, attname) END,
                  description)
    FROM pg_description JOIN pg_class AS c ON c.oid = objoid AND classoid = 'pg_class'::regclass
    LEFT JOIN pg_attribute ON attrelid = objoid AND attnum = objsubid
    WHERE objoid = view AND is_whole
    UNION ALL
    SELECT pg_catalog.format('GRANT %s ON %s.%I TO %s%s', privilege_type, relnamespace::regnamespace, relname,
                  CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END,
                  CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END)
    FROM pg_class, aclexplode(relacl) WHERE oid = view AND grantee <> relowner;
END;
COMMENT ON FUNCTION crm_view_statements(regclass, boolean) IS
'The statements that make a view again as it is now.
is_whole: with its definition and comments; otherwise only the rights that were granted on it.';

CREATE FUNCTION crm_run_scripts(kept jsonb, key_type text) RETURNS void
LANGUAGE plpgsql STRICT
SET client_min_messages = warning AS $$
DECLARE
    part record;
    given jsonb;
BEGIN
    FOR part IN SELECT * FROM crm_workspace_script() ORDER BY step LOOP
        given := kept -> 'sources' -> substring(part.name FROM '^source/(.*)');
        IF given IS NOT NULL THEN
            EXECUTE format('CREATE OR REPLACE VIEW %I AS %s', substring(part.name FROM '^source/(.*)'),
                           crm_source_view(substring(part.name FROM '^source/(.*)'), given, key_type,
                                           kept ->> 'time_zone'));
        ELSE
            EXECUTE replace(replace(part.script, ':customer_id', key_type),
                            ':''time_zone''', quote_literal(kept ->> 'time_zone'));
        END IF;
    END LOOP;
    -- A view then shows nobody what he could not read in the tables below it.
    IF current_setting('server_version_num')::integer >= 150000 THEN
        FOR part IN SELECT oid::regclass AS view FROM pg_class
                    WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind = 'v' LOOP
            EXECUTE format('ALTER VIEW %s SET (security_invoker = true)', part.view);
        END LOOP;
    END IF;
END $$;
COMMENT ON FUNCTION crm_run_scripts(jsonb, text) IS
'Runs all scripts of a workspace in the first schema of search_path.
kept: sources and time_zone. key_type: the type of customers'' keys. Can be repeated: tables stay, views are replaced.';

CREATE FUNCTION crm_rebuild_views(kept jsonb, key_type text, canonical text[]) RETURNS void
LANGUAGE plpgsql STRICT
SET client_min_messages = warning AS $$
DECLARE
    workspace regnamespace := quote_ident(current_schema())::regnamespace;
    made text[] := (SELECT array_agg(m[1] ORDER BY m[1])
                    FROM crm_workspace_script(), regexp_matches(script, 'CREATE OR REPLACE VIEW (\w+)', 'g') AS m);
    statements text[];
    obstacle regclass;
    relation regclass;
    statement text;
    filled bigint;
BEGIN
    CREATE TEMPORARY TABLE pg_temp.crm_view ON COMMIT DROP AS
    SELECT d.relation, d.depth, c.relkind, c.relnamespace = workspace AND c.relname = ANY (made) AS is_made
    FROM crm_dependent_views((SELECT array_agg(oid::regclass) FROM pg_class
                              WHERE relnamespace = workspace
                                AND (relkind = 'v' AND relname = ANY (made) OR relname = ANY (canonical)))) AS d
    JOIN pg_class AS c ON c.oid = d.relation
    WHERE c.relname <> ALL (canonical) OR c.relnamespace <> workspace;
    SELECT v.relation INTO obstacle FROM pg_temp.crm_view AS v WHERE relkind <> 'v' LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% depends on views that have to be made anew', obstacle
            USING ERRCODE = 'dependent_objects_still_exist', HINT = 'Drop it, and make it again afterwards.';
    END IF;
    statements := ARRAY(SELECT s FROM pg_temp.crm_view AS v, crm_view_statements(v.relation, NOT is_made) WITH ORDINALITY AS s (s, n)
                        ORDER BY v.depth, v.relation::oid, n);
    FOR relation IN SELECT v.relation FROM pg_temp.crm_view AS v ORDER BY v.depth DESC LOOP
        EXECUTE format('DROP VIEW %s', relation);
    END LOOP;
    DROP TABLE pg_temp.crm_view;
    -- These look at sources; crm_apply_sources makes them again.
    FOR relation IN SELECT polrelid FROM pg_policy JOIN pg_class AS c ON c.oid = polrelid
                    WHERE polname = 'crm_select' AND relnamespace = workspace LOOP
        EXECUTE format('DROP POLICY crm_select ON %s', relation);
    END LOOP;
    FOREACH statement IN ARRAY canonical LOOP
        EXECUTE format('SELECT FROM %I LIMIT 1', statement);
        GET DIAGNOSTICS filled = ROW_COUNT;
        IF filled > 0 THEN
            RAISE EXCEPTION 'table % has rows, which a source in its place would hide', statement
                USING ERRCODE = 'object_in_use', HINT = 'Move them into the source, and empty the table.';
        END IF;
        EXECUTE format('DROP TABLE %I', statement);
    END LOOP;
    PERFORM crm_run_scripts(kept, key_type);
    FOREACH statement IN ARRAY statements LOOP
        EXECUTE statement;
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_rebuild_views(jsonb, text, text[]) IS
'Drops the views of a workspace and makes them again.
The owner''s own views on top of them, and rights granted on any, are made again too; a materialized view on top is an error (2BP01). canonical: tables that give way to a source''s view.';

CREATE FUNCTION crm_customer_key_type() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT format_type(atttypid, atttypmod) FROM pg_attribute
    WHERE attrelid = 'customer_activity'::regclass AND attname = 'customer_id';
$$;
COMMENT ON FUNCTION crm_customer_key_type() IS
'The type of customers'' keys in the workspace in search_path.';

-- Triggers and row-level security, which follow from the sources

CREATE FUNCTION crm_follow_source(workspace text, source text, mapping jsonb, kept jsonb) RETURNS void
LANGUAGE plpgsql STRICT AS $$
DECLARE
    relation regclass := mapping ->> 'from';
    field text := CASE source WHEN 'purchase' THEN 'purchased_at' ELSE 'interacted_at' END;
    day text := (crm_day_columns(source, field, crm_expression_type(source, field, relation, mapping ->> field),
                                 mapping ->> field || E'\n', kept ->> 'time_zone')).on_column;
    condition text := coalesce(mapping ->> 'where', 'true');
BEGIN
    IF kept ->> 'maintain' = 'queue' THEN
        PERFORM crm_create_source_triggers(workspace, source, relation, 'crm_queue_trigger',
            ARRAY[format('%I.change_queue', workspace), condition, mapping ->> 'customer_id']);
    ELSIF source = 'purchase' THEN
        PERFORM crm_create_source_triggers(workspace, source, relation, 'crm_activity_trigger',
            ARRAY[format('%I.customer_activity', workspace), 'purchases', day, coalesce(mapping ->> 'amount', 'NULL'),
                  coalesce(mapping ->> 'events', '1'), condition, 'customer_id', mapping ->> 'customer_id']);
    ELSE
        PERFORM crm_create_source_triggers(workspace, source, relation, 'crm_activity_trigger',
            ARRAY[format('%I.channel_activity', workspace), 'interactions', day,
                  format(E'((%s\n)::boolean IS TRUE)::integer', coalesce(mapping ->> 'is_responded', 'false')),
                  '1', condition, 'customer_id', mapping ->> 'customer_id',
                  'channel', format(E'coalesce((%s\n)::text, ''unknown'')', coalesce(mapping ->> 'channel', 'NULL'))]);
    END IF;
END $$;
COMMENT ON FUNCTION crm_follow_source(text, text, jsonb, jsonb) IS
'Puts the triggers on a source that keep ledgers or queue current.';

CREATE FUNCTION crm_unrestricted(relation regclass) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (SELECT CASE WHEN relkind IN ('r', 'p')
                    THEN pg_catalog.format('(SELECT NOT row_security_active(%s::regclass))', quote_literal(relation::oid))
                    ELSE 'false' END
        FROM pg_class WHERE oid = relation);
COMMENT ON FUNCTION crm_unrestricted(regclass) IS
'A condition: is no row of a source hidden from whoever reads?
A view can rest on anything, so there the condition is false.';

CREATE FUNCTION crm_create_policies(workspace text, sources jsonb) RETURNS void
LANGUAGE plpgsql STRICT
SET client_min_messages = warning AS $$
DECLARE
    sees jsonb := (SELECT jsonb_object_agg(source, crm_unrestricted(coalesce(sources -> source ->> 'from',
                                                                            format('%I.%I', workspace, source))::regclass))
                   FROM unnest(ARRAY['purchase', 'interaction', 'rating']) AS source);
    guarded record;
    policy record;
BEGIN
    FOR guarded IN VALUES
        ('customer_activity',
         format('%s OR purchases = (SELECT crm_activity_agg(s.purchased_on, s.amount, s.events) FROM purchase AS s
                                    WHERE s.customer_id = customer_activity.customer_id)', sees ->> 'purchase')),
        ('channel_activity',
         format('%s OR interactions = (SELECT crm_activity_agg(s.interacted_on, (s.is_responded IS TRUE)::integer::numeric)
                                       FROM interaction AS s WHERE s.customer_id = channel_activity.customer_id
                                       AND coalesce(s.channel, ''unknown'') = channel_activity.channel)', sees ->> 'interaction')),
        ('customer_snapshot',
         format('(%s OR EXISTS (SELECT FROM customer_activity AS a WHERE a.customer_id = customer_snapshot.customer_id))
                 AND (outcome IS NULL OR %s OR EXISTS (SELECT FROM rating AS g WHERE g.customer_id = customer_snapshot.customer_id))',
                sees ->> 'purchase', sees ->> 'rating')),
        ('customer_move',
         format('(%s OR EXISTS (SELECT FROM customer_activity AS a WHERE a.customer_id = customer_move.customer_id))
                 AND (kind <> ''outcome'' OR %s OR EXISTS (SELECT FROM rating AS g WHERE g.customer_id = customer_move.customer_id))',
                sees ->> 'purchase', sees ->> 'rating')) LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded.column1);
        -- Who may write is left to rights.
        FOR policy IN VALUES ('select', format('USING (%s)', guarded.column2)), ('insert', 'WITH CHECK (true)'),
                             ('update', 'USING (true)'), ('delete', 'USING (true)') LOOP
            EXECUTE format('DROP POLICY IF EXISTS crm_%s ON %I', policy.column1, guarded.column1);
            EXECUTE format('CREATE POLICY crm_%1$s ON %2$I FOR %1$s %3$s', policy.column1, guarded.column1, policy.column2);
        END LOOP;
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_create_policies(text, jsonb) IS
'Row-level security of ledgers, snapshots, moves, as the sources have.
A ledger is visible to who sees every row that it was made of; snapshots and moves to who sees the ledger, and where they tell an outcome a rating. Where the sources have no row-level security that is everyone with the right SELECT.';

CREATE FUNCTION crm_apply_sources(workspace text) RETURNS void
LANGUAGE plpgsql STRICT AS $$
DECLARE
    kept jsonb := (SELECT to_jsonb(setting) FROM setting);
    name text;
BEGIN
    PERFORM crm_drop_source_triggers(kept ->> 'workspace');
    UPDATE setting SET workspace = crm_apply_sources.workspace;
    FOREACH name IN ARRAY ARRAY['purchase', 'interaction'] LOOP
        CONTINUE WHEN kept ->> 'maintain' = 'refresh';
        PERFORM crm_follow_source(workspace, name, coalesce(kept -> 'sources' -> name, own.mapping), kept)
        FROM (SELECT jsonb_object_agg(field, field) || jsonb_build_object('from', format('%I.%I', workspace, name)) AS mapping
              FROM crm_source_fields() WHERE source = name) AS own;
    END LOOP;
    PERFORM crm_create_policies(workspace, kept -> 'sources');
END $$;
COMMENT ON FUNCTION crm_apply_sources(text) IS
'Triggers and row-level security of a workspace, as its settings say.';

-- What sources say, checked and with relations found in the caller's search_path

CREATE FUNCTION crm_find_relation(name text, search_path text) RETURNS regclass
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('search_path', search_path, true);
    RETURN pg_catalog.to_regclass(name);
END $$;
COMMENT ON FUNCTION crm_find_relation(text, text) IS
'A relation as a search_path finds it; NULL where there is none.';

CREATE FUNCTION crm_resolve_sources(sources jsonb, search_path text) RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
    answer jsonb := '{}';
    source record;
    relation text;
BEGIN
    IF jsonb_typeof(sources) <> 'object' THEN
        RAISE EXCEPTION 'sources must be a JSON object'
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'As in {"purchase": {"from": "orders", "customer_id": "customer", "purchased_at": "created_at", "amount": "total"}}.';
    END IF;
    FOR source IN SELECT key, value FROM jsonb_each(sources) LOOP
        IF source.value ->> 'from' IS NULL THEN
            RAISE EXCEPTION 'source "%" does not say where it is from', source.key
                USING ERRCODE = 'invalid_parameter_value', HINT = 'Name the table or view: "from": "public.orders".';
        END IF;
        SELECT format('%s.%I', relnamespace::regnamespace, relname) INTO relation
        FROM pg_class WHERE oid = crm_find_relation(source.value ->> 'from', search_path);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'source "%": relation "%" does not exist', source.key, source.value ->> 'from'
                USING ERRCODE = 'undefined_table', HINT = 'Write the table''s name as in a query, with its schema.';
        END IF;
        answer := answer || jsonb_build_object(source.key, source.value || jsonb_build_object('from', relation));
    END LOOP;
    RETURN answer;
END $$;
COMMENT ON FUNCTION crm_resolve_sources(jsonb, text) IS
'Sources with the schemas of their relations written out.
Errors 22023 for what is no object of objects with "from", 42P01 for a relation that does not exist.';

CREATE FUNCTION crm_check_settings(time_zone text, maintain text, min_cell integer) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF maintain IS NULL OR maintain NOT IN ('triggers', 'queue', 'refresh') THEN
        RAISE EXCEPTION 'a workspace cannot be maintained by "%"', maintain
            USING ERRCODE = 'invalid_parameter_value', HINT = 'maintain is triggers, queue or refresh.';
    ELSIF min_cell IS NULL OR min_cell < 1 THEN
        RAISE EXCEPTION 'min_cell cannot be %', min_cell
            USING ERRCODE = 'invalid_parameter_value', HINT = 'It is a number of customers; 1 hides no group.';
    ELSIF time_zone IS NULL THEN
        RAISE EXCEPTION 'a workspace needs a time zone' USING ERRCODE = 'invalid_parameter_value', HINT = 'As in time_zone => ''UTC''.';
    ELSIF maintain <> 'refresh' AND current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'sources cannot be followed from a transaction that is %', current_setting('transaction_isolation')
            USING ERRCODE = 'active_sql_transaction',
                  HINT = 'Its snapshot may miss rows that triggers will not see either: use READ COMMITTED.';
    END IF;
    PERFORM now() AT TIME ZONE time_zone;
END $$;
COMMENT ON FUNCTION crm_check_settings(text, text, integer) IS
'Checks the settings of a workspace.
Errors: 22023, and 25001 in a transaction of another isolation than READ COMMITTED.';

-- The functions that people call. Their last argument has the caller's
-- search_path, in which the names of sources are looked up and nothing else.

CREATE FUNCTION crm_create_workspace(workspace text, sources jsonb DEFAULT '{}', time_zone text DEFAULT 'UTC', maintain text DEFAULT 'triggers', min_cell integer DEFAULT 1, search_path text DEFAULT current_setting('search_path')) RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    resolved jsonb;
    key_type text;
BEGIN
    PERFORM set_config('search_path', format('pg_catalog, %s, pg_temp', extension_schema), true);
    IF workspace IS NULL OR octet_length(workspace) NOT BETWEEN 1 AND 40 THEN
        RAISE EXCEPTION 'the name of a workspace has 1 to 40 bytes' USING ERRCODE = 'invalid_name', HINT = 'As in crm.';
    ELSIF to_regnamespace(quote_ident(workspace)) IS NOT NULL THEN
        RAISE EXCEPTION 'schema "%" already exists', workspace
            USING ERRCODE = 'duplicate_schema',
                  HINT = CASE WHEN to_regclass(format('%I.setting', workspace)) IS NULL THEN 'Choose another name.'
                         ELSE 'crm_upgrade_workspace brings a workspace to the extension''s version, crm_change_sources changes its sources, crm_drop_workspace drops it.' END;
    END IF;
    IF EXISTS (SELECT FROM crm_source_triggers(workspace)) THEN
        RAISE EXCEPTION 'tables still have triggers of a workspace "%"', workspace
            USING ERRCODE = 'object_in_use',
                  HINT = 'If it was renamed run crm_upgrade_workspace with its present name, if it was dropped by hand crm_drop_workspace.';
    END IF;
    PERFORM crm_check_settings(time_zone, maintain, min_cell);
    resolved := crm_resolve_sources(coalesce(sources, '{}'), search_path);
    key_type := coalesce(crm_key_type(ARRAY(SELECT t FROM jsonb_each(resolved), crm_check_source(key, value) AS t
                                            WHERE t IS NOT NULL)), 'text');
    SELECT resolved || coalesce(jsonb_object_agg(key, crm_ledger_fields(key, value, time_zone)), '{}') INTO resolved
    FROM jsonb_each(resolved) WHERE key IN ('purchase', 'interaction');
    EXECUTE format('CREATE SCHEMA %I', workspace);
    EXECUTE format('COMMENT ON SCHEMA %I IS %L', workspace,
                   E'Customer relationship analytics: a workspace of crm_ext.\nThe view catalog lists everything in it.');
    PERFORM set_config('search_path', format('%I, %s, pg_temp', workspace, extension_schema), true);
    PERFORM crm_run_scripts(jsonb_build_object('sources', resolved, 'time_zone', time_zone), key_type);
    INSERT INTO setting (sources, time_zone, maintain, min_cell) VALUES (resolved, time_zone, maintain, min_cell);
    PERFORM crm_apply_sources(workspace);
    PERFORM crm_fill();
    RETURN format('workspace %I: %s customers with purchases, as of %s', workspace, crm_refit(workspace), crm_as_of());
END $$;
COMMENT ON FUNCTION crm_create_workspace(text, jsonb, text, text, integer, text) IS
'Makes a schema of views over your tables, and keeps it current.
workspace: the name of the schema, at most 40 bytes; it is yours. sources: for each of customer, purchase, interaction, rating, module and touchpoint that you have, an object with "from" (a table or view), optionally "where", and a column or expression for each field (crm_source_fields lists them); for the others the workspace gets tables. time_zone: where a day begins, for timestamps. maintain: triggers keep ledgers current with every statement; queue notes which customers changed, for crm_refresh; refresh leaves all to crm_refresh. min_cell: summary views hide groups of fewer customers. search_path: where the names of tables are looked up.
Ends with crm_refit as of crm_as_of(). Holds a lock on the sources that lets others read, not write, until the transaction ends. Errors: 42P06 where the schema exists, 42P01, 42703 and others that name the source and the field, 22023 for other arguments.';

CREATE FUNCTION crm_change_sources(workspace text, sources jsonb DEFAULT '{}', time_zone text DEFAULT NULL, maintain text DEFAULT NULL, search_path text DEFAULT current_setting('search_path')) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    given jsonb;
    kept record;
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    SELECT * INTO kept FROM setting;
    PERFORM crm_check_settings(coalesce(time_zone, kept.time_zone), coalesce(maintain, kept.maintain), kept.min_cell);
    given := crm_resolve_sources(coalesce(sources, '{}'), search_path);
    PERFORM set_config('search_path', format('pg_catalog, %s, pg_temp', extension_schema), true);
    PERFORM crm_check_source(key, value) FROM jsonb_each(given);
    SELECT given || coalesce(jsonb_object_agg(key, crm_ledger_fields(key, value, coalesce(time_zone, kept.time_zone))), '{}') INTO given
    FROM jsonb_each(given) WHERE key IN ('purchase', 'interaction');
    PERFORM crm_enter_workspace(workspace);
    PERFORM crm_drop_source_triggers(kept.workspace);
    UPDATE setting SET sources = kept.sources || given, time_zone = coalesce(crm_change_sources.time_zone, kept.time_zone),
                       maintain = coalesce(crm_change_sources.maintain, kept.maintain);
    -- Tables of the workspace's own know its time zone.
    PERFORM crm_rebuild_views(to_jsonb(setting), crm_customer_key_type(),
                              ARRAY(SELECT relname::text FROM pg_class
                                    WHERE relnamespace = quote_ident(crm_change_sources.workspace)::regnamespace
                                      AND relkind = 'r'
                                      AND (given ? relname OR relname IN ('purchase', 'interaction', 'rating')
                                                              AND setting.time_zone <> kept.time_zone)))
    FROM setting;
    PERFORM crm_apply_sources(workspace);
    PERFORM crm_refresh(workspace, true);
END $$;
COMMENT ON FUNCTION crm_change_sources(text, jsonb, text, text, text) IS
'Other sources, time zone or way to maintain for a workspace.
sources: the ones that change, as for crm_create_workspace; others stay. NULL leaves a thing as it is. Ledgers are made to follow; settings, fits, snapshots and moves stay. Keys keep their type: another one is cast to it.
A table of the workspace that gives way to a source must be empty (error 55006), and its own tables of purchases, interactions and ratings where the time zone changes. Locks the sources against all use until the transaction ends.';

CREATE FUNCTION crm_upgrade_workspace(workspace text) RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    PERFORM crm_rebuild_views(to_jsonb(setting), crm_customer_key_type(), '{}') FROM setting;
    PERFORM crm_apply_sources(workspace);
END $$;
COMMENT ON FUNCTION crm_upgrade_workspace(text) IS
'Brings a workspace to the version of the extension.
Run it after ALTER EXTENSION crm_ext UPDATE. Views, triggers and policies are made again, also after ALTER SCHEMA ... RENAME, new partitions or a new owner of a source; data, your own views on top with their comments, and rights granted on whole views stay.';

CREATE FUNCTION crm_drop_workspace(workspace text, cascade boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    outside text;
BEGIN
    IF to_regnamespace(quote_ident(workspace)) IS NULL THEN
        -- Dropped by hand: its triggers would stop whoever writes.
        PERFORM set_config('search_path', format('pg_catalog, %s, pg_temp', extension_schema), true);
        IF crm_drop_source_triggers(workspace) > 0 THEN
            RETURN;
        END IF;
    END IF;
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    SELECT string_agg(d.relation::text, ', ' ORDER BY d.depth, d.relation::text) INTO outside
    FROM crm_dependent_views(ARRAY(SELECT oid::regclass FROM pg_class
                                   WHERE relnamespace = quote_ident(workspace)::regnamespace AND relkind IN ('r', 'v'))) AS d
    JOIN pg_class ON oid = d.relation WHERE relnamespace <> quote_ident(workspace)::regnamespace;
    IF outside IS NOT NULL AND NOT cascade THEN
        RAISE EXCEPTION 'views outside workspace "%" depend on it: %', workspace, outside
            USING ERRCODE = 'dependent_objects_still_exist', HINT = 'Drop them first, or say cascade => true.';
    END IF;
    PERFORM crm_drop_source_triggers(workspace);
    EXECUTE format('DROP SCHEMA %I CASCADE', workspace);
END $$;
COMMENT ON FUNCTION crm_drop_workspace(text, boolean) IS
'Drops a workspace, and its triggers on your tables; never the tables.
Everything in the schema goes, fits and snapshots too; where the schema was dropped by hand, the triggers that are left. cascade: also views elsewhere that depend on it; otherwise these are an error (2BP01).';
