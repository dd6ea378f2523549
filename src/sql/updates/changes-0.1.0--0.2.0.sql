-- Run by ALTER EXTENSION, never by hand.
\echo Use "ALTER EXTENSION crm_ext UPDATE" to load this file. \quit

-- Workspaces of 0.1.0 had triggers in C. Until crm_upgrade_workspace has made
-- others, statements on their sources pass without being followed, and the
-- upgrade reads the sources again.
DO $$
DECLARE
    followed record;
    workspaces text[] := '{}';
BEGIN
    -- Found by their first argument, where they write. A workspace may have any name, and triggers can be renamed.
    FOR followed IN
        SELECT tgname, tgrelid::regclass AS relation, (regexp_match(target, '^(.*)\.\w+$'))[1] AS workspace
        FROM pg_catalog.pg_trigger,
             LATERAL (SELECT convert_from(decode(split_part(encode(tgargs, 'escape'), '\000', 1), 'escape'),
                                          current_setting('server_encoding')) AS target) AS argument
        WHERE NOT tgisinternal AND tgparentid = 0 AND tgnargs > 0
          AND tgfoid IN ('crm_activity_trigger'::regproc, 'crm_queue_trigger'::regproc)
          AND target ~ '\.(customer_activity|channel_activity|change_queue)$'
          -- Ledgers outside of a workspace are somebody's own: DROP FUNCTION names their triggers.
          AND EXISTS (SELECT FROM pg_catalog.pg_attribute
                      WHERE attname = 'sources'
                        AND attrelid = to_regclass((regexp_match(target, '^(.*)\.\w+$'))[1] || '.setting'))
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', followed.tgname, followed.relation);
        workspaces := workspaces || followed.workspace;
    END LOOP;
    IF workspaces <> '{}' THEN
        RAISE WARNING 'workspaces no longer follow their sources until they are upgraded: %',
            (SELECT string_agg(DISTINCT w, ', ' ORDER BY w) FROM unnest(workspaces) AS w)
            USING HINT = 'Run crm_upgrade_workspace for each as its owner, '
                         'in this transaction if nothing may be missed in between.';
    END IF;
END $$;

-- 0.1.0 gave these to the session's user; now they are the extension's owner's, who need not be the same. What others
-- were given since stays, and so does what somebody has passed on.
DO $$
DECLARE
    given record;
BEGIN
    FOR given IN
        SELECT CASE WHEN a.grantee = p.proowner THEN 'GRANT OPTION FOR ' ELSE '' END AS part,
               p.oid::regprocedure AS signature, a.grantee::regrole AS grantee
        FROM pg_catalog.pg_extension AS e
        JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
        JOIN pg_catalog.pg_proc AS p ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
        JOIN pg_catalog.pg_init_privs AS i ON i.classoid = 'pg_proc'::regclass AND i.objoid = p.oid
        CROSS JOIN LATERAL aclexplode(i.initprivs) AS a
        WHERE e.extname = 'crm_ext' AND p.proname IN ('crm_export_customer', 'crm_erase_customer')
          AND a.is_grantable AND a.grantee <> e.extowner
          AND NOT EXISTS (SELECT FROM aclexplode(p.proacl) AS passed
                          WHERE passed.grantor = a.grantee AND a.grantee <> p.proowner)
    LOOP
        EXECUTE format('REVOKE %sEXECUTE ON FUNCTION %s FROM %s', given.part, given.signature, given.grantee);
    END LOOP;
END $$;

-- What is gone, or returns something else. Whoever uses it is told by name.
DROP FUNCTION crm_create_workspace(text, jsonb, text, text, integer, text);
DROP FUNCTION crm_change_sources(text, jsonb, text, text, text);
DROP FUNCTION crm_apply_sources(text);
DROP FUNCTION crm_check_settings(text, text, integer);
DROP FUNCTION crm_create_policies(text, jsonb);
DROP FUNCTION crm_create_source_triggers(text, text, regclass, text, text[]);
DROP FUNCTION crm_customer_key_type();
DROP FUNCTION crm_dependent_views(regclass[]);
DROP FUNCTION crm_drop_source_triggers(text);
DROP FUNCTION crm_follow_source(text, text, jsonb, jsonb);
DROP FUNCTION crm_key_type(regtype[]);
DROP FUNCTION crm_rebuild_interactions();
DROP FUNCTION crm_rebuild_purchases();
DROP FUNCTION crm_rebuild_views(jsonb, text, text[]);
DROP FUNCTION crm_run_scripts(jsonb, text);
DROP FUNCTION crm_source_triggers(text);
DROP FUNCTION crm_source_view(text, jsonb, text, text);
DROP FUNCTION crm_unrestricted(regclass);
DROP FUNCTION crm_view_statements(regclass, boolean);
DROP FUNCTION crm_activity_trigger();
DROP FUNCTION crm_queue_trigger();
DROP FUNCTION crm_trigger_seal(regclass, text);
DROP FUNCTION crm_check_source(text, jsonb);
DROP FUNCTION crm_enter_workspace(text);
DROP FUNCTION crm_source_fields();
DROP FUNCTION crm_workspace_script();
DROP FUNCTION crm_personal_relations();
DROP FUNCTION crm_expression_type(text, text, regclass, text);

-- Arguments that were letters are words. CREATE OR REPLACE does not rename them,
-- and dropping the functions would take views and indexes along.
UPDATE pg_catalog.pg_proc AS p
SET proargnames = ARRAY(
    SELECT CASE WHEN named.name = 'a' AND 'b' = ANY (p.proargnames) THEN 'one'
                WHEN named.name = 'b' THEN 'other'
                ELSE coalesce(word.name, named.name) END
    FROM unnest(p.proargnames) WITH ORDINALITY AS named (name, n)
    LEFT JOIN (VALUES ('a', 'crm_activity', 'activity'), ('d', 'crm_distribution', 'distribution'),
                      ('e', 'crm_experience', 'experience'), ('i', 'crm_index', 'index'), ('n', 'bigint', 'trials'),
                      ('x', 'crm_ces_tally', 'tally'), ('x', 'crm_csat_tally', 'tally'),
                      ('x', 'crm_kano_tally', 'tally'),
                      ('x', 'crm_nps_tally', 'tally'), ('summary', 'crm_ces_tally', 'tally'),
                      ('summary', 'crm_csat_tally', 'tally'), ('summary', 'crm_kano_tally', 'tally'),
                      ('summary', 'crm_nps_tally', 'tally'), ('summary', 'crm_driver_model', 'fit'),
                      ('summary', 'crm_experience', 'experience'),
                      ('summary', 'crm_index', 'index')) AS word (letter, type, name)
      ON word.letter = named.name
         AND word.type::regtype = (coalesce(p.proallargtypes, p.proargtypes::oid[]))
                                      [named.n - CASE WHEN p.proallargtypes IS NULL THEN 1 ELSE 0 END]
    ORDER BY named.n)
FROM pg_catalog.pg_depend AS d
JOIN pg_catalog.pg_extension AS e ON d.refclassid = 'pg_catalog.pg_extension'::regclass AND e.oid = d.refobjid
WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e' AND e.extname = 'crm_ext'
  AND p.proargnames IS NOT NULL AND p.proargnames && '{a,b,d,e,i,n,x,summary}'::text[];

-- It has one column more; views of workspaces read it.
UPDATE pg_catalog.pg_proc
SET proallargtypes = proallargtypes || 'text'::regtype::oid,
    proargmodes = proargmodes || 'o'::"char",
    proargnames = proargnames || 'bound'::text
WHERE oid = 'crm_clv_model_parameters(crm_clv_model)'::regprocedure;

