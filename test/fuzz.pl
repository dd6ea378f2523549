# A short run of every fuzz target in test/fuzz. For a long one:
#
#   make fuzz && test/build/fuzz/activity -max_total_time=3600
#   FUZZ_SECONDS=3600 scripts/quality.sh test/fuzz.pl     each, and its figures
use strict;
use warnings;
use Test::More;

my $seconds = $ENV{FUZZ_SECONDS} // 10;
my @targets = map { m{([^/]+)\.c$} } glob 'test/fuzz/*.c';

plan skip_all => 'no fuzz targets' unless @targets;

my $inputs = 0;
foreach my $target (@targets)
{
    my $report = qx{test/build/fuzz/$target -max_total_time=$seconds \\
        -print_final_stats=1 -artifact_prefix=test/build/ 2>&1 </dev/null};
    my $passed = $? == 0;
    my ($runs) = $report =~ /number_of_executed_units: (\d+)/;

    ok($passed, sprintf '%s, %d inputs in %d s', $target, $runs // 0, $seconds);
    diag($report) unless $passed;
    $inputs += $runs // 0;
}
my (undef, undef, $user, $system) = times;
note(sprintf 'fuzz: %d targets, %d inputs, %.2f processor hours', scalar @targets, $inputs, ($user + $system) / 3600);
done_testing();
