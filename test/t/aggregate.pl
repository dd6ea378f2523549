# Aggregates that users make of the extension's support functions, in every way
# that CREATE AGGREGATE has: without an end, moving with inverse functions of
# all kinds, among them PL/pgSQL that stores states in tables and feeds stored
# ones back; over groups, grouping sets and workers. Functions and types are
# found from the catalogue. A third of the window functions, all of them where
# CRM_SWEEP_SECONDS is more than 10.
use strict;
use warnings;
use lib 'test/lib';
use Sweep;
use Test::More;

my $part = ($ENV{CRM_SWEEP_SECONDS} || 5) > 10 ? 1 : 3;
my $node = start_sweep();

$node->safe_psql('postgres', q{
    SET search_path = sweep, public;
    -- Whatever takes a state and returns it can be a transition function.
    CREATE VIEW transition AS
    SELECT r.*, type_name(r.result) AS state, row_number() OVER (ORDER BY signature) AS id,
           (SELECT string_agg(type_name(t), ', ' ORDER BY n) FROM unnest(types) WITH ORDINALITY AS a (t, n)
               WHERE n > 1) AS inputs,
           array_to_string((usual_arguments(r))[2:], ', ') AS usual
    FROM routine AS r
    WHERE kind = 'f' AND n > 1 AND types[0] = result AND result IN (SELECT oid FROM member_type) AND volatility = 'i'
      -- What is made of a model is a model, which takes in no rows.
      AND result <> 'crm_clv_model'::regtype;

    CREATE TABLE made (id bigint, name text, how text, state text, usual text);
    CREATE TABLE kept (state text, sql text);

    -- The ways to take a row out of a moving state.
    CREATE TABLE inverse (how text, body text);
    INSERT INTO inverse VALUES
        ('same', 'RETURN $1;'),
        ('null', 'RETURN NULL;'),
        ('stores', 'INSERT INTO kept_%1$s VALUES ($1); RETURN $1;'),
        ('feeds_back', 'INSERT INTO kept_%1$s VALUES ($1); RETURN (SELECT v FROM kept_%1$s ORDER BY ctid LIMIT 1);'),
        ('stores_largest',
         'INSERT INTO kept_%1$s VALUES ($1); RETURN (SELECT v FROM kept_%1$s ORDER BY length(v::text) DESC LIMIT 1);'),
        ('reads', 'PERFORM $1::text; RETURN $1;'),
        ('other', 'RETURN (SELECT v FROM kept_%1$s ORDER BY random() LIMIT 1);');

    CREATE PROCEDURE make_aggregates() LANGUAGE plpgsql AS $$
    DECLARE
        f transition;
        i inverse;
        name text;
        strictness text;
        plain text;
        start text;
    BEGIN
        EXECUTE (SELECT string_agg(format('CREATE TABLE kept_%1$s (v %1$s);', m.name), ' ') FROM member_type AS m);
        FOR f IN SELECT * FROM transition ORDER BY id LOOP
            strictness := CASE WHEN f.is_strict THEN 'STRICT' ELSE '' END;
            -- A strict one starts from a value where rows are of another type.
            start := CASE WHEN f.is_strict AND f.inputs NOT LIKE f.state || '%' THEN format(', INITCOND = %L',
                       (SELECT trim(split_part(sql, '''::', 1), '''') FROM value WHERE type = f.state
                           AND sql NOT LIKE 'NULL%' ORDER BY sql LIMIT 1))
                   ELSE '' END;
            plain := format('SFUNC = %s, STYPE = %s', f.name, f.state) || start
                || coalesce((SELECT format(', COMBINEFUNC = %s, PARALLEL = SAFE', c.name) FROM routine AS c
                             WHERE c.n = 2 AND c.types[0] = f.result AND c.types[1] = f.result AND c.result = f.result
                               AND c.name ~ 'combine|rollup_trans' LIMIT 1), '');
            name := format('plain_%s', f.id);
            EXECUTE format('CREATE AGGREGATE %s(%s) (%s)', name, f.inputs, plain);
            INSERT INTO made VALUES (f.id, name, 'plain', f.state, f.usual);
            name := format('self_%s', f.id);
            EXECUTE format('CREATE AGGREGATE %s(%s) (%s, MSFUNC = %4$s, MINVFUNC = %4$s, MSTYPE = %5$s%6$s)', name,
                f.inputs, plain, f.name, f.state, replace(start, 'INITCOND', 'MINITCOND'));
            INSERT INTO made VALUES (f.id, name, 'self', f.state, f.usual);
            FOR i IN SELECT * FROM inverse LOOP
                name := format('%s_%s', i.how, f.id);
                EXECUTE format('CREATE FUNCTION inverse_%s(%s, %s) RETURNS %2$s LANGUAGE plpgsql %4$s AS %5$L',
                    name, f.state, f.inputs, strictness, format('BEGIN ' || i.body || ' END', f.state));
                EXECUTE format('CREATE AGGREGATE %s(%s) (%s, MSFUNC = %s, MINVFUNC = inverse_%1$s, MSTYPE = %5$s%6$s)',
                    name, f.inputs, plain, f.name, f.state, replace(start, 'INITCOND', 'MINITCOND'));
                INSERT INTO made VALUES (f.id, name, i.how, f.state, f.usual);
            END LOOP;
        END LOOP;
    END $$;
    CALL make_aggregates();
    CREATE TABLE number AS SELECT i::integer FROM generate_series(1, 3000) AS i;
    ANALYZE number;
    -- A row in a hundred takes a while, so that no process reads all before the others begin.
    CREATE TABLE slow_number WITH (fillfactor = 10) AS TABLE number;
    ANALYZE slow_number;
    CREATE VIEW slowly AS
    SELECT i FROM slow_number WHERE CASE WHEN i % 100 = 0 THEN pg_sleep(0.001) IS NOT NULL ELSE true END;
});
my $functions = $node->safe_psql('postgres', 'SELECT count(*) FROM sweep.transition');
my $aggregates = $node->safe_psql('postgres', 'SELECT count(*) FROM sweep.made');
is( $node->safe_psql('postgres', q{
        SELECT string_agg(DISTINCT f.name, ' ')
        FROM pg_aggregate AS a JOIN sweep.routine AS g ON g.oid = a.aggfnoid
            JOIN sweep.routine AS f ON f.oid = a.aggtransfn
        WHERE f.oid NOT IN (SELECT oid FROM sweep.transition)
          AND a.aggtranstype NOT IN ('internal'::regtype, 'bytea'::regtype, 'double precision[]'::regtype)}),
    '', "all transition functions are among the $functions");

# Statement by statement, each with what it must not come to.
sub try_all
{
    my ($what, $query) = @_;

    $node->safe_psql('postgres', "SET search_path = sweep, public; TRUNCATE outcome; INSERT INTO planned $query");
    is(run_planned($node, 20), '', "$what: the server has survived");
    is(problems($node, 20), '', "$what: an answer or a chosen error");
    note $node->safe_psql('postgres', "SELECT format('aggregate: %s statements (%s), %s answers', count(*), '$what',
        count(*) FILTER (WHERE state = '00000')) FROM sweep.outcome");
}

try_all('over all rows and over groups', q{
    SELECT format('SELECT sum(length(x)) FROM (SELECT %s(%s)::text AS x FROM generate_series(1, 500) AS i %s) AS t',
                  name, usual, g), true
    FROM made, unnest(ARRAY['', 'GROUP BY i % 7', 'GROUP BY GROUPING SETS ((i % 3), (i % 50), ())',
        'GROUP BY ROLLUP (i % 3, i % 11)']) AS g
    WHERE how IN ('plain', 'self')});
try_all('as window functions', qq{
    SELECT format('SELECT sum(length(x))
                   FROM (SELECT %s(%s) OVER (%s)::text AS x FROM generate_series(1, 60) AS i) AS t',
                  name, usual, w), true
    FROM made, unnest(ARRAY['ORDER BY i ROWS BETWEEN 2 PRECEDING AND CURRENT ROW',
        'ORDER BY i ROWS BETWEEN 40 PRECEDING AND 3 FOLLOWING',
        'PARTITION BY i % 3', 'ORDER BY i', 'ORDER BY i ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING']) AS w
    WHERE hashtext(name || w) % $part = 0});
# By workers, in the last step of a sort, and two in one that share a state.
$node->safe_psql('postgres', q{
    ALTER SYSTEM SET parallel_setup_cost = 0; ALTER SYSTEM SET parallel_tuple_cost = 0;
    ALTER SYSTEM SET min_parallel_table_scan_size = 0; SELECT pg_reload_conf()});
try_all('by workers', q{
    SELECT format('SELECT length(%1$s(%2$s)::text) + length(%1$s(%2$s ORDER BY i DESC)::text) FROM number', name,
        usual), true
    FROM made WHERE how = 'plain'
    UNION ALL SELECT format('SELECT length(%1$s(%2$s)::text) FROM slowly', name, usual), true FROM made
        WHERE how = 'plain'});
# The extension's own: of the same rows the same by one process and by workers,
# and by crm_rollup of the states of parts.
is( $node->safe_psql('postgres', q{
        SET search_path = sweep, public;
        CREATE FUNCTION by(workers text, expression text, rows text) RETURNS text LANGUAGE plpgsql AS $$
        DECLARE
            reply text;
        BEGIN
            PERFORM set_config('max_parallel_workers_per_gather', workers, true);
            EXECUTE format('SELECT %s::text FROM %s', expression, rows) INTO reply;
            RETURN coalesce(reply, 'NULL');
        EXCEPTION WHEN OTHERS THEN
            RETURN 'error: ' || SQLERRM;
        END $$;
        -- How many workers had rows to aggregate, in such a run; where others keep them from starting, in one of ten.
        CREATE FUNCTION hands(expression text, rows text) RETURNS text LANGUAGE plpgsql AS $$
        DECLARE
            plan jsonb;
            found bigint;
        BEGIN
            PERFORM set_config('max_parallel_workers_per_gather', '2', true);
            FOR n IN 1 .. 10 LOOP
                EXECUTE format('EXPLAIN (ANALYZE, VERBOSE, TIMING OFF, FORMAT JSON) SELECT %s FROM %s', expression,
                    rows) INTO plan;
                SELECT count(*) INTO found FROM jsonb_path_query(plan,
                    'strict $.** ? (@."Node Type" == "Seq Scan").Workers[*] ? (@."Actual Rows" > 0)');
                EXIT WHEN found = 2;
            END LOOP;
            RETURN found;
        EXCEPTION WHEN OTHERS THEN
            RETURN SQLERRM;
        END $$;
        -- Without the leader, who would have read all before they begin.
        SET parallel_leader_participation = off;
        CREATE TABLE way AS
        SELECT r.signature, by('0', format('%s(%s)', r.name, a.usual), 'slowly') AS alone,
               by('2', format('%s(%s)', r.name, a.usual), 'slowly') AS by_workers,
               hands(format('%s(%s)', r.name, a.usual), 'slowly') AS hands,
               EXISTS (SELECT FROM pg_aggregate AS g WHERE g.aggfnoid = r.oid AND g.aggcombinefn <> 0) AS combines,
               by('0', 'crm_rollup(s)',
                  format('(SELECT %s(%s) AS s FROM number GROUP BY i %% 15) AS part', r.name, a.usual)) AS in_parts,
               EXISTS (SELECT FROM routine AS u WHERE u.name = 'crm_rollup' AND u.types[0] = r.result) AS has_rollup
        FROM routine AS r, array_to_string(usual_arguments(r), ', ') AS a (usual)
        WHERE r.kind = 'a' AND r.n > 0;
        SELECT string_agg(signature || ' ' || left(alone, 100), E'\n') FROM way WHERE alone <> by_workers 
            -- Parts have other extremes than all rows; some aggregates do not take such as are usual for all.
            OR has_rollup AND alone NOT LIKE 'error%' AND alone <> in_parts
            OR alone LIKE 'error%' AND alone !~ 'same in every row|of different (scales|widths)|another window'}),
    '', 'aggregates of the same rows by workers and in parts are the same');
is( $node->safe_psql('postgres', q{
        SELECT string_agg(format('%s: %s by %s', signature, alone, hands), E'\n' ORDER BY signature) FROM sweep.way
        WHERE (combines AND hands <> '2' OR alone IN ('NULL', '0', '{}')) AND alone NOT LIKE 'error%'}),
    '', 'which were two workers with rows each, whose states were combined to something');
# What was stored is a value as any other: read, compared, rolled up again.
is( $node->safe_psql('postgres', q{
        SET search_path = sweep, public;
        SELECT format('SELECT %L WHERE NOT EXISTS (SELECT FROM kept_%s)', m.name, m.name)
        FROM member_type AS m WHERE EXISTS (SELECT FROM made WHERE state = m.name)
        \gexec
        }),
    '', 'states of every type were stored');
$node->safe_psql('postgres', q{
    SET search_path = sweep, public;
    DO $$
    DECLARE
        m member_type;
    BEGIN
        FOR m IN SELECT * FROM member_type LOOP
            EXECUTE format('INSERT INTO value SELECT DISTINCT %1$L, format(''%%L::%1$s'', v)
                            FROM (SELECT v::text FROM kept_%1$s ORDER BY random() LIMIT 5) AS t
                            ON CONFLICT DO NOTHING', m.name);
        END LOOP;
    END $$});
try_all('stored states', q{
    SELECT format('SELECT length(%s(v)::text) FROM kept_%s', r.name, type_name(r.types[0])), true
    FROM routine AS r WHERE n = 1 AND types[0] IN (SELECT oid FROM member_type)
    UNION ALL
    SELECT format('SELECT length(%1$s(s.v, %3$s)::text) FROM (SELECT 1 AS i) AS t, kept_%2$s AS s LIMIT 100', r.name,
        type_name(r.types[0]),
                  array_to_string((usual_arguments(r))[2:], ', ')), true
    FROM routine AS r WHERE n > 1 AND kind = 'f' AND types[0] IN (SELECT oid FROM member_type) AND volatility = 'i'
    UNION ALL
    SELECT format('SELECT length(%s(v)::text) FROM kept_%s', m.name, m.state), true
    FROM made AS m JOIN transition AS t USING (id) WHERE t.inputs = t.state AND how = 'plain'});

# Of the same rows the same state, however it moved there.
my $ways = join ' UNION ALL ', map { "SELECT 's' AS w, md5($_) AS x" } (
    '(SELECT d_plain(v)::text FROM n)',
    '(SELECT d_moving(v) OVER (ORDER BY i ROWS BETWEEN 1999 PRECEDING AND CURRENT ROW)::text'
        . ' FROM n ORDER BY i DESC LIMIT 1)',
    '(SELECT d_moving(v) OVER (ORDER BY i)::text FROM n ORDER BY i DESC LIMIT 1)',
    '(SELECT crm_distribution_agg(v)::text FROM n)');
is( $node->safe_psql('postgres', qq{
        SET search_path = sweep, public;
        CREATE FUNCTION keep(crm_distribution, float8) RETURNS crm_distribution LANGUAGE sql AS 'SELECT \$1';
        CREATE AGGREGATE d_plain(float8) (SFUNC = crm_distribution_trans, STYPE = crm_distribution);
        CREATE AGGREGATE d_moving(float8) (SFUNC = crm_distribution_trans, STYPE = crm_distribution,
            MSFUNC = crm_distribution_trans, MINVFUNC = keep, MSTYPE = crm_distribution);
        CREATE TEMP TABLE n AS SELECT i, sqrt(i % 777) AS v FROM generate_series(1, 2000) AS i;
        SELECT count(DISTINCT x) FROM ($ways) AS t}),
    '1', 'one state by all ways');

# Memory follows the groups and not the rows: a fit over grouping sets.
my $peak = $node->safe_psql('postgres', q{
    SET search_path = sweep, public;
    SET work_mem = '64MB';
    SELECT count(*) FROM (
        SELECT crm_clv_fit_summary(i % 4, CASE WHEN i % 4 = 0 THEN 0 ELSE 4 + i % 7 END, 20 + i % 9, 10 + i % 5)
        FROM generate_series(1, 300000) AS i GROUP BY GROUPING SETS ((i % 2), (i % 3), ())) AS t;
    SELECT substring(pg_read_file('/proc/' || pg_backend_pid() || '/status') FROM 'VmHWM:\s+(\d+)')::bigint / 1024
         - substring(pg_read_file('/proc/' || pg_backend_pid() || '/status') FROM 'RssShmem:\s+(\d+)')::bigint / 1024});
$peak =~ s/^.*\n//s;
cmp_ok($peak, '<', 150, "a fit over grouping sets of 300,000 rows: $peak MB");
done_testing();
