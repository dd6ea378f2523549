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
              AND NOT crm_owner_has_rights(found_relation.oid::regclass) THEN
            RAISE EXCEPTION 'source "%": % belongs to %',
                            source.key, source.value ->> 'from', found_relation.relowner::regrole
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
LANGUAGE plpgsql STRICT
SET "DateStyle" = 'ISO, YMD' AS $$
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
        SELECT place.kind, place.oid, place.owner
        FROM used JOIN pg_operator AS o ON refclassid = 'pg_operator'::regclass AND o.oid = refobjid
        -- Of an operator its function is not written down, and can be another's.
        JOIN pg_proc AS p ON p.oid = o.oprcode
        CROSS JOIN LATERAL (VALUES ('pg_operator'::regclass, o.oid, o.oprowner),
                                   ('pg_proc'::regclass, p.oid, p.proowner)) AS place (kind, oid, owner)
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
    other := crm_untrusted('pg_temp.crm_probe'::regclass, (mapping ->> 'from')::regclass);
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
SET "DateStyle" = 'ISO, YMD'
SET "IntervalStyle" = 'postgres'
SET client_min_messages = warning
SET standard_conforming_strings = on AS $$
DECLARE
    relation regclass := mapping ->> 'from';
    probe text := (SELECT format('pg_temp.%I', relname) FROM pg_class WHERE oid = relation);
    plain jsonb := mapping;
    path text;
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
             WHERE mapping ->> field IS NOT NULL
               AND (field IN ('where', 'customer_id') OR field IN (SELECT crm_ledger_inputs(source)))
             GROUP BY field ORDER BY min(position) LOOP
        BEGIN
            EXECUTE format(E'ALTER TABLE %s ADD COLUMN %I %s GENERATED ALWAYS AS (%s\n) STORED',
                           probe, 'crm_ext probe ' || f,
                           format_type((crm_expression_type(source, f, relation, mapping ->> f)).type, -1),
                           mapping ->> f);
        EXCEPTION
            WHEN invalid_object_definition OR feature_not_supported OR windowing_error OR grouping_error THEN
                RAISE EXCEPTION 'source "%", field "%": % depends on more than the columns of its row',
                                source, f, mapping ->> f
                    USING ERRCODE = 'invalid_object_definition', DETAIL = SQLERRM,
                          HINT = 'Ledgers would not stay exact: it depends on settings, the clock or other rows. '
                                 'For a time of day use AT TIME ZONE ''UTC'', for a date from text make_date().';
            WHEN data_exception THEN
                RAISE EXCEPTION 'source "%", field "%": %', source, f, SQLERRM
                    USING ERRCODE = SQLSTATE,
                          HINT = 'Write days as in 2024-12-31, and nothing that fails in every row.';
        END;
    END LOOP;
    -- As PostgreSQL understood it: a literal in it means the same whatever a session sets, and a name whatever
    -- a workspace has of that name.
    path := current_setting('search_path');
    PERFORM set_config('search_path', 'pg_catalog, pg_temp', true);
    SELECT mapping || coalesce(jsonb_object_agg(substr(attname, 15), pg_get_expr(adbin, adrelid)), '{}') INTO plain
    FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
    WHERE adrelid = probe::regclass AND attname LIKE 'crm\_ext probe %';
    PERFORM set_config('search_path', path, true);
    EXECUTE format('DROP TABLE %s', probe);
    RETURN plain;
END $$;
COMMENT ON FUNCTION crm_ledger_fields(text, jsonb, text) IS
'What a source says, its ledger fields as PostgreSQL reads them.
They may depend on the row alone, not on the time zone or the date style of the session, on now(), on other tables: a
row must be taken back as it was added. Literals are read in the time zone given, and days in the order year, month,
day. Error 42P17 names the field.';

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
