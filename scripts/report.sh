#!/usr/bin/env bash
# What there is to see in a workspace, as one HTML file to look at, print and
# send: it needs no network and no server. Which database is asked is up to
# libpq's environment: PGHOST, PGDATABASE and so on.
#
#   scripts/report.sh [--workspace crm] [--output report.html] [--as-of DAY] [--sessions 2]
#
#   --workspace  the workspace's schema
#   --output     the file to write
#   --as-of      the day to look from; by default what crm_ext.as_of says, else today
#   --sessions   how many connections ask at once, of one snapshot
#
# The pictures lie in dashboard/report: a folder a section, in it a query
# (.sql) that says what is seen and its rows as JSON, and a Vega specification
# (.vg.json); without one the rows are a table. What they need is checked first: a
# workspace without events has no section of events. CRM_VEGA is where Vega's
# modules are, if not where Debian's package libjs-vega has them.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/lib.sh
source "$top/scripts/lib.sh"

pictures=$top/dashboard/report
vega=${CRM_VEGA:-/usr/share/javascript/vega}
# In the order of what they require of each other.
modules=(util time format loader dataflow canvas scale scenegraph statistics expression selection functions
    runtime view event-selector parser transforms view-transforms encode label interpreter)

usage()
{
    sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit "$1"
}

workspace=crm output=report.html as_of='' sessions=2
running=() asked=() idle=()

# What pictures show and reconciliation adds up is read once, and so is what the
# latter holds it against. What takes longest stands first.
shown=(segment_history clv_by_segment lifecycle_summary segment_summary rfm_heatmap segment_typical pareto_curve
    segment_transition rfm_thresholds abc_summary concentration clv_matrix clv_holdout growth_accounting
    retention_cohort clv_frequency_check purchase_gap)
claims=(reconciliation_due reconciliation_found)

