-- Rules that every object of the extension keeps, read from the catalogue.
-- Run from the top of the repository by scripts/test.sh.
\set meta_version `perl -MJSON::PP -0777 -ne 'print decode_json($_)->{version}' META.json`
\set meta_provides `perl -MJSON::PP -0777 -ne 'print decode_json($_)->{provides}{crm_ext}{version}' META.json`
-- Not in every archive.
\set debian_version `cat debian/changelog 2>/dev/null | sed -n '1s/.*(\(.*\)).*/\1/p'`
\set control_version `sed -n "s/^default_version *= *'\(.*\)'/\1/p" crm_ext.control`
\set tested `grep -ohE 'crm_[a-z0-9_]+' sql/*.sql test/*.sql test/t/*.pl | sort -u | tr '\n' ' '`
\set in_c `sed -n 's/^PG_FUNCTION_INFO_V1(\(crm_[a-z0-9_]*\));.*/\1/p' src/pg/*/*.c | tr '\n' ' '`
\set released `cat src/sql/updates/crm_ext--*.sql | grep -oE 'crm_[a-z0-9_]+' | sort -u | tr '\n' ' '`
\set inside `sed -nE 's/^CREATE FUNCTION (\w+).*/\1/p' src/sql/workspace*.sql src/workspace/embed.sh | tr '\n' ' '`

BEGIN;
SELECT plan(22);

-- Everything that CREATE EXTENSION made.
CREATE TEMPORARY VIEW member AS
SELECT d.classid, d.objid, d.objsubid,
       pg_describe_object(d.classid, d.objid, d.objsubid) AS name
FROM pg_depend AS d
JOIN pg_extension AS e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass
WHERE d.deptype = 'e' AND e.extname = 'crm_ext';

CREATE TEMPORARY VIEW function AS
SELECT m.name, p.*
FROM member AS m
JOIN pg_proc AS p ON p.oid = m.objid AND m.classid = 'pg_proc'::regclass;

-- Functions that may be VOLATILE, and so PARALLEL UNSAFE, with the reason.
CREATE TEMPORARY TABLE volatile_by_nature (name text, reason text);
INSERT INTO volatile_by_nature VALUES
    ('crm_move_trigger', 'a trigger writes'),
    ('crm_due_trigger', 'a trigger reads what others may change'),
    ('crm_word_trigger', 'a trigger changes the row'),
    ('crm_ledger_sum', 'counts something in the session'),
    ('crm_emptied_ledgers', 'tells it'),
    ('crm_note_overdue', 'writes overdue cases, and notifies'),
    ('crm_create_workspace', 'makes a schema'),
    ('crm_change_sources', 'makes views and triggers'),
    ('crm_upgrade_workspace', 'makes views and triggers'),
    ('crm_add_subject', 'makes tables and views'),
    ('crm_write_definition', 'makes a view'),
    ('crm_convert_workspace', 'makes a view'),
    ('crm_forget_first_release', 'alters a table'),
    ('crm_drop_workspace', 'drops a schema'),
    ('crm_enter_workspace', 'sets search_path'),
    ('crm_build_workspace', 'makes tables and views'),
    ('crm_create_sources', 'makes tables and views'),
    ('crm_create_source_view', 'makes a view'),
    ('crm_create_source_table', 'makes a table'),
    ('crm_run_statements', 'makes tables and views'),
    ('crm_failed_check', 'makes a view'),
    ('crm_blame_source', 'calls crm_source_query'),
    ('crm_collect', 'makes a view'),
    ('crm_make_targets', 'makes views'),
    ('crm_set_target', 'makes views'),
    ('crm_collect_customer_360', 'makes a view'),
    ('crm_comment_workspace', 'makes comments'),
    ('crm_set_aside', 'renames a table'),
    ('crm_drop_replaced', 'drops a table'),
    ('crm_define', 'calls what makes temporary views'),
    ('crm_expression_type', 'makes a temporary view'),
    ('crm_empty_column', 'makes a temporary view'),
    ('crm_erase_statement', 'calls crm_empty_column'),
    ('crm_check_workspace_rights', 'takes a snapshot of its own'),
    ('crm_key_type', 'calls crm_expression_type'),
    ('crm_chosen_key_type', 'calls crm_expression_type'),
    ('crm_source_query', 'calls crm_expression_type'),
    ('crm_check_source', 'calls crm_expression_type'),
    ('crm_check_trust', 'makes a temporary view'),
    ('crm_change_key', 'drops views'),
    ('crm_amount_scale', 'calls crm_expression_type'),
    ('crm_ledger_fields', 'makes a temporary table'),
    ('crm_amount_scale', 'makes a temporary view'),
    ('crm_apply_sources', 'makes triggers and policies'),
    ('crm_follow_source', 'makes triggers'),
    ('crm_create_trigger_function', 'makes a function'),
    ('crm_create_policies', 'makes policies'),
    ('crm_create_sight', 'makes a function'),
    ('crm_drop_sights', 'drops functions'),
    ('crm_create_sights', 'makes functions'),
    ('crm_create_plain_view', 'makes a view'),
    ('crm_enter_plain_schema', 'makes a schema'),
    ('crm_fill', 'writes ledgers'),
    ('crm_fill_ledger', 'writes ledgers'),
    ('crm_refresh', 'writes ledgers'),
    ('crm_rebuild_ledger', 'writes ledgers'),
    ('crm_queue_differences', 'writes the queue'),
    ('crm_refit', 'writes a fit'),
    ('crm_snapshot', 'writes a snapshot'),
    ('crm_log_moves', 'writes moves, and notifies'),
    ('crm_alert', 'writes alerts, and notifies'),
    ('crm_log_refresh', 'writes a row'),
    ('crm_grant_reader', 'grants rights'),
    ('crm_revoke_reader', 'revokes rights'),
    ('crm_erase_customer', 'deletes rows');

