# Rights on a workspace's tables while its owner works there: a trigger that
# somebody is about to make by the right TRIGGER is waited for and refused, and
# does not run with the owner's rights.
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('rights');
$node->init;
$node->start;
$node->safe_psql('postgres', q{
    CREATE EXTENSION crm_ext;
    CREATE ROLE shop;
    CREATE ROLE eve;
    GRANT CREATE ON DATABASE postgres TO shop, eve;
    SET ROLE shop;
    CREATE SCHEMA ours;
    CREATE TABLE ours.sale (customer integer, at date, total numeric);
    INSERT INTO ours.sale VALUES (1, '2024-01-01', 1);
    SELECT crm_create_workspace('crm', '{"purchase": {"from": "ours.sale", "customer_id": "customer",
        "purchased_at": "at", "amount": "total"}}', maintain => 'refresh');
    GRANT USAGE ON SCHEMA crm TO eve;
    GRANT ALL ON ALL TABLES IN SCHEMA crm TO eve;
    SET ROLE eve;
    CREATE SCHEMA eves;
    GRANT USAGE ON SCHEMA eves TO PUBLIC;
    CREATE TABLE eves.ran (who text);
    GRANT INSERT ON eves.ran TO PUBLIC;
    CREATE FUNCTION eves.spy() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN INSERT INTO eves.ran VALUES (current_user); RETURN NULL; END';
});

my ($said, $error) = ('', '');
my $eve = IPC::Run::start([ 'psql', '-X', '-q', '-d', $node->connstr('postgres'), '-c', 'SET ROLE eve', '-c', 'BEGIN',
        '-c', 'CREATE TRIGGER spy AFTER INSERT OR UPDATE ON crm.customer_activity
               FOR EACH STATEMENT EXECUTE FUNCTION eves.spy()',
        '-c', 'SELECT pg_sleep(2)', '-c', 'COMMIT' ], '>', \$said, IPC::Run::timeout(60));
