#!/usr/bin/env bash
# Reads every plain view of a workspace through the clients that people have,
# and prints which of their types each of PostgreSQL's becomes. Not part of the
# tests: the clients come from elsewhere.
#
#   test/clients/run.sh FOLDER SCHEMA
#
# SCHEMA is what crm_grant_reader was given as plain_schema. FOLDER has the
# clients, each left out where it is missing: clients/ a virtual environment of
# Python (psycopg, sqlalchemy, pandas, polars, adbc-driver-postgresql,
# connectorx, duckdb and duckdb-extension-postgres-scanner of one
# version, duckdb-extensions), node/ with pg, jdbc/postgresql-*.jar, go/ a module that
# requires pgx. PGHOST (a name, no socket), PGPORT, PGUSER and PGDATABASE say
# where, without a password.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$1 schema=$2
export CRM_URI=postgresql://$PGUSER@$PGHOST:$PGPORT/$PGDATABASE CRM_USER=$PGUSER
export CRM_JDBC=jdbc:postgresql://$PGHOST:$PGPORT/$PGDATABASE
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

psql -X -q -A -t -F ' ' -v schema="$schema" >"$work/views" <<'END'
SELECT nspname, relname FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace
WHERE nspname = :'schema' AND relkind = 'v' ORDER BY relname;
END
psql -X -q -A -t -F $'\t' -v schema="$schema" >"$work/types" <<'END'
SELECT relname, attname, format_type(atttypid, NULL)
FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid JOIN pg_namespace AS n ON n.oid = relnamespace
WHERE nspname = :'schema' AND relkind = 'v' AND attnum > 0 AND NOT attisdropped;
END

{
    for client in psycopg3 sqlalchemy pandas polars connectorx duckdb; do
        [[ ! -x $folder/clients/bin/python ]] ||
            "$folder/clients/bin/python" "$here/python.py" "$client" <"$work/views" || true
    done
    [[ ! -d $folder/node ]] || NODE_PATH=$folder/node/node_modules node "$here/node.js" <"$work/views" || true
    if [[ -d $folder/jdbc ]]; then
        javac -d "$work" "$here/Jdbc.java"
        java -cp "$work:$(echo "$folder"/jdbc/*.jar)" Jdbc <"$work/views" || true
    fi
    if [[ -d $folder/go ]]; then
        cp "$here/pgx.go" "$folder/go/main.go"
        (cd "$folder/go" && go run . <"$work/views") || true
    fi
} >"$work/found"

# One line a client and type: how many columns, and what they became.
awk -F'\t' 'NR == FNR { type[$1 FS $2] = $3; next }
            { key = $1 FS type[$2 FS $3]; columns[key]++; views[$1 FS $2]++
              if ($4 != "" && !index(";" became[key] ";", ";" $4 ";"))
                  became[key] = became[key] ? became[key] ";" $4 : $4 }
            END { for (v in views) { split(v, p, FS); n[p[1]]++ }
                  for (k in columns) {
                      split(k, p, FS)
                      printf "%s\t%d views\t%s\t%d columns\t%s\n", p[1], n[p[1]], p[2], columns[k], became[k] } }' \
    "$work/types" "$work/found" | sort
