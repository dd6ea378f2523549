-- doc/reference.md has a line for each function and view, with what its comment begins
-- with. It is made here from the catalogue, and `make expected` takes it over: nobody writes it.
-- Run from the top of the repository by scripts/test.sh.
\set declared `awk -f test/lib/declared.awk src/sql/[a-z]*.sql`
\set inside `sed -nE 's/^CREATE FUNCTION (\w+).*/\1/p' src/sql/workspace*.sql src/workspace/embed.sh | tr '\n' ' '`
\set documented `grep -ohE 'crm_[a-z0-9_]+' README.md $(ls doc/*.md | grep -v /reference) | sort -u | tr '\n' ' '`
\set read `perl -0777 -ne 'print "$1 " while /(?:FROM|JOIN|TABLE)\s+(?:[\w%]+\.)?(\w+)/g' sql/*.sql test/*.sql test/t/*`
\set written `cat doc/reference.md`

BEGIN;
SELECT plan(3);

-- Which part of the install script declares a name; all parts of workspaces are one.
CREATE TEMPORARY TABLE declared AS
SELECT DISTINCT regexp_replace(split_part(line, '|', 1), '^workspace_.*', 'workspace') AS topic,
       split_part(line, '|', 3) AS name
FROM unnest(string_to_array(:'declared', E'\n')) AS line;
CREATE TEMPORARY TABLE topic AS
SELECT DISTINCT split_part(line, '|', 1) AS topic, split_part(line, '|', 2) AS title
FROM unnest(string_to_array(:'declared', E'\n')) AS line;

-- What one calls: not what a type, an aggregate or an operator is made of, and of what makes
-- a workspace only what the documentation speaks of.
CREATE TEMPORARY TABLE callable AS
SELECT p.proname::text AS name,
       coalesce((SELECT min(d.topic) FROM declared AS d WHERE d.name = p.proname AND
                 (p.proname <> 'crm_rollup' OR d.topic = 'activity')), 'extension') AS topic,
       format('%s`%s(%s)`', CASE p.prokind WHEN 'a' THEN 'aggregate ' END, p.proname,
              pg_get_function_arguments(p.oid)) AS call,
       split_part(obj_description(p.oid, 'pg_proc'), E'\n', 1) AS about
FROM pg_proc AS p
JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'crm_ext'
WHERE p.prokind = 'a'
   OR (p.proname <> ALL (string_to_array(:'inside', ' ')) OR p.proname = ANY (string_to_array(:'documented', ' ')))
      AND 'internal'::regtype <> ALL (p.proargtypes::oid[])
      AND p.prorettype NOT IN ('internal'::regtype, 'cstring'::regtype)
      AND NOT EXISTS (SELECT FROM pg_aggregate AS a
                      WHERE p.oid IN (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn))
      AND NOT EXISTS (SELECT FROM pg_type AS t WHERE p.oid IN (t.typinput, t.typoutput, t.typreceive, t.typsend))
      AND NOT EXISTS (SELECT FROM pg_operator AS o WHERE o.oprcode = p.oid)
      AND NOT EXISTS (SELECT FROM pg_amproc AS m WHERE m.amproc = p.oid)
      AND NOT EXISTS (SELECT FROM pg_cast AS c WHERE c.castfunc = p.oid);

-- Views, by the statements that make a workspace, and what each reads.
CREATE TEMPORARY TABLE script AS
SELECT s.*, substring(s.statement FROM '^CREATE OR REPLACE VIEW (\w+)') AS view,
       substring(s.statement FROM '^COMMENT ON VIEW (\w+)') AS explained
FROM crm_workspace_script() AS s;
CREATE TEMPORARY TABLE made AS
SELECT s.subject, b.about AS subject_about, b.n AS subject_order, s.view AS name,
       replace(substring(c.statement FROM '^COMMENT ON VIEW \w+ IS\s+''((?:[^\n'']|'''')*)'), '''''', '''') AS about
FROM script AS s
JOIN crm_subjects() WITH ORDINALITY AS b (subject, about, needs, is_base, n) ON b.subject = s.subject
LEFT JOIN script AS c ON c.explained = s.view
WHERE s.view IS NOT NULL;
CREATE TEMPORARY TABLE mentioned AS
SELECT DISTINCT s.view, word[1] AS name
FROM script AS s, regexp_matches(s.statement, '(?:FROM|JOIN|,)\s+(\w+)', 'g') AS word
WHERE s.view IS NOT NULL AND s.view <> word[1];

CREATE TEMPORARY TABLE page AS
SELECT row_number() OVER (ORDER BY section, part, topic COLLATE "C", line_number, sorted COLLATE "C") AS n, line
FROM (
    SELECT 1 AS section, 0 AS part, '' AS topic, n AS line_number, '' AS sorted, line
    FROM unnest(ARRAY['# Reference', '',
        'Every function, with what its comment begins with; `\df+ crm_*` and `\da+ crm_*` in psql print the rest. What',
        'they are for, with examples, is told by the pages of their topics ([doc/README.md](README.md)).',
        'This page is made from the catalogue: see [CONTRIBUTING.md](../CONTRIBUTING.md).', '', '## Functions']
    ) WITH ORDINALITY AS l (line, n)
    UNION ALL
    SELECT 2, 0, t.topic, h.n, '', h.line
    FROM topic AS t, unnest(ARRAY['', '### ' || t.title, '', '| | |', '|---|---|']) WITH ORDINALITY AS h (line, n)
    WHERE t.topic IN (SELECT c.topic FROM callable AS c)
    UNION ALL
    SELECT 2, 0, topic, 10, name || call, format('| %s | %s |', replace(call, '|', '\|'), replace(about, '|', '\|'))
    FROM callable
    UNION ALL
    SELECT 3, 0, '', n, '', line
    FROM unnest(ARRAY['', '## Views of a workspace', '', 'By subject. `SELECT * FROM crm.catalog` has their columns.']
    ) WITH ORDINALITY AS l (line, n)
    UNION ALL
    SELECT DISTINCT 4, m.subject_order::integer, '', h.n, '', h.line
    FROM made AS m,
         unnest(ARRAY['', '### ' || m.subject, '', m.subject_about, '', '| | |', '|---|---|'])
         WITH ORDINALITY AS h (line, n)
    UNION ALL
    SELECT DISTINCT 4, subject_order::integer, '', 10, name, format('| `%s` | %s |', name, replace(about, '|', '\|'))
    FROM made
) AS t;

\! mkdir -p results
\o results/reference.md
SELECT line FROM page ORDER BY n;
\o

SELECT is_empty($$SELECT name FROM made WHERE about IS NULL$$, 'every view has a comment');
-- By its name, by what another view makes of it beyond a total, or by what is collected from all subjects.
SELECT is_empty(format($$
    SELECT DISTINCT m.name FROM made AS m
    WHERE m.name <> ALL (%L)
      AND m.name !~ '^(customer_360|customer_elsewhere|data_quality|reconciliation)_'
      AND m.name NOT IN (SELECT t.name FROM mentioned AS t WHERE t.view !~ '^reconciliation')
    $$, string_to_array(:'read', ' ')), 'every view is read by a test');
-- On a difference: make expected TOPIC=catalogue_reference
SELECT results_eq($$SELECT line COLLATE "default" FROM page ORDER BY n$$,
                  format($$SELECT unnest(%L::text[])$$, string_to_array(:'written', E'\n')),
                  'doc/reference.md is what the catalogue says');

SELECT * FROM finish();
ROLLBACK;
