# Do the examples in the documentation run? Every ```sql block of README.md and
# doc/*.md, file by file in a database of its own with the demo's orders.
use strict;
use warnings;
use Test::More;

sub psql
{
    my ($database, $sql) = @_;
    open my $pipe, '|-', "psql -X -q -v ON_ERROR_STOP=1 -d '$database' >docs.log 2>&1"
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

my $orders = slurp('scripts/demo_orders.sql');

for my $name ('README.md', sort glob 'doc/*.md')
{
    my @blocks = slurp($name) =~ /^```sql\n(.*?)^```$/msg or next;
    my $database = 'crm_docs';

    psql('postgres', "DROP DATABASE IF EXISTS $database;\nCREATE DATABASE $database;\n")
        or die slurp('docs.log');
    # The README shows how to create the extension; elsewhere it is there.
    my $extension = $name eq 'README.md' ? '' : "CREATE EXTENSION crm_ext;\n";
    ok(psql($database, "$extension$orders\n" . join("\n", @blocks)),
        "$name: " . @blocks . ' examples run')
        or diag(slurp('docs.log'));
}
psql('postgres', "DROP DATABASE IF EXISTS crm_docs;\n");
unlink 'docs.log';
done_testing();
