-- Targets of a workspace: conditions over customer_360, kept in views.

CREATE FUNCTION crm_make_targets(targets jsonb) RETURNS void
LANGUAGE plpgsql STRICT
SET client_min_messages = warning AS $$
DECLARE
    today text := format('crm_as_of(%L)', crm_definition() ->> 'time_zone');
    options jsonb := (SELECT jsonb_object_agg(view_name, view_options) FROM crm_kept_options()
                      WHERE view_name IN ('target', 'target_member') AND view_options <> '{}');
    kept record;
    names text;
    members text;
BEGIN
    SELECT string_agg(format('SELECT %L::text AS target_name, %L::text AS condition, %s AS as_of', key, value, today),
                      ' UNION ALL ' ORDER BY key),
           -- Side by side, so that customer_360 is read once for all of them.
           string_agg(format('(%L::text, (%s))', key, crm_closed(value)), ', ' ORDER BY key)
    INTO names, members FROM jsonb_each_text(targets);
    EXECUTE 'CREATE OR REPLACE VIEW target AS '
            || coalesce(names, format('SELECT NULL::text AS target_name, NULL::text AS condition, %s AS as_of LIMIT 0',
                                      today));
    EXECUTE 'CREATE OR REPLACE VIEW target_member AS '
            || format('SELECT target.target_name, customer_360.customer_id, customer_360.purchase_count,
                              customer_360.amount, customer_360.as_of
                       FROM customer_360
                       CROSS JOIN LATERAL (VALUES %s) AS target (target_name, is_member)
                       WHERE target.is_member',
                      coalesce(members, '(NULL::text, false)'));
    COMMENT ON VIEW target IS E'One row per target: a condition over customer_360.\nMade by crm_set_target.';
    COMMENT ON VIEW target_member IS E'One row per target and customer in it by as_of.\n'
                                     'Customers of customer_360 for whom the condition is true.';
    IF current_setting('server_version_num')::integer >= 150000 THEN
        ALTER VIEW target SET (security_invoker = true);
        ALTER VIEW target_member SET (security_invoker = true);
    END IF;
    FOR kept IN SELECT key, ARRAY(SELECT jsonb_array_elements_text(value)) AS options FROM jsonb_each(options) LOOP
        EXECUTE format('ALTER VIEW %I SET (%s)', kept.key, array_to_string(kept.options, ', '));
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_make_targets(jsonb) IS
'Makes the views of targets in the workspace of search_path.
targets: an object with a condition for each name. Needs the rights of the owner of the workspace.';

CREATE FUNCTION crm_check_expression(relation regclass) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET extra_float_digits = 1
SET "DateStyle" = 'ISO'
SET "IntervalStyle" = 'postgres' AS $$
    SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint WHERE conrelid = relation AND contype = 'c';
$$;
COMMENT ON FUNCTION crm_check_expression(regclass) IS
'The condition of a CHECK, as PostgreSQL read it.
Its literals mean the same whatever a session sets.';

