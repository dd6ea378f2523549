-- What the sweeps of test/t and test/catalogue_*.sql share: every routine of the extension
-- with every kind of argument, and every type with its values, found from the catalogue.
-- Whoever adds a function or a type has it swept; a type that no aggregate or
-- function makes out of usual arguments fails the test that counts them.
SET client_min_messages = error;
CREATE SCHEMA sweep;
SET search_path = sweep, public;

CREATE VIEW member_type AS
SELECT t.oid, t.typname::text AS name, format_type(t.typarray, NULL) AS array_name
FROM pg_type AS t
JOIN pg_depend AS d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'crm_ext'
WHERE t.typtype = 'b' AND t.typelem = 0;

CREATE VIEW routine AS
SELECT p.oid, p.proname::text AS name, p.oid::regprocedure::text AS signature, p.prokind AS kind,
       p.provolatile AS volatility, p.proisstrict AS is_strict, p.proretset AS is_set, p.prorettype AS result,
       p.proargtypes::oid[] AS types, p.pronargs AS n, coalesce(p.proargnames, '{}') AS names
FROM pg_proc AS p
JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'crm_ext'
-- A trigger function is called by triggers, a type's input by its casts.
WHERE p.prorettype <> 'trigger'::regtype
  AND NOT EXISTS (SELECT FROM pg_type AS t WHERE p.oid IN (t.typinput, t.typoutput, t.typreceive));

