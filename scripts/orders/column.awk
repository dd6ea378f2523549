# Which column is what: by what was said, else by usual names and by values.

# Names are plain names. The surest pattern of a role comes first.
function usual(role, pattern)
{
    pattern_of[role, ++pattern_count[role]] = pattern
}

function set_usual_names()
{
    key = "_?(id|no|nr|num|number|nummer|numero|key|code" \
          "|\347\274\226\345\217\267|\345\217\267\347\240\201|\345\217\267|\344\273\243\347\240\201)?"
    # Chinese customer, member, user, buyer, patron.
    who = "\345\256\242\346\210\267|\344\274\232\345\221\230|\347\224\250\346\210\267|\344\271\260\345\256\266" \
          "|\351\241\276\345\256\242"
    # Chinese order, invoice, document, transaction; place an order, pay, close a deal, buy.
    bill = "\350\256\242\345\215\225|\345\217\221\347\245\250|\345\215\225\346\215\256|\344\272\244\346\230\223"
    deed = bill "|\344\270\213\345\215\225|\344\273\230\346\254\276|\346\210\220\344\272\244|\350\264\255\344\271\260" \
           "|\346\266\210\350\264\271"

    usual("customer", "^(customer|client|member|user|buyer|account|kunden?|cliente|klant|klient|" who ")" key "$")
    usual("customer", "^(id|no|nr|num|code|codigo|codice)_?(customer|client|cliente|kunde|klant|klient)$")
    usual("customer", "(customer|client|member|user|buyer|account|kunde|klant|klient|" who ").*(id|no|nr|code|key)$")
    usual("customer", "customer|client|member|user|buyer|account|kunde|klant|klient|" who)
    usual("customer", "e_?mail")

    # Chinese day, time; sent.
    when = "date|day|time|_on$|_at$|datum|zeit|fecha|data|jour|\346\227\245\346\234\237|\346\227\266\351\227\264"
    usual("date", "(order|purchase|invoice|transaction|sale|paid|bestell|rechnung|kauf|beleg|commande|factur|achat" \
          "|compra|pedido|" deed ").*(" when ")")
    usual("date", when)
    usual("date", "")
    # Days on which something else happened.
    not_ordered = "birth|geburt|dob|registe|signup|ship|deliver|due|updat|modif|liefer|faellig|f\303\244llig|expir" \
        "|\345\207\272\347\224\237|\347\224\237\346\227\245|\345\217\221\350\264\247"

    # Chinese amount, sum, total price, sales.
    money = "\351\207\221\351\242\235|\346\200\273\351\242\235|\346\200\273\344\273\267" \
            "|\351\224\200\345\224\256\351\242\235|\345\256\236\344\273\230"
    usual("amount", "^(net_?|line_?)?(amount|revenue|sales|total)|^(" money ")" \
          "|^(betrag|umsatz|summe|gesamt|importe|importo|monto|montant|bedrag|kwota|netto|brutto|suma?$|somme)")
    usual("amount", "amount|revenue|sales|total|spen[dt]|paid|betrag|umsatz|summe|importe|importo|montant|bedrag" \
          "|kwota|" money)
    usual("amount", "^value$|^wert$|^valor$")
    # Chinese freight, discount, tax.
    not_money = "_id$|_no$|count|qty|quant|items|tax|vat|discount|shipping|freight|rabatt|steuer|menge|anzahl" \
        "|\350\277\220\350\264\271|\346\212\230\346\211\243|\347\250\216|\346\225\260\351\207\217"

    usual("quantity", "^(quantity|qty|units|pieces|menge|anzahl|st\303\274ckzahl|stueck|cantidad|quantit|qte" \
          "|quantidade|aantal|\346\225\260\351\207\217)")
    usual("price", "^(unit_?|list_?|item_?|sale_?)?price|^(unit_?cost|unit_?amount)$" \
          "|preis|^prix|^precio|^prezzo|^prijs|^preco" \
          "|\345\215\225\344\273\267|\344\273\267\346\240\274")

    usual("order", "^(order|invoice|transaction|receipt|bill|document|sales_?order|purchase" \
          "|bestell(ung)?s?|auftrags?|rechnungs?|beleg" \
          "|commande|facture|pedido|factura|ordine|fattura|" bill ")" key "$")
    usual("currency", "^(currency|currency_code|w\303\244hrung|waehrung|devise|moneda|valuta" \
          "|\345\270\201\347\247\215)$")
}

