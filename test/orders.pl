# Files of orders as shops write them: what scripts/orders.sh makes of each, and
# what it says where a file cannot be read or could be read in two ways.
use strict;
use warnings;
use utf8;
use Cwd;
use Encode qw(encode decode);
use File::Temp qw(tempdir);
use Test::More;

binmode $_, ':encoding(UTF-8)' for Test::More->builder->output, Test::More->builder->failure_output;
my $top = getcwd;
my $folder = tempdir(CLEANUP => 1);

# look(BYTES, OPTION...): what is said, the rows for COPY, the amount, the error.
sub look
{
    my ($bytes, %option) = @_;
    my $name = delete $option{name} // 'orders.csv';
    my $assign = join '; ', map {
        my $value = encode('UTF-8', $option{$_});
        $value =~ s/'/'\\''/g;
        "$_='$value'"
    } sort keys %option;

    unlink glob "$folder/*";
    write_file("$folder/$name", $bytes);
    mkdir "$folder/out";
    unlink glob "$folder/out/*";
    write_file("$folder/run", "top='$top'; source '$top/scripts/lib.sh'; source '$top/scripts/orders.sh'; $assign\n"
        . "look_at_orders '$folder/$name' '$folder/out'\n");
    my $status = system "bash $folder/run >$folder/said 2>$folder/error </dev/null";
    my @part = map { decode('UTF-8', read_file("$folder/$_")) } qw(said error out/orders.copy out/orders.amount);
    my ($amount) = split /\n/, $part[3];
    return { is_read => $status == 0, said => $part[0], error => $part[1], rows => $status ? '' : $part[2],
        amount => $amount // '' };
}

sub write_file
{
    my ($name, $bytes) = @_;
    open my $out, '>:raw', $name or die "$name: $!";
    print $out $bytes;
    close $out;
}

sub read_file
{
    my ($name) = @_;
    open my $in, '<:raw', $name or return '';
    local $/;
    return scalar <$in> // '';
}

# customer, date and amount of each row.
sub short { join ' | ', map { my @f = split /\t/; join ' ', @f[0, 1, 4 .. $#f] } split /\n/, $_[0]{rows} }

# reads(NAME, TEXT, ROWS, OPTION...): the rows, and what is said if /said/ is given.
sub reads
{
    my ($name, $text, $rows, %option) = @_;
    my $said = delete $option{said};
    my $look = look(delete $option{raw} ? $text : encode(delete $option{in} // 'UTF-8', $text), %option);
    is(short($look), $rows, $name) or diag $look->{error};
    like($look->{said}, $said, "$name: it says so") if $said;
    return $look;
}

sub refuses
{
    my ($name, $text, $error, %option) = @_;
    my $look = look(delete $option{raw} ? $text : encode(delete $option{in} // 'UTF-8', $text), %option);
    ok(!$look->{is_read}, "$name: is refused") or diag $look->{said}, $look->{rows};
    like($look->{error}, $error, "$name: and it says why");
    unlike($look->{error}, qr/awk:|syntax|line \d+:.*command/, "$name: in its own words");
    return $look;
}

my $head = "customer,date,amount\n";

# --- Separators, quotes, lines ---
my $plain = 'a 2024-01-13 5 | b 2024-01-14 6.5';
reads('commas', "${head}a,2024-01-13,5\nb,2024-01-14,6.5\n", $plain, said => qr/2 rows, separated by commas/);
reads('semicolons', "customer;date;amount\na;2024-01-13;5\nb;2024-01-14;6.5\n", $plain, said => qr/semicolons/);
reads('tabs', "customer\tdate\tamount\na\t2024-01-13\t5\nb\t2024-01-14\t6.5\n", $plain, said => qr/tabs/);
reads('bars', "customer|date|amount\na|2024-01-13|5\nb|2024-01-14|6.5\n", $plain);
reads('a line that names the separator', "sep=;\ncustomer;date;amount\na;2024-01-13;5\nb;2024-01-14;6.5\n", $plain);
reads('no end of the last line', "${head}a,2024-01-13,5\nb,2024-01-14,6.5", $plain);
reads('lines of Windows', "${head}a,2024-01-13,5\nb,2024-01-14,6.5\n" =~ s/\n/\r\n/gr, $plain);
reads('lines of an old Macintosh', "${head}a,2024-01-13,5\nb,2024-01-14,6.5\n" =~ s/\n/\r/gr, $plain);
reads('empty lines, also of separators', "\n${head}\na,2024-01-13,5\n,,\n\"\",\"\",\"\"\n   \nb,2024-01-14,6.5\n\n",
    $plain);
reads('a byte order mark', "\x{feff}${head}a,2024-01-13,5\nb,2024-01-14,6.5\n", $plain);
reads('a separator at the end of lines', "customer,date,amount,\na,2024-01-13,5,\nb,2024-01-14,6.5,\n", $plain);
reads('spaces around values', "customer , date, amount\n a ,2024-01-13 , 5\nb,2024-01-14,6.5\n", $plain);
reads('quotes, also within values', "customer,date,amount\n\"a, \"\"b\"\"\",\"2024-01-13\",\"1,234.50\"\n",
    'a, "b" 2024-01-13 1234.50');
reads('a value of several lines',
    "customer,note,date,amount\na,\"one\n\ntwo, \"\"three\"\"\",2024-01-13,5\nb,x,2024-01-14,6.5\n", $plain);
reads('a sign for inches', "customer,item,date,amount\na,5\" pipe,2024-01-13,5\nb,6\" pipe,2024-01-14,6.5\n", $plain);
reads('a header alone in quotes', "\"Customer\";\"Order Date\";\"Total\"\na;2024-01-13;5\nb;2024-01-14;6.5\n", $plain);
reads('a backslash and a tab in a key', "${head}\"a\\b\tc\",2024-01-13,5\n", 'a\\\\b\\tc 2024-01-13 5');
refuses('a quote that is never closed', "${head}\"a,2024-01-13,5\nb,2024-01-14,6\n", qr/line 2 opens a quote/);
refuses('too many values', "${head}a,2024-01-13,5\nb,2024-01-14,12,50\n",
    qr/line 3 has 4 values, but the header has 3 columns.*in quotes/s);
refuses('one column', "customer\na\nb\n", qr/one column only/);
refuses('nothing', '', qr/is empty/);
refuses('only empty lines', "\n\n", qr/is empty/);
refuses('a header alone', $head, qr/no rows/);
refuses('no header', "a,2024-01-13,5.00\nb,2024-01-14,6.00\n",
    qr/the first row has the value 2024-01-13 where the name of a column/);
refuses('nobody', "${head},2024-01-13,5\n,2024-01-14,6\n", qr/no row has both a customer and a date/);
reads('rows without a customer or a date', "${head}a,2024-01-13,5\n(blank),2024-01-13,5\nc,,7\nTotal,,17\n",
    'a 2024-01-13 5', said => qr/3 rows without a customer or without a date are left out/);
# All that was said before is there still: standard output is a file here.
reads('rows without an amount', "${head}a,2024-01-13,5\nb,2024-01-14,\n", 'a 2024-01-13 5 | b 2024-01-14 \\N',
    said => qr/^==> looking at.*2 rows, separated.*customer: customer.*1 row has no amount/s);

# --- Encodings, archives ---
my $german = "Kunde;Datum;Betrag\nMüller;13.01.2024;1.234,50 €\nGroß;14.01.2024;-6,5\n";
my $german_rows = 'Müller 2024-01-13 1234.50 | Groß 2024-01-14 -6.5';
reads('Latin-1 with a euro sign', $german, $german_rows, in => 'cp1252', said => qr/Latin-1/);
reads('UTF-16 with its mark', $german, $german_rows, in => 'UTF-16', said => qr/UTF-16/);
reads("$_ without a mark", $german, $german_rows, in => $_) for qw(UTF-16LE UTF-16BE);
my $chinese = "客户编号,下单时间,商品名称,实付金额\n张三,2024年1月13日 下午3:05,手机,\"￥1,234.50\"\n李四,2024/1/14 9:00,电视,99元\n";
my $chinese_rows = '张三 2024-01-13 15:05:00 1234.50 | 李四 2024-01-14 09:00:00 99';
reads('GBK', $chinese, $chinese_rows, in => 'gbk', said => qr/GBK/);
reads('Chinese in UTF-8', $chinese, $chinese_rows);
reads('Chinese in UTF-16', $chinese, $chinese_rows, in => 'UTF-16LE');
my $russian = "Клиент;customer;date;amount\nИванов;a;2024-01-13;5\nПетров;b;2024-01-14;6,5\n";
refuses('Cyrillic bytes', $russian, qr/cannot tell the encoding.*--encoding NAME/s, in => 'cp1251');
reads('Cyrillic bytes, told', $russian, $plain, in => 'cp1251', encoding => 'WINDOWS-1251');
refuses('a wrong encoding', $german, qr/is not written in UTF-8/, in => 'cp1252', encoding => 'UTF-8');
refuses('an unknown encoding', $german, qr/there is no encoding NOPE/, encoding => 'NOPE');
SKIP:
{
    skip 'no IO::Compress', 2 unless eval { require IO::Compress::Gzip };
    IO::Compress::Gzip::gzip(\encode('cp1252', $german), \my $packed);
    reads('gzip', $packed, $german_rows, raw => 1, name => 'orders.csv.gz');
    refuses('half a gzip', substr($packed, 0, 40), qr/cannot be unpacked/, raw => 1);
}
refuses('a workbook', "PK\x03\x04 and so on", qr/Excel workbook or a zip.*CSV UTF-8/s, raw => 1);
refuses('an old workbook', "\xd0\xcf\x11\xe0\xa1\xb1", qr/Excel workbook/, raw => 1);
refuses('JSON', '[{"customer": 1}]', qr/JSON/);
refuses('a web page', '<html><table>', qr/web page/);
refuses('PDF', '%PDF-1.4', qr/PDF/);

# --- Dates ---
reads('day first, told by one date of many', "${head}a,01.12.2023,5\nb,05.11.2023,5\nc,13.12.2023,1\n",
    'a 2023-12-01 5 | b 2023-11-05 5 | c 2023-12-13 1',
    said => qr/dates: 01.12.2023 is read as 2023-12-01, for there is 13.12.2023/);
reads('month first', "${head}a,12/1/2023,5\nb,5/31/2023 3:15 PM,6\n", 'a 2023-12-01 5 | b 2023-05-31 15:15:00 6');
reads('the last row decides', $head . join('', map { "a,0$_/02/2023,1\n" } 1 .. 9) . "a,01/13/2023,1\n",
    join(' | ', (map { "a 2023-0$_-02 1" } 1 .. 9), 'a 2023-01-13 1'));
my $ask = "${head}a,01.02.2023,5\nb,03.04.2023,6\n";
refuses('days up to 12', $ask,
    qr/is 03\.04\.2023 in column date 3 April 2023 or 4 March 2023\?.*--date-format dmy.*--date-format mdy/s);
reads('told: day first', $ask, 'a 2023-02-01 5 | b 2023-04-03 6', date_format => 'DD.MM.YYYY');
reads('told: month first', $ask, 'a 2023-01-02 5 | b 2023-03-04 6', date_format => 'mdy');
reads('the same either way', "${head}a,01.01.2023,5\nb,02.02.2023,6\n", 'a 2023-01-01 5 | b 2023-02-02 6');
refuses('asked by a date that tells', "${head}a,01.02.2023,5\nb,02.02.2023,6\n",
    qr/is 01.02.2023 in column date 1 February 2023 or 2 January 2023/);
refuses('told wrong', "${head}a,31.12.2023,5\n",
    qr/--date-format mdy does not fit column date: 31.12.2023 is no such date/, date_format => 'mdy');
refuses('told nonsense', $ask, qr/dmy, mdy or ymd/, date_format => 'german');
refuses('two orders in one column', "${head}a,31.12.2023,5\nb,12.31.2023,6\n",
    qr/in no one order: 31.12.2023 .* 12.31.2023/);
reads('two digits for the year', $head . join('', map { sprintf "a,%02d.01.23,1\n", $_ } 1 .. 20),
    join(' | ', map { sprintf 'a 2023-01-%02d 1', $_ } 1 .. 20));
refuses('two digits that may be a year or a day', "${head}a,10.01.23,1\nb,11.01.24,1\n",
    qr/--date-format dmy.*--date-format ymd/s);
reads('1999 and 2001 in two digits', "${head}a,31/12/99,1\nb,30/11/01,2\n", 'a 1999-12-31 1 | b 2001-11-30 2',
    date_format => 'dmy');
reads('names of months', "${head}a,1-Dec-23,1\nb,\"December 2, 2023\",2\nc,3. März 2024,3\nd,2024-Mar-04,4\n"
        . "e,\"Tue, 5 Mar 2024 10:00:00 GMT\",5\n",
    'a 2023-12-01 1 | b 2023-12-02 2 | c 2024-03-03 3 | d 2024-03-04 4 | e 2024-03-05 10:00:00 5');
reads('ISO with a clock and a zone', "${head}a,2024-01-13T23:30:00.123+02:00,1\nb,2024-01-14T00:00:00Z,2\n"
        . "c,20240115,3\nd,2024/1/6,4\n",
    'a 2024-01-13 23:30:00 1 | b 2024-01-14 00:00:00 2 | c 2024-01-15 3 | d 2024-01-06 4',
    said => qr/times are those that the clock shows, whatever the zone beside it: \+02:00, Z\n/);
reads('midnight and noon', "${head}a,1/13/2024 12:00 AM,1\nb,1/13/2024 12:30 pm,2\n",
    'a 2024-01-13 00:00:00 1 | b 2024-01-13 12:30:00 2');
reads('Excel\'s number of a day', "customer,order date,amount\na,45304,5\nb,45305.5,6\n",
    'a 2024-01-13 5 | b 2024-01-14 12:00:00 6', said => qr/as Excel counts days/);
reads('seconds since 1970', "customer,ordered_at,amount\na,1705104000,5\n", 'a 2024-01-13 5',
    said => qr/as seconds since 1970/);
reads('milliseconds since 1970', "customer,ordered_at,amount\na,1705104000000,5\n", 'a 2024-01-13 5');
refuses('no such day', "${head}a,2024-02-30,5\n", qr/1 date is on no calendar: "2024-02-30", in line 2/);
refuses('a word among dates', "${head}a,2024-02-03,5\nb,yesterday,5\nc,2024-02-04,1\n",
    qr/1 of 3 values of column date cannot be read as a date; .* "yesterday", in line 3/);
reads('dates to come', "${head}a,2024-02-03,5\nb,2203-05-01,5\nc,2203-05-02,5\n",
    'a 2024-02-03 5 | b 2203-05-01 5 | c 2203-05-02 5',
    said => qr/2 rows have dates in the future, up to 2203-05-02; they do not count/);
refuses('only dates to come', "${head}a,2203-05-02,5\nb,2203-05-01,5\n",
    qr/no date is up to today, 20..-..-..: the first is 2203-05-01, and days to come do not count/);
reads('a leap day', "${head}a,2024-02-29,5\nb,2000-02-29,5\n", 'a 2024-02-29 5 | b 2000-02-29 5');
refuses('no leap day', "${head}a,1900-02-29,5\n", qr/1900-02-29/);

# --- Numbers ---
# numbers(NAME, VALUES, EXPECTED, OPTION...): a column of amounts.
sub numbers
{
    my ($name, $values, $expected, %option) = @_;
    my $text = "customer\tdate\tamount\n" . join '', map { "a\t2024-01-13\t$_\n" } @$values;
    reads($name, $text, join(' | ', map { "a 2024-01-13 $_" } @$expected), %option);
}
numbers('decimal comma', [ '12,5', '1234', '-3' ], [ '12.5', '1234', '-3' ], said => qr/numbers: 12,5 is read as 12.5/);
numbers('points between thousands', [ '1.234,50', '1.234', '1.234.567' ], [ '1234.50', '1234', '1234567' ]);
numbers('commas between thousands', [ '1,234.50', '1,234', '1,234,567.8' ], [ '1234.50', '1234', '1234567.8' ]);
numbers('Indian thousands', [ '12,34,567.50', '1.5' ], [ '1234567.50', '1.5' ]);
numbers('Swiss thousands', [ "1'234.50", '1’234.50', '2.00' ], [ '1234.50', '1234.50', '2.00' ]);
numbers('spaces between thousands', [ "1 234,50", "1\x{a0}234,50", "1\x{202f}234,50" ], [ ('1234.50') x 3 ]);
numbers('signs of currency',
    [ '€ 12,50', '12,50 €', '-€12,50', '€ -12,50', 'EUR 1.234,50', '1 234,50 zł' ],
    [ '12.50', '12.50', '-12.50', '-12.50', '1234.50', '1234.50' ],
    said => qr/warning: EUR and zł are added up/);
numbers('dollars', [ '$12.50', '-$1,234.50', '($3.00)', 'US$5.00', '(3.00)' ],
    [ '12.50', '-1234.50', '-3.00', '5.00', '-3.00' ]);
numbers('yuan and yen', [ '¥1,234.50', '￥99', '99.9元' ], [ '1234.50', '99', '99.9' ]);
numbers('minus signs', [ '12.5-', "\x{2212}3.5", '+4.5' ], [ '-12.5', '-3.5', '4.5' ]);
numbers('exponents', [ '1.5e3', '2' ], [ '1.5e3', '2' ]);
numbers('three decimals beside thousands without a mark', [ '1.234', '5678', '12' ], [ '1.234', '5678', '12' ]);
my $three = "customer\tdate\tamount\na\t2024-01-13\t1.234\nb\t2024-01-13\t12\n";
refuses('thousands or decimals', $three,
    qr/is 1.234 in column amount more than a thousand, or a number with three decimals.*--decimal/s);
reads('thousands, told', $three, 'a 2024-01-13 1234 | b 2024-01-13 12', decimal => ',');
reads('decimals, told', $three, 'a 2024-01-13 1.234 | b 2024-01-13 12', decimal => '.');
refuses('both marks', "customer\tdate\tamount\na\t2024-01-13\t1,5\nb\t2024-01-13\t2.25\n",
    qr/both 1,5 and 2.25 .* decimal mark/);
refuses('a word among numbers', "${head}a,2024-01-13,5\nb,2024-01-14,six\nc,2024-01-14,7\n",
    qr/1 of 3 values of column amount .* "six", in line 3/);
refuses('a wrong mark', $three, qr/--decimal is/, decimal => ';');
my $currency = look(encode('UTF-8', "customer,date,amount,currency\na,2024-01-13,5,EUR\nb,2024-01-14,6,USD\n"));
is(join(' ', map { (split /\t/)[3] } split /\n/, $currency->{rows}), 'EUR USD', 'a column of currencies');

# --- Columns ---
my $items = "Order No,Customer ID,Order Date,Birthday,Quantity,Unit Price,Tax\n"
    . "1,a,2024-01-13,1980-01-01,2,2.50,1\n1,a,2024-01-13,1980-01-01,1,3.50,1\n";
my $look = reads('line items', $items, 'a 2024-01-13 2 2.50 | a 2024-01-13 1 3.50',
    said => qr/these are line items: quantity times price is the amount/);
is($look->{amount}, '"quantity" * "unit_price"', 'line items: their amount');
like($look->{said}, qr/order number: Order No/, 'line items: their order');
for my $given ('Unit Price', '"Unit Price"', 'unit price', 'unit_price', 'UNIT_PRICE', '[Unit Price]',
    '`Unit Price`', "'Unit Price'")
{
    is(look($items, amount => $given)->{amount}, '"unit_price"', "--amount $given");
}
for my $given ('Unit Price * Quantity', '"Unit Price" * Quantity', 'unit_price*quantity', '`Unit Price` * "Quantity"')
{
    is(look($items, amount => $given)->{amount} =~ s/ //gr, '"unit_price"*"quantity"', "--amount $given");
}
is(look($items, amount => "round(CASE WHEN \"Order No\" = 1 THEN Quantity ELSE 0.5 END, 2)")->{amount},
    'round(CASE WHEN "order_no" = 1 THEN "quantity" ELSE 0.5 END, 2)', 'an expression of SQL');
for my $given ('Prize', 'Quantity * Prize', '"Prize" * Quantity', '1')
{
    refuses("--amount $given", $items,
        qr/there is no column .*columns are: Order No, Customer ID, Order Date, Birthday, Quantity, Unit Price, Tax/s,
        amount => $given);
}
refuses("--$_ of no column", $items, qr/there is no column Prize in the file.*Its columns are: Order No/s,
    $_ => 'Prize') for qw(customer date order);
reads('--customer and --date', "n,mail,shipped,paid,x\n1,m,2024-02-13,2024-01-13,5\n", 'm 2024-02-13 5',
    customer => '"mail"', date => 'Shipped', amount => 'x');
is((split /\t/, look($items, order => 'none')->{rows})[2], '\\N', '--order none');
refuses('no customer', "n,date,amount\n1,2024-01-13,5\n",
    qr/cannot tell which column is the customer.*--customer COLUMN. The columns are: n, date, amount/s);
refuses('no amount', "customer,date\na,2024-01-13\n", qr/cannot tell which column is the amount/);
refuses('no date', "customer,amount\na,5\n", qr/cannot tell which column is the date/);
my $twice = "customer,date,amount,amount\na,2024-01-13,5,6\n";
reads('two columns of one name', $twice, 'a 2024-01-13 5',
    said => qr/several columns amount, and the first is taken: --amount amount_column_4 takes that in place 4/);
unlike(reads('the second of them', $twice, 'a 2024-01-13 6', amount => 'amount_column_4')->{said}, qr/several columns/,
    'the second of them: nothing is to be said');
reads('two keys of one name', "customer,customer,date,amount\na,b,2024-01-13,5\n", 'a 2024-01-13 5',
    said => qr/--customer customer_column_2/);
reads('both quantity and total', "customer,date,quantity,total\na,2024-01-13,2,6\n", 'a 2024-01-13 6',
    said => qr/there is a quantity too/);
reads('a column of letters with quotes of SQL', "customer,date,\"amt \"\"net\"\"\"\na,2024-01-13,6\n",
    'a 2024-01-13 6', amount => 'amt "net"');

# Headers of several languages, with a decoy at the end.
for my $names ('Cliente;Fecha;Importe;x', 'N° client;Date de commande;Montant TTC;Quantité',
    'Nr klienta;Data zakupu;Kwota;x', 'Kunden-Nr.;Rechnungsdatum;Netto;Menge',
    'User ID;Created at;Total price;items', 'Klantnummer;Orderdatum;Bedrag;x',
    '会员卡号;消费时间;消费金额;数量', 'Codice cliente;Data ordine;Totale;x', 'account;When;sum;tax',
    'E-Mail;Paid at;Total;Subtotal')
{
    reads($names, "$names\nA1;13.01.2024;12,50;5\nA2;14.01.2024;1.250,00;7\n",
        'A1 2024-01-13 12.50 | A2 2024-01-14 1250.00');
}

# --- Larger than the sample and than the first lines ---
my $many = $head . join '',
    map { sprintf "c%d,%02d/%02d/2023,%d.5\n", $_ % 77, 1 + $_ % 12, 1 + $_ % 11, $_ } 1 .. 2500;
refuses('2,500 rows that do not tell', $many, qr/None of its dates tells/);
my $long = look($many . "z,12/31/2023,1\n");
is(($long->{rows} =~ tr/\n//), 2501, '2,501 rows, of which the last tells');
like($long->{said}, qr/2,501 rows/, 'counted');

done_testing();
