#!/usr/bin/env bash
# Runs the tests that count what they tried, and writes their figures into
# doc/quality.md, between its two marks.
#
#   CRM_SWEEP_SECONDS=3600 scripts/quality.sh [TEST...]
#
# Without an argument, all of them. As check.sh, it needs what test.sh installs.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
page=$top/doc/quality.md
(($# > 0)) || set -- test/t/sweep.pl test/t/mutation.pl test/t/aggregate.pl test/t/cancel.pl

# What is tested is copied first; a commit may come meanwhile.
commit=$(git -C "$top" rev-parse --short HEAD)
# A line of figures is a note that begins with the name of the test.
log=$("$top/scripts/check.sh" "$@" 2>&1) || { printf '%s\n' "$log" >&2; exit 1; }
figures=$(sed -nE 's/^# ((sweep|mutation|aggregate|cancel): .*)$/\1/p' <<<"$log")
[[ -n $figures ]] || { printf 'no figures among these:\n%s\n' "$log" >&2; exit 1; }
{
    sed '/<!-- figures -->/q' "$page"
    printf '\nOf %s, commit %s, %s seconds for each test that goes on at random:\n\n' \
        "$(date -u +%Y-%m-%d)" "$commit" "${CRM_SWEEP_SECONDS:-5}"
    sed 's/^/    /' <<<"$figures"
    printf '\n'
    sed -n '/<!-- end of figures -->/,$p' "$page"
} >"$page.new"
mv "$page.new" "$page"
printf '%s\n' "$figures"