CREATE FUNCTION crm_set_target(workspace text, target_name text, condition text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET client_min_messages = warning
SET citus.enable_ddl_propagation = off AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    targets jsonb;
    is_of regtype;
    other text;
    plan jsonb;
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1, true)', extension_schema) USING workspace;
    IF to_regclass('target') IS NULL THEN
        RAISE EXCEPTION 'workspace "%" does not have the subject profile', workspace
            USING ERRCODE = 'undefined_table', HINT = 'Use crm_add_subject(workspace, ''profile'') to add it.';
    ELSIF nullif(btrim(target_name), '') IS NULL THEN
        RAISE EXCEPTION 'target_name must not be empty' USING ERRCODE = 'invalid_parameter_value',
        HINT = 'Use a name such as students.';
    END IF;
    EXECUTE 'SELECT coalesce(jsonb_object_agg(t.target_name, t.condition), ''{}'') FROM target AS t' INTO targets;
    IF condition IS NULL THEN
        PERFORM crm_make_targets(targets - target_name);
        RETURN;
    END IF;
    is_of := (crm_expression_type('target', target_name, 'customer_360'::regclass, condition)).type;
    IF is_of <> 'boolean'::regtype THEN
        RAISE EXCEPTION 'target "%": % is of type %', target_name, condition, is_of
            USING ERRCODE = 'datatype_mismatch',
            HINT = 'A condition over the columns of customer_360 is true or false, as in age_years < 30.';
    END IF;
    -- In a CHECK there is no subquery: it would read other tables with the rights
    -- of the owner before PostgreSQL 15, or target_member itself.
    BEGIN
        EXECUTE format(E'CREATE TEMPORARY TABLE customer_360 (LIKE %s, CHECK (%s\n))', to_regclass('customer_360'),
            condition);
    EXCEPTION
        WHEN feature_not_supported THEN
            RAISE EXCEPTION 'target "%": % depends on more than the columns of its row', target_name, condition
                USING ERRCODE = SQLSTATE, DETAIL = SQLERRM;
        -- What closes a parenthesis that it did not open.
        WHEN syntax_error THEN
            RAISE EXCEPTION 'target "%": %', target_name, SQLERRM USING ERRCODE = SQLSTATE;
    END;
    PERFORM crm_make_targets(targets || jsonb_build_object(target_name,
                                                           crm_check_expression('pg_temp.customer_360'::regclass)));
    -- A superuser must not run the functions of others through the view.
    SELECT min(format('%s of %s', pg_describe_object(d.refclassid, d.refobjid, 0), used.owner::regrole)) INTO other
    FROM pg_depend AS d
    JOIN pg_rewrite AS w ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
        AND w.ev_class = 'target_member'::regclass
    JOIN (
        SELECT 'pg_proc'::regclass AS classid, p.oid AS objid, p.proowner AS owner FROM pg_proc AS p
        UNION ALL SELECT 'pg_operator'::regclass, o.oid, o.oprowner FROM pg_operator AS o
        UNION ALL SELECT 'pg_type'::regclass, t.oid, t.typowner FROM pg_type AS t
        UNION ALL SELECT 'pg_class'::regclass, c.oid, c.relowner FROM pg_class AS c
    ) AS used ON used.classid = d.refclassid AND used.objid = d.refobjid
    WHERE NOT pg_has_role(used.owner, current_user, 'USAGE');
    IF other IS NOT NULL AND (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RAISE EXCEPTION 'target "%" uses %, who does not have the privileges of %', target_name, other, current_user
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'It would run with privileges that its owner lacks: use objects of your own.';
    END IF;
    -- One that fails would fail for all targets.
    BEGIN
        -- A subquery stays one where it is volatile: pulled up, it could be asked twice.
        EXECUTE format(E'EXPLAIN (FORMAT json) SELECT FROM (SELECT (%s\n) AS is_member FROM pg_temp.customer_360) AS row
                         WHERE is_member', condition) INTO plan;
        DROP TABLE pg_temp.customer_360;
        IF plan #>> '{0,Plan,Node Type}' = 'Subquery Scan' THEN
            RAISE EXCEPTION 'target "%": % is another whenever it is asked', target_name, condition
                USING ERRCODE = 'invalid_object_definition',
                      HINT = 'For a tenth of all customers use hashtext(customer_id::text) % 10 = 0. '
                             'Declare a function of yours STABLE or IMMUTABLE if it is.';
        END IF;
        EXECUTE format(E'SELECT count(*) FROM customer_360 WHERE (%s\n)', condition);
    EXCEPTION WHEN data_exception THEN
        RAISE EXCEPTION 'target "%": % fails for a customer: %', target_name, condition, SQLERRM
            USING ERRCODE = SQLSTATE, HINT = 'Make it NULL or false for them, as with nullif(x, 0) below a division.';
    END;
END $$;
COMMENT ON FUNCTION crm_set_target(text, text, text) IS
'Names the customers for whom a condition is true: a target.
workspace: one with the subject profile, of which you are the owner. condition: over the columns of customer_360, as
in a WHERE clause, without subqueries; NULL removes the target. It is tried on all customers: one that fails for a later
customer, as by a division by 0, fails for all who read targets. It becomes part of the view target_member, which runs
with the rights of those who read it, with literals as they were read now: a date stays that date. Setting a target
again replaces it. Errors: 42804 for a condition of another
type, 0A000 for one that looks at more than the row, 42P17 for one with a volatile function, 22023 for an empty name,
42P01 for a workspace without the subject, 42501 for anyone but the owner, and what PostgreSQL says of the condition,
also where it fails for a customer.
Example: SELECT crm_set_target(''crm'', ''young'', ''age_years BETWEEN 18 AND 34'').';
