-- Ids of other things than customers are text, which is the same where the source's ids are equal.
BEGIN;
SELECT plan(3);
SET LOCAL client_min_messages = warning;
SET LOCAL crm_ext.as_of = '2024-12-31';
SELECT count(*) > 0 AS has_citext FROM pg_available_extensions WHERE name = 'citext' \gset
\if :has_citext
SELECT format('CREATE EXTENSION citext SCHEMA %s', extnamespace::regnamespace) FROM pg_extension
WHERE extname = 'crm_ext' \gexec
\endif

CREATE FUNCTION pg_temp.gap_of(type text, one text, same text) RETURNS TABLE (place text, pairs bigint, gap numeric)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE visited (who integer, place %s, level text, score integer, at date)', type);
    EXECUTE format('INSERT INTO visited VALUES (1, %L, ''expected'', 5, ''2024-05-01''),
                                               (1, %L, ''actual'', 9, ''2024-05-01'')', one, same);
    PERFORM crm_create_workspace('visits', '{"rating": {"from": "visited", "customer_id": "who",
        "touchpoint_id": "place", "level": "level", "score": "score", "rated_at": "at"}}');
    RETURN QUERY EXECUTE 'SELECT touchpoint_id, pair_count::bigint, g.gap::numeric FROM visits.touchpoint_gap AS g';
    PERFORM crm_drop_workspace('visits');
    DROP TABLE visited;
END $$;
SELECT results_eq($$SELECT * FROM pg_temp.gap_of('numeric', '7', '7.00')$$, $$VALUES ('7', 1::bigint, 4::numeric)$$,
    'numbers of other scales are one id');
SELECT results_eq($$SELECT * FROM pg_temp.gap_of('char(5)', 'till', 'till  ')$$,
    $$VALUES ('till', 1::bigint, 4::numeric)$$, 'and padded ones');
\if :has_citext
SELECT results_eq($$SELECT * FROM pg_temp.gap_of('citext', 'Shop', 'shop')$$,
    $$VALUES ('shop', 1::bigint, 4::numeric)$$, 'and those of citext, in lower case');
\else
SELECT skip('citext is not installed', 1);
\endif
SELECT * FROM finish();
ROLLBACK;
