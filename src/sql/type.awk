# Writes types in SQL: awk -f type.awk PART.sql
#
# A line "\type NAME OPTIONS" of a part stands for a type of variable length with its
# text and binary form: the shell, the functions NAME_in, NAME_out, NAME_recv and
# NAME_send of the library, and the type with these options. All other lines are SQL
# as it is installed. The summary types are made by state.awk.
function function_of(name, argument, result) {
    printf "CREATE FUNCTION %s(%s) RETURNS %s\n", name, argument, result
    print "AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;"
}
function type(name, options) {
    printf "CREATE TYPE %s;\n\n", name
    function_of(name "_in", "cstring", name)
    function_of(name "_out", name, "cstring")
    function_of(name "_recv", "internal", name)
    function_of(name "_send", name, "bytea")
    printf "\nCREATE TYPE %s (\n", name
    printf "    INPUT = %s_in, OUTPUT = %s_out, RECEIVE = %s_recv, SEND = %s_send,\n", name, name, name, name
    printf "    INTERNALLENGTH = VARIABLE, %s\n);\n", options
}
$1 == "\\type" {
    name = $2
    sub(/^[^ ]+ +[^ ]+ +/, "")
    type(name, $0)
    next
}
{ print }
