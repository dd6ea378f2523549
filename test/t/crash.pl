# kill -9 in the middle: of the backend alone, and of the postmaster with it, at
# statements within the calls that make and keep a workspace, and right before and
# after their commit. What is found after the restart is the state before the call or
# the one after it, in every table of the catalogue and of the workspace; ledgers are
# what the sources add up to; no file is left over; and the call can be made again.
#
#   CRM_CRASH_EVERY=1   at each statement that a call executes, also inside of functions, in
#                       both ways; where a call has more than 100, at each (n: each n-th)
#                       by turns; without it at one or two of each call, by turns
#   CRM_CRASH_CALLS=RE  only in calls whose names match, for it takes hours; the others are
#                       made without a kill
#   CRM_CRASH_FROM=n    from the n-th statement of a call of more than 100 on, where a run before
#                       this one ended: a note tells so much after every 25 kills
#   CRM_CRASH_TO=n      to the n-th, from where on a run before this one went
#
# A library of the test's own, test/lib/crash, counts the statements and kills.
use strict;
use warnings;
use File::Copy qw(copy);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $every = $ENV{CRM_CRASH_EVERY} || 0;
my $calls = $ENV{CRM_CRASH_CALLS} // '';
my $from = $ENV{CRM_CRASH_FROM} || 1;
my $to = $ENV{CRM_CRASH_TO} || 'inf';
my $build = "$ENV{CRM_WORK}/crash";
my $node = PostgreSQL::Test::Cluster->new('main');
my ($kills, $statements) = (0, 0);

mkdir $build;
copy("test/lib/crash/$_", "$build/$_") || die "$_: $!" foreach qw(Makefile crash.c);
system('make', '-s', '-C', $build, 'COPT=-Werror') == 0 || die 'the library that kills is not built';

# Frugal with WAL: what is replayed after each kill is what the call wrote.
$node->init;
$node->append_conf('postgresql.conf', "restart_after_crash = on\nautovacuum = off\ntimezone = 'UTC'\n"
      . "log_min_messages = panic\nlog_statement = none\ncrm_ext.as_of = '2024-12-31'\n");
$node->start;

# --- What there is ---------------------------------------------------------------

