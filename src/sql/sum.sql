-- Sums of numbers that are no exact decimals.

CREATE FUNCTION crm_sum_trans(state double precision[], value double precision) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_sum_trans(double precision[], double precision) IS
'Adds one number to a sum: support for crm_sum.';

CREATE FUNCTION crm_sum_combine(state double precision[], other double precision[]) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_sum_combine(double precision[], double precision[]) IS
'Merges two sums: support for crm_sum.';

CREATE FUNCTION crm_sum_final(state double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_sum_final(double precision[]) IS
'The sum of a state, NULL of no numbers: support for crm_sum.';

CREATE AGGREGATE crm_sum(value double precision) (
    SFUNC = crm_sum_trans, STYPE = double precision[], INITCOND = '{0,0,0}',
    COMBINEFUNC = crm_sum_combine, FINALFUNC = crm_sum_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_sum(double precision) IS
'Sum of double precision that does not depend on the order of rows.
It is held to twice the precision, so that neither plan nor workers show, and costs little more than sum. NULLs are
skipped; no numbers give NULL. Errors: 22023 for NaN and infinity, 22003 where the sum overflows.';

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
