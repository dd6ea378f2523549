# What a value says: numbers with any marks, dates in any order.

function set_symbols()
{
    # The longer before what they begin with.
    symbol = "US\\$|R\\$|\\$|\342\202\254|\302\243|\302\245|\357\277\245|\342\202\271|\342\202\275|\342\202\251" \
        "|\342\202\272|EUR|USD|GBP|CHF|CNY|RMB|JPY|PLN|SEK|NOK|DKK|CZK|HUF|RUB|INR|BRL|CAD|AUD|MXN" \
        "|z\305\202|kr\\.?|K\304\215|Ft|Fr\\." \
        "|\345\205\203|\345\234\206"
    at_start = "^(" symbol ")"
    at_end = "(" symbol ")$"
    currency_code["\342\202\254"] = "EUR"
    currency_code["$"] = currency_code["US$"] = "USD"
    currency_code["\302\243"] = "GBP"
    currency_code["\302\245"] = currency_code["\357\277\245"] = "\302\245"
    currency_code["\345\205\203"] = currency_code["\345\234\206"] = currency_code["RMB"] = "CNY"
}

# A number without what does not count in it: currency (left in the variable
# currency), spaces, apostrophes between thousands; a minus in front.
function bare_number(value,    is_negative)
{
    currency = ""
    if (value ~ /^-?[0-9]+(\.[0-9]*)?$/)
        return value
    gsub(/[ \t'_]|\302\240|\342\200\257|\342\200\211|\342\200\231|\343\200\200/, "", value)
    gsub(/\342\210\222|\342\200\223|\357\274\215/, "-", value)
    if (value ~ /^\(.*\)$/)
    {
        is_negative = 1
        value = substr(value, 2, length(value) - 2)
    }
    if (value ~ /^[-+]/)
    {
        is_negative += value ~ /^-/
        value = substr(value, 2)
    }
    if (match(value, at_start))
    {
        currency = substr(value, 1, RLENGTH)
        value = substr(value, RLENGTH + 1)
    }
    if (value ~ /[-+]$/)
    {
        is_negative += value ~ /-$/
        value = substr(value, 1, length(value) - 1)
    }
    if (match(value, at_end))
    {
        currency = substr(value, RSTART)
        value = substr(value, 1, RSTART - 1)
    }
    if (value ~ /^[-+]/)
    {
        is_negative += value ~ /^-/
        value = substr(value, 2)
    }
    if (value ~ /-$/)
    {
        is_negative++
        value = substr(value, 1, length(value) - 1)
    }
    if (currency in currency_code)
        currency = currency_code[currency]
    return is_negative % 2 ? "-" value : value
}

# What a number says of the marks: "point" or "comma" is the decimal mark,
# "point3" or "comma3" may be decimals or thousands, "long" has thousands without
# a mark, "plain" says nothing, "bad" is no number.
function number_shape(value)
{
    value = bare_number(value)
    sub(/^-/, "", value)
    if (value ~ /^[0-9]+$/)
        return length(value) > 3 ? "long" : "plain"
    if (value ~ /^[0-9]*\.?[0-9]+[eE][-+]?[0-9]+$/)
        return "point"
    if (value ~ /^[1-9][0-9]?[0-9]?\.[0-9][0-9][0-9]$/)
        return "point3"
    if (value ~ /^[1-9][0-9]?[0-9]?,[0-9][0-9][0-9]$/)
        return "comma3"
    # Several of one mark are thousands; else what stands last is the decimal mark.
    if (value ~ /^[0-9]+(,[0-9][0-9]?[0-9]?)*,[0-9][0-9][0-9](\.[0-9]*)?$/ && value ~ /[.]|,.*,/)
        return "point"
    if (value ~ /^[0-9]+(\.[0-9][0-9][0-9])+(,[0-9]*)?$/ && value ~ /,|[.].*[.]/)
        return "comma"
    if (value ~ /^[0-9]*\.[0-9]*$/ && value != ".")
        return "point"
    if (value ~ /^[0-9]*,[0-9]*$/ && value != ",")
        return "comma"
    return "bad"
}

# As SQL reads it; mark is the decimal mark, empty where there is none.
function plain_number(value, mark)
{
    value = bare_number(value)
    if (mark == ",")
    {
        gsub(/\./, "", value)
        sub(/,/, ".", value)
    }
    else
        gsub(/,/, "", value)
    return value
}

function set_months(    i, list, names)
{
    i = split("jan feb mar apr may jun jul aug sep oct nov dec", list, " ")
    for (; i > 0; i--)
        month_number[list[i]] = i
    # As other languages begin them, where that is another way.
    i = split("m\303\244r=3 mrz=3 mai=5 okt=10 dez=12 f\303\251v=2 fev=2 avr=4 ao\303\273=8 d\303\251c=12 ene=1 abr=4" \
              " ago=8 dic=12 gen=1 mag=5 giu=6 lug=7 set=9 ott=10 juin=6 juil=7 out=10 maj=5 mei=5 mrt=3", list, " ")
    for (; i > 0; i--)
    {
        split(list[i], names, "=")
        month_number[names[1]] = names[2]
    }
}

function month_of(word)
{
    word = tolower(word)
    gsub(/\303\204/, "\303\244", word)
    if (substr(word, 1, 4) in month_number)
        return month_number[substr(word, 1, 4)]
    return substr(word, 1, 3) in month_number ? month_number[substr(word, 1, 3)] : 0
}

# Hours, minutes and seconds of what follows a date, in clock; a time zone or its
# offset is left in zone and no part of it, for the day on the shop's clock is
# what counts.
function read_clock(text,    part, n, hour, is_late)
{
    clock = zone = ""
    text = toupper(text)
    is_late = text ~ /P\.?M|\344\270\213\345\215\210/ ? 1 : text ~ /A\.?M|\344\270\212\345\215\210/ ? -1 : 0
    gsub(/[AP]\.?M\.?|\344\270[\212\213]\345\215\210/, "", text)
    if (match(text, / *(Z|UTC|GMT|[-+][0-9][0-9]?:?[0-9]?[0-9]?)$/))
    {
        zone = substr(text, RSTART)
        sub(/^ +/, "", zone)
        text = substr(text, 1, RSTART - 1)
    }
    gsub(/^[T, ]+| +$|( UHR)$/, "", text)
    if (text == "")
        return 1
    if (text !~ /^[0-9][0-9]?[:.][0-9][0-9]([:.][0-9][0-9]([.,][0-9]+)?)?$/)
        return 0
    sub(/,/, ".", text)
    n = split(text, part, /[:.]/)
    hour = part[1] + 0
    if (is_late)
        hour = hour % 12 + (is_late > 0 ? 12 : 0)
    if (hour > 24 || part[2] > 59 || n > 2 && part[3] > 60)
        return 0
    clock = sprintf(" %02d:%02d:%02d", hour, part[2], n > 2 ? part[3] : 0)
    return 1
}

# What a date says of the order of its parts, which are left in p1, p2 and p3:
# "ymd", "xxy" (day and month, or month and day), "xxx" (two digits each), "mon"
# (a month's name; p1 is the year, p2 the month), "number", or "bad".
function date_shape(value,    part, rest, n, word)
{
    clock = zone = ""
    if (value ~ /^[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]$/)
    {
        p1 = substr(value, 1, 4); p2 = substr(value, 6, 2); p3 = substr(value, 9)
        return "ymd"
    }
    if (value ~ /[\200-\377]/)
    {
        gsub(/\345\271\264|\346\234\210/, "-", value)
        gsub(/\346\227\245/, " ", value)
        gsub(/\302\240/, " ", value)
    }
    if (value ~ /^[0-9]+(\.[0-9]*)?$/)
    {
        if (value ~ /^(19|20)[0-9][0-9][0-9][0-9][0-9][0-9]$/)
        {
            p1 = substr(value, 1, 4); p2 = substr(value, 5, 2); p3 = substr(value, 7)
            return "ymd"
        }
        p1 = value
        return "number"
    }
    # A weekday in front says nothing that the date does not.
    if (match(value, /^[A-Za-z][A-Za-z]+,? +[0-9A-Za-z]/) && !month_of(value))
        sub(/^[A-Za-z]+,? +/, "", value)
    if (match(value, /^[0-9]+ ?[-.\/] ?[0-9]+ ?[-.\/] ?[0-9]+/))
    {
        rest = substr(value, RLENGTH + 1)
        split(substr(value, 1, RLENGTH), part, / ?[-.\/] ?/)
        p1 = part[1]; p2 = part[2]; p3 = part[3]
        if (!read_clock(rest) || length(p2) > 2)
            return "bad"
        if (length(p1) == 4 && length(p3) <= 2)
            return "ymd"
        if (length(p1) > 2)
            return "bad"
        return length(p3) == 4 ? "xxy" : length(p3) == 2 ? "xxx" : "bad"
    }
    if (match(value, /^[0-9]+[-., \/]+(de )?[A-Za-z\200-\377]+[-., \/]+(de )?[0-9]+/))
    {
        n = split(substr(value, 1, RLENGTH), part, /[-., \/]+(de )?/)
        rest = substr(value, RLENGTH + 1)
        word = part[2]
        p1 = part[1]; p3 = part[n]
        if (length(p1) == 4) { p1 = part[n]; p3 = part[1] }
    }
    else if (match(value, /^[A-Za-z\200-\377]+[-., ]+[0-9]+(st|nd|rd|th)?[-., ]+[0-9]+/))
    {
        n = split(substr(value, 1, RLENGTH), part, /[-., ]+/)
        rest = substr(value, RLENGTH + 1)
        word = part[1]
        p1 = part[2] + 0; p3 = part[n]
    }
    else
        return "bad"
    p2 = month_of(word)
    n = p1; p1 = full_year(p3); p3 = n
    return p2 && read_clock(rest) ? "mon" : "bad"
}

# As POSIX has it: 69 to 99 are of the last century.
function full_year(year)
{
    return length(year) > 2 ? year : year + (year > 68 ? 1900 : 2000)
}

function is_day(year, month, day,    last)
{
    # Parts of a text compare as text unless they are made numbers.
    year += 0; month += 0; day += 0
    if (month < 1 || month > 12 || day < 1 || year < 1)
        return 0
    last = month == 2 ? 28 + (year % 4 == 0 && year % 100 != 0 || year % 400 == 0) \
                      : 31 - (month == 4 || month == 6 || month == 9 || month == 11)
    return day <= last
}

# A day number since 1970-01-01 as year-month-day (Hinnant's civil_from_days).
function day_from_number(days,    era, of_era, year, of_year, month)
{
    days += 719468
    era = int(days / 146097)
    of_era = days - era * 146097
    year = int((of_era - int(of_era / 1460) + int(of_era / 36524) - int(of_era / 146096)) / 365)
    of_year = of_era - (365 * year + int(year / 4) - int(year / 100))
    month = int((5 * of_year + 2) / 153)
    return sprintf("%04d-%02d-%02d", year + era * 400 + (month >= 10), month + (month < 10 ? 3 : -9),
                   of_year - int((153 * month + 2) / 5) + 1)
}

# What a number in a column of dates counts; empty if it is no such thing.
function number_unit(value)
{
    if (value >= 20000 && value < 80000)
        return "excel"
    if (value >= 300000000 && value < 5000000000)
        return "seconds"
    if (value >= 300000000000 && value < 5000000000000)
        return "milliseconds"
    return ""
}

function from_number(value,    unit, days)
{
    unit = number_unit(value)
    if (unit == "")
        return ""
    days = unit == "excel" ? value - 25569 : value / (unit == "seconds" ? 86400 : 86400000)
    value = int((days - int(days)) * 86400 + 0.5)
    if (!value)
        return day_from_number(int(days))
    return sprintf("%s %02d:%02d:%02d", day_from_number(int(days)), int(value / 3600), int(value / 60) % 60, value % 60)
}

# A date as year-month-day, with the clock where there is one; empty if it is
# none. order is that of day and month: dmy, mdy, or ymd for two digits each.
function plain_date(value, order,    shape, year, month, day)
{
    shape = date_shape(value)
    if (shape == "number")
        return from_number(value)
    if (shape == "bad")
        return ""
    year = p1; month = p2; day = p3
    if (shape == "xxy" || shape == "xxx" && order != "ymd")
    {
        year = p3
        day = order == "dmy" ? p1 : p2
        month = order == "dmy" ? p2 : p1
    }
    if (shape == "xxx")
        year = full_year(year)
    return is_day(year, month, day) ? sprintf("%04d-%02d-%02d", year, month, day) clock : ""
}
