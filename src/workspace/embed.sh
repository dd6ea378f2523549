#!/bin/sh
# Writes the subjects of a workspace as SQL functions, for the install script.
#
#   embed.sh SUBJECT...          in the order in which they can be made
#
# A subject is a folder here. Its manifest says what it is about, which subjects
# it needs, which parts it has (PART.sql, in order), and whether every workspace
# has it. sources.sql, ledgers.sql, comments.sql, questions.sql and checks.sql are
# rows of a table; parts are statements.
set -eu
cd "$(dirname "$0")"

manifest() { sed -n "s/^$2: *//p" "$1/manifest"; }

quoted() { printf '%s' "$1" | sed "s/'/''/g; s/^/'/; s/\$/'/"; }

array() { printf "'{%s}'::text[]" "$(printf '%s' "$1" | tr ' ' ',')"; }

# rows FILE: the rows of all subjects' FILE, each with the subject and a number.
rows()
{
    file=$1
    shift
    for subject; do
        [ ! -f "$subject/$file" ] || sed -n "/^--/d; /^\$/d; s/^(/('$subject', @, /; p" "$subject/$file"
    done | awk '{ if (sub(/, @, /, ", " n + 1 ", ")) n++; line[NR] = $0 }
                END { sub(/,$/, "", line[NR]); for (i = 1; i <= NR; i++) print "        " line[i] }'
}

