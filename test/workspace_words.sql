-- Words of vocabularies are the same in every language: a Turkish I is one too.
BEGIN;
SELECT plan(6);
SET LOCAL client_min_messages = warning;
SET LOCAL jit = off;
SET LOCAL timezone = 'UTC';
SET LOCAL crm_ext.as_of = '2024-12-31';
SELECT crm_create_workspace('every', subjects => ARRAY(SELECT subject FROM crm_subjects()));

-- What becomes of a word: the calls of lower() in a view, by the collation that they go by.
SELECT set_eq($$SELECT DISTINCT c.relname
    FROM pg_class AS c
    JOIN pg_rewrite AS rule ON rule.ev_class = c.oid
    CROSS JOIN LATERAL regexp_matches(rule.ev_action::text, ':funcid (\d+) [^{}]*:inputcollid (\d+)', 'g') AS call (oid)
    WHERE c.relnamespace = 'every'::regnamespace AND call.oid[1]::oid = 'lower(text)'::regprocedure
      AND call.oid[2]::oid <> (SELECT oid FROM pg_collation WHERE collname = 'C')$$,
    $$VALUES ('post_term'::name), ('term_period')$$,
    'views look words up by no language; only terms of posts are in one');

SELECT count(*) > 0 AS has_turkish FROM pg_collation WHERE collname = 'tr-x-icu' \gset
\if :has_turkish
CREATE TABLE said (who text, word text COLLATE "tr-x-icu");
INSERT INTO said VALUES ('a', 'CLICK'), ('b', 'POSITIVE'), ('c', 'EMAIL');
SELECT isnt((SELECT lower(word) FROM said WHERE who = 'a'), 'click', 'a Turkish word has another small letter');
SELECT crm_create_workspace('tr', '{
    "touch": {"from": "said", "customer_id": "who", "touched_at": "timestamptz ''2024-03-01 12:00Z''",
              "campaign_id": "''c''", "kind": "word"},
    "mention": {"from": "said", "brand": "''b''", "mentioned_at": "timestamptz ''2024-03-01 12:00Z''",
                "sentiment": "word"},
    "survey": {"from": "said", "survey_id": "who", "kind": "word", "customer_id": "who",
               "answered_at": "timestamptz ''2024-03-01 12:00Z''"},
    "identity": {"from": "said", "customer_id": "who", "kind": "word", "value": "''A@Example.com''"}}',
    subjects => '{campaign,programme,profile}');
SELECT is((SELECT touch_role FROM tr.touch_known WHERE customer_id = 'a'), 'click', 'touch_kind knows it');
SELECT is((SELECT array_agg(sentiment) FILTER (WHERE sentiment IS NOT NULL) FROM tr.mention_known), '{positive}',
    'and sentiment_kind');
SELECT set_eq('SELECT kind FROM tr.survey_known', '{click,positive,email}'::text[], 'and so do surveys');
SELECT is((SELECT normal_value FROM tr.customer_identity WHERE customer_id = 'c'), crm_normal_email('A@Example.com'),
    'and keys of customers');
\else
SELECT skip('no Turkish collation', 5);
\endif
SELECT * FROM finish();
ROLLBACK;
