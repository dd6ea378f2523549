# The queries of the report's pictures as rows for COPY: folder/name, and the text.
FNR == 1 {
    name = FILENAME
    sub(/^dashboard\/report\//, "", name)
    sub(/\.sql$/, "", name)
    printf "%s%s\t", (NR > 1 ? "\n" : ""), name
}

{
    gsub(/\\/, "\\\\")
    printf "%s\\n", $0
}

END { print "" }
