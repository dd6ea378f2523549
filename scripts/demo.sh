#!/usr/bin/env bash
# Who are your best customers? Builds crm_ext, starts a private PostgreSQL in a
# temporary folder, loads a file of orders, answers, and draws a report to look at.
#
#   scripts/demo.sh [OPTION...] [FILE]
#
#   FILE         one row per order, or an item of one, with a header row: separated
#                by commas, semicolons, tabs or |, in any usual encoding, packed or
#                not; without a file the orders of 10,000 imaginary customers
#   --customer, --date, --amount, --order
#                which columns to read, where their names and values do not tell;
#                the amount may be an expression, as in 'quantity * "Unit price"';
#                the order is the number that items of one order share, or none
#   --date-format
#                dmy, mdy or ymd: the order of day, month and year
#   --decimal    . or , : the mark in front of decimals
#   --encoding   of the file, as iconv knows it
#   --keep       leave the server running, and say how to use it and stop it
#   --port PORT  as --keep; a program on this machine, such as a BI tool, can reach
#                it at 127.0.0.1 and this port, to read
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/lib.sh
source "$top/scripts/lib.sh"
# shellcheck source=scripts/orders.sh
source "$top/scripts/orders.sh"

usage()
{
    sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit "$1"
}

keep='' port='' file=''

read_arguments()
{
    local name

    while (($# > 0)); do
        case $1 in
            --*=*)
                set -- "${1%%=*}" "${1#*=}" "${@:2}"
                continue ;;
            --customer | --date | --amount | --order | --date-format | --decimal | --encoding | --port)
                (($# > 1)) || die "$1 wants a value; --help says which"
                name=${1#--}
                printf -v "${name//-/_}" %s "$2"
                shift ;;
            --keep) keep=yes ;;
            --help | -h) usage 0 ;;
            -*) die "there is no option $1; --help lists them" ;;
            *)
                [[ -z $file ]] || die "one file at a time: $file or $1"
                file=$1 ;;
        esac
        shift
    done
    [[ -z $port ]] || keep=yes
}

check_arguments()
{
    [[ -z $file || -e $file ]] || die "there is no file $file"
    [[ -z $file || -r $file && ! -d $file ]] || die "cannot read $file"
    [[ -z $port || $port =~ ^[0-9]{4,5}$ && $port -ge 1024 && $port -le 65535 ]] ||
        die "--port is a number from 1024 to 65535, not $port"
    if [[ -n $port ]] && (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
        die "port $port is in use: take another"
    fi
}

# From standard input: a message then is free of file names and line numbers.
run_sql()
{
    local script=$1
    shift
    psql -X -q -v ON_ERROR_STOP=1 "$@" <"scripts/$script"
}

load_orders()
{
    local amount_lines

    createdb demo
    export PGDATABASE=demo
    psql -X -q -c 'CREATE EXTENSION crm_ext'
    if [[ -n $file ]]; then
        say "loading ${file##*/}"
        mapfile -t amount_lines <"$CRM_WORK/orders.amount"
        run_sql demo_load.sql -v file="$CRM_WORK/orders.copy" -v table="$(cat "$CRM_WORK/orders.sql")" \
            -v amount="${amount_lines[0]}" -v is_product="${amount_lines[1]}" ||
            die "the orders cannot be loaded${amount:+; --amount is an SQL expression over columns of the file}"
    else
        say "making up the orders of 10,000 customers"
        run_sql demo_orders.sql
    fi
}

# Beside the work folder, which goes at the end: the page stays.
draw_report()
{
    local page

    page=$(mktemp --suffix=.html "$(dirname "$CRM_WORK")/crm_report.XXXXXX")
    chmod 644 "$page"
    say 'drawing the report'
    bash scripts/report.sh --output "$page" >/dev/null
    note "to look at, in a browser:   file://$page"
}

# For --port: one role with a password may come by TCP, from this machine, to
# read; everything else stays with the socket, in a folder of the owner's.
allow_reader()
{
    password=$(od -A n -t x1 -N 12 /dev/urandom | tr -d ' \n')
    psql -X -q -v ON_ERROR_STOP=1 -v password="$password" <<'END'
CREATE ROLE analyst LOGIN PASSWORD :'password';
ALTER ROLE analyst SET search_path = crm, public;
SELECT crm_grant_reader('crm', 'analyst') \g /dev/null
END
    printf '%s\n' 'local all all trust' 'host demo analyst 127.0.0.1/32 scram-sha-256' >"$CRM_WORK/cluster/pg_hba.conf"
    psql -X -q -A -t -c 'SELECT pg_reload_conf()' >/dev/null
}

look_and_install()
{
    check_arguments
    make_work
    [[ -z $file ]] || look_at_orders "$file" "$work"
    choose_server
    need_compiler
    need libjs-vega test -f /usr/share/javascript/vega/vega-view.min.js
    install_missing
    copy_checkout "$top"
    choose_cache "$top"
}

tell_what_is_there()
{
    note "what is there: the workspace crm over the table orders; begin with"
    note "    SELECT relation_name, comment FROM crm.catalog WHERE position = 0;"
    if [[ -n $port ]]; then
        note "for a BI tool on this machine: host 127.0.0.1, port $port, database demo," \
            "user analyst, password $password"
        note "    postgresql://analyst:$password@127.0.0.1:$port/demo"
    fi
}

main()
{
    read_arguments "$@"
    if [[ -z ${CRM_WORK:-} ]]; then
        look_and_install
        continue_as_owner demo.sh "$@"
    fi
    begin_work
    build_or_reuse
    say "starting a private server in $CRM_WORK"
    if [[ -n $port ]]; then
        export PGPORT=$port
        CRM_LISTEN=127.0.0.1
    fi
    start_server
    load_orders
    say "making a workspace: summarising each customer's orders, scoring, ranking"
    run_sql demo_workspace.sql
    # A file of orders says nothing of experience.
    [[ -n $file ]] || run_sql demo_ratings.sql
    say "looking back: a fit at each month's end, two snapshots"
    run_sql demo_history.sql
    run_sql demo_report.sql
    [[ -n $file ]] || run_sql demo_experience.sql
    [[ -z $port ]] || allow_reader
    draw_report
    if [[ -n $keep ]]; then
        leave_running
        tell_what_is_there
    else
        say "to ask more in psql, of the views of the workspace crm, run this with --keep"
    fi
}

main "$@"