-- Values of each type as SQL: extreme ones, and what usual ones look like.
CREATE TABLE value (type text, sql text, UNIQUE (type, sql));
INSERT INTO value
SELECT type, CASE WHEN v IS NULL THEN format('NULL::%s', type) ELSE format('%L::%s', v, type) END
FROM (VALUES
    ('integer', ARRAY[NULL, '0', '1', '-1', '7', '100000', '2147483647', '-2147483648']),
    ('bigint', ARRAY[NULL, '0', '1', '-1', '9007199254740993', '9223372036854775807', '-9223372036854775808']),
    ('double precision', ARRAY[NULL, '0', '-0', '1', '-1', '0.5', '3', '1e-9', '1e9', '1e15', '1e155', '-1e300',
        '1.7976931348623157e308', '-1.7976931348623157e308', '5e-324', '2.2250738585072014e-308', '1e-300',
        '0.9999999999999999', '1.0000000000000002', 'NaN', 'Infinity', '-Infinity']),
    ('numeric', ARRAY[NULL, '0', '-1', '0.00005', '1e-40', '922337203685477.5807', '922337203685477.5808', '1e100',
        'NaN']),
    ('date', ARRAY[NULL, '4714-11-24 BC', '0001-01-01 BC', '1999-12-31', '2024-02-29', '2024-12-31', '5874897-12-31',
        '-infinity', 'infinity']),
    ('boolean', ARRAY[NULL, 'true', 'false']),
    ('text', ARRAY[NULL, '', ' ', 'x', 'é', '1 1 1 a', '2024-01-01', '{}', '$$;''"', 'purchase', 'spend', 'bg/nbd',
        'mbg/nbd', 'pareto/nbd', 'mbg/cnbd-k', 'bg/cnbd-3', 'wald', 'positive', 'A', 'Q', repeat('x', 9000)]),
    ('double precision[]', ARRAY[NULL, '{}', '{0}', '{NULL}', '{1,NULL}', '{NaN}', '{1,2,3}', '{3,2,1}', '{0.8,0.95}',
        '{{1,2},{3,4}}', '{1e308,1e308}', '{-1e308,1e308,Infinity}', '[5:6]={1,2}', format('{%s}', repeat('1,',
            2000) || '2')]),
    ('date[]', ARRAY[NULL, '{}', '{NULL}', '{2024-01-01}', '{2024-02-01,2024-01-01}', '{-infinity,infinity}',
        '{2024-01-01,2024-02-01,2024-04-01}', '{4714-11-24 BC,5874897-12-31}', '{{2024-01-01},{2024-02-01}}']),
    ('integer[]', ARRAY[NULL, '{}', '{NULL}', '{NULL,1,2}', '{2,1}', '{0}', '{-1,2147483647}', '{-2147483648}',
        '{{1},{2}}', '[5:6]={NULL,1}', format('{NULL%s}', repeat(',1', 2000))]),
    ('name', ARRAY[NULL, '', 'x', 'customer_id', repeat('x', 63)]),
    ('bigint[]', ARRAY[NULL, '{}', '{NULL}', '{0,1,2}', '{-1,9223372036854775807}', '{{1},{2}}']),
    ('boolean[]', ARRAY[NULL, '{}', '{NULL}', '{true,false}', '{{true},{false}}']),
    ('timestamp with time zone[]', ARRAY[NULL, '{}', '{NULL}', '{2024-01-01,2024-02-01}',
        '{-infinity,infinity,4714-11-24 00:00:00+00 BC}', '{{2024-01-01},{2024-02-01}}']),
    ('text[]', ARRAY[NULL, '{}', '{NULL}', '{a,b}', '{{a},{b}}']),
    ('jsonb', ARRAY[NULL, 'null', '{}', '[]', '1', '"x"', '{"model":1}', '{"model":"bg/nbd"}',
        '{"a":{"b":[1,{"c":2}]}}',
        '{"model":"sbg","purchase":{"parameters":{"alpha":1e7,"beta":1e-7}}}',
        '{"model":"bg/cnbd-k","purchase":{"parameters":{"r":0.3,"alpha":1e-9,"a":1e-7,"b":1e7,"k":12}}}',
        '{"model":"mbg/nbd","purchase":{"parameters":{"r":0.3,"alpha":4,"a":1,"b":2}},
          "covariates":{"names":["a","b"],"gamma":[0.1,2],"delta":[-1,1]}}']),
    ('bytea', ARRAY[NULL, '', '\x00', '\xffffffffffffffff']),
    ('regclass', ARRAY[NULL, '0', '1', 'pg_class', 'sweep.value', '4294967295']),
    ('regtype', ARRAY[NULL, '0', 'integer', '4294967295']),
    ('regtype[]', ARRAY[NULL, '{}', '{integer,text}', '{NULL}']),
    ('regclass[]', ARRAY[NULL, '{}', '{pg_class}', '{NULL}']),
    -- One that has covariates.
    ('crm_clv_model', ARRAY['{"model": "mbg/nbd", "unit_days": 7, '
        || '"purchase": {"parameters": {"r": 0.3, "alpha": 4, "a": 1, "b": 2}}, '
        || '"covariates": {"names": ["x", "y"], "gamma": [0.1, 2], "delta": [-1, 1]}}']),
    -- No function returns one.
    ('crm_calendar', ARRAY['UTC; mon-sun 00:00-24:00', 'Europe/Rome; mon-fri 09:00-18:00; closed 2024-12-25',
        'Pacific/Apia; mon 22:00-26:00; open 2024-12-24 09:00-12:00']),
    ('crm_reply_turn[]', ARRAY[NULL, '{}', '{NULL}', '{"(1,t,2024-01-01,2024-01-02,x)","(2,f,2024-01-03,,)"}',
        '{"(2,f,-infinity,infinity,x)"}', '{"(,f,,,)"}']),
    ('crm_case_cycle[]', ARRAY[NULL, '{}', '{NULL}',
        '{"(1,2024-01-01,2024-01-02,f,60,0)","(2,2024-01-03,,t,1e300,-1)"}',
        '{"(2,-infinity,infinity,t,NaN,Infinity)"}', '{"(,,,,,)"}']),
    ('uuid', ARRAY[NULL, '00000000-0000-0000-0000-000000000000']),
    ('timestamp with time zone', ARRAY[NULL, '2024-01-01', 'infinity', '-infinity']),
    -- Nobody can write one: what takes it can be called with NULL alone.
    ('internal', ARRAY[NULL])) AS pool (type, literals), unnest(literals) AS v;

-- An ordinary argument of row i. Names are the API's own words; what is not
-- here is usual by its type.
CREATE FUNCTION usual(type text, name text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        (SELECT format('(%s)::%s', v.sql, type) FROM (VALUES
            ('frequency', 'i % 4'), ('recency', 'CASE WHEN i % 4 = 0 THEN 0 ELSE 4 + i % 7 END'), ('age', '20 + i % 9'),
            ('opportunities', '30'), ('monetary', '10 + i % 5'), ('model', '''bg/nbd'''), ('share', '0.8'),
            ('covariates', '''{1,0.5}'''), ('names', '''{a,b}'''), ('log_gaps', '-1'),
            ('as_of', 'date ''2024-12-31'''), ('until', 'date ''2025-06-30'''),
            ('until_at', 'timestamptz ''2027-01-01 12:00+00'''),
            ('at', CASE type WHEN 'date' THEN 'date ''2025-01-31''' WHEN 'double precision' THEN '60' END),
            ('from_day', 'date ''2024-01-01'''), ('to_day', 'date ''2024-12-31'''), ('cuts', '''{0.8,0.95}'''),
            ('bins', '5'), ('points', '5'), ('top_from', '4'), ('scale_min', '1'), ('scale_max', '10'),
            ('hardest', '1'), ('easiest', '7'), ('easy_from', '5'), ('unit_days', '7'), ('weight', '1 + i % 3'),
            ('value', '1 + i * i % 17'),
            ('submodel', '''purchase'''), ('confidence', '0.95'), ('method', '''wilson'''), ('tolerance', '0.5'),
            ('outcome', CASE WHEN type = 'text' THEN '''positive''' ELSE '(i * 7 % 10)' END), ('class', '''A'''),
            ('map', '''5 * * x; else y'''), ('breaks', '''{2,4,8}'''), ('recency_breaks', '''{30,90}'''),
            ('frequency_breaks', '''{1,3}'''),
            ('monetary_breaks', '''{10,100}'''), ('limits', '''{9,3,1}'''), ('horizon', '52'),
            ('horizon_days', '365'), ('annual_discount', '0.1'), ('half_life_days', '90'), ('periods', '1'),
            ('gap_seconds', '60'),
            ('window_days', '30'), ('status', '(ARRAY[''a'', ''b'', ''c''])[1 + i % 3]'), ('done_words', '''{c}'''),
            ('closed_words', '''{c}'''), ('waiting_words', '''{b}'''), ('staff_id', '''s'' || i % 3'),
            ('holder', '''h'' || i % 4'), ('direction', 'CASE WHEN i % 2 = 0 THEN ''in'' ELSE ''out'' END'),
            ('full_weight', '1000'), ('customers', '20'), ('days', '90'), ('purchases', '2'),
            ('first_day', 'date ''2024-01-01'''),
            ('period_start', 'date ''2024-07-01'''), ('period_end', 'date ''2024-12-31'''),
            ('previous_start', 'date ''2024-01-01'''), ('previous_end', 'date ''2024-06-30'''), ('argument', '4'),
            ('arguments', '''{0.8,0.95}'''), ('source', '''purchase'''), ('field', '''purchased_at'''),
            ('time_zone', '''UTC''')) AS v (name, sql)
         WHERE v.name = usual.name AND v.sql IS NOT NULL
           AND type NOT IN (SELECT m.name FROM member_type AS m) AND type <> 'internal'
           AND NOT (type = 'jsonb' AND usual.name = 'model')),
        (SELECT format('(ARRAY[%s])[1 + i %% %s]', string_agg(v.sql, ',' ORDER BY v.sql), count(*))
         FROM (SELECT v.sql FROM value AS v JOIN member_type AS m ON m.name = v.type
               WHERE v.type = usual.type AND v.sql NOT LIKE 'NULL%' ORDER BY v.sql LIMIT 3) AS v
         HAVING count(*) > 0),
        (SELECT format('ARRAY[%s]', string_agg(v.sql, ',' ORDER BY v.sql))
         FROM (SELECT v.sql FROM value AS v JOIN member_type AS m ON m.name = v.type
               WHERE m.array_name = usual.type AND v.sql NOT LIKE 'NULL%' ORDER BY v.sql LIMIT 3) AS v
         HAVING count(*) > 0),
        CASE type
            WHEN 'integer' THEN '(1 + i % 5)' WHEN 'bigint' THEN '(i + 5)::bigint' WHEN 'numeric' THEN '(i * 1.5)'
            WHEN 'double precision' THEN '(1 + i % 5)::double precision' WHEN 'date'
                THEN '(date ''2024-01-01'' + i * i % 300)'
            WHEN 'timestamp with time zone' THEN '(timestamptz ''2024-01-01 12:00+00'' + i * interval ''7 hours'')'
            WHEN 'date[]' THEN 'ARRAY[date ''2024-01-01'', ''2024-02-01'', ''2024-04-01'']'
            WHEN 'text[]' THEN 'ARRAY[''a'', ''b'']'
            WHEN 'bigint[]' THEN 'ARRAY[1, 5]::bigint[]' WHEN 'boolean[]' THEN 'ARRAY[true, false]'
            WHEN 'timestamp with time zone[]' THEN 'ARRAY[timestamptz ''2024-01-01'', ''2024-02-01'']'
            WHEN 'boolean' THEN '(i % 3 = 0)' WHEN 'text' THEN '''x''::text'
            WHEN 'regtype' THEN '''date''::regtype' WHEN 'regclass' THEN '''pg_class''::regclass'
            WHEN 'double precision[]' THEN 'ARRAY[i * i % 11, i % 3]::double precision[]'
            WHEN 'jsonb' THEN '''{"model":"sbg","purchase":{"parameters":{"alpha":0.7,"beta":1.2}}}''::jsonb' END,
        format('NULL::%s', type))
$$;

-- Of any type is, for a call, of one.
CREATE FUNCTION type_name(type oid) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT format_type(CASE type WHEN 'anyelement'::regtype THEN 'integer'::regtype ELSE type END, NULL)
$$;

-- A statement that calls a routine with given arguments: an aggregate over
-- some rows, a set as its first rows.
CREATE FUNCTION call(r routine, arguments text[], row_count integer DEFAULT 40) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN r.kind = 'a' THEN format('SELECT %s(%s)::text FROM generate_series(1, %s) AS i', r.name, list, row_count)
        WHEN r.is_set THEN format('SELECT string_agg(t::text, '' '')
                                   FROM (SELECT * FROM generate_series(1, 1) AS i, LATERAL %s(%s) LIMIT 50) AS t',
                                  r.name, list)
        ELSE format('SELECT %s(%s)::text FROM generate_series(1, 1) AS i', r.name, list) END
    FROM (SELECT replace(array_to_string(arguments, ', ', 'NULL'), 'NULL::internal', 'NULL') AS list) AS l
$$;

CREATE FUNCTION usual_arguments(r routine) RETURNS text[] LANGUAGE sql STABLE AS $$
    -- A calendar is the same in every row of an aggregate.
    SELECT coalesce(array_agg(CASE WHEN r.kind = 'a' AND type_name(a.type) = 'crm_calendar'
                                   THEN '''UTC; mon-sun 00:00-24:00''::crm_calendar'
                                   ELSE usual(type_name(a.type), r.names[a.n]) END ORDER BY a.n), '{}')
    FROM unnest(r.types) WITH ORDINALITY AS a (type, n)
$$;

-- Arguments that are usual for one function and not for another of the same argument's name.
CREATE TABLE fitting (n integer, type text, with_argument text, name text, sql text);
INSERT INTO fitting VALUES
    (1, 'crm_clv_model', 'covariates|names', '.', '''{"model": "mbg/nbd", "unit_days": 7,
        "purchase": {"parameters": {"r": 0.3, "alpha": 4, "a": 1, "b": 2},
            "covariance": [[0.01, 0, 0, 0], [0, 0.01, 0, 0], [0, 0, 0.01, 0], [0, 0, 0, 0.01]]},
        "spend": {"parameters": {"p": 6, "q": 4, "gamma": 15}, "covariance": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]},
        "covariates": {"names": ["x", "y"], "gamma": [0.1, 2], "delta": [-1, 1],
            "covariance": [[0, 0, 0, 0, 0.01, 0, 0, 0], [0, 0, 0, 0, 0, 0.01, 0, 0], [0, 0, 0, 0, 0, 0, 0.01, 0],
                           [0, 0, 0, 0, 0, 0, 0, 0.01]]}}''::crm_clv_model'),
    (2, 'crm_clv_model', '.', '^crm_sbg',
     '''{"model": "sbg", "purchase": {"parameters": {"alpha": 0.7, "beta": 1.2}}}''::crm_clv_model'),
    (3, 'crm_clv_model', '.', '.', '''{"model": "mbg/nbd", "unit_days": 7,
        "purchase": {"parameters": {"r": 0.3, "alpha": 4, "a": 1, "b": 2},
            "covariance": [[0.01, 0, 0, 0], [0, 0.01, 0, 0], [0, 0, 0.01, 0], [0, 0, 0, 0.01]]},
        "spend": {"parameters": {"p": 6, "q": 4, "gamma": 15},
            "covariance": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}}''::crm_clv_model'),
    (4, 'text', 'period', '^crm_period_bounds', '''month'''), (5, 'text', '.', '^crm_segment_map$', '''grid'''),
    (6, 'text', '.', '^crm_attribution', '''linear'''), (7, 'text', '.', '^crm_nps', '''wald'''),
    (8, 'text', '.', '^crm_survival', '''log-log'''),
    (8, 'double precision', 'share', '^crm_survival_quantile', '0.1'),
    (8, 'double precision', 'horizon', '^crm_survival_mean', '1'), (9, 'text', '.', '^crm_normal_phone', '''44'''),
    (10, 'double precision', '.', '^crm_index_coverage', '1e6'), (11, 'integer', '.', '^crm_retention', '30'),
    (12, 'crm_retention', '.', '.', '(SELECT crm_retention_agg(a, ARRAY[date ''2024-01-01'', ''2024-02-01'',
                                                                       ''2024-03-01''], 30)
        FROM unnest(''{"{2024-01-05:1:10,2024-02-10:2:5}","{2024-01-05:1:7}"}''::crm_activity[]) AS a)');
CREATE FUNCTION fitting_arguments(r routine) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(coalesce(
        (SELECT f.sql FROM fitting AS f
         WHERE f.type = type_name(a.type) AND r.name ~ f.name AND array_to_string(r.names, ' ') ~ f.with_argument
         ORDER BY f.n LIMIT 1),
        -- Tallies of one scale.
        CASE WHEN type_name(a.type) ~ '_tally$'
            THEN (SELECT v.sql FROM value AS v WHERE v.type = type_name(a.type) AND v.sql NOT LIKE 'NULL%'
                  ORDER BY length(v.sql) DESC, v.sql LIMIT 1) END,
        (usual_arguments(r))[a.n]) ORDER BY a.n), '{}')
    FROM unnest(r.types) WITH ORDINALITY AS a (type, n)
$$;

-- The calls to be made, and what came of every one.
CREATE TABLE planned (sql text, is_kept boolean);
CREATE TABLE outcome (n bigint GENERATED ALWAYS AS IDENTITY, sql text, state text, message text, answer text,
    seconds float8);

-- Runs a statement; what it writes is undone. Its own statement of the
-- session, so that statement_timeout counts for it alone.
CREATE FUNCTION probe(sql text, is_kept boolean DEFAULT true) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    started timestamptz := clock_timestamp();
    reply text;
    code text := '00000';
    problem text;
BEGIN
    BEGIN
        EXECUTE sql INTO reply;
        IF NOT is_kept THEN
            RAISE EXCEPTION USING ERRCODE = 'YY000';
        END IF;
    EXCEPTION
        WHEN query_canceled OR assert_failure OR OTHERS THEN
            GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, problem = MESSAGE_TEXT;
    END;
    BEGIN
        reply := left(reply, 2000);
        problem := left(problem, 2000);
    EXCEPTION
        WHEN character_not_in_repertoire THEN code := 'no text'; reply := NULL; problem := NULL;
    END;
    INSERT INTO sweep.outcome (sql, state, message, answer, seconds)
    VALUES (left(sql, 2000), code, problem, reply, extract(epoch FROM clock_timestamp() - started));
END $$;

-- Fills in values of the extension's types: what its routines answer to usual
-- arguments, and an empty and a NULL one. One round may need another's types.
CREATE PROCEDURE collect_values() LANGUAGE plpgsql AS $$
DECLARE
    r routine;
    reply text;
    made text;
BEGIN
    FOR round IN 1 .. 3 LOOP
        FOR r IN SELECT * FROM routine AS f WHERE f.result IN (SELECT oid FROM member_type) ORDER BY f.signature LOOP
            made := type_name(r.result);
            CONTINUE WHEN (SELECT count(*) FROM value AS v WHERE v.type = made) >= 6;
            BEGIN
                EXECUTE call(r, usual_arguments(r)) INTO reply;
                INSERT INTO value SELECT made, format('%L::%s', reply, made) WHERE reply IS NOT NULL
                    ON CONFLICT DO NOTHING;
            EXCEPTION WHEN OTHERS THEN
                NULL;
            END;
        END LOOP;
        -- A state that no aggregate returns: of an aggregate without an end.
        FOR r IN SELECT * FROM routine AS f
                 WHERE f.kind = 'f' AND f.types[0] = f.result AND f.n > 1 AND f.result IN (SELECT oid FROM member_type)
                   AND NOT EXISTS (SELECT FROM value AS v WHERE v.type = type_name(f.result))
                 ORDER BY f.signature LOOP
            made := type_name(r.result);
            BEGIN
                EXECUTE format('CREATE AGGREGATE sweep.collect(%s) (SFUNC = %s, STYPE = %s)',
                    (SELECT string_agg(type_name(t), ',' ORDER BY n) FROM unnest(r.types) WITH ORDINALITY AS a (t, n)
                        WHERE n > 1),
                    r.name, made);
                EXECUTE format('SELECT sweep.collect(%s)::text FROM generate_series(1, 40) AS i',
                    array_to_string((usual_arguments(r))[2:], ',')) INTO reply;
                INSERT INTO value SELECT made, format('%L::%s', reply, made) WHERE reply IS NOT NULL
                    ON CONFLICT DO NOTHING;
                RAISE EXCEPTION USING ERRCODE = 'YY000';
            EXCEPTION
                WHEN SQLSTATE 'YY000' THEN
                    INSERT INTO value SELECT made, format('%L::%s', reply, made) WHERE reply IS NOT NULL
                        ON CONFLICT DO NOTHING;
                WHEN OTHERS THEN NULL;
            END;
        END LOOP;
    END LOOP;
    INSERT INTO value SELECT name, format('NULL::%s', name) FROM member_type ON CONFLICT DO NOTHING;
    INSERT INTO value
    SELECT m.array_name, v.sql
    FROM member_type AS m,
         LATERAL (VALUES (format('NULL::%s', m.array_name)), (format('''{}''::%s', m.array_name)),
                         (format('''{NULL}''::%s', m.array_name)), (usual(m.array_name, ''))) AS v (sql)
    ON CONFLICT DO NOTHING;
END $$;

-- The calls of a sweep. First: every value of every argument, the others being
-- usual. Then so many calls of each routine with random values in each place.
CREATE FUNCTION single_calls() RETURNS TABLE (sql text, is_kept boolean) LANGUAGE sql STABLE AS $$
    WITH known AS MATERIALIZED (SELECT r, r.signature, r.volatility, r.types, usual_arguments(r) AS arguments
        FROM routine AS r)
    SELECT call(k.r, k.arguments[:a.n - 1] || v.sql || k.arguments[a.n + 1:]), k.volatility <> 'v'
    FROM known AS k, unnest(k.types) WITH ORDINALITY AS a (type, n)
    JOIN value AS v ON v.type = type_name(a.type)
    -- Those that make a workspace take their time: some calls of each.
    WHERE k.volatility <> 'v' OR hashtext(k.signature || v.sql) % 8 = 0
    UNION ALL
    SELECT call(r, '{}'), r.volatility <> 'v' FROM routine AS r WHERE r.n = 0
$$;

CREATE FUNCTION random_value(type text) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT coalesce((SELECT v.sql FROM value AS v WHERE v.type = random_value.type ORDER BY random() LIMIT 1),
                    format('NULL::%s', type))
$$;

CREATE FUNCTION random_calls(each integer) RETURNS TABLE (sql text, is_kept boolean) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    r routine;
    known text[];
    arguments text[];
BEGIN
    FOR r IN SELECT * FROM routine AS f WHERE f.n > 0 LOOP
        known := usual_arguments(r);
        is_kept := r.volatility <> 'v';
        FOR g IN 1 .. CASE WHEN is_kept THEN each ELSE 1 END LOOP
            arguments := known;
            FOR n IN 1 .. r.n LOOP
                -- Mostly pairs: with all extreme the first is refused, and that is all.
                IF random() < 2.0 / r.n THEN
                    arguments[n] := random_value(type_name(r.types[n - 1]));
                END IF;
            END LOOP;
            sql := call(r, arguments, 1 + (random() * 5)::integer);
            RETURN NEXT;
        END LOOP;
    END LOOP;
END $$;

-- What no call may come to, an example of each.
CREATE FUNCTION problems(timeout float8) RETURNS TABLE (problem text, sql text) LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (left(o.sql, 30), o.state, o.seconds > timeout + 1)
           CASE
               WHEN o.seconds > timeout + 1 THEN format('ended after %s s (%s)', round(o.seconds::numeric, 2), o.state)
               WHEN o.state <> '00000' THEN format('error %s: %s', o.state, o.message)
               ELSE format('answer %s', o.answer) END,
           o.sql
    FROM outcome AS o
    WHERE o.state ~ '^(XX|53|58|no text)' OR o.seconds > timeout + 1
       OR (o.state = '00000' AND o.answer ~ 'NaN' AND o.sql !~ 'NaN')
    ORDER BY left(o.sql, 30), o.state, o.seconds > timeout + 1, length(o.sql)
$$;

-- A byte, a run or a word of the value altered, cut, doubled or taken from
-- another value; usual and awkward bytes.
CREATE FUNCTION alter_bytes(b bytea, other bytea) RETURNS bytea LANGUAGE sql VOLATILE AS $$
    SELECT CASE CASE WHEN length(b) = 0 THEN 8 ELSE (random() * 7)::integer END
        WHEN 8 THEN other
        WHEN 0 THEN set_byte(b, at, (random() * 255)::integer)
        WHEN 1 THEN set_byte(b, at, (ARRAY[0, 1, 127, 128, 255])[1 + (random() * 4)::integer])
        WHEN 2 THEN substr(b, 1, at) || substr(b, at + 2)
        WHEN 3 THEN substr(b, 1, at + 1) || substr(b, at + 1)
        WHEN 4 THEN substr(b, 1, at)
        WHEN 5 THEN substr(b, 1, at) || substr(other, at + 1)
        WHEN 6 THEN overlay(b PLACING (ARRAY['\x7ff8000000000000', '\x8000000000000000', '\x7ff0000000000000',
            '\xffffffffffffffff', '\x0000000000000001', '\x7fefffffffffffff', '\x0010000000000000',
            '\x0000000000000000']::bytea[])[1 + (random() * 7)::integer]
            FROM greatest(length(b) % 8 + at / 8 * 8 - 7, 1))
        ELSE set_byte(b, at, (get_byte(b, at) # (1 << (random() * 7)::integer))) END
    FROM (SELECT greatest((random() * (length(b) - 1))::integer, 0) AS at) AS a
$$;
