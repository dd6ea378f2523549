# A short run of every fuzz target in test/fuzz. For a long one:
#
#   make fuzz && test/build/fuzz/calendar -dict=test/fuzz/calendar.dict -max_total_time=3600
#   FUZZ_SECONDS=3600 FUZZ_CORPUS=/var/tmp/crm_fuzz scripts/quality.sh test/fuzz.pl
#
# FUZZ_CORPUS keeps the inputs that reached something new, one folder a target, so
# that the next run begins where this one ended, and the figures tell what it added.
#
# A target that never gets past the first check of what it calls would pass too: so
# every function that it has or names must have run, and some target every function of
# the core that is given bytes or a text. Words that chance does not find stand in
# NAME.dict.
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

# not_reached TARGET, REPORT: its functions, and those of the core that it names, that no
# input came to.
sub not_reached
{
    my ($target, $report) = @_;
    open my $source, '<', "test/fuzz/$target.c" or die $!;
    my $text = do { local $/; <$source> };
    my @not_reached = grep { $text =~ /\b$_\(/ } $report =~ /^UNCOVERED_FUNC: .* (\w+) \S+$/mg;
    push @not_reached, 'coverage' unless $report =~ /^COVERED_FUNC: .* LLVMFuzzerTestOneInput \S+$/m;
    return @not_reached;
}

# Functions that the core declares with bytes or characters among their arguments, but for
# those that answer in one, or are given what the core has made.
sub readers
{
    my %trusted = map { $_ => 1 } qw(
        crm_clv_parameter_names crm_lifecycle_check_rules crm_quadrature_plan crm_quadrature_log);
    my @found;
    foreach my $header (glob 'src/core/*/*.h')
    {
        open my $file, '<', $header or die $!;
        my $text = do { local $/; <$file> };
        while ($text =~ /^extern [\w\s*]*?(crm_\w+)\(([^;]*)\);/mg)
        {
            my ($name, $arguments) = ($1, $2);
            push @found, $name if $arguments =~ /const (uint8_t|void|char) \*/ && !$trusted{$name};
        }
    }
    return @found;
}

my ($inputs, $edges, $new) = (0, 0, 0);
my %reached;
foreach my $target (@targets)
{
    my $corpus = '-seed=1';
    if ($ENV{FUZZ_CORPUS})
    {
        $corpus = "$ENV{FUZZ_CORPUS}/$target";
        make_path($corpus);
    }
    my $words = -f "test/fuzz/$target.dict" ? "-dict=test/fuzz/$target.dict" : '';
    my $report = qx{test/build/fuzz/$target -max_total_time=$seconds $words \\
        -print_coverage=1 -print_final_stats=1 -artifact_prefix=test/build/ $corpus 2>&1 </dev/null};
    my $passed = $? == 0;
    my ($runs) = $report =~ /number_of_executed_units: (\d+)/;

    ok($passed, sprintf '%s, %d inputs in %d s', $target, $runs // 0, $seconds);
    diag($report =~ s/^COVERAGE:.*//msr) unless $passed;
    is_deeply([not_reached($target, $report)], [], "$target: it reaches all that it calls");
    $reached{$_} = 1 foreach $report =~ /^COVERED_FUNC: .* (\w+) \S+$/mg;
    $inputs += $runs // 0;
    $edges += edges($report, 'DONE');
    $new += edges($report, 'DONE') - edges($report, 'INITED');
}
my @readers = readers();
cmp_ok(scalar @readers, '>', 30, 'functions of the core that read');
is_deeply([grep { !$reached{$_} } @readers], [], 'some target reaches each of them');
my (undef, undef, $user, $system) = times;
note(sprintf 'fuzz: %d targets, %d inputs, %.2f processor hours, %d edges covered, %d of them new',
    scalar @targets, $inputs, ($user + $system) / 3600, $edges, $new);
done_testing();
