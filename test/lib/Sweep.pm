# What the sweeps of test/t share: a server with test/lib/sweep.sql in it, and
# statements that are run each for itself under statement_timeout.
package Sweep;
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Exporter 'import';
our @EXPORT = qw(start_sweep run_planned problems);

sub start_sweep
{
    my $node = PostgreSQL::Test::Cluster->new('main');

    $node->init;
    # The log would hold every statement that fails, which most do.
    $node->append_conf('postgresql.conf', "log_min_messages = fatal\nlog_min_error_statement = panic\n"
          . "log_statement = none\nfsync = off\n");
    $node->start;
    $node->safe_psql('postgres', 'CREATE EXTENSION crm_ext; ' . slurp_file('test/lib/sweep.sql')
          . ' CALL collect_values()');
    return $node;
}

# Runs what lies in sweep.planned; answers what went wrong with the session.
sub run_planned
{
    my ($node, $timeout) = @_;
    my ($out, $err) = ('', '');

    $node->psql('postgres', "SET search_path = sweep, public; SET client_min_messages = error;\n"
          . "SELECT command FROM (SELECT 0 AS n, 'SET statement_timeout = ''${timeout}s''' AS command UNION ALL"
          . " SELECT 1, format('SELECT probe(%L, %L)', sql, is_kept) FROM planned) AS c ORDER BY n\n\\gexec\n"
          . "SET statement_timeout = 0; TRUNCATE planned;\n",
        stdout => \$out, stderr => \$err, timeout => 1800, timed_out => \my $timed_out, on_error_stop => 0);
    # The timeout may come while an answer is being written down.
    $err =~ s/^psql:\S+ ERROR:  canceling statement due to statement timeout\n(?:CONTEXT:.*?(?=^psql:|\z))?//gms;
    return $err if !$timed_out;
    return 'hangs in ' . $node->safe_psql('postgres',
        q{SELECT string_agg(query, '; ') FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()});
}

sub problems
{
    my ($node, $timeout) = @_;

    return $node->safe_psql('postgres',
        "SET search_path = sweep, public; SELECT left(problem, 300), left(sql, 1500) FROM problems($timeout) LIMIT 50");
}

1;