# Numbers of rows of every catalogue but statistics; every row of every table outside
# of it, without what the clock or a sequence wrote, which no rollback takes back.
my $state = q{
    CREATE FUNCTION public.state() RETURNS text LANGUAGE plpgsql
    SET search_path = pg_catalog AS $$
    DECLARE
        part text;
        answer text := '';
        relation record;
    BEGIN
        FOR relation IN SELECT c.oid::regclass AS name, relnamespace = 'pg_catalog'::regnamespace AS is_catalogue
                        FROM pg_class AS c
                        WHERE relkind = 'r' AND relnamespace <> 'information_schema'::regnamespace
                          AND relname !~ '^pg_statistic'
                        ORDER BY relname COLLATE "C" LOOP
            EXECUTE format(CASE WHEN relation.name = 'pg_namespace'::regclass
                           -- A place for temporary tables stays, one for each number that a backend may have.
                           THEN 'SELECT count(*)::text FROM %s WHERE nspname !~ ''^pg_(toast_)?temp_'''
                           WHEN relation.is_catalogue THEN 'SELECT count(*)::text FROM %s'
                           ELSE 'SELECT count(*) || '' '' || md5(coalesce(string_agg(r, chr(10) ORDER BY r), ''''))
                                 FROM (SELECT (to_jsonb(t)
                                               - ''{fitted_at,refresh_id,refreshed_at,duration_ms}''::text[])::text AS r
                                       FROM %s AS t) AS s'
                           END, relation.name) INTO part;
            answer := answer || relation.name || ' ' || part || chr(10);
        END LOOP;
        RETURN answer;
    END $$;

    -- Files of this database that no relation has.
    CREATE FUNCTION public.left_over() RETURNS SETOF text LANGUAGE sql
    SET search_path = pg_catalog AS $$
        SELECT pg_relation_filepath('pg_class') || '/../' || f
        FROM pg_ls_dir(regexp_replace(pg_relation_filepath('pg_class'), '/[^/]*$', '')) AS f
        WHERE f ~ '^t?[0-9]' AND NOT EXISTS (
            SELECT FROM pg_class WHERE pg_relation_filenode(oid)::text = substring(f FROM '^[0-9]+'))
    $$;
};

# What only holds where there is a workspace, checked against its source.
my $whole = q{
    SELECT count(*)
    FROM (SELECT customer, crm_activity_agg((at AT TIME ZONE 'UTC')::date, total) AS wanted
          FROM orders GROUP BY customer) AS o
    FULL JOIN w.customer_activity ON customer = customer_id WHERE purchases IS DISTINCT FROM wanted
    UNION ALL SELECT count(*) FROM crm_check_workspace('w')
    UNION ALL SELECT trim_scale(max(abs(difference))) FROM w.reconciliation};

sub query { my ($database, $sql) = @_; return $node->safe_psql($database, $sql); }

# Runs a call that is to die at a statement; tells whether it came to its end.
sub run_until
{
    my ($database, $call, $at, $dies_whole, $writes) = @_;
    my ($status, $out, $err) = $node->psql($database, sprintf(q{LOAD '%s/crash'; SET client_min_messages = error;
            SET crash.whole = %s; SET crash.writes = %s; SET crash.at = %d; %s},
            $build, $dies_whole ? 'on' : 'off', $writes ? 'on' : 'off', $at, $call));

    die "$call: $err" if $status != 0 && $status != 2;
    return $status == 0;
}

# Another one after every restart, of the server or within it.
sub checkpointer
{
    return eval { query('postgres', q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'}) } || '';
}

# Waits until the server is there again. Where the postmaster is gone its children go
# when they notice, and only then can another start.
sub recover
{
    my ($old, $dies_whole) = @_;

    for (1 .. 600)
    {
        if ($dies_whole)
        {
            $node->{_pid} = undef;
            $dies_whole = !$node->start(fail_ok => 1);
        }
        my $new = $dies_whole ? '' : checkpointer();
        return if $new ne '' && $new ne $old;
        select undef, undef, undef, 0.1;
    }
    die 'the server does not come back';
}

# Statements of a call, and the state that it ends in, without doing it.
sub rehearse
{
    my ($database, $call, $writes) = @_;
    my $answer = query($database, sprintf(q{LOAD '%s/crash'; SET client_min_messages = error; SET crash.writes = %s;
        BEGIN; SET crash.at = 0; %s; \o /dev/stdout
        SELECT 'counted ' || (current_setting('crash.count')::integer - %d);
        SELECT 'state ' || public.state(); ROLLBACK},
        $build, $writes ? 'on' : 'off', $call, $writes ? 0 : 1));
    my ($count, $after) = $answer =~ /^counted (\d+)\nstate (.*)\z/ms or die $answer;

    return ($count, $after);
}

# Where to die, and whether with the postmaster: among the statements of a call, right
# before the commit and, once, right after. In the suite the ways take turns.
my $turn = 0;

sub deaths
{
    my ($count) = @_;
    my $is_long = $count > 100;
    my @before = $is_long ? int($count * 0.6) : (1 + int($count * 0.1), 1 + int($count * 0.7), $count + 1);

    if ($every)
    {
        my ($step, $first, $last) = $is_long ? ($every, $from, $to) : (1, 1, $count);
        @before = ((grep { $_ <= $last && ($count - $_) % $step == 0 } $first .. $count), $count + 1);
    }
    return ((map { my $at = $_; map { [ $at, $_ ] } $every && !$is_long ? (0, 1) : $turn++ % 2 } @before),
            [ $count + 2, $turn++ % 2 ]);
}

# One call, killed again and again, and made at last.
sub survive
{
    my ($name, $call, %how) = @_;
    my $database = $how{database} || 'postgres';
    my ($count, $after) = rehearse($database, $call, $how{writes});
    my $before = query($database, 'SELECT public.state()');
    my ($failures, $files, $died) = ('', 0, 0);
    my @deaths = $name =~ /$calls/ ? deaths($count) : ();

    clear_files($database);
    die "$name: no statement is counted" if $count == 0;
    # The last death comes after the commit.
    query($database, $call) if !@deaths && exists $how{again};
    foreach my $death (@deaths)
    {
        my ($at, $dies_whole) = @$death;

        my $old = checkpointer();
        $failures .= "statement $at: not killed\n" if run_until($database, $call, $at, $dies_whole, $how{writes});
        recover($old, $dies_whole);
        $died++;
        my $is = query($database, 'SELECT public.state()');
        my $should = $at <= $count + 1 ? $before : $after;
        $failures .= "statement $at of $count, neither as before nor as after: " . difference($is, $should)
            if $is ne $should;
        $failures .= "statement $at of $count: ledgers differ\n"
          if $how{whole} && query($database, $whole) ne "0\n0\n0";
        $files += clear_files($database);
        last if $failures ne '';
        # Not a figure, which would begin with the name of the test.
        note("$name: $died kills so far, the last at statement $at of $count") if $died % 25 == 0;
    }
    ($kills, $statements) = ($kills + $died, $statements + $count) if $died;
    is($failures, '', "$name: $died kills at $count statements, and all is as before or as after");
    if ($how{makes_files} && $died) { note("crash: $name: $files files of tables that were never committed") }
    else { is($files, 0, "$name: no file is left over") }
    query($database, $how{again} // $call) if ($how{again} // 'call') ne '';
    is(difference(query($database, 'SELECT public.state()'), $after), '', "$name: once more") unless exists $how{again};
    is(query($database, $whole), "0\n0\n0", "$name: ledgers are what the source adds up to") unless $how{no_workspace};
    note("crash: $name: $died kills at $count statements, survived") if $died && $failures eq '';
}

# PostgreSQL leaves the files of a table whose transaction dies with the server.
sub clear_files
{
    my ($database) = @_;
    my @files = split /\n/, query($database, 'CHECKPOINT; SELECT public.left_over()');

    unlink $node->data_dir . '/' . s{/[^/]*/\.\./}{/}r foreach @files;
    return scalar @files;
}

sub difference
{
    my ($is, $should) = @_;
    my %known = map { $_ => 1 } split /^/, $should;

    return join '', grep { !$known{$_} } split /^/, $is;
}

# --- A workspace -------------------------------------------------------------------

query('postgres', "CREATE EXTENSION crm_ext; $state" . q{
    CREATE TABLE orders (id bigint PRIMARY KEY, customer integer, at timestamptz, total numeric);
    CREATE INDEX ON orders (customer);
    INSERT INTO orders
    SELECT n, n * 7919 % 53, timestamptz '2024-01-01 00:00+00' + (n * 7919 % 8000) * interval '1 hour',
           n % 97 + n % 7 * 0.25
    FROM generate_series(1, 400) AS n;
    ANALYZE orders});
my $create = q{SELECT crm_create_workspace('w', '{"purchase": {"from": "orders", "purchase_id": "id",
    "customer_id": "customer", "purchased_at": "at", "amount": "total"}}')};

survive('crm_create_workspace', $create, writes => 1, makes_files => 1, again => q{SELECT crm_upgrade_workspace('w')});
survive('INSERT INTO a source',
    q{INSERT INTO orders SELECT 1000 + n, n, '2024-05-05', n FROM generate_series(40, 60) AS n},
    whole => 1, again => '');
survive('UPDATE of a source',
    q{UPDATE orders SET customer = customer + 1, total = total + 1 WHERE id % 3 = 0}, whole => 1, again => '');
survive('DELETE from a source', q{DELETE FROM orders WHERE id > 1000 OR id % 7 = 0}, whole => 1, again => '');
survive('crm_refit', q{SELECT crm_refit('w')}, whole => 1, again => q{SELECT crm_refit('w')});
query('postgres', q{SELECT crm_snapshot('w', '2024-06-30')});
survive('crm_snapshot', q{SELECT crm_snapshot('w')}, whole => 1, again => q{SELECT crm_snapshot('w')});
query('postgres', q{
    SET session_replication_role = replica;
    UPDATE w.customer_activity SET purchases = purchases + '{2024-01-01:1:1}' WHERE customer_id % 3 = 0;
    DELETE FROM w.customer_activity WHERE customer_id % 5 = 0});
survive('crm_refresh', q{SELECT crm_refresh('w')}, again => q{SELECT crm_refresh('w')});
survive('crm_add_subject', q{SELECT crm_add_subject('w', 'event')}, whole => 1, writes => 1, makes_files => 1,
    again => q{SELECT crm_add_subject('w', 'event')});
# As after a restore that left things out.
query('postgres', 'DROP TRIGGER w_purchase_insert ON orders; DROP VIEW w.abc_summary CASCADE');
survive('crm_upgrade_workspace', q{SELECT crm_upgrade_workspace('w')}, writes => 1,
    again => q{SELECT crm_upgrade_workspace('w')});
survive('crm_erase_customer', q{SELECT * FROM crm_erase_customer('w', 7, true)}, writes => 1, whole => 1);
survive('crm_drop_workspace', q{SELECT crm_drop_workspace('w')}, again => $create);

# --- ALTER EXTENSION UPDATE --------------------------------------------------------

query('postgres', 'CREATE DATABASE updated');
query('updated', qq{
    CREATE EXTENSION crm_ext VERSION '0.1.0';
    $state
    CREATE TABLE orders (id bigint PRIMARY KEY, customer integer, at timestamptz, total numeric);
    INSERT INTO orders
    SELECT n, n * 7919 % 53, timestamptz '2024-01-01 00:00+00' + (n * 7919 % 8000) * interval '1 hour',
           n % 97 + n % 7 * 0.25
    FROM generate_series(1, 400) AS n;
    ANALYZE orders;
    $create});
survive('ALTER EXTENSION UPDATE', 'ALTER EXTENSION crm_ext UPDATE', database => 'updated', writes => 1,
    no_workspace => 1, again => 'ALTER EXTENSION crm_ext UPDATE');
survive('crm_upgrade_workspace of 0.1.0', q{SELECT crm_upgrade_workspace('w')}, database => 'updated', writes => 1,
    makes_files => 1, again => q{SELECT crm_upgrade_workspace('w')});

note("crash: $kills kills at $statements statements of "
    . ($every ? "calls, each $every. of the long ones" : 'calls') . ', all survived');
$node->stop;
done_testing();
