# A live workspace: dumped and restored, upgraded with the extension, and kept
# current under concurrent writers.
#
#   CRM_CONCURRENCY_SECONDS=10   how long the writers write
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seconds = $ENV{CRM_CONCURRENCY_SECONDS} || 10;

sub start_node
{
    my $node = PostgreSQL::Test::Cluster->new(shift);

    $node->init;
    $node->append_conf('postgresql.conf', "deadlock_timeout = 200ms\n");
    $node->start;
    return $node;
}

my $node = start_node('old');
my $as_of = q{SET crm_ext.as_of = '2024-12-31'};

# The extension in a schema of its own; names that have to be quoted; an owner
# without more than the rights that he needs.
$node->safe_psql('postgres', q{
    CREATE SCHEMA extensions;
    CREATE EXTENSION crm_ext SCHEMA extensions;
    CREATE ROLE analyst LOGIN;
    CREATE ROLE reader LOGIN;
    GRANT USAGE ON SCHEMA extensions TO PUBLIC;
    CREATE SCHEMA shop AUTHORIZATION analyst;
    GRANT CREATE ON DATABASE postgres TO analyst;
});
$node->safe_psql('postgres', q{
    SET ROLE analyst;
    CREATE TABLE shop."Orders" (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "Cust" integer,
                                at timestamptz, total numeric, is_paid boolean);
    CREATE INDEX ON shop."Orders" ("Cust");
    CREATE TABLE shop.person (id integer PRIMARY KEY, name text, area text);
    INSERT INTO shop.person SELECT n, 'person ' || n, 'area ' || n % 4 FROM generate_series(1, 220) AS n;
    INSERT INTO shop."Orders" ("Cust", at, total, is_paid)
    SELECT 1 + hashint4(n) & 127 + n % 73, timestamptz '2023-01-01 00:00+00' + (n * 7919 % 17000) * interval '1 hour',
           n * 7919 % 10007 / 100.0 - 5, n % 9 > 0
    FROM generate_series(1, 3000) AS n;
    SET crm_ext.as_of = '2024-12-31';
    SELECT extensions.crm_create_workspace('My "CRM"', '{
        "purchase": {"from": "shop.\"Orders\"", "purchase_id": "id", "customer_id": "\"Cust\"", "purchased_at": "at",
                     "amount": "total", "where": "is_paid"},
        "customer": {"from": "shop.person", "customer_id": "id", "customer_name": "name", "region": "area"}}',
        'Asia/Shanghai');
    INSERT INTO "My ""CRM""".rating (customer_id, touchpoint_id, angle, level, score, weight, rated_at)
    SELECT n % 67, 't' || n % 5, NULL, level,
           CASE level WHEN 'actual' THEN 1.1 + n % 71 / 10.0 WHEN 'expected' THEN 1.2 + n % 59 / 10.0
           ELSE n % 11 END, 0.1 + n % 7 / 10.0, timestamptz '2024-03-01 12:00+00' + n % 3 * interval '1 day'
    FROM generate_series(1, 2000) AS n, unnest('{expected,actual,recommend}'::text[]) AS level ORDER BY hashint4(n);
    INSERT INTO "My ""CRM""".interaction (customer_id, interacted_at, channel, is_responded)
    SELECT n % 200, timestamptz '2024-01-01 12:00+00' + n * interval '7 hours',
           (ARRAY['mail', 'shop', NULL])[1 + n % 3], n % 2 = 0
    FROM generate_series(1, 600) AS n;
    INSERT INTO "My ""CRM""".goal (family, metric, period_start, period_end, target)
    VALUES ('value', 'revenue', '2024-01-01', '2024-12-31', 1000);
    SELECT extensions.crm_snapshot('My "CRM"', '2024-06-30');
    SELECT extensions.crm_snapshot('My "CRM"', '2024-12-31');
    CREATE VIEW "My ""CRM""".mine AS SELECT segment, customer_count + 0 AS n FROM "My ""CRM""".segment_summary;
    COMMENT ON VIEW "My ""CRM""".mine IS 'The owner''s own.';
    CREATE MATERIALIZED VIEW shop.kept AS SELECT * FROM "My ""CRM""".customer_360;
    GRANT USAGE ON SCHEMA "My ""CRM""" TO reader;
    GRANT SELECT ON "My ""CRM""".mine, "My ""CRM""".customer_360 TO reader;
});

