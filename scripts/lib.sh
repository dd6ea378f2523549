# shellcheck shell=bash
# What demo.sh and test.sh share. Both run in two stages.
#
#   Stage 1, as whoever called: install what is missing, copy the checkout into
#   a temporary folder, continue there. PostgreSQL refuses to run as root, so
#   root becomes the user postgres on the way.
#   Stage 2, in the copy (CRM_WORK is its folder): build, install into a staging
#   folder, start a server of our own on a unix socket. On any way out the
#   server is stopped and the folder removed. The checkout is only read.

set -euo pipefail
export LC_ALL=C.UTF-8

say() { printf '==> %s\n' "$*"; }
note() { printf '    %s\n' "$*"; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# quietly NAME COMMAND...: show what the command printed only when it fails.
quietly()
{
    local log=$CRM_WORK/$1.log
    shift
    "$@" >"$log" 2>&1 || { cat "$log" >&2; die "failed: $*"; }
}

on_exit()
{
    # shellcheck disable=SC2064 # the name of a function, to be expanded now
    trap "$1" EXIT
    # Without a handler bash dies of the signal and skips the EXIT trap.
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

# --- Stage 1: packages -------------------------------------------------------

# Package names; @ stands for PostgreSQL's major version, % for clang's. Both
# may be known only after apt's lists have been read.
missing=()

# need PACKAGE COMMAND...: the package is missing if the command fails.
need()
{
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}

as_root()
{
    if [[ $EUID -eq 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -- "$@"
    else
        die "not root, and no sudo; please have these packages installed: ${missing[*]}"
    fi
}

apt_get()
{
    # needrestart would restart services that are none of our business.
    as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
        apt-get -q -y -o Dpkg::Use-Pty=0 --no-install-recommends "$@" 2>&1 </dev/null |
        awk '/^(Need to get|Fetched|E:|W:|Err:)/ { print "    " $0 }
             /^Unpacking/ && !unpacking++        { print "    unpacking" }
             /^Setting up/ && !setting_up++      { print "    setting up" }
             { fflush() }'
}

# The newest major version that is installed, and that has its headers.
newest_server()
{
    printf '%s\n' /usr/lib/postgresql/*/bin/postgres |
        sed -n 's:^/usr/lib/postgresql/\([0-9]*\)/.*:\1:p' | sort -n | tail -n 1
}

newest_with_headers()
{
    printf '%s\n' /usr/include/postgresql/*/server/postgres.h |
        sed -n 's:^/usr/include/postgresql/\([0-9]*\)/.*:\1:p' | sort -n | tail -n 1
}

# The server: what PG_CONFIG names, else the newest of the distribution's that is
# installed (one with headers first), else the distribution's current one. Sets
# major where the distribution has it, which may have to wait for apt's lists.
choose_server()
{
    local dir

    major=
    if [[ -n ${PG_CONFIG:-} ]]; then
        dir=$("$PG_CONFIG" --bindir) || die "PG_CONFIG is $PG_CONFIG, which does not run"
        [[ ! $dir =~ ^/usr/lib/postgresql/([0-9]+)/bin$ ]] || major=${BASH_REMATCH[1]}
    elif command -v apt-get >/dev/null; then
        major=$(newest_with_headers)
        [[ -x /usr/lib/postgresql/$major/bin/postgres ]] || major=$(newest_server)
    else
        PG_CONFIG=$(command -v pg_config) || die "no apt-get, no pg_config: please set PG_CONFIG"
    fi
    if [[ -n $major || -z ${PG_CONFIG:-} ]]; then
        need postgresql-@ test -x "/usr/lib/postgresql/$major/bin/postgres"
        # The server's own package brings some of PGXS, the headers come apart.
        need postgresql-server-dev-@ test -f "/usr/include/postgresql/$major/server/postgres.h"
    fi
}

need_compiler()
{
    need gcc command -v gcc
    need libc6-dev test -f /usr/include/stdio.h
    need make command -v make
}

# The version that a package without a number stands for: postgresql, clang.
current_major()
{
    apt-cache depends "$1" | sed -n "s/^ *Depends: $1-\([0-9]*\)\$/\1/p" | head -n 1
}

install_missing()
{
    if ((${#missing[@]})); then
        command -v apt-get >/dev/null || die "please install: ${missing[*]}"
        say "reading the package lists"
        apt_get update || note "not all of them could be read"
        [[ -n $major || -n ${PG_CONFIG:-} ]] || major=$(current_major postgresql)
        missing=("${missing[@]//@/$major}")
        missing=("${missing[@]//%/$(current_major clang)}")
        drop_clang_runtime
        say "installing ${missing[*]}"
        if [[ " ${missing[*]} " == *" postgresql-$major "* ]]; then
            install_without_cluster "${missing[@]}"
        else
            apt_get install "${missing[@]}"
        fi
    fi
    export PG_CONFIG=${PG_CONFIG:-/usr/lib/postgresql/$major/bin/pg_config}
}

# Ubuntu 22.04 has clang's runtime within libclang-common, which clang brings.
drop_clang_runtime()
{
    local package kept=()

    for package in "${missing[@]}"; do
        if [[ $package != libclang-rt-* ]] || apt-cache show "$package" >/dev/null 2>&1; then
            kept+=("$package")
        fi
    done
    missing=("${kept[@]}")
}

# Installing a server creates and starts a system cluster unless this file says
# no. The file comes with postgresql-common, and is put back as it was.
createcluster_conf=/etc/postgresql-common/createcluster.conf

install_without_cluster()
{
    apt_get install postgresql-common
    on_exit restore_createcluster_conf
    as_root cp -p "$createcluster_conf" "$createcluster_conf.crm_ext"
    echo 'create_main_cluster = false' | as_root tee -a "$createcluster_conf" >/dev/null
    apt_get install "$@"
    restore_createcluster_conf
    trap - EXIT HUP INT TERM
}

restore_createcluster_conf()
{
    [[ ! -e $createcluster_conf.crm_ext ]] ||
        as_root mv -f "$createcluster_conf.crm_ext" "$createcluster_conf"
}

# --- Stage 1: the copy -------------------------------------------------------

# copy_checkout TOP: a private copy in a new folder, work. A TMPDIR that is long
# or has unusual characters is not used: a socket's path has at most 107 bytes,
# and neither PGXS nor the server's settings can quote every character.
copy_checkout()
{
    local tmp=${TMPDIR:-/tmp}

    [[ $tmp =~ ^/[A-Za-z0-9/_.-]{1,60}$ ]] || tmp=/tmp
    work=$(mktemp -d "$tmp/crm_ext.XXXXXX")
    on_exit remove_copy
    mkdir "$work/src"
    tar -C "$1" --exclude=./.git -cf - . | tar -C "$work/src" --no-same-owner -xf -
}

remove_copy() { rm -rf "$work"; }

# continue_as_owner SCRIPT ARGUMENT...: the second stage, as a user that
# PostgreSQL runs for. exec: no parent stays behind to be killed on its own.
continue_as_owner()
{
    local script=$1 user become=()
    shift

    # What was read-only in the checkout must be removable from the copy.
    chmod -R u+rwX "$work"
    if [[ $EUID -eq 0 ]]; then
        user=postgres
        id -u "$user" >/dev/null 2>&1 || user=nobody
        chown -R "$user" "$work"
        become=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --init-groups)
    fi
    cd "$work/src"
    exec ${become[@]+"${become[@]}"} env "CRM_WORK=$work" "HOME=$work" "TMPDIR=$work" \
        bash "scripts/$script" "$@"
}

# --- Stage 2: build and server -----------------------------------------------

# Called first in the second stage.
begin_work()
{
    local name

    # Nothing of the caller's own servers.
    for name in "${!PG@}"; do
        [[ $name == PG_CONFIG ]] || unset "$name"
    done
    on_exit end_work
    PATH=$("$PG_CONFIG" --bindir):$PATH
    export PATH
}

end_work()
{
    # The tests start servers too, and one that was killed leaves its own.
    find "$CRM_WORK" -name postmaster.pid -printf '%h\0' |
        xargs -0 -r -n 1 pg_ctl stop -m immediate -D >/dev/null 2>&1 || true
    rm -rf "$CRM_WORK"
}

# Nothing goes into the system: DESTDIR is a folder of ours.
build_and_stage()
{
    quietly clean make -s clean
    quietly build make -s
    quietly install make -s install "DESTDIR=$CRM_WORK/stage"
    staging_settings >"$CRM_WORK/staging.conf"
}

# How a server finds an extension that is not installed into it: from 18 on
# everywhere, before that by a patch of Debian's.
staging_settings()
{
    local stage=$CRM_WORK/stage known

    known=$(postgres --describe-config | cut -f 1)
    case $'\n'$known$'\n' in
        *$'\nextension_control_path\n'*)
            echo "extension_control_path = '$stage$("$PG_CONFIG" --sharedir):\$system'"
            echo "dynamic_library_path = '$stage$("$PG_CONFIG" --pkglibdir):\$libdir'" ;;
        *$'\nextension_destdir\n'*)
            echo "extension_destdir = '$stage'" ;;
        *)
            die "$("$PG_CONFIG" --version) at $("$PG_CONFIG" --bindir) can only load extensions" \
                "that are installed into it (before 18, Debian's packages alone can do more)." \
                "Unset PG_CONFIG to use the distribution's server, or run" \
                "\"make install installcheck PG_CONFIG=$PG_CONFIG\" against your own." ;;
    esac
}

start_server()
{
    quietly initdb initdb -D "$CRM_WORK/cluster" -A trust -E UTF8 --locale=C.UTF-8 --no-sync
    cat - "$CRM_WORK/staging.conf" >>"$CRM_WORK/cluster/postgresql.conf" <<END
listen_addresses = ''
unix_socket_directories = '$CRM_WORK'
fsync = off
synchronous_commit = off
full_page_writes = off
END
    quietly start pg_ctl start -w -D "$CRM_WORK/cluster" -l "$CRM_WORK/server.log"
    export PGHOST=$CRM_WORK
}

# For --keep: what end_work would have done becomes a script.
leave_running()
{
    cat >"$CRM_WORK/stop" <<END
#!/bin/sh
# Stops the server and removes its folder.
pid=\$(head -n 1 '$CRM_WORK/cluster/postmaster.pid') && kill -INT "\$pid"
while kill -0 "\$pid" 2>/dev/null; do sleep 0.1; done
rm -rf '$CRM_WORK'
END
    trap - EXIT
    say "the server is left running"
    note "to use it:   $(command -v psql) -h $CRM_WORK -U $(id -un) $PGDATABASE"
    note "to stop it and remove everything:   sh $CRM_WORK/stop"
}

# --- Stage 2: tests -----------------------------------------------------------

create_database()
{
    export PGDATABASE=crm_test
    quietly createdb createdb "$PGDATABASE"
    quietly extension psql -X -v ON_ERROR_STOP=1 \
        -c 'CREATE EXTENSION pgtap' -c 'CREATE EXTENSION crm_ext'
}

# prove's last lines are the summary, and its status is ours.
run_prove()
{
    local regress_lib clusters=(test/t/*.pl)

    regress_lib=$(dirname "$("$PG_CONFIG" --pgxs)")/../test
    export TEMP_CONFIG=$CRM_WORK/staging.conf
    export PG_REGRESS=$regress_lib/regress/pg_regress
    if [[ ! -f $regress_lib/perl/PostgreSQL/Test/Cluster.pm ]]; then
        note "this server comes without PostgreSQL::Test::Cluster: leaving out test/t"
        clusters=()
    fi
    shopt -s nullglob
    (($# > 0)) || set -- test/build/unit/* test/*.pl test/*.sql "${clusters[@]}"
    prove --norc --timer --failures --comments --source pgTAP -I "$regress_lib/perl" "$@"
}
