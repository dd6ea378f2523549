# ALTER EXTENSION UPDATE from the release before: the catalogue is that of a fresh
# install, values stay what they were, a workspace follows its sources again.
#
# The old script runs with this library, as between "make install" and the update.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

sub slurp { open my $file, '<', shift or die $!; local $/; return <$file>; }

sub query { my ($database, $sql) = @_; return $node->safe_psql($database, $sql); }

# What psql says on stderr where a statement fails; empty where none does.
sub complaint
{
    my ($database, $sql) = @_;
    my ($status, $out, $err) = $node->psql($database, $sql);

    return $status == 0 ? '' : $err;
}

$node->safe_psql('postgres', "CREATE DATABASE $_") foreach qw(fresh updated);
query('fresh', 'CREATE EXTENSION crm_ext');
query('updated', q{
    CREATE EXTENSION crm_ext VERSION '0.1.0';
    CREATE ROLE owner;
    GRANT CREATE ON DATABASE updated TO owner;
    GRANT CREATE ON SCHEMA public TO owner;
});

# --- Values, and what uses them ------------------------------------------------

# As 0.1.0 stored them, taken from its tables: a model, drivers.
my $model = '0100000001000000ab2300000000000000001c40000000000000d03f04000000080000000e00000000000000000000008084'
    . '2e4100000000007a9540000000000000e83f000000000000044'
    . '00' x 133
    . '0f293c0000000000000d03f0000000000004440000000000000344003000000000000001b000000000000000000000000001'
    . '9400000000000000e400000000000002f4'
    . '00' x 141
    . '05060c0000000000000e03f00000000000044400000000000004440';
my $model_text = '{"model": "mbg/nbd", "unit_days": 7, "as_of": "2024-12-31", '
    . '"purchase": {"parameters": {"r": 1000000, "alpha": 1374.5, "a": 0.75, "b": 2.5}, '
    . '"log_likelihood": -1276.5, "customers": 40, "distinct": 20, "iterations": 14, "gradient_norm": 0.25, '
    . '"boundary": ["homogeneous rate"]}, '
    . '"spend": {"parameters": {"p": 6.25, "q": 3.75, "gamma": 15.5}, '
    . '"log_likelihood": -130.5, "customers": 40, "distinct": 40, "iterations": 27, "gradient_norm": 0.5}, '
    . '"correlation": 0.25}';
my $drivers = '0100030004000000000000000000000000000000000000000000284000000000000000000000000000803340000000000000'
    . '0000000000000000184000000000000000000000000000004740000000000000000000000000006052400000000000000000'
    . '000000000000324000000000000000000000000000905d4000000000000000000000000000803d4000000000000000000000'
    . '0000000024400000000000000000';
my $drivers_text = '{"version":1,"width":3,"count":4,"skipped":0,"sum":[12,0,19.5,0,6,0],'
    . '"product":[46,0,73.5,0,18,0,118.25,0,29.5,0,10,0]}';

