# A statement that is cancelled ends soon: every function of the catalogue over
# the largest values of its types, every type's input and output of them, every
# aggregate over many rows, under a timeout of 100 ms.
use strict;
use warnings;
use lib 'test/lib';
use Sweep;
use Test::More;

my $timeout = 0.1;
my $node = start_sweep();

# Ledgers of a million days, distributions of three million values, samples of
# many histories, chains of a thousand channels; what is written as text also in
# another order.
$node->safe_psql('postgres', q{
    SET search_path = sweep, public;
    CREATE AGGREGATE sample_of(double precision, double precision, double precision, double precision)
        (SFUNC = crm_clv_trans_summary, STYPE = crm_clv_sample);
    -- Not compressed: decompressing is the server's, and hears no cancel.
    CREATE TABLE big_crm_activity (v crm_activity);
    CREATE TABLE big_crm_distribution (v crm_distribution);
    CREATE TABLE big_crm_clv_sample (v crm_clv_sample);
    CREATE TABLE big_crm_markov (v crm_markov);
    ALTER TABLE big_crm_activity ALTER v SET STORAGE EXTERNAL;
    ALTER TABLE big_crm_distribution ALTER v SET STORAGE EXTERNAL;
    ALTER TABLE big_crm_clv_sample ALTER v SET STORAGE EXTERNAL;
    ALTER TABLE big_crm_markov ALTER v SET STORAGE EXTERNAL;
    INSERT INTO big_crm_activity
    SELECT crm_activity_agg(date '0001-01-01' + i, (i * 7919::bigint % 100000) / 100.0) FROM generate_series(1,
        1000000) AS i;
    INSERT INTO big_crm_distribution SELECT crm_distribution_agg(sqrt(i)) FROM generate_series(1, 3000000) AS i;
    INSERT INTO big_crm_clv_sample
    SELECT sample_of(1 + i % 40, 4 + i % 900 / 9.0, 200 + i % 1009 / 7.0, 10 + i % 997) FROM generate_series(1,
        500000) AS i;
    INSERT INTO big_crm_markov
    SELECT crm_markov_agg(ARRAY['c' || a, 'c' || b], sqrt(a * b), a / 7.0, b / 9.0)
    FROM generate_series(1, 1000) AS a, generate_series(1, 1000) AS b;
    CREATE TABLE big (type text, value_from text);
    INSERT INTO big SELECT name, format('(SELECT v FROM big_%s)', name) FROM member_type WHERE to_regclass('big_' ||
        name) IS NOT NULL;
    CREATE TABLE written (type text, t text);
    ALTER TABLE written ALTER t SET STORAGE EXTERNAL;
    INSERT INTO written
    SELECT 'crm_activity', v::text FROM big_crm_activity
    UNION ALL SELECT 'crm_distribution', v::text FROM big_crm_distribution
    UNION ALL SELECT 'crm_clv_sample', v::text FROM big_crm_clv_sample
    UNION ALL SELECT 'crm_activity', (SELECT format('{%s}',
        string_agg(date '0001-01-01' + (i * 7919::bigint % 1000000)::integer || ':1:' || i, ','))
        FROM generate_series(1, 1000000) AS i)
    UNION ALL SELECT 'crm_distribution', (SELECT format('{%s}', string_agg(sqrt(i % 997 * 3001.0 + i) || '*2', ','))
        FROM generate_series(1, 2000000) AS i);
});
# A state that can be of any size must be among the large ones.
is( $node->safe_psql('postgres', q{
        SELECT string_agg(m.name, ' ') FROM sweep.member_type AS m
        WHERE name NOT IN (SELECT type FROM sweep.big)
          AND name <> 'crm_clv_model'    -- twenty parameters at most
          AND (SELECT max(length(sql)) FROM sweep.value WHERE type = m.name) > 1200}),
    '', 'types that grow are tried at their largest');

