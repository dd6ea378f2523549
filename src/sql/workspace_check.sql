-- What is looked for in every source, as its fields are declared: keys that are
-- missing, blank or there twice, days that cannot be, numbers that are none. What
-- else a subject looks for stands in its checks.sql.

CREATE FUNCTION crm_field_checks(definition jsonb) RETURNS TABLE (source text, check_name text, severity text,
    meaning text, condition text)
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    WITH field AS (
        SELECT s.source, f.field, f.type, f.role, quote_ident(f.field) AS name,
               regexp_replace(quote_ident(f.field), '_at$', '_on') AS day,
               CASE WHEN f.type = 'key' THEN format('%I::text', f.field) ELSE quote_ident(f.field) END AS word,
               CASE WHEN f.type IN ('day', 'time', 'date') THEN 'date' ELSE regexp_replace(f.field, '_id$', '') END
                   AS thing,
               f.type IN ('key', 'id') OR f.field LIKE '%\_id' AND f.role <> 'optional' AS is_key,
               f.role IN ('primary', 'required') AS is_needed
        FROM (SELECT source FROM crm_source_fields() WHERE definition -> 'subjects' ? subject GROUP BY source) AS s,
             crm_active_fields(s.source, ARRAY(SELECT jsonb_array_elements_text(definition -> 'subjects'))) AS f
    )
    SELECT f.source, c.name, min(c.severity), min(c.meaning), string_agg(c.condition, ' OR ' ORDER BY c.condition)
    FROM field AS f
    CROSS JOIN LATERAL (VALUES
        (f.is_needed AND (f.is_key OR f.thing = 'date'), 'missing_' || f.thing,
         CASE WHEN f.role = 'primary' OR f.thing = 'date' THEN 'error' ELSE 'warning' END,
         format('Rows without a %s: views that go by it leave them out.', replace(f.thing, '_', ' ')),
         format('%s IS NULL', f.name)),
        (f.is_key AND (f.type <> 'key' OR (SELECT t.typcategory <> 'N' FROM pg_type AS t
             WHERE t.oid = regexp_replace(definition ->> 'key_type', ' COLLATE .*', '')::regtype)),
         'blank_' || CASE WHEN f.type = 'id' OR f.role = 'primary' AND f.type <> 'key' THEN 'id' ELSE f.thing END,
         CASE WHEN f.role = 'primary' OR f.type = 'key' THEN 'error' ELSE 'warning' END,
         'Rows under a blank key: all of them count as of one.',
         -- What begins with anything beyond a space is not blank, and sooner told than by trimming.
         format($c$%1$s COLLATE "C" < '!' AND btrim(%1$s COLLATE "C", E' \t\r\n') = ''$c$, f.word)),
        (f.type = 'day', 'future_date', 'warning', 'Rows after as_of: views leave them out.',
         format('%s > (SELECT crm_as_of())', f.day)),
        (f.type IN ('day', 'time'), 'old_date', 'warning', 'Dates before 1971: they may have been missing.',
         format(CASE f.type WHEN 'day' THEN '%1$s < ''1971-01-01''' ELSE '%2$s < ''1971-01-01 00:00+14''' END,
                f.day, f.name)),
        (f.type IN ('numeric', 'double precision', 'weight'), 'invalid_number', 'error',
         'Numbers that are not finite, and weights below 0: views leave them out.',
         format(CASE f.type WHEN 'weight' THEN 'NOT (%1$s >= 0 AND %1$s < ''Infinity'')'
                            ELSE '%1$s IN (''NaN'', ''Infinity'', ''-Infinity'')' END, f.name))
    ) AS c (is_asked, name, severity, meaning, condition)
    WHERE c.is_asked
      -- Some subjects look for the same themselves, in their own words.
      AND NOT EXISTS (SELECT FROM crm_checks() AS own WHERE own.source = f.source AND own.check_name = c.name)
      AND (f.source, c.name) NOT IN (('consent', 'missing_customer'), ('service_case', 'missing_customer'),
                                     ('visit', 'missing_customer'), ('plan_line', 'missing_date'),
                                     ('conversion', 'invalid_number'), ('service_target', 'invalid_number'),
                                     ('rating', 'invalid_number'))
      AND (f.source NOT IN ('customer', 'purchase')
           OR c.name = 'invalid_number' AND f.field NOT IN ('amount', 'potential'))
    GROUP BY f.source, c.name;
$$;
COMMENT ON FUNCTION crm_field_checks(jsonb) IS
'What is looked for in the sources of a workspace, by their fields.
One row per source and check: condition is of a row of the source. See crm_source_fields.';

