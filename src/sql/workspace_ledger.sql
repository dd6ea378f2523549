-- Ledgers: what a row adds to one is written once, in crm_ledger_query. The
-- triggers that keep them, crm_fill, crm_refresh and crm_check_workspace all
-- use it.

CREATE FUNCTION crm_ledger_inputs(source text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 6
BEGIN ATOMIC
    SELECT DISTINCT f.field
    FROM crm_source_fields() AS f
    JOIN crm_ledgers() AS l ON l.source = f.source
    WHERE f.source = crm_ledger_inputs.source
      AND concat_ws(' ', l.key_expressions::text, l.day, l.amount, l.events, l.condition)
          ~ ('\m' || CASE f.type WHEN 'day' THEN regexp_replace(f.field, '_at$', '_on') ELSE f.field END || '\M');
END;
COMMENT ON FUNCTION crm_ledger_inputs(text) IS
'The fields of a source that its ledger is made of.';

CREATE FUNCTION crm_active_ledgers(definition jsonb)
RETURNS TABLE (source text, ledger text, ledger_column text, keys text[], key_expressions text[],
               day text, amount text, events text, condition text)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 4
BEGIN ATOMIC
    SELECT l.source, l.ledger, l.ledger_column, l.keys, l.key_expressions, l.day, l.amount, l.events, l.condition
    FROM crm_ledgers() AS l WHERE definition -> 'subjects' ? l.subject ORDER BY l.position;
END;
COMMENT ON FUNCTION crm_active_ledgers(jsonb) IS
'The ledgers that a workspace with this definition keeps.';

CREATE FUNCTION crm_ledger_query(ledger text, rows text, indent text DEFAULT '') RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT format(replace(E'SELECT %s, %s AS %I\n|FROM %s\n|WHERE customer_id IS NOT NULL%s\n'
                          '|GROUP BY %s\n|HAVING %2$s <> ''{}''::crm_activity', '|', indent),
                  (SELECT string_agg(CASE WHEN e = k THEN e ELSE format('%s AS %I', e, k) END, ', ' ORDER BY n)
                   FROM unnest(l.keys, l.key_expressions) WITH ORDINALITY AS u (k, e, n)),
                  format('crm_activity_agg(%s, %s, %s)', l.day, l.amount, l.events), l.ledger_column, rows,
                  coalesce(' AND ' || l.condition, ''), array_to_string(l.key_expressions, ', '))
    FROM crm_ledgers() AS l WHERE l.ledger = crm_ledger_query.ledger;
$$;
COMMENT ON FUNCTION crm_ledger_query(text, text, text) IS
'The query that makes ledgers of rows: what a row adds to which ledger.
rows: an item for FROM, with the columns of the source. indent: before each line but the first.';

CREATE FUNCTION crm_blame_source(definition jsonb) RETURNS void
LANGUAGE plpgsql STRICT AS $$
DECLARE
    tried record;
    detail text;
    hint text;
BEGIN
    -- A condition goes for every field, and what no field alone makes wrong is what the ledger refuses.
    FOR tried IN SELECT format('source "%s", field "%s"', key, field) AS place,
                        format('It is %s.', value ->> field) AS rows,
                        crm_source_query(key, value, definition, fields => ARRAY[field]) AS query,
                        (field <> 'where')::integer AS turn
                 FROM jsonb_each(definition -> 'sources'), jsonb_object_keys(value - 'from') AS field
                 WHERE value ->> field IS NOT NULL
                 UNION ALL
                 SELECT format('source "%s"', key), format('In a row of %s.', value ->> 'from'),
                        crm_ledger_query(ledger, crm_source_rows(key)), 2
                 FROM jsonb_each(definition -> 'sources') JOIN crm_active_ledgers(definition) AS l ON l.source = key
                 ORDER BY turn, place LOOP
        BEGIN
            EXECUTE format('SELECT count(tried) FROM (%s) AS tried', tried.query);
        EXCEPTION WHEN data_exception THEN
            GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
            RAISE EXCEPTION USING ERRCODE = SQLSTATE, MESSAGE = tried.place || ': ' || SQLERRM,
                DETAIL = coalesce(nullif(detail, ''), tried.rows),
                HINT = coalesce(nullif(hint, ''),
                                'Map it to what is right in every row, or leave rows out with "where".');
        END;
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_blame_source(jsonb) IS
'Raises the error that rows of a source make, with the source.
And with its field, where that alone makes an error. Returns where no source does.';

CREATE FUNCTION crm_same_keys(keys text[], one text, other text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT string_agg(pg_catalog.format('%1$s.%3$I = %2$s.%3$I', one, other, k), ' AND ') FROM unnest(keys) AS k);
COMMENT ON FUNCTION crm_same_keys(text[], text, text) IS
'The condition that two relations have the same keys.';

CREATE FUNCTION crm_key_list(keys text[]) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT string_agg(pg_catalog.quote_ident(k), ', ' ORDER BY n) FROM unnest(keys) WITH ORDINALITY AS u (k, n));
COMMENT ON FUNCTION crm_key_list(text[]) IS
'The columns of a ledger''s key, as a list.';

