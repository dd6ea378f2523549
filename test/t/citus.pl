# Orders that Citus distributes over two workers. Runs where Citus is installed
# for the server that is tested, which no package of the distribution does.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

sub start_node
{
	my ($name) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);

	$node->init;
	$node->append_conf('postgresql.conf', "max_prepared_transactions = 100\njit = off\n");
	$node->start;
	return $node;
}

my $main = start_node('main');
if (!$main->safe_psql('postgres', q{SELECT count(*) FROM pg_available_extensions WHERE name = 'citus'}))
{
	$main->stop;
	plan skip_all => 'Citus is not installed for this server';
}
my @workers = map { start_node("worker$_") } 1, 2;
for my $node ($main, @workers)
{
	# Citus must be the first of the libraries.
	$node->append_conf('postgresql.conf',
		"shared_preload_libraries = 'citus'\ncitus.local_hostname = '" . $node->host . "'\n");
	$node->restart;
	$node->safe_psql('postgres', 'CREATE EXTENSION citus');
}
$main->safe_psql('postgres', sprintf("SELECT citus_set_coordinator_host('%s', %s)", $main->host, $main->port));
$main->safe_psql('postgres', sprintf("SELECT citus_add_node('%s', %s)", $_->host, $_->port)) for @workers;
$main->safe_psql('postgres', 'CREATE EXTENSION crm_ext');
is($workers[1]->safe_psql('postgres', q{SELECT count(*) FROM pg_extension WHERE extname = 'crm_ext'}), '1',
	'Citus makes the extension on the workers');

# One server has the same rows in a database of its own. Refunds, rows that are
# NULL in places, and rows that come late.
my $orders = q{SELECT n AS order_id, n % 997 AS customer_id,
		timestamptz '2023-01-01 12:00+00' + n * 7919 % 70000 * interval '15 minutes' AS ordered_at,
		CASE WHEN n % 400 <> 0 THEN (n * 7919 % 100000 - 9000) / 100.0 END::numeric(12,2) AS amount,
		CASE n % 50 WHEN 0 THEN 'cancelled' ELSE 'paid' END AS status
	FROM generate_series(1, 20000) AS n};
my $customers = q{SELECT n AS id, 'Customer ' || n AS name,
		timestamptz '2022-12-01 12:00+00' + n % 90 * interval '1 day' AS since
	FROM generate_series(1, 996) AS n};
$main->safe_psql('postgres',
	q{SET client_min_messages = error; SET citus.enable_create_database_propagation = off; CREATE DATABASE one});
$main->safe_psql('one',
	"CREATE EXTENSION crm_ext; CREATE TABLE orders AS $orders; CREATE TABLE customers AS $customers; ANALYZE");
$main->safe_psql('postgres', qq{
	SET citus.shard_count = 8;
	CREATE TABLE orders (order_id bigint, customer_id integer, ordered_at timestamptz, amount numeric(12,2),
		status text);
	SELECT create_distributed_table('orders', 'customer_id');
	INSERT INTO orders SELECT * FROM ($orders) AS o WHERE order_id % 7 <> 3;
	INSERT INTO orders SELECT * FROM ($orders) AS o WHERE order_id % 7 = 3;
	CREATE TABLE customers (id integer, name text, since timestamptz);
	SELECT create_reference_table('customers');
	INSERT INTO customers $customers;});

# The same query of Citus and of one server.
sub same
{
	my ($name, $query) = @_;
	my ($citus, $one) = map { $main->safe_psql($_, $query) } 'postgres', 'one';

	is($citus, $one, $name);
	return;
}

sub same_views
{
	my ($workspace, $pattern) = @_;
	my @views = grep { !$pattern || /^(?:$pattern)$/ } split ' ', $main->safe_psql('one', qq{
		SELECT relname FROM pg_class
		WHERE relnamespace = '$workspace'::regnamespace AND relkind = 'v'
		  AND relname NOT IN ('catalog', 'definition')});
	my @different = grep {
		my $query = qq{SET client_min_messages = error;
			SELECT count(*), md5(string_agg(v::text, '|' ORDER BY v::text COLLATE "C")) FROM $workspace.$_ AS v};
		$main->safe_psql('one', $query) ne $main->safe_psql('postgres', $query);
	} @views;

	cmp_ok(scalar @views, '>', $pattern ? 4 : 80, 'there are views');
	is("@different", '', 'views show what they show on one server');
	return;
}

