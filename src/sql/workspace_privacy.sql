-- What is held on one person: given out, and erased.

CREATE FUNCTION crm_personal_relations(OUT relation regclass, OUT is_source boolean, OUT key_columns name[])
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE ROWS 12 AS $$
    WITH RECURSIVE held AS (
        SELECT c.oid, c.relname, c.relkind = 'v' AS is_view,
               coalesce((crm_definition() -> 'sources' -> c.relname ->> 'from')::regclass, c.oid) AS base,
               array_agg(a.attname ORDER BY a.attname <> 'customer_id', a.attname) AS key_columns
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = quote_ident(current_schema())::regnamespace
          AND (c.relkind IN ('r', 'p') OR c.relkind = 'v' AND crm_definition() -> 'sources' ? c.relname)
          AND (a.attname = 'customer_id'
               OR (c.relname, a.attname) IN (SELECT source, field FROM crm_source_fields() WHERE type = 'key'))
        GROUP BY c.oid, c.relname, c.relkind
    ), referring AS (
        -- From table to table along foreign keys, which may go in a circle.
        SELECT oid, base AS at, 0 AS steps FROM held
        UNION
        SELECT r.oid, f.confrelid, r.steps + 1
        FROM referring AS r JOIN pg_constraint AS f ON f.conrelid = r.at AND f.contype = 'f' AND f.confrelid <> r.at
        WHERE r.steps < 10 AND f.confrelid IN (SELECT base FROM held)
    )
    SELECT oid::regclass, is_view, key_columns
    FROM held JOIN (SELECT oid, max(steps) AS steps FROM referring GROUP BY oid) AS farthest USING (oid)
    LEFT JOIN crm_ledgers() AS l ON l.ledger = relname
    ORDER BY relname = 'change_queue', l.position, steps DESC,
             relname NOT IN (SELECT source FROM crm_source_fields()), relname;
$$;
COMMENT ON FUNCTION crm_personal_relations() IS
'Tables and sources of a workspace that hold keys of customers.
The workspace is the first in search_path.
key_columns: customer_id, and others such as who referred a customer. Tables that the owner added are among them, if
they have a customer_id. is_source: a view of a table that is not the workspace''s.
In the order in which rows can go: ledgers, as triggers lock them; what refers to others by a foreign key before what it
refers to; sources before tables into which their triggers may write, and the queue at last.';

CREATE FUNCTION crm_check_personal() RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    other record;
BEGIN
    -- Whoever calls for a group that owns the workspace trusts it like its owner.
    SELECT c.oid::regclass AS name, c.relowner::regrole AS owner, n.nspowner::regrole AS of INTO other
    FROM crm_personal_relations() AS p
    JOIN pg_class AS c ON c.oid = p.relation
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE NOT pg_has_role(c.relowner, n.nspowner, 'USAGE') ORDER BY 1;
    IF FOUND THEN
        RAISE EXCEPTION 'table % holds data of customers, but belongs to %, who does not have the privileges of %',
                        other.name, other.owner, other.of
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'Its rules, policies and types would run with privileges that its owner lacks: '
                         'change its owner, or drop it.';
    END IF;
END $$;
COMMENT ON FUNCTION crm_check_personal() IS
'Checks that no table with a customer_id in the workspace is another''s.
It cannot be left out in silence, nor read safely. Error 42501.';

CREATE FUNCTION crm_check_all_seen(definition jsonb) RETURNS void
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    sees_all boolean;
BEGIN
    IF row_security_active('customer_activity') THEN
        EXECUTE (SELECT 'SELECT ' || string_agg(crm_unrestricted(l.source, definition), ' AND ')
                 FROM crm_active_ledgers(definition) AS l) INTO sees_all;
        IF NOT sees_all THEN
            RAISE EXCEPTION 'row-level security hides customers of workspace "%" from %',
                            definition ->> 'workspace', current_user
                USING ERRCODE = 'insufficient_privilege', HINT = 'Let the owner of the workspace do it.';
        END IF;
    END IF;
END $$;
COMMENT ON FUNCTION crm_check_all_seen(jsonb) IS
'Checks that no ledger of the workspace in search_path is hidden.
The owner sees all; others where no policy of a source applies to them. Error 42501.';

CREATE FUNCTION crm_may_hide(relation regclass) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT row_security_active(coalesce((crm_definition() -> 'sources' -> relname ->> 'from')::regclass, oid))
           AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = relation AND polname = 'crm_select')
    FROM pg_class WHERE oid = relation;
