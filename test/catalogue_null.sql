-- What NULL does to functions and aggregates, each found from the catalogue and called
-- with usual arguments. A function in C that is not STRICT and reads an argument without
-- looking whether it is NULL ends the server; scripts/check.sh shows the statement then.
BEGIN;
\ir lib/sweep.sql
SELECT plan(8);
CALL collect_values();

-- What a statement answers, or the error.
CREATE FUNCTION pg_temp.answer(sql text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    reply text;
BEGIN
    EXECUTE sql INTO reply;
    RETURN coalesce(reply, 'NULL');
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;

-- Functions in C that are not STRICT, and aggregates, with NULL for each argument in turn
-- and, as number 0, for all of them.
CREATE TEMPORARY VIEW call_with_null AS
SELECT r.name, r.signature, r.kind, k AS place, CASE k WHEN 0 THEN 'all' ELSE r.names[k] END AS argument,
       call(r, a.usual) AS usual,
       call(r, ARRAY(SELECT CASE WHEN k IN (0, n) THEN format('NULL::%s', type_name(r.types[n - 1])) ELSE a.usual[n] END
                     FROM generate_series(1, r.n) AS n)) AS with_null,
       -- Each row of an aggregate a second time, with NULL
       CASE r.kind WHEN 'a' THEN
           replace(call(r, ARRAY(SELECT CASE WHEN k IN (0, n) THEN format('CASE WHEN here THEN %s END', a.usual[n])
                                        ELSE a.usual[n] END
                                 FROM generate_series(1, r.n) AS n)),
                   ' AS i', ' AS i, (VALUES (true), (false)) AS row_is (here)') ELSE '' END AS among
FROM routine AS r JOIN pg_proc AS p ON p.oid = r.oid JOIN pg_language AS l ON l.oid = p.prolang,
     usual_arguments(r) AS a (usual), generate_series(0, r.n) AS k
WHERE r.n > 0 AND (r.kind = 'a' OR l.lanname = 'c' AND NOT r.is_strict AND 'internal'::regtype <> ALL (r.types)
                   AND NOT EXISTS (SELECT FROM pg_aggregate AS g
                                   WHERE r.oid IN (g.aggtransfn, g.aggfinalfn, g.aggcombinefn)));

-- A statement each, for the server's log.
CREATE TEMPORARY TABLE answered (name text, signature text, kind "char", place integer, argument text, usual text,
                                 with_null text, among text);
SELECT format('INSERT INTO answered VALUES (%L, %L, %L, %s, %L, pg_temp.answer(%L), pg_temp.answer(%L),
                                            pg_temp.answer(%L))',
              name, signature, kind, place, argument, usual, with_null, among)
FROM call_with_null
\gexec

-- Arguments whose NULL is an answer of its own, with what it means.
CREATE TEMPORARY TABLE meant (name text, arguments text[], meaning text);
INSERT INTO meant VALUES
    ('crm_activity', '{all,day}', 'an empty ledger'),
    ('crm_clv_check_arguments', '{all,as_of}', 'nothing to check'),
    ('crm_case_waits', '{asked_at}', 'not asked'),
    ('crm_activity_agg', '{amount,events}', 'an event without an amount; an amount without an event'),
    ('crm_score_cells', '{recency_breaks,frequency_breaks,monetary_breaks}', 'no score from this measure'),
    ('crm_abc_fit', '{cuts}', 'the usual ones'),
    ('crm_clv_fit_summary', '{monetary,log_gaps}', 'not known of this customer'),
    ('crm_experience_agg', '{expected,actual}', 'one side of a pair'),
    ('crm_index_agg', '{score}', 'an absent cell'),
    ('crm_driver_fit', '{all,outcome,drivers,weight}', 'a skipped row, which is counted'),
    ('crm_markov_agg', '{all,path,conversions,value,nulls}', 'nothing on the way'),
    ('crm_repeat_count', '{all,value}', 'no value, of which none is repeated'),
    ('crm_day_filter', '{all,key,day}', 'a filter of nothing'),
    ('crm_reply_turn_agg', '{staff_id}', 'nobody in particular'),
    ('crm_case_end_agg', '{event_no,status,done_words,closed_words}', 'not known'),
    ('crm_case_cycle_agg', '{event_no,status,done_words,waiting_words}', 'not known'),
    ('crm_open_stay_agg', '{event_no,status,done_words,waiting_words,staff_id,department}', 'not known'),
    ('crm_holder_agg', '{event_no,status}', 'not known'),
    ('crm_conversation_agg', '{message_id,direction,staff_id,gap_seconds}', 'not known');

