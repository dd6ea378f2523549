# Lines have at most 120 columns, a tab taken to the next multiple of four: in SQL, C,
# Perl, shell, awk and Python, wherever they lie. Documents, data and what sessions print
# are left to themselves. A string in C counts nothing: as in PostgreSQL a message stands
# on one line, where it is found. And no file, documents too, keeps both sides of a
# conflict between changes: such lines run, and fail far from where they stand.
use strict;
use warnings;
use File::Find;
use Test::More;

my $most = 120;
# Generated, built or frozen: nobody writes them.
my @excepted = (
    [ qr{^src/sql/updates/crm_ext--}, 'install and update scripts of releases are frozen' ],
    [ qr{^crm_ext--.*\.sql$}, 'make writes the install script from src/sql' ],
    [ qr{^test/reference/.*\.h$}, 'test/reference/*.py write these numbers' ],
    [ qr{^(?:\.git|results|tmp_check|test/build|debian/.*/)(?:/|$)}, 'what builds and tests leave' ]);

sub columns
{
    my ($line) = @_;
    1 while $line =~ s/^([^\t]*)\t/$1 . ' ' x (4 - length($1) % 4)/e;
    return length $line;
}

my (@long, @conflicts, %seen);
find({ no_chdir => 1, wanted => sub {
        my $name = $File::Find::name =~ s{^\./}{}r;
        $File::Find::prune = -d && grep { $name =~ $_->[0] } @excepted;
        return if !-f || $name !~ /\.(sql|def|c|h|pl|pm|sh|awk|py|md|out)$/ || grep { $name =~ $_->[0] } @excepted;
        my $kind = $1;
        $seen{$kind}++;
        open my $file, '<:encoding(UTF-8)', $_ or die "$_: $!";
        while (my $line = <$file>)
        {
            chomp $line;
            push @conflicts, "$name:$." if $line =~ /^(?:<{7}|>{7}) /;
            next if $kind =~ /^(?:md|out)$/;
            $line =~ s/"(?:[^"\\]|\\.)*"/""/g if $name =~ /\.[ch]$/;
            my $width = columns($line);
            push @long, "$name:$.: $width columns" if $width > $most;
        }
    } }, '.');

is_deeply([ grep { !$seen{$_} } qw(sql c h pl sh md out) ], [], 'there are files of every kind');
is(columns("ab\tc"), 5, 'a tab ends at a multiple of four');
is(scalar @long, 0, "no line has more than $most columns") or diag join "\n", @long;
is(scalar @conflicts, 0, 'no conflict is left') or diag join "\n", @conflicts;
done_testing();