query('updated', q{
    CREATE TYPE raw;
    CREATE FUNCTION raw_in(cstring) RETURNS raw LANGUAGE internal IMMUTABLE STRICT AS 'byteain';
    CREATE FUNCTION raw_out(raw) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'byteaout';
    CREATE TYPE raw (INPUT = raw_in, OUTPUT = raw_out, ALIGNMENT = double, STORAGE = extended);
    CREATE CAST (raw AS crm_clv_model) WITHOUT FUNCTION;
    CREATE CAST (raw AS crm_driver_model) WITHOUT FUNCTION;
    SET ROLE owner;
    CREATE TABLE event AS
    SELECT n % 40 AS customer_id, date '2024-01-01' + n * 7919 % 300 AS day, (n * 7919 % 10007) / 100.0 AS amount,
           n % 11 AS score
    FROM generate_series(1, 3000) AS n;
    CREATE TABLE ledger AS
    SELECT customer_id, crm_activity_agg(day, amount) AS activity FROM event GROUP BY customer_id;
    CREATE INDEX ledger_activity ON ledger (activity);
    CREATE INDEX ledger_amount ON ledger (crm_amount(activity));
    CREATE VIEW best AS
    SELECT customer_id, crm_amount(activity) AS amount, crm_days_since_last(activity, '2025-01-01') AS days
    FROM ledger;
    CREATE MATERIALIZED VIEW total AS SELECT crm_rollup(activity) AS activity FROM ledger;
    CREATE TABLE tally AS
    SELECT crm_distribution_agg(amount::float8) AS amounts, crm_nps_agg(score) AS nps,
           crm_csat_agg(score % 5 + 1, 4) AS csat, crm_ces_agg(score % 7 + 1) AS ces,
           crm_kano_agg(score % 5 + 1, customer_id % 5 + 1) AS kano,
           crm_experience_agg(score, score + 1) AS experience, crm_index_agg(score, 1, 0, 10) AS index
    FROM event;
    CREATE VIEW nps AS SELECT crm_nps(nps), low, high FROM tally, crm_nps_interval(nps);
    CREATE VIEW parameter AS
    SELECT p.*
    FROM tally, crm_clv_model_parameters(
        '{"model": "sbg", "purchase": {"parameters": {"alpha": 0.7, "beta": 1.2}}}') AS p;
});
query('updated', "CREATE TABLE fitted AS
    SELECT '\\x$model'::raw::crm_clv_model AS model, '\\x$drivers'::raw::crm_driver_model AS drivers");

my $contents = join ';', map { "TABLE $_" } qw(ledger best total tally nps parameter);
my $before = query('updated', $contents);
ok($before ne '', 'there is something to keep');

# --- Who may export and erase -----------------------------------------------------

# Made by a role in the name of another, which 0.1.0 told apart by its own rule.
sub granted
{
    my ($database, $version, $passed_on) = @_;

    query('postgres', "CREATE DATABASE $database; GRANT CREATE ON DATABASE $database TO owner");
    query($database, "SET SESSION AUTHORIZATION agent; SET ROLE owner; CREATE EXTENSION crm_ext $version");
    query($database, 'GRANT EXECUTE ON FUNCTION crm_export_customer(text, text) TO clerk');
    query($database, "SET SESSION AUTHORIZATION agent; GRANT EXECUTE ON FUNCTION $passed_on TO clerk") if $passed_on;
    query($database, 'ALTER EXTENSION crm_ext UPDATE');
    return query($database, q{SELECT oid::regprocedure, acl::text FROM pg_proc, unnest(proacl) AS acl
                              WHERE proname ~ '^crm_(export|erase)_customer$' ORDER BY 1, 2});
}
query('postgres', 'CREATE ROLE agent LOGIN; CREATE ROLE clerk; GRANT owner TO agent');
is(granted('handed', "VERSION '0.1.0'"), granted('handed_afresh', ''), 'who may export and erase is as afresh');
my $kept_grants = granted('handed_on', "VERSION '0.1.0'", 'crm_erase_customer(text, text, boolean)');
is_deeply([sort $kept_grants =~ /^(crm_erase.*(?:clerk|agent)=.*)$/mg],
    ['crm_erase_customer(text,text,boolean)|agent=X*/postgres', 'crm_erase_customer(text,text,boolean)|clerk=X/agent'],
    'but what was passed on stays') or diag($kept_grants);

# --- A workspace ----------------------------------------------------------------

# The same before the update and afresh.
my $create_workspace = q{
    SET ROLE owner;
    CREATE TABLE orders (id bigint PRIMARY KEY, customer integer, at timestamptz, total numeric);
    INSERT INTO orders
    SELECT n, n * 7919 % 53, timestamptz '2024-01-01 00:00+00' + (n * 7919 % 8000) * interval '1 hour',
           n % 97 + n % 7 * 0.25
    FROM generate_series(1, 2000) AS n;
    SET crm_ext.as_of = '2024-12-31';
    SELECT crm_create_workspace('crm', '{"purchase": {"from": "orders", "purchase_id": "id", "customer_id": "customer",
                                                      "purchased_at": "at", "amount": "total"}}');
};
query('updated', $create_workspace . q{
    UPDATE crm.setting SET new_days = 45;
    SELECT crm_snapshot('crm', '2024-06-30'), crm_snapshot('crm', '2024-12-31');
    -- One of another name, and so its triggers, which queue; of partitions, of another name since.
    CREATE TABLE sale (LIKE event) PARTITION BY RANGE (day);
    CREATE TABLE sale_1 PARTITION OF sale FOR VALUES FROM ('2024-01-01') TO ('2024-06-01');
    CREATE TABLE sale_2 PARTITION OF sale FOR VALUES FROM ('2024-06-01') TO ('2025-01-01');
    INSERT INTO sale TABLE event;
    SELECT crm_create_workspace('My "Shop" 2', '{"purchase": {"from": "sale", "customer_id": "customer_id",
                                                              "purchased_at": "day", "amount": "amount"}}',
                                maintain => 'queue');
    ALTER TRIGGER "My ""Shop"" 2_purchase_insert" ON sale RENAME TO renamed;
    CREATE VIEW crm.mine AS SELECT segment, customer_count + 0 AS n FROM crm.segment_summary;
    COMMENT ON VIEW crm.mine IS 'my own';
    GRANT SELECT ON crm.mine, crm.customer_360 TO PUBLIC;
});
my $kept = 'TABLE crm.customer_activity; SELECT as_of, abc_limits, clv_model FROM crm.fit ORDER BY 1; '
    . 'TABLE crm.customer_snapshot; TABLE crm.customer_move';
