# The report in a real browser: nothing on the console, every picture has marks,
# every text fits, on a phone, a tablet and a desk.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $top = abs_path(dirname(__FILE__) . '/../..');
my ($chromium) = grep { -x $_ } map { ("$_/chromium", "$_/chromium-browser", "$_/google-chrome") }
	split /:/, $ENV{PATH};
my $vega = $ENV{CRM_VEGA} || '/usr/share/javascript/vega';

plan skip_all => 'no chromium' unless $chromium;
plan skip_all => 'no libjs-vega' unless -f "$vega/vega-view.min.js";

my $node = PostgreSQL::Test::Cluster->new('report');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE shop');
$node->safe_psql('shop', 'CREATE EXTENSION crm_ext');
for my $part (qw(orders workspace ratings history))
{
	$node->safe_psql('shop', slurp_file("$top/scripts/demo_$part.sql"), on_error_stop => 1);
}

# report(NAME, ARGUMENT...): makes the report of the database in a file.
sub report
{
	my ($database, @arguments) = @_;
	my $page = abs_path(PostgreSQL::Test::Utils::tempdir()) . '/report.html';
	local $ENV{PGHOST} = $node->host;
	local $ENV{PGPORT} = $node->port;
	local $ENV{PGDATABASE} = $database;
	my $error = '';
	my $is_made = IPC::Run::run([ 'bash', "$top/scripts/report.sh", '--output', $page, @arguments ],
		'>', \my $said, '2>', \$error);
	return ($is_made, $page, $error);
}

# What the page has come to, asked in it: a copy with a script of ours.
my $probe = <<'END';
const wait = () => {
    if (document.documentElement.dataset.drawn === undefined) return setTimeout(wait, 50);
    const found = {width: innerWidth, scroll: document.documentElement.scrollWidth, figures: [], broken: []};
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
    while (texts.nextNode()) {
        for (const day of texts.currentNode.data.matchAll(/\d{4}-\d\d-\d\d/g)) {
            range.setStart(texts.currentNode, day.index);
            range.setEnd(texts.currentNode, day.index + 10);
            if (range.getClientRects().length > 1) found.broken.push(texts.currentNode.data);
        }
    }
    for (const figure of document.querySelectorAll('figure')) {
        const svg = figure.querySelector('.picture svg');
        const one = {id: figure.id, title: (figure.querySelector('h3') || {}).textContent, has: !!svg, marks: 0,
            outside: [], rows: figure.querySelectorAll('tbody tr').length};
        if (svg) {
            const frame = svg.getBoundingClientRect();
            one.marks = svg.querySelectorAll('.mark-rect path, .mark-symbol path, .mark-line path, .mark-rule line')
                .length;
            // Symbols beyond the ends of the axes: their centres lie outside of the plot.
            const plot = svg.querySelector('.role-frame > g > path.background');
            const area = plot && plot.getBoundingClientRect();
            one.beyond = !area ? null : [...svg.querySelectorAll('.mark-symbol.role-mark path')].filter(symbol => {
                const box = symbol.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2;
                return x < area.left - 1 || x > area.right + 1 || y < area.top - 1 || y > area.bottom + 1;
            }).length;
            for (const text of svg.querySelectorAll('text')) {
                const box = text.getBoundingClientRect();
                if (text.textContent && box.width && (box.left < frame.left - 1 || box.right > frame.right + 1
                    || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)) one.outside.push(text.textContent);
            }
        }
        found.figures.push(one);
    }
    parent.postMessage(JSON.stringify(found), '*');
};
wait();
END

sub spew
{
	my ($name, $text) = @_;
	open my $out, '>', $name or die "$name: $!";
	print $out $text;
	close $out;
}

# look(PAGE, WIDTH): what the probe found, and the console. The page is in a
# frame, for the browser's own window cannot be as narrow as a phone.
sub look
{
	my ($page, $width) = @_;
	my $folder = abs_path(PostgreSQL::Test::Utils::tempdir());
	my $html = slurp_file($page);
	my ($nonce) = $html =~ /nonce-([0-9a-f]+)/;
	$html =~ s{</body>}{<script nonce="$nonce">$probe</script></body>};
	spew("$folder/probed.html", $html);
	spew("$folder/frame.html", <<END);
<!DOCTYPE html><meta charset="utf-8"><link rel="icon" href="data:,"><body>
<script>onmessage = event => {
    const said = document.createElement('pre'); said.id = 'found'; said.textContent = event.data;
    document.body.appendChild(said);
};</script>
<iframe src="probed.html" style="border: 0; width: ${width}px; height: 900px"></iframe></body>
END
	local $ENV{HOME} = $folder;
	IPC::Run::run(
		[   $chromium, '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars',
			'--enable-logging=stderr', "--user-data-dir=$folder/profile", '--window-size=1600,1000',
			'--virtual-time-budget=30000', '--dump-dom', "file://$folder/frame.html"
		],
		'>', \my $dom, '2>', \my $log, IPC::Run::timeout(180));
	my ($json) = $dom =~ m{<pre id="found">(.*?)</pre>}s;
	diag join "\n", grep { !/dbus/ } split /\n/, $log unless defined $json;
	return (undef, []) unless defined $json;
	$json =~ s/&lt;/</g, $json =~ s/&gt;/>/g, $json =~ s/&amp;/&/g;
	return (decode_json($json), [ grep { /CONSOLE/ } split /\n/, $log ]);
}

