-- Sums of numbers that are no exact decimals.

CREATE FUNCTION crm_sum_trans(state internal, value double precision) RETURNS internal
AS 'MODULE_PATHNAME', 'crm_exact_sum_trans' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_sum_combine(state internal, other internal) RETURNS internal
AS 'MODULE_PATHNAME', 'crm_exact_sum_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_sum_serialize(state internal) RETURNS bytea
AS 'MODULE_PATHNAME', 'crm_exact_sum_serialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION crm_sum_deserialize(bytes bytea, state internal) RETURNS internal
AS 'MODULE_PATHNAME', 'crm_exact_sum_deserialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION crm_sum_final(state internal) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_exact_sum_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_sum_trans(internal, double precision) IS 'Support of crm_sum: takes in a number.';
COMMENT ON FUNCTION crm_sum_combine(internal, internal) IS 'Support of crm_sum: adds two partial sums.';
COMMENT ON FUNCTION crm_sum_serialize(internal) IS 'Support of crm_sum: a partial sum as bytes.';
COMMENT ON FUNCTION crm_sum_deserialize(bytea, internal) IS 'Support of crm_sum: a partial sum from bytes.';
COMMENT ON FUNCTION crm_sum_final(internal) IS 'Support of crm_sum: the sum, rounded.';

CREATE AGGREGATE crm_sum(value double precision) (
    SFUNC = crm_sum_trans, STYPE = internal, SSPACE = 592,
    FINALFUNC = crm_sum_final, COMBINEFUNC = crm_sum_combine,
    SERIALFUNC = crm_sum_serialize, DESERIALFUNC = crm_sum_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_sum(double precision) IS
'Sum of double precision, exact and rounded once.
To the nearest double, whatever the order of rows, the plan and the workers, and whatever cancels on the way, at about
the cost of sum. NULLs are skipped; no numbers give NULL. Errors: 22023 for NaN and infinity, 22003 where the sum of
all is out of range. Method: Neal 2015, arXiv:1505.05571.';

CREATE FUNCTION crm_decimal(value double precision) RETURNS numeric
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_decimal(double precision) IS
'The same as value::numeric, in a fraction of the time.
The fifteen significant digits that PostgreSQL takes of a double, without writing them as text on the way. Errors and
NULL as of the cast: of -0 it makes 0, of NaN and infinities the same in numeric.';

CREATE FUNCTION crm_finite(value numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1
RETURN CASE WHEN value > '-Infinity' AND value < 'Infinity' THEN value END;
COMMENT ON FUNCTION crm_finite(numeric) IS
'The number, if it is one.
NULL for NaN, infinity and NULL. Views leave such numbers of a source out in this way; data_quality counts them.';

CREATE FUNCTION crm_finite(value double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1
RETURN CASE WHEN value > '-Infinity' AND value < 'Infinity' THEN value END;
COMMENT ON FUNCTION crm_finite(double precision) IS
'The number, if it is one.
NULL for NaN, infinity and NULL. Views leave such numbers of a source out in this way; data_quality counts them.';