$$;
COMMENT ON FUNCTION crm_may_hide(regclass) IS
'May a policy hide rows of a table or source of a workspace?
Of tables with policies of the workspace''s own crm_check_all_seen tells. A policy that lets every row pass may hide
some, too, as far as anybody can know.';

CREATE FUNCTION crm_names_customer(relation regclass, field name, customer_id text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    -- A table that the owner added may keep keys in another type.
    SELECT format(CASE WHEN a.atttypid = k.atttypid THEN '%I = %L' ELSE '%I::text = (%L::%s)::text' END,
                  field, customer_id, k.atttypid::regtype)
    FROM pg_attribute AS a, pg_attribute AS k
    WHERE a.attrelid = relation AND a.attname = field
      AND k.attrelid = quote_ident('customer_activity')::regclass AND k.attname = 'customer_id';
$$;
COMMENT ON FUNCTION crm_names_customer(regclass, name, text) IS
'The condition that a column of a table names a customer.';

CREATE FUNCTION crm_export_customer(workspace text, customer_id text) RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    place record;
    field name;
    held jsonb;
    answer jsonb := '{}';
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    PERFORM crm_check_personal();
    PERFORM crm_check_all_seen(crm_definition());
    FOR place IN SELECT c.relname, p.relation, crm_source_rows(c.relname::text) AS rows, p.key_columns
                 FROM (SELECT relation, key_columns FROM crm_personal_relations()
                       UNION ALL
                       SELECT 'customer_360', '{customer_id}') AS p
                 JOIN pg_class AS c ON c.oid = p.relation LOOP
        answer := jsonb_build_object(place.relname, jsonb '[]') || answer;
        IF crm_may_hide(place.relation) THEN
            RAISE WARNING 'row-level security may hide rows of "%" from %', place.relname, current_user
                USING HINT = 'Export the customer as a role that sees all rows.';
        END IF;
        FOREACH field IN ARRAY place.key_columns LOOP
            EXECUTE CASE field
                        WHEN 'customer_id' THEN
                            format('SELECT jsonb_agg(to_jsonb(t.*)) FROM %s AS t WHERE t.%s',
                                   place.rows, crm_names_customer(place.relation, field, customer_id))
                        -- A row of somebody else: what it says of this person is that it names them.
                        ELSE
                            format('SELECT jsonb_agg(jsonb_build_object(%L, t.%2$I, ''customer_id'', t.customer_id))
                                    FROM %3$s AS t WHERE t.%2$I = %4$L AND t.customer_id IS DISTINCT FROM %4$L',
                                   field, field, place.rows, customer_id)
                    END INTO held;
            answer := jsonb_set(answer, ARRAY[place.relname], answer -> place.relname || coalesce(held, '[]'));
        END LOOP;
    END LOOP;
    RETURN answer;
END $$;
COMMENT ON FUNCTION crm_export_customer(text, text) IS
'Everything that a workspace holds on one person, as JSON.
An object with an array of rows for each source and table that has a customer_id, tables you added included,
and for customer_360. Of rows of others that name the person, as who referred them, the two keys.
Not executable by PUBLIC: GRANT it.
A WARNING names sources of which a policy may hide rows. Errors: 22P02 for what is no key, 42501 where row-level
security hides customers of the workspace.';

CREATE FUNCTION crm_export_customer(workspace text, customer_id bigint) RETURNS jsonb
LANGUAGE sql STABLE STRICT
RETURN crm_export_customer(workspace, customer_id::text);
COMMENT ON FUNCTION crm_export_customer(text, bigint) IS
'As crm_export_customer(text, text), for keys that are integers.
It calls that one: GRANT EXECUTE on both.';

CREATE FUNCTION crm_export_customer(workspace text, customer_id uuid) RETURNS jsonb
LANGUAGE sql STABLE STRICT
RETURN crm_export_customer(workspace, customer_id::text);
COMMENT ON FUNCTION crm_export_customer(text, uuid) IS
'As crm_export_customer(text, text), for keys that are UUIDs.
It calls that one: GRANT EXECUTE on both.';

CREATE FUNCTION crm_empty_column(relation regclass, expression text) RETURNS name
LANGUAGE plpgsql STRICT
SET client_min_messages = warning
SET citus.enable_ddl_propagation = off AS $$
DECLARE
    found_column name;
BEGIN
    -- PostgreSQL says which column an expression is, however it is written: through a view of a
    -- bare one rows can be changed.
    EXECUTE format(E'CREATE TEMPORARY VIEW crm_probe AS SELECT (%s\n) AS value FROM %s AS %I', expression, relation,
                   (SELECT relname FROM pg_class WHERE oid = relation));
    SELECT a.attname INTO found_column
    FROM pg_rewrite AS w
    JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
                       AND d.refclassid = 'pg_class'::regclass
    JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE w.ev_class = 'pg_temp.crm_probe'::regclass AND d.refobjid = relation AND d.refobjsubid > 0
      AND pg_column_is_updatable('pg_temp.crm_probe', 1::smallint, false) AND NOT a.attnotnull AND a.attgenerated = ''
      AND a.attname IS DISTINCT FROM crm_distribution_column(relation)
      AND NOT EXISTS (WITH RECURSIVE base AS (
                          SELECT t.* FROM pg_type AS t WHERE t.oid = a.atttypid
                          UNION ALL
                          SELECT t.* FROM base JOIN pg_type AS t ON t.oid = base.typbasetype)
                      SELECT FROM base WHERE typnotnull);
    DROP VIEW pg_temp.crm_probe;
    RETURN found_column;
END $$;
COMMENT ON FUNCTION crm_empty_column(regclass, text) IS
'The column that an expression of a source is, if it can be emptied.
NULL for any other expression, for a generated column, for the one by which Citus distributes,
and for one that must not be NULL, itself or by its domain.';

CREATE FUNCTION crm_erase_statement(relation regclass, is_source boolean, field name, customer_id text) RETURNS text
LANGUAGE plpgsql STRICT AS $$
DECLARE
    name name := (SELECT relname FROM pg_class WHERE oid = relation);
    mapping jsonb := crm_definition() -> 'sources' -> name;
    -- Posts, cases and what was said in them are in the figures of those who answered too;
    -- and a customer stays who was referred by somebody who does not.
    stays boolean := CASE field
        WHEN 'customer_id' THEN name IN ('post', 'overdue_case')
                                OR name IN ('interaction', 'service_case')
                                   AND crm_definition() -> 'subjects' ? 'service'
        ELSE (name, field) NOT IN (SELECT f.source, f.field FROM crm_source_fields() AS f
                                   WHERE f.role IN ('primary', 'required')) END;
    key_column name;
BEGIN
    IF stays THEN
        IF NOT is_source THEN
            RETURN format('UPDATE %s SET %I = NULL WHERE %s', relation, field,
                          crm_names_customer(relation, field, customer_id));
        END IF;
        key_column := crm_empty_column((mapping ->> 'from')::regclass, mapping ->> field);
        IF key_column IS NOT NULL THEN
            RETURN format('UPDATE %s SET %I = NULL WHERE (%2$I)::%s = %L AND (%s)', mapping ->> 'from', key_column,
                          crm_definition() ->> 'key_type', customer_id,
                          coalesce(crm_closed(mapping ->> 'where'), 'true'));
        ELSIF field <> 'customer_id' THEN
            RETURN NULL;
        END IF;
    END IF;
    IF is_source AND crm_source_rows(name) <> quote_ident(name) THEN
        -- Citus deletes rows of tables, not through views.
        IF NOT crm_is_distributed((mapping ->> 'from')::regclass) THEN
            RETURN NULL;
        END IF;
        RETURN format('DELETE FROM %s WHERE (%s)::%s = %L AND (%s)', mapping ->> 'from', crm_closed(mapping ->> field),
                      crm_definition() ->> 'key_type', customer_id, coalesce(crm_closed(mapping ->> 'where'), 'true'));
    END IF;
    -- Neither from a materialized view nor, but for an INSTEAD OF trigger, from one that groups can rows be deleted.
    IF is_source AND pg_relation_is_updatable(relation, true) & 16 = 0 THEN
        RETURN NULL;
    END IF;
    RETURN format('DELETE FROM %s WHERE %s', relation, crm_names_customer(relation, field, customer_id));
END $$;
COMMENT ON FUNCTION crm_erase_statement(regclass, boolean, name, text) IS
'The statement that takes a customer out of a column.
Rows go, but for posts, and where the workspace has the subject service for cases and interactions,
which stay without the customer: other people''s figures would change without them.
So do rows of others that can do without who they name. In a source that takes a column that may be NULL:
rows of the customer go without one, for rows of others there is no statement then, NULL.
NULL as well for a source from which no rows can be deleted.';

-- No erasure reaches what others keep of a workspace, and rows of a materialized
-- view cannot be deleted.
CREATE FUNCTION crm_materialized_copies() RETURNS SETOF regclass
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10 AS $$
    -- What is made of the workspace, and of which materialized views.
    WITH RECURSIVE reading AS (
        SELECT 'pg_class'::regclass AS kind, oid, NULL::oid AS made_of FROM pg_class
        WHERE relnamespace = quote_ident(current_schema())::regnamespace
        UNION
        SELECT coalesce(r.kind, d.classid), coalesce(r.ev_class, d.objid), part.made_of
        FROM reading
        JOIN pg_depend AS d ON d.refclassid = reading.kind AND d.refobjid = reading.oid
                           AND d.classid IN ('pg_rewrite'::regclass, 'pg_proc'::regclass)
        LEFT JOIN (SELECT 'pg_class'::regclass AS kind, oid, ev_class FROM pg_rewrite) AS r
            ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
        CROSS JOIN LATERAL (
            SELECT reading.made_of
            UNION ALL
            SELECT m.oid FROM pg_class AS m
            WHERE reading.kind = 'pg_class'::regclass AND m.oid = reading.oid AND m.relkind = 'm') AS part
    )
    SELECT c.oid::regclass
    FROM reading JOIN pg_class AS c USING (oid)
    WHERE reading.kind = 'pg_class'::regclass AND c.relkind = 'm' AND c.relispopulated
    -- What is made of another is made of more than that is, whichever was made first.
    GROUP BY c.oid ORDER BY count(reading.made_of), c.oid;
$$;
COMMENT ON FUNCTION crm_materialized_copies() IS
'Materialized views made of a workspace, in an order to refresh them.
Also those made of it through other views, and through functions in SQL whose body is no string; what other functions
read PostgreSQL does not write down. The workspace is the first in search_path. They hold what its views said when they
were refreshed.';

CREATE FUNCTION crm_personal_rows(OUT relation regclass, OUT relname text, OUT rows text, OUT is_source boolean,
    OUT key_columns name[])
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE ROWS 12 AS $$
    SELECT p.relation, c.relname, crm_source_rows(c.relname::text), p.is_source, p.key_columns
    FROM crm_personal_relations() AS p JOIN pg_class AS c ON c.oid = p.relation
    WHERE c.relname <> 'erased_customer';
$$;
COMMENT ON FUNCTION crm_personal_rows() IS
'What crm_personal_relations lists, with the rows to look at.
But for erased_customer, which crm_erase_customer fills itself.';

CREATE FUNCTION crm_erase_customer(workspace text, customer_id text, include_sources boolean DEFAULT false,
    OUT relation text, OUT row_count bigint, OUT is_erased boolean)
RETURNS SETOF record
LANGUAGE plpgsql STRICT ROWS 12
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    held record;
    field name;
    statement text;
    field_count bigint;
    erased jsonb := '{}';
    copies text;
    marked text[];
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    PERFORM crm_check_personal();
    PERFORM crm_check_all_seen(crm_definition());
    PERFORM crm_check_snapshot('customers cannot be erased');
    -- No note of overdue cases, refresh or snapshot that is under way brings the customer back.
    IF to_regclass('overdue_case') IS NOT NULL THEN
        LOCK TABLE overdue_case IN SHARE ROW EXCLUSIVE MODE;
    END IF;
    PERFORM FROM setting FOR UPDATE;
    copies := (SELECT string_agg(format('%s.%I', relnamespace::regnamespace, relname), ', ' ORDER BY place)
               FROM crm_materialized_copies() WITH ORDINALITY AS c (oid, place) JOIN pg_class USING (oid));
    IF copies IS NOT NULL THEN
        RAISE NOTICE 'materialized views may still hold customer %: %', customer_id, copies
            USING HINT = 'Refresh them in this order: REFRESH MATERIALIZED VIEW.';
    END IF;
    -- What is taken from their sources meanwhile is taken from no ledger.
    marked := ARRAY(SELECT l.source FROM crm_active_ledgers(crm_definition()) AS l);
    EXECUTE format('INSERT INTO erased_customer SELECT unnest($1), %L ON CONFLICT DO NOTHING', customer_id)
    USING marked;
    FOR held IN SELECT * FROM crm_personal_rows() LOOP
        FOREACH field IN ARRAY held.key_columns LOOP
            CONTINUE WHEN held.is_source AND NOT include_sources;
            statement := crm_erase_statement(held.relation, held.is_source, field, customer_id);
            CONTINUE WHEN statement IS NULL;
            EXECUTE statement;
            GET DIAGNOSTICS field_count = ROW_COUNT;
            erased := jsonb_set(erased, ARRAY[held.relname], to_jsonb(
                coalesce((erased ->> held.relname)::bigint, 0) + field_count));
        END LOOP;
    END LOOP;
    -- Now that all was tried, what is left: a trigger or a rule may have kept rows, or made new ones.
    FOR held IN SELECT * FROM crm_personal_rows() LOOP
        relation := held.relname;
        row_count := 0;
        FOREACH field IN ARRAY held.key_columns LOOP
            EXECUTE format('SELECT FROM %s WHERE %s', held.rows,
                           crm_names_customer(held.relation, field, customer_id));
            GET DIAGNOSTICS field_count = ROW_COUNT;
            row_count := row_count + field_count;
        END LOOP;
        is_erased := row_count = 0 AND (include_sources OR NOT held.is_source) AND NOT crm_may_hide(held.relation);
        IF row_count > 0 THEN
            marked := array_remove(marked, held.relname);
            RAISE NOTICE '% "%" still has % rows of customer %',
                         CASE WHEN held.is_source THEN 'source' ELSE 'table' END, held.relname, row_count, customer_id
                USING HINT = CASE WHEN include_sources OR NOT held.is_source
                    THEN 'A trigger or a rule keeps them, or nothing can be deleted there.'
                    ELSE 'Erase them as well, and run crm_refresh if the customer came again in between, '
                         'or specify include_sources => true: crm_refresh would restore the ledger.' END;
        END IF;
        row_count := row_count + coalesce((erased ->> held.relname)::bigint, 0);
        RETURN NEXT;
    END LOOP;
    EXECUTE format('DELETE FROM erased_customer WHERE source = ANY ($1) AND customer_id = %L', customer_id)
    USING marked;
END $$;
COMMENT ON FUNCTION crm_erase_customer(text, text, boolean) IS
'Removes one person from a workspace, and returns the numbers of rows.
One row per table or source with a customer_id: its name, the number of rows, and whether they were erased, which they
are not where a trigger or a rule of theirs kept them.
Tables, ledgers, snapshots and moves always are; posts, cases and, with the subject service, interactions stay
without the customer, for they are in other people''s figures, and so do customers whom the person referred.
Rows in sources, which are not the workspace''s, only with include_sources. Those that stay are in no ledger until
crm_refresh: a ledger that begins with a later row is without them, and wrong once they go, until it is run. Fits,
which are about everyone, stay. A NOTICE names materialized views of the workspace, which have to be refreshed; until
ANALYZE, pg_stats may show the key. Waits for a refresh or a snapshot that is under way; a statement that takes rows of
the customer at the same time may leave a ledger, until crm_refresh. is_erased is false where a policy may hide rows.
Not executable by PUBLIC: GRANT it. Errors: 25001 outside of READ COMMITTED, 42501 where row-level security hides
customers of the workspace.';

CREATE FUNCTION crm_erase_customer(workspace text, customer_id bigint, include_sources boolean DEFAULT false,
    OUT relation text, OUT row_count bigint, OUT is_erased boolean)
RETURNS SETOF record
LANGUAGE sql STRICT ROWS 12
BEGIN ATOMIC
    SELECT * FROM crm_erase_customer(workspace, customer_id::text, include_sources);
END;
COMMENT ON FUNCTION crm_erase_customer(text, bigint, boolean) IS
'As crm_erase_customer(text, text, boolean), for integer keys.
It calls that one: GRANT EXECUTE on both.';

CREATE FUNCTION crm_erase_customer(workspace text, customer_id uuid, include_sources boolean DEFAULT false,
    OUT relation text, OUT row_count bigint, OUT is_erased boolean)
RETURNS SETOF record
LANGUAGE sql STRICT ROWS 12
BEGIN ATOMIC
    SELECT * FROM crm_erase_customer(workspace, customer_id::text, include_sources);
END;
COMMENT ON FUNCTION crm_erase_customer(text, uuid, boolean) IS
'As crm_erase_customer(text, text, boolean), for keys of type uuid.
It calls that one: GRANT EXECUTE on both.';

-- The extension's owner, who created it, may use these, and say who else may.
REVOKE EXECUTE ON FUNCTION
    crm_export_customer(text, text), crm_export_customer(text, bigint), crm_export_customer(text, uuid),
    crm_erase_customer(text, text, boolean), crm_erase_customer(text, bigint, boolean),
    crm_erase_customer(text, uuid, boolean)
FROM PUBLIC;
DO $$
BEGIN
    EXECUTE format('GRANT EXECUTE ON FUNCTION
                    crm_export_customer(text, text), crm_export_customer(text, bigint), crm_export_customer(text, uuid),
                    crm_erase_customer(text, text, boolean), crm_erase_customer(text, bigint, boolean),
                    crm_erase_customer(text, uuid, boolean)
                    TO %s WITH GRANT OPTION',
                   (SELECT extowner::regrole FROM pg_extension WHERE extname = 'crm_ext'));
END $$;
