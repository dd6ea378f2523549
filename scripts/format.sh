#!/usr/bin/env bash
# Indents the C files as PostgreSQL does, by its own pgindent, which the packages
# postgresql-server-dev-17 and later bring.
#
#   scripts/format.sh           writes
#   scripts/format.sh --check   shows what it would change, and fails if there is any
#
#   PGINDENT, PG_BSD_INDENT, TYPEDEFS   other places to find these
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# The newest of some files, by the number in their path.
newest() { printf '%s\n' "$@" | sort -V | tail -n 1; }

# Names of types: a struct's, an enum's, a function's.
types_in()
{
    sed -nE 's/^\} ?(\w+);$/\1/p; s/^typedef [^(]*[ *](\w+);$/\1/p; s/^typedef .*\(\*(\w+)\) ?\(.*/\1/p' "$@"
}

# Those of the server's that a file uses as a type: text is a type here and a variable there.
server_types_in()
{
    perl -ne 'BEGIN {
            local $/; open F, "<", shift; $_ = <F>; s!/\*.*?\*/|"[^"\n]*"!!gs;
            $used{$1 // $2} = 1 while /\b(\w+) (?=\*+ ?\w|\w)|\((\w+) \*+\)/g }
        chomp; print "$_\n" if $used{$_}' "$1" "$typedefs"
}

# What is a type in one file is a variable in another: only those of the file itself, of
# headers, and of the server where its headers are included.
types_of()
{
    printf '%s\n' {int,uint}{8,16,32,64}_t size_t FILE __int128
    types_in "$1" "${headers[@]}"
    [[ $1 != test/* ]] || types_in test/unit/*.h
    [[ $1 != @(src/pg|test/lib)/* ]] || server_types_in "$1"
}

# pg_bsd_indent knows C of 1989. Numbers such as 0x1p-53 are made names, and literals such
# as (point) {x, y} and (const int[]) {1, 2} calls, each of the same length, and back again.
hide()
{
    perl -0pe '
        s/\b0x([0-9a-f]+)p-(\d+)\b/Qx$1pQ$2/g; s/\b0x([0-9a-f]+)p(\d+)\b/Qx$1p$2/g;
        s/(?<=[(&,]) ?\K(\((?:const )?\w+(?:\[\w*\])?\))\s+\{\s*([^{};]*?)\s*\}/$1 {$2}/g;
        s/\((const\ )?(\w+)(?:\[(\w*)\])?\)\ \{([^{}\n;][^{};]*)\}/
            "Q" . ($1 ? "constQ" : "") . $2 . (defined $3 ? "QA$3" : "") . "QQ($4)"/gex' "$1"
}

unhide()
{
    perl -0pe '
        1 while s/\bQ(constQ)?([^\WQ]+)(?:QA([^\WQ]*))?QQ(\(((?:[^()]|(?4))*)\))/
            "(" . ($1 ? "const " : "") . $2 . (defined $3 ? "[$3]" : "") . ") {$5}"/gex;
        s/\bQx([0-9a-f]+)pQ(\d+)\b/0x$1p-$2/g; s/\bQx([0-9a-f]+)p(\d+)\b/0x$1p$2/g;
        s/,\.(\w+) = /, .$1 = /g' "$1"
}

pgindent=${PGINDENT:-$(newest /usr/lib/postgresql/*/bin/pgindent)}
typedefs=${TYPEDEFS:-$(newest /usr/share/postgresql/*/typedefs.list)}
[[ -r $pgindent && -r $typedefs ]] || die "pgindent is missing: install postgresql-server-dev-17 or later"
indent=${PG_BSD_INDENT:-$(dirname "$pgindent")/pg_bsd_indent}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mapfile -t headers < <(git ls-files 'src/*.h')
status=0
while IFS= read -r file; do
    types_of "$file" | sort -u >"$work/types"
    hide "$file" >"$work/hidden.c"
    # It says what it cannot read, and leaves that as it is; copies it leaves where it runs.
    (cd "$work" && perl "$pgindent" --indent="$indent" --typedefs=types hidden.c) 2>"$work/error" || true
    if [[ -s $work/error ]]; then
        printf '%s: pgindent cannot read it\n' "$file" >&2
        cat "$work/error" >&2
        status=1
    fi
    unhide "$work/hidden.c" >"$work/indented.c"
    if [[ ${1:-} == --check ]]; then
        diff -u --label "$file" --label indented "$file" "$work/indented.c" || status=1
    else
        cmp -s "$file" "$work/indented.c" || cp "$work/indented.c" "$file"
    fi
done < <(git ls-files '*.c' '*.h' ':!test/reference/*')
exit "$status"
