-- What the summary types of src/core/experience/state.def have in common, read from what
-- their aggregates make of one row: a count counts rows, and a value is refused where its
-- counts contradict each other or the rest.
-- Run from the top of the repository by scripts/test.sh.
\set states `sed -n 's/^CRM_STATE(\([a-z_]*\),.*/\1/p' src/core/experience/state.def | tr '\n' ' '`
BEGIN;
\ir lib/sweep.sql
SELECT plan(7);
CALL collect_values();

-- With usual arguments, and with other numbers for each in turn.
CREATE TEMPORARY TABLE maker AS
SELECT r.name, r.signature, k AS place, type_name(r.result) AS type,
       (SELECT string_agg(CASE n WHEN k THEN format('(i %% 11)::%s', type_name(r.types[n - 1])) ELSE a.usual[n] END,
                          ', ' ORDER BY n)
        FROM generate_series(1, r.n) AS n) AS arguments
FROM routine AS r, usual_arguments(r) AS a (usual), generate_series(0, r.n) AS k
WHERE r.kind = 'a' AND r.name <> 'crm_rollup'
  AND type_name(r.result) = ANY (string_to_array(trim(:'states'), ' '))
  AND (k = 0 OR r.types[k - 1] IN ('integer'::regtype, 'bigint'::regtype, 'double precision'::regtype));

-- The state of these rows; NULL where they are refused.
CREATE FUNCTION pg_temp.state(m maker, rows integer[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    EXECUTE format('SELECT %s(%s)::text FROM unnest(%L::integer[]) AS i', m.name, m.arguments, rows) INTO state;
    RETURN state;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END $$;
CREATE TEMPORARY TABLE made AS
SELECT m, m.type, m.signature, m.place, i, pg_temp.state(m, ARRAY[i]) AS one, pg_temp.state(m, ARRAY[i, i, i]) AS three
FROM maker AS m, generate_series(1, 22) AS i;

-- The state of all rows that are not refused, and what the states of each alone roll up to.
CREATE FUNCTION pg_temp.rolled_up(type text, states text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    EXECUTE format('SELECT crm_rollup(s::%s)::text FROM unnest(%L::text[]) AS s', type, states) INTO state;
    RETURN state;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END $$;
CREATE TEMPORARY TABLE whole AS
SELECT type, signature, place, pg_temp.state(m, array_agg(i ORDER BY i)) AS at_once,
       pg_temp.rolled_up(type, array_agg(one ORDER BY i)) AS in_parts
FROM made WHERE one IS NOT NULL GROUP BY m, type, signature, place;

-- Counts and reals are numbers, and sums are lists. A count is what grows with the rows.
CREATE TEMPORARY TABLE field AS
SELECT made.*, f.key AS name, f.value::numeric AS in_one, (three::jsonb ->> f.key)::numeric AS in_three
FROM made, jsonb_each(one::jsonb) AS f
WHERE jsonb_typeof(f.value) = 'number' AND f.key NOT IN ('version', 'width');
CREATE TEMPORARY TABLE counted AS SELECT * FROM field WHERE in_one <> in_three;

-- Whether the type takes a state when some of its fields, which are 1, are made 0.
CREATE FUNCTION pg_temp.is_taken(type text, state text, emptied text[]) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT %L::%s',
                   regexp_replace(state, format('"(%s)":1\M', array_to_string(emptied, '|')), '"\1":0', 'g'), type);
    RETURN true;
EXCEPTION WHEN invalid_text_representation THEN
    RETURN false;
END $$;

SELECT set_eq('SELECT type FROM counted', string_to_array(trim(:'states'), ' '),
              'values of each type count rows');
SELECT is_empty('SELECT DISTINCT type, name FROM counted WHERE in_one <> 1 OR in_three <> 3',
                'a count counts rows: what else grows is a sum');
SELECT is_empty($$SELECT DISTINCT type, a.name, b.name
                  FROM counted AS a JOIN counted AS b USING (type, signature, place, i)
                  WHERE a.name < b.name AND pg_temp.is_taken(type, a.one, ARRAY[a.name])
                    AND pg_temp.is_taken(type, a.one, ARRAY[b.name])$$,
                'where a row adds to two counts, one without the other is refused');
SELECT is_empty($$SELECT type
                  FROM (SELECT type, one, array_agg(DISTINCT name) AS counts FROM counted GROUP BY type, one) AS s
                  WHERE regexp_replace(one, format('"(version|width|%s)":\d+', array_to_string(counts, '|')), '', 'g')
                      ~ ':[^"]*[1-9]'
                  GROUP BY type HAVING bool_and(pg_temp.is_taken(type, one, counts))$$,
                'a state of no rows that has anything is refused');
SELECT is_empty($$SELECT aggtranstype::regtype, array_agg(DISTINCT aggtransspace) FROM pg_aggregate
                  WHERE aggtranstype = ANY ((SELECT array_agg(type::regtype::oid) FROM maker)::oid[])
                  GROUP BY 1 HAVING count(DISTINCT aggtransspace) > 1$$,
                'aggregates of a type have the SSPACE of its crm_rollup, which is the size in state.def');

SELECT set_eq('SELECT type FROM whole WHERE at_once IS NOT NULL', string_to_array(trim(:'states'), ' '),
              'values of each type are of many rows');
SELECT is_empty('SELECT signature, place, at_once, in_parts FROM whole WHERE at_once <> in_parts',
                'and the same when the states of single rows are merged');

SELECT * FROM finish();
ROLLBACK;