# relations SUBJECT: the tables and views that its parts make, as rows.
relations()
{
    [ ! -f "$1/checks.sql" ] || echo "data_quality_$1" | sed "s/.*/        ('$1', '&'),/"
    for part in $(manifest "$1" parts); do
        sed -n "s/^CREATE TABLE IF NOT EXISTS \\([a-z_0-9]*\\).*/\\1/p
                s/^ *\\(EXECUTE '\\)\\{0,1\\}CREATE \\(OR REPLACE \\)\\{0,1\\}VIEW \\([a-z_0-9]*\\).*/\\3/p" \
            "$1/$part.sql"
    done | sed "s/.*/        ('$1', '&'),/"
}

# statements SUBJECT PART: as rows (file, line, text). A statement begins in the
# first column, and ends with a semicolon at the end of a line, outside of quotes.
statements()
{
    awk -v subject="$1" -v file="$1/$2.sql" '
        function put() {
            printf ",\n        (%s, %s, %d, $script$%s$script$)",
                   "\047" subject "\047", "\047" file "\047", first, text
            text = ""
        }
        (text == "" || ended) && (/^--/ || /^$/) { next }
        text == "" { first = FNR }
        text != "" && ended && /^[^ \t]/ && !/^(END|\$)/ { put(); first = FNR }
        { text = text (text == "" ? "" : "\n") $0 }
        !/^ *--/ { line = $0; quotes += gsub(/\047/, "", line) }
        { ended = /;$/ && quotes % 2 == 0 }
        END { if (text != "") put() }' "$1/$2.sql"
}

# checks SUBJECT: the statements of the view of its checks, as rows.
checks()
{
    printf ",\n        ('%s', '%s/checks.sql', 1, crm_checks_view('%s'))" "$1" "$1" "$1"
    printf ",\n        ('%s', '%s/checks.sql', 1, \$script\$COMMENT ON VIEW data_quality_%s IS\n" "$1" "$1" "$1"
    printf "'One row per check of the sources of the subject %s: see data_quality.';\$script\$)" "$1"
}

cat <<'SQL'

CREATE FUNCTION crm_subjects(OUT subject text, OUT about text, OUT needs text[], OUT is_base boolean)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 15
BEGIN ATOMIC
    VALUES
SQL
comma=
for subject; do
    base=false
    [ "$(manifest "$subject" base)" != yes ] || base=true
    printf "%s        ('%s', %s, %s, %s)" "$comma" "$subject" "$(quoted "$(manifest "$subject" about)")" \
        "$(array "$(manifest "$subject" needs)")" "$base"
    comma=',
'
done
cat <<'SQL'
;
END;
COMMENT ON FUNCTION crm_subjects() IS
'The subjects that a workspace can have, in order.
needs: subjects whose views it reads. is_base: every workspace has it.';

CREATE FUNCTION crm_source_fields(OUT subject text, OUT "position" integer, OUT source text, OUT field text,
    OUT type text, OUT role text, OUT otherwise text, OUT comment text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 200
BEGIN ATOMIC
    VALUES
SQL
rows sources.sql "$@"
cat <<'SQL'
;
END;
COMMENT ON FUNCTION crm_source_fields() IS
'The fields that each source of a workspace can give, in order.
type: of the column that becomes of it; key is the customers'' key, id a key of the row, time a date or timestamp,
day the same, which becomes two columns, _at and _on, weight a number not below 0.
role: primary and required fields must be given.
otherwise: the expression used where the field is not given; NULL where there is none.';

CREATE FUNCTION crm_ledgers(OUT subject text, OUT "position" integer, OUT source text, OUT ledger text,
    OUT ledger_column text, OUT keys text[], OUT key_expressions text[], OUT day text, OUT amount text,
    OUT events text, OUT condition text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 4
BEGIN ATOMIC
    VALUES
SQL
rows ledgers.sql "$@"
cat <<'SQL'
;
END;
COMMENT ON FUNCTION crm_ledgers() IS
'The ledgers that a workspace keeps: of which source, by which keys.
Each is a table with the keys and one crm_activity, the aggregate of day, amount and events over the rows of the source.
The first key is the customer''s.';

CREATE FUNCTION crm_dictionary(OUT subject text, OUT "position" integer, OUT name text, OUT comment text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 400
BEGIN ATOMIC
    VALUES
SQL
rows comments.sql "$@"
cat <<'SQL'
;
END;
COMMENT ON FUNCTION crm_dictionary() IS
'What names of columns and relations of a workspace mean.
name: a column, relation.column, or relation.* for the relation itself.';

CREATE FUNCTION crm_questions(OUT subject text, OUT "position" integer, OUT question text, OUT view_name text,
    OUT query text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    VALUES
SQL
rows questions.sql "$@"
cat <<'SQL'
;
END;
COMMENT ON FUNCTION crm_questions() IS
'Which view of a workspace crm answers which question: see crm_help.';

CREATE FUNCTION crm_checks(OUT subject text, OUT "position" integer, OUT source text, OUT check_name text,
    OUT severity text, OUT meaning text, OUT problem_count text, OUT example_key text, OUT problem_rows text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 100
BEGIN ATOMIC
    VALUES
SQL
rows checks.sql "$@"
cat <<'SQL'
;
END;
COMMENT ON FUNCTION crm_checks() IS
'What is looked for in the sources of a workspace, one row per check.
Each is a row of a view data_quality_SUBJECT. problem_count and example_key are aggregates over problem_rows,
which begins with FROM; problem_count is count(*) where NULL.';

CREATE FUNCTION crm_checks_view(asked_subject text, asked_position integer DEFAULT NULL) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    -- An aggregate without GROUP BY has a row even when there is nothing to report, and a condition on
    -- source or check_name leaves the other checks unread.
    SELECT 'CREATE OR REPLACE VIEW data_quality_' || asked_subject || ' AS'
        || E'\nSELECT source, check_name, severity, meaning, problem_count::bigint AS problem_count, example_key,'
        || E'\n       crm_as_of() AS as_of\nFROM (\n'
        || string_agg('SELECT ' || quote_literal(source) || ' AS source, '
                      || quote_literal(check_name) || ' AS check_name, '
                      || quote_literal(severity) || ' AS severity, '
                      || quote_literal(meaning) || E' AS meaning,\n       '
                      || coalesce(problem_count, 'count(*)') || ' AS problem_count, '
                      || coalesce(example_key, 'NULL::text') || E' AS example_key\n' || problem_rows,
                      E'\nUNION ALL\n' ORDER BY position)
        || E'\n) AS checked;'
    FROM crm_checks() WHERE subject = asked_subject AND position = coalesce(asked_position, position);
END;
COMMENT ON FUNCTION crm_checks_view(text, integer) IS
'The statement that makes the view data_quality_SUBJECT.
Its rows are the checks that crm_checks() has of the subject, or the one at this position; NULL where it has none.';

CREATE FUNCTION crm_workspace_script(OUT subject text, OUT file text, OUT line integer, OUT statement text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 400
BEGIN ATOMIC
    VALUES
SQL
for subject; do
    for part in $(manifest "$subject" parts); do
        statements "$subject" "$part"
    done
    [ ! -f "$subject/checks.sql" ] || checks "$subject"
done | sed '1{/^,$/d;}'
cat <<'SQL'
;
END;
COMMENT ON FUNCTION crm_workspace_script() IS
'The statements that make a workspace, in order, and where they stand.
Run with the workspace first in search_path, each as crm_fill_in() returns it.';

CREATE FUNCTION crm_fill_in(statement text, definition jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    -- An amount has up to 16 digits before its point, as many as a ledger can hold.
    SELECT replace(replace(replace(replace(
        statement,
        ':customer_id', definition ->> 'key_type'),
        ':''time_zone''', zone),
        ':amount', format('numeric(%s,%s)', 16 + scale, scale)),
        'crm_as_of()', format('crm_as_of(%s)', zone))
    FROM (SELECT quote_literal(definition ->> 'time_zone') AS zone,
                 (definition ->> 'amount_scale')::integer AS scale) AS given;
END;
COMMENT ON FUNCTION crm_fill_in(text, jsonb) IS
'A statement of the subjects, as this workspace wants it.
:customer_id becomes the type of customers'' keys, :''time_zone'' its time zone, :amount the type of amounts;
crm_as_of() becomes crm_as_of(time zone).';
SQL

cat <<'SQL'

CREATE FUNCTION crm_relation_subjects(OUT relation_name text, OUT subject text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 400
BEGIN ATOMIC
    SELECT DISTINCT ON (relation_name) relation_name, subject
    FROM (
        SELECT source, subject, position FROM crm_source_fields()
        UNION ALL
        -- What functions make, most of it of the parts of all subjects.
        VALUES ('definition', 'lib', 1000), ('customer_360', 'customer', 1000),
            ('customer_elsewhere', 'customer', 1000), ('data_quality', 'quality', 1000),
            ('reconciliation', 'quality', 1000),
            ('target', 'profile', 1000), ('target_member', 'profile', 1000)
        UNION ALL
        SELECT made.relation_name, made.subject, made.position FROM (VALUES
SQL
for subject; do
    relations "$subject"
done | awk '{ sub(/\),$/, ", " 1000 + NR ")"); line[NR] = $0 }
            END { for (i = 1; i <= NR; i++) print "    " line[i] (i < NR ? "," : "") }'
cat <<'SQL'
        ) AS made (subject, relation_name, position)
    ) AS relation (relation_name, subject, position)
    ORDER BY relation_name, position;
END;
COMMENT ON FUNCTION crm_relation_subjects() IS
'The subject that each table and view of a workspace belongs to.
One row per relation, whether or not a workspace has it.
A source to which several subjects add fields belongs to the first.';
SQL
