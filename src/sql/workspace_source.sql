-- Sources: what the owner has, seen as the tables that views are written for.
--
-- A definition is the JSON of the view of that name: sources, time_zone,
-- maintain, subjects, key_type.

CREATE FUNCTION crm_active_fields(source text, subjects text[])
RETURNS TABLE (field text, type text, role text, otherwise text, comment text)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 8
BEGIN ATOMIC
    -- A field that two subjects ask for comes with the first. New ones come last,
    -- so that a view can be replaced.
    SELECT DISTINCT ON (first_place, known.field) known.field, known.type, known.role, known.otherwise, known.comment
    FROM (SELECT f.*, array_position(crm_active_fields.subjects, f.subject) AS place,
                 min(array_position(crm_active_fields.subjects, f.subject) * 10000 + f.position)
                     OVER (PARTITION BY f.field) AS first_place
          FROM crm_source_fields() AS f
          WHERE f.source = crm_active_fields.source AND f.subject = ANY (crm_active_fields.subjects)) AS known
    ORDER BY first_place, known.field, known.place;
END;
COMMENT ON FUNCTION crm_active_fields(text, text[]) IS
'The fields of a source in a workspace of these subjects, in order.';

CREATE FUNCTION crm_temporary_part(probe regclass) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    -- What rules of views depend on, down to the last, and columns on.
    WITH RECURSIVE used AS (
        SELECT probe::oid AS oid
        UNION
        SELECT d.refobjid
        FROM used
        JOIN pg_rewrite AS r ON r.ev_class = used.oid
        JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                           AND d.refclassid = 'pg_class'::regclass
    ), part AS (
        SELECT d.refclassid, d.refobjid
        FROM used
        JOIN pg_rewrite AS r ON r.ev_class = used.oid
        JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
        UNION
        SELECT d.refclassid, d.refobjid
        FROM used
        JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = used.oid AND d.deptype = 'n'
    )
    SELECT min(format('%s %s', known.type, regexp_replace(known.identity, '^pg_temp_[0-9]+', 'pg_temp')))
    FROM part CROSS JOIN LATERAL pg_identify_object(part.refclassid, part.refobjid, 0) AS known
    WHERE starts_with(known.schema, 'pg_temp') AND (known.type, part.refobjid) <> ('view', probe);
$$;
COMMENT ON FUNCTION crm_temporary_part(regclass) IS
'Something that a view uses and that goes with the session.
A function, an operator, a type, a table: whatever lies in a temporary schema. NULL where there is none.';

CREATE FUNCTION crm_expression_type(source text, field text, relation regclass, expression text, OUT type regtype,
    OUT modifier integer, OUT collation_name text)
LANGUAGE plpgsql STRICT
SET client_min_messages = warning AS $$
DECLARE
    reason text;
    hint text;
    other text;
BEGIN
    IF NOT has_database_privilege(current_database(), 'TEMPORARY') THEN
        RAISE EXCEPTION 'permission denied to create temporary tables in database "%"', current_database()
            USING ERRCODE = 'insufficient_privilege',
                  HINT = format('Expressions are tried in temporary views: GRANT TEMPORARY ON DATABASE %I TO %I.',
                                current_database(), current_user);
    END IF;
    BEGIN
        -- The expression of a view is parsed, and nothing of it is run. In WHERE it must do
        -- with one row. From a subquery, for triggers see rows without system columns.
        EXECUTE format(E'CREATE TEMPORARY VIEW crm_probe AS SELECT (%1$s\n) AS value '
                       'FROM (SELECT * FROM %2$s) AS %3$I WHERE (%1$s\n) IS NULL',
                       expression, relation, (SELECT relname FROM pg_class WHERE oid = relation));
    EXCEPTION
        WHEN grouping_error OR windowing_error OR feature_not_supported THEN
            RAISE EXCEPTION 'source "%", field "%": % depends on more than the columns of its row', source, field,
            expression
                USING ERRCODE = SQLSTATE, DETAIL = SQLERRM;
        WHEN syntax_error_or_access_rule_violation THEN
            GET STACKED DIAGNOSTICS reason = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
            RAISE EXCEPTION 'source "%", field "%": %', source, field, reason
                USING ERRCODE = SQLSTATE,
                      HINT = coalesce(nullif(hint, '') || ' ', '')
                             || format('%s has the columns %s.', relation,
                                       (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                                        WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped));
    END;
    other := crm_temporary_part('pg_temp.crm_probe');
    IF other IS NOT NULL THEN
        RAISE EXCEPTION 'source "%", field "%": % is temporary', source, field, other
            USING ERRCODE = 'wrong_object_type',
                  HINT = 'A workspace outlives the session: create it in a permanent schema, and use it from there.';
    END IF;
    SELECT atttypid, atttypmod, nullif(attcollation, 0)::regcollation INTO type, modifier, collation_name
    FROM pg_attribute WHERE attrelid = 'pg_temp.crm_probe'::regclass AND attnum = 1;
    DROP VIEW pg_temp.crm_probe;
