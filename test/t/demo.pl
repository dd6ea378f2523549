# The demo from the file to the page: files of several kinds through the scripts
# of SQL that it runs, and once all of scripts/demo.sh, with a build that is kept.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $top = abs_path(dirname(__FILE__) . '/../..');
my $folder = abs_path(PostgreSQL::Test::Utils::tempdir());

sub spew
{
	my ($name, $text) = @_;
	open my $out, '>:raw', $name or die "$name: $!";
	print $out $text;
	close $out;
}

# A small shop: who comes again, who not, lines of orders, in one year and a half.
sub shop
{
	my ($separator, $format, $price) = @_;
	my $text = '';
	for my $customer (1 .. 60)
	{
		for my $visit (0 .. $customer % 7)
		{
			my $day = ($customer * 37 + $visit * (20 + $customer)) % 500;
			my @day = (localtime(1_690_000_000 + 86400 * $day))[ 5, 4, 3 ];
			my $when = sprintf $format, map { { y => $day[0] + 1900, m => $day[1] + 1, d => $day[2] }->{$_} }
				$format =~ /^%04d/ ? qw(y m d) : qw(d m y);
			$text .= join($separator, "c$customer", $when, $price->($customer + $visit)) . "\n";
		}
	}
	return $text;
}

my $node = PostgreSQL::Test::Cluster->new('demo');
$node->init;
$node->start;

# demo(NAME, BYTES): what the scripts of the demo print over a file, in a
# database of this name.
sub demo
{
	my ($name, $bytes) = @_;
	local $ENV{PGHOST} = $node->host;
	local $ENV{PGPORT} = $node->port;
	local $ENV{PGDATABASE} = $name;
	mkdir "$folder/$name";
	spew("$folder/$name.csv", $bytes);
	spew("$folder/$name.sh", <<"END");
cd '$top'
source scripts/lib.sh
source scripts/orders.sh
top='$top'
look_at_orders '$folder/$name.csv' '$folder/$name'
createdb '$name'
psql -X -q -c 'CREATE EXTENSION crm_ext'
mapfile -t line <'$folder/$name/orders.amount'
demo() { psql -X -q -v ON_ERROR_STOP=1 "\${\@:2}" <"scripts/demo_\$1.sql"; }
demo load -v file='$folder/$name/orders.copy' -v table="\$(cat '$folder/$name/orders.sql')" \\
    -v amount="\${line[0]}" -v is_product="\${line[1]}"
demo workspace
demo history
demo report
END
	my $is_done = IPC::Run::run([ 'bash', "$folder/$name.sh" ], '<', \'', '>', \my $said, '2>', \my $error);
	ok($is_done, "$name: goes through") or diag $said, $error;
	is($error, '', "$name: without a warning");
	unlike($said, qr/NaN|Infinity/i, "$name: every figure is one");
	return $said;
}

my $said = demo('european', "Kunde;Datum;Betrag\n" . shop(';', '%02d.%02d.%04d', sub { sprintf '%d,50', $_[0] }));
like($said, qr/All orders.*\n.*customers.*revenue/, 'european: all orders');
like($said, qr/$_/, "european: $_") for 'Segments, by recency', 'ABC:', 'Lifecycle:', 'Cohorts: customers by the',
	'of the highest CLV', 'Is the model behind', 'What is wrong with the orders', 'All \d+ totals of all views agree';
is($node->safe_psql('european', 'SELECT sum(amount) FROM orders'),
	$node->safe_psql('european', 'SELECT sum(amount) FROM crm.customer_360'), 'european: the sum');

$said = demo('items', "order_id,customer,date,quantity,unit price\n7,a,2024-01-13,2,1.5\n7,a,2024-01-13,1,4\n"
	. "8,a,2024-02-13,1,4\n,b,2024-02-13,1,4\n,b,2024-02-13,1,5\n");
is($node->safe_psql('items', 'SELECT count(*), sum(amount) FROM orders'), '3|20.0', 'items: lines become orders');
like($said, qr/5 rows make 3 orders/, 'items: it says so');

$said = demo('named', "customer_id,order,ordered_at,amount,row_number,currency\n"
	. "a,1,2024-01-13,5,9,EUR\nb,2,2024-01-13,6,9,USD\n");
like($said, qr/currenc/i, 'named: two currencies are told');

