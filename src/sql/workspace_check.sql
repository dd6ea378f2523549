-- What is looked for in every source, as its fields are declared: keys that are
-- missing, blank or there twice, days that cannot be, numbers that are none. What
-- else a subject looks for stands in its checks.sql.

CREATE FUNCTION crm_field_checks(source text, definition jsonb)
RETURNS TABLE (check_name text, severity text, meaning text, condition text)
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    WITH field AS (
        SELECT f.field, f.type, f.role, quote_ident(f.field) AS name,
               regexp_replace(quote_ident(f.field), '_at$', '_on') AS day,
               CASE WHEN f.type = 'key' THEN format('%I::text', f.field) ELSE quote_ident(f.field) END AS word,
               CASE WHEN f.type IN ('day', 'time', 'date') THEN 'date'
                    WHEN f.type = 'id' OR f.role = 'primary' AND f.type <> 'key' THEN 'id'
                    ELSE regexp_replace(f.field, '_id$', '') END AS thing,
               f.type IN ('key', 'id') OR f.field LIKE E'%\\_id' AND f.role <> 'optional' AS is_key,
               f.role IN ('primary', 'required') AS is_needed
        FROM crm_active_fields(source, ARRAY(SELECT jsonb_array_elements_text(definition -> 'subjects'))) AS f
    )
    SELECT c.name, min(c.severity), min(c.meaning), string_agg(c.condition, ' OR ' ORDER BY c.condition)
    FROM field AS f
    CROSS JOIN LATERAL (VALUES
        (f.is_needed AND (f.is_key OR f.thing = 'date'), 'missing_' || f.thing,
         CASE WHEN f.role = 'primary' OR f.thing = 'date' THEN 'error' ELSE 'warning' END,
         (SELECT format('Rows without %s %s: views that go by it leave them out.',
                        CASE WHEN word ~ '^[aeiou]' THEN 'an' ELSE 'a' END, word)
          FROM (SELECT CASE f.thing WHEN 'id' THEN 'key' ELSE replace(f.thing, '_', ' ') END) AS named (word)),
         format('%s IS NULL', f.name)),
        (f.is_key AND (f.type <> 'key' OR (SELECT t.typcategory <> 'N' FROM pg_type AS t
             WHERE t.oid = regexp_replace(definition ->> 'key_type', ' COLLATE .*', '')::regtype)),
         'blank_' || f.thing,
         CASE WHEN f.role = 'primary' OR f.type = 'key' THEN 'error' ELSE 'warning' END,
         'Rows under a blank key: all of them count as of one.',
         -- What begins with anything beyond a space is not blank, and sooner told than by trimming.
         format($c$%1$s COLLATE "C" < '!' AND btrim(%1$s COLLATE "C", E' \t\r\n') = ''$c$, f.word)),
        (f.type = 'day', 'future_date', 'warning', 'Rows after as_of: views leave them out.',
         format('%s > (SELECT crm_as_of())', f.day)),
        (f.type IN ('day', 'time'), 'old_date', 'warning', 'Dates before 1971: they may have been missing.',
         format(CASE f.type WHEN 'day' THEN '%1$s < ''1971-01-01''' ELSE '%2$s < ''1971-01-01 00:00+14''' END,
                f.day, f.name)),
        (f.type = 'day', 'endless_date', 'error',
         'Dates of -infinity: they are no days, and most views leave them out.',
         format('%s = ''-infinity''', f.day)),
        (f.type IN ('numeric', 'double precision', 'weight'), 'invalid_number', 'error',
         'Numbers that are not finite, and weights below 0: views leave them out.',
         format(CASE f.type WHEN 'weight' THEN 'NOT (%1$s >= 0 AND %1$s < ''Infinity'')'
                            ELSE '%1$s IN (''NaN'', ''Infinity'', ''-Infinity'')' END, f.name))
    ) AS c (is_asked, name, severity, meaning, condition)
    WHERE c.is_asked
      -- Some subjects look for the same themselves, in their own words.
      AND NOT EXISTS (SELECT FROM crm_checks() AS own
                      WHERE own.source = crm_field_checks.source AND own.check_name = c.name)
      AND (source, c.name) NOT IN (('consent', 'missing_customer'), ('service_case', 'missing_customer'),
                                   ('visit', 'missing_customer'), ('plan_line', 'missing_date'),
                                   ('conversion', 'invalid_number'), ('service_target', 'invalid_number'),
                                   ('rating', 'invalid_number'))
      AND (source NOT IN ('customer', 'purchase')
           OR c.name = 'invalid_number' AND f.field <> 'amount')
    GROUP BY c.name;
$$;
COMMENT ON FUNCTION crm_field_checks(text, jsonb) IS
'What is looked for in a source of a workspace, by its fields.
One row per check: condition is of a row of the source. See crm_source_fields.';

