# The pg_regress sessions sql/*.sql against expected/*.out, as TAP.
use strict;
use warnings;
use Test::More;

open my $make, '-|', 'make -s installcheck 2>&1' or die "make: $!";
while (my $line = <$make>)
{
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
ok(close($make), 'make installcheck succeeds');

if (open my $diffs, '<', 'regression.diffs')
{
	diag($_) while <$diffs>;
}
done_testing();
