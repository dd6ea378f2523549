# A short run of every fuzz target in test/fuzz. For a long one:
#
#   make fuzz && test/build/fuzz/activity -max_total_time=3600
#   FUZZ_SECONDS=3600 FUZZ_CORPUS=/var/tmp/crm_fuzz scripts/quality.sh test/fuzz.pl
#
# FUZZ_CORPUS keeps the inputs that reached something new, one folder a target, so
# that the next run begins where this one ended, and the figures tell what it added.
use strict;
use warnings;
use File::Path qw(make_path);
use Test::More;

my $seconds = $ENV{FUZZ_SECONDS} // 10;
my @targets = map { m{([^/]+)\.c$} } glob 'test/fuzz/*.c';

plan skip_all => 'no fuzz targets' unless @targets;

# edges REPORT EVENT: how many the target had covered at the last line of that event.
sub edges
{
    my ($report, $event) = @_;
    return ($report =~ /^#\d+\s+$event\s+cov: (\d+)/m)[0] // 0;
}

my ($inputs, $edges, $new) = (0, 0, 0);
foreach my $target (@targets)
{
    my $corpus = '';
    if ($ENV{FUZZ_CORPUS})
    {
        $corpus = "$ENV{FUZZ_CORPUS}/$target";
        make_path($corpus);
    }
    my $report = qx{test/build/fuzz/$target -max_total_time=$seconds \\
        -print_final_stats=1 -artifact_prefix=test/build/ $corpus 2>&1 </dev/null};
    my $passed = $? == 0;
    my ($runs) = $report =~ /number_of_executed_units: (\d+)/;

    ok($passed, sprintf '%s, %d inputs in %d s', $target, $runs // 0, $seconds);
    diag($report) unless $passed;
    $inputs += $runs // 0;
    $edges += edges($report, 'DONE');
    $new += edges($report, 'DONE') - edges($report, 'INITED');
}
my (undef, undef, $user, $system) = times;
note(sprintf 'fuzz: %d targets, %d inputs, %.2f processor hours, %d edges covered, %d of them new',
    scalar @targets, $inputs, ($user + $system) / 3600, $edges, $new);
done_testing();
