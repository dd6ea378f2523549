# Writes an update script: awk -f update.awk CHANGES RELEASED NEW
#
# CHANGES is what a person wrote: drops, and what cannot be replaced as it is. It
# comes first. Then come the statements of the install script NEW: functions and
# aggregates whose name RELEASED has too replace theirs, types, operators, classes
# and casts that RELEASED has stay as they are, and all else is made. Comments and
# grants are said again. Nothing of a name that the release has not is made by OR
# REPLACE, which before PostgreSQL 14.5 took over what somebody else had made.
function identity(line) {
    sub(/ *\($/, "", line)
    sub(/;$/, "", line)
    return line
}
# A file without a line is one, too.
FNR == 1 { file = FILENAME == ARGV[1] ? 1 : FILENAME == ARGV[2] ? 2 : 3 }
file == 1 { print; next }
# Statements are told by their first line. An operator's operands stand in its next lines.
file == 2 && /^CREATE (FUNCTION|AGGREGATE) / { split($3, part, "("); released[$2 " " part[1]] = 1; next }
/^CREATE OPERATOR [^C]/ { operator = $0; text = ""; inside = 1 }
inside {
    text = text $0 "\n"
    if ($0 !~ /;$/) next
    inside = 0
    match(text, /LEFTARG = [a-z_]*/)
    key = identity(operator) " " substr(text, RSTART, RLENGTH)
    if (file == 2) released[key] = 1
    else if (!(key in released)) printf "%s", text
    next
}
file == 2 && /^CREATE (TYPE|CAST|OPERATOR CLASS) / { released[identity($0)] = 1; next }
file == 2 { next }
# A psql user is told by the changes.
/^-- Run by CREATE EXTENSION/ || /^\\echo/ { next }
skip { if (/;$/) skip = 0; next }
/^CREATE (TYPE|CAST|OPERATOR CLASS) / && (identity($0) in released) { skip = !/;$/; next }
/^CREATE (FUNCTION|AGGREGATE) / {
    split($3, part, "(")
    if (($2 " " part[1]) in released) sub(/^CREATE /, "CREATE OR REPLACE ")
}
{ print }