SELECT is((SELECT count(*) FROM answered), (SELECT count(*) FROM call_with_null), 'the server has survived');
-- Values that are usual one by one need not go together.
SELECT set_eq($$SELECT DISTINCT signature FROM answered WHERE kind = 'a' AND usual ~ '^(NULL$|\d[0-9A-Z]{4} )'$$,
              '{crm_rollup(crm_csat_tally),crm_rollup(crm_retention)}'::text[],
              'every aggregate answers to usual rows, but for two');
SELECT is_empty($$SELECT signature, argument, with_null FROM answered AS a
                  WHERE kind = 'f' AND place < 2 AND with_null !~ '^(NULL$|22\d{3} )'
                    AND NOT EXISTS (SELECT FROM meant AS m WHERE m.name = a.name AND a.argument = ANY (m.arguments))$$,
                'NULL for the first argument of a function gives NULL or an error');
SELECT is_empty($$SELECT signature, argument, with_null FROM answered AS a
                  WHERE kind = 'a' AND with_null !~ '^(NULL$|22004 )'
                    AND NOT EXISTS (SELECT FROM meant AS m WHERE m.name = a.name AND a.argument = ANY (m.arguments))$$,
                'rows with nothing but NULL for an argument of an aggregate give NULL or an error');
SELECT is_empty($$SELECT signature, argument, usual, among FROM answered AS a
                  WHERE kind = 'a' AND among <> usual AND among !~ '^22004 '
                    AND NOT EXISTS (SELECT FROM meant AS m WHERE m.name = a.name AND a.argument = ANY (m.arguments))$$,
                'and change nothing among others');
SELECT is_empty($$SELECT m.name, named FROM meant AS m, unnest(m.arguments) AS named
                  WHERE NOT EXISTS (SELECT FROM answered AS a WHERE a.name = m.name AND a.argument = named
                                    AND (a.with_null !~ '^(NULL$|22)' OR a.among <> a.usual))$$,
                'and no meaning is left without its argument');

-- Who has not purchased by the day asked of is no customer of a model yet.
CREATE TEMPORARY TABLE answered_early AS
SELECT r.signature, l.ledger, pg_temp.answer(call(r, ARRAY(
           SELECT CASE type_name(r.types[n - 1])
                      WHEN 'crm_activity' THEN format('%L::crm_activity', l.ledger)
                      WHEN 'crm_clv_model' THEN format('%L::crm_clv_model', m.model)
                      ELSE a.usual[n] END
           FROM generate_series(1, r.n) AS n))) AS answer
FROM routine AS r, usual_arguments(r) AS a (usual),
     unnest('{"{}","{2023-05-01:0:-5}","{2025-02-01:2:20}"}'::text[]) AS l (ledger),
     LATERAL (SELECT '{"model": "mbg/nbd", "unit_days": 7,
         "purchase": {"parameters": {"r": 0.3, "alpha": 4, "a": 1, "b": 2}},
         "spend": {"parameters": {"p": 6, "q": 4, "gamma": 15}}' || CASE WHEN 'covariates' = ANY (r.names)
             THEN ', "covariates": {"names": ["x", "y"], "gamma": [0.1, 2], "delta": [-1, 1]}' ELSE '' END || '}')
         AS m (model)
WHERE r.kind = 'f' AND NOT r.is_set AND 'crm_activity'::regtype = ANY (r.types)
  AND 'crm_clv_model'::regtype = ANY (r.types);
SELECT cmp_ok(count(DISTINCT signature), '>', 10::bigint, 'functions of a model and a ledger') FROM answered_early;
SELECT is_empty($$SELECT * FROM answered_early WHERE answer NOT IN ('NULL', '(,)')$$,
                'are NULL before the first purchase');

SELECT * FROM finish();
ROLLBACK;
