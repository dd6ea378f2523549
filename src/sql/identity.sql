-- Keys that say who somebody is, in the one form that is compared.

CREATE FUNCTION crm_normal_email(email text) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_normal_email(text) IS
'An e-mail address in the form in which addresses are compared.
Without blanks around it, visible or not, and without a dot at the end of the domain; A to Z become a to z on both
sides of the @, other letters stay as they are, so the result does not depend on the locale. Nothing is done for one
provider''s habits: dots and +tags remain. NULL for what is no address: no @ or several, blanks within, a display
name, quotes, a local part of more than 64 bytes or with a dot at an end or two in a row, a domain without a dot or
with anything but letters, digits and inner hyphens, a number as its last label, more than 254 bytes. Applied to its
own result it changes nothing. Example: SELECT crm_normal_email('' Ann.Smith+shop@Example.COM '').';

CREATE FUNCTION crm_normal_phone(phone text, country_code text DEFAULT NULL) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_normal_phone(text, text) IS
'A telephone number as +, calling code and digits: E.164.
Blanks, dashes, dots, slashes and brackets are dropped, full-width digits are digits, tel: may stand before. + or 00
(011 where country_code is 1) begins an international number, in which (0) is dropped, but where a 0 belongs to the
number, as in Italy; any other is one of country_code: a calling code (49, +49) or two capital letters (DE), whose
trunk prefix is taken off (0; 1 in North America, 8 in Russia, 06 in Hungary; none in Italy). NULL for what is no
number: letters, extensions, fewer than 7 digits or more than 15, not 10 after +1, and without country_code one that is
not international. Whether a number is in use does not matter. Applied to its own result it changes nothing.
Error 22023 for another country_code.
Example: SELECT crm_normal_phone(''(030) 90 18-20'', ''DE'').';

CREATE FUNCTION crm_repeat_count_trans(state bytea, value bigint) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_values_combine(state bytea, other bytea) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
CREATE FUNCTION crm_repeat_count_final(state bytea) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION crm_repeat_count_trans(bytea, bigint) IS
'Support of crm_repeat_count: takes in a value.';
COMMENT ON FUNCTION crm_values_combine(bytea, bytea) IS
'Support of crm_repeat_count and crm_day_filter: both states in one.';
COMMENT ON FUNCTION crm_repeat_count_final(bytea) IS
'Support of crm_repeat_count: sorts and counts.';

CREATE AGGREGATE crm_repeat_count(value bigint) (
    SFUNC = crm_repeat_count_trans, STYPE = bytea, SSPACE = 65536,
    FINALFUNC = crm_repeat_count_final, COMBINEFUNC = crm_values_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_repeat_count(bigint) IS
'The number of values that occurred before; 0 if all are distinct.
The same as count(value) - count(DISTINCT value), but in parallel workers and in eight bytes a value. Of a key it must
be 0. For longer keys give it a hash, as by hashtextextended; then 0 is certain, and anything else needs a closer look.
NULLs are skipped; no rows give NULL, and so do more than 134 million values.
Example: SELECT crm_repeat_count(hashtextextended(order_no, 0)) FROM orders.';

CREATE FUNCTION crm_day_filter_trans(state bytea, key anyelement, day date) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_day_filter_final(state bytea) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION crm_day_filter_trans(bytea, anyelement, date) IS
'Support of crm_day_filter: takes in a key and a day.';
COMMENT ON FUNCTION crm_day_filter_final(bytea) IS
'Support of crm_day_filter: makes the filter.';

CREATE AGGREGATE crm_day_filter(key anyelement, day date) (
    SFUNC = crm_day_filter_trans, STYPE = bytea, SSPACE = 65536,
    FINALFUNC = crm_day_filter_final, COMBINEFUNC = crm_values_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_day_filter(anyelement, date) IS
'A filter for crm_day_filter_has: which keys on which days.
A Bloom filter of two bytes a pair, small enough to stay in the processor''s cache: to find a few of many rows it is
asked first, and only what it lets pass is looked at. Pairs with NULL are skipped; no rows give NULL. More than 134
million pairs give an empty filter, which lets everything pass. A filter is for the query that makes it: hashes differ
between machines and versions of PostgreSQL, so it is not to be stored.
Example: SELECT crm_day_filter(customer_id, paid_on) FROM payment WHERE amount < 0.';

CREATE FUNCTION crm_day_filter_has(filter bytea, key anyelement, day date) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_day_filter_has(bytea, anyelement, date) IS
'Whether a key on a day may be among those of a filter.
Of crm_day_filter. False is certain; true is wrong of about one in 200 of the others. Keys are equal as their type and
collation have it; those of a type without a hash are told apart by the day alone. NULL for NULL.
Example: SELECT * FROM booking WHERE crm_day_filter_has((SELECT crm_day_filter(customer_id, paid_on) FROM payment
WHERE amount < 0), customer_id, booked_on).';
