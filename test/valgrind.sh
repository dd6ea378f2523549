#!/usr/bin/env bash
# The sessions in sql/, or files of test/, on a server under valgrind.
#
#   test/valgrind.sh PG_CONFIG SUPPRESSIONS [SESSION | test/FILE.sql]...
#
# PG_CONFIG is of a server of one's own, built from source as PostgreSQL's wiki says:
#
#   ./configure --prefix=… --enable-cassert --enable-debug CFLAGS='-Og -g' \
#       CPPFLAGS='-DUSE_VALGRIND -DRELCACHE_FORCE_RELEASE'
#
# SUPPRESSIONS is src/tools/valgrind.supp of that source. The extension is built and
# installed into that server; for files of test/ it has pgTAP as well. Takes hours:
# CREATE EXTENSION alone half a minute, a session that makes a workspace an hour, a
# file that calls functions alone a few minutes. Not as root. Says how many sessions
# passed, and shows every error that valgrind found.
set -euo pipefail
export LC_ALL=C.UTF-8 PG_CONFIG=$1
suppressions=$2
shift 2
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
PATH=$("$PG_CONFIG" --bindir):$PATH
export PATH PGHOST=$work

die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# shellcheck disable=SC2317 # called by the trap
on_exit()
{
    [[ ! -f $work/data/postmaster.pid ]] || kill -QUIT "$(head -n 1 "$work/data/postmaster.pid")" || true
    rm -rf "$work"
}
trap on_exit EXIT

# errors FILE...: what valgrind reported, without what it says of each process.
errors() { sed -n '/VALGRIND-BEGIN/,/VALGRIND-END/p' "$@"; }

mkdir "$work/src" "$work/log"
tar -C "$top" --exclude=./.git -cf - . | tar -C "$work/src" --no-same-owner -xf -
cd "$work/src"
{ make -s clean && make -s -j "$(nproc)" COPT=-Werror && make -s install; } >"$work/make.log" 2>&1 ||
    { tail "$work/make.log"; die "the build failed"; }

initdb -D "$work/data" -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$work/initdb.log"
cat >>"$work/data/postgresql.conf" <<END
listen_addresses = ''
unix_socket_directories = '$work'
fsync = off
autovacuum = off
END
valgrind --quiet --leak-check=no --suppressions="$suppressions" --trace-children=yes \
    --error-markers=VALGRIND-BEGIN,VALGRIND-END --log-file="$work/log/%p" \
    postgres -D "$work/data" >"$work/server.log" 2>&1 &
server=$!
for ((i = 0; i < 120; i++)); do
    ! psql -XAtc 'SELECT 1' postgres >/dev/null 2>&1 || break
    sleep 1
done

# A session that differs is told of here and in its differences.
sessions=() files=()
for name in "$@"; do
    if [[ $name == */* ]]; then files+=("$name"); else sessions+=("$name"); fi
done
status=0
if ((${#sessions[@]} > 0 || ${#files[@]} == 0)); then
    make -s installcheck ${sessions[0]:+REGRESS="${sessions[*]}"} >"$work/out" 2>&1 || status=$?
fi
if ((${#files[@]} > 0)); then
    psql -Xqc 'CREATE DATABASE crm_test' postgres
    psql -Xqd crm_test -c 'CREATE EXTENSION pgtap; CREATE EXTENSION crm_ext'
    PGDATABASE=crm_test prove --norc --exec 'psql -XqAt -f' "${files[@]}" >>"$work/out" 2>&1 || status=$?
fi
cat "$work/out"
[[ ! -f regression.diffs ]] || cat regression.diffs
kill -INT "$server"
wait "$server" || die "the server ended with status $?"

errors "$work"/log/*
found=$(errors "$work"/log/* | grep -c BEGIN || true)
printf '# valgrind: %d sessions on %s, %d processes, %d errors\n' \
    "$(grep -cE '\.\. ok|^ok ' "$work/out")" "$(postgres --version | sed 's/.*) //')" \
    "$(find "$work/log" -type f | wc -l)" "$found"
((found == 0)) || die "valgrind found errors"
exit "$status"
