# The first pass over a file of orders: what are its separator, its columns, the
# order of day and month and the decimal mark? Tells it on standard output,
# writes what the second pass (write.awk) needs to know to `plan`, and the
# columns that matter, as they are, to `part`. Line numbers are the file's.
#
# From the environment, for -v would read escapes in them: look_customer,
# look_date, look_amount, look_order (columns as given, or empty),
# look_date_format (dmy, mdy, ymd or empty), look_decimal (. or , or empty),
# look_plan and look_part.

BEGIN {
    customer = ENVIRON["look_customer"]
    date = ENVIRON["look_date"]
    amount = ENVIRON["look_amount"]
    order = ENVIRON["look_order"]
    date_format = ENVIRON["look_date_format"]
    decimal = ENVIRON["look_decimal"]
    plan = ENVIRON["look_plan"]
    part = ENVIRON["look_part"]
    set_symbols()
    set_months()
    set_usual_names()
    US = "\037"
    sample_size = 1000
}

{
    sub(/\r$/, "")
    if (NR == 1)
    {
        sub(/^\357\273\277/, "")
        # Excel's own way to say it.
        if ($0 ~ /^"?sep=.?"?$/)
        {
            said_separator = substr($0, index($0, "=") + 1, 1)
            next
        }
    }
    if (pending == "" && is_empty($0))
    {
        empty_count++
        next
    }
    if (separator == "")
    {
        early[++early_count] = $0
        early_line[early_count] = NR
        if (early_count == 200)
            begin_table()
        next
    }
    take_line($0, NR)
}

END {
    if (has_failed)
        exit 1
    if (separator == "")
        begin_table()
    if (has_failed)
        exit 1
    if (pending != "")
        fail("line " first_line " opens a quote (\") that is never closed.", "Close it, or take it out.")
    if (sample_count)
        begin_columns()
    if (has_failed)
        exit 1
    finish()
    exit has_failed
}

# --- Lines to records ---------------------------------------------------------

function begin_table(    i)
{
    if (!early_count)
        fail("the file is empty.")
    separator = said_separator != "" ? said_separator : choose_separator(early, early_count)
    if (separator == "")
        fail("there is one column only: no comma, semicolon, tab or | that separates values.",
             "The first line is: " substr(early[1], 1, 200) \
             "\nWanted is a table as text (CSV) whose first row has the columns' names.")
    for (i = 1; i <= early_count && !has_failed; i++)
        take_line(early[i], early_line[i])
    early_count = 0
}

# A quoted value may go on in further lines.
function take_line(line, number,    n)
{
    if (pending != "")
        line = pending "\n" line
    else
        first_line = number
    n = split_record(line, separator)
    if (n < 0)
    {
        pending = line
        if (length(pending) > 100000)
            fail("line " first_line " opens a quote (\") that is not closed in the 100,000 letters after it.",
                 "Close it, or take it out.")
        return
    }
    pending = ""
    if (!column_count)
        take_header(n)
    else
        take_record(n)
}

function take_header(n,    i)
{
    for (i = 1; i <= n; i++)
    {
        field[i] = trim(field[i])
        if (field[i] ~ /[0-9]/ \
            && (date_shape(field[i]) !~ /bad|number/ || number_shape(field[i]) != "bad" && n > 1 && field[i] ~ /[.,]/))
            fail("the first row has the value " field[i] " where the name of a column should be.",
                 "Give the file a first row with the columns' names, such as customer" \
                 separator "date" separator "amount")
    }
    # A last separator opens no column.
    while (n > 1 && field[n] == "")
        n--
    read_header(n)
}

function take_record(n,    i)
{
    row_count++
    for (; n > column_count && trim(field[n]) == ""; n--) ;
    if (n > column_count)
        fail("line " first_line " has " n " values, but the header has " column_count " columns.",
             separator == "," ? "A value with a comma in it must stand in quotes, as in \"12,50\"." \
                              : "A value that has the separator in it must stand in quotes.")
    for (i = n + 1; i <= column_count; i++)
        field[i] = ""
    if (has_columns)
        take_values()
    else
    {
        # Kept until it is known which columns matter.
        sample_line[++sample_count] = first_line
        for (i = 1; i <= column_count; i++)
        {
            sample[sample_count, i] = field[i]
            look_at(i, trim(field[i]))
        }
        if (sample_count == sample_size)
            begin_columns()
    }
}

