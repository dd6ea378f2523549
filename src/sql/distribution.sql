-- crm_distribution: all values of a population, for fits.

\type crm_distribution STORAGE = extended

COMMENT ON TYPE crm_distribution IS
'All values of a population, exactly, sorted: collect once, ask anything.
Text form {value,value*times,...}, for example {254.8,381*3}; the arguments of a fit that is under way stand before it
in brackets. Memory and storage follow the number of distinct values, of which it holds at most 134 million, each up
to 2^53 times in all. The state of every aggregate that fits over a population, and mergeable, so that plans may split
it.';

COMMENT ON FUNCTION crm_distribution_in(cstring) IS
'Reads a distribution from text: {value,value*times,...}.
Values may come in any order. Error 22P02 for text that does not parse.';
COMMENT ON FUNCTION crm_distribution_out(crm_distribution) IS
'Writes a distribution as text; every value reads back to the last bit.';
COMMENT ON FUNCTION crm_distribution_recv(internal) IS
'Reads a distribution from its packed bytes; error 22P03 for others.';
COMMENT ON FUNCTION crm_distribution_send(crm_distribution) IS
'Writes a distribution as its packed bytes.';

CREATE FUNCTION crm_distribution_trans(state crm_distribution, value double precision) RETURNS crm_distribution
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_distribution_trans(state crm_distribution, value double precision, argument integer)
RETURNS crm_distribution
AS 'MODULE_PATHNAME', 'crm_distribution_trans_integer' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_distribution_trans(state crm_distribution, value double precision, argument double precision)
RETURNS crm_distribution
AS 'MODULE_PATHNAME', 'crm_distribution_trans_number' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_distribution_trans(state crm_distribution, value double precision, arguments double precision[])
RETURNS crm_distribution
AS 'MODULE_PATHNAME', 'crm_distribution_trans_array' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_distribution_combine(state crm_distribution, other crm_distribution) RETURNS crm_distribution
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_distribution_trans(crm_distribution, double precision) IS
'Support of fits over a population: takes in a value.';
COMMENT ON FUNCTION crm_distribution_trans(crm_distribution, double precision, integer) IS
'Support of fits over a population: takes in a value, with a number.';
COMMENT ON FUNCTION crm_distribution_trans(crm_distribution, double precision, double precision) IS
'Support of fits over a population: takes in a value, with a share.';
COMMENT ON FUNCTION crm_distribution_trans(crm_distribution, double precision, double precision[]) IS
'Support of fits over a population: takes in a value, with cuts.';
COMMENT ON FUNCTION crm_distribution_combine(crm_distribution, crm_distribution) IS
'Support of fits over a population: both distributions in one.';

CREATE FUNCTION crm_distribution_final(state crm_distribution) RETURNS crm_distribution
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_distribution_final(crm_distribution) IS
'Support of aggregates whose result is a distribution: sorted, packed.';

CREATE AGGREGATE crm_distribution_agg(value double precision) (
    SFUNC = crm_distribution_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_distribution_final, COMBINEFUNC = crm_distribution_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_distribution_agg(double precision) IS
'All values, for several statistics after one pass and one sort.
NULLs are skipped; no values give NULL. Error 22023 for NaN and infinity.
Example: SELECT crm_breaks_fit(d, 10), crm_breaks_fit(d, 4) FROM (SELECT crm_distribution_agg(amount) d FROM customer)
x.';

CREATE AGGREGATE crm_rollup(distribution crm_distribution) (
    SFUNC = crm_distribution_combine, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_distribution_final, COMBINEFUNC = crm_distribution_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_rollup(crm_distribution) IS
'Merges distributions into one, as if from all their values.
NULLs are skipped; no distributions give NULL.';

CREATE FUNCTION crm_value_count(distribution crm_distribution) RETURNS bigint
AS 'MODULE_PATHNAME', 'crm_distribution_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_value_count(crm_distribution) IS
'The number of values in a distribution.';
