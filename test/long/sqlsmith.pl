# Queries that sqlsmith makes up of the extension's functions, of values of all types,
# and of a workspace with something of every subject; half of the time of its views,
# too. Most are refused. An internal error or the end of a process fails the test.
#
#   CRM_SQLSMITH_SECONDS=7200 scripts/quality.sh test/long/sqlsmith.pl
#   CRM_SQLSMITH_SEED=1         other queries
use strict;
use warnings;
use lib 'test/lib';
use Sweep;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seconds = $ENV{CRM_SQLSMITH_SECONDS} || 60;
my $seed = $ENV{CRM_SQLSMITH_SEED} || 1;
my $slice = 60;

plan skip_all => 'no sqlsmith' if system('command -v sqlsmith >/dev/null') != 0;

my $node = start_sweep();
foreach my $file (qw(test/lib/subjects.sql test/long/sqlsmith.sql))
{
    $node->command_ok([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'), '-f', $file ],
        $file);
}
my $functions = $node->safe_psql('postgres', 'SELECT count(*) FROM smith.pg_proc');
$node->append_conf('postgresql.conf', "log_min_messages = error\nlog_min_error_statement = error\n"
      . "log_error_verbosity = terse\nlog_line_prefix = 'state %e '\n");
$node->reload;

# Slices of a minute, with other chances each: what the log says is counted after each,
# and all but internal errors forgotten. What one of them ends, the next goes on with.
my ($queries, $refused, $until, %state, @wrong) = (0, 0, time + $seconds);
my $role = 'smith_tables';
while (time < $until && !@wrong && $node->psql('postgres', 'SELECT 1') == 0)
{
    my ($out, $left) = ('', $until - time);

    IPC::Run::run([ 'timeout', '-s', 'INT', $left < $slice ? $left : $slice, 'sqlsmith', '--exclude-catalog',
            '--verbose', "--seed=$seed", '--target=' . $node->connstr('postgres') . " user=$role" ],
        '>', \$out, '2>', \$out);
    $queries += ($out =~ /.*^queries: (\d+)/ms)[0] // 0;
    read_log();
    $role = $role eq 'smith_tables' ? 'smith_views' : 'smith_tables';
    $seed++;
}

sub read_log
{
    my $log = slurp_file($node->logfile);

    truncate $node->logfile, 0;
    foreach my $record (split /^(?=state \w{5} )/m, $log)
    {
        $state{$1}++ if $record =~ /^state (\w{5}) ERROR/;
        push @wrong, substr($record, 0, 5000)
          if $record =~ /^state XX|^state \w{5} PANIC|TRAP|terminated by signal/m;
    }
}

is(join("\n", @wrong), '', 'no internal error, and no crash');
is($node->safe_psql('postgres', 'SELECT 1'), '1', 'the server has survived');
$refused += $_ foreach values %state;
cmp_ok($queries, '>', $refused, 'queries were answered');
note("sqlsmith: $queries queries over $functions functions, tables and views, $refused of them refused, in $seconds s");
note('states: ' . join(', ', map { "$_ $state{$_}" } sort { $state{$b} <=> $state{$a} } keys %state));
$node->stop;
done_testing();
