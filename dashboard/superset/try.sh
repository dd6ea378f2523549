#!/usr/bin/env bash
# Imports the dashboard into a Superset of its own, and opens every chart in a
# browser: what comes out is a picture of each, to be looked at. Not part of the
# tests, for Superset is large.
#
#   dashboard/superset/try.sh CUSTOMERS.zip FOLDER
#
# CUSTOMERS.zip is what export.sh wrote, with a URI that works from here. FOLDER
# gets a virtual environment (superset), which is used again, a database and the
# pictures, which are not. PORT (8577) is where it listens, on loopback.
# Tried with Superset 6.1.0, which wants rich, cachetools, cachelib 0.13.0 and
# flask-caching 2.3.1 beside it.
set -euo pipefail
archive=$(realpath "$1") folder=$(realpath -m "$2") port=${PORT:-8577}
rm -rf "$folder/pictures" "$folder/profile" "$folder/superset.db"
mkdir -p "$folder/pictures"
if [[ ! -x $folder/superset/bin/superset ]]; then
    python3 -m venv "$folder/superset"
    "$folder/superset/bin/pip" install -q apache-superset==6.1.0 psycopg2-binary rich cachetools \
        cachelib==0.13.0 flask-caching==2.3.1
fi

# Everybody on loopback is an administrator: this is no server to be kept.
cat >"$folder/superset_config.py" <<END
SECRET_KEY = "$(head -c 32 /dev/urandom | base64)"
SQLALCHEMY_DATABASE_URI = "sqlite:///$folder/superset.db"
AUTH_ROLE_PUBLIC = "Admin"
PUBLIC_ROLE_LIKE = "Admin"
WTF_CSRF_ENABLED = False
TALISMAN_ENABLED = False
END
export SUPERSET_CONFIG_PATH=$folder/superset_config.py FLASK_APP=superset PATH=$folder/superset/bin:$PATH HOME=$folder
{
    superset db upgrade
    superset fab create-admin --username admin --firstname a --lastname b --email admin@localhost --password admin
    superset init
    superset import-dashboards --path "$archive" --username admin
} >"$folder/log" 2>&1
gunicorn --bind "127.0.0.1:$port" --workers 1 --threads 4 --timeout 120 'superset.app:create_app()' \
    >>"$folder/log" 2>&1 &
server=$!
trap 'kill "$server"' EXIT
until curl -sf "http://127.0.0.1:$port/health" >/dev/null; do sleep 1; done

python3 - "$port" <<'END' >"$folder/charts"
import json, sys, urllib.request
url = "http://127.0.0.1:%s/api/v1/chart/?q=(page_size:100)" % sys.argv[1]
for chart in json.load(urllib.request.urlopen(url))["result"]:
    print(chart["id"], chart["slice_name"], sep="\t")
END
shot()
{
    timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars \
        --user-data-dir="$folder/profile" --window-size="$2" --virtual-time-budget=30000 \
        --screenshot="$folder/pictures/$3.png" "http://127.0.0.1:$port/$1" </dev/null >/dev/null 2>&1 ||
        printf '    no picture of %s\n' "$3"
}
while IFS=$'\t' read -r id name; do
    shot "explore/?slice_id=$id&standalone=1" 900,520 "${name//[^A-Za-z0-9]/_}"
    printf '    %s\n' "$name"
done <"$folder/charts"
shot 'superset/dashboard/customers/?standalone=1' 1440,4200 dashboard
printf '==> the pictures are in %s\n' "$folder/pictures"
