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

CREATE FUNCTION crm_expression_type(source text, field text, relation regclass, expression text, OUT type regtype, OUT collation_name text)
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    value text;
    reason text;
    hint text;
BEGIN
    -- As from a subquery: triggers see rows without system columns.
    value := format(E'(SELECT (%s\n) FROM (SELECT * FROM %s) AS %I LIMIT 0)', expression, relation,
                    (SELECT relname FROM pg_class WHERE oid = relation));
    EXECUTE format('SELECT pg_typeof(%s)', value) INTO type;
    IF (SELECT typcollation <> 0 FROM pg_type WHERE oid = type) THEN
        EXECUTE format('SELECT pg_collation_for(%s)', value) INTO collation_name;
    END IF;
EXCEPTION WHEN syntax_error_or_access_rule_violation OR feature_not_supported OR grouping_error OR windowing_error THEN
    GET STACKED DIAGNOSTICS reason = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    RAISE EXCEPTION 'source "%", field "%": %', source, field, reason
        USING ERRCODE = SQLSTATE,
              HINT = coalesce(nullif(hint, '') || ' ', '')
                     || format('%s has the columns %s.', relation,
                               (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                                WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped));
END $$;
COMMENT ON FUNCTION crm_expression_type(text, text, regclass, text) IS
'The type and collation of an expression over the columns of a source.
An error names the source, the field and the columns that there are. Names other than columns are looked up in pg_catalog and the extension''s schema: write others with their schema.';

-- The key of customers: equality is the source's

CREATE FUNCTION crm_key_definition(type regtype, collation_name text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN pg_catalog.format_type(type, -1)
       || CASE WHEN collation_name IS NULL OR collation_name = '"default"' THEN '' ELSE ' COLLATE ' || collation_name END;
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
        FROM pg_catalog.pg_type AS t WHERE t.oid = type);
COMMENT ON FUNCTION crm_is_plain_text(regtype, text) IS
'Are two values of a type equal just when their texts are?
Not so for citext, character(n), nondeterministic collations, numeric.';

CREATE FUNCTION crm_key_type(sources jsonb) RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    given record;
BEGIN
    SELECT count(DISTINCT definition) AS kinds, min(definition) AS definition,
           bool_and(type IN ('smallint', 'integer', 'bigint')) AS are_integers,
           bool_and(crm_is_plain_text(type, collation_name)) AS are_plain,
           string_agg(format('%s in %s', definition, source), ', ' ORDER BY source) AS listed,
           min(definition) FILTER (WHERE NOT EXISTS (
               SELECT FROM pg_opclass JOIN pg_am ON pg_am.oid = opcmethod
               WHERE amname = 'btree' AND opcdefault
                 AND (opcintype = base OR typcategory = 'E' AND opcintype = 'anyenum'::regtype
                      OR typcategory = 'S' AND opcintype = 'text'::regtype))) AS without_order
    INTO given
    FROM (SELECT key AS source, e.type, e.collation_name, crm_key_definition(e.type, e.collation_name) AS definition
          FROM jsonb_each(sources),
               LATERAL crm_expression_type(key, 'customer_id', (value ->> 'from')::regclass, value ->> 'customer_id') AS e
          WHERE value ->> 'customer_id' IS NOT NULL) AS key
    JOIN LATERAL (SELECT CASE typtype WHEN 'd' THEN typbasetype ELSE oid END AS base, typcategory
                  FROM pg_type WHERE oid = key.type) AS t ON true;
    IF given.without_order IS NOT NULL THEN
        RAISE EXCEPTION 'keys of customers cannot be of type %', given.without_order
            USING ERRCODE = 'datatype_mismatch', HINT = 'It has no order by which to find a key. Cast it, as in "customer_id": "(id)::text".';
    ELSIF given.kinds = 1 THEN
        RETURN given.definition;
    ELSIF given.are_integers THEN
        RETURN 'bigint';
    ELSIF NOT given.are_plain THEN
        RAISE EXCEPTION 'the sources do not agree on when keys of customers are equal: %', given.listed
            USING ERRCODE = 'datatype_mismatch', HINT = 'Cast them to one type, as in "customer_id": "(id)::citext".';
    ELSIF given.kinds > 1 THEN
        RETURN 'text';
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION crm_key_type(jsonb) IS
'The type of customers'' keys, with its collation, from the sources.
The type that all sources have, exactly: a citext, a domain, an enum or a collation keeps its own equality. Different integers are bigint, different types whose values are equal when their texts are become text. NULL without sources. Error 42804 where equality would change, or for a type without an order.';

