-- What a call of each function in C takes, beside its COST, in the table measured. After
-- sweep.sql and collect_values(): arguments are those of the sweeps, read from a table, so that
-- nothing is computed beforehand. A row of an aggregate has its share of the final function too.
-- Three tiers: COST 1 below 1 us, as an operator; 20 below 20 us; 1000 beyond.
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET client_min_messages = error;

CREATE FUNCTION seconds(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    started timestamptz := clock_timestamp();
BEGIN
    EXECUTE query;
    RETURN extract(epoch FROM clock_timestamp() - started);
END $$;

CREATE FUNCTION best(query text, times integer) RETURNS float8 LANGUAGE sql AS $$
    SELECT min(seconds(query)) FROM generate_series(1, times)
$$;

-- Microseconds a call, the best of several: over as many rows as take some milliseconds.
CREATE FUNCTION microseconds(r routine, arguments text[]) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    list text := (SELECT string_agg(format('%s AS a%s', argument, n), ', ')
                  FROM unnest(arguments) WITH ORDINALITY AS u (argument, n));
    names text := (SELECT string_agg('a' || n, ', ') FROM generate_series(1, r.n) AS n);
    call text := format(CASE WHEN r.is_set THEN 'SELECT count(*) FROM argument, LATERAL %s(%s)'
                             WHEN r.kind = 'a' THEN 'SELECT %s(%s) FROM argument'
                             ELSE 'SELECT count(%s(%s)) FROM argument' END, r.name, names);
    row_count integer := 64;
BEGIN
    DROP TABLE IF EXISTS argument;
    EXECUTE format('CREATE TEMP TABLE argument AS SELECT %s FROM generate_series(1, 64) AS i', list);
    WHILE seconds(call) < 0.004 AND row_count < 20000 LOOP
        INSERT INTO argument SELECT * FROM argument;
        row_count := row_count * 2;
    END LOOP;
    RETURN 1e6 * greatest(best(call, 6) - best('SELECT count(a1) FROM argument', 6), 0) / row_count;
END $$;

-- Functions whose COST is above what these arguments take, for what they are mostly called with
-- takes longer. Their names, and why.
CREATE TABLE longer (name text, why text);
INSERT INTO longer VALUES
    ('^crm_(clv|clv_scores|clv_likelihood_ratio|clv_interval|p_alive|p_alive_if_silent|expected_value|'
     'purchase_probability|purchase_probability_at_least)(_summary)?$', 'models of other families, or with covariates'),
    ('^crm_clv_model$', 'models with more in them'),
    ('^crm_(activity_add|activity_subtract|log_gaps|day_counts|gap_counts|period_kept|period_amounts|retention_agg|'
     'score_cells)$', 'ledgers of more days, more periods'),
    ('^crm_(rollup|pareto_width)$', 'states of more values'),
    ('^crm_(drivers|r_squared|driver_fit)$', 'more drivers'),
    ('^crm_markov_(credit|probability)$', 'more channels'),
    ('^crm_(attribution_weights|forest|surge)$', 'longer arrays'),
    ('^crm_(group_outcome|gap_interval)$', 'summaries that are not empty'),
    ('^crm_business_seconds$', 'times that lie further apart');

-- row_cost leaves out what an aggregate takes once, at its end.
CREATE TABLE measured (signature text, cost float8, row_cost float8, microseconds float8, problem text);
DO $$
DECLARE
    r routine;
    declared float8;
    of_row float8;
BEGIN
    FOR r IN SELECT f.*
             FROM routine AS f JOIN pg_proc AS p ON p.oid = f.oid JOIN pg_language AS l ON l.oid = p.prolang
             WHERE f.kind IN ('f', 'a') AND f.volatility <> 'v' AND f.n > 0 AND l.lanname IN ('c', 'internal')
               AND (f.kind = 'a' OR 'internal'::regtype <> ALL (f.types) AND f.result <> 'internal'::regtype)
               -- An aggregate's own functions are measured with it.
               AND NOT EXISTS (SELECT FROM pg_aggregate AS a
                               WHERE f.oid IN (a.aggtransfn, a.aggcombinefn, a.aggfinalfn)) LOOP
        SELECT greatest(p.procost, t.procost, e.procost), coalesce(t.procost, p.procost) INTO declared, of_row
        FROM pg_proc AS p LEFT JOIN pg_aggregate AS a ON a.aggfnoid = p.oid
        LEFT JOIN pg_proc AS t ON t.oid = a.aggtransfn LEFT JOIN pg_proc AS e ON e.oid = a.aggfinalfn
        WHERE p.oid = r.oid;
        BEGIN
            INSERT INTO measured SELECT r.signature, declared, of_row, microseconds(r, fitting_arguments(r));
        EXCEPTION WHEN OTHERS THEN
            INSERT INTO measured VALUES (r.signature, declared, of_row, NULL, SQLERRM);
        END;
    END LOOP;
END $$;
CREATE FUNCTION tier(microseconds float8) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN microseconds < 1 THEN 1 WHEN microseconds < 20 THEN 20 ELSE 1000 END
$$;
