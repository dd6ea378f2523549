#!/bin/sh
# Writes the subjects of a workspace as SQL functions, for the install script.
#
#   embed.sh SUBJECT...          in the order in which they can be made
#
# A subject is a folder here. Its manifest says what it is about, which subjects
# it needs, which parts it has (PART.sql, in order), and whether every workspace
# has it. sources.sql, ledgers.sql, comments.sql and questions.sql are rows of
# a table; parts are statements.
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

# relations SUBJECT...: the tables and views of each as rows. Those that functions
# make of all subjects' are named here.
relations()
{
    {
        echo lib definition
        echo lib data_quality
        echo customer customer_360
        echo customer customer_elsewhere
        echo customer reconciliation
        for subject; do
            for part in $(manifest "$subject" parts); do
                sed -En "s/.*CREATE (OR REPLACE VIEW|TABLE IF NOT EXISTS) ([a-z0-9_]+).*/$subject \\2/p" "$subject/$part.sql"
            done
            [ ! -f "$subject/sources.sql" ] || sed -n "s/^('\([a-z_]*\)',.*/$subject \1/p" "$subject/sources.sql"
        done
        echo profile target
        echo profile target_member
    } | awk '!seen[$2]++ { printf "%s        (\047%s\047, \047%s\047)", comma, $2, $1; comma = ",\n" } END { print "" }'
}

cat <<'END'

CREATE FUNCTION crm_subjects(OUT subject text, OUT about text, OUT needs text[], OUT is_base boolean)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 15
BEGIN ATOMIC
    VALUES
END
comma=
for subject; do
    base=false
    [ "$(manifest "$subject" base)" != yes ] || base=true
    printf "%s        ('%s', %s, %s, %s)" "$comma" "$subject" "$(quoted "$(manifest "$subject" about)")" \
        "$(array "$(manifest "$subject" needs)")" "$base"
    comma=',
'
done
cat <<'END'
;
END;
COMMENT ON FUNCTION crm_subjects() IS
'The subjects that a workspace can have, in order.
needs: subjects whose views it reads. is_base: every workspace has it.';

CREATE FUNCTION crm_source_fields(OUT subject text, OUT "position" integer, OUT source text, OUT field text, OUT type text, OUT role text, OUT otherwise text, OUT comment text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 200
BEGIN ATOMIC
    VALUES
END
rows sources.sql "$@"
cat <<'END'
;
END;
COMMENT ON FUNCTION crm_source_fields() IS
'The fields that each source of a workspace can give, in order.
type: of the column that becomes of it; key is the customers'' key, id a key of the row, time a date or timestamp, day the same, which becomes two columns, _at and _on, weight a number not below 0. role: primary and required fields must be given. otherwise: the expression used where the field is not given; NULL where there is none.';

CREATE FUNCTION crm_relations(OUT relation_name text, OUT subject text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 300
BEGIN ATOMIC
    VALUES
END
relations "$@"
cat <<'END'
;
END;
COMMENT ON FUNCTION crm_relations() IS
'Tables and views of a workspace, and the subject of each.
Where two subjects have one, that is the first of crm_subjects.';

CREATE FUNCTION crm_ledgers(OUT subject text, OUT "position" integer, OUT source text, OUT ledger text, OUT ledger_column text, OUT keys text[], OUT key_expressions text[], OUT day text, OUT amount text, OUT events text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 4
BEGIN ATOMIC
    VALUES
END
rows ledgers.sql "$@"
cat <<'END'
;
END;
COMMENT ON FUNCTION crm_ledgers() IS
'The ledgers that a workspace keeps: of which source, by which keys.
Each is a table with the keys and one crm_activity, the aggregate of day, amount and events over the rows of the source. The first key is the customer''s.';

CREATE FUNCTION crm_dictionary(OUT subject text, OUT "position" integer, OUT name text, OUT comment text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 400
BEGIN ATOMIC
    VALUES
END
rows comments.sql "$@"
cat <<'END'
;
END;
COMMENT ON FUNCTION crm_dictionary() IS
'What names of columns and relations of a workspace mean.
name: a column, relation.column, or relation.* for the relation itself.';

CREATE FUNCTION crm_questions(OUT subject text, OUT "position" integer, OUT question text, OUT view_name text, OUT query text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    VALUES
END
rows questions.sql "$@"
cat <<'END'
;
END;
COMMENT ON FUNCTION crm_questions() IS
'Which view of a workspace crm answers which question: see crm_help.';

CREATE FUNCTION crm_workspace_script(OUT subject text, OUT file text, OUT line integer, OUT statement text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 400
BEGIN ATOMIC
    VALUES
END
for subject; do
    for part in $(manifest "$subject" parts); do
        statements "$subject" "$part"
    done
done | sed '1{/^,$/d;}'
cat <<'END'
;
END;
COMMENT ON FUNCTION crm_workspace_script() IS
'The statements that make a workspace, in order, and where they stand.
Run with the workspace first in search_path. :customer_id stands for the type of customers'' keys, :''time_zone'' for the time zone; crm_as_of() becomes crm_as_of(time zone).';
END
