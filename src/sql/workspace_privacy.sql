-- What is held on one person: given out, and erased.

CREATE FUNCTION crm_personal_relations(OUT relation regclass, OUT is_source boolean)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE ROWS 12 AS $$
    SELECT c.oid::regclass, c.relkind = 'v'
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'customer_id' AND NOT a.attisdropped
    WHERE c.relnamespace = quote_ident(current_schema())::regnamespace
      AND (c.relkind IN ('r', 'p') OR c.relkind = 'v' AND crm_definition() -> 'sources' ? c.relname)
    -- Ledgers in the order in which triggers lock them; the queue, into which triggers write, at last.
    ORDER BY c.relname = 'change_queue', c.relname NOT IN (SELECT ledger FROM crm_ledgers()),
             (SELECT l.position FROM crm_ledgers() AS l WHERE l.ledger = c.relname), c.relname;
$$;
COMMENT ON FUNCTION crm_personal_relations() IS
'Tables and sources of the workspace in search_path with a customer_id.
Sources come after ledgers: their triggers find none any more. Tables that the owner added are among them. is_source: a view of a table that is not the workspace''s.';

CREATE FUNCTION crm_export_customer(workspace text, customer_id text) RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    relation regclass;
    held jsonb;
    answer jsonb := '{}';
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    FOR relation IN SELECT p.relation FROM crm_personal_relations() AS p UNION ALL SELECT 'customer_360' LOOP
        EXECUTE format('SELECT jsonb_agg(to_jsonb(t)) FROM %s AS t WHERE t.customer_id = %L', relation, customer_id) INTO held;
        answer := answer || jsonb_build_object((SELECT relname FROM pg_class WHERE oid = relation), coalesce(held, '[]'));
    END LOOP;
    RETURN answer;
END $$;
COMMENT ON FUNCTION crm_export_customer(text, text) IS
'Everything that a workspace holds on one person, as JSON.
An object with an array of rows for each source and table that has a customer_id, tables you added included, and for customer_360. Not executable by PUBLIC: GRANT it. Error 22P02 for what is no key.';

CREATE FUNCTION crm_export_customer(workspace text, customer_id bigint) RETURNS jsonb
LANGUAGE sql STABLE STRICT
RETURN crm_export_customer(workspace, customer_id::text);
COMMENT ON FUNCTION crm_export_customer(text, bigint) IS
'As crm_export_customer(text, text), for keys that are integers.';

CREATE FUNCTION crm_export_customer(workspace text, customer_id uuid) RETURNS jsonb
LANGUAGE sql STABLE STRICT
RETURN crm_export_customer(workspace, customer_id::text);
COMMENT ON FUNCTION crm_export_customer(text, uuid) IS
'As crm_export_customer(text, text), for keys that are UUIDs.';

CREATE FUNCTION crm_anonymise_statement(relation regclass, is_source boolean, customer_id text) RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    name text := (SELECT relname FROM pg_class WHERE oid = relation);
    mapping jsonb := crm_definition() -> 'sources' -> name;
    key_column text;
BEGIN
    -- Posts, cases and what was said in them are in the figures of those who answered too.
    IF NOT (name = 'post' OR name IN ('interaction', 'service_case') AND crm_definition() -> 'subjects' ? 'service') THEN
        RETURN NULL;
    ELSIF NOT is_source THEN
        RETURN format('UPDATE %s SET customer_id = NULL WHERE customer_id = %L', relation, customer_id);
    END IF;
    SELECT quote_ident(attname) INTO key_column
    FROM pg_attribute
    WHERE attrelid = (mapping ->> 'from')::regclass AND attnum > 0 AND NOT attisdropped AND NOT attnotnull AND attgenerated = ''
      AND mapping ->> 'customer_id' IN (attname, quote_ident(attname));
    RETURN format('UPDATE %s SET %s = NULL WHERE %2$s = %L AND (%s)', mapping ->> 'from', key_column, customer_id,
                  coalesce(crm_closed(mapping ->> 'where'), 'true'));
