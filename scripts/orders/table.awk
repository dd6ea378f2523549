# A file of values separated by a character, whatever the character: records,
# fields, and what the columns are called. For any awk, byte by byte (LC_ALL=C):
# mawk, which is all that a small machine has, knows neither {n} nor UTF-8.

# The first message is the only one: END runs after exit, too.
function fail(message, hint)
{
    if (!has_failed)
        print ENVIRON["look_program"] ": " message (hint != "" ? "\n" hint : "") >"/dev/stderr"
    has_failed = 1
    exit 1
}

# Also of the spaces that do not break and that are as wide as a Chinese letter.
function trim(text)
{
    if (text !~ /^[ \t\302\343]|[ \t\240\200]$/)
        return text
    gsub(/^([ \t]|\302\240|\343\200\200)+|([ \t]|\302\240|\343\200\200)+$/, "", text)
    return text
}

# Whether what begins with a quote also ends with one: pairs of quotes are
# quotes within the value.
function is_closed(piece)
{
    piece = substr(piece, 2)
    gsub(/""/, "", piece)
    return piece ~ /" *$/
}

# Splits a line into the array field; the number of fields, or -1 where a quoted
# value goes on in the next line. A quote counts at the start of a value only:
# in the middle it is a sign for inches.
function split_record(line, separator,    n, i, k, piece, raw)
{
    if (!index(line, "\""))
        return split(line, field, separator)
    n = split(line, raw, separator)
    for (i = 1; i <= n; i++)
    {
        piece = raw[i]
        if (piece ~ /^ *"/)
        {
            sub(/^ +/, "", piece)
            while (!is_closed(piece))
            {
                if (i == n)
                    return -1
                piece = piece separator raw[++i]
            }
            sub(/ +$/, "", piece)
            piece = substr(piece, 2, length(piece) - 2)
            gsub(/""/, "\"", piece)
        }
        field[++k] = piece
    }
    return k
}

function is_empty(line)
{
    return line !~ /[^ \t,;|"]/
}

# The separator is the one that cuts most lines into as many fields as the first.
# line[1 .. n] are lines of the file.
function choose_separator(line, n,    s, i, header, same, k, best, best_fields, best_same)
{
    for (s = 1; s <= 4; s++)
    {
        header = split_record(line[1], substr(",;\t|", s, 1))
        same = 0
        for (i = 2; i <= n; i++)
        {
            k = split_record(line[i], substr(",;\t|", s, 1))
            same += (k == header)
        }
        if (header > 1 && (best == "" || same > best_same || same == best_same && header > best_fields))
        {
            best = substr(",;\t|", s, 1)
            best_fields = header
            best_same = same
        }
    }
    return best
}

# As an SQL name that needs no quotes, as far as letters allow.
function plain_name(name)
{
    name = tolower(trim(name))
    gsub(/[^a-z0-9\200-\377]+/, "_", name)
    gsub(/^_+|_+$/, "", name)
    return name
}

# The header: header[i] as written, name[i] as in SQL, all different.
function read_header(n,    i, plain)
{
    column_count = n
    for (i = 1; i <= n; i++)
    {
        header[i] = trim(field[i])
        plain = plain_name(field[i])
        if (plain == "")
            plain = "column_" i
        else if (plain in column_of)
            plain = plain "_column_" i
        name[i] = plain
        column_of[plain] = i
    }
}

function column_list(    i, list)
{
    for (i = 1; i <= column_count; i++)
        list = list (i > 1 ? ", " : "") (header[i] != "" ? header[i] : name[i])
    return list
}

# The column that somebody means, by its header or its plain name, in quotes or
# not; 0 if there is none.
function find_column(text,    i)
{
    text = trim(text)
    for (i = 1; i <= column_count; i++)
        if (header[i] == text)
            return i
    if (text ~ /^".*"$/ || text ~ /^'.*'$/ || text ~ /^\[.*\]$/ || text ~ /^`.*`$/)
        return find_column(substr(text, 2, length(text) - 2))
    for (i = 1; i <= column_count; i++)
        if (tolower(header[i]) == tolower(text))
            return i
    text = plain_name(text)
    return text in column_of ? column_of[text] : 0
}

# 1234567 as 1,234,567.
function thousands(n,    text)
{
    text = sprintf("%d", n)
    while (match(text, /[0-9][0-9][0-9][0-9](,|$)/))
        text = substr(text, 1, RSTART) "," substr(text, RSTART + 1)
    return text
}

function rows_of(n)
{
    return thousands(n) (n == 1 ? " row" : " rows")
}