CREATE FUNCTION crm_own_mapping(source text, definition jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT jsonb_object_agg(f.field, pg_catalog.quote_ident(f.field))
               || jsonb_build_object('from', pg_catalog.format('%I.%I', definition ->> 'workspace', source))
        FROM crm_active_fields(source, ARRAY(SELECT jsonb_array_elements_text(definition -> 'subjects'))) AS f);
COMMENT ON FUNCTION crm_own_mapping(text, jsonb) IS
'A table of the workspace''s own as if it were given as a source.';

-- The triggers on sources

CREATE FUNCTION crm_ledger_sum(one crm_activity, other crm_activity) RETURNS crm_activity
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
COMMENT ON FUNCTION crm_ledger_sum(crm_activity, crm_activity) IS
'Two ledgers as one, for triggers: counts those with nothing left.
As +, with its errors. crm_emptied_ledgers tells: a query that found it out would take longer than the rest of a
trigger.';

CREATE FUNCTION crm_emptied_ledgers() RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION crm_emptied_ledgers() IS
'How many ledgers crm_ledger_sum has left with nothing.
In this session, also in statements that failed.';

CREATE FUNCTION crm_keep_ledger(source text, ledger text, workspace text, new_rows text, old_rows text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    -- What people wrote and named is put in by format(), which does not look at it again.
    SELECT format(replace(replace(replace(replace($body$
    IF TG_OP = 'INSERT' THEN
        WITH added AS (
            %1$s)
        INSERT INTO %4$s AS kept ({keys}, {days})
        SELECT {keys}, {days} FROM added
        ORDER BY {keys}
        ON CONFLICT ({keys}) DO UPDATE SET {days} = crm_ledger_sum(kept.{days}, excluded.{days});
    ELSIF TG_OP = 'UPDATE' THEN
        WITH added AS (
            %1$s),
        removed AS (
            %2$s),
        change AS (
            SELECT {keys}, crm_rollup({days}) AS {days}, bool_or(is_removed) AS is_removed
            FROM (SELECT *, false AS is_removed FROM added
                  UNION ALL
                  SELECT {keys}, '{}'::crm_activity - {days}, true FROM removed) AS part
            GROUP BY {keys})
        INSERT INTO %4$s AS kept ({keys}, {days})
        SELECT {keys}, {days} FROM change
        WHERE {days} <> '{}'::crm_activity AND (NOT is_removed OR {is_kept})
        ORDER BY {keys}
        ON CONFLICT ({keys}) DO UPDATE SET {days} = crm_ledger_sum(kept.{days}, excluded.{days});
    ELSIF TG_OP = 'DELETE' THEN
        WITH change AS (
            %2$s)
        INSERT INTO %4$s AS kept ({keys}, {days})
        SELECT {keys}, '{}'::crm_activity - {days} FROM change
        WHERE {is_kept}
        ORDER BY {keys}
        ON CONFLICT ({keys}) DO UPDATE SET {days} = crm_ledger_sum(kept.{days}, excluded.{days});
    ELSE
        PERFORM FROM %4$s ORDER BY {keys} FOR UPDATE;
        DELETE FROM %4$s;
        -- A table is truncated for everybody, but a ledger that an older snapshot does not show stays: refresh.
        -- Whether one is due already is not asked: a refresh may be taking that mark away.
        INSERT INTO %8$s SELECT NULL WHERE current_setting('transaction_isolation') <> 'read committed';
        IF TG_NARGS > 0 THEN
            -- Other partitions are left. Their customers' ledgers are locked first, empty, and then the rows are read.
            WITH added AS (
                %3$s)
            INSERT INTO %4$s AS kept ({keys}, {days})
            SELECT {keys}, '{}'::crm_activity FROM added
            WHERE NOT EXISTS (SELECT FROM %5$s AS gone
                              WHERE gone.source = %6$L AND gone.customer_id = added.customer_id)
            ORDER BY {keys}
            ON CONFLICT ({keys}) DO UPDATE SET {days} = excluded.{days};
            WITH change AS (
                %3$s)
            UPDATE %4$s AS known SET {days} = change.{days} FROM change
            WHERE {is_known} AND known.{days} = '{}'::crm_activity;
            DELETE FROM %4$s WHERE {days} = '{}'::crm_activity;
            DELETE FROM %5$s AS gone
            WHERE gone.source = %6$L
              AND NOT EXISTS (SELECT FROM %7$s AS source_row WHERE source_row.customer_id = gone.customer_id);
        END IF;
    END IF;
    IF crm_emptied_ledgers() > emptied THEN
        IF TG_OP IN ('INSERT', 'UPDATE') THEN
            WITH change AS (
                %1$s)
            DELETE FROM %4$s AS known USING change
            WHERE {is_known} AND known.{days} = '{}'::crm_activity;
        END IF;
        IF TG_OP IN ('UPDATE', 'DELETE') THEN
            WITH change AS (
                %2$s)
            DELETE FROM %4$s AS known USING change
            WHERE {is_known} AND known.{days} = '{}'::crm_activity;
        END IF;
    END IF;
    IF TG_OP = 'TRUNCATE' AND TG_NARGS = 0 THEN
        DELETE FROM %5$s WHERE source = %6$L;
    ELSIF TG_OP IN ('UPDATE', 'DELETE') AND EXISTS (SELECT FROM %5$s WHERE source = %6$L)
          AND crm_partitions_have_rights(TG_RELID::regclass) THEN
        -- With their last row goes what tells of those who were erased.
        WITH change AS (
            %2$s)
        DELETE FROM %5$s AS gone USING change
        WHERE gone.source = %6$L AND gone.customer_id = change.customer_id
          AND NOT EXISTS (SELECT FROM %7$s AS source_row WHERE source_row.customer_id = gone.customer_id);
    END IF;$body$,
        '{is_kept}', $kept$(NOT EXISTS (SELECT FROM %5$s AS gone
                       WHERE gone.source = %6$L AND gone.customer_id = change.customer_id)
                   OR EXISTS (SELECT FROM %4$s AS known WHERE {is_known}))$kept$),
        '{is_known}', crm_same_keys(l.keys, 'known', 'change')),
        '{keys}', crm_key_list(l.keys)),
        '{days}', quote_ident(l.ledger_column)),
        crm_ledger_query(l.ledger, format('(%s) AS row', new_rows), repeat(' ', 12)),
        crm_ledger_query(l.ledger, format('(%s) AS row', old_rows), repeat(' ', 12)),
        crm_ledger_query(l.ledger, format('%I.%I', workspace, l.source), repeat(' ', 16)),
        format('%I.%I', workspace, l.ledger), format('%I.erased_customer', workspace), l.source,
        format('%I.%I', workspace, l.source), format('%I.change_queue', workspace))
    FROM crm_ledgers() AS l WHERE l.source = crm_keep_ledger.source AND l.ledger = crm_keep_ledger.ledger;
$$;
COMMENT ON FUNCTION crm_keep_ledger(text, text, text, text, text) IS
'Statements of a trigger that keeps ledgers in step with a source.
Ledgers are locked in the order of their keys. A ledger that is not there may come to be by what is taken from it: rows
may add up to nothing, and a trigger of somebody else''s that changes rows as they come is followed before them. Only of
a customer in erased_customer it stays away.';

CREATE FUNCTION crm_note_change(workspace text, new_rows text, old_rows text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT format($body$
    IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO %1$I.change_queue VALUES (NULL);
        RETURN NULL;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO %1$I.change_queue (customer_id)
        SELECT DISTINCT customer_id
        FROM (%2$s) AS row
        WHERE customer_id IS NOT NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO %1$I.change_queue (customer_id)
        SELECT DISTINCT customer_id
        FROM (%3$s) AS row
        WHERE customer_id IS NOT NULL;
    END IF;$body$, workspace, new_rows, old_rows);
$$;
COMMENT ON FUNCTION crm_note_change(text, text, text) IS
'The statements of a trigger that notes for crm_refresh who changed.';

CREATE FUNCTION crm_create_trigger_function(source text, ledger text, mapping jsonb, definition jsonb) RETURNS void
LANGUAGE plpgsql STRICT AS $$
DECLARE
    workspace text := definition ->> 'workspace';
    name text := format('%I.%I', workspace, 'follow_' || source);
    is_queue boolean := definition ->> 'maintain' = 'queue';
    is_partitioned boolean := (SELECT relkind = 'p' FROM pg_class WHERE oid = (mapping ->> 'from')::regclass);
    fields text[] := CASE WHEN is_queue THEN '{customer_id}'
                     ELSE ARRAY(SELECT crm_ledger_inputs(source)) || '{customer_id}' END;
    indent text := repeat(' ', CASE WHEN is_queue THEN 14 ELSE 18 END);
    new_rows text := crm_source_query(source, mapping, definition, 'new_rows', fields, indent);
    old_rows text := crm_source_query(source, mapping, definition, 'old_rows', fields, indent);
BEGIN
    -- The path in which expressions were read; the workspace's own tables have their schema. What is
    -- asked at each statement is no subquery: PL/pgSQL evaluates that a good deal faster.
    EXECUTE format('CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
                    SET search_path = pg_catalog, %s, pg_temp%s AS %L',
                   name, (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext'),
                   -- Each costs a little in every statement.
                   concat(CASE WHEN strpos(new_rows, E'\\') > 0 THEN ' SET standard_conforming_strings = on' END,
                          CASE WHEN new_rows ~* 'null' THEN ' SET array_nulls = on' END), format($body$
-- Keeps %4$s, a statement at a time.
#variable_conflict use_column
DECLARE
    emptied bigint := crm_emptied_ledgers();
BEGIN
    IF NOT crm_is_trigger_of(TG_RELID::regclass, TG_NAME, %1$L::name) THEN
        RAISE EXCEPTION 'workspace "%%" has another name now, and its triggers do not know it', %1$L
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Run crm_upgrade_workspace with the new name.';
    END IF;%6$s
    -- Expressions, casts and types are the table's owner's business. They are not evaluated with
    -- the rights of this function's owner unless that is theirs too: crm_refresh has to do it.
    -- Who was given the right TRIGGER on a table of the workspace gets no further rights by it.
    IF NOT (%7$s AND crm_triggers_have_rights(%3$L::regclass)) THEN
        IF %7$s OR NOT crm_triggers_have_rights(%5$L::regclass) THEN
            RAISE EXCEPTION 'a trigger calls a function whose owner does not have the privileges of %%',
                            current_user
                USING ERRCODE = 'insufficient_privilege', HINT = 'Drop the trigger on '
                      || CASE WHEN crm_triggers_have_rights(%5$L::regclass) THEN %3$L ELSE %5$L END || '.';
        END IF;
        INSERT INTO %1$I.change_queue VALUES (NULL);
        RETURN NULL;
    END IF;%2$s
    RETURN NULL;
END $body$, workspace,
                       CASE WHEN is_queue THEN crm_note_change(workspace, new_rows, old_rows)
                            ELSE crm_keep_ledger(source, ledger, workspace, new_rows, old_rows) END,
                       format('%I.%I', workspace, CASE WHEN is_queue THEN 'change_queue' ELSE ledger END),
                       -- A line feed would end the comment.
                       regexp_replace(format('workspace %s in step with %s', workspace, mapping ->> 'from'),
                                      '\s+', ' ', 'g'),
                       format('%I.change_queue', workspace),
                       CASE WHEN is_partitioned THEN $body$
    -- A partition that was detached is none of ours: the whole table has a trigger of this name.
    IF TG_NARGS > 0 AND NOT crm_is_followed(TG_RELID::regclass, TG_NAME) THEN
        RETURN NULL;
    END IF;$body$ END,
                       -- TRUNCATE reads what the other partitions hold, so that is their owners' business too.
                       CASE WHEN is_partitioned AND NOT is_queue
                       THEN '(crm_owner_has_rights(TG_RELID::regclass)'
                            ' AND (TG_NARGS = 0 OR TG_OP <> ''TRUNCATE'''
                            ' OR crm_partitions_have_rights(TG_RELID::regclass)))'
                       ELSE 'crm_owner_has_rights(TG_RELID::regclass)' END));
    EXECUTE format('REVOKE ALL ON FUNCTION %s() FROM PUBLIC', name);
    -- Without the extension no statement on a source could be followed: its triggers go with it.
    EXECUTE format('ALTER FUNCTION %s() DEPENDS ON EXTENSION crm_ext', name);
    EXECUTE format('COMMENT ON FUNCTION %s() IS %L', name,
                   format(E'Keeps workspace %s in step with %s.\n'
                          'For triggers AFTER a statement, made by crm_ext; crm_upgrade_workspace writes it anew.',
                          workspace, mapping ->> 'from'));
END $$;
COMMENT ON FUNCTION crm_create_trigger_function(text, text, jsonb, jsonb) IS
'Writes the trigger function that follows a source.
It acts with the rights of the workspace''s owner, whoever runs the statement.
Nobody else may make triggers of it.';

CREATE FUNCTION crm_unfollowed(workspace text, OUT relation regclass, OUT is_partition boolean)
RETURNS SETOF record
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 5
BEGIN ATOMIC
    SELECT part.relid::regclass, bool_and(part.relid <> followed.relation AND has.trigger_count = 0)
    FROM (
        -- A source without any trigger is known by its name in the workspace.
        SELECT DISTINCT p.oid AS function,
               coalesce(t.tgrelid, c.oid)::regclass AS relation
        FROM crm_ledgers() AS l
        -- Looked up as rows: a name needs the right to the schema, which a reader of plain views has not.
        JOIN pg_namespace AS n ON n.nspname = workspace
        JOIN pg_proc AS p ON p.pronamespace = n.oid
                         AND p.proname = 'follow_' || l.source AND p.prorettype = 'trigger'::regtype
        LEFT JOIN pg_trigger AS t ON t.tgfoid = p.oid AND t.tgnargs = 0
        LEFT JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = l.source
    ) AS followed
    CROSS JOIN LATERAL (SELECT followed.relation UNION SELECT relid FROM pg_partition_tree(followed.relation))
        AS part (relid)
    CROSS JOIN LATERAL (
        SELECT count(*) AS trigger_count, count(*) FILTER (WHERE tgenabled IN ('O', 'A')) AS enabled_count
        FROM pg_trigger WHERE tgrelid = part.relid AND tgfoid = followed.function
    ) AS has
    WHERE part.relid IS NOT NULL AND has.enabled_count < 4
    GROUP BY part.relid;
END;
COMMENT ON FUNCTION crm_unfollowed(text) IS
'Tables of followed sources that a workspace does not follow.
is_partition: a partition without any of the triggers, as one that came after the workspace was made. Rows that come
through the whole table are followed, statements on such a partition are not. Others are tables of which a trigger was
disabled or dropped, or the source''s view where no table has one.';

CREATE FUNCTION crm_without_triggers(relation regclass) RETURNS regclass
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT c.oid::regclass FROM pg_class AS c
    WHERE oid IN (SELECT relation UNION SELECT relid FROM pg_partition_tree(relation))
      AND (c.relkind NOT IN ('r', 'p')
           OR c.relkind = 'r' AND EXISTS (SELECT FROM pg_inherits WHERE inhparent = c.oid)
           OR crm_is_distributed(c.oid::regclass))
    ORDER BY oid <> relation, relname LIMIT 1;
$$;
COMMENT ON FUNCTION crm_without_triggers(regclass) IS
'What of a source cannot have the triggers that keep ledgers current.
A view, a foreign table, a distributed table, a table with old-style children, or such a partition.
NULL where all can.';

CREATE FUNCTION crm_chosen_maintenance(sources jsonb) RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    other record;
BEGIN
    SELECT key AS source, crm_without_triggers((value ->> 'from')::regclass) AS relation INTO other
    FROM jsonb_each(sources)
    WHERE key IN (SELECT l.source FROM crm_ledgers() AS l)
      AND crm_without_triggers((value ->> 'from')::regclass) IS NOT NULL
    ORDER BY key LIMIT 1;
    IF NOT FOUND THEN
        RETURN 'triggers';
    END IF;
    RAISE NOTICE 'source "%": % cannot have triggers, so that only crm_refresh updates its ledgers',
                 other.source, other.relation
        USING HINT = 'Run crm_refresh regularly. Specify maintain => ''refresh'' to avoid this message.';
    RETURN 'refresh';
END $$;
COMMENT ON FUNCTION crm_chosen_maintenance(jsonb) IS
'How ledgers of these sources are kept where nobody says: by triggers.
Where a source cannot have them, by crm_refresh, and a NOTICE says so.';

CREATE FUNCTION crm_check_triggers_possible(source text, relation regclass) RETURNS void
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    refresh text := 'Specify maintain => ''refresh'', and run crm_refresh regularly';
    part record;
BEGIN
    FOR part IN SELECT c.oid, c.relkind, c.relispartition, c.relowner FROM pg_class AS c
                WHERE oid IN (SELECT relation UNION SELECT relid FROM pg_partition_tree(relation))
                ORDER BY oid <> relation, relname LOOP
        IF part.oid = crm_without_triggers(relation) THEN
            RAISE EXCEPTION 'source "%": % cannot have the triggers that keep ledgers current',
                            source, part.oid::regclass
                USING ERRCODE = 'wrong_object_type', HINT = refresh || '.';
        ELSIF part.oid = relation AND part.relispartition THEN
            RAISE EXCEPTION 'source "%": % is a partition', source, relation
                USING ERRCODE = 'wrong_object_type',
                      HINT = 'Rows that arrive through the partitioned table would be missed: use that, '
                             'with a "where". ' || refresh || '.';
        ELSIF NOT crm_owner_has_rights(part.oid::regclass) THEN
            RAISE EXCEPTION 'source "%": % belongs to %, who does not have the privileges of %',
                            source, part.oid::regclass, part.relowner::regrole, current_user
                USING ERRCODE = 'insufficient_privilege',
                      HINT = 'Triggers run the table''s types and functions with the privileges of the workspace''s '
                             'owner: create the workspace as the table''s owner. '
                             || refresh || ', which needs SELECT alone.';
        ELSIF NOT has_table_privilege(part.oid, 'TRIGGER') THEN
            RAISE EXCEPTION 'source "%": permission denied to create triggers on %', source, part.oid::regclass
                USING ERRCODE = 'insufficient_privilege', HINT = refresh || '.';
        ELSIF row_security_active(part.oid) THEN
            RAISE EXCEPTION 'source "%": row-level security hides rows of % from you', source, part.oid::regclass
                USING ERRCODE = 'object_not_in_prerequisite_state',
                      HINT = 'Ledgers kept by triggers hold every row. '
                             'Create the workspace as a role that sees all rows. ' || refresh || '.';
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_check_triggers_possible(text, regclass) IS
'Checks that a source can have the triggers that keep ledgers current.
Errors: 42809 for a view, a foreign or distributed table, a partition, a table with old-style children or foreign
partitions; 42501 for a table of somebody without one''s own rights; 55000 where row-level security hides rows.';

CREATE FUNCTION crm_follow_source(source text, ledger text, definition jsonb) RETURNS void
LANGUAGE plpgsql STRICT AS $$
DECLARE
    mapping jsonb := coalesce(definition -> 'sources' -> source, crm_own_mapping(source, definition));
    relation regclass := mapping ->> 'from';
    part regclass;
    event record;
    other record;
BEGIN
    PERFORM crm_check_triggers_possible(source, relation);
    SELECT t.tgname AS name, n.nspname AS workspace INTO other
    FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE t.tgrelid = relation AND t.tgname = format('%s_%s_insert', definition ->> 'workspace', source)::name
      AND p.proname = 'follow_' || source AND n.nspname <> definition ->> 'workspace';
    IF FOUND THEN
        RAISE EXCEPTION 'trigger "%" on % is that of workspace "%", which was renamed',
                        other.name, relation, other.workspace
            USING ERRCODE = 'duplicate_object', HINT = format('Run crm_upgrade_workspace(%L) first.', other.workspace);
    END IF;
    PERFORM crm_create_trigger_function(source, ledger, mapping, definition);
    FOR part IN SELECT oid FROM pg_class
                WHERE oid IN (SELECT relation UNION SELECT relid FROM pg_partition_tree(relation)) LOOP
        FOR event IN VALUES ('insert', 'REFERENCING NEW TABLE AS new_rows'),
                            ('update', 'REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows'),
                            ('delete', 'REFERENCING OLD TABLE AS old_rows'),
                            ('truncate', '') LOOP
            EXECUTE format('CREATE TRIGGER %I AFTER %s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION %I.%I(%s)',
                           format('%s_%s_%s', definition ->> 'workspace', source, event.column1), event.column1, part,
                           event.column2, definition ->> 'workspace', 'follow_' || source,
                           CASE WHEN part <> relation THEN '''partition''' END);
        END LOOP;
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_follow_source(text, text, jsonb) IS
'Puts the triggers of a workspace on a source and its partitions.
Errors as crm_check_triggers_possible; 42710 where another workspace, since renamed, has triggers of these names.';

CREATE FUNCTION crm_apply_sources(definition jsonb) RETURNS void
LANGUAGE plpgsql STRICT
SET client_min_messages = warning AS $$
DECLARE
    kept record;
    name text;
BEGIN
    -- Rows that were just loaded have no statistics, and plans of views made of them would be absurd.
    FOR name IN SELECT DISTINCT c.oid::regclass FROM jsonb_each(definition -> 'sources') AS source
                JOIN pg_class AS c ON c.oid = (source.value ->> 'from')::regclass
                WHERE c.reltuples < 0 AND c.relkind IN ('r', 'p', 'm') AND crm_owner_has_rights(c.oid::regclass)
                  AND pg_has_role(c.relowner, 'USAGE') LOOP
        EXECUTE format('ANALYZE %s', name);
    END LOOP;
    -- Triggers go with their functions.
    FOR name IN SELECT oid::regprocedure FROM pg_proc
                WHERE pronamespace = quote_ident(current_schema())::regnamespace AND prorettype = 'trigger'::regtype
                  AND proname IN (SELECT 'follow_' || l.source FROM crm_ledgers() AS l) LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', name);
    END LOOP;
    IF definition ->> 'maintain' <> 'refresh' THEN
        PERFORM crm_follow_source(l.source, l.ledger, definition) FROM crm_active_ledgers(definition) AS l;
    END IF;
    PERFORM crm_create_policies(definition);
END $$;
COMMENT ON FUNCTION crm_apply_sources(jsonb) IS
'Makes the triggers and policies that a definition asks for.
Sources that were never analyzed are, where the caller may.';