read_arguments()
{
    local name

    while (($# > 0)); do
        case $1 in
            --workspace | --output | --as-of | --sessions)
                (($# > 1)) || usage 2
                name=${1#--}
                printf -v "${name//-/_}" %s "$2"
                shift ;;
            --help | -h) usage 0 ;;
            *) usage 2 ;;
        esac
        shift
    done
    [[ $sessions =~ ^[1-9][0-9]?$ ]] || usage 2
}

ask() { psql -X -q -A -t -v ON_ERROR_STOP=1 -v workspace="$workspace"; }

# What relations the workspace has, and which of them are what subjects of its own
# have to reconcile.
list_relations()
{
    mapfile -t relations < <(ask <<<"SELECT relname FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace
                                     WHERE nspname = :'workspace' AND relkind IN ('r', 'p', 'v', 'm', 'f');")
    mapfile -t elsewhere < <(printf '%s\n' "${relations[@]}" | grep '^reconciliation_' |
        grep -v -x -F -e reconciliation_quality -f <(printf '%s\n' "${claims[@]}"))
}

# The relations that a query says it needs, and those of them that are read once.
needs() { sed -n '1s/^-- needs: *//p' "$1"; }

needs_read()
{
    needs "$1" | tr ' ' '\n' | grep -x -F -f <(printf '%s\n' "${claims[@]}" "${shown[@]}")
}

# Queries whose relations the workspace has, in order.
possible()
{
    local query

    for query in "$pictures"/*/*.sql; do
        printf '%s\t%s\n' "$query" "$(needs "$query")"
    done | awk -F'\t' '
        NR == FNR { has[$1] = 1; next }
        { n = split($2, name, / +/); for (i = 1; i <= n; i++) if (!(name[i] in has)) next; print $1 }' \
        <(printf '%s\n' "${relations[@]}") -
}

# Sessions are asked at once, each in a transaction of the same snapshot, so that
# all pictures are of one state. Workers would only take the other's processor,
# and JIT costs more than it saves here.
#
# begin SESSION [SNAPSHOT]: starts one, which says when it is free.
begin()
{
    local take='' descriptor

    (($# == 1)) || take="SET TRANSACTION SNAPSHOT '$2';"
    rm -f "$folder/asked.$1"
    mkfifo "$folder/asked.$1"
    psql -X -q -A -t -v ON_ERROR_STOP=1 -v workspace="$workspace" -v as_of="$as_of" <"$folder/asked.$1" >&"$said" &
    running[$1]=$!
    exec {descriptor}>"$folder/asked.$1"
    asked[$1]=$descriptor
    { cat >&"$descriptor"; } 2>/dev/null <<END || return 1
BEGIN ISOLATION LEVEL REPEATABLE READ;
$take
SET LOCAL jit = off;
SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL work_mem = '64MB';
SELECT set_config('search_path', format('%I, %I', :'workspace', extnamespace::regnamespace), true)
FROM pg_extension WHERE extname = 'crm_ext' \g /dev/null
SELECT CASE WHEN :'as_of' <> '' THEN set_config('crm_ext.as_of', :'as_of', true) END \g /dev/null
SELECT pg_export_snapshot() AS snapshot \gset
\echo free $1 :snapshot
END
}

# The next session that is free, as free and snapshot; none where the last one is gone.
await()
{
    local session

    until read -r -t 1 _ free snapshot <&"$said"; do
        for session in "${!running[@]}"; do
            kill -0 "${running[session]}" 2>/dev/null || return 1
        done
    done
}

# The first session, and as many more as the server lets in.
begin_all()
{
    local session first tries

    mkfifo "$folder/said"
    exec {said}<>"$folder/said"
    # Of a role that gets in once the server may still be ending the session before.
    for ((tries = 1; ; tries++)); do
        ! begin 0 || ! await || break
        ((tries < 3)) || exit 1
        sleep 1
    done
    idle=(0)
    first=$snapshot
    for ((session = 1; session < sessions; session++)); do
        if begin "$session" "$first" && await; then
            idle+=("$session")
        else
            unset "running[$session]"
            break
        fi
    done
}

# work SCRIPT...: runs scripts of psql, each in the next session that is free.
work()
{
    local busy=0

    while (($# > 0 || busy > 0)); do
        if (($# > 0 && ${#idle[@]} > 0)); then
            printf '\\i %s\n\\o\n\\echo free %d\n' "$1" "${idle[0]}" >&"${asked[${idle[0]}]}"
            idle=("${idle[@]:1}")
            busy=$((busy + 1))
            shift
        else
            await || exit 1
            idle+=("$free")
            busy=$((busy - 1))
        fi
    done
}

# read_script RELATION: its rows as JSON, into a file of its name. What is shown
# claims what its own rows add up to; what is not, but the source, claims nothing
# here: to read all views only for their totals would take as long as all the rest.
read_script()
{
    local condition=''

    [[ $1 != reconciliation_found ]] || condition="WHERE view_name = 'purchase'"
    printf '\\o %s\nSELECT coalesce(json_agg(one), $$[]$$) FROM %s AS one %s;\n' "$folder/read/$1" "$1" "$condition"
}

# picture_script QUERY [RELATION...]: the query, and before it the rows that were
# read of these relations, under their names.
picture_script()
{
    local query=$1 relation rows=''

    shift
    for relation; do
        set_variable "$relation"
        rows+="$relation AS MATERIALIZED (SELECT * FROM json_populate_recordset(NULL::$relation, :'$relation')), "
    done
    if [[ " $* " == *' reconciliation_due '* ]]; then
        set_variable shown
        set_variable elsewhere
    fi
    # A query that needs none of them may begin as it likes.
    [[ -z $rows ]] || grep -q '^WITH ' "$query" || die "$query does not begin with WITH"
    printf '\\o %s\n' "$(answer "$query")"
    sed "s/^WITH /&$rows/" "$query"
}

# shellcheck disable=SC2016 # what is in backquotes is psql's to run
set_variable() { printf '\\set %s `cat %s`\n' "$1" "$folder/read/$1"; }

# What psql is to run, a file each, in the order in which it is best begun: first
# what is read once and the pictures that need nothing of it, then the others.
scripts()
{
    local query relation stage read i n=100

    mkdir "$folder/read" "$folder/first" "$folder/later"
    for relation in "${claims[@]}"; do
        n=$((n + 1))
        read_script "$relation" >"$folder/first/$n"
    done
    # The last picture first: data quality takes longest.
    for ((i = $#; i > 0; i--)); do
        query=${!i} n=$((n + 1))
        mapfile -t read < <(needs_read "$query")
        stage=first
        ((${#read[@]} == 0)) || stage=later
        picture_script "$query" ${read[@]+"${read[@]}"} >"$folder/$stage/$n"
    done
    for relation in "${shown[@]}" ${elsewhere[@]+"${elsewhere[@]}"}; do
        n=$((n + 1))
        read_script "$relation" >"$folder/first/$n"
    done
    printf '\\o %s\n\\i %s\n' "$folder/head" "$pictures/head.sql" >"$folder/first/$((n + 1))"
}

# For the picture of reconciliation: rows of all that is shown, by name, and what
# other subjects claim, an array of arrays.
join_read()
{
    local relation mark=''

    for relation in "${shown[@]}"; do
        printf '%s"%s": ' "${mark:-{}" "$relation"
        cat "$folder/read/$relation"
        mark=', '
    done >"$folder/read/shown"
    echo '}' >>"$folder/read/shown"
    mark=''
    {
        printf '['
        for relation in ${elsewhere[@]+"${elsewhere[@]}"}; do
            printf '%s' "$mark"
            cat "$folder/read/$relation"
            mark=', '
        done
        printf ']'
    } >"$folder/read/elsewhere"
}

# Where the answer to a query goes: its path, made a name.
answer()
{
    local name=${1#"$pictures"/}

    printf '%s' "$folder/${name//\//.}"
}

quoted()
{
    local text=${1//\\/\\\\}

    printf '"%s"' "${text//\"/\\\"}"
}

# What page.js draws from. An answer without rows of its own is an empty picture.
data()
{
    local query section='' id

    printf '{"head": %s,\n' "$(cat "$folder/head")"
    # The shared configuration is an object: its inside goes here.
    sed '1s/^{//; $s/}$/,/' "$pictures/theme.json"
    printf '"sections": ['
    for query; do
        if [[ $section != "$(dirname "$query")" ]]; then
            [[ -z $section ]] || printf ']},\n'
            section=$(dirname "$query")
            printf '{"id": %s, "title": %s, "about": %s, "pictures": [\n' "$(quoted "${section##*/[0-9][0-9]_}")" \
                "$(quoted "$(sed -n 1p "$section/section")")" "$(quoted "$(sed -n 2p "$section/section")")"
        else
            printf ',\n'
        fi
        id=${query#"$pictures"/[0-9][0-9]_}
        id=${id%.sql}
        printf '{"id": %s' "$(quoted "${id/\/[0-9][0-9]_/-}")"
        [[ ! -f ${query%.sql}.vg.json ]] || printf ', "spec": %s' "$(cat "${query%.sql}.vg.json")"
        # The answer is an object too, or nothing.
        if [[ -s $(answer "$query") ]]; then
            printf ', %s' "$(sed '1s/^{//' "$(answer "$query")")"
        else
            printf ', "empty": %s}' "$(quoted "$(sed -n 's/^-- empty: *//p' "$query")")"
        fi
    done
    [[ -z $section ]] || printf ']}'
    printf ']}'
}

# Vega comes as modules that ask for each other with require(), and each would
# take the place of the one before in a plain page.
vega_modules()
{
    local module name

    printf '/*\n'
    sed 's:\*/:* /:g' "${CRM_VEGA_COPYRIGHT:-/usr/share/doc/libjs-vega/copyright}"
    printf '*/\nvar vega = (function () {\nvar known = {}, all = {};\nfunction require(name) { return known[name]; }\n'
    for module in "${modules[@]}"; do
        name=vega-$module
        # The module of selections has a plural name and a singular file.
        [[ $module != selection ]] || name='vega-selections'
        printf '(function (exports, module) {\n'
        sed '/^\/\/# sourceMappingURL=/d; s:</script:<\\/script:g' "$vega/vega-$module.min.js"
        printf '\n})(known["%s"] = {}, {});\nObject.assign(all, known["%s"]);\n' "$name" "$name"
    done
    # What the whole package does last: transforms are looked up in one table.
    for module in transforms view-transforms encode label; do
        printf 'Object.assign(known["vega-dataflow"].transforms, known["vega-%s"]);\n' "$module"
    done
    printf 'return all;\n})();\n'
}

# page.html with the files put where it names them. The nonce is made from what
# is in the page: nobody who writes data knows it.
page()
{
    local line

    while IFS= read -r line; do
        line=${line//@NONCE@/$nonce}
        case $line in
            *@STYLE@*) cat "$pictures/page.css" ;;
            *@VEGA@*) cat "$folder/vega" ;;
            *@PAGE@*) cat "$pictures/page.js" ;;
            *@DATA@*)
                printf '%s' "${line%%@DATA@*}"
                # No data can end the element that it stands in.
                sed 's/</\\u003c/g' "$folder/data"
                printf '%s\n' "${line##*@DATA@}" ;;
            *) printf '%s\n' "$line" ;;
        esac
    done <"$pictures/page.html"
}

