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
my $eve = IPC::Run::start([ 'psql', '-X', '-q', '-d', $node->connstr('postgres'), '-c', 'SET ROLE eve', '-c', 'BEGIN', '-c',
        'CREATE TRIGGER spy AFTER INSERT OR UPDATE ON crm.customer_activity FOR EACH STATEMENT EXECUTE FUNCTION eves.spy()',
        '-c', 'SELECT pg_sleep(2)', '-c', 'COMMIT' ], '>', \$said, IPC::Run::timeout(60));
$node->poll_query_until('postgres', q{SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(2)')});
$node->psql('postgres', q{SET ROLE shop; INSERT INTO ours.sale VALUES (2, '2024-02-01', 1); SELECT crm_refresh('crm')}, stderr => \$error);
$eve->finish;
like($error, qr/workspace "crm" holds trigger spy on table crm.customer_activity of eve/, 'a trigger made meanwhile is refused');
is($node->safe_psql('postgres', 'SELECT count(*) FROM eves.ran'), '0', 'and has not run');
$node->safe_psql('postgres', 'DROP TRIGGER spy ON crm.customer_activity');
is($node->safe_psql('postgres', q{SET ROLE shop; SELECT crm_refresh('crm')}), '1', 'without it all goes on');
done_testing();