END $$;
COMMENT ON FUNCTION crm_expression_type(text, text, regclass, text) IS
'The type of an expression over the columns of a source.
Found without running anything, for what an expression runs can be somebody else''s. An error names the source, the
field and the columns that there are. Names other than columns are looked up in pg_catalog and the extension''s
schema: write others with their schema. Errors 42809 for a function, an operator, a type and the like that goes with
the session, 42501 without the privilege TEMPORARY on the database, and what PostgreSQL says of the expression.';

CREATE FUNCTION crm_base_type(INOUT type regtype, INOUT modifier integer DEFAULT -1) RETURNS record
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
BEGIN
    -- Only the innermost domain can have a modifier.
    WHILE (SELECT typtype FROM pg_type WHERE oid = type) = 'd' LOOP
        SELECT typbasetype, typtypmod INTO type, modifier FROM pg_type WHERE oid = type;
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_base_type(regtype, integer) IS
'The type that a domain is made of, with its modifier.
Through domains over domains; another type is its own.';

-- The key of customers: equality is the source's

CREATE FUNCTION crm_key_definition(type regtype, collation_name text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN pg_catalog.format_type(type, -1)
       || CASE WHEN collation_name IS NULL
           OR collation_name = '"default"' THEN '' ELSE ' COLLATE ' || collation_name END;
COMMENT ON FUNCTION crm_key_definition(regtype, text) IS
'A type with its collation, as in the definition of a column.';

CREATE FUNCTION crm_is_plain_text(type regtype, collation_name text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT t.typcategory IN ('S', 'E') AND t.oid NOT IN ('pg_catalog.bpchar'::pg_catalog.regtype)
               AND (t.typtype <> 'b' OR t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace)
               AND coalesce((SELECT c.collisdeterministic FROM pg_catalog.pg_collation AS c
                             WHERE c.oid = pg_catalog.to_regcollation(collation_name)), true)
               OR t.oid IN ('pg_catalog.uuid'::pg_catalog.regtype, 'pg_catalog.int2'::pg_catalog.regtype,
                            'pg_catalog.int4'::pg_catalog.regtype, 'pg_catalog.int8'::pg_catalog.regtype)
        FROM pg_catalog.pg_type AS t WHERE t.oid = (crm_base_type(type)).type);
COMMENT ON FUNCTION crm_is_plain_text(regtype, text) IS
'Are two values of a type equal just when their texts are?
Not so for citext, character(n), nondeterministic collations, numeric.';

CREATE FUNCTION crm_key_type(sources jsonb) RETURNS text
LANGUAGE plpgsql STRICT AS $$
DECLARE
    given record;
BEGIN
    SELECT count(DISTINCT definition) AS kinds, min(definition) AS definition,
           bool_and(base::regtype IN ('smallint', 'integer', 'bigint')) AS are_integers,
           bool_and(crm_is_plain_text(type, collation_name)) AS are_plain,
           string_agg(format('%s in %s', definition, source), ', ' ORDER BY source) AS listed,
           min(definition) FILTER (WHERE equality IS NULL) AS without_order,
           min(definition) FILTER (WHERE NOT pg_operator_is_visible(equality)) AS hidden,
           min(equality::regoperator::text) FILTER (WHERE NOT pg_operator_is_visible(equality)) AS hidden_equality
    INTO given
    FROM (SELECT key AS source, e.type, e.collation_name, crm_key_definition(e.type, e.collation_name) AS definition
          FROM jsonb_each(sources),
               LATERAL crm_expression_type(key, 'customer_id', (value ->> 'from')::regclass,
                   value ->> 'customer_id') AS e
          WHERE value ->> 'customer_id' IS NOT NULL) AS key
    JOIN LATERAL (SELECT oid AS base, typcategory FROM pg_type WHERE oid = (crm_base_type(key.type)).type) AS t ON true
    -- What sorts and groups calls equal: the type's own, else that of a type which it is taken for.
    LEFT JOIN LATERAL (SELECT amopopr AS equality
                       FROM pg_opclass JOIN pg_am ON pg_am.oid = opcmethod
                       JOIN pg_amop ON amopfamily = opcfamily AND amoplefttype = opcintype AND amoprighttype = opcintype
                           AND amopstrategy = 3
                       WHERE amname = 'btree' AND opcdefault
                         AND (opcintype = base OR typcategory = 'E' AND opcintype = 'anyenum'::regtype
                              OR typcategory = 'S' AND opcintype = 'text'::regtype)
                       ORDER BY opcintype = base DESC LIMIT 1) AS opclass ON true;
    IF given.without_order IS NOT NULL THEN
        RAISE EXCEPTION 'type % cannot be used for customers'' keys', given.without_order
            USING ERRCODE = 'datatype_mismatch',
            HINT = 'It has no default btree operator class of its own. Cast it, as in "customer_id": "(id)::text".';
    ELSIF given.hidden IS NOT NULL THEN
        RAISE EXCEPTION 'type % cannot be used for customers'' keys: its % is not in the schema of crm_ext',
        given.hidden, given.hidden_equality
            USING ERRCODE = 'datatype_mismatch',
                  HINT = 'Another operator would compare them: move the type''s extension there, '
                         'or cast it, as in "customer_id": "lower((id)::text)".';
    ELSIF given.kinds = 1 THEN
        RETURN given.definition;
    ELSIF given.are_integers THEN
        RETURN 'bigint';
    ELSIF NOT given.are_plain THEN
        RAISE EXCEPTION 'the sources compare customers'' keys differently: %', given.listed
            USING ERRCODE = 'datatype_mismatch', HINT = 'Cast them to one type, as in "customer_id": "(id)::citext".';
    ELSIF given.kinds > 1 THEN
        RETURN 'text';
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION crm_key_type(jsonb) IS
'The type of customers'' keys, with its collation, from the sources.
The type that all sources have, exactly: a citext, a domain, an enum or a collation keeps its own equality. Different
integers are bigint, different types whose values are equal when their texts are become text. NULL without sources.
Error 42804 where equality would change, for a type without an order, and for one whose = lies neither in pg_catalog
nor in the extension''s schema.';

CREATE FUNCTION crm_chosen_key_type(definition jsonb) RETURNS text
LANGUAGE plpgsql STRICT AS $$
DECLARE
    has text := definition ->> 'key_type';
    wanted text := crm_key_type(definition -> 'sources');
BEGIN
    IF has IS NULL OR wanted IS NULL OR wanted = has THEN
        RETURN coalesce(has, wanted, 'text');
    ELSIF has = 'bigint' AND wanted IN ('smallint', 'integer') OR has = 'integer' AND wanted = 'smallint' THEN
        RETURN has;
    ELSIF has IN ('text', 'character varying')
          AND (SELECT bool_and(crm_is_plain_text(e.type, e.collation_name)) FROM jsonb_each(definition -> 'sources'),
               LATERAL crm_expression_type(key, 'customer_id', (value ->> 'from')::regclass,
                   value ->> 'customer_id') AS e) THEN
        RETURN has;
    END IF;
    RETURN wanted;
END $$;
COMMENT ON FUNCTION crm_chosen_key_type(jsonb) IS
'The type of customers'' keys in a workspace with this definition.
That which the workspace has, where it can hold the keys of all sources and tell apart what they do: integers of a
larger type, and text. Otherwise that of the sources.';

CREATE FUNCTION crm_amount_scale(sources jsonb) RETURNS integer
LANGUAGE plpgsql STRICT AS $$
DECLARE
    mapping jsonb := sources -> 'purchase';
    amount record;
BEGIN
    IF mapping ->> 'amount' IS NULL THEN
        RETURN 2;
    END IF;
    amount := crm_expression_type('purchase', 'amount', mapping ->> 'from', mapping ->> 'amount');
    amount := crm_base_type(amount.type, amount.modifier);
    -- As numeric.c packs them: the scale has eleven bits, the highest its sign.
    RETURN CASE WHEN amount.type <> 'numeric'::regtype OR amount.modifier < 4 THEN 2
                WHEN (amount.modifier - 4) & 1024 > 0 THEN 0
                ELSE least((amount.modifier - 4) & 1023, 4) END;
END $$;
COMMENT ON FUNCTION crm_amount_scale(jsonb) IS
'With how many decimals a workspace of these sources shows amounts.
As many as the type of purchase.amount says, at most the 4 that a ledger holds; 2 where it says none.';

-- A source as a query

CREATE FUNCTION crm_day_columns(source text, field text, type regtype, expression text, time_zone text,
    OUT at_column text, OUT on_column text)
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    -- Where clocks are ahead of UTC, the first midnight there is comes before all instants.
    CASE (crm_base_type(type)).type::oid
        WHEN 'date'::regtype THEN
            at_column := format('nullif((%s), ''4714-11-24 BC'')::timestamp AT TIME ZONE %L', expression, time_zone);
            on_column := format('(%s)', expression);
        WHEN 'timestamp'::regtype THEN
            at_column := format('nullif((%s), ''4714-11-24 BC'') AT TIME ZONE %L', expression, time_zone);
            on_column := format('(%s)::date', expression);
        WHEN 'timestamptz'::regtype THEN
            at_column := format('(%s)', expression);
            on_column := format('((%s) AT TIME ZONE %L)::date', expression, time_zone);
        ELSE
            RAISE EXCEPTION 'source "%", field "%": type % is not a date or timestamp', source, field, type
                USING ERRCODE = 'datatype_mismatch',
                      -- A cast of text reads it by the session's DateStyle, which no ledger may.
                      HINT = format((SELECT CASE typcategory
                                         WHEN 'N' THEN 'For seconds since 1970 use "to_timestamp(%s)".'
                                         WHEN 'S' THEN
                                             'For the day of text such as 2024-12-31 use "make_date('
                                             'left((%1$s), 4)::integer, substr((%1$s), 6, 2)::integer, '
                                             'substr((%1$s), 9, 2)::integer)", or give the column a type.'
                                         ELSE 'Use an expression of type date or timestamp.' END
                                     FROM pg_type WHERE oid = type), expression);
    END CASE;
END $$;
COMMENT ON FUNCTION crm_day_columns(text, text, regtype, text, text) IS
'Expressions for the instant and for the day of a date or timestamp.
This is where a day is made from a timestamp, in the time zone of the workspace and whatever the session''s. The first
midnight there is has no instant. Error 42804 for other types.';

CREATE FUNCTION crm_column_type(type text, key_type text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE type WHEN 'key' THEN key_type WHEN 'id' THEN 'text' WHEN 'weight' THEN 'double precision'
       WHEN 'day' THEN 'timestamptz' WHEN 'time' THEN 'timestamptz' ELSE type END;
COMMENT ON FUNCTION crm_column_type(text, text) IS
'The type of the column that a field of a source becomes.';

CREATE FUNCTION crm_closed(expression text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN expression || CASE WHEN expression LIKE '%--%' THEN E'\n' ELSE '' END;
COMMENT ON FUNCTION crm_closed(text) IS
'An expression, with a line feed where it may end in a comment.';

CREATE FUNCTION crm_source_query(source text, mapping jsonb, definition jsonb, rows text DEFAULT NULL,
    fields text[] DEFAULT NULL, indent text DEFAULT '') RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    relation regclass := mapping ->> 'from';
    f record;
    days record;
    columns text[];
    expression text;
BEGIN
    FOR f IN SELECT * FROM crm_active_fields(source, ARRAY(SELECT jsonb_array_elements_text(definition -> 'subjects')))
             WHERE fields IS NULL OR field = ANY (fields) LOOP
        expression := coalesce(crm_closed(mapping ->> f.field), f.otherwise);
        IF f.type IN ('day', 'time') THEN
            IF expression IS NULL THEN
                SELECT 'NULL::timestamptz' AS at_column, 'NULL::date' AS on_column INTO days;
            ELSE
                days := crm_day_columns(source, f.field,
                    (crm_expression_type(source, f.field, relation, expression)).type,
                                        expression, definition ->> 'time_zone');
            END IF;
            -- Ledgers go by days.
            IF rows IS NULL OR f.type = 'time' THEN
                columns := columns || format('%s AS %I', days.at_column, f.field);
            END IF;
            IF f.type = 'day' THEN
                columns := columns || format('%s AS %I', days.on_column, regexp_replace(f.field, '_at$', '_on'));
            END IF;
        ELSE
            columns := columns || format('(%s)::%s AS %I', coalesce(expression, 'NULL'),
                                         crm_column_type(f.type, definition ->> 'key_type'), f.field);
        END IF;
    END LOOP;
    RETURN format(E'SELECT %s\n%sFROM %s AS %I%s', array_to_string(columns, E',\n       ' || indent), indent,
                  coalesce(rows, relation::text), (SELECT relname FROM pg_class WHERE oid = relation),
                  E'\n' || indent || 'WHERE (' || crm_closed(mapping ->> 'where') || ')');
END $$;
COMMENT ON FUNCTION crm_source_query(text, jsonb, jsonb, text, text[], text) IS
'The query that shows a source as the table that views are written for.
rows: instead of the source, rows like its, such as those that a statement changed. fields: only these. indent: before
each line but the first.';

CREATE FUNCTION crm_create_source_table(source text, definition jsonb) RETURNS void
LANGUAGE plpgsql STRICT
SET client_min_messages = warning AS $$
DECLARE
    zone text := quote_literal(definition ->> 'time_zone');
    relation regclass;
    columns text;
    name text;
BEGIN
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I ()', source);
    relation := quote_ident(source)::regclass;
    SELECT string_agg('ADD COLUMN ' || c.line, ', ' ORDER BY f.n, c.line LIKE '%STORED') INTO columns
    FROM crm_active_fields(source, ARRAY(SELECT jsonb_array_elements_text(definition -> 'subjects')))
             WITH ORDINALITY AS f (field, type, role, otherwise, comment, n),
         LATERAL (VALUES
             (f.field, format('%I %s%s%s', f.field, crm_column_type(f.type, definition ->> 'key_type'),
                              CASE WHEN f.type = 'id' THEN ' PRIMARY KEY DEFAULT gen_random_uuid()::text'
                                   WHEN f.role = 'primary' THEN ' PRIMARY KEY'
                                   WHEN f.type = 'day' AND f.role = 'required'
                                       OR f.type = 'weight' THEN ' NOT NULL' END,
                              coalesce(' DEFAULT ' || f.otherwise, '')
                              || CASE f.type WHEN 'weight' THEN format(' CHECK (%I >= 0)', f.field) ELSE '' END)),
             (regexp_replace(f.field, '_at$', '_on'),
              CASE f.type WHEN 'day' THEN format('%I date GENERATED ALWAYS AS ((%I AT TIME ZONE %s)::date) STORED',
                                                 regexp_replace(f.field, '_at$', '_on'), f.field, zone) END)
         ) AS c (column_name, line)
    WHERE c.line IS NOT NULL
      AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = relation AND attname = c.column_name
          AND NOT attisdropped);
    IF columns IS NOT NULL THEN
        EXECUTE format('ALTER TABLE %I %s', source, columns);
    END IF;
    FOR name IN SELECT field
    FROM crm_active_fields(source, ARRAY(SELECT jsonb_array_elements_text(definition -> 'subjects')))
                WHERE field LIKE E'%\\_id' AND type <> 'id' AND role <> 'primary' LOOP
        EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON %I (%I)', format('%s_%s_idx', source, name), source, name);
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_create_source_table(text, jsonb) IS
'The table of a source that the workspace has to itself.
Adds the columns that it lacks, with an index on every key of something else.';

-- What people say of sources, checked

CREATE FUNCTION crm_find_relation(name text, search_path text) RETURNS regclass
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('search_path', search_path, true);
    RETURN pg_catalog.to_regclass(name);
EXCEPTION WHEN invalid_name OR syntax_error OR feature_not_supported THEN
    -- It is no name, has too many parts, or is of another database.
    RETURN NULL;
END $$;
COMMENT ON FUNCTION crm_find_relation(text, text) IS
'A relation as a search_path finds it; NULL where there is none.
So too for what cannot be the name of a relation.';

CREATE FUNCTION crm_resolve_sources(sources jsonb, search_path text) RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
    answer jsonb := '{}';
    source record;
    found_relation pg_class;
BEGIN
    IF jsonb_typeof(sources) <> 'object' THEN
        RAISE EXCEPTION 'sources must be a JSON object'
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'For example, {"purchase": {"from": "orders", "customer_id": "customer", '
                         '"purchased_at": "created_at", "amount": "total"}}.';
    END IF;
    FOR source IN SELECT key, value FROM jsonb_each(sources) LOOP
        IF source.value ->> 'from' IS NULL THEN
            RAISE EXCEPTION 'source "%" has no "from"', source.key
                USING ERRCODE = 'invalid_parameter_value', HINT = 'Name the table or view: "from": "public.orders".';
        END IF;
        SELECT * INTO found_relation FROM pg_class WHERE oid = crm_find_relation(source.value ->> 'from', search_path);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'source "%": relation "%" does not exist', source.key, source.value ->> 'from'
                USING ERRCODE = 'undefined_table', HINT = 'Write the table''s name as in a query, with its schema.';
        ELSIF found_relation.relpersistence = 't' THEN
            RAISE EXCEPTION 'source "%": % is a temporary table', source.key, source.value ->> 'from'
                USING ERRCODE = 'wrong_object_type',
                      HINT = 'A workspace outlives the session: use a permanent table. '
                             'If one has the same name, give its schema.';
        ELSIF found_relation.relkind NOT IN ('r', 'p', 'v', 'm', 'f') THEN
            RAISE EXCEPTION 'source "%": % is not a table or view', source.key, source.value ->> 'from'
                USING ERRCODE = 'wrong_object_type';
        ELSIF NOT has_any_column_privilege(found_relation.oid, 'SELECT') THEN
            RAISE EXCEPTION 'source "%": permission denied to read %', source.key, source.value ->> 'from'
                USING ERRCODE = 'insufficient_privilege', HINT = 'GRANT SELECT on it.';
        ELSIF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
            AND NOT crm_owner_has_rights(found_relation.oid) THEN
            RAISE EXCEPTION 'source "%": % belongs to %', source.key, source.value ->> 'from',
            found_relation.relowner::regrole
                USING ERRCODE = 'insufficient_privilege',
                      HINT = 'A superuser must not run the types, casts and views of others: '
                             'use SET ROLE to become the owner first.';
        END IF;
        answer := answer || jsonb_build_object(source.key, source.value || jsonb_build_object('from',
                      format('%s.%I', found_relation.relnamespace::regnamespace, found_relation.relname)));
    END LOOP;
    RETURN answer;
END $$;
COMMENT ON FUNCTION crm_resolve_sources(jsonb, text) IS
'Sources with the schemas of their relations written out.
Errors 22023 for what is no object of objects with "from", 42P01 for a relation that does not exist, 42809 for one
that cannot be a source, 42501 for one that cannot be read, and for a superuser and somebody else''s table.';

CREATE FUNCTION crm_check_relations(sources jsonb) RETURNS void
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    gone record;
BEGIN
    SELECT key AS source, value ->> 'from' AS relation INTO gone
    FROM jsonb_each(sources) WHERE to_regclass(value ->> 'from') IS NULL ORDER BY key LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'source "%": relation "%" does not exist', gone.source, gone.relation
            USING ERRCODE = 'undefined_table',
                  HINT = 'Make it again, or name another relation with crm_change_sources.';
    END IF;
END $$;
COMMENT ON FUNCTION crm_check_relations(jsonb) IS
'Checks that the relations of sources are still there.
sources: with schemas, as crm_resolve_sources writes them. Error 42P01.';

CREATE FUNCTION crm_check_source(source text, mapping jsonb) RETURNS void
LANGUAGE plpgsql STRICT AS $$
DECLARE
    relation regclass := mapping ->> 'from';
    fields text[] := (SELECT array_agg(DISTINCT known.field) FROM crm_source_fields() AS known
                      WHERE known.source = crm_check_source.source);
    f text;
    becomes text;
BEGIN
    IF fields IS NULL THEN
        RAISE EXCEPTION 'unrecognized source: "%"', source
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = format('Sources are %s.', (SELECT string_agg(DISTINCT known.source, ', ')
                                                    FROM crm_source_fields() AS known));
    END IF;
    FOR f IN SELECT jsonb_object_keys(mapping) LOOP
        becomes := format('Each value is text. Fields are from, where, %s.', array_to_string(fields, ', '));
        IF f <> ALL (fields || ARRAY['from', 'where']) THEN
            RAISE EXCEPTION 'source "%" has no field "%"', source, f
                USING ERRCODE = 'invalid_parameter_value', HINT = becomes;
        ELSIF jsonb_typeof(mapping -> f) NOT IN ('string', 'null') THEN
            RAISE EXCEPTION 'source "%", field "%": % is not text but a JSON %', source, f, mapping -> f,
                            jsonb_typeof(mapping -> f)
                USING ERRCODE = 'invalid_parameter_value', HINT = becomes;
        END IF;
    END LOOP;
    FOR f IN SELECT known.field FROM crm_source_fields() AS known
             WHERE known.source = crm_check_source.source AND role IN ('primary', 'required')
               AND mapping ->> known.field IS NULL LOOP
        RAISE EXCEPTION 'source "%" lacks the field "%"', source, f
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Give the column that holds it, or an expression over columns.';
    END LOOP;
    FOR f IN SELECT jsonb_object_keys(mapping - 'from') LOOP
        CONTINUE WHEN mapping ->> f IS NULL;
        becomes := (SELECT min(crm_column_type(known.type, NULL)) FROM crm_source_fields() AS known
                    WHERE known.source = crm_check_source.source AND field = f AND known.type NOT IN ('day', 'time'));
        PERFORM crm_expression_type(source, f, relation,
            coalesce(format('(%s)::', crm_closed(mapping ->> f)) || becomes, mapping ->> f));
        -- What closes a parenthesis that it did not open is right between two only by accident.
        PERFORM crm_expression_type(source, f, relation, format(E'CASE WHEN true THEN %s\nEND', mapping ->> f));
    END LOOP;
    IF (crm_expression_type(source, 'where', relation, mapping ->> 'where')).type <> 'boolean'::regtype THEN
        RAISE EXCEPTION 'source "%", field "where": % is not a condition', source, mapping ->> 'where'
            USING ERRCODE = 'datatype_mismatch', HINT = 'It must be boolean, as in "status = ''paid''".';
    END IF;
END $$;
COMMENT ON FUNCTION crm_check_source(text, jsonb) IS
'Checks what a source says.
Errors: 22023 for an unknown or missing field, otherwise what PostgreSQL says of the expression.';

CREATE FUNCTION crm_untrusted(probe regclass, trusted regclass) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    -- What PostgreSQL wrote down that the view uses: functions, those behind casts
    -- and operators too, other relations, and the types of columns, down to what
    -- domains and arrays are made of. What is built in it does not write down.
    WITH RECURSIVE used AS (
        SELECT d.refclassid, d.refobjid, a.atttypid
        FROM pg_rewrite AS r
        JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refobjid <> probe
        LEFT JOIN pg_attribute AS a ON d.refclassid = 'pg_class'::regclass AND a.attrelid = d.refobjid
            AND a.attnum = d.refobjsubid
        WHERE r.ev_class = probe
    ), used_type AS (
        SELECT t.* FROM pg_type AS t JOIN used ON t.oid = used.atttypid OR refclassid = 'pg_type'::regclass
            AND t.oid = refobjid
        UNION
        SELECT t.* FROM used_type AS u JOIN pg_type AS t ON t.oid IN (u.typbasetype, u.typelem)
    ), owned AS (
        SELECT 'pg_proc'::regclass AS kind, p.oid, p.proowner AS owner
        FROM used JOIN pg_proc AS p ON refclassid = 'pg_proc'::regclass AND p.oid = refobjid
        UNION ALL
        SELECT 'pg_operator'::regclass, o.oid, o.oprowner
        FROM used JOIN pg_operator AS o ON refclassid = 'pg_operator'::regclass AND o.oid = refobjid
        UNION ALL
        SELECT 'pg_class'::regclass, c.oid, c.relowner
        FROM used JOIN pg_class AS c ON refclassid = 'pg_class'::regclass AND c.oid = refobjid AND c.oid <> trusted
        UNION ALL
        SELECT 'pg_type'::regclass, oid, typowner FROM used_type
    )
    SELECT min(format('%s of %s', pg_describe_object(kind, oid, 0), owner::regrole))
    FROM owned WHERE NOT pg_has_role(owner, current_user, 'USAGE');
$$;
COMMENT ON FUNCTION crm_untrusted(regclass, regclass) IS
'Something that a view uses, of an owner without one''s rights.
NULL where all is built in, an extension''s, or of somebody who could act as the current user anyhow. trusted: a
relation to pass over.';

CREATE FUNCTION crm_check_trust(source text, mapping jsonb, definition jsonb) RETURNS void
LANGUAGE plpgsql STRICT
SET client_min_messages = warning AS $$
DECLARE
    is_superuser boolean := (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
    other text;
BEGIN
    -- Triggers run what ledgers are made of; a superuser reads all of it.
    IF NOT is_superuser AND (definition ->> 'maintain' = 'refresh'
        OR source NOT IN (SELECT l.source FROM crm_ledgers() AS l)) THEN
        RETURN;
    END IF;
    EXECUTE 'CREATE TEMPORARY VIEW crm_probe AS '
            || crm_source_query(source, mapping, definition,
                                fields => CASE WHEN NOT is_superuser
                                               THEN ARRAY(SELECT crm_ledger_inputs(source)) || '{customer_id}' END);
    other := crm_untrusted('pg_temp.crm_probe', mapping ->> 'from');
    DROP VIEW pg_temp.crm_probe;
    IF other IS NOT NULL THEN
        RAISE EXCEPTION 'source "%" uses %, who does not have the privileges of %', source, other, current_user
            USING ERRCODE = 'insufficient_privilege',
                  HINT = CASE WHEN is_superuser
                         THEN 'A superuser must not run code that others wrote: use SET ROLE first.'
                         ELSE 'It would run with privileges that its owner lacks: specify maintain => ''refresh'', '
                              'or use objects of your own.' END;
    END IF;
END $$;
COMMENT ON FUNCTION crm_check_trust(text, jsonb, jsonb) IS
'Checks that nothing which a source uses gains rights by it.
What triggers evaluate, and all that a superuser''s workspace reads, must be built in, an extension''s, or of somebody
with the current user''s rights. Error 42501 names what is not.';

CREATE FUNCTION crm_ledger_fields(source text, mapping jsonb, time_zone text) RETURNS jsonb
LANGUAGE plpgsql STRICT
SET "TimeZone" = 'UTC'
SET extra_float_digits = 1
SET "DateStyle" = 'ISO'
SET "IntervalStyle" = 'postgres'
SET client_min_messages = warning
SET standard_conforming_strings = on AS $$
DECLARE
    relation regclass := mapping ->> 'from';
    probe text := (SELECT format('pg_temp.%I', relname) FROM pg_class WHERE oid = relation);
    plain jsonb := mapping;
    f text;
BEGIN
    IF to_regclass(probe) IS NOT NULL THEN
        RAISE EXCEPTION 'source "%": a temporary table has the name %', source, probe
            USING ERRCODE = 'duplicate_table',
            HINT = 'Drop it, or use another session: the check of expressions needs that name.';
    END IF;
    PERFORM set_config('TimeZone', time_zone, true);
    -- A generated column may depend on nothing but its row: just what is wanted here.
    EXECUTE format('CREATE TEMPORARY TABLE %s (LIKE %s)', probe, relation);
    FOR f IN SELECT field
    FROM (SELECT field, position FROM crm_source_fields() AS s WHERE s.source = crm_ledger_fields.source
                                UNION ALL SELECT 'where', 0) AS known
             WHERE mapping ->> field IS NOT NULL AND (field IN ('where', 'customer_id')
                 OR field IN (SELECT crm_ledger_inputs(source)))
             GROUP BY field ORDER BY min(position) LOOP
        BEGIN
            EXECUTE format(E'ALTER TABLE %s ADD COLUMN %I %s GENERATED ALWAYS AS (%s\n) STORED', probe,
                'crm_ext probe ' || f,
                           format_type((crm_expression_type(source, f, relation, mapping ->> f)).type, -1),
                           mapping ->> f);
        EXCEPTION WHEN invalid_object_definition OR feature_not_supported OR windowing_error OR grouping_error THEN
            RAISE EXCEPTION 'source "%", field "%": % depends on more than the columns of its row', source, f,
            mapping ->> f
                USING ERRCODE = 'invalid_object_definition', DETAIL = SQLERRM,
                      HINT = 'Ledgers would not stay exact: it depends on settings, the clock or other rows. '
                             'For a time of day use AT TIME ZONE ''UTC'', for a date from text make_date().';
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
They may depend on the row alone, not on the time zone or the date style of the session, on now(), on other tables: a
row must be taken back as it was added. Literals are read in the time zone given, and dates in ISO order. Error 42P17
names the field.';

CREATE FUNCTION crm_key_traits(relation regclass, expression text, OUT is_unique boolean, OUT is_number boolean)
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    -- What the view reads stands in its dependencies: a table may have got another's name since.
    SELECT bool_and(EXISTS (SELECT FROM pg_index AS i JOIN pg_opclass AS o ON o.oid = i.indclass[0] AND o.opcdefault
                            WHERE i.indrelid = c.oid AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum
                              AND i.indcollation[0] = a.attcollation
                              AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL)
                    -- An index is of its table alone, not of old-style children.
                    AND (c.relkind = 'p' OR NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = c.oid))),
           bool_and(t.typcategory = 'N')
    FROM (
        SELECT d.refobjid AS relid, d.refobjsubid AS attnum
        FROM pg_rewrite AS r
        JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                           AND d.refclassid = 'pg_class'::regclass
        WHERE r.ev_class = relation
        UNION ALL
        SELECT attrelid, attnum FROM pg_attribute WHERE attrelid = relation
    ) AS seen
    JOIN pg_class AS c ON c.oid = seen.relid AND c.relkind IN ('r', 'p')
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = seen.attnum
    JOIN pg_type AS t ON t.oid = a.atttypid
    WHERE quote_ident(a.attname) = expression;
END;
COMMENT ON FUNCTION crm_key_traits(regclass, text) IS
'What the catalog knows of a field of a source that is a column.
relation: the source, a view or a table. expression: what the field is mapped to, or the column of a table.
is_unique: an index keeps it so, by the equality of the column. is_number: its type is one, so it is never blank.
NULL where it is no column of a table that the view reads.';