$node->poll_query_until('postgres', q{SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(2)')});
$node->psql('postgres',
    q{SET ROLE shop; INSERT INTO ours.sale VALUES (2, '2024-02-01', 1); SELECT crm_refresh('crm')},
    stderr => \$error);
$eve->finish;
like($error, qr/workspace "crm" holds trigger spy on table crm.customer_activity of eve/,
    'a trigger made meanwhile is refused');
is($node->safe_psql('postgres', 'SELECT count(*) FROM eves.ran'), '0', 'and has not run');
$node->safe_psql('postgres', 'DROP TRIGGER spy ON crm.customer_activity');
is($node->safe_psql('postgres', q{SET ROLE shop; SELECT crm_refresh('crm')}), '1', 'without it all goes on');

# Readers of a workspace that gains a subject: told of, not let in.
$node->safe_psql('postgres', q{
    CREATE ROLE ann;
    SET ROLE shop;
    SELECT crm_create_workspace('desk', '{}');
    SELECT crm_grant_reader('desk', 'ann');
});
$node->psql('postgres', q{SET ROLE shop; SELECT crm_add_subject('desk', 'plan')}, stderr => \$error);
like($error, qr/cannot read all of it: ann\n.*SELECT crm_grant_reader\('desk', 'ann'\);/s,
    'a new subject names old readers');
is($node->safe_psql('postgres', q{SELECT has_table_privilege('ann', 'desk.cost', 'SELECT')}), 'f',
    'whom it does not let in');
$node->safe_psql('postgres', q{SET ROLE shop; SELECT crm_grant_reader('desk', 'ann')});
$node->psql('postgres', q{SET ROLE shop; SELECT crm_upgrade_workspace('desk')}, stderr => \$error);
is($error, '', 'and none who can read all');
SKIP:
{
    skip 'before PostgreSQL 15 plain views show what their owner may see', 2
        if $node->safe_psql('postgres', 'SHOW server_version_num') < 150000;
    $node->safe_psql('postgres', q{
        CREATE ROLE bo;
        SET ROLE shop;
        SELECT crm_revoke_reader('desk', 'ann');
        SELECT crm_grant_reader('desk', 'bo', 'desk_bi');
    });
    $node->psql('postgres', q{SET ROLE shop; SELECT crm_add_subject('desk', 'event')}, stderr => \$error);
    my ($call) = $error =~ /: bo\n.*(SELECT crm_grant_reader.*;)/s;
    is($call, q{SELECT crm_grant_reader('desk', 'bo', plain_schema => 'desk_bi');},
        'who reads plain views is to get plain views');
    $node->safe_psql('postgres', "SET ROLE shop; $call");
    is($node->safe_psql('postgres', q{SET ROLE bo; SELECT count(*) FROM desk_bi.event}), '0', 'which that call gives');
}

# What an erasure does not reach
$node->safe_psql('postgres', q{SET ROLE shop;
    CREATE MATERIALIZED VIEW ours.kept AS SELECT customer_id FROM crm.customer_360;
    CREATE MATERIALIZED VIEW crm.again AS SELECT customer_id FROM ours.kept;
    CREATE MATERIALIZED VIEW ours.empty AS SELECT customer_id FROM crm.customer_360 WITH NO DATA});
$node->safe_psql('postgres', q{GRANT EXECUTE ON FUNCTION crm_erase_customer(text, text, boolean) TO shop});
$node->psql('postgres', q{SET ROLE shop; SELECT crm_erase_customer('crm', '1'::text)}, stderr => \$error);
like($error, qr/materialized views may still hold customer 1: ours\.kept, crm\.again\n/,
    'erasure names what is kept of views, with its schema');
$node->safe_psql('postgres', q{SET ROLE shop; DROP MATERIALIZED VIEW crm.again, ours.kept, ours.empty});

# Transactions whose snapshot is older than what others did meanwhile.
sub old_snapshot
{
    my ($isolation, $meanwhile, @statements) = @_;
    my ($out, $err) = ('', '');
    my $session = $node->background_psql('postgres', on_error_stop => 0);

    $session->query_safe("SET ROLE shop; BEGIN ISOLATION LEVEL $isolation; SELECT count(*) FROM pg_class");
    $node->safe_psql('postgres', $meanwhile);
    $session->query($_) for @statements;
    $err = $session->{stderr};
    $session->query('COMMIT');
    $session->quit;
    return $err;
}

SKIP:
{
    skip 'no session in the background', 1
        unless $node->can('background_psql') && eval { $node->background_psql('postgres')->can('query_safe') };
    for my $isolation ('REPEATABLE READ', 'SERIALIZABLE')
    {
        # A trigger that was made meanwhile would run with the owner's rights.
        $error = old_snapshot($isolation, q{SET ROLE eve;
            CREATE TRIGGER late AFTER INSERT OR UPDATE OR DELETE ON crm.refresh_log
            FOR EACH STATEMENT EXECUTE FUNCTION eves.spy()}, q{SELECT crm_refresh('crm')});
        like($error, qr/holds trigger late on table crm.refresh_log of eve/,
            "$isolation: a trigger is seen that the snapshot lacks");
        is($node->safe_psql('postgres', 'SELECT count(*) FROM eves.ran'), '0', 'and has not run');
        $node->safe_psql('postgres', 'DROP TRIGGER late ON crm.refresh_log');

        # So are the rights to make anything there.
        $error = old_snapshot($isolation, q{GRANT CREATE ON SCHEMA crm TO eve}, q{SELECT crm_refresh('crm')});
        like($error, qr/role eve may create objects in workspace "crm"/, "$isolation: and a right");
        $node->safe_psql('postgres', 'REVOKE CREATE ON SCHEMA crm FROM eve');

        # A partitioned source is mapped meanwhile: its partitions' triggers know the whole.
        $node->safe_psql('postgres', q{SET ROLE shop;
            CREATE TABLE ours.part (customer integer, at date, total numeric) PARTITION BY LIST (customer);
            CREATE TABLE ours.part_1 PARTITION OF ours.part FOR VALUES IN (1);
            CREATE TABLE ours.part_2 PARTITION OF ours.part FOR VALUES IN (2)});
        my $made = q{SET ROLE shop;
            SELECT crm_create_workspace('parts', '{"purchase": {"from": "ours.part", "customer_id": "customer",
                                                                "purchased_at": "at", "amount": "total"}}')};
        is(old_snapshot($isolation, $made, q{INSERT INTO ours.part_1 VALUES (1, '2024-03-03', 3)}), '',
            "$isolation: a partition is written to");
        is($node->safe_psql('postgres', q{SET ROLE shop; SELECT customer_id, purchases FROM parts.customer_activity}),
            '1|{2024-03-03:1:3}', 'and followed');

        # A partition changes hands, and TRUNCATE of another would read it with the owner's rights.
        is(old_snapshot($isolation, 'ALTER TABLE ours.part_2 OWNER TO eve', 'TRUNCATE ours.part_1'), '',
            "$isolation: a partition changes hands");
        is($node->safe_psql('postgres', q{SELECT count(*) FROM parts.change_queue}), '1',
            'and nothing of it is read: crm_refresh has to');
        $node->safe_psql('postgres',
            q{SET ROLE shop; SELECT crm_drop_workspace('parts'); RESET ROLE; DROP TABLE ours.part});

        # Nor is a workspace upgraded by an old snapshot.
        $node->safe_psql('postgres', q{SET ROLE shop; SELECT crm_change_sources('crm', maintain => 'triggers')});
        like(old_snapshot($isolation, 'SELECT', q{SELECT crm_upgrade_workspace('crm')}), qr/cannot be created in a/,
            "$isolation: no upgrade");
        like(old_snapshot($isolation, 'SELECT', q{SELECT crm_add_subject('crm', 'community')}),
            qr/cannot be created in a/, "$isolation: no subject");
        $node->safe_psql('postgres', q{SET ROLE shop; SELECT crm_change_sources('crm', maintain => 'refresh')});
    }
}
done_testing();
