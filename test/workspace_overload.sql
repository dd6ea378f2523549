-- Functions that somebody puts beside those of the extension, for arguments of almost the same types, are called by
-- nothing: triggers and what an owner calls would run them with the rights of the workspace's owner.
BEGIN;
SELECT plan(22);
SET LOCAL client_min_messages = error;
SET LOCAL jit = off;
SELECT extnamespace::regnamespace AS ext FROM pg_extension WHERE extname = 'crm_ext' \gset
CREATE TABLE public.bought (id integer, who varchar(20), at timestamptz, total integer) PARTITION BY HASH (id);
CREATE TABLE public.bought_0 PARTITION OF bought FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE public.bought_1 PARTITION OF bought FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE ROLE overload_reader;

-- For each argument every type that turns into its own by itself, and text, which a literal without a type prefers.
-- Not for numbers: 1 in a view is an integer, and the path is the views' owner's when they are made.
DO $$
DECLARE
    made record;
    made_count integer := 0;
BEGIN
    FOR made IN
        WITH known AS (
            SELECT p.proname, p.proargtypes::oid[] AS types
            FROM pg_proc AS p
            JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
            JOIN pg_extension AS e ON e.oid = d.refobjid
            WHERE e.extname = 'crm_ext' AND p.prokind = 'f' AND p.provariadic = 0
              AND NOT EXISTS (SELECT FROM pg_type WHERE oid = ANY (p.proargtypes) AND typtype = 'p')
              -- Functions of types and operators, which are found by their number.
              AND NOT EXISTS (SELECT FROM pg_operator WHERE oprcode = p.oid)
              AND p.proname !~ '_(in|out|send|recv)$'
        ), other AS (
            SELECT known.*, place, source.type
            FROM known CROSS JOIN unnest(types) WITH ORDINALITY AS a (own, place)
            CROSS JOIN LATERAL (SELECT castsource FROM pg_cast WHERE casttarget = own AND castcontext = 'i'
                                UNION SELECT 'text'::regtype) AS source (type)
            WHERE source.type <> own
              AND own <> ALL ('{smallint,integer,bigint,real,double precision,numeric}'::regtype[]::oid[])
              AND NOT (own = 'name'::regtype AND source.type = 'bpchar'::regtype)
        )
        SELECT DISTINCT proname, string_agg((CASE WHEN n = place THEN other.type ELSE own END)::regtype::text, ','
                                            ORDER BY n) AS arguments
        FROM other CROSS JOIN unnest(types) WITH ORDINALITY AS a (own, n)
        GROUP BY proname, types, place, other.type
    LOOP
        CONTINUE WHEN to_regprocedure(format('%I(%s)', made.proname, made.arguments)) IS NOT NULL;
        EXECUTE format('CREATE FUNCTION %s.%I(%s) RETURNS text LANGUAGE plpgsql AS
                        ''BEGIN RAISE EXCEPTION ''''%2$s(%3$s) ran''''; END''',
                       (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext'),
                       made.proname, made.arguments);
        made_count := made_count + 1;
    END LOOP;
    PERFORM set_config('overload.count', made_count::text, true);
END $$;
SELECT cmp_ok(current_setting('overload.count')::integer, '>', 1000, 'there are other functions of the same names');
SELECT throws_like(format('SELECT %s.crm_owner_has_rights(oid) FROM pg_class LIMIT 1', :'ext'), '%ran',
    'which are called where types are not said');

SELECT lives_ok(format('SELECT %s.%s', :'ext', call), call) FROM (VALUES
    (1, $$crm_create_workspace('kept'::text, '{"purchase": {"from": "public.bought", "purchase_id": "id",
        "customer_id": "who", "purchased_at": "at", "amount": "total", "where": "total <> 0"}}'::jsonb, 'UTC'::text,
        'triggers'::text, 1, '{service,profile,campaign}'::text[])$$),
    (2, $$crm_create_workspace('queued'::text, '{"purchase": {"from": "public.bought", "purchase_id": "id",
        "customer_id": "who", "purchased_at": "at", "amount": "total"}}'::jsonb, 'UTC'::text, 'queue'::text)$$))
    AS made (n, call) ORDER BY n;
INSERT INTO public.bought
SELECT n, 'c' || n % 7, timestamptz '2024-01-01 12:00+00' + n * interval '1 day', n FROM generate_series(1, 50) AS n;
SELECT lives_ok(statement, statement) FROM (VALUES
    (1, $$INSERT INTO bought VALUES (100, 'c1', '2024-05-01', 5)$$), (2, 'UPDATE bought SET total = 6 WHERE id = 100'),
    (3, 'DELETE FROM bought WHERE id = 100'), (4, 'TRUNCATE bought_1')) AS written (n, statement) ORDER BY n;
SELECT lives_ok(format('SELECT %s.%s', :'ext', call), call) FROM (VALUES
    (1, 'crm_refresh(''queued''::text)'), (2, 'crm_check_workspace(''kept''::text)'), (3, 'crm_refit(''kept''::text)'),
    (4, 'crm_snapshot(''kept''::text)'), (5, 'crm_note_overdue(''kept''::text)'),
    (6, 'crm_set_target(''kept''::text, ''few''::text, ''purchase_count < 3''::text)'),
    (7, 'crm_alert(''kept''::text)'), (8, 'crm_change_sources(''kept''::text, maintain => ''queue''::text)'),
    (9, 'crm_add_subject(''kept''::text, ''goal''::text)'), (10, 'crm_upgrade_workspace(''kept''::text)'),
    (11, 'crm_grant_reader(''kept''::text, ''overload_reader''::text)'),
    (12, 'crm_change_sources(''kept''::text, time_zone => ''Asia/Tokyo''::text)'),
    (13, $$crm_change_sources('queued'::text, '{"purchase": {"from": "public.bought", "purchase_id": "id",
        "customer_id": "who::text", "purchased_at": "at", "amount": "total"}}'::jsonb)$$),
    (14, 'crm_erase_customer(''kept''::text, ''c1''::text)')) AS called (n, call) ORDER BY n;
SELECT * FROM finish();
ROLLBACK;
