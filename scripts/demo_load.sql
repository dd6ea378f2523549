-- Makes the table orders (customer_id, ordered_at, amount) from a CSV file with a
-- header row. psql variables: file; customer, date and amount, empty to guess.
--
-- Everything is read as text first, so that a value that is not what its column
-- should hold is reported with its row. Column names are taken in lower case,
-- with _ for anything that an unquoted SQL name cannot have.

\set SHOW_CONTEXT never
SET client_min_messages = warning;

-- Also without the byte order mark that some programs begin a file with.
CREATE FUNCTION pg_temp.plain_name(name text) RETURNS text
LANGUAGE SQL IMMUTABLE
RETURN trim(both '_' FROM lower(regexp_replace(name, '[[:space:][:punct:]\ufeff]+', '_', 'g')));

-- The file's columns, in order.
CREATE TEMPORARY TABLE csv_column AS
WITH opening AS (
    SELECT pg_read_binary_file(:'file', 0, 65536) || '\x0a' AS bytes
), header AS (
    SELECT convert_from(substring(bytes FOR position('\x0a'::bytea IN bytes) - 1), 'UTF8') AS line
    FROM opening
), field AS (
    SELECT position, pg_temp.plain_name(name[1]) AS name
    FROM header, regexp_matches(rtrim(line, E'\r') || ',', '("(?:[^"]|"")*"|[^,]*),', 'g')
                 WITH ORDINALITY AS part (name, position)
)
SELECT position,
       CASE WHEN name = '' OR row_number() OVER (PARTITION BY name ORDER BY position) > 1
            THEN concat_ws('_', nullif(name, ''), 'column', position) ELSE name END AS name,
       NULL::boolean AS is_date, NULL::boolean AS is_number
FROM field;

SELECT format('CREATE TABLE csv (%s)', string_agg(format('%I text', name), ', ' ORDER BY position))
FROM csv_column \gexec

\set SHOW_CONTEXT errors
COPY csv FROM :'file' (FORMAT csv, HEADER true);
\set SHOW_CONTEXT never

CREATE FUNCTION pg_temp.is_number(value text) RETURNS boolean
LANGUAGE SQL IMMUTABLE
RETURN value ~ '^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$';

-- A bare number is a date only as year, month, day: 20240131.
CREATE FUNCTION pg_temp.is_date(value text) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM value::timestamp;
    RETURN value ~ '\d' AND (NOT pg_temp.is_number(value) OR value ~ '^\s*(19|20)\d{6}\s*$');
EXCEPTION WHEN data_exception THEN
    RETURN false;
END $$;

