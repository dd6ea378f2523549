# Input of every type of the catalogue, as text and as bytes, cut, spliced and
# altered: refused with a chosen error, or a value that is the same again when
# it has been written, and that every function answers to. CRM_SWEEP_SECONDS
# (5) are spent.
use strict;
use warnings;
use lib 'test/lib';
use PostgreSQL::Test::Utils;
use Sweep;
use Test::More;
use Time::HiRes qw(time);

my $seconds = $ENV{CRM_SWEEP_SECONDS} || 5;
my $seed = $ENV{CRM_SWEEP_SEED} || 0.5;
my $node = start_sweep();
my $file = $node->safe_psql('postgres', 'SHOW data_directory') . '/bytes';

$node->safe_psql('postgres', qq{
    SET search_path = sweep, public;
    CREATE TABLE mutation (type text, form text, input text, state text, problem text, answered integer[]);

    -- What each function is asked of a value of a type, v.
    CREATE TABLE question (n integer GENERATED ALWAYS AS IDENTITY, type text, signature text, query text);
    INSERT INTO question (type, signature, query)
    SELECT m.name, r.signature,
           format(CASE WHEN r.is_set THEN 'SELECT string_agg(t::text, '' '') FROM %3\$s, LATERAL %1\$s(%2\$s) AS t'
                       ELSE 'SELECT %1\$s(%2\$s)::text FROM %3\$s' END,
                  r.name,
                  array_to_string(
                      ARRAY(SELECT CASE WHEN type_name(a.type) = m.name THEN 'v' ELSE f.arguments[a.n] END
                            FROM unnest(r.types) WITH ORDINALITY AS a (type, n) ORDER BY a.n), ', '),
                  format('(SELECT v, 1 AS i FROM received_%s) AS r', m.name))
    FROM member_type AS m, routine AS r, fitting_arguments(r) AS f (arguments)
    WHERE r.kind = 'f' AND r.volatility = 'i' AND m.oid = ANY (r.types)
      AND 'internal'::regtype <> ALL (r.types) AND r.name !~ '_(trans|combine|final)(_|\$)'
    ORDER BY m.name, r.signature;

    -- What is wrong with a value that was taken, and which questions were
    -- answered; there may be no answer, but not a broken one.
    CREATE FUNCTION judge(type text, OUT problem text, OUT answered integer[]) LANGUAGE plpgsql AS \$\$
    DECLARE
        asked question;
        answer text;
        same boolean;
    BEGIN
        EXECUTE format('SELECT %1\$s_send(v::text::%1\$s) = %1\$s_send(v) FROM received_%1\$s', type) INTO same;
        IF NOT same THEN
            problem := 'is another when it was written';
            RETURN;
        END IF;
        FOR asked IN SELECT * FROM question AS q WHERE q.type = judge.type LOOP
            BEGIN
                EXECUTE asked.query INTO answer;
                IF answer ~ 'NaN' THEN
                    problem := asked.signature || ' answers ' || answer;
                ELSIF answer !~ '^[(),]*\$' THEN
                    answered := answered || asked.n;
                END IF;
            EXCEPTION
                WHEN data_exception OR program_limit_exceeded THEN NULL;
            END;
        END LOOP;
    END \$\$;

    -- Bytes arrive by way of COPY, which writes a bytea as it is. Rows go as
    -- they have come.
    CREATE FUNCTION try_bytes(bytes bytea, type text) RETURNS void LANGUAGE plpgsql AS \$\$
    DECLARE
        problem text;
        answered integer[];
        code text := '00000';
    BEGIN
        BEGIN
            INSERT INTO sent VALUES (bytes);
            COPY sent TO '$file' (FORMAT binary);
            EXECUTE format('COPY received_%s FROM ''$file'' (FORMAT binary)', type);
            SELECT * INTO problem, answered FROM judge(type);
            RAISE SQLSTATE 'YY000';
        EXCEPTION
            WHEN SQLSTATE 'YY000' THEN NULL;
            WHEN protocol_violation OR invalid_binary_representation OR character_not_in_repertoire
                THEN code := SQLSTATE;
            WHEN OTHERS THEN code := SQLSTATE; problem := SQLSTATE || ' ' || SQLERRM;
        END;
        INSERT INTO mutation VALUES (type, 'bytes', encode(bytes, 'hex'), code, problem, answered);
    END \$\$;

    CREATE FUNCTION try_text(input text, type text) RETURNS void LANGUAGE plpgsql AS \$\$
    DECLARE
        problem text;
        answered integer[];
        code text := '00000';
    BEGIN
        BEGIN
            EXECUTE format('INSERT INTO received_%2\$s SELECT %1\$L::%2\$s', input, type);
            SELECT * INTO problem, answered FROM judge(type);
            RAISE SQLSTATE 'YY000';
        EXCEPTION
            WHEN SQLSTATE 'YY000' THEN NULL;
            WHEN invalid_text_representation OR numeric_value_out_of_range OR datetime_field_overflow
              OR program_limit_exceeded OR untranslatable_character OR invalid_parameter_value
                THEN code := SQLSTATE;
            WHEN OTHERS THEN code := SQLSTATE; problem := SQLSTATE || ' ' || SQLERRM;
        END;
        INSERT INTO mutation VALUES (type, 'text', input, code, problem, answered);
    END \$\$;

    CREATE FUNCTION alter_text(b text, other text) RETURNS text LANGUAGE sql VOLATILE AS \$\$
        SELECT CASE (random() * 6)::integer
            WHEN 0 THEN left(b, at) || substr('0123456789.,:-+eE*{}[]"nN \t', 1 + (random() * 26)::integer, 1) ||
                substr(b, at + 2)
            WHEN 1 THEN left(b, at) || substr(b, at + 2)
            WHEN 2 THEN left(b, at + 1) || substr(b, at + 1)
            WHEN 3 THEN left(b, at)
            WHEN 4 THEN left(b, at) || substr(other, at + 1)
            WHEN 5 THEN regexp_replace(b, '[0-9.]+', (ARRAY['0', '-0', '1e308', '5e-324', 'NaN', 'Infinity', '0x1',
                '1e999',
                '9007199254740993', '9223372036854775808', repeat('9', 60)])[1 + (random() * 10)::integer])
            ELSE left(b, at) || (ARRAY['0', '9999999999', '1e300', '-', ',', '{}',
                '1e-320'])[1 + (random() * 6)::integer] || substr(b, at + 1) END
        FROM (SELECT (random() * length(b))::integer AS at) AS a
    \$\$;
    CREATE UNLOGGED TABLE sent (b bytea);
    DO \$\$
    BEGIN
        EXECUTE (SELECT string_agg(format('CREATE UNLOGGED TABLE received_%1\$s (v %1\$s);', name), ' ')
            FROM member_type);
    END \$\$;
    CREATE TABLE original (type text, bytes bytea, input text);
});
$node->safe_psql('postgres', q{
    SET search_path = sweep, public;
    DO $$
    DECLARE
        v value;
    BEGIN
        FOR v IN SELECT type, sql FROM value WHERE type IN (SELECT name FROM member_type) AND sql NOT LIKE 'NULL%'
                 UNION SELECT type, sql FROM fitting WHERE type IN (SELECT name FROM member_type) LOOP
            EXECUTE format('INSERT INTO original SELECT %L, %1$s_send(%2$s), (%2$s)::text', v.type, v.sql);
        END LOOP;
    END $$;
    SELECT try_bytes(bytes, type), try_text(input, type) FROM original});