my ($is_made, $page, $error) = report('shop');
ok($is_made, 'a report is made') or diag $error;
cmp_ok(-s $page, '<', 1_500_000, 'of about a megabyte');
my $html = slurp_file($page);
unlike($html, qr{(?:src|href)="(?:https?:)?//}, 'that loads nothing from elsewhere');
unlike($html, qr/unsafe-eval/, 'nor evaluates text');

my @drawn = map { s{.*/report/\d+_}{}r =~ s{/\d+_}{-}r =~ s{\.vg\.json$}{}r } glob "$top/dashboard/report/*/*.vg.json";
for my $width (360, 768, 1440)
{
	my ($found, $console) = look($page, $width);
	is_deeply($console, [], "$width pixels: nothing on the console");
	ok($found, "$width pixels: drawn") or next;
	is($found->{width}, $width, "$width pixels: as wide as that");
	cmp_ok($found->{scroll}, '<=', $width, "$width pixels: nothing sticks out of the page");
	is_deeply($found->{broken}, [], "$width pixels: no day goes over the end of a line");
	is_deeply([ map { $_->{id} } grep { $_->{has} && !$_->{marks} } @{ $found->{figures} } ], [],
		"$width pixels: marks in every picture");
	is_deeply([ map { "$_->{id}: @{$_->{outside}}" } grep { @{ $_->{outside} } } @{ $found->{figures} } ], [],
		"$width pixels: every text fits");
	is_deeply([ map { $_->{id} } grep { $_->{has} && !$_->{rows} } @{ $found->{figures} } ], [],
		"$width pixels: figures behind each picture");
	my %seen = map { $_->{id} => 1 } grep { $_->{has} } @{ $found->{figures} };
	my $optional = qr/^(?:programme|service|profile|community|campaign|event|plan)-|^quality-completeness$/;
	is_deeply([ grep { !$seen{$_} && !/$optional/ } @drawn ], [],
		"$width pixels: all pictures of the shop's subjects are there");
}

# Who may only read, has no temporary tables and gets in once sees the same.
$node->safe_psql('shop', q{
	REVOKE TEMPORARY ON DATABASE shop FROM PUBLIC;
	CREATE ROLE onlooker LOGIN CONNECTION LIMIT 1;
	SELECT crm_grant_reader('crm', 'onlooker');});
my %apart = map { s/^crm\.//r => 1 } split /\n/,
	$node->safe_psql('shop', q{SELECT relation FROM crm_grant_reader('crm', 'onlooker') WHERE NOT is_plain});
my @asked = map { slurp_file($_) =~ /(?:FROM|JOIN) (\w+)/g } glob "$top/dashboard/report/{,*/}*.sql";
is_deeply([ grep { $apart{$_} } @asked ], [], 'it asks for plain views alone, for before 15 a reader has no other');
{
	local $ENV{PGUSER} = 'onlooker';
	my ($is_seen, $seen, $refused) = report('shop', '--sessions', 3);
	ok($is_seen, 'a reader makes the report') or diag $refused;
	like($refused, qr/too many connections/, 'in one session, where no more are let in');
	ok(slurp_file($seen) eq $html, 'and it is the same');
}

# Of a few customers it tells whole ones, and no rates; of refunds only, no shares.
for my $name (qw(small refund))
{
	my $rows = $name eq 'small'
		? q{SELECT n, date '2024-01-01' + n + 31 * k, 10 * n
			FROM generate_series(1, 10) AS n, generate_series(0, 1) AS k}
		: q{VALUES (1, date '2024-01-05', -10), (2, '2024-02-05', -10)};
	$node->safe_psql('postgres', "CREATE DATABASE $name");
	$node->safe_psql($name, qq{
		SET client_min_messages = error;
		SET crm_ext.as_of = '2024-02-11';
		CREATE EXTENSION crm_ext;
		CREATE TABLE sale (who, at, amount) AS $rows;
		SELECT crm_create_workspace('crm', '{"purchase": {"from": "sale", "customer_id": "who",
			"purchased_at": "at", "amount": "amount"}}');});
}
my ($is_small, $small, $objection) = report('small', '--as-of', '2024-02-11');
ok($is_small, 'a report of ten customers is made') or diag $objection;
my $few = slurp_file($small);
like($few, qr/"The best 2 of 10 customers bring 34\.5 % of revenue"/, 'it counts whole customers, as the curve does');
like($few, qr/"All \d+ totals add up"/, 'its totals add up');
like($few, qr/The fit itself warns: /, 'what its model cannot know is said beside what it tells');
like($few, qr/"No cell has 30 customers yet"/, 'cells of few are drawn, and the title tells nothing of them');
my ($is_seen_small, $warned) = look($small, 360);
is_deeply($warned, [], 'nothing on its console');
is((grep { $_->{id} eq 'who-rfm' && $_->{marks} } @{ $is_seen_small->{figures} }), 1, 'and its scores are drawn');

# A holdout of which no dot is of thirty customers: its axes go by all dots, those of one customer too.
$node->safe_psql('postgres', 'CREATE DATABASE few');
$node->safe_psql('few', q{
	SET client_min_messages = error;
	SET crm_ext.as_of = '2024-12-31';
	CREATE EXTENSION crm_ext;
	CREATE TABLE sale AS
	SELECT n AS who, date '2023-01-01' + n + 40 * k AS at, 10 + n AS amount
	FROM generate_series(1, 25) AS n, generate_series(0, 17) AS k WHERE k % (1 + n % 3) = 0;
	SELECT crm_create_workspace('crm', '{"purchase": {"from": "sale", "customer_id": "who",
		"purchased_at": "at", "amount": "amount"}}');
	SELECT crm_refit('crm', '2023-12-31');});
is($node->safe_psql('few', q{SET crm_ext.as_of = '2024-12-31';
	SELECT max(customer_count) < 30 AND max(actual_mean) > 1 FROM crm.clv_holdout}), 't', 'a holdout of few');
my ($is_few, $held, $complaint) = report('few', '--as-of', '2024-12-31');
ok($is_few, 'a report of it is made') or diag $complaint;
my ($is_seen_few) = look($held, 768);
my ($holdout) = grep { $_->{id} eq 'worth-holdout' && $_->{has} } @{ $is_seen_few->{figures} };
ok($holdout && $holdout->{marks}, 'and its holdout is drawn');
is($holdout->{beyond}, 0, 'with every dot on its axes');
my ($is_refund, $refund, $reproach) = report('refund', '--as-of', '2024-02-11');
ok($is_refund, 'a report of refunds only is made') or diag $reproach;
like(slurp_file($refund), qr/"No revenue: net of refunds it is -20\.00"/, 'whose revenue is none');
unlike(slurp_file($refund), qr/100\.0 % of revenue/, 'and has no shares');

# Amounts of any size stand in its sentences; who came again is asked of a year ago, and since the fit.
$node->safe_psql('postgres', 'CREATE DATABASE vast');
$node->safe_psql('vast', q{
	SET client_min_messages = error;
	SET crm_ext.as_of = '2024-03-10';
	CREATE EXTENSION crm_ext;
	CREATE TABLE sale AS
	SELECT n, date '2023-01-01' + n % 20 + 2 * k AS at, 1000.0 * n AS amount
	FROM generate_series(1, 200) AS n, generate_series(0, n % 5) AS k
	UNION ALL
	SELECT n, date '2024-01-01' + n % 20, 3e10 * n FROM generate_series(1, 200, 2) AS n;
	SELECT crm_create_workspace('crm', '{"purchase": {"from": "sale", "customer_id": "n", "purchased_at": "at",
		"amount": "amount"}}', subjects => '{plan,profile}');
	INSERT INTO crm.plan_line (kind, period_start, amount) VALUES ('sales', '2024-01-01', 1e6);
	INSERT INTO crm.cost (occurred_at, kind, amount, customer_id) VALUES ('2024-01-01', 'service', 1, '1');});
my ($is_vast, $vast, $reproof) = report('vast', '--as-of', '2024-03-10');
ok($is_vast, 'a report of large amounts is made') or diag $reproof;
my $large = slurp_file($vast);
my @spoken = $large =~ /"(?:title|subtitle|sentence)" ?: ?"((?:[^"\\]|\\.)*)"/g;
is_deeply([ grep { /##/ } @spoken ], [], 'all of them are told');
like($large, qr/"A typical repeat purchase is about \d+,\d{3},\d{3}/, 'as the amount of a purchase');
like($large, qr/"Of 100 earned a year ago, \d+,\d{3}/, 'and how much revenue grew');
my ($is_later, $later, $rebuke) = report('vast', '--as-of', '2026-03-10');
ok($is_later, 'a report of long after is made') or diag $rebuke;
my $silent = slurp_file($later);
like($silent, qr/"A year ago nothing was earned"/, 'of nothing no part came again');
like($silent, qr/"month_on":"2024-02-01","customer_count":null/, 'months without revenue a year before part the line');
like($silent, qr/"Since the fit nobody came again, the model expects \d/, 'nor is a model off by a share of nothing');

# What is drawn is held against the ledgers, and the source; a cent too much in a view is seen.
my ($names) = slurp_file("$top/scripts/report.sh") =~ /^shown=\((.*?)\)/ms;
my %is_claimed = map { $_ => 1 } $html =~ /"view_name": ?"(\w+)"/g;
is_deeply([ grep { !$is_claimed{$_} } 'purchase', split ' ', $names ], [], 'every view that is shown claims a total');
like($html, qr/"view_name": ?"retention_cohort", ?"column_name": ?"cohort_size", ?"ledger_total": ?[1-9]/,
	'cohorts of their size');
$node->safe_psql('shop', q{DO $$
	BEGIN
		EXECUTE 'CREATE OR REPLACE VIEW crm.abc_summary AS
			SELECT class, class_order, customer_count, customer_share,
			       (amount + CASE class WHEN $A$A$A$ THEN 0.01 ELSE 0 END)::numeric(18, 2) AS amount,
			       amount_share, as_of
			FROM (' || rtrim(pg_get_viewdef('crm.abc_summary'), ';') || ') AS summary';
	END $$;});
my ($is_told, $wrong, $failure) = report('shop');
ok($is_told, 'a report with a wrong total is made') or diag $failure;
like(slurp_file($wrong), qr/"1 of \d+ totals do not add up"/, 'and says so');

# A workspace with something of every subject: no picture is missing.
$node->safe_psql('postgres', 'CREATE DATABASE subjects');
$node->safe_psql('subjects', 'CREATE EXTENSION crm_ext');
$node->safe_psql('subjects', slurp_file("$top/test/lib/subjects.sql"), on_error_stop => 1);
my ($is_full, $full, $trouble) = report('subjects');
ok($is_full, 'a report of all subjects is made') or diag $trouble;
for my $width (360, 768, 1440)
{
	my ($found, $console) = look($full, $width);
	is_deeply($console, [], "all subjects, $width pixels: nothing on the console");
	is_deeply([ map { "$_->{id}: @{$_->{outside}}" } grep { @{ $_->{outside} } } @{ $found->{figures} } ], [],
		"all subjects, $width pixels: every text fits");
	my %seen = map { $_->{id} => 1 } grep { $_->{has} && $_->{marks} && $_->{rows} } @{ $found->{figures} };
	is_deeply([ grep { !$seen{$_} } @drawn ], [], "all subjects, $width pixels: marks in every picture there is");
}

# No customers, and names that want to be quoted or are markup.
$node->safe_psql('postgres', 'CREATE DATABASE "empty"');
$node->safe_psql('empty', q{
	SET client_min_messages = warning;
	CREATE EXTENSION crm_ext;
	SELECT crm_create_workspace('Odd "name', subjects => ARRAY(SELECT subject FROM crm_subjects()));
	INSERT INTO "Odd ""name".touchpoint (touchpoint_id, touchpoint_name)
	VALUES ('t', '</script><script>throw 1</script>');
	INSERT INTO "Odd ""name".rating (customer_id, touchpoint_id, level, score, rated_at)
	SELECT n::text, 't', l, 3 + n % 5, '2024-07-01'
	FROM generate_series(1, 40) AS n, unnest('{expected,actual}'::text[]) AS l;});
($is_made, $page, $error) = report('empty', '--workspace', 'Odd "name', '--as-of', '2024-12-31');
ok($is_made, 'a workspace without purchases has a report') or diag $error;
my ($found, $console) = look($page, 768);
is_deeply($console, [], 'nothing on its console');
is((grep { $_->{id} eq 'experience-gaps' && $_->{marks} } @{ $found->{figures} }), 1,
	'and what there is is drawn, markup as text');

($is_made, $page, $error) = report('empty', '--workspace', 'nothing');
ok(!$is_made, 'without the workspace there is no report');
like($error, qr/there is no workspace nothing/, 'and it says so');

$node->stop;
done_testing();