CREATE FUNCTION crm_amount_scale(sources jsonb) RETURNS integer
LANGUAGE plpgsql STRICT
SET client_min_messages = warning AS $$
DECLARE
    mapping jsonb := sources -> 'purchase';
    relation regclass := mapping ->> 'from';
    modifier integer;
BEGIN
    IF mapping ->> 'amount' IS NULL THEN
        RETURN 2;
    END IF;
    EXECUTE format(E'CREATE TEMPORARY VIEW "crm_ext probe of amounts" AS SELECT (%s\n) AS amount FROM %s AS %I',
                   mapping ->> 'amount', relation, (SELECT relname FROM pg_class WHERE oid = relation));
    SELECT atttypmod - 4 INTO modifier FROM pg_attribute
    WHERE attrelid = 'pg_temp."crm_ext probe of amounts"'::regclass AND attname = 'amount'
      AND atttypid = 'numeric'::regtype AND atttypmod > 0;
    DROP VIEW pg_temp."crm_ext probe of amounts";
    -- As numeric.c packs them: the scale has eleven bits, the highest its sign.
    RETURN CASE WHEN modifier IS NULL THEN 2 WHEN modifier & 1024 > 0 THEN 0 ELSE least(modifier & 1023, 4) END;
END $$;
COMMENT ON FUNCTION crm_amount_scale(jsonb) IS
'With how many decimals a workspace of these sources shows amounts.
As many as the type of purchase.amount says, at most the 4 that a ledger holds; 2 where it says none.';

-- A source as a query

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

CREATE FUNCTION crm_source_query(source text, mapping jsonb, definition jsonb, rows text DEFAULT NULL, fields text[] DEFAULT NULL) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
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
                days := crm_day_columns(source, f.field, (crm_expression_type(source, f.field, relation, expression)).type,
                                        expression, definition ->> 'time_zone');
            END IF;
            columns := columns || format('%s AS %I', days.at_column, f.field);
            IF f.type = 'day' THEN
                columns := columns || format('%s AS %I', days.on_column, regexp_replace(f.field, '_at$', '_on'));
            END IF;
        ELSE
            columns := columns || format('(%s)::%s AS %I', coalesce(expression, 'NULL'),
                                         crm_column_type(f.type, definition ->> 'key_type'), f.field);
        END IF;
    END LOOP;
    RETURN format(E'SELECT %s\nFROM %s AS %I\nWHERE (%s)', array_to_string(columns, E',\n       '),
                  coalesce(rows, relation::text), (SELECT relname FROM pg_class WHERE oid = relation),
                  coalesce(crm_closed(mapping ->> 'where'), 'true'));
