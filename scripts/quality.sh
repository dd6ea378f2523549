#!/usr/bin/env bash
# Runs the tests that count what they tried, and writes their figures into
# doc/quality.md, between its two marks. Figures of other tests stay; those of
# fuzzing add up.
#
#   CRM_SWEEP_SECONDS=3600 scripts/quality.sh [TEST...]
#
#   TEST   of test/t or test/long, test/fuzz.pl, or a script in test that says by
#          itself what it needs; quotes keep it and its arguments together.
#          Without one, all those that go on at random. As check.sh, it needs
#          what test.sh installs.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
page=$top/doc/quality.md
(($# > 0)) || set -- test/t/{sweep,mutation,stored,aggregate,cancel}.pl

# What is tested is copied first; a commit may come meanwhile.
commit=$(git -C "$top" rev-parse --short HEAD)
log=$(
    cd "$top"
    if [[ $1 == *.sh* ]]; then
        # shellcheck disable=SC2086 # a command with its arguments
        exec $1 2>&1
    fi
    exec scripts/check.sh "$@" 2>&1
) || { printf '%s\n' "$log" >&2; exit 1; }
# A line of figures is a note that begins with the name of the test, and maybe of what was tested.
named='sweep|mutation|stored|aggregate|cancel|crash|sqlsmith|valgrind|fuzz'
named+='|update|pg_upgrade|package|encoding|writers|citus'
figures=$(sed -nE "s/^# (($named)( [^:]*)?: .*)\$/\\1/p" <<<"$log")
[[ -n $figures ]] || { printf 'no figures among these:\n%s\n' "$log" >&2; exit 1; }

kept=$(sed -n '/<!-- figures -->/,/<!-- end of figures -->/s/^    //p' "$page" |
    grep -vE "^($(cut -d : -f 1 <<<"$figures" | sort -u | paste -s -d '|')): " || true)
# "fuzz: 10 targets, 123 inputs, 4.56 processor hours", then since when.
fuzzed=$(sed -nE 's/^    fuzz: .* targets, ([0-9]+) inputs, ([0-9.]+) .* since ([0-9-]+).*/\1 \2 \3/p' "$page")
stamp="$(date -u +%Y-%m-%d), $commit"
{
    sed '/<!-- figures -->/q' "$page"
    printf '\n'
    {
        printf '%s\n' "$kept"
        awk -v stamp="$stamp" -v today="$(date -u +%Y-%m-%d)" -v seconds="${CRM_SWEEP_SECONDS:-5}" -v fuzzed="$fuzzed" '
            /^fuzz: / {
                n = split(fuzzed, before, " ")
                printf "fuzz: %d targets, %.0f inputs, %.2f processor hours since %s; " \
                    "in the last run %d edges covered, %d of them new (%s)\n",
                    $2, $4 + before[1], $6 + before[2], n ? before[3] : today, $9, $12, stamp
                next
            }
            /^(sweep|mutation|stored|aggregate): / { print $0 " (" stamp ", " seconds " s)"; next }
            { print $0 " (" stamp ")" }' <<<"$figures"
    } | grep . | sort -s -t : -k 1,1 | sed 's/^/    /'
    printf '\n'
    sed -n '/<!-- end of figures -->/,$p' "$page"
} >"$page.new"
mv "$page.new" "$page"
printf '%s\n' "$figures"