# --- Columns ------------------------------------------------------------------

function look_at(i, value,    shape)
{
    if (value == "")
        return
    filled[i]++
    numbers[i] += number_shape(value) != "bad"
    shape = date_shape(value)
    dates[i] += shape != "bad" && shape != "number"
    day_numbers[i] += shape == "number" && number_unit(value) != ""
}

function begin_columns(    i, r)
{
    has_columns = 1
    for (i = 1; i <= column_count; i++)
    {
        is_number[i] = numbers[i] > filled[i] / 2
        is_date[i] = dates[i] > filled[i] / 2
        is_day_number[i] = filled[i] && day_numbers[i] > 0.9 * filled[i]
    }
    # What is given first, so that it is not taken for something else.
    if (customer != "")
        customer_column = choose("customer", customer)
    if (date != "")
        date_column = choose("date", date)
    if (order != "" && order != "none")
        order_column = choose("order", order)
    if (amount != "" && (i = find_column(amount)))
        is_taken[i]
    if (!customer_column)
        customer_column = choose("customer", "")
    if (!date_column)
        date_column = choose("date", "")
    if (!order_column && order != "none")
        order_column = guess("order")
    if (order_column)
        is_taken[order_column]
    amount_expression = choose_amount(amount)
    currency_column = guess("currency")
    if (has_failed)
        exit 1
    for (r = 1; r <= sample_count; r++)
    {
        first_line = sample_line[r]
        for (i = 1; i <= column_count; i++)
            field[i] = sample[r, i]
        take_values()
    }
    sample_count = 0
    split("", sample)
}

