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
    else
        sudo -- "$@"
    fi
}

# Before anything is done: whether packages can be installed at all.
require_root()
{
    local names=("${missing[@]//@/${major:-$(current_major postgresql)}}") how

    [[ $EUID -ne 0 ]] || return 0
    names=("${names[@]//%/$(current_major clang)}")
    how="packages are missing, and it takes root or sudo to install them. Please have an administrator run
    apt-get update && apt-get install ${names[*]}
and start this again."
    command -v sudo >/dev/null || die "$how"
    sudo -n true 2>/dev/null || {
        note "sudo is asked for, to install ${names[*]}"
        sudo -v || die "$how"
    }
}

# progress WORD N TOTAL: one line that changes where somebody looks, else at every quarter.
progress()
{
    if [[ -t 1 ]]; then
        printf '\r    %s %d of %d' "$1" "$2" "$3"
        (($2 < $3)) || printf '\n'
    elif (($2 == $3 || $2 * 4 / $3 > ($2 - 1) * 4 / $3)); then
        note "$1 $2 of $3"
    fi
}

# Not by awk: mawk reads a pipe in large pieces, and all would come at the end.
show_apt()
{
    local line total=0 unpacked=0 set_up=0

    while IFS= read -r line; do
        case $line in
            *' newly installed,'*) total=${line#*upgraded, } total=${total%% *} ;;
            'Need to get'* | Fetched* | E:* | W:* | Err:*) note "$line" ;;
            Unpacking*)
                unpacked=$((unpacked + 1))
                ((unpacked > total)) || progress unpacked "$unpacked" "$total" ;;
            'Setting up'*)
                set_up=$((set_up + 1))
                ((set_up > total)) || progress 'set up' "$set_up" "$total" ;;
        esac
    done
}

apt_get()
{
    # needrestart would restart services that are none of our business.
    as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
        apt-get -q -y -o Dpkg::Use-Pty=0 --no-install-recommends "$@" 2>&1 </dev/null | show_apt
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
        require_root
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
    on_exit leave_stage_1
    as_root cp -p "$createcluster_conf" "$createcluster_conf.crm_ext"
    echo 'create_main_cluster = false' | as_root tee -a "$createcluster_conf" >/dev/null
    apt_get install "$@"
    restore_createcluster_conf
}

# Whatever of it was done.
leave_stage_1()
{
    restore_createcluster_conf
    [[ -z ${work:-} ]] || rm -rf "$work"
}

restore_createcluster_conf()
{
    [[ ! -e $createcluster_conf.crm_ext ]] ||
        as_root mv -f "$createcluster_conf.crm_ext" "$createcluster_conf"
}

# --- Stage 1: the copy -------------------------------------------------------

# A new folder, work. A TMPDIR that is long or has unusual characters is not
# used: a socket's path has at most 107 bytes, and neither PGXS nor the server's
# settings can quote every character.
make_work()
{
    local tmp=${TMPDIR:-/tmp}

    [[ $tmp =~ ^/[A-Za-z0-9/_.-]{1,60}$ ]] || tmp=/tmp
    work=$(mktemp -d "$tmp/crm_ext.XXXXXX")
    on_exit leave_stage_1
}

# copy_checkout TOP: a private copy in work.
copy_checkout()
{
    [[ -n ${work:-} ]] || make_work
    mkdir "$work/src"
    tar -C "$1" --exclude=./.git --exclude=./tmp_check --exclude=./results --exclude=./regression.\* -cf - . |
        tar -C "$work/src" --no-same-owner -xf -
}

# The user that root becomes.
server_user() { id -u postgres >/dev/null 2>&1 && echo postgres || echo nobody; }

# --- Stage 1: what was built before ------------------------------------------

# Where builds are kept: in CRM_CACHE, a folder of the user that builds, which is
# empty where there can be none.
choose_cache()
{
    local user

    CRM_CACHE=${CRM_CACHE:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/crm_ext}
    if [[ $EUID -eq 0 ]]; then
        user=$(server_user)
        CRM_CACHE=/var/cache/crm_ext
        [[ $user == postgres ]] && install -d -m 700 -o "$user" "$CRM_CACHE" 2>/dev/null || CRM_CACHE=
    else
        mkdir -p "$CRM_CACHE" 2>/dev/null && [[ -O $CRM_CACHE && -w $CRM_CACHE ]] || CRM_CACHE=
    fi
    CRM_BUILD=$(build_key "$1")
    export CRM_CACHE CRM_BUILD
}

