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
            RAISE EXCEPTION 'source "%", field "%": % depends on more than the columns of its row',
                            source, field, expression
                USING ERRCODE = SQLSTATE, DETAIL = SQLERRM;
        WHEN data_exception THEN
            GET STACKED DIAGNOSTICS reason = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
            RAISE EXCEPTION 'source "%", field "%": %', source, field, reason
                USING ERRCODE = SQLSTATE,
                      HINT = coalesce(nullif(hint, ''), 'A literal must be of the type that is needed there.');
        WHEN syntax_error_or_access_rule_violation THEN
            GET STACKED DIAGNOSTICS reason = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
            RAISE EXCEPTION 'source "%", field "%": %', source, field, reason
                USING ERRCODE = SQLSTATE,
                      HINT = coalesce(nullif(hint, '') || ' ', '')
                             || format('%s has the columns %s.', relation,
                                       (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                                        WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped));
    END;
    other := crm_temporary_part('pg_temp.crm_probe'::regclass);
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
       || CASE WHEN collation_name IS NULL OR collation_name = '"default"' THEN ''
               ELSE ' COLLATE ' || collation_name END;
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
    amount := crm_expression_type('purchase', 'amount', (mapping ->> 'from')::regclass, mapping ->> 'amount');
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
      AND NOT EXISTS (SELECT FROM pg_attribute
                      WHERE attrelid = relation AND attname = c.column_name AND NOT attisdropped);
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
