# A client that is not psql: psycopg reads every view of a workspace of all
# subjects, and every value decodes to one of Python's own types.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'python3-psycopg2 is absent' if system('/usr/bin/python3 -c "import psycopg2" 2>/dev/null') != 0;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'jit = off');
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION crm_ext');
$node->safe_psql('postgres',
    slurp_file('test/lib/subjects.sql') =~ s/(?<=crm_create_workspace\('crm', )/time_zone => 'Asia\/Shanghai', /r);
$node->safe_psql('postgres', q{
    UPDATE crm.customer SET potential = substr(customer_id, 2)::integer / 50.0;
    INSERT INTO crm.rating (customer_id, touchpoint_id, angle, level, score, rated_at)
    SELECT 'c' || n, 'shop', 'tone', level, 1 + n % 10, timestamptz '2024-02-02' + n * interval '1 day'
    FROM generate_series(1, 45) AS n, unnest('{expected,actual,satisfied,ideal}'::text[]) AS level;
});

# One line a view: its name, the number of rows, values of other types.
my $script = <<'END';
import datetime, decimal, sys, psycopg2

native = (str, int, float, decimal.Decimal, datetime.date, datetime.datetime, bool, type(None))
# What a type's number says that a value should be, when there is one.
wanted = {16: bool, 20: int, 23: int, 25: str, 701: float, 1082: datetime.date,
          1114: datetime.datetime, 1184: datetime.datetime, 1700: decimal.Decimal}
connection = psycopg2.connect(sys.argv[1])
cursor = connection.cursor()
cursor.execute("SET crm_ext.as_of = '2024-12-31'")
cursor.execute("SELECT table_name FROM information_schema.views WHERE table_schema = 'crm' ORDER BY 1")
for (view,) in cursor.fetchall():
    cursor.execute('SELECT * FROM crm."%s"' % view)
    rows = cursor.fetchall()
    strange = sorted({"%s is %s" % (column.name, type(value).__name__)
                      for row in rows for column, value in zip(cursor.description, row)
                      if type(value) not in native
                      or value is not None and type(value) is not wanted.get(column.type_code)})
    print(view, len(rows), ", ".join(strange) or "native", sep="|")
END
my $path = $node->basedir . '/client.py';
append_to_file($path, $script);
my ($out, $err) = run_command([ '/usr/bin/python3', $path, $node->connstr('postgres') ]);
is($err, '', 'the client reads every view');

my @empty;
foreach my $line (split /\n/, $out)
{
    my ($view, $rows, $types) = split /\|/, $line;

    # Not for BI, as its comment says: it holds arrays, a model, summaries or a calendar.
    next if $view =~ /^((scoring|history|clv_test|service)_basis|(calendar|plan|programme)_span|report_bound
                       |campaign_arm)$/x;
    is($types, 'native', "$view: values are of Python's own types");
    push @empty, $view if $rows == 0;
}
# It has rows where setting.min_cell hides some.
is_deeply(\@empty, ['attribution_cell'], 'and views have rows');

# Who listens hears of each kind of move once, as JSON, and of the same day once
# more nothing.
my $listener = <<'END';
import json, sys, psycopg2

connection = psycopg2.connect(sys.argv[1])
connection.autocommit = True
cursor = connection.cursor()
cursor.execute("LISTEN crm_ext")
for day in ("2024-06-30", "2024-06-30"):
    cursor.execute("SELECT crm_snapshot('crm', %s)", (day,))
    connection.poll()
    for notification in connection.notifies:
        news = json.loads(notification.payload)
        keys = ("workspace", "moved_on", "kind", "old", "new", "customers")
        print("|".join([notification.channel] + [str(news[k]) for k in keys]))
    connection.notifies.clear()
END
$node->safe_psql('postgres', 'CREATE TABLE known AS TABLE crm.customer_move');
$path = $node->basedir . '/listener.py';
append_to_file($path, $listener);
($out, $err) = run_command([ '/usr/bin/python3', $path, $node->connstr('postgres') ]);
is($err, '', 'a listener listens');
is( join("\n", sort split /\n/, $out),
    $node->safe_psql('postgres', q{
        SELECT line
        FROM (SELECT concat_ws('|', 'crm_ext', 'crm', moved_on, kind, coalesce(old_value, 'None'),
                               coalesce(new_value, 'None'), count(*)) AS line
              FROM (TABLE crm.customer_move EXCEPT TABLE known) AS news
              GROUP BY moved_on, kind, old_value, new_value) AS l
        ORDER BY line COLLATE "C"}),
    'and hears of each kind of move once');

$node->stop;
done_testing();
