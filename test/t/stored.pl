# Values as no function makes them, as on a damaged page: stored values of every type altered, cut and spliced, through
# every function and aggregate that takes the type; and states of the aggregates that keep theirs as bytes or as an
# array, for whoever makes an aggregate of his own says what such a one begins with. An answer or a chosen error, in
# time, and a server that is still there. Texts within values are taken as they are stored, as those of a column are.
# CRM_SWEEP_SECONDS (5) are spent; CRM_SWEEP_SEED (0 to 1) chooses other ones.
use strict;
use warnings;
use lib 'test/lib';
use Sweep;
use Test::More;
use Time::HiRes qw(time);

my $timeout = 1;
my $seconds = $ENV{CRM_SWEEP_SECONDS} || 5;
my $seed = $ENV{CRM_SWEEP_SEED} || 0.5;
my $node = start_sweep();

# What is stored, a cast that changes no byte says.
$node->safe_psql('postgres', q{
    SET search_path = sweep, public;
    CREATE TABLE image (type text, bytes bytea);
    DO $$
    DECLARE
        v value;
    BEGIN
        -- No such cast goes between types of other alignment; a constant is aligned for all.
        CREATE TEMPORARY TABLE aligned AS
        SELECT oid, typalign FROM pg_type WHERE oid IN (SELECT oid FROM member_type);
        UPDATE pg_type SET typalign = 'i' WHERE oid IN (SELECT oid FROM aligned);
        EXECUTE (SELECT string_agg(format('CREATE CAST (bytea AS %1$s) WITHOUT FUNCTION;
                                           CREATE CAST (%1$s AS bytea) WITHOUT FUNCTION;', name), ' ')
                 FROM member_type);
        UPDATE pg_type SET typalign = a.typalign FROM aligned AS a WHERE pg_type.oid = a.oid;
        FOR v IN SELECT * FROM value WHERE type IN (SELECT name FROM member_type) AND sql NOT LIKE 'NULL%' LOOP
            EXECUTE format('INSERT INTO image SELECT %L, (%s)::bytea', v.type, v.sql);
        END LOOP;
    END $$;

    CREATE FUNCTION altered(asked text) RETURNS text LANGUAGE sql VOLATILE AS $$
        SELECT format('%L::bytea::%s', CASE WHEN random() < 0.7 THEN alter_bytes(a.bytes, b.bytes)
                      ELSE alter_bytes(alter_bytes(a.bytes, b.bytes), b.bytes) END, asked)
        FROM (SELECT bytes FROM image WHERE type = asked ORDER BY random() LIMIT 1) AS a,
             (SELECT bytes FROM image WHERE type = asked ORDER BY random() LIMIT 1) AS b
    $$;

    -- Aggregates of what combines two values of a type, without an end, and with each that there is.
    CREATE TABLE gathered (name text, type text);
    DO $$
    DECLARE
        f record;
    BEGIN
        FOR f IN SELECT format('gathered_%s', row_number() OVER (ORDER BY c.oid, g.oid)) AS name, c.name AS combine,
                        type_name(c.result) AS type, coalesce(', FINALFUNC = ' || g.name, '') AS final
                 FROM routine AS c, LATERAL (
                     SELECT NULL::oid AS oid, NULL AS name
                     UNION ALL SELECT e.oid, e.name FROM routine AS e
                     WHERE e.n = 1 AND e.types[0] = c.result AND e.kind = 'f' AND e.name ~ '_final') AS g
                 WHERE c.kind = 'f' AND c.n = 2 AND c.types[0] = c.result AND c.types[1] = c.result
                   AND c.result IN (SELECT oid FROM member_type) LOOP
            EXECUTE format('CREATE AGGREGATE %s(%s) (SFUNC = %s, STYPE = %2$s%4$s)', f.name, f.type, f.combine,
                f.final);
            INSERT INTO gathered VALUES (f.name, f.type);
        END LOOP;
    END $$;

    -- So many calls of each routine, every value of the extension's types altered; and each as text. A comment says
    -- which types are in them.
    CREATE FUNCTION calls(each integer) RETURNS TABLE (sql text, is_kept boolean) LANGUAGE plpgsql VOLATILE AS $$
    DECLARE
        r routine;
        known text[];
        arguments text[];
        altered_types text;
    BEGIN
        FOR r IN SELECT * FROM routine AS f
                 WHERE f.volatility <> 'v' AND (f.kind = 'a' OR f.name !~ '_(trans|combine|final)(_|$)')
                   AND EXISTS (SELECT FROM unnest(f.types) AS t WHERE t IN (SELECT oid FROM member_type)) LOOP
            known := usual_arguments(r);
            altered_types := (SELECT string_agg(DISTINCT type_name(t), ' ') FROM unnest(r.types) AS t
                              WHERE t IN (SELECT oid FROM member_type));
            FOR g IN 1 .. each LOOP
                arguments := known;
                FOR n IN 1 .. r.n LOOP
                    IF r.types[n - 1] IN (SELECT oid FROM member_type) THEN
                        arguments[n] := altered(type_name(r.types[n - 1]));
                    END IF;
                END LOOP;
                RETURN QUERY SELECT format('/* %s */ %s', altered_types,
                                           call(r, arguments, 1 + (random() * 5)::integer)), true;
            END LOOP;
        END LOOP;
        RETURN QUERY SELECT format('/* %s */ SELECT (%s)::text', m.name, altered(m.name)), true
            FROM member_type AS m, generate_series(1, 5 * each);
        RETURN QUERY SELECT format('/* %s */ SELECT %s(v)::text FROM (VALUES (%s), (%s)) AS x (v)', g.type, g.name,
                                   altered(g.type), altered(g.type)), true
            FROM gathered AS g, generate_series(1, 2 * each);
    END $$;
});
is( $node->safe_psql('postgres', q{
        SELECT string_agg(name, ' ') FROM sweep.member_type WHERE name NOT IN (SELECT type FROM sweep.image)}),
    '', 'every type has a value to begin with');

$node->safe_psql('postgres', q{
    SET search_path = sweep, public;
    CREATE VIEW stateful AS
    SELECT r.oid, type_name(g.aggtranstype) AS state, g.aggtransfn::regproc AS trans,
           coalesce(', INITCOND = ' || quote_literal(g.agginitval), '') AS start,
           g.aggcombinefn::regproc AS combine, ', FINALFUNC = ' || nullif(g.aggfinalfn, 0)::regproc AS final,
           (SELECT string_agg(type_name(t), ', ' ORDER BY n)
            FROM unnest(r.types) WITH ORDINALITY AS a (t, n)) AS inputs,
           array_to_string(usual_arguments(r), ', ') AS usual
    FROM pg_aggregate AS g JOIN routine AS r ON r.oid = g.aggfnoid
    WHERE g.aggtranstype IN ('bytea'::regtype, 'double precision[]'::regtype);
    CREATE TABLE state_image (aggregate oid, state text);
    DO $$
    DECLARE
        a stateful;
    BEGIN
        FOR a IN SELECT * FROM stateful LOOP
            EXECUTE format('CREATE AGGREGATE raw_state(%s) (SFUNC = %s, STYPE = %s%s)', a.inputs, a.trans, a.state,
                a.start);
            EXECUTE format('INSERT INTO state_image
                            SELECT %s, (SELECT raw_state(%s) FROM generate_series(1, n * n) AS i)
                            FROM generate_series(1, 3) AS n', a.oid, a.usual);
            EXECUTE format('DROP AGGREGATE raw_state(%s)', a.inputs);
        END LOOP;
    END $$;

    CREATE FUNCTION altered_array(numbers float8[]) RETURNS float8[] LANGUAGE sql VOLATILE AS $$
        SELECT array_agg(CASE WHEN random() < 0.7 THEN v
                         ELSE ('{NaN,-1,1e308,Infinity,5e-324,0,NULL}'::float8[])[1 + (random() * 6)::integer] END)
        FROM unnest(numbers) AS v WHERE random() < 0.9
    $$;
    CREATE FUNCTION altered_state(asked oid) RETURNS text LANGUAGE sql VOLATILE AS $$
        SELECT CASE WHEN a.state LIKE '_x%' THEN alter_bytes(a.state::bytea, b.state::bytea)::text
                    ELSE altered_array(a.state::float8[])::text END
        FROM (SELECT state FROM state_image WHERE aggregate = asked ORDER BY random() LIMIT 1) AS a,
             (SELECT state FROM state_image WHERE aggregate = asked ORDER BY random() LIMIT 1) AS b
    $$;

    -- From such a state on: some rows, or another such state; then the end.
    CREATE FUNCTION forge(asked oid, start text, other text, row_count integer) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE
        a stateful;
        reply text;
    BEGIN
        SELECT * INTO a FROM stateful AS s WHERE s.oid = asked;
        EXECUTE format('CREATE AGGREGATE forged(%s) (SFUNC = %s, STYPE = %s, INITCOND = %L%s)',
            CASE WHEN other IS NULL THEN a.inputs ELSE a.state END,
            CASE WHEN other IS NULL THEN a.trans ELSE a.combine END, a.state, start, a.final);
        EXECUTE CASE WHEN other IS NULL
            THEN format('SELECT forged(%s)::text FROM generate_series(1, %s) AS i', a.usual, row_count)
            ELSE format('SELECT forged(v)::text FROM (VALUES (%L::%s), (%L)) AS x (v)', other, a.state, start) END
            INTO reply;
        RETURN reply;
    END $$;
});
is( $node->safe_psql('postgres', q{
        SELECT string_agg(oid::regprocedure::text, ' ') FROM sweep.stateful
        WHERE oid NOT IN (SELECT aggregate FROM sweep.state_image WHERE state IS NOT NULL)}),
    '', 'and every aggregate a state');

my $failure = '';
for (my ($until, $round) = (time + $seconds, 0); $failure eq '' && ($round < 3 || time < $until); $round++)
{
    $node->safe_psql('postgres', "SET search_path = sweep, public; SELECT setseed($seed);
        INSERT INTO planned SELECT * FROM calls(2)
        UNION ALL SELECT format('SELECT forge(%s, %L, %L, %s)', oid, altered_state(oid),
                                CASE WHEN g % 3 = 0 THEN altered_state(oid) END, g % 4), false
        FROM stateful, generate_series(1, 9) AS g");
    $failure = run_planned($node, $timeout);
    $seed = $seed * 7 + 0.123 - int($seed * 7 + 0.123);
}
is($failure, '', 'the server has survived');
is( $node->safe_psql('postgres', qq{
        SELECT DISTINCT ON (left(sql, 50), state) state, left(message, 150), round(seconds::numeric, 2), left(sql, 400)
        FROM sweep.outcome WHERE (state ~ '^(XX|53|58)' AND state <> 'XX001') OR seconds > $timeout + 1}),
    '', 'an answer or a chosen error, in time');
note $node->safe_psql('postgres', q{
    SELECT format('stored: %s calls with altered values of %s types and states of %s aggregates, %s answers', count(*),
        (SELECT count(*) FROM sweep.member_type), (SELECT count(*) FROM sweep.stateful),
        count(*) FILTER (WHERE state IN ('00000', 'YY000'))) FROM sweep.outcome});
is( $node->safe_psql('postgres', q{
        SELECT string_agg(name, ' ') FROM sweep.member_type
        WHERE NOT EXISTS (SELECT FROM sweep.outcome
                          WHERE state = 'XX001' AND sql LIKE format('/* %s */%%', name))}),
    '', 'of every type some are found to be corrupt');
is($node->safe_psql('postgres', 'SELECT 1'), '1', 'and the server is there');
done_testing();