my $kept_before = query('updated', $kept);

like(complaint('updated', 'INSERT INTO orders VALUES (0, 1, now(), 1)'),
    qr/earlier release.*HINT:.*ALTER EXTENSION crm_ext UPDATE/s,
    'with the new library a write that the old trigger cannot follow is refused, and says what to do');

# --- The update -----------------------------------------------------------------

like(complaint('updated', q{CREATE TRIGGER own AFTER INSERT ON event EXECUTE FUNCTION crm_queue_trigger();
                            ALTER EXTENSION crm_ext UPDATE}),
    qr/cannot drop function crm_queue_trigger\(\).*own on table event/s,
    'a trigger of one\'s own is named, and nothing is lost');
query('updated', 'DROP TRIGGER own ON event');
# One that keeps a ledger of somebody's own, under the name that a workspace's has.
like(complaint('updated', q{CREATE SCHEMA analytics; CREATE TABLE analytics.customer_activity (customer_id integer);
                            CREATE TRIGGER mine AFTER INSERT ON event
                            EXECUTE FUNCTION crm_activity_trigger('analytics.customer_activity', 'purchases');
                            ALTER EXTENSION crm_ext UPDATE}),
    qr/cannot drop function crm_activity_trigger\(\).*mine on table event/s, 'so is one that writes to its own ledger');
query('updated', 'DROP TRIGGER mine ON event; DROP SCHEMA analytics CASCADE');
my ($status, $out, $warning) = $node->psql('updated', 'ALTER EXTENSION crm_ext UPDATE');
is($status, 0, 'updated');
like($warning, qr/no longer follow their sources until they are upgraded: "My ""Shop"" 2", crm$/m,
    'and says which workspaces are to be upgraded');
my $catalogue = slurp('test/lib/catalogue.sql');
my ($is, $should) = map { query($_, $catalogue) } qw(updated fresh);
cmp_ok(scalar(split /^/, $should), '>', 10000, 'the catalogue has something to compare');
my $catalogue_rows = $should;
ok($is eq $should, 'every object is as a fresh install makes it') or diag(first_difference($is, $should));
is(query('updated', $contents), $before, 'values, indexed expressions and views are as they were');
is(query('updated', q{SET enable_seqscan = off; SELECT count(*) FROM ledger WHERE crm_amount(activity) > 0}), '40',
    'an index on an expression serves');
SKIP: {
    skip 'bytes are of a little-endian machine', 2 if unpack('h*', pack('s', 1)) !~ /^1/;
    is(query('updated', 'SELECT model FROM fitted'), $model_text, 'a model that 0.1.0 stored is read');
    (my $with_weight = $drivers_text) =~ s/"sum"/"weight":[4,0],"sum"/;
    is(query('updated', 'SELECT drivers FROM fitted'), $with_weight, 'drivers too');
}
is(query('updated', qq{SELECT '$drivers_text'::crm_driver_model::text = (SELECT drivers::text FROM fitted)}), 't',
    'and their text');
(my $old_words = $model_text) =~ s/homogeneous/alike/;
is(query('updated', qq{SELECT '$old_words'::crm_clv_model}), $model_text, 'and that of a model');

# --- The workspace is upgraded ----------------------------------------------------

query('updated', q{INSERT INTO orders VALUES (3000, 1, '2024-05-05', 1), (3001, 777, '2024-05-05', 1);
                   DELETE FROM orders WHERE id = 17});
like(complaint('updated', q{SELECT crm_upgrade_workspace('crm')}), qr/belongs to another role/, 'a superuser does not');
query('updated', q{GRANT UPDATE ON crm.setting TO PUBLIC});
like(complaint('updated', q{SET ROLE owner; SELECT crm_upgrade_workspace('crm')}),
    qr/role PUBLIC may change the settings/, 'nor is what others may have written believed');
