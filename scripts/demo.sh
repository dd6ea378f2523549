#!/usr/bin/env bash
# Who are your best customers? Builds crm_ext, starts a private PostgreSQL in a
# temporary folder, loads a file of orders, answers, and draws a report to look at.
#
#   scripts/demo.sh [--customer COL] [--date COL] [--amount COL] [--keep] [FILE.csv]
#
#   FILE.csv     one row an order, with a header row; without a file the orders
#                of 10,000 imaginary customers
#   --customer, --date, --amount
#                which columns to read, where their names and values do not tell;
#                the amount may be an expression, as in 'quantity * unit_price'
#   --keep       leave the server running, and say how to use it and stop it
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/lib.sh
source "$top/scripts/lib.sh"

usage()
{
    sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit "$1"
}

customer='' date='' amount='' keep='' file=''

read_arguments()
{
    while (($# > 0)); do
        case $1 in
            --customer | --date | --amount)
                (($# > 1)) || usage 2
                printf -v "${1#--}" %s "$2"
                shift ;;
            --keep) keep=yes ;;
            --help | -h) usage 0 ;;
            -*) usage 2 ;;
            *)
                [[ -z $file ]] || usage 2
                file=$1 ;;
        esac
        shift
    done
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
    createdb demo
    export PGDATABASE=demo
    psql -X -q -c 'CREATE EXTENSION crm_ext'
    if [[ -n $file ]]; then
        say "loading ${file##*/}"
        run_sql demo_load.sql -v file="$CRM_WORK/orders.csv" \
            -v customer="$customer" -v date="$date" -v amount="$amount"
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

main()
{
    read_arguments "$@"
    if [[ -z ${CRM_WORK:-} ]]; then
        [[ -z $file || -r $file && ! -d $file ]] || die "cannot read $file"
        choose_server
        need_compiler
        need libjs-vega test -f /usr/share/javascript/vega/vega-view.min.js
        install_missing
        copy_checkout "$top"
        [[ -z $file ]] || cp "$file" "$work/orders.csv"
        continue_as_owner demo.sh "$@"
    fi
    begin_work
    say "building crm_ext for $("$PG_CONFIG" --version)"
    build_and_stage
    say "starting a private server in $CRM_WORK"
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
    draw_report
    if [[ -n $keep ]]; then
        leave_running
        note "what is there: the workspace crm over the table orders; begin with"
        note "    SELECT relation_name, comment FROM crm.catalog WHERE position = 0;"
    else
        say "to ask more in psql, of the views of the workspace crm, run this with --keep"
    fi
}

main "$@"
