-- Sources: what the owner has, seen as the tables that views are written for.

CREATE FUNCTION crm_source_fields(OUT source text, OUT field text, OUT type text, OUT is_required boolean, OUT otherwise text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 36
BEGIN ATOMIC
    VALUES ('customer', 'customer_id', 'key', true, NULL),
           ('customer', 'customer_name', 'text', false, NULL),
           ('customer', 'email', 'text', false, NULL),
           ('customer', 'phone', 'text', false, NULL),
           ('customer', 'region', 'text', false, NULL),
           ('customer', 'industry', 'text', false, NULL),
           ('customer', 'registered_at', 'time', false, NULL),
           ('customer', 'potential', 'double precision', false, NULL),
           ('purchase', 'purchase_id', 'text', false, NULL),
           ('purchase', 'customer_id', 'key', true, NULL),
           ('purchase', 'purchased_at', 'day', true, NULL),
           ('purchase', 'amount', 'numeric', false, NULL),
           ('purchase', 'events', 'integer', false, '1'),
           ('purchase', 'currency', 'text', false, NULL),
           ('interaction', 'interaction_id', 'text', false, NULL),
           ('interaction', 'customer_id', 'key', true, NULL),
           ('interaction', 'interacted_at', 'day', true, NULL),
           ('interaction', 'channel', 'text', false, NULL),
           ('interaction', 'purpose', 'text', false, NULL),
           ('interaction', 'is_responded', 'boolean', false, NULL),
           ('rating', 'customer_id', 'key', true, NULL),
           ('rating', 'touchpoint_id', 'text', true, NULL),
           ('rating', 'angle', 'text', false, NULL),
           ('rating', 'level', 'text', true, NULL),
           ('rating', 'score', 'double precision', true, NULL),
           ('rating', 'weight', 'double precision', false, '1'),
           ('rating', 'rated_at', 'day', false, NULL),
           ('module', 'module_id', 'text', true, NULL),
           ('module', 'module_name', 'text', false, NULL),
           ('module', 'weight', 'double precision', false, '1'),
           ('touchpoint', 'touchpoint_id', 'text', true, NULL),
           ('touchpoint', 'touchpoint_name', 'text', false, NULL),
           ('touchpoint', 'module_id', 'text', false, NULL),
           ('touchpoint', 'weight', 'double precision', false, '1');
END;
COMMENT ON FUNCTION crm_source_fields() IS
'The fields that each source of a workspace can give, in order.
type: of the column that becomes of it; key is the customers'' key, time a date or timestamp, and day the same, which becomes two columns, _at and _on. otherwise: the expression used where the field is not given; NULL where there is none.';

CREATE FUNCTION crm_expression_type(source text, field text, relation regclass, expression text) RETURNS regtype
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    type regtype;
    reason text;
    hint text;
BEGIN
    -- As from a subquery: triggers see rows without system columns.
    EXECUTE format(E'SELECT pg_typeof((SELECT (%s\n) FROM (SELECT * FROM %s) AS %I LIMIT 0))', expression, relation,
                   (SELECT relname FROM pg_class WHERE oid = relation)) INTO type;
    RETURN type;
EXCEPTION WHEN syntax_error_or_access_rule_violation THEN
    GET STACKED DIAGNOSTICS reason = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    RAISE EXCEPTION 'source "%", field "%": %', source, field, reason
        USING ERRCODE = SQLSTATE,
              HINT = coalesce(nullif(hint, '') || ' ', '')
                     || format('%s has the columns %s.', relation,
                               (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                                WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped));
END $$;
COMMENT ON FUNCTION crm_expression_type(text, text, regclass, text) IS
'The type of an expression over the columns of a source.
An error names the source, the field and the columns that there are. Names other than columns are looked up in pg_catalog and the extension''s schema: write others with their schema, for triggers evaluate the expression whatever the search_path.';

CREATE FUNCTION crm_key_type(types regtype[]) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (
    SELECT CASE WHEN count(DISTINCT base) = 1 THEN min(pg_catalog.format_type(base, NULL))
                WHEN bool_and(base IN ('smallint'::regtype, 'integer'::regtype, 'bigint'::regtype)) THEN 'bigint'
                ELSE 'text' END
    FROM (SELECT CASE WHEN typcategory IN ('S', 'E') THEN 'text'::regtype::oid
                      WHEN typtype = 'd' THEN typbasetype
                      ELSE t.oid END AS base
          FROM pg_catalog.pg_type AS t WHERE t.oid = ANY (types::oid[])) AS key);
COMMENT ON FUNCTION crm_key_type(regtype[]) IS
'The type of customers'' keys, from their types in the sources.
Text of any kind is text; different integers are bigint; anything else that differs is text. NULL without sources.';

CREATE FUNCTION crm_day_columns(source text, field text, type regtype, expression text, time_zone text, OUT at_column text, OUT on_column text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    CASE type::oid
        WHEN 'date'::regtype THEN
            at_column := format('(%s)::timestamp AT TIME ZONE %L', expression, time_zone);
            on_column := format('(%s)', expression);
        WHEN 'timestamp'::regtype THEN
            at_column := format('(%s) AT TIME ZONE %L', expression, time_zone);
            on_column := format('(%s)::date', expression);
        WHEN 'timestamptz'::regtype THEN
            at_column := format('(%s)', expression);
            on_column := format('((%s) AT TIME ZONE %L)::date', expression, time_zone);
        ELSE
            RAISE EXCEPTION 'source "%", field "%": type % is no date and no timestamp', source, field, type
                USING ERRCODE = 'datatype_mismatch', HINT = format('Cast it, as in "(%s)::timestamp".', expression);
    END CASE;
END $$;
COMMENT ON FUNCTION crm_day_columns(text, text, regtype, text, text) IS
'Expressions for the instant and for the day of a date or timestamp.
This is where a day is made from a timestamp, in the time zone of the workspace and whatever the session''s. Error 42804 for other types.';

CREATE FUNCTION crm_source_view(source text, mapping jsonb, key_type text, time_zone text) RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    f record;
    days record;
    columns text[];
    expression text;
BEGIN
    FOR f IN SELECT * FROM crm_source_fields() AS known WHERE known.source = crm_source_view.source LOOP
        expression := coalesce(mapping ->> f.field || E'\n', f.otherwise);
        IF f.type IN ('day', 'time') THEN
            IF expression IS NULL THEN
                days := ROW (NULL::text, NULL::text);
                SELECT 'NULL::timestamptz' AS at_column, 'NULL::date' AS on_column INTO days;
            ELSE
                days := crm_day_columns(source, f.field,
                                        crm_expression_type(source, f.field, (mapping ->> 'from')::regclass, expression),
                                        expression, time_zone);
            END IF;
            columns := columns || format('%s AS %I', days.at_column, f.field);
            IF f.type = 'day' THEN
                columns := columns || format('%s AS %I', days.on_column, regexp_replace(f.field, '_at$', '_on'));
            END IF;
        ELSE
            columns := columns || format('(%s)::%s AS %I', coalesce(expression, 'NULL'),
                                         CASE f.type WHEN 'key' THEN key_type ELSE f.type END, f.field);
        END IF;
    END LOOP;
    RETURN format(E'SELECT %s\nFROM %s\nWHERE (%s\n)', array_to_string(columns, E',\n       '),
                  mapping ->> 'from', coalesce(mapping ->> 'where', 'true'));
END $$;
COMMENT ON FUNCTION crm_source_view(text, jsonb, text, text) IS
'The query that shows a source as the table that views are written for.';

CREATE FUNCTION crm_check_source(source text, mapping jsonb) RETURNS regtype
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    fields text[] := (SELECT array_agg(known.field) FROM crm_source_fields() AS known
                      WHERE known.source = crm_check_source.source);
    f text;
    key_type regtype;
BEGIN
    IF fields IS NULL THEN
        RAISE EXCEPTION 'there is no source "%"', source
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = format('Sources are %s.', (SELECT string_agg(DISTINCT known.source, ', ')
                                                    FROM crm_source_fields() AS known));
    END IF;
    FOR f IN SELECT jsonb_object_keys(mapping) LOOP
        IF f <> ALL (fields || ARRAY['from', 'where']) OR jsonb_typeof(mapping -> f) NOT IN ('string', 'number', 'null') THEN
            RAISE EXCEPTION 'source "%" has no field "%"', source, f
                USING ERRCODE = 'invalid_parameter_value',
                      HINT = format('Each value is text. Fields are from, where, %s.', array_to_string(fields, ', '));
        END IF;
    END LOOP;
    FOR f IN SELECT known.field FROM crm_source_fields() AS known
             WHERE known.source = crm_check_source.source AND is_required AND mapping ->> known.field IS NULL LOOP
        RAISE EXCEPTION 'source "%" lacks the field "%"', source, f
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Give the column that holds it, or an expression over columns.';
    END LOOP;
    FOR f IN SELECT jsonb_object_keys(mapping - 'from') LOOP
        CONTINUE WHEN mapping ->> f IS NULL;
        IF f = 'customer_id' THEN
            key_type := crm_expression_type(source, f, (mapping ->> 'from')::regclass, mapping ->> f);
        ELSE
            PERFORM crm_expression_type(source, f, (mapping ->> 'from')::regclass, mapping ->> f);
        END IF;
    END LOOP;
    RETURN key_type;
END $$;
COMMENT ON FUNCTION crm_check_source(text, jsonb) IS
'Checks what a source says, and returns the type of its customers'' key.
NULL for sources that are not about customers. Errors: 22023 for an unknown or missing field, otherwise what PostgreSQL says of the expression.';

CREATE FUNCTION crm_ledger_fields(source text, mapping jsonb, time_zone text) RETURNS jsonb
LANGUAGE plpgsql STRICT
SET "TimeZone" = 'UTC'
SET "DateStyle" = 'ISO'
SET "IntervalStyle" = 'postgres'
SET standard_conforming_strings = on AS $$
DECLARE
    relation regclass := mapping ->> 'from';
    probe text := (SELECT format('pg_temp.%I', relname) FROM pg_class WHERE oid = relation);
    plain jsonb := mapping;
    f text;
BEGIN
    IF (SELECT relpersistence = 't' FROM pg_class WHERE oid = relation) THEN
        RAISE EXCEPTION 'source "%": % is a temporary table', source, relation
            USING ERRCODE = 'wrong_object_type', HINT = 'A workspace outlives the session: take a permanent table.';
    END IF;
    PERFORM set_config('TimeZone', time_zone, true);
    -- A generated column may depend on nothing but its row: just what is wanted here.
    EXECUTE format('CREATE TEMPORARY TABLE %s (LIKE %s)', probe, relation);
    FOREACH f IN ARRAY ARRAY['customer_id', 'purchased_at', 'amount', 'events', 'interacted_at', 'channel', 'is_responded', 'where'] LOOP
        CONTINUE WHEN mapping ->> f IS NULL;
        BEGIN
            EXECUTE format(E'ALTER TABLE %s ADD COLUMN %I %s GENERATED ALWAYS AS (%s\n) STORED', probe, 'crm_ext probe ' || f,
                           crm_expression_type(source, f, relation, mapping ->> f), mapping ->> f);
        EXCEPTION WHEN invalid_object_definition OR feature_not_supported THEN
            RAISE EXCEPTION 'source "%", field "%": % depends on more than the row', source, f, mapping ->> f
                USING ERRCODE = 'invalid_object_definition', DETAIL = SQLERRM,
                      HINT = 'Ledgers would not stay exact. For the time of day say AT TIME ZONE ''UTC'', for a date from text make_date().';
        END;
    END LOOP;
    -- As PostgreSQL understood it: a literal in it means the same whatever a session sets.
    SELECT mapping || coalesce(jsonb_object_agg(substr(attname, 15), pg_get_expr(adbin, adrelid)), '{}') INTO plain
    FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
    WHERE adrelid = probe::regclass AND attname LIKE 'crm\_ext probe %';
    EXECUTE format('DROP TABLE %s', probe);
    RETURN plain;
END $$;
COMMENT ON FUNCTION crm_ledger_fields(text, jsonb, text) IS
'What a source says, its ledger fields as PostgreSQL reads them.
They may depend on the row alone, not on the time zone or the date style of the session, on now(), on other tables: a row must be taken back as it was added. Literals are read in the time zone given, and dates in ISO order. Error 42P17 names the field; 42809 for a temporary table.';

CREATE FUNCTION crm_source_triggers(workspace text, OUT relation regclass, OUT trigger text)
RETURNS SETOF record
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    -- Found by their first argument, where they write: names can be changed.
    SELECT tgrelid::regclass, tgname
    FROM pg_trigger JOIN pg_class AS c ON c.oid = tgrelid
    WHERE NOT tgisinternal AND tgfoid IN ('crm_activity_trigger'::regproc, 'crm_queue_trigger'::regproc)
      AND split_part(encode(tgargs, 'escape'), '\000', 1) IN
          (SELECT encode(convert_to(format('%I.%I', workspace, target), current_setting('server_encoding')), 'escape')
           FROM unnest(ARRAY['customer_activity', 'channel_activity', 'change_queue']) AS target)
      AND pg_has_role(relowner, 'USAGE');
$$;
COMMENT ON FUNCTION crm_source_triggers(text) IS
'The triggers that write into a workspace, on tables one may change.
By the name that the workspace had when they were made.';

CREATE FUNCTION crm_drop_source_triggers(workspace text) RETURNS bigint
LANGUAGE plpgsql STRICT AS $$
DECLARE
    t record;
    dropped bigint := 0;
BEGIN
    FOR t IN SELECT * FROM crm_source_triggers(workspace) LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', t.trigger, t.relation);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END $$;
COMMENT ON FUNCTION crm_drop_source_triggers(text) IS
'Takes the triggers of a workspace off its sources; returns how many.';

CREATE FUNCTION crm_check_triggers_possible(source text, relation regclass) RETURNS void
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    c pg_class := (SELECT c FROM pg_class AS c WHERE oid = relation);
BEGIN
    IF c.relkind NOT IN ('r', 'p') OR c.relkind = 'r' AND EXISTS (SELECT FROM pg_inherits WHERE inhparent = relation) THEN
        RAISE EXCEPTION 'source "%": % is no table of its own, and cannot have the triggers that keep ledgers current', source, relation
            USING ERRCODE = 'wrong_object_type',
                  HINT = 'Say maintain => ''refresh'', and run crm_refresh when it is time.';
    ELSIF NOT pg_has_role(c.relowner, 'USAGE') THEN
        RAISE EXCEPTION 'source "%": % belongs to %', source, relation, c.relowner::regrole
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'Triggers are its owner''s business: let him make the workspace, or say maintain => ''refresh'', which needs SELECT alone.';
    ELSIF row_security_active(relation) THEN
        RAISE EXCEPTION 'source "%": row-level security hides rows of % from you', source, relation
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Ledgers that triggers keep hold every row. Make the workspace as somebody who sees them all, or say maintain => ''refresh''.';
    END IF;
END $$;
COMMENT ON FUNCTION crm_check_triggers_possible(text, regclass) IS
'Checks that a source can have the triggers that keep ledgers current.
Errors: 42809 for a view, a foreign table, a table with old-style children; 42501 for a table of somebody else''s; 55000 where row-level security hides rows.';

CREATE FUNCTION crm_create_source_triggers(workspace text, source text, relation regclass, trigger_function text, arguments text[]) RETURNS void
LANGUAGE plpgsql STRICT AS $$
DECLARE
    part record;
    event record;
    name text;
BEGIN
    PERFORM crm_check_triggers_possible(source, relation);
    FOR part IN SELECT oid::regclass AS relation, relowner::regrole AS owner FROM pg_class
                WHERE oid IN (SELECT relation UNION SELECT relid FROM pg_partition_tree(relation)) LOOP
        FOR event IN VALUES ('insert', 'REFERENCING NEW TABLE AS new_rows'),
                            ('update', 'REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows'),
                            ('delete', 'REFERENCING OLD TABLE AS old_rows'),
                            ('truncate', '') LOOP
            name := format('%s_%s_%s', workspace, source, event.column1);
            EXECUTE format('CREATE TRIGGER %I AFTER %s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION %s(%s)',
                           name, event.column1, part.relation, event.column2,
                           trigger_function, (SELECT string_agg(quote_literal(a), ', ' ORDER BY position)
                                              FROM unnest(arguments) WITH ORDINALITY AS argument (a, position)));
            -- What rights.c asks for before it acts with his rights.
            EXECUTE format('COMMENT ON TRIGGER %I ON %s IS %L', name, part.relation,
                           format(E'Keeps workspace %I current.\nActs with the rights of %s, as long as it is as it was: %s.',
                                  workspace, part.owner, crm_trigger_seal(part.relation, name)));
        END LOOP;
        IF part.owner <> current_user::regrole THEN
            EXECUTE format('GRANT USAGE ON SCHEMA %I TO %s', workspace, part.owner);
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s, change_queue TO %s',
                           CASE source WHEN 'purchase' THEN 'customer_activity' ELSE 'channel_activity' END, part.owner);
            -- The policy of the ledgers looks there.
            EXECUTE format('GRANT SELECT ON %I TO %s', source, part.owner);
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_create_source_triggers(text, text, regclass, text, text[]) IS
'Puts the triggers of a workspace on a source and its partitions.
Their comments say that they act with the rights of the table''s owner, who gets the right to write ledgers. Errors as crm_check_triggers_possible.';
