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
(011 where country_code is 1) begins an international number, in which (0) is dropped, but in countries without a trunk
prefix; any other is one of country_code: a calling code (49, +49) or two capital letters (DE), whose trunk prefix is
taken off (0; 1 in North America, 8 in Russia, 06 in Hungary; none in Italy). NULL for what is no number: letters,
extensions, fewer than 7 digits or more than 15, not 10 after +1, and without country_code one that is not
international. Whether a number is in use does not matter. Applied to its own result it changes nothing. Error 22023 for
another country_code.
Example: SELECT crm_normal_phone(''(030) 90 18-20'', ''DE'').';

CREATE FUNCTION crm_repeat_count_trans(state bytea, value bigint) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_repeat_count_combine(state bytea, other bytea) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
CREATE FUNCTION crm_repeat_count_final(state bytea) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION crm_repeat_count_trans(bytea, bigint) IS
'Support of crm_repeat_count: takes in a value.';
COMMENT ON FUNCTION crm_repeat_count_combine(bytea, bytea) IS
'Support of crm_repeat_count: both states in one.';
COMMENT ON FUNCTION crm_repeat_count_final(bytea) IS
'Support of crm_repeat_count: sorts and counts.';

CREATE AGGREGATE crm_repeat_count(value bigint) (
    SFUNC = crm_repeat_count_trans, STYPE = bytea, SSPACE = 65536,
    FINALFUNC = crm_repeat_count_final, COMBINEFUNC = crm_repeat_count_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_repeat_count(bigint) IS
'The number of values that occurred before; 0 if all are distinct.
The same as count(value) - count(DISTINCT value), but in parallel workers and in eight bytes a value. Of a key it must
be 0. For longer keys give it a hash, as by hashtextextended; then 0 is certain, and anything else needs a closer look.
NULLs are skipped; no rows give NULL, and so do more than 134 million values.
Example: SELECT crm_repeat_count(hashtextextended(order_no, 0)) FROM orders.';
