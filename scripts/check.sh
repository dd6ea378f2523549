#!/usr/bin/env bash
# The inner loop: builds what changed, and runs the tests of one topic.
#
#   scripts/check.sh [TOPIC | TEST...]     e.g. rfm, or test/workspace_rights.sql
#   scripts/check.sh --accept TOPIC        takes what its sessions printed last as expected
#
# A topic's tests are those whose names begin with it: test/unit/TOPIC*.c,
# sql/TOPIC*.sql, test/TOPIC*.sql, test/t/TOPIC*.pl; and the rules that all keep.
# Of a subject of workspaces also those of every subject. Without an argument,
# all but the fuzzers. The built copy is kept between runs in CRM_CHECK (by default
# a folder of the temporary files, one for each checkout); the server is not.
# What test.sh installs must be there: run that once.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/lib.sh
source "$top/scripts/lib.sh"

# Copies what changed, and removes what was removed.
update_copy()
{
    local list=$work/list file

    mkdir -p "$work/src"
    touch "$work/copying"
    git -C "$top" ls-files -co --exclude-standard | sort -u |
        while IFS= read -r file; do [[ ! -f $top/$file ]] || printf '%s\n' "$file"; done >"$list.new"
    if [[ -f $list ]]; then
        comm -23 "$list" "$list.new" | (cd "$work/src" && xargs -r -d '\n' rm -f --)
    fi
    tar -C "$top" -cf - -T "$list.new" | tar -C "$work/src" --no-same-owner -xf -
    # What was saved while the last check was building is older than what that built.
    while IFS= read -r file; do [[ ! $top/$file -nt $work/copied ]] || printf '%s\n' "$file"; done <"$list.new" |
        (cd "$work/src" && xargs -r -d '\n' touch --)
    mv "$list.new" "$list"
    mv "$work/copying" "$work/copied"
}

# The tests of a topic, one a line; sessions of pg_regress as REGRESS.
choose_tests()
{
    local topic=$1 file

    shopt -s nullglob
    # Of a topic of several parts also what its states have in common.
    for file in test/unit/"$topic"*.c test/unit/"${topic%%_*}"_state*.c; do
        tests+=("test/build/unit/$(basename "$file" .c)")
    done
    for file in sql/"$topic"*.sql; do
        sessions+=("$(basename "$file" .sql)")
    done
    tests+=(test/"$topic"*.sql test/t/"$topic"*.pl)
    [[ -n $topic ]] || tests+=(test/docs.pl test/orders.pl)
    ((${#sessions[@]} == 0)) || tests+=(test/regress.pl)
    [[ ! -d src/workspace/$topic || -z $topic ]] || tests+=(test/workspace{,_subjects,_cells}.sql)
    ((${#tests[@]} > 0)) || die "no test of topic $topic"
    tests+=(test/catalogue*.sql test/style.pl)
    mapfile -t tests < <(printf '%s\n' "${tests[@]}" | sort -u)
}

# What the sessions of a topic printed when they ran last becomes what is expected, and
# what the catalogue said, doc/reference.md.
accept()
{
    local file

    [[ ! -f $work/src/results/reference.md ]] || take "$work/src/results/reference.md" "$top/doc/reference.md"
    for file in "$work/src/results/$1"*.out; do
        [[ -f $file ]] || continue
        take "$file" "$top/expected/${file##*/}"
    done
}

# take NEW OLD: shows how they differ, and copies.
take()
{
    diff -uN "$2" "$1" || cp "$1" "$2"
}

main()
{
    local tests=() sessions=() units=() test

    if [[ -z ${CRM_WORK:-} ]]; then
        choose_server
        export PG_CONFIG=${PG_CONFIG:-/usr/lib/postgresql/$major/bin/pg_config}
        work=${CRM_CHECK:-${TMPDIR:-/tmp}/crm_check.$(cksum <<<"$top" | cut -d ' ' -f 1)}
        if [[ ${1:-} == --accept ]]; then
            accept "$2"
            return
        fi
        update_copy
        if [[ -d $top/../shared/data ]]; then
            cp -ru "$top/../shared/data" "$work/"
            mkdir -p "$work/shared" && ln -sfn "$work/data" "$work/shared/data"
            export CRM_SHARED=$work/shared
        fi
        continue_as_owner check.sh "$@"
    fi
    begin_tests
    # The folder is kept: only the servers go.
    on_exit stop_servers
    if [[ ${1:-} == */* ]]; then
        tests=("$@")
    else
        choose_tests "${1:-}"
    fi
    for test in "${tests[@]}"; do
        [[ $test != test/build/* ]] || units+=("$test")
        [[ $test != test/fuzz.pl ]] || units+=(fuzz)
    done
    ((${#units[@]} == 0)) || quietly core make -s -j "$(nproc)" "${units[@]}"
    COPT=-Werror quietly build make -s -j "$(nproc)"
    quietly install make -s install "DESTDIR=$CRM_WORK/stage"
    staging_settings >"$CRM_WORK/staging.conf"
    rm -rf "$CRM_WORK"/{cluster,server.log} tmp_check
    start_server
    create_database
    [[ -z ${sessions[*]} ]] || export REGRESS="${sessions[*]}"
    run_prove "${tests[@]}"
}

stop_servers()
{
    find "$CRM_WORK" -name postmaster.pid -printf '%h\0' |
        xargs -0 -r -n 1 pg_ctl stop -m immediate -D >/dev/null 2>&1 || true
}

main "$@"