-- Functions that write nothing and still are for the leader of a query alone.
CREATE TEMPORARY TABLE unsafe_by_nature (name text, reason text);
INSERT INTO unsafe_by_nature VALUES
    ('crm_find_relation', 'sets search_path to look into it'),
    ('crm_distributed_rows', 'asks servers over connections of its own'),
    ('crm_triggers_have_rights', 'keeps a lock to the end of the transaction'),
    ('crm_partitions_have_rights', 'keeps locks to the end of the transaction'),
    ('crm_resolve_sources', 'calls crm_find_relation'),
    ('crm_report_problems', 'sets jit for its own query'),
    ('crm_ledger_differences', 'sets row_security for its own queries'),
    ('crm_check_workspace', 'sets search_path for its own queries'),
    ('crm_check_others', 'sets search_path for its own queries'),
    ('crm_export_customer', 'sets search_path for its own queries');

SELECT isnt_empty('SELECT * FROM member', 'the extension has members');

SELECT is_empty($$
    SELECT name FROM function WHERE obj_description(oid, 'pg_proc') IS NULL
$$, 'every function has a comment');

SELECT is_empty($$
    SELECT name, split_part(obj_description(oid, 'pg_proc'), E'\n', 1) FROM function
    WHERE length(split_part(obj_description(oid, 'pg_proc'), E'\n', 1)) NOT BETWEEN 10 AND 70
$$, 'its first line has 10 to 70 characters');

SELECT is_empty($$
    SELECT name FROM function
    WHERE proparallel <> 's' AND proname NOT IN (SELECT v.name FROM volatile_by_nature AS v)
      AND proname NOT IN (SELECT u.name FROM unsafe_by_nature AS u)
$$, 'every function is PARALLEL SAFE, but for those with a reason');

SELECT is_empty($$
    SELECT v.name FROM volatile_by_nature AS v
    WHERE NOT EXISTS (SELECT FROM function WHERE proname = v.name AND provolatile = 'v' AND proparallel = 'u')
    UNION ALL
    SELECT u.name FROM unsafe_by_nature AS u
    WHERE NOT EXISTS (SELECT FROM function WHERE proname = u.name AND provolatile <> 'v' AND proparallel <> 's')
$$, 'and those need it');

SELECT is_empty($$
    SELECT name FROM function
    WHERE provolatile = 'v' AND proname NOT IN (SELECT v.name FROM volatile_by_nature AS v)
$$, 'no function is VOLATILE without a reason');

SELECT is_empty($$
    SELECT name FROM function
    WHERE pronargs > 0 AND (proargnames IS NULL OR '' = ANY (proargnames))
      AND oid NOT IN (SELECT f.oid
                      FROM pg_type AS t,
                           unnest(ARRAY[t.typinput, t.typoutput, t.typreceive, t.typsend,
                                        t.typmodin, t.typmodout]::oid[]) AS f (oid))
$$, 'every argument has a name, but those of a type''s input and output');

SELECT is_empty($$
    SELECT name, argument FROM function, unnest(proargnames) AS argument
    WHERE length(argument) = 1 AND argument <> ALL ('{r,f,m,z}')
$$, 'arguments are words, but for the scores R, F and M, and for z');

-- An operator's two sides are one and other, a state is a state, what is read in is a value.
SELECT is_empty($$
    SELECT f.name, a.argument
    FROM function AS f, unnest(f.proargnames, f.proargtypes::oid[]) AS a (argument, type)
    JOIN pg_type AS t ON t.oid = a.type
    JOIN member AS m ON m.objid = t.oid AND m.classid = 'pg_type'::regclass
    WHERE t.typtype = 'b' AND t.typelem = 0
      AND a.argument NOT IN (CASE t.typname WHEN 'crm_clv_model' THEN 'model' WHEN 'crm_markov' THEN 'chain'
                                 WHEN 'crm_driver_model' THEN 'fit' ELSE substring(t.typname FROM '[a-z]+$') END,
                             'one', 'other', 'state', 'value', '')
$$, 'the same thing has the same name in every function');

SELECT is_empty($$
    SELECT name FROM function WHERE prosecdef
$$, 'no function is SECURITY DEFINER');