# How column i suits a role: by its name, of what it is not, by its values.
function suits(role, i)
{
    if (i in is_taken)
        return 0
    if (role == "date")
        return is_date[i] || is_day_number[i]
    if (role == "amount" || role == "quantity" || role == "price")
        return is_number[i] && (!is_date[i] || role != "amount") && (role != "amount" || name[i] !~ not_money)
    return !is_date[i] || is_number[i] && role != "currency"
}

# The column of a role; 0 where nothing suits.
function guess(role,    rank, i, pass)
{
    for (pass = 1; pass <= 1 + (role == "date"); pass++)
        for (rank = 1; rank <= pattern_count[role]; rank++)
            for (i = 1; i <= column_count; i++)
                if (suits(role, i) && name[i] ~ pattern_of[role, rank] \
                    && (role != "date" || pass > 1 || name[i] !~ not_ordered) \
                    && (!is_day_number[i] || is_date[i] || rank < 3))
                    return i
    return 0
}

# The column of a role that must be there.
function choose(role, given,    i)
{
    i = given != "" ? find_column(given) : guess(role)
    if (!i && given != "")
        fail("there is no column " given " in the file.", "Its columns are: " column_list())
    if (!i)
        fail("cannot tell which column is the " role ".",
             "Say --" role " COLUMN. The columns are: " column_list())
    is_taken[i]
    return i
}

function choose_optional(role, given)
{
    return given != "" ? choose(role, given) : guess(role)
}

function quoted(i)
{
    return "\"" name[i] "\""
}

# The amount: a column, or an SQL expression over columns, which are collected in
# value_column[1 .. value_count].
function choose_amount(given,    i)
{
    if (given != "" && !(i = find_column(given)))
        return read_expression(given)
    quantity = guess("quantity")
    price = guess("price")
    if (!i)
        i = guess("amount")
    if (!i && quantity && price && quantity != price)
    {
        is_product = 1
        use_column(quantity)
        use_column(price)
        return quoted(quantity) " * " quoted(price)
    }
    if (!i)
        i = price ? price : choose("amount", "")
    use_column(i)
    return quoted(i)
}

function use_column(i)
{
    if (!(i in is_used))
        value_column[++value_count] = i
    is_used[i]
}

# Headers in an expression become the names that the columns have in SQL. Inside
# 'text' nothing is a name.
function read_expression(given,    rest, out, word, i, longest)
{
    rest = given
    while (rest != "")
    {
        if (match(rest, /^'([^']|'')*'/) || match(rest, /^[0-9.]+([eE][-+]?[0-9]+)?/))
            out = out substr(rest, 1, RLENGTH)
        else if (match(rest, /^("[^"]*"|`[^`]*`|\[[^]]*\])/))
            out = out named(substr(rest, 1, RLENGTH), given)
        else if ((longest = longest_header(rest)))
        {
            use_column(longest)
            out = out quoted(longest)
            RLENGTH = length(header[longest])
        }
        else if (match(rest, /^[A-Za-z_\200-\377][A-Za-z0-9_\200-\377]*/))
        {
            word = substr(rest, 1, RLENGTH)
            i = RLENGTH
            if (find_column(word) || substr(rest, RLENGTH + 1) !~ /^ *\(/ && tolower(word) !~ sql_word())
                word = named(word, given)
            RLENGTH = i
            out = out word
        }
        else
        {
            RLENGTH = 1
            out = out substr(rest, 1, 1)
        }
        rest = substr(rest, RLENGTH + 1)
    }
    if (!value_count)
        no_such_column(given)
    return out
}

function named(word, given,    i, length_then)
{
    length_then = RLENGTH
    i = find_column(word)
    if (!i)
        no_such_column(word)
    use_column(i)
    RLENGTH = length_then
    return quoted(i)
}

function no_such_column(word)
{
    fail("there is no column " word " in the file, nor can that be an amount.",
         "Its columns are: " column_list() \
         "\n--amount takes one of them, or an expression as in --amount 'quantity * \"Unit price\"'.")
}

# The longest header that a text begins with and that is more than a word.
function longest_header(text,    i, best)
{
    for (i = 1; i <= column_count; i++)
        if (header[i] ~ /[^A-Za-z0-9_\200-\377]/ && tolower(substr(text, 1, length(header[i]))) == tolower(header[i]) \
            && substr(text, length(header[i]) + 1) !~ /^[A-Za-z0-9_\200-\377]/ \
            && (!best || length(header[i]) > length(header[best])))
            best = i
    return best
}

function sql_word()
{
    return "^(case|when|then|else|end|and|or|not|is|in|null|true|false|between|like|ilike|as|from|distinct" \
        "|numeric|integer|bigint|text|date|double|precision|cast)$"
}
