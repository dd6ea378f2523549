# shellcheck shell=bash
# A file of orders, as shops and their spreadsheets write it: packed or not, in
# any usual encoding, with any separator, order of day and month and decimal
# mark. Read by demo.sh before anything is installed, so with nothing but what
# every system has: od, iconv, gzip, awk. What cannot be decided from the file
# is asked, never guessed; what is decided is said.

# The options of demo.sh that say what a file is; empty where the file is to tell.
# shellcheck disable=SC2034
customer='' date='' amount='' order='' date_format='' decimal='' encoding=''

# unpack FILE: its bytes, as text in some encoding.
unpack()
{
    local name=${1##*/} begin

    begin=$(od -A n -t x1 -N 8 "$1" | tr -d ' \n')
    case $begin in
        '') die "$name is empty" ;;
        1f8b*) gzip -dc "$1" || die "$name cannot be unpacked" ;;
        425a68*) unpack_with bzip2 "$1" ;;
        fd377a585a*) unpack_with xz "$1" ;;
        28b52ffd*) unpack_with zstd "$1" ;;
        504b0304*) die "$name is an Excel workbook or a zip archive, not a table as text." \
            "In Excel: File, Save as, \"CSV UTF-8\"; a zip must be unpacked first." ;;
        d0cf11e0*) die "$name is an Excel workbook. In Excel: File, Save as, \"CSV UTF-8\"." ;;
        25504446*) die "$name is a PDF. Wanted is a table as text (CSV)." ;;
        5b7b* | 7b22* | 7b0a* | 5b0a*) die "$name is JSON. Wanted is a table as text (CSV), with a header row." ;;
        3c68746d6c* | 3c7461626c* | 3c21444f* | 3c3f786d*)
            die "$name is a web page or XML. Wanted is a table as text (CSV)." ;;
        *) cat "$1" ;;
    esac
}

unpack_with()
{
    command -v "$1" >/dev/null || die "$1 is missing to unpack ${2##*/}; unpack it first"
    "$1" -dc "$2" || die "${2##*/} cannot be unpacked"
}

# Whether a file has bytes of value 0 where text in ASCII, as UTF-16, has them.
utf16_order()
{
    local bytes zeros

    bytes=$(head -c 4096 "$1" | wc -c)
    zeros=$((bytes - $(head -c 4096 "$1" | tr -d '\000' | wc -c)))
    ((zeros * 4 > bytes)) || return 1
    if [[ $(head -c 4096 "$1" | od -A n -v -t u1 -w2 |
        awk '$1 == 0 { first++ } $2 == 0 { second++ } END { print (first > second) }') == 1 ]]; then
        echo UTF-16BE
    else
        echo UTF-16LE
    fi
}

# What bytes beyond ASCII look like: Chinese ones come in pairs and not inside
# words of ASCII letters, most of them from the rows of GB2312 for punctuation and
# common characters; Western European ones alone among them.
byte_pattern()
{
    LC_ALL=C awk '
        function is_common(run,    i, common)
        {
            for (i = 1; i < length(run); i += 2)
                common += substr(run, i, 1) ~ /[\241-\327]/
            return common * 4 >= length(run)
        }
        {
            while (match($0, /[\200-\377]+/))
            {
                inside = substr($0, RSTART - 1, 1) ~ /[A-Za-z]/ && RSTART > 1 \
                         || substr($0, RSTART + RLENGTH, 1) ~ /[a-z]/
                if (RLENGTH > 3 && (RLENGTH % 2 || !is_common(substr($0, RSTART, RLENGTH))))
                    other++
                else if (RLENGTH % 2 == 0 && (RLENGTH > 2 || !inside))
                    pairs++
                else
                    single++
                $0 = substr($0, RSTART + RLENGTH)
            }
            if (++n == 20000)
                exit
        }
        END { print (other * 10 > single + pairs ? "other" : pairs > single ? "pairs" : "single") }' "$1"
}

