-- A workspace of a group: members run it, and what is made there is the group's.
BEGIN;
SELECT plan(22);
SET LOCAL client_min_messages = error;
SET LOCAL crm_ext.as_of = '2024-12-31';
CREATE ROLE crm_team;
CREATE ROLE crm_ann IN ROLE crm_team;
CREATE ROLE crm_reader;
GRANT EXECUTE ON FUNCTION crm_erase_customer(text, text, boolean), crm_export_customer(text, text) TO crm_team;
CREATE SCHEMA desk AUTHORIZATION crm_team;
SELECT format('GRANT CREATE ON DATABASE %I TO crm_team', current_database()) \gexec

SET ROLE crm_team;
CREATE TABLE desk.sale (customer integer, at date, total numeric(10,2));
INSERT INTO desk.sale SELECT n % 20, date '2024-01-01' + n, n FROM generate_series(1, 200) AS n;
SELECT crm_create_workspace('team_crm',
    '{"purchase": {"from": "desk.sale", "customer_id": "customer", "purchased_at": "at", "amount": "total"}}',
                            subjects => '{profile,campaign}');

-- Data: whoever is of the group.
SET ROLE crm_ann;
INSERT INTO desk.sale VALUES (1, '2024-12-01', 5);
INSERT INTO team_crm.mention (mention_id, mentioned_at, brand) VALUES ('m', '2024-12-01', 'b');
SELECT is_empty($$SELECT * FROM crm_check_workspace('team_crm')$$, 'a member writes, and ledgers follow');
SELECT is(crm_refresh('team_crm', true), 0::bigint, 'a member refreshes');
SELECT is(crm_refit('team_crm'), 20::bigint, 'fits');
SELECT is(crm_snapshot('team_crm'), 20::bigint, 'takes a snapshot');
SELECT is(crm_alert('team_crm'), 0::bigint, 'asks for alerts');
SELECT is(jsonb_array_length(crm_export_customer('team_crm', '1') -> 'purchase'), 11, 'exports a customer');
SELECT set_eq($$SELECT row_count, is_erased FROM crm_erase_customer('team_crm', '1', true)
    WHERE relation = 'purchase'$$,
              'VALUES (11::bigint, true)', 'and erases one');
SELECT ok(EXISTS (SELECT FROM crm_grant_reader('team_crm', 'crm_reader')), 'lets others read');
SELECT lives_ok($$SELECT crm_revoke_reader('team_crm', 'crm_reader')$$, 'and no longer');
SELECT is_empty($$SELECT * FROM crm_check_workspace('team_crm')$$, 'all is exact');

-- What makes things: the group itself, or they would run with the member's rights.
CREATE FUNCTION pg_temp.refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    EXECUTE statement;
    RETURN 'done';
EXCEPTION WHEN insufficient_privilege THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN SQLERRM || ': ' || hint;
END $$;
SELECT is(pg_temp.refusal(call),
    'workspace "team_crm" belongs to role crm_team: Objects that this call creates must belong to the owner as well: '
    'use SET ROLE crm_team first.', call)
FROM unnest(ARRAY[$$SELECT crm_upgrade_workspace('team_crm')$$, $$SELECT crm_add_subject('team_crm', 'plan')$$,
    $$SELECT crm_change_sources('team_crm', maintain => 'queue')$$,
        $$SELECT crm_set_target('team_crm', 'big', 'amount > 100')$$,
    $$SELECT * FROM crm_grant_reader('team_crm', 'crm_reader', 'team_bi')$$]) AS call;
SET ROLE crm_team;
SELECT is(pg_temp.refusal(call), 'done', 'the group: ' || call)
FROM unnest(ARRAY[$$SELECT crm_upgrade_workspace('team_crm')$$, $$SELECT crm_add_subject('team_crm', 'plan')$$,
    $$SELECT crm_set_target('team_crm', 'big', 'amount > 100')$$,
        $$SELECT crm_grant_reader('team_crm', 'crm_reader', 'team_bi')$$]) AS call;
RESET ROLE;
SELECT is_empty($$SELECT relname::text FROM pg_class WHERE relnamespace = 'team_crm'::regnamespace
    AND relowner <> 'crm_team'::regrole
                  UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'team_crm'::regnamespace
                      AND proowner <> 'crm_team'::regrole$$,
                'all in it is the group''s');
SET ROLE crm_ann;
SELECT lives_ok($$SELECT crm_drop_workspace('team_crm', true)$$, 'a member drops it');
SELECT lives_ok('INSERT INTO desk.sale VALUES (2, ''2024-12-02'', 1)', 'and its triggers');

SELECT * FROM finish();
ROLLBACK;