END $$;
COMMENT ON FUNCTION crm_anonymise_statement(regclass, boolean, text) IS
'The statement that takes a customer''s name off rows that stay.
For posts, and where the workspace has the subject service for cases and interactions: other people''s figures would change without them. NULL for other relations, and for sources whose customer_id is no column that may be NULL: rows there are deleted.';

CREATE FUNCTION crm_erase_customer(workspace text, customer_id text, include_sources boolean DEFAULT false, OUT relation text, OUT row_count bigint, OUT is_erased boolean)
RETURNS SETOF record
LANGUAGE plpgsql STRICT ROWS 12
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    held record;
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    FOR held IN SELECT p.relation, p.is_source, c.relname
                FROM crm_personal_relations() AS p JOIN pg_class AS c ON c.oid = p.relation LOOP
        relation := held.relname;
        is_erased := include_sources OR NOT held.is_source;
        IF is_erased THEN
            EXECUTE coalesce(crm_anonymise_statement(held.relation, held.is_source, customer_id),
                             format('DELETE FROM %s WHERE customer_id = %L', held.relation, customer_id));
            GET DIAGNOSTICS row_count = ROW_COUNT;
        ELSE
            EXECUTE format('SELECT count(*) FROM %s WHERE customer_id = %L', held.relation, customer_id) INTO row_count;
            IF row_count > 0 THEN
                RAISE NOTICE 'source "%" still has % rows of customer %', held.relname, row_count, customer_id
                    USING HINT = 'Erase them as well, or specify include_sources => true: crm_refresh would restore the ledger.';
            END IF;
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_erase_customer(text, text, boolean) IS
'Removes one person from a workspace, and says how many rows that were.
One row a table or source with a customer_id: its name, the number of rows, and whether they were erased. Tables, ledgers, snapshots and moves always are; posts, cases and, with the subject service, interactions stay without the customer, for they are in other people''s figures. Rows in sources, which are not the workspace''s, only with include_sources. Fits, which are about everyone, stay. Not executable by PUBLIC: GRANT it.';

CREATE FUNCTION crm_erase_customer(workspace text, customer_id bigint, include_sources boolean DEFAULT false, OUT relation text, OUT row_count bigint, OUT is_erased boolean)
RETURNS SETOF record
LANGUAGE sql STRICT ROWS 12
BEGIN ATOMIC
    SELECT * FROM crm_erase_customer(workspace, customer_id::text, include_sources);
END;
COMMENT ON FUNCTION crm_erase_customer(text, bigint, boolean) IS
'As crm_erase_customer(text, text, boolean), for integer keys.';

CREATE FUNCTION crm_erase_customer(workspace text, customer_id uuid, include_sources boolean DEFAULT false, OUT relation text, OUT row_count bigint, OUT is_erased boolean)
RETURNS SETOF record
LANGUAGE sql STRICT ROWS 12
BEGIN ATOMIC
    SELECT * FROM crm_erase_customer(workspace, customer_id::text, include_sources);
END;
COMMENT ON FUNCTION crm_erase_customer(text, uuid, boolean) IS
'As crm_erase_customer(text, text, boolean), for keys of type uuid.';

-- Whoever creates the extension may use these, and say who else may.
REVOKE EXECUTE ON FUNCTION
    crm_export_customer(text, text), crm_export_customer(text, bigint), crm_export_customer(text, uuid),
    crm_erase_customer(text, text, boolean), crm_erase_customer(text, bigint, boolean),
    crm_erase_customer(text, uuid, boolean)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    crm_export_customer(text, text), crm_export_customer(text, bigint), crm_export_customer(text, uuid),
    crm_erase_customer(text, text, boolean), crm_erase_customer(text, bigint, boolean),
    crm_erase_customer(text, uuid, boolean)
TO SESSION_USER WITH GRANT OPTION;