# Ledgers are made where the orders are.
my $ledgers = q{SELECT customer_id, crm_activity_agg((ordered_at AT TIME ZONE 'UTC')::date, amount) AS activity
	FROM orders WHERE status = 'paid' GROUP BY customer_id};
my $plan = $main->safe_psql('postgres', "EXPLAIN (VERBOSE, COSTS OFF) $ledgers");
like($plan, qr/\A Custom \s Scan .* Task \s Count: \s 8
	.* Query: \s SELECT \s customer_id, \s (?:public\.)?crm_activity_agg/xs,
	'each shard makes its ledgers') or diag $plan;
same('and they are those of one server', "SELECT string_agg(l::text, ' ' ORDER BY customer_id) FROM ($ledgers) AS l");

# Every aggregate there is, found from the catalogue: each shard makes a state,
# but where that is of type internal, which Citus does not send.
my $sweep = slurp_file('test/lib/sweep.sql');
$main->safe_psql('postgres', "SET citus.enable_ddl_propagation = off; $sweep CALL collect_values()");
$main->safe_psql('postgres', q{
	SET citus.shard_count = 8;
	CREATE TABLE number AS SELECT i::integer FROM generate_series(1, 3000) AS i;
	CREATE TABLE spread (i integer);
	SELECT create_distributed_table('spread', 'i');
	INSERT INTO spread SELECT i FROM number;
	SET citus.enable_ddl_propagation = off;
	SET search_path = sweep, public;
	CREATE FUNCTION answer(query text) RETURNS text LANGUAGE plpgsql AS $$
	DECLARE
		reply text;
	BEGIN
		EXECUTE query INTO reply;
		RETURN coalesce(reply, 'NULL');
	EXCEPTION WHEN OTHERS THEN
		RETURN 'error: ' || SQLERRM;
	END $$;
	CREATE FUNCTION plan(query text) RETURNS text LANGUAGE plpgsql AS $$
	DECLARE
		line text;
		lines text;
	BEGIN
		FOR line IN EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF) ' || query LOOP
			lines := concat_ws(E'\n', lines, line);
		END LOOP;
		RETURN lines;
	END $$;
	CREATE TABLE asked AS
	SELECT r.signature, r.name || '(' || array_to_string(usual_arguments(r), ', ') || ')' AS call,
		(SELECT aggtranstype = 'internal'::regtype FROM pg_aggregate WHERE aggfnoid = r.oid) AS is_internal
	FROM routine AS r WHERE r.kind = 'a' AND r.n > 0;
	CREATE TABLE answered AS
	SELECT asked.*, is_grouped, answer(format(query, call, 'number')) AS alone,
		answer(format(query, call, 'spread')) AS by_shards, plan(format(query, call, 'spread')) AS plan
	FROM asked, (VALUES (false, 'SELECT %s::text FROM %s'),
		(true, 'SELECT string_agg(a::text, '' '' ORDER BY g)
			FROM (SELECT i %% 7 AS g, %s AS a FROM %s GROUP BY i %% 7) AS t')) AS q (is_grouped, query);});
is($main->safe_psql('postgres', q{
	SELECT string_agg(concat_ws(' ', signature, is_grouped, left(alone, 100), left(by_shards, 100)), E'\\n')
	FROM sweep.answered WHERE alone <> by_shards}), '', 'aggregates by shards are those of one server');
is($main->safe_psql('postgres', q{
	SELECT string_agg(signature, ' ' ORDER BY signature) FROM sweep.answered
	WHERE NOT is_grouped AND is_internal = (plan LIKE '%worker_partial_agg%')}), '',
	'shards make states, but for internal ones');
cmp_ok($main->safe_psql('postgres', q{SELECT count(*) FROM sweep.answered WHERE plan LIKE '%worker_partial_agg%'}),
	'>', 100, 'that is most aggregates');

# A workspace: triggers cannot be, refresh can.
my $sources = q{'{
	"purchase": {"from": "orders", "customer_id": "customer_id", "purchased_at": "ordered_at", "amount": "amount",
		"where": "status = ''paid''"},
	"customer": {"from": "customers", "customer_id": "id", "customer_name": "name", "registered_at": "since"}}'};
my ($status, $out, $error) = $main->psql('postgres',
	"SELECT crm_create_workspace('crm', $sources, 'Europe/Berlin', maintain => 'triggers')");
isnt($status, 0, 'no triggers on distributed tables');
like($error, qr/orders cannot have .*HINT: .*maintain => 'refresh'/s, 'the error says what to do') or diag $error;
($status, $out, $error) = $main->psql('postgres', "SELECT crm_create_workspace('crm', $sources, 'Europe/Berlin')");
is($status, 0, 'where nobody says, refresh is taken');
like($error, qr/NOTICE: .*only crm_refresh updates its ledgers/, 'and a notice says so');
unlike($error, qr/WARNING/, 'without a warning of Citus') or diag $error;
is($workers[0]->safe_psql('postgres', q{SELECT count(*) FROM pg_namespace WHERE nspname = 'crm'}), '0',
	'a workspace is on the coordinator alone');
$main->safe_psql('one', "SET client_min_messages = error;
	SELECT crm_create_workspace('crm', $sources, 'Europe/Berlin', maintain => 'refresh')");
same_views('crm');

# All kinds of writes, on both sides.
my @writes = (
	q{INSERT INTO orders
		SELECT order_id + 100000, customer_id + 500, ordered_at + interval '1 day', amount, status
		FROM orders WHERE order_id % 100 = 1},
	q{UPDATE orders SET amount = amount + 1 WHERE customer_id % 10 = 3},
	q{UPDATE orders SET status = 'cancelled' WHERE customer_id = 17},
	q{DELETE FROM orders WHERE customer_id = 21},
	q{DELETE FROM orders WHERE ordered_at < timestamptz '2023-02-01 00:00+00'},
	"COPY orders FROM stdin;\n900001\t5\t2024-05-05 10:00+00\t19.90\tpaid\n"
		. "900002\t2000\t2024-05-06 10:00+00\t-5\tpaid\n\\.\n",
	q{BEGIN; DELETE FROM orders; ROLLBACK});
for my $write (@writes)
{
	$main->safe_psql($_, $write) for 'postgres', 'one';
}
isnt($main->safe_psql('postgres', q{SELECT count(*) FROM crm_check_workspace('crm')}), '0',
	'nothing follows by itself');
same('crm_refresh rebuilds as many ledgers', q{SELECT crm_refresh('crm')});
is($main->safe_psql('postgres', q{SELECT count(*) FROM crm_check_workspace('crm')}), '0', 'and is exact');
same('a fit of the same customers', q{SET client_min_messages = error; SELECT crm_refit('crm')});
same('a snapshot of the same', q{SELECT crm_snapshot('crm')});
same_views('crm');

# One person.
my $of = q{customer_id => 33};
same('what is held on somebody',
	qq{SELECT e - 'purchase', (SELECT jsonb_agg(p ORDER BY p) FROM jsonb_array_elements(e -> 'purchase') AS p)
	FROM crm_export_customer('crm', $of) AS e});
$plan = $main->safe_psql('postgres',
	q{EXPLAIN (COSTS OFF) SELECT * FROM crm.distributed_purchase WHERE customer_id = 33});
like($plan, qr/Task Count: 1$/m, 'is asked of one shard');
same('erased', qq{SELECT * FROM crm_erase_customer('crm', $of, include_sources => true) ORDER BY 1});
is($main->safe_psql('postgres', q{SELECT count(*) FROM orders WHERE customer_id = 33 AND status = 'paid'}), '0',
	'from the shards too');
same('crm_refresh does not bring them back',
	q{SELECT crm_refresh('crm'), (SELECT count(*) FROM crm.customer_activity WHERE customer_id = 33)});

# Who reads under row-level security sees ledgers of all whose rows are theirs.
for my $database ('postgres', 'one')
{
	$main->safe_psql('postgres', 'CREATE ROLE seller LOGIN') if $database eq 'postgres';
	$main->safe_psql($database, q{
		SET client_min_messages = error;
		GRANT USAGE ON SCHEMA public TO seller;
		CREATE POLICY few ON orders TO seller USING (customer_id < 100);
		ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
		SELECT crm_upgrade_workspace('crm');
		SELECT FROM crm_grant_reader('crm', 'seller');});
}
my $seen = q{SET ROLE seller; SELECT count(*), sum(purchase_count), sum(amount) FROM crm.customer_360;
	SELECT count(*), sum(amount) FROM crm.purchase};
same('a reader sees the same', $seen);
isnt($main->safe_psql('postgres', $seen), $main->safe_psql('postgres', $seen =~ s/SET ROLE seller;//r), 'and not all');

# Subjects, targets, other sources, and an end.
for my $database ('postgres', 'one')
{
	$main->safe_psql($database, q{
		SET client_min_messages = error;
		SELECT crm_add_subject('crm', 'profile');
		SELECT crm_set_target('crm', 'often', 'purchase_count > 20');
		SELECT crm_change_sources('crm', '{"purchase": {"from": "orders", "customer_id": "customer_id",
			"purchased_at": "ordered_at", "amount": "amount", "purchase_id": "order_id::text"}}');});
}
same_views('crm', 'purchase|customer|target|target_member|customer_360|data_quality|ledger_total');
is($main->safe_psql('postgres', q{
	SET client_min_messages = error;
	CREATE TABLE local_orders AS SELECT * FROM orders;
	SELECT crm_change_sources('crm', '{"purchase": {"from": "local_orders", "customer_id": "customer_id",
		"purchased_at": "ordered_at", "amount": "amount", "purchase_id": "order_id::text"}}', maintain => 'triggers');
	INSERT INTO local_orders VALUES (1, 3, now(), 5, 'paid');
	SELECT count(*), to_regclass('crm.distributed_purchase') FROM crm_check_workspace('crm')}) =~ s/^\s+//r, '0|',
	'to a table that is not distributed, and triggers');
$main->safe_psql('postgres', q{SET client_min_messages = error; SELECT crm_drop_workspace('crm')});
is($main->safe_psql('postgres', q{SELECT count(*) FROM orders}),
	$main->safe_psql('one', 'SELECT count(*) FROM orders'), 'the tables stay');

# A table that Citus only manages.
$main->safe_psql('postgres', q{SELECT citus_add_local_table_to_metadata('local_orders')});
($status, $out, $error) = $main->psql('postgres', q{
	SELECT crm_create_workspace('crm', '{"purchase": {"from": "local_orders", "customer_id": "customer_id",
		"purchased_at": "ordered_at", "amount": "amount"}}')});
is($status, 0, 'over a managed local table') or diag $error;
like($error, qr/NOTICE: .*only crm_refresh updates its ledgers/, 'likewise by refresh');

# All sources distributed, or reference tables: every view can be planned.
$main->safe_psql('postgres', q{
	SET client_min_messages = error;
	SET citus.shard_count = 2;
	CREATE SCHEMA wide;
	CREATE TABLE wide.source AS
	SELECT source, jsonb_build_object('from', 'wide.' || source) || jsonb_object_agg(field, field) AS mapping,
		bool_or(field = 'customer_id') AS has_customer,
		format('CREATE TABLE wide.%I (%s)', source, string_agg(DISTINCT format('%I %s', field,
			CASE type WHEN 'key' THEN 'integer' WHEN 'id' THEN 'text' WHEN 'day' THEN 'timestamptz'
			     WHEN 'time' THEN 'timestamptz' WHEN 'weight' THEN 'double precision' ELSE type END), ', '))
			AS statement
	FROM crm_source_fields() GROUP BY source;
	SELECT statement FROM wide.source
	\gexec
	SELECT format(CASE WHEN has_customer THEN 'SELECT create_distributed_table(''wide.%I'', ''customer_id'')'
	              ELSE 'SELECT create_reference_table(''wide.%I'')' END, source)
	FROM wide.source
	\gexec
	SELECT crm_create_workspace('all_of_it', (SELECT jsonb_object_agg(source, mapping) FROM wide.source), 'UTC');});
is($main->safe_psql('postgres', q{
	SELECT string_agg(relname, ' ') FROM pg_class
	WHERE relnamespace = 'all_of_it'::regnamespace AND relkind = 'v'
	  AND sweep.answer(format('SELECT count(*) FROM (SELECT * FROM all_of_it.%I LIMIT 1) AS v', relname))
	      LIKE 'error%'}), '', 'every view of every subject');
note('citus: ' . $main->safe_psql('postgres', "SELECT extversion FROM pg_extension WHERE extname = 'citus'")
	. ': ledgers, aggregates and views over distributed tables as on one server');
$_->stop for $main, @workers;
done_testing();
