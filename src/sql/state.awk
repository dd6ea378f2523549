# Writes the summary types in SQL: awk -f state.awk state.def
#
# For each CRM_STATE of src/core/experience/state.def the type with its input and
# output, the function that merges two, and crm_rollup. What makes a value and
# what reads one stands in the part of its topic.
function function_of(name, arguments, result, signature, comment) {
    printf "\nCREATE FUNCTION %s(%s) RETURNS %s\n", name, arguments, result
    print "AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;"
    printf "COMMENT ON FUNCTION %s(%s) IS\n'%s';\n", name, signature, comment
}
function state(type, measure, size, argument, contents, about, merging) {
    printf "\nCREATE TYPE %s;\n", type
    function_of(type "_in", "input cstring", type, "cstring", "Reads the text form of " type ".")
    function_of(type "_out", "value " type, "cstring", type, "Writes the text form of " type ".")
    function_of(type "_recv", "input internal", type, "internal", "Reads the binary form of " type ".")
    function_of(type "_send", "value " type, "bytea", type, "Writes the binary form of " type ".")
    printf "\nCREATE TYPE %s (\n", type
    printf "    INPUT = %s_in, OUTPUT = %s_out, RECEIVE = %s_recv, SEND = %s_send,\n", type, type, type, type
    print "    INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = extended\n);"
    printf "COMMENT ON TYPE %s IS\n'%s';\n", type, about
    function_of(measure "_combine", "one " type ", other " type, type, type ", " type,
                "Merges two " type " values: support for aggregates.\n" merging)
    printf "\nCREATE AGGREGATE crm_rollup(%s %s) (\n", argument, type
    printf "    SFUNC = %s_combine, STYPE = %s, SSPACE = %s,\n", measure, type, size
    printf "    COMBINEFUNC = %s_combine, PARALLEL = SAFE\n);\n", measure
    printf "COMMENT ON AGGREGATE crm_rollup(%s) IS\n", type
    printf "'Merges %s into one, as if from all their rows.\n", contents
    print "NULLs are skipped; nothing but NULLs, or no rows, gives NULL.';"
}
BEGIN { print "\n-- The summary types of src/core/experience/state.def" }
/^CRM_STATE\(/ { inside = 1; n = 1; split("", field); sub(/^CRM_STATE\(/, "") }
# A line is one string, or several names and numbers, up to a comma or the end.
inside {
    sub(/^[ \t]+/, "")
    gsub(/\047/, "\047\047")
    ended = /\)$/
    comma = /,$/
    sub(/[,)]$/, "")
    if (/^"/) {
        text = substr($0, 2, length($0) - 2)
        field[n] = field[n] (field[n] == "" ? "" : "\n") text
        n += comma
    } else {
        many = split($0, word, /, */)
        for (i = 1; i <= many; i++) field[n++] = word[i]
    }
    if (ended) {
        state(field[1], field[2], field[3], field[4], field[5], field[6], field[7])
        inside = 0
    }
}