CREATE FUNCTION crm_field_example(source text, definition jsonb) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    -- The key of a row, or else whose and of what it is.
    SELECT coalesce('coalesce(' || string_agg(format(CASE WHEN f.type = 'key' AND has_id THEN '''customer '' || '
                                                          ELSE '' END || 'nullif(%I::text COLLATE "C", '''')',
                                                     f.field), ', '
                                              ORDER BY f.role = 'primary' OR f.type = 'id' DESC, f.type = 'key' DESC,
                                                       f.n) || ')',
                    'NULL::text')
    FROM (SELECT active.*, bool_or(active.type = 'id') OVER () AS has_id
          FROM crm_active_fields(source, ARRAY(SELECT jsonb_array_elements_text(definition -> 'subjects')))
              WITH ORDINALITY AS active (field, type, role, otherwise, comment, n)) AS f
    WHERE f.type IN ('key', 'id') OR f.type = 'text' AND f.role <> 'optional';
$$;
COMMENT ON FUNCTION crm_field_example(text, jsonb) IS
'The expression that names a row of a source in data_quality.';

CREATE FUNCTION crm_field_checks_query(definition jsonb) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    WITH source AS (
        SELECT f.source, crm_field_example(f.source, definition) AS example
        FROM crm_source_fields() AS f WHERE definition -> 'subjects' ? f.subject GROUP BY f.source
    ), key AS (
        SELECT DISTINCT s.source, s.example, f.field, f.type,
               CASE WHEN definition -> 'sources' ? s.source THEN definition -> 'sources' -> s.source ->> f.field
                    ELSE quote_ident(f.field) END AS expression
        FROM source AS s
        JOIN crm_source_fields() AS f USING (source)
        WHERE definition -> 'subjects' ? f.subject AND s.source NOT IN ('customer', 'purchase')
    ), part AS (
        -- All of a source in one pass, over the few rows that have any of them.
        SELECT 1 AS place, c.source,
               format(E'SELECT %L AS source, checked.*\nFROM (\n    SELECT %s\n    FROM %I\n    WHERE %s\n)'
                      ' AS counted\n'
                      'CROSS JOIN LATERAL (VALUES %s) AS checked (check_name, severity, meaning, problem_count, '
                      'example_key)', c.source,
                      string_agg(format('count(*) FILTER (WHERE %1$s) AS %2$I, min(%3$s) FILTER (WHERE %1$s) AS %4$I',
                                        c.condition, c.check_name, s.example, c.check_name || '_key'), E',\n           '
                                        ORDER BY c.check_name),
                      c.source, string_agg(c.condition, E'\n       OR ' ORDER BY c.check_name),
                      string_agg(format('(%L, %L, %L, %I, %I)', c.check_name, c.severity, c.meaning, c.check_name,
                                        c.check_name || '_key'), E',\n       ' ORDER BY c.check_name)) AS query
        FROM crm_field_checks(definition) AS c JOIN source AS s USING (source)
        GROUP BY c.source
        UNION ALL
        -- Where an index keeps keys apart there is nothing to group.
        SELECT 2, k.source,
               format(E'SELECT %1$L, ''duplicate_id'', ''error'', ''Further rows with a key that another row has.'',\n'
                      '       coalesce(sum(n - 1), 0), min(key)\n'
                      'FROM (\n    SELECT %2$I::text COLLATE "C" AS key, count(*) AS n FROM %1$I\n'
                      '    WHERE %2$I IS NOT NULL\n'
                      '      AND (SELECT is_unique FROM crm_key_traits(%1$L::regclass, %3$L)) IS NOT TRUE\n'
                      '    GROUP BY %2$I HAVING count(*) > 1\n) AS duplicate', k.source, k.field, k.expression)
        FROM key AS k JOIN crm_source_fields() AS f USING (source, field)
        WHERE (f.role = 'primary' OR f.type = 'id')
          AND NOT EXISTS (SELECT FROM crm_checks() AS own
                          WHERE own.source = k.source
                            AND own.check_name IN ('duplicate_id', 'duplicate_' || k.source))
        UNION ALL
        SELECT 3, k.source,
               format(E'SELECT %1$L, ''unknown_customer'', ''info'',\n       %2$L,\n       count(*), min(%3$s)\n'
                      'FROM %1$I\nWHERE customer_id IS NOT NULL AND EXISTS (SELECT FROM customer)\n'
                      '  AND NOT EXISTS (SELECT FROM customer WHERE customer.customer_id = %1$I.customer_id)',
                      k.source, 'Rows of customers who are not in customer, unless that is empty.',
                      'customer_id::text COLLATE "C"')
        FROM key AS k
        WHERE k.field = 'customer_id'
    )
    SELECT string_agg(query, E'\nUNION ALL\n' ORDER BY place, source) FROM part;
$$;
COMMENT ON FUNCTION crm_field_checks_query(jsonb) IS
'The query of the checks that follow from fields, for data_quality.
One SELECT a source, as one for keys that are there twice and one for customers who are not in customer.';
