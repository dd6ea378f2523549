# What the pictures of the report make of rows that are hard to draw: large and negative
# amounts, few customers, months that are not over, labels that meet. The rows of a
# report of all subjects are changed in its page, which a real browser then draws.
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
plan skip_all => 'no chromium' unless $chromium;
plan skip_all => 'no libjs-vega' unless -f ($ENV{CRM_VEGA} || '/usr/share/javascript/vega') . '/vega-view.min.js';

my $node = PostgreSQL::Test::Cluster->new('drawing');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE subjects');
$node->safe_psql('subjects', 'CREATE EXTENSION crm_ext');
$node->safe_psql('subjects', slurp_file("$top/test/lib/subjects.sql"), on_error_stop => 1);
my $folder = abs_path(PostgreSQL::Test::Utils::tempdir());
{
	local @ENV{qw(PGHOST PGPORT PGDATABASE)} = ($node->host, $node->port, 'subjects');
	my $error = '';
	my $is_made = IPC::Run::run([ 'bash', "$top/scripts/report.sh", '--output', "$folder/report.html" ],
		'>', \my $said, '2>', \$error);
	ok($is_made, 'a report is made') or diag $error;
}
$node->stop;

my $html = slurp_file("$folder/report.html");
my ($nonce) = $html =~ /nonce-([0-9a-f]+)/;
my ($before, $json, $after) = $html =~ m{^(.*id="report">)(.*?)(</script>.*)$}s;
my $report = JSON::PP->new->allow_nonref->decode($json);
my %picture = map { $_->{id} => $_ } map { @{ $_->{pictures} } } @{ $report->{sections} };
sub rows { return @{ $picture{ $_[0] }{rows} } }

# Amounts of millions, one of them negative; shares beyond 0 and 1.
for my $row (rows('who-typical'))
{
	$row->{$_} = 450 * $row->{$_} for qw(amount_q1 median_amount amount_q3);
}
$_->{amount} *= 1e6 for rows('worth-clv');
my @share = (1.2, 0.5, -0.3, -0.4);
$_->{amount_share} = shift @share // 0 for rows('who-segments');
# What is less than 1 has no prefix.
for my $row (rows('plan-bridge'))
{
	$_ /= 1e5 for @{$row}{qw(amount from_amount to_amount)};
}
for my $row (rows('worth-spend'))
{
	$_ /= 1e4 for @{$row}{qw(amount_above amount_up_to amount_middle)};
}
# Long names; two arms of one campaign.
$_->{channel} = "a channel with a long name, $_->{channel}"
	for rows('campaign-attribution'), @{ $picture{'campaign-attribution'}{extra}{credit} };
my @arm = ('hillstrom, womens_email', 'hillstrom, mens_email');
$_->{item} = shift @arm for rows('campaign-lift');
# Two kinds of event, one of few and below zero.
my ($kind) = rows('event-effect');
$picture{'event-effect'}{rows} = [ { %$kind, kind => 'fair', matched_change => 0.112, matched_count => 40 },
	{ %$kind, kind => 'meetup', matched_change => -3, matched_count => 12 } ];
# Periods that are not over.
my $false = JSON::PP::false;
my @cohort = grep { $_->{cohort} eq '2024 Q1' } rows('stay-cohorts');
$cohort[-1]{is_complete} = $false;
my @help = rows('community-help');
$help[-1]{is_complete} = $false;
@{ $help[-2] }{qw(answered_share peer_answered_share solved_share)} = (0.5, 0.5, 0.5);
@{ $help[-1] }{qw(answered_share peer_answered_share solved_share)} = (0.9, 0.8, 0.1);
# Thousands lost in a month.
$_->{signed_count} *= 100 for @{ $picture{'stay-growth'}{extra}{bar} };
# A few customers far from all others, and a few whose interval reaches beyond.
for my $row (rows('worth-holdout'))
{
	@{$row}{qw(customer_count expected_mean actual_mean actual_low actual_high)} = (40, 0.3, 0.3, 0.2, 0.4);
}
my @held = rows('worth-holdout');
@{ $held[-1] }{qw(customer_count expected_mean actual_mean actual_low actual_high)} = (5, 30, 60, 40, 80);
@{ $held[-2] }{qw(customer_count expected_mean actual_mean actual_low actual_high)} = (20, 0.35, 0.3, 0.1, 0.5);