query('updated', q{REVOKE UPDATE ON crm.setting FROM PUBLIC; SET ROLE owner; SELECT crm_upgrade_workspace('crm')});
is(query('updated', q{SET ROLE owner; SELECT count(*) FROM crm_check_workspace('crm')}), '0',
    'what was written in between is in the ledgers');
query('updated', q{SET ROLE owner;
                   INSERT INTO orders SELECT 4000 + n, n, '2024-06-06', n FROM generate_series(1, 99) AS n;
                   UPDATE orders SET total = total + 1 WHERE id % 3 = 0;
                   DELETE FROM orders WHERE id IN (3000, 3001) OR id % 5 = 0});
is(query('updated', q{SET ROLE owner; SELECT count(*) FROM crm_check_workspace('crm')}), '0', 'ledgers follow');
query('updated', q{SET ROLE owner; TRUNCATE orders;
    INSERT INTO orders
    SELECT n, n * 7919 % 53, timestamptz '2024-01-01 00:00+00' + (n * 7919 % 8000) * interval '1 hour',
           n % 97 + n % 7 * 0.25
    FROM generate_series(1, 2000) AS n});
is(join("\n", sort split /\n/, query('updated', $kept)), join("\n", sort split /\n/, $kept_before),
    'ledgers, fits, snapshots and moves are as they were');
is(query('updated', q{SELECT count(*) FROM pg_trigger JOIN pg_proc AS p ON p.oid = tgfoid
                      WHERE NOT tgisinternal AND prolang = 13}), '0', 'no trigger in C is left');
is(query('updated', q{SELECT new_days, obj_description('crm.mine'::regclass),
                             has_table_privilege('public', 'crm.mine', 'SELECT'),
                             has_table_privilege('public', 'crm.customer_360', 'SELECT') FROM crm.setting}),
    '45|my own|t|t', 'settings, comments and rights stay');
is(query('updated', q{SET ROLE owner; SET crm_ext.as_of = '2024-12-31'; SELECT sum(n) FROM crm.mine}), '53',
    'a view on a view too');

query('updated', q{SET ROLE owner; INSERT INTO sale VALUES (7, '2024-03-03', 5, 5);
                   SELECT crm_upgrade_workspace('My "Shop" 2'); DELETE FROM sale WHERE customer_id % 5 = 0;
                   INSERT INTO sale_2 VALUES (8, '2024-07-07', 5, 5); SELECT crm_refresh('My "Shop" 2')});
is(query('updated', q{SET ROLE owner; SELECT count(*) FROM crm_check_workspace('My "Shop" 2')}), '0',
    'and those of a workspace of another name');
query('updated', q{SET ROLE owner; SELECT crm_drop_workspace('My "Shop" 2')});

# A workspace that is made now has the same of everything.
query('fresh', q{
    GRANT CREATE ON DATABASE fresh TO owner;
    GRANT CREATE ON SCHEMA public TO owner;
} . $create_workspace);
my $workspace = slurp('test/lib/workspace.sql');
($is, $should) = map { query($_, "SET search_path = public; $workspace") } qw(updated fresh);
ok($is eq $should, 'every object of the workspace is as in a new one') or diag(first_difference($is, $should));
note(sprintf 'update: 0.1.0 to %s: %d facts of the catalogue and %d of a workspace, as a fresh install makes them',
    query('fresh', 'SELECT crm_ext_version()'), scalar(split /^/, $catalogue_rows), scalar(split /^/, $should));
is(query('updated', q{SET ROLE owner; ANALYZE; SET crm_ext.as_of = '2024-12-31'; SET statement_timeout = '60s';
                      SELECT max(abs(difference)) = 0 FROM crm.reconciliation}), 't', 'totals reconcile');
query('updated', q{SET ROLE owner;
    SELECT crm_upgrade_workspace('crm'), crm_refit('crm', '2025-02-01'), crm_drop_workspace('crm', true)});

sub first_difference
{
    my @is = split /^/, shift;
    my @should = split /^/, shift;

    for my $i (0 .. $#should)
    {
        return "line $i:\n  is     $is[$i]  should $should[$i]" if ($is[$i] // '') ne $should[$i];
    }
    return 'there is more than there should be';
}

done_testing();
