# Ledgers under many writers: statements of one row and of many, transactions,
# upserts, MERGE, partitions, TRUNCATE, at every isolation level. Afterwards
# they are what a rebuild makes.
#
#   CRM_CONCURRENCY_SECONDS=10   how long all writers together write
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seconds = int(($ENV{CRM_CONCURRENCY_SECONDS} || 10) / 4) || 1;
my $node = PostgreSQL::Test::Cluster->new('writers');
$node->init;
$node->append_conf('postgresql.conf', "deadlock_timeout = 200ms\n");
$node->start;
my $version = $node->safe_psql('postgres', 'SHOW server_version_num');

$node->safe_psql('postgres', q{
    CREATE EXTENSION crm_ext;
    CREATE SEQUENCE sale_id;
    CREATE TABLE sale (id bigint DEFAULT nextval('sale_id'), customer integer, at date, total numeric,
                       PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
    CREATE INDEX ON sale (customer);
    CREATE TABLE sale_2023 PARTITION OF sale FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
    CREATE TABLE sale_2024 PARTITION OF sale FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY RANGE (at);
    CREATE TABLE sale_2024_1 PARTITION OF sale_2024 FOR VALUES FROM ('2024-01-01') TO ('2024-07-01');
    CREATE TABLE sale_2024_2 PARTITION OF sale_2024 FOR VALUES FROM ('2024-07-01') TO ('2025-01-01');
    INSERT INTO sale (customer, at, total)
    SELECT n % 60, date '2023-01-01' + n % 700, n % 100 FROM generate_series(1, 1000) AS n;
    SELECT crm_create_workspace(w, '{"purchase": {"from": "sale", "purchase_id": "id", "customer_id": "customer",
        "purchased_at": "at", "amount": "total"}}', maintain => m)
    FROM (VALUES ('by_triggers', 'triggers'), ('by_queue', 'queue')) AS v (w, m);
});

my %script = (
    'insert_one' => q{
        \set c random(1, 40)
        \set d random(0, 700)
        INSERT INTO sale (customer, at, total) VALUES (:c, date '2023-01-01' + :d, :c);
    },
    'insert_many' => q{
        INSERT INTO sale (customer, at, total)
        SELECT (random() * 60)::integer, date '2023-01-01' + (random() * 700)::integer, (random() * 1000)::integer
        FROM generate_series(1, 5);
    },
    'insert_partition' => q{
        \set c random(1, 60)
        INSERT INTO sale_2024 (customer, at, total) VALUES (:c, '2024-05-05', :c), (:c + 1, '2024-12-12', 2 * :c);
    },
    'update' => q{
        \set c random(1, 60)
        \set d random(1, 60)
        UPDATE sale SET customer = :c, total = total + 1
        WHERE id IN (SELECT id FROM sale WHERE customer = :d ORDER BY id LIMIT 3 FOR UPDATE SKIP LOCKED);
    },
    'update_partition' => q{
        \set d random(1, 60)
        UPDATE sale_2024_1 SET total = total - 1
        WHERE id IN (SELECT id FROM sale_2024_1 WHERE customer = :d ORDER BY id LIMIT 2 FOR UPDATE SKIP LOCKED);
    },
    'move' => q{
        \set d random(1, 60)
        \set n random(0, 700)
        UPDATE sale SET at = date '2023-01-01' + :n
        WHERE id IN (SELECT id FROM sale WHERE customer = :d AND id > 0 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED);
    },
    'delete' => q{
        \set d random(1, 60)
        DELETE FROM sale
        WHERE id IN (SELECT id FROM sale WHERE customer = :d ORDER BY id LIMIT 4 FOR UPDATE SKIP LOCKED);
    },
    'upsert' => q{
        \set i random(1, 300)
        \set c random(1, 60)
        INSERT INTO sale VALUES (-:i, :c, '2024-02-02', :i)
        ON CONFLICT (id, at) DO UPDATE SET customer = excluded.customer, total = sale.total + excluded.total;
    },
    'merge' => q{
        \set i :client_id * 1000 + random(1, 20)
        \set c random(1, 60)
        MERGE INTO sale USING (VALUES (-1000 - :i, :c)) AS n (id, c) ON sale.id = n.id AND at = '2024-08-08'
        WHEN MATCHED AND total > 100 THEN DELETE
        WHEN MATCHED THEN UPDATE SET customer = c, total = total + 20
        WHEN NOT MATCHED THEN INSERT VALUES (n.id, c, '2024-08-08', 10);
    },
    # Ledgers are locked to the end of a transaction: who changes several
    # customers in several statements does so in their order.
    'several' => q{
        \set c random(1, 30)
        \set d :c + random(0, 30)
        BEGIN;
        INSERT INTO sale (customer, at, total) VALUES (:c, '2023-03-03', 10);
        INSERT INTO sale (customer, at, total) VALUES (:d, '2024-04-04', 20);
        END;
    },
    'rolled_back' => q{
        \set c random(1, 60)
        BEGIN;
        INSERT INTO sale (customer, at, total) VALUES (:c, '2023-03-03', 1000);
        ROLLBACK;
    },
    'opposite' => q{
        \set c random(1, 4)
        \set d random(1, 4)
        BEGIN;
        INSERT INTO sale (customer, at, total) VALUES (:c, '2023-03-03', 10);
        INSERT INTO sale (customer, at, total) VALUES (:d, '2024-04-04', 20);
        END;
    },
    'truncate' => q{
        TRUNCATE sale_2024_1;
        \sleep 300 ms
    });