# All that a build depends on, as one name.
build_key()
{
    (
        cd "$1"
        "$PG_CONFIG" --version --configure --cflags --pkglibdir --sharedir
        gcc --version 2>/dev/null
        find Makefile crm_ext.control src test/core.mk -type f ! -name '*.o' ! -name '*.bc' ! -name '*.d' -print0 |
            sort -z | xargs -0 sha256sum
    ) | sha256sum | cut -c 1-32
}

# continue_as_owner SCRIPT ARGUMENT...: the second stage, as a user that
# PostgreSQL runs for. exec: no parent stays behind to be killed on its own.
continue_as_owner()
{
    local script=$1 user become=()
    shift

    # What was read-only in the checkout must be removable from the copy.
    chmod -R u+rwX "$work"
    if [[ $EUID -eq 0 ]]; then
        user=$(server_user)
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
    build_with_progress
    quietly install make -s install "DESTDIR=$CRM_WORK/stage"
    staging_settings >"$CRM_WORK/staging.conf"
}

build_with_progress()
{
    local log=$CRM_WORK/build.log total

    total=$(make -n 2>/dev/null | grep -c -e ' -c ') || true
    make -j "$(nproc)" 2>&1 | show_build "$total" "$log" || { cat "$log" >&2; die "the build failed"; }
}

show_build()
{
    local line compiled=0

    while IFS= read -r line; do
        printf '%s\n' "$line" >&3
        [[ $line == *' -c '* ]] || continue
        compiled=$((compiled + 1))
        ((compiled > $1)) || progress compiled "$compiled" "$1"
    done 3>"$2"
}

# The same, unless the very same was built before (see choose_cache).
build_or_reuse()
{
    local archive=${CRM_CACHE:+$CRM_CACHE/$CRM_BUILD.tar}

    if [[ -n $archive && -r $archive ]] && tar -C "$CRM_WORK" -xf "$archive" 2>/dev/null; then
        say "crm_ext for $("$PG_CONFIG" --version) was built before: $archive"
        touch "$archive"
        staging_settings >"$CRM_WORK/staging.conf"
        return
    fi
    say "building crm_ext for $("$PG_CONFIG" --version)"
    build_and_stage
    [[ -n $archive ]] || return 0
    # What nobody has used for a week goes.
    find "$CRM_CACHE" -name '*.tar*' -mtime +7 -delete
    if tar -C "$CRM_WORK" -cf "$archive.$$" stage 2>/dev/null; then
        mv "$archive.$$" "$archive"
    else
        rm -f "$archive.$$"
    fi
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
listen_addresses = '${CRM_LISTEN:-}'
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
    note "to use it:   $(command -v psql) -h $CRM_WORK ${PGPORT:+-p $PGPORT }-U $(id -un) $PGDATABASE"
    note "to stop it and remove everything:   sh $CRM_WORK/stop"
}

# --- Stage 2: tests -----------------------------------------------------------

# A server takes its zone from the machine, and days in tests are of this one.
begin_tests()
{
    begin_work
    export TZ=UTC
}

create_database()
{
    export PGDATABASE=crm_test
    quietly createdb createdb "$PGDATABASE"
    quietly extension psql -X -v ON_ERROR_STOP=1 \
        -c 'CREATE EXTENSION pgtap' -c 'CREATE EXTENSION crm_ext'
}

# prove's last lines are the summary, and its status is ours.
# What shares a server is tested one after another, and beside it all the rest.
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
    # A unit test is named by its source, and run as it was built.
    set -- "${@/#test\/unit\//test/build/unit/}"
    set -- "${@/%.c/}"
    prove --norc --timer --failures --comments --source pgTAP -I "$regress_lib/perl" \
        --jobs 2 --rules 'seq=test/{*.sql,docs.pl,regress.pl}' --rules 'seq=**' "$@" || {
        # What the server was doing when a test lost it.
        grep -s -A 1 'was terminated by signal' "$CRM_WORK/server.log" >&2 || true
        return 1
    }
}