END $$;
COMMENT ON FUNCTION crm_source_query(text, jsonb, jsonb, text, text[]) IS
'The query that shows a source as the table that views are written for.
rows: instead of the source, rows like its, such as those that a statement changed. fields: only these.';

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
                                   WHEN f.type = 'day' AND f.role = 'required' OR f.type = 'weight' THEN ' NOT NULL' END,
                              coalesce(' DEFAULT ' || f.otherwise, '')
                              || CASE f.type WHEN 'weight' THEN format(' CHECK (%I >= 0)', f.field) ELSE '' END)),
             (regexp_replace(f.field, '_at$', '_on'),
              CASE f.type WHEN 'day' THEN format('%I date GENERATED ALWAYS AS ((%I AT TIME ZONE %s)::date) STORED',
                                                 regexp_replace(f.field, '_at$', '_on'), f.field, zone) END)
         ) AS c (column_name, line)
    WHERE c.line IS NOT NULL
      AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = relation AND attname = c.column_name AND NOT attisdropped);
    IF columns IS NOT NULL THEN
        EXECUTE format('ALTER TABLE %I %s', source, columns);
    END IF;
    FOR name IN SELECT field FROM crm_active_fields(source, ARRAY(SELECT jsonb_array_elements_text(definition -> 'subjects')))
                WHERE field LIKE '%\_id' AND type <> 'id' AND role <> 'primary' LOOP
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
END $$;
COMMENT ON FUNCTION crm_find_relation(text, text) IS
'A relation as a search_path finds it; NULL where there is none.';

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
                  HINT = 'As in {"purchase": {"from": "orders", "customer_id": "customer", "purchased_at": "created_at", "amount": "total"}}.';
    END IF;
    FOR source IN SELECT key, value FROM jsonb_each(sources) LOOP
        IF source.value ->> 'from' IS NULL THEN
            RAISE EXCEPTION 'source "%" does not say where it is from', source.key
                USING ERRCODE = 'invalid_parameter_value', HINT = 'Name the table or view: "from": "public.orders".';
        END IF;
        SELECT * INTO found_relation FROM pg_class WHERE oid = crm_find_relation(source.value ->> 'from', search_path);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'source "%": relation "%" does not exist', source.key, source.value ->> 'from'
                USING ERRCODE = 'undefined_table', HINT = 'Write the table''s name as in a query, with its schema.';
        ELSIF found_relation.relpersistence = 't' THEN
            RAISE EXCEPTION 'source "%": % is a temporary table', source.key, source.value ->> 'from'
                USING ERRCODE = 'wrong_object_type',
                      HINT = 'A workspace outlives the session: take a permanent table. If there is one of that name, write its schema.';
        ELSIF found_relation.relkind NOT IN ('r', 'p', 'v', 'm', 'f') THEN
            RAISE EXCEPTION 'source "%": % is no table and no view', source.key, source.value ->> 'from'
                USING ERRCODE = 'wrong_object_type';
        ELSIF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AND NOT pg_has_role(found_relation.relowner, current_user, 'USAGE') THEN
            RAISE EXCEPTION 'source "%": % belongs to %', source.key, source.value ->> 'from', found_relation.relowner::regrole
                USING ERRCODE = 'insufficient_privilege',
                      HINT = 'A superuser must not run what the types, casts and views of others do: SET ROLE to the owner first.';
        END IF;
        answer := answer || jsonb_build_object(source.key, source.value || jsonb_build_object('from',
                      format('%s.%I', found_relation.relnamespace::regnamespace, found_relation.relname)));
    END LOOP;
    RETURN answer;
END $$;
COMMENT ON FUNCTION crm_resolve_sources(jsonb, text) IS
'Sources with the schemas of their relations written out.
Errors 22023 for what is no object of objects with "from", 42P01 for a relation that does not exist, 42809 for one that cannot be a source, 42501 for a superuser and somebody else''s table.';

CREATE FUNCTION crm_check_source(source text, mapping jsonb) RETURNS void
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    fields text[] := (SELECT array_agg(DISTINCT known.field) FROM crm_source_fields() AS known
                      WHERE known.source = crm_check_source.source);
    f text;
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
             WHERE known.source = crm_check_source.source AND role IN ('primary', 'required')
               AND mapping ->> known.field IS NULL LOOP
        RAISE EXCEPTION 'source "%" lacks the field "%"', source, f
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Give the column that holds it, or an expression over columns.';
    END LOOP;
    FOR f IN SELECT jsonb_object_keys(mapping - 'from') LOOP
        CONTINUE WHEN mapping ->> f IS NULL;
        PERFORM crm_expression_type(source, f, (mapping ->> 'from')::regclass, mapping ->> f);
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_check_source(text, jsonb) IS
'Checks what a source says.
Errors: 22023 for an unknown or missing field, otherwise what PostgreSQL says of the expression.';

CREATE FUNCTION crm_untrusted(probe regclass) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    -- What the columns that were added to the table depend on: functions, those
    -- behind casts and operators too, and the types of other columns.
    SELECT min(format('%s of %s', pg_describe_object(used.classid, used.objid, 0), used.owner::regrole))
    FROM (
        SELECT 'pg_proc'::regclass AS classid, p.oid AS objid, p.proowner AS owner FROM pg_proc AS p
        UNION ALL SELECT 'pg_operator'::regclass, o.oid, o.oprowner FROM pg_operator AS o
        UNION ALL SELECT 'pg_type'::regclass, t.oid, t.typowner FROM pg_type AS t
    ) AS used
    WHERE NOT pg_has_role(used.owner, current_user, 'USAGE')
      AND EXISTS (
          SELECT FROM pg_attrdef AS d
          JOIN pg_depend AS uses ON uses.classid = 'pg_attrdef'::regclass AND uses.objid = d.oid
          LEFT JOIN pg_attribute AS a ON uses.refclassid = 'pg_class'::regclass AND a.attrelid = uses.refobjid
                                         AND a.attnum = uses.refobjsubid AND a.attnum > 0
          WHERE d.adrelid = probe
            AND ((uses.refclassid, uses.refobjid) = (used.classid, used.objid)
                 OR used.classid = 'pg_type'::regclass AND used.objid = a.atttypid));