sub deadlocks
{
    # The figures of ended sessions are there a moment later.
    sleep 1;
    return $node->safe_psql('postgres', q{SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()});
}

# Runs scripts at an isolation level; others beside them, one client.
sub write_at
{
    my ($name, $isolation, $names, $may_deadlock, $beside) = @_;
    my @files = map { script_file($_) } @$names;
    my @retry = $version >= 150000 ? ('--max-tries', '10000') : ();
    my $before = deadlocks();
    my ($out, $err) = ('', '');
    my @common = ('pgbench', '-n', '-T', $seconds, @retry, '-h', $node->host, '-p', $node->port);

    $ENV{PGOPTIONS} = '-c default_transaction_isolation=' . ($isolation =~ s/ /\\ /gr);
    my $other = $beside && IPC::Run::start([ @common, '-c', '1', '-f', script_file($beside), 'postgres' ],
        '<', \undef, '>', \$out, '2>', \$err);
    my ($figures, $errors) = run_command([ @common, '-c', '8', '-j', '1', (map { ('-f', $_) } @files), 'postgres' ]);
    my ($written) = $figures =~ /transactions actually processed: (\d+)/;

    ok(!$other || $other->finish, "$name: beside it, $beside") or diag($err) if $other;
    delete $ENV{PGOPTIONS};
    cmp_ok($written // 0, '>', ($may_deadlock ? 1 : 10) * $seconds, "$name: 8 writers wrote");
    unlike($errors, qr/ERROR|abort/, "$name: without an error") or diag($errors);
    is(deadlocks(), $before, "$name: no deadlock") unless $may_deadlock;
    is($node->safe_psql('postgres', q{SELECT * FROM crm_check_workspace('by_triggers')}), '',
        "$name: ledgers are as rebuilt");
    $node->safe_psql('postgres', q{SELECT crm_refresh('by_queue')});
    is($node->safe_psql('postgres', q{SELECT * FROM crm_check_workspace('by_queue')}), '',
        "$name: by the queue as well");
    note(sprintf 'writers %s: %d transactions in %d s, %d deadlocks', $name,
        $written // 0, $seconds, deadlocks() - $before);
}

sub script_file
{
    my $name = shift;
    my $path = $node->basedir . "/$name.sql";

    open my $file, '>', $path or die "$path: $!";
    print $file $script{$name};
    close $file;
    return $path;
}

# Whoever meets a row that is just moved to another partition has to try again, which pgbench does from 15 on.
my @single = qw(insert_one insert_many insert_partition update update_partition delete upsert);
push @single, 'move', 'merge' if $version >= 150000;

write_at('read committed', 'read committed', [ @single, 'several', 'rolled_back' ], 0);
write_at('with TRUNCATE of a partition', 'read committed', \@single, 0, 'truncate');
SKIP:
{
    skip 'this pgbench does not try again', 1 if $version < 150000;
    write_at('repeatable read', 'repeatable read', [ @single, 'several', 'rolled_back' ], 1, 'truncate');
    write_at('serializable', 'serializable', [ @single, 'several', 'rolled_back' ], 1, 'truncate');
    my $before = deadlocks();
    write_at('opposite order', 'read committed', ['opposite'], 1);
    cmp_ok(deadlocks(), '>', $before,
        'two transactions that change customers in opposite order deadlock, and one tries again');
}

# A statement that a session in the background is not waited for.
sub start
{
    my ($session, $statement) = @_;

    return $session->query_until(qr/started/, "\\echo started\n$statement\n");
}

# Until one session waits for another.
sub waits
{
    my ($waiting, $other) = @_;

    $node->poll_query_until('postgres', qq{
        SELECT count(*) > 0
        FROM pg_stat_activity AS a JOIN pg_stat_activity AS b ON b.pid = ANY (pg_blocking_pids(a.pid))
        WHERE a.application_name = '$waiting' AND b.application_name = '$other'})
        or die "$waiting does not wait for $other";
    return;
}

# TRUNCATE is for everybody, whatever the snapshot shows.
sub truncate_late
{
    my ($table, $at) = @_;
    my $truncating = $node->background_psql('postgres', on_error_stop => 1);

    $node->safe_psql('postgres', q{TRUNCATE sale; SELECT crm_refresh('by_triggers', true)});
    $truncating->query_safe('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM sale');
    $node->safe_psql('postgres', "INSERT INTO sale (customer, at, total) VALUES (99, '$at', 1)");
    $truncating->query_safe("TRUNCATE $table; COMMIT");
    $truncating->quit;
}

SKIP:
{
    skip 'no session in the background', 10
        unless $node->can('background_psql') && eval { $node->background_psql('postgres')->can('query_safe') };
    foreach my $table ('sale', 'sale_2024_1')
    {
        truncate_late($table, '2024-02-02');
        is($node->safe_psql('postgres', q{SELECT problem_count FROM by_triggers.data_quality
            WHERE source = 'ledger' AND check_name = 'full_refresh_due'}), '1', "$table: a refresh is due");
        $node->safe_psql('postgres', q{SELECT crm_refresh('by_triggers')});
        is($node->safe_psql('postgres', q{SELECT * FROM crm_check_workspace('by_triggers')}), '', 'and makes it right');
    }

    # Who is erased beside a snapshot or a refresh does not come back by it.
    $node->safe_psql('postgres', q{
        CREATE TABLE visit (customer text, at date);
        INSERT INTO visit VALUES ('ann', '2024-01-01'), ('bob', '2024-01-01');
        SELECT crm_create_workspace(w,
            '{"purchase": {"from": "visit", "customer_id": "customer", "purchased_at": "at"}}', maintain => m)
        FROM (VALUES ('shot', 'triggers'), ('fresh', 'refresh')) AS v (w, m);
        UPDATE visit SET at = '2024-01-02'});
    foreach my $case ([ 'shot', "crm_snapshot('shot', '2024-12-31')" ], [ 'fresh', "crm_refresh('fresh')" ])
    {
        my ($workspace, $call) = @$case;
        my $working = $node->background_psql('postgres', on_error_stop => 1);
        my $erasing = $node->background_psql('postgres', on_error_stop => 1);

        $working->query_safe("SET client_min_messages = error; BEGIN; SELECT $call");
        $erasing->query_until(qr/erasing/, "\\echo erasing\nSELECT crm_erase_customer('$workspace', 'ann', true);\n");
        $node->poll_query_until('postgres',
            q{SELECT count(*) > 0 FROM pg_stat_activity
              WHERE query LIKE 'SELECT crm_erase_customer%' AND wait_event_type = 'Lock'})
            or die 'the erasure does not wait';
        $working->query_safe('COMMIT');
        $working->quit;
        $erasing->quit;
        is($node->safe_psql('postgres', qq{SELECT key FROM jsonb_each(crm_export_customer('$workspace', 'ann'))
            WHERE value <> '[]'}), '', "$call: who is erased meanwhile stays away");
    }

    # Nor by what would write from an older snapshot.
    foreach my $call ("crm_snapshot('shot', '2024-12-31')", "crm_refresh('fresh')", "crm_note_overdue('served')")
    {
        my ($rc, $out, $error) = $node->psql('postgres', qq{
            SELECT crm_create_workspace('served', subjects => '{service}') WHERE to_regnamespace('served') IS NULL;
            BEGIN ISOLATION LEVEL REPEATABLE READ;
            SELECT $call});
        like($error, qr/in a repeatable read transaction/, "$call: not in REPEATABLE READ");
    }

    my %session = map { $_ => $node->background_psql('postgres', on_error_stop => 1) } qw(one two three four);
    $session{$_}->query_safe("SET application_name = $_; SET client_min_messages = error") foreach keys %session;
    # TRUNCATE of a partition makes the ledgers of those who have rows in others, though they write meanwhile.
    $node->safe_psql('postgres', q{
        CREATE TABLE stay (site integer, customer text, at date) PARTITION BY LIST (site);
        CREATE TABLE stay_1 PARTITION OF stay FOR VALUES IN (1);
        CREATE TABLE stay_2 PARTITION OF stay FOR VALUES IN (2);
        INSERT INTO stay VALUES (1, 'ann', '2024-01-01'), (2, 'ann', '2024-01-02');
        SELECT crm_create_workspace('parts',
            '{"purchase": {"from": "stay", "customer_id": "customer", "purchased_at": "at"}}')});
    $session{one}->query_safe(q{BEGIN; INSERT INTO stay_2 VALUES (2, 'ann', '2024-02-02')});
    start($session{two}, 'TRUNCATE stay_1;');
    waits('two', 'one');
    $node->safe_psql('postgres', q{INSERT INTO stay_2 VALUES (2, 'zoe', '2024-03-01')});
    $session{three}->query_safe(q{BEGIN; INSERT INTO stay_2 VALUES (2, 'zoe', '2024-03-02')});
    $session{one}->query_safe('COMMIT');
    waits('two', 'three');
    $node->safe_psql('postgres', q{INSERT INTO stay_2 VALUES (2, 'yan', '2024-03-01')});
    $session{four}->query_safe(q{BEGIN; INSERT INTO stay_2 VALUES (2, 'yan', '2024-03-02')});
    $session{three}->query_safe('COMMIT');
    waits('two', 'four');
    $session{four}->query_safe('COMMIT');
    $session{two}->query_safe('SELECT 1');
    is($node->safe_psql('postgres', q{SELECT * FROM crm_check_workspace('parts')}), '',
        'who writes while a partition is truncated has all their rows');
    $_->quit foreach values %session;
}
$node->stop;
done_testing();