# Whoever is still at work stops.
end_all()
{
    ((${#running[@]} == 0)) || kill -INT "${running[@]}" 2>/dev/null || true
    rm -rf "$folder"
}

make_report()
{
    local queries nonce

    [[ $(ask <<<"SELECT to_regclass(format('%I.setting', :'workspace')) IS NOT NULL;") == t ]] ||
        die "there is no workspace $workspace in this database"
    list_relations
    mapfile -t queries < <(possible)
    scripts ${queries[@]+"${queries[@]}"}
    begin_all
    work "$folder"/first/*
    join_read
    work "$folder"/later/*
    data ${queries[@]+"${queries[@]}"} >"$folder/data"
    vega_modules >"$folder/vega"
    nonce=$(cat "$folder/data" "$pictures/page.js" | sha256sum | cut -c 1-32)
    page >"$folder/page"
    # As any new file: mktemp's own is nobody else's to read.
    cat "$folder/page" >"$output"
    say "$(wc -c <"$output" | awk '{ printf "%.1f MB", $1 / 1e6 }') written to $output"
}

main()
{
    read_arguments "$@"
    if [[ ! -f $vega/vega-view.min.js ]] || ! command -v psql >/dev/null; then
        # No server is needed here, and so none is chosen.
        major='' PG_CONFIG=${PG_CONFIG:-pg_config}
        need libjs-vega test -f "$vega/vega-view.min.js"
        need postgresql-client command -v psql
        install_missing
    fi
    folder=$(mktemp -d "${TMPDIR:-/tmp}/crm_report.XXXXXX")
    on_exit end_all
    make_report
}

main "$@"
