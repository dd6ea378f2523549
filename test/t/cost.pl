# Does the COST of each function in C say what a call takes? The three tiers are
# those of test/lib/cost.sql; bench/cost.sh prints all of it. Machines differ and
# tests run beside others, so what fails is ten times beyond its tier, or five times
# below it: a busy machine only makes a call longer.
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
is( $node->safe_psql('postgres', q{
        SELECT signature, row_cost, round(microseconds::numeric, 2) FROM sweep.measured
        WHERE sweep.tier(5 * microseconds) < row_cost
          AND NOT EXISTS (SELECT FROM sweep.longer WHERE split_part(signature, '(', 1) ~ longer.name)}),
    '', 'no COST is a tier too high, but for functions that take longer with what they are called with');
is( $node->safe_psql('postgres', q{
        SELECT name FROM sweep.longer
        WHERE NOT EXISTS (SELECT FROM sweep.measured
                          WHERE split_part(signature, '(', 1) ~ longer.name AND row_cost > 1)}),
    '', 'which all are there');
done_testing();
