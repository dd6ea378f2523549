# Many servers: orders in shards behind postgres_fdw, ledgers by logical replication.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $shard_count = 2;

sub start_node
{
	my ($name, %init) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);

	$node->init(%init);
	$node->append_conf('postgresql.conf', "enable_partitionwise_aggregate = on\n");
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION crm_ext');
	return $node;
}

# The rows of a shard, by the same rule everywhere.
sub orders
{
	my ($where) = @_;

	return qq{SELECT n % 997 AS customer_id, date '2023-01-01' + n * 7919 % 700 AS ordered_on,
	                 (n * 7919 % 100000 - 9000) / 100.0 AS amount
	          FROM generate_series(1, 20000) AS n WHERE $where};
}

my $main = start_node('main', allows_streaming => 'logical');
my @shards = map { start_node("shard$_") } 0 .. $shard_count - 1;

$main->safe_psql('postgres', q{
	CREATE EXTENSION postgres_fdw;
	CREATE TABLE orders (customer_id integer NOT NULL, ordered_on date, amount numeric) PARTITION BY HASH (customer_id);
	CREATE TABLE whole AS } . orders('true'));
for my $i (0 .. $#shards)
{
	my ($host, $port) = ($shards[$i]->host, $shards[$i]->port);

	$shards[$i]->safe_psql('postgres',
		'CREATE TABLE orders (customer_id integer NOT NULL, ordered_on date, amount numeric)');
	$main->safe_psql('postgres', qq{
		CREATE SERVER shard$i FOREIGN DATA WRAPPER postgres_fdw
			OPTIONS (host '$host', port '$port', dbname 'postgres', extensions 'crm_ext');
		CREATE USER MAPPING FOR CURRENT_USER SERVER shard$i;
		CREATE FOREIGN TABLE orders_$i PARTITION OF orders FOR VALUES WITH (MODULUS $shard_count, REMAINDER $i)
			SERVER shard$i OPTIONS (table_name 'orders');});
}
$main->safe_psql('postgres', 'INSERT INTO orders TABLE whole');
is($main->safe_psql('postgres', 'SELECT count(DISTINCT tableoid), count(*) FROM orders'), "$shard_count|20000",
	'each shard has a part of the orders');

# Ledgers are made where the orders are.
my $plan = $main->safe_psql('postgres', q{
	EXPLAIN (VERBOSE, COSTS OFF)
	SELECT customer_id, crm_activity_agg(ordered_on, amount) FROM orders GROUP BY customer_id});
is(() = $plan =~ /Remote SQL: SELECT customer_id, (?:\w+\.)?crm_activity_agg\(ordered_on, amount\)/g, $shard_count,
	'each shard makes its ledgers') or diag $plan;

my $ledgers = 'SELECT customer_id, crm_activity_agg(ordered_on, amount) AS activity FROM %s GROUP BY customer_id';
my $differences = sprintf("SELECT count(*) FROM ($ledgers) AS s FULL JOIN ($ledgers) AS w USING (customer_id)
	WHERE (s.activity = w.activity) IS NOT TRUE", 'orders', 'whole');
is($main->safe_psql('postgres', $differences), '0', 'and they are those of one server');

# What is asked of one day of a ledger is asked over there, too.
$plan = $main->safe_psql('postgres', q{
	EXPLAIN (VERBOSE, COSTS OFF)
	SELECT customer_id FROM orders GROUP BY customer_id
	HAVING crm_amount(crm_activity_agg(ordered_on, amount)) > 20000});
like($plan, qr/Remote SQL: .* HAVING \(+(?:\w+\.)?crm_amount/,
	'and read there where that sends fewer rows') or diag $plan;

# A workspace over foreign tables: triggers cannot be, refresh can.
my ($status, $out, $error) = $main->psql('postgres', q{
	SELECT crm_create_workspace('crm', '{"purchase": {"from": "orders", "customer_id": "customer_id",
		"purchased_at": "ordered_on", "amount": "amount"}}', 'UTC', maintain => 'triggers')});
isnt($status, 0, 'no triggers on foreign tables');
like($error, qr/HINT: .*maintain => 'refresh'/, 'the error says what to do') or diag $error;
($status, $out, $error) = $main->psql('postgres', q{
	SELECT crm_create_workspace('crm', '{"purchase": {"from": "orders", "customer_id": "customer_id",
		"purchased_at": "ordered_on", "amount": "amount"}}', 'UTC')});
is($status, 0, 'where nobody says, refresh is taken');
like($error, qr/NOTICE: .*only crm_refresh updates its ledgers/, 'and a notice says so') or diag $error;
$shards[0]->safe_psql('postgres', 'DELETE FROM orders WHERE ordered_on = (SELECT max(ordered_on) FROM orders)');
$shards[1]->safe_psql('postgres', 'UPDATE orders SET amount = amount + 1 WHERE customer_id % 10 = 3');
$main->safe_psql('postgres', q{SELECT crm_refresh('crm')});
is($main->safe_psql('postgres', sprintf("SELECT count(*)
	FROM ($ledgers) AS s FULL JOIN crm.customer_activity AS w USING (customer_id)
	WHERE (s.activity = w.purchases) IS NOT TRUE", 'orders')), '0', 'crm_refresh after writes to the shards is exact');

# Ledgers, tallies and models by logical replication, as text and as binary, and those of a workspace.
$main->safe_psql('postgres', q{
	CREATE TABLE ledger AS
	SELECT customer_id, crm_activity_agg(ordered_on, amount) AS activity FROM whole GROUP BY customer_id;
	ALTER TABLE ledger ADD PRIMARY KEY (customer_id);
	CREATE TABLE model AS
	SELECT 1 AS id, crm_clv_fit(activity, date '2024-12-31', 'mbg/nbd') AS model,
		crm_distribution_agg(crm_amount(activity)::float8) AS amounts,
		crm_nps_agg((customer_id % 11)::integer) AS tally
	FROM ledger;
	ALTER TABLE model ADD PRIMARY KEY (id);
	CREATE PUBLICATION ledgers FOR TABLE ledger, model, crm.customer_activity, crm.fit;});
my $same_tables = $main->safe_psql('postgres', q{
	SELECT format('CREATE TABLE %s (%s, %s);', r,
		string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', '),
		(SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = r AND contype = 'p'))
	FROM unnest('{crm.customer_activity,crm.fit}'::regclass[]) AS r
	JOIN pg_attribute ON attrelid = r AND attnum > 0 AND NOT attisdropped GROUP BY r});
for my $i (0 .. $#shards)
{
	my $binary = $i ? 'true' : 'false';

	$shards[$i]->safe_psql('postgres', qq{
		CREATE SCHEMA crm;
		$same_tables
		CREATE TABLE ledger (customer_id integer PRIMARY KEY, activity crm_activity);
		CREATE TABLE model (id integer PRIMARY KEY, model crm_clv_model, amounts crm_distribution, tally crm_nps_tally);
		CREATE SUBSCRIPTION copy$i CONNECTION '} . $main->connstr('postgres') =~ s/'/''/gr . qq{'
			PUBLICATION ledgers WITH (binary = $binary);});
	$shards[$i]->poll_query_until('postgres',
		q{SELECT count(*) = 0 FROM pg_subscription_rel WHERE srsubstate NOT IN ('r', 's')})
		or die 'tables are not copied';
}
$main->safe_psql('postgres', q{
	UPDATE ledger SET activity = activity + '{2024-12-01:2:19.90}' WHERE customer_id < 100;
	DELETE FROM ledger WHERE customer_id > 900;
	DELETE FROM orders WHERE customer_id < 10;
	UPDATE orders SET amount = amount + 1 WHERE customer_id % 10 = 7;
	SELECT crm_refresh('crm'), crm_refit('crm', '2024-10-31');});
my $digest = q{SELECT md5((SELECT string_agg(customer_id || activity::text, ',' ORDER BY customer_id) FROM ledger)
	|| (SELECT model::text || amounts::text || tally::text FROM model)
	|| (SELECT string_agg(a::text, ',' ORDER BY a.customer_id) FROM crm.customer_activity AS a)
	|| (SELECT string_agg(f::text, ',' ORDER BY f.as_of) FROM crm.fit AS f))};
for my $i (0 .. $#shards)
{
	$main->wait_for_catchup("copy$i");
	is($shards[$i]->safe_psql('postgres', $digest), $main->safe_psql('postgres', $digest),
		'replicated as ' . ($i ? 'binary' : 'text'));
	$shards[$i]->safe_psql('postgres', "DROP SUBSCRIPTION copy$i");
}
$_->stop for $main, @shards;
done_testing();