# Spreadsheets write (blank) where there is no key.
function is_missing(value)
{
    return value == "" || value ~ /^[(nN#]/ && tolower(value) ~ /^(\(blank\)|null|n\/a|nan|#n\/a)$/
}

function take_values(    who, when, i, line, value)
{
    who = trim(field[customer_column])
    when = trim(field[date_column])
    if (is_missing(who) || is_missing(when))
    {
        left_out_count++
        return
    }
    kept_count++
    tally_date(when)
    gsub(/[\037\n]/, " ", who)
    line = first_line US who US when US (order_column ? cell(field[order_column]) : "") \
           US (currency_column ? cell(field[currency_column]) : "")
    for (i = 1; i <= value_count; i++)
    {
        value = cell(field[value_column[i]])
        if (is_number[value_column[i]] && !is_missing(value))
            tally_number(value_column[i], value)
        line = line US value
    }
    print line >part
}

function cell(value)
{
    gsub(/[\037\n]/, " ", value)
    return trim(value)
}

# --- The order of day and month, the decimal mark -----------------------------

function bad_value(i, value, what)
{
    if (!(i in bad))
    {
        bad_example[i] = value
        bad_line[i] = first_line
        bad_kind[i] = what
    }
    bad[i]++
}

# Items of one order share its date: what it says has been heard.
function tally_date(value,    shape)
{
    if (value == tallied_date)
        return
    shape = date_shape(value)
    if (shape == "number" && number_unit(p1) == "")
        shape = "bad"
    if (shape == "bad")
    {
        bad_value(date_column, value, "date")
        return
    }
    tallied_date = value
    shape_count[shape]++
    if (zone != "" && !(zone in seen_zone))
    {
        seen_zone[zone]
        zone_list = zone_list (zone_list != "" ? ", " : "") zone
    }
    if (!(shape in date_example))
        date_example[shape] = value
    if (shape == "number")
        number_kind = number_unit(p1)
    if (shape != "xxy" && shape != "xxx")
        return
    # Where day and month are the same, both orders are.
    if (shape == "xxx" || p1 + 0 != p2 + 0)
        last_date = value
    keep_greatest(1, p1 + 0, value)
    keep_greatest(2, p2 + 0, value)
    if (shape == "xxx")
    {
        keep_greatest(3, p3 + 0, value)
        distinct_first += !((1, p1) in seen_part)
        distinct_last += !((3, p3) in seen_part)
        seen_part[1, p1]
        seen_part[3, p3]
    }
}

function keep_greatest(i, number, value)
{
    if (number > greatest[i] + 0)
    {
        greatest[i] = number
        greatest_example[i] = value
    }
}

function tally_number(i, value,    shape)
{
    shape = number_shape(value)
    if (shape == "bad")
        bad_value(i, value, "number")
    if (currency != "" && !(currency in seen_currency))
    {
        seen_currency[currency]
        currency_list = currency_list (currency_count++ ? " and " : "") currency
    }
    if (shape ~ /^(comma|point)/ && !((shape) in mark_example))
    {
        mark_example[shape] = value
        mark_column[shape] = i
    }
    mark_count[shape]++
}

# Which orders the dates allow; the answer is kept in date_order.
function choose_date_order(    can_dmy, can_mdy, can_ymd, both)
{
    if (!shape_count["xxy"] && !shape_count["xxx"])
        return
    can_dmy = greatest[1] <= 31 && greatest[2] <= 12
    can_mdy = greatest[1] <= 12 && greatest[2] <= 31
    # A year of two digits in front: not where the last part is a few years and
    # the first part is many days.
    can_ymd = shape_count["xxx"] && !shape_count["xxy"] && greatest[2] <= 12 && greatest[3] <= 31 \
        && !(greatest[1] <= 31 && distinct_first > 12 && distinct_last < distinct_first / 2)
    if (can_ymd && (can_dmy || can_mdy) && distinct_last > 12 && distinct_first < distinct_last / 2)
        can_dmy = can_mdy = 0
    both = header[date_column]
    if (date_format != "")
    {
        date_order = date_format
        if (date_format == "dmy" && !can_dmy || date_format == "mdy" && !can_mdy)
            fail("--date-format " date_format " does not fit column " both ": " \
                 (date_format == "dmy" ? impossible(2, 12, 1, 31) : impossible(1, 12, 2, 31)) ".")
        return
    }
    if (can_dmy + can_mdy + can_ymd == 1 || last_date == "" && can_dmy)
        date_order = can_dmy ? "dmy" : can_mdy ? "mdy" : "ymd"
    else if (!can_dmy && !can_mdy && !can_ymd)
        fail("the dates of column " both " are in no one order: " greatest_example[1] " cannot have the month first, " \
             greatest_example[2] " cannot have it second.",
             "Write them all in one way, best as year-month-day. --date tells another column.")
    else
        ask_date_order(both, can_dmy, can_mdy, can_ymd)
}

function impossible(a, a_most, b, b_most)
{
    return greatest[a] > a_most ? greatest_example[a] " is no such date" : greatest_example[b] " is no such date"
}

function ask_date_order(column, can_dmy, can_mdy, can_ymd)
{
    fail("is " last_date " in column " column " " \
         (can_dmy ? spoken(plain_date(last_date, "dmy")) : "") \
         (can_mdy ? (can_dmy ? " or " : "") spoken(plain_date(last_date, "mdy")) : "") \
         (can_ymd ? (can_dmy || can_mdy ? " or " : "") spoken(plain_date(last_date, "ymd")) : "") \
         "? None of its dates tells.",
         "Say which, and run it again with" \
         (can_dmy ? "\n    --date-format dmy   for day, month, year" : "") \
         (can_mdy ? "\n    --date-format mdy   for month, day, year" : "") \
         (can_ymd ? "\n    --date-format ymd   for year, month, day" : ""))
}

function spoken(day,    month)
{
    split("January February March April May June July August September October November December", month, " ")
    return (substr(day, 9, 2) + 0) " " month[substr(day, 6, 2) + 0] " " substr(day, 1, 4)
}

function choose_mark()
{
    if (decimal != "")
        mark = decimal
    else if (mark_count["comma"] && mark_count["point"])
        fail("both " mark_example["comma"] " and " mark_example["point"] \
             " are among the numbers: is the comma or the point the decimal mark?",
             "Write them all in one way, or say --decimal , or --decimal .")
    else if (mark_count["comma"] || mark_count["point"])
        mark = mark_count["comma"] ? "," : "."
    else if (mark_count["comma3"] || mark_count["point3"])
        choose_mark_of_three()
}

# Nothing but numbers such as 1.234 and 1,234: where thousands are also written
# without a mark, it is none of thousands.
function choose_mark_of_three(    shape)
{
    shape = mark_count["comma3"] ? "comma3" : "point3"
    if (mark_count["long"] && !(mark_count["comma3"] && mark_count["point3"]))
        mark = shape == "comma3" ? "," : "."
    else
        fail("is " mark_example[shape] " in column " header[mark_column[shape]] \
             " more than a thousand, or a number with three decimals? No other number tells.",
             "Say --decimal . or --decimal , and run it again: it names the mark in front of decimals.")
}

# --- What there is to say -----------------------------------------------------

function finish(    i)
{
    if (!column_count || !row_count)
        fail("the file has a header and no rows.")
    if (!kept_count && !has_failed)
        fail("no row has both a customer and a date, in columns " header[customer_column] " and " \
             header[date_column] ".",
             "--customer and --date tell other columns. The columns are: " column_list())
    for (i in bad)
        fail(thousands(bad[i]) " of " thousands(kept_count) " values of column " header[i] \
             " cannot be read as a " bad_kind[i] \
             "; the first is \"" bad_example[i] "\", in line " bad_line[i] ".",
             bad_kind[i] == "date" ? \
             "Write dates as year-month-day; a time of day may follow. --date tells another column." : \
             "--amount tells another column.")
    if (!has_failed)
        choose_date_order()
    if (!has_failed)
        choose_mark()
    if (has_failed)
        return
    tell()
    write_plan()
}

function word_of(separator)
{
    return separator == "," ? "commas" : separator == ";" ? "semicolons" : separator == "\t" ? "tabs" : separator
}

function say(text) { print "    " text }

function tell(    i, names)
{
    say(rows_of(row_count) ", separated by " word_of(separator))
    say("customer: " header[customer_column] "   date: " header[date_column] "   amount: " shown_amount() \
         (order_column ? "   order number: " header[order_column] : ""))
    tell_namesakes("customer", customer_column)
    tell_namesakes("date", date_column)
    if (!is_product && value_count == 1)
        tell_namesakes("amount", value_column[1])
    if (order_column)
        tell_namesakes("order", order_column)
    for (i in date_example)
        if (i != "ymd" || date_example[i] !~ /^[0-9][0-9][0-9][0-9]-/)
            say("dates: " date_example[i] " is read as " plain_date(date_example[i], date_order) date_reason(i))
    if (zone_list != "")
        say("times are those that the clock shows, whatever the zone beside it: " zone_list)
    if (mark == "," || mark_count["comma3"] || mark_count["point3"])
        for (i in mark_example)
        {
            say("numbers: " mark_example[i] " is read as " plain_number(mark_example[i], mark))
            break
        }
    if (is_product)
        say("these are line items: quantity times price is the amount (--amount tells another)" \
            (order_column ? ", and an order is the sum of its lines" : \
             ", and what a customer buys at one time is an order"))
    if (quantity && !is_product && amount == "")
        say("there is a quantity too (" header[quantity] "): " shown_amount() \
            " is taken for the whole amount, not for a price a piece")
    if (currency_count > 1)
        say("warning: " currency_list " are added up as if they were one currency")
    if (left_out_count)
        say(rows_of(left_out_count) " without a customer or without a date " \
            (left_out_count == 1 ? "is" : "are") " left out")
}

# Of columns with one header the first is taken, unless the option names another.
function tell_namesakes(role, column,    i)
{
    for (i = column + 1; i <= column_count; i++)
        if (header[i] != "" && tolower(header[i]) == tolower(header[column]))
        {
            say("warning: there are several columns " header[column] ", and the first is taken: --" role " " name[i] \
                " takes that in place " i)
            return
        }
}

function date_reason(shape)
{
    if (shape == "number")
        return number_kind == "excel" ? ", as Excel counts days" : ", as " number_kind " since 1970"
    if (shape == "mon" || shape == "ymd")
        return ""
    if (date_format != "")
        return ", as you say"
    return greatest[1] > 12 && date_order == "dmy" ? ", for there is " greatest_example[1] \
         : greatest[2] > 12 && date_order == "mdy" ? ", for there is " greatest_example[2] : ""
}

function shown_amount(    i, text)
{
    if (value_count == 1 && amount_expression == quoted(value_column[1]))
        return header[value_column[1]]
    text = is_product ? header[quantity] " * " header[price] : amount
    return text
}

function write_plan(    i)
{
    print date_order >plan
    print mark >plan
    for (i = 1; i <= value_count; i++)
        print name[value_column[i]] "\t" (is_number[value_column[i]] ? "numeric" : "text") >plan
    print amount_expression >(plan ".amount")
    print (is_product ? "true" : "false") >(plan ".amount")
    close(plan ".amount")
    close(plan)
    close(part)
}
