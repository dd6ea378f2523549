#!/usr/bin/env bash
# A dashboard for Superset over the views of a workspace, as the archive that
# "superset import-dashboards --path FILE" takes. Which database is asked is up
# to libpq's environment: PGHOST, PGDATABASE and so on.
#
#   dashboard/superset/export.sh [--workspace crm] [--uri URI] [--output customers.zip]
#
#   --workspace  the workspace's schema, or its schema of plain views
#   --uri        how Superset is to reach the database, without a password
#   --output     the archive to write
#
# charts.sql lists the charts; datasets, their descriptions and formats are
# made from the comments on the views. Needs psql and python3.
set -euo pipefail
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
workspace=crm uri=postgresql+psycopg2://bi@localhost/shop output=customers.zip

usage()
{
    sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit "$1"
}

while (($# > 0)); do
    case $1 in
        --workspace | --uri | --output)
            (($# > 1)) || usage 2
            printf -v "${1#--}" %s "$2"
            shift ;;
        --help | -h) usage 0 ;;
        *) usage 2 ;;
    esac
    shift
done

psql -X -q -A -t -v ON_ERROR_STOP=1 -v workspace="$workspace" -v uri="$uri" \
    -f "$folder/charts.sql" -f "$folder/export.sql" | python3 -c '
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as archive:
    for line in sys.stdin:
        # COPY doubles backslashes.
        file = json.loads(line.replace("\\\\", "\\"))
        # Of no particular time: the same content is the same archive.
        archive.writestr(zipfile.ZipInfo("customers/" + file["path"]), file["content"])' "$output"
printf '==> %s charts written to %s\n' "$(python3 -m zipfile -l "$output" | grep -c /charts/)" "$output"
