#!/usr/bin/env bash
# Runs every test from nothing: installs what is missing, builds with gcc and
# clang, starts a private server, then one run of prove.
#
#   scripts/test.sh [--keep] [TEST...]      e.g. test/rfm.sql test/unit/*.c test/t/parallel.pl
#
#   --keep            leave the built copy and its server in place
#   FUZZ_SECONDS=10   how long each fuzz target runs
#   CRM_CONCURRENCY_SECONDS=10   how long concurrent writers write to a workspace
#   CRM_SWEEP_SECONDS=5   how long random arguments and input are tried
#
# test/README.md says what a test is.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/lib.sh
source "$top/scripts/lib.sh"

links_fuzzer()
{
    echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
        clang -fsanitize=fuzzer,address -x c - -o /dev/null
}

need_test_tools()
{
    need perl command -v prove
    need clang command -v clang
    need libclang-rt-%-dev links_fuzzer
    need libipc-run-perl perl -MIPC::Run -e 1
    need python3-psycopg2 /usr/bin/python3 -c 'import psycopg2'
    need libtap-parser-sourcehandler-pgtap-perl perl -MTAP::Parser::SourceHandler::pgTAP -e 1
    [[ -n ${PG_CONFIG:-} && -z $major ]] ||
        need postgresql-@-pgtap test -f "/usr/share/postgresql/$major/extension/pgtap.control"
}

# Sample data lies beside the checkout, not in it. Tests that read it skip
# where CRM_SHARED is absent.
share_data()
{
    [[ -d $top/../shared/data ]] || return 0
    CRM_SHARED=$(cd "$top/../shared" && pwd)
    if [[ $EUID -eq 0 ]]; then
        # The user that the tests run as may not be allowed to look here.
        mkdir "$work/shared"
        cp -r "$CRM_SHARED/data" "$work/shared/"
        CRM_SHARED=$work/shared
    fi
    export CRM_SHARED
}

# The server's own flags and headers are made for gcc: what clang does not know
# of them is no fault of ours. Ubuntu's flags ask for link-time optimisation,
# which clang cannot do without one more package.
compile_with_clang()
{
    quietly clang make -s all CC=clang with_llvm=no LDFLAGS= COPT="-Werror -fno-lto \
        -Wno-unknown-warning-option -Wno-ignored-optimization-argument \
        -isystem $("$PG_CONFIG" --includedir-server)"
}

main()
{
    local arguments=("$@")

    while [[ ${1:-} == --* ]]; do
        case $1 in
            --keep) keep=yes ;;
            *) sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2 ;;
        esac
        shift
    done
    if [[ -z ${CRM_WORK:-} ]]; then
        choose_server
        need_compiler
        need_test_tools
        install_missing
        copy_checkout "$top"
        share_data
        continue_as_owner test.sh ${arguments[@]+"${arguments[@]}"}
    fi
    begin_tests
    say "compiling with $(clang --version | head -n 1)"
    compile_with_clang
    say "compiling with $(gcc --version | head -n 1), for $("$PG_CONFIG" --version)"
    COPT=-Werror build_and_stage
    say "compiling the core's unit tests and fuzzers"
    quietly core make -s unit fuzz
    say "starting a private server"
    start_server
    create_database
    say "testing"
    [[ -z $keep ]] || leave_running
    run_prove "$@"
}

keep=
main "$@"