# The encoding of a file: the name that iconv knows.
find_encoding()
{
    case $(od -A n -t x1 -N 3 "$1" | tr -d ' \n') in
        fffe* | feff*) echo UTF-16; return ;;
    esac
    utf16_order "$1" && return
    iconv -f UTF-8 -t UTF-8 "$1" >/dev/null 2>&1 && { echo UTF-8; return; }
    case $(byte_pattern "$1") in
        pairs) iconv -f GB18030 -t UTF-8 "$1" >/dev/null 2>&1 && { echo GB18030; return; } ;;
        single) iconv -f WINDOWS-1252 -t UTF-8 "$1" >/dev/null 2>&1 && { echo WINDOWS-1252; return; }
            echo ISO-8859-1
            return ;;
    esac
    return 1
}

encoding_name()
{
    case $1 in
        GB18030) echo 'GBK (Chinese)' ;;
        WINDOWS-1252) echo 'Latin-1 (Western European)' ;;
        *) echo "$1" ;;
    esac
}

# decode FILE OUT: as UTF-8, with plain ends of lines. The encoding is told by
# --encoding, else by the bytes.
decode()
{
    local found=$encoding

    unpack "$1" >"$2.bytes"
    if [[ -z $found ]]; then
        found=$(find_encoding "$2.bytes") || die "cannot tell the encoding of ${1##*/}." \
            "Say --encoding NAME, such as WINDOWS-1251 (Cyrillic), GB18030 or BIG5 (Chinese), SHIFT_JIS (Japanese)," \
            "or save it as UTF-8."
        [[ $found == UTF-8 ]] || note "the encoding looks like $(encoding_name "$found"); --encoding tells another"
    fi
    iconv -f "$found" -t UTF-8 </dev/null >/dev/null 2>&1 || die "there is no encoding $found; iconv -l lists them"
    iconv -f "$found" -t UTF-8 "$2.bytes" >"$2" 2>"$2.error" ||
        die "${1##*/} is not written in $found: $(head -n 1 "$2.error")"
    # Macintosh of old ends lines with a carriage return alone.
    if (($(head -c 65536 "$2" | tr -cd '\n' | wc -c) == 0)); then
        tr '\r' '\n' <"$2" >"$2.bytes"
        mv "$2.bytes" "$2"
    fi
    rm -f "$2.bytes" "$2.error"
}

# d.m.Y, DD/MM/YYYY, %d-%m-%y or dmy: all are dmy.
plain_date_format()
{
    local letters

    letters=$(printf %s "$1" | tr '[:upper:]' '[:lower:]' | tr -cd 'dmyj' | tr j y | tr -s dmy)
    case $letters in
        dmy | mdy | ymd) echo "$letters" ;;
        *) die "--date-format is dmy, mdy or ymd, for the order of day, month and year; not $1" ;;
    esac
}

run_awk()
{
    local libraries=() name

    for name in $1; do libraries+=(-f "$top/scripts/orders/$name.awk"); done
    shift
    LC_ALL=C look_program=${0##*/} awk "${libraries[@]}" "$@"
}

# look_at_orders FILE FOLDER: tells what the file is, and leaves in FOLDER
# orders.copy, the columns that matter for COPY; orders.sql, which makes their
# table; orders.amount, the amount as an expression over it. Reads the variables
# of demo.sh's options. Values go to awk by the environment: -v reads escapes.
look_at_orders()
{
    local folder=$2

    say "looking at ${1##*/}"
    [[ -z $date_format ]] || date_format=$(plain_date_format "$date_format")
    [[ $decimal =~ ^[.,]?$ ]] || die "--decimal is . or , for the mark in front of decimals; not $decimal"
    decode "$1" "$folder/orders.text"
    look_customer=$customer look_date=$date look_amount=$amount look_order=$order \
        look_date_format=$date_format look_decimal=$decimal look_part=$folder/orders.part \
        look_plan=$folder/orders.plan \
        run_awk 'table value column look' "$folder/orders.text" || exit 1
    run_awk 'value write' -v plan="$folder/orders.plan" -v table="$folder/orders.sql" -v today="$(date +%F)" \
        "$folder/orders.part" 3>&1 >"$folder/orders.copy" || exit 1
    mv "$folder/orders.plan.amount" "$folder/orders.amount"
    rm -f "$folder/orders.text" "$folder/orders.part" "$folder/orders.plan"
}
