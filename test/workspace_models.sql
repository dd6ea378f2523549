-- Workspaces: every view with every model that the setting takes, and the
-- upgrade of a workspace whose setting takes fewer.
BEGIN;
SELECT plan(32);
SET LOCAL client_min_messages = error;
SET LOCAL crm_ext.as_of = '2024-12-31';

\ir lib/views.sql
CREATE TABLE shop AS
SELECT 1 + i % 25 AS c, date '2024-04-01' + i * 37 % (30 + i % 25 * 9) AS d, (5 + i % 23)::numeric(10,2) AS a
FROM generate_series(1, 200) AS i;
SELECT is(crm_create_workspace('w',
    '{"purchase": {"from": "shop", "customer_id": "c", "purchased_at": "d", "amount": "a"}}', maintain => 'refresh'),
          'workspace w: 25 customers with purchases, as of 2024-12-31', 'a small shop');

-- As an earlier release left it
ALTER TABLE w.setting DROP CONSTRAINT setting_clv_model_check,
    ADD CONSTRAINT setting_clv_model_check CHECK (clv_model IN ('bg/nbd', 'mbg/nbd', 'pareto/nbd'));
UPDATE w.setting SET clv_model = 'mbg/nbd', horizon_days = 180;
SELECT throws_ok($$UPDATE w.setting SET clv_model = 'bg/cnbd-k'$$, '23514', NULL,
    'before the upgrade there is no regularity');
SELECT lives_ok($$SELECT crm_upgrade_workspace('w')$$, 'an upgrade');
SELECT lives_ok($$SELECT crm_upgrade_workspace('w')$$, 'and another');
SELECT results_eq('SELECT clv_model, horizon_days FROM w.setting', $$VALUES ('mbg/nbd', 180)$$, 'settings stay');
SELECT throws_ok(format('UPDATE w.setting SET clv_model = %L', model), '23514', NULL,
    'no model of a workspace: ' || model)
FROM unnest('{bg/bb,sbg,bg/cnbd-0,mbg/cnbd-13,bg/cnbd-01,cnbd-k,BG/NBD}'::text[]) AS model;

-- Fits on two days: that of today, and that from which there is a later period
-- to compare with.
CREATE FUNCTION pg_temp.read_with(model text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    UPDATE w.setting SET clv_model = model;
    PERFORM crm_refit('w', '2024-08-31');
    PERFORM crm_refit('w');
    -- A number instead of k is the same model to a view.
    IF model !~ '[0-9]$' THEN
        RETURN QUERY SELECT is(string_agg(view || ': ' || error, E'\n'), NULL, model || ': every view can be read')
        FROM pg_temp.read_all('w');
    END IF;
    RETURN NEXT ok((SELECT count(*) = 2 AND bool_and(
                        crm_model_name(clv_model) = regexp_replace(model, '[0-9]+$', 'k')
                        AND (model !~ '[0-9]$'
                             OR clv_model::jsonb #>> '{purchase,parameters,k}' = substring(model, '[0-9]+$')))
                    FROM w.fit WHERE as_of >= '2024-08-31'), model || ': is what was fitted');
    RETURN NEXT ok((SELECT count(*) = 25 AND bool_and(p_alive BETWEEN 0 AND 1 AND clv >= 0) FROM w.customer_clv),
        model || ': of every customer');
END $$;
SELECT pg_temp.read_with(model)
FROM unnest('{bg/nbd,mbg/nbd,pareto/nbd,bg/cnbd-k,mbg/cnbd-k,bg/cnbd-1,mbg/cnbd-12}'::text[]) AS model;

-- The view that checks a model tells what the fit does not.
SELECT is((SELECT string_agg(DISTINCT coalesce(model_notes, ''), '; ') FROM w.clv_model_check),
          (SELECT coalesce(string_agg(submodel || ': ' || note, ', '), '')
           FROM w.scoring_basis, crm_clv_model_notes(clv_model)),
          'the model check has the notes of the fit');
SELECT * FROM finish();
ROLLBACK;