is( $node->safe_psql('postgres', q{
        SELECT string_agg(name, ' ') FROM sweep.member_type WHERE name NOT IN (SELECT type FROM sweep.original)}),
    '', 'every type has a value to begin with');
is( $node->safe_psql('postgres', q{
        SELECT type, form, state, problem, left(input, 200) FROM sweep.mutation
            WHERE state <> '00000' OR problem IS NOT NULL}),
    '', 'what was written is read');
is( $node->safe_psql('postgres', q{
        SELECT type, signature FROM sweep.question
        WHERE n NOT IN (SELECT unnest(answered) FROM sweep.mutation) ORDER BY type, signature}),
    '', 'and every function has answered to some of it');
is( $node->safe_psql('postgres', q{
        SELECT string_agg(name, ' ' ORDER BY name) FROM sweep.member_type
        WHERE name NOT IN (SELECT type FROM sweep.question)}),
    '', 'of every type');
# In the place of every number of a value of each type, zero with a sign and no
# number: refused, or the same again.
is( $node->safe_psql('postgres', q{
        SET search_path = sweep, public;
        SET client_min_messages = error;
        TRUNCATE mutation;
        DO $$
        BEGIN
            PERFORM try_bytes(overlay(o.bytes PLACING word FROM at), o.type)
            FROM (SELECT DISTINCT ON (type) * FROM original WHERE length(bytes) BETWEEN 8 AND 600
                  ORDER BY type, length(bytes) DESC, bytes) AS o,
                 unnest(ARRAY['\x8000000000000000', '\x7ff8000000000000']::bytea[]) AS word,
                 generate_series(1 + length(o.bytes) % 4, length(o.bytes) - 7, 4) AS at;
        END $$;
        SELECT DISTINCT ON (type, left(problem, 40)) type, left(problem, 200), left(input, 1200)
        FROM mutation WHERE problem IS NOT NULL ORDER BY type, left(problem, 40), length(input)}),
    '', 'zero with a sign and NaN, in the place of each number');
