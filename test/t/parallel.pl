# The same bytes, whatever the order of the rows, the number of workers, and the
# way the rows are split into ledgers that are rolled up later.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', q{
max_worker_processes = 8
parallel_setup_cost = 0
parallel_tuple_cost = 0
});
$node->start;

# Few customers with many orders, or the planner has no use for partial
# aggregates. Refunds, days with several orders, some that cancel out.
$node->safe_psql('postgres', q{
    CREATE EXTENSION crm_ext;
    CREATE TABLE in_order AS
    SELECT n % 40 AS customer_id,
           date '1999-12-28' + n / 50 AS day,
           CASE WHEN n % 11 = 0 THEN -1 ELSE 1 END * ((n * 7919) % 100003) / 100.0 AS amount,
           (n % 3)::integer AS events
    FROM generate_series(1, 40000) AS n ORDER BY n;
    CREATE TABLE shuffled AS
    SELECT * FROM in_order ORDER BY hashtext(in_order::text), day, amount;
    CREATE TABLE backwards AS
    SELECT * FROM in_order ORDER BY day DESC, amount;
    ANALYZE;
});

my %ledgers = (
    'day'                          => 'crm_activity_agg(day)',
    'day, numeric'                 => 'crm_activity_agg(day, amount::numeric)',
    'day, double precision'        => 'crm_activity_agg(day, amount::double precision)',
    'day, bigint'                  => 'crm_activity_agg(day, amount::bigint)',
    'day, numeric, events'         => 'crm_activity_agg(day, amount::numeric, events)',
    'rollup of one ledger a row'   => 'crm_rollup(crm_activity(day, amount, events))');

# One text for all customers' ledgers, computed by the given number of workers.
sub fingerprint
{
    my ($workers, $ledger, $from) = @_;

    return $node->safe_psql('postgres', qq{
        SET max_parallel_workers_per_gather = $workers;
        SELECT string_agg(encode(crm_activity_send(activity), 'hex'), ' ' ORDER BY customer_id)
        FROM (SELECT customer_id, $ledger AS activity FROM $from GROUP BY customer_id) AS ledger});
}

# That many workers really started, each with ledgers of its own.
sub works_in_parallel
{
    my ($workers, $ledger, $table) = @_;
    my $plan = $node->safe_psql('postgres', qq{
        SET max_parallel_workers_per_gather = $workers;
        EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF)
        SELECT customer_id, $ledger FROM $table GROUP BY customer_id});

    return $plan =~ /Partial \w*Aggregate/ && $plan =~ /Workers Launched: $workers\b/;
}

my %expected = map { $_ => fingerprint(0, $ledgers{$_}, 'in_order') } keys %ledgers;
is(scalar(split ' ', $expected{$_}), 40, "$_: a ledger for each customer") for sort keys %ledgers;
is($expected{'rollup of one ledger a row'}, $expected{'day, numeric, events'},
    'rolling up single entries is aggregating');

foreach my $table ('shuffled', 'backwards')
{
    foreach my $form (sort keys %ledgers)
    {
        is(fingerprint(0, $ledgers{$form}, $table), $expected{$form}, "$form: rows $table");
    }
}

foreach my $workers (1, 2, 4)
{
    $node->safe_psql('postgres', "ALTER TABLE shuffled SET (parallel_workers = $workers)");
    foreach my $form (sort keys %ledgers)
    {
        ok(works_in_parallel($workers, $ledgers{$form}, 'shuffled'),
            "$form: $workers workers start");
        is(fingerprint($workers, $ledgers{$form}, 'shuffled'), $expected{$form},
            "$form: $workers workers, the same bytes");
    }
}

foreach my $parts (2, 7, 1000)
{
    my $partial = qq{(SELECT customer_id, crm_activity_agg(day, amount::numeric, events) AS part
        FROM shuffled GROUP BY customer_id, hashtext(day::text || amount) % $parts) AS partial};

    is(fingerprint(0, 'crm_rollup(part)', $partial), $expected{'day, numeric, events'},
        "rolled up from $parts parts");
}

# A session that is given a day to look from, and in which nothing of the library has run when workers start.
{
    local $ENV{PGOPTIONS} = '-c crm_ext.as_of=2001-02-03';
    my $days = q{SELECT min(%1$s), max(%1$s) FROM shuffled};
    my ($out, $err);

    $node->safe_psql('postgres', q{
        CREATE FUNCTION day_of_others() RETURNS date LANGUAGE plpgsql STABLE PARALLEL SAFE
        AS 'BEGIN RETURN crm_as_of(); END'});
    $node->psql('postgres', sprintf($days, q{crm_as_of_at('UTC') AT TIME ZONE 'UTC'}), stdout => \$out,
        stderr => \$err);
    is("$out$err", '2001-02-04 00:00:00|2001-02-04 00:00:00', 'the first statement of a session looks from its day');
    $node->psql('postgres', sprintf($days, 'day_of_others()') . '; SELECT crm_as_of(); SHOW crm_ext.as_of',
        stdout => \$out, stderr => \$err);
    is("$out$err", "2001-02-03|2001-02-03\n2001-02-03\n2001-02-03", 'so do those after it');
}

$node->stop;
done_testing();
