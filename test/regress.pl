# The pg_regress sessions sql/*.sql against expected/*.out, as TAP.
use strict;
use warnings;
use Test::More;

my @output;
open my $make, '-|', 'make -s installcheck 2>&1' or die "make: $!";
while (my $line = <$make>)
{
    push @output, $line;
    # From PostgreSQL 16 on:  "not ok 3     - rfm      42 ms"
    # Before:                 "test rfm     ... FAILED  42 ms"
    if ($line =~ /^(not )?ok \d+\s+[-+] (\S+)/)
    {
        ok(!$1, "sql/$2.sql");
    }
    elsif ($line =~ /^(?:test)?\s*(\S+)\s+\.\.\. (ok|FAILED)/)
    {
        ok($2 eq 'ok', "sql/$1.sql");
    }
}
my $passed = ok(close($make), 'make installcheck succeeds');

# There are no differences to show when it could not even begin.
if (open my $diffs, '<', 'regression.diffs')
{
    @output = <$diffs>;
}
diag(@output) unless $passed;
done_testing();