# Every table and view, with a fingerprint of its rows. What a run writes down of
# itself, and object numbers, are left out.
sub contents
{
    my ($on, $database) = @_;

    return $on->safe_psql($database, qq{
        $as_of;
        SET TimeZone = 'UTC';
        CREATE FUNCTION pg_temp.fingerprint(relation regclass) RETURNS text LANGUAGE plpgsql AS \$\$
        DECLARE answer text;
        BEGIN
            EXECUTE format('SELECT count(*) || '' rows, ''
                                   || md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), ''''))
                            FROM %s AS t', relation)
            INTO answer;
            RETURN answer;
        END \$\$;
        SELECT relname, pg_temp.fingerprint(oid) FROM pg_class
        WHERE relnamespace = '"My ""CRM"""'::regnamespace AND relkind IN ('r', 'v')
        ORDER BY relname COLLATE "C"});
}

# --- A session keeps the memory that planning takes ------------------------------

SKIP:
{
    skip 'no page faults to be read', 1 unless -r '/proc/self/stat' && qx(getconf GNU_LIBC_VERSION 2>&1) =~ /^glibc/;
    my $customer = q{SELECT segment FROM "My ""CRM""".customer_360 WHERE customer_id = 9;};
    my $faults = q{SELECT split_part(pg_read_file('/proc/self/stat'), ' ', 10);};
    my ($first, $last) = (split(/\n/,
            $node->safe_psql('postgres', "\\o /dev/null\n" . $customer x 5 . "\n\\o\n$faults\n"
                . "\\o /dev/null\n" . $customer x 20 . "\n\\o\n$faults")))[ 0, 1 ];
    # Given back after each statement, it would be some 600 a statement.
    cmp_ok($last - $first, '<', 1000, 'customer_360 of one customer, 20 times: memory stays with the session');
}

# --- Dump and restore ---------------------------------------------------------

my $before = contents($node, 'postgres');
my $relations = () = $before =~ /^/mg;
cmp_ok($relations, '>', 40, "a workspace of $relations relations");
cmp_ok(scalar(grep { !/\|0 rows/ } split(/\n/, $before)), '>', 35, 'of which most have rows');

my $new = start_node('new');
my $file = $node->basedir . '/workspace.dump';
$new->safe_psql('postgres', 'CREATE ROLE analyst LOGIN; CREATE ROLE reader LOGIN');
$node->command_ok([ 'pg_dump', '-F', 'custom', '-f', $file, 'postgres' ], 'dumped');
foreach my $way ([ 'whole', ], [ 'in two jobs', '-j', '2' ])
{
    my ($name, @options) = @$way;
    my $database = $name =~ s/ /_/gr;

    $new->safe_psql('postgres', "CREATE DATABASE $database");
    $new->command_ok([ 'pg_restore', '--exit-on-error', @options, '-d', $database, $file ], "restored $name");
    is(contents($new, $database), $before, "restored $name: the same contents of every table and view");
    is($new->safe_psql($database, q{SET ROLE analyst; SELECT * FROM extensions.crm_check_workspace('My "CRM"')}), '',
        "restored $name: ledgers are as rebuilt");
    is($new->safe_psql($database, 'SELECT count(*) FROM shop.kept'),
        $node->safe_psql('postgres', 'SELECT count(*) FROM shop.kept'),
        "restored $name: a materialized view is filled, without a search_path");
}
$new->safe_psql('whole', q{
    SET ROLE analyst;
    INSERT INTO shop."Orders" ("Cust", at, total, is_paid) VALUES (9001, '2024-05-05 20:00+00', 5, true);
    DELETE FROM shop."Orders" WHERE "Cust" % 3 = 0;
});
is( $new->safe_psql('whole', q{SELECT purchases FROM "My ""CRM""".customer_activity WHERE customer_id = 9001}),
    '{2024-05-06:1:5}', 'restored: triggers work');
is($new->safe_psql('whole', q{SET ROLE analyst; SELECT * FROM extensions.crm_check_workspace('My "CRM"')}), '',
    'restored: and keep ledgers exact');
isnt(contents($new, 'whole'), $before, 'restored: contents tell of a change');
$new->stop;

# --- ALTER EXTENSION UPDATE ----------------------------------------------------

# The next version, made up: one view has one more column.
SKIP:
{
    my $conf = slurp_file($ENV{TEMP_CONFIG} || '/dev/null');
    my ($stage) = $conf =~ /extension_(?:destdir|control_path) = '([^':]+)/;
    skip 'no staging directory', 5 unless defined $stage;
    my $folder = $stage;
    $folder .= qx("$ENV{PG_CONFIG}" --sharedir) =~ s/\n//r if $conf =~ /destdir/;
    $folder .= '/extension';
    skip 'the staging directory is not ours', 5 unless -w $folder;

    my $version = $node->safe_psql('postgres', q{SELECT extversion FROM pg_extension WHERE extname = 'crm_ext'});
    my $script = "$folder/crm_ext--$version--99.0.sql";
    my $body = $node->safe_psql('postgres', q{
        SELECT string_agg(format('(%L, %L, %s, %L)', subject, file, line,
                   CASE WHEN statement LIKE 'CREATE OR REPLACE VIEW segment_summary AS%'
                   THEN format('CREATE OR REPLACE VIEW segment_summary AS SELECT *, ''99''::text AS made_by
                                FROM (%s) AS s;',
                               rtrim(regexp_replace(statement, '^.*? AS\s', ''), E';\n '))
                   ELSE statement END), ',' ORDER BY n)
        FROM extensions.crm_workspace_script() WITH ORDINALITY AS s (subject, file, line, statement, n)});
    append_to_file($script, qq{
        CREATE OR REPLACE FUNCTION crm_workspace_script(OUT subject text, OUT file text, OUT line integer,
            OUT statement text)
        RETURNS SETOF record LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 400
        BEGIN ATOMIC VALUES $body; END;
    });
    $node->safe_psql('postgres', q{ALTER EXTENSION crm_ext UPDATE TO '99.0'});
    unlink $script;
    is(contents($node, 'postgres'), $before, 'updated: a workspace is as it was');
    $node->safe_psql('postgres', q{SET ROLE analyst; SELECT extensions.crm_upgrade_workspace('My "CRM"')});
    is( $node->safe_psql('postgres', qq{$as_of; SELECT DISTINCT made_by FROM "My ""CRM""".segment_summary}),
        '99', 'upgraded: a view has a new column');
    my $after = contents($node, 'postgres');
    s/^(segment_summary|catalog)\|.*//mg foreach $before, $after;
    is($after, $before, 'upgraded: all else has the same contents, the owner\'s view too');
    is( $node->safe_psql('postgres', q{SELECT obj_description('"My ""CRM""".mine'::regclass),
            has_table_privilege('reader', '"My ""CRM""".mine', 'SELECT'),
            has_table_privilege('reader', '"My ""CRM""".customer_360', 'SELECT'),
            has_table_privilege('reader', '"My ""CRM""".customer_rfm', 'SELECT')}),
        q{The owner's own.|t|t|f}, 'upgraded: comments and rights stay');
    $node->safe_psql('postgres',
        q{UPDATE shop."Orders" SET "Cust" = 9002 WHERE id = (SELECT min(id) FROM shop."Orders" WHERE is_paid)});
    is( $node->safe_psql('postgres', q{SELECT count(*) FROM "My ""CRM""".customer_activity WHERE customer_id = 9002})
            . $node->safe_psql('postgres',
                q{SET ROLE analyst; SELECT * FROM extensions.crm_check_workspace('My "CRM"')}),
        '1', 'upgraded: triggers work');
}

# --- Concurrency ---------------------------------------------------------------

# Few customers, so that writers meet; statements of one row and of many, in
# transactions of one statement and of several.
my %script = (
    'insert.sql' => q{
        \set c random(1, 40)
        \set n random(1, 6)
        INSERT INTO sale (customer, at, total, is_paid)
        SELECT :c + (random() * 20)::integer, timestamptz '2024-01-01' + random() * 400 * interval '1 day',
               (random() * 1000)::integer / 10.0 - 5, random() < 0.9
        FROM generate_series(1, :n);
    },
    'update.sql' => q{
        \set c random(1, 60)
        \set d random(1, 60)
        UPDATE sale SET customer = :c, total = total + 1, is_paid = random() < 0.9
        WHERE id IN (SELECT id FROM sale WHERE customer = :d ORDER BY id LIMIT 3 FOR UPDATE SKIP LOCKED);
    },
    'delete.sql' => q{
        \set d random(1, 60)
        DELETE FROM sale
        WHERE id IN (SELECT id FROM sale WHERE customer = :d ORDER BY id LIMIT 3 FOR UPDATE SKIP LOCKED);
    },
    'upsert.sql' => q{
        \set i random(1, 300)
        \set c random(1, 60)
        INSERT INTO sale (id, customer, at, total, is_paid) VALUES (-:i, :c, '2024-02-02', :i, true)
        ON CONFLICT (id) DO UPDATE SET customer = excluded.customer, total = sale.total + excluded.total;
    },
    # A customer's ledger is locked to the end of a transaction: who writes of
    # several customers in several statements does so in their order.
    'several.sql' => q{
        \set c random(1, 30)
        \set d :c + random(0, 30)
        BEGIN;
        INSERT INTO sale (customer, at, total, is_paid) VALUES (:c, '2024-03-03', 10, true);
        INSERT INTO sale (customer, at, total, is_paid) VALUES (:d, '2024-04-04', 20, true);
        END;
    });

sub write_concurrently
{
    my ($maintain) = @_;
    my $database = "by_$maintain";
    my @files;

    $node->safe_psql('postgres', "CREATE DATABASE $database");
    $node->safe_psql($database, qq{
        CREATE EXTENSION crm_ext;
        CREATE TABLE sale (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, customer integer, at timestamptz,
                           total numeric, is_paid boolean);
        CREATE INDEX ON sale (customer);
        INSERT INTO sale (customer, at, total, is_paid)
        SELECT n % 60, timestamptz '2024-01-01' + n % 300 * interval '1 day', n % 100, true
        FROM generate_series(1, 2000) AS n;
        SELECT crm_create_workspace('crm', '{"purchase": {
            "from": "sale", "purchase_id": "id", "customer_id": "customer", "purchased_at": "at", "amount": "total",
            "where": "is_paid"}}', 'UTC', '$maintain');
    });
    foreach my $name (sort keys %script)
    {
        my $path = $node->basedir . "/$name";

        open my $out, '>', $path or die "$path: $!";
        print $out $script{$name};
        close $out;
        push @files, '-f', $path;
    }

    # The refresher and the taker of snapshots, each in a loop of its own.
    my %loop = (
        refresh => q{SELECT crm_refresh('crm', true);} . "\n" . q{SELECT crm_refresh('crm', false);},
        snapshot => qq{\\set d random(0, 60)\nSELECT crm_snapshot('crm', date '2024-12-01' + :d);});
    my @loops;
    foreach my $name (sort keys %loop)
    {
        my $path = $node->basedir . "/$name.sql";
        my ($out, $err) = ('', '');

        open my $script, '>', $path or die "$path: $!";
        print $script $loop{$name};
        close $script;
        push @loops, { name => $name, out => \$out, err => \$err,
            run => IPC::Run::start([ 'pgbench', '-n', '-c', '1', '-T', $seconds, '-f', $path,
                    '-h', $node->host, '-p', $node->port, $database ], '<', \undef, '>', \$out, '2>', \$err) };
    }
    my ($out, $err) = run_command([ 'pgbench', '-n', '-c', '8', '-j', '1', '-T', $seconds, @files,
            '-h', $node->host, '-p', $node->port, $database ]);
    my ($written) = $out =~ /transactions actually processed: (\d+)/;

    cmp_ok($written // 0, '>', 20 * $seconds, "$maintain: 8 writers wrote");
    unlike($err, qr/ERROR|abort/, "$maintain: without an error");
    my @figures = "$written transactions of writers";
    foreach my $loop (@loops)
    {
        my $ok = $loop->{run}->finish;
        my ($runs) = ${ $loop->{out} } =~ /transactions actually processed: (\d+)/;

        ok($ok && ($runs // 0) > 1 && ${ $loop->{err} } !~ /ERROR|abort/, "$maintain: $loop->{name} in between")
          or diag(${ $loop->{err} });
        push @figures, ($runs // 0) . " times $loop->{name}";
    }
    $node->safe_psql($database, q{SELECT crm_refresh('crm')}) if $maintain eq 'queue';
    is($node->safe_psql($database, q{SELECT * FROM crm_check_workspace('crm')}), '', "$maintain: no update is lost");
    is( $node->safe_psql($database, q{
            SELECT count(*) FROM crm.customer_activity AS kept
            FULL JOIN (SELECT customer, crm_activity_agg((at AT TIME ZONE 'UTC')::date, total) AS wanted
                       FROM sale WHERE is_paid GROUP BY customer) AS sale ON customer = customer_id
            WHERE purchases IS DISTINCT FROM wanted}),
        '0', "$maintain: ledgers are what the table adds up to");
    is($node->safe_psql($database, q{SELECT count(*) FROM crm.change_queue}), '0', "$maintain: nothing waits");
    is($node->safe_psql($database, q{SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()}), '0',
        "$maintain: no deadlock");
    note("$maintain, $seconds s: " . join(', ', @figures));
}

# A refresher meets a writer who has not committed: it waits, and reads the table
# after that, or it would put back what the ledger was without the writer's row.
sub refresh_waits
{
    my $database = 'by_triggers';
    my ($out, $err) = ('', '');

    $node->safe_psql($database,
        q{UPDATE crm.customer_activity SET purchases = '{2020-01-01:1:1}' WHERE customer_id = 7});
    my $writer = IPC::Run::start([ 'psql', '-X', '-q', '-d', $node->connstr($database), '-c',
            q{BEGIN; INSERT INTO sale (customer, at, total, is_paid) VALUES (7, '2024-09-09', 12345, true);
              SELECT pg_sleep(2); COMMIT} ],
        '<', \undef, '>', \$out, '2>', \$err);
    $node->poll_query_until($database, q{SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'});
    is($node->safe_psql($database, q{SELECT crm_refresh('crm', true)}), '1', 'a refresh puts a ledger right');
    $writer->finish;
    is($node->safe_psql($database, q{SELECT count(*) FROM sale WHERE customer = 7 AND total = 12345}), '1',
        'while another writes');
    is($node->safe_psql($database, q{SELECT * FROM crm_check_workspace('crm')}), '', 'and neither is lost');
}

write_concurrently('triggers');
refresh_waits();
write_concurrently('queue');

$node->stop;
done_testing();