CREATE FUNCTION crm_field_example(source text, definition jsonb) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    -- The key of a row, or else whose and of what it is.
    SELECT coalesce('coalesce(' || string_agg(
                        CASE WHEN f.type = 'key' AND f.has_id THEN '''customer '' || ' ELSE '' END
                        || format('nullif(%I::text COLLATE "C", '''')', f.field), ', '
                        ORDER BY f.role = 'primary' OR f.type = 'id' DESC, f.type = 'key' DESC, f.n) || ')',
                    'NULL::text')
    FROM (SELECT active.*, bool_or(active.type = 'id') OVER () AS has_id
          FROM crm_active_fields(source, ARRAY(SELECT jsonb_array_elements_text(definition -> 'subjects')))
              WITH ORDINALITY AS active (field, type, role, otherwise, comment, n)) AS f
    WHERE f.type IN ('key', 'id') OR f.type = 'text' AND f.role <> 'optional';
$$;
COMMENT ON FUNCTION crm_field_example(text, jsonb) IS
'The expression that names a row of a source in data_quality.';

CREATE FUNCTION crm_rows_check(source text, definition jsonb) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    -- All of a source in one pass, over the few rows that have any of them.
    SELECT format($q$SELECT %1$L AS source, checked.*
FROM (
    SELECT %2$s
    FROM %1$I
    WHERE %3$s
) AS counted
CROSS JOIN LATERAL (
    VALUES %4$s
) AS checked (check_name, severity, meaning, problem_count, example_key)$q$,
                  source,
                  string_agg(format('count(*) FILTER (WHERE %1$s) AS %2$I, min(%3$s) FILTER (WHERE %1$s) AS %4$I',
                                    c.condition, c.check_name, named.example, c.check_name || '_key'),
                             E',\n           ' ORDER BY c.check_name),
                  string_agg(c.condition, E'\n       OR ' ORDER BY c.check_name),
                  string_agg(format('(%L, %L, %L, %I, %I)', c.check_name, c.severity, c.meaning, c.check_name,
                                    c.check_name || '_key'), E',\n           ' ORDER BY c.check_name))
    FROM crm_field_checks(source, definition) AS c
    CROSS JOIN (SELECT crm_field_example(source, definition) AS example OFFSET 0) AS named
    HAVING count(*) > 0;
$$;
COMMENT ON FUNCTION crm_rows_check(text, jsonb) IS
'The query that looks for what crm_field_checks says in a source.
NULL where it says nothing of it.';

CREATE FUNCTION crm_field_checks_query(definition jsonb) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    WITH part AS (
        SELECT 1 AS place, f.source, crm_rows_check(f.source, definition) AS query
        FROM crm_source_fields() AS f WHERE definition -> 'subjects' ? f.subject GROUP BY f.source
        UNION
        -- Where an index keeps keys apart there is nothing to group.
        SELECT 2, f.source, format($q$SELECT %1$L, 'duplicate_id', 'error',
       'Further rows with a key that another row has.',
       coalesce(sum(n - 1), 0), min(key)
FROM (
    SELECT %2$I::text COLLATE "C" AS key, count(*) AS n FROM %1$I
    WHERE %2$I IS NOT NULL AND (SELECT is_unique FROM crm_key_traits(%1$L::regclass, %3$L)) IS NOT TRUE
    GROUP BY %2$I HAVING count(*) > 1
) AS duplicate$q$, f.source, f.field, CASE WHEN definition -> 'sources' ? f.source
                                           THEN definition -> 'sources' -> f.source ->> f.field
                                           ELSE quote_ident(f.field) END)
        FROM crm_source_fields() AS f
        WHERE definition -> 'subjects' ? f.subject AND (f.role = 'primary' OR f.type = 'id')
          AND f.source NOT IN ('customer', 'purchase')
          AND NOT EXISTS (SELECT FROM crm_checks() AS own
                          WHERE own.source = f.source
                            AND own.check_name IN ('duplicate_id', 'duplicate_' || f.source))
        UNION
        SELECT 3, f.source, format($q$SELECT %1$L, 'unknown_customer', 'info',
       'Rows of customers who are not in customer, unless that is empty; example: the customer.',
       count(*), min(customer_id::text COLLATE "C")
FROM %1$I
WHERE customer_id IS NOT NULL AND EXISTS (SELECT FROM customer)
  AND NOT EXISTS (SELECT FROM customer WHERE customer.customer_id = %1$I.customer_id)$q$, f.source)
        FROM crm_source_fields() AS f
        WHERE definition -> 'subjects' ? f.subject AND f.field = 'customer_id'
          AND f.source NOT IN ('customer', 'purchase')
    )
    SELECT string_agg(query, E'\nUNION ALL\n' ORDER BY place, source) FROM part;
$$;
COMMENT ON FUNCTION crm_field_checks_query(jsonb) IS
'The query of the checks that follow from fields, for data_quality.
One SELECT a source, one for keys that are there twice and one for customers who are not in customer.';
