# Every function and aggregate of the catalogue with extreme values, one at a
# time and several at once: an answer or a chosen error, in time, and a server
# that is still there. Random calls go on for CRM_SWEEP_SECONDS (5);
# CRM_SWEEP_SEED (0 to 1) chooses other ones.
use strict;
use warnings;
use lib 'test/lib';
use Sweep;
use Test::More;
use Time::HiRes qw(time);

my $timeout = 0.2;
my $seconds = $ENV{CRM_SWEEP_SECONDS} || 5;
my $seed = $ENV{CRM_SWEEP_SEED} || 0.5;
my $node = start_sweep();

is( $node->safe_psql('postgres', q{
        SELECT string_agg(name, ' ') FROM sweep.member_type
        WHERE name NOT IN (SELECT type FROM sweep.value WHERE sql NOT LIKE 'NULL%')}),
    '', 'there are values of every type');
is( $node->safe_psql('postgres', q{
        SET search_path = sweep, public;
        SELECT string_agg(DISTINCT type_name(t), ' ')
        FROM routine, unnest(types) AS t WHERE type_name(t) NOT IN (SELECT type FROM value)}),
    '', 'and of every type of an argument');
my $routines = $node->safe_psql('postgres', 'SELECT count(*) FROM sweep.routine');

$node->safe_psql('postgres', 'SET search_path = sweep, public; INSERT INTO planned SELECT * FROM single_calls()');
is(run_planned($node, $timeout), '', "each extreme value in each place of $routines functions");
my $failure = '';
for (my $until = time + $seconds; $failure eq '' && time < $until;)
{
    $node->safe_psql('postgres', "SET search_path = sweep, public; SELECT setseed($seed);
        INSERT INTO planned SELECT * FROM random_calls(5)");
    $failure = run_planned($node, $timeout);
    $seed = $seed * 7 + 0.123 - int($seed * 7 + 0.123);
}
is($failure, '', 'and several at once');
is(problems($node, $timeout), '', 'every answer is one, and comes in time');

# A function that answers to none of all these calls would not be tested.
my $silent = $node->safe_psql('postgres', q{
    SELECT string_agg(signature, ', ') FROM sweep.routine AS r
    WHERE volatility = 'i' AND 'internal'::regtype <> ALL (types) AND name !~ '_(trans|combine|final)(_|$)'
      AND NOT EXISTS (SELECT FROM sweep.outcome WHERE state = '00000' AND strpos(sql, r.name || '(') > 0)});
is($silent, '', 'every function has answered to some');
note $node->safe_psql('postgres', "SELECT format('sweep: %s calls of %s functions, %s answers, slowest %s s',
    count(*), $routines, count(*) FILTER (WHERE state = '00000'), round(max(seconds)::numeric, 2)) FROM sweep.outcome");
is($node->safe_psql('postgres', 'SELECT 1'), '1', 'the server has survived');
done_testing();