-- test/t/cost.pl and bench/cost.sh measure them.
SELECT is_empty($$
    SELECT f.name, f.procost FROM function AS f JOIN pg_language AS l ON l.oid = f.prolang
    WHERE l.lanname = 'c' AND f.procost NOT IN (1, 20, 1000)
$$, 'the COST of a function in C is that of a tier: 1 below 1 us, 20 below 20 us, 1000 beyond');

SELECT is_empty($$
    SELECT f.name FROM function AS f JOIN pg_aggregate AS a ON a.aggfnoid = f.oid
    WHERE a.aggcombinefn = 0
$$, 'every aggregate has a combine function');

SELECT is_empty($$
    SELECT f.name FROM function AS f JOIN pg_aggregate AS a ON a.aggfnoid = f.oid
    WHERE a.aggtranstype = 'internal'::regtype AND (a.aggserialfn = 0 OR a.aggdeserialfn = 0)
$$, 'a state that is a pointer can be sent between processes');

-- Models are made of rows, not of models; a sample is a state and nothing else.
SELECT is_empty($$
    SELECT DISTINCT t.typname
    FROM function AS f JOIN pg_aggregate AS a ON a.aggfnoid = f.oid
    JOIN pg_type AS t ON t.oid = f.prorettype
    JOIN member AS m ON m.objid = t.oid AND m.classid = 'pg_type'::regclass
    WHERE t.typname NOT IN ('crm_clv_model') AND t.typelem = 0
      AND NOT EXISTS (SELECT FROM function AS u WHERE u.proname = 'crm_rollup' AND u.proargtypes[0] = t.oid)
$$, 'what an aggregate returns can be rolled up');

SELECT is_empty($$
    SELECT m.name FROM member AS m
    JOIN pg_type AS t ON t.oid = m.objid AND m.classid = 'pg_type'::regclass
    WHERE t.typtype = 'b' AND t.typelem = 0
      AND (t.typsend = 0 OR t.typreceive = 0 OR obj_description(t.oid, 'pg_type') IS NULL)
$$, 'every type has binary input and output, and a comment');

SELECT is_empty($$
    SELECT m.name FROM member AS m
    JOIN pg_operator AS o ON o.oid = m.objid AND m.classid = 'pg_operator'::regclass
    WHERE obj_description(o.oid, 'pg_operator') IS NULL
$$, 'every operator has a comment');

SELECT is_empty($$
    SELECT m.name FROM member AS m
    LEFT JOIN pg_proc AS p ON p.oid = m.objid AND m.classid = 'pg_proc'::regclass
    LEFT JOIN pg_type AS t ON t.oid = m.objid AND m.classid = 'pg_type'::regclass
    LEFT JOIN pg_class AS c ON c.oid = m.objid AND m.classid = 'pg_class'::regclass
    WHERE coalesce(p.proname, t.typname, c.relname) !~ '^_?crm_'
$$, 'every name starts with crm_');

-- What a type or an aggregate is made of is called by these alone, and of what makes a
-- workspace doc/workspace.md names what one calls oneself.
CREATE TEMPORARY VIEW called AS
SELECT f.name, f.proname FROM function AS f
WHERE f.prokind = 'a'
   OR f.proname <> ALL (string_to_array(:'inside', ' ')) AND f.prorettype <> 'internal'::regtype
       AND 'internal'::regtype <> ALL (f.proargtypes::oid[])
      AND NOT EXISTS (SELECT FROM pg_aggregate AS a
                      WHERE f.oid IN (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn))
      AND NOT EXISTS (SELECT FROM pg_type AS t
                      WHERE f.oid IN (t.typinput, t.typoutput, t.typreceive, t.typsend))
      AND NOT EXISTS (SELECT FROM pg_operator AS o WHERE o.oprcode = f.oid)
      AND NOT EXISTS (SELECT FROM pg_amproc AS p WHERE p.amproc = f.oid)
      AND NOT EXISTS (SELECT FROM pg_cast AS c WHERE c.castfunc = f.oid)
      -- Asked by other functions and views, to say no or what time it is.
      AND f.proname NOT IN ('crm_clv_check_arguments', 'crm_as_of_at');
SELECT is_empty(format($$SELECT name FROM called WHERE proname <> ALL (%L)$$, string_to_array(:'tested', ' ')),
                'every function is called by a test');

SELECT is_empty(format($$
    SELECT c.name FROM unnest(%L::text[]) AS c (name)
    WHERE c.name NOT IN (SELECT prosrc FROM function) AND c.name <> ALL (%L)
$$, string_to_array(trim(:'in_c'), ' '), string_to_array(:'released', ' ')),
                'every function in C is one of SQL, or was');

SELECT is(ARRAY[crm_ext_version(), extversion], ARRAY[:'control_version', :'control_version'],
          'library and install script have the version of crm_ext.control')
FROM pg_extension WHERE extname = 'crm_ext';

SELECT is(ARRAY[:'meta_version', :'meta_provides'], ARRAY[:'control_version', :'control_version'],
          'META.json has it too');
SELECT is(coalesce(nullif(:'debian_version', ''), :'control_version'), :'control_version', 'and the package');

SELECT * FROM finish();
ROLLBACK;
