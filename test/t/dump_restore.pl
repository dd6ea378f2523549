# A dump restored into a fresh cluster has the same contents, to the last bit.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my %contents = (
    table => q{SELECT customer_id, encode(crm_activity_send(activity), 'hex'), first_day
               FROM customer ORDER BY customer_id},
    view => 'SELECT * FROM best ORDER BY customer_id',
    'materialized view' => 'TABLE total');

sub start_node
{
    my $node = PostgreSQL::Test::Cluster->new(shift);

    $node->init;
    $node->start;
    return $node;
}

my $old = start_node('old');
my $new = start_node('new');

# The extension in a schema of its own: pg_dump restores with an empty
# search_path, so nothing in it may lean on the caller's.
$old->safe_psql('postgres', q{
    CREATE SCHEMA crm;
    CREATE EXTENSION crm_ext SCHEMA crm;
    SET search_path = crm, public;
    CREATE TABLE public.customer (
        customer_id integer PRIMARY KEY,
        activity crm_activity NOT NULL,
        first_day date GENERATED ALWAYS AS (crm_first_day(activity)) STORED
    );
    INSERT INTO customer (customer_id, activity)
    SELECT n % 500,
           crm_activity_agg(date '2024-01-01' + n * 7919 % 900, (n * 7919 % 100000 - 9000) / 100.0)
    FROM generate_series(1, 20000) AS n
    GROUP BY n % 500;
    CREATE INDEX customer_activity ON customer (activity);
    CREATE INDEX customer_amount ON customer (crm_amount(activity));
    CREATE VIEW public.best AS
        SELECT customer_id, crm_amount(activity) AS amount FROM customer;
    CREATE MATERIALIZED VIEW public.total AS
        SELECT crm_rollup(activity) AS activity FROM customer;
});

foreach my $format ('plain', 'custom')
{
    my $file = $old->basedir . "/$format.dump";

    $new->safe_psql('postgres', "CREATE DATABASE $format");
    $old->command_ok([ 'pg_dump', '-F', $format, '-f', $file, 'postgres' ],
        "$format: dumped");
    $new->command_ok(
        $format eq 'plain'
        ? [ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $format, '-f', $file ]
        : [ 'pg_restore', '--exit-on-error', '-d', $format, $file ],
        "$format: restored");

    foreach my $relation (sort keys %contents)
    {
        my ($was, $is) = map { $_->[0]->safe_psql($_->[1],
                "SET search_path = crm, public; $contents{$relation}") }
          ([ $old, 'postgres' ], [ $new, $format ]);

        ok($was ne '' && $was eq $is, "$format: the $relation has the same rows");
    }
}

done_testing();