my $probe = <<'END';
const wait = () => {
    if (document.documentElement.dataset.drawn === undefined) return setTimeout(wait, 50);
    const all = (of, what) => [...document.querySelectorAll('#' + of + ' ' + what)];
    const box = made => made.getBoundingClientRect();
    const texts = of => all(of, '.picture svg text').filter(text => text.textContent && box(text).width);
    const named = (of, like) => texts(of).filter(text => like.test(text.textContent));
    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom - 1 && b.top < a.bottom - 1;
    const any = (some, others) => some.filter(one => others.some(other => one !== other && meet(box(one), box(other))))
        .map(one => one.textContent);
    const contrast = dark => {
        const view = views[0].signal('dark', dark).run();
        const [blue, sky, paper] = ['blue', 'sky', 'paper'].map(name => vega.luminance(view.signal(name)) + 0.05);
        const ratio = (a, b) => Math.max(a, b) / Math.min(a, b);
        return {pair: ratio(blue, sky), paper: ratio(blue, paper)};
    };
    const found = {
        days: [...document.querySelectorAll('td, th')].map(cell => cell.textContent)
            .filter(text => /^\d{12,}$/.test(text)),
        outside: [...document.querySelectorAll('.picture svg')].flatMap(svg => [...svg.querySelectorAll('text')]
            .filter(text => text.textContent && box(text).width && (box(text).left < box(svg).left - 1
                || box(text).right > box(svg).right + 1 || box(text).top < box(svg).top - 1
                || box(text).bottom > box(svg).bottom + 1))
            .map(text => text.textContent)),
        prefixed: [...document.querySelectorAll('.picture svg text')].map(text => text.textContent)
            .filter(text => /^[-+\u2212]?[\d.]+[mµnG]$/.test(text)),
        height: box(all('worth-holdout', '.picture svg')[0]).height,
        holdout: texts('worth-holdout').map(text => text.textContent),
        empty_clips: all('stay-flatten', 'clipPath rect')
            .filter(rect => !(rect.getAttribute('width') > 0 && rect.getAttribute('height') > 0)).length,
        cohorts: all('stay-flatten', '.mark-line path').length,
        faded: all('stay-cohorts', '.mark-rect path').filter(cell => cell.getAttribute('fill-opacity') < 1).length,
        asterisks: named('stay-cohorts', /\*$/).length,
        coloured: all('stand-moves', '.mark-rect path').filter(cell => cell.__data__
            && cell.__data__.datum.customer_count / cell.__data__.datum.from_share < 29.5
            && cell.getAttribute('fill') !== 'transparent').length,
        few: all('who-segments', '.mark-rect path').filter(bar => bar.__data__ && bar.__data__.datum.customer_count < 30
            && bar.__data__.opacity && bar.getAttribute('fill') !== 'transparent').length,
        help: named('community-help', /^(answered|by peers|solved) /).map(text => text.textContent),
        help_meet: any(named('community-help', /^(answered|by peers|solved) /),
            named('community-help', /^(answered|by peers|solved) /)),
        growth_meet: any(named('stay-growth', /^[-\u2212\d,]+$/), named('stay-growth', /^[A-Z][a-z]+ \d\d$/)),
        arms: named('campaign-lift', /mail/).map(text => text.textContent),
        effect: texts('event-effect').map(text => text.textContent),
        left: named('who-segments', /^[-\u2212]/).map(text => box(text).right - box(all('who-segments',
            '.mark-rect path').find(bar => bar.__data__ && bar.__data__.datum.amount_share < 0
                && Math.abs(box(bar).top - box(text).top) < 12)).left),
        health: texts('community-health').map(text => text.textContent).join(' '),
        printed: [...document.styleSheets].flatMap(sheet => [...sheet.cssRules])
            .filter(rule => rule.media && rule.media.mediaText === 'print').map(rule => rule.cssText).join(' '),
        light: contrast(false), dark: contrast(true)
    };
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

# look(WIDTH): what the probe found, and the console.
sub look
{
	my ($width) = @_;
	my $changed = JSON::PP->new->ascii->encode($report) =~ s/</\\u003c/gr;
	my $asked = $after =~ s{</body>}{<script nonce="$nonce">$probe</script></body>}r;
	spew("$folder/probed.html", $before . $changed . $asked);
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
	my ($seen) = $dom =~ m{<pre id="found">(.*?)</pre>}s;
	$seen =~ s/&lt;/</g, $seen =~ s/&gt;/>/g, $seen =~ s/&amp;/&/g if defined $seen;
	my @console = grep { /CONSOLE/ } split /\n/, $log;
	return ($seen ? decode_json($seen) : undef, \@console);
}

for my $width (360, 1240)
{
	my ($found, $console) = look($width);
	is_deeply($console, [], "$width pixels: nothing on the console");
	ok($found, "$width pixels: drawn") or next;
	is_deeply($found->{days}, [], "$width pixels: days stand in the tables as days");
	is_deeply($found->{outside}, [], "$width pixels: large amounts and long names fit");
	is_deeply($found->{prefixed}, [], "$width pixels: nothing below 1 is a number of m, nor a milliard one of G");
	cmp_ok($found->{height}, '<', 500, "$width pixels: a few customers far away do not stretch the holdout");
	ok((grep { /predicted 30.*actual 60/ } @{ $found->{holdout} }), "$width pixels: but are told at its edge");
	is($found->{empty_clips}, 0, "$width pixels: no line is cut to nothing");
	cmp_ok($found->{cohorts}, '>', 5, "$width pixels: each cohort has one");
	is_deeply([ @{$found}{qw(faded asterisks)} ], [ 1, 1 ], "$width pixels: a cohort's open period is faded");
	is($found->{coloured}, 0, "$width pixels: moves of fewer than 30 customers have no colour");
	is($found->{few}, 0, "$width pixels: nor have segments");
	is_deeply([ sort @{ $found->{help} } ], [ 'answered 50%', 'by peers 50%', 'solved 50%' ],
		"$width pixels: lines are labelled with the last month that is over");
	is_deeply($found->{help_meet}, [], "$width pixels: also where they end alike");
	is_deeply($found->{growth_meet}, [], "$width pixels: months and numbers of customers keep apart");
	is_deeply([ sort @{ $found->{arms} } ], [ 'hillstrommens_email', 'hillstromwomens_email' ],
		"$width pixels: arms can be told apart");
	ok((grep { /^Events/ } @{ $found->{effect} }), "$width pixels: an event's effect is counted in something");
	is(scalar(grep { $_ > 0 } @{ $found->{left} }), 0, "$width pixels: what is below zero has its number on the left");
	is(scalar @{ $found->{left} }, 2, "$width pixels: of both segments");
	like($found->{health}, qr/posts/, "$width pixels: factors of health say what they count");
	like($found->{printed}, qr/\.wide \{ overflow-x: visible/, "$width pixels: on paper a table is not cut");
	like($found->{printed}, qr/h2.*?break-after: avoid/, "$width pixels: nor does a heading stand alone");
	cmp_ok($found->{$_}{pair}, '>', 2.2, "$width pixels, $_: blue and sky can be told apart") for qw(light dark);
	cmp_ok($found->{$_}{paper}, '>', 3, "$width pixels, $_: blue stands out") for qw(light dark);
}

done_testing();
