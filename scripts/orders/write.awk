# The second pass: the columns that matter, as COPY reads them (text format), from
# `part` as look.awk left it. Writes the statement that makes their table to
# `table`, and what only now can be seen to descriptor 3: by cat, for to open
# /dev/fd/3 would empty the file that it may be.
#
# Variables: plan, today (year-month-day), table.

BEGIN {
    FS = "\037"
    said = "cat >&3"
    set_symbols()
    set_months()
    getline date_order <plan
    getline mark <plan
    print "CREATE TABLE csv (\"the customer\" text, \"the date\" timestamp, \"the order\" text," \
          " \"the currency\" text" >table
    while ((getline line <plan) > 0)
    {
        split(line, part, "\t")
        is_number[++value_count] = part[2] == "numeric"
        print ", \"" part[1] "\" " part[2] >table
    }
    print ");" >table
}

{
    if ($3 != written_date)
    {
        written_date = $3
        day = plain_date($3, date_order)
    }
    if (day == "")
        bad_date($3)
    if (substr(day, 1, 10) > today)
    {
        future_count++
        if (day < earliest || earliest == "")
            earliest = day
        if (day > latest)
            latest = day
    }
    out = escaped($2) "\t" day "\t" ($4 == "" ? "\\N" : escaped($4))
    rest = ""
    symbol_seen = $5
    for (i = 1; i <= value_count; i++)
    {
        value = $(5 + i)
        if (value == "" || tolower(value) ~ /^(\(blank\)|null|n\/a|nan|#n\/a)$/)
        {
            missing_count += value_count == 1
            value = "\\N"
        }
        else if (is_number[i])
        {
            value = plain_number(value, mark)
            if (currency != "" && symbol_seen == "")
                symbol_seen = currency
        }
        else
            value = escaped(value)
        rest = rest "\t" value
    }
    print out "\t" (symbol_seen == "" ? "\\N" : escaped(symbol_seen)) rest
}

END {
    if (bad_count)
    {
        print ENVIRON["look_program"] ": " bad_count \
              (bad_count == 1 ? " date is on no calendar: " : " dates are on no calendar; the first is ") \
              "\"" bad_example "\", in line " bad_line "." >"/dev/stderr"
        exit 1
    }
    if (future_count == NR)
    {
        print ENVIRON["look_program"] ": no date is up to today, " today ": the first is " substr(earliest, 1, 10) \
              ", and days to come do not count.\n" \
              "See whether --date tells another column, and --date-format another order." >"/dev/stderr"
        exit 1
    }
    if (missing_count)
        print "    " missing_count \
              (missing_count == 1 ? " row has no amount and counts" : " rows have no amount and count") " as 0" | said
    if (future_count)
        print "    " future_count \
              (future_count == 1 ? " row has a date in the future: " : " rows have dates in the future, up to ") \
              substr(latest, 1, 10) "; " (future_count == 1 ? "it does" : "they do") " not count" | said
}

function bad_date(value)
{
    if (!bad_count++)
    {
        bad_example = value
        bad_line = $1
    }
}

function escaped(value)
{
    gsub(/\\/, "&&", value)
    gsub(/\t/, "\\t", value)
    return value
}
