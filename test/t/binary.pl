# The binary form of every type: it round-trips, and whatever else arrives is
# refused or harmless, never a crash.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
my $file = $node->safe_psql('postgres', 'SHOW data_directory') . '/binary';

# A value of each type, and a question whose answer is never an error.
my %type = (
    crm_activity => [
        "(SELECT crm_activity_agg(date '2020-01-01' + s * s, s * 1.5 - 4, s % 3) FROM generate_series(1, 12) AS s)",
        'crm_amount(v), crm_median_gap_days(v), crm_slice(v, NULL, NULL), (SELECT count(*) FROM crm_days(v))'],
    crm_calendar => [
        q{'Europe/Rome; mon-fri 09:00-18:00; closed 2024-12-25; open 2024-12-24 09:00-12:00'::crm_calendar},
        q{crm_business_seconds('2024-12-20', '2025-01-10', v), crm_business_deadline('2024-12-20', 1e5, v)}],
    crm_clv_model => [
        q{(SELECT crm_clv_fit_summary(s % 4, least(s % 4 * 5, s), 20 + s, 10 + s) FROM generate_series(1, 40) AS s)},
        'crm_model_name(v), crm_p_alive_summary(v, 2, 3, 9), crm_log_likelihood(v)'],
    crm_distribution => [
        '(SELECT crm_distribution_agg(s % 5 - 0.1) FROM generate_series(1, 12) AS s)',
        'crm_value_count(v), crm_breaks_fit(v), crm_gini(v), crm_lorenz(v, 3)'],
    crm_experience => [
        '(SELECT crm_experience_agg(e, a, w) FROM (VALUES (7, 8.3, 1), (5, NULL, 2), (6, 2, 0.3)) AS v (e, a, w))',
        'crm_gap_mean(v), crm_gap_interval(v), crm_expected_stderr(v), crm_group_outcome(v), crm_gap_test(v, v)'],
    crm_moments => [
        '(SELECT crm_moments_agg(s * 0.1) FROM generate_series(1, 12) AS s)',
        'crm_moments_mean(v), crm_moments_interval(v), crm_mean_difference(v, v)'],
    crm_survival => [
        '(SELECT crm_survival_agg(s % 5, s % 3 > 0) FROM generate_series(1, 12) AS s)',
        'crm_survival_quantile(v, 0.5), crm_survival_interval(v, 0.5), crm_survival_mean(v, 3), crm_survival_test(v, v)'],
    crm_nps_tally => ['(SELECT crm_nps_agg(s) FROM generate_series(3, 10) AS s)', 'crm_nps(v), crm_nps_interval(v)'],
    crm_csat_tally => ['(SELECT crm_csat_agg(s, 4) FROM generate_series(1, 5) AS s)', 'crm_csat(v), crm_csat_mean(v), crm_csat_interval(v)'],
    crm_ces_tally => ['(SELECT crm_ces_agg(s) FROM generate_series(1, 7) AS s)', 'crm_ces(v), crm_ces_mean(v), crm_ces_interval(v)'],
    crm_kano_tally => ['(SELECT crm_kano_agg(s, 5) FROM generate_series(1, 5) AS s)', 'crm_kano_better(v), crm_kano_worse(v)'],
    crm_index => ['(SELECT crm_index_agg(s, 0.1, 1, 7) FROM generate_series(1, 7) AS s)', 'crm_index_value(v), crm_index_coverage(v)'],
    crm_driver_model => [
        '(SELECT crm_driver_fit(s, ARRAY[s * s, s % 3]) FROM generate_series(1, 20) AS s)',
        '(SELECT count(beta) FROM crm_drivers(v)), crm_r_squared(v)'],);

# Sends bytes as the binary form of a type, by way of COPY, which writes a
# bytea as it is. Answers whether they were taken; a refusal must name itself
# one: bytes missing (08P01), or bytes that no value has (22P03).
$node->safe_psql('postgres', qq{
    CREATE EXTENSION crm_ext;
    CREATE FUNCTION taken(bytes bytea, type regtype, question text) RETURNS boolean LANGUAGE plpgsql AS \$\$
    BEGIN
        CREATE TEMP TABLE sent (b bytea);
        INSERT INTO sent VALUES (bytes);
        COPY sent TO '$file' (FORMAT binary);
        EXECUTE format('CREATE TEMP TABLE received (v %s)', type);
        COPY received FROM '$file' (FORMAT binary);
        EXECUTE format('SELECT ROW(%s)::text FROM received', question);
        EXECUTE format('SELECT v::text::%s FROM received', type);
        DROP TABLE sent, received;
        RETURN true;
    EXCEPTION
        WHEN protocol_violation OR invalid_binary_representation THEN RETURN false;
        -- Taken, and the question has no answer that fits.
        WHEN numeric_value_out_of_range THEN RETURN true;
    END \$\$;
});

foreach my $name (sort keys %type)
{
    my ($value, $question) = @{ $type{$name} };

    is( $node->safe_psql('postgres', qq{
            SELECT taken(${name}_send(v), '$name', \$\$ $question \$\$) FROM (SELECT $value AS v) AS t}),
        't', "$name: what is sent is received");
    # A ledger or a distribution cut after a day or a value is a shorter one.
    my $width = $name !~ /activity|distribution/;
    my $spoilt = $width
      ? q{SELECT substr(s, 1, n) AS b FROM generate_series(0, length(s) - 1, 5) AS n
          UNION ALL SELECT s || '\\x00'::bytea UNION ALL SELECT set_byte(s, 1, 2) UNION ALL SELECT set_byte(s, 2, 255)}
      : q{SELECT set_byte(s, 0, v) AS b FROM generate_series(0, 255) AS v WHERE v >> 4 <> get_byte(s, 0) >> 4
          UNION ALL SELECT '' UNION ALL SELECT substr(s, 1, length(s) - 1) || '\\x8000'::bytea
          UNION ALL SELECT s || '\\xff'::bytea};
    is( $node->safe_psql('postgres', qq{
            SET client_min_messages = error;
            SELECT bool_or(taken(b, '$name', \$\$ $question \$\$))
            FROM (SELECT ${name}_send($value) AS s) AS t,
                 LATERAL ($spoilt) AS x}),
        'f', "$name: cut short, with more behind it, of another version or width");
    is( $node->safe_psql('postgres', qq{
            SET client_min_messages = error;
            SELECT count(taken(set_byte(set_byte(s, at, new), at * 7 % length(s), new), '$name', \$\$ $question \$\$))
            FROM (SELECT ${name}_send($value) AS s) AS t, generate_series(1, 200) AS i,
                 LATERAL (SELECT i * 2654435761::bigint >> 7 AS h) AS h,
                 LATERAL (SELECT (h % length(s))::integer AS at, (h >> 9 & 255)::integer AS new) AS m}),
        '200', "$name: 200 spoilt forms are refused or answer");
}
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
