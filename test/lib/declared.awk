# A line a function or aggregate that the parts of the install script declare: the
# topic, its title, which is the first line of its file, and the name.
FNR == 1 {
    n = split(FILENAME, part, "/")
    topic = part[n]
    sub(/\.sql$/, "", topic)
    title = topic == "extension" ? "The extension" : substr($0, 4)
    sub(/[.]$/, "", title)
}
/^CREATE (FUNCTION|AGGREGATE) / {
    sub(/[(].*/, "", $3)
    print topic "|" title "|" $3
}
