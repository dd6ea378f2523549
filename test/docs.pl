# Do the examples in the documentation run, and print what stands below them?
#
# Every ```sql block of README.md and doc/*.md, file by file in a database of
# its own with the demo's orders. A ```text block right below is its output.
# What follows <!-- The rest needs FILE --> is left out where there is no such
# sample data; psql runs where it lies.
use strict;
use warnings;
use Cwd;
use Test::More;

my $log = getcwd . '/docs.log';
my $data = defined $ENV{CRM_SHARED} ? "$ENV{CRM_SHARED}/data" : '.';

sub psql
{
    my ($database, $sql) = @_;
    open my $pipe, '|-', "cd '$data' && psql -X -q -v ON_ERROR_STOP=1 -d '$database' >'$log' 2>&1"
        or die "psql: $!";
    print $pipe $sql;
    return close $pipe;
}

sub slurp
{
    my ($name) = @_;
    open my $file, '<', $name or die "$name: $!";
    local $/;
    return scalar <$file>;
}

# Pages of which a part needs data that is not there.
my @absent;

# Pairs of an example and its output, which may be undefined.
sub examples
{
    my ($name) = @_;
    my $text = slurp($name);
    my @pairs;

    if ($text =~ s/^<!-- The rest needs (\S+) -->$(.*)/-r "$data\/$1" ? $2 : ''/ems && $2 ne '' && !-r "$data/$1")
    {
        push @absent, "the rest of $name needs $1";
    }
    push @pairs, [ $1, $2 ] while $text =~ /^```sql\n(.*?)^```$(?:\n\n```text\n(.*?)^```$)?/gms;
    return @pairs;
}

# Neither padding, notices nor the count of rows is anything to compare.
sub trimmed
{
    my ($text) = @_;
    return $text =~ s/^(NOTICE|HINT): .*\n//gmr =~ s/ +$//gmr =~ s/^\(\d+ rows?\)$//gmr =~ s/\n\n+/\n/gr =~ s/\n+\z//r;
}

my $orders = slurp('scripts/demo_orders.sql');

for my $name ('README.md', sort glob 'doc/*.md')
{
    my @examples = examples($name) or next;
    my $database = 'crm_docs';

    psql('postgres', "DROP DATABASE IF EXISTS $database;\nCREATE DATABASE $database;\n")
        or die slurp($log);
    # What the examples make themselves, some files do, is not there before.
    my $all = join '', map { $_->[0] } @examples;
    my $before = $all =~ /^CREATE EXTENSION/m ? '' : "CREATE EXTENSION crm_ext;\n";
    $before .= $orders unless $all =~ /^CREATE TABLE orders/m;
    ok(psql($database, join("\n\\echo [example]\n", $before, map { $_->[0] } @examples)),
        "$name: " . @examples . ' examples run')
        or diag(slurp($log));

    my (undef, @printed) = split /^\[example\]\n/m, slurp($log);
    for my $i (grep { defined $examples[$_][1] } 0 .. $#examples)
    {
        is(trimmed($printed[$i] // ''), trimmed($examples[$i][1]),
            "$name: example " . ($i + 1) . ' prints what it says');
    }
}
psql('postgres', "DROP DATABASE IF EXISTS crm_docs;\n");
unlink $log;
foreach my $reason (@absent)
{
  SKIP: { skip $reason, 1; }
}

# Files and C or SQL names that the documentation speaks of are there.
my %names = map { $_ => 1 } map { slurp($_) =~ /\b(crm_\w+)/g }
    glob 'src/sql/*.sql src/pg/*/*.[ch] src/core/*/*.[ch] src/core/*/*.def src/workspace/embed.sh';
my @unknown = map {
    my $page = $_;
    map { "$page: $_" } grep { !$names{$_} && !/^crm_ext/ } slurp($page) =~ /`(crm_\w+?)\(/g
} 'README.md', glob 'doc/*.md';
is_deeply(\@unknown, [], 'functions that the documentation calls are there');
my $guide = slurp('CONTRIBUTING.md');

is_deeply([ grep { !-e && !/[A-Z]{3}/ } $guide =~ m{`((?:src|test|scripts|doc|sql)/[\w/.-]+)`}g ], [],
    'CONTRIBUTING.md: its files are there');
is_deeply([ grep { !$names{$_} } $guide =~ /\b(crm_\w+?)\b(?!_)/g ], [ 'crm_purchase_insert' ],
    'CONTRIBUTING.md: its functions are there, and a trigger of the workspace crm');
done_testing();
