# Every ```sql block in doc/ runs, in order, in a database of its own for each
# file; where a ```text block follows, it is what psql shows.
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

sub shown
{
	my ($database, $statements) = @_;
	my ($out, $err);
	my $ran = IPC::Run::run([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-P', 'footer=off',
			'-d', $node->connstr($database) ], '<', \$statements, '>', \$out, '2>', \$err);
	return ($ran, $out, $err);
}

# Neither the spaces that psql pads with nor empty lines at the ends count.
sub trimmed
{
	my $text = shift;

	$text =~ s/[ \t]+$//mg;
	$text =~ s/\A\n+|\n+\z//g;
	return $text;
}

foreach my $file (glob 'doc/*.md')
{
	my ($database) = $file =~ m{(\w+)\.md$};
	my $text = slurp_file($file);

	next unless $text =~ /^```sql$/m;
	$node->safe_psql('postgres', "CREATE DATABASE doc_$database");
	while ($text =~ /^```sql\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?/msg)
	{
		my ($statements, $expected) = ($1, $2);
		my $line = 1 + (substr($text, 0, $-[0]) =~ tr/\n//);
		my ($ran, $out, $err) = shown("doc_$database", $statements);

		ok($ran, "$file, line $line: runs") or diag($err);
		is(trimmed($out), trimmed($expected), "$file, line $line: shows the same")
		  if defined $expected;
	}
}

$node->stop;
done_testing();
