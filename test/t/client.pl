# A client that is not psql: psycopg reads every view of a workspace, and every
# value decodes to one of Python's own types.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'python3-psycopg2 is absent' if system('/usr/bin/python3 -c "import psycopg2" 2>/dev/null') != 0;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', q{
    CREATE EXTENSION crm_ext;
    SET crm_ext.as_of = '2024-12-31';
    SELECT crm_create_workspace('crm', time_zone => 'Asia/Shanghai');
    INSERT INTO crm.customer (customer_id, customer_name, registered_at, potential)
    SELECT 'c' || n, 'customer ' || n, '2023-01-01', n / 50.0 FROM generate_series(1, 50) AS n;
    INSERT INTO crm.purchase (customer_id, purchased_at, amount)
    SELECT 'c' || n % 45, timestamptz '2023-01-01 00:00+00' + n * 101 % 720 * interval '1 day', n % 97
    FROM generate_series(1, 600) AS n;
    INSERT INTO crm.interaction (customer_id, interacted_at, channel, is_responded)
    SELECT 'c' || n % 45, '2024-01-01', 'mail', n % 2 = 0 FROM generate_series(1, 100) AS n;
    INSERT INTO crm.rating (customer_id, touchpoint_id, angle, level, score, rated_at)
    SELECT 'c' || n, 't' || n % 3, 'use', level, 1 + n % 10, '2024-02-02'
    FROM generate_series(1, 45) AS n, unnest('{expected,actual,satisfied,ideal,recommend}'::text[]) AS level;
    INSERT INTO crm.goal (family, metric, period_start, period_end, target)
    VALUES ('value', 'revenue', '2024-01-01', '2024-12-31', 9);
    SELECT crm_refit('crm'), crm_snapshot('crm', '2024-06-30'), crm_snapshot('crm');
});

# One line a view: its name, the number of rows, values of other types.
my $script = <<'END';
import datetime, decimal, sys, psycopg2

native = (str, int, float, decimal.Decimal, datetime.date, datetime.datetime, bool, type(None))
# What a type's number says that a value should be, when there is one.
wanted = {16: bool, 20: int, 23: int, 25: str, 701: float, 1082: datetime.date, 1184: datetime.datetime,
          1700: decimal.Decimal}
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

my $filled = 0;
foreach my $line (split /\n/, $out)
{
    my ($view, $rows, $types) = split /\|/, $line;

    # Not for BI, as its comment says.
    next if $view =~ /^(scoring_basis|calendar_span|history_basis|clv_test_basis)$/;
    is($types, 'native', "$view: values are of Python's own types");
    $filled++ if $rows > 0;
}
cmp_ok($filled, '>=', 30, 'and most views have rows');

# Who listens hears of each kind of move once, as JSON, and of the same day once
# more nothing.
my $listener = <<'END';
import json, sys, psycopg2

connection = psycopg2.connect(sys.argv[1])
connection.autocommit = True
cursor = connection.cursor()
cursor.execute("LISTEN crm_ext")
for day in ("2024-09-30", "2024-09-30"):
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
