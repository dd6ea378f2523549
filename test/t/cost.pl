# Does the COST of each function in C say what a call takes? The three tiers are
# those of test/lib/cost.sql; bench/cost.sh prints all of it. Machines differ and
# tests run beside others, so what fails is ten times beyond its tier.
use strict;
use warnings;
use lib 'test/lib';
use PostgreSQL::Test::Utils;
use Sweep;
use Test::More;

my $node = start_sweep();

$node->safe_psql('postgres', "SET search_path = sweep, public;\n" . slurp_file('test/lib/cost.sql'), timeout => 600);
is($node->safe_psql('postgres', 'SELECT signature, problem FROM sweep.measured WHERE problem IS NOT NULL'),
    '', 'every function can be measured');
is( $node->safe_psql('postgres', q{
        SELECT signature, cost, round(microseconds::numeric, 1) FROM sweep.measured
        WHERE sweep.tier(microseconds / 10) > cost}),
    '', 'no function takes much longer than its COST says');
done_testing();
