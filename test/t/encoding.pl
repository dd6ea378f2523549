# Databases of other encodings than UTF-8: the extension and a workspace are made in
# each, and words that the encoding has no characters for are left out.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

# What a client of UTF-8 reads of the words that are not ASCII: none where they cannot be.
my $words = "\xe4\xb8\x8d\xe7\x9f\xa5\xe9\x81\x93 \xe4\xb8\x8d\xe7\xa1\xae\xe5\xae\x9a";
my %expected = (UTF8 => $words, EUC_CN => $words, SQL_ASCII => $words, EUC_JP => '', LATIN1 => '', WIN1252 => '');

foreach my $encoding (sort keys %expected)
{
    my $database = lc $encoding;

    $node->safe_psql('postgres',
        "CREATE DATABASE $database ENCODING '$encoding' LOCALE 'C' TEMPLATE template0");
    my ($status, $out, $err) = $node->psql($database, q{
        SET client_min_messages = warning;
        CREATE EXTENSION crm_ext;
        SELECT crm_create_workspace('crm', time_zone => 'UTC', subjects => '{programme}') IS NULL;
        INSERT INTO crm.survey (survey_id, kind, answered_at) VALUES ('s', 'nps', '2024-01-01');
        INSERT INTO crm.survey_answer (survey_id, question, answer) VALUES ('s', 'q', 'Unsure');
        SELECT count(*) = 0 FROM crm.customer_360;
    });
    is("$status $out $err", "0 f\nt ", "$encoding: an extension and a workspace");
    is($node->safe_psql($database, q{
        SET client_encoding = 'UTF8';
        SELECT coalesce(string_agg(code, ' ' ORDER BY convert_to(code, 'UTF8')), '') FROM crm.answer_code
        WHERE code ~ '[^ -~]' AND meaning = 'dk'}), $expected{$encoding}, "$encoding: words of another language");
    is($node->safe_psql($database, q{
        SELECT count(*) FROM pg_description WHERE description ~ '[^ -~\n]'
            AND objoid IN (SELECT objid FROM pg_depend WHERE refobjid =
                           (SELECT oid FROM pg_extension WHERE extname = 'crm_ext'))}), '0',
        "$encoding: comments are ASCII");
}

note('encoding: the extension and a workspace, in ' . join(', ', sort keys %expected));
done_testing();