demo('refunds', "customer,date,amount\na,2024-01-13,-5\nb,2024-02-14,-6\n");
demo('one', "customer,date,amount\na,2024-01-13,5\n");
demo('nothing', "customer,date,amount\na,2024-01-13,0\nb,2024-01-13,\n");
$said = demo('future', "customer,date,amount\na,2024-01-13,5\na,2024-03-13,6\nb,2203-01-13,7\n");
like($said, qr/1 row has a date in the future: 2203-01-13/, 'future: named');
like($said, qr/2024-03-13/, 'future: looked at from the last day that was');

$node->stop;

# --- All of demo.sh -----------------------------------------------------------

SKIP:
{
	skip 'no libjs-vega', 1 unless -f '/usr/share/javascript/vega/vega-view.min.js';
	skip 'no staged build', 1 unless $ENV{CRM_WORK} && -d "$ENV{CRM_WORK}/stage";
	skip 'the demo would become another user', 1 if $> == 0;

	my $cache = "$folder/cache";
	mkdir $cache;
	my $key = `cd '$top' && bash -c 'source scripts/lib.sh; build_key .'`;
	chomp $key;
	system_or_bail('tar', '-C', $ENV{CRM_WORK}, '-cf', "$cache/$key.tar", 'stage');

	# run(ARGUMENT...): the demo as somebody calls it who has all packages.
	my $run = sub {
		local %ENV = %ENV;
		delete @ENV{qw(CRM_WORK PGHOST PGPORT PGDATABASE PGDATA TEMP_CONFIG)};
		@ENV{qw(CRM_CACHE HOME)} = ($cache, $folder);
		# A socket's path has to be short.
		$ENV{TMPDIR} = '/tmp';
		my $is_done = IPC::Run::run([ 'bash', "$top/scripts/demo.sh", @_ ], '<', \'', '>', \my $out, '2>', \my $error,
			IPC::Run::timeout(300));
		return ($is_done, $out, $error);
	};
	my ($is_done, $out, $error) = $run->("$folder/european.csv");
	ok($is_done, 'demo.sh goes through') or diag $out, $error;
	like($out, qr/was built before/, 'what was built is used again');
	my ($page) = $out =~ m{file://(/\S+\.html)};
	ok(-s $page, 'and the page is there');
	unlink $page;
	my ($work) = $out =~ /a private server in (\S+)/;
	ok(!-e $work, 'nothing else is');

	my $port = PostgreSQL::Test::Cluster::get_free_port();
	($is_done, $out, $error) = $run->('--port', $port);
	ok($is_done, 'with a port too, over the imaginary customers') or diag $out, $error;
	my ($shown) = slurp_file("$top/README.md") =~ m{\n    \$ scripts/demo\.sh\n(.*?)\n## }s;
	my @shown = grep { /\S/ && !/^\s*…$/ } map { s/^ {4}|\s+$//gr } split /\n/, $shown;
	cmp_ok(@shown, '>', 50, 'README shows what they look like');
	is(join("\n", grep { index($out, $_) < 0 } @shown), '', 'and every line of it is so');
	my ($address) = $out =~ m{(postgresql://\S+)};
	my ($stop) = $out =~ m{sh (/\S+/stop)};
	($page) = $out =~ m{file://(/\S+\.html)};
	unlink $page;
	is(`psql -X -A -t -d '$address' -c 'SELECT count(*) > 5 FROM customer_360'`, "t\n", 'a client reads by TCP');
	is(system("psql -X -q -d '$address' -c 'DELETE FROM public.orders' 2>/dev/null") >> 8, 1, 'and does not write');
	is(system("PGPASSWORD=x psql -X -q -h 127.0.0.1 -p $port -U postgres -d demo -c 'SELECT 1' 2>/dev/null") >> 8, 2,
		'nobody else comes by TCP');
	($is_done, my $again, $error) = $run->('--port', $port, "$folder/european.csv");
	ok(!$is_done, 'a port in use');
	like($error, qr/port $port is in use/, 'is refused at once');
	my ($client) = $out =~ /to use it:   (.*)/;
	is(`$client -X -A -t -c 'SELECT count(*) > 5 FROM crm.customer_360'`, "t\n",
		'the owner by the command that it names');
	system 'sh', $stop;
	ok(!-e $stop, 'stop stops it');

	($is_done, $out, $error) = $run->('--nonsense');
	like($error, qr/there is no option --nonsense/, 'a wrong option is named');
	($is_done, $out, $error) = $run->("$folder/absent.csv");
	like($error, qr/there is no file/, 'a wrong file is named');
}

done_testing();