$$;
COMMENT ON FUNCTION crm_untrusted(regclass) IS
'Something that generated columns use of one who has less rights.
NULL where all is built in, an extension''s, or of somebody who could act as the current user anyhow.';

CREATE FUNCTION crm_ledger_fields(source text, mapping jsonb, time_zone text, must_trust boolean) RETURNS jsonb
LANGUAGE plpgsql STRICT
SET "TimeZone" = 'UTC'
SET "DateStyle" = 'ISO'
SET "IntervalStyle" = 'postgres'
SET client_min_messages = warning
SET standard_conforming_strings = on AS $$
DECLARE
    relation regclass := mapping ->> 'from';
    probe text := (SELECT format('pg_temp.%I', relname) FROM pg_class WHERE oid = relation);
    plain jsonb := mapping;
    other text;
    f text;
BEGIN
    IF to_regclass(probe) IS NOT NULL THEN
        RAISE EXCEPTION 'source "%": there is a temporary table of the name %', source, probe
            USING ERRCODE = 'duplicate_table', HINT = 'Drop it, or call from another session: the check of expressions needs that name.';
    END IF;
    PERFORM set_config('TimeZone', time_zone, true);
    -- A generated column may depend on nothing but its row: just what is wanted here.
    EXECUTE format('CREATE TEMPORARY TABLE %s (LIKE %s)', probe, relation);
    FOR f IN SELECT field FROM (SELECT field, position FROM crm_source_fields() AS s WHERE s.source = crm_ledger_fields.source
                                UNION ALL SELECT 'where', 0) AS known
             WHERE mapping ->> field IS NOT NULL AND (field IN ('where', 'customer_id') OR field IN (SELECT crm_ledger_inputs(source)))
             GROUP BY field ORDER BY min(position) LOOP
        BEGIN
            EXECUTE format(E'ALTER TABLE %s ADD COLUMN %I %s GENERATED ALWAYS AS (%s\n) STORED', probe, 'crm_ext probe ' || f,
                           format_type((crm_expression_type(source, f, relation, mapping ->> f)).type, -1), mapping ->> f);
        EXCEPTION WHEN invalid_object_definition OR feature_not_supported OR windowing_error OR grouping_error THEN
            RAISE EXCEPTION 'source "%", field "%": % depends on more than the columns of its row', source, f, mapping ->> f
                USING ERRCODE = 'invalid_object_definition', DETAIL = SQLERRM,
                      HINT = 'Ledgers would not stay exact. For the time of day say AT TIME ZONE ''UTC'', for a date from text make_date().';
        END;
    END LOOP;
    other := CASE WHEN must_trust THEN crm_untrusted(probe::regclass) END;
    IF other IS NOT NULL THEN
        RAISE EXCEPTION 'source "%" uses %, who has not the rights of %', source, other, current_user
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'It would run with rights that its owner lacks: say maintain => ''refresh'', or use what is your own.';
    END IF;
    -- As PostgreSQL understood it: a literal in it means the same whatever a session sets.
    SELECT mapping || coalesce(jsonb_object_agg(substr(attname, 15), pg_get_expr(adbin, adrelid)), '{}') INTO plain
    FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
    WHERE adrelid = probe::regclass AND attname LIKE 'crm\_ext probe %';
    EXECUTE format('DROP TABLE %s', probe);
    RETURN plain;
END $$;
COMMENT ON FUNCTION crm_ledger_fields(text, jsonb, text, boolean) IS
'What a source says, its ledger fields as PostgreSQL reads them.
They may depend on the row alone, not on the time zone or the date style of the session, on now(), on other tables: a row must be taken back as it was added. Literals are read in the time zone given, and dates in ISO order. must_trust: all that they use must be built in, an extension''s, or of somebody with one''s own rights. Errors: 42P17 and 42501 name the field or the function.';