note $node->safe_psql('postgres', q{SELECT format('%s times, of %s types, %s taken', count(*), count(DISTINCT type),
    count(*) FILTER (WHERE state = '00000')) FROM sweep.mutation});
# A value cut short, or with more behind it, is none, but for types whose parts
# follow one another to the end.
my $cut = $node->safe_psql('postgres', q{
    SET search_path = sweep, public;
    TRUNCATE mutation;
    SELECT try_bytes(bytes || '\x00'::bytea, type), try_bytes(substr(bytes, 1, length(bytes) - 1), type)
    FROM original;
    SELECT string_agg(DISTINCT type, ' ') FROM mutation
    WHERE state = '00000' AND type NOT IN ('crm_activity', 'crm_distribution')});
$cut =~ s/^\|?\n//mg;
is($cut, '', 'cut short, or with more behind it');

my $rounds = 0;
for (my $until = time + $seconds; time < $until; $rounds++)
{
    $node->safe_psql('postgres', "SET search_path = sweep,
        public; SET client_min_messages = error; SELECT setseed($seed);
        SELECT try_bytes(alter_bytes(o.bytes, p.bytes), o.type),
               try_bytes(alter_bytes(alter_bytes(o.bytes, p.bytes), p.bytes), o.type),
               try_text(alter_text(o.input, p.input), o.type),
               try_text(alter_text(alter_text(o.input, p.input), p.input), o.type)
        FROM original AS o, LATERAL (SELECT * FROM original AS p WHERE p.type = o.type ORDER BY random() LIMIT 1) AS p
        WHERE length(o.bytes) > 0");
    $seed = $seed * 7 + 0.123 - int($seed * 7 + 0.123);
}
is( $node->safe_psql('postgres', q{
        SELECT DISTINCT ON (type, form, left(problem, 40)) type, form, left(problem, 200), left(input, 400)
        FROM sweep.mutation WHERE problem IS NOT NULL ORDER BY type, form, left(problem, 40), length(input)}),
    '', 'altered: refused, or the same again and answered to');
note $node->safe_psql('postgres', q{
    SELECT format('mutation: %s inputs of %s types, %s taken', count(*), count(DISTINCT type),
                  count(*) FILTER (WHERE state = '00000')) FROM sweep.mutation});
is($node->safe_psql('postgres', 'SELECT 1'), '1', 'the server has survived');

# A hundred thousand ledgers at once, as a file.
is( $node->safe_psql('postgres', qq{
        CREATE TABLE ledger AS
        SELECT id, crm_activity_agg(date '2020-01-01' + hashint4(id + n) % 1000, hashint4(id - n) % 100000 * 0.01) AS a
        FROM generate_series(1, 100000) AS id, generate_series(1, 6) AS n GROUP BY id;
        COPY ledger TO '$file' (FORMAT binary);
        CREATE TABLE again (id integer, a crm_activity);
        COPY again FROM '$file' (FORMAT binary);
        SELECT count(*) FROM ledger JOIN again USING (id) WHERE ledger.a = again.a}),
    '100000', 'crm_activity: a hundred thousand ledgers by COPY');
done_testing();