$node->safe_psql('postgres', q{
    SET search_path = sweep, public;
    -- The usual arguments, with the large value wherever one fits.
    CREATE FUNCTION large_arguments(r routine) RETURNS text[] LANGUAGE sql STABLE AS $$
        SELECT array_agg(coalesce((SELECT value_from FROM big WHERE type = type_name(a.type)), u.arguments[a.n])
            ORDER BY a.n)
        FROM unnest(r.types) WITH ORDINALITY AS a (type, n), LATERAL (SELECT usual_arguments(r) AS arguments) AS u
    $$;
    INSERT INTO planned
    SELECT CASE WHEN r.is_set THEN format('SELECT sum(length(t::text)) FROM generate_series(1, 1) AS i, %s(%s) AS t',
        r.name, a)
                WHEN r.result IN (SELECT oid FROM member_type)
                    THEN format('SELECT pg_column_size(%s(%s)) FROM generate_series(1, 1) AS i', r.name, a)
                ELSE format('SELECT length(%s(%s)::text) FROM generate_series(1, 1) AS i', r.name, a) END, true
    FROM routine AS r, LATERAL (SELECT array_to_string(large_arguments(r), ', ') AS a) AS l
    WHERE r.kind = 'f' AND r.volatility <> 'v' AND 'internal'::regtype <> ALL (r.types)
        AND r.name !~ '_(trans|combine)(_|$)'
      AND EXISTS (SELECT FROM unnest(r.types) AS t JOIN big ON type = type_name(t));
    INSERT INTO planned SELECT format('SELECT length(%s::text)', value_from), true FROM big;
    INSERT INTO planned SELECT format('SELECT pg_column_size((SELECT t FROM written WHERE ctid = %L)::%s)', ctid,
        type), true FROM written;
    -- Aggregates: rows by the million, and few large ones.
    INSERT INTO planned
    SELECT format('SELECT pg_column_size(%s(%s)) FROM generate_series(1, 3000000) AS i', r.name,
        array_to_string(usual_arguments(r), ', ')), true
    FROM routine AS r WHERE r.kind = 'a';
    INSERT INTO planned
    SELECT format('SELECT pg_column_size(%s(%s)) FROM generate_series(1, 4) AS i', r.name,
        array_to_string(large_arguments(r), ', ')), true
    FROM routine AS r WHERE r.kind = 'a' AND EXISTS (SELECT FROM unnest(r.types) AS t JOIN big ON type = type_name(t));
    -- Over wide ranges: distinct values and histories, and the most opportunities.
    INSERT INTO planned VALUES
        ('SELECT pg_column_size(crm_distribution_agg(sqrt(i))) FROM generate_series(1, 3000000) AS i', true),
        ('SELECT pg_column_size(crm_breaks_fit(sqrt(i * 7919.0 % 3000017))) FROM generate_series(1, 3000000) AS i',
         true),
        ('SELECT pg_column_size(crm_bgbb_fit(i % 40, CASE WHEN i % 40 = 0 THEN 0 ELSE 40 + i * 37 END, 1000000))
          FROM generate_series(1, 2000) AS i', true),
        ('SELECT pg_column_size(crm_bgbb_fit(1, 1, 1000000)) FROM generate_series(1, 1) AS i', true),
        ('SELECT pg_column_size(crm_clv_fit_summary(1 + i % 400, i / 1e6, 2 + i / 1e5, i, ''pareto/nbd''))
          FROM generate_series(1, 300000) AS i', true),
        ('SELECT pg_column_size(crm_activity_agg(date ''0001-01-01'' + (i * 7919.0 % 1000003)::integer))
          FROM generate_series(1, 1000000) AS i', true);
});
is(run_planned($node, $timeout), '', 'the server has survived');
is(problems($node, $timeout), '', 'every statement ends in time');
my $count = $node->safe_psql('postgres', q{SELECT count(*) FILTER (WHERE state = '57014') FROM sweep.outcome});
cmp_ok($count, '>', 20, "$count statements were cancelled");
is( $node->safe_psql('postgres', q{
        SELECT DISTINCT state, message, left(sql, 300) FROM sweep.outcome
        WHERE state NOT IN ('00000', '57014') AND state !~ '^22'}),
    '', 'the others are answered');
note $node->safe_psql('postgres',
    "SELECT format('cancel: %s statements, %s cancelled after 100 ms, the slowest ended %s ms later (%s)',
    count(*), count(*) FILTER (WHERE state = '57014'),
        round(1000 * (max(seconds) FILTER (WHERE state = '57014') - $timeout)::numeric),
    (SELECT left(sql, 60) FROM sweep.outcome WHERE state = '57014' ORDER BY seconds DESC LIMIT 1))
        FROM sweep.outcome");
note $node->safe_psql('postgres', q{SELECT round(seconds::numeric, 3), state, left(sql, 150) FROM sweep.outcome
    ORDER BY seconds DESC LIMIT 15});
is($node->safe_psql('postgres', 'SELECT 1'), '1', 'the server is still there');
done_testing();