-- What most of the first values look like.
SELECT format('UPDATE csv_column SET (is_date, is_number) =
                   (SELECT avg(pg_temp.is_date(value)::integer) > 0.5,
                           avg(pg_temp.is_number(value)::integer) > 0.5
                    FROM (SELECT %1$I FROM csv WHERE %1$I IS NOT NULL LIMIT 1000) AS first (value))
               WHERE name = %1$L', name)
FROM csv_column \gexec

-- What the columns are usually called, the surest name first.
CREATE TEMPORARY TABLE usual_name (role text, rank integer, pattern text);
INSERT INTO usual_name VALUES
    ('customer', 1, '^(customer|client|member|user|buyer|account)(_?(id|no|nr|number|key|code))?$'),
    ('customer', 2, 'customer|client|member|user|buyer|account|email'),
    ('date', 1, '(order|purchase|invoice|transaction|sale|paid).*(date|day|time|_on|_at)'),
    ('date', 2, 'date|day|time|_on$|_at$'),
    ('date', 3, ''),
    ('amount', 1, '^(net_?)?(amount|revenue|sales|total)'),
    ('amount', 2, 'amount|revenue|sales|total|spen[dt]|paid'),
    ('amount', 3, '^(value|price)$');

CREATE FUNCTION pg_temp.choose(wanted_role text, given text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    columns text := (SELECT string_agg(name, ', ' ORDER BY position) FROM csv_column);
    answer text;
BEGIN
    IF given <> '' AND wanted_role = 'amount' THEN
        RETURN given;
    ELSIF given <> '' THEN
        SELECT name INTO answer FROM csv_column WHERE name = pg_temp.plain_name(given);
    ELSE
        SELECT c.name INTO answer
        FROM csv_column AS c JOIN usual_name AS u ON c.name ~ u.pattern
        WHERE u.role = wanted_role
          AND CASE wanted_role WHEN 'date' THEN c.is_date IS NOT FALSE
                               WHEN 'amount' THEN c.is_number IS NOT FALSE
                               ELSE c.is_date IS NOT TRUE END
        ORDER BY u.rank, c.position LIMIT 1;
    END IF;
    IF answer IS NULL THEN
        RAISE EXCEPTION '%', CASE WHEN given <> '' THEN format('no column %s in the file', given)
                                  ELSE format('cannot tell which column is the %s', wanted_role) END
              USING HINT = format('Say --%s COLUMN. The columns are: %s.', wanted_role, columns);
    END IF;
    RETURN answer;
END $$;

-- Stops at values that cannot be read, and shows the first one.
CREATE FUNCTION pg_temp.check_values(column_name text, type_name text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    bad record;
BEGIN
    EXECUTE format('
        SELECT count(*) AS count, min(nr) AS first_row, (array_agg(value ORDER BY nr))[1] AS value
        FROM (SELECT row_number() OVER (ORDER BY ctid) AS nr, %1$I AS value FROM csv) AS numbered
        WHERE NOT pg_temp.is_%2$s(value)', column_name, type_name) INTO bad;
    IF bad.count > 0 THEN
        RAISE EXCEPTION '% values of column % cannot be read as a %; the first is "%", in row %',
            bad.count, column_name, type_name, bad.value, bad.first_row
            USING HINT = CASE type_name
                WHEN 'date' THEN 'Write dates as year-month-day; a time of day may follow.'
                ELSE 'Write numbers with a decimal point, nothing between the thousands.' END;
    END IF;
END $$;

CREATE FUNCTION pg_temp.make_orders(customer text, date text, amount text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    -- Spreadsheets write (blank) where there is no key.
    no_key constant text := '^\s*(|\(blank\)|null|n/a|nan)\s*$';
    -- Columns that the amount mentions are numbers, the others stay text.
    numbers text[] := (SELECT coalesce(array_agg(name), '{}') FROM csv_column
                       WHERE amount ~* ('(^|\W)' || name || '(\W|$)') AND is_number IS NOT FALSE);
BEGIN
    PERFORM pg_temp.check_values(date, 'date');
    PERFORM pg_temp.check_values(name, 'number') FROM unnest(numbers) AS name;
    EXECUTE format('
        CREATE TABLE orders AS
        SELECT %1$I AS customer_id, %2$I::timestamp AS ordered_at, (%3$s)::numeric AS amount
        FROM (SELECT %4$s FROM csv) AS csv
        WHERE %1$I !~* %5$L AND %2$I IS NOT NULL',
        customer, date, amount,
        (SELECT string_agg(format(CASE WHEN name = ANY (numbers) THEN '%1$I::numeric AS %1$I'
                                       ELSE '%1$I' END, name), ', ') FROM csv_column), no_key);
    IF NOT EXISTS (SELECT FROM orders) THEN
        RAISE EXCEPTION 'the file has no row with a customer and a date';
    END IF;
END $$;

SELECT pg_temp.choose('customer', :'customer') AS customer,
       pg_temp.choose('date', :'date') AS date,
       pg_temp.choose('amount', :'amount') AS amount \gset
\echo '    customer:' :customer '  date:' :date '  amount:' :amount

SELECT pg_temp.make_orders(:'customer', :'date', :'amount') \g /dev/null

SELECT (SELECT count(*) FROM csv) - (SELECT count(*) FROM orders) AS left_out \gset
SELECT :left_out > 0 AS some_left_out \gset
\if :some_left_out
\echo '   ' :left_out 'rows without a customer or without a date are left out'
\endif
DROP TABLE csv;
