-- Row-level security, as the sources have it

CREATE FUNCTION crm_unrestricted(source text, definition jsonb) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    -- A policy that names a table of Citus by its number is to Citus one of that table's:
    -- it finds a circle then, and refuses every ALTER TABLE.
    SELECT CASE WHEN relkind NOT IN ('r', 'p') THEN 'false'
                WHEN crm_is_distributed(c.oid::regclass) THEN format(
                    -- By its names, and without the right to its schema that these would need as a regclass.
                    '(SELECT NOT row_security_active(c.oid) FROM pg_catalog.pg_class AS c
                      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
                      WHERE n.nspname = %L AND c.relname = %L)', n.nspname, relname)
                ELSE format('(SELECT NOT row_security_active(%L::regclass))', c.oid) END
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid = coalesce(definition -> 'sources' -> source ->> 'from',
                         format('%I.%I', definition ->> 'workspace', source))::regclass;
$$;
COMMENT ON FUNCTION crm_unrestricted(text, jsonb) IS
'A condition: is no row of a source hidden from whoever reads?
A view can rest on anything, so there the condition is false.';

CREATE FUNCTION crm_parallel_safety(source text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN crm_source_rows(source) <> quote_ident(source) THEN 'UNSAFE'
                WHEN bool_and(c.relkind IN ('r', 'p') AND c.relpersistence <> 't')
                     AND bool_and(p.proparallel = 's') IS NOT false
                THEN 'SAFE' ELSE 'RESTRICTED' END
    FROM (SELECT 'pg_class'::regclass AS refclassid, quote_ident(source)::regclass::oid AS refobjid
          UNION
          SELECT d.refclassid, d.refobjid
          FROM pg_rewrite AS r JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
          WHERE r.ev_class = quote_ident(source)::regclass) AS part
    LEFT JOIN pg_class AS c ON refclassid = 'pg_class'::regclass AND c.oid = refobjid
                           AND (c.relkind <> 'v' OR c.oid <> quote_ident(source)::regclass)
    LEFT JOIN pg_operator AS o ON refclassid = 'pg_operator'::regclass AND o.oid = refobjid
    LEFT JOIN pg_proc AS p ON refclassid = 'pg_proc'::regclass AND p.oid = refobjid OR p.oid = o.oprcode;
$$;
COMMENT ON FUNCTION crm_parallel_safety(text) IS
'What a function is that reads a source: SAFE, RESTRICTED or UNSAFE.
Workers see no temporary tables, an expression may call what is not safe, a source over a view may rest on anything,
and a distributed one opens connections.';

CREATE FUNCTION crm_sights() RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 5 AS $$
    SELECT 'sees_' || ledger FROM crm_ledgers()
    UNION ALL
    VALUES ('sees_buyer'), ('sees_rater');
$$;
COMMENT ON FUNCTION crm_sights() IS
'The names of the functions that policies ask.';

CREATE FUNCTION crm_drop_sights(cascade boolean) RETURNS void
LANGUAGE plpgsql STRICT
SET client_min_messages = warning AS $$
DECLARE
    sight regprocedure;
BEGIN
    FOR sight IN SELECT oid FROM pg_proc
                 WHERE pronamespace = quote_ident(current_schema())::regnamespace
                   AND proname IN (SELECT crm_sights()) LOOP
        EXECUTE format('DROP FUNCTION %s%s', sight, CASE WHEN cascade THEN ' CASCADE' END);
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_drop_sights(boolean) IS
'Drops the functions that policies ask.
Error 2BP01 where others use them, unless cascade, which drops that.';

CREATE FUNCTION crm_create_sight(name text, source text, relation text, columns text[], condition text) RETURNS void
LANGUAGE plpgsql STRICT
SET client_min_messages = warning AS $$
DECLARE
    arguments text := (SELECT string_agg(format('%I %s', 'of_' || attname, format_type(atttypid, NULL)), ', '
                                         ORDER BY array_position(columns, attname::text))
                       FROM pg_attribute WHERE attrelid = quote_ident(relation)::regclass AND attname = ANY (columns));
BEGIN
    -- The body is parsed now: no search_path has a say in what it means. Citus knows
    -- arguments only as PL/pgSQL passes them, which parses the body when it is called.
    EXECUTE format(CASE WHEN crm_source_rows(source) = quote_ident(source)
                        THEN 'CREATE OR REPLACE FUNCTION %I(%s) RETURNS boolean
                              LANGUAGE sql STABLE PARALLEL %s COST 1
                              BEGIN ATOMIC SELECT %s; END'
                        ELSE 'CREATE OR REPLACE FUNCTION %I(%s) RETURNS boolean
                              LANGUAGE plpgsql STABLE PARALLEL %s COST 1
                              SET search_path = %5$s AS %6$L' END,
                   name, arguments, crm_parallel_safety(source), condition, current_setting('search_path'),
                   format('BEGIN RETURN (%s); END', condition));
    EXECUTE format('GRANT EXECUTE ON FUNCTION %I TO PUBLIC', name);
    EXECUTE format('COMMENT ON FUNCTION %I IS %L', name,
                   format('Does whoever asks see all of this customer that %s has? NULL where it is not known.',
                          source));
END $$;
COMMENT ON FUNCTION crm_create_sight(text, text, text, text[], text) IS
'Makes the function that a policy asks about a row.
It has the rights of its caller. As a sub-plan of the policy the same question would be costed for every row, though
it is asked only where rows are hidden; and a plan that looks dear is compiled, which takes longer than it saves.
Hence a function, and its low cost. columns become arguments, with of_ before their names.';

CREATE FUNCTION crm_create_sights(definition jsonb) RETURNS void
LANGUAGE sql STRICT
BEGIN ATOMIC
    SELECT crm_create_sight('sees_' || l.ledger, l.source, l.ledger, l.keys || l.ledger_column,
                            format('of_%s = (SELECT crm_activity_agg(%s, %s, %s) FROM %s AS source_row WHERE %s%s)',
                                   l.ledger_column, l.day, l.amount, l.events, crm_source_rows(l.source),
                                   (SELECT string_agg(format('%s = of_%s', e, k), ' AND ')
                                    FROM unnest(l.keys, l.key_expressions) AS u (k, e)),
                                   coalesce(' AND ' || l.condition, '')))
    FROM crm_active_ledgers(definition) AS l;
    SELECT crm_create_sight(s.name, s.source, 'customer_activity', '{customer_id}',
                            format('EXISTS (SELECT FROM %s AS seen WHERE seen.customer_id = of_customer_id)',
                                   s.relation))
    FROM (VALUES ('sees_buyer', 'purchase', 'customer_activity'),
                 ('sees_rater', 'rating', crm_source_rows('rating'))) AS s (name, source, relation);
END;
COMMENT ON FUNCTION crm_create_sights(jsonb) IS
'Makes the functions that policies ask: see crm_policies.
They are replaced where they are, for policies and views of others may ask them too.';

CREATE FUNCTION crm_policies(definition jsonb, OUT guarded text, OUT condition text)
RETURNS SETOF record
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 6 AS $$
    SELECT l.ledger, format('%s OR sees_%s(%s)', crm_unrestricted(l.source, definition), l.ledger,
                            array_to_string(l.keys || l.ledger_column, ', '))
    FROM crm_active_ledgers(definition) AS l
    UNION ALL
    SELECT noted.name, string_agg(crm_unrestricted(l.source, definition), ' AND ')
    FROM (VALUES ('change_queue'), ('erased_customer')) AS noted (name), crm_active_ledgers(definition) AS l
    GROUP BY noted.name
    UNION ALL
    SELECT kept.name, format('(%s OR sees_buyer(customer_id)) AND (%s OR %s OR sees_rater(customer_id))',
                             crm_unrestricted('purchase', definition), kept.is_no_rating,
                             crm_unrestricted('rating', definition))
    FROM (VALUES ('customer_snapshot', 'outcome IS NULL'),
                 ('customer_move', 'kind <> ''outcome''')) AS kept (name, is_no_rating);
$$;
COMMENT ON FUNCTION crm_policies(jsonb) IS
'Which rows of ledgers, queue, snapshots and moves a reader may see.
A ledger is visible to roles that see every row that it was made of; snapshots and moves to roles that see the ledger,
and where they tell an outcome a rating; the queue to roles that see all.
Where the sources have no row-level security that is everyone with the right SELECT.';

CREATE FUNCTION crm_create_policies(definition jsonb) RETURNS void
LANGUAGE plpgsql STRICT
SET client_min_messages = warning AS $$
DECLARE
    guarded record;
    policy record;
BEGIN
    PERFORM crm_create_sights(definition);
    FOR guarded IN SELECT * FROM crm_policies(definition) AS p LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded.guarded);
        -- Who may write is left to rights.
        FOR policy IN VALUES ('select', format('USING (%s)', guarded.condition)), ('insert', 'WITH CHECK (true)'),
                             ('update', 'USING (true)'), ('delete', 'USING (true)') LOOP
            EXECUTE format('DROP POLICY IF EXISTS crm_%s ON %I', policy.column1, guarded.guarded);
            EXECUTE format('CREATE POLICY crm_%1$s ON %2$I FOR %1$s %3$s',
                           policy.column1, guarded.guarded, policy.column2);
        END LOOP;
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_create_policies(jsonb) IS
'Creates the row-level security policies that crm_policies lists.';
